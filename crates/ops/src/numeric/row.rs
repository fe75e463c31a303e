//! One kernel's numbers: how it computes and how gradients go through it.

use std::sync::LazyLock;

use array::{Array, Fault, Result};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tensor::DType;

use super::{Attr, Step, ValueId, conv, index, join, layout, linalg, make, nn, pairs, pointwise, reduce};
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
    index::ROWS,
    join::ROWS,
    layout::ROWS,
    linalg::ROWS,
    make::ROWS,
    nn::ROWS,
    pairs::ROWS,
    pointwise::ROWS,
    reduce::ROWS,
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
    step: &'a Step,
    inputs: Vec<Option<Array>>,
}

impl<'a> Applied<'a> {
    /// Applies a step to its inputs.
    pub fn new(step: &'a Step, inputs: Vec<Array>) -> Applied<'a> {
        Applied { step, inputs: inputs.into_iter().map(Some).collect() }
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

    /// Returns the kernel's name.
    pub fn kernel(&self) -> &'static str {
        self.step.kernel.name
    }

    /// Returns a flag; false where it is not set.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.step.attr(name), Some(Attr::Bool(true)))
    }

    /// Returns an integer attribute.
    pub fn int(&self, name: &str) -> Option<i64> {
        if let Some(Attr::Int(n)) = self.step.attr(name) { Some(*n) } else { None }
    }

    /// Returns a float attribute.
    pub fn float(&self, name: &str) -> Option<f64> {
        if let Some(Attr::Float(x)) = self.step.attr(name) { Some(*x) } else { None }
    }

    /// Returns the integers of an attribute; none where it is not set.
    pub fn ints(&self, name: &str) -> &[i64] {
        if let Some(Attr::Ints(v)) = self.step.attr(name) { v } else { &[] }
    }

    /// Returns a word attribute.
    pub fn text(&self, name: &str) -> &str {
        if let Some(Attr::Text(text)) = self.step.attr(name) { text } else { "" }
    }

    /// Returns a type attribute.
    pub fn dtype(&self, name: &str) -> Option<DType> {
        match self.step.attr(name) {
            Some(Attr::Type(dtype)) => Some(*dtype),
            _ => self.step.kernel.default(name),
        }
    }
}

/// A kernel that a gradient goes back through.
#[derive(Debug)]
pub struct Back<'a> {
    /// What the gradient's kernels are applied in.
    pub cx: &'a Cx<'a>,
    pub(super) step: &'a Step,
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

    /// Returns the kernel's name.
    pub fn kernel(&self) -> &'static str {
        self.step.kernel.name
    }

    /// Returns an attribute.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.step.attr(name)
    }

    /// Returns a flag; false where it is not set.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.step.attr(name), Some(Attr::Bool(true)))
    }

    /// Returns an integer attribute.
    pub fn int(&self, name: &str) -> Option<i64> {
        if let Some(Attr::Int(n)) = self.step.attr(name) { Some(*n) } else { None }
    }

    /// Returns the value of an input tensor.
    pub fn value(&self, at: usize) -> Option<ValueId> {
        self.step.inputs.get(at).copied()
    }
}
