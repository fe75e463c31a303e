//! Models: layers from inputs to an output.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use array::{Array, Random};
use ops::numeric::Draws;

use crate::compile::Compiled;
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::network::Network;
use crate::plans::Plans;
use crate::symbol::{Input, Symbol};
use crate::weight::Weight;

/// A functional model with any number of inputs and outputs.
///
/// ```
/// use kerascope::{Array, DType, Fit, Input, Layer, Model, Optimizer};
///
/// # fn main() -> kerascope::Result<()> {
/// let x = Input::new([2]);
/// let hidden = Layer::new("Dense").with("units", 8).with("activation", "tanh").call(&x)?;
/// let y = Layer::new("Dense").with("units", 1).call(&hidden)?;
/// let mut model = Model::new(&[&x], &y)?;
/// model.compile(&Optimizer::new("Adam").with("learning_rate", 0.05), "mse", &[])?;
///
/// let inputs = Array::floats(&[4, 2], DType::Float32, vec![0., 0., 0., 1., 1., 0., 1., 1.])?;
/// let labels = Array::floats(&[4, 1], DType::Float32, vec![0., 1., 1., 2.])?;
/// let history = model.fit(&[&inputs], &labels, &Fit::default().epochs(20))?;
/// let losses = history.of("loss");
/// assert!(losses.last() < losses.first());
/// assert_eq!(model.predict(&[&inputs], 32)?.shape(), [4, 1]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Model {
    pub(crate) network: Rc<Network>,
    pub(crate) compiled: Option<Compiled>,
    pub(crate) draws: Arc<Draws>,
    pub(crate) plans: RefCell<Plans>,
}

impl Model {
    /// Makes a model of what leads from inputs to an output. Weights get their first numbers; [`Model::initialise`]
    /// gives them others.
    ///
    /// # Errors
    /// What Keras raises: the output depends on an `Input` that is not among the inputs, two layers have one name.
    pub fn new(inputs: &[&Symbol], output: &Symbol) -> Result<Model> {
        Model::with_outputs(inputs, &[output])
    }

    /// Makes a model with several outputs.
    ///
    /// ```
    /// use kerascope::{Input, Layer, Loss, Model, Optimizer};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let x = Input::new([4]);
    /// let shared = Layer::new("Dense").with("units", 8).call(&x)?;
    /// let value = Layer::new("Dense").with("units", 1).named("value").call(&shared)?;
    /// let kind = Layer::new("Dense").with("units", 3).with("activation", "softmax").named("kind").call(&shared)?;
    /// let mut model = Model::with_outputs(&[&x], &[&value, &kind])?;
    /// let losses = [Loss::new("mse"), Loss::new("sparse_categorical_crossentropy").weight(0.5)];
    /// model.compile(&Optimizer::new("Adam"), losses, &[])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn with_outputs(inputs: &[&Symbol], outputs: &[&Symbol]) -> Result<Model> {
        let owned = |symbols: &[&Symbol]| symbols.iter().map(|s| (*s).clone()).collect::<Vec<Symbol>>();
        let network = Rc::new(Network::new(owned(inputs), owned(outputs))?);
        let model = Model { network, compiled: None, draws: Arc::default(), plans: RefCell::default() };
        model.fill(0, |weight| !weight.has_numbers())?;
        Ok(model)
    }

    /// Returns the layers in the order in which they are called.
    pub fn layers(&self) -> &[Layer] {
        &self.network.layers
    }

    /// Returns the layer of a name: `get_layer`.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers().iter().find(|layer| &*layer.name() == name)
    }

    /// Makes a layer of the model, which shares its weights: a part of another model, as in transfer learning.
    ///
    /// ```
    /// use kerascope::{Input, Layer, Model, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let encoder = Sequential::new([8]).then(Layer::new("Dense").with("units", 3))?.build()?;
    /// let (a, b) = (Input::new([8]), Input::new([8]));
    /// let shared = encoder.as_layer().named("encoder");
    /// let both = Layer::new("Subtract").call_many(&[&shared.call(&a)?, &shared.call(&b)?])?;
    /// let model = Model::new(&[&a, &b], &both)?;
    /// assert_eq!(model.weights().len(), encoder.weights().len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_layer(&self) -> Layer {
        Layer::of_network("Functional", &self.network)
    }

    /// Returns all weights, those of the first layer first.
    pub fn weights(&self) -> Vec<Weight> {
        self.layers().iter().flat_map(Layer::weights).collect()
    }

    /// Returns the weights that training changes.
    pub fn trainable_weights(&self) -> Vec<Weight> {
        self.weights().into_iter().filter(Weight::is_trainable).collect()
    }

    /// Returns the elements of all weights, in the order of [`Model::weights`].
    ///
    /// # Errors
    /// A weight has none.
    pub fn numbers(&self) -> Result<Vec<Array>> {
        self.weights().iter().map(Weight::array).collect()
    }

    /// Gives all weights other elements, in the order of [`Model::weights`].
    ///
    /// # Errors
    /// [`Error::Data`] where there are more or fewer, or one has another shape.
    pub fn set_numbers(&self, numbers: &[Array]) -> Result<()> {
        let weights = self.weights();
        if weights.len() != numbers.len() {
            let (own, given) = (weights.len(), numbers.len());
            return Err(Error::Data(format!("the model has {own} weights, but {given} arrays were given")));
        }
        weights.iter().zip(numbers).try_for_each(|(weight, array)| weight.assign(array))
    }

    /// Gives all weights first numbers that depend on nothing but the seed, and random layers their numbers. They
    /// are not TensorFlow's.
    ///
    /// # Errors
    /// An initializer that is not modelled.
    pub fn initialise(&self, seed: u64) -> Result<()> {
        self.fill(seed, |_| true)
    }

    fn fill(&self, seed: u64, wanted: impl Fn(&Weight) -> bool) -> Result<()> {
        let mut random = Random::new(seed);
        self.draws.reseed(seed);
        self.weights().iter().filter(|weight| wanted(weight)).try_for_each(|w| w.initialise(&mut random))
    }
}

/// A model of layers one behind the other.
///
/// ```
/// use kerascope::{Layer, Sequential};
///
/// # fn main() -> kerascope::Result<()> {
/// let model = Sequential::new([8])
///     .then(Layer::new("Dense").with("units", 16).with("activation", "relu"))?
///     .then(Layer::new("Dense").with("units", 3).with("activation", "softmax"))?
///     .build()?;
/// assert_eq!(model.weights().len(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sequential {
    input: Symbol,
    output: Symbol,
}

impl Sequential {
    /// Begins a model with the shape of its input, without the batch.
    pub fn new<const N: usize>(shape: [i64; N]) -> Sequential {
        Sequential::from(Input::new(shape))
    }

    /// Adds a layer behind those that are there.
    ///
    /// # Errors
    /// As [`Layer::call`].
    pub fn then(self, layer: Layer) -> Result<Sequential> {
        let output = layer.call(&self.output)?;
        Ok(Sequential { input: self.input, output })
    }

    /// Makes the model.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn build(self) -> Result<Model> {
        Model::new(&[&self.input], &self.output)
    }
}

impl From<Symbol> for Sequential {
    fn from(input: Symbol) -> Sequential {
        Sequential { output: input.clone(), input }
    }
}
