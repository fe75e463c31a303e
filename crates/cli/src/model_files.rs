//! Model files on disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};
use ignore::WalkBuilder;
use inspect::formats::{Bytes, ModelFile, Window, read_folder, read_model};

/// A file that is read in pieces.
struct FileBytes {
    file: Mutex<File>,
    size: u64,
}

impl Bytes for FileBytes {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().map_err(|_| io::ErrorKind::Other)?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

/// Opens a file for reading in pieces.
pub(crate) fn open(path: &Path) -> Result<Window> {
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let metadata = file.metadata().with_context(cannot)?;
    anyhow::ensure!(metadata.is_file(), "cannot read {}: not a file", path.display());
    Ok(Window::new(FileBytes { size: metadata.len(), file: Mutex::new(file) }))
}

/// Replaces folders that are no models by the models in them, in the order of their names.
pub(crate) fn find(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths
        .iter()
        .flat_map(|path| if path.is_dir() && !is_model(path) { within(path) } else { vec![path.clone()] })
        .collect()
}

/// The models in a folder; the folder itself where there are none, which is then said of it.
fn within(folder: &Path) -> Vec<PathBuf> {
    // Models are often among what version control ignores.
    let walker = WalkBuilder::new(folder).standard_filters(false).sort_by_file_name(Ord::cmp).build();
    let mut found: Vec<PathBuf> = Vec::new();
    for path in walker.flatten().map(ignore::DirEntry::into_path) {
        let inner = found.last().is_some_and(|last| last.is_dir() && path.starts_with(last));
        if !inner && (if path.is_dir() { is_model(&path) } else { named_model(&path) }) {
            found.push(path);
        }
    }
    if found.is_empty() { vec![folder.to_owned()] } else { found }
}

/// Tells whether a folder is a SavedModel or an unpacked `.keras` archive.
fn is_model(folder: &Path) -> bool {
    let has = |member: &str| folder.join(member).is_file();
    has("saved_model.pb") || has("config.json") && has("metadata.json")
}

fn named_model(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "keras" || kind == "h5" || kind == "hdf5")
}

/// Reads a model file, or a folder with one.
pub(crate) fn read(path: &Path) -> Result<ModelFile> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if !path.is_dir() {
        return Ok(read_model(&name, open(path)?));
    }
    let mut members = BTreeMap::new();
    for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
        let entry = entry?.path();
        if let (Some(member), true) = (entry.file_name().and_then(|n| n.to_str()), entry.is_file()) {
            members.insert(member.to_owned(), open(&entry)?);
        }
    }
    Ok(read_folder(&name, &members))
}
