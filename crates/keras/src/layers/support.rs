//! What the `call` of several layers does alike.

use ops::{Arg, Infer, Operand};
use tensor::{DType, TensorSpec};

use crate::Host;
use crate::dims::{keras2, tensor};
use crate::python::unknown;

/// The paths of a function in Keras 2's and in Keras 3's layers.
pub(super) type Paths = [&'static str; 2];

pub(super) const ADD: Paths = ["tf.add", "keras.ops.add"];
pub(super) const ANY: Paths = ["tf.reduce_any", "keras.ops.any"];
pub(super) const CAST: Paths = ["tf.cast", "keras.ops.cast"];
pub(super) const CONCATENATE: Paths = ["tf.keras.backend.concatenate", "keras.ops.concatenate"];
pub(super) const DIVIDE: Paths = ["tf.divide", "keras.ops.divide"];
pub(super) const EXPAND_DIMS: Paths = ["tf.expand_dims", "keras.ops.expand_dims"];
pub(super) const GREATER: Paths = ["tf.greater", "keras.ops.greater"];
pub(super) const MATMUL: Paths = ["tf.matmul", "keras.ops.matmul"];
pub(super) const MULTIPLY: Paths = ["tf.multiply", "keras.ops.multiply"];
pub(super) const NEGATIVE: Paths = ["tf.negative", "keras.ops.negative"];
pub(super) const NOT_EQUAL: Paths = ["tf.not_equal", "keras.ops.not_equal"];
pub(super) const RESHAPE: Paths = ["tf.reshape", "keras.ops.reshape"];
pub(super) const SUBTRACT: Paths = ["tf.subtract", "keras.ops.subtract"];
pub(super) const SUM: Paths = ["tf.keras.backend.sum", "keras.ops.sum"];

/// Calls a function by its path in the profile, as the layer's source does.
pub(super) fn api(
    host: &mut dyn Host,
    [two, three]: Paths,
    args: &[Arg],
    keywords: &[(&'static str, Arg)],
) -> Infer<Arg> {
    let path = if keras2(host) { two } else { three };
    host.api(path, args, keywords)
}

/// Casts to the layer's compute dtype, where the dtype is known to differ.
pub(super) fn cast(host: &mut dyn Host, x: Arg) -> Infer<Arg> {
    let want = host.compute_dtype();
    cast_to(host, x, want)
}

/// Casts to a dtype, where the dtype is known to differ.
pub(super) fn cast_to(host: &mut dyn Host, x: Arg, want: DType) -> Infer<Arg> {
    match &x {
        Arg::Tensor(t) if t.spec.dtype == Some(want) => Ok(x),
        _ => api(host, CAST, &[x], &[("dtype", Arg::Str(want.name().into()))]),
    }
}

/// Adds a layer's bias along the channel axis: `tf.nn.bias_add` in Keras 2, a reshaped sum in Keras 3.
/// `channels_first` is nothing where channels are last and the bias needs no reshape.
pub(super) fn add_bias(host: &mut dyn Host, x: Arg, bias: Arg, channels_first: Option<usize>) -> Infer<Arg> {
    if keras2(host) {
        let format = channels_first.map_or(Arg::None, |rank| Arg::Str(tf_format(true, rank).into()));
        return host.api("tf.nn.bias_add", &[x, bias], &[("data_format", format)]);
    }
    let bias = match channels_first {
        None => bias,
        Some(rank) => {
            let size = tensor(&bias)?.spec.shape.dim(0).and_then(|d| d.known());
            let Some(size) = size else { return unknown("the size of a bias is not known") };
            let mut shape = vec![Arg::Int(1); rank + 2];
            shape[1] = Arg::Int(size);
            api(host, RESHAPE, &[bias, Arg::Tuple(shape.into())], &[])?
        }
    };
    api(host, ADD, &[x, bias], &[])
}

/// TensorFlow's name of a data format for a number of spatial axes.
pub(super) fn tf_format(channels_first: bool, rank: usize) -> &'static str {
    match (channels_first, rank) {
        (true, 1) => "NCW",
        (true, 2) => "NCHW",
        (true, _) => "NCDHW",
        (false, 1) => "NWC",
        (false, 2) => "NHWC",
        (false, _) => "NDHWC",
    }
}

/// Applies the layer's `activation`.
pub(super) fn activate(host: &mut dyn Host, x: Arg) -> Infer<Arg> {
    let activation = host.get("activation");
    if activation.is_none() {
        return Ok(x);
    }
    host.activate(&activation, x)
}

/// A tensor of the input's dtype with another shape, as a `compute_output_spec` returns it.
pub(super) fn with_shape(inputs: &Arg, shape: tensor::Shape) -> Infer<Arg> {
    let x = tensor(inputs)?;
    Ok(Arg::Tensor(Operand::loose(TensorSpec::new(shape, x.spec.dtype), x.kind)))
}

/// Returns an argument that a constructor takes by name or in its `**kwargs`.
pub(super) fn keyword(host: &dyn Host, name: &str) -> Arg {
    match (host.get(name), host.get("kwargs")) {
        (Arg::Missing, Arg::Dict(items)) => {
            items.iter().find(|(key, _)| &**key == name).map_or(Arg::Missing, |(_, value)| value.clone())
        }
        (arg, _) => arg,
    }
}
