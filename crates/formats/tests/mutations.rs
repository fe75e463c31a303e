//! Readers take any bytes: cut off, with bytes changed, of another kind. They answer and do not panic.

use std::fs;
use std::path::Path;

use formats::{Window, find_functions, read_model};

/// A file of each format.
const FILES: &[&str] =
    &["k3_closure_numbers.keras", "tfk_nested.h5", "k3_defaults.h5", "bad_two_configs.keras"];

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inspect/tests/files").join(name);
    let bytes = fs::read(path).unwrap_or_default();
    assert!(bytes.len() > 1000, "{name} is there");
    bytes
}

/// Reads the bytes under a name; tells whether something is said to be wrong.
fn complains(name: &str, bytes: Vec<u8>) -> bool {
    let model = read_model(name, Window::new(bytes));
    if let Some(config) = &model.config {
        find_functions(config);
    }
    !model.damages.is_empty()
}

#[test]
fn says_that_files_are_cut_off() {
    for name in FILES {
        let whole = read(name);
        for part in 1..24 {
            let cut = whole.len() * part / 24;
            assert!(complains(name, whole[..cut].to_vec()), "{name} cut at {cut}");
        }
        for cut in 0..8 {
            assert!(complains(name, whole[..cut].to_vec()), "{name} cut at {cut}");
        }
    }
}

#[test]
fn survives_changed_bytes() {
    let mut noticed = 0;
    for name in FILES {
        let whole = read(name);
        // Every byte of the headers, then some.
        let places = (0..128).chain((128..whole.len()).step_by(131));
        for at in places {
            for value in [whole[at] ^ 0xff, whole[at] ^ 1] {
                let mut changed = whole.clone();
                changed[at] = value;
                noticed += usize::from(complains(name, changed));
            }
        }
    }
    assert!(noticed > 50, "damage is noticed: {noticed}");
}

#[test]
fn tells_other_kinds_of_files() {
    for (name, bytes) in [
        ("a.keras", &b"hello, this is no archive at all"[..]),
        ("a.h5", b"PK\x03\x04 nor this HDF5"),
        ("a.json", b"[1, 2"),
        ("a.json", b"{\"a\": 1}"),
        ("a.bin", b"\x7fELF and so on"),
        ("a", b""),
    ] {
        assert!(complains(name, bytes.to_vec()), "{name}");
    }
}
