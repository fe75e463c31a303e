//! Functions that read an attribute of what they are handed, before anything is converted.

use super::{Cx, Val, type_name};
use crate::{Arg, Exc, Infer, Mistake, TensorKind};

/// Reads an attribute that tensors have: `images.get_shape()`, `x.shape`, `labels.dtype`.
///
/// # Errors
/// `AttributeError` for lists, numbers and their like, and for arrays where NumPy has no such attribute.
pub fn has_attribute(cx: &Cx<'_>, val: &Val, attribute: &str, param: &'static str) -> Infer<()> {
    let class = match val {
        Val::T(t) if t.kind == TensorKind::Numpy && attribute == "get_shape" => "numpy.ndarray",
        Val::List(_)
        | Val::Tuple(_)
        | Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::Str(_) | Arg::None) => type_name(val),
        _ => return Ok(()),
    };
    let text = format!("'{class}' object has no attribute '{attribute}'");
    cx.raise(Exc::AttributeError, text, Mistake::Argument { param, problem: "is no tensor".to_owned() })
}
