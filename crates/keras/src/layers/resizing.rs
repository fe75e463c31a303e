//! Layers that pad, crop and repeat along spatial axes: `ZeroPadding2D`, `Cropping1D`, `UpSampling3D`.

use ops::{Arg, Exc, Infer, Keras};
use tensor::Dim;

use super::support;
use crate::python::{int, known_int, raise, text, type_name, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, args, dims};

/// One row: the class, its number of spatial axes is in its name.
const fn row(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    output_shape: fn(&mut dyn Host, &Arg) -> Infer<Arg>,
    source: &'static str,
) -> Layer {
    Layer { name, init, call, output_shape: Some(output_shape), source, ..Layer::BASE }
}

const PADDING: &str =
    "keras/src/layers/reshaping/zero_padding2d.py, tf_keras/src/layers/reshaping/zero_padding2d.py";
const CROPPING: &str =
    "keras/src/layers/reshaping/cropping2d.py, tf_keras/src/layers/reshaping/cropping2d.py";
const UPSAMPLING: &str =
    "keras/src/layers/reshaping/up_sampling2d.py, tf_keras/src/layers/reshaping/up_sampling2d.py";

pub(super) static LAYERS: &[Layer] = &[
    row("ZeroPadding1D", |host| init_pairs(host, "padding", 1), pad, padded, PADDING),
    row("ZeroPadding2D", |host| init_pairs(host, "padding", 2), pad, padded, PADDING),
    row("ZeroPadding3D", |host| init_pairs(host, "padding", 3), pad, padded, PADDING),
    row("Cropping1D", |host| init_pairs(host, "cropping", 1), crop, cropped, CROPPING),
    row("Cropping2D", |host| init_pairs(host, "cropping", 2), crop, cropped, CROPPING),
    row("Cropping3D", |host| init_pairs(host, "cropping", 3), crop, cropped, CROPPING),
    row("UpSampling1D", init_up1, upsample, upsampled, UPSAMPLING),
    row("UpSampling2D", |host| init_up(host, 2), upsample2d, upsampled, UPSAMPLING),
    row("UpSampling3D", |host| init_up(host, 3), upsample, upsampled, UPSAMPLING),
];

/// Makes pairs of ints of `padding` or `cropping` for each of `rank` axes.
fn init_pairs(host: &mut dyn Host, param: &'static str, rank: usize) -> Infer<()> {
    // `ZeroPadding1D` got a data format only in Keras 3, `Cropping1D` has none.
    if rank > 1 || host.get("data_format") != Arg::Missing {
        args::store_data_format(host)?;
    }
    let pairs: Vec<Arg> = if rank == 1 {
        vec![args::int_arg(&args::int_tuple(host.keras(), param, &host.get(param), 2, true)?)]
    } else {
        pairs(host, param, rank)?
    };
    host.set("pairs", Arg::Tuple(pairs.clone().into()));
    let shown = if rank == 1 { pairs[0].clone() } else { Arg::Tuple(pairs.into()) };
    host.set(param, shown);
    host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    Ok(())
}

fn pairs(host: &dyn Host, param: &'static str, rank: usize) -> Infer<Vec<Arg>> {
    let keras = host.keras();
    let given = host.get(param);
    // Keras 3's three-dimensional layers leave the parameter's name out.
    let received = match keras {
        Keras::Three if rank == 2 => format!("Received: {param}={}.", text(&given)),
        _ => format!("Received: {}.", text(&given)),
    };
    if let Some(items) = given.items() {
        if items.len() != rank {
            let count = if rank == 2 { "two" } else { "3" };
            return value_error(param, format!("`{param}` should have {count} elements. {received}"));
        }
        let entry = |(i, item): (usize, &Arg)| {
            let name = ENTRIES[usize::from(param == "cropping")][i.min(2)];
            args::int_tuple(keras, name, item, 2, true).map(|pair| args::int_arg(&pair))
        };
        return items.iter().enumerate().map(entry).collect();
    }
    if let Arg::Str(letters) = &given {
        // A string has a length and items too.
        if letters.chars().count() != rank {
            let count = if rank == 2 { "two" } else { "3" };
            return value_error(param, format!("`{param}` should have {count} elements. {received}"));
        }
        let first: String = letters.chars().take(1).collect();
        let name = ENTRIES[usize::from(param == "cropping")][0];
        return args::int_tuple(keras, name, &Arg::Str(first.into()), 2, true).map(|_| Vec::new());
    }
    if matches!(given, Arg::Dict(_) | Arg::Object(_) | Arg::Callable(_)) {
        return unknown("an argument of another type");
    }
    match int(&given)? {
        Some(n) if n < 0 && param == "cropping" && keras == Keras::Three => {
            value_error(param, format!("`cropping` cannot be negative. Received: cropping={n}."))
        }
        Some(n) => Ok(vec![args::int_arg(&[n, n]); rank]),
        None => value_error(param, either(keras, param, rank, &text(&given))),
    }
}

/// What the entries of `padding` and `cropping` are called.
const ENTRIES: [[&str; 3]; 2] = [
    ["1st entry of padding", "2nd entry of padding", "3rd entry of padding"],
    ["1st entry of cropping", "2nd entry of cropping", "3rd entry of cropping"],
];

/// Words what forms are taken; a few letters differ from layer to layer.
fn either(keras: Keras, param: &str, rank: usize, given: &str) -> String {
    let start = format!("`{param}` should be either an int, a tuple of {rank} ints");
    if rank == 2 {
        let word = if keras == Keras::Two && param == "padding" { "pad" } else { "crop" };
        let (sides, received) = match (keras, param) {
            (Keras::Two, "padding") => {
                ("(top_pad, bottom_pad), (left_pad, right_pad)", format!("Received: {given}."))
            }
            (Keras::Two, _) => {
                ("(top_crop, bottom_crop), (left_crop, right_crop)", format!("Received: {given}."))
            }
            _ => ("(top_crop, bottom_crop), (left_crop, right_crop)", format!("Received: {param}={given}.")),
        };
        return format!(
            "{start} (symmetric_height_{word}, symmetric_width_{word}), or a tuple of 2 tuples of 2 ints ({sides}). \
             {received}"
        );
    }
    let word = if param == "padding" { "pad" } else { "crop" };
    let received = match (keras, param) {
        (Keras::Three, "padding") => format!("Received: padding={given}."),
        _ => format!("Received: {given}."),
    };
    format!(
        "{start} (symmetric_dim1_{word}, symmetric_dim2_{word}, symmetric_dim3_{word}), or a tuple of 3 tuples of 2 \
         ints ((left_dim1_{word}, right_dim1_{word}), (left_dim2_{word}, right_dim2_{word}), (left_dim3_{word}, \
         right_dim2_{word})). {received}"
    )
}

/// The pairs that [`init_pairs`] stored.
fn stored_pairs(host: &dyn Host) -> Infer<Vec<(i64, i64)>> {
    let stored = host.get("pairs");
    let Some(items) = stored.items() else { return unknown("amounts that are not known") };
    items
        .iter()
        .map(|pair| match pair.items() {
            Some([a, b]) => Ok((known_int(a)?, known_int(b)?)),
            _ => unknown("amounts that are not known"),
        })
        .collect()
}

fn padded(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(inputs)?;
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    for (axis, (before, after)) in axes.zip(stored_pairs(host)?) {
        shape[axis] = dims::plus(shape[axis], before.saturating_add(after));
    }
    Ok(dims::tuple(shape))
}

fn pad(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let rank =
        if host.unknown_rank() { stored_pairs(host)?.len() + 2 } else { dims::of_input(&args.inputs)?.len() };
    let (axes, _) = dims::axes(args::channels_first(host), rank);
    let mut paddings = vec![args::int_arg(&[0, 0]); rank];
    for (axis, (before, after)) in axes.zip(stored_pairs(host)?) {
        paddings[axis] = args::int_arg(&[before, after]);
    }
    let paddings = Arg::Tuple(paddings.into());
    support::api(host, ["tf.pad", "keras.ops.pad"], &[args.inputs.clone(), paddings], &[])
}

/// Refuses a cropping that leaves nothing; `seen` is how the shape is called.
fn check_cropping(host: &dyn Host, shape: &[Dim], pairs: &[(i64, i64)], seen: &str) -> Infer<()> {
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    let nothing_left = axes.zip(pairs).any(|(axis, (before, after))| {
        shape[axis].known().is_some_and(|n| before.saturating_add(*after) >= n)
    });
    if !nothing_left {
        return Ok(());
    }
    let received = format!("{seen}={}, cropping={}", dims::text(shape), text(&host.get("cropping")));
    value_error(
        "cropping",
        match (host.keras(), pairs.len()) {
            (Keras::Two, 1) => format!(
                "cropping parameter of Cropping layer must be greater than the input shape. Received: \
                 inputs.shape={}, and cropping={}",
                dims::text(shape),
                text(&host.get("cropping"))
            ),
            (Keras::Two, _) => format!(
                "Argument `cropping` must be greater than the input shape. Received: inputs.shape={}, and cropping={}",
                dims::text(shape),
                text(&host.get("cropping"))
            ),
            (Keras::Three, 1) => format!(
                "`cropping` parameter of `Cropping1D` layer must be smaller than the input length. Received: {received}"
            ),
            (Keras::Three, _) => format!(
                "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the \
                 input. Received: {received}"
            ),
        },
    )
}

fn cropped(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(inputs)?;
    let pairs = stored_pairs(host)?;
    check_cropping(host, &shape, &pairs, "input_shape")?;
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    for (axis, (before, after)) in axes.zip(pairs) {
        shape[axis] = dims::plus(shape[axis], 0_i64.saturating_sub(before).saturating_sub(after));
    }
    Ok(dims::tuple(shape))
}

fn crop(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let pairs = stored_pairs(host)?;
    let shape =
        if host.unknown_rank() { vec![Dim::Unknown; pairs.len() + 2] } else { dims::of_input(&args.inputs)? };
    // Keras 2's `Cropping3D` checks nothing.
    if host.keras() == Keras::Three || pairs.len() < 3 {
        check_cropping(host, &shape, &pairs, "inputs.shape")?;
    }
    let slice = |start, stop| Arg::Slice([start, stop, Arg::None].into());
    let mut index = vec![slice(Arg::None, Arg::None); shape.len()];
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    for (axis, (before, after)) in axes.zip(pairs) {
        let stop = if after == 0 { Arg::None } else { Arg::Int(after.saturating_neg()) };
        index[axis] = slice(Arg::Int(before), stop);
    }
    host.op("getitem", &[("x", args.inputs.clone()), ("index", Arg::Tuple(index.into()))])
}

fn init_up1(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("size");
    let size = match host.keras() {
        Keras::Three => {
            let size = args::strict_int("size", &given)?;
            if size <= 0 {
                let problem = format!("Argument `size` should be a positive integer. Received: size={size}");
                return value_error("size", problem);
            }
            size
        }
        // `int(size)`.
        Keras::Two => match &given {
            Arg::Float(x) if x.is_finite() => x.trunc() as i64,
            Arg::Tuple(_) | Arg::List(_) => {
                let kind = if matches!(given, Arg::Tuple(_)) { "tuple" } else { "list" };
                let core = "int() argument must be a string, a bytes-like object or a real number";
                return raise(Exc::TypeError, "size", format!("{core}, not '{kind}'"));
            }
            _ => known_int(&given)?,
        },
    };
    host.set("size", Arg::Int(size));
    host.set_input_spec(vec![InputSpec::rank(3)]);
    Ok(())
}

fn init_up(host: &mut dyn Host, rank: usize) -> Infer<()> {
    args::store_data_format(host)?;
    args::store_tuple(host, "size", rank, false)?;
    // Keras 2's `UpSampling3D` sets its input spec before `Layer.__init__`, which forgets it.
    if rank == 2 || host.keras() == Keras::Three {
        host.set_input_spec(vec![InputSpec::rank(rank + 2)]);
    }
    if rank != 2 {
        return Ok(());
    }
    let given = host.get("interpolation");
    let lower = match &given {
        Arg::Str(s) => s.to_lowercase(),
        Arg::None | Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) => {
            let problem = format!("'{}' object has no attribute 'lower'", type_name(&given));
            return raise(Exc::AttributeError, "interpolation", problem);
        }
        _ => return unknown("an interpolation that is not known"),
    };
    if dims::keras2(host) && !METHODS.contains(&lower.as_str()) {
        let methods: Vec<String> = METHODS.iter().map(|m| format!("'{m}'")).collect();
        let problem = format!(
            "Value not recognized for `interpolation`: {lower}. Supported values are: dict_keys([{}])",
            methods.join(", ")
        );
        return raise(Exc::NotImplementedError, "interpolation", problem);
    }
    host.set("interpolation", Arg::Str(lower.into()));
    Ok(())
}

/// TensorFlow's ways to resize an image, in the order of `_TF_INTERPOLATION_METHODS`.
const METHODS: [&str; 8] =
    ["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"];

fn upsampled(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(inputs)?;
    let (axes, _) = dims::axes(args::channels_first(host), shape.len());
    for (axis, size) in axes.zip(args::stored(host, "size")?) {
        shape[axis] = dims::times(shape[axis], size);
    }
    Ok(dims::tuple(shape))
}

/// Repeats the elements along every spatial axis.
fn upsample(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    dims::ranked(host)?;
    let mut x = args.inputs.clone();
    let rank = dims::of_input(&x)?.len();
    let first = if args::channels_first(host) { 2 } else { 1 };
    for (axis, size) in (first..).zip(args::stored(host, "size")?) {
        if axis >= rank {
            return dims::out_of_range("list");
        }
        if size <= 0 {
            return nothing(host, &x, axis);
        }
        let paths = ["tf.keras.backend.repeat_elements", "keras.ops.repeat"];
        x = support::api(host, paths, &[x, Arg::Int(size)], &[("axis", Arg::Int(axis as i64))])?;
    }
    Ok(x)
}

/// Keras 2 repeats slices in a list; an empty list looks like one of sparse tensors.
fn nothing(host: &dyn Host, x: &Arg, axis: usize) -> Infer<Arg> {
    if host.keras() == Keras::Two && dims::of_input(x)?.get(axis).is_some_and(|d| d.is_known()) {
        let problem =
            "List argument 'indices' to 'SparseConcat' Op with length 0 shorter than minimum length 2.";
        return value_error("size", problem);
    }
    unknown("a size that is not positive")
}

fn upsample2d(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let interpolation = host.get("interpolation");
    let keras2 = dims::keras2(host);
    if !keras2 && interpolation == Arg::Str("nearest".into()) {
        return upsample(host, args);
    }
    let (mut x, first) = (args.inputs.clone(), args::channels_first(host));
    if host.unknown_rank() {
        // Moving the channels gives four axes.
        return match first {
            true => unknown("an image of unknown rank"),
            false => value_error("inputs", "'images' contains no shape."),
        };
    }
    if first {
        x = super::reshaping::transpose(host, x, &[0, 2, 3, 1])?;
    }
    let shape = dims::of_input(&x)?;
    let Some(spatial) = shape.get(1..3) else { return unknown("an input of too low a rank") };
    let known = spatial.iter().all(|d| d.is_known());
    let size = |(dim, size): (&Dim, i64)| match dims::times(*dim, size) {
        Dim::Known(n) => Arg::Int(n),
        dim => Arg::Dim(dim),
    };
    let mut new: Vec<Arg> = spatial.iter().zip(args::stored(host, "size")?).map(size).collect();
    if keras2 && !known {
        // `tf.shape(x)[1:3] * factors` is not known at all where one of the two is not.
        new = vec![Arg::Dim(Dim::Unknown); 2];
    }
    let method = if keras2 { "method" } else { "interpolation" };
    let new = Arg::List(new.into());
    let paths = ["tf.image.resize", "keras.ops.image.resize"];
    x = support::api(host, paths, &[x, new], &[(method, interpolation)])?;
    if first { super::reshaping::transpose(host, x, &[0, 3, 1, 2]) } else { Ok(x) }
}
