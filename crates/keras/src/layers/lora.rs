//! Low-rank adapters of Keras 3: a frozen weight and two small ones whose product is added to it.
//!
//! source: `enable_lora` in keras/src/layers/core/{dense,embedding,einsum_dense}.py and convolutional/base_conv.py

use ops::{Arg, Infer};
use tensor::{DType, Dim};

use crate::host::WeightArgs;
use crate::python::{known_int, number, truth, unknown, value_error};
use crate::{Adapted, Host};

/// The rank of a layer's adapter; nothing where it has none.
pub(super) fn rank(host: &dyn Host) -> Infer<Option<i64>> {
    let given = host.get("lora_rank");
    if truth(&given)? { known_int(&given).map(Some) } else { Ok(None) }
}

/// Makes the two weights of an adapter for a weight of a shape, as the layer's `build` ends: one takes the place of the
/// last axis, the other leads to it.
pub(super) fn add(host: &mut dyn Host, adapted: Adapted, shape: &[Dim]) -> Infer<()> {
    let Some(rank) = rank(host)? else { return Ok(()) };
    let constraint = adapted.constraint;
    if truth(&host.get(constraint))? {
        return value_error(
            constraint,
            format!(
                "Lora is incompatible with {} constraints. In order to enable lora on this layer, remove the \
                 `{constraint}` argument.",
                constraint.trim_end_matches("s_constraint").trim_end_matches("_constraint")
            ),
        );
    }
    let Some((last, rest)) = shape.split_last() else { return unknown("an adapter of a number") };
    let rank = Dim::Known(rank);
    let sizes = [rest.iter().copied().chain([rank]).collect(), vec![rank, *last]];
    for ((name, shape), initializer) in adapted.parts.into_iter().zip(sizes).zip(["he_uniform", "zeros"]) {
        let mut weight = WeightArgs::new(name, shape, Arg::Str(initializer.into()));
        weight.dtype = Some(DType::Float32);
        host.add_weight(weight)?;
    }
    Ok(())
}

/// Gives a layer that is built an adapter of the rank among its arguments, as `enable_lora` does.
///
/// # Errors
/// `ValueError` for a layer whose weight has a constraint.
pub fn enable_adapter(host: &mut dyn Host, adapted: Adapted) -> Infer<()> {
    let Some(Arg::Tensor(weight)) = host.weight(adapted.weight) else {
        return unknown("the weight of an adapter");
    };
    match weight.spec.shape.dims() {
        Some(shape) => add(host, adapted, shape),
        None => unknown("the shape of an adapted weight"),
    }
}

/// Adds the adapter's product to the weight, where there is one.
pub(super) fn merge(host: &mut dyn Host, weight: Arg, adapted: Adapted) -> Infer<Arg> {
    let [a, b] = adapted.parts;
    let (Some(a), Some(b)) = (host.weight(a), host.weight(b)) else { return Ok(weight) };
    let rank = rank(host)?.unwrap_or(1) as f64;
    let alpha = host.get("lora_alpha");
    let alpha =
        if alpha.is_none() { rank } else { number("lora_alpha", &alpha, "/", "int")?.unwrap_or(rank) };
    if rank == 0.0 {
        return unknown("an adapter of rank zero");
    }
    let product = host.api("keras.ops.matmul", &[a, b], &[])?;
    let scaled = host.api("keras.ops.multiply", &[product, Arg::Float(alpha / rank)], &[])?;
    host.api("keras.ops.add", &[weight, scaled], &[])
}
