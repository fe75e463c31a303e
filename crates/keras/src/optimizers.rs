//! Optimizers and learning rate schedules: their names and the arguments they refuse.
//!
//! source: keras/src/optimizers/base_optimizer.py, tf_keras/src/optimizers/optimizer.py

mod apply;
mod gradient;
mod kept;
mod misfit;
mod rules;
mod schedules;

use ops::{Arg, Exc, Infer, Keras, Stop};

use crate::config::{Bound, Config, number, refused, shown, shown_repr, value_error};
use crate::family::{Family, Named, both, keras3};

pub use apply::{Updates, apply, apply_where, decay_alone, update_alone};
pub use kept::{Kept, KeptSlot, kept, kept_slots};
pub use misfit::check_gradient;
pub use schedules::scheduled;

/// Every optimizer. Strings are compared in lower case: use [`optimizer_named`].
pub static OPTIMIZERS: Family = Family {
    noun: "optimizer",
    identifier: ["optimizer", "optimizer"],
    hands_on: false,
    rows: &[
        both("keras.optimizers.Adadelta", &["adadelta"]),
        both("keras.optimizers.Adagrad", &["adagrad"]),
        both("keras.optimizers.Adam", &["adam"]),
        both("keras.optimizers.AdamW", &["adamw"]),
        both("keras.optimizers.Adamax", &["adamax"]),
        both("keras.optimizers.Ftrl", &["ftrl"]),
        both("keras.optimizers.Nadam", &["nadam"]),
        both("keras.optimizers.RMSprop", &["rmsprop"]),
        both("keras.optimizers.SGD", &["sgd"]),
        keras3("keras.optimizers.Adafactor", &["adafactor"]),
        keras3("keras.optimizers.Lion", &["lion"]),
        keras3("keras.optimizers.Muon", &["muon"]),
        keras3("keras.optimizers.ScheduleFreeAdamW", &["schedulefreeadamw"]),
    ],
};

/// Finds the optimizer that a string means.
///
/// # Errors
/// Keras' `ValueError` for a name it does not know.
pub fn optimizer_named(keras: Keras, name: &str) -> Result<Named, Stop> {
    let lower = name.to_lowercase();
    if matches!(&*lower, "optimizer" | "lossscaleoptimizer" | "multioptimizer" | "optimizermap") {
        return Err(Stop::Unknown("an optimizer that needs arguments"));
    }
    let known = OPTIMIZERS.rows.iter().any(|row| row.names.contains(&&*lower));
    OPTIMIZERS.find(keras, if known { &lower } else { name })
}

/// What Keras 3's `Optimizer(*args, **kwargs)` hands everything to: `BaseOptimizer.__init__`
/// (`keras/src/optimizers/base_optimizer.py`).
pub const BASE: &str = "(learning_rate, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None, \
                        use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None, \
                        gradient_accumulation_steps=None, name=None, **kwargs)";

pub(crate) static CONFIGS: &[Config] = &[
    optimizer("keras.optimizers.Adadelta", common),
    optimizer("keras.optimizers.Adagrad", common),
    optimizer("keras.optimizers.Adam", common),
    optimizer("keras.optimizers.AdamW", adamw),
    optimizer("keras.optimizers.Adamax", common),
    optimizer("keras.optimizers.Adafactor", common),
    optimizer("keras.optimizers.Ftrl", ftrl),
    optimizer("keras.optimizers.Lion", lion),
    optimizer("keras.optimizers.Muon", common),
    optimizer("keras.optimizers.LossScaleOptimizer", scaled),
    optimizer("keras.optimizers.Nadam", common),
    optimizer("keras.optimizers.Optimizer", common),
    optimizer("keras.optimizers.RMSprop", common),
    optimizer("keras.optimizers.ScheduleFreeAdamW", common),
    optimizer("keras.optimizers.SGD", sgd),
    optimizer("keras.optimizers.legacy.Adadelta", legacy),
    optimizer("keras.optimizers.legacy.Adagrad", legacy),
    optimizer("keras.optimizers.legacy.Adam", legacy),
    optimizer("keras.optimizers.legacy.Adamax", legacy),
    optimizer("keras.optimizers.legacy.Ftrl", legacy),
    optimizer("keras.optimizers.legacy.Nadam", legacy),
    optimizer("keras.optimizers.legacy.RMSprop", legacy_momentum),
    optimizer("keras.optimizers.legacy.SGD", legacy_momentum),
    schedule("keras.optimizers.schedules.ExponentialDecay", decay_steps),
    schedule("keras.optimizers.schedules.PolynomialDecay", decay_steps),
    schedule("keras.optimizers.schedules.InverseTimeDecay", decay_steps),
    schedule("keras.optimizers.schedules.CosineDecay", decay_steps),
    schedule("keras.optimizers.schedules.CosineDecayRestarts", decay_steps),
    schedule("keras.optimizers.schedules.PiecewiseConstantDecay", piecewise),
];

const fn optimizer(path: &'static str, init: fn(&Bound<'_>) -> Infer<()>) -> Config {
    let source = "keras/src/optimizers/base_optimizer.py, tf_keras/src/optimizers/optimizer.py";
    Config { path, init, source }
}

const fn schedule(path: &'static str, init: fn(&Bound<'_>) -> Infer<()>) -> Config {
    Config { path, init, source: "keras/src/optimizers/schedules/learning_rate_schedule.py" }
}

/// What every other optimizer of Keras 3 takes, which one that scales losses takes only as it is by default.
const INNER: [(&str, Arg); 9] = [
    ("weight_decay", Arg::None),
    ("clipnorm", Arg::None),
    ("global_clipnorm", Arg::None),
    ("clipvalue", Arg::None),
    ("use_ema", Arg::Bool(false)),
    ("ema_momentum", Arg::Float(0.99)),
    ("ema_overwrite_frequency", Arg::None),
    ("loss_scale_factor", Arg::None),
    ("gradient_accumulation_steps", Arg::None),
];

/// Keras 3 asks the optimizer inside for its scale; a name is not looked up.
///
/// source: keras/src/optimizers/loss_scale_optimizer.py
fn scaled(bound: &Bound<'_>) -> Infer<()> {
    let mut extra = bound.extra();
    if bound.keras3() {
        if extra.iter().any(|(name, given)| &**name == "dynamic" && *given == Arg::Bool(false)) {
            let text = "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set \
                        `loss_scale_factor` directly on the `inner_optimizer`.";
            return Err(value_error("dynamic", text));
        }
        for (inner, default) in INNER {
            let given = extra.iter().find(|(name, _)| &**name == inner).map(|(_, given)| given);
            if given.is_some_and(|given| *given != default && !matches!(given, Arg::Unknown)) {
                let text = format!(
                    "LossScaleOptimizer does not support `{inner}`. Instead, set `{inner}` on the `inner_optimizer`."
                );
                return Err(value_error("kwargs", text));
            }
        }
        extra.retain(|(name, _)| &**name != "dynamic" && INNER.iter().all(|(inner, _)| **name != **inner));
        if !extra.is_empty() {
            let names: Vec<&str> = extra.iter().map(|(name, _)| &**name).collect();
            let text = format!("LossScaleOptimizer does not support arguments: `{}`.", names.join("`, `"));
            return Err(value_error("kwargs", text));
        }
    }
    match bound.get("inner_optimizer") {
        given @ (Arg::Str(_) | Arg::Int(_) | Arg::Float(_) | Arg::None | Arg::List(_) | Arg::Tuple(_))
            if bound.keras3() =>
        {
            let kind = crate::python::type_name(&given);
            let core = format!("'{kind}' object has no attribute 'loss_scale_factor'");
            Err(refused(Exc::AttributeError, "inner_optimizer", core))
        }
        _ => Ok(()),
    }
}

/// What every optimizer checks.
fn common(bound: &Bound<'_>) -> Infer<()> {
    match bound.keras {
        Keras::Two => common2(bound),
        Keras::Three => common3(bound),
    }
}

fn common3(bound: &Bound<'_>) -> Infer<()> {
    let extra: Vec<_> = bound.extra().into_iter().filter(|(name, _)| &**name != "decay").collect();
    if !extra.is_empty() {
        let core = format!("Argument(s) not recognized: {}", shown_repr(&Arg::Dict(extra.into())));
        return Err(value_error("kwargs", core));
    }
    let name = bound.get("name");
    if matches!(name, Arg::Int(_) | Arg::Float(_) | Arg::Bool(_))
        || matches!(&name, Arg::Str(s) if s.contains('/'))
    {
        let text = "Argument `name` must be a string and cannot contain character `/`.";
        return Err(value_error("name", format!("{text} Received: name={}", shown(&name))));
    }
    let steps = bound.get("gradient_accumulation_steps");
    if number(&steps).is_some_and(|n| n != 0.0 && n < 2.0) {
        let text = shown(&steps);
        return Err(value_error(
            "gradient_accumulation_steps",
            format!(
                "`gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps={text}"
            ),
        ));
    }
    moving_average(bound)?;
    let clips = ["clipnorm", "clipvalue", "global_clipnorm"].map(|name| (name, bound.get(name)));
    let known = clips.iter().all(|(_, a)| !matches!(a, Arg::Unknown));
    if known && clips.iter().filter(|(_, a)| !a.is_none()).count() > 1 {
        let given: Vec<String> = clips.iter().map(|(n, a)| format!("{n}={}", shown(a))).collect();
        let text = "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set.";
        return Err(value_error("clipnorm", format!("{text} Received: {}", given.join(", "))));
    }
    learning_rate(bound)
}

/// Keras 3 takes a float, a schedule or a callable: `Adam(1)` and `Adam(np.float32(0.1))` fail.
fn learning_rate(bound: &Bound<'_>) -> Infer<()> {
    let rate = bound.get("learning_rate");
    let refuses = match &rate {
        Arg::Int(_) | Arg::Bool(_) | Arg::Str(_) | Arg::None | Arg::Tuple(_) | Arg::List(_) => true,
        Arg::Number(dtype) => !dtype.is_floating(),
        // NumPy's float64 is a float.
        Arg::Tensor(t) => t.kind != ops::TensorKind::Numpy || t.spec.dtype == Some(tensor::DType::Float32),
        _ => false,
    };
    if refuses {
        return Err(value_error(
            "learning_rate",
            format!(
                "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a callable (that takes \
             in the current iteration value and returns the corresponding learning rate value). Received instead: \
             learning_rate={}",
                shown(&rate)
            ),
        ));
    }
    Ok(())
}

fn common2(bound: &Bound<'_>) -> Infer<()> {
    moving_average(bound)?;
    let (norm, global) = (bound.get("clipnorm"), bound.get("global_clipnorm"));
    let set = |a: &Arg| !a.is_none() && *a != Arg::Unknown;
    if set(&norm) && set(&global) {
        let given = format!("clipnorm={}, global_clipnorm={}", shown(&norm), shown(&global));
        let text = "At most one of `clipnorm` and `global_clipnorm` can be set.";
        return Err(value_error("clipnorm", format!("{text} Received: {given}.")));
    }
    for (name, _) in bound.extra() {
        match &*name {
            // `Adam(lr=0.1)` only logs a warning, and trains with the default rate.
            "lr" | "is_legacy_optimizer" | "mesh" => {}
            "decay" | "gradient_aggregator" | "gradient_transformers" => {
                let class = bound.class;
                return Err(value_error(
                    "kwargs",
                    format!(
                        "{name} is deprecated in the new TF-Keras optimizer, please check the docstring for valid arguments, \
                     or use the legacy optimizer, e.g., tf.keras.optimizers.legacy.{class}."
                    ),
                ));
            }
            _ => {
                let text = format!(
                    "{name} is not a valid argument, kwargs should be empty  for `optimizer_experimental.Optimizer`."
                );
                return Err(refused(Exc::TypeError, "kwargs", text));
            }
        }
    }
    let initial = "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a \
                   `variable_def`. You provided neither.";
    match bound.get("learning_rate") {
        Arg::None => Err(value_error("learning_rate", initial)),
        Arg::Str(s) => {
            let text = format!("Cannot convert '{s}' to EagerTensor of dtype float");
            Err(refused(Exc::TypeError, "learning_rate", text))
        }
        _ => Ok(()),
    }
}

/// Keras 2's optimizers of before 2.11 take a few keywords, all of which are at least 0.
///
/// source: tf_keras/src/optimizers/legacy/optimizer_v2.py: OptimizerV2.__init__
fn legacy(bound: &Bound<'_>) -> Infer<()> {
    for (name, value) in bound.extra() {
        if !matches!(&*name, "clipnorm" | "clipvalue" | "lr" | "decay" | "global_clipnorm") {
            let text = format!(
                "Unexpected keyword argument passed to optimizer: {name}. Allowed kwargs are {{'clipnorm', 'clipvalue', 'lr', \
                 'decay', 'global_clipnorm'}}."
            );
            return Err(refused(Exc::TypeError, "kwargs", text));
        }
        if number(&value).is_some_and(|v| v < 0.0) {
            return Err(value_error("kwargs", format!("Expected {name} >= 0, received: {}", shown(&value))));
        }
    }
    Ok(())
}

fn legacy_momentum(bound: &Bound<'_>) -> Infer<()> {
    legacy(bound)?;
    let momentum = bound.get("momentum");
    if number(&momentum).is_none_or(|m| (0.0..=1.0).contains(&m)) {
        return Ok(());
    }
    let core = match bound.class {
        "SGD" => format!(
            "`momentum` must be between [0, 1]. Received: momentum={} (of type <class '{}'>).",
            shown(&momentum),
            crate::python::type_name(&momentum)
        ),
        _ => format!("`momentum` must be between [0, 1]. Received: {}", shown(&momentum)),
    };
    Err(value_error("momentum", core))
}

fn moving_average(bound: &Bound<'_>) -> Infer<()> {
    if bound.get("use_ema") != Arg::Bool(true) {
        return Ok(());
    }
    let momentum = bound.get("ema_momentum");
    if number(&momentum).is_some_and(|m| !(0.0..=1.0).contains(&m)) {
        let text = "`ema_momentum` must be in the range [0, 1].";
        return Err(value_error(
            "ema_momentum",
            format!("{text} Received: ema_momentum={}", shown(&momentum)),
        ));
    }
    let every = bound.get("ema_overwrite_frequency");
    let refuses = match &every {
        Arg::Int(n) => *n < 0,
        Arg::Float(x) => *x != 0.0,
        _ => false,
    };
    if refuses {
        let least = if bound.keras3() { ">= 1" } else { "> 1" };
        return Err(value_error(
            "ema_overwrite_frequency",
            format!(
                "`ema_overwrite_frequency` must be an integer {least} or None. Received: ema_overwrite_frequency={}",
                shown(&every)
            ),
        ));
    }
    Ok(())
}

fn adamw(bound: &Bound<'_>) -> Infer<()> {
    common(bound)?;
    if bound.get("weight_decay") != Arg::None {
        return Ok(());
    }
    Err(value_error(
        "weight_decay",
        match bound.keras {
            Keras::Two => "Missing value of `weight_decay` which is required and must be a float value.",
            Keras::Three => "Argument `weight_decay` must be a float. Received: weight_decay=None",
        },
    ))
}

fn sgd(bound: &Bound<'_>) -> Infer<()> {
    common(bound)?;
    let momentum = bound.get("momentum");
    let outside = number(&momentum).is_some_and(|m| !(0.0..=1.0).contains(&m));
    match bound.keras {
        Keras::Two if outside => Err(value_error("momentum", "`momentum` must be between [0, 1].")),
        // `SGD(momentum=1)` is an int.
        Keras::Three
            if outside || matches!(momentum, Arg::Int(_) | Arg::Bool(_) | Arg::Str(_) | Arg::None) =>
        {
            Err(value_error("momentum", "`momentum` must be a float between [0, 1]."))
        }
        _ => Ok(()),
    }
}

fn ftrl(bound: &Bound<'_>) -> Infer<()> {
    if bound.keras3() {
        common(bound)?;
    }
    for (name, wanted, sign) in [
        ("initial_accumulator_value", "positive", 1.0),
        ("learning_rate_power", "negative", -1.0),
        ("l1_regularization_strength", "positive", 1.0),
        ("l2_regularization_strength", "positive", 1.0),
        ("l2_shrinkage_regularization_strength", "positive", 1.0),
    ] {
        let value = bound.get(name);
        if number(&value).is_some_and(|v| v * sign < 0.0) {
            let core = format!("`{name}` needs to be {wanted} or zero. Received: {name}={}.", shown(&value));
            return Err(value_error(name, core));
        }
    }
    if bound.keras3() { Ok(()) } else { common(bound) }
}

fn lion(bound: &Bound<'_>) -> Infer<()> {
    common(bound)?;
    let beta = bound.get("beta_1");
    if number(&beta).is_some_and(|b| b <= 0.0 || b > 1.0) {
        let (shown, otherwise) = (shown(&beta), "Otherwise, the optimizer degenerates to SignSGD.");
        return Err(value_error(
            "beta_1",
            match bound.keras {
                Keras::Two => format!("`beta_1`={shown} must be between ]0, 1]. {otherwise}"),
                Keras::Three => format!(
                    "Argument `beta_1` must be in the [0, 1] range. {otherwise} Received: beta_1={shown}."
                ),
            },
        ));
    }
    Ok(())
}

/// Only Keras 3 checks that the steps are positive.
fn decay_steps(bound: &Bound<'_>) -> Infer<()> {
    for name in ["decay_steps", "first_decay_steps"] {
        let steps = bound.get(name);
        if bound.keras3() && number(&steps).is_some_and(|n| n <= 0.0) {
            let core = format!("Argument `{name}` must be > 0. Received: {name}={}", shown(&steps));
            return Err(value_error(name, core));
        }
    }
    Ok(())
}

fn piecewise(bound: &Bound<'_>) -> Infer<()> {
    let (boundaries, values) = (bound.get("boundaries"), bound.get("values"));
    let (Some(b), Some(v)) = (boundaries.items(), values.items()) else { return Ok(()) };
    if b.len() + 1 == v.len() {
        return Ok(());
    }
    Err(value_error(
        "boundaries",
        format!(
            "The length of boundaries should be 1 less than the length of values. Received: boundaries={} of length {}, and \
         values={} of length {}.",
            shown(&boundaries),
            b.len(),
            shown(&values),
            v.len()
        ),
    ))
}
