//! The README shows what the command really prints; `UPDATE_MD=1` rewrites it.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// What stands before a block of output.
const MARK: &str = "<!-- output of: kerascope ";

#[test]
fn shown_output_is_real() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the repository")?;
    let readme = root.join("README.md");
    let text = fs::read_to_string(&readme)?;
    let mut renewed = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(MARK) {
        let (arguments, after) = after.split_once(" -->\n```text\n").context("a text block")?;
        let (_, after) = after.split_once("```\n").context("the end of the block")?;
        let ran = Command::new(env!("CARGO_BIN_EXE_kerascope"))
            .args(arguments.split(' '))
            .current_dir(root)
            .env_remove("VIRTUAL_ENV")
            .env("COLUMNS", "100")
            .output()?;
        let output = String::from_utf8(ran.stdout)?;
        renewed += &format!("{before}{MARK}{arguments} -->\n```text\n{output}```\n");
        rest = after;
    }
    renewed += rest;
    if env::var_os("UPDATE_MD").is_some() && renewed != text {
        fs::write(&readme, &renewed)?;
        return Ok(());
    }
    assert!(renewed == text, "README.md shows other output; UPDATE_MD=1 rewrites it:\n{renewed}");
    Ok(())
}
