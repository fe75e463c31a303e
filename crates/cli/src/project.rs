//! Which Keras the project around a script uses, and on which backend.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use checker::Profile;
use checker::profile::{PROJECT_FILES, from_installed, from_project_file};

use crate::files::shown;

/// Files and folders that mark the top folder of a project.
const TOPS: &[&str] = &[".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg"];
/// Where virtual environments are usually kept.
const ENVIRONMENTS: &[&str] = &[".venv", "venv", "env"];
/// A project file of more bytes is not one.
const MAX_PROJECT_FILE: u64 = 16 * 1024 * 1024;

/// Finds profiles, and remembers those of folders it has seen.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    folders: HashMap<PathBuf, Option<Profile>>,
}

impl Projects {
    /// Returns the profile that the files around a script ask for.
    pub(crate) fn profile(&mut self, script: &Path) -> Option<Profile> {
        let folder = match script.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        self.folders.entry(folder).or_insert_with_key(|folder| around(folder)).clone()
    }
}

/// Looks at a folder and those above it.
fn around(folder: &Path) -> Option<Profile> {
    folders_around(folder).iter().find_map(|folder| in_folder(folder)).or_else(in_active_environment)
}

/// Returns a folder and those above it, up to the top of the project.
pub(crate) fn folders_around(folder: &Path) -> Vec<PathBuf> {
    let Ok(absolute) = fs::canonicalize(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut is_project = false;
    for folder in absolute.ancestors() {
        folders.push(folder.to_path_buf());
        if is_top(folder) {
            is_project = true;
            break;
        }
    }
    if !is_project {
        // Files far above a loose script are somebody else's.
        folders.truncate(2);
    }
    folders
}

fn in_folder(folder: &Path) -> Option<Profile> {
    let stated = PROJECT_FILES.iter().find_map(|name| {
        let path = folder.join(name);
        let text = read_small(&path)?;
        from_project_file(&from_here(&path), &text)
    });
    stated.or_else(|| ENVIRONMENTS.iter().find_map(|name| in_environment(&folder.join(name))))
}

fn read_small(path: &Path) -> Option<String> {
    let small = fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= MAX_PROJECT_FILE);
    small.then(|| fs::read_to_string(path).ok()).flatten()
}

fn in_active_environment() -> Option<Profile> {
    in_environment(Path::new(&env::var_os("VIRTUAL_ENV")?))
}

/// Looks at the packages of a virtual environment.
fn in_environment(environment: &Path) -> Option<Profile> {
    if !environment.join("pyvenv.cfg").exists() {
        return None;
    }
    let unix = fs::read_dir(environment.join("lib")).into_iter().flatten().flatten();
    let mut packages: Vec<PathBuf> = unix.map(|entry| entry.path().join("site-packages")).collect();
    packages.push(environment.join("Lib").join("site-packages"));
    packages.iter().find_map(|folder| {
        let entries = fs::read_dir(folder).ok()?.flatten();
        let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        from_installed(&from_here(environment), names.iter().map(String::as_str))
    })
}

/// Returns the backend that a script's environment chooses for Keras 3: by `KERAS_BACKEND`, else by the settings that
/// Keras keeps in the user's home folder.
pub(crate) fn backend_around() -> Option<String> {
    if let Some(name) = env::var("KERAS_BACKEND").ok().filter(|name| !name.is_empty()) {
        return Some(name);
    }
    let home = env::var_os("KERAS_HOME").map(PathBuf::from);
    let folder = home.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".keras")))?;
    let text = read_small(&folder.join("keras.json"))?;
    let settings: serde_json::Value = serde_json::from_str(&text).ok()?;
    settings.get("backend")?.as_str().map(str::to_owned)
}

/// Returns the top folder of the project that a folder belongs to, if it belongs to one; the path is canonical.
pub(crate) fn top(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|above| is_top(above)).map(Path::to_path_buf)
}

fn is_top(folder: &Path) -> bool {
    TOPS.iter().any(|top| folder.join(top).exists())
}

/// Returns a canonical path as seen from the working directory, where it is below it.
pub(crate) fn relative_path(path: &Path) -> PathBuf {
    let here = env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_path_buf()
}

/// Returns a path as seen from the working directory, as it is shown.
pub(crate) fn from_here(path: &Path) -> String {
    shown(&relative_path(path))
}
