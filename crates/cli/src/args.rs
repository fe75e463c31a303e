//! The command line.

mod check;
mod model_file;
mod run;

use std::path::PathBuf;

use checker::Keras;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

pub(crate) use check::{Check, OutputFormat};
pub(crate) use model_file::{Inspect, InspectFormat, Rescue};
pub(crate) use run::Run;

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
    Inspect(Inspect),
    Rescue(Rescue),
    Trace(Trace),
    Run(Run),
    Grad(Grad),
    Completions(Completions),
}

/// What scripts are to be checked for.
#[derive(Debug, Default, Args)]
pub(crate) struct Target {
    /// The Keras to check for; else found from the project's settings and requirements, else 3
    #[arg(long, value_name = "VERSION", value_parser = keras)]
    pub(crate) keras: Option<Keras>,
    /// The backend below Keras 3; `tensorflow` is the only one that is modelled
    #[arg(long, value_name = "NAME", value_parser = backend)]
    pub(crate) backend: Option<String>,
    /// A file of settings to use instead of those beside the scripts
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
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

/// Explain a rule, or an error that Keras raised
///
/// Without anything to explain, the rules are listed. An error is found by its text: a message, a whole
/// traceback, or the output of a run that has one in it.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 explained, 1 nothing known matches, 2 something could not be read.")]
pub(crate) struct Explain {
    /// A rule, a text, a file with a text, or `-` for standard input
    #[arg(value_name = "RULE or TEXT or FILE")]
    pub(crate) what: Vec<String>,
    /// The script that raised it; else the one that a traceback names, if it is there
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How to print the explanation
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlainFormat::Text)]
    pub(crate) output_format: PlainFormat,
}

/// Show what a script computes: the shape and dtype of every tensor, the layers, the gradients
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// A Python script or a notebook, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Show only the function of the Lambda, or the `call` of the layer, of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) lambda: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How to print what is computed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlainFormat::Text)]
    pub(crate) output_format: PlainFormat,
}

/// Try the gradients of a script's functions with numbers: of Lambdas, own layers, own losses, custom gradients
///
/// Each function is computed in double precision on sampled inputs, and its gradient is compared with the slopes of its
/// values. Models are not trained.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing is wrong, 1 a gradient is wrong, missing or zero, or the script raises, 2 the \
                  script cannot be read."
)]
pub(crate) struct Grad {
    /// A Python script or a notebook, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How to print what was seen
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlainFormat::Text)]
    pub(crate) output_format: PlainFormat,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people
    Text,
    /// One JSON document
    Json,
}

/// Print a script that completes kerascope's commands and options in a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

fn keras(text: &str) -> Result<Keras, String> {
    match text {
        "2" => Ok(Keras::Two),
        "3" => Ok(Keras::Three),
        _ => Err("expected 2 or 3".to_owned()),
    }
}

fn backend(text: &str) -> Result<String, String> {
    checker::config::backend(text).map(|()| text.to_owned())
}
