//! Constraints by name.
//!
//! source: keras/src/constraints/__init__.py, tf_keras/src/constraints.py

use ops::{Arg, Infer, Stop};

use crate::config::{Bound, Config, anything, number};
use crate::family::{Family, both, keras2, keras3};
use crate::runner::Runner;
use crate::tools::Tools;

/// Every constraint.
pub static CONSTRAINTS: Family = Family {
    noun: "constraint",
    identifier: ["constraint function", "constraint"],
    hands_on: false,
    rows: &[
        both("keras.constraints.Constraint", &["Constraint"]),
        keras3("keras.constraints.Constraint", &["constraint"]),
        both("keras.constraints.MaxNorm", &["max_norm", "MaxNorm"]),
        keras2("keras.constraints.MaxNorm", &["maxnorm"]),
        both("keras.constraints.MinMaxNorm", &["min_max_norm", "MinMaxNorm"]),
        both("keras.constraints.NonNeg", &["non_neg", "NonNeg"]),
        keras2("keras.constraints.NonNeg", &["nonneg"]),
        keras2("keras.constraints.RadialConstraint", &["radial_constraint", "RadialConstraint"]),
        both("keras.constraints.UnitNorm", &["unit_norm", "UnitNorm"]),
        keras2("keras.constraints.UnitNorm", &["unitnorm"]),
    ],
};

/// Constraints refuse nothing when they are made.
pub(crate) static CONFIGS: &[Config] = &[
    plain("keras.constraints.MaxNorm"),
    plain("keras.constraints.MinMaxNorm"),
    plain("keras.constraints.NonNeg"),
    plain("keras.constraints.RadialConstraint"),
    plain("keras.constraints.UnitNorm"),
];

const fn plain(path: &'static str) -> Config {
    Config { path, init: anything, source: "keras/src/constraints/constraints.py" }
}

/// Applies a constraint to a weight, by its public path and arguments.
///
/// # Errors
/// The constraint is not modelled, or an op answers so.
pub fn constrained(runner: &mut dyn Runner, path: &str, settings: &Bound<'_>, w: &Arg) -> Infer<Arg> {
    let mut t = Tools::new(runner);
    let given = |name: &str, default: f64| number(&settings.get(name)).unwrap_or(default);
    let norms = |t: &mut Tools<'_>| {
        let squares = t.square(w)?;
        let axis = match settings.get("axis") {
            Arg::Missing => Arg::Int(0),
            axis => axis,
        };
        let keywords = [("axis", axis), ("keepdims", Arg::Bool(true))];
        let sums = t.call(["tf.reduce_sum", "keras.ops.sum"], &[&squares], &keywords)?;
        t.sqrt(&sums)
    };
    let least = Arg::Float(1e-7);
    match path.strip_prefix("keras.constraints.").unwrap_or(path) {
        "NonNeg" if t.keras() == ops::Keras::Three => t.maximum(w, &Arg::Int(0)),
        "NonNeg" => {
            let least =
                t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[w, &Arg::Float(0.0)], &[])?;
            let kept = t.cast(&least, tensor::DType::Float32)?;
            t.mul(w, &kept)
        }
        "MaxNorm" => {
            let norms = norms(&mut t)?;
            let wanted = t.clip_to(&norms, 0.0, given("max_value", 2.0))?;
            let below = t.add(&least, &norms)?;
            let share = t.div(&wanted, &below)?;
            t.mul(w, &share)
        }
        "UnitNorm" => {
            let norms = norms(&mut t)?;
            let below = t.add(&least, &norms)?;
            t.div(w, &below)
        }
        "MinMaxNorm" => {
            let norms = norms(&mut t)?;
            let rate = given("rate", 1.0);
            let within = t.clip_to(&norms, given("min_value", 0.0), given("max_value", 1.0))?;
            let (a, b) = (t.mul(&Arg::Float(rate), &within)?, t.mul(&Arg::Float(1.0 - rate), &norms)?);
            let wanted = t.add(&a, &b)?;
            let below = t.add(&least, &norms)?;
            let share = t.div(&wanted, &below)?;
            t.mul(w, &share)
        }
        _ => Err(Stop::Unknown("a constraint that is not modelled")),
    }
}
