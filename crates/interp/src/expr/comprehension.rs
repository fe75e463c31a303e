//! Comprehensions and generator expressions.

use std::rc::Rc;

use python::Ranged;
use python::ast::{Comprehension, Expr};

use crate::heap::{IteratorState, Object, ScopeObject};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

/// How many items of a comprehension's iterable are followed.
const ITEMS: usize = 4096;

/// What a comprehension collects.
struct Collected {
    items: Vec<(Value, Value)>,
    /// Whether there may be other items than these, or fewer.
    open: bool,
}

impl<'a> Interp<'a> {
    pub(super) fn eval_comprehension(&mut self, expr: &'a Expr) -> Eval {
        let (key, value, generators): (Option<&'a Expr>, &'a Expr, &'a [Comprehension]) = match expr {
            Expr::ListComp(e) => (None, &e.elt, &e.generators),
            Expr::SetComp(e) => (None, &e.elt, &e.generators),
            Expr::Generator(e) => (None, &e.elt, &e.generators),
            Expr::DictComp(e) => (e.key.as_deref(), &e.value, &e.generators),
            _ => return Ok(self.unknown("a comprehension of another kind")),
        };
        // The first iterable is evaluated outside of the comprehension's own scope.
        let Some(first) = generators.first() else { return Ok(Value::None) };
        let iterable = self.eval(&first.iter)?;
        let parent = self.frames.last().map(|f| f.scope);
        let scope = self.heap.add(Object::Scope(ScopeObject { parent, ..ScopeObject::default() }));
        let name: Rc<str> = match expr {
            Expr::ListComp(_) => "<listcomp>",
            Expr::SetComp(_) => "<setcomp>",
            Expr::DictComp(_) => "<dictcomp>",
            _ => "<genexpr>",
        }
        .into();
        let (module, main) = self.frames.last().map_or((None, false), |f| (f.module, f.main));
        // Python 3.11 gives a comprehension a frame of its own, which tracebacks show.
        self.push_frame(name, scope, module, main);
        self.at(python::span(expr.range()));
        let mut collected = Collected { items: Vec::new(), open: false };
        let ended = self.collect(generators, Some(iterable), key, value, &mut collected);
        self.frames.pop();
        ended?;
        self.collected(expr, collected)
    }

    fn collected(&mut self, expr: &'a Expr, collected: Collected) -> Eval {
        let Collected { items, open } = collected;
        Ok(match expr {
            Expr::DictComp(_) => {
                if open {
                    return Ok(self.unknown("a dict of items that are not known"));
                }
                self.new_dict(items)
            }
            Expr::Generator(_) => {
                let then =
                    open.then(|| items.last().map_or_else(|| Value::unknown("an item"), |(_, v)| v.clone()));
                let rest = items.into_iter().rev().map(|(_, v)| v).collect();
                Value::Iterator(self.heap.add(Object::Iterator(IteratorState { rest, then, source: None })))
            }
            _ if open => self.unknown("a list of items that are not known"),
            Expr::SetComp(_) => return self.new_set(items.into_iter().map(|(_, v)| v).collect()),
            _ => self.new_list(items.into_iter().map(|(_, v)| v).collect()),
        })
    }

    fn collect(
        &mut self,
        generators: &'a [Comprehension],
        iterable: Option<Value>,
        key: Option<&'a Expr>,
        value: &'a Expr,
        out: &mut Collected,
    ) -> Eval<()> {
        let Some((generator, rest)) = generators.split_first() else {
            let key = key.map_or(Ok(Value::None), |k| self.eval(k))?;
            let value = self.eval(value)?;
            out.items.push((key, value));
            return Ok(());
        };
        let iterable = match iterable {
            Some(iterable) => iterable,
            None => self.eval(&generator.iter)?,
        };
        let (mut items, more) = self.iterate(&iterable, ITEMS)?;
        if more {
            out.open = true;
            items.truncate(ITEMS);
            if items.is_empty() {
                items.push(self.item_of(&iterable)?);
            }
        }
        'items: for item in items {
            self.step()?;
            self.assign(&generator.target, item)?;
            for condition in &generator.ifs {
                let condition = self.eval(condition)?;
                match self.truth(&condition)? {
                    Some(true) => {}
                    Some(false) => continue 'items,
                    None => out.open = true,
                }
            }
            self.collect(rest, None, key, value, out)?;
        }
        Ok(())
    }
}
