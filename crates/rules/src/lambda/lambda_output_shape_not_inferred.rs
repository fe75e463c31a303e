//! The exception behind "We could not automatically infer the shape of the Lambda's output".

use diagnostics::Severity;
use interp::events::Misled;

use crate::explain::is_general;
use crate::failure::Swallowed;
use crate::repair::lambda::declare;
use crate::repair::safe;
use crate::{Check, Explanation, Failure, Group, Rule, explanation};

/// Finds what a Lambda's function really raises when Keras 3 infers its output's shape.
pub(super) static LAMBDA_OUTPUT_SHAPE_NOT_INFERRED: Rule = Rule {
    name: "lambda-output-shape-not-inferred",
    group: Group::Lambda,
    summary: "a Lambda's function raises while Keras infers the shape of its output",
    severity: Severity::Error,
    page: include_str!("lambda_output_shape_not_inferred.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let swallowed = failure.swallowed.as_ref()?;
    if let Some((_, explanation)) = explanation(failure, is_general) {
        return Some(masked(explanation, failure, swallowed));
    }
    let core = failure.core().lines().next().unwrap_or_default();
    let message = if core.is_empty() {
        format!("the function of layer '{}' raises {}", swallowed.layer, failure.exception())
    } else {
        format!("the function of layer '{}' raises {}: {core}", swallowed.layer, failure.exception())
    };
    let mut explanation = Explanation::new(message).operands(failure);
    explanation.label = "raised here".to_owned();
    Some(masked(explanation, failure, swallowed))
}

/// Says that inference hands no mask over, where the function needs one.
fn masked(explanation: Explanation, failure: &Failure<'_>, swallowed: &Swallowed) -> Explanation {
    let Some(Misled::Mask { gives }) = &swallowed.misled else { return explanation };
    let declared = gives.as_ref().and_then(|shape| declare(failure.interp, &swallowed.layer, shape));
    let fix = declared.map(|edit| safe("declare `output_shape`, so that nothing is inferred", vec![edit]));
    explanation
        .note("a run hands the function its input's mask, but inference calls it with `mask=None`")
        .help("give `output_shape`, so that nothing is inferred, or let the function work without a mask")
        .mended(fix)
}
