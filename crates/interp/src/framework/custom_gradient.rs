//! `tf.custom_gradient`: a function that gives its value and the function of its gradient.

use std::ops::Range;
use std::rc::Rc;

use graph::{Node, NodeId, Reach, ScopeId, Source};
use ops::{Exc, Flow, TensorKind};
use tensor::DType;

use crate::framework::tracing::Autograph;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value, Wrapped};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] =
    &[native("tf.custom_gradient", custom_gradient), native("keras.ops.custom_gradient", custom_gradient)];

/// The gradient function of one call.
#[derive(Clone, Debug)]
pub struct Custom {
    /// The function.
    pub function: Value,
    /// The results of the call, in order.
    pub results: Vec<NodeId>,
    /// The tensors among the arguments.
    pub inputs: Vec<NodeId>,
    /// Variables that the function uses beside its arguments.
    pub variables: Vec<NodeId>,
    /// Whether the call was traced.
    pub graph: bool,
}

fn custom_gradient(_: &mut Interp<'_>, mut args: Args) -> Eval {
    Ok(match args.positional.pop().or_else(|| args.take("f")) {
        Some(function) => Value::Wrapped(Wrapped::CustomGradient(function).into()),
        None => Value::Wrapped(Wrapped::Partial(Value::Native(&FUNCTIONS[0]), args).into()),
    })
}

impl Interp<'_> {
    /// Calls a `tf.custom_gradient`: its function gives the value and the gradient's function.
    ///
    /// # Errors
    /// What the function raises, and what TensorFlow says of a result that is no pair.
    pub(crate) fn call_custom_gradient(&mut self, function: &Value, args: Args) -> Eval {
        self.meet_custom_gradient(function, &args);
        let given = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        let inputs: Vec<NodeId> = given.flat_map(|v| self.flat_tensors(v)).collect();
        if self.graph_depth > 0 && !args.keywords.is_empty() {
            let text = "The custom_gradient decorator currently supports keywords arguments only when eager execution \
                        is enabled.";
            return Err(self.raise(Exc::ValueError, text));
        }
        let from = self.mark();
        let result = self.call(function, args)?;
        let used = self.variables_used(from..self.mark(), &inputs);
        if let Value::Tensor(node) = &result
            && self.trace.node(*node).kind == TensorKind::Graph
        {
            // The pair is unpacked.
            let violation = ops::Violation::symbolic_iteration();
            return Err(self.raise_violation(violation, "tf.custom_gradient".into(), Vec::new()));
        }
        let Value::Tuple(pair) = &result else {
            return Ok(self.unknown("the value of a custom gradient"));
        };
        let [value, gradient] = &**pair else {
            return Err(self.not_a_pair(pair.len()));
        };
        let (value, gradient) = (value.clone(), gradient.clone());
        self.check_variables(&gradient, &used)?;
        let flows = self.custom_flows(&value, &gradient, &inputs, !used.is_empty());
        let graph = self.graph_depth > 0;
        let mut results = Vec::new();
        let wrapped = self.map_tensors(&value, &mut |interp, id| {
            let new = interp.custom_node(id, &inputs, &flows, &used);
            interp.detach_number(id, new);
            results.push(new);
            new
        });
        let custom =
            Rc::new(Custom { function: gradient, results: results.clone(), inputs, variables: used, graph });
        for node in results {
            self.running.custom.insert(node, custom.clone());
        }
        Ok(wrapped)
    }

    fn not_a_pair(&mut self, count: usize) -> Halt {
        let text = if count < 2 {
            format!("not enough values to unpack (expected 2, got {count})")
        } else {
            "too many values to unpack (expected 2)".to_owned()
        };
        self.raise(Exc::ValueError, text)
    }

    /// The trainable variables that are read within a call, beside those among its arguments.
    ///
    /// Without a graph TensorFlow knows its own variables again among the arguments; a Keras 3 weight is none of them,
    /// though what it holds is watched: `scale(x, self.w)` uses a variable then.
    fn variables_used(&self, range: Range<u32>, inputs: &[NodeId]) -> Vec<NodeId> {
        let known =
            |id: &NodeId| inputs.contains(id) && (self.graph_depth > 0 || !self.is_keras_variable(*id));
        let mut used: Vec<NodeId> = Vec::new();
        for at in range {
            for (input, _) in &self.trace.node(NodeId(at)).inputs {
                if self.variable_trainable(*input) && !known(input) && !used.contains(input) {
                    used.push(*input);
                }
            }
        }
        used
    }

    /// A function that uses variables needs a gradient function that takes them.
    fn check_variables(&mut self, gradient: &Value, used: &[NodeId]) -> Eval<()> {
        let takes = self.takes_variables(gradient);
        if used.is_empty() || takes != Some(false) {
            return Ok(());
        }
        let shown: Vec<&str> = vec!["<variable>"; used.len()];
        let text = format!(
            "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function uses variables: [{}]",
            shown.join(", ")
        );
        Err(self.raise(Exc::TypeError, text))
    }

    fn takes_variables(&self, gradient: &Value) -> Option<bool> {
        let Value::Function(id) = gradient else { return None };
        let params = &self.function(*id).signature.params;
        Some(params.iter().any(|p| &*p.name == "variables" || p.kind == python::ParameterKind::KwArgs))
    }

    /// Makes the node that stands for a custom gradient's result.
    fn custom_node(&mut self, id: NodeId, inputs: &[NodeId], flows: &[Flow], used: &[NodeId]) -> NodeId {
        let node = self.trace.node(id);
        let (kind, spec, content) = (node.kind, node.spec.clone(), node.content.clone());
        let kind = match kind {
            TensorKind::Numpy | TensorKind::Variable => TensorKind::Eager,
            kind => kind,
        };
        let trainable = spec.dtype.is_none_or(DType::is_differentiable);
        let flow =
            |i: usize| if trainable { flows.get(i).copied().unwrap_or(Flow::None) } else { Flow::None };
        let edges = inputs.iter().enumerate().map(|(i, n)| (*n, flow(i)));
        let edges = edges.chain(used.iter().map(|n| (*n, if trainable { Flow::Ok } else { Flow::None })));
        let inputs = edges.collect();
        let span = self.here();
        let source = Source::Opaque("a custom gradient");
        self.trace.push(Node { source, kind, spec, content, inputs, span, scope: ScopeId::default() })
    }

    /// Learns which inputs get gradients: by calling the gradient function on gradients of unknown values,
    /// of which nothing remains.
    fn custom_flows(
        &mut self,
        value: &Value,
        gradient: &Value,
        inputs: &[NodeId],
        variables: bool,
    ) -> Vec<Flow> {
        if variables {
            return vec![Flow::Unknown; inputs.len()];
        }
        let upstream = self.upstream(value);
        let (undecided, counters) = (self.undecided.clone(), self.counters.clone());
        let depth = self.frames.len();
        self.heap.open();
        let answer = self.on_specs(|i| i.under(Autograph::Off, |i| i.call(gradient, Args::of(upstream))));
        self.frames.truncate(depth);
        let flows = match &answer {
            Ok(grads) => self.flows_of(grads, inputs.len()),
            // It raises where the gradient is asked for.
            Err(_) => vec![Flow::Ok; inputs.len()],
        };
        self.heap.undo();
        self.undecided = undecided;
        self.counters = counters;
        flows
    }

    /// Gradients of unknown values for each result.
    fn upstream(&mut self, value: &Value) -> Vec<Value> {
        let nodes = self.flat_tensors(value);
        nodes
            .into_iter()
            .map(|id| {
                let node = self.trace.node(id);
                let (spec, span) = (node.spec.clone(), node.span);
                let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
                Value::Tensor(self.trace.add(Source::Opaque("a gradient"), kind, spec, span))
            })
            .collect()
    }

    fn flows_of(&self, grads: &Value, count: usize) -> Vec<Flow> {
        let mut flows = Vec::new();
        self.collect_flows(grads, &mut flows);
        if flows.len() == count { flows } else { vec![Flow::Ok; count] }
    }

    fn collect_flows(&self, grads: &Value, flows: &mut Vec<Flow>) {
        match grads {
            Value::None => flows.push(Flow::None),
            Value::Tensor(id) => {
                let zero = self.trace.node(*id).content.is_zero();
                flows.push(if zero { Flow::Zero } else { Flow::Ok });
            }
            Value::Int(0) => flows.push(Flow::Zero),
            Value::Float(x) if *x == 0.0 => flows.push(Flow::Zero),
            Value::Tuple(items) => items.iter().for_each(|v| self.collect_flows(v, flows)),
            Value::List(id) => {
                if let Some(items) = self.heap.list(*id) {
                    items.iter().for_each(|v| self.collect_flows(v, flows));
                }
            }
            Value::Unknown(_) => flows.push(Flow::Unknown),
            _ => flows.push(Flow::Ok),
        }
    }

    /// Calls the gradient functions that a backward walk comes to, for what they raise.
    ///
    /// # Errors
    /// What they raise, and what TensorFlow says of a wrong number of gradients.
    pub(crate) fn run_custom_gradients(&mut self, reach: &Reach, ranges: &[Range<u32>]) -> Eval<()> {
        if self.running.custom.is_empty() {
            return Ok(());
        }
        let mut found: Vec<(NodeId, Rc<Custom>)> = self
            .running
            .custom
            .iter()
            .filter(|(n, c)| {
                c.results.first() == Some(n)
                    && ranges.iter().any(|r| r.contains(&n.0))
                    && c.results.iter().any(|r| reach.at(*r) != Flow::None)
            })
            .map(|(n, c)| (*n, c.clone()))
            .collect();
        found.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        for (_, custom) in found {
            self.on_specs(|interp| interp.run_custom_gradient(&custom))?;
        }
        Ok(())
    }

    /// Gives the result of a custom gradient its number, which no gradient goes through.
    fn detach_number(&mut self, from: NodeId, to: NodeId) {
        if !self.computes() {
            return;
        }
        if let Ok(Value::Tensor(value)) = self.op_on("stop_gradient", &[("input", Value::Tensor(from))]) {
            self.share_number(value, to);
        }
    }

    /// Calls the gradient functions on the way back with numbers, the last first, and adds what arrives at the
    /// inputs of their functions to the targets.
    ///
    /// # Errors
    /// What they raise.
    pub(crate) fn number_custom_gradients(
        &mut self,
        targets: &mut Vec<(NodeId, Option<NodeId>)>,
        ranges: &[Range<u32>],
        steps: &[Range<u32>],
    ) -> Eval<()> {
        let mut found: Vec<Rc<Custom>> = Vec::new();
        for (node, custom) in &self.running.custom {
            let first = custom.results.first() == Some(node);
            if first && ranges.iter().any(|r| r.contains(&node.0)) {
                found.push(custom.clone());
            }
        }
        found.sort_by_key(|c| std::cmp::Reverse(c.results.first().copied()));
        for custom in found {
            let Ok(arrived) = self.gradient_values(targets, &custom.results, steps) else { continue };
            if arrived.iter().all(Option::is_none) {
                continue;
            }
            let mut upstream = Vec::new();
            for (result, gradient) in custom.results.iter().zip(arrived) {
                let spec = self.trace.node(*result).spec.clone();
                let span = self.here();
                let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
                let node = self.trace.add(Source::Opaque("a gradient"), kind, spec, span);
                match gradient {
                    Some(gradient) => {
                        self.keep_gradient(node, &gradient);
                    }
                    None => self.number_zeros(*result, node),
                }
                upstream.push(Value::Tensor(node));
            }
            let grads = self.call_gradient(&custom, upstream)?;
            let leaves = self.leaves(&grads);
            let inputs = custom.inputs.iter().chain(&custom.variables);
            for (input, gradient) in inputs.zip(leaves) {
                if let Value::Tensor(gradient) = gradient {
                    targets.push((*input, Some(gradient)));
                }
            }
        }
        Ok(())
    }

    /// Calls the script's gradient function, which is also told of the variables that its operation used.
    fn call_gradient(&mut self, custom: &Custom, upstream: Vec<Value>) -> Eval {
        let mut args = Args::of(upstream);
        if !custom.variables.is_empty() {
            let variables = custom.variables.iter().map(|n| Value::Tensor(*n)).collect();
            let variables = self.new_list(variables);
            args.keywords.push(("variables".into(), variables));
        }
        self.under(Autograph::Off, |interp| interp.call(&custom.function, args))
    }

    fn run_custom_gradient(&mut self, custom: &Custom) -> Eval<()> {
        let results = custom.results.iter().map(|n| Value::Tensor(*n));
        let upstream = self.upstream(&Value::tuple(results));
        let grads = self.call_gradient(custom, upstream)?;
        if !custom.variables.is_empty() || grads.is_unknown() || self.hides_unknown(&grads) {
            return Ok(());
        }
        let mut flows = Vec::new();
        self.collect_flows(&grads, &mut flows);
        let (want, got) = (custom.inputs.len(), flows.len());
        if want == got {
            return Ok(());
        }
        if self.graph_depth > 0 && custom.graph {
            let text = format!(
                "Recorded operation '{}' returned too few gradients. Expected {} but received {}",
                "IdentityN",
                want + custom.results.len(),
                got + custom.results.len()
            );
            return Err(self.raise_named("InternalError", text));
        }
        let text = format!(
            "custom_gradient function expected to return {want} gradients, but returned {got} instead."
        );
        Err(self.raise(Exc::ValueError, text))
    }
}
