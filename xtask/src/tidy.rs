//! Keeps the layers, the sizes and the form of the sources; a test runs it.

mod layers;
mod sources;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

/// Checks the repository and prints what is untidy, or the sizes.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let found = check(root)?;
    let mut out = io::stdout().lock();
    for problem in &found.problems {
        writeln!(out, "{problem}")?;
    }
    writeln!(out, "{}", found.sizes)?;
    Ok(if found.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a check found.
struct Found {
    /// Each in a line, beginning with the file.
    problems: Vec<String>,
    /// How large the files are.
    sizes: String,
}

fn check(root: &Path) -> Result<Found> {
    let mut problems = Vec::new();
    let mut lengths = Vec::new();
    for package in packages(root)? {
        layers::check(&package, &mut problems)?;
        for path in rust_files(&package.folder)? {
            let text = read(&path)?;
            let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            sources::check(&shown, &package.name, &text, &mut problems);
            if !shown.contains("/tests/") && !shown.ends_with("tests.rs") && !shown.contains("/benches/") {
                lengths.push((text.lines().count(), shown));
            }
        }
    }
    lengths.sort();
    let sizes = match (lengths.get(lengths.len() / 2), lengths.last()) {
        (Some((median, _)), Some((largest, path))) => format!(
            "{} source files: median {median} lines, 95 % at most {}, largest {largest} ({path})",
            lengths.len(),
            lengths.get(lengths.len() * 95 / 100).map_or(*largest, |(lines, _)| *lines),
        ),
        _ => "no source files".to_owned(),
    };
    Ok(Found { problems, sizes })
}

/// One member of the workspace.
struct Package {
    /// The name of its folder, by which the others depend on it.
    name: String,
    folder: PathBuf,
}

fn packages(root: &Path) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for folder in entries(&root.join("crates"))? {
        if let Some(name) = folder.file_name().and_then(|name| name.to_str())
            && folder.join("Cargo.toml").exists()
        {
            packages.push(Package { name: name.to_owned(), folder });
        }
    }
    packages.push(Package { name: "xtask".to_owned(), folder: root.join("xtask") });
    Ok(packages)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                files.append(&mut rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() -> Result<()> {
        let found = check(&crate::root()?)?;
        assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
        Ok(())
    }
}
