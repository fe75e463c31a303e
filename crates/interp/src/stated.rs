//! What comments state of values that cannot be known: `# kerascope: x: float32[60000, 28, 28]`.
//!
//! A comment counts for the first statement that ends on its line or below: for what is known before it (the
//! statement above, a function's parameters, a loop's variables) and for what the statement binds. What is known
//! otherwise is left as it is.

use std::rc::Rc;

use python::{AnnotatedDim, Annotation, Module, Ranged, Suppressions};
use rustc_hash::FxHashMap;
use tensor::{DType, Dim, Shape};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::stmt::Flow;
use crate::value::{Plain, Value};

/// The comments of each module that has any, by the place at which it begins, in order.
#[derive(Debug, Default)]
pub(crate) struct Stated(FxHashMap<u32, Rc<[Annotation]>>);

impl Stated {
    /// Reads the comments of a module.
    pub(crate) fn add(&mut self, module: &Module) {
        if module.source().contains("kerascope:") {
            let comments = Suppressions::of(module);
            if !comments.annotations().is_empty() {
                self.0.insert(module.start(), comments.annotations().into());
            }
        }
    }

    /// Tells whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Interp<'a> {
    /// Carries out a statement with the comments that state something of its values.
    pub(crate) fn exec_with_comments(
        &mut self,
        before: Option<&'a python::ast::Stmt>,
        stmt: &'a python::ast::Stmt,
    ) -> Eval<Flow> {
        let Some(frame) = self.frames.last() else { return self.exec(stmt) };
        let Some(module) = frame.module.filter(|_| frame.own) else { return self.exec(stmt) };
        let Some(all) = self.stated.0.get(&module.start()).cloned() else { return self.exec(stmt) };
        // Before a block's first statement stands what begins the block.
        let after = before.map_or(frame.at.start, |before| python::span(before.range()).end);
        let first = module.line(after) + u32::from(before.is_some());
        let last = module.line(python::span(stmt.range()).end.saturating_sub(1));
        let start = all.partition_point(|a| a.line < first);
        let end = all.partition_point(|a| a.line <= last);
        let Some(here) = all.get(start..end).filter(|here| !here.is_empty()) else { return self.exec(stmt) };
        here.iter().for_each(|annotation| self.state(annotation));
        let ended = self.exec(stmt)?;
        here.iter().for_each(|annotation| self.state(annotation));
        Ok(ended)
    }

    /// Gives a name what a comment states, if it is bound and nothing better is known of it.
    fn state(&mut self, annotation: &Annotation) {
        let Some(scope) = self.frames.last().map(|f| f.scope) else { return };
        let Some(bound) = self.heap.scope(scope).and_then(|s| s.names.get(&*annotation.name)).cloned() else {
            return;
        };
        let open = match &bound {
            Value::Unknown(_) => true,
            Value::Tensor(id) => {
                let shape = &self.trace.node(*id).spec.shape;
                shape.dims().is_none_or(|dims| dims.contains(&Dim::Unknown))
            }
            Value::Any(_) | Value::Dim(_) | Value::Drawn(_) => annotation.value.is_some(),
            _ => false,
        };
        if open && let Some(value) = self.stated_value(annotation) {
            if let Value::Unknown(reason) = &bound {
                self.unknowns.settle(reason);
            }
            self.set_name(&annotation.name, value);
        }
    }

    fn stated_value(&mut self, annotation: &Annotation) -> Option<Value> {
        if annotation.dims.is_none() {
            let plain = match &*annotation.dtype {
                "int" => Some(Plain::Int),
                "float" => Some(Plain::Float),
                "bool" => Some(Plain::Bool),
                "str" => Some(Plain::Str),
                _ => None,
            };
            if let Some(plain) = plain {
                return Some(annotation.value.map_or(Value::Any(plain), Value::Int));
            }
        }
        let dtype = DType::parse(&annotation.dtype)?;
        let shape = match &annotation.dims {
            None => Shape::UNKNOWN,
            Some(dims) => dims.iter().map(|dim| self.stated_dim(dim)).collect(),
        };
        Some(self.new_array(shape, dtype))
    }

    /// A name in a shape is a variable of the script, if there is one that is a number.
    fn stated_dim(&self, dim: &AnnotatedDim) -> Dim {
        match dim {
            AnnotatedDim::Size(size) => i64::try_from(*size).map_or(Dim::Unknown, Dim::Known),
            AnnotatedDim::Unknown => Dim::Unknown,
            AnnotatedDim::Named(name) => self.number_named(name).map_or(Dim::Unknown, Dim::Known),
        }
    }

    /// Returns the int that a name means where evaluation stands.
    pub(crate) fn number_named(&self, name: &str) -> Option<i64> {
        let scope = self.scope_with(self.frames.last()?.scope, name, false)?;
        self.heap.scope(scope)?.names.get(name)?.as_int()
    }
}
