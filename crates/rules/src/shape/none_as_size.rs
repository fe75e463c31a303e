//! `None` where a size is needed.

use diagnostics::{Fix, Severity, Span};
use ops::{Keras, Mistake};
use python::ast::visitor::{Visitor, walk_expr};
use python::ast::{self, AnyNodeRef, Expr, Stmt, UnaryOp};
use python::{Program, Ranged};

use crate::repair::{argument, keras_ops, replace, safe, tensorflow};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds sizes that are not known and are used as numbers.
pub(super) static NONE_AS_SIZE: Rule = Rule {
    name: "none-as-size",
    group: Group::Shape,
    summary: "a size that is not known yet, `None`, is used as a number",
    severity: Severity::Error,
    page: include_str!("none_as_size.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NoneValue = failure.mistake()? else { return None };
    let Some(size) = static_size(failure, failure.span()) else { return written(failure) };
    let text = failure.program().text(size);
    // `tf.zeros(t.shape)`: the whole shape, of which one size is not known.
    let is = if text.ends_with(".shape") || text.ends_with(')') { "has a size that is" } else { "is" };
    let mut explanation =
        Explanation::new(format!("`{text}` {is} `None` here: that size is only known when data comes"));
    if size != failure.span() {
        explanation = explanation.label(size, if is == "is" { "`None`" } else { "holds `None`" });
    }
    explanation.fix = dynamic_size(failure, size);
    let dynamic = match failure.interp.keras {
        Keras::Two => "`tf.shape(x)[0]` (`K.shape(x)[0]`)",
        Keras::Three => "`keras.ops.shape(x)[0]` (`tf.shape(x)[0]`)",
    };
    Some(
        explanation
            .note("`x.shape` and `K.int_shape(x)` tell what is known before the model runs; the batch and lengths that vary are not")
            .help(format!("{dynamic} is the size at run time, a tensor; in a reshape, `-1` stands for it"))
            .operands(failure),
    )
}

/// Reads the size at run time: `tf.shape(x)[0]` for `x.shape[0]`; in a reshape that leaves no other size open, `-1`.
fn dynamic_size(failure: &Failure<'_>, size: Span) -> Option<Fix> {
    let module = failure.program();
    let call = source::call_at(module, failure.span());
    if let Some(call) =
        call.filter(|call| is_reshape(&failure.callee()) && python::span(call.range()).contains(size))
    {
        let mut others = Nones::default();
        call.arguments.args.iter().for_each(|arg| others.visit_expr(arg));
        if !others.rest
            && source::around(module, size).iter().any(|n| matches!(n, AnyNodeRef::ExprSubscript(_)))
        {
            return Some(safe("write `-1` for the size that is not known", vec![replace(size, "-1")]));
        }
    }
    let objects: Vec<&ast::ExprCall> =
        around_calls(module, size).filter(|call| is_class(module, call)).collect();
    if let Some(layer) = objects.last() {
        // A layer's constructor takes numbers: `Dense(x.shape[1])`; only `Reshape` has a sign for what is left.
        return target_size(module, layer, size);
    }
    let (tensor, rest) = shape_of(failure, size)?;
    let functions = match failure.interp.keras {
        Keras::Two => tensorflow(failure.interp)?,
        Keras::Three => keras_ops(failure.interp)?,
    };
    let content = format!("{}.shape({}){}", functions.name, module.text(tensor), module.text(rest));
    let mut edits = vec![replace(size, content)];
    edits.extend(functions.import);
    Some(safe("take the size at run time", edits))
}

/// The calls around a place, the outermost first, of which it is an argument.
fn around_calls(program: &Program, place: Span) -> impl Iterator<Item = &ast::ExprCall> {
    source::around(program, place).into_iter().filter_map(move |node| match node {
        AnyNodeRef::ExprCall(call) if python::span(call.arguments.range()).contains(place) => Some(call),
        _ => None,
    })
}

fn is_class(program: &Program, call: &ast::ExprCall) -> bool {
    makes_object(program.text(python::span(call.func.range())))
}

/// Writes `-1` for the size in a `Reshape` that is computed of one that is not known: `Reshape((x.shape[1] * 4,))`.
fn target_size(program: &Program, layer: &ast::ExprCall, size: Span) -> Option<Fix> {
    if !is_reshape(program.text(python::span(layer.func.range()))) {
        return None;
    }
    let shape = argument(layer, 0, "target_shape")?;
    let items = match shape {
        Expr::Tuple(items) => &items.elts,
        Expr::List(items) => &items.elts,
        _ => return None,
    };
    let mut others = Nones::default();
    others.visit_expr(shape);
    let computed = items.iter().find(|item| python::span(item.range()).contains(size))?;
    let free = !others.rest && others.found.is_empty() && !items.iter().any(Expr::is_starred_expr);
    let edits = vec![replace(python::span(computed.range()), "-1")];
    free.then(|| safe("write `-1` for the size that is not known", edits))
}

/// The tensor whose static shape is read, and what is taken of it: `x` and `[0]` of `x.shape[0]`.
fn shape_of(failure: &Failure<'_>, size: Span) -> Option<(Span, Span)> {
    source::around(failure.program(), size).into_iter().rev().find_map(|node| {
        let (shape, whole) = match node {
            AnyNodeRef::ExprSubscript(e) if python::span(e.range()) == size => (&*e.value, size),
            AnyNodeRef::ExprAttribute(e) if python::span(e.range()) == size => {
                return Some((python::span(e.value.range()), Span::new(size.end, size.end)));
            }
            _ => return None,
        };
        let tensor = match shape {
            Expr::Attribute(e) => python::span(e.value.range()),
            Expr::Call(e) => python::span(e.arguments.args.first()?.range()),
            _ => return None,
        };
        Some((tensor, Span::new(python::span(shape.range()).end, whole.end)))
    })
}

/// Explains a `None` that is written out: `tf.reshape(x, (None, 2))`.
fn written(failure: &Failure<'_>) -> Option<Explanation> {
    let call = source::call_at(failure.program(), failure.span())?;
    let mut literals = Nones::default();
    call.arguments.args.iter().for_each(|arg| literals.visit_expr(arg));
    call.arguments.keywords.iter().for_each(|keyword| literals.visit_expr(&keyword.value));
    let callee = failure.callee();
    let place = *literals.found.first()?;
    let mut explanation =
        Explanation::new(format!("`{callee}` cannot take `None` for a size: it needs a number"));
    for other in &literals.found {
        explanation = explanation.label(*other, "not a number");
    }
    if is_reshape(&callee) && literals.found.len() == 1 && !literals.rest {
        explanation.fix = Some(safe("write `-1` for the size that is not known", vec![replace(place, "-1")]));
    }
    Some(
        explanation
            .note("`None` stands for an unknown size in `Input` and in the shapes that Keras shows; an operation needs a number or a tensor")
            .help("in a reshape, `-1` is the size that follows from the others; else `tf.shape(x)[0]` is the size at run time")
            .operands(failure),
    )
}

fn is_reshape(callee: &str) -> bool {
    matches!(callee.rsplit('.').next(), Some("reshape" | "Reshape"))
}

/// Tells whether what is called is a class, by the case of its name.
fn makes_object(callee: &str) -> bool {
    callee.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

/// Collects the `None`s in an expression, and whether there is a `-1` as well.
#[derive(Default)]
struct Nones {
    found: Vec<Span>,
    rest: bool,
}

impl<'a> Visitor<'a> for Nones {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::NoneLiteral(_) => self.found.push(python::span(expr.range())),
            Expr::UnaryOp(e) if e.op == UnaryOp::USub => self.rest = true,
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Finds `x.shape[0]` or `K.int_shape(x)[0]` in an expression, or in what one of its names was assigned.
fn static_size(failure: &Failure<'_>, span: Span) -> Option<Span> {
    let nodes = source::around(failure.program(), span);
    let mut sizes = Sizes { names: Vec::new(), found: None };
    match nodes.last()? {
        AnyNodeRef::ExprCall(e) => walk_expr(&mut sizes, &Expr::Call((*e).clone())),
        AnyNodeRef::ExprBinOp(e) => walk_expr(&mut sizes, &Expr::BinOp((*e).clone())),
        _ => return None,
    }
    if sizes.found.is_some() {
        return sizes.found;
    }
    let body = nodes.iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtFunctionDef(s) => Some(&s.body[..]),
        _ => None,
    });
    let names = sizes.names;
    body.unwrap_or(failure.program().module_at(span.start).body())
        .iter()
        .filter_map(|s| assigned(s, &names))
        .next()
}

/// The size that a statement assigns to one of the names.
fn assigned(statement: &Stmt, names: &[String]) -> Option<Span> {
    let Stmt::Assign(s) = statement else { return None };
    let bound = s.targets.iter().any(|target| match target {
        Expr::Name(name) => names.iter().any(|n| n == name.id.as_str()),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .any(|e| matches!(e, Expr::Name(name) if names.iter().any(|n| n == name.id.as_str()))),
        _ => false,
    });
    (bound && is_size(&s.value)).then(|| python::span(s.value.range()))
}

/// Collects the names in an expression and the first size.
struct Sizes {
    names: Vec<String>,
    found: Option<Span>,
}

impl<'a> Visitor<'a> for Sizes {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_none() && is_size(expr) {
            self.found = Some(python::span(expr.range()));
        }
        if let Expr::Name(name) = expr {
            self.names.push(name.id.to_string());
        }
        walk_expr(self, expr);
    }
}

/// Tells whether an expression is a static shape or a part of one.
fn is_size(expr: &Expr) -> bool {
    match expr {
        Expr::Subscript(e) => is_size(&e.value),
        Expr::Attribute(e) => e.attr.as_str() == "shape",
        Expr::Call(e) => match &*e.func {
            Expr::Attribute(f) => matches!(f.attr.as_str(), "int_shape" | "get_shape" | "as_list"),
            Expr::Name(f) => f.id.as_str() == "int_shape",
            _ => false,
        },
        _ => false,
    }
}
