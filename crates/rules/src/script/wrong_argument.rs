//! Arguments with values that a function does not take.

use diagnostics::{Severity, Span};
use ops::Mistake;
use python::Ranged;

use crate::repair::{safe, wrap};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds arguments of a kind or value that the function refuses.
pub(super) static WRONG_ARGUMENT: Rule = Rule {
    name: "wrong-argument",
    group: Group::Script,
    summary: "an argument has a value that the function does not take",
    severity: Severity::Error,
    page: include_str!("wrong_argument.md"),
    check: Check::Failure(check),
};

/// A problem longer than this is told in a note.
const MAX_PROBLEM: usize = 110;

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let (param, problem) = match failure.mistake()? {
        Mistake::Argument { param, problem } => (param, problem),
        Mistake::ReservedAttribute => return Some(reserved()),
        Mistake::NoneValue => return Some(nothing(failure)),
        _ => return None,
    };
    let callee = failure.callee();
    if *param == "arguments" {
        return Some(arguments(failure, problem));
    }
    if let Some(mut explanation) = known(param) {
        if *param == "class_weight"
            && let Some(value) = written(failure, param)
        {
            let edits = wrap(value, "dict(enumerate(", "))");
            explanation = explanation.label(value, "no dict").mended(Some(safe("make a dict of it", edits)));
        }
        return Some(explanation.operands(failure));
    }
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches('.');
    let message = if problem.is_empty() || problem.chars().count() > MAX_PROBLEM {
        format!("`{callee}` refuses its argument `{param}`")
    } else {
        format!("`{callee}` refuses its argument `{param}`: {problem}")
    };
    let mut explanation = Explanation::new(message).operands(failure);
    explanation.help.extend(whole(problem));
    if let Some(value) = written(failure, param)
        && explanation.labels.iter().all(|label| label.span != value)
    {
        explanation = explanation.label(value, format!("`{param}`"));
    }
    Some(explanation)
}

/// What to do about a float that stands where an int is needed, though it is whole: `units=16.0`.
fn whole(problem: &str) -> Option<String> {
    let (expected, received) = problem.split_once("Received: ")?;
    let value = received.trim_end_matches('.').rsplit('=').next()?;
    let number: f64 = value.parse().ok()?;
    (expected.contains("integer") && value.contains('.') && number.fract() == 0.0)
        .then(|| format!("an int has to stand there: `{number}`, or `int(...)` of what is computed; `/` gives floats, `//` ints"))
}

/// The value of a parameter, where the call gives it by name.
fn written(failure: &Failure<'_>, param: &str) -> Option<Span> {
    let call = source::call_at(failure.program(), failure.span())?;
    let keyword = call.arguments.find_keyword(param)?;
    Some(python::span(keyword.value.range()))
}

/// `Lambda(f, arguments=[16])`: Keras asks for the `items()` when the function runs.
fn arguments(failure: &Failure<'_>, problem: &str) -> Explanation {
    let explanation = Explanation::new(format!("the Lambda's `arguments` is {problem}"))
        .help("write `arguments={\"name\": value}`, with the names of the function's parameters");
    let interp = failure.interp;
    let made = interp.layers().find(|state| &*state.name == failure.op()).map(|state| state.made);
    let call = made.and_then(|made| source::call_at(interp.program, made));
    let Some(keyword) = call.and_then(|call| call.arguments.find_keyword("arguments")) else {
        return explanation.operands(failure);
    };
    let place = python::span(keyword.value.range());
    if failure.span().contains(place) {
        return explanation.label(place, "no dict").operands(failure);
    }
    explanation.elsewhere(failure, place, "no dict")
}

fn reserved() -> Explanation {
    Explanation::new("this attribute is one that every model has, and it cannot be set")
        .help("give it another name: `layers`, `inputs`, `weights` and the like belong to the model")
}

/// `None` where a value is needed: `tf.cast(mask, x.dtype)` without a mask.
fn nothing(failure: &Failure<'_>) -> Explanation {
    let callee = failure.callee();
    let call = source::call_at(failure.program(), failure.span());
    let names = call.map(|call| {
        let first = call.arguments.args.first().filter(|arg| arg.is_name_expr());
        first.and_then(|arg| source::plain(failure.program(), python::span(arg.range())))
    });
    let message = match names.flatten().filter(|_| failure.operands().is_empty()) {
        Some(name) => format!("`{callee}` needs a value, and `{name}` is `None`"),
        None => format!("`{callee}` is given `None` where it needs a value"),
    };
    Explanation::new(message)
        .help("look where the `None` comes from: a mask that there is not, a function that does not `return`, a default")
        .operands(failure)
}

/// What can be said better than by naming the argument.
fn known(param: &str) -> Option<Explanation> {
    Some(match param {
        "loop_vars" => {
            Explanation::new("the body of `tf.while_loop` gives a variable another shape than it came in with")
                .note("the loop is one operation, so a variable has one shape for all rounds")
                .help(
                    "say what may differ: `shape_invariants=[..., tf.TensorShape([None, None, 12])]`; or collect what \
                     grows in a `tf.TensorArray`",
                )
        }
        "class_weight" => Explanation::new("`class_weight` has to be a dict from class numbers to weights")
            .note("an array, such as `compute_class_weight` gives, has one weight for each class in their order")
            .help("`dict(enumerate(weights))` makes a dict of it"),
        "get_config" => Explanation::new("an object of this class cannot be made anew from its config")
            .note("cloning and loading call the class with what `get_config` returns, `name`, `trainable` and `dtype` included")
            .help(
                "let `__init__` take `**kwargs` and hand them to `super().__init__(**kwargs)`, and let `get_config` return all \
                 that `__init__` needs",
            ),
        _ => return None,
    })
}
