//! `random`: where a script is carried out, the numbers that Python draws; else values are never known, their types
//! are.
//!
//! source: Lib/random.py

use array::{Mersenne, Stream};
use ops::Exc;

use crate::framework::training::Drawn;
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, NativeFn, Plain, Value};

macro_rules! any {
    ($name:literal, $kind:ident) => {
        native($name, {
            const CALL: NativeFn = |_, _| Ok(Value::Any(Plain::$kind));
            CALL
        })
    };
}

/// A function that draws one float, and the method of the same name.
macro_rules! float {
    ($name:literal, $own:literal, $draw:expr) => {
        native($name, {
            const CALL: NativeFn = |interp, args| Ok(interp.python_float(&args, $own, $draw));
            CALL
        })
    };
}

/// A parameter of a distribution, or what it is by default.
fn parameter(given: &[f64], at: usize, default: f64) -> f64 {
    given.get(at).copied().unwrap_or(default)
}

fn uniform(stream: &mut Mersenne, given: &[f64]) -> f64 {
    let (low, high) = (parameter(given, 0, 0.0), parameter(given, 1, 1.0));
    low + (high - low) * stream.unit()
}

fn gauss(stream: &mut Mersenne, given: &[f64]) -> f64 {
    parameter(given, 0, 0.0) + stream.gauss() * parameter(given, 1, 1.0)
}

/// Kinderman's and Monahan's ratio of two uniform numbers.
fn normal(stream: &mut Mersenne, given: &[f64]) -> f64 {
    let magic = 4.0 * (-0.5_f64).exp() / 2.0_f64.sqrt();
    loop {
        let (u, v) = (stream.unit(), 1.0 - stream.unit());
        let z = magic * (u - 0.5) / v;
        if z * z / 4.0 <= -v.ln() {
            return parameter(given, 0, 0.0) + z * parameter(given, 1, 1.0);
        }
    }
}

fn exponential(stream: &mut Mersenne, given: &[f64]) -> f64 {
    -(1.0 - stream.unit()).ln() / parameter(given, 0, 1.0)
}

pub(super) static FUNCTIONS: &[Native] = &[
    native("random.seed", |interp, args| seed(interp, None, args.get(0, "a"))),
    native("random.random", |interp, args| Ok(drawn(interp, &args, false))),
    float!("random.uniform", false, uniform),
    float!("random.gauss", false, gauss),
    float!("random.normalvariate", false, normal),
    any!("random.lognormvariate", Float),
    any!("random.betavariate", Float),
    float!("random.expovariate", false, exponential),
    any!("random.triangular", Float),
    native("random.randint", |interp, args| between(interp, None, &args, 0)),
    native("random.randrange", |interp, args| between(interp, None, &args, 1)),
    any!("random.getrandbits", Int),
    native("random.choice", |interp, args| chosen(interp, None, args.positional.first())),
    native("random.choices", |interp, args| several(interp, None, args, true)),
    native("random.sample", |interp, args| several(interp, None, args, false)),
    native("random.shuffle", |interp, args| shuffle(interp, None, args.positional.first())),
    native("random.getstate", |_, _| Ok(Value::unknown("the state of `random`"))),
    native("random.setstate", |_, _| Ok(Value::None)),
];

pub(super) static RANDOM: NativeClass = NativeClass {
    path: "random.Random",
    state: || NativeState::Plain,
    methods: &[&[
        native("__init__", |interp, args| seed(interp, own(&args), args.get(1, "x"))),
        native("seed", |interp, args| seed(interp, own(&args), args.get(1, "a"))),
        native("random", |interp, args| Ok(drawn(interp, &args, true))),
        float!("uniform", true, uniform),
        float!("gauss", true, gauss),
        float!("normalvariate", true, normal),
        native("randint", |interp, args| between(interp, own(&args), &tail(args), 0)),
        native("randrange", |interp, args| between(interp, own(&args), &tail(args), 1)),
        native("choice", |interp, args| chosen(interp, own(&args), args.positional.get(1))),
        native("choices", |interp, args| several(interp, own(&args), tail(args), true)),
        native("sample", |interp, args| several(interp, own(&args), tail(args), false)),
        native("shuffle", |interp, args| shuffle(interp, own(&args), args.positional.get(1))),
    ]],
    properties: &[],
};

/// A float from 0 to below 1.
fn drawn(interp: &mut Interp<'_>, args: &Args, method: bool) -> Value {
    interp.drawn = Some(interp.here());
    interp.python_float(args, method, |stream, _| stream.unit())
}

fn tail(mut args: Args) -> Args {
    if !args.positional.is_empty() {
        args.positional.remove(0);
    }
    args
}

/// The generator that a method is called on.
fn own(args: &Args) -> Option<ObjId> {
    if let Some(Value::Instance(id)) = args.positional.first() { Some(*id) } else { None }
}

/// `random.seed(n)` and `random.Random(n)`.
fn seed(interp: &mut Interp<'_>, id: Option<ObjId>, seed: Option<&Value>) -> Eval {
    if interp.numbers.is_none() {
        return Ok(Value::None);
    }
    let words = match seed {
        None | Some(Value::None) if id.is_some() => vec![0],
        None | Some(Value::None) => return Ok(Value::None),
        Some(value) => match value.as_int() {
            Some(n) => {
                let n = n.unsigned_abs();
                let high = (n >> 32) as u32;
                if high == 0 { vec![n as u32] } else { vec![n as u32, high] }
            }
            None => {
                let value = value.clone();
                return interp.needs(&value, "a seed that is not known").map(|()| Value::None);
            }
        },
    };
    if let Some(numbers) = &mut interp.numbers {
        let stream = Mersenne::of_words(&words);
        match id {
            Some(id) => drop(numbers.generators.insert(id, Stream::Legacy(stream))),
            None => numbers.python = stream,
        }
        numbers.ahead.seed(id.map_or(Drawn::Python, Drawn::Own));
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Draws from the stream of a generator, or of the module, where numbers are computed.
    fn python_draw<R>(&mut self, of: Option<ObjId>, draw: impl FnOnce(&mut Mersenne) -> R) -> Option<R> {
        if !self.computes() {
            return None;
        }
        self.note_draw(of.map_or(Drawn::Python, Drawn::Own));
        let numbers = self.numbers.as_mut()?;
        match of {
            None => Some(draw(&mut numbers.python)),
            Some(id) => match numbers.generators.get_mut(&id)? {
                Stream::Legacy(stream) => Some(draw(stream)),
                Stream::Generator(_) => None,
            },
        }
    }

    fn python_float(&mut self, args: &Args, method: bool, draw: fn(&mut Mersenne, &[f64]) -> f64) -> Value {
        let rest = args.positional.get(usize::from(method)..).unwrap_or_default();
        let given: Option<Vec<f64>> =
            rest.iter().map(|value| super::math::as_float(&self.plain_scalar(value))).collect();
        let of = if method { own(args) } else { None };
        let drawn = given.filter(|_| args.keywords.is_empty() && (!method || of.is_some()));
        match drawn.and_then(|given| self.python_draw(of, |stream| draw(stream, &given))) {
            Some(x) => Value::Float(x),
            None => Value::Any(Plain::Float),
        }
    }
}

/// `randint(a, b)`: without numbers known only where there is no choice.
fn between(interp: &mut Interp<'_>, of: Option<ObjId>, args: &Args, open: i64) -> Eval {
    let whole = |value: &Value| interp.plain_scalar(value).as_int();
    let (low, high) = match args.positional.as_slice() {
        [high] => (Some(0), whole(high)),
        [low, high, ..] => (whole(low), whole(high)),
        [] => (None, None),
    };
    match (low, high) {
        (Some(low), Some(high)) if high.saturating_sub(open) < low => {
            Err(interp.raise(ops::Exc::ValueError, "empty range for randrange()"))
        }
        (Some(low), Some(high)) if args.positional.len() < 3 => {
            let last = high.saturating_sub(open);
            let count = u64::try_from(last.saturating_sub(low)).unwrap_or(0).saturating_add(1);
            match interp.python_draw(of, |stream| stream.below(count)) {
                Some(n) => Ok(Value::Int(low.saturating_add_unsigned(n))),
                None => Ok(tensor::integers_between(low, last.saturating_add(1))
                    .map_or(Value::Any(Plain::Int), Value::drawn)),
            }
        }
        _ => Ok(Value::Any(Plain::Int)),
    }
}

/// The items of a sequence that is known as a whole.
fn known_items(interp: &mut Interp<'_>, from: Option<&Value>) -> Eval<Option<Vec<Value>>> {
    let Some(from) = from.filter(|_| interp.computes()) else { return Ok(None) };
    let (items, more) = interp.iterate(from, 1_000_000)?;
    Ok((!more && !items.is_empty()).then_some(items))
}

/// `random.choice(items)`.
fn chosen(interp: &mut Interp<'_>, of: Option<ObjId>, from: Option<&Value>) -> Eval {
    // Of a list only the item that is drawn is read.
    if let Some(Value::List(id)) = from
        && let Some(count) = interp.heap.list(*id).map(Vec::len).filter(|count| *count > 0)
        && let Some(at) = interp.python_draw(of, |stream| stream.below(count as u64))
    {
        let item = interp.heap.list(*id).and_then(|items| items.get(at as usize));
        return Ok(item.cloned().unwrap_or(Value::None));
    }
    if let Some(items) = known_items(interp, from)?
        && let Some(at) = interp.python_draw(of, |stream| stream.below(items.len() as u64))
    {
        return Ok(items.into_iter().nth(at as usize).unwrap_or(Value::None));
    }
    choice(interp, from)
}

/// `random.choices(items, weights, k=n)`, and `random.sample(items, n)`, which picks no place twice.
fn several(interp: &mut Interp<'_>, of: Option<ObjId>, args: Args, again: bool) -> Eval {
    let weighted =
        again && (args.positional.len() > 1 || args.keywords.iter().any(|(name, _)| &**name != "k"));
    let count = if again { args.keyword("k").cloned() } else { args.get(1, "k").cloned() };
    let wanted = count.map_or(Some(1), |k| k.as_int());
    let count = wanted.and_then(|n| usize::try_from(n).ok());
    // How many there are is known without a look at them; a list that is lost has no length.
    let size = match args.positional.first() {
        Some(Value::List(id)) if !again => interp.heap.list(*id).map(Vec::len),
        Some(Value::Tuple(items)) if !again => Some(items.len()),
        _ => None,
    };
    if let (Some(size), Some(wanted), Some(_)) = (size, wanted, args.get(1, "k"))
        && (wanted < 0 || count.is_some_and(|count| count > size))
    {
        return Err(interp.raise(Exc::ValueError, "Sample larger than population or is negative"));
    }
    let items = known_items(interp, args.positional.first())?;
    if let (Some(items), Some(count), false) = (items, count, weighted)
        && (again || count <= items.len())
        && count <= 1_000_000
    {
        let places = interp.python_draw(of, |stream| {
            if again {
                (0..count).map(|_| (stream.unit() * items.len() as f64) as usize).collect()
            } else {
                different(stream, items.len(), count)
            }
        });
        if let Some(places) = places {
            let drawn = places.into_iter().filter_map(|at| items.get(at).cloned()).collect();
            return Ok(interp.new_list(drawn));
        }
    }
    choices(interp, args)
}

/// The places that `random.sample` picks: out of a list that shrinks, or of a set where few of many are wanted.
fn different(stream: &mut Mersenne, size: usize, count: usize) -> Vec<usize> {
    let power = |n: f64| 4_f64.powf(n.log(4.0).ceil());
    let set = 21.0 + if count > 5 { power(count as f64 * 3.0) } else { 0.0 };
    if size as f64 <= set {
        let mut pool: Vec<usize> = (0..size).collect();
        return (0..count)
            .map(|i| {
                let at = stream.below((size - i) as u64) as usize;
                let picked = pool[at];
                pool[at] = pool[size - i - 1];
                picked
            })
            .collect();
    }
    let mut taken = std::collections::HashSet::new();
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let at = stream.below(size as u64) as usize;
        if taken.insert(at) {
            out.push(at);
        }
    }
    out
}

/// Any of the items: what they have in common.
fn choice(interp: &mut Interp<'_>, from: Option<&Value>) -> Eval {
    let Some(from) = from else { return Ok(Value::None) };
    let (items, more) = interp.iterate(from, 10_000)?;
    if more {
        return interp.item_of(from);
    }
    if items.is_empty() {
        return Err(interp.raise(ops::Exc::IndexError, "Cannot choose from an empty sequence"));
    }
    match different_ints(&items) {
        Some(values) => Ok(Value::drawn(values.into())),
        None => interp.any_of(&items),
    }
}

/// Ints of which none comes twice, in order.
fn different_ints(items: &[Value]) -> Option<tensor::Data> {
    let int = |item: &Value| if let Value::Int(n) = item { Some(*n) } else { None };
    let mut values: Vec<i64> = items.iter().map(int).collect::<Option<_>>()?;
    values.sort_unstable();
    values.windows(2).all(|pair| pair[0] < pair[1]).then_some(tensor::Data::Int(values))
}

fn choices(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(from) = args.positional.first().cloned() else { return Ok(Value::None) };
    let count = args.get(1, "k").map_or(Some(1), Value::as_int);
    let any = choice(interp, Some(&from))?;
    if let Some(Value::Drawn(length)) = args.get(1, "k").cloned()
        && let Some(list) = interp.list_of_length(Some(length), &any)
    {
        return Ok(list);
    }
    Ok(match count.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= 10_000) {
        // Each is a draw of its own. Those of a sample are not independent, and the likelier to have a value among them.
        Some(count) => {
            let one = |_| match &any {
                Value::Drawn(draw) => Value::drawn(draw.values.clone()),
                any => any.clone(),
            };
            interp.new_list((0..count).map(one).collect())
        }
        None => interp.lost_list("drawn a number of times that is not known"),
    })
}

fn shuffle(interp: &mut Interp<'_>, of: Option<ObjId>, list: Option<&Value>) -> Eval {
    let Some(Value::List(id)) = list else { return Ok(Value::None) };
    if let Some(mut items) = interp.heap.list(*id).cloned() {
        let done = interp.python_draw(of, |stream| {
            (1..items.len()).rev().for_each(|i| items.swap(i, stream.below(i as u64 + 1) as usize));
        });
        if done.is_some() {
            *interp.heap.get_mut(*id) = Object::List(items);
            return Ok(Value::None);
        }
    }
    if let Some(count) = interp.heap.list(*id).map(Vec::len)
        && count > 0
    {
        let items = interp.heap.list(*id).cloned().unwrap_or_default();
        let any = interp.any_of(&items)?;
        *interp.heap.get_mut(*id) = Object::List(vec![any; count]);
    }
    Ok(Value::None)
}
