//! Whatever the text, there is a report: no panic, no hang, no place outside of the text.
//!
//! The examples are changed at random: characters, words and lines are removed, doubled and swapped.
//! The seed is fixed; `MUTATIONS=10000 cargo test --test mutations` tries more.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use checker::{Keras, Settings, check_source};

/// How many changed texts are tried of each example.
const TRIES: u64 = 200;
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
            let keras = if at % 2 == 0 { Keras::Three } else { Keras::Two };
            let report = check_source(&text, "changed.py", &Settings::for_keras(keras));
            for found in &report.diagnostics {
                assert_ne!(found.rule, "internal-error", "{}\n{text}", found.notes.join("\n"));
                for span in found.labels.iter().chain([&found.primary]).map(|label| label.span) {
                    let inside = text.get(span.start as usize..span.end as usize);
                    assert!(inside.is_some(), "{}: {span:?} is not in the text\n{text}", found.rule);
                }
            }
        }
    }
    Ok(())
}
