//! Losses: names, functions of both profiles in ops, reduction with weights and masks.

mod crossentropy;
mod functions;
mod names;
mod reduction;
mod segmentation;

use ops::{Arg, Infer, Keras};

use crate::config::{Bound, Config, shown, value_error};
use crate::{Named, Runner};

use crate::tools::{Tools, squeeze_for_loss, squeeze_or_expand};
pub(crate) use crossentropy::counted;
pub use names::LOSS_NAMES;
pub use reduction::{Weighting, match_dtype_and_rank, reduce};

/// A loss function and the class that wraps it.
#[derive(Debug)]
pub struct Loss {
    /// The function's public path.
    pub function: &'static str,
    /// The path of the class that wraps it.
    pub class: &'static str,
    /// Computes the losses, one for each sample; settings such as `from_logits` by name.
    compute: fn(&mut Tools<'_>, Arg, Arg, &Bound<'_>) -> Infer<Arg>,
    /// Where the behaviour was read.
    pub source: &'static str,
}

/// Every kind of loss.
static LOSSES: &[&[Loss]] = &[functions::LOSSES, crossentropy::LOSSES, segmentation::LOSSES];

/// Returns every loss.
pub fn losses() -> impl Iterator<Item = &'static Loss> {
    LOSSES.iter().copied().flatten()
}

/// Finds a loss by the path of its function or its class; `keras.metrics` has the functions as well.
pub fn find_loss(path: &str) -> Option<&'static Loss> {
    let name = path.strip_prefix("keras.metrics.").or(path.strip_prefix("keras.losses."))?;
    // The metric of this loss has a name of its own.
    let name = if name == "LogCoshError" { "LogCosh" } else { name };
    let named = |path: &str| path.rsplit('.').next() == Some(name);
    let metric = path.starts_with("keras.metrics.");
    losses().find(|l| named(l.function) || (!metric && named(l.class)))
}

/// What computes the losses of a batch.
#[derive(Clone, Copy, Debug)]
pub enum LossCall<'a> {
    /// A declared loss, by a string, its function or its class, with its settings.
    Known(&'static Loss, Bound<'a>),
    /// A function of the script given to `compile`.
    Function(&'a Arg),
    /// The `call` of a subclass of `keras.losses.Loss`.
    Method(&'a Arg),
}

impl Loss {
    /// Calls the function: `keras.losses.mean_squared_error(y_true, y_pred)`.
    ///
    /// # Errors
    /// What Keras raises.
    pub fn call(&self, runner: &mut dyn Runner, settings: &Bound<'_>) -> Infer<Arg> {
        self.compute(runner, settings.get("y_true"), settings.get("y_pred"), settings)
    }

    /// Computes the function of labels and predictions.
    ///
    /// # Errors
    /// What Keras raises.
    pub fn compute(
        &self,
        runner: &mut dyn Runner,
        y_true: Arg,
        y_pred: Arg,
        settings: &Bound<'_>,
    ) -> Infer<Arg> {
        (self.compute)(&mut Tools::new(runner), y_true, y_pred, settings)
    }
}

/// Calls a loss object: `loss(y_true, y_pred, sample_weight)`.
///
/// # Errors
/// What Keras raises.
pub fn call_loss(
    runner: &mut dyn Runner,
    loss: LossCall<'_>,
    y_true: Arg,
    y_pred: Arg,
    weighting: &Weighting,
) -> Infer<Arg> {
    let mut tools = Tools::new(runner);
    let (mut y_true, mut y_pred) = (y_true, y_pred);
    if tools.keras() == Keras::Three {
        y_pred = tools.convert_all(&y_pred, weighting.dtype)?;
        y_true = tools.convert_all(&y_true, weighting.dtype)?;
    }
    if !matches!(loss, LossCall::Method(_)) && matches!((&y_true, &y_pred), (Arg::Tensor(_), Arg::Tensor(_)))
    {
        (y_true, y_pred) = match tools.keras() {
            Keras::Two => squeeze_for_loss(&mut tools, y_true, y_pred)?,
            Keras::Three => squeeze_or_expand(&mut tools, y_true, y_pred)?,
        };
    }
    let mut weighting = weighting.clone();
    let values = match loss {
        LossCall::Known(loss, settings) => {
            let values = (loss.compute)(&mut tools, y_true.clone(), y_pred, &settings)?;
            if weighting.mask.is_none() {
                weighting.mask = crossentropy::counted(&mut tools, loss, y_true, &values, &settings)?;
            }
            values
        }
        LossCall::Function(f) | LossCall::Method(f) => {
            tools.runner().call(f, vec![y_true, y_pred], Vec::new())?
        }
    };
    reduce(runner, values, &weighting)
}

/// The string `"crossentropy"` and its short form, which Keras 3 resolves by the shapes of the data.
pub fn is_deferred(keras: Keras, name: &str) -> bool {
    keras == Keras::Three && matches!(&*name.to_lowercase(), "crossentropy" | "ce")
}

/// Finds the loss that a string means.
///
/// # Errors
/// Keras' `ValueError` for a name it does not know.
pub fn loss_named(keras: Keras, name: &str) -> Infer<Named> {
    LOSS_NAMES.find(keras, name)
}

pub(crate) static CONFIGS: &[Config] = &[
    config("keras.losses.Loss"),
    config("keras.losses.BinaryCrossentropy"),
    config("keras.losses.BinaryFocalCrossentropy"),
    config("keras.losses.CTC"),
    config("keras.losses.CategoricalCrossentropy"),
    config("keras.losses.CategoricalFocalCrossentropy"),
    config("keras.losses.CategoricalHinge"),
    Config { init: generalized, ..config("keras.losses.CategoricalGeneralizedCrossEntropy") },
    config("keras.losses.Circle"),
    config("keras.losses.CosineSimilarity"),
    config("keras.losses.Dice"),
    config("keras.losses.Hinge"),
    config("keras.losses.Huber"),
    config("keras.losses.KLDivergence"),
    config("keras.losses.LogCosh"),
    config("keras.losses.MeanAbsoluteError"),
    config("keras.losses.MeanAbsolutePercentageError"),
    config("keras.losses.MeanSquaredError"),
    config("keras.losses.MeanSquaredLogarithmicError"),
    config("keras.losses.Poisson"),
    config("keras.losses.SparseCategoricalCrossentropy"),
    config("keras.losses.SquaredHinge"),
    config("keras.losses.Tversky"),
];

const fn config(path: &'static str) -> Config {
    Config {
        path,
        init: check_common,
        source: "keras/src/losses/loss.py, tf_keras/src/utils/losses_utils.py",
    }
}

fn generalized(bound: &Bound<'_>) -> Infer<()> {
    if crate::config::number(&bound.get("q")).is_some_and(|q| q <= 0.0 || q >= 1.0) {
        return Err(value_error("q", "q must be in the interval (0, 1)"));
    }
    check_common(bound)
}

/// Checks a loss's reduction and, in Keras 2, which makes a scope of it, its name.
fn check_common(bound: &Bound<'_>) -> Infer<()> {
    check_reduction(bound)?;
    match bound.get("name") {
        name @ (Arg::Int(_) | Arg::Float(_) | Arg::Bool(_)) if !bound.keras3() => {
            let core = format!("'{}' object has no attribute 'strip'", crate::python::type_name(&name));
            Err(crate::config::refused(ops::Exc::AttributeError, "name", core))
        }
        _ => Ok(()),
    }
}

fn check_reduction(bound: &Bound<'_>) -> Infer<()> {
    let reduction = bound.get("reduction");
    let fits = match (&reduction, bound.keras) {
        (Arg::Str(s), Keras::Two) => matches!(&**s, "auto" | "none" | "sum" | "sum_over_batch_size"),
        (Arg::Str(s), Keras::Three) => {
            matches!(&**s, "sum_over_batch_size" | "sum" | "none" | "mean" | "mean_with_sample_weight")
        }
        (Arg::None, keras) => keras == Keras::Three,
        (Arg::Int(_) | Arg::Float(_) | Arg::Bool(_), _) => false,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    let text = shown(&reduction);
    Err(value_error(
        "reduction",
        match bound.keras {
            Keras::Two => format!(
                "Invalid Reduction Key: {text}. Expected keys are \"('auto', 'none', 'sum', 'sum_over_batch_size')\""
            ),
            Keras::Three => format!(
                "Invalid value for argument `reduction`. Expected one of {{'sum_over_batch_size', 'sum', None, 'none', 'mean', \
             'mean_with_sample_weight'}}. Received: reduction={text}"
            ),
        },
    ))
}
