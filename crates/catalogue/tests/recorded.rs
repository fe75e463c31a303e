//! Every recorded message finds its entry, in whatever form it is pasted.

use catalogue::matches;
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    id: String,
    keras: u8,
    exception: String,
    message: String,
}

/// What logs and tools put before each line.
const PREFIXES: &[&str] = &[
    "2024-05-01T12:00:00.123Z ",
    "2024-05-01 10:00:00,123 - ERROR - ",
    "2024-05-01 10:00:00,123 ERROR my.module: ",
    "E   ",
    "train-1  | ",
    "> ",
    "[rank0]: ",
    "ERROR:root:",
    "(train pid=3) ",
];

/// Returns the forms in which a message may come, each with its name.
fn forms(recorded: &Recorded) -> Vec<(String, String)> {
    let Recorded { exception, message, keras, .. } = recorded;
    let whole = if exception.is_empty() { message.clone() } else { format!("{exception}: {message}") };
    let package = if *keras == 2 { "tf_keras/src" } else { "keras/src" };
    let traceback = format!(
        "Epoch 1/2\nTraceback (most recent call last):\n  File \"/home/me/model.py\", line 12, in <module>\n    \
         outputs = layer(inputs)\n              ^^^^^^^^^^^^^\n  File \
         \"/venv/lib/python3.11/site-packages/{package}/utils/traceback_utils.py\", line 122, in error_handler\n    \
         raise e.with_traceback(filtered_tb) from None\n{whole}\n"
    );
    let each_line = |before: &str, after: &str| -> String {
        traceback.lines().map(|line| format!("{before}{line}{after}\n")).collect()
    };
    let mut forms = vec![
        ("message".to_owned(), message.clone()),
        ("whole".to_owned(), whole.clone()),
        ("traceback".to_owned(), traceback.clone()),
        ("Windows".to_owned(), traceback.replace('\n', "\r\n")),
        ("coloured lines".to_owned(), each_line("\u{1b}[0;31m", "\u{1b}[0m")),
        ("coloured words".to_owned(), traceback.replace(": ", "\u{1b}[0m: \u{1b}[1;35m")),
        ("lost escapes".to_owned(), each_line("[0;31m", "[0m")),
        ("narrow".to_owned(), narrow(&traceback)),
        ("repr".to_owned(), format!("{:?}", whole)),
    ];
    forms.extend(PREFIXES.iter().map(|prefix| (format!("after {prefix:?}"), each_line(prefix, ""))));
    forms
}

/// Breaks lines at blanks to fit 80 columns.
fn narrow(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_inclusive([' ', '\n']) {
        if column + word.len() > 80 {
            out.push('\n');
            column = 0;
        }
        out.push_str(word);
        column = if word.ends_with('\n') { 0 } else { column + word.len() };
    }
    out
}

#[test]
fn recorded_messages_find_their_entries() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("recorded.jsonl").lines() {
        let recorded: Recorded = serde_json::from_str(line).expect("a recorded message");
        for (name, text) in forms(&recorded) {
            count += 1;
            let found = matches(&text);
            let first = found.first().map(|found| found.entry.id.as_str());
            if first != Some(&recorded.id) {
                wrong.push(format!("{} ({}, Keras {}): {first:?}", recorded.id, name, recorded.keras));
            }
        }
    }
    assert!(count > 1000, "the recordings are there");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
