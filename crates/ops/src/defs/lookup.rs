//! `tf.nn.embedding_lookup`.
//!
//! source: tensorflow/python/ops/embedding_ops.py: _embedding_lookup_and_transform

use crate::kernels::index::gather;
use crate::kernels::join::concat;
use crate::kernels::reduce::Axes;
use crate::spec::{Cx, Tensor, Val};
use crate::{Arg, Infer, Param, Stop};

/// Rows of a table, which may lie in several shards one behind the other, cut to a norm.
pub(super) fn embedding(cx: &Cx<'_>, params: &Val, indices: &Val) -> Infer<Tensor> {
    const MAX_NORM: Param<Arg> = Param::named(&["max_norm"]);
    let rows = match params.items() {
        Some([one]) => gather(cx, one, indices, Val::from(0), 0)?,
        Some(shards) if shards.len() > 1 && matches!(params, Val::List(_)) => {
            let whole = concat(cx, Val::List(shards.to_vec()), Val::from(0))?;
            gather(cx, whole, indices, Val::from(0), 0)?
        }
        _ => gather(cx, params, indices, Val::from(0), 0)?,
    };
    let limit = cx.known(MAX_NORM)?;
    if limit.is_none() {
        return Ok(rows);
    }
    let (Some(own), Some(rank)) = (rows.rank(), cx.convert(indices, None)?.rank()) else {
        return Err(Stop::Unknown("rows of unknown rank"));
    };
    let axes: Vec<i64> = (rank as i64..own as i64).collect();
    super::norm::clipped(cx, &rows, limit, &Axes::ints(&axes))
}
