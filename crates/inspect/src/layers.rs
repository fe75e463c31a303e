//! The layers of a model: their shapes and parameters, as the checker finds them in the author's script.

use std::collections::HashMap;

use checker::{Diagnostic, FileReport, Keras, Settings, Severity, check_source};
use formats::{Format, Json, ModelFile};

use crate::function::Function;
use crate::script::{Origin, PATH, Script, View, script};

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// The spec of what it gives, as the checker prints it: `float32[None, 3]`.
    pub output: Option<String>,
    /// The number of its parameters.
    pub parameters: Option<i64>,
    /// The shapes that its weights have by the config.
    pub expected: Option<Vec<Vec<u64>>>,
    /// The shapes of its weights in the file; nothing where the file has no weights at all.
    pub stored: Option<Vec<Vec<u64>>>,
}

impl Layer {
    /// Tells whether the file's weights are those that the config asks for.
    pub fn fits(&self) -> Option<bool> {
        Some(self.expected.as_ref()? == self.stored.as_ref()?)
    }
}

/// A mistake that the checker finds in a model.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// What it finds.
    pub diagnostic: Diagnostic,
    /// The function in which it finds it, by its index.
    pub function: Option<usize>,
    /// The layer at which it finds it.
    pub layer: Option<String>,
}

/// What the checker says of a model.
#[derive(Debug, Default)]
pub struct Checked {
    /// The model's layers in their order.
    pub layers: Vec<Layer>,
    /// The mistakes in it.
    pub mistakes: Vec<Mistake>,
    /// The script that was checked.
    pub source: String,
    /// Why the layers are not all known.
    pub obstacle: Option<String>,
}

/// Returns the Keras that a file is of.
pub(crate) fn keras_of(model: &ModelFile) -> Keras {
    let version = model.keras_version.as_deref().unwrap_or_default();
    let foreign = |config: &Json| {
        let text = config.to_string();
        text.contains("batch_input_shape") || text.contains("\"tf_keras.")
    };
    match version.split('.').next() {
        Some("3") => Keras::Three,
        Some("2" | "1") => Keras::Two,
        // Files of Keras 3 have `batch_shape`, those before it `batch_input_shape`.
        _ if model.format == Format::SavedModel || model.config.as_ref().is_some_and(foreign) => Keras::Two,
        _ => Keras::Three,
    }
}

/// Checks a model as its author's script.
pub(crate) fn check(model: &ModelFile, functions: &[Function]) -> Checked {
    let Some(config) = &model.config else { return Checked::default() };
    let keras = keras_of(model);
    let written = script(config, None, functions, View::Author(keras));
    let report = check_source(&written.text, PATH, &Settings::for_keras(keras));
    let mut shown: HashMap<String, Vec<&str>> = HashMap::new();
    for (line, text) in &report.revealed {
        if let Some(Some(Origin::Layer(place))) = written.origins.get((*line as usize).saturating_sub(1)) {
            shown.entry(place.clone()).or_default().push(text);
        }
    }
    let stored = Stored::of(model);
    let entries = config.get("config").map_or(&[][..], |c| c.get("layers").map_or(c.items(), Json::items));
    let mut keys = HashMap::new();
    let mut layers = Vec::new();
    for entry in entries {
        let class = entry.text("class_name").unwrap_or_default();
        let named = entry.get("config").and_then(|c| c.text("name")).or(entry.text("name"));
        let name = named.unwrap_or_default();
        let key = group(class, &mut keys);
        let shown = shown.get(name).map_or(&[][..], Vec::as_slice);
        layers.push(Layer {
            name: name.to_owned(),
            class: class.to_owned(),
            output: shown.iter().find(|t| t.contains('[') && !t.starts_with('[')).map(|t| spec(t)),
            parameters: shown.iter().find_map(|text| text.strip_prefix("int = ")?.parse().ok()),
            expected: shown.iter().find_map(|text| shapes(text)),
            stored: stored.as_ref().map(|stored| stored.layer(name, &key)),
        });
    }
    let obstacle = written.stop.as_ref().map(|stop| match stop {
        crate::script::Stop::Raises { why, .. } | crate::script::Stop::Unknown(why) => why.clone(),
    });
    Checked { layers, mistakes: mistakes(&report, &written), source: written.text, obstacle }
}

fn mistakes(report: &FileReport, script: &Script) -> Vec<Mistake> {
    let mut found = Vec::new();
    // What is less than a warning says how a script ends, and there is none: the layers' table says what is unknown.
    for diagnostic in report.diagnostics.iter().filter(|found| found.severity > Severity::Info) {
        let (function, layer) = match script.origin(diagnostic.primary.span.start) {
            Some(Origin::Function(index)) => (Some(*index), None),
            Some(Origin::Layer(place)) => (None, Some(place.clone())),
            None => (None, None),
        };
        found.push(Mistake { diagnostic: diagnostic.clone(), function, layer });
    }
    found
}

/// `KerasTensor float32[None, 3]` without its kind.
fn spec(text: &str) -> String {
    text.strip_prefix("KerasTensor ").unwrap_or(text).to_owned()
}

/// `[(4, 3), (3,)]`.
fn shapes(text: &str) -> Option<Vec<Vec<u64>>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let mut found = Vec::new();
    for part in inner.split('(').skip(1) {
        let (sizes, _) = part.split_once(')')?;
        let sizes = sizes.split(',').map(str::trim).filter(|size| !size.is_empty());
        found.push(sizes.map(|size| size.parse().ok()).collect::<Option<Vec<u64>>>()?);
    }
    (!found.is_empty()).then_some(found)
}

/// The name of a layer's group among the weights of a `.keras` file: `dense`, `dense_1`.
fn group(class: &str, keys: &mut HashMap<String, usize>) -> String {
    let base = snake_case(class);
    let count = keys.entry(base.clone()).or_default();
    *count += 1;
    if *count == 1 { base } else { format!("{base}_{}", *count - 1) }
}

/// Keras' own: `Conv2D` is `conv2d`, `LSTMCell` is `lstm_cell`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().filter(|c| *c != ' ').collect();
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        let new_word = before.is_some_and(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() && after.is_some_and(char::is_ascii_lowercase)
        }) || before.is_some_and(char::is_ascii_uppercase)
            && after.is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && at > 0 && new_word {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// The arrays of a file by the layers that they belong to.
struct Stored<'a> {
    model: &'a ModelFile,
}

impl Stored<'_> {
    fn of(model: &ModelFile) -> Option<Stored<'_>> {
        let has = !model.weights.is_empty() || !model.legacy_layers.is_empty();
        has.then_some(Stored { model })
    }

    /// The shapes of a layer's arrays, in the order in which the layer has them.
    fn layer(&self, name: &str, key: &str) -> Vec<Vec<u64>> {
        if let Some((_, weights)) = self.model.legacy_layers.iter().find(|(layer, _)| layer == name) {
            let find = |weight: &String| {
                let path = format!("{name}/{weight}");
                let inner =
                    |w: &&formats::Weight| w.path == path || w.path == format!("model_weights/{path}");
                self.model.weights.iter().find(inner).map(|w| w.shape.clone())
            };
            return weights.iter().filter_map(find).collect();
        }
        let prefix = format!("layers/{key}/");
        let of_layer = |w: &&formats::Weight| w.path.starts_with(&prefix);
        self.model.weights.iter().filter(of_layer).map(|w| w.shape.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_groups_as_keras_does() {
        for (class, name) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("LSTM", "lstm"),
            ("LSTMCell", "lstm_cell"),
            ("BatchNormalization", "batch_normalization"),
            ("InputLayer", "input_layer"),
            ("Conv2DTranspose", "conv2d_transpose"),
            ("GRU", "gru"),
            ("MaxPooling1D", "max_pooling1d"),
        ] {
            assert_eq!(snake_case(class), name);
        }
        let mut keys = HashMap::new();
        assert_eq!(
            ["Dense", "Dense", "Dense"].map(|class| group(class, &mut keys)),
            ["dense", "dense_1", "dense_2"]
        );
    }

    #[test]
    fn reads_what_is_revealed() {
        assert_eq!(shapes("[(4, 3), (3,)]"), Some(vec![vec![4, 3], vec![3]]));
        assert_eq!(shapes("[]"), Some(Vec::new()));
        assert_eq!(shapes("[()]"), Some(vec![Vec::new()]));
        assert_eq!(shapes("[(None, 3)]"), None);
    }
}
