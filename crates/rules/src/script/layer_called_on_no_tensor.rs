//! Layers that are called on something that is no tensor.

use diagnostics::Severity;
use ops::{Given, Keras, Mistake};
use python::Ranged;

use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds layers that are called on a layer, a function, a number or `None`.
pub(super) static LAYER_CALLED_ON_NO_TENSOR: Rule = Rule {
    name: "layer-called-on-no-tensor",
    group: Group::Script,
    summary: "a layer is called on something that is no tensor",
    severity: Severity::Error,
    page: include_str!("layer_called_on_no_tensor.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotATensor { given } = failure.mistake()? else { return None };
    let argument = argument(failure);
    let subject = argument.as_ref().map_or("its argument".to_owned(), |text| format!("`{text}`"));
    let text = argument.as_deref().unwrap_or("layer");
    let explanation = match given {
        Given::Layer => Explanation::new(format!(
            "a layer is called on {subject}, which is a layer itself and not what one gives"
        ))
        .note("a layer gives a tensor only when it is called: the second pair of brackets in `Dense(3)(x)`")
        .help(format!("call it on the tensor that it is for: `{text}(x)`")),
        Given::Function => Explanation::new(format!(
            "a layer is called on {subject}, which is a function and no tensor"
        ))
        .help("call the function, or make a layer of it and call that: `keras.layers.Lambda(function)(x)`"),
        Given::Nothing => Explanation::new("a layer is called on `None`, which is no tensor")
            .help("look where the value comes from: a function that does not `return` gives `None`"),
        Given::Plain => plain(failure, subject),
    };
    Some(explanation.operands(failure))
}

fn plain(failure: &Failure<'_>, subject: String) -> Explanation {
    let explanation =
        Explanation::new(format!("a layer's call takes only tensors by position, and {subject} is none"));
    let explanation = match failure.interp.keras {
        Keras::Three => {
            explanation.note("Keras 3 takes each positional argument of a layer's call for an input")
        }
        Keras::Two => explanation,
    };
    explanation
        .help("pass other values by keyword; for a Lambda, `Lambda(function, arguments={...})`")
        .help("data is a tensor once it is an array: `np.array(...)`, `tf.constant(...)`")
}

/// The argument that is no tensor, as it is written, where the call has only one or none but the last is a tensor.
fn argument(failure: &Failure<'_>) -> Option<String> {
    let call = source::call_at(failure.program(), failure.state()?.span)?;
    let last = call.arguments.args.last()?;
    source::plain(failure.program(), python::span(last.range())).filter(|text| text.len() <= 40)
}
