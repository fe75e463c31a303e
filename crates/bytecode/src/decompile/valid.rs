//! Checks that a tree is what a compiler could have compiled: statements and expressions only where they
//! may stand, and no value used twice, since it was computed once.

use std::collections::HashSet;
use std::rc::Rc;

use super::machine::Does;
use super::tree::{
    Argument, Case, Clause, Comprehension, Default, Expr, Lambda, Parameters, Piece, Shared, Stmt,
};

/// What encloses a statement or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `def` or a lambda; whether it is a generator is checked.
    Function,
    /// An `async def`.
    Asynchronous,
    /// A class or a module.
    Body,
}

/// Checks a body; tells whether it yields.
pub(super) fn check(kind: Kind, body: &[Stmt]) -> Does<bool> {
    let mut check = Check { kind, yields: false, loops: 0, seen: HashSet::new() };
    check.statements(body)?;
    Ok(check.yields)
}

struct Check {
    kind: Kind,
    yields: bool,
    /// How many loops enclose the place.
    loops: usize,
    /// The values that stand somewhere already.
    seen: HashSet<*const Expr>,
}

impl Check {
    fn statements(&mut self, body: &[Stmt]) -> Does<()> {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Stmt) -> Does<()> {
        match statement {
            Stmt::Expr(value) => self.expr(value),
            Stmt::Assign(targets, value) => {
                self.expr(value)?;
                targets.iter().try_for_each(|target| self.target(target))
            }
            Stmt::Augment(_, target, value) => {
                self.target(target)?;
                self.expr(value)
            }
            Stmt::Annotate(target, annotation, value) => {
                self.target(target)?;
                self.expr(annotation)?;
                self.exprs(value)
            }
            Stmt::Delete(targets) => targets.iter().try_for_each(|target| self.target(target)),
            Stmt::Return(value) => {
                if self.kind == Kind::Body {
                    return Err("it returns without being a function");
                }
                // Two ways may share a `return`.
                self.seen.retain(|seen| value.as_ref().is_none_or(|value| *seen != Rc::as_ptr(value)));
                match value.as_deref() {
                    Some(value) => self.bare(value),
                    None => Ok(()),
                }
            }
            Stmt::Raise(class, cause) => {
                self.exprs(class)?;
                self.exprs(cause)
            }
            Stmt::Assert(test, message) => {
                self.expr(test)?;
                self.exprs(message)
            }
            Stmt::Import(..) | Stmt::ImportFrom(..) | Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass => {
                Ok(())
            }
            Stmt::Break | Stmt::Continue if self.loops == 0 => Err("it leaves a loop where there is none"),
            Stmt::Break | Stmt::Continue => Ok(()),
            Stmt::If { test, yes, no } => {
                self.expr(test)?;
                self.statements(yes)?;
                self.statements(no)
            }
            Stmt::While { test, body, no_break } => {
                self.expr(test)?;
                self.repeated(body)?;
                self.statements(no_break)
            }
            Stmt::For { target, iterable, asynchronous, body, no_break } => {
                if *asynchronous && self.kind != Kind::Asynchronous {
                    return Err("it waits without being asynchronous");
                }
                self.expr(iterable)?;
                self.target(target)?;
                self.repeated(body)?;
                self.statements(no_break)
            }
            Stmt::With { items, asynchronous, body } => {
                if *asynchronous && self.kind != Kind::Asynchronous {
                    return Err("it waits without being asynchronous");
                }
                for (context, target) in items {
                    self.expr(context)?;
                    target.iter().try_for_each(|target| self.target(target))?;
                }
                self.statements(body)
            }
            Stmt::Try { body, handlers, no_exception, finally } => {
                self.statements(body)?;
                for handler in handlers {
                    self.exprs(&handler.class)?;
                    self.statements(&handler.body)?;
                }
                self.statements(no_exception)?;
                self.statements(finally)
            }
            Stmt::Function(function) => {
                function.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
                self.exprs(&function.returns)?;
                self.parameters(&function.parameters)
            }
            Stmt::Class(class) => {
                class.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
                self.arguments(&class.arguments)
            }
            Stmt::Gather(element, value) => {
                self.expr(element)?;
                self.exprs(value)
            }
            Stmt::Subject(_, value) => self.expr(value),
            Stmt::Match { subject, cases } => {
                self.expr(subject)?;
                cases.iter().try_for_each(|case| self.case(case))
            }
        }
    }

    fn case(&mut self, case: &Case) -> Does<()> {
        case.patterns.iter().try_for_each(|pattern| self.expr(pattern))?;
        self.exprs(&case.guard)?;
        self.statements(&case.body)
    }

    fn repeated(&mut self, body: &[Stmt]) -> Does<()> {
        self.loops += 1;
        self.statements(body)?;
        self.loops -= 1;
        Ok(())
    }

    fn exprs(&mut self, expr: &Option<Shared>) -> Does<()> {
        expr.iter().try_for_each(|expr| self.expr(expr))
    }

    fn target(&mut self, target: &Shared) -> Does<()> {
        match &**target {
            Expr::Name(_) => Ok(()),
            Expr::Attribute(..) | Expr::Subscript(..) => self.expr(target),
            Expr::Starred(inner) => self.target(inner),
            Expr::Display(_, elements) => elements.iter().try_for_each(|element| self.target(element)),
            _ => Err("something is assigned to what is no variable"),
        }
    }

    fn expr(&mut self, expr: &Shared) -> Does<()> {
        if !self.seen.insert(Rc::as_ptr(expr)) {
            return Err("a value is used twice");
        }
        self.bare(expr)
    }

    fn bare(&mut self, expr: &Expr) -> Does<()> {
        match expr {
            Expr::Name(_)
            | Expr::Constant(_)
            | Expr::AssertionError
            | Expr::Swallowed
            | Expr::Held(_)
            | Expr::Subject(_) => Ok(()),
            Expr::Attribute(a, _)
            | Expr::Unary(_, a)
            | Expr::Starred(a)
            | Expr::Walrus(_, a)
            | Expr::Caught(a) => self.expr(a),
            Expr::Subscript(a, b) | Expr::Binary(_, a, b) | Expr::InPlace(_, a, b) => {
                self.expr(a)?;
                self.expr(b)
            }
            Expr::Slice(a, b, c) => [a, b, c].into_iter().try_for_each(|part| self.exprs(part)),
            Expr::Compare(first, rest) => {
                self.expr(first)?;
                rest.iter().try_for_each(|(_, operand)| self.expr(operand))
            }
            Expr::Bool { parts, .. } | Expr::Display(_, parts) => {
                parts.iter().try_for_each(|part| self.expr(part))
            }
            Expr::Conditional { test, yes, no } => {
                [test, yes, no].into_iter().try_for_each(|part| self.expr(part))
            }
            Expr::Call(callee, arguments) => {
                self.expr(callee)?;
                self.arguments(arguments)
            }
            Expr::Dict(entries) => entries.iter().try_for_each(|(key, value)| {
                self.exprs(key)?;
                self.expr(value)
            }),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Text(pieces) => self.pieces(pieces),
            Expr::Yield(value) => {
                self.yields = true;
                if self.kind == Kind::Body {
                    return Err("it yields without being a function");
                }
                self.exprs(value)
            }
            Expr::YieldFrom(value) => {
                self.yields = true;
                if self.kind != Kind::Function {
                    return Err("it yields where it can't");
                }
                self.expr(value)
            }
            Expr::Await(value) => {
                if self.kind != Kind::Asynchronous {
                    return Err("it waits without being asynchronous");
                }
                self.expr(value)
            }
            Expr::Function(_) | Expr::Class(_) => Err("a definition stands where none can"),
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) -> Does<()> {
        arguments.iter().try_for_each(|argument| match argument {
            Argument::Positional(value)
            | Argument::Star(value)
            | Argument::Keyword(_, value)
            | Argument::Mapping(value) => self.expr(value),
        })
    }

    fn lambda(&mut self, lambda: &Lambda) -> Does<()> {
        // What is inside was checked when it was made.
        self.parameters(&lambda.parameters)
    }

    fn parameters(&mut self, parameters: &Parameters) -> Does<()> {
        let Parameters { positional_only, plain, star, keyword_only, mapping } = parameters;
        let all = positional_only.iter().chain(plain).chain(star).chain(keyword_only).chain(mapping);
        for parameter in all {
            if let Some(Default::Code(value)) = &parameter.default {
                self.expr(value)?;
            }
            self.exprs(&parameter.annotation)?;
        }
        Ok(())
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Does<()> {
        for clause in &comprehension.clauses {
            match clause {
                Clause::For { target, iterable, .. } => {
                    self.expr(iterable)?;
                    self.target(target)?;
                }
                Clause::If(test) => self.expr(test)?,
            }
        }
        self.expr(&comprehension.element)?;
        self.exprs(&comprehension.value)
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Does<()> {
        pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(_) => Ok(()),
            Piece::Value { value, spec, .. } => {
                self.expr(value)?;
                spec.iter().try_for_each(|spec| self.pieces(spec))
            }
        })
    }
}
