//! `"{:>10} of {name!r}".format(n, name=x)`.

use crate::builtins::strings::text;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Plain, Value};

/// How deep specifications may nest: `"{:{width}}"`.
const DEPTH: u32 = 2;

/// `str.format`.
pub(super) fn format(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(template) = text(interp, &args, 0) else { return Ok(Value::Any(Plain::Str)) };
    let mut next = 0;
    let text = expand(interp, &template, &args, &mut next, 0)?;
    Ok(text.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
}

fn error(interp: &mut Interp<'_>, text: &str) -> Halt {
    interp.raise(ops::Exc::ValueError, text)
}

fn expand(
    interp: &mut Interp<'_>,
    template: &str,
    args: &Args,
    next: &mut usize,
    depth: u32,
) -> Eval<Option<String>> {
    let mut out = Some(String::new());
    let push = |out: &mut Option<String>, c: char| {
        if let Some(out) = out {
            out.push(c);
        }
    };
    let chars: Vec<char> = template.chars().collect();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        at += 1;
        match c {
            '{' if chars.get(at) == Some(&'{') => {
                push(&mut out, '{');
                at += 1;
            }
            '}' if chars.get(at) == Some(&'}') => {
                push(&mut out, '}');
                at += 1;
            }
            '}' => return Err(error(interp, "Single '}' encountered in format string")),
            '{' => {
                let start = at;
                let mut open = 1;
                while open > 0 {
                    match chars.get(at) {
                        Some('{') => open += 1,
                        Some('}') => open -= 1,
                        Some(_) => {}
                        None if at == start => {
                            return Err(error(interp, "Single '{' encountered in format string"));
                        }
                        None => return Err(error(interp, "expected '}' before end of string")),
                    }
                    at += 1;
                }
                let field: String = chars[start..at - 1].iter().collect();
                let piece = replace(interp, &field, args, next, depth)?;
                out = out.zip(piece).map(|(out, piece)| out + &piece);
            }
            c => push(&mut out, *c),
        }
    }
    Ok(out)
}

fn replace(
    interp: &mut Interp<'_>,
    field: &str,
    args: &Args,
    next: &mut usize,
    depth: u32,
) -> Eval<Option<String>> {
    let (head, spec) = field.split_once(':').map_or((field, ""), |(head, spec)| (head, spec));
    let (name, conversion) = head.split_once('!').map_or((head, ""), |(name, c)| (name, c));
    let Some(value) = lookup(interp, name, args, next)? else { return Ok(None) };
    let spec = if spec.contains('{') && depth < DEPTH {
        match expand(interp, spec, args, next, depth + 1)? {
            Some(spec) => spec,
            None => return Ok(None),
        }
    } else {
        spec.to_owned()
    };
    let value = match conversion {
        "r" | "a" => match interp.repr(&value)? {
            Some(text) => Value::Str(text.into()),
            None => return Ok(None),
        },
        "s" => match interp.display(&value)? {
            Some(text) => Value::Str(text.into()),
            None => return Ok(None),
        },
        _ => value,
    };
    interp.format(&value, &spec)
}

/// Finds what a field names: `0`, `name`, `0.attr`, `name[key]`.
fn lookup(interp: &mut Interp<'_>, name: &str, args: &Args, next: &mut usize) -> Eval<Option<Value>> {
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (first, mut rest) = name.split_at(end);
    let index = if first.is_empty() {
        *next += 1;
        Some(*next - 1)
    } else {
        first.parse::<usize>().ok()
    };
    let mut value = match index {
        // The string itself is the first argument.
        Some(i) => match args.positional.get(i.saturating_add(1)) {
            Some(value) => value.clone(),
            None => {
                let text = format!("Replacement index {i} out of range for positional args tuple");
                return Err(interp.raise(ops::Exc::IndexError, text));
            }
        },
        None => match args.keyword(first) {
            Some(value) => value.clone(),
            None => return Err(interp.key_error(&Value::str(first))?),
        },
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            value = interp.get_attr(&value, &after[..end])?;
            rest = &after[end..];
        } else if let Some((key, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            let key = key.parse::<i64>().map_or_else(|_| Value::str(key), Value::Int);
            value = interp.get_item(&value, &key)?;
            rest = after;
        } else {
            return Ok(None);
        }
    }
    Ok(Some(value))
}
