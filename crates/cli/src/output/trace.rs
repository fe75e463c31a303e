//! What a script computes, for people and as JSON.

pub(crate) mod json;
pub(crate) mod text;

use checker::record::GradientStatus;
use checker::trace::Traced;
use checker::{Shape, Span, TensorSpec};

/// Returns where a span ends: its page's path, with the cell of a notebook, and the line.
fn last_line(traced: &Traced, span: Span) -> (String, usize) {
    let page = traced.pages.at(span.start);
    let (_, end) = page.positions(span);
    (page.title(), end.line)
}

/// Returns the source of a span on one line.
fn source(traced: &Traced, span: Span) -> String {
    let text = traced.pages.at(span.start).slice(span).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a shape as `summary()` shows it.
fn keras_shape(shape: &Shape) -> String {
    let Some(dims) = shape.dims() else { return "?".to_owned() };
    let sizes: Vec<String> = dims
        .iter()
        .map(|dim| dim.known().map_or_else(|| "None".to_owned(), |size| size.to_string()))
        .collect();
    match &sizes[..] {
        [one] => format!("({one},)"),
        sizes => format!("({})", sizes.join(", ")),
    }
}

fn keras_shapes(specs: &[TensorSpec]) -> String {
    let shapes: Vec<String> = specs.iter().map(|spec| keras_shape(&spec.shape)).collect();
    match &shapes[..] {
        [] => "?".to_owned(),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

fn status_name(status: GradientStatus) -> &'static str {
    match status {
        GradientStatus::Ok => "flows",
        GradientStatus::Zero => "zero",
        GradientStatus::Nan => "nan",
        GradientStatus::None => "none",
        GradientStatus::Unknown => "unknown",
    }
}
