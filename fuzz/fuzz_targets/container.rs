//! Any bytes as a model file: an archive, HDF5, JSON, or the two members of a SavedModel, by their first bytes.
#![no_main]

use std::collections::BTreeMap;

use formats::{ModelFile, Window, find_functions, read_folder, read_model};
use libfuzzer_sys::fuzz_target;

fn read(data: &[u8]) -> ModelFile {
    let window = Window::new(data.to_vec());
    match data {
        [b'P', b'K', ..] => read_model("fuzzed.keras", window),
        [0x89, ..] => read_model("fuzzed.h5", window),
        [b'{', ..] => read_model("fuzzed.json", window),
        _ => {
            let members = ["saved_model.pb", "keras_metadata.pb"].map(|name| (name.to_owned(), window.clone()));
            read_folder("fuzzed", &BTreeMap::from(members))
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let model = read(data);
    for value in model.config.iter().chain(model.objects.iter().map(|object| &object.metadata)) {
        let _ = find_functions(value);
        // What is written is what was read.
        assert_eq!(formats::read_json(value.to_string().as_bytes()).ok().as_ref(), Some(value));
    }
});
