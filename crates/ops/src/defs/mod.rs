//! The table of ops: a file for each family, two lines here for each file.

mod activations;
mod along;
mod arith;
mod augment;
mod backend;
mod check;
mod cosine;
mod gather_batches;
mod image;
mod index;
mod io;
mod join;
mod keras_numpy;
mod layout;
mod linalg;
mod linspace;
mod lookup;
mod make;
mod nn;
mod nn_layers;
mod norm;
mod numpy;
mod order;
mod partition;
mod pointwise;
mod preprocessing;
mod quantize;
mod random;
mod raw;
mod recurrent;
mod reduce;
mod seeds;
mod segment;
mod shape;
mod signal;
mod special;
mod strings;
mod symbolic_slice;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::{Call, Eval, Gradient, Infer, Op, Outputs};

/// Every family. A family that is not listed is dead code, which the compiler reports.
static FAMILIES: &[&[Op]] = &[
    activations::OPS,
    arith::OPS,
    backend::OPS,
    check::OPS,
    cosine::OPS,
    image::colour::OPS,
    image::keras::OPS,
    image::keras_warp::OPS,
    image::measure::OPS,
    image::place::OPS,
    image::resize::OPS,
    image::suppress::OPS,
    index::OPS,
    io::OPS,
    join::OPS,
    keras_numpy::distance::OPS,
    keras_numpy::elementwise::OPS,
    keras_numpy::layout::OPS,
    keras_numpy::nan::OPS,
    keras_numpy::quantile::OPS,
    keras_numpy::sets::OPS,
    layout::OPS,
    linspace::OPS,
    linalg::dot::OPS,
    linalg::einsum::OPS,
    linalg::matmul::OPS,
    linalg::matrix::OPS,
    linalg::more::OPS,
    make::OPS,
    nn::activate::OPS,
    nn::attention::OPS,
    nn::conv::OPS,
    nn::conv_backend::OPS,
    nn::conv_keras::OPS,
    nn::conv_transpose::OPS,
    nn::ctc::OPS,
    nn::dropout::OPS,
    nn::losses::OPS,
    nn::normalize::OPS,
    nn::pool::OPS,
    nn::scaled::OPS,
    nn::softmax::OPS,
    nn_layers::OPS,
    norm::OPS,
    order::OPS,
    partition::OPS,
    pointwise::OPS,
    preprocessing::OPS,
    quantize::OPS,
    random::OPS,
    raw::OPS,
    recurrent::OPS,
    reduce::OPS,
    seeds::OPS,
    segment::OPS,
    shape::OPS,
    signal::OPS,
    special::OPS,
    strings::OPS,
];

static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Op>> =
    LazyLock::new(|| ops().map(|op| (op.name, op)).collect());

/// Declares an op that is composed of kernels, from which contents and gradients follow.
const fn rule(
    name: &'static str,
    apis: &'static [&'static str],
    infer: fn(&Call<'_>) -> Infer<Outputs>,
    source: &'static str,
) -> Op {
    Op { name, apis, infer, gradient: Gradient::Kernels, eval: Eval::Kernels, source, kernel: "" }
}

/// Returns every op.
pub fn ops() -> impl Iterator<Item = &'static Op> {
    FAMILIES.iter().chain(numpy::FAMILIES).copied().flatten()
}

/// Returns the index of ops by name.
pub fn ops_by_name() -> &'static FxHashMap<&'static str, &'static Op> {
    &BY_NAME
}

/// Finds an op by its name.
pub fn find_op(name: &str) -> Option<&'static Op> {
    BY_NAME.get(name).copied()
}
