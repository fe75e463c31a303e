//! The command line of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Target;

/// Check scripts and folders, and report what is wrong
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing wrong, 1 errors or warnings, 2 something could not be checked."
)]
pub(crate) struct Check {
    /// Files, folders, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,
    /// Report only these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Report these rules or groups as well
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) extend_select: Vec<String>,
    /// Do not report these rules or groups
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// List each expression whose result is not known, by its first cause
    #[arg(long)]
    pub(crate) explain_unknown: bool,
    /// Print how often each rule was found instead of the findings
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Apply the fixes that can be applied without asking, and report what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix or --diff, also those fixes that a person should look at
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Show what --fix would change, and write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Exit with 0 even if something is wrong
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// The path that standard input is taken for
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Check again whenever a file changes, until interrupted
    #[arg(long, conflicts_with = "stdin_filename")]
    pub(crate) watch: bool,
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
    /// SARIF 2.1.0, which code scanning services read
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines of a pull request
    Github,
    /// A GitLab Code Quality report
    Gitlab,
    /// JUnit XML, which CI servers read
    Junit,
}
