//! The outside of a script that is carried out: standard streams, the clock, and files in its folder.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use checker::world::{Kind, Refusal, Stream, World};

use crate::files::shown;

/// The largest file that a script may read.
const MAX_BYTES: u64 = 1 << 30;

/// What a script that is carried out may do.
#[derive(Debug)]
pub(crate) struct Outside {
    /// `sys.argv`.
    pub(crate) arguments: Vec<String>,
    /// The script's folder.
    pub(crate) folder: PathBuf,
    /// Whether files may be read.
    pub(crate) reads: bool,
    /// Whether files may be written.
    pub(crate) writes: bool,
    /// Whether standard output is kept for a report, so that the script's goes to standard error.
    pub(crate) aside: bool,
}

impl Outside {
    /// Returns where a path leads, if that is in the script's folder: links are followed, `..` is not believed.
    fn inside(&self, path: &str) -> Result<PathBuf, Refusal> {
        let outside = || Refusal::Forbidden(format!("`{path}` lies outside of the script's folder"));
        let folder = fs::canonicalize(&self.folder).map_err(|_| outside())?;
        let here = std::env::current_dir().map_err(|_| outside())?;
        let wanted = here.join(path);
        // Of a file that is not there yet, the folder has to be inside.
        let mut existing = wanted.as_path();
        let mut rest = Vec::new();
        let real = loop {
            match fs::canonicalize(existing) {
                Ok(real) => break real,
                Err(_) => {
                    let Some(name) = existing.components().next_back() else { return Err(outside()) };
                    if !matches!(name, Component::Normal(_)) {
                        return Err(outside());
                    }
                    rest.push(name.as_os_str().to_owned());
                    existing = existing.parent().ok_or_else(outside)?;
                }
            }
        };
        if !real.starts_with(&folder) {
            return Err(outside());
        }
        Ok(rest.iter().rev().fold(real, |path, name| path.join(name)))
    }
}

impl World for Outside {
    fn write(&self, stream: Stream, text: &str) {
        // A reader that went away is met again when the report is written.
        let _ = match stream {
            Stream::Output if !self.aside => io::stdout().write_all(text.as_bytes()),
            Stream::Output | Stream::Error => io::stderr().write_all(text.as_bytes()),
        };
    }

    fn arguments(&self) -> &[String] {
        &self.arguments
    }

    fn now(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        if !self.reads {
            return Err(Refusal::Forbidden(format!("`{path}` is read only with --allow-read")));
        }
        let real = self.inside(path)?;
        let size = match fs::metadata(&real) {
            Ok(file) => file.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Refusal::Missing),
            Err(error) => return Err(Refusal::Forbidden(format!("`{path}` cannot be read: {error}"))),
        };
        if size > MAX_BYTES {
            return Err(Refusal::Forbidden(format!("`{path}` is too large to be read")));
        }
        fs::read(&real).map_err(|error| Refusal::Forbidden(format!("`{path}` cannot be read: {error}")))
    }

    fn store(&self, path: &str, bytes: &[u8]) -> Result<(), Refusal> {
        if !self.writes {
            return Err(Refusal::Forbidden(format!("`{path}` is written only with --allow-write")));
        }
        let real = self.inside(path)?;
        let failed = |error: io::Error| Refusal::Forbidden(format!("`{}`: {error}", shown(Path::new(path))));
        fs::write(real, bytes).map_err(failed)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        if !self.reads && !self.writes {
            return None;
        }
        let real = self.inside(path).ok()?;
        Some(match fs::metadata(real) {
            Ok(found) if found.is_dir() => Kind::Folder,
            Ok(_) => Kind::File,
            Err(_) => Kind::Missing,
        })
    }
}
