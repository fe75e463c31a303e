//! The numbers that recorded facts are about, and those that are computed of them.

use array::Array;
use graph::NodeId;
use interp::Interp;
use serde_json::{Value as Json, json};
use tensor::{DType, TensorSpec};

/// The most elements that are recorded.
const MAX_VALUES: usize = 64;

/// The elements that an input was recorded with: `i` and `j` are small integers, `b` alternates, `x`, `y` and
/// `z` are sines.
pub(super) fn of_input(name: &str, spec: &TensorSpec) -> Option<Array> {
    let sizes: Vec<usize> =
        spec.shape.all_known()?.into_iter().map(|n| usize::try_from(n).ok()).collect::<Option<_>>()?;
    let count = sizes.iter().product::<usize>();
    let array = match name {
        "i" | "j" => {
            let first = usize::from(name == "j");
            Array::ints(&sizes, DType::Int32, (0..count).map(|k| ((k * 7 + first) % 3) as i64).collect())
        }
        "b" => Array::bools(&sizes, (0..count).map(|k| k % 2 == 0).collect()),
        _ => {
            let phase = 0.7 * "xyz".find(name)? as f64;
            Array::floats(
                &sizes,
                DType::Float32,
                (0..count).map(|k| (1.3 * k as f64 + phase).sin()).collect(),
            )
        }
    };
    array.ok()
}

/// The elements of a small numeric tensor in the form of recorded facts; nothing where none are recorded.
///
/// # Errors
/// They were not computed.
pub(super) fn values(interp: &Interp<'_>, node: NodeId, spec: &TensorSpec) -> Result<Option<Json>, String> {
    let recorded = spec
        .dtype
        .is_some_and(|d| d == DType::Bool || d.is_integer() || (d.is_floating() && d != DType::BFloat16));
    let count = spec.shape.all_known().map_or(i64::MAX, |sizes| sizes.iter().product());
    if !recorded || count > MAX_VALUES as i64 {
        return Ok(None);
    }
    if interp.numbers.as_ref().is_some_and(|numbers| numbers.is_drawn(node)) {
        return Err("values that are drawn".to_owned());
    }
    let array = interp.numbers.as_ref().and_then(|numbers| numbers.array(node));
    let array = array.or_else(|| interp.content_array(node)).ok_or("values that are not computed")?;
    let values: Vec<Json> = match array.dtype() {
        DType::Bool => array.to_bools().map(|v| v.into_iter().map(|b| json!(b)).collect()),
        d if d.is_integer() => array.to_ints().map(|v| v.into_iter().map(|n| json!(n)).collect()),
        _ => array.to_floats().map(|v| v.into_iter().map(float).collect()),
    }
    .map_err(|e| e.to_string())?;
    Ok(Some(Json::from(values)))
}

fn float(x: f64) -> Json {
    if x.is_nan() {
        json!("nan")
    } else if x.is_infinite() {
        json!(if x > 0.0 { "inf" } else { "-inf" })
    } else {
        json!((x * 1e6).round() / 1e6)
    }
}

/// Tells whether every element is zero.
pub(super) fn is_zero(array: &Array) -> bool {
    array.to_bools().is_ok_and(|values| !values.contains(&true))
}
