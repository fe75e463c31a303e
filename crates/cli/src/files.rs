//! From the paths on the command line to source texts.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use checker::{MAX_BYTES, MAX_NOTEBOOK_BYTES, Unreadable, decode, decode_notebook, is_notebook};
use ignore::WalkBuilder;

/// Folders that hold other people's code or build products, also where no `.gitignore` says so.
const SKIPPED: &[&str] = &["__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv"];

/// Files to be checked and what could not be found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files, in order.
    pub(crate) files: Vec<PathBuf>,
    /// What is wrong with the paths, in words.
    pub(crate) problems: Vec<String>,
}

/// Finds the Python files that the paths mean.
pub(crate) fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" || path.is_file() {
            found.files.push(path.clone());
        } else if path.is_dir() {
            let before = found.files.len();
            walk(path, &mut found);
            if found.files.len() == before {
                found.problems.push(format!("no Python files in {}", shown(path)));
            }
        } else {
            let problem = match fs::metadata(path) {
                Ok(_) => format!("{} is neither a file nor a folder", shown(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    format!("no such file or folder: {}", shown(path))
                }
                Err(error) => format!("cannot read {}: {error}", shown(path)),
            };
            found.problems.push(problem);
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.files.retain(|path| seen.insert(path.clone()));
    found
}

fn walk(folder: &Path, found: &mut Found) {
    let walker = WalkBuilder::new(folder)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(|entry| {
            let skipped = entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name));
            // A skipped name is still followed when it is what was asked for.
            !skipped || entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir())
        })
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => {
                let python = entry.path().extension().is_some_and(|kind| kind == "py" || kind == "ipynb");
                if python && entry.file_type().is_some_and(|kind| kind.is_file()) {
                    found.files.push(entry.into_path());
                }
            }
            Err(error) => found.problems.push(format!("cannot read {error}")),
        }
    }
}

/// Reads a script or notebook, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<String> {
    let notebook = is_notebook(&shown(path));
    let limit = if notebook { MAX_NOTEBOOK_BYTES } else { MAX_BYTES };
    let bytes = if path.as_os_str() == "-" {
        bounded(io::stdin().lock(), limit).context("cannot read standard input")?
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", shown(path)))?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let bytes = bounded(file, limit).with_context(|| format!("cannot read {}", shown(path)))?;
        if size > limit && !bytes.contains(&0) {
            bail!("cannot check {}: {}", shown(path), Unreadable::TooLarge { size, limit });
        }
        bytes
    };
    let text = if notebook { decode_notebook(bytes) } else { decode(bytes) };
    text.with_context(|| format!("cannot check {}", shown(path)))
}

/// Reads no more than shows that it is too much.
fn bounded(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns a path as it is shown: without a leading `./`.
pub(crate) fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "<stdin>".to_owned();
    }
    let plain: PathBuf = path.components().skip_while(|c| *c == Component::CurDir).collect();
    let plain = if plain.as_os_str().is_empty() { Path::new(".") } else { &plain };
    plain.display().to_string()
}
