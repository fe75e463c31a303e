//! Models in a script: Sequential, and functional graphs.

use std::collections::{HashMap, HashSet};

use checker::Keras;
use formats::Json;

use super::objects::{TENSORFLOW_OPERATIONS, unknown_class};
use super::{Stop, View, Writer};
use crate::literal::{decoded, literal, quoted, special};

/// A tensor by the layer that makes it: its name, which of its calls, which of its outputs.
type Reference<'a> = (&'a str, i64, i64);

/// What is known while a functional model is written.
#[derive(Default)]
struct Graph {
    /// The variables of layers.
    layers: HashMap<String, String>,
    /// The outputs of calls.
    outputs: HashMap<(String, i64), String>,
    /// Layers whose calls give several tensors.
    several: HashSet<String>,
    /// Models within, whose calls are counted from 1 where they are inputs of other layers.
    from_one: HashSet<String>,
    /// Models within, whose calls are counted from 1 where they are outputs of the model.
    outputs_from_one: HashSet<String>,
    /// How often a layer was called.
    calls: HashMap<String, i64>,
}

impl Writer<'_> {
    /// Writes a model and returns its variable.
    pub(super) fn model(&mut self, object: &Json) -> Result<String, Stop> {
        let class = object.text("class_name").unwrap_or_default();
        let Some(config) = object.get("config") else {
            return Err(Stop::Unknown("a model without a config".to_owned()));
        };
        if let View::Loader { keras, legacy, .. } = self.view {
            self.known_model(object, class, keras, legacy)?;
        }
        self.deeper(|writer| {
            if class == "Sequential" {
                writer.sequential(config)
            } else if config.get("layers").is_some() && config.get("output_layers").is_some() {
                writer.functional(config)
            } else {
                Err(Stop::Unknown(format!(
                    "a model of class `{class}`, whose config does not say what is in it"
                )))
            }
        })
    }

    /// Refuses a class of models that a loader does not find.
    fn known_model(&self, object: &Json, class: &str, keras: Keras, legacy: bool) -> Result<(), Stop> {
        let Some(module) = object.text("module") else {
            let known = matches!(class, "Sequential" | "Functional" | "Model");
            return if known { Ok(()) } else { Err(unknown_class(keras, legacy, class, "")) };
        };
        let ours = match keras {
            Keras::Three => matches!(
                module,
                "keras"
                    | "keras.models"
                    | "keras.src.models.functional"
                    | "keras.src.models.sequential"
                    | "keras.src.models.model"
            ),
            Keras::Two => {
                let inner = module.strip_prefix("tf_").unwrap_or(module);
                matches!(
                    inner,
                    "keras"
                        | "keras.models"
                        | "keras.src.engine.functional"
                        | "keras.src.engine.sequential"
                        | "keras.src.engine.training"
                        | "keras.engine.functional"
                        | "keras.engine.sequential"
                )
            }
        };
        let foreign = keras == Keras::Three && module.starts_with("tf_");
        if ours && !foreign { Ok(()) } else { Err(unknown_class(keras, false, class, module)) }
    }

    fn sequential(&mut self, config: &Json) -> Result<String, Stop> {
        let name = config.text("name").unwrap_or("sequential");
        let model = self.variable(name);
        self.line(format!("{model} = keras.Sequential(name={})", quoted(name)));
        // The oldest configs are the list of layers itself.
        let layers = config.get("layers").map_or(config.items(), Json::items);
        for layer in layers {
            let input = layer.text("class_name") == Some("InputLayer");
            let added = if input { self.input(layer)? } else { self.layer(layer, true)? };
            if !input {
                self.note_made(layer, &added);
            }
            self.in_layer(layer, |writer| writer.line(format!("{model}.add({added})")));
        }
        let begins = layers.first().is_some_and(|l| l.text("class_name") == Some("InputLayer"));
        if let Some(shape) = config.get("build_input_shape").filter(|s| !s.is_null() && !begins)
            && !shape.items().is_empty()
        {
            self.line(format!("{model}.build({})", tuple(shape)));
        }
        Ok(model)
    }

    /// An Input, as the call that makes its tensor.
    fn input(&mut self, layer: &Json) -> Result<String, Stop> {
        let empty = Json::Dict(Vec::new());
        let config = layer.get("config").unwrap_or(&empty);
        let name = config.text("name").or(layer.text("name")).unwrap_or("input");
        // Keras 3 takes either name.
        if let (View::Loader { keras: Keras::Two, .. }, Some(_)) = (self.view, config.get("batch_shape")) {
            let message =
                format!("Error when deserializing class 'InputLayer' using config={}.", literal(config));
            let why =
                "`InputLayer` of tf_keras takes no argument `batch_shape`: the file is of another Keras";
            return Err(Stop::raises("TypeError", message, why));
        }
        let shape = config.get("batch_shape").or(config.get("batch_input_shape"));
        let mut args = Vec::new();
        if let Some(shape) = shape.filter(|s| !s.is_null()) {
            let shape = special(shape)
                .map_or_else(|| shape.clone(), |_| shape.get("items").cloned().unwrap_or(Json::Null));
            let rest = shape.items().get(1..).unwrap_or_default().to_vec();
            args.push(format!("shape={}", tuple(&Json::List(rest))));
            if let Some(batch) = shape.items().first().filter(|b| !b.is_null()) {
                args.push(format!("batch_size={}", literal(batch)));
            }
        }
        if let Some(dtype) = config.text("dtype") {
            args.push(format!("dtype={}", quoted(dtype)));
        }
        args.push(format!("name={}", quoted(name)));
        Ok(format!("keras.Input({})", args.join(", ")))
    }

    fn functional(&mut self, config: &Json) -> Result<String, Stop> {
        let layers = config.get("layers").map_or(&[][..], Json::items);
        let mut graph = Graph::default();
        let beyond_first = beyond_first_outputs(config);
        // Loaders make all layers first and call them afterwards.
        for layer in layers {
            let Some(name) = layer.text("name").or(layer.get("config").and_then(|c| c.text("name"))) else {
                continue;
            };
            let made = if layer.text("class_name") == Some("InputLayer") {
                let call = self.input(layer)?;
                let variable = self.variable(name);
                self.in_layer(layer, |writer| writer.line(format!("{variable} = {call}")));
                graph.outputs.insert((name.to_owned(), 0), variable.clone());
                variable
            } else {
                self.layer(layer, true)?
            };
            if gives_several(layer) || beyond_first.contains(name) {
                graph.several.insert(name.to_owned());
            }
            self.note_made(layer, &made);
            graph.layers.insert(name.to_owned(), made);
        }
        self.count_calls(config, &mut graph);
        self.calls(layers, &mut graph)?;
        let name = config.text("name").unwrap_or("model");
        let keras = self.view.keras();
        let part = |key: &str| match config.get(key) {
            // Keras 2 takes the tensor out of a list that has only one.
            Some(Json::List(items)) if keras == Keras::Two && items.len() == 1 => {
                structure(&items[0], &graph)
            }
            value => structure(value.unwrap_or(&Json::Null), &graph),
        };
        let (Some(inputs), Some(outputs)) = (part("input_layers"), part("output_layers")) else {
            return Err(self.no_outputs(config, &graph));
        };
        let model = self.variable(name);
        self.line(format!(
            "{model} = keras.Model(inputs={inputs}, outputs={outputs}, name={})",
            quoted(name)
        ));
        Ok(model)
    }

    /// Says from which number the calls of models within are counted.
    ///
    /// A functional model has a first call of its own, which Keras 2 counts everywhere, for a `Sequential` too, and
    /// Keras 3 only where a functional model gives outputs of the model around it.
    fn count_calls(&self, config: &Json, graph: &mut Graph) {
        let layers = config.get("layers").map_or(&[][..], Json::items);
        let keras_3 = matches!(self.view, View::Loader { keras: Keras::Three, .. })
            || layers
                .iter()
                .filter_map(|layer| layer.get("inbound_nodes"))
                .any(|nodes| nodes.items().iter().any(|node| matches!(node, Json::Dict(_))));
        let lowest = lowest_calls(config);
        for layer in layers.iter().filter(|layer| is_model(layer)) {
            let Some(name) = layer.text("name") else { continue };
            if keras_3 {
                if layer.text("class_name") != Some("Sequential") {
                    graph.outputs_from_one.insert(name.to_owned());
                }
            } else if lowest.get(name).is_some_and(|lowest| *lowest > 0) {
                graph.from_one.insert(name.to_owned());
                graph.outputs_from_one.insert(name.to_owned());
            }
        }
    }

    /// Why the outputs of a model are not found.
    fn no_outputs(&self, config: &Json, graph: &Graph) -> Stop {
        let calls = |name: &str| graph.calls.get(name).copied().unwrap_or(0);
        let beyond =
            |found: Reference<'_>| !graph.outputs_from_one.contains(found.0) && found.1 >= calls(found.0);
        let references = references(config.get("output_layers").unwrap_or(&Json::Null));
        match references.into_iter().find(|found| graph.layers.contains_key(found.0) && beyond(*found)) {
            Some((name, ..)) if matches!(self.view, View::Loader { keras: Keras::Three, .. }) => {
                let why = format!("Keras 3 counts the calls of '{name}' from 0, the file from 1");
                Stop::raises("IndexError", "list index out of range", why)
            }
            _ => Stop::Unknown("the inputs and outputs of a model".to_owned()),
        }
    }

    /// Calls the layers: in rounds over all of them, each time those whose inputs are there.
    fn calls(&mut self, layers: &[Json], graph: &mut Graph) -> Result<(), Stop> {
        let nodes = |layer: &Json| layer.get("inbound_nodes").map_or(Vec::new(), |n| n.items().to_vec());
        let mut waiting: Vec<(&Json, std::collections::VecDeque<Json>)> =
            layers.iter().map(|layer| (layer, nodes(layer).into())).collect();
        loop {
            let mut moved = false;
            for (layer, nodes) in &mut waiting {
                while let Some(node) = nodes.front() {
                    let keeps_state = self.view.keras() == Keras::Two && keeps_state(layer);
                    let Some(args) = arguments(node, graph, keeps_state) else { break };
                    self.in_layer(layer, |writer| writer.call(layer, &args, graph));
                    nodes.pop_front();
                    moved = true;
                }
            }
            waiting.retain(|(_, nodes)| !nodes.is_empty());
            if waiting.is_empty() {
                return Ok(());
            }
            if !moved {
                let message = "Invalid Functional model configuration. The graph of the Functional model either has loops or disconnected nodes.";
                return Err(Stop::raises("ValueError", message, "the config's graph cannot be followed"));
            }
        }
    }

    fn call(&mut self, layer: &Json, args: &str, graph: &mut Graph) {
        let Some(name) = layer.text("name").or(layer.get("config").and_then(|c| c.text("name"))) else {
            return;
        };
        let Some(variable) = graph.layers.get(name).cloned() else { return };
        let count = graph.calls.entry(name.to_owned()).or_default();
        let index = *count;
        *count += 1;
        let output = self.variable(&format!("{name}_output"));
        self.line(format!("{output} = {variable}({args})"));
        // Only the layer itself is around what is written.
        if self.places.len() == 1 && is_operation(layer) {
            self.computed.insert(name.to_owned(), output.clone());
        }
        graph.outputs.insert((name.to_owned(), index), output);
    }

    /// Notes the variable of a layer of the outermost model.
    fn note_made(&mut self, layer: &Json, variable: &str) {
        let name = layer.get("config").and_then(|c| c.text("name")).or(layer.text("name"));
        if let (Some(name), true) = (name, self.places.is_empty()) {
            self.made.insert(name.to_owned(), variable.to_owned());
        }
    }

    fn in_layer(&mut self, layer: &Json, work: impl FnOnce(&mut Self)) {
        let name = layer.get("config").and_then(|c| c.text("name")).or(layer.text("name")).unwrap_or("layer");
        self.places.push(name.to_owned());
        work(self);
        self.places.pop();
    }
}

fn tuple(shape: &Json) -> String {
    let items: Vec<String> = shape.items().iter().map(decoded).collect();
    format!("({}{})", items.join(", "), if items.len() == 1 { "," } else { "" })
}

/// Tells whether a call of the layer gives several tensors.
fn gives_several(layer: &Json) -> bool {
    let Some(config) = layer.get("config") else { return false };
    let inner = config.get("layer").and_then(|l| l.get("config")).unwrap_or(config);
    let state = matches!(inner.get("return_state"), Some(Json::Bool(true)));
    let outputs = config.get("output_layers").map_or(&[][..], Json::items);
    state || outputs.first().is_some_and(|first| matches!(first, Json::List(_))) && outputs.len() > 1
}

/// Tells whether a layer is a recurrent one, which can be given a state.
fn keeps_state(layer: &Json) -> bool {
    layer.text("class_name").is_some_and(|class| {
        matches!(class, "RNN" | "LSTM" | "GRU" | "SimpleRNN" | "Bidirectional")
            || class.starts_with("ConvLSTM")
    })
}

/// Tells whether what stands among the layers is an operation: `keras.ops.relu`, `tf.nn.relu`.
fn is_operation(layer: &Json) -> bool {
    layer.text("module").is_some_and(|module| module.starts_with("keras.src.ops"))
        || layer.text("class_name").is_some_and(|class| TENSORFLOW_OPERATIONS.contains(&class))
}

/// Tells whether a layer is a model.
pub(crate) fn is_model(layer: &Json) -> bool {
    layer.get("config").is_some_and(|config| config.get("layers").is_some())
}

/// The lowest number of a call that is referred to, for each layer.
pub(crate) fn lowest_calls(config: &Json) -> HashMap<&str, i64> {
    let mut lowest = HashMap::new();
    for (name, call, _) in references_of_model(config) {
        let known = lowest.entry(name).or_insert(call);
        *known = (*known).min(call);
    }
    lowest
}

/// The layers of which more than the first output is referred to.
fn beyond_first_outputs(config: &Json) -> HashSet<&str> {
    references_of_model(config).filter(|(_, _, output)| *output > 0).map(|(name, ..)| name).collect()
}

/// The references between a model's layers, and those of its outputs.
fn references_of_model(config: &Json) -> impl Iterator<Item = Reference<'_>> {
    let layers = config.get("layers").map_or(&[][..], Json::items);
    let nodes = layers.iter().filter_map(|layer| layer.get("inbound_nodes"));
    nodes.chain(config.get("output_layers")).flat_map(references)
}

/// All references in a value.
fn references(value: &Json) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        found.extend(reference(value));
        todo.extend(value.inner());
    }
    found
}

/// `["dense", 0, 0]`, with or without the call's other arguments.
pub(crate) fn reference(value: &Json) -> Option<Reference<'_>> {
    match value.items() {
        [Json::Str(name), call, output] | [Json::Str(name), call, output, Json::Dict(_)] => {
            Some((name, call.as_i64()?, output.as_i64()?))
        }
        _ => None,
    }
}

/// The variable of a tensor; nothing while its call is not written.
fn tensor(found: Reference<'_>, graph: &Graph) -> Option<String> {
    counted(found, graph, &graph.from_one)
}

/// The variable of a tensor where the calls of some models are counted from 1.
fn counted((name, call, output): Reference<'_>, graph: &Graph, from_one: &HashSet<String>) -> Option<String> {
    let call = if from_one.contains(name) { call - 1 } else { call };
    let variable = graph.outputs.get(&(name.to_owned(), call))?;
    Some(if graph.several.contains(name) { format!("{variable}[{output}]") } else { variable.clone() })
}

/// The inputs or outputs of a model: tensors in lists and dictionaries.
fn structure(value: &Json, graph: &Graph) -> Option<String> {
    if let Some(found) = reference(value) {
        return counted(found, graph, &graph.outputs_from_one);
    }
    match value {
        Json::List(items) => {
            let items = items.iter().map(|item| structure(item, graph)).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", items.join(", ")))
        }
        Json::Dict(pairs) => {
            let pairs = pairs.iter().map(|(k, v)| Some(format!("{}: {}", quoted(k), structure(v, graph)?)));
            Some(format!("{{{}}}", pairs.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        _ => None,
    }
}

/// The arguments of a call; nothing while a tensor of them is not there.
fn arguments(node: &Json, graph: &Graph, keeps_state: bool) -> Option<String> {
    if let Json::List(inputs) = node {
        return legacy_arguments(inputs, graph, keeps_state);
    }
    let mut args = Vec::new();
    for arg in node.get("args").map_or(&[][..], Json::items) {
        args.push(argument(arg, graph)?);
    }
    for (key, value) in node.get("kwargs").map_or(&[][..], Json::pairs) {
        // `mask: null` is what Keras passes without being asked.
        if !(key == "mask" && value.is_null()) {
            args.push(format!("{key}={}", argument(value, graph)?));
        }
    }
    Some(args.join(", "))
}

fn argument(value: &Json, graph: &Graph) -> Option<String> {
    if value.text("class_name") == Some("__keras_tensor__") {
        let history = value.get("config")?.get("keras_history")?;
        return tensor(reference(history)?, graph);
    }
    match value {
        Json::List(items) => {
            let items = items.iter().map(|item| argument(item, graph)).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", items.join(", ")))
        }
        Json::Dict(pairs) if special(value).is_none() => {
            let pairs = pairs.iter().map(|(k, v)| Some(format!("{}: {}", quoted(k), argument(v, graph)?)));
            Some(format!("{{{}}}", pairs.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        other => Some(decoded(other)),
    }
}

/// `[["a", 0, 0, {}], ["b", 0, 0, {"scale": 2.0, "other": ["c", 0, 0]}]]`.
///
/// A recurrent layer of Keras 2 takes what is behind its first tensor for its initial state.
fn legacy_arguments(inputs: &[Json], graph: &Graph, keeps_state: bool) -> Option<String> {
    // A single input may stand without its list.
    let whole = Json::List(inputs.to_vec());
    let inputs = if reference(&whole).is_some() { std::slice::from_ref(&whole) } else { inputs };
    let mut tensors = Vec::new();
    let mut keywords = Vec::new();
    for input in inputs {
        match input.items() {
            [Json::Str(constant), _, value, ..] if constant == "_CONSTANT_VALUE" => {
                tensors.push(decoded(value))
            }
            items => {
                tensors.push(tensor(reference(input)?, graph)?);
                keywords = items.get(3).map_or(&[][..], Json::pairs).to_vec();
            }
        }
    }
    let mut args = match tensors.as_slice() {
        [only] => vec![only.clone()],
        [first, state @ ..] if keeps_state => {
            vec![first.clone(), format!("initial_state=[{}]", state.join(", "))]
        }
        _ => vec![format!("[{}]", tensors.join(", "))],
    };
    for (key, value) in &keywords {
        let value = match reference(value).filter(|(name, ..)| graph.layers.contains_key(*name)) {
            Some(found) => tensor(found, graph)?,
            None => decoded(value),
        };
        args.push(format!("{key}={value}"));
    }
    Some(args.join(", "))
}
