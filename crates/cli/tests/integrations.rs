//! What other tools read of this repository: the pre-commit hook and the GitHub Action.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

fn root() -> Result<PathBuf> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the repository")?.to_path_buf())
}

#[test]
fn the_hook_is_a_script_of_this_repository() -> Result<()> {
    let root = root()?;
    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml"))?;
    let entry = hooks.lines().find_map(|line| line.trim().strip_prefix("entry: ")).context("an entry")?;
    let script = fs::read_to_string(root.join(entry))?;
    assert!(script.contains("-- check \"$@\""), "{script}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_ne!(fs::metadata(root.join(entry))?.permissions().mode() & 0o111, 0, "it can be run");
    }
    Ok(())
}

/// Returns what stands after each `inputs.` in an expression.
fn used(action: &str) -> BTreeSet<&str> {
    action
        .split("${{ inputs.")
        .skip(1)
        .filter_map(|rest| rest.split_once(" }}"))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn the_action_declares_its_inputs_and_uses_real_options() -> Result<()> {
    let action = fs::read_to_string(root()?.join("action.yml"))?;
    let inputs = action.split_once("inputs:\n").and_then(|(_, rest)| rest.split_once("runs:\n"));
    let declared: BTreeSet<&str> = inputs
        .context("inputs")?
        .0
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.trim().strip_suffix(':'))
        .collect();
    assert_eq!(used(&action), declared);
    let help = Command::new(env!("CARGO_BIN_EXE_kerascope")).args(["check", "--help"]).output()?;
    let help = String::from_utf8(help.stdout)?;
    for option in ["--keras", "--output-format"] {
        assert!(action.contains(option) && help.contains(option), "{option}");
    }
    Ok(())
}
