//! A bar that shows how far a long run is.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Fewer files are checked before a bar could be read.
const MIN_FILES: usize = 50;

/// A bar on standard error, or nothing where that is no terminal or the run is short.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Begins a run over so many files.
    pub(crate) fn new(files: usize) -> Progress {
        if files < MIN_FILES || !io::stderr().is_terminal() {
            return Progress(None);
        }
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("checking [{bar:30}] {pos} of {len} files");
        Progress(Some(match style {
            Ok(style) => bar.with_style(style.progress_chars("=> ")),
            Err(_) => bar,
        }))
    }

    /// Counts a file.
    pub(crate) fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
