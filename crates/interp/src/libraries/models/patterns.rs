//! What the model of `re` asks: where a pattern matches a text.
//!
//! Python's patterns are those of crate `regex` but for what looks around or back, which it refuses; then nothing is
//! known of the matches.

use regex::{Regex, RegexBuilder};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

pub(super) static INTRINSICS: &[Native] = &[native("find_all", find_all), native("some_texts", some_texts)];

/// The longest text that is searched, and the most matches that are followed.
const LONGEST: usize = 100_000;
const MATCHES: usize = 4096;

/// `find_all(pattern, text, flags, kind)`: for each match the spans of its groups, and the groups' numbers by name.
fn find_all(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unknown = |interp: &mut Interp<'_>| Ok(interp.unknown("the matches of a regular expression"));
    let (Some(Value::Str(pattern)), Some(Value::Str(text)), Some(flags), Some(kind)) =
        (args.positional.first(), args.positional.get(1), args.positional.get(2), args.positional.get(3))
    else {
        return unknown(interp);
    };
    let Some(flags) = flags.as_int().filter(|_| text.len() <= LONGEST) else { return unknown(interp) };
    let kind = kind.as_str().unwrap_or_default();
    let Some(regex) = compiled(pattern, flags, kind) else { return unknown(interp) };
    let places = places(text);
    let mut matches = Vec::new();
    for found in regex.captures_iter(text).take(MATCHES + 1) {
        let spans: Vec<Value> = found
            .iter()
            .map(|group| match group {
                Some(group) => Value::tuple([place(&places, group.start()), place(&places, group.end())]),
                None => Value::None,
            })
            .collect();
        matches.push(Value::tuple(spans));
        if kind != "search" {
            break;
        }
    }
    if matches.len() > MATCHES {
        return unknown(interp);
    }
    let names: Vec<(Value, Value)> = regex
        .capture_names()
        .enumerate()
        .filter_map(|(at, name)| Some((Value::str(name?), Value::Int(i64::try_from(at).ok()?))))
        .collect();
    let names = interp.new_dict(names);
    let matches = interp.new_list(matches);
    Ok(Value::tuple([matches, names]))
}

/// The pattern with Python's flags, anchored as the method asks.
fn compiled(pattern: &str, flags: i64, kind: &str) -> Option<Regex> {
    let anchored = match kind {
        "match" => format!(r"\A(?:{pattern})"),
        "fullmatch" => format!(r"\A(?:{pattern})\z"),
        _ => pattern.to_owned(),
    };
    RegexBuilder::new(&anchored)
        .case_insensitive(flags & 2 != 0)
        .multi_line(flags & 8 != 0)
        .dot_matches_new_line(flags & 16 != 0)
        .ignore_whitespace(flags & 64 != 0)
        .unicode(true)
        .build()
        .ok()
        // Which letters are words then is another matter.
        .filter(|_| flags & 256 == 0)
}

/// Where each character of a text begins, in bytes; nothing where that is the same.
fn places(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect())
}

/// The number of characters before a byte.
fn place(places: &Option<Vec<usize>>, byte: usize) -> Value {
    let at = match places {
        Some(places) => places.partition_point(|start| *start < byte),
        None => byte,
    };
    i64::try_from(at).map_or(Value::None, Value::Int)
}

/// `some_texts(why)`: a list of texts of which none is known; with a second argument, an iterator of matches.
fn some_texts(interp: &mut Interp<'_>, args: Args) -> Eval {
    if args.positional.len() > 1 {
        let item = Value::unknown("a match of a regular expression");
        return Ok(interp.endless(item));
    }
    Ok(interp.lost_list("the matches of a regular expression"))
}
