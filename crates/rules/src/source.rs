//! From places to syntax: the call, function or loop around a span.

use diagnostics::Span;
use python::ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use python::ast::{self, AnyNodeRef, Expr};
use python::{Program, Ranged};

/// The nodes around a span, the outermost first.
struct Around<'a> {
    span: Span,
    nodes: Vec<AnyNodeRef<'a>>,
}

impl<'a> SourceOrderVisitor<'a> for Around<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        if python::span(node.range()).contains(self.span) {
            self.nodes.push(node);
            TraversalSignal::Traverse
        } else {
            TraversalSignal::Skip
        }
    }
}

/// Returns the nodes that contain a span, the outermost first.
pub(crate) fn around(program: &Program, span: Span) -> Vec<AnyNodeRef<'_>> {
    let mut visitor = Around { span, nodes: Vec::new() };
    for statement in program.module_at(span.start).body() {
        if python::span(statement.range()).contains(span) {
            visitor.visit_stmt(statement);
        }
    }
    visitor.nodes
}

/// Returns the call that the interpreter notes as `span`: of a method, from the method's name on.
pub(crate) fn call_at(program: &Program, span: Span) -> Option<&ast::ExprCall> {
    around(program, span).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            let whole = python::span(call.range());
            let noted = match &*call.func {
                Expr::Attribute(function) => Span::new(python::span(function.attr.range()).start, whole.end),
                _ => whole,
            };
            (noted == span || whole == span).then_some(call)
        }
        _ => None,
    })
}

/// Returns the whole expression that the interpreter notes as `span`.
pub fn whole(program: &Program, span: Span) -> Span {
    call_at(program, span).map_or(span, |call| python::span(call.range()))
}

/// Returns the text of what is called at a span: `K.dot`, or the sign of an operator.
pub(crate) fn callee(program: &Program, span: Span) -> Option<String> {
    if let Some(call) = call_at(program, span) {
        return plain(program, python::span(call.func.range()));
    }
    around(program, span).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprBinOp(e) if python::span(e.range) == span => Some(e.op.as_str().to_owned()),
        AnyNodeRef::StmtAugAssign(s) if python::span(s.range()) == span => {
            Some(format!("{}=", s.op.as_str()))
        }
        AnyNodeRef::ExprSubscript(e) if python::span(e.range) == span => {
            plain(program, span).filter(|text| text.len() < 40)
        }
        _ => None,
    })
}

/// Returns a text that can stand within a line.
pub(crate) fn plain(program: &Program, span: Span) -> Option<String> {
    let text = program.text(span);
    (!text.is_empty() && text.len() <= 60 && !text.contains('\n') && !text.contains('`'))
        .then(|| text.to_owned())
}

/// Returns the name or attribute (`x`, `self.scale`) that an expression is.
pub(crate) fn name_at(program: &Program, span: Span) -> Option<&str> {
    around(program, span).into_iter().rev().find_map(|node| {
        let named = matches!(node, AnyNodeRef::ExprName(_) | AnyNodeRef::ExprAttribute(_));
        (named && python::span(node.range()) == span).then(|| program.text(span))
    })
}

/// Tells whether a place is in the function that the interpreter notes as `definition`: a lambda, or the name of
/// what `def` defines.
pub(crate) fn in_function(program: &Program, definition: Span, place: Span) -> bool {
    definition.contains(place)
        || around(program, place).into_iter().any(
            |node| matches!(node, AnyNodeRef::StmtFunctionDef(s) if python::span(s.name.range()) == definition),
        )
}

/// Returns the first line of a statement or clause.
pub(crate) fn first_line(program: &Program, span: Span) -> Span {
    let line = line_span(program, span);
    let text = program.text(Span::new(span.start, line.end.min(span.end)));
    Span::new(span.start, span.start + text.split(" #").next().unwrap_or(text).trim_end().len() as u32)
}

/// Returns the line on which a span begins.
fn line_span(program: &Program, span: Span) -> Span {
    let module = program.module_at(span.start);
    module.line_span(module.line(span.start)).unwrap_or(span)
}

/// Returns a line of the script without its indentation and comment.
pub(crate) fn line(program: &Program, number: u32) -> Span {
    let span = program.script().line_span(number).unwrap_or_default();
    let text = program.text(span);
    let indent = (text.len() - text.trim_start().len()) as u32;
    first_line(program, Span::new(span.start + indent, span.end))
}

/// Tells whether a callee is a method that runs a model: `model.fit`, on whose line all that Keras itself
/// computes stands.
pub(crate) fn is_run(callee: &str) -> bool {
    matches!(
        callee.rsplit('.').next(),
        Some(
            "fit"
                | "evaluate"
                | "predict"
                | "train_on_batch"
                | "test_on_batch"
                | "predict_on_batch"
                | "fit_generator"
        )
    )
}
