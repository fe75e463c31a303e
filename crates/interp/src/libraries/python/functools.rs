//! `functools`.

use std::rc::Rc;

use crate::interp::Interp;
use crate::lazy::Pull;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Bound, Native, Value, Wrapped};

pub(super) static FUNCTIONS: &[Native] = &[
    native("functools.partial", partial),
    native("functools.partialmethod", partial_method),
    native("functools.reduce", reduce),
    native("functools.wraps", |_, args| {
        let Some(wrapped) = args.positional.first() else { return Ok(Value::None) };
        let first = Args::of([wrapped.clone()]);
        Ok(Value::Wrapped(Rc::new(Wrapped::Partial(Value::Native(&DISGUISE), first))))
    }),
    native("functools.update_wrapper", |interp, args| match args.positional.as_slice() {
        [wrapper, wrapped, ..] => disguise(interp, Args::of([wrapped.clone(), wrapper.clone()])),
        _ => Ok(Value::None),
    }),
    native("functools.lru_cache", cache),
    native("functools.cache", cache),
    native("functools.cached_property", |_, args| {
        let function = args.positional.into_iter().next().unwrap_or(Value::None);
        let getter = Bound { object: function, function: Value::Native(&CACHED), owner: None };
        Ok(Value::Wrapped(Rc::new(Wrapped::Property(Value::Bound(Rc::new(getter)), None))))
    }),
    native("functools.total_ordering", |interp, args| {
        let class = args.positional.into_iter().next().unwrap_or(Value::None);
        if let Value::Class(id) = &class {
            // The comparisons that the class lacks are made of the one it has.
            interp.classes[id.0 as usize].open = true;
        }
        Ok(class)
    }),
    native("functools.cmp_to_key", |interp, _| Ok(interp.unknown("`cmp_to_key`"))),
    native("functools.singledispatch", |interp, _| Ok(interp.unknown("`singledispatch`"))),
];

/// Gives a wrapper the name of what it wraps.
static DISGUISE: Native = native("functools.wraps.decorator", disguise);

/// Reads a cached property: the function comes first, then the object.
static CACHED: Native = native("functools.cached_property.get", |interp, args| {
    let [function, object] = args.positional.as_slice() else { return Ok(Value::None) };
    let name = match interp.find_attr(function, "__name__")? {
        Some(Value::Str(name)) => format!("_cached_{name}"),
        _ => return interp.call(function, Args::of([object.clone()])),
    };
    if let Value::Instance(id) = object
        && let Some(value) = interp.heap.instance(*id).and_then(|i| i.attrs.get(name.as_str())).cloned()
    {
        return Ok(value);
    }
    let value = interp.call(function, Args::of([object.clone()]))?;
    if let Value::Instance(id) = object {
        interp.set_own_attr(*id, &name, value.clone())?;
    }
    Ok(value)
});

fn disguise(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [wrapped, wrapper] = args.positional.as_slice() else { return Ok(Value::None) };
    if let Value::Function(_) = wrapper {
        for name in ["__name__", "__qualname__", "__doc__"] {
            if let Some(value) = interp.find_attr(wrapped, name)? {
                interp.set_attr(wrapper, name, value)?;
            }
        }
        // What a class has becomes the wrapper's: `@wraps(Model)`.
        let own = match wrapped {
            Value::Class(id) => interp.heap.scope(interp.class(*id).dict).map(|scope| scope.names.clone()),
            _ => None,
        };
        for (name, value) in own.into_iter().flatten().filter(|(name, _)| !name.starts_with("__")) {
            interp.set_attr(wrapper, &name, value)?;
        }
        interp.set_attr(wrapper, "__wrapped__", wrapped.clone())?;
    }
    Ok(wrapper.clone())
}

/// `functools.partial(f, ...)`.
pub(super) fn partial(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if args.positional.is_empty() {
        let text = "type 'partial' takes at least one argument";
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    let function = args.positional.remove(0);
    match &function {
        Value::Unknown(_) => return Ok(function),
        Value::None | Value::Int(_) | Value::Str(_) | Value::List(_) | Value::Tensor(_) => {
            return Err(interp.raise(ops::Exc::TypeError, "the first argument must be callable"));
        }
        _ => {}
    }
    Ok(Value::Wrapped(Rc::new(Wrapped::Partial(function, args))))
}

fn partial_method(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.unknown("`partialmethod`"))
}

/// `lru_cache` with or without parentheses: calls give what the function gives.
fn cache(_: &mut Interp<'_>, args: Args) -> Eval {
    match args.positional.first() {
        Some(function @ (Value::Function(_) | Value::Bound(_) | Value::Wrapped(_) | Value::Unknown(_))) => {
            Ok(function.clone())
        }
        _ => Ok(Value::Native(&SAME)),
    }
}

static SAME: Native = native("functools.lru_cache.decorator", |_, args| {
    Ok(args.positional.into_iter().next().unwrap_or(Value::None))
});

fn reduce(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (function, of) = match args.positional.as_slice() {
        [function, of, ..] => (function.clone(), of.clone()),
        given => {
            let text = format!("reduce expected at least 2 arguments, got {}", given.len());
            return Err(interp.raise(ops::Exc::TypeError, text));
        }
    };
    let iterator = interp.iter_id(&of)?;
    let mut total = args.positional.get(2).cloned();
    loop {
        match interp.pull(iterator)? {
            Pull::Item(item) => {
                total = Some(match total {
                    Some(total) => interp.call(&function, Args::of([total, item]))?,
                    None => item,
                });
            }
            Pull::Maybe(item) => {
                let Some(total) = total else { return Ok(item) };
                let next = interp.call(&function, Args::of([total.clone(), item]))?;
                return interp.join(&total, &next);
            }
            Pull::End => {
                return match total {
                    Some(total) => Ok(total),
                    None => {
                        let text = "reduce() of empty iterable with no initial value";
                        Err(interp.raise(ops::Exc::TypeError, text))
                    }
                };
            }
        }
    }
}
