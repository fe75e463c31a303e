//! `keras.ops.image`: transformations, blurs and likeness.

use tensor::{DType, Dim, Shape};

use super::keras::{moved, ranked, refuse};
use super::measure;
use crate::defs::linalg::matmul::tensordot;
use crate::defs::nn::window::{DATA_FORMAT, channels_first, text};
use crate::defs::rule;
use crate::kernels::layout::transpose;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::shape::{ensure_shape, expand_dims, squeeze};
use crate::spec::{Cx, Tensor, Val, keras, run};
use crate::{Arg, Exc, Flow, Infer, Mistake, Op, Param, Stop};

const IMAGES: Param<Arg> = Param::at(0, &["images", "inputs", "image1"]);
const OTHER: Param<Arg> = Param::at(1, &["transform", "start_points", "coordinates", "image2"]);
const END: Param<Arg> = Param::at(2, &["end_points"]);
const INTERPOLATION: Param<Arg> = Param::named(&["interpolation", "method"]);
const FILL_MODE: Param<Arg> = Param::named(&["fill_mode"]);

const SOURCE: &str = "keras/src/ops/image.py, keras/src/backend/tensorflow/image.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("affine_transform", &["keras.ops.image.affine_transform"], |c| run(c, affine), SOURCE),
    rule(
        "perspective_transform",
        &["keras.ops.image.perspective_transform"],
        |c| run(c, perspective),
        SOURCE,
    ),
    rule("gaussian_blur", &["keras.ops.image.gaussian_blur"], |c| run(c, blur), SOURCE),
    rule("elastic_transform", &["keras.ops.image.elastic_transform"], |c| run(c, elastic), SOURCE),
    rule("map_coordinates", &["keras.ops.image.map_coordinates"], |c| run(c, map_coordinates), SOURCE),
    rule(
        "keras_scale_and_translate",
        &["keras.ops.image.scale_and_translate"],
        |c| run(c, scale_and_translate),
        SOURCE,
    ),
    rule("keras_sobel_edges", &["keras.ops.image.sobel_edges"], |c| run(c, sobel_edges), SOURCE),
    rule("keras_ssim", &["keras.ops.image.ssim"], |c| run(c, ssim), SOURCE),
];

/// Refuses a word that is not in a list, which the text shows as Python does a tuple.
pub(super) fn one_of(cx: &Cx<'_>, name: &'static str, given: &str, words: &[&str]) -> Infer<()> {
    if words.contains(&given) {
        return Ok(());
    }
    let list: Vec<String> = words.iter().map(|w| format!("'{w}'")).collect();
    let text = format!(
        "Invalid value for argument `{name}`. Expected of one ({}). Received: {name}={given}",
        list.join(", ")
    );
    refuse(cx, name, text)
}

/// Checks for the words that say how a warped image is sampled.
fn check_words(cx: &Cx<'_>) -> Infer<String> {
    let interpolation = text(cx.known(INTERPOLATION)?)?.unwrap_or_else(|| "bilinear".to_owned());
    one_of(cx, "interpolation", &interpolation, &["nearest", "bilinear"])?;
    if let Some(mode) = text(cx.known(FILL_MODE)?)? {
        one_of(cx, "fill_mode", &mode, &["constant", "nearest", "wrap", "reflect"])?;
    }
    Ok(interpolation)
}

fn same(images: &Tensor, from: &[&Tensor]) -> Tensor {
    keras::spec(images.shape.clone(), images.dtype, from)
}

/// Warps a batch of images: the end of `affine_transform` and `perspective_transform`.
fn warped(cx: &Cx<'_>, images: Tensor, transform: Tensor, single: bool, first: bool) -> Infer<Tensor> {
    let shape = images.shape.clone();
    let fill = Val::T(Tensor::new(Shape::scalar(), DType::Float32));
    let size = Val::T(Tensor::new(Shape::known(&[2]), DType::Int32));
    let transform = cast(cx, transform, Some(DType::Float32))?;
    if cx.eager() && transform.shape.dim(-1).and_then(Dim::known).is_some_and(|n| n != 8) {
        let text = "Input transform should be num_images x 8 or 1 x 8";
        let mistake = Mistake::Argument { param: "transform", problem: text.to_owned() };
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    let node = cx.node("ImageProjectiveTransformV3", [Val::T(images), Val::T(transform), size, fill])?;
    let mut out = ensure_shape(cx, node.out(Shape::of_rank(4)), &shape)?;
    if first {
        out = moved(cx, out, false)?;
    }
    if single { squeeze(cx, out, &[0]) } else { Ok(out) }
}

fn affine(cx: &Cx<'_>) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    if !cx.symbolic() {
        check_words(cx)?;
    }
    let (images, transform) = (cx.tensor(IMAGES)?, cx.tensor(OTHER)?);
    let rank = ranked(cx, "images", &images, true)?;
    let Some(n) = transform.rank() else { return Err(Stop::Unknown("a transform of unknown rank")) };
    if n != 1 && n != 2 {
        let text = format!(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). Received input \
             with shape: transform.shape={}",
            transform.shape.tuple()
        );
        let mistake = Mistake::RankMismatch { param: "transform", expected: "1 or 2".to_owned(), got: n };
        return cx.value_error(text, mistake);
    }
    if cx.symbolic() {
        return Ok(Val::T(same(&images, &[&images, &transform])));
    }
    let mut images = if rank == 3 { expand_dims(cx, images, Val::from(0))? } else { images };
    let transform = if n == 1 { expand_dims(cx, transform, Val::from(0))? } else { transform };
    if first {
        images = moved(cx, images, true)?;
    }
    let (batch, count) = (images.shape.dim(0), transform.shape.dim(0));
    if let (true, Some(Dim::Known(batch)), Some(Dim::Known(count))) = (cx.eager(), batch, count)
        && count != 1
        && count != batch
    {
        let text = "Input transform should be num_images x 8 or 1 x 8";
        let (left, right) = (Dim::Known(count), Dim::Known(batch));
        let mistake = Mistake::DimMismatch { left, right, what: "transforms and images" };
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    warped(cx, images, transform, rank == 3, first).map(Val::T)
}

/// Checks for four corners, or a batch of them.
fn corners(cx: &Cx<'_>, name: &'static str, points: &Tensor) -> Infer<()> {
    let Some(dims) = points.shape.dims() else { return Err(Stop::Unknown("points of unknown rank")) };
    let wrong = !(2..=3).contains(&dims.len())
        || !dims[dims.len() - 2..].iter().zip([4, 2]).all(|(d, n)| d.compatible(Dim::Known(n)));
    if wrong {
        let text = format!(
            "Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. Received shape: {}",
            points.shape.tuple()
        );
        return refuse(cx, name, text);
    }
    Ok(())
}

fn perspective(cx: &Cx<'_>) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let points = |param: Param<Arg>| -> Infer<Tensor> {
        if cx.symbolic() {
            cx.tensor(param)
        } else {
            keras::tensor(cx, cx.known(param)?, Some(DType::Float32))
        }
    };
    let (start, end) = (points(OTHER)?, points(END)?);
    if !cx.symbolic() {
        check_words(cx)?;
    }
    let images = cx.tensor(IMAGES)?;
    let rank = ranked(cx, "images", &images, true)?;
    corners(cx, "start_points", &start)?;
    corners(cx, "end_points", &end)?;
    if !start.shape.compatible(&end.shape) {
        let text = format!(
            "start_points and end_points must have the same shape. Received start_points.shape={}, end_points.shape={}",
            start.shape.tuple(),
            end.shape.tuple()
        );
        return refuse(cx, "end_points", text);
    }
    if cx.symbolic() {
        return Ok(Val::T(same(&images, &[&images, &start, &end])));
    }
    let mut images = if rank == 3 { expand_dims(cx, images, Val::from(0))? } else { images };
    if first {
        images = moved(cx, images, true)?;
    }
    let transform = Tensor::new(Shape::new([Dim::Unknown, Dim::Known(8)]), DType::Float32);
    warped(cx, images, transform, rank == 3, first).map(Val::T)
}

/// `gaussian_blur`: a depthwise convolution that pads.
fn blur(cx: &Cx<'_>) -> Infer<Val> {
    let images = cx.tensor(IMAGES)?;
    ranked(cx, "images", &images, true)?;
    if cx.symbolic() {
        channels_first(cx, cx.known(DATA_FORMAT)?)?;
        return Ok(Val::T(same(&images, &[&images])));
    }
    match images.dtype {
        Some(dtype) if dtype.is_floating() => Ok(Val::T(images.like())),
        Some(dtype) if cx.eager() => {
            // The kernel's weights are computed in the images' dtype, of which a float is subtracted.
            let text = format!(
                "cannot compute Sub as input #1(zero-based) was expected to be a {dtype} tensor but is a double tensor"
            );
            let mistake =
                Mistake::DType { param: "images", got: dtype.to_string(), expected: "float".to_owned() };
            cx.raise(Exc::InvalidArgumentError, text, mistake)
        }
        Some(dtype) => {
            let text = format!(
                "Input 'y' of 'Sub' Op has type float64 that does not match type {dtype} of argument 'x'."
            );
            let mistake =
                Mistake::DType { param: "images", got: dtype.to_string(), expected: "float".to_owned() };
            cx.type_error(text, mistake)
        }
        None => Err(Stop::Unknown("a dtype that is not known")),
    }
}

fn elastic(cx: &Cx<'_>) -> Infer<Val> {
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    if !cx.symbolic() {
        check_words(cx)?;
    }
    let images = cx.tensor(IMAGES)?;
    let rank = ranked(cx, "images", &images, true)?;
    if cx.symbolic() {
        return Ok(Val::T(same(&images, &[&images])));
    }
    if images.dtype.is_none_or(|d| !d.is_floating()) {
        return Err(Stop::Unknown("images that are no floats"));
    }
    let open = |axis: usize| images.shape.dim(axis as i64).is_none_or(|d| !d.is_known());
    let spatial = if first { rank - 2 } else { rank - 3 };
    let channels = if first { rank - 3 } else { rank - 1 };
    if open(spatial) || open(spatial + 1) || open(channels) {
        return Err(Stop::Unknown("images of unknown size"));
    }
    // A batch of unknown size is taken for one image.
    let shape = match images.shape.dim(0) {
        Some(Dim::Symbol(_)) if rank == 4 => images.shape.with_dim(0, Dim::Known(1)),
        _ => images.shape.clone(),
    };
    Ok(Val::T(images.with_shape(shape).like()))
}

fn map_coordinates(cx: &Cx<'_>) -> Infer<Val> {
    const ORDER: Param<Arg> = Param::named(&["order"]);
    let (x, places) = (cx.tensor(IMAGES)?, cx.tensor(OTHER)?);
    let (Some(dims), Some(axes)) = (x.shape.dims(), places.shape.dims()) else {
        return Err(Stop::Unknown("an image or coordinates of unknown rank"));
    };
    let Some((leading, rest)) = axes.split_first() else {
        return Err(Stop::Unknown("coordinates that are a scalar"));
    };
    let wrong = match leading {
        Dim::Known(n) => *n != dims.len() as i64,
        Dim::Symbol(_) => true,
        Dim::Unknown => return Err(Stop::Unknown("coordinates that are not known in number")),
    };
    if wrong {
        let text = format!(
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: {} and \
             coordinate leading dim of {leading}",
            x.shape.tuple()
        );
        let (left, right) = (*leading, Dim::Known(dims.len() as i64));
        let what = "the coordinates and the axes of the image";
        return cx.value_error(text, Mistake::DimMismatch { left, right, what });
    }
    if rest.is_empty() {
        let text = format!(
            "Invalid coordinates rank: expected at least rank 2. Received input with shape: {}",
            places.shape.tuple()
        );
        let mistake =
            Mistake::RankMismatch { param: "coordinates", expected: "at least 2".to_owned(), got: 1 };
        return cx.value_error(text, mistake);
    }
    let out = Shape::new(rest.iter().copied());
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(out, x.dtype, &[&x, &places])));
    }
    let order = cx.int(cx.known(ORDER)?)?;
    if order != 0 && order != 1 {
        let text = "map_coordinates currently requires order<=1";
        let mistake = Mistake::Argument { param: "order", problem: text.to_owned() };
        return cx.raise(Exc::NotImplementedError, text, mistake);
    }
    if !cx.eager() && dims.iter().any(|d| !d.is_known()) {
        return Err(Stop::Unknown("an image of unknown size"));
    }
    let nearest = order == 0 || places.dtype.is_none_or(|d| !d.is_floating());
    let integer = x.dtype.is_none_or(|d| !d.is_floating());
    let mut made = Tensor::new(out, x.dtype);
    made.reach.join(&x.reach);
    if !nearest {
        made.reach.join(&places.reach);
    }
    made.reach = made.reach.at_most(if integer { Flow::None } else { Flow::Ok });
    Ok(Val::T(made))
}

/// `scale_and_translate`: a matrix product along each axis.
fn scale_and_translate(cx: &Cx<'_>) -> Infer<Val> {
    const SHAPE: Param<Arg> = Param::at(1, &["output_shape"]);
    const SCALE: Param<Arg> = Param::at(2, &["scale"]);
    const TRANSLATION: Param<Arg> = Param::at(3, &["translation"]);
    const AXES: Param<Arg> = Param::at(4, &["spatial_dims"]);
    let (x, scale, translation) = (cx.tensor(IMAGES)?, cx.tensor(SCALE)?, cx.tensor(TRANSLATION)?);
    let shape = cx.shape(cx.known(SHAPE)?)?;
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(shape, x.dtype, &[&x, &scale, &translation])));
    }
    let method = text(cx.known(INTERPOLATION)?)?.unwrap_or_default();
    let methods = ["linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5"];
    if !methods.contains(&&*method) {
        // The methods are a set, whose order is not known.
        let text = "Invalid value for argument `method`. Expected of one {";
        let problem = format!("no method is called '{method}'");
        return cx.value_error(text, Mistake::Argument { param: "method", problem });
    }
    let axes = cx.ints(cx.known(AXES)?)?;
    let (Some(rank), Some(sizes)) = (x.rank(), shape.dims()) else {
        return Err(Stop::Unknown("images of unknown rank"));
    };
    if axes.is_empty() {
        return Ok(Val::T(x));
    }
    if sizes.iter().any(|size| matches!(size, Dim::Symbol(_))) {
        return cx.value_error("None values not supported.", Mistake::UnknownDim);
    }
    if x.dtype.is_none_or(|d| !d.is_floating()) || rank == 0 {
        return Err(Stop::Unknown("images that are no floats"));
    }
    let spread = binary(cx, "Mul", cast(cx, &scale, x.dtype)?, cast(cx, &translation, x.dtype)?)?;
    let mut out = x.clone();
    for axis in axes {
        let axis = axis.rem_euclid(rank as i64) as usize;
        let Some(size) = sizes.get(axis) else { return Err(Stop::Unknown("a shape that does not fit")) };
        let own = out.shape.dim(axis as i64).unwrap_or(Dim::Unknown);
        let weights =
            Tensor { reach: spread.reach.clone(), ..Tensor::new(Shape::new([own, *size]), x.dtype) };
        let product = tensordot(cx, &out, &weights, &Val::List(vec![Val::from(axis as i64), Val::from(0)]))?;
        let mut order: Vec<i64> = (0..rank as i64 - 1).collect();
        order.insert(axis, rank as i64 - 1);
        out = transpose(cx, product, Val::ints(&order))?;
    }
    Ok(Val::T(out))
}

fn sobel_edges(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(IMAGES)?;
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("images of unknown rank")) };
    if cx.symbolic() {
        if dims.len() != 4 {
            let text = format!(
                "Invalid images rank: expected rank 4 (batch of images). Received: images.shape={}",
                keras::list(&x.shape)
            );
            let (expected, got) = ("4".to_owned(), dims.len());
            return cx.value_error(text, Mistake::RankMismatch { param: "images", expected, got });
        }
        let shape = dims.iter().copied().chain([Dim::Known(2)]).collect();
        return Ok(Val::T(keras::spec(shape, x.dtype, &[&x])));
    }
    let x = if first { transpose(cx, x, Val::ints(&[0, 2, 3, 1]))? } else { x };
    let edges = measure::edges(cx, &x)?;
    if first { transpose(cx, edges, Val::ints(&[0, 3, 1, 2, 4])).map(Val::T) } else { Ok(Val::T(edges)) }
}

fn ssim(cx: &Cx<'_>) -> Infer<Val> {
    const FILTER: Param<Arg> = Param::named(&["filter_size"]);
    let first = channels_first(cx, cx.known(DATA_FORMAT)?)?;
    let (a, b) = (cx.tensor(IMAGES)?, cx.tensor(OTHER)?);
    let rank = ranked(cx, "image1", &a, true)?;
    let other = ranked(cx, "image2", &b, true)?;
    let batch =
        if rank == 3 { Shape::scalar() } else { Shape::new([a.shape.dim(0).unwrap_or(Dim::Unknown)]) };
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(batch, a.dtype, &[&a, &b])));
    }
    if rank != other || !a.shape.compatible(&b.shape) {
        return Err(Stop::Unknown("images that differ"));
    }
    let size = match cx.known(FILTER)? {
        v if v.is_none() => 11,
        v => cx.int(v)?,
    };
    let spatial = if first { rank - 2 } else { rank - 3 };
    for axis in [spatial, spatial + 1] {
        let Some(Dim::Known(n)) = a.shape.dim(axis as i64).filter(|d| d.known().is_some_and(|n| n < size))
        else {
            continue;
        };
        let (left, right) = (Dim::Known(n), Dim::Known(size));
        let mistake = Mistake::DimMismatch { left, right, what: "a filter larger than the image" };
        if cx.eager() {
            return Err(Stop::Unknown("a filter larger than the image, on values"));
        }
        return cx
            .value_error(format!("Negative dimension size caused by subtracting {size} from {n}"), mistake);
    }
    let integer = a.dtype.is_none_or(|d| !d.is_floating());
    let mut out = Tensor::new(batch, a.dtype);
    out.reach.join(&a.reach);
    out.reach.join(&b.reach);
    out.reach = out.reach.at_most(if integer { Flow::None } else { Flow::Ok });
    Ok(Val::T(out))
}
