//! Assertions: `tf.debugging.assert_equal` and its like.
//!
//! While tracing they add an op that checks later; what is known to fail fails at once.

use tensor::{Content, DType, Shape};

use super::rule;
use crate::kernels::pointwise::{broadcast, function};
use crate::params::{X, Y};
use crate::spec::{Cx, Tensor, Val, fold, run};
use crate::{Arg, Call, Exc, Infer, Mistake, Op, Outputs, Param, Stop};

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
    rule("assert_integer", &["tf.debugging.assert_integer"], |c| run(c, integral), SOURCE),
    rule("is_numeric_tensor", &["tf.debugging.is_numeric_tensor"], |c| run(c, is_numeric), SOURCE),
];

/// What an assertion that may hold returns: nothing on values, an operation while tracing.
fn holds() -> Val {
    Val::Py(Arg::None)
}

fn compared(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let x = cx.convert(cx.known(X)?, None)?;
        let y = cx.convert_like(cx.known(Y)?, &x)?;
        check(cx, call.op.kernel, &x, &y)
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
    let (Some(left), Some(right), Some(f)) = (known(x), known(y), function(kernel)) else {
        return Ok(holds());
    };
    let Content::Array(found) = fold::binary(&left, &right, DType::Bool, f) else { return Ok(holds()) };
    if found.data.to_floats().is_none_or(|v| v.iter().all(|b| *b != 0.0)) {
        return Ok(holds());
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
    let (Some(rank), Ok(wanted)) = (x.rank(), cx.int(cx.known(RANK)?)) else { return Ok(holds()) };
    let got = rank as i64;
    if got == wanted || (!least.is_empty() && got > wanted) {
        return Ok(holds());
    }
    let name = if cx.eager() { "" } else { "Placeholder:0 " };
    let text = format!(
        "Tensor {name}must have rank{least} {wanted}.  Received rank {rank}, shape {}",
        shown(&x.shape)
    );
    let expected = format!("{least} {wanted}").trim().to_owned();
    cx.value_error(text, Mistake::RankMismatch { param: "x", expected, got: rank })
}

fn shown(shape: &Shape) -> String {
    shape.tuple()
}

fn integral(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(X)?;
    match x.dtype {
        Some(dtype) if !dtype.is_integer() => {
            let text = format!("Expected \"x\" to be of integer type.  Found: <dtype: '{dtype}'>");
            let expected = "an integer".to_owned();
            cx.type_error(text, Mistake::DType { param: "x", got: dtype.to_string(), expected })
        }
        _ => Ok(holds()),
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
