//! NumPy on tensors that have no values yet.

use diagnostics::{Fix, Severity};
use ops::{Keras, Mistake};

use crate::repair::safe;
use crate::{Check, Explanation, Failure, Group, Rule, source, translate};

/// Finds NumPy functions and `.numpy()` on symbolic tensors.
pub(super) static NUMPY_FUNCTION_ON_SYMBOLIC_TENSOR: Rule = Rule {
    name: "numpy-function-on-symbolic-tensor",
    group: Group::Backend,
    summary: "NumPy is asked for the values of a tensor that has none yet",
    severity: Severity::Error,
    page: include_str!("numpy_function_on_symbolic_tensor.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let operands = failure.operands();
    let subject = operands.first().map_or("a tensor", |operand| operand.name.as_str()).to_owned();
    let function = match failure.mistake()? {
        Mistake::SymbolicInput { function } => function.strip_prefix("np.")?,
        Mistake::MissingName { name }
            if matches!(name.as_str(), "numpy" | "_numpy") && !operands.is_empty() =>
        {
            let explanation =
                Explanation::new(format!("`{subject}` has no values yet, so it has no `.numpy()`"));
            return Some(taught(explanation, failure, None));
        }
        _ => return None,
    };
    let message = format!("`{}` needs the values of `{subject}`, which has none yet", failure.callee());
    Some(taught(Explanation::new(message), failure, Some(function)))
}

fn taught(explanation: Explanation, failure: &Failure<'_>, function: Option<&str>) -> Explanation {
    let explanation = explanation
        .note(
            "while Keras builds or traces a model it calls layers on symbolic tensors, which have a shape and a dtype \
             but no numbers; NumPy computes with numbers",
        )
        .operands(failure);
    let explanation = explanation.mended(function.and_then(|name| fix(failure, name)));
    let explanation = match function.and_then(|name| equivalent(failure.interp.keras, name)) {
        Some(path) => explanation.help(format!("`{path}` does the same with tensors")),
        None => {
            explanation.help("use the functions of TensorFlow or `keras.ops`, which take symbolic tensors")
        }
    };
    match function {
        Some(_) => explanation.help(
            "what cannot be written with tensors can be called at run time by `tf.numpy_function`, through which no \
             gradient passes",
        ),
        None => explanation,
    }
}

/// Calls what does the same in `keras.ops`.
fn fix(failure: &Failure<'_>, function: &str) -> Option<Fix> {
    if failure.interp.keras == Keras::Two {
        return None;
    }
    let call = source::call_at(failure.program(), failure.span())?;
    let edits = translate::call(failure.interp, call, &format!("np.{function}"))?;
    Some(safe("use the function of `keras.ops`", edits))
}

/// The function of the frameworks with the same name.
fn equivalent(keras: Keras, name: &str) -> Option<String> {
    let name = name.rsplit('.').next().unwrap_or(name);
    let (profile, paths) = match keras {
        Keras::Three => (names::Profile::Keras3, ["keras.ops", "tf", "tf.math"]),
        Keras::Two => (names::Profile::Keras2, ["tf", "tf.math", "tf.linalg"]),
    };
    let renamed = match (keras, name) {
        (Keras::Two, "sum" | "mean" | "max" | "min" | "prod" | "any" | "all") => format!("reduce_{name}"),
        _ => name.to_owned(),
    };
    paths
        .iter()
        .map(|module| format!("{module}.{renamed}"))
        .find(|path| names::lookup(profile, path).is_some())
}
