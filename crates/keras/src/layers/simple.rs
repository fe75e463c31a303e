//! Layers without weights that keep their input's shape: `Activation`, `Identity`, `Masking`.

use ops::{Arg, Infer, Operand};

use super::support;
use crate::dims::{keras2, tensor};
use crate::layer::same_shape;
use crate::{CallArgs, Host, Layer, Mask};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "Activation",
        init: |host| crate::identifiers::check(host),
        call: |host, args| support::activate(host, args.inputs.clone()),
        output_shape: Some(same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/activations/activation.py, tf_keras/src/layers/core/activation.py",
        ..Layer::BASE
    },
    Layer {
        name: "Identity",
        output_shape: Some(|_, inputs| Ok(loose(inputs))),
        mask: Mask::Computes(identity_mask),
        source: "keras/src/layers/core/identity.py, tf_keras/src/layers/core/identity.py",
        ..Layer::BASE
    },
    Layer {
        name: "ActivityRegularization",
        init: |host| {
            let args = ["l1", "l2"].map(|name| (name.into(), host.get(name)));
            crate::regularizers::penalties(&crate::Bound { keras: host.keras(), class: "L1L2", args: &args })
        },
        call: |host, args| {
            let dtype = match &args.inputs {
                Arg::Tensor(t) => t.spec.dtype.filter(|d| d.is_integer()),
                _ => None,
            };
            match dtype.filter(|_| keras2(host)) {
                // The penalty begins with a constant of the input's dtype.
                Some(dtype) => crate::python::type_error(
                    "inputs",
                    format!("Expected {}, but got 0.0 of type 'float'.", dtype.name()),
                ),
                None => Ok(args.inputs.clone()),
            }
        },
        output_shape: Some(same_shape),
        mask: Mask::Keeps,
        source: "keras/src/layers/regularization/activity_regularization.py, \
                 tf_keras/src/layers/regularization/activity_regularization.py",
        ..Layer::BASE
    },
    Layer {
        name: "Masking",
        call: masking,
        output_shape: Some(same_shape),
        mask: Mask::Computes(|host, args| any_differs(host, &args.inputs, false)),
        source: "keras/src/layers/core/masking.py, tf_keras/src/layers/core/masking.py",
        ..Layer::BASE
    },
];

/// The same structure of tensors of the same specs.
fn loose(arg: &Arg) -> Arg {
    match arg {
        Arg::Tensor(t) => Arg::Tensor(Operand::loose(t.spec.clone(), t.kind)),
        Arg::List(items) => Arg::List(items.iter().map(loose).collect()),
        Arg::Tuple(items) => Arg::Tuple(items.iter().map(loose).collect()),
        Arg::Dict(items) => Arg::Dict(items.iter().map(|(k, v)| (k.clone(), loose(v))).collect()),
        other => other.clone(),
    }
}

/// Keras 2's `Identity` does not support masking.
fn identity_mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    Ok(if keras2(host) { Arg::None } else { args.mask.clone() })
}

/// `any(inputs != mask_value, axis=-1)`.
fn any_differs(host: &mut dyn Host, inputs: &Arg, keepdims: bool) -> Infer<Arg> {
    let value = host.get("mask_value");
    let differs = support::api(host, support::NOT_EQUAL, &[inputs.clone(), value], &[])?;
    support::api(host, support::ANY, &[differs], &[("axis", Arg::Int(-1)), ("keepdims", Arg::Bool(keepdims))])
}

fn masking(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let mask = any_differs(host, &args.inputs, true)?;
    if keras2(host) {
        let x = args.inputs.clone();
        let mask = match tensor(&x)?.spec.dtype {
            Some(dtype) => support::cast_to(host, mask, dtype)?,
            None => return crate::python::unknown("an input of unknown dtype"),
        };
        return support::api(host, support::MULTIPLY, &[x, mask], &[]);
    }
    host.api("keras.ops.where", &[mask, args.inputs.clone(), Arg::Int(0)], &[])
}
