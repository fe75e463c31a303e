//! `keras.ops.slice` of a KerasTensor, whose sizes Keras works out itself.
//!
//! source: keras/src/ops/core.py: Slice

use tensor::{Dim, Shape};

use crate::spec::{Cx, Tensor, Val, keras};
use crate::{Arg, Infer, Mistake};

/// `Slice.compute_output_spec`.
pub(super) fn symbolic_slice(cx: &Cx<'_>, x: &Tensor, begin: &Val, size: &Val) -> Infer<Val> {
    let wanted = cx.shape(size)?;
    let (Some(dims), Some(sizes)) = (x.shape.dims(), wanted.dims()) else {
        return Ok(Val::T(keras::spec(Shape::UNKNOWN, x.dtype, &[x])));
    };
    let own = x.shape.tuple();
    if sizes.len() != dims.len() {
        let text = format!(
            "The number of dimensions in `inputs` must match the number of dimensions in `shape`. Received \
             inputs.shape={own} and shape={}",
            wanted.tuple()
        );
        let expected = dims.len().to_string();
        return cx.value_error(text, Mistake::RankMismatch { param: "shape", expected, got: sizes.len() });
    }
    let starts = match begin {
        Val::List(items) | Val::Tuple(items) => Some(items),
        _ => None,
    };
    if let Some(got) = starts.map(Vec::len).filter(|got| *got != dims.len()) {
        let text = format!(
            "The number of dimensions in `start_indices` must match the number of dimensions in `inputs`. Received \
             start_indices={} and inputs.shape={own}",
            crate::spec::text_of(begin)
        );
        let expected = dims.len().to_string();
        return cx.value_error(text, Mistake::RankMismatch { param: "start_indices", expected, got });
    }
    let start = |at: usize| match starts.and_then(|items| items.get(at)) {
        Some(Val::Py(Arg::Int(n))) => Some(*n),
        _ => None,
    };
    // What reaches to the end is what is left behind the start.
    let kept = (0..).zip(dims.iter().zip(sizes)).map(|(at, (own, size))| match (size, own, start(at)) {
        (Dim::Known(-1), Dim::Known(n), Some(start)) => Dim::Known(n - start),
        (Dim::Known(-1), Dim::Symbol(_), _) => *own,
        (Dim::Known(-1), ..) => Dim::Unknown,
        (size, ..) => *size,
    });
    Ok(Val::T(keras::spec(kept.collect(), x.dtype, &[x])))
}
