//! Copies of model files with another config; everything else stays as it is, bit for bit.

use std::io::{Seek, Write};
use std::path::Path;

use hdf5_pure::{AttrValue, File, RepackOptions, repack};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::json::Json;
use crate::source::{Cursor, Window};

/// Why a copy could not be written, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewriteError(pub String);

impl std::fmt::Display for RewriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RewriteError {}

fn failed(error: impl std::fmt::Display) -> RewriteError {
    RewriteError(error.to_string())
}

/// Writes a copy of a `.keras` archive with another config; the other members are copied without unpacking.
///
/// # Errors
/// Where the archive cannot be read or the copy not be written.
pub fn rewrite_archive(window: Window, config: &Json, out: impl Write + Seek) -> Result<(), RewriteError> {
    let mut zip = ZipArchive::new(Cursor::new(window)).map_err(failed)?;
    let mut writer = ZipWriter::new(out);
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(failed)?;
        if file.name_raw() == b"config.json" {
            drop(file);
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            writer.start_file("config.json", options).map_err(failed)?;
            writer.write_all(config.to_string().as_bytes()).map_err(failed)?;
        } else {
            writer.raw_copy_file(file).map_err(failed)?;
        }
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

/// Writes a copy of an HDF5 file with another config. The arrays' bytes are compared with the original's.
///
/// The HDF5 library edits files where they stand, so this works on paths. What is at `copy` when it fails is of no
/// use.
///
/// # Errors
/// Where the file cannot be copied, the copy not be changed, or the arrays differ afterwards.
pub fn rewrite_hdf5(from: &Path, copy: &Path, config: &Json, compiled: bool) -> Result<(), RewriteError> {
    // Files as h5py writes them cannot be edited in place; repacked ones can.
    repack(from, copy, &RepackOptions::new()).map_err(failed)?;
    let file = File::open_rw(copy).map_err(failed)?;
    let root = file.root();
    root.set_attr("model_config", AttrValue::VarLenString(config.to_string())).map_err(failed)?;
    if !compiled && root.attrs().map_err(failed)?.contains_key("training_config") {
        root.remove_attr("training_config").map_err(failed)?;
    }
    drop(root);
    file.commit().map_err(failed)?;
    // An edit that did not work may say so only here.
    file.close().map_err(failed)?;
    let (old, new) =
        (File::open_streaming(from).map_err(failed)?, File::open_streaming(copy).map_err(failed)?);
    same_arrays(&old.root(), &new.root(), 0)
}

fn same_arrays(old: &hdf5_pure::Group, new: &hdf5_pure::Group, depth: usize) -> Result<(), RewriteError> {
    if depth > 64 {
        return Err(RewriteError("its groups are nested too deep".to_owned()));
    }
    for name in old.datasets().map_err(failed)? {
        let bytes =
            |group: &hdf5_pure::Group| group.dataset(&name).and_then(|d| d.read_raw()).map_err(failed);
        if bytes(old)? != bytes(new)? {
            return Err(RewriteError(format!("the array {name} is not the same in the copy")));
        }
    }
    for name in old.groups().map_err(failed)? {
        let (old, new) = (old.group(&name).map_err(failed)?, new.group(&name).map_err(failed)?);
        same_arrays(&old, &new, depth + 1)?;
    }
    Ok(())
}
