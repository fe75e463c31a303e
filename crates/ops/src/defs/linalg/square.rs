//! What Keras asks of matrices before it computes: ranks, and squares by the letter.

use tensor::Shape;

use crate::spec::keras::differ;
use crate::spec::{Cx, Tensor, repr};
use crate::{Infer, Mistake, Stop, Surface};

/// `_assert_1d`.
pub(super) fn one_d(cx: &Cx<'_>, x: &Tensor) -> Infer<()> {
    if x.rank() != Some(0) {
        return Ok(());
    }
    let text = format!("Expected input to have rank >= 1. Received scalar input {}.", repr(&x.into()));
    cx.value_error(text, Mistake::RankMismatch { param: "b", expected: "at least 1".to_owned(), got: 0 })
}

/// `_assert_2d`.
pub(super) fn two_d(cx: &Cx<'_>, x: &Tensor) -> Infer<()> {
    let Some(got) = x.rank().filter(|r| *r < 2) else { return Ok(()) };
    let text = format!("Expected input to have rank >= 2. Received input with shape {}.", x.shape.tuple());
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected: "at least 2".to_owned(), got })
}

/// `_assert_square`: a `None` differs from a size.
pub(super) fn is_square(cx: &Cx<'_>, x: &Tensor) -> Infer<()> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("matrices of unknown rank")) };
    let [.., left, right] = dims else {
        // `m, n = a.shape[-2:]`.
        let got = dims.len();
        let text = format!("not enough values to unpack (expected 2, got {got})");
        return cx
            .value_error(text, Mistake::RankMismatch { param: "x", expected: "at least 2".to_owned(), got });
    };
    match differ(*left, *right) {
        None => Err(Stop::Unknown("matrices of unknown size")),
        Some(false) => Ok(()),
        Some(true) => {
            let shown = x.shape.tuple();
            let text = format!("Expected a square matrix. Received non-square input with shape {shown}");
            let what = "the rows and columns";
            cx.value_error(text, Mistake::DimMismatch { left: *left, right: *right, what })
        }
    }
}

/// `_assert_a_b_compat`.
pub(super) fn fit(cx: &Cx<'_>, a: &Shape, b: &Shape) -> Infer<()> {
    let (Some(first), Some(second)) = (a.dims(), b.dims()) else { return Ok(()) };
    let axis = match second.len() as i64 - first.len() as i64 {
        0 => -2,
        1 => -1,
        _ => return Ok(()),
    };
    let (Some(left), Some(right)) = (a.dim(axis), b.dim(axis)) else { return Ok(()) };
    match differ(left, right) {
        None => Err(Stop::Unknown("sides of unknown size")),
        Some(false) => Ok(()),
        Some(true) => {
            let text = format!(
                "Incompatible shapes between `a` and `b`. Expected `a.shape[{axis}] == b.shape[{axis}]`. Received: \
                 a.shape={}, b.shape={}",
                a.tuple(),
                b.tuple()
            );
            cx.value_error(text, Mistake::DimMismatch { left, right, what: "the rows of both sides" })
        }
    }
}

/// Checks what `keras.ops` does for square matrices; nothing for TensorFlow's functions.
pub(super) fn checked(cx: &Cx<'_>, x: &Tensor) -> Infer<()> {
    if cx.surface() != Surface::KerasOps {
        return Ok(());
    }
    two_d(cx, x)?;
    is_square(cx, x)
}
