//! The name that was probably meant.

/// Returns the candidate that is most like the given name, if one is like it at all.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let nearest = candidates.into_iter().map(|known| (distance(name, known), known)).min()?;
    (nearest.0 <= name.len().max(3) / 3).then_some(nearest.1)
}

/// Returns the number of single-character edits between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
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
