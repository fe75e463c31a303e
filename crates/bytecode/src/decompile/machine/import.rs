//! Imports.

use crate::object::Object;
use crate::ops::{Label, Name, Op};

use super::super::tree::{Expr, Stmt};
use super::{Does, Machine};

const ODD: &str = "it imports in a way that is not known";

impl Machine<'_> {
    /// Carries out an import with the instructions that bind its names; returns the label after them.
    pub(super) fn import(&mut self, label: Label, module: &Name) -> Does<Label> {
        let names = self.pop()?;
        let level = self.pop()?;
        let Expr::Constant(Object::Int(level)) = &*level else { return Err(ODD) };
        let level = level.to_i64().and_then(|level| usize::try_from(level).ok()).filter(|level| *level < 50);
        let level = level.ok_or(ODD)?;
        match &*names {
            Expr::Constant(Object::None) if level == 0 => self.import_module(label + 1, module),
            Expr::Constant(Object::Tuple(names)) => self.import_names(label + 1, level, module, names),
            _ => Err(ODD),
        }
    }

    fn import_module(&mut self, label: Label, module: &Name) -> Does<Label> {
        let mut parts = module.split('.');
        let first = parts.next().unwrap_or_default();
        let mut at = label;
        let mut drops = false;
        // `import a.b as c` takes `b` from `a`.
        for part in parts {
            match (self.op(at), self.op(at + 1), self.op(at + 2)) {
                (Some(Op::Attribute(name)), ..) if **name == *part => at += 1,
                (Some(Op::ImportFrom(name)), Some(Op::Rotate(2) | Op::Swap(2)), Some(Op::Pop))
                    if **name == *part =>
                {
                    at += 3;
                }
                // The last part is stored before the module is dropped.
                (Some(Op::ImportFrom(name)), Some(Op::Store(..)), Some(Op::Pop)) if **name == *part => {
                    at += 1;
                    drops = true;
                }
                _ if at == label => break,
                _ => return Err(ODD),
            }
        }
        let dotted = module.contains('.');
        let taken = at > label;
        let Some(Op::Store(scope, name)) = self.op(at).cloned() else { return Err(ODD) };
        self.declare(scope, &name);
        let alias = match (dotted, taken) {
            (true, false) if *name == *first => None,
            (true, false) => return Err(ODD),
            (true, true) => Some(name),
            (false, _) => (name != *module).then_some(name),
        };
        self.emit(Stmt::Import(module.clone(), alias));
        Ok(at + 1 + usize::from(drops))
    }

    fn import_names(&mut self, label: Label, level: usize, module: &Name, names: &[Object]) -> Does<Label> {
        let mut at = label;
        if self.op(at) == Some(&Op::ImportStar) {
            self.emit(Stmt::ImportFrom(level, module.clone(), vec![("*".into(), None)]));
            // Since 3.12 it leaves a value.
            return Ok(if self.op(at + 1) == Some(&Op::Pop) { at + 2 } else { at + 1 });
        }
        let mut bound = Vec::new();
        for expected in names {
            let (Some(Op::ImportFrom(name)), Some(Op::Store(scope, alias))) =
                (self.op(at).cloned(), self.op(at + 1).cloned())
            else {
                return Err(ODD);
            };
            if expected.as_str() != Some(&name) {
                return Err(ODD);
            }
            self.declare(scope, &alias);
            bound.push((name.clone(), (alias != name).then_some(alias)));
            at += 2;
        }
        if self.op(at) != Some(&Op::Pop) || bound.is_empty() {
            return Err(ODD);
        }
        self.emit(Stmt::ImportFrom(level, module.clone(), bound));
        Ok(at + 1)
    }
}
