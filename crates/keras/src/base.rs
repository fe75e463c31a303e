//! What `Layer.__init__` takes and checks itself, whatever the class.
//!
//! source: keras/src/layers/layer.py: Layer.__init__, keras/src/ops/operation.py: Operation.__init__,
//! keras/src/dtype_policies, tf_keras/src/engine/base_layer.py: Layer.__init__, tf_keras/src/mixed_precision/policy.py

use std::rc::Rc;

use ops::{Arg, Exc, Infer, Keras, Misbound, Mistake, Violation};
use tensor::DType;

use crate::python::{repr, text, type_error, type_name, unknown, value_error};
use crate::regularizers::REGULARIZERS;

/// The keywords that reach `Layer.__init__`.
#[derive(Clone, Copy, Debug)]
pub struct BaseArgs<'a> {
    /// The profile.
    pub keras: Keras,
    /// The name of the class that is made: `Dense`.
    pub class: &'a str,
    /// What it is given by name; what it is not given stays out.
    pub keywords: &'a [(Rc<str>, Arg)],
    /// Whether the script may have registered names of its own.
    pub has_custom_objects: bool,
}

/// The keywords of `Layer.__init__` in Keras 2, those among its `**kwargs` included.
const KERAS2: &[&str] = &[
    "trainable",
    "name",
    "dtype",
    "dynamic",
    "input_dim",
    "input_shape",
    "batch_input_shape",
    "batch_size",
    "weights",
    "activity_regularizer",
    "autocast",
    "implementation",
];

/// The keywords of `Layer.__init__` in Keras 3.
const KERAS3: &[&str] =
    &["activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape"];

/// What constructors in Keras 2 take out of their `**kwargs` themselves.
const TAKEN2: &[(&[&str], &[&str])] = &[
    (&["RNN", "SimpleRNN", "LSTM", "GRU"], &["zero_output_for_mask", "input_length"]),
    (&["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"], &["zero_output_for_mask", "input_length"]),
    (&["SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell"], &["enable_caching_device"]),
    (&["LSTM", "GRU"], &["return_runtime"]),
    (&["StackedRNNCells"], &["reverse_state_order"]),
    (&["Embedding"], &["use_one_hot_matmul"]),
    (&["Attention", "AdditiveAttention"], &["causal"]),
    (&["CategoryEncoding"], &["max_tokens"]),
    (&["Discretization"], &["bins"]),
    (&["IntegerLookup"], &["max_values", "mask_value", "oov_value"]),
    (&["IntegerLookup", "StringLookup"], &["has_static_table"]),
    (&["IntegerLookup", "StringLookup", "TextVectorization"], &["vocabulary_size", "has_input_vocabulary"]),
];

/// What constructors in Keras 3 take out of their `**kwargs` themselves.
const TAKEN3: &[(&[&str], &[&str])] = &[
    (&["LSTM", "GRU", "LSTMCell", "GRUCell"], &["implementation"]),
    (&["SimpleRNN", "LSTM", "GRU"], &["zero_output_for_mask"]),
    (&["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"], &["unroll", "zero_output_for_mask"]),
    (&["LeakyReLU"], &["alpha"]),
    (&["LayerNormalization"], &["rms_scaling"]),
    (&["Embedding", "ReversibleEmbedding"], &["input_length"]),
    (&["InputLayer"], &["batch_input_shape"]),
    (&["IntegerLookup", "StringLookup", "TextVectorization"], &["vocabulary_size", "has_input_vocabulary"]),
];

/// Tells whether a keyword that no signature has is one that `Layer.__init__` or the class's constructor knows.
pub fn knows_keyword(keras: Keras, class: &str, keyword: &str) -> bool {
    let (base, taken) = match keras {
        Keras::Two => (KERAS2, TAKEN2),
        Keras::Three => (KERAS3, TAKEN3),
    };
    base.contains(&keyword) || taken.iter().any(|(c, k)| c.contains(&class) && k.contains(&keyword))
}

/// Checks the base constructor's arguments in the order of the profile. `strange` are the keywords that neither it
/// nor the class knows.
///
/// # Errors
/// What `Layer.__init__` raises.
pub fn check_base(base: &BaseArgs<'_>, strange: &[(Rc<str>, Arg)]) -> Infer<()> {
    match base.keras {
        Keras::Two => check2(base, strange),
        Keras::Three => check3(base, strange),
    }
}

/// Raises an exception about a keyword that no constructor has a parameter for.
fn strange_keyword(class: Exc, core: String, keyword: &str) -> Infer<()> {
    let misbound = Misbound::Unexpected(keyword.to_owned());
    let mistake = Mistake::Signature { problem: core.clone(), misbound };
    Err(Violation::stop(class, core, mistake))
}

fn check2(base: &BaseArgs<'_>, strange: &[(Rc<str>, Arg)]) -> Infer<()> {
    if let Some((keyword, _)) = strange.first() {
        let core = format!("('Keyword argument not understood:', '{keyword}')");
        return strange_keyword(Exc::TypeError, core, keyword);
    }
    let trainable = base.get("trainable");
    if is_plain(&trainable) && !matches!(trainable, Arg::Bool(_) | Arg::Missing) {
        let shown = text(&trainable);
        return type_error(
            "trainable",
            format!("Expected `trainable` argument to be a boolean, but got: {shown}"),
        );
    }
    let name = base.get("name");
    if is_plain(&name) && !matches!(name, Arg::Str(_) | Arg::None | Arg::Missing) {
        return type_error(
            "name",
            format!("Expected `name` argument to be a string, but got: {}", text(&name)),
        );
    }
    base.check_regularizer()?;
    check_dtype(base.keras, &base.get("dtype"))?;
    let dynamic = base.get("dynamic");
    if is_plain(&dynamic) && !matches!(dynamic, Arg::Bool(_) | Arg::Missing) {
        let shown = text(&dynamic);
        return type_error(
            "dynamic",
            format!("Expected `dynamic` argument to be a boolean, but got: {shown}"),
        );
    }
    if dynamic == Arg::Bool(true) {
        return unknown("a layer that runs eagerly");
    }
    Ok(())
}

fn check3(base: &BaseArgs<'_>, strange: &[(Rc<str>, Arg)]) -> Infer<()> {
    check_name(&base.get("name"))?;
    check_dtype(base.keras, &base.get("dtype"))?;
    base.check_regularizer()?;
    if let Some((keyword, _)) = strange.first() {
        let shown = repr(&Arg::Dict(strange.to_vec().into()));
        let core = format!("Unrecognized keyword arguments passed to {}: {shown}", base.class);
        return strange_keyword(Exc::ValueError, core, keyword);
    }
    let trainable = base.get("trainable");
    if is_plain(&trainable) && !matches!(trainable, Arg::Bool(_) | Arg::Missing) {
        return value_error(
            "trainable",
            format!(
                "Expected `trainable` to be a boolean. Received: trainable={} (of type <class '{}'>)",
                text(&trainable),
                type_name(&trainable)
            ),
        );
    }
    Ok(())
}

/// Checks the dtype, or name of a policy, that a layer, metric or loss is given.
///
/// # Errors
/// `tf.as_dtype`'s `TypeError` in Keras 2, `keras.dtype_policies.get`'s `ValueError` in Keras 3.
pub(crate) fn check_dtype(keras: Keras, dtype: &Arg) -> Infer<()> {
    match (keras, dtype) {
        (Keras::Two, Arg::Str(name)) if !is_dtype(name) && !AS_DTYPE.contains(&&**name) => {
            let problem =
                format!("Cannot convert the argument `type_value`: '{name}' to a TensorFlow DType.");
            type_error("dtype", problem)
        }
        (Keras::Three, Arg::Str(name))
            if !is_dtype(name) && !OTHER_POLICIES.iter().any(|p| name.starts_with(p)) =>
        {
            value_error(
                "dtype",
                format!(
                    "Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include \
                     'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as 'float32'."
                ),
            )
        }
        (Keras::Three, Arg::Str(name))
            if QUANTIZATIONS.iter().any(|mode| name.starts_with(mode))
                && name.matches("_from_").count() != 1 =>
        {
            value_error(
                "dtype",
                format!(
                    "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate \
                     `QuantizedDTypePolicy`. Received: policy={name}"
                ),
            )
        }
        (Keras::Three, Arg::Int(_) | Arg::Float(_) | Arg::Bool(_) | Arg::Tuple(_) | Arg::List(_)) => {
            value_error(
                "dtype",
                format!(
                    "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received: \
                     dtype={}",
                    text(dtype)
                ),
            )
        }
        _ => Ok(()),
    }
}

/// How the policies of quantization begin, which name another one behind `_from_`.
const QUANTIZATIONS: &[&str] = &["int8", "float8", "int4", "gptq", "awq"];

/// Checks the name of a Keras 3 operation.
///
/// # Errors
/// `ValueError` for what is no string or contains a slash.
pub fn check_name(name: &Arg) -> Infer<()> {
    let wrong = match name {
        Arg::Str(name) => name.contains('/'),
        Arg::None | Arg::Missing => false,
        _ => is_plain(name),
    };
    if !wrong {
        return Ok(());
    }
    value_error(
        "name",
        format!(
            "Argument `name` must be a string and cannot contain character `/`. Received: name={} (of type <class \
             '{}'>)",
            text(name),
            type_name(name)
        ),
    )
}

impl BaseArgs<'_> {
    fn get(&self, keyword: &str) -> Arg {
        let found = self.keywords.iter().find(|(name, _)| &**name == keyword);
        found.map_or(Arg::Missing, |(_, arg)| arg.clone())
    }

    fn check_regularizer(&self) -> Infer<()> {
        match self.get("activity_regularizer") {
            Arg::Str(name) => match REGULARIZERS.find(self.keras, &name) {
                Err(_) if self.has_custom_objects => Ok(()),
                found => found.map(|_| ()),
            },
            given @ (Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_)) => {
                Err(REGULARIZERS.uninterpretable(self.keras, &text(&given)))
            }
            _ => Ok(()),
        }
    }
}

/// Names that `tf.as_dtype` knows beside those of tensors' dtypes here.
const AS_DTYPE: &[&str] = &[
    "float", "half", "double", "resource", "variant", "qint8", "quint8", "qint16", "quint16", "qint32",
    "_infer",
];

/// Names, or beginnings of names, that Keras 3 knows beside them: Python's types and quantization modes.
const OTHER_POLICIES: &[&str] = &["int", "float", "str", "bool", "int8", "int4", "float8", "gptq", "awq"];

fn is_dtype(name: &str) -> bool {
    DType::parse(name).is_some() || matches!(name, "mixed_float16" | "mixed_bfloat16")
}

/// Tells whether an argument is a plain Python value, of which all is known.
fn is_plain(arg: &Arg) -> bool {
    matches!(
        arg,
        Arg::None | Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Str(_) | Arg::Tuple(_) | Arg::List(_)
    )
}
