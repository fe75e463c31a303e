//! Repairs of Lambda layers: what they are called on, what they declare, how they are written.

use diagnostics::{Edit, Span};
use interp::Interp;
use interp::value::Value;
use python::Ranged;
use python::ast::visitor::{Visitor, walk_expr};
use python::ast::{self, AnyNodeRef, Expr};
use tensor::Shape;

use super::{add_keyword, insert, module_name, replace};
use crate::source;

/// Returns the `Lambda(...)` that made a layer.
pub(crate) fn lambda_call<'a>(interp: &Interp<'a>, layer: &str) -> Option<&'a ast::ExprCall> {
    let made = interp.layers().find(|state| state.lambda.is_some() && &*state.name == layer)?.made;
    source::call_at(interp.program, made)
}

/// What the script calls the class `Lambda`.
pub(crate) fn lambda_class(interp: &Interp<'_>) -> Option<String> {
    if matches!(interp.global("Lambda"), Some(Value::Class(id)) if interp.class(id).path.as_deref() == Some("keras.layers.Lambda"))
    {
        return Some("Lambda".to_owned());
    }
    module_name(interp, "keras.layers").map(|layers| format!("{layers}.Lambda"))
}

/// Declares the shape of a sample that a Lambda gives.
pub(crate) fn declare(interp: &Interp<'_>, layer: &str, gives: &Shape) -> Option<Edit> {
    let call = lambda_call(interp, layer)?;
    let sample = &gives.dims()?[1..];
    let known = sample.iter().all(|dim| dim.is_known());
    let undeclared = call.arguments.find_keyword("output_shape").is_none() && call.arguments.args.len() == 1;
    let shape = Shape::new(sample.iter().copied()).tuple();
    (known && undeclared).then(|| add_keyword(interp.program, call, &format!("output_shape={shape}")))
}

/// Returns the lambda expression that a call has for its function.
pub(crate) fn lambda_of(call: &ast::ExprCall) -> Option<&ast::ExprLambda> {
    let function = call.arguments.find_keyword("function").map(|keyword| &keyword.value);
    match function.or_else(|| call.arguments.args.first())? {
        Expr::Lambda(lambda) => Some(lambda),
        _ => None,
    }
}

/// Makes a lambda take one list in the place of tensors: each name becomes `inputs[i]`. Nothing where it has
/// other parameters, or a name is bound within it.
pub(crate) fn take_list(lambda: &ast::ExprLambda, names: &[&str]) -> Option<Vec<Edit>> {
    let list = ["inputs", "tensors", "pair"].into_iter().find(|name| !reads(&lambda.body, name))?;
    let parameters = lambda.parameters.as_deref()?;
    let mut uses = Uses { names, found: Vec::new(), binds: false };
    uses.visit_expr(&lambda.body);
    if uses.binds
        || parameters.vararg.is_some()
        || parameters.kwarg.is_some()
        || !parameters.kwonlyargs.is_empty()
    {
        return None;
    }
    let own =
        parameters.args.iter().all(|p| p.default.is_none() && names.contains(&p.parameter.name.as_str()));
    if !own || !parameters.posonlyargs.is_empty() {
        return None;
    }
    let mut edits = vec![replace(python::span(parameters.range()), list)];
    for (at, span) in uses.found {
        edits.push(replace(span, format!("{list}[{at}]")));
    }
    Some(edits)
}

/// Gives a lambda's only parameter another name: `lambda x: X[:, t]` becomes `lambda X: X[:, t]`. Nothing where a name
/// is bound within it.
pub(crate) fn rename_parameter(lambda: &ast::ExprLambda, to: &str) -> Option<Vec<Edit>> {
    let parameters = lambda.parameters.as_deref()?;
    let ([parameter], []) = (&parameters.args[..], &parameters.kwonlyargs[..]) else { return None };
    let names = [parameter.parameter.name.as_str()];
    let mut uses = Uses { names: &names, found: Vec::new(), binds: false };
    uses.visit_expr(&lambda.body);
    let only = parameters.posonlyargs.is_empty() && parameters.vararg.is_none() && parameters.kwarg.is_none();
    if uses.binds || !only || parameter.default.is_some() {
        return None;
    }
    let own = python::span(parameter.parameter.name.range());
    Some(
        [own]
            .into_iter()
            .chain(uses.found.into_iter().map(|(_, span)| span))
            .map(|span| replace(span, to))
            .collect(),
    )
}

fn reads(body: &Expr, name: &str) -> bool {
    let names = [name];
    let mut uses = Uses { names: &names, found: Vec::new(), binds: false };
    uses.visit_expr(body);
    !uses.found.is_empty() || uses.binds
}

/// Collects where names are read, and whether one is bound anew.
struct Uses<'n> {
    names: &'n [&'n str],
    found: Vec<(usize, Span)>,
    binds: bool,
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                if let Some(at) = self.names.iter().position(|known| *known == name.id.as_str()) {
                    self.found.push((at, python::span(name.range)));
                }
            }
            Expr::Lambda(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => {
                self.binds = true;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Puts the arguments of a call into one list: `f(a, b)` becomes `f([a, b])`.
pub(crate) fn into_list(call: &ast::ExprCall) -> Option<Vec<Edit>> {
    let (first, last) = (call.arguments.args.first()?, call.arguments.args.last()?);
    Some(vec![insert(python::span(first.range()).start, "["), insert(python::span(last.range()).end, "]")])
}

/// Calls a function within a Lambda: `tf.f(x, 1)` becomes `layers.Lambda(lambda t: tf.f(t, 1))(x)`.
pub(crate) fn wrapped(interp: &Interp<'_>, call: &ast::ExprCall, operand: Span) -> Option<Vec<Edit>> {
    let class = lambda_class(interp)?;
    let whole = python::span(call.range());
    let subject = interp.program.text(operand);
    let inner = interp.program.text(whole);
    let parameter = ["t", "tensor"].into_iter().find(|name| !inner.contains(&format!("{name},")))?;
    let (start, end) = ((operand.start - whole.start) as usize, (operand.end - whole.start) as usize);
    let body = format!("{}{parameter}{}", inner.get(..start)?, inner.get(end..)?);
    Some(vec![replace(whole, format!("{class}(lambda {parameter}: {body})({subject})"))])
}

/// Returns the top-level statement around a place, at which a definition can be put in front.
pub(crate) fn statement_start(interp: &Interp<'_>, place: Span) -> Option<u32> {
    let outermost = source::around(interp.program, place).into_iter().next()?;
    let span = python::span(outermost.range());
    let decorated = match outermost {
        AnyNodeRef::StmtFunctionDef(s) => s.decorator_list.first().map(|d| python::span(d.range()).start),
        AnyNodeRef::StmtClassDef(s) => s.decorator_list.first().map(|d| python::span(d.range()).start),
        _ => None,
    };
    Some(decorated.unwrap_or(span.start))
}

/// Tells whether a place is in a function of the script, where a name may be a local one.
pub(crate) fn is_in_function(interp: &Interp<'_>, place: Span) -> bool {
    source::around(interp.program, place)
        .iter()
        .any(|node| matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_)))
}

/// Returns a name that the script does not use, made of words: `cut_left` and, where that is taken, `cut_left_2`.
pub(crate) fn free_name(interp: &Interp<'_>, wanted: &str) -> String {
    let text = interp.program.script().source();
    let taken = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !letter(text[..at].chars().next_back()) && !letter(text[at + name.len()..].chars().next())
        })
    };
    let numbered = (2..100).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| wanted.to_owned())
}
