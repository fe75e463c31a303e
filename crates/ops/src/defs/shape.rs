//! Shapes: reading them, changing them, adding and dropping axes.

use tensor::{Content, DType, Dim, Shape};

use super::rule;
use crate::kernels::reduce::{Axes, reduce};
use crate::kernels::shape::{self, ensure_shape, rank_of, shape_of, size_of};
use crate::kernels::stride::part;
use crate::kernels::{join, layout, pointwise};
use crate::params::{AXIS, X};
use crate::spec::{Cx, Tensor, Val, has_attribute, keras, numpy, run};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface, TensorKind};

const SECOND: Param<Arg> =
    Param::at(1, &["shape", "newshape", "new_shape", "pattern", "perm", "axes", "multiples", "n", "repeats"]);
const OUT_TYPE: Param<Option<DType>> = Param::named(&["out_type"]);

pub(super) static OPS: &[Op] = &[
    rule(
        "shape",
        &["tf.shape", "keras.ops.shape", "tf.keras.backend.shape"],
        |c| run(c, shape_op),
        "tensorflow/python/ops/array_ops.py: shape_internal",
    ),
    rule("size", &["tf.size", "keras.ops.size"], |c| run(c, size_op), "tensorflow/python/ops/array_ops.py"),
    rule(
        "rank",
        &["tf.rank"],
        |c| run(c, |cx| Ok(Val::T(rank_of(&cx.tensor(X)?)))),
        "tensorflow/python/ops/array_ops.py",
    ),
    rule(
        "ndim",
        &["tf.keras.backend.ndim", "keras.ops.ndim"],
        |c| run(c, ndim),
        "keras/src/legacy/backend.py: ndim",
    ),
    rule(
        "int_shape",
        &["tf.keras.backend.int_shape"],
        |c| {
            run(c, |cx| {
                has_attribute(cx, cx.known(X)?, "shape", "x")?;
                Val::shape(&cx.tensor(X)?.shape).ok_or(Stop::Unknown("a shape of unknown rank"))
            })
        },
        "keras/src/legacy/backend.py: int_shape",
    ),
    rule(
        "reshape",
        &["tf.reshape", "keras.ops.reshape", "tf.keras.backend.reshape"],
        |c| run(c, reshape),
        "tensorflow/core/ops/array_ops.cc: SetOutputShapeForReshape",
    ),
    rule(
        "flatten",
        &["tf.keras.backend.flatten", "keras.ops.ravel"],
        |c| run(c, flatten),
        "keras/src/legacy/backend.py: flatten",
    ),
    rule(
        "batch_flatten",
        &["tf.keras.backend.batch_flatten"],
        |c| run(c, batch_flatten),
        "keras/src/legacy/backend.py: batch_flatten",
    ),
    rule(
        "expand_dims",
        &["tf.expand_dims", "keras.ops.expand_dims", "tf.keras.backend.expand_dims"],
        |c| run(c, expand_dims),
        "tensorflow/core/ops/array_ops.cc: ExpandDims",
    ),
    rule(
        "squeeze",
        &["tf.squeeze", "keras.ops.squeeze", "tf.keras.backend.squeeze"],
        |c| run(c, squeeze),
        "tensorflow/core/ops/array_ops.cc: Squeeze",
    ),
    rule(
        "transpose",
        &[
            "tf.transpose",
            "keras.ops.transpose",
            "tf.keras.backend.transpose",
            "tf.keras.backend.permute_dimensions",
        ],
        |c| run(c, transpose),
        "tensorflow/core/ops/array_ops.cc: TransposeShapeFn",
    ),
    rule(
        "matrix_transpose",
        &["tf.linalg.matrix_transpose"],
        |c| run(c, matrix_transpose),
        "tensorflow/python/ops/array_ops.py: matrix_transpose",
    ),
    rule("moveaxis", &["keras.ops.moveaxis"], |c| run(c, moveaxis_op), "keras/src/ops/numpy.py: Moveaxis"),
    rule("swapaxes", &["keras.ops.swapaxes"], |c| run(c, swapaxes_op), "keras/src/ops/numpy.py: Swapaxes"),
    rule(
        "broadcast_to",
        &["tf.broadcast_to", "keras.ops.broadcast_to"],
        |c| run(c, broadcast_to),
        "tensorflow/core/ops/array_ops.cc: BroadcastTo",
    ),
    rule(
        "ensure_shape",
        &["tf.ensure_shape"],
        |c| run(c, ensured),
        "tensorflow/core/ops/array_ops.cc: EnsureShape",
    ),
    rule(
        "broadcast_dynamic_shape",
        &["tf.broadcast_dynamic_shape"],
        |c| run(c, broadcast_dynamic),
        "tensorflow/core/ops/array_ops.cc: BroadcastArgs",
    ),
];

fn ensured(cx: &Cx<'_>) -> Infer<Val> {
    let wanted = cx.known(SECOND)?;
    if let Val::T(Tensor { kind: TensorKind::Graph, .. }) = wanted {
        let text = format!(
            "Dimension value must be integer or None or have an __index__ method, got value '{}' with type '<class \
             'tensorflow.python.framework.ops.SymbolicTensor'>'",
            crate::spec::repr(wanted)
        );
        let problem = "is a traced tensor".to_owned();
        return cx.type_error(text, Mistake::Argument { param: "shape", problem });
    }
    ensure_shape(cx, cx.known(X)?, &cx.shape(wanted)?).map(Val::T)
}

fn shape_op(cx: &Cx<'_>) -> Infer<Val> {
    match cx.surface() {
        Surface::Numpy => {
            Val::shape(&numpy::shape_of(cx.known(X)?)).ok_or(Stop::Unknown("a shape of unknown rank"))
        }
        Surface::KerasOps => keras_shape(cx, &cx.tensor(X)?).map(Val::Tuple),
        _ => Ok(Val::T(shape_of(&cx.tensor(X)?, cx.get(OUT_TYPE)?.unwrap_or(DType::Int32)))),
    }
}

/// `keras.ops.shape`: ints as far as sizes are known; where they are not, scalars of the dynamic shape, or
/// `None` for a tensor without data.
pub(super) fn keras_shape(cx: &Cx<'_>, x: &Tensor) -> Infer<Vec<Val>> {
    let Some(dims) = x.shape.dims() else { return Err(Stop::Unknown("a shape of unknown rank")) };
    Ok(dims
        .iter()
        .map(|dim| match dim {
            Dim::Known(n) => Val::from(*n),
            _ if cx.symbolic() => Val::Py(Arg::None),
            other => Val::T(
                Tensor::new(Shape::scalar(), DType::Int32).with_content(Content::Dims([*other].into())),
            ),
        })
        .collect())
}

fn size_op(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::Numpy {
        return Ok(Val::from(numpy::shape_of(cx.known(X)?).size()));
    }
    let x = cx.tensor(X)?;
    if cx.symbolic() {
        return Ok(Val::T(keras::spec(Shape::scalar(), DType::Int32, &[])));
    }
    Ok(Val::T(size_of(&x, cx.get(OUT_TYPE)?.unwrap_or(DType::Int32))))
}

fn ndim(cx: &Cx<'_>) -> Infer<Val> {
    if cx.surface() == Surface::KerasOps && cx.symbolic() {
        // `KerasTensor([len(x.shape)])`
        let rank = cx.tensor(X)?.rank().ok_or(Stop::Unknown("a tensor of unknown rank"))?;
        let shape = Shape::new([tensor::Dim::Known(rank as i64)]);
        return Ok(Val::T(keras::spec(shape, DType::Float32, &[])));
    }
    let rank = match cx.surface() {
        Surface::Numpy => numpy::shape_of(cx.known(X)?).rank(),
        Surface::Backend => {
            keras::is_no_placeholder(cx, cx.known(X)?, "ndim", "'tuple' object has no attribute 'rank'")?;
            cx.tensor(X)?.rank()
        }
        _ => cx.tensor(X)?.rank(),
    };
    rank.map(|r| Val::from(r as i64)).ok_or(Stop::Unknown("a tensor of unknown rank"))
}

fn reshape(cx: &Cx<'_>) -> Infer<Val> {
    let (x, wanted) = (cx.known(X)?, cx.known(SECOND)?);
    if cx.surface() == Surface::KerasOps {
        validate(cx, wanted)?;
    }
    match cx.surface() {
        Surface::Numpy => reshape_array(cx, x, wanted),
        Surface::KerasOps if cx.symbolic() => reshape_symbolic(cx, x, wanted),
        Surface::KerasOps => {
            // `ops.reshape(x, -1)` means `(-1,)`.
            let wanted = match wanted {
                Val::Py(Arg::Int(_)) => Val::Tuple(vec![wanted.clone()]),
                Val::List(items) => Val::Tuple(items.clone()),
                other => other.clone(),
            };
            shape::reshape(cx, keras::tensor(cx, x, None)?, wanted)
        }
        _ => shape::reshape(cx, x, wanted),
    }
    .map(Val::T)
}

/// `operation_utils.validate_reshape_shape`.
fn validate(cx: &Cx<'_>, wanted: &Val) -> Infer<()> {
    let one = std::slice::from_ref(wanted);
    let items = match wanted {
        Val::Py(Arg::Int(_)) => one,
        other => other.items().unwrap_or_default(),
    };
    let sizes = || items.iter().filter_map(|v| if let Val::Py(Arg::Int(n)) = v { Some(*n) } else { None });
    let shown = || crate::spec::repr(&Val::Tuple(items.to_vec()));
    let refuse =
        |text: String| cx.value_error(text.clone(), Mistake::Argument { param: "newshape", problem: text });
    // The dims are looked at one by one, their number at the end.
    if sizes().any(|n| n < -1) {
        return refuse(format!(
            "Each dimension in `newshape` must be a non-negative integer, or `-1` for a single unknown dimension. \
             Received: newshape={}.",
            shown()
        ));
    }
    if sizes().filter(|n| *n == -1).count() > 1 {
        return refuse(format!(
            "There must be at most one unknown dimension (-1) in `newshape`. Received: newshape={}.",
            shown()
        ));
    }
    Ok(())
}

/// `operation_utils.compute_reshape_output_shape`.
fn reshape_symbolic(cx: &Cx<'_>, x: &Val, wanted: &Val) -> Infer<Tensor> {
    let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
    if let Val::T(shape) = wanted {
        let rank = shape.shape.dim(0).and_then(Dim::known).and_then(|n| usize::try_from(n).ok());
        return Ok(keras::spec(Shape::of_rank(rank.unwrap_or(1)), x.dtype, &[x]));
    }
    let wanted_shape = cx.shape(wanted)?;
    let (Some(from), Some(to)) = (x.shape.dims(), wanted_shape.dims()) else {
        return Ok(keras::spec(wanted_shape, x.dtype, &[x]));
    };
    let shown = crate::spec::repr(wanted);
    let unknown: Vec<usize> = (0..to.len()).filter(|i| to[*i] == Dim::Known(-1)).collect();
    if to.iter().any(|d| d.known().is_some_and(|n| n < -1)) {
        let text = format!(
            "Each dimension in `newshape` must be a non-negative integer, or `-1` for a single unknown dimension. \
             Received: newshape={shown}."
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "newshape", problem: text });
    }
    if unknown.len() > 1 {
        let text = format!(
            "There must be at most one unknown dimension (-1) in `newshape`. Received: newshape={shown}."
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "newshape", problem: text });
    }
    let open = |d: &Dim| if *d == Dim::Known(-1) { Dim::Unknown } else { *d };
    if from.iter().chain(to).any(|d| !d.is_known()) {
        return Ok(keras::spec(to.iter().map(open).collect(), x.dtype, &[x]));
    }
    let product = |dims: &[Dim]| dims.iter().filter_map(|d| d.known()).filter(|n| *n != -1).product::<i64>();
    let (size, known) = (product(from), product(to));
    let mistake = Mistake::ReshapeSize { from: Dim::Known(size), to: Dim::Known(known) };
    let shapes = format!("Received: input_shape={}, newshape={shown}", x.shape.tuple());
    match unknown[..] {
        [] if size != known => {
            cx.value_error(format!("The total size of the tensor must be unchanged. {shapes}"), mistake)
        }
        [_] if known == 0 || size % known != 0 => cx.value_error(
            format!(
                "The total size of the tensor must be unchanged, however, the input size cannot by divided by the \
                 specified dimensions in newshape. {shapes}"
            ),
            mistake,
        ),
        [at] => Ok(keras::spec(wanted_shape.with_dim(at, Dim::Known(size / known)), x.dtype, &[x])),
        _ => Ok(keras::spec(wanted_shape, x.dtype, &[x])),
    }
}

fn reshape_array(cx: &Cx<'_>, x: &Val, wanted: &Val) -> Infer<Tensor> {
    let x = cx.convert(x, None)?;
    let wanted = cx.shape(wanted)?;
    let Some(to) = wanted.dims() else { return Ok(Tensor::new(wanted, x.dtype)) };
    let at = to.iter().position(|d| *d == Dim::Known(-1));
    let known = to.iter().filter(|d| **d != Dim::Known(-1)).fold(Dim::Known(1), |n, d| n.times(*d));
    let size = x.shape.size();
    if let (Dim::Known(size), Dim::Known(known)) = (size, known) {
        let fits = match at {
            Some(_) => known != 0 && size % known == 0,
            None => size == known,
        };
        if !fits {
            let text = format!("cannot reshape array of size {size} into shape {}", numpy::tuple(&wanted));
            return cx
                .value_error(text, Mistake::ReshapeSize { from: Dim::Known(size), to: Dim::Known(known) });
        }
    }
    let out = match at {
        Some(at) => wanted.with_dim(at, size.map2(known, i64::checked_div)),
        None => wanted,
    };
    Ok(Tensor::new(out, x.dtype).with_content(if let Content::Zeros = x.content {
        Content::Zeros
    } else {
        Content::Unknown
    }))
}

fn flatten(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if cx.symbolic() || cx.surface() == Surface::Numpy {
        return Ok(Val::T(keras::spec(Shape::new([x.shape.size()]), x.dtype, &[&x])));
    }
    shape::reshape(cx, x, Val::ints(&[-1])).map(Val::T)
}

/// `tf.reshape(x, tf.stack([-1, prod(tf.shape(x)[1:])]))`.
fn batch_flatten(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let tail = part(cx, &shape_of(&x, DType::Int32), Some(1), None)?;
    let size = reduce(cx, "Prod", tail, &Axes::All, false)?;
    let wanted = join::pack(cx, Val::List(vec![Val::from(-1), Val::T(size)]), 0)?;
    shape::reshape(cx, x, wanted).map(Val::T)
}

fn expand_dims(cx: &Cx<'_>) -> Infer<Val> {
    let (x, axis) = (cx.known(X)?, cx.known(AXIS)?);
    match cx.surface() {
        Surface::KerasOps | Surface::Numpy => {
            let mut x = keras::tensor(cx, x, None)?;
            let axes = if axis.is_none() { vec![x.rank().unwrap_or(0) as i64] } else { cx.ints(axis)? };
            let Some(rank) = x.rank() else { return Ok(Val::T(x.with_shape(Shape::UNKNOWN))) };
            let rank = rank + axes.len();
            let mut places: Vec<usize> = axes
                .iter()
                .map(|a| match cx.surface() {
                    Surface::Numpy => numpy::normalize_axis(cx, *a, rank),
                    _ => keras::canonicalize_axis(cx, *a, rank),
                })
                .collect::<Infer<_>>()?;
            places.sort_unstable();
            for at in places {
                x = if cx.symbolic() || cx.surface() == Surface::Numpy {
                    let mut dims = x.shape.dims().unwrap_or_default().to_vec();
                    dims.insert(at.min(dims.len()), Dim::Known(1));
                    x.with_shape(Shape::new(dims))
                } else {
                    shape::expand_dims(cx, x, Val::from(at as i64))?
                };
            }
            Ok(Val::T(x))
        }
        _ => shape::expand_dims(cx, x, axis).map(Val::T),
    }
}

fn squeeze(cx: &Cx<'_>) -> Infer<Val> {
    let (x, axis) = (cx.known(X)?, cx.known(AXIS)?);
    if cx.surface() == Surface::Backend && axis.items().is_some() {
        // `tf.squeeze(x, [axis])`
        let text = format!("Expected int for argument 'axis' not {}.", crate::spec::repr(axis));
        return cx.type_error(text.clone(), Mistake::Argument { param: "axis", problem: text });
    }
    let axes = if axis.is_none() { Vec::new() } else { cx.ints(axis)? };
    match cx.surface() {
        Surface::KerasOps => keras_squeeze(cx, &keras::tensor(cx, x, None)?, &axes),
        Surface::Numpy => {
            let x = cx.convert(x, None)?;
            let Some(dims) = x.shape.dims() else { return Ok(Val::T(x)) };
            let places: Vec<usize> =
                axes.iter().map(|a| numpy::normalize_axis(cx, *a, dims.len())).collect::<Infer<_>>()?;
            if let Some(at) = places.iter().find(|at| dims[**at].known().is_some_and(|n| n != 1)) {
                let text = "cannot select an axis to squeeze out which has size not equal to one";
                let mistake =
                    Mistake::DimMismatch { left: dims[*at], right: Dim::Known(1), what: "a squeezed axis" };
                return cx.value_error(text, mistake);
            }
            let gone =
                |i: usize| if axes.is_empty() { dims[i] == Dim::Known(1) } else { places.contains(&i) };
            let kept = (0..dims.len()).filter(|i| !gone(*i)).map(|i| dims[i]).collect();
            Ok(Tensor::new(kept, x.dtype))
        }
        _ => shape::squeeze(cx, x, &axes),
    }
    .map(Val::T)
}

/// `squeeze` of `keras/src/backend/tensorflow/numpy.py` and its `compute_output_spec`.
fn keras_squeeze(cx: &Cx<'_>, x: &Tensor, axes: &[i64]) -> Infer<Tensor> {
    let Some(dims) = x.shape.dims() else { return shape::squeeze(cx, x, axes) };
    let rank = dims.len() as i64;
    for axis in axes {
        let at = if *axis < 0 { axis + rank } else { *axis };
        if cx.symbolic() {
            let at = keras::canonicalize_axis(cx, *axis, dims.len())?;
            if dims[at] == Dim::Unknown {
                return Err(Stop::Unknown("a squeeze of a size that is not known"));
            }
            // A size that is `None` is not 1 either.
            if dims[at] != Dim::Known(1) {
                let text = format!("Cannot squeeze axis {axis}, because the dimension is not 1.");
                let mistake =
                    Mistake::DimMismatch { left: dims[at], right: Dim::Known(1), what: "a squeezed axis" };
                return cx.value_error(text, mistake);
            }
            continue;
        }
        let Some(dim) = usize::try_from(at).ok().and_then(|at| dims.get(at)) else {
            let mistake = Mistake::AxisOutOfRange { axis: *axis, rank: dims.len() };
            return cx.raise(Exc::IndexError, "list index out of range", mistake);
        };
        if *dim == Dim::Unknown {
            return Err(Stop::Unknown("a squeeze of a size that is not known"));
        }
        // A size that is `None` is not 1 either.
        if *dim != Dim::Known(1) {
            let text = format!("Cannot squeeze axis={axis}, because the dimension is not 1.");
            let mistake = Mistake::DimMismatch { left: *dim, right: Dim::Known(1), what: "a squeezed axis" };
            return cx.value_error(text, mistake);
        }
    }
    if cx.symbolic() {
        let places: Vec<i64> = axes.iter().map(|a| if *a < 0 { a + rank } else { *a }).collect();
        let gone =
            |i: usize| if axes.is_empty() { dims[i] == Dim::Known(1) } else { places.contains(&(i as i64)) };
        let kept = (0..dims.len()).filter(|i| !gone(*i)).map(|i| dims[i]).collect();
        return Ok(keras::spec(kept, x.dtype, &[x]));
    }
    shape::squeeze(cx, x, axes)
}

/// The axes in reverse order.
fn reversed(x: &Tensor) -> Val {
    match x.rank() {
        Some(rank) => Val::T(Tensor::vector(&(0..rank as i64).rev().collect::<Vec<_>>())),
        None => Val::T(Tensor::new(Shape::new([Dim::Unknown]), DType::Int32)),
    }
}

/// Whether `tf.transpose` takes the conjugates of complex numbers as well.
const CONJUGATE: Param<bool> = Param::named(&["conjugate"]);

fn transpose(cx: &Cx<'_>) -> Infer<Val> {
    let (x, perm) = (cx.tensor(X)?, cx.known(SECOND)?);
    if cx.surface() == Surface::KerasOps || cx.surface() == Surface::Numpy {
        return keras_transpose(cx, &x, perm).map(Val::T);
    }
    let perm = if perm.is_none() { reversed(&x) } else { perm.clone() };
    let turned = layout::transpose(cx, x, perm)?;
    if cx.surface() == Surface::Tf && cx.get(CONJUGATE)? && turned.dtype.is_some_and(DType::is_complex) {
        return pointwise::unary(cx, "Conj", turned).map(Val::T);
    }
    Ok(Val::T(turned))
}

fn keras_transpose(cx: &Cx<'_>, x: &Tensor, perm: &Val) -> Infer<Tensor> {
    if let (Surface::KerasOps, Val::Py(Arg::Int(n))) = (cx.surface(), perm)
        && *n != 0
    {
        let text = "'int' object is not iterable";
        return cx.type_error(text, Mistake::Argument { param: "axes", problem: text.to_owned() });
    }
    let axes = match perm {
        p if p.is_none() => None,
        p => Some(cx.ints(p)?).filter(|a| !a.is_empty()),
    };
    let (Some(axes), Some(rank)) = (axes, x.rank()) else {
        return match cx.surface() {
            Surface::KerasOps if !cx.symbolic() => layout::transpose(cx, x, reversed(x)),
            _ => {
                let dims = x.shape.dims().map(|d| d.iter().rev().copied().collect());
                Ok(keras::spec(dims.unwrap_or(Shape::UNKNOWN), x.dtype, &[x]))
            }
        };
    };
    let argument = |text: String| Mistake::Argument { param: "axes", problem: text };
    if cx.surface() == Surface::Numpy {
        if axes.len() != rank {
            return cx.value_error("axes don't match array", argument("axes don't match array".to_owned()));
        }
        let order: Vec<usize> =
            axes.iter().map(|a| numpy::normalize_axis(cx, *a, rank)).collect::<Infer<_>>()?;
        let dims = x.shape.dims().unwrap_or_default();
        return Ok(Tensor::new(order.iter().map(|at| dims[*at]).collect(), x.dtype));
    }
    if cx.symbolic() {
        let text = if axes.len() != rank {
            Some(format!(
                "axis must be a list of the same length as the input shape, expected {rank}, but received {}.",
                axes.len()
            ))
        } else if axes.iter().any(|a| !(-(rank as i64)..rank as i64).contains(a)) {
            Some(format!(
                "Each axis in `axes` must be an integer in [-{rank}, {rank}). Received: axes={axes:?}."
            ))
        } else {
            None
        };
        if let Some(text) = text {
            return cx.value_error(text.clone(), argument(text));
        }
    }
    let order: Vec<usize> =
        axes.iter().map(|a| keras::canonicalize_axis(cx, *a, rank)).collect::<Infer<_>>()?;
    let mut distinct = order.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() != order.len() {
        let shown = if cx.symbolic() { format!("{axes:?}") } else { format!("{order:?}") };
        let text = format!(
            "`axes` must be a valid permutation of the input dimensions (no duplicates). Received: axes={shown} for input of rank {rank}."
        );
        return cx.value_error(text.clone(), argument(text));
    }
    if cx.symbolic() {
        let dims = x.shape.dims().unwrap_or_default();
        return Ok(keras::spec(order.iter().map(|at| dims[*at]).collect(), x.dtype, &[x]));
    }
    let order: Vec<i64> = order.iter().map(|at| *at as i64).collect();
    layout::transpose(cx, x, Val::ints(&order))
}

/// `tf.linalg.matrix_transpose`, of which `tf.linalg.adjoint` is the conjugate.
pub(in crate::defs) fn matrix_transpose(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let Some(rank) = x.rank() else { return Ok(Val::T(x.with_shape(Shape::UNKNOWN))) };
    if rank < 2 {
        let shown = crate::spec::text_of(&Val::T(x.clone()));
        let text = format!(
            "Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {shown} with shape: {}",
            x.shape.tuple()
        );
        return cx.value_error(
            text,
            Mistake::RankMismatch { param: "a", expected: "at least 2".to_owned(), got: rank },
        );
    }
    let mut perm: Vec<i64> = (0..rank as i64).collect();
    perm.swap(rank - 1, rank - 2);
    layout::transpose(cx, x, Val::ints(&perm)).map(Val::T)
}

const SOURCE: Param<Arg> = Param::at(1, &["source"]);
const DESTINATION: Param<Arg> = Param::at(2, &["destination"]);

/// `moveaxis` of `keras/src/backend/tensorflow/numpy.py`.
pub(super) fn moveaxis(cx: &Cx<'_>, x: &Tensor, source: &[i64], destination: &[i64]) -> Infer<Tensor> {
    let Some(rank) = x.rank() else { return Ok(x.clone().with_shape(Shape::UNKNOWN)) };
    let canonical = |axes: &[i64]| -> Infer<Vec<usize>> {
        axes.iter()
            .map(|a| match cx.surface() {
                Surface::Numpy => numpy::normalize_axis(cx, *a, rank),
                _ => keras::canonicalize_axis(cx, *a, rank),
            })
            .collect()
    };
    let (source, destination) = (canonical(source)?, canonical(destination)?);
    if source.len() != destination.len() {
        let text = format!(
            "Inconsistent number of `source` and `destination`. Received: source={source:?}, destination={destination:?}"
        );
        return cx.value_error(text.clone(), Mistake::Argument { param: "destination", problem: text });
    }
    if source == destination {
        return Ok(x.clone());
    }
    let mut order: Vec<usize> = (0..rank).filter(|i| !source.contains(i)).collect();
    let mut moves: Vec<(usize, usize)> = destination.into_iter().zip(source).collect();
    moves.sort_unstable();
    for (to, from) in moves {
        order.insert(to.min(order.len()), from);
    }
    ordered(cx, x, &order)
}

fn ordered(cx: &Cx<'_>, x: &Tensor, order: &[usize]) -> Infer<Tensor> {
    if cx.symbolic() || cx.surface() == Surface::Numpy {
        let dims = x.shape.dims().unwrap_or_default();
        return Ok(keras::spec(order.iter().map(|at| dims[*at]).collect(), x.dtype, &[x]));
    }
    let order: Vec<i64> = order.iter().map(|at| *at as i64).collect();
    layout::transpose(cx, x, Val::ints(&order))
}

fn moveaxis_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    let (source, destination) = (cx.ints(cx.known(SOURCE)?)?, cx.ints(cx.known(DESTINATION)?)?);
    moveaxis(cx, &x, &source, &destination).map(Val::T)
}

/// `swapaxes` of `keras/src/backend/tensorflow/numpy.py`.
pub(super) fn swapaxes(cx: &Cx<'_>, x: &Tensor, first: i64, second: i64) -> Infer<Tensor> {
    let Some(rank) = x.rank() else { return Ok(x.clone().with_shape(Shape::UNKNOWN)) };
    let place = |axis: i64| match cx.surface() {
        Surface::Numpy => numpy::normalize_axis(cx, axis, rank),
        _ => keras::canonicalize_axis(cx, axis, rank),
    };
    let (first, second) = (place(first)?, place(second)?);
    if first == second {
        return Ok(x.clone());
    }
    let mut order: Vec<usize> = (0..rank).collect();
    order.swap(first, second);
    ordered(cx, x, &order)
}

const AXIS1: Param<i64> = Param::at(1, &["axis1"]);
const AXIS2: Param<i64> = Param::at(2, &["axis2"]);

fn swapaxes_op(cx: &Cx<'_>) -> Infer<Val> {
    let x = keras::tensor(cx, cx.known(X)?, None)?;
    swapaxes(cx, &x, cx.get(AXIS1)?, cx.get(AXIS2)?).map(Val::T)
}

fn broadcast_to(cx: &Cx<'_>) -> Infer<Val> {
    let (x, wanted) = (cx.known(X)?, cx.known(SECOND)?);
    if cx.symbolic() {
        let Val::T(x) = x else { return Err(Stop::Unknown("a symbolic call without a tensor")) };
        let wanted = cx.shape(wanted)?;
        keras::broadcast_shapes(cx, &x.shape, &wanted)?;
        return Ok(Val::T(keras::spec(wanted, x.dtype, &[x])));
    }
    if cx.surface() == Surface::Numpy {
        let (x, wanted) = (cx.convert(x, None)?, cx.shape(wanted)?);
        return Ok(Val::T(Tensor::new(wanted, x.dtype)));
    }
    shape::broadcast_to(cx, x, wanted).map(Val::T)
}

/// `BroadcastArgs`: the shape of the broadcast as a vector.
fn broadcast_dynamic(cx: &Cx<'_>) -> Infer<Val> {
    let node = cx.node("BroadcastArgs", [cx.known(X)?.clone(), cx.known(crate::params::Y)?.clone()])?;
    let (Some(a), Some(b)) = (node.x(0).int_values(), node.x(1).int_values()) else {
        let length = |i: usize| node.x(i).shape.dim(0).unwrap_or(Dim::Unknown);
        let rank = length(0).map2(length(1), |a, b| Some(a.max(b)));
        return Ok(Val::T(node.out(Shape::new([rank]))));
    };
    let shape = pointwise::broadcast(cx, "BroadcastArgs", &Shape::known(&a), &Shape::known(&b))?;
    let dims = shape.dims().unwrap_or_default().to_vec();
    Ok(Val::T(Tensor::dims(dims, node.x(0).dtype.unwrap_or(DType::Int32))))
}
