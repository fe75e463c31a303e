//! Weights: checked before they are made, and as arrays: `get_weights`, `set_weights`.
//!
//! source: keras/src/layers/layer.py, tf_keras/src/engine/base_layer.py, tf_keras/src/engine/training.py

use std::rc::Rc;

use graph::{NodeId, Source, VariableId};
use ops::{Exc, Keras, Mistake, TensorKind, Violation};
use rustc_hash::FxHashMap;

use crate::framework::layer::{Group, LayerState, Weight};
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of layers.
pub(crate) static METHODS: &[Native] =
    &[native("get_weights", get_weights), native("set_weights", set_weights), LOADS];

/// `layer.load_own_variables(store)`.
const LOADS: Native = native("load_own_variables", lose_values);

/// Methods of models, whose weights may not all be known.
pub(crate) static MODEL_METHODS: &[Native] = &[
    native("get_weights", |interp, args| {
        let known = |id: &ObjId| interp.computes() || interp.knows_weights(*id);
        match args.positional.first() {
            Some(Value::Instance(id)) if known(id) => get_weights(interp, args),
            _ => Ok(interp.unknown("the values of weights")),
        }
    }),
    native("set_weights", set_weights),
    native("set_state_tree", lose_values),
    LOADS,
];

fn get_weights(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if !interp.follows_weights(id) {
        return Ok(interp.unknown("the weights of what is not followed"));
    }
    let mut arrays = Vec::new();
    for variable in interp.weights_in_order(id) {
        let node = interp.trace.variable(variable).node;
        arrays.push(Value::Tensor(interp.snapshot(node)));
    }
    Ok(interp.new_list(arrays))
}

fn set_weights(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let given = args.get(0, "weights").cloned().unwrap_or(Value::None);
    let followed = matches!(given, Value::List(_) | Value::Tuple(_))
        && (interp.knows_weights(id) || interp.begins_without_weights(id));
    if !interp.computes() && !followed {
        return Ok(Value::None);
    }
    let variables = interp.weights_in_order(id);
    let (weights, more) = interp.iterate(&given, variables.len() + 1)?;
    if more || weights.len() != variables.len() {
        let name = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let count = if more { interp.iterate(&given, 100_000)?.0.len() } else { weights.len() };
        let quote = if interp.keras == Keras::Two { '"' } else { '\'' };
        let core = format!(
            "You called `set_weights(weights)` on layer {quote}{name}{quote} with a weight list of length {count}, but the \
             layer was expecting {} weights.{}",
            variables.len(),
            interp.provided_weights(&given)?
        );
        return Err(interp.bad_weights(core));
    }
    for (variable, value) in variables.into_iter().zip(&weights) {
        interp.set_weight(id, variable, value)?;
    }
    Ok(Value::None)
}

/// A method that gives weights values that are not followed.
fn lose_values(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if let Some(id) = split_self(&mut args) {
        for variable in interp.weights_in_order(id) {
            let node = interp.trace.variable(variable).node;
            interp.forget_content(node);
        }
        if interp.computes() {
            interp.undecided("weights that are taken from a store");
        }
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// How Keras 2 ends its refusal of weights: with the beginning of what it was given.
    fn provided_weights(&mut self, given: &Value) -> Eval<String> {
        let shown = if self.keras == Keras::Two { self.repr(given)? } else { None };
        let begun = |text: String| text.chars().take(50).collect::<String>();
        Ok(shown.map_or_else(String::new, |text| format!(" Provided weights: {}...", begun(text))))
    }

    /// A layer's weights in the order of `layer.weights`.
    pub(crate) fn weights_in_order(&mut self, id: ObjId) -> Vec<VariableId> {
        let mut all = Vec::new();
        let metrics = match self.keras {
            // A metric is a layer there, and its variables are weights.
            Keras::Two if self.model(id).is_some() => self.metrics_among_layers(id),
            _ => Vec::new(),
        };
        self.collect_in_order(id, &metrics, &mut all, 0);
        all
    }

    /// The variables of the metrics that are attributes of a model, each with the layer that was an attribute next after
    /// it.
    fn metrics_among_layers(&mut self, id: ObjId) -> Vec<(Option<ObjId>, Vec<VariableId>)> {
        let Some(instance) = self.heap.instance(id) else { return Vec::new() };
        let values: Vec<Value> = instance.attrs.values().cloned().collect();
        let mut found: Vec<(Option<ObjId>, Vec<VariableId>)> = Vec::new();
        let mut open = 0;
        for value in values {
            for leaf in self.leaves(&value) {
                let Value::Instance(leaf_id) = leaf else { continue };
                let within = self.layer(id).is_some_and(|state| state.sublayers.contains(&leaf_id));
                if self.is_metric(&leaf) {
                    let variables = self.variables_of_metric(leaf_id);
                    found.push((None, variables));
                } else if within {
                    for (next, _) in found.iter_mut().skip(open) {
                        *next = Some(leaf_id);
                    }
                    open = found.len();
                }
            }
        }
        found
    }

    fn variables_of_metric(&mut self, metric: ObjId) -> Vec<VariableId> {
        let owner = super::training::Owner::Object(metric);
        if self.computes() && self.slots_of(&owner).is_empty() {
            // They are made when they are asked for.
            self.config_attr(metric, "variables");
        }
        let slots = self.slots_of(&owner);
        if slots.is_empty() && self.computes() && self.is_scripts_own(metric) {
            return self.config(metric).map(|state| state.variables.clone()).unwrap_or_default();
        }
        slots.into_iter().filter_map(|node| self.variable_of(node)).collect()
    }

    fn collect_in_order(
        &self,
        id: ObjId,
        metrics: &[(Option<ObjId>, Vec<VariableId>)],
        all: &mut Vec<VariableId>,
        depth: u32,
    ) {
        let Some(state) = self.layer(id).filter(|_| depth < 64) else { return };
        let mut add = |variable: VariableId| {
            if !all.contains(&variable) {
                all.push(variable);
            }
        };
        let own = || {
            let keras3 = self.keras == Keras::Three;
            // Keras 3 keeps a variable in the list in which it was put when it was made.
            let trains = move |w: &&Weight| {
                if keras3 { w.made_trainable } else { self.trace.variable(w.variable).trainable }
            };
            let weights = || state.weights.iter();
            let ordered = weights().filter(trains).chain(weights().filter(move |w| !trains(w)));
            ordered.map(|w| w.variable).collect::<Vec<_>>()
        };
        match (self.keras, state.model.is_some()) {
            (Keras::Two, false) => {
                let (trainable, rest) = self.weights_of(id);
                trainable.into_iter().chain(rest).for_each(add);
            }
            // A model of Keras 2 lists those of its layers first.
            (Keras::Two, true) => {
                let within = state.groups.iter().flat_map(|g| g.layers.iter().map(move |layer| (*layer, g)));
                let groups: FxHashMap<ObjId, &Group> = within.collect();
                for layer in &state.sublayers {
                    let before = metrics.iter().filter(|(next, _)| *next == Some(*layer));
                    before.for_each(|(_, variables)| all.extend(variables));
                    let Some(group) = groups.get(layer) else {
                        self.collect_in_order(*layer, &[], all, depth + 1);
                        continue;
                    };
                    if group.layers.first() != Some(layer) {
                        // It was listed with the first.
                        continue;
                    }
                    // A list or dict of layers has its own order: what is trained of all of them, then the rest.
                    let parts: Vec<_> = group.layers.iter().map(|layer| self.weights_of(*layer)).collect();
                    let trained = parts.iter().flat_map(|(trained, _)| trained);
                    for variable in trained.chain(parts.iter().flat_map(|(_, rest)| rest)) {
                        if !all.contains(variable) {
                            all.push(*variable);
                        }
                    }
                }
                let last = metrics.iter().filter(|(next, _)| next.is_none());
                last.for_each(|(_, variables)| all.extend(variables));
                for variable in own() {
                    if !all.contains(&variable) {
                        all.push(variable);
                    }
                }
            }
            (Keras::Three, _) => {
                own().into_iter().for_each(&mut add);
                for layer in &state.sublayers {
                    self.collect_in_order(*layer, &[], all, depth + 1);
                }
            }
        }
    }

    /// Tells whether all of a layer's weights are there and known, so that their number can be spoken of.
    fn knows_weights(&self, id: ObjId) -> bool {
        self.each_layer(id, 0, &|state| {
            // An unbuilt model of Keras 2 raises something else; Keras 3 takes the weights that there are.
            let ready =
                self.keras == Keras::Three || state.built || (state.model.is_none() && state.decl.is_some());
            ready && state.lost.is_none()
        })
    }

    /// Tells whether a model has the weights that its layers have so far, though it was never called: Keras 2 refuses to
    /// list them only for classes with a `build` of their own, as `Sequential` is one.
    ///
    /// source: tf_keras/src/engine/training.py: Model._assert_weights_created
    fn begins_without_weights(&mut self, id: ObjId) -> bool {
        self.keras == Keras::Two
            && self.layer(id).is_some_and(|state| state.model.is_some() && !state.built)
            && self.script_method(id, "call").is_some()
            && self.script_method(id, "build").is_none()
            && self.follows_weights(id)
    }

    /// Tells whether what weights a layer has so far is known: not those of a metric, nor where its input was not known.
    pub(super) fn follows_weights(&self, id: ObjId) -> bool {
        self.each_layer(id, 0, &|state| state.lost.is_none())
    }

    /// Tells whether something holds for a layer and all layers in it.
    fn each_layer(&self, id: ObjId, depth: u32, holds: &impl Fn(&LayerState) -> bool) -> bool {
        self.layer(id).is_some_and(|state| {
            let within = |layer: &ObjId| self.each_layer(*layer, depth + 1, holds);
            depth < 64 && holds(state) && state.sublayers.iter().all(within)
        })
    }

    /// An array with a variable's or tensor's present elements.
    pub(crate) fn snapshot(&mut self, node: NodeId) -> NodeId {
        let spec = self.trace.node(node).spec.clone();
        let span = self.here();
        let new = self.trace.add(Source::Constant, TensorKind::Numpy, spec, span);
        if let Some(array) = self.array_of_node(node) {
            self.set_array(new, array);
        }
        new
    }

    /// `tensor.numpy()`: an array, or the bytes of one text.
    pub(crate) fn as_numpy(&mut self, node: NodeId) -> Value {
        let spec = &self.trace.node(node).spec;
        if spec.dtype == Some(tensor::DType::String)
            && spec.shape.rank() == Some(0)
            && let Some(text) = self.array_of_node(node).and_then(|array| array.to_texts().ok())
            && let Some(text) = text.first()
        {
            return Value::Bytes(text.as_bytes().into());
        }
        let spec = &self.trace.node(node).spec;
        if spec.dtype == Some(tensor::DType::String)
            && let Some(sizes) = spec.shape.all_known()
            && let Some(texts) = self.array_of_node(node).and_then(|array| array.to_texts().ok())
        {
            let items = texts.iter().map(|text| Value::Bytes(text.as_bytes().into())).collect();
            return self.object_array_of(&sizes, items);
        }
        Value::Tensor(self.snapshot(node))
    }

    /// An element of a dataset with arrays for its tensors.
    pub(crate) fn numpy_element(&mut self, element: &Value) -> Value {
        match element {
            Value::Tensor(node) => self.as_numpy(*node),
            Value::Tuple(items) => {
                Value::Tuple(items.clone().iter().map(|v| self.numpy_element(v)).collect())
            }
            Value::Dict(_) => match self.pairs_of(element) {
                Some(pairs) => {
                    let pairs =
                        pairs.into_iter().map(|(k, v)| (k, self.numpy_element(&v))).collect::<Vec<_>>();
                    self.new_dict(pairs)
                }
                None => element.clone(),
            },
            _ => element.clone(),
        }
    }

    fn set_weight(&mut self, id: ObjId, variable: VariableId, value: &Value) -> Eval<()> {
        let node = self.trace.variable(variable).node;
        self.forget_content(node);
        if let Some(array) = self.array_for(value, node) {
            self.set_array(node, array);
            return Ok(());
        }
        let own = self.trace.node(node).spec.shape.clone();
        let given = match self.flat_tensors(value).as_slice() {
            [node] => self.trace.node(*node).spec.shape.clone(),
            _ => self.plain_spec(value, 0).map_or(tensor::Shape::UNKNOWN, |s| s.shape),
        };
        if own.compatible(&given) && !self.computes() {
            return Ok(());
        }
        if own.compatible(&given) {
            self.without_number("the numbers of a weight are not known");
            self.lose_number(node);
            return Ok(());
        }
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let core = format!(
            "Layer {name} weight shape {} is not compatible with provided weight shape {}.",
            own.tuple(),
            given.tuple()
        );
        Err(self.bad_weights(core))
    }

    fn bad_weights(&mut self, core: String) -> crate::raise::Halt {
        let mistake = Mistake::Argument { param: "weights", problem: core.clone() };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        self.raise_violation(violation, "set_weights".into(), Vec::new())
    }
}

impl Interp<'_> {
    /// Checks that a weight of its shape can be made.
    ///
    /// # Errors
    /// What Keras raises.
    pub(crate) fn check_weight(&self, id: ObjId, weight: &keras::WeightArgs) -> ops::Infer<()> {
        let class = match &weight.initializer {
            ops::Arg::Callable(callable) => match self.callable_value(*callable) {
                Value::Instance(id) => Some(format!("keras.initializers.{}", self.class_name(id)).into()),
                Value::Class(id) => self.class(id).path.clone(),
                _ => None,
            },
            _ => None,
        };
        let initializer = match &weight.initializer {
            ops::Arg::Str(name) => match keras::initializers::INITIALIZERS.find(self.keras, name) {
                Ok(keras::Named::Class(path) | keras::Named::Function(path)) => Some(path),
                _ => None,
            },
            arg if arg.is_none() => Some("keras.initializers.GlorotUniform"),
            _ => class.as_deref(),
        };
        let path = self.variable_path(id, &weight.name, weight.cell);
        keras::check_weight(self.keras, &path, &weight.shape, initializer)?;
        if let (Some(of), Some(state)) = (initializer, self.layer(id)) {
            let dtype = weight.dtype.unwrap_or(state.variable_dtype);
            let args = self.settings_of(&weight.initializer);
            let settings = keras::Bound { keras: self.keras, class: "", args };
            let zeros = weight.initializer.is_none() && self.keras == ops::Keras::Two && dtype.is_integer();
            if of.starts_with("keras.initializers.") && !zeros {
                keras::initializers::check_number(of, &settings, &weight.shape, dtype)?;
            }
        }
        match self.constant_of(&weight.initializer) {
            Some(value) => keras::initializers::check_constant(self.keras, value, &weight.shape),
            None => Ok(()),
        }
    }

    /// The arguments of an initializer that is an object.
    fn settings_of(&self, initializer: &ops::Arg) -> &[(Rc<str>, ops::Arg)] {
        let ops::Arg::Callable(callable) = initializer else { return &[] };
        let Value::Instance(id) = self.callable_value(*callable) else { return &[] };
        self.config(id).map_or(&[], |state| &state.args)
    }

    /// What a `Constant` initializer fills a weight with.
    fn constant_of(&self, initializer: &ops::Arg) -> Option<&ops::Arg> {
        let ops::Arg::Callable(callable) = initializer else { return None };
        let Value::Instance(id) = self.callable_value(*callable) else { return None };
        let state = self.config(id).filter(|s| &*s.path == "keras.initializers.Constant")?;
        state.args.iter().find(|(name, _)| &**name == "value").map(|(_, value)| value)
    }
}
