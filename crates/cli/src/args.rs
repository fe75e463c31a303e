//! The command line.

use std::path::PathBuf;

use checker::Keras;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Tells what Keras will do with a script before it runs.
///
/// Finds the errors that Keras will raise and says why, shapes that fit by accident, weights that
/// never train, and what to write instead. It reads Python scripts; it never runs them, and needs
/// neither Python nor TensorFlow.
#[derive(Debug, Parser)]
#[command(name = "kerascope", version, styles = STYLES, max_term_width = 100)]
pub(crate) struct Arguments {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = colour)]
    pub(crate) color: ColorChoice,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn colour(text: &str) -> Result<ColorChoice, String> {
    ColorChoice::from_str(text, true).map_err(|_| "expected auto, always or never".to_owned())
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Predict(Predict),
    Explain(Explain),
}

/// Check scripts and folders, and report what is wrong
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing wrong, 1 errors or warnings, 2 something could not be checked."
)]
pub(crate) struct Check {
    /// Files, folders, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The Keras to check for; else found from the project's requirements, else 3
    #[arg(long, value_name = "VERSION", value_parser = keras)]
    pub(crate) keras: Option<Keras>,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,
    /// Report only these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Do not report these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Exit with 0 even if something is wrong
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// How to print what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// With the source, labels, notes and help
    Text,
    /// A line for each finding
    Concise,
    /// One JSON document
    Json,
}

/// Print what a run of each script would record, as JSON, a line each
#[derive(Debug, Args)]
pub(crate) struct Predict {
    /// The Keras to predict
    #[arg(long, value_name = "VERSION", value_parser = keras)]
    pub(crate) keras: Keras,
    /// Python scripts
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

/// Explain a rule, or list all rules
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The rule's name
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

fn keras(text: &str) -> Result<Keras, String> {
    match text {
        "2" => Ok(Keras::Two),
        "3" => Ok(Keras::Three),
        _ => Err("expected 2 or 3".to_owned()),
    }
}
