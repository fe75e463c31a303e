//! Exceptions that a script meets, each once: however it is hidden, caught and raised again.

use std::rc::Rc;

use diagnostics::Span;
use graph::NodeId;
use interp::Interp;
use interp::events::{Event, Misled};
use interp::heap::ObjId;
use interp::raise::{Details, ExceptionState};
use interp::record::Phase;
use ops::Mistake;
use python::Program;
use tensor::{Shape, TensorSpec};

use crate::source;

/// So many tensors are looked at to find out what another is computed from.
const MAX_ANCESTORS: usize = 5000;

/// So many failures of one script are explained.
const MAX_FAILURES: usize = 64;

/// An exception that a script meets.
pub struct Failure<'a> {
    /// The interpreter.
    pub interp: &'a Interp<'a>,
    /// The exception that says what is wrong.
    pub cause: ObjId,
    /// What the script's reader sees of it.
    pub shown: ObjId,
    /// The Lambda whose shape inference swallowed it.
    pub swallowed: Option<Swallowed>,
    /// The Lambda whose declared `output_shape` kept Keras from meeting it when the layer was called.
    pub declared: Option<Declared>,
    /// The `except` clause that catches it.
    pub caught: Option<Span>,
    /// Whether the script ends with it.
    pub fatal: bool,
    /// Whether it is met at all: in a Lambda that the script never runs it is not.
    pub met: bool,
}

/// What a Lambda's inference did to an exception.
#[derive(Clone)]
pub struct Swallowed {
    /// The layer's name.
    pub layer: Rc<str>,
    /// What inference does otherwise than a run, where that is the reason.
    pub misled: Option<Misled>,
}

/// What a Lambda's `output_shape` claims.
#[derive(Clone)]
pub struct Declared {
    /// The layer's name.
    pub layer: Rc<str>,
    /// The shape, batch first.
    pub shape: Shape,
    /// The layer's call.
    pub span: Span,
}

/// A tensor that the expression which raised was given.
pub struct Operand {
    /// Its node.
    pub node: NodeId,
    /// Its spec.
    pub spec: TensorSpec,
    /// The expression that gave it, if the script has one.
    pub expression: Option<Span>,
    /// What to call it: `weights`, or the parameter's name.
    pub name: String,
}

impl<'a> Failure<'a> {
    fn new(interp: &'a Interp<'a>, cause: ObjId, shown: ObjId) -> Failure<'a> {
        let (swallowed, declared, caught) = (None, None, None);
        Failure { interp, cause, shown, swallowed, declared, caught, fatal: false, met: true }
    }

    /// Collects the exceptions that left a layer call or a model's method, and those of the frameworks that
    /// the script catches, in the order in which they are met.
    pub(crate) fn collect(interp: &'a Interp<'a>) -> Vec<Failure<'a>> {
        let mut all: Vec<Failure<'a>> = Vec::new();
        for event in &interp.events {
            let Some(exception) = subject(event) else { continue };
            let known = all.iter().position(|failure| failure.is(exception));
            let room = all.len() < MAX_FAILURES || matches!(event, Event::Raised { fatal: true, .. });
            let at = match known {
                Some(at) => at,
                None if !room => continue,
                None => match Failure::first_met(interp, event, exception) {
                    Some(failure) => {
                        all.push(failure);
                        all.len() - 1
                    }
                    None => continue,
                },
            };
            match event {
                Event::Raised { fatal, .. } if known.is_some() => all[at].meet(exception, *fatal),
                Event::Raised { fatal, .. } => all[at].fatal = *fatal,
                Event::Swallowed { shown, layer, misled, .. } => {
                    all[at].shown = *shown;
                    all[at].swallowed = Some(Swallowed { layer: layer.clone(), misled: misled.clone() });
                }
                Event::Caught { span, .. } => all[at].caught = Some(*span),
                _ => {}
            }
        }
        all
    }

    /// Makes a failure of the event by which it is first met.
    fn first_met(interp: &'a Interp<'a>, event: &Event, exception: ObjId) -> Option<Failure<'a>> {
        let mut failure = Failure::new(interp, exception, exception);
        match event {
            Event::Raised { .. } => failure.cause = root(interp, exception),
            Event::Caught { .. } if !is_mistake(interp, exception) => return None,
            Event::DeclaredShape { layer, declared, span, .. } => {
                let (layer, shape) = (layer.clone(), declared.clone());
                failure.declared = Some(Declared { layer, shape, span: *span });
                failure.met = false;
            }
            _ => {}
        }
        Some(failure)
    }

    fn meet(&mut self, exception: ObjId, fatal: bool) {
        self.met = true;
        self.fatal |= fatal;
        let wraps = self.interp.exception(exception).is_some_and(|state| state.hidden.is_some());
        if exception != self.shown && !wraps {
            // The run's shapes say more than those of a trial, and nothing hides the exception there.
            (self.cause, self.shown, self.swallowed) = (exception, exception, None);
        }
    }

    /// Tells whether an exception is this one: itself, raised for it, or another one of the same place.
    pub(crate) fn is(&self, exception: ObjId) -> bool {
        if exception == self.cause || exception == self.shown {
            return true;
        }
        let Some(other) = self.interp.exception(exception) else { return false };
        if other.hidden.is_some_and(|hidden| hidden == self.cause || hidden == self.shown) {
            return true;
        }
        let Some(own) = self.interp.exception(self.cause) else { return false };
        if self.declared.is_some()
            && own.core == other.core
            && self.interp.exception_name(self.cause) == self.interp.exception_name(exception)
        {
            return true;
        }
        own.span == other.span
            && own.span != Span::default()
            && self.interp.exception_name(self.cause) == self.interp.exception_name(exception)
            && own.places.last() == other.places.last()
            && (own.core == other.core || self.declared.is_some() || self.swallowed.is_some())
    }

    /// Returns the script and what it imports.
    pub fn program(&self) -> &'a Program {
        self.interp.program
    }

    /// Returns what is known of the cause.
    pub fn state(&self) -> Option<&'a ExceptionState> {
        self.interp.exception(self.cause)
    }

    /// Returns the structured cause.
    pub fn details(&self) -> Option<&'a Details> {
        self.state()?.details.as_deref()
    }

    /// Returns the mistake.
    pub fn mistake(&self) -> Option<&'a Mistake> {
        Some(&self.details()?.mistake)
    }

    /// Returns the expression that raised; of an operation in a graph, its own and not the call that ran it.
    pub fn span(&self) -> Span {
        source::whole(self.program(), self.place())
    }

    /// Returns the place of the expression as the interpreter notes it.
    fn place(&self) -> Span {
        let Some(state) = self.state() else { return Span::default() };
        state.kernel.as_ref().map_or(state.span, |kernel| kernel.span)
    }

    /// Returns the call that ran the graph in which the exception arose, where that is another expression.
    pub fn run(&self) -> Option<Span> {
        let state = self.state()?;
        state.kernel.as_ref().map(|_| source::whole(self.program(), state.span))
    }

    /// Returns the name of the cause's class.
    pub fn exception(&self) -> String {
        self.interp.exception_name(self.cause).to_string()
    }

    /// Returns the cause's message.
    pub fn core(&self) -> &'a str {
        self.state().map_or("", |state| &state.core)
    }

    /// Returns what was called, as the script writes it: `K.dot`, `*`.
    pub fn callee(&self) -> String {
        source::callee(self.program(), self.place())
            .or_else(|| self.details().map(|details| details.callee.to_string()))
            .unwrap_or_default()
    }

    /// Returns the name of the op or layer that complained.
    pub fn op(&self) -> &'a str {
        self.details().map_or("", |details| &details.callee)
    }

    /// Tells whether what the expression was given was computed by a layer, by the layer's name.
    pub fn comes_through(&self, layer: &str) -> bool {
        let trace = &self.interp.trace;
        let label = format!("Lambda '{layer}'");
        let mut todo: Vec<NodeId> =
            self.details().map(|d| d.operands.iter().map(|(_, node)| *node).collect()).unwrap_or_default();
        let mut seen = rustc_hash::FxHashSet::default();
        while let Some(id) = todo.pop() {
            if seen.len() > MAX_ANCESTORS || !seen.insert(id) {
                continue;
            }
            let node = trace.node(id);
            if trace.scope(node.scope).is_some_and(|scope| *scope.label == *label) {
                return true;
            }
            todo.extend(node.inputs.iter().map(|(input, _)| *input));
        }
        false
    }

    /// Tells whether the exception comes when a model runs, out of a layer or loss and not out of the
    /// script's own functions.
    pub fn comes_of_run(&self) -> bool {
        let Some(state) = self.state() else { return false };
        let runs = matches!(state.phase, Some(Phase::Fit | Phase::Predict | Phase::Evaluate));
        runs && source::callee(self.program(), state.span).is_some_and(|callee| source::is_run(&callee))
    }

    /// Returns the tensors that the expression was given, each once per expression.
    pub fn operands(&self) -> Vec<Operand> {
        let (Some(state), Some(details)) = (self.state(), self.details()) else { return Vec::new() };
        let written = state.kernel.as_ref().map_or(&state.operands, |kernel| &kernel.operands);
        let mut out: Vec<Operand> = Vec::new();
        let mut used: Vec<Span> = Vec::new();
        for (parameter, node) in &details.operands {
            let expression = written.iter().find(|(n, span)| n == node && !used.contains(span));
            let expression = expression.map(|(_, span)| *span);
            used.extend(expression);
            let name = expression.and_then(|span| source::plain(self.program(), span));
            let name = name.filter(|text| text.len() <= 40).unwrap_or_else(|| self.called(*node, parameter));
            let spec = self.interp.trace.node(*node).spec.clone();
            out.push(Operand { node: *node, spec, expression, name });
        }
        if out.is_empty() {
            for (node, span) in written {
                let name = source::plain(self.program(), *span).unwrap_or_else(|| "the operand".to_owned());
                let spec = self.interp.trace.node(*node).spec.clone();
                out.push(Operand { node: *node, spec, expression: Some(*span), name });
            }
        }
        self.number(details, &mut out);
        out
    }
}

impl Failure<'_> {
    /// Tells tensors of one list apart, `parts[0]` and `parts[1]`, where the script writes the list by a name.
    fn number(&self, details: &Details, operands: &mut [Operand]) {
        let parameter = details.operands.first().map_or("", |(name, _)| name);
        if operands.len() < 2 || details.operands.iter().any(|(other, _)| **other != *parameter) {
            return;
        }
        let mut lists = operands.iter().filter_map(|operand| operand.expression);
        let list = match (lists.next(), lists.next()) {
            (Some(first), None) => first,
            (Some(first), Some(second)) if first == second && lists.all(|other| other == first) => first,
            _ => return,
        };
        let Some(name) = source::name_at(self.program(), list) else { return };
        // A tensor that is written beside others, `[a, b]`, has its own name.
        if operands.iter().any(|operand| operand.expression.is_none() && operand.name != parameter) {
            return;
        }
        for (at, operand) in operands.iter_mut().enumerate() {
            operand.name = format!("{name}[{at}]");
        }
    }

    /// What to call a tensor that the script does not write: a weight by its name.
    fn called(&self, node: NodeId, parameter: &str) -> String {
        match self.interp.trace.node(node).source {
            graph::Source::Variable(id) => {
                self.interp.trace.variable(id).name.trim_end_matches(":0").to_owned()
            }
            _ => parameter.to_owned(),
        }
    }
}

/// The exception that an event is about.
fn subject(event: &Event) -> Option<ObjId> {
    match event {
        Event::Raised { exception, .. } | Event::Caught { exception, .. } => Some(*exception),
        Event::Swallowed { hidden, .. } => Some(*hidden),
        Event::DeclaredShape { raises, .. } => *raises,
        _ => None,
    }
}

/// Follows `raise ... from` and AutoGraph's wrapping to the exception that says what is wrong.
fn root(interp: &Interp<'_>, exception: ObjId) -> ObjId {
    let mut at = exception;
    for _ in 0..8 {
        let Some(state) = interp.exception(at) else { return at };
        match state.hidden {
            Some(hidden) if state.details.is_none() => at = hidden,
            _ => return at,
        }
    }
    at
}

/// Tells whether an exception is about tensors; `except AttributeError` often only asks what there is.
fn is_mistake(interp: &Interp<'_>, exception: ObjId) -> bool {
    let details = interp.exception(exception).and_then(|state| state.details.as_deref());
    details.is_some_and(|details| {
        !details.operands.is_empty()
            && !matches!(details.mistake, Mistake::MissingName { .. } | Mistake::Signature { .. })
    })
}
