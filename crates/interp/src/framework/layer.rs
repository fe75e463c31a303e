//! What a layer or model keeps.

use std::rc::Rc;

use diagnostics::Span;
use graph::{NodeId, VariableId};
use keras::InputSpec;
use ops::Arg;
use rustc_hash::FxHashSet;
use tensor::DType;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// A layer's or model's state beside its attributes.
#[derive(Clone, Debug)]
pub struct LayerState {
    /// Its name.
    pub name: Rc<str>,
    /// Whether `Layer.__init__` has run.
    pub initialised: bool,
    /// Whether it is built.
    pub built: bool,
    /// The shape that it was built for.
    pub built_on: Option<crate::value::Value>,
    /// `layer.trainable`.
    pub trainable: bool,
    /// The dtype that it computes in.
    pub compute_dtype: DType,
    /// The dtype of its variables.
    pub variable_dtype: DType,
    /// The declaration, for a class that Keras defines.
    pub decl: Option<&'static keras::Layer>,
    /// The constructor's arguments, defaults included, and what the declaration stored.
    pub config: Vec<(Rc<str>, Arg)>,
    /// The further arguments of the call that is carried out.
    pub given: Vec<(Rc<str>, Arg)>,
    /// Its own weights, in the order they were made.
    pub weights: Vec<Weight>,
    /// Sublayers, in the order they were tracked.
    pub sublayers: Vec<ObjId>,
    /// Those of them that are in lists and dicts of its own.
    pub groups: Vec<Group>,
    /// What it expects of its inputs.
    pub input_spec: Vec<InputSpec>,
    /// Its symbolic calls: indices into the interpreter's list.
    pub calls: Vec<u32>,
    /// Whether it hands masks on.
    pub supports_masking: bool,
    /// Losses added by `add_loss` in the present call.
    pub losses: Vec<NodeId>,
    /// A Lambda's function and arguments.
    pub lambda: Option<Box<super::lambda::LambdaState>>,
    /// What makes it a model.
    pub model: Option<Box<super::model::ModelState>>,
    /// Whether it is being built for one input that is not in a list.
    pub single_input: bool,
    /// Whether it is being called on an `Input` of unknown rank.
    pub unknown_rank: bool,
    /// What its constructor was called with, which Keras 3 takes for its config.
    pub made_with: crate::value::Args,
    /// The expression that made it: `Dense(4)`.
    pub made: Span,
    /// Whether it is being called on values rather than on tensors without data.
    pub on_values: bool,
    /// Whether its state can no longer be followed, and why.
    pub lost: Option<&'static str>,
}

/// One weight of a layer.
#[derive(Clone, Debug)]
pub struct Weight {
    /// The name within the layer: `kernel`.
    pub name: Rc<str>,
    /// The variable.
    pub variable: VariableId,
    /// Whether it was made as one that trains, which decides where Keras lists it.
    pub made_trainable: bool,
}

impl Default for LayerState {
    fn default() -> Self {
        LayerState {
            name: "".into(),
            initialised: false,
            built: false,
            built_on: None,
            trainable: true,
            compute_dtype: DType::Float32,
            variable_dtype: DType::Float32,
            decl: None,
            config: Vec::new(),
            given: Vec::new(),
            weights: Vec::new(),
            sublayers: Vec::new(),
            groups: Vec::new(),
            input_spec: Vec::new(),
            calls: Vec::new(),
            supports_masking: false,
            losses: Vec::new(),
            lambda: None,
            model: None,
            single_input: false,
            unknown_rank: false,
            on_values: false,
            made_with: Args::default(),
            made: Span::default(),
            lost: None,
        }
    }
}

/// The sublayers in one attribute that is a list, a tuple or a dict, and the lists and dicts that it consists of.
#[derive(Clone, Debug)]
pub struct Group {
    containers: Vec<ObjId>,
    /// The layers, in the order they were tracked.
    pub layers: Vec<ObjId>,
}

/// What a layer tracks of a value that is set on it.
#[derive(Default)]
struct Tracked {
    layers: Vec<ObjId>,
    variables: Vec<VariableId>,
    containers: Vec<ObjId>,
}

impl LayerState {
    /// Tells whether the layer says that it is built, which some do as soon as they are made.
    pub(crate) fn is_built(&self, keras: ops::Keras) -> bool {
        self.built || self.decl.is_some_and(|decl| keras::is_made_built(keras, decl.name))
    }
}

impl Interp<'_> {
    /// Returns a layer's state.
    pub fn layer(&self, id: ObjId) -> Option<&LayerState> {
        match &self.heap.instance(id)?.native {
            NativeState::Layer(state) => Some(state),
            _ => None,
        }
    }

    /// Tells whether a layer's state can no longer be followed.
    pub(crate) fn is_lost(&self, id: ObjId) -> bool {
        self.layer(id).is_some_and(|state| state.lost.is_some())
    }

    /// Returns a layer and those within it, each once, outer ones before what is in them.
    pub(crate) fn layers_within(&self, id: ObjId) -> Vec<ObjId> {
        let (mut todo, mut seen, mut found) = (vec![id], FxHashSet::default(), Vec::new());
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                found.push(id);
                todo.extend(self.layer(id).iter().flat_map(|state| state.sublayers.iter().rev()));
            }
        }
        found
    }

    /// Returns the layers that the script has made, in order.
    pub fn layers(&self) -> impl Iterator<Item = &LayerState> {
        (0..self.heap.len()).filter_map(|at| self.layer(ObjId(u32::try_from(at).ok()?)))
    }

    /// Returns a layer's state to change.
    pub fn layer_mut(&mut self, id: ObjId) -> Option<&mut LayerState> {
        match &mut self.heap.instance_mut(id)?.native {
            NativeState::Layer(state) => Some(state),
            _ => None,
        }
    }

    /// Returns the object of a value that is a layer or model.
    pub fn as_layer(&self, value: &Value) -> Option<ObjId> {
        match value {
            Value::Instance(id) => self.layer(*id).map(|_| *id),
            _ => None,
        }
    }

    /// Returns the name of a layer's class.
    pub fn class_name(&self, id: ObjId) -> Rc<str> {
        self.heap.instance(id).map_or_else(|| "Layer".into(), |i| self.class(i.class).name.clone())
    }

    /// Tracks the layers and variables in a value that a layer's attribute is set to.
    pub(crate) fn layer_set_attr(&mut self, id: ObjId, name: &str, value: &Value) -> Eval<()> {
        self.check_model_attr(id, name, value)?;
        if name == "trainable" {
            if let Some(truth) = self.truth(value)? {
                self.set_trainable(id, truth);
            }
            return Ok(());
        }
        if name == "supports_masking" {
            let truth = self.truth(value)?;
            if let (Some(truth), Some(state)) = (truth, self.layer_mut(id)) {
                state.supports_masking = truth;
            }
            return Ok(());
        }
        if name == "dtype_policy" && self.keras == ops::Keras::Three {
            self.take_policy(id, value);
        }
        if name == "input_spec" {
            self.take_input_spec(id, value)?;
        }
        if name == "built"
            && let Some(state) = self.layer_mut(id)
        {
            state.built = matches!(value, Value::Bool(true));
        }
        self.adopt(id, name, value, None);
        Ok(())
    }

    /// Makes layers and variables in a value parts of a layer, and remembers its lists and dicts: what is put into
    /// them later is a part too (`self.blocks = []`, `self.blocks.append(Block())`).
    fn adopt(&mut self, id: ObjId, name: &str, value: &Value, into: Option<ObjId>) {
        let mut tracked = Tracked::default();
        self.collect_tracked(value, &mut tracked, 0);
        let made = tracked.variables.into_iter().map(|v| (v, self.trace.variable(v).trainable));
        let made: Vec<_> = made.collect();
        let grouped = into.is_some() || matches!(value, Value::Tuple(_) | Value::List(_) | Value::Dict(_));
        let Some(state) = self.layer_mut(id) else { return };
        let mut held = Vec::new();
        for layer in tracked.layers {
            if layer != id && !state.sublayers.contains(&layer) {
                state.sublayers.push(layer);
                held.push(layer);
            }
        }
        if grouped {
            let known = into.and_then(|into| state.groups.iter_mut().find(|g| g.containers.contains(&into)));
            match known {
                Some(group) => {
                    group.layers.extend(held);
                    group.containers.extend(&tracked.containers);
                }
                None => state.groups.push(Group { containers: tracked.containers.clone(), layers: held }),
            }
        }
        for (variable, made_trainable) in made {
            if !state.weights.iter().any(|w| w.variable == variable) {
                state.weights.push(Weight { name: name.into(), variable, made_trainable });
            }
        }
        for container in tracked.containers {
            self.running.containers.insert(container, (id, name.into()));
        }
    }

    /// Notes that a value is put into a list or dict, which may be a layer's.
    pub(crate) fn adopt_into(&mut self, container: ObjId, value: &Value) {
        if let Some((layer, name)) = self.running.containers.get(&container).cloned() {
            self.adopt(layer, &name, value, Some(container));
        }
    }

    fn collect_tracked(&self, value: &Value, tracked: &mut Tracked, depth: u32) {
        if depth > 4 {
            return;
        }
        match value {
            Value::Instance(id) if self.layer(*id).is_some() => tracked.layers.push(*id),
            Value::Tensor(id) => {
                tracked.variables.extend(self.variable_of(*id).filter(|v| self.keras_tracks(*v)));
            }
            Value::Tuple(items) => items.iter().for_each(|v| self.collect_tracked(v, tracked, depth + 1)),
            Value::List(id) => {
                tracked.containers.push(*id);
                if let Some(items) = self.heap.list(*id) {
                    items.iter().for_each(|v| self.collect_tracked(v, tracked, depth + 1));
                }
            }
            Value::Dict(id) => {
                tracked.containers.push(*id);
                if let Object::Dict(items) = self.heap.get(*id) {
                    items.values().for_each(|(_, v)| self.collect_tracked(v, tracked, depth + 1));
                }
            }
            _ => {}
        }
    }

    /// Sets `trainable` on a layer and everything in it.
    pub fn set_trainable(&mut self, id: ObjId, trainable: bool) {
        let mut todo = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = todo.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            if let Some(state) = self.layer_mut(id) {
                state.trainable = trainable;
                todo.extend(&state.sublayers);
            }
        }
    }

    /// Returns a layer's weights, its own first, then its sublayers' in order, without repeats: those
    /// that are trained, and the rest.
    pub fn weights_of(&self, id: ObjId) -> (Vec<VariableId>, Vec<VariableId>) {
        let (mut trainable, mut rest) = (Vec::new(), Vec::new());
        self.collect_weights(id, true, &mut trainable, &mut rest, 0);
        (trainable, rest)
    }

    fn collect_weights(
        &self,
        id: ObjId,
        trained: bool,
        trainable: &mut Vec<VariableId>,
        rest: &mut Vec<VariableId>,
        depth: u32,
    ) {
        let Some(state) = self.layer(id).filter(|_| depth < 64) else { return };
        let trained = trained && state.trainable;
        for weight in &state.weights {
            let list = if trained && self.trace.variable(weight.variable).trainable {
                &mut *trainable
            } else {
                &mut *rest
            };
            if !list.contains(&weight.variable) {
                list.push(weight.variable);
            }
        }
        for sublayer in &state.sublayers {
            self.collect_weights(*sublayer, trained, trainable, rest, depth + 1);
        }
    }

    /// What a Keras object gets before `__init__`: the declaration of its class.
    pub(crate) fn prepare_keras_instance(&mut self, id: ObjId, args: &Args) {
        let Some(class) = self.heap.instance(id).map(|i| i.class) else { return };
        let decl = self.class(class).mro.iter().find_map(|c| {
            let class = self.class(*c);
            // A class may be exported under another name than its own: `GroupQueryAttention`.
            let exported = class.path.as_ref()?.rsplit('.').next()?;
            keras::find_layer(&class.name).or_else(|| keras::find_layer(exported))
        });
        if let (Some(decl), Some(state)) = (decl, self.layer_mut(id)) {
            state.decl = Some(decl);
            state.supports_masking = !matches!(decl.mask, keras::Mask::Drops);
        } else if let Some(state) = self.layer_mut(id) {
            state.made_with = args.clone();
        }
    }

    /// What follows `__init__`: models built by it are recorded as such.
    pub(crate) fn after_init(&mut self, id: ObjId) -> Eval<()> {
        let _ = id;
        Ok(())
    }

    /// Tells whether a layer keeps the states of a cell.
    pub(crate) fn is_recurrent(&self, id: ObjId) -> bool {
        let decl = self.layer(id).and_then(|state| state.decl);
        decl.is_some_and(|d| matches!(d.name, "SimpleRNN" | "GRU" | "LSTM" | "RNN"))
    }

    /// Reads what the native part of an instance gives as an attribute.
    pub(crate) fn native_attr(&mut self, id: ObjId, name: &str) -> Eval<Option<Value>> {
        if name == "learning_rate" && self.lacks_rate(id) {
            return Ok(Some(self.unknown("whether an optimizer has made a step by its schedule")));
        }
        if let Some(value) = self.config_attr(id, name) {
            return Ok(Some(value));
        }
        let Some(state) = self.layer(id) else { return Ok(None) };
        let resets = name == "reset_states" || name == "reset_state" && self.keras == ops::Keras::Three;
        let both = state.decl.is_some_and(|d| d.name == "Bidirectional");
        let model = state.model.is_some() && self.keras == ops::Keras::Two;
        if resets && (self.is_recurrent(id) || both || model) && self.computes() {
            return Ok(Some(Value::bound(Value::Instance(id), &super::layer_methods::RESET)));
        }
        if let Some(function) = self.vocabulary_method(id, name) {
            return Ok(Some(Value::bound(Value::Instance(id), function)));
        }
        if let Some(value) = self.layer_extra(id, name).or_else(|| self.generators_method(id, name)) {
            return Ok(Some(value));
        }
        let Some(state) = self.layer(id) else { return Ok(None) };
        let scale =
            matches!(name, "mean" | "variance") && state.decl.is_some_and(|d| d.name == "Normalization");
        if let Some(weight) = state.weights.iter().rev().find(|w| &*w.name == name && !scale) {
            if state.lost.is_some() && state.decl.is_some() {
                return Ok(Some(self.unknown("a weight of a layer that is not followed")));
            }
            if matches!(name, "kernel" | "embeddings")
                && self.layer_arg(id, "lora_rank").is_some_and(|rank| !rank.is_none())
            {
                return Ok(Some(self.unknown("a weight with an adapter")));
            }
            return Ok(Some(Value::Tensor(self.trace.variable(weight.variable).node)));
        }
        if let Some(value) = self.statistics(id, name) {
            return Ok(Some(value));
        }
        let Some(state) = self.layer(id) else { return Ok(None) };
        let scales = state.decl.is_some_and(|decl| decl.name == "Normalization");
        let told = self.layer_arg(id, "mean").is_some_and(|mean| !mean.is_none()) || self.has_adapted(id);
        if matches!(name, "mean" | "variance") && self.lacks_statistics(id) {
            return Ok(None);
        }
        if scales && (name == "mean" && told || name == "variance") {
            // `None` until `adapt` has seen data.
            return Ok(Some(self.unknown("the statistics of a Normalization")));
        }
        if let Some(value) = self.layer_argument(id, name)? {
            return Ok(Some(value));
        }
        let told = self.layer(id).is_some_and(|s| s.decl.is_some() && s.model.is_none() && s.lost.is_none());
        if told && name == "input_spec" {
            return self.told_input_spec(id).map(Some);
        }
        Ok(self.layer_setting(id, name))
    }

    /// Tells whether a recurrent layer keeps its states from call to call.
    fn keeps_states(&self, id: ObjId) -> bool {
        !matches!(self.layer_arg(id, "stateful"), None | Some(Arg::Bool(false)))
    }

    /// The variables that a stateful layer keeps its states in, where numbers are followed.
    fn kept_states(&mut self, id: ObjId) -> Option<Value> {
        let owner = super::training::Owner::Object(id);
        let found = (0..).map_while(|at| self.existing_slot(&owner, &format!("state/{at}")));
        let states: Vec<Value> = found.map(Value::Tensor).collect();
        (!states.is_empty()).then(|| self.new_list(states))
    }

    /// Reads what every layer has beside its arguments.
    fn layer_setting(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let state = self.layer(id)?;
        let class = self.heap.instance(id).map(|instance| instance.class);
        let base = class.is_some_and(|class| self.class(class).path.as_deref() == Some("keras.layers.Layer"));
        let declared = state.decl.is_some() || state.lambda.is_some() || base && name == "supports_masking";
        if !declared || state.model.is_some() || state.lost.is_some() {
            return None;
        }
        match name {
            "supports_masking" if state.decl.is_some_and(|decl| decl.name == "Embedding") => {
                Some(Value::Bool(self.layer_arg(id, "mask_zero") == Some(&Arg::Bool(true))))
            }
            "supports_masking" => Some(Value::Bool(state.supports_masking)),
            "activity_regularizer" => Some(Value::None),
            "input_spec" if state.lambda.is_some() => Some(Value::None),
            "function" => state.lambda.as_ref().map(|lambda| lambda.function.clone()),
            "arguments" => match state.lambda.as_ref()?.arguments.clone() {
                Value::None => Some(self.new_dict([])),
                given => Some(given),
            },
            "states" if !self.keeps_states(id) => {
                let count = match state.decl?.name {
                    "LSTM" | "ConvLSTM1D" | "ConvLSTM2D" | "ConvLSTM3D" => 2,
                    "GRU" | "SimpleRNN" => 1,
                    _ => return None,
                };
                Some(match self.keras {
                    ops::Keras::Two => self.new_list(vec![Value::None; count]),
                    ops::Keras::Three => Value::None,
                })
            }
            "states" => self.kept_states(id),
            // Keras 2's `RNN` takes it among its keywords where the class has no such argument.
            "time_major" if self.keras == ops::Keras::Two => match state.decl?.name {
                "SimpleRNN" | "ConvLSTM1D" | "ConvLSTM2D" | "ConvLSTM3D" => {
                    Some(Value::Bool(self.layer_arg(id, name) == Some(&Arg::Bool(true))))
                }
                _ => None,
            },
            "metrics" if state.sublayers.is_empty() => Some(self.new_list(Vec::new())),
            _ => None,
        }
    }

    /// Calls a method of an object by name, if it has one.
    ///
    /// # Errors
    /// What the method raises.
    pub fn call_method(&mut self, object: &Value, name: &str, args: Args) -> Eval<Option<Value>> {
        match self.find_attr(object, name)? {
            Some(method) => self.call(&method, args).map(Some),
            None => Ok(None),
        }
    }
}
