//! Arrays as text, as NumPy writes them: eight digits, 75 columns, the middle of large ones left out.
//!
//! source: numpy/_core/arrayprint.py

mod number;

use array::Array;
use tensor::DType;

use number::{Format, scalar};

pub(crate) use number::scalar as number_text;

/// How arrays are written: what `np.set_printoptions` sets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The most digits behind the point.
    pub(crate) precision: usize,
    /// Arrays of more elements are summarised.
    pub(crate) threshold: usize,
    /// So many items are shown at each end of a summarised axis.
    pub(crate) edge: usize,
    /// The columns of a line.
    pub(crate) width: usize,
    /// Whether exponents are never used.
    pub(crate) suppress: bool,
    /// Whether numbers that are not negative have a sign too.
    pub(crate) plus: bool,
    /// Whether strings are TensorFlow's, which are bytes.
    pub(crate) bytes: bool,
    /// How many digits numbers get.
    pub(crate) mode: FloatMode,
}

/// `floatmode`: how many digits floats get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FloatMode {
    /// As many as tell the number apart, up to the precision.
    MaxPrecision,
    /// As many as the precision says.
    Fixed,
    /// As many as tell the number apart.
    Unique,
    /// Those of the number that needs most, up to the precision.
    MaxPrecisionEqual,
}

impl FloatMode {
    const NAMES: [(FloatMode, &'static str); 4] = [
        (FloatMode::MaxPrecision, "maxprec"),
        (FloatMode::Fixed, "fixed"),
        (FloatMode::Unique, "unique"),
        (FloatMode::MaxPrecisionEqual, "maxprec_equal"),
    ];

    /// The mode of a name.
    pub(crate) fn of(name: &str) -> Option<FloatMode> {
        FloatMode::NAMES.iter().find(|(_, own)| *own == name).map(|(mode, _)| *mode)
    }

    /// The name of a mode.
    pub(crate) fn name(self) -> &'static str {
        FloatMode::NAMES.iter().find(|(mode, _)| *mode == self).map_or("maxprec", |(_, name)| name)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            precision: 8,
            threshold: 1000,
            edge: 3,
            width: 75,
            suppress: false,
            plus: false,
            bytes: false,
            mode: FloatMode::MaxPrecision,
        }
    }
}

/// `str(array)`; nothing for elements that are not printed.
pub(crate) fn str(array: &Array, options: &Options) -> Option<String> {
    if array.rank() == 0 && options.bytes && array.dtype() == DType::String {
        return python_text(array);
    }
    separated(array, " ", options)
}

/// `np.array2string(array, separator=separator)`.
pub(crate) fn separated(array: &Array, separator: &str, options: &Options) -> Option<String> {
    behind(array, separator, "", options)
}

/// `np.array2string(array, separator=separator, prefix=prefix)`: behind a text that is as long as the prefix.
pub(crate) fn behind(array: &Array, separator: &str, prefix: &str, options: &Options) -> Option<String> {
    if array.rank() == 0 {
        return scalar(array);
    }
    text(array, separator, prefix, options.width, options)
}

/// What stands before the elements of an array.
const PREFIX: &str = "array(";

/// `repr(array)`.
pub(crate) fn repr(array: &Array, options: &Options) -> Option<String> {
    let body = match array.rank() {
        0 => Format::of(array, options)?.element(array, 0)?.trim().to_owned(),
        _ if array.is_empty() => "[]".to_owned(),
        _ => text(array, ", ", PREFIX, options.width.saturating_sub(1), options)?,
    };
    let mut extras = Vec::new();
    if (array.is_empty() && array.shape() != [0]) || array.len() > options.threshold {
        let sizes: Vec<String> = array.shape().iter().map(usize::to_string).collect();
        let comma = if sizes.len() == 1 { "," } else { "" };
        extras.push(format!("shape=({}{comma})", sizes.join(", ")));
    }
    let implied = matches!(array.dtype(), DType::Int64 | DType::Float64 | DType::Complex128 | DType::Bool);
    if !implied || array.is_empty() {
        extras.push(match array.dtype() {
            DType::String if options.bytes => "dtype=object".to_owned(),
            // Texts have the length of the longest.
            DType::String => {
                let longest = array.to_texts().ok()?.iter().map(|text| text.chars().count()).max();
                format!("dtype='<U{}'", longest.unwrap_or(0).max(1))
            }
            dtype => format!("dtype={dtype}"),
        });
    }
    Some(closed(body, &extras, options.width))
}

/// An array whose elements are words already, as an array of what they stand for is written.
pub(crate) fn worded(words: &Array, separator: &str, prefix: &str, options: &Options) -> Option<String> {
    if words.rank() == 0 {
        return words.to_texts().ok()?.first().map(|word| word.to_string());
    }
    let summarised = words.len() > options.threshold;
    let layout = Layout { format: Format::Plain, separator, summarised, edge: options.edge };
    let indent = format!(" {}", " ".repeat(prefix.len()));
    layout.write(words, &indent, options.width)
}

/// `repr` of an array whose elements are words already; `dtype` is what stands behind them.
pub(crate) fn worded_repr(words: &Array, dtype: &str, options: &Options) -> Option<String> {
    let narrow = Options { width: options.width.saturating_sub(1), ..*options };
    Some(closed(worded(words, ", ", PREFIX, &narrow)?, &[dtype.to_owned()], options.width))
}

/// `array(...)` around the elements and what is said behind them.
fn closed(body: String, extras: &[String], width: usize) -> String {
    if extras.is_empty() {
        return format!("{PREFIX}{body})");
    }
    let (text, extras) = (format!("{PREFIX}{body},"), extras.join(", ") + ")");
    let last = text.chars().count() - text.rfind('\n').map_or(0, |at| text[..=at].chars().count());
    let space = if last + extras.len() + 1 > width {
        format!("\n{}", " ".repeat(PREFIX.len()))
    } else {
        " ".to_owned()
    };
    text + &space + &extras
}

/// The elements in brackets.
fn text(array: &Array, separator: &str, prefix: &str, width: usize, options: &Options) -> Option<String> {
    if array.is_empty() {
        return Some("[]".to_owned());
    }
    let summarised = array.len() > options.threshold;
    let shown = if summarised { edges(array, options.edge)? } else { array.clone() };
    let layout = Layout { format: Format::of(&shown, options)?, separator, summarised, edge: options.edge };
    let indent = format!(" {}", " ".repeat(prefix.len()));
    layout.write(array, &indent, width)
}

/// The elements at the ends of all axes, by which a summarised array is formatted.
fn edges(array: &Array, edge: usize) -> Option<Array> {
    let mut out = array.clone();
    for axis in 0..array.rank() {
        let size = array.shape()[axis];
        if size > 2 * edge {
            let parts = [out.narrow(axis, 0, edge).ok()?, out.narrow(axis, size - edge, size).ok()?];
            out = array::concatenate(&parts, axis).ok()?;
        }
    }
    Some(out)
}

struct Layout<'a> {
    format: Format,
    separator: &'a str,
    summarised: bool,
    edge: usize,
}

impl Layout<'_> {
    fn write(&self, array: &Array, indent: &str, width: usize) -> Option<String> {
        let Some((size, inner)) = array.shape().split_first() else {
            return self.format.element(array, 0);
        };
        let size = *size;
        let edge = self.edge;
        let short = self.summarised && size > 2 * edge;
        let shown: Vec<usize> =
            if short { (0..edge).chain(size - edge..size).collect() } else { (0..size).collect() };
        let item = |at: usize| array.narrow(0, at, at + 1).ok()?.reshape(inner).ok();
        let mut out = String::new();
        if inner.is_empty() {
            let limit = width.saturating_sub(self.separator.trim_end().len().max(1));
            let mut line = indent.to_owned();
            let flat = array.dense();
            for (nth, at) in shown.iter().enumerate() {
                if short && nth == edge {
                    extend(&mut out, &mut line, "...", limit, indent);
                    line += self.separator;
                }
                let word = self.format.element(&flat, *at)?;
                extend(&mut out, &mut line, &word, limit, indent);
                if nth + 1 < shown.len() {
                    line += self.separator;
                }
            }
            out += &line;
        } else {
            let between = format!("{}{}", self.separator.trim_end(), "\n".repeat(inner.len()));
            for (nth, at) in shown.iter().enumerate() {
                if short && nth == edge {
                    out += &format!("{indent}...{between}");
                }
                let nested = self.write(&item(*at)?, &format!("{indent} "), width.saturating_sub(1))?;
                out += indent;
                out += &nested;
                if nth + 1 < shown.len() {
                    out += &between;
                }
            }
        }
        Some(format!("[{}]", out.get(indent.len()..)?))
    }
}

/// Adds a word to a line, which is broken where that helps.
fn extend(out: &mut String, line: &mut String, word: &str, width: usize, indent: &str) {
    let long = line.chars().count() + word.chars().count() > width;
    if long && line.len() > indent.len() {
        out.push_str(line.trim_end());
        out.push('\n');
        *line = indent.to_owned();
    }
    line.push_str(word);
}

/// `repr(array.item())` of an array of one element: a Python number.
pub(crate) fn python_text(array: &Array) -> Option<String> {
    match array.dtype() {
        d if d.is_floating() => Some(crate::builtins::number_text::repr(array.to_float().ok()?)),
        DType::String => Some(format!("b{}", crate::builtins::text::quoted(array.to_texts().ok()?.first()?))),
        _ => scalar(array),
    }
}
