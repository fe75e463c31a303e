//! HDF5 files: attributes as texts, and the datasets with their shapes.
//!
//! Three kinds of files are of this format: whole models (`.h5`, with `model_config`), weights
//! (`.weights.h5`), and the weights within a `.keras` archive. Data is never read.

use std::collections::HashMap;

use hdf5_pure::{AttrValue, DType, Error, File, Group};

use crate::damage::{Damage, DamageKind};
use crate::source::Window;

/// How deep groups are followed.
const MAX_DEPTH: usize = 64;
/// How many objects are looked at.
const MAX_OBJECTS: usize = 100_000;

/// One array of a weight file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Its path: `layers/dense/vars/0`.
    pub path: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its dtype in NumPy's words; empty where it has no name.
    pub dtype: String,
}

/// What an HDF5 file holds.
#[derive(Debug, Default)]
pub(crate) struct Hdf5 {
    /// The texts among the attributes of the file: `model_config`, `keras_version`.
    pub(crate) attributes: HashMap<String, String>,
    /// The arrays, in the order of their paths.
    pub(crate) weights: Vec<Weight>,
    /// The arrays' names as a legacy file lists them for each layer: `dense`, `["dense/kernel:0", …]`.
    pub(crate) layers: Vec<(String, Vec<String>)>,
}

/// Reads an HDF5 file.
///
/// # Errors
/// Where it cannot be opened. What cannot be read within it is added to the damages.
pub(crate) fn read_hdf5(window: Window, place: &str, damages: &mut Vec<Damage>) -> Result<Hdf5, Damage> {
    let size = window.size();
    let head = window.head(8).unwrap_or_default();
    let broken = |what: String, message: &str| {
        let message = format!("Unable to synchronously open file ({message})");
        Damage::new(DamageKind::Container, place, what).raising("OSError", message)
    };
    if !head.starts_with(b"\x89HDF\r\n\x1a\n") {
        return Err(broken("is not an HDF5 file".to_owned(), "file signature not found"));
    }
    if let Some(stored) = stored_end(&window).filter(|stored| *stored > size) {
        let what = format!("is cut off: {size} of {stored} bytes are there");
        let message = format!("truncated file: eof = {size}, sblock->base_addr = 0, stored_eof = {stored}");
        return Err(broken(what, &message));
    }
    let file = File::from_source(window)
        .map_err(|e| broken(format!("is not a sound HDF5 file: {e}"), "bad file"))?;
    let root = file.root();
    let mut found = Hdf5::default();
    match root.attrs() {
        Ok(attributes) => found.attributes = texts(attributes),
        Err(error) => damages.push(unreadable(place, "its attributes", &error)),
    }
    let mut walk = Walk { found: &mut found, damages, place, left: MAX_OBJECTS };
    walk.group(&root, "", 0);
    found.weights.sort_by(|a, b| a.path.cmp(&b.path));
    if let Ok(weights) = root.group("model_weights") {
        found.layers = layers(&weights);
    } else if root.attrs().is_ok_and(|a| a.contains_key("layer_names") || a.contains_key("layer_names0")) {
        found.layers = layers(&root);
    }
    Ok(found)
}

/// The end of the file as its superblock says.
fn stored_end(window: &Window) -> Option<u64> {
    let head = window.head(64).ok()?;
    let at = match head.get(8)? {
        0 => 40,
        1 => 44,
        2 | 3 => 28,
        _ => return None,
    };
    // Keras writes offsets of eight bytes; the superblock says where it is different.
    let offsets = if *head.get(8)? < 2 { head.get(13)? } else { head.get(9)? };
    if *offsets != 8 {
        return None;
    }
    head.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn unreadable(place: &str, part: &str, error: &Error) -> Damage {
    Damage::new(DamageKind::Weights, place, format!("{part} cannot be read: {error}"))
}

struct Walk<'a> {
    found: &'a mut Hdf5,
    damages: &'a mut Vec<Damage>,
    place: &'a str,
    left: usize,
}

impl Walk<'_> {
    fn group(&mut self, group: &Group, path: &str, depth: usize) {
        if depth == MAX_DEPTH || self.left == 0 {
            if self.left > 0 {
                let what = format!("its groups are nested deeper than {MAX_DEPTH}");
                self.damages.push(Damage::new(DamageKind::Weights, self.place, what));
                self.left = 0;
            }
            return;
        }
        let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        match group.datasets() {
            Ok(names) => {
                for name in names {
                    if self.left == 0 {
                        return;
                    }
                    self.left -= 1;
                    self.dataset(group, &name, under(&name));
                }
            }
            Err(error) => {
                let part =
                    if path.is_empty() { "its root group".to_owned() } else { format!("group {path}") };
                self.damages.push(unreadable(self.place, &part, &error));
                return;
            }
        }
        for name in group.groups().unwrap_or_default() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            if let Ok(inner) = group.group(&name) {
                self.group(&inner, &under(&name), depth + 1);
            }
        }
    }

    fn dataset(&mut self, group: &Group, name: &str, path: String) {
        let read = group.dataset(name).and_then(|d| Ok((d.shape()?, d.dtype()?)));
        match read {
            Ok((shape, dtype)) => self.found.weights.push(Weight { path, shape, dtype: dtype_name(&dtype) }),
            Err(error) => self.damages.push(unreadable(self.place, &format!("array {path}"), &error)),
        }
    }
}

fn dtype_name(dtype: &DType) -> String {
    let name = match dtype {
        DType::F32 => "float32",
        DType::F64 => "float64",
        DType::I8 => "int8",
        DType::I16 => "int16",
        DType::I32 => "int32",
        DType::I64 => "int64",
        DType::U8 => "uint8",
        DType::U16 => "uint16",
        DType::U32 => "uint32",
        DType::U64 => "uint64",
        DType::String | DType::VariableLengthString => "string",
        DType::Enum(_) => "bool",
        _ => "",
    };
    name.to_owned()
}

fn texts(attributes: HashMap<String, AttrValue>) -> HashMap<String, String> {
    let text = |value| strings(value).and_then(|all| all.into_iter().next());
    attributes.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

/// The texts of an attribute: HDF5 has many forms of them, and h5py writes several.
fn strings(value: AttrValue) -> Option<Vec<String>> {
    match value {
        AttrValue::String(text)
        | AttrValue::AsciiString(text)
        | AttrValue::VarLenString(text)
        | AttrValue::VarLenAsciiString(text)
        | AttrValue::StringSized { value: text, .. }
        | AttrValue::AsciiStringSized { value: text, .. } => Some(vec![text]),
        AttrValue::StringArray(texts)
        | AttrValue::AsciiStringArray(texts)
        | AttrValue::VarLenStringArray(texts)
        | AttrValue::VarLenAsciiStringArray(texts)
        | AttrValue::VarLenAsciiCharArray(texts)
        | AttrValue::StringArraySized { values: texts, .. }
        | AttrValue::AsciiStringArraySized { values: texts, .. } => Some(texts),
        // An empty list of names is stored as an empty array of floats.
        AttrValue::F64Array(numbers) if numbers.is_empty() => Some(Vec::new()),
        _ => None,
    }
}

/// The layers and their weights' names as a legacy file lists them; long lists are split: `layer_names0`, ….
fn layers(group: &Group) -> Vec<(String, Vec<String>)> {
    let listed = |group: &Group, name: &str| -> Vec<String> {
        let Ok(mut attributes) = group.attrs() else { return Vec::new() };
        if let Some(names) = attributes.remove(name).and_then(strings) {
            return names;
        }
        let mut names = Vec::new();
        for part in 0..MAX_OBJECTS {
            match attributes.remove(&format!("{name}{part}")).and_then(strings) {
                Some(more) => names.extend(more),
                None => break,
            }
        }
        names
    };
    let names = listed(group, "layer_names");
    let weights = |name: String| {
        let weights = group.group(&name).map(|g| listed(&g, "weight_names")).unwrap_or_default();
        (name, weights)
    };
    names.into_iter().map(weights).collect()
}
