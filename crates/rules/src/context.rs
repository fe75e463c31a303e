//! What a rule has at hand when it runs.

use diagnostics::{Diagnostic, Label, Span};
use python::Module;

use crate::Rule;

/// The module at hand, and where a rule puts what it finds.
pub struct Context<'a> {
    rule: &'static Rule,
    module: &'a Module,
    found: &'a mut Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        rule: &'static Rule,
        module: &'a Module,
        found: &'a mut Vec<Diagnostic>,
    ) -> Context<'a> {
        Context { rule, module, found }
    }

    /// Returns the module.
    pub fn module(&self) -> &'a Module {
        self.module
    }

    /// Reports a finding of the rule at hand; labels, notes, help and a fix are added to what is returned.
    ///
    /// `label` is what is said of the place itself, `message` what is wrong in one line.
    pub fn report(
        &mut self,
        span: Span,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let Rule { name, group, severity, .. } = self.rule;
        let primary = Label { span, text: label.into() };
        let at = self.found.len();
        self.found.push(Diagnostic::new(name, group.name(), *severity, primary, message.into()));
        &mut self.found[at]
    }
}
