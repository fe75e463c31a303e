//! Patterns as trees.

use super::engine::{ASCII, DOTALL, IGNORECASE, MULTILINE, Problem, VERBOSE};

/// The largest number of repetitions that is not taken for "any number".
pub(super) const MANY: u32 = u32::MAX;
/// How deep groups are nested.
const MAX_DEPTH: usize = 100;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One character that a test holds for.
    One(Test),
    /// A place: nothing is taken.
    Place(Place),
    /// Parts one after the other.
    Sequence(Vec<Node>),
    /// The first of several that fits.
    Either(Vec<Node>),
    /// A part again and again.
    Repeat { node: Box<Node>, min: u32, max: u32, greedy: bool },
    /// A group that is remembered.
    Group(Box<Node>, usize),
    /// What a group has taken, again.
    Again(usize, bool),
    /// What has to stand ahead or behind, or must not.
    Look { node: Box<Node>, behind: bool, wanted: bool },
    /// A group that is not tried again once it fits.
    Atomic(Box<Node>),
    /// One of two parts, by whether a group has taken something.
    If(usize, Box<Node>, Box<Node>),
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The text's beginning.
    Start,
    /// A line's beginning.
    LineStart,
    /// The text's end.
    End,
    /// The text's end, or the last line's.
    LastEnd,
    /// A line's end.
    LineEnd,
    /// A word's beginning or end.
    Edge,
    /// Neither of these.
    NoEdge,
}

/// A test of a character.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// It is this one.
    Is(char, bool),
    /// It is any, a line's end only if so told.
    Any(bool),
    /// It is, or is not, in a set.
    In { items: Vec<Item>, inverted: bool, ignores_case: bool },
}

/// A part of a set.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// From one character to another.
    Range(char, char),
    /// `\d`, `\w`, `\s`, or their opposites; of ASCII only if so told.
    Kind(char, bool),
}

pub(super) struct Parser {
    chars: Vec<char>,
    at: usize,
    flags: u32,
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
    depth: usize,
}

type Parsed<T> = Result<T, Problem>;

fn error<T>(message: impl Into<String>, at: usize) -> Parsed<T> {
    Err(Problem::Wrong { message: message.into(), at })
}

impl Parser {
    pub(super) fn new(pattern: &str, flags: u32) -> Parser {
        let chars = pattern.chars().collect();
        Parser { chars, at: 0, flags, groups: 0, names: Vec::new(), depth: 0 }
    }

    pub(super) fn flags(&self) -> u32 {
        self.flags
    }

    pub(super) fn whole(&mut self) -> Parsed<Node> {
        let node = self.either()?;
        match self.peek() {
            Some(_) => error("unbalanced parenthesis", self.at),
            None => Ok(node),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let found = self.peek();
        self.at += usize::from(found.is_some());
        found
    }

    fn take(&mut self, text: &str) -> bool {
        let fits = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if fits {
            self.at += text.chars().count();
        }
        fits
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn either(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::TooMuch);
        }
        let mut branches = vec![self.sequence()?];
        while self.take("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Either(branches) })
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            if self.has(VERBOSE) {
                if c.is_whitespace() {
                    self.at += 1;
                    continue;
                }
                if c == '#' {
                    while self.next().is_some_and(|c| c != '\n') {}
                    continue;
                }
            }
            let start = self.at;
            let Some(node) = self.atom()? else { continue };
            parts.push(self.repeated(node, start)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Sequence(parts) })
    }

    fn repeated(&mut self, node: Node, start: usize) -> Parsed<Node> {
        let before = self.at;
        let (min, max) = match self.peek() {
            Some('*') => (0, MANY),
            Some('+') => (1, MANY),
            Some('?') => (0, 1),
            Some('{') => match self.bounds()? {
                Some(bounds) => bounds,
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        if self.at == before {
            self.at += 1;
        }
        if matches!(node, Node::Place(_)) {
            return error("nothing to repeat", start);
        }
        if min > max {
            return error("min repeat greater than max repeat", before + 1);
        }
        if self.take("+") {
            let node = Node::Repeat { node: Box::new(node), min, max, greedy: true };
            return Ok(Node::Atomic(Box::new(node)));
        }
        let greedy = !self.take("?");
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return error("multiple repeat", self.at);
        }
        Ok(Node::Repeat { node: Box::new(node), min, max, greedy })
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`; other braces are themselves.
    fn bounds(&mut self) -> Parsed<Option<(u32, u32)>> {
        let start = self.at;
        self.at += 1;
        let low = self.digits();
        let comma = self.take(",");
        let high = if comma { self.digits() } else { low.clone() };
        if !self.take("}") || (low.is_empty() && !comma) {
            self.at = start;
            return Ok(None);
        }
        let number =
            |text: &str, default: u32| if text.is_empty() { Some(default) } else { text.parse().ok() };
        match (number(&low, 0), number(&high, MANY)) {
            (Some(low), Some(high)) => Ok(Some((low, high))),
            _ => Err(Problem::TooMuch),
        }
    }

    fn digits(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// One part without what repeats it; nothing for a comment or flags.
    fn atom(&mut self) -> Parsed<Option<Node>> {
        let start = self.at;
        let Some(c) = self.next() else { return Ok(None) };
        Ok(Some(match c {
            '.' => Node::One(Test::Any(self.has(DOTALL))),
            '^' => Node::Place(if self.has(MULTILINE) { Place::LineStart } else { Place::Start }),
            '$' => Node::Place(if self.has(MULTILINE) { Place::LineEnd } else { Place::LastEnd }),
            '(' => return self.group(start),
            '[' => self.set(start)?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return error("nothing to repeat", start),
            '{' => {
                self.at = start;
                match self.bounds()? {
                    Some(_) => return error("nothing to repeat", start),
                    None => {
                        self.at = start + 1;
                        self.char('{')
                    }
                }
            }
            c => self.char(c),
        }))
    }

    fn char(&self, c: char) -> Node {
        Node::One(Test::Is(c, self.has(IGNORECASE)))
    }

    fn group(&mut self, start: usize) -> Parsed<Option<Node>> {
        if !self.take("?") {
            return self.remembered(None, start).map(Some);
        }
        let node = match self.next() {
            Some(':') => self.closed(start)?,
            Some('>') => Node::Atomic(Box::new(self.closed(start)?)),
            Some('=') => self.look(false, true, start)?,
            Some('!') => self.look(false, false, start)?,
            Some('<') if self.take("=") => self.look(true, true, start)?,
            Some('<') if self.take("!") => self.look(true, false, start)?,
            Some('#') => {
                while self.next().is_some_and(|c| c != ')') {}
                return Ok(None);
            }
            Some('P') if self.take("<") => {
                let name = self.name('>')?;
                return self.remembered(Some(name), start).map(Some);
            }
            Some('P') if self.take("=") => {
                let name = self.name(')')?;
                match self.names.iter().find(|(known, _)| *known == name) {
                    Some((_, group)) => Node::Again(*group, self.has(IGNORECASE)),
                    None => return error(format!("unknown group name '{name}'"), start + 4),
                }
            }
            Some('(') => self.conditional(start)?,
            _ => {
                self.at = start + 2;
                return self.set_flags(start);
            }
        };
        Ok(Some(node))
    }

    fn name(&mut self, end: char) -> Parsed<String> {
        let start = self.at;
        let mut name = String::new();
        loop {
            match self.next() {
                Some(c) if c == end => break,
                Some(c) => name.push(c),
                None => return error(format!("missing {end}, unterminated name"), start),
            }
        }
        let identifier = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() {
            return error("missing group name", start);
        }
        if !identifier || name.starts_with(|c: char| c.is_ascii_digit()) {
            return error(format!("bad character in group name '{name}'"), start);
        }
        Ok(name)
    }

    fn remembered(&mut self, name: Option<String>, start: usize) -> Parsed<Node> {
        self.groups += 1;
        let index = self.groups;
        self.names.extend(name.map(|name| (name, index)));
        Ok(Node::Group(Box::new(self.closed(start)?), index))
    }

    fn closed(&mut self, start: usize) -> Parsed<Node> {
        let flags = self.flags;
        let node = self.either()?;
        self.flags = flags;
        match self.take(")") {
            true => Ok(node),
            false => error("missing ), unterminated subpattern", start),
        }
    }

    fn look(&mut self, behind: bool, wanted: bool, start: usize) -> Parsed<Node> {
        let node = Box::new(self.closed(start)?);
        if behind && width(&node).is_none() {
            return Err(Problem::Wrong {
                message: "look-behind requires fixed-width pattern".into(),
                at: usize::MAX,
            });
        }
        Ok(Node::Look { node, behind, wanted })
    }

    fn conditional(&mut self, start: usize) -> Parsed<Node> {
        let mut name = String::new();
        while let Some(c) = self.next().filter(|c| *c != ')') {
            name.push(c);
        }
        let named = self.names.iter().find(|(known, _)| *known == name).map(|(_, group)| *group);
        let Some(group) = named.or_else(|| name.parse().ok()) else {
            return error(format!("unknown group name '{name}'"), start + 3);
        };
        let yes = self.sequence()?;
        let no = if self.take("|") { self.sequence()? } else { Node::Sequence(Vec::new()) };
        match self.take(")") {
            true => Ok(Node::If(group, Box::new(yes), Box::new(no))),
            false => error("missing ), unterminated subpattern", start),
        }
    }

    /// `(?i)` for all that follows, `(?i:…)` for a group.
    fn set_flags(&mut self, start: usize) -> Parsed<Option<Node>> {
        let (before, mut on) = (self.flags, true);
        loop {
            let flag = match self.next() {
                Some('i') => IGNORECASE,
                Some('m') => MULTILINE,
                Some('s') => DOTALL,
                Some('x') => VERBOSE,
                Some('a') => ASCII,
                Some('u') => 0,
                Some('-') if on => {
                    on = false;
                    continue;
                }
                Some(')') => return Ok(None),
                Some(':') => {
                    let node = self.closed(start)?;
                    self.flags = before;
                    return Ok(Some(node));
                }
                Some(c) => return error(format!("unknown extension ?{c}"), start + 1),
                None => return error("unexpected end of pattern", self.at),
            };
            self.flags = if on { self.flags | flag } else { self.flags & !flag };
        }
    }

    fn set(&mut self, start: usize) -> Parsed<Node> {
        let inverted = self.take("^");
        let mut items: Vec<Item> = Vec::new();
        let first = self.at;
        loop {
            let Some(c) = self.next() else { return error("unterminated character set", start) };
            if c == ']' && self.at > first + 1 {
                break;
            }
            let low = if c == '\\' { self.set_escape()? } else { Item::Range(c, c) };
            let ranged = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
            let (true, Item::Range(from, _)) = (ranged, low) else {
                items.push(low);
                continue;
            };
            self.at += 1;
            let high = match self.next() {
                Some('\\') => self.set_escape()?,
                Some(c) => Item::Range(c, c),
                None => return error("unterminated character set", start),
            };
            match high {
                Item::Range(to, _) if from <= to => items.push(Item::Range(from, to)),
                Item::Range(to, _) => {
                    return error(format!("bad character range {from}-{to}"), self.at - 3);
                }
                Item::Kind(..) => return Err(Problem::TooMuch),
            }
        }
        Ok(Node::One(Test::In { items, inverted, ignores_case: self.has(IGNORECASE) }))
    }

    fn set_escape(&mut self) -> Parsed<Item> {
        let Some(c) = self.next() else { return error("bad escape (end of pattern)", self.at) };
        Ok(match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Item::Kind(c, self.has(ASCII)),
            'b' => Item::Range('\u{8}', '\u{8}'),
            c => {
                let c = self.escaped(c)?;
                Item::Range(c, c)
            }
        })
    }

    fn escape(&mut self) -> Parsed<Node> {
        let Some(c) = self.next() else { return error("bad escape (end of pattern)", self.at - 1) };
        Ok(match c {
            'A' => Node::Place(Place::Start),
            'Z' => Node::Place(Place::End),
            'b' => Node::Place(Place::Edge),
            'B' => Node::Place(Place::NoEdge),
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => {
                let items = vec![Item::Kind(c, self.has(ASCII))];
                Node::One(Test::In { items, inverted: false, ignores_case: false })
            }
            '1'..='9' => {
                self.at -= 1;
                let start = self.at;
                let digits = self.digits();
                let group = digits.parse().map_err(|_| Problem::TooMuch)?;
                if group > self.groups {
                    return error(format!("invalid group reference {group}"), start);
                }
                Node::Again(group, self.has(IGNORECASE))
            }
            c => {
                let c = self.escaped(c)?;
                self.char(c)
            }
        })
    }

    /// The character of an escape.
    fn escaped(&mut self, c: char) -> Parsed<char> {
        let mut hex = |digits: usize| {
            let text: String = self.chars.iter().skip(self.at).take(digits).collect();
            self.at += digits;
            u32::from_str_radix(&text, 16).ok().and_then(char::from_u32).ok_or(Problem::TooMuch)
        };
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            '0' => '\0',
            'x' => hex(2)?,
            'u' => hex(4)?,
            'U' => hex(8)?,
            c if c.is_ascii_alphabetic() => return error(format!("bad escape \\{c}"), self.at - 2),
            c => c,
        })
    }
}

/// The number of characters that a part takes, if it is always the same.
pub(super) fn width(node: &Node) -> Option<usize> {
    match node {
        Node::One(_) => Some(1),
        Node::Place(_) | Node::Look { .. } => Some(0),
        Node::Sequence(parts) => parts.iter().map(width).sum(),
        Node::Either(branches) => {
            let first = width(branches.first()?)?;
            branches.iter().all(|branch| width(branch) == Some(first)).then_some(first)
        }
        Node::Repeat { node, min, max, .. } => Some(width(node)? * (*min as usize)).filter(|_| min == max),
        Node::Group(node, _) | Node::Atomic(node) => width(node),
        Node::Again(..) => None,
        Node::If(_, yes, no) => width(yes).filter(|yes| width(no) == Some(*yes)),
    }
}
