//! Regularizers and constraints of weights: which argument of a layer is about which weight, and what they compute.
//!
//! source: keras/src/layers/layer.py (`add_weight`), keras/src/trainers/trainer.py (`_compute_loss`),
//! keras/src/optimizers/base_optimizer.py (`apply`)

use std::rc::Rc;

use ops::{Arg, Infer, Keras, Stop};
use tensor::Dim;

use crate::constraints::{CONSTRAINTS, constrained};
use crate::regularizers::{REGULARIZERS, penalty_of};
use crate::{Bound, Named, Runner};

/// What may be attached to a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attached {
    /// Adds to the loss.
    Regularizer,
    /// Changes the weight after each step.
    Constraint,
}

impl Attached {
    /// Both, the regularizer first.
    pub const ALL: [Attached; 2] = [Attached::Regularizer, Attached::Constraint];

    /// The argument of `add_weight`, and the last word of a layer's: `kernel_regularizer`.
    pub fn word(self) -> &'static str {
        match self {
            Attached::Regularizer => "regularizer",
            Attached::Constraint => "constraint",
        }
    }

    /// Returns the argument that attaches something to a weight of this name; nothing where there is none.
    pub fn of<'a>(self, weight: &str, arguments: &'a [(Rc<str>, Arg)]) -> Option<&'a Arg> {
        let about = |argument: &str| {
            let prefix = argument.strip_suffix(self.word()).and_then(|prefix| prefix.strip_suffix('_'));
            prefix.is_some_and(|prefix| weight == weight_of(prefix))
        };
        arguments.iter().rev().find(|(name, _)| about(name)).map(|(_, arg)| arg).filter(|arg| !arg.is_none())
    }

    /// Computes what one of Keras' classes makes of a weight, by its public path and arguments: a penalty, or the
    /// weight's new value.
    ///
    /// # Errors
    /// The class is not modelled, or an op answers so.
    pub fn apply(self, runner: &mut dyn Runner, path: &str, settings: &Bound<'_>, x: &Arg) -> Infer<Arg> {
        match self {
            Attached::Regularizer => penalty_of(runner, path, settings, x),
            Attached::Constraint => constrained(runner, path, settings, x),
        }
    }

    /// Computes the same for a name, as `kernel_regularizer="l2"` gives it.
    ///
    /// # Errors
    /// What Keras raises for an unknown name; as [`Attached::apply`].
    pub fn apply_named(self, runner: &mut dyn Runner, name: &str, x: &Arg) -> Infer<Arg> {
        let keras = runner.keras();
        let (family, unknown) = match self {
            Attached::Regularizer => (&REGULARIZERS, "a regularizer that is not modelled"),
            Attached::Constraint => (&CONSTRAINTS, "a constraint that is not modelled"),
        };
        let Named::Class(path) = family.find(keras, name)? else { return Err(Stop::Unknown(unknown)) };
        // By its name alone a penalty has the default factor, a constraint its own.
        let factors = [("l1".into(), Arg::Float(0.01)), ("l2".into(), Arg::Float(0.01))];
        let args: &[(Rc<str>, Arg)] = if self == Attached::Regularizer { &factors } else { &[] };
        self.apply(runner, path, &Bound { keras, class: "", args }, x)
    }
}

/// What regularizes the outputs of a layer: its `activity_regularizer`. `ActivityRegularization` is nothing but one, and
/// its own arguments are those of `L1L2`.
#[derive(Clone, Copy, Debug)]
pub enum Activity<'a> {
    /// What the layer was given.
    Given(&'a Arg),
    /// `L1L2` with these arguments among others.
    Own(&'a [(Rc<str>, Arg)]),
}

impl<'a> Activity<'a> {
    /// The public path of the class whose arguments [`Activity::Own`] has.
    pub const OWN: &'static str = "keras.regularizers.L1L2";

    /// Returns what regularizes the outputs of a layer of this class with these arguments.
    pub fn of(class: &str, arguments: &'a [(Rc<str>, Arg)]) -> Option<Activity<'a>> {
        let given =
            arguments.iter().rev().find(|(name, arg)| &**name == "activity_regularizer" && !arg.is_none());
        match given {
            Some((_, given)) => Some(Activity::Given(given)),
            None => (class == "ActivityRegularization").then_some(Activity::Own(arguments)),
        }
    }
}

/// Divides what a regularizer makes of a layer's output by the number of samples in it.
///
/// # Errors
/// An op answers so.
///
/// source: keras/src/layers/layer.py, tf_keras/src/engine/base_layer.py: `_handle_activity_regularization`
pub fn mean_penalty(runner: &mut dyn Runner, penalty: Arg, output: &Arg) -> Infer<Arg> {
    let Arg::Tensor(operand) = output else { return Ok(penalty) };
    let scalar = operand.spec.shape.rank() == Some(0);
    if scalar && runner.keras() == Keras::Three {
        return Ok(penalty);
    }
    let rows =
        operand.spec.shape.dim(0).and_then(Dim::known).ok_or(Stop::Unknown("a batch of unknown size"))?;
    let divide = match runner.keras() {
        Keras::Two => "tf.divide",
        Keras::Three => "tf.math.divide_no_nan",
    };
    runner.api(divide, &[penalty, Arg::Float(rows as f64)], &[])
}

/// The weight that the first words of an argument mean: `depthwise_regularizer` is about `depthwise_kernel`.
fn weight_of(prefix: &str) -> &str {
    match prefix {
        "recurrent" => "recurrent_kernel",
        "depthwise" => "depthwise_kernel",
        "pointwise" => "pointwise_kernel",
        prefix => prefix,
    }
}
