//! Source lines that are wider than the terminal: each is cut, with a sign, around what is said of it.

use std::ops::Range;

/// The sign of a cut.
const CUT: &str = "...";
/// So many columns before the first place are shown where a line is cut in front of it.
const LEAD: usize = 4;

/// Lines of source that fit a width.
pub(super) struct Narrowed {
    /// The lines.
    pub(super) text: String,
    lines: Vec<Line>,
}

/// What is left of a line; all numbers are bytes.
struct Line {
    /// The line in the source.
    whole: Range<usize>,
    /// The part of it that is shown.
    kept: Range<usize>,
    /// Where the line begins in the text that is shown.
    at: usize,
    /// How long it is there.
    length: usize,
}

impl Narrowed {
    /// Cuts lines to `room` columns so that the given places can be seen, as far as they fit. `None` if all
    /// lines fit as they are.
    pub(super) fn new(source: &str, places: &[Range<usize>], room: usize) -> Option<Narrowed> {
        if room <= 2 * CUT.len() + LEAD || source.lines().all(|line| width(line) <= room) {
            return None;
        }
        let mut narrowed = Narrowed { text: String::with_capacity(source.len()), lines: Vec::new() };
        let mut start = 0;
        for line in source.split('\n') {
            let whole = start..start + line.len();
            start = whole.end + 1;
            if whole.start > 0 {
                narrowed.text.push('\n');
            }
            let at = narrowed.text.len();
            let kept = kept(line, &touched(places, &whole), room);
            if kept.start > 0 {
                narrowed.text.push_str(CUT);
            }
            narrowed.text.push_str(line.get(kept.clone()).unwrap_or_default());
            if kept.end < line.len() {
                narrowed.text.push_str(CUT);
            }
            let kept = whole.start + kept.start..whole.start + kept.end;
            let length = narrowed.text.len() - at;
            narrowed.lines.push(Line { whole, kept, at, length });
        }
        Some(narrowed)
    }

    /// Returns where a place of the source is shown; one that is cut off is at the sign of the cut.
    pub(super) fn place(&self, place: &Range<usize>) -> Range<usize> {
        let start = self.offset(place.start, false);
        start..self.offset(place.end, place.end > place.start).max(start)
    }

    /// Tells whether a place is shown whole.
    pub(super) fn shows(&self, place: &Range<usize>) -> bool {
        let within =
            |at: usize| self.line(at).is_some_and(|line| line.kept.start <= at && at <= line.kept.end);
        within(place.start) && within(place.end)
    }

    /// Tells whether the line of a place is cut in front, so that columns are others than in the source.
    pub(super) fn shifts(&self, at: usize) -> bool {
        self.line(at).is_some_and(|line| line.kept.start > line.whole.start)
    }

    /// Returns the column, counted from 1, of an offset of the text that is shown.
    pub(super) fn column(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rsplit('\n').next().map_or(1, |line| width(line) + 1)
    }

    fn line(&self, at: usize) -> Option<&Line> {
        self.lines.iter().find(|line| line.whole.start <= at && at <= line.whole.end)
    }

    /// Returns where an offset of the source is shown; an end that is cut off is behind the sign.
    fn offset(&self, at: usize, is_end: bool) -> usize {
        let Some(line) = self.line(at) else { return self.text.len() };
        let lead = if line.kept.start > line.whole.start { CUT.len() } else { 0 };
        if at < line.kept.start {
            return if is_end { line.at + lead } else { line.at };
        }
        if at > line.kept.end || (at == line.kept.end && !is_end && line.kept.end < line.whole.end) {
            let end = line.at + line.length;
            return if is_end { end } else { end.saturating_sub(CUT.len()) };
        }
        line.at + lead + (at - line.kept.start)
    }
}

/// The parts of places that lie on a line, counted from its beginning.
fn touched(places: &[Range<usize>], line: &Range<usize>) -> Vec<Range<usize>> {
    let on = places.iter().filter(|place| place.start <= line.end && place.end >= line.start);
    on.map(|place| place.start.max(line.start) - line.start..place.end.min(line.end) - line.start).collect()
}

/// Chooses the part of a line that is shown.
fn kept(line: &str, places: &[Range<usize>], room: usize) -> Range<usize> {
    if width(line) <= room {
        return 0..line.len();
    }
    let column = |at: usize| line.get(..at).map_or(0, width);
    let first = places.iter().map(|place| column(place.start)).min().unwrap_or(0);
    let last = places.iter().map(|place| column(place.end)).max().unwrap_or(0);
    if last + CUT.len() <= room {
        return 0..byte(line, room - CUT.len());
    }
    // As much of what stands before as leaves the places in sight, from the first one on.
    let inner = room - 2 * CUT.len();
    let total = width(line);
    let left = last.saturating_sub(inner).min(first.saturating_sub(LEAD)).min(total - room + CUT.len());
    if left <= CUT.len() {
        return 0..byte(line, room - CUT.len());
    }
    let right = if left + room - CUT.len() >= total { total } else { left + inner };
    byte(line, left)..byte(line, right)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Returns where a column begins.
fn byte(line: &str, column: usize) -> usize {
    line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "result = first_function(second_function(argument, another), last)";

    fn shown(source: &str, needles: &[&str], room: usize) -> (String, Vec<String>) {
        let places: Vec<Range<usize>> =
            needles.iter().filter_map(|needle| source.find(needle).map(|at| at..at + needle.len())).collect();
        let Some(narrowed) = Narrowed::new(source, &places, room) else {
            return (source.to_owned(), needles.iter().map(|n| (*n).to_owned()).collect());
        };
        let seen = places.iter().map(|place| narrowed.text[narrowed.place(place)].to_owned()).collect();
        (narrowed.text, seen)
    }

    #[test]
    fn lines_that_fit_stay() {
        assert!(Narrowed::new("a = 1\nb = 2\n", &[], 40).is_none());
    }

    #[test]
    fn the_end_is_cut_where_nothing_is_said_of_it() {
        let (text, seen) = shown(LINE, &["first_function"], 30);
        assert_eq!(text, "result = first_function(sec...");
        assert_eq!(seen, ["first_function"]);
    }

    #[test]
    fn the_beginning_is_cut_before_what_it_is_about() {
        let (text, seen) = shown(LINE, &["last"], 30);
        assert_eq!(text, "...n(argument, another), last)");
        assert_eq!(seen, ["last"]);
    }

    #[test]
    fn what_does_not_fit_ends_at_the_sign() {
        let (text, seen) =
            shown(LINE, &["first_function(second_function(argument, another), last)", "last"], 30);
        assert_eq!(text, "...t = first_function(secon...");
        assert_eq!(seen, ["first_function(secon...", "..."]);
    }

    #[test]
    fn letters_of_several_bytes_and_other_lines() {
        let source = format!("é = 'ééé'\n{}\nend", "ü".repeat(50));
        let (text, seen) = shown(&source, &["end", "'ééé'"], 20);
        assert_eq!(text, format!("é = 'ééé'\n{}...\nend", "ü".repeat(17)));
        assert_eq!(seen, ["end", "'ééé'"]);
    }
}
