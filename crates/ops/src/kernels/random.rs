//! Kernels that make random numbers.

use tensor::{DType, Dim, Shape};

use super::pointwise::binary;
use super::shape::shape_from;
use crate::spec::merge;
use crate::spec::{Cx, Misfit, Tensor, Val, fold};
use crate::{Infer, Mistake, Stop};

/// `shape_util.shape_tensor`: a shape as an integer vector.
///
/// # Errors
/// The value is no tensor.
pub fn shape_tensor(cx: &Cx<'_>, shape: &Val) -> Infer<Tensor> {
    let empty = shape.items().is_some_and(<[Val]>::is_empty);
    // What cannot be converted is shown as the tuple that it is made.
    let shape = shape.items().map_or_else(|| shape.clone(), |items| Val::Tuple(items.to_vec()));
    cx.convert(&shape, empty.then_some(DType::Int32))
}

/// `StatelessRandomGetKeyCounter`: a seed is two integers.
///
/// # Errors
/// It is of another shape or dtype.
pub fn two_integers(cx: &Cx<'_>, seed: &Val) -> Infer<Tensor> {
    const KERNEL: &str = "StatelessRandomGetKeyCounter";
    let node = cx.node(KERNEL, [seed.clone()])?;
    let seed = node.x(0).clone();
    if seed.dtype.is_none() {
        return Err(Stop::Unknown("a seed whose dtype is not known"));
    }
    let shape = cx.fit(KERNEL, merge::rank(&seed.shape, 1))?;
    cx.fit(KERNEL, merge::value(shape.dim(0).unwrap_or(Dim::Unknown), 2))?;
    Ok(seed.with_shape(Shape::known(&[2])))
}

/// Refuses a shape that is no integers, before anything looks at its rank.
///
/// # Errors
/// It is of another dtype.
pub fn integral_shape(cx: &Cx<'_>, shape: &Tensor) -> Infer<()> {
    cx.node("RandomUniform", [Val::T(shape.clone())]).map(drop)
}

/// The kernel that makes the same numbers of a seed alone.
fn stateless(kernel: &str) -> Option<&'static str> {
    Some(match kernel {
        "RandomStandardNormal" => "StatelessRandomNormalV2",
        "RandomUniform" => "StatelessRandomUniformV2",
        "RandomUniformInt" => "StatelessRandomUniformIntV2",
        "TruncatedNormal" => "StatelessTruncatedNormalV2",
        _ => return None,
    })
}

/// Turns two integers into what the stateless kernels take: key, counter and algorithm.
///
/// source: tensorflow/python/ops/stateless_random_ops.py: _get_key_counter_alg
fn key(cx: &Cx<'_>, seed: &Tensor) -> Infer<[Val; 3]> {
    let node = cx.node("StatelessRandomGetKeyCounter", [seed.into()])?;
    let (key, counter) = (node.out(Shape::known(&[1])), node.nth(1, Shape::known(&[2])));
    // 1 is Philox.
    Ok([Val::T(key), Val::T(counter), Val::T(Tensor::int(1))])
}

/// Numbers between two bounds, each as likely as any other; with a seed, those that follow from it.
///
/// # Errors
/// The dtype is not taken.
pub fn between(
    cx: &Cx<'_>,
    dims: Vec<Dim>,
    dtype: DType,
    seed: Option<&Tensor>,
    [low, high]: [f64; 2],
) -> Infer<Tensor> {
    let shape = Val::T(Tensor::dims(dims, DType::Int32));
    let numbers = numbers(cx, "RandomUniform", shape, dtype, seed)?;
    if [low, high] == [0.0, 1.0] {
        return Ok(numbers);
    }
    binary(cx, "AddV2", binary(cx, "Mul", numbers, Val::from(high - low))?, Val::from(low))
}

/// Numbers of one shape: `RandomStandardNormal`, `TruncatedNormal`, `RandomUniform`; with a seed, those that follow
/// from it.
///
/// # Errors
/// The shape is no vector, or the dtype is not taken.
pub fn numbers(cx: &Cx<'_>, kernel: &str, shape: Val, dtype: DType, seed: Option<&Tensor>) -> Infer<Tensor> {
    let mut node = cx.node(kernel, [shape])?;
    node.set("dtype", Some(dtype));
    if let Some(allowed) = node.kernel.allowed("dtype")
        && !allowed.split(',').any(|a| a == dtype.name())
    {
        let list = allowed.replace(',', ", ");
        let text = if cx.eager() {
            format!("Value for attr 'dtype' of {} is not in the list of allowed values: {list}", dtype.cpp())
        } else {
            format!(
                "Value passed to parameter 'dtype' has DataType {dtype} not in list of allowed values: {list}"
            )
        };
        let mistake = Mistake::DType { param: "dtype", got: dtype.to_string(), expected: list };
        let class = if cx.eager() { crate::Exc::InvalidArgumentError } else { crate::Exc::TypeError };
        return cx.raise(class, text, mistake);
    }
    let sizes = node.x(0);
    if let (true, Some(n)) = (cx.eager(), sizes.int_values().and_then(|v| v.into_iter().find(|n| *n < 0))) {
        return cx.refuse(kernel, Misfit::argument("shape", format!("Dimension {n} must be >= 0")));
    }
    let out = cx.fit_or(kernel, shape_from(sizes), || {
        format!("shape must be a vector of {{int32,int64}}, got shape {}", sizes.shape.bracketed())
    })?;
    match seed.zip(stateless(kernel)) {
        Some((seed, kernel)) => {
            let [key, counter, algorithm] = key(cx, seed)?;
            let mut node = cx.node(kernel, [Val::T(sizes.clone()), key, counter, algorithm])?;
            node.set("dtype", Some(dtype));
            Ok(node.out(out))
        }
        None => Ok(node.out(out)),
    }
}

/// `RandomUniformInt`.
///
/// # Errors
/// The shape is no vector, or a bound is no scalar.
pub fn integers(cx: &Cx<'_>, shape: Val, low: Tensor, high: Tensor, seed: Option<&Tensor>) -> Infer<Tensor> {
    const KERNEL: &str = "RandomUniformInt";
    let node = cx.node(KERNEL, [shape, Val::T(low), Val::T(high)])?;
    for (i, name) in [(1, "minval"), (2, "maxval")] {
        let bound = &node.x(i).shape;
        cx.fit_or(KERNEL, merge::rank(bound, 0), || {
            format!("{name} must be 0-D, got shape {}", bound.bracketed())
        })?;
    }
    let (low, high) = (fold::scalar_dim(&node.x(1).content), fold::scalar_dim(&node.x(2).content));
    if let (true, Dim::Known(low), Dim::Known(high)) = (cx.eager(), low, high)
        && low >= high
    {
        let text = format!("Need minval < maxval, got {low} >= {high}");
        return cx.refuse(KERNEL, Misfit::argument("maxval", text));
    }
    let out = cx.fit(KERNEL, shape_from(node.x(0)))?;
    match seed.zip(stateless(KERNEL)) {
        Some((seed, kernel)) => {
            let [key, counter, algorithm] = key(cx, seed)?;
            let [shape, low, high] = [0, 1, 2].map(|at| Val::T(node.x(at).clone()));
            Ok(cx.node(kernel, [shape, key, counter, algorithm, low, high])?.out(out))
        }
        None => Ok(node.out(out)),
    }
}

/// `Multinomial`: samples of classes for each row.
///
/// # Errors
/// The logits are no matrix or the count no scalar.
pub fn multinomial(
    cx: &Cx<'_>,
    logits: Val,
    samples: Val,
    dtype: DType,
    seed: Option<&Tensor>,
) -> Infer<Tensor> {
    const KERNEL: &str = "Multinomial";
    let mut node = cx.node(KERNEL, [logits, samples])?;
    node.set("output_dtype", Some(dtype));
    let (logits, samples) = (node.x(0), node.x(1));
    let rows = cx.fit_or(KERNEL, merge::rank(&logits.shape, 2), || {
        format!("logits should be a matrix, got shape {}", logits.shape.bracketed())
    })?;
    cx.fit_or(KERNEL, merge::rank(&samples.shape, 0), || {
        format!("num_samples should be a scalar, got shape {}", samples.shape.bracketed())
    })?;
    let count = fold::scalar_dim(&samples.content);
    if let Some(n) = count.known().filter(|n| *n < 0) {
        let text = if cx.eager() {
            format!("num_samples should be nonnegative, got {n}")
        } else {
            format!("Dimension size, given by scalar input 1, must be non-negative but is {n}")
        };
        return cx.refuse(KERNEL, Misfit::argument("num_samples", text));
    }
    let out = Shape::new([rows.dim(0).unwrap_or(Dim::Unknown), count]);
    if let Some(seed) = seed {
        let inputs = [Val::T(logits.clone()), Val::T(samples.clone()), seed.into()];
        let mut node = cx.node("StatelessMultinomial", inputs)?;
        node.set("output_dtype", Some(dtype));
        return Ok(node.out(out));
    }
    Ok(node.out(out))
}
