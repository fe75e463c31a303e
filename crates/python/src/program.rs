//! A script and the modules of its project that it imports, in one space of places.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use diagnostics::Span;
use ruff_python_ast as ast;

use crate::library::{Library, SCRIPT_ROOM};
use crate::module::Module;
use crate::notebook::Notebook;

/// So many modules are kept beside the script.
const MAX_IMPORTED: usize = 256;

/// A script and the modules that it imports.
///
/// The texts lie in one space of places, so a [`Span`] says by itself which of them it lies in. Modules are added while
/// others are in use: what is once there stays where it is.
#[derive(Debug)]
pub struct Program {
    script: Arc<SourceFile>,
    library: Arc<Library>,
    imported: Vec<OnceCell<Arc<SourceFile>>>,
    /// How many modules there are.
    count: Cell<usize>,
}

/// One text of a program.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    module: Module,
    cells: Vec<(u32, u32)>,
}

impl SourceFile {
    pub(crate) fn plain(path: &str, module: Module) -> SourceFile {
        SourceFile { path: path.to_owned(), module, cells: Vec::new() }
    }

    /// Returns the path as it is to be shown.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text and its tree.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Returns for each code cell of a notebook its first line in the text and its number among all cells, both
    /// from 1; of a plain file nothing.
    pub fn cells(&self) -> &[(u32, u32)] {
        &self.cells
    }
}

impl Program {
    /// Makes a program of a script alone.
    pub fn new(path: &str, module: Module) -> Program {
        Program::of(SourceFile::plain(path, module))
    }

    /// Makes a program of a notebook.
    pub fn of_notebook(path: &str, notebook: Notebook) -> Program {
        let (module, cells) = notebook.into_parts();
        Program::of(SourceFile { path: path.to_owned(), module, cells })
    }

    fn of(script: SourceFile) -> Program {
        let imported = std::iter::repeat_with(OnceCell::new).take(MAX_IMPORTED).collect();
        Program { script: Arc::new(script), library: Arc::default(), imported, count: Cell::new(0) }
    }

    /// Takes the modules from a library that other programs share.
    #[must_use]
    pub fn with_library(self, library: Arc<Library>) -> Program {
        Program { library, ..self }
    }

    /// Adds a module that the script or another module imports, unless there are too many.
    pub fn import(&self, path: &str, source: &Arc<str>) -> Option<&Module> {
        let slot = self.imported.get(self.count.get())?;
        if self.script.module.end() as usize >= SCRIPT_ROOM {
            return None;
        }
        let file = self.library.module(path, source)?;
        self.count.set(self.count.get() + 1);
        Some(&slot.get_or_init(|| file).module)
    }

    /// Returns the script.
    pub fn script(&self) -> &Module {
        &self.script.module
    }

    /// Returns the script's file and those of the modules, in the order in which they were imported.
    pub fn files(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        std::iter::once(&self.script).chain(self.imported.iter().map_while(OnceCell::get))
    }

    /// Returns the module that a place lies in.
    pub fn module_at(&self, place: u32) -> &Module {
        let holds = |file: &&Arc<SourceFile>| file.module.start() <= place && place <= file.module.end();
        self.files()
            .filter(|file| file.module.errors().is_empty())
            .find(holds)
            .map_or(self.script(), |file| file.module())
    }

    /// Returns the top-level statements of the script and then of the modules.
    pub fn statements(&self) -> impl Iterator<Item = &ast::Stmt> {
        self.files().flat_map(|file| file.module.body())
    }

    /// Returns the line of a place in its module, from 1.
    pub fn line(&self, place: u32) -> u32 {
        self.module_at(place).line(place)
    }

    /// Returns the text of a span, empty if there is none.
    pub fn text(&self, span: Span) -> &str {
        self.module_at(span.start).text(span)
    }
}

#[cfg(test)]
mod tests {
    use ruff_text_size::Ranged;

    use super::*;
    use crate::{parse, span};

    fn alone(text: &str) -> Program {
        Program::new("main.py", parse(text))
    }

    #[test]
    fn places_say_which_module_they_lie_in() {
        let program = alone("import model\n");
        let module = program.import("model.py", &"# é\nwidth = 3\n".into()).expect("there is room");
        let statement = span(module.body()[0].range());
        assert_eq!(program.text(statement), "width = 3");
        assert_eq!(program.line(statement.start), 2);
        assert_eq!(program.module_at(statement.start).start(), module.start());
        assert_eq!(module.comments().map(|(_, text)| text).collect::<Vec<_>>(), ["# é"]);
        assert_eq!(module.line_span(2), Some(statement));
        assert_eq!(program.text(Span::new(0, 6)), "import");
        assert_eq!(program.files().map(|file| file.path()).collect::<Vec<_>>(), ["main.py", "model.py"]);
    }

    #[test]
    fn modules_are_bounded() {
        let program = alone("");
        assert!((0..MAX_IMPORTED).all(|_| program.import("a.py", &"x = 1".into()).is_some()));
        assert!(program.import("a.py", &"x = 1".into()).is_none());
    }

    #[test]
    fn a_module_with_errors_has_no_places() {
        let program = alone("x = 1\n");
        let module = program.import("broken.py", &"def\n".into()).expect("there is room");
        assert_eq!(module.errors()[0].line, 1);
        assert_eq!(program.line(2), 1);
    }
}
