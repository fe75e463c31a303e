//! Methods of built-in types.

use crate::class::ClassId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// Reads an attribute of a plain value: a method of a string, list or dict.
    pub(crate) fn builtin_attr(&mut self, object: &Value, name: &str) -> Eval<Option<Value>> {
        let _ = (object, name);
        Ok(Some(self.unknown("a method of a built-in type")))
    }

    /// Reads an attribute of a built-in class: `dict.fromkeys`.
    pub(crate) fn builtin_class_attr(&mut self, class: ClassId, name: &str) -> Option<Value> {
        let _ = name;
        let path = self.class(class).path.clone()?;
        path.starts_with("builtins.").then(|| self.unknown("a method of a built-in type"))
    }
}
