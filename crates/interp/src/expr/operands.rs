//! Which expression gave which tensor to the call that raised: what diagnostics underline.

use diagnostics::Span;
use graph::NodeId;
use python::Ranged;
use python::ast::{self, Expr};

use crate::interp::Interp;
use crate::raise::Halt;
use crate::value::{Args, Value};

impl<'a> Interp<'a> {
    /// Tells whether calls of a value end in a framework's code, so that an exception is about its arguments.
    pub(super) fn leaves_script(&self, callee: &Value) -> bool {
        match callee {
            Value::Api(_) | Value::Native(_) | Value::Instance(_) => true,
            Value::Bound(bound) => self.is_modelled(&bound.function).unwrap_or(true),
            other => self.is_modelled(other).unwrap_or(false),
        }
    }

    /// Tells of a function in Python whether it is a library's, modelled here, and not the script's own.
    fn is_modelled(&self, callee: &Value) -> Option<bool> {
        let Value::Function(id) = callee else { return None };
        Some(!self.function(*id).own)
    }

    /// Notes the arguments of a call that raised.
    pub(super) fn note_arguments(&mut self, halt: &Halt, e: &'a ast::ExprCall, callee: &Value, args: &Args) {
        let mut pairs: Vec<(&'a Expr, Value)> = Vec::new();
        if let (Expr::Attribute(function), Value::Bound(bound)) = (&*e.func, callee) {
            pairs.push((&function.value, bound.object.clone()));
        }
        let plain = e.arguments.args.iter().take_while(|arg| !matches!(arg, Expr::Starred(_)));
        pairs.extend(plain.zip(args.positional.iter().cloned()));
        for keyword in &e.arguments.keywords {
            let given = keyword.arg.as_ref().and_then(|name| args.keyword(name));
            pairs.extend(given.map(|value| (&keyword.value, value.clone())));
        }
        let pairs: Vec<(&Expr, &Value)> = pairs.iter().map(|(e, v)| (*e, v)).collect();
        self.note_operands(halt, &pairs);
    }

    /// Notes the operands of an expression that raised, unless they are those of a call within it.
    pub(super) fn note_operands(&mut self, halt: &Halt, pairs: &[(&'a Expr, &Value)]) {
        let Halt::Exception(id) = halt else { return };
        // What a library's model writes stands in no text of the script's.
        if !self.frames.last().is_some_and(|frame| frame.own) {
            return;
        }
        let here = self.here();
        if self.exception(*id).is_none_or(|state| state.span != here || !state.operands.is_empty()) {
            return;
        }
        let mut found = Vec::new();
        for (expr, value) in pairs {
            self.pair(expr, value, &mut found);
        }
        if let Some(state) = self.exception_mut(*id) {
            state.operands = found;
        }
    }

    /// Pairs the items of `[rows, positions]` with their tensors; other containers stand for all they hold.
    fn pair(&self, expr: &Expr, value: &Value, out: &mut Vec<(NodeId, Span)>) {
        let elements = match expr {
            Expr::Tuple(e) => Some(&e.elts),
            Expr::List(e) => Some(&e.elts),
            _ => None,
        };
        let items = match value {
            Value::Tuple(items) => Some(&**items),
            Value::List(id) => self.heap.list(*id).map(Vec::as_slice),
            _ => None,
        };
        match (elements, items) {
            (Some(elements), Some(items)) if elements.len() == items.len() => {
                elements.iter().zip(items).for_each(|(e, v)| self.pair(e, v, out));
            }
            _ => {
                let span = python::span(expr.range());
                out.extend(self.flat_tensors(value).into_iter().map(|node| (node, span)));
            }
        }
    }
}
