//! `kerascope predict`: what a run of each script would record, as JSON.

use std::io::Write;

use anyhow::{Context, Result};
use checker::{Input, map_in_parallel, predict, unknown_record};

use crate::Exit;
use crate::args::Predict;
use crate::files;
use crate::modules::{Modules, Shelf};
use crate::output::record::Document;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) fn run(arguments: &Predict, terminal: &mut Terminal) -> Result<Exit> {
    let keras = arguments.keras;
    let shelf = Shelf::default();
    let predicted = map_in_parallel(arguments.files.iter().collect(), |path| {
        let text = files::read(path)?;
        let sources = Modules::around(path, &shelf);
        let input = Input { path: &files::shown(path), text: &text, sources: &sources };
        predict(input, keras).with_context(|| format!("cannot check {}", files::shown(path)))
    });
    let mut exit = Exit::Clean;
    for (path, record) in arguments.files.iter().zip(predicted) {
        let name = path.file_name().map_or_else(|| files::shown(path), |n| n.to_string_lossy().into_owned());
        // A file that cannot be read gets its line too, so that lines and files stay in step.
        let record = record.unwrap_or_else(|error| {
            terminal.complain(&format!("{error:#}"));
            exit = Exit::Failure;
            unknown_record(format!("{error:#}"))
        });
        serde_json::to_writer(&mut *terminal, &Document::new(&name, keras, &record))?;
        terminal.write_all(b"\n")?;
    }
    Ok(exit)
}
