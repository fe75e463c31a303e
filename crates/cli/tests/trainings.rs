//! Trainings by numbers against recordings of the real frameworks (`trainings/README.md`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

/// How far numbers of a field may be from the recorded ones: relative to them, and at all.
const TOLERANCES: &[(&str, f64, f64)] = &[
    ("history", 1e-4, 1e-6),
    ("prediction", 1e-3, 1e-5),
    ("weights", 1e-3, 1e-5),
    ("gradients", 1e-3, 1e-5),
    ("outputs", 1e-3, 1e-5),
];

fn scripts() -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trainings");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "py") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs every script for a profile and gathers what differs from its recording.
fn differences(keras: &str) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let mut count = 0;
    for script in scripts()? {
        let truth = fs::read_to_string(script.with_extension(format!("keras{keras}.json")))?;
        let truth: Json = serde_json::from_str(&truth)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_kerascope"));
        command.args(["run", "--keras", keras, "--output-format", "json"]).arg(&script);
        let text = String::from_utf8(command.output()?.stdout)?;
        let line = text.lines().rfind(|line| line.starts_with('{')).context("no document")?;
        let got: Json = serde_json::from_str(line)?;
        let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if got["outcome"]["status"] != truth["outcome"]["status"] {
            out.push(format!("{name}: {}", got["outcome"]));
        }
        for (field, relative, absolute) in TOLERANCES {
            if let Some(recorded) = truth.get(field) {
                let near = |t: f64, g: f64| (t - g).abs() <= relative * t.abs() + absolute;
                difference(recorded, &got[field], &near, &format!("{name}: {field}"), &mut out);
            }
        }
        count += 1;
    }
    ensure!(count > 20, "the recordings are there");
    Ok(out)
}

/// Notes where numbers in a structure are not near the recorded ones: the first of each list.
fn difference(truth: &Json, got: &Json, near: &dyn Fn(f64, f64) -> bool, at: &str, out: &mut Vec<String>) {
    match (truth, got) {
        (Json::Object(fields), Json::Object(_)) => {
            // A long weight is recorded by its first numbers.
            if let (Some(first), Some(values)) = (fields.get("first"), got["values"].as_array()) {
                let start = values.iter().take(20).cloned().collect();
                return difference(first, &Json::Array(start), near, at, out);
            }
            for (name, value) in fields {
                difference(value, &got[name], near, &format!("{at}.{name}"), out);
            }
        }
        (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
            let before = out.len();
            for (n, (item, other)) in items.iter().zip(others).enumerate() {
                difference(item, other, near, &format!("{at}[{n}]"), out);
                if out.len() > before {
                    return;
                }
            }
        }
        (Json::Number(t), Json::Number(g)) => {
            let (t, g) = (t.as_f64().unwrap_or(f64::NAN), g.as_f64().unwrap_or(f64::NAN));
            if !near(t, g) {
                out.push(format!("{at}: {g} for {t}"));
            }
        }
        (truth, got) if truth == got => {}
        (_, Json::Null) => out.push(format!("{at}: missing")),
        (_, _) => out.push(format!("{at}: of another form")),
    }
}

#[test]
fn keras_2_trains_so() -> Result<()> {
    let found = differences("2")?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[test]
fn keras_3_trains_so() -> Result<()> {
    let found = differences("3")?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}
