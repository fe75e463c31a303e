//! Keras 2's methods of models from the time when generators had some of their own.
//!
//! source: tf_keras/src/engine/training.py: Model.fit_generator, evaluate_generator, predict_generator

use ops::Keras;

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

static METHODS: &[Native] = &[
    native("fit_generator", |i, a| handed_on(i, a, "fit")),
    native("evaluate_generator", |i, a| handed_on(i, a, "evaluate")),
    native("predict_generator", |i, a| handed_on(i, a, "predict")),
];

/// Calls the method that takes generators today with the arguments of one that did.
fn handed_on(interp: &mut Interp<'_>, mut args: Args, method: &str) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let path = format!("keras.Model.{method}_generator");
    let given = interp.bind_method_args(&path, Value::Instance(id), &args)?;
    let mut handed = Args::of([given.get("generator")]);
    handed.keywords = given.but(&["self", "generator"]);
    let answer = interp.call_method(&Value::Instance(id), method, handed)?;
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
