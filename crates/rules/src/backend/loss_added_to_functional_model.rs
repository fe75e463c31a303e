//! Losses that are added to a functional model of Keras 3.

use diagnostics::Severity;
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds `model.add_loss(tensor)` where Keras 3 does not have it.
pub(super) static LOSS_ADDED_TO_FUNCTIONAL_MODEL: Rule = Rule {
    name: "loss-added-to-functional-model",
    group: Group::Backend,
    summary: "`add_loss` is called on a functional model, which Keras 3 cannot do",
    severity: Severity::Error,
    page: include_str!("loss_added_to_functional_model.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::SymbolicLoss = failure.mistake()? else { return None };
    Some(
        Explanation::new("Keras 3 cannot add a loss to a functional model from outside")
            .note(
                "Keras 2 made the loss a part of the model's graph; in Keras 3 a loss is added while the model runs, so \
                 only by a layer, from within its `call`; the exception has no text",
            )
            .help(
                "put the loss into a layer of your own that is called on the tensors it needs: `def call(self, x): \
                 self.add_loss(ops.mean(x**2)); return x`",
            )
            .help("or write a model class whose `train_step` or `compute_loss` adds it")
            .operands(failure),
    )
}
