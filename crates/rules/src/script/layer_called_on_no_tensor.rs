//! Layers that are called on something that is no tensor.

use diagnostics::Severity;
use interp::framework::layer::LayerState;
use interp::value::Value;
use ops::{Given, Keras, Mistake};
use python::Ranged;

use crate::places::{call_of, calls_named, layer_that_made};
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
        Given::Nothing => match giver(failure) {
            Some(giver) => given_by(failure, giver),
            None => Explanation::new("a layer is called on `None`, which is no tensor")
                .help("look where the value comes from: a function that does not `return` gives `None`"),
        },
        Given::Plain => plain(failure, subject),
    };
    Some(explanation.operands(failure))
}

/// The Lambda that gives `None` when a model runs: in front of the layer that is called on it.
fn giver<'a>(failure: &Failure<'a>) -> Option<&'a LayerState> {
    let interp = failure.interp;
    if !failure.comes_of_run() {
        return None;
    }
    let (_, refuses) = calls_named(interp, failure.op()).next()?;
    let before = layer_that_made(interp, *refuses.inputs.first()?)?;
    interp.layers().find(|state| *state.name == *before && state.lambda.is_some())
}

fn given_by(failure: &Failure<'_>, giver: &LayerState) -> Explanation {
    let interp = failure.interp;
    let mut explanation = Explanation::new(format!(
        "the function of layer '{}' returns nothing, and layer '{}' is called on that",
        giver.name,
        failure.op()
    ))
    .help("end the function with `return` and the tensor");
    if let Some(call) = call_of(interp, &giver.name) {
        explanation = explanation
            .elsewhere(failure, call, "the layer gives `None`")
            .note("Keras 3 believes `output_shape` and runs the function only with data");
    }
    if let Some(Value::Function(function)) = giver.lambda.as_ref().map(|lambda| &lambda.function) {
        let span = source::first_line(interp.program, interp.function(*function).span);
        explanation = explanation.label(span, "returns nothing");
    }
    explanation
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
