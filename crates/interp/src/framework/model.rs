//! Models: functional, sequential and subclassed.

use std::rc::Rc;

use graph::NodeId;
use ops::{Exc, Keras, Mistake, Violation};

use crate::class::ClassId;
use crate::framework::functional::Graph;
use crate::framework::layer_class::{UNKNOWN_NAME, split_self};
use crate::framework::order::Ordered;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::record::ModelRecord;
use crate::value::{Args, Native, Plain, Value};

/// Layers without weights that Keras 3 takes for built once they are made (`Layer._build_at_init`).
const BUILT_EARLY: &[&str] = &[
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "Identity",
    "LeakyReLU",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "ReLU",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "UnitNormalization",
];

/// What makes a layer a model.
#[derive(Clone, Debug, Default)]
pub struct ModelState {
    /// The graph of a functional model, or of a sequential one that is built.
    pub graph: Option<Graph>,
    /// The layers of a functional model in Keras' order, Input layers included.
    pub layers: Vec<ObjId>,
    /// A sequential model's stack.
    pub sequential: Option<super::sequential::Stack>,
    /// The graph with the losses that `add_loss` was given as further outputs.
    pub with_losses: Option<Graph>,
    /// The specs that the steps of training, testing and prediction were traced for.
    pub traced: [Option<Vec<tensor::TensorSpec>>; 3],
    /// What became of the first trace of each of those steps, where it did not end well.
    pub spoilt: [Option<Spoilt>; 3],
    /// The class and the message with which a validation within Keras 2's `fit` failed.
    pub failed_validation: Option<(Rc<str>, Rc<str>)>,
    /// What `compile` was given.
    pub compiled: Option<Box<super::compile::Compiled>>,
}

/// The state of a step's `tf.function` whose first trace raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoilt {
    /// It will not take new variables: the next trace is its second.
    Closed,
    /// It refused new variables, which are there by now.
    Refused,
}

/// `keras.Model`.
pub(crate) static MODEL: NativeClass = NativeClass {
    path: "keras.Model",
    state: model_state,
    methods: MODEL_METHODS,
    properties: MODEL_PROPERTIES,
};

/// What `keras.Model(inputs, outputs)` makes.
pub(crate) const FUNCTIONAL: &str = "keras.Functional";

static MODEL_METHODS: &[&[Native]] = &[
    METHODS,
    super::model_build::METHODS,
    super::weights::MODEL_METHODS,
    super::saving::METHODS,
    super::compile::METHODS,
    super::fit::METHODS,
    super::evaluate::METHODS,
    super::train_step::METHODS,
];

static MODEL_PROPERTIES: &[&[Native]] = &[PROPERTIES, super::train_step::PROPERTIES];

static METHODS: &[Native] = &[
    native("__init__", model_init),
    native("summary", super::summary::summary),
    native("get_layer", get_layer),
    native("to_json", to_json),
    native("get_config", get_config),
    native("quantize", super::layer_extras::quantize_model),
];

static PROPERTIES: &[Native] = &[
    native("layers", layers),
    native("inputs", |i, a| ends(i, &a, true, true)),
    native("outputs", |i, a| ends(i, &a, false, true)),
    native("output_names", |interp, args| {
        let names = this(&args).and_then(|id| interp.output_names(id));
        Ok(match names {
            Some(names) => interp.new_list(names.into_iter().map(Value::Str).collect()),
            None => interp.unknown("the names of a model's outputs"),
        })
    }),
    native("input", |i, a| ends(i, &a, true, false)),
    native("output", |i, a| ends(i, &a, false, false)),
    native("input_shape", |i, a| end_shapes(i, &a, true)),
    native("output_shape", |i, a| end_shapes(i, &a, false)),
];

pub(crate) fn model_state() -> NativeState {
    let model = Some(Box::default());
    NativeState::Layer(Box::new(super::layer::LayerState { model, ..Default::default() }))
}

/// Tells whether a model's constructor is given inputs and outputs (`functional_init_arguments`).
fn is_functional(args: &Args) -> bool {
    args.positional.len() == 2
        || (args.positional.len() == 1 && args.keyword("outputs").is_some())
        || (args.keyword("inputs").is_some() && args.keyword("outputs").is_some())
}

impl Interp<'_> {
    /// The class that an instance of `class` really is: `keras.Model(x, y)` makes a `Functional`.
    pub(crate) fn class_to_make(&mut self, class: ClassId, args: &Args) -> ClassId {
        if self.class(class).path.as_deref() == Some("keras.Model") && is_functional(args) {
            return self.functional_class();
        }
        class
    }

    pub(crate) fn functional_class(&mut self) -> ClassId {
        if let Some(id) = self.class_paths.get(FUNCTIONAL) {
            return *id;
        }
        let model = self.native_class("keras.Model");
        let id = self.add_class("Functional".into(), &[model], None, Some(FUNCTIONAL.into()));
        self.class_paths.insert(FUNCTIONAL.into(), id);
        id
    }

    /// Returns a model's state.
    pub fn model(&self, id: ObjId) -> Option<&ModelState> {
        self.layer(id)?.model.as_deref()
    }

    /// Returns a model's state to change.
    pub fn model_mut(&mut self, id: ObjId) -> Option<&mut ModelState> {
        self.layer_mut(id)?.model.as_deref_mut()
    }
}

/// `Model.__init__`: functional with inputs and outputs, else the base class's.
fn model_init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if !is_functional(&args) {
        if interp.keras == Keras::Three && !args.positional.is_empty() {
            let given = args.positional.len() + 1;
            let text = format!("Layer.__init__() takes 1 positional argument but {given} were given");
            return Err(interp.raise(Exc::TypeError, text));
        }
        interp.init_layer(id, args)?;
        return Ok(Value::None);
    }
    let (inputs, outputs) = (args.get(0, "inputs").cloned(), args.get(1, "outputs").cloned());
    let name = args.keyword("name").or_else(|| args.positional.get(2)).filter(|n| !n.is_none()).cloned();
    let mut base = Args::default();
    let class = interp.class_name(id);
    let name = match name {
        Some(name) => name,
        None if &*class == "Functional" && interp.keras == Keras::Two => {
            Value::Str(interp.unique_name("model"))
        }
        None => Value::Str(interp.unique_name(&keras::snake_case(&class))),
    };
    base.keywords.push(("name".into(), name));
    if let Some(trainable) = args.keyword("trainable") {
        base.keywords.push(("trainable".into(), trainable.clone()));
    }
    interp.init_layer(id, base)?;
    interp.make_functional(id, &inputs.unwrap_or(Value::None), &outputs.unwrap_or(Value::None))?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// Makes a model functional: finds its graph and its layers.
    ///
    /// # Errors
    /// `ValueError` where the outputs need an Input that is not among the inputs.
    pub(crate) fn make_functional(&mut self, id: ObjId, inputs: &Value, outputs: &Value) -> Eval<()> {
        if self.hides_unknown(inputs) || self.hides_unknown(outputs) {
            let unknown = if self.hides_unknown(inputs) { inputs } else { outputs };
            self.undecided_by(&unknown.clone(), "a model's inputs or outputs are not known");
            self.lose_layer(id, "a model's inputs or outputs are not known");
            return Ok(());
        }
        self.check_ends(inputs, outputs)?;
        self.refuse_no_ends(inputs, outputs)?;
        let (flat_inputs, flat_outputs) = (self.flat_tensors(inputs), self.flat_tensors(outputs));
        if self.rests_on_opaque(&flat_inputs, &flat_outputs) {
            self.undecided("which branch made a tensor of a model is not known");
            self.lose_layer(id, "which branch made a tensor of a model is not known");
            return Ok(());
        }
        let ordered = self.order_graph(&flat_inputs, &flat_outputs);
        self.check_connected(&flat_inputs, outputs, &ordered)?;
        self.check_names(&ordered.layers)?;
        let graph = Graph {
            inputs: flat_inputs,
            input_structure: Some(self.sole_end(inputs)),
            outputs: Some(self.sole_end(outputs)),
            calls: ordered.calls,
        };
        let layers = ordered.layers;
        if let Some(state) = self.layer_mut(id) {
            state.built = true;
            state.supports_masking = true;
            for layer in &layers {
                if !state.sublayers.contains(layer) {
                    state.sublayers.push(*layer);
                }
            }
            if let Some(model) = &mut state.model {
                model.graph = Some(graph);
                model.layers = layers;
            }
        }
        Ok(())
    }

    /// No two layers of a functional model have one name.
    fn check_names(&mut self, layers: &[ObjId]) -> Eval<()> {
        let mut counts: Vec<(Rc<str>, usize)> = Vec::new();
        let mut seen = rustc_hash::FxHashMap::default();
        for layer in layers {
            let Some(state) = self.layer(*layer) else { continue };
            let at = *seen.entry(state.name.clone()).or_insert_with(|| {
                counts.push((state.name.clone(), 0));
                counts.len() - 1
            });
            counts[at].1 += 1;
        }
        let twice = |(name, count): &(Rc<str>, usize)| *count > 1 && &**name != UNKNOWN_NAME;
        let Some((name, count)) = counts.into_iter().find(twice) else { return Ok(()) };
        let violation = keras::duplicate_name(self.keras, &name, count);
        Err(self.raise_violation(violation, name, Vec::new()))
    }

    /// A list of one input or output is that tensor to Keras 2 (`tf_keras/src/engine/functional.py: _init_graph_network`).
    fn sole_end(&self, ends: &Value) -> Value {
        match (self.keras, ends, self.sole(ends)) {
            (Keras::Two, Value::List(_), Some(one @ Value::Tensor(_))) => one,
            _ => ends.clone(),
        }
    }

    /// Inputs and outputs of a functional model are KerasTensors.
    fn check_ends(&mut self, inputs: &Value, outputs: &Value) -> Eval<()> {
        for (value, what) in [(inputs, "inputs"), (outputs, "outputs")] {
            for leaf in self.leaves(value) {
                match leaf {
                    Value::Tensor(id) if self.trace.node(id).kind == ops::TensorKind::Keras => {}
                    Value::Instance(_) | Value::None | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                        return Err(self.not_a_keras_tensor(value, &leaf, what));
                    }
                    // Keras 2 makes a copy of the graph behind other inputs.
                    Value::Tensor(_) if what == "outputs" || self.keras == Keras::Three => {
                        return Err(self.not_a_keras_tensor(value, &leaf, what));
                    }
                    _ => self.undecided(format!("a model's {what} are not KerasTensors")),
                }
            }
        }
        Ok(())
    }

    /// Refuses a model without inputs or outputs in Keras 3.
    fn refuse_no_ends(&mut self, inputs: &Value, outputs: &Value) -> Eval<()> {
        let empty = |value: &Value| self.children(value).is_some_and(|items| items.is_empty());
        let what = match (empty(inputs), empty(outputs)) {
            (true, _) => "inputs",
            (false, true) => "outputs",
            _ => return Ok(()),
        };
        if self.keras == Keras::Two {
            return Ok(());
        }
        let (inputs, outputs) = (self.keras_repr(inputs), self.keras_repr(outputs));
        let text =
            format!("`{what}` argument cannot be empty. Received:\ninputs={inputs}\noutputs={outputs}");
        Err(self.raise(Exc::ValueError, text))
    }

    fn not_a_keras_tensor(&mut self, value: &Value, leaf: &Value, what: &'static str) -> crate::raise::Halt {
        let (shown, bad, kind) = (self.keras_repr(value), self.keras_repr(leaf), self.full_type(leaf));
        let core = match (self.keras, what) {
            (Keras::Three, _) => format!(
                "All `{what}` values must be KerasTensors. Received: {what}={shown} including invalid value {bad} of \
                 type {kind}"
            ),
            (Keras::Two, "outputs") => format!(
                "Output tensors of a Functional model must be the output of a TensorFlow `Layer` (thus holding past \
                 layer metadata). Found: {bad}"
            ),
            (Keras::Two, _) => format!(
                "Input tensors to a Functional model must come from `tf.keras.Input`. Received: {bad} (missing \
                 previous layer metadata)."
            ),
        };
        let mistake = Mistake::NotFromLayer { end: what };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        self.raise_violation(violation, "Model".into(), Vec::new())
    }

    /// How a layer is printed: by its name in Keras 3, as any object in Keras 2.
    pub(crate) fn keras_repr(&mut self, value: &Value) -> String {
        match value {
            Value::Instance(id) if self.layer(*id).is_some() => {
                let class = self.class_name(*id);
                let early =
                    self.layer(*id).and_then(|s| s.decl).is_some_and(|d| BUILT_EARLY.contains(&d.name))
                        && self.script_method(*id, "build").is_none();
                let state = self.layer(*id).map(|s| (s.name.clone(), s.built || early)).unwrap_or_default();
                match self.keras {
                    Keras::Three => {
                        let built = if state.1 { "True" } else { "False" };
                        format!("<{class} name={}, built={built}>", state.0)
                    }
                    Keras::Two => {
                        let home = self.full_type(value);
                        let home = home.trim_start_matches("<class '").trim_end_matches("'>");
                        format!("<{home} object>")
                    }
                }
            }
            Value::Tensor(node)
                if self.keras == Keras::Three && self.trace.node(*node).kind == ops::TensorKind::Keras =>
            {
                self.shown_inputs(&[*node])
            }
            Value::Function(function) => format!("<function {}>", self.function(*function).name),
            Value::Api(path) => format!("<function {}>", path.rsplit('.').next().unwrap_or(path)),
            Value::List(_) | Value::Tuple(_) => {
                let items: Vec<Value> = self.iterate(value, 100).map(|(items, _)| items).unwrap_or_default();
                let items: Vec<String> = items.iter().map(|v| self.keras_repr(v)).collect();
                format!("[{}]", items.join(", "))
            }
            _ => self.repr(value).ok().flatten().unwrap_or_default(),
        }
    }

    /// `str(type(value))`, with the module that defines the class.
    pub(crate) fn full_type(&mut self, value: &Value) -> String {
        let class = match value {
            Value::Instance(id) => self.heap.instance(*id).map(|i| i.class),
            _ => None,
        };
        let name = self.type_name(value);
        let Some(class) = class else { return format!("<class '{name}'>") };
        let definition = self
            .class(class)
            .path
            .as_deref()
            .and_then(|p| names::canonical(crate::value::profile(self.keras), p));
        match definition {
            Some(definition) => format!("<class '{}'>", definition.replace(':', ".")),
            None => format!("<class '__main__.{name}'>"),
        }
    }

    /// Keras 3 refuses an output that is an input of another model.
    fn check_reached(
        &mut self,
        inputs: &[NodeId],
        outputs: &Value,
        flat: &[NodeId],
        ordered: &Ordered,
    ) -> Eval<()> {
        if self.keras == Keras::Two {
            return Ok(());
        }
        let Some(at) = self.unconnected_output(inputs, flat, ordered) else { return Ok(()) };
        let node = flat[at];
        // An Input that stands for a tensor is that tensor, of which a model may have been made.
        if !self.input_layers.contains_key(&node) || self.running.inputs_of_tensors.contains(&node) {
            return Ok(());
        }
        let path = if let Value::Tensor(_) = outputs { String::new() } else { at.to_string() };
        let core = format!("Output with path `{path}` is not connected to `inputs`");
        let mistake = Mistake::Disconnected { layer: String::new() };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        Err(self.raise_violation(violation, "Model".into(), vec![("outputs".into(), node)]))
    }

    /// Every tensor that the outputs need must be computable from the inputs.
    fn check_connected(&mut self, inputs: &[NodeId], outputs: &Value, ordered: &Ordered) -> Eval<()> {
        let flat_outputs = self.flat_tensors(outputs);
        let Some(missing) = self.first_disconnected(inputs, ordered) else {
            return self.check_reached(inputs, outputs, &flat_outputs, ordered);
        };
        let name = missing.layer.and_then(|l| self.layer(l)).map(|s| s.name.clone()).unwrap_or_default();
        let core = match self.keras {
            Keras::Two => {
                let node = self.trace.node(missing.tensor);
                let dtype = node.spec.dtype.map_or("float32", tensor::DType::name);
                let shape = node.spec.shape.tuple();
                let own = self.input_layers.get(&missing.tensor).and_then(|l| self.layer(*l));
                let own = own.map(|s| s.name.clone()).unwrap_or_default();
                let reached: Vec<String> = missing.reached.iter().map(|n| format!("'{n}'")).collect();
                format!(
                    "Graph disconnected: cannot obtain value for tensor KerasTensor(type_spec=TensorSpec(shape={shape}, \
                     dtype=tf.{dtype}, name='{own}'), name='{own}', description=\"created by layer '{own}'\") at layer \
                     \"{name}\". The following previous layers were accessed without issue: [{}]",
                    reached.join(", ")
                )
            }
            Keras::Three => {
                let Some(at) = self.unconnected_output(inputs, &flat_outputs, ordered) else { return Ok(()) };
                let path = if let Value::Tensor(_) = outputs { String::new() } else { at.to_string() };
                format!("Output with path `{path}` is not connected to `inputs`")
            }
        };
        let mistake = Mistake::Disconnected { layer: name.to_string() };
        let violation = Violation { class: Exc::ValueError, core, mistake };
        Err(self.raise_violation(violation, "Model".into(), vec![("inputs".into(), missing.tensor)]))
    }

    /// Calls a model without a `call` of its own: its graph on other tensors, or its stack of layers.
    pub(crate) fn run_model(&mut self, id: ObjId, args: Args) -> Eval {
        let first = self.first_argument(&args);
        let training = match args.keyword("training").cloned() {
            Some(value) => self.truth(&value)?,
            None => None,
        };
        if self.model(id).is_some_and(|m| m.sequential.is_some()) {
            return self.run_sequential(id, first, training);
        }
        let Some(graph) = self.model(id).and_then(|m| m.graph.clone()) else {
            let text = match self.keras {
                Keras::Two => {
                    "Unimplemented `tf.keras.Model.call()`: if you intend to create a `Model` with the Functional API, \
                     please provide `inputs` and `outputs` arguments. Otherwise, subclass `Model` with an overridden \
                     `call()` method."
                        .to_owned()
                }
                Keras::Three => {
                    format!("Model {} does not have a `call()` method implemented.", self.class_name(id))
                }
            };
            return Err(self.raise(Exc::NotImplementedError, text));
        };
        let extended = self.model(id).and_then(|m| m.with_losses.clone());
        let result = self.run_graph(extended.as_ref().unwrap_or(&graph), &first, training)?;
        Ok(if extended.is_some() { self.split_losses(id, &result) } else { result })
    }

    /// Runs a functional graph on an argument in the structure of its inputs.
    pub(crate) fn run_graph(&mut self, graph: &Graph, first: &Value, training: Option<bool>) -> Eval {
        let Some(tensors) = self.enter_graph(graph, first)? else {
            self.undecided("a model called on another number of tensors than it has inputs");
            return Ok(self.unknown("a model called on another number of tensors than it has inputs"));
        };
        self.repeat_graph(graph, &tensors, training)
    }
}

fn this(args: &Args) -> Option<ObjId> {
    match args.positional.first() {
        Some(Value::Instance(id)) => Some(*id),
        _ => None,
    }
}

fn layers(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(id) = this(&args) else { return Ok(Value::None) };
    if interp.is_lost(id) {
        return Ok(interp.unknown("the layers of a model that is not followed"));
    }
    if interp.model(id).is_none() {
        return Ok(Value::None);
    }
    let items = interp.layers_of(id).into_iter().map(Value::Instance).collect();
    Ok(interp.new_list(items))
}

fn get_layer(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let list = layers(interp, Args::of([Value::Instance(id)]))?;
    if list.is_unknown() {
        return Ok(list);
    }
    let (items, _) = interp.iterate(&list, 1_000_000)?;
    let given = |at, name: &str| args.get(at, name).filter(|v| !v.is_none()).cloned();
    let (name, index) = (given(0, "name"), given(1, "index"));
    let refused = match (&name, &index) {
        (Some(Value::Str(name)), Some(Value::Int(index))) => {
            format!("Provide only a layer name or a layer index. Received: index={index}, name={name}.")
        }
        (None, None) => "Provide either a layer name or layer index at `get_layer`.".to_owned(),
        (None, Some(Value::Int(index))) if i64::try_from(items.len()).is_ok_and(|n| n <= *index) => {
            let count = items.len();
            format!("Was asked to retrieve layer at index {index} but model only has {count} layers.")
        }
        _ => String::new(),
    };
    if !refused.is_empty() {
        return Err(interp.raise(Exc::ValueError, refused));
    }
    if let Some(index) = index {
        return interp.get_item(&list, &index);
    }
    let name = name.and_then(|name| name.as_str().map(Rc::<str>::from));
    let Some(name) = name else { return Ok(interp.unknown("a layer by a name that is not known")) };
    let names: Vec<_> = items
        .iter()
        .map(|v| interp.as_layer(v).and_then(|l| interp.layer(l)).map(|s| s.name.clone()).unwrap_or_default())
        .collect();
    if let Some(at) = names.iter().position(|n| *n == name) {
        return Ok(items[at].clone());
    }
    let shown: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    let core = format!("No such layer: {name}. Existing layers are: [{}].", shown.join(", "));
    let violation =
        Violation { class: Exc::ValueError, core, mistake: Mistake::MissingName { name: name.to_string() } };
    Err(interp.raise_violation(violation, "get_layer".into(), Vec::new()))
}

/// `model.input`, or as a list `model.inputs`; likewise of the outputs.
fn ends(interp: &mut Interp<'_>, args: &Args, input: bool, list: bool) -> Eval {
    let Some(id) = this(args) else { return Ok(Value::None) };
    let stack = interp.model(id).is_some_and(|m| m.sequential.is_some());
    // To Keras 3 a Sequential is a layer like others here: what it was called on counts.
    let by_calls = stack && !list && interp.keras == Keras::Three;
    if let Some(structure) = structure_of(interp, id, input).filter(|_| !by_calls) {
        if list {
            let items = interp.flat_tensors(&structure).into_iter().map(Value::Tensor).collect();
            return Ok(interp.new_list(items));
        }
        return Ok(structure);
    }
    if let Some(call) = interp.layer(id).and_then(|s| s.calls.first()).copied()
        && let Some(call) = interp.keras_calls.get(call as usize).cloned()
    {
        return Ok(if input {
            call.args.positional.first().cloned().unwrap_or(Value::None)
        } else {
            call.outputs
        });
    }
    let lost = interp.is_lost(id);
    if !stack || lost || (list && interp.keras == Keras::Two) {
        return Ok(interp.unknown("the inputs or outputs of a model that is not built"));
    }
    let end = if input { "input" } else { "output" };
    let name = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
    let core = match interp.keras {
        Keras::Two => format!("'{}' object has no attribute '_nested_{end}s'", interp.class_name(id)),
        Keras::Three if list => format!("Sequential model '{name}' has no defined {end}s yet."),
        Keras::Three => format!("The layer {name} has never been called and thus has no defined {end}."),
    };
    let built = structure_of(interp, id, input).is_some();
    let mistake = if built { Mistake::NeverCalled } else { Mistake::NotBuilt };
    Err(without_ends(interp, core, end, mistake))
}

/// The inputs or outputs of a model's graph, in their structure.
fn structure_of(interp: &Interp<'_>, id: ObjId, input: bool) -> Option<Value> {
    let graph = interp.model(id)?.graph.as_ref()?;
    Some(if input { graph.input_structure.clone() } else { graph.outputs.clone() }.unwrap_or(Value::None))
}

fn without_ends(interp: &mut Interp<'_>, core: String, end: &str, mistake: Mistake) -> crate::raise::Halt {
    let violation = Violation { class: Exc::AttributeError, core, mistake };
    interp.raise_violation(violation, end.into(), Vec::new())
}

fn end_shapes(interp: &mut Interp<'_>, args: &Args, input: bool) -> Eval {
    let Some(id) = this(args) else { return Ok(Value::None) };
    let stack = interp.model(id).is_some_and(|m| m.sequential.is_some());
    let structure = match structure_of(interp, id, input) {
        Some(structure) => structure,
        None if stack
            && interp.keras == Keras::Three
            && interp.layer(id).is_some_and(|s| s.lost.is_none()) =>
        {
            let end = if input { "input" } else { "output" };
            let name = interp.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            let core = format!("Sequential model '{name}' has no defined {end} shape yet.");
            return Err(without_ends(interp, core, end, Mistake::NotBuilt));
        }
        None => ends(interp, args, input, false)?,
    };
    if structure.is_unknown() {
        return Ok(structure);
    }
    let nodes = interp.flat_tensors(&structure);
    let mut shapes = Vec::new();
    for node in nodes {
        let shape = interp.trace.node(node).spec.shape.clone();
        shapes.push(interp.shape_tuple(&shape, false));
    }
    if shapes.len() == 1 { Ok(shapes.remove(0)) } else { Ok(interp.new_list(shapes)) }
}

impl Interp<'_> {
    /// Returns the models that are alive, in the order of their making.
    pub fn models(&self) -> Vec<ObjId> {
        let mut alive: Vec<ObjId> = self.alive().into_iter().filter(|id| self.model(*id).is_some()).collect();
        alive.sort_unstable();
        alive
    }

    /// Returns the layers of a model in Keras' order, as `model.layers` does.
    pub fn layers_of(&self, id: ObjId) -> Vec<ObjId> {
        let Some(model) = self.model(id) else { return Vec::new() };
        match &model.sequential {
            Some(_) => self.layers_of_stack(id),
            None if model.graph.is_some() => model.layers.clone(),
            None => self.layer(id).map(|s| s.sublayers.clone()).unwrap_or_default(),
        }
    }
}

/// Records the models that are alive at the end: those that have inputs.
pub(super) fn record_models(interp: &mut Interp<'_>) {
    let mut records = Vec::new();
    for id in interp.models() {
        let Some(state) = interp.layer(id) else { continue };
        let Some(model) = &state.model else { continue };
        let Some(graph) = model.graph.clone() else { continue };
        // A layer that could not be added leaves Keras 2's Sequential unbuilt.
        if interp.keras == Keras::Two && model.sequential.is_some() && !state.built {
            continue;
        }
        // A table that is filled later is a weight of Keras 2 that has no shape, so such a model is not counted.
        if interp.keras == Keras::Two
            && interp.all_layers(id).iter().any(|layer| interp.looks_up_later(*layer))
        {
            continue;
        }
        let name = state.name.to_string();
        let (trainable, rest) = interp.weights_of(id);
        let shape = |n: &NodeId| interp.trace.node(*n).spec.shape.clone();
        let outputs = graph.outputs.as_ref().map(|o| interp.flat_tensors(o)).unwrap_or_default();
        records.push(ModelRecord {
            name,
            class: interp.class_name(id).to_string(),
            inputs: graph.inputs.iter().map(shape).collect(),
            outputs: outputs.iter().map(shape).collect(),
            trainable: interp.count(&trainable),
            non_trainable: interp.count(&rest),
        });
    }
    interp.record.models = records;
}

/// `model.get_config()`; a class of the script's own may do otherwise.
fn get_config(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    match split_self(&mut args) {
        Some(id) if interp.is_keras_model(id) || interp.tells_what_it_was_made_with(id) => {
            interp.told_config(id)
        }
        _ => Ok(interp.unknown("a model's config")),
    }
}

/// `model.to_json()`.
fn to_json(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    match split_self(&mut args) {
        Some(id) if interp.is_keras_model(id) => {
            interp.check_serialisable(id, super::serialise::Form::Config)?;
            let text = interp.call_model("keras.saving._to_json", [Value::Instance(id)])?;
            Ok(interp.json_of(id, text))
        }
        _ => Ok(Value::Any(Plain::Str)),
    }
}

impl Interp<'_> {
    /// Tells whether a model is of Keras' own classes, and not of one of the script's.
    fn is_keras_model(&self, id: ObjId) -> bool {
        self.heap.instance(id).is_some_and(|instance| self.class(instance.class).path.is_some())
    }
}
