//! Random numbers.
//!
//! What stateless kernels make of key and counter are TensorFlow's own numbers. The others draw streams that follow
//! from one seed and the order of the applications ([`super::Draws`]); they are not those of TensorFlow.

use array::philox::{self, Philox};
use array::{Array, Fault, Random, Result};
use smallvec::smallvec;
use tensor::DType;

use super::algebra::{add, binary, mul, neg, shift, sub, sum, unary};
use super::{Applied, Arrays, Back, Grads, Row, Vjp};
use crate::{Infer, Stop};

pub(super) static ROWS: &[Row] = &[
    Row { kernel: "Multinomial", eval: |a| classes(a, a.stream()), vjp: Vjp::Never },
    Row { kernel: "RandomGamma", eval: gamma, vjp: Vjp::All(gamma_back) },
    Row { kernel: "RandomPoissonV2", eval: poisson, vjp: Vjp::Missing },
    Row { kernel: "RandomShuffle", eval: shuffled, vjp: Vjp::Never },
    Row { kernel: "RandomStandardNormal", eval: |a| numbers(a, philox::normal), vjp: Vjp::Never },
    Row { kernel: "RandomUniform", eval: |a| numbers(a, philox::uniform), vjp: Vjp::Never },
    Row { kernel: "RandomUniformInt", eval: |a| integers(a, a.stream(), [1, 2]), vjp: Vjp::Missing },
    Row { kernel: "StatelessMultinomial", eval: |a| classes(a, seeded(a, 2)?), vjp: Vjp::Never },
    Row { kernel: "StatelessRandomGetKeyCounter", eval: key, vjp: Vjp::Missing },
    Row { kernel: "StatelessRandomNormalV2", eval: |a| numbers(a, philox::normal), vjp: Vjp::Never },
    Row { kernel: "StatelessRandomUniformIntV2", eval: |a| integers(a, given(a)?, [4, 5]), vjp: Vjp::Never },
    Row { kernel: "StatelessRandomUniformV2", eval: |a| numbers(a, philox::uniform), vjp: Vjp::Never },
    Row {
        kernel: "StatelessTruncatedNormalV2",
        eval: |a| numbers(a, philox::truncated_normal),
        vjp: Vjp::Never,
    },
    Row { kernel: "TruncatedNormal", eval: |a| numbers(a, philox::truncated_normal), vjp: Vjp::Never },
];

/// The kernels that give other numbers each time.
pub(super) const DRAWING: &[&str] = &[
    "Multinomial",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform",
    "RandomUniformInt",
    "TruncatedNormal",
];

/// The stream at the key and counter that a stateless kernel is given.
fn given(a: &Applied<'_>) -> Result<Philox> {
    let (key, counter) = (a.x(1)?.to_ints()?, a.x(2)?.to_ints()?);
    let (&[key], &[low, high]) = (&key[..], &counter[..]) else {
        return Err(Fault::Shape("a key of another form".to_owned()));
    };
    Ok(Philox::new(key.cast_unsigned(), [low, high].map(i64::cast_unsigned)))
}

/// Two seeds.
fn seeds(a: &Applied<'_>, at: usize) -> Result<[i64; 2]> {
    match a.x(at)?.to_ints()?[..] {
        [a, b] => Ok([a, b]),
        _ => Err(Fault::Shape("a seed of other than two integers".to_owned())),
    }
}

fn seeded(a: &Applied<'_>, at: usize) -> Result<Philox> {
    let (key, counter) = Philox::scrambled(seeds(a, at)?);
    Ok(Philox::new(key, counter))
}

fn key(a: &mut Applied<'_>) -> Result<Arrays> {
    let (key, counter) = Philox::scrambled(seeds(a, 0)?);
    let array = |words: &[u64]| {
        Array::ints(&[words.len()], DType::UInt64, words.iter().map(|word| word.cast_signed()).collect())
    };
    Ok(smallvec![array(&[key])?, array(&counter)?])
}

fn numbers(a: &mut Applied<'_>, make: fn(&[usize], DType, Philox) -> Result<Array>) -> Result<Arrays> {
    let from = if a.step.draws() { a.stream() } else { given(a)? };
    let shape = a.x(0)?.to_sizes()?;
    Ok(smallvec![make(&shape, a.step.dtype("dtype").unwrap_or(DType::Float32), from)?])
}

fn integers(a: &Applied<'_>, from: Philox, [low, high]: [usize; 2]) -> Result<Arrays> {
    let (shape, low, high) = (a.x(0)?.to_sizes()?, a.x(low)?, a.x(high)?.to_int()?);
    Ok(smallvec![philox::integers(&shape, low.dtype(), low.to_int()?, high, from)?])
}

fn classes(a: &Applied<'_>, from: Philox) -> Result<Arrays> {
    let samples =
        usize::try_from(a.x(1)?.to_int()?).map_err(|_| Fault::Shape("a negative count".to_owned()))?;
    let dtype = a.step.dtype("output_dtype").unwrap_or(DType::Int64);
    Ok(smallvec![philox::categorical(a.x(0)?, samples, dtype, from)?])
}

/// The parameter repeated for each number of the shape that goes before it.
fn repeated(a: &Applied<'_>) -> Result<Array> {
    let shape = [&a.x(0)?.to_sizes()?, a.x(1)?.shape()].concat();
    a.x(1)?.broadcast_to(&shape)
}

fn gamma(a: &mut Applied<'_>) -> Result<Arrays> {
    Ok(smallvec![philox::gamma(&repeated(a)?, a.stream())?])
}

/// How a drawn number moves with its parameter, the draw being the same: `RandomGammaGrad`, which is the slope of the
/// distribution by the parameter over its density.
///
/// source: tensorflow/python/ops/random_grad.py: _RandomGammaGrad
fn gamma_back(b: &Back<'_>) -> Infer<Grads> {
    let (cx, alpha, y) = (b.cx, b.x(1)?, b.y(0)?);
    let rows = y.rank().zip(alpha.rank()).map(|(all, own)| all.saturating_sub(own));
    let rows = rows.ok_or(Stop::Unknown("a gradient of unknown rank"))? as i64;
    let slope = binary(cx, "IgammaGradA", alpha, y)?;
    // -log(density) = lgamma(alpha) + y - (alpha - 1) log(y).
    let power = mul(cx, &shift(cx, alpha, -1.0)?, &unary(cx, "Log", y)?)?;
    let density = sub(cx, &add(cx, &unary(cx, "Lgamma", alpha)?, y)?, &power)?;
    let partial = neg(cx, &mul(cx, &slope, &unary(cx, "Exp", &density)?)?)?;
    let axes: Vec<i64> = (0..rows).collect();
    let grad = b.when(1, || sum(cx, &mul(cx, b.grad(0)?, &partial)?, &axes, false))?;
    Ok(smallvec![None, grad])
}

fn poisson(a: &mut Applied<'_>) -> Result<Arrays> {
    let dtype = a.step.dtype("dtype").unwrap_or(DType::Int64);
    Ok(smallvec![philox::poisson(&repeated(a)?, dtype, a.stream())?])
}

fn shuffled(a: &mut Applied<'_>) -> Result<Arrays> {
    let x = a.x(0)?;
    let Some(rows) = x.shape().first() else { return Ok(smallvec![x.clone()]) };
    let [low, high, ..] = a.stream().words().map(u64::from);
    let order = Random::new(low | high << 32).order(*rows).into_iter().map(|row| row as i64).collect();
    Ok(smallvec![array::gather(x, &Array::ints(&[*rows], DType::Int64, order)?, 0, 0)?])
}
