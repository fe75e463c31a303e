//! What goes into a check and what comes out.

use diagnostics::{Diagnostic, Severity};
use interp::Record;
use interp::record::Outcome;
use ops::Keras;

use crate::{LineIndex, Profile, Selection, profile};

/// How a file is to be checked.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The Keras that is asked for.
    pub keras: Option<Keras>,
    /// What the project around the file says, for a file that does not say it itself.
    pub project: Option<Profile>,
    /// The rules to report.
    pub selection: Selection,
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
}

/// Everything that is known of one file.
#[derive(Debug)]
pub struct FileReport {
    /// The path as it is to be shown.
    pub path: String,
    /// The Keras it was checked for.
    pub profile: Profile,
    /// The text.
    pub source: String,
    /// Where the text's lines begin.
    pub lines: LineIndex,
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
    pub(crate) fn empty(path: &str, source: String, profile: Profile, record: Record) -> FileReport {
        FileReport {
            path: path.to_owned(),
            profile,
            lines: LineIndex::new(&source),
            source,
            diagnostics: Vec::new(),
            suppressed: 0,
            record,
            revealed: Vec::new(),
        }
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
