//! Low-rank adapters of Keras 3: a frozen weight and two small ones whose product is added to it.
//!
//! source: `enable_lora` in keras/src/layers/core/dense.py and embedding.py

use ops::{Arg, Infer};
use tensor::{DType, Dim};

use crate::Host;
use crate::host::WeightArgs;
use crate::python::{known_int, number, truth, unknown, value_error};

/// The rank of a layer's adapter; nothing where it has none.
pub(super) fn rank(host: &dyn Host) -> Infer<Option<i64>> {
    let given = host.get("lora_rank");
    if truth(&given)? { known_int(&given).map(Some) } else { Ok(None) }
}

/// Makes the two weights of an adapter for a weight of a shape, as the layer's `build` ends.
pub(super) fn add(
    host: &mut dyn Host,
    names: [&str; 2],
    shape: [Dim; 2],
    constraint: &'static str,
) -> Infer<()> {
    let Some(rank) = rank(host)? else { return Ok(()) };
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
    let [first, last] = shape;
    let sizes = [[first, Dim::Known(rank)], [Dim::Known(rank), last]];
    for ((name, shape), initializer) in names.into_iter().zip(sizes).zip(["he_uniform", "zeros"]) {
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
pub fn enable_adapter(host: &mut dyn Host, class: &str) -> Infer<()> {
    let (weight, names, constraint) = match class {
        "Dense" => ("kernel", ["lora_kernel_a", "lora_kernel_b"], "kernel_constraint"),
        "Embedding" => ("embeddings", ["lora_embeddings_a", "lora_embeddings_b"], "embeddings_constraint"),
        _ => return unknown("an adapter of a weight that is no matrix"),
    };
    let Some(Arg::Tensor(weight)) = host.weight(weight) else { return unknown("the weight of an adapter") };
    match weight.spec.shape.dims() {
        Some(&[first, last]) => add(host, names, [first, last], constraint),
        _ => unknown("the shape of an adapted weight"),
    }
}

/// Adds the adapter's product to the weight, where there is one.
pub(super) fn merge(host: &mut dyn Host, weight: Arg, names: [&str; 2]) -> Infer<Arg> {
    let (Some(a), Some(b)) = (host.weight(names[0]), host.weight(names[1])) else { return Ok(weight) };
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
