//! Layers of the script's own between a mask and the layers that it is meant for.

use diagnostics::Severity;
use interp::Interp;
use interp::events::Event;
use ops::Keras;

use super::lambda_mask_dropped::report;
use crate::{Check, Context, Group, Rule};

/// Finds layers without `supports_masking` whose input carries a mask.
pub(super) static MASK_DROPPED: Rule = Rule {
    name: "mask-dropped",
    group: Group::Lambda,
    summary: "a layer of the script's own drops the mask that its input carries",
    severity: Severity::Warning,
    page: include_str!("mask_dropped.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    // Keras 2 hands a mask on by `compute_mask` only, and raises where a layer does not expect one.
    if interp.keras == Keras::Two {
        return;
    }
    let mut done: Vec<&str> = Vec::new();
    for event in &interp.events {
        let Event::MaskDropped { layer, lambda: false, input, span } = event else { continue };
        if !done.contains(&&**layer) {
            done.push(layer);
            report(
                interp,
                cx,
                (layer, *input, *span),
                "set `self.supports_masking = True` in `__init__`, or let `call` use \
                the mask by a parameter `mask=None`",
            );
        }
    }
}
