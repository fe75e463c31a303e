//! `layer.add_loss(losses)`, and `model.add_loss(tensor)` on functional models.

use graph::{NodeId, Source};
use ops::{Exc, Keras, Mistake, TensorKind, Violation};
use tensor::{DType, Shape, TensorSpec};

use crate::framework::functional::Graph;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::record::LayerCall;
use crate::value::{Args, Value};

/// What Keras 2 says of a loss on values outside of a call.
const OUTSIDE: &str = "Expected a symbolic Tensors or a callable for the loss value. Please wrap your loss computation \
                       in a zero argument `lambda`.";

/// `layer.add_loss(losses)` and `model.add_loss(tensor)`.
pub(super) fn add_loss(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if let Some(unknown) = args.positional.iter().find(|v| interp.hides_unknown(v)).cloned() {
        interp.undecided_by(&unknown, "a loss that `add_loss` is given is not known");
    }
    if interp.model(id).is_some_and(|m| m.graph.is_some() && m.sequential.is_none()) {
        return interp.add_symbolic_loss(id, &args);
    }
    if let (Keras::Three, Some(given @ (Value::Int(_) | Value::Float(_) | Value::Str(_)))) =
        (interp.keras, args.positional.first())
    {
        let shown = interp.display(&given.clone())?.unwrap_or_default();
        let text = format!(
            "`add_loss()` can only be called from inside `build()` or `call()`, on a tensor input. Received invalid \
             value: {shown}"
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    let plain = matches!(args.positional.first(), Some(Value::Int(_) | Value::Float(_)));
    if plain && interp.keras == Keras::Two && interp.layer_depth == 0 {
        return Err(interp.raise(Exc::ValueError, OUTSIDE));
    }
    let nodes: Vec<_> = args.positional.iter().flat_map(|v| interp.flat_tensors(v)).collect();
    let eager = nodes.iter().any(|node| interp.trace.node(*node).kind == TensorKind::Eager);
    if eager && interp.keras == Keras::Two && interp.layer_depth == 0 && interp.graph_depth == 0 {
        return Err(interp.raise(Exc::ValueError, OUTSIDE));
    }
    interp.keep_losses(id, nodes);
    Ok(Value::None)
}

impl Interp<'_> {
    /// Adds losses to those of a layer's last call. A graph's stay when its step is over, as tensors without numbers.
    pub(crate) fn keep_losses(&mut self, id: ObjId, nodes: impl IntoIterator<Item = NodeId>) {
        let nodes: Vec<NodeId> = nodes.into_iter().collect();
        if self.graph_depth > 0 {
            *self.running.traced_losses.entry(id).or_default() += nodes.len();
        }
        if let Some(state) = self.layer_mut(id) {
            state.losses.extend(nodes);
        }
    }

    /// The losses that a traced step has left in a layer and those within.
    pub(crate) fn traced_losses(&mut self, id: ObjId) -> Vec<NodeId> {
        let left = &self.running.traced_losses;
        let count: usize = self.layers_within(id).iter().filter_map(|id| left.get(id)).sum();
        let (spec, span) = (TensorSpec::new(Shape::scalar(), DType::Float32), self.here());
        (0..count).map(|_| self.trace.add(Source::Input, TensorKind::Graph, spec.clone(), span)).collect()
    }

    /// Adds losses that are computed of a functional model's tensors.
    ///
    /// # Errors
    /// Keras 3 cannot, and says so without a word.
    pub(crate) fn add_symbolic_loss(&mut self, id: ObjId, args: &Args) -> Eval {
        if self.keras == Keras::Three {
            let (class, mistake) = (Exc::NotImplementedError, Mistake::SymbolicLoss);
            let violation = Violation { class, core: String::new(), mistake };
            return Err(self.raise_violation(violation, "add_loss".into(), Vec::new()));
        }
        let losses: Vec<_> = args.positional.iter().chain(args.keyword("losses")).cloned().collect();
        let nodes: Vec<_> = losses.iter().flat_map(|v| self.flat_tensors(v)).collect();
        for node in nodes {
            if self.trace.node(node).kind != TensorKind::Keras {
                if let Some(state) = self.layer_mut(id) {
                    state.losses.push(node);
                }
                continue;
            }
            let name = self.unique_name("add_loss").to_string();
            let spec = self.trace.node(node).spec.clone();
            let line = self.line();
            self.record.layer_calls.push(LayerCall {
                line,
                layer: name,
                class: "AddLoss".to_owned(),
                inputs: vec![spec.shape.clone()],
                outputs: vec![spec.shape],
                dtypes: vec![spec.dtype.map_or("unknown", tensor::DType::name).to_owned()],
            });
            self.extend_graph(id, node);
        }
        Ok(Value::None)
    }

    /// Makes a loss a further output of a model's graph.
    fn extend_graph(&mut self, id: ObjId, loss: graph::NodeId) {
        let Some(model) = self.model(id) else { return };
        let Some(graph) = model.graph.clone() else { return };
        let before = model.with_losses.as_ref().and_then(|g| g.outputs.clone());
        let mut outputs = match before {
            Some(Value::Tuple(items)) => items.to_vec(),
            _ => vec![graph.outputs.clone().unwrap_or(Value::None)],
        };
        outputs.push(Value::Tensor(loss));
        let outputs = Value::tuple(outputs);
        let flat = self.flat_tensors(&outputs);
        let ordered = self.order_graph(&graph.inputs, &flat);
        let extended = Graph { outputs: Some(outputs), calls: ordered.calls, ..graph };
        if let Some(model) = self.model_mut(id) {
            model.with_losses = Some(extended);
        }
    }

    /// Takes the losses off the outputs of a graph that has them.
    pub(crate) fn split_losses(&mut self, id: ObjId, result: &Value) -> Value {
        let Value::Tuple(items) = result else { return result.clone() };
        let losses: Vec<_> = items.iter().skip(1).flat_map(|v| self.flat_tensors(v)).collect();
        self.keep_losses(id, losses);
        items.first().cloned().unwrap_or(Value::None)
    }
}
