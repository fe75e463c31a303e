//! Arguments as Rust programs write them.

use std::rc::Rc;

use ops::{Arg, Operand};
use tensor::{DType, Shape};

use crate::Layer;

/// A tensor inside a function that is traced: a `Lambda`'s, a loss's. It has a shape and a dtype; its elements are
/// computed when the model runs.
#[derive(Clone, Debug)]
pub struct Tensor(pub(crate) Operand);

impl Tensor {
    /// Returns the shape; the size of the batch is unknown while a model is put together.
    pub fn shape(&self) -> &Shape {
        &self.0.spec.shape
    }

    /// Returns the dtype, if it is known.
    pub fn dtype(&self) -> Option<DType> {
        self.0.spec.dtype
    }

    /// Returns the size at an axis, negative ones counted from the end: `K.int_shape(x)[axis]`. Nothing where it is
    /// `None`, or where there is no such axis.
    pub fn size(&self, axis: i64) -> Option<i64> {
        self.0.spec.shape.dim(axis).and_then(tensor::Dim::known)
    }
}

/// An argument: what Python passes to a function, a layer's constructor, an optimizer.
///
/// Rust's numbers, texts, arrays of them, tensors and layers all turn into one:
///
/// ```
/// # use kerascope::Value;
/// let (rate, units, name, axes): (Value, Value, Value, Value) = (0.5.into(), 64.into(), "relu".into(), [1, 2].into());
/// # let _ = (rate, units, name, axes);
/// ```
#[derive(Clone, Debug)]
pub struct Value(pub(crate) Arg);

impl Value {
    /// Python's `None`.
    pub const NONE: Value = Value(Arg::None);
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value(Arg::Bool(value))
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value(Arg::Int(value))
    }
}
impl From<i32> for Value {
    fn from(value: i32) -> Value {
        Value(Arg::Int(value.into()))
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value(Arg::Float(value))
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value(Arg::Str(value.into()))
    }
}
impl From<DType> for Value {
    fn from(value: DType) -> Value {
        Value(Arg::DType(value))
    }
}
impl From<&Tensor> for Value {
    fn from(value: &Tensor) -> Value {
        Value(Arg::Tensor(value.0.clone()))
    }
}
/// A layer as an argument of another: `Bidirectional(LSTM(8))`.
impl From<&Layer> for Value {
    fn from(layer: &Layer) -> Value {
        Value(layer.as_arg())
    }
}
/// A tuple: `Conv2D(8, (3, 3))`.
impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Value {
        Value(Arg::Tuple(values.into_iter().map(|value| value.into().0).collect()))
    }
}
/// A list: `ops.concatenate([a, b])`.
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value(Arg::List(values.into_iter().map(|value| value.into().0).collect()))
    }
}

/// Arguments by name.
pub(crate) type Settings = Vec<(Rc<str>, Arg)>;
