//! TensorFlow functions on Keras 3's symbolic tensors, outside of layers.

use diagnostics::{Fix, Severity};
use ops::{Keras, Mistake, TensorKind};

use crate::repair::lambda::wrapped;
use crate::repair::{risky, safe};
use crate::{Check, Explanation, Failure, Group, Rule, source, translate};

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
        .note(match failure.interp.keras {
            Keras::Three => {
                "in Keras 3 a functional model is made of layers and `keras.ops` only; TensorFlow's functions work on \
                 tensors, that is, inside of layers"
            }
            Keras::Two => {
                "Keras 2 makes layers of most of TensorFlow's functions, but not of those that call other functions: they \
                 work on tensors only, that is, inside of layers"
            }
        })
        .operands(failure);
    if failure.interp.keras == Keras::Three
        && let Some(path) = translate::counterpart(function)
    {
        explanation.help.push(format!("`{path}` does the same and takes KerasTensors"));
    }
    explanation.help.push(format!(
        "or call it inside of a layer: `keras.layers.Lambda(lambda x: {written}(x, ...))({subject})`, or a layer of \
         your own"
    ));
    Some(explanation.mended(fix(failure, function)))
}

/// Calls what does the same in `keras.ops`, else the function within a Lambda.
fn fix(failure: &Failure<'_>, function: &str) -> Option<Fix> {
    let interp = failure.interp;
    let call = source::call_at(failure.program(), failure.span())?;
    if interp.keras == Keras::Three
        && let Some(edits) = translate::call(interp, call, function)
    {
        return Some(safe("use the function of `keras.ops`", edits));
    }
    let operands = failure.operands();
    let symbolic = operands.iter().filter(|o| interp.trace.node(o.node).kind == TensorKind::Keras);
    let [operand] = symbolic.collect::<Vec<_>>()[..] else { return None };
    let edits = wrapped(interp, call, operand.expression?)?;
    Some(risky("call it within a Lambda", edits))
}
