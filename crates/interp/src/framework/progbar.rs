//! `keras.utils.Progbar`, which scripts with loops of their own draw.

use std::rc::Rc;

use ops::Keras;

use crate::framework::layer_class::split_self;
use crate::framework::training::{Bar, Update, Verbosity};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Value};
use crate::world::Stream;

/// The class.
pub(crate) static PROGBAR: NativeClass = NativeClass {
    path: "keras.utils.Progbar",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", init), native("update", update), native("add", add)]],
    properties: &[],
};

fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let (names, width): (&[&str], i64) = match interp.keras {
        Keras::Two => (&["target", "width", "verbose", "interval", "stateful_metrics", "unit_name"], 30),
        Keras::Three => (
            &["target", "width", "verbose", "interval", "stateful_metrics", "stateless_metrics", "unit_name"],
            20,
        ),
    };
    for (at, name) in names.iter().enumerate() {
        let value = args.get(at, name).cloned().unwrap_or(match *name {
            "width" => Value::Int(width),
            "verbose" => Value::Int(1),
            "interval" => Value::Float(0.05),
            "unit_name" => Value::str("step"),
            _ => Value::None,
        });
        interp.set_own_attr(id, name, value)?;
    }
    if interp.carries_out() {
        let now = interp.now();
        let mut bar = Bar::new(interp.keras, None, None, now);
        interp.read_settings(id, &mut bar)?;
        if let Some(instance) = interp.heap.instance_mut(id) {
            instance.native = NativeState::Bar(Box::new(bar));
        }
    }
    Ok(Value::None)
}

fn update(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let current = args.get(0, "current").cloned().unwrap_or(Value::None);
    let values = args.get(1, "values").cloned().unwrap_or(Value::None);
    let finalize = args.get(2, "finalize").cloned().unwrap_or(Value::None);
    if !interp.carries_out() {
        return Ok(Value::None);
    }
    let Some(current) = interp.plain_scalar(&current).as_int() else {
        return Err(interp.stuck(&current, "a step that is shown is not known"));
    };
    interp.draw_bar(id, current, &values, &finalize)?;
    Ok(Value::None)
}

fn add(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let more = args.get(0, "n").and_then(Value::as_int).unwrap_or(0);
    let values = args.get(1, "values").cloned().unwrap_or(Value::None);
    let seen = match interp.heap.instance(id).map(|instance| &instance.native) {
        Some(NativeState::Bar(bar)) => bar.seen,
        _ => return Ok(Value::None),
    };
    interp.draw_bar(id, seen + more, &values, &Value::None)?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// Reads the attributes of a bar, which a script may change.
    fn read_settings(&mut self, id: ObjId, bar: &mut Bar) -> Eval<()> {
        let attrs = self.heap.instance(id).map(|instance| instance.attrs.clone()).unwrap_or_default();
        let get = |name: &str| attrs.get(name).cloned().unwrap_or(Value::None);
        let target = self.plain_scalar(&get("target"));
        if !target.is_none() && target.as_int().is_none() {
            return Err(self.stuck(&target, "the target of a bar is not known"));
        }
        bar.target = target.as_int();
        bar.verbosity = get("verbose").as_int().and_then(Verbosity::of);
        let width = get("width").as_int().and_then(|width| usize::try_from(width).ok());
        bar.width = width.unwrap_or(bar.width).min(1000);
        if let Value::Float(interval) = get("interval") {
            bar.interval = interval;
        }
        if let Some(interval) = get("interval").as_int() {
            bar.interval = interval as f64;
        }
        if let Value::Str(unit) = get("unit_name") {
            bar.unit = unit;
        }
        Ok(())
    }

    /// Updates a bar, and prints what there is to see.
    fn draw_bar(&mut self, id: ObjId, current: i64, values: &Value, finalize: &Value) -> Eval<()> {
        let Some(NativeState::Bar(bar)) = self.heap.instance(id).map(|instance| &instance.native) else {
            return Ok(());
        };
        let mut bar = bar.clone();
        self.read_settings(id, &mut bar)?;
        let names = |interp: &mut Self, attr: &str| -> Eval<Option<Vec<Rc<str>>>> {
            let given = interp.heap.instance(id).and_then(|instance| instance.attrs.get(attr)).cloned();
            let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(None) };
            let (items, _) = interp.iterate(&given, 1000)?;
            Ok(Some(items.iter().filter_map(Value::as_str).map(Rc::from).collect()))
        };
        let stateful = names(self, "stateful_metrics")?.unwrap_or_default();
        let stateless = names(self, "stateless_metrics")?;
        let averaged = |name: &Rc<str>| match &stateless {
            Some(names) => names.contains(name),
            None => !stateful.contains(name),
        };
        let mut numbers = Vec::new();
        let items = if values.is_none() { Vec::new() } else { self.iterate(values, 1000)?.0 };
        for item in items {
            let (pair, _) = self.iterate(&item, 2)?;
            let [name, value] = pair.as_slice() else { continue };
            let Some(name) = name.as_str().map(Rc::from) else { continue };
            let Some(number) = self.mean_of(value) else {
                return Err(self.stuck(value, "a number that a bar shows is not known"));
            };
            let averaged = averaged(&name);
            numbers.push((name, number, averaged));
        }
        let finalize = if finalize.is_none() { None } else { self.truth(finalize)? };
        let now = self.now();
        let text = bar.update(&Update { now, current, values: &numbers, finalize });
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.native = NativeState::Bar(bar);
        }
        if let Some(text) = text {
            self.write_out(Stream::Output, &text);
        }
        Ok(())
    }

    /// The mean of what may be a number or an array.
    fn mean_of(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Float(x) => Some(*x),
            Value::Tensor(node) => {
                let all = self.array_of_node(*node)?.to_floats().ok()?;
                Some(all.iter().sum::<f64>() / all.len().max(1) as f64)
            }
            other => other.as_int().map(|n| n as f64),
        }
    }
}
