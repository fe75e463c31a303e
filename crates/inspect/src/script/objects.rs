//! Layers, initializers and whatever else a config names by its class.

use checker::Keras;
use formats::{Json, Stored, stored_function};
use names::Profile;

use super::functions::{left_alone, refused_lambda};
use super::{Stop, View, Writer};
use crate::literal::{decoded, literal, quoted, special};
use crate::recorded::takes_keyword;

/// Where the classes of a legacy config are, which names no modules.
const FAMILIES: &[&str] = &[
    "layers",
    "initializers",
    "regularizers",
    "constraints",
    "optimizers",
    "losses",
    "metrics",
    "optimizers.schedules",
];
/// Where Keras looks for a function of which it knows only the name.
const FUNCTIONS: &[&str] =
    &["activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers", "ops"];
/// Functions that Keras 3 takes from no config (`keras/src/saving/serialization_lib.py`).
const NO_MODELING: &[&str] = &[
    "keras.backend.clear_session",
    "keras.config.enable_unsafe_deserialization",
    "keras.models.load_model",
    "keras.models.model_from_json",
    "keras.models.save_model",
    "keras.preprocessing.image_dataset_from_directory",
    "keras.preprocessing.image.load_img",
    "keras.preprocessing.image.save_img",
    "keras.preprocessing.text_dataset_from_directory",
    "keras.saving.deserialize_keras_object",
    "keras.saving.load_model",
    "keras.saving.load_weights",
    "keras.saving.register_keras_serializable",
    "keras.saving.save_model",
    "keras.saving.save_weights",
    "keras.saving.serialize_keras_object",
    "keras.utils.audio_dataset_from_directory",
    "keras.utils.clear_session",
    "keras.utils.deserialize_keras_object",
    "keras.utils.get_file",
    "keras.utils.image_dataset_from_directory",
    "keras.utils.load_img",
    "keras.utils.register_keras_serializable",
    "keras.utils.save_img",
    "keras.utils.serialize_keras_object",
    "keras.utils.text_dataset_from_directory",
];
/// What Keras 2 notes beside a Lambda's functions.
pub(crate) const LAMBDA_NOTES: &[&str] =
    &["function_type", "module", "output_shape_type", "output_shape_module", "mask_type", "mask_module"];
/// The classes of operations that stand among the layers of a model of Keras 2.
pub(crate) const TENSORFLOW_OPERATIONS: &[&str] =
    &["TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty"];
/// Arguments that every Keras 3 layer takes beside those of its constructor.
const EVERY_LAYER_3: &[&str] = &[
    "activity_regularizer",
    "trainable",
    "dtype",
    "autocast",
    "name",
    "input_shape",
    "input_dim",
    "batch_shape",
    "dtype_policy",
];
/// Arguments that every Keras 2 layer takes beside those of its constructor.
const EVERY_LAYER_2: &[&str] = &[
    "activity_regularizer",
    "trainable",
    "dtype",
    "autocast",
    "name",
    "input_shape",
    "input_dim",
    "batch_input_shape",
    "batch_size",
    "weights",
    "implementation",
    "dynamic",
];

pub(super) fn profile(keras: Keras) -> Profile {
    match keras {
        Keras::Two => Profile::Keras2,
        Keras::Three => Profile::Keras3,
    }
}

impl Writer<'_> {
    pub(super) fn exists(&self, path: &str) -> bool {
        names::lookup(profile(self.view.keras()), path).is_some()
    }

    /// Returns the public path of an object's class; nothing for one that is not of Keras.
    pub(super) fn class_path(&self, object: &Json) -> Option<String> {
        let class = object.text("class_name")?;
        let registered = object.text("registered_name").is_some_and(|name| name.contains('>'));
        if registered {
            return None;
        }
        match object.text("module") {
            Some(module) => {
                let module = module.strip_prefix("tf_").unwrap_or(module);
                let path = format!("{module}.{class}");
                (module == "keras" || module.starts_with("keras."))
                    .then_some(path)
                    .filter(|path| self.exists(path))
            }
            None => {
                FAMILIES.iter().map(|family| format!("keras.{family}.{class}")).find(|path| self.exists(path))
            }
        }
    }

    /// Writes a layer and returns the variable that holds it.
    pub(super) fn layer(&mut self, object: &Json, direct: bool) -> Result<String, Stop> {
        let name = object
            .get("config")
            .and_then(|c| c.text("name"))
            .or(object.text("name"))
            .unwrap_or("layer")
            .to_owned();
        self.places.push(name.clone());
        let made = self.deeper(|writer| writer.placed_layer(object, &name, direct));
        self.places.pop();
        made
    }

    fn placed_layer(&mut self, object: &Json, name: &str, direct: bool) -> Result<String, Stop> {
        let class = object.text("class_name").unwrap_or_default();
        let empty = Json::Dict(Vec::new());
        let config = object.get("config").unwrap_or(&empty);
        if config.get("layers").is_some() || class == "Sequential" {
            return self.model(object);
        }
        let Some(path) = self.class_path(object) else { return self.foreign_layer(object, name, class) };
        // Keras 3 translates a layer of Keras 2 only where it stands directly in a model of a legacy file.
        let translated = direct && object.get("module").is_none();
        if let (View::Loader { keras: Keras::Three, .. }, false, None) =
            (self.view, translated, object.get("config"))
        {
            let message =
                "Unexpected object from deserialization, expected a layer or operation, got a <class 'dict'>";
            return Err(Stop::raises(
                "ValueError",
                message,
                "a layer without a config is taken for a plain value",
            ));
        }
        let args = match class {
            "Lambda" => self.lambda(config, translated)?,
            _ => {
                self.refuse_unsafe(class)?;
                self.known_policy(config, class)?;
                self.known_arguments(&path, config, class, translated)?;
                self.arguments(&self.understood(&path, config))?
            }
        };
        let variable = self.variable(name);
        self.line(format!("{variable} = {path}({})", args.join(", ")));
        if !calls_constructor(class, self.view.keras()) {
            self.wrap_last();
        }
        Ok(variable)
    }

    /// Refuses a dtype policy that Keras 3 does not know by its class: the `Policy` of Keras 2. It is then taken for text.
    fn known_policy(&self, config: &Json, class: &str) -> Result<(), Stop> {
        let View::Loader { keras: Keras::Three, .. } = self.view else { return Ok(()) };
        match config.get("dtype").and_then(|dtype| dtype.text("class_name")) {
            Some("Policy" | "PolicyV1") => {
                let missing = if calls_constructor(class, Keras::Three) {
                    "compute_dtype"
                } else {
                    "quantization_mode"
                };
                let message = format!("'str' object has no attribute '{missing}'");
                Err(Stop::raises("AttributeError", message, "Keras 3 has no dtype policy of class `Policy`"))
            }
            _ => Ok(()),
        }
    }

    /// Layers that Keras 3 itself refuses in safe mode.
    fn refuse_unsafe(&self, class: &str) -> Result<(), Stop> {
        let View::Loader { keras: Keras::Three, safe: true, .. } = self.view else { return Ok(()) };
        let what = match class {
            "TFSMLayer" => {
                "Requested the deserialization of a `TFSMLayer`, which loads an external SavedModel."
            }
            "TorchModuleWrapper" => {
                "Requested the deserialization of a `torch.nn.Module` object via `torch.load()`."
            }
            _ => return Ok(()),
        };
        let message = format!(
            "{what} This carries a potential risk of arbitrary code execution and thus it is disallowed by default."
        );
        Err(Stop::raises("ValueError", message, format!("safe mode refuses a layer of class `{class}`")))
    }

    /// A layer of a class that is not of this Keras.
    fn foreign_layer(&mut self, object: &Json, name: &str, class: &str) -> Result<String, Stop> {
        let (module, config) = (object.text("module").unwrap_or_default(), object.get("config"));
        if TENSORFLOW_OPERATIONS.contains(&class) && self.view.keras() == Keras::Two {
            return self.tensorflow_operation(name, config);
        }
        if module.starts_with("keras.src.ops") && self.view.keras() == Keras::Three {
            return self.operation(name, class, config);
        }
        if let View::Loader { keras, legacy, .. } = self.view {
            return Err(unknown_class(keras, legacy, class, module));
        }
        let known = class.chars().all(|c| c.is_alphanumeric() || c == '_') && !class.is_empty();
        if !known {
            return Err(Stop::Unknown(format!("a layer of class `{class}`")));
        }
        self.line(format!("from training_script import {class}"));
        let args = config.map(|config| self.arguments(config)).transpose()?.unwrap_or_default();
        let variable = self.variable(name);
        self.line(format!("{variable} = {class}({})", args.join(", ")));
        Ok(variable)
    }

    /// An operation of TensorFlow that stands in a model of Keras 2 as a layer: `h = tf.nn.relu(h)` between two layers.
    fn tensorflow_operation(&mut self, name: &str, config: Option<&Json>) -> Result<String, Stop> {
        let function = config.and_then(|config| config.text("function")).unwrap_or_default();
        if !function.is_empty() && self.exists(&format!("tf.{function}")) {
            return Ok(format!("tensorflow.{function}"));
        }
        let variable = self.variable(name);
        let operator = match function.strip_prefix("__operators__.") {
            Some("getitem") => {
                let part = "slice(s['start'], s['stop'], s['step']) if isinstance(s, dict) else s";
                self.line(format!("def {variable}(x, slice_spec):"));
                self.line(
                    "    spec = slice_spec if isinstance(slice_spec, list) else [slice_spec]".to_owned(),
                );
                self.line(format!("    return x[tuple([{part} for s in spec])]"));
                return Ok(variable);
            }
            Some("add") => "+",
            Some("eq") => "==",
            Some("ne") => "!=",
            Some("logical_and") => "&",
            Some("logical_or") => "|",
            Some("logical_xor") => "^",
            _ => return Err(Stop::Unknown(format!("the operation `{function}`"))),
        };
        self.line(format!("def {variable}(x, y, name=None): return x {operator} y"));
        Ok(variable)
    }

    /// An operation that stands in a model of Keras 3 as a layer: `h = keras.ops.relu(h)` between two layers.
    fn operation(&mut self, name: &str, class: &str, config: Option<&Json>) -> Result<String, Stop> {
        let variable = self.variable(name);
        if class == "GetItem" {
            self.line(format!(
                "def {variable}(x, key): return x[tuple(key) if isinstance(key, list) else key]"
            ));
            return Ok(variable);
        }
        let path = operation_path(class);
        if !self.exists(&path) {
            return Err(Stop::Unknown(format!("the operation `{class}`")));
        }
        let own = |key: &str| !matches!(key, "name" | "dtype") && identifier(key);
        let mut args = vec!["*args".to_owned(), "**kwargs".to_owned()];
        for (key, value) in config.map_or(&[][..], Json::pairs).iter().filter(|(key, _)| own(key)) {
            args.push(format!("{key}={}", self.value(value, key)?));
        }
        self.line(format!("def {variable}(*args, **kwargs): return {path}({})", args.join(", ")));
        Ok(variable)
    }

    /// Refuses what the constructor does not take, as Keras does.
    fn known_arguments(&self, path: &str, config: &Json, class: &str, translated: bool) -> Result<(), Stop> {
        let View::Loader { keras, .. } = self.view else { return Ok(()) };
        let refused = |(key, _): &&(String, Json)| {
            let key = if translated && key == "batch_input_shape" { "input_shape" } else { key };
            takes_argument(path, key, keras) == Some(false)
        };
        let Some((key, value)) = config.pairs().iter().find(refused) else { return Ok(()) };
        let message = match keras {
            Keras::Three => format!(
                "Unrecognized keyword arguments passed to {class}: {{{}: {}}}",
                quoted(key),
                literal(value)
            ),
            Keras::Two => format!("('Keyword argument not understood:', {})", quoted(key)),
        };
        let why = format!("`{class}` of this Keras takes no argument `{key}`");
        let bare = keras == Keras::Three && calls_constructor(class, keras);
        Err(Stop::raises(if bare { "ValueError" } else { "TypeError" }, message, why))
    }

    /// A config without what the constructor does not take: the author wrote none of it.
    fn understood(&self, path: &str, config: &Json) -> Json {
        let keras = self.view.keras();
        let taken = |(key, _): &&(String, Json)| {
            takes_argument(path, key, keras) != Some(false) || key == "batch_input_shape"
        };
        Json::Dict(config.pairs().iter().filter(taken).cloned().collect())
    }

    /// The arguments of a constructor.
    fn arguments(&mut self, config: &Json) -> Result<Vec<String>, Stop> {
        let mut args = Vec::new();
        for (key, value) in config.pairs() {
            if !identifier(key) {
                continue;
            }
            // Keras 3 takes `input_shape`, Keras 2 both.
            if key == "batch_input_shape" {
                let shape: Vec<String> = value.items().iter().skip(1).map(literal).collect();
                args.push(format!(
                    "input_shape=({}{})",
                    shape.join(", "),
                    if shape.len() == 1 { "," } else { "" }
                ));
                continue;
            }
            let plain = matches!(self.view, View::Loader { legacy: false, .. });
            if let (Keras::Three, "axis", Json::List(axes), false) =
                (self.view.keras(), key.as_str(), value, plain)
            {
                // Keras 3 reads `[-1]` of a legacy file as `-1`, and drops more axes than one.
                match axes.as_slice() {
                    [axis] => args.push(format!("axis={}", literal(axis))),
                    _ if self.view.loads() => {}
                    _ => args.push(format!("axis={}", literal(value))),
                }
                continue;
            }
            let value = self.value(value, key)?;
            args.push(format!("{key}={value}"));
        }
        Ok(args)
    }

    /// Writes a value that stands in the config of an object.
    pub(super) fn value(&mut self, value: &Json, key: &str) -> Result<String, Stop> {
        if let Some(stored) = stored_function(value) {
            return self.stored(value, &stored, key);
        }
        match value {
            Json::List(items) => {
                let items = items.iter().map(|item| self.value(item, key)).collect::<Result<Vec<_>, _>>()?;
                Ok(format!("[{}]", items.join(", ")))
            }
            Json::Dict(pairs) => {
                if let Some(text) = special(value) {
                    return Ok(text);
                }
                if let (Some(class), Some(config)) = (value.text("class_name"), value.get("config")) {
                    return self.object(value, class, config, key);
                }
                let item = |writer: &mut Self, (k, v): &(String, Json)| {
                    let v = writer.value(v, k)?;
                    Ok(format!("{}: {v}", quoted(k)))
                };
                let items = pairs.iter().map(|pair| item(self, pair)).collect::<Result<Vec<_>, Stop>>()?;
                Ok(format!("{{{}}}", items.join(", ")))
            }
            plain => Ok(literal(plain)),
        }
    }

    fn object(&mut self, value: &Json, class: &str, config: &Json, key: &str) -> Result<String, Stop> {
        if matches!(class, "DTypePolicy" | "Policy" | "FloatDTypePolicy") {
            return Ok(config.get("name").map_or("None".to_owned(), literal));
        }
        // A wrapper's layer, an RNN's cell.
        let holds_layer = matches!(key, "layer" | "backward_layer" | "cell" | "cells");
        if holds_layer || config.get("layers").is_some() {
            return self.layer(value, false);
        }
        let Some(path) = self.class_path(value) else {
            if let View::Loader { keras, legacy, .. } = self.view {
                return Err(unknown_class(keras, legacy, class, value.text("module").unwrap_or_default()));
            }
            return Ok("None".to_owned());
        };
        let args = self.deeper(|writer| writer.arguments(config))?;
        Ok(format!("{path}({})", args.join(", ")))
    }

    /// A function somewhere in a config.
    fn stored(&mut self, value: &Json, stored: &Stored, key: &str) -> Result<String, Stop> {
        match stored {
            Stored::Code { .. } => {
                if let (View::Loader { keras: Keras::Three, .. }, Some(kind)) =
                    (self.view, identifier_kind(key))
                {
                    // `regularizers.get` looks for a class `__lambda__`.
                    let message = format!("Could not interpret {kind} identifier: {}", literal(value));
                    let why = format!("a lambda as `{key}` is stored in a form that Keras 3 cannot load");
                    return Err(Stop::raises("TypeError", message, why));
                }
                let bare = value.text("class_name").is_none();
                if let View::Loader { keras, .. } = self.view
                    && bare
                    && !matches!(value, Json::List(_))
                {
                    // `{"value": […]}` is all that is left of an activation; Keras cannot read it back.
                    let message = format!("Unknown `config` as a `dict`, config={}", literal(value));
                    let why = format!(
                        "a lambda as `{key}` is stored in a form that {} cannot load",
                        keras_name(keras)
                    );
                    return Err(Stop::raises("TypeError", message, why));
                }
                self.function(stored, key)
            }
            Stored::Reference { module, name } => self.reference(module, name),
        }
    }

    pub(super) fn reference(&mut self, module: &str, name: &str) -> Result<String, Stop> {
        let plain = module == "builtins" || module.is_empty();
        let found = if plain {
            let known = match self.view {
                // Only the author finds functions of `keras.ops` by their names alone.
                View::Loader { .. } => FUNCTIONS.split_last().map_or(FUNCTIONS, |(_, known)| known),
                View::Author(_) => FUNCTIONS,
            };
            known.iter().map(|module| format!("keras.{module}.{name}")).find(|path| self.exists(path))
        } else {
            let path = format!("{}.{name}", module.strip_prefix("tf_").unwrap_or(module));
            (path.starts_with("keras.") && self.exists(&path)).then_some(path)
        };
        let keras_3 = matches!(self.view, View::Loader { keras: Keras::Three, .. });
        if let Some(path) = found {
            if keras_3 && !plain && NO_MODELING.contains(&path.as_str()) {
                let message = format!("Cannot deserialize `{path}` because it is not a modeling function.");
                return Err(Stop::raises(
                    "ValueError",
                    message,
                    "Keras 3 refuses a function that reaches out",
                ));
            }
            return Ok(path);
        }
        match self.view {
            View::Loader { keras: Keras::Three, .. } => {
                let message = format!(
                    "Could not locate function '{name}'. Make sure custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`."
                );
                let why =
                    format!("the file holds only the name of the function `{name}`, and it is not of Keras");
                Err(Stop::raises("TypeError", message, why))
            }
            View::Loader { .. } => Err(Stop::raises(
                "TypeError",
                format!("Could not locate function '{name}'."),
                format!("the file holds only the name of the function `{name}`"),
            )),
            View::Author(_) if identifier(name) => {
                self.line(format!("from training_script import {name}"));
                Ok(name.to_owned())
            }
            View::Author(_) => Err(Stop::Unknown(format!("the function `{name}`"))),
        }
    }

    /// The arguments of a Lambda, in the order in which the loaders look at them.
    fn lambda(&mut self, config: &Json, translated: bool) -> Result<Vec<String>, Stop> {
        let mut args = Vec::new();
        let keras = self.view.keras();
        let notes = config.pairs().iter().find(|(key, _)| LAMBDA_NOTES.contains(&key.as_str()));
        if let (View::Loader { keras: Keras::Three, .. }, Some((key, value))) = (self.view, notes)
            && !translated
        {
            let message = format!(
                "Unrecognized keyword arguments passed to Lambda: {{{}: {}}}",
                quoted(key),
                literal(value)
            );
            let why = "Keras 3 translates a Lambda of Keras 2 only where it stands directly in a model of an HDF5 file";
            return Err(Stop::raises("ValueError", message, why));
        }
        self.whole_lambda(config)?;
        for slot in ["function", "output_shape", "mask"] {
            let Some(value) = config.get(slot) else { continue };
            args.push(format!("{slot}={}", self.lambda_slot(config, slot, value, keras)?));
        }
        for (key, value) in config.pairs() {
            let skip = LAMBDA_NOTES.contains(&key.as_str())
                || matches!(key.as_str(), "function" | "output_shape" | "mask");
            if skip || !identifier(key) || key == "batch_input_shape" {
                continue;
            }
            let value = match value {
                Json::Dict(pairs) if key == "arguments" && keras == Keras::Two && self.view.loads() => {
                    self.arguments_of_keras_2(pairs)?
                }
                _ => self.value(value, key)?,
            };
            args.push(format!("{key}={value}"));
        }
        Ok(args)
    }

    /// Refuses a Lambda of Keras 3 that lacks its function or the code of it, once safe mode has let it pass.
    fn whole_lambda(&self, config: &Json) -> Result<(), Stop> {
        let View::Loader { keras: Keras::Three, safe, .. } = self.view else { return Ok(()) };
        let Some(function) = config.get("function") else {
            return Err(Stop::raises("KeyError", "'function'", "the Lambda has no function"));
        };
        if function.text("class_name") != Some("__lambda__") {
            return Ok(());
        }
        let kind = match function.get("config").and_then(|config| config.get("code")) {
            Some(Json::Str(_)) => return Ok(()),
            _ if safe => return Err(refused_lambda("function", &self.places.join("/"))),
            None => return Err(Stop::raises("KeyError", "'code'", "the Lambda's function has no code")),
            Some(Json::Null) => "NoneType",
            Some(Json::Bool(_)) => "bool",
            Some(Json::Number(text)) if text.parse::<i64>().is_ok() => "int",
            Some(Json::Number(_)) => "float",
            Some(Json::List(_)) => "list",
            Some(Json::Dict(_)) => "dict",
        };
        let message = format!("'{kind}' object has no attribute 'encode'");
        Err(Stop::raises("AttributeError", message, "the code of the Lambda's function is no text"))
    }

    /// The `arguments` of a Lambda, of which tf_keras turns no array and no function of a `.keras` file back.
    fn arguments_of_keras_2(&mut self, pairs: &[(String, Json)]) -> Result<String, Stop> {
        let argument = |writer: &mut Self, (key, value): &(String, Json)| {
            let value = match value.text("class_name") {
                Some("__numpy__" | "__tensor__" | "__lambda__" | "function") => left_alone(value),
                _ => writer.value(value, key)?,
            };
            Ok(format!("{}: {value}", quoted(key)))
        };
        let arguments = pairs.iter().map(|pair| argument(self, pair)).collect::<Result<Vec<_>, Stop>>()?;
        Ok(format!("{{{}}}", arguments.join(", ")))
    }

    fn lambda_slot(&mut self, config: &Json, slot: &str, value: &Json, keras: Keras) -> Result<String, Stop> {
        let loads = self.view.loads();
        let stored = formats::stored_in_slot(config, slot, value);
        match stored {
            // Keras 3 never turns a mask back into a function; it stays what it was in the file.
            Some(_) if slot == "mask" && loads && keras == Keras::Three => Ok(literal(value)),
            // Keras 3 translates only the `function` of a Lambda of Keras 2; this it takes for shapes.
            Some(Stored::Code { .. })
                if slot == "output_shape"
                    && loads
                    && keras == Keras::Three
                    && matches!(value, Json::List(_)) =>
            {
                let name = self.variable("no_shape");
                let message = "can only concatenate tuple (not \"str\") to tuple";
                self.line(format!("def {name}(shape): raise TypeError({})", quoted(message)));
                Ok(name)
            }
            Some(stored @ Stored::Code { .. }) => {
                let name = config.text("name").unwrap_or("layer");
                let hint =
                    if slot == "function" { format!("{name}_function") } else { format!("{name}_{slot}") };
                self.function(&stored, &hint)
            }
            Some(Stored::Reference { name, .. })
                if loads && keras == Keras::Two && value.as_str().is_some() =>
            {
                let why = format!("the file holds only the name of the function `{name}`");
                Err(Stop::raises("TypeError", "unsupported callable", why))
            }
            Some(Stored::Reference { module, name }) => self.reference(&module, &name),
            None => match value {
                // Sizes are a tuple where they are a list in JSON.
                Json::List(items) if items.iter().all(|i| i.is_null() || i.as_i64().is_some()) => {
                    let items: Vec<String> = items.iter().map(literal).collect();
                    Ok(format!("({}{})", items.join(", "), if items.len() == 1 { "," } else { "" }))
                }
                other => Ok(decoded(other)),
            },
        }
    }
}

/// Tells whether the `from_config` of a class is its own and hands on what the constructor raises.
///
/// That of the base class turns it into a `TypeError` (`keras/src/ops/operation.py`, `tf_keras/src/engine/base_layer.py`).
fn calls_constructor(class: &str, keras: Keras) -> bool {
    match class {
        "Lambda" | "RNN" | "StackedRNNCells" | "LSTM" | "GRU" | "SimpleRNN" | "ConvLSTM1D" | "ConvLSTM2D"
        | "ConvLSTM3D" | "Bidirectional" | "TimeDistributed" => true,
        "SpectralNormalization" | "Rescaling" | "Discretization" => keras == Keras::Three,
        _ => false,
    }
}

/// Returns the module of Keras 3 that has a function of this name, in the order in which Keras looks.
pub(crate) fn module_of_function(name: &str) -> Option<&'static str> {
    FUNCTIONS
        .iter()
        .copied()
        .find(|module| names::lookup(Profile::Keras3, &format!("keras.{module}.{name}")).is_some())
}

/// Tells whether a Keras has a public class of this name.
pub(crate) fn is_class_of(keras: Keras, class: &str) -> bool {
    FAMILIES.iter().any(|family| names::lookup(profile(keras), &format!("keras.{family}.{class}")).is_some())
}

/// Tells whether a class is what Keras 3 makes of a call of `keras.ops` between layers.
pub(crate) fn is_operation_of_keras_3(class: &str) -> bool {
    class == "GetItem" || names::lookup(Profile::Keras3, &operation_path(class)).is_some()
}

/// Tells whether the constructor of a class takes an argument; nothing where it cannot be told.
pub(crate) fn takes_argument(path: &str, key: &str, keras: Keras) -> Option<bool> {
    let class = path.rsplit('.').next().unwrap_or(path);
    // Classes with a `from_config` of their own take keys that their constructors do not.
    let own = [
        "Bidirectional",
        "RNN",
        "StackedRNNCells",
        "TimeDistributed",
        "TextVectorization",
        "Normalization",
        "FeatureSpace",
        "MultiHeadAttention",
        "InputLayer",
        "Lambda",
    ];
    if own.contains(&class) {
        return None;
    }
    let entry = names::lookup(profile(keras), path)?;
    let signature = python::parse_signature(entry.signature)?;
    let every = match keras {
        Keras::Two => EVERY_LAYER_2,
        Keras::Three => EVERY_LAYER_3,
    };
    Some(takes_keyword(keras, class, key, every) || signature.params.iter().any(|p| &*p.name == key))
}

/// What Keras calls what it looks for under a key: `regularizer` for `kernel_regularizer`.
fn identifier_kind(key: &str) -> Option<&str> {
    let kind = key.rsplit('_').next()?;
    matches!(kind, "initializer" | "regularizer" | "constraint").then_some(kind)
}

fn identifier(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

pub(super) fn keras_name(keras: Keras) -> &'static str {
    match keras {
        Keras::Two => "tf_keras",
        Keras::Three => "Keras 3",
    }
}

/// What the loaders say of a class that they do not find.
pub(super) fn unknown_class(keras: Keras, legacy: bool, class: &str, module: &str) -> Stop {
    let why = format!("the class `{class}` is not of {}", keras_name(keras));
    match (keras, legacy) {
        (_, true) => Stop::raises(
            "ValueError",
            format!(
                "Unknown layer: '{class}'. Please ensure you are using a `keras.utils.custom_object_scope` and that this object is included in the scope."
            ),
            why,
        ),
        (Keras::Three, false) if is_family(module) => Stop::raises(
            "ValueError",
            format!("Could not deserialize '{module}.{class}' because it is not a KerasSaveable subclass"),
            why,
        ),
        (Keras::Three, false) => Stop::raises(
            "TypeError",
            format!(
                "Could not locate class '{class}'. Make sure custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`."
            ),
            why,
        ),
        (Keras::Two, false) if module.starts_with("keras") => Stop::raises(
            "TypeError",
            format!(
                "Could not deserialize class '{class}' because its parent module tf_{module} cannot be imported."
            ),
            why,
        ),
        (Keras::Two, false) => Stop::raises("TypeError", format!("Could not locate class '{class}'."), why),
    }
}

/// Tells whether a module is one of those that Keras has its classes in.
fn is_family(module: &str) -> bool {
    module.strip_prefix("keras.").is_some_and(|family| FAMILIES.contains(&family))
}

/// The public function of an operation of Keras 3, by its class: `ExpandDims` is `keras.ops.expand_dims`.
fn operation_path(class: &str) -> String {
    let mut path = "keras.ops.".to_owned();
    for (at, c) in class.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            path.push('_');
        }
        path.push(c.to_ascii_lowercase());
    }
    path
}
