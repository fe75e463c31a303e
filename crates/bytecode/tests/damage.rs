//! Damaged and hostile bytes give errors or listings, never a panic, and end soon.
#![allow(clippy::unwrap_used)]

mod support;

use bytecode::{Needs, Object, Version, decompile, disassemble, read, uses};
use support::{base64, recorded};

/// Inputs that fuzzing found to end in a panic once, in base64.
const FOUND: &[&str] = &[
    // `SWAP 0`, which no compiler writes.
    "4wEAAAAAAAAAAAAAAAkAAAADAAAA82oAAACAAFYAEABVAVUCdQMuAHUCRhoAAHEREABVAnUAAnUCLkYLAABxIl4BLAAAAAAAAAAAAAAATgJLDQAACQAe\
     AHUCcAJOAkscAAAJAB4AdQNwAnABIwB1Ah8AdQJwAmkAdQIfAHUDcAJwAWkAKQHpAQAAAKkAKQPaAW3aA3Jvd9oBY3MDAAAAJiAg2gh0cmFpbi5w\
     edoIPGxhbWJkYT5yCAAAAAEAAABzLAAAAIAAqXHUDjGpcagDmHPTDyOZc5ghkEGXBZAFmXPUDyOpcdMOMfnSDyP50w4xcxAAAACGCC8GjhEqDJ8H\
     LwaqBS8G",
    // A keyword argument's name that is letters and numbers, but no identifier.
    "4wEAAAAAAAAAAAAAAAEAAAAGAAAAQwAAAHMYAAAAdACgAXQAagJ8AGQBEwBkAmQDjQKhAVMAKQT6HkwyIG5vi20gb3ZlciB0aGUgY2hhboYAAABheGlz\
     LukCAAAA6f////8pAdoEYb5pcykD2gFL2gRzcXJ02gNzdW0pAdoBeKkAcgkAAAD6CHRyYWluLnB52gFmAQAAAHMCAAAAAAI=",
];

/// Does all that can be done with bytes.
fn exercise(bytes: &[u8]) {
    let Ok(marshalled) = read(bytes) else { return };
    assert!(marshalled.length <= bytes.len());
    let Object::Code(code) = &marshalled.value else { return };
    // Also as releases that it can't be of.
    for version in [Version::V38, Version::V311, Version::V314] {
        let _ = (Needs::of(code, version), uses(code, version));
        assert!(disassemble(code, version).len() < 10_000_000);
    }
    let found = decompile(code, marshalled.versions);
    if found.complete {
        assert_eq!(found.obstacle, None);
        assert!(python::parse(&found.source).errors().is_empty(), "no Python: {}", found.source);
    } else {
        assert!(found.source.lines().all(|line| line.starts_with('#')));
    }
}

#[test]
fn what_fuzzing_found_does_no_harm() {
    for text in FOUND {
        let bytes = base64(text);
        assert!(read(&bytes).is_ok());
        exercise(&bytes);
    }
}

#[test]
fn a_cut_file_is_an_error() {
    for version in Version::ALL {
        for function in recorded(version).iter().step_by(7) {
            for length in 0..function.bytes.len() {
                assert!(read(&function.bytes[..length]).is_err(), "{version} {} {length}", function.name);
            }
        }
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    for version in Version::ALL {
        for function in recorded(version).iter().step_by(31) {
            for place in 0..function.bytes.len() {
                for change in [1, 0x81] {
                    let mut bytes = function.bytes.clone();
                    bytes[place] ^= change;
                    exercise(&bytes);
                }
            }
        }
    }
}

#[test]
fn exchanged_instructions_do_no_harm() {
    // A generator of numbers that is the same every time.
    let mut seed = 1u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for version in Version::ALL {
        for function in recorded(version) {
            for _ in 0..2 {
                let mut bytes = function.bytes.clone();
                for _ in 0..1 + next(4) {
                    let (from, to) = (next(bytes.len() / 2) * 2, next(bytes.len() / 2) * 2);
                    bytes.swap(from, to);
                    bytes.swap(from + 1, to + 1);
                }
                exercise(&bytes);
            }
        }
    }
}

#[test]
fn a_name_of_several_lines_stays_within_the_comments() {
    let function = recorded(Version::V36).swap_remove(0);
    let name = b"<lambda>";
    let at = function.bytes.windows(name.len()).rposition(|bytes| bytes == name).unwrap();
    for replaced in [b"<lam\nda>", b"<lam\rda>"] {
        let mut bytes = function.bytes.clone();
        bytes[at..at + name.len()].copy_from_slice(replaced);
        let marshalled = read(&bytes).unwrap();
        let Object::Code(code) = &marshalled.value else { panic!("it is no code") };
        let found = decompile(code, marshalled.versions);
        assert!(!found.complete);
        assert!(found.source.split(['\n', '\r']).all(|line| line.is_empty() || line.starts_with('#')));
    }
}
