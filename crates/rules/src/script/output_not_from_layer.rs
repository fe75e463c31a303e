//! Ends of models that no layer made.

use diagnostics::{Fix, Severity, Span};
use interp::value::Value;
use ops::Mistake;
use python::Ranged;
use python::ast::Expr;

use crate::repair::{argument, insert, risky};
use crate::{Check, Explanation, Failure, Group, Rule, source};

/// Finds models whose inputs or outputs are not the tensors of Inputs and layers.
pub(super) static OUTPUT_NOT_FROM_LAYER: Rule = Rule {
    name: "output-not-from-layer",
    group: Group::Script,
    summary: "a model's input or output is not a tensor that a layer made",
    severity: Severity::Error,
    page: include_str!("output_not_from_layer.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::NotFromLayer { end } = failure.mistake()? else { return None };
    let one = end.trim_end_matches('s');
    let mut explanation =
        Explanation::new(format!("one of the model's {end} is not a tensor that a layer made"));
    if let Some(span) = uncalled(failure, end) {
        explanation = explanation.label(span, "a layer, not what it gives when it is called");
    }
    let explanation = match *end {
        "inputs" => explanation.help("a model's inputs are what `keras.Input(shape)` gives"),
        _ => explanation
            .help("a layer gives a tensor when it is called: `layer(x)`, not `layer`")
            .help("what is computed without the model's inputs is no output of it: put the computation into a layer"),
    };
    Some(
        explanation
            .note(format!(
                "a functional model follows each {one} back through the layers that made it; layers, functions, \
                 arrays and tensors with values have no such past"
            ))
            .operands(failure)
            .mended(fix(failure)),
    )
}

/// The name of a layer that stands for an end of the model.
fn uncalled(failure: &Failure<'_>, end: &str) -> Option<Span> {
    let call = source::call_at(failure.program(), failure.span())?;
    let value = argument(call, usize::from(end == "outputs"), end)?;
    let Expr::Name(name) = value else { return None };
    let Value::Instance(id) = failure.interp.global(&name.id)? else { return None };
    failure.interp.layer(id).is_some().then(|| python::span(value.range()))
}

/// Calls a layer that is made in the place of an output on the model's input: `Model(x, Dense(1))`.
fn fix(failure: &Failure<'_>) -> Option<Fix> {
    let call = source::call_at(failure.program(), failure.span())?;
    let (inputs, outputs) = (argument(call, 0, "inputs")?, argument(call, 1, "outputs")?);
    let Expr::Call(layer) = outputs else { return None };
    if !matches!(inputs, Expr::Name(_)) || layer.func.is_call_expr() {
        return None;
    }
    let name = failure.program().text(python::span(inputs.range()));
    let edit = insert(python::span(outputs.range()).end, format!("({name})"));
    Some(risky("call the layer on the model's input", vec![edit]))
}
