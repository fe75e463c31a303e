//! `Model.evaluate`, `predict`, and the methods for single batches.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Exc, Keras, TensorKind};
use tensor::{Dim, Shape};

use crate::framework::binding::Given;
use crate::framework::callbacks::{Callbacks, Params};
use crate::framework::data::{Data, Feed};
use crate::framework::fit::items_taken;
use crate::framework::layer_class::split_self;
use crate::framework::train_step::Step;
use crate::framework::training::{Call, Logs, Rounds};
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::record::Phase;
use crate::value::{Args, Native, Plain, Value};

/// What a model predicts.
pub(crate) const PREDICTION: &str = "a prediction";

/// Methods.
pub(crate) static METHODS: &[Native] = &[
    native("evaluate", evaluate),
    native("predict", predict),
    native("train_on_batch", |i, a| on_batch(i, a, Step::Train)),
    native("test_on_batch", |i, a| on_batch(i, a, Step::Test)),
    native("predict_on_batch", predict_on_batch),
];

fn evaluate(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Evaluate, |interp| {
        let given = interp.bind_method_args("keras.Model.evaluate", Value::Instance(id), &args)?;
        interp.check_compiled(id)?;
        interp.check_evaluate_keywords(&given.get("kwargs"))?;
        let feed = Feed {
            x: given.get("x"),
            y: given.get("y"),
            weight: given.get("sample_weight"),
            class_weight: Value::None,
            batch: given.int("batch_size"),
            steps: given.int("steps"),
        };
        let data = interp.wanting(items_taken(feed.steps, 1), |interp| interp.read_data(&feed))?;
        let steps = interp.known_steps(&feed, &data)?;
        let params = Params { verbose: given.get("verbose"), epochs: 1, steps, call: Call::Alone };
        let mut callbacks = interp.callbacks_of(&given.get("callbacks"), id, &params)?;
        let none = interp.new_dict([]);
        if interp.trains() {
            return interp.evaluate_on_numbers(id, &feed, &data, &mut callbacks, &given.get("return_dict"));
        }
        interp.run_callbacks(&mut callbacks, "on_test_begin", std::slice::from_ref(&none))?;
        let logs = interp.on_specs(|interp| interp.run_steps(id, &data, Step::Test))?;
        interp.run_callbacks(&mut callbacks, "on_test_end", std::slice::from_ref(&none))?;
        let as_dict = given.get("return_dict");
        interp.evaluation(id, &logs, &as_dict)
    })
}

/// `train_on_batch` has the phase of `fit`; `test_on_batch` has none.
fn on_batch(interp: &mut Interp<'_>, mut args: Args, step: Step) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let path = if step == Step::Train { "keras.Model.train_on_batch" } else { "keras.Model.test_on_batch" };
    let run = |interp: &mut Interp<'_>| {
        let given = interp.bind_method_args(path, Value::Instance(id), &args)?;
        interp.check_compiled(id)?;
        let rows = {
            let x = given.get("x");
            interp.first_shape(&x).dim(0).and_then(Dim::known)
        };
        let feed = Feed {
            x: given.get("x"),
            y: given.get("y"),
            weight: given.get("sample_weight"),
            class_weight: given.get("class_weight"),
            batch: Some(rows.unwrap_or(32).max(1)),
            steps: None,
        };
        let data = interp.read_data(&feed)?;
        if interp.trains() {
            return interp.on_batch_with_numbers(id, &feed, &data, step, &given);
        }
        let logs = interp.on_specs(|interp| interp.run_steps(id, &data, step))?;
        let as_dict = given.get("return_dict");
        interp.evaluation(id, &logs, &as_dict)
    };
    if step == Step::Train { interp.phased(Phase::Fit, run) } else { run(interp) }
}

fn predict(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Predict, |interp| {
        let given = interp.bind_method_args("keras.Model.predict", Value::Instance(id), &args)?;
        let feed = Feed {
            x: given.get("x"),
            y: Value::None,
            weight: Value::None,
            class_weight: Value::None,
            batch: given.int("batch_size"),
            steps: given.int("steps"),
        };
        let none = interp.new_dict([]);
        let data = interp.wanting(items_taken(feed.steps, 1), |interp| interp.read_data(&feed))?;
        let steps = interp.known_steps(&feed, &data)?;
        let params = Params { verbose: given.get("verbose"), epochs: 1, steps, call: Call::Alone };
        let mut callbacks = interp.callbacks_of(&given.get("callbacks"), id, &params)?;
        interp.run_callbacks(&mut callbacks, "on_predict_begin", std::slice::from_ref(&none))?;
        let outputs = interp.on_specs(|interp| interp.run_steps(id, &data, Step::Predict))?;
        let gathered = interp.gathered(&outputs, &data);
        interp.predict_numbers(id, &feed, &data, &gathered, &mut callbacks)?;
        interp.run_callbacks(&mut callbacks, "on_predict_end", std::slice::from_ref(&none))?;
        Ok(gathered)
    })
}

fn predict_on_batch(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let given = interp.bind_method_args("keras.Model.predict_on_batch", Value::Instance(id), &args)?;
    let x = given.get("x");
    let rows = interp.first_shape(&x).dim(0).and_then(Dim::known);
    let feed = Feed {
        x,
        y: Value::None,
        weight: Value::None,
        class_weight: Value::None,
        batch: Some(rows.unwrap_or(32).max(1)),
        steps: None,
    };
    let data = interp.read_data(&feed)?;
    let outputs = interp.on_specs(|interp| interp.run_steps(id, &data, Step::Predict))?;
    let gathered = interp.gathered(&outputs, &data);
    interp.predict_numbers(id, &feed, &data, &gathered, &mut Callbacks::default())?;
    Ok(gathered)
}

impl Interp<'_> {
    /// `evaluate` takes any keyword, only to refuse it.
    fn check_evaluate_keywords(&mut self, kwargs: &Value) -> Eval<()> {
        const KNOWN: &[&str] = &["_use_cached_eval_dataset"];
        let pairs = self.pairs_of(kwargs).unwrap_or_default();
        let mut names = Vec::new();
        let mut shown = Vec::new();
        for (key, value) in &pairs {
            let Some(key) = key.as_str().filter(|k| !KNOWN.contains(k)) else { continue };
            names.push(key);
            shown.push(format!("'{key}': {}", self.repr(value)?.unwrap_or_default()));
        }
        let Some(first) = names.first() else { return Ok(()) };
        let misbound = ops::Misbound::Unexpected((*first).to_owned());
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let (class, core) = match self.keras {
            Keras::Two => (Exc::TypeError, format!("Invalid keyword arguments: [{}]", quoted.join(", "))),
            Keras::Three => (Exc::ValueError, format!("Arguments not recognized: {{{}}}", shown.join(", "))),
        };
        let mistake = ops::Mistake::Signature { problem: core.clone(), misbound };
        let violation = ops::Violation { class, core, mistake };
        Err(self.raise_violation(violation, "evaluate".into(), Vec::new()))
    }

    /// What `evaluate` returns: a number, a list of them, or a dict.
    fn evaluation(&mut self, id: ObjId, logs: &Value, as_dict: &Value) -> Eval {
        if logs.is_unknown() {
            return Ok(logs.clone());
        }
        if self.keras == Keras::Three
            && self.script_method(id, Step::Test.method()).is_some()
            && self.metrics_are_unknown(id)
        {
            // Keras builds them before the script's own step, which may give their results.
            return Ok(self.unknown("the results of a step of the script's own"));
        }
        let names: Vec<Rc<str>> = self.names_of_logs(id, logs);
        match self.truth(as_dict)? {
            Some(true) => return Ok(self.logs_dict(&names)),
            Some(false) => {}
            None => return Ok(self.unknown("the results of an evaluation")),
        }
        let names = self.in_list_order(id, names);
        if names.len() == 1 {
            return Ok(Value::Any(Plain::Float));
        }
        Ok(self.new_list(vec![Value::Any(Plain::Float); names.len()]))
    }

    /// The names of logs as they follow each other in a list of results.
    ///
    /// Keras 3 looks for its metrics by the names that they have without that of an output, `mae` and not `a_mae`, then
    /// for the losses of outputs; what is left follows sorted. A metric that has its name twice is listed twice
    /// (`Trainer._flatten_metrics_in_order`).
    fn in_list_order(&mut self, id: ObjId, names: Vec<Rc<str>>) -> Vec<Rc<str>> {
        if self.keras == Keras::Two || self.lists_its_metrics(id) {
            return names;
        }
        let built = self.compiled(id).and_then(|compiled| compiled.built_metrics.clone());
        let given = built.iter().flat_map(|metrics| metrics.iter().map(|m| m.metric.name.clone())).collect();
        let order = self.trackers_around(id, given);
        let mut rest: Vec<Rc<str>> = names.iter().filter(|name| !order.contains(name)).cloned().collect();
        rest.sort();
        order.into_iter().filter(|name| names.contains(name)).chain(rest).collect()
    }

    /// Tests a model with numbers.
    fn evaluate_on_numbers(
        &mut self,
        id: ObjId,
        feed: &Feed,
        data: &Data,
        callbacks: &mut Callbacks,
        as_dict: &Value,
    ) -> Eval {
        let Some(mut rounds) = self.rounds(id, feed, data, false) else {
            self.undecided("the data of an evaluation is not known");
            return self.evaluation_on_specs(id, data, Step::Test, as_dict);
        };
        let numbers = self.test_round(id, &mut rounds, callbacks)?;
        self.leave_source(&mut rounds)?;
        self.evaluated(id, &rounds, numbers, as_dict)
    }

    fn evaluation_on_specs(&mut self, id: ObjId, data: &Data, step: Step, as_dict: &Value) -> Eval {
        let logs = match self.runs_eagerly(id) {
            true => Value::None,
            false => self.on_specs(|interp| interp.run_steps(id, data, step))?,
        };
        self.evaluation(id, &logs, as_dict)
    }

    /// What `evaluate` returns, with numbers where there are some.
    fn evaluated(&mut self, id: ObjId, rounds: &Rounds, numbers: Option<Logs>, as_dict: &Value) -> Eval {
        let logs = &rounds.traced.clone().unwrap_or(Value::None);
        let Some(numbers) = &numbers else { return self.evaluation(id, logs, as_dict) };
        if self.truth(as_dict)? == Some(true) {
            let mut numbers = numbers.clone();
            self.order_logs(&mut numbers);
            return Ok(self.number_logs(&numbers));
        }
        let names: Vec<Rc<str>> = match logs {
            Value::None => numbers.iter().map(|(name, _)| name.clone()).collect(),
            logs => self.names_of_logs(id, logs),
        };
        let names = self.in_list_order(id, names);
        let Some(floats) = self.log_floats(numbers, &names) else {
            return self.evaluation(id, logs, as_dict);
        };
        if let [only] = floats.as_slice() {
            return Ok(Value::Float(*only));
        }
        Ok(self.new_list(floats.into_iter().map(Value::Float).collect()))
    }

    /// `train_on_batch` and `test_on_batch` with numbers: the metrics begin anew for each, in Keras 2 unless it is
    /// told otherwise.
    fn on_batch_with_numbers(
        &mut self,
        id: ObjId,
        feed: &Feed,
        data: &Data,
        step: Step,
        given: &Given,
    ) -> Eval {
        let as_dict = given.get("return_dict");
        if self.keras == Keras::Three || self.truth(&given.get("reset_metrics"))? != Some(false) {
            self.reset_model_metrics(id)?;
        }
        let Some(mut rounds) = self.rounds(id, feed, data, false) else {
            return self.evaluation_on_specs(id, data, step, &as_dict);
        };
        let numbers = self.single_step(id, step, &mut rounds)?;
        self.evaluated(id, &rounds, numbers, &as_dict)
    }

    /// Gives what `predict` returns its numbers.
    fn predict_numbers(
        &mut self,
        id: ObjId,
        feed: &Feed,
        data: &Data,
        gathered: &Value,
        callbacks: &mut Callbacks,
    ) -> Eval<()> {
        if !self.trains() {
            return Ok(());
        }
        match self.rounds(id, feed, data, false) {
            Some(mut rounds) => self.predict_with_numbers(id, &mut rounds, gathered, callbacks),
            None => {
                self.undecided("the data of a prediction is not known");
                Ok(())
            }
        }
    }

    /// The outputs of all batches as arrays, one behind the other.
    fn gathered(&mut self, outputs: &Value, data: &Data) -> Value {
        let outputs = outputs.clone();
        let structure = match self.keras {
            // Keras 2 gives lists where the model gave tuples.
            Keras::Two | Keras::Three => outputs,
        };
        self.map_tensors(&structure, &mut |interp, node| {
            let predicted = interp.trace.node(node);
            let (shape, scope) = (predicted.spec.shape.clone(), predicted.scope);
            let rows = interp.gathered_rows(&shape, data);
            let new = interp.stand_in(node, TensorKind::Numpy, Source::Opaque(PREDICTION));
            let target: &mut graph::Node = interp.trace.node_mut(new);
            target.inputs.clear();
            // Which layer it came out of is asked where it does not fit.
            target.scope = scope;
            target.content = tensor::Content::Unknown;
            if shape.rank().is_some_and(|r| r > 0) {
                target.spec.shape = shape.with_dim(0, rows);
            }
            let _: NodeId = new;
            new
        })
    }

    /// The first dim of all batches' outputs together.
    fn gathered_rows(&self, shape: &Shape, data: &Data) -> Dim {
        let own = shape.dim(0).unwrap_or(Dim::Unknown);
        match data {
            Data::Arrays(arrays) => match (own, arrays.static_batch()) {
                (Dim::Known(n), Some(batch)) if n == batch => arrays.rows,
                // A size of the first batch that Keras 3 was traced for.
                (Dim::Known(n), None) if self.keras == Keras::Three && arrays.sizes().first() == Some(&n) => {
                    arrays.rows
                }
                (Dim::Known(n), _) => arrays.count().map_or(Dim::Unknown, |count| Dim::Known(n * count)),
                _ => arrays.rows,
            },
            // An output of a size of its own has that for each batch.
            Data::Batches { rows, .. } if own.known().is_none() => *rows,
            Data::Batches { .. } | Data::Unknown => Dim::Unknown,
        }
    }
}
