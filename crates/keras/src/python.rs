//! Python's view of arguments: `repr`, `str`, types, ints and comparisons, as error texts quote them.

use ops::spec::repr::float;
use ops::{Arg, Exc, Infer, Mistake, Stop, TensorKind, Violation};
use tensor::{Content, Dim, Shape};

/// Raises an exception about an argument.
pub(crate) fn raise<T>(class: Exc, param: &'static str, text: impl Into<String>) -> Infer<T> {
    let text = text.into();
    let problem = text.clone();
    Err(Violation::stop(class, text, Mistake::Argument { param, problem }))
}

/// Raises `TypeError` for arithmetic with the size of a tensor whose number of axes is not known.
pub(crate) fn no_rank<T>(text: &str) -> Infer<T> {
    Err(Violation::stop(Exc::TypeError, text, Mistake::NoRank))
}

/// Raises `TypeError` for arithmetic with a size that is not known.
pub(crate) fn no_size<T>(text: impl Into<String>) -> Infer<T> {
    Err(Violation::stop(Exc::TypeError, text, Mistake::UnknownDim))
}

/// Raises `TypeError` for `None` where a number is needed.
pub(crate) fn no_number<T>(text: &str) -> Infer<T> {
    Err(Violation::stop(Exc::TypeError, text, Mistake::NoneValue))
}

/// Raises `ValueError` for a window that is larger than what it slides over.
pub(crate) fn window_error<T>(text: impl Into<String>) -> Infer<T> {
    Err(Violation::stop(Exc::ValueError, text, Mistake::WindowTooLarge))
}

/// Raises `ValueError` about an argument.
pub(crate) fn value_error<T>(param: &'static str, text: impl Into<String>) -> Infer<T> {
    raise(Exc::ValueError, param, text)
}

/// Raises `TypeError` about an argument.
pub(crate) fn type_error<T>(param: &'static str, text: impl Into<String>) -> Infer<T> {
    raise(Exc::TypeError, param, text)
}

/// Gives up: something is not known.
pub(crate) fn unknown<T>(why: &'static str) -> Infer<T> {
    Err(Stop::Unknown(why))
}

/// Writes an argument as Python's `repr` does.
pub(crate) fn repr(arg: &Arg) -> String {
    match arg {
        Arg::None | Arg::Missing => "None".to_owned(),
        Arg::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        Arg::Int(n) | Arg::Dim(Dim::Known(n)) => n.to_string(),
        Arg::Dim(_) => "None".to_owned(),
        Arg::Float(x) => float(*x),
        Arg::Str(s) => format!("'{s}'"),
        Arg::DType(d) => format!("tf.{d}"),
        Arg::Ellipsis => "Ellipsis".to_owned(),
        Arg::Tuple(items) if items.len() == 1 => format!("({},)", joined(items)),
        Arg::Tuple(items) => format!("({})", joined(items)),
        Arg::List(items) => format!("[{}]", joined(items)),
        Arg::Dict(items) => {
            let items: Vec<String> = items.iter().map(|(k, v)| format!("'{k}': {}", repr(v))).collect();
            format!("{{{}}}", items.join(", "))
        }
        Arg::Object(class) => format!("<{class} object>"),
        _ => "...".to_owned(),
    }
}

fn joined(items: &[Arg]) -> String {
    items.iter().map(repr).collect::<Vec<_>>().join(", ")
}

/// Writes an argument as an f-string does: a string without quotes.
pub(crate) fn text(arg: &Arg) -> String {
    match arg {
        Arg::Str(s) => s.to_string(),
        other => repr(other),
    }
}

/// Writes ints as a Python tuple.
pub(crate) fn ints(values: &[i64]) -> String {
    Shape::known(values).tuple()
}

/// Writes ints as a Python set does: in the order of its hash table.
pub(crate) fn int_set(values: &[i64]) -> String {
    let mut distinct: Vec<i64> = Vec::new();
    for value in values {
        if !distinct.contains(value) {
            distinct.push(*value);
        }
    }
    // `hash(-1)` is -2; a set of up to four elements has eight slots.
    distinct.sort_by_key(|n| if *n == -1 { -2 } else { *n } & 7);
    let inner: Vec<String> = distinct.iter().map(ToString::to_string).collect();
    format!("{{{}}}", inner.join(", "))
}

/// Returns `type(arg).__name__`.
pub(crate) fn type_name(arg: &Arg) -> &str {
    match arg {
        Arg::None | Arg::Missing => "NoneType",
        Arg::Bool(_) => "bool",
        Arg::Int(_) | Arg::Dim(_) => "int",
        Arg::Float(_) => "float",
        Arg::Str(_) => "str",
        Arg::DType(_) => "DType",
        Arg::Ellipsis => "ellipsis",
        Arg::Slice(_) => "slice",
        Arg::Tuple(_) => "tuple",
        Arg::List(_) => "list",
        Arg::Dict(_) => "dict",
        Arg::Callable(_) => "function",
        Arg::Object(class) => class,
        _ => "object",
    }
}

/// Reads what `isinstance(arg, int)` takes; nothing where it is surely something else.
///
/// # Errors
/// `Stop::Unknown` where it cannot be told.
pub(crate) fn int(arg: &Arg) -> Infer<Option<i64>> {
    match arg {
        Arg::Int(n) | Arg::Dim(Dim::Known(n)) => Ok(Some(*n)),
        Arg::Bool(b) => Ok(Some(i64::from(*b))),
        Arg::Dim(_) | Arg::Number(_) | Arg::Tensor(_) | Arg::Unknown => {
            unknown("an integer that is not known")
        }
        _ => Ok(None),
    }
}

/// Reads a NumPy scalar, which is no `int` for `isinstance`: `y.max()`, `np.prod(shape)`; nothing for other arguments.
pub(crate) fn numpy_scalar(arg: &Arg) -> Option<Dim> {
    let Arg::Tensor(t) = arg else { return None };
    if t.kind != TensorKind::Numpy || t.spec.shape.rank() != Some(0) {
        return None;
    }
    let known = match &t.content {
        Content::Array(array) => {
            array.data.to_floats().and_then(|v| v.first().map(|x| Dim::Known(x.trunc() as i64)))
        }
        Content::Dims(dims) | Content::Shape(dims) => dims.first().copied(),
        Content::Zeros => Some(Dim::Known(0)),
        Content::Drawn(_)
        | Content::Sample(_)
        | Content::Among(_)
        | Content::Spread(_)
        | Content::Unknown => None,
    };
    Some(known.unwrap_or(Dim::Unknown))
}

/// Refuses a NumPy scalar where Keras 3 asks `isinstance(value, int)`.
///
/// # Errors
/// What `refused` makes of the scalar as it is shown.
pub(crate) fn no_numpy_scalar(arg: &Arg, refused: impl Fn(&str) -> Infer<()>) -> Infer<()> {
    match numpy_scalar(arg) {
        Some(Dim::Known(n)) => refused(&n.to_string()),
        Some(_) => refused("…"),
        None => Ok(()),
    }
}

/// Tells whether nothing is known of an argument but perhaps that it is a number.
pub(crate) fn is_open(arg: &Arg) -> bool {
    match arg {
        Arg::Unknown | Arg::Number(_) | Arg::Tensor(_) => true,
        Arg::Dim(dim) => !dim.is_known(),
        _ => false,
    }
}

/// Reads a size, of which it may be that nothing is known: `Dense(len(labels))`.
///
/// # Errors
/// `Stop::Unknown` where it is no integer.
pub(crate) fn size(arg: &Arg) -> Infer<Dim> {
    if let Some(dim) = numpy_scalar(arg) {
        return Ok(dim);
    }
    if is_open(arg) { Ok(Dim::Unknown) } else { known_int(arg).map(Dim::Known) }
}

/// Raises what TensorFlow says of a float in a shape.
///
/// source: `tensorflow/python/framework/tensor_shape.py`, Dimension
pub(crate) fn no_dimension<T>(param: &'static str, x: f64) -> Infer<T> {
    let shown = ops::spec::repr::float(x);
    let text = "Dimension value must be integer or None or have an __index__ method, got value";
    type_error(param, format!("{text} '{shown}' with type '<class 'float'>'"))
}

/// Reads an int that nothing was checked of.
///
/// # Errors
/// `Stop::Unknown` where it is not known or no int.
pub(crate) fn known_int(arg: &Arg) -> Infer<i64> {
    int(arg)?.ok_or(Stop::Unknown("an argument that is no integer"))
}

/// Reads a number for a comparison with the argument in front, such as `rate < 0`; nothing for `None`.
///
/// # Errors
/// `TypeError` where Python cannot compare; `Stop::Unknown` where the value is not known.
pub(crate) fn number(param: &'static str, arg: &Arg, operator: &str, other: &str) -> Infer<Option<f64>> {
    compared(param, arg, |kind| {
        format!("'{operator}' not supported between instances of '{kind}' and '{other}'")
    })
}

/// Reads a number for a comparison with the argument behind, such as `0 <= rate`; nothing for `None`.
///
/// # Errors
/// As [`number`].
pub(crate) fn number_behind(
    param: &'static str,
    other: &str,
    operator: &str,
    arg: &Arg,
) -> Infer<Option<f64>> {
    compared(param, arg, |kind| {
        format!("'{operator}' not supported between instances of '{other}' and '{kind}'")
    })
}

fn compared(param: &'static str, arg: &Arg, problem: impl Fn(&str) -> String) -> Infer<Option<f64>> {
    match arg {
        Arg::Float(x) => Ok(Some(*x)),
        Arg::None | Arg::Missing => Ok(None),
        Arg::Str(_) | Arg::Tuple(_) | Arg::List(_) | Arg::Dict(_) => {
            type_error(param, problem(type_name(arg)))
        }
        _ => match int(arg)? {
            Some(n) => Ok(Some(n as f64)),
            None => unknown("an argument that is no number"),
        },
    }
}

/// Tells what `if arg:` decides.
///
/// # Errors
/// `Stop::Unknown` where the value is not known.
pub(crate) fn truth(arg: &Arg) -> Infer<bool> {
    match arg {
        Arg::None | Arg::Missing => Ok(false),
        Arg::Float(x) => Ok(*x != 0.0),
        Arg::Str(s) => Ok(!s.is_empty()),
        Arg::Tuple(items) | Arg::List(items) => Ok(!items.is_empty()),
        Arg::Dict(items) => Ok(!items.is_empty()),
        Arg::Callable(_) | Arg::Object(_) => Ok(true),
        _ => int(arg)?.map(|n| n != 0).ok_or(Stop::Unknown("a flag that is not known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_sets_and_tuples() {
        assert_eq!(int_set(&[0, -1, 0]), "{0, -1}");
        assert_eq!(ints(&[3]), "(3,)");
        assert_eq!(repr(&Arg::List([Arg::Str("a".into()), Arg::None].into())), "['a', None]");
    }

    #[test]
    fn compares_as_python() {
        assert_eq!(number_behind("rate", "int", "<=", &Arg::Float(0.5)), Ok(Some(0.5)));
        assert!(number("rate", &Arg::Str("x".into()), "<", "int").is_err());
        assert!(matches!(number("rate", &Arg::Unknown, "<", "int"), Err(Stop::Unknown(_))));
    }
}
