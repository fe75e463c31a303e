//! Python's `repr` of arguments, as error texts quote them.

use tensor::Dim;

use super::Val;
use crate::{Arg, TensorKind};

/// Writes a value as Python's `repr` does; a tensor as its spec.
pub fn repr(val: &Val) -> String {
    match val {
        Val::T(t) => {
            let (shape, dtype) = (t.shape.tuple(), t.dtype.map_or("?", |d| d.name()));
            match t.kind {
                TensorKind::Graph => {
                    format!("<tf.Tensor '{}' shape={shape} dtype={dtype}>", t.graph_name())
                }
                TensorKind::Keras => format!(
                    "<KerasTensor shape={shape}, dtype={dtype}, sparse=False, ragged=False, name=keras_tensor>"
                ),
                _ => format!("<tf.Tensor: shape={shape}, dtype={dtype}>"),
            }
        }
        Val::List(items) => format!("[{}]", joined(items)),
        Val::Tuple(items) if items.len() == 1 => format!("({},)", joined(items)),
        Val::Tuple(items) => format!("({})", joined(items)),
        Val::Named(items) => {
            let items: Vec<String> = items.iter().map(|(k, v)| format!("'{k}': {}", repr(v))).collect();
            format!("{{{}}}", items.join(", "))
        }
        Val::Py(arg) => leaf(arg),
    }
}

/// Writes a value as Python's `str` does: only a tensor differs from its `repr`.
pub fn text_of(val: &Val) -> String {
    match val {
        Val::T(t) if t.kind == TensorKind::Graph => {
            let (shape, dtype) = (t.shape.tuple(), t.dtype.map_or("?", |d| d.name()));
            format!("Tensor(\"{}\", shape={shape}, dtype={dtype})", t.graph_name())
        }
        Val::Py(Arg::Str(s)) => s.to_string(),
        other => repr(other),
    }
}

fn joined(items: &[Val]) -> String {
    items.iter().map(repr).collect::<Vec<_>>().join(", ")
}

fn leaf(arg: &Arg) -> String {
    match arg {
        Arg::None | Arg::Missing => "None".to_owned(),
        Arg::Bool(true) => "True".to_owned(),
        Arg::Bool(false) => "False".to_owned(),
        Arg::Int(n) | Arg::Dim(Dim::Known(n)) => n.to_string(),
        Arg::Float(x) => float(*x),
        Arg::Str(s) => format!("'{s}'"),
        Arg::DType(d) => format!("tf.{d}"),
        Arg::Ellipsis => "Ellipsis".to_owned(),
        Arg::Shape(shape) => shape.tuple(),
        _ => "...".to_owned(),
    }
}

/// Writes a float as Python does: `1e-07`, `0.5`, `inf`.
pub fn float(x: f64) -> String {
    let text = format!("{x:?}");
    match text.split_once('e') {
        // Python writes at least two digits of the exponent, and its sign.
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |d| ('-', d));
            format!("{}e{sign}{digits:0>2}", mantissa.strip_suffix(".0").unwrap_or(mantissa))
        }
        None if x.is_nan() => "nan".to_owned(),
        None => text,
    }
}

/// Returns the name of a value's Python type.
pub fn type_name(val: &Val) -> &'static str {
    match val {
        Val::T(t) if t.is_tf() => "SymbolicTensor",
        Val::T(_) => "ndarray",
        Val::List(_) => "list",
        Val::Tuple(_) => "tuple",
        Val::Named(_) => "dict",
        Val::Py(arg) => match arg {
            Arg::None | Arg::Missing => "NoneType",
            Arg::Bool(_) => "bool",
            Arg::Int(_) | Arg::Dim(_) => "int",
            Arg::Float(_) => "float",
            Arg::Str(_) => "str",
            Arg::DType(_) => "DType",
            Arg::Ellipsis => "ellipsis",
            Arg::Slice(_) => "slice",
            Arg::Dict(_) => "dict",
            Arg::Shape(_) => "TensorShape",
            Arg::Callable(_) => "function",
            _ => "object",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_python() {
        assert_eq!(float(1e-7), "1e-07");
        assert_eq!(float(0.5), "0.5");
        assert_eq!(repr(&Val::Tuple(vec![Val::from(1), Val::Py(Arg::None)])), "(1, None)");
        assert_eq!(repr(&Val::Tuple(vec![Val::from(1)])), "(1,)");
    }
}
