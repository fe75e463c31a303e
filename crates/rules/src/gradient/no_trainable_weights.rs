//! Models that `fit` cannot change.

use diagnostics::{Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use ops::Keras;

use super::random_weight;
use crate::wording::counted;
use crate::{Check, Context, Group, Rule, source};

/// Finds models that are fitted without having anything to train.
pub(super) static NO_TRAINABLE_WEIGHTS: Rule = Rule {
    name: "no-trainable-weights",
    group: Group::Gradient,
    summary: "a model is fitted that has no trainable weights",
    severity: Severity::Warning,
    page: include_str!("no_trainable_weights.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let mut done: Vec<Span> = Vec::new();
    for event in &interp.events {
        let Event::Fit { span, variables, model, id, .. } = event else { continue };
        if !variables.is_empty() || done.contains(span) {
            continue;
        }
        done.push(*span);
        let frozen = interp.weights_of(*id).1.len();
        let call = source::first_line(interp.program, source::whole(interp.program, *span));
        let message = format!("model '{model}' has no trainable weights: `fit` changes nothing");
        let draws = random_weight::draws(interp);
        let found = cx.report(call, "nothing is trained", message);
        found.notes.push(match interp.keras {
            Keras::Two => "Keras 2 does not say so: the loss is computed and printed as usual".to_owned(),
            Keras::Three => "Keras 3 only warns: the loss is computed and printed as usual".to_owned(),
        });
        if frozen > 0 {
            found.notes.push(format!("its {} {} not trainable", counted(frozen, "weight"), are(frozen)));
            found
                .help
                .push("set `trainable = True` on the layers that are to learn, before `compile`".to_owned());
            continue;
        }
        for draw in draws.iter().take(2) {
            let span = draw.span;
            found.labels.push(Label { span, text: "a random draw is no weight".to_owned() });
        }
        found.help.push(
            "weights belong to layers: a layer of Keras' such as `Dense`, or your own with `add_weight`; a Lambda has none"
                .to_owned(),
        );
    }
}

fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}
