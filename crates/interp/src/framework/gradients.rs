//! What gradients are: their statuses, and the tensors that second order differentiates further.

use std::ops::Range;

use array::Array;
use graph::{Node, NodeId, Reach, Source};
use indexmap::IndexMap;
use ops::{Flow, TensorKind};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;
use tensor::{Content, DType};

use crate::framework::tape::TapeState;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::record::GradientStatus;
use crate::value::Value;

/// The most elements of a target whose jacobian is computed.
const MAX_JACOBIAN: usize = 1024;

/// How many nodes a gradient's own dependence is worked out for.
const SECOND_ORDER_NODES: usize = 20_000;

impl From<Flow> for GradientStatus {
    fn from(flow: Flow) -> GradientStatus {
        match flow {
            Flow::None => GradientStatus::None,
            Flow::Zero => GradientStatus::Zero,
            Flow::Unknown | Flow::Raises(_) => GradientStatus::Unknown,
            Flow::Ok => GradientStatus::Ok,
        }
    }
}

/// The backward walk of one call of `gradient`.
struct Walk {
    ranges: Vec<Range<u32>>,
    targets: Vec<NodeId>,
    reach: Reach,
    tracked: FxHashSet<NodeId>,
    /// The nodes that use a node, where differences are taken.
    users: FxHashMap<NodeId, SmallVec<[NodeId; 2]>>,
}

impl Interp<'_> {
    /// The gradients of a target in the structure of its sources, and one status for each source.
    ///
    /// # Errors
    /// What a custom gradient's function raises.
    pub(crate) fn gradients_of(
        &mut self,
        tape: &TapeState,
        target: &Value,
        sources: &Value,
        zeros: bool,
    ) -> Eval<(Value, Vec<GradientStatus>)> {
        self.gradients_by(tape, target, &[], sources, zeros)
    }

    /// The same, of a target that is weighed by `output_gradients`, as far as there are any.
    ///
    /// # Errors
    /// What a custom gradient's function raises.
    pub(crate) fn gradients_by(
        &mut self,
        tape: &TapeState,
        target: &Value,
        seeds: &[Option<NodeId>],
        sources: &Value,
        zeros: bool,
    ) -> Eval<(Value, Vec<GradientStatus>)> {
        let targets = self.flat_tensors(target);
        let ranges = self.ranges_of(tape);
        let lost = targets.is_empty() || self.hides_unknown(target);
        let reach = self.trace.reach(&targets, &ranges);
        self.run_custom_gradients(&reach, &ranges)?;
        let tracked = self.tracked(tape, &ranges);
        let users = self.users_in(&ranges, &reach);
        let walk = Walk { ranges, targets, reach, tracked, users };
        let (mut status, mut unregistered) = (Vec::new(), None);
        let value = self.map_sources(sources, &mut |interp, node| {
            let Some(node) = node else {
                status.push(GradientStatus::Unknown);
                return interp.unknown("the gradient of something that is not known");
            };
            let flow = if lost { Flow::Unknown } else { interp.flow_to(&walk, tape, node) };
            let flow = if zeros && flow == Flow::None { Flow::Zero } else { flow };
            let flow = if flow == Flow::Ok && interp.cancels(&walk, node) { Flow::Zero } else { flow };
            status.push(flow.into());
            if let Flow::Raises(kernel) = flow {
                unregistered = Some(kernel);
            }
            match flow {
                Flow::None => Value::None,
                Flow::Unknown | Flow::Raises(_) => {
                    let gradient = interp.gradient_node(&walk, node, flow);
                    // It may be None; whoever tests for that cannot tell.
                    if lost { interp.unknown("a gradient of something that is not known") } else { gradient }
                }
                _ => interp.gradient_node(&walk, node, flow),
            }
        });
        if let Some(kernel) = unregistered {
            let text = format!("gradient registry has no entry for: {}", kernel.name());
            return Err(self.raise(ops::Exc::LookupError, text));
        }
        if self.computes() && !lost {
            let steps = self.steps_of(tape);
            let seeds = seeds.iter().copied().chain(std::iter::repeat(None));
            let mut targets: Vec<_> = self.flat_tensors(target).into_iter().zip(seeds).collect();
            let ranges = self.ranges_of(tape);
            if !self.running.custom.is_empty() {
                self.number_custom_gradients(&mut targets, &ranges, &steps)?;
            }
            self.number_gradients(&targets, sources, &value, &steps);
        }
        Ok((value, status))
    }

    /// Gives gradients their numbers; those without stay unknown.
    fn number_gradients(
        &mut self,
        targets: &[(NodeId, Option<NodeId>)],
        sources: &Value,
        gradients: &Value,
        steps: &[Range<u32>],
    ) {
        let (sources, gradients) = (self.leaves(sources), self.leaves(gradients));
        let pairs = sources.iter().zip(&gradients).filter_map(|pair| match pair {
            (Value::Tensor(source), Value::Tensor(gradient)) => Some((*source, *gradient)),
            _ => None,
        });
        let (sources, gradients): (Vec<NodeId>, Vec<NodeId>) = pairs.unzip();
        match self.gradient_values(targets, &sources, steps) {
            Ok(numbers) => {
                for ((source, node), number) in sources.iter().zip(gradients).zip(numbers) {
                    match number {
                        Some(number) => {
                            self.keep_gradient(node, &number);
                        }
                        // Where the checker sees zeros that no kernel computes.
                        None if self.trace.node(node).content.is_zero() => self.number_zeros(*source, node),
                        None => self.without_number("a gradient has no path of numbers"),
                    }
                }
            }
            Err(ops::Stop::Unknown(why)) => {
                self.without_number(&format!("a gradient is not computed: {why}"))
            }
            Err(_) => self.without_number("a gradient is not computed"),
        }
    }

    /// Gives jacobians their numbers: the gradient of each element of the target, of which the first `shared` axes
    /// are those of the source too. Those without stay unknown.
    pub(super) fn number_jacobians(
        &mut self,
        target: NodeId,
        sources: &Value,
        jacobians: &Value,
        steps: &[Range<u32>],
        shared: usize,
    ) {
        let (sources, jacobians) = (self.leaves(sources), self.leaves(jacobians));
        for (source, jacobian) in sources.iter().zip(&jacobians) {
            let (Value::Tensor(source), Value::Tensor(jacobian)) = (source, jacobian) else { continue };
            self.lose_number(*jacobian);
            self.forget_content(*jacobian);
            match self.jacobian_of(target, *source, steps, shared) {
                Some(array) => self.set_array(*jacobian, array),
                None => self.without_number("a jacobian is not computed"),
            }
        }
    }

    fn jacobian_of(
        &mut self,
        target: NodeId,
        source: NodeId,
        steps: &[Range<u32>],
        shared: usize,
    ) -> Option<Array> {
        let values = self.array_of_node(target)?;
        let own = self.array_of_node(source)?.shape().to_vec();
        if values.is_empty() || values.len() > MAX_JACOBIAN {
            return None;
        }
        let spec = self.trace.node(target).spec.clone();
        let span = self.here();
        let inner: usize = values.shape().get(shared..)?.iter().product();
        let mut rows = Vec::with_capacity(values.len());
        for at in 0..values.len() {
            let mut seed = vec![0.0; values.len()];
            seed[at] = 1.0;
            let seed = Array::floats(values.shape(), values.dtype(), seed).ok()?;
            let node = self.trace.add(Source::Constant, TensorKind::Eager, spec.clone(), span);
            self.set_array(node, seed);
            let row = self.gradient_arrays(&[(target, Some(node))], &[source], steps).ok()?.pop()?;
            let row = match row {
                Some(row) => row,
                None => Array::zeros(&own, values.dtype()).ok()?,
            };
            let shown = if shared == 0 {
                row
            } else {
                row.narrow(0, at / inner, at / inner + 1).ok()?.reshape(own.get(1..)?).ok()?
            };
            rows.push(shown);
        }
        let shape = [values.shape(), own.get(shared..)?].concat();
        array::stack(&rows, 0).ok()?.reshape(&shape).ok()
    }

    /// What arrives at a source; nothing where the tape does not follow it.
    fn flow_to(&self, walk: &Walk, tape: &TapeState, source: NodeId) -> Flow {
        let since = tape.watched.iter().filter(|(n, _)| *n == source).map(|(_, mark)| *mark).min();
        let flow = walk.reach.at(source);
        match since {
            Some(mark) if walk.ranges.iter().any(|r| r.start < mark) => {
                let late: Vec<Range<u32>> =
                    walk.ranges.iter().map(|r| r.start.max(mark)..r.end.max(mark)).collect();
                self.trace.reach(&walk.targets, &late).at(source)
            }
            Some(_) => flow,
            None if walk.tracked.contains(&source) => flow,
            None if tape.watch_variables && self.variable_trainable(source) => flow,
            None => Flow::None,
        }
    }

    /// The nodes that a tape follows: those computed of watched tensors and variables.
    fn tracked(&self, tape: &TapeState, ranges: &[Range<u32>]) -> FxHashSet<NodeId> {
        let mut tracked: FxHashSet<NodeId> = FxHashSet::default();
        let watched: FxHashSet<NodeId> = tape.watched.iter().map(|(n, _)| *n).collect();
        for at in ranges.iter().cloned().flatten() {
            let node = self.trace.node(NodeId(at));
            let follows = |n: NodeId| {
                tracked.contains(&n)
                    || watched.contains(&n)
                    || (tape.watch_variables && self.variable_trainable(n))
            };
            if node.spec.dtype.is_none_or(DType::is_differentiable)
                && node.inputs.iter().any(|(n, _)| follows(*n))
            {
                tracked.insert(NodeId(at));
            }
        }
        tracked
    }

    /// Who uses what, among the nodes that a gradient reaches; empty where nothing is subtracted.
    fn users_in(&self, ranges: &[Range<u32>], reach: &Reach) -> FxHashMap<NodeId, SmallVec<[NodeId; 2]>> {
        let mut users: FxHashMap<NodeId, SmallVec<[NodeId; 2]>> = FxHashMap::default();
        let mut differences = false;
        for id in ranges.iter().cloned().flatten().map(NodeId) {
            if reach.at(id) == Flow::None {
                continue;
            }
            let node = self.trace.node(id);
            differences |= matches!(node.source, Source::Op(op) if op.name == "subtract");
            for (input, flow) in &node.inputs {
                if *flow != Flow::None {
                    users.entry(*input).or_default().push(id);
                }
            }
        }
        if differences { users } else { FxHashMap::default() }
    }

    /// Tells whether a bias is added to both sides of a difference and to nothing else, so that its gradient
    /// is the sum of a number and its negative: `encode(a) - encode(b)`.
    fn cancels(&self, walk: &Walk, bias: NodeId) -> bool {
        let Some([first, second]) =
            walk.users.get(&bias).and_then(|u| <&[NodeId; 2]>::try_from(u.as_slice()).ok())
        else {
            return false;
        };
        let adds = |n: NodeId| matches!(self.trace.node(n).source, Source::Op(op) if matches!(op.name, "add" | "bias_add"));
        let same_spec = self.trace.node(*first).spec == self.trace.node(*second).spec;
        if !adds(*first) || !adds(*second) || !same_spec {
            return false;
        }
        match (self.way_to_difference(walk, *first), self.way_to_difference(walk, *second)) {
            (Some(a), Some(b)) => a.end == b.end && a.side != b.side && a.ops == b.ops,
            _ => false,
        }
    }

    /// Follows a tensor through ops that only move or sum its elements to the difference that alone uses it.
    fn way_to_difference(&self, walk: &Walk, from: NodeId) -> Option<Way> {
        let mut ops = Vec::new();
        let mut at = from;
        for _ in 0..32 {
            let [user] = walk.users.get(&at)?.as_slice() else { return None };
            let node = self.trace.node(*user);
            let Source::Op(op) = node.source else { return None };
            if op.name == "subtract" {
                let side = node.inputs.iter().position(|(n, _)| *n == at)?;
                return Some(Way { end: *user, side, ops });
            }
            let moves = matches!(
                op.name,
                "reshape"
                    | "transpose"
                    | "identity"
                    | "convert_to_tensor"
                    | "squeeze"
                    | "expand_dims"
                    | "mean"
                    | "sum"
            );
            if !moves || node.inputs.len() != 1 {
                return None;
            }
            ops.push(op.name);
            at = *user;
        }
        None
    }

    /// Makes the tensor of a gradient: as its source, and computed of all that the derivative depends on.
    fn gradient_node(&mut self, walk: &Walk, source: NodeId, flow: Flow) -> Value {
        let inputs =
            if self.running.tapes > 0 { self.derivative_inputs(walk, source) } else { SmallVec::new() };
        let mut spec = self.trace.node(source).spec.clone();
        if self.trace.node(source).kind == TensorKind::Variable && spec.dtype.is_none() {
            spec.dtype = Some(DType::Float32);
        }
        let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
        let content = if flow == Flow::Zero { Content::Zeros } else { Content::Unknown };
        let span = self.here();
        let source = Source::Opaque("a gradient");
        Value::Tensor(self.trace.push(Node {
            source,
            kind,
            spec,
            content,
            inputs,
            span,
            scope: graph::ScopeId::default(),
        }))
    }

    /// What a derivative depends on: of a product the other factor, of a curved function its argument.
    fn derivative_inputs(&self, walk: &Walk, source: NodeId) -> SmallVec<[(NodeId, Flow); 3]> {
        let mut found: IndexMap<NodeId, Flow, FxBuildHasher> = IndexMap::default();
        let mut forward: FxHashSet<NodeId> = FxHashSet::default();
        forward.insert(source);
        for at in walk.ranges.iter().cloned().flatten().take(SECOND_ORDER_NODES) {
            let id = NodeId(at);
            let node = self.trace.node(id);
            let through: Vec<bool> =
                node.inputs.iter().map(|(n, f)| forward.contains(n) && *f != Flow::None).collect();
            if !through.contains(&true) {
                continue;
            }
            forward.insert(id);
            if walk.reach.at(id) == Flow::None {
                continue;
            }
            let bend = bend(&node.source);
            for (k, (input, flow)) in node.inputs.iter().enumerate() {
                let others = through.iter().enumerate().any(|(i, t)| *t && i != k);
                let depends = match bend {
                    Bend::Linear => None,
                    Bend::Product => others.then_some(*flow),
                    Bend::Piecewise => through[k].then_some(Flow::Zero),
                    Bend::Curved => Some(*flow),
                };
                if let Some(flow) = depends.filter(|f| *f != Flow::None) {
                    let slot = found.entry(*input).or_insert(flow);
                    *slot = (*slot).max(flow);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Applies a function to every leaf of a structure, with its tensor if it is one, and keeps the structure.
    pub(crate) fn map_sources(
        &mut self,
        value: &Value,
        f: &mut dyn FnMut(&mut Self, Option<NodeId>) -> Value,
    ) -> Value {
        self.map_leaves(value, &mut |interp, leaf| match leaf {
            Value::Tensor(node) => f(interp, Some(*node)),
            _ => f(interp, None),
        })
    }

    /// Applies a function to every leaf of a structure and keeps the structure; containers of which the
    /// contents are not known count as leaves.
    pub(crate) fn map_leaves(
        &mut self,
        value: &Value,
        f: &mut dyn FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        match value {
            Value::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|v| self.map_leaves(v, f)).collect();
                Value::tuple(items)
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.map_leaves(v, f)).collect();
                    self.new_list(items)
                }
                None => f(self, value),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k, self.map_leaves(&v, f))).collect();
                    self.new_dict(pairs)
                }
                None => f(self, value),
            },
            _ => f(self, value),
        }
    }
}

impl Interp<'_> {
    /// Tells for each factor of a product whether the other one is all zeros: then what arrives there is, too.
    pub(crate) fn other_factor_is_zero(
        &self,
        op: &'static ops::Op,
        inputs: &[NodeId],
    ) -> SmallVec<[bool; 2]> {
        let [a, b] = inputs else { return SmallVec::new() };
        if !matches!(bend(&Source::Op(op)), Bend::Product) {
            return SmallVec::new();
        }
        let zero = |n: &NodeId| self.trace.node(*n).content.is_zero();
        SmallVec::from_slice(&[zero(b), zero(a)])
    }
}

impl Interp<'_> {
    /// Tells whether an op adds nothing but zeros.
    pub(crate) fn sum_of_zeros(&self, op: &'static ops::Op, inputs: &[(NodeId, Flow)]) -> bool {
        matches!(op.name, "add" | "bias_add" | "subtract")
            && inputs.len() == 2
            && inputs.iter().all(|(n, _)| self.trace.node(*n).content.is_zero())
    }
}

/// The way of a tensor to a difference.
struct Way {
    end: NodeId,
    side: usize,
    ops: Vec<&'static str>,
}

/// How an op's derivative depends on its operands.
#[derive(Clone, Copy)]
enum Bend {
    /// Not at all: sums, reshapes.
    Linear,
    /// On the other operands: products.
    Product,
    /// On its operand, in steps: `relu`, `abs`; the next derivative is zero.
    Piecewise,
    /// On all operands.
    Curved,
}

fn bend(source: &Source) -> Bend {
    let Source::Op(op) = source else {
        // Placeholders, joins of branches and results of traced functions hand on what they are given.
        return match source {
            Source::Opaque("a gradient") => Bend::Curved,
            _ => Bend::Linear,
        };
    };
    match op.name {
        "add" | "subtract" | "negative" | "reshape" | "transpose" | "sum" | "mean" | "cast" | "identity"
        | "concatenate" | "concat" | "stack" | "split" | "unstack" | "squeeze" | "expand_dims"
        | "getitem" | "gather" | "tile" | "repeat" | "pad" | "slice" | "flatten" | "ravel" | "add_n"
        | "cumsum" | "flip" | "broadcast_to" | "convert_to_tensor" | "bias_add" | "permute"
        | "average_pool" | "zeros_like" | "stop_gradient" | "roll" | "reverse" | "moveaxis" | "swapaxes"
        | "sort" => Bend::Linear,
        "multiply" | "matmul" | "dot" | "einsum" | "tensordot" | "conv" | "conv1d" | "conv2d" | "conv3d"
        | "depthwise_conv" | "batch_dot" | "vdot" | "inner" | "outer" => Bend::Product,
        "relu" | "abs" | "absolute" | "maximum" | "minimum" | "max" | "min" | "leaky_relu" | "clip"
        | "sign" | "relu6" | "max_pool" | "hard_sigmoid" | "where" => Bend::Piecewise,
        _ => Bend::Curved,
    }
}
