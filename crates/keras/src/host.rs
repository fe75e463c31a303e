//! What a layer needs of the program that runs it.

use std::ops::Range;
use std::rc::Rc;

use ops::{Arg, Infer, Stop};
use tensor::{DType, Dim, Shape};

use crate::{InputSpec, Named, Runner};

/// The arguments of `add_weight`.
#[derive(Clone, Debug)]
pub struct WeightArgs {
    /// The weight's name, which is also the attribute it is kept under: `kernel`.
    pub name: Rc<str>,
    /// Its shape.
    pub shape: Vec<Dim>,
    /// Its dtype; the layer's variable dtype when not given.
    pub dtype: Option<DType>,
    /// The initializer as the constructor got it: a name, an object, `Arg::None` for the default.
    pub initializer: Arg,
    /// Whether it is trained.
    pub trainable: bool,
    /// The places on its last axis that are ones whatever the initializer makes: an LSTM's bias of the forget gate.
    pub ones: Option<Range<usize>>,
    /// The cell within the layer whose weight it is, where that is no layer of its own here.
    pub cell: Option<&'static str>,
}

impl WeightArgs {
    /// Makes the arguments of a trainable weight of the layer's dtype.
    pub fn new(name: &str, shape: impl IntoIterator<Item = Dim>, initializer: Arg) -> WeightArgs {
        let shape = shape.into_iter().collect();
        WeightArgs {
            name: name.into(),
            shape,
            dtype: None,
            initializer,
            trainable: true,
            ones: None,
            cell: None,
        }
    }
}

/// A layer instance, as its declaration sees it.
pub trait Host: Runner {
    /// The layer's name.
    fn name(&self) -> Rc<str>;

    /// Whether the script may have registered objects under names of its own (`custom_object_scope`,
    /// `get_custom_objects`, `register_keras_serializable`): then an unknown name may be known.
    fn has_custom_objects(&self) -> bool {
        false
    }

    /// Whether the layer is being built for one input that is not in a list: `Add()(x)`, not `Add()([x])`.
    fn single_input(&self) -> bool {
        false
    }

    /// Whether the layer is being called on a tensor that the framework knows no rank of: in Keras 2,
    /// `keras.Input(batch_shape=())`. A shape of unknown rank alone does not say whose ignorance it is.
    fn unknown_rank(&self) -> bool {
        false
    }

    /// Whether a tensor is such an input.
    fn rankless(&self, tensor: &Arg) -> bool {
        let _ = tensor;
        false
    }

    /// The dtype that the layer computes in (`float32` unless a policy says otherwise).
    fn compute_dtype(&self) -> DType;

    /// A constructor argument by its name in the recorded signature, defaults included; or what
    /// [`Host::set`] stored under that name.
    fn get(&self, name: &str) -> Arg;

    /// Stores a normalised argument or other state; it is also the attribute `layer.name`. Layers in it become
    /// sublayers.
    fn set(&mut self, name: &'static str, value: Arg);

    /// Returns the arguments of the call that the layer is built for, or whose output shape is asked: by name, or by
    /// place as `#1`, the inputs as `#0`. None are given to a `build` that the script calls itself.
    fn given(&self) -> Vec<(Rc<str>, Arg)>;

    /// Sets the input spec (`self.input_spec = InputSpec(...)`); one for each input.
    fn set_input_spec(&mut self, spec: Vec<InputSpec>);

    /// Makes a weight and returns its tensor.
    ///
    /// # Errors
    /// What Keras raises: an unknown dim in the shape, an unknown initializer.
    fn add_weight(&mut self, weight: WeightArgs) -> Infer<Arg>;

    /// The tensor of a weight made under this name, as `call` reads it: in the dtype that the layer computes in.
    /// Nothing where there is none.
    fn weight(&mut self, name: &str) -> Option<Arg>;

    /// What a script has put under a name among Keras 2's custom objects, which come before Keras' own; unknown where
    /// that is not followed.
    fn custom_object(&mut self, _name: &str) -> Option<Arg> {
        None
    }

    /// Applies an activation as the constructor got it: `None`, a name, or a callable.
    ///
    /// # Errors
    /// What Keras raises for an unknown name, and what the activation raises.
    fn activate(&mut self, activation: &Arg, x: Arg) -> Infer<Arg> {
        match activation {
            Arg::None | Arg::Missing => Ok(x),
            Arg::Str(name) if let Some(own) = self.custom_object(name) => {
                self.call(&own, vec![x], Vec::new())
            }
            Arg::Str(name) => match crate::activations::ACTIVATIONS.find(self.keras(), name)? {
                Named::Function(path) => self.api(path, &[x], &[]),
                Named::Class(path) => {
                    let layer = self.make_layer(path.rsplit('.').next().unwrap_or(path), Vec::new())?;
                    self.call(&layer, vec![x], Vec::new())
                }
                Named::Itself => Err(Stop::Unknown("an activation that is not modelled")),
            },
            callee => self.call(callee, vec![x], Vec::new()),
        }
    }

    /// Builds a sublayer for input shapes, as `self.layer.build(shape)` does, in its own name scope.
    ///
    /// # Errors
    /// What its `build` raises.
    fn build_sublayer(&mut self, layer: &Arg, shapes: &[Shape]) -> Infer<()>;

    /// Builds a wrapped layer, whose name Keras 2 leaves out of its weights': `time_distributed/kernel:0`.
    ///
    /// # Errors
    /// What its `build` raises.
    fn build_wrapped(&mut self, layer: &Arg, shapes: &[Shape]) -> Infer<()> {
        self.build_sublayer(layer, shapes)
    }

    /// Makes a layer of another declared class: `RNN`'s cells, `Bidirectional`'s copies.
    ///
    /// # Errors
    /// What its constructor raises.
    fn make_layer(&mut self, class: &str, keywords: Vec<(Rc<str>, Arg)>) -> Infer<Arg>;

    /// Makes a layer anew from the config of another: `type(layer).from_config(layer.get_config())`, with some
    /// arguments changed.
    ///
    /// # Errors
    /// What its constructor raises; `Stop::Unknown` for classes of the script that say nothing of their config.
    fn copy_layer(&mut self, layer: &Arg, changes: Vec<(Rc<str>, Arg)>) -> Infer<Arg>;

    /// Returns the name of an object's class if the object is a layer.
    fn layer_class(&self, object: &Arg) -> Option<Rc<str>>;

    /// Whether a layer's `call` has a parameter for a mask; nothing where that is not known.
    fn takes_mask(&mut self, layer: &Arg) -> Option<bool> {
        let _ = layer;
        None
    }

    /// Calls `layer.compute_output_shape(shape)`.
    ///
    /// # Errors
    /// What it raises; `Stop::Unknown` where the shape is not known.
    fn compute_output_shape(&mut self, layer: &Arg, shape: &Shape) -> Infer<Arg>;

    /// Tells whether a Python object has an attribute.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known.
    fn has_attr(&mut self, object: &Arg, name: &str) -> Infer<bool>;

    /// Reads an attribute of a Python object: `cell.units`.
    ///
    /// # Errors
    /// `Stop::Unknown` where it is not known; what Python raises where it does not exist.
    fn attr(&mut self, object: &Arg, name: &str) -> Infer<Arg>;

    /// Writes an argument as messages do, where it may be a layer or another object.
    fn shown(&mut self, object: &Arg) -> String {
        crate::config::shown(object)
    }

    /// Returns the mask attached to a tensor, or `Arg::None`.
    fn mask_of(&mut self, tensor: &Arg) -> Arg {
        let _ = tensor;
        Arg::None
    }

    /// Whether the layer's own weights are trained.
    fn is_trained(&self) -> bool {
        true
    }

    /// Whether a batch of its real size goes through a step that was traced for any size: only kernels refuse it.
    fn executing(&self) -> bool {
        false
    }

    /// A variable of the layer's own that is no weight, made at its first use and filled with zeros: a state.
    ///
    /// # Errors
    /// No numbers are computed.
    fn slot(&mut self, name: &str, sizes: &[i64]) -> Infer<Arg> {
        let _ = (name, sizes);
        Err(ops::Stop::Unknown("a state without numbers"))
    }

    /// Gives a variable another value.
    ///
    /// # Errors
    /// No numbers are computed, or the value is not known.
    fn assign(&mut self, variable: &Arg, value: &Arg) -> Infer<()> {
        let _ = (variable, value);
        Err(ops::Stop::Unknown("a variable without numbers"))
    }
}
