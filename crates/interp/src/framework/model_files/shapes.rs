//! Weights that do not fit the model that they are loaded into: a script saves those of one model, and takes them out
//! of the file with another.
//!
//! What a file has of each object is its variables' shapes; a run that computes compares the numbers' shapes.
//!
//! source: keras/src/saving/saving_lib.py: load_weights_only, tf_keras/src/saving/saving_lib.py,
//! tf_keras/src/saving/legacy/save.py: load_weights, tf_keras/src/saving/legacy/hdf5_format.py:
//! load_weights_from_hdf5_group

use std::collections::BTreeMap;
use std::rc::Rc;

use graph::{NodeId, VariableId};
use ops::{Exc, Keras, Mistake, Violation};
use tensor::Shape;

use super::objects::Stored;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

/// A layer's name, and its weights' shapes.
pub(crate) type LayerShapes = (Rc<str>, Vec<Shape>);

/// What is known of a file that the script wrote weights to.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    /// The variables' shapes by the places of their objects.
    Places(BTreeMap<String, Vec<Shape>>),
    /// In Keras 2's old format: the layers that have weights, with their shapes, in the model's order.
    Layers(Vec<LayerShapes>),
}

/// Why an object does not take what a file has for it.
enum Misfit {
    /// So many variables are there.
    Count(usize),
    /// A variable of another shape.
    Shape(NodeId, Shape),
}

impl Interp<'_> {
    /// Remembers what shapes of weights a file has.
    pub(crate) fn note_weight_shapes(&mut self, id: ObjId, path: &Rc<str>) {
        let written = match self.is_old_format(path) {
            None => return,
            Some(true) => Some(Written::Layers(self.layers_with_weights(id).1)),
            Some(false) => self.stored_objects(id).ok().map(|objects| {
                let shapes =
                    |object: &Stored| object.variables.iter().map(|node| self.shape_of(*node)).collect();
                Written::Places(objects.iter().map(|object| (object.path.clone(), shapes(object))).collect())
            }),
        };
        match written {
            Some(written) => self.weight_files.insert(path.clone(), written),
            None => self.weight_files.remove(path),
        };
    }

    /// Refuses weights of a file that the script wrote where they do not fit a model.
    ///
    /// # Errors
    /// `ValueError` for a model that is not built, and for other numbers and shapes of variables.
    pub(crate) fn check_weight_shapes(&mut self, id: ObjId, path: &str) -> Eval<()> {
        let Some(written) = self.weight_files.get(path).cloned() else { return Ok(()) };
        if self.all_layers(id).iter().any(|layer| self.layer(*layer).is_none_or(|s| s.lost.is_some())) {
            return Ok(());
        }
        let old = matches!(written, Written::Layers(_));
        let unbuilt = self.layer(id).is_some_and(|state| !state.built && state.model.is_some());
        // Keras 2 looks for it in its old format alone.
        if unbuilt && (old || self.keras == Keras::Three) {
            let core = if old {
                "Unable to load weights saved in HDF5 format into a subclassed Model which has not created its variables \
                 yet. Call the Model first, then load the weights."
            } else {
                "You are loading weights into a model that has not yet been built. Try building the model first by \
                 calling it on some data or by using `build()`."
            };
            return Err(self.no_fit(core.to_owned()));
        }
        match written {
            Written::Layers(saved) => self.check_layers(id, &saved),
            Written::Places(saved) => match self.stored_objects(id) {
                Ok(objects) => self.check_places(&objects, &|path| saved.get(path).cloned()),
                Err(_) => Ok(()),
            },
        }
    }

    /// Refuses what does not fit the objects of a model.
    ///
    /// # Errors
    /// `ValueError`: in Keras 2 for the first object, in Keras 3 for all of them.
    pub(super) fn check_places(
        &mut self,
        objects: &[Stored],
        saved: &dyn Fn(&str) -> Option<Vec<Shape>>,
    ) -> Eval<()> {
        let mut failed: Vec<(ObjId, String)> = Vec::new();
        let again = self.met_again(objects);
        for object in objects {
            let there = saved(&object.path).unwrap_or_default();
            let Some(misfit) = self.weights_misfit(&object.variables, &there) else { continue };
            // What an optimizer has lost is left out, with a warning.
            if object.optimizer {
                continue;
            }
            let text = self.why_not(object, &misfit);
            if self.keras == Keras::Two {
                return Err(self.no_fit(text));
            }
            let text = match again.contains(&object.object) {
                true => self.why_not(object, &Misfit::Count(0)),
                false => text,
            };
            failed.push((object.object, text));
        }
        let Some((first, text)) = failed.first() else { return Ok(()) };
        let (first, text, count) = (*first, text.clone(), failed.len());
        let shown = self.keras_repr(&Value::Instance(first));
        let all: Vec<String> = failed.iter().map(|(id, _)| self.keras_repr(&Value::Instance(*id))).collect();
        Err(self.no_fit(format!(
            "A total of {count} objects could not be loaded. Example error message for object {shown}:\n\n{text}\n\nList \
             of objects that could not be loaded:\n[{}]",
            all.join(", ")
        )))
    }

    /// What failed is tried again where it is met under another name, as the layers of a model of the script's own are
    /// under `layers`; the file has nothing there.
    fn met_again(&self, objects: &[Stored]) -> Vec<ObjId> {
        let root = objects.first().map(|object| object.object);
        let Some(model) = root.and_then(|root| self.model(root)) else { return Vec::new() };
        let own = self.keras == Keras::Three && model.graph.is_none() && model.sequential.is_none();
        root.filter(|_| own).map(|root| self.layers_of(root)).unwrap_or_default()
    }

    fn weights_misfit(&self, variables: &[NodeId], there: &[Shape]) -> Option<Misfit> {
        if variables.len() != there.len() {
            return Some(Misfit::Count(there.len()));
        }
        let mut pairs = variables.iter().zip(there);
        let (node, shape) = pairs.find(|(node, shape)| !self.shape_of(**node).compatible(shape))?;
        Some(Misfit::Shape(*node, shape.clone()))
    }

    fn why_not(&self, object: &Stored, misfit: &Misfit) -> String {
        match misfit {
            Misfit::Shape(node, shape) => self.other_shape(*node, shape),
            Misfit::Count(there) => {
                let name = |node: &NodeId| {
                    let name = self.variable_of(*node).map(|v| self.trace.variable(v).name.clone());
                    format!("'{}'", name.unwrap_or_default())
                };
                let names: Vec<String> = object.variables.iter().map(name).collect();
                format!(
                    "Layer '{}' expected {} variables, but received {there} variables during loading. Expected: [{}]",
                    object.name,
                    object.variables.len(),
                    names.join(", ")
                )
            }
        }
    }

    /// What a variable says of a value of another shape.
    fn other_shape(&self, node: NodeId, given: &Shape) -> String {
        let own = self.shape_of(node);
        let name = self.variable_of(node).map(|v| self.trace.variable(v).name.clone()).unwrap_or_default();
        match self.keras {
            Keras::Two => format!(
                "Cannot assign value to variable ' {name}': Shape mismatch.The variable shape {}, and the assigned value \
                 shape {} are incompatible.",
                own.tuple(),
                given.tuple()
            ),
            Keras::Three => format!(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must \
                 match. variable.shape={}, Received: value.shape={}. Target variable: {name}",
                own.tuple(),
                given.tuple()
            ),
        }
    }

    /// Weights in the old format go to the layers that have some, one after the other.
    fn check_layers(&mut self, id: ObjId, saved: &[LayerShapes]) -> Eval<()> {
        let (variables, layers) = self.layers_with_weights(id);
        if layers.len() != saved.len() {
            return Err(self.no_fit(format!(
                "Layer count mismatch when loading weights from file. Model expected {} layers, found {} saved layers.",
                layers.len(),
                saved.len()
            )));
        }
        for (at, ((name, own), (there, shapes))) in layers.iter().zip(saved).enumerate() {
            if own.len() != shapes.len() {
                return Err(self.no_fit(format!(
                    "Weight count mismatch for layer #{at} (named {name} in the current model, {there} in the save \
                     file). Layer expects {} weight(s). Received {} saved weight(s)",
                    own.len(),
                    shapes.len()
                )));
            }
        }
        let given = saved.iter().flat_map(|(_, shapes)| shapes);
        for (variable, shape) in variables.into_iter().zip(given) {
            let node = self.trace.variable(variable).node;
            if !self.shape_of(node).compatible(shape) {
                let text = self.other_shape(node, shape);
                return Err(self.no_fit(text));
            }
        }
        Ok(())
    }

    fn layers_with_weights(&self, id: ObjId) -> (Vec<VariableId>, Vec<LayerShapes>) {
        let (mut variables, mut layers) = (Vec::new(), Vec::new());
        for layer in self.layers_of(id) {
            let (mut own, rest) = self.weights_of(layer);
            own.extend(rest);
            let name = self.layer(layer).map(|state| state.name.clone()).unwrap_or_default();
            if !own.is_empty() {
                let shape = |v: &VariableId| self.shape_of(self.trace.variable(*v).node);
                layers.push((name, own.iter().map(shape).collect()));
                variables.extend(own);
            }
        }
        (variables, layers)
    }

    fn shape_of(&self, node: NodeId) -> Shape {
        self.trace.node(node).spec.shape.clone()
    }

    /// Tells whether a file of this name is in Keras 2's old format; nothing for formats that are not followed.
    fn is_old_format(&self, path: &str) -> Option<bool> {
        if path.ends_with(".weights.h5") {
            return Some(false);
        }
        let old = path.ends_with(".h5") || path.ends_with(".hdf5");
        (old && self.keras == Keras::Two).then_some(true)
    }

    fn no_fit(&mut self, core: String) -> Halt {
        let mistake = Mistake::Argument { param: "filepath", problem: core.clone() };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        self.raise_violation(violation, "load_weights".into(), Vec::new())
    }
}
