//! `Dense` and other layers of plain weights.

use ops::{Arg, Infer, Stop};
use tensor::{Dim, Shape};

use crate::host::WeightArgs;
use crate::layer::no_init;
use crate::{CallArgs, Host, InputSpec, Layer, Mask};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Dense",
    init,
    build,
    call,
    output_shape: Some(output_shape),
    mask: Mask::Keeps,
    source: "keras/src/layers/core/dense.py, tf_keras/src/layers/core/dense.py",
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    no_init(host)?;
    host.set_input_spec(vec![InputSpec::at_least(2)]);
    Ok(())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let last = shapes.first().and_then(|s| s.dim(-1)).unwrap_or(Dim::Unknown);
    let Arg::Int(units) = host.get("units") else {
        return Err(Stop::Unknown("the number of units is not known"));
    };
    let Dim::Known(size) = last else { return Err(Stop::Unknown("the last dim is not known")) };
    host.add_weight(WeightArgs::new("kernel", [last, Dim::Known(units)], host.get("kernel_initializer")))?;
    if host.get("use_bias") == Arg::Bool(true) {
        host.add_weight(WeightArgs::new("bias", [Dim::Known(units)], host.get("bias_initializer")))?;
    }
    host.set_input_spec(vec![InputSpec::at_least(2).with_axis(-1, size)]);
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(kernel) = host.weight("kernel") else { return Err(Stop::Unknown("the layer is not built")) };
    let mut x = host.op("matmul", &[("x", args.inputs.clone()), ("y", kernel)])?;
    if let Some(bias) = host.weight("bias") {
        x = host.op("add", &[("x", x), ("y", bias)])?;
    }
    let activation = host.get("activation");
    host.activate(&activation, x)
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let Arg::Tensor(x) = inputs else { return Err(Stop::Unknown("an input that is no tensor")) };
    let Arg::Int(units) = host.get("units") else {
        return Err(Stop::Unknown("the number of units is not known"));
    };
    let rank = x.spec.shape.rank().ok_or(Stop::Unknown("an input of unknown rank"))?;
    Ok(Arg::shape(&x.spec.shape.with_dim(rank.saturating_sub(1), Dim::Known(units))))
}
