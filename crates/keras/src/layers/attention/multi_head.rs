//! `MultiHeadAttention` and `GroupQueryAttention`.

use std::rc::Rc;

use ops::{Arg, Exc, FromArg, Infer, Keras, Stop};
use tensor::{DType, Dim, Shape};

use crate::dims;
use crate::identifiers;
use crate::python::{int, known_int, raise, text, truth, unknown, value_error};
use crate::tools::{Tools, rank_of};
use crate::{CallArgs, Host, Layer, Mask, Seeds};

use super::dense::{dropout, size_at};
use super::heads::{Projection, attention, projection};
use super::{band_mask, causal_mask, find, flag, further};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        name: "MultiHeadAttention",
        init,
        build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Takes,
        seeds: Seeds::SomeAbove("dropout"),
        source: "keras/src/layers/attention/multi_head_attention.py, \
                 tf_keras/src/layers/attention/multi_head_attention.py",
        ..Layer::BASE
    },
    Layer {
        name: "GroupQueryAttention",
        init: init_grouped,
        build: build_grouped,
        call: call_grouped,
        output_shape: Some(grouped_shape),
        mask: Mask::Keeps,
        seeds: Seeds::SomeAbove("dropout"),
        source: "keras/src/layers/attention/grouped_query_attention.py",
        ..Layer::BASE
    },
];

fn init(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Three {
        for name in ["num_heads", "key_dim", "value_dim"] {
            let given = host.get(name);
            if name == "value_dim" && given.is_none() {
                continue;
            }
            if int(&given)?.is_none_or(|n| n <= 0) {
                let or = if name == "value_dim" { " or `None`" } else { "" };
                let message = format!(
                    "Received an invalid value for argument `{name}`, expected a positive integer{or}. Received: \
                     {name}={}",
                    text(&given)
                );
                return value_error(name, message);
            }
        }
    }
    check_settings(host)?;
    identifiers::check(host)
}

/// What Keras 3 asks of further arguments.
fn check_settings(host: &mut dyn Host) -> Infer<()> {
    if host.keras() == Keras::Two {
        return Ok(());
    }
    let shape = host.get("output_shape");
    if let Arg::Float(_) | Arg::Bool(true) = shape {
        let shown = text(&shape);
        let tail = "When specified, the `output_shape` should be of type tuple, list, or int.";
        return value_error("output_shape", format!("Invalid `output_shape`: {shown}. {tail}"));
    }
    let axes = host.get("attention_axes");
    if matches!(&axes, Arg::Float(x) if *x != 0.0) || matches!(&axes, Arg::Str(s) if !s.is_empty()) {
        let message = format!(
            "`attention_axes` must be an int, list, or tuple.Received: attention_axes={}",
            text(&axes)
        );
        return value_error("attention_axes", message);
    }
    let window = host.get("sliding_window");
    if let Arg::Int(..=0) | Arg::Float(_) | Arg::Str(_) = window {
        let shown = text(&window);
        let message = "`sliding_window` must be `None` or a positive integer.";
        return value_error("sliding_window", format!("{message} Received: sliding_window={shown}"));
    }
    Ok(())
}

/// A call's query, value and key.
struct Inputs {
    query: Arg,
    value: Arg,
    key: Arg,
}

fn inputs(query: &Arg, given: &[(Rc<str>, Arg)]) -> Infer<Inputs> {
    if find(given, "query", "query") != Arg::Missing {
        return unknown("a query that is not the first argument");
    }
    let value = find(given, "value", "#1");
    let key = find(given, "key", "#2");
    let key = if key.is_none() { value.clone() } else { key };
    match (query, &value, &key) {
        (Arg::Tensor(_), Arg::Tensor(_), Arg::Tensor(_)) => Ok(Inputs { query: query.clone(), value, key }),
        _ => unknown("attention of what is no tensor"),
    }
}

/// All axes of value and key but the last must be equal: Keras 3 looks when it builds the layer.
fn check_value(value: &[Dim], key: &[Dim]) -> Infer<()> {
    let inner = |d: &[Dim]| d.get(1..d.len().saturating_sub(1)).map(<[Dim]>::to_vec).unwrap_or_default();
    let (a, b) = (inner(value), inner(key));
    // Python compares tuples: `None` equals `None` only.
    let equal = a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.known() == b.known());
    if equal {
        return Ok(());
    }
    if a.iter().chain(&b).any(|d| *d == Dim::Unknown) {
        return unknown("axes of value and key that are not known");
    }
    let (value, key) = (dims::text(value), dims::text(key));
    let message = format!(
        "All dimensions of `value` and `key`, except the last one, must be equal. Received: value_shape={value} and \
         key_shape={key}"
    );
    value_error("value", message)
}

/// Makes a projection, `EinsumDense`, as a sublayer.
fn dense(
    host: &mut dyn Host,
    attr: &'static str,
    name: &str,
    how: &Projection,
    last: Vec<Arg>,
) -> Infer<Arg> {
    let mut shape = vec![Arg::None; (how.rank - 1).saturating_sub(last.len())];
    shape.extend(last);
    let bias =
        if truth(&host.get("use_bias"))? { Arg::Str(how.bias_axes.as_str().into()) } else { Arg::None };
    let mut keywords: Vec<(Rc<str>, Arg)> = vec![
        ("equation".into(), Arg::Str(how.equation.as_str().into())),
        ("output_shape".into(), Arg::Tuple(shape.into())),
        ("bias_axes".into(), bias),
        ("name".into(), Arg::Str(name.into())),
    ];
    for name in [
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "bias_constraint",
        "dtype",
    ] {
        let value = host.get(name);
        if value != Arg::Missing {
            keywords.push((name.into(), value));
        }
    }
    if name == "gate" {
        keywords.push(("activation".into(), Arg::Str("sigmoid".into())));
    }
    let layer = host.make_layer("EinsumDense", keywords)?;
    host.set(attr, layer.clone());
    Ok(layer)
}

fn equation(free: usize, bound: usize, output: usize) -> Infer<Projection> {
    projection(free, bound, output).map_or_else(|| unknown("a tensor of a rank that is not modelled"), Ok)
}

fn build(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let given = host.given();
    let (value, key) = (find(&given, "value", "#1"), find(&given, "key", "#2"));
    // A script's own `build` call gives shapes only.
    if value == Arg::Missing && find(&given, "query", "#0") != Arg::Missing {
        let problem = match host.keras() {
            Keras::Two => "MultiHeadAttention.call() missing 1 required positional argument: 'value'",
            Keras::Three => "missing a required argument: 'value'",
        };
        return raise(Exc::TypeError, "value", problem);
    }
    let [query] = shapes else { return unknown("several inputs where a query is expected") };
    if host.unknown_rank() || host.rankless(&value) || host.rankless(&key) {
        return crate::python::no_rank("unsupported operand type(s) for -: 'NoneType' and 'int'");
    }
    let query = dims::of_shape(query)?;
    let value = dims::of_input(&value)?;
    let key = if key.is_none() { value.clone() } else { dims::of_input(&key)? };
    let three = host.keras() == Keras::Three;
    if three {
        check_value(&value, &key)?;
    }
    if query.is_empty() || value.is_empty() || key.is_empty() {
        return raise(Exc::IndexError, "query", "tuple index out of range");
    }
    let (heads, key_dim) = (known_int(&host.get("num_heads"))?, known_int(&host.get("key_dim"))?);
    let value_dim = match host.get("value_dim") {
        Arg::None | Arg::Missing | Arg::Int(0) => key_dim,
        given => known_int(&given)?,
    };
    let inner = |n: i64| vec![Arg::Int(heads), Arg::Int(n)];
    let mut made: Vec<(Arg, Vec<Dim>)> = Vec::new();
    let how = equation(query.len() - 1, 1, 2)?;
    made.push((dense(host, "_query_dense", "query", &how, inner(key_dim))?, query.clone()));
    let how = equation(key.len() - 1, 1, 2)?;
    made.push((dense(host, "_key_dense", "key", &how, inner(key_dim))?, key));
    if truth(&host.get("use_gate"))? {
        let how = equation(query.len() - 1, 1, 2)?;
        made.push((dense(host, "_gate_dense", "gate", &how, inner(value_dim))?, query.clone()));
    }
    let how = equation(value.len() - 1, 1, 2)?;
    made.push((dense(host, "_value_dense", "value", &how, inner(value_dim))?, value));
    if three {
        build_all(host, &made)?;
    }
    build_attention(host, how.rank)?;
    let last = output_dims(host, &query)?;
    let how = equation(query.len() - 1, 2, last.len())?;
    let output = dense(host, "_output_dense", "attention_output", &how, last)?;
    if !three {
        return Ok(());
    }
    // As wide as the value, but otherwise what the query's projection gives: of a vector, not what is computed.
    let Some((first, _)) = made.first() else { return Ok(()) };
    let projected = host.compute_output_shape(first, &Shape::new(query))?;
    let projected = Shape::from_arg(&projected)?;
    let dims = projected.dims().unwrap_or_default();
    let kept = dims.iter().take(dims.len().saturating_sub(1)).copied();
    host.build_sublayer(&output, &[Shape::new(kept.chain([Dim::Known(value_dim)]))])
}

fn build_all(host: &mut dyn Host, made: &[(Arg, Vec<Dim>)]) -> Infer<()> {
    made.iter().try_for_each(|(layer, dims)| host.build_sublayer(layer, &[Shape::new(dims.iter().copied())]))
}

/// The last axes of the output: those asked for, or the query's.
fn output_dims(host: &dyn Host, query: &[Dim]) -> Infer<Vec<Arg>> {
    match host.get("output_shape") {
        Arg::None | Arg::Missing | Arg::Int(0) => match query.last() {
            Some(Dim::Known(n)) => Ok(vec![Arg::Int(*n)]),
            Some(Dim::Symbol(_)) => Ok(vec![Arg::None]),
            _ => unknown("the last axis of a query is not known"),
        },
        Arg::Int(n) => Ok(vec![Arg::Int(n)]),
        Arg::Tuple(items) | Arg::List(items) => Ok(items.to_vec()),
        _ => unknown("an output shape that is not known"),
    }
}

/// Chooses the axes, and makes the softmax and the dropout, which count among automatic names.
fn build_attention(host: &mut dyn Host, rank: usize) -> Infer<()> {
    let three = host.keras() == Keras::Three;
    let axes: Vec<i64> = match host.get("attention_axes") {
        Arg::None | Arg::Missing => (1..(rank as i64 - 2).max(1)).collect(),
        Arg::Tuple(items) | Arg::List(items) => items.iter().map(known_int).collect::<Infer<_>>()?,
        one => vec![known_int(&one)?],
    };
    let fixed = |axis: i64| if three && axis < 0 { rank as i64 - 1 + axis } else { axis };
    let axes: Vec<i64> = axes.into_iter().map(fixed).collect();
    if let Some(outside) = axes.iter().find(|a| dims::place(rank, **a).is_none()) {
        let problem = format!("index {outside} is out of bounds for axis 0 with size {rank}");
        return raise(Exc::IndexError, "attention_axes", problem);
    }
    let places: Vec<usize> = axes.iter().filter_map(|a| dims::place(rank, *a)).collect();
    let Some(how) = attention(rank, &places) else {
        return unknown("attention axes that are not modelled");
    };
    let first = how.scores_rank - axes.len();
    let softmax: Vec<Arg> = (first..how.scores_rank).map(|a| Arg::Int(a as i64)).collect();
    host.set("_attention_axes", Arg::Tuple(axes.into_iter().map(Arg::Int).collect()));
    host.set("_dot_product_equation", Arg::Str(how.product.into()));
    host.set("_combine_equation", Arg::Str(how.combine.into()));
    let layer = host.make_layer("Softmax", vec![("axis".into(), Arg::Tuple(softmax.into()))])?;
    host.set("_softmax", layer);
    let layer = host.make_layer("Dropout", vec![("rate".into(), host.get("dropout"))])?;
    host.set("_dropout_layer", layer);
    Ok(())
}

fn call(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let given = inputs(&args.inputs, &args.keywords)?;
    let mask = attention_mask(host, args, &given)?;
    let Inputs { query, value, key } = given;
    let gate =
        if truth(&host.get("use_gate"))? { Some(sublayer(host, "_gate_dense", &query)?) } else { None };
    let query = sublayer(host, "_query_dense", &query)?;
    let key = sublayer(host, "_key_dense", &key)?;
    let value = sublayer(host, "_value_dense", &value)?;
    let place = if host.keras() == Keras::Two { "#4" } else { "#7" };
    let shows = flag(&args.keywords, "return_attention_scores", place)?;
    let (output, scores) = attend(host, [&query, &key, &value], mask, shows)?;
    let output = match gate {
        Some(gate) => Tools::new(host).mul(&output, &gate)?,
        None => output,
    };
    let output = sublayer(host, "_output_dense", &output)?;
    if shows {
        return Ok(Arg::Tuple([output, scores].into()));
    }
    Ok(output)
}

/// The mask given, what queries are masked, and what comes later than the query, as one mask.
///
/// A mask of which nothing is known is left out: only its shape could matter.
fn attention_mask(host: &mut dyn Host, args: &CallArgs, given: &Inputs) -> Infer<Arg> {
    match combined_mask(host, args, given) {
        Err(Stop::Unknown(_)) => Ok(Arg::None),
        answer => answer,
    }
}

fn combined_mask(host: &mut dyn Host, args: &CallArgs, given: &Inputs) -> Infer<Arg> {
    let two = host.keras() == Keras::Two;
    let mut masks = Vec::new();
    if let mask @ Arg::Tensor(_) = &args.mask {
        masks.push(Tools::new(host).expand_dims(mask, -1)?);
    }
    let mut own = vec![(&given.value, if two { "" } else { "value_mask" })];
    if !matches!(find(&args.keywords, "key", "#2"), Arg::None | Arg::Missing) {
        own.push((&given.key, if two { "" } else { "key_mask" }));
    }
    for (tensor, name) in own {
        let mask = match find(&args.keywords, name, "") {
            Arg::Missing | Arg::None => host.mask_of(tensor),
            mask => mask,
        };
        if let Arg::Tensor(_) = &mask {
            masks.push(Tools::new(host).expand_dims(&mask, -2)?);
        }
    }
    if flag(&args.keywords, "use_causal_mask", if two { "#6" } else { "#9" })? {
        let (query, value) = (dims::of_input(&given.query)?, dims::of_input(&given.value)?);
        let (Some(rows), Some(columns)) = (query.get(1), value.get(1)) else {
            return unknown("a causal mask without a time axis");
        };
        masks.push(causal_mask(host, &given.query, *rows, *columns)?);
    }
    match host.get("sliding_window") {
        Arg::Int(window) => {
            let (query, value) = (dims::of_input(&given.query)?, dims::of_input(&given.value)?);
            let (Some(rows), Some(columns)) = (query.get(1), value.get(1)) else {
                return unknown("a window without a time axis");
            };
            masks.push(band_mask(host, &given.query, [*rows, *columns], [window - 1; 2])?);
        }
        Arg::None | Arg::Missing => {}
        _ => return unknown("a window that is not known"),
    }
    let mask = find(&args.keywords, "attention_mask", if two { "#3" } else { "#6" });
    if matches!(mask, Arg::Tensor(_)) {
        masks.push(Tools::new(host).cast(&mask, DType::Bool)?);
    }
    let mut masks = masks.into_iter();
    let Some(mut all) = masks.next() else { return Ok(mask) };
    for mask in masks {
        all = Tools::new(host).call(["tf.logical_and", "keras.ops.logical_and"], &[&all, &mask], &[])?;
    }
    Ok(all)
}

fn sublayer(host: &mut dyn Host, name: &str, x: &Arg) -> Infer<Arg> {
    let layer = host.get(name);
    host.call(&layer, vec![x.clone()], Vec::new())
}

/// Scores of keys against queries, their softmax, and the values by them.
///
/// Keras 3 leaves it to `dot_product_attention` where nothing is dropped and nobody wants the scores: a query all of
/// whose keys are masked attends to all of them alike there, to none otherwise.
fn attend(host: &mut dyn Host, [query, key, value]: [&Arg; 3], mask: Arg, shows: bool) -> Infer<(Arg, Arg)> {
    let fused = host.keras() == Keras::Three && !shows && !dropout(host)? && rank_of(query)? == 4;
    let (product, combine) = (host.get("_dot_product_equation"), host.get("_combine_equation"));
    let axes = host.get("_attention_axes").items().map_or(1, <[Arg]>::len);
    // Grouped queries name the size of a head differently.
    let size = ["key_dim", "head_dim"].map(|name| host.get(name));
    let size = size.iter().find_map(|size| int(size).ok().flatten());
    let scale = size.map_or(Arg::Unknown, |size| Arg::Float(1.0 / (size as f64).sqrt()));
    let t = &mut Tools::new(host);
    let scaled = t.mul(query, &scale)?;
    let einsum = ["tf.einsum", "keras.ops.einsum"];
    let scores = t.call(einsum, &[&product, key, &scaled], &[])?;
    let mut keywords = Vec::new();
    if let Arg::Tensor(_) = &mask {
        let mut mask = mask;
        let at = -(axes as i64) * 2 - 1;
        for _ in 0..rank_of(&scores)?.saturating_sub(rank_of(&mask)?) {
            mask = t.expand_dims(&mask, at)?;
        }
        keywords.push(("mask".into(), mask));
    }
    let scores = match keywords.pop_if(|_| fused) {
        Some((_, mask)) => {
            let half = dims::tensor(&scores)?.spec.dtype == Some(DType::Float16);
            // `_get_large_negative`: near the lowest number of the dtype.
            let low = -0.7 * if half { 65500.0 } else { 3.38953e38 };
            host.api("keras.ops.where", &[mask, scores, Arg::Float(low)], &[])?
        }
        None => scores,
    };
    let softmax = host.get("_softmax");
    let scores = host.call(&softmax, vec![scores], keywords)?;
    let dropped = if dropout(host)? { sublayer(host, "_dropout_layer", &scores)? } else { scores.clone() };
    let output = Tools::new(host).call(einsum, &[&combine, &dropped, value], &[])?;
    Ok((output, scores))
}

fn output_shape(host: &mut dyn Host, query: &Arg) -> Infer<Arg> {
    let given = further(host, None);
    let inputs = inputs(query, &given)?;
    let query = dims::of_input(&inputs.query)?;
    let (value, key) = (dims::of_input(&inputs.value)?, dims::of_input(&inputs.key)?);
    check_value(&value, &key)?;
    let output = match host.get("output_shape") {
        Arg::None | Arg::Missing | Arg::Int(0) => dims::tuple(query.iter().copied()),
        _ => {
            let last = output_dims(host, &query)?;
            let head = dims::tuple(query[..query.len().saturating_sub(1)].iter().copied());
            Arg::Tuple(head.items().unwrap_or_default().iter().cloned().chain(last).collect())
        }
    };
    if !flag(&given, "return_attention_scores", "#7")? {
        return Ok(output);
    }
    let (Some(batch), Some(length)) = (query.first(), query.get(1)) else {
        return raise(Exc::IndexError, "query", "tuple index out of range");
    };
    let heads = Dim::Known(known_int(&host.get("num_heads"))?);
    Ok(Arg::Tuple([output, dims::tuple([*batch, heads, *length, *length])].into()))
}

fn init_grouped(host: &mut dyn Host) -> Infer<()> {
    let (queries, groups) = (host.get("num_query_heads"), host.get("num_key_value_heads"));
    let (queries, groups) = (known_int(&queries)?, known_int(&groups)?);
    if groups == 0 {
        return raise(Exc::ZeroDivisionError, "num_key_value_heads", "integer modulo by zero");
    }
    if queries % groups != 0 {
        let message = "`num_query_heads` must be divisible by `num_key_value_heads`.";
        return value_error("num_query_heads", message);
    }
    identifiers::check(host)
}

fn build_grouped(host: &mut dyn Host, shapes: &[Shape]) -> Infer<()> {
    let [query] = shapes else { return unknown("several inputs where a query is expected") };
    let query = dims::of_shape(query)?;
    let given = host.given();
    let value = dims::of_input(&find(&given, "value", "#1"))?;
    let key = find(&given, "key", "#2");
    let key = if key.is_none() { value.clone() } else { dims::of_input(&key)? };
    let size = host.get("head_dim");
    let (queries, groups) = (host.get("num_query_heads"), host.get("num_key_value_heads"));
    let how = |equation: &str, bias: &str, rank| Projection {
        equation: equation.to_owned(),
        bias_axes: bias.to_owned(),
        rank,
    };
    let into = how("bqm,muh->bquh", "uh", 4);
    let mut made = Vec::new();
    made.push((
        dense(host, "_query_dense", "query", &into, vec![queries.clone(), size.clone()])?,
        query.clone(),
    ));
    let grouped = how("bkm,mvh->bkvh", "vh", 4);
    made.push((dense(host, "_key_dense", "key", &grouped, vec![groups.clone(), size.clone()])?, key));
    if truth(&host.get("use_gate"))? {
        made.push((
            dense(host, "_gate_dense", "gate", &into, vec![queries.clone(), size.clone()])?,
            query.clone(),
        ));
    }
    made.push((dense(host, "_value_dense", "value", &grouped, vec![groups, size.clone()])?, value));
    build_all(host, &made)?;
    host.set("_attention_axes", Arg::Tuple([Arg::Int(1)].into()));
    host.set("_dot_product_equation", Arg::Str("bkuh,bquh->buqk".into()));
    host.set("_combine_equation", Arg::Str("buqk,bkuh->bquh".into()));
    let layer = host.make_layer("Softmax", vec![("axis".into(), Arg::Int(-1))])?;
    host.set("_softmax", layer);
    let layer = host.make_layer("Dropout", vec![("rate".into(), host.get("dropout"))])?;
    host.set("_dropout_layer", layer);
    let out = how("bquh,uhm->bqm", "m", 3);
    let last = match size_at(&query, query.len().saturating_sub(1)) {
        Dim::Known(n) => Arg::Int(n),
        _ => return unknown("the last axis of a query is not known"),
    };
    let output = dense(host, "_output_dense", "attention_output", &out, vec![last])?;
    let heads = [Dim::Known(known_int(&queries)?), Dim::Known(known_int(&size)?)];
    host.build_sublayer(&output, &[Shape::new([dims::NONE, dims::NONE].into_iter().chain(heads))])
}

fn call_grouped(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let given = inputs(&args.inputs, &args.keywords)?;
    let mask = attention_mask(host, args, &given)?;
    let Inputs { query, value, key } = given;
    let gate =
        if truth(&host.get("use_gate"))? { Some(sublayer(host, "_gate_dense", &query)?) } else { None };
    let query = sublayer(host, "_query_dense", &query)?;
    let key = sublayer(host, "_key_dense", &key)?;
    let value = sublayer(host, "_value_dense", &value)?;
    let (queries, groups) =
        (known_int(&host.get("num_query_heads"))?, known_int(&host.get("num_key_value_heads"))?);
    let times = Arg::Int(queries / groups.max(1));
    let t = &mut Tools::new(host);
    let key = t.call(["", "keras.ops.repeat"], &[&key, &times], &[("axis", Arg::Int(2))])?;
    let value = t.call(["", "keras.ops.repeat"], &[&value, &times], &[("axis", Arg::Int(2))])?;
    let shows = flag(&args.keywords, "return_attention_scores", "#7")?;
    let (output, scores) = attend(host, [&query, &key, &value], mask, shows)?;
    let output = match gate {
        Some(gate) => Tools::new(host).mul(&output, &gate)?,
        None => output,
    };
    let output = sublayer(host, "_output_dense", &output)?;
    if shows {
        return Ok(Arg::Tuple([output, scores].into()));
    }
    Ok(output)
}

fn grouped_shape(host: &mut dyn Host, query: &Arg) -> Infer<Arg> {
    let given = further(host, None);
    let inputs = inputs(query, &given)?;
    let query = dims::of_input(&inputs.query)?;
    let (value, key) = (dims::of_input(&inputs.value)?, dims::of_input(&inputs.key)?);
    let (a, b) = (dims::at(&query, -1)?, dims::at(&value, -1)?);
    if a.known() != b.known() {
        let (q, v) = (dims::text(&query), dims::text(&value));
        let message = format!(
            "The last dimension of `query_shape` and `value_shape` must be equal, but are {a}, {b}. Received: \
             query_shape={q}, value_shape={v}"
        );
        return value_error("value", message);
    }
    check_value(&value, &key)?;
    let output = dims::tuple(query.iter().copied());
    if !flag(&given, "return_attention_scores", "#7")? {
        return Ok(output);
    }
    let heads = Dim::Known(known_int(&host.get("num_query_heads"))?);
    let scores = dims::tuple([dims::at(&query, 0)?, heads, dims::at(&query, 1)?, dims::at(&key, 1)?]);
    Ok(Arg::Tuple([output, scores].into()))
}
