//! Lambdas whose function fails only because inference hands it float32 tensors.

use diagnostics::Severity;
use interp::events::Misled;

use crate::explain::made_at;
use crate::repair::lambda::declare;
use crate::repair::safe;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds functions that work on the real inputs but not on the float32 ones that Keras 3 infers with.
pub(super) static LAMBDA_INPUT_TAKEN_FOR_FLOAT32: Rule = Rule {
    name: "lambda-input-taken-for-float32",
    group: Group::Lambda,
    summary: "Keras infers a Lambda's output with float32 inputs, whatever their dtype is",
    severity: Severity::Error,
    page: include_str!("lambda_input_taken_for_float32.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let swallowed = failure.swallowed.as_ref()?;
    let Some(Misled::Dtype { input, taken, gives }) = &swallowed.misled else { return None };
    let spec = &failure.interp.trace.node(*input).spec;
    let real = spec.dtype.map_or("another dtype", tensor::DType::name);
    let message = format!(
        "the function of layer '{}' is made for {real}, but Keras tries it on {} to learn its output's shape",
        swallowed.layer,
        taken.name()
    );
    let mut explanation = Explanation::new(message).operands(failure);
    if let Some((span, _)) = made_at(failure, *input) {
        explanation = explanation.label(span, format!("the input is {spec}"));
    }
    explanation = explanation.note(format!(
        "Keras 3 infers with tensors of the layer's own dtype, which is {} unless `dtype` says otherwise; on the real \
         {real} input the function works",
        taken.name()
    ));
    let declared = gives.as_ref().and_then(|shape| declare(failure.interp, &swallowed.layer, shape));
    explanation.fix =
        declared.map(|edit| safe("declare `output_shape`, so that nothing is inferred", vec![edit]));
    Some(explanation.help(format!(
        "cast within the function (`tf.cast(x, \"{real}\")`), or give `output_shape`, so that nothing is inferred"
    )))
}
