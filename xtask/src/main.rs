//! kerascope's chores.
//!
//!     cargo xtask tidy    check the layers, the sizes and the form of the sources

mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(&root()?),
        _ => bail!("usage: cargo xtask tidy"),
    }
}

/// Returns the repository's top folder.
fn root() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("xtask stands at the top of the file system")?.to_path_buf())
}
