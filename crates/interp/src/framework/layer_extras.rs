//! Methods and properties that only some layers have, or that mostly say that a layer was not called yet.
//!
//! source: keras/src/layers/rnn/*.py, keras/src/layers/layer.py, tf_keras/src/layers/rnn/base_rnn.py,
//! tf_keras/src/engine/base_layer.py: _get_node_attribute_at_index

use ops::{Exc, Keras};

use crate::framework::host::LayerHost;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods by the profile that has them and the classes, of which none means all that Keras declares.
static METHODS: &[(Keras, &[&str], Native)] = &[
    (Keras::Two, &[], native("get_input_at", |i, a| never_called(i, a, "input"))),
    (Keras::Two, &[], native("get_output_at", |i, a| never_called(i, a, "output"))),
    (Keras::Two, &[], native("get_input_shape_at", |i, a| never_called(i, a, "input shape"))),
    (Keras::Two, &[], native("get_output_shape_at", |i, a| never_called(i, a, "output shape"))),
    (Keras::Two, &[], native("compute_output_signature", output_signature)),
    (Keras::Two, &[], native("finalize_state", |_, _| Ok(Value::None))),
    (Keras::Two, CELLS, native("get_initial_state", initial_state)),
    (Keras::Three, CELLS, native("get_initial_state", initial_state)),
    (Keras::Two, RECURRENT, native("get_initial_state", |i, a| recurrent_state(i, a, "inputs"))),
    (Keras::Three, RECURRENT, native("get_initial_state", |i, a| recurrent_state(i, a, "batch_size"))),
    (Keras::Two, RECURRENT, native("reset_states", reset_states)),
    (Keras::Three, RECURRENT, native("reset_states", |_, _| Ok(Value::None))),
    (Keras::Three, RECURRENT, native("reset_state", |_, _| Ok(Value::None))),
    (Keras::Three, ADAPTED, native("enable_lora", enable_lora)),
    (Keras::Three, QUANTIZED, native("quantize", quantize)),
];

const CELLS: &[&str] = &["SimpleRNNCell", "GRUCell", "LSTMCell"];
const RECURRENT: &[&str] = &["SimpleRNN", "GRU", "LSTM"];
const QUANTIZED: &[&str] = &["Dense", "EinsumDense", "Embedding", "ReversibleEmbedding"];
const ADAPTED: &[&str] = &["Dense", "EinsumDense", "Embedding", "Conv1D", "Conv2D", "Conv3D"];

/// What `cast_to_floatx` makes of the arguments of activations in Keras 2.
const ARRAYS: &[(&str, &[&str])] = &[
    ("ReLU", &["max_value", "negative_slope", "threshold"]),
    ("LeakyReLU", &["alpha"]),
    ("ELU", &["alpha"]),
    ("ThresholdedReLU", &["theta"]),
];

/// A method that asks for what a layer was called on.
fn never_called(interp: &mut Interp<'_>, mut args: Args, what: &str) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    match interp.layer(id) {
        Some(state) if state.calls.is_empty() && state.lost.is_none() => {
            let text =
                format!("The layer {} has never been called and thus has no defined {what}.", state.name);
            Err(interp.raise(Exc::RuntimeError, text))
        }
        _ => match args.get(0, "node_index") {
            Some(Value::Int(at)) => call_part(interp, id, *at, what),
            _ => Ok(interp.unknown("what a layer was called on")),
        },
    }
}

/// What one of a layer's symbolic calls was given or answered.
fn call_part(interp: &mut Interp<'_>, id: ObjId, at: i64, what: &str) -> Eval {
    let call = interp.layer(id).and_then(|s| s.calls.get(usize::try_from(at).ok()?)).copied();
    let call = call.and_then(|call| interp.keras_calls.get(call as usize)).cloned();
    let Some(call) = call else { return Ok(interp.unknown("what a layer was called on")) };
    let nodes = if what.starts_with("input") { call.inputs } else { interp.flat_tensors(&call.outputs) };
    if what.ends_with("shape") {
        return Ok(super::layer_methods::shape_value(interp, &nodes));
    }
    let mut tensors: Vec<Value> = nodes.into_iter().map(Value::Tensor).collect();
    Ok(if tensors.len() == 1 { tensors.remove(0) } else { interp.new_list(tensors) })
}

/// Keras 2's `compute_output_signature(signature)` of one tensor.
fn output_signature(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let given = args.get(0, "input_signature").cloned().unwrap_or(Value::None);
    interp.call_model("keras.layers._output_signature", [Value::Instance(id), given])
}

/// `cell.get_initial_state(batch_size=2)`.
fn initial_state(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(name) = interp.layer(id).and_then(|s| s.decl).map(|decl| decl.name) else {
        return Ok(Value::None);
    };
    let order: &[&str] = match interp.keras {
        Keras::Two => &["inputs", "batch_size", "dtype"],
        Keras::Three => &["batch_size"],
    };
    let given = |wanted: &str| {
        let at = order.iter().position(|name| *name == wanted);
        at.and_then(|at| args.get(at, wanted)).cloned().unwrap_or(Value::None)
    };
    let [inputs, batch, dtype] = ["inputs", "batch_size", "dtype"].map(given);
    interp.call_model(
        "keras.layers._initial_state",
        [Value::Instance(id), Value::str(name), inputs, batch, dtype],
    )
}

/// `layer.get_initial_state(batch_size)`, in Keras 2 of inputs.
fn recurrent_state(interp: &mut Interp<'_>, mut args: Args, taken: &str) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(name) = interp.layer(id).and_then(|s| s.decl).map(|decl| decl.name) else {
        return Ok(Value::None);
    };
    let given = args.get(0, taken).cloned().unwrap_or(Value::None);
    interp.call_model(
        "keras.layers._recurrent_state",
        [Value::Instance(id), Value::str(name), given.clone(), given],
    )
}

/// Keras 2's `reset_states` of a layer that is not stateful, or whose batch is not known.
fn reset_states(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    match interp.layer_arg(id, "stateful") {
        Some(ops::Arg::Bool(false)) => Err(interp.raise(Exc::AttributeError, "Layer must be stateful.")),
        Some(ops::Arg::Bool(true)) if interp.layer(id).is_some_and(|s| !s.built && s.lost.is_none()) => {
            let text = "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input \
                        tensors: \n- If using a Sequential model, specify the batch size by passing a \
                        `batch_input_shape` argument to your first layer.\n- If using the functional API, specify \
                        the batch size by passing a `batch_shape` argument to your Input layer.";
            Err(interp.raise(Exc::ValueError, text))
        }
        _ => Ok(Value::None),
    }
}

/// Keras 3's `quantize(mode)`, which needs a layer that is built.
fn quantize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(state) = interp.layer(id).filter(|s| s.lost.is_none()) else { return Ok(Value::None) };
    let (built, name, class) = (state.is_built(Keras::Three), state.name.clone(), interp.class_name(id));
    let told = args.get(2, "config").is_none_or(Value::is_none);
    if let Some(Value::Str(mode)) = args.get(0, "mode").filter(|_| told)
        && !MODES.contains(&&**mode)
    {
        let text = format!("Invalid quantization mode. Received: mode={mode}");
        return Err(interp.raise(Exc::ValueError, text));
    }
    if !built {
        let text = format!(
            "Cannot quantize a layer that isn't yet built. Layer '{name}' (of type '{class}') is not built yet."
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    let loosely = matches!(args.get(1, "type_check"), Some(Value::Bool(false)));
    if !loosely && !QUANTIZED.contains(&&*class) {
        let text = format!("Layer {class} does not have a `quantize` method implemented.");
        return Err(interp.raise(Exc::NotImplementedError, text));
    }
    interp.lose_quantized(id, 0);
    Ok(Value::None)
}

/// The modes of `quantize`.
const MODES: &[&str] = &["int8", "float8", "int4", "gptq", "awq"];

/// Keras 3's `Model.quantize(mode)`, which quantizes all layers within that can be and are built.
pub(super) fn quantize_model(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if let Some(id) = split_self(&mut args) {
        interp.lose_quantized(id, 0);
    }
    Ok(Value::None)
}

/// Keras 3's `enable_lora(rank, lora_alpha=None)`, which needs a layer that is built and has no adapter.
fn enable_lora(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(state) = interp.layer(id).filter(|s| s.lost.is_none()) else { return Ok(Value::None) };
    let (adapted, built) = (state.decl.and_then(|decl| decl.adapted), state.is_built(Keras::Three));
    if !built {
        return Err(interp.raise(Exc::ValueError, "Cannot enable lora on a layer that isn't yet built."));
    }
    let Some((adapted, Value::Int(1..))) = adapted.zip(args.get(0, "rank").cloned()) else {
        interp.lose_layer(id, "a layer with an adapter");
        return Ok(Value::None);
    };
    if interp.layer_arg(id, "lora_rank").is_some_and(|rank| !rank.is_none()) {
        let text = "lora is already enabled. This can only be done once per layer.";
        return Err(interp.raise(Exc::ValueError, text));
    }
    for (at, name) in ["rank", "lora_alpha"].into_iter().enumerate() {
        let given = args.get(at, name).cloned().unwrap_or(Value::None);
        let (key, given) = (if at == 0 { "lora_rank" } else { name }, interp.arg(&given));
        if let Some(state) = interp.layer_mut(id) {
            state.config.retain(|(own, _)| &**own != key);
            state.config.push((key.into(), given));
        }
    }
    let answer = keras::enable_adapter(&mut LayerHost { interp, id }, adapted);
    if let Err(why) = interp.settle(answer, "enable_lora", Vec::new)? {
        interp.lose_layer(id, why);
    }
    // What is adapted trains no more.
    let frozen =
        interp.layer(id).and_then(|s| s.weights.iter().find(|w| &*w.name == adapted.weight).cloned());
    if let Some(frozen) = frozen {
        interp.trace.variable_mut(frozen.variable).trainable = false;
    }
    // `dense.kernel` is what the adapter makes of it.
    if let Some(instance) = interp.heap.instance_mut(id) {
        instance.attrs.shift_remove(adapted.weight);
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Loses the layers within one that are quantized with it.
    fn lose_quantized(&mut self, id: ObjId, depth: u32) {
        let Some(state) = self.layer(id).filter(|_| depth < 64) else { return };
        let quantized = state.decl.is_some_and(|decl| QUANTIZED.contains(&decl.name));
        let (built, sublayers) = (state.is_built(Keras::Three), state.sublayers.clone());
        let within = if state.model.is_some() { self.layers_of(id) } else { sublayers };
        if quantized && built {
            self.lose_layer(id, "a layer that is quantized");
            // Its policy is another.
            if let Some(state) = self.layer_mut(id) {
                state.config.retain(|(name, _)| !matches!(&**name, "dtype" | "quantization_config"));
                state.config.push(("dtype".into(), ops::Arg::Unknown));
                state.config.push(("quantization_config".into(), ops::Arg::Unknown));
            }
            if let Some(instance) = self.heap.instance_mut(id) {
                instance.attrs.retain(|_, value| !matches!(value, Value::Tensor(_)));
            }
        }
        within.into_iter().for_each(|layer| self.lose_quantized(layer, depth + 1));
    }

    /// Reads a method or property that only some layers have.
    pub(crate) fn layer_extra(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.layer(id).filter(|s| s.model.is_none() && s.lost.is_none())?;
        let class = state.decl?.name;
        let (fresh, within) = (!state.built && state.calls.is_empty(), state.sublayers.is_empty());
        let found = METHODS.iter().find(|(keras, classes, method)| {
            *keras == self.keras && method.name == name && (classes.is_empty() || classes.contains(&class))
        });
        if let Some((_, _, method)) = found {
            return Some(Value::bound(Value::Instance(id), method));
        }
        match (self.keras, name) {
            // `None` once it is built without one, and nothing before.
            (_, "bias") if state.built && !state.weights.iter().any(|w| &*w.name == "bias") => {
                let makes =
                    state.config.iter().any(|(own, _)| &**own == "use_bias") && !class.ends_with("Cell");
                (makes && !RECURRENT.contains(&class)).then_some(Value::None)
            }
            // Arrays of one number.
            (Keras::Two, _) if ARRAYS.iter().any(|(of, names)| *of == class && names.contains(&name)) => {
                match self.layer_arg(id, name)?.clone() {
                    given @ (ops::Arg::Float(_) | ops::Arg::Int(_)) => {
                        let given = [self.value_of(&given), Value::str("float32")];
                        self.call_api(&"np.asarray".into(), Args::of(given)).ok()
                    }
                    _ => None,
                }
            }
            (_, "gamma" | "beta") if state.built && class.ends_with("Normalization") => {
                let has = state.weights.iter().any(|w| &*w.name == name);
                let asked = if name == "gamma" { "scale" } else { "center" };
                (!has && self.layer_arg(id, asked) == Some(&ops::Arg::Bool(false))).then_some(Value::None)
            }
            (_, "adapt_mean" | "adapt_variance") if class == "Normalization" => {
                let weight = state.weights.iter().find(|w| name.ends_with(&*w.name))?;
                Some(Value::Tensor(self.trace.variable(weight.variable).node))
            }
            (Keras::Three, "state_size") if RECURRENT.contains(&class) => {
                let cell = self.layer_arg(id, "cell").cloned()?;
                let cell = self.value_of(&cell);
                let size = self.find_attr(&cell, name).ok().flatten()?;
                // A list in any case.
                Some(if let Value::Int(_) = size { self.new_list(vec![size]) } else { size })
            }
            (Keras::Two, "states") if fresh && RECURRENT.contains(&class) => {
                let count = if class == "LSTM" { 2 } else { 1 };
                Some(self.new_list(vec![Value::None; count]))
            }
            (Keras::Three, "states") if fresh && RECURRENT.contains(&class) => Some(Value::None),
            (Keras::Three, "gamma" | "beta") if fresh && class == "BatchNormalization" => Some(Value::None),
            (Keras::Two, "submodules") if fresh && within && !RECURRENT.contains(&class) => {
                Some(Value::tuple([]))
            }
            (Keras::Three, "path") if fresh => Some(Value::None),
            _ => None,
        }
    }
}
