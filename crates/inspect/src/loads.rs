//! What happens when a loader is given the file.

use std::collections::BTreeSet;

use bytecode::Version;
use checker::Keras;
use checker::record::Outcome;
use formats::{Damage, DamageKind, Format, Json, ModelFile};

use crate::danger::Danger;
use crate::function::Function;
use crate::script::{Script, Stop, View, script, supplied};

/// A way to load a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loader {
    /// Keras 3, as it loads by default.
    Keras3Default,
    /// Keras 3 with `safe_mode=False`.
    Keras3Unsafe,
    /// tf_keras, as it loads by default.
    TfKerasDefault,
    /// tf_keras with `safe_mode=False`.
    TfKerasUnsafe,
}

impl Loader {
    /// All of them.
    pub const ALL: [Loader; 4] =
        [Loader::Keras3Default, Loader::Keras3Unsafe, Loader::TfKerasDefault, Loader::TfKerasUnsafe];

    /// Returns the name in the JSON output.
    pub fn key(self) -> &'static str {
        match self {
            Loader::Keras3Default => "keras3_default",
            Loader::Keras3Unsafe => "keras3_unsafe",
            Loader::TfKerasDefault => "tf_keras_default",
            Loader::TfKerasUnsafe => "tf_keras_unsafe",
        }
    }

    /// Returns the name for people.
    pub fn title(self) -> &'static str {
        match self {
            Loader::Keras3Default => "Keras 3",
            Loader::Keras3Unsafe => "Keras 3, safe_mode=False",
            Loader::TfKerasDefault => "tf_keras",
            Loader::TfKerasUnsafe => "tf_keras, safe_mode=False",
        }
    }

    /// Returns the name for both ways of one Keras; empty for loaders of different ones.
    pub fn same_keras(self, other: Loader) -> &'static str {
        match (self.keras(), other.keras()) {
            (Keras::Three, Keras::Three) => "Keras 3, either way",
            (Keras::Two, Keras::Two) => "tf_keras, either way",
            _ => "",
        }
    }

    fn keras(self) -> Keras {
        match self {
            Loader::Keras3Default | Loader::Keras3Unsafe => Keras::Three,
            Loader::TfKerasDefault | Loader::TfKerasUnsafe => Keras::Two,
        }
    }

    fn safe(self) -> bool {
        matches!(self, Loader::Keras3Default | Loader::TfKerasDefault)
    }
}

/// How loading ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The model is there.
    Loads,
    /// It raises.
    Raises {
        /// The class's name.
        exception: String,
        /// The message, without what the loader wraps around it.
        message: String,
    },
    /// It cannot be told.
    Unknown,
}

/// What a loader makes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The loader.
    pub loader: Loader,
    /// How it ends.
    pub ending: Ending,
    /// Why, in our words; empty where it just loads.
    pub why: String,
    /// What would help.
    pub help: Vec<String>,
    /// Whether code of the file runs meanwhile.
    pub runs_code: bool,
}

impl Load {
    fn raises(&self, stop: Option<&Stop>) -> bool {
        matches!((&self.ending, stop), (Ending::Raises { message: a, .. }, Some(Stop::Raises { message: b, .. })) if a == b)
    }
}

/// Predicts what a loader makes of a file.
pub(crate) fn predict(model: &ModelFile, functions: &[Function], loader: Loader, python: Version) -> Load {
    let end = |ending, why: String| Load { loader, ending, why, help: Vec::new(), runs_code: false };
    let raises = |exception: &str, message: &str| Ending::Raises {
        exception: exception.to_owned(),
        message: message.to_owned(),
    };
    if let Some((exception, message, why)) = not_opened(model, loader) {
        return end(raises(exception, &message), why);
    }
    let damaged = |kinds: &[DamageKind]| {
        model.damages.iter().find(|d| kinds.contains(&d.kind) && d.exception.is_some())
    };
    let raised = |damage: &Damage| {
        let (exception, message) = damage.exception.clone().unwrap_or(("", String::new()));
        (raises(exception, &message), damage.to_string())
    };
    let config_first = |d: &&Damage| d.place.starts_with("config.json") || d.place == "model_config";
    if let Some(damage) = model
        .damages
        .iter()
        .filter(config_first)
        .find(|d| d.exception.is_some() && d.kind != DamageKind::Duplicate)
    {
        let (ending, why) = raised(damage);
        return end(ending, why);
    }
    let Some(config) = &model.config else {
        return match damaged(&[DamageKind::Container, DamageKind::Missing, DamageKind::Json]) {
            Some(damage) => {
                let (ending, why) = raised(damage);
                end(ending, why)
            }
            None if model.format == Format::SavedModel && model.damages.is_empty() => {
                end(Ending::Loads, "the traced graph is used: there is no config to be followed".to_owned())
            }
            None => end(Ending::Unknown, "there is no config to be followed".to_owned()),
        };
    };
    if let (Keras::Three, Format::Keras | Format::KerasFolder, Some((exception, message, why))) =
        (loader.keras(), model.format, no_model(config))
    {
        return end(raises(exception, &message), why.to_owned());
    }
    let view = view(model, loader, python);
    let mut written = script(config, model.compile.as_ref(), functions, view);
    if let (View::Loader { keras: Keras::Three, legacy: true, .. }, Some("Sequential")) =
        (view, config.text("class_name"))
    {
        written.count_saved(model.legacy_layers.iter().filter(|(_, names)| !names.is_empty()).count());
    }
    let mut load = carried_out(&written, loader);
    load.runs_code = !written.functions.is_empty();
    if !load.raises(written.compile_stop()) {
        fall_back_to_graph(model, loader, &mut load);
    }
    if load.ending == Ending::Loads
        && let Some(damage) =
            damaged(&[DamageKind::Weights, DamageKind::Missing, DamageKind::Bomb, DamageKind::Container])
    {
        (load.ending, load.why) = raised(damage);
    }
    load.help = help(model, functions, &load, view);
    load
}

/// A loader that does not get as far as the config: by the file's name, or what it is.
fn not_opened(model: &ModelFile, loader: Loader) -> Option<(&'static str, String, String)> {
    let name = &model.name;
    let has = |extensions: &[&str]| extensions.iter().any(|extension| name.ends_with(extension));
    let archive = model.format == Format::Keras && !model.members.is_empty() && has(&[".keras"]);
    let no_signature = || {
        let message = "Unable to synchronously open file (file signature not found)".to_owned();
        ("OSError", message, "it is taken for HDF5, which it is not".to_owned())
    };
    let no_config = || {
        let message = format!("No model config found in the file at {name}.");
        ("ValueError", message, "it holds weights and no model".to_owned())
    };
    match loader.keras() {
        Keras::Three => {
            if archive || model.format == Format::KerasFolder {
                return None;
            }
            if has(&[".h5", ".hdf5"]) {
                return match model.format {
                    Format::Hdf5 => None,
                    Format::Weights => Some(no_config()),
                    _ => Some(no_signature()),
                };
            }
            let message = if has(&[".keras"]) {
                format!(
                    "File not found: filepath={name}. Please ensure the file is an accessible `.keras` zip file."
                )
            } else {
                format!(
                    "File format not supported: filepath={name}. Keras 3 only supports V3 `.keras` files, legacy H5 format \
                     files (`.h5` extension). Note that the legacy SavedModel format is not supported by `load_model()` in \
                     Keras 3."
                )
            };
            let why = match model.format {
                Format::SavedModel => {
                    "Keras 3 loads no SavedModel folders; `keras.layers.TFSMLayer` runs their graphs"
                        .to_owned()
                }
                Format::Json => "a bare config is loaded by `keras.models.model_from_json`".to_owned(),
                _ => "it is not what its name says".to_owned(),
            };
            Some(("ValueError", message, why))
        }
        Keras::Two => match model.format {
            Format::Hdf5 | Format::SavedModel => None,
            Format::Keras if archive => None,
            Format::Weights => Some(no_config()),
            Format::Json => {
                let (exception, message, _) = no_signature();
                Some((
                    exception,
                    message,
                    "a bare config is loaded by `tf_keras.models.model_from_json`".to_owned(),
                ))
            }
            Format::KerasFolder => {
                let message = format!("No file or directory found at {name}");
                Some(("OSError", message, "tf_keras loads no unpacked `.keras` archives".to_owned()))
            }
            Format::Keras | Format::Unknown => Some(no_signature()),
        },
    }
}

/// What Keras 3 raises over a config that is no model's whatever its layers are.
fn no_model(config: &Json) -> Option<(&'static str, String, &'static str)> {
    let (Some(class), Some(inner)) = (config.text("class_name"), config.get("config")) else {
        let message = "Expected object to be an instance of `KerasSaveable`".to_owned();
        return Some((
            "ValueError",
            message,
            "the config has no `class_name` and `config`, so it is taken for a plain value",
        ));
    };
    let lacks = ["layers", "input_layers", "output_layers"].iter().any(|key| inner.get(key).is_none());
    let null = inner.get("layers").is_some_and(|layers| layers.items().iter().any(Json::is_null));
    (class == "Functional" && (lacks || null)).then(|| {
        let message = format!("{class} could not be deserialized properly.");
        ("TypeError", message, "the config lacks a part of the graph")
    })
}

fn view(model: &ModelFile, loader: Loader, python: Version) -> View {
    let legacy = matches!(model.format, Format::Hdf5 | Format::SavedModel);
    // tf_keras looks for safe mode only in `.keras` archives.
    let safe = loader.safe() && (loader.keras() == Keras::Three || !legacy);
    View::Loader { keras: loader.keras(), safe, python, legacy }
}

/// Lets the checker carry the script out, and says how the loader ends.
fn carried_out(script: &Script, loader: Loader) -> Load {
    let (ending, why) = match (script.outcome(loader.keras()), &script.stop) {
        (Outcome::Raises(raised), _) => {
            let line = raised.trace.first().map_or(0, |frame| frame.line.saturating_sub(1) as usize);
            let wrapped = script.wrapped.contains(&line);
            let exception = if wrapped { "TypeError".to_owned() } else { raised.exception };
            let place = match script.origins.get(line) {
                Some(Some(crate::script::Origin::Layer(place))) => format!(" in layer '{place}'"),
                _ => String::new(),
            };
            let why = format!("raised{place} while the model is made");
            (Ending::Raises { exception, message: raised.core }, why)
        }
        (_, Some(Stop::Raises { exception, message, why })) => {
            (Ending::Raises { exception: (*exception).to_owned(), message: message.clone() }, why.clone())
        }
        (_, Some(Stop::Unknown(why))) => (Ending::Unknown, why.clone()),
        (Outcome::Unknown { why, .. }, None) => (Ending::Unknown, why),
        (Outcome::Ok { .. }, None) => (Ending::Loads, String::new()),
    };
    Load { loader, ending, why, help: Vec::new(), runs_code: false }
}

/// tf_keras takes a SavedModel's traced graph where making the model from its config raises `ValueError`.
fn fall_back_to_graph(model: &ModelFile, loader: Loader, load: &mut Load) {
    if model.format == Format::SavedModel
        && loader.keras() == Keras::Two
        && matches!(&load.ending, Ending::Raises { exception, .. } if exception == "ValueError")
    {
        load.why = format!("the traced graph is used, since {}", load.why);
        load.ending = Ending::Loads;
    }
}

/// The names that the functions of a file need and a loader does not supply.
fn missing(functions: &[Function], keras: Keras) -> BTreeSet<&str> {
    let names = functions.iter().flat_map(|function| function.globals.iter());
    names.map(String::as_str).filter(|name| !supplied(name, keras)).collect()
}

fn help(model: &ModelFile, functions: &[Function], load: &Load, view: View) -> Vec<String> {
    let mut help = Vec::new();
    let Ending::Raises { exception, message } = &load.ending else { return help };
    let keras = load.loader.keras();
    let dangerous = functions.iter().any(|f| f.judgement.danger == Danger::Dangerous);
    let names: Vec<&str> = missing(functions, keras).into_iter().collect();
    if message.contains("Requested the deserialization") {
        if dangerous {
            help.push("do not pass `safe_mode=False`: the file has dangerous code".to_owned());
        } else {
            help.push("pass `safe_mode=False` if you trust the file, or use `kerascope rescue`".to_owned());
        }
        return help;
    }
    if message.contains("is not defined") || message.contains("could not automatically infer") {
        let listed = names.iter().map(|name| format!("'{name}': {name}")).collect::<Vec<_>>().join(", ");
        match (keras, view) {
            _ if names.is_empty() => {}
            (Keras::Two, View::Loader { legacy: true, .. }) => help.push(format!("pass `custom_objects={{{listed}}}`")),
            (Keras::Two, _) => help.push(format!(
                "tf_keras hands `custom_objects` to no Lambda of a `.keras` file: have {} in the module that the file names \
                 (usually `__main__`) before loading",
                names.join(", ")
            )),
            (Keras::Three, _) => help.push(format!(
                "Keras 3 never supplies {}, not even through `custom_objects`; `kerascope rescue` makes a file that loads",
                names.join(", ")
            )),
        }
    }
    if exception == "TypeError" && message.starts_with("Could not locate function") {
        let name = message.split('\'').nth(1).unwrap_or("");
        help.push(format!("pass `custom_objects={{'{name}': {name}}}` with the function"));
    }
    if message.starts_with("Could not locate class") || message.starts_with("Unknown layer") {
        let name = message.split('\'').nth(1).unwrap_or("");
        let other = matches!(name, "Functional" | "Sequential" | "Model" | "TFOpLambda" | "SlicingOpLambda");
        match other {
            true => help.push(format!("the file is of another Keras: {}", other_keras(model, keras))),
            false => help.push(format!("pass `custom_objects={{'{name}': {name}}}` with the class")),
        }
    }
    help
}

fn other_keras(model: &ModelFile, keras: Keras) -> String {
    let version = model.keras_version.as_deref().unwrap_or("unknown");
    match keras {
        Keras::Three => {
            format!("load it with tf_keras (it was written by {version}), or use `kerascope rescue`")
        }
        Keras::Two => format!("load it with Keras 3 (it was written by {version})"),
    }
}
