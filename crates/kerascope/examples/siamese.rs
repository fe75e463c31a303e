//! A siamese model with a loss and a training step of the program's own.
//!
//! One encoder sees both sides of a pair; the loss pulls those of one kind together and pushes others apart. Each step
//! adds up the gradients of two batches before the optimizer makes its move, as one does where a batch of the whole
//! size does not fit into memory.

use std::io::{self, Write};

use kerascope::{
    Array, DType, Error, Input, Layer, Loss, Model, Optimizer, Result, Scope, Sequential, Tensor,
};

/// How far apart pairs of different kinds should be at least.
const MARGIN: f64 = 1.0;

/// The contrastive loss: `y * d² + (1 - y) * max(margin - d, 0)²`.
fn contrastive(k: &mut Scope<'_>, same: &Tensor, distance: &Tensor) -> Result<Tensor> {
    let pull = k.map("square", distance)?;
    let pull = k.mul(same, &pull)?;
    let short = k.mul(distance, -1.0)?;
    let short = k.add(&short, MARGIN)?;
    let short = k.map("relu", &short)?;
    let push = k.map("square", &short)?;
    let other = k.mul(same, -1.0)?;
    let other = k.add(&other, 1.0)?;
    let push = k.mul(&other, &push)?;
    k.add(&pull, &push)
}

/// The encoder, and the model of the distance between two encodings.
fn models() -> Result<(Model, Model)> {
    let encoder = Sequential::new([4])
        .then(Layer::new("Dense").with("units", 16).with("activation", "relu"))?
        .then(Layer::new("Dense").with("units", 2))?
        .build()?;
    let (left, right) = (Input::new([4]), Input::new([4]));
    let shared = encoder.as_layer().named("encoder");
    let difference = Layer::new("Subtract").call_many(&[&shared.call(&left)?, &shared.call(&right)?])?;
    let distance = kerascope::Lambda::new(|k, x| {
        let squares = k.map("square", x)?;
        let sum =
            k.call("keras.ops.sum", [(&squares).into()], [("axis", 1.into()), ("keepdims", true.into())])?;
        // The root has no gradient at zero.
        let sum = k.add(&sum, 1e-6)?;
        k.map("sqrt", &sum)
    });
    let distance = distance.named("distance").call(&difference)?;
    Ok((encoder, Model::new(&[&left, &right], &distance)?))
}

/// Pairs of points around one of two centres, and whether both are of one kind.
fn pairs(count: usize) -> Result<[Array; 3]> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let (mut sides, mut same) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..count {
        let kinds = [next() < 0.5, next() < 0.5];
        for (side, kind) in sides.iter_mut().zip(kinds) {
            side.extend((0..4).map(|axis| f64::from(u8::from(kind == (axis < 2))) + next() - 0.5));
        }
        same.push(f64::from(u8::from(kinds[0] == kinds[1])));
    }
    let [left, right] = sides;
    let rows = |numbers| Array::floats(&[count, 4], DType::Float32, numbers);
    Ok([rows(left)?, rows(right)?, Array::floats(&[count, 1], DType::Float32, same)?])
}

/// Adds gradients up, weight by weight.
fn sum(first: Vec<Option<Array>>, second: Vec<Option<Array>>) -> Result<Vec<Option<Array>>> {
    let add = |pair| match pair {
        (Some(a), Some(b)) => Ok(Some(array_sum(&a, &b)?)),
        (a, b) => Ok(a.or(b)),
    };
    first.into_iter().zip(second).map(add).collect()
}

fn array_sum(a: &Array, b: &Array) -> Result<Array> {
    let numbers = a.to_floats()?.iter().zip(b.to_floats()?).map(|(a, b)| a + b).collect();
    Ok(Array::floats(a.shape(), a.dtype(), numbers)?)
}

fn main() -> Result<()> {
    let mut out = io::stdout().lock();
    let mut say = |text: String| {
        // Whoever closed the other end has seen enough.
        let _ = writeln!(out, "{text}");
    };
    let (encoder, mut model) = models()?;
    model.compile(&Optimizer::new("Adam").with("learning_rate", 0.01), Loss::function(contrastive), &[])?;
    say(model.summary().to_string());
    let batches: Vec<[Array; 3]> = (0..4).map(|_| pairs(32)).collect::<Result<_>>()?;
    for epoch in 0..30 {
        let mut losses = Vec::new();
        for both in batches.chunks_exact(2) {
            let [[a, b, first], [c, d, second]] = both else {
                return Err(Error::Unknown("a pair of batches"));
            };
            let (one, other) = (model.gradients(&[a, b], first)?, model.gradients(&[c, d], second)?);
            losses.extend([one.loss, other.loss]);
            model.apply_gradients(&sum(one.of, other.of)?)?;
        }
        if epoch % 10 == 9 {
            say(format!("epoch {}: loss {:.4}", epoch + 1, losses.iter().sum::<f64>() / losses.len() as f64));
        }
    }
    let [left, right, same] = pairs(6)?;
    let distances = model.predict(&[&left, &right], 32)?.to_floats()?;
    for (distance, same) in distances.iter().zip(same.to_floats()?) {
        say(format!("{} kind: {distance:.3} apart", if same == 1.0 { "one" } else { "another" }));
    }
    // The encoder was trained with the whole: it has the same weights.
    say(format!("the first is encoded as {:?}", encoder.predict(&[&left.narrow(0, 0, 1)?], 1)?.to_floats()?));
    Ok(())
}
