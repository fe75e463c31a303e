//! Random draws that stand where a weight was meant.

use diagnostics::{Fix, Severity, Span};
use graph::{NodeId, Source};
use interp::Interp;
use interp::value::Value;
use ops::Keras;
use python::Ranged;
use python::ast::{AnyNodeRef, Expr};
use tensor::Dim;

use crate::repair::definitions::{Weight, layer_class};
use crate::repair::lambda::lambda_call;
use crate::repair::risky;
use crate::{Check, Context, Group, Rule, draws, source};

/// Finds random draws of a fixed size that a layer's input is multiplied by.
pub(super) static RANDOM_WEIGHT: Rule = Rule {
    name: "random-weight",
    group: Group::Gradient,
    summary: "a random draw is used as a weight: it is drawn anew at every call and never trained",
    severity: Severity::Warning,
    page: include_str!("random_weight.md"),
    check: Check::Script(check),
};

/// Attributes that a layer has already.
const RESERVED: &[&str] = &[
    "weights",
    "trainable_weights",
    "variables",
    "trainable_variables",
    "metrics",
    "losses",
    "input",
    "output",
    "dtype",
    "name",
];

/// A draw and the product in which it stands for a weight.
pub(super) struct Draw {
    /// The draw's expression.
    pub span: Span,
    product: Span,
    shape: String,
}

fn check(interp: &Interp<'_>, cx: &mut Context<'_>) {
    for draw in draws(interp) {
        let Draw { span, product, shape } = draw;
        let name = bound_name(interp, span);
        let subject = name.as_ref().map_or("this draw".to_owned(), |name| format!("`{name}`"));
        let message = format!("{subject} is no weight: it is drawn anew at every call and never trained");
        let found = cx.report(span, "drawn each time the function runs", message);
        if !product.contains(span) {
            let text = "used as if it were learned".to_owned();
            found.labels.push(diagnostics::Label { span: product, text });
        }
        found.notes.push(
            "a function in a layer is run for every batch: each gets other numbers, in `predict` too, and no optimizer knows \
             of them"
                .to_owned(),
        );
        let attribute =
            name.filter(|name| !RESERVED.contains(&name.as_str())).unwrap_or_else(|| "w".to_owned());
        let ops = match interp.keras {
            Keras::Two => "tf.keras.layers.Layer",
            Keras::Three => "keras.layers.Layer",
        };
        found.fix = fix(interp, span, &attribute);
        found.help.push(format!(
            "make a layer that has a weight:\n    class Weighted({ops}):\n        def build(self, input_shape):\n            \
             self.{attribute} = self.add_weight(\n                shape={shape}, initializer=\"random_normal\"\n            )\n        def call(self, \
             inputs):\n            ...  # with self.{attribute} in place of the draw"
        ));
    }
}

/// Makes a layer with a weight of the Lambda that the draw is in.
fn fix(interp: &Interp<'_>, draw: Span, attribute: &str) -> Option<Fix> {
    let call = source::call_at(interp.program, draw)?;
    let shape =
        call.arguments.find_keyword("shape").map(|k| &k.value).or_else(|| call.arguments.args.first())?;
    let lambda = interp.layers().find_map(|state| match state.lambda.as_ref()?.function {
        Value::Function(id) if source::in_function(interp.program, interp.function(id).span, draw) => {
            lambda_call(interp, &state.name)
        }
        _ => None,
    })?;
    let weight = Weight { draw, shape, name: attribute.to_owned() };
    let edits = layer_class(interp, lambda, &weight)?;
    Some(risky("make a layer that has a weight", edits))
}

/// Finds the draws that stand for weights: of a size that does not depend on the batch, and multiplied with
/// what a layer is called on. Each expression counts once.
pub(super) fn draws(interp: &Interp<'_>) -> Vec<Draw> {
    let trace = &interp.trace;
    let count = u32::try_from(trace.len()).unwrap_or(u32::MAX);
    // What a node is drawn as, and whether it is computed from an input.
    let mut drawn: Vec<Option<NodeId>> = Vec::with_capacity(trace.len());
    let mut depends: Vec<bool> = Vec::with_capacity(trace.len());
    let mut found: Vec<Draw> = Vec::new();
    let mut noise: Vec<Span> = Vec::new();
    for id in (0..count).map(NodeId) {
        let node = trace.node(id);
        let of = |input: &NodeId| drawn.get(input.0 as usize).copied().flatten();
        let on_input = |input: &NodeId| depends.get(input.0 as usize).copied().unwrap_or(false);
        let own = if draws::is_draw(node) {
            let sizes = node.spec.shape.all_known();
            if sizes.is_none() {
                noise.push(node.span);
            }
            sizes.filter(|sizes| !sizes.is_empty() && in_function(interp, node.span)).map(|_| id)
        } else {
            match node.source {
                Source::Op(op) if passes(op.name) => node.inputs.iter().find_map(|(input, _)| of(input)),
                _ => None,
            }
        };
        if let Source::Op(op) = node.source
            && multiplies(op.name)
            && let Some(draw) = node.inputs.iter().find_map(|(input, _)| of(input))
            && node.inputs.iter().any(|(input, _)| on_input(input) && of(input).is_none())
        {
            // A draw that has numbers of its own for each row of a batch is noise: `z + sigma * epsilon`.
            let batch = |input: &NodeId| on_input(input) && same_rows(interp, *input, draw);
            if op.name == "multiply" && node.inputs.iter().any(|(input, _)| batch(input)) {
                noise.push(trace.node(draw).span);
            }
            let span = source::whole(interp.program, trace.node(draw).span);
            let product = source::whole(interp.program, node.span);
            if !found.iter().any(|known| known.span == span) {
                let sizes = trace.node(draw).spec.shape.tuple();
                let shape = shape_argument(interp, span).unwrap_or(sizes);
                found.push(Draw { span, product, shape });
            }
        }
        depends.push(match node.source {
            Source::Input | Source::LayerCall(_) => true,
            _ => node.inputs.iter().any(|(input, _)| on_input(input)),
        });
        drawn.push(own);
    }
    found.retain(|draw| !noise.iter().any(|span| source::whole(interp.program, *span) == draw.span));
    found
}

/// Ops that only change the form of a draw.
fn passes(op: &str) -> bool {
    matches!(
        op,
        "reshape" | "expand_dims" | "cast" | "identity" | "transpose" | "squeeze" | "convert_to_tensor"
    )
}

/// Tells whether a draw has a row for each of a tensor's, of which there are several: both have one rank, and neither
/// is repeated along the first axis.
fn same_rows(interp: &Interp<'_>, tensor: NodeId, draw: NodeId) -> bool {
    let (tensor, draw) = (&interp.trace.node(tensor).spec.shape, &interp.trace.node(draw).spec.shape);
    let rows = draw.dim(0).filter(|rows| *rows != Dim::Known(1));
    draw.rank() == tensor.rank() && rows.zip(tensor.dim(0)).is_some_and(|(a, b)| a.compatible(b))
}

fn multiplies(op: &str) -> bool {
    matches!(op, "multiply" | "matmul" | "dot" | "tensordot" | "einsum" | "batch_dot")
}

/// Tells whether an expression is a draw that stands in a function of the script and gives new numbers each time.
fn in_function(interp: &Interp<'_>, span: Span) -> bool {
    let Some(call) = source::call_at(interp.program, span) else { return false };
    let callee = interp.program.text(python::span(call.func.range()));
    let draws = ["normal", "uniform", "random", "gamma", "rand", "binomial", "bernoulli"];
    let named = callee.rsplit('.').next().is_some_and(|name| draws.iter().any(|d| name.contains(d)));
    // With a seed, `keras.random` gives the same numbers each time: a fixed projection, which may be meant.
    let seeded = call.arguments.keywords.iter().any(|keyword| {
        keyword.arg.as_deref() == Some("seed") && matches!(keyword.value, Expr::NumberLiteral(_))
    });
    let fixed =
        seeded && interp.keras == Keras::Three && !callee.starts_with("tf.") && !callee.starts_with("K.");
    let inside = source::around(interp.program, span)
        .iter()
        .any(|node| matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ExprLambda(_)));
    named && inside && !fixed && !callee.contains("stateless")
}

/// The `shape` of a draw as it is written, if it means the same in `build`.
fn shape_argument(interp: &Interp<'_>, span: Span) -> Option<String> {
    let call = source::call_at(interp.program, span)?;
    let value =
        call.arguments.find_keyword("shape").map(|k| &k.value).or_else(|| call.arguments.args.first())?;
    let Expr::Tuple(tuple) = value else { return None };
    let literal = tuple.elts.iter().all(Expr::is_number_literal_expr);
    literal.then(|| interp.program.text(python::span(value.range())).to_owned())
}

/// The name that a draw is assigned to.
fn bound_name(interp: &Interp<'_>, span: Span) -> Option<String> {
    source::around(interp.program, span).into_iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtAssign(s) if python::span(s.value.range()) == span => match &s.targets[..] {
            [Expr::Name(name)] => Some(name.id.to_string()),
            _ => None,
        },
        _ => None,
    })
}
