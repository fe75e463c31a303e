//! Files of models and of weights, as Keras writes them: `.keras` and `.weights.h5`.
//!
//! source: keras/src/saving/saving_lib.py, tf_keras/src/saving/saving_lib.py

mod objects;
mod shapes;

use std::collections::BTreeMap;

use formats::{Bundle, Npy, Variables};
use ops::{Exc, Keras};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;
use crate::world::Kind;
pub(crate) use shapes::Written;

/// The version of Keras that is followed.
fn keras_version(keras: Keras) -> &'static str {
    match keras {
        Keras::Two => "2.21.0",
        Keras::Three => "3.15.1",
    }
}

impl Interp<'_> {
    /// Writes a model as a `.keras` file. Where that cannot be, the run goes on and tells so.
    ///
    /// # Errors
    /// What writing raises.
    pub(crate) fn write_model_file(&mut self, id: ObjId, path: &str) -> Eval<()> {
        if !self.carries_out() || !self.computes() {
            return Ok(());
        }
        if !path.ends_with(".keras") {
            let why = "only the formats `.keras` and `.weights.h5` are written";
            self.note(format!("`{path}` is not written: {why}"));
            return Ok(());
        }
        let text = self.call_model("keras.saving._model_text", [Value::Instance(id)])?;
        let written = match (&text, self.weights_of_file(id)) {
            (_, Err(why)) => Err(why),
            (Value::Str(config), Ok(weights)) => {
                let now = self.world.map_or(0.0, |world| world.now());
                let metadata = formats::metadata(keras_version(self.keras), now);
                let bundle = Bundle { metadata, config: config.to_string(), weights, assets: Vec::new() };
                formats::write_bundle(&bundle).map_err(|error| error.to_string())
            }
            _ => Err("its config cannot be told".to_owned()),
        };
        self.write_or_tell(path, written)
    }

    /// Writes a model's weights as a `.weights.h5` file. Where that cannot be, the run goes on and tells so.
    ///
    /// # Errors
    /// What writing raises.
    pub(crate) fn write_weight_file(&mut self, id: ObjId, path: &str) -> Eval<()> {
        if !self.carries_out() || !self.computes() {
            return Ok(());
        }
        let written = match path.ends_with(".weights.h5") {
            true => self.weights_of_file(id),
            false => Err("only the formats `.keras` and `.weights.h5` are written".to_owned()),
        };
        self.write_or_tell(path, written)
    }

    fn write_or_tell(&mut self, path: &str, written: Result<Vec<u8>, String>) -> Eval<()> {
        match written {
            Ok(bytes) => self.write_file(path, bytes),
            Err(why) => {
                self.note(format!("`{path}` is not written: {why}"));
                Ok(())
            }
        }
    }

    fn weights_of_file(&mut self, id: ObjId) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        for stored in self.stored_objects(id)? {
            let mut arrays = Vec::new();
            for (at, array) in self.stored_arrays(&stored)?.iter().enumerate() {
                let npy = Npy::of_array(array)
                    .ok_or_else(|| format!("`{}` has variables of {}", stored.name, array.dtype().name()))?;
                arrays.push((at.to_string(), npy));
            }
            let name = (self.keras == Keras::Three).then(|| stored.name.to_string());
            all.push(Variables { path: stored.path, name, arrays });
        }
        formats::write_weights(&all).map_err(|error| error.to_string())
    }

    /// Makes the model that a `.keras` file of another has.
    ///
    /// # Errors
    /// What loading raises; what is not followed in the file ends the run.
    pub(crate) fn read_model_file(&mut self, path: &str, customs: Value, compile: bool, safe: bool) -> Eval {
        if self.path_kind(path)? == Kind::Missing && (self.keras == Keras::Two || path.ends_with(".keras")) {
            return Err(self.no_model(path));
        }
        if !path.ends_with(".keras") {
            let why = format!("`{path}`: only models in the format `.keras` are read");
            return Err(self.stuck(&Value::None, &why));
        }
        let bytes = self.read_file(path)?;
        let bundle = match formats::read_bundle(&bytes) {
            Ok(bundle) => bundle,
            Err(error) => return Err(self.stuck(&Value::None, &format!("`{path}` cannot be read: {error}"))),
        };
        if !bundle.assets.is_empty() {
            let why = format!("`{path}` has files in it, which are not read: {}", bundle.assets[0].0);
            return Err(self.stuck(&Value::None, &why));
        }
        let text = Value::str(&bundle.config);
        let given = [text, customs, Value::Bool(compile), Value::Bool(safe)];
        let model = self.call_model("keras.saving._model_from_text", given)?;
        let Some(id) = self.as_layer(&model) else {
            return Err(self.stuck(&model, &format!("`{path}` has a model that is not followed")));
        };
        if compile && let Some(Value::Instance(optimizer)) = self.compiled(id).map(|c| c.optimizer.clone()) {
            self.build_optimizer(id, optimizer);
        }
        self.take_arrays(id, path, bundle.weights)?;
        Ok(model)
    }

    /// What `load_model` raises where there is no file.
    ///
    /// source: keras/src/saving/saving_api.py: load_model, tf_keras/src/saving/legacy/save.py: load_model
    fn no_model(&mut self, path: &str) -> Halt {
        match self.keras {
            Keras::Two => self.raise_named("OSError", format!("No file or directory found at {path}")),
            Keras::Three => {
                let text = "Please ensure the file is an accessible `.keras` zip file.";
                self.raise(Exc::ValueError, format!("File not found: filepath={path}. {text}"))
            }
        }
    }

    /// Gives a loaded model's optimizer the variables that it is for, as `compile_from_config` does.
    fn build_optimizer(&mut self, model: ObjId, optimizer: ObjId) {
        let trained = self.weights_of(model).0;
        if let Some(state) = self.config_mut(optimizer) {
            state.built_for.get_or_insert(trained);
        }
    }

    /// Gives a model the weights of a file that another run wrote.
    ///
    /// # Errors
    /// What loading raises; a file that cannot be read ends the run.
    pub(crate) fn read_weight_file(&mut self, id: ObjId, path: &str) -> Eval<()> {
        let bytes = self.read_file(path)?;
        let weights = if path.ends_with(".keras") {
            formats::read_bundle(&bytes).map(|bundle| bundle.weights)
        } else {
            Ok(bytes.to_vec())
        };
        match weights {
            Ok(weights) => self.take_arrays(id, path, weights),
            Err(error) => Err(self.stuck(&Value::None, &format!("`{path}` cannot be read: {error}"))),
        }
    }

    fn take_arrays(&mut self, id: ObjId, path: &str, bytes: Vec<u8>) -> Eval<()> {
        let arrays = match formats::read_weights(bytes) {
            Ok(arrays) => arrays,
            Err(error) => return Err(self.stuck(&Value::None, &format!("`{path}` cannot be read: {error}"))),
        };
        let objects = match self.stored_objects(id) {
            Ok(objects) => objects,
            Err(why) => return Err(self.stuck(&Value::None, &format!("`{path}`: {why} is not read"))),
        };
        let legacy = arrays.keys().any(|name| name.starts_with("model_weights/") || name.ends_with(":0"));
        if legacy {
            let why = format!("`{path}`: weights in the old HDF5 format are not read");
            return Err(self.stuck(&Value::None, &why));
        }
        let mut stored: BTreeMap<String, Vec<array::Array>> = BTreeMap::new();
        for object in &objects {
            let within =
                if object.path.is_empty() { "vars/".to_owned() } else { format!("{}/vars/", object.path) };
            let there =
                arrays.range(within.clone()..).take_while(|(name, _)| name.starts_with(&within)).count();
            let numbers: Option<Vec<_>> =
                (0..there).map(|at| arrays.get(&format!("{within}{at}")).and_then(Npy::to_array)).collect();
            let Some(numbers) = numbers else {
                return Err(self.stuck(&Value::None, &format!("`{path}`: an array of `{}`", object.name)));
            };
            stored.insert(object.path.clone(), numbers);
        }
        self.check_places(&objects, &|path| {
            let shape = |array: &array::Array| array.shape().iter().map(|n| *n as i64).collect::<Vec<_>>();
            Some(stored.get(path)?.iter().map(|array| tensor::Shape::known(&shape(array))).collect())
        })?;
        for object in objects {
            let numbers = stored.remove(&object.path).unwrap_or_default();
            // What an optimizer has lost is left out, with a warning.
            if numbers.len() == object.variables.len() {
                for (node, array) in object.variables.iter().zip(numbers) {
                    self.take_array(*node, array);
                }
            }
        }
        Ok(())
    }

    fn take_array(&mut self, node: graph::NodeId, array: array::Array) {
        let dtype = self.trace.node(node).spec.dtype;
        let array = match dtype {
            Some(dtype) => array.cast(dtype).unwrap_or(array),
            None => array,
        };
        self.forget_content(node);
        self.set_array(node, array);
    }
}
