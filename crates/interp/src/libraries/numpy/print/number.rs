//! Numbers of arrays as text: the fewest digits that tell them apart, and all of one width.
//!
//! source: numpy/_core/arrayprint.py: FloatingFormat, IntegerFormat; numpy/_core/src/multiarray/dragon4.c

use array::Array;
use tensor::DType;

use super::{FloatMode, Options};
use crate::builtins::number_text;

/// How the elements of one array are written.
pub(super) enum Format {
    /// Words of a common width.
    Words(Vec<String>),
    /// Strings as bytes.
    Bytes,
    /// Words as they are.
    Plain,
    /// Complex numbers by their parts.
    Complex(Floats, Floats),
    /// Floats.
    Floats(Floats),
}

/// How many digits floats of a dtype may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Half,
    Single,
    Double,
}

impl Width {
    fn of(dtype: DType) -> Width {
        match dtype {
            DType::Float16 => Width::Half,
            DType::Float64 | DType::Complex128 => Width::Double,
            _ => Width::Single,
        }
    }
}

/// How floats are written, so that their points stand below each other.
pub(super) struct Floats {
    single: Width,
    /// The most digits behind the point.
    precision: usize,
    /// Whether numbers that are not negative have a sign too.
    signed: bool,
    /// With exponents, which have so many characters.
    exponent: Option<usize>,
    left: usize,
    right: usize,
    mode: FloatMode,
}

/// A number of its own, such as `np.float32(0.1)`, without the name of its type.
pub(crate) fn scalar(array: &Array) -> Option<String> {
    Some(match array.dtype() {
        DType::Bool => if *array.to_bools().ok()?.first()? { "True" } else { "False" }.to_owned(),
        DType::String => array.to_texts().ok()?.first()?.to_string(),
        d if d.is_integer() => integer(array.to_int().ok()?, d),
        DType::Float64 => number_text::repr(array.to_float().ok()?),
        d if d.is_floating() => {
            let x = array.to_float().ok()?;
            if !x.is_finite() || x == 0.0 {
                return Some(number_text::repr(x));
            }
            let width = Width::of(d);
            let (digits, exponent) = shortest(x, width);
            let sign = if x < 0.0 { "-" } else { "" };
            // Exponents begin where the digits of the dtype end; `float32(0.0001)` lies below the number at which they
            // begin on the other side.
            let most = if width == Width::Half { 3 } else { 6 };
            if exponent >= most || (exponent == -4 && x.abs() < 1e-4) {
                let (first, rest) = digits.split_at(1);
                let point = if rest.is_empty() { "" } else { "." };
                let mark = if exponent < 0 { '-' } else { '+' };
                return Some(format!("{sign}{first}{point}{rest}e{mark}{:02}", exponent.unsigned_abs()));
            }
            sign.to_owned() + &number_text::written(&digits, exponent)
        }
        d if d.is_complex() => {
            let z = *array.to_complexes().ok()?.first()?;
            let single = d == DType::Complex64;
            let part = |x: f64| {
                if !x.is_finite() || x == 0.0 || !single {
                    return number_text::repr(x.abs()).trim_end_matches(".0").to_owned();
                }
                let (digits, exponent) = shortest(x, Width::Single);
                number_text::written(&digits, exponent).trim_end_matches(".0").to_owned()
            };
            let mark = sign_of(z.im, true);
            if z.re == 0.0 && z.re.is_sign_positive() {
                return Some(format!("{}{}j", sign_of(z.im, false), part(z.im)));
            }
            format!("({}{}{mark}{}j)", sign_of(z.re, false), part(z.re), part(z.im))
        }
        _ => return None,
    })
}

fn integer(n: i64, dtype: DType) -> String {
    if dtype == DType::UInt64 { (n as u64).to_string() } else { n.to_string() }
}

/// The fewest significant digits that read back as the same number, and the exponent of the first.
fn shortest(x: f64, single: Width) -> (String, i32) {
    let text = match single {
        Width::Half => shortest_half(x.abs()),
        Width::Single => format!("{:e}", (x as f32).abs()),
        Width::Double => format!("{:e}", x.abs()),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// The fewest digits that read back as the same number of half precision.
fn shortest_half(x: f64) -> String {
    let read = |text: &str| {
        let near = Array::floats(&[], DType::Float64, vec![text.parse().ok()?]).ok()?;
        near.cast(DType::Float16).ok()?.to_float().ok()
    };
    let tries = (0..6).map(|digits| format!("{x:.digits$e}"));
    tries.into_iter().find(|text| read(text) == Some(x)).unwrap_or_else(|| format!("{:e}", x as f32))
}

/// The digits before and behind the point: the fewest, and no more than so many behind it.
fn positional(x: f64, single: Width, precision: usize, signed: bool) -> (String, String) {
    let (digits, exponent) = shortest(x, single);
    let sign = sign_of(x, signed);
    let behind = digits.len() as i32 - 1 - exponent;
    if behind > precision as i32 {
        let text = format!("{:.precision$}", x.abs());
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        return (format!("{sign}{whole}"), part.trim_end_matches('0').to_owned());
    }
    let text = if exponent < 0 {
        format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize))
    } else if behind <= 0 {
        format!("{digits}{}.", "0".repeat(-behind as usize))
    } else {
        let (whole, part) = digits.split_at((exponent + 1) as usize);
        format!("{whole}.{part}")
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    (format!("{sign}{whole}"), if part == "0" { String::new() } else { part.to_owned() })
}

/// The same with an exponent: the digits before and behind the point, and the exponent with its sign.
fn scientific(
    x: f64,
    single: Width,
    least: usize,
    precision: usize,
    signed: bool,
) -> (String, String, String) {
    let (mut digits, mut exponent) = shortest(x, single);
    let most = if least > 0 { least } else { precision };
    if digits.len() > most + 1 {
        let text = format!("{:.most$e}", x.abs());
        let (mantissa, e) = text.split_once('e').unwrap_or((&text, "0"));
        digits = mantissa.replace('.', "");
        if least == 0 {
            digits.truncate(digits.trim_end_matches('0').len().max(1));
        }
        exponent = e.parse().unwrap_or(exponent);
    }
    if single == Width::Half && digits.len() < least + 1 {
        // What is shown beyond the fewest digits are the number's own.
        digits = format!("{:.least$e}", x.abs()).split('e').next().unwrap_or_default().replace('.', "");
    }
    while digits.len() < least + 1 {
        digits.push('0');
    }
    if x == 0.0 {
        exponent = 0;
    }
    let sign = sign_of(x, signed);
    let (first, rest) = digits.split_at(1);
    let mark = if exponent < 0 { '-' } else { '+' };
    (format!("{sign}{first}"), rest.to_owned(), format!("{mark}{:02}", exponent.unsigned_abs()))
}

/// The sign that is written.
fn sign_of(x: f64, signed: bool) -> &'static str {
    match (x.is_sign_negative(), signed) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

impl Floats {
    fn of(values: &[f64], single: Width, signed: bool, options: &Options) -> Floats {
        let mode = options.mode;
        let precision = if mode == FloatMode::Unique { 400 } else { options.precision };
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        let sizes: Vec<f64> = finite().map(f64::abs).filter(|x| *x != 0.0).collect();
        let high = sizes.iter().copied().fold(0.0, f64::max);
        let low = sizes.iter().copied().fold(f64::INFINITY, f64::min);
        let wide = !options.suppress
            && !sizes.is_empty()
            && (high >= 1e8 || low < least_plain(single) || ratio(high, low, single) > 1000.0);
        let mut format = Floats { single, precision, signed, exponent: None, left: 0, right: 0, mode };
        if wide {
            let least = if mode == FloatMode::Fixed { precision } else { 0 };
            let parts: Vec<_> = finite().map(|x| scientific(x, single, least, precision, signed)).collect();
            format.left = parts.iter().map(|(whole, ..)| whole.len()).max().unwrap_or(0);
            format.right = parts.iter().map(|(_, part, _)| part.len()).max().unwrap_or(0);
            format.exponent = parts.iter().map(|(.., e)| e.len()).max();
        } else {
            let parts: Vec<_> = finite().map(|x| format.parts(x)).collect();
            format.left = parts.iter().map(|(whole, _)| whole.len()).max().unwrap_or(0);
            format.right = parts.iter().map(|(_, part)| part.len()).max().unwrap_or(0);
        }
        let words = values.iter().filter(|x| !x.is_finite()).map(|x| number_text::repr(*x).len()).max();
        if let Some(words) = words {
            format.left = format.left.max(words.saturating_sub(format.tail() + 1));
        }
        format
    }

    /// The characters behind the point.
    fn tail(&self) -> usize {
        self.right + self.exponent.map_or(0, |exponent| exponent + 1)
    }

    /// The digits before and behind the point.
    fn parts(&self, x: f64) -> (String, String) {
        if self.mode != FloatMode::Fixed {
            return positional(x, self.single, self.precision, self.signed);
        }
        let text = format!("{:.*}", self.precision, x.abs());
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        (format!("{}{whole}", sign_of(x, self.signed)), part.to_owned())
    }

    fn write(&self, x: f64) -> String {
        if !x.is_finite() {
            return format!("{:>width$}", number_text::repr(x), width = self.left + self.tail() + 1);
        }
        match self.exponent {
            Some(_) => {
                let (whole, part, exponent) =
                    scientific(x, self.single, self.right, self.precision, self.signed);
                format!("{whole:>left$}.{part}e{exponent}", left = self.left)
            }
            None => {
                let (whole, part) = self.parts(x);
                let (left, right) = (self.left, self.right);
                match self.mode {
                    FloatMode::MaxPrecisionEqual => format!("{whole:>left$}.{part:0<right$}"),
                    _ => format!("{whole:>left$}.{part:<right$}"),
                }
            }
        }
    }
}

/// The smallest number that is written without an exponent, in the precision of the array: `np.float32(1e-4)` is below
/// the double of that name.
fn least_plain(single: Width) -> f64 {
    match single {
        Width::Double => 1e-4,
        Width::Single => f64::from(1e-4_f32),
        // The nearest that half precision has.
        Width::Half => 1.000_165_939_331_054_7e-4,
    }
}

/// The ratio of the largest to the smallest, in the precision of the array.
fn ratio(high: f64, low: f64, single: Width) -> f64 {
    if single == Width::Double { high / low } else { f64::from(high as f32 / low as f32) }
}

impl Format {
    /// Finds how the elements of an array are written.
    pub(super) fn of(array: &Array, options: &Options) -> Option<Format> {
        let words: Vec<String> = match array.dtype() {
            d if d.is_floating() => {
                return Some(Format::Floats(Floats::of(
                    &array.to_floats().ok()?,
                    Width::of(d),
                    options.plus,
                    options,
                )));
            }
            d if d.is_complex() => {
                let (single, values) = (Width::of(d), array.to_complexes().ok()?);
                let part = |of: fn(&array::Complex) -> f64| values.iter().map(of).collect::<Vec<_>>();
                return Some(Format::Complex(
                    Floats::of(&part(|z| z.re), single, false, options),
                    Floats::of(&part(|z| z.im), single, true, options),
                ));
            }
            DType::Bool => {
                let yes = if array.rank() == 0 { "True" } else { " True" };
                return Some(Format::Words(vec!["False".to_owned(), yes.to_owned()]));
            }
            DType::String if options.bytes => return Some(Format::Bytes),
            DType::String => Vec::new(),
            d if d.is_integer() => array.to_ints().ok()?.into_iter().map(|n| integer(n, d)).collect(),
            _ => return None,
        };
        let width = words.iter().map(String::len).max().unwrap_or(0);
        Some(Format::Words(vec![" ".repeat(width)]))
    }

    /// Writes an element, counted through the whole array.
    pub(super) fn element(&self, array: &Array, at: usize) -> Option<String> {
        Some(match (self, array.dtype()) {
            (Format::Floats(floats), _) => floats.write(element(array, at)?.to_float().ok()?),
            (Format::Words(words), DType::Bool) => {
                words.get(usize::from(*element(array, at)?.to_bools().ok()?.first()?))?.clone()
            }
            (Format::Complex(real, imaginary), _) => {
                let z = *element(array, at)?.to_complexes().ok()?.first()?;
                let (whole, part) = (real.write(z.re), imaginary.write(z.im));
                // The unit stands before the spaces that fill up.
                let digits = part.trim_end();
                format!("{whole}{digits}j{}", " ".repeat(part.len() - digits.len()))
            }
            (Format::Plain, _) => element(array, at)?.to_texts().ok()?.first()?.to_string(),
            (Format::Bytes, _) => {
                crate::builtins::text::quoted_bytes(element(array, at)?.to_texts().ok()?.first()?.as_bytes())
            }
            (Format::Words(_), DType::String) => {
                crate::builtins::text::quoted(element(array, at)?.to_texts().ok()?.first()?)
            }
            (Format::Words(words), dtype) => {
                let width = words.first().map_or(0, String::len);
                format!("{:>width$}", integer(element(array, at)?.to_int().ok()?, dtype))
            }
        })
    }
}

fn element(array: &Array, at: usize) -> Option<Array> {
    match array.rank() {
        0 => Some(array.clone()),
        1 => array.narrow(0, at, at + 1).ok()?.reshape(&[]).ok(),
        _ => None,
    }
}
