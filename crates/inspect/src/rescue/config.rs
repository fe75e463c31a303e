//! The config: functions by their names, and Keras 2's layers as Keras 3 has them.

use std::collections::{BTreeSet, HashMap};

use checker::Keras;
use formats::{Json, Step};

use super::module::Written;
use crate::function::Function;
use crate::script::{
    LAMBDA_NOTES, TENSORFLOW_OPERATIONS, is_class_of, is_model, is_operation_of_keras_3, lowest_calls,
    module_of_function, reference, takes_argument,
};

/// Arguments of Keras 2's layers that change nothing of what they compute once they are trained.
const IDLE: &[&str] = &["implementation", "input_length", "rng_type"];

/// Tells whether Keras 3 does the same without an argument that it does not take.
fn is_idle(key: &str, value: &Json) -> bool {
    // Weights are in the file: how they began does not matter.
    IDLE.contains(&key)
        || key.ends_with("_initializer")
        || matches!(value, Json::Null | Json::Bool(false))
        || matches!((key, value), ("trainable", Json::Bool(true)))
        || key == "groups" && value.as_i64() == Some(1)
}

/// Rewrites a config in place; `legacy` is for one of an HDF5 file.
///
/// # Errors
/// Gives the reasons why Keras 3 has no such model.
pub(super) fn translate(
    config: &mut Json,
    functions: &[Function],
    written: &Written,
    keras: Keras,
    (module, legacy): (&str, bool),
    notes: &mut Vec<String>,
) -> Result<(), Vec<String>> {
    let mut reasons = Vec::new();
    for (function, name) in functions.iter().zip(&written.names) {
        let Some(name) = name else {
            // Keras 3 looks for a bare name in some of its modules only.
            if module_of_function(&function.name) == Some("ops")
                && let Some(value) = target(config, &function.stored.path)
            {
                value.set("module", Json::from("keras.ops"));
                value.set("registered_name", Json::Null);
            }
            continue;
        };
        match target(config, &function.stored.path) {
            Some(value) => *value = registered(module, name),
            None => reasons.push(format!(
                "the function at layer '{}' stands nowhere in the config",
                function.stored.place
            )),
        }
    }
    let mut own: BTreeSet<String> = BTreeSet::new();
    let mut todo = vec![config];
    while let Some(value) = todo.pop() {
        match own_class(value) {
            Some(class) if legacy && keras == Keras::Three && is_operation_of_keras_3(&class) => {
                let name = value.text("name").unwrap_or("?");
                reasons.push(format!(
                    "layer '{name}' is an operation between layers (`{class}`), which Keras 3 cannot load from HDF5"
                ));
            }
            Some(class) => drop(own.insert(class)),
            None => {}
        }
        if value.text("class_name") == Some("Lambda") && value.get("config").is_some() {
            lambda(value, module, notes);
        }
        if keras == Keras::Two {
            layer(value, &mut reasons);
            recount(value);
        }
        match value {
            Json::List(items) => todo.extend(items.iter_mut()),
            Json::Dict(pairs) => todo.extend(pairs.iter_mut().map(|(_, inner)| inner)),
            _ => {}
        }
    }
    own.extend(functions.iter().filter(|f| !f.has_code() && f.name.contains('>')).map(|f| f.name.clone()));
    if !own.is_empty() {
        let own = own.into_iter().collect::<Vec<_>>().join("`, `");
        notes.push(format!(
            "`{own}`: the author's own, not in the file; register it before the copy is loaded, or pass it as \
             `custom_objects`"
        ));
    }
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// The class of an object if it is the author's own.
fn own_class(object: &Json) -> Option<String> {
    let class = object.text("class_name").filter(|class| !class.starts_with("__"))?;
    if !matches!(object.get("config"), Some(Json::Dict(_) | Json::List(_))) {
        return None;
    }
    if let Some(registered) = object.text("registered_name").filter(|name| name.contains('>')) {
        return Some(registered.to_owned());
    }
    let known = match object.text("module") {
        Some(module) => matches!(module.split('.').next(), Some("keras" | "tf_keras" | "builtins")),
        None => {
            let model = matches!(class, "Functional" | "Model" | "Sequential" | "Policy" | "DTypePolicy");
            let here = [Keras::Two, Keras::Three].into_iter().any(|keras| is_class_of(keras, class));
            model || here || TENSORFLOW_OPERATIONS.contains(&class)
        }
    };
    (!known).then(|| class.to_owned())
}

/// `{"class_name": "function", "config": "rescued_layers>scale", …}`, as Keras 3 writes a registered function.
fn registered(module: &str, name: &str) -> Json {
    let full = format!("{module}>{name}");
    Json::dict([
        ("module", Json::from("builtins")),
        ("class_name", Json::from("function")),
        ("config", Json::from(full.as_str())),
        ("registered_name", Json::from(full.as_str())),
    ])
}

fn target<'a>(config: &'a mut Json, path: &[Step]) -> Option<&'a mut Json> {
    path.iter().try_fold(config, |value, step| match (step, value) {
        (Step::Key(key), value) => value.get_mut(key),
        (Step::Index(at), Json::List(items)) => items.get_mut(*at),
        (Step::Index(_), _) => None,
    })
}

/// Tells whether a Lambda's `arguments` give a parameter.
pub(super) fn argument_given(config: &Json, path: &[Step], name: &str) -> bool {
    let Some((_, layer)) = path.split_last() else { return false };
    let layer = layer.iter().try_fold(config, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(at) => value.items().get(*at),
    });
    layer.and_then(|layer| layer.get("arguments")).is_some_and(|arguments| arguments.get(name).is_some())
}

/// A Lambda without what Keras 2 notes beside its functions; with a mask, of the module's own class.
fn lambda(object: &mut Json, module: &str, notes: &mut Vec<String>) {
    let Some(config) = object.get_mut("config") else { return };
    for note in LAMBDA_NOTES {
        config.remove(note);
    }
    for slot in ["output_shape", "mask"] {
        if config.get(slot).is_some_and(Json::is_null) {
            config.remove(slot);
        }
    }
    // `{"type": "ndarray", "value": […]}` is how Keras 2 stores an array among the arguments.
    if let Some(Json::Dict(pairs)) = config.get_mut("arguments") {
        for (_, value) in pairs {
            if value.text("type") == Some("ndarray")
                && let Some(items) = value.get("value").cloned()
            {
                let inner = Json::dict([("value", items), ("dtype", Json::Null)]);
                *value = Json::dict([("class_name", Json::from("__numpy__")), ("config", inner)]);
            }
        }
    }
    if config.get("mask").is_some() {
        let name = config.text("name").unwrap_or("?").to_owned();
        let legacy = object.get("module").is_none();
        let full = format!("{module}>MaskedLambda");
        object.set("class_name", Json::from(if legacy { full.as_str() } else { "MaskedLambda" }));
        if !legacy {
            object.set("module", Json::Null);
            object.set("registered_name", Json::from(full.as_str()));
        }
        notes.push(format!(
            "layer '{name}' is a `MaskedLambda` of the module, since Keras 3 loads no mask functions"
        ));
    }
}

/// Counts the calls of the models within a functional model as Keras 3 does.
///
/// Keras 2 counts from 1 the calls of a model that was made of inputs of its own. Keras 3 counts all from 0, but for
/// functional models among the outputs.
fn recount(config: &mut Json) {
    let layers = config.get("layers").map_or(&[][..], Json::items);
    if config.get("output_layers").is_none() {
        return;
    }
    let lowest = lowest_calls(config);
    let from_one = layers.iter().filter(|layer| is_model(layer)).filter_map(|layer| {
        let name = layer.text("name").filter(|name| lowest.get(name).is_some_and(|lowest| *lowest > 0))?;
        Some((name.to_owned(), layer.text("class_name") == Some("Sequential")))
    });
    let from_one: HashMap<String, bool> = from_one.collect();
    let Json::Dict(pairs) = config else { return };
    for (key, value) in pairs {
        match key.as_str() {
            "output_layers" => lower(value, &|name| from_one.get(name) == Some(&true)),
            "layers" => {
                let Json::List(layers) = value else { continue };
                let nodes = layers.iter_mut().filter_map(|layer| layer.get_mut("inbound_nodes"));
                nodes.for_each(|nodes| lower(nodes, &|name| from_one.contains_key(name)));
            }
            _ => {}
        }
    }
}

/// Takes 1 from the numbers of some layers' calls.
fn lower(value: &mut Json, chosen: &impl Fn(&str) -> bool) {
    let call = reference(value).filter(|(name, ..)| chosen(name)).map(|(_, call, _)| call);
    match value {
        Json::List(items) => match (call, items.get_mut(1)) {
            (Some(call), Some(number)) => *number = Json::Number((call - 1).to_string()),
            _ => items.iter_mut().for_each(|item| lower(item, chosen)),
        },
        Json::Dict(pairs) => pairs.iter_mut().for_each(|(_, item)| lower(item, chosen)),
        _ => {}
    }
}

/// One layer or model of Keras 2 as Keras 3 has it.
fn layer(object: &mut Json, reasons: &mut Vec<String>) {
    let Some(class) = object.text("class_name").map(str::to_owned) else { return };
    let native = object.get("module").is_some();
    if native && matches!(class.as_str(), "Functional" | "Model") {
        object.set("class_name", Json::from("Functional"));
        object.set("module", Json::from("keras.src.models.functional"));
    }
    let name = object.get("config").and_then(|c| c.text("name")).unwrap_or(&class).to_owned();
    if is_class_of(Keras::Two, &class) && !is_class_of(Keras::Three, &class) {
        reasons.push(format!("layer '{name}' is a `{class}`, which Keras 3 does not have"));
        return;
    }
    if object.get("config").is_some_and(|config| config.get("layers").is_none()) {
        // Layers are built when they are called; what Keras 2 notes for its wrappers is not what Keras 3 expects.
        object.remove("build_config");
    }
    let Some(config) = object.get_mut("config") else { return };
    if let Some(policy) = config.get("dtype").filter(|dtype| dtype.text("class_name") == Some("Policy")) {
        // Keras 3 knows a policy by its name alone.
        let name = policy.get("config").and_then(|config| config.get("name")).cloned();
        config.set("dtype", name.unwrap_or(Json::Null));
    }
    if native && class != "InputLayer" {
        config.remove("batch_input_shape");
    }
    if native
        && class == "InputLayer"
        && let Some(shape) = config.remove("batch_input_shape")
    {
        config.set("batch_shape", shape);
    }
    if class == "BatchNormalization"
        && let Some([axis]) = config.get("axis").map(Json::items)
    {
        let axis = axis.clone();
        config.set("axis", axis);
    }
    let path = format!("keras.layers.{class}");
    if TENSORFLOW_OPERATIONS.contains(&class.as_str()) {
        reasons.push(format!("layer '{name}' is a call of TensorFlow outside of a layer (`{class}`), which Keras 3 does not have"));
        return;
    }
    let keys: Vec<String> = config.pairs().iter().map(|(key, _)| key.clone()).collect();
    for key in keys {
        if takes_argument(&path, &key, Keras::Three) != Some(false) || key == "batch_input_shape" {
            continue;
        }
        let value = config.get(&key).cloned().unwrap_or(Json::Null);
        if is_idle(&key, &value) {
            config.remove(&key);
            continue;
        }
        reasons.push(format!("layer '{name}' has `{key}={value}`, which `{class}` of Keras 3 does not take"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_calls_as_keras_3_does() {
        let text = |inner: i64, call: i64, out: i64| {
            format!(
                r#"{{"layers": [{{"name": "i", "inbound_nodes": []}},
                    {{"name": "sub", "class_name": "Sequential", "config": {{"layers": []}}, "inbound_nodes": [[["i", 0, 0, {{}}]]]}},
                    {{"name": "fn", "class_name": "Functional", "config": {{"layers": []}}, "inbound_nodes": [[["sub", {inner}, 0, {{}}]]]}},
                    {{"name": "d", "class_name": "Dense", "config": {{}}, "inbound_nodes": [[["fn", {call}, 0, {{}}]]]}}],
                    "output_layers": [["d", 0, 0], ["sub", {out}, 0], ["fn", 1, 0]]}}"#
            )
        };
        let read = |text: String| formats::read_json(text.as_bytes()).unwrap_or(Json::Null);
        let mut config = read(text(1, 1, 1));
        recount(&mut config);
        assert_eq!(config, read(text(0, 0, 0)));
    }
}
