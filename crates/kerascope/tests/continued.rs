//! Models that were compiled and trained: those of real Keras go on here as they do there, and so do copies of them
//! (`saved/record_compiled.py` made them, and lets Keras go on with ours).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use array::Array;
use formats::Npy;
use kerascope::{Error, Fit, History, Input, Layer, Loader, Loss, Metric, Model, Optimizer};

const MODELS: [&str; 6] = ["adam", "decaying", "several", "averaged", "adafactor", "lowered"];

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved").join(name)
}

/// What Keras trained on, and what it measured as it went on.
struct Truth(Vec<(String, Npy)>);

impl Truth {
    fn of(name: &str) -> Result<Truth> {
        Ok(Truth(formats::read_npz(&std::fs::read(recorded(&format!("{name}.npz")))?)?))
    }

    fn array(&self, name: &str) -> Result<Array> {
        let found = self.0.iter().find(|(own, _)| own == name).and_then(|(_, npy)| npy.to_array());
        found.with_context(|| format!("no {name}"))
    }

    fn first(&self) -> Result<Vec<Array>> {
        (0..4).map(|at| self.array(&format!("first_{at}"))).collect()
    }

    fn fit(&self, model: &mut Model) -> Result<History> {
        let (x, y) = (self.array("x")?, self.array("y")?);
        let labels = vec![&y; model.output_names().len()];
        let how = Fit::default().epochs(2).batch_size(8).in_order();
        Ok(model.fit(&[&x], labels.as_slice(), &how)?)
    }

    /// Trains a model for as long as Keras did, and compares what was measured.
    fn assert_goes_on(&self, model: &mut Model, what: &str) -> Result<()> {
        let history = self.fit(model)?;
        let mut seen = 0;
        for (key, numbers) in self.0.iter().filter_map(|(name, npy)| Some((name.strip_prefix("log_")?, npy)))
        {
            let expected = numbers.to_array().context("numbers")?.to_floats()?;
            let ours = history.of(key);
            assert_eq!(ours.len(), expected.len(), "{what}: {key} of {history:?}");
            for (a, b) in ours.iter().zip(&expected) {
                assert!((a - b).abs() <= 2e-5 * b.abs().max(1.0), "{what}: {key} is {a}, in Keras {b}");
            }
            seen += 1;
        }
        assert_eq!(history.iter().count(), seen, "{what}: {history:?}");
        Ok(())
    }
}

#[test]
fn a_training_of_keras_goes_on() -> Result<()> {
    for name in MODELS {
        let truth = Truth::of(name)?;
        let path = recorded(&format!("{name}.keras"));
        let mut model = Model::load(&path)?;
        let copy = model.to_keras(0.0)?;
        truth.assert_goes_on(&mut model, name)?;
        truth.assert_goes_on(&mut Loader::new().read(&copy)?, &format!("a copy of {name}"))?;
        let bare = Loader::new().uncompiled().load(&path)?;
        assert!(bare.metrics_names().is_empty());
    }
    Ok(())
}

/// The model `several` of `record_compiled.py`.
fn several() -> Result<Model> {
    let x = Input::new([3]);
    let hidden = Layer::new("Dense").with("units", 4).with("activation", "tanh").call(&x)?;
    let output = |name: &str| Layer::new("Dense").with("units", 1).named(name).call(&hidden);
    let mut model = Model::with_outputs(&[&x], &[&output("a")?, &output("b")?])?;
    let optimizer = Optimizer::new("RMSprop")
        .with("learning_rate", 0.01)
        .with("centered", true)
        .with("momentum", 0.5)
        .with("clipnorm", 1.0);
    let losses = [Loss::new("mse"), Loss::new("mae").weight(0.25)];
    let metrics = [Metric::new("mae").of_output("a"), Metric::new("mse").of_output("b")];
    model.compile_with(&optimizer, losses, metrics)?;
    Ok(model)
}

#[test]
fn a_training_of_ours_goes_on() -> Result<()> {
    let truth = Truth::of("several")?;
    let mut model = several()?;
    let first: Result<Vec<Array>> = (0..6).map(|at| truth.array(&format!("first_{at}"))).collect();
    model.set_numbers(&first?)?;
    truth.fit(&mut model)?;
    let bytes = model.to_keras(0.0)?;
    truth.assert_goes_on(&mut Loader::new().read(&bytes)?, "several")?;
    // An optimizer that has made no step takes no state, but the weights.
    let path = std::env::temp_dir().join(format!("kerascope-continued-{}.weights.h5", std::process::id()));
    model.save_weights(&path)?;
    several()?.load_weights(&path)?;
    model.load_weights(&path)?;
    truth.assert_goes_on(&mut model, "several by its weights")?;
    std::fs::remove_file(path)?;
    Ok(())
}

#[test]
fn a_loss_of_the_programs_own_is_not_saved() -> Result<()> {
    let mut model = several()?;
    let own = Loss::function(|k, y, p| {
        let difference = k.sub(y, p)?;
        k.map("square", &difference)
    });
    model.compile(&Optimizer::new("Adam"), own, &[])?;
    let loaded = Loader::new().read(&model.to_keras(0.0)?)?;
    assert!(loaded.metrics_names().is_empty());
    let (x, y) = (Truth::of("adam")?.array("x")?, Truth::of("adam")?.array("y")?);
    assert_eq!(loaded.evaluate(&[&x], [&y, &y], 8).err(), Some(Error::NotCompiled));
    Ok(())
}

/// Leaves files for Keras to go on with, if a folder is named for them.
#[test]
fn files_are_left_for_keras() -> Result<()> {
    let Some(folder) = std::env::var_os("KERASCOPE_SAVED").map(PathBuf::from) else { return Ok(()) };
    for name in MODELS {
        Model::load(recorded(&format!("{name}.keras")))?.save(folder.join(format!("{name}.keras")))?;
    }
    let truth = Truth::of("adam")?;
    let x = Input::new([3]);
    let hidden = Layer::new("Dense").with("units", 4).with("activation", "tanh").call(&x)?;
    let output = Layer::new("Dense").with("units", 1).with("activation", "sigmoid").call(&hidden)?;
    let mut model = Model::new(&[&x], &output)?;
    let auc = Metric::new("AUC").with("num_thresholds", 20);
    let metrics = [Metric::new("accuracy"), auc, Metric::new("mae").weighted()];
    model.compile_with(&Optimizer::new("Adam"), "binary_crossentropy", metrics)?;
    model.set_numbers(&truth.first()?)?;
    truth.fit(&mut model)?;
    model.save(folder.join("adam.keras"))?;
    Ok(())
}
