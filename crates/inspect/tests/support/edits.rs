//! Edits of a model's config, for tests and for fuzzing.

use inspect::formats::{Json, read_json};

/// What is put in.
const PIECES: &[&str] = &["null", "true", "-1", "0", "1e999", "\"\"", "\"Lambda\"", "[]", "{}", "[[null]]"];

/// What a list or an object holds.
fn inner(value: &mut Json) -> Vec<&mut Json> {
    match value {
        Json::List(items) => items.iter_mut().collect(),
        Json::Dict(pairs) => pairs.iter_mut().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn count(value: &mut Json) -> usize {
    1 + inner(value).into_iter().map(count).sum::<usize>()
}

/// Returns the value of a number, a list or object before what it holds.
fn nth<'a>(value: &'a mut Json, left: &mut usize) -> Option<&'a mut Json> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    inner(value).into_iter().find_map(|value| nth(value, left))
}

/// Carries one edit out on a config: what is done, where, and with what.
pub(crate) fn edit(config: &mut Json, [kind, at, with]: [u8; 3]) {
    let total = count(config);
    let place = |byte: u8| (usize::from(byte) * 257 + usize::from(kind) / 4) % total;
    let Some(other) = nth(config, &mut place(with)).map(|value| value.clone()) else { return };
    let Some(value) = nth(config, &mut place(at)) else { return };
    match (kind % 4, value) {
        (0, value) => *value = other,
        (1, Json::List(items)) => items.push(other),
        (2, Json::List(items)) => drop(items.pop()),
        (2, Json::Dict(pairs)) => drop(pairs.pop()),
        (3, Json::List(items)) => items.reverse(),
        (_, value) => {
            let piece = PIECES[usize::from(with) % PIECES.len()];
            *value = read_json(piece.as_bytes()).unwrap_or(Json::Null);
        }
    }
}
