//! Every function that a config holds, wherever it stands in it.
//!
//! | written by | form |
//! | --- | --- |
//! | Keras 3, a `Lambda`'s parts | `{"class_name": "__lambda__", "config": {"code", "defaults", "closure"}}` |
//! | Keras 3, elsewhere | `{"class_name": "__lambda__", "config": {"value": [code, defaults, closure]}}` |
//! | Keras 3, an activation | `{"value": [code, defaults, closure]}` |
//! | Keras 3, by name | `{"class_name": "function", "module", "config": name, "registered_name"}` |
//! | Keras 2, a `Lambda`'s parts | `"function": [code, defaults, closure], "function_type": "lambda", "module"` |
//! | Keras 2, by name | `"function": name, "function_type": "function", "module"` |

use crate::json::Json;

/// A step into a config.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// The item at an index.
    Index(usize),
}

/// What is stored for a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// Its bytecode.
    Code {
        /// Marshalled, in base64.
        code: String,
        /// The defaults of its last positional parameters: `null` or a list.
        defaults: Json,
        /// The values of its free variables: `null` or a list.
        closure: Json,
    },
    /// Only where to find it.
    Reference {
        /// The module; `builtins` where Keras did not say.
        module: String,
        /// The name in the module.
        name: String,
    },
}

/// A function in a config.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFunction {
    /// The name of the layer that holds it.
    pub layer: String,
    /// The layer with the wrappers and models around it: `td/sub/flip`.
    pub place: String,
    /// What it is to the layer: `function`, `output_shape`, `arguments.k`, `activation`.
    pub slot: String,
    /// What is stored.
    pub stored: Stored,
    /// The module that it was defined in, as Keras 2 notes.
    pub module: Option<String>,
    /// The class of the layer.
    pub class: String,
    /// Where it stands in the config.
    pub path: Vec<Step>,
}

impl StoredFunction {
    /// Tells whether the model was compiled with it, so that no layer has it: a loss, a metric.
    pub fn trains(&self) -> bool {
        matches!(self.path.first(), Some(Step::Key(key)) if key == "compile_config")
    }
}

/// A class that a config names and that is not of Keras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignClass {
    /// The layer that holds it, as in [`StoredFunction::place`].
    pub place: String,
    /// The module; empty where none is named.
    pub module: String,
    /// The class's name.
    pub name: String,
}

/// What is found in a config.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The functions.
    pub functions: Vec<StoredFunction>,
    /// The classes that are not of Keras.
    pub foreign: Vec<ForeignClass>,
}

/// Returns the function that a value of a config is, if it is one in any of Keras 3's forms.
pub fn stored_function(value: &Json) -> Option<Stored> {
    modern(value)
}

/// Returns the function that stands under a key of a config, in any form.
pub fn stored_in_slot(config: &Json, key: &str, value: &Json) -> Option<Stored> {
    legacy(config, key, value).or_else(|| modern(value))
}

/// The most that is looked for.
const MAX_FOUND: usize = 10_000;

/// Finds the functions and foreign classes in a model's config.
pub fn find_functions(config: &Json) -> Found {
    let mut search = Search::default();
    // The model itself is no part of the places: everything is in it.
    match config.get("config") {
        Some(inner) => {
            search.note_class(config);
            search.class = config.text("class_name").unwrap_or_default().to_owned();
            search.within("config", |search| search.object(inner));
            for key in ["compile_config", "build_config"] {
                if let Some(value) = config.get(key) {
                    let place = key.strip_suffix("_config").unwrap_or(key);
                    search
                        .within(key, |search| search.placed(place, "", |search| search.children(value, "")));
                }
            }
        }
        None => search.children(config, ""),
    }
    search.found
}

#[derive(Default)]
struct Search {
    found: Found,
    path: Vec<Step>,
    places: Vec<String>,
    class: String,
}

impl Search {
    fn within(&mut self, key: &str, search: impl FnOnce(&mut Search)) {
        self.path.push(Step::Key(key.to_owned()));
        search(self);
        self.path.pop();
    }

    fn placed(&mut self, name: &str, class: &str, search: impl FnOnce(&mut Search)) {
        self.places.push(name.to_owned());
        let outer = std::mem::replace(&mut self.class, class.to_owned());
        search(self);
        self.class = outer;
        self.places.pop();
    }

    /// Looks through the config of an object: a model, a layer, an optimizer.
    fn object(&mut self, config: &Json) {
        for (key, value) in config.pairs() {
            if let Some(stored) = legacy(config, key, value) {
                let module = config.text(&module_key(key)).map(str::to_owned);
                self.within(key, |search| search.add(key, stored, module));
            } else {
                self.within(key, |search| search.value(value, key));
            }
        }
    }

    fn value(&mut self, value: &Json, slot: &str) {
        if let Some(stored) = modern(value) {
            return self.add(slot, stored, None);
        }
        let Json::Dict(_) = value else { return self.children(value, slot) };
        let (Some(class), Some(config)) = (value.text("class_name"), value.get("config")) else {
            return self.children(value, slot);
        };
        self.note_class(value);
        // A layer's name is a part of the place; an initializer or a dtype has none or an empty meaning.
        let named = config.text("name").or(value.text("name")).filter(|_| is_layer(value));
        let inner = |search: &mut Search| {
            search.within("config", |search| search.object(config));
            for (key, value) in value.pairs() {
                if !matches!(key.as_str(), "config" | "class_name" | "module" | "registered_name") {
                    search.within(key, |search| search.value(value, key));
                }
            }
        };
        match named {
            Some(name) => self.placed(name, class, inner),
            None => {
                let outer = slot.to_owned();
                let before = self.found.functions.len();
                inner(self);
                // `dense.kernel_initializer.fn`: the slot of what is in an object without a name.
                for found in self.found.functions.iter_mut().skip(before) {
                    if found.place == self.places.join("/") {
                        found.slot = format!("{outer}.{}", found.slot);
                    }
                }
            }
        }
    }

    fn children(&mut self, value: &Json, slot: &str) {
        let under = |part: &str| match slot {
            // `layers` and the like are the structure of the model, not slots of it.
            "" | "layers" => part.to_owned(),
            _ => format!("{slot}.{part}"),
        };
        match value {
            Json::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(at));
                    self.value(item, &under(&at.to_string()));
                    self.path.pop();
                }
            }
            Json::Dict(pairs) => {
                for (key, item) in pairs {
                    self.within(key, |search| search.value(item, &under(key)));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, slot: &str, stored: Stored, module: Option<String>) {
        if self.found.functions.len() < MAX_FOUND {
            self.found.functions.push(StoredFunction {
                layer: self.places.last().cloned().unwrap_or_default(),
                place: self.places.join("/"),
                slot: slot.to_owned(),
                stored,
                module,
                class: self.class.clone(),
                path: self.path.clone(),
            });
        }
    }

    fn note_class(&mut self, value: &Json) {
        let Some(name) = value.text("class_name") else { return };
        let module = value.text("module").unwrap_or_default();
        let package = module.split('.').next().unwrap_or_default();
        let ours = matches!(
            package,
            "" | "keras" | "tf_keras" | "builtins" | "tensorflow" | "keras_hub" | "keras_nlp" | "keras_cv"
        );
        if name.starts_with("__")
            || (ours && !module.is_empty())
            || module.is_empty() && value.text("registered_name").is_none()
        {
            return;
        }
        if self.found.foreign.len() < MAX_FOUND {
            let place = self.places.join("/");
            self.found.foreign.push(ForeignClass { place, module: module.to_owned(), name: name.to_owned() });
        }
    }
}

/// Tells whether an object is a layer or a model: only those have a name that users gave.
fn is_layer(value: &Json) -> bool {
    let module = value.text("module").unwrap_or_default();
    let other =
        ["initializers", "regularizers", "constraints", "optimizers", "losses", "metrics", "dtype_policies"];
    let class = value.text("class_name").unwrap_or_default();
    !other.iter().any(|part| module.split('.').any(|m| m == *part))
        && !matches!(class, "DTypePolicy" | "Policy")
        && !class.starts_with("__")
}

fn module_key(key: &str) -> String {
    if key == "function" { "module".to_owned() } else { format!("{key}_module") }
}

/// The form of Keras 2: what it is stands beside it, in `function_type`.
fn legacy(config: &Json, key: &str, value: &Json) -> Option<Stored> {
    match config.text(&format!("{key}_type"))? {
        "lambda" => triple(value),
        "function" => {
            let module = config.text(&module_key(key)).unwrap_or("builtins").to_owned();
            Some(Stored::Reference { module, name: value.as_str()?.to_owned() })
        }
        _ => None,
    }
}

fn modern(value: &Json) -> Option<Stored> {
    match value.text("class_name") {
        Some("__lambda__") => {
            let config = value.get("config")?;
            if let Some(value) = config.get("value") {
                return triple(value);
            }
            let part = |key: &str| config.get(key).cloned().unwrap_or(Json::Null);
            Some(Stored::Code {
                code: config.text("code")?.to_owned(),
                defaults: part("defaults"),
                closure: part("closure"),
            })
        }
        Some("function") => Some(Stored::Reference {
            module: value.text("module").unwrap_or("builtins").to_owned(),
            name: value.text("config")?.to_owned(),
        }),
        Some(_) => None,
        None => value.get("value").filter(|_| value.pairs().len() == 1).and_then(triple),
    }
}

/// `[code, defaults, closure]`.
fn triple(value: &Json) -> Option<Stored> {
    let [Json::Str(code), defaults, closure] = value.items() else { return None };
    let fits = |part: &Json| matches!(part, Json::Null | Json::List(_));
    (fits(defaults) && fits(closure)).then(|| Stored::Code {
        code: code.clone(),
        defaults: defaults.clone(),
        closure: closure.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read_json;

    fn found(config: &str) -> Vec<(String, String)> {
        let config = read_json(config.as_bytes()).unwrap_or(Json::Null);
        find_functions(&config).functions.into_iter().map(|f| (f.place, f.slot)).collect()
    }

    #[test]
    fn finds_functions_in_wrappers_and_arguments() {
        let config = r#"{"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
            {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"name": "td", "layer":
              {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "f",
               "function": {"class_name": "__lambda__", "config": {"code": "eA==", "defaults": null, "closure": null}},
               "arguments": {"g": {"class_name": "__lambda__", "config": {"value": ["eA==", null, null]}}}}}}},
            {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "activation": {"value": ["eA==", null, null]}}}]},
            "compile_config": {"loss": {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"}}}"#;
        let expected =
            [("td/f", "function"), ("td/f", "arguments.g"), ("d", "activation"), ("compile", "loss")];
        assert_eq!(found(config), expected.map(|(place, slot)| (place.to_owned(), slot.to_owned())));
    }

    #[test]
    fn finds_functions_as_keras_2_stores_them() {
        let config = r#"{"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "Lambda", "config": {"name": "f", "function": ["eA==", [0.5], null], "function_type": "lambda",
             "module": "train", "output_shape": ["eA==", null, null], "output_shape_type": "lambda",
             "mask": "named", "mask_type": "function", "mask_module": "m"}}]}}"#;
        let expected = [("f", "function"), ("f", "output_shape"), ("f", "mask")];
        assert_eq!(found(config), expected.map(|(place, slot)| (place.to_owned(), slot.to_owned())));
    }

    #[test]
    fn notes_classes_that_are_not_of_keras() {
        let config = r#"{"class_name": "Sequential", "module": "keras", "config": {"layers": [
            {"module": "subprocess", "class_name": "Popen", "config": {}, "registered_name": "Popen"}]}}"#;
        let config = read_json(config.as_bytes()).unwrap_or(Json::Null);
        let foreign = find_functions(&config).foreign;
        assert_eq!(
            foreign.iter().map(|f| (f.module.as_str(), f.name.as_str())).collect::<Vec<_>>(),
            [("subprocess", "Popen")]
        );
    }
}
