//! Keras 3's own shape and dtype rules: what `compute_output_spec` says of tensors without data.
//!
//! Read from `keras/src/ops/operation_utils.py` and `keras/src/backend/common/dtypes.py`.

use tensor::{DType, Dim, Shape};

use super::{Cx, Tensor, Val};
use crate::kernels::pointwise;
use crate::{Arg, Exc, Infer, Mistake, Mode, Stop, Violation};

/// A dtype as Keras 3 promotes it: that of a tensor, or a Python scalar's, which yields to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promoted {
    /// A tensor's dtype, or that of a Python bool.
    Of(DType),
    /// A Python int.
    Int,
    /// A Python float.
    Float,
}

/// The lattice's nodes in the order of their bits.
const NODES: [Promoted; 17] = [
    Promoted::Of(DType::Bool),
    Promoted::Of(DType::UInt8),
    Promoted::Of(DType::UInt16),
    Promoted::Of(DType::UInt32),
    Promoted::Of(DType::UInt64),
    Promoted::Int,
    Promoted::Of(DType::Int8),
    Promoted::Of(DType::Int16),
    Promoted::Of(DType::Int32),
    Promoted::Of(DType::Int64),
    Promoted::Float,
    Promoted::Of(DType::BFloat16),
    Promoted::Of(DType::Float16),
    Promoted::Of(DType::Float32),
    Promoted::Of(DType::Float64),
    Promoted::Of(DType::Complex64),
    Promoted::Of(DType::Complex128),
];

/// What each node is promoted to in one step, by position in [`NODES`].
const EDGES: [&[usize]; 17] = [
    &[5],
    &[7, 2],
    &[8, 3],
    &[9, 4],
    &[10],
    &[1, 6, 15],
    &[7],
    &[8],
    &[9],
    &[10],
    &[11, 12],
    &[13],
    &[13],
    &[14, 15],
    &[16],
    &[16],
    &[],
];

fn position(node: Promoted) -> Option<usize> {
    NODES.iter().position(|n| *n == node)
}

/// Returns the set of nodes that a node is promoted to, itself included.
fn upper_bounds(node: usize) -> u32 {
    EDGES[node].iter().fold(1 << node, |set, next| set | upper_bounds(*next))
}

/// Returns the least dtype that all are promoted to; nothing where there is none.
fn least_upper_bound(nodes: &[Promoted]) -> Option<Promoted> {
    let positions: Vec<usize> = nodes.iter().map(|n| position(*n)).collect::<Option<_>>()?;
    let own = positions.iter().fold(0_u32, |set, p| set | 1 << p);
    let common = positions.iter().fold(u32::MAX, |set, p| set & upper_bounds(*p));
    let inside = common & own;
    let least = if inside != 0 {
        inside
    } else {
        let least = (0..NODES.len()).filter(|c| common & (1 << c) != 0 && common & !upper_bounds(*c) == 0);
        least.fold(0, |set, c| set | 1 << c)
    };
    (least.count_ones() == 1).then(|| NODES[least.trailing_zeros() as usize])
}

/// Returns Keras 3's `result_type`; nothing where there is no implicit promotion.
pub fn result_type(dtypes: &[Promoted]) -> Option<DType> {
    let strong = |d: Promoted| match d {
        Promoted::Int => Promoted::Of(DType::Int64),
        Promoted::Float => Promoted::Of(DType::Float32),
        of => of,
    };
    let weak = |d: &Promoted| !matches!(d, Promoted::Of(_));
    let (first, rest) = dtypes.split_first()?;
    let all_weak = dtypes.iter().all(weak);
    let out = if rest.is_empty() {
        *first
    } else if dtypes.iter().all(|d| strong(*d) == strong(*first)) && !all_weak {
        strong(*first)
    } else if all_weak {
        let strong: Vec<Promoted> = dtypes.iter().map(|d| strong(*d)).collect();
        match least_upper_bound(&strong)? {
            Promoted::Of(d) if d.is_integer() => Promoted::Int,
            Promoted::Of(d) if d.is_floating() => Promoted::Float,
            other => other,
        }
    } else {
        least_upper_bound(dtypes)?
    };
    Some(match out {
        Promoted::Of(dtype) => dtype,
        Promoted::Int => DType::Int32,
        Promoted::Float => DType::Float32,
    })
}

/// Returns how a value takes part in promotion: `getattr(x, "dtype", type(x))`.
///
/// # Errors
/// `Stop::Unknown` where its dtype is not known.
pub fn promoted(val: &Val) -> Infer<Promoted> {
    match val {
        Val::T(t) => t.dtype.map(Promoted::Of).ok_or(Stop::Unknown("a dtype that is not known")),
        Val::Py(Arg::Bool(_) | Arg::Number(DType::Bool)) => Ok(Promoted::Of(DType::Bool)),
        Val::Py(Arg::Int(_) | Arg::Dim(_)) => Ok(Promoted::Int),
        Val::Py(Arg::Float(_)) => Ok(Promoted::Float),
        Val::Py(Arg::Number(d)) if d.is_integer() => Ok(Promoted::Int),
        Val::Py(Arg::Number(d)) if d.is_floating() => Ok(Promoted::Float),
        _ => Err(Stop::Unknown("a dtype that is not known")),
    }
}

/// Returns the dtype that Keras 3 promotes values to.
///
/// # Errors
/// `ValueError` where there is no implicit promotion.
pub fn common_dtype(cx: &Cx<'_>, dtypes: &[Promoted]) -> Infer<DType> {
    if let Some(dtype) = result_type(dtypes) {
        return Ok(dtype);
    }
    if dtypes.contains(&Promoted::Of(DType::String)) {
        let text = "dtype='string' is not a valid dtype for Keras type promotion.";
        let (got, expected) = ("string".to_owned(), "a number's dtype".to_owned());
        return cx.value_error(text, Mistake::DType { param: "x", got, expected });
    }
    let name = |d: &Promoted| match d {
        Promoted::Of(d) => d.name(),
        Promoted::Int => "int",
        Promoted::Float => "float",
    };
    let names: Vec<String> = dtypes.iter().map(|d| format!("'{}'", name(d))).collect();
    let text = format!(
        "Input dtypes ({}) have no available implicit dtype promotion path. Try explicitly casting inputs to the \
         desired output type.",
        names.join(", ")
    );
    cx.value_error(
        text,
        Mistake::DType { param: "x", got: names.join(", "), expected: "one dtype".to_owned() },
    )
}

/// Converts a value as Keras 3's TensorFlow backend does: tensors of another dtype are cast.
///
/// # Errors
/// What TensorFlow raises for a value that is no tensor.
pub fn tensor(cx: &Cx<'_>, val: &Val, dtype: Option<DType>) -> Infer<Tensor> {
    let is_tensor = matches!(val, Val::T(t) if t.is_tf());
    let strict = dtype.is_some_and(|d| d == DType::Bool || d.is_integer());
    if !is_tensor && !strict {
        return cx.convert(val, dtype);
    }
    let x = cx.convert(val, None)?;
    match dtype {
        None => Ok(x),
        Some(_) => pointwise::cast(cx, x, dtype),
    }
}

/// Converts two operands to their common dtype; Python numbers stay weak. `float` joins a Python float in.
///
/// # Errors
/// A value is no tensor, or there is no common dtype.
pub fn weak_pair(cx: &Cx<'_>, x1: &Val, x2: &Val, float: bool) -> Infer<(Tensor, Tensor)> {
    let kept = |val: &Val| -> Infer<Val> {
        match val {
            Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::Dim(_) | Arg::Number(_)) => {
                Ok(val.clone())
            }
            other => tensor(cx, other, None).map(Val::T),
        }
    };
    let (x1, x2) = (kept(x1)?, kept(x2)?);
    let mut dtypes = vec![promoted(&x1)?, promoted(&x2)?];
    if float {
        dtypes.push(Promoted::Float);
    }
    let dtype = common_dtype(cx, &dtypes)?;
    Ok((tensor(cx, &x1, Some(dtype))?, tensor(cx, &x2, Some(dtype))?))
}

/// Converts operands to tensors first and casts them to their common dtype then.
///
/// # Errors
/// A value is no tensor, or there is no common dtype.
pub fn cast_all(cx: &Cx<'_>, vals: &[&Val], float: bool) -> Infer<(Vec<Tensor>, DType)> {
    let tensors: Vec<Tensor> = vals.iter().map(|v| tensor(cx, v, None)).collect::<Infer<_>>()?;
    let mut dtypes: Vec<Promoted> =
        tensors.iter().map(|t| promoted(&Val::T(t.clone()))).collect::<Infer<_>>()?;
    if float {
        dtypes.push(Promoted::Float);
    }
    let dtype = common_dtype(cx, &dtypes)?;
    let cast = tensors.into_iter().map(|t| pointwise::cast(cx, t, Some(dtype))).collect::<Infer<_>>()?;
    Ok((cast, dtype))
}

/// Returns the dtype that a float function gives: `result_type(x.dtype, float)`, but float32 for int64.
pub fn floated(dtype: DType) -> DType {
    if dtype.is_floating() || dtype.is_complex() { dtype } else { DType::Float32 }
}

/// Broadcasts two shapes: `operation_utils.broadcast_shapes`.
///
/// # Errors
/// `ValueError` where two dims differ and neither is 1.
pub fn broadcast_shapes(cx: &Cx<'_>, left: &Shape, right: &Shape) -> Infer<Shape> {
    let (Some(a), Some(b)) = (left.dims(), right.dims()) else { return Ok(Shape::UNKNOWN) };
    let rank = a.len().max(b.len());
    let padded = |dims: &[Dim]| -> Vec<Dim> {
        std::iter::repeat_n(Dim::Known(1), rank - dims.len()).chain(dims.iter().copied()).collect()
    };
    let (a, b) = (padded(a), padded(b));
    let mut out = Vec::with_capacity(rank);
    for (axis, (&l, &r)) in a.iter().zip(&b).enumerate() {
        out.push(match (l, r) {
            (Dim::Known(1), r) => r,
            (l, Dim::Known(1)) => l,
            (l, r) if l.compatible(r) => l.merge(r).unwrap_or(l),
            (left_dim, right_dim) => {
                let text = format!(
                    "Cannot broadcast shape, the failure dim has value {l}, which cannot be broadcasted to {r}. \
                     Input shapes are: {} and {}.",
                    list(left),
                    list(right)
                );
                let from_end = rank - axis;
                return cx.value_error(text, Mistake::NotBroadcastable { left: left_dim, right: right_dim, from_end });
            }
        });
    }
    Ok(Shape::new(out))
}

/// Turns an axis into one counted from the front: `canonicalize_axis`.
///
/// # Errors
/// `ValueError` where it lies outside of the rank.
pub fn canonicalize_axis(cx: &Cx<'_>, axis: i64, rank: usize) -> Infer<usize> {
    super::merge::axis(axis, rank, || {
        format!("axis {axis} is out of bounds for an array with dimension {rank}.")
    })
    .or_else(|misfit| cx.value_error(misfit.text, misfit.mistake))
}

/// Returns the shape of a reduction: `operation_utils.reduce_shape`; no axes means all.
///
/// # Errors
/// `ValueError` where an axis lies outside of the rank.
pub fn reduce_shape(cx: &Cx<'_>, shape: &Shape, axes: Option<&[i64]>, keepdims: bool) -> Infer<Shape> {
    let Some(dims) = shape.dims() else {
        return Ok(if axes.is_none() && !keepdims { Shape::scalar() } else { Shape::UNKNOWN });
    };
    let Some(axes) = axes else {
        return Ok(if keepdims { dims.iter().map(|_| Dim::Known(1)).collect() } else { Shape::scalar() });
    };
    let axes: Vec<usize> =
        axes.iter().map(|a| canonicalize_axis(cx, *a, dims.len())).collect::<Infer<_>>()?;
    let kept = dims.iter().enumerate().filter_map(|(i, d)| match (axes.contains(&i), keepdims) {
        (true, true) => Some(Dim::Known(1)),
        (true, false) => None,
        (false, _) => Some(*d),
    });
    Ok(kept.collect())
}

/// Tells whether Python finds two dims of shapes different; nothing where they are not known.
pub fn differ(left: Dim, right: Dim) -> Option<bool> {
    match (left, right) {
        (Dim::Unknown, _) | (_, Dim::Unknown) => None,
        // `None == None`.
        (Dim::Symbol(_), Dim::Symbol(_)) => Some(false),
        (left, right) => Some(left != right),
    }
}

/// Writes what `keras.ops.shape` gives: while tracing, a size that is not known is a tensor.
pub fn traced_tuple(cx: &Cx<'_>, shape: &Shape) -> String {
    let Some(dims) = shape.dims().filter(|_| cx.call.mode == Mode::Graph) else { return shape.tuple() };
    let mut open = 0;
    let mut shown = Vec::with_capacity(dims.len());
    for dim in dims {
        shown.push(match dim.known() {
            Some(n) => n.to_string(),
            None => {
                let number = if open == 0 { String::new() } else { format!("_{open}") };
                open += 1;
                format!("<tf.Tensor 'strided_slice{number}:0' shape=() dtype=int32>")
            }
        });
    }
    if let [one] = &shown[..] { format!("({one},)") } else { format!("({})", shown.join(", ")) }
}

/// Tells whether Python finds two shapes equal; nothing where they are not known.
pub fn alike(left: &Shape, right: &Shape) -> Option<bool> {
    let (a, b) = (left.dims()?, right.dims()?);
    if a.len() != b.len() {
        return Some(false);
    }
    let pairs: Vec<Option<bool>> = a.iter().zip(b).map(|(a, b)| differ(*a, *b)).collect();
    if pairs.contains(&Some(true)) {
        return Some(false);
    }
    (!pairs.contains(&None)).then_some(true)
}

/// Writes a shape as a Python list, `[None, 10]`.
pub fn list(shape: &Shape) -> String {
    shape.to_string()
}

/// What Keras 3 raises where a function of TensorFlow meets a KerasTensor.
pub fn no_values(function: &str) -> Violation {
    let core = "A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic placeholder \
                for a shape and dtype, used when constructing Keras Functional models or Keras Functions. You can only \
                use it as input to a Keras layer or a Keras operation (from the namespaces `keras.layers` and \
                `keras.ops`). You are likely doing something like:\n\n```\nx = Input(...)\n...\ntf_fn(x)  # \
                Invalid.\n```\n\nWhat you should do instead is wrap `tf_fn` in a layer:\n\n```\nclass \
                MyLayer(Layer):\n    def call(self, x):\n        return tf_fn(x)\n\nx = MyLayer()(x)\n```";
    let mistake = Mistake::SymbolicInput { function: function.to_owned() };
    Violation { class: Exc::ValueError, core: core.to_owned(), mistake }
}

/// Refuses a KerasTensor, whose `shape` is a tuple and whose `dtype` a text, where Keras 3's backend function of that
/// name reads TensorFlow's objects (`keras/src/legacy/backend.py`).
///
/// # Errors
/// The `AttributeError` with that text.
pub fn is_no_placeholder(cx: &Cx<'_>, val: &Val, function: &str, text: &str) -> Infer<()> {
    let placeholder = matches!(val, Val::T(t) if t.kind == crate::TensorKind::Keras);
    match placeholder && cx.keras3() {
        true => {
            let function = format!("tf.keras.backend.{function}");
            cx.raise(Exc::AttributeError, text, Mistake::SymbolicInput { function })
        }
        false => Ok(()),
    }
}

/// Makes the result of a symbolic call.
pub fn spec(shape: Shape, dtype: impl Into<Option<DType>>, from: &[&Tensor]) -> Tensor {
    let mut out = Tensor::new(shape, dtype);
    out.kind = crate::TensorKind::Keras;
    for tensor in from {
        out.reach.join(&tensor.reach);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotes_as_keras_does() {
        let of = Promoted::Of;
        assert_eq!(result_type(&[of(DType::Int32), of(DType::Float32)]), Some(DType::Float32));
        assert_eq!(result_type(&[of(DType::Int64), of(DType::Float16)]), Some(DType::Float16));
        assert_eq!(result_type(&[of(DType::Int8), of(DType::UInt8)]), Some(DType::Int16));
        assert_eq!(result_type(&[of(DType::UInt64), of(DType::Int64)]), Some(DType::Float32));
        assert_eq!(result_type(&[of(DType::Bool), Promoted::Int]), Some(DType::Int32));
        assert_eq!(result_type(&[of(DType::Int32), Promoted::Float]), Some(DType::Float32));
        assert_eq!(result_type(&[of(DType::UInt8), Promoted::Int]), Some(DType::UInt8));
        assert_eq!(result_type(&[Promoted::Int, Promoted::Float]), Some(DType::Float32));
        assert_eq!(result_type(&[Promoted::Int]), Some(DType::Int32));
        assert_eq!(result_type(&[of(DType::String), of(DType::Float32)]), None);
    }
}
