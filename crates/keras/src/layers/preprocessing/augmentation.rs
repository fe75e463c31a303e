//! Images changed at random, of the same size.

use ops::{Arg, Exc, Infer, Keras};

use crate::dims;
use crate::layer::{no_build, no_init, same_shape};
use crate::python::{raise, text, value_error};
use crate::{CallArgs, Host, Layer, Mask, Seeds};

use super::{Made, rankless, result, spec};

type Init = fn(&mut dyn Host) -> Infer<()>;
type Call = fn(&mut dyn Host, &CallArgs) -> Infer<Arg>;

const SOURCE: &str = "keras/src/layers/preprocessing/image_preprocessing/*.py, \
                      tf_keras/src/layers/preprocessing/image_preprocessing.py";

const fn layer(name: &'static str, init: Init, call: Call) -> Layer {
    Layer {
        name,
        init,
        build: no_build,
        call,
        output_shape: Some(same_shape),
        mask: Mask::Drops,
        seeds: Seeds::Some,
        source: SOURCE,
        ..Layer::BASE
    }
}

/// A layer of Keras 3 whose factor lies within bounds.
const fn factor(name: &'static str, init: Init) -> Layer {
    layer(name, init, unchanged)
}

/// A layer whose output has its input's dtype.
const fn same_dtype(name: &'static str) -> Layer {
    Layer {
        name,
        init: no_init,
        build: no_build,
        call: kept,
        output_shape: Some(same_spec),
        mask: Mask::Drops,
        seeds: Seeds::Some,
        source: SOURCE,
        ..Layer::BASE
    }
}

/// A layer that draws nothing.
const fn without_seed(layer: Layer) -> Layer {
    Layer { seeds: Seeds::None, ..layer }
}

pub(super) static LAYERS: &[Layer] = &[
    layer("RandomFlip", init_flip, flip),
    layer("RandomRotation", init_rotation, |host, args| transformed(host, args, "rotate")),
    layer("RandomTranslation", init_translation, |host, args| transformed(host, args, "translate")),
    layer("RandomZoom", init_zoom, |host, args| transformed(host, args, "zoom")),
    layer("RandomContrast", init_contrast, contrast),
    layer("RandomBrightness", init_brightness, brightness),
    factor("AugMix", |host| bounded(host, 0.0)),
    without_seed(factor("AutoContrast", two_values)),
    without_seed(factor("ContrastLimitedAdaptiveHistogramEqualization", no_init)),
    factor("CutMix", |host| bounded(host, 0.0)),
    without_seed(factor("MaxNumBoundingBoxes", no_init)),
    factor("MixUp", no_init),
    factor("RandAugment", |host| bounded(host, 0.0)),
    Layer { output_shape: Some(grey_shape), ..factor("RandomColorDegeneration", |host| bounded(host, 0.0)) },
    factor("RandomColorJitter", init_jitter),
    factor("RandomElasticTransform", init_elastic),
    factor("RandomErasing", |host| bounded(host, 0.0)),
    factor("RandomGaussianBlur", init_blur),
    factor("RandomHue", |host| bounded(host, 0.0)),
    factor("RandomInvert", |host| bounded(host, 0.0)),
    factor("RandomPerspective", init_perspective),
    factor("RandomPosterization", |host| check_bounded(host, "factor", [1.0, 8.0])),
    factor("RandomSaturation", |host| bounded(host, -1.0).and_then(|()| two_values(host))),
    factor("RandomSharpness", |host| bounded(host, 0.0)),
    factor("RandomShear", init_shear),
    factor("Solarization", init_solarization),
    without_seed(Layer { init: two_values, ..same_dtype("Equalization") }),
    Layer { init: init_grayscale, ..same_dtype("RandomGrayscale") },
];

/// Returns the dims of the images, and their dtype in the layer.
fn same(host: &dyn Host, args: &CallArgs) -> Infer<Made> {
    Ok(Made { dims: dims::of_input(&args.inputs)?, dtype: host.compute_dtype() })
}

fn unchanged(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let made = same(host, args)?;
    result(host, "augmented", args.inputs.clone(), made)
}

/// `RandomColorDegeneration` mixes images with their grey versions, so it takes three channels.
fn grey_shape(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(x)?;
    if !matches!(shape.len(), 3 | 4) {
        let shown = dims::text(&shape);
        return value_error(
            "inputs",
            format!(
                "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received: \
                 input_shape={shown}"
            ),
        );
    }
    let first = matches!(host.get("data_format"), Arg::Str(s) if &*s == "channels_first");
    let channels = dims::size(dims::at(&shape, if first { -3 } else { -1 })?)?;
    match channels {
        Some(n) if n != 3 => value_error(
            "inputs",
            format!("Input images must have 3 channels, but received images with {n} channels."),
        ),
        _ => same_shape(host, x),
    }
}

fn same_spec(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let dtype = dims::tensor(x)?.spec.dtype.unwrap_or(host.compute_dtype());
    Ok(spec(Made { dims: dims::of_input(x)?, dtype }))
}

fn kept(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dtype = dims::tensor(&args.inputs)?.spec.dtype.unwrap_or(host.compute_dtype());
    let dims = dims::of_input(&args.inputs)?;
    result(host, "augmented", args.inputs.clone(), Made { dims, dtype })
}

/// Refuses images without an axis that is counted from the end: `tf.shape(images)[-3]`.
pub(super) fn no_axis(rank: usize, from_end: usize) -> Infer<()> {
    if rank >= from_end {
        return Ok(());
    }
    let index = rank as i64 - from_end as i64;
    value_error("inputs", format!("slice index {index} of dimension 0 out of bounds."))
}

/// Reads `0.2` as `(-0.2, 0.2)`, and a pair as it is; nothing where it is not known.
///
/// # Errors
/// What Python raises for something else.
pub(super) fn two_bounds(factor: &Arg) -> Infer<Option<(f64, f64)>> {
    let number = |a: &Arg| match a {
        Arg::Float(x) => Some(*x),
        Arg::Int(n) => Some(*n as f64),
        Arg::Bool(b) => Some(f64::from(u8::from(*b))),
        _ => None,
    };
    match factor {
        Arg::Tuple(items) | Arg::List(items) => match &**items {
            [] => raise(Exc::IndexError, "factor", out_of_range(factor)),
            [_] => raise(Exc::IndexError, "factor", out_of_range(factor)),
            [a, b, ..] => Ok(number(a).zip(number(b))),
        },
        Arg::Str(_) => raise(Exc::TypeError, "factor", "bad operand type for unary -: 'str'"),
        _ => Ok(number(factor).map(|x| (-x, x))),
    }
}

fn out_of_range(factor: &Arg) -> &'static str {
    if matches!(factor, Arg::List(_)) { "list index out of range" } else { "tuple index out of range" }
}

/// Keras 3's `_set_factor`: a number, or two, within `[least, 1]`.
fn bounded(host: &mut dyn Host, least: f64) -> Infer<()> {
    check_bounded(host, "factor", [least, 1.0])
}

fn check_bounded(host: &dyn Host, param: &'static str, [least, most]: [f64; 2]) -> Infer<()> {
    let given = host.get(param);
    let bad = match &given {
        Arg::Float(x) => *x < least || *x > most,
        Arg::Int(n) => (*n as f64) < least || *n as f64 > most,
        Arg::Bool(_) | Arg::Missing | Arg::Unknown | Arg::Number(_) | Arg::Tensor(_) | Arg::Dim(_) => false,
        Arg::Tuple(items) | Arg::List(items) => match &**items {
            [a, b] => match (bound(a), bound(b)) {
                (Some(a), Some(b)) => a > most || b < least,
                _ => false,
            },
            _ => true,
        },
        _ => true,
    };
    if !bad {
        return Ok(());
    }
    let shown = text(&given);
    let core = format!(
        "The `factor` argument should be a number (or a list of two numbers) in the range [{}, {}]. Received: \
         factor={shown}",
        least as i64, most as i64
    );
    value_error(param, core)
}

/// `RandomGaussianBlur` bounds how often and how much it blurs alike, and wants kernels with a middle.
fn init_blur(host: &mut dyn Host) -> Infer<()> {
    bounded(host, 0.0)?;
    let given = host.get("kernel_size");
    let shown = text(&given);
    let odd = format!("kernel_size must be an odd number. Received: kernel_size={shown}");
    let even = |arg: &Arg| bound(arg).is_some_and(|x| x % 2.0 == 0.0);
    let problem = match &given {
        Arg::Tuple(items) | Arg::List(items) if items.len() != 2 => Some(format!(
            "The `kernel_size` argument should be a number (or a list of two numbers) Received: kernel_size={shown}"
        )),
        Arg::Tuple(items) | Arg::List(items) => items.iter().any(even).then_some(odd),
        Arg::Int(_) | Arg::Float(_) => even(&given).then_some(odd),
        Arg::None | Arg::Str(_) => Some(odd),
        _ => None,
    };
    match problem {
        Some(problem) => value_error("kernel_size", problem),
        None => check_bounded(host, "sigma", [0.0, 1.0]),
    }
}

/// The factors that `RandomColorJitter` hands to a layer each.
fn init_jitter(host: &mut dyn Host) -> Infer<()> {
    for (param, least) in [
        ("brightness_factor", -1.0),
        ("contrast_factor", 0.0),
        ("saturation_factor", -1.0),
        ("hue_factor", 0.0),
    ] {
        if !host.get(param).is_none() {
            check_bounded(host, param, [least, 1.0])?;
        }
    }
    Ok(())
}

fn init_elastic(host: &mut dyn Host) -> Infer<()> {
    bounded(host, 0.0)?;
    let scale = host.get("scale");
    if bound(&scale).is_some_and(|scale| !(0.0..=1.0).contains(&scale)) {
        let shown = text(&scale);
        let core = "The `scale` argument should be a number (or a list of two numbers) in the range [0, 1]. Received: \
                    factor=";
        return value_error("scale", format!("{core}{shown}"));
    }
    Ok(())
}

fn init_grayscale(host: &mut dyn Host) -> Infer<()> {
    let factor = host.get("factor");
    if bound(&factor).is_some_and(|x| !(0.0..=1.0).contains(&x)) {
        let shown = text(&factor);
        return value_error(
            "factor",
            format!("`factor` should be between 0 and 1. Received: factor={shown}"),
        );
    }
    Ok(())
}

fn init_perspective(host: &mut dyn Host) -> Infer<()> {
    bounded(host, 0.0)?;
    let scale = host.get("scale");
    if bound(&scale).is_some_and(|scale| !(0.0..=1.0).contains(&scale)) {
        let shown = text(&scale);
        let core =
            format!("The `scale` argument should be a number in the range [0,1]. Received: scale={shown}");
        return value_error("scale", core);
    }
    check_fill(host)
}

fn init_shear(host: &mut dyn Host) -> Infer<()> {
    let start = "The `factor` argument should be a number (or a list of two numbers) in the range [0, 1.0]. ";
    check_shift(host, "x_factor", start, |x| !(0.0..=1.0).contains(&x))?;
    check_shift(host, "y_factor", start, |x| !(0.0..=1.0).contains(&x))?;
    check_fill(host)
}

fn init_solarization(host: &mut dyn Host) -> Infer<()> {
    let start = "The `addition_factor` and `threshold_factor` arguments should be a number (or a list of two numbers) in \
                 the range [0, 1]. ";
    check_shift(host, "addition_factor", start, |x| !(0.0..=1.0).contains(&x))?;
    check_shift(host, "threshold_factor", start, |x| !(0.0..=1.0).contains(&x))?;
    two_values(host)
}

/// Refuses a `value_range` that is no pair.
fn two_values(host: &mut dyn Host) -> Infer<()> {
    let range = host.get("value_range");
    let two = match &range {
        Arg::Tuple(items) | Arg::List(items) => items.len() == 2,
        Arg::Int(_) | Arg::Float(_) | Arg::Str(_) | Arg::None => false,
        _ => true,
    };
    if two {
        return Ok(());
    }
    let got = if host.keras() == Keras::Two { "Got " } else { "Received: value_range=" };
    let shown = text(&range);
    value_error(
        "value_range",
        format!("The `value_range` argument should be a list of two numbers. {got}{shown}"),
    )
}

fn bound(arg: &Arg) -> Option<f64> {
    match arg {
        Arg::Float(x) => Some(*x),
        Arg::Int(n) => Some(*n as f64),
        _ => None,
    }
}

fn init_flip(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        return Ok(());
    }
    match host.get("mode") {
        Arg::Str(s) if matches!(&*s, "horizontal" | "vertical" | "horizontal_and_vertical") => Ok(()),
        Arg::Unknown | Arg::Missing => Ok(()),
        mode => {
            let (name, shown) = (host.name(), text(&mode));
            value_error("mode", format!("RandomFlip layer {name} received an unknown mode argument {shown}"))
        }
    }
}

/// What Keras 2 makes of images without a rank, where it does not look at it.
fn of_no_rank(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dtype = host.compute_dtype();
    rankless(host, "augmented", args.inputs.clone(), dtype)
}

fn flip(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.unknown_rank() {
        return of_no_rank(host, args);
    }
    let made = same(host, args)?;
    if host.keras() == Keras::Two && args.training != Some(false) {
        let (rank, shape) = (made.dims.len(), dims::text(&made.dims));
        if rank < 3 {
            return value_error(
                "inputs",
                format!("'image' (shape {shape}) must be at least three-dimensional."),
            );
        }
        if rank > 4 {
            return value_error(
                "inputs",
                format!("'image' (shape {shape}) must have either 3 or 4 dimensions."),
            );
        }
    }
    changed(host, args, made, "flip")
}

/// The bounds that a factor says: a number is both, one of them negative.
fn bounds_of(factor: &Arg) -> Option<[f64; 2]> {
    match factor {
        Arg::Tuple(items) | Arg::List(items) => match &**items {
            [a, b] => Some([bound(a)?, bound(b)?]),
            _ => None,
        },
        _ => bound(factor).map(|x| [-x.abs(), x.abs()]),
    }
}

/// Changes images, or leaves them as they are where nothing is trained; what is drawn is said to the op, which
/// numbers come of where they are asked for.
fn changed(host: &mut dyn Host, args: &CallArgs, made: Made, change: &'static str) -> Infer<Arg> {
    let first = crate::args::channels_first(host);
    let mut given = Vec::new();
    if !first && args.training == Some(false) {
        given.push(("change", Arg::Str("keep".into())));
    } else if !first && let Some(details) = details(host, change) {
        given.push(("change", Arg::Str(change.into())));
        given.extend(details);
    }
    super::detailed(host, "augmented", args.inputs.clone(), made, given)
}

/// What a change is drawn between, and how it is carried out; nothing where it is not known.
fn details(host: &dyn Host, change: &str) -> Option<Vec<(&'static str, Arg)>> {
    let list = |numbers: &[f64]| Arg::List(numbers.iter().map(|x| Arg::Float(*x)).collect());
    let three = host.keras() == Keras::Three;
    let word = |name: &str| if let Arg::Str(word) = host.get(name) { Some(Arg::Str(word)) } else { None };
    let range = || match host.get("value_range") {
        Arg::Tuple(items) | Arg::List(items) if items.len() == 2 => {
            Some([bound(&items[0])?, bound(&items[1])?])
        }
        _ => None,
    };
    Some(match change {
        "flip" => {
            let Arg::Str(mode) = host.get("mode") else { return None };
            let words = ["horizontal", "vertical"].into_iter().filter(|word| mode.contains(word));
            vec![("words", Arg::List(words.map(|word| Arg::Str(word.into())).collect()))]
        }
        "contrast" => {
            let factor = host.get("factor");
            // Keras 3 takes nothing off where one number is given, Keras 2 as much as it adds.
            let [low, high] = match bound(&factor) {
                Some(x) => [if three { 0.0 } else { x }, x],
                None => bounds_of(&factor)?,
            };
            let range = if three { range()? } else { [0.0, 255.0] };
            vec![("bounds", list(&[1.0 - low, 1.0 + high])), ("range", list(&range))]
        }
        "brightness" => {
            let ([low, high], range) = (bounds_of(&host.get("factor"))?, range()?);
            let whole = range[1] - range[0];
            vec![("bounds", list(&[low * whole, high * whole])), ("range", list(&range))]
        }
        _ => {
            let bounds = if change == "rotate" {
                bounds_of(&host.get("factor"))?.to_vec()
            } else {
                let (height, width) = (host.get("height_factor"), host.get("width_factor"));
                let height = bounds_of(&height)?.to_vec();
                if width.is_none() { height } else { [height, bounds_of(&width)?.to_vec()].concat() }
            };
            let words = [word("fill_mode")?, word("interpolation")?];
            let fill = Arg::Float(bound(&host.get("fill_value"))?);
            vec![("bounds", list(&bounds)), ("words", Arg::List(words.into_iter().collect())), ("fill", fill)]
        }
    })
}

/// Checks how gaps are filled and pixels interpolated.
fn check_fill(host: &dyn Host) -> Infer<()> {
    let allowed: [(&str, &[&str], &str); 2] = [
        (
            "fill_mode",
            &["reflect", "wrap", "constant", "nearest"],
            "`reflect`, `wrap`, `constant` and `nearest`",
        ),
        ("interpolation", &["nearest", "bilinear"], "`nearest` and `bilinear`"),
    ];
    for (param, known, words) in allowed {
        let Arg::Str(given) = host.get(param) else { continue };
        if known.contains(&&*given) {
            continue;
        }
        let list = known.iter().map(|k| format!("'{k}'")).collect::<Vec<_>>().join(", ");
        let core = match host.keras() {
            Keras::Two => format!("Unknown `{param}` {given}. Only {words} are supported."),
            Keras::Three => format!("Unknown `{param}` {given}. Expected of one ({list})."),
        };
        return raise(Exc::NotImplementedError, "fill_mode", core);
    }
    Ok(())
}

fn init_rotation(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        check_bounded(host, "factor", [-1.0, 1.0])?;
        return check_fill(host);
    }
    let factor = host.get("factor");
    if let Some((lower, upper)) = two_bounds(&factor)?
        && upper < lower
    {
        let shown = text(&factor);
        return value_error(
            "factor",
            format!("`factor` argument cannot have a negative value. Received: factor={shown}"),
        );
    }
    check_fill(host)
}

/// Keras 3's check of `height_factor` and `width_factor`.
fn check_shift(host: &dyn Host, param: &'static str, start: &str, outside: fn(f64) -> bool) -> Infer<()> {
    let given = host.get(param);
    let numbers: Vec<Arg> = match &given {
        Arg::Tuple(items) | Arg::List(items) if items.len() == 2 => items.to_vec(),
        Arg::Float(_) | Arg::Int(_) => vec![given.clone()],
        Arg::Str(_) | Arg::None | Arg::Tuple(_) | Arg::List(_) => {
            let shown = text(&given);
            return value_error(param, format!("{start}Received: {param}={shown}"));
        }
        _ => return Ok(()),
    };
    match numbers.iter().find(|a| bound(a).is_some_and(outside)) {
        Some(bad) => {
            let shown = text(bad);
            value_error(param, format!("{start}Received: input_number={shown}"))
        }
        None => Ok(()),
    }
}

fn init_translation(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        let start =
            "The `factor` argument should be a number (or a list of two numbers) in the range [-1.0, 1.0]. ";
        check_shift(host, "height_factor", start, |x| !(-1.0..=1.0).contains(&x))?;
        check_shift(host, "width_factor", start, |x| !(-1.0..=1.0).contains(&x))?;
        return check_fill(host);
    }
    for (param, rest) in [
        ("height_factor", " argument must have values between [-1, 1]. Received: height_factor="),
        ("width_factor", " must have values between [-1, 1], got "),
    ] {
        let given = host.get(param);
        let Some((lower, upper)) = two_bounds(&given)? else { continue };
        let shown = text(&given);
        if upper < lower {
            let core = format!("`{param}` cannot have upper bound less than lower bound, got {shown}");
            return value_error(param, core);
        }
        if lower.abs() > 1.0 || upper.abs() > 1.0 {
            return value_error(param, format!("`{param}`{rest}{shown}"));
        }
    }
    check_fill(host)
}

fn init_zoom(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        let start = "The `height_factor` and `width_factor` arguments should be a number (or a list of two numbers) in the \
                     range (-1.0, 1.0]. ";
        check_shift(host, "height_factor", start, |x| x <= -1.0 || x > 1.0)?;
        if !host.get("width_factor").is_none() {
            check_shift(host, "width_factor", start, |x| x <= -1.0 || x > 1.0)?;
        }
        return check_fill(host);
    }
    let height = host.get("height_factor");
    if let Some((lower, upper)) = two_bounds(&height)?
        && (lower.abs() > 1.0 || upper.abs() > 1.0)
    {
        let shown = text(&height);
        return value_error(
            "height_factor",
            format!(
                "`height_factor` argument must have values between [-1, 1]. Received: height_factor={shown}"
            ),
        );
    }
    let width = host.get("width_factor");
    if !width.is_none()
        && let Some((lower, upper)) = two_bounds(&width)?
        && (lower < -1.0 || upper < -1.0)
    {
        let shown = text(&width);
        return value_error(
            "width_factor",
            format!(
                "`width_factor` argument must have values larger than -1. Received: width_factor={shown}"
            ),
        );
    }
    check_fill(host)
}

/// A projective transformation: Keras 2 reads the images' sizes, then wants a batch of them.
fn transformed(host: &mut dyn Host, args: &CallArgs, change: &'static str) -> Infer<Arg> {
    if host.unknown_rank() {
        if args.training == Some(false) {
            return of_no_rank(host, args);
        }
        let made = Made { dims: vec![dims::NONE; 4], dtype: host.compute_dtype() };
        return result(host, "augmented", args.inputs.clone(), made);
    }
    let made = same(host, args)?;
    if host.keras() == Keras::Two && args.training != Some(false) {
        let rank = made.dims.len();
        if rank == 0 {
            return value_error("inputs", "slice index 0 of dimension 0 out of bounds.");
        }
        no_axis(rank, 3)?;
        if rank > 4 {
            return value_error("inputs", format!("Shape must be rank 4 but is rank {rank}"));
        }
    }
    changed(host, args, made, change)
}

fn init_contrast(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        return check_bounded(host, "factor", [0.0, 1.0]);
    }
    let factor = host.get("factor");
    // Here a single number is both bounds.
    let bounds = match bound(&factor) {
        Some(x) => Some((x, x)),
        None => two_bounds(&factor)?,
    };
    if bounds.is_some_and(|(lower, upper)| lower < 0.0 || upper < 0.0 || lower > 1.0) {
        let shown = text(&factor);
        return value_error(
            "factor",
            format!(
                "`factor` argument cannot have negative values or values greater than 1.Received: factor={shown}"
            ),
        );
    }
    Ok(())
}

fn contrast(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.unknown_rank() {
        return of_no_rank(host, args);
    }
    let made = same(host, args)?;
    let rank = made.dims.len();
    if host.keras() == Keras::Two && args.training != Some(false) && rank < 3 {
        return value_error("inputs", format!("Shape must be at least rank 3 but is rank {rank}"));
    }
    changed(host, args, made, "contrast")
}

fn init_brightness(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("factor");
    if host.keras() == Keras::Three {
        check_bounded(host, "factor", [-1.0, 1.0])?;
    } else {
        let start = "The `factor` argument should be a number (or a list of two numbers) in the range [-1.0, 1.0]. Got ";
        let single = [given.clone()];
        let values = match &given {
            Arg::Tuple(items) | Arg::List(items) if items.len() == 2 => items,
            Arg::Float(_) | Arg::Int(_) | Arg::Bool(_) => &single[..],
            Arg::Str(_) | Arg::None | Arg::Tuple(_) | Arg::List(_) => {
                let shown = text(&given);
                return value_error("factor", format!("{start}{shown}"));
            }
            _ => &[],
        };
        if let Some(bad) = values.iter().find(|a| bound(a).is_some_and(|x| !(-1.0..=1.0).contains(&x))) {
            let shown = text(bad);
            return value_error("factor", format!("{start}{shown}"));
        }
    }
    two_values(host)
}

fn brightness(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let trains = args.training != Some(false);
    if host.unknown_rank() && !trains {
        return of_no_rank(host, args);
    }
    let made = if host.unknown_rank() { None } else { Some(same(host, args)?) };
    // Keras 3 adds in the dtype of the images, which is a real one's own.
    let own = dims::tensor(&args.inputs)?.spec.dtype.filter(|_| host.keras() == Keras::Three);
    let made = made.map(|made| Made { dtype: own.unwrap_or(made.dtype), ..made });
    let rank = made.as_ref().map(|m| m.dims.len());
    let Some(made) = made.filter(|_| host.keras() == Keras::Three || !trains || matches!(rank, Some(3 | 4)))
    else {
        let shape = dims::tensor(&args.inputs)?.spec.shape.dims().map_or("<unknown>".to_owned(), dims::text);
        return value_error(
            "inputs",
            format!("Expected the input image to be rank 3 or 4. Got inputs.shape = {shape}"),
        );
    };
    changed(host, args, made, "brightness")
}
