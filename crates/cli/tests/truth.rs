//! Predictions against recordings of the real frameworks.
//!
//! Every `truth/**/NAME.py` stands beside what Keras 2 and Keras 3 really did with it (`truth/README.md` says how
//! it was recorded). The fields are compared as that page says; what falls short is listed in `truth/gaps.txt`,
//! and a gap that has closed must leave the list (`UPDATE_MD=1` writes it anew).

#[path = "truth/compare.rs"]
mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use compare::{Shortfall, shortfalls};
use serde_json::Value as Json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth")
}

/// Finds every script, by its path below the folder without the ending.
fn scripts(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of truths") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|e| e == "py") {
            found.insert(path.with_extension(""));
        }
    }
}

/// Predicts all scripts in one process.
fn predict(keras: &str, scripts: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Json> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerascope"));
    command.args(["predict", "--keras", keras]);
    command.args(scripts.iter().map(|s| s.with_extension("py")));
    let output = command.output().expect("the command runs");
    let text = String::from_utf8(output.stdout).expect("its output is text");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a document a line"));
    scripts.iter().cloned().zip(lines).collect()
}

#[test]
fn predictions_agree_with_recordings() {
    let folder = folder();
    let mut all = BTreeSet::new();
    scripts(&folder, &mut all);
    assert!(all.len() > 5, "the recordings are there");
    let mut gaps = BTreeSet::new();
    for keras in ["2", "3"] {
        for (script, predicted) in predict(keras, &all) {
            let truth = script.with_extension(format!("keras{keras}.json"));
            let Ok(truth) = fs::read_to_string(truth) else { continue };
            let truth: Json = serde_json::from_str(&truth).expect("a recording is JSON");
            let name = script.strip_prefix(&folder).expect("below the folder").display().to_string();
            for Shortfall { field, predicted, recorded } in shortfalls(&truth, &predicted) {
                assert_ne!(field, "false", "{name} keras{keras}: {predicted}, but it runs");
                println!("{name} keras{keras} {field}: {predicted} for {recorded}");
                gaps.insert(format!("{name} keras{keras} {field}"));
            }
        }
    }
    if std::env::var_os("UPDATE_MD").is_some() {
        let lines: String = gaps.iter().map(|g| format!("{g}\n")).collect();
        fs::write(folder.join("gaps.txt"), lines).expect("the list can be written");
        return;
    }
    let listed = fs::read_to_string(folder.join("gaps.txt")).expect("the list of gaps");
    let listed: BTreeSet<String> = listed.lines().filter(|l| !l.is_empty()).map(str::to_owned).collect();
    let new: Vec<_> = gaps.difference(&listed).collect();
    let closed: Vec<_> = listed.difference(&gaps).collect();
    assert!(
        new.is_empty() && closed.is_empty(),
        "new gaps: {new:#?}\nclosed gaps, to take off gaps.txt: {closed:#?}"
    );
}
