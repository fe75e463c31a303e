//! Data that a model does not take.

use diagnostics::{Label, Severity, Span};
use graph::Source;
use interp::value::Value;
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;
use tensor::{Dim, Shape, TensorSpec};

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
/// So many operations are followed back to the data.
const MAX_WAY: usize = 4000;
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
            match (operands.first(), expected(failure)) {
                (Some(data), Some((spec, span))) => misfitting(failure, &data.spec, &spec, span),
                (Some(data), None) => Explanation::new(format!(
                    "the data, {}, does not fit the model: {}",
                    data.spec,
                    worded(misfit)
                )),
                (None, _) => Explanation::new(format!("the data does not fit the model: {}", worded(misfit))),
            }
        }
        _ => met_within(failure)?,
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

fn misfitting(failure: &Failure<'_>, data: &TensorSpec, wanted: &TensorSpec, input: Span) -> Explanation {
    Explanation::new(format!("the data, {data}, does not fit the model, which takes {wanted}"))
        .label(input, format!("the model takes {wanted}"))
        .help(advice(failure, data, wanted))
}

/// Data of another size than the model was made for, which a layer within it is the first to mind: Keras 3 compares
/// only the number of axes at the entrance.
fn met_within(failure: &Failure<'_>) -> Option<Explanation> {
    if !failure.comes_of_run() || failure.state()?.judged.is_some() {
        return None;
    }
    let data = failure.entered()?;
    let (wanted, input) = expected(failure)?;
    let (given, taken) = (data.shape.dims()?, wanted.shape.dims()?);
    // The number of samples is the data's own.
    if Shape::new(given.iter().skip(1).copied()).compatible(&Shape::new(taken.iter().skip(1).copied())) {
        return None;
    }
    let explanation = misfitting(failure, &data, &wanted, input);
    let layer = match failure.mistake()? {
        Mistake::LayerInput { layer, misfit } => format!("layer '{layer}': {}", worded(misfit)),
        _ => format!("`{}`", failure.callee()),
    };
    Some(explanation.note(format!(
        "Keras 3 compares only the number of axes at a model's entrance; the first to mind the size is {layer}"
    )))
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
    let (Some(given), Some([_, wanted @ ..])) = (data.shape.dims(), wanted.shape.dims()) else {
        return "reshape the data before it is handed over, or declare `Input` with the shape that a sample has"
            .to_owned();
    };
    let shape = |dims: &[Dim]| Shape::new(dims.iter().copied());
    let fits = |given: &[Dim], wanted: &[Dim]| shape(given).compatible(&shape(wanted));
    let name = source::call_at(failure.program(), failure.span())
        .and_then(|call| call.arguments.args.first())
        .and_then(|data| source::plain(failure.program(), python::span(data.range())))
        .filter(|name| name.len() <= MAX_NAME)
        .unwrap_or_else(|| "data".to_owned());
    if fits(given, wanted) {
        return format!("a single sample lacks the batch axis: `{name}[None]` is a batch of one");
    }
    let [_, sample @ ..] = given else { return format!("a sample of {} is wanted", shape(wanted).tuple()) };
    match (sample, wanted) {
        (sample, [inner @ .., Dim::Known(1)]) if fits(sample, inner) => {
            format!("the last axis, of size 1, is missing: `{name}[..., None]` adds it")
        }
        ([inner @ .., Dim::Known(1)], wanted) if fits(inner, wanted) => {
            format!("the last axis, of size 1, is one too many: `{name}[..., 0]` takes it away")
        }
        ([first, rest @ ..], [.., last]) if first == last && !rest.is_empty() && moved(sample, wanted) => {
            format!("the channels come first: `np.moveaxis({name}, 1, -1)` puts them last")
        }
        (sample, wanted)
            if shape(sample).size().known().is_some_and(|n| shape(wanted).size() == Dim::Known(n)) =>
        {
            let sizes: Vec<String> = wanted.iter().map(Dim::to_string).collect();
            format!("as many numbers in another shape: `{name}.reshape(-1, {})`", sizes.join(", "))
        }
        (sample, wanted) => format!(
            "declare the model's input as what a sample is, {}, or bring the samples to {}",
            shape(sample).tuple(),
            shape(wanted).tuple()
        ),
    }
}

/// Tells whether a sample's first axis stands last in what is wanted, and the others as they are.
fn moved(sample: &[Dim], wanted: &[Dim]) -> bool {
    matches!((sample, wanted), ([_, rest @ ..], [others @ .., _]) if rest == others)
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
    /// What was fed to the model of whose layers' results the expression was given one.
    fn entered(&self) -> Option<TensorSpec> {
        let trace = &self.interp.trace;
        let mut at = self.details()?.operands.first()?.1;
        for _ in 0..MAX_WAY {
            let node = trace.node(at);
            if matches!(node.source, Source::Input | Source::Constant) {
                return Some(node.spec.clone());
            }
            at = node.inputs.first()?.0;
        }
        None
    }

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
