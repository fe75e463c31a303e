//! Built-in functions.

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[native("builtins.len", len), native("builtins.print", print)];

fn len(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Any(Plain::Int)) };
    let (items, more) = interp.iterate(value, 1_000_000)?;
    Ok(if more { Value::Any(Plain::Int) } else { Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)) })
}

fn print(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

/// Makes an instance of a built-in type: `int("3")`, `list(xs)`, `super()`.
pub(super) fn construct(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval {
    let _ = args;
    Ok(interp.unknown(format!("`{name}(…)` is not modelled")))
}
