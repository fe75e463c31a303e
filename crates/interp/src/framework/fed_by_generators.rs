//! Keras 2's methods of models from the time when generators had some of their own.
//!
//! source: tf_keras/src/engine/training.py: Model.fit_generator, evaluate_generator, predict_generator

use std::rc::Rc;

use ops::{Exc, Keras};

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

static METHODS: &[Native] = &[
    native("fit_generator", |i, a| handed_on(i, a, "fit", FIT)),
    native("evaluate_generator", |i, a| handed_on(i, a, "evaluate", EVALUATE)),
    native("predict_generator", |i, a| handed_on(i, a, "predict", EVALUATE)),
];

const FIT: &[&str] = &[
    "generator",
    "steps_per_epoch",
    "epochs",
    "verbose",
    "callbacks",
    "validation_data",
    "validation_steps",
    "validation_freq",
    "class_weight",
    "max_queue_size",
    "workers",
    "use_multiprocessing",
    "shuffle",
    "initial_epoch",
];

const EVALUATE: &[&str] =
    &["generator", "steps", "callbacks", "max_queue_size", "workers", "use_multiprocessing", "verbose"];

/// Calls the method that takes generators today with the arguments of one that did.
fn handed_on(interp: &mut Interp<'_>, mut args: Args, method: &str, params: &[&str]) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    if args.positional.len() > params.len() {
        return Ok(interp.unknown("a generator's method with too many arguments"));
    }
    if let Some((name, _)) = args.keywords.iter().find(|(name, _)| !params.contains(&&**name)) {
        let text = format!("Model.{method}_generator() got an unexpected keyword argument '{name}'");
        return Err(interp.raise(Exc::TypeError, text));
    }
    let named = params.iter().map(|name| Rc::from(*name)).zip(std::mem::take(&mut args.positional));
    args.keywords.splice(0..0, named);
    let Some(generator) = args.take("generator") else {
        let text = format!("Model.{method}_generator() missing 1 required positional argument: 'generator'");
        return Err(interp.raise(Exc::TypeError, text));
    };
    args.positional.push(generator);
    if method != "fit" && args.keyword("verbose").is_none() {
        args.keywords.push(("verbose".into(), Value::Int(0)));
    }
    let answer = interp.call_method(&Value::Instance(id), method, args)?;
    Ok(answer.unwrap_or(Value::None))
}

impl Interp<'_> {
    /// Reads a model's method that only Keras 2 has.
    pub(crate) fn generators_method(&self, id: ObjId, name: &str) -> Option<Value> {
        self.layer(id).filter(|state| state.model.is_some() && self.keras == Keras::Two)?;
        let method = METHODS.iter().find(|method| method.name == name)?;
        Some(Value::bound(Value::Instance(id), method))
    }
}
