//! Doing something again whenever files change.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// An editor writes a file in several steps; what follows a change within this time belongs to it.
const SETTLED: Duration = Duration::from_millis(80);

/// Files and folders under watch.
pub(crate) struct Watched {
    changes: Receiver<notify::Result<Event>>,
    /// It tells of changes for as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Watched {
    /// Begins to watch.
    ///
    /// # Errors
    /// When the system cannot watch one of the paths.
    pub(crate) fn new(paths: &[PathBuf]) -> Result<Watched> {
        let (sender, changes) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(sender).context("cannot watch files")?;
        for path in paths {
            // An editor may write a new file in place of the old one, which only its folder shows.
            let folder = if path.is_dir() { path.as_path() } else { parent(path) };
            let mode = if path.is_dir() { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            watcher.watch(folder, mode).with_context(|| format!("cannot watch {}", folder.display()))?;
        }
        Ok(Watched { changes, _watcher: watcher })
    }

    /// Waits until something that matters has changed, and then until it is quiet again.
    ///
    /// # Errors
    /// When the system stops telling of changes.
    pub(crate) fn wait(&self) -> Result<()> {
        loop {
            let event = self.changes.recv().context("files are no longer watched")?;
            if event.is_ok_and(|event| matters(&event)) {
                break;
            }
        }
        while self.changes.recv_timeout(SETTLED).is_ok() {}
        Ok(())
    }
}

/// Tells whether an event changes a script or something that decides how scripts are checked.
fn matters(event: &Event) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        matches!(extension, "py" | "ipynb" | "toml" | "lock")
            || matches!(name, "requirements.txt" | ".gitignore")
    })
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
