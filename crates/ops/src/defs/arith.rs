//! Element-wise functions of two tensors, Python's operators among them.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast, unary};
use crate::params::{X, Y};
use crate::spec::keras::{self, Promoted};
use crate::spec::{Cx, Tensor, Val, numpy, run};
use crate::{Arg, Call, Exc, Infer, Mistake, Op, Outputs, Stop, Surface, TensorKind, Violation};

/// One row: name, public paths, kernel. The name is what an operator is called by (`a + b` is `add`).
const fn pair(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, infer, "tensorflow/python/ops/math_ops.py") }
}

pub(super) static OPS: &[Op] = &[
    pair("add", &["tf.add", "tf.__operators__.add", "keras.ops.add"], "AddV2"),
    pair("subtract", &["tf.subtract", "keras.ops.subtract"], "Sub"),
    pair("multiply", &["tf.multiply", "keras.ops.multiply"], "Mul"),
    pair("divide", &["tf.divide", "tf.truediv", "keras.ops.divide", "keras.ops.true_divide"], "RealDiv"),
    pair("realdiv", &["tf.realdiv"], "RealDiv"),
    pair("floordiv", &["tf.math.floordiv", "keras.ops.floor_divide"], "FloorDiv"),
    pair("mod", &["tf.math.mod", "tf.math.floormod", "keras.ops.mod"], "FloorMod"),
    pair("pow", &["tf.pow", "keras.ops.power", "tf.keras.backend.pow"], "Pow"),
    pair("maximum", &["tf.maximum", "keras.ops.maximum", "tf.keras.backend.maximum"], "Maximum"),
    pair("minimum", &["tf.minimum", "keras.ops.minimum", "tf.keras.backend.minimum"], "Minimum"),
    pair("equal", &["tf.equal", "keras.ops.equal", "tf.keras.backend.equal"], "Equal"),
    pair("not_equal", &["tf.not_equal", "keras.ops.not_equal", "tf.keras.backend.not_equal"], "NotEqual"),
    pair("less", &["tf.less", "keras.ops.less", "tf.keras.backend.less"], "Less"),
    pair(
        "less_equal",
        &["tf.less_equal", "keras.ops.less_equal", "tf.keras.backend.less_equal"],
        "LessEqual",
    ),
    pair("greater", &["tf.greater", "keras.ops.greater", "tf.keras.backend.greater"], "Greater"),
    pair(
        "greater_equal",
        &["tf.greater_equal", "keras.ops.greater_equal", "tf.keras.backend.greater_equal"],
        "GreaterEqual",
    ),
    pair("logical_and", &["tf.logical_and", "keras.ops.logical_and"], "LogicalAnd"),
    pair("logical_or", &["tf.logical_or", "keras.ops.logical_or"], "LogicalOr"),
    pair("logical_xor", &["tf.math.logical_xor", "keras.ops.logical_xor"], "LogicalXor"),
    pair("bitwise_and", &["tf.bitwise.bitwise_and", "keras.ops.bitwise_and"], "BitwiseAnd"),
    pair("bitwise_or", &["tf.bitwise.bitwise_or", "keras.ops.bitwise_or"], "BitwiseOr"),
    pair("bitwise_xor", &["tf.bitwise.bitwise_xor", "keras.ops.bitwise_xor"], "BitwiseXor"),
    pair(
        "left_shift",
        &["tf.bitwise.left_shift", "keras.ops.bitwise_left_shift", "keras.ops.left_shift"],
        "LeftShift",
    ),
    pair(
        "right_shift",
        &["tf.bitwise.right_shift", "keras.ops.bitwise_right_shift", "keras.ops.right_shift"],
        "RightShift",
    ),
    pair("atan2", &["tf.atan2", "keras.ops.arctan2"], "Atan2"),
    pair("squared_difference", &["tf.math.squared_difference"], "SquaredDifference"),
    pair("divide_no_nan", &["tf.math.divide_no_nan", "keras.ops.divide_no_nan"], "DivNoNan"),
    pair("multiply_no_nan", &["tf.math.multiply_no_nan"], "MulNoNan"),
    pair("xdivy", &["tf.math.xdivy"], "Xdivy"),
    pair("xlogy", &["tf.math.xlogy"], "Xlogy"),
    pair("xlog1py", &["tf.math.xlog1py"], "Xlog1py"),
    pair("igamma", &["tf.math.igamma"], "Igamma"),
    pair("igammac", &["tf.math.igammac"], "Igammac"),
    pair("zeta", &["tf.math.zeta"], "Zeta"),
    pair("polygamma", &["tf.math.polygamma"], "Polygamma"),
    pair("nextafter", &["tf.math.nextafter"], "NextAfter"),
    pair("truncatediv", &["tf.truncatediv"], "TruncateDiv"),
    pair("truncatemod", &["tf.truncatemod"], "TruncateMod"),
];

fn infer(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let (x, y) = (cx.known(X)?, cx.known(Y)?);
        match call.surface {
            Surface::Numpy => of_arrays(cx, x, y).map(Val::T),
            Surface::KerasOps if cx.symbolic() => symbolic(cx, x, y).map(Val::T),
            Surface::KerasOps => of_keras(cx, x, y).map(Val::T),
            _ if call.path.is_empty() => operator(cx, x, y),
            _ => function(cx, x, y).map(Val::T),
        }
    })
}

/// A public function of TensorFlow's.
pub(crate) fn function(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let kernel = cx.call.op.kernel;
    match (kernel, cx.call.path) {
        ("AddV2", _) => add(cx, x, y),
        ("RealDiv", "tf.truediv" | "tf.math.truediv") => truediv(cx, x, y),
        ("RealDiv", "tf.realdiv") => binary(cx, kernel, x, y),
        ("RealDiv", _) => divide(cx, x, y),
        ("DivNoNan", _) => {
            let tf = |v: &Val| matches!(v, Val::T(t) if t.is_tf());
            let (x, y) = if !tf(x) && tf(y) {
                let y = cx.convert(y, None)?;
                (cx.convert(x, y.dtype)?, y)
            } else {
                let x = cx.convert(x, None)?;
                let y = cx.convert_hint(y, x.dtype)?;
                (x, y)
            };
            let (x, y) = divisible(cx, x, y)?;
            binary(cx, kernel, x, y)
        }
        ("MulNoNan", _) => {
            let x = cx.convert(x, None)?;
            let y = cx.convert(y, x.dtype)?;
            binary(cx, kernel, x, y)
        }
        ("LogicalXor", _) => xor(cx, x, y),
        _ => binary(cx, kernel, x, y),
    }
}

/// `tf.add`.
pub(crate) fn add(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let x = cx.convert(x, None)?;
    let y = cx.convert_hint(y, x.dtype)?;
    let kernel = if x.dtype == Some(DType::String) { "Add" } else { "AddV2" };
    binary(cx, kernel, x, y)
}

/// `tf.divide`.
pub(crate) fn divide(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let x = match (x, y) {
        (Val::T(x), _) if x.is_tf() => Val::T(x.clone()),
        (_, Val::T(y)) if y.is_tf() => Val::T(cx.convert(x, y.dtype)?),
        _ => Val::T(cx.convert(x, None)?),
    };
    truediv(cx, &x, y)
}

/// `tf.truediv`: integers become floats.
pub(crate) fn truediv(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let x = cx.convert(x, None)?;
    let y = cx.convert_hint(y, x.dtype)?;
    let (x, y) = divisible(cx, x, y)?;
    binary(cx, "RealDiv", x, y)
}

/// Requires equal dtypes and makes floats of integers.
pub(crate) fn divisible(cx: &Cx<'_>, x: Tensor, y: Tensor) -> Infer<(Tensor, Tensor)> {
    if let (Some(a), Some(b)) = (x.dtype, y.dtype)
        && a != b
    {
        let text = format!("`x` and `y` must have the same dtype, got tf.{a} != tf.{b}.");
        return cx
            .type_error(text, Mistake::DType { param: "y", got: b.to_string(), expected: a.to_string() });
    }
    let dtype = match x.dtype.or(y.dtype) {
        Some(DType::UInt8 | DType::Int8 | DType::UInt16 | DType::Int16) => Some(DType::Float32),
        Some(d) if d.is_integer() => Some(DType::Float64),
        Some(d @ (DType::Bool | DType::String)) => {
            let list = "tf.uint8, tf.int8, tf.uint16, tf.int16, tf.uint32, tf.int32, tf.uint64, tf.int64, \
                        tf.bfloat16, tf.float16, tf.float32, tf.float64, tf.complex64, tf.complex128";
            let text = format!("Invalid dtype tf.{d} in __truediv__. Expected one of {{{list}}}.");
            return cx.type_error(
                text,
                Mistake::DType { param: "x", got: d.to_string(), expected: "a number".to_owned() },
            );
        }
        _ => return Ok((x, y)),
    };
    Ok((cast(cx, x, dtype)?, cast(cx, y, dtype)?))
}

fn xor(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let both = binary(cx, "LogicalAnd", x, y)?;
    let either = binary(cx, "LogicalOr", x, y)?;
    let not = unary(cx, "LogicalNot", both)?;
    binary(cx, "LogicalAnd", either, not)
}

/// An operator with a tensor on at least one side.
fn operator(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Val> {
    let out = of_tensors(cx, x, y);
    if matches!(cx.call.op.kernel, "Less" | "LessEqual" | "Greater" | "GreaterEqual" | "Equal" | "NotEqual") {
        return out;
    }
    tried_by_array(x, y, out)
}

/// What becomes of an operator that fails with a tensor on its left and an array on its right.
///
/// Where TensorFlow cannot apply it while tracing, it lets the right side try, and an array tries to make an array
/// of the tensor: `x + np.ones(3)` (`tensorflow/python/framework/override_binary_operator.py`).
pub(in crate::defs) fn tried_by_array<R>(x: &Val, y: &Val, out: Infer<R>) -> Infer<R> {
    let graph = x.as_tensor().filter(|t| t.kind == TensorKind::Graph);
    let array = |v: &Val| matches!(v, Val::T(t) if t.kind == TensorKind::Numpy);
    match out {
        Err(Stop::Violation(violation))
            if graph.is_some() && array(y) && matches!(violation.class, Exc::ValueError | Exc::TypeError) =>
        {
            let name = graph.map_or("", Tensor::graph_name);
            Err(Violation::stop(Exc::NotImplementedError, crate::numpy::no_array(name), violation.mistake))
        }
        out => out,
    }
}

fn of_tensors(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Val> {
    let op = cx.call.op;
    let tf = |v: &Val| matches!(v, Val::T(t) if t.is_tf());
    if matches!(op.name, "equal" | "not_equal") {
        return equality(cx, x, y);
    }
    if matches!(op.kernel, "Less" | "LessEqual" | "Greater" | "GreaterEqual") {
        // Python swaps the sides of `1 < x`.
        return if tf(x) { binary(cx, op.kernel, x, y) } else { binary(cx, mirrored(op.kernel), y, x) }
            .map(Val::T);
    }
    // `1 + x` is `x.__radd__(1)`: the left side is converted to the right side's dtype.
    let left = match (tf(x), y) {
        (false, Val::T(y)) => Val::T(cx.convert(x, y.dtype)?),
        _ => x.clone(),
    };
    let Val::T(own) = &left else { return Err(Stop::Unknown("an operator without a tensor")) };
    let bool_left = own.dtype == Some(DType::Bool);
    let out = match op.name {
        "add" => add(cx, &left, y),
        "multiply" if bool_left || matches!(y, Val::T(t) if t.is_tf() && t.dtype == Some(DType::Bool)) => {
            // A bool on either side makes the product a bool.
            let (a, b) =
                (cast(cx, left.clone(), Some(DType::Int32))?, cast(cx, y.clone(), Some(DType::Int32))?);
            let product = binary(cx, "Mul", a, b)?;
            cast(cx, product, Some(DType::Bool))
        }
        "divide" => truediv(cx, &left, y),
        "bitwise_and" if bool_left => binary(cx, "LogicalAnd", &left, y),
        "bitwise_or" if bool_left => binary(cx, "LogicalOr", &left, y),
        "bitwise_xor" if bool_left => xor(cx, &left, y),
        _ => binary(cx, op.kernel, &left, y),
    };
    out.map(Val::T)
}

fn mirrored(kernel: &str) -> &'static str {
    match kernel {
        "Less" => "Greater",
        "LessEqual" => "GreaterEqual",
        "Greater" => "Less",
        _ => "LessEqual",
    }
}

/// `x == y`: shapes that do not fit are no error but unequal.
fn equality(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Val> {
    let (x, y) = if matches!(x, Val::T(t) if t.is_tf()) { (x, y) } else { (y, x) };
    let equal = cx.call.op.name == "equal";
    if matches!(y, Val::Py(Arg::None)) {
        return Ok(Val::from(!equal));
    }
    let node = cx.node(cx.call.op.kernel, [x.clone(), y.clone()])?;
    match tolerant(&node.x(0).shape, &node.x(1).shape) {
        Some(shape) if !cx.eager() => return Ok(Val::T(node.out(shape))),
        Some(_) if tensor::broadcast(&node.x(0).shape, &node.x(1).shape).is_err() => {
            let values = tensor::Array::new(Vec::new(), DType::Bool, tensor::Data::Bool(vec![!equal]));
            let content = values.map_or(tensor::Content::Unknown, |a| tensor::Content::Array(a.into()));
            return Ok(Val::T(node.out_with(Shape::scalar(), content)));
        }
        _ => {}
    }
    binary(cx, cx.call.op.kernel, node.x(0), node.x(1)).map(Val::T)
}

/// The shape of a comparison that tolerates shapes which do not fit, where it is not the broadcast one: a
/// scalar where they do not fit, unknown where they may not.
fn tolerant(x: &Shape, y: &Shape) -> Option<Shape> {
    let (Some(a), Some(b)) = (x.dims(), y.dims()) else { return Some(Shape::UNKNOWN) };
    let rank = a.len().max(b.len());
    let at = |dims: &[Dim], i: usize| (i + dims.len()).checked_sub(rank).map_or(Dim::Known(1), |i| dims[i]);
    for i in 0..rank {
        match (at(a, i), at(b, i)) {
            (Dim::Known(1), _) | (_, Dim::Known(1)) => {}
            (Dim::Known(m), Dim::Known(n)) if m == n => {}
            (Dim::Known(_), Dim::Known(_)) => return Some(Shape::scalar()),
            (Dim::Known(n), _) | (_, Dim::Known(n)) if n > 1 => return Some(Shape::UNKNOWN),
            _ => {}
        }
    }
    None
}

/// `keras/src/backend/tensorflow/numpy.py`.
fn of_keras(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    match op.name {
        "logical_and" | "logical_or" | "logical_xor" => {
            let (x, y) = (cast(cx, x, Some(DType::Bool))?, cast(cx, y, Some(DType::Bool))?);
            function(cx, &Val::T(x), &Val::T(y))
        }
        "add" => keras_add(cx, x, y),
        "subtract" | "multiply" | "maximum" | "minimum" | "floordiv" => {
            let (x, y) = keras::weak_pair(cx, x, y, false)?;
            binary(cx, op.kernel, x, y)
        }
        "divide" | "divide_no_nan" => {
            let (x, y) = keras::weak_pair(cx, x, y, true)?;
            function(cx, &Val::T(x), &Val::T(y))
        }
        "pow" => {
            let (a, b) = keras::weak_pair(cx, x, y, false)?;
            let Some(dtype) = a.dtype.filter(|d| d.is_unsigned()) else { return binary(cx, op.kernel, a, b) };
            let int = Some(DType::Int32);
            let power = binary(cx, op.kernel, keras::tensor(cx, x, int)?, keras::tensor(cx, y, int)?)?;
            cast(cx, power, Some(dtype))
        }
        "left_shift" | "right_shift" if matches!(y, Val::Py(Arg::Int(_))) => {
            binary(cx, op.kernel, keras::tensor(cx, x, None)?, y)
        }
        "mod" => {
            let (mut both, dtype) = keras::cast_all(cx, &[x, y], false)?;
            if dtype == DType::Bool {
                both = both.into_iter().map(|t| cast(cx, t, Some(DType::Int32))).collect::<Infer<_>>()?;
            }
            binary(cx, op.kernel, &both[0], &both[1])
        }
        _ => {
            let (both, _) = keras::cast_all(cx, &[x, y], op.name == "atan2")?;
            binary(cx, op.kernel, &both[0], &both[1])
        }
    }
}

/// `add`: a second operand of one axis that is as long as the first's channels is added as a bias.
pub(crate) fn keras_add(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let (x, y) = keras::weak_pair(cx, x, y, false)?;
    let (Some(dims), Some(other)) = (x.shape.dims(), y.shape.dims()) else {
        return binary(cx, "AddV2", x, y);
    };
    let squeezed: Vec<Dim> = other.iter().copied().filter(|d| *d != Dim::Known(1)).collect();
    if let [Dim::Known(n)] = squeezed[..]
        && n > 1
        && dims.len() > 1
        && (dims[1] == Dim::Known(n) || dims.last() == Some(&Dim::Known(n)))
    {
        let last = dims.last() == Some(&Dim::Known(n));
        let bias = if other.len() > 1 { crate::kernels::shape::squeeze(cx, y, &[])? } else { y };
        return crate::kernels::nn::bias_add(cx, Val::T(x), Val::T(bias), if last { "NHWC" } else { "NCHW" });
    }
    // Where the size of such an axis was merely lost, either may be what happens.
    if squeezed.len() <= 1 && dims.len() > 2 && [dims.get(1), dims.last()].contains(&Some(&Dim::Unknown)) {
        let any = y.with_shape(Shape::new([Dim::Unknown]));
        return binary(cx, "AddV2", x, any);
    }
    binary(cx, "AddV2", x, y)
}

/// `compute_output_spec` in `keras/src/ops/numpy.py`.
fn symbolic(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    let shape = |v: &Val| match v {
        Val::T(t) => Ok(t.shape.clone()),
        Val::Py(Arg::Unknown) => Err(Stop::Unknown("an operand is not known")),
        // A Python number, list or None has no `shape`.
        _ => Ok(Shape::scalar()),
    };
    let out = keras::broadcast_shapes(cx, &shape(x)?, &shape(y)?)?;
    let dtype = match op.name {
        "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal" | "logical_and"
        | "logical_or" | "logical_xor" => Some(DType::Bool),
        name => {
            let mut dtypes = vec![keras::promoted(x)?, keras::promoted(y)?];
            if matches!(name, "divide" | "divide_no_nan" | "atan2") {
                dtypes.push(Promoted::Float);
            }
            let dtype = keras::common_dtype(cx, &dtypes)?;
            Some(if name == "mod" && dtype == DType::Bool { DType::Int32 } else { dtype })
        }
    };
    let operands: Vec<&Tensor> = [x, y].into_iter().filter_map(Val::as_tensor).collect();
    let mut result = keras::spec(out, dtype, &operands);
    if matches!(op.name, "floordiv") || dtype == Some(DType::Bool) {
        result.reach = Default::default();
    }
    Ok(result)
}

/// A ufunc of two arrays.
fn of_arrays(cx: &Cx<'_>, x: &Val, y: &Val) -> Infer<Tensor> {
    let op = cx.call.op;
    let shape = numpy::broadcast(cx, &numpy::shape_of(x), &numpy::shape_of(y))?;
    let promoted = |v: &Val| match v {
        Val::List(_) | Val::Tuple(_) => match cx.convert(v, None)?.dtype {
            Some(DType::Int32) => Ok(Promoted::Of(DType::Int64)),
            Some(DType::Float32) => Ok(Promoted::Of(DType::Float64)),
            Some(d) => Ok(Promoted::Of(d)),
            None => Err(Stop::Unknown("a dtype that is not known")),
        },
        other => keras::promoted(other),
    };
    let (a, b) = (promoted(x)?, promoted(y)?);
    let common = numpy::result_type(a, b).ok_or(Stop::Unknown("dtypes that NumPy does not promote"))?;
    let dtype = match op.name {
        "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal" | "logical_and"
        | "logical_or" | "logical_xor" => DType::Bool,
        "divide" | "atan2" if common.is_integer() || common == DType::Bool => DType::Float64,
        "floordiv" | "mod" | "pow" if common == DType::Bool => DType::Int8,
        _ => common,
    };
    let known = |v: &Val| -> Option<tensor::Array> {
        let t = cx.convert(v, None).ok()?;
        crate::spec::fold::array(&t.content, &t.shape.all_known()?, t.dtype?)
    };
    let content = match (known(x), known(y)) {
        (Some(a), Some(b)) => crate::kernels::pointwise::function(op.kernel)
            .map_or(tensor::Content::Unknown, |f| crate::spec::fold::binary(&a, &b, dtype, f)),
        _ => tensor::Content::Unknown,
    };
    Ok(Tensor::new(shape, dtype).with_content(content))
}
