//! `Attention` and `AdditiveAttention`: called on `[query, value]` or `[query, value, key]`.

use ops::{Arg, Infer, Keras};
use tensor::{DType, Dim, Shape};

use crate::dims;
use crate::host::WeightArgs;
use crate::python::{number, text, truth, unknown, value_error};
use crate::tools::{Tools, dtype_of};
use crate::{CallArgs, Host, Layer, Mask, Seeds};

use super::super::preprocessing::placeholder;
use super::{causal_mask, find, flag, further};

const fn layer(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    build: fn(&mut dyn Host, &[Shape]) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
) -> Layer {
    let source = "keras/src/layers/attention/{attention,additive_attention}.py, \
                  tf_keras/src/layers/attention/base_dense_attention.py";
    Layer {
        name,
        init,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Computes(mask),
        seeds: Seeds::Above("dropout"),
        source,
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    layer("Attention", init, build, |host, args| call(host, args, "Attention")),
    layer(
        "AdditiveAttention",
        |_| Ok(()),
        build_additive,
        |host, args| call(host, args, "AdditiveAttention"),
    ),
];

fn init(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        // `if self.dropout > 0`, which Keras 2 asks when it is called.
        number("dropout", &host.get("dropout"), ">", "int")?;
    }
    let mode = host.get("score_mode");
    match &mode {
        Arg::Str(s) if matches!(&**s, "dot" | "concat") => return Ok(()),
        Arg::Unknown => return unknown("a score mode that is not known"),
        _ => {}
    }
    let shown = text(&mode);
    let message = match host.keras() {
        Keras::Two => format!("Received: score_mode={shown}. Acceptable values are: [\"dot\", \"concat\"]"),
        Keras::Three => format!(
            "Invalid value for argument score_mode. Expected one of {{'dot', 'concat'}}. Received: score_mode={shown}"
        ),
    };
    value_error("score_mode", message)
}

/// Refuses anything but a list of two or three.
fn check(host: &dyn Host, class: &str, inputs: &Arg) -> Infer<Vec<Arg>> {
    let named = if host.keras() == Keras::Three { "inputs=" } else { "" };
    let Arg::List(items) = inputs else {
        if matches!(inputs, Arg::Unknown) {
            return unknown("inputs that are not known");
        }
        let shown = match inputs {
            Arg::Tensor(t) if host.keras() == Keras::Two => placeholder(t),
            Arg::Tensor(t) => t.spec.shape.tuple(),
            other => text(other),
        };
        let message = format!(
            "{class} layer must be called on a list of inputs, namely [query, value] or [query, value, key]. Received: \
             {named}{shown}."
        );
        return value_error("inputs", message);
    };
    if !(2..=3).contains(&items.len()) {
        let message = format!(
            "{class} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. \
             Received length: {}.",
            items.len()
        );
        return value_error("inputs", message);
    }
    Ok(items.to_vec())
}

fn scalar(host: &mut dyn Host, name: &str) -> Infer<()> {
    host.add_weight(WeightArgs::new(name, [], Arg::Str("ones".into()))).map(|_| ())
}

/// Keras 3 looks at the shapes that it builds the layer for.
fn check_shapes(host: &dyn Host, class: &str, shapes: &[Shape]) -> Infer<()> {
    if host.keras() == Keras::Two {
        return Ok(());
    }
    let inputs = match shapes {
        [] => Arg::Unknown,
        [one] if one.rank().is_none() => Arg::Unknown,
        [one] if host.single_input() => Arg::shape(one),
        several => Arg::List(several.iter().map(Arg::shape).collect()),
    };
    check(host, class, &inputs).map(|_| ())
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    check_shapes(host, "Attention", shapes)?;
    if truth(&host.get("use_scale"))? {
        scalar(host, "scale")?;
    }
    if matches!(host.get("score_mode"), Arg::Str(s) if &*s == "concat") {
        scalar(host, "concat_score_weight")?;
    }
    Ok(())
}

fn build_additive(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    check_shapes(host, "AdditiveAttention", shapes)?;
    // Keras 2 reads the size from the value, Keras 3 from the query.
    let from = usize::from(host.keras() == Keras::Two);
    let Some(shape) = shapes.get(from) else { return unknown("the shapes of the inputs are not known") };
    if truth(&host.get("use_scale"))? {
        let inputs = find(&host.given(), "inputs", "#0");
        if inputs.items().and_then(|items| items.get(from)).is_some_and(|x| host.rankless(x)) {
            let problem =
                "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'";
            return crate::python::no_rank(problem);
        }
        let size = dims::at(&dims::of_shape(shape)?, -1)?;
        host.add_weight(WeightArgs::new("scale", [size], Arg::Str("glorot_uniform".into())))?;
    }
    Ok(())
}

/// Refuses a mask that is no list of two or three, in Keras 3.
fn check_mask(host: &dyn Host, class: &str, mask: &Arg) -> Infer<()> {
    if host.keras() == Keras::Two {
        return Ok(());
    }
    match mask {
        Arg::Tensor(_) | Arg::Tuple(_) => value_error(
            "mask",
            format!(
                "{class} layer mask must be a list, namely [query_mask, value_mask]. Received: mask={}.",
                text(mask)
            ),
        ),
        Arg::List(masks) if !(2..=3).contains(&masks.len()) => value_error(
            "mask",
            format!(
                "{class} layer accepts mask list of length 2 or 3. Received: inputs=…, mask={}.",
                text(mask)
            ),
        ),
        _ => Ok(()),
    }
}

fn call(host: &mut dyn Host, args: &CallArgs, class: &str) -> Infer<Arg> {
    let inputs = check(host, class, &args.inputs)?;
    check_mask(host, class, &args.mask)?;
    if host.keras() == Keras::Two {
        // `if self.dropout > 0`
        number("dropout", &host.get("dropout"), ">", "int")?;
    }
    let (query, value) = (&inputs[0], &inputs[1]);
    let key = inputs.get(2).unwrap_or(value);
    let scores = if class == "Attention" { scores(host, query, key)? } else { additive(host, query, key)? };
    let scores = if host.computes() { masked(host, args, scores)? } else { scores };
    let t = &mut Tools::new(host);
    let mut weights =
        t.call(["tf.nn.softmax", "keras.ops.softmax"], &[&scores], &[("axis", Arg::Int(-1))])?;
    if host.computes() && args.training == Some(true) && dropout(host)? {
        let rate = host.get("dropout");
        weights = crate::layers::noise::drop_out(host, weights, rate, Arg::None)?;
    }
    let t = &mut Tools::new(host);
    let mut output = t.call(["tf.matmul", "keras.ops.matmul"], &[&weights, value], &[])?;
    if let Some([mask @ Arg::Tensor(_), ..]) = args.mask.items() {
        let dtype = host.compute_dtype();
        let t = &mut Tools::new(host);
        let mask = t.expand_dims(mask, -1)?;
        let mask = t.cast(&mask, dtype)?;
        output = t.mul(&output, &mask)?;
    }
    if flag(&args.keywords, "return_attention_scores", "#3")? {
        return Ok(Arg::Tuple([output, weights].into()));
    }
    Ok(output)
}

/// Takes so much off the scores of what is masked or comes later that nothing of it is left.
///
/// source: keras/src/layers/attention/attention.py: _apply_scores, _calculate_score_mask
fn masked(host: &mut dyn Host, args: &CallArgs, scores: Arg) -> Infer<Arg> {
    let mut shown = Vec::new();
    if let Some([_, mask @ Arg::Tensor(_), ..]) = args.mask.items() {
        shown.push(Tools::new(host).expand_dims(mask, -2)?);
    }
    if flag(&args.keywords, "use_causal_mask", "#4")? {
        let shape = dims::of_input(&scores)?;
        let (rows, columns) = (dims::at(&shape, -2)?, dims::at(&shape, -1)?);
        shown.push(causal_mask(host, &scores, rows, columns)?);
    }
    let mut out = scores;
    for mask in shown {
        let dtype = dtype_of(&out).unwrap_or(DType::Float32);
        let much = if dtype == DType::Float16 { 65504.0 } else { 1e9 };
        let t = &mut Tools::new(host);
        let hidden = t.call(["tf.logical_not", "keras.ops.logical_not"], &[&mask], &[])?;
        let hidden = t.cast(&hidden, dtype)?;
        let much = t.mul(&hidden, &Arg::Float(much))?;
        out = t.sub(&out, &much)?;
    }
    Ok(out)
}

/// Products of queries and keys, or the sum of the tanh of their sums.
fn scores(host: &mut dyn Host, query: &Arg, key: &Arg) -> Infer<Arg> {
    let (scale, weight) = (host.weight("scale"), host.weight("concat_score_weight"));
    if let Some(weight) = weight {
        let t = &mut Tools::new(host);
        let mut sum = sums(t, query, key)?;
        if let Some(scale) = &scale {
            sum = t.mul(scale, &sum)?;
        }
        let tanh = t.call(["tf.tanh", "keras.ops.tanh"], &[&sum], &[])?;
        let total = t.sum(&tanh, Arg::Int(-1))?;
        return t.mul(&weight, &total);
    }
    let t = &mut Tools::new(host);
    let scores = if t.keras3() {
        let turned = t.call(["", "keras.ops.swapaxes"], &[key, &Arg::Int(-2), &Arg::Int(-1)], &[])?;
        t.call(["", "keras.ops.matmul"], &[query, &turned], &[])?
    } else {
        t.call(["tf.matmul", ""], &[query, key], &[("transpose_b", Arg::Bool(true))])?
    };
    match &scale {
        Some(scale) => t.mul(&scores, scale),
        None => Ok(scores),
    }
}

/// `query[..., :, None, :] + key[..., None, :, :]`
fn sums(t: &mut Tools<'_>, query: &Arg, key: &Arg) -> Infer<Arg> {
    let (query, key) = (t.expand_dims(query, -2)?, t.expand_dims(key, -3)?);
    t.add(&query, &key)
}

fn additive(host: &mut dyn Host, query: &Arg, key: &Arg) -> Infer<Arg> {
    let scale = host.weight("scale").unwrap_or(Arg::Float(1.0));
    let t = &mut Tools::new(host);
    let sum = sums(t, query, key)?;
    let tanh = t.call(["tf.tanh", "keras.ops.tanh"], &[&sum], &[])?;
    let scaled = t.mul(&scale, &tanh)?;
    t.sum(&scaled, Arg::Int(-1))
}

fn output_shape(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    let class = if host.get("score_mode") == Arg::Missing { "AdditiveAttention" } else { "Attention" };
    let inputs = check(host, class, inputs)?;
    let (query, value) = (dims::of_input(&inputs[0])?, dims::of_input(&inputs[1])?);
    let key = match inputs.get(2) {
        Some(key) => dims::of_input(key)?,
        None => value.clone(),
    };
    let head = query.split_last().map_or(&[][..], |(_, head)| head);
    let output = dims::tuple(head.iter().copied().chain([dims::at(&value, -1)?]));
    if !flag(&further(host, None), "return_attention_scores", "#3")? {
        return Ok(output);
    }
    let scores = dims::tuple(head.iter().copied().chain([dims::at(&key, -2)?]));
    Ok(Arg::Tuple([output, scores].into()))
}

fn mask(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let _: &dyn Host = host;
    Ok(args.mask.items().and_then(<[Arg]>::first).cloned().unwrap_or(Arg::None))
}

/// Checks a dropout rate as `dropout > 0` does.
pub(super) fn dropout(host: &dyn Host) -> Infer<bool> {
    Ok(number("dropout", &host.get("dropout"), ">", "float")?.is_some_and(|rate| rate > 0.0))
}

/// The size at an axis, unknown where there is none.
pub(super) fn size_at(dims: &[Dim], axis: usize) -> Dim {
    dims.get(axis).copied().unwrap_or(Dim::Unknown)
}
