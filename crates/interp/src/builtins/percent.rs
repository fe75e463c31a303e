//! `"%d of %s" % (n, name)`.

use std::rc::Rc;

use crate::builtins::construct::AXES;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

/// Widths beyond this are not written out.
const MAX_WIDTH: usize = 10_000;

#[derive(Default)]
struct Conversion {
    name: Option<String>,
    flags: String,
    width: Option<Value>,
    precision: Option<Value>,
    kind: char,
}

impl Interp<'_> {
    /// `template % values`.
    ///
    /// # Errors
    /// `TypeError` and `ValueError` as Python words them.
    pub(crate) fn percent(&mut self, template: &Rc<str>, values: &Value) -> Eval {
        let given = match values {
            Value::Tuple(items) => items.as_ref(),
            Value::Unknown(_) => return Ok(Value::Any(Plain::Str)),
            other => std::slice::from_ref(other),
        };
        let mut given = given.iter().cloned();
        let mut out = Some(String::new());
        let mut chars = template.chars().peekable();
        let mut named = false;
        while let Some(c) = chars.next() {
            if c != '%' {
                if let Some(out) = &mut out {
                    out.push(c);
                }
                continue;
            }
            let Some(conversion) = parse(&mut chars, &mut given) else {
                return Err(self.raise(ops::Exc::ValueError, "incomplete format"));
            };
            if conversion.kind == '%' {
                if let Some(out) = &mut out {
                    out.push('%');
                }
                continue;
            }
            let value = match &conversion.name {
                Some(name) => {
                    named = true;
                    if !matches!(values, Value::Dict(_)) {
                        if let Value::Instance(_) = values {
                            return Ok(Value::Any(Plain::Str));
                        }
                        return Err(self.raise(ops::Exc::TypeError, "format requires a mapping"));
                    }
                    self.get_item(values, &Value::str(name))?
                }
                None => match given.next() {
                    Some(value) => value,
                    None => {
                        return Err(self.raise(ops::Exc::TypeError, "not enough arguments for format string"));
                    }
                },
            };
            let text = self.convert(&conversion, &value)?;
            out = out.zip(text).map(|(out, text)| out + &text);
        }
        let left = given.next().is_some();
        let lenient = named
            || matches!(values, Value::Dict(_) | Value::List(_) | Value::Instance(_) | Value::Tensor(_));
        if left && !lenient {
            let text = "not all arguments converted during string formatting";
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        Ok(out.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
    }

    /// Tells whether a value is an array or tensor with data that has axes, be it of one element: no number any more.
    fn has_axes(&self, id: graph::NodeId) -> bool {
        let node = self.trace.node(id);
        matches!(node.kind, ops::TensorKind::Numpy | ops::TensorKind::Eager)
            && node.spec.shape.rank().is_some_and(|rank| rank > 0)
    }

    /// What `%f` says of a value that is no known number, which may be one all the same.
    fn refuse_no_real(&mut self, value: &Value) -> Eval<Option<String>> {
        match value {
            Value::Str(_) | Value::None | Value::List(_) | Value::Tuple(_) | Value::Dict(_) => {
                let text = format!("must be real number, not {}", self.type_name(value));
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Tensor(id) if self.has_axes(*id) => Err(self.raise(ops::Exc::TypeError, AXES)),
            _ => Ok(None),
        }
    }

    fn convert(&mut self, conversion: &Conversion, value: &Value) -> Eval<Option<String>> {
        let size = |v: &Option<Value>| match v {
            None => Some(None),
            Some(v) => v.as_int().and_then(|n| usize::try_from(n).ok()).map(Some),
        };
        let (Some(width), Some(precision)) = (size(&conversion.width), size(&conversion.precision)) else {
            return Ok(None);
        };
        if width.unwrap_or(0) > MAX_WIDTH || precision.unwrap_or(0) > MAX_WIDTH {
            return Ok(None);
        }
        let has = |flag: char| conversion.flags.contains(flag);
        let align = |number: bool| match (has('-'), has('0') && number) {
            (true, _) => "<",
            (false, true) => "0=",
            _ => ">",
        };
        let sign = if has('+') {
            "+"
        } else if has(' ') {
            " "
        } else {
            ""
        };
        let hash = if has('#') { "#" } else { "" };
        let width = width.map_or(String::new(), |w| w.to_string());
        match conversion.kind {
            's' | 'r' | 'a' => {
                let text = match conversion.kind {
                    's' => self.display(value)?,
                    _ => self.repr(value)?,
                };
                let Some(text) = text else { return Ok(None) };
                let precision = precision.map_or(String::new(), |p| format!(".{p}"));
                self.format(&Value::Str(text.into()), &format!("{}{width}{precision}", align(false)))
            }
            kind @ ('d' | 'i' | 'u' | 'x' | 'X' | 'o') => {
                let integral = !matches!(kind, 'x' | 'X' | 'o');
                let number = match self.formatted(value) {
                    Value::Float(x) if integral => super::functions::exact_int(x.trunc()),
                    other => other,
                };
                match number {
                    n if n.as_int().is_some() => {
                        let kind = if integral { 'd' } else { kind };
                        let n = Value::Int(n.as_int().unwrap_or(0));
                        self.format(&n, &format!("{}{sign}{hash}{width}{kind}", align(true)))
                    }
                    Value::Str(_)
                    | Value::None
                    | Value::List(_)
                    | Value::Tuple(_)
                    | Value::Dict(_)
                    | Value::Float(_) => {
                        let what = if integral { "a real number" } else { "an integer" };
                        let shown = self.type_name(value);
                        let text = format!("%{kind} format: {what} is required, not {shown}");
                        Err(self.raise(ops::Exc::TypeError, text))
                    }
                    Value::Tensor(id) if integral && self.has_axes(id) => {
                        let shown = self.type_name(value);
                        let text = format!("%{kind} format: a real number is required, not {shown}");
                        Err(self.raise(ops::Exc::TypeError, text))
                    }
                    _ => Ok(None),
                }
            }
            kind @ ('f' | 'F' | 'e' | 'E' | 'g' | 'G') => {
                let number = match self.formatted(value) {
                    Value::Float(x) => Some(x),
                    other => other.as_int().map(|n| n as f64),
                };
                match (number, value) {
                    (Some(x), _) => {
                        let precision = precision.map_or(String::new(), |p| format!(".{p}"));
                        let spec = format!("{}{sign}{hash}{width}{precision}{kind}", align(true));
                        self.format(&Value::Float(x), &spec)
                    }
                    (None, _) => self.refuse_no_real(value),
                }
            }
            'c' => {
                let letter = match value {
                    Value::Str(text) if text.chars().count() == 1 => text.chars().next(),
                    other => other.as_int().and_then(|n| char::from_u32(u32::try_from(n).ok()?)),
                };
                let Some(letter) = letter else { return Ok(None) };
                self.format(&Value::str(&letter.to_string()), &format!("{}{width}", align(false)))
            }
            other => {
                let text = format!("unsupported format character '{other}' (0x{:x})", other as u32);
                let _ = text;
                Ok(None)
            }
        }
    }
}

fn parse(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    given: &mut impl Iterator<Item = Value>,
) -> Option<Conversion> {
    let mut conversion = Conversion::default();
    if chars.peek() == Some(&'(') {
        chars.next();
        let mut name = String::new();
        loop {
            match chars.next()? {
                ')' => break,
                c => name.push(c),
            }
        }
        conversion.name = Some(name);
    }
    while let Some(c) = chars.next_if(|c| "#0- +".contains(*c)) {
        conversion.flags.push(c);
    }
    conversion.width = number(chars, given);
    if chars.next_if_eq(&'.').is_some() {
        conversion.precision = Some(number(chars, given).unwrap_or(Value::Int(0)));
    }
    while chars.next_if(|c| "hlL".contains(*c)).is_some() {}
    conversion.kind = chars.next()?;
    Some(conversion)
}

fn number(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    given: &mut impl Iterator<Item = Value>,
) -> Option<Value> {
    if chars.next_if_eq(&'*').is_some() {
        return given.next();
    }
    let mut digits = String::new();
    while let Some(c) = chars.next_if(char::is_ascii_digit) {
        digits.push(c);
    }
    if digits.is_empty() { None } else { Some(digits.parse().map_or(Value::Int(i64::MAX), Value::Int)) }
}
