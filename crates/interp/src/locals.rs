//! Which names a function's body assigns: Python decides that before it runs.

use python::Ranged;
use python::ast::visitor::{self, Visitor};
use python::ast::{Expr, Pattern, Stmt};
use rustc_hash::FxHashSet;

/// The text of the innermost function that a place is in.
pub(crate) fn function_around(body: &[Stmt], at: diagnostics::Span) -> Option<std::ops::Range<usize>> {
    let mut around = Around { at, found: None };
    body.iter().for_each(|stmt| around.visit_stmt(stmt));
    around.found
}

struct Around {
    at: diagnostics::Span,
    found: Option<std::ops::Range<usize>>,
}

impl<'a> Visitor<'a> for Around {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let range = stmt.range();
        let (start, end) = (range.start().to_u32(), range.end().to_u32());
        if !(start <= self.at.start && self.at.end <= end) {
            return;
        }
        if let Stmt::FunctionDef(_) = stmt {
            self.found = Some(start as usize..end as usize);
        }
        visitor::walk_stmt(self, stmt);
    }
}

/// Collects the names that statements assign, without those of nested functions and classes.
pub(crate) fn collect<'a>(body: &'a [Stmt], out: &mut FxHashSet<&'a str>) {
    let mut elsewhere = Vec::new();
    body.iter().for_each(|s| statement(s, out, &mut elsewhere));
    for name in elsewhere {
        out.remove(name);
    }
}

fn target<'a>(expr: &'a Expr, out: &mut FxHashSet<&'a str>) {
    match expr {
        Expr::Name(name) => {
            out.insert(&name.id);
        }
        Expr::Tuple(t) => t.elts.iter().for_each(|e| target(e, out)),
        Expr::List(t) => t.elts.iter().for_each(|e| target(e, out)),
        Expr::Starred(s) => target(&s.value, out),
        _ => {}
    }
}

fn statement<'a>(stmt: &'a Stmt, out: &mut FxHashSet<&'a str>, elsewhere: &mut Vec<&'a str>) {
    let mut block = |body: &'a [Stmt], out: &mut FxHashSet<&'a str>| {
        body.iter().for_each(|s| statement(s, out, elsewhere));
    };
    match stmt {
        Stmt::FunctionDef(def) => {
            out.insert(&def.name);
        }
        Stmt::ClassDef(def) => {
            out.insert(&def.name);
        }
        Stmt::Assign(s) => {
            s.targets.iter().for_each(|t| target(t, out));
            named(&s.value, out);
        }
        Stmt::AugAssign(s) => target(&s.target, out),
        Stmt::AnnAssign(s) => target(&s.target, out),
        Stmt::For(s) => {
            target(&s.target, out);
            block(&s.body, out);
            block(&s.orelse, out);
        }
        Stmt::While(s) => {
            named(&s.test, out);
            block(&s.body, out);
            block(&s.orelse, out);
        }
        Stmt::If(s) => {
            named(&s.test, out);
            block(&s.body, out);
            s.elif_else_clauses.iter().for_each(|c| block(&c.body, out));
        }
        Stmt::With(s) => {
            s.items.iter().filter_map(|i| i.optional_vars.as_deref()).for_each(|t| target(t, out));
            block(&s.body, out);
        }
        Stmt::Try(s) => {
            block(&s.body, out);
            for python::ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
                if let Some(name) = &handler.name {
                    out.insert(name);
                }
                block(&handler.body, out);
            }
            block(&s.orelse, out);
            block(&s.finalbody, out);
        }
        Stmt::Match(s) => {
            for case in &s.cases {
                pattern(&case.pattern, out);
                block(&case.body, out);
            }
        }
        Stmt::Import(s) => {
            for alias in &s.names {
                let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                out.insert(name.split('.').next().unwrap_or(name));
            }
        }
        Stmt::ImportFrom(s) => {
            out.extend(s.names.iter().map(|a| a.asname.as_ref().unwrap_or(&a.name).as_str()));
        }
        Stmt::Global(s) => elsewhere.extend(s.names.iter().map(|n| n.as_str())),
        Stmt::Nonlocal(s) => elsewhere.extend(s.names.iter().map(|n| n.as_str())),
        Stmt::Expr(s) => named(&s.value, out),
        _ => {}
    }
}

/// Collects the targets of `:=` in an expression, as far as it stands in plain sight.
fn named<'a>(expr: &'a Expr, out: &mut FxHashSet<&'a str>) {
    match expr {
        Expr::Named(e) => target(&e.target, out),
        Expr::BoolOp(e) => e.values.iter().for_each(|v| named(v, out)),
        Expr::Compare(e) => {
            named(&e.left, out);
            e.comparators.iter().for_each(|v| named(v, out));
        }
        Expr::UnaryOp(e) => named(&e.operand, out),
        Expr::Call(e) => e.arguments.args.iter().for_each(|v| named(v, out)),
        _ => {}
    }
}

fn pattern<'a>(p: &'a Pattern, out: &mut FxHashSet<&'a str>) {
    match p {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| pattern(p, out)),
        Pattern::MatchMapping(p) => {
            p.patterns.iter().for_each(|p| pattern(p, out));
            out.extend(p.rest.as_ref().map(|n| n.as_str()));
        }
        Pattern::MatchClass(p) => {
            p.arguments.patterns.iter().for_each(|p| pattern(p, out));
            p.arguments.keywords.iter().for_each(|k| pattern(&k.pattern, out));
        }
        Pattern::MatchStar(p) => out.extend(p.name.as_ref().map(|n| n.as_str())),
        Pattern::MatchAs(p) => {
            if let Some(inner) = &p.pattern {
                pattern(inner, out);
            }
            out.extend(p.name.as_ref().map(|n| n.as_str()));
        }
        Pattern::MatchOr(p) => p.patterns.iter().for_each(|p| pattern(p, out)),
    }
}

/// Collects the names that statements read, those of nested functions included.
pub(crate) fn read<'a>(body: &'a [Stmt], out: &mut FxHashSet<&'a str>) {
    let mut reader = Reader(out);
    body.iter().for_each(|s| python::ast::visitor::Visitor::visit_stmt(&mut reader, s));
}

/// Collects the names that an expression reads.
pub(crate) fn read_by<'a>(expr: &'a Expr, out: &mut FxHashSet<&'a str>) {
    python::ast::visitor::Visitor::visit_expr(&mut Reader(out), expr);
}

struct Reader<'a, 'b>(&'b mut FxHashSet<&'a str>);

impl<'a> python::ast::visitor::Visitor<'a> for Reader<'a, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx.is_load()
        {
            self.0.insert(&name.id);
        }
        python::ast::visitor::walk_expr(self, expr);
    }
}
