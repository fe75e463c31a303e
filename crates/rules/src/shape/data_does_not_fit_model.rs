//! Data that a model does not take.

use diagnostics::{Label, Severity, Span};
use interp::value::Value;
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;
use tensor::{Dim, TensorSpec};

use super::layer_input_mismatch::worded;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds data that does not fit the model in `fit`, `evaluate` or `predict`.
pub(super) static DATA_DOES_NOT_FIT_MODEL: Rule = Rule {
    name: "data-does-not-fit-model",
    group: Group::Shape,
    summary: "the data handed to a model does not fit its inputs",
    severity: Severity::Error,
    page: include_str!("data_does_not_fit_model.md"),
    check: Check::Failure(check),
};

/// A message is cut after so many characters.
const MAX_PROBLEM: usize = 110;
/// Data that is written longer than this is not repeated in advice.
const MAX_NAME: usize = 24;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let mistake = failure.mistake()?;
    let explanation = match mistake {
        Mistake::Data { problem } => {
            let first = problem.split(['\n', '.']).next().unwrap_or_default().trim();
            let short: String = first.chars().take(MAX_PROBLEM).collect();
            Explanation::new(format!("the data does not fit: {}", lowered(&short)))
        }
        Mistake::Cardinality => {
            Explanation::new("the data does not fit: its arrays have different numbers of samples")
                .help("inputs, labels and weights need the same number of samples: the same size at axis 0")
        }
        Mistake::NoLabels => Explanation::new(
            "the data does not fit: there are no labels, but the model was compiled with a loss",
        )
        .help("give `fit` the labels, or compile without a loss and add one with `add_loss`"),
        Mistake::LayerInput { misfit, .. } if failure.comes_of_run() && !failure.comes_through_layers() => {
            let operands = failure.operands();
            let data = operands.first().map_or("the data".to_owned(), |o| format!("the data, {},", o.spec));
            let expected = expected(failure);
            let message = match &expected {
                Some((spec, _)) => format!("{data} does not fit the model, which takes {spec}"),
                None => format!("{data} does not fit the model: {}", worded(misfit)),
            };
            let mut explanation = Explanation::new(message);
            if let Some((spec, span)) = expected {
                explanation = explanation.label(span, format!("the model takes {spec}"));
                if let Some(data) = operands.first() {
                    explanation.help.push(advice(failure, &data.spec, &spec));
                }
            }
            explanation
        }
        _ => return None,
    };
    let mut explanation = explanation;
    if let Some(state) = failure.state()
        && failure.comes_of_run()
    {
        for (node, span) in state.operands.iter().take(3) {
            let spec = &failure.interp.trace.node(*node).spec;
            explanation.labels.push(Label { span: *span, text: spec.to_string() });
        }
    }
    Some(explanation)
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if text.chars().nth(1).is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// What to do about data of another shape.
fn advice(failure: &Failure<'_>, data: &TensorSpec, wanted: &TensorSpec) -> String {
    let general = || {
        "reshape the data before it is handed over, or declare `Input` with the shape that a sample has"
            .to_owned()
    };
    let (Some(given), Some(wanted)) = (data.shape.dims(), wanted.shape.dims()) else { return general() };
    let fits = |given: &[Dim], wanted: &[Dim]| {
        given.len() == wanted.len() && given.iter().zip(wanted).all(|(a, b)| a.compatible(*b))
    };
    let name = source::call_at(failure.program(), failure.span())
        .and_then(|call| call.arguments.args.first())
        .and_then(|data| source::plain(failure.program(), python::span(data.range())))
        .filter(|name| name.len() <= MAX_NAME)
        .unwrap_or_else(|| "data".to_owned());
    match wanted {
        [_, sample @ ..] if fits(given, sample) => {
            format!("a single sample lacks the batch axis: `{name}[None]` is a batch of one")
        }
        [inner @ .., Dim::Known(1)] if fits(given, inner) => {
            format!("the last axis, of size 1, is missing: `{name}[..., None]` adds it")
        }
        _ => general(),
    }
}

/// What the model's first Input is, and where it was made.
fn expected(failure: &Failure<'_>) -> Option<(TensorSpec, Span)> {
    let interp = failure.interp;
    let call = source::call_at(interp.program, failure.span())?;
    let Expr::Attribute(function) = &*call.func else { return None };
    let Expr::Name(name) = &*function.value else { return None };
    let Some(Value::Instance(id)) = interp.global(&name.id) else { return None };
    let graph = interp.model(id)?.graph.clone()?;
    let [input] = graph.inputs[..] else { return None };
    let node = interp.trace.node(input);
    let span = source::whole(interp.program, node.span);
    (span.start < span.end).then(|| (node.spec.clone(), span))
}

impl Failure<'_> {
    /// Tells whether what the expression was given was computed by any layer.
    fn comes_through_layers(&self) -> bool {
        let trace = &self.interp.trace;
        let Some(details) = self.details() else { return false };
        details.operands.iter().any(|(_, node)| {
            let mut at = *node;
            for _ in 0..64 {
                let known = trace.node(at);
                let Some((input, _)) = known.inputs.first() else { return false };
                if crate::places::layer_of(self.interp, at).is_some() {
                    return true;
                }
                at = *input;
            }
            false
        })
    }
}
