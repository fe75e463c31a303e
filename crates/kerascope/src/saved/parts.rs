//! The weights of a model with their places in a file: `layers/dense/vars/0`.

use std::collections::BTreeMap;

use array::Array;
use formats::{Npy, Variables};
use graph::Depths;
use keras::saved::{Counted, attribute_of, attribute_order};
use ops::{Arg, Keras};
use rustc_hash::FxHashMap;

use crate::error::{Error, Result};
use crate::layer::{Kind, Layer};
use crate::model::Model;
use crate::network::Network;
use crate::symbol::Call;
use crate::weight::Weight;

use super::MAX_DEPTH;

/// A layer or a part of one.
struct Part {
    /// Its place in the file.
    path: String,
    name: String,
    weights: Vec<Weight>,
}

impl Part {
    fn within(&self) -> String {
        format!("{}/vars/", self.path)
    }

    /// Counts the arrays that a file has for it.
    fn count(&self, arrays: &BTreeMap<String, Npy>) -> usize {
        let within = self.within();
        arrays.range(within.clone()..).take_while(|(name, _)| name.starts_with(&within)).count()
    }

    /// Finds the arrays of its weights.
    fn taken(self, arrays: &BTreeMap<String, Npy>) -> Result<Vec<(Weight, Array)>> {
        let within = self.within();
        let of = |(at, weight): (usize, Weight)| {
            let array = arrays.get(&format!("{within}{at}")).and_then(Npy::to_array);
            let array = array.ok_or_else(|| Error::File(format!("{} cannot be read", weight.name())))?;
            let (own, given) = (&weight.spec().shape, ops::numeric::shape_of(&array));
            if !given.compatible(own) {
                let (name, own, given) = (weight.name(), own.tuple(), given.tuple());
                return Err(Error::File(format!("{name} has the shape {own}, in the file it has {given}")));
            }
            Ok((weight, array))
        };
        self.weights.into_iter().enumerate().map(of).collect()
    }
}

impl Model {
    /// Returns the bytes of a `.weights.h5` file.
    pub(super) fn to_weights(&self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        for part in self.parts().into_iter().chain(self.optimizer_part()?) {
            let mut arrays = Vec::new();
            for (at, weight) in part.weights.iter().enumerate() {
                let stored = Npy::of_array(&weight.array()?);
                arrays.push((at.to_string(), stored.ok_or(Error::Unknown("a weight of such a dtype"))?));
            }
            all.push(Variables { path: part.path, name: Some(part.name), arrays });
        }
        formats::write_weights(&all).map_err(|error| Error::File(error.to_string()))
    }

    /// Gives the weights the arrays of a `.weights.h5` file: all, or none.
    pub(super) fn take_weights(&self, bytes: Vec<u8>) -> Result<()> {
        let wrong = |error| Error::File(format!("its weights cannot be read: {error}"));
        let arrays = formats::read_weights(bytes).map_err(wrong)?;
        let mut taken = Vec::new();
        for part in self.parts() {
            let (there, own) = (part.count(&arrays), part.weights.len());
            if there != own {
                let name = &part.name;
                return Err(Error::File(format!(
                    "layer '{name}' has {own} weights, in the file it has {there}"
                )));
            }
            taken.extend(part.taken(&arrays)?);
        }
        // Keras takes the state of an optimizer that keeps as much, and otherwise only warns.
        if let Some(part) = self.optimizer_part()?.filter(|part| part.count(&arrays) == part.weights.len()) {
            taken.extend(part.taken(&arrays)?);
        }
        taken.iter().try_for_each(|(weight, array)| weight.assign(array))
    }

    fn parts(&self) -> Vec<Part> {
        let (mut found, mut visited) = (Vec::new(), Vec::new());
        self.network.visit("", 0, &mut visited, &mut found);
        found
    }

    /// The optimizer with what it keeps.
    fn optimizer_part(&self) -> Result<Option<Part>> {
        let Some(compiled) = self.storable() else { return Ok(None) };
        let mut slots = compiled.state.borrow_mut();
        let built = compiled.optimizer.is_built(&slots);
        let weights = compiled.optimizer.variables(&mut slots, &compiled.trained, built)?;
        let name = compiled.optimizer.name();
        Ok(Some(Part { path: "optimizer".to_owned(), name, weights }))
    }
}

impl Network {
    /// Returns the layers in the order of Keras' `model.layers`, without its `InputLayer`s.
    pub(crate) fn layers_by_depth(&self) -> Vec<Layer> {
        let order: Vec<*const Call> = self.calls.iter().map(std::rc::Rc::as_ptr).collect();
        let by_place: FxHashMap<*const Call, &Call> =
            self.calls.iter().map(|call| (std::rc::Rc::as_ptr(call), &**call)).collect();
        let behind = |step: *const Call| -> Vec<*const Call> {
            let inputs = by_place.get(&step).map_or(&[][..], |call| &call.inputs);
            let calls = inputs.iter().filter_map(|symbol| symbol.call());
            calls.map(|(call, _)| std::rc::Rc::as_ptr(call)).filter(|at| by_place.contains_key(at)).collect()
        };
        let owner = |step: *const Call| by_place.get(&step).map(|call| call.layer.id());
        // When a layer is first met on the way back from the outputs.
        let mut met: FxHashMap<u32, usize> = FxHashMap::default();
        let mut seen = rustc_hash::FxHashSet::default();
        let calls = self.outputs.iter().rev().filter_map(|output| output.call());
        let mut open: Vec<*const Call> = calls.map(|(call, _)| std::rc::Rc::as_ptr(call)).collect();
        while let Some(step) = open.pop() {
            if let (true, Some(layer)) = (seen.insert(step), owner(step)) {
                let count = met.len();
                met.entry(layer).or_insert(count);
                open.extend(behind(step).into_iter().rev());
            }
        }
        let sorted = Depths::count(&order, owner, behind).sorted(&met);
        let layer = |id: &u32| self.layers.iter().find(|layer| layer.id() == *id).cloned();
        sorted.iter().filter_map(layer).collect()
    }

    /// Finds the weights of the layers, whose places begin with `within`.
    fn visit(&self, within: &str, depth: u32, visited: &mut Vec<u32>, found: &mut Vec<Part>) {
        let mut names = Counted::default();
        for layer in self.layers_by_depth() {
            let name = names.next(keras::snake_case(layer.class()));
            visit(&layer, format!("{within}layers/{name}"), depth, visited, found);
        }
    }
}

/// Finds the weights of a layer and of what it consists of, in Keras' order.
fn visit(layer: &Layer, path: String, depth: u32, visited: &mut Vec<u32>, found: &mut Vec<Part>) {
    if depth > MAX_DEPTH || visited.contains(&layer.id()) {
        return;
    }
    visited.push(layer.id());
    let state = layer.inner().state.borrow();
    let of =
        |trained: bool| state.weights.iter().filter(move |weight| weight.is_trained_by_itself() == trained);
    let weights = of(true).chain(of(false)).cloned().collect();
    found.push(Part { path: path.clone(), name: layer.name().to_string(), weights });
    if let Kind::Network(network) = &layer.inner().kind {
        return network.visit(&format!("{path}/"), depth + 1, visited, found);
    }
    let mut attributes: Vec<(&str, &Arg)> = state
        .config
        .iter()
        .filter_map(|(name, arg)| Some((attribute_of(Keras::Three, layer.class(), name)?, arg)))
        .collect();
    attributes.sort_by(|(a, _), (b, _)| attribute_order(a).cmp(&attribute_order(b)));
    let sublayer = |arg: &Arg| state.sublayers.iter().find(|part| part.as_arg() == *arg).cloned();
    for (name, arg) in attributes {
        if let Some(part) = sublayer(arg) {
            visit(&part, format!("{path}/{name}"), depth + 1, visited, found);
        }
        let mut names = Counted::default();
        for part in arg.items().unwrap_or_default().iter().filter_map(sublayer) {
            let counted = names.next(keras::snake_case(part.class()));
            visit(&part, format!("{path}/{name}/{counted}"), depth + 1, visited, found);
        }
    }
}
