//! The engine as the host of layer declarations.

use std::rc::Rc;

use diagnostics::Span;
use graph::NodeId;
use keras::{Attached, CallArgs, Host, InputSpec, Keeper, Mask, Named, Runner, WeightArgs, Within};
use ops::{Arg, Infer, Keras, Stop};
use tensor::{DType, Shape, TensorSpec};

use crate::engine::{Engine, loose};
use crate::error::{Error, Result};
use crate::layer::{Kind, Layer};
use crate::scope::Scope;
use crate::value::{Settings, Tensor};
use crate::weight::Weight;

/// A layer, as its declaration sees it.
pub(crate) struct LayerHost<'e> {
    pub(crate) engine: &'e mut Engine,
    pub(crate) layer: Layer,
}

impl Within for LayerHost<'_> {
    type Engine = Engine;

    fn engine(&self) -> &Self::Engine {
        self.engine
    }

    fn engine_mut(&mut self) -> &mut Self::Engine {
        self.engine
    }
}

impl Host for LayerHost<'_> {
    fn name(&self) -> Rc<str> {
        self.layer.name()
    }

    fn compute_dtype(&self) -> DType {
        DType::Float32
    }

    fn get(&self, name: &str) -> Arg {
        self.layer.get(name)
    }

    fn set(&mut self, name: &'static str, value: Arg) {
        let mut layers = Vec::new();
        callables(&value, &mut layers);
        let layers: Vec<Layer> = layers.iter().filter_map(|arg| self.engine.layer_of(arg)).collect();
        let mut state = self.layer.inner().state.borrow_mut();
        for layer in layers {
            if !state.sublayers.iter().any(|known| known.is(&layer)) {
                state.sublayers.push(layer);
            }
        }
        match state.config.iter_mut().find(|(n, _)| &**n == name) {
            Some(slot) => slot.1 = value,
            None => state.config.push((name.into(), value)),
        }
    }

    fn is_trained(&self) -> bool {
        self.layer.is_trainable()
    }

    fn given(&self) -> Settings {
        self.layer.inner().state.borrow().given.clone()
    }

    fn set_input_spec(&mut self, spec: Vec<InputSpec>) {
        self.layer.inner().state.borrow_mut().input_spec = spec;
    }

    fn add_weight(&mut self, weight: WeightArgs) -> Infer<Arg> {
        let path = format!("{}/{}", self.layer.name(), weight.name);
        let initializer = match &weight.initializer {
            Arg::Str(name) => match keras::initializers::INITIALIZERS.find(Keras::Three, name)? {
                Named::Class(path) | Named::Function(path) => Some(path),
                Named::Itself => None,
            },
            _ => None,
        };
        keras::check_weight(Keras::Three, &path, &weight.shape, initializer)?;
        let dtype = weight.dtype.unwrap_or(DType::Float32);
        let spec = TensorSpec::new(Shape::new(weight.shape.iter().copied()), dtype);
        let begins = match self.engine.object_of(&weight.initializer) {
            Some(config) => Some(config.bind("initializers")?),
            None => None,
        };
        let made = Weight::beginning(path.into(), spec, weight.trainable, weight.initializer, weight.ones);
        made.freeze(!self.layer.is_trainable());
        made.begin_with(begins);
        for kind in Attached::ALL {
            let given = kind.of(&weight.name, &self.layer.inner().state.borrow().config).cloned();
            if let Some(given) = given
                && let Some(applied) = self.engine.applied(kind, &given)?
            {
                made.attach(kind, applied);
            }
        }
        self.layer.inner().state.borrow_mut().weights.push(made.clone());
        Ok(self.engine.read(&made))
    }

    fn weight(&mut self, name: &str) -> Option<Arg> {
        let weights = self.layer.inner().state.borrow().weights.clone();
        let weight = weights.iter().rev().find(|w| w.is_called(name))?;
        Some(self.engine.read(weight))
    }

    fn build_sublayer(&mut self, layer: &Arg, shapes: &[Shape]) -> Infer<()> {
        match self.engine.layer_of(layer) {
            Some(layer) => layer.build(self.engine, shapes),
            None => Ok(()),
        }
    }

    fn make_layer(&mut self, class: &str, keywords: Settings) -> Infer<Arg> {
        let layer = Layer::new(class);
        if let Some((_, Arg::Str(name))) = keywords.iter().find(|(name, _)| &**name == "name") {
            // The weights of what a layer consists of are named after both.
            layer.rename(format!("{}/{name}", self.layer.name()).into());
        }
        layer.inner().state.borrow_mut().config = keywords;
        self.engine.register(&layer);
        layer.make(self.engine)?;
        Ok(layer.as_arg())
    }

    fn copy_layer(&mut self, layer: &Arg, changes: Settings) -> Infer<Arg> {
        let unknown = Stop::Unknown("the config of a layer is not known");
        let original = self.engine.layer_of(layer).ok_or(unknown.clone())?;
        original.make(self.engine)?;
        let path = format!("keras.layers.{}", original.class());
        let signature = binding::signature(Keras::Three, &path, None).ok_or(unknown)?;
        let mut config: Settings = original.inner().state.borrow().config.clone();
        config.retain(|(name, arg)| {
            *arg != Arg::Missing && signature.params.iter().any(|p| p.name == *name) && &**name != "name"
        });
        config.push(("name".into(), Arg::Str(original.name())));
        for (name, arg) in changes {
            match config.iter_mut().find(|(known, _)| *known == name) {
                Some(slot) => slot.1 = arg,
                None => config.push((name, arg)),
            }
        }
        self.make_layer(original.class(), config)
    }

    fn takes_mask(&mut self, layer: &Arg) -> Option<bool> {
        let path = format!("keras.layers.{}", self.engine.layer_of(layer)?.class());
        let call = binding::method_signature(Keras::Three, &path, "call")?;
        Some(call.params.iter().any(|param| &*param.name == "mask"))
    }

    fn layer_class(&self, object: &Arg) -> Option<Rc<str>> {
        self.engine.layer_of(object).map(|layer| layer.class().into())
    }

    fn compute_output_shape(&mut self, layer: &Arg, shape: &Shape) -> Infer<Arg> {
        let unknown = Stop::Unknown("an output shape that is not known");
        let layer = self.engine.layer_of(layer).ok_or(unknown.clone())?;
        layer.make(self.engine)?;
        let Kind::Declared(Some(declaration)) = layer.inner().kind else { return Err(unknown) };
        let rule = declaration.output_shape.ok_or(unknown)?;
        let input = Arg::Tensor(loose(shape.clone(), DType::Float32));
        rule(&mut LayerHost { engine: self.engine, layer }, &input)
    }

    fn has_attr(&mut self, object: &Arg, name: &str) -> Infer<bool> {
        Ok(!matches!(self.attr(object, name)?, Arg::Missing))
    }

    fn attr(&mut self, object: &Arg, name: &str) -> Infer<Arg> {
        let layer = self.engine.layer_of(object).ok_or(Stop::Unknown("an object that is not known"))?;
        layer.make(self.engine)?;
        if name == "name" {
            return Ok(Arg::Str(layer.name()));
        }
        let mut host = LayerHost { engine: self.engine, layer };
        Ok(host.weight(name).unwrap_or_else(|| host.layer.get(name)))
    }

    fn slot(&mut self, name: &str, sizes: &[i64]) -> Infer<Arg> {
        let known = |state: &crate::layer::State| {
            state.slots.iter().find(|(n, _)| n == name).map(|(_, weight)| weight.clone())
        };
        let found = known(&self.layer.inner().state.borrow());
        let weight = match found {
            Some(weight) => weight,
            None => {
                let made = zeros(&format!("{}/{name}", self.layer.name()), sizes, DType::Float32, 0.0)?;
                self.layer.inner().state.borrow_mut().slots.push((name.to_owned(), made.clone()));
                made
            }
        };
        Ok(self.engine.read(&weight))
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        self.engine.assign(variable, value)
    }
}

/// The variables of an optimizer or a metric, by their names, with the numbers that they begin with.
pub(crate) type Slots = Vec<(String, Weight, f64)>;

/// An optimizer or metric, which keeps variables.
pub(crate) struct Keep<'e> {
    pub(crate) engine: &'e mut Engine,
    pub(crate) slots: &'e mut Slots,
}

impl Within for Keep<'_> {
    type Engine = Engine;

    fn engine(&self) -> &Self::Engine {
        self.engine
    }

    fn engine_mut(&mut self) -> &mut Self::Engine {
        self.engine
    }
}

impl Keeper for Keep<'_> {
    fn slot(&mut self, name: &str, shape: &[i64], dtype: DType, initial: f64) -> Infer<Arg> {
        let weight = slot_of(self.slots, name, shape, dtype, initial)?;
        Ok(self.engine.read(&weight))
    }

    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        self.engine.assign(variable, value)
    }
}

/// Returns the variable of a name, if it is there.
pub(crate) fn find_slot<'s>(slots: &'s Slots, name: &str) -> Option<&'s Weight> {
    slots.iter().find(|(own, _, _)| own == name).map(|(_, weight, _)| weight)
}

/// Returns the variable of a name, which is made where it is not there.
pub(crate) fn slot_of(
    slots: &mut Slots,
    name: &str,
    shape: &[i64],
    dtype: DType,
    initial: f64,
) -> Infer<Weight> {
    if let Some(weight) = find_slot(slots, name) {
        return Ok(weight.clone());
    }
    let made = zeros(name, shape, dtype, initial)?;
    slots.push((name.to_owned(), made.clone(), initial));
    Ok(made)
}

/// A variable that is no weight, filled with a number.
fn zeros(name: &str, shape: &[i64], dtype: DType, value: f64) -> Infer<Weight> {
    let unknown = Stop::Unknown("a variable of a size that is not known");
    let sizes: Option<Vec<usize>> = shape.iter().map(|n| usize::try_from(*n).ok()).collect();
    let array = array::Array::full(&sizes.ok_or(unknown.clone())?, dtype, value).map_err(|_| unknown)?;
    let weight = Weight::new(name.into(), TensorSpec::new(Shape::known(shape), dtype), false, Arg::None);
    weight.store(array);
    Ok(weight)
}

/// The layers in an argument.
fn callables(arg: &Arg, out: &mut Vec<Arg>) {
    match arg {
        Arg::Callable(_) => out.push(arg.clone()),
        Arg::List(items) | Arg::Tuple(items) => items.iter().for_each(|item| callables(item, out)),
        _ => {}
    }
}

impl Engine {
    /// Calls a layer on arguments by their places.
    ///
    /// # Errors
    /// What Keras raises, with the layer it is raised in.
    pub(crate) fn call_layer_with(&mut self, layer: &Layer, args: Vec<Arg>) -> Result<Arg> {
        self.trace.enter(layer.name(), Span::default());
        self.inside.push(layer.name());
        let answer = self.call_layer(layer, args, Vec::new());
        let answer = answer.map_err(|stop| self.error(stop));
        self.inside.pop();
        self.trace.leave();
        answer
    }

    /// Calls a layer: checks its input, builds it, carries it out, hands masks on.
    ///
    /// # Errors
    /// What Keras raises.
    pub(crate) fn call_layer(&mut self, layer: &Layer, args: Vec<Arg>, mut keywords: Settings) -> Infer<Arg> {
        self.register(layer);
        layer.make(self)?;
        let mut args = args.into_iter();
        let inputs = args.next().ok_or(Stop::Unknown("a layer that is called on nothing"))?;
        let inputs = self.autocast(inputs)?;
        self.check_inputs(layer, &inputs)?;
        let mut take = |name: &str| {
            let at = keywords.iter().position(|(n, _)| &**n == name)?;
            Some(keywords.remove(at).1)
        };
        let training = match take("training") {
            Some(Arg::Bool(training)) => training,
            _ => self.training,
        };
        let mask = take("mask").unwrap_or_else(|| self.mask_of(&inputs));
        keywords.splice(0..0, args.enumerate().map(|(at, arg)| (format!("#{}", at + 1).into(), arg)));
        layer.inner().state.borrow_mut().given =
            std::iter::once(("#0".into(), inputs.clone())).chain(keywords.iter().cloned()).collect();
        let mut shapes = Vec::new();
        inputs.tensors(&mut |operand| shapes.push(operand.spec.shape.clone()));
        layer.build(self, &shapes)?;
        let call = CallArgs { inputs, keywords, training: Some(training), mask };
        match &layer.inner().kind {
            Kind::Lambda(function) => {
                let tensors = tensors(&call.inputs);
                let scope = &mut Scope { engine: self, layer: Some(layer.clone()) };
                Ok(Arg::Tensor(function(scope, &tensors).map_err(|error| self.kept(error))?.0))
            }
            Kind::Network(network) => {
                let mut given = Vec::new();
                call.inputs.tensors(&mut |operand| given.push(Arg::Tensor(operand.clone())));
                if given.len() != network.inputs.len() {
                    return Err(Stop::Unknown("a model that is called on other inputs than its own"));
                }
                let outputs = network.forward(self, given, |_, _| {}).map_err(|error| self.kept(error))?;
                Ok(match &outputs[..] {
                    [one] => one.clone(),
                    _ => Arg::List(outputs.into()),
                })
            }
            Kind::Declared(None) => Err(Stop::Unknown("a layer that is not modelled")),
            Kind::Declared(Some(declaration)) => {
                let mut host = LayerHost { engine: self, layer: layer.clone() };
                let outputs = (declaration.call)(&mut host, &call)?;
                let mask = match declaration.mask {
                    Mask::Drops => Arg::None,
                    Mask::Keeps => call.mask.clone(),
                    Mask::Takes => {
                        host.engine.take_masks(&call);
                        call.mask.clone()
                    }
                    Mask::Computes(rule) => rule(&mut host, &call)?,
                };
                self.attach_mask(&outputs, &mask);
                // While a shape is inferred, no loss is computed.
                if self.computes() {
                    self.regularize_activity(layer, &outputs)?;
                }
                Ok(outputs)
            }
        }
    }

    /// An exception of a closure on its way through the engine, which remembers where it came from.
    fn kept(&mut self, error: Error) -> Stop {
        if let Error::Raised(raised) = &error
            && !raised.function.is_empty()
        {
            self.remember(raised.function.clone(), raised.operands.clone());
        }
        error.into()
    }

    fn check_inputs(&self, layer: &Layer, inputs: &Arg) -> Infer<()> {
        let specs = layer.inner().state.borrow().input_spec.clone();
        let mut shapes = Vec::new();
        inputs.tensors(&mut |operand| shapes.push(operand.spec.shape.clone()));
        let pairs = specs.iter().zip(&shapes).enumerate();
        pairs.into_iter().try_for_each(|(at, (spec, shape))| {
            keras::check_input(Keras::Three, &layer.name(), at, spec, shape)
        })
    }

    /// Casts floats to the dtype that layers compute in.
    fn autocast(&mut self, inputs: Arg) -> Infer<Arg> {
        match &inputs {
            Arg::Tensor(x) if x.spec.dtype.is_some_and(|d| d.is_floating() && d != DType::Float32) => {
                let dtype = Arg::Str("float32".into());
                self.api("keras.ops.cast", &[inputs], &[("dtype", dtype)])
            }
            Arg::List(items) => {
                let items =
                    items.iter().map(|item| self.autocast(item.clone())).collect::<Infer<Vec<_>>>()?;
                Ok(Arg::List(items.into()))
            }
            _ => Ok(inputs),
        }
    }

    fn mask_of(&self, inputs: &Arg) -> Arg {
        let of = |arg: &Arg| match arg {
            Arg::Tensor(x) => x.node.and_then(|node| self.masks.get(&NodeId(node))).cloned(),
            _ => None,
        };
        match inputs {
            Arg::List(items) if items.iter().any(|item| of(item).is_some()) => {
                Arg::List(items.iter().map(|item| of(item).unwrap_or(Arg::None)).collect())
            }
            _ => of(inputs).unwrap_or(Arg::None),
        }
    }

    /// Takes the masks away from all tensors of a call.
    fn take_masks(&mut self, call: &CallArgs) {
        let given = std::iter::once(&call.inputs).chain(call.keywords.iter().map(|(_, arg)| arg));
        given.for_each(|arg| {
            arg.tensors(&mut |operand| {
                if let Some(node) = operand.node {
                    self.masks.remove(&NodeId(node));
                }
            });
        });
    }

    fn attach_mask(&mut self, outputs: &Arg, mask: &Arg) {
        match (outputs, mask) {
            (Arg::Tensor(x), Arg::Tensor(_)) => {
                self.masks.extend(x.node.map(|node| (NodeId(node), mask.clone())));
            }
            (Arg::List(items) | Arg::Tuple(items), Arg::List(masks) | Arg::Tuple(masks)) => {
                for (item, mask) in items.iter().zip(masks.iter()) {
                    self.attach_mask(item, mask);
                }
            }
            _ => {}
        }
    }
}

/// The tensors of a layer's first argument.
fn tensors(inputs: &Arg) -> Vec<Tensor> {
    let mut tensors = Vec::new();
    inputs.tensors(&mut |operand| tensors.push(Tensor(operand.clone())));
    tensors
}
