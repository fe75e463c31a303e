//! Distances between vectors and images, and complex numbers from and to pairs of real ones.

use tensor::{DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::gather;
use crate::kernels::join::pack_tensors;
use crate::kernels::pointwise::{binary, broadcast, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::expand_dims;
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

const SOURCE: &str = "keras/src/ops/math.py, keras/src/ops/nn.py, keras/src/backend/tensorflow/{math,nn}.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("cdist", &["keras.ops.cdist"], |c| run(c, cdist), SOURCE),
    rule("keras_psnr", &["keras.ops.psnr", "keras.ops.nn.psnr"], |c| run(c, psnr), SOURCE),
    rule("polar", &["keras.ops.polar", "keras.ops.nn.polar"], |c| run(c, polar), SOURCE),
    rule("view_as_complex", &["keras.ops.view_as_complex"], |c| run(c, view_as_complex), SOURCE),
    rule("view_as_real", &["keras.ops.view_as_real"], |c| run(c, view_as_real), SOURCE),
];

const MAX_VAL: Param<Arg> = Param::named(&["max_val"]);

fn misfit<R>(cx: &Cx<'_>, text: impl Into<String>) -> Infer<R> {
    let text = text.into();
    cx.value_error(text.clone(), Mistake::Argument { param: "x", problem: text })
}

/// The Euclidean distance of each vector of `x` to each of `y`.
fn cdist(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.tensor(X)?, cx.tensor(Y)?);
    let (Some(a), Some(b)) = (x.shape.dims(), y.shape.dims()) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    let received = || format!("Received shapes: x.shape={}, y.shape={}", x.shape.tuple(), y.shape.tuple());
    if a.len() < 2 || b.len() < 2 {
        return misfit(
            cx,
            match cx.symbolic() {
                true => format!("Inputs to `cdist` must have rank >= 2. {}", received()),
                false => "`cdist` inputs must have rank >= 2".to_owned(),
            },
        );
    }
    let ([batch_x @ .., m, depth_x], [batch_y @ .., n, depth_y]) = (a, b) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    if cx.symbolic() {
        if let (Dim::Known(p), Dim::Known(q)) = (depth_x, depth_y)
            && p != q
        {
            return misfit(cx, format!("The last dimension of inputs to `cdist` must match. {}", received()));
        }
        let (left, right) = (Shape::new(batch_x.iter().copied()), Shape::new(batch_y.iter().copied()));
        let Ok(batch) = keras::broadcast_shapes(cx, &left, &right) else {
            return misfit(
                cx,
                format!("Batch dimensions of inputs to `cdist` must be broadcastable. {}", received()),
            );
        };
        let dims = batch.dims().unwrap_or_default().iter().copied().chain([*m, *n]);
        let dtypes: Vec<Promoted> = [&x, &y].into_iter().filter_map(|t| t.dtype.map(Promoted::Of)).collect();
        let dtype = keras::common_dtype(cx, &[&dtypes[..], &[Promoted::Float]].concat())?;
        return Ok(Val::T(keras::spec(dims.collect(), dtype, &[&x, &y])));
    }
    match keras::differ(*depth_x, *depth_y) {
        Some(true) => return misfit(cx, "Last dimension of inputs to `cdist` must match"),
        Some(false) => {}
        None => return Err(Stop::Unknown("the length of vectors is not known")),
    }
    let (rows, columns) = (expand_dims(cx, x, Val::from(-2))?, expand_dims(cx, y, Val::from(-3))?);
    let difference = binary(cx, "Sub", rows, columns)?;
    let squares = unary(cx, "Square", difference)?;
    let sums = reduce(cx, "Sum", squares, &Axes::ints(&[-1]), false)?;
    unary(cx, "Sqrt", sums).map(Val::T)
}

/// The peak signal-to-noise ratio of two images.
fn psnr(cx: &Cx<'_>) -> Infer<Val> {
    let (x, y) = (cx.tensor(X)?, cx.tensor(Y)?);
    let (Some(a), Some(b)) = (x.shape.rank(), y.shape.rank()) else {
        return Err(Stop::Unknown("a tensor of unknown rank"));
    };
    if cx.symbolic() {
        if a != b {
            return misfit(cx, "Inputs must have the same rank");
        }
        return Ok(Val::T(keras::spec(Shape::scalar(), DType::Float32, &[&x, &y])));
    }
    match keras::alike(&x.shape, &y.shape) {
        Some(true) => {}
        Some(false) => {
            return misfit(
                cx,
                format!(
                    "Input shapes {} and {} must match for PSNR calculation. ",
                    x.shape.tuple(),
                    y.shape.tuple()
                ),
            );
        }
        None => return Err(Stop::Unknown("shapes that may differ")),
    }
    if !y.dtype.is_some_and(DType::is_floating) {
        return Err(Stop::Unknown("images of integers"));
    }
    let largest = cx.convert(cx.known(MAX_VAL)?, y.dtype)?;
    let difference = binary(cx, "Sub", x, y)?;
    let squares = unary(cx, "Square", difference)?;
    let mean = reduce(cx, "Mean", squares, &Axes::of(&Val::Py(Arg::None)), false)?;
    let decibels = |of: Tensor, factor: f64| -> Infer<Tensor> {
        let dtype = of.dtype;
        let log = unary(cx, "Log", of)?;
        let factor = cx.convert(&Val::Py(Arg::Float(factor / std::f64::consts::LN_10)), dtype)?;
        binary(cx, "Mul", log, factor)
    };
    let (peak, noise) = (decibels(largest, 20.0)?, decibels(mean, 10.0)?);
    binary(cx, "Sub", peak, noise).map(Val::T)
}

/// `tf.complex` of two parts.
fn complex(cx: &Cx<'_>, real: Tensor, imag: Tensor) -> Infer<Tensor> {
    let out = match (real.dtype, imag.dtype) {
        (Some(DType::Float64), Some(DType::Float64)) => DType::Complex128,
        (Some(DType::Float32), Some(DType::Float32)) => DType::Complex64,
        _ => return Err(Stop::Unknown("parts of other dtypes")),
    };
    let mut node = cx.node("Complex", [Val::T(real), Val::T(imag)])?;
    node.set("Tout", Some(out));
    let shape = broadcast(cx, "Complex", &node.x(0).shape, &node.x(1).shape)?;
    Ok(node.out(shape))
}

/// A complex number from its absolute value and angle.
fn polar(cx: &Cx<'_>) -> Infer<Val> {
    let (size, angle) = (cx.tensor(X)?, cx.tensor(Y)?);
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(size.shape.clone(), DType::Float32, &[&size, &angle])));
    }
    let float = |t: &Tensor| t.dtype.is_some_and(|d| d.is_floating());
    let angle = if float(&angle) { angle } else { cast(cx, angle, Some(DType::Float32))? };
    let (cosine, sine) = (unary(cx, "Cos", angle.clone())?, unary(cx, "Sin", angle)?);
    let real = binary(cx, "Mul", size.clone(), cosine)?;
    let imag = binary(cx, "Mul", size, sine)?;
    complex(cx, real, imag).map(Val::T)
}

fn view_as_complex(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if cx.symbolic() {
        return match dims.split_last() {
            Some((_, rest)) => {
                Ok(Val::T(keras::spec(rest.iter().copied().collect(), DType::Complex64, &[&x])))
            }
            None => Err(Stop::Unknown("a scalar seen as pairs")),
        };
    }
    match dims.last() {
        Some(Dim::Known(2)) => {}
        Some(Dim::Unknown) => return Err(Stop::Unknown("a size that is not known")),
        _ => {
            let text = "Last dimension of input must be size 2 (real and imaginary).";
            return misfit(cx, format!("{text} Received shape: {}", x.shape.tuple()));
        }
    }
    if x.dtype != Some(DType::Float32) {
        return Err(Stop::Unknown("pairs of another dtype"));
    }
    let part = |at: i64| gather(cx, x.clone(), Val::from(at), Val::from(-1), 0);
    let (real, imag) = (part(0)?, part(1)?);
    complex(cx, real, imag).map(Val::T)
}

fn view_as_real(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(rank) = x.shape.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    if cx.symbolic() {
        let dims = x.shape.dims().unwrap_or_default().iter().copied().chain([Dim::Known(2)]);
        return Ok(Val::T(keras::spec(dims.collect(), DType::Float32, &[&x])));
    }
    let part = |kernel: &str| -> Infer<Tensor> {
        match x.dtype {
            Some(dtype) if dtype.is_complex() => {
                let mut node = cx.node(kernel, [Val::T(x.clone())])?;
                let real = if dtype == DType::Complex128 { DType::Float64 } else { DType::Float32 };
                node.set("Tout", Some(real));
                Ok(node.out(x.shape.clone()))
            }
            Some(_) if kernel == "Imag" => unary(cx, "ZerosLike", x.clone()),
            Some(_) => Ok(x.clone()),
            None => Err(Stop::Unknown("a dtype that is not known")),
        }
    };
    let (real, imag) = (part("Real")?, part("Imag")?);
    pack_tensors(cx, &[real, imag], rank as i64).map(Val::T)
}
