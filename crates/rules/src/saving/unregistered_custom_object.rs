//! Classes and functions of the script's own that loading does not find.

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
    if let Some((_, name)) = SHORT_NAMES.iter().find(|(short, _)| short.eq_ignore_ascii_case(class))
        && failure.core().contains("'keras.metrics.")
    {
        return Some(short_name(class, name));
    }
    let function = failure.core().starts_with("Could not locate function");
    let kind = if function { "function" } else { "class" };
    let mut explanation = Explanation::new(format!("loading does not find the {kind} `{class}`")).note(
        "a saved model names the classes and functions that it needs; those of Keras are found, others only if they are \
         registered or handed over",
    );
    if matches!(failure.interp.global(class), Some(Value::Class(_) | Value::Function(_))) {
        let is_it = |statement: &&ast::Stmt| match statement {
            ast::Stmt::ClassDef(s) => s.name.as_str() == class,
            ast::Stmt::FunctionDef(s) => s.name.as_str() == class,
            _ => false,
        };
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
            .help(format!(
                "decorate it: `@keras.saving.register_keras_serializable()` above `{} {class}`",
                if function { "def" } else { "class" }
            ))
            .help(format!("or hand it over: `load_model(path, custom_objects={{\"{class}\": {class}}})`")),
    )
}

/// Short names of Keras' losses, and what the functions are called.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("bce", "binary_crossentropy"),
    ("kld", "kl_divergence"),
    ("mae", "mean_absolute_error"),
    ("mape", "mean_absolute_percentage_error"),
    ("mse", "mean_squared_error"),
    ("msle", "mean_squared_logarithmic_error"),
];

/// Keras' own function, stored in an `.h5` file by a name that loading does not look up:
/// `model.compile("adam", "mae"); model.save("model.h5"); load_model("model.h5")`.
fn short_name(short: &str, name: &str) -> Explanation {
    Explanation::new(format!("loading does not find the loss `{short}` of an HDF5 file"))
        .note("Keras 3 looks a loss of an `.h5` file up among its metrics' classes, and finds only full names")
        .help(format!("compile with the full name, which it finds: `loss=\"{name}\"`"))
        .help(
            "or save as `.keras`, or load with `compile=False` where the model shall only predict, or is compiled anew",
        )
}
