//! Calls of TensorFlow's and Keras 2's functions as calls of `keras.ops`.
//!
//! Only what a call needs is edited: the function's name, the names of its arguments, and what has no place
//! among the new function's parameters. Arguments keep their texts, which may hold further calls.

use diagnostics::{Edit, Span};
use interp::Interp;
use interp::value::profile;
use python::ast::{self, Expr};
use python::{Default, Ranged, Signature};

use crate::repair::{add_keyword, insert, is_primary, keras_ops, replace};

/// A function and what stands for it in Keras 3.
struct Row {
    /// The last part of the old name, and that of the new one; a new one in `random.` is of `keras.random`.
    names: (&'static str, &'static str),
    /// Parameters that are called otherwise.
    renamed: &'static [(&'static str, &'static str)],
    /// An argument that the new function needs beside.
    more: &'static str,
}

const fn row(old: &'static str, new: &'static str) -> Row {
    Row { names: (old, new), renamed: &[], more: "" }
}

const fn with(old: &'static str, new: &'static str, renamed: &'static [(&'static str, &'static str)]) -> Row {
    Row { names: (old, new), renamed, more: "" }
}

const fn adding(
    old: &'static str,
    new: &'static str,
    renamed: &'static [(&'static str, &'static str)],
    more: &'static str,
) -> Row {
    Row { names: (old, new), renamed, more }
}

/// Renamed functions, of `tf` and of `keras.backend`. Those of the same name need no row.
static ROWS: &[Row] = &[
    row("reduce_sum", "sum"),
    row("reduce_mean", "mean"),
    row("reduce_max", "max"),
    row("reduce_min", "min"),
    row("reduce_prod", "prod"),
    row("reduce_any", "any"),
    row("reduce_all", "all"),
    row("reduce_std", "std"),
    row("reduce_variance", "var"),
    row("reduce_logsumexp", "logsumexp"),
    row("atan2", "arctan2"),
    with("concat", "concatenate", &[("values", "xs")]),
    with("concatenate", "concatenate", &[("tensors", "xs")]),
    with("stack", "stack", &[("values", "x"), ("x", "x")]),
    with("clip_by_value", "clip", &[("t", "x"), ("clip_value_min", "x_min"), ("clip_value_max", "x_max")]),
    with("clip", "clip", &[("min_value", "x_min"), ("max_value", "x_max")]),
    with("pow", "power", &[("x", "x1"), ("y", "x2"), ("a", "x2")]),
    with("maximum", "maximum", &[("x", "x1"), ("y", "x2")]),
    with("minimum", "minimum", &[("x", "x1"), ("y", "x2")]),
    with("add", "add", &[("x", "x1"), ("y", "x2")]),
    with("subtract", "subtract", &[("x", "x1"), ("y", "x2")]),
    with("multiply", "multiply", &[("x", "x1"), ("y", "x2")]),
    with("divide", "divide", &[("x", "x1"), ("y", "x2")]),
    with("divide_no_nan", "divide_no_nan", &[("x", "x1"), ("y", "x2")]),
    with("equal", "equal", &[("x", "x1"), ("y", "x2")]),
    with("not_equal", "not_equal", &[("x", "x1"), ("y", "x2")]),
    with("greater", "greater", &[("x", "x1"), ("y", "x2")]),
    with("greater_equal", "greater_equal", &[("x", "x1"), ("y", "x2")]),
    with("less", "less", &[("x", "x1"), ("y", "x2")]),
    with("less_equal", "less_equal", &[("x", "x1"), ("y", "x2")]),
    with("logical_and", "logical_and", &[("x", "x1"), ("y", "x2")]),
    with("logical_or", "logical_or", &[("x", "x1"), ("y", "x2")]),
    with("logical_xor", "logical_xor", &[("x", "x1"), ("y", "x2")]),
    with("mod", "mod", &[("x", "x1"), ("y", "x2")]),
    with("matmul", "matmul", &[("a", "x1"), ("b", "x2")]),
    with("dot", "dot", &[("x", "x1"), ("y", "x2")]),
    with("tensordot", "tensordot", &[("a", "x1"), ("b", "x2")]),
    with("reshape", "reshape", &[("tensor", "x"), ("shape", "newshape")]),
    with("transpose", "transpose", &[("a", "x"), ("perm", "axes")]),
    with("permute_dimensions", "transpose", &[("pattern", "axes")]),
    with("squeeze", "squeeze", &[]),
    with("expand_dims", "expand_dims", &[]),
    with("tile", "tile", &[("multiples", "repeats"), ("n", "repeats")]),
    with("repeat_elements", "repeat", &[("rep", "repeats")]),
    with("reverse", "flip", &[("tensor", "x"), ("axes", "axis")]),
    with("gather", "take", &[("params", "x"), ("reference", "x")]),
    with("one_hot", "one_hot", &[("indices", "x"), ("depth", "num_classes")]),
    with("where", "where", &[("x", "x1"), ("y", "x2")]),
    with("switch", "where", &[("then_expression", "x1"), ("else_expression", "x2")]),
    with("softmax", "softmax", &[("logits", "x")]),
    with("log_softmax", "log_softmax", &[("logits", "x")]),
    with("relu", "relu", &[("features", "x")]),
    with("elu", "elu", &[("features", "x")]),
    with("selu", "selu", &[("features", "x")]),
    with("gelu", "gelu", &[("features", "x")]),
    with("softplus", "softplus", &[("features", "x")]),
    with("argmax", "argmax", &[]),
    with("argmin", "argmin", &[]),
    with("range", "arange", &[("limit", "stop"), ("delta", "step")]),
    with("stop_gradient", "stop_gradient", &[("variables", "variable"), ("input", "variable")]),
    with("convert_to_tensor", "convert_to_tensor", &[("value", "x")]),
    with("constant", "convert_to_tensor", &[("value", "x")]),
    with("norm", "norm", &[("tensor", "x")]),
    adding("l2_normalize", "normalize", &[], "order=2"),
    with("random_normal", "random.normal", &[]),
    with("random_uniform", "random.uniform", &[]),
    with("truncated_normal", "random.truncated_normal", &[]),
    with("categorical_crossentropy", "categorical_crossentropy", &[]),
    with("sparse_categorical_crossentropy", "sparse_categorical_crossentropy", &[]),
    with("binary_crossentropy", "binary_crossentropy", &[]),
];

/// The function of Keras 3 that stands for one of `tf` or `keras.backend`, by its path.
pub(crate) fn counterpart(path: &str) -> Option<String> {
    let target = target(path.rsplit('.').next()?);
    names::lookup(names::Profile::Keras3, &target).map(|_| target)
}

/// A call of what stands for a function: `keras.ops.clip(x, x_min, x_max)`.
pub(crate) fn example(path: &str) -> Option<String> {
    let target = counterpart(path)?;
    let entry = names::lookup(names::Profile::Keras3, &target)?;
    let signature = python::parse_signature(entry.signature)?;
    let needed = signature.params.iter().filter(|own| own.default.is_none());
    let names: Vec<&str> = needed.map(|own| &*own.name).collect();
    Some(format!("{target}({})", names.join(", ")))
}

fn row_of(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.names.0 == name)
}

fn target(name: &str) -> String {
    let new = row_of(name).map_or(name, |row| row.names.1);
    if new.starts_with("random.") { format!("keras.{new}") } else { format!("keras.ops.{new}") }
}

/// What has `x.attribute` for it.
const ATTRIBUTES: &[(&str, &str)] = &[("int_shape", ".shape"), ("ndim", ".ndim")];

/// The edits that make a call one of `keras.ops`, and the import among them; nothing where the call cannot be
/// translated as it is written.
pub(crate) fn call(interp: &Interp<'_>, call: &ast::ExprCall, path: &str) -> Option<Vec<Edit>> {
    let old = path.rsplit('.').next()?;
    if let Some((_, attribute)) = ATTRIBUTES.iter().find(|(name, _)| *name == old) {
        return as_attribute(call, attribute);
    }
    let row = row_of(old);
    let new = row.map_or(old, |row| row.names.1);
    let target = target(old);
    let (before, after) = (signature(interp, path)?, signature(interp, &target)?);
    let mut edits = Vec::new();
    edits.extend(name(interp, call, new)?);
    let rename = |parameter: &str| -> String {
        let renamed = row.and_then(|row| row.renamed.iter().find(|(old, _)| *old == parameter));
        match renamed {
            Some((_, new)) => (*new).to_owned(),
            None if has(&after, parameter) => parameter.to_owned(),
            // What is worked on is called `input`, `input_tensor`, `tensor`; in `keras.ops` it is the first.
            None if before.params.first().is_some_and(|first| &*first.name == parameter) => {
                after.params.first().map(|first| first.name.to_string()).unwrap_or_default()
            }
            None => String::new(),
        }
    };
    for (at, argument) in call.arguments.args.iter().enumerate() {
        let parameter = rename(&before.params.get(at).filter(|_| !argument.is_starred_expr())?.name);
        if !has(&after, &parameter) {
            return None;
        }
        if after.params.get(at).is_none_or(|own| *own.name != *parameter) {
            edits.push(insert(python::span(argument.range()).start, format!("{parameter}=")));
        }
    }
    for keyword in &call.arguments.keywords {
        let argument = keyword.arg.as_ref()?;
        let parameter = rename(argument);
        if !has(&after, &parameter) {
            return None;
        }
        if argument.as_str() != parameter {
            edits.push(replace(python::span(argument.range()), parameter));
        }
    }
    edits.extend(kept_defaults(interp, call, &before, &after, &rename));
    if let Some(more) = row.map(|row| row.more).filter(|more| !more.is_empty()) {
        edits.push(add_keyword(interp.program, call, more));
    }
    if old == "gather" && call.arguments.len() == 2 {
        edits.push(add_keyword(interp.program, call, "axis=0"));
    }
    Some(edits)
}

/// Arguments that are left out and have other defaults in the new function: `K.argmax(x)` is of the last axis.
fn kept_defaults(
    interp: &Interp<'_>,
    call: &ast::ExprCall,
    before: &Signature,
    after: &Signature,
    rename: &dyn Fn(&str) -> String,
) -> Vec<Edit> {
    let given = call.arguments.args.len();
    let left_out =
        before.params.iter().skip(given).filter(|own| call.arguments.find_keyword(&own.name).is_none());
    left_out
        .filter_map(|own| {
            let (_, new) = after.position(&rename(&own.name))?;
            let text = match own.default.as_ref()? {
                Default::Int(n) => n.to_string(),
                Default::Bool(true) => "True".to_owned(),
                Default::Bool(false) => "False".to_owned(),
                Default::Float(x) => x.to_string(),
                _ => return None,
            };
            let text = format!("{}={text}", new.name);
            (own.default != new.default).then(|| add_keyword(interp.program, call, &text))
        })
        .collect()
}

/// The edit of a function's name, and the import that it needs.
fn name(interp: &Interp<'_>, call: &ast::ExprCall, new: &str) -> Option<Vec<Edit>> {
    let span = python::span(call.func.range());
    if new.starts_with("random.") {
        let keras = crate::repair::module_name(interp, "keras")?;
        return Some(vec![replace(span, format!("{keras}.{new}"))]);
    }
    let ops = keras_ops(interp)?;
    let mut edits = vec![replace(span, format!("{}.{new}", ops.name))];
    edits.extend(ops.import);
    Some(edits)
}

fn has(signature: &Signature, parameter: &str) -> bool {
    signature.params.iter().any(|own| &*own.name == parameter)
}

fn signature(interp: &Interp<'_>, path: &str) -> Option<Signature> {
    let own = names::lookup(profile(interp.keras), path);
    let entry = own.or_else(|| names::lookup(names::Profile::Keras2, path))?;
    python::parse_signature(entry.signature)
}

/// `K.int_shape(x)` as `x.shape`.
fn as_attribute(call: &ast::ExprCall, attribute: &str) -> Option<Vec<Edit>> {
    let [argument] = &call.arguments.args[..] else { return None };
    if !call.arguments.keywords.is_empty() || !is_primary(argument) || matches!(argument, Expr::Starred(_)) {
        return None;
    }
    let (whole, own) = (python::span(call.range()), python::span(argument.range()));
    Some(vec![
        replace(Span::new(whole.start, own.start), ""),
        replace(Span::new(own.end, whole.end), attribute),
    ])
}
