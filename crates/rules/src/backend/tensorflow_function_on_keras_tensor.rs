//! TensorFlow functions on Keras 3's symbolic tensors, outside of layers.

use diagnostics::Severity;
use ops::{Keras, Mistake};

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds TensorFlow functions that are called on KerasTensors.
pub(super) static TENSORFLOW_FUNCTION_ON_KERAS_TENSOR: Rule = Rule {
    name: "tensorflow-function-on-keras-tensor",
    group: Group::Backend,
    summary: "a TensorFlow function is called on a KerasTensor",
    severity: Severity::Error,
    page: include_str!("tensorflow_function_on_keras_tensor.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::SymbolicInput { function } = failure.mistake()? else { return None };
    let operands = failure.operands();
    let subject = operands.first().map_or("its argument", |operand| operand.name.as_str()).to_owned();
    let written = failure.callee();
    let message =
        format!("`{written}` cannot take `{subject}`: a KerasTensor is only a placeholder for a tensor");
    let mut explanation = Explanation::new(message)
        .note(
            "in Keras 3 a functional model is made of layers and `keras.ops` only; TensorFlow's functions work on \
             tensors, that is, inside of layers",
        )
        .operands(failure);
    if failure.interp.keras == Keras::Three
        && let Some(path) = equivalent(function)
    {
        explanation.help.push(format!("`{path}` does the same and takes KerasTensors"));
    }
    explanation.help.push(format!(
        "or call it inside of a layer: `keras.layers.Lambda(lambda x: {written}(x, ...))({subject})`, or a layer of \
         your own"
    ));
    Some(explanation)
}

/// TensorFlow's names whose counterpart is called otherwise.
const RENAMED: &[(&str, &str)] = &[
    ("concat", "concatenate"),
    ("reduce_sum", "sum"),
    ("reduce_mean", "mean"),
    ("reduce_max", "max"),
    ("reduce_min", "min"),
    ("reduce_prod", "prod"),
    ("reduce_any", "any"),
    ("reduce_all", "all"),
    ("reduce_logsumexp", "logsumexp"),
    ("reduce_std", "std"),
    ("reduce_variance", "var"),
    ("pow", "power"),
    ("gather", "take"),
    ("clip_by_value", "clip"),
    ("l2_normalize", "normalize"),
    ("range", "arange"),
    ("reverse", "flip"),
    ("atan2", "arctan2"),
];

/// The function of `keras.ops` that does the same.
fn equivalent(function: &str) -> Option<String> {
    let name = function.rsplit('.').next().unwrap_or(function);
    let name = RENAMED.iter().find(|(tf, _)| *tf == name).map_or(name, |(_, keras)| keras);
    let path = format!("keras.ops.{name}");
    names::lookup(names::Profile::Keras3, &path).map(|_| path)
}
