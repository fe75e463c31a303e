//! What is said of saved models, against what is in them and what the real loaders did with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inspect::formats::{Json, ModelFile, Window, read_folder, read_json, read_model};
use inspect::{Danger, Ending, Inspection, Python, inspect};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

fn read(path: &Path) -> ModelFile {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = |path: &Path| Window::new(fs::read(path).unwrap_or_default());
    if !path.is_dir() {
        return read_model(&name, bytes(path));
    }
    let mut members = BTreeMap::new();
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        members.insert(entry.file_name().to_string_lossy().into_owned(), bytes(&entry.path()));
    }
    read_folder(&name, &members)
}

fn inspected(path: &Path) -> Inspection {
    let model = read(path);
    checker_stack(move || inspect(model, Python::V311))
}

/// The syntax trees of debug builds need a deep stack.
fn checker_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(work);
    thread
        .and_then(|thread| thread.join().map_err(|_| std::io::ErrorKind::Other.into()))
        .expect("an inspection")
}

fn ending(load: &inspect::Load) -> String {
    match &load.ending {
        Ending::Loads => "ok".to_owned(),
        Ending::Raises { exception, .. } => exception.clone(),
        // A process that crashes is something that cannot be foretold.
        Ending::Unknown => "crash".to_owned(),
    }
}

#[test]
fn says_what_is_in_files_and_what_loaders_do() {
    let truth = read_json(&fs::read(folder().join("truth.json")).unwrap_or_default()).unwrap_or(Json::Null);
    assert!(truth.items().len() > 20, "the truth is there");
    let mut wrong = Vec::new();
    for expected in truth.items() {
        let file = expected.text("file").unwrap_or_default();
        let found = inspected(&folder().join(file));
        let mut differ = |what: &str, is: String, real: String| {
            if is != real {
                wrong.push(format!("{file}: {what} is {is}, really {real}"));
            }
        };
        let flag = |key: &str| expected.get(key) == Some(&Json::Bool(true));
        differ(
            "dangerous",
            (found.judgement.danger == Danger::Dangerous).to_string(),
            flag("hostile").to_string(),
        );
        differ("damaged", (!found.damages.is_empty()).to_string(), flag("damaged").to_string());
        let slots = |functions: Vec<(String, String)>| {
            let mut functions: Vec<String> =
                functions.into_iter().map(|(place, slot)| format!("{place} {slot}")).collect();
            functions.sort();
            functions.join(", ")
        };
        let functions = expected.get("functions").map_or(&[][..], Json::items);
        let text = |f: &Json, key: &str| f.text(key).unwrap_or_default().to_owned();
        if !flag("damaged") {
            let is =
                found.functions.iter().map(|f| (f.stored.place.clone(), f.stored.slot.clone())).collect();
            let real = functions.iter().map(|f| (text(f, "where"), text(f, "slot"))).collect();
            differ("the functions", slots(is), slots(real));
        }
        for function in functions.iter().filter(|_| !flag("damaged")) {
            let (place, slot) = (text(function, "where"), text(function, "slot"));
            let Some(real) = function.text("source") else { continue };
            let is = found.functions.iter().find(|f| f.stored.place == place && f.stored.slot == slot);
            let source = is.and_then(|f| f.source.as_deref()).unwrap_or_default().trim().to_owned();
            differ(&format!("the source at {place}"), source, real.to_owned());
            let globals: Vec<&str> = function
                .get("globals")
                .map_or(&[][..], Json::items)
                .iter()
                .filter_map(Json::as_str)
                .collect();
            differ("what is needed", is.map_or(String::new(), |f| f.globals.join(" ")), globals.join(" "));
        }
        for (loader, real) in expected.get("loads").map_or(&[][..], Json::pairs) {
            let load = found.loads.iter().find(|load| load.loader.key() == loader);
            differ(loader, load.map_or(String::new(), ending), real.as_str().unwrap_or_default().to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
