//! Constraints by name.
//!
//! source: keras/src/constraints/__init__.py, tf_keras/src/constraints.py

use crate::config::{Config, anything};
use crate::family::{Family, both, keras2, keras3};

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
