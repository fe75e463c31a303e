//! `Model.evaluate`, `predict`, and the methods for single batches.

use std::rc::Rc;

use graph::{NodeId, Source};
use ops::{Exc, Keras, TensorKind};
use tensor::{Dim, Shape};

use crate::framework::data::{Data, Feed};
use crate::framework::layer_class::split_self;
use crate::framework::train_step::Step;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::record::Phase;
use crate::value::{Args, Native, Plain, Value};

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
        let data = interp.read_data(&feed)?;
        let callbacks = interp.callbacks_of(&given.get("callbacks"), id, 1)?;
        let none = interp.new_dict([]);
        interp.run_callbacks(&callbacks, "on_test_begin", std::slice::from_ref(&none))?;
        let logs = interp.run_steps(id, &data, Step::Test)?;
        interp.run_callbacks(&callbacks, "on_test_end", std::slice::from_ref(&none))?;
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
        let logs = interp.run_steps(id, &data, step)?;
        let as_dict = given.get("return_dict");
        interp.evaluation(id, &logs, &as_dict)
    };
    if step == Step::Train { interp.phased(Phase::Fit, run) } else { run(interp) }
}

fn predict(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    interp.phased(Phase::Predict, |interp| {
        let given = interp.bind_method_args("keras.Model.predict", Value::Instance(id), &args)?;
        let callbacks = interp.callbacks_of(&given.get("callbacks"), id, 1)?;
        let feed = Feed {
            x: given.get("x"),
            y: Value::None,
            weight: Value::None,
            class_weight: Value::None,
            batch: given.int("batch_size"),
            steps: given.int("steps"),
        };
        let none = interp.new_dict([]);
        let data = interp.read_data(&feed)?;
        interp.run_callbacks(&callbacks, "on_predict_begin", std::slice::from_ref(&none))?;
        let outputs = interp.run_steps(id, &data, Step::Predict)?;
        interp.run_callbacks(&callbacks, "on_predict_end", std::slice::from_ref(&none))?;
        Ok(interp.gathered(&outputs, &data))
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
    let outputs = interp.run_steps(id, &data, Step::Predict)?;
    Ok(interp.gathered(&outputs, &data))
}

impl Interp<'_> {
    /// `evaluate` takes any keyword, only to refuse it.
    fn check_evaluate_keywords(&mut self, kwargs: &Value) -> Eval<()> {
        const KNOWN: &[&str] = &["_use_cached_eval_dataset"];
        let pairs = self.pairs_of(kwargs).unwrap_or_default();
        let mut names = Vec::new();
        let mut shown = Vec::new();
        for (key, value) in &pairs {
            let key = key.as_str().filter(|k| !KNOWN.contains(k)).unwrap_or_default();
            names.push(format!("'{key}'"));
            shown.push(format!("'{key}': {}", self.repr(value)?.unwrap_or_default()));
        }
        if names.is_empty() {
            return Ok(());
        }
        let (class, core) = match self.keras {
            Keras::Two => (Exc::TypeError, format!("Invalid keyword arguments: [{}]", names.join(", "))),
            Keras::Three => (Exc::ValueError, format!("Arguments not recognized: {{{}}}", shown.join(", "))),
        };
        let violation =
            ops::Violation { class, core: core.clone(), mistake: ops::Mistake::Signature { problem: core } };
        Err(self.raise_violation(violation, "evaluate".into(), Vec::new()))
    }

    /// What `evaluate` returns: a number, a list of them, or a dict.
    fn evaluation(&mut self, id: ObjId, logs: &Value, as_dict: &Value) -> Eval {
        if logs.is_unknown() {
            return Ok(logs.clone());
        }
        let names: Vec<Rc<str>> = self.names_of_logs(id, logs);
        match self.truth(as_dict)? {
            Some(true) => return Ok(self.logs_dict(&names)),
            Some(false) => {}
            None => return Ok(self.unknown("the results of an evaluation")),
        }
        if names.len() == 1 {
            return Ok(Value::Any(Plain::Float));
        }
        Ok(self.new_list(vec![Value::Any(Plain::Float); names.len()]))
    }

    /// The outputs of all batches as arrays, one behind the other.
    fn gathered(&mut self, outputs: &Value, data: &Data) -> Value {
        let outputs = outputs.clone();
        let structure = match self.keras {
            // Keras 2 gives lists where the model gave tuples.
            Keras::Two | Keras::Three => outputs,
        };
        self.map_tensors(&structure, &mut |interp, node| {
            let shape = interp.trace.node(node).spec.shape.clone();
            let rows = interp.gathered_rows(&shape, data);
            let new = interp.stand_in(node, TensorKind::Numpy, Source::Constant);
            let target: &mut graph::Node = interp.trace.node_mut(new);
            target.inputs.clear();
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
            _ => Dim::Unknown,
        }
    }
}
