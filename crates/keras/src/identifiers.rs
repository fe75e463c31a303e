//! Names of activations, initializers, regularizers and constraints, and what Keras says of others.
//!
//! source: `get` in keras/src/{activations,initializers,regularizers,constraints}/__init__.py and
//! tf_keras/src/{activations,regularizers,constraints}.py, tf_keras/src/initializers/__init__.py

use ops::{Arg, Infer, Keras};

use crate::Host;
use crate::python::{text, type_error, value_error};

/// A family of names that stand for functions and objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Activation,
    Initializer,
    Regularizer,
    Constraint,
}

/// Activations of both profiles.
const ACTIVATIONS: &[&str] = &[
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
];

/// Activations of Keras 3 only.
const ACTIVATIONS3: &[&str] = &[
    "celu",
    "glu",
    "hard_shrink",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "log_sigmoid",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh_shrink",
    "threshold",
];

/// What else `tf_keras.activations.get` finds in its module: classes and helpers, which are callable too.
const ACTIVATIONS2: &[&str] = &[
    "ELU",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "Softmax",
    "ThresholdedReLU",
    "deserialize",
    "get",
    "keras_export",
    "serialize",
];

const INITIALIZERS: &[&str] = &[
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "one",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "uniform",
    "variance_scaling",
    "zero",
    "zeros",
];

const INITIALIZERS3: &[&str] =
    &["IdentityInitializer", "OrthogonalInitializer", "STFT", "STFTInitializer", "stft"];

const REGULARIZERS3: &[&str] = &["L1", "L1L2", "L2", "OrthogonalRegularizer", "l1", "l1l2", "l2"];

const CONSTRAINTS: &[&str] =
    &["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "max_norm", "min_max_norm", "non_neg", "unit_norm"];

const CONSTRAINTS2: &[&str] = &["RadialConstraint", "maxnorm", "nonneg", "radial_constraint", "unitnorm"];

/// The parameters that take such names, in the order in which constructors look at them.
const PARAMETERS: &[(&str, Kind)] = &[
    ("activation", Kind::Activation),
    ("recurrent_activation", Kind::Activation),
    ("kernel_initializer", Kind::Initializer),
    ("recurrent_initializer", Kind::Initializer),
    ("depthwise_initializer", Kind::Initializer),
    ("pointwise_initializer", Kind::Initializer),
    ("bias_initializer", Kind::Initializer),
    ("embeddings_initializer", Kind::Initializer),
    ("alpha_initializer", Kind::Initializer),
    ("beta_initializer", Kind::Initializer),
    ("gamma_initializer", Kind::Initializer),
    ("moving_mean_initializer", Kind::Initializer),
    ("moving_variance_initializer", Kind::Initializer),
    ("kernel_regularizer", Kind::Regularizer),
    ("recurrent_regularizer", Kind::Regularizer),
    ("depthwise_regularizer", Kind::Regularizer),
    ("pointwise_regularizer", Kind::Regularizer),
    ("bias_regularizer", Kind::Regularizer),
    ("activity_regularizer", Kind::Regularizer),
    ("embeddings_regularizer", Kind::Regularizer),
    ("alpha_regularizer", Kind::Regularizer),
    ("beta_regularizer", Kind::Regularizer),
    ("gamma_regularizer", Kind::Regularizer),
    ("kernel_constraint", Kind::Constraint),
    ("recurrent_constraint", Kind::Constraint),
    ("depthwise_constraint", Kind::Constraint),
    ("pointwise_constraint", Kind::Constraint),
    ("bias_constraint", Kind::Constraint),
    ("embeddings_constraint", Kind::Constraint),
    ("alpha_constraint", Kind::Constraint),
    ("beta_constraint", Kind::Constraint),
    ("gamma_constraint", Kind::Constraint),
];

/// Checks the activations, initializers, regularizers and constraints that a constructor was given.
///
/// # Errors
/// What Keras raises for a name it does not know and for a value that is neither name nor callable.
pub(crate) fn check(host: &dyn Host) -> Infer<()> {
    PARAMETERS.iter().try_for_each(|(param, kind)| check_one(host, param, *kind, &host.get(param)))
}

fn check_one(host: &dyn Host, param: &'static str, kind: Kind, value: &Arg) -> Infer<()> {
    let keras = host.keras();
    match value {
        Arg::Str(name) => {
            // A script may register names of its own; Keras 3 looks only initializers up among them.
            let custom = keras == Keras::Two || kind == Kind::Initializer;
            if known(keras, kind, name) || (custom && host.has_custom_objects()) {
                return Ok(());
            }
            value_error(param, unknown_name(keras, kind, name))
        }
        Arg::Bool(_) | Arg::Int(_) | Arg::Float(_) | Arg::Tuple(_) | Arg::List(_) => {
            let what = match (keras, kind) {
                (_, Kind::Activation) => "activation function",
                (_, Kind::Initializer) => "initializer",
                (_, Kind::Regularizer) => "regularizer",
                (Keras::Two, Kind::Constraint) => "constraint function",
                (Keras::Three, Kind::Constraint) => "constraint",
            };
            let problem = format!("Could not interpret {what} identifier: {}", text(value));
            match (keras, kind) {
                (Keras::Two, Kind::Activation) => type_error(param, problem),
                _ => value_error(param, problem),
            }
        }
        _ => Ok(()),
    }
}

fn known(keras: Keras, kind: Kind, name: &str) -> bool {
    let (both, own): (&[&str], &[&str]) = match (keras, kind) {
        (Keras::Two, Kind::Activation) => (ACTIVATIONS, ACTIVATIONS2),
        (Keras::Three, Kind::Activation) => (ACTIVATIONS, ACTIVATIONS3),
        // Keras 2 also knows each with `V2` behind it.
        (Keras::Two, Kind::Initializer) => {
            return INITIALIZERS.contains(&name.strip_suffix("V2").unwrap_or(name));
        }
        (Keras::Three, Kind::Initializer) => (INITIALIZERS, INITIALIZERS3),
        // Keras 2 leaves an unknown name as it is.
        (Keras::Two, Kind::Regularizer) => return true,
        (Keras::Three, Kind::Regularizer) => (&[], REGULARIZERS3),
        (Keras::Two, Kind::Constraint) => (CONSTRAINTS, CONSTRAINTS2),
        (Keras::Three, Kind::Constraint) => (CONSTRAINTS, &[]),
    };
    both.contains(&name) || own.contains(&name)
}

fn unknown_name(keras: Keras, kind: Kind, name: &str) -> String {
    let what = match kind {
        Kind::Activation if keras == Keras::Two => {
            return format!("Unknown activation function '{name}' cannot be deserialized.");
        }
        Kind::Activation => "activation function",
        Kind::Initializer => "initializer",
        Kind::Regularizer => "regularizer",
        Kind::Constraint => "constraint",
    };
    match keras {
        Keras::Two => format!(
            "Unknown {what}: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` and that this \
             object is included in the scope. See \
             https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details."
        ),
        Keras::Three => format!("Could not interpret {what} identifier: {name}"),
    }
}
