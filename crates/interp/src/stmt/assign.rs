//! Assignment in every form.

use ops::{Mistake, Violation};
use python::Ranged;
use python::ast::{self, Expr};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::{Plain, Value};

/// How many items are unpacked at most.
const ITEMS: usize = 100_000;

impl<'a> Interp<'a> {
    pub(super) fn exec_assign(&mut self, s: &'a ast::StmtAssign) -> Eval<Flow> {
        let value = self.eval(&s.value)?;
        for target in &s.targets {
            self.assign(target, value.clone())?;
        }
        Ok(Flow::Next)
    }

    pub(super) fn exec_ann_assign(&mut self, s: &'a ast::StmtAnnAssign) -> Eval<Flow> {
        if let Some(value) = &s.value {
            let value = self.eval(value)?;
            self.assign(&s.target, value)?;
        }
        let Expr::Name(name) = &*s.target else { return Ok(Flow::Next) };
        // A function's own variables: their annotations are not evaluated.
        if self.frames.last().is_some_and(|f| f.locals.is_some()) {
            return Ok(Flow::Next);
        }
        let annotation = match self.annotations_are_text() {
            false => self.eval(&s.annotation)?,
            true => self.annotation_text(&s.annotation),
        };
        if let Some(class) = self.class_being_defined() {
            self.annotate(class, &name.id, annotation)?;
        }
        Ok(Flow::Next)
    }

    /// An annotation that is not evaluated; its outermost name tells class variables from fields.
    fn annotation_text(&mut self, annotation: &Expr) -> Value {
        let outer = match annotation {
            Expr::Subscript(s) => &*s.value,
            other => other,
        };
        match outer {
            Expr::Name(name) => Value::str(&name.id),
            Expr::Attribute(attribute) => Value::str(&attribute.attr),
            _ => Value::str(""),
        }
    }

    /// Notes that a class annotates a name: a field, if the class is a dataclass or named tuple.
    fn annotate(&mut self, class: crate::class::ClassId, name: &str, annotation: Value) -> Eval<()> {
        let dict = self.class(class).dict;
        let known = self.heap.scope(dict).and_then(|s| s.names.get("__annotations__")).cloned();
        let annotations = match known {
            Some(annotations) => annotations,
            None => {
                let made = self.new_dict([]);
                if let Some(scope) = self.heap.scope_mut(dict) {
                    scope.names.insert("__annotations__".into(), made.clone());
                }
                made
            }
        };
        self.set_item(&annotations, Value::str(name), annotation)
    }

    pub(super) fn exec_aug_assign(&mut self, s: &'a ast::StmtAugAssign) -> Eval<Flow> {
        // `a[i] += 1` evaluates `a` and `i` once; evaluating them twice here differs only for side effects.
        let old = self.eval(&s.target)?;
        let right = self.eval(&s.value)?;
        self.at(python::span(s.range()));
        let new = self.augmented(s.op, &old, &right)?;
        self.assign(&s.target, new)?;
        Ok(Flow::Next)
    }

    /// Assigns a value to a target.
    ///
    /// # Errors
    /// What unpacking or an attribute's or item's setter raises.
    pub fn assign(&mut self, target: &'a Expr, value: Value) -> Eval<()> {
        match target {
            Expr::Name(name) => self.set_name(&name.id, value),
            Expr::Tuple(t) => return self.unpack(&t.elts, &value),
            Expr::List(t) => return self.unpack(&t.elts, &value),
            Expr::Attribute(a) => {
                let object = self.eval(&a.value)?;
                self.at(self.attribute_span(a));
                let name = self.mangled(&a.attr);
                return self.set_attr(&object, &name, value);
            }
            Expr::Subscript(s) => {
                let object = self.eval(&s.value)?;
                let index = self.eval(&s.slice)?;
                self.at(python::span(target.range()));
                // `self.__dict__["locked"] = False` sets an attribute, whatever `__setattr__` does.
                if let (Expr::Attribute(of), Value::Str(name)) = (&*s.value, &index)
                    && &*of.attr == "__dict__"
                    && let Value::Instance(id) = self.eval(&of.value)?
                {
                    return self.set_own_attr(id, name, value);
                }
                return self.set_item(&object, index, value);
            }
            Expr::Starred(s) => return self.assign(&s.value, value),
            _ => {}
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value) -> Eval<()> {
        let star = targets.iter().position(|t| matches!(t, Expr::Starred(_)));
        // A `*rest` takes all that there is.
        let wanted = if star.is_some() { ITEMS } else { targets.len() };
        let Some(items) = self.items_to_unpack(value, wanted)? else {
            for target in targets {
                let unknown = match value {
                    Value::Unknown(_) => value.clone(),
                    _ => self.unknown("an item of something of unknown length"),
                };
                self.assign(target, unknown)?;
            }
            return Ok(());
        };
        let Some(star) = star else {
            self.check_unpack(targets.len(), items.len())?;
            return targets.iter().zip(items).try_for_each(|(target, item)| self.assign(target, item));
        };
        let after = targets.len() - star - 1;
        if items.len() < star + after {
            let text = format!(
                "not enough values to unpack (expected at least {}, got {})",
                star + after,
                items.len()
            );
            return Err(self.raise(ops::Exc::ValueError, text));
        }
        let middle = items[star..items.len() - after].to_vec();
        for (target, item) in targets[..star].iter().zip(&items) {
            self.assign(target, item.clone())?;
        }
        let list = self.new_list(middle);
        self.assign(&targets[star], list)?;
        for (target, item) in targets[star + 1..].iter().zip(&items[items.len() - after..]) {
            self.assign(target, item.clone())?;
        }
        Ok(())
    }

    fn check_unpack(&mut self, expected: usize, got: usize) -> Eval<()> {
        let text = match expected.cmp(&got) {
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Greater => {
                format!("not enough values to unpack (expected {expected}, got {got})")
            }
            std::cmp::Ordering::Less => format!("too many values to unpack (expected {expected})"),
        };
        let mistake = Mistake::Unpacking { names: expected, items: (got < expected).then_some(got) };
        let violation = Violation { class: ops::Exc::ValueError, core: text, mistake };
        Err(self.raise_violation(violation, "unpacking".into(), Vec::new()))
    }

    /// Returns the items that unpacking gets, or nothing where they are not known.
    fn items_to_unpack(&mut self, value: &Value, wanted: usize) -> Eval<Option<Vec<Value>>> {
        match value {
            Value::Unknown(_) | Value::Any(Plain::Str) => Ok(None),
            _ => self
                .iterate(value, wanted.saturating_add(1))
                .map(|(items, more)| (!more || items.len() > wanted).then_some(items)),
        }
    }

    pub(super) fn exec_delete(&mut self, s: &'a ast::StmtDelete) -> Eval<Flow> {
        for target in &s.targets {
            match target {
                Expr::Name(name) => self.delete_name(&name.id),
                Expr::Attribute(a) => {
                    let object = self.eval(&a.value)?;
                    self.at(self.attribute_span(a));
                    let name = self.mangled(&a.attr);
                    self.delete_attr(&object, &name)?;
                }
                Expr::Subscript(sub) => {
                    let object = self.eval(&sub.value)?;
                    let index = self.eval(&sub.slice)?;
                    self.at(python::span(target.range()));
                    self.delete_item(&object, &index)?;
                }
                _ => {}
            }
        }
        Ok(Flow::Next)
    }
}
