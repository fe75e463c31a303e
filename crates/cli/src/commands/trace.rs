//! `kerascope trace`: what a script computes, line by line.

use anyhow::{Context, Result, bail};
use checker::nearest;
use checker::trace::{Body, Traced, trace};

use crate::Exit;
use crate::args::{PlainFormat, Trace};
use crate::commands::with_script;
use crate::output;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Trace, terminal: &mut Terminal) -> Result<Exit> {
    let mut traced = with_script(&arguments.file, &arguments.target, |input, settings| {
        trace(input, settings).with_context(|| format!("cannot trace {}", input.path))
    })?;
    if let Some(lambda) = &arguments.lambda {
        only(&mut traced, lambda)?;
    }
    let part = arguments.lambda.is_some();
    match arguments.output_format {
        PlainFormat::Text => output::trace::text::write(&traced, part, terminal)?,
        PlainFormat::Json => output::trace::json::write(&traced, terminal)?,
    }
    Ok(Exit::Clean)
}

/// Leaves only what the function of one layer computes.
fn only(traced: &mut Traced, lambda: &str) -> Result<()> {
    if !traced.bodies.iter().any(|body| body.layer == lambda) {
        let mut names: Vec<&str> = traced.bodies.iter().map(|body| body.layer.as_str()).collect();
        names.dedup();
        if names.is_empty() {
            bail!("no Lambda and no layer of the script's own is called");
        }
        let hint = nearest(lambda, names.iter().copied());
        let hint = hint.map_or_else(
            || format!("there are {}", names.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("no Lambda or layer `{lambda}` is called; {hint}");
    }
    traced.bodies.retain(|Body { layer, .. }| layer == lambda);
    traced.values.clear();
    traced.models.clear();
    traced.gradients.clear();
    Ok(())
}
