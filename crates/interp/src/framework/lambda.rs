//! `keras.layers.Lambda`.

use std::rc::Rc;

use ops::{Keras, TensorKind};
use tensor::{DType, Dim};

use crate::events::{Event, Misled};
use crate::framework::layer_class::split_self;
use crate::framework::symbolic::Settled;
use crate::framework::tracing::Autograph;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, DTypeObject, Value};

/// What a Lambda keeps.
#[derive(Clone, Debug)]
pub struct LambdaState {
    /// The function.
    pub function: Value,
    /// `output_shape` as given.
    pub output_shape: Value,
    /// `mask` as given.
    pub mask: Value,
    /// `arguments` as given: a dict, or `None`.
    pub arguments: Value,
}

/// `keras.layers.Lambda`.
pub(crate) static LAMBDA: NativeClass = NativeClass {
    path: "keras.layers.Lambda",
    state: || NativeState::Layer(Box::default()),
    methods: &[&[native("__init__", init)]],
    properties: &[],
};

fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let take = |args: &Args, at: usize, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let Some(function) = args.get(0, "function").cloned() else {
        let text = "Lambda.__init__() missing 1 required positional argument: 'function'";
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let lambda = LambdaState {
        function,
        output_shape: take(&args, 1, "output_shape"),
        mask: take(&args, 2, "mask"),
        arguments: take(&args, 3, "arguments"),
    };
    let has_mask = !lambda.mask.is_none();
    let base = args
        .keywords
        .into_iter()
        .filter(|(n, _)| !matches!(&**n, "function" | "output_shape" | "mask" | "arguments"));
    interp.init_layer(id, Args { positional: Vec::new(), keywords: base.collect() })?;
    if super::call_args::is_uncallable(&lambda.function) {
        return Err(interp.raise(ops::Exc::TypeError, "unsupported callable"));
    }
    if let Some(state) = interp.layer_mut(id) {
        state.supports_masking = has_mask || state.supports_masking;
        state.lambda = Some(Box::new(lambda));
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Calls a Lambda: what Keras 3 infers or believes, or the function itself.
    pub(crate) fn call_lambda(&mut self, id: ObjId, args: Args, symbolic: bool) -> Eval {
        if !symbolic {
            return self.run_lambda(id, args);
        }
        self.watch_captured(id);
        match self.keras {
            Keras::Two => {
                let before = self.begin_call(&args);
                let traced = self.placeholders(&args);
                self.graph_depth += 1;
                let result = self.run_lambda(id, traced);
                self.graph_depth -= 1;
                let outputs = result?;
                if outputs.is_none() {
                    self.watch_result(id, &outputs, None);
                }
                Ok(self.keras_tensors_like(&outputs, before))
            }
            Keras::Three => self.infer_lambda(id, args),
        }
    }

    /// Keras 3's `Lambda.compute_output_shape`.
    fn infer_lambda(&mut self, id: ObjId, args: Args) -> Eval {
        let Some(lambda) = self.layer(id).and_then(|s| s.lambda.clone()) else { return Ok(Value::None) };
        if let Some(problem) = self.lambda_extras(id, &args)? {
            return Err(problem);
        }
        let first = self.first_argument(&args);
        if !lambda.output_shape.is_none() {
            let shape = self.declared_shape(&lambda.output_shape, &first)?;
            let outputs = self.keras_tensors_of_shape(id, &shape)?;
            self.compare_declared(id, &first, &outputs);
            return Ok(outputs);
        }
        // Whatever the inputs' dtypes are, inference sees the layer's own, and no mask.
        let dtype = self.layer(id).map_or(DType::Float32, |s| s.compute_dtype);
        let before = self.begin_call(&Args::of([first.clone()]));
        let traced = self.placeholder(&first);
        let nodes = self.flat_tensors(&traced);
        for node in nodes {
            self.trace.node_mut(node).spec.dtype = Some(dtype);
            self.masks.remove(&node);
        }
        let hidden_frames = self.frames.len();
        self.graph_depth += 1;
        let result = self.run_lambda(id, Args::of([traced]));
        self.graph_depth -= 1;
        match result.and_then(|outputs| self.check_ranks(&outputs).map(|()| outputs)) {
            Ok(outputs) => self.lambda_result(id, &outputs, before),
            Err(Halt::Exception(hidden)) => {
                self.frames.truncate(hidden_frames);
                let misled = self.misled(id, &first, dtype);
                Err(self.swallow(id, Some(hidden), misled))
            }
            Err(halt) => Err(halt),
        }
    }

    /// What comes out of Keras 3's inference: only shapes are kept, and what has none raises like the rest.
    fn lambda_result(&mut self, id: ObjId, outputs: &Value, before: Settled) -> Eval {
        if outputs.is_unknown() {
            self.undecided_by(outputs, "the output of a Lambda is not known");
            return Ok(outputs.clone());
        }
        let dtype = self.layer(id).map_or(DType::Float32, |s| s.compute_dtype);
        if self.flat_tensors(outputs).is_empty() {
            // `lambda t: t.shape[1]`: an int has no shape.
            let halt = self.swallow(id, None, None);
            if let Halt::Exception(shown) = halt {
                self.watch_result(id, outputs, Some(shown));
            }
            return Err(halt);
        }
        let outputs = self.keras_tensors_like(outputs, before);
        for node in self.flat_tensors(&outputs) {
            self.trace.node_mut(node).spec.dtype = Some(dtype);
        }
        Ok(outputs)
    }

    /// Raises what Keras 3 raises in place of whatever the function raised.
    fn swallow(&mut self, id: ObjId, hidden: Option<ObjId>, misled: Option<Misled>) -> Halt {
        let halt = self.raise(ops::Exc::NotImplementedError, keras::LAMBDA_NOT_INFERRED);
        if let Halt::Exception(shown) = halt {
            if let Some(state) = self.exception_mut(shown) {
                state.hidden = hidden;
            }
            if let Some(hidden) = hidden {
                let layer: Rc<str> = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
                self.events.push(Event::Swallowed { hidden, shown, layer, misled });
            }
        }
        halt
    }

    /// Positional arguments beyond the first: `mix(h, x)` binds `x` to `mask`.
    fn lambda_extras(&mut self, _: ObjId, _: &Args) -> Eval<Option<Halt>> {
        Ok(None)
    }

    /// `output_shape` as Keras 3 reads it: a function of the input's shape, or a shape without the batch.
    fn declared_shape(&mut self, declared: &Value, first: &Value) -> Eval {
        let callable = matches!(
            declared,
            Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Api(_) | Value::Wrapped(_)
        );
        let input = self.shape_structure(first);
        if callable {
            return self.call(declared, Args::of([input]));
        }
        let batch = self
            .flat_tensors(first)
            .first()
            .map_or(Dim::Unknown, |n| self.trace.node(*n).spec.shape.dim(0).unwrap_or(Dim::Unknown));
        self.add_batch(declared, batch)
    }

    fn add_batch(&mut self, shape: &Value, batch: Dim) -> Eval {
        match shape {
            Value::Tuple(items) if items.iter().any(|v| matches!(v, Value::Tuple(_) | Value::List(_))) => {
                let items = items.clone();
                let shapes = items.iter().map(|s| self.add_batch(s, batch)).collect::<Eval<Vec<_>>>()?;
                Ok(Value::tuple(shapes))
            }
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                if items.iter().any(|v| matches!(v, Value::Tuple(_) | Value::List(_))) {
                    let shapes = items.iter().map(|s| self.add_batch(s, batch)).collect::<Eval<Vec<_>>>()?;
                    return Ok(self.new_list(shapes));
                }
                let text = "can only concatenate tuple (not \"list\") to tuple";
                Err(self.raise(ops::Exc::TypeError, text))
            }
            Value::Tuple(items) => {
                let dims = std::iter::once(Value::static_dim(batch)).chain(items.iter().cloned());
                Ok(Value::tuple(dims))
            }
            _ => Ok(self.unknown("an `output_shape` of another kind")),
        }
    }

    /// Runs the function that Keras 3 does not run when `output_shape` is given, to compare.
    fn compare_declared(&mut self, id: ObjId, first: &Value, outputs: &Value) {
        let Some(declared) =
            self.flat_tensors(outputs).first().map(|n| self.trace.node(*n).spec.shape.clone())
        else {
            return;
        };
        let undecided = self.undecided.clone();
        let traced = self.placeholder(first);
        let depth = self.frames.len();
        self.graph_depth += 1;
        self.heap.open();
        let counters = self.counters.clone();
        let result = self.run_lambda(id, Args::of([traced]));
        let (actual, raises) = match &result {
            Ok(value) => {
                (self.flat_tensors(value).first().map(|n| self.trace.node(*n).spec.shape.clone()), None)
            }
            Err(Halt::Exception(exception)) => (None, Some(*exception)),
            Err(_) => (None, None),
        };
        let outside =
            result.iter().flat_map(|value| self.flat_tensors(value)).find(|n| self.is_keras_tensor(*n));
        let kept = raises.and_then(|e| self.heap.instance(e).cloned());
        self.heap.undo();
        let raises = raises.zip(kept).map(|(_, kept)| self.heap.add(crate::heap::Object::Instance(kept)));
        self.counters = counters;
        self.graph_depth -= 1;
        self.frames.truncate(depth);
        self.undecided = undecided;
        let layer = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let made = self.layer(id).map(|s| s.made).unwrap_or_default();
        let span = self.here();
        if outside.is_some() {
            // A KerasTensor in the place of a value: how the run fails depends on what comes behind.
            self.events.push(Event::Outside { layer, span });
            self.undecided("a Lambda whose function gives a KerasTensor");
            return;
        }
        let differs = actual.as_ref().is_some_and(|a| !a.compatible(&declared));
        if differs || raises.is_some() {
            self.events.push(Event::DeclaredShape { layer, declared, actual, raises, made, span });
        }
    }

    /// Calls a Lambda's function on real or traced tensors.
    pub(crate) fn run_lambda(&mut self, id: ObjId, mut args: Args) -> Eval {
        let Some(lambda) = self.layer(id).and_then(|s| s.lambda.clone()) else { return Ok(Value::None) };
        self.meet_layer(id, &args);
        let first = self.first_argument(&args);
        let first = self.autocast(id, &first)?;
        let names = self.parameter_names(&lambda.function);
        let mut call = Args::of([first.clone()]);
        if let Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Int(_) = lambda.arguments
            && self.truth(&lambda.arguments)? == Some(true)
        {
            // `arguments=[16]`: Keras asks for its `items()`.
            let kind = self.type_name(&lambda.arguments);
            let core = format!("'{kind}' object has no attribute 'items'");
            let problem = format!("a {kind}, where a dict has to say which parameter each value is for");
            let mistake = ops::Mistake::Argument { param: "arguments", problem };
            let violation = ops::Violation { class: ops::Exc::AttributeError, core, mistake };
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            return Err(self.raise_violation(violation, name, Vec::new()));
        }
        if let Some(pairs) = self.pairs_of(&lambda.arguments) {
            for (name, value) in pairs {
                if let Value::Str(name) = name {
                    call.keywords.push((name, value));
                }
            }
        }
        if names.iter().any(|n| &**n == "mask") {
            let mask = args.take("mask").or_else(|| self.mask_of(&first)).unwrap_or(Value::None);
            call.keywords.push(("mask".into(), mask));
        }
        if names.iter().any(|n| &**n == "training") {
            let training = args.take("training").or(self.training.map(Value::Bool)).unwrap_or(Value::None);
            call.keywords.push(("training".into(), training));
        }
        let before = self.trace.variables().count();
        let outputs = self.under(Autograph::Off, |interp| interp.call(&lambda.function, call))?;
        if self.keras == Keras::Two {
            self.check_made_variables(id, before)?;
        }
        let captured =
            self.flat_tensors(&outputs).into_iter().any(|n| self.trace.node(n).kind == TensorKind::Keras);
        if captured && self.running.executing {
            return Ok(self.unknown("the result of a Lambda that is no value"));
        }
        if captured && self.graph_depth > 0 && self.keras == Keras::Two {
            let core = "Could not build a TypeSpec for KerasTensor".to_owned();
            let mistake = ops::Mistake::CapturedTensor;
            let violation = ops::Violation { class: ops::Exc::TypeError, core, mistake };
            let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
            return Err(self.raise_violation(violation, name, Vec::new()));
        }
        Ok(outputs)
    }

    /// Casts floats to the dtype that a layer computes in, as `Layer.__call__` does.
    pub(crate) fn autocast(&mut self, id: ObjId, first: &Value) -> Eval {
        let Some(dtype) = self.layer(id).map(|s| s.compute_dtype) else { return Ok(first.clone()) };
        let other = |interp: &Self, node: graph::NodeId| {
            interp.trace.node(node).spec.dtype.is_some_and(|own| own.is_floating() && own != dtype)
        };
        let mut known = rustc_hash::FxHashMap::default();
        for node in self.flat_tensors(first) {
            if dtype.is_floating() && other(self, node) {
                known.insert(
                    node,
                    self.op_on(
                        "cast",
                        &[
                            ("x", Value::Tensor(node)),
                            ("dtype", Value::DType(dtype, DTypeObject::TensorFlow)),
                        ],
                    )?,
                );
            }
        }
        Ok(if known.is_empty() { first.clone() } else { self.substitute(first, &known) })
    }

    /// Keras 2 refuses a Lambda whose function makes variables (`Lambda._check_variables`).
    fn check_made_variables(&mut self, id: ObjId, before: usize) -> Eval<()> {
        let show = |v: &graph::Variable| {
            let (name, shape) = (&v.name, v.spec.shape.tuple());
            let dtype = v.spec.dtype.map_or("float32", DType::name);
            format!("  <tf.Variable '{name}' shape={shape} dtype={dtype}>")
        };
        let made: Vec<String> = self.trace.variables().skip(before).map(|(_, v)| show(v)).collect();
        if made.is_empty() {
            return Ok(());
        }
        let name = self.layer(id).map(|s| s.name.clone()).unwrap_or_default();
        let core = format!(
            "The following Variables were created within a Lambda layer ({name})\nbut are not tracked by said layer:\n\
             {}\nThe layer cannot safely ensure proper Variable reuse across multiple\ncalls, and consequently this \
             behavior is disallowed for safety. Lambda\nlayers are not well suited to stateful computation; instead, \
             writing a\nsubclassed Layer is the recommend way to define layers with\nVariables.",
            made.join("\n")
        );
        let violation =
            ops::Violation { class: ops::Exc::ValueError, core, mistake: ops::Mistake::MadeInCall };
        Err(self.raise_violation(violation, name, Vec::new()))
    }
}
