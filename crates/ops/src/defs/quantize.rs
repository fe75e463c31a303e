//! `tf.quantization`: numbers as a few bits keep them.

use tensor::{Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, unary};
use crate::params::X;
use crate::spec::{Cx, Misfit, Tensor, Val, merge, run};
use crate::{Arg, Infer, Mistake, Op, Param, Stop};

const MIN: Param<Arg> = Param::named(&["min", "input_min"]);
const MAX: Param<Arg> = Param::named(&["max", "input_max"]);
const BITS: Param<Arg> = Param::named(&["num_bits"]);
const NARROW: Param<bool> = Param::named(&["narrow_range"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);

const SOURCE: &str = "tensorflow/core/kernels/fake_quant_ops_functor.h";

pub(super) static OPS: &[Op] = &[
    rule(
        "fake_quant_with_min_max_args",
        &["tf.quantization.fake_quant_with_min_max_args"],
        |c| run(c, fixed),
        SOURCE,
    ),
    rule(
        "fake_quant_with_min_max_vars",
        &["tf.quantization.fake_quant_with_min_max_vars"],
        |c| run(c, moving),
        SOURCE,
    ),
    rule(
        "fake_quant_with_min_max_vars_per_channel",
        &["tf.quantization.fake_quant_with_min_max_vars_per_channel"],
        |c| run(c, per_channel),
        SOURCE,
    ),
    rule(
        "fake_quant_with_min_max_args_gradient",
        &["tf.quantization.fake_quant_with_min_max_args_gradient"],
        |c| run(c, fixed_gradient),
        SOURCE,
    ),
    rule(
        "quantize_and_dequantize",
        &["tf.quantization.quantize_and_dequantize"],
        |c| run(c, |cx| there_and_back(cx, "QuantizeAndDequantizeV2")),
        "tensorflow/core/ops/array_ops.cc: QuantizeAndDequantizeV2",
    ),
    rule(
        "quantize_and_dequantize_v2",
        &["tf.quantization.quantize_and_dequantize_v2"],
        |c| run(c, |cx| there_and_back(cx, "QuantizeAndDequantizeV4")),
        "tensorflow/core/ops/array_ops.cc: QuantizeAndDequantizeV4",
    ),
];

/// The least and largest of the steps that numbers are rounded to, and the size of a step.
#[derive(Clone, Copy)]
struct Steps {
    low: f64,
    high: f64,
    size: f64,
}

impl Steps {
    /// Moves the bounds so that zero is one of the steps: `Nudge`.
    fn of(min: f64, max: f64, bits: i64, narrow: bool) -> Option<Steps> {
        let first = if narrow { 1.0 } else { 0.0 };
        let last = ((1_i64 << bits) - 1) as f64;
        let (min, max) = (min as f32, max as f32);
        let size = (max - min) / (last - first) as f32;
        let zero = first as f32 - min / size;
        let zero = f64::from(zero.clamp(first as f32, last as f32).round());
        let step = |at: f64| f64::from((at - zero) as f32 * size);
        (size > 0.0).then(|| Steps { low: step(first), high: step(last), size: f64::from(size) })
    }

    /// Rounds to the steps. A gradient goes through as though nothing were rounded, where nothing is cut off.
    fn round(self, cx: &Cx<'_>, x: &Tensor) -> Infer<Tensor> {
        let value = |number: f64| cx.convert_like(&Val::from(number), x);
        let cut = binary(cx, "Minimum", x, value(self.high)?)?;
        let cut = binary(cx, "Maximum", cut, value(self.low)?)?;
        let from_low = binary(cx, "Sub", &cut, value(self.low)?)?;
        let count = binary(cx, "Mul", from_low, value(1.0 / self.size)?)?;
        let count = unary(cx, "Floor", binary(cx, "AddV2", count, value(0.5)?)?)?;
        let rounded = binary(cx, "AddV2", binary(cx, "Mul", count, value(self.size)?)?, value(self.low)?)?;
        let away = unary(cx, "StopGradient", binary(cx, "Sub", rounded, &cut)?)?;
        binary(cx, "AddV2", cut, away)
    }
}

/// The attributes that the kernels check: the number of bits.
fn bits(cx: &Cx<'_>, kernel: &str) -> Infer<i64> {
    let bits = match cx.known(BITS)? {
        v if v.is_none() => 8,
        v => cx.int(v)?,
    };
    if !(2..=16).contains(&bits) {
        let text = format!("num_bits must be between 2 and 16, inclusive, got {bits}");
        return cx.refuse(kernel, Misfit::argument("num_bits", text));
    }
    Ok(bits)
}

fn fixed(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "FakeQuantWithMinMaxArgs";
    let x = cx.node(KERNEL, [cx.known(X)?.clone()])?.x(0).clone();
    let bound = |param, default| match cx.known(param)? {
        v if v.is_none() => Ok(default),
        v => v.number().ok_or(Stop::Unknown("a bound that is not known")),
    };
    let (low, high) = (bound(MIN, -6.0)?, bound(MAX, 6.0)?);
    if low >= high {
        let text = format!("min has to be smaller than max, was: {low} >= {high}");
        return cx.refuse(KERNEL, Misfit::argument("min", text));
    }
    match Steps::of(low, high, bits(cx, KERNEL)?, cx.get(NARROW)?) {
        Some(steps) => steps.round(cx, &x).map(Val::T),
        None => Ok(Val::T(x.like())),
    }
}

fn moving(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "FakeQuantWithMinMaxVars";
    let (min, max) = (cx.known(MIN)?, cx.known(MAX)?);
    let node = cx.node(KERNEL, [cx.known(X)?.clone(), min.clone(), max.clone()])?;
    for at in [1, 2] {
        cx.fit(KERNEL, merge::rank(&node.x(at).shape, 0))?;
    }
    let x = node.x(0).clone();
    match min.number().zip(max.number()) {
        Some((low, high)) => match Steps::of(low, high, bits(cx, KERNEL)?, cx.get(NARROW)?) {
            Some(steps) => steps.round(cx, &x).map(Val::T),
            None => Ok(Val::T(x.like())),
        },
        None => Ok(Val::T(node.out(x.shape))),
    }
}

fn per_channel(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "FakeQuantWithMinMaxVarsPerChannel";
    let node = cx.node(KERNEL, [cx.known(X)?.clone(), cx.known(MIN)?.clone(), cx.known(MAX)?.clone()])?;
    let x = node.x(0).shape.clone();
    cx.fit(KERNEL, merge::rank_at_least(&x, 1))?;
    let mut last = x.dim(-1).unwrap_or(Dim::Unknown);
    for at in [1, 2] {
        let vector = cx.fit(KERNEL, merge::rank(&node.x(at).shape, 1))?;
        let own = vector.dim(0).unwrap_or(Dim::Unknown);
        last = cx.fit(KERNEL, merge::dims(last, own, "the channels and their bounds"))?;
    }
    bits(cx, KERNEL)?;
    let rank = x.rank().unwrap_or(0);
    Ok(Val::T(node.out(if rank == 0 { Shape::UNKNOWN } else { x.with_dim(rank - 1, last) })))
}

fn fixed_gradient(cx: &Cx<'_>) -> Infer<Val> {
    const KERNEL: &str = "FakeQuantWithMinMaxArgsGradient";
    const SECOND: Param<Arg> = Param::at(1, &["inputs"]);
    let node = cx.node(KERNEL, [cx.known(X)?.clone(), cx.known(SECOND)?.clone()])?;
    let shape = node.x(0).shape.clone();
    Ok(Val::T(node.out(shape)))
}

/// `tf.quantization.quantize_and_dequantize`: the same shape, of which each slice along an axis may have its bounds.
fn there_and_back(cx: &Cx<'_>, kernel: &'static str) -> Infer<Val> {
    let node = cx.node(kernel, [cx.known(X)?.clone(), cx.known(MIN)?.clone(), cx.known(MAX)?.clone()])?;
    let shape = node.x(0).shape.clone();
    let axis = match cx.known(AXIS)? {
        v if v.is_none() => -1,
        v => cx.int(v)?,
    };
    let axis = match (axis, shape.rank()) {
        (-1, _) if cx.known(AXIS)?.is_none() => None,
        (..0, None) => {
            let text = "input should have known rank to use negative axis.";
            return cx.value_error(text, Mistake::Argument { param: "axis", problem: text.to_owned() });
        }
        (axis, Some(rank)) if rank > 0 => Some(axis.rem_euclid(rank as i64)),
        (axis, _) => Some(axis),
    };
    let rank = usize::from(axis.is_some());
    for at in [1, 2] {
        cx.fit(kernel, merge::rank(&node.x(at).shape, rank))?;
    }
    Ok(Val::T(node.out(shape)))
}
