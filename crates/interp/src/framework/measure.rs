//! The gradients of a `fit`: each trainable variable's, of the compiled loss on the first batch.

use ops::{Keras, TensorKind};
use tensor::{Content, Dim};

use crate::events::Event;
use crate::framework::binding::Given;
use crate::framework::tape::TapeState;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::NativeState;
use crate::raise::{Eval, Halt};
use crate::record::{FitGradients, FitRecord, GradientStatus};
use crate::value::{Args, Value};

/// Which elements the data of a first batch has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Elements {
    /// Those that are known.
    Known,
    /// The same, but in the place of zeros any.
    Any,
}

impl Interp<'_> {
    /// Calls the model on the first batch and records which variables a gradient of the loss reaches.
    ///
    /// # Errors
    /// Only a budget that ran out; exceptions are what is recorded.
    pub(crate) fn measure_gradients(&mut self, id: ObjId, given: &Given) -> Eval<()> {
        let line = self.line();
        let depth = self.frames.len();
        let (undecided, events) = (self.undecided.clone(), self.events.len());
        let tapes = self.running.tapes;
        self.running.measuring += 1;
        let mut result = self.first_gradients(id, given, Elements::Any);
        if matches!(result, Ok(Some(FitGradients::Measured(_)))) && self.has_zeros(given)? {
            // That data of zeros lets nothing through is so, but no fault of the model.
            let events = self.events.len();
            self.running.tapes = tapes;
            result = self.first_gradients(id, given, Elements::Known);
            self.events.truncate(events);
        }
        self.running.measuring -= 1;
        self.running.tapes = tapes;
        self.frames.truncate(depth);
        self.undecided = undecided;
        let gradients = match result {
            Ok(Some(gradients)) => gradients,
            Ok(None) => return Ok(()),
            Err(Halt::Exception(exception)) => {
                self.events.truncate(events);
                FitGradients::Unmeasured(self.exception_name(exception).to_string())
            }
            Err(halt) => return Err(halt),
        };
        self.record.gradients.push(FitRecord { line, gradients });
        Ok(())
    }

    fn first_gradients(
        &mut self,
        id: ObjId,
        given: &Given,
        elements: Elements,
    ) -> Eval<Option<FitGradients>> {
        let Some((x, y)) = self.first_batch(given, elements)? else { return Ok(None) };
        if self.keras == Keras::Three && !self.layer(id).is_some_and(|s| s.built) {
            self.call_layer(id, Args::of([x.clone()]))?;
        }
        let since = self.mark();
        self.running.tapes += 1;
        let y_pred = self.forward(id, &x, true)?;
        let keywords = [("x", x), ("y", y), ("y_pred", y_pred.clone()), ("sample_weight", Value::None)];
        let args = Args {
            positional: Vec::new(),
            keywords: keywords.into_iter().map(|(n, v)| (n.into(), v)).collect(),
        };
        let loss = self.call_method(&Value::Instance(id), "compute_loss", args)?.unwrap_or(Value::None);
        if self.is_lost(id) {
            return Ok(None);
        }
        let variables = self.weights_of(id).0;
        if loss.is_none() {
            return Ok(Some(FitGradients::Unmeasured("TypeError".to_owned())));
        }
        let tape = TapeState {
            recorded: std::iter::once(since..self.mark()).collect(),
            watch_variables: true,
            ..TapeState::default()
        };
        let nodes = variables.iter().map(|v| Value::Tensor(self.trace.variable(*v).node)).collect();
        let sources = self.new_list(nodes);
        // Nobody differentiates these gradients again, so what they depend on is not asked.
        self.running.tapes = self.running.tapes.saturating_sub(1);
        let (_, status) = self.gradients_of(&tape, &loss, &sources, false)?;
        if let [node] = self.flat_tensors(&loss).as_slice() {
            let model = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            let span = self.here();
            let (loss, status, variables) = (*node, status.clone(), variables.clone());
            self.events.push(Event::Fit { span, loss, variables, status, model, id });
        }
        let names = variables.iter().map(|v| self.trace.variable(*v).name.to_string());
        let pairs: Vec<(String, GradientStatus)> = names.zip(status).collect();
        Ok(Some(FitGradients::Measured(pairs)))
    }

    /// Tells whether an array of inputs is all zeros.
    fn has_zeros(&mut self, given: &Given) -> Eval<bool> {
        let x = self.array_like(given.get("x"))?;
        Ok(self.flat_tensors(&x).iter().any(|n| self.trace.node(*n).content == Content::Zeros))
    }

    /// The first batch of inputs and labels, as tensors; nothing where the data is not known.
    fn first_batch(&mut self, given: &Given, elements: Elements) -> Eval<Option<(Value, Value)>> {
        // Frames and series convert to tensors as they are; a series does not become a column here.
        let (x, y) = (self.array_like(given.get("x"))?, self.array_like(given.get("y"))?);
        if self.hides_unknown(&x) || self.hides_unknown(&y) {
            return Ok(None);
        }
        if let Value::Instance(dataset) = &x {
            let state = match self.heap.instance(*dataset).map(|i| &i.native) {
                Some(NativeState::Dataset(state)) => state.clone(),
                // Other objects cannot be made a tensor.
                _ => return Err(self.raise(ops::Exc::ValueError, "Attempt to convert a value")),
            };
            if self.hides_unknown(&state.element) {
                return Ok(None);
            }
            // The first batch, as iterating over it gives it: with its real size.
            let (_, element) = self.dataset_feed(&state);
            let element = self.first_with_draws(element, &state.draws);
            return Ok(Some(match &element {
                Value::Tuple(items) if items.len() > 1 => (items[0].clone(), items[1].clone()),
                _ => (element, Value::None),
            }));
        }
        if matches!(x, Value::Iterator(_)) {
            return Err(self.raise(ops::Exc::ValueError, "Attempt to convert a value"));
        }
        let size = given.int("batch_size").filter(|n| *n > 0).unwrap_or(32);
        let lists = |v: &Value| {
            matches!(v, Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Any(_) | Value::Drawn(_))
        };
        for value in [&x, &y] {
            if self.leaves(value).iter().any(lists) {
                // `tf.convert_to_tensor(0.5)[:32]`: a scalar has no axis to cut.
                return Err(self.raise(ops::Exc::InvalidArgumentError, "Attempting to slice a scalar"));
            }
        }
        for node in [&x, &y].into_iter().flat_map(|value| self.flat_tensors(value)) {
            if self.trace.node(node).spec.dtype == Some(tensor::DType::Object) {
                return Err(self.raise(ops::Exc::ValueError, "Failed to convert a NumPy array to a Tensor"));
            }
        }
        let mut cut = |value: &Value| {
            self.map_tensors(value, &mut |interp, n| {
                let new = interp.stand_in(n, TensorKind::Eager, graph::Source::Constant);
                let shape = interp.trace.node(new).spec.shape.clone();
                let count = shape.dim(0).and_then(Dim::known).map(|rows| rows.min(size));
                let content = count.map(|count| interp.rows_content(n, 0, count)).unwrap_or_default();
                let hidden = content == Content::Zeros && elements == Elements::Any;
                interp.trace.node_mut(new).content = if hidden { Content::Unknown } else { content };
                interp.trace.node_mut(new).inputs.clear();
                if let Some(Dim::Known(rows)) = shape.dim(0) {
                    interp.trace.node_mut(new).spec.shape = shape.with_dim(0, Dim::Known(rows.min(size)));
                }
                new
            })
        };
        Ok(Some((cut(&x), cut(&y))))
    }
}
