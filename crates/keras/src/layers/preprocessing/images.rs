//! Images of another size: `Resizing`, `CenterCrop`, `RandomCrop`, `RandomHeight`, `RandomWidth`.

use ops::{Arg, Exc, Infer, Keras};
use tensor::Dim;

use crate::args::channels_first;
use crate::dims;
use crate::layer::{no_build, no_init};
use crate::python::{int, raise, repr, text, truth, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask, OutputShape, Seeds};

use super::augmentation::{no_axis, two_bounds};
use super::{Made, result};

const fn layer(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    output_shape: Option<OutputShape>,
) -> Layer {
    let source = "keras/src/layers/preprocessing/image_preprocessing/{resizing,center_crop,random_crop}.py, \
                  tf_keras/src/layers/preprocessing/image_preprocessing.py";
    Layer { name, init, build: no_build, call, output_shape, mask: Mask::Drops, source, ..Layer::BASE }
}

/// The same at random.
const fn random(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    output_shape: Option<OutputShape>,
) -> Layer {
    Layer { seeds: Seeds::Some, ..layer(name, init, call, output_shape) }
}

pub(super) static LAYERS: &[Layer] = &[
    layer("Resizing", init_resizing, resize, Some(|host, x| sized(host, x, false))),
    layer("CenterCrop", no_init, center_crop, Some(center_shape)),
    random(
        "RandomCrop",
        no_init,
        |host, args| crop(host, args, "crop"),
        Some(|host, x| sized(host, x, true)),
    ),
    random("RandomHeight", init_factor, |host, args| stretched(host, args, 3), None),
    random("RandomWidth", init_factor, |host, args| stretched(host, args, 2), None),
];

const METHODS: &[&str] =
    &["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"];

fn init_resizing(host: &mut dyn Host) -> Infer<()> {
    check_method(host)
}

/// Keras 2 knows the methods by name; Keras 3 finds out when it resizes.
fn check_method(host: &dyn Host) -> Infer<()> {
    let Arg::Str(method) = host.get("interpolation") else { return Ok(()) };
    if host.keras() == Keras::Three || METHODS.contains(&&*method.to_lowercase()) {
        return Ok(());
    }
    let known = METHODS.iter().map(|m| format!("'{m}'")).collect::<Vec<_>>().join(", ");
    let core = format!(
        "Value not recognized for `interpolation`: {method}. Supported values are: dict_keys([{known}])"
    );
    raise(Exc::NotImplementedError, "interpolation", core)
}

fn size(host: &dyn Host, name: &str) -> Infer<Dim> {
    match int(&host.get(name))? {
        Some(n) => Ok(Dim::Known(n)),
        None => unknown("a size that is not known"),
    }
}

/// Keras 3 counts from the front, but for batches of four axes and random crops.
fn sized(host: &mut dyn Host, x: &Arg, from_end: bool) -> Infer<Arg> {
    let mut dims = dims::of_input(x)?;
    let (height, width) = (size(host, "height")?, size(host, "width")?);
    let first = channels_first(host);
    let rank = dims.len() as i64;
    let (h, w) = if from_end {
        if first { (-2, -1) } else { (-3, -2) }
    } else {
        let batch = i64::from(rank == 4) + i64::from(first);
        (batch, batch + 1)
    };
    for (axis, size) in [(h, height), (w, width)] {
        match dims::place(dims.len(), axis) {
            Some(at) => dims[at] = size,
            None => return raise(Exc::IndexError, "inputs", "list assignment index out of range"),
        }
    }
    if [height, width].iter().any(|size| size.known().is_some_and(|n| n < 0)) {
        let shown = dims::text(&dims);
        return value_error(
            "height",
            format!("Cannot convert '{shown}' to a shape. Negative dimensions are not allowed."),
        );
    }
    Ok(dims::tuple(dims))
}

fn center_shape(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let dims = dims::of_input(x)?;
    if dims.is_empty() {
        return raise(Exc::IndexError, "inputs", "list index out of range");
    }
    if !matches!(dims.len(), 3 | 4) {
        let core = "`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) or 4 (batched). ";
        return value_error("inputs", core);
    }
    sized(host, x, false)
}

fn resize(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.keras() == Keras::Three {
        let own = dims::tensor(&args.inputs)?.spec.dtype;
        let sized = by_shape(host, args, "resize")?;
        // Integers stay integers of their dtype.
        let Some(own) = own.filter(|dtype| dtype.is_integer()) else { return Ok(sized) };
        let rounded = host.api("keras.ops.round", &[sized], &[])?;
        return host.api("keras.ops.saturate_cast", &[rounded, Arg::Str(own.name().into())], &[]);
    }
    if host.unknown_rank() && !truth(&host.get("crop_to_aspect_ratio"))? {
        return value_error("inputs", "'images' contains no shape.");
    }
    let mut dims = dims::of_input(&args.inputs)?;
    let rank = dims.len();
    if !matches!(rank, 3 | 4) {
        let core = if truth(&host.get("crop_to_aspect_ratio"))? {
            format!(
                "Expected an image array with shape `(height, width, channels)`, or `(batch_size, height, width, \
                 channels)`, but got input with incorrect rank, of shape {}.",
                dims::text(&dims)
            )
        } else {
            "'images' must have either 3 or 4 dimensions.".to_owned()
        };
        return value_error("inputs", core);
    }
    if ["height", "width"].iter().any(|name| matches!(host.get(name), Arg::Str(_) | Arg::None)) {
        return value_error("height", "'size' must be a 1-D int32 Tensor");
    }
    // To TensorFlow, a size of -1 is one that is not known.
    let open = |size: Dim| if size == Dim::Known(-1) { dims::NONE } else { size };
    dims[rank - 3] = open(size(host, "height")?);
    dims[rank - 2] = open(size(host, "width")?);
    let dtype = host.compute_dtype();
    fitted(host, args, Made { dims, dtype }, "resize")
}

/// Makes images of another size; where they are only resized, or their middle is cut out, numbers come of it.
fn fitted(host: &mut dyn Host, args: &CallArgs, made: Made, change: &'static str) -> Infer<Arg> {
    let off = |name: &str| matches!(host.get(name), Arg::Bool(false) | Arg::None | Arg::Missing);
    let first = channels_first(host);
    let words = match (change, host.get("interpolation")) {
        ("resize", Arg::Str(word)) if off("crop_to_aspect_ratio") && off("pad_to_aspect_ratio") => {
            vec![Arg::Str(word)]
        }
        ("middle", _) => Vec::new(),
        _ => return result(host, "augmented", args.inputs.clone(), made),
    };
    let told = [("change", Arg::Str(change.into())), ("words", Arg::List(words.into()))];
    let told = if first { Vec::new() } else { told.to_vec() };
    super::detailed(host, "augmented", args.inputs.clone(), made, told)
}

/// What Keras 3 does on tensors has the shape that it computes beforehand.
fn by_shape(host: &mut dyn Host, args: &CallArgs, change: &'static str) -> Infer<Arg> {
    let dims = dims::of_input(&args.inputs)?;
    if !matches!(dims.len(), 3 | 4) {
        return unknown("images of another rank");
    }
    let shape = sized(host, &args.inputs, false)?;
    let dim = |a: &Arg| match a {
        Arg::Int(n) => Dim::Known(*n),
        Arg::Dim(d) => *d,
        _ => dims::NONE,
    };
    let dims = shape.items().unwrap_or_default().iter().map(dim).collect();
    let dtype = host.compute_dtype();
    fitted(host, args, Made { dims, dtype }, change)
}

/// `CenterCrop`: Keras 2 traces `crop_to_bounding_box` whatever the image's size is.
fn center_crop(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.keras() == Keras::Two {
        for name in ["width", "height"] {
            if matches!(host.get(name), Arg::Int(n) if n <= 0) {
                return value_error("height", format!("target_{name} must be > 0."));
            }
        }
    }
    crop(host, args, "middle")
}

fn crop(host: &mut dyn Host, args: &CallArgs, change: &'static str) -> Infer<Arg> {
    if host.keras() == Keras::Three {
        return by_shape(host, args, change);
    }
    // What has no rank becomes one image: its axes are counted from the end.
    let mut dims = if host.unknown_rank() { vec![dims::NONE; 3] } else { dims::of_input(&args.inputs)? };
    let rank = dims.len();
    no_axis(rank, 3)?;
    if rank > 4 {
        let core = format!("'image' (shape {}) must have either 3 or 4 dimensions.", dims::text(&dims));
        return value_error("inputs", core);
    }
    dims[rank - 3] = size(host, "height")?;
    dims[rank - 2] = size(host, "width")?;
    let dtype = host.compute_dtype();
    fitted(host, args, Made { dims, dtype }, change)
}

fn init_factor(host: &mut dyn Host) -> Infer<()> {
    let factor = host.get("factor");
    let Some((lower, upper)) = two_bounds(&factor)? else { return Ok(()) };
    let shown = if matches!(factor, Arg::Str(_)) { repr(&factor) } else { text(&factor) };
    if upper < lower {
        let core = format!(
            "`factor` argument cannot have an upper bound lesser than the lower bound. Received: factor={shown}"
        );
        return value_error("factor", core);
    }
    if lower < -1.0 || upper < -1.0 {
        let core = format!("`factor` argument must have values larger than -1. Received: factor={shown}");
        return value_error("factor", core);
    }
    check_method(host)
}

/// One axis gets a random size.
fn stretched(host: &mut dyn Host, args: &CallArgs, from_end: usize) -> Infer<Arg> {
    if host.unknown_rank() {
        return value_error("inputs", "'images' contains no shape.");
    }
    let mut dims = dims::of_input(&args.inputs)?;
    no_axis(dims.len(), 3)?;
    let rank = dims.len();
    if rank > 4 {
        return value_error("inputs", "'images' must have either 3 or 4 dimensions.");
    }
    dims[rank - from_end] = dims::NONE;
    let dtype = host.compute_dtype();
    result(host, "augmented", args.inputs.clone(), Made { dims, dtype })
}
