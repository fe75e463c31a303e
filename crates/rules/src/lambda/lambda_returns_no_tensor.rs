//! Lambdas whose function gives something that is no tensor.

use diagnostics::{Label, Severity};
use interp::Interp;
use interp::events::Event;

use crate::{Check, Context, Group, Rule, source};

/// Finds functions of Lambdas that return nothing, or a number instead of a tensor.
pub(super) static LAMBDA_RETURNS_NO_TENSOR: Rule = Rule {
    name: "lambda-returns-no-tensor",
    group: Group::Lambda,
    summary: "a Lambda's function does not return a tensor",
    severity: Severity::Error,
    page: include_str!("lambda_returns_no_tensor.md"),
    check: Check::Event(check),
};

fn check(event: &Event, interp: &Interp<'_>, cx: &mut Context<'_>) {
    let Event::NoTensor { layer, function, gives, shown, span } = event else { return };
    let nothing = &**gives == "NoneType";
    let what = if nothing { "nothing".to_owned() } else { format!("a value of type {gives}") };
    let fatal = |wanted| {
        interp
            .events
            .iter()
            .any(|event| matches!(event, Event::Raised { exception, fatal: true } if *exception == wanted))
    };
    let severity = if shown.is_some_and(fatal) { Severity::Error } else { Severity::Warning };
    let call = source::whole(interp.program, *span);
    let message = format!("the function of layer '{layer}' returns {what}");
    let label = match shown {
        Some(_) => "raises `NotImplementedError`",
        None => "the layer gives `None`",
    };
    let found = cx.report_as(severity, call, label, message);
    if let Some(function) = function {
        let span = source::first_line(interp.program, interp.function(*function).span);
        if !call.contains(span) {
            found.labels.push(Label { span, text: format!("returns {what}") });
        }
    }
    found.notes.push(match shown {
        Some(_) => {
            "Keras cannot see why there is no shape and says only \"We could not automatically infer the \
                    shape of the Lambda's output\""
                .to_owned()
        }
        None => "Keras 2 accepts that; the exception comes from the next layer, which is called on `None`"
            .to_owned(),
    });
    found.help.push(if nothing {
        "end the function with `return` and the tensor".to_owned()
    } else {
        "a layer's output has to be a tensor: a size of its input is known without a layer".to_owned()
    });
    if let Some(shown) = shown {
        cx.explains(*shown);
    }
}
