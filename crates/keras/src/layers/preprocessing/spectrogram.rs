//! `MelSpectrogram`: audio as frequencies over time.

use ops::{Arg, Infer};

use crate::dims;
use crate::layer::no_build;
use crate::python::{known_int, truth, unknown, value_error};
use crate::{CallArgs, Host, Layer, Mask};

use super::{Made, result};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "MelSpectrogram",
    init,
    build: no_build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Drops,
    source: "keras/src/layers/preprocessing/mel_spectrogram.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    let fft = known_int(&host.get("fft_length"))?;
    let length = host.get("sequence_length");
    let length = if truth(&length)? { known_int(&length)? } else { fft };
    if fft < length {
        return value_error(
            "fft_length",
            format!(
                "`fft_length` must be greater than or equal to `sequence_length`. Received: \
                 `sequence_length`={length}, `fft_length`={fft}."
            ),
        );
    }
    Ok(())
}

/// `(batch, mel bins, frames)`, whatever follows the second axis.
fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let shape = dims::of_input(inputs)?;
    let stride = known_int(&host.get("sequence_stride"))?;
    let bins = tensor::Dim::Known(known_int(&host.get("num_mel_bins"))?);
    if stride == 0 {
        return unknown("a stride of zero");
    }
    let axis = usize::from(shape.len() != 1);
    let frames = dims::map(dims::at(&shape, axis as i64)?, |n| (n + stride + 1).div_euclid(stride));
    Ok(dims::tuple(shape[..axis].iter().copied().chain([bins, frames])))
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let rank = dims::of_input(&args.inputs)?.len();
    if rank == 0 || rank > 2 {
        return unknown("audio of more than one channel");
    }
    let shape = output_shape(host, &args.inputs)?;
    let dims = ops::FromArg::from_arg(&shape).map(|shape: tensor::Shape| dims::of_shape(&shape))??;
    let dtype = host.compute_dtype();
    result(host, "augmented", args.inputs.clone(), Made { dims, dtype })
}
