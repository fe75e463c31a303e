//! Tensors without data, of which models are put together.

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use tensor::{DType, Dim, Shape, TensorSpec};

use crate::Layer;

/// The sizes that are not known, each its own: the batch of one `Input` is not that of another.
static SIZES: AtomicU32 = AtomicU32::new(0);

/// A tensor without data: what [`Input`] makes, and what calling a layer on such a tensor gives.
#[derive(Clone, Debug)]
pub struct Symbol(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    spec: TensorSpec,
    call: Option<(Rc<Call>, usize)>,
}

/// A call of a layer.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) layer: Layer,
    pub(crate) inputs: Vec<Symbol>,
    /// Whether the inputs are one list.
    pub(crate) listed: bool,
}

impl Symbol {
    pub(crate) fn of_call(spec: TensorSpec, call: &Rc<Call>, output: usize) -> Symbol {
        Symbol(Rc::new(Inner { spec, call: Some((Rc::clone(call), output)) }))
    }

    /// Returns the shape, the batch included.
    pub fn shape(&self) -> &Shape {
        &self.0.spec.shape
    }

    /// Returns shape and dtype.
    pub fn spec(&self) -> &TensorSpec {
        &self.0.spec
    }

    /// Returns the call that made it, and which of its outputs it is.
    pub(crate) fn call(&self) -> Option<(&Rc<Call>, usize)> {
        self.0.call.as_ref().map(|(call, output)| (call, *output))
    }

    pub(crate) fn is(&self, other: &Symbol) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Where a model's data comes in.
///
/// ```
/// use kerascope::{DType, Input};
///
/// assert_eq!(Input::new([28, 28, 1]).shape().tuple(), "(None, 28, 28, 1)");
/// let words = Input::of_dtype([Input::ANY], DType::Int32);
/// assert_eq!(words.shape().tuple(), "(None, None)");
/// ```
#[derive(Debug)]
pub struct Input;

impl Input {
    /// A size that is not known: Keras' `None`.
    pub const ANY: i64 = -1;

    /// Makes an input of floats; the batch comes before these sizes.
    #[allow(clippy::new_ret_no_self, reason = "as `keras.Input`, it makes a tensor")]
    pub fn new<const N: usize>(shape: [i64; N]) -> Symbol {
        Input::of_dtype(shape, DType::Float32)
    }

    /// Makes an input of another dtype.
    pub fn of_dtype<const N: usize>(shape: [i64; N], dtype: DType) -> Symbol {
        let sizes: Vec<i64> = std::iter::once(Input::ANY).chain(shape).collect();
        Input::of_sizes(&sizes, dtype)
    }

    /// Makes an input of sizes that begin with that of the batch.
    pub(crate) fn of_sizes(sizes: &[i64], dtype: DType) -> Symbol {
        let dim = |n: &i64| if *n < 0 { unknown() } else { Dim::Known(*n) };
        let dims: Shape = sizes.iter().map(dim).collect();
        Symbol(Rc::new(Inner { spec: TensorSpec::new(dims, dtype), call: None }))
    }
}

fn unknown() -> Dim {
    Dim::Symbol(tensor::Symbol(SIZES.fetch_add(1, Ordering::Relaxed)))
}
