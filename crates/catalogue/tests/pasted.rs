//! Tracebacks as people paste them find their entry: out of notebooks, with frames of other releases of Python, of
//! older Keras, cut short, or the last line alone.
//!
//! `pasted/ENTRY.NUMBER.txt` has the text that `ENTRY` explains; `README.md` says where they come from.

use std::fs;
use std::path::Path;

use catalogue::matches;

#[test]
fn pasted_tracebacks_find_their_entries() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pasted");
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("the folder of texts") {
        let path = file.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let wanted = name.split('.').next().expect("an entry's name");
        let text = fs::read_to_string(&path).expect("a text");
        let found: Vec<_> = matches(&text).iter().map(|found| found.entry.id.as_str()).collect();
        count += 1;
        if found.first() != Some(&wanted) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(count >= 40, "the texts are there");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
