//! Reading the recorded functions.
#![allow(dead_code, clippy::unwrap_used)] // Each test uses some of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytecode::{Given, Version};

/// A function as a release compiled it.
pub(crate) struct Recorded {
    /// Its name in `functions.txt`.
    pub(crate) name: String,
    /// What `marshal` made of its code.
    pub(crate) bytes: Vec<u8>,
    /// Its default values.
    pub(crate) given: Given,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// Returns the functions that a release compiled.
pub(crate) fn recorded(version: Version) -> Vec<Recorded> {
    let text = std::fs::read_to_string(folder().join(format!("{version}.tsv"))).unwrap();
    let parts =
        |cell: &str| cell.split(" | ").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let rows = text.lines().map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let keywords = parts(cells[3]).into_iter().map(|part| {
            let (name, value) = part.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        });
        Recorded {
            name: cells[0].to_owned(),
            bytes: base64(cells[1]),
            given: Given { defaults: parts(cells[2]), keyword_defaults: keywords.collect() },
        }
    });
    rows.collect()
}

/// Returns the sources of each function, plain and folded.
pub(crate) fn sources() -> HashMap<String, Vec<String>> {
    let text = std::fs::read_to_string(folder().join("functions.txt")).unwrap();
    let blocks = text.split("### ").skip(1).map(|block| {
        let (name, sources) = block.split_once('\n').unwrap();
        (name.to_owned(), sources.split("---\n").map(str::to_owned).collect())
    });
    blocks.collect()
}

/// Returns the bytes of a text in base64.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let bits: Vec<u8> =
        digits.flat_map(|digit| (0..6).rev().map(move |bit| (digit >> bit & 1) as u8)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect()
}
