//! Metrics with numbers: the objects that keep what a model's steps add up.

use std::rc::Rc;

use graph::NodeId;
use keras::Bound;
use keras::metrics::{Batch, MetricCall, Tally};
use ops::{Arg, Exc, Infer, Keras, Stop};

use super::keeper::{Keep, Owner};
use crate::framework::compile::OutputMetric;
use crate::framework::given_metric::{Metric, MetricKind};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Adds the loss of one of several outputs to its tracker in Keras 3, weighed by the batch's size only where
    /// the step was traced for that size: `sample_weight=y_pred.shape[0]`.
    ///
    /// source: keras/src/trainers/compile_utils.py: CompileLoss.call
    pub(crate) fn track_output_loss(
        &mut self,
        model: ObjId,
        name: &str,
        loss: &Value,
        y_pred: &Value,
    ) -> Eval<()> {
        if !self.running.any_rows || !self.computes() {
            return self.track_loss(model, name, loss, y_pred);
        }
        let batch = Batch { values: self.arg(loss), weight: Arg::None };
        let owner = Owner::Log(model, name.into());
        let answer = keras::metrics::add_to_mean(&mut Keep { interp: self, owner }, batch);
        self.note_metric(answer, name)
    }

    /// Adds a loss to its tracker, weighed by the size of the batch.
    pub(crate) fn track_loss(&mut self, model: ObjId, name: &str, loss: &Value, batch: &Value) -> Eval<()> {
        if !self.computes() {
            return Ok(());
        }
        let rows = self.first_shape(batch).dim(0).and_then(tensor::Dim::known);
        let owner = Owner::Log(model, name.into());
        let weight = rows.map_or(Arg::Unknown, |n| Arg::Float(n as f64));
        let values = self.arg(loss);
        let answer = match weight {
            Arg::Unknown => Err(Stop::Unknown("a batch of unknown size")),
            weight => {
                keras::metrics::add_to_mean(&mut Keep { interp: self, owner }, Batch { values, weight })
            }
        };
        self.note_metric(answer, name)
    }

    /// Says that a metric is not known where it is not.
    fn note_metric(&mut self, answer: Infer<()>, name: &str) -> Eval<()> {
        if let Err(why) = self.settle(answer, name, Vec::new)? {
            if let Some(kernel) = self.refusing() {
                let text = format!("Graph execution error:\n\n`{kernel}` refuses its inputs");
                return Err(self.raise(Exc::InvalidArgumentError, text));
            }
            self.without_number(&format!("the metric '{name}' is not known: {why}"));
        }
        Ok(())
    }

    /// Updates a compiled metric; in Keras 2 the mask of the predictions is its weights, or part of them.
    pub(crate) fn tally_entry(
        &mut self,
        model: ObjId,
        entry: &OutputMetric,
        y_true: &Value,
        y_pred: &Value,
        weight: &Value,
    ) -> Eval<()> {
        if let MetricKind::Object(_) = entry.metric.kind {
            return self.update_metric(&entry.metric, y_true, y_pred, weight);
        }
        self.tally_compiled(model, &entry.name, &entry.metric, [y_true, y_pred, weight])
    }

    /// Adds a batch to what a compiled metric keeps, if it is none that keeps it itself.
    pub(crate) fn tally_compiled(
        &mut self,
        model: ObjId,
        name: &Rc<str>,
        metric: &Metric,
        data: [&Value; 3],
    ) -> Eval<()> {
        let owner = Owner::Log(model, name.clone());
        let function = self.metric_function(metric);
        let Some(call) = metric.averaged(self.keras, &function) else { return Ok(()) };
        self.tally_mean(owner, call, data, name)
    }

    fn tally_mean(&mut self, owner: Owner, call: MetricCall<'_>, data: [&Value; 3], name: &str) -> Eval<()> {
        let mask = self.mask_of(data[1]).unwrap_or(Value::None);
        let [y_true, y_pred, weight] = data.map(|v| self.arg(v));
        let mask = self.arg(&mask);
        let answer = keras::metrics::measured(self, call, y_true, y_pred, weight, &mask)
            .and_then(|batch| keras::metrics::add_to_mean(&mut Keep { interp: self, owner }, batch));
        self.note_metric(answer, name)
    }

    /// `update_state` of a metric object of one of Keras' classes.
    pub(crate) fn tally_object(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let state = self.config(id).cloned().unwrap_or_default();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let single = |dtype: &Arg| matches!(dtype, Arg::Str(name) if &**name == "float32") || dtype.is_none();
        let given = state.args.iter().find(|(name, _)| &**name == "dtype").map(|(_, dtype)| dtype);
        if given.is_some_and(|dtype| !single(dtype)) && !class.contains("IoU") {
            return self.note_metric(Err(Stop::Unknown("a metric of another dtype")), &class);
        }
        let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
        let loss = keras::losses::find_loss(&format!("keras.losses.{class}"));
        let accuracy = keras::metrics::find_metric_function(&state.path);
        let function = state.args.iter().find(|(n, _)| &**n == "fn").map(|(_, a)| a.clone());
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let call = match (accuracy, loss, &function) {
            (Some(accuracy), _, _) => Some(MetricCall::Accuracy(accuracy, settings)),
            (None, Some(loss), _) => Some(MetricCall::Loss(loss, settings)),
            (None, None, Some(function)) => Some(MetricCall::Function(function)),
            (None, None, None) => None,
        };
        if let Some(call) = call {
            let (y_true, y_pred) = (get(0, "y_true"), get(1, "y_pred"));
            let weight = get(2, "sample_weight");
            return self.tally_mean(Owner::Object(id), call, [&y_true, &y_pred, &weight], &class);
        }
        let first = args.get(0, "y_true").or_else(|| args.keyword("values")).cloned().unwrap_or(Value::None);
        let (name, last) = if matches!(&*class, "Mean" | "Sum" | "MeanTensor") {
            ("sample_weight", Value::None)
        } else {
            ("y_pred", get(2, "sample_weight"))
        };
        let second = get(1, name);
        let (first, second, last) = (self.number_arg(&first)?, self.arg(&second), self.arg(&last));
        let tally = Tally { class: &class, settings };
        let answer = tally.update(&mut Keep { interp: self, owner: Owner::Object(id) }, first, second, last);
        self.note_metric(answer, &class)
    }

    /// A number as a tensor; anything else as it is.
    fn number_arg(&mut self, value: &Value) -> Eval<Arg> {
        let plain = matches!(
            value,
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) | Value::Tuple(_)
        );
        if plain {
            let tensor = self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()]))?;
            return Ok(self.arg(&tensor));
        }
        Ok(self.arg(value))
    }

    /// `result` of a metric object of one of Keras' classes, where numbers are computed.
    pub(crate) fn tally_result(&mut self, id: ObjId) -> Eval<Option<NodeId>> {
        if !self.computes() {
            return Ok(None);
        }
        let state = self.config(id).cloned().unwrap_or_default();
        let class = state.path.rsplit('.').next().unwrap_or_default().to_owned();
        let settings = Bound { keras: self.keras, class: &class, args: &state.args };
        let tally = Tally { class: &class, settings };
        let answer = tally.result(&mut Keep { interp: self, owner: Owner::Object(id) });
        Ok(match self.settle(answer, &class, Vec::new)? {
            Ok(Arg::Tensor(operand)) => operand.node.map(NodeId),
            _ => None,
        })
    }

    /// What a metric's `result` gives to Keras, which in Keras 2 wants a tensor, or what makes one.
    ///
    /// source: tf_keras/src/utils/metrics_utils.py: result_wrapper
    ///
    /// # Errors
    /// What the method raises; in Keras 2 `RuntimeError` for one that returns nothing.
    pub(crate) fn metric_result(&mut self, metric: &Value) -> Eval {
        let result = self.call_method(metric, "result", Args::default())?.unwrap_or(Value::None);
        if self.keras == Keras::Two && result.is_none() {
            let name = self.callable_name(metric);
            let text = format!(
                "The output of `metric.result()` can only be a single Tensor/Variable, or a dict of Tensors/Variables. \
                 For metric {name}, got result None."
            );
            return Err(self.raise(Exc::RuntimeError, text));
        }
        Ok(result)
    }

    /// The value of one of a model's logs, where numbers are computed.
    pub(crate) fn log_number(&mut self, model: ObjId, name: &Rc<str>) -> Eval<Option<Value>> {
        let plan = self.compiled(model).and_then(|c| c.built_metrics.clone());
        let entry = plan.and_then(|plan| plan.iter().find(|m| m.name == *name).cloned());
        if let Some(entry) = &entry
            && let MetricKind::Object(id) = entry.metric.kind
        {
            return self.metric_result(&Value::Instance(id)).map(Some);
        }
        if !self.computes() {
            return Ok(None);
        }
        if self.existing_slot(&Owner::Log(model, name.clone()), "total").is_none() {
            for metric in self.listed_metrics(model)? {
                if self.callable_name(&metric) == *name {
                    return self.metric_result(&metric).map(Some);
                }
            }
        }
        let answer = keras::metrics::mean(&mut Keep { interp: self, owner: Owner::Log(model, name.clone()) });
        Ok(match self.settle(answer, name, Vec::new)? {
            Ok(arg) => Some(self.value_of(&arg)),
            Err(_) => None,
        })
    }

    /// `update_state` of a metric object, or of one that stands for a model's log.
    pub(crate) fn update_number(&mut self, id: ObjId, args: &Args) -> Eval<()> {
        let stands_for = self.numbers.as_ref().and_then(|n| n.stand_ins.get(&id)).cloned();
        let Some((model, name)) = stands_for else { return self.tally_object(id, args) };
        let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
        let plan = self.compiled(model).and_then(|c| c.built_metrics.clone());
        if let Some(entry) = plan.and_then(|plan| plan.iter().find(|m| m.name == name).cloned()) {
            let data = [get(0, "y_true"), get(1, "y_pred"), get(2, "sample_weight")];
            return self.tally_compiled(model, &name, &entry.metric, [&data[0], &data[1], &data[2]]);
        }
        let (values, weight) = (self.number_arg(&get(0, "values"))?, self.arg(&get(1, "sample_weight")));
        let mut keep = Keep { interp: self, owner: Owner::Log(model, name.clone()) };
        let answer = keras::metrics::add_to_mean(&mut keep, Batch { values, weight });
        self.note_metric(answer, &name)
    }

    /// `reset_state` of a metric object: one of the script's own class begins with the numbers of its variables.
    pub(crate) fn reset_metric(&mut self, id: ObjId) -> Eval<()> {
        let stands_for = self.numbers.as_ref().and_then(|n| n.stand_ins.get(&id)).cloned();
        let owner = match stands_for {
            Some((model, name)) => Owner::Log(model, name),
            None => Owner::Object(id),
        };
        self.reset_slots(&owner);
        let variables = self.config(id).map(|s| s.variables.clone()).unwrap_or_default();
        for variable in variables {
            let node = self.trace.variable(variable).node;
            self.fill_zeros(node);
        }
        Ok(())
    }

    /// Begins a model's metrics anew.
    pub(crate) fn reset_model_metrics(&mut self, model: ObjId) -> Eval<()> {
        let names = self.log_names(model);
        let plan = self.compiled(model).and_then(|c| c.built_metrics.clone());
        for name in names {
            self.reset_slots(&Owner::Log(model, name));
        }
        let compiled = plan.iter().flat_map(|p| p.iter()).filter_map(|m| match m.metric.kind {
            MetricKind::Object(id) => Some(id),
            _ => None,
        });
        let mut objects: Vec<ObjId> = compiled.collect();
        for metric in self.listed_metrics(model)? {
            if let Value::Instance(id) = metric
                && !objects.contains(&id)
            {
                objects.push(id);
            }
        }
        for id in objects {
            self.call_method(&Value::Instance(id), "reset_state", Args::default())?;
        }
        Ok(())
    }

    /// Tells whether a class of the script says by a `metrics` of its own what a model's metrics are.
    pub(crate) fn lists_its_metrics(&self, model: ObjId) -> bool {
        let class = self.heap.instance(model).map(|i| i.class);
        let own = class.and_then(|c| self.class_attr(c, "metrics"));
        own.is_some_and(|(_, owner)| self.class(owner).path.is_none())
    }

    /// The metric objects of a model: those of the script's own `metrics`, or those among its attributes.
    fn listed_metrics(&mut self, model: ObjId) -> Eval<Vec<Value>> {
        if !self.lists_its_metrics(model) {
            return Ok(self.own_metrics(model));
        }
        let metrics = self.get_attr(&Value::Instance(model), "metrics")?;
        Ok(self.iterate(&metrics, 1000)?.0)
    }
}
