//! `collections`: dicts and lists with a few habits of their own.

use crate::builtins::arguments::between;
use python::ast::Operator;

use crate::heap::{Items, Key, ObjId, Object};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("collections.ChainMap", |interp, _| Ok(interp.lost_dict("a `ChainMap`"))),
    native("collections.UserDict", |interp, _| Ok(interp.lost_dict("a `UserDict`"))),
];

/// Methods of `Counter`.
pub(super) static COUNTER: &[Native] = &[
    native("most_common", most_common),
    native("elements", |interp, args| {
        let pairs = args.positional.first().and_then(|v| interp.pairs_of(v));
        let mut items = Vec::new();
        for (key, count) in pairs.unwrap_or_default() {
            match count.as_int().and_then(|n| usize::try_from(n).ok()).filter(|n| *n < 10_000) {
                Some(count) => items.extend(std::iter::repeat_n(key, count)),
                None => return Ok(interp.endless(key)),
            }
        }
        Ok(interp.new_iterator(items))
    }),
    native("total", |interp, args| {
        let pairs = args.positional.first().and_then(|v| interp.pairs_of(v)).unwrap_or_default();
        let mut total = Value::Int(0);
        for (_, count) in pairs {
            total = interp.binary(python::ast::Operator::Add, &total, &count)?;
        }
        Ok(total)
    }),
    native("update", |interp, mut args| {
        let target =
            if args.positional.is_empty() { return Ok(Value::None) } else { args.positional.remove(0) };
        count_into(interp, &target, &args)?;
        Ok(Value::None)
    }),
];

/// Methods of `OrderedDict`.
pub(super) static ORDERED: &[Native] = &[native("move_to_end", |interp, args| {
    let last = !matches!(args.get(2, "last"), Some(Value::Bool(false)));
    let [Value::Dict(id), key, ..] = args.positional.as_slice() else { return Ok(Value::None) };
    let Some(name) = interp.key(key) else { return Ok(Value::None) };
    let Some(items) = interp.heap.dict_mut(*id) else { return Ok(Value::None) };
    match items.shift_remove(&name) {
        Some(item) => {
            let at = if last { items.len() } else { 0 };
            items.shift_insert(at, name, item);
            Ok(Value::None)
        }
        None => Err(interp.key_error(key)?),
    }
})];

/// Makes an instance of one of the classes.
pub(super) fn construct(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval<Option<Value>> {
    Ok(Some(match name {
        "OrderedDict" => {
            let made = interp.new_dict([]);
            interp.update_dict(&made, args)?;
            if let Value::Dict(id) = made {
                interp.set_kind(id, "OrderedDict");
            }
            made
        }
        "defaultdict" => {
            let mut args = args.clone();
            let factory = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
            if let Value::Int(_) | Value::Str(_) | Value::List(_) | Value::Dict(_) | Value::Float(_) = factory
            {
                return Err(interp.raise(ops::Exc::TypeError, "first argument must be callable or None"));
            }
            let made = interp.new_dict([]);
            interp.update_dict(&made, &args)?;
            if let Value::Dict(id) = made {
                interp.set_kind_with(id, "defaultdict", factory);
            }
            made
        }
        "Counter" => {
            between(interp, "Counter", args, 0, 1)?;
            let made = interp.new_dict([]);
            if let Value::Dict(id) = made {
                interp.set_kind(id, "Counter");
            }
            count_into(interp, &made, args)?;
            made
        }
        "deque" => {
            let items = match args.get(0, "iterable") {
                Some(of) => interp.iterate(&of.clone(), 1_000_000)?,
                None => (Vec::new(), false),
            };
            let made = match items {
                (items, false) => interp.new_list(items),
                _ => interp.lost_list("a deque of items that are not known"),
            };
            if let Value::List(id) = made {
                let limit = args.get(1, "maxlen").cloned().unwrap_or(Value::None);
                interp.set_kind_with(id, "deque", limit);
                interp.trim_deque(id, true);
            }
            made
        }
        _ => return Ok(None),
    }))
}

impl Interp<'_> {
    /// `+`, `-`, `&` and `|` of counters, which keep counts above zero only; nothing for other operators.
    pub(crate) fn combine_counters(&mut self, a: ObjId, b: ObjId, operator: Operator) -> Eval<Option<Value>> {
        let combine: fn(i64, i64) -> i64 = match operator {
            Operator::Add => i64::saturating_add,
            Operator::Sub => i64::saturating_sub,
            Operator::BitAnd => i64::min,
            Operator::BitOr => i64::max,
            _ => return Ok(None),
        };
        let (Some(left), Some(right)) = (self.heap.dict(a).cloned(), self.heap.dict(b).cloned()) else {
            return Ok(Some(self.lost_dict("counts of what is not known")));
        };
        let count = |items: &Items, key: &Key| items.get(key).map_or(Some(0), |(_, count)| count.as_int());
        let mut pairs = Vec::new();
        let only_right = right.iter().filter(|(key, _)| !left.contains_key(*key));
        for (key, (shown, _)) in left.iter().chain(only_right) {
            match count(&left, key).zip(count(&right, key)) {
                Some((a, b)) if combine(a, b) > 0 => pairs.push((shown.clone(), Value::Int(combine(a, b)))),
                Some(_) => {}
                None => return Ok(Some(self.lost_dict("counts that are not known"))),
            }
        }
        let made = self.new_dict(pairs);
        if let Value::Dict(id) = made {
            self.set_kind(id, "Counter");
        }
        Ok(Some(made))
    }
}

/// Counts an iterable's items, or adds a mapping's counts.
fn count_into(interp: &mut Interp<'_>, target: &Value, args: &Args) -> Eval<()> {
    let Value::Dict(id) = target else { return Ok(()) };
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    if let Some(of) = args.positional.first() {
        if let Value::Dict(_) = of {
            match interp.pairs_of(of) {
                Some(found) => pairs.extend(found),
                None => interp.lose(*id, "counts of what is not known"),
            }
        } else if !of.is_none() {
            let (items, more) = interp.iterate(of, 1_000_000)?;
            if more {
                interp.lose(*id, "counts of what is not known");
                return Ok(());
            }
            pairs.extend(items.into_iter().map(|item| (item, Value::Int(1))));
        }
    }
    pairs.extend(args.keywords.iter().map(|(k, v)| (Value::Str(k.clone()), v.clone())));
    for (key, count) in pairs {
        interp.check_hashable(&key)?;
        let Some(name) = interp.key(&key) else {
            interp.lose(*id, "counts of what is not known");
            return Ok(());
        };
        let before = interp.heap.dict(*id).and_then(|items| items.get(&name)).map(|(_, v)| v.clone());
        let total = match before {
            Some(before) => interp.binary(python::ast::Operator::Add, &before, &count)?,
            None => count,
        };
        if let Some(items) = interp.heap.dict_mut(*id) {
            items.insert(name, (key, total));
        }
    }
    Ok(())
}

fn most_common(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Dict(id)) = args.positional.first() else { return Ok(Value::None) };
    let limit = args.positional.get(1).filter(|n| !n.is_none());
    let Object::Dict(items) = interp.heap.get(*id) else {
        return Ok(interp.lost_list("the most common of what is not known"));
    };
    let mut pairs: Vec<(Value, i64)> = Vec::new();
    for (key, count) in items.values() {
        match count.as_int() {
            Some(count) => pairs.push((key.clone(), count)),
            None => return Ok(interp.lost_list("the most common of counts that are not known")),
        }
    }
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match limit.map(|n| n.as_int()) {
        None => {}
        Some(Some(n)) => pairs.truncate(usize::try_from(n).unwrap_or(0)),
        Some(None) => return Ok(interp.lost_list("a number of the most common that is not known")),
    }
    let items = pairs.into_iter().map(|(key, count)| Value::tuple([key, Value::Int(count)])).collect();
    Ok(interp.new_list(items))
}
