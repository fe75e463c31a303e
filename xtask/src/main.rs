//! kerascope's chores.
//!
//!     cargo xtask tidy                          check the layers, the sizes and the form of the sources
//!     cargo xtask docs                          write the pages that are generated
//!     cargo xtask decompile FILE.jsonl          print the source of recorded functions
//!     cargo xtask facts --namespace NAME FILE   predict recorded facts about single calls
//!     cargo xtask catalogue FILE                count which of a catalogue's errors are found and explained

mod catalogue;
mod coverage;
mod decompile;
mod facts;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(&root()?),
        ["decompile", file] => decompile::run(Path::new(file)).map(|()| ExitCode::SUCCESS),
        ["facts", "--namespace", namespace, file] => facts::run(namespace, file).map(|()| ExitCode::SUCCESS),
        ["catalogue", file] => catalogue::run(file),
        ["docs"] => coverage::write(&root()?).map(|()| ExitCode::SUCCESS),
        _ => bail!(
            "usage: cargo xtask docs | tidy | decompile FILE.jsonl | facts --namespace NAME FILE | catalogue FILE"
        ),
    }
}

/// Returns the repository's top folder.
fn root() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("xtask stands at the top of the file system")?.to_path_buf())
}
