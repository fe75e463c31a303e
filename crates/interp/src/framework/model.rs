//! Models: functional, sequential and subclassed.

use ops::Keras;

use crate::framework::functional::Graph;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::record::ModelRecord;
use crate::value::{Args, Value};

/// What makes a layer a model.
#[derive(Clone, Debug, Default)]
pub struct ModelState {
    /// The graph of a functional model, or of a sequential one that is built.
    pub graph: Option<Graph>,
    /// The layers of a sequential model.
    pub layers: Vec<ObjId>,
    /// Whether it is sequential.
    pub sequential: bool,
    /// What `compile` was given.
    pub compiled: Option<Args>,
}

/// `keras.Model`.
pub(crate) static MODEL: NativeClass = NativeClass {
    path: "keras.Model",
    state: model_state,
    methods: &[native("__init__", model_init)],
    properties: &[],
};

/// `keras.Sequential`.
pub(crate) static SEQUENTIAL: NativeClass =
    NativeClass { path: "keras.Sequential", state: model_state, methods: &[], properties: &[] };

/// What `keras.Model(inputs, outputs)` makes.
pub(crate) static FUNCTIONAL: NativeClass = NativeClass {
    path: "keras.src.models.functional.Functional",
    state: model_state,
    methods: &[],
    properties: &[],
};

fn model_state() -> NativeState {
    let model = Some(Box::default());
    NativeState::Layer(Box::new(super::layer::LayerState { model, ..Default::default() }))
}

/// `Model.__init__`: functional with inputs and outputs, else the base class's.
fn model_init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let (inputs, outputs) = (args.get(0, "inputs").cloned(), args.get(1, "outputs").cloned());
    let name = args.keyword("name").or_else(|| args.positional.get(2)).cloned();
    let mut base = Args::default();
    if let Some(name) = name {
        base.keywords.push(("name".into(), name));
    }
    let (Some(inputs), Some(outputs)) = (inputs, outputs) else {
        interp.init_layer(id, base)?;
        return Ok(Value::None);
    };
    let class = interp.class_name(id);
    if base.keywords.is_empty() && &*class == "Model" {
        let prefix = if interp.keras == Keras::Two { "model" } else { "functional" };
        let name = interp.unique_name(prefix);
        base.keywords.push(("name".into(), Value::Str(name)));
    }
    interp.init_layer(id, base)?;
    interp.make_functional(id, &inputs, &outputs)?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// Makes a model functional: finds its graph and its layers.
    pub(crate) fn make_functional(&mut self, id: ObjId, inputs: &Value, outputs: &Value) -> Eval<()> {
        if inputs.is_unknown() || outputs.is_unknown() {
            let unknown = if inputs.is_unknown() { inputs } else { outputs };
            self.undecided_by(&unknown.clone(), "a model's inputs or outputs are not known");
            self.lose_layer(id, "a model's inputs or outputs are not known");
            return Ok(());
        }
        let (graph, _missing) = self.trace_graph(inputs, outputs);
        let mut layers = Vec::new();
        for call in &graph.calls {
            if let Some(super::history::Callee::Layer(layer)) =
                self.keras_calls.get(*call as usize).map(|c| &c.callee)
                && !layers.contains(layer)
            {
                layers.push(*layer);
            }
        }
        if let Some(state) = self.layer_mut(id) {
            state.built = true;
            state.sublayers.extend(layers);
            if let Some(model) = &mut state.model {
                model.graph = Some(graph);
            }
        }
        Ok(())
    }

    /// Calls a model without a `call` of its own: its graph on other tensors.
    pub(crate) fn run_model(&mut self, id: ObjId, args: Args) -> Eval {
        let graph = self.layer(id).and_then(|s| s.model.as_ref()).and_then(|m| m.graph.clone());
        let Some(graph) = graph else {
            self.undecided("a call of a model that is not built");
            return Ok(self.unknown("a call of a model that is not built"));
        };
        let first = self.first_argument(&args);
        let training = args.keyword("training").cloned();
        let training = match training {
            Some(value) => self.truth(&value)?,
            None => None,
        };
        let tensors = self.flat_tensors(&first);
        self.repeat_graph(&graph, &tensors, training)
    }
}

/// Records the models that are alive at the end: those that have inputs.
pub(super) fn record_models(interp: &mut Interp<'_>) {
    let mut records = Vec::new();
    for at in 0..interp.heap.len() {
        let id = ObjId(u32::try_from(at).unwrap_or(u32::MAX));
        let Some(state) = interp.layer(id) else { continue };
        let Some(graph) = state.model.as_ref().and_then(|m| m.graph.clone()) else { continue };
        let name = state.name.to_string();
        let (trainable, rest) = interp.weights_of(id);
        let shape = |n: &graph::NodeId| interp.trace.node(*n).spec.shape.clone();
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
