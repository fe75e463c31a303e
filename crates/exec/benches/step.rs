//! One step of training: an MLP 784-512-512-10 on a batch of 256, cross-entropy and plain gradient descent.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has no result")]

use array::Array;
use exec::Plan;
use ops::kernels::{linalg, loss, nn, pointwise, reduce};
use ops::numeric::{Recorder, ValueId, gradients};
use ops::spec::{Cx, Tensor, Val};
use ops::{Keras, Mode};
use tensor::{DType, Shape, TensorSpec};

const SIZES: [i64; 4] = [784, 512, 512, 10];
const BATCH: i64 = 256;

fn main() {
    divan::main();
}

#[divan::bench]
fn mlp(bencher: divan::Bencher) {
    let (plan, mut state) = step();
    let x = numbers(&[BATCH, SIZES[0]]);
    let labels = Array::ints(&[256], DType::Int64, (0..256).map(|k| k % 10).collect()).unwrap();
    bencher.bench_local(|| {
        let mut inputs = vec![x.clone(), labels.clone()];
        inputs.append(&mut state);
        state = plan.run(inputs).unwrap();
    });
}

fn numbers(shape: &[i64]) -> Array {
    let shape: Vec<usize> = shape.iter().map(|n| *n as usize).collect();
    let count = shape.iter().product::<usize>();
    Array::floats(&shape, DType::Float32, (0..count).map(|k| 0.05 * (k as f64 * 1.3).sin()).collect())
        .unwrap()
}

/// Records a step: from the batch and the weights to the weights after it.
fn step() -> (Plan, Vec<Array>) {
    let recorder = Recorder::default();
    let input = |shape: &[i64], dtype| recorder.input(TensorSpec::new(Shape::known(shape), dtype));
    let (x, labels) = (input(&[BATCH, SIZES[0]], DType::Float32), input(&[BATCH], DType::Int64));
    let shapes: Vec<Vec<i64>> = SIZES.windows(2).flat_map(|w| [vec![w[0], w[1]], vec![w[1]]]).collect();
    let weights: Vec<ValueId> = shapes.iter().map(|shape| input(shape, DType::Float32)).collect();
    let outputs = recorder.kernels(Mode::Graph, Keras::Three, |cx| moved(cx, &recorder, x, labels, &weights));
    let inputs: Vec<ValueId> = [x, labels].into_iter().chain(weights).collect();
    let plan = recorder.with_program(|program| Plan::new(program, &inputs, &outputs)).unwrap();
    (plan, shapes.iter().map(|shape| numbers(shape)).collect())
}

/// The weights after a step of plain gradient descent.
fn moved(cx: &Cx<'_>, recorder: &Recorder, x: ValueId, labels: ValueId, weights: &[ValueId]) -> Vec<ValueId> {
    let mut h = recorder.tensor(x);
    for (layer, pair) in weights.chunks_exact(2).enumerate() {
        let (kernel, bias) = (recorder.tensor(pair[0]), recorder.tensor(pair[1]));
        let product = linalg::mat_mul(cx, h.into(), kernel.into(), false, false).unwrap();
        h = nn::bias_add(cx, product.into(), bias.into(), "NHWC").unwrap();
        if layer < 2 {
            h = pointwise::unary(cx, "Relu", h).unwrap();
        }
    }
    let rows = loss::sparse_softmax_cross_entropy(cx, h.into(), recorder.tensor(labels).into()).unwrap();
    let mean = reduce::reduce(cx, "Mean", rows, &reduce::Axes::All, false).unwrap();
    let grads = gradients(cx, recorder, &[(mean.value.unwrap(), None)], weights).unwrap();
    let rate = cx.convert(&Val::from(0.01), Some(DType::Float32)).unwrap();
    let moved = |(weight, grad): (&ValueId, &Option<Tensor>)| {
        let step = pointwise::binary(cx, "Mul", grad.as_ref().unwrap(), &rate).unwrap();
        pointwise::binary(cx, "Sub", recorder.tensor(*weight), step).unwrap().value.unwrap()
    };
    weights.iter().zip(&grads).map(moved).collect()
}
