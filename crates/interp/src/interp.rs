//! The interpreter's state.

use std::cell::RefCell;
use std::rc::Rc;

use diagnostics::Span;
use graph::{NodeId, Trace};
use ops::{CallableId, Keras, RaisedId};
use python::{Module, Program};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::class::{Class, ClassId};
use crate::framework::Backend;
use crate::function::Function;
use crate::heap::{Heap, ObjId, Object, ScopeObject};
use crate::libraries::KERAS_BACKEND;
use crate::project::{Project, Sources};
use crate::raise::{Eval, Halt};
use crate::record::{Outcome, Phase, Raised, Record};
use crate::stmt::Flow;
use crate::value::{FunctionId, Reason, Value};

/// How deep nested containers are looked into.
const MAX_NESTING: u32 = 150;

/// How the interpreter is to work.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile.
    pub keras: Keras,
    /// The number of evaluation steps, which bounds time.
    pub steps: u64,
    /// The number of objects and nodes, which bounds memory.
    pub objects: usize,
    /// The depth of calls, beyond which Python raises `RecursionError`.
    pub depth: usize,
    /// The backend that Keras 3 has.
    pub backend: Backend,
    /// Whether to list the expressions whose results are not known.
    pub explain_unknown: bool,
    /// Whether to carry out what the script only defines, once it is over.
    pub probe: bool,
}

impl Options {
    /// The defaults for a profile.
    pub fn new(keras: Keras) -> Options {
        Options {
            keras,
            steps: 3_000_000,
            objects: 2_000_000,
            depth: 900,
            backend: Backend::default(),
            explain_unknown: false,
            probe: false,
        }
    }
}

/// One call under way.
#[derive(Debug)]
pub struct CallFrame<'a> {
    /// The function's name; `<module>` for the script.
    pub function: Rc<str>,
    /// Its names.
    pub scope: ObjId,
    /// The expression being evaluated.
    pub at: Span,
    /// The module whose text `at` is in; nothing for native frames.
    pub module: Option<&'a Module>,
    /// Whether the module is the script or one of its project, whose lines are reported.
    pub own: bool,
    /// Values returned in branches that may not be taken.
    pub returns: Vec<Value>,
    /// How the innermost loop's round under way is left in a branch that may not be taken.
    pub(crate) may_leave: Option<Leave>,
    /// The items of a generator so far.
    pub yields: Option<crate::generators::Yields>,
    /// Who takes a generator's items as they come, where that is known.
    pub(crate) consumer: Option<crate::generators::Consumer<'a>>,
    /// Where a generator waits.
    pub(crate) notes: Option<Box<crate::coroutines::Notes>>,
    /// The object of a method and the class that defines it, for `super()`.
    pub method: Option<(Value, ClassId)>,
    /// The class whose body the code is written in, which mangles its private names.
    pub class: Option<ClassId>,
    /// The names that the function assigns; they are not looked up outside.
    pub locals: Option<Rc<FxHashSet<&'a str>>>,
    /// The exception being handled, for a bare `raise`.
    pub handling: Option<ObjId>,
}

/// How a round of a loop ends before its last statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// By `break`: the loop ends.
    Break,
    /// By `continue`: the next round follows.
    Continue,
}

/// Counters of Keras' automatic names and seeds; cheap to save around a branch.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// How often a prefix was used in the present graph.
    pub names: FxHashMap<Rc<str>, u32>,
    /// The next symbol for an unknown dim.
    pub symbols: u32,
}

/// The interpreter of one script.
#[derive(Debug)]
pub struct Interp<'a> {
    /// The settings.
    pub options: Options,
    /// The profile, for short.
    pub keras: Keras,
    /// Mutable objects.
    pub heap: Heap,
    /// Tensors.
    pub trace: Trace,
    /// Functions of the script.
    pub functions: Vec<Function<'a>>,
    /// Calls under way, innermost last.
    pub frames: Vec<CallFrame<'a>>,
    /// The record of layer calls, models, fits.
    pub record: Record,
    /// Symbolic calls behind KerasTensors.
    pub keras_calls: Vec<crate::framework::history::KerasCall>,
    /// Facts that the rules read beside the record.
    pub events: Vec<crate::events::Event>,
    /// The part of the program being carried out.
    pub phase: Phase,
    /// How many traced functions (a step of `fit`, a Lambda's body) are being traced.
    pub graph_depth: u32,
    /// Layer calls under way; only the outermost is recorded.
    pub layer_depth: u32,
    /// Saved around branches.
    pub counters: Counters,
    /// The functions that were called.
    pub(crate) called: FxHashSet<FunctionId>,
    /// Expressions whose results are not known.
    pub(crate) unknowns: crate::unknowns::Unknowns,
    /// What comments state of values.
    pub(crate) stated: crate::stated::Stated,
    /// While functions are carried out that are only defined: the first object that was not there before.
    pub(crate) probed_from: Option<ObjId>,
    /// The call that last gave a random number from 0 to below 1.
    pub(crate) drawn: Option<Span>,
    /// Something that decides the outcome is unknown.
    pub undecided: Option<Reason>,
    /// Whether the script has only come here if a loop of unknown length went round not once, since its rounds raise.
    pub(crate) past_raising_loop: bool,
    /// `reveal_type` results, for tests: line and text.
    pub revealed: Vec<(u32, String)>,
    /// The script that is interpreted, and the modules of its project that it has imported.
    pub program: &'a Program,
    pub(crate) project: Project<'a>,
    pub(crate) classes: Vec<Class>,
    pub(crate) class_paths: FxHashMap<Rc<str>, ClassId>,
    pub(crate) callables: Vec<Value>,
    pub(crate) raised: Vec<Halt>,
    pub(crate) local_names: FxHashMap<usize, Rc<FxHashSet<&'a str>>>,
    pub(crate) globals: ObjId,
    /// The variables that the script has set in `os.environ`.
    pub(crate) environment: ObjId,
    /// Whether Keras was imported.
    pub(crate) keras_loaded: bool,
    /// How deep comparisons, joins and conversions of nested containers are under way.
    pub(crate) nesting: u32,
    /// The generator expressions that have been evaluated.
    pub(crate) generators: Vec<crate::expr::Written<'a>>,
    /// Containers of other classes than the plain ones: `defaultdict`, `deque`, `frozenset`.
    pub(crate) kinds: FxHashMap<ObjId, crate::builtins::Kind>,
    /// The names of the layers whose calls are under way, which name the variables made in them.
    pub(crate) layer_scopes: Vec<Rc<str>>,
    /// How many of them are open by Keras 3's `name_scope`.
    pub(crate) name_scopes: usize,
    /// Whether the call under way is for training, where that is decided.
    pub(crate) training: Option<bool>,
    /// The InputLayers behind Inputs.
    pub(crate) input_layers: FxHashMap<NodeId, ObjId>,
    /// The recorded signatures of the `call` of Keras' own classes, as far as they were asked for.
    pub(crate) call_signatures: FxHashMap<std::rc::Rc<str>, Option<std::rc::Rc<python::Signature>>>,
    /// Models by the path they were saved under.
    pub(crate) saved: FxHashMap<Rc<str>, ObjId>,
    /// The shapes of the weights in files that the script wrote.
    pub(crate) weight_files: FxHashMap<Rc<str>, crate::framework::WrittenWeights>,
    /// Paths that models were exported to.
    pub(crate) exported: Vec<Rc<str>>,
    /// Classes registered for loading, with the names that files have of them.
    pub(crate) registered: Vec<(ClassId, Rc<str>)>,
    /// The packages and names of registrations that have not met their class or function yet.
    pub(crate) registering: Vec<(Rc<str>, Option<Rc<str>>)>,
    /// The scopes of libraries that are modelled in Python.
    pub(crate) models: FxHashMap<&'static str, ObjId>,
    /// Arrays that show elements of another, by that one.
    pub(crate) array_views: FxHashMap<NodeId, Vec<NodeId>>,
    /// How many rows of arrays have no value, where the trace does not say it.
    pub(crate) gaps: FxHashMap<NodeId, Option<(i64, i64)>>,
    /// What arrays of objects hold besides texts.
    pub(crate) object_kinds: FxHashMap<NodeId, Rc<str>>,
    /// The objects of arrays of objects with one axis, where a script is carried out.
    pub(crate) object_items: FxHashMap<NodeId, Rc<[Value]>>,
    /// What chance has in store for the script.
    pub(crate) chances: crate::framework::drawn::Chances,
    /// Where `contextlib.redirect_stdout` sends what is printed, the innermost last.
    pub(crate) redirected: Vec<Value>,
    /// Arrays of objects that share them: slices, and what they were cut of.
    pub(crate) sliced_objects: Vec<NodeId>,
    /// How arrays show the elements of others, by the array whose they are in the end.
    pub(crate) shown_views: FxHashMap<NodeId, Vec<crate::libraries::numpy::View>>,
    /// The arrays of `shown_views`, each with the one whose elements it shows.
    pub(crate) shown_roots: FxHashMap<NodeId, NodeId>,
    /// Arrays that show elements of another and are not kept up to date.
    pub(crate) stale_views: FxHashMap<NodeId, Vec<NodeId>>,
    /// The dtypes that new layers compute in and keep their variables in.
    pub(crate) policy: (tensor::DType, tensor::DType),
    /// The default float type: `keras.backend.floatx()`.
    pub(crate) floatx: tensor::DType,
    /// Whether loading may run stored code without being told so each time.
    pub(crate) unsafe_loading: bool,
    /// Functions that are registered for loading, with the names that files have of them.
    pub(crate) registered_functions: Vec<(FunctionId, Rc<str>)>,
    /// Whether loading knows more names than are followed.
    pub(crate) open_customs: bool,
    /// What `get_custom_objects()` gives, once it is asked for.
    pub(crate) custom_objects: Option<ObjId>,
    /// The layers and models that configs are of.
    pub(crate) configs: FxHashMap<ObjId, ObjId>,
    /// What `to_json` gave, and the models.
    pub(crate) texts: Vec<(Value, ObjId)>,
    /// Whether the script imported a module that its package does not show.
    pub(crate) imports_hidden: bool,
    /// The masks attached to tensors.
    pub(crate) masks: FxHashMap<NodeId, Value>,
    /// The tensors whose masks a layer took away, or that stem from such: only recorded calls still have them.
    pub(crate) taken_masks: rustc_hash::FxHashSet<NodeId>,
    /// Traces, tapes and variables under way.
    pub(crate) running: crate::framework::tracing::Running,
    /// The objects of arrays of objects with two axes, row by row, where a script is carried out.
    pub(crate) object_tables: FxHashMap<NodeId, Rc<[Value]>>,
    /// The scalars of NumPy's that stand for Python's own complex numbers.
    pub(crate) python_complexes: rustc_hash::FxHashSet<NodeId>,
    /// The generators that wait, by the order in which they were called.
    pub(crate) waiting: FxHashMap<usize, crate::coroutines::Waiting<'a>>,
    /// How many generators were called that can wait.
    pub(crate) prepared: usize,
    /// How many bodies are being carried out at the `yield` of a generator.
    pub(crate) lent: usize,
    /// How many items are taken of a generator that begins now, where that is known.
    pub(crate) wanted: Option<usize>,
    /// The values of tensors, where the script is carried out with numbers.
    pub numbers: Option<crate::framework::numbers::Numbers>,
    /// The functions that compute gradients, where they are looked for.
    pub(crate) met: Option<crate::framework::met::Functions>,
    /// The outside, where the script is carried out.
    pub(crate) world: Option<&'a dyn crate::world::World>,
    /// What it has written there.
    pub(crate) files: crate::files::Files,
    /// How many calls are under way whose output was shown before: functions that are traced once.
    pub(crate) muted: u32,
    pub(crate) steps: u64,
    /// The parsed signatures, by path or text.
    pub(crate) signatures: FxHashMap<Rc<str>, Option<Rc<python::Signature>>>,
    /// The members of the frameworks' modules that were asked for, by full path.
    pub(crate) members: FxHashMap<Rc<str>, Value>,
    /// Words, whether the program has one of them, and of how many files that was found.
    pub(crate) mentioned: RefCell<FxHashMap<&'static [&'static str], (usize, bool)>>,
}

/// The share of the steps left that one loop may take: a nested loop gets a share of the share.
const SHARE: u64 = 4;

/// Where the steps and the work of tensors stood when a loop began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    steps: u64,
    work: u64,
}

impl<'a> Interp<'a> {
    /// Makes an interpreter for a script.
    pub fn new(program: &'a Program, sources: &'a dyn Sources, options: Options) -> Interp<'a> {
        let mut heap = Heap::default();
        let globals = heap.add(Object::Scope(ScopeObject::default()));
        let environment = heap.add(Object::Dict(crate::heap::Items::default()));
        let record = Record {
            outcome: Outcome::Ok { exit: None },
            raised: Vec::new(),
            layer_calls: Vec::new(),
            models: Vec::new(),
            gradients: Vec::new(),
            tapes: Vec::new(),
        };
        Interp {
            keras: options.keras,
            steps: options.steps,
            signatures: FxHashMap::default(),
            members: FxHashMap::default(),
            mentioned: RefCell::default(),
            options,
            heap,
            trace: Trace::default(),
            functions: Vec::new(),
            frames: Vec::new(),
            record,
            keras_calls: Vec::new(),
            events: Vec::new(),
            phase: Phase::Build,
            graph_depth: 0,
            layer_depth: 0,
            counters: Counters::default(),
            called: FxHashSet::default(),
            unknowns: crate::unknowns::Unknowns::default(),
            stated: crate::stated::Stated::default(),
            probed_from: None,
            drawn: None,
            undecided: None,
            past_raising_loop: false,
            revealed: Vec::new(),
            program,
            project: Project::new(sources),
            classes: Vec::new(),
            class_paths: FxHashMap::default(),
            callables: Vec::new(),
            raised: Vec::new(),
            local_names: FxHashMap::default(),
            globals,
            environment,
            keras_loaded: false,
            nesting: 0,
            generators: Vec::new(),
            kinds: FxHashMap::default(),
            layer_scopes: Vec::new(),
            name_scopes: 0,
            training: None,
            input_layers: FxHashMap::default(),
            call_signatures: FxHashMap::default(),
            saved: FxHashMap::default(),
            weight_files: FxHashMap::default(),
            exported: Vec::new(),
            registered: Vec::new(),
            registering: Vec::new(),
            models: FxHashMap::default(),
            array_views: FxHashMap::default(),
            gaps: FxHashMap::default(),
            object_kinds: FxHashMap::default(),
            object_items: FxHashMap::default(),
            sliced_objects: Vec::new(),
            chances: crate::framework::drawn::Chances::default(),
            redirected: Vec::new(),
            shown_views: FxHashMap::default(),
            shown_roots: FxHashMap::default(),
            stale_views: FxHashMap::default(),
            policy: (tensor::DType::Float32, tensor::DType::Float32),
            floatx: tensor::DType::Float32,
            unsafe_loading: false,
            registered_functions: Vec::new(),
            open_customs: false,
            custom_objects: None,
            configs: FxHashMap::default(),
            texts: Vec::new(),
            imports_hidden: false,
            masks: FxHashMap::default(),
            taken_masks: rustc_hash::FxHashSet::default(),
            running: crate::framework::tracing::Running::default(),
            object_tables: FxHashMap::default(),
            python_complexes: rustc_hash::FxHashSet::default(),
            waiting: FxHashMap::default(),
            prepared: 0,
            lent: 0,
            wanted: None,
            numbers: None,
            met: None,
            world: None,
            files: crate::files::Files::default(),
            muted: 0,
        }
    }

    /// Carries the script out and completes the record.
    pub fn run(&mut self) {
        let name = Value::str("__main__");
        self.set_global("__name__", name);
        let path = self.world.and_then(|world| world.arguments().first());
        let file = path.map_or(Value::Any(crate::value::Plain::Str), |path| Value::str(path));
        self.set_global("__file__", file);
        let package = self.project.package().map_or(Value::None, Value::str);
        self.set_global("__package__", package);
        let doc = self.program.script().docstring().map_or(Value::None, Value::str);
        self.set_global("__doc__", doc);
        if let Backend::Chosen { around: Some(name) } = &self.options.backend {
            let (name, environment) = (Value::str(name), Value::Dict(self.environment));
            // A dict takes any string.
            let _ = self.set_item(&environment, Value::str(KERAS_BACKEND), name);
        }
        self.stated.add(self.program.script());
        self.reopen();
        if self.program.script().is_open() {
            let elsewhere = self.unknown("a name that a notebook's command may bind");
            self.add_starred(&elsewhere);
        }
        let body = self.program.script().body();
        let imported = if self.world.is_none() { self.be_package() } else { Ok(false) };
        let ended = imported.and_then(|done| if done { Ok(Flow::Next) } else { self.exec_block(body) });
        let closed = self.close_files();
        let ended = ended.and_then(|flow| closed.map(|()| flow));
        self.record.outcome = match ended {
            Ok(_) => Outcome::Ok { exit: None },
            Err(Halt::Exit(exit)) => Outcome::Ok { exit },
            Err(Halt::Exception(id)) if self.is_exception(id, "SystemExit") => {
                Outcome::Ok { exit: Some(self.exit_code(id)) }
            }
            // More likely the loop's exception has ended it, of which this one is a consequence.
            Err(Halt::Exception(_)) if self.past_raising_loop => Outcome::Ok { exit: None },
            Err(Halt::Exception(id)) => {
                self.events.push(crate::events::Event::Raised { exception: id, fatal: true });
                Outcome::Raises(self.raised_record(id))
            }
            Err(Halt::Budget(why)) => Outcome::Unknown { why: why.to_owned(), line: Some(self.line()) },
            Err(Halt::Stuck(reason)) => {
                let line = reason.span().map(|s| self.program.line(s.start));
                let why = reason.text().to_owned();
                self.undecided = Some(reason);
                Outcome::Unknown { why, line }
            }
            Err(Halt::Enough | Halt::Yield) => {
                Outcome::Unknown { why: "a generator outside of one".to_owned(), line: None }
            }
        };
        if let (Outcome::Ok { .. }, Some(reason)) = (&self.record.outcome, &self.undecided) {
            let line = reason.span().map(|s| self.program.line(s.start));
            self.record.outcome = Outcome::Unknown { why: reason.text().to_owned(), line };
        }
        self.frames.clear();
        crate::framework::record_models(self);
    }

    /// Returns a name of the module.
    pub fn global(&self, name: &str) -> Option<Value> {
        self.heap.scope(self.globals)?.names.get(name).cloned()
    }

    /// Opens the module's frame again after a run, so that its functions can be called.
    pub fn reopen(&mut self) {
        self.push_frame("<module>".into(), self.globals, Some(self.program.script()), true);
    }

    /// The code that a `SystemExit` ends the process with: an int, or 0 as the recordings count it.
    fn exit_code(&mut self, id: ObjId) -> i64 {
        let args = match self.heap.instance(id).and_then(|i| i.attrs.get("args")) {
            Some(Value::Tuple(args)) => args.clone(),
            _ => return 0,
        };
        match (args.first(), args.first().and_then(Value::as_int)) {
            (_, Some(code)) => code,
            (None | Some(Value::None), None) => 0,
            // `sys.exit("no data")` says so and fails.
            (Some(value), None) if self.carries_out() => {
                let text = self.display(value).ok().flatten().unwrap_or_default();
                self.write_out(crate::world::Stream::Error, &format!("{text}\n"));
                1
            }
            (Some(_), None) => 0,
        }
    }

    /// Goes one level into nested containers; one that contains itself has no last level.
    pub(crate) fn nested<T>(&mut self, too_deep: T, into: impl FnOnce(&mut Self) -> T) -> T {
        if self.nesting >= MAX_NESTING {
            return too_deep;
        }
        self.nesting += 1;
        let result = into(self);
        self.nesting -= 1;
        result
    }

    /// Pushes a frame.
    pub fn push_frame(&mut self, function: Rc<str>, scope: ObjId, module: Option<&'a Module>, own: bool) {
        self.frames.push(CallFrame {
            function,
            scope,
            at: Span::default(),
            module,
            own,
            returns: Vec::new(),
            may_leave: None,
            yields: None,
            consumer: None,
            notes: None,
            method: None,
            class: None,
            locals: None,
            handling: None,
        });
    }

    /// Counts a step.
    ///
    /// # Errors
    /// When the budget of steps or objects has run out.
    pub fn step(&mut self) -> Eval<()> {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return Err(Halt::Budget("the script takes more steps than the analysis follows"));
        }
        if self.heap.len() + self.trace.len() > self.options.objects {
            return Err(Halt::Budget("the script makes more objects than the analysis keeps"));
        }
        if let (Some(reason), Some(_)) = (&self.undecided, self.world) {
            return Err(Halt::Stuck(reason.clone()));
        }
        Ok(())
    }

    /// Counts the steps of handling `n` items at once, so that lists that grow and grow end too.
    ///
    /// # Errors
    /// When the budget of steps has run out.
    pub fn spend(&mut self, n: usize) -> Eval<()> {
        self.charge(n as u64);
        self.step()
    }

    /// Takes steps off the budget; the next step notices when it has run out.
    pub(crate) fn charge(&mut self, n: u64) {
        self.steps = self.steps.saturating_sub(n).max(1);
    }

    /// What a loop that begins now may take: a share of the steps that are left.
    pub(crate) fn share(&self) -> Share {
        Share { steps: self.steps, work: self.trace.work() }
    }

    /// Tells whether a loop has taken its share, what its tensors cost included. A run follows every loop to its end.
    pub(crate) fn has_taken(&self, share: Share) -> bool {
        let steps = share.steps.saturating_sub(self.steps);
        let work = self.trace.work().saturating_sub(share.work);
        !self.carries_out() && steps + work > share.steps / SHARE
    }

    /// The expression being evaluated, in the script or in a module of its project.
    pub fn here(&self) -> Span {
        self.frames.iter().rev().find(|f| f.own).map_or(Span::default(), |f| f.at)
    }

    /// The line being carried out in the innermost frame of the script.
    pub fn line(&self) -> u32 {
        let script = |f: &&CallFrame<'_>| f.own && f.module.is_some_and(|m| self.is_script(m));
        let at = self.frames.iter().rev().find(script).map_or(Span::default(), |f| f.at);
        self.program.script().line(at.start)
    }

    /// Tells whether a module is the script itself, whose lines are recorded.
    pub(crate) fn is_script(&self, module: &Module) -> bool {
        std::ptr::eq(module, self.program.script())
    }

    /// Says that the innermost frame now evaluates the expression at `span`.
    pub fn at(&mut self, span: Span) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at = span;
        }
    }

    /// Makes an unknown value and remembers why.
    pub fn unknown(&mut self, why: impl Into<String>) -> Value {
        Value::Unknown(Reason::new(why, Some(self.here())))
    }

    /// Says that the script's outcome hangs on something unknown.
    pub fn undecided(&mut self, why: impl Into<String>) {
        if self.undecided.is_none() {
            self.undecided = Some(Reason::new(why, Some(self.here())));
        }
    }

    /// Says that the script's outcome hangs on this unknown value.
    pub fn undecided_by(&mut self, value: &Value, what: &str) {
        let why = match value {
            Value::Unknown(reason) => format!("{what}: {}", reason.text()),
            _ => what.to_owned(),
        };
        self.undecided(why);
    }

    /// Makes a record of an exception that ends the script or leaves a method.
    pub fn raised_record(&self, id: ObjId) -> Raised {
        let state = self.exception(id).cloned().unwrap_or_default();
        let exception = self.exception_name(id).to_string();
        let import = matches!(&*exception, "ImportError" | "ModuleNotFoundError" | "SyntaxError");
        let phase = if import { Phase::Import } else { state.phase.unwrap_or(Phase::Build) };
        // Records keep that much of a message.
        let core = state.core.chars().take(800).collect();
        let trace = state.frames.into_iter().filter(|frame| !frame.imported).collect();
        Raised { phase, exception, core, trace }
    }

    /// Keeps a Python callable for ops and layers to name.
    pub fn callable(&mut self, value: Value) -> CallableId {
        self.callables.push(value);
        CallableId(u32::try_from(self.callables.len() - 1).unwrap_or(u32::MAX))
    }

    /// Returns the Python callable behind a name.
    pub fn callable_value(&self, id: CallableId) -> Value {
        self.callables
            .get(id.0 as usize)
            .cloned()
            .unwrap_or_else(|| Value::unknown("a callable that is gone"))
    }

    /// Keeps a halt that has to pass through an op's or layer's code.
    pub fn keep_raised(&mut self, halt: Halt) -> RaisedId {
        self.raised.push(halt);
        RaisedId(u32::try_from(self.raised.len() - 1).unwrap_or(u32::MAX))
    }

    /// Takes a kept halt up again.
    pub fn take_raised(&mut self, id: RaisedId) -> Halt {
        self.raised.get(id.0 as usize).cloned().unwrap_or(Halt::Budget("an exception was lost"))
    }

    /// Returns a function of the script.
    pub fn function(&self, id: FunctionId) -> &Function<'a> {
        &self.functions[id.0 as usize]
    }

    /// Sets a name of the module.
    pub fn set_global(&mut self, name: &str, value: Value) {
        if let Some(scope) = self.heap.scope_mut(self.globals) {
            scope.names.insert(name.into(), value);
        }
    }

    /// Makes a new symbol for an unknown dim.
    pub fn new_symbol(&mut self) -> tensor::Dim {
        self.counters.symbols += 1;
        tensor::Dim::Symbol(tensor::Symbol(self.counters.symbols))
    }

    /// Returns the nodes of a value's tensors, nested containers included, in order.
    pub fn flat_tensors(&self, value: &Value) -> Vec<NodeId> {
        let mut out = Vec::new();
        self.collect_tensors(value, &mut out, 0);
        out
    }

    fn collect_tensors(&self, value: &Value, out: &mut Vec<NodeId>, depth: u32) {
        if depth > 20 {
            return;
        }
        match value {
            Value::Tensor(id) => out.push(*id),
            Value::Tuple(items) => items.iter().for_each(|v| self.collect_tensors(v, out, depth + 1)),
            Value::List(id) => {
                if let Some(items) = self.heap.list(*id) {
                    items.iter().for_each(|v| self.collect_tensors(v, out, depth + 1));
                }
            }
            Value::Dict(id) => {
                // tf.nest flattens dicts in the order of their sorted keys.
                let Some(items) = self.heap.dict(*id) else { return };
                let mut sorted: Vec<_> = items.iter().collect();
                sorted.sort_by(|(_, (a, _)), (_, (b, _))| key_order(a, b));
                sorted.into_iter().for_each(|(_, (_, v))| self.collect_tensors(v, out, depth + 1));
            }
            Value::Instance(id) => {
                if let Some(data) = self.data(*id) {
                    self.collect_tensors(&data, out, depth + 1);
                }
                // Of a composite tensor, the values: they are what gradients go through.
                if let Some(instance) = self.heap.instance(*id).filter(|i| self.is_composite(i.class)) {
                    let values = ["flat_values", "values"].iter().find_map(|name| instance.attrs.get(*name));
                    values.into_iter().for_each(|v| self.collect_tensors(v, out, depth + 1));
                }
            }
            _ => {}
        }
    }
}

/// The order of dicts' keys in which `tf.nest` flattens them: that of the sorted keys.
pub(crate) fn key_order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}
