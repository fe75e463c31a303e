//! Statements and blocks.

use super::expression::{Precedence, binary_sign};
use super::{Printer, Prints};
use crate::ops::Name;

use super::super::tree::{Case, Expr, Handler, Shared, Stmt};

impl Printer {
    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Prints {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    /// Writes a colon and an indented block.
    pub(super) fn block(&mut self, statements: &[Stmt]) -> Prints {
        self.push(":")?;
        self.deeper()?;
        self.indent += 1;
        if statements.is_empty() {
            self.line("pass")?;
        }
        self.statements(statements)?;
        self.indent -= 1;
        self.depth -= 1;
        Ok(())
    }

    /// Begins a line.
    pub(super) fn line(&mut self, text: &str) -> Prints {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for _ in 0..self.indent {
            self.text.push_str("    ");
        }
        self.push(text)
    }

    fn statement(&mut self, statement: &Stmt) -> Prints {
        match statement {
            Stmt::Expr(value) => {
                self.line("")?;
                match &**value {
                    Expr::Yield(_) | Expr::YieldFrom(_) => self.expr(value, Precedence::Loose),
                    _ => self.test(value),
                }
            }
            Stmt::Assign(targets, value) => {
                self.line("")?;
                for target in targets {
                    self.tuple_or_test(target)?;
                    self.push(" = ")?;
                }
                self.value(value)
            }
            Stmt::Augment(operator, target, value) => {
                self.line("")?;
                self.test(target)?;
                self.push(" ")?;
                self.push(binary_sign(*operator))?;
                self.push("= ")?;
                self.value(value)
            }
            Stmt::Annotate(target, annotation, value) => {
                self.line("")?;
                self.test(target)?;
                self.push(": ")?;
                self.test(annotation)?;
                match value {
                    Some(value) => {
                        self.push(" = ")?;
                        self.value(value)
                    }
                    None => Ok(()),
                }
            }
            Stmt::Delete(targets) => {
                self.line("del ")?;
                self.list(targets)
            }
            Stmt::Return(None) => self.line("return"),
            Stmt::Return(Some(value)) => {
                self.line("return ")?;
                self.tuple_or_test(value)
            }
            Stmt::Raise(class, cause) => {
                self.line("raise")?;
                if let Some(class) = class {
                    self.push(" ")?;
                    self.test(class)?;
                }
                if let Some(cause) = cause {
                    self.push(" from ")?;
                    self.test(cause)?;
                }
                Ok(())
            }
            Stmt::Assert(test, message) => {
                self.line("assert ")?;
                self.test(test)?;
                match message {
                    Some(message) => {
                        self.push(", ")?;
                        self.test(message)
                    }
                    None => Ok(()),
                }
            }
            Stmt::Break => self.line("break"),
            Stmt::Continue => self.line("continue"),
            Stmt::Pass => self.line("pass"),
            Stmt::Gather(..) => Err("a comprehension in it is not understood"),
            Stmt::Import(..) | Stmt::ImportFrom(..) | Stmt::Global(_) | Stmt::Nonlocal(_) => {
                self.names(statement)
            }
            _ => self.compound(statement),
        }
    }

    /// Writes what stands after `=`.
    fn value(&mut self, value: &Expr) -> Prints {
        match value {
            Expr::Yield(_) | Expr::YieldFrom(_) => self.expr(value, Precedence::Loose),
            _ => self.tuple_or_test(value),
        }
    }

    fn list(&mut self, elements: &[Shared]) -> Prints {
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            self.test(element)?;
        }
        Ok(())
    }

    fn dotted(&mut self, module: &str) -> Prints {
        for (index, part) in module.split('.').enumerate() {
            if index > 0 {
                self.push(".")?;
            }
            self.name(part)?;
        }
        Ok(())
    }

    fn alias(&mut self, alias: &Option<Name>) -> Prints {
        match alias {
            Some(alias) => {
                self.push(" as ")?;
                self.name(alias)
            }
            None => Ok(()),
        }
    }

    fn names(&mut self, statement: &Stmt) -> Prints {
        match statement {
            Stmt::Import(module, alias) => {
                self.line("import ")?;
                self.dotted(module)?;
                self.alias(alias)
            }
            Stmt::ImportFrom(level, module, names) => {
                self.line("from ")?;
                self.push(&".".repeat(*level))?;
                if !module.is_empty() {
                    self.dotted(module)?;
                }
                self.push(" import ")?;
                for (index, (name, alias)) in names.iter().enumerate() {
                    if index > 0 {
                        self.push(", ")?;
                    }
                    if &**name == "*" {
                        self.push("*")?;
                    } else {
                        self.name(name)?;
                    }
                    self.alias(alias)?;
                }
                Ok(())
            }
            Stmt::Global(names) | Stmt::Nonlocal(names) => {
                self.line(if matches!(statement, Stmt::Global(_)) { "global " } else { "nonlocal " })?;
                for (index, name) in names.iter().enumerate() {
                    if index > 0 {
                        self.push(", ")?;
                    }
                    self.name(name)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn compound(&mut self, statement: &Stmt) -> Prints {
        match statement {
            Stmt::If { test, yes, no } => self.conditional(test, yes, no),
            Stmt::While { test, body, no_break } => {
                self.line("while ")?;
                self.test(test)?;
                self.block(body)?;
                self.otherwise("else", no_break)
            }
            Stmt::For { target, iterable, asynchronous, body, no_break } => {
                self.line(if *asynchronous { "async for " } else { "for " })?;
                self.tuple_or_test(target)?;
                self.push(" in ")?;
                if !self.constant_set(iterable)? {
                    self.tuple_or_test(iterable)?;
                }
                self.block(body)?;
                self.otherwise("else", no_break)
            }
            Stmt::With { items, asynchronous, body } => {
                self.line(if *asynchronous { "async with " } else { "with " })?;
                for (index, (context, target)) in items.iter().enumerate() {
                    if index > 0 {
                        self.push(", ")?;
                    }
                    self.test(context)?;
                    if let Some(target) = target {
                        self.push(" as ")?;
                        self.test(target)?;
                    }
                }
                self.block(body)
            }
            Stmt::Try { body, handlers, no_exception, finally } => {
                self.line("try")?;
                self.block(body)?;
                handlers.iter().try_for_each(|handler| self.handler(handler))?;
                self.otherwise("else", no_exception)?;
                self.otherwise("finally", finally)
            }
            Stmt::Match { subject, cases } => {
                self.line("match ")?;
                self.tuple_or_test(subject)?;
                self.push(":")?;
                self.deeper()?;
                self.indent += 1;
                cases.iter().try_for_each(|case| self.case(case))?;
                self.indent -= 1;
                self.depth -= 1;
                Ok(())
            }
            Stmt::Function(function) => self.function(function),
            Stmt::Class(class) => self.class(class),
            _ => Err("a statement in it is not understood"),
        }
    }

    fn case(&mut self, case: &Case) -> Prints {
        self.line("case ")?;
        for (index, pattern) in case.patterns.iter().enumerate() {
            self.push(if index > 0 { " | " } else { "" })?;
            self.test(pattern)?;
        }
        if case.patterns.is_empty() {
            self.push("_")?;
        }
        if let Some(guard) = &case.guard {
            self.push(" if ")?;
            self.test(guard)?;
        }
        self.block(&case.body)
    }

    fn otherwise(&mut self, word: &str, statements: &[Stmt]) -> Prints {
        if statements.is_empty() {
            return Ok(());
        }
        self.line(word)?;
        self.block(statements)
    }

    fn conditional(&mut self, test: &Expr, yes: &[Stmt], no: &[Stmt]) -> Prints {
        self.line("if ")?;
        self.test(test)?;
        self.block(yes)?;
        let mut rest = no;
        while let [Stmt::If { test, yes, no }] = rest {
            self.line("elif ")?;
            self.test(test)?;
            self.block(yes)?;
            rest = no;
        }
        self.otherwise("else", rest)
    }

    fn handler(&mut self, handler: &Handler) -> Prints {
        self.line("except")?;
        if let Some(class) = &handler.class {
            self.push(" ")?;
            self.test(class)?;
        }
        if let Some(name) = &handler.name {
            self.push(" as ")?;
            self.name(name)?;
        }
        self.block(&handler.body)
    }
}
