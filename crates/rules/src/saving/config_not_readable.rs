//! Configs that the Keras at hand cannot read.

use diagnostics::Severity;
use ops::{Keras, Mistake};

use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds configs written by another version of Keras, and those that a class does not take.
pub(super) static CONFIG_NOT_READABLE: Rule = Rule {
    name: "config-not-readable",
    group: Group::Saving,
    summary: "a model is made of a config that this Keras cannot read",
    severity: Severity::Error,
    page: include_str!("config_not_readable.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::ForeignConfig { class, writer } = failure.mistake()? else { return None };
    let own = match failure.interp.keras {
        Keras::Two => 2,
        Keras::Three => 3,
    };
    let Some(writer) = writer else {
        return Some(
            Explanation::new(format!("`{class}` does not take what its config has"))
                .note("a layer is made again by its constructor, with the config's entries for its arguments")
                .help("take out of the config what the constructor has no argument for, or rebuild the model in code"),
        );
    };
    let explanation = Explanation::new(format!(
        "the config was written by Keras {writer}, and Keras {own} cannot make `{class}` of it"
    ));
    let note = match writer {
        2 => "Keras 3 finds a class by the `module` beside its name, which Keras 2 did not write",
        _ => {
            "what Keras 3 writes of a layer, `batch_shape` of an InputLayer, is no argument of Keras 2's classes"
        }
    };
    let how = match writer {
        2 => "with Keras 2: `tf_keras`, or `TF_USE_LEGACY_KERAS=1` before the import",
        _ => "with Keras 3",
    };
    Some(explanation.note(note).help(format!(
        "read it {how}; or make the model in code and move only its weights, which both can read"
    )))
}
