//! Layers: those that Keras declares, and functions of the program's own.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use keras::{Attached, InputSpec};
use ops::{Arg, CallableId, Exc, Keras, Mistake};
use tensor::Dim;

use crate::attached::{Constraint, Regularizer};
use crate::compile::Configured;
use crate::engine::{Engine, misfit};
use crate::error::{Error, Raised, Result};
use crate::host::LayerHost;
use crate::network::Network;
use crate::scope::Scope;
use crate::symbol::{Call, Symbol};
use crate::value::{Settings, Tensor, Value};
use crate::weight::Weight;

/// Ids tell layers and the objects they are made with apart within a process; nothing depends on their values.
static IDS: AtomicU32 = AtomicU32::new(0);

/// What the function of a layer is.
pub(crate) type Function = dyn Fn(&mut Scope<'_>, &[Tensor]) -> Result<Tensor>;

/// A layer. Cloning it gives another handle of the same layer, with the same weights.
///
/// Every class of `keras.layers` that the engine models is made by one function, with the arguments that its
/// constructor takes in Keras 3:
///
/// ```
/// use kerascope::{Input, Layer};
///
/// # fn main() -> kerascope::Result<()> {
/// let images = Input::new([28, 28, 1]);
/// let convolved = Layer::new("Conv2D").with("filters", 8).with("kernel_size", 3).call(&images)?;
/// assert_eq!(convolved.shape().tuple(), "(None, 26, 26, 8)");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Layer(Rc<Inner>);

pub(crate) struct Inner {
    id: u32,
    pub(crate) class: String,
    pub(crate) name: RefCell<Rc<str>>,
    pub(crate) kind: Kind,
    pub(crate) state: RefCell<State>,
    made: Cell<bool>,
    pub(crate) built: Cell<bool>,
}

/// What a layer is.
pub(crate) enum Kind {
    /// One of Keras'; nothing where there is no model of it.
    Declared(Option<&'static keras::Layer>),
    /// A function of the program's own.
    Lambda(Rc<Function>),
    /// A model.
    Network(Rc<Network>),
}

/// What becomes of a layer.
#[derive(Default)]
pub(crate) struct State {
    /// The arguments of the constructor, and what the declaration keeps beside them.
    pub(crate) config: Settings,
    pub(crate) weights: Vec<Weight>,
    /// Variables that are no weights, by their names.
    pub(crate) slots: Vec<(String, Weight)>,
    pub(crate) sublayers: Vec<Layer>,
    /// The objects among the arguments, by their ids.
    pub(crate) objects: Vec<(u32, Configured)>,
    pub(crate) input_spec: Vec<InputSpec>,
    /// The arguments of the present call.
    pub(crate) given: Settings,
    /// What a Lambda's output is said to be, without the batch.
    pub(crate) output_shape: Option<Vec<i64>>,
    /// The weights that a Lambda was given, to be made when it is built.
    pub(crate) wanted: Vec<keras::WeightArgs>,
}

impl Layer {
    /// Makes a layer of a class of `keras.layers`.
    ///
    /// Nothing is checked before the layer is first called: then its constructor's arguments are, as Keras does.
    pub fn new(class: &str) -> Layer {
        Layer::of(class, Kind::Declared(keras::find_layer(class)))
    }

    /// Makes a layer of what a model of this class consists of.
    pub(crate) fn of_network(class: &str, network: &Rc<Network>) -> Layer {
        let layer = Layer::of(class, Kind::Network(Rc::clone(network)));
        layer.0.state.borrow_mut().sublayers.clone_from(&network.layers);
        layer
    }

    pub(crate) fn of(class: &str, kind: Kind) -> Layer {
        Layer(Rc::new(Inner {
            id: IDS.fetch_add(1, Ordering::Relaxed),
            class: class.to_owned(),
            name: RefCell::new(keras::snake_case(class).into()),
            kind,
            state: RefCell::default(),
            made: Cell::new(false),
            built: Cell::new(false),
        }))
    }

    /// Gives an argument of the constructor, by its name.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Layer {
        let value = value.into().0;
        if let ("name", Arg::Str(name)) = (name, &value) {
            self.0.name.replace(name.clone());
        }
        self.0.state.borrow_mut().config.push((name.into(), value));
        self
    }

    /// Names the layer.
    #[must_use]
    pub fn named(self, name: &str) -> Layer {
        self.with("name", name)
    }

    /// Gives the layer sublayers that one of its arguments holds: those of `Bidirectional` or `TimeDistributed`.
    ///
    /// ```
    /// use kerascope::{Input, Layer};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let lstm = Layer::new("LSTM").with("units", 8);
    /// let both = Layer::new("Bidirectional").around(&lstm);
    /// assert_eq!(both.call(&Input::new([10, 4]))?.shape().tuple(), "(None, 16)");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn around(self, layer: &Layer) -> Layer {
        self.made_around("layer", std::slice::from_ref(layer), false)
    }

    /// Gives an argument that is a layer, or a list of layers.
    pub(crate) fn made_around(self, argument: &str, layers: &[Layer], listed: bool) -> Layer {
        self.0.state.borrow_mut().sublayers.extend(layers.iter().cloned());
        let value = gathered(layers.iter().map(Layer::as_arg).collect(), listed).into_iter().next();
        self.with(argument, Value(value.unwrap_or(Arg::Missing)))
    }

    /// Adds to the loss what a regularizer makes of a weight, which is named as in Keras' argument: `kernel` of
    /// `kernel_regularizer`, `recurrent`, `bias`; `activity` means what the layer gives. By its name alone it may as well be given [`with`](Layer::with).
    #[must_use]
    pub fn regularized(self, weight: &str, regularizer: &Regularizer) -> Layer {
        self.attached(Attached::Regularizer, weight, &regularizer.0)
    }

    /// Applies a constraint to a weight after each step; the weight is named as for [`regularized`](Layer::regularized).
    #[must_use]
    pub fn constrained(self, weight: &str, constraint: &Constraint) -> Layer {
        self.attached(Attached::Constraint, weight, &constraint.0)
    }

    fn attached(self, kind: Attached, weight: &str, config: &Configured) -> Layer {
        self.holding(&format!("{weight}_{}", kind.word()), config)
    }

    /// Gives an argument that is an object: a regularizer, an initializer.
    pub(crate) fn holding(self, argument: &str, config: &Configured) -> Layer {
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        self.0.state.borrow_mut().objects.push((id, config.clone()));
        self.with(argument, Value(Arg::Callable(CallableId(id))))
    }

    /// Returns the layer's name.
    pub fn name(&self) -> Rc<str> {
        self.0.name.borrow().clone()
    }

    /// Returns the name of its class: `Dense`.
    pub fn class(&self) -> &str {
        &self.0.class
    }

    /// Returns its weights and those of the layers in it, in the order in which they were made.
    pub fn weights(&self) -> Vec<Weight> {
        let state = self.0.state.borrow();
        let inner = state.sublayers.iter().flat_map(Layer::weights);
        state.weights.iter().cloned().chain(inner).collect()
    }

    /// Sets whether training changes the layer's weights, and those of the layers in it: `layer.trainable = False`. A
    /// normalization that is frozen keeps what it has measured. A model takes notice when it is next compiled.
    ///
    /// ```
    /// use kerascope::{Layer, Loader, Model, Optimizer, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let body = Sequential::new([8]).then(Layer::new("Dense").with("units", 4))?.build()?;
    /// let encoder = body.as_layer();
    /// encoder.set_trainable(false);
    /// let mut model = Sequential::new([8]).then(encoder)?.then(Layer::new("Dense").with("units", 1))?.build()?;
    /// model.compile(&Optimizer::new("Adam"), "mse", &[])?;
    /// assert_eq!((model.weights().len(), model.trainable_weights().len()), (4, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_trainable(&self, trainable: bool) {
        let sublayers = {
            let mut state = self.0.state.borrow_mut();
            match state.config.iter_mut().find(|(name, _)| &**name == "trainable") {
                Some((_, own)) => *own = Arg::Bool(trainable),
                None => state.config.push(("trainable".into(), Arg::Bool(trainable))),
            }
            state.weights.iter().for_each(|weight| weight.freeze(!trainable));
            state.sublayers.clone()
        };
        sublayers.iter().for_each(|layer| layer.set_trainable(trainable));
    }

    /// Tells whether training changes the layer's weights, if it has any that training changes.
    pub fn is_trainable(&self) -> bool {
        self.get("trainable") != Arg::Bool(false)
    }

    /// Calls the layer on a tensor without data: builds it, and says what shape comes out.
    ///
    /// # Errors
    /// [`Error::Raised`] with what Keras 3 raises, [`Error::Unknown`] for what is not modelled or has several outputs.
    pub fn call(&self, input: &Symbol) -> Result<Symbol> {
        self.single(std::slice::from_ref(input), false)
    }

    /// Calls the layer on a list of tensors: `Concatenate()([a, b])`.
    ///
    /// # Errors
    /// As [`Layer::call`].
    pub fn call_many(&self, inputs: &[&Symbol]) -> Result<Symbol> {
        let inputs: Vec<Symbol> = inputs.iter().map(|input| (*input).clone()).collect();
        self.single(&inputs, true)
    }

    /// Calls the layer on several arguments: `MultiHeadAttention(2, 8)(query, value)`.
    ///
    /// ```
    /// use kerascope::{Input, Layer};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let (query, value) = (Input::new([4, 6]), Input::new([9, 6]));
    /// let attention = Layer::new("MultiHeadAttention").with("num_heads", 2).with("key_dim", 3);
    /// assert_eq!(attention.call_on(&[&query, &value])?.shape().tuple(), "(None, 4, 6)");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Layer::call`].
    pub fn call_on(&self, arguments: &[&Symbol]) -> Result<Symbol> {
        let arguments: Vec<Symbol> = arguments.iter().map(|input| (*input).clone()).collect();
        self.single(&arguments, false)
    }

    fn single(&self, inputs: &[Symbol], listed: bool) -> Result<Symbol> {
        let mut outputs = self.outputs(inputs, listed)?;
        match (outputs.pop(), outputs.pop()) {
            (Some(one), None) => Ok(one),
            _ => Err(Error::Unknown("a layer with several outputs")),
        }
    }

    /// Calls the layer and returns all of its outputs: an `LSTM` with `return_state`.
    ///
    /// # Errors
    /// As [`Layer::call`].
    pub fn call_all(&self, input: &Symbol) -> Result<Vec<Symbol>> {
        self.outputs(std::slice::from_ref(input), false)
    }

    pub(crate) fn outputs(&self, inputs: &[Symbol], listed: bool) -> Result<Vec<Symbol>> {
        let mut engine = Engine::default();
        engine.register(self);
        let given: Vec<Arg> = inputs.iter().map(|input| engine.input(input.spec().clone()).0).collect();
        let outputs = self.infer(&mut engine, gathered(given, listed))?;
        let mut specs = Vec::new();
        outputs.tensors(&mut |operand| specs.push(operand.spec.clone()));
        let call = Rc::new(Call { layer: self.clone(), inputs: inputs.to_vec(), listed });
        Ok(specs.into_iter().enumerate().map(|(at, spec)| Symbol::of_call(spec, &call, at)).collect())
    }

    /// Infers what comes out of a call on tensors without data.
    fn infer(&self, engine: &mut Engine, inputs: Vec<Arg>) -> Result<Arg> {
        let declared = self.0.state.borrow().output_shape.clone();
        if let Kind::Lambda(_) = self.0.kind {
            if let Some(declared) = declared {
                return Ok(believed(&inputs, &declared));
            }
            return engine.call_layer_with(self, inputs).map_err(|error| self.swallowed(error));
        }
        engine.call_layer_with(self, inputs)
    }

    /// What Keras 3 raises in place of whatever the function of a Lambda raises during inference.
    fn swallowed(&self, error: Error) -> Error {
        let Error::Raised(hidden) = error else { return error };
        Error::Raised(Box::new(Raised {
            layer: self.name().to_string(),
            exception: Exc::NotImplementedError,
            message: keras::LAMBDA_NOT_INFERRED.to_owned(),
            mistake: Mistake::Other,
            function: String::new(),
            operands: Vec::new(),
            hidden: Some(hidden),
        }))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id
    }

    pub(crate) fn as_arg(&self) -> Arg {
        Arg::Callable(CallableId(self.0.id))
    }

    pub(crate) fn sublayers(&self) -> Vec<Layer> {
        self.0.state.borrow().sublayers.clone()
    }

    pub(crate) fn is(&self, other: &Layer) -> bool {
        self.0.id == other.0.id
    }

    /// Gives the layer another name, and its weights and the layers that it consists of with it.
    pub(crate) fn rename(&self, name: Rc<str>) {
        let old = self.0.name.replace(Rc::clone(&name));
        let state = self.0.state.borrow();
        state.weights.iter().for_each(|weight| weight.rename(&old, &name));
        for sublayer in &state.sublayers {
            if let Some(rest) = sublayer.name().strip_prefix(&*old) {
                sublayer.rename(format!("{name}{rest}").into());
            }
        }
    }

    /// Returns an argument of the constructor or what the declaration keeps under that name.
    pub(crate) fn get(&self, name: &str) -> Arg {
        let state = self.0.state.borrow();
        state.config.iter().rev().find(|(n, _)| &**n == name).map_or(Arg::Missing, |(_, arg)| arg.clone())
    }

    /// Carries the constructor out, once.
    pub(crate) fn make(&self, engine: &mut Engine) -> ops::Infer<()> {
        let Kind::Declared(declaration) = self.0.kind else { return Ok(()) };
        if self.0.made.replace(true) {
            return Ok(());
        }
        let unknown = ops::Stop::Unknown("a layer that is not modelled");
        let declaration = declaration.ok_or(unknown.clone())?;
        let signature = binding::signature(Keras::Three, &format!("keras.layers.{}", self.0.class), None);
        let signature = signature.ok_or(unknown)?;
        let given = std::mem::take(&mut self.0.state.borrow_mut().config);
        let name = format!("{}.__init__", self.0.class);
        let bound = binding::bound(&signature, &name, &[], &given, Arg::clone).map_err(misfit)?;
        let (mut config, mut extra) = (Settings::new(), Settings::new());
        for (name, arg) in bound {
            match arg {
                Arg::Dict(items) if &*name == "kwargs" => extra.extend(items.iter().cloned()),
                _ => config.push((name, arg)),
            }
        }
        config.extend(extra.iter().cloned());
        let strange: Settings = extra
            .into_iter()
            .filter(|(name, _)| !keras::knows_keyword(Keras::Three, &self.0.class, name))
            .collect();
        let base = keras::BaseArgs {
            keras: Keras::Three,
            class: &self.0.class,
            keywords: &config,
            has_custom_objects: false,
        };
        keras::check_base(&base, &strange)?;
        self.0.state.borrow_mut().config = config;
        (declaration.init)(&mut LayerHost { engine, layer: self.clone() })
    }

    /// Makes the weights, once.
    pub(crate) fn build(&self, engine: &mut Engine, shapes: &[tensor::Shape]) -> ops::Infer<()> {
        self.make(engine)?;
        if self.0.built.replace(true) {
            return Ok(());
        }
        let mut host = LayerHost { engine, layer: self.clone() };
        match &self.0.kind {
            Kind::Declared(Some(declaration)) => (declaration.build)(&mut host, shapes),
            Kind::Declared(None) | Kind::Network(_) => Ok(()),
            Kind::Lambda(_) => {
                let wanted = std::mem::take(&mut self.0.state.borrow_mut().wanted);
                wanted.into_iter().try_for_each(|w| keras::Host::add_weight(&mut host, w).map(|_| ()))
            }
        }
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}'", self.0.class, self.name())
    }
}

/// The arguments of a call: each tensor one, or one list of them.
pub(crate) fn gathered(tensors: Vec<Arg>, listed: bool) -> Vec<Arg> {
    if listed { vec![Arg::List(tensors.into())] } else { tensors }
}

/// What Keras 3 takes for the output of a Lambda whose `output_shape` it believes.
fn believed(inputs: &[Arg], declared: &[i64]) -> Arg {
    let mut batch = Dim::Unknown;
    for input in inputs {
        input.tensors(&mut |operand| batch = operand.spec.shape.dim(0).unwrap_or(Dim::Unknown));
    }
    let dims = std::iter::once(batch).chain(declared.iter().map(|n| Dim::Known(*n)));
    Arg::Tensor(crate::engine::loose(dims.collect(), tensor::DType::Float32))
}
