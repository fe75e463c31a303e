//! What the model of `re` asks: the parts of a pattern, and where it matches.

mod engine;
mod parse;

use std::rc::Rc;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};
use engine::{Mode, Problem, Regex};

/// So many patterns are kept as trees.
const KEPT: usize = 128;

/// The patterns that were read, by their texts and flags.
pub(crate) type Patterns = rustc_hash::FxHashMap<(Rc<str>, u32), Rc<Regex>>;

/// Names that the model of `re` has beside Python's own.
pub(crate) static INTRINSICS: &[Native] =
    &[native("regex_parts", regex_parts), native("regex_find", regex_find)];

/// The pattern in the first two arguments.
fn pattern(interp: &mut Interp<'_>, args: &Args) -> Option<Result<Rc<Regex>, Problem>> {
    let flags = args.positional.get(1).and_then(Value::as_int)?;
    let flags = u32::try_from(flags).ok()?;
    let Some(Value::Str(text)) = args.positional.first() else { return None };
    let key = (text.clone(), flags);
    if let Some(regex) = interp.patterns.get(&key) {
        return Some(Ok(regex.clone()));
    }
    let regex = match Regex::new(text, flags) {
        Ok(regex) => Rc::new(regex),
        Err(problem) => return Some(Err(problem)),
    };
    if interp.patterns.len() >= KEPT {
        interp.patterns.clear();
    }
    interp.patterns.insert(key, regex.clone());
    Some(Ok(regex))
}

/// `regex_parts(pattern, flags)`: the number of groups, the names of some, and the flags; what Python says of a wrong
/// pattern instead.
fn regex_parts(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match pattern(interp, &args) {
        Some(Ok(regex)) => {
            let names: Vec<(Value, Value)> =
                regex.names.iter().map(|(name, at)| (Value::str(name), Value::Int(*at as i64))).collect();
            let names = interp.new_dict(names);
            // Those of a text are of Unicode unless it is told otherwise.
            let unicode = if regex.flags & engine::ASCII == 0 { 32 } else { 0 };
            let flags = i64::from(regex.flags) | unicode;
            Value::tuple([Value::Int(regex.groups as i64), names, Value::Int(flags)])
        }
        Some(Err(Problem::Wrong { message, at })) => {
            let place = if at == usize::MAX { String::new() } else { format!(" at position {at}") };
            Value::str(&format!("{message}{place}"))
        }
        Some(Err(Problem::TooMuch)) | None => interp.unknown("a regular expression that is not followed"),
    })
}

/// `regex_find(pattern, flags, text, from, mode, advances)`: the spans of the match and its groups, `None` where there
/// is none.
fn regex_find(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unknown = "a match of a regular expression";
    let Some(Ok(regex)) = pattern(interp, &args) else { return Ok(interp.unknown(unknown)) };
    let (Some(Value::Str(text)), Some(from)) =
        (args.positional.get(2), args.positional.get(3).and_then(Value::as_int))
    else {
        return Ok(interp.unknown(unknown));
    };
    let mode = match args.positional.get(4).and_then(Value::as_str) {
        Some("match") => Mode::Match,
        Some("full") => Mode::Full,
        _ => Mode::Search,
    };
    let advances = matches!(args.positional.get(5), Some(Value::Bool(true)));
    let chars: Vec<char> = text.chars().collect();
    interp.charge(chars.len() as u64 / 16);
    let from = usize::try_from(from).unwrap_or(0).min(chars.len());
    Ok(match regex.find(&chars, from, mode, advances) {
        Ok(None) => Value::None,
        Ok(Some(spans)) => {
            let place = |at: usize| Value::Int(at as i64);
            Value::tuple(spans.into_iter().map(|span| match span {
                Some((start, end)) => Value::tuple([place(start), place(end)]),
                None => Value::tuple([Value::Int(-1), Value::Int(-1)]),
            }))
        }
        Err(_) => interp.unknown("a regular expression that takes too long"),
    })
}
