//! The files of a script that is carried out.
//!
//! What the script writes is kept here too, so that it can read its own files where nothing may be written.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;
use crate::world::{Kind, Refusal};

/// The files that a script has written, and what became of them.
#[derive(Debug, Default)]
pub(crate) struct Files {
    written: FxHashMap<String, Rc<[u8]>>,
    folders: FxHashSet<String>,
    /// Files that were deleted, which lie there still.
    removed: FxHashSet<String>,
    /// Where passing files lie, which are kept in memory only.
    passing: Vec<String>,
    /// File objects that are open for writing.
    pub(crate) open: Vec<ObjId>,
    /// Why something was not written, each said once.
    notes: Vec<String>,
}

/// An open file.
#[derive(Clone, Debug, Default)]
pub struct FileState {
    /// Where it lies; nothing for one in memory.
    pub(crate) path: Option<Rc<str>>,
    pub(crate) content: Vec<u8>,
    /// The place in it, in bytes.
    pub(crate) at: usize,
    pub(crate) binary: bool,
    pub(crate) reads: bool,
    pub(crate) writes: bool,
    /// Whether what is written always goes to the end.
    pub(crate) appends: bool,
    /// Whether it differs from what was stored.
    pub(crate) changed: bool,
    pub(crate) closed: bool,
}

/// Paths that mean the same become the same text.
fn normal(path: &str) -> String {
    crate::libraries::python_path(path)
}

impl Files {
    /// Tells whether a path is one that `tempfile` made.
    fn is_passing(&self, path: &str) -> bool {
        self.passing.iter().any(|folder| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl Interp<'_> {
    /// What a run has to tell beside its results: files that were not written.
    pub fn notes(&self) -> &[String] {
        &self.files.notes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `FileNotFoundError` where there is none, `IsADirectoryError` for a folder; a file that may not be read ends
    /// the run.
    pub(crate) fn read_file(&mut self, path: &str) -> Eval<Rc<[u8]>> {
        self.store_files()?;
        let own = normal(path);
        if let Some(bytes) = self.files.written.get(&own) {
            return Ok(bytes.clone());
        }
        if self.files.folders.contains(&own) {
            return Err(self.os_error("IsADirectoryError", 21, "Is a directory", path));
        }
        if self.files.removed.contains(&own) || self.files.is_passing(&own) {
            return Err(self.no_file(path));
        }
        let Some(world) = self.world else { return Err(self.stuck(&Value::None, "a file that is read")) };
        match world.read(path) {
            Ok(bytes) => Ok(bytes.into()),
            Err(Refusal::Missing) => Err(self.no_file(path)),
            Err(Refusal::NotAllowed(why) | Refusal::Failed(why)) => Err(self.stuck(&Value::None, &why)),
        }
    }

    /// Writes a file, as a whole or not at all. What may not be written is kept for the script itself, and noted.
    ///
    /// # Errors
    /// `FileNotFoundError` where its folder is missing; what fails for a reason outside of the script ends the run.
    pub(crate) fn write_file(&mut self, path: &str, bytes: Vec<u8>) -> Eval<()> {
        let own = normal(path);
        let stored = match self.world {
            Some(world) if !self.files.is_passing(&own) => world.store(path, &bytes),
            _ => Ok(()),
        };
        match stored {
            Ok(()) => {}
            Err(Refusal::NotAllowed(why)) => self.note(why),
            Err(Refusal::Missing) => return Err(self.no_file(path)),
            Err(Refusal::Failed(why)) => return Err(self.stuck(&Value::None, &why)),
        }
        self.files.removed.remove(&own);
        self.files.written.insert(own, bytes.into());
        Ok(())
    }

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// What fails for a reason outside of the script ends the run.
    pub(crate) fn make_folder(&mut self, path: &str) -> Eval<()> {
        let own = normal(path);
        let made = match self.world {
            Some(world) if !self.files.is_passing(&own) => world.make_folder(path),
            _ => Ok(()),
        };
        match made {
            Ok(()) | Err(Refusal::Missing) => {}
            Err(Refusal::NotAllowed(why)) => self.note(why),
            Err(Refusal::Failed(why)) => return Err(self.stuck(&Value::None, &why)),
        }
        self.files.folders.insert(own);
        Ok(())
    }

    /// Takes a path for passing files, which are never really written.
    pub(crate) fn add_passing(&mut self, path: &str) {
        self.files.passing.push(path.to_owned());
    }

    /// Deletes a file that the script has written itself.
    ///
    /// # Errors
    /// `FileNotFoundError` where there is none; files of others are not touched, which ends the run.
    pub(crate) fn remove_file(&mut self, path: &str) -> Eval<()> {
        let own = normal(path);
        if self.files.written.remove(&own).is_none() {
            return match self.path_kind(path)? {
                Kind::Missing => Err(self.no_file(path)),
                Kind::File | Kind::Folder => {
                    let why = format!("`{path}` is to be deleted, and the script did not write it");
                    Err(self.stuck(&Value::None, &why))
                }
            };
        }
        let removed = match self.world {
            Some(world) if !self.files.is_passing(&own) => world.remove(path),
            _ => Ok(()),
        };
        match removed {
            Ok(()) | Err(Refusal::NotAllowed(_) | Refusal::Missing) => {}
            Err(Refusal::Failed(why)) => return Err(self.stuck(&Value::None, &why)),
        }
        self.files.removed.insert(own);
        Ok(())
    }

    /// Forgets a folder that the script made, and what it wrote in it.
    ///
    /// # Errors
    /// As [`Interp::remove_file`].
    pub(crate) fn remove_folder(&mut self, path: &str) -> Eval<()> {
        let own = normal(path);
        let within = format!("{own}/");
        let inside: Vec<String> =
            self.files.written.keys().filter(|file| file.starts_with(&within)).cloned().collect();
        for file in inside {
            self.remove_file(&file)?;
        }
        self.files.folders.retain(|folder| *folder != own && !folder.starts_with(&within));
        Ok(())
    }

    /// Tells what lies at a path.
    ///
    /// # Errors
    /// Where looking there is not allowed, which ends the run.
    pub(crate) fn path_kind(&mut self, path: &str) -> Eval<Kind> {
        self.store_files()?;
        let own = normal(path);
        let within = format!("{own}/");
        if self.files.written.contains_key(&own) {
            return Ok(Kind::File);
        }
        let above = self.files.written.keys().any(|file| file.starts_with(&within));
        if above || self.files.folders.contains(&own) {
            return Ok(Kind::Folder);
        }
        if self.files.removed.contains(&own) || self.files.is_passing(&own) {
            return Ok(Kind::Missing);
        }
        let Some(world) = self.world else { return Ok(Kind::Missing) };
        match world.kind(path) {
            Ok(kind) => Ok(kind),
            Err(Refusal::Missing) => Ok(Kind::Missing),
            Err(Refusal::NotAllowed(why) | Refusal::Failed(why)) => Err(self.stuck(&Value::None, &why)),
        }
    }

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// `FileNotFoundError` where there is none; where looking there is not allowed, the run ends.
    pub(crate) fn names_in(&mut self, path: &str) -> Eval<Vec<String>> {
        self.store_files()?;
        let own = normal(path);
        let within = if own == "." { String::new() } else { format!("{own}/") };
        let known = self.files.written.keys().chain(&self.files.folders);
        let name = |file: &String| {
            let rest = file.strip_prefix(&within)?;
            rest.split('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
        };
        let mut names: Vec<String> = known.filter_map(name).collect();
        let made = self.files.folders.contains(&own);
        if let Some(world) = self.world.filter(|_| !self.files.is_passing(&own)) {
            match world.names(path) {
                Ok(more) => names.extend(more),
                Err(_) if made || !names.is_empty() => {}
                Err(Refusal::Missing) => return Err(self.no_file(path)),
                Err(Refusal::NotAllowed(why) | Refusal::Failed(why)) => {
                    return Err(self.stuck(&Value::None, &why));
                }
            }
        }
        names.retain(|name| !self.files.removed.contains(&format!("{within}{name}")));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Tells, beside what the script says, that something was not written.
    pub(crate) fn note(&mut self, why: String) {
        if !self.files.notes.contains(&why) {
            self.files.notes.push(why);
        }
    }

    fn no_file(&mut self, path: &str) -> Halt {
        self.os_error("FileNotFoundError", 2, "No such file or directory", path)
    }

    /// An `OSError` about a path, as CPython words it.
    pub(crate) fn os_error(&mut self, class: &str, number: i64, text: &str, path: &str) -> Halt {
        let halt = self.raise_named(class, format!("[Errno {number}] {text}: '{path}'"));
        if let Halt::Exception(id) = &halt
            && let Some(instance) = self.heap.instance_mut(*id)
        {
            for (name, value) in [
                ("errno", Value::Int(number)),
                ("strerror", Value::str(text)),
                ("filename", Value::str(path)),
            ] {
                instance.attrs.insert(name.into(), value);
            }
        }
        halt
    }
}
