//! The modules of a script's project, as files.
//!
//! Only files below the project's top folder are read, wherever links lead, and only so many of them for each
//! script. Nothing is ever run.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use checker::{Found, Library, MAX_BYTES, Search, Sources, decode};

use crate::files::shown;
use crate::project;

/// So many modules of a project are read for one script.
const MAX_FILES: u64 = 200;
/// So many bytes of modules are read for one script.
const MAX_TOTAL: u64 = 4 * 1024 * 1024;

/// What is known of modules already: scripts of one project import the same ones.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    library: Arc<Library>,
    /// What was found, by where it was looked for: the folders and the module's name.
    found: Mutex<HashMap<Wanted, Search>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Wanted {
    root: PathBuf,
    top: PathBuf,
    name: String,
}

/// Where a script's imports are looked for.
#[derive(Debug)]
pub(crate) struct Modules<'s> {
    shelf: &'s Shelf,
    /// The folders that Python would search, first the script's own or that of the outermost package around it.
    roots: Vec<PathBuf>,
    /// Nothing outside of this folder is read.
    top: PathBuf,
    package: Option<String>,
    files: AtomicU64,
    bytes: AtomicU64,
}

impl<'s> Modules<'s> {
    /// Makes the sources for a script; `-`, the standard input, is taken to lie in the working folder.
    pub(crate) fn around(script: &Path, shelf: &'s Shelf) -> Modules<'s> {
        let folder = match script.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        // Python finds a package's modules from the folder that the outermost package lies in.
        let mut root = folder.to_path_buf();
        let mut packages: Vec<String> = Vec::new();
        while root.join("__init__.py").is_file() {
            let absolute = fs::canonicalize(&root).unwrap_or_default();
            let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned());
            let Some((name, parent)) = name.zip(parent_of(&root)) else { break };
            packages.push(name);
            root = parent;
        }
        packages.reverse();
        let own = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        let installed =
            own.file_name().is_some_and(|name| name == "site-packages" || name == "dist-packages");
        let top = match packages.first() {
            // What is installed beside a package is not of its project.
            Some(package) if installed => own.join(package),
            _ => project::top(&own).unwrap_or_else(|| own.clone()),
        };
        let mut roots = vec![root];
        if own.starts_with(&top) && top != own {
            roots.extend([project::relative_path(&top), project::relative_path(&top.join("src"))]);
        }
        // A script that lies in a package is carried out by itself too: `python shop/train.py`.
        if !packages.is_empty() {
            roots.push(folder.to_path_buf());
        }
        let package = (!packages.is_empty()).then(|| packages.join("."));
        Modules { shelf, roots, top, package, files: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// Looks for a module in the files.
    fn look_for(&self, name: &str) -> Search {
        let parts: Vec<&str> = name.split('.').collect();
        if parts.iter().any(|part| part.is_empty() || part.contains(['/', '\\', ':'])) {
            return Search::Nowhere;
        }
        let places =
            || self.roots.iter().map(|root| parts.iter().fold(root.clone(), |path, part| path.join(part)));
        for (at, place) in places().enumerate() {
            let init = place.join("__init__.py");
            let module = place.with_file_name(format!("{}.py", parts.last().unwrap_or(&"")));
            let (path, package) = if init.is_file() { (init, true) } else { (module, false) };
            if !path.is_file() {
                continue;
            }
            // The first of the folders is the script's own.
            let found = |text| Found { path: seen(&path), text, package, shadowed: at > 0 };
            return self.read(&path).map_or(Search::Unread, |text| Search::Found(found(text)));
        }
        // A folder with modules is a package too, if nothing else has its name.
        let folder = places().find(|place| place.is_dir() && self.inside(place).is_some());
        let has_python = |folder: &PathBuf| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(1000);
            entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|e| e == "py"))
        };
        folder.filter(has_python).map_or(Search::Nowhere, |folder| {
            Search::Found(Found { path: seen(&folder), text: "".into(), package: true, shadowed: true })
        })
    }

    /// Reads a module's file, if it lies in the project.
    fn read(&self, path: &Path) -> Option<Arc<str>> {
        let real = self.inside(path)?;
        let size = fs::metadata(&real).ok().filter(|file| file.is_file())?.len();
        if size > MAX_BYTES {
            return None;
        }
        decode(fs::read(&real).ok()?).ok().map(Into::into)
    }

    /// Returns where a path leads, if that is in the project.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok().filter(|real| real.starts_with(&self.top))
    }

    /// Tells whether there is room for one more module.
    fn has_room(&self, found: &Found) -> bool {
        let size = found.text.len() as u64;
        let files = self.files.fetch_add(1, Ordering::Relaxed);
        let bytes = self.bytes.fetch_add(size, Ordering::Relaxed);
        files < MAX_FILES && bytes + size <= MAX_TOTAL
    }
}

impl Sources for Modules<'_> {
    fn find(&self, name: &str) -> Search {
        let root = self.roots.first().cloned().unwrap_or_default();
        let wanted = Wanted { root, top: self.top.clone(), name: name.to_owned() };
        let shelf = || self.shelf.found.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shelf().get(&wanted).cloned();
        let found = known.unwrap_or_else(|| {
            let found = self.look_for(name);
            shelf().insert(wanted, found.clone());
            found
        });
        match found {
            Search::Found(found) if !self.has_room(&found) => Search::Unread,
            found => found,
        }
    }

    fn package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    fn library(&self) -> Arc<Library> {
        Arc::clone(&self.shelf.library)
    }
}

/// A module's path as it is shown. Within a package that is the working folder itself, a module is found by way of the
/// folder around it, `../shop/model.py`, and is the file `model.py` all the same.
fn seen(path: &Path) -> String {
    if !path.components().any(|part| matches!(part, Component::ParentDir)) {
        return shown(path);
    }
    let real = fs::canonicalize(path).ok().map(|real| project::relative_path(&real));
    shown(real.filter(|real| real.is_relative()).as_deref().unwrap_or(path))
}

fn parent_of(folder: &Path) -> Option<PathBuf> {
    if folder.file_name().is_some() {
        let parent = folder.parent()?;
        return Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_path_buf() });
    }
    // `.` and `..` have no names of their own.
    Some(folder.join(".."))
}
