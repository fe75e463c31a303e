//! What a rule has at hand when it runs.

use diagnostics::{Diagnostic, Label, Severity, Span};
use interp::heap::ObjId;
use python::Module;

use crate::{Explanation, Failure, Rule, explain};

/// The module at hand, and where a rule puts what it finds.
pub struct Context<'a> {
    rule: &'static Rule,
    module: &'a Module,
    failures: &'a [Failure<'a>],
    findings: &'a mut Findings,
}

/// What the rules have found so far.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) found: Vec<Diagnostic>,
    /// The exceptions that a finding explains.
    pub(crate) explained: Vec<ObjId>,
}

impl Findings {
    /// Returns the findings in the order of their place.
    pub(crate) fn in_order(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| (a.primary.span, a.rule).cmp(&(b.primary.span, b.rule)));
        // What a model meets when it is built it meets again at every run.
        self.found
            .dedup_by(|a, b| (a.primary.span, a.rule, &a.message) == (b.primary.span, b.rule, &b.message));
        self.found
    }
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        rule: &'static Rule,
        module: &'a Module,
        failures: &'a [Failure<'a>],
        findings: &'a mut Findings,
    ) -> Context<'a> {
        Context { rule, module, failures, findings }
    }

    /// Reports an exception as the rule at hand explains it.
    pub fn explain(&mut self, failure: &Failure<'_>, explanation: Explanation) {
        self.findings.found.push(explain::finding(self.rule, failure, explanation));
        self.explains(failure.cause);
    }

    /// Returns the exceptions that the script meets.
    pub fn failures(&self) -> &'a [Failure<'a>] {
        self.failures
    }

    /// Says that a finding explains an exception, which then needs no other.
    pub fn explains(&mut self, exception: ObjId) {
        self.findings.explained.push(exception);
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
        self.report_as(self.rule.severity, span, label, message)
    }

    /// Reports a finding of another severity than the rule's: what is an error for one script can be a
    /// warning for another that catches the exception.
    pub fn report_as(
        &mut self,
        severity: Severity,
        span: Span,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let Rule { name, group, .. } = self.rule;
        let primary = Label { span, text: label.into() };
        let found = &mut self.findings.found;
        let at = found.len();
        found.push(Diagnostic::new(name, group.name(), severity, primary, message.into()));
        &mut found[at]
    }
}
