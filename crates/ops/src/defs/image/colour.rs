//! Functions on the colours of images.

use tensor::{DType, Dim, Shape};

use super::place::check;
use crate::defs::linalg::matmul::tensordot;
use crate::defs::make::saturated;
use crate::defs::reduce::variance;
use crate::defs::rule;
use crate::kernels::image;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::kernels::random;
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::expand_dims;
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Violation};

const IMAGE: Param<Arg> = Param::at(0, &["image", "images"]);
const FACTOR: Param<Arg> =
    Param::at(1, &["delta", "contrast_factor", "saturation_factor", "max_delta", "lower", "gamma"]);
const GAIN: Param<Arg> = Param::named(&["gain"]);
const SATURATE: Param<bool> = Param::named(&["saturate"]);
const UPPER: Param<Arg> = Param::at(2, &["upper"]);
const DTYPE: Param<Arg> = Param::at(1, &["dtype"]);

const SOURCE: &str = "tensorflow/python/ops/image_ops_impl.py";

pub(in crate::defs) static OPS: &[Op] = &[
    rule(
        "adjust_brightness",
        &["tf.image.adjust_brightness"],
        |c| run(c, |cx| brightness(cx, false)),
        SOURCE,
    ),
    rule(
        "random_brightness",
        &["tf.image.random_brightness", "tf.image.stateless_random_brightness"],
        |c| run(c, |cx| brightness(cx, true)),
        SOURCE,
    ),
    rule(
        "adjust_contrast",
        &["tf.image.adjust_contrast"],
        |c| run(c, |cx| adjusted(cx, "AdjustContrastv2")),
        SOURCE,
    ),
    rule("adjust_hue", &["tf.image.adjust_hue"], |c| run(c, |cx| adjusted(cx, "AdjustHue")), SOURCE),
    rule(
        "adjust_saturation",
        &["tf.image.adjust_saturation"],
        |c| run(c, |cx| adjusted(cx, "AdjustSaturation")),
        SOURCE,
    ),
    rule(
        "random_contrast",
        &["tf.image.random_contrast", "tf.image.stateless_random_contrast"],
        |c| run(c, |cx| ranged(cx, "AdjustContrastv2")),
        SOURCE,
    ),
    rule(
        "random_saturation",
        &["tf.image.random_saturation", "tf.image.stateless_random_saturation"],
        |c| run(c, |cx| ranged(cx, "AdjustSaturation")),
        SOURCE,
    ),
    rule(
        "random_hue",
        &["tf.image.random_hue", "tf.image.stateless_random_hue"],
        |c| run(c, random_hue),
        SOURCE,
    ),
    rule("adjust_gamma", &["tf.image.adjust_gamma"], |c| run(c, gamma), SOURCE),
    rule("convert_image_dtype", &["tf.image.convert_image_dtype"], |c| run(c, convert), SOURCE),
    rule("rgb_to_grayscale", &["tf.image.rgb_to_grayscale"], |c| run(c, grayscale), SOURCE),
    rule("grayscale_to_rgb", &["tf.image.grayscale_to_rgb"], |c| run(c, to_rgb), SOURCE),
    rule("rgb_to_hsv", &["tf.image.rgb_to_hsv"], |c| run(c, |cx| hsv(cx, "RGBToHSV")), SOURCE),
    rule("hsv_to_rgb", &["tf.image.hsv_to_rgb"], |c| run(c, |cx| hsv(cx, "HSVToRGB")), SOURCE),
    rule(
        "colour_space",
        &["tf.image.rgb_to_yiq", "tf.image.yiq_to_rgb", "tf.image.rgb_to_yuv", "tf.image.yuv_to_rgb"],
        |c| run(c, linear),
        SOURCE,
    ),
    rule(
        "per_image_standardization",
        &["tf.image.per_image_standardization"],
        |c| run(c, standardized),
        SOURCE,
    ),
    rule(
        "jpeg_quality",
        &[
            "tf.image.adjust_jpeg_quality",
            "tf.image.random_jpeg_quality",
            "tf.image.stateless_random_jpeg_quality",
        ],
        |c| run(c, jpeg_quality),
        SOURCE,
    ),
];

fn refuse<R>(cx: &Cx<'_>, param: &'static str, text: &str) -> Infer<R> {
    cx.value_error(text, Mistake::Argument { param, problem: text.to_owned() })
}

/// A bound that Python compares with a number, which is a float or not: a traced tensor has no truth.
fn compared(cx: &Cx<'_>, bound: &Val, float: bool) -> Infer<Option<f64>> {
    match bound {
        Val::T(t) if t.is_tf() && !cx.eager() => {
            if float {
                binary(cx, "Greater", t, Val::from(0.5))?;
            }
            Err(Violation::symbolic_bool().raised())
        }
        other => Ok(other.number()),
    }
}

/// Checks the seed of a stateless function, which draws before it changes the image.
pub(super) fn seeded(cx: &Cx<'_>) -> Infer<()> {
    const SEED: Param<Arg> = Param::named(&["seed"]);
    if !cx.call.path.contains("stateless") {
        return Ok(());
    }
    crate::kernels::random::two_integers(cx, cx.known(SEED)?).map(drop)
}

/// Numbers between two bounds, where a run is recorded: those that follow from the seed, or others each time.
pub(super) fn drawn(cx: &Cx<'_>, dims: Vec<Dim>, bounds: [f64; 2]) -> Infer<Option<Tensor>> {
    if cx.call.recorder.is_none() {
        return Ok(None);
    }
    let seed = crate::defs::random::seed(cx)?;
    random::between(cx, dims, DType::Float32, seed.as_ref(), bounds).map(Some)
}

/// `tf.image.convert_image_dtype`.
pub(super) fn converted(cx: &Cx<'_>, image: &Tensor, dtype: DType) -> Infer<Tensor> {
    converted_by(cx, image, dtype, false)
}

/// `tf.image.convert_image_dtype(…, saturate)`.
fn converted_by(cx: &Cx<'_>, image: &Tensor, dtype: DType, saturate: bool) -> Infer<Tensor> {
    let narrow = |x: &Tensor| match saturate {
        true => saturated(cx, &Val::T(x.clone()), dtype),
        false => cast(cx, x, Some(dtype)),
    };
    let number = |d: DType| d.is_floating() || d.is_integer();
    let refuse = |what: &str| {
        let text = format!("{what} must be either floating point or integer");
        cx.raise(Exc::AttributeError, text.clone(), Mistake::Argument { param: "dtype", problem: text })
    };
    if !number(dtype) {
        return refuse("dtype");
    }
    let Some(own) = image.dtype else { return Err(Stop::Unknown("a dtype that is not known")) };
    if !number(own) {
        return refuse("image dtype");
    }
    if own == dtype {
        return Ok(image.clone());
    }
    let (from, to) = (largest(own), largest(dtype));
    match (from, to) {
        (None, None) => cast(cx, image, Some(dtype)),
        (Some(most), None) => {
            let wide = cast(cx, image, Some(dtype))?;
            binary(cx, "Mul", wide, Val::from(1.0 / most as f64))
        }
        (None, Some(most)) => {
            // Half is added so that the largest number is reached by as much as the others.
            let scaled = binary(cx, "Mul", image, Val::from(most as f64 + 0.5))?;
            narrow(&scaled)
        }
        (Some(own), Some(most)) if own > most => {
            let scale = (own.saturating_add(1) / most.saturating_add(1)).max(1);
            let small = binary(cx, "FloorDiv", image, Val::from(scale))?;
            narrow(&small)
        }
        (Some(own), Some(most)) => {
            let wide = narrow(image)?;
            binary(cx, "Mul", wide, Val::from(most.saturating_add(1) / own.saturating_add(1)))
        }
    }
}

/// The largest number of an integer dtype, as far as it is one of 64 bits with a sign.
fn largest(dtype: DType) -> Option<i64> {
    Some(match dtype {
        DType::UInt8 => i64::from(u8::MAX),
        DType::UInt16 => i64::from(u16::MAX),
        DType::UInt32 => i64::from(u32::MAX),
        DType::Int8 => i64::from(i8::MAX),
        DType::Int16 => i64::from(i16::MAX),
        DType::Int32 => i64::from(i32::MAX),
        DType::Int64 | DType::UInt64 => i64::MAX,
        _ => return None,
    })
}

/// The image as floats, as most functions compute on it.
fn floats(cx: &Cx<'_>, image: &Tensor) -> Infer<Tensor> {
    match image.dtype {
        Some(DType::Float16 | DType::Float32) => Ok(image.clone()),
        _ => converted(cx, image, DType::Float32),
    }
}

/// Brings a result to the image's own dtype, the largest and smallest of which it does not leave.
fn back(cx: &Cx<'_>, out: &Tensor, image: &Tensor) -> Infer<Tensor> {
    match image.dtype {
        Some(dtype) => converted_by(cx, out, dtype, true),
        None => Ok(out.clone()),
    }
}

fn convert(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let Some(dtype) = cx.dtype(cx.known(DTYPE)?)? else {
        return Err(Stop::Unknown("a dtype that is not known"));
    };
    converted_by(cx, &image, dtype, cx.get(SATURATE)?).map(Val::T)
}

fn brightness(cx: &Cx<'_>, random: bool) -> Infer<Val> {
    let factor = cx.known(FACTOR)?;
    if random {
        if compared(cx, factor, false)?.is_some_and(|d| d < 0.0) {
            return refuse(cx, "max_delta", "max_delta must be non-negative.");
        }
        seeded(cx)?;
    }
    let image = cx.tensor(IMAGE)?;
    let wide = floats(cx, &image)?;
    let known = match factor.number().filter(|_| random) {
        Some(most) => drawn(cx, Vec::new(), [-most, most])?,
        None => None,
    };
    let told = !random || known.is_some();
    let delta = match known {
        Some(known) => Val::T(known),
        None if random => Val::from(0.5),
        None => factor.clone(),
    };
    let delta = cast(cx, cx.convert(&delta, None)?, wide.dtype)?;
    let out = binary(cx, "AddV2", wide, delta)?;
    let out = if told { out } else { out.like() };
    back(cx, &out, &image).map(Val::T)
}

/// `adjust_contrast`, `adjust_hue`, `adjust_saturation`.
fn adjusted(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let factor = cx.known(FACTOR)?.clone();
    if kernel == "AdjustHue" && cx.eager() && factor.number().is_some_and(|d| !(-1.0..=1.0).contains(&d)) {
        return refuse(cx, "delta", "delta must be in the interval [-1, 1]");
    }
    let out = image::adjust(cx, kernel, Val::T(floats(cx, &image)?), factor)?;
    match image.dtype {
        // Only a contrast is kept in bounds.
        Some(dtype) if kernel != "AdjustContrastv2" => converted(cx, &out, dtype).map(Val::T),
        _ => back(cx, &out, &image).map(Val::T),
    }
}

/// `random_contrast`, `random_saturation`.
fn ranged(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    let (upper, lower) = (compared(cx, cx.known(UPPER)?, false)?, compared(cx, cx.known(FACTOR)?, false)?);
    if lower.zip(upper).is_some_and(|(l, u)| u <= l) {
        return refuse(cx, "upper", "upper must be > lower.");
    }
    if lower.is_some_and(|l| l < 0.0) {
        return refuse(cx, "lower", "lower must be non-negative.");
    }
    seeded(cx)?;
    let image = cx.tensor(IMAGE)?;
    let factor = match lower.zip(upper) {
        Some((lower, upper)) => drawn(cx, Vec::new(), [lower, upper])?,
        None => None,
    };
    adjusted_by(cx, kernel, &image, factor, 1.0)
}

fn random_hue(cx: &Cx<'_>) -> Infer<Val> {
    let delta = compared(cx, cx.known(FACTOR)?, true)?;
    if delta.is_some_and(|d| d > 0.5) {
        return refuse(cx, "max_delta", "max_delta must be <= 0.5.");
    }
    if delta.is_some_and(|d| d < 0.0) {
        return refuse(cx, "max_delta", "max_delta must be non-negative.");
    }
    seeded(cx)?;
    let image = cx.tensor(IMAGE)?;
    let by = match delta {
        Some(delta) => drawn(cx, Vec::new(), [-delta, delta])?,
        None => None,
    };
    adjusted_by(cx, "AdjustHue", &image, by, 0.1)
}

/// Colours changed by a number that is drawn, or by one like it.
fn adjusted_by(cx: &Cx<'_>, kernel: &str, image: &Tensor, by: Option<Tensor>, like: f64) -> Infer<Val> {
    let told = by.is_some();
    let by = by.map_or(Val::from(like), Val::T);
    let out = image::adjust(cx, kernel, Val::T(floats(cx, image)?), by)?;
    back(cx, &if told { out } else { out.like() }, image).map(Val::T)
}

fn gamma(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let factor = cx.known(FACTOR)?;
    if factor.number().is_some_and(|g| g < 0.0) {
        return refuse(cx, "gamma", "Gamma should be a non-negative real number.");
    }
    let wide = floats(cx, &image)?;
    let power = match factor {
        Val::Py(Arg::Missing) => Val::from(1.0),
        other => other.clone(),
    };
    let out = binary(cx, "Pow", wide, power)?;
    let out = match cx.known(GAIN)? {
        Val::Py(Arg::Missing) => out,
        gain => binary(cx, "Mul", cx.convert_like(gain, &out)?, &out)?,
    };
    back(cx, &out, &image).map(Val::T)
}

fn grayscale(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let wide = converted(cx, &image, DType::Float32)?;
    let weights = Tensor::floats(vec![3], DType::Float32, vec![0.2989, 0.5870, 0.1140]);
    let gray = tensordot(cx, &wide, &weights, &Val::List(vec![Val::from(-1), Val::from(-1)]))?;
    let gray = expand_dims(cx, gray, Val::from(-1))?;
    back(cx, &gray, &image).map(Val::T)
}

fn to_rgb(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let Some(rank) = image.rank() else { return Err(Stop::Unknown("an image of unknown rank")) };
    if rank < 2 {
        let text =
            format!("A grayscale image (shape {}) must be at least two-dimensional.", image.shape.tuple());
        let mistake = Mistake::RankMismatch { param: "images", expected: "at least 2".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    let last = image.shape.dim(-1).unwrap_or(Dim::Unknown);
    let whole = image.shape.all_known().is_some();
    if rank == 2 && !whole && !cx.eager() {
        let text = "A grayscale image must be at least two-dimensional.\nCondition x >= y did not hold element-wise:";
        let mistake = Mistake::RankMismatch { param: "images", expected: "at least 3".to_owned(), got: rank };
        return cx.raise(Exc::InvalidArgumentError, text, mistake);
    }
    if let Some(n) = last.known().filter(|n| *n != 1) {
        let (left, right) = (last, Dim::Known(1));
        let mistake = Mistake::DimMismatch { left, right, what: "the channels of a grayscale image" };
        if cx.eager() || whole {
            return cx.value_error("Last dimension of a grayscale image should be size 1.", mistake);
        }
        let tiled = image.shape.with_dim(rank - 1, Dim::Known(n * 3));
        let wanted = image.shape.with_dim(rank - 1, Dim::Known(3));
        let text = format!(
            "Dimension {} in both shapes must be equal, but are {} and 3. Shapes are {} and {}.",
            rank - 1,
            n * 3,
            tiled.bracketed(),
            wanted.bracketed()
        );
        return cx.value_error(text, mistake);
    }
    let shape = image.shape.with_dim(rank - 1, Dim::Known(3));
    let mut times = vec![1; rank];
    times[rank - 1] = 3;
    let tiled = crate::kernels::layout::tile(cx, image, Val::ints(&times))?;
    Ok(Val::T(tiled.with_shape(shape)))
}

fn hsv(cx: &Cx<'_>, kernel: &str) -> Infer<Val> {
    image::colours(cx, kernel, cx.known(IMAGE)?.clone()).map(Val::T)
}

/// Colour spaces that are a matrix away: the product is not checked where the batch is not known.
fn linear(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    if let Some(values) = matrix(cx.call.path) {
        // The matrix is made in the image's dtype; the first number that does not fit is named.
        cx.convert(&Val::List(values.iter().map(|n| Val::from(*n)).collect()), image.dtype)?;
    }
    let kernel = match (image.dtype, matrix(cx.call.path)) {
        (Some(dtype), Some(values)) => Tensor::floats(vec![3, 3], dtype, values.to_vec()),
        (dtype, _) => Tensor::new(Shape::known(&[3, 3]), dtype),
    };
    let Some(rank) = image.rank() else { return Err(Stop::Unknown("an image of unknown rank")) };
    let axes = Val::List(vec![Val::ints(&[rank as i64 - 1]), Val::ints(&[0])]);
    tensordot(cx, &image, &kernel, &axes).map(Val::T)
}

/// The matrix between two colour spaces, by the function's name.
fn matrix(path: &str) -> Option<[f64; 9]> {
    Some(match path.rsplit('.').next()? {
        "rgb_to_yiq" => {
            [0.299, 0.59590059, 0.2115, 0.587, -0.27455667, -0.52273617, 0.114, -0.32134392, 0.31119955]
        }
        "yiq_to_rgb" => {
            [1.0, 1.0, 1.0, 0.95598634, -0.27201283, -1.10674021, 0.6208248, -0.64720424, 1.70423049]
        }
        "rgb_to_yuv" => {
            [0.299, -0.14714119, 0.61497538, 0.587, -0.28886916, -0.51496512, 0.114, 0.43601035, -0.10001026]
        }
        "yuv_to_rgb" => [1.0, 1.0, 1.0, 0.0, -0.394642334, 2.03206185, 1.13988303, -0.58062185, 0.0],
        _ => return None,
    })
}

fn standardized(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    check(cx, &image)?;
    let image = cast(cx, image, Some(DType::Float32))?;
    let axes = Axes::ints(&[-1, -2, -3]);
    let mean = reduce(cx, "Mean", &image, &axes, true)?;
    let spread = unary(cx, "Sqrt", variance(cx, &image, &axes, true)?)?;
    // An image of one colour is not divided by zero.
    let pixels: Option<i64> =
        image.shape.dims().and_then(|d| d.iter().rev().take(3).map(|d| d.known()).product());
    let spread = match pixels {
        Some(count) => binary(cx, "Maximum", spread, Val::from(1.0 / (count.max(1) as f64).sqrt()))?,
        None => spread.like(),
    };
    let centred = binary(cx, "Sub", image, mean)?;
    binary(cx, "RealDiv", centred, spread).map(Val::T)
}

fn jpeg_quality(cx: &Cx<'_>) -> Infer<Val> {
    let image = cx.tensor(IMAGE)?;
    let draws = cx.call.path.contains("random");
    if draws {
        for bound in ["min_jpeg_quality", "max_jpeg_quality"] {
            let given = cx.call.args.iter().position(|(name, _)| &**name == bound);
            if let Some(Val::T(t)) = given.and_then(|at| cx.vals().get(at)) {
                compared(cx, &Val::T(t.clone()), false)?;
            }
        }
    }
    if draws && image.rank().is_some_and(|rank| rank < 3) {
        return Err(Stop::Unknown("an image of too low a rank"));
    }
    cx.fit("AdjustJpegQuality", merge::rank(&image.shape, 3))?;
    let channels = image.shape.dim(2).unwrap_or(Dim::Unknown);
    let open =
        if cx.eager() { image.shape.clone() } else { Shape::new([Dim::Unknown, Dim::Unknown, channels]) };
    Ok(Val::T(Tensor::new(open, image.dtype)))
}
