//! The declaration of a layer.

use std::rc::Rc;

use ops::{Arg, Infer};
use tensor::Shape;

use crate::Host;

/// What Keras 3 says in place of whatever the function of a `Lambda` raises while its output's shape is inferred.
///
/// source: keras/src/layers/core/lambda_layer.py, `compute_output_shape`
pub const LAMBDA_NOT_INFERRED: &str = "We could not automatically infer the shape of the Lambda's output. Please \
                                       specify the `output_shape` argument for this Lambda layer.";

/// The arguments of a layer's `call`.
#[derive(Clone, Debug)]
pub struct CallArgs {
    /// The first argument: a tensor, or a list, tuple or dict of them.
    pub inputs: Arg,
    /// Further arguments by name: `query`, `initial_state`.
    pub keywords: Vec<(Rc<str>, Arg)>,
    /// Whether the call is for training; nothing where it is not known.
    pub training: Option<bool>,
    /// The mask, or `Arg::None`.
    pub mask: Arg,
}

/// What a layer does with the mask of its input.
#[derive(Clone, Copy, Debug)]
pub enum Mask {
    /// It drops it (`supports_masking = False`).
    Drops,
    /// It hands it on.
    Keeps,
    /// It hands it on, and in Keras 3 takes it away from all tensors that it is called on, unless they are symbolic:
    /// layers that get the same tensors later see no mask.
    Takes,
    /// It makes one: from the inputs and their masks.
    Computes(fn(&mut dyn Host, &CallArgs) -> Infer<Arg>),
}

/// The generators of random numbers that a layer of Keras 3 has itself, whose states are among its variables.
#[derive(Clone, Copy, Debug)]
pub enum Seeds {
    /// It draws nothing.
    None,
    /// It has one.
    One,
    /// It has one where the argument of this name is above zero.
    Above(&'static str),
    /// It has some, whose number is not told here.
    Some,
    /// The same, where the argument of this name is above zero.
    SomeAbove(&'static str),
}

/// A weight that Keras 3's `enable_lora` gives a low-rank adapter.
#[derive(Clone, Copy, Debug)]
pub struct Adapted {
    /// The weight's name.
    pub weight: &'static str,
    /// The argument that names its constraint, with which there is no adapter.
    pub constraint: &'static str,
    /// The names of the two small weights.
    pub parts: [&'static str; 2],
}

impl Adapted {
    /// The adapter of a `kernel`.
    pub(crate) const KERNEL: Adapted = Adapted {
        weight: "kernel",
        constraint: "kernel_constraint",
        parts: ["lora_kernel_a", "lora_kernel_b"],
    };
}

/// What a `compute_output_shape` is.
pub type OutputShape = fn(&mut dyn Host, &Arg) -> Infer<Arg>;

/// A layer class: everything known about it.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// The class's name, the same in both profiles: `Dense`.
    pub name: &'static str,
    /// Checks and normalises the constructor's arguments, sets the input spec, makes sublayers.
    pub init: fn(&mut dyn Host) -> Infer<()>,
    /// Makes the weights for the inputs' shapes.
    pub build: fn(&mut dyn Host, &[Shape]) -> Infer<()>,
    /// Computes the outputs, in ops.
    pub call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    /// Keras 3's `compute_output_shape`, where the class defines one: then a symbolic call does not run
    /// `call`. It gets the inputs as in `call` and gives a tuple of ints and dims, or several in a list; a
    /// tensor where the class's `compute_output_spec` says the dtype too (`Flatten` keeps its input's).
    pub output_shape: Option<OutputShape>,
    /// What becomes of a mask.
    pub mask: Mask,
    /// Its generators of random numbers.
    pub seeds: Seeds,
    /// The weight that may have an adapter.
    pub adapted: Option<Adapted>,
    /// Where the behaviour was read.
    pub source: &'static str,
}

impl Layer {
    /// A layer that checks nothing, has no weights, returns its input and drops its mask: what the rows of a
    /// family start from.
    pub(crate) const BASE: Layer = Layer {
        name: "",
        init: no_init,
        build: no_build,
        call: identity,
        output_shape: None,
        mask: Mask::Drops,
        seeds: Seeds::None,
        adapted: None,
        source: "",
    };
}

/// A constructor that checks nothing.
pub(crate) fn no_init(_: &mut dyn Host) -> Infer<()> {
    Ok(())
}

/// A layer without weights.
pub(crate) fn no_build(_: &mut dyn Host, _: &[Shape]) -> Infer<()> {
    Ok(())
}

/// A layer that returns its input.
pub(crate) fn identity(_: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    Ok(args.inputs.clone())
}

/// `return input_shape`: a layer that keeps the shape, or the shapes of several inputs, in a list or a dict.
pub(crate) fn same_shape(_: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    fn of(inputs: &Arg) -> Infer<Arg> {
        if let Some(items) = inputs.items() {
            return Ok(Arg::List(items.iter().map(of).collect::<Infer<Vec<_>>>()?.into()));
        }
        let Arg::Dict(parts) = inputs else {
            return Ok(crate::dims::tuple(crate::dims::of_input(inputs)?));
        };
        let each = parts.iter().map(|(name, part)| Ok((name.clone(), of(part)?)));
        Ok(Arg::Dict(each.collect::<Infer<Vec<_>>>()?.into()))
    }
    of(inputs)
}
