//! The name that was probably meant.

use crate::entry::Profile;
use crate::lookup::members;

/// Returns the member of a module or class whose name is closest to one that it does not have.
///
/// `None` if no name is close enough to be a slip.
pub fn suggest(profile: Profile, path: &str, missing: &str) -> Option<&'static str> {
    nearest(missing, members(profile, path).map(|entry| entry.name()))
}

/// Returns the candidate that is most like a name, if one is so much like it that the name may be a slip.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may be wrong, as in other tools; a change of case alone always counts.
    let limit = name.chars().count().div_ceil(3).max(1);
    let bare = name.replace('_', "");
    candidates
        .into_iter()
        .map(|known| {
            let same = known.eq_ignore_ascii_case(name) || known.replace('_', "").eq_ignore_ascii_case(&bare);
            (if same { 0 } else { distance(name, known) }, known)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, known)| known)
}

/// Counts the insertions, deletions, replacements and swaps of neighbours that turn one text into another.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = last.get(j).map_or(0, |cost| cost + usize::from(a != b));
            let deleted = last.get(j + 1).map_or(0, |cost| cost + 1);
            let inserted = row.last().map_or(0, |cost| cost + 1);
            let mut best = replaced.min(deleted).min(inserted);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(b) && to.get(j - 1) == Some(a);
            if swapped && let Some(cost) = before.get(j - 1) {
                best = best.min(cost + 1);
            }
            row.push(best);
        }
        before = last;
        last = row;
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_alike_is_suggested() {
        assert_eq!(nearest("lamda", ["shape", "lambda"]), Some("lambda"));
        assert_eq!(nearest("zzzzzz", ["shape", "lambda"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
