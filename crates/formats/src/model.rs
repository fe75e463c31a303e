//! A model file as a whole, whatever its format.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Archive;
use crate::damage::{Damage, DamageKind};
use crate::hdf5::{Hdf5, Weight, read_hdf5};
use crate::json::{Json, read_json};
use crate::saved_model::{SavedObject, read_metadata, read_object_graph, read_operations};
use crate::source::Window;
use crate::structure::damages_of;

/// The largest config that is read. Those of the largest public models have a few megabytes.
const MAX_CONFIG: u64 = 64 << 20;
/// The largest packed weights that are unpacked to list them.
const MAX_PACKED_WEIGHTS: u64 = 64 << 20;
/// The largest graph that is read.
const MAX_GRAPH: u64 = 128 << 20;

/// The format of a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A `.keras` archive.
    Keras,
    /// A folder with the same members.
    KerasFolder,
    /// An HDF5 file with a whole model.
    Hdf5,
    /// An HDF5 file with weights only.
    Weights,
    /// A SavedModel folder.
    SavedModel,
    /// A bare config.
    Json,
    /// None of these.
    Unknown,
}

impl Format {
    /// Returns the name that is printed.
    pub fn name(self) -> &'static str {
        match self {
            Format::Keras => "keras",
            Format::KerasFolder => "keras-folder",
            Format::Hdf5 => "hdf5",
            Format::Weights => "weights",
            Format::SavedModel => "saved-model",
            Format::Json => "json",
            Format::Unknown => "unknown",
        }
    }
}

/// What is in a model file.
#[derive(Debug)]
pub struct ModelFile {
    /// The file's name, which loaders look at.
    pub name: String,
    /// Its format by its content.
    pub format: Format,
    /// What is wrong with it.
    pub damages: Vec<Damage>,
    /// The model's config.
    pub config: Option<Json>,
    /// The version of Keras that wrote it.
    pub keras_version: Option<String>,
    /// The backend that it was written with.
    pub backend: Option<String>,
    /// When it was written.
    pub saved: Option<String>,
    /// What the model was compiled with.
    pub compile: Option<Json>,
    /// The arrays.
    pub weights: Vec<Weight>,
    /// The arrays' names by layer, in files of the legacy format.
    pub legacy_layers: Vec<(String, Vec<String>)>,
    /// The members of an archive or folder.
    pub members: Vec<String>,
    /// Keras' objects in a SavedModel, the model itself first.
    pub objects: Vec<SavedObject>,
    /// The operations of a SavedModel's graphs.
    pub operations: BTreeSet<String>,
}

impl ModelFile {
    fn new(name: &str, format: Format) -> ModelFile {
        ModelFile {
            name: name.to_owned(),
            format,
            damages: Vec::new(),
            config: None,
            keras_version: None,
            backend: None,
            saved: None,
            compile: None,
            weights: Vec::new(),
            legacy_layers: Vec::new(),
            members: Vec::new(),
            objects: Vec::new(),
            operations: BTreeSet::new(),
        }
    }

    fn broken(name: &str, format: Format, damage: Damage) -> ModelFile {
        let mut model = ModelFile::new(name, format);
        model.damages.push(damage);
        model
    }

    /// Reads a text as JSON; what is wrong becomes a damage.
    fn json(&mut self, place: &str, bytes: &[u8]) -> Option<Json> {
        match read_json(bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                let damage = Damage::new(DamageKind::Json, place, format!("is not JSON: {error}"));
                self.damages.push(damage.raising(error.exception, error.to_string()));
                None
            }
        }
    }

    /// Tells what the model's config lacks.
    fn check_structure(&mut self, place: &str) {
        if let Some(config) = &self.config {
            self.damages.extend(damages_of(config, place));
        }
    }

    fn metadata(&mut self, metadata: &Json) {
        let text = |key: &str| metadata.text(key).map(str::to_owned);
        self.keras_version = text("keras_version");
        self.saved = text("date_saved");
        self.backend = text("backend");
    }

    fn arrays(&mut self, found: Hdf5) {
        self.weights = found.weights;
        self.legacy_layers = found.layers;
    }
}

/// Reads a model file; its format is told from its content.
pub fn read_model(name: &str, window: Window) -> ModelFile {
    let head = match window.head(16) {
        Ok(head) => head,
        Err(error) => {
            let damage = Damage::new(DamageKind::Container, "", format!("cannot be read: {error}"));
            return ModelFile::broken(name, Format::Unknown, damage);
        }
    };
    let lower = name.to_ascii_lowercase();
    let by_name = || match lower.rsplit('.').next() {
        Some("keras") => Format::Keras,
        Some("h5" | "hdf5") => Format::Hdf5,
        Some("json") => Format::Json,
        _ => Format::Unknown,
    };
    let printable =
        |byte: &u8| matches!(byte, b'{' | b'[' | b' ' | b'\n' | b'\r' | b'\t' | 0xef | 0xff | 0xfe);
    match head.as_slice() {
        [b'P', b'K', ..] => read_archive(name, window),
        [0x89, b'H', b'D', b'F', ..] => read_hdf5_model(name, window),
        [] => ModelFile::broken(name, by_name(), empty()),
        [first, ..] if printable(first) && !matches!(by_name(), Format::Keras | Format::Hdf5) => {
            read_config(name, &window)
        }
        // What is before the archive does not matter to Python, which looks for its end.
        _ if by_name() == Format::Keras => read_archive(name, window),
        _ if by_name() == Format::Hdf5 => read_hdf5_model(name, window),
        _ if by_name() == Format::Json => read_config(name, &window),
        _ => {
            let what = "is no Keras model: neither a zip archive, nor HDF5, nor JSON";
            ModelFile::broken(name, Format::Unknown, Damage::new(DamageKind::Container, "", what))
        }
    }
}

fn empty() -> Damage {
    Damage::new(DamageKind::Container, "", "is empty")
        .raising("OSError", "Unable to synchronously open file (file signature not found)")
}

fn read_archive(name: &str, window: Window) -> ModelFile {
    let mut model = ModelFile::new(name, Format::Keras);
    let mut archive = match Archive::open(window, &mut model.damages) {
        Ok(archive) => archive,
        Err(damage) => return ModelFile::broken(name, Format::Keras, damage),
    };
    model.members = archive.members.iter().map(|m| m.name.clone()).collect();
    if archive.has("metadata.json") {
        match archive.read("metadata.json", MAX_CONFIG) {
            Ok(bytes) => {
                if let Some(metadata) = model.json("metadata.json", &bytes) {
                    model.metadata(&metadata);
                }
            }
            Err(damage) => model.damages.push(damage),
        }
    }
    match archive.read("config.json", MAX_CONFIG) {
        Ok(bytes) => {
            model.config = model.json("config.json", &bytes);
            model.check_structure("config.json");
            model.compile = model.config.as_ref().and_then(|c| c.get("compile_config")).cloned();
        }
        Err(damage) => model.damages.push(damage),
    }
    let Some(weights) = ["model.weights.h5", "model.weights.npz"].into_iter().find(|w| archive.has(w)) else {
        let damage = Damage::new(DamageKind::Missing, "model.weights.h5", "is missing from the archive");
        let message = "Expected a model.weights.h5 or model.weights.npz file.";
        model.damages.push(damage.raising("ValueError", message));
        return model;
    };
    if weights.ends_with(".h5")
        && !model.damages.iter().any(|d| d.kind == DamageKind::Bomb && d.place == weights)
    {
        let window = match archive.stored(weights) {
            Some(window) => Ok(window),
            None => archive.read(weights, MAX_PACKED_WEIGHTS).map(Window::new),
        };
        match window.and_then(|window| read_hdf5(window, weights, &mut model.damages)) {
            Ok(found) => model.arrays(found),
            Err(damage) => model.damages.push(damage),
        }
    }
    model
}

fn read_hdf5_model(name: &str, window: Window) -> ModelFile {
    let mut model = ModelFile::new(name, Format::Hdf5);
    let mut found = match read_hdf5(window, "", &mut model.damages) {
        Ok(found) => found,
        Err(damage) => {
            model.damages.push(damage);
            return model;
        }
    };
    model.keras_version = found.attributes.remove("keras_version");
    model.backend = found.attributes.remove("backend");
    match found.attributes.remove("model_config") {
        Some(text) => {
            model.config = model.json("model_config", text.as_bytes());
            model.check_structure("model_config");
        }
        None => model.format = Format::Weights,
    }
    if let Some(text) = found.attributes.remove("training_config") {
        model.compile = model.json("training_config", text.as_bytes());
    }
    model.arrays(found);
    model
}

fn read_config(name: &str, window: &Window) -> ModelFile {
    let mut model = ModelFile::new(name, Format::Json);
    if window.size() > MAX_CONFIG {
        let what = format!("is larger than {} MB", MAX_CONFIG >> 20);
        return ModelFile::broken(name, Format::Json, Damage::new(DamageKind::Bomb, "", what));
    }
    let bytes = window.head(MAX_CONFIG).unwrap_or_default();
    model.config = model.json("", &bytes);
    if let Some(config) = &model.config {
        model.keras_version = config.text("keras_version").map(str::to_owned);
        model.backend = config.text("backend").map(str::to_owned);
        model.compile = config.get("compile_config").cloned();
        if config.text("class_name").is_none() || config.get("config").is_none() {
            let what = "is JSON, but no model's config: it has no `class_name` and `config`";
            model.damages.push(Damage::new(DamageKind::Missing, "", what));
            model.config = None;
        }
    }
    model
}

/// Reads a folder: a SavedModel, or an unpacked `.keras` archive. The members' names are relative to it.
pub fn read_folder(name: &str, members: &BTreeMap<String, Window>) -> ModelFile {
    let is_keras = members.contains_key("config.json") && !members.contains_key("saved_model.pb");
    let mut model = ModelFile::new(name, if is_keras { Format::KerasFolder } else { Format::SavedModel });
    model.members = members.keys().cloned().collect();
    let read = |model: &mut ModelFile, member: &str, limit: u64| -> Option<Vec<u8>> {
        let window = members.get(member)?;
        let problem = match window.head(limit) {
            Ok(_) if window.size() > limit => format!("is larger than {} MB", limit >> 20),
            Ok(bytes) => return Some(bytes),
            Err(error) => format!("cannot be read: {error}"),
        };
        model.damages.push(Damage::new(DamageKind::Container, member, problem));
        None
    };
    if is_keras {
        for member in ["metadata.json", "config.json"] {
            let Some(bytes) = read(&mut model, member, MAX_CONFIG) else { continue };
            let Some(value) = model.json(member, &bytes) else { continue };
            if member == "metadata.json" {
                model.metadata(&value);
            } else {
                model.compile = value.get("compile_config").cloned();
                model.config = Some(value);
                model.check_structure("config.json");
            }
        }
        if let Some(window) = members.get("model.weights.h5") {
            match read_hdf5(window.clone(), "model.weights.h5", &mut model.damages) {
                Ok(found) => model.arrays(found),
                Err(damage) => model.damages.push(damage),
            }
        }
        return model;
    }
    if !members.contains_key("saved_model.pb") {
        let what = "is no Keras model: it has neither saved_model.pb nor config.json";
        model.format = Format::Unknown;
        model.damages.push(Damage::new(DamageKind::Container, "", what));
        return model;
    }
    let graph = read(&mut model, "saved_model.pb", MAX_GRAPH).unwrap_or_default();
    model.operations = read_operations(&graph, &mut model.damages);
    model.objects = match read(&mut model, "keras_metadata.pb", MAX_CONFIG) {
        Some(bytes) => read_metadata(&bytes, &mut model.damages),
        None => read_object_graph(&graph, &mut model.damages),
    };
    let is_model = |o: &&SavedObject| o.metadata.get("config").is_some_and(|c| c.get("layers").is_some());
    let root = model
        .objects
        .iter()
        .find(|o| o.path == "root")
        .filter(is_model)
        .or(model.objects.iter().find(is_model));
    if let Some(root) = root {
        model.config = Some(root.metadata.clone());
        model.compile = root.metadata.get("training_config").cloned();
        model.keras_version = root.metadata.text("keras_version").map(str::to_owned);
        model.backend = root.metadata.text("backend").map(str::to_owned);
    }
    model
}
