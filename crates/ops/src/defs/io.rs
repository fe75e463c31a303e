//! Texts and files as tensors: what is read, decoded and encoded.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::params::{X, Y};
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Call, Infer, Mistake, Op, Outputs, Param, Stop};

const SOURCE: &str = "tensorflow/core/ops/{parsing_ops,io_ops,string_ops,image_ops}.cc";

pub(super) static OPS: &[Op] = &[
    rule("read_file", &["tf.io.read_file"], |c| run(c, read_file), SOURCE),
    rule("write_file", &["tf.io.write_file"], |c| run(c, write_file), SOURCE),
    rule("serialize_tensor", &["tf.io.serialize_tensor"], |c| run(c, serialized), SOURCE),
    rule("parse_tensor", &["tf.io.parse_tensor"], |c| run(c, parsed), SOURCE),
    rule("base64", &["tf.io.encode_base64", "tf.io.decode_base64"], same_strings, SOURCE),
    rule("decode_raw", &["tf.io.decode_raw"], |c| run(c, decode_raw), SOURCE),
    rule("decode_csv", &["tf.io.decode_csv"], |c| run(c, decode_csv), SOURCE),
    rule("encode_png", &["tf.io.encode_png"], |c| run(c, |cx| encoded(cx, false)), SOURCE),
    rule("encode_jpeg", &["tf.io.encode_jpeg"], |c| run(c, |cx| encoded(cx, true)), SOURCE),
    rule("unicode_encode", &["tf.strings.unicode_encode"], |c| run(c, unicode_encode), SOURCE),
    rule("unsorted_segment_join", &["tf.strings.unsorted_segment_join"], |c| run(c, segment_join), SOURCE),
];

fn text(shape: Shape) -> Val {
    Val::T(Tensor::new(shape, DType::String))
}

/// Converts an argument to the texts that a kernel takes first.
fn strings<P>(cx: &Cx<'_>, kernel: &str, param: Param<P>) -> Infer<Tensor> {
    Ok(cx.node(kernel, [cx.known(param)?.clone()])?.x(0).clone())
}

fn read_file(cx: &Cx<'_>) -> Infer<Val> {
    let name = strings(cx, "ReadFile", X)?;
    cx.fit("ReadFile", merge::rank(&name.shape, 0))?;
    if cx.eager() {
        return Err(Stop::Unknown("a file's content"));
    }
    Ok(text(Shape::scalar()))
}

fn write_file(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("WriteFile", [cx.known(X)?.clone(), cx.known(Y)?.clone()])?;
    for name in node.all() {
        cx.fit("WriteFile", merge::rank(&name.shape, 0))?;
    }
    Ok(if cx.eager() { Val::Py(Arg::None) } else { Val::Py(Arg::Object("tf.Operation".into())) })
}

fn serialized(cx: &Cx<'_>) -> Infer<Val> {
    cx.tensor(X)?;
    Ok(text(Shape::scalar()))
}

fn parsed(cx: &Cx<'_>) -> Infer<Val> {
    const TYPE: Param<Option<DType>> = Param::at(1, &["out_type"]);
    let data = strings(cx, "ParseTensor", X)?;
    cx.fit("ParseTensor", merge::rank(&data.shape, 0))?;
    Ok(Val::T(Tensor::new(Shape::UNKNOWN, cx.get(TYPE)?)))
}

fn same_strings(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| Ok(text(strings(cx, "EncodeBase64", X)?.shape)))
}

fn decode_raw(cx: &Cx<'_>) -> Infer<Val> {
    const TYPE: Param<Option<DType>> = Param::at(1, &["out_type"]);
    let data = strings(cx, "DecodeRaw", X)?;
    let Some(dims) = data.shape.dims() else { return Ok(Val::T(Tensor::new(Shape::UNKNOWN, cx.get(TYPE)?))) };
    let shape = dims.iter().copied().chain([Dim::Unknown]).collect();
    Ok(Val::T(Tensor::new(shape, cx.get(TYPE)?)))
}

/// `tf.io.decode_csv`: a tensor for each column, of its default's dtype.
fn decode_csv(cx: &Cx<'_>) -> Infer<Val> {
    const DEFAULTS: Param<Arg> = Param::at(1, &["record_defaults"]);
    const SELECTED: Param<Arg> = Param::named(&["select_cols"]);
    let records = cx.tensor(X)?;
    if records.dtype != Some(DType::String) {
        return Err(Stop::Unknown("records of another dtype"));
    }
    if !cx.known(SELECTED)?.is_none() {
        return Err(Stop::Unknown("selected columns"));
    }
    let Some(defaults) = cx.known(DEFAULTS)?.items() else {
        return Err(Stop::Unknown("no list of defaults"));
    };
    let column = |default: &Val| -> Infer<Tensor> {
        let dtype = match default {
            Val::Py(Arg::DType(dtype)) => Some(*dtype),
            other => cx.convert(other, None)?.dtype,
        };
        Ok(Tensor::new(records.shape.clone(), dtype))
    };
    defaults.iter().map(column).collect::<Infer<Vec<_>>>().map(Val::list)
}

/// `tf.io.encode_png` encodes every image of a batch, `encode_jpeg` one.
fn encoded(cx: &Cx<'_>, single: bool) -> Infer<Val> {
    let kernel = if single { "EncodeJpeg" } else { "EncodePng" };
    let image = cx.node(kernel, [cx.known(X)?.clone()])?.x(0).clone();
    if single {
        cx.fit("EncodeJpeg", merge::rank(&image.shape, 3))?;
        return Ok(text(Shape::scalar()));
    }
    cx.fit("EncodePng", merge::rank_at_least(&image.shape, 3))?;
    let Some([outer @ .., _, _, _]) = image.shape.dims() else { return Ok(text(Shape::UNKNOWN)) };
    Ok(text(Shape::new(outer.iter().copied())))
}

fn unicode_encode(cx: &Cx<'_>) -> Infer<Val> {
    let codes = cx.tensor(X)?;
    if codes.dtype.is_some_and(|d| d != DType::Int32) {
        return Err(Stop::Unknown("code points of another dtype"));
    }
    match codes.shape.dims() {
        Some([outer @ .., _]) => Ok(text(Shape::new(outer.iter().copied()))),
        Some([]) => {
            let core = "input_tensor's rank must be at least 1.";
            let mistake = Mistake::RankMismatch { param: "input", expected: "at least 1".to_owned(), got: 0 };
            cx.value_error(core, mistake)
        }
        None => Err(Stop::Unknown("code points of unknown rank")),
    }
}

fn segment_join(cx: &Cx<'_>) -> Infer<Val> {
    const COUNT: Param<Arg> = Param::at(2, &["num_segments"]);
    crate::kernels::segment::unsorted(
        cx,
        "UnsortedSegmentJoin",
        cx.known(X)?.clone(),
        cx.known(Y)?.clone(),
        cx.known(COUNT)?.clone(),
    )
    .map(Val::T)
}
