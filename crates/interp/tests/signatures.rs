//! Every recorded signature can be read; `names`, which records them, does not know how.

use names::{Entry, Kind, Profile};
use python::{ParameterKind, parse_signature};

fn visit(profile: Profile, path: &str, seen: &mut Vec<Entry<'static>>) {
    for entry in names::members(profile, path) {
        seen.push(entry);
        if matches!(entry.kind, Kind::Module | Kind::Class)
            && entry.path.contains('.')
            && !entry.path.contains(':')
        {
            visit(profile, entry.path, seen);
        }
    }
}

#[test]
fn every_recorded_signature_is_read() {
    let mut seen = Vec::new();
    for (profile, root) in [
        (Profile::Keras2, "keras"),
        (Profile::Keras3, "keras"),
        (Profile::Keras3, "tf.keras.backend"),
        (Profile::Keras3, "tf"),
        (Profile::Keras3, "np"),
    ] {
        visit(profile, root, &mut seen);
    }
    let mut count = 0;
    for entry in seen {
        // A constant's text is its value; builtins have no signature.
        if entry.kind == Kind::Constant || entry.signature.is_empty() {
            continue;
        }
        let signature = parse_signature(entry.signature);
        let signature = signature.unwrap_or_else(|| panic!("{}: {}", entry.path, entry.signature));
        let kinds: Vec<ParameterKind> = signature.params.iter().map(|parameter| parameter.kind).collect();
        assert!(kinds.is_sorted_by_key(|kind| *kind as u8), "{}: {}", entry.path, entry.signature);
        count += 1;
    }
    assert!(count > 10_000, "{count}");
}
