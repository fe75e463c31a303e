//! Layers of one model that have one name.

use diagnostics::{Severity, Span};
use ops::Mistake;

use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds models in which two layers have the same name.
pub(super) static DUPLICATE_LAYER_NAME: Rule = Rule {
    name: "duplicate-layer-name",
    group: Group::Script,
    summary: "two layers of a model have the same name",
    severity: Severity::Error,
    page: include_str!("duplicate_layer_name.md"),
    check: Check::Failure(check),
};

/// So many of the layers are shown.
const SHOWN: usize = 3;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::DuplicateName { name } = failure.mistake()? else { return None };
    let made = made(failure, name);
    let mut explanation = Explanation::new(format!("more than one layer of this model is named '{name}'"))
        .note("a model saves, loads and finds its layers by their names")
        .help("leave `name` out, or make it different for each: `name=f\"cut_{i}\"`")
        .help("a layer that is to be used twice, with the same weights, is made once and called twice");
    for (at, span) in made.iter().take(SHOWN).enumerate() {
        let text = if at == 0 { "the first one of that name" } else { "another one of that name" };
        explanation = explanation.label(*span, text);
    }
    Some(explanation)
}

/// Where the layers of a name were made.
fn made(failure: &Failure<'_>, name: &str) -> Vec<Span> {
    let interp = failure.interp;
    let named = interp.layers().filter(|layer| &*layer.name == name);
    let mut spans: Vec<Span> = named.map(|layer| source::whole(interp.program, layer.made)).collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}
