//! Element-wise kernels of two tensors, and the choice between them.
//!
//! source: tensorflow/python/ops/math_grad.py, array_grad.py

use array::{Array, Binary, Compare, Complex, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{
    add, binary, conj, div, mul, neg, number, ones_like, part, scale, select, shift, sub, unary, unbroadcast,
    zeros_like,
};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::Infer;
use crate::spec::Tensor;

/// One row: kernel, and the gradients of both operands before they are summed to their shapes.
const fn two(kernel: &'static str, vjp: Vjp) -> Row {
    Row { kernel, eval: apply, vjp }
}

const fn comparison(kernel: &'static str) -> Row {
    Row { kernel, eval: compare, vjp: Vjp::Never }
}

pub(super) static ROWS: &[Row] = &[
    two("Add", Vjp::All(|b| both(b, |g| Ok(g.clone()), |g| Ok(g.clone())))),
    two("AddV2", Vjp::All(|b| both(b, |g| Ok(g.clone()), |g| Ok(g.clone())))),
    two(
        "Atan2",
        Vjp::All(|b| {
            // d atan2(y, x) = (x dy - y dx) / (x² + y²).
            let squares = add(b.cx, &unary(b.cx, "Square", b.x(0)?)?, &unary(b.cx, "Square", b.x(1)?)?)?;
            let part = |g: &Tensor| div(b.cx, g, &squares);
            both(b, |g| mul(b.cx, b.x(1)?, &part(g)?), |g| neg(b.cx, &mul(b.cx, b.x(0)?, &part(g)?)?))
        }),
    ),
    two("BitwiseAnd", Vjp::Never),
    two("BitwiseOr", Vjp::Never),
    two("BitwiseXor", Vjp::Never),
    two("Div", Vjp::All(|b| quotient(b, "RealDiv"))),
    two("DivNoNan", Vjp::All(|b| quotient(b, "DivNoNan"))),
    two("FloorDiv", Vjp::Never),
    two(
        "FloorMod",
        Vjp::All(|b| {
            both(
                b,
                |g| Ok(g.clone()),
                |g| neg(b.cx, &mul(b.cx, g, &binary(b.cx, "FloorDiv", b.x(0)?, b.x(1)?)?)?),
            )
        }),
    ),
    two("Igamma", Vjp::All(|b| incomplete_gamma(b, false))),
    two("IgammaGradA", Vjp::Missing),
    two("Igammac", Vjp::All(|b| incomplete_gamma(b, true))),
    two("LeftShift", Vjp::Never),
    two("LogicalAnd", Vjp::Never),
    two("LogicalOr", Vjp::Never),
    two("Maximum", Vjp::All(|b| chosen(b, "GreaterEqual"))),
    two("Minimum", Vjp::All(|b| chosen(b, "LessEqual"))),
    two("Mod", Vjp::Missing),
    two(
        "Mul",
        Vjp::All(|b| {
            both(b, |g| mul(b.cx, g, &conj(b.cx, b.x(1)?)?), |g| mul(b.cx, &conj(b.cx, b.x(0)?)?, g))
        }),
    ),
    two(
        "MulNoNan",
        Vjp::All(|b| {
            both(b, |g| binary(b.cx, "MulNoNan", g, b.x(1)?), |g| binary(b.cx, "MulNoNan", b.x(0)?, g))
        }),
    ),
    two("NextAfter", Vjp::All(|b| both(b, |g| Ok(g.clone()), |g| zeros_like(b.cx, g)))),
    two(
        "Polygamma",
        Vjp::All(|b| {
            let next = shift(b.cx, b.x(0)?, 1.0)?;
            both(b, |g| Ok(g.clone()), |g| mul(b.cx, g, &binary(b.cx, "Polygamma", &next, b.x(1)?)?))
        }),
    ),
    two("Pow", Vjp::All(power)),
    two("RealDiv", Vjp::All(|b| quotient(b, "RealDiv"))),
    two("RightShift", Vjp::Never),
    two(
        "SquaredDifference",
        Vjp::All(|b| {
            let grad = |g: &Tensor| scale(b.cx, &mul(b.cx, g, &sub(b.cx, b.x(0)?, b.x(1)?)?)?, 2.0);
            both(b, grad, |g| neg(b.cx, &grad(g)?))
        }),
    ),
    two("Sub", Vjp::All(|b| both(b, |g| Ok(g.clone()), |g| neg(b.cx, g)))),
    two("TruncateDiv", Vjp::Never),
    two("TruncateMod", Vjp::Missing),
    two(
        "Xdivy",
        Vjp::All(|b| {
            let not_zero = not_zero(b, 0)?;
            both(
                b,
                |g| mul(b.cx, g, &binary(b.cx, "Xdivy", &not_zero, b.x(1)?)?),
                |g| {
                    let down = unary(b.cx, "Square", b.x(1)?)?;
                    mul(b.cx, g, &binary(b.cx, "Xdivy", &neg(b.cx, b.x(0)?)?, &down)?)
                },
            )
        }),
    ),
    two(
        "Xlog1py",
        Vjp::All(|b| {
            let not_zero = not_zero(b, 0)?;
            both(
                b,
                |g| mul(b.cx, g, &binary(b.cx, "Xlog1py", &not_zero, b.x(1)?)?),
                |g| mul(b.cx, g, &binary(b.cx, "Xdivy", b.x(0)?, &shift(b.cx, b.x(1)?, 1.0)?)?),
            )
        }),
    ),
    two(
        "Xlogy",
        Vjp::All(|b| {
            let not_zero = not_zero(b, 0)?;
            both(
                b,
                |g| mul(b.cx, g, &binary(b.cx, "Xlogy", &not_zero, b.x(1)?)?),
                |g| mul(b.cx, g, &binary(b.cx, "Xdivy", b.x(0)?, b.x(1)?)?),
            )
        }),
    ),
    two(
        "Zeta",
        Vjp::All(|b| {
            let next = shift(b.cx, b.x(0)?, 1.0)?;
            let grad = |g: &Tensor| {
                mul(b.cx, &mul(b.cx, g, &neg(b.cx, b.x(0)?)?)?, &binary(b.cx, "Zeta", &next, b.x(1)?)?)
            };
            both(b, |g| Ok(g.clone()), grad)
        }),
    ),
    comparison("Equal"),
    comparison("Greater"),
    comparison("GreaterEqual"),
    comparison("Less"),
    comparison("LessEqual"),
    comparison("NotEqual"),
    Row {
        kernel: "Complex",
        eval: complex,
        vjp: Vjp::All(|b| both(b, |g| part(b.cx, "Real", g), |g| part(b.cx, "Imag", g))),
    },
    Row { kernel: "Select", eval: choose, vjp: Vjp::All(choice) },
    Row { kernel: "SelectV2", eval: choose, vjp: Vjp::All(choice) },
];

/// The function that a kernel applies to every pair of elements.
pub(super) fn function(kernel: &str) -> Option<Binary> {
    Some(match kernel {
        "Add" | "AddV2" => Binary::Add,
        "Atan2" => Binary::Atan2,
        "BitwiseAnd" | "LogicalAnd" => Binary::And,
        "BitwiseOr" | "LogicalOr" => Binary::Or,
        "BitwiseXor" => Binary::Xor,
        "Div" | "RealDiv" => Binary::Div,
        "DivNoNan" => Binary::DivNoNan,
        "FloorDiv" => Binary::FloorDiv,
        "FloorMod" => Binary::FloorMod,
        "Igamma" => Binary::Igamma,
        "IgammaGradA" => Binary::IgammaSlope,
        "Igammac" => Binary::Igammac,
        "LeftShift" => Binary::LeftShift,
        "Maximum" => Binary::Maximum,
        "Minimum" => Binary::Minimum,
        "Mod" | "TruncateMod" => Binary::TruncateMod,
        "Mul" => Binary::Mul,
        "MulNoNan" => Binary::MulNoNan,
        "NextAfter" => Binary::NextAfter,
        "Polygamma" => Binary::Polygamma,
        "Pow" => Binary::Pow,
        "RightShift" => Binary::RightShift,
        "SquaredDifference" => Binary::SquaredDifference,
        "Sub" => Binary::Sub,
        "TruncateDiv" => Binary::TruncateDiv,
        "Xdivy" => Binary::Xdivy,
        "Xlog1py" => Binary::Xlog1py,
        "Xlogy" => Binary::Xlogy,
        "Zeta" => Binary::Zeta,
        _ => return None,
    })
}

fn apply(a: &mut Applied<'_>) -> Result<Arrays> {
    let function =
        function(a.step.kernel.name).ok_or(array::Fault::Unsupported("a kernel of two tensors"))?;
    let x = a.take(0)?;
    Ok(smallvec![array::binary(function, x, a.x(1)?)?])
}

/// The comparison that a kernel is.
pub(super) fn compared(kernel: &str) -> Option<Compare> {
    Some(match kernel {
        "Equal" => Compare::Equal,
        "Greater" => Compare::Greater,
        "GreaterEqual" => Compare::GreaterEqual,
        "Less" => Compare::Less,
        "LessEqual" => Compare::LessEqual,
        "NotEqual" => Compare::NotEqual,
        _ => return None,
    })
}

fn compare(a: &mut Applied<'_>) -> Result<Arrays> {
    let what = compared(a.step.kernel.name).ok_or(array::Fault::Unsupported("a comparison"))?;
    Ok(smallvec![array::compare(what, a.x(0)?, a.x(1)?)?])
}

fn complex(a: &mut Applied<'_>) -> Result<Arrays> {
    let (re, im) = (a.x(0)?, a.x(1)?);
    let dtype = if re.dtype() == DType::Float64 { DType::Complex128 } else { DType::Complex64 };
    // Adding zeros broadcasts both to the common shape.
    let zero = |x: &Array| Array::full(x.shape(), x.dtype(), 0.0);
    let real = array::binary(Binary::Add, re.clone(), &zero(im)?)?;
    let imaginary = array::binary(Binary::Add, im.clone(), &zero(re)?)?;
    let values = real.to_floats()?.into_iter().zip(imaginary.to_floats()?).map(|(re, im)| Complex { re, im });
    Ok(smallvec![Array::complexes(real.shape(), dtype, values.collect())?])
}

fn choose(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::select(a.x(0)?, a.x(1)?, a.x(2)?)?])
}

/// Sums the gradients of both operands to their shapes, where they are asked for.
fn both(
    b: &Back<'_>,
    left: impl Fn(&Tensor) -> Infer<Tensor>,
    right: impl Fn(&Tensor) -> Infer<Tensor>,
) -> Infer<Grads> {
    let g = b.grad(0)?;
    Ok(smallvec![
        b.when(0, || unbroadcast(b.cx, left(g)?, b.x(0)?))?,
        b.when(1, || unbroadcast(b.cx, right(g)?, b.x(1)?))?,
    ])
}

fn quotient(b: &Back<'_>, divide: &'static str) -> Infer<Grads> {
    both(
        b,
        |g| binary(b.cx, divide, g, &conj(b.cx, b.x(1)?)?),
        |g| {
            let (x, y) = (conj(b.cx, b.x(0)?)?, conj(b.cx, b.x(1)?)?);
            mul(b.cx, g, &binary(b.cx, divide, &binary(b.cx, divide, &neg(b.cx, &x)?, &y)?, &y)?)
        },
    )
}

/// source: tensorflow/python/ops/math_grad.py: _IgammaGrad, _IgammacGrad
fn incomplete_gamma(b: &Back<'_>, upper: bool) -> Infer<Grads> {
    let (cx, order, x) = (b.cx, b.x(0)?, b.x(1)?);
    let signed = |t: Tensor| if upper { neg(cx, &t) } else { Ok(t) };
    both(
        b,
        |g| signed(mul(cx, g, &binary(cx, "IgammaGradA", order, x)?)?),
        |g| {
            // exp(-x + (a - 1) log x - lgamma a).
            let power = mul(cx, &shift(cx, order, -1.0)?, &unary(cx, "Log", x)?)?;
            let log = sub(cx, &sub(cx, &power, x)?, &unary(cx, "Lgamma", order)?)?;
            signed(mul(cx, g, &unary(cx, "Exp", &log)?)?)
        },
    )
}

/// All of the gradient goes to the operand that is chosen, to the first at a tie.
fn chosen(b: &Back<'_>, first: &'static str) -> Infer<Grads> {
    let mask = binary(b.cx, first, b.x(0)?, b.x(1)?)?;
    both(
        b,
        |g| select(b.cx, &mask, g, &number(b.cx, 0.0, g)?),
        |g| select(b.cx, &mask, &number(b.cx, 0.0, g)?, g),
    )
}

/// source: tensorflow/python/ops/math_grad.py: _PowGrad
fn power(b: &Back<'_>) -> Infer<Grads> {
    let (x, y) = (conj(b.cx, b.x(0)?)?, conj(b.cx, b.x(1)?)?);
    both(
        b,
        |g| mul(b.cx, &mul(b.cx, g, &y)?, &binary(b.cx, "Pow", &x, &shift(b.cx, &y, -1.0)?)?),
        |g| {
            // The logarithm only where it is real.
            let zero = number(b.cx, 0.0, &x)?;
            let positive = if x.dtype.is_some_and(DType::is_complex) {
                binary(b.cx, "NotEqual", &x, &zero)?
            } else {
                binary(b.cx, "Greater", &x, &zero)?
            };
            let safe = select(b.cx, &positive, &x, &ones_like(b.cx, &x)?)?;
            let log = select(b.cx, &positive, &unary(b.cx, "Log", &safe)?, &zeros_like(b.cx, &x)?)?;
            mul(b.cx, &mul(b.cx, g, &conj(b.cx, b.y(0)?)?)?, &log)
        },
    )
}

/// One where an operand is not zero, else zero.
fn not_zero(b: &Back<'_>, at: usize) -> Infer<Tensor> {
    let x = b.x(at)?;
    let mask = binary(b.cx, "NotEqual", x, &number(b.cx, 0.0, x)?)?;
    crate::kernels::pointwise::cast(b.cx, mask, x.dtype)
}

fn choice(b: &Back<'_>) -> Infer<Grads> {
    let (g, condition) = (b.grad(0)?, b.x(0)?);
    let zero = number(b.cx, 0.0, g)?;
    Ok(smallvec![
        None,
        b.when(1, || unbroadcast(b.cx, select(b.cx, condition, g, &zero)?, b.x(1)?))?,
        b.when(2, || unbroadcast(b.cx, select(b.cx, condition, &zero, g)?, b.x(2)?))?,
    ])
}
