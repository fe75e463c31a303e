//! Traced functions: `tf.function`, AutoGraph, steps of `fit`.

use std::rc::Rc;

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Exc, Flow, Keras, TensorKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Traced, Value, Wrapped};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("tf.function", function)];

/// Whether AutoGraph rewrites the functions that are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Autograph {
    /// It does not, until a function asks for it.
    #[default]
    Off,
    /// It does.
    On,
    /// It does not, and no function can ask for it: Keras 3's own steps.
    Disabled,
}

/// Variables made while a function is traced for the first time; a second time it must make none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Creations {
    /// How many there were.
    pub count: u32,
    /// Whether making one is an error.
    pub forbidden: bool,
    /// Whether variables were made outside of the function.
    lifted: bool,
}

/// What is going on in the frameworks while a script runs.
#[derive(Debug, Default)]
pub struct Running {
    /// AutoGraph's mode.
    pub autograph: Autograph,
    /// How many tapes record.
    pub tapes: u32,
    /// How many measurements of first gradients are under way, which the script does not make itself.
    pub measuring: u32,
    /// The function being traced, if one is whose variables count.
    pub creations: Option<Creations>,
    /// The gradient functions of custom gradients, by their results.
    pub custom: FxHashMap<NodeId, Rc<super::custom_gradient::Custom>>,
    /// Tensors that truly have no rank, such as what `tf.numpy_function` gives in a graph.
    pub no_rank: rustc_hash::FxHashSet<NodeId>,
    /// The names of Keras 3's tensors that are not inputs with a name.
    pub(crate) tensor_names: FxHashMap<NodeId, Rc<str>>,
    /// The Inputs that were made of a tensor and stand for it.
    pub(crate) inputs_of_tensors: rustc_hash::FxHashSet<NodeId>,
    /// How many losses a traced call has left in layers.
    pub traced_losses: FxHashMap<crate::heap::ObjId, usize>,
    /// The lists and dicts that are attributes of layers, by the layer and the attribute's name.
    pub containers: FxHashMap<crate::heap::ObjId, (crate::heap::ObjId, Rc<str>)>,
    /// How many sizes that are merely not known to us went into tracing.
    pub unsettled: std::cell::Cell<u64>,
    /// Whether the step being traced gets tensors that truly have no rank.
    pub rankless: bool,
    /// Whether a traced step is carried out on values: what Python checks while tracing is not checked again.
    pub executing: bool,
    /// Whether the layer that is called next is asked for its output's spec only: Keras 3 does so with those in a
    /// functional model that is called on tensors without data, and then nothing is checked at a layer's entrance.
    pub by_specs: bool,
    /// Whether the step that is recorded stands for one that was traced for batches of any size.
    pub any_rows: bool,
    /// The `sys.argv` of an analysis, which has the script's name only.
    pub arguments: Option<crate::heap::ObjId>,
    /// The traced function that is carried out on values.
    pub(crate) printing: Option<super::trace_prints::Printing>,
    /// How many traced functions run at present whose trace is not made now, so that Python's `print` is not reached.
    pub(crate) quiet: u32,
    /// The calls that `tf.function` has traced: the function, and what its arguments are.
    pub(crate) traces: rustc_hash::FxHashSet<String>,
    /// Variables that the script makes by `tf.Variable`.
    pub loose: rustc_hash::FxHashSet<graph::VariableId>,
    /// The regularizers and constraints of variables.
    pub(crate) attached: FxHashMap<(NodeId, keras::Attached), ops::Arg>,
    /// Variables that take their gradients as their values: `v.overwrite_with_gradient = True`.
    pub(crate) overwritten: rustc_hash::FxHashSet<graph::VariableId>,
    /// The index that a tensor is picked of a variable by, where numbers are computed.
    pub(crate) parts: rustc_hash::FxHashMap<graph::NodeId, Value>,
    /// `tf.compat.v1.disable_eager_execution`.
    pub graph_mode: bool,
    /// `tf.config.run_functions_eagerly`.
    pub eager_functions: bool,
    /// `tf.experimental.numpy.experimental_enable_numpy_behavior()`.
    pub numpy_behavior: bool,
    /// The objects that stand for what Keras 3 compiles of all metrics of a model: `model.metrics[1]`.
    pub compiled_trackers: rustc_hash::FxHashMap<crate::heap::ObjId, crate::heap::ObjId>,
    /// The dtype in which variables are read in the `call` of a layer with a policy of mixed precision.
    pub autocast: Option<tensor::DType>,
    /// The variables that are read so: those that `add_weight` made, and Keras 3's own.
    pub autocasting: rustc_hash::FxHashSet<graph::VariableId>,
    /// `keras.backend.set_learning_phase`.
    pub learning_phase: Option<bool>,
}

/// `tf.function(f)`, `@tf.function`, `@tf.function(autograph=False)`.
fn function(interp: &mut Interp<'_>, args: Args) -> Eval {
    let autograph = match args.keyword("autograph").cloned() {
        Some(value) => interp.truth(&value)? != Some(false),
        None => true,
    };
    let signature = args.get(1, "input_signature").filter(|s| !s.is_none()).cloned();
    match args.get(0, "func").filter(|f| !f.is_none()).cloned() {
        Some(function) => {
            let traced = Traced { function, autograph, signature };
            Ok(Value::Wrapped(Wrapped::Graph(traced.into()).into()))
        }
        None => {
            let partial = Wrapped::Partial(Value::Native(&FUNCTIONS[0]), args);
            Ok(Value::Wrapped(partial.into()))
        }
    }
}

impl Interp<'_> {
    /// Tells whether AutoGraph rewrites the function being carried out.
    pub(crate) fn autograph(&self) -> bool {
        self.running.autograph == Autograph::On
    }

    /// Tells whether AutoGraph rewrites a loop over this tensor.
    pub(crate) fn rewrites_loop(&self, node: NodeId) -> bool {
        self.autograph() && self.trace.node(node).kind == TensorKind::Graph
    }

    /// Carries something out under another mode of AutoGraph; where it is disabled it stays so.
    pub(crate) fn under<T>(&mut self, mode: Autograph, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.running.autograph;
        if before != Autograph::Disabled {
            self.running.autograph = mode;
        }
        let result = f(self);
        self.running.autograph = before;
        result
    }

    /// Calls a layer's own `call`: Keras 2 has AutoGraph rewrite it in graphs, Keras 3 never.
    pub(crate) fn call_converted(&mut self, method: &Value, args: Args) -> Eval {
        let mode =
            if self.keras == Keras::Two && self.graph_depth > 0 { Autograph::On } else { Autograph::Off };
        let converts = mode == Autograph::On && self.running.autograph == Autograph::Off;
        match self.under(mode, |interp| interp.call(method, args)) {
            Err(halt) if converts => {
                let halt = self.staged(halt);
                // Rewritten functions are no lines of the script; a layer's own words hide those of AutoGraph.
                let shown = self.traceback().len();
                if let Halt::Exception(id) = halt
                    && let Some(state) = self.exception_mut(id)
                {
                    state.frames.truncate(shown);
                }
                Err(halt)
            }
            result => result,
        }
    }

    /// Carries something out in a graph that is being traced.
    pub(crate) fn in_graph<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.graph_depth += 1;
        let result = f(self);
        self.graph_depth -= 1;
        result
    }

    /// Traces a function as `tf.function` does: once, and a second time if the first made variables.
    ///
    /// # Errors
    /// What the function raises, and `ValueError` for variables made the second time.
    pub(crate) fn trace_step<T>(&mut self, mut f: impl FnMut(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.running.creations.is_some() {
            // Inside of another traced function there is only one trace.
            return self.in_graph(f);
        }
        self.running.creations = Some(Creations::default());
        let first = self.in_new_graph(|interp| interp.in_graph(&mut f));
        let made = self.running.creations.take().unwrap_or_default();
        // What a second trace is good for beside what it refuses is what Python prints in it.
        let again = made.count > 0 || made.lifted && self.carries_out();
        if !again || first.is_err() {
            return first;
        }
        self.running.creations = Some(Creations { forbidden: true, ..Creations::default() });
        let second = self.in_new_graph(|interp| interp.in_graph(&mut f));
        self.running.creations = None;
        second
    }

    /// Notes that a layer makes a weight. Keras 2 makes it outside of the function (`init_scope`): there the function
    /// is traced a second time too, but refuses none.
    ///
    /// # Errors
    /// As [`Interp::note_creation`], in Keras 3.
    pub(crate) fn note_weight(&mut self) -> Eval<()> {
        match self.keras {
            Keras::Three => self.note_creation(),
            Keras::Two => {
                self.note_lifted();
                Ok(())
            }
        }
    }

    /// Notes that variables are made outside of the function that is traced.
    pub(crate) fn note_lifted(&mut self) {
        if let Some(creations) = &mut self.running.creations {
            creations.lifted = true;
        }
    }

    /// Notes that a variable is made.
    ///
    /// # Errors
    /// `ValueError` in a function that is traced for the second time.
    pub(crate) fn note_creation(&mut self) -> Eval<()> {
        if self.graph_depth == 0 {
            return Ok(());
        }
        let Some(creations) = &mut self.running.creations else { return Ok(()) };
        creations.count += 1;
        if !creations.forbidden {
            return Ok(());
        }
        let text = "tf.function only supports singleton tf.Variables created on the first call. Make sure the \
                    tf.Variable is only created once or created outside tf.function. See \
                    https://www.tensorflow.org/guide/function#creating_tfvariables for more information.";
        let mistake = ops::Mistake::MadeInCall;
        let violation = ops::Violation { class: Exc::ValueError, core: text.to_owned(), mistake };
        Err(self.raise_violation(violation, "tf.Variable".into(), Vec::new()))
    }

    /// Calls a `tf.function`.
    ///
    /// # Errors
    /// What the function raises, as AutoGraph hands it on.
    pub(crate) fn call_graph(&mut self, traced: &Traced, args: Args) -> Eval {
        if self.running.eager_functions {
            return self.call(&traced.function, args);
        }
        if let (0, Some(signature)) = (self.graph_depth, &traced.signature) {
            self.refuse_misfit(traced, signature, &args)?;
        }
        if self.graph_depth == 0 && self.computes() {
            // Where numbers are computed, the function runs on values; it sees no arrays either.
            let mut given = Args::default();
            for value in &args.positional {
                given.positional.push(self.array_tensors(value));
            }
            for (name, value) in &args.keywords {
                given.keywords.push((name.clone(), self.array_tensors(value)));
            }
            let (depth, events) = (self.frames.len(), self.events.len());
            return match self.as_if_traced(traced, given) {
                Ok(result) => self.as_tensors(&result),
                Err(Halt::Exception(raised)) if &*self.class_name(raised) == "InvalidArgumentError" => {
                    // What is refused while the function is traced is raised in other words, and by another class.
                    let (frames, found) = (self.frames.split_off(depth), self.events.split_off(events));
                    let again = self.on_specs(|interp| interp.call_graph(traced, args));
                    if let Err(Halt::Exception(earlier)) = again {
                        return Err(Halt::Exception(earlier));
                    }
                    self.frames.truncate(depth);
                    self.events.truncate(events);
                    self.frames.extend(frames);
                    self.events.extend(found);
                    Err(Halt::Exception(raised))
                }
                Err(halt) => Err(halt),
            };
        }
        let mode = if traced.autograph { Autograph::On } else { self.running.autograph };
        let converts = mode == Autograph::On && self.running.autograph == Autograph::Off;
        if self.graph_depth > 0 {
            return self.under(mode, |interp| interp.call(&traced.function, args));
        }
        let given = self.graph_args(&args);
        self.name_arguments(&traced.function, &given);
        let result = self
            .trace_step(|interp| interp.under(mode, |interp| interp.call(&traced.function, given.clone())));
        match result {
            Ok(value) => {
                self.try_on_integers(&traced.function, &args)?;
                Ok(self.leave_graph(&value))
            }
            Err(halt) if converts => Err(self.staged(halt)),
            Err(halt) => Err(halt),
        }
    }

    /// Refuses a tensor that is none of those that an `input_signature` is for.
    ///
    /// source: tensorflow/core/function/polymorphism/function_type.py: FunctionType.bind_with_defaults, cast_inputs
    fn refuse_misfit(&mut self, traced: &Traced, signature: &Value, args: &Args) -> Eval<()> {
        let specs = self.children(signature).unwrap_or_default();
        // The signature leaves the object of a method out.
        let method = self.parameter_names(&traced.function).first().is_some_and(|name| &**name == "self");
        let given = args.positional.get(usize::from(method)..).unwrap_or_default();
        for (wanted, given) in specs.iter().zip(given) {
            let (Some(spec), Value::Tensor(node)) = (self.tensor_spec(wanted), given) else { continue };
            let node = self.trace.node(*node);
            if node.kind != TensorKind::Eager {
                continue;
            }
            let given = node.spec.clone();
            let dtypes = given.dtype.is_some() && spec.dtype.is_some() && given.dtype != spec.dtype;
            let sizes = given.shape.dims().zip(spec.shape.dims()).is_some_and(|(given, wanted)| {
                given.len() != wanted.len()
                    || given.iter().zip(wanted).any(|(g, w)| g.is_known() && w.is_known() && g != w)
            });
            if dtypes || sizes {
                let text =
                    "Binding inputs to tf.function failed: an argument is not what `input_signature` is for";
                return Err(self.raise(ops::Exc::TypeError, text));
            }
        }
        Ok(())
    }

    fn graph_args(&mut self, args: &Args) -> Args {
        let positional = args.positional.iter().map(|v| self.graph_input(v)).collect();
        let keywords = args.keywords.iter().map(|(n, v)| (n.clone(), self.graph_input(v))).collect();
        Args { positional, keywords }
    }

    /// Names a traced function's placeholders by its parameters, as its graph does: `x:0`.
    fn name_arguments(&mut self, function: &Value, args: &Args) {
        let names = self.parameter_names(function);
        for (name, value) in names.iter().zip(&args.positional) {
            if let Value::Tensor(node) = value {
                self.trace.name(*node, format!("{name}:0"));
            }
        }
        for (name, value) in &args.keywords {
            if let Value::Tensor(node) = value {
                self.trace.name(*node, format!("{name}:0"));
            }
        }
    }

    /// Replaces tensors and arrays by the placeholders that a traced function sees; variables stay.
    pub(crate) fn graph_input(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, id| {
            match interp.trace.node(id).kind {
                TensorKind::Eager | TensorKind::Numpy => {}
                TensorKind::Graph | TensorKind::Keras | TensorKind::Variable => return id,
            }
            interp.stand_in(id, TensorKind::Graph, Source::Input)
        })
    }

    /// Replaces arrays by tensors of the same elements.
    fn array_tensors(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, id| match interp.trace.node(id).kind {
            TensorKind::Numpy => interp.stand_in(id, TensorKind::Eager, Source::Opaque("an argument")),
            _ => id,
        })
    }

    /// Makes tensors of numbers and arrays: what a traced function returns (`steps += 1` is none before), the variables
    /// of a loop.
    pub(super) fn as_tensors(&mut self, value: &Value) -> Eval {
        Ok(match value {
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()]))?
            }
            Value::Tensor(_) => self.array_tensors(value),
            Value::Tuple(items) => {
                let items = items.clone();
                Value::tuple(items.iter().map(|item| self.as_tensors(item)).collect::<Eval<Vec<_>>>()?)
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items = items.iter().map(|item| self.as_tensors(item)).collect::<Eval<_>>()?;
                    self.new_list(items)
                }
                None => value.clone(),
            },
            other => other.clone(),
        })
    }

    /// Turns what a traced function returns into what its caller gets.
    pub(crate) fn leave_graph(&mut self, value: &Value) -> Value {
        if self.graph_depth > 0 {
            return value.clone();
        }
        self.map_tensors(value, &mut |interp, id| match interp.trace.node(id).kind {
            TensorKind::Graph => interp.stand_in(id, TensorKind::Eager, Source::Opaque("a tf.function")),
            _ => id,
        })
    }

    /// A tensor of another kind with the same spec, through which gradients pass.
    pub(crate) fn stand_in(&mut self, id: NodeId, kind: TensorKind, source: Source) -> NodeId {
        let node = self.trace.node(id);
        let (spec, content) = (node.spec.clone(), node.content.clone());
        // A placeholder's elements are not known while the function is traced.
        let content = if kind == TensorKind::Graph { tensor::Content::Unknown } else { content };
        let span = self.here();
        let mask = self.masks.get(&id).filter(|_| !self.taken_masks.contains(&id)).cloned();
        let inputs = SmallVec::from_slice(&[(id, Flow::Ok)]);
        let new =
            self.trace.push(Node { source, kind, spec, content, inputs, span, scope: ScopeId::default() });
        if let Some(mask) = mask {
            self.masks.insert(new, mask);
        }
        if kind != TensorKind::Keras {
            self.share_number(id, new);
        }
        new
    }

    /// Raises an exception anew as AutoGraph does: of its class where that takes a message, else `StagingError`.
    pub(crate) fn staged(&mut self, halt: Halt) -> Halt {
        let Halt::Exception(id) = halt else { return halt };
        let name = self.exception_name(id);
        let known = matches!(
            &*name,
            "AssertionError"
                | "AttributeError"
                | "NameError"
                | "NotImplementedError"
                | "RuntimeError"
                | "StopIteration"
                | "TypeError"
                | "UnboundLocalError"
                | "ValueError"
                | "OperatorNotAllowedInGraphError"
                | "StagingError"
        );
        let error = self.builtin_class("OpError");
        let is_tf = self.heap.instance(id).is_some_and(|i| self.is_subclass(i.class, error));
        if known || is_tf {
            return halt;
        }
        // The class that stands for a KeyError has its name (`autograph/pyct/error_utils.py`).
        let class = if &*name == "KeyError" { "KeyError" } else { "StagingError" };
        let Some(state) = self.exception(id).cloned() else { return halt };
        let class = self.builtin_class(class);
        let new = self.new_exception(class, state.core.clone(), state.details.clone());
        if let Some(fresh) = self.exception_mut(new) {
            let hidden = Some(id);
            *fresh = crate::raise::ExceptionState { hidden, recorded: false, ..state };
        }
        Halt::Exception(new)
    }
}
