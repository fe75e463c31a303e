//! Expressions whose results the analysis does not know.

use diagnostics::Severity;
use interp::Interp;
use python::ast::{AnyNodeRef, Expr};

use crate::{Check, Context, Group, Rule, source};

/// Lists the first causes of what is not known, where that is asked for.
pub(super) static UNKNOWN_RESULT: Rule = Rule {
    name: "unknown-result",
    group: Group::Script,
    summary: "what an expression gives is not known (listed by `--explain-unknown`)",
    severity: Severity::Info,
    page: include_str!("unknown_result.md"),
    check: Check::Script(check),
};

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    for unknown in interp.unknown_results() {
        let span = source::whole(interp.program, unknown.span);
        let target = source::around(interp.program, span).into_iter().rev().find_map(|node| match node {
            AnyNodeRef::StmtAssign(s) if python::span(python::Ranged::range(&*s.value)) == span => {
                s.targets.first()
            }
            _ => None,
        });
        let found = cx.report(span, "", "what this gives is not known");
        found.notes.push(unknown.why.clone());
        if let Some(Expr::Name(name)) = target {
            found.help.push(format!(
                "if it is an array, a comment on this line can say of what kind: `# kerascope: {}: float32[1000, 28, 28]`",
                name.id
            ));
        }
    }
}
