//! Names that a loaded Lambda does not find any more.

use diagnostics::{Severity, Span};
use interp::events::Event;
use ops::{Exc, Keras, Mistake};

use crate::explain::is_class;
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds functions of loaded Lambdas that read a name which loading does not supply.
pub(super) static LAMBDA_LOSES_GLOBALS: Rule = Rule {
    name: "lambda-loses-globals",
    group: Group::Saving,
    summary: "a loaded Lambda's function reads a name that was not saved with it",
    severity: Severity::Error,
    page: include_str!("lambda_loses_globals.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::MissingName { name } = failure.mistake()? else { return None };
    if !is_class(failure, Exc::NameError) || !read_by_lambda(failure, name) {
        return None;
    }
    let loaded = loaded(failure)?;
    let mut explanation = Explanation::new(format!(
        "`{name}` was not saved with the Lambda's function, and is not there when the loaded model runs it"
    ))
    .note(
        "a Lambda is saved as the bytecode of its function: the constants in it are kept, the names that it reads outside of \
         itself are not",
    );
    explanation.notes.push(match failure.interp.keras {
        Keras::Two => "Keras 2 looks for them in its own module, which has `tf` and `np`, in `custom_objects`, and in the \
                       module that defined the function, if that is imported"
            .to_owned(),
        Keras::Three => "Keras 3 supplies none of them, not even `tf`, `np` or `keras`".to_owned(),
    });
    explanation = explanation.label(loaded, "the model is loaded here");
    if failure.interp.keras == Keras::Two {
        explanation = explanation
            .help(format!("hand it over: `load_model(path, custom_objects={{\"{name}\": {name}}})`"));
    }
    Some(
        explanation
            .help(format!(
                "let the function carry it: as a default argument (`{name}={name}`), or, for a module, with an `import` in \
                 the function"
            ))
            .help("a layer class that is registered is saved by name and finds all that its module has"),
    )
}

/// Tells whether a Lambda's function reads a name outside of itself, and is where the exception arose.
fn read_by_lambda(failure: &Failure<'_>, name: &str) -> bool {
    failure.interp.events.iter().any(|event| match event {
        Event::Captured { function, values, .. } => {
            let definition = failure.interp.function(*function).span;
            source::in_function(failure.program(), definition, failure.span())
                && values.iter().any(|(known, _)| &**known == name)
        }
        _ => false,
    })
}

/// Where a model is loaded.
fn loaded(failure: &Failure<'_>) -> Option<Span> {
    failure.interp.events.iter().rev().find_map(|event| match event {
        Event::Loaded { span, .. } => Some(source::whole(failure.program(), *span)),
        _ => None,
    })
}
