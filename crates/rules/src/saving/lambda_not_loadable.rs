//! Lambdas that loading refuses.

use diagnostics::{Fix, Label, Severity, Span};
use interp::Interp;
use interp::events::Event;
use interp::heap::ObjId;
use ops::{Keras, Mistake};
use python::Ranged;

use crate::repair::definitions::named_function;
use crate::repair::lambda::lambda_call;
use crate::repair::safe;
use crate::wording::listed;
use crate::{Check, Context, Group, Rule, source};

/// Finds saved models with Python lambdas in them.
pub(super) static LAMBDA_NOT_LOADABLE: Rule = Rule {
    name: "lambda-not-loadable",
    group: Group::Saving,
    summary: "a model is saved or loaded with a Python lambda in a Lambda layer, which safe mode refuses",
    severity: Severity::Error,
    page: include_str!("lambda_not_loadable.md"),
    check: Check::Script(check),
};

/// What is saved and loaded without running code out of a file.
fn help(keras: Keras) -> String {
    match keras {
        Keras::Two => {
            "write a layer class and decorate it with `@keras.saving.register_keras_serializable()`: it is saved by name and \
             loads safely; Keras 2 saves every Python function in a Lambda as bytecode, named ones too"
        }
        Keras::Three => {
            "give the Lambda a named function decorated with `@keras.saving.register_keras_serializable()`, or write a layer \
             class: both are saved by name and load safely"
        }
    }
    .to_owned()
}

/// What a Lambda has in it that is saved as code.
fn code(keras: Keras) -> &'static str {
    match keras {
        Keras::Two => "a Python function",
        Keras::Three => "a Python lambda",
    }
}

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    let refused = refusal(interp);
    let mut made: Vec<Span> = Vec::new();
    let mut saved: Vec<(Span, String)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut layers: Vec<&str> = Vec::new();
    for event in &interp.events {
        let Event::Saved { path, lambdas, span } = event else { continue };
        let guarded = path.ends_with(".keras") || interp.keras == Keras::Three;
        let loads =
            interp.events.iter().any(|e| matches!(e, Event::Loaded { path: loaded, .. } if loaded == path));
        if lambdas.is_empty() || !guarded || loads {
            continue;
        }
        saved.push((source::whole(interp.program, *span), path.to_string()));
        for (name, place) in lambdas {
            if !made.contains(place) {
                made.push(*place);
                names.push(format!("'{name}'"));
                layers.push(name);
            }
        }
    }
    let Some((exception, fatal)) = refused else {
        let Some((place, path)) = saved.first() else { return };
        let message =
            format!("'{path}' will not load: it has {} in layer {}", code(interp.keras), listed(&names));
        let found = cx.report_as(Severity::Warning, *place, "saved here without complaint", message);
        found.labels.extend(labels(interp, &made));
        found.notes.push(
            "it is saved as bytecode; `load_model` refuses to run code out of a file unless it is told to \
             trust it, and bytecode only runs on the version of Python that wrote it"
                .to_owned(),
        );
        found.help.push(help(interp.keras));
        found.help.push("for files of your own, `load_model(path, safe_mode=False)`".to_owned());
        found.fix = fix(interp, &layers);
        return;
    };
    let place = interp.exception(exception).map(|state| source::whole(interp.program, state.span));
    let layer = layer_of(interp, exception);
    let layer_name = layer.as_str();
    let severity = if fatal { Severity::Error } else { Severity::Warning };
    let message = format!("loading refuses the model: layer '{layer}' has {} in it", code(interp.keras));
    let class = interp.exception_name(exception);
    let found = cx.report_as(severity, place.unwrap_or_default(), format!("raises `{class}`"), message);
    found.labels.extend(labels(interp, &made));
    found.labels.extend(
        saved
            .iter()
            .take(1)
            .map(|(span, _)| Label { span: *span, text: "saved here without complaint".to_owned() }),
    );
    found.notes.push(
        "it is saved as bytecode, and loading it would run code out of a file; safe mode, which is the \
         default, does not do that"
            .to_owned(),
    );
    found.help.push(help(interp.keras));
    found.help.push(match loading_function(interp, exception).as_str() {
        "load_model" => "for files of your own, `load_model(path, safe_mode=False)`".to_owned(),
        // Nothing else takes `safe_mode`.
        _ => "for models of your own, `keras.config.enable_unsafe_deserialization()` before it".to_owned(),
    });
    let stored = stored(interp);
    let all = if stored.is_empty() { std::slice::from_ref(&layer_name) } else { &stored };
    found.fix = fix(interp, all).or_else(|| fix(interp, std::slice::from_ref(&layer_name)));
    cx.explains(exception);
}

/// Gives each Lambda a named function. Keras 2 stores those as bytecode as well.
fn fix(interp: &Interp<'_>, layers: &[&str]) -> Option<Fix> {
    if interp.keras == Keras::Two {
        return None;
    }
    let mut calls: Vec<Span> = Vec::new();
    let mut edits = Vec::new();
    for layer in layers {
        let call = lambda_call(interp, layer)?;
        // A loop makes several layers of one Lambda.
        let place = python::span(call.range());
        if !calls.contains(&place) {
            calls.push(place);
            edits.extend(named_function(interp, call, layer)?);
        }
    }
    Some(safe("give the Lambda a named, registered function", edits))
}

/// The layers with code in them of all models that the script saves.
fn stored<'i>(interp: &'i Interp<'_>) -> Vec<&'i str> {
    let mut layers: Vec<&str> = Vec::new();
    for event in &interp.events {
        if let Event::Saved { lambdas, .. } = event {
            let new = lambdas.iter().map(|(name, _)| &**name).filter(|name| !layers.contains(name));
            layers.extend(new.collect::<Vec<_>>());
        }
    }
    layers
}

fn labels(interp: &Interp<'_>, made: &[Span]) -> Vec<Label> {
    let text = "the lambda's code is stored in the file";
    made.iter()
        .map(|span| Label { span: source::whole(interp.program, *span), text: text.to_owned() })
        .collect()
}

/// The exception by which loading refuses a Lambda, and whether the script ends with it.
fn refusal(interp: &Interp<'_>) -> Option<(ObjId, bool)> {
    let mut found = None;
    for event in &interp.events {
        if let Event::Raised { exception, fatal } = event
            && !layer_of(interp, *exception).is_empty()
        {
            found = Some((*exception, *fatal));
        }
    }
    found
}

/// The function that refuses: `load_model`, `model_from_json`.
fn loading_function(interp: &Interp<'_>, exception: ObjId) -> String {
    let span = interp.exception(exception).map(|state| state.span).unwrap_or_default();
    let callee = source::callee(interp.program, span).unwrap_or_default();
    callee.rsplit('.').next().unwrap_or_default().to_owned()
}

fn layer_of(interp: &Interp<'_>, exception: ObjId) -> String {
    match interp.exception(exception).and_then(|state| state.details.as_deref()).map(|d| &d.mistake) {
        Some(Mistake::UnsafeLambda { layer }) => layer.clone(),
        _ => String::new(),
    }
}
