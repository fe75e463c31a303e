//! One kernel's numbers: how it computes and how gradients go through it.

use std::sync::LazyLock;

use array::philox::Philox;
use array::{Array, Fault, Result};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{
    Draws, Step, ValueId, conv, einsum, factor, fourier, image, index, join, layout, linalg, make, nn, pairs,
    partition, pointwise, pool, random, reduce, segment, strings,
};
use crate::spec::{Cx, Tensor};
use crate::{Infer, Stop};

/// What one kernel does with numbers.
#[derive(Debug)]
pub struct Row {
    /// The kernel's name in TensorFlow's registry.
    pub kernel: &'static str,
    /// Its values.
    pub eval: Eval,
    /// Its gradient.
    pub vjp: Vjp,
}

/// Computes the outputs of a kernel from its inputs, whose buffers it may use again.
pub type Eval = fn(&mut Applied<'_>) -> Result<Arrays>;

/// The outputs of a kernel.
pub type Arrays = SmallVec<[Array; 1]>;

/// The gradients of a kernel's inputs, one for each tensor: nothing where TensorFlow's `*_grad.py` has `None`.
pub type Grads = SmallVec<[Option<Tensor>; 3]>;

/// How a gradient goes back through a kernel, written in kernels, as `tensorflow/python/ops/*_grad.py` is.
#[derive(Clone, Copy, Debug)]
pub enum Vjp {
    /// Nothing or zeros arrive at every input, as the kernel's slope says; there is nothing to compute.
    Never,
    /// It is not written.
    Missing,
    /// That of the only input, from that of the only output.
    One(fn(&Back<'_>, Tensor) -> Infer<Tensor>),
    /// Those of all inputs.
    All(fn(&Back<'_>) -> Infer<Grads>),
}

/// Every family's rows.
static FAMILIES: &[&[Row]] = &[
    conv::ROWS,
    einsum::ROWS,
    factor::ROWS,
    fourier::ROWS,
    image::ROWS,
    index::ROWS,
    join::ROWS,
    layout::ROWS,
    linalg::ROWS,
    make::ROWS,
    nn::ROWS,
    pairs::ROWS,
    partition::ROWS,
    pointwise::ROWS,
    pool::ROWS,
    random::ROWS,
    reduce::ROWS,
    segment::ROWS,
    strings::ROWS,
];

static BY_NAME: LazyLock<FxHashMap<&'static str, &'static Row>> =
    LazyLock::new(|| rows().map(|row| (row.kernel, row)).collect());

/// Returns every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().copied().flatten()
}

/// Finds a kernel's row.
pub fn row(kernel: &str) -> Option<&'static Row> {
    BY_NAME.get(kernel).copied()
}

/// A kernel applied to arrays.
#[derive(Debug)]
pub struct Applied<'a> {
    /// The step: its kernel and attributes.
    pub step: &'a Step,
    inputs: Vec<Option<Array>>,
    draws: &'a Draws,
}

impl<'a> Applied<'a> {
    /// Applies a step to its inputs; a random kernel draws from `draws`.
    pub fn new(step: &'a Step, inputs: Vec<Array>, draws: &'a Draws) -> Applied<'a> {
        Applied { step, inputs: inputs.into_iter().map(Some).collect(), draws }
    }

    /// Returns a stream of random numbers that nothing else draws from.
    pub fn stream(&self) -> Philox {
        self.draws.stream()
    }

    fn start(&self, input: usize) -> usize {
        self.step.groups.iter().take(input).map(|n| usize::from(*n)).sum()
    }

    /// Returns an input.
    ///
    /// # Errors
    /// There is none, or it was taken.
    pub fn x(&self, input: usize) -> Result<&Array> {
        let at = self.start(input);
        self.inputs.get(at).and_then(Option::as_ref).ok_or(Fault::Unsupported("an input that is not there"))
    }

    /// Takes an input, so that its buffer can be written into where nobody else holds it.
    ///
    /// # Errors
    /// There is none, or it was taken.
    pub fn take(&mut self, input: usize) -> Result<Array> {
        let at = self.start(input);
        self.inputs.get_mut(at).and_then(Option::take).ok_or(Fault::Unsupported("an input that is not there"))
    }

    /// Returns the tensors of a list input.
    pub fn xs(&self, input: usize) -> Vec<Array> {
        let start = self.start(input);
        let count = self.step.groups.get(input).map_or(0, |n| usize::from(*n));
        self.inputs.get(start..start + count).unwrap_or_default().iter().flatten().cloned().collect()
    }
}

/// A kernel that a gradient goes back through.
#[derive(Debug)]
pub struct Back<'a> {
    /// What the gradient's kernels are applied in.
    pub cx: &'a Cx<'a>,
    /// The step that was applied.
    pub step: &'a Step,
    pub(super) inputs: Vec<Tensor>,
    pub(super) outputs: Vec<Option<Tensor>>,
    pub(super) grads: Vec<Option<Tensor>>,
    /// Whether the gradient of each input tensor is asked for.
    pub(super) wanted: Vec<bool>,
}

impl Back<'_> {
    /// Returns an input tensor, counted through all inputs.
    ///
    /// # Errors
    /// There is none.
    pub fn x(&self, at: usize) -> Infer<&Tensor> {
        self.inputs.get(at).ok_or(Stop::Unknown("an input that is not there"))
    }

    /// Returns all input tensors.
    pub fn xs(&self) -> &[Tensor] {
        &self.inputs
    }

    /// Returns an output.
    ///
    /// # Errors
    /// It was never used.
    pub fn y(&self, at: usize) -> Infer<&Tensor> {
        self.outputs.get(at).and_then(Option::as_ref).ok_or(Stop::Unknown("an output that is not there"))
    }

    /// Returns the gradient of an output, if one arrives.
    pub fn g(&self, at: usize) -> Option<&Tensor> {
        self.grads.get(at).and_then(Option::as_ref)
    }

    /// Returns the gradient of an output, which must be there.
    ///
    /// # Errors
    /// None arrives.
    pub fn grad(&self, at: usize) -> Infer<&Tensor> {
        self.g(at).ok_or(Stop::Unknown("a gradient that is not there"))
    }

    /// Returns the number of outputs.
    pub fn count(&self) -> usize {
        self.outputs.len()
    }

    /// Tells whether the gradient of an input tensor is asked for; one that is not need not be computed.
    pub fn wants(&self, at: usize) -> bool {
        self.wanted.get(at).copied().unwrap_or(false)
    }

    /// Computes a gradient where it is asked for.
    ///
    /// # Errors
    /// What the computation answers.
    pub fn when(&self, at: usize, make: impl FnOnce() -> Infer<Tensor>) -> Infer<Option<Tensor>> {
        if self.wants(at) { make().map(Some) } else { Ok(None) }
    }

    /// Returns the value of an input tensor.
    pub fn value(&self, at: usize) -> Option<ValueId> {
        self.step.inputs.get(at).copied()
    }
}
