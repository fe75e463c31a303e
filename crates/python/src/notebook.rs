//! Notebooks: the code cells as one module, and the way back to cells.

use std::fmt;

use diagnostics::Span;
use ruff_notebook::{Cell, SourceValue};
use ruff_python_parser::parse_cells_unchecked;
use ruff_text_size::{TextRange, TextSize};

use crate::commands;
use crate::depth::{DepthLimits, TooDeep};
use crate::module::Module;
use crate::parse::{self, Dialect};
use crate::scan::{self, Findings};

/// The most code that is looked at, in bytes.
const MAX_CODE: usize = 4 << 20;

/// A notebook's code.
#[derive(Debug)]
pub struct Notebook {
    module: Module,
    /// For each code cell its first line in the module and its number among all cells.
    cells: Vec<(u32, u32)>,
}

/// Why a text is no notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotebookError {
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for NotebookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotebookError {}

/// Reads a notebook from its JSON text.
///
/// Cells of other languages are left out, and so are commands to the notebook (`%matplotlib inline`, `!pip`)
/// where they are statements of a cell; elsewhere they stay in the tree as escape commands.
pub fn notebook(json: &str) -> Result<Notebook, NotebookError> {
    let error = |message: String| NotebookError { message };
    let parsed = ruff_notebook::Notebook::from_source_code(json).map_err(|cause| error(cause.to_string()))?;
    if !parsed.is_python_notebook() {
        return Err(error("not a Python notebook".to_owned()));
    }
    let source = parsed.source_code();
    if source.len() > MAX_CODE {
        return Err(error(format!("its cells hold more than {} MB of code", MAX_CODE >> 20)));
    }
    let starts = parsed.index().iter();
    let cells = starts.map(|cell| (cell.start_row().get() as u32, cell.cell_index().get() as u32)).collect();
    let mut module = parse_cells(source, &cell_ranges(&parsed));
    module.set_open(parsed.cells().iter().any(binds_names));
    Ok(Notebook { module, cells })
}

/// Commands to a whole cell whose text is a document, or a program of another language that leaves no names behind.
const APART: &[&str] = &[
    "!",
    "bash",
    "cmd",
    "file",
    "html",
    "HTML",
    "javascript",
    "js",
    "latex",
    "markdown",
    "perl",
    "ruby",
    "script",
    "sh",
    "svg",
    "SVG",
    "sx",
    "system",
    "writefile",
];

/// Commands to a whole cell whose text stays Python and is read as such.
const PYTHON: &[&str] =
    &["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"];

/// Commands in a line that bind names.
const BINDING: &[&str] = &["%run", "%pylab", "%store", "%load"];

/// Tells whether a command in a cell may bind names that no statement binds: `%run helpers.ipynb`, and `%%backend jax`
/// of which only its extension knows what it does with the cell.
fn binds_names(cell: &Cell) -> bool {
    let Cell::Code(cell) = cell else { return false };
    let text = match &cell.source {
        SourceValue::String(text) => text.clone(),
        SourceValue::StringArray(lines) => lines.concat(),
    };
    let first_word = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let magic = text.trim_start().strip_prefix("%%").map(first_word);
    let foreign = magic.is_some_and(|name| !APART.contains(&&*name) && !PYTHON.contains(&&*name));
    foreign || text.lines().any(|line| BINDING.contains(&&*first_word(line)))
}

/// Returns where the cells are in the joined source, without the line break that follows each.
fn cell_ranges(notebook: &ruff_notebook::Notebook) -> Vec<TextRange> {
    let offsets = notebook.cell_offsets();
    let ends = offsets.iter().skip(1).map(|end| end.checked_sub(TextSize::new(1)).unwrap_or_default());
    offsets.iter().zip(ends).map(|(start, end)| TextRange::new(*start, end.max(*start))).collect()
}

fn parse_cells(source: &str, ranges: &[TextRange]) -> Module {
    let limits = DepthLimits::default();
    let mut findings = Findings::default();
    for range in ranges {
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        let cell = source.get(start as usize..end as usize).unwrap_or_default();
        let shift = |span: Span| Span::new(span.start + start, span.end + start);
        match scan::scan(cell, limits, Dialect::Notebook) {
            Ok(found) => findings.commands.extend(found.commands.into_iter().map(shift)),
            Err(deep) => return Module::refused(source, TooDeep { span: shift(deep.span), ..deep }),
        }
    }
    let hidden = commands::hide(source, &findings.commands);
    let parsed = parse_cells_unchecked(&hidden, ranges.iter().copied(), &parse::options());
    match parse::build(source, parsed, limits, Dialect::Notebook, &findings) {
        Ok(mut module) => {
            module.restore_commands(&findings.commands);
            module
        }
        Err(deep) => Module::refused(source, deep),
    }
}

impl Notebook {
    /// Returns the code of all cells as one module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Returns the module, and for each code cell its first line in it and its number among all cells.
    pub(crate) fn into_parts(self) -> (Module, Vec<(u32, u32)>) {
        (self.module, self.cells)
    }

    /// Returns the number of the cell that holds a line of the module, and the line in it, all from 1.
    ///
    /// Cells of text are counted too, as notebook programs do.
    pub fn cell_line(&self, line: u32) -> (u32, u32) {
        let after = self.cells.partition_point(|(first, _)| *first <= line);
        match after.checked_sub(1).and_then(|index| self.cells.get(index)) {
            Some((first, cell)) => (*cell, line - first + 1),
            None => (1, line.max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_ast as ast;

    use super::*;

    const THREE_CELLS: &str = r##"{
        "cells": [
            {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install 'keras\n", "x = 1"],
             "metadata": {}, "outputs": [], "execution_count": null},
            {"cell_type": "markdown", "source": "# words", "metadata": {}},
            {"cell_type": "code", "source": "%%bash\nls", "metadata": {}, "outputs": [], "execution_count": null},
            {"cell_type": "code", "source": ["y = !ls (\n", "z = x\n", "# last"],
             "metadata": {}, "outputs": [], "execution_count": null}
        ],
        "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4
    }"##;

    #[test]
    fn joins_cells_and_finds_them_again() {
        let notebook = notebook(THREE_CELLS).expect("a notebook");
        let module = notebook.module();
        assert_eq!(module.errors(), []);
        assert_eq!(module.source().lines().nth(2), Some("x = 1"));
        assert_eq!(module.body().len(), 3);
        assert_eq!(notebook.cell_line(3), (1, 3));
        assert_eq!(notebook.cell_line(4), (4, 1));
        assert_eq!(notebook.cell_line(6), (4, 3));
        assert_eq!(module.comments().count(), 1);
    }

    #[test]
    fn commands_are_no_python() {
        let lines =
            r#"y = !ls (\n", "if y:\n", "    %who (z\\\n", "  'more\n", "y.é?\n", "x = (1,\n", "2)\n", ""#;
        let json = THREE_CELLS.replace(r#"y = !ls (\n", ""#, lines);
        let notebook = notebook(&json).expect("a notebook");
        let module = notebook.module();
        assert_eq!(module.errors(), []);
        assert_eq!(module.body().len(), 5, "{:?}", module.body());
        let ast::Stmt::Assign(assign) = &module.body()[1] else { panic!("{:?}", module.body()) };
        assert!(assign.value.is_ipy_escape_command_expr());
        let ast::Stmt::If(branch) = &module.body()[2] else { panic!("{:?}", module.body()) };
        assert!(branch.body[0].is_ipy_escape_command_stmt());
    }

    #[test]
    fn a_timed_statement_is_python() {
        let lines = r#"%time z = f(\n", "    1)\n", "if z:\n", "    %time z += 1\n", "    ls data\n", "    z = 2\n", "pip install é\n", "ls\n", ""#;
        let json = THREE_CELLS.replace(r#"y = !ls (\n", ""#, lines);
        let notebook = notebook(&json).expect("a notebook");
        let module = notebook.module();
        assert_eq!(module.errors(), []);
        assert_eq!(module.body().len(), 4, "{:?}", module.body());
        let ast::Stmt::Assign(timed) = &module.body()[1] else { panic!("{:?}", module.body()) };
        assert!(timed.value.is_call_expr());
        let ast::Stmt::If(branch) = &module.body()[2] else { panic!("{:?}", module.body()) };
        let found: Vec<bool> = branch.body.iter().map(ast::Stmt::is_ipy_escape_command_stmt).collect();
        assert_eq!(found, [true, false, true, false]);
    }

    #[test]
    fn commands_may_bind_names() {
        let open = |json: &str| notebook(json).map(|notebook| notebook.module().is_open());
        assert_eq!(open(THREE_CELLS), Ok(false));
        for command in
            ["%%backend jax\\nimport jax", "x = 1\\n%run helpers.ipynb", "%%bigquery frame\\nselect 1"]
        {
            assert_eq!(open(&THREE_CELLS.replace("%%bash\\nls", command)), Ok(true), "{command}");
        }
    }

    #[test]
    fn an_error_stays_in_its_cell() {
        let json = THREE_CELLS.replace("x = 1", "x = (");
        let notebook = notebook(&json).expect("a notebook");
        let lines: Vec<_> =
            notebook.module().errors().iter().map(|error| notebook.cell_line(error.line)).collect();
        assert!(lines.iter().all(|(cell, _)| *cell == 1), "{lines:?}");
        assert!(!lines.is_empty());
    }

    #[test]
    fn deep_cells_are_refused() {
        let json = THREE_CELLS.replace("z = x", &format!("z = {}", "(".repeat(100_000)));
        let notebook = notebook(&json).expect("a notebook");
        assert_eq!(notebook.module().errors().len(), 1);
        assert_eq!(notebook.cell_line(notebook.module().errors()[0].line).0, 4);
    }

    #[test]
    fn refuses_what_is_no_notebook() {
        let other = THREE_CELLS.replace("\"python\"", "\"R\"");
        for text in ["", "{}", "[]", "{\"cells\": 3}", "\0", "{\"cells\": [], \"nbformat\": 3}", &other] {
            assert!(notebook(text).is_err(), "{text}");
        }
        let empty = r#"{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"#;
        assert_eq!(notebook(empty).map(|notebook| notebook.module().body().len()), Ok(0));
    }
}
