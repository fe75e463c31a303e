//! `tf.image.resize` and its kin.

use tensor::{DType, Dim, Shape};

use crate::defs::make::saturated;
use crate::defs::rule;
use crate::kernels::image;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::{cast, unary};
use crate::kernels::shape::{expand_dims, squeeze};
use crate::spec::{Cx, Tensor, Val, keras, repr, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

const IMAGES: Param<Arg> = Param::at(0, &["images", "image", "x"]);
const SIZE: Param<Arg> = Param::at(1, &["size"]);
const METHOD: Param<Arg> = Param::named(&["method", "interpolation"]);
const PRESERVE: Param<bool> = Param::named(&["preserve_aspect_ratio"]);
const ANTIALIAS: Param<bool> = Param::named(&["antialias"]);
const CROP: Param<bool> = Param::named(&["crop_to_aspect_ratio"]);
const PAD: Param<bool> = Param::named(&["pad_to_aspect_ratio"]);
const FILL_MODE: Param<Arg> = Param::named(&["fill_mode"]);
const DATA_FORMAT: Param<Arg> = Param::named(&["data_format"]);

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "image_resize",
        &["tf.image.resize", "keras.ops.image.resize"],
        |c| run(c, resize_op),
        "tensorflow/python/ops/image_ops_impl.py: resize_images_v2, keras/src/ops/image.py: Resize",
    ),
    rule(
        "backend_resize_images",
        &["tf.keras.backend.resize_images"],
        |c| run(c, resize_images),
        "keras/src/legacy/backend.py: resize_images",
    ),
];

fn resize_op(cx: &Cx<'_>) -> Infer<Val> {
    let method = match cx.known(METHOD)? {
        Val::Py(Arg::Missing) => "bilinear".to_owned(),
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => return Err(Stop::Unknown("a method that is not known")),
    };
    if cx.surface() == Surface::KerasOps {
        return of_keras(cx, &method).map(Val::T);
    }
    let preserve = cx.get(PRESERVE)?;
    resize(cx, cx.known(IMAGES)?, cx.known(SIZE)?, &method, cx.get(ANTIALIAS)?, preserve).map(Val::T)
}

fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: String) -> Infer<R> {
    cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
}

/// `tf.image.resize`.
pub(super) fn resize(
    cx: &Cx<'_>,
    images: &Val,
    size: &Val,
    method: &str,
    antialias: bool,
    preserve: bool,
) -> Infer<Tensor> {
    let mut images = cx.convert(images, None)?;
    let Some(rank) = images.rank() else {
        return Err(Stop::Unknown("images of unknown rank"));
    };
    if rank == 3 {
        images = expand_dims(cx, images, Val::from(0))?;
    } else if rank != 4 {
        let text = "'images' must have either 3 or 4 dimensions.";
        let mistake = Mistake::RankMismatch { param: "images", expected: "3 or 4".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    let size = match cx.convert(size, Some(DType::Int32)) {
        Ok(size) => size,
        Err(Stop::Violation(_)) => return refuse(cx, "size", "'size' must be a 1-D int32 Tensor".to_owned()),
        Err(stop) => return Err(stop),
    };
    if !size.shape.compatible(&Shape::known(&[2])) {
        let text = "'size' must be a 1-D Tensor of 2 elements: new_height, new_width";
        return refuse(cx, "size", text.to_owned());
    }
    let size = if preserve { scaled(&images, &size) } else { size };
    let kernel = match method {
        "bilinear" if !antialias => "ResizeBilinear",
        "bicubic" if !antialias => "ResizeBicubic",
        "nearest" => "ResizeNearestNeighbor",
        "area" => "ResizeArea",
        "bilinear" | "bicubic" | "lanczos3" | "lanczos5" | "gaussian" | "mitchellcubic" => "",
        other => return refuse(cx, "method", format!("Resize method is not implemented: {other}")),
    };
    let out = if kernel.is_empty() {
        let weighing = match method {
            "bilinear" => "triangle",
            "bicubic" => "keyscubic",
            "lanczos3" => "lanczos3",
            "lanczos5" => "lanczos5",
            "gaussian" => "gaussian",
            _ => "mitchellcubic",
        };
        image::scale_and_translate(cx, Val::T(images), Val::T(size), weighing, antialias)?
    } else {
        image::resize(cx, kernel, Val::T(images), Val::T(size))?
    };
    if rank == 3 { squeeze(cx, out, &[0]) } else { Ok(out) }
}

/// The size that keeps the ratio of height and width.
fn scaled(images: &Tensor, size: &Tensor) -> Tensor {
    let (height, width) = image::pair(size);
    let (Dim::Known(h), Dim::Known(w), Some(Dim::Known(from_h)), Some(Dim::Known(from_w))) =
        (height, width, images.shape.dim(1), images.shape.dim(2))
    else {
        return Tensor::new(Shape::known(&[2]), DType::Int32);
    };
    let ratio = (h as f32 / from_h as f32).min(w as f32 / from_w as f32);
    let to = |n: i64| (ratio * n as f32).round_ties_even() as i64;
    Tensor::vector(&[to(from_h), to(from_w)])
}

/// `keras.ops.image.resize`.
fn of_keras(cx: &Cx<'_>, method: &str) -> Infer<Tensor> {
    let x = cx.tensor(IMAGES)?;
    let given = cx.known(SIZE)?;
    let shown = repr(given);
    let size: Vec<Dim> = match given {
        Val::List(_) | Val::Tuple(_) => cx.shape(given)?.dims().map(<[Dim]>::to_vec).unwrap_or_default(),
        Val::Py(Arg::Int(_) | Arg::Float(_) | Arg::None) => {
            let text = format!("object of type '{}' has no len()", crate::spec::type_name(given));
            let problem = "is one number".to_owned();
            return cx.type_error(text, Mistake::Argument { param: "size", problem });
        }
        _ => return Err(Stop::Unknown("a size that is not known")),
    };
    let [height, width] = size[..] else {
        return refuse(
            cx,
            "size",
            format!("Expected `size` to be a tuple of 2 integers. Received: size={shown}"),
        );
    };
    if size.iter().any(|d| d.known().is_some_and(|n| n <= 0)) {
        return refuse(
            cx,
            "size",
            format!("`size` must have positive height and width. Received: size={shown}"),
        );
    }
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("images of unknown rank")) };
    if !(3..=4).contains(&rank) {
        let text = format!(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input with shape: \
             images.shape={}",
            x.shape.tuple()
        );
        let mistake = Mistake::RankMismatch { param: "images", expected: "3 or 4".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    let (crop, pad) = (cx.get(CROP)?, cx.get(PAD)?);
    if crop && pad {
        let text = "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.";
        return refuse(cx, "pad_to_aspect_ratio", text.to_owned());
    }
    let first = match cx.known(DATA_FORMAT)? {
        Val::Py(Arg::Str(s)) => &**s == "channels_first",
        v if v.is_none() => false,
        _ => return Err(Stop::Unknown("a data format that is not known")),
    };
    if cx.symbolic() {
        let at = if first { rank - 2 } else { rank - 3 };
        let shape = x.shape.with_dim(at, height).with_dim(at + 1, width);
        return Ok(keras::spec(shape, x.dtype, &[&x]));
    }
    let words = ["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"];
    super::keras_warp::one_of(cx, "interpolation", method, &words)?;
    if let Val::Py(Arg::Str(mode)) = cx.known(FILL_MODE)?
        && &**mode != "constant"
    {
        let text = format!(
            "Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: fill_mode={mode}"
        );
        return refuse(cx, "fill_mode", text);
    }
    let dtype = x.dtype;
    let orders: [&[i64]; 2] =
        if rank == 4 { [&[0, 2, 3, 1], &[0, 3, 1, 2]] } else { [&[1, 2, 0], &[2, 0, 1]] };
    let mut images = if first { transpose(cx, x, Val::ints(orders[0]))? } else { x };
    if crop || pad {
        // The crop's or padding's size is computed from the dynamic shape.
        let at = rank - 3;
        let shape = images.shape.with_dim(at, Dim::Unknown).with_dim(at + 1, Dim::Unknown);
        images = images.with_shape(shape).like();
    }
    let out = resize(cx, &Val::T(images), given, method, cx.get(ANTIALIAS)?, false)?;
    let mut out = if first { transpose(cx, out, Val::ints(orders[1]))? } else { out };
    if out.dtype == dtype {
        return Ok(out);
    }
    if dtype.is_some_and(DType::is_integer) {
        out = unary(cx, "Round", out)?;
    }
    match dtype {
        Some(narrow @ (DType::UInt8 | DType::Int8 | DType::UInt16 | DType::Int16)) => {
            saturated(cx, &Val::T(out), narrow)
        }
        _ => cast(cx, out, dtype),
    }
}

/// `K.resize_images`: by whole factors.
fn resize_images(cx: &Cx<'_>) -> Infer<Val> {
    const FACTOR: [Param<Arg>; 2] = [Param::at(1, &["height_factor"]), Param::at(2, &["width_factor"])];
    let x = cx.tensor(IMAGES)?;
    let format = match cx.known(DATA_FORMAT)? {
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => return Err(Stop::Unknown("a data format that is not known")),
    };
    let first = match format.as_str() {
        "channels_first" => true,
        "channels_last" => false,
        other => return refuse(cx, "data_format", format!("Invalid `data_format` argument: {other}")),
    };
    let interpolation = match cx.known(METHOD)? {
        Val::Py(Arg::Missing) => "nearest".to_owned(),
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => return Err(Stop::Unknown("a method that is not known")),
    };
    // Factors become integers: `np.array([1.5, 2], dtype="int32")`.
    let factor = |param| match cx.known(param)? {
        Val::Py(Arg::Float(x)) => Ok(*x as i64),
        other => cx.int(other),
    };
    let (height, width) = (factor(FACTOR[0])?, factor(FACTOR[1])?);
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("images of unknown rank")) };
    let start = if first { 2 } else { 1 };
    let sizes = dims.get(start..dims.len().min(start + 2)).unwrap_or_default().to_vec();
    let known: Option<Vec<i64>> = sizes.iter().map(|d| d.known()).collect();
    let size = match (known.as_deref(), sizes.len()) {
        (Some([h, w]), _) => Val::T(Tensor::vector(&[h * height, w * width])),
        // `tf.shape(x)[1:3] * factors` is not known as a whole.
        (None, 2) => Val::T(Tensor::new(Shape::known(&[2]), DType::Int32)),
        // A vector of one size is broadcast against the two factors.
        (Some([n]), _) => Val::T(Tensor::vector(&[n * height, n * width])),
        (None, 1) => Val::T(Tensor::new(Shape::known(&[2]), DType::Int32)),
        _ => {
            let size = Tensor::new(Shape::known(&[0]), DType::Int32);
            let factors = Tensor::new(Shape::known(&[2]), DType::Int32);
            Val::T(crate::kernels::pointwise::binary(cx, "Mul", size, factors)?)
        }
    };
    let images = if first { transpose(cx, x, Val::ints(&[0, 2, 3, 1]))? } else { x };
    let methods =
        ["area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic", "nearest"];
    if !methods.contains(&interpolation.as_str()) {
        let list = methods.map(|m| format!("\"{m}\"")).join(", ");
        let text =
            format!("`interpolation` argument should be one of: {list}. Received: \"{interpolation}\".");
        return refuse(cx, "interpolation", text);
    }
    let out = resize(cx, &Val::T(images), &size, &interpolation, false, false)?;
    if first { transpose(cx, out, Val::ints(&[0, 3, 1, 2])).map(Val::T) } else { Ok(Val::T(out)) }
}
