//! Functions that measure images or take parts of them: patches, boxes, edges, likeness; decoding.

use tensor::{DType, Dim, Shape};

use super::colour::converted;
use crate::defs::rule;
use crate::kernels::conv::{Padding, Window, depthwise};
use crate::kernels::image;
use crate::kernels::join::concat;
use crate::kernels::layout::pad;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::reshape;
use crate::kernels::stride::{Bounds, Pick, strided_slice};
use crate::spec::{Cx, Tensor, Val, has_attribute, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop};

const IMAGES: Param<Arg> = Param::at(0, &["images", "image", "input", "contents"]);
const OTHER: Param<Arg> = Param::at(1, &["b", "img2"]);
const FIRST: Param<Arg> = Param::at(0, &["a", "img1"]);
const CHANNELS: Param<Arg> = Param::named(&["channels"]);
const DTYPE: Param<Arg> = Param::named(&["dtype"]);
const EXPAND: Param<Arg> = Param::named(&["expand_animations"]);

const SOURCE: &str = "tensorflow/python/ops/image_ops_impl.py, tensorflow/core/ops/image_ops.cc";

pub(in crate::defs) static OPS: &[Op] = &[
    rule("extract_patches", &["tf.image.extract_patches"], |c| run(c, patches), SOURCE),
    rule("crop_and_resize", &["tf.image.crop_and_resize"], |c| run(c, crop_and_resize), SOURCE),
    rule("psnr", &["tf.image.psnr"], |c| run(c, psnr), SOURCE),
    rule("ssim", &["tf.image.ssim"], |c| run(c, |cx| ssim(cx, 11)), SOURCE),
    rule("total_variation", &["tf.image.total_variation"], |c| run(c, total_variation), SOURCE),
    rule("image_gradients", &["tf.image.image_gradients"], |c| run(c, image_gradients), SOURCE),
    rule("sobel_edges", &["tf.image.sobel_edges"], |c| run(c, sobel_edges), SOURCE),
    rule("draw_bounding_boxes", &["tf.image.draw_bounding_boxes"], |c| run(c, draw), SOURCE),
    rule("extract_glimpse", &["tf.image.extract_glimpse"], |c| run(c, glimpse), SOURCE),
    rule(
        "decode_jpeg",
        &["tf.io.decode_jpeg", "tf.io.decode_png", "tf.io.decode_bmp"],
        |c| run(c, |cx| decoded(cx, true)),
        SOURCE,
    ),
    rule("decode_image", &["tf.io.decode_image"], |c| run(c, |cx| decoded(cx, false)), SOURCE),
];

fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: String) -> Infer<R> {
    cx.value_error(text.clone(), Mistake::Argument { param, problem: text })
}

fn patches(cx: &Cx<'_>) -> Infer<Val> {
    const LISTS: [(Param<Arg>, &str); 3] = [
        (Param::at(1, &["sizes"]), "ksizes"),
        (Param::at(2, &["strides"]), "strides"),
        (Param::at(3, &["rates"]), "rates"),
    ];
    const PADDING: Param<Arg> = Param::at(4, &["padding"]);
    let mut lists = Vec::new();
    for (param, name) in LISTS {
        let given = cx.known(param)?;
        if matches!(given, Val::Py(Arg::Int(_))) {
            let text = format!(
                "Expected list for '{name}' argument to 'extract_image_patches' Op, not {}.",
                crate::spec::repr(given)
            );
            return cx.type_error(text.clone(), Mistake::Argument { param: "sizes", problem: text });
        }
        let list = cx.ints(given)?;
        if list.len() < 4 {
            let text = format!(
                "Attr '{name}' of 'ExtractImagePatches' Op passed list of length {} less than minimum 4.",
                list.len()
            );
            return refuse(cx, "sizes", text);
        }
        lists.push(list);
    }
    let padding = match cx.known(PADDING)? {
        Val::Py(Arg::Str(s)) if &**s == "SAME" => Padding::Same,
        Val::Py(Arg::Str(s)) if &**s == "VALID" => Padding::Valid,
        Val::Py(Arg::Str(s)) => {
            let class = if cx.eager() { Exc::InvalidArgumentError } else { Exc::ValueError };
            let text = format!(
                "Attr 'padding' of 'ExtractImagePatches' Op passed string '{s}' not in: \"SAME\", \"VALID\"."
            );
            return cx.raise(class, text.clone(), Mistake::Argument { param: "padding", problem: text });
        }
        _ => return Err(Stop::Unknown("a padding that is not known")),
    };
    let [sizes, strides, dilations] = &lists[..] else {
        return Err(Stop::Unknown("sizes that are not known"));
    };
    if [sizes, strides, dilations].iter().any(|l| l.iter().any(|n| *n < 1)) {
        return Err(Stop::Unknown("sizes that are not positive"));
    }
    let window = Window { strides: strides.clone(), dilations: dilations.clone(), padding, first: false };
    image::patches(cx, cx.known(IMAGES)?.clone(), sizes, &window).map(Val::T)
}

const CROP_METHOD: Param<Arg> = Param::named(&["method"]);
const OUTSIDE: Param<Arg> = Param::named(&["extrapolation_value"]);

fn crop_and_resize(cx: &Cx<'_>) -> Infer<Val> {
    const BOXES: Param<Arg> = Param::at(1, &["boxes"]);
    const NUMBERS: Param<Arg> = Param::at(2, &["box_indices"]);
    const SIZE: Param<Arg> = Param::at(3, &["crop_size"]);
    let of = |p: Param<Arg>| cx.known(p).cloned();
    let nearest = matches!(cx.known(CROP_METHOD)?, Val::Py(Arg::Str(s)) if &**s == "nearest");
    let fill = match cx.known(OUTSIDE)? {
        Val::Py(Arg::Float(x)) => *x,
        v if v.is_none() => 0.0,
        other => cx.int(other)? as f64,
    };
    image::crop_and_resize(cx, of(IMAGES)?, of(BOXES)?, of(NUMBERS)?, of(SIZE)?, (nearest, fill)).map(Val::T)
}

fn psnr(cx: &Cx<'_>) -> Infer<Val> {
    let (a, b) = (cx.tensor(FIRST)?, cx.tensor(OTHER)?);
    let own = a.dtype;
    let (a, b) = (converted(cx, &a, DType::Float32)?, converted(cx, &b, DType::Float32)?);
    let distance = binary(cx, "SquaredDifference", &a, &b)?;
    let mean = reduce(cx, "Mean", distance, &Axes::ints(&[-3, -2, -1]), false)?;
    let out = unary(cx, "Log", mean)?;
    let out = decibels(cx, out, own)?;
    for t in [&a, &b] {
        three_axes(cx, &t.shape)?;
    }
    alike(cx, &a.shape, &b.shape)?;
    Ok(Val::T(out))
}

/// The ratio of the largest signal, in the images' own dtype, to a noise that is given by its logarithm.
fn decibels(cx: &Cx<'_>, noise: Tensor, dtype: Option<DType>) -> Infer<Tensor> {
    const MAX: Param<Arg> = Param::at(2, &["max_val"]);
    let most = cast(cx, cx.tensor(MAX)?, dtype)?;
    let most = converted(cx, &most, DType::Float32)?;
    let signal = binary(cx, "Mul", unary(cx, "Log", most)?, Val::from(20.0))?;
    let signal = binary(cx, "RealDiv", signal, Val::from(std::f64::consts::LN_10))?;
    let noise = binary(cx, "Mul", noise, Val::from(10.0 / std::f64::consts::LN_10))?;
    binary(cx, "Sub", signal, noise)
}

/// The last three axes of two images are alike, and those before fit each other.
///
/// source: tensorflow/python/ops/image_ops_impl.py: _verify_compatible_image_shapes
fn alike(cx: &Cx<'_>, a: &Shape, b: &Shape) -> Infer<()> {
    let (Some(x), Some(y)) = (a.dims(), b.dims()) else { return Ok(()) };
    let (Some((more, x)), Some((others, y))) = (x.split_last_chunk::<3>(), y.split_last_chunk::<3>()) else {
        return Ok(());
    };
    let differ = |(m, n): (&Dim, &Dim)| (!m.compatible(*n)).then_some((*m, *n));
    let refuse = |text: String, (left, right): (Dim, Dim)| {
        cx.value_error(text, Mistake::DimMismatch { left, right, what: "two images" })
    };
    if let Some(pair) = x.iter().zip(y).find_map(differ) {
        let shown = |dims: &[Dim; 3]| Shape::new(*dims).tuple();
        return refuse(format!("Shapes {} and {} are incompatible", shown(x), shown(y)), pair);
    }
    let one = Dim::Known(1);
    let pairs = more.iter().rev().zip(others.iter().rev());
    match pairs.filter(|(m, n)| **m != one && **n != one).find_map(differ) {
        Some(pair) => refuse(format!("Two images are not compatible: {} and {}", a.tuple(), b.tuple()), pair),
        None => Ok(()),
    }
}

/// An image has three axes at least.
fn three_axes(cx: &Cx<'_>, shape: &Shape) -> Infer<()> {
    match shape.rank() {
        Some(got) if got < 3 => {
            let text = format!("Shape {} must have rank at least 3", shape.tuple());
            let expected = "at least 3".to_owned();
            cx.value_error(text, Mistake::RankMismatch { param: "img1", expected, got })
        }
        _ => Ok(()),
    }
}

/// Structural similarity: one number for each image.
fn ssim(cx: &Cx<'_>, default: i64) -> Infer<Val> {
    const FILTER: Param<Arg> = Param::named(&["filter_size"]);
    const INDEX_MAP: Param<bool> = Param::named(&["return_index_map"]);
    let (a, b) = (cx.tensor(FIRST)?, cx.tensor(OTHER)?);
    let (Some(x), Some(y)) = (a.shape.dims(), b.shape.dims()) else {
        return Err(Stop::Unknown("images of unknown rank"));
    };
    for t in [&a, &b] {
        three_axes(cx, &t.shape)?;
    }
    let size = match cx.known(FILTER)? {
        v if v.is_none() => default,
        v => cx.int(v)?,
    };
    if cx.get(INDEX_MAP)? || cx.eager() && !a.shape.compatible(&b.shape) {
        return Err(Stop::Unknown("images that differ, or an index map"));
    }
    let small = |dims: &[Dim]| {
        dims[dims.len() - 3..dims.len() - 1].iter().find(|d| d.known().is_some_and(|n| n < size)).copied()
    };
    if let Some(side) = small(x).or_else(|| small(y)) {
        if cx.eager() {
            return Err(Stop::Unknown("images smaller than the filter, on values"));
        }
        let text = format!("Negative dimension size caused by subtracting {size} from {side}");
        let (left, right) = (side, Dim::Known(size));
        return cx
            .value_error(text, Mistake::DimMismatch { left, right, what: "a filter larger than the image" });
    }
    let batch = |dims: &[Dim]| Shape::new(dims[..dims.len() - 3].iter().copied());
    let out = cx.fit("Mul", merge::broadcast(&batch(x), &batch(y)))?;
    if let Some(made) = likeness(cx, &a, &b, size)? {
        return Ok(Val::T(made.with_shape(out)));
    }
    let mut made = Tensor::new(out, DType::Float32);
    made.reach.join(&a.reach);
    made.reach.join(&b.reach);
    Ok(Val::T(made))
}

/// `_ssim_per_channel`, and the mean over the channels; nothing where it is not followed: of other than four axes, of
/// integers, of parameters that are not known.
fn likeness(cx: &Cx<'_>, a: &Tensor, b: &Tensor, size: i64) -> Infer<Option<Tensor>> {
    const MAX: Param<Arg> = Param::at(2, &["max_val"]);
    const SIGMA: Param<Arg> = Param::named(&["filter_sigma"]);
    const FIRST_SHARE: Param<Arg> = Param::named(&["k1"]);
    const SECOND_SHARE: Param<Arg> = Param::named(&["k2"]);
    let number = |param: Param<Arg>, default: f64| match cx.known(param).cloned() {
        Ok(Val::Py(Arg::Float(x))) => Some(x),
        Ok(Val::Py(Arg::Int(n))) => Some(n as f64),
        Ok(v) if v.is_none() => Some(default),
        _ => None,
    };
    let numbers = [number(MAX, f64::NAN), number(SIGMA, 1.5), number(FIRST_SHARE, 0.01)];
    let ([Some(most), Some(sigma), Some(first)], Some(second)) = (numbers, number(SECOND_SHARE, 0.03)) else {
        return Ok(None);
    };
    let gauss = gaussian(size, sigma);
    let smooth = |x: &Tensor| filtered(cx, x, size, &[&gauss]);
    let mul = |x: &Tensor, y: &Tensor| binary(cx, "Mul", x, y);
    let twice = |x: &Tensor| binary(cx, "Mul", x, Val::from(2.0));
    let plus = |x: &Tensor, c: f64| binary(cx, "AddV2", x, Val::from(c));
    let (Some(means), Some(other)) = (smooth(a)?, smooth(b)?) else { return Ok(None) };
    let products = twice(&mul(&means, &other)?)?;
    let squares = binary(cx, "AddV2", &unary(cx, "Square", &means)?, &unary(cx, "Square", &other)?)?;
    let (Some(joint), Some(both)) = (
        smooth(&mul(a, b)?)?,
        smooth(&binary(cx, "AddV2", &unary(cx, "Square", a)?, &unary(cx, "Square", b)?)?)?,
    ) else {
        return Ok(None);
    };
    let (c1, c2) = ((first * most).powi(2), (second * most).powi(2));
    let light = binary(cx, "RealDiv", plus(&products, c1)?, plus(&squares, c1)?)?;
    let covariance = binary(cx, "Sub", &twice(&joint)?, &products)?;
    let variance = binary(cx, "Sub", &both, &squares)?;
    let contrast = binary(cx, "RealDiv", plus(&covariance, c2)?, plus(&variance, c2)?)?;
    let all = reduce(cx, "Mean", mul(&light, &contrast)?, &Axes::ints(&[-3, -2]), false)?;
    reduce(cx, "Mean", all, &Axes::ints(&[-1]), false).map(Some)
}

/// A square Gaussian filter whose weights sum to one.
///
/// source: tensorflow/python/ops/image_ops_impl.py: _fspecial_gauss
fn gaussian(size: i64, sigma: f64) -> Vec<f64> {
    let middle = (size - 1) as f64 / 2.0;
    let weight = |at: i64| (-0.5 * ((at as f64 - middle) / sigma).powi(2)).exp();
    let cells: Vec<f64> = (0..size).flat_map(|i| (0..size).map(move |j| weight(i) * weight(j))).collect();
    let whole: f64 = cells.iter().sum();
    cells.into_iter().map(|cell| cell / whole).collect()
}

/// A part of an axis.
fn cut(cx: &Cx<'_>, x: &Tensor, axis: usize, (start, stop): (Option<i64>, Option<i64>)) -> Infer<Tensor> {
    let whole = Pick::Range(Bounds { start: None, stop: None, step: None });
    let bounds = Bounds { start: start.map(Dim::Known), stop: stop.map(Dim::Known), step: None };
    let mut picks = vec![whole; axis];
    picks.push(Pick::Range(bounds));
    strided_slice(cx, x, &picks)
}

/// The differences of neighbours along an axis.
fn differences(cx: &Cx<'_>, x: &Tensor, axis: usize) -> Infer<Tensor> {
    let own = |start, stop| cut(cx, x, axis, (start, stop));
    binary(cx, "Sub", own(Some(1), None)?, own(None, Some(-1))?)
}

/// The images of a function that asks for `images.get_shape()` before it converts anything: no NumPy array has that.
fn asked_for_shape(cx: &Cx<'_>) -> Infer<Tensor> {
    has_attribute(cx, cx.known(IMAGES)?, "get_shape", "images")?;
    cx.tensor(IMAGES)
}

fn total_variation(cx: &Cx<'_>) -> Infer<Val> {
    let x = asked_for_shape(cx)?;
    let (first, axes) = match x.rank() {
        Some(3) => (0, Axes::All),
        Some(4) => (1, Axes::ints(&[1, 2, 3])),
        Some(rank) => {
            let text = "'images' must be either 3 or 4-dimensional.";
            let mistake = Mistake::RankMismatch { param: "images", expected: "3 or 4".to_owned(), got: rank };
            return cx.value_error(text, mistake);
        }
        None => return Err(Stop::Unknown("images of unknown rank")),
    };
    let sum = |axis: usize| {
        let distance = unary(cx, "Abs", differences(cx, &x, axis)?)?;
        reduce(cx, "Sum", distance, &axes, false)
    };
    binary(cx, "AddV2", sum(first)?, sum(first + 1)?).map(Val::T)
}

fn image_gradients(cx: &Cx<'_>) -> Infer<Val> {
    let x = asked_for_shape(cx)?;
    match x.rank() {
        Some(4) => {
            // The differences to the next row and column, and zeros behind the last.
            let along = |axis: usize| {
                let apart = differences(cx, &x, axis)?;
                let edge = cut(cx, &x, axis, (Some(-1), None))?;
                let zeros = binary(cx, "Sub", &edge, &edge)?;
                concat(cx, Val::list([apart, zeros]), Val::from(axis as i64))
            };
            let shaped = |t: Tensor| t.with_shape(x.shape.clone());
            Ok(Val::tuple([shaped(along(1)?), shaped(along(2)?)]))
        }
        Some(rank) => {
            let text = format!(
                "image_gradients expects a 4D tensor [batch_size, h, w, d], not {}.",
                x.shape.tuple()
            );
            let mistake = Mistake::RankMismatch { param: "image", expected: "4".to_owned(), got: rank };
            cx.value_error(text, mistake)
        }
        None => Err(Stop::Unknown("images of unknown rank")),
    }
}

fn sobel_edges(cx: &Cx<'_>) -> Infer<Val> {
    edges(cx, &asked_for_shape(cx)?).map(Val::T)
}

/// `tf.image.sobel_edges`: two convolutions of the padded images.
pub(super) fn edges(cx: &Cx<'_>, images: &Tensor) -> Infer<Tensor> {
    let paddings = Tensor::ints(vec![4, 2], DType::Int32, vec![0, 0, 1, 1, 1, 1, 0, 0]);
    let padded = pad(cx, "MirrorPad", images, Val::T(paddings), Some(Val::Py(Arg::Str("REFLECT".into()))))?;
    let Some(dims) = images.shape.dims() else { return Err(Stop::Unknown("images of unknown rank")) };
    let shape: Shape = dims.iter().copied().chain([Dim::Known(2)]).collect();
    match filtered(cx, &padded, 3, &[&SOBEL, &turned(&SOBEL)])? {
        Some(edges) => match shape.all_known() {
            Some(sizes) => reshape(cx, edges, Val::ints(&sizes)),
            None => Ok(edges.with_shape(shape)),
        },
        None => Ok(padded.with_shape(shape)),
    }
}

/// How much each row is above the one before the last.
const SOBEL: [f64; 9] = [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0];

fn turned(square: &[f64; 9]) -> [f64; 9] {
    std::array::from_fn(|at| square[at % 3 * 3 + at / 3])
}

/// Each channel of images by square filters, without padding; nothing where the channels are not known, or the images
/// are of another dtype than the filters.
fn filtered(cx: &Cx<'_>, images: &Tensor, side: i64, filters: &[&[f64]]) -> Infer<Option<Tensor>> {
    let Some(Dim::Known(channels)) = images.shape.dim(-1) else { return Ok(None) };
    if images.dtype != Some(DType::Float32) || images.rank() != Some(4) {
        return Ok(None);
    }
    let cells = 0..filters.first().map_or(0, |f| f.len());
    let values = cells.flat_map(|at| {
        std::iter::repeat_n(at, usize::try_from(channels).unwrap_or(0))
            .flat_map(move |at| filters.iter().map(move |filter| filter[at]))
    });
    let shape = vec![side, side, channels, filters.len() as i64];
    let filter = Tensor::floats(shape, DType::Float32, values.collect());
    let window = Window { strides: vec![1; 4], dilations: vec![1; 2], padding: Padding::Valid, first: false };
    depthwise(cx, Val::from(images), Val::T(filter), &window).map(Some)
}

fn draw(cx: &Cx<'_>) -> Infer<Val> {
    const BOXES: Param<Arg> = Param::at(1, &["boxes"]);
    let node = cx.node("DrawBoundingBoxes", [cx.known(IMAGES)?.clone(), cx.known(BOXES)?.clone()])?;
    let shape = cx.fit_or("DrawBoundingBoxes", merge::rank_at_least(&node.x(0).shape, 3), || {
        "The rank of the images should be 4".to_owned()
    });
    shape?;
    Ok(Val::T(node.out(node.x(0).shape.clone())))
}

fn glimpse(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "ExtractGlimpseV2";
    const SIZE: Param<Arg> = Param::at(1, &["size"]);
    const OFFSETS: Param<Arg> = Param::at(2, &["offsets"]);
    let x = cx.tensor(IMAGES)?;
    let size = cx.convert(cx.known(SIZE)?, Some(DType::Int32))?;
    let offsets = cx.convert(cx.known(OFFSETS)?, Some(DType::Float32))?;
    let mut shape = cx.fit(KERNEL, merge::rank(&x.shape, 4))?;
    let offsets = cx.fit(KERNEL, merge::rank(&offsets.shape, 2))?;
    if let (Some(images), Some(places), Some(pair)) = (shape.dim(0), offsets.dim(0), offsets.dim(1)) {
        shape = shape.with_dim(0, cx.fit(KERNEL, merge::dims(images, places, "the batches"))?);
        cx.fit(KERNEL, merge::dims(pair, Dim::Known(2), "an offset"))?;
    }
    let (height, width) = image::pair(&size);
    let mut out = Tensor::new(shape.with_dim(1, height).with_dim(2, width), DType::Float32);
    out.reach = x.reach.clone().at_most(crate::Flow::unregistered(KERNEL));
    Ok(Val::T(out))
}

/// Decoded images: their sizes are in the data.
fn decoded(cx: &Cx<'_>, still: bool) -> Infer<Val> {
    let kernel = match cx.call.path.rsplit('_').next() {
        Some("png") => "DecodePng",
        Some("jpeg") => "DecodeJpeg",
        Some("bmp") => "DecodeBmp",
        _ => "DecodeImage",
    };
    let contents = cx.node(kernel, [cx.known(IMAGES)?.clone()])?.x(0).clone();
    if cx.eager() {
        return Err(Stop::Unknown("the contents of a file"));
    }
    cx.fit("DecodeImage", merge::rank(&contents.shape, 0))?;
    let dtype = match cx.known(DTYPE)? {
        v if v.is_none() => Some(DType::UInt8),
        v => cx.dtype(v)?,
    };
    let channels = match cx.known(CHANNELS)? {
        v if v.is_none() => 0,
        v => cx.int(v)?,
    };
    let depth = if channels == 0 { Dim::Unknown } else { Dim::Known(channels) };
    let animated = !still && !matches!(cx.known(EXPAND)?, Val::Py(Arg::Bool(false)));
    let shape = if animated { Shape::UNKNOWN } else { Shape::new([Dim::Unknown, Dim::Unknown, depth]) };
    Ok(Val::T(Tensor::new(shape, dtype)))
}
