//! `inspect` and `rescue`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use inspect::Python;

/// Say what is in saved models: layers, code, dangers, and whether they load; runs nothing of them
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing wrong, 1 dangerous or mistaken code, 2 a file is damaged or cannot be read."
)]
pub(crate) struct Inspect {
    /// `.keras` and `.h5` files, SavedModel folders, configs in JSON; folders with such files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InspectFormat::Text)]
    pub(crate) output_format: InspectFormat,
    /// The Python that would load them: 3.6 to 3.14
    #[arg(long, value_name = "VERSION", default_value = "3.11", value_parser = python)]
    pub(crate) python: Python,
}

/// How to print what is found in a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people
    Text,
    /// A JSON document for each file, a line each
    Json,
}

/// Write a copy of a model that Keras 3 loads with safe mode, its functions as source in a module
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 written, 1 refused, with the reasons, 2 a file cannot be read or written."
)]
pub(crate) struct Rescue {
    /// A `.keras` or `.h5` file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where the copy goes, in the same format
    #[arg(short, long, value_name = "NEW")]
    pub(crate) output: PathBuf,
    /// Where the module with the functions goes; it is imported by its name before loading
    #[arg(long, value_name = "MODULE", default_value = "rescued_layers.py")]
    pub(crate) module: PathBuf,
}

fn python(text: &str) -> Result<Python, String> {
    Python::parse(text).ok_or_else(|| "expected 3.6 to 3.14".to_owned())
}
