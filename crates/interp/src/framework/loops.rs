//! Functions that repeat: `tf.while_loop`, `tf.map_fn`, `tf.scan`, folds, and Python inside of a graph.

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Exc, Flow, Keras, Mistake, TensorKind, Violation};
use smallvec::SmallVec;
use tensor::{Content, DType, Dim, Shape, TensorSpec};

use crate::framework::compile_loss::is_nested;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[
    native("tf.while_loop", tf_while_loop),
    native("keras.ops.while_loop", |i, a| while_loop(i, a, true)),
    native("keras.ops.fori_loop", fori_loop),
    native("tf.map_fn", map_fn),
    native("tf.keras.backend.map_fn", map_fn),
    native("tf.vectorized_map", |i, a| map(i, &a, Mapped::AtOnce, ["fn", "elems"])),
    native("keras.ops.vectorized_map", |i, a| map(i, &a, Mapped::AtOnce, ["function", "elements"])),
    native("keras.ops.map", |i, a| map(i, &a, Mapped::Scanned, ["f", "xs"])),
    native("tf.scan", |i, a| fold(i, &a, true, false)),
    native("tf.foldl", |i, a| fold(i, &a, false, false)),
    native("tf.foldr", |i, a| fold(i, &a, false, true)),
    native("tf.keras.backend.foldl", |i, a| fold(i, &a, false, false)),
    native("tf.keras.backend.foldr", |i, a| fold(i, &a, false, true)),
    native("keras.ops.scan", ops_scan),
    native("tf.numpy_function", |i, a| python_function(i, &a, false)),
    native("tf.py_function", |i, a| python_function(i, &a, true)),
];

/// How a function is mapped over elements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mapped {
    /// One after the other into a `TensorArray` of a declared dtype.
    Listed,
    /// All at once.
    AtOnce,
    /// One after the other, as `keras.ops.scan` does.
    Scanned,
}

impl Interp<'_> {
    /// A tensor made in a way that has no model, of known spec.
    pub(crate) fn opaque(
        &mut self,
        what: &'static str,
        spec: TensorSpec,
        inputs: &[(NodeId, Flow)],
    ) -> NodeId {
        let kind = match self.graph_depth {
            _ if inputs.iter().any(|(input, _)| self.is_keras_tensor(*input)) => TensorKind::Keras,
            0 => TensorKind::Eager,
            _ => TensorKind::Graph,
        };
        let float = spec.dtype.is_none_or(DType::is_differentiable);
        let inputs: SmallVec<_> =
            inputs.iter().map(|(n, flow)| (*n, if float { *flow } else { Flow::None })).collect();
        let (span, source) = (self.here(), Source::Opaque(what));
        let (content, scope) = (Content::Unknown, ScopeId::default());
        self.trace.push(Node { source, kind, spec, content, inputs, span, scope })
    }

    /// What a loop's body sees of a variable: a tensor of the same spec.
    fn loop_variable(&mut self, value: &Value) -> Eval {
        let Some(node) = self.node_of_value(value)? else {
            if !is_nested(value) {
                return Ok(value.clone());
            }
            let items = self.children(value).unwrap_or_default();
            let items: Vec<Value> = items.iter().map(|v| self.loop_variable(v)).collect::<Eval<_>>()?;
            return Ok(match value {
                Value::Tuple(_) => Value::tuple(items),
                _ => self.new_list(items),
            });
        };
        let spec = self.trace.node(node).spec.clone();
        Ok(Value::Tensor(self.opaque("a loop's variable", spec, &[(node, Flow::Ok)])))
    }

    /// What a loop begins with, whose numbers become tensors: `tf.scan(f, xs, initializer=(x, 1.0))`.
    fn numbers_converted(&mut self, value: &Value) -> Eval {
        if !is_nested(value) {
            let number = matches!(
                value,
                Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Any(Plain::Int | Plain::Float)
            );
            let convert = ops::find_op("convert_to_tensor").filter(|_| number);
            let Some(convert) = convert else { return Ok(value.clone()) };
            let given = [("value".into(), self.arg(value))];
            return self.call_op(convert, "tf.convert_to_tensor", ops::Surface::Tf, &given);
        }
        let items = self.children(value).unwrap_or_default();
        let items: Vec<Value> = items.iter().map(|v| self.numbers_converted(v)).collect::<Eval<_>>()?;
        Ok(match value {
            Value::Tuple(_) => Value::tuple(items),
            Value::List(_) => self.new_list(items),
            _ => value.clone(),
        })
    }

    /// An element along the first axis.
    fn element_of(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, node| {
            let spec = interp.trace.node(node).spec.clone();
            let shape = match spec.shape.dims() {
                Some([_, rest @ ..]) => Shape::new(rest.iter().copied()),
                _ => Shape::UNKNOWN,
            };
            interp.opaque("an element", TensorSpec::new(shape, spec.dtype), &[(node, Flow::Ok)])
        })
    }

    /// Results of all elements, one behind the other.
    fn stacked(&mut self, value: &Value, count: Dim) -> Eval {
        if let Value::Dict(_) = value {
            let pairs = self.pairs_of(value).unwrap_or_default();
            let pairs = pairs.into_iter().map(|(key, v)| Ok((key, self.stacked(&v, count)?)));
            let pairs = pairs.collect::<Eval<Vec<_>>>()?;
            return Ok(self.new_dict(pairs));
        }
        if is_nested(value) {
            let items = self.children(value).unwrap_or_default();
            let items: Vec<Value> = items.iter().map(|v| self.stacked(v, count)).collect::<Eval<_>>()?;
            return Ok(match value {
                Value::Tuple(_) => Value::tuple(items),
                _ => self.new_list(items),
            });
        }
        let Some(node) = self.node_of_value(value)? else {
            return Ok(self.unknown("the results of a function that are no tensors"));
        };
        let spec = self.trace.node(node).spec.clone();
        let shape = match spec.shape.dims() {
            Some(dims) => Shape::new(std::iter::once(count).chain(dims.iter().copied())),
            None => Shape::UNKNOWN,
        };
        let stacked = TensorSpec::new(shape, spec.dtype);
        Ok(Value::Tensor(self.opaque("stacked results", stacked, &[(node, Flow::Ok)])))
    }

    /// Checks the arguments of `keras.ops.scan`.
    fn check_scan(&mut self, function: &Value, elements: &Value, args: &Args) -> Eval<()> {
        if matches!(function, Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::None) {
            let shown = self.display(function)?.unwrap_or_default();
            return Err(self.raise(Exc::TypeError, format!("`f` should be a callable. Received: f={shown}")));
        }
        let unroll = args.get(5, "unroll").cloned();
        if let Some(given @ (Value::Int(..1) | Value::Float(_) | Value::None)) = unroll {
            let shown = self.display(&given)?.unwrap_or_default();
            let text = format!("`unroll` must be an positive integer or boolean. Received: unroll={shown}");
            return Err(self.raise(Exc::ValueError, text));
        }
        if elements.is_none() && args.get(3, "length").is_none_or(Value::is_none) {
            let text = "Got no `xs` to scan over and `length` not provided.";
            return Err(self.raise(Exc::ValueError, text));
        }
        Ok(())
    }

    /// What `keras.ops.scan` writes goes into arrays of the carry's shapes.
    fn check_written(&mut self, carry: &Value, output: &Value) -> Eval<()> {
        let shapes = |interp: &Self, nodes: Vec<NodeId>| -> Vec<Shape> {
            nodes.into_iter().map(|node| interp.trace.node(node).spec.shape.clone()).collect()
        };
        let (carried, written) = (self.flat_tensors(carry), self.flat_tensors(output));
        let written = shapes(self, written);
        let expected = match carry {
            // `ops.scan(f, 0.0, xs)`.
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => vec![Shape::scalar()],
            _ => shapes(self, carried),
        };
        for (expected, written) in expected.into_iter().zip(written) {
            if !written.compatible(&expected) {
                let (saw, wanted) = (written.tuple(), expected.tuple());
                let text = match self.graph_depth > 0 {
                    true => format!("Inconsistent shapes: saw {saw} but expected {wanted}"),
                    false => format!("Incompatible shape for value ({saw}), expected ({wanted})"),
                };
                return Err(self.raise(Exc::ValueError, text));
            }
        }
        Ok(())
    }

    /// A variable of a loop keeps the shape that it enters with.
    fn check_invariant(&mut self, before: &Value, after: &Value) -> Eval<()> {
        if is_nested(before) && is_nested(after) {
            let pairs = self.children(before).zip(self.children(after));
            let (before, after) = pairs.unwrap_or_default();
            for (before, after) in before.iter().zip(&after) {
                self.check_invariant(before, after)?;
            }
            return Ok(());
        }
        let (Some(a), Some(b)) = (self.node_of_value(before)?, self.node_of_value(after)?) else {
            return Ok(());
        };
        let (enters, leaves) = (self.trace.node(a).spec.shape.clone(), self.trace.node(b).spec.shape.clone());
        let Some(wanted) = enters.dims() else { return Ok(()) };
        let fits = leaves.dims().is_some_and(|dims| {
            dims.len() == wanted.len() && dims.iter().zip(wanted).all(|(d, w)| !w.is_known() || d == w)
        });
        if fits {
            return Ok(());
        }
        let shown = |s: &Shape| if s.rank().is_none() { "<unknown>".to_owned() } else { s.tuple() };
        let core = format!(
            "Input tensor `{}` enters the loop with shape {}, but has shape {} after one iteration. To allow the shape to \
             vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific \
             shape.",
            self.graph_name(a),
            shown(&enters),
            shown(&leaves)
        );
        let problem = "another shape after an iteration".to_owned();
        let violation = ops::Violation {
            class: ops::Exc::ValueError,
            core,
            mistake: ops::Mistake::Argument { param: "loop_vars", problem },
        };
        Err(self.raise_violation(violation, "tf.while_loop".into(), vec![("loop_vars".into(), a)]))
    }

    /// The name that a tensor has in its graph, as far as it is plain: the op's, in Keras 2 behind the layers'.
    pub(crate) fn graph_name(&self, node: NodeId) -> String {
        if let Some(name) = self.trace.name_of(node) {
            return name.to_string();
        }
        let own = self.trace.node(node);
        let op = match own.source {
            Source::Op(op) => op,
            Source::Input => return "Placeholder:0".to_owned(),
            _ => return "Const:0".to_owned(),
        };
        let name = match op.name {
            "getitem" => "strided_slice",
            "concatenate" | "concat" => "concat",
            "expand_dims" => "ExpandDims",
            "reshape" => "Reshape",
            "cast" => "Cast",
            "sum" => "Sum",
            "mean" => "Mean",
            name => name,
        };
        let earlier =
            (0..node.0).rev().map(|at| self.trace.node(NodeId(at))).take_while(|n| n.scope == own.scope);
        let count = earlier.filter(|n| matches!(n.source, Source::Op(o) if o.name == op.name)).count();
        let number = if count == 0 { String::new() } else { format!("_{count}") };
        let scopes =
            if self.keras == ops::Keras::Two { self.layer_scopes.join("/") + "/" } else { String::new() };
        format!("{scopes}{name}{number}:0")
    }

    fn first_dim(&self, value: &Value) -> Dim {
        self.first_shape(value).dim(0).unwrap_or(Dim::Unknown)
    }
}

/// `tf.while_loop`: loop variables are a list; while tracing, a tensor in its place is asked how long it is.
fn tf_while_loop(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(Value::Tensor(node)), 1..) = (args.get(2, "loop_vars"), interp.graph_depth)
        && interp.trace.node(*node).kind == TensorKind::Graph
    {
        let text = interp.length_refused(*node);
        return Err(interp.raise(Exc::TypeError, text));
    }
    while_loop(interp, args, false)
}

/// `tf.while_loop(cond, body, loop_vars)`: the body once on tensors of the variables' specs.
fn while_loop(interp: &mut Interp<'_>, args: Args, keras: bool) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (condition, body, variables) = (get(0, "cond"), get(1, "body"), get(2, "loop_vars"));
    if interp.is_symbolic(&variables) {
        return Ok(interp.unknown("a loop over symbolic tensors"));
    }
    let single = !is_nested(&variables);
    let given =
        if single { vec![variables.clone()] } else { interp.children(&variables).unwrap_or_default() };
    if given.is_empty() {
        return Ok(interp.unknown("a loop over variables that are not known"));
    }
    let most = args.keyword("maximum_iterations").and_then(Value::as_int);
    if let Some(mut out) = interp.while_rounds((&condition, &body), &given, most, keras && !single)? {
        return Ok(match &variables {
            _ if single => out.remove(0),
            Value::Tuple(_) => Value::tuple(out),
            _ => interp.new_list(out),
        });
    }
    // Without a graph a number of Python's stays one.
    let eager = interp.graph_depth == 0;
    let plain = |value: &Value| match value {
        Value::Int(_) if eager => Some(Value::Any(Plain::Int)),
        Value::Float(_) if eager => Some(Value::Any(Plain::Float)),
        _ => None,
    };
    let inside: Vec<Value> =
        given.iter().map(|v| plain(v).map_or_else(|| interp.loop_variable(v), Ok)).collect::<Eval<_>>()?;
    let call = Args::of(inside.iter().cloned());
    interp.call(&condition, call.clone())?;
    let result = interp.call(&body, call)?;
    if keras && !single && interp.graph_depth > 0 && matches!(result, Value::Tensor(_)) {
        // `tuple(body(*args))`
        let violation = Violation::symbolic_iteration();
        return Err(interp.raise_violation(violation, "keras.ops.while_loop".into(), Vec::new()));
    }
    let after = match interp.children(&result) {
        Some(items) if items.len() == given.len() => items,
        _ if given.len() == 1 => vec![result],
        _ if result.is_unknown() => return Ok(result),
        _ => return Ok(interp.unknown("a loop whose body returns other variables than it gets")),
    };
    let invariant = args.get(3, "shape_invariants").is_none_or(Value::is_none);
    if interp.graph_depth > 0 && invariant {
        for (before, after) in given.iter().zip(&after) {
            interp.check_invariant(before, after)?;
        }
    }
    let invariants = args.get(3, "shape_invariants").and_then(|given| interp.children(given));
    let mut out = Vec::new();
    for (at, (before, after)) in given.iter().zip(&after).enumerate() {
        let merged = match plain(before) {
            Some(_) => interp.numbers_converted(after)?,
            None => interp.merge(before, after)?,
        };
        if let (Value::Tensor(node), false) = (&merged, invariant) {
            let shape = match invariants.as_ref().and_then(|all| all.get(at)) {
                Some(Value::Shape(shape)) => shape.clone(),
                _ => Shape::UNKNOWN,
            };
            interp.trace.node_mut(*node).spec.shape = shape;
        }
        out.push(merged);
    }
    Ok(match &variables {
        _ if single => out.remove(0),
        Value::Tuple(_) => Value::tuple(out),
        _ => interp.new_list(out),
    })
}

/// `keras.ops.fori_loop(lower, upper, body_fun, init_val)`.
fn fori_loop(interp: &mut Interp<'_>, args: Args) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (body, start) = (get(2, "body_fun"), get(3, "init_val"));
    if interp.is_symbolic(&start) {
        return Ok(interp.unknown("a loop over symbolic tensors"));
    }
    if let (Value::Int(lower), Value::Int(upper), true) =
        (get(0, "lower"), get(1, "upper"), interp.computes() && interp.graph_depth == 0)
        && upper.saturating_sub(lower) <= 10_000
    {
        let mut carried = start;
        for at in lower..upper {
            carried = interp.call(&body, Args::of([Value::Int(at), carried]))?;
        }
        return Ok(carried);
    }
    let index = interp.scalar("a loop's index");
    interp.trace.node_mut(index).spec.dtype = Some(DType::Int32);
    let inside = interp.loop_variable(&start)?;
    let result = interp.call(&body, Args::of([Value::Tensor(index), inside]))?;
    if interp.graph_depth > 0 {
        interp.check_invariant(&start, &result)?;
    }
    interp.merge(&start, &result)
}

/// `tf.map_fn(fn, elems)`, which neither version of Keras makes a layer of.
fn map_fn(interp: &mut Interp<'_>, args: Args) -> Eval {
    let elements = args.get(1, "elems").cloned().unwrap_or(Value::None);
    let symbolic = interp.flat_tensors(&elements).into_iter().find(|n| interp.is_keras_tensor(*n));
    let Some(node) = symbolic else { return map(interp, &args, Mapped::Listed, ["fn", "elems"]) };
    let spec = &interp.trace.node(node).spec;
    let core = match interp.keras {
        Keras::Two => "Could not build a TypeSpec for KerasTensor".to_owned(),
        Keras::Three => format!(
            "Could not build a TypeSpec for <KerasTensor shape={}, dtype={}, sparse=False, ragged=False, \
             name=keras_tensor> of unsupported type <class 'keras.src.backend.common.keras_tensor.KerasTensor'>.",
            spec.shape.tuple(),
            spec.dtype.map_or("float32", DType::name)
        ),
    };
    let mistake = Mistake::SymbolicInput { function: "tf.map_fn".to_owned() };
    let violation = Violation { class: Exc::TypeError, core, mistake };
    Err(interp.raise_violation(violation, "tf.map_fn".into(), vec![("elems".into(), node)]))
}

/// The results of `tf.map_fn` are of the elements' structure where no other is declared.
fn alike_or_declared(interp: &mut Interp<'_>, args: &Args, elements: &Value, result: &Value) -> Eval<()> {
    let declared = args.keyword("fn_output_signature").or_else(|| args.keyword("dtype"));
    if args.positional.len() > 2 || declared.is_some_and(|declared| !declared.is_none()) {
        return Ok(());
    }
    if result.is_none() {
        return Err(interp.raise(Exc::ValueError, "None values not supported."));
    }
    if is_nested(elements) == is_nested(result) {
        return Ok(());
    }
    let class = |value: &Value| match value {
        Value::Tuple(_) => "tuple",
        Value::List(_) => "list",
        Value::Dict(_) => "dict",
        _ => "SymbolicTensor",
    };
    let (first, second) =
        (interp.display(elements)?.unwrap_or_default(), interp.display(result)?.unwrap_or_default());
    let text = format!(
        "The two structures don't have the same nested structure.\n\nFirst structure: type={} str={first}\n\nSecond \
         structure: type={} str={second}",
        class(elements),
        class(result)
    );
    Err(interp.raise(Exc::ValueError, text))
}

/// All elements of `tf.map_fn` have rows, as many as the first.
fn alike_in_number(interp: &mut Interp<'_>, elements: &Value) -> Eval<()> {
    let count = interp.first_dim(elements).known();
    for node in interp.flat_tensors(elements) {
        let shape = interp.trace.node(node).spec.shape.clone();
        let text = match (shape.dims().map(<[Dim]>::first), count) {
            (Some(None), _) => "Shape () must have rank at least 1".to_owned(),
            (Some(Some(Dim::Known(own))), Some(count)) if *own != count => {
                format!("Dimensions {count} and {own} are not compatible")
            }
            _ => continue,
        };
        return Err(interp.raise(Exc::ValueError, text));
    }
    Ok(())
}

/// Maps: the function on one element; its results stacked.
fn map(interp: &mut Interp<'_>, args: &Args, how: Mapped, names: [&str; 2]) -> Eval {
    let [function, elements] = [0, 1].map(|i| args.get(i, names[i]).cloned().unwrap_or(Value::None));
    if interp.hides_unknown(&elements) || interp.is_symbolic(&elements) {
        return Ok(interp.unknown("a function mapped over elements that are not known"));
    }
    let elements = match interp.node_of_value(&elements)? {
        Some(node) => Value::Tensor(node),
        None => elements,
    };
    let declared = args.keyword("fn_output_signature").cloned();
    if let Some(Value::Instance(spec)) = &declared
        && matches!(&*interp.class_name(*spec), "RaggedTensorSpec" | "SparseTensorSpec")
    {
        return Ok(interp.unknown("a function mapped to tensors of a composite kind"));
    }
    let elements = if how == Mapped::Listed { interp.without_arrays(&elements)? } else { elements };
    if interp.flat_tensors(&elements).is_empty() {
        return Ok(interp.unknown("a function mapped over elements that are not known"));
    }
    if interp.first_shape(&elements).rank() == Some(0) {
        let (class, text) = match how {
            Mapped::Listed => {
                (Exc::ValueError, "Elements in elems must be 1+ dimensional Tensors, not scalars")
            }
            Mapped::Scanned if interp.graph_depth > 0 => {
                (Exc::ValueError, "Attempting to slice scalar input.")
            }
            Mapped::AtOnce => (Exc::IndexError, "list index out of range"),
            Mapped::Scanned => return Ok(interp.unknown("a function mapped over a scalar")),
        };
        return Err(interp.raise(class, text));
    }
    if how == Mapped::Listed {
        alike_in_number(interp, &elements)?;
    }
    let count = interp.first_dim(&elements);
    let stacked = match interp.map_rounds(&function, &elements)? {
        Some(stacked) => stacked,
        None => {
            let element = interp.element_of(&elements);
            let result = interp.call(&function, Args::of([element]))?;
            if result.is_unknown() {
                return Ok(result);
            }
            if how == Mapped::Listed {
                alike_or_declared(interp, args, &elements, &result)?;
            }
            interp.stacked(&result, count)?
        }
    };
    let declared = args
        .keyword("fn_output_signature")
        .or_else(|| args.keyword("dtype"))
        .or_else(|| args.positional.get(2))
        .filter(|d| !d.is_none())
        .cloned();
    let declared = match declared {
        Some(declared) => interp.dtype_of(&declared),
        // `tf.map_fn` takes the results to be of the elements' dtype.
        None if how == Mapped::Listed => match &elements {
            Value::Tensor(node) => interp.trace.node(*node).spec.dtype,
            _ => None,
        },
        None => None,
    };
    if let (Some(dtype), Value::Tensor(node)) = (declared, &stacked)
        && let Some(own) = interp.trace.node(*node).spec.dtype.filter(|own| *own != dtype)
    {
        if interp.graph_depth == 0 {
            let text = format!("TensorArray dtype is {dtype} but Op is trying to write dtype {own}");
            return Err(interp.raise(Exc::InvalidArgumentError, text));
        }
        // While tracing, the declaration is believed.
        interp.trace.node_mut(*node).spec.dtype = Some(dtype);
    }
    Ok(stacked)
}

/// `tf.scan` and folds: the function on what is gathered and one element.
fn fold(interp: &mut Interp<'_>, args: &Args, keep: bool, backwards: bool) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (function, elements, start) = (get(0, "fn"), get(1, "elems"), get(2, "initializer"));
    if interp.hides_unknown(&elements) || interp.is_symbolic(&elements) {
        return Ok(interp.unknown("a fold over elements that are not known"));
    }
    if interp.first_shape(&elements).rank() == Some(0) {
        return Err(interp.raise(Exc::IndexError, "tuple index out of range"));
    }
    let start = interp.numbers_converted(&start)?;
    let reversed = args.keyword("reverse").is_some_and(|flag| matches!(flag, Value::Bool(true)));
    if let Some(mut results) = interp.fold_rounds(&function, &elements, &start, backwards || reversed)? {
        if !keep {
            return Ok(results.pop().unwrap_or(Value::None));
        }
        if reversed {
            results.reverse();
        }
        if let Some(stacked) = interp.stacked_rounds(&results)? {
            return Ok(stacked);
        }
    }
    let element = interp.element_of(&elements);
    let start = if start.is_none() { element.clone() } else { start };
    let gathered = interp.loop_variable(&start)?;
    let result = interp.call(&function, Args::of([gathered, element]))?;
    if result.is_unknown() {
        return Ok(result);
    }
    if interp.graph_depth > 0 {
        interp.check_invariant(&start, &result)?;
    }
    let result = interp.merge(&start, &result)?;
    let count = interp.first_dim(&elements);
    if keep { interp.stacked(&result, count) } else { Ok(result) }
}

/// `keras.ops.scan(f, init, xs)`: what is carried, and the stacked outputs.
fn ops_scan(interp: &mut Interp<'_>, args: Args) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (function, start, elements) = (get(0, "f"), get(1, "init"), get(2, "xs"));
    interp.check_scan(&function, &elements, &args)?;
    if interp.hides_unknown(&elements) || interp.is_symbolic(&elements) || interp.is_symbolic(&start) {
        return Ok(interp.unknown("a scan over elements that are not known"));
    }
    let reversed = args.get(4, "reverse").is_some_and(|flag| matches!(flag, Value::Bool(true)));
    let length = args.get(3, "length").filter(|length| !length.is_none()).cloned();
    let unrolled = args.get(5, "unroll").is_some_and(|flag| matches!(flag, Value::Bool(true)));
    if unrolled && length.is_none() && interp.graph_depth > 0 {
        // `max(n, 1)` asks a traced tensor.
        return Err(interp.raise_violation(Violation::symbolic_bool(), "keras.ops.scan".into(), Vec::new()));
    }
    if let Some(result) = scan_rounds(interp, &function, &start, &elements, reversed)? {
        return Ok(result);
    }
    let first = interp.flat_tensors(&elements).first().map(|node| interp.trace.node(*node).spec.shape.rank());
    if first == Some(Some(0)) && interp.graph_depth > 0 {
        // `tf.shape(xs)[0]`.
        return Err(interp.raise(Exc::ValueError, "slice index 0 of dimension 0 out of bounds."));
    }
    let element = interp.element_of(&elements);
    let carried = interp.loop_variable(&start)?;
    let result = interp.call(&function, Args::of([carried, element]))?;
    let Some([carry, output]) = interp.children(&result).and_then(|c| <[Value; 2]>::try_from(c).ok()) else {
        return Ok(interp.unknown("a scan whose function returns no pair"));
    };
    let count = match interp.flat_tensors(&elements).is_empty() {
        true => length.as_ref().and_then(Value::as_int).map_or(Dim::Unknown, Dim::Known),
        false => interp.first_dim(&elements),
    };
    interp.check_written(&start, &output)?;
    interp.check_written(&start, &carry)?;
    let start = interp.numbers_converted(&start)?;
    let carry = interp.merge(&start, &carry)?;
    // What is never written is of the carry's shape all the same.
    let output = if output.is_none() { start } else { output };
    let outputs = interp.stacked(&output, count)?;
    Ok(Value::tuple([carry, outputs]))
}

/// `keras.ops.scan` round by round.
fn scan_rounds(
    interp: &mut Interp<'_>,
    function: &Value,
    start: &Value,
    elements: &Value,
    reversed: bool,
) -> Eval<Option<Value>> {
    let Some(count) = interp.row_count(elements) else { return Ok(None) };
    let start = interp.numbers_converted(start)?;
    let mut carried = start.clone();
    let mut outputs = Vec::with_capacity(count);
    for at in 0..count {
        let row = interp.row(elements, if reversed { count - 1 - at } else { at });
        let result = interp.call(function, Args::of([carried, row]))?;
        let pair = interp.children(&result).and_then(|c| <[Value; 2]>::try_from(c).ok());
        let Some([carry, output]) = pair else { return Ok(None) };
        interp.check_written(&start, &output)?;
        interp.check_written(&start, &carry)?;
        if output.is_none() {
            // What is never written is zero.
            return Ok(None);
        }
        carried = interp.numbers_converted(&carry)?;
        outputs.push(output);
    }
    if reversed {
        outputs.reverse();
    }
    let stacked = interp.stacked_rounds(&outputs)?;
    Ok(stacked.map(|stacked| Value::tuple([carried, stacked])))
}

/// `tf.numpy_function(func, inp, Tout)` and `tf.py_function`: carried out at once on values, only later in a
/// graph, where nothing is known of the results but their dtypes.
fn python_function(interp: &mut Interp<'_>, args: &Args, eager: bool) -> Eval {
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (function, inputs, types) = (get(0, "func"), get(1, "inp"), get(2, "Tout"));
    if function.is_none() {
        // `@tf.py_function(Tout=tf.float32)`.
        return Ok(interp.unknown("a Python function that is decorated"));
    }
    if interp.is_symbolic(&inputs) {
        return Ok(interp.unknown("a Python function on symbolic tensors"));
    }
    let nodes = interp.flat_tensors(&inputs);
    let flow = if eager { Flow::Ok } else { Flow::None };
    let edges: Vec<(NodeId, Flow)> = nodes.iter().map(|n| (*n, flow)).collect();
    let result = if interp.graph_depth == 0 {
        let kind = if eager { TensorKind::Eager } else { TensorKind::Numpy };
        let (items, _) = interp.iterate(&inputs, 1000)?;
        let mut given = Vec::new();
        for item in items {
            given.push(interp.map_tensors(&item, &mut |i, n| i.stand_in(n, kind, Source::Constant)));
        }
        Some(interp.call(&function, Args::of(given))?)
    } else {
        None
    };
    let declared = match interp.children(&types) {
        Some(items) => items,
        None => vec![types.clone()],
    };
    let results =
        result.map(|r| interp.children(&r).filter(|_| is_nested(&types)).unwrap_or_else(|| vec![r]));
    let mut out = Vec::new();
    for (i, dtype) in declared.iter().enumerate() {
        let dtype = interp.dtype_of(dtype);
        let shape = match results.as_ref().and_then(|r| r.get(i)) {
            Some(value) => interp.first_shape(value),
            None => Shape::UNKNOWN,
        };
        let node = interp.opaque("a Python function", TensorSpec::new(shape, dtype), &edges);
        if let Some(Value::Tensor(made)) = results.as_ref().and_then(|r| r.get(i))
            && interp.trace.node(*made).spec.dtype == dtype
        {
            interp.share_number(*made, node);
        }
        if results.is_none() {
            interp.running.no_rank.insert(node);
        }
        out.push(Value::Tensor(node));
    }
    Ok(if is_nested(&types) { interp.new_list(out) } else { out.remove(0) })
}

impl Interp<'_> {
    /// Makes tensors of the arrays among elements, as `tf.map_fn` does.
    fn without_arrays(&mut self, elements: &Value) -> Eval {
        match elements {
            Value::Tensor(node) if self.trace.node(*node).kind == ops::TensorKind::Numpy => {
                self.call_api(&"tf.convert_to_tensor".into(), Args::of([elements.clone()]))
            }
            Value::Tuple(items) => {
                let items = items.clone().iter().map(|v| self.without_arrays(v)).collect::<Eval<Vec<_>>>()?;
                Ok(Value::tuple(items))
            }
            _ => Ok(elements.clone()),
        }
    }
}
