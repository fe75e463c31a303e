//! What fixes are made of: edits, arguments of calls, and what the script calls modules.
//!
//! A rule offers a fix for the place that it reports; `checker` applies it to a copy of the text and drops it
//! where the result is not predicted to do better, so that a fix may be attempted where its outcome depends on
//! what else the script does.

pub(crate) mod definitions;
pub(crate) mod lambda;
pub(crate) mod losses;

use diagnostics::{Applicability, Edit, Fix, Span};
use interp::Interp;
use interp::value::Value;
use python::ast::{self, Expr, Stmt};
use python::{Module, Program, Ranged};

/// Makes a fix after which the script means the same, or what it evidently was to mean.
pub(crate) fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Fix {
    Fix { applicability: Applicability::Safe, title: title.into(), edits }
}

/// Makes a fix that a person should look at.
pub(crate) fn risky(title: impl Into<String>, edits: Vec<Edit>) -> Fix {
    Fix { applicability: Applicability::Unsafe, title: title.into(), edits }
}

/// Replaces a range of the text.
pub(crate) fn replace(span: Span, content: impl Into<String>) -> Edit {
    Edit { span, content: content.into() }
}

/// Puts a text in.
pub(crate) fn insert(at: u32, content: impl Into<String>) -> Edit {
    replace(Span::new(at, at), content)
}

/// Puts an expression into a call: `x` becomes `tf.cast(x, "float32")`.
pub(crate) fn wrap(span: Span, before: &str, after: &str) -> Vec<Edit> {
    vec![insert(span.start, before), insert(span.end, after)]
}

/// Adds a keyword argument behind those that a call has.
pub(crate) fn add_keyword(module: &Program, call: &ast::ExprCall, text: &str) -> Edit {
    let close = python::span(call.arguments.range()).end - 1;
    let args = call.arguments.args.iter().map(|arg| python::span(arg.range()).end);
    let keywords = call.arguments.keywords.iter().map(|keyword| python::span(keyword.range()).end);
    match args.chain(keywords).max() {
        // An argument in brackets of its own ends behind them.
        Some(last) => {
            let rest = module.text(Span::new(last, close));
            let brackets = rest.bytes().take_while(|b| *b == b')').count() as u32;
            insert(last + brackets, format!(", {text}"))
        }
        None => insert(close, text),
    }
}

/// Returns an argument of a call by its name or, counted from 0, its place.
pub(crate) fn argument<'a>(call: &'a ast::ExprCall, at: usize, name: &str) -> Option<&'a Expr> {
    let keyword = call.arguments.find_keyword(name).map(|keyword| &keyword.value);
    keyword.or_else(|| {
        let before = call.arguments.args.get(..=at)?;
        (!before.iter().any(Expr::is_starred_expr)).then(|| &call.arguments.args[at])
    })
}

/// The statements at the top of the script that assign one value to a name: `loss = "mse"`.
pub(crate) fn assignments<'a>(interp: &Interp<'a>, name: &str) -> impl Iterator<Item = &'a ast::StmtAssign> {
    interp.program.script().body().iter().filter_map(move |statement| match statement {
        Stmt::Assign(s) => match &s.targets[..] {
            [Expr::Name(target)] if target.id.as_str() == name => Some(s),
            _ => None,
        },
        _ => None,
    })
}

/// What the script calls a module of the frameworks: `ops` of `from keras import ops`, `keras.ops` of
/// `import keras`.
pub(crate) fn module_name(interp: &Interp<'_>, path: &str) -> Option<String> {
    let (mut parent, mut rest) = (path, String::new());
    loop {
        if let Some(name) = bound_to(interp, parent) {
            return Some(format!("{name}{rest}"));
        }
        let (outer, last) = parent.rsplit_once('.')?;
        rest = format!(".{last}{rest}");
        parent = outer;
    }
}

/// The name that an import at the top binds to a module. What TensorFlow has as `tf.keras` is Keras.
fn bound_to<'a>(interp: &Interp<'a>, path: &str) -> Option<&'a str> {
    let same = |known: &str| known == path || known.strip_prefix("tf.").is_some_and(|keras| keras == path);
    let is = |name: &str| matches!(interp.global(name), Some(Value::Module(known)) if same(&known));
    interp.program.script().body().iter().find_map(|statement| match statement {
        Stmt::Import(s) => s.names.iter().find_map(|alias| {
            let plain = alias.name.as_str().split('.').next().unwrap_or_default();
            let name = alias.asname.as_ref().map_or(plain, ast::Identifier::as_str);
            is(name).then_some(name)
        }),
        Stmt::ImportFrom(s) => s.names.iter().find_map(|alias| {
            let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            is(name).then_some(name)
        }),
        _ => None,
    })
}

/// A module as it can be written after a fix, and the import that this needs.
pub(crate) struct Imported {
    /// What to write: `ops`.
    pub name: String,
    /// The import, where there is none yet.
    pub import: Option<Edit>,
}

/// Returns `keras.ops` under the name that the script has for it, or with an import of it.
pub(crate) fn keras_ops(interp: &Interp<'_>) -> Option<Imported> {
    if let Some(name) = module_name(interp, "keras.ops") {
        return Some(Imported { name, import: None });
    }
    let free = interp.global("ops").is_none();
    let import = free.then(|| import_from_keras(interp, "ops"))?;
    Some(Imported { name: "ops".to_owned(), import: Some(import) })
}

/// Returns TensorFlow under the name that the script has for it, or with an import of it.
pub(crate) fn tensorflow(interp: &Interp<'_>) -> Option<Imported> {
    if let Some(name) = module_name(interp, "tf") {
        return Some(Imported { name, import: None });
    }
    let at = import_place(interp.program.script());
    let import = interp.global("tf").is_none().then(|| insert(at, "import tensorflow as tf\n"))?;
    Some(Imported { name: "tf".to_owned(), import: Some(import) })
}

/// Adds a name to `from keras import ...`, or such an import.
fn import_from_keras(interp: &Interp<'_>, name: &str) -> Edit {
    let module = interp.program.script();
    let extended = module.body().iter().find_map(|statement| match statement {
        Stmt::ImportFrom(s) if s.module.as_deref() == Some("keras") && s.level == 0 => {
            let own = python::span(s.range());
            let plain = !module.text(own).contains(['(', '\\', '*']);
            plain.then(|| insert(own.end, format!(", {name}")))
        }
        _ => None,
    });
    extended.unwrap_or_else(|| insert(import_place(module), format!("from keras import {name}\n")))
}

/// Where an import can be put in a line of its own: behind the first block of imports.
fn import_place(module: &Module) -> u32 {
    let is_import = |s: &&Stmt| matches!(s, Stmt::Import(_) | Stmt::ImportFrom(_));
    let first = module.body().iter().position(|s| is_import(&s)).unwrap_or(0);
    let last = module.body().iter().skip(first).take_while(is_import).last();
    match last.and_then(|s| module.line_span(module.line(python::span(s.range()).end))) {
        Some(line) => after_line(module, line.end),
        None => module.body().first().map_or(0, |s| python::span(s.range()).start),
    }
}

/// The beginning of the next line.
fn after_line(module: &Module, end: u32) -> u32 {
    let rest = module.source().get(end as usize..).unwrap_or_default();
    let break_at = rest.find('\n').map_or(rest.len(), |at| at + 1);
    end + u32::try_from(break_at).unwrap_or(0)
}

/// Tells whether an expression can stand before a dot, or be called, without brackets.
pub(crate) fn is_primary(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) | Expr::Subscript(_))
}

/// Returns the integer that an expression spells out.
pub(crate) fn literal_int(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::NumberLiteral(e) => match &e.value {
            ast::Number::Int(n) => n.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(e) if e.op == ast::UnaryOp::USub => literal_int(&e.operand).map(|n| -n),
        _ => None,
    }
}
