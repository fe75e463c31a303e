//! What functions on tensors compute with.

use array::Array;
use keras::Runner;
use ops::Arg;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::value::{Tensor, Value};

/// Where a function on tensors is traced.
///
/// Any function of `keras.ops`, `keras.random`, `tf.keras.backend` or `tf` that the engine models is called by its
/// public path, with the arguments of its signature; the commonest have methods.
#[derive(Debug)]
pub struct Scope<'e> {
    pub(crate) engine: &'e mut Engine,
    pub(crate) layer: Option<Layer>,
}

impl Scope<'_> {
    /// Calls a function by its public path.
    ///
    /// # Errors
    /// [`Error::Raised`] with what the framework raises, [`Error::Unknown`] for a function that is not modelled or gives
    /// no tensor.
    pub fn call<const P: usize, const K: usize>(
        &mut self,
        path: &str,
        args: [Value; P],
        keywords: [(&str, Value); K],
    ) -> Result<Tensor> {
        let args = args.map(|value| value.0);
        let keywords = keywords.map(|(name, value)| (name.into(), value.0));
        let answer = self.engine.function(path, &args, &keywords);
        self.tensor(answer)
    }

    /// Returns the layer's weight of this name, with the elements that it has when the model runs.
    ///
    /// # Errors
    /// [`Error::Unknown`] where the layer has none.
    pub fn weight(&mut self, name: &str) -> Result<Tensor> {
        let layer = self.layer.clone().ok_or(Error::Unknown("a weight outside of layers"))?;
        let weights = layer.inner().state.borrow().weights.clone();
        let own = weights.iter().find(|w| w.is_called(name));
        let read = self.engine.read(own.ok_or(Error::Unknown("a weight that the layer does not have"))?);
        self.tensor(Ok(read))
    }

    /// Returns a tensor of elements that are the same at each call.
    ///
    /// # Errors
    /// None so far.
    pub fn constant(&mut self, array: &Array) -> Result<Tensor> {
        let constant = self.engine.constant(array.clone());
        self.tensor(Ok(constant))
    }

    /// Tells whether the model is being trained.
    pub fn is_training(&self) -> bool {
        self.engine.training
    }

    /// `x + y`.
    ///
    /// # Errors
    /// As [`Scope::call`], like all that follow.
    pub fn add(&mut self, x: &Tensor, y: impl Into<Value>) -> Result<Tensor> {
        self.pair("keras.ops.add", x, y.into())
    }

    /// `x - y`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn sub(&mut self, x: &Tensor, y: impl Into<Value>) -> Result<Tensor> {
        self.pair("keras.ops.subtract", x, y.into())
    }

    /// `x * y`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn mul(&mut self, x: &Tensor, y: impl Into<Value>) -> Result<Tensor> {
        self.pair("keras.ops.multiply", x, y.into())
    }

    /// `x / y`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn div(&mut self, x: &Tensor, y: impl Into<Value>) -> Result<Tensor> {
        self.pair("keras.ops.divide", x, y.into())
    }

    /// `x @ y`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn matmul(&mut self, x: &Tensor, y: impl Into<Value>) -> Result<Tensor> {
        self.pair("keras.ops.matmul", x, y.into())
    }

    /// The sum over an axis: `keras.ops.sum(x, axis=axis)`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn sum(&mut self, x: &Tensor, axis: impl Into<Value>) -> Result<Tensor> {
        self.call("keras.ops.sum", [x.into()], [("axis", axis.into())])
    }

    /// The mean over an axis: `keras.ops.mean(x, axis=axis)`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn mean(&mut self, x: &Tensor, axis: impl Into<Value>) -> Result<Tensor> {
        self.call("keras.ops.mean", [x.into()], [("axis", axis.into())])
    }

    /// A function of single elements, by its name in `keras.ops`: `exp`, `tanh`, `square`.
    ///
    /// # Errors
    /// As [`Scope::call`].
    pub fn map(&mut self, function: &str, x: &Tensor) -> Result<Tensor> {
        self.call(&format!("keras.ops.{function}"), [x.into()], [])
    }

    fn pair(&mut self, path: &str, x: &Tensor, y: Value) -> Result<Tensor> {
        self.call(path, [x.into(), y], [])
    }

    fn tensor(&mut self, answer: ops::Infer<Arg>) -> Result<Tensor> {
        match answer {
            Ok(Arg::Tensor(operand)) => Ok(Tensor(operand)),
            // `K.shape(x)[0]` is a number where it is known.
            Ok(other) => match self.engine.api("keras.ops.convert_to_tensor", &[other], &[]) {
                Ok(Arg::Tensor(operand)) => Ok(Tensor(operand)),
                _ => Err(Error::Unknown("a function that gives no tensor")),
            },
            Err(stop) => Err(self.engine.error(stop)),
        }
    }
}
