//! Any text at all: there is a report, and nothing in it lies outside of the text.
#![no_main]

use checker::{Keras, Settings, check_source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    let keras = if data.len() % 2 == 0 { Keras::Three } else { Keras::Two };
    let report = check_source(&text, "fuzzed.py", &Settings::for_keras(keras));
    for found in &report.diagnostics {
        assert_ne!(found.rule, "internal-error", "{}", found.notes.join("\n"));
        for span in found.labels.iter().chain([&found.primary]).map(|label| label.span) {
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{}: {span:?}", found.rule);
        }
    }
});
