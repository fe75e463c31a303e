//! Checks of the activations, initializers, regularizers and constraints that constructors take.

use ops::{Arg, Infer, Keras};

use crate::activations::ACTIVATIONS;
use crate::constraints::CONSTRAINTS;
use crate::family::Family;
use crate::initializers::INITIALIZERS;
use crate::python::text;
use crate::regularizers::REGULARIZERS;
use crate::{Host, Named};

/// The parameters that take such an object, in the order in which constructors look at them.
const PARAMETERS: &[(&str, &Family)] = &[
    ("activation", &ACTIVATIONS),
    ("recurrent_activation", &ACTIVATIONS),
    ("kernel_initializer", &INITIALIZERS),
    ("recurrent_initializer", &INITIALIZERS),
    ("depthwise_initializer", &INITIALIZERS),
    ("pointwise_initializer", &INITIALIZERS),
    ("bias_initializer", &INITIALIZERS),
    ("embeddings_initializer", &INITIALIZERS),
    ("alpha_initializer", &INITIALIZERS),
    ("beta_initializer", &INITIALIZERS),
    ("gamma_initializer", &INITIALIZERS),
    ("moving_mean_initializer", &INITIALIZERS),
    ("moving_variance_initializer", &INITIALIZERS),
    ("kernel_regularizer", &REGULARIZERS),
    ("recurrent_regularizer", &REGULARIZERS),
    ("depthwise_regularizer", &REGULARIZERS),
    ("pointwise_regularizer", &REGULARIZERS),
    ("bias_regularizer", &REGULARIZERS),
    ("activity_regularizer", &REGULARIZERS),
    ("embeddings_regularizer", &REGULARIZERS),
    ("alpha_regularizer", &REGULARIZERS),
    ("beta_regularizer", &REGULARIZERS),
    ("gamma_regularizer", &REGULARIZERS),
    ("kernel_constraint", &CONSTRAINTS),
    ("recurrent_constraint", &CONSTRAINTS),
    ("depthwise_constraint", &CONSTRAINTS),
    ("pointwise_constraint", &CONSTRAINTS),
    ("bias_constraint", &CONSTRAINTS),
    ("embeddings_constraint", &CONSTRAINTS),
    ("alpha_constraint", &CONSTRAINTS),
    ("beta_constraint", &CONSTRAINTS),
    ("gamma_constraint", &CONSTRAINTS),
];

/// Returns the kind of object that a constructor's argument of a name is.
pub fn family_of_argument(param: &str) -> Option<&'static Family> {
    PARAMETERS.iter().find(|(name, _)| *name == param).map(|(_, family)| *family)
}

/// Checks the activations, initializers, regularizers and constraints that a constructor was given. A layer that is an
/// activation is an attribute, so that its weights are among those of the layer that applies it.
///
/// # Errors
/// What Keras raises for a name it does not know and for a value that is neither name nor callable.
pub(crate) fn check(host: &mut dyn Host) -> Infer<()> {
    for (param, family) in PARAMETERS {
        let value = host.get(param);
        check_one(host, family, &value)?;
        if family.noun == ACTIVATIONS.noun && host.layer_class(&value).is_some() {
            host.set(param, value);
        }
    }
    Ok(())
}

fn check_one(host: &dyn Host, family: &Family, value: &Arg) -> Infer<()> {
    let keras = host.keras();
    match value {
        Arg::Str(name) => {
            // A script may register names of its own; Keras 3 looks only initializers up among them.
            let custom = keras == Keras::Two || family.noun == INITIALIZERS.noun;
            match family.find(keras, name) {
                Err(_) if custom && host.has_custom_objects() => Ok(()),
                found => found.map(|_: Named| ()),
            }
        }
        Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_) => {
            Err(family.uninterpretable(keras, &text(value)))
        }
        _ => Ok(()),
    }
}
