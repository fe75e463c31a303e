//! NumPy's rules: broadcasting, axes and dtypes, with its texts.

use tensor::{DType, Dim, Shape, numpy_result_type};

use super::keras::Promoted;
use super::{Cx, Val};
use crate::{Exc, Infer, Mistake};

/// Broadcasts shapes as a NumPy ufunc does.
///
/// # Errors
/// `ValueError` where two dims differ and neither is 1.
pub fn broadcast(cx: &Cx<'_>, left: &Shape, right: &Shape) -> Infer<Shape> {
    tensor::broadcast(left, right).or_else(|e| {
        let text =
            format!("operands could not be broadcast together with shapes {} {} ", tuple(left), tuple(right));
        cx.value_error(text, Mistake::NotBroadcastable { left: e.left, right: e.right, from_end: e.from_end })
    })
}

/// Writes a shape as NumPy's texts do: `(3,4)`, `(3,)`.
pub fn tuple(shape: &Shape) -> String {
    shape.tuple().replace(", ", ",")
}

/// Turns an axis into one counted from the front.
///
/// # Errors
/// `AxisError` where it lies outside of the rank.
pub fn normalize_axis(cx: &Cx<'_>, axis: i64, rank: usize) -> Infer<usize> {
    super::merge::axis(axis, rank, || format!("axis {axis} is out of bounds for array of dimension {rank}"))
        .or_else(|misfit| cx.raise(Exc::AxisError, misfit.text, misfit.mistake))
}

/// Returns the dtype of a ufunc of two operands under NEP 50: Python scalars yield to arrays.
pub fn result_type(a: Promoted, b: Promoted) -> Option<DType> {
    Some(match (a, b) {
        (Promoted::Of(a), Promoted::Of(b)) => return numpy_result_type(a, b),
        (Promoted::Int, Promoted::Int) => DType::Int64,
        (Promoted::Of(d), Promoted::Int) | (Promoted::Int, Promoted::Of(d)) => match d {
            DType::Bool => DType::Int64,
            d => d,
        },
        (Promoted::Of(d), Promoted::Float) | (Promoted::Float, Promoted::Of(d)) => match d {
            d if d.is_floating() || d.is_complex() => d,
            _ => DType::Float64,
        },
        _ => DType::Float64,
    })
}

/// Returns the shape of an array or Python scalar or nested list.
pub fn shape_of(val: &Val) -> Shape {
    match val {
        Val::T(t) => t.shape.clone(),
        Val::List(items) | Val::Tuple(items) => {
            let inner = items.first().map_or(Shape::scalar(), shape_of);
            let count = Dim::Known(items.len() as i64);
            inner
                .dims()
                .map_or(Shape::UNKNOWN, |dims| std::iter::once(count).chain(dims.iter().copied()).collect())
        }
        Val::Named(_) => Shape::UNKNOWN,
        Val::Py(_) => Shape::scalar(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_scalars_are_weak() {
        let of = Promoted::Of;
        assert_eq!(result_type(of(DType::Float32), Promoted::Float), Some(DType::Float32));
        assert_eq!(result_type(of(DType::UInt8), Promoted::Int), Some(DType::UInt8));
        assert_eq!(result_type(of(DType::Int32), Promoted::Float), Some(DType::Float64));
        assert_eq!(tuple(&Shape::known(&[3, 4])), "(3,4)");
        assert_eq!(tuple(&Shape::known(&[3])), "(3,)");
    }
}
