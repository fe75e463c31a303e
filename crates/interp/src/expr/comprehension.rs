//! Comprehensions and generator expressions.

use std::rc::Rc;

use python::Ranged;
use python::ast::{self, Comprehension, Expr};

use crate::class::ClassId;
use crate::heap::{ObjId, Object, ScopeObject};
use crate::interp::Interp;
use crate::lazy::{Pull, Source};
use crate::raise::Eval;
use crate::value::Value;

/// A generator expression as it is written, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    expr: &'a ast::ExprGenerator,
    module: Option<&'a python::Module>,
    own: bool,
    class: Option<ClassId>,
}

/// What a comprehension collects.
struct Collected {
    items: Vec<(Value, Value)>,
    /// Whether there may be other items than these, or fewer.
    open: bool,
    /// What is iterated over, where there is one item for each of its items.
    each_of: Option<Value>,
}

impl<'a> Interp<'a> {
    pub(super) fn eval_comprehension(&mut self, expr: &'a Expr) -> Eval {
        let (key, value, generators): (Option<&'a Expr>, &'a Expr, &'a [Comprehension]) = match expr {
            Expr::ListComp(e) => (None, &e.elt, &e.generators),
            Expr::SetComp(e) => (None, &e.elt, &e.generators),
            Expr::Generator(e) => return self.eval_generator(e),
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
            _ => "<dictcomp>",
        }
        .into();
        let (module, own) = self.frames.last().map_or((None, false), |f| (f.module, f.own));
        self.at(python::span(expr.range()));
        let class = self.frames.last().and_then(|f| f.class);
        // Python 3.11 gives a comprehension a frame of its own, which tracebacks show.
        self.push_frame(name, scope, module, own);
        self.at(python::span(expr.range()));
        if let Some(frame) = self.frames.last_mut() {
            frame.class = class;
        }
        let plain = generators.len() == 1 && first.ifs.is_empty() && matches!(expr, Expr::ListComp(_));
        let each_of = plain.then(|| iterable.clone());
        let mut collected = Collected { items: Vec::new(), open: false, each_of };
        let ended = self.collect(generators, Some(iterable), key, value, &mut collected);
        self.frames.pop();
        ended?;
        self.collected(expr, collected)
    }

    fn collected(&mut self, expr: &'a Expr, collected: Collected) -> Eval {
        let Collected { items, open, each_of } = collected;
        Ok(match expr {
            Expr::DictComp(_) => {
                if open {
                    return Ok(self.unknown("a dict of items that are not known"));
                }
                for (key, _) in &items {
                    self.check_hashable(key)?;
                }
                self.new_dict(items)
            }
            _ if open
                && let (Some(of), [(_, item)]) = (each_of, &items[..])
                && let Some(list) = self.list_of_each(&of, item) =>
            {
                list
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
        let iterator = self.iter_id(&iterable)?;
        let share = self.share();
        loop {
            let item = match self.pull(iterator)? {
                Pull::End => return Ok(()),
                Pull::Item(item) => item,
                // One item stands for all that may come.
                Pull::Maybe(_) if out.open && !out.items.is_empty() => return Ok(()),
                Pull::Maybe(item) => {
                    out.open = true;
                    return self.collect_item(generator, rest, item, (key, value), out);
                }
            };
            if self.has_taken(share) {
                out.open = true;
                return Ok(());
            }
            self.collect_item(generator, rest, item, (key, value), out)?;
        }
    }

    fn collect_item(
        &mut self,
        generator: &'a Comprehension,
        rest: &'a [Comprehension],
        item: Value,
        (key, value): (Option<&'a Expr>, &'a Expr),
        out: &mut Collected,
    ) -> Eval<()> {
        self.step()?;
        self.assign(&generator.target, item)?;
        for condition in &generator.ifs {
            let condition = self.eval(condition)?;
            match self.truth(&condition)? {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => out.open = true,
            }
        }
        self.collect(rest, None, key, value, out)
    }

    /// Makes a generator expression: its items are made when they are asked for.
    fn eval_generator(&mut self, e: &'a ast::ExprGenerator) -> Eval {
        let Some(first) = e.generators.first() else { return Ok(Value::None) };
        let iterable = self.eval(&first.iter)?;
        self.at(python::span(e.range()));
        let iterator = self.iter_id(&iterable)?;
        let frame = self.frames.last();
        let (module, own) = frame.map_or((None, false), |f| (f.module, f.own));
        let class = frame.and_then(|f| f.class);
        let parent = frame.map(|f| f.scope);
        let scope = self.heap.add(Object::Scope(ScopeObject { parent, ..ScopeObject::default() }));
        self.generators.push(Written { expr: e, module, own, class });
        let at = self.generators.len() - 1;
        Ok(self.lazy(Source::Expression(at, scope, vec![iterator])))
    }

    /// Makes the next item of a generator expression: `active` are the iterators of its `for`s under way.
    pub(crate) fn pull_expression(&mut self, at: usize, scope: ObjId, active: &mut Vec<ObjId>) -> Eval<Pull> {
        let Some(written) = self.generators.get(at).copied() else { return Ok(Pull::End) };
        let depth = self.frames.len();
        self.push_frame("<genexpr>".into(), scope, written.module, written.own);
        self.at(python::span(written.expr.range()));
        if let Some(frame) = self.frames.last_mut() {
            frame.class = written.class;
        }
        let pulled = self.next_of_expression(written.expr, active);
        self.frames.truncate(depth);
        pulled
    }

    fn next_of_expression(&mut self, e: &'a ast::ExprGenerator, active: &mut Vec<ObjId>) -> Eval<Pull> {
        let mut maybe = false;
        'next: while let Some(iterator) = active.last().copied() {
            let item = match self.pull(iterator)? {
                Pull::Item(item) => item,
                Pull::Maybe(item) => {
                    maybe = true;
                    item
                }
                Pull::End => {
                    active.pop();
                    continue;
                }
            };
            let Some(generator) = e.generators.get(active.len() - 1) else { return Ok(Pull::End) };
            self.assign(&generator.target, item)?;
            for condition in &generator.ifs {
                let condition = self.eval(condition)?;
                match self.truth(&condition)? {
                    Some(true) => {}
                    Some(false) if maybe => return Ok(Pull::End),
                    Some(false) => continue 'next,
                    None => maybe = true,
                }
            }
            match e.generators.get(active.len()) {
                Some(inner) => {
                    let iterable = self.eval(&inner.iter)?;
                    active.push(self.iter_id(&iterable)?);
                }
                None => {
                    let value = self.eval(&e.elt)?;
                    return Ok(if maybe { Pull::Maybe(value) } else { Pull::Item(value) });
                }
            }
        }
        Ok(Pull::End)
    }
}
