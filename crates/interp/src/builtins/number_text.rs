//! Numbers as text, as CPython writes them.

/// `repr(x)`: the shortest digits that read back as the same float.
pub(crate) fn repr(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let (sign, digits, exponent) = shortest(x);
    sign.to_owned() + &written(&digits, exponent)
}

/// Writes significant digits as `repr` does, with an exponent where the number is very large or small.
pub(crate) fn written(digits: &str, exponent: i32) -> String {
    if !(-4..16).contains(&exponent) {
        return scientific(digits, exponent);
    }
    let text = plain(digits, exponent);
    if text.contains('.') { text } else { text + ".0" }
}

/// The sign, the shortest significant digits, and the decimal exponent of the first.
fn shortest(x: f64) -> (&'static str, String, i32) {
    let text = format!("{:e}", x.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let sign = if x.is_sign_negative() { "-" } else { "" };
    (sign, mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn plain(digits: &str, exponent: i32) -> String {
    let len = digits.len() as i32;
    if exponent < 0 {
        format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize))
    } else if len <= exponent + 1 {
        format!("{digits}{}", "0".repeat((exponent + 1 - len) as usize))
    } else {
        let (whole, part) = digits.split_at((exponent + 1) as usize);
        format!("{whole}.{part}")
    }
}

fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let sign = if exponent < 0 { '-' } else { '+' };
    let exponent = exponent.unsigned_abs();
    if rest.is_empty() {
        format!("{first}e{sign}{exponent:02}")
    } else {
        format!("{first}.{rest}e{sign}{exponent:02}")
    }
}

/// `format(x, ".3f")`.
pub(crate) fn fixed(x: f64, precision: usize) -> String {
    match special(x) {
        Some(text) => text,
        None => format!("{x:.precision$}"),
    }
}

/// `format(x, ".3e")`.
pub(crate) fn exponential(x: f64, precision: usize) -> String {
    if let Some(text) = special(x) {
        return text;
    }
    let text = format!("{x:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// `format(x, ".6g")`; `keep` keeps trailing zeros, as `#` does.
pub(crate) fn general(x: f64, precision: usize, keep: bool) -> String {
    if let Some(text) = special(x) {
        return text;
    }
    let precision = precision.max(1);
    let text = format!("{x:.*e}", precision - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    let mut digits = mantissa.replace('.', "");
    if !keep {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let body = if exponent < -4 || exponent >= precision as i32 {
        scientific(&digits, exponent)
    } else {
        plain(&digits, exponent)
    };
    sign.to_owned() + &body
}

fn special(x: f64) -> Option<String> {
    if x.is_nan() {
        Some("nan".to_owned())
    } else if x.is_infinite() {
        Some(if x > 0.0 { "inf" } else { "-inf" }.to_owned())
    } else {
        None
    }
}
