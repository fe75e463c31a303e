//! A model of a config, as `functional_from_config` and `Sequential.from_config` make it.
//!
//! source: keras/src/models/functional.py: functional_from_config, keras/src/models/sequential.py: from_config

use formats::Json;
use keras::activations::ACTIVATIONS;
use ops::Arg;
use rustc_hash::FxHashMap;
use tensor::DType;

use crate::compile::Configured;
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::model::Model;
use crate::symbol::{Input, Symbol};

use super::MAX_DEPTH;

/// Layers that are supplied, by the names that they have in the file.
type Functions = [(String, Layer)];

/// Makes the model of a config.
pub(super) fn model(config: &Json, functions: &Functions) -> Result<Model> {
    model_at(config, functions, 0)
}

fn model_at(config: &Json, functions: &Functions, depth: u32) -> Result<Model> {
    let inner = config.get("config").ok_or_else(|| lacks("config"))?;
    let named = |layer: &Json| Ok((text(layer.get("config"), "name")?.to_owned(), layer.clone()));
    let listed = inner.get("layers").ok_or_else(|| lacks("layers"))?.items();
    match config.text("class_name") {
        Some("Functional") => {
            let with_names = listed.iter().map(|layer| match layer.text("name") {
                Some(name) => Ok((name.to_owned(), layer.clone())),
                None => named(layer),
            });
            let layers: Result<Vec<(String, Json)>> = with_names.collect();
            functional(inner, &layers?, functions, depth)
        }
        Some("Sequential") => {
            let layers: Result<Vec<(String, Json)>> = listed.iter().map(named).collect();
            sequential(config, &layers?, functions, depth)
        }
        _ => Err(Error::Unknown("a model of a class of its own")),
    }
}

fn lacks(key: &str) -> Error {
    Error::File(format!("its config has no `{key}`"))
}

pub(super) fn text<'j>(config: Option<&'j Json>, key: &str) -> Result<&'j str> {
    config.and_then(|config| config.text(key)).ok_or_else(|| lacks(key))
}

/// The tensors of the layers that were called, by the layers' names and the numbers of their calls.
type Called = FxHashMap<(String, i64), Vec<Symbol>>;

fn functional(config: &Json, entries: &[(String, Json)], functions: &Functions, depth: u32) -> Result<Model> {
    let mut called = Called::default();
    let mut layers: FxHashMap<&str, Layer> = FxHashMap::default();
    // Calls that are still to be made, each with its number among those of its layer.
    let mut waiting: Vec<(&str, i64, &Json)> = Vec::new();
    for (name, entry) in entries {
        if entry.text("class_name") == Some("InputLayer") {
            called.insert((name.clone(), 0), vec![input(entry)?]);
            continue;
        }
        layers.insert(name, layer(entry, functions, depth)?);
        let nodes = entry.get("inbound_nodes").ok_or_else(|| lacks("inbound_nodes"))?.items();
        waiting.extend(nodes.iter().enumerate().map(|(at, node)| (name.as_str(), at as i64, node)));
    }
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut left = Vec::new();
        for (name, at, node) in waiting {
            let Some(layer) = layers.get(name) else { continue };
            match call(layer, node, &called)? {
                Some(outputs) => {
                    called.insert((name.to_owned(), at), outputs);
                }
                None => left.push((name, at, node)),
            }
        }
        if left.len() == before {
            return Err(Error::File("its layers are not connected".to_owned()));
        }
        waiting = left;
    }
    let ends = |key: &str| -> Result<Vec<Symbol>> {
        let all = config.get(key).ok_or_else(|| lacks(key))?;
        let single = all.items().first().is_some_and(|first| first.as_str().is_some());
        let places = if single { std::slice::from_ref(all) } else { all.items() };
        let strange = || Error::Unknown("inputs or outputs in a structure");
        places.iter().map(|place| found(place, &called).ok_or_else(strange)).collect()
    };
    let (inputs, outputs) = (ends("input_layers")?, ends("output_layers")?);
    Model::with_outputs(&inputs.iter().collect::<Vec<_>>(), &outputs.iter().collect::<Vec<_>>())
}

fn sequential(config: &Json, entries: &[(String, Json)], functions: &Functions, depth: u32) -> Result<Model> {
    let built = config.get("build_config").and_then(|build| build.get("input_shape"));
    let (input, rest) = match entries.split_first() {
        Some(((_, first), rest)) if first.text("class_name") == Some("InputLayer") => (input(first)?, rest),
        _ => match built {
            Some(shape) if !shape.is_null() => {
                (Input::of_sizes(&batch_shape(shape)?, DType::Float32), entries)
            }
            _ => return Err(Error::Unknown("a model that was not built")),
        },
    };
    let mut output = input.clone();
    for (_, entry) in rest {
        output = layer(entry, functions, depth)?.call(&output)?;
    }
    Model::new(&[&input], &output)
}

/// The tensor at a place: `["dense", 0, 0]`.
fn found(place: &Json, called: &Called) -> Option<Symbol> {
    let [layer, node, output] = place.items() else { return None };
    let outputs = called.get(&(layer.as_str()?.to_owned(), node.as_i64()?))?;
    outputs.get(usize::try_from(output.as_i64()?).ok()?).cloned()
}

/// Makes a call, if the tensors that it is made on are there.
fn call(layer: &Layer, node: &Json, called: &Called) -> Result<Option<Vec<Symbol>>> {
    let plain = |(_, value): &(String, Json)| value.is_null() || *value == Json::Bool(false);
    if !node.get("kwargs").is_none_or(|kwargs| kwargs.pairs().iter().all(plain)) {
        return Err(Error::Unknown("a call with keyword arguments"));
    }
    let args = node.get("args").ok_or_else(|| lacks("args"))?.items();
    let (listed, tensors) = match args {
        [Json::List(tensors)] => (true, tensors.as_slice()),
        tensors => (false, tensors),
    };
    let mut inputs = Vec::new();
    for tensor in tensors {
        let history = tensor.get("config").and_then(|config| config.get("keras_history"));
        let history = history.ok_or(Error::Unknown("a call on something other than tensors"))?;
        match found(history, called) {
            Some(symbol) => inputs.push(symbol),
            None => return Ok(None),
        }
    }
    layer.outputs(&inputs, listed).map(Some)
}

fn input(entry: &Json) -> Result<Symbol> {
    let config = entry.get("config").ok_or_else(|| lacks("config"))?;
    let shape = batch_shape(config.get("batch_shape").ok_or_else(|| lacks("batch_shape"))?)?;
    let dtype = match config.text("dtype") {
        Some(name) => DType::parse(name).ok_or(Error::Unknown("an input of such a dtype"))?,
        None => DType::Float32,
    };
    if config.get("sparse") == Some(&Json::Bool(true)) {
        return Err(Error::Unknown("a sparse input"));
    }
    Ok(Input::of_sizes(&shape, dtype))
}

/// Sizes with the batch; those that are `null` are not known.
fn batch_shape(shape: &Json) -> Result<Vec<i64>> {
    let size = |size: &Json| match size {
        Json::Null => Ok(Input::ANY),
        size => size.as_i64().ok_or(Error::Unknown("an input of such a shape")),
    };
    shape.items().iter().map(size).collect()
}

/// Makes a layer of what `serialize_keras_object` wrote.
fn layer(entry: &Json, functions: &Functions, depth: u32) -> Result<Layer> {
    let config = entry.get("config").ok_or_else(|| lacks("config"))?;
    let (class, name) = (text(Some(entry), "class_name")?, config.text("name").unwrap_or_default());
    if let Some((_, supplied)) = functions.iter().find(|(known, _)| known == name) {
        return Ok(supplied.clone().named(name));
    }
    if depth > MAX_DEPTH {
        return Err(Error::Unknown("layers that are nested too deep"));
    }
    let module = entry.text("module").unwrap_or_default();
    match class {
        "Functional" | "Sequential" => {
            let model = model_at(entry, functions, depth + 1)?;
            return Ok(Layer::of_network(class, &model.network).named(name));
        }
        _ if module.starts_with("keras.src.ops") => return Err(Error::Unknown("an operation on tensors")),
        _ if class == "Lambda" || module != "keras.layers" => {
            return Err(Error::Function { layer: name.to_owned() });
        }
        _ => {}
    }
    let path = format!("keras.layers.{class}");
    let signature = binding::signature(ops::Keras::Three, &path, None);
    let mut layer = Layer::new(class);
    for (key, value) in config.pairs() {
        let known = signature.as_ref().is_none_or(|signature| signature.position(key).is_some());
        match (key.as_str(), value) {
            // Beside floats only their precision could be another.
            ("dtype", value) => check_policy(value)?,
            ("trainable", Json::Bool(true)) => {}
            (_, Json::Null) if !known => {}
            (key, value) => layer = with(layer, key, value, functions, depth)?,
        }
    }
    Ok(layer)
}

/// What layers compute in is float32 here.
fn check_policy(policy: &Json) -> Result<()> {
    let name = policy.as_str().or_else(|| policy.get("config")?.text("name")).unwrap_or("float32");
    if name == "float32" { Ok(()) } else { Err(Error::Unknown("a layer that computes in another dtype")) }
}

/// Gives a layer an argument of its config.
fn with(layer: Layer, key: &str, value: &Json, functions: &Functions, depth: u32) -> Result<Layer> {
    if value.text("class_name").is_some() && value.text("module").is_some() {
        let module = value.text("module").unwrap_or_default();
        return Ok(match module {
            "keras.regularizers" | "keras.constraints" | "keras.initializers" => {
                layer.holding(key, &configured(value)?)
            }
            "builtins" => match value.get("config").and_then(Json::as_str) {
                Some(function) if ACTIVATIONS.find(ops::Keras::Three, function).is_ok() => {
                    layer.with(key, function)
                }
                _ => return Err(Error::Function { layer: layer.name().to_string() }),
            },
            _ => layer.made_around(key, &[self::layer(value, functions, depth + 1)?], false),
        });
    }
    if let Some(first) = value.items().first()
        && first.text("module").is_some()
    {
        let parts = value.items().iter().map(|part| self::layer(part, functions, depth + 1));
        return Ok(layer.made_around(key, &parts.collect::<Result<Vec<_>>>()?, true));
    }
    Ok(layer.with(key, crate::Value(argument(value, depth)?)))
}

pub(super) fn configured(entry: &Json) -> Result<Configured> {
    let mut made = Configured::new(text(Some(entry), "class_name")?);
    for (name, value) in entry.get("config").map_or(&[][..], Json::pairs) {
        made = made.with(name, crate::Value(argument(value, 0)?));
    }
    Ok(made)
}

/// A plain value as an argument.
pub(super) fn argument(value: &Json, depth: u32) -> Result<Arg> {
    let strange = Error::Unknown("an argument in a file that is not followed");
    if depth > MAX_DEPTH {
        return Err(strange);
    }
    let items =
        |items: &[Json]| items.iter().map(|item| argument(item, depth + 1)).collect::<Result<Vec<Arg>>>();
    Ok(match value {
        Json::Null => Arg::None,
        Json::Bool(value) => Arg::Bool(*value),
        Json::Str(text) => Arg::Str(text.as_str().into()),
        Json::Number(text) => match (text.parse::<i64>(), text.as_str()) {
            (Ok(n), _) => Arg::Int(n),
            (_, "NaN") => Arg::Float(f64::NAN),
            (_, "Infinity") => Arg::Float(f64::INFINITY),
            (_, "-Infinity") => Arg::Float(f64::NEG_INFINITY),
            (_, text) => Arg::Float(text.parse().map_err(|_| strange)?),
        },
        Json::List(list) => Arg::List(items(list)?.into()),
        Json::Dict(_) if value.text("class_name") == Some("__tuple__") => {
            Arg::Tuple(items(value.get("items").map_or(&[][..], Json::items))?.into())
        }
        Json::Dict(pairs) if value.text("class_name").is_none() => {
            let pair = |(name, item): &(String, Json)| Ok((name.as_str().into(), argument(item, depth + 1)?));
            Arg::Dict(pairs.iter().map(pair).collect::<Result<Vec<_>>>()?.into())
        }
        Json::Dict(_) => return Err(strange),
    })
}
