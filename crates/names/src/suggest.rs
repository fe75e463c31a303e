//! The name that was probably meant.

use crate::entry::Profile;
use crate::lookup::members;

/// Returns the member of a module or class whose name is closest to one that it does not have.
///
/// `None` if no name is close enough to be a slip.
pub fn suggest(profile: Profile, path: &str, missing: &str) -> Option<&'static str> {
    // A third of the letters may be wrong, as in other tools; a change of case alone always counts.
    let limit = missing.chars().count().div_ceil(3).max(1);
    members(profile, path)
        .map(|entry| entry.name())
        .map(|name| {
            let same = name.eq_ignore_ascii_case(missing)
                || name.replace('_', "").eq_ignore_ascii_case(&missing.replace('_', ""));
            (if same { 0 } else { distance(missing, name) }, name)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
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
