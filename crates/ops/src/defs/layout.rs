//! Repeating, padding, flipping and rolling.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::join;
use crate::kernels::layout;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::shape::{expand_dims, reshape, shape_of};
use crate::kernels::stride::{item, part};
use crate::params::{AXIS, X};
use crate::spec::{Cx, Tensor, Val, keras, repr, run, text_of};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

pub(super) static OPS: &[Op] = &[
    rule(
        "tile",
        &["tf.tile", "keras.ops.tile", "tf.keras.backend.tile"],
        |c| run(c, tile),
        "tensorflow/core/ops/array_ops.cc: Tile",
    ),
    rule(
        "repeat",
        &["tf.repeat", "keras.ops.repeat"],
        |c| run(c, repeat),
        "tensorflow/python/ops/array_ops.py: repeat_with_axis",
    ),
    rule(
        "repeat_vector",
        &["tf.keras.backend.repeat"],
        |c| run(c, repeat_vector),
        "keras/src/legacy/backend.py: repeat",
    ),
    rule(
        "repeat_elements",
        &["tf.keras.backend.repeat_elements"],
        |c| run(c, repeat_elements),
        "keras/src/legacy/backend.py: repeat_elements",
    ),
    rule(
        "pad",
        &["tf.pad", "keras.ops.pad"],
        |c| run(c, pad),
        "tensorflow/core/ops/array_ops.cc: PadShapeFn",
    ),
    rule(
        "temporal_padding",
        &["tf.keras.backend.temporal_padding"],
        |c| run(c, |cx| padding(cx, 1)),
        "keras/src/legacy/backend.py: temporal_padding",
    ),
    rule(
        "spatial_2d_padding",
        &["tf.keras.backend.spatial_2d_padding"],
        |c| run(c, |cx| padding(cx, 2)),
        "keras/src/legacy/backend.py: spatial_2d_padding",
    ),
    rule(
        "spatial_3d_padding",
        &["tf.keras.backend.spatial_3d_padding"],
        |c| run(c, |cx| padding(cx, 3)),
        "keras/src/legacy/backend.py: spatial_3d_padding",
    ),
    rule(
        "reverse",
        &["tf.reverse", "keras.ops.flip", "tf.keras.backend.reverse"],
        |c| run(c, reverse),
        "tensorflow/core/ops/array_ops.cc: ReverseV2",
    ),
    rule("roll", &["tf.roll", "keras.ops.roll"], |c| run(c, roll), "tensorflow/core/ops/manip_ops.cc: Roll"),
];

const TIMES: Param<Arg> = Param::at(1, &["multiples", "repeats", "n", "rep"]);

fn tile(cx: &Cx<'_>) -> Infer<Val> {
    let (x, times) = (cx.known(X)?, cx.known(TIMES)?);
    match cx.surface() {
        Surface::KerasOps => keras_tile(cx, keras::tensor(cx, x, None)?, times),
        Surface::Backend if matches!(times, Val::Py(Arg::Int(_))) => {
            layout::tile(cx, x, Val::List(vec![times.clone()]))
        }
        _ => layout::tile(cx, x, times),
    }
    .map(Val::T)
}

/// `tile` of `keras/src/backend/tensorflow/numpy.py`: missing repeats are 1, missing axes are added.
fn keras_tile(cx: &Cx<'_>, mut x: Tensor, times: &Val) -> Infer<Tensor> {
    let mut list: Vec<Val> = match times {
        Val::Py(Arg::Int(_)) => vec![times.clone()],
        other => other.items().ok_or(Stop::Unknown("repeats that are not known"))?.to_vec(),
    };
    let Some(rank) = x.rank() else { return Ok(x.with_shape(Shape::UNKNOWN)) };
    while list.len() < rank {
        list.insert(0, Val::from(1));
    }
    if cx.symbolic() {
        let dims = x.shape.dims().unwrap_or_default();
        let padded = std::iter::repeat_n(Dim::Known(1), list.len() - rank).chain(dims.iter().copied());
        let times: Vec<Dim> = list.iter().map(|v| cx.int(v).map_or(Dim::Unknown, Dim::Known)).collect();
        let out = padded.zip(times).map(|(d, n)| d.map2(n, i64::checked_mul)).collect();
        return Ok(keras::spec(out, x.dtype, &[&x]));
    }
    for _ in rank..list.len() {
        x = expand_dims(cx, x, Val::from(0))?;
    }
    layout::tile(cx, x, Val::List(list))
}

fn repeat(cx: &Cx<'_>) -> Infer<Val> {
    let (x, times, axis) = (cx.known(X)?, cx.known(TIMES)?, cx.known(AXIS)?);
    let x = cx.convert(x, None)?;
    if cx.symbolic() {
        return symbolic_repeat(cx, &x, times, axis).map(Val::T);
    }
    let (x, axis) = if axis.is_none() { (reshape(cx, x, Val::ints(&[-1]))?, 0) } else { (x, cx.int(axis)?) };
    repeat_along(cx, x, times, axis).map(Val::T)
}

/// `convert_to_int_tensor`.
///
/// source: tensorflow/python/ops/array_ops.py
pub(super) fn integral(cx: &Cx<'_>, x: &Tensor, name: &'static str) -> Infer<Tensor> {
    if let Some(have) = x.dtype.filter(|dtype| !dtype.is_integer()) {
        let text = format!(
            "Argument `tensor` (name: {name}) must be of type integer. Received `tensor` = {} of dtype: <dtype: '{have}'>",
            crate::spec::text_of(&Val::T(x.clone()))
        );
        let (got, expected) = (have.to_string(), "an integer".to_owned());
        return cx.type_error(text, Mistake::DType { param: name, got, expected });
    }
    cast(cx, x, Some(DType::Int32))
}

/// `repeat_with_axis`: a size that is repeated unevenly is known behind the first axis only, where a reshape says it.
pub(super) fn repeat_along(cx: &Cx<'_>, x: Tensor, times: &Val, axis: i64) -> Infer<Tensor> {
    let times = integral(cx, &cx.convert(times, None)?, "repeats")?;
    if let Some(rank) = times.rank().filter(|r| *r > 1) {
        let text = format!("Shape {} must have rank at most 1", times.shape.tuple());
        let mistake = Mistake::RankMismatch { param: "repeats", expected: "at most 1".to_owned(), got: rank };
        return cx.value_error(text, mistake);
    }
    let x = if x.rank() == Some(0) { join::pack_tensors(cx, &[x], 0)? } else { x };
    let Some(rank) = x.rank() else { return Ok(x.with_shape(Shape::UNKNOWN)) };
    let signed = rank as i64;
    if !(-signed..signed).contains(&axis) {
        let text = format!("axis={axis} out of bounds: expected {}<=axis<{signed}", -signed);
        return cx.value_error(text, Mistake::AxisOutOfRange { axis, rank });
    }
    let at = if axis < 0 { axis + signed } else { axis };
    if times.shape.size() != Dim::Known(1) {
        let size = x.shape.dim(at).unwrap_or(Dim::Unknown);
        if let (Some(1), Some(n)) = (times.rank(), times.shape.dim(0))
            && !size.compatible(n)
        {
            let text = format!("Dimensions {size} and {n} are not compatible");
            return cx.value_error(
                text,
                Mistake::DimMismatch { left: size, right: n, what: "the axis and the repeats" },
            );
        }
        let values = times.int_values().filter(|_| cx.eager());
        if let Some(values) =
            values.as_deref().filter(|v| v.iter().sum::<i64>() <= tensor::MAX_ELEMENTS as i64)
        {
            // Each element so many times, as a mask over the longest run picks them.
            let places: Vec<i64> = (0..).zip(values).flat_map(|(i, n)| (0..*n).map(move |_| i)).collect();
            let places = Tensor::ints(vec![places.len() as i64], DType::Int32, places);
            return crate::kernels::index::gather(cx, x, Val::T(places), Val::from(at), 0);
        }
        let told = times.int_values().filter(|_| at > 0 && size.is_known());
        let total = values.or(told).map_or(Dim::Unknown, |values| Dim::Known(values.iter().sum()));
        return Ok(x.clone().like().with_shape(x.shape.with_dim(at as usize, total)));
    }
    let times = reshape(cx, times, Val::ints(&[]))?;
    let whole = shape_of(&x, DType::Int32);
    let expanded = expand_dims(cx, &x, Val::from(at + 1))?;
    let mut multiples = vec![Val::from(1); rank + 1];
    multiples[at as usize + 1] = Val::T(times.clone());
    let tiled = layout::tile(cx, expanded, Val::List(multiples))?;
    let size = binary(cx, "Mul", times, item(cx, &whole, at)?)?;
    let middle = join::pack_tensors(cx, &[size], 0)?;
    let (before, after) = (part(cx, &whole, None, Some(at))?, part(cx, &whole, Some(at + 1), None)?);
    let wanted = join::concat(cx, Val::list([before, middle, after]), Val::from(0))?;
    reshape(cx, tiled, wanted)
}

/// `Repeat.compute_output_spec`.
fn symbolic_repeat(cx: &Cx<'_>, x: &Tensor, times: &Val, axis: &Val) -> Infer<Tensor> {
    let times = cx.ints(times)?;
    let Some(dims) = x.shape.dims() else { return Ok(keras::spec(Shape::UNKNOWN, x.dtype, &[x])) };
    let misfit = |size: Dim, text: String| {
        let right = Dim::Known(times.len() as i64);
        cx.value_error(text, Mistake::DimMismatch { left: size, right, what: "the axis and the repeats" })
    };
    let differs = |size: Dim| times.len() != 1 && size.known().is_some_and(|n| n != times.len() as i64);
    let repeated = |size: Dim| match times[..] {
        [n] => size.map2(Dim::Known(n), i64::checked_mul),
        _ => size.map(|_| times.iter().sum()),
    };
    if axis.is_none() {
        let size = x.shape.size();
        if differs(size) {
            let text = "Size of `repeats` and dimensions of `x` after flattening should be compatible.";
            return misfit(size, format!("{text} Received: {} and {size}", times.len()));
        }
        return Ok(keras::spec(Shape::new([repeated(size)]), x.dtype, &[x]));
    }
    let axis = cx.int(axis)?;
    let at = usize::try_from(if axis < 0 { axis + dims.len() as i64 } else { axis });
    let Some(at) = at.ok().filter(|at| *at < dims.len()) else {
        let mistake = Mistake::AxisOutOfRange { axis, rank: dims.len() };
        return cx.raise(Exc::IndexError, "list index out of range", mistake);
    };
    if differs(dims[at]) {
        let text = format!("Size of `repeats` and dimensions of `axis {axis} of x` should be compatible.");
        let shown = x.shape.tuple();
        let shown = shown.trim_matches(|c| matches!(c, '(' | ')' | ','));
        return misfit(dims[at], format!("{text} Received: {} and [{shown}]", times.len()));
    }
    Ok(keras::spec(x.shape.with_dim(at, repeated(dims[at])), x.dtype, &[x]))
}

/// `K.repeat`: a matrix becomes a sequence of equal steps.
fn repeat_vector(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if let Some(rank) = x.rank().filter(|r| *r != 2) {
        let mistake = Mistake::RankMismatch { param: "x", expected: "2".to_owned(), got: rank };
        return if cx.keras3() {
            cx.value_error(format!("Expected input `x` to have rank 2. Received: rank(x)={rank}"), mistake)
        } else {
            cx.raise(Exc::AssertionError, "", mistake)
        };
    }
    let x = expand_dims(cx, x, Val::from(1))?;
    let pattern = Val::List(vec![Val::from(1), cx.known(TIMES)?.clone(), Val::from(1)]);
    layout::tile(cx, x, pattern).map(Val::T)
}

fn repeat_elements(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = cx.int(cx.known(AXIS)?)?;
    if let (Val::Py(Arg::Float(_)), Some(Dim::Known(_))) = (cx.known(TIMES)?, x.shape.dim(axis)) {
        // `range(rep)`
        let text = "'float' object cannot be interpreted as an integer";
        return cx.type_error(text, Mistake::Argument { param: "rep", problem: "is no integer".to_owned() });
    }
    let times = cx.int(cx.known(TIMES)?)?;
    repeated(cx, &x, times, axis).map(Val::T)
}

/// `K.repeat_elements`.
pub(super) fn repeated(cx: &Cx<'_>, x: &Tensor, times: i64, axis: i64) -> Infer<Tensor> {
    let Some(rank) = x.rank() else { return Err(Stop::Unknown("a tensor of unknown rank")) };
    let Some(size) = x.shape.dim(axis) else {
        return cx.raise(Exc::IndexError, "list index out of range", Mistake::AxisOutOfRange { axis, rank });
    };
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    // Where the size is not known the static shape is set to the operand's.
    let Dim::Known(size) = size else { return Ok(x.clone().like()) };
    let parts = join::split(cx, x, size, Val::from(axis))?;
    if size.saturating_mul(times.max(0)) > 10_000 {
        return Err(Stop::Unknown("very many parts"));
    }
    let each = usize::try_from(times).unwrap_or(0);
    let repeated = parts.iter().flat_map(|p| std::iter::repeat_n(p.clone(), each));
    super::join::concat(cx, &Val::list(repeated), Val::from(at))
}

const PADDINGS: Param<Arg> = Param::at(1, &["paddings", "pad_width"]);
const MODE: Param<Arg> = Param::named(&["mode"]);
const VALUE: Param<Arg> = Param::named(&["constant_values"]);

fn pad(cx: &Cx<'_>) -> Infer<Val> {
    let (x, paddings) = (cx.known(X)?, cx.known(PADDINGS)?);
    let keras_ops = cx.surface() == Surface::KerasOps;
    let mode = match cx.known(MODE)? {
        Val::Py(Arg::Str(mode)) => mode.to_uppercase(),
        v if v.is_none() => "CONSTANT".to_owned(),
        _ => return Err(Stop::Unknown("a mode that is not known")),
    };
    let value = cx.known(VALUE)?;
    let x = cx.convert(x, None)?;
    if keras_ops && mode != "CONSTANT" && !value.is_none() {
        let text = format!(
            "Argument `constant_values` can only be provided when `mode == 'constant'`. Received: mode={}",
            text_of(cx.known(MODE)?)
        );
        let problem = "is given, though nothing constant is padded".to_owned();
        return cx.value_error(text, Mistake::Argument { param: "constant_values", problem });
    }
    let paddings = if keras_ops { keras_paddings(cx, &x, paddings)? } else { paddings.clone() };
    if cx.symbolic() {
        let pads =
            cx.convert(&paddings, None)?.int_values().ok_or(Stop::Unknown("paddings that are not known"))?;
        let dims = x.shape.dims().ok_or(Stop::Unknown("a tensor of unknown rank"))?;
        let out = dims.iter().zip(pads.chunks_exact(2)).map(|(d, p)| d.map(|n| n + p[0] + p[1])).collect();
        return Ok(Val::T(keras::spec(out, x.dtype, &[&x])));
    }
    let paddings =
        if keras_ops { Val::T(keras::tensor(cx, &paddings, Some(DType::Int32))?) } else { paddings };
    match mode.as_str() {
        "CONSTANT" => {
            let zero = value.is_none()
                || matches!(value, Val::Py(Arg::Int(0) | Arg::Bool(false)))
                || matches!(value, Val::Py(Arg::Float(v)) if *v == 0.0);
            if zero {
                layout::pad(cx, "Pad", x, paddings, None)
            } else {
                layout::pad(cx, "PadV2", x, paddings, Some(value.clone()))
            }
        }
        "REFLECT" | "SYMMETRIC" => layout::pad(cx, "MirrorPad", x, paddings, Some(Val::Py(Arg::Str(mode.into())))),
        _ => {
            let text = format!(
                "Value of argument `mode` expected to be one of \"CONSTANT\", \"REFLECT\", or \"SYMMETRIC\". Received `mode` = {mode}"
            );
            cx.value_error(text.clone(), Mistake::Argument { param: "mode", problem: text })
        }
    }
    .map(Val::T)
}

/// `Pad` of `keras/src/ops/numpy.py` spreads one padding over all axes and checks their number.
fn keras_paddings(cx: &Cx<'_>, x: &Tensor, paddings: &Val) -> Infer<Val> {
    let pair = |a: &Val, b: &Val| Val::Tuple(vec![a.clone(), b.clone()]);
    let list = match paddings {
        Val::Py(Arg::Int(_)) => vec![pair(paddings, paddings)],
        Val::List(items) | Val::Tuple(items) => match &items[..] {
            [a @ Val::Py(Arg::Int(_)), b @ Val::Py(Arg::Int(_))] => vec![pair(a, b)],
            [one @ Val::Py(Arg::Int(_))] => vec![pair(one, one)],
            _ => items.clone(),
        },
        other => return Ok(other.clone()),
    };
    let Some(rank) = x.rank() else { return Ok(paddings.clone()) };
    // Only the symbolic rule repeats a single entry.
    let list = if list.len() == 1 && cx.symbolic() { vec![list[0].clone(); rank] } else { list };
    if list.len() != rank && list.len() > 1 {
        let shown = Val::Tuple(
            list.iter().map(|p| p.items().map_or(p.clone(), |i| Val::Tuple(i.to_vec()))).collect(),
        );
        let text = format!(
            "`pad_width` must have the same length as `x.shape`. Received: pad_width={} (of length {}) and x.shape={} (of length {rank})",
            repr(&shown),
            list.len(),
            x.shape.tuple()
        );
        let mistake = Mistake::RankMismatch {
            param: "pad_width",
            expected: format!("{rank} entries"),
            got: list.len(),
        };
        return cx.value_error(text, mistake);
    }
    Ok(Val::Tuple(list))
}

const PADDING: Param<Arg> = Param::at(1, &["padding"]);
const DATA_FORMAT: Param<Arg> = Param::named(&["data_format"]);

/// `K.temporal_padding`, `K.spatial_2d_padding`, `K.spatial_3d_padding`.
fn padding(cx: &Cx<'_>, spatial: usize) -> Infer<Val> {
    let x = cx.known(X)?;
    let given = cx.known(PADDING)?;
    if let Val::Py(Arg::Int(_) | Arg::Float(_)) = given {
        let text = format!("object of type '{}' has no len()", crate::spec::type_name(given));
        let problem = "is a number, not pairs of them".to_owned();
        return cx.type_error(text, Mistake::Argument { param: "padding", problem });
    }
    let pairs: Vec<Val> = if given.is_none() {
        vec![Val::ints(&[1, 1]); spatial]
    } else if spatial == 1 {
        vec![given.clone()]
    } else {
        given.items().ok_or(Stop::Unknown("a padding that is not known"))?.to_vec()
    };
    if let Some(number) = pairs.iter().find(|p| matches!(p, Val::Py(Arg::Int(_) | Arg::Float(_)))) {
        let text = format!("object of type '{}' has no len()", crate::spec::type_name(number));
        let problem = "has a number where a pair is needed".to_owned();
        return cx.type_error(text, Mistake::Argument { param: "padding", problem });
    }
    let none = || Val::ints(&[0, 0]);
    let first = match cx.val(DATA_FORMAT) {
        Val::Py(Arg::Str(order)) if !matches!(&**order, "channels_first" | "channels_last") => {
            let problem = "is neither `channels_last` nor `channels_first`".to_owned();
            let mistake = Mistake::Argument { param: "data_format", problem };
            return cx.value_error(format!("Unknown data_format: {order}"), mistake);
        }
        Val::Py(Arg::Str(order)) => &**order == "channels_first",
        _ => false,
    };
    let mut pattern = vec![none()];
    if first && spatial > 1 {
        pattern.push(none());
    }
    pattern.extend(pairs.into_iter().map(|p| p.items().map_or(p.clone(), |i| Val::List(i.to_vec()))));
    if !first || spatial == 1 {
        pattern.push(none());
    }
    layout::pad(cx, "Pad", x, Val::List(pattern), None).map(Val::T)
}

fn reverse(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let axis = cx.known(Param::<Arg>::at(1, &["axis", "axes"]))?;
    if cx.surface() == Surface::KerasOps {
        let Some(rank) = x.rank() else { return Ok(Val::T(x)) };
        let axes: Vec<i64> = if axis.is_none() {
            (0..rank as i64).collect()
        } else {
            let canonical = |a: &i64| keras::canonicalize_axis(cx, *a, rank).map(|at| at as i64);
            cx.ints(axis)?.iter().map(canonical).collect::<Infer<_>>()?
        };
        if cx.symbolic() {
            return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])));
        }
        return layout::reverse(cx, x, Val::ints(&axes)).map(Val::T);
    }
    let axes = match axis {
        Val::Py(Arg::Int(_)) if cx.surface() == Surface::Backend => Val::List(vec![axis.clone()]),
        other => other.clone(),
    };
    layout::reverse(cx, x, axes).map(Val::T)
}

const SHIFT: Param<Arg> = Param::at(1, &["shift"]);

fn roll(cx: &Cx<'_>) -> Infer<Val> {
    let (x, shift, axis) = (cx.tensor(X)?, cx.known(SHIFT)?, cx.known(AXIS)?);
    if cx.symbolic() {
        if let (false, Some(rank)) = (axis.is_none(), x.rank()) {
            for axis in cx.ints(axis)? {
                keras::canonicalize_axis(cx, axis, rank)?;
            }
        }
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])));
    }
    if axis.is_none() && cx.surface() == Surface::KerasOps {
        let flat = layout::roll(cx, reshape(cx, &x, Val::ints(&[-1]))?, shift, Val::from(0))?;
        return reshape(cx, flat, shape_of(&x, DType::Int32)).map(Val::T);
    }
    layout::roll(cx, x, shift, axis).map(Val::T)
}
