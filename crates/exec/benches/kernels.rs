//! The kernels that steps of training spend their time in, each on its own.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has no result")]

use array::fused::{Chain, From, Link};
use array::{Array, Binary, Reduction, Slide, Unary};
use divan::{Bencher, black_box};
use tensor::DType;

fn main() {
    divan::main();
}

fn numbers(shape: &[usize]) -> Array {
    let count = shape.iter().product::<usize>();
    Array::floats(shape, DType::Float32, (0..count).map(|k| (k as f64 * 1.3).sin()).collect()).unwrap()
}

fn slide(size: usize, stride: usize) -> Slide {
    Slide { sizes: vec![size; 2], strides: vec![stride; 2], dilations: vec![1; 2], pads: vec![(0, 0); 2] }
}

#[divan::bench(args = [64, 512])]
fn matmul(bencher: Bencher, size: usize) {
    let (x, y) = (numbers(&[size, size]), numbers(&[size, size]));
    bencher.bench(|| array::matmul(black_box(&x), &y).unwrap());
}

/// Images of one channel and of sixteen.
#[divan::bench(args = [1, 16])]
fn convolution(bencher: Bencher, channels: usize) {
    let (x, filter) = (numbers(&[32, 26, 26, channels]), numbers(&[3, 3, channels, 32]));
    bencher.bench(|| array::convolve(black_box(&x), &filter, &slide(3, 1)).unwrap());
}

#[divan::bench(args = [1, 16])]
fn convolution_back_to_filter(bencher: Bencher, channels: usize) {
    let (x, g) = (numbers(&[32, 26, 26, channels]), numbers(&[32, 24, 24, 32]));
    let filter = [3, 3, channels, 32];
    bencher.bench(|| array::convolve_back_filter(black_box(&x), &g, &slide(3, 1), &filter).unwrap());
}

#[divan::bench(args = [1, 16])]
fn convolution_back_to_images(bencher: Bencher, channels: usize) {
    let (filter, g) = (numbers(&[3, 3, channels, 32]), numbers(&[32, 24, 24, 32]));
    let image = [32, 26, 26, channels];
    bencher.bench(|| array::convolve_back_images(black_box(&g), &filter, &slide(3, 1), &image).unwrap());
}

#[divan::bench]
fn pool(bencher: Bencher) {
    let x = numbers(&[32, 26, 26, 16]);
    bencher.bench(|| array::max_pool(black_box(&x), &slide(2, 2)).unwrap());
}

#[divan::bench]
fn pool_back(bencher: Bencher) {
    let (x, g) = (numbers(&[32, 26, 26, 16]), numbers(&[32, 13, 13, 16]));
    bencher.bench(|| {
        let places = array::max_places(black_box(&x), &slide(2, 2)).unwrap();
        array::place(&g, &places, x.shape()).unwrap()
    });
}

#[divan::bench]
fn softmax(bencher: Bencher) {
    let x = numbers(&[256, 1000]);
    bencher.bench(|| array::softmax(black_box(&x), false).unwrap());
}

#[divan::bench]
fn tanh(bencher: Bencher) {
    let x = numbers(&[1 << 18]);
    bencher.bench(|| array::unary(Unary::Tanh, black_box(&x).clone()).unwrap());
}

/// The sum over the rows, as the gradient of a bias.
#[divan::bench]
fn sum(bencher: Bencher) {
    let x = numbers(&[4096, 64]);
    bencher.bench(|| array::reduce(Reduction::Sum, black_box(&x), &[true, false], false).unwrap());
}

/// `relu(x + bias)` in one go.
#[divan::bench]
fn chain(bencher: Bencher) {
    let (x, bias) = (numbers(&[4096, 64]), numbers(&[64]));
    let links = vec![
        Link::Binary(Binary::Add, From::Input(0), From::Input(1)),
        Link::Unary(Unary::Relu, From::Link(0)),
    ];
    let chain = Chain { links, outputs: vec![1] };
    bencher.bench(|| chain.run(black_box(vec![x.clone(), bias.clone()])).unwrap());
}
