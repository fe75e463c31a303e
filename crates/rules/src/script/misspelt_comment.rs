//! Comments that are meant for kerascope and have no effect.

use diagnostics::Severity;
use python::{Module, Suppressions};
use tensor::DType;

use crate::{Check, Context, Group, Rule, rules};

/// Finds comments for kerascope that it does not understand.
pub(super) static MISSPELT_COMMENT: Rule = Rule {
    name: "misspelt-comment",
    group: Group::Script,
    summary: "a comment that is meant for kerascope has no effect",
    severity: Severity::Warning,
    page: include_str!("misspelt_comment.md"),
    check: Check::Module(check),
};

fn check(module: &Module, cx: &mut Context<'_>) {
    let comments = Suppressions::of(module);
    for malformed in comments.malformed() {
        let found = cx.report(malformed.span, "", "this comment is not understood");
        found.help.push(malformed.message.clone());
    }
    for stated in comments.annotations() {
        let plain = ["int", "float", "bool", "str"].contains(&stated.dtype.as_str()) && stated.dims.is_none();
        if !plain && DType::parse(&stated.dtype).is_none() {
            let found = cx.report(stated.span, "", format!("there is no dtype `{}`", stated.dtype));
            found.help.push("a dtype is a name like `float32`, `int64`, `uint8`, `bool` or `str`".to_owned());
        }
    }
    for (name, span) in comments.all().iter().flat_map(|suppression| &suppression.rules) {
        let known =
            rules().any(|rule| rule.name == name) || Group::ALL.iter().any(|group| group.name() == name);
        if !known {
            let found = cx.report(*span, "", format!("there is no rule or group `{name}`"));
            found.help.push("`kerascope explain` lists the rules".to_owned());
        }
    }
}
