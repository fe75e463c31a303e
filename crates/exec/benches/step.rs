//! One step of training: a multi-layer perceptron, a small convolutional network, an LSTM, each with Adam.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has no result")]

use array::Array;
use exec::Plan;
use ops::kernels::conv::{Padding, Window};
use ops::kernels::{conv, join, linalg, loss, nn, pointwise, pool, reduce, shape};
use ops::numeric::{Recorder, ValueId, gradients};
use ops::spec::{Cx, Tensor, Val};
use ops::{Keras, Mode};
use tensor::{DType, Shape, TensorSpec};

fn main() {
    divan::main();
}

/// 784-512-512-10 on a batch of 256.
#[divan::bench]
fn mlp(bencher: divan::Bencher) {
    let weights = [&[784, 512][..], &[512], &[512, 512], &[512], &[512, 10], &[10]];
    trained(bencher, &[256, 784], &weights, |cx, x, weights| {
        weights.chunks_exact(2).enumerate().fold(x, |h, (layer, pair)| {
            let product = linalg::mat_mul(cx, h.into(), (&pair[0]).into(), false, false).unwrap();
            let sum = biased(cx, product, &pair[1]);
            if layer < 2 { pointwise::unary(cx, "Relu", sum).unwrap() } else { sum }
        })
    });
}

/// Two convolutions with pools on 28x28, a batch of 32.
#[divan::bench]
fn cnn(bencher: divan::Bencher) {
    let weights = [&[3, 3, 1, 16][..], &[16], &[3, 3, 16, 32], &[32], &[800, 10], &[10]];
    trained(bencher, &[32, 28, 28, 1], &weights, |cx, x, weights| {
        let window = |size: i64| Window {
            strides: vec![1, size, size, 1],
            dilations: vec![1; 4],
            padding: Padding::Valid,
            first: false,
        };
        let images = weights[..4].chunks_exact(2).fold(x, |h, pair| {
            let made = conv::conv(cx, "Conv2D", h.into(), (&pair[0]).into(), &window(1)).unwrap();
            let relu = pointwise::unary(cx, "Relu", biased(cx, made, &pair[1])).unwrap();
            pool::pool(cx, "MaxPool", relu.into(), &[1, 2, 2, 1], &window(2)).unwrap()
        });
        let flat = shape::reshape(cx, images, Tensor::vector(&[32, 800])).unwrap();
        let product = linalg::mat_mul(cx, flat.into(), (&weights[4]).into(), false, false).unwrap();
        biased(cx, product, &weights[5])
    });
}

/// 64 units over 50 steps of 16, a batch of 32.
#[divan::bench]
fn lstm(bencher: divan::Bencher) {
    let weights = [&[16, 256][..], &[64, 256], &[256], &[64, 10], &[10]];
    trained(bencher, &[32, 50, 16], &weights, |cx, x, weights| {
        let product = |x: Tensor, w: &Tensor| linalg::mat_mul(cx, x.into(), w.into(), false, false).unwrap();
        let unary = |kernel: &str, x: &Tensor| pointwise::unary(cx, kernel, x).unwrap();
        let binary = |kernel: &str, x: Tensor, y: Tensor| pointwise::binary(cx, kernel, x, y).unwrap();
        let zeros = || shape::fill(cx, Tensor::vector(&[32, 64]), Val::from(0.0)).unwrap();
        let (mut hidden, mut carry) = (zeros(), zeros());
        for step in join::unpack(cx, x, 50, 1).unwrap() {
            let sum = binary("AddV2", product(step, &weights[0]), product(hidden, &weights[1]));
            let gates = join::split(cx, biased(cx, sum, &weights[2]), 4, Val::from(1)).unwrap();
            let [input, forget, output] = [0, 1, 3].map(|at| unary("Sigmoid", &gates[at]));
            let new = binary("Mul", input, unary("Tanh", &gates[2]));
            carry = binary("AddV2", binary("Mul", forget, carry), new);
            hidden = binary("Mul", output, unary("Tanh", &carry));
        }
        biased(cx, product(hidden, &weights[3]), &weights[4])
    });
}

fn biased(cx: &Cx<'_>, x: Tensor, bias: &Tensor) -> Tensor {
    nn::bias_add(cx, x.into(), bias.into(), "NHWC").unwrap()
}

/// Measures steps of a model that makes logits of ten classes.
fn trained(
    bencher: divan::Bencher,
    batch: &[i64],
    weights: &[&[i64]],
    logits: impl Fn(&Cx<'_>, Tensor, &[Tensor]) -> Tensor,
) {
    let recorder = Recorder::default();
    let input = |shape: &[i64], dtype| recorder.input(TensorSpec::new(Shape::known(shape), dtype));
    let (x, labels) = (input(batch, DType::Float32), input(&batch[..1], DType::Int64));
    // The weights, and two moments of each.
    let shapes: Vec<&[i64]> = weights.iter().flat_map(|shape| [*shape; 3]).collect();
    let state: Vec<ValueId> = shapes.iter().map(|shape| input(shape, DType::Float32)).collect();
    let ends = recorder.kernels(Mode::Graph, Keras::Three, |cx| {
        let own: Vec<ValueId> = state.iter().copied().step_by(3).collect();
        let tensors: Vec<Tensor> = own.iter().map(|id| recorder.tensor(*id)).collect();
        let made = logits(cx, recorder.tensor(x), &tensors);
        let labels = recorder.tensor(labels);
        let rows = loss::sparse_softmax_cross_entropy(cx, made.into(), labels.into()).unwrap();
        let mean = reduce::reduce(cx, "Mean", rows, &reduce::Axes::All, false).unwrap();
        let grads = gradients(cx, &recorder, &[(mean.value.unwrap(), None)], &own).unwrap();
        let updated = |(own, grad): (&[ValueId], Option<Tensor>)| adam(cx, &recorder, own, &grad.unwrap());
        state.chunks_exact(3).zip(grads).flat_map(updated).collect::<Vec<_>>()
    });
    let inputs: Vec<ValueId> = [x, labels].into_iter().chain(state).collect();
    let plan = recorder.with_program(|program| Plan::new(program, &inputs, &ends)).unwrap();
    let mut values: Vec<Array> = shapes.iter().map(|shape| numbers(shape)).collect();
    let x = numbers(batch);
    let labels = Array::ints(&[batch[0] as usize], DType::Int64, (0..batch[0]).map(|k| k % 10).collect());
    let labels = labels.unwrap();
    bencher.bench_local(|| {
        let mut inputs = vec![x.clone(), labels.clone()];
        inputs.append(&mut values);
        values = plan.run(inputs).unwrap();
    });
}

/// A weight and its moments after a step.
fn adam(cx: &Cx<'_>, recorder: &Recorder, own: &[ValueId], grad: &Tensor) -> [ValueId; 3] {
    let number = |x: f64| cx.convert(&Val::from(x), Some(DType::Float32)).unwrap();
    let binary = |kernel: &str, x: &Tensor, y: &Tensor| pointwise::binary(cx, kernel, x, y).unwrap();
    let [weight, mean, square] = [0, 1, 2].map(|at| recorder.tensor(own[at]));
    let moved = |old: &Tensor, new: &Tensor, rate: f64| {
        binary("AddV2", old, &binary("Mul", &binary("Sub", new, old), &number(rate)))
    };
    let mean = moved(&mean, grad, 0.1);
    let square = moved(&square, &pointwise::unary(cx, "Square", grad).unwrap(), 0.001);
    let root = binary("AddV2", &pointwise::unary(cx, "Sqrt", &square).unwrap(), &number(1e-7));
    let change = binary("RealDiv", &binary("Mul", &mean, &number(0.001)), &root);
    [binary("Sub", &weight, &change), mean, square].map(|t| t.value.unwrap())
}

/// Small numbers above zero, so that they do for squares as well.
fn numbers(shape: &[i64]) -> Array {
    let shape: Vec<usize> = shape.iter().map(|n| *n as usize).collect();
    let count = shape.iter().product::<usize>();
    let values = (0..count).map(|k| 0.05 + 0.04 * (k as f64 * 1.3).sin()).collect();
    Array::floats(&shape, DType::Float32, values).unwrap()
}
