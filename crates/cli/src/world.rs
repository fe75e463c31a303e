//! The outside of a script that is carried out: standard streams, the clock, and files in its folder.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use checker::world::{Kind, Refusal, Screen, Stream, World};
use inspect::formats::write_whole;

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
    /// What standard output is.
    pub(crate) screen: Screen,
}

impl Outside {
    /// Returns where a path leads, if that is in the script's folder: links are followed, `..` is not believed.
    fn inside(&self, path: &str) -> Result<PathBuf, Refusal> {
        let outside = || Refusal::Failed(format!("`{path}` lies outside of the script's folder"));
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

impl Outside {
    /// Returns where a path leads that may be read.
    fn readable(&self, path: &str) -> Result<PathBuf, Refusal> {
        match self.reads {
            true => self.inside(path),
            false => Err(Refusal::NotAllowed(format!("`{path}` is read only with --allow-read"))),
        }
    }

    /// Returns where a path leads that may be written.
    fn writable(&self, path: &str) -> Result<PathBuf, Refusal> {
        match self.writes {
            true => self.inside(path),
            false => Err(Refusal::NotAllowed(format!("`{path}` is written only with --allow-write"))),
        }
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

    fn screen(&self) -> Screen {
        self.screen
    }

    fn now(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let real = self.readable(path)?;
        let size = fs::metadata(&real).map_err(|error| failed(path, &error))?.len();
        if size > MAX_BYTES {
            return Err(Refusal::Failed(format!("`{path}` is too large to be read")));
        }
        fs::read(&real).map_err(|error| failed(path, &error))
    }

    fn store(&self, path: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let real = self.writable(path)?;
        real.parent().filter(|folder| folder.is_dir()).ok_or(Refusal::Missing)?;
        write_whole(&real, bytes).map_err(|error| failed(path, &error))
    }

    fn make_folder(&self, path: &str) -> Result<(), Refusal> {
        fs::create_dir_all(self.writable(path)?).map_err(|error| failed(path, &error))
    }

    fn remove(&self, path: &str) -> Result<(), Refusal> {
        fs::remove_file(self.writable(path)?).map_err(|error| failed(path, &error))
    }

    fn kind(&self, path: &str) -> Result<Kind, Refusal> {
        let real = self.readable(path)?;
        Ok(match fs::metadata(real) {
            Ok(found) if found.is_dir() => Kind::Folder,
            Ok(_) => Kind::File,
            Err(_) => Kind::Missing,
        })
    }

    fn names(&self, path: &str) -> Result<Vec<String>, Refusal> {
        let entries = fs::read_dir(self.readable(path)?).map_err(|error| failed(path, &error))?;
        let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        Ok(entries.filter_map(name).collect())
    }
}

/// Why a path could not be read or written.
fn failed(path: &str, error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::NotFound => Refusal::Missing,
        _ => Refusal::Failed(format!("`{}`: {error}", shown(Path::new(path)))),
    }
}
