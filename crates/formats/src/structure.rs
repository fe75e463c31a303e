//! What a model's config must have whatever the layers are: damage that is still sound JSON.
//!
//! Only what every loader stumbles over is looked for: a layer without its class or config, a graph that names a
//! layer that is not there, a lambda without code. What the layers make of their settings is not judged here.

use std::collections::HashSet;

use crate::damage::{Damage, DamageKind};
use crate::json::Json;

/// How deep models may be nested, and how many damages are told.
const MAX_DEPTH: usize = 60;
const MAX_DAMAGES: usize = 20;

/// Returns what is wrong with the config of a whole model; `place` is the part of the file that holds it.
pub(crate) fn damages_of(config: &Json, place: &str) -> Vec<Damage> {
    let mut check = Check { place, found: Vec::new() };
    if matches!(config, Json::Dict(_)) {
        check.object(config, "the model", 0);
    } else {
        check.tell("is no object: a config has `class_name` and `config`");
    }
    check.found
}

struct Check<'a> {
    place: &'a str,
    found: Vec<Damage>,
}

impl Check<'_> {
    fn tell(&mut self, what: impl Into<String>) {
        if self.found.len() < MAX_DAMAGES {
            self.found.push(Damage::new(DamageKind::Config, self.place, what));
        }
    }

    /// A model or a layer.
    fn object(&mut self, object: &Json, what: &str, depth: usize) {
        let Json::Dict(_) = object else { return self.tell(format!("{what} is no object")) };
        let class = object.text("class_name");
        if class.is_none() {
            self.tell(format!("{what} has no `class_name`"));
        }
        let Some(config) = object.get("config").filter(|config| !config.is_null()) else {
            return self.tell(format!("{what} has no `config`"));
        };
        match class {
            Some("Lambda") => self.lambda(config, what),
            Some("Functional" | "Model")
                if object.text("registered_name").is_none_or(|n| !n.contains('>')) =>
            {
                self.graph(config, what);
            }
            _ => {}
        }
        if depth == MAX_DEPTH {
            return;
        }
        // The oldest Sequential is the list of its layers itself.
        let layers = config.get("layers").unwrap_or(config).items();
        for (at, layer) in layers.iter().enumerate() {
            let name = layer.get("config").and_then(|c| c.text("name")).or(layer.text("name"));
            let layer_is =
                name.map_or_else(|| format!("layer {at} of {what}"), |name| format!("layer '{name}'"));
            self.object(layer, &layer_is, depth + 1);
        }
        if let Some(inner) = config.get("layer").filter(|inner| matches!(inner, Json::Dict(_))) {
            self.object(inner, &format!("the layer in {what}"), depth + 1);
        }
    }

    fn lambda(&mut self, config: &Json, what: &str) {
        let Some(function) = config.get("function").filter(|function| !function.is_null()) else {
            return self.tell(format!("{what} has no `function`"));
        };
        let stored = function.get("config");
        let code = match (function.text("class_name"), function) {
            (Some("__lambda__"), _) => {
                stored.and_then(|s| s.get("code").or(s.get("value").and_then(|parts| parts.items().first())))
            }
            (_, Json::List(parts)) => parts.first(),
            _ => return,
        };
        if code.and_then(Json::as_str).is_none() {
            self.tell(format!("{what} has a `function` without code"));
        }
    }

    /// The graph of a functional model.
    fn graph(&mut self, config: &Json, what: &str) {
        for key in ["layers", "input_layers", "output_layers"] {
            if !matches!(config.get(key), Some(Json::List(_) | Json::Dict(_))) {
                return self.tell(format!("{what} has no `{key}`"));
            }
        }
        let layers = config.get("layers").map_or(&[][..], Json::items);
        let names: HashSet<&str> = layers
            .iter()
            .filter_map(|layer| layer.text("name").or(layer.get("config").and_then(|c| c.text("name"))))
            .collect();
        let nodes = layers.iter().filter_map(|layer| layer.get("inbound_nodes")).flat_map(Json::items);
        let mut named: Vec<&str> = nodes.flat_map(sources).collect();
        for key in ["input_layers", "output_layers"] {
            named.extend(config.get(key).into_iter().flat_map(tensors));
        }
        let mut missing: Vec<&str> = named.into_iter().filter(|name| !names.contains(name)).collect();
        missing.sort_unstable();
        missing.dedup();
        for name in missing {
            self.tell(format!("{what} refers to a layer '{name}', which is not there"));
        }
    }
}

/// The layers whose tensors a node takes.
fn sources(node: &Json) -> Vec<&str> {
    match node {
        // Of Keras 2: `[["a", 0, 0, {}], …]`, or one of these without its list.
        Json::List(inputs) if inputs.first().is_some_and(|first| first.as_str().is_some()) => {
            name_of(node).into_iter().collect()
        }
        Json::List(inputs) => inputs.iter().filter_map(name_of).collect(),
        // Of Keras 3: tensors among the arguments of a call.
        _ => {
            let mut found = Vec::new();
            let mut todo: Vec<&Json> = ["args", "kwargs"].iter().filter_map(|key| node.get(key)).collect();
            while let Some(value) = todo.pop() {
                if value.text("class_name") == Some("__keras_tensor__") {
                    let history = value.get("config").and_then(|config| config.get("keras_history"));
                    found.extend(history.and_then(name_of));
                } else {
                    todo.extend(value.inner());
                }
            }
            found
        }
    }
}

/// The layers of a model's inputs or outputs: references in lists and dictionaries.
fn tensors(value: &Json) -> Vec<&str> {
    let mut found = Vec::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        match name_of(value) {
            Some(name) => found.push(name),
            None => todo.extend(value.inner()),
        }
    }
    found
}

/// The name in `["dense", 0, 0]`; none for a constant that stands in a tensor's place.
fn name_of(reference: &Json) -> Option<&str> {
    match reference.items() {
        [Json::Str(name), call, output, ..] if name != "_CONSTANT_VALUE" => {
            (call.as_i64().is_some() && output.as_i64().is_some()).then_some(name)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read_json;

    fn told(text: &str) -> Vec<String> {
        let config = read_json(text.as_bytes()).unwrap_or(Json::Null);
        damages_of(&config, "config.json").into_iter().map(|damage| damage.what).collect()
    }

    #[test]
    fn tells_what_is_missing() {
        assert_eq!(told("[]"), ["is no object: a config has `class_name` and `config`"]);
        assert_eq!(told(r#"{"class_name": "Sequential"}"#), ["the model has no `config`"]);
        let layers = r#"{"class_name": "Sequential", "config": {"name": "s", "layers":
            [null, {"config": {"name": "d"}}, {"class_name": "Lambda", "config": {"name": "l", "function": null}},
            {"class_name": "Lambda", "config": {"name": "c", "function": {"class_name": "__lambda__", "config": {}}}}]}}"#;
        assert_eq!(
            told(layers),
            [
                "layer 0 of the model is no object",
                "layer 'd' has no `class_name`",
                "layer 'l' has no `function`",
                "layer 'c' has a `function` without code",
            ]
        );
    }

    #[test]
    fn follows_the_graph() {
        let graph = |source: &str, output: &str| {
            format!(
                r#"{{"class_name": "Functional", "config": {{"layers": [
                {{"class_name": "InputLayer", "config": {{}}, "name": "i", "inbound_nodes": []}},
                {{"class_name": "Dense", "config": {{}}, "name": "d", "inbound_nodes": [[["{source}", 0, 0, {{}}]]]}}],
                "input_layers": [["i", 0, 0]], "output_layers": ["{output}", 0, 0]}}}}"#
            )
        };
        assert_eq!(told(&graph("i", "d")), [""; 0]);
        assert_eq!(told(&graph("_CONSTANT_VALUE", "d")), [""; 0]);
        assert_eq!(
            told(&graph("ghost", "lost")),
            [
                "the model refers to a layer 'ghost', which is not there",
                "the model refers to a layer 'lost', which is not there"
            ]
        );
        let cut = r#"{"class_name": "Functional", "config": {"layers": [], "input_layers": []}}"#;
        assert_eq!(told(cut), ["the model has no `output_layers`"]);
    }
}
