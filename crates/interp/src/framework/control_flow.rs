//! Functions that choose: `tf.cond`, `tf.switch_case`, `tf.case`, `K.switch`, `keras.ops.cond`.

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Exc, Flow, Keras, Mistake, TensorKind, Violation};
use smallvec::SmallVec;
use tensor::{Content, DType, TensorSpec};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("tf.cond", |i, a| cond(i, &a, ["pred", "true_fn", "false_fn"])),
    native("keras.ops.cond", ops_cond),
    native("tf.switch_case", switch_case),
    native("tf.case", case),
    native("keras.ops.switch", switch),
    native("tf.keras.backend.switch", backend_switch),
    native("tf.keras.backend.in_train_phase", |i, a| train_phase(i, &a, ["x", "alt"], false)),
    native("tf.keras.backend.in_test_phase", |i, a| train_phase(i, &a, ["x", "alt"], true)),
];

impl Interp<'_> {
    /// Calls a branch without arguments; a plain value stands for itself.
    fn branch(&mut self, function: &Value) -> Eval {
        if self.is_callable(function) { self.call(function, Args::default()) } else { Ok(function.clone()) }
    }

    /// Carries out one of several branches of which the right one is not known: in a graph all are traced,
    /// outside of one any may be carried out.
    pub(crate) fn any_branch(&mut self, branches: &[Value]) -> Eval {
        if self.graph_depth > 0 {
            let mut results = Vec::new();
            for branch in branches {
                results.push(self.branch(branch)?);
            }
            let mut results = results.into_iter();
            let Some(mut all) = results.next() else { return Ok(Value::None) };
            for one in results {
                all = self.merge(&all, &one)?;
            }
            return Ok(all);
        }
        let Some((first, rest)) = branches.split_first() else { return Ok(Value::None) };
        if rest.is_empty() {
            return self.branch(first);
        }
        let (first, rest) = (first.clone(), rest.to_vec());
        self.either(|interp| interp.branch(&first), |interp| interp.any_branch(&rest))
    }

    /// Carries out one of the two branches of a `tf.cond`; in a graph both, whose results must be alike.
    fn either_branch(&mut self, yes: Value, no: Value) -> Eval {
        if self.graph_depth == 0 {
            return self.any_branch(&[yes, no]);
        }
        let (first, second) = (self.branch(&yes)?, self.branch(&no)?);
        // A number beside a tensor is a tensor of its own dtype.
        let plain = |v: &Value| matches!(v, Value::Bool(_) | Value::Int(_) | Value::Float(_));
        let mut as_tensor = |v: Value, beside: &Value| -> Eval {
            match (plain(&v), beside) {
                (true, Value::Tensor(_)) => Ok(self.node_of_value(&v)?.map_or(v, Value::Tensor)),
                _ => Ok(v),
            }
        };
        let first = as_tensor(first, &second)?;
        let second = as_tensor(second, &first)?;
        match (&first, &second) {
            (Value::Tensor(a), Value::Tensor(b)) => {
                let (a, b) = (self.trace.node(*a).spec.clone(), self.trace.node(*b).spec.clone());
                if a.dtype.zip(b.dtype).is_some_and(|(a, b)| a != b) {
                    let text = unlike_branches(&a, &b);
                    return Err(self.raise(Exc::TypeError, text));
                }
            }
            (Value::Tensor(_), Value::None) | (Value::None, Value::Tensor(_)) => {
                let count = |v: &Value| u8::from(!v.is_none());
                let text = format!(
                    "Lengths of branch outputs of cond must match.\nlen(graphs[0].outputs): {}\nlen(graphs[1].outputs): {}",
                    count(&first),
                    count(&second)
                );
                return Err(self.raise(Exc::ValueError, text));
            }
            _ => {}
        }
        self.merge(&first, &second)
    }

    /// Joins the results of two branches of a graph: tensors of both specs, whose gradients reach both.
    pub(crate) fn merge(&mut self, a: &Value, b: &Value) -> Eval {
        match (a, b) {
            (Value::Tuple(x), Value::Tuple(y)) if x.len() == y.len() => {
                let items: Vec<Value> =
                    x.iter().zip(y.iter()).map(|(x, y)| self.merge(x, y)).collect::<Eval<_>>()?;
                return Ok(Value::tuple(items));
            }
            (Value::List(x), Value::List(y)) => {
                let (x, y) = (self.heap.list(*x).cloned(), self.heap.list(*y).cloned());
                if let (Some(x), Some(y)) = (x, y)
                    && x.len() == y.len()
                {
                    let items: Vec<Value> =
                        x.iter().zip(&y).map(|(x, y)| self.merge(x, y)).collect::<Eval<_>>()?;
                    return Ok(self.new_list(items));
                }
            }
            (Value::None, Value::None) => return Ok(Value::None),
            (Value::Unknown(_), _) => return Ok(a.clone()),
            (_, Value::Unknown(_)) => return Ok(b.clone()),
            _ => {}
        }
        match (self.node_of_value(a)?, self.node_of_value(b)?) {
            (Some(x), Some(y)) => Ok(Value::Tensor(self.merge_tensors(x, y))),
            _ => self.join(a, b),
        }
    }

    fn merge_tensors(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let spec = self.trace.node(a).spec.join(&self.trace.node(b).spec);
        let float = spec.dtype.is_none_or(tensor::DType::is_differentiable);
        let flow = if float { Flow::Ok } else { Flow::None };
        let inputs = SmallVec::from_slice(&[(a, flow), (b, flow)]);
        let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
        let (span, source) = (self.here(), Source::Opaque("a choice of branches"));
        let (content, scope) = (Content::Unknown, ScopeId::default());
        self.trace.push(Node { source, kind, spec, content, inputs, span, scope })
    }

    /// The tensor that a value is, or becomes by `tf.convert_to_tensor`.
    pub(crate) fn node_of_value(&mut self, value: &Value) -> Eval<Option<NodeId>> {
        if let Value::Tensor(node) = value {
            return Ok(Some(*node));
        }
        if value.is_none() || value.is_unknown() {
            return Ok(None);
        }
        let Some(spec) = self.plain_spec(value, 0) else { return Ok(None) };
        let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
        let span = self.here();
        Ok(Some(self.trace.add(Source::Constant, kind, spec, span)))
    }

    /// The truth of a condition that decides between branches; nothing where both may be taken.
    fn decided(&mut self, condition: &Value) -> Eval<Option<bool>> {
        if let Value::Tensor(node) = condition
            && self.trace.node(*node).kind != TensorKind::Eager
        {
            return Ok(None);
        }
        self.truth(condition)
    }
}

/// What `tf.cond` says of branches whose results are of different dtypes.
fn unlike_branches(a: &TensorSpec, b: &TensorSpec) -> String {
    let shown = |spec: &TensorSpec| {
        let dtype = spec.dtype.map_or("?", DType::name);
        format!("Tensor(\"cond/Identity:0\", shape={}, dtype={dtype})", spec.shape.tuple())
    };
    let (a, b) = (shown(a), shown(b));
    format!(
        "true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return \
         values.\n\ntrue_fn output: {a}\nfalse_fn output: {b}\n\nError details:\n{a} and {b} have different types"
    )
}

/// `tf.cond(pred, true_fn, false_fn)`.
fn cond(interp: &mut Interp<'_>, args: &Args, names: [&str; 3]) -> Eval {
    let [pred, yes, no] = [0, 1, 2].map(|i| args.get(i, names[i]).cloned().unwrap_or(Value::None));
    if interp.is_symbolic(&pred) {
        return symbolic_cond(interp, &[yes, no]);
    }
    let given = [(&yes, names[1]), (&no, names[2])];
    if let Some((_, name)) = given.into_iter().find(|(branch, _)| branch.is_none()) {
        return Err(interp.raise(Exc::TypeError, format!("cond(): '{name}' argument required")));
    }
    for (branch, name) in given {
        let may_be_called = interp.is_callable(branch) || matches!(branch, Value::Instance(_));
        if !may_be_called && !branch.is_unknown() {
            return Err(interp.raise(Exc::TypeError, format!("'{name}' must be callable.")));
        }
    }
    if let (Value::Bool(known), 1..) = (&pred, interp.graph_depth) {
        let shown = if *known { "True" } else { "False" };
        let text = format!("('pred must not be a Python bool', {shown})");
        return Err(interp.raise(Exc::TypeError, text));
    }
    match interp.decided(&pred)? {
        Some(true) => interp.branch(&yes),
        Some(false) => interp.branch(&no),
        None => interp.either_branch(yes, no),
    }
}

/// `keras.ops.cond(pred, true_fn, false_fn)`: a condition that is known decides at once, a tensor's too
/// (`tensorflow/python/framework/smart_cond.py`).
fn ops_cond(interp: &mut Interp<'_>, args: Args) -> Eval {
    let names = ["pred", "true_fn", "false_fn"];
    let [pred, yes, no] = [0, 1, 2].map(|i| args.get(i, names[i]).cloned().unwrap_or(Value::None));
    if interp.is_symbolic(&pred) {
        return symbolic_cond(interp, &[yes, no]);
    }
    for (branch, name) in [(&yes, names[1]), (&no, names[2])] {
        if !interp.is_callable(branch) && !branch.is_unknown() && !matches!(branch, Value::Instance(_)) {
            let shown = interp.display(branch)?.unwrap_or_default();
            let text = format!("Argument `{name}` must be callable. Received {shown}");
            return Err(interp.raise(Exc::TypeError, text));
        }
    }
    let known = match &pred {
        Value::Bool(known) => Some(*known),
        Value::Int(number @ (0 | 1)) => Some(*number == 1),
        Value::Tensor(node) if interp.trace.node(*node).kind != TensorKind::Variable => {
            match interp.trace.node(*node).content.truth() {
                Some(known) => Some(known),
                None => interp.decided(&pred)?,
            }
        }
        _ => interp.decided(&pred)?,
    };
    match known {
        Some(true) => interp.branch(&yes),
        Some(false) => interp.branch(&no),
        None => interp.either_branch(yes, no),
    }
}

/// `tf.cond(K.sum(x) > 0, lambda: x, lambda: -x)` in Keras 2 outside of a layer: the branches are traced by
/// TensorFlow, which does not take a KerasTensor for their result.
fn symbolic_cond(interp: &mut Interp<'_>, branches: &[Value]) -> Eval {
    if interp.keras == Keras::Three {
        return Ok(interp.unknown("a choice by a symbolic tensor"));
    }
    for branch in branches.iter().filter(|branch| interp.is_callable(branch)).cloned().collect::<Vec<_>>() {
        let result = interp.branch(&branch)?;
        let Some(node) = interp.flat_tensors(&result).into_iter().find(|n| interp.is_keras_tensor(*n)) else {
            continue;
        };
        let core = "To be compatible with tf.function, Python functions must return zero or more Tensors or \
                    ExtensionTypes or None values";
        let mistake = Mistake::SymbolicInput { function: "tf.cond".to_owned() };
        let violation = Violation { class: Exc::TypeError, core: core.to_owned(), mistake };
        return Err(interp.raise_violation(violation, "tf.cond".into(), vec![("pred".into(), node)]));
    }
    Ok(interp.unknown("a choice by a symbolic tensor"))
}

impl Interp<'_> {
    /// Tells whether a KerasTensor is among a value's tensors.
    pub(crate) fn is_symbolic(&self, value: &Value) -> bool {
        self.flat_tensors(value).iter().any(|n| self.is_keras_tensor(*n))
    }

    /// Tells whether a tensor is a KerasTensor.
    pub(crate) fn is_keras_tensor(&self, node: NodeId) -> bool {
        self.trace.node(node).kind == TensorKind::Keras
    }
}

/// `tf.switch_case(branch_index, branch_fns, default=None)`: functions in a list, or pairs or a dict of them.
fn switch_case(interp: &mut Interp<'_>, args: Args) -> Eval {
    let index = args.get(0, "branch_index").cloned().unwrap_or(Value::None);
    let given = args.get(1, "branch_fns").cloned().unwrap_or(Value::None);
    let default = args.get(2, "default").filter(|d| !d.is_none()).cloned();
    let pairs: Vec<(Value, Value)> = match &given {
        Value::Dict(_) => interp.pairs_of(&given).unwrap_or_default(),
        _ => {
            let (items, _) = interp.iterate(&given, 1000)?;
            let pair = |(at, item): (usize, Value)| match &item {
                Value::Tuple(pair) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
                _ => (Value::Int(i64::try_from(at).unwrap_or(i64::MAX)), item),
            };
            items.into_iter().enumerate().map(pair).collect()
        }
    };
    let mut branches = in_order(interp, pairs)?;
    branches.extend(default);
    let known = match interp.plain_scalar(&index) {
        Value::Tensor(_) => None,
        plain => plain.as_int(),
    };
    if let Some(index) = known
        && interp.graph_depth == 0
    {
        let at = usize::try_from(index).ok().filter(|i| *i < branches.len());
        let at = at.unwrap_or(branches.len().saturating_sub(1));
        return match branches.get(at).cloned() {
            Some(branch) => interp.branch(&branch),
            None => Ok(Value::None),
        };
    }
    interp.any_branch(&branches)
}

/// The branches in the order of their indices, which count from zero without a gap.
fn in_order(interp: &mut Interp<'_>, pairs: Vec<(Value, Value)>) -> Eval<Vec<Value>> {
    let keys: Option<Vec<i64>> = pairs.iter().map(|(key, _)| key.as_int()).collect();
    let Some(keys) = keys else { return Ok(pairs.into_iter().map(|(_, branch)| branch).collect()) };
    let mut indexed: Vec<(i64, Value)> = keys.into_iter().zip(pairs.into_iter().map(|(_, b)| b)).collect();
    indexed.sort_by_key(|(key, _)| *key);
    if indexed.iter().zip(0..).any(|((key, _), at)| *key != at) {
        let shown: Vec<String> = indexed.iter().map(|(key, _)| key.to_string()).collect();
        let text = format!(
            "branch indices (keys) must form contiguous range of [0 to {}) but found {{{}}}",
            shown.len(),
            shown.join(",")
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    Ok(indexed.into_iter().map(|(_, branch)| branch).collect())
}

/// `tf.case([(pred, fn), …], default=None)`.
fn case(interp: &mut Interp<'_>, args: Args) -> Eval {
    let pairs = args.get(0, "pred_fn_pairs").cloned().unwrap_or(Value::None);
    if let Value::Tensor(id) = pairs {
        let class = interp.tensor_type_name(id);
        let text = format!(
            "'pred_fn_pairs' must be a list, tuple, or dict. Received: <class 'tensorflow.python.framework.ops.{class}'>"
        );
        return Err(interp.raise(Exc::TypeError, text));
    }
    let (items, _) = interp.iterate(&pairs, 1000)?;
    let mut branches = Vec::new();
    let (mut decided, exclusive) = (interp.graph_depth == 0, args.get(2, "exclusive").is_some());
    for item in items {
        if let Value::Tuple(pair) = &item
            && pair.len() == 2
        {
            // On values, the first condition that holds decides.
            match if decided { interp.decided(&pair[0])? } else { None } {
                Some(true) if !exclusive => return interp.branch(&pair[1]),
                Some(false) => continue,
                _ => decided = false,
            }
            branches.push(pair[1].clone());
        }
    }
    branches.extend(args.get(1, "default").filter(|d| !d.is_none()).cloned());
    interp.any_branch(&branches)
}

/// `keras.ops.switch(index, branches, *operands)`.
fn switch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut positional = args.positional.into_iter();
    let (Some(index), Some(branches)) = (positional.next(), positional.next()) else {
        return Ok(Value::None);
    };
    let operands: Vec<Value> = positional.collect();
    let (items, _) = interp.iterate(&branches, 1000)?;
    let bound: Vec<Value> = items
        .into_iter()
        .map(|f| {
            let partial = crate::value::Wrapped::Partial(f, Args::of(operands.iter().cloned()));
            Value::Wrapped(partial.into())
        })
        .collect();
    let known = match interp.plain_scalar(&index) {
        Value::Tensor(_) => None,
        plain => plain.as_int(),
    };
    if let (Some(index), 0) = (known, interp.graph_depth) {
        let last = i64::try_from(bound.len()).unwrap_or(i64::MAX) - 1;
        let at = usize::try_from(index.clamp(0, last.max(0))).unwrap_or(0);
        return bound.get(at).cloned().map_or(Ok(Value::None), |branch| interp.branch(&branch));
    }
    interp.any_branch(&bound)
}

/// `K.switch(condition, then, else)`: a choice by a scalar, else element by element.
fn backend_switch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (condition, then, otherwise) =
        (get(0, "condition"), get(1, "then_expression"), get(2, "else_expression"));
    let Value::Tensor(node) = condition else {
        // Its dtype is asked for before anything else.
        if let Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::None | Value::Str(_) = condition {
            let text = format!("'{}' object has no attribute 'dtype'", interp.type_name(&condition));
            return Err(interp.raise(Exc::AttributeError, text));
        }
        return Ok(interp.unknown("a choice by a condition that is not known"));
    };
    match interp.trace.node(node).spec.shape.rank() {
        Some(0) if !interp.is_symbolic(&condition) => match interp.decided(&condition)? {
            Some(true) => interp.branch(&then),
            Some(false) => interp.branch(&otherwise),
            None => interp.any_branch(&[then, otherwise]),
        },
        Some(1..) => {
            let (then, otherwise) = (interp.branch(&then)?, interp.branch(&otherwise)?);
            if then.is_unknown() || otherwise.is_unknown() {
                return Ok(if then.is_unknown() { then } else { otherwise });
            }
            let parts = [("x", condition), ("then_expression", then), ("else_expression", otherwise)];
            interp.op_on("backend_switch", &parts)
        }
        _ => Ok(interp.unknown("a choice by a tensor of unknown rank")),
    }
}

/// `K.in_train_phase(x, alt, training=None)`.
fn train_phase(interp: &mut Interp<'_>, args: &Args, names: [&str; 2], swapped: bool) -> Eval {
    let [x, alt] = [0, 1].map(|i| args.get(i, names[i]).cloned().unwrap_or(Value::None));
    let (x, alt) = if swapped { (alt, x) } else { (x, alt) };
    let training = match args.get(2, "training").filter(|t| !t.is_none()).cloned() {
        Some(value) => interp.decided(&value)?,
        // Outside of a layer's call Keras 2 asks the learning phase, which is 0 unless it was set.
        None if interp.keras == ops::Keras::Two && interp.layer_depth == 0 => {
            interp.training.or(interp.running.learning_phase).or(Some(false))
        }
        None => interp.training.or(interp.running.learning_phase),
    };
    match training {
        Some(true) => interp.branch(&x),
        Some(false) => interp.branch(&alt),
        None => interp.any_branch(&[x, alt]),
    }
}
