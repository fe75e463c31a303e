//! Metrics as objects: `update_state`, `result`, variables.

use graph::{NodeId, Source};
use keras::Bound;
use keras::metrics::MetricCall;
use ops::{Arg, Keras, TensorKind};
use tensor::{DType, Shape, TensorSpec};

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of `keras.metrics.Metric`.
pub(crate) static METHODS: &[Native] = &[
    native("update_state", update_state),
    native("result", result),
    native("reset_state", reset_state),
    native("reset_states", reset_states),
    native("merge_state", merge_state),
    native("__call__", call),
    native("add_weight", add_variable),
    native("add_variable", add_variable),
    native("build", |_, _| Ok(Value::None)),
];

/// The metrics of Keras 2 that refuse classes beyond the number that they were told.
const BOUNDED: &[&str] = &["MeanIoU", "IoU"];

/// `metric(y_true, y_pred)`: updates, then gives the result.
fn call(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let object = Value::Instance(id);
    let given: Vec<Value> =
        args.positional.iter().chain(args.keywords.iter().map(|(_, value)| value)).cloned().collect();
    let symbolic = |interp: &mut Interp<'_>, value: &Value| {
        interp.flat_tensors(value).into_iter().any(|node| interp.trace.node(node).kind == TensorKind::Keras)
    };
    // Keras 2's metrics see nothing of a KerasTensor: what is answered is the result so far.
    let seen = interp.keras == Keras::Three || !given.iter().any(|value| symbolic(interp, value));
    if !seen && interp.class_name(id).as_ref() == "MeanTensor" {
        let text = "MeanTensor does not have any value yet. Please call the MeanTensor instance or use \
                    `.update_state(value)` before retrieving the result.";
        return Err(interp.raise(ops::Exc::ValueError, text));
    }
    let refused = interp.keras == Keras::Three && given.iter().any(|value| symbolic(interp, value));
    if seen
        && let Some(unknown) = interp.call_method(&object, "update_state", args)?.filter(Value::is_unknown)
    {
        return Ok(unknown);
    }
    if refused && !interp.is_scripts_own(id) {
        // A variable cannot be assigned what has no values.
        let class = interp.class_name(id);
        let violation = ops::spec::keras::no_values(&class);
        return Err(interp.raise_violation(violation, class, Vec::new()));
    }
    interp.metric_result(&object)
}

fn result(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if let Some(model) = interp.running.compiled_trackers.get(&id).copied() {
        return interp.compiled_results(model);
    }
    let state = interp.config(id).cloned().unwrap_or_default();
    interp.refuse_base_metric(&state)?;
    let stands_for = interp.numbers.as_ref().and_then(|n| n.stand_ins.get(&id)).cloned();
    let number = match stands_for {
        Some((model, name)) => interp.log_number(model, &name)?,
        None => interp.tally_result(id)?.map(Value::Tensor),
    };
    if let Some(number) = number {
        return Ok(number);
    }
    interp.refuse_early_result(id, &state)?;
    let settings = Bound { keras: interp.keras, class: "", args: &state.args };
    match keras::metrics::result_shape(&state.path, &settings) {
        Some(shape) => {
            let Some(dtype) = keras::metrics::result_dtype(&state.path, &settings) else {
                return Ok(interp.unknown("a metric's result of a dtype that is asked for"));
            };
            let node = interp.scalar("a metric's result");
            let of = &mut interp.trace.node_mut(node).spec;
            (of.shape, of.dtype) = (shape, Some(dtype));
            Ok(Value::Tensor(node))
        }
        None => interp.result_of_data(id, &state),
    }
}

/// Keras 2's `merge_state(metrics)`: adds what other metrics have counted.
fn merge_state(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let others = args.get(0, "metrics").cloned().unwrap_or(Value::None);
    let followed = interp.computes() && interp.keras == Keras::Two;
    let (mut done, object) = (Vec::new(), Value::Instance(id));
    let own = if followed { interp.find_attr(&object, "weights")? } else { None };
    let Some(own) = own.filter(|own| !own.is_unknown()) else {
        interp.note_used(&object);
        return Ok(interp.unknown("what metrics have counted together"));
    };
    let own = interp.iterate(&own, 100)?.0;
    for other in interp.iterate(&others, 100)?.0 {
        let added = interp.find_attr(&other, "weights")?.unwrap_or(Value::None);
        let added = if added.is_unknown() { Vec::new() } else { interp.iterate(&added, 100)?.0 };
        if added.len() != own.len() {
            interp.without_number("what metrics have counted together is not known");
            return Ok(interp.unknown("what metrics have counted together"));
        }
        for (variable, more) in own.iter().zip(added) {
            done.extend(interp.call_method(variable, "assign_add", Args::of([more]))?);
        }
    }
    Ok(interp.new_list(done))
}

/// Keras 2's other name of it.
fn reset_states(interp: &mut Interp<'_>, args: Args) -> Eval {
    if interp.keras == Keras::Three
        && let Some(Value::Instance(id)) = args.positional.first()
    {
        let text = format!("'{}' object has no attribute 'reset_states'", interp.class_name(*id));
        return Err(interp.raise(ops::Exc::AttributeError, text));
    }
    reset_state(interp, args)
}

fn reset_state(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.refuse_reset(id)?;
    if interp.computes() {
        interp.reset_metric(id)?;
    }
    Ok(Value::None)
}

/// `Metric.update_state` of a class that Keras defines.
fn update_state(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if let Some(model) = interp.running.compiled_trackers.get(&id).copied() {
        let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
        let (y_true, y_pred, weight) = (get(0, "y_true"), get(1, "y_pred"), get(2, "sample_weight"));
        interp.update_compiled_metrics(model, &y_true, &y_pred, &weight)?;
        return Ok(Value::None);
    }
    let state = interp.config(id).cloned().unwrap_or_default();
    let name = state.path.rsplit('.').next().unwrap_or_default().to_owned();
    interp.refuse_base_metric(&state)?;
    if matches!(&*name, "Mean" | "Sum" | "MeanTensor")
        && args.positional.len() > 1
        && args.keyword("sample_weight").is_some()
    {
        // `metrics=[Mean()]`: the predictions already stand where the weights belong.
        let class = if interp.keras == Keras::Two { "Reduce" } else { &name };
        let core = format!("{class}.update_state() got multiple values for argument 'sample_weight'");
        return Err(interp.raise(ops::Exc::TypeError, core));
    }
    interp.require_predictions(&name, &args)?;
    if args.positional.iter().any(|value| interp.is_composite_value(value)) {
        interp.note_used(&Value::Instance(id));
        return Ok(interp.unknown("a metric of a composite tensor"));
    }
    interp.note_data(id, &name, &args);
    interp.refuse_lists(&state, &name, &args)?;
    interp.refuse_classes(&state, &name, &args)?;
    if matches!(&*name, "FBetaScore" | "F1Score") && interp.keras == Keras::Two {
        // The predictions are of the metric's dtype, the threshold and what is counted are not.
        let settings = Bound { keras: interp.keras, class: &name, args: &state.args };
        let dtype = keras::metrics::result_dtype(&state.path, &settings);
        if let Some(dtype) = dtype.filter(|d| d.is_floating() && *d != DType::Float32) {
            let kind = dtype.cpp();
            let text = format!(
                "cannot compute Mul as input #1(zero-based) was expected to be a float tensor but is a {kind} tensor \
                 [Op:Mul] name:"
            );
            return Err(interp.raise(ops::Exc::InvalidArgumentError, text));
        }
    }
    if interp.computes() {
        interp.check_counts(&state, &args)?;
        interp.update_number(id, &args)?;
        return interp.updated_number(id, &name);
    }
    let loss = keras::losses::find_loss(&format!("keras.losses.{name}"));
    let accuracy = keras::metrics::find_metric_function(&state.path);
    let function = state.args.iter().find(|(n, _)| &**n == "fn").map(|(_, a)| a.clone());
    let settings = Bound { keras: interp.keras, class: &name, args: &state.args };
    let call = match (accuracy, loss, &function) {
        (Some(accuracy), _, _) => MetricCall::Accuracy(accuracy, settings),
        (None, Some(loss), _) => MetricCall::Loss(loss, settings),
        (None, None, Some(function)) => MetricCall::Function(function),
        (None, None, None) => return interp.update_counts(&state, &args),
    };
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y_true, y_pred, weight) = (get(0, "y_true"), get(1, "y_pred"), get(2, "sample_weight"));
    if interp.hides_unknown(&y_true) || interp.hides_unknown(&y_pred) {
        return Ok(Value::None);
    }
    let (y_true, y_pred, weight) = (interp.arg(&y_true), interp.arg(&y_pred), interp.arg(&weight));
    let answer = keras::metrics::update_metric(interp, call, y_true, y_pred, &weight);
    // A metric that cannot be followed is taken to work.
    let _ = interp.settle(answer, &name, Vec::new)?;
    Ok(interp.updated())
}

/// `add_weight` of a metric: K2 `(name, shape=())`, K3 `(shape=(), initializer=None, dtype=None, name=None)`.
fn add_variable(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let (shape_at, name_at) = if interp.keras == Keras::Two { (1, 0) } else { (0, 3) };
    let shape = args.get(shape_at, "shape").cloned().unwrap_or(Value::tuple([]));
    let shape = interp.dims_of(&shape).map_or(Shape::UNKNOWN, Shape::new);
    let name = args.get(name_at, "name").and_then(Value::as_str).unwrap_or("variable").to_owned();
    let dtype = args.keyword("dtype").cloned().and_then(|d| interp.dtype_of(&d)).unwrap_or(DType::Float32);
    let variable = interp.new_variable(name.into(), TensorSpec::new(shape, dtype), false);
    if let Some(state) = interp.config_mut(id) {
        state.variables.push(variable);
    }
    let node = interp.trace.variable(variable).node;
    let at = if interp.keras == Keras::Two { 4 } else { 1 };
    if let Some(initializer) = args.get(at, "initializer").cloned() {
        let initializer = interp.arg(&initializer);
        interp.initialise(node, &initializer);
    }
    Ok(Value::Tensor(node))
}

impl Interp<'_> {
    /// Keras 3's base class has methods that only say that a class has to define them.
    fn refuse_base_metric(&mut self, state: &super::config::ConfigState) -> Eval<()> {
        if self.keras == Keras::Three && &*state.path == "keras.metrics.Metric" {
            return Err(self.raise(ops::Exc::NotImplementedError, ""));
        }
        Ok(())
    }

    /// An `AUC` of several labels asks its predictions for their shape.
    fn refuse_lists(&mut self, state: &super::config::ConfigState, class: &str, args: &Args) -> Eval<()> {
        let is = |name: &str, value: &Arg| state.args.iter().any(|(own, arg)| &**own == name && arg == value);
        let builds = class == "AUC" && is("multi_label", &Arg::Bool(true)) && is("num_labels", &Arg::None);
        let given = args.get(1, "y_pred").filter(|given| matches!(given, Value::List(_) | Value::Tuple(_)));
        match given.filter(|_| builds && state.used.is_none()) {
            Some(given) => {
                let text = format!("'{}' object has no attribute 'shape'", self.type_name(given));
                Err(self.raise(ops::Exc::AttributeError, text))
            }
            None => Ok(()),
        }
    }

    /// Keras 2 builds a matrix of the classes that it was told, and refuses others.
    ///
    /// source: tensorflow/python/ops/confusion_matrix.py, tensorflow/python/ops/check_ops.py
    fn refuse_classes(&mut self, state: &super::config::ConfigState, class: &str, args: &Args) -> Eval<()> {
        let count = state.args.iter().find(|(name, _)| &**name == "num_classes").map(|(_, arg)| arg.clone());
        // What belongs to no class may have any number.
        let leaves_out = state.args.iter().any(|(name, arg)| &**name == "ignore_class" && !arg.is_none());
        let plain =
            |name: &str| !state.args.iter().any(|(own, arg)| &**own == name && *arg == Arg::Bool(false));
        let Some(Arg::Int(count)) = count.filter(|_| {
            self.keras == Keras::Two
                && BOUNDED.contains(&class)
                && plain("sparse_y_true")
                && !leaves_out
                && plain("sparse_y_pred")
        }) else {
            return Ok(());
        };
        let parts = [(0, "y_true", "labels", ""), (1, "y_pred", "predictions", "_1")];
        for (at, name, what, nth) in parts {
            let given = args.get(at, name).cloned().unwrap_or(Value::None);
            let Some(known) = self.known_integers(&given) else { continue };
            if known.iter().all(|number| *number < count) {
                continue;
            }
            let shown: Vec<String> = known.iter().take(3).map(i64::to_string).collect();
            let text = if self.graph_depth > 0 {
                format!(
                    "`{what}` out of bound\nCondition x < y did not hold element-wise:\nx \
                     (confusion_matrix/control_dependency{nth}:0) = \n[{}]\ny (confusion_matrix/Cast_2:0) = \n{count}",
                    shown.join(" ")
                )
            } else {
                format!(
                    "`{what}` out of bound\nCondition x < y did not hold.\nFirst {} elements of x:\n[{}]\nFirst 1 \
                     elements of y:\n[{count}]",
                    shown.len(),
                    shown.join(" ")
                )
            };
            return Err(self.raise(ops::Exc::InvalidArgumentError, text));
        }
        Ok(())
    }

    /// `result()` of what Keras 3 compiles of all metrics of a model: a dict, which logs hold flat.
    ///
    /// source: keras/src/trainers/compile_utils.py: CompileMetrics
    fn compiled_results(&mut self, model: ObjId) -> Eval {
        let Some(plan) = self.compiled(model).and_then(|c| c.built_metrics.clone()) else {
            return Ok(self.unknown("the results of metrics that no data has reached"));
        };
        let mut pairs = Vec::with_capacity(plan.len());
        for entry in plan.iter() {
            let value = match self.log_number(model, &entry.name)? {
                Some(value) => value,
                None => Value::Tensor(self.scalar("a metric's result")),
            };
            pairs.push((Value::Str(entry.name.clone()), value));
        }
        Ok(self.new_dict(pairs))
    }

    /// What `update_state` returns: in Keras 2 what the last assignment does, of the metrics that count at thresholds
    /// and of Keras 3's nothing but a matrix.
    fn updated_number(&mut self, id: ObjId, class: &str) -> Eval {
        let owner = crate::framework::training::Owner::Object(id);
        let slot = match (self.keras, class) {
            (_, "MeanIoU" | "IoU" | "BinaryIoU" | "OneHotIoU" | "OneHotMeanIoU") => "total_cm",
            (Keras::Three, _) | (_, "F1Score" | "FBetaScore" | "R2Score") => return Ok(Value::None),
            (Keras::Two, "Sum") => "total",
            (Keras::Two, _) if keras::metrics::counting(&format!("keras.metrics.{class}")).is_some() => {
                return Ok(Value::None);
            }
            (Keras::Two, _) => "count",
        };
        let Some(node) = self.existing_slot(&owner, slot).filter(|_| self.graph_depth == 0) else {
            return Ok(Value::None);
        };
        match self.keras {
            Keras::Two => Ok(self.assigned(node)),
            Keras::Three => self.call_api(&"tf.identity".into(), Args::of([Value::Tensor(node)])),
        }
    }

    /// The integers of a list or a tensor of them, where they are known.
    fn known_integers(&mut self, given: &Value) -> Option<Vec<i64>> {
        match given {
            Value::Int(number) => Some(vec![*number]),
            Value::List(_) | Value::Tuple(_) => {
                let items = self.iterate(given, 10_000).ok().filter(|(_, more)| !more)?.0;
                let parts = items.iter().map(|item| self.known_integers(item)).collect::<Option<Vec<_>>>()?;
                Some(parts.concat())
            }
            Value::Tensor(node) => {
                let of = self.trace.node(*node);
                if !of.spec.dtype.is_some_and(DType::is_integer) {
                    return None;
                }
                match &of.content {
                    tensor::Content::Array(array) => match &array.data {
                        tensor::Data::Int(numbers) => Some(numbers.clone()),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a metric's `result` raises that makes its variables when it first sees data.
    ///
    /// source: keras/src/metrics/{f_score,regression}_metrics.py, tf_keras/src/metrics/base_metric.py: MeanTensor
    fn refuse_early_result(&mut self, id: ObjId, state: &super::config::ConfigState) -> Eval<()> {
        let own = self.is_scripts_own(id);
        let attribute = match state.path.strip_prefix("keras.metrics.") {
            _ if own || state.used.is_some() => return Ok(()),
            Some("F1Score" | "FBetaScore") => "true_positives",
            Some("R2Score") => "sum",
            Some("MeanTensor")
                if state.args.iter().any(|(name, arg)| &**name == "shape" && !arg.is_none()) =>
            {
                return Ok(());
            }
            Some("MeanTensor") => {
                let text = "MeanTensor does not have any value yet. Please call the MeanTensor instance or use \
                            `.update_state(value)` before retrieving the result.";
                return Err(self.raise(ops::Exc::ValueError, text));
            }
            _ => return Ok(()),
        };
        let core = format!("'{}' object has no attribute '{attribute}'", self.class_name(id));
        Err(self.raise(ops::Exc::AttributeError, core))
    }

    /// Remembers of the data that a metric sees the shape that its result has from then on.
    fn note_data(&mut self, id: ObjId, class: &str, args: &Args) {
        let given = match class {
            "MeanTensor" => args.get(0, "values"),
            _ => args.get(1, "y_pred"),
        };
        let spec = given.cloned().and_then(|value| match self.flat_tensors(&value).as_slice() {
            [node] => Some(self.trace.node(*node).spec.shape.clone()),
            _ => self.plain_spec(&value, 0).map(|spec| spec.shape),
        });
        let shape = match (class, spec) {
            ("MeanTensor", Some(shape)) => shape,
            ("F1Score" | "FBetaScore" | "R2Score", Some(shape)) => {
                shape.dim(-1).map_or(Shape::UNKNOWN, |last| Shape::new([last]))
            }
            _ => Shape::UNKNOWN,
        };
        if let Some(state) = self.config_mut(id)
            && state.used.as_ref().is_none_or(|used| used.rank().is_none())
        {
            state.used = Some(shape);
        }
    }

    /// The variables of a metric that makes them when it first sees data.
    ///
    /// source: keras/src/metrics/{f_score,regression}_metrics.py
    pub(crate) fn variables_of_data(&mut self, id: ObjId, name: &str) -> Option<Value> {
        let told = name == "variables" || name == "weights" && self.keras == Keras::Two;
        if !told || self.computes() || self.is_scripts_own(id) {
            return None;
        }
        let state = self.config(id)?.clone();
        let class = state.path.strip_prefix("keras.metrics.")?;
        let average = state.args.iter().find(|(own, _)| &**own == "average").map(|(_, arg)| arg.clone());
        let micro = matches!(&average, Some(Arg::Str(how)) if &**how == "micro");
        let (first, later): (&[&str], &[&str]) = match class {
            "F1Score" | "FBetaScore" => {
                (&[], &["true_positives", "false_positives", "false_negatives", "intermediate_weights"])
            }
            "R2Score" => (&["num_samples"], &["squared_sum", "sum", "residual", "count"]),
            _ => return None,
        };
        let wanted = match state.used {
            Some(_) => first.len() + later.len(),
            None => first.len(),
        };
        let shape = match state.used {
            _ if micro => Shape::scalar(),
            Some(shape) => shape,
            None => Shape::scalar(),
        };
        let mut made = state.variables;
        for (at, own) in first.iter().chain(later).enumerate().take(wanted).skip(made.len()) {
            let (shape, dtype) = match at < first.len() {
                true if self.keras == Keras::Two => (Shape::scalar(), DType::Int32),
                true => (Shape::scalar(), DType::Float32),
                false => (shape.clone(), DType::Float32),
            };
            let end = if self.keras == Keras::Two { ":0" } else { "" };
            made.push(self.new_variable(format!("{own}{end}").into(), TensorSpec::new(shape, dtype), false));
        }
        self.config_mut(id)?.variables.clone_from(&made);
        let nodes = made.into_iter().map(|v| Value::Tensor(self.trace.variable(v).node)).collect();
        Some(self.new_list(nodes))
    }

    /// The result of a metric whose shape the data decided.
    fn result_of_data(&mut self, id: ObjId, state: &super::config::ConfigState) -> Eval {
        let known =
            state.used.clone().filter(|shape| shape.all_known().is_some() && !self.is_scripts_own(id));
        let Some(shape) = known else { return Ok(self.unknown("a metric's result for each class")) };
        let settings = Bound { keras: self.keras, class: "", args: &state.args };
        let Some(dtype) = keras::metrics::result_dtype(&state.path, &settings) else {
            return Ok(self.unknown("a metric's result of a dtype that is asked for"));
        };
        let node = self.scalar("a metric's result");
        let of = &mut self.trace.node_mut(node).spec;
        (of.shape, of.dtype) = (shape, Some(dtype));
        Ok(Value::Tensor(node))
    }

    /// Keras 2's `Metric.reset_state` assigns 0 to each variable, which one that is no scalar refuses.
    ///
    /// source: tf_keras/src/metrics/base_metric.py; tensorflow/python/ops/resource_variable_ops.py: `assign`
    fn refuse_reset(&mut self, id: ObjId) -> Eval<()> {
        let Some(state) = self.config(id).filter(|state| &*state.path == "keras.metrics.Metric") else {
            return Ok(());
        };
        if self.keras == Keras::Three {
            return Ok(());
        }
        let mut made = state.variables.iter().map(|v| self.trace.variable(*v));
        let refused = made.find_map(|variable| {
            let shape = self.trace.node(variable.node).spec.shape.clone();
            shape.rank().is_some_and(|rank| rank > 0).then(|| (variable.name.clone(), shape))
        });
        let Some((name, shape)) = refused else { return Ok(()) };
        let text = format!(
            "Cannot assign value to variable ' {name}:0': Shape mismatch.The variable shape {}, and the assigned value \
             shape () are incompatible.",
            shape.tuple()
        );
        Err(self.bad_data(ops::Exc::ValueError, text))
    }

    /// What Keras 2 does with the script's own metrics of a model that has run before: at the start of an epoch and
    /// of a validation they are reset.
    pub(crate) fn reset_metrics(&mut self, model: ObjId) -> Eval<()> {
        let ran = self.model(model).is_some_and(|m| m.traced.iter().take(2).any(Option::is_some));
        let Some(compiled) = self.compiled(model).filter(|_| ran && self.keras == Keras::Two) else {
            return Ok(());
        };
        let mut objects = Vec::new();
        for metrics in [compiled.metrics.clone(), compiled.weighted_metrics.clone()] {
            objects.extend(self.leaves(&metrics));
        }
        for object in objects {
            let Value::Instance(id) = object else { continue };
            let class = self.heap.instance(id).map(|i| i.class);
            let own = class.is_some_and(|class| {
                ["reset_state", "reset_states"]
                    .into_iter()
                    .any(|name| matches!(self.class_attr(class, name), Some((Value::Function(_), _))))
            });
            if !own {
                self.refuse_reset(id)?;
            }
        }
        Ok(())
    }

    /// Raises for a call without predictions, as Python does.
    fn require_predictions(&mut self, class: &str, args: &Args) -> Eval<()> {
        let alone = args.positional.len() == 1 && args.keywords.is_empty();
        if !alone || matches!(class, "Mean" | "Sum" | "MeanTensor") {
            return Ok(());
        }
        let own = match class {
            "MeanIoU" | "IoU" | "BinaryIoU" | "OneHotIoU" | "OneHotMeanIoU" => "_IoUBase",
            "F1Score" => "FBetaScore",
            "TruePositives" | "TrueNegatives" | "FalsePositives" | "FalseNegatives" => {
                "_ConfusionMatrixConditionCount"
            }
            "SensitivityAtSpecificity"
            | "SpecificityAtSensitivity"
            | "PrecisionAtRecall"
            | "RecallAtPrecision" => "SensitivitySpecificityBase",
            "Precision" | "Recall" | "AUC" | "FBetaScore" | "R2Score" | "RootMeanSquaredError" => class,
            _ => "MeanMetricWrapper",
        };
        let text = format!("{own}.update_state() missing 1 required positional argument: 'y_pred'");
        Err(self.raise(ops::Exc::TypeError, text))
    }

    /// `update_state` of a metric that counts; others, such as `Mean`, take what they get.
    fn update_counts(&mut self, state: &super::config::ConfigState, args: &Args) -> Eval {
        if keras::metrics::counting(&state.path).is_none() {
            return self.check_mean(state, args);
        }
        match self.check_counts(state, args)? {
            Some(Err(why)) => {
                self.undecided(why);
                Ok(self.unknown(why))
            }
            Some(Ok(())) => Ok(self.confusion(state)),
            None => Ok(Value::None),
        }
    }

    /// Checks what a metric that counts is given, and answers why that cannot be told; nothing for other metrics, and for
    /// data of which nothing is known.
    ///
    /// # Errors
    /// What Keras raises.
    fn check_counts(
        &mut self,
        state: &super::config::ConfigState,
        args: &Args,
    ) -> Eval<Option<Result<(), &'static str>>> {
        let Some(counting) = keras::metrics::counting(&state.path) else { return Ok(None) };
        let (Some(y_true), Some(y_pred)) = (args.get(0, "y_true").cloned(), args.get(1, "y_pred").cloned())
        else {
            return Ok(None);
        };
        if self.hides_unknown(&y_true) || self.hides_unknown(&y_pred) {
            return Ok(None);
        }
        let weight = args.get(2, "sample_weight").cloned().unwrap_or(Value::None);
        // Keras 2's F-scores make floats of a list, which they refuse to make of a tensor of integers.
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let floats = self.keras == Keras::Two && matches!(class, "F1Score" | "FBetaScore" | "R2Score");
        let listed = floats && matches!(y_true, Value::List(_) | Value::Tuple(_));
        let [mut y_true, y_pred] = [self.tensor_of_list(y_true)?, self.tensor_of_list(y_pred)?];
        if listed {
            let dtype = Value::DType(DType::Float32, crate::value::DTypeObject::TensorFlow);
            let keywords = vec![("dtype".into(), dtype)];
            y_true = self.call_api(&"tf.cast".into(), Args { positional: vec![y_true], keywords })?;
        }
        let (y_true, y_pred, weight) = (self.arg(&y_true), self.arg(&y_pred), self.arg(&weight));
        let settings = Bound { keras: self.keras, class, args: &state.args };
        let answer = keras::metrics::check_counting(self, counting, y_true, y_pred, &weight, &settings);
        self.settle(answer, &state.path, Vec::new).map(Some)
    }

    /// What `update_state` of a metric over a confusion matrix answers: the matrix.
    fn confusion(&mut self, state: &super::config::ConfigState) -> Value {
        let settings = Bound { keras: self.keras, class: "", args: &state.args };
        let kept = keras::metrics::kept(&state.path, &settings).unwrap_or_default();
        let matrix = kept.into_iter().find(|(name, _)| *name == "total_cm");
        let Some((_, shape)) = matrix.filter(|_| settings.get("dtype").is_none()) else { return Value::None };
        let node = self.scalar("a confusion matrix");
        let spec = &mut self.trace.node_mut(node).spec;
        spec.shape = shape;
        if self.keras == Keras::Three {
            spec.dtype = Some(DType::Int64);
        }
        Value::Tensor(node)
    }

    /// Makes a tensor of a list, as a metric does of what it is given: `metric.update_state([0, 1], [1, 1])`.
    fn tensor_of_list(&mut self, given: Value) -> Eval {
        if !matches!(given, Value::List(_) | Value::Tuple(_)) {
            return Ok(given);
        }
        let made = self.call_api(&"tf.convert_to_tensor".into(), Args::of([given.clone()]))?;
        Ok(if made.is_unknown() { given } else { made })
    }

    /// `update_state` of a metric that averages or adds up what it is given.
    fn check_mean(&mut self, state: &super::config::ConfigState, args: &Args) -> Eval {
        let class = state.path.rsplit('.').next().unwrap_or_default();
        let names = match class {
            "Mean" | "Sum" => ["values", "sample_weight", ""],
            "RootMeanSquaredError" | "MeanRelativeError" => ["y_true", "y_pred", "sample_weight"],
            _ => return Ok(Value::None),
        };
        let given = [0, 1, 2].map(|at| args.get(at, names[at]).cloned().unwrap_or(Value::None));
        if given.iter().any(|value| self.hides_unknown(value)) {
            return Ok(Value::None);
        }
        let given = given.map(|value| self.arg(&value));
        let settings = Bound { keras: self.keras, class, args: &state.args };
        let answer = keras::metrics::check_averaging(self, class, given, &settings);
        // A metric that cannot be followed is taken to work.
        let _ = self.settle(answer, &state.path, Vec::new)?;
        Ok(self.updated())
    }

    /// What `update_state` of a mean or a sum answers: in Keras 2 the total or the count after it.
    fn updated(&mut self) -> Value {
        match self.keras {
            Keras::Two => Value::Tensor(self.scalar("what a metric has counted")),
            Keras::Three => Value::None,
        }
    }

    /// A scalar that nothing is known of and no gradient passes.
    pub(crate) fn scalar(&mut self, what: &'static str) -> NodeId {
        let kind = if self.graph_depth > 0 { TensorKind::Graph } else { TensorKind::Eager };
        let spec = TensorSpec::new(Shape::scalar(), DType::Float32);
        let span = self.here();
        self.trace.add(Source::Opaque(what), kind, spec, span)
    }

    /// The number of steps that an optimizer has made.
    pub(crate) fn iterations(&mut self) -> Value {
        let node = self.scalar("an optimizer's iterations");
        self.trace.node_mut(node).spec.dtype = Some(DType::Int64);
        Value::Tensor(node)
    }
}
