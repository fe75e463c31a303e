//! What a script that is carried out reaches of the outside.
//!
//! The checker has none: nothing that a script does there leaves the analysis. With a [`World`] at hand the script
//! is carried out: tensors have values, what it prints is handed out, and what is not known is no answer, so that
//! the run stops where something unknown would decide what happens or what is shown.

use std::fmt::Debug;

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Plain, Reason, Value};

/// The outside of a script that is carried out: its arguments, its output, files, the clock.
pub trait World: Debug + Sync {
    /// Takes what the script writes to one of its standard streams.
    fn write(&self, stream: Stream, text: &str);

    /// Returns `sys.argv`: the script's path as it was given, then its arguments.
    fn arguments(&self) -> &[String];

    /// Returns what the script's output goes to.
    fn screen(&self) -> Screen;

    /// Returns the time in seconds since 1970.
    fn now(&self) -> f64;

    /// Reads a file, whose path is as the script wrote it.
    ///
    /// # Errors
    /// There is no such file, or reading it is not allowed.
    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal>;

    /// Writes a file, whose path is as the script wrote it.
    ///
    /// # Errors
    /// It is not allowed, or cannot be done.
    fn store(&self, path: &str, bytes: &[u8]) -> Result<(), Refusal>;

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// It is not allowed, or cannot be done.
    fn make_folder(&self, path: &str) -> Result<(), Refusal>;

    /// Deletes a file.
    ///
    /// # Errors
    /// There is none, it is not allowed, or cannot be done.
    fn remove(&self, path: &str) -> Result<(), Refusal>;

    /// Tells what lies at a path.
    ///
    /// # Errors
    /// Looking there is not allowed.
    fn kind(&self, path: &str) -> Result<Kind, Refusal>;

    /// Returns the names in a folder.
    ///
    /// # Errors
    /// There is none, or looking there is not allowed.
    fn names(&self, path: &str) -> Result<Vec<String>, Refusal>;
}

/// What output goes to: a terminal, or something of the width that is taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// The number of columns.
    pub columns: usize,
    /// Whether there are colors.
    pub colors: bool,
}

impl Default for Screen {
    /// The width that Python takes where there is no terminal.
    fn default() -> Screen {
        Screen { columns: 80, colors: false }
    }
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// `sys.stdout`.
    Output,
    /// `sys.stderr`.
    Error,
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Missing,
}

/// Why a file was not read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is none: the script sees Python's exception.
    Missing,
    /// It was not allowed to the run; the text says what, and what would allow it.
    NotAllowed(String),
    /// It failed for a reason outside of the script; the text says what and why.
    Failed(String),
}

impl Interp<'_> {
    /// Tells whether the script is carried out, rather than analysed.
    pub fn carries_out(&self) -> bool {
        self.world.is_some()
    }

    /// `sys.argv`.
    pub(crate) fn arguments(&mut self) -> Value {
        let given = match self.world {
            Some(world) => world.arguments().iter().map(|argument| Value::str(argument)).collect(),
            None => vec![Value::Any(Plain::Str)],
        };
        let list = self.new_list(given);
        if let (Value::List(id), false) = (&list, self.carries_out()) {
            self.running.arguments = Some(*id);
        }
        list
    }

    /// Writes to a standard stream of the script, if there is one.
    pub(crate) fn write_out(&mut self, stream: Stream, text: &str) {
        if matches!(stream, Stream::Output)
            && self.muted == 0
            && let Some(target) = self.redirected.last().cloned()
        {
            // What a target of the script's raises is not followed.
            let _ = self.call_method(&target, "write", Args::of([Value::str(text)]));
            return;
        }
        if let Some(world) = self.world
            && self.muted == 0
        {
            world.write(stream, text);
        }
    }

    /// Ends the run where something that is not known decides what happens next. An analysis goes on.
    ///
    /// # Errors
    /// In a run.
    pub(crate) fn needs(&self, value: &Value, what: &str) -> Eval<()> {
        if !self.carries_out() {
            return Ok(());
        }
        Err(self.stuck(value, what))
    }

    /// Ends a run where a text that is to be written is not known.
    ///
    /// # Errors
    /// In a run.
    pub(crate) fn needs_text(&self, text: &Value) -> Eval<()> {
        if matches!(text, Value::Str(_)) {
            Ok(())
        } else {
            self.needs(text, "a text that is written is not known")
        }
    }

    /// Ends the run at a condition that is not known; in a graph both branches may be traced.
    ///
    /// # Errors
    /// In a run.
    pub(crate) fn decides(&self, condition: &Value) -> Eval<()> {
        if self.graph_depth > 0 {
            Ok(())
        } else {
            self.needs(condition, "a condition whose value is not known")
        }
    }

    /// What ends a run: `what` hangs on a value that is not known.
    pub(crate) fn stuck(&self, value: &Value, what: &str) -> Halt {
        let here = self.here();
        Halt::Stuck(match value {
            Value::Unknown(reason) => {
                Reason::new(format!("{what}: {}", reason.text()), Some(reason.span().unwrap_or(here)))
            }
            Value::Tensor(_) => Reason::new(format!("{what}: a tensor without known values"), Some(here)),
            _ => Reason::new(what, Some(here)),
        })
    }
}
