//! `match`.

use python::ast::{self, Pattern, Singleton};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::Value;

impl<'a> Interp<'a> {
    pub(super) fn exec_match(&mut self, s: &'a ast::StmtMatch) -> Eval<Flow> {
        let subject = self.eval(&s.subject)?;
        self.exec_cases(&subject, &s.cases)
    }

    fn exec_cases(&mut self, subject: &Value, cases: &'a [ast::MatchCase]) -> Eval<Flow> {
        let Some((case, rest)) = cases.split_first() else { return Ok(Flow::Next) };
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
            Some(true) => self.exec_block(&case.body),
            Some(false) => self.exec_cases(subject, rest),
            None => {
                let subject = subject.clone();
                self.both(|i| i.exec_block(&case.body), |i| i.exec_cases(&subject, rest))
            }
        }
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
                match self.is_instance(subject, &class) {
                    Some(true) if p.arguments.patterns.is_empty() && p.arguments.keywords.is_empty() => {
                        Some(true)
                    }
                    Some(false) => Some(false),
                    _ => None,
                }
            }
            Pattern::MatchMapping(_) | Pattern::MatchStar(_) => None,
        })
    }

    fn matches_sequence(&mut self, subject: &Value, patterns: &'a [Pattern]) -> Eval<Option<bool>> {
        let items = match subject {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => match self.heap.list(*id) {
                Some(items) => items.clone(),
                None => return Ok(None),
            },
            Value::Unknown(_) => return Ok(None),
            _ => return Ok(Some(false)),
        };
        if patterns.iter().any(|p| matches!(p, Pattern::MatchStar(_))) {
            return Ok(None);
        }
        if items.len() != patterns.len() {
            return Ok(Some(false));
        }
        let mut all = Some(true);
        for (item, pattern) in items.iter().zip(patterns) {
            match self.matches(item, pattern)? {
                Some(false) => return Ok(Some(false)),
                None => all = None,
                Some(true) => {}
            }
        }
        Ok(all)
    }
}
