//! Labels that a loss or metric cannot compare with the predictions.

use diagnostics::{Fix, Label, Severity, Span};
use interp::raise::Judged;
use python::Ranged;
use tensor::{DType, Dim, Shape, TensorSpec};

use super::extra_axes::{self, ExtraAxes};
use super::whence;
use crate::failure::Operand;
use crate::places::{call_of, layer_of};
use crate::repair::losses::{loss_of, other_loss, units};
use crate::repair::{risky, safe};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds labels whose shape or dtype a loss or metric does not take.
pub(super) static LABELS_DO_NOT_FIT_LOSS: Rule = Rule {
    name: "labels-do-not-fit-loss",
    group: Group::Shape,
    summary: "the labels do not fit the predictions in a loss or metric",
    severity: Severity::Error,
    page: include_str!("labels_do_not_fit_loss.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let state = failure.state()?;
    let judged = state.judged.as_ref()?;
    if !failure.comes_of_run() || failure.details().is_none() {
        // The script's own loss has a line of its own, at which operands are shown.
        return None;
    }
    let trace = &failure.interp.trace;
    let spec = |nodes: &[graph::NodeId]| nodes.first().map(|node| trace.node(*node).spec.clone());
    let (labels, predictions) = (spec(&judged.y_true)?, spec(&judged.y_pred)?);
    let message = format!(
        "the labels, {labels}, do not fit the predictions, {predictions}, in {}",
        judged.by.replace("loss '", "the loss '").replace("metric '", "the metric '")
    );
    let mut explanation = Explanation::new(message);
    if let Some(span) = labels_argument(failure) {
        explanation.labels.push(Label { span, text: format!("labels {labels}") });
    }
    if let Some(span) = output_layer(failure, judged) {
        explanation.labels.push(Label { span, text: format!("gives {predictions}") });
    }
    let (note, help) = whence_predicted(failure, judged, &labels, &predictions);
    explanation.notes.extend(note);
    match too_many_axes(failure, judged, &labels, &predictions) {
        Some(extra) => {
            explanation.help.push(extra.help);
            explanation.fix = extra.fix;
        }
        None => {
            explanation.help.extend(advice(&judged.by, &labels, &predictions));
            explanation.fix = fix(failure, judged, &labels, &predictions);
        }
    }
    explanation.help.extend(help);
    Some(explanation)
}

/// The layer that leaves the predictions axes which the labels have not.
fn too_many_axes(
    failure: &Failure<'_>,
    judged: &Judged,
    labels: &TensorSpec,
    predictions: &TensorSpec,
) -> Option<ExtraAxes> {
    let ranks = matches!(Kind::of(&judged.by, labels, predictions)?, Kind::Ranks);
    let more = predictions.shape.rank() > labels.shape.rank();
    (ranks && more).then(|| extra_axes::left_by(failure.interp, *judged.y_pred.first()?))?
}

/// Which call gave the predictions the size that the labels have not, at an axis before the last.
fn whence_predicted(
    failure: &Failure<'_>,
    judged: &Judged,
    labels: &TensorSpec,
    predictions: &TensorSpec,
) -> (Vec<String>, Option<String>) {
    let differing = || {
        let (a, b) = (labels.shape.dims()?, predictions.shape.dims()?);
        let at = a.iter().zip(b).position(|(a, b)| a.is_known() && b.is_known() && a != b)?;
        (a.len() == b.len() && at + 1 < a.len()).then_some(a.len() - at)
    };
    let (Some(from_end), Some(node)) = (differing(), judged.y_pred.first()) else {
        return Default::default();
    };
    let predicted =
        Operand { node: *node, spec: predictions.clone(), expression: None, name: "predictions".to_owned() };
    let (notes, help) = whence::sizes(failure, &[&predicted], from_end);
    let lost = "convolutions without padding and poolings of odd sizes lose rows and columns that upsampling does not \
                give back: use `padding=\"same\"` and sizes that divide, or crop or pad the predictions";
    (notes, help.or_else(|| (predictions.shape.rank() >= Some(4)).then(|| lost.to_owned())))
}

/// The argument of `fit` that has the labels.
fn labels_argument(failure: &Failure<'_>) -> Option<Span> {
    let call = source::call_at(failure.program(), failure.span())?;
    let value = call.arguments.find_keyword("y").map(|k| &k.value).or_else(|| call.arguments.args.get(1))?;
    Some(python::span(value.range()))
}

/// The call of the layer that the predictions come out of.
fn output_layer(failure: &Failure<'_>, judged: &Judged) -> Option<Span> {
    let layer = layer_of(failure.interp, *judged.y_pred.first()?)?;
    call_of(failure.interp, &layer)
}

/// Another loss for labels of the other kind, or another number of units.
fn fix(failure: &Failure<'_>, judged: &Judged, labels: &TensorSpec, predictions: &TensorSpec) -> Option<Fix> {
    const SPARSE: &str = "sparse_categorical_crossentropy";
    const CATEGORICAL: &str = "categorical_crossentropy";
    let interp = failure.interp;
    let kind = Kind::of(&judged.by, labels, predictions)?;
    let loss = loss_of(interp, failure.span());
    let other = |names| loss.and_then(|loss| other_loss(interp, loss, names));
    match kind {
        Kind::NumbersForOneHot => {
            Some(safe("use the loss for class numbers", vec![other((CATEGORICAL, SPARSE))?]))
        }
        Kind::OneHotForNumbers => Some(safe(
            "use the loss for labels with a one for each class",
            vec![other((SPARSE, CATEGORICAL))?],
        )),
        Kind::Units { given, wanted } => {
            let (layer, edit) = units(interp, *judged.y_pred.first()?, (given, wanted))?;
            Some(risky(format!("give layer '{layer}' {wanted} units"), vec![edit]))
        }
        Kind::Words | Kind::Ranks => None,
    }
}

/// In what way labels do not fit.
enum Kind {
    /// Class numbers, where each class needs a one.
    NumbersForOneHot,
    /// A one for each class, where numbers are needed.
    OneHotForNumbers,
    /// Texts.
    Words,
    /// Another number of values than the last layer gives.
    Units { given: i64, wanted: i64 },
    /// Another rank.
    Ranks,
}

impl Kind {
    fn of(by: &str, labels: &TensorSpec, predictions: &TensorSpec) -> Option<Kind> {
        let (label_rank, rank) = (labels.shape.rank()?, predictions.shape.rank()?);
        let (last, classes) = (labels.shape.dim(-1), predictions.shape.dim(-1).and_then(Dim::known));
        let sparse = by.contains("sparse_categorical");
        let categorical = by.contains("categorical_crossentropy") && !sparse;
        // Labels for a picture's pixels have a picture's axes; fewer are labels for something else.
        let each = predictions
            .shape
            .dims()
            .and_then(|dims| dims.split_last())
            .is_some_and(|(_, places)| Shape::new(places.iter().copied()).compatible(&labels.shape));
        let numbers = (label_rank + 1 == rank && each) || (label_rank == rank && last == Some(Dim::Known(1)));
        if categorical && numbers && classes != Some(1) {
            return Some(Kind::NumbersForOneHot);
        }
        if sparse && label_rank == rank && last == predictions.shape.dim(-1) && classes != Some(1) {
            return Some(Kind::OneHotForNumbers);
        }
        if labels.dtype == Some(DType::String) {
            return Some(Kind::Words);
        }
        match (last.and_then(Dim::known), classes) {
            (Some(wanted), Some(given)) if label_rank == rank && wanted != given && !sparse => {
                Some(Kind::Units { given, wanted })
            }
            _ if label_rank != rank => Some(Kind::Ranks),
            _ => None,
        }
    }
}

fn advice(by: &str, labels: &TensorSpec, predictions: &TensorSpec) -> Option<String> {
    Some(match Kind::of(by, labels, predictions)? {
        Kind::NumbersForOneHot => {
            "labels that are class numbers go with `sparse_categorical_crossentropy`; for this loss, \
                                   `keras.utils.to_categorical` makes a one for each class of them"
                .to_owned()
        }
        Kind::OneHotForNumbers => {
            "labels with a one for each class go with `categorical_crossentropy`".to_owned()
        }
        Kind::Words => {
            "labels have to be numbers: `keras.layers.StringLookup` turns words into them".to_owned()
        }
        Kind::Units { given, wanted } => format!(
            "the last layer gives {given} values for each sample, the labels have {wanted}: make them equal"
        ),
        Kind::Ranks => format!(
            "the labels have rank {}, the predictions rank {}: `Flatten()` before the last layer takes axes from the \
             predictions, `labels[..., None]` gives one to the labels",
            labels.shape.rank()?,
            predictions.shape.rank()?
        ),
    })
}
