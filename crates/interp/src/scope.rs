//! Looking names up and binding them.

use std::rc::Rc;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// Looks a name up: locals, enclosing scopes, the module, Python's built-ins.
    ///
    /// # Errors
    /// `NameError` and `UnboundLocalError`.
    pub fn name(&mut self, name: &str) -> Eval {
        let name = &*self.private_name(name);
        let Some(frame) = self.frames.last() else { return Ok(Value::unknown("a name outside of a frame")) };
        let local = frame.locals.as_ref().is_some_and(|l| l.contains(name));
        let mut at = Some(frame.scope);
        let innermost = frame.scope;
        while let Some(id) = at {
            let Some(scope) = self.heap.scope(id) else { break };
            if let Some(value) = scope.names.get(name) {
                return Ok(value.clone());
            }
            if let Some(elsewhere) = scope.elsewhere.get(name) {
                at = Some(*elsewhere);
                continue;
            }
            if local && id == innermost {
                let text =
                    format!("cannot access local variable '{name}' where it is not associated with a value");
                return Err(self.raise_named("UnboundLocalError", text));
            }
            at = scope.parent;
        }
        if let Some(value) = self.builtin_name(name) {
            return Ok(value);
        }
        if let Some(value) = self.starred_name(name) {
            return Ok(value);
        }
        if self.makes_names() {
            return Ok(self.unknown(format!("the name `{name}`, which the script may make while it runs")));
        }
        let core = format!("name '{name}' is not defined");
        let mistake = ops::Mistake::MissingName { name: name.to_owned() };
        let violation = ops::Violation { class: ops::Exc::NameError, core, mistake };
        Err(self.raise_violation(violation, name.into(), Vec::new()))
    }

    /// Tells whether the program writes names by other means than by binding them: `globals()[key] = value`.
    fn makes_names(&self) -> bool {
        self.mentions(&["globals()[", "globals().update", "exec("])
    }

    /// Tells whether one of these words stands anywhere in the program. Layers ask at every call, so what was found
    /// is remembered until another module is imported.
    pub(crate) fn mentions(&self, words: &'static [&'static str]) -> bool {
        let files = self.program.files().count();
        if let Some((_, found)) = self.mentioned.borrow().get(words).filter(|(of, _)| *of == files) {
            return *found;
        }
        let mut sources = self.program.files().map(|file| file.module().source());
        let found = sources.any(|source| words.iter().any(|word| source.contains(word)));
        self.mentioned.borrow_mut().insert(words, (files, found));
        found
    }

    /// Binds a name in the innermost scope, or where `global` and `nonlocal` say.
    pub fn set_name(&mut self, name: &str, value: Value) {
        let name = &*self.private_name(name);
        let Some(scope) = self.frames.last().map(|f| f.scope) else { return };
        let target = self.heap.scope(scope).and_then(|s| s.elsewhere.get(name)).copied().unwrap_or(scope);
        if let Some(object) = self.heap.scope_mut(target) {
            match object.names.get_mut(name) {
                Some(slot) => *slot = value,
                None => {
                    object.names.insert(name.into(), value);
                }
            }
        }
    }

    /// A name in a class's body as the class mangles it: `__x = 1` in `class A` makes `_A__x`.
    fn private_name<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        match self.frames.last().map(|f| &f.method) {
            Some(Some((Value::Ellipsis, _))) => self.mangled(name),
            _ => name.into(),
        }
    }

    /// Binds the name of a `:=`: inside of comprehensions that is a name of the function around them.
    pub(crate) fn set_outside(&mut self, name: &str, value: Value) {
        let comprehension = |f: &&crate::interp::CallFrame<'_>| {
            matches!(&*f.function, "<listcomp>" | "<setcomp>" | "<dictcomp>" | "<genexpr>")
        };
        let inside = self.frames.iter().rev().take_while(comprehension).count();
        let Some(at) = self.frames.len().checked_sub(inside + 1) else { return };
        let scope = self.frames[at].scope;
        let target = self.heap.scope(scope).and_then(|s| s.elsewhere.get(name)).copied().unwrap_or(scope);
        if let Some(object) = self.heap.scope_mut(target) {
            object.names.insert(name.into(), value);
        }
    }

    pub(crate) fn delete_name(&mut self, name: &str) {
        let Some(scope) = self.frames.last().map(|f| f.scope) else { return };
        if let Some(object) = self.heap.scope_mut(scope) {
            object.names.shift_remove(name);
        }
    }

    /// Finds the nearest scope outward that has a name; `skip` leaves the innermost out.
    pub(crate) fn scope_with(&self, scope: ObjId, name: &str, skip: bool) -> Option<ObjId> {
        let mut at = if skip { self.heap.scope(scope)?.parent } else { Some(scope) };
        while let Some(id) = at {
            let object = self.heap.scope(id)?;
            if object.names.contains_key(name) {
                return Some(id);
            }
            at = object.parent;
        }
        None
    }

    /// The module scope around a scope.
    pub(crate) fn globals_of(&self, scope: ObjId) -> ObjId {
        let mut at = scope;
        while let Some(parent) = self.heap.scope(at).and_then(|s| s.parent) {
            at = parent;
        }
        at
    }

    /// Returns what a built-in name means.
    fn builtin_name(&mut self, name: &str) -> Option<Value> {
        if let Some(function) = crate::native::find_function(&format!("builtins.{name}")) {
            return Some(Value::Native(function));
        }
        if crate::class::is_builtin_exception(name) || crate::builtins::is_type(name) {
            return Some(Value::Class(self.builtin_class(name)));
        }
        match name {
            "Ellipsis" => Some(Value::Ellipsis),
            "NotImplemented" => Some(Value::NotImplemented),
            "__builtins__" | "__spec__" | "__loader__" | "__annotations__" => {
                Some(Value::unknown("interpreter state"))
            }
            // Notebooks have these.
            "get_ipython" | "display" | "exit" | "quit" | "copyright" | "credits" => {
                Some(Value::unknown("a function of the interactive shell"))
            }
            _ if crate::builtins::is_builtin(name) => {
                let path: Rc<str> = format!("builtins.{name}").into();
                Some(Value::Api(path))
            }
            _ => None,
        }
    }
}
