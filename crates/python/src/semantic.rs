//! Errors that CPython's compiler finds in a well-formed tree: `return` outside a function and the like.
//!
//! The rules are ruff's; this walks the tree and tells them where in it they are. Where only a symbol table
//! could tell (whether a `nonlocal` name is bound), the answer is the one that reports nothing.

use std::cell::RefCell;

use ruff_python_ast as ast;
use ruff_python_ast::PythonVersion;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_parser::semantic_errors::{
    LazyImportContext, SemanticSyntaxChecker, SemanticSyntaxContext, SemanticSyntaxError,
};
use ruff_text_size::TextRange;

/// Checks the statements of a module.
pub(crate) fn check(source: &str, body: &[ast::Stmt], notebook: bool) -> Vec<SemanticSyntaxError> {
    let mut walker = Walker {
        checker: SemanticSyntaxChecker::new(),
        context: Context {
            source,
            notebook,
            scopes: vec![Scope::of_body(ScopeKind::Module, body)],
            errors: RefCell::default(),
        },
    };
    walker.visit_body(body);
    walker.context.errors.into_inner()
}

#[derive(Clone, Copy, PartialEq)]
enum ScopeKind {
    Module,
    Class,
    Function { is_async: bool },
    Comprehension { generator: bool },
}

struct Scope<'a> {
    kind: ScopeKind,
    loops: u32,
    parameters: Vec<&'a str>,
    globals: Vec<(&'a str, TextRange)>,
}

impl<'a> Scope<'a> {
    fn new(kind: ScopeKind) -> Scope<'a> {
        Scope { kind, loops: 0, parameters: Vec::new(), globals: Vec::new() }
    }

    fn of_body(kind: ScopeKind, body: &'a [ast::Stmt]) -> Scope<'a> {
        let mut scope = Scope::new(kind);
        scope.collect_globals(body);
        scope
    }

    /// Notes the `global` statements of the scope itself, not of functions and classes in it.
    fn collect_globals(&mut self, body: &'a [ast::Stmt]) {
        for statement in body {
            match statement {
                ast::Stmt::Global(global) => {
                    self.globals.extend(global.names.iter().map(|name| (name.as_str(), global.range)));
                }
                ast::Stmt::If(branch) => {
                    self.collect_globals(&branch.body);
                    branch.elif_else_clauses.iter().for_each(|clause| self.collect_globals(&clause.body));
                }
                ast::Stmt::For(inner) => {
                    self.collect_globals(&inner.body);
                    self.collect_globals(&inner.orelse);
                }
                ast::Stmt::While(inner) => {
                    self.collect_globals(&inner.body);
                    self.collect_globals(&inner.orelse);
                }
                ast::Stmt::With(inner) => self.collect_globals(&inner.body),
                ast::Stmt::Try(inner) => {
                    self.collect_globals(&inner.body);
                    for ast::ExceptHandler::ExceptHandler(handler) in &inner.handlers {
                        self.collect_globals(&handler.body);
                    }
                    self.collect_globals(&inner.orelse);
                    self.collect_globals(&inner.finalbody);
                }
                _ => {}
            }
        }
    }
}

struct Walker<'a> {
    checker: SemanticSyntaxChecker,
    context: Context<'a>,
}

struct Context<'a> {
    source: &'a str,
    notebook: bool,
    scopes: Vec<Scope<'a>>,
    errors: RefCell<Vec<SemanticSyntaxError>>,
}

impl Context<'_> {
    fn kind(&self) -> ScopeKind {
        self.scopes.last().map_or(ScopeKind::Module, |scope| scope.kind)
    }

    /// Returns the innermost scope that is not a comprehension.
    fn beneath_comprehensions(&self) -> ScopeKind {
        let mut kinds = self.scopes.iter().rev().map(|scope| scope.kind);
        kinds.find(|kind| !matches!(kind, ScopeKind::Comprehension { .. })).unwrap_or(ScopeKind::Module)
    }
}

impl SemanticSyntaxContext for Context<'_> {
    fn future_annotations_or_stub(&self) -> bool {
        // Then annotations may hold anything: nothing is reported in them.
        true
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        None
    }

    fn python_version(&self) -> PythonVersion {
        PythonVersion::latest()
    }

    fn source(&self) -> &str {
        self.source
    }

    fn global(&self, name: &str) -> Option<TextRange> {
        let scope = self.scopes.last()?;
        scope.globals.iter().find(|(global, _)| *global == name).map(|(_, range)| *range)
    }

    fn has_nonlocal_binding(&self, _name: &str) -> bool {
        true
    }

    fn in_async_context(&self) -> bool {
        matches!(self.beneath_comprehensions(), ScopeKind::Function { is_async: true })
    }

    fn in_await_allowed_context(&self) -> bool {
        matches!(self.beneath_comprehensions(), ScopeKind::Function { .. })
    }

    fn in_yield_allowed_context(&self) -> bool {
        matches!(self.kind(), ScopeKind::Function { .. })
    }

    fn in_sync_comprehension(&self) -> bool {
        false
    }

    fn in_class_body_comprehension(&self) -> bool {
        self.beneath_comprehensions() == ScopeKind::Class
    }

    fn in_module_scope(&self) -> bool {
        self.kind() == ScopeKind::Module
    }

    fn in_function_scope(&self) -> bool {
        matches!(self.kind(), ScopeKind::Function { .. })
    }

    fn in_generator_context(&self) -> bool {
        self.kind() == ScopeKind::Comprehension { generator: true }
    }

    fn in_notebook(&self) -> bool {
        self.notebook
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.errors.borrow_mut().push(error);
    }

    fn in_loop_context(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.loops > 0)
    }

    fn is_bound_parameter(&self, name: &str) -> bool {
        self.scopes.last().is_some_and(|scope| scope.parameters.contains(&name))
    }
}

impl<'a> Walker<'a> {
    fn within(&mut self, scope: Scope<'a>, visit: impl FnOnce(&mut Self)) {
        self.context.scopes.push(scope);
        visit(self);
        self.context.scopes.pop();
    }

    fn visit_loop_body(&mut self, body: &'a [ast::Stmt]) {
        if let Some(scope) = self.context.scopes.last_mut() {
            scope.loops += 1;
        }
        self.visit_body(body);
        if let Some(scope) = self.context.scopes.last_mut() {
            scope.loops -= 1;
        }
    }

    fn visit_function(&mut self, function: &'a ast::StmtFunctionDef) {
        function.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        self.visit_parameters(&function.parameters);
        let mut scope = Scope::of_body(ScopeKind::Function { is_async: function.is_async }, &function.body);
        scope.parameters = function.parameters.iter().map(|parameter| parameter.name().as_str()).collect();
        self.within(scope, |walker| walker.visit_body(&function.body));
    }

    fn visit_comprehensions(
        &mut self,
        generators: &'a [ast::Comprehension],
        generator: bool,
        elements: [Option<&'a ast::Expr>; 2],
    ) {
        // The first iterable is evaluated outside.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.within(Scope::new(ScopeKind::Comprehension { generator }), |walker| {
            for (index, comprehension) in generators.iter().enumerate() {
                walker.visit_expr(&comprehension.target);
                if index > 0 {
                    walker.visit_expr(&comprehension.iter);
                }
                comprehension.ifs.iter().for_each(|condition| walker.visit_expr(condition));
            }
            elements.into_iter().flatten().for_each(|element| walker.visit_expr(element));
        });
    }
}

impl<'a> Visitor<'a> for Walker<'a> {
    fn visit_stmt(&mut self, statement: &'a ast::Stmt) {
        self.checker.visit_stmt(statement, &self.context);
        match statement {
            ast::Stmt::FunctionDef(function) => self.visit_function(function),
            ast::Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                let scope = Scope::of_body(ScopeKind::Class, &class.body);
                self.within(scope, |walker| walker.visit_body(&class.body));
            }
            ast::Stmt::For(inner) => {
                self.visit_expr(&inner.iter);
                self.visit_expr(&inner.target);
                self.visit_loop_body(&inner.body);
                self.visit_body(&inner.orelse);
            }
            ast::Stmt::While(inner) => {
                self.visit_expr(&inner.test);
                self.visit_loop_body(&inner.body);
                self.visit_body(&inner.orelse);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'a ast::Expr) {}

    fn visit_expr(&mut self, expression: &'a ast::Expr) {
        self.checker.visit_expr(expression, &self.context);
        match expression {
            ast::Expr::Lambda(lambda) => {
                let mut scope = Scope::new(ScopeKind::Function { is_async: false });
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                    scope.parameters = parameters.iter().map(|parameter| parameter.name().as_str()).collect();
                }
                self.within(scope, |walker| walker.visit_expr(&lambda.body));
            }
            ast::Expr::ListComp(list) => {
                self.visit_comprehensions(&list.generators, false, [Some(&list.elt), None]);
            }
            ast::Expr::SetComp(set) => {
                self.visit_comprehensions(&set.generators, false, [Some(&set.elt), None]);
            }
            ast::Expr::Generator(generator) => {
                self.visit_comprehensions(&generator.generators, true, [Some(&generator.elt), None]);
            }
            ast::Expr::DictComp(dict) => {
                let key = dict.key.as_deref();
                self.visit_comprehensions(&dict.generators, false, [key, Some(&dict.value)]);
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}
