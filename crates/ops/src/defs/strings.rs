//! Functions on strings: shapes and dtypes of their results.

use tensor::{DType, Shape};

use super::rule;
use crate::kernels::pointwise::broadcast;
use crate::kernels::reduce::Axes;
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, TensorKind};

const INPUT: Param<Arg> = Param::at(0, &["input", "inputs", "string_tensor", "data"]);
const PATTERN: Param<Arg> = Param::at(1, &["pattern"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const KEEPDIMS: Param<bool> = Param::named(&["keepdims"]);
const OUT_TYPE: Param<Arg> = Param::named(&["out_type"]);

/// How many buckets strings are put into.
const BUCKETS: Param<Arg> = Param::named(&["num_buckets"]);

/// What a strong hash is mixed with.
const KEY: Param<Arg> = Param::named(&["key"]);

const FORM: [Param<Arg>; 5] = [
    Param::named(&["precision"]),
    Param::named(&["scientific"]),
    Param::named(&["shortest"]),
    Param::named(&["width"]),
    Param::named(&["fill"]),
];
const UNIT: Param<Arg> = Param::named(&["unit"]);
const SEPARATOR: Param<Arg> = Param::named(&["separator"]);

const SOURCE: &str = "tensorflow/core/ops/string_ops.cc";

/// A row for a function of each string by itself.
const fn row(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, |c| run(c, each), SOURCE) }
}

pub(super) static OPS: &[Op] = &[
    row("as_string", &["tf.strings.as_string"], "AsString"),
    row("string_lower", &["tf.strings.lower"], "StringLower"),
    row("string_upper", &["tf.strings.upper"], "StringUpper"),
    row("string_strip", &["tf.strings.strip"], "StringStrip"),
    row("string_length", &["tf.strings.length"], "StringLength"),
    row("to_hash_bucket", &["tf.strings.to_hash_bucket"], "StringToHashBucket"),
    row("to_hash_bucket_fast", &["tf.strings.to_hash_bucket_fast"], "StringToHashBucketFast"),
    row("to_hash_bucket_strong", &["tf.strings.to_hash_bucket_strong"], "StringToHashBucketStrong"),
    rule("string_to_number", &["tf.strings.to_number"], |c| run(c, to_number), SOURCE),
    rule("regex_replace", &["tf.strings.regex_replace"], |c| run(c, regex_replace), SOURCE),
    rule("regex_full_match", &["tf.strings.regex_full_match"], |c| run(c, regex_full_match), SOURCE),
    rule("string_join", &["tf.strings.join"], |c| run(c, join), SOURCE),
    rule("reduce_join", &["tf.strings.reduce_join"], |c| run(c, reduce_join), SOURCE),
    rule("string_substr", &["tf.strings.substr"], |c| run(c, substr), SOURCE),
    rule("string_format", &["tf.strings.format"], |c| run(c, format), SOURCE),
    rule(
        "unicode_script",
        &["tf.strings.unicode_script"],
        |c| {
            run(c, |cx| {
                let node = cx.node("UnicodeScript", [cx.known(INPUT)?.clone()])?;
                Ok(Val::T(node.out(node.x(0).shape.clone())))
            })
        },
        SOURCE,
    ),
    rule(
        "unicode_transcode",
        &["tf.strings.unicode_transcode"],
        |c| run(c, |cx| by_pattern(cx, DType::String)),
        SOURCE,
    ),
];

fn each(cx: &Cx<'_>) -> Infer<Val> {
    let mut node = cx.node(cx.call.op.kernel, [cx.known(INPUT)?.clone()])?;
    // `tf.strings.as_string(x, precision=2)`.
    let usual = |val: &Val| match val {
        Val::Py(Arg::Missing | Arg::Int(-1) | Arg::Bool(false) | Arg::None) => true,
        Val::Py(Arg::Str(fill)) => fill.is_empty(),
        _ => false,
    };
    let asked = FORM.iter().any(|param| !usual(cx.val(*param)));
    if let Val::Py(Arg::Int(buckets)) = cx.val(BUCKETS) {
        node.with("num_buckets", *buckets);
    }
    let key = match cx.val(KEY) {
        Val::List(items) | Val::Tuple(items) => items.as_slice(),
        _ => &[],
    };
    if let [Val::Py(Arg::Int(first)), Val::Py(Arg::Int(second))] = key {
        node.with("key_first", *first);
        node.with("key_second", *second);
    }
    node.with("formatted", asked);
    if let Val::Py(Arg::Str(unit)) = cx.val(UNIT) {
        if !matches!(&**unit, "BYTE" | "UTF8_CHAR") {
            let kernel = cx.call.op.kernel;
            let known = "\"BYTE\", \"UTF8_CHAR\"";
            let mistake = Mistake::Argument { param: "unit", problem: format!("'{unit}' is no unit") };
            if cx.eager() {
                let text = format!(
                    "Value for attr 'unit' of \"{unit}\" is not in the list of allowed values: {known}"
                );
                return cx.raise(Exc::InvalidArgumentError, text, mistake);
            }
            let text = format!("Attr 'unit' of '{kernel}' Op passed string '{unit}' not in: {known}.");
            return cx.value_error(text, mistake);
        }
        node.with("unit", &**unit);
    }
    Ok(Val::T(node.out(node.x(0).shape.clone())))
}

fn to_number(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = match cx.known(OUT_TYPE)? {
        v if v.is_none() => Some(DType::Float32),
        v => cx.dtype(v)?,
    };
    let mut node = cx.node("StringToNumber", [cx.known(INPUT)?.clone()])?;
    node.set("out_type", dtype);
    Ok(Val::T(node.out(node.x(0).shape.clone())))
}

/// Functions that keep the shape; the dtype of strings is checked by a kernel.
fn by_pattern(cx: &Cx<'_>, dtype: DType) -> Infer<Val> {
    let x = cx.tensor(INPUT)?;
    if dtype != DType::Int32 && x.dtype.is_some_and(|d| d != DType::String) {
        return Err(Stop::Unknown("a pattern on other than strings"));
    }
    Ok(Val::T(Tensor::new(x.shape, dtype)))
}

/// `tf.strings.regex_replace(input, pattern, rewrite, replace_global=True)`: with strings for the last two, a kernel
/// that has them as attributes.
///
/// source: tensorflow/python/ops/string_ops.py: regex_replace
fn regex_replace(cx: &Cx<'_>) -> Infer<Val> {
    const REWRITE: Param<Arg> = Param::at(2, &["rewrite"]);
    const ALL: Param<bool> = Param::named(&["replace_global"]);
    let plain = by_pattern(cx, DType::String)?;
    let (Val::Py(Arg::Str(pattern)), Val::Py(Arg::Str(rewrite))) = (cx.known(PATTERN)?, cx.known(REWRITE)?)
    else {
        return Ok(plain);
    };
    let mut node = cx.node("StaticRegexReplace", [cx.known(INPUT)?.clone()])?;
    node.with("pattern", &**pattern);
    node.with("rewrite", &**rewrite);
    node.with("replace_global", cx.get(ALL)?);
    Ok(Val::T(node.out(node.x(0).shape.clone())))
}

/// `tf.strings.regex_full_match(input, pattern)`.
fn regex_full_match(cx: &Cx<'_>) -> Infer<Val> {
    let plain = by_pattern(cx, DType::Bool)?;
    let Val::Py(Arg::Str(pattern)) = cx.known(PATTERN)? else { return Ok(plain) };
    let mut node = cx.node("StaticRegexFullMatch", [cx.known(INPUT)?.clone()])?;
    node.with("pattern", &**pattern);
    let shape = node.x(0).shape.clone();
    Ok(Val::T(Tensor { dtype: Some(DType::Bool), ..node.out(shape) }))
}

fn join(cx: &Cx<'_>) -> Infer<Val> {
    cx.text_attr(SEPARATOR, "separator")?;
    let mut node = cx.node("StringJoin", [cx.known(INPUT)?.clone()])?;
    if let Val::Py(Arg::Str(separator)) = cx.known(SEPARATOR)? {
        node.with("separator", &**separator);
    }
    let mut out = Shape::scalar();
    for part in node.xs(0) {
        // Scalars go with every shape.
        out = match (part.rank(), out.rank()) {
            (Some(0), _) => out,
            (_, Some(0)) => part.shape.clone(),
            _ => cx.fit("StringJoin", merge::shapes(&part.shape, &out))?,
        };
    }
    Ok(Val::T(node.out(out)))
}

fn reduce_join(cx: &Cx<'_>) -> Infer<Val> {
    let mut node = cx.node("ReduceJoin", [cx.known(INPUT)?.clone()])?;
    let x = node.x(0).clone();
    if let Val::Py(Arg::Str(separator)) = cx.val(SEPARATOR) {
        node.with("separator", &**separator);
    }
    match cx.known(AXIS)? {
        Val::Py(Arg::Int(axis)) => node.with("axes", &[*axis][..]),
        val if val.is_none() => node.with("whole", true),
        _ => {}
    }
    node.with("keep_dims", cx.get(KEEPDIMS)?);
    let axes = Axes::of(cx.known(AXIS)?);
    // The shape function is that of the reductions.
    let like = Tensor { dtype: Some(DType::Int32), ..x };
    let out = crate::kernels::reduce::reduce(cx, "Sum", like, &axes, cx.get(KEEPDIMS)?)?;
    Ok(Val::T(Tensor { reach: crate::spec::Reach::default(), ..node.out(out.shape) }))
}

fn substr(cx: &Cx<'_>) -> Infer<Val> {
    const POS: Param<Arg> = Param::at(1, &["pos"]);
    const LEN: Param<Arg> = Param::at(2, &["len"]);
    let of = |p: Param<Arg>| cx.known(p).cloned();
    let mut node = cx.node("Substr", [of(INPUT)?, of(POS)?, of(LEN)?])?;
    if let Val::Py(Arg::Str(unit)) = cx.val(UNIT) {
        node.with("unit", &**unit);
    }
    let (pos, len) = (&node.x(1).shape, &node.x(2).shape);
    if let (Some(a), Some(b)) = (pos.dims(), len.dims())
        && !pos.compatible(len)
    {
        let text = if a.len() == b.len() {
            let pair = a.iter().zip(b).find(|(x, y)| !x.compatible(**y));
            pair.map_or(String::new(), |(x, y)| format!("pos and len must have same shape: {x} {y}"))
        } else {
            "pos and len must have same rank".to_owned()
        };
        return cx.refuse("Substr", crate::spec::Misfit::argument("len", text));
    }
    let out = broadcast(cx, "Substr", &node.x(0).shape, pos)?;
    Ok(Val::T(node.out(out)))
}

fn format(cx: &Cx<'_>) -> Infer<Val> {
    const TEMPLATE: Param<Arg> = Param::at(0, &["template"]);
    const PLACEHOLDER: Param<Arg> = Param::named(&["placeholder"]);
    const INPUTS: Param<Arg> = Param::at(1, &["inputs"]);
    let (template, inputs) = (cx.known(TEMPLATE)?, cx.known(INPUTS)?);
    if let Val::T(_) | Val::Py(Arg::Int(_) | Arg::Float(_)) = template {
        let class = match template {
            Val::T(t) if t.kind == TensorKind::Graph => "SymbolicTensor",
            Val::T(_) => "tensorflow.python.framework.ops.EagerTensor",
            other => crate::spec::type_name(other),
        };
        let text = format!("'{class}' object has no attribute 'count'");
        let mistake = Mistake::Argument { param: "template", problem: "is no text".to_owned() };
        return cx.raise(Exc::AttributeError, text, mistake);
    }
    let mark = match cx.known(PLACEHOLDER)? {
        Val::Py(Arg::Str(s)) => s.to_string(),
        _ => "{}".to_owned(),
    };
    let count = match inputs {
        Val::List(items) | Val::Tuple(items) => items.len(),
        _ => 1,
    };
    if let Val::Py(Arg::Str(text)) = template {
        let holes = text.matches(mark.as_str()).count();
        if holes != count {
            let text = format!(
                "The template expects {holes} tensors, but the inputs only has {count}. Please ensure the number of placeholders in template matches inputs length."
            );
            return cx.value_error(text.clone(), Mistake::Argument { param: "inputs", problem: text });
        }
    }
    Ok(Val::T(Tensor::new(Shape::scalar(), DType::String)))
}
