//! `.keras` files as a whole: their config and weights.
//!
//! source: keras/src/saving/saving_lib.py: `_save_model_to_fileobj`

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::rewrite::RewriteError;

/// The largest member that is read.
const MAX_BYTES: u64 = 1 << 30;

/// What is in a `.keras` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// `metadata.json`: the version that wrote it, and when.
    pub metadata: String,
    /// `config.json`.
    pub config: String,
    /// `model.weights.h5`.
    pub weights: Vec<u8>,
    /// Files below `assets`, by their paths: vocabularies.
    pub assets: Vec<(String, Vec<u8>)>,
}

/// Writes a `.keras` file.
///
/// # Errors
/// Where it would be too large.
pub fn write_bundle(bundle: &Bundle) -> Result<Vec<u8>, RewriteError> {
    let failed = |error: &dyn std::fmt::Display| RewriteError(error.to_string());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let members = [
        ("metadata.json", bundle.metadata.as_bytes()),
        ("config.json", bundle.config.as_bytes()),
        ("model.weights.h5", bundle.weights.as_slice()),
    ];
    let assets = bundle.assets.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    for (name, bytes) in members.into_iter().chain(assets) {
        writer.start_file(name, options).map_err(|error| failed(&error))?;
        writer.write_all(bytes).map_err(|error| failed(&error))?;
    }
    let out = writer.finish().map_err(|error| failed(&error))?;
    Ok(out.into_inner())
}

/// Returns what `metadata.json` says of a file that a version of Keras writes, so many seconds after 1970.
pub fn metadata(version: &str, seconds: f64) -> String {
    format!("{{\"keras_version\": \"{version}\", \"date_saved\": \"{}\"}}", date(seconds as i64))
}

/// A time as metadata has it: `2026-01-31@12:00:00`.
fn date(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 1970 as a date: years begin in March, so that the leap day is their last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}@{hour:02}:{minute:02}:{second:02}")
}

/// Reads a `.keras` file.
///
/// # Errors
/// Where it is none, a member is missing, or one is too large.
pub fn read_bundle(bytes: &[u8]) -> Result<Bundle, RewriteError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| RewriteError(error.to_string()))?;
    let names: Vec<String> = zip.file_names().flatten().map(|name| name.into_owned()).collect();
    let mut member = |name: &str| -> Result<Vec<u8>, RewriteError> {
        let file = zip.by_name(name).map_err(|error| RewriteError(format!("`{name}`: {error}")))?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        match read {
            Ok(_) if bytes.len() as u64 <= MAX_BYTES => Ok(bytes),
            Ok(_) => Err(RewriteError(format!("`{name}` is too large"))),
            Err(error) => Err(RewriteError(format!("`{name}`: {error}"))),
        }
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|error| RewriteError(error.to_string()));
    let mut bundle = Bundle {
        metadata: text(member("metadata.json").unwrap_or_default())?,
        config: text(member("config.json")?)?,
        weights: member("model.weights.h5")?,
        assets: Vec::new(),
    };
    for name in names.iter().filter(|name| name.starts_with("assets/") && !name.ends_with('/')) {
        bundle.assets.push((name.clone(), member(name)?));
    }
    Ok(bundle)
}
