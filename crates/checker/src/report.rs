//! What goes into a check and what comes out.

use diagnostics::{Diagnostic, Severity, Span};
use interp::record::Outcome;
use interp::{Backend, Options, Record};
use ops::Keras;

use crate::{Page, Pages, Position, Profile, Selection, profile};

/// How a file is to be checked.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The Keras that is asked for.
    pub keras: Option<Keras>,
    /// What the project around the file says, for a file that does not say it itself.
    pub project: Option<Profile>,
    /// The backend below Keras 3.
    pub backend: Backend,
    /// The rules to report.
    pub selection: Selection,
    /// Whether to list the expressions whose results are not known.
    pub explain_unknown: bool,
}

impl Settings {
    /// Makes settings for a version of Keras.
    pub fn for_keras(keras: Keras) -> Settings {
        Settings { keras: Some(keras), ..Settings::default() }
    }

    /// Returns the profile for a script: what is asked for, else what it says itself, else what its
    /// project says, else Keras 3.
    pub(crate) fn profile(&self, source: &str) -> Profile {
        let requested = self.keras.map(Profile::requested);
        let stated = requested.or_else(|| profile::from_script(source)).or_else(|| self.project.clone());
        stated.unwrap_or_default()
    }

    /// Returns how a script is to be interpreted.
    pub(crate) fn options(&self, profile: &Profile) -> Options {
        Options { backend: self.backend.clone(), ..Options::new(profile.keras) }
    }
}

/// Everything that is known of one file.
#[derive(Debug)]
pub struct FileReport {
    /// The Keras it was checked for.
    pub profile: Profile,
    /// The file's text, and those of the modules that it imports.
    pub pages: Pages,
    /// The findings, in the order of their place; suppressed and deselected ones are left out.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings were suppressed by comments.
    pub suppressed: usize,
    /// What a run would record.
    pub record: Record,
    /// What `reveal_type` and its like show, with their lines.
    pub revealed: Vec<(u32, String)>,
}

impl FileReport {
    /// Makes a report without findings.
    pub fn empty(pages: Pages, profile: Profile, record: Record) -> FileReport {
        let (diagnostics, revealed) = (Vec::new(), Vec::new());
        FileReport { profile, pages, diagnostics, suppressed: 0, record, revealed }
    }

    /// Returns the file's path as it is to be shown.
    pub fn path(&self) -> &str {
        &self.pages.script().path
    }

    /// Returns the page that a span lies on, and where on it the span begins and ends.
    pub fn place(&self, span: Span) -> (&Page, Position, Position) {
        let page = self.pages.at(span.start);
        let (start, end) = page.positions(span);
        (page, start, end)
    }

    /// Counts the findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }
}

/// Makes a record of a script of which nothing is known, and says why.
pub fn unknown_record(why: String) -> Record {
    Record {
        outcome: Outcome::Unknown { why, line: None },
        raised: Vec::new(),
        layer_calls: Vec::new(),
        models: Vec::new(),
        gradients: Vec::new(),
        tapes: Vec::new(),
    }
}
