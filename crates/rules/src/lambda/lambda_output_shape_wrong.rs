//! Declared output shapes that are not what the function gives.

use diagnostics::{Applicability, Edit, Fix, Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use python::Ranged;
use python::ast::Expr;
use tensor::{Dim, Shape};

use crate::explain::{consequence, says};
use crate::{Check, Context, Group, Rule, source};

/// Finds an `output_shape` that the function contradicts.
pub(super) static LAMBDA_OUTPUT_SHAPE_WRONG: Rule = Rule {
    name: "lambda-output-shape-wrong",
    group: Group::Lambda,
    summary: "a Lambda's `output_shape` is not the shape that its function gives",
    severity: Severity::Warning,
    page: include_str!("lambda_output_shape_wrong.md"),
    check: Check::Event(check),
};

fn check(event: &Event, interp: &Interp<'_>, cx: &mut Context<'_>) {
    let Event::DeclaredShape { layer, declared, actual: Some(actual), raises: None, made, span } = event
    else {
        return;
    };
    let given = argument(interp, *made).or_else(|| argument(interp, *span));
    let (believed, real) = (without_batch(declared), without_batch(actual));
    let call = source::whole(interp.program, *span);
    let message =
        format!("layer '{layer}' is said to give {believed} for each sample, but its function gives {real}");
    let (place, text) = match given {
        Some((place, _)) => (place, "this is believed".to_owned()),
        None => (call, format!("said to give {declared}, gives {actual}")),
    };
    let literal = given.filter(|(_, literal)| *literal).map(|(place, _)| place);
    let failure = cx.failures().iter().find(|f| f.met && f.comes_of_run() && f.comes_through(layer));
    let severity = if failure.is_some_and(|f| f.fatal) { Severity::Error } else { Severity::Warning };
    let found = cx.report_as(severity, place, text, message);
    if let Some(failure) = failure {
        found.labels.push(consequence(failure));
    }
    if place != call && !call.contains(place) {
        found.labels.push(Label { span: call, text: format!("the function gives {actual} here") });
    }
    found.notes.push(
        "Keras 3 does not run the function when the layer is called, but believes `output_shape` and sizes the layers \
         behind it accordingly; a run with data then gives another shape than they were built for"
            .to_owned(),
    );
    found.notes.extend(failure.map(says));
    if batch_included(declared, actual) {
        found
            .notes
            .push("`output_shape` is the shape of one sample: the batch is put in front of it".to_owned());
    }
    let known = actual.dims().is_some_and(|dims| dims.iter().skip(1).all(|dim| dim.is_known()));
    let single = keeps_axis(declared, actual);
    if single {
        found
            .help
            .push(format!("if {believed} is meant, the function has to keep the axis: `keepdims=True`"));
    }
    found.help.push(match known {
        true if literal.is_some() => {
            format!("write `output_shape={real}`, or leave it out: Keras can infer it")
        }
        true => format!("let `output_shape` be {real}, or leave it out: Keras can infer it"),
        false => "leave `output_shape` out: Keras can infer it".to_owned(),
    });
    found.fix = literal.filter(|_| known && !single).map(|span| correct(span, real));
    if let Some(failure) = failure {
        cx.explains(failure.cause);
    }
}

/// Returns the `output_shape` of a `Lambda(...)`, and whether it is written out there.
fn argument(interp: &Interp<'_>, made: Span) -> Option<(Span, bool)> {
    let call = source::call_at(interp.program, made)?;
    let keyword = call.arguments.find_keyword("output_shape").map(|k| &k.value);
    let value = keyword.or_else(|| call.arguments.args.get(1))?;
    let literal = match value {
        Expr::Tuple(tuple) => {
            tuple.elts.iter().all(|e| e.is_number_literal_expr() || e.is_none_literal_expr())
        }
        Expr::List(list) => list.elts.iter().all(|e| e.is_number_literal_expr() || e.is_none_literal_expr()),
        _ => false,
    };
    Some((python::span(value.range()), literal))
}

fn without_batch(shape: &Shape) -> String {
    let dims = shape.dims().unwrap_or_default();
    Shape::new(dims.iter().skip(1).copied()).tuple()
}

/// Tells whether the batch was declared as well: `(None, 10)` where `(10,)` is meant.
fn batch_included(declared: &Shape, actual: &Shape) -> bool {
    match (declared.dims(), actual.dims()) {
        (Some([_, rest @ ..]), Some(actual)) => {
            rest.len() == actual.len()
                && matches!(rest.first(), Some(Dim::Unknown | Dim::Symbol(_)))
                && rest.iter().zip(actual).all(|(a, b)| a.compatible(*b))
        }
        _ => false,
    }
}

/// Tells whether only a last axis of size 1 is missing.
fn keeps_axis(declared: &Shape, actual: &Shape) -> bool {
    match (declared.dims(), actual.dims()) {
        (Some([rest @ .., Dim::Known(1)]), Some(actual)) => rest.len() == actual.len(),
        _ => false,
    }
}

fn correct(span: Span, content: String) -> Fix {
    Fix {
        applicability: Applicability::Safe,
        title: format!("declare what the function gives: `{content}`"),
        edits: vec![Edit { span, content }],
    }
}
