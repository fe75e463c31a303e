//! `split`, `splitlines` and `partition` of strings.

use std::rc::Rc;

use crate::builtins::arguments::{method_between, method_one};
use crate::builtins::strings::text;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

/// `str.split` and `str.rsplit`.
pub(super) fn split(interp: &mut Interp<'_>, args: &Args, last: bool) -> Eval {
    method_between(interp, "split", args, 0, 2)?;
    let separator = args.get(1, "sep").cloned().unwrap_or(Value::None);
    let limit = args.get(2, "maxsplit").map_or(Some(-1), Value::as_int);
    let (Some(text), Some(limit)) = (text(interp, args, 0), limit) else {
        return Ok(some_strings(interp));
    };
    let limit = usize::try_from(limit).ok();
    let mut parts: Vec<&str> = match &separator {
        Value::None => words(&text, limit, last),
        Value::Str(separator) if separator.is_empty() => {
            return Err(interp.raise(ops::Exc::ValueError, "empty separator"));
        }
        Value::Str(separator) => match (limit, last) {
            (None, _) => text.split(&**separator).collect(),
            (Some(n), false) => text.splitn(n.saturating_add(1), &**separator).collect(),
            (Some(n), true) => {
                let mut parts: Vec<&str> = text.rsplitn(n.saturating_add(1), &**separator).collect();
                parts.reverse();
                parts
            }
        },
        Value::Int(_) | Value::Float(_) | Value::List(_) | Value::Tuple(_) | Value::Bool(_) => {
            let text = format!("must be str or None, not {}", interp.type_name(&separator));
            return Err(interp.raise(ops::Exc::TypeError, text));
        }
        _ => return Ok(some_strings(interp)),
    };
    let items = parts.drain(..).map(Value::str).collect();
    Ok(interp.new_list(items))
}

/// A list of strings, nobody knows how many.
fn some_strings(interp: &mut Interp<'_>) -> Value {
    interp.lost_list("the parts of a string that is not known")
}

fn words(text: &str, limit: Option<usize>, last: bool) -> Vec<&str> {
    let Some(limit) = limit else { return text.split_whitespace().collect() };
    let mut parts = Vec::new();
    let mut rest = if last { text.trim_end() } else { text.trim_start() };
    while !rest.is_empty() {
        if parts.len() == limit {
            parts.push(rest);
            break;
        }
        let at = if last { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
        match (at, last) {
            (None, _) => {
                parts.push(rest);
                break;
            }
            (Some(at), false) => {
                parts.push(&rest[..at]);
                rest = rest[at..].trim_start();
            }
            (Some(at), true) => {
                parts.push(rest[at..].trim_start());
                rest = rest[..at].trim_end();
            }
        }
    }
    if last {
        parts.reverse();
    }
    parts
}

/// `str.splitlines`.
pub(super) fn lines(interp: &mut Interp<'_>, args: Args) -> Eval {
    let keep = args.get(1, "keepends").cloned();
    let Some(text) = text(interp, &args, 0) else { return Ok(some_strings(interp)) };
    // Other ends than these are rare, and are not followed.
    if text.contains(['\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'])
    {
        let plain = text.lines().map(Value::str).collect();
        return Ok(if interp.carries_out() { some_strings(interp) } else { interp.new_list(plain) });
    }
    let items = match keep {
        None | Some(Value::Bool(false)) => text.lines().map(Value::str).collect(),
        Some(Value::Bool(true)) => text.split_inclusive('\n').map(Value::str).collect(),
        Some(_) => return Ok(some_strings(interp)),
    };
    Ok(interp.new_list(items))
}

/// `str.partition` and `str.rpartition`.
pub(super) fn partition(interp: &mut Interp<'_>, args: &Args, last: bool) -> Eval {
    method_one(interp, "str.partition", args)?;
    let any = Value::Any(Plain::Str);
    let (Some(text), Some(separator)) = (text(interp, args, 0), text(interp, args, 1)) else {
        return Ok(Value::tuple([any.clone(), any.clone(), any]));
    };
    if separator.is_empty() {
        return Err(interp.raise(ops::Exc::ValueError, "empty separator"));
    }
    let found = if last { text.rfind(&*separator) } else { text.find(&*separator) };
    let empty = || Value::str("");
    Ok(match found {
        Some(at) => {
            let after = Rc::<str>::from(&text[at + separator.len()..]);
            Value::tuple([Value::str(&text[..at]), Value::Str(separator), Value::Str(after)])
        }
        None if last => Value::tuple([empty(), empty(), Value::Str(text)]),
        None => Value::tuple([Value::Str(text), empty(), empty()]),
    })
}
