//! What is in a model file, as JSON; its form is a contract, described in the README.

use std::collections::BTreeMap;
use std::io::{self, Write};

use inspect::formats::Json;
use inspect::{Ending, Function, Inspection, Layer, Load, Mistake};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    file: &'a str,
    format: &'static str,
    keras_version: Option<&'a str>,
    backend: Option<&'a str>,
    saved: Option<&'a str>,
    damaged: Option<String>,
    verdict: &'static str,
    why: &'a [String],
    advisories: Vec<AdvisoryJson<'a>>,
    model: ModelJson<'a>,
    layers: Vec<LayerJson<'a>>,
    weights: Vec<WeightJson<'a>>,
    lambdas: Vec<LambdaJson<'a>>,
    compile_lambdas: Vec<LambdaJson<'a>>,
    diagnostics: Vec<DiagnosticJson<'a>>,
    outcomes: BTreeMap<&'static str, OutcomeJson<'a>>,
}

#[derive(Serialize)]
struct AdvisoryJson<'a> {
    id: &'static str,
    at: &'a str,
}

#[derive(Serialize)]
struct ModelJson<'a> {
    class: Option<&'a str>,
    name: Option<&'a str>,
    parameters: Option<i64>,
    optimizer: Option<serde_json::Value>,
    compile: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct LayerJson<'a> {
    name: &'a str,
    class: &'a str,
    output: Option<&'a str>,
    parameters: Option<i64>,
    weights: Option<&'a [Vec<u64>]>,
    stored: Option<&'a [Vec<u64>]>,
    fits: Option<bool>,
}

#[derive(Serialize)]
struct WeightJson<'a> {
    path: &'a str,
    shape: &'a [u64],
    dtype: &'a str,
}

#[derive(Serialize)]
struct LambdaJson<'a> {
    layer: &'a str,
    #[serde(rename = "where")]
    place: &'a str,
    slot: &'a str,
    name: &'a str,
    source: Option<&'a str>,
    complete: bool,
    obstacle: Option<&'a str>,
    python: Vec<String>,
    globals_needed: Vec<&'a str>,
    builtins_used: &'a [String],
    free_vars: Vec<&'a str>,
    closure: BTreeMap<&'a str, Option<&'a str>>,
    defaults: &'a [String],
    danger: &'static str,
    why: String,
    damaged: Option<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    rule: &'static str,
    severity: String,
    message: &'a str,
    lambda: Option<usize>,
    layer: Option<&'a str>,
    notes: &'a [String],
    help: &'a [String],
}

#[derive(Serialize)]
struct OutcomeJson<'a> {
    load: LoadJson<'a>,
}

#[derive(Serialize)]
struct LoadJson<'a> {
    ok: Option<bool>,
    exception: Option<&'a str>,
    message: Option<&'a str>,
    why: &'a str,
    help: &'a [String],
    runs_code: bool,
}

/// Writes the document in one line.
pub(crate) fn write(file: &str, inspection: &Inspection, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &document(file, inspection))?;
    writeln!(out)
}

fn document<'a>(file: &'a str, inspection: &'a Inspection) -> Document<'a> {
    let model = &inspection.model;
    let config = model.config.as_ref();
    let parameters =
        inspection.checked.layers.iter().map(|l| l.parameters.or((l.class == "InputLayer").then_some(0)));
    Document {
        file,
        format: model.format.name(),
        keras_version: model.keras_version.as_deref(),
        backend: model.backend.as_deref(),
        saved: model.saved.as_deref(),
        damaged: (!inspection.damages.is_empty()).then(|| inspection.damages.join("; ")),
        verdict: inspection.judgement.danger.name(),
        why: &inspection.judgement.reasons,
        advisories: inspection.advisories.iter().map(|(id, at)| AdvisoryJson { id, at }).collect(),
        model: ModelJson {
            class: config.and_then(|c| c.text("class_name")),
            name: config.and_then(|c| c.get("config")?.text("name")),
            parameters: parameters.sum(),
            optimizer: inspection.optimizer.as_ref().map(plain),
            compile: model.compile.as_ref().map(plain),
        },
        layers: inspection.checked.layers.iter().map(layer).collect(),
        weights: model
            .weights
            .iter()
            .map(|w| WeightJson { path: &w.path, shape: &w.shape, dtype: &w.dtype })
            .collect(),
        lambdas: inspection.functions.iter().filter(|f| !f.stored.trains()).map(lambda).collect(),
        compile_lambdas: inspection.functions.iter().filter(|f| f.stored.trains()).map(lambda).collect(),
        diagnostics: inspection.checked.mistakes.iter().map(|m| diagnostic(m, inspection)).collect(),
        outcomes: inspection.loads.iter().map(|l| (l.loader.key(), OutcomeJson { load: load(l) })).collect(),
    }
}

fn layer(layer: &Layer) -> LayerJson<'_> {
    LayerJson {
        name: &layer.name,
        class: &layer.class,
        output: layer.output.as_deref(),
        parameters: layer.parameters,
        weights: layer.expected.as_deref(),
        stored: layer.stored.as_deref(),
        fits: layer.fits(),
    }
}

fn lambda(function: &Function) -> LambdaJson<'_> {
    LambdaJson {
        layer: &function.stored.layer,
        place: &function.stored.place,
        slot: &function.stored.slot,
        name: &function.name,
        source: function.source.as_deref(),
        complete: function.complete,
        obstacle: function.obstacle.as_deref(),
        python: function.versions.iter().map(|v| v.to_string()).collect(),
        globals_needed: function.globals.iter().chain(&function.own_globals).map(String::as_str).collect(),
        builtins_used: &function.builtins,
        free_vars: function.closure.iter().map(|(name, _)| name.as_str()).collect(),
        closure: function.closure.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect(),
        defaults: &function.defaults,
        danger: function.judgement.danger.name(),
        why: function.judgement.reasons.join("; "),
        damaged: function.damage.as_deref(),
    }
}

fn diagnostic<'a>(mistake: &'a Mistake, inspection: &'a Inspection) -> DiagnosticJson<'a> {
    let found = &mistake.diagnostic;
    // Its place among the functions of layers.
    let index = |at: usize| inspection.functions.iter().take(at).filter(|f| !f.stored.trains()).count();
    DiagnosticJson {
        rule: found.rule,
        severity: found.severity.to_string(),
        message: &found.message,
        lambda: mistake.function.map(index),
        layer: mistake.layer.as_deref(),
        notes: &found.notes,
        help: &found.help,
    }
}

fn load(load: &Load) -> LoadJson<'_> {
    let (ok, exception, message) = match &load.ending {
        Ending::Loads => (Some(true), None, None),
        Ending::Raises { exception, message } => {
            (Some(false), Some(exception.as_str()), Some(message.as_str()))
        }
        Ending::Unknown => (None, None, None),
    };
    LoadJson { ok, exception, message, why: &load.why, help: &load.help, runs_code: load.runs_code }
}

/// A value of a config; numbers that JSON has no form for become text.
fn plain(value: &Json) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        Json::Str(text) => Value::String(text.clone()),
        Json::List(items) => Value::Array(items.iter().map(plain).collect()),
        Json::Dict(pairs) => Value::Object(pairs.iter().map(|(k, v)| (k.clone(), plain(v))).collect()),
    }
}
