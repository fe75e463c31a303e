//! The objects of a model whose variables a weight file has, each with the place that it has there: `layers/dense`.
//!
//! source: keras/src/saving/saving_lib.py: `_walk_saveable`, `_save_state`, `_save_container_state`, and the functions
//! of these names in tf_keras/src/saving/saving_lib.py

use std::rc::Rc;

use array::Array;
use graph::{NodeId, VariableId};
use keras::saved;
use ops::Keras;
use tensor::DType;

use crate::framework::training::{ITERATIONS, Owner};
use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::value::Value;

/// How deep objects are followed.
const MAX_DEPTH: u32 = 32;

/// One object.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The object.
    pub(super) object: ObjId,
    /// Its place in the file.
    pub(super) path: String,
    /// Its name.
    pub(super) name: Rc<str>,
    /// Its variables.
    pub(super) variables: Vec<NodeId>,
    /// Whether it is an optimizer, whose variables may be missing in a file.
    pub(super) optimizer: bool,
}

/// A walk through what a model holds.
struct Walk<'i, 'a> {
    interp: &'i mut Interp<'a>,
    found: Vec<Stored>,
    visited: Vec<ObjId>,
    /// What stands in the way of writing the model.
    refused: Option<String>,
}

impl Interp<'_> {
    /// Finds the objects of a model in the order in which they are saved.
    ///
    /// # Errors
    /// In words, where there is something of which a file is not written.
    pub(super) fn stored_objects(&mut self, model: ObjId) -> Result<Vec<Stored>, String> {
        let mut walk = Walk { interp: self, found: Vec::new(), visited: Vec::new(), refused: None };
        walk.visit(model, String::new(), 0);
        match walk.refused {
            Some(why) => Err(why),
            None => Ok(walk.found),
        }
    }
}

fn under(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

impl Walk<'_, '_> {
    fn visit(&mut self, id: ObjId, path: String, depth: u32) {
        if depth > MAX_DEPTH || self.visited.contains(&id) {
            return;
        }
        self.visited.push(id);
        if self.interp.layer(id).is_none() {
            self.other(id, path);
            return;
        }
        if self.interp.is_lost(id) {
            self.refuse("a layer that is not followed");
        }
        let lookup = self.interp.layer(id).and_then(|s| s.decl).map_or("", |decl| decl.name);
        let learns =
            matches!(lookup, "StringLookup" | "IntegerLookup" | "TextVectorization" | "Discretization");
        if learns && self.interp.has_adapted(id) {
            self.refuse(&format!("what a {lookup} has adapted to"));
        }
        let name = self.interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let variables = self.own_variables(id);
        self.found.push(Stored { object: id, path: path.clone(), name, variables, optimizer: false });
        for (attribute, value) in self.attributes(id) {
            self.value(&value, under(&path, &attribute), depth + 1);
        }
    }

    fn refuse(&mut self, why: &str) {
        self.refused.get_or_insert_with(|| why.to_owned());
    }

    /// A layer's own variables, those that are trained first.
    fn own_variables(&self, id: ObjId) -> Vec<NodeId> {
        let Some(state) = self.interp.layer(id) else { return Vec::new() };
        let of = |trained: bool| {
            let all = state.weights.iter().map(|weight| self.interp.trace.variable(weight.variable));
            all.filter(move |variable| variable.trainable == trained).map(|variable| variable.node)
        };
        of(true).chain(of(false)).collect()
    }

    /// An optimizer, or in Keras 2 a metric.
    fn other(&mut self, id: ObjId, path: String) {
        let Some(state) = self.interp.config(id).cloned() else { return };
        let value = Value::Instance(id);
        if self.interp.is_of_family(&value, "keras.optimizers.Optimizer") {
            // What it has for the variables is followed only in numbers.
            if !self.interp.computes() {
                return;
            }
            match self.interp.optimizer_variables(id) {
                Some(variables) => {
                    let name = state.name.clone();
                    self.found.push(Stored { object: id, path, name, variables, optimizer: true });
                }
                None => self.refuse("the state of this optimizer"),
            }
        } else if self.interp.keras == Keras::Two && self.interp.is_metric(&value) {
            let own = state.variables.iter().map(|variable| self.interp.trace.variable(*variable).node);
            let variables: Vec<NodeId> = own.chain(self.interp.slots_of(&Owner::Object(id))).collect();
            self.found.push(Stored { object: id, path, name: state.name, variables, optimizer: false });
        }
    }

    fn is_kept(&mut self, id: ObjId) -> bool {
        let value = Value::Instance(id);
        self.interp.layer(id).is_some()
            || self.interp.is_of_family(&value, "keras.optimizers.Optimizer")
            || self.interp.is_metric(&value)
    }

    /// The attributes that are looked into, in their order, with what they hold.
    fn attributes(&mut self, id: ObjId) -> Vec<(String, Value)> {
        let two = self.interp.keras == Keras::Two;
        let mut all: Vec<(String, Value)> = Vec::new();
        let Some(state) = self.interp.layer(id) else { return all };
        let class = state.decl.map_or("", |decl| decl.name);
        let config = state.config.clone();
        for (name, arg) in config {
            let Some(name) = saved::attribute_of(self.interp.keras, class, &name) else { continue };
            all.push((name.to_owned(), self.interp.value_of(&arg)));
        }
        let attrs = self.interp.heap.instance(id).map(|instance| instance.attrs.clone()).unwrap_or_default();
        all.retain(|(name, _)| !attrs.contains_key(name.as_str()));
        all.extend(attrs.iter().map(|(name, value)| (name.to_string(), value.clone())));
        if self.interp.model(id).is_some() {
            let optimizer = self.interp.compiled(id).map(|compiled| compiled.optimizer.clone());
            all.retain(|(name, _)| !matches!(name.as_str(), "optimizer" | "history" | "layers"));
            all.extend(optimizer.map(|optimizer| ("optimizer".to_owned(), optimizer)));
        }
        match two {
            true => all.sort_by(|(a, _), (b, _)| b.cmp(a)),
            false => all.sort_by(|(a, _), (b, _)| saved::attribute_order(a).cmp(&saved::attribute_order(b))),
        }
        if let Some(layers) = self.tracked_layers(id) {
            // Keras 3 begins with them; in Keras 2 they are an attribute like others.
            let at =
                if two { all.iter().take_while(|(name, _)| name.as_str() > "layers").count() } else { 0 };
            all.insert(at, ("layers".to_owned(), layers));
        }
        all
    }

    /// The layers of a model: of any in Keras 2, in Keras 3 of those that are no classes of the script's.
    fn tracked_layers(&mut self, id: ObjId) -> Option<Value> {
        let model = self.interp.model(id)?;
        let connected = model.sequential.is_some() || model.graph.is_some();
        if self.interp.keras == Keras::Three && !connected {
            return None;
        }
        let layers = self.interp.layers_of(id).into_iter().map(Value::Instance).collect();
        Some(self.interp.new_list(layers))
    }

    fn value(&mut self, value: &Value, path: String, depth: u32) {
        match value {
            Value::Instance(id) if self.is_kept(*id) => self.visit(*id, path, depth),
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) => self.container(value, &path, depth),
            _ => {}
        }
    }

    /// The objects in a list or dict, which are counted by their classes' names.
    fn container(&mut self, container: &Value, path: &str, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        let items: Vec<Value> = match container {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => self.interp.heap.list(*id).cloned().unwrap_or_default(),
            Value::Dict(id) => match self.interp.heap.get(*id) {
                Object::Dict(items) => items.values().map(|(_, value)| value.clone()).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let two = self.interp.keras == Keras::Two;
        let mut names = saved::Counted::default();
        for item in items {
            match &item {
                Value::Instance(id) if self.is_kept(*id) => {
                    if two && self.visited.contains(id) {
                        continue;
                    }
                    let name = names.next(keras::snake_case(&self.interp.class_name(*id)));
                    self.visit(*id, under(path, &name), depth + 1);
                }
                Value::List(_) | Value::Tuple(_) | Value::Dict(_) if !two => {
                    let name = names.next("container".to_owned());
                    self.container(&item, &under(path, &name), depth + 1);
                }
                _ => {}
            }
        }
    }
}

impl Interp<'_> {
    /// An optimizer's variables in Keras' order; nothing where they are not followed.
    ///
    /// source: keras/src/optimizers/base_optimizer.py, tf_keras/src/optimizers/optimizer.py: `variables`
    pub(crate) fn optimizer_variables(&mut self, id: ObjId) -> Option<Vec<NodeId>> {
        let state = self.config(id)?.clone();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        if state.path.contains(".legacy.") {
            return None;
        }
        let owner = Owner::Object(id);
        let mut variables = vec![self.slot(&owner, ITERATIONS, &[], DType::Int64, 0.0).ok()?];
        if self.keras == Keras::Three
            && state.schedule.is_none()
            && let Some(Value::Tensor(rate)) = state.learning_rate
        {
            variables.push(rate);
        }
        let settings = keras::Bound { keras: self.keras, class: &class, args: &state.args };
        let Some(built) = state.built_for else { return Some(variables) };
        let spec = |variable: &VariableId| {
            let spec = &self.trace.node(self.trace.variable(*variable).node).spec;
            Some((spec.shape.all_known()?, spec.dtype?))
        };
        let (sizes, dtypes): (Vec<_>, Vec<_>) =
            built.iter().map(spec).collect::<Option<Vec<_>>>()?.into_iter().unzip();
        for kept in keras::optimizers::kept_slots(&class, &settings, &sizes)? {
            let dtype = kept.of.and_then(|at| dtypes.get(at).copied()).unwrap_or(DType::Float32);
            variables.push(self.slot(&owner, &kept.name, &kept.sizes, dtype, kept.initial).ok()?);
        }
        Some(variables)
    }

    /// The elements of stored variables; the name of one that is not known instead.
    pub(super) fn stored_arrays(&self, stored: &Stored) -> Result<Vec<Array>, String> {
        let array = |node: &NodeId| self.array_of_node(*node);
        let all = stored.variables.iter().map(|node| array(node).ok_or(()));
        all.collect::<Result<_, ()>>().map_err(|()| format!("the numbers of `{}` are not known", stored.name))
    }
}
