//! Configs of real models with a few edits, inspected and rescued.
//!
//! The input is a recipe: a byte for the model, then three bytes for each edit.
#![no_main]

#[path = "../../crates/inspect/tests/support/edits.rs"]
mod edits;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use inspect::formats::{ModelFile, Window, read_model};
use inspect::{Python, inspect, rescue};
use libfuzzer_sys::fuzz_target;

/// The names and bytes of the models, in an order that is always the same.
static MODELS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/inspect/tests/files");
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    let named = paths.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        let bytes = fs::read(&path).ok()?;
        read(&name, &bytes).config.is_some().then_some((name, bytes))
    });
    named.collect()
});

fn read(name: &str, bytes: &[u8]) -> ModelFile {
    read_model(name, Window::new(bytes.to_vec()))
}

fuzz_target!(|data: &[u8]| {
    let [which, edits @ ..] = data else { return };
    let Some((name, bytes)) = MODELS.get(usize::from(*which) % MODELS.len().max(1)) else { return };
    let mut model = read(name, bytes);
    let Some(config) = &mut model.config else { return };
    edits.as_chunks::<3>().0.iter().take(8).for_each(|change| edits::edit(config, *change));
    let inspection = inspect(model, Python::V311);
    let _ = rescue(&inspection, name, "rescued");
});
