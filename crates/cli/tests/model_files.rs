//! `inspect` and `rescue`: output, exit codes, and files that are written whole or not at all.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use support::Folder;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../inspect/tests/files").join(name)
}

fn inspect(folder: &Folder, name: &str) -> Result<(Option<i32>, Value)> {
    let path = file(name);
    let path = path.to_str().context("a path")?;
    let ran = folder.run(&["inspect", "--output-format", "json", path])?;
    Ok((ran.exit, serde_json::from_str(&ran.stdout).context(ran.stderr)?))
}

#[test]
fn inspects_for_machines() -> Result<()> {
    let folder = Folder::new("inspect_json")?;
    let (exit, document) = inspect(&folder, "k3_scale.keras")?;
    assert_eq!(exit, Some(0), "{document}");
    assert_eq!(document["format"], "keras");
    assert_eq!(document["verdict"], "harmless");
    assert_eq!(document["damaged"], Value::Null);
    assert_eq!(document["model"]["parameters"], 15);
    assert_eq!(document["lambdas"][0]["source"], "lambda x: x * 2.0 - 0.5");
    assert_eq!(document["layers"][2]["output"], "float32[None, 3]");
    assert_eq!(document["layers"][2]["fits"], true);
    assert_eq!(document["outcomes"]["keras3_unsafe"]["load"]["ok"], true);
    assert_eq!(document["outcomes"]["keras3_default"]["load"]["exception"], "ValueError");

    let (exit, document) = inspect(&folder, "evil_subclasses.keras")?;
    assert_eq!((exit, &document["verdict"]), (Some(1), &Value::from("dangerous")));
    let (exit, document) = inspect(&folder, "bad_truncated.h5")?;
    assert_eq!(exit, Some(2));
    assert!(document["damaged"].as_str().is_some_and(|text| text.contains("cut off")), "{document}");
    Ok(())
}

#[test]
fn inspects_for_people() -> Result<()> {
    let folder = Folder::new("inspect_text")?;
    let path = file("k3_closure_numbers.keras");
    let ran = folder.run(&["inspect", "--python", "3.12", path.to_str().context("a path")?])?;
    for part in [
        "harmless",
        "lambda x: (x - lo) / (hi - lo)",
        "hi = 3.0, lo = -2.0",
        "Loading it with Python 3.12",
        "safe_mode=False",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    // The first line has the path.
    assert!(ran.stdout.lines().skip(1).all(|line| line.chars().count() <= 100), "{}", ran.stdout);
    let ran = folder.run(&["inspect", "nowhere.keras"])?;
    assert_eq!(ran.exit, Some(2));
    assert!(ran.stderr.contains("nowhere.keras"), "{}", ran.stderr);
    Ok(())
}

#[test]
fn rescues_an_archive() -> Result<()> {
    let folder = Folder::new("rescue")?;
    let old = file("k3_nested_timedistributed.keras");
    let old = old.to_str().context("a path")?;
    let ran = folder.run(&["rescue", old, "-o", "new.keras", "--module", "parts.py"])?;
    assert_eq!(ran.exit, Some(0), "{}{}", ran.stdout, ran.stderr);
    let module = fs::read_to_string(folder.0.join("parts.py"))?;
    assert!(
        module.contains(
            "@keras.saving.register_keras_serializable(package='parts', name='flip')\ndef flip(v):"
        ),
        "{module}"
    );
    assert!(module.contains("def div(v, k):\n    return v / k\n"), "{module}");
    let new = folder.run(&["inspect", "--output-format", "json", "new.keras"])?;
    let new: Value = serde_json::from_str(&new.stdout)?;
    assert_eq!(new["lambdas"][0]["name"], "parts>flip");
    let (_, before) = inspect(&folder, "k3_nested_timedistributed.keras")?;
    assert_eq!(new["weights"], before["weights"]);
    Ok(())
}

#[test]
fn rescues_hdf5_of_keras_2() -> Result<()> {
    let folder = Folder::new("rescue_hdf5")?;
    let old = file("tfk_nested.h5");
    let ran = folder.run(&["rescue", old.to_str().context("a path")?, "-o", "new.h5"])?;
    assert_eq!(ran.exit, Some(0), "{}{}", ran.stdout, ran.stderr);
    let module = fs::read_to_string(folder.0.join("rescued_layers.py"))?;
    assert!(module.contains("import tensorflow as tf"), "{module}");
    let new = folder.run(&["inspect", "--output-format", "json", "new.h5"])?;
    let new: Value = serde_json::from_str(&new.stdout)?;
    assert_eq!(new["lambdas"].as_array().map(Vec::len), Some(3));
    assert!(new["lambdas"][0]["name"].as_str().is_some_and(|name| name.starts_with("rescued_layers>")));
    Ok(())
}

#[test]
fn refuses_and_writes_nothing() -> Result<()> {
    let folder = Folder::new("rescue_refused")?;
    for (name, output, reason) in [
        ("evil_subclasses.keras", "new.keras", "dangerous"),
        ("bad_marshal.keras", "new.keras", "damaged"),
        ("look_solver_system.keras", "new.keras", "needs `solver`"),
        ("tfk_sm_clip", "new.keras", "SavedModel"),
    ] {
        let old = file(name);
        let ran = folder.run(&["rescue", old.to_str().context("a path")?, "-o", output])?;
        assert_eq!(ran.exit, Some(1), "{name}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(reason), "{name}: {}", ran.stdout);
    }
    let old = file("k3_scale.keras");
    let ran = folder.run(&["rescue", old.to_str().context("a path")?, "-o", "new.h5"])?;
    assert_eq!(ran.exit, Some(2), "{}", ran.stdout);
    let left: Vec<_> = fs::read_dir(&folder.0)?
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name != "setup.cfg")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn inspects_all_models_of_a_folder() -> Result<()> {
    let folder = Folder::new("inspect_folder")?;
    folder.write("b/first.keras", fs::read(file("k3_scale.keras"))?)?;
    folder.write("a.h5", fs::read(file("bad_truncated.h5"))?)?;
    for member in ["saved_model.pb", "keras_metadata.pb"] {
        folder.write(&format!("c/{member}"), fs::read(file("tfk_sm_clip").join(member))?)?;
    }
    folder.write("b/notes.txt", "no model")?;
    let ran = folder.run(&["inspect", "."])?;
    // The worst of them counts.
    assert_eq!(ran.exit, Some(2), "{}", ran.stdout);
    let at = |text: &str| ran.stdout.find(text).with_context(|| format!("{text} in {}", ran.stdout));
    assert!(at("a.h5")? < at("first.keras")?, "{}", ran.stdout);
    assert!(at("first.keras")? < at("SavedModel")?, "{}", ran.stdout);
    assert!(!ran.stdout.contains("notes"), "{}", ran.stdout);
    Ok(())
}

#[test]
fn shows_what_a_model_was_compiled_with() -> Result<()> {
    let folder = Folder::new("inspect_compiled")?;
    let path = file("k3_lambda_loss.keras");
    let ran = folder.run(&["inspect", path.to_str().context("a path")?])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stdout);
    for part in [
        ", loss a lambda.",
        "loss of 'compile'",
        "lambda a, b: keras.ops.mean(a - b)",
        "that the model was compiled with",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    Ok(())
}

/// Of a function that the file only names nothing is known, which is no mistake in the model.
#[test]
fn tells_names_from_code() -> Result<()> {
    let folder = Folder::new("inspect_named")?;
    folder.write(
        "named.json",
        r#"{"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}},
            {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "doubled", "function":
             {"module": "builtins", "class_name": "function", "config": "double", "registered_name": "function"}}}]}}"#,
    )?;
    let ran = folder.run(&["inspect", "named.json"])?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    for part in ["harmless: it holds no code", "only its name: `double`", "doubled  Lambda"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("Mistakes"), "{}", ran.stdout);
    Ok(())
}
