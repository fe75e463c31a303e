//! `tf.GradientTape`.

use std::ops::Range;

use diagnostics::Span;
use graph::NodeId;
use ops::Exc;

use crate::events::Event;
use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::record::{GradientStatus, TapeRecord};
use crate::value::{Args, Native, Value};

/// What a tape has seen.
#[derive(Clone, Debug, Default)]
pub struct TapeState {
    /// The nodes recorded: ranges of ids.
    pub recorded: Vec<Range<u32>>,
    /// The steps of the program of numbers that were recorded with them.
    pub steps: Vec<Range<u32>>,
    /// Where recording began, while it goes on.
    pub since: Option<u32>,
    /// Where it began among the steps.
    pub since_step: u32,
    /// Tensors that are watched beside trainable variables, and the number of nodes there were then:
    /// what was computed of them before is not on the tape.
    pub watched: Vec<(NodeId, u32)>,
    /// Whether `gradient` may be called again.
    pub persistent: bool,
    /// Whether trainable variables are watched without being asked for.
    pub watch_variables: bool,
    /// Whether there is a tape: it has been entered and not been used up.
    pub exists: bool,
    /// Where it was used up.
    pub used: Option<Span>,
}

/// `tf.GradientTape`.
pub(crate) static TAPE: NativeClass = NativeClass {
    path: "tf.GradientTape",
    state: || NativeState::Tape(Box::default()),
    methods: &[METHODS],
    properties: &[],
};

/// What `tape.stop_recording()` gives.
pub(crate) static PAUSE: NativeClass = NativeClass {
    path: "tf.GradientTape.stop_recording",
    state: || NativeState::Tape(Box::default()),
    methods: &[PAUSE_METHODS],
    properties: &[],
};

static METHODS: &[Native] = &[
    native("__init__", init),
    native("__enter__", enter),
    native("__exit__", exit),
    native("watch", watch),
    native("gradient", gradient),
    native("jacobian", jacobian),
    native("batch_jacobian", batch_jacobian),
    native("reset", reset),
    native("stop_recording", stop_recording),
    native("watched_variables", watched_variables),
];

static PAUSE_METHODS: &[Native] = &[
    native("__enter__", |interp, args| {
        if let Some(tape) = paused(interp, &args) {
            interp.pop_tape(tape);
        }
        Ok(Value::None)
    }),
    native("__exit__", |interp, args| {
        if let Some(tape) = paused(interp, &args) {
            interp.push_tape(tape);
        }
        Ok(Value::Bool(false))
    }),
];

fn paused(interp: &Interp<'_>, args: &Args) -> Option<ObjId> {
    let Some(Value::Instance(id)) = args.positional.first() else { return None };
    match interp.heap.instance(*id)?.attrs.get("tape") {
        Some(Value::Instance(tape)) => Some(*tape),
        _ => None,
    }
}

impl Interp<'_> {
    /// Returns a tape's state.
    pub(crate) fn tape(&self, id: ObjId) -> Option<&TapeState> {
        match &self.heap.instance(id)?.native {
            NativeState::Tape(state) => Some(state),
            _ => None,
        }
    }

    fn tape_mut(&mut self, id: ObjId) -> Option<&mut TapeState> {
        match &mut self.heap.instance_mut(id)?.native {
            NativeState::Tape(state) => Some(state),
            _ => None,
        }
    }

    /// The number of nodes so far: where a tape begins to record.
    pub(crate) fn mark(&self) -> u32 {
        u32::try_from(self.trace.len()).unwrap_or(u32::MAX)
    }

    fn push_tape(&mut self, id: ObjId) {
        let (mark, step) = (self.mark(), self.program_mark());
        if let Some(state) = self.tape_mut(id) {
            state.since = Some(mark);
            state.since_step = step;
            let counted = std::mem::replace(&mut state.exists, true);
            if let Some(numbers) = self.numbers.as_mut().filter(|_| !counted) {
                numbers.tapes += 1;
            }
        }
        self.running.tapes += 1;
    }

    fn pop_tape(&mut self, id: ObjId) {
        let (mark, step) = (self.mark(), self.program_mark());
        let mut popped = false;
        if let Some(state) = self.tape_mut(id)
            && let Some(since) = state.since.take()
        {
            state.recorded.push(since..mark);
            state.steps.push(state.since_step..step);
            popped = true;
        }
        if popped {
            self.running.tapes = self.running.tapes.saturating_sub(1);
        }
    }
}

fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let persistent = args.get(0, "persistent").cloned().unwrap_or(Value::Bool(false));
    let watch = args.get(1, "watch_accessed_variables").cloned().unwrap_or(Value::Bool(true));
    let (persistent, watch) = (interp.truth(&persistent)?, interp.truth(&watch)?);
    if let Some(state) = interp.tape_mut(id) {
        // A tape of which that is not known raises nothing.
        state.persistent = persistent != Some(false);
        state.watch_variables = watch != Some(false);
    }
    Ok(Value::None)
}

fn enter(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.tape(id).is_some_and(|t| t.since.is_some()) {
        let text = "Tape is still recording, This can happen if you try to re-enter an already-active tape.";
        return Err(interp.raise(Exc::ValueError, text));
    }
    interp.push_tape(id);
    Ok(Value::Instance(id))
}

fn exit(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    if let Some(id) = split_self(&mut args) {
        interp.pop_tape(id);
    }
    Ok(Value::Bool(false))
}

fn watch(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let tensor = args.get(0, "tensor").cloned().unwrap_or(Value::None);
    let (nodes, mark) = (interp.flat_tensors(&tensor), interp.mark());
    let other = nodes.iter().copied().find(|n| interp.trace.node(*n).kind == ops::TensorKind::Numpy);
    if let Some(array) = other {
        let shown = interp.display(&Value::Tensor(array))?.unwrap_or_default();
        let text = format!(
            "Passed in object {shown} of type 'ndarray', not tf.Tensor or tf.Variable or ExtensionType."
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    if let Some(state) = interp.tape_mut(id) {
        state.watched.extend(nodes.into_iter().map(|n| (n, mark)));
    }
    Ok(Value::None)
}

fn reset(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.pop_tape(id);
    if let Some(state) = interp.tape_mut(id) {
        state.recorded.clear();
        state.watched.clear();
    }
    interp.push_tape(id);
    Ok(Value::None)
}

fn stop_recording(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if !interp.tape(id).is_some_and(|t| t.exists) {
        let text = "Trying to stop recording a tape which is not recording.";
        return Err(interp.raise(Exc::RuntimeError, text));
    }
    let class = interp.native_class(PAUSE.path);
    let pause = interp.new_instance(class);
    interp.set_own_attr(pause, "tape", Value::Instance(id))?;
    Ok(Value::Instance(pause))
}

fn watched_variables(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let Some(state) = interp.tape(id).cloned() else { return Ok(Value::None) };
    let ranges = interp.ranges_of(&state);
    let mut seen: Vec<NodeId> = Vec::new();
    for at in ranges.into_iter().flatten() {
        let inputs: Vec<NodeId> = interp.trace.node(NodeId(at)).inputs.iter().map(|(n, _)| *n).collect();
        for input in inputs {
            if interp.variable_trainable(input) && !seen.contains(&input) {
                seen.push(input);
            }
        }
    }
    Ok(Value::tuple(seen.into_iter().map(Value::Tensor)))
}

impl Interp<'_> {
    /// The ranges of nodes that a tape has recorded, up to now where it still does.
    pub(crate) fn ranges_of(&self, tape: &TapeState) -> Vec<Range<u32>> {
        let open = tape.since.map(|since| since..self.mark());
        tape.recorded.iter().cloned().chain(open).collect()
    }

    /// The steps of numbers that a tape has recorded, up to now where it still does.
    pub(crate) fn steps_of(&self, tape: &TapeState) -> Vec<Range<u32>> {
        let open = tape.since.map(|_| tape.since_step..self.program_mark());
        tape.steps.iter().cloned().chain(open).collect()
    }

    /// Prepares a use of a tape: it must exist, and stops to record unless it is persistent.
    fn use_tape(&mut self, id: ObjId) -> Eval<TapeState> {
        let state = self.tape(id).cloned().unwrap_or_default();
        if !state.exists {
            let text = "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)";
            let mistake = ops::Mistake::EmptyTape { used: state.used.is_some() };
            let violation = ops::Violation { class: Exc::RuntimeError, core: text.to_owned(), mistake };
            let halt = self.raise_violation(violation, "GradientTape.gradient".into(), Vec::new());
            if let (Halt::Exception(exception), Some(first)) = (&halt, state.used) {
                self.events.push(Event::UsedTape { exception: *exception, first });
            }
            return Err(halt);
        }
        if !state.persistent {
            self.pop_tape(id);
        }
        Ok(self.tape(id).cloned().unwrap_or_default())
    }

    fn used_tape(&mut self, id: ObjId) {
        let span = self.here();
        if let Some(state) = self.tape_mut(id)
            && !state.persistent
        {
            state.exists = false;
            state.used = Some(span);
            state.recorded.clear();
            state.steps.clear();
            if let Some(numbers) = &mut self.numbers {
                numbers.tapes = numbers.tapes.saturating_sub(1);
                numbers.shorten();
            }
        }
    }

    /// `tape.gradient(target, sources, output_gradients)`: the gradients in the structure of the sources, and what became of each.
    ///
    /// # Errors
    /// What a tape raises that is used up, and what a custom gradient's function raises.
    pub(crate) fn tape_gradient(
        &mut self,
        id: ObjId,
        target: &Value,
        seeds: &[Option<NodeId>],
        sources: &Value,
        zeros: bool,
    ) -> Eval<(Value, Vec<GradientStatus>)> {
        let state = self.use_tape(id)?;
        if target.is_none() {
            let text = "Argument `target` should be a list or nested structure of Tensors, Variables or \
                        CompositeTensors to be differentiated, but received None.";
            return Err(self.raise(Exc::TypeError, text));
        }
        for value in [target, sources] {
            // The tape knows tensors by their ids, which arrays do not have: `tape.gradient(loss, images)` of NumPy's.
            let nodes = self.flat_tensors(value);
            let array = nodes.into_iter().find(|node| self.trace.node(*node).kind == ops::TensorKind::Numpy);
            if let Some(array) = array {
                let text =
                    format!("'{}' object has no attribute '_id'", self.type_name(&Value::Tensor(array)));
                return Err(self.raise(Exc::AttributeError, text));
            }
        }
        let out = self.gradients_by(&state, target, seeds, sources, zeros)?;
        self.used_tape(id);
        Ok(out)
    }

    /// Records what a script's call of `gradient` gave, as far as it runs on values.
    pub(crate) fn record_tape(&mut self, status: &[GradientStatus]) {
        if self.graph_depth == 0 && self.running.measuring == 0 {
            let line = self.line();
            self.record.tapes.push(TapeRecord { line, status: status.to_vec() });
        }
    }
}

fn gradient(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    for (at, name) in [(0, "target"), (1, "sources")] {
        if args.get(at, name).is_none() {
            let text = format!("GradientTape.gradient() missing 1 required positional argument: '{name}'");
            return Err(interp.raise(Exc::TypeError, text));
        }
    }
    let target = args.get(0, "target").cloned().unwrap_or(Value::None);
    let sources = args.get(1, "sources").cloned().unwrap_or(Value::None);
    let zeros = match args.get(3, "unconnected_gradients") {
        Some(Value::Str(s)) => &**s == "zero",
        Some(Value::Api(path)) => path.ends_with("ZERO"),
        Some(Value::Unknown(_)) => {
            // `tf.UnconnectedGradients.ZERO` is a member of an enumeration.
            true
        }
        _ => false,
    };
    let recorded = interp.tape(id).map(|state| interp.ranges_of(state)).unwrap_or_default();
    let seeds = output_gradients(interp, args.get(2, "output_gradients").cloned().as_ref())?;
    let (value, status) = interp.tape_gradient(id, &target, &seeds, &sources, zeros)?;
    if target.is_unknown() {
        // Whether the script can go on with its gradients is not known either.
        interp.undecided_by(&target, "the target of a gradient is not known");
    }
    interp.record_tape(&status);
    let (targets, sources) = (interp.flat_tensors(&target), interp.flat_tensors(&sources));
    if sources.len() == status.len() {
        let (span, status) = (interp.here(), status.clone());
        interp.events.push(crate::events::Event::Tape { span, targets, sources, recorded, status });
    }
    Ok(value)
}

/// What the elements of targets are weighed by, as tensors; `None` among them is no tensor.
///
/// # Errors
/// What is no tensor cannot be converted.
fn output_gradients(interp: &mut Interp<'_>, given: Option<&Value>) -> Eval<Vec<Option<NodeId>>> {
    let Some(given) = given.filter(|v| !v.is_none()) else { return Ok(Vec::new()) };
    let mut seeds = Vec::new();
    for leaf in interp.leaves(given) {
        let seed = interp.call_api(&"tf.convert_to_tensor".into(), Args::of([leaf]))?;
        if !matches!(seed, Value::Tensor(_)) {
            interp.without_number("the gradients of a target are not known");
        }
        seeds.push(if let Value::Tensor(node) = seed { Some(node) } else { None });
    }
    Ok(seeds)
}

fn jacobian(interp: &mut Interp<'_>, args: Args) -> Eval {
    jacobians(interp, args, 0)
}

fn batch_jacobian(interp: &mut Interp<'_>, args: Args) -> Eval {
    jacobians(interp, args, 1)
}

/// A jacobian has the target's dims, then the source's without those that both have in common.
fn jacobians(interp: &mut Interp<'_>, mut args: Args, shared: usize) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let target = args.get(0, "target").cloned().unwrap_or(Value::None);
    let sources = args.get(1, if shared == 0 { "sources" } else { "source" }).cloned().unwrap_or(Value::None);
    let steps = interp.tape(id).map(|state| interp.steps_of(state)).unwrap_or_default();
    let (gradients, _) = interp.tape_gradient(id, &target, &[], &sources, false)?;
    let Some(of) = interp.flat_tensors(&target).first().copied() else {
        return Ok(interp.unknown("a jacobian of something that is not known"));
    };
    let lead = interp.trace.node(of).spec.shape.clone();
    for node in interp.flat_tensors(&gradients) {
        let own = interp.trace.node(node).spec.shape.clone();
        let shape = match (lead.dims(), own.dims()) {
            (Some(a), Some(b)) => tensor::Shape::new(a.iter().chain(b.iter().skip(shared)).copied()),
            _ => tensor::Shape::UNKNOWN,
        };
        interp.trace.node_mut(node).spec.shape = shape;
    }
    if interp.computes() {
        interp.number_jacobians(of, &sources, &gradients, &steps, shared);
    }
    Ok(gradients)
}
