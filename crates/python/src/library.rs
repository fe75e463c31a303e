//! The modules that scripts import, each parsed once however many scripts import it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::parse::{MAX_SOURCE, parse_behind};
use crate::program::SourceFile;

/// The places below are those of scripts; one that is longer imports nothing.
pub(crate) const SCRIPT_ROOM: usize = 1 << 23;

/// So many bytes of modules are kept for the next script.
const MAX_KEPT: usize = 32 * 1024 * 1024;

/// The modules of one run.
///
/// Their texts follow each other behind [`SCRIPT_ROOM`] places that are left to the script, so each module has the same
/// places in whatever program it is part of, and is shared between them. Scripts that are checked side by side may
/// share a library.
#[derive(Debug, Default)]
pub struct Library {
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    /// The texts of all modules so far, as the parser is given them.
    texts: String,
    files: HashMap<String, Arc<SourceFile>>,
    /// How many bytes of text `files` have.
    kept: usize,
}

impl Library {
    /// Returns the module of a path, parsed if it is new or its text has changed; nothing where there is no more room.
    pub(crate) fn module(&self, path: &str, source: &Arc<str>) -> Option<Arc<SourceFile>> {
        // What a thread that panicked has left is whole: files are put in last.
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = shelf.files.get(path).filter(|file| file.module().source() == &**source) {
            return Some(Arc::clone(file));
        }
        shelf.parse(path, source)
    }
}

impl Shelf {
    fn parse(&mut self, path: &str, source: &Arc<str>) -> Option<Arc<SourceFile>> {
        if self.texts.len().max(SCRIPT_ROOM) + source.len() >= MAX_SOURCE {
            return None;
        }
        if self.texts.is_empty() {
            self.texts = " ".repeat(SCRIPT_ROOM);
        }
        let file = Arc::new(SourceFile::plain(path, parse_behind(&mut self.texts, source)));
        // A place belongs to one text, also the place one past its end.
        self.texts.push('\n');
        if self.kept + source.len() > MAX_KEPT {
            self.files.clear();
            self.kept = 0;
        }
        self.kept += source.len();
        self.files.insert(path.to_owned(), Arc::clone(&file));
        Some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_parsed_once() {
        let library = Library::default();
        let first = library.module("model.py", &"width = 3\n".into()).expect("there is room");
        let again = library.module("model.py", &"width = 3\n".into()).expect("there is room");
        assert!(Arc::ptr_eq(&first, &again));
        let changed = library.module("model.py", &"width = 4\n".into()).expect("there is room");
        assert_eq!(changed.module().source(), "width = 4\n");
        assert!(first.module().end() < changed.module().start());
    }
}
