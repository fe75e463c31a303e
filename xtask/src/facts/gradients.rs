//! Gradient statuses of an expression's float inputs.

use graph::NodeId;
use interp::Interp;
use interp::value::Value;
use ops::Flow;
use serde_json::{Map, Value as Json, json};
use tensor::DType;

use super::Input;

/// `{name: "ok" | "zero" | "none"}` for the sum of all float outputs, or `{"unknown": why}`.
pub(super) fn statuses(
    interp: &mut Interp<'_>,
    value: &Value,
    inputs: &[Input],
    nodes: &[NodeId],
    first: usize,
) -> Json {
    if value.is_unknown() {
        return json!({"unknown": "the result is not known"});
    }
    let flat = interp.flat_tensors(value);
    let floats: Vec<NodeId> = flat
        .into_iter()
        .filter(|n| interp.trace.node(*n).spec.dtype.is_some_and(DType::is_floating))
        .collect();
    let recorded = u32::try_from(first).unwrap_or(0)..u32::MAX;
    let reach = interp.trace.reach(&floats, &[recorded]);
    let mut out = Map::new();
    // Where every value is there, numbers tell what is zero by the values alone.
    let numbers = interp.gradient_numbers(&floats, nodes);
    if numbers.is_err() && interp.gradient_refused() {
        return json!({"unknown": "a kernel of the gradient refuses its inputs"});
    }
    let numbers = numbers.ok();
    for (at, (input, node)) in inputs.iter().zip(nodes).enumerate() {
        if input.spec.dtype != Some(DType::Float32) {
            continue;
        }
        let status = match reach.at(*node) {
            Flow::None => "none",
            Flow::Zero => "zero",
            Flow::Ok => match numbers.as_ref().and_then(|grads| grads.get(at)) {
                Some(Some(grad)) if super::numbers::is_zero(grad) => "zero",
                _ => "ok",
            },
            Flow::Raises(_) => "LookupError",
            Flow::Unknown => return json!({"unknown": "whether a gradient arrives is not known"}),
        };
        out.insert(input.name.clone(), json!(status));
    }
    Json::Object(out)
}
