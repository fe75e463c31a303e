//! Methods of a built-in layer that a script's subclass puts its own in the place of.

use std::rc::Rc;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::value::{Args, Value};

impl Interp<'_> {
    /// Finds a method that the layer's own code may call, as the `call` of Keras' `MultiHeadAttention` does
    /// `self._compute_attention`: one with a leading underscore that the script defines in a subclass and calls
    /// nowhere. What a declaration computes knows nothing of it.
    pub(super) fn hook(&self, id: ObjId) -> Option<Rc<str>> {
        let class = self.class(self.heap.instance(id)?.class);
        let own = class.mro.iter().take_while(|class| self.class(**class).path.is_none());
        let methods = own.filter_map(|class| self.heap.scope(self.class(*class).dict));
        methods
            .flat_map(|dict| &dict.names)
            .filter(|(name, value)| is_private(name) && matches!(value, Value::Function(_)))
            .find(|(name, _)| !self.calls_by_name(name))
            .map(|(name, _)| Rc::clone(name))
    }

    /// What is left when a layer's own code may call such a method: the method may have changed what it can reach.
    pub(super) fn give_to_hook(&mut self, id: ObjId, hook: &str) -> Value {
        if let Some(method) = self.script_method(id, hook) {
            self.escape(&Args::of([method]));
        }
        let why = format!("`{}` may call the script's `{hook}`", self.class_name(id));
        self.undecided(why.clone());
        self.unknown(why)
    }

    /// Tells whether the program itself has `.name` elsewhere than in `super().name`.
    fn calls_by_name(&self, name: &str) -> bool {
        self.program.files().any(|file| {
            let source = file.module().source();
            source.match_indices(name).any(|(at, _)| {
                let rest = &source[at + name.len()..];
                let whole = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                let before = source[..at].strip_suffix('.');
                whole && before.is_some_and(|before| !before.ends_with("super()"))
            })
        })
    }
}

fn is_private(name: &str) -> bool {
    name.starts_with('_') && !name.starts_with("__")
}
