//! `Pipeline`: layers one after the other, as one layer.

use ops::{Arg, Infer};

use crate::layer::no_build;
use crate::python::unknown;
use crate::{CallArgs, Host, Layer, Mask, Seeds};

pub(super) static LAYERS: &[Layer] = &[Layer {
    name: "Pipeline",
    init,
    build: no_build,
    call,
    output_shape: None,
    mask: Mask::Drops,
    seeds: Seeds::Some,
    source: "keras/src/layers/preprocessing/pipeline.py",
    ..Layer::BASE
}];

fn init(host: &mut dyn Host) -> Infer<()> {
    // Setting them makes them sublayers.
    let layers = host.get("layers");
    host.set("layers", layers);
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let (Arg::List(layers) | Arg::Tuple(layers)) = host.get("layers") else {
        return unknown("the layers of a pipeline are not known");
    };
    layers.iter().try_fold(args.inputs.clone(), |x, layer| host.call(layer, vec![x], Vec::new()))
}
