//! Imports. Nothing is loaded but modules of the script's own project, as text.

use python::ast;

use crate::interp::Interp;
use crate::raise::{Eval, Halt};
use crate::value::Value;

impl<'a> Interp<'a> {
    pub(super) fn exec_import(&mut self, s: &'a ast::StmtImport) -> Eval<()> {
        for alias in &s.names {
            let name = alias.name.as_str();
            let module = self.import_module(name)?;
            match &alias.asname {
                Some(asname) => self.set_name(asname, module),
                None => {
                    // `import tensorflow.keras` binds `tensorflow`.
                    let root = name.split('.').next().unwrap_or(name);
                    let value = if root == name { module } else { self.import_module(root)? };
                    self.set_name(root, value);
                }
            }
        }
        Ok(())
    }

    pub(super) fn exec_import_from(&mut self, s: &'a ast::StmtImportFrom) -> Eval<()> {
        let written = s.module.as_ref().map_or("", |m| m.as_str());
        let absolute =
            if s.level > 0 { self.absolute_name(s.level, written)? } else { Some(written.to_owned()) };
        let name = absolute.as_deref().unwrap_or(written);
        if name == "__future__" {
            return Ok(());
        }
        // A file of a framework's own source, of whatever version: what is not recorded may yet be beside it.
        let within = s.level > 0 && crate::modules::names_framework(self.keras, name);
        let module = match &absolute {
            Some(name) if within => self.import_module(name).or_else(|halt| self.beside(halt))?,
            Some(name) => self.import_module(name)?,
            None => self.unknown("a relative import, of a package that is not known"),
        };
        for alias in &s.names {
            if alias.name.as_str() == "*" {
                self.import_star(&module);
                continue;
            }
            let value = match self.import_member(&module, name, &alias.name) {
                Err(halt) if within => self.beside(halt)?,
                value => value?,
            };
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.set_name(target, value);
        }
        Ok(())
    }

    /// What a framework's own source imports in spite of an exception that the recorded names would raise.
    fn beside(&mut self, halt: Halt) -> Eval {
        match halt {
            Halt::Exception(_) => Ok(self.unknown("a module of a framework's own source")),
            other => Err(other),
        }
    }

    /// `from module import *`: what cannot be listed is looked up when a name is missed.
    fn import_star(&mut self, module: &Value) {
        let listed = match module {
            Value::Module(path) => {
                let profile = crate::value::profile(self.keras);
                names::members(profile, path).map(|e| e.name()).collect()
            }
            Value::Script(scope) => {
                let names = self.heap.scope(*scope).map(|s| s.names.clone()).unwrap_or_default();
                let listed = match names.get("__all__") {
                    Some(Value::List(id)) => self.heap.list(*id).cloned(),
                    Some(Value::Tuple(items)) => Some(items.to_vec()),
                    _ => None,
                };
                let is_public = |name: &str| match &listed {
                    Some(all) => all.iter().any(|item| item.as_str() == Some(name)),
                    None => !name.starts_with('_'),
                };
                for (name, value) in
                    names.iter().filter(|(name, _)| is_public(name) && name.as_ref() != STARRED)
                {
                    self.set_name(name, value.clone());
                }
                // What it has from modules that are not known it hands on.
                if let Some(Value::Tuple(modules)) = names.get(STARRED) {
                    modules.iter().for_each(|module| self.add_starred(module));
                }
                return;
            }
            _ => Vec::new(),
        };
        for member in &listed {
            if let Ok(Some(value)) = self.find_attr(module, member) {
                self.set_name(member, value);
            }
        }
        if listed.is_empty() {
            self.add_starred(module);
        }
    }

    /// Notes that names of the module may come from another one.
    pub(crate) fn add_starred(&mut self, module: &Value) {
        let Some(frame) = self.frames.last() else { return };
        let scope = self.globals_of(frame.scope);
        let before = match self.heap.scope(scope).and_then(|scope| scope.names.get(STARRED)) {
            Some(Value::Tuple(modules)) => modules.to_vec(),
            _ => Vec::new(),
        };
        let modules = before.into_iter().chain([module.clone()]);
        let modules = Value::tuple(modules);
        if let Some(scope) = self.heap.scope_mut(scope) {
            scope.names.insert(STARRED.into(), modules);
        }
    }

    /// What a name may mean that a `from module import *` has brought.
    pub(crate) fn starred_name(&mut self, name: &str) -> Option<Value> {
        let scope = self.globals_of(self.frames.last()?.scope);
        self.starred_name_of(scope, name)
    }

    /// What a name of a module may mean that a `from module import *` in it has brought.
    pub(crate) fn starred_name_of(&mut self, scope: crate::heap::ObjId, name: &str) -> Option<Value> {
        let Value::Tuple(modules) = self.heap.scope(scope)?.names.get(STARRED)?.clone() else { return None };
        for module in modules.iter().rev() {
            match self.find_attr(module, name) {
                Ok(Some(value)) if !value.is_unknown() => return Some(value),
                _ => {}
            }
        }
        Some(self.unknown(format!("`{name}`, which may come from `import *`")))
    }
}

/// The name under which a module keeps the modules whose names it has all imported.
pub(crate) const STARRED: &str = "*";
