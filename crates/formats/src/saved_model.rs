//! SavedModel folders: the configs of Keras' objects, and the operations of the traced graphs.
//!
//! TensorFlow 2.5 and later have them in `keras_metadata.pb`, earlier ones in the object graph of
//! `saved_model.pb`.

use std::collections::BTreeSet;

use crate::damage::{Damage, DamageKind};
use crate::json::{Json, read_json};
use crate::protobuf::{Fields, bytes_of, text_of};

/// One of Keras' objects in a SavedModel.
#[derive(Clone, Debug)]
pub struct SavedObject {
    /// Where it is: `root.layer-1`.
    pub path: String,
    /// What kind of object: `_tf_keras_layer`.
    pub identifier: String,
    /// What was stored of it: `class_name`, `config` and more.
    pub metadata: Json,
}

/// The most objects that are read.
const MAX_OBJECTS: usize = 20_000;

/// Reads `keras_metadata.pb`.
pub(crate) fn read_metadata(bytes: &[u8], damages: &mut Vec<Damage>) -> Vec<SavedObject> {
    const PLACE: &str = "keras_metadata.pb";
    if let Some(Err(_)) = Fields::new(bytes).find(Result::is_err) {
        let what = "is not a sound protocol buffer, or is cut off";
        damages.push(
            Damage::new(DamageKind::Container, PLACE, what).raising("OSError", "Cannot parse keras metadata"),
        );
    }
    let nodes = bytes_of(bytes, 1).take(MAX_OBJECTS);
    nodes
        .filter_map(|node| object(PLACE, text_of(node, 3)?, text_of(node, 4)?, text_of(node, 5)?, damages))
        .collect()
}

/// Reads the objects in the object graph of `saved_model.pb`.
pub(crate) fn read_object_graph(bytes: &[u8], damages: &mut Vec<Damage>) -> Vec<SavedObject> {
    let mut found = Vec::new();
    let graphs = bytes_of(bytes, 2).flat_map(|meta| bytes_of(meta, 7));
    for node in graphs.flat_map(|graph| bytes_of(graph, 1)).take(MAX_OBJECTS) {
        let Some(user) = bytes_of(node, 4).next() else { continue };
        let (Some(identifier), Some(metadata)) = (text_of(user, 1), text_of(user, 3)) else { continue };
        if identifier.starts_with("_tf_keras") && !metadata.is_empty() {
            found.extend(object("saved_model.pb", "", identifier, metadata, damages));
        }
    }
    found
}

/// The names of the operations in the traced graphs of `saved_model.pb`.
pub(crate) fn read_operations(bytes: &[u8], damages: &mut Vec<Damage>) -> BTreeSet<String> {
    if let Some(Err(_)) = Fields::new(bytes).find(Result::is_err) {
        let what = "is not a sound protocol buffer, or is cut off";
        damages.push(
            Damage::new(DamageKind::Container, "saved_model.pb", what)
                .raising("OSError", "Cannot parse file"),
        );
    }
    let mut found = BTreeSet::new();
    for graph in bytes_of(bytes, 2).flat_map(|meta| bytes_of(meta, 2)) {
        let functions = bytes_of(graph, 2).flat_map(|library| bytes_of(library, 1));
        let nodes = bytes_of(graph, 1).chain(functions.flat_map(|function| bytes_of(function, 3)));
        found.extend(nodes.filter_map(|node| text_of(node, 2)).map(str::to_owned));
    }
    found
}

fn object(
    place: &str,
    path: &str,
    identifier: &str,
    text: &str,
    damages: &mut Vec<Damage>,
) -> Option<SavedObject> {
    match read_json(text.as_bytes()) {
        Ok(mut metadata) => {
            plain_tuples(&mut metadata);
            Some(SavedObject { path: path.to_owned(), identifier: identifier.to_owned(), metadata })
        }
        Err(error) => {
            let place = format!("{place}, object {path}");
            let damage = Damage::new(DamageKind::Json, place, format!("its metadata is not JSON: {error}"));
            damages.push(damage.raising(error.exception, error.to_string()));
            None
        }
    }
}

/// Replaces `{"class_name": "__tuple__", "items": […]}` by the items, and a `TensorShape` by its sizes.
fn plain_tuples(value: &mut Json) {
    if let Some("__tuple__" | "TensorShape") = value.text("class_name")
        && let Some(items) = value.remove("items")
    {
        *value = items;
    }
    match value {
        Json::List(items) => items.iter_mut().for_each(plain_tuples),
        Json::Dict(pairs) => pairs.iter_mut().for_each(|(_, v)| plain_tuples(v)),
        _ => {}
    }
}
