//! Calls of the frameworks' functions: native ones, then ops by their recorded signatures.

use std::cell::RefCell;
use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Arg, Call, Infer, Keras, Mode, Op, Surface, TensorKind};

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, DTypeObject, Value};

/// What draws from 0 to below 1.
const UNIT_DRAWS: &[&str] = &["np.random.rand", "np.random.random", "np.random.random_sample"];

/// NumPy's functions of single elements, which libraries' frames come out of as frames.
const ELEMENTWISE: &[&str] = &[
    "abs",
    "absolute",
    "add",
    "arctan",
    "ceil",
    "cos",
    "divide",
    "exp",
    "expm1",
    "floor",
    "isfinite",
    "isnan",
    "log",
    "log10",
    "log1p",
    "log2",
    "logical_and",
    "logical_not",
    "logical_or",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "power",
    "round",
    "sign",
    "sin",
    "sqrt",
    "square",
    "subtract",
    "tanh",
    "true_divide",
];

impl Interp<'_> {
    /// Calls a framework's function by its public path.
    ///
    /// # Errors
    /// What the function raises.
    pub fn call_api(&mut self, path: &Rc<str>, args: Args) -> Eval {
        // `tf.losses.mse`: these modules are Keras' own.
        const LENT: [&str; 4] = ["tf.initializers.", "tf.losses.", "tf.metrics.", "tf.optimizers."];
        if LENT.iter().any(|module| path.starts_with(module)) {
            return self.call_api(&format!("tf.keras.{}", &path["tf.".len()..]).into(), args);
        }
        // Composite tensors are for those who know them.
        const KNOWN_TO: [&str; 3] = ["tf.", "keras.backend.", "keras.ops."];
        if KNOWN_TO.iter().any(|module| path.starts_with(module))
            && !crate::libraries::has_model(path)
            && let Some(value) = self.dispatched(path, &args)?
        {
            return Ok(value);
        }
        if let Some(native) = self.native_function(path) {
            return (native.call)(self, args);
        }
        if let Some(function) = self.modelled(path)? {
            return self.call(&function, args);
        }
        let Some((op, declared, own)) = binding::op_of_path(self.keras, path) else {
            if let Some(value) = self.call_declared(path, &args)? {
                return Ok(value);
            }
            return Ok(self.unmodelled(path, &args));
        };
        let Some(signature) = self.signature(path, own) else { return Ok(self.unmodelled(path, &args)) };
        let name = path.rsplit('.').next().unwrap_or(path);
        let frame = self.frame_of(declared, &args);
        // TensorFlow too asks objects for `__array__`: frames, pictures.
        let args = self.array_args(args)?;
        let args = if declared.starts_with("np.") { args } else { self.dtype_args(declared, args)? };
        let args = self.scores_in(declared, args);
        if path.starts_with("tf.raw_ops.") && !args.positional.is_empty() {
            return Err(self.keywords_alone(&signature, name));
        }
        let bound =
            binding::bound(&signature, name, &args.positional, &args.keywords, |value| self.arg(value));
        let mut bound = bound.map_err(|misfit| {
            let misfit = dispatcher_misfit(self.keras, path, &signature, &args).unwrap_or(misfit);
            self.raise_violation(misfit.violation(), name.into(), Vec::new())
        })?;
        let surface = Surface::of(declared);
        let makes_array = matches!(declared, "np.array" | "np.asarray");
        if makes_array && let Some(ragged) = self.ragged_array(&args)? {
            return Ok(ragged);
        }
        if surface == Surface::Numpy {
            spread_keywords(&mut bound);
        }
        let result = self.call_op(op, path, surface, &bound)?;
        if declared.starts_with("np.random.") {
            let size = signature.params.iter().position(|param| matches!(&*param.name, "size" | "args"));
            self.note_drawn_length(&args, size, &result);
        }
        if makes_array || matches!(declared, "tf.constant" | "tf.convert_to_tensor") {
            self.note_array_of_draws(args.positional.first(), &result);
        }
        match frame {
            Some(frame) => {
                Ok(self.call_method(&frame, "_like", Args::of([result.clone()]))?.unwrap_or(result))
            }
            None => Ok(result),
        }
    }

    /// The frame or series that an elementwise function is applied to, which gives one again: `np.log1p(df)`.
    fn frame_of(&self, path: &str, args: &Args) -> Option<Value> {
        path.strip_prefix("np.").filter(|name| ELEMENTWISE.contains(name))?;
        let is_frame = |value: &&Value| {
            let Value::Instance(id) = value else { return false };
            let class = self.heap.instance(*id).map(|i| i.class);
            class.is_some_and(|class| self.class_attr(class, "_like").is_some())
        };
        args.positional.iter().find(is_frame).cloned()
    }

    /// Arguments as the libraries read them: frames and pictures are arrays.
    fn array_args(&mut self, args: Args) -> Eval<Args> {
        let positional = args.positional.into_iter().map(|v| self.array_like(v)).collect::<Eval<_>>()?;
        let keywords = args
            .keywords
            .into_iter()
            .map(|(name, v)| self.array_like(v).map(|v| (name, v)))
            .collect::<Eval<_>>()?;
        Ok(Args { positional, keywords })
    }

    /// Arguments as TensorFlow and Keras read them: Python's classes stand for other dtypes than NumPy's, and not
    /// each stands for one (`tensorflow/python/framework/dtypes.py: as_dtype`).
    fn dtype_args(&mut self, declared: &str, mut args: Args) -> Eval<Args> {
        let keras = declared.starts_with("keras.") || declared.starts_with("tf.keras.");
        let values = args.positional.iter_mut().chain(args.keywords.iter_mut().map(|(_, v)| v));
        for value in values {
            let Value::Class(class) = value else { continue };
            match self.class(*class).path.as_deref() {
                Some("builtins.float") => {
                    *value = Value::DType(tensor::DType::Float32, DTypeObject::TensorFlow)
                }
                Some(path @ ("builtins.int" | "builtins.str" | "builtins.complex")) if !keras => {
                    let name = path.trim_start_matches("builtins.");
                    let text = format!(
                        "Cannot convert the argument `type_value`: <class '{name}'> to a TensorFlow DType."
                    );
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
                _ => {}
            }
        }
        Ok(args)
    }

    /// The result of a function without a model; it decides the outcome when tensors go into it.
    fn unmodelled(&mut self, path: &str, args: &Args) -> Value {
        let _ = args;
        self.unknown(format!("`{path}` is not modelled"))
    }

    /// Finds the native function behind a path, by the path itself or one with the same definition.
    pub(crate) fn native_function(&self, path: &str) -> Option<&'static crate::value::Native> {
        if let Some(found) = crate::native::find_function(path) {
            return Some(found);
        }
        if let Some(rest) = path.strip_prefix("tf.keras.")
            && let Some(found) = crate::native::find_function(&format!("keras.{rest}"))
        {
            return Some(found);
        }
        if path.starts_with("np.") || path.starts_with("builtins.") {
            return None;
        }
        crate::native::function_of_definition(crate::value::profile(self.keras), path)
    }

    /// Returns a parsed signature: the op's own, or the recorded one of the path.
    pub(crate) fn signature(&mut self, path: &str, own: Option<&str>) -> Option<Rc<python::Signature>> {
        // A signature's text begins with a parenthesis, so that it is nobody's path.
        let key = own.unwrap_or(path);
        if let Some(known) = self.signatures.get(key) {
            return known.clone();
        }
        let signature = binding::signature(self.keras, path, own);
        self.signatures.insert(key.into(), signature.clone());
        signature
    }

    /// Keras 2's binary cross-entropy takes what a sigmoid was made of in place of its result
    /// (`tf_keras/src/backend.py: _get_logits`).
    fn scores_in(&mut self, path: &str, mut args: Args) -> Args {
        if self.keras != Keras::Two || self.graph_depth == 0 || path != "tf.keras.backend.binary_crossentropy"
        {
            return args;
        }
        let scores = match args.get(1, "output") {
            Some(Value::Tensor(node)) => {
                let node = self.trace.node(*node);
                match node.source {
                    Source::Op(op) if op.name == "sigmoid" => node.inputs.first().map(|(input, _)| *input),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some(scores) = scores else { return args };
        match args.positional.get_mut(1) {
            Some(output) => *output = Value::Tensor(scores),
            None => {
                args.keywords.retain(|(name, _)| &**name != "output");
                args.keywords.push(("output".into(), Value::Tensor(scores)));
            }
        }
        args.positional.truncate(2);
        args.keywords.retain(|(name, _)| &**name != "from_logits");
        args.keywords.push(("from_logits".into(), Value::Bool(true)));
        args
    }

    /// What a raw op says of positional arguments (`tensorflow/python/util/tf_export.py: kwarg_only`).
    fn keywords_alone(&mut self, signature: &python::Signature, name: &str) -> Halt {
        let keys: Vec<String> = signature.params.iter().map(|p| format!("'{}'", p.name)).collect();
        let text = format!(
            "{} only takes keyword args (possible keys: [{}]). Please pass these args as kwargs instead.",
            keras::snake_case(name),
            keys.join(", ")
        );
        self.raise(ops::Exc::TypeError, text)
    }

    /// Binds a call to a framework's signature.
    ///
    /// # Errors
    /// `TypeError`, as Python words it.
    pub(crate) fn bind_api(
        &mut self,
        signature: &python::Signature,
        name: &str,
        args: Args,
    ) -> Eval<Vec<(Rc<str>, Arg)>> {
        let bound =
            binding::bound(signature, name, &args.positional, &args.keywords, |value| self.arg(value));
        bound.map_err(|misfit| self.raise_violation(misfit.violation(), name.into(), Vec::new()))
    }

    /// Calls an op with bound arguments and makes its nodes.
    ///
    /// # Errors
    /// What the framework raises.
    pub fn call_op(
        &mut self,
        op: &'static Op,
        path: &str,
        surface: Surface,
        args: &[(Rc<str>, Arg)],
    ) -> Eval {
        let kinds = kinds(args);
        if kinds.keras
            && !matches!(surface, Surface::KerasOps | Surface::Numpy)
            && let Some(result) = self.symbolic_call(op, path, surface, args)?
        {
            return Ok(result);
        }
        if surface == Surface::Tf && self.graph_depth > 0 {
            self.check_name(path, args)?;
        }
        let answer = self.infer_op(op, path, surface, args);
        let operands = || named_nodes(args);
        match self.settle(answer, op.name, operands)? {
            Ok(arg) => {
                let value = self.value_of(&arg);
                if kinds.keras {
                    let name = self.operation_name(op, path);
                    self.note_operation(name, op, path, args, &value);
                }
                if surface == Surface::Numpy {
                    if matches!(arg, Arg::Dim(tensor::Dim::Unknown))
                        && path.starts_with("np.random.")
                        && let Some(draw) = self.scalar_draw(op, path, args)
                    {
                        return Ok(draw);
                    }
                    if UNIT_DRAWS.contains(&path) {
                        self.drawn = Some(self.here());
                    }
                    self.note_view(op, path, args, &value);
                    self.note_objects(path, args, &value);
                    return Ok(self.store_out(args, value));
                }
                Ok(value)
            }
            Err(why) => {
                Ok(self.unknown(format!("`{}`: {why}", if path.is_empty() { op.name } else { path })))
            }
        }
    }

    /// Refuses a traced tensor for a name, which is one argument too many: `tf.add(x, y, z)` asks `if name:`.
    fn check_name(&mut self, path: &str, args: &[(Rc<str>, Arg)]) -> Eval<()> {
        let name = args.iter().find(|(param, _)| &**param == "name");
        let Some((_, Arg::Tensor(operand))) = name.filter(|_| path.starts_with("tf.")) else { return Ok(()) };
        if operand.kind != TensorKind::Graph {
            return Ok(());
        }
        let nodes = named_nodes(args).into_iter().filter(|(param, _)| &**param == "name").collect();
        Err(self.raise_violation(ops::Violation::symbolic_bool(), path.into(), nodes))
    }

    /// Infers an op's results and makes their nodes.
    ///
    /// # Errors
    /// What the op answers.
    pub fn infer_op(
        &mut self,
        op: &'static Op,
        path: &str,
        surface: Surface,
        args: &[(Rc<str>, Arg)],
    ) -> Infer<Arg> {
        let kinds = kinds(args);
        let kind = match surface {
            _ if kinds.keras => TensorKind::Keras,
            _ if kinds.graph => TensorKind::Graph,
            Surface::Numpy => TensorKind::Numpy,
            _ if self.graph_depth > 0 => TensorKind::Graph,
            _ => TensorKind::Eager,
        };
        let mode = match kind {
            TensorKind::Keras if self.keras == Keras::Three => Mode::Symbolic,
            TensorKind::Keras | TensorKind::Graph => Mode::Graph,
            _ if self.running.executing => Mode::Running,
            _ => Mode::Eager,
        };
        let mut call = Call {
            op,
            path,
            surface,
            mode,
            keras: self.keras,
            args,
            recorder: None,
            risk: RefCell::default(),
        };
        let mut inputs = Vec::new();
        call.operands(&mut |_, operand| inputs.push(operand.clone()));
        // NumPy's functions are not composed of kernels.
        let recorder = if surface == Surface::Numpy { None } else { self.begin_numbers(&inputs) };
        call.recorder = recorder.as_deref();
        let outputs = (op.infer)(&call)?;
        if let Some(risk) = call.risk.take() {
            self.run_risk(risk)?;
        }
        let flows = op.flows(&call, &outputs);
        let inputs: Vec<NodeId> = inputs.iter().map(|operand| self.node_of(operand)).collect();
        if let Some(recorder) = recorder.as_ref().filter(|_| kind != TensorKind::Keras) {
            self.note_missing(op, &inputs, recorder.missing(), &outputs);
        }
        let result = outputs.as_arg(&mut |out| self.result(op, out, kind, &inputs, &flows));
        if surface == Surface::Numpy && self.computes() {
            if let Some(python) =
                self.python_numbers(op, args).or_else(|| self.compared_arrays(op, path, args))
            {
                return Ok(python);
            }
            if op.name.starts_with("np.random.")
                && let Some(python) = self.drawn_number(op.name, path, args, &result)
            {
                return Ok(python);
            }
            self.compute_numpy(op, path, args, &result);
        }
        Ok(result)
    }
}

/// Methods of arrays pass keywords on: `x.sum(axis=1, keepdims=True)` has `keepdims` in `**kwargs`.
fn spread_keywords(bound: &mut Vec<(Rc<str>, Arg)>) {
    if let Some((_, Arg::Dict(items))) = bound.last().filter(|(name, _)| &**name == "kwargs") {
        let items = items.clone();
        bound.pop();
        bound.extend(items.iter().cloned());
    }
}

struct Kinds {
    keras: bool,
    graph: bool,
}

fn kinds(args: &[(Rc<str>, Arg)]) -> Kinds {
    let mut kinds = Kinds { keras: false, graph: false };
    for (_, arg) in args {
        arg.tensors(&mut |operand| {
            kinds.keras |= operand.kind == TensorKind::Keras;
            kinds.graph |= operand.kind == TensorKind::Graph;
        });
    }
    kinds
}

/// The nodes of the tensor arguments, by parameter.
pub(crate) fn named_nodes(args: &[(Rc<str>, Arg)]) -> Vec<(Rc<str>, NodeId)> {
    let mut out = Vec::new();
    for (name, arg) in args {
        arg.tensors(&mut |operand| {
            if let Some(node) = operand.node {
                out.push((name.clone(), NodeId(node)));
            }
        });
    }
    out
}

/// What TensorFlow's dispatcher says of arguments that do not fit, which it binds before the function gets them
/// (`tensorflow/python/util/function_parameter_canonicalizer.cc`).
pub(crate) fn dispatcher_misfit(
    keras: Keras,
    path: &str,
    signature: &python::Signature,
    args: &Args,
) -> Option<binding::Misfit> {
    let key = path.strip_prefix("tf.").filter(|rest| rest.starts_with("keras.")).unwrap_or(path);
    if (key.starts_with("keras.") && keras == Keras::Three) || !names::is_dispatched(key) {
        return None;
    }
    let error = python::bind(signature, key, &args.positional, &args.keywords).err()?;
    let text = match &error.kind {
        python::BindErrorKind::Unexpected(name) => format!("Got an unexpected keyword argument '{name}'"),
        python::BindErrorKind::Multiple(name) => format!("Got multiple values for argument '{name}'"),
        python::BindErrorKind::Missing(_) => "Missing required positional argument".to_owned(),
        python::BindErrorKind::TooManyPositional => format!(
            "Too many arguments were given. Expected {} but got {}.",
            signature.params.len(),
            args.positional.len()
        ),
        python::BindErrorKind::PositionalOnly(_) => return None,
    };
    Some(binding::Misfit { text, misbound: binding::misbound(&error.kind) })
}
