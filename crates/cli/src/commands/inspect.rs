//! `kerascope inspect`: what is in saved models.

use std::path::Path;

use anyhow::Result;
use inspect::{Danger, Inspection};

use crate::args::{Inspect, InspectFormat};
use crate::terminal::Terminal;
use crate::{Exit, files, model_files, output};

/// Runs the command.
pub(crate) fn run(arguments: &Inspect, terminal: &mut Terminal) -> Result<Exit> {
    let mut exit = Exit::Clean;
    for path in model_files::find(&arguments.files) {
        exit = exit.worse(one(&path, arguments, terminal)?);
    }
    Ok(exit)
}

fn one(path: &Path, arguments: &Inspect, terminal: &mut Terminal) -> Result<Exit> {
    let shown = files::shown(path);
    let inspected = model_files::read(path).and_then(|model| {
        let python = arguments.python;
        checker::with_deep_stack(|| inspect::inspect(model, python)).map_err(anyhow::Error::msg)
    });
    let inspection = match inspected {
        Ok(inspection) => inspection,
        Err(error) => {
            terminal.complain(&format!("{error:#}"));
            return Ok(Exit::Failure);
        }
    };
    match arguments.output_format {
        InspectFormat::Json => output::inspection_json::write(&shown, &inspection, terminal)?,
        InspectFormat::Text => output::inspection::write(&shown, &inspection, arguments.python, terminal)?,
    }
    Ok(exit(&inspection))
}

fn exit(inspection: &Inspection) -> Exit {
    if !inspection.damages.is_empty() {
        Exit::Failure
    } else if inspection.judgement.danger == Danger::Dangerous || !inspection.checked.mistakes.is_empty() {
        Exit::Findings
    } else {
        Exit::Clean
    }
}
