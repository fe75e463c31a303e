//! NumPy's own files: one array as `.npy`, several as `.npz`.
//!
//! Only plain arrays are read: an array of objects is a pickle, which may run code.
//!
//! source: numpy/lib/_format_impl.py, numpy/lib/_npyio_impl.py: `_savez`

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The characters that every `.npy` file begins with.
const MAGIC: &[u8] = b"\x93NUMPY";
/// The length of the part before the data is a multiple of this.
const ALIGN: usize = 64;
/// Room for the digits of the first size, so that the file can grow.
const GROWTH: usize = 21;
/// The largest array that is read from an archive.
const MAX_BYTES: u64 = 1 << 30;

/// An array as it lies in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Npy {
    /// The dtype in NumPy's short form: `<f4`, `|b1`.
    pub descr: String,
    /// Whether the first axis changes fastest.
    pub fortran: bool,
    /// The sizes.
    pub shape: Vec<usize>,
    /// The elements' bytes.
    pub data: Vec<u8>,
}

/// Why a file holds no array that can be read, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyError(pub String);

impl std::fmt::Display for NpyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NpyError {}

fn bad(text: impl Into<String>) -> NpyError {
    NpyError(text.into())
}

/// Writes an array as a `.npy` file.
pub fn write_npy(array: &Npy) -> Vec<u8> {
    let sizes: Vec<String> = array.shape.iter().map(ToString::to_string).collect();
    let shape = match sizes.as_slice() {
        [one] => format!("({one},)"),
        several => format!("({})", several.join(", ")),
    };
    let order = if array.fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{}', 'fortran_order': {order}, 'shape': {shape}, }}", array.descr);
    let grows = if array.fortran { sizes.last() } else { sizes.first() };
    if let Some(size) = grows {
        header += &" ".repeat(GROWTH.saturating_sub(size.len()));
    }
    // The magic, two bytes of version, two of length, and the line's end.
    let before = MAGIC.len() + 4;
    let padding = ALIGN - (before + header.len() + 1) % ALIGN;
    header += &" ".repeat(padding);
    header.push('\n');
    let mut out = Vec::with_capacity(before + header.len() + array.data.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&[1, 0]);
    out.extend_from_slice(&u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(&array.data);
    out
}

/// Reads a `.npy` file.
///
/// # Errors
/// Where it is none, is cut off, or holds objects.
pub fn read_npy(bytes: &[u8]) -> Result<Npy, NpyError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| bad("it is no `.npy` file"))?;
    let (length, start) = match rest {
        [1, _, a, b, ..] => (u32::from(u16::from_le_bytes([*a, *b])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]), 6),
        _ => return Err(bad("it is of a version of `.npy` that is not known")),
    };
    let cut = || bad("it is cut off");
    let end = start + length as usize;
    let header = rest.get(start..end).ok_or_else(cut)?;
    let header = std::str::from_utf8(header).map_err(|_| bad("its header is no text"))?;
    let descr = quoted(after(header, "'descr':").ok_or_else(|| bad("its header has no dtype"))?);
    let descr = descr.ok_or_else(|| bad("it holds records, which are not read"))?;
    if descr.contains('O') {
        return Err(bad("it holds Python objects, and a pickle is never read: it may run code"));
    }
    let fortran = after(header, "'fortran_order':").is_some_and(|text| text.trim_start().starts_with("True"));
    let shape = after(header, "'shape':").and_then(sizes).ok_or_else(|| bad("its header has no shape"))?;
    let width = item_size(descr).ok_or_else(|| bad(format!("its dtype `{descr}` is not read")))?;
    let count = shape.iter().try_fold(1_usize, |n, size| n.checked_mul(*size)).ok_or_else(cut)?;
    let bytes = count.checked_mul(width).and_then(|size| rest.get(end..end.checked_add(size)?));
    Ok(Npy { descr: descr.to_owned(), fortran, shape, data: bytes.ok_or_else(cut)?.to_vec() })
}

fn after<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.find(key).map(|at| &text[at + key.len()..])
}

/// The text between the quotes that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote).map(|(inner, _)| inner)
}

fn sizes(text: &str) -> Option<Vec<usize>> {
    let (inner, _) = text.trim_start().strip_prefix('(')?.split_once(')')?;
    inner.split(',').map(str::trim).filter(|size| !size.is_empty()).map(|size| size.parse().ok()).collect()
}

/// The bytes of an element: `<f4` has four, `<U3` twelve.
fn item_size(descr: &str) -> Option<usize> {
    let mut chars = descr.trim_start_matches(['<', '>', '|', '=']).chars();
    let kind = chars.next()?;
    let count: usize = chars.as_str().parse().ok()?;
    match kind {
        'b' | 'i' | 'u' | 'f' | 'c' | 'S' | 'V' | '?' => Some(count),
        'U' => count.checked_mul(4),
        _ => None,
    }
}

/// Writes arrays by name as a `.npz` archive.
///
/// # Errors
/// Where the archive cannot be written.
pub fn write_npz(arrays: &[(String, Npy)], packed: bool) -> Result<Vec<u8>, NpyError> {
    let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        writer.start_file(format!("{name}.npy"), options).map_err(|error| bad(error.to_string()))?;
        writer.write_all(&write_npy(array)).map_err(|error| bad(error.to_string()))?;
    }
    Ok(writer.finish().map_err(|error| bad(error.to_string()))?.into_inner())
}

/// Reads the arrays of a `.npz` archive by their names.
///
/// # Errors
/// Where it is no archive, or one of its members no array.
pub fn read_npz(bytes: &[u8]) -> Result<Vec<(String, Npy)>, NpyError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| bad("it is no `.npz` archive"))?;
    let mut arrays = Vec::new();
    for index in 0..zip.len() {
        let file = zip.by_index(index).map_err(|error| bad(error.to_string()))?;
        let name = String::from_utf8_lossy(file.name_raw()).trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| bad(error.to_string()))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(bad(format!("its array '{name}' is too large")));
        }
        arrays.push((name, read_npy(&bytes)?));
    }
    Ok(arrays)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array() -> Npy {
        let data = [1.0_f32, 2.5].iter().flat_map(|x| x.to_le_bytes()).collect();
        Npy { descr: "<f4".to_owned(), fortran: false, shape: vec![2], data }
    }

    #[test]
    fn writes_what_numpy_writes() {
        let bytes = write_npy(&array());
        let header = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        assert!(bytes.starts_with(header));
        assert_eq!((bytes.len(), bytes[127]), (128 + 8, b'\n'));
    }

    #[test]
    fn reads_what_it_writes() -> Result<(), NpyError> {
        assert_eq!(read_npy(&write_npy(&array()))?, array());
        let named = vec![("x".to_owned(), array()), ("arr_0".to_owned(), array())];
        for packed in [false, true] {
            assert_eq!(read_npz(&write_npz(&named, packed)?)?, named);
        }
        Ok(())
    }

    #[test]
    fn refuses_what_is_no_plain_array() {
        let objects = Npy { descr: "|O".to_owned(), ..array() };
        for (bytes, why) in [
            (b"PK".to_vec(), "no `.npy` file"),
            (write_npy(&array())[..130].to_vec(), "cut off"),
            (write_npy(&objects), "a pickle is never read"),
        ] {
            let error = read_npy(&bytes).err().map(|error| error.0).unwrap_or_default();
            assert!(error.contains(why), "{error}");
        }
    }
}
