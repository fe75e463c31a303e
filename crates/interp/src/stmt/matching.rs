//! `match`.

use python::ast::{self, Pattern, Singleton};

use crate::coroutines::Place;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::Value;

impl<'a> Interp<'a> {
    pub(super) fn exec_match(&mut self, s: &'a ast::StmtMatch) -> Eval<Flow> {
        if let Some(Place::Clause(at)) = self.taken_up() {
            return self.exec_case(s, at);
        }
        let subject = self.eval(&s.subject)?;
        self.exec_cases(&subject, s, 0)
    }

    /// Carries out the first of the cases from one on that matches.
    fn exec_cases(&mut self, subject: &Value, s: &'a ast::StmtMatch, at: usize) -> Eval<Flow> {
        let Some(case) = s.cases.get(at) else { return Ok(Flow::Next) };
        let mut matched = self.matches(subject, &case.pattern)?;
        if let (Some(guard), Some(true) | None) = (&case.guard, matched) {
            let guard = self.eval(guard)?;
            matched = match (matched, self.truth(&guard)?) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        match matched {
            Some(true) => self.exec_case(s, at),
            Some(false) => self.exec_cases(subject, s, at + 1),
            None => {
                let subject = subject.clone();
                self.both(|i| i.exec_case(s, at), |i| i.exec_cases(&subject, s, at + 1))
            }
        }
    }

    fn exec_case(&mut self, s: &'a ast::StmtMatch, at: usize) -> Eval<Flow> {
        let Some(case) = s.cases.get(at) else { return Ok(Flow::Next) };
        let ended = self.exec_block(&case.body);
        self.noting(ended, || Place::Clause(at))
    }

    /// Matches a pattern and binds its names; nothing where it cannot be told.
    fn matches(&mut self, subject: &Value, pattern: &'a Pattern) -> Eval<Option<bool>> {
        Ok(match pattern {
            Pattern::MatchValue(p) => {
                let value = self.eval(&p.value)?;
                self.equal(subject, &value)?
            }
            Pattern::MatchSingleton(p) => {
                let value = match p.value {
                    Singleton::None => Value::None,
                    Singleton::True => Value::Bool(true),
                    Singleton::False => Value::Bool(false),
                };
                self.identical(subject, &value)
            }
            Pattern::MatchAs(p) => {
                let inner =
                    p.pattern.as_deref().map_or(Ok(Some(true)), |inner| self.matches(subject, inner))?;
                if let (Some(name), Some(true) | None) = (&p.name, inner) {
                    self.set_name(name, subject.clone());
                }
                inner
            }
            Pattern::MatchOr(p) => {
                let mut best = Some(false);
                for pattern in &p.patterns {
                    match self.matches(subject, pattern)? {
                        Some(true) => return Ok(Some(true)),
                        None => best = None,
                        Some(false) => {}
                    }
                }
                best
            }
            Pattern::MatchSequence(p) => self.matches_sequence(subject, &p.patterns)?,
            Pattern::MatchClass(p) => {
                let class = self.eval(&p.cls)?;
                let is = self.is_instance(subject, &class);
                if is == Some(false) {
                    return Ok(Some(false));
                }
                let inner = self.matches_attributes(subject, &class, &p.arguments)?;
                all_of(is, inner)
            }
            Pattern::MatchMapping(p) => self.matches_mapping(subject, p)?,
            Pattern::MatchStar(_) => None,
        })
    }

    /// Matches `Point(0, y=1)`: positions by `__match_args__`, names by attribute.
    fn matches_attributes(
        &mut self,
        subject: &Value,
        class: &Value,
        arguments: &'a ast::PatternArguments,
    ) -> Eval<Option<bool>> {
        let mut all = Some(true);
        if let ([pattern], Value::Class(id)) = (&arguments.patterns[..], class)
            && let Some(path) = self.class(*id).path.clone()
            && path.starts_with("builtins.")
        {
            // `int(n)` and `str(s)` capture the subject itself.
            return self.matches(subject, pattern);
        }
        let names = match self.find_attr(class, "__match_args__")? {
            Some(Value::Tuple(names)) => names.to_vec(),
            _ => self.record_names(class),
        };
        for (at, pattern) in arguments.patterns.iter().enumerate() {
            let value = match names.get(at) {
                Some(Value::Str(name)) => self.find_attr(subject, name)?,
                _ => Some(self.unknown("a positional pattern of a class without `__match_args__`")),
            };
            let Some(value) = value else { return Ok(Some(false)) };
            match self.matches(&value, pattern)? {
                Some(false) => return Ok(Some(false)),
                inner => all = all_of(all, inner),
            }
        }
        for keyword in &arguments.keywords {
            let Some(value) = self.find_attr(subject, &keyword.attr)? else { return Ok(Some(false)) };
            match self.matches(&value, &keyword.pattern)? {
                Some(false) => return Ok(Some(false)),
                inner => all = all_of(all, inner),
            }
        }
        Ok(all)
    }

    fn matches_mapping(&mut self, subject: &Value, p: &'a ast::PatternMatchMapping) -> Eval<Option<bool>> {
        let dict = self.plain(subject);
        let Value::Dict(id) = dict else {
            return Ok(match dict {
                Value::Unknown(_) | Value::Instance(_) => None,
                _ => Some(false),
            });
        };
        let mut all = Some(true);
        let mut used = Vec::new();
        for (key, pattern) in p.keys.iter().zip(&p.patterns) {
            let key = self.eval(key)?;
            let value = match self.has_key(id, &key) {
                Some(true) => self.get_item(&dict, &key)?,
                Some(false) => return Ok(Some(false)),
                None => {
                    all = None;
                    self.unknown("an item of a dict whose contents are not known")
                }
            };
            used.push(key);
            match self.matches(&value, pattern)? {
                Some(false) => return Ok(Some(false)),
                inner => all = all_of(all, inner),
            }
        }
        if let Some(rest) = &p.rest {
            let copy = match self.heap.dict(id).cloned() {
                Some(mut items) => {
                    for key in used.iter().filter_map(|key| self.key(key)) {
                        items.shift_remove(&key);
                    }
                    Value::Dict(self.heap.add(crate::heap::Object::Dict(items)))
                }
                None => self.lost_dict("the rest of a dict whose contents are not known"),
            };
            self.set_name(rest, copy);
        }
        Ok(all)
    }

    fn matches_sequence(&mut self, subject: &Value, patterns: &'a [Pattern]) -> Eval<Option<bool>> {
        let items = match self.plain(subject) {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => match self.heap.list(id) {
                Some(items) => items.clone(),
                None => return Ok(None),
            },
            Value::Range(..) => self.iterate(subject, 1000)?.0,
            Value::Unknown(_) | Value::Tensor(_) | Value::Instance(_) | Value::Shape(_) => return Ok(None),
            _ => return Ok(Some(false)),
        };
        let star = patterns.iter().position(|p| matches!(p, Pattern::MatchStar(_)));
        let fixed = patterns.len() - usize::from(star.is_some());
        if items.len() < fixed || (star.is_none() && items.len() != fixed) {
            return Ok(Some(false));
        }
        let split = star.unwrap_or(patterns.len());
        let after = fixed - split.min(fixed);
        let mut all = Some(true);
        let head = items[..split.min(items.len())].iter().zip(&patterns[..split]);
        let tail_from = patterns.len() - after;
        let tail = items[items.len() - after..].iter().zip(&patterns[tail_from..]);
        for (item, pattern) in head.chain(tail) {
            match self.matches(item, pattern)? {
                Some(false) => return Ok(Some(false)),
                inner => all = all_of(all, inner),
            }
        }
        if let Some(Pattern::MatchStar(p)) = star.map(|at| &patterns[at])
            && let Some(name) = &p.name
        {
            let middle = items[split..items.len() - after].to_vec();
            let middle = self.new_list(middle);
            self.set_name(name, middle);
        }
        Ok(all)
    }
}

fn all_of(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
