//! What a script computes, as one JSON document; its form is described in the README.

use std::io::{self, Write};

use checker::trace::{Asker, Body, Computed, GradientTable, LayerRow, ModelTable, Traced};
use checker::{Span, TensorSpec};
use serde::Serialize;

use super::super::record::OutcomeJson;
use super::{last_line, source, status_name};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    path: &'a str,
    profile: &'static str,
    profile_reason: &'a str,
    lines: Vec<Value>,
    bodies: Vec<BodyJson<'a>>,
    models: Vec<Model<'a>>,
    gradients: Vec<Gradients<'a>>,
    outcome: OutcomeJson<'a>,
}

#[derive(Serialize)]
struct Value {
    path: String,
    line: usize,
    text: String,
    specs: Vec<Spec>,
}

/// A shape and a dtype.
#[derive(Serialize)]
pub(crate) struct Spec {
    text: String,
    /// The sizes, nothing for one that is not known; nothing at all where their number is not.
    shape: Option<Vec<Option<i64>>>,
    dtype: Option<&'static str>,
}

#[derive(Serialize)]
struct BodyJson<'a> {
    layer: &'a str,
    class: &'a str,
    called_on: Vec<usize>,
    lines: Vec<Value>,
}

#[derive(Serialize)]
struct Model<'a> {
    name: &'a str,
    class: &'a str,
    layers: Vec<Layer<'a>>,
    trainable: Option<i64>,
    non_trainable: Option<i64>,
}

#[derive(Serialize)]
struct Layer<'a> {
    name: &'a str,
    class: &'a str,
    outputs: Vec<Spec>,
    parameters: Option<i64>,
    connected_to: &'a [String],
    line: Option<usize>,
}

#[derive(Serialize)]
struct Gradients<'a> {
    by: &'static str,
    line: usize,
    variables: Vec<Variable<'a>>,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    gradient: &'static str,
    stopped_by: Option<Stop<'a>>,
}

#[derive(Serialize)]
struct Stop<'a> {
    operation: &'a str,
    line: usize,
}

/// Writes the document.
pub(crate) fn write(traced: &Traced, out: &mut impl Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        path: &traced.pages.script().path,
        profile: traced.profile.name(),
        profile_reason: &traced.profile.reason,
        lines: traced.values.iter().map(|computed| value(traced, computed)).collect(),
        bodies: traced.bodies.iter().map(|opened| body(traced, opened)).collect(),
        models: traced.models.iter().map(|table| model(traced, table)).collect(),
        gradients: traced.gradients.iter().map(|table| gradients(traced, table)).collect(),
        outcome: OutcomeJson::from(&traced.outcome),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn value(traced: &Traced, computed: &Computed) -> Value {
    let (path, line) = last_line(traced, computed.span);
    Value {
        path,
        line,
        text: source(traced, computed.span),
        specs: computed.specs.iter().map(spec).collect(),
    }
}

/// Turns a shape and a dtype into JSON.
pub(crate) fn spec(spec: &TensorSpec) -> Spec {
    let dims = spec.shape.dims();
    Spec {
        text: spec.to_string(),
        shape: dims.map(|dims| dims.iter().map(|dim| dim.known()).collect()),
        dtype: spec.dtype.map(|dtype| dtype.name()),
    }
}

fn body<'a>(traced: &Traced, body: &'a Body) -> BodyJson<'a> {
    BodyJson {
        layer: &body.layer,
        class: &body.class,
        called_on: body.calls.iter().map(|span| traced.pages.first_line(*span)).collect(),
        lines: body.values.iter().map(|computed| value(traced, computed)).collect(),
    }
}

fn model<'a>(traced: &Traced, model: &'a ModelTable) -> Model<'a> {
    let layer = |row: &'a LayerRow| Layer {
        name: &row.name,
        class: &row.class,
        outputs: row.outputs.iter().map(spec).collect(),
        parameters: row.parameters,
        connected_to: &row.connected_to,
        line: (row.made != Span::default()).then(|| traced.pages.first_line(row.made)),
    };
    Model {
        name: &model.name,
        class: &model.class,
        layers: model.layers.iter().map(layer).collect(),
        trainable: model.trainable,
        non_trainable: model.non_trainable,
    }
}

fn gradients<'a>(traced: &Traced, table: &'a GradientTable) -> Gradients<'a> {
    let stop =
        |(operation, span): &'a (String, Span)| Stop { operation, line: traced.pages.first_line(*span) };
    let variables = table.rows.iter().map(|row| Variable {
        name: &row.name,
        gradient: status_name(row.status),
        stopped_by: row.stopped.as_ref().map(stop),
    });
    Gradients {
        by: match table.by {
            Asker::Fit => "fit",
            Asker::Tape => "tape",
        },
        line: traced.pages.first_line(table.span),
        variables: variables.collect(),
    }
}
