//! `Layer.__call__` of both profiles.

use graph::{Node, NodeId, ScopeId, Source};
use keras::CallArgs;
use ops::{Arg, Keras, TensorKind};
use smallvec::SmallVec;
use tensor::{Content, Shape, TensorSpec};

use crate::framework::history::{Callee, KerasCall};
use crate::framework::host::LayerHost;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::record::{LayerCall, Phase};
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Calls a layer or model: checks, builds, calls, and records a symbolic call.
    ///
    /// # Errors
    /// What Keras or the layer's own code raises.
    pub fn call_layer(&mut self, id: ObjId, args: Args) -> Eval {
        let given = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        let flat: Vec<NodeId> = given.flat_map(|v| self.flat_tensors(v)).collect();
        let symbolic: Vec<NodeId> =
            flat.iter().copied().filter(|n| self.trace.node(*n).kind == TensorKind::Keras).collect();
        let outer = self.layer_depth == 0 && !symbolic.is_empty();
        let line = self.line();
        if let Some(first) = args.positional.first()
            && (first.is_unknown() || flat.is_empty())
            && self.hides_unknown(first)
        {
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            self.undecided_by(&first.clone(), &format!("the input of layer '{name}' is not known"));
            return Ok(self.unknown(format!("the output of layer '{name}', whose input is not known")));
        }
        self.layer_depth += 1;
        let result = self.call_layer_inner(id, args.clone(), !symbolic.is_empty());
        self.layer_depth -= 1;
        match result {
            Ok(outputs) => {
                if !symbolic.is_empty() {
                    self.note_symbolic_call(id, args, &outputs, &symbolic);
                }
                if outer {
                    self.record_layer_call(id, line, &symbolic, &outputs);
                }
                Ok(outputs)
            }
            Err(Halt::Exception(exception)) => {
                if outer {
                    self.record_raised(exception, Phase::Build);
                }
                Err(Halt::Exception(exception))
            }
            Err(halt) => Err(halt),
        }
    }

    /// Tells whether a first argument is unknown, or a container of unknown things.
    pub(crate) fn hides_unknown(&self, value: &Value) -> bool {
        match value {
            Value::Unknown(_) => true,
            Value::Tuple(items) => items.iter().any(|v| self.hides_unknown(v)),
            Value::List(id) => {
                self.heap.list(*id).is_none_or(|items| items.iter().any(|v| self.hides_unknown(v)))
            }
            _ => false,
        }
    }

    fn call_layer_inner(&mut self, id: ObjId, args: Args, symbolic: bool) -> Eval {
        let Some(state) = self.layer(id) else { return Ok(self.unknown("a call of a lost layer")) };
        let (state_name, initialised, lost) = (state.name.clone(), state.initialised, state.lost);
        if !initialised && self.class_has_script_init(id) {
            return Err(self.not_initialised(id));
        }
        if let Some(why) = lost {
            self.undecided(why);
            return Ok(self.unknown(why));
        }
        self.check_positional(&args)?;
        let first = self.first_argument(&args);
        self.check_input_spec(id, &first, symbolic)?;
        self.layer_scopes.push(state_name.clone());
        let label = format!("{} '{state_name}'", self.class_name(id)).into();
        let span = self.here();
        self.trace.enter(label, span);
        let result = self.build_and_call(id, args.clone(), &first, symbolic);
        let result = result.and_then(|outputs| self.attach_masks(id, &args, &outputs).map(|()| outputs));
        self.trace.leave();
        self.layer_scopes.pop();
        result
    }

    fn build_and_call(&mut self, id: ObjId, args: Args, first: &Value, symbolic: bool) -> Eval {
        if !self.layer(id).is_some_and(|s| s.built) {
            let shape = self.shape_structure(first);
            self.build_layer(id, shape)?;
            if let Some(why) = self.layer(id).and_then(|s| s.lost) {
                self.undecided(why);
                return Ok(self.unknown(why));
            }
        }
        if self.layer(id).is_some_and(|s| s.lambda.is_some()) {
            return self.call_lambda(id, args, symbolic);
        }
        if !symbolic {
            let outputs = self.run_call(id, args)?;
            return Ok(outputs);
        }
        self.symbolic_outputs(id, args)
    }

    /// Carries a symbolic call out: by the output shape where Keras 3 does so, else by tracing `call`.
    fn symbolic_outputs(&mut self, id: ObjId, args: Args) -> Eval {
        let decl = self.layer(id).and_then(|s| s.decl);
        let own_call = self.script_method(id, "call");
        if self.keras == Keras::Three {
            if let Some(method) = self.script_method(id, "compute_output_shape") {
                let first = self.first_argument(&args);
                let shape = self.shape_structure(&first);
                let shape = self.call(&method, Args::of([shape]))?;
                return self.keras_tensors_of_shape(id, &shape);
            }
            if let (Some(decl), None) = (decl, &own_call)
                && let Some(rule) = decl.output_shape
            {
                let first = self.first_argument(&args);
                let first = self.arg(&first);
                let answer = rule(&mut LayerHost { interp: self, id }, &first);
                let operands = self.layer_operands(&args);
                let shape = match self.settle(answer, decl.name, || operands)? {
                    Ok(shape) => self.value_of(&shape),
                    Err(why) => {
                        self.undecided(why);
                        return Ok(self.unknown(why));
                    }
                };
                return self.keras_tensors_of_shape(id, &shape);
            }
        }
        if self.keras == Keras::Three && own_call.is_none() && self.model(id).is_some() {
            // Keras 3 takes each layer's `compute_output_spec` instead of tracing the model.
            let outputs = self.run_call(id, args)?;
            return Ok(self.to_keras_tensors(&outputs));
        }
        let traced = self.placeholders(&args);
        self.graph_depth += 1;
        let result = self.run_call(id, traced);
        self.graph_depth -= 1;
        let outputs = result?;
        Ok(self.to_keras_tensors(&outputs))
    }

    /// Calls a layer's `call`: the script's own, or the declaration's.
    pub(crate) fn run_call(&mut self, id: ObjId, args: Args) -> Eval {
        if self.layer(id).is_some_and(|s| s.lambda.is_some()) {
            return self.run_lambda(id, args);
        }
        if let Some(method) = self.script_method(id, "call") {
            let args = self.with_context(&method, args);
            return self.call(&method, args);
        }
        if self.layer(id).is_some_and(|s| s.model.is_some()) {
            return self.run_model(id, args);
        }
        let Some(decl) = self.layer(id).and_then(|s| s.decl) else {
            let name = self.class_name(id);
            self.undecided(format!("calls of `{name}` are not modelled"));
            return Ok(self.unknown(format!("calls of `{name}` are not modelled")));
        };
        let call_args = self.declared_args(&args);
        let operands = self.layer_operands(&args);
        let answer = (decl.call)(&mut LayerHost { interp: self, id }, &call_args);
        match self.settle(answer, decl.name, || operands)? {
            Ok(arg) => Ok(self.value_of(&arg)),
            Err(why) => {
                self.undecided(why);
                Ok(self.unknown(format!("{}: {why}", decl.name)))
            }
        }
    }

    pub(crate) fn declared_args(&mut self, args: &Args) -> CallArgs {
        let mut given = args.clone();
        let training = given.take("training").and_then(|v| self.truth(&v).ok().flatten());
        let mask = given.take("mask");
        let first = if given.positional.is_empty() {
            given.take("inputs").or_else(|| (!given.keywords.is_empty()).then(|| given.keywords.remove(0).1))
        } else {
            Some(given.positional.remove(0))
        };
        let first = first.unwrap_or(Value::None);
        let mask = mask.or_else(|| self.mask_of(&first)).unwrap_or(Value::None);
        let mut keywords: Vec<_> = Vec::new();
        for (i, value) in given.positional.iter().enumerate() {
            // Further positional arguments keep their place as a name: `#1`.
            keywords.push((format!("#{}", i + 1).into(), self.arg(value)));
        }
        for (name, value) in &given.keywords {
            keywords.push((name.clone(), self.arg(value)));
        }
        let training = training.or(self.training);
        CallArgs { inputs: self.arg(&first), keywords, training, mask: self.arg(&mask) }
    }

    /// The mask attached to a tensor or to each of several.
    pub(crate) fn mask_of(&mut self, value: &Value) -> Option<Value> {
        match value {
            Value::Tensor(id) => self.masks.get(id).cloned(),
            Value::List(_) | Value::Tuple(_) => {
                let nodes = self.flat_tensors(value);
                if !nodes.iter().any(|n| self.masks.contains_key(n)) {
                    return None;
                }
                let masks = nodes.iter().map(|n| self.masks.get(n).cloned().unwrap_or(Value::None)).collect();
                Some(self.new_list(masks))
            }
            _ => None,
        }
    }

    /// Adds `training` and `mask` to the arguments of a script's own `call` that takes them.
    fn with_context(&mut self, method: &Value, mut args: Args) -> Args {
        let names = self.parameter_names(method);
        if names.iter().any(|n| &**n == "training")
            && args.keyword("training").is_none()
            && let Some(training) = self.training
            && names.iter().position(|n| &**n == "training").is_none_or(|at| at > args.positional.len())
        {
            args.keywords.push(("training".into(), Value::Bool(training)));
        }
        if names.iter().any(|n| &**n == "mask")
            && args.keyword("mask").is_none()
            && let Some(first) = args.positional.first().cloned()
            && let Some(mask) = self.mask_of(&first)
        {
            args.keywords.push(("mask".into(), mask));
        }
        args
    }

    /// The names of a script function's parameters.
    pub(crate) fn parameter_names(&self, function: &Value) -> Vec<std::rc::Rc<str>> {
        match function {
            Value::Function(id) => {
                self.function(*id).signature.params.iter().map(|p| p.name.clone()).collect()
            }
            Value::Bound(bound) => self.parameter_names(&bound.function),
            Value::Wrapped(wrapped) => match wrapped.function() {
                Some(function) => self.parameter_names(function),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Returns a method of the script's own that a layer's class defines, bound.
    pub(crate) fn script_method(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let class = self.heap.instance(id)?.class;
        let own = self.heap.instance(id)?.attrs.get(name).cloned();
        if let Some(function @ (Value::Function(_) | Value::Bound(_))) = own {
            return Some(function);
        }
        let (value, owner) = self.class_attr(class, name)?;
        if matches!(value, Value::Native(_)) {
            return None;
        }
        Some(self.bind_method(Value::Instance(id), value, Some(owner)))
    }

    fn class_has_script_init(&mut self, id: ObjId) -> bool {
        self.script_method(id, "__init__").is_some()
    }

    fn not_initialised(&mut self, id: ObjId) -> Halt {
        let name = self.class_name(id);
        match self.keras {
            Keras::Two => {
                let text = "You must call `super().__init__()` in the layer constructor.";
                self.raise(ops::Exc::RuntimeError, text)
            }
            Keras::Three => {
                let text = format!(
                    "In layer '{name}', you forgot to call `super().__init__()` as the first statement in the \
                     `__init__()` method. Go add it!"
                );
                self.raise(ops::Exc::RuntimeError, text)
            }
        }
    }

    fn check_positional(&mut self, args: &Args) -> Eval<()> {
        if self.keras == Keras::Two {
            return Ok(());
        }
        for value in &args.positional {
            if let Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) = value {
                let shown = self.display(value)?.unwrap_or_default();
                let type_name = self.type_name(value);
                let core = format!(
                    "Only input tensors may be passed as positional arguments. The following argument value should \
                     be passed as a keyword argument: {shown} (of type <class '{type_name}'>)"
                );
                let mistake = ops::Mistake::Argument { param: "inputs", problem: "not a tensor".to_owned() };
                let violation = ops::Violation { class: ops::Exc::ValueError, core, mistake };
                return Err(self.raise_violation(violation, "Layer.__call__".into(), Vec::new()));
            }
        }
        Ok(())
    }

    pub(crate) fn first_argument(&self, args: &Args) -> Value {
        args.positional
            .first()
            .or_else(|| args.keyword("inputs"))
            .or_else(|| args.keywords.first().map(|(_, v)| v))
            .cloned()
            .unwrap_or(Value::None)
    }

    /// Checks the inputs against the layer's spec. Keras 2 does so in a symbolic call only before it is built.
    fn check_input_spec(&mut self, id: ObjId, first: &Value, symbolic: bool) -> Eval<()> {
        let Some(state) = self.layer(id) else { return Ok(()) };
        if state.input_spec.is_empty() || (self.keras == Keras::Two && symbolic && state.built) {
            return Ok(());
        }
        let (specs, name) = (state.input_spec.clone(), state.name.clone());
        let nodes = self.flat_tensors(first);
        if specs.len() > 1 && nodes.len() != specs.len() {
            let shown = match self.keras {
                Keras::Two => format!(
                    "Layer \"{name}\" expects {} input(s), but it received {} input tensors.",
                    specs.len(),
                    nodes.len()
                ),
                Keras::Three => format!(
                    "Layer '{name}' expected {} input(s). Received {} instead.",
                    specs.len(),
                    nodes.len()
                ),
            };
            let mistake = ops::Mistake::LayerInput { layer: name.to_string(), problem: shown.clone() };
            let violation = ops::Violation { class: ops::Exc::ValueError, core: shown, mistake };
            return Err(self.raise_violation(violation, name, Vec::new()));
        }
        for (index, (node, spec)) in nodes.iter().zip(&specs).enumerate() {
            let shape = self.trace.node(*node).spec.shape.clone();
            let answer = keras::check_input(self.keras, &name, index, spec, &shape);
            let callee = format!("{} '{name}'", self.class_name(id));
            let operands = vec![("inputs".into(), *node)];
            let _ = self.settle(answer, &callee, || operands)?;
        }
        Ok(())
    }

    /// Builds a layer for an input shape (or a structure of them).
    ///
    /// # Errors
    /// What `build` raises.
    pub fn build_layer(&mut self, id: ObjId, shape: Value) -> Eval<()> {
        if self.layer(id).is_none_or(|s| s.built) {
            return Ok(());
        }
        if let Some(method) = self.script_method(id, "build") {
            self.call(&method, Args::of([shape]))?;
        } else if let Some(decl) = self.layer(id).and_then(|s| s.decl) {
            let shapes = self.shapes_of(&shape);
            let answer = (decl.build)(&mut LayerHost { interp: self, id }, &shapes);
            if let Err(why) = self.settle(answer, decl.name, Vec::new)? {
                self.lose_layer(id, why);
            }
        }
        if let Some(state) = self.layer_mut(id) {
            state.built = true;
        }
        Ok(())
    }

    /// The shapes of the tensors in a value, in its structure: what `build` gets.
    pub(crate) fn shape_structure(&mut self, value: &Value) -> Value {
        match value {
            Value::Tensor(id) => {
                let shape = self.trace.node(*id).spec.shape.clone();
                match self.keras {
                    // Keras 2 hands `build` a TensorShape.
                    Keras::Two => Value::Shape(shape),
                    Keras::Three => self.shape_tuple(&shape, false),
                }
            }
            Value::Tuple(items) => {
                let items: Vec<Value> = items.clone().iter().map(|v| self.shape_structure(v)).collect();
                if self.keras == Keras::Two { Value::tuple(items) } else { self.new_list(items) }
            }
            Value::List(list) => match self.heap.list(*list).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.shape_structure(v)).collect();
                    self.new_list(items)
                }
                None => self.unknown("the shapes of inputs that are not known"),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let pairs: Vec<_> =
                        pairs.into_iter().map(|(k, v)| (k, self.shape_structure(&v))).collect();
                    self.new_dict(pairs)
                }
                None => self.unknown("the shapes of inputs that are not known"),
            },
            _ => Value::None,
        }
    }

    /// Reads shapes from what `build` gets: one, or several in a structure.
    pub(crate) fn shapes_of(&mut self, value: &Value) -> Vec<Shape> {
        match value {
            Value::Shape(shape) => vec![shape.clone()],
            Value::Tuple(items)
                if items.iter().all(|v| !matches!(v, Value::Tuple(_) | Value::Shape(_) | Value::List(_))) =>
            {
                self.dims_of(value).map(|dims| vec![Shape::new(dims)]).unwrap_or_default()
            }
            Value::Tuple(items) => items.clone().iter().flat_map(|v| self.shapes_of(v)).collect(),
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                if items.iter().all(|v| matches!(v, Value::Int(_) | Value::None | Value::Dim(_))) {
                    return self.dims_of(value).map(|dims| vec![Shape::new(dims)]).unwrap_or_default();
                }
                items.iter().flat_map(|v| self.shapes_of(v)).collect()
            }
            Value::Dict(_) => {
                let pairs = self.pairs_of(value).unwrap_or_default();
                pairs.iter().flat_map(|(_, v)| self.shapes_of(v)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Replaces KerasTensors by tensors of a traced function with the same specs.
    pub(crate) fn placeholders(&mut self, args: &Args) -> Args {
        let positional = args.positional.iter().map(|v| self.placeholder(v)).collect();
        let keywords = args.keywords.iter().map(|(n, v)| (n.clone(), self.placeholder(v))).collect();
        Args { positional, keywords }
    }

    pub(crate) fn placeholder(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, id| {
            let node = interp.trace.node(id);
            if node.kind != TensorKind::Keras {
                return id;
            }
            let (spec, span) = (node.spec.clone(), node.span);
            let inputs = SmallVec::from_slice(&[(id, ops::Flow::Ok)]);
            let content = Content::Unknown;
            let kind = TensorKind::Graph;
            let new = interp.trace.push(Node {
                source: Source::Input,
                kind,
                spec,
                content,
                inputs,
                span,
                scope: ScopeId(0),
            });
            if let Some(mask) = interp.masks.get(&id).cloned() {
                let mask = interp.placeholder(&mask);
                interp.masks.insert(new, mask);
            }
            new
        })
    }

    /// Applies a function to every tensor in a value and keeps the structure.
    pub fn map_tensors(&mut self, value: &Value, f: &mut dyn FnMut(&mut Self, NodeId) -> NodeId) -> Value {
        match value {
            Value::Tensor(id) => Value::Tensor(f(self, *id)),
            Value::Tuple(items) => {
                Value::Tuple(items.clone().iter().map(|v| self.map_tensors(v, f)).collect())
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.map_tensors(v, f)).collect();
                    self.new_list(items)
                }
                None => value.clone(),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let pairs: Vec<_> =
                        pairs.into_iter().map(|(k, v)| (k, self.map_tensors(&v, f))).collect();
                    self.new_dict(pairs)
                }
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// Replaces traced tensors by KerasTensors with the same specs, the outputs of a symbolic call.
    pub(crate) fn to_keras_tensors(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, id| {
            let node = interp.trace.node(id);
            let spec = node.spec.clone();
            interp.keras_tensor(spec, &[id])
        })
    }

    /// Makes a KerasTensor; what it was computed from is known where the call was traced.
    pub(crate) fn keras_tensor(&mut self, spec: TensorSpec, from: &[NodeId]) -> NodeId {
        let call = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        let span = self.here();
        let inputs = from.iter().map(|id| (*id, ops::Flow::Ok)).collect();
        let (kind, content) = (TensorKind::Keras, Content::Unknown);
        self.trace.push(Node {
            source: Source::LayerCall(call),
            kind,
            spec,
            content,
            inputs,
            span,
            scope: ScopeId(0),
        })
    }

    /// Makes KerasTensors of the layer's dtype for the shapes that `compute_output_shape` gives.
    pub(crate) fn keras_tensors_of_shape(&mut self, id: ObjId, shape: &Value) -> Eval {
        let dtype = self.layer(id).map(|s| s.compute_dtype);
        let several = match shape {
            Value::List(list) => self
                .heap
                .list(*list)
                .is_some_and(|l| l.iter().any(|v| !matches!(v, Value::Int(_) | Value::None | Value::Dim(_)))),
            Value::Tuple(items) => {
                items.iter().any(|v| matches!(v, Value::Tuple(_) | Value::List(_) | Value::Shape(_)))
            }
            _ => false,
        };
        if several {
            let (items, _) = self.iterate(shape, 4096)?;
            let outputs =
                items.iter().map(|s| self.keras_tensors_of_shape(id, s)).collect::<Eval<Vec<_>>>()?;
            return Ok(match shape {
                Value::Tuple(_) => Value::tuple(outputs),
                _ => self.new_list(outputs),
            });
        }
        match self.dims_of(shape) {
            Some(dims) => {
                let spec = TensorSpec::new(Shape::new(dims), dtype);
                Ok(Value::Tensor(self.keras_tensor(spec, &[])))
            }
            None => {
                self.undecided("an output shape that is not known");
                Ok(self.unknown("an output shape that is not known"))
            }
        }
    }

    fn note_symbolic_call(&mut self, id: ObjId, args: Args, outputs: &Value, inputs: &[NodeId]) {
        let index = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        for node in self.flat_tensors(outputs) {
            if self.trace.node(node).kind == TensorKind::Keras {
                self.trace.node_mut(node).source = Source::LayerCall(index);
            }
        }
        let span = self.here();
        let inputs = inputs.to_vec();
        self.keras_calls.push(KerasCall {
            callee: Callee::Layer(id),
            args,
            outputs: outputs.clone(),
            inputs,
            span,
        });
        if let Some(state) = self.layer_mut(id) {
            state.calls.push(index);
        }
    }

    fn record_layer_call(&mut self, id: ObjId, line: u32, inputs: &[NodeId], outputs: &Value) {
        let outputs = self.flat_tensors(outputs);
        let shape = |n: &NodeId| self.trace.node(*n).spec.shape.clone();
        let dtype =
            |n: &NodeId| self.trace.node(*n).spec.dtype.map_or("unknown", tensor::DType::name).to_owned();
        self.record.layer_calls.push(LayerCall {
            line,
            layer: self.layer(id).map(|s| s.name.to_string()).unwrap_or_default(),
            class: self.class_name(id).to_string(),
            inputs: inputs.iter().map(shape).collect(),
            outputs: outputs.iter().map(shape).collect(),
            dtypes: outputs.iter().map(dtype).collect(),
        });
    }

    /// Records an exception that leaves a layer call or a model's method.
    pub(crate) fn record_raised(&mut self, id: ObjId, phase: Phase) {
        if let Some(state) = self.exception_mut(id) {
            state.recorded = true;
        }
        let mut raised = self.raised_record(id);
        raised.phase = phase;
        self.record.raised.push(raised);
        self.events.push(crate::events::Event::Raised { exception: id, fatal: false });
    }

    fn layer_operands(&self, args: &Args) -> Vec<(std::rc::Rc<str>, NodeId)> {
        let mut out = Vec::new();
        for value in &args.positional {
            out.extend(self.flat_tensors(value).into_iter().map(|n| ("inputs".into(), n)));
        }
        for (name, value) in &args.keywords {
            out.extend(self.flat_tensors(value).into_iter().map(|n| (name.clone(), n)));
        }
        out
    }

    /// Carries out a symbolic call of an op: outside of layers on KerasTensors.
    ///
    /// Nothing for surfaces that treat KerasTensors as any other tensor.
    pub(crate) fn symbolic_call(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        surface: ops::Surface,
        args: &[(std::rc::Rc<str>, Arg)],
    ) -> Eval<Option<Value>> {
        if self.keras == Keras::Two {
            return self.op_layer_call(op, path, surface, args);
        }
        let operands = crate::call::named_nodes(args);
        let core = "A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic \
                    placeholder for a shape and dtype, used when constructing Keras Functional models or Keras \
                    Functions. You can only use it as input to a Keras layer or a Keras operation (from the \
                    namespaces `keras.layers` and `keras.ops`). You are likely doing something like:\n\n```\nx = \
                    Input(...)\n...\ntf_fn(x)  # Invalid.\n```\n\nWhat you should do instead is wrap `tf_fn` in a \
                    layer:\n\n```\nclass MyLayer(Layer):\n    def call(self, x):\n        return tf_fn(x)\n\nx = \
                    MyLayer()(x)\n```";
        let shown: Vec<&str> = core.lines().collect();
        let function = if path.is_empty() { op.name } else { path };
        let mistake = ops::Mistake::SymbolicInput { function: function.to_owned() };
        let violation = ops::Violation { class: ops::Exc::ValueError, core: shown.join("\n"), mistake };
        Err(self.raise_violation(violation, function.into(), operands))
    }

    /// Keras 2 wraps TensorFlow functions on KerasTensors in layers of their own (`TFOpLambda`).
    fn op_layer_call(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        surface: ops::Surface,
        args: &[(std::rc::Rc<str>, Arg)],
    ) -> Eval<Option<Value>> {
        let line = self.line();
        let operands = crate::call::named_nodes(args);
        self.graph_depth += 1;
        let answer = self.infer_op(op, path, surface, args);
        self.graph_depth -= 1;
        let settled = self.settle(answer, op.name, || operands);
        let answer = match settled {
            Ok(answer) => answer,
            Err(Halt::Exception(id)) => {
                if self.layer_depth == 0 {
                    self.record_raised(id, Phase::Build);
                }
                return Err(Halt::Exception(id));
            }
            Err(halt) => return Err(halt),
        };
        let value = match answer {
            Ok(arg) => self.value_of(&arg),
            Err(why) => return Ok(Some(self.unknown(why))),
        };
        if self.flat_tensors(&value).is_empty() {
            return Ok(Some(value));
        }
        let inputs: Vec<NodeId> = crate::call::named_nodes(args)
            .into_iter()
            .map(|(_, n)| n)
            .filter(|n| self.trace.node(*n).kind == TensorKind::Keras)
            .collect();
        let (name, class) = self.op_layer_name(op, path);
        if self.layer_depth == 0 {
            let outputs = self.flat_tensors(&value);
            let shape = |n: &NodeId| self.trace.node(*n).spec.shape.clone();
            let dtype =
                |n: &NodeId| self.trace.node(*n).spec.dtype.map_or("unknown", tensor::DType::name).to_owned();
            let call = LayerCall {
                line,
                layer: name,
                class: class.to_owned(),
                inputs: inputs.iter().map(shape).collect(),
                outputs: outputs.iter().map(shape).collect(),
                dtypes: outputs.iter().map(dtype).collect(),
            };
            self.record.layer_calls.push(call);
        }
        self.note_operation(op, path, args, &value);
        Ok(Some(value))
    }

    fn op_layer_name(&mut self, op: &'static ops::Op, path: &str) -> (String, &'static str) {
        let symbol = match (op.name, path) {
            ("getitem", _) => {
                return (self.unique_name("tf.__operators__.getitem").to_string(), "SlicingOpLambda");
            }
            ("add", "") => "tf.__operators__.add",
            (
                "subtract" | "multiply" | "negative" | "pow" | "greater" | "less" | "equal" | "abs"
                | "floordiv",
                "",
            ) => {
                return (self.unique_name(&format!("tf.math.{}", op.name)).to_string(), "TFOpLambda");
            }
            ("divide", "") => "tf.math.truediv",
            ("matmul", "") => "tf.linalg.matmul",
            (_, "") => return (self.unique_name(&format!("tf.{}", op.name)).to_string(), "TFOpLambda"),
            (_, path) => path,
        };
        (self.unique_name(symbol).to_string(), "TFOpLambda")
    }

    /// Remembers an op on KerasTensors, so that a functional model can repeat it.
    pub(crate) fn note_operation(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        args: &[(std::rc::Rc<str>, Arg)],
        value: &Value,
    ) {
        let index = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        for node in self.flat_tensors(value) {
            self.trace.node_mut(node).source = Source::LayerCall(index);
        }
        let surface = if self.keras == Keras::Two { ops::Surface::Tf } else { ops::Surface::KerasOps };
        let surface = if path.is_empty() { surface } else { ops::Surface::of(path) };
        let inputs = crate::call::named_nodes(args)
            .into_iter()
            .map(|(_, n)| n)
            .filter(|n| self.trace.node(*n).kind == TensorKind::Keras)
            .collect();
        let callee = Callee::Op { op, path: path.into(), surface, args: args.to_vec() };
        let span = self.here();
        self.keras_calls.push(KerasCall {
            callee,
            args: Args::default(),
            outputs: value.clone(),
            inputs,
            span,
        });
    }
}
