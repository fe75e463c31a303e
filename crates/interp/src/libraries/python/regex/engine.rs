//! Regular expressions as Python's `re` understands them.
//!
//! A pattern becomes a tree, which is tried with backtracking as CPython tries it, so the match that is found is
//! CPython's. The work of one search is bounded.
//!
//! source: CPython's Lib/re/_parser.py and Modules/_sre

use super::parse::{Item, MANY, Node, Parser, Place, Test};

/// `re.IGNORECASE`.
pub(super) const IGNORECASE: u32 = 2;
/// `re.MULTILINE`.
pub(super) const MULTILINE: u32 = 8;
/// `re.DOTALL`.
pub(super) const DOTALL: u32 = 16;
/// `re.VERBOSE`.
pub(super) const VERBOSE: u32 = 64;
/// `re.ASCII`.
pub(super) const ASCII: u32 = 256;

/// How many steps one search may take.
const MAX_STEPS: u64 = 2_000_000;
/// How deep parts are tried within each other.
const MAX_DEPTH: u32 = 3_000;

/// Why there is no pattern or no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Python refuses the pattern.
    Wrong {
        /// Why.
        message: String,
        /// Where; the largest number where Python does not say.
        at: usize,
    },
    /// It is more than is tried here.
    TooMuch,
}

/// How a match has to stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Anywhere.
    Search,
    /// From its beginning.
    Match,
    /// From its beginning to its end.
    Full,
}

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Regex {
    node: Node,
    /// How many groups it has.
    pub(super) groups: usize,
    /// The names of groups.
    pub(super) names: Vec<(String, usize)>,
    /// Its flags, those in the pattern included.
    pub(super) flags: u32,
}

/// From where to where the match and each group go.
pub(super) type Spans = Vec<Option<(usize, usize)>>;

impl Regex {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What Python refuses.
    pub(super) fn new(pattern: &str, flags: u32) -> Result<Regex, Problem> {
        let mut parser = Parser::new(pattern, flags);
        let node = parser.whole()?;
        let flags = parser.flags();
        Ok(Regex { node, groups: parser.groups, names: parser.names, flags })
    }

    /// Finds the first match from a place on; one that `advances` takes something if it begins there.
    ///
    /// # Errors
    /// Where it takes too long.
    pub(super) fn find(
        &self,
        text: &[char],
        from: usize,
        mode: Mode,
        advances: bool,
    ) -> Result<Option<Spans>, Problem> {
        let last = if mode == Mode::Search { text.len() } else { from };
        let mut left = MAX_STEPS;
        for start in from..=last {
            let spans = vec![None; self.groups + 1];
            let mut attempt = Attempt { text, spans, left, depth: 0, gave_up: false };
            let mut end = None;
            let fits = attempt.fits(&self.node, start, &mut |_, at| {
                let done = (mode != Mode::Full || at == text.len()) && !(advances && at == from);
                if done {
                    end = Some(at);
                }
                done
            });
            if attempt.gave_up {
                return Err(Problem::TooMuch);
            }
            left = attempt.left;
            if let (true, Some(end)) = (fits, end) {
                attempt.spans[0] = Some((start, end));
                return Ok(Some(attempt.spans));
            }
        }
        Ok(None)
    }
}

struct Attempt<'t> {
    text: &'t [char],
    spans: Spans,
    left: u64,
    depth: u32,
    gave_up: bool,
}

/// What has to fit behind a part.
type Rest<'r> = &'r mut dyn FnMut(&mut Attempt<'_>, usize) -> bool;

impl Attempt<'_> {
    /// Tells whether a part fits at a place, and the rest behind it. Spans are as the match has them if so, and as they
    /// were if not.
    fn fits(&mut self, node: &Node, at: usize, rest: Rest<'_>) -> bool {
        if self.gave_up || self.left == 0 || self.depth >= MAX_DEPTH {
            self.gave_up = true;
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        let fits = self.tried(node, at, rest);
        self.depth -= 1;
        fits
    }

    fn tried(&mut self, node: &Node, at: usize, rest: Rest<'_>) -> bool {
        match node {
            Node::One(test) => self.text.get(at).is_some_and(|c| test.holds(*c)) && rest(self, at + 1),
            Node::Place(place) => self.is_place(*place, at) && rest(self, at),
            Node::Sequence(parts) => self.sequence(parts, at, rest),
            Node::Either(branches) => branches.iter().any(|branch| self.fits(branch, at, rest)),
            Node::Repeat { node, min, max, greedy } => match &**node {
                Node::One(test) => self.run_of(test, (*min, *max), *greedy, at, rest),
                node => self.repeat(node, (*min, *max), *greedy, 0, at, rest),
            },
            Node::Group(node, index) => {
                let (index, before) = (*index, self.spans[*index]);
                let fits = self.fits(node, at, &mut |attempt, end| {
                    let inner = attempt.spans[index].replace((at, end));
                    let fits = rest(attempt, end);
                    if !fits {
                        attempt.spans[index] = inner;
                    }
                    fits
                });
                if !fits {
                    self.spans[index] = before;
                }
                fits
            }
            Node::Again(index, ignores_case) => {
                let Some((from, to)) = self.spans.get(*index).copied().flatten() else { return false };
                let wanted = &self.text[from..to];
                let there = self.text.get(at..at + wanted.len());
                let same = |(a, b): (&char, &char)| a == b || (*ignores_case && folded(*a) == folded(*b));
                there.is_some_and(|there| there.iter().zip(wanted).all(same)) && rest(self, at + (to - from))
            }
            Node::Look { node, behind, wanted } => {
                let start = if *behind {
                    super::parse::width(node).and_then(|width| at.checked_sub(width))
                } else {
                    Some(at)
                };
                let before = self.spans.clone();
                let found =
                    start.is_some_and(|start| self.fits(node, start, &mut |_, end| !behind || end == at));
                if !wanted {
                    self.spans = before;
                    return !found && !self.gave_up && rest(self, at);
                }
                let fits = found && rest(self, at);
                if !fits {
                    self.spans = before;
                }
                fits
            }
            Node::Atomic(node) => {
                let before = self.spans.clone();
                let mut end = None;
                self.fits(node, at, &mut |_, found| {
                    end = Some(found);
                    true
                });
                let fits = end.is_some_and(|end| rest(self, end));
                if !fits {
                    self.spans = before;
                }
                fits
            }
            Node::If(group, yes, no) => {
                let there = self.spans.get(*group).is_some_and(Option::is_some);
                self.fits(if there { yes } else { no }, at, rest)
            }
        }
    }

    fn sequence(&mut self, parts: &[Node], at: usize, rest: Rest<'_>) -> bool {
        match parts {
            [] => rest(self, at),
            [last] => self.fits(last, at, rest),
            [first, others @ ..] => {
                self.fits(first, at, &mut |attempt, at| attempt.sequence(others, at, &mut *rest))
            }
        }
    }

    /// One character again and again, without a step into the depth for each.
    fn run_of(&mut self, test: &Test, bounds: (u32, u32), greedy: bool, at: usize, rest: Rest<'_>) -> bool {
        let (min, max) = (bounds.0 as usize, if bounds.1 == MANY { usize::MAX } else { bounds.1 as usize });
        if !greedy {
            let mut count = 0;
            loop {
                if count >= min && rest(self, at + count) {
                    return true;
                }
                let more = count < max && self.text.get(at + count).is_some_and(|c| test.holds(*c));
                if !more || self.gave_up {
                    return false;
                }
                count += 1;
            }
        }
        let mut count = 0;
        while count < max && self.text.get(at + count).is_some_and(|c| test.holds(*c)) {
            count += 1;
        }
        self.left = self.left.saturating_sub(count as u64 / 8);
        loop {
            if count < min || self.gave_up {
                return false;
            }
            if rest(self, at + count) {
                return true;
            }
            let Some(less) = count.checked_sub(1) else { return false };
            count = less;
        }
    }

    fn repeat(
        &mut self,
        node: &Node,
        bounds: (u32, u32),
        greedy: bool,
        done: u32,
        at: usize,
        rest: Rest<'_>,
    ) -> bool {
        if done >= bounds.0 && !greedy && rest(self, at) {
            return true;
        }
        if done < bounds.1 {
            let again = self.fits(node, at, &mut |attempt, end| {
                // What takes nothing is not repeated for ever.
                if end == at && done >= bounds.0 {
                    return false;
                }
                attempt.repeat(node, bounds, greedy, done + 1, end, &mut *rest)
            });
            if again {
                return true;
            }
        }
        done >= bounds.0 && greedy && rest(self, at)
    }

    fn is_place(&self, place: Place, at: usize) -> bool {
        let end = self.text.len();
        let word = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(|c| is_word(*c));
        let edge = || word(at.checked_sub(1)) != word(Some(at));
        match place {
            Place::Start => at == 0,
            Place::LineStart => at == 0 || self.text.get(at - 1) == Some(&'\n'),
            Place::End => at == end,
            Place::LastEnd => at == end || (at + 1 == end && self.text[at] == '\n'),
            Place::LineEnd => at == end || self.text[at] == '\n',
            Place::Edge => edge(),
            Place::NoEdge => !edge(),
        }
    }
}

impl Test {
    fn holds(&self, c: char) -> bool {
        match self {
            Test::Is(own, ignores_case) => *own == c || (*ignores_case && folded(*own) == folded(c)),
            Test::Any(lines) => *lines || c != '\n',
            Test::In { items, inverted, ignores_case } => {
                let within = |c: char| items.iter().any(|item| item.holds(c));
                let mut found = within(c);
                if *ignores_case && !found {
                    found = c.to_lowercase().chain(c.to_uppercase()).any(within);
                }
                found != *inverted
            }
        }
    }
}

impl Item {
    fn holds(self, c: char) -> bool {
        match self {
            Item::Range(from, to) => (from..=to).contains(&c),
            Item::Kind(kind, ascii) => {
                let found = (!ascii || c.is_ascii())
                    && match kind.to_ascii_lowercase() {
                        'd' => {
                            c.is_numeric() && c.to_digit(10).is_some() || (!c.is_ascii() && c.is_numeric())
                        }
                        'w' => is_word(c),
                        _ => c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c),
                    };
                found != kind.is_ascii_uppercase()
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn folded(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Option<Vec<Option<String>>> {
        let regex = Regex::new(pattern, 0).ok()?;
        let chars: Vec<char> = text.chars().collect();
        let spans = regex.find(&chars, 0, Mode::Search, false).ok()??;
        Some(spans.into_iter().map(|s| s.map(|(a, b)| chars[a..b].iter().collect())).collect())
    }

    #[test]
    fn finds_what_python_finds() {
        let one = |text: &str| Some(vec![Some(text.to_owned())]);
        assert_eq!(found(r"\d+", "a12b3"), one("12"));
        assert_eq!(found(r"a.*?c", "abcc"), one("abc"));
        assert_eq!(found(r"(?i)HELLO", "say hello"), one("hello"));
        assert_eq!(found(r"(?<=\$)\d{2,3}\b", "$1234 $56"), one("56"));
        assert_eq!(found(r"[^\w\s]", "ab! c"), one("!"));
        assert_eq!(found(r"^b$", "a\nb"), None);
        assert_eq!(found(r"(?m)^b$", "a\nb"), one("b"));
        let groups =
            |texts: &[Option<&str>]| Some(texts.iter().map(|t| t.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!(found(r"(\w)(\w)?\1", "xyx"), groups(&[Some("xyx"), Some("x"), Some("y")]));
        assert_eq!(found(r"(a)|(b)", "b"), groups(&[Some("b"), None, Some("b")]));
        assert_eq!(
            found(r"(a|ab)(c|bcd)(d*)", "abcd"),
            groups(&[Some("abcd"), Some("a"), Some("bcd"), Some("")])
        );
        assert_eq!(found(r"(?:ab)+", "xababa"), one("abab"));
        assert_eq!(found(r"(?!foo)\w+", "foobar"), one("oobar"));
        assert_eq!(found(r"x{,2}y", "xxxy"), one("xxy"));
    }

    #[test]
    fn refuses_what_python_refuses() {
        let wrong = |pattern: &str| match Regex::new(pattern, 0) {
            Err(Problem::Wrong { message, .. }) => message,
            _ => String::new(),
        };
        assert_eq!(wrong("("), "missing ), unterminated subpattern");
        assert_eq!(wrong("*a"), "nothing to repeat");
        assert_eq!(wrong("[a"), "unterminated character set");
        assert_eq!(wrong("a**"), "multiple repeat");
    }

    #[test]
    fn gives_up_in_time() {
        let regex = Regex::new(r"(a+)+$", 0);
        let text: Vec<char> = format!("{}b", "a".repeat(40)).chars().collect();
        let answer = regex.and_then(|regex| regex.find(&text, 0, Mode::Search, false));
        assert_eq!(answer, Err(Problem::TooMuch));
    }
}
