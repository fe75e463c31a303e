//! `Lambda`: a function as a layer.

use keras::WeightArgs;
use tensor::Dim;

use crate::Layer;
use crate::error::Result;
use crate::layer::Kind;
use crate::scope::Scope;
use crate::value::{Tensor, Value};

/// A layer whose `call` is a closure on tensors.
///
/// The closure is traced: it is called once on tensors without data, when the layer is called, and once more when a
/// step of the model is recorded. What it returns depends on nothing but its arguments and the layer's weights.
///
/// Unlike Keras' own `Lambda` it may have weights, which are trained:
///
/// ```
/// use kerascope::{Input, Lambda};
///
/// # fn main() -> kerascope::Result<()> {
/// let sequence = Input::new([10, 100]);
/// let summed = Lambda::new(|k, x| {
///     let weights = k.weight("weights")?;
///     let weighted = k.mul(x, &weights)?;
///     k.sum(&weighted, -1)
/// })
/// .weight("weights", [100], "glorot_uniform")
/// .call(&sequence)?;
/// assert_eq!(summed.shape().tuple(), "(None, 10)");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Lambda;

impl Lambda {
    /// Makes a layer of a function of one tensor.
    #[allow(clippy::new_ret_no_self, reason = "a Lambda is a layer like any other")]
    pub fn new(function: impl Fn(&mut Scope<'_>, &Tensor) -> Result<Tensor> + 'static) -> Layer {
        Lambda::of_many(move |scope, tensors| match tensors {
            [tensor] => function(scope, tensor),
            _ => Err(crate::Error::Unknown("a function of one tensor that is called on several")),
        })
    }

    /// Makes a layer of a function of several tensors.
    pub fn of_many(function: impl Fn(&mut Scope<'_>, &[Tensor]) -> Result<Tensor> + 'static) -> Layer {
        Layer::of("Lambda", Kind::Lambda(std::rc::Rc::new(function)))
    }
}

impl Layer {
    /// Says what shape a Lambda's output has, without the batch. Keras 3 believes it, and does not call the function
    /// before the model runs; [`crate::Model::check`] tells whether it is right.
    #[must_use]
    pub fn output_shape<const N: usize>(self, shape: [i64; N]) -> Layer {
        self.inner().state.borrow_mut().output_shape = Some(shape.to_vec());
        self
    }

    /// Gives a Lambda a weight, which its function reads as [`Scope::weight`].
    #[must_use]
    pub fn weight<const N: usize>(self, name: &str, shape: [i64; N], initializer: impl Into<Value>) -> Layer {
        let weight = WeightArgs::new(name, shape.map(Dim::Known), initializer.into().0);
        self.inner().state.borrow_mut().wanted.push(weight);
        self
    }
}
