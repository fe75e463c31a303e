//! Built-in functions on iterables.

use std::cmp::Ordering;

use python::ast::CmpOp;

use crate::builtins::arguments::{between, keywords, one};
use crate::interp::Interp;
use crate::lazy::{Pull, Source};
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// How many items these functions look at.
const ITEMS: usize = 200_000;

pub(super) static FUNCTIONS: &[Native] = &[
    native("builtins.iter", iter),
    native("builtins.next", next),
    native("builtins.enumerate", enumerate),
    native("builtins.zip", zip),
    native("builtins.map", map),
    native("builtins.filter", |interp, args| {
        between(interp, "filter", &args, 2, 2)?;
        let of = interp.iter_id(&args.positional[1])?;
        Ok(interp.lazy(Source::Filter(args.positional[0].clone(), of, true)))
    }),
    native("builtins.reversed", reversed),
    native("builtins.sorted", sorted),
    native("builtins.min", |interp, args| extreme(interp, args, "min", Ordering::Less)),
    native("builtins.max", |interp, args| extreme(interp, args, "max", Ordering::Greater)),
    native("builtins.sum", sum),
    native("builtins.any", |interp, args| quantifier(interp, &args, "any", true)),
    native("builtins.all", |interp, args| quantifier(interp, &args, "all", false)),
];

fn iter(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "iter", &args, 1, 2)?;
    match args.positional.as_slice() {
        [function, sentinel] => Ok(interp.lazy(Source::Until(function.clone(), sentinel.clone()))),
        [value, ..] => match interp.iter(value)? {
            // The object itself: `iter(x) is x` of an iterator.
            Value::Iterator(id) => Ok(interp.iterated_instance(id).unwrap_or(Value::Iterator(id))),
            other => Ok(other),
        },
        [] => Ok(Value::None),
    }
}

fn next(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "next", &args, 1, 2)?;
    let id = match &args.positional[0] {
        Value::Iterator(id) => *id,
        Value::Unknown(_) => return Ok(args.positional[0].clone()),
        Value::Instance(_) => match interp.find_attr(&args.positional[0], "__next__")? {
            Some(method) => match (interp.call(&method, Args::default()), args.positional.get(1)) {
                (Err(crate::raise::Halt::Exception(id)), Some(default))
                    if &*interp.exception_name(id) == "StopIteration" =>
                {
                    return Ok(default.clone());
                }
                (result, _) => return result,
            },
            None if interp.is_certain(&args.positional[0]) => {
                return Err(not_an_iterator(interp, &args.positional[0]));
            }
            None => return Ok(interp.unknown("the next item of an object without a model")),
        },
        other => return Err(not_an_iterator(interp, other)),
    };
    match (interp.pull(id)?, args.positional.get(1)) {
        (Pull::Item(item) | Pull::Maybe(item), _) => Ok(item),
        (Pull::End, Some(default)) => Ok(default.clone()),
        (Pull::End, None) => Err(interp.stop_iteration(id)),
    }
}

fn not_an_iterator(interp: &mut Interp<'_>, value: &Value) -> crate::raise::Halt {
    let text = format!("'{}' object is not an iterator", interp.type_name(value));
    interp.raise(ops::Exc::TypeError, text)
}

fn enumerate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(iterable) = args.get(0, "iterable") else {
        let text = "enumerate() missing required argument 'iterable' (pos 1)";
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let of = interp.iter_id(&iterable.clone())?;
    match args.get(1, "start").map_or(Some(0), Value::as_int) {
        Some(start) => Ok(interp.lazy(Source::Enumerate(of, start))),
        None => {
            let counter = interp.endless(Value::Any(Plain::Int));
            let counter = interp.iter_id(&counter)?;
            Ok(interp.lazy(Source::Zip(vec![counter, of], false)))
        }
    }
}

fn zip(interp: &mut Interp<'_>, args: Args) -> Eval {
    keywords(interp, "zip", &args, &["strict"])?;
    let strict = match args.keyword("strict") {
        Some(strict) => interp.truth(&strict.clone())? == Some(true),
        None => false,
    };
    let mut iterators = Vec::with_capacity(args.positional.len());
    for iterable in &args.positional {
        iterators.push(interp.iter_id(iterable)?);
    }
    Ok(interp.lazy(Source::Zip(iterators, strict)))
}

fn map(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.positional.len() < 2 {
        return Err(interp.raise(ops::Exc::TypeError, "map() must have at least two arguments."));
    }
    let iterators = args.positional[1..].iter().map(|it| interp.iter_id(it)).collect::<Eval<_>>()?;
    Ok(interp.lazy(Source::Map(args.positional[0].clone(), iterators)))
}

fn reversed(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "reversed", &args)?;
    let value = interp.plain(&args.positional[0]);
    if let Value::Range(start, stop, step) = value {
        let count = crate::stmt::range_len(start, stop, step);
        let last = start.saturating_add((count - 1).max(0).saturating_mul(step));
        return Ok(interp.lazy(Source::Range(last, count, step.saturating_neg())));
    }
    if let Value::Instance(_) = value
        && let Some(method) = interp.find_attr(&value, "__reversed__")?
    {
        return interp.call(&method, Args::default());
    }
    if let Value::Iterator(_) | Value::Set(_) = value {
        let text = format!("'{}' object is not reversible", interp.type_name(&value));
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    let (mut items, more) = interp.iterate(&value, ITEMS)?;
    if more {
        let item = interp.item_of(&value)?;
        return Ok(interp.endless(item));
    }
    items.reverse();
    Ok(interp.new_iterator(items))
}

fn sorted(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "sorted", &args, 1, 1)?;
    keywords(interp, "sort", &args, &["key", "reverse"])?;
    let (items, more) = interp.iterate(&args.positional[0], ITEMS)?;
    if more {
        return interp.some_list(&args.positional[0]);
    }
    let sorted = interp.sort(items, args.keyword("key"), args.keyword("reverse"))?;
    match sorted {
        Some(items) => Ok(interp.new_list(items)),
        // In whatever order, they are as many.
        None => {
            let items = interp.iterate(&args.positional[0], ITEMS)?.0;
            let list = interp.new_list(items);
            if let Value::List(id) = list {
                interp.shuffle_list(id)?;
            }
            Ok(list)
        }
    }
}

fn extreme(interp: &mut Interp<'_>, args: Args, name: &str, wanted: Ordering) -> Eval {
    keywords(interp, name, &args, &["key", "default"])?;
    let items = match args.positional.as_slice() {
        [] => {
            let text = format!("{name} expected at least 1 argument, got 0");
            return Err(interp.raise(ops::Exc::TypeError, text));
        }
        [iterable @ Value::Tensor(node)]
            if args.keyword("key").is_none() && interp.sure_draws(*node).is_some() =>
        {
            let path = if name == "max" { "numpy.max" } else { "numpy.min" };
            return interp.call_api(&path.into(), Args::of([iterable.clone()]));
        }
        [iterable] => {
            let (items, more) = interp.iterate(iterable, ITEMS)?;
            if more {
                return interp.item_of(iterable);
            }
            items
        }
        many => many.to_vec(),
    };
    let Some(first) = items.first().cloned() else {
        return match args.keyword("default") {
            Some(default) => Ok(default.clone()),
            None => {
                let text = format!("{name}() arg is an empty sequence");
                Err(interp.raise(ops::Exc::ValueError, text))
            }
        };
    };
    let key = args.keyword("key").filter(|k| !k.is_none()).cloned();
    let mut keys = Vec::with_capacity(items.len());
    for item in &items {
        keys.push(match &key {
            Some(key) => interp.call(key, Args::of([item.clone()]))?,
            None => item.clone(),
        });
    }
    let op = if wanted == Ordering::Less { CmpOp::Lt } else { CmpOp::Gt };
    let mut best = (first, keys[0].clone());
    for (item, key) in items.into_iter().zip(keys).skip(1) {
        let better = interp.compare(op, &key, &best.1)?;
        match interp.truth(&better)? {
            Some(true) => best = (item, key),
            Some(false) => {}
            None => {
                best = (interp.join(&best.0, &item)?, interp.join(&best.1, &key)?);
            }
        }
    }
    Ok(best.0)
}

fn sum(interp: &mut Interp<'_>, args: Args) -> Eval {
    keywords(interp, "sum", &args, &["start"])?;
    between(interp, "sum", &args, 1, 2)?;
    let start = args.get(1, "start").cloned().unwrap_or(Value::Int(0));
    if let Value::Str(_) = start {
        let text = "sum() can't sum strings [use ''.join(seq) instead]";
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    let iterable = args.positional[0].clone();
    if let Value::Range(from, to, step) = iterable
        && crate::stmt::range_len(from, to, step) > 100_000
    {
        return Ok(Value::Any(Plain::Int));
    }
    let iterator = interp.iter_id(&iterable)?;
    let mut total = start;
    loop {
        match interp.pull(iterator)? {
            Pull::Item(item) => total = interp.binary(python::ast::Operator::Add, &total, &item)?,
            Pull::End => return Ok(total),
            Pull::Maybe(item) => {
                let next = interp.binary(python::ast::Operator::Add, &total, &item)?;
                return Ok(match (&total, &next) {
                    (_, Value::Tensor(_)) => next,
                    _ => interp.join(&total, &next)?,
                });
            }
        }
    }
}

fn quantifier(interp: &mut Interp<'_>, args: &Args, name: &str, stop: bool) -> Eval {
    one(interp, name, args)?;
    let iterator = interp.iter_id(&args.positional[0])?;
    let mut known = true;
    loop {
        match interp.pull(iterator)? {
            Pull::Item(item) => match interp.truth(&item)? {
                Some(truth) if truth == stop && known => return Ok(Value::Bool(stop)),
                Some(truth) if truth == stop => return Ok(Value::Bool(stop)),
                Some(_) => {}
                None => known = false,
            },
            Pull::End if known => return Ok(Value::Bool(!stop)),
            Pull::End | Pull::Maybe(_) => return Ok(Value::Any(Plain::Bool)),
        }
    }
}

impl Interp<'_> {
    /// Sorts items stably; nothing where a comparison is not known.
    ///
    /// # Errors
    /// What a key function or a comparison raises.
    pub(crate) fn sort(
        &mut self,
        items: Vec<Value>,
        key: Option<&Value>,
        reverse: Option<&Value>,
    ) -> Eval<Option<Vec<Value>>> {
        let reverse = match reverse {
            None => Some(false),
            Some(value) => self.truth(&value.clone())?,
        };
        let key = key.filter(|k| !k.is_none()).cloned();
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let by = match &key {
                Some(key) => self.call(key, Args::of([item.clone()]))?,
                None => item.clone(),
            };
            // An array's scalar counts by its value.
            let text = if let Value::Tensor(id) = by { self.scalar_text(id) } else { None };
            let by = text.unwrap_or_else(|| self.plain_scalar(&by));
            keyed.push((by, item));
        }
        let Some(reverse) = reverse else { return Ok(None) };
        // Python keeps the order of equal items also in reverse.
        if reverse {
            keyed.reverse();
        }
        let Some(mut keyed) = self.merge_sort(keyed)? else { return Ok(None) };
        if reverse {
            keyed.reverse();
        }
        Ok(Some(keyed.into_iter().map(|(_, item)| item).collect()))
    }

    fn merge_sort(&mut self, mut items: Vec<(Value, Value)>) -> Eval<Option<Vec<(Value, Value)>>> {
        if items.len() < 2 {
            return Ok(Some(items));
        }
        let right = items.split_off(items.len() / 2);
        let (left, right) = (self.merge_sort(items)?, self.merge_sort(right)?);
        let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
        let mut out = Vec::with_capacity(left.len() + right.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
            let (a, b) = (a.clone(), b.clone());
            let less = self.compare(CmpOp::Lt, &b, &a)?;
            match self.truth(&less)? {
                Some(true) => out.extend(right.next()),
                Some(false) => out.extend(left.next()),
                None => return Ok(None),
            }
        }
        out.extend(left);
        out.extend(right);
        Ok(Some(out))
    }

    /// A list of the items of something of unknown length.
    ///
    /// # Errors
    /// None of its own.
    pub(crate) fn some_list(&mut self, of: &Value) -> Eval {
        if let Value::Unknown(_) = of {
            return Ok(self.lost_list("made of something that is not known"));
        }
        if let Value::Tensor(node) = of {
            return Ok(self.list_of_items(*node));
        }
        Ok(self.lost_list("made of something of unknown length"))
    }

    /// A list whose contents are not known.
    pub(crate) fn lost_list(&mut self, why: &'static str) -> Value {
        Value::List(self.heap.add(crate::heap::Object::Lost(why)))
    }

    /// The object behind an iterator that only calls its `__next__`.
    fn iterated_instance(&self, id: crate::heap::ObjId) -> Option<Value> {
        match self.heap.get(id) {
            crate::heap::Object::Iterator(state) => match state.source.as_deref() {
                Some(Source::Instance(object)) => Some(object.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}
