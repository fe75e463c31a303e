//! Methods of strings.

use std::rc::Rc;

use crate::builtins::arguments::{method_between, method_none, method_one};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, NativeFn, Plain, Value};

/// Texts longer than this are not written out.
const LENGTH: usize = 16_000_000;

macro_rules! simple {
    ($name:literal, $of:expr) => {
        native($name, {
            const CALL: NativeFn = |interp, args| {
                method_none(interp, concat!("str.", $name), &args)?;
                let of: fn(&str) -> Value = $of;
                Ok(match text(interp, &args, 0) {
                    Some(text) => of(&text),
                    None => any(&of("")),
                })
            };
            CALL
        })
    };
}

pub(crate) static STR: NativeClass = NativeClass {
    path: "builtins.str",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        simple!("upper", |s| Value::Str(s.to_uppercase().into())),
        simple!("lower", |s| Value::Str(s.to_lowercase().into())),
        simple!("casefold", |s| Value::Str(s.to_lowercase().into())),
        simple!("capitalize", |s| Value::Str(capitalize(s).into())),
        simple!("title", |s| Value::Str(title(s).into())),
        simple!("swapcase", |s| Value::Str(s.chars().map(swap).collect::<String>().into())),
        simple!("isdigit", |s| all(s, |c| c.is_numeric())),
        simple!("isdecimal", |s| all(s, |c| c.is_ascii_digit())),
        simple!("isnumeric", |s| all(s, char::is_numeric)),
        simple!("isalpha", |s| all(s, char::is_alphabetic)),
        simple!("isalnum", |s| all(s, char::is_alphanumeric)),
        simple!("isspace", |s| all(s, char::is_whitespace)),
        simple!("isascii", |s| Value::Bool(s.is_ascii())),
        simple!("isidentifier", |s| {
            let rest = s.chars().skip(1).all(|c| c == '_' || c.is_alphanumeric());
            Value::Bool(rest && s.starts_with(|c: char| c == '_' || c.is_alphabetic()))
        }),
        simple!("isupper", |s| {
            Value::Bool(s.chars().any(char::is_uppercase) && !s.chars().any(char::is_lowercase))
        }),
        simple!("islower", |s| {
            Value::Bool(s.chars().any(char::is_lowercase) && !s.chars().any(char::is_uppercase))
        }),
        native("strip", |interp, args| strip(interp, &args, true, true)),
        native("lstrip", |interp, args| strip(interp, &args, true, false)),
        native("rstrip", |interp, args| strip(interp, &args, false, true)),
        native("split", |interp, args| super::splitting::split(interp, &args, false)),
        native("rsplit", |interp, args| super::splitting::split(interp, &args, true)),
        native("splitlines", super::splitting::lines),
        native("partition", |interp, args| super::splitting::partition(interp, &args, false)),
        native("rpartition", |interp, args| super::splitting::partition(interp, &args, true)),
        native("expandtabs", expandtabs),
        native("join", join),
        native("replace", replace),
        native("startswith", |interp, args| ends(interp, &args, |s, p| s.starts_with(p))),
        native("endswith", |interp, args| ends(interp, &args, |s, p| s.ends_with(p))),
        native("find", |interp, args| find(interp, &args, false, false)),
        native("rfind", |interp, args| find(interp, &args, true, false)),
        native("index", |interp, args| find(interp, &args, false, true)),
        native("rindex", |interp, args| find(interp, &args, true, true)),
        native("count", count),
        native("ljust", |interp, args| justify(interp, &args, '<')),
        native("rjust", |interp, args| justify(interp, &args, '>')),
        native("center", |interp, args| justify(interp, &args, '^')),
        native("zfill", zfill),
        native("removeprefix", |interp, args| {
            trim(interp, &args, |s, p| s.strip_prefix(p).unwrap_or(s).to_owned())
        }),
        native("removesuffix", |interp, args| {
            trim(interp, &args, |s, p| s.strip_suffix(p).unwrap_or(s).to_owned())
        }),
        native("encode", |interp, args| {
            Ok(match text(interp, &args, 0) {
                Some(text) => Value::Bytes(text.as_bytes().into()),
                None => interp.unknown("the bytes of a string that is not known"),
            })
        }),
        native("format", super::formatting::format),
        native("format_map", |_, _| Ok(Value::Any(Plain::Str))),
        native("expandtabs", |_, _| Ok(Value::Any(Plain::Str))),
        native("translate", |_, _| Ok(Value::Any(Plain::Str))),
        native("__len__", |interp, args| interp.data_method(&args, |interp, s, _| interp.length(s))),
    ]],
    properties: &[],
};

/// A string argument, if it is known.
pub(super) fn text(interp: &Interp<'_>, args: &Args, at: usize) -> Option<Rc<str>> {
    match interp.plain(args.positional.get(at)?) {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// The value of the same type of which nothing is known.
fn any(value: &Value) -> Value {
    match value {
        Value::Bool(_) => Value::Any(Plain::Bool),
        Value::Int(_) => Value::Any(Plain::Int),
        _ => Value::Any(Plain::Str),
    }
}

fn all(text: &str, holds: fn(char) -> bool) -> Value {
    Value::Bool(!text.is_empty() && text.chars().all(holds))
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect(),
        None => String::new(),
    }
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

fn swap(c: char) -> char {
    if c.is_lowercase() { c.to_uppercase().next().unwrap_or(c) } else { c.to_lowercase().next().unwrap_or(c) }
}

/// Raises for an argument that is not a string.
fn must_be_text(interp: &mut Interp<'_>, value: &Value, what: &str) -> Eval<()> {
    match interp.plain(value) {
        Value::None
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bool(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Tuple(_) => {
            let text = format!("{what}, not {}", interp.type_name(value));
            Err(interp.raise(ops::Exc::TypeError, text))
        }
        _ => Ok(()),
    }
}

fn strip(interp: &mut Interp<'_>, args: &Args, left: bool, right: bool) -> Eval {
    let name = if left && right {
        "strip"
    } else if left {
        "lstrip"
    } else {
        "rstrip"
    };
    method_between(interp, name, args, 0, 1)?;
    let Some(text) = text(interp, args, 0) else { return Ok(Value::Any(Plain::Str)) };
    let chars: Option<Rc<str>> = match args.positional.get(1) {
        None | Some(Value::None) => None,
        Some(Value::Str(chars)) => Some(chars.clone()),
        Some(_) => return Ok(Value::Any(Plain::Str)),
    };
    let drop = |c: char| chars.as_ref().map_or_else(|| c.is_whitespace(), |set| set.contains(c));
    let mut out = &*text;
    if left {
        out = out.trim_start_matches(drop);
    }
    if right {
        out = out.trim_end_matches(drop);
    }
    Ok(Value::str(out))
}

/// `text.expandtabs(8)`: spaces up to the next column that is a multiple.
fn expandtabs(interp: &mut Interp<'_>, args: Args) -> Eval {
    let size = args.get(1, "tabsize").map_or(Some(8), Value::as_int);
    let (Some(given), Some(size)) = (text(interp, &args, 0), size) else { return Ok(Value::Any(Plain::Str)) };
    let size = usize::try_from(size).unwrap_or(0).min(LENGTH);
    let (mut out, mut column) = (String::new(), 0);
    for letter in given.chars() {
        match letter {
            '\t' => {
                let gap = if size == 0 { 0 } else { size - column % size };
                out.push_str(&" ".repeat(gap));
                column += gap;
            }
            '\n' | '\r' => {
                out.push(letter);
                column = 0;
            }
            letter => {
                out.push(letter);
                column += 1;
            }
        }
        if out.len() > LENGTH {
            return Ok(Value::Any(Plain::Str));
        }
    }
    Ok(Value::Str(out.into()))
}

fn join(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "str.join", &args)?;
    let separator = text(interp, &args, 0);
    let (items, more) = match &args.positional[1] {
        Value::None | Value::Int(_) | Value::Float(_) => {
            return Err(interp.raise(ops::Exc::TypeError, "can only join an iterable"));
        }
        iterable => interp.iterate(&iterable.clone(), 1_000_000)?,
    };
    let mut out = separator.as_ref().filter(|_| !more).map(|_| String::new());
    for (i, item) in items.iter().enumerate() {
        match interp.plain_text(item) {
            Value::Str(part) => {
                if let (Some(text), Some(separator)) = (&mut out, &separator) {
                    if i > 0 {
                        text.push_str(separator);
                    }
                    text.push_str(&part);
                    if text.len() > LENGTH {
                        out = None;
                    }
                }
            }
            Value::Any(Plain::Str) | Value::Unknown(_) | Value::Instance(_) => out = None,
            // An item of an array of unknown dtype may be a text.
            Value::Tensor(id) if interp.trace.node(id).spec.dtype.is_none() => out = None,
            other => {
                let kind = interp.type_name(&other);
                let text = format!("sequence item {i}: expected str instance, {kind} found");
                return Err(interp.raise(ops::Exc::TypeError, text));
            }
        }
    }
    Ok(out.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
}

fn replace(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "replace", &args, 2, 3)?;
    for (i, value) in args.positional[1..].iter().take(2).enumerate() {
        must_be_text(interp, value, &format!("replace() argument {} must be str", i + 1))?;
    }
    let (Some(text), Some(old), Some(new)) =
        (text(interp, &args, 0), text(interp, &args, 1), text(interp, &args, 2))
    else {
        return Ok(Value::Any(Plain::Str));
    };
    let limit = args.positional.get(3).and_then(Value::as_int);
    let grows = text.len().saturating_mul(new.len().max(1));
    if grows > LENGTH {
        return Ok(Value::Any(Plain::Str));
    }
    Ok(Value::Str(match limit.and_then(|n| usize::try_from(n).ok()) {
        Some(limit) => text.replacen(&*old, &new, limit).into(),
        None => text.replace(&*old, &new).into(),
    }))
}

fn ends(interp: &mut Interp<'_>, args: &Args, holds: fn(&str, &str) -> bool) -> Eval {
    method_between(interp, "startswith", args, 1, 3)?;
    let unknown = Value::Any(Plain::Bool);
    let Some(text) = text(interp, args, 0) else { return Ok(unknown) };
    if args.positional.len() > 2 {
        return Ok(unknown);
    }
    let affixes = match &args.positional[1] {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let mut known = true;
    for affix in affixes {
        match affix {
            Value::Str(affix) if holds(&text, &affix) => return Ok(Value::Bool(true)),
            Value::Str(_) => {}
            Value::None | Value::Int(_) | Value::List(_) | Value::Float(_) => {
                let kind = interp.type_name(&affix);
                let text = format!("startswith first arg must be str or a tuple of str, not {kind}");
                return Err(interp.raise(ops::Exc::TypeError, text));
            }
            _ => known = false,
        }
    }
    Ok(if known { Value::Bool(false) } else { unknown })
}

fn find(interp: &mut Interp<'_>, args: &Args, last: bool, must: bool) -> Eval {
    let name = if must { "index" } else { "find" };
    method_between(interp, name, args, 1, 3)?;
    must_be_text(interp, &args.positional[1], "must be str")?;
    let (Some(text), Some(part)) = (text(interp, args, 0), text(interp, args, 1)) else {
        return Ok(Value::Any(Plain::Int));
    };
    if args.positional.len() > 2 {
        return Ok(Value::Any(Plain::Int));
    }
    let found = if last { text.rfind(&*part) } else { text.find(&*part) };
    match found {
        Some(at) => Ok(Value::Int(text[..at].chars().count() as i64)),
        None if must => Err(interp.raise(ops::Exc::ValueError, "substring not found")),
        None => Ok(Value::Int(-1)),
    }
}

fn count(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_between(interp, "count", &args, 1, 3)?;
    Ok(match (text(interp, &args, 0), text(interp, &args, 1)) {
        (Some(text), Some(part)) if args.positional.len() == 2 => {
            let found = if part.is_empty() { text.chars().count() + 1 } else { text.matches(&*part).count() };
            Value::Int(found as i64)
        }
        _ => Value::Any(Plain::Int),
    })
}

fn justify(interp: &mut Interp<'_>, args: &Args, align: char) -> Eval {
    method_between(interp, "ljust", args, 1, 2)?;
    let fill = match args.positional.get(2) {
        None => Some(' '),
        Some(fill) => fill.as_str().and_then(|s| s.chars().next()),
    };
    let (Some(text), Some(width), Some(fill)) = (text(interp, args, 0), args.positional[1].as_int(), fill)
    else {
        return Ok(Value::Any(Plain::Str));
    };
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(text.chars().count());
    if missing > 10_000 {
        return Ok(Value::Any(Plain::Str));
    }
    let run = |n: usize| fill.to_string().repeat(n);
    Ok(Value::Str(match align {
        '<' => format!("{text}{}", run(missing)).into(),
        '>' => format!("{}{text}", run(missing)).into(),
        // CPython puts the odd one to the left where the width is odd.
        _ => {
            let left = missing / 2 + (missing & usize::try_from(width).unwrap_or(0) & 1);
            format!("{}{text}{}", run(left), run(missing - left)).into()
        }
    }))
}

fn zfill(interp: &mut Interp<'_>, args: Args) -> Eval {
    method_one(interp, "str.zfill", &args)?;
    let (Some(text), Some(width)) = (text(interp, &args, 0), args.positional[1].as_int()) else {
        return Ok(Value::Any(Plain::Str));
    };
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(text.chars().count());
    if missing > 10_000 {
        return Ok(Value::Any(Plain::Str));
    }
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'+' | b'-') => text.split_at(1),
        _ => ("", &*text),
    };
    Ok(Value::Str(format!("{sign}{}{digits}", "0".repeat(missing)).into()))
}

fn trim(interp: &mut Interp<'_>, args: &Args, of: fn(&str, &str) -> String) -> Eval {
    method_one(interp, "str.removeprefix", args)?;
    Ok(match (text(interp, args, 0), text(interp, args, 1)) {
        (Some(text), Some(part)) => Value::Str(of(&text, &part).into()),
        _ => Value::Any(Plain::Str),
    })
}
