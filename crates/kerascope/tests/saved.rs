//! Files of models: those of real Keras, loaded with equal predictions, and our own (`saved/record.py` made the former).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use array::Array;
use formats::Npy;
use kerascope::{Error, Fit, Input, Lambda, Layer, Loader, Model, Optimizer};

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved").join(name)
}

/// A folder of a test's own, which is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Folder> {
        let path = std::env::temp_dir().join(format!("kerascope-saved-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The input that Keras was given, and what it predicted.
fn truth(name: &str) -> Result<(Array, Vec<Array>)> {
    let arrays = formats::read_npz(&std::fs::read(recorded(&format!("{name}.npz")))?)?;
    let of = |name: &str| arrays.iter().find(|(own, _)| own == name).and_then(|(_, npy)| Npy::to_array(npy));
    let outputs = (0..).map_while(|at| of(&format!("y{at}"))).collect();
    Ok((of("x").context("no input")?, outputs))
}

fn assert_predicts(model: &Model, name: &str) -> Result<()> {
    let (x, expected) = truth(name)?;
    let outputs = model.predict_all(&[&x], 32)?;
    assert_eq!(outputs.len(), expected.len(), "{name}");
    for (ours, real) in outputs.iter().zip(&expected) {
        assert_eq!(ours.shape(), real.shape(), "{name}");
        for (a, b) in ours.to_floats()?.iter().zip(real.to_floats()?) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{name}: {a} where Keras has {b}");
        }
    }
    Ok(())
}

#[test]
fn a_model_of_keras_is_loaded_with_equal_predictions() -> Result<()> {
    let folder = Folder::new("loaded")?;
    for name in ["sequence", "image", "nested"] {
        let model = Model::load(recorded(&format!("{name}.keras")))?;
        assert_predicts(&model, name)?;
        // What is saved again is the same model.
        let path = folder.0.join("again.keras");
        model.save(&path)?;
        assert_predicts(&Model::load(&path)?, name)?;
    }
    Ok(())
}

#[test]
fn a_function_is_supplied_by_its_layers_name() -> Result<()> {
    let path = recorded("doubled.keras");
    let missing = Loader::new().load(&path).err();
    assert_eq!(missing, Some(Error::Function { layer: "doubled".into() }));
    let double = Lambda::new(|k, x| k.mul(x, 2.0));
    let model = Loader::new().function("doubled", double).load(&path)?;
    assert_predicts(&model, "doubled")?;
    // No file holds it: what was there stays, and the weights can be saved.
    let folder = Folder::new("function")?;
    let copy = folder.0.join("copy.keras");
    std::fs::write(&copy, "before")?;
    assert_eq!(model.save(&copy).err(), Some(Error::Function { layer: "doubled".into() }));
    assert_eq!(std::fs::read(&copy)?, b"before");
    let weights = folder.0.join("copy.weights.h5");
    model.save_weights(&weights)?;
    model.initialise(1)?;
    model.load_weights(&weights)?;
    assert_predicts(&model, "doubled")
}

#[test]
fn a_trained_model_is_saved() -> Result<()> {
    let x = Input::new([2]);
    let hidden = Layer::new("Dense").with("units", 3).with("activation", "tanh");
    let mut model = Model::new(&[&x], &Layer::new("Dense").with("units", 1).call(&hidden.call(&x)?)?)?;
    let data = Array::floats(&[2, 2], kerascope::DType::Float32, vec![0.5, 1.0, -1.0, 2.0])?;
    let labels = Array::floats(&[2, 1], kerascope::DType::Float32, vec![1.0, 0.0])?;
    model.compile(&Optimizer::new("SGD"), "mse", &[])?;
    model.fit(&[&data], &labels, &Fit::default().epochs(3))?;
    let loaded = Loader::new().read(&model.to_keras(0.0)?)?;
    assert_eq!(model.predict(&[&data], 32)?.to_floats()?, loaded.predict(&[&data], 32)?.to_floats()?);
    Ok(())
}

#[test]
fn a_model_within_a_model_shares_its_weights() -> Result<()> {
    let features = Input::new([4]);
    let body = Model::new(&[&features], &Layer::new("Dense").with("units", 3).call(&features)?)?;
    let shared = body.as_layer().named("body");
    let (a, b) = (Input::new([4]), Input::new([4]));
    let difference = Layer::new("Subtract").call_many(&[&shared.call(&a)?, &shared.call(&b)?])?;
    let mut model = Model::new(&[&a, &b], &Layer::new("Dense").with("units", 1).call(&difference)?)?;
    assert_eq!(model.weights().len(), 4);
    let data = |from: f64| {
        Array::floats(&[2, 4], kerascope::DType::Float32, (0..8).map(|n| from + f64::from(n)).collect())
    };
    let (x, y) = (data(0.5)?, data(-1.0)?);
    let labels = Array::floats(&[2, 1], kerascope::DType::Float32, vec![1.0, 0.0])?;
    let before = body.predict(&[&x], 32)?.to_floats()?;
    model.compile(&Optimizer::new("SGD"), "mse", &[])?;
    model.fit(&[&x, &y], &labels, &Fit::default().epochs(2))?;
    assert_ne!(body.predict(&[&x], 32)?.to_floats()?, before, "training the whole trains the part");
    let again = Loader::new().read(&model.to_keras(0.0)?)?;
    assert_eq!(again.predict(&[&x, &y], 32)?.to_floats()?, model.predict(&[&x, &y], 32)?.to_floats()?);
    Ok(())
}

#[test]
fn weights_are_taken_whole_or_not_at_all() -> Result<()> {
    let make = |units: i64| -> kerascope::Result<Model> {
        let x = Input::new([2]);
        let first = Layer::new("Dense").with("units", 3).call(&x)?;
        Model::new(&[&x], &Layer::new("Dense").with("units", units).call(&first)?)
    };
    let folder = Folder::new("weights")?;
    let path = folder.0.join("m.keras");
    make(1)?.save(&path)?;
    let other = make(2)?;
    let numbers = |model: &Model| -> Result<Vec<Vec<f64>>> {
        model.numbers()?.iter().map(|array| Ok(array.to_floats()?)).collect()
    };
    let before = numbers(&other)?;
    let why = other.load_weights(&path).err().context("the shapes differ")?;
    assert_eq!(why.to_string(), "dense_1/kernel has the shape (3, 2), in the file it has (3, 1)");
    assert_eq!(numbers(&other)?, before);
    let nothing = Model::load(folder.0.join("none.keras")).err();
    assert!(matches!(nothing, Some(Error::File(_))), "{nothing:?}");
    std::fs::write(&path, "no archive")?;
    assert!(matches!(Model::load(&path).err(), Some(Error::File(_))));
    Ok(())
}
