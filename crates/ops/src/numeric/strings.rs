//! Kernels on strings.

use array::{Array, Fault, Result};
use regex::Regex;
use smallvec::smallvec;
use std::sync::Arc;
use tensor::DType;

use super::{Applied, Arrays, Row, Vjp};

/// A row of a function of each string by itself.
const fn each(kernel: &'static str, eval: super::Eval) -> Row {
    Row { kernel, eval, vjp: Vjp::Never }
}

pub(super) static ROWS: &[Row] = &[
    each("AsString", written),
    each("ReduceJoin", joined_along),
    each("StaticRegexFullMatch", matched),
    each("StaticRegexReplace", replaced),
    each("StringJoin", joined),
    each("StringToHashBucketFast", |a| in_buckets(a, array::fingerprint)),
    each("StringToHashBucketStrong", |a| {
        let key = [a.step.int("key_first"), a.step.int("key_second")];
        let [Some(first), Some(second)] = key.map(|part| part.map(i64::cast_unsigned)) else {
            return Err(Fault::Unsupported("a key that is not known"));
        };
        in_buckets(a, |text| array::siphash(text, [first, second]))
    }),
    each("StringLength", |a| {
        let letters = a.step.text("unit") == "UTF8_CHAR";
        let length = |text: &Arc<str>| if letters { text.chars().count() } else { text.len() } as i64;
        let lengths = a.x(0)?.to_texts()?.iter().map(length).collect();
        Ok(smallvec![Array::ints(a.x(0)?.shape(), DType::Int32, lengths)?])
    }),
    each("StringLower", |a| by_text(a, |text| text.to_ascii_lowercase())),
    each("StringStrip", |a| {
        by_text(a, |text| text.trim_matches(|c: char| c.is_ascii_whitespace()).to_owned())
    }),
    each("StringToNumber", numbers),
    each("StringUpper", |a| by_text(a, |text| text.to_ascii_uppercase())),
    each("Substr", parts),
];

/// Puts each string into a bucket by its hash.
fn in_buckets(a: &mut Applied<'_>, hash: impl Fn(&[u8]) -> u64) -> Result<Arrays> {
    let buckets = a.step.int("num_buckets").and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let place = |text: &Arc<str>| hash(text.as_bytes()).checked_rem(buckets).unwrap_or(0).cast_signed();
    let places = a.x(0)?.to_texts()?.iter().map(place).collect();
    Ok(smallvec![Array::ints(a.x(0)?.shape(), DType::Int64, places)?])
}

/// Changes each string; what is not ASCII has its own rules.
fn by_text(a: &mut Applied<'_>, change: fn(&str) -> String) -> Result<Arrays> {
    let texts = a.x(0)?.to_texts()?;
    if texts.iter().any(|text| !text.is_ascii()) {
        return Err(Fault::Unsupported("letters beyond ASCII"));
    }
    let texts = texts.iter().map(|text| Arc::from(change(text))).collect();
    Ok(smallvec![Array::texts(a.x(0)?.shape(), texts)?])
}

/// A pattern of RE2's, which crate `regex` shares.
fn compiled(pattern: &str) -> Result<Regex> {
    Regex::new(pattern).map_err(|_| Fault::Unsupported("a pattern that crate `regex` refuses"))
}

/// What stands for a match: a backslash and a digit are a group, 0 the whole.
fn rewritten(rewrite: &str) -> String {
    let mut out = String::new();
    let mut letters = rewrite.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '$' => out.push_str("$$"),
            '\\' => match letters.next() {
                Some(group) if group.is_ascii_digit() => {
                    out.push_str("${");
                    out.push(group);
                    out.push('}');
                }
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

fn replaced(a: &mut Applied<'_>) -> Result<Arrays> {
    let pattern = compiled(a.step.text("pattern"))?;
    let rewrite = rewritten(a.step.text("rewrite"));
    let most = usize::from(!a.step.flag("replace_global"));
    let texts = a.x(0)?.to_texts()?;
    let new = texts.iter().map(|text| Arc::from(&*pattern.replacen(text, most, rewrite.as_str()))).collect();
    Ok(smallvec![Array::texts(a.x(0)?.shape(), new)?])
}

fn matched(a: &mut Applied<'_>) -> Result<Arrays> {
    let pattern = compiled(&format!("^(?:{})$", a.step.text("pattern")))?;
    let texts = a.x(0)?.to_texts()?;
    let fits = texts.iter().map(|text| pattern.is_match(text)).collect();
    Ok(smallvec![Array::bools(a.x(0)?.shape(), fits)?])
}

fn written(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let texts: Vec<Arc<str>> = match x.dtype() {
        DType::String => x.to_texts()?,
        DType::Bool => {
            x.to_bools()?.into_iter().map(|b| Arc::from(if b { "true" } else { "false" })).collect()
        }
        d if d.is_integer() => x.to_ints()?.into_iter().map(|n| Arc::from(n.to_string())).collect(),
        d if d.is_floating() && !a.step.flag("formatted") => {
            x.to_floats()?.into_iter().map(|x| Arc::from(format!("{x:.6}"))).collect()
        }
        _ => return Err(Fault::Unsupported("numbers in a form that is asked for")),
    };
    Ok(smallvec![Array::texts(x.shape(), texts)?])
}

fn joined(a: &mut Applied<'_>) -> Result<Arrays> {
    let parts = a.xs(0);
    let shape = parts.iter().find(|x| x.rank() > 0).map_or(Vec::new(), |x| x.shape().to_vec());
    let texts = parts.iter().map(|x| x.broadcast_to(&shape)?.to_texts()).collect::<Result<Vec<_>>>()?;
    let count = shape.iter().product::<usize>();
    let separator = a.step.text("separator");
    let line = |at: usize| {
        let own: Vec<&str> = texts.iter().filter_map(|part| part.get(at).map(|text| &**text)).collect();
        Arc::from(own.join(separator))
    };
    Ok(smallvec![Array::texts(&shape, (0..count).map(line).collect())?])
}

/// The strings of a whole array, or along its last axis, as one each.
fn joined_along(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, separator) = (a.x(0)?, a.step.text("separator"));
    let texts = x.to_texts()?;
    let (shape, size) = match (a.step.ints("axes"), x.shape().split_last()) {
        (_, None) => (Vec::new(), 1),
        ([], Some(_)) if a.step.flag("whole") => (Vec::new(), texts.len()),
        ([axis], Some((last, rest))) if *axis == -1 || *axis == rest.len() as i64 => (rest.to_vec(), *last),
        _ => return Err(Fault::Unsupported("strings joined along other axes")),
    };
    let keeps = a.step.flag("keep_dims");
    let line =
        |row: &[Arc<str>]| Arc::from(row.iter().map(|text| &**text).collect::<Vec<_>>().join(separator));
    let rows: Vec<Arc<str>> = match size {
        0 => vec![Arc::from("")],
        size => texts.chunks(size).map(line).collect(),
    };
    if keeps {
        return Err(Fault::Unsupported("axes that are kept"));
    }
    Ok(smallvec![Array::texts(&shape, rows)?])
}

fn numbers(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, dtype) = (a.x(0)?, a.step.dtype("out_type").unwrap_or(DType::Float32));
    let bad = || Fault::Shape("a string that is no number".to_owned());
    let texts = x.to_texts()?;
    let trimmed = || texts.iter().map(|text| text.trim());
    if dtype.is_integer() {
        let values = trimmed().map(|text| text.parse().map_err(|_| bad())).collect::<Result<_>>()?;
        return Ok(smallvec![Array::ints(x.shape(), dtype, values)?]);
    }
    let values = trimmed().map(|text| text.parse().map_err(|_| bad())).collect::<Result<_>>()?;
    Ok(smallvec![Array::floats(x.shape(), dtype, values)?])
}

/// So many bytes of each string from a place on, which may be counted from the end.
fn parts(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, at, length) = (a.x(0)?, a.x(1)?, a.x(2)?);
    if at.len() != 1 || length.len() != 1 {
        return Err(Fault::Unsupported("places of their own for each string"));
    }
    let (at, length) = (at.reshape(&[])?.to_int()?, length.reshape(&[])?.to_int()?.max(0) as usize);
    let letters = a.step.text("unit") == "UTF8_CHAR";
    let cut = |text: &str| {
        if letters {
            let all: Vec<char> = text.chars().collect();
            let start = if at < 0 { at + all.len() as i64 } else { at };
            let start = usize::try_from(start).ok().filter(|start| *start <= all.len());
            let start = start.ok_or(Fault::Index(at, all.len()))?;
            return Ok(Arc::from(all.iter().skip(start).take(length).collect::<String>()));
        }
        let size = text.len() as i64;
        let start = if at < 0 { at + size } else { at };
        let start = usize::try_from(start).ok().filter(|start| *start <= text.len());
        let start = start.ok_or(Fault::Index(at, text.len()))?;
        let end = start.saturating_add(length).min(text.len());
        text.get(start..end).map(Arc::from).ok_or(Fault::Unsupported("a part of a letter"))
    };
    let texts = x.to_texts()?.iter().map(|text| cut(text)).collect::<Result<_>>()?;
    Ok(smallvec![Array::texts(x.shape(), texts)?])
}
