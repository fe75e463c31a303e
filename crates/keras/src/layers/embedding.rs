//! `Embedding`.

use ops::{Arg, Infer, Keras};
use tensor::{DType, Shape};

use super::{lora, support};
use crate::host::WeightArgs;
use crate::python::{
    int, is_open, no_numpy_scalar, number, repr, size, text, truth, type_name, unknown, value_error,
};
use crate::{Adapted, CallArgs, Host, Layer, Mask, dims};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "Embedding",
        init,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Computes(mask),
        adapted: Some(ADAPTED),
        source: "keras/src/layers/core/embedding.py, tf_keras/src/layers/core/embedding.py",
        ..Layer::BASE
    },
    Layer {
        name: "ReversibleEmbedding",
        init,
        build: build_reversible,
        call: call_reversible,
        output_shape: Some(reversible_shape),
        mask: Mask::Computes(reversible_mask),
        source: "keras/src/layers/core/reversible_embedding.py",
        ..Layer::BASE
    },
];

/// The weights of a low-rank adapter.
const ADAPTED: Adapted = Adapted {
    weight: "embeddings",
    constraint: "embeddings_constraint",
    parts: ["lora_embeddings_a", "lora_embeddings_b"],
};

fn init(host: &mut dyn Host) -> Infer<()> {
    match host.keras() {
        Keras::Two => init2(host)?,
        Keras::Three => {
            positive(host, "input_dim")?;
            positive(host, "output_dim")?;
        }
    }
    crate::identifiers::check(host)
}

fn init2(host: &mut dyn Host) -> Infer<()> {
    let (input, output) = (host.get("input_dim"), host.get("output_dim"));
    let low = |param, value: &Arg| -> Infer<bool> {
        if is_open(value) {
            return Ok(false);
        }
        match number(param, value, "<=", "int")? {
            Some(n) => Ok(n <= 0.0),
            None => crate::python::no_number("'<=' not supported between instances of 'NoneType' and 'int'"),
        }
    };
    if low("input_dim", &input)? || low("output_dim", &output)? {
        let problem = format!(
            "Both `input_dim` and `output_dim` should be positive, Received input_dim = {} and output_dim = {}",
            repr(&input),
            repr(&output)
        );
        return value_error("input_dim", problem);
    }
    if truth(&host.get("sparse"))? && truth(&host.get("mask_zero"))? {
        let problem = "`mask_zero` cannot be enabled when `tf.keras.layers.Embedding` is used with \
                       `tf.SparseTensor` input.";
        return value_error("mask_zero", problem);
    }
    Ok(())
}

fn positive(host: &dyn Host, param: &'static str) -> Infer<()> {
    let value = host.get(param);
    no_numpy_scalar(&value, |shown| not_positive(param, shown, "int64"))?;
    if is_open(&value) {
        return Ok(());
    }
    let size = if matches!(value, Arg::Bool(_)) { None } else { int(&value)? };
    match size {
        Some(n) if n > 0 => Ok(()),
        _ => not_positive(param, &text(&value), type_name(&value)),
    }
}

fn not_positive(param: &'static str, shown: &str, kind: &str) -> Infer<()> {
    let text = format!("`{param}` must be a positive integer. Received: {param}={shown} (of type {kind}).");
    value_error(param, text)
}

fn build(host: &mut dyn Host, _: &[Shape]) -> Infer<()> {
    dims::ranked(host)?;
    for param in ["input_dim", "output_dim"] {
        if let Arg::Float(x) = host.get(param) {
            return crate::python::no_dimension(param, x);
        }
    }
    let shape = [size(&host.get("input_dim"))?, size(&host.get("output_dim"))?];
    let initializer = host.get("embeddings_initializer");
    let mut embeddings = WeightArgs::new("embeddings", shape, initializer);
    embeddings.trainable = lora::rank(host)?.is_none();
    host.add_weight(embeddings)?;
    lora::add(host, ADAPTED, &shape)
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let Some(embeddings) = host.weight("embeddings") else { return unknown("the layer is not built") };
    let embeddings = lora::merge(host, embeddings, ADAPTED)?;
    if truth(&host.get("sparse"))? {
        return unknown("sparse embeddings are not modelled");
    }
    let mut ids = args.inputs.clone();
    if !matches!(dims::tensor(&ids)?.spec.dtype, Some(DType::Int32 | DType::Int64)) {
        ids = support::cast_to(host, ids, DType::Int32)?;
    }
    let found = match host.keras() {
        Keras::Two => host.api("tf.nn.embedding_lookup", &[embeddings, ids], &[])?,
        Keras::Three => host.api("keras.ops.take", &[embeddings, ids], &[("axis", Arg::Int(0))])?,
    };
    support::cast(host, found)
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let mut shape = dims::of_input(inputs)?;
    shape.push(size(&host.get("output_dim"))?);
    Ok(dims::tuple(shape))
}

/// Whether a call asks for logits instead of embeddings: `embedding(x, reverse=True)`.
fn reverse(given: &[(std::rc::Rc<str>, Arg)]) -> Infer<bool> {
    let given = given.iter().find(|(name, _)| matches!(&**name, "reverse" | "#1"));
    given.map_or(Ok(false), |(_, arg)| truth(arg))
}

fn build_reversible(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    build(host, shapes)?;
    if !truth(&host.get("tie_weights"))? {
        let shape = [size(&host.get("output_dim"))?, size(&host.get("input_dim"))?];
        let initializer = host.get("embeddings_initializer");
        host.add_weight(WeightArgs::new("reverse_embeddings", shape, initializer))?;
    }
    Ok(())
}

fn call_reversible(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if !reverse(&args.keywords)? {
        return call(host, args);
    }
    let kernel = match (host.weight("reverse_embeddings"), host.weight("embeddings")) {
        (Some(kernel), _) => kernel,
        (None, Some(embeddings)) => host.api("keras.ops.transpose", &[embeddings], &[])?,
        (None, None) => return unknown("the layer is not built"),
    };
    let (mut x, mut kernel) = (args.inputs.clone(), kernel);
    let dtype = host.get("reverse_dtype");
    if !dtype.is_none() {
        x = host.api("keras.ops.cast", &[x], &[("dtype", dtype.clone())])?;
        kernel = host.api("keras.ops.cast", &[kernel], &[("dtype", dtype)])?;
    }
    let logits = host.api("keras.ops.matmul", &[x, kernel], &[])?;
    let cap = host.get("logit_soft_cap");
    if cap.is_none() {
        return Ok(logits);
    }
    let scaled = host.api("keras.ops.divide", &[logits, cap.clone()], &[])?;
    let bounded = host.api("keras.ops.tanh", &[scaled], &[])?;
    host.api("keras.ops.multiply", &[bounded, cap], &[])
}

fn reversible_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    if !reverse(&host.given())? {
        return output_shape(host, inputs);
    }
    let mut shape = dims::of_input(inputs)?;
    let size = size(&host.get("input_dim"))?;
    match shape.last_mut() {
        Some(last) => *last = size,
        None => return dims::out_of_range("list assignment"),
    }
    Ok(dims::tuple(shape))
}

/// The mask is set in `call`, and only on embeddings.
fn reversible_mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if reverse(&args.keywords)? { Ok(Arg::None) } else { mask(host, args) }
}

fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if !truth(&host.get("mask_zero"))? {
        return Ok(Arg::None);
    }
    support::api(host, support::NOT_EQUAL, &[args.inputs.clone(), Arg::Int(0)], &[])
}
