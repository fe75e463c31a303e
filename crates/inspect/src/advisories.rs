//! The file as a whole: the worst of its parts, and the published advisories that it is a case of.

use formats::{DamageKind, ForeignClass, Format, Json, ModelFile, Stored};

use crate::danger::{Danger, Judgement, Meaning, meaning};
use crate::function::Function;

/// Operations of a traced graph that reach out of it.
const OPERATIONS: &[(&str, &str)] = &[
    ("ReadFile", "reads files"),
    ("WriteFile", "writes files"),
    ("MatchingFiles", "lists files"),
    ("PyFunc", "calls Python code"),
    ("PyFuncStateless", "calls Python code"),
    ("EagerPyFunc", "calls Python code"),
    ("SaveDataset", "writes files"),
    ("LoadDataset", "reads files"),
];

/// Judges a file, and names the advisories that it is a case of.
pub(crate) fn judge(
    model: &ModelFile,
    foreign: &[ForeignClass],
    functions: &[Function],
) -> (Judgement, Vec<(&'static str, String)>) {
    let mut judgement = Judgement::harmless();
    let mut advisories: Vec<(&'static str, String)> = Vec::new();
    for function in functions {
        let at = format!("layer '{}', {}", function.stored.place, function.stored.slot);
        for reason in &function.judgement.reasons {
            judgement.add(function.judgement.danger, format!("{at}: {reason}"));
        }
        if function.judgement.danger == Danger::Dangerous {
            advisories.extend(advisory(model, function).map(|name| (name, at)));
        }
    }
    for class in foreign {
        let path = if class.module.is_empty() {
            class.name.clone()
        } else {
            format!("{}.{}", class.module, class.name)
        };
        let at =
            if class.place.is_empty() { "the config".to_owned() } else { format!("layer '{}'", class.place) };
        match meaning(&path) {
            Meaning::Dangerous(why) => {
                judgement.add(Danger::Dangerous, format!("{at} names the class `{path}`, which {why}"));
                advisories.push(("CVE-2025-1550", at));
            }
            _ if class.module.is_empty() => {}
            _ => judgement
                .add(Danger::Unknown, format!("{at} names the class `{path}`, which is not of Keras")),
        }
    }
    if let Some(config) = &model.config {
        special_layers(config, &mut judgement, &mut advisories);
    }
    for damage in &model.damages {
        let suspicious = matches!(
            damage.kind,
            DamageKind::Traversal | DamageKind::Duplicate | DamageKind::Bomb | DamageKind::External
        );
        if suspicious {
            judgement.add(Danger::Unknown, format!("hostile archive: {damage}"));
        }
    }
    for (name, what) in OPERATIONS {
        if model.operations.contains(*name) {
            judgement.add(Danger::Dangerous, format!("its graph has the operation `{name}`, which {what}"));
        }
    }
    advisories.sort();
    advisories.dedup();
    (judgement, advisories)
}

/// The advisory that a dangerous function is a case of.
fn advisory(model: &ModelFile, function: &Function) -> Option<&'static str> {
    Some(match &function.stored.stored {
        Stored::Code { .. } if model.format == Format::Hdf5 => "CVE-2025-9905",
        Stored::Code { .. } => "CVE-2024-3660",
        Stored::Reference { module, name } => match format!("{module}.{name}").as_str() {
            path if path.ends_with("enable_unsafe_deserialization") => "CVE-2025-9906",
            path if path.starts_with("keras.") => "CVE-2025-8747",
            _ => "CVE-2025-1550",
        },
    })
}

/// Layers that load more code, and calls that switch safe mode off, wherever they stand in a config.
fn special_layers(config: &Json, judgement: &mut Judgement, advisories: &mut Vec<(&'static str, String)>) {
    let mut todo = vec![config];
    while let Some(value) = todo.pop() {
        todo.extend(value.inner());
        let (Some(class), Some(inner)) = (value.text("class_name"), value.get("config")) else { continue };
        let name = inner.text("name").or(value.text("name")).unwrap_or(class);
        let at = format!("layer '{name}'");
        match class {
            "TFSMLayer" => {
                let path = inner.text("filepath").unwrap_or("?");
                judgement.add(
                    Danger::Dangerous,
                    format!("{at} is a `TFSMLayer`, which loads the SavedModel at {path} and runs its graph"),
                );
                advisories.push(("CVE-2026-1462", at));
            }
            "TorchModuleWrapper" if inner.get("module").is_some() => {
                judgement.add(Danger::Dangerous, format!("{at} is a `TorchModuleWrapper` with a pickled module, which can run any code when it is loaded"));
                advisories.push(("CVE-2025-49655", at));
            }
            "StringLookup" | "IntegerLookup" | "TextVectorization" => {
                if let Some(path) = inner.text("vocabulary") {
                    judgement.add(
                        Danger::Unknown,
                        format!("{at} reads its vocabulary from {path} when it is loaded"),
                    );
                    advisories.push(("CVE-2025-12058", at));
                }
            }
            _ => {}
        }
    }
}
