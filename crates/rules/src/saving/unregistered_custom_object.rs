//! Classes of the script's own that loading does not find.

use diagnostics::Severity;
use interp::value::Value;
use ops::Mistake;
use python::Ranged;
use python::ast;

use crate::repair::definitions::register;
use crate::repair::safe;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds models that are loaded without their own classes being known.
pub(super) static UNREGISTERED_CUSTOM_OBJECT: Rule = Rule {
    name: "unregistered-custom-object",
    group: Group::Saving,
    summary: "a model is loaded whose own classes are not registered",
    severity: Severity::Error,
    page: include_str!("unregistered_custom_object.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::Unregistered { class } = failure.mistake()? else { return None };
    let mut explanation = Explanation::new(format!("loading does not find the class `{class}`")).note(
        "a model file names the classes of its layers; those of Keras are found, others only if they are registered or \
         handed over",
    );
    if matches!(failure.interp.global(class), Some(Value::Class(_))) {
        let is_it =
            |statement: &&ast::Stmt| matches!(statement, ast::Stmt::ClassDef(s) if s.name.as_str() == class);
        let definition = failure.program().statements().find(is_it);
        if let Some(statement) = definition {
            let span = python::span(statement.range());
            let edit = register(failure.interp, statement);
            explanation.fix = edit.map(|edit| safe(format!("register `{class}`"), vec![edit]));
            explanation = explanation.label(source::first_line(failure.program(), span), "not registered");
        }
    }
    Some(
        explanation
            .help(format!("decorate it: `@keras.saving.register_keras_serializable()` above `class {class}`"))
            .help(format!("or hand it over: `load_model(path, custom_objects={{\"{class}\": {class}}})`")),
    )
}
