//! Real programs with a few edits, which get deeper into the interpreter than random text does.
//!
//! The input is a recipe: a byte for the program, then three bytes for each edit.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use checker::{Keras, Settings, check_source};
use libfuzzer_sys::fuzz_target;

/// What is put in.
const PIECES: &[&str] = &["(", ")", "[", "]", ":", "None", "-1", "0", "10**9", "lambda: ", "*", ", ", "'", "\n", ".", "="];

static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cli/tests/truth"), &mut texts);
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples"), &mut texts);
    texts
});

/// Reads the scripts of a folder, in an order that is always the same.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|e| e == "py") {
            texts.extend(fs::read_to_string(path));
        }
    }
}

/// Carries one edit out on the lines or words of a program.
fn edit(text: &str, [kind, at, with]: [u8; 3]) -> String {
    if kind % 2 == 0 {
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.is_empty() {
            return String::new();
        }
        let (at, with) = (usize::from(at) % lines.len(), usize::from(with) % lines.len());
        match kind / 2 % 3 {
            0 => drop(lines.remove(at)),
            1 => lines.swap(at, with),
            _ => lines.insert(at, lines[with]),
        }
        return lines.join("\n") + "\n";
    }
    let mut words: Vec<&str> = text.split_inclusive(|c: char| !c.is_alphanumeric()).collect();
    if words.is_empty() {
        return String::new();
    }
    let (at, other) = (usize::from(at) * 7 % words.len(), usize::from(with) * 11 % words.len());
    match kind / 2 % 4 {
        0 => drop(words.remove(at)),
        1 => words.swap(at, other),
        2 => words.insert(at, words[other]),
        _ => words.insert(at, PIECES[usize::from(with) % PIECES.len()]),
    }
    words.concat()
}

fuzz_target!(|data: &[u8]| {
    let [which, edits @ ..] = data else { return };
    let Some(program) = PROGRAMS.get(usize::from(*which) % PROGRAMS.len().max(1)) else { return };
    let text = edits.as_chunks::<3>().0.iter().take(8).fold(program.clone(), |text, change| edit(&text, *change));
    let keras = if which % 2 == 0 { Keras::Three } else { Keras::Two };
    let report = check_source(&text, "mutated.py", &Settings::for_keras(keras));
    for found in &report.diagnostics {
        assert_ne!(found.rule, "internal-error", "{}", found.notes.join("\n"));
    }
});
