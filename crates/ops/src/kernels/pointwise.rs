//! Element-wise kernels of one and two tensors.

use tensor::{Content, DType, Shape};

use crate::Infer;
use crate::op::Flow;
use crate::spec::{Cx, Misfit, Tensor, Val, fold, merge};

/// A function on one real.
type Unary = fn(f64) -> f64;

/// A function on two reals.
pub type Binary = fn(f64, f64) -> f64;

/// Element-wise kernels of one tensor, with their function on reals.
const UNARY: &[(&str, Unary)] = &[
    ("Abs", f64::abs),
    ("Acos", f64::acos),
    ("Acosh", f64::acosh),
    ("Asin", f64::asin),
    ("Asinh", f64::asinh),
    ("Atan", f64::atan),
    ("Atanh", f64::atanh),
    ("Ceil", f64::ceil),
    ("Cos", f64::cos),
    ("Cosh", f64::cosh),
    ("Elu", |x| if x < 0.0 { x.exp_m1() } else { x }),
    ("Exp", f64::exp),
    ("Expm1", f64::exp_m1),
    ("Floor", f64::floor),
    ("Identity", |x| x),
    ("Inv", f64::recip),
    ("IsFinite", |x| truth(x.is_finite())),
    ("IsInf", |x| truth(x.is_infinite())),
    ("IsNan", |x| truth(x.is_nan())),
    ("Log", f64::ln),
    ("Log1p", f64::ln_1p),
    ("LogicalNot", |x| truth(x == 0.0)),
    ("Neg", |x| -x),
    ("OnesLike", |_| 1.0),
    ("Reciprocal", f64::recip),
    ("Relu", |x| x.max(0.0)),
    ("Relu6", |x| x.clamp(0.0, 6.0)),
    ("Rint", f64::round_ties_even),
    ("Round", f64::round_ties_even),
    ("Rsqrt", |x| x.sqrt().recip()),
    ("Selu", |x| 1.050_700_987_355_480_5 * if x < 0.0 { 1.673_263_242_354_377_2 * x.exp_m1() } else { x }),
    ("Sigmoid", |x| 1.0 / (1.0 + (-x).exp())),
    ("Sign", |x| if x == 0.0 { 0.0 } else { x.signum() }),
    ("Sin", f64::sin),
    ("Sinh", f64::sinh),
    ("Softplus", |x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
    ("Softsign", |x| x / (1.0 + x.abs())),
    ("Sqrt", f64::sqrt),
    ("Square", |x| x * x),
    ("StopGradient", |x| x),
    ("Tan", f64::tan),
    ("Tanh", f64::tanh),
    ("ZerosLike", |_| 0.0),
];

/// Element-wise kernels of two tensors, with their function on reals.
const BINARY: &[(&str, Binary)] = &[
    ("AddV2", |a, b| a + b),
    ("Atan2", f64::atan2),
    ("BitwiseAnd", |a, b| (a as i64 & b as i64) as f64),
    ("BitwiseOr", |a, b| (a as i64 | b as i64) as f64),
    ("BitwiseXor", |a, b| (a as i64 ^ b as i64) as f64),
    ("DivNoNan", |a, b| if b == 0.0 { 0.0 } else { a / b }),
    ("Equal", |a, b| truth(a == b)),
    ("FloorDiv", |a, b| (a / b).floor()),
    ("FloorMod", |a, b| if b == 0.0 { f64::NAN } else { a - (a / b).floor() * b }),
    ("Greater", |a, b| truth(a > b)),
    ("GreaterEqual", |a, b| truth(a >= b)),
    ("Less", |a, b| truth(a < b)),
    ("LessEqual", |a, b| truth(a <= b)),
    ("LogicalAnd", |a, b| truth(a != 0.0 && b != 0.0)),
    ("LogicalOr", |a, b| truth(a != 0.0 || b != 0.0)),
    ("Maximum", f64::max),
    ("Minimum", f64::min),
    ("Mul", |a, b| a * b),
    ("NotEqual", |a, b| truth(a != b)),
    ("Pow", f64::powf),
    ("RealDiv", |a, b| a / b),
    ("SquaredDifference", |a, b| (a - b) * (a - b)),
    ("Sub", |a, b| a - b),
    ("TruncateDiv", |a, b| (a / b).trunc()),
];

/// Kernels of one tensor whose derivative at zero is zero.
///
/// source: tensorflow/core/kernels/relu_op_functor.h, tensorflow/python/ops/math_grad.py: `_AbsGrad`, `_SquareGrad`
const FLAT_AT_ZERO: &[&str] = &["Abs", "Relu", "Relu6", "Square"];

fn truth(b: bool) -> f64 {
    f64::from(u8::from(b))
}

fn find<F: Copy>(table: &[(&str, F)], name: &str) -> Option<F> {
    table.binary_search_by_key(&name, |(n, _)| n).ok().map(|at| table[at].1)
}

/// Returns the function of an element-wise kernel of two tensors.
pub fn function(kernel: &str) -> Option<Binary> {
    find(BINARY, kernel)
}

/// Applies an element-wise kernel to a tensor.
///
/// # Errors
/// The dtype is not taken.
pub fn unary(cx: &Cx<'_>, kernel: &str, x: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node(kernel, [x.into()])?;
    let x = node.x(0);
    let mut out = node.out(x.shape.clone());
    if FLAT_AT_ZERO.contains(&kernel) && x.content.is_zero() {
        out.reach = out.reach.at_most(Flow::Zero);
    }
    if let (Some(f), Some(have), Some(made), Some(sizes)) =
        (find(UNARY, kernel), x.dtype, out.dtype, x.shape.all_known())
        && x.content != Content::Unknown
        && !have.is_complex()
    {
        out.content = fold::unary(&x.content, &sizes, have, made, f);
    }
    if matches!(kernel, "Identity" | "StopGradient") {
        out.content = x.content.clone();
    }
    if kernel == "ZerosLike" && out.content == Content::Unknown {
        out.content = Content::Zeros;
    }
    Ok(out)
}

/// `LeakyRelu`, which leaves a part of what is negative.
///
/// # Errors
/// The dtype is not taken.
pub fn leaky_relu(cx: &Cx<'_>, x: impl Into<Val>, alpha: f64) -> Infer<Tensor> {
    let mut node = cx.node("LeakyRelu", [x.into()])?;
    node.with("alpha", alpha);
    Ok(node.out(node.x(0).shape.clone()))
}

/// Applies an element-wise kernel to two tensors, broadcast against each other.
///
/// # Errors
/// Dtypes or shapes do not fit.
pub fn binary(cx: &Cx<'_>, kernel: &str, x: impl Into<Val>, y: impl Into<Val>) -> Infer<Tensor> {
    let node = cx.node(kernel, [x.into(), y.into()])?;
    let (x, y) = (node.x(0), node.x(1));
    let shape = broadcast(cx, kernel, &x.shape, &y.shape)?;
    let mut out = node.out(shape);
    let integral = x.dtype.is_some_and(DType::is_integer);
    if cx.eager()
        && integral
        && matches!(kernel, "FloorDiv" | "FloorMod" | "RealDiv")
        && has_zero(cx, y)
        && out.shape.size() != tensor::Dim::Known(0)
    {
        return cx.refuse(kernel, Misfit::argument("y", "Integer division by zero"));
    }
    if cx.eager() && integral && kernel == "Pow" && y.int_values().is_some_and(|v| v.iter().any(|n| *n < 0)) {
        let text = "Integers to negative integer powers are not allowed";
        return cx.refuse(kernel, Misfit::argument("y", text));
    }
    out.content = fold_binary(kernel, x, y, out.dtype);
    if kernel == "SquaredDifference" && x.content.is_zero() && y.content.is_zero() {
        out.content = Content::Zeros;
        out.reach = out.reach.at_most(Flow::Zero);
    }
    Ok(out)
}

fn has_zero(cx: &Cx<'_>, t: &Tensor) -> bool {
    t.content.is_zero() || cx.integers(t).is_some_and(|v| v.contains(&0))
}

fn fold_binary(kernel: &str, x: &Tensor, y: &Tensor, out: Option<DType>) -> Content {
    if x.content == Content::Unknown || y.content == Content::Unknown {
        return Content::Unknown;
    }
    let known = |t: &Tensor| fold::array(&t.content, &t.shape.all_known()?, t.dtype?);
    match (find(BINARY, kernel), known(x), known(y), out) {
        (Some(_), Some(_), Some(b), Some(d))
            if d.is_integer() && division(kernel) && b.data.to_floats().is_some_and(|v| v.contains(&0.0)) =>
        {
            Content::Unknown
        }
        (Some(f), Some(a), Some(b), Some(d)) => fold::binary(&a, &b, d, f),
        (Some(f), a, b, Some(d)) if !division(kernel) => {
            let one = |array: Option<tensor::Array>| {
                array.filter(|a| a.data.len() == 1).and_then(|a| a.data.to_floats()?.first().copied())
            };
            fold::drawn_with((&x.content, &y.content), (one(a), one(b)), d, f)
        }
        _ => Content::Unknown,
    }
}

fn division(kernel: &str) -> bool {
    matches!(kernel, "FloorDiv" | "FloorMod" | "RealDiv" | "TruncateDiv" | "Pow")
}

/// Broadcasts two shapes for a kernel.
///
/// # Errors
/// Two dims differ and neither is 1.
pub fn broadcast(cx: &Cx<'_>, kernel: &str, x: &Shape, y: &Shape) -> Infer<Shape> {
    cx.fit_or(kernel, merge::broadcast(x, y), || {
        format!("Incompatible shapes: {} vs. {}", x.bracketed(), y.bracketed())
    })
}

/// Casts a tensor: `tf.cast(x, dtype)`, which leaves a tensor of that dtype alone.
///
/// # Errors
/// The value is no tensor.
pub fn cast(cx: &Cx<'_>, x: impl Into<Val>, dtype: Option<DType>) -> Infer<Tensor> {
    let x = cx.convert(&x.into(), None)?;
    if x.dtype.is_some() && x.dtype == dtype {
        return Ok(x);
    }
    let mut node = cx.node("Cast", [Val::T(x)])?;
    node.set("DstT", dtype);
    let x = node.x(0);
    if let (true, Some(from), Some(to)) = (cx.eager(), x.dtype, dtype)
        && (from == DType::String || to == DType::String)
    {
        // The shape function allows it; no kernel does it (tensorflow/core/kernels/cast_op.cc: Unimplemented).
        let text = crate::spec::no_cast(from, to);
        return cx.unimplemented("Cast", text);
    }
    let content = dtype.map_or(Content::Unknown, |to| fold::cast(&x.content, to));
    Ok(node.out_with(x.shape.clone(), content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::kernel;

    #[test]
    fn tables_are_sorted_and_exist() {
        assert!(UNARY.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(BINARY.windows(2).all(|w| w[0].0 < w[1].0));
        for name in UNARY.iter().map(|(n, _)| n).chain(BINARY.iter().map(|(n, _)| n)) {
            assert!(kernel(name).is_some(), "{name}");
        }
    }
}
