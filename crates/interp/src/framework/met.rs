//! The functions of a script that gradients go through: of Lambdas, its own layers and losses, custom gradients.
//!
//! Where they are looked for, each call of one is noted; afterwards one is carried out once more on inputs that stand
//! for any numbers, and recorded with its gradient as a program that runs by itself.

use std::rc::Rc;

use array::Array;
use diagnostics::Span;
use graph::{NodeId, Source};
use ops::numeric::{Program, ValueId};
use ops::{Flow, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value};

/// So many functions are noted.
const MAX_FUNCTIONS: usize = 200;
/// The size that stands for a batch that is not known, and for another size that is not.
const UNKNOWN_SIZES: [i64; 2] = [3, 5];

/// What a function is to the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The function of a Lambda.
    Lambda,
    /// The `call` of a layer of the script's own.
    Layer,
    /// A loss of the script's own.
    Loss,
    /// A function with a `tf.custom_gradient`.
    CustomGradient,
}

/// A function that was met.
#[derive(Clone, Debug)]
pub struct Met {
    /// What it is.
    pub kind: Kind,
    /// The name of the layer or function.
    pub name: Rc<str>,
    /// The call that met it.
    pub span: Span,
    /// Whether nothing called it, so that what it takes is assumed.
    pub assumed: bool,
    callee: Callee,
    args: Args,
}

#[derive(Clone, Debug)]
enum Callee {
    Layer(ObjId),
    Custom(Value),
    Function(Value),
}

/// The functions that were met so far.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    met: Vec<Met>,
    /// Whether a function is carried out for itself, in which nothing is noted.
    closed: bool,
}

/// A function recorded with its gradient.
#[derive(Debug)]
pub struct Recorded {
    /// What it consists of.
    pub program: Program,
    /// Its tensors in the order of its arguments, and then the weights that it reads.
    pub inputs: Vec<Input>,
    /// Its outputs that are floats.
    pub outputs: Vec<(ValueId, TensorSpec)>,
    /// What arrives at each output.
    pub directions: Vec<ValueId>,
    /// The other variables that it reads, with their present numbers.
    pub variables: Vec<(ValueId, Array)>,
}

/// An input of a recorded function.
#[derive(Debug)]
pub struct Input {
    /// The parameter, and the place in it where it holds several: `inputs[1]`.
    pub name: String,
    /// Its shape, whole, and its dtype.
    pub spec: TensorSpec,
    /// Its value in the program.
    pub value: ValueId,
    /// What the checker says of its gradient.
    pub flow: Flow,
    /// The operation that cuts it, and its place.
    pub cut: Option<(String, Span)>,
    /// Its gradient, if one arrives.
    pub gradient: Option<ValueId>,
    /// The present numbers of a weight, which is no argument but read by the function.
    pub weight: Option<Array>,
}

impl Interp<'_> {
    /// The functions that were met, in the order of their first call.
    pub fn functions_met(&mut self) -> Vec<Met> {
        self.met.take().map(|functions| functions.met).unwrap_or_default()
    }

    /// Notes a call of a Lambda, or of a layer with a `call` of the script's own.
    pub(crate) fn meet_layer(&mut self, id: ObjId, args: &Args) {
        if !self.looks_for_functions() || self.layer(id).is_none_or(|s| s.model.is_some()) {
            return;
        }
        let kind = if self.layer(id).is_some_and(|s| s.lambda.is_some()) {
            Kind::Lambda
        } else if self.script_method(id, "call").is_some() {
            Kind::Layer
        } else {
            return;
        };
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        self.meet(kind, name, Callee::Layer(id), args.clone());
    }

    /// Notes a call of a function with a custom gradient.
    pub(crate) fn meet_custom_gradient(&mut self, function: &Value, args: &Args) {
        if self.looks_for_functions() {
            let name = self.callable_name(function);
            self.meet(Kind::CustomGradient, name, Callee::Custom(function.clone()), args.clone());
        }
    }

    /// Notes a call of a loss of the script's own.
    pub(crate) fn meet_loss(&mut self, function: &Value, y_true: &Value, y_pred: &Value) {
        if self.looks_for_functions() && self.is_own_function(function) {
            let name = self.callable_name(function);
            let args = Args::of([y_true.clone(), y_pred.clone()]);
            self.meet(Kind::Loss, name, Callee::Function(function.clone()), args);
        }
    }

    /// Notes a loss of the script's own that a model with one output is compiled with. Until a training calls it, its
    /// labels are assumed to be like the output.
    pub(crate) fn meet_compiled_loss(&mut self, model: ObjId, loss: &Value) {
        if !self.looks_for_functions() || !self.is_own_function(loss) {
            return;
        }
        let outputs = self.model(model).and_then(|model| model.graph.as_ref()?.outputs.clone());
        if let Some(output @ Value::Tensor(_)) = outputs {
            let name = self.callable_name(loss);
            let args = Args::of([output.clone(), output]);
            self.meet_as(Kind::Loss, name, Callee::Function(loss.clone()), args, true);
        }
    }

    fn looks_for_functions(&self) -> bool {
        self.met.as_ref().is_some_and(|functions| !functions.closed)
    }

    /// Tells whether a function is the script's, not a framework's.
    fn is_own_function(&self, function: &Value) -> bool {
        match function {
            Value::Function(_) => true,
            Value::Bound(bound) => self.is_own_function(&bound.function),
            Value::Wrapped(wrapped) => wrapped.function().is_some_and(|f| self.is_own_function(f)),
            _ => false,
        }
    }

    /// Keeps one call of each function: the first, or a later one of which more is known.
    fn meet(&mut self, kind: Kind, name: Rc<str>, callee: Callee, args: Args) {
        self.meet_as(kind, name, callee, args, false);
    }

    fn meet_as(&mut self, kind: Kind, name: Rc<str>, callee: Callee, args: Args, assumed: bool) {
        let known = self.knows_sizes(&args);
        let span = self.here();
        let Some(functions) = &self.met else { return };
        let same = functions.met.iter().position(|met| met.kind == kind && met.name == name);
        let better = same.map(|at| &functions.met[at]).is_some_and(|met| {
            met.assumed && !assumed || met.assumed == assumed && known && !self.knows_sizes(&met.args)
        });
        let Some(functions) = &mut self.met else { return };
        match same {
            Some(at) if better => {
                let span = functions.met[at].span;
                functions.met[at] = Met { kind, name, span, assumed, callee, args };
            }
            Some(_) => {}
            None if functions.met.len() < MAX_FUNCTIONS => {
                functions.met.push(Met { kind, name, span, assumed, callee, args });
            }
            None => {}
        }
    }

    fn knows_sizes(&self, args: &Args) -> bool {
        let values = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        let mut nodes = values.flat_map(|value| self.flat_tensors(value));
        nodes.all(|node| self.trace.node(node).spec.shape.all_known().is_some())
    }

    /// Records a function that was met, on inputs that stand for any numbers.
    ///
    /// # Errors
    /// Why that cannot be done, in words.
    pub fn record_function(&mut self, met: &Met) -> Result<Recorded, String> {
        self.met = Some(Functions { met: Vec::new(), closed: true });
        self.steps = self.options.steps;
        self.forget_lacking();
        let (undecided, events) = (self.undecided.clone(), self.events.len());
        self.reopen();
        self.heap.open();
        let (parts, recorded) = self.record_program(|interp| interp.differentiate(met));
        let result = match (parts, recorded) {
            (Ok(parts), Some(recorded)) => self.assembled(parts, recorded),
            (Err(why), _) => Err(why),
            (Ok(_), None) => Err("it has no numbers".to_owned()),
        };
        self.heap.undo();
        self.frames.clear();
        self.events.truncate(events);
        self.undecided = undecided;
        self.met = None;
        result
    }

    /// Calls a function and takes its gradient, while a program is recorded.
    fn differentiate(&mut self, met: &Met) -> Result<Parts, String> {
        let (nodes, steps) = (self.mark(), self.program_mark());
        let mut parts = Parts::default();
        let args = self.stand_ins(met, &mut parts);
        let called = self.in_graph(|interp| match &met.callee {
            Callee::Layer(id) => interp.run_call(*id, args),
            Callee::Custom(function) => interp.call_custom_gradient(function, args),
            Callee::Function(function) => interp.call(function, args),
        });
        let outputs = self.told(called)?;
        self.read_weights(&mut parts);
        if outputs.is_unknown() || self.hides_unknown(&outputs) {
            return Err("its result is not known".to_owned());
        }
        for node in self.flat_tensors(&outputs) {
            let spec = self.trace.node(node).spec.clone();
            if !spec.dtype.is_some_and(DType::is_floating) {
                continue;
            }
            if spec.shape.all_known().is_none() {
                return Err("the shape of its result is not known".to_owned());
            }
            self.number(node).ok_or_else(|| self.lacking("its result has no number"))?;
            let direction = self.trace.add(Source::Input, TensorKind::Graph, spec.clone(), Span::default());
            let value = self.input_number(direction).ok_or("its result has no number")?;
            parts.outputs.push((node, spec));
            parts.directions.push((direction, value));
        }
        let whole = nodes..self.mark();
        let targets: Vec<NodeId> = parts.outputs.iter().map(|(node, _)| *node).collect();
        let reach = self.trace.reach(&targets, std::slice::from_ref(&whole));
        for (node, input) in &mut parts.inputs {
            input.flow = reach.at(*node);
            input.cut = self.trace.cut(&targets, *node).map(|cut| self.cut_at(cut.node));
        }
        let mut targets: Vec<_> =
            targets.iter().zip(&parts.directions).map(|(node, (d, _))| (*node, Some(*d))).collect();
        let passed = steps..u32::MAX;
        let passed = std::slice::from_ref(&passed);
        let custom = self.number_custom_gradients(&mut targets, std::slice::from_ref(&whole), passed);
        self.told(custom)?;
        let sources: Vec<usize> = (0..parts.inputs.len()).filter(|at| parts.inputs[*at].1.floats()).collect();
        let nodes: Vec<NodeId> = sources.iter().map(|at| parts.inputs[*at].0).collect();
        let gradients = self.gradient_values(&targets, &nodes, passed).map_err(|stop| match stop {
            ops::Stop::Unknown(why) => why.to_owned(),
            _ => "its gradient is refused".to_owned(),
        })?;
        for (at, gradient) in sources.into_iter().zip(gradients) {
            let Some(gradient) = gradient else { continue };
            let node = self.trace.add(
                Source::Opaque("a gradient"),
                TensorKind::Graph,
                gradient.spec(),
                Span::default(),
            );
            if self.keep_gradient(node, &gradient) {
                parts.inputs[at].1.gradient = self.number(node);
            }
        }
        Ok(parts)
    }

    /// Adds the weights that were read to the inputs.
    fn read_weights(&mut self, parts: &mut Parts) {
        for (node, value) in self.variables_read() {
            let Source::Variable(id) = self.trace.node(node).source else { continue };
            let variable = self.trace.variable(id);
            if !variable.trainable || !variable.spec.dtype.is_some_and(DType::is_floating) {
                continue;
            }
            let (name, spec) = (variable.name.to_string(), variable.spec.clone());
            let weight = self.array_of_outermost(node);
            if weight.is_some() {
                let input = Input { name, spec, value, flow: Flow::None, cut: None, gradient: None, weight };
                parts.inputs.push((node, input));
            }
        }
    }

    /// Puts inputs that stand for any numbers in the place of a call's tensors.
    fn stand_ins(&mut self, met: &Met, parts: &mut Parts) -> Args {
        let names = match &met.callee {
            Callee::Layer(id) => self.layer_parameters(*id),
            Callee::Custom(function) | Callee::Function(function) => self.parameter_names(function),
        };
        let named = |at: usize| names.get(at).map_or_else(|| format!("#{at}"), ToString::to_string);
        let mut positional = Vec::with_capacity(met.args.positional.len());
        for (at, value) in met.args.positional.iter().enumerate() {
            positional.push(self.stand_in_for(value, &named(at), parts));
        }
        let mut keywords = Vec::with_capacity(met.args.keywords.len());
        for (name, value) in &met.args.keywords {
            keywords.push((name.clone(), self.stand_in_for(value, name, parts)));
        }
        Args { positional, keywords }
    }

    fn stand_in_for(&mut self, value: &Value, name: &str, parts: &mut Parts) -> Value {
        let several = !matches!(value, Value::Tensor(_));
        let mut count = 0;
        self.map_tensors(value, &mut |interp, id| {
            let spec = whole_spec(&interp.trace.node(id).spec);
            let node = interp.trace.add(Source::Input, TensorKind::Graph, spec.clone(), Span::default());
            let name = if several { format!("{name}[{count}]") } else { name.to_owned() };
            count += 1;
            if let Some(value) = interp.input_number(node) {
                let input =
                    Input { name, spec, value, flow: Flow::None, cut: None, gradient: None, weight: None };
                parts.inputs.push((node, input));
            }
            node
        })
    }

    /// The names of what a layer is called with.
    fn layer_parameters(&mut self, id: ObjId) -> Vec<Rc<str>> {
        if let Some(lambda) = self.layer(id).and_then(|s| s.lambda.clone()) {
            return self.parameter_names(&lambda.function);
        }
        let Some(method) = self.script_method(id, "call") else { return Vec::new() };
        self.parameter_names(&method).into_iter().skip(1).collect()
    }

    /// What a call gave, or what it raised in words.
    fn told<T>(&mut self, result: Eval<T>) -> Result<T, String> {
        match result {
            Ok(value) => Ok(value),
            Err(Halt::Exception(id)) => {
                let message = self.message(id).unwrap_or_default();
                let first = message.lines().next().unwrap_or_default().to_owned();
                Err(format!("it raises {}: {first}", self.exception_path(id)))
            }
            Err(_) => Err("it takes too long".to_owned()),
        }
    }

    /// The op of a node and its place.
    fn cut_at(&self, node: NodeId) -> (String, Span) {
        let node = self.trace.node(node);
        let what = match node.source {
            Source::Op(op) => op.name.to_owned(),
            Source::Opaque(what) => what.to_owned(),
            _ => "an input".to_owned(),
        };
        (what, node.span)
    }

    fn assembled(
        &mut self,
        parts: Parts,
        recorded: crate::framework::numbers::Recorded,
    ) -> Result<Recorded, String> {
        let missing = || "its result has no number".to_owned();
        let mut outputs = Vec::with_capacity(parts.outputs.len());
        for (node, spec) in parts.outputs {
            outputs.push((*recorded.values.get(&node).ok_or_else(missing)?, spec));
        }
        let mut variables = Vec::with_capacity(recorded.recording.read.len());
        let moved = |value: ValueId| parts.inputs.iter().any(|(_, input)| input.value == value);
        for (node, value) in recorded.recording.read.into_iter().filter(|(_, value)| !moved(*value)) {
            variables.push((value, self.array_of_node(node).ok_or("a variable has no numbers")?));
        }
        let inputs = parts.inputs.into_iter().map(|(_, input)| input).collect();
        let directions = parts.directions.into_iter().map(|(_, value)| value).collect();
        Ok(Recorded { program: recorded.recording.program, inputs, outputs, directions, variables })
    }
}

/// What is gathered of a function while it is recorded.
#[derive(Debug, Default)]
struct Parts {
    inputs: Vec<(NodeId, Input)>,
    outputs: Vec<(NodeId, TensorSpec)>,
    directions: Vec<(NodeId, ValueId)>,
}

impl Input {
    fn floats(&self) -> bool {
        self.spec.dtype.is_some_and(DType::is_floating)
    }
}

/// A spec with a size for each one that is not known.
fn whole_spec(spec: &TensorSpec) -> TensorSpec {
    let dims = spec.shape.dims().unwrap_or_default();
    let size =
        |(axis, dim): (usize, &Dim)| Dim::Known(dim.known().unwrap_or(UNKNOWN_SIZES[usize::from(axis > 0)]));
    let shape: Shape = dims.iter().enumerate().map(size).collect();
    TensorSpec::new(shape, spec.dtype.unwrap_or(DType::Float32))
}
