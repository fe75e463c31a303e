//! What carries ops out for layers, losses, metrics and optimizers: a trace, and a program where numbers are wanted.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use array::Array;
use diagnostics::Span;
use exec::Recording;
use graph::{Node, NodeId, ScopeId, Source, Trace};
use keras::Runner;
use ops::numeric::{Draws, Recorder, ValueId};
use ops::{Arg, Call, Flows, Infer, Keras, Mode, Op, Operand, Out, Stop, Surface, TensorKind};
use rustc_hash::FxHashMap;
use tensor::{Content, DType, Shape, TensorSpec};

use crate::Layer;
use crate::compile::Configured;
use crate::error::{Error, Raised};
use crate::weight::Weight;

/// One tracing: of a layer on specs, or of a model's step with numbers.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    /// Every tensor with what it is made of.
    pub(crate) trace: Trace,
    /// What the kernels are recorded by; nothing where only specs are wanted.
    recorder: Option<Recorder>,
    values: FxHashMap<NodeId, ValueId>,
    weights: Vec<Read>,
    /// Where each variable stands among them, by its id and by its node.
    places: FxHashMap<u32, usize>,
    nodes: FxHashMap<NodeId, usize>,
    /// The layers that declarations may call, by their ids.
    layers: FxHashMap<u32, Layer>,
    /// The objects that layers are made with, by their ids.
    objects: FxHashMap<u32, Configured>,
    /// The masks of tensors.
    pub(crate) masks: FxHashMap<NodeId, Arg>,
    /// What layers add to the loss for their outputs.
    pub(crate) penalties: Vec<Arg>,
    /// Whether the step trains.
    pub(crate) training: bool,
    /// The layers under way, innermost last.
    pub(crate) inside: Vec<Rc<str>>,
    /// The call that was refused last.
    refused: Option<(String, Vec<(String, TensorSpec)>)>,
}

/// A variable in the trace.
#[derive(Debug)]
struct Read {
    weight: Weight,
    node: NodeId,
    /// Its value when the program begins.
    first: Option<ValueId>,
    written: bool,
}

impl Engine {
    /// Makes one that records numbers, random ones from there.
    pub(crate) fn recording(draws: &Arc<Draws>) -> Engine {
        Engine { recorder: Some(Recorder::drawing(draws)), ..Engine::default() }
    }

    /// Makes one that looks at specs alone, of a step that trains.
    pub(crate) fn checking() -> Engine {
        Engine { training: true, ..Engine::default() }
    }

    /// Adds a tensor that is handed in.
    pub(crate) fn input(&mut self, spec: TensorSpec) -> (Arg, Option<ValueId>) {
        let node = self.trace.add(Source::Input, TensorKind::Graph, spec.clone(), Span::default());
        let value = self.recorder.as_ref().map(|recorder| recorder.input(spec));
        self.values.extend(value.map(|value| (node, value)));
        (Arg::Tensor(self.trace.operand(node)), value)
    }

    /// Adds a tensor of known elements.
    pub(crate) fn constant(&mut self, array: Array) -> Arg {
        let spec = ops::numeric::spec_of(&array);
        let node = self.trace.add(Source::Constant, TensorKind::Graph, spec, Span::default());
        self.trace.node_mut(node).content = ops::numeric::content_of(&array);
        let value = self.recorder.as_ref().map(|recorder| recorder.constant(array));
        self.values.extend(value.map(|value| (node, value)));
        Arg::Tensor(self.trace.operand(node))
    }

    /// Returns a variable's tensor, which is an input of the program.
    pub(crate) fn read(&mut self, weight: &Weight) -> Arg {
        let node = self.node_of(weight);
        Arg::Tensor(self.trace.operand(node))
    }

    /// Returns a variable's node.
    pub(crate) fn node_of(&mut self, weight: &Weight) -> NodeId {
        if let Some(read) = self.reading(weight) {
            return read.node;
        }
        let (spec, trainable) = (weight.spec().clone(), weight.is_trainable());
        let variable = self.trace.add_variable(weight.name(), spec.clone(), trainable, Span::default());
        let node = self.trace.variable(variable).node;
        let first = self.recorder.as_ref().map(|recorder| recorder.input(spec));
        self.values.extend(first.map(|value| (node, value)));
        self.places.insert(weight.id(), self.weights.len());
        self.nodes.insert(node, self.weights.len());
        self.weights.push(Read { weight: weight.clone(), node, first, written: false });
        node
    }

    fn reading(&self, weight: &Weight) -> Option<&Read> {
        self.weights.get(*self.places.get(&weight.id())?)
    }

    /// Gives a variable the value of a tensor.
    pub(crate) fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        let unknown = Stop::Unknown("a value that is assigned is not known");
        let (Arg::Tensor(variable), Arg::Tensor(value)) = (variable, value) else { return Err(unknown) };
        let Some(node) = variable.node.map(NodeId) else { return Err(unknown) };
        let value = self.value_of(value).ok_or(unknown)?;
        self.values.insert(node, value);
        if let Some(read) = self.nodes.get(&node).and_then(|at| self.weights.get_mut(*at)) {
            read.written = true;
        }
        Ok(())
    }

    /// Returns the value of a tensor in the program.
    pub(crate) fn value_of(&self, operand: &Operand) -> Option<ValueId> {
        let value = operand.node.and_then(|node| self.values.get(&NodeId(node)).copied());
        value.or_else(|| {
            let tensor = ops::spec::Tensor::new(operand.spec.shape.clone(), operand.spec.dtype)
                .with_content(operand.content.clone());
            Some(self.recorder.as_ref()?.constant(ops::numeric::array_of(&tensor)?))
        })
    }

    /// Takes the gradients of a loss with respect to variables; nothing where none arrives.
    ///
    /// # Errors
    /// A kernel on the way has no gradient that is written.
    pub(crate) fn gradients(&mut self, loss: &Operand, weights: &[Weight]) -> Infer<Vec<Option<Arg>>> {
        let missing = Stop::Unknown("a value that is not computed");
        let target = self.value_of(loss).ok_or(missing.clone())?;
        let mut sources = Vec::with_capacity(weights.len());
        for weight in weights {
            self.node_of(weight);
            sources.push(self.reading(weight).and_then(|read| read.first).ok_or(missing.clone())?);
        }
        let recorder = self.recorder.as_ref().ok_or(missing)?;
        let gradients = recorder.kernels(Mode::Graph, Keras::Three, |cx| {
            ops::numeric::gradients(cx, recorder, &[(target, None)], &sources)
        })?;
        Ok(gradients.into_iter().map(|gradient| gradient.map(|g| self.keep(&g))).collect())
    }

    /// Gives a tensor that is no op's result a node.
    fn keep(&mut self, tensor: &ops::spec::Tensor) -> Arg {
        let node =
            self.trace.add(Source::Opaque("a gradient"), TensorKind::Graph, tensor.spec(), Span::default());
        self.trace.node_mut(node).content = tensor.content.clone();
        self.values.extend(tensor.value.map(|value| (node, value)));
        Arg::Tensor(self.trace.operand(node))
    }

    /// Returns what was recorded.
    pub(crate) fn into_recording(self) -> Option<Recording<Weight>> {
        let mut recording = Recording {
            program: self.recorder?.into_program(),
            read: Vec::with_capacity(self.weights.len()),
            written: Vec::new(),
        };
        for read in self.weights {
            if read.written {
                let value = *self.values.get(&read.node)?;
                recording.written.push((read.weight.clone(), value));
            }
            recording.read.push((read.weight, read.first?));
        }
        Some(recording)
    }

    /// Makes a layer known to the declarations that call it, with the objects it is made with.
    pub(crate) fn register(&mut self, layer: &Layer) {
        if self.layers.insert(layer.id(), layer.clone()).is_none() {
            self.objects.extend(layer.inner().state.borrow().objects.iter().cloned());
            for sublayer in layer.sublayers() {
                self.register(&sublayer);
            }
        }
    }

    /// Returns the layer that an argument is.
    pub(crate) fn layer_of(&self, arg: &Arg) -> Option<Layer> {
        let Arg::Callable(id) = arg else { return None };
        self.layers.get(&id.0).cloned()
    }

    /// Returns the object, neither tensor nor layer, that an argument is.
    pub(crate) fn object_of(&self, arg: &Arg) -> Option<&Configured> {
        let Arg::Callable(id) = arg else { return None };
        self.objects.get(&id.0)
    }

    /// Says what raised, where and on what.
    pub(crate) fn error(&mut self, stop: Stop) -> Error {
        let mut error = Error::from(stop);
        if let Error::Raised(raised) = &mut error {
            self.describe(raised);
        }
        error
    }

    /// Remembers the call that was refused, for whoever says what raised.
    pub(crate) fn remember(&mut self, function: String, operands: Vec<(String, TensorSpec)>) {
        self.refused = Some((function, operands));
    }

    fn describe(&mut self, raised: &mut Raised) {
        raised.layer = self.inside.last().map(|name| name.to_string()).unwrap_or_default();
        if let Some((function, operands)) = self.refused.take() {
            raised.function = function;
            raised.operands = operands;
        }
    }

    fn infer(
        &mut self,
        op: &'static Op,
        path: &str,
        surface: Surface,
        args: &[(Rc<str>, Arg)],
    ) -> Infer<Arg> {
        let keras = Keras::Three;
        let mut call = Call {
            op,
            path,
            surface,
            mode: Mode::Graph,
            keras,
            args,
            recorder: None,
            risk: RefCell::default(),
        };
        let mut inputs: Vec<(String, Operand)> = Vec::new();
        call.operands(&mut |name, operand| inputs.push((name.to_owned(), operand.clone())));
        let values = inputs.iter().map(|(_, operand)| self.value_of(operand)).collect();
        if let Some(recorder) = &self.recorder {
            recorder.begin(values);
            call.recorder = Some(recorder);
        }
        let outputs = match (op.infer)(&call) {
            Ok(outputs) => outputs,
            Err(stop) => {
                let specs = inputs.into_iter().map(|(name, operand)| (name, operand.spec)).collect();
                self.refused = Some((if path.is_empty() { op.name } else { path }.to_owned(), specs));
                return Err(stop);
            }
        };
        let flows = op.flows(&call, &outputs);
        let inputs: Vec<Option<NodeId>> = inputs.iter().map(|(_, x)| x.node.map(NodeId)).collect();
        Ok(outputs.as_arg(&mut |out| self.result(op, out, &inputs, &flows)))
    }

    /// Makes the node of one of an op's results.
    fn result(&mut self, op: &'static Op, out: &Out, inputs: &[Option<NodeId>], flows: &Flows) -> Arg {
        let flow = |(at, id): (usize, &Option<NodeId>)| Some(((*id)?, out.flow(flows, at)));
        let node = self.trace.push(Node {
            source: Source::Op(op),
            kind: TensorKind::Graph,
            spec: out.spec.clone(),
            content: out.content.clone(),
            inputs: inputs.iter().enumerate().filter_map(flow).collect(),
            span: Span::default(),
            scope: ScopeId::default(),
        });
        self.values.extend(out.value.map(|value| (node, value)));
        Arg::Tensor(self.trace.operand(node))
    }
}

impl Runner for Engine {
    fn keras(&self) -> Keras {
        Keras::Three
    }

    fn mode(&self) -> Mode {
        Mode::Graph
    }

    fn op(&mut self, name: &'static str, args: &[(&'static str, Arg)]) -> Infer<Arg> {
        let op = ops::find_op(name).ok_or(Stop::Unknown("an op that is not modelled"))?;
        let args: Vec<(Rc<str>, Arg)> = args.iter().map(|(n, a)| ((*n).into(), a.clone())).collect();
        self.infer(op, "", Surface::KerasOps, &args)
    }

    fn api(&mut self, path: &'static str, args: &[Arg], keywords: &[(&'static str, Arg)]) -> Infer<Arg> {
        let keywords: Vec<(Rc<str>, Arg)> = keywords.iter().map(|(n, a)| ((*n).into(), a.clone())).collect();
        self.function(path, args, &keywords)
    }

    fn call(&mut self, callee: &Arg, args: Vec<Arg>, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg> {
        let layer = self.layer_of(callee).ok_or(Stop::Unknown("a function that is not known"))?;
        self.call_layer(&layer, args, keywords)
    }

    fn made_by(&self, tensor: &Arg) -> Option<(&'static str, Vec<Arg>)> {
        let Arg::Tensor(operand) = tensor else { return None };
        let (op, inputs) = self.trace.made_by(NodeId(operand.node?))?;
        Some((op.name, inputs.map(|input| Arg::Tensor(self.trace.operand(input))).collect()))
    }

    fn computes(&self) -> bool {
        self.recorder.is_some()
    }
}

impl Engine {
    /// Calls a framework's function by its public path.
    ///
    /// # Errors
    /// What the function raises; `Stop::Unknown` for one without a model.
    pub(crate) fn function(&mut self, path: &str, args: &[Arg], keywords: &[(Rc<str>, Arg)]) -> Infer<Arg> {
        let unknown = Stop::Unknown("a function that is not modelled");
        let (op, declared, own) = binding::op_of_path(Keras::Three, path).ok_or(unknown.clone())?;
        let signature = binding::signature(Keras::Three, path, own).ok_or(unknown)?;
        let name = path.rsplit('.').next().unwrap_or(path);
        let bound = binding::bound(&signature, name, args, keywords, Arg::clone).map_err(misfit)?;
        self.infer(op, path, Surface::of(declared), &bound)
    }
}

/// Python's `TypeError` of a call that does not fit.
pub(crate) fn misfit(misfit: binding::Misfit) -> Stop {
    misfit.violation().raised()
}

/// A tensor of a spec that stands in no trace.
pub(crate) fn loose(shape: Shape, dtype: DType) -> Operand {
    Operand { content: Content::Unknown, ..Operand::loose(TensorSpec::new(shape, dtype), TensorKind::Graph) }
}
