//! A model as the config that `Functional.get_config` gives.
//!
//! source: keras/src/models/functional.py: Functional.get_config, serialize_node

use std::rc::Rc;

use formats::Json;
use ops::{Arg, Keras};
use tensor::{Dim, TensorSpec};

use crate::compile::Configured;
use crate::error::{Error, Result};
use crate::layer::{Kind, Layer};
use crate::model::Model;
use crate::network::Network;
use crate::symbol::{Call, Symbol};

use super::MAX_DEPTH;

/// Arguments that every layer takes.
const BASE: [&str; 3] = ["name", "trainable", "dtype"];

impl Model {
    /// Returns the config of the model.
    pub(super) fn config(&self) -> Result<Json> {
        let mut config = self.network.config("functional", 0)?;
        config.set("build_config", Json::dict([("input_shape", Json::Null)]));
        config.set("compile_config", self.compile_config()?);
        Ok(config)
    }
}

impl Network {
    /// Returns the config of a model of this name.
    fn config(&self, name: &str, depth: u32) -> Result<Json> {
        let mut layers: Vec<Json> = Vec::new();
        for (at, mut entry) in self.input_entries().enumerate() {
            entry.set("name", Json::Str(input_name(at)));
            entry.set("inbound_nodes", Json::List(Vec::new()));
            layers.push(entry);
        }
        for layer in self.layers_by_depth() {
            let mut entry = layer_entry(&layer, depth)?;
            entry.set("name", Json::from(&*layer.name()));
            let calls = self.calls.iter().filter(|call| call.layer.is(&layer));
            let nodes: Result<Vec<Json>> = calls.map(|call| self.node(call)).collect();
            entry.set("inbound_nodes", Json::List(nodes?));
            layers.push(entry);
        }
        let ends = |symbols: &[Symbol]| symbols.iter().map(|symbol| self.history(symbol)).collect();
        let inputs: Result<Vec<Json>> = ends(&self.inputs);
        let outputs: Result<Vec<Json>> = ends(&self.outputs);
        let config = Json::dict([
            ("name", Json::from(name)),
            ("trainable", Json::Bool(true)),
            ("layers", Json::List(layers)),
            ("input_layers", sole(inputs?)),
            ("output_layers", sole(outputs?)),
        ]);
        let mut model = object("keras.src.models.functional", "Functional", config);
        model.set("registered_name", Json::from("Functional"));
        Ok(model)
    }

    /// Returns the config of a Sequential of this name.
    fn sequence(&self, name: &str, depth: u32) -> Result<Json> {
        let layers = self.layers_by_depth();
        let entries = layers.iter().map(|layer| layer_entry(layer, depth));
        let layers: Result<Vec<Json>> = self.input_entries().map(Ok).chain(entries).collect();
        let config =
            [("name", Json::from(name)), ("trainable", Json::Bool(true)), ("layers", Json::List(layers?))];
        Ok(object("keras", "Sequential", Json::dict(config)))
    }

    /// The `InputLayer`s, as objects of Keras'.
    fn input_entries(&self) -> impl Iterator<Item = Json> {
        self.inputs.iter().enumerate().map(|(at, input)| {
            let config = Json::dict([
                ("batch_shape", sizes(input.spec(), 0)),
                ("dtype", dtype(input.spec())),
                ("sparse", Json::Bool(false)),
                ("name", Json::Str(input_name(at))),
            ]);
            object("keras.layers", "InputLayer", config)
        })
    }

    /// A call, as the arguments it was made with.
    fn node(&self, call: &Rc<Call>) -> Result<Json> {
        let mut tensors = Vec::new();
        for input in &call.inputs {
            let config = Json::dict([
                ("shape", sizes(input.spec(), 0)),
                ("dtype", dtype(input.spec())),
                ("keras_history", self.history(input)?),
            ]);
            tensors.push(Json::dict([("class_name", Json::from("__keras_tensor__")), ("config", config)]));
        }
        let args = if call.listed { vec![Json::List(tensors)] } else { tensors };
        Ok(Json::dict([("args", Json::List(args)), ("kwargs", Json::dict([]))]))
    }

    /// Where a tensor comes from: its layer's name, which of that layer's calls, which of the call's outputs.
    fn history(&self, symbol: &Symbol) -> Result<Json> {
        let number = |n: usize| Json::Number(n.to_string());
        if let Some(at) = self.inputs.iter().position(|input| input.is(symbol)) {
            return Ok(Json::List(vec![Json::Str(input_name(at)), number(0), number(0)]));
        }
        let lost = Error::Unknown("a tensor that is not of the model");
        let (call, output) = symbol.call().ok_or(lost.clone())?;
        let mut of_layer = self.calls.iter().filter(|other| other.layer.is(&call.layer));
        let node = of_layer.position(|other| Rc::ptr_eq(other, call)).ok_or(lost)?;
        Ok(Json::List(vec![Json::from(&*call.layer.name()), number(node), number(output)]))
    }
}

/// A single one stands for itself.
fn sole(mut items: Vec<Json>) -> Json {
    if items.len() == 1 { items.swap_remove(0) } else { Json::List(items) }
}

pub(crate) fn input_name(at: usize) -> String {
    if at == 0 { "input_layer".to_owned() } else { format!("input_layer_{at}") }
}

fn sizes(spec: &TensorSpec, from: usize) -> Json {
    let dims = spec.shape.dims().unwrap_or_default().iter().skip(from);
    let size = |dim: &Dim| dim.known().map_or(Json::Null, |n| Json::Number(n.to_string()));
    Json::List(dims.map(size).collect())
}

fn dtype(spec: &TensorSpec) -> Json {
    spec.dtype.map_or(Json::Null, |dtype| Json::from(dtype.name()))
}

/// What `serialize_keras_object` makes of an object with a config.
pub(super) fn object(module: &str, class: &str, config: Json) -> Json {
    Json::dict([
        ("module", Json::from(module)),
        ("class_name", Json::from(class)),
        ("config", config),
        ("registered_name", Json::Null),
    ])
}

/// A layer as an object of Keras'.
fn layer_entry(layer: &Layer, depth: u32) -> Result<Json> {
    if depth > MAX_DEPTH {
        return Err(Error::Unknown("layers that are nested too deep"));
    }
    if let Kind::Lambda(_) = layer.inner().kind {
        return Err(Error::Function { layer: layer.name().to_string() });
    }
    if let Kind::Network(network) = &layer.inner().kind {
        let mut entry = match layer.class() {
            "Sequential" => network.sequence(&layer.name(), depth + 1)?,
            _ => network.config(&layer.name(), depth + 1)?,
        };
        if let Some(config) = entry.get_mut("config") {
            config.set("trainable", Json::Bool(layer.is_trainable()));
        }
        return Ok(entry);
    }
    let path = format!("keras.layers.{}", layer.class());
    let unknown = Error::Unknown("a layer that is not modelled");
    let signature = binding::signature(Keras::Three, &path, None).ok_or(unknown)?;
    // The parts of a layer are named after it, which Keras does not allow in a name of their own.
    let name = layer.name();
    let own = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let mut config = Json::dict([("name", Json::Str(own))]);
    let state = layer.inner().state.borrow();
    for (name, arg) in &state.config {
        let taken = BASE.contains(&&**name) || signature.position(name).is_some();
        if !taken || &**name == "name" || *arg == Arg::Missing {
            continue;
        }
        let value = match arg {
            Arg::Callable(id) => match state.objects.iter().find(|(own, _)| *own == id.0) {
                Some((_, made)) => configured(name, made)?,
                None => value(&state.sublayers, arg, depth)?,
            },
            _ => value(&state.sublayers, arg, depth)?,
        };
        config.set(name, value);
    }
    Ok(object("keras.layers", layer.class(), config))
}

/// A regularizer, constraint or initializer, which the argument is named after.
fn configured(argument: &str, made: &Configured) -> Result<Json> {
    let module = match argument.rsplit('_').next() {
        Some("regularizer") => "keras.regularizers",
        Some("constraint") => "keras.constraints",
        Some("initializer") => "keras.initializers",
        _ => return Err(Error::Unknown("an object that has no config")),
    };
    held(module, made)
}

/// An object of a class in a module.
pub(super) fn held(module: &str, made: &Configured) -> Result<Json> {
    Ok(object(module, made.class(), settings(made)?))
}

/// The arguments that an object was made with.
pub(super) fn settings(made: &Configured) -> Result<Json> {
    let mut config = Json::dict([]);
    for (name, arg) in made.bound().args {
        match arg {
            Arg::Missing => {}
            Arg::Dict(extra) if &**name == "kwargs" => {
                for (name, arg) in extra.iter() {
                    config.set(name, value(&[], arg, 0)?);
                }
            }
            arg => config.set(name, value(&[], arg, 0)?),
        }
    }
    Ok(config)
}

/// A number as Python writes it.
pub(super) fn float(value: f64) -> Json {
    Json::Number(match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        value => format!("{value:?}"),
    })
}

/// An argument as JSON.
fn value(layers: &[Layer], arg: &Arg, depth: u32) -> Result<Json> {
    Ok(match arg {
        Arg::None => Json::Null,
        Arg::Bool(value) => Json::Bool(*value),
        Arg::Int(value) => Json::Number(value.to_string()),
        Arg::Float(value) => float(*value),
        Arg::Str(text) => Json::from(&**text),
        Arg::DType(dtype) => Json::from(dtype.name()),
        Arg::Tuple(items) | Arg::List(items) => {
            Json::List(items.iter().map(|item| value(layers, item, depth)).collect::<Result<_>>()?)
        }
        Arg::Dict(items) => {
            let pair = |(name, item): &(Rc<str>, Arg)| Ok((name.to_string(), value(layers, item, depth)?));
            Json::Dict(items.iter().map(pair).collect::<Result<_>>()?)
        }
        Arg::Callable(_) => match layers.iter().find(|layer| layer.as_arg() == *arg) {
            Some(layer) => layer_entry(layer, depth + 1)?,
            None => return Err(Error::Unknown("an object that has no config")),
        },
        _ => return Err(Error::Unknown("an argument that has no config")),
    })
}
