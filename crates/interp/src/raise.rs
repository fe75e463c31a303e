//! Exceptions and the other ways in which evaluation ends early.

use std::rc::Rc;

use diagnostics::Span;
use graph::NodeId;
use ops::{Exc, Mistake, Stop, Violation};

use crate::class::ClassId;
use crate::heap::{Instance, Names, ObjId, Object};
use crate::interp::Interp;
use crate::native::NativeState;
use crate::record::{Frame, Phase};
use crate::value::{Reason, Value};

/// How many lines of a traceback are kept at each end.
const SHOWN_FRAMES: usize = 40;

/// Why evaluation ended early.
#[derive(Clone, Debug)]
pub enum Halt {
    /// An exception of the script, an instance on the heap.
    Exception(ObjId),
    /// The script ended itself: `sys.exit(2)`.
    Exit(Option<i64>),
    /// A budget ran out; the text says which.
    Budget(&'static str),
    /// A run cannot go on: what comes next hangs on something that is not known.
    Stuck(Reason),
    /// A generator gave enough items.
    Enough,
    /// A generator waits at a `yield`.
    Yield,
}

/// The result of an evaluation.
pub type Eval<T = Value> = Result<T, Halt>;

/// What is known of an exception beyond its attributes.
#[derive(Clone, Debug, Default)]
pub struct ExceptionState {
    /// The message without the frameworks' wrapping.
    pub core: Rc<str>,
    /// Whether the message is made of values that are not known, so that `core` is not to be relied on.
    pub unsure: bool,
    /// What of the message is more than its core.
    pub wording: Wording,
    /// Whether Keras has said what the layer was given in whose `call` it arose.
    pub told: bool,
    /// The script's lines in the traceback, outermost first.
    pub frames: Vec<Frame>,
    /// The expression that raised.
    pub span: Span,
    /// The expressions being evaluated in each of the frames.
    pub places: Vec<Span>,
    /// The tensors that the expression that raised was given, with the expressions that gave them.
    pub operands: Vec<(NodeId, Span)>,
    /// The expression of the script whose operation refused its operands, where the traceback ends at the call
    /// that ran the graph: `fit`.
    pub kernel: Option<KernelPlace>,
    /// Where in the program it arose, once it has left a model's method.
    pub phase: Option<Phase>,
    /// The loss or metric in which it arose.
    pub judged: Option<Judged>,
    /// What was wrong, where a framework's model raised it.
    pub details: Option<Rc<Details>>,
    /// The exception that the user does not see: what a K3 Lambda swallowed, or `__cause__`.
    pub hidden: Option<ObjId>,
    /// The class of the innermost layer whose `call` it left, which Keras 3 names in the message.
    pub inside: Option<Rc<str>>,
    /// How many of `frames` stand outside of the frame that last caught it; raised again, it loses those.
    pub caught: Option<usize>,
    /// Whether it has been recorded as leaving a layer call or a model's method.
    pub recorded: bool,
}

/// How an exception's message is worded around its core.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Wording {
    /// As the core alone.
    #[default]
    Core,
    /// As this text.
    Text(Rc<str>),
    /// In a way that is not known.
    Unknown,
}

/// An operation of a graph in the script.
#[derive(Clone, Debug)]
pub struct KernelPlace {
    /// The expression.
    pub span: Span,
    /// The tensors that it was given, with the expressions that gave them.
    pub operands: Vec<(NodeId, Span)>,
}

/// What a loss or metric was given.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it is called: `loss 'mean_squared_error'`.
    pub by: Rc<str>,
    /// The labels.
    pub y_true: Vec<NodeId>,
    /// The predictions.
    pub y_pred: Vec<NodeId>,
}

/// The structured cause of an exception.
#[derive(Clone, Debug)]
pub struct Details {
    /// The mistake.
    pub mistake: Mistake,
    /// The op or layer that complained: `matmul`, `Dense 'head'`.
    pub callee: Rc<str>,
    /// The tensor operands, by parameter name.
    pub operands: Vec<(Rc<str>, NodeId)>,
}

impl Halt {
    /// Tells whether nothing in the script can stop it: neither `except` nor the end of a generator.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Halt::Budget(_) | Halt::Stuck(_) | Halt::Exit(_))
    }
}

impl Interp<'_> {
    /// Makes an exception of a class by its name and starts its way up.
    pub fn raise(&mut self, class: Exc, core: impl Into<String>) -> Halt {
        self.raise_named(class.name(), core)
    }

    /// Makes an exception of a built-in class that [`Exc`] has no name for.
    pub fn raise_named(&mut self, class: &str, core: impl Into<String>) -> Halt {
        let class = self.builtin_class(class);
        let core: Rc<str> = core.into().into();
        Halt::Exception(self.new_exception(class, core, None))
    }

    /// Makes an exception with its structured cause.
    pub fn raise_violation(
        &mut self,
        violation: Violation,
        callee: Rc<str>,
        operands: Vec<(Rc<str>, NodeId)>,
    ) -> Halt {
        let class = self.builtin_class(violation.class.name());
        let details = Details { mistake: violation.mistake, callee, operands };
        Halt::Exception(self.new_exception(class, violation.core.into(), Some(Rc::new(details))))
    }

    /// Gives an exception that was raised without one its structured cause.
    pub(crate) fn blame(
        &mut self,
        exception: ObjId,
        mistake: Mistake,
        callee: &str,
        operands: Vec<(Rc<str>, NodeId)>,
    ) {
        if let Some(state) = self.exception_mut(exception) {
            state.details = Some(Rc::new(Details { mistake, callee: callee.into(), operands }));
        }
    }

    /// Makes an exception instance that carries the present traceback.
    pub fn new_exception(&mut self, class: ClassId, core: Rc<str>, details: Option<Rc<Details>>) -> ObjId {
        let frames = self.traceback();
        let span = self.here();
        let places = self.shown_frames().iter().map(|f| f.at).collect();
        // A script that recurses and catches what comes of it makes exceptions without end.
        self.charge(100 + frames.len() as u64);
        let state =
            ExceptionState { core: core.clone(), frames, span, places, details, ..ExceptionState::default() };
        let mut attrs = Names::default();
        attrs.insert("args".into(), Value::tuple([Value::Str(core)]));
        self.heap.add(Object::Instance(Instance {
            class,
            attrs,
            native: NativeState::Exception(Box::new(state)),
        }))
    }

    /// Returns what is known of an exception.
    pub fn exception(&self, id: ObjId) -> Option<&ExceptionState> {
        match &self.heap.instance(id)?.native {
            NativeState::Exception(state) => Some(state),
            _ => None,
        }
    }

    /// Returns what is known of an exception, to change.
    pub fn exception_mut(&mut self, id: ObjId) -> Option<&mut ExceptionState> {
        match &mut self.heap.instance_mut(id)?.native {
            NativeState::Exception(state) => Some(state),
            _ => None,
        }
    }

    /// Returns an exception's message with all that the frameworks say around its core, where that is known.
    pub(crate) fn exception_text(&self, id: ObjId) -> Option<String> {
        let state = self.exception(id).filter(|state| !state.unsure)?;
        match &state.wording {
            Wording::Core if self.carries_out() => {
                Some(crate::builtins::text::named_kernel(state.core.to_string()))
            }
            Wording::Core => Some(state.core.to_string()),
            Wording::Text(text) => Some(text.to_string()),
            Wording::Unknown => None,
        }
    }

    /// Returns the name of an exception's class.
    pub fn exception_name(&self, id: ObjId) -> Rc<str> {
        self.heap.instance(id).map_or_else(|| "Exception".into(), |i| self.class(i.class).name.clone())
    }

    /// Returns the exception that ended the script, once it is over.
    pub fn fatal(&self) -> Option<ObjId> {
        self.events.iter().rev().find_map(|event| match event {
            crate::events::Event::Raised { exception, fatal: true } => Some(*exception),
            _ => None,
        })
    }

    /// Returns `str(exception)`, where it is known.
    pub fn message(&mut self, id: ObjId) -> Option<String> {
        self.display(&Value::Instance(id)).ok().flatten()
    }

    /// Returns the name of an exception's class as a traceback shows it: that of a framework's own with its module.
    pub fn exception_path(&self, id: ObjId) -> String {
        let name = self.exception_name(id).to_string();
        let Some(class) = self.heap.instance(id).map(|i| self.class(i.class)) else { return name };
        let of_tensorflow = class.mro.iter().any(|base| &*self.class(*base).name == "OpError");
        match &*name {
            _ if class.path.is_none() => name,
            "AxisError" => format!("numpy.exceptions.{name}"),
            _ if of_tensorflow => format!("tensorflow.python.framework.errors_impl.{name}"),
            _ => name,
        }
    }

    /// The script's lines from the module down to where evaluation stands.
    pub fn traceback(&self) -> Vec<Frame> {
        let line = |frame: &crate::interp::CallFrame| frame.module.map_or(0, |m| m.line(frame.at.start));
        let frame = |f: &&crate::interp::CallFrame<'_>| Frame {
            line: line(f),
            function: f.function.to_string(),
            imported: f.module.is_some_and(|m| !self.is_script(m)),
        };
        self.shown_frames().iter().map(frame).collect()
    }

    /// The frames of the script's own; of a deep recursion the ends.
    fn shown_frames(&self) -> Vec<&crate::interp::CallFrame<'_>> {
        let mut own: Vec<_> = self.frames.iter().filter(|f| f.own).collect();
        if let Some(hidden) = own.len().checked_sub(2 * SHOWN_FRAMES) {
            own.drain(SHOWN_FRAMES..SHOWN_FRAMES + hidden);
        }
        own
    }

    /// Makes an exception out of what an op answered; unknown answers become unknown values.
    ///
    /// # Errors
    /// The exception that the op raises.
    pub fn settle<T>(
        &mut self,
        answer: Result<T, Stop>,
        callee: &str,
        operands: impl FnOnce() -> Vec<(Rc<str>, NodeId)>,
    ) -> Eval<Result<T, &'static str>> {
        match answer {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::Unknown(why)) => Ok(Err(why)),
            Err(Stop::Violation(violation)) => {
                let halt = self.raise_violation(*violation, callee.into(), operands());
                if std::mem::take(&mut self.chances.raised) {
                    self.doubt_message(&Err(halt.clone()));
                }
                Err(halt)
            }
            Err(Stop::Raised(id)) => Err(self.take_raised(id)),
        }
    }
}
