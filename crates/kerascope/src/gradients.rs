//! Gradients as values, for steps of training that a program makes itself.

use array::Array;
use ops::numeric::shape_of;

use crate::data::{Data, Given, Labels};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::plans::Step;

/// The loss of a batch, and its gradients.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// The loss, regularizers included.
    pub loss: f64,
    /// The gradient of each of the model's [trainable weights](Model::trainable_weights); nothing for one that the loss
    /// does not depend on.
    pub of: Vec<Option<Array>>,
}

impl Model {
    /// Computes the loss of a batch and its gradients with respect to the
    /// [trainable weights](Model::trainable_weights), and changes none of them: what a `GradientTape` around
    /// `model(x, training=True)` gives. [`Model::apply_gradients`] makes the step.
    ///
    /// ```
    /// use kerascope::{Array, DType, Layer, Optimizer, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let dense = Layer::new("Dense").with("units", 1).with("kernel_initializer", "ones");
    /// let mut model = Sequential::new([2]).then(dense)?.build()?;
    /// model.compile(&Optimizer::new("SGD").with("learning_rate", 0.5), "mse", &[])?;
    /// let x = Array::floats(&[1, 2], DType::Float32, vec![1.0, 2.0])?;
    /// let y = Array::floats(&[1, 1], DType::Float32, vec![2.0])?;
    ///
    /// let gradients = model.gradients(&[&x], &y)?;
    /// assert_eq!(gradients.loss, 1.0);
    /// assert_eq!(gradients.of[0].as_ref().map(|kernel| kernel.to_floats()), Some(Ok(vec![2.0, 4.0])));
    /// model.apply_gradients(&gradients.of)?;
    /// assert_eq!(model.weights()[0].array()?.to_floats()?, [0.0, -1.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn gradients<'l>(&self, inputs: &[&Array], labels: impl Into<Labels<'l>>) -> Result<Gradients> {
        self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        let labels = labels.into();
        let batch = Data::new(self, &Given::labelled(inputs, &labels))?.whole();
        let ready = self.ready(Step::Gradients.alone(), &batch, &[])?;
        let mut made = ready.run(batch)?.into_iter();
        let loss = made.next().ok_or(Error::Unknown("a loss"))?.to_float()?;
        let of = ready.present.iter().map(|present| if *present { made.next() } else { None }).collect();
        Ok(Gradients { loss, of })
    }

    /// Makes a step of the optimizer with gradients, one for each of the
    /// [trainable weights](Model::trainable_weights): those of [`Model::gradients`], clipped, added up or made otherwise.
    /// A weight without one is left as it is.
    ///
    /// # Errors
    /// [`Error::NotCompiled`]; [`Error::Data`] for more or fewer gradients than weights, or one of another shape; Keras'
    /// `ValueError` where there is none at all.
    pub fn apply_gradients(&mut self, gradients: &[Option<Array>]) -> Result<()> {
        let weights = &self.compiled.as_ref().ok_or(Error::NotCompiled)?.trained;
        if weights.len() != gradients.len() {
            let (own, given) = (weights.len(), gradients.len());
            return Err(Error::Data(format!("{own} weights are trained, but {given} gradients were given")));
        }
        let mut batch = Vec::with_capacity(gradients.len());
        for (weight, gradient) in weights.iter().zip(gradients) {
            let Some(gradient) = gradient else { continue };
            let (own, given) = (&weight.spec().shape, shape_of(gradient));
            if given != *own {
                let (name, own, given) = (weight.name(), own.tuple(), given.tuple());
                return Err(Error::Data(format!("{name} has the shape {own}, its gradient {given}")));
            }
            batch.push(match weight.spec().dtype {
                Some(dtype) => gradient.cast(dtype)?,
                None => gradient.clone(),
            });
        }
        let present: Vec<bool> = gradients.iter().map(Option::is_some).collect();
        self.ready(Step::Apply.alone(), &batch, &present)?.run(batch)?;
        Ok(())
    }
}
