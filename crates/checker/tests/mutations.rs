//! Whatever the text, there is a report: no panic, no hang, no place outside of the text.
//!
//! The examples are changed at random: characters, words and lines are removed, doubled and swapped.
//! The recorded programs are changed one byte or one line at a time.
//! The seed is fixed; `MUTATIONS=10000 cargo test --test mutations` tries more.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use checker::{Keras, Settings, check_source};

/// How many changed texts are tried of each example.
const TRIES: u64 = 200;
/// How many bytes are flipped and how many lines are deleted of each recorded program.
const SINGLE: usize = 3;
/// What is put in at random.
const PIECES: &[&str] = &[
    "(", ")", "[", "]", ":", "None", "-1", "0", "lambda: ", "*", ", ", "'", "\n", "    ", "é", "x", ".", "=",
    "{",
];

/// A small generator of pseudo-random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit.max(1) as u64).unwrap_or(0)
    }
}

fn changed(text: &str, random: &mut Random) -> String {
    if random.below(3) == 0 {
        let mut lines: Vec<&str> = text.lines().collect();
        let (from, to) = (random.below(lines.len()), random.below(lines.len()));
        match random.below(3) {
            0 => drop(lines.remove(from)),
            1 => lines.insert(to, lines[from]),
            _ => lines.swap(from, to),
        }
        return lines.join("\n") + "\n";
    }
    let mut words: Vec<&str> = text.split_inclusive(|c: char| !c.is_alphanumeric()).collect();
    let (from, to) = (random.below(words.len()), random.below(words.len()));
    match random.below(4) {
        0 => drop(words.remove(from)),
        1 => words.insert(to, words[from]),
        2 => words.swap(from, to),
        _ => words.insert(to, PIECES[random.below(PIECES.len())]),
    }
    words.concat()
}

#[test]
fn every_text_has_a_report() -> Result<()> {
    checker::capture_panics();
    let tries = env::var("MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(TRIES);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the repository")?;
    let mut random = Random(7);
    let entries = fs::read_dir(examples.join("examples"))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let original = fs::read_to_string(&path)?;
        let mut text = original.clone();
        for at in 0..tries {
            if at % 8 == 0 {
                text.clone_from(&original);
            }
            text = changed(&text, &mut random);
            has_report(&text, if at % 2 == 0 { Keras::Three } else { Keras::Two });
        }
    }
    Ok(())
}

/// Asserts that the text has a report, all of whose places are in the text.
fn has_report(text: &str, keras: Keras) {
    let report = check_source(text, "changed.py", &Settings::for_keras(keras));
    for found in &report.diagnostics {
        assert_ne!(found.rule, "internal-error", "{}\n{text}", found.notes.join("\n"));
        for span in found.labels.iter().chain([&found.primary]).map(|label| label.span) {
            let inside = text.get(span.start as usize..span.end as usize);
            assert!(inside.is_some(), "{}: {span:?} is not in the text\n{text}", found.rule);
        }
    }
}

/// Finds the scripts below a folder.
fn scripts(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            scripts(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "py") {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn programs_with_a_byte_flipped_or_a_line_deleted_have_a_report() -> Result<()> {
    checker::capture_panics();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the crates")?;
    let mut paths = Vec::new();
    scripts(&crates.join("cli/tests/truth"), &mut paths)?;
    paths.sort();
    assert!(paths.len() > 50, "the recorded programs are there");
    let mut random = Random(11);
    for path in paths {
        let original = fs::read_to_string(&path)?;
        for at in 0..SINGLE {
            let keras = if at % 2 == 0 { Keras::Three } else { Keras::Two };
            let mut bytes = original.clone().into_bytes();
            let place = random.below(bytes.len());
            bytes[place] ^= 1 << random.below(7);
            has_report(&String::from_utf8_lossy(&bytes), keras);
            let mut lines: Vec<&str> = original.lines().collect();
            lines.remove(random.below(lines.len()));
            has_report(&(lines.join("\n") + "\n"), keras);
        }
    }
    Ok(())
}
