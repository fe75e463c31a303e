//! `run`: files of models and of weights, beside those that Keras writes, and loaded in another run.

mod support;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;
use support::Folder;

const SCRIPT: &str = include_str!("models/models.py");

/// What loads each of the script's files again and compares.
const LOAD: &str = "
for name, m, shape in models():
    x, y = data(shape)
    r = keras.models.load_model(f'{name}.keras', custom_objects={'Scale': Scale, 'Own': Own})
    m.predict(x, verbose=0)
    m.load_weights(f'{name}.weights.h5')
    same = all(np.array_equal(a, b) for a, b in zip(r.get_weights(), m.get_weights()))
    again = np.asarray(r.predict(x, verbose=0)).ravel().tolist()
    print(name, again == results[name], same, int(r.optimizer.iterations))
    r.fit(x, y, verbose=0)
";

/// The arrays of a weight file as they are recorded: `float32[2, 3]`.
fn arrays(bytes: Vec<u8>) -> Result<BTreeMap<String, String>> {
    let dtype = |descr: &str| match descr {
        "<f4" => "float32",
        "<i8" => "int64",
        _ => "another",
    };
    let read = formats::read_weights(bytes)?;
    Ok(read.into_iter().map(|(path, npy)| (path, format!("{}{:?}", dtype(&npy.descr), npy.shape))).collect())
}

#[test]
fn writes_what_keras_writes() -> Result<()> {
    for (keras, recorded) in [
        ("2", include_str!("models/recorded.keras2.json")),
        ("3", include_str!("models/recorded.keras3.json")),
    ] {
        let folder = Folder::new(&format!("run_recorded_models_{keras}"))?;
        folder.write("models.py", include_str!("models/recorded.py"))?;
        let ran = folder.run(&["run", "models.py", "--keras", keras, "--allow-write"])?;
        assert_eq!((ran.exit, ran.stderr.as_str()), (Some(0), ""));
        let recorded: BTreeMap<String, Value> = serde_json::from_str(recorded)?;
        for (name, expected) in recorded {
            let file = std::fs::read(folder.0.join(format!("{name}.keras"))).context(name.clone())?;
            let bundle = formats::read_bundle(&file)?;
            let config: Value = serde_json::from_str(&bundle.config)?;
            assert_eq!(config, expected["config"], "{name}, Keras {keras}");
            let mut places: BTreeMap<String, String> = serde_json::from_value(expected["arrays"].clone())?;
            // No loader looks for the metrics that Keras 2 writes.
            places.retain(|path, _| !path.starts_with("metrics/"));
            assert_eq!(arrays(bundle.weights)?, places, "{name}, Keras {keras}");
        }
    }
    Ok(())
}

#[test]
fn writes_what_inspect_reads() -> Result<()> {
    for keras in ["2", "3"] {
        let folder = Folder::new(&format!("run_models_{keras}"))?;
        folder.write("models.py", SCRIPT)?;
        let ran = folder.run(&["run", "models.py", "--keras", keras, "--allow-write"])?;
        assert_eq!((ran.exit, ran.stderr.as_str()), (Some(0), ""));
        let bundle = formats::read_bundle(&std::fs::read(folder.0.join("dense.keras"))?)?;
        let places: Vec<String> = formats::read_weights(bundle.weights)?.into_keys().collect();
        assert!(places.contains(&"layers/dense/vars/0".to_owned()), "{places:?}");
        assert!(places.contains(&"optimizer/vars/4".to_owned()), "{places:?}");
        let inspected = folder.run(&["inspect", "conv.keras"])?;
        assert_eq!(inspected.exit, Some(0), "{}", inspected.stdout);
    }
    Ok(())
}

#[test]
fn loads_what_another_run_wrote() -> Result<()> {
    for keras in ["2", "3"] {
        let folder = Folder::new(&format!("run_loads_{keras}"))?;
        folder.write("models.py", SCRIPT)?;
        let wrote = folder.run(&["run", "models.py", "--keras", keras, "--allow-write"])?;
        let printed = wrote.stdout.lines().filter_map(|line| line.strip_prefix("RESULT "));
        let results: Vec<String> = printed.map(|line| format!("results.update([{line}])\n")).collect();
        let (parts, _) = SCRIPT.split_once("for name, m, shape in models():").context("the script's loop")?;
        folder.write("load.py", format!("{parts}\nresults = {{}}\n{}{LOAD}", results.join("")))?;
        let ran = folder.run(&["run", "load.py", "--keras", keras, "--allow-read"])?;
        assert_eq!(ran.stderr, "", "Keras {keras}");
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(lines.len(), results.len());
        for line in lines {
            assert!(line.ends_with("True True 2"), "Keras {keras}: {line}");
        }
        // Without leave to read, the run stops and names the option.
        let refused = folder.run(&["run", "load.py", "--keras", keras])?;
        assert_eq!(refused.exit, Some(125));
        assert!(
            refused.stderr.contains("`dense.keras` is read only with --allow-read"),
            "{}",
            refused.stderr
        );
    }
    Ok(())
}

#[test]
fn says_what_is_not_written() -> Result<()> {
    let folder = Folder::new("run_models_refused")?;
    let script = "\
import keras
m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
m.save('m.h5')
m.save('m.keras')
print(keras.models.load_model('m.keras').count_params())
";
    folder.write("model.py", script)?;
    let ran = folder.run(&["run", "model.py"])?;
    assert_eq!((ran.exit, ran.stdout.as_str()), (Some(0), "3\n"));
    assert!(ran.stderr.contains("note: `m.h5` is not written: only the formats"), "{}", ran.stderr);
    assert!(ran.stderr.contains("note: `m.keras` is written only with --allow-write"), "{}", ran.stderr);
    assert!(!folder.0.join("m.keras").exists());
    Ok(())
}

#[test]
fn checkpoints_have_the_names_that_they_are_given() -> Result<()> {
    let folder = Folder::new("run_checkpoints")?;
    let script = "\
import os
import numpy as np
import keras
x, y = np.arange(8.0).reshape(8, 1), np.arange(8.0)
m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer='zeros')])
m.compile(keras.optimizers.SGD(0.01), 'mse')
checkpoint = keras.callbacks.ModelCheckpoint
m.fit(x, y, epochs=2, verbose=0, callbacks=[
    checkpoint('{epoch:02d}-{loss:.2f}.keras'),
    checkpoint('best.weights.h5', save_weights_only=True, save_best_only=True, monitor='loss', mode='max'),
])
print(sorted(name for name in os.listdir('.') if name.endswith(('.keras', '.h5'))))
first, last = m.get_weights()[0].item(), None
m.load_weights('best.weights.h5')
print(m.get_weights()[0].item() < first)
";
    folder.write("model.py", script)?;
    let ran = folder.run(&["run", "model.py", "--allow-read", "--allow-write"])?;
    assert_eq!(ran.stderr, "");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("['01-") && lines[0].ends_with("'best.weights.h5']"), "{}", ran.stdout);
    assert_eq!((lines[0].matches(".keras").count(), lines[1]), (2, "True"));
    Ok(())
}

#[test]
fn a_model_that_is_not_there_is_refused_as_keras_does() -> Result<()> {
    let folder = Folder::new("run_no_model")?;
    folder.write("load.py", "import keras\nkeras.models.load_model('none.keras')\n")?;
    for (keras, last) in [
        ("2", "OSError: No file or directory found at none.keras"),
        (
            "3",
            "ValueError: File not found: filepath=none.keras. Please ensure the file is an accessible `.keras` zip file.",
        ),
    ] {
        let ran = folder.run(&["run", "load.py", "--keras", keras, "--allow-read"])?;
        assert!(ran.exit == Some(1) && ran.stderr.contains(last), "{}", ran.stderr);
    }
    Ok(())
}
