//! The command line of `run`.

use std::path::PathBuf;

use clap::Args;

use super::{PlainFormat, Target};

/// Carry a script out with numbers, without Python and without TensorFlow
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: the script's own, as Python's: 0 at its end, 1 after an exception, or what it exits \
                  with; 2 if it cannot be read; 125 if it cannot be carried out to its end."
)]
pub(crate) struct Run {
    /// A Python script or a notebook, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What the script finds in `sys.argv` behind its own name
    #[arg(value_name = "ARGS", last = true)]
    pub(crate) arguments: Vec<String>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Let the script read files in its own folder and below
    #[arg(long)]
    pub(crate) allow_read: bool,
    /// Let the script write files in its own folder and below
    #[arg(long)]
    pub(crate) allow_write: bool,
    /// Stop after so many steps of the interpreter; a line of plain Python takes about five
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_steps: Option<u64>,
    /// How to print what came of it; with `json`, what the script prints goes to standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlainFormat::Text)]
    pub(crate) output_format: PlainFormat,
}
