//! `STFTSpectrogram`: the short-time Fourier transform of audio as a convolution with two kernels.

use ops::{Arg, Infer};
use tensor::Dim;

use crate::args::channels_first;
use crate::host::WeightArgs;
use crate::layers::windows::{Window, conv_shape};
use crate::python::{known_int, text, truth, type_error, unknown, value_error};
use crate::{CallArgs, Host, InputSpec, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "STFTSpectrogram",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Drops,
    source: "keras/src/layers/preprocessing/stft_spectrogram.py",
    ..Layer::BASE
}];

const MODES: &[&str] = &["log", "magnitude", "psd", "real", "imag", "angle", "stft"];

fn init(host: &mut dyn Host) -> Infer<()> {
    let frame = known_int(&host.get("frame_length"))?;
    let (step, fft) = (host.get("frame_step"), host.get("fft_length"));
    if let Arg::Int(step) = step
        && (step > frame || step < 1)
    {
        return value_error(
            "frame_step",
            format!(
                "`frame_step` should be a positive integer not greater than `frame_length`. Received \
                 frame_step={step}, frame_length={frame}"
            ),
        );
    }
    if let Arg::Int(fft) = fft
        && fft < frame
    {
        let problem = "`fft_length` should be not less than `frame_length`.";
        let core = format!("{problem} Received fft_length={fft}, frame_length={frame}");
        return value_error("fft_length", core);
    }
    let one_of = |given: &Arg, allowed: &[&str]| match given {
        Arg::Str(given) => allowed.contains(&&**given),
        Arg::Unknown => true,
        _ => false,
    };
    let (mode, scaling, padding) = (host.get("mode"), host.get("scaling"), host.get("padding"));
    if !one_of(&mode, MODES) {
        let list = MODES.join(", ");
        let core =
            format!("Output mode is invalid, it must be one of {list}. Received: mode={}", text(&mode));
        return value_error("mode", core);
    }
    if !scaling.is_none() && !one_of(&scaling, &["density", "spectrum"]) {
        let core = "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling=";
        return value_error("scaling", format!("{core}{}", text(&scaling)));
    }
    if !one_of(&padding, &["valid", "same"]) {
        let core = "Padding is invalid, it should be 'valid', 'same'. Received: padding=";
        return value_error("padding", format!("{core}{}", text(&padding)));
    }
    host.set_input_spec(vec![InputSpec::rank(3)]);
    Ok(())
}

/// The length of the transform: by default the next power of two.
fn length(host: &dyn Host) -> Infer<i64> {
    let (frame, given) = (known_int(&host.get("frame_length"))?, host.get("fft_length"));
    if truth(&given)? {
        return known_int(&given);
    }
    match u64::try_from(frame).ok().and_then(u64::checked_next_power_of_two).map(i64::try_from) {
        Some(Ok(power)) if frame > 0 => Ok(power),
        _ => unknown("a frame without a length"),
    }
}

/// How far frames are apart: by default half of their length.
fn frame_step(host: &dyn Host) -> Infer<i64> {
    let given = host.get("frame_step");
    if truth(&given)? { known_int(&given) } else { Ok(known_int(&host.get("frame_length"))? / 2) }
}

fn mode(host: &dyn Host) -> Infer<String> {
    match host.get("mode") {
        Arg::Str(mode) => Ok(mode.to_string()),
        _ => unknown("a mode that is not known"),
    }
}

fn build(host: &mut dyn Host, _: &[tensor::Shape]) -> Infer<()> {
    let frame = Dim::Known(known_int(&host.get("frame_length"))?);
    let shape = [frame, Dim::Known(1), Dim::Known(length(host)? / 2 + 1)];
    let mode = mode(host)?;
    for (name, without) in [("real_kernel", "imag"), ("imag_kernel", "real")] {
        if mode != without {
            host.add_weight(WeightArgs::new(name, shape, Arg::None))?;
        }
    }
    Ok(())
}

/// `compute_output_shape`.
fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    Ok(dims::tuple(output_dims(host, inputs)?))
}

fn output_dims(host: &dyn Host, inputs: &Arg) -> Infer<Vec<Dim>> {
    let shape = dims::of_input(inputs)?;
    let first = channels_first(host);
    let channels = dims::at(&shape, if first { 1 } else { -1 })?;
    let doubled = if mode(host)? == "stft" { 2 } else { 1 };
    let bins = (length(host)? / 2 + 1).saturating_mul(doubled);
    let frame = known_int(&host.get("frame_length"))?;
    let step = frame_step(host)?;
    let Arg::Str(padding) = host.get("padding") else { return unknown("a padding that is not known") };
    let window = Window { size: &[frame], strides: &[step], dilation: &[1], padding: &padding };
    let made = conv_shape(&shape, dims::map(channels, |n| n.saturating_mul(bins)), &window, first)?;
    if !truth(&host.get("expand_dims"))? {
        return Ok(made);
    }
    let (batch, time) = (made[0], if first { made[2] } else { made[1] });
    let bins = Dim::Known(bins);
    Ok(if first { vec![batch, channels, time, bins] } else { vec![batch, time, bins, channels] })
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let dtype = dims::tensor(&args.inputs)?.spec.dtype;
    if let Some(dtype) = dtype.filter(|dtype| !matches!(dtype.name(), "float16" | "float32" | "float64")) {
        let core = "Invalid input type. Expected `float16`, `float32` or `float64`. Received: input type=";
        return type_error("inputs", format!("{core}{dtype}"));
    }
    let mode = mode(host)?;
    let real = if mode == "imag" { None } else { Some(signal(host, &args.inputs, "real_kernel")?) };
    let imaginary = if mode == "real" { None } else { Some(signal(host, &args.inputs, "imag_kernel")?) };
    let (real, imaginary) = match (real, imaginary) {
        (Some(real), Some(imaginary)) => (real, imaginary),
        (Some(one), None) | (None, Some(one)) => return adjusted(host, one),
        (None, None) => return unknown("a signal of no part"),
    };
    match &*mode {
        "angle" => {
            let angle = host.api("keras.ops.arctan2", &[imaginary, real], &[])?;
            return adjusted(host, angle);
        }
        "stft" => {
            let parts = Arg::List([real, imaginary].into());
            let both = host.api("keras.ops.concatenate", &[parts], &[("axis", Arg::Int(2))])?;
            return adjusted(host, both);
        }
        _ => {}
    }
    let squares = [real, imaginary].map(|part| host.api("keras.ops.square", &[part], &[]));
    let [real, imaginary] = squares;
    let power = host.api("keras.ops.add", &[real?, imaginary?], &[])?;
    if mode == "psd" {
        // The inner bins count twice, which changes no shape.
        let doubled = host.api("keras.ops.add", &[power.clone(), power], &[])?;
        return adjusted(host, doubled);
    }
    let epsilon = Arg::Float(1e-7);
    let floored = host.api("keras.ops.maximum", &[power, epsilon.clone()], &[])?;
    let root = host.api("keras.ops.sqrt", &[floored], &[])?;
    let linear = adjusted(host, root)?;
    if mode == "magnitude" {
        return Ok(linear);
    }
    let floored = host.api("keras.ops.maximum", &[linear, epsilon], &[])?;
    host.api("keras.ops.log", &[floored], &[])
}

fn permuted(host: &mut dyn Host, x: Arg, order: &[i64]) -> Infer<Arg> {
    let order = Arg::List(order.iter().map(|axis| Arg::Int(*axis)).collect());
    host.api("keras.ops.transpose", &[x, order], &[])
}

fn reshaped(host: &mut dyn Host, x: Arg, sizes: &[Dim]) -> Infer<Arg> {
    if sizes.iter().any(|size| !size.is_known()) {
        return unknown("audio whose length is not known");
    }
    let sizes = Arg::List(sizes.iter().map(|size| Arg::Dim(*size)).collect());
    host.api("keras.ops.reshape", &[x, sizes], &[])
}

/// The convolution of each channel with a kernel: `(batch, channels, bins, frames)`.
fn signal(host: &mut dyn Host, inputs: &Arg, kernel: &str) -> Infer<Arg> {
    let Some(kernel) = host.weight(kernel) else { return unknown("the layer is not built") };
    let (first, rest) = (channels_first(host), Dim::Known(-1));
    let one = Dim::Known(1);
    let shape = dims::of_input(inputs)?;
    let (channels, x) = if first {
        let time = dims::at(&shape, 2)?;
        (dims::at(&shape, 1)?, reshaped(host, inputs.clone(), &[rest, one, time])?)
    } else {
        let time = dims::at(&shape, 1)?;
        let x = permuted(host, inputs.clone(), &[0, 2, 1])?;
        (dims::at(&shape, 2)?, reshaped(host, x, &[rest, time, one])?)
    };
    let step = frame_step(host)?;
    let format = if first { "channels_first" } else { "channels_last" };
    let settings = [
        ("padding", host.get("padding")),
        ("strides", Arg::Int(step)),
        ("data_format", Arg::Str(format.into())),
    ];
    let made = host.api("keras.ops.conv", &[x, kernel], &settings)?;
    let made = if first { made } else { permuted(host, made, &[0, 2, 1])? };
    let shape = dims::of_input(&made)?;
    reshaped(host, made, &[rest, channels, dims::at(&shape, 1)?, dims::at(&shape, 2)?])
}

/// `(batch, channels, bins, frames)` as the layer answers it.
fn adjusted(host: &mut dyn Host, x: Arg) -> Infer<Arg> {
    let (first, expanded) = (channels_first(host), truth(&host.get("expand_dims"))?);
    if expanded {
        return permuted(host, x, if first { &[0, 1, 3, 2] } else { &[0, 3, 2, 1] });
    }
    let shape = dims::of_input(&x)?;
    let (channels, bins) = (dims::at(&shape, 1)?, dims::at(&shape, 2)?);
    let both = match (channels, bins) {
        (Dim::Known(a), Dim::Known(b)) => Dim::Known(a.saturating_mul(b)),
        _ => Dim::Unknown,
    };
    let flat = reshaped(host, x, &[Dim::Known(-1), both, dims::at(&shape, 3)?])?;
    if first { Ok(flat) } else { permuted(host, flat, &[0, 2, 1]) }
}
