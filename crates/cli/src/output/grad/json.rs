//! The gradients of a script's functions as one JSON document; its form is described in the README.

use std::io::{self, Write};

use checker::grad::{Argument, Finding, Graded, Tried};
use serde::Serialize;

use super::super::record::OutcomeJson;
use super::super::trace::json::{Spec, spec};
use super::{level_name, verdict_name};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    path: &'a str,
    profile: &'static str,
    profile_reason: &'a str,
    functions: Vec<Function<'a>>,
    outcome: OutcomeJson<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    kind: &'static str,
    name: &'a str,
    path: String,
    line: usize,
    /// Why the function could not be tried.
    untried: Option<&'a str>,
    points: usize,
    inputs: Vec<InputJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct InputJson<'a> {
    name: &'a str,
    spec: Spec,
    gradient: &'static str,
    error: Option<f64>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    line: Option<usize>,
    input: Option<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    elements: &'a str,
}

/// Writes the document.
pub(crate) fn write(graded: &Graded, out: &mut impl Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        path: &graded.pages.script().path,
        profile: graded.profile.name(),
        profile_reason: &graded.profile.reason,
        functions: graded.functions.iter().map(|tried| function(graded, tried)).collect(),
        outcome: OutcomeJson::from(&graded.outcome),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn function<'a>(graded: &Graded, tried: &'a Tried) -> Function<'a> {
    let (untried, points, inputs, findings) = match &tried.result {
        Err(why) => (Some(why.as_str()), 0, Vec::new(), Vec::new()),
        Ok(seen) => (
            None,
            seen.points,
            seen.inputs.iter().map(input).collect(),
            seen.findings.iter().map(|found| finding(graded, found)).collect(),
        ),
    };
    Function {
        kind: tried.kind,
        name: &tried.name,
        path: graded.pages.at(tried.span.start).title(),
        line: graded.pages.first_line(tried.span),
        untried,
        points,
        inputs,
        findings,
    }
}

fn input(argument: &Argument) -> InputJson<'_> {
    InputJson {
        name: &argument.name,
        spec: spec(&argument.spec),
        gradient: verdict_name(argument.verdict),
        error: argument.error,
    }
}

fn finding<'a>(graded: &Graded, found: &'a Finding) -> FindingJson<'a> {
    FindingJson {
        name: found.name,
        severity: level_name(found.level),
        message: &found.message,
        line: found.span.map(|span| graded.pages.first_line(span)),
        input: found.input.as_ref().map(|(name, elements)| Shown { name, elements }),
    }
}
