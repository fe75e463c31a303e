//! Three models that go wrong in three ways, and the one that was meant.
//!
//! A weighted sum over the last axis of a sequence, as a `Lambda`: with `K.dot`, which refuses the weights; with a
//! product and a sum, which runs but trains nothing; behind a rounding, through which no gradient passes. The last
//! model has a weight where one was meant, and learns it.

use std::io::{self, Write};

use kerascope::{Array, DType, Fit, Input, Lambda, Layer, Model, Optimizer, Result, Scope, Tensor};

/// Draws weights anew at each call: what was written where a weight was meant.
fn drawn(k: &mut Scope<'_>) -> Result<Tensor> {
    k.call("tf.keras.backend.random_normal", [[100].into()], [])
}

/// `K.dot(x, weights)`: its second operand needs two axes. Keras 3 believes the `output_shape` until it has data.
fn with_dot() -> Result<Model> {
    let sequence = Input::new([10, 100]);
    let summed = Lambda::new(|k, x| {
        let weights = drawn(k)?;
        k.call("tf.keras.backend.dot", [x.into(), (&weights).into()], [])
    });
    let summed = summed.output_shape([100]).call(&sequence)?;
    Model::new(&[&sequence], &summed)
}

/// `K.sum(x * weights, axis=2)`: the right shape, and nothing that learns.
fn with_multiply() -> Result<Model> {
    let sequence = Input::new([10, 100]);
    let summed = Lambda::new(|k, x| {
        let weights = drawn(k)?;
        let weighted = k.mul(x, &weights)?;
        k.sum(&weighted, 2)
    });
    let summed = summed.call(&sequence)?;
    Model::new(&[&sequence], &summed)
}

/// A layer behind which numbers are rounded.
fn with_rounding() -> Result<Model> {
    let features = Input::new([8]);
    let encoded = Layer::new("Dense").with("units", 5).named("encoder").call(&features)?;
    let levels = Lambda::new(|k, x| k.map("round", x)).named("levels").call(&encoded)?;
    let output = Layer::new("Dense").with("units", 1).named("head").call(&levels)?;
    Model::new(&[&features], &output)
}

/// The weighted sum with a weight.
fn mended() -> Result<Model> {
    let sequence = Input::new([10, 100]);
    let summed = Lambda::new(|k, x| {
        let weights = k.weight("weights")?;
        let weighted = k.mul(x, &weights)?;
        k.sum(&weighted, 2)
    });
    let summed = summed.named("weighted_sum").weight("weights", [100], "zeros").call(&sequence)?;
    Model::new(&[&sequence], &summed)
}

/// Sequences, and the sums that a weight of one half everywhere gives.
fn data(samples: usize) -> Result<(Array, Array)> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    let numbers: Vec<f64> = (0..samples * 1000).map(|_| next()).collect();
    let sums = numbers.chunks(100).map(|step| step.iter().sum::<f64>() / 2.0).collect();
    let inputs = Array::floats(&[samples, 10, 100], DType::Float32, numbers)?;
    Ok((inputs, Array::floats(&[samples, 10], DType::Float32, sums)?))
}

fn main() -> Result<()> {
    let mut out = io::stdout().lock();
    let mut say = |text: String| {
        // Whoever closed the other end has seen enough.
        let _ = writeln!(out, "{text}");
    };
    for (name, model) in
        [("K.dot", with_dot()?), ("multiply and sum", with_multiply()?), ("rounding", with_rounding()?)]
    {
        say(format!("{name}:"));
        model.check(10, &[]).iter().for_each(|finding| say(format!("  {finding}")));
    }
    let mut model = mended()?;
    model.compile(&Optimizer::new("Adam").with("learning_rate", 0.05), "mse", &[])?;
    say(format!("mended: {} findings", model.check(10, &[]).len()));
    let (inputs, sums) = data(64)?;
    let history = model.fit(&[&inputs], &sums, &Fit::default().epochs(40))?;
    let losses = history.of("loss");
    if let (Some(first), Some(last)) = (losses.first(), losses.last()) {
        say(format!("  loss {first:.4} in the first epoch, {last:.6} in the last"));
    }
    Ok(())
}
