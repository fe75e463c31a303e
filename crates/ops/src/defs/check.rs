//! Assertions: `tf.debugging.assert_equal` and its like.
//!
//! While tracing they add an op that checks later; what is known to fail fails at once.

use tensor::{Content, DType};

use super::rule;
use crate::kernels::pointwise::{binary, broadcast, function, unary};
use crate::kernels::reduce::{Axes, reduce};
use crate::params::{X, Y};
use crate::spec::{Cx, Tensor, Val, fold, run};
use crate::{Arg, Call, Exc, Infer, Mistake, Op, Outputs, Param, Stop, TensorKind, Violation};

const SOURCE: &str = "tensorflow/python/ops/check_ops.py";
const RANK: Param<Arg> = Param::at(1, &["rank", "ranks"]);
const MESSAGE: Param<Arg> = Param::named(&["message"]);

/// A comparison of two tensors: name, path and the kernel that must hold everywhere.
const fn pair(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, compared, SOURCE) }
}

/// A comparison of one tensor with zero.
const fn sign(name: &'static str, apis: &'static [&'static str], kernel: &'static str) -> Op {
    Op { kernel, ..rule(name, apis, signed, SOURCE) }
}

pub(super) static OPS: &[Op] = &[
    pair("assert_equal", &["tf.debugging.assert_equal"], "Equal"),
    pair("assert_none_equal", &["tf.debugging.assert_none_equal"], "NotEqual"),
    pair("assert_less", &["tf.debugging.assert_less"], "Less"),
    pair("assert_less_equal", &["tf.debugging.assert_less_equal"], "LessEqual"),
    pair("assert_greater", &["tf.debugging.assert_greater"], "Greater"),
    pair("assert_greater_equal", &["tf.debugging.assert_greater_equal"], "GreaterEqual"),
    sign("assert_negative", &["tf.debugging.assert_negative"], "Less"),
    sign("assert_positive", &["tf.debugging.assert_positive"], "Greater"),
    sign("assert_non_negative", &["tf.debugging.assert_non_negative"], "GreaterEqual"),
    sign("assert_non_positive", &["tf.debugging.assert_non_positive"], "LessEqual"),
    rule("assert_rank", &["tf.debugging.assert_rank"], |c| run(c, |cx| ranked(cx, "")), SOURCE),
    rule(
        "assert_rank_at_least",
        &["tf.debugging.assert_rank_at_least"],
        |c| run(c, |cx| ranked(cx, " at least")),
        SOURCE,
    ),
    rule("assert_rank_in", &["tf.debugging.assert_rank_in"], |c| run(c, rank_in), SOURCE),
    rule("assert_near", &["tf.debugging.assert_near"], |c| run(c, near), SOURCE),
    rule("assert_type", &["tf.debugging.assert_type"], |c| run(c, of_type), SOURCE),
    rule("assert_scalar", &["tf.debugging.assert_scalar"], |c| run(c, scalar), SOURCE),
    rule("assert_same_float_dtype", &["tf.debugging.assert_same_float_dtype"], |c| run(c, one_float), SOURCE),
    rule(
        "assert_proper_iterable",
        &["tf.debugging.assert_proper_iterable"],
        |c| run(c, proper_iterable),
        SOURCE,
    ),
    rule(
        "assert",
        &["tf.debugging.Assert"],
        |c| run(c, asserted),
        "tensorflow/python/ops/control_flow_assert.py",
    ),
    rule(
        "assert_all_finite",
        &["tf.debugging.assert_all_finite"],
        |c| run(c, all_finite),
        "tensorflow/python/ops/numerics.py",
    ),
    rule("assert_integer", &["tf.debugging.assert_integer"], |c| run(c, integral), SOURCE),
    rule("is_numeric_tensor", &["tf.debugging.is_numeric_tensor"], |c| run(c, is_numeric), SOURCE),
];

/// What an assertion that may hold returns: nothing on values, an operation while tracing.
fn holds(cx: &Cx<'_>) -> Val {
    if cx.eager() { Val::Py(Arg::None) } else { Val::Py(Arg::Object("tf.Operation".into())) }
}

/// Tells whether what is computed on values is known not to hold everywhere.
fn fails(cx: &Cx<'_>, held: Tensor) -> Infer<bool> {
    let Some(recorder) = cx.call.recorder.filter(|_| cx.eager()) else { return Ok(false) };
    let all = reduce(cx, "All", held, &Axes::All, false)?;
    let found = all.value.and_then(|value| recorder.array(value));
    Ok(found.and_then(|all| all.to_bools().ok()).is_some_and(|all| all.contains(&false)))
}

/// What an assertion returns that is always decided at once.
fn nothing() -> Val {
    Val::Py(Arg::None)
}

fn compared(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.convert(cx.known(X)?, None)?;
        // Both are converted by themselves: of floats and an int the kernel is the first to complain.
        let y = cx.convert(cx.known(Y)?, None)?;
        let node = cx.node(call.op.kernel, [Val::T(x), Val::T(y)])?;
        check(cx, call.op.kernel, node.x(0), node.x(1))
    })
}

fn signed(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.tensor(X)?;
        let zero = cx.convert_like(&Val::from(0), &x)?;
        check(cx, call.op.kernel, &x, &zero)
    })
}

fn check(cx: &Cx<'_>, kernel: &str, x: &Tensor, y: &Tensor) -> Infer<Val> {
    broadcast(cx, kernel, &x.shape, &y.shape)?;
    let known = |t: &Tensor| match &t.content {
        Content::Array(_) => fold::array(&t.content, &t.shape.all_known()?, t.dtype?),
        _ => None,
    };
    let by_contents = || {
        let Content::Array(found) = fold::binary(&known(x)?, &known(y)?, DType::Bool, function(kernel)?)
        else {
            return None;
        };
        found.data.to_floats().map(|v| v.contains(&0.0))
    };
    if !(by_contents() == Some(true) || fails(cx, binary(cx, kernel, x, y)?)?) {
        return Ok(holds(cx));
    }
    let words = match kernel {
        "Equal" => "==",
        "NotEqual" => "!=",
        "Less" => "<",
        "LessEqual" => "<=",
        "Greater" => ">",
        _ => ">=",
    };
    let message = match cx.known(MESSAGE)? {
        Val::Py(Arg::Str(s)) => s.to_string(),
        v if v.is_none() => String::new(),
        _ => return Err(Stop::Unknown("a message that is not known")),
    };
    let how = if cx.eager() { "." } else { " element-wise:" };
    let text = format!("{message}\nCondition x {words} y did not hold{how}");
    let problem = format!("x {words} y does not hold");
    cx.raise(Exc::InvalidArgumentError, text.trim_start(), Mistake::Argument { param: "x", problem })
}

/// `assert_rank` and `assert_rank_at_least`.
fn ranked(cx: &Cx<'_>, least: &str) -> Infer<Val> {
    let x = cx.tensor(X)?;
    if let Val::T(wanted) = cx.known(RANK)?
        && let Some(got) = wanted.rank().filter(|rank| *rank > 0 && wanted.dtype == Some(DType::Int32))
    {
        if cx.eager() {
            let text = "Rank must be a scalar.".to_owned();
            return cx
                .value_error(text, Mistake::RankMismatch { param: "rank", expected: "0".to_owned(), got });
        }
        let text = format!(
            "Tensor {} must have rank 0.  Received rank {got}, shape {}",
            wanted.graph_name(),
            wanted.shape.tuple()
        );
        return cx.value_error(text, Mistake::RankMismatch { param: "rank", expected: "0".to_owned(), got });
    }
    let (Some(rank), Ok(wanted)) = (x.rank(), cx.int(cx.known(RANK)?)) else { return Ok(holds(cx)) };
    let got = rank as i64;
    if got == wanted || (!least.is_empty() && got > wanted) {
        return Ok(holds(cx));
    }
    let name = if cx.eager() { String::new() } else { format!("{} ", x.graph_name()) };
    let text = format!(
        "Tensor {name}must have rank{least} {wanted}.  Received rank {rank}, shape {}",
        x.shape.tuple()
    );
    let expected = format!("{least} {wanted}").trim().to_owned();
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected, got: rank })
}

fn rank_in(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match cx.known(RANK)? {
        Val::T(ranks) if !cx.eager() && ranks.is_tf() => {
            return Err(Violation::symbolic_iteration().raised());
        }
        Val::Py(Arg::Int(_)) => {
            let text = "'int' object is not iterable";
            return cx.type_error(text, Mistake::Argument { param: "ranks", problem: text.to_owned() });
        }
        _ => {}
    }
    let (Some(rank), Ok(ranks)) = (x.rank(), cx.ints(cx.known(RANK)?)) else { return Ok(holds(cx)) };
    if ranks.contains(&(rank as i64)) {
        return Ok(holds(cx));
    }
    let name = if cx.eager() { "" } else { x.graph_name() };
    let list: Vec<String> = ranks.iter().map(i64::to_string).collect();
    let list = if let [one] = &list[..] { format!("({one},)") } else { format!("({})", list.join(", ")) };
    let text =
        format!("Tensor {name} must have rank in {list}.  Received rank {rank}, shape {}", x.shape.tuple());
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected: list, got: rank })
}

fn near(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    let y = cx.convert_like(cx.known(Y)?, &x)?;
    let difference = binary(cx, "Sub", &x, &y)?;
    let default = match x.dtype {
        Some(DType::Float16) => 10.0 * 2.0_f64.powi(-10),
        Some(DType::BFloat16) => 10.0 * 2.0_f64.powi(-7),
        Some(DType::Float64) => 10.0 * f64::EPSILON,
        _ => 10.0 * f64::from(f32::EPSILON),
    };
    let given = |name: &'static [&'static str]| match cx.known(Param::<Arg>::named(name))? {
        v if v.is_none() => cx.convert_like(&Val::from(default), &x),
        other => cx.convert_like(other, &x),
    };
    let part = binary(cx, "Mul", given(&["rtol"])?, unary(cx, "Abs", &y)?)?;
    let tolerance = binary(cx, "AddV2", given(&["atol"])?, part)?;
    if fails(cx, binary(cx, "Less", unary(cx, "Abs", difference)?, tolerance)?)? {
        let problem = "x and y are not near".to_owned();
        let text = "Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true.";
        return cx.raise(Exc::InvalidArgumentError, text, Mistake::Argument { param: "x", problem });
    }
    Ok(holds(cx))
}

fn of_type(cx: &Cx<'_>) -> Infer<Val> {
    const TYPE: Param<Option<DType>> = Param::at(1, &["tf_type"]);
    let x = cx.tensor(X)?;
    let (Some(have), Some(want)) = (x.dtype, cx.get(TYPE)?) else {
        return Err(Stop::Unknown("a dtype that is not known"));
    };
    if have == want {
        return Ok(nothing());
    }
    let name = if cx.eager() { "tensor" } else { x.graph_name() };
    let text = format!("{name} must be of type tf.{want}; got tf.{have}");
    cx.type_error(text, Mistake::DType { param: "tensor", got: have.to_string(), expected: want.to_string() })
}

fn scalar(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match x.rank() {
        Some(0) => Ok(nothing()),
        None => Err(Stop::Unknown("a tensor of unknown rank")),
        Some(got) => {
            let name = if cx.eager() { String::new() } else { format!(" for {}", x.graph_name()) };
            let text = format!("Expected scalar shape{name}, saw shape: {}.", x.shape.tuple());
            cx.value_error(text, Mistake::RankMismatch { param: "tensor", expected: "0".to_owned(), got })
        }
    }
}

/// `assert_same_float_dtype([x, y])` returns the dtype.
fn one_float(cx: &Cx<'_>) -> Infer<Val> {
    let Some(items) = cx.known(X)?.items() else { return Err(Stop::Unknown("no list of tensors")) };
    let mut found: Option<DType> = None;
    for item in items {
        let Val::T(Tensor { dtype: Some(dtype), .. }) = item else {
            return Err(Stop::Unknown("a tensor whose dtype is not known"));
        };
        if found.is_some_and(|d| d != *dtype) {
            return Err(Stop::Unknown("tensors of several dtypes"));
        }
        found = Some(*dtype);
    }
    match found {
        Some(dtype) if !dtype.is_floating() => {
            let text = format!("Expected floating point type, got <dtype: '{dtype}'>.");
            let expected = "a float".to_owned();
            cx.value_error(text, Mistake::DType { param: "tensors", got: dtype.to_string(), expected })
        }
        found => Ok(Val::Py(Arg::DType(found.unwrap_or(DType::Float32)))),
    }
}

fn proper_iterable(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::List(_) | Val::Tuple(_) => Ok(nothing()),
        Val::T(t) => {
            let class = match t.kind {
                TensorKind::Eager => "tensorflow.python.framework.ops.EagerTensor",
                TensorKind::Graph => "tensorflow.python.framework.ops.SymbolicTensor",
                TensorKind::Numpy => "numpy.ndarray",
                TensorKind::Keras | TensorKind::Variable => return Err(Stop::Unknown("a tensor of Keras'")),
            };
            let text = format!(
                "Expected argument \"values\" to be a \"proper\" iterable.  Found: <class '{class}'>"
            );
            cx.type_error(text, Mistake::Argument { param: "values", problem: "is a tensor".to_owned() })
        }
        _ => Err(Stop::Unknown("values of another type")),
    }
}

/// `tf.debugging.Assert(condition, data)`.
fn asserted(cx: &Cx<'_>) -> Infer<Val> {
    cx.convert(cx.known(X)?, None)?;
    Ok(holds(cx))
}

fn all_finite(cx: &Cx<'_>) -> Infer<Val> {
    cx.text_attr(Param::<Arg>::at(1, &["message"]), "message")?;
    let node = cx.node("CheckNumerics", [cx.known(X)?.clone()])?;
    Ok(Val::T(node.out_with(node.x(0).shape.clone(), node.x(0).content.clone())))
}

fn integral(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match x.dtype {
        Some(dtype) if !dtype.is_integer() => {
            let name = if cx.eager() { "tensor" } else { x.graph_name() };
            let text =
                format!("Expected \"x\" to be integer type.  Found: {name} of dtype <dtype: '{dtype}'>");
            let expected = "an integer".to_owned();
            cx.type_error(text, Mistake::DType { param: "x", got: dtype.to_string(), expected })
        }
        _ => Ok(nothing()),
    }
}

fn is_numeric(cx: &Cx<'_>) -> Infer<Val> {
    match cx.known(X)? {
        Val::T(t) => match t.dtype {
            Some(d) => Ok(Val::from(d.is_integer() || d.is_floating() || d.is_complex())),
            None => Err(Stop::Unknown("a dtype that is not known")),
        },
        _ => Ok(Val::from(false)),
    }
}
