//! Element-wise kernels of one tensor.
//!
//! source: tensorflow/python/ops/math_grad.py, nn_grad.py, array_grad.py

use array::{Array, Complex, Result, Test, Unary};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{
    add, binary, complex, conj, div, mul, neg, number, part, scale, select, shift, sub, unary, zeros_like,
};
use super::{Applied, Arrays, Back, Row, Vjp};
use crate::Infer;
use crate::kernels::pointwise::cast;
use crate::spec::Tensor;

/// One row: kernel, function, gradient.
const fn one(kernel: &'static str, vjp: Vjp) -> Row {
    Row { kernel, eval: apply, vjp }
}

pub(super) static ROWS: &[Row] = &[
    one("Abs", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Sign", b.x(0)?)?))),
    one("Acos", Vjp::One(|b, g| neg(b.cx, &div(b.cx, &g, &root_of_one_minus_square(b)?)?))),
    one("Acosh", Vjp::One(|b, g| div(b.cx, &g, &unary(b.cx, "Sinh", &conj(b.cx, b.y(0)?)?)?))),
    one("Asin", Vjp::One(|b, g| div(b.cx, &g, &root_of_one_minus_square(b)?))),
    one("Asinh", Vjp::One(|b, g| div(b.cx, &g, &unary(b.cx, "Cosh", &conj(b.cx, b.y(0)?)?)?))),
    one("Atan", Vjp::One(|b, g| div(b.cx, &g, &shift(b.cx, &square(b)?, 1.0)?))),
    one("Atanh", Vjp::One(|b, g| div(b.cx, &g, &shift(b.cx, &neg(b.cx, &square(b)?)?, 1.0)?))),
    one("BesselI0", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "BesselI1", b.x(0)?)?))),
    one(
        "BesselI0e",
        Vjp::One(|b, g| {
            let slope = sub(b.cx, &unary(b.cx, "BesselI1e", b.x(0)?)?, &mul(b.cx, &sign(b)?, b.y(0)?)?)?;
            mul(b.cx, &g, &slope)
        }),
    ),
    one(
        "BesselI1",
        Vjp::One(|b, g| {
            let slope = sub(b.cx, &unary(b.cx, "BesselI0", b.x(0)?)?, &div(b.cx, b.y(0)?, b.x(0)?)?)?;
            unless_zero(b, &g, &slope, 1.0)
        }),
    ),
    one(
        "BesselI1e",
        Vjp::One(|b, g| {
            let inner = add(b.cx, &sign(b)?, &unary(b.cx, "Reciprocal", b.x(0)?)?)?;
            let slope = sub(b.cx, &unary(b.cx, "BesselI0e", b.x(0)?)?, &mul(b.cx, b.y(0)?, &inner)?)?;
            unless_zero(b, &g, &slope, 0.5)
        }),
    ),
    one("Ceil", Vjp::Never),
    Row { kernel: "CheckNumerics", eval: finite, vjp: Vjp::One(|_, g| Ok(g)) },
    one("Conj", Vjp::One(|b, g| unary(b.cx, "Conj", &g))),
    one("Cos", Vjp::One(|b, g| neg(b.cx, &mul(b.cx, &g, &unary(b.cx, "Sin", &own(b)?)?)?))),
    one("Cosh", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Sinh", &own(b)?)?))),
    one(
        "Dawsn",
        Vjp::One(|b, g| {
            let twice = scale(b.cx, &mul(b.cx, b.x(0)?, b.y(0)?)?, -2.0)?;
            mul(b.cx, &g, &shift(b.cx, &twice, 1.0)?)
        }),
    ),
    one(
        "Digamma",
        Vjp::One(|b, g| {
            let order = number(b.cx, 1.0, b.x(0)?)?;
            mul(b.cx, &g, &binary(b.cx, "Polygamma", &order, b.x(0)?)?)
        }),
    ),
    one(
        "Elu",
        Vjp::One(|b, g| {
            let low = mul(b.cx, &g, &shift(b.cx, b.y(0)?, 1.0)?)?;
            let negative = binary(b.cx, "Less", b.y(0)?, &number(b.cx, 0.0, b.y(0)?)?)?;
            select(b.cx, &negative, &low, &g)
        }),
    ),
    one("Erf", Vjp::One(|b, g| gaussian(b, &g, std::f64::consts::FRAC_2_SQRT_PI))),
    one("Erfc", Vjp::One(|b, g| gaussian(b, &g, -std::f64::consts::FRAC_2_SQRT_PI))),
    one(
        "Erfinv",
        Vjp::One(|b, g| {
            let up = unary(b.cx, "Exp", &unary(b.cx, "Square", b.y(0)?)?)?;
            mul(b.cx, &g, &scale(b.cx, &up, std::f64::consts::PI.sqrt() / 2.0)?)
        }),
    ),
    one("Exp", Vjp::One(|b, g| mul(b.cx, &g, &conj(b.cx, b.y(0)?)?))),
    one("Expint", Vjp::One(|b, g| mul(b.cx, &g, &div(b.cx, &unary(b.cx, "Exp", b.x(0)?)?, b.x(0)?)?))),
    one("Expm1", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Exp", &own(b)?)?))),
    one("Floor", Vjp::Never),
    one("FresnelCos", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Cos", &half_turn(b)?)?))),
    one("FresnelSin", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Sin", &half_turn(b)?)?))),
    one("Identity", Vjp::One(|_, g| Ok(g))),
    Row { kernel: "GuaranteeConst", eval: |a| Ok(smallvec![a.take(0)?]), vjp: Vjp::Missing },
    one("Inv", Vjp::One(inverse)),
    one("Invert", Vjp::Never),
    one("Lgamma", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Digamma", b.x(0)?)?))),
    one("Log", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Reciprocal", &own(b)?)?))),
    one("Log1p", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Reciprocal", &shift(b.cx, &own(b)?, 1.0)?)?))),
    one(
        "Ndtri",
        Vjp::One(|b, g| {
            let half = scale(b.cx, &unary(b.cx, "Square", b.y(0)?)?, 0.5)?;
            mul(b.cx, &g, &scale(b.cx, &unary(b.cx, "Exp", &half)?, (2.0 * std::f64::consts::PI).sqrt())?)
        }),
    ),
    one("Neg", Vjp::One(|b, g| neg(b.cx, &g))),
    one("Reciprocal", Vjp::One(inverse)),
    one(
        "Relu",
        Vjp::One(|b, g| {
            let positive = binary(b.cx, "Greater", b.y(0)?, &number(b.cx, 0.0, b.y(0)?)?)?;
            select(b.cx, &positive, &g, &number(b.cx, 0.0, &g)?)
        }),
    ),
    one(
        "Relu6",
        Vjp::One(|b, g| {
            let above = binary(b.cx, "Greater", b.y(0)?, &number(b.cx, 0.0, b.y(0)?)?)?;
            let below = binary(b.cx, "Less", b.y(0)?, &number(b.cx, 6.0, b.y(0)?)?)?;
            let between = binary(b.cx, "LogicalAnd", &above, &below)?;
            select(b.cx, &between, &g, &number(b.cx, 0.0, &g)?)
        }),
    ),
    one("Rint", Vjp::Never),
    one("Round", Vjp::Never),
    one(
        "Rsqrt",
        Vjp::One(|b, g| {
            // -1/2 g y³.
            let y = conj(b.cx, b.y(0)?)?;
            let cube = mul(b.cx, &mul(b.cx, &y, &y)?, &y)?;
            mul(b.cx, &scale(b.cx, &g, -0.5)?, &cube)
        }),
    ),
    one(
        "Selu",
        Vjp::One(|b, g| {
            const SCALE: f64 = 1.050_700_987_355_480_5;
            const ALPHA: f64 = 1.673_263_242_354_377_2;
            let low = mul(b.cx, &g, &shift(b.cx, b.y(0)?, SCALE * ALPHA)?)?;
            let negative = binary(b.cx, "Less", b.y(0)?, &number(b.cx, 0.0, b.y(0)?)?)?;
            select(b.cx, &negative, &low, &scale(b.cx, &g, SCALE)?)
        }),
    ),
    one(
        "Sigmoid",
        Vjp::One(|b, g| {
            let y = conj(b.cx, b.y(0)?)?;
            mul(b.cx, &g, &mul(b.cx, &y, &shift(b.cx, &neg(b.cx, &y)?, 1.0)?)?)
        }),
    ),
    one("Sign", Vjp::Never),
    one("Sin", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Cos", &own(b)?)?))),
    one("Sinh", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Cosh", &own(b)?)?))),
    one("Softplus", Vjp::One(|b, g| mul(b.cx, &g, &unary(b.cx, "Sigmoid", b.x(0)?)?))),
    one(
        "Softsign",
        Vjp::One(|b, g| {
            let down = unary(b.cx, "Square", &shift(b.cx, &unary(b.cx, "Abs", b.x(0)?)?, 1.0)?)?;
            div(b.cx, &g, &down)
        }),
    ),
    one(
        "Spence",
        Vjp::One(|b, g| {
            // log(x) / (1 - x).
            let down = shift(b.cx, &neg(b.cx, b.x(0)?)?, 1.0)?;
            mul(b.cx, &g, &div(b.cx, &unary(b.cx, "Log", b.x(0)?)?, &down)?)
        }),
    ),
    one("Sqrt", Vjp::One(|b, g| div(b.cx, &scale(b.cx, &g, 0.5)?, &conj(b.cx, b.y(0)?)?))),
    one("Square", Vjp::One(|b, g| mul(b.cx, &g, &scale(b.cx, &own(b)?, 2.0)?))),
    one("StopGradient", Vjp::Never),
    one(
        "Tan",
        Vjp::One(|b, g| {
            let secant = unary(b.cx, "Reciprocal", &unary(b.cx, "Cos", &own(b)?)?)?;
            mul(b.cx, &g, &unary(b.cx, "Square", &secant)?)
        }),
    ),
    one(
        "Tanh",
        Vjp::One(|b, g| {
            let y = conj(b.cx, b.y(0)?)?;
            mul(b.cx, &g, &shift(b.cx, &neg(b.cx, &unary(b.cx, "Square", &y)?)?, 1.0)?)
        }),
    ),
    Row { kernel: "Angle", eval: |a| parts(a, |z| z.im.atan2(z.re)), vjp: Vjp::One(angle_back) },
    Row {
        kernel: "Bitcast",
        eval: |a| {
            let dtype = a.step.dtype("type").ok_or(array::Fault::Unsupported("a dtype that is not known"))?;
            Ok(smallvec![a.x(0)?.bitcast(dtype)?])
        },
        vjp: Vjp::Missing,
    },
    Row { kernel: "Cast", eval: |a| convert(a, "DstT"), vjp: Vjp::One(|b, g| cast(b.cx, g, b.x(0)?.dtype)) },
    Row { kernel: "ComplexAbs", eval: |a| parts(a, |z| z.re.hypot(z.im)), vjp: Vjp::One(absolute_back) },
    Row {
        kernel: "Imag",
        eval: |a| parts(a, |z| z.im),
        vjp: Vjp::One(|b, g| complex(b.cx, &zeros_like(b.cx, &g)?, &g)),
    },
    Row { kernel: "IsFinite", eval: |a| ask(a, Test::Finite), vjp: Vjp::Never },
    Row { kernel: "IsInf", eval: |a| ask(a, Test::Infinite), vjp: Vjp::Never },
    Row { kernel: "IsNan", eval: |a| ask(a, Test::NaN), vjp: Vjp::Never },
    Row { kernel: "LeakyRelu", eval: leaky, vjp: Vjp::One(leaky_back) },
    Row { kernel: "LogicalNot", eval: |a| ask(a, Test::False), vjp: Vjp::Never },
    Row { kernel: "OnesLike", eval: |a| filled(a, 1.0), vjp: Vjp::Never },
    Row {
        kernel: "Real",
        eval: |a| parts(a, |z| z.re),
        vjp: Vjp::One(|b, g| complex(b.cx, &g, &zeros_like(b.cx, &g)?)),
    },
    Row { kernel: "ZerosLike", eval: |a| filled(a, 0.0), vjp: Vjp::Never },
];

/// The function that a kernel applies to every element.
pub(super) fn function(kernel: &str) -> Option<Unary> {
    Some(match kernel {
        "Abs" => Unary::Abs,
        "Acos" => Unary::Acos,
        "Acosh" => Unary::Acosh,
        "Asin" => Unary::Asin,
        "Asinh" => Unary::Asinh,
        "Atan" => Unary::Atan,
        "Atanh" => Unary::Atanh,
        "BesselI0" => Unary::BesselI0,
        "BesselI0e" => Unary::BesselI0e,
        "BesselI1" => Unary::BesselI1,
        "BesselI1e" => Unary::BesselI1e,
        "Ceil" => Unary::Ceil,
        "Conj" => Unary::Conj,
        "Cos" => Unary::Cos,
        "Cosh" => Unary::Cosh,
        "Dawsn" => Unary::Dawsn,
        "Digamma" => Unary::Digamma,
        "Elu" => Unary::Elu,
        "Erf" => Unary::Erf,
        "Erfc" => Unary::Erfc,
        "Erfinv" => Unary::Erfinv,
        "Exp" => Unary::Exp,
        "Expint" => Unary::Expint,
        "Expm1" => Unary::Expm1,
        "Floor" => Unary::Floor,
        "FresnelCos" => Unary::FresnelCos,
        "FresnelSin" => Unary::FresnelSin,
        "Identity" | "StopGradient" => Unary::Identity,
        "Inv" | "Reciprocal" => Unary::Reciprocal,
        "Invert" => Unary::Invert,
        "Lgamma" => Unary::Lgamma,
        "Log" => Unary::Log,
        "Log1p" => Unary::Log1p,
        "Ndtri" => Unary::Ndtri,
        "Neg" => Unary::Neg,
        "Relu" => Unary::Relu,
        "Relu6" => Unary::Relu6,
        "Rint" | "Round" => Unary::Rint,
        "Rsqrt" => Unary::Rsqrt,
        "Selu" => Unary::Selu,
        "Sigmoid" => Unary::Sigmoid,
        "Sign" => Unary::Sign,
        "Sin" => Unary::Sin,
        "Sinh" => Unary::Sinh,
        "Softplus" => Unary::Softplus,
        "Softsign" => Unary::Softsign,
        "Spence" => Unary::Spence,
        "Sqrt" => Unary::Sqrt,
        "Square" => Unary::Square,
        "Tan" => Unary::Tan,
        "Tanh" => Unary::Tanh,
        _ => return None,
    })
}

fn apply(a: &mut Applied<'_>) -> Result<Arrays> {
    if a.step.kernel.name == "Softplus" && matches!(a.x(0)?.dtype(), DType::Float16 | DType::BFloat16) {
        // Half precision rounds after each of the functions that it is made of.
        let small = a.x(0)?.to_floats()?.iter().all(|x| x.abs() < 4.0);
        if small {
            let exponential = array::unary(Unary::Exp, a.take(0)?)?;
            return Ok(smallvec![array::unary(Unary::Log1p, exponential)?]);
        }
    }
    let function = function(a.step.kernel.name).ok_or(array::Fault::Unsupported("an element-wise kernel"))?;
    Ok(smallvec![array::unary(function, a.take(0)?)?])
}

fn ask(a: &mut Applied<'_>, test: Test) -> Result<Arrays> {
    Ok(smallvec![array::test(test, a.x(0)?)?])
}

fn convert(a: &mut Applied<'_>, attr: &str) -> Result<Arrays> {
    let dtype = a.step.dtype(attr).ok_or(array::Fault::Unsupported("a dtype that is not known"))?;
    Ok(smallvec![a.x(0)?.cast(dtype)?])
}

fn filled(a: &mut Applied<'_>, value: f64) -> Result<Arrays> {
    Ok(smallvec![Array::full(a.x(0)?.shape(), a.x(0)?.dtype(), value)?])
}

/// A real part of complex numbers.
fn parts(a: &mut Applied<'_>, part: fn(Complex) -> f64) -> Result<Arrays> {
    let x = a.x(0)?;
    let dtype = if x.dtype() == DType::Complex128 { DType::Float64 } else { DType::Float32 };
    let values = x.to_complexes()?.into_iter().map(part).collect();
    Ok(smallvec![Array::floats(x.shape(), dtype, values)?])
}

/// The registry's default is 0.2.
const ALPHA: f64 = 0.2;

fn leaky(a: &mut Applied<'_>) -> Result<Arrays> {
    let alpha = a.step.float("alpha").unwrap_or(ALPHA);
    let x = a.take(0)?;
    let low = array::binary(array::Binary::Mul, x.clone(), &Array::scalar(x.dtype(), alpha)?)?;
    let positive = array::compare(array::Compare::Greater, &x, &Array::scalar(x.dtype(), 0.0)?)?;
    Ok(smallvec![array::select(&positive, &x, &low)?])
}

fn leaky_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let alpha = b.step.float("alpha").unwrap_or(ALPHA);
    let positive = binary(b.cx, "Greater", b.x(0)?, &number(b.cx, 0.0, b.x(0)?)?)?;
    select(b.cx, &positive, &g, &scale(b.cx, &g, alpha)?)
}

/// The gradient by a slope that has no value at zero; there it is taken to be this.
fn unless_zero(b: &Back<'_>, g: &Tensor, slope: &Tensor, at_zero: f64) -> Infer<Tensor> {
    let zero = binary(b.cx, "Equal", b.x(0)?, &number(b.cx, 0.0, b.x(0)?)?)?;
    mul(b.cx, g, &select(b.cx, &zero, &number(b.cx, at_zero, slope)?, slope)?)
}

/// source: tensorflow/python/ops/math_grad.py: _AngleGrad
fn angle_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let (re, im) = (part(b.cx, "Real", b.x(0)?)?, part(b.cx, "Imag", b.x(0)?)?);
    let turned = unary(b.cx, "Reciprocal", &complex(b.cx, &im, &re)?)?;
    neg(b.cx, &mul(b.cx, &complex(b.cx, &g, &zeros_like(b.cx, &g)?)?, &turned)?)
}

/// source: tensorflow/python/ops/math_grad.py: _ComplexAbsGrad
fn absolute_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let wide = |t: &Tensor| complex(b.cx, t, &zeros_like(b.cx, t)?);
    binary(b.cx, "DivNoNan", &mul(b.cx, &wide(&g)?, b.x(0)?)?, &wide(b.y(0)?)?)
}

/// The conjugate of the input, in which complex derivatives are taken.
fn own(b: &Back<'_>) -> Infer<Tensor> {
    conj(b.cx, b.x(0)?)
}

fn sign(b: &Back<'_>) -> Infer<Tensor> {
    unary(b.cx, "Sign", b.x(0)?)
}

fn square(b: &Back<'_>) -> Infer<Tensor> {
    unary(b.cx, "Square", &own(b)?)
}

fn root_of_one_minus_square(b: &Back<'_>) -> Infer<Tensor> {
    unary(b.cx, "Sqrt", &shift(b.cx, &neg(b.cx, &square(b)?)?, 1.0)?)
}

/// `factor * exp(-x²) * g`.
fn gaussian(b: &Back<'_>, g: &Tensor, factor: f64) -> Infer<Tensor> {
    let bell = unary(b.cx, "Exp", &neg(b.cx, &unary(b.cx, "Square", b.x(0)?)?)?)?;
    mul(b.cx, g, &scale(b.cx, &bell, factor)?)
}

/// `π/2 x²`.
fn half_turn(b: &Back<'_>) -> Infer<Tensor> {
    scale(b.cx, &unary(b.cx, "Square", b.x(0)?)?, std::f64::consts::FRAC_PI_2)
}

/// `-g y²`.
fn inverse(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let y = conj(b.cx, b.y(0)?)?;
    neg(b.cx, &mul(b.cx, &g, &mul(b.cx, &y, &y)?)?)
}

/// The numbers themselves, which must be finite.
fn finite(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.take(0)?;
    if x.to_floats()?.iter().all(|v| v.is_finite()) {
        return Ok(smallvec![x]);
    }
    Err(array::Fault::Shape("numbers that are not finite".to_owned()))
}
