//! Models as `.keras` files and weights as `.weights.h5` files, which Keras 3 loads and writes.
//!
//! source: keras/src/saving/saving_lib.py

mod compiled;
mod parts;
mod read;
mod write;

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use formats::Bundle;

use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::model::Model;

pub(crate) use write::input_name;

/// The version of Keras whose files are written.
const VERSION: &str = "3.15.1";

/// How deep layers, and what they are made with, are nested at most.
const MAX_DEPTH: u32 = 16;

impl Model {
    /// Saves the model as a `.keras` file: its layers, how they are connected, their weights, what it was compiled
    /// with, and the state of its optimizer. [`Model::load`] and Keras go on training where it stopped. The file is
    /// written whole or not at all.
    ///
    /// No file holds a [loss function](crate::Loss::function) of the program's own: a model with one is saved as if it
    /// had not been compiled.
    ///
    /// ```
    /// use kerascope::{Array, DType, Layer, Model, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let model = Sequential::new([2]).then(Layer::new("Dense").with("units", 3))?.build()?;
    /// let path = std::env::temp_dir().join(format!("kerascope-{}.keras", std::process::id()));
    /// model.save(&path)?;
    /// let again = Model::load(&path)?;
    ///
    /// let x = Array::floats(&[1, 2], DType::Float32, vec![0.5, -1.0])?;
    /// assert_eq!(model.predict(&[&x], 32)?.to_floats()?, again.predict(&[&x], 32)?.to_floats()?);
    /// # let _ = std::fs::remove_file(path);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Function`] for a model with a [`crate::Lambda`], whose function no file holds: save its weights instead.
    /// [`Error::Unknown`] where an argument or an optimizer's state cannot be written.
    /// [`Error::File`] where the file cannot be written; what was there before is still there.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
        write_file(path.as_ref(), &self.to_keras(now)?)
    }

    /// Returns the bytes of a `.keras` file of the model that was saved so many seconds after 1970.
    ///
    /// # Errors
    /// [`Error::Function`], as [`Model::save`].
    pub fn to_keras(&self, seconds: f64) -> Result<Vec<u8>> {
        let bundle = Bundle {
            metadata: formats::metadata(VERSION, seconds),
            config: self.config()?.to_string(),
            weights: self.to_weights()?,
            assets: Vec::new(),
        };
        formats::write_bundle(&bundle).map_err(|error| Error::File(error.to_string()))
    }

    /// Saves the weights alone, with the state of the optimizer, as a `.weights.h5` file, whole or not at all. Functions
    /// do not stand in the way.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        write_file(path.as_ref(), &self.to_weights()?)
    }

    /// Loads a model from a `.keras` file, compiled as the one that was saved.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Model> {
        Loader::new().load(path)
    }

    /// Gives the model the weights of a file of a model that is built alike: `.keras` or `.weights.h5`. Either all of
    /// them are taken, or none. The state of the optimizer is taken where this one keeps as much: as Keras', an
    /// optimizer that has made no step yet takes none.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be read, and where a weight is missing in it or has another shape.
    pub fn load_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = read_file(path.as_ref())?;
        // A `.keras` file is an archive.
        match bytes.starts_with(b"PK") {
            true => self.take_weights(bundle_of(&bytes)?.weights),
            false => self.take_weights(bytes),
        }
    }
}

/// Loads models, with functions for the [`crate::Lambda`]s in them.
///
/// A file names a `Lambda` and may hold Python's bytecode for it, which is not carried out. What it computes, and
/// layers of classes that Keras does not have, are supplied under their layers' names:
///
/// ```
/// use kerascope::{Error, Input, Lambda, Layer, Loader, Model};
///
/// # fn main() -> kerascope::Result<()> {
/// # let file = include_bytes!("../../tests/saved/doubled.keras");
/// let missing = Loader::new().read(file);
/// assert!(matches!(missing, Err(Error::Function { layer }) if layer == "doubled"));
///
/// let model = Loader::new().function("doubled", Lambda::new(|k, x| k.mul(x, 2.0))).read(file)?;
/// assert_eq!(model.layers().len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Loader {
    functions: Vec<(String, Layer)>,
    uncompiled: bool,
}

impl Loader {
    /// Makes one that supplies nothing.
    pub fn new() -> Loader {
        Loader::default()
    }

    /// Supplies the layer that stands for one in the file, by the name that it has there.
    #[must_use]
    pub fn function(mut self, name: &str, layer: Layer) -> Loader {
        self.functions.push((name.to_owned(), layer));
        self
    }

    /// Leaves out what the model was compiled with: `load_model(…, compile=False)`.
    #[must_use]
    pub fn uncompiled(self) -> Loader {
        Loader { uncompiled: true, ..self }
    }

    /// Loads a model from a `.keras` file.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be read or is no such file; [`Error::Function`] where a layer is to be
    /// supplied; [`Error::Compiled`] where it was compiled with a function or class of its author's; [`Error::Raised`]
    /// with what Keras raises for a layer's arguments; [`Error::Unknown`] for what the library does not have: calls with
    /// keyword arguments, other dtypes than float32 to compute in.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Model> {
        self.read(&read_file(path.as_ref())?)
    }

    /// Makes the model of a `.keras` file's bytes.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn read(&self, bytes: &[u8]) -> Result<Model> {
        let bundle = bundle_of(bytes)?;
        if !bundle.assets.is_empty() {
            return Err(Error::Unknown("a layer with a vocabulary"));
        }
        let config = formats::read_json(bundle.config.as_bytes())
            .map_err(|error| Error::File(format!("its config is no JSON: {error}")))?;
        let mut model = read::model(&config, &self.functions)?;
        if let Some(compiled) = config.get("compile_config").filter(|_| !self.uncompiled) {
            model.compile_from(compiled)?;
        }
        model.take_weights(bundle.weights)?;
        Ok(model)
    }
}

fn bundle_of(bytes: &[u8]) -> Result<Bundle> {
    formats::read_bundle(bytes).map_err(|error| Error::File(format!("it is no `.keras` file: {error}")))
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::File(format!("{} cannot be read: {error}", path.display())))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    formats::write_whole(path, bytes)
        .map_err(|error| Error::File(format!("{} cannot be written: {error}", path.display())))
}
