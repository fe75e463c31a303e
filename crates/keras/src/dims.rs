//! Shapes as Keras' Python code sees them: tuples of ints and `None`.
//!
//! A [`Dim::Symbol`] is a `None` of the framework's. Of a [`Dim::Unknown`] it cannot be told whether the
//! framework has a number there, so nothing may be refused because of it.

use ops::{Arg, Exc, Infer, Keras, Operand};
use tensor::{Dim, Shape, Symbol};

use crate::Host;
use crate::python::{raise, unknown};

/// A `None` that is no particular size: what arithmetic on a `None` gives.
pub(crate) const NONE: Dim = Dim::Symbol(Symbol(u32::MAX));

/// Returns the tensor that a layer of one input was called on.
///
/// # Errors
/// `Stop::Unknown` where it is none.
pub(crate) fn tensor(inputs: &Arg) -> Infer<&Operand> {
    match inputs {
        Arg::Tensor(operand) => Ok(operand),
        _ => unknown("an input that is no tensor"),
    }
}

/// Returns the dims of the tensor that a layer was called on.
///
/// # Errors
/// `Stop::Unknown` where they are not known.
pub(crate) fn of_input(inputs: &Arg) -> Infer<Vec<Dim>> {
    of_shape(&tensor(inputs)?.spec.shape)
}

/// Returns the dims of a shape.
///
/// # Errors
/// `Stop::Unknown` where the rank is not known.
pub(crate) fn of_shape(shape: &Shape) -> Infer<Vec<Dim>> {
    shape.dims().map_or_else(|| unknown("an input of unknown rank"), |dims| Ok(dims.to_vec()))
}

/// Returns the dims of the only input's shape, in `build`.
///
/// # Errors
/// `Stop::Unknown` where they are not known.
pub(crate) fn only(shapes: &[Shape]) -> Infer<Vec<Dim>> {
    match shapes {
        [shape] => of_shape(shape),
        _ => unknown("several inputs where one is expected"),
    }
}

/// Raises what Keras 2 says of an input of unknown rank where it needs the dims as a list.
///
/// # Errors
/// `ValueError` for such an input.
pub(crate) fn ranked(host: &dyn Host) -> Infer<()> {
    if !host.unknown_rank() {
        return Ok(());
    }
    crate::python::value_error("inputs", "as_list() is not defined on an unknown TensorShape.")
}

/// As [`ranked`], where Keras 2 asks for the number of axes.
///
/// # Errors
/// `ValueError` for such an input.
pub(crate) fn countable(host: &dyn Host) -> Infer<()> {
    if !host.unknown_rank() {
        return Ok(());
    }
    crate::python::value_error("inputs", "Cannot take the length of shape with unknown rank.")
}

/// Returns `shape[axis]`.
///
/// # Errors
/// `IndexError` where there is no such axis.
pub(crate) fn at(dims: &[Dim], axis: i64) -> Infer<Dim> {
    place(dims.len(), axis).map_or_else(|| out_of_range("tuple"), |at| Ok(dims[at]))
}

/// Returns where an axis stands; nothing where there is no such axis.
pub(crate) fn place(rank: usize, axis: i64) -> Option<usize> {
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(at).ok().filter(|at| *at < rank)
}

/// Raises Python's `IndexError` for a `tuple`, `list` or `list assignment`.
pub(crate) fn out_of_range<T>(what: &str) -> Infer<T> {
    raise(Exc::IndexError, "axis", format!("{what} index out of range"))
}

/// Returns the number at an axis, nothing for `None`.
///
/// # Errors
/// `Stop::Unknown` where it cannot be told.
pub(crate) fn size(dim: Dim) -> Infer<Option<i64>> {
    match dim {
        Dim::Known(n) => Ok(Some(n)),
        Dim::Symbol(_) => Ok(None),
        Dim::Unknown => unknown("a dim is not known"),
    }
}

/// Tells whether the framework surely has no number there.
pub(crate) fn is_none(dim: Dim) -> bool {
    matches!(dim, Dim::Symbol(_))
}

/// Makes the tuple that `compute_output_shape` returns.
pub(crate) fn tuple(dims: impl IntoIterator<Item = Dim>) -> Arg {
    let arg = |dim| match dim {
        Dim::Known(n) => Arg::Int(n),
        NONE => Arg::None,
        dim => Arg::Dim(dim),
    };
    Arg::Tuple(dims.into_iter().map(arg).collect())
}

/// Writes a shape as Python does: `(None, 10)`.
pub(crate) fn text(dims: &[Dim]) -> String {
    Shape::new(dims.iter().copied()).tuple()
}

/// Writes a shape as `TensorShape.as_list()` is written: `[None, 10]`.
pub(crate) fn list_text(dims: &[Dim]) -> String {
    Shape::new(dims.iter().copied()).to_string()
}

/// Adds a number to a dim: `None` stays `None`.
pub(crate) fn plus(dim: Dim, n: i64) -> Dim {
    if n == 0 { dim } else { keep_none(dim, |d| d.checked_add(n)) }
}

/// Multiplies a dim by a number: `None` stays `None`.
pub(crate) fn times(dim: Dim, n: i64) -> Dim {
    if n == 1 { dim } else { keep_none(dim, |d| d.checked_mul(n)) }
}

fn keep_none(dim: Dim, f: impl FnOnce(i64) -> Option<i64>) -> Dim {
    match dim {
        Dim::Known(n) => f(n).map_or(Dim::Unknown, Dim::Known),
        Dim::Symbol(_) => NONE,
        Dim::Unknown => Dim::Unknown,
    }
}

/// Applies arithmetic to a dim: `None` stays `None`.
pub(crate) fn map(dim: Dim, f: impl FnOnce(i64) -> i64) -> Dim {
    keep_none(dim, |n| Some(f(n)))
}

/// Returns the product of dims: `None` where one is.
pub(crate) fn product(dims: &[Dim]) -> Dim {
    if dims.iter().any(|d| matches!(d, Dim::Symbol(_))) {
        return NONE;
    }
    dims.iter().fold(Dim::Known(1), |n, d| n.map2(*d, i64::checked_mul))
}

/// The spatial axes and the channel axis of a batch of the given rank, by `data_format`.
pub(crate) fn axes(first: bool, rank: usize) -> (std::ops::Range<usize>, usize) {
    if first { (2..rank, 1) } else { (1..rank.saturating_sub(1), rank.saturating_sub(1)) }
}

/// Tells whether Keras 2 is the profile.
pub(crate) fn keras2(host: &dyn Host) -> bool {
    host.keras() == Keras::Two
}

/// `np.shape` of numbers, lists of them and arrays.
pub(crate) fn of_numbers(arg: &Arg) -> Option<Shape> {
    match arg {
        Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::Number(_) => Some(Shape::scalar()),
        Arg::Tensor(t) => t.spec.shape.all_known().map(|s| Shape::known(&s)),
        Arg::List(items) | Arg::Tuple(items) => {
            let inner = items.first().map_or(Some(Shape::scalar()), of_numbers)?;
            let count = Dim::Known(i64::try_from(items.len()).ok()?);
            Some(Shape::new(std::iter::once(count).chain(inner.dims()?.iter().copied())))
        }
        _ => None,
    }
}
