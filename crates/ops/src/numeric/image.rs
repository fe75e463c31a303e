//! Images: other sizes, colours, crops.
//!
//! source: tensorflow/python/ops/image_grad.py

use array::{Array, Beyond, Binary, Fault, Recolouring, Reduction, Resampling, Result, Weighing};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::sizes;
use super::{Applied, Arrays, Attr, Back, Grads, Row, Vjp, image_back};
use crate::Infer;
use crate::kernels::image;
use crate::spec::{Tensor, Val};

/// A kernel that resizes, and its gradient.
const fn resizing(kernel: &'static str, vjp: fn(&Back<'_>) -> Infer<Grads>) -> Row {
    Row { kernel, eval: resize, vjp: Vjp::All(vjp) }
}

/// The gradient of a kernel that resizes, which TensorFlow does not differentiate.
const fn resized(kernel: &'static str) -> Row {
    Row { kernel, eval: resize_gradient, vjp: Vjp::Never }
}

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "AdjustContrastv2", eval: contrast, vjp: Vjp::Never },
    Row { kernel: "AdjustHue", eval: |a| adjust(a, Recolouring::Hue), vjp: Vjp::Never },
    Row { kernel: "AdjustSaturation", eval: |a| adjust(a, Recolouring::Saturation), vjp: Vjp::Never },
    Row { kernel: "CropAndResize", eval: image_back::crops, vjp: Vjp::All(image_back::crops_back) },
    Row { kernel: "CropAndResizeGradBoxes", eval: image_back::box_gradient, vjp: Vjp::Never },
    Row { kernel: "CropAndResizeGradImage", eval: image_back::crop_gradient, vjp: Vjp::Never },
    Row {
        kernel: "HSVToRGB",
        eval: |a| Ok(smallvec![array::recolour(a.x(0)?, Recolouring::FromHsv)?]),
        vjp: Vjp::Never,
    },
    Row { kernel: "ImageProjectiveTransformV3", eval: warp, vjp: Vjp::All(image_back::warp_back) },
    Row { kernel: "NonMaxSuppressionV3", eval: apart, vjp: Vjp::Missing },
    Row {
        kernel: "RGBToHSV",
        eval: |a| Ok(smallvec![array::recolour(a.x(0)?, Recolouring::ToHsv)?]),
        vjp: Vjp::One(image_back::hue_back),
    },
    Row { kernel: "ResizeArea", eval: resize, vjp: Vjp::Never },
    resizing("ResizeBicubic", |b| resize_back(b, "ResizeBicubicGrad")),
    resized("ResizeBicubicGrad"),
    resizing("ResizeBilinear", |b| resize_back(b, "ResizeBilinearGrad")),
    resized("ResizeBilinearGrad"),
    resizing("ResizeNearestNeighbor", nearest_back),
    resized("ResizeNearestNeighborGrad"),
    resizing("ScaleAndTranslate", |b| resize_back(b, "ScaleAndTranslateGrad")),
    resized("ScaleAndTranslateGrad"),
];

/// How a kernel weighs pixels.
fn resampling(a: &Applied<'_>) -> Result<Resampling> {
    let kernel = a.step.kernel.name;
    Ok(match kernel.strip_suffix("Grad").unwrap_or(kernel) {
        "ResizeArea" => Resampling::Area,
        "ResizeBicubic" => Resampling::Bicubic,
        "ResizeBilinear" => Resampling::Bilinear,
        "ResizeNearestNeighbor" => Resampling::Nearest,
        _ => {
            let weighing = match a.step.text("kernel_type") {
                "lanczos3" => Weighing::Lanczos(3),
                "lanczos5" => Weighing::Lanczos(5),
                "gaussian" => Weighing::Gaussian,
                "triangle" => Weighing::Triangle,
                "keyscubic" => Weighing::KeysCubic,
                "mitchellcubic" => Weighing::MitchellCubic,
                _ => return Err(Fault::Unsupported("a kernel that is not known")),
            };
            Resampling::Kernel(weighing, a.step.flag("antialias"))
        }
    })
}

pub(super) fn pair(sizes: &[usize]) -> Result<[usize; 2]> {
    <[usize; 2]>::try_from(sizes).map_err(|_| Fault::Shape("no height and width".to_owned()))
}

fn resize(a: &mut Applied<'_>) -> Result<Arrays> {
    let [height, width] = pair(&a.x(1)?.to_sizes()?)?;
    Ok(smallvec![array::resample(a.x(0)?, resampling(a)?, height, width)?])
}

fn resize_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let how = resampling(a)?;
    let (grad, like) = (a.x(0)?, a.x(1)?);
    let [height, width] = if like.rank() == 1 {
        pair(&like.to_sizes()?)?
    } else {
        pair(like.shape().get(1..3).unwrap_or_default())?
    };
    Ok(smallvec![array::resample_back(grad, how, height, width)?.cast(dtype(a)?)?])
}

/// The dtype of an image's gradient: the image's own, where the image is an input.
fn dtype(a: &Applied<'_>) -> Result<DType> {
    let by_size = a.step.kernel.name == "ResizeNearestNeighborGrad";
    Ok(if by_size { a.x(0)? } else { a.x(1)? }.dtype())
}

/// The kernel of a gradient, told what the step was.
fn gradient(b: &Back<'_>, kernel: &'static str, second: Val) -> Infer<Grads> {
    let attr = |name| b.step.attr(name).cloned().unwrap_or(Attr::Bool(false));
    let ways = [("antialias", attr("antialias")), ("kernel_type", attr("kernel_type"))];
    let grad = image::resize_gradient(b.cx, kernel, b.grad(0)?.into(), second, b.x(0)?.shape.clone(), ways)?;
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(grad);
    Ok(grads)
}

fn resize_back(b: &Back<'_>, kernel: &'static str) -> Infer<Grads> {
    gradient(b, kernel, b.x(0)?.into())
}

fn nearest_back(b: &Back<'_>) -> Infer<Grads> {
    let sizes = sizes(b.x(0)?)?;
    gradient(b, "ResizeNearestNeighborGrad", Val::T(Tensor::vector(sizes.get(1..3).unwrap_or_default())))
}

/// Every channel of every image away from its mean.
fn contrast(a: &mut Applied<'_>) -> Result<Arrays> {
    let (x, factor) = (a.x(0)?.clone(), a.x(1)?.cast(a.x(0)?.dtype())?);
    let rank = x.rank();
    let plane: Vec<bool> = (0..rank).map(|axis| axis + 3 == rank || axis + 2 == rank).collect();
    let mean = array::reduce(Reduction::Mean, &x, &plane, true)?;
    let away = array::binary(Binary::Mul, array::binary(Binary::Sub, x, &mean)?, &factor)?;
    Ok(smallvec![array::binary(Binary::Add, away, &mean)?])
}

fn warp(a: &mut Applied<'_>) -> Result<Arrays> {
    let beyond = match a.step.text("fill_mode") {
        "reflect" => Beyond::Reflect,
        "wrap" => Beyond::Wrap,
        "constant" => Beyond::Constant(a.x(3)?.to_float()? as f32),
        "nearest" => Beyond::Nearest,
        _ => return Err(Fault::Unsupported("edges that are not known")),
    };
    let smooth = a.step.text("interpolation") == "bilinear";
    Ok(smallvec![array::warp(a.x(0)?, a.x(1)?, pair(&a.x(2)?.to_sizes()?)?, beyond, smooth)?])
}

fn adjust(a: &mut Applied<'_>, how: fn(f32) -> Recolouring) -> Result<Arrays> {
    Ok(smallvec![array::recolour(a.x(0)?, how(a.x(1)?.to_float()? as f32))?])
}

/// The boxes that overlap no box of a higher score by more than a part of both.
///
/// source: tensorflow/core/kernels/image/non_max_suppression_op.cc
fn apart(a: &mut Applied<'_>) -> Result<Arrays> {
    let (boxes, scores) = (a.x(0)?.to_floats()?, a.x(1)?.to_floats()?);
    let most = usize::try_from(a.x(2)?.to_int()?).unwrap_or(0);
    let (overlap, least) = (a.x(3)?.to_float()?, a.x(4)?.to_float()?);
    if boxes.len() != 4 * scores.len() || scores.len() > 1 << 14 {
        return Err(Fault::Unsupported("so many boxes"));
    }
    // Top, left, bottom and right, whichever corners are given.
    let corners = |at: usize| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|side| boxes[4 * at + side]);
        [a.min(c), b.min(d), a.max(c), b.max(d)]
    };
    let area = |[top, left, bottom, right]: [f64; 4]| (bottom - top) * (right - left);
    let shared = |one: usize, other: usize| {
        let (p, q) = (corners(one), corners(other));
        let both = [p[0].max(q[0]), p[1].max(q[1]), p[2].min(q[2]), p[3].min(q[3])];
        if area(p) <= 0.0 || area(q) <= 0.0 || both[2] <= both[0] || both[3] <= both[1] {
            return 0.0;
        }
        area(both) / (area(p) + area(q) - area(both))
    };
    let mut order: Vec<usize> = (0..scores.len()).filter(|at| scores[*at] > least).collect();
    order.sort_by(|i, j| scores[*j].total_cmp(&scores[*i]));
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        if kept.len() < most && kept.iter().all(|other| shared(at, *other) <= overlap) {
            kept.push(at);
        }
    }
    let kept: Vec<i64> = kept.into_iter().map(|at| at as i64).collect();
    Ok(smallvec![Array::ints(&[kept.len()], DType::Int32, kept)?])
}
