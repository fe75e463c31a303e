//! `kerascope rescue`: a copy of a model that loads.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use inspect::formats::{Format, rewrite_archive, rewrite_hdf5};
use inspect::{Inspection, Python};

use crate::args::Rescue;
use crate::terminal::Terminal;
use crate::{Exit, files, model_files};

/// Runs the command.
pub(crate) fn run(arguments: &Rescue, terminal: &mut Terminal) -> Result<Exit> {
    let shown = files::shown(&arguments.file);
    let module = module_name(&arguments.module)?;
    let model = model_files::read(&arguments.file)?;
    ensure!(arguments.output != arguments.file, "the copy would replace the original");
    let (inspection, planned) = checker::with_deep_stack(|| {
        let inspection = inspect::inspect(model, Python::V311);
        let planned = inspect::rescue(&inspection, &shown, &module);
        (inspection, planned)
    })
    .map_err(anyhow::Error::msg)?;
    let plan = match planned {
        Ok(plan) => plan,
        Err(reasons) => {
            writeln!(terminal, "{shown} cannot be rescued:")?;
            for reason in reasons {
                writeln!(terminal, "  - {reason}")?;
            }
            return Ok(Exit::Findings);
        }
    };
    write(arguments, &inspection, &plan)?;
    let output = files::shown(&arguments.output);
    writeln!(terminal, "wrote {output}, whose weights are those of {shown}")?;
    if plan.functions.is_empty() {
        writeln!(terminal, "there is no code in it: no module is needed")?;
    } else {
        let count = plan.functions.len();
        let plural = if count == 1 { "" } else { "s" };
        writeln!(
            terminal,
            "wrote {} with {count} function{plural}: {}",
            files::shown(&arguments.module),
            plan.functions.join(", ")
        )?;
        writeln!(terminal, "load it with: import {module}; keras.models.load_model('{output}')")?;
    }
    for note in &plan.notes {
        writeln!(terminal, "note: {note}")?;
    }
    Ok(Exit::Clean)
}

/// The name under which Python imports the module.
fn module_name(path: &Path) -> Result<String> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    ensure!(word && !name.is_empty(), "{} is not a module that Python could import", path.display());
    Ok(name.to_owned())
}

/// Writes the copy and the module, both or neither.
fn write(arguments: &Rescue, inspection: &Inspection, plan: &inspect::Rescue) -> Result<()> {
    let wanted = match inspection.model.format {
        Format::Hdf5 => ["h5", "hdf5"].as_slice(),
        _ => ["keras"].as_slice(),
    };
    let extension = arguments.output.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !wanted.contains(&extension) {
        bail!("the copy has the format of the original, so its name must end in .{}", wanted.join(" or ."));
    }
    let copy = Draft::beside(&arguments.output);
    match inspection.model.format {
        Format::Hdf5 => rewrite_hdf5(&arguments.file, &copy.path, &plan.config, !plan.uncompiled)?,
        _ => {
            let window = model_files::open(&arguments.file)?;
            let out =
                File::create(&copy.path).with_context(|| format!("cannot write {}", copy.path.display()))?;
            rewrite_archive(window, &plan.config, BufWriter::new(out))?;
        }
    }
    let module = Draft::beside(&arguments.module);
    if !plan.functions.is_empty() {
        fs::write(&module.path, &plan.module)
            .with_context(|| format!("cannot write {}", arguments.module.display()))?;
        module.keep(&arguments.module)?;
    }
    copy.keep(&arguments.output)
}

/// A file that is not there until it is whole; it is removed unless it is kept.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(path: &Path) -> Draft {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        Draft { path: path.with_file_name(name) }
    }

    fn keep(&self, path: &Path) -> Result<()> {
        fs::rename(&self.path, path).with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a success there is nothing left to remove.
        let _ = fs::remove_file(&self.path);
    }
}
