//! Models: layers from inputs to an output.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use array::{Array, Random};
use ops::numeric::Draws;
use ops::{Arg, Exc, Keras, Mistake, Violation};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::compile::{Loss, Losses, Metric, Optimizer};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::Slots;
use crate::layer::{Layer, gathered};
use crate::plans::Plans;
use crate::symbol::{Call, Input, Symbol};
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
    pub(crate) inputs: Vec<Symbol>,
    pub(crate) outputs: Vec<Symbol>,
    /// The calls, each after those it depends on.
    pub(crate) calls: Vec<Rc<Call>>,
    layers: Vec<Layer>,
    pub(crate) compiled: Option<Compiled>,
    pub(crate) draws: Arc<Draws>,
    pub(crate) plans: RefCell<Plans>,
}

/// What `compile` sets.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) optimizer: Optimizer,
    /// One for each output, or one for all.
    pub(crate) losses: Vec<Loss>,
    pub(crate) metrics: Vec<Metric>,
    /// The optimizer's variables.
    pub(crate) state: RefCell<Slots>,
    /// What is tracked over a round: those of the loss, then those of each output's loss where there are several,
    /// then those of each metric of each output.
    pub(crate) tallies: RefCell<Vec<Slots>>,
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
        let (inputs, outputs) = (owned(inputs), owned(outputs));
        let calls = ordered(&inputs, &outputs)?;
        let mut seen = FxHashSet::default();
        let first = |call: &&Rc<Call>| seen.insert(call.layer.id());
        let layers: Vec<Layer> = calls.iter().filter(first).map(|call| call.layer.clone()).collect();
        name(&layers)?;
        let model = Model {
            inputs,
            outputs,
            calls,
            layers,
            compiled: None,
            draws: Arc::default(),
            plans: RefCell::default(),
        };
        model.fill(0, |weight| !weight.has_numbers())?;
        Ok(model)
    }

    /// Returns the layers in the order in which they are called.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Returns all weights, those of the first layer first.
    pub fn weights(&self) -> Vec<Weight> {
        self.layers.iter().flat_map(Layer::weights).collect()
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

    /// Returns the optimizer's present learning rate; nothing where the model is not compiled or a schedule says it.
    pub fn learning_rate(&self) -> Option<f64> {
        let compiled = self.compiled.as_ref()?;
        compiled.optimizer.rate(&compiled.state.borrow())
    }

    /// Sets the optimizer's learning rate.
    ///
    /// # Errors
    /// [`Error::NotCompiled`]; [`Error::Unknown`] where a schedule says the rate.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<()> {
        let compiled = self.compiled.as_mut().ok_or(Error::NotCompiled)?;
        compiled.optimizer.set_rate(compiled.state.get_mut(), rate)
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

    /// Sets what the model is trained with: one loss for all outputs, or one for each. Metrics, which are measured of
    /// each output, are named as Keras' `compile` takes them: `"accuracy"`, `"mae"`.
    ///
    /// # Errors
    /// What Keras raises for arguments that it refuses; [`Error::Data`] where there are neither one loss nor as many as
    /// outputs; [`Error::Unknown`] for classes without a model, and for a layer that regularizes its outputs.
    pub fn compile(
        &mut self,
        optimizer: &Optimizer,
        losses: impl Into<Losses>,
        metrics: &[&str],
    ) -> Result<()> {
        for layer in &self.layers {
            if !layer.get("activity_regularizer").is_none() {
                return Err(Error::Unknown("a layer that regularizes its outputs"));
            }
        }
        let metrics: Vec<Metric> = metrics.iter().map(|name| Metric { name: (*name).to_owned() }).collect();
        let losses: Losses = losses.into();
        let outputs = self.outputs.len();
        if losses.0.len() != 1 && losses.0.len() != outputs {
            let count = losses.0.len();
            return Err(Error::Data(format!("{count} losses for a model with {outputs} outputs")));
        }
        let tracked = 1 + if outputs == 1 { 0 } else { outputs } + outputs * metrics.len();
        self.compiled = Some(Compiled {
            optimizer: optimizer.bind()?,
            losses: losses.0.iter().map(Loss::bind).collect::<ops::Infer<_>>()?,
            tallies: RefCell::new(vec![Slots::new(); tracked]),
            metrics,
            state: RefCell::default(),
        });
        self.plans.borrow_mut().forget();
        Ok(())
    }

    /// Carries the model out on tensors of a trace; `see` gets each call with what came out of it.
    pub(crate) fn forward(
        &self,
        engine: &mut Engine,
        inputs: Vec<Arg>,
        mut see: impl FnMut(&Call, &Arg),
    ) -> Result<Vec<Arg>> {
        let mut known: FxHashMap<*const Call, Vec<Arg>> = FxHashMap::default();
        let value = |known: &FxHashMap<*const Call, Vec<Arg>>, symbol: &Symbol| {
            // An input may stand in the middle of what other models are made of.
            if let Some(at) = self.inputs.iter().position(|input| input.is(symbol)) {
                return inputs.get(at).cloned();
            }
            let (call, output) = symbol.call()?;
            known.get(&Rc::as_ptr(call))?.get(output).cloned()
        };
        let lost = Error::Unknown("a tensor that is not of the model");
        for call in &self.calls {
            let given: Option<Vec<Arg>> = call.inputs.iter().map(|input| value(&known, input)).collect();
            let given = gathered(given.ok_or(lost.clone())?, call.listed);
            let outputs = engine.call_layer_with(&call.layer, given)?;
            see(call, &outputs);
            let mut flat = Vec::new();
            outputs.tensors(&mut |operand| flat.push(Arg::Tensor(operand.clone())));
            known.insert(Rc::as_ptr(call), flat);
        }
        self.outputs.iter().map(|output| value(&known, output).ok_or(lost.clone())).collect()
    }
}

/// Puts the calls that outputs depend on in order.
fn ordered(inputs: &[Symbol], outputs: &[Symbol]) -> Result<Vec<Rc<Call>>> {
    let mut order: Vec<Rc<Call>> = Vec::new();
    let mut done: FxHashSet<*const Call> = FxHashSet::default();
    let mut open: Vec<(Symbol, bool)> = outputs.iter().rev().map(|output| (output.clone(), false)).collect();
    while let Some((symbol, ready)) = open.pop() {
        if inputs.iter().any(|input| input.is(&symbol)) {
            continue;
        }
        let Some((call, _)) = symbol.call() else {
            let message = "Output with path `` is not connected to `inputs`";
            let mistake = Mistake::Disconnected { layer: String::new() };
            return Err(Violation::stop(Exc::ValueError, message, mistake).into());
        };
        if done.contains(&Rc::as_ptr(call)) {
            continue;
        }
        if ready {
            done.insert(Rc::as_ptr(call));
            order.push(Rc::clone(call));
        } else {
            open.push((symbol.clone(), true));
            open.extend(call.inputs.iter().rev().map(|input| (input.clone(), false)));
        }
    }
    Ok(order)
}

/// Gives layers without a name of their own one that no other has.
fn name(layers: &[Layer]) -> Result<()> {
    let mut taken: FxHashMap<Rc<str>, usize> = FxHashMap::default();
    for layer in layers {
        let own = layer.name();
        let times = taken.entry(Rc::clone(&own)).or_default();
        *times += 1;
        if *times == 1 {
            continue;
        }
        if let Arg::Str(_) = layer.get("name") {
            return Err(keras::duplicate_name(Keras::Three, &own, *times).raised().into());
        }
        // `dense`, `dense_1`, `dense_2`.
        let mut number = *times - 1;
        while taken.contains_key(&*format!("{own}_{number}")) {
            number += 1;
        }
        let free: Rc<str> = format!("{own}_{number}").into();
        taken.insert(Rc::clone(&free), 1);
        layer.rename(free);
    }
    Ok(())
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
