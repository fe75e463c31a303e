//! Crops of images with their gradients, and the gradient of another way to name colours.
//!
//! source: tensorflow/python/ops/image_grad.py

use array::{Boxes, Fault, Result};
use smallvec::smallvec;
use tensor::Shape;

use super::algebra::{add, binary, div, mul, scale, shift, sizes, sub, unary};
use super::image::pair;
use super::{Applied, Arrays, Attr, Back, Grads};
use crate::kernels::index::slice;
use crate::kernels::join::{concat, pack_tensors, unpack};
use crate::kernels::linalg::inverse;
use crate::kernels::pointwise::cast;
use crate::kernels::shape::reshape;
use crate::spec::{Cx, Tensor, Val};
use crate::{Infer, Stop};

fn boxes<'a>(a: &'a Applied<'_>, edges: usize) -> Result<Boxes<'a>> {
    Ok(Boxes { edges: a.x(edges)?, images: a.x(edges + 1)?, nearest: a.step.text("method") == "nearest" })
}

pub(super) fn crops(a: &mut Applied<'_>) -> Result<Arrays> {
    let size = pair(&a.x(3)?.to_sizes()?)?;
    let fill = a.step.float("extrapolation_value").unwrap_or(0.0) as f32;
    Ok(smallvec![array::crop_and_resize(a.x(0)?, &boxes(a, 1)?, size, fill)?])
}

pub(super) fn crop_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    let shape = <[usize; 4]>::try_from(&a.x(3)?.to_sizes()?[..]);
    let shape = shape.map_err(|_| Fault::Shape("no images".to_owned()))?;
    let dtype = a.step.dtype("T").unwrap_or(tensor::DType::Float32);
    Ok(smallvec![array::crop_back(a.x(0)?, &boxes(a, 1)?, shape)?.cast(dtype)?])
}

pub(super) fn box_gradient(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![array::crop_back_boxes(a.x(0)?, a.x(1)?, &boxes(a, 2)?)?])
}

/// The gradient warped back by the inverse transforms.
///
/// source: tensorflow/python/ops/image_ops.py: _image_projective_transform_v3_grad
pub(super) fn warp_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, images, transforms) = (b.cx, b.x(0)?, b.x(1)?);
    let rows = reshape(cx, transforms, Val::ints(&[-1, 8]))?;
    let first = slice(cx, &rows, Val::ints(&[0, 0]), Val::ints(&[-1, 1]))?;
    let ones = shift(cx, &scale(cx, &first, 0.0)?, 1.0)?;
    let flat = concat(cx, Val::List(vec![Val::T(rows), Val::T(ones)]), Val::from(1))?;
    let inverse = inverse(cx, reshape(cx, flat, Val::ints(&[-1, 3, 3]))?, false)?;
    let flat = reshape(cx, inverse, Val::ints(&[-1, 9]))?;
    let last = slice(cx, &flat, Val::ints(&[0, 8]), Val::ints(&[-1, 1]))?;
    let back = slice(cx, &div(cx, &flat, &last)?, Val::ints(&[0, 0]), Val::ints(&[-1, 8]))?;
    let size = Tensor::vector(sizes(images)?.get(1..3).unwrap_or_default());
    let fill = Tensor::floats(Vec::new(), tensor::DType::Float32, vec![0.0]);
    let operands = [b.grad(0)?.into(), Val::T(back), Val::T(size), Val::T(fill)];
    let mut node = cx.node("ImageProjectiveTransformV3", operands)?;
    for name in ["fill_mode", "interpolation"] {
        node.with(name, b.step.text(name));
    }
    let mut grads: Grads = smallvec![None; b.xs().len()];
    grads[0] = Some(node.out(images.shape.clone()));
    Ok(grads)
}

/// source: _CropAndResizeGrad
pub(super) fn crops_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, g, image, edges, images) = (b.cx, b.grad(0)?, b.x(0)?, b.x(1)?, b.x(2)?);
    let method = b.step.attr("method").cloned().unwrap_or(Attr::Bool(false));
    let of_image = || {
        let size = Tensor::vector(&sizes(image)?);
        let mut node =
            cx.node("CropAndResizeGradImage", [g.into(), edges.into(), images.into(), Val::T(size)])?;
        node.set("T", image.dtype);
        node.with("method", method.clone());
        Ok(node.out(image.shape.clone()))
    };
    let of_boxes = || {
        let node =
            cx.node("CropAndResizeGradBoxes", [g.into(), image.into(), edges.into(), images.into()])?;
        Ok(node.out(Shape::known(&sizes(edges)?)))
    };
    Ok(smallvec![b.when(0, of_image)?, b.when(1, of_boxes)?, None, None])
}

/// A comparison as ones and zeros.
fn flags(cx: &Cx<'_>, kernel: &str, x: &Tensor, y: &Tensor) -> Infer<Tensor> {
    cast(cx, binary(cx, kernel, x, y)?, x.dtype)
}

/// The product of factors.
fn product(cx: &Cx<'_>, factors: &[&Tensor]) -> Infer<Tensor> {
    let Some((first, rest)) = factors.split_first() else { return Err(Stop::Unknown("no factors")) };
    rest.iter().try_fold((*first).clone(), |all, one| mul(cx, &all, one))
}

/// A colour's three channels, with which of them is the largest and which the smallest: the first of several.
struct Channels {
    of: [Tensor; 3],
    largest: [Tensor; 3],
    smallest: [Tensor; 3],
}

impl Channels {
    fn of(cx: &Cx<'_>, x: &Tensor) -> Infer<Channels> {
        let of = <[Tensor; 3]>::try_from(unpack(cx, x, 3, -1)?);
        let of = of.map_err(|_| Stop::Unknown("a colour of other than three channels"))?;
        let [r, g, b] = &of;
        let both = |first: &str, x: [&Tensor; 2], second: &str, y: [&Tensor; 2]| {
            mul(cx, &flags(cx, first, x[0], x[1])?, &flags(cx, second, y[0], y[1])?)
        };
        let largest = [
            both("GreaterEqual", [r, b], "GreaterEqual", [r, g])?,
            both("Greater", [g, r], "GreaterEqual", [g, b])?,
            both("Greater", [b, r], "Greater", [b, g])?,
        ];
        let smallest = [
            both("Less", [r, b], "Less", [r, g])?,
            both("LessEqual", [g, r], "Less", [g, b])?,
            both("LessEqual", [b, r], "LessEqual", [b, g])?,
        ];
        Ok(Channels { of, largest, smallest })
    }
}

/// source: _RGBToHSVGrad, whose three channels are one formula with their names turned round.
pub(super) fn hue_back(b: &Back<'_>, g: Tensor) -> Infer<Tensor> {
    let cx = b.cx;
    let colour = Channels::of(cx, b.x(0)?)?;
    let (hsv, grads) = (unpack(cx, b.y(0)?, 3, -1)?, unpack(cx, &g, 3, -1)?);
    let ([_, saturation, value], [dh, ds, dv]) = (&hsv[..], &grads[..]) else {
        return Err(Stop::Unknown("a colour of other than three channels"));
    };
    let inverse = |x: &Tensor| binary(cx, "DivNoNan", &super::algebra::ones_like(cx, x)?, x);
    let squared = |x: &Tensor| inverse(&unary(cx, "Square", x)?);
    let mut out = Vec::with_capacity(3);
    for at in 0..3 {
        let (next, last) = ((at + 1) % 3, (at + 2) % 3);
        let [c, n, p] = [at, next, last].map(|i| &colour.of[i]);
        let [big, big_n, big_p] = [at, next, last].map(|i| &colour.largest[i]);
        let [small, small_n, small_p] = [at, next, last].map(|i| &colour.smallest[i]);
        let positive = |x: &Tensor| flags(cx, "Greater", x, &super::algebra::zeros_like(cx, x)?);
        let [c_on, n_on, p_on] = [positive(c)?, positive(n)?, positive(p)?];
        let (forth, back) = (sub(cx, n, p)?, sub(cx, p, n)?);

        let lowest = add(cx, &mul(cx, small_n, n)?, &mul(cx, small_p, p)?)?;
        let highest = add(cx, &mul(cx, big_n, n)?, &mul(cx, big_p, p)?)?;
        let falling = mul(cx, small, &inverse(&highest)?)?;
        let by_saturation =
            mul(cx, &c_on, &sub(cx, &product(cx, &[big, &lowest, &squared(c)?])?, &falling)?)?;

        let hue = [
            product(cx, &[&c_on, big, &back, &squared(saturation)?, &squared(value)?])?,
            product(cx, &[&n_on, big_n, small, &back, &squared(&sub(cx, c, n)?)?])?,
            scale(cx, &product(cx, &[&n_on, big_n, small_p, &inverse(&forth)?])?, -1.0)?,
            product(cx, &[&p_on, big_p, small, &back, &squared(&sub(cx, p, c)?)?])?,
            product(cx, &[&p_on, big_p, small_n, &inverse(&back)?])?,
        ];
        let [first, rest @ ..] = &hue;
        let by_hue = rest.iter().try_fold(first.clone(), |all, one| add(cx, &all, one))?;
        let by_hue = scale(cx, &by_hue, 60.0 / 360.0)?;

        let sum = add(cx, &mul(cx, dv, big)?, &mul(cx, ds, &by_saturation)?)?;
        out.push(add(cx, &sum, &mul(cx, dh, &by_hue)?)?);
    }
    pack_tensors(cx, &out, -1)
}
