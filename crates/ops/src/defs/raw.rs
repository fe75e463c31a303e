//! `tf.raw_ops`: kernels by their names in TensorFlow's registry, without the Python around them.
//!
//! source: tensorflow/core/ops/*.cc

use tensor::DType;

use super::rule;
use crate::kernels::conv::{self, Padding, Window};
use crate::kernels::pointwise::{binary, cast, leaky_relu, unary};
use crate::kernels::reduce::{self, Axes, reduce as reduced};
use crate::kernels::{index, join, layout, linalg, nn, pool, shape};
use crate::spec::{Cx, Val, merge, run};
use crate::{Arg, Call, Infer, Mistake, Op, Outputs, Param, Stop};

/// A row whose paths end with the kernels' names.
const fn raw(
    name: &'static str,
    apis: &'static [&'static str],
    infer: fn(&Call<'_>) -> Infer<Outputs>,
) -> Op {
    rule(name, apis, infer, "tensorflow/core/ops: REGISTER_OP")
}

pub(super) static OPS: &[Op] = &[
    raw("raw_unary", UNARY, |c| run(c, |cx| unary(cx, kernel(cx), first(cx)?).map(Val::T))),
    raw("raw_binary", BINARY, |c| run(c, |cx| binary(cx, kernel(cx), first(cx)?, second(cx)?).map(Val::T))),
    raw("raw_reduce", REDUCE, |c| run(c, reduction)),
    raw("raw_arg", &["tf.raw_ops.ArgMax", "tf.raw_ops.ArgMin"], |c| run(c, extreme)),
    raw("raw_scan", &["tf.raw_ops.Cumsum", "tf.raw_ops.Cumprod"], |c| run(c, scan)),
    raw("raw_softmax", &["tf.raw_ops.Softmax", "tf.raw_ops.LogSoftmax"], |c| run(c, softmax)),
    raw("raw_leaky_relu", &["tf.raw_ops.LeakyRelu"], |c| {
        run(c, |cx| leaky_relu(cx, first(cx)?, cx.get(ALPHA)?).map(Val::T))
    }),
    raw("raw_cast", &["tf.raw_ops.Cast"], |c| {
        run(c, |cx| cast(cx, first(cx)?, cx.dtype(cx.known(TO)?)?).map(Val::T))
    }),
    raw("raw_mat_mul", &["tf.raw_ops.MatMul"], |c| {
        run(c, |cx| {
            let sides = (flag(cx, "transpose_a")?, flag(cx, "transpose_b")?);
            linalg::mat_mul(cx, first(cx)?, second(cx)?, sides.0, sides.1).map(Val::T)
        })
    }),
    raw("raw_batch_mat_mul", &["tf.raw_ops.BatchMatMulV2"], |c| {
        run(c, |cx| {
            let sides = (flag(cx, "adj_x")?, flag(cx, "adj_y")?);
            linalg::batch_mat_mul(cx, first(cx)?, second(cx)?, sides.0, sides.1).map(Val::T)
        })
    }),
    raw("raw_concat", &["tf.raw_ops.ConcatV2"], |c| {
        run(c, |cx| join::concat(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_pack", &["tf.raw_ops.Pack"], |c| {
        run(c, |cx| join::pack(cx, first(cx)?, cx.int(cx.known(AXIS)?)?).map(Val::T))
    }),
    raw("raw_unpack", &["tf.raw_ops.Unpack"], |c| {
        run(c, |cx| {
            let (count, axis) = (cx.int(&second(cx)?)?, cx.int(cx.known(AXIS)?)?);
            join::unpack(cx, first(cx)?, count, axis).map(Val::list)
        })
    }),
    raw("raw_add_n", &["tf.raw_ops.AddN"], |c| run(c, |cx| join::add_n(cx, first(cx)?).map(Val::T))),
    raw("raw_reshape", &["tf.raw_ops.Reshape"], |c| {
        run(c, |cx| shape::reshape(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_expand_dims", &["tf.raw_ops.ExpandDims"], |c| {
        run(c, |cx| shape::expand_dims(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_squeeze", &["tf.raw_ops.Squeeze"], |c| {
        run(c, |cx| shape::squeeze(cx, first(cx)?, &cx.ints(cx.known(AXIS)?)?).map(Val::T))
    }),
    raw("raw_broadcast_to", &["tf.raw_ops.BroadcastTo"], |c| {
        run(c, |cx| shape::broadcast_to(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_fill", &["tf.raw_ops.Fill"], |c| {
        run(c, |cx| shape::fill(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_range", &["tf.raw_ops.Range"], |c| {
        run(c, |cx| shape::range(cx, first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_tile", &["tf.raw_ops.Tile"], |c| {
        run(c, |cx| layout::tile(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_transpose", &["tf.raw_ops.Transpose"], |c| {
        run(c, |cx| layout::transpose(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_reverse", &["tf.raw_ops.ReverseV2"], |c| {
        run(c, |cx| layout::reverse(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_roll", &["tf.raw_ops.Roll"], |c| {
        run(c, |cx| layout::roll(cx, first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_pad", &["tf.raw_ops.Pad"], |c| {
        run(c, |cx| layout::pad(cx, "Pad", first(cx)?, second(cx)?, None).map(Val::T))
    }),
    raw("raw_pad_with", &["tf.raw_ops.PadV2", "tf.raw_ops.MirrorPad"], |c| {
        run(c, |cx| layout::pad(cx, kernel(cx), first(cx)?, second(cx)?, Some(third(cx)?)).map(Val::T))
    }),
    raw("raw_gather", &["tf.raw_ops.GatherV2"], |c| {
        run(c, |cx| {
            let batch = cx.int(cx.known(BATCH_DIMS)?)?;
            index::gather(cx, first(cx)?, second(cx)?, third(cx)?, batch).map(Val::T)
        })
    }),
    raw("raw_gather_nd", &["tf.raw_ops.GatherNd"], |c| {
        run(c, |cx| index::gather_nd(cx, first(cx)?, second(cx)?).map(Val::T))
    }),
    raw("raw_slice", &["tf.raw_ops.Slice"], |c| {
        run(c, |cx| index::slice(cx, first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_where", &["tf.raw_ops.Where"], |c| run(c, |cx| index::where_(cx, first(cx)?).map(Val::T))),
    raw("raw_select", &["tf.raw_ops.SelectV2"], |c| {
        run(c, |cx| index::select(cx, first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_one_hot", &["tf.raw_ops.OneHot"], |c| {
        run(c, |cx| {
            let (off, axis) = (cx.known(FOURTH)?.clone(), cx.int(cx.known(AXIS)?)?);
            index::one_hot(cx, first(cx)?, second(cx)?, third(cx)?, off, axis).map(Val::T)
        })
    }),
    raw("raw_scatter_nd", &["tf.raw_ops.ScatterNd"], |c| {
        run(c, |cx| index::scatter_nd(cx, first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_tensor_scatter", TENSOR_SCATTER, |c| {
        run(c, |cx| index::tensor_scatter(cx, kernel(cx), first(cx)?, second(cx)?, third(cx)?).map(Val::T))
    }),
    raw("raw_bias_add", &["tf.raw_ops.BiasAdd"], |c| {
        run(c, |cx| {
            let Val::Py(Arg::Str(format)) = cx.known(DATA_FORMAT)? else { return Err(NO_TEXT) };
            nn::bias_add(cx, first(cx)?, second(cx)?, format).map(Val::T)
        })
    }),
    raw("raw_conv", &["tf.raw_ops.Conv2D", "tf.raw_ops.Conv3D"], |c| {
        run(c, |cx| {
            let kernel = if kernel(cx) == "Conv3D" { "Conv3D" } else { "Conv2D" };
            conv::conv(cx, kernel, first(cx)?, second(cx)?, &window(cx)?).map(Val::T)
        })
    }),
    raw("raw_depthwise_conv", &["tf.raw_ops.DepthwiseConv2dNative"], |c| {
        run(c, |cx| conv::depthwise(cx, first(cx)?, second(cx)?, &window(cx)?).map(Val::T))
    }),
    // No path leads here: models in Python ask for it by its name, with the kernel's as the path.
    raw("kernel_inputs", &[], |c| {
        run(c, |cx| {
            let node = cx.node_of(kernel(cx), cx.vals())?;
            Ok(Val::Tuple(node.all().cloned().map(Val::T).collect()))
        })
    }),
    // Nor here: a `tf.Variable` that is changed asks for it.
    raw("variable_update", &[], |c| {
        run(c, |cx| {
            let [variable, change] = cx.vals() else { return Err(Stop::Unknown("other than two operands")) };
            let variable = cx.convert(variable, None)?;
            let change = cx.convert_like(change, &variable)?;
            let (own, other) = (&variable.shape, &change.shape);
            cx.fit_or(kernel(cx), merge::shapes(own, other), || {
                format!(
                    "Cannot update variable with shape {} using a Tensor with shape {}, shapes must be equal.",
                    own.bracketed(),
                    other.bracketed()
                )
            })?;
            Ok(Val::T(change))
        })
    }),
    raw("raw_max_pool", &["tf.raw_ops.MaxPool"], |c| run(c, |cx| pooled(cx, "MaxPool"))),
    raw("raw_avg_pool", &["tf.raw_ops.AvgPool"], |c| run(c, |cx| pooled(cx, "AvgPool"))),
];

const UNARY: &[&str] = &[
    "tf.raw_ops.Abs",
    "tf.raw_ops.Acos",
    "tf.raw_ops.Acosh",
    "tf.raw_ops.Asin",
    "tf.raw_ops.Asinh",
    "tf.raw_ops.Atan",
    "tf.raw_ops.Atanh",
    "tf.raw_ops.Ceil",
    "tf.raw_ops.Cos",
    "tf.raw_ops.Cosh",
    "tf.raw_ops.Digamma",
    "tf.raw_ops.Elu",
    "tf.raw_ops.Erf",
    "tf.raw_ops.Erfc",
    "tf.raw_ops.Erfinv",
    "tf.raw_ops.Exp",
    "tf.raw_ops.Expm1",
    "tf.raw_ops.Floor",
    "tf.raw_ops.Identity",
    "tf.raw_ops.Invert",
    "tf.raw_ops.IsFinite",
    "tf.raw_ops.IsInf",
    "tf.raw_ops.IsNan",
    "tf.raw_ops.Lgamma",
    "tf.raw_ops.Log",
    "tf.raw_ops.Log1p",
    "tf.raw_ops.LogicalNot",
    "tf.raw_ops.Ndtri",
    "tf.raw_ops.Neg",
    "tf.raw_ops.OnesLike",
    "tf.raw_ops.Reciprocal",
    "tf.raw_ops.Relu",
    "tf.raw_ops.Relu6",
    "tf.raw_ops.Rint",
    "tf.raw_ops.Round",
    "tf.raw_ops.Rsqrt",
    "tf.raw_ops.Selu",
    "tf.raw_ops.Sigmoid",
    "tf.raw_ops.Sign",
    "tf.raw_ops.Sin",
    "tf.raw_ops.Sinh",
    "tf.raw_ops.Softplus",
    "tf.raw_ops.Softsign",
    "tf.raw_ops.Sqrt",
    "tf.raw_ops.Square",
    "tf.raw_ops.StopGradient",
    "tf.raw_ops.Tan",
    "tf.raw_ops.Tanh",
    "tf.raw_ops.ZerosLike",
];

const BINARY: &[&str] = &[
    "tf.raw_ops.Add",
    "tf.raw_ops.AddV2",
    "tf.raw_ops.Atan2",
    "tf.raw_ops.BitwiseAnd",
    "tf.raw_ops.BitwiseOr",
    "tf.raw_ops.BitwiseXor",
    "tf.raw_ops.Div",
    "tf.raw_ops.DivNoNan",
    "tf.raw_ops.FloorDiv",
    "tf.raw_ops.FloorMod",
    "tf.raw_ops.Greater",
    "tf.raw_ops.GreaterEqual",
    "tf.raw_ops.LeftShift",
    "tf.raw_ops.Less",
    "tf.raw_ops.LessEqual",
    "tf.raw_ops.LogicalAnd",
    "tf.raw_ops.LogicalOr",
    "tf.raw_ops.Maximum",
    "tf.raw_ops.Minimum",
    "tf.raw_ops.Mul",
    "tf.raw_ops.MulNoNan",
    "tf.raw_ops.Pow",
    "tf.raw_ops.RealDiv",
    "tf.raw_ops.RightShift",
    "tf.raw_ops.SquaredDifference",
    "tf.raw_ops.Sub",
    "tf.raw_ops.Xdivy",
    "tf.raw_ops.Xlog1py",
    "tf.raw_ops.Xlogy",
];

const REDUCE: &[&str] = &[
    "tf.raw_ops.All",
    "tf.raw_ops.Any",
    "tf.raw_ops.EuclideanNorm",
    "tf.raw_ops.Max",
    "tf.raw_ops.Mean",
    "tf.raw_ops.Min",
    "tf.raw_ops.Prod",
    "tf.raw_ops.Sum",
];

const TENSOR_SCATTER: &[&str] = &[
    "tf.raw_ops.TensorScatterAdd",
    "tf.raw_ops.TensorScatterMax",
    "tf.raw_ops.TensorScatterMin",
    "tf.raw_ops.TensorScatterSub",
    "tf.raw_ops.TensorScatterUpdate",
];

const FIRST: Param<Arg> = Param::place(0, "x");
const SECOND: Param<Arg> = Param::place(1, "y");
const THIRD: Param<Arg> = Param::place(2, "z");
const FOURTH: Param<Arg> = Param::place(3, "off_value");
const ALPHA: Param<f64> = Param::named(&["alpha"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);
const BATCH_DIMS: Param<Arg> = Param::named(&["batch_dims"]);
const DATA_FORMAT: Param<Arg> = Param::named(&["data_format"]);
const DILATIONS: Param<Arg> = Param::named(&["dilations"]);
const EXPLICIT: Param<Arg> = Param::named(&["explicit_paddings"]);
const KEEP_DIMS: Param<bool> = Param::named(&["keep_dims"]);
const KSIZE: Param<Arg> = Param::named(&["ksize"]);
const OUTPUT_TYPE: Param<Arg> = Param::named(&["output_type"]);
const PADDING: Param<Arg> = Param::named(&["padding"]);
const STRIDES: Param<Arg> = Param::named(&["strides"]);
const TO: Param<Arg> = Param::named(&["DstT"]);

const NO_TEXT: Stop = Stop::Unknown("an attribute that is no text");

/// The kernel that the path ends with.
fn kernel<'a>(cx: &Cx<'a>) -> &'a str {
    cx.call.path.rsplit('.').next().unwrap_or_default()
}

fn first(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(FIRST).cloned()
}

fn second(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(SECOND).cloned()
}

fn third(cx: &Cx<'_>) -> Infer<Val> {
    cx.known(THIRD).cloned()
}

/// A flag by its name.
fn flag(cx: &Cx<'_>, name: &'static str) -> Infer<bool> {
    let given = cx.call.args.iter().find(|(n, _)| &**n == name);
    given.map_or(Ok(false), |(_, arg)| <bool as crate::FromArg>::from_arg(arg))
}

fn reduction(cx: &Cx<'_>) -> Infer<Val> {
    reduced(cx, kernel(cx), first(cx)?, &Axes::Some(second(cx)?), cx.get(KEEP_DIMS)?).map(Val::T)
}

fn extreme(cx: &Cx<'_>) -> Infer<Val> {
    let out = cx.dtype(cx.known(OUTPUT_TYPE)?)?.unwrap_or(DType::Int64);
    reduce::arg(cx, kernel(cx), first(cx)?, second(cx)?, out).map(Val::T)
}

fn scan(cx: &Cx<'_>) -> Infer<Val> {
    let ways = (flag(cx, "exclusive")?, flag(cx, "reverse")?);
    reduce::scan(cx, kernel(cx), first(cx)?, second(cx)?, ways).map(Val::T)
}

fn softmax(cx: &Cx<'_>) -> Infer<Val> {
    let kernel = kernel(cx);
    let node = cx.node(kernel, [first(cx)?])?;
    let shape = node.x(0).shape.clone();
    cx.fit_or(kernel, merge::rank_at_least(&shape, 1), || {
        "logits must have >= 1 dimension, got []".to_owned()
    })?;
    Ok(Val::T(node.out(shape)))
}

/// The window of a convolution or a pool, by its attributes.
fn window(cx: &Cx<'_>) -> Infer<Window> {
    let Val::Py(Arg::Str(padding)) = cx.known(PADDING)? else { return Err(NO_TEXT) };
    let Val::Py(Arg::Str(format)) = cx.known(DATA_FORMAT)? else { return Err(NO_TEXT) };
    let strides = cx.ints(cx.known(STRIDES)?)?;
    let dilations = match cx.val(DILATIONS) {
        Val::Py(Arg::Missing) => vec![1; strides.len()],
        given => cx.ints(given)?,
    };
    let padding = match &**padding {
        "VALID" => Padding::Valid,
        "SAME" => Padding::Same,
        "EXPLICIT" => Padding::Explicit(cx.ints(cx.known(EXPLICIT)?)?),
        other => {
            let op = kernel(cx);
            let text = format!(
                "Value for attr 'padding' of \"{other}\" is not in the list of allowed values: \"SAME\", \"VALID\""
            );
            let mistake = Mistake::Argument { param: "padding", problem: text.clone() };
            return cx.value_error(format!("{text} for '{{{{node {op}}}}}'"), mistake);
        }
    };
    Ok(Window { strides, dilations, padding, first: format.starts_with("NC") })
}

fn pooled(cx: &Cx<'_>, kernel: &'static str) -> Infer<Val> {
    let sizes = cx.ints(cx.known(KSIZE)?)?;
    pool::pool(cx, kernel, first(cx)?, &sizes, &window(cx)?).map(Val::T)
}
