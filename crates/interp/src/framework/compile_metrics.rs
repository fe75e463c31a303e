//! The metrics that a model is compiled with: which outputs they go to, and their updates.
//!
//! source: keras/src/trainers/compile_utils.py: CompileMetrics, tf_keras/src/engine/compile_utils.py: MetricsContainer

use std::rc::Rc;

use ops::{Exc, Keras};

use crate::framework::compile::OutputMetric;
use crate::framework::compile_loss::{is_nested, name_list};
use crate::framework::given_metric::MetricKind;
use crate::framework::layer_class::split_self;
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::{Eval, Halt};
use crate::value::{Args, Value, Wrapped};

/// What `model.compiled_metrics` is in a step of the script's own: `self.compiled_metrics.update_state(y, y_pred)`.
pub(super) static COMPILED_METRICS: NativeClass = NativeClass {
    path: "tf_keras.src.engine.compile_utils.MetricsContainer",
    state: || NativeState::Plain,
    methods: &[&[native("update_state", update_state)]],
    properties: &[],
};

const MODEL: &str = "_model";

/// `model.compiled_metrics`.
pub(super) fn compiled_metrics(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if interp.keras == Keras::Two && interp.compiled(id).is_none() {
        return Ok(Value::None);
    }
    interp.hand_out_metrics(id);
    let class = interp.native_class(COMPILED_METRICS.path);
    let made = interp.new_instance(class);
    if let Some(instance) = interp.heap.instance_mut(made) {
        instance.attrs.insert(MODEL.into(), Value::Instance(id));
    }
    Ok(Value::Instance(made))
}

fn update_state(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let model = interp.heap.instance(id).and_then(|instance| instance.attrs.get(MODEL)).cloned();
    let Some(Value::Instance(model)) = model else { return Ok(Value::None) };
    let labels = if interp.keras == Keras::Two { "y_true" } else { "y" };
    let get = |at, name: &str| args.get(at, name).cloned().unwrap_or(Value::None);
    let (y, y_pred, weight) = (get(0, labels), get(1, "y_pred"), get(2, "sample_weight"));
    if interp.keras == Keras::Three && interp.computes() {
        // There the loss's mean takes the predictions as well.
        interp.undecided("Keras 3's `compiled_metrics`, which counts predictions as losses");
    }
    interp.update_compiled_metrics(model, &y, &y_pred, &weight)?;
    Ok(Value::None)
}

impl Interp<'_> {
    /// The compiled metrics, made for the outputs that are seen first.
    fn metrics_plan(&mut self, id: ObjId, y: &[Value], y_pred: &Value) -> Eval<Rc<[OutputMetric]>> {
        if let Some(plan) = self.compiled(id).and_then(|c| c.built_metrics.clone()) {
            return Ok(plan);
        }
        let Some(compiled) = self.compiled(id).cloned() else { return Ok([].into()) };
        let outputs = self.leaves(y_pred);
        let names = match self.keras {
            Keras::Two => Some(self.names2(id, y_pred)),
            Keras::Three => self.resolved_names3(id, y_pred),
        };
        let mut plan: Vec<OutputMetric> = Vec::new();
        let mut logs = keras::training::LogNames::default();
        for (given, weighted) in [(&compiled.metrics, false), (&compiled.weighted_metrics, true)] {
            let argument = if weighted { "weighted_metrics" } else { "metrics" };
            if self.keras == Keras::Three
                && outputs.len() > 1
                && !self.matches_outputs(given, y_pred, names.as_deref())
            {
                return Err(self.unmatched_metrics(id, argument, given, y_pred)?);
            }
            if self.keras == Keras::Two {
                self.refuse_stray_metrics(argument, given, y_pred, names.as_deref().unwrap_or_default())?;
            }
            for (output, list) in self.metrics_by_output(given, outputs.len(), names.as_deref())? {
                for metric in list {
                    let label = y.get(output).cloned().unwrap_or(Value::None);
                    let prediction = outputs.get(output).cloned().unwrap_or(Value::None);
                    let Some(metric) = self.metric_of(&metric, &label, &prediction)? else { continue };
                    let several = outputs.len() > 1;
                    let owner = names.as_ref().and_then(|n| n.get(output)).filter(|_| several);
                    let log = logs.next(owner.map(|name| &**name), &metric.name, weighted);
                    let known = !matches!(metric.kind, MetricKind::Unknown);
                    if self.keras == Keras::Two && log.before > 0 && known {
                        let core = format!(
                            "Found two metrics with the same name: {}. All the metrics added to the model need to have \
                             unique names.",
                            log.name
                        );
                        return Err(self.bad_argument(argument, core));
                    }
                    let name = if self.keras == Keras::Two { log.name } else { log.numbered() };
                    plan.push(OutputMetric { output, metric, name: name.into(), weighted });
                }
            }
        }
        if self.keras == Keras::Two {
            // Each output's weighted metrics follow its others.
            plan.sort_by_key(|metric| metric.output);
        }
        let plan: Rc<[OutputMetric]> = plan.into();
        if let Some(compiled) = self.compiled_mut(id) {
            compiled.built_metrics = Some(plan.clone());
        }
        Ok(plan)
    }

    /// The names of the outputs in Keras 3: the keys of outputs go before the names of their layers.
    fn resolved_names3(&self, id: ObjId, y_pred: &Value) -> Option<Vec<Rc<str>>> {
        match self.sorted_pairs(y_pred) {
            Some(pairs) => Some(pairs.into_iter().map(|(key, _)| key).collect()),
            None => self.output_names(id),
        }
    }

    /// Labels or weights in the order of the outputs: those in a dict by the outputs' names, however the outputs are
    /// held (`CompileMetrics._flatten_y`).
    fn flat_labels3(&self, y: &Value, y_pred: &Value, names: Option<&[Rc<str>]>) -> Vec<Value> {
        let outputs = self.leaves(y_pred).len();
        let flat = outputs > 1 && self.children(y_pred).is_some_and(|children| children.len() == outputs);
        let named = || -> Option<Vec<Value>> {
            let pairs = self.sorted_pairs(y)?;
            names?.iter().map(|name| Some(pairs.iter().find(|(key, _)| key == name)?.1.clone())).collect()
        };
        named().filter(|_| flat).unwrap_or_else(|| self.leaves(y))
    }

    /// Which metrics go to which output.
    fn metrics_by_output(
        &mut self,
        given: &Value,
        outputs: usize,
        names: Option<&[Rc<str>]>,
    ) -> Eval<Vec<(usize, Vec<Value>)>> {
        if given.is_none() || given.is_unknown() {
            return Ok(Vec::new());
        }
        if outputs <= 1 {
            return Ok(vec![(0, self.leaves(given))]);
        }
        if let Some(pairs) = self.sorted_pairs(given)
            && matches!(given, Value::Dict(_))
        {
            let at = |name: &Rc<str>| names.and_then(|n| n.iter().position(|o| o == name));
            return Ok(pairs.iter().filter_map(|(k, v)| Some((at(k)?, self.leaves(v)))).collect());
        }
        let items = self.children(given).unwrap_or_else(|| vec![given.clone()]);
        let nested = items.iter().any(is_nested);
        if items.len() == outputs && (nested || self.keras == Keras::Three) {
            return Ok(items.iter().enumerate().map(|(i, v)| (i, self.leaves(v))).collect());
        }
        if self.keras == Keras::Two && !nested {
            // A flat list goes to every output.
            return Ok((0..outputs).map(|i| (i, items.clone())).collect());
        }
        self.undecided("metrics that do not match the outputs");
        Ok(Vec::new())
    }

    /// Updates the compiled metrics.
    ///
    /// # Errors
    /// What they raise for labels that do not fit.
    pub(crate) fn update_compiled_metrics(
        &mut self,
        id: ObjId,
        y: &Value,
        y_pred: &Value,
        weight: &Value,
    ) -> Eval<()> {
        self.hand_out_metrics(id);
        let given = self.compiled(id).map(|c| (c.metrics.clone(), c.weighted_metrics.clone()));
        let Some((metrics, weighted)) = given else { return Ok(()) };
        if self.leaves(&metrics).iter().chain(&self.leaves(&weighted)).all(Value::is_none) {
            return Ok(());
        }
        if self.hides_unknown(y) || self.hides_unknown(y_pred) {
            return Ok(());
        }
        let (labels, weights) = match self.keras {
            Keras::Two => {
                let names = self.names2(id, y_pred);
                (self.conform2(y, y_pred, &names)?, self.conform2(weight, y_pred, &names)?)
            }
            Keras::Three => {
                let names = self.resolved_names3(id, y_pred);
                (
                    self.flat_labels3(y, y_pred, names.as_deref()),
                    self.flat_labels3(weight, y_pred, names.as_deref()),
                )
            }
        };
        let plan = self.metrics_plan(id, &labels, y_pred)?;
        let outputs = self.leaves(y_pred);
        for entry in plan.iter() {
            let (Some(y_t), Some(y_p)) = (labels.get(entry.output), outputs.get(entry.output)) else {
                continue;
            };
            if y_t.is_none() && self.keras == Keras::Two {
                continue;
            }
            // Keras 3 has the first weights count for every output where there are fewer.
            let all = self.keras == Keras::Three && weights.len() < labels.len();
            let own = weights.get(if all { 0 } else { entry.output });
            let w = if entry.weighted { own.cloned() } else { None };
            let (mut y_t, mut w) = (y_t.clone(), w.unwrap_or(Value::None));
            if self.keras == Keras::Two {
                (y_t, w) = self.match_rank(&y_t, y_p, &w)?;
            }
            if self.computes() {
                self.tally_entry(id, entry, &y_t, y_p, &w)?;
                continue;
            }
            self.update_metric(&entry.metric, &y_t, y_p, &w)?;
        }
        Ok(())
    }

    /// Notes that a step has the compiled metrics at hand, and may update them.
    pub(crate) fn hand_out_metrics(&mut self, id: ObjId) {
        if let Some(compiled) = self.compiled_mut(id) {
            compiled.metrics_seen = true;
        }
    }

    /// Refuses what Keras 3 does at the end of an epoch, and of a test: it asks the compiled metrics for their results
    /// though a step of the script's own has never updated them, as in `compile(metrics=[...])` with a `train_step` that
    /// returns `{"loss": loss}`.
    ///
    /// source: keras/src/trainers/trainer.py: _get_metrics_result_or_logs
    pub(crate) fn refuse_unseen_metrics(&mut self, id: ObjId, step: Step) -> Eval<()> {
        let own = match step {
            Step::Train => "train_step",
            Step::Test => "test_step",
            Step::Predict => return Ok(()),
        };
        let unseen = self.compiled(id).is_some_and(|compiled| {
            let given = !compiled.metrics.is_none() || !compiled.weighted_metrics.is_none();
            given && !compiled.metrics_seen
        });
        if self.keras == Keras::Two || !unseen || self.undecided.is_some() {
            return Ok(());
        }
        let metrics = self.script_method(id, "metrics");
        let native = matches!(&metrics, Some(Value::Wrapped(made)) if matches!(&**made, Wrapped::Property(Value::Native(_), _)));
        let shown_by_script =
            metrics.is_some() && !native || self.script_method(id, "get_metrics_result").is_some();
        if self.script_method(id, own).is_none() || shown_by_script {
            return Ok(());
        }
        let core = "Cannot get result() since the metric has not yet been built.";
        Err(self.bad_data(Exc::ValueError, core.to_owned()))
    }

    /// Tells whether Keras 3 finds the outputs that metrics are for, as far as can be told.
    fn matches_outputs(&self, given: &Value, y_pred: &Value, names: Option<&[Rc<str>]>) -> bool {
        let Some(outputs) = self.children(y_pred).filter(|outputs| !outputs.iter().any(is_nested)) else {
            return true;
        };
        match given {
            Value::Dict(_) => {
                let keys = self.keywords_of(given);
                keys.zip(names).is_none_or(|(keys, names)| keys.iter().all(|(key, _)| names.contains(key)))
            }
            Value::List(_) | Value::Tuple(_) => {
                self.children(given).is_none_or(|items| items.is_empty() || items.len() == outputs.len())
            }
            _ => true,
        }
    }

    /// Refuses what Keras 2 does: metrics for outputs that there are not.
    fn refuse_stray_metrics(
        &mut self,
        argument: &'static str,
        given: &Value,
        y_pred: &Value,
        names: &[Rc<str>],
    ) -> Eval<()> {
        let Some(pairs) = self.sorted_pairs(given) else { return Ok(()) };
        let Some(outputs) = self.sorted_pairs(y_pred) else {
            let flat = self.children(y_pred).is_none_or(|outputs| !outputs.iter().any(is_nested));
            return if flat { self.refuse_stray2(argument, &pairs, names) } else { Ok(()) };
        };
        // What is missing is added before the two are compared.
        let stray = pairs.iter().filter(|(key, _)| outputs.iter().all(|(output, _)| output != key)).count();
        if stray == 0 {
            return Ok(());
        }
        let core = format!(
            "The two structures don't have the same sequence length. Input structure has length {}, while shallow structure \
             has length {}.",
            outputs.len() + stray,
            outputs.len()
        );
        Err(self.bad_argument(argument, core))
    }

    /// What Keras 3 says of them.
    fn unmatched_metrics(&mut self, id: ObjId, argument: &str, given: &Value, y_pred: &Value) -> Eval<Halt> {
        let tuples = self.tuples_of(given);
        let tuples = self.repr(&tuples)?.unwrap_or_default();
        let mismatch = match (self.sorted_pairs(y_pred), self.sorted_pairs(given)) {
            (Some(outputs), Some(keys)) => {
                let outputs: Vec<Rc<str>> = outputs.into_iter().map(|(key, _)| key).collect();
                let keys: Vec<Rc<str>> = keys.into_iter().map(|(key, _)| key).collect();
                let but = |these: &[Rc<str>], those: &[Rc<str>], what: &str| {
                    let left: Vec<_> = these.iter().filter(|key| !those.contains(key)).cloned().collect();
                    if left.is_empty() {
                        String::new()
                    } else {
                        format!(", {what} key(s): {}", name_list(&left))
                    }
                };
                let (missing, extra) = (but(&outputs, &keys, "missing"), but(&keys, &outputs, "extra"));
                let (outputs, keys) = (name_list(&outputs), name_list(&keys));
                format!(
                    "dictionary key mismatch; expected key(s): {outputs}, got key(s): {keys}{missing}{extra}; dict: {tuples}."
                )
            }
            (Some(_), None) => format!(
                "Expected an instance of dict, collections.OrderedDict, or collections.defaultdict, got {tuples}."
            ),
            (None, Some(_)) => format!("Expected an instance of tuple, got {tuples}."),
            (None, None) => {
                let count = |value: &Value| self.children(value).map_or(0, |items| items.len());
                let (outputs, given) = (count(y_pred), count(given));
                format!("tuple arity mismatch; expected: {outputs}, got: {given}; tuple: {tuples}.")
            }
        };
        let names = match self.output_names(id) {
            Some(names) => {
                let names = name_list(&names);
                format!(
                    "either be a dict or a list matching the output names of the functional model {names} or "
                )
            }
            None => String::new(),
        };
        let outputs = match self.keywords_of(y_pred) {
            // In the order in which they were written.
            Some(pairs) => {
                let pairs: Vec<String> = pairs.iter().map(|(key, _)| format!("'{key}': 'X'")).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            None => self.structure_text(y_pred, "X"),
        };
        let shown = self.repr(given)?.unwrap_or_default();
        let core = format!(
            "{mismatch}\nInvalid `{argument}`. `{argument}` should contain metrics objects and {names}match the output \
             structure of the model: {outputs}.\nReceived: {argument}={shown}"
        );
        Ok(self.bad_data(Exc::ValueError, core))
    }

    /// A structure with its lists as tuples, those in a dict too.
    fn tuples_of(&mut self, value: &Value) -> Value {
        let Some(pairs) = self.pairs_of(value) else { return self.lists_to_tuples(value) };
        let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k, self.lists_to_tuples(&v))).collect();
        self.new_dict(pairs)
    }
}
