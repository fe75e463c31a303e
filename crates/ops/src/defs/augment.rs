//! What layers change at random about images, composed of kernels.
//!
//! source: keras/src/layers/preprocessing/image_preprocessing/random_*.py,
//! tf_keras/src/layers/preprocessing/image_preprocessing.py

use std::f64::consts::TAU;

use tensor::{DType, Dim};

use crate::kernels::index::select;
use crate::kernels::join::concat;
use crate::kernels::layout::reverse;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::random;
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{expand_dims, squeeze};
use crate::params::SHAPE;
use crate::spec::{Cx, Tensor, Val};
use crate::{Arg, Infer, Param, Stop};

/// The change's name: `flip`, `rotate`, `translate`, `zoom`, `contrast`, `brightness`; `keep` is none.
pub(super) const CHANGE: Param<Arg> = Param::named(&["change"]);
/// The bounds of what is drawn, two for each.
const BOUNDS: Param<Arg> = Param::named(&["bounds"]);
/// The bounds of pixels that are cut to them.
const RANGE: Param<Arg> = Param::named(&["range"]);
/// Words: in which directions an image is flipped, or what lies beyond its edges and how pixels are looked up.
const WORDS: Param<Arg> = Param::named(&["words"]);
/// The number beyond the edges.
const FILL: Param<Arg> = Param::named(&["fill"]);

/// The images after a change.
///
/// # Errors
/// What is drawn, or the images' sizes, are not known.
pub(super) fn changed(cx: &Cx<'_>, x: &Tensor, change: &str, dtype: DType) -> Infer<Tensor> {
    let x = cast(cx, x, Some(dtype))?;
    if change == "keep" {
        return Ok(x);
    }
    let images = match x.rank() {
        Some(3) => expand_dims(cx, &x, 0)?,
        Some(4) => x.clone(),
        _ => return Err(Stop::Unknown("images of another rank")),
    };
    let bounds = floats(cx.val(BOUNDS));
    let made = match change {
        "flip" => flipped(cx, images)?,
        "contrast" => {
            let factor = drawn(cx, &images, bounds.first_chunk(), true)?;
            let mean = reduce(cx, "Mean", &images, &Axes::ints(&[1, 2]), true)?;
            let away = binary(cx, "Mul", binary(cx, "Sub", &images, &mean)?, factor)?;
            cut(cx, binary(cx, "AddV2", away, mean)?)?
        }
        "brightness" => {
            let by = drawn(cx, &images, bounds.first_chunk(), true)?;
            cut(cx, binary(cx, "AddV2", &images, by)?)?
        }
        "resize" | "middle" => sized(cx, images, change)?,
        "rotate" | "translate" | "zoom" => moved(cx, images, change, &bounds)?,
        _ => return Err(Stop::Unknown("a change that is not known")),
    };
    if x.rank() == Some(3) { squeeze(cx, made, &[0]) } else { Ok(made) }
}

fn floats(val: &Val) -> Vec<f64> {
    val.items().unwrap_or_default().iter().filter_map(Val::number).collect()
}

fn words<'v>(cx: &'v Cx<'_>) -> Vec<&'v str> {
    let word = |val: &'v Val| if let Val::Py(Arg::Str(word)) = val { Some(&**word) } else { None };
    cx.val(WORDS).items().unwrap_or_default().iter().filter_map(word).collect()
}

/// A number for each image, as `[batch, 1]`, or spread over its pixels as `[batch, 1, 1, 1]`.
fn drawn(cx: &Cx<'_>, images: &Tensor, bounds: Option<&[f64; 2]>, spread: bool) -> Infer<Tensor> {
    let (Some([low, high]), Some(batch)) = (bounds, images.shape.dim(0)) else {
        return Err(Stop::Unknown("what is drawn is not known"));
    };
    let one = Dim::Known(1);
    let dims = if spread { vec![batch, one, one, one] } else { vec![batch, one] };
    let dtype = if spread { images.dtype.unwrap_or(DType::Float32) } else { DType::Float32 };
    random::between(cx, dims, dtype, None, [*low, *high])
}

/// Each image turned round, or not, in each direction.
fn flipped(cx: &Cx<'_>, mut images: Tensor) -> Infer<Tensor> {
    for word in words(cx) {
        let axis = if word == "vertical" { 1 } else { 2 };
        let turned = reverse(cx, &images, Val::ints(&[axis]))?;
        let number = drawn(cx, &images, Some(&[0.0, 1.0]), true)?;
        let yes = binary(cx, "Less", number, Val::from(0.5))?;
        images = select(cx, Val::T(yes), Val::T(turned), Val::T(images))?;
    }
    Ok(images)
}

/// Pixels cut to the range that they may have.
fn cut(cx: &Cx<'_>, images: Tensor) -> Infer<Tensor> {
    match floats(cx.val(RANGE))[..] {
        [low, high] => binary(cx, "Maximum", binary(cx, "Minimum", images, Val::from(high))?, Val::from(low)),
        _ => Ok(images),
    }
}

/// Images of another size, or their middle.
fn sized(cx: &Cx<'_>, images: Tensor, change: &str) -> Infer<Tensor> {
    let unknown = Stop::Unknown("images whose sizes are not known");
    let wanted = cx.get(SHAPE)?;
    let known = |shape: &tensor::Shape, axis: i64| shape.dim(axis).and_then(Dim::known);
    let [height, width] = [-3, -2].map(|axis| known(&wanted, axis));
    let (Some(height), Some(width)) = (height, width) else { return Err(unknown) };
    if change == "resize" {
        let kernel = match words(cx)[..] {
            ["bilinear"] => "ResizeBilinear",
            ["nearest"] => "ResizeNearestNeighbor",
            ["bicubic"] => "ResizeBicubic",
            ["area"] => "ResizeArea",
            _ => return Err(Stop::Unknown("a resizing by another kernel")),
        };
        let dtype = images.dtype;
        let resized = crate::kernels::image::resize(
            cx,
            kernel,
            images.into(),
            Tensor::vector(&[height, width]).into(),
        )?;
        return cast(cx, resized, dtype);
    }
    let (Some(rows), Some(columns)) = (known(&images.shape, 1), known(&images.shape, 2)) else {
        return Err(unknown);
    };
    if rows < height || columns < width {
        // Keras enlarges what is too small first.
        return Err(Stop::Unknown("images smaller than their middle"));
    }
    let begin = Val::ints(&[0, (rows - height) / 2, (columns - width) / 2, 0]);
    crate::kernels::index::slice(cx, images, begin, Val::ints(&[-1, height, width, -1]))
}

/// Images turned, moved or stretched: eight numbers for each.
fn moved(cx: &Cx<'_>, images: Tensor, change: &str, bounds: &[f64]) -> Infer<Tensor> {
    let size = |axis: i64| images.shape.dim(axis).and_then(Dim::known);
    let (Some(height), Some(width)) = (size(1), size(2)) else {
        return Err(Stop::Unknown("images whose sizes are not known"));
    };
    let number = |bounds: Option<&[f64; 2]>| drawn(cx, &images, bounds, false);
    let scaled = |x: &Tensor, by: f64| binary(cx, "Mul", x, Val::from(by));
    let plain = |of: f64| {
        scaled(&number(Some(&[0.0, 0.0]))?, 0.0).and_then(|zero| binary(cx, "AddV2", zero, Val::from(of)))
    };
    let (bottom, right) = ((height - 1) as f64, (width - 1) as f64);
    let (zero, one) = (plain(0.0)?, plain(1.0)?);
    let columns = match change {
        "rotate" => {
            let angle = scaled(&number(bounds.first_chunk())?, TAU)?;
            let (cos, sin) = (unary(cx, "Cos", &angle)?, unary(cx, "Sin", &angle)?);
            let offset = |a: Tensor, b: Tensor, kernel: &str, whole: f64| {
                let turned = binary(cx, kernel, scaled(&a, right)?, scaled(&b, bottom)?)?;
                scaled(&binary(cx, "Sub", Val::from(whole), turned)?, 0.5)
            };
            let across = offset(cos.clone(), sin.clone(), "Sub", right)?;
            let down = offset(sin.clone(), cos.clone(), "AddV2", bottom)?;
            [cos.clone(), unary(cx, "Neg", &sin)?, across, sin, cos, down, zero.clone(), zero]
        }
        "translate" => {
            let down = scaled(&number(bounds.first_chunk())?, -(height as f64))?;
            let across = scaled(&number(bounds.get(2..).and_then(<[f64]>::first_chunk))?, -(width as f64))?;
            [one.clone(), zero.clone(), across, zero.clone(), one, down, zero.clone(), zero]
        }
        _ => {
            let down = binary(cx, "AddV2", number(bounds.first_chunk())?, Val::from(1.0))?;
            let across = match bounds.get(2..).and_then(<[f64]>::first_chunk) {
                Some(bounds) => binary(cx, "AddV2", number(Some(bounds))?, Val::from(1.0))?,
                // Both directions alike.
                None => down.clone(),
            };
            let offset =
                |by: &Tensor, whole: f64| scaled(&binary(cx, "Sub", Val::from(1.0), by)?, whole / 2.0);
            let (x, y) = (offset(&across, right)?, offset(&down, bottom)?);
            [across, zero.clone(), x, zero.clone(), down, y, zero.clone(), zero]
        }
    };
    let transforms = concat(cx, Val::List(columns.into_iter().map(Val::T).collect()), Val::from(1))?;
    let fill = cx.val(FILL).number().unwrap_or(0.0);
    let fill = Tensor::floats(Vec::new(), DType::Float32, vec![fill]);
    let dtype = images.dtype;
    let shape = images.shape.clone();
    let size = Tensor::vector(&[height, width]);
    let operands =
        [Val::T(cast(cx, images, Some(DType::Float32))?), Val::T(transforms), Val::T(size), Val::T(fill)];
    let mut node = cx.node("ImageProjectiveTransformV3", operands)?;
    for (name, word) in ["fill_mode", "interpolation"].into_iter().zip(words(cx)) {
        node.with(name, word);
    }
    cast(cx, node.out(shape), dtype)
}
