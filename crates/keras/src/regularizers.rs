//! Regularizers by name.
//!
//! source: keras/src/regularizers/__init__.py, tf_keras/src/regularizers.py

use ops::{Arg, Exc, Infer, Keras};

use crate::config::{Bound, Config, number, refused, shown, shown_repr, value_error};
use crate::family::{Family, both, keras2, keras3};
use crate::runner::Runner;
use crate::tools::{Tools, shape_of};

/// Every regularizer. Keras 2 looks in the module's globals.
pub static REGULARIZERS: Family = Family {
    noun: "regularizer",
    identifier: ["regularizer", "regularizer"],
    hands_on: true,
    rows: &[
        both("keras.regularizers.L1", &["L1", "l1"]),
        keras2("keras.regularizers.l1_l2", &["l1_l2"]),
        keras3("keras.regularizers.L1L2", &["l1l2"]),
        both("keras.regularizers.L1L2", &["L1L2"]),
        both("keras.regularizers.L2", &["l2", "L2"]),
        both(
            "keras.regularizers.OrthogonalRegularizer",
            &["orthogonal_regularizer", "OrthogonalRegularizer"],
        ),
        both("keras.regularizers.Regularizer", &["Regularizer"]),
        keras3("keras.regularizers.Regularizer", &["regularizer"]),
    ],
};

pub(crate) static CONFIGS: &[Config] = &[
    penalty("keras.regularizers.L1"),
    penalty("keras.regularizers.L2"),
    penalty("keras.regularizers.L1L2"),
    Config { path: "keras.regularizers.OrthogonalRegularizer", init: orthogonal, source: SOURCE },
];

const SOURCE: &str = "keras/src/regularizers/regularizers.py, tf_keras/src/regularizers.py";

const fn penalty(path: &'static str) -> Config {
    Config { path, init: penalties, source: SOURCE }
}

/// Checks the penalties that a regularizer is made of.
///
/// # Errors
/// Keras' `ValueError` for what is no penalty.
pub(crate) fn penalties(bound: &Bound<'_>) -> Infer<()> {
    // Keras 2's `L1` and `L2` go by `l` as well.
    let short = !bound.class.eq_ignore_ascii_case("L1L2");
    let strange: Vec<_> = bound.extra().into_iter().filter(|(name, _)| !short || &**name != "l").collect();
    if !bound.keras3() && !strange.is_empty() {
        let text = format!("Argument(s) not recognized: {}", shown_repr(&Arg::Dict(strange.into())));
        return Err(refused(Exc::TypeError, "kwargs", text));
    }
    for name in ["l1", "l2"] {
        check_amount(bound.keras, name, &amount(bound, name))?;
    }
    Ok(())
}

/// Checks one number: `validate_float_arg`, `_check_penalty_number`.
fn check_amount(keras: Keras, name: &'static str, arg: &Arg) -> Infer<()> {
    let text = shown(arg);
    let value = match arg {
        Arg::Float(_) | Arg::Int(_) | Arg::Bool(_) => number(arg),
        Arg::None | Arg::Missing | Arg::Unknown | Arg::Number(_) | Arg::Dim(_) => return Ok(()),
        // NumPy's float64 is a float, its float32 is not.
        Arg::Tensor(t) if t.spec.dtype != Some(tensor::DType::Float32) => return Ok(()),
        _ => None,
    };
    let core = match (keras, value) {
        (Keras::Three, value) if value.is_none_or(|v| !v.is_finite() || v < 0.0) => {
            format!(
                "Invalid value for argument {name}: expected a non-negative float.Received: {name}={text}"
            )
        }
        (Keras::Two, None) => {
            format!(
                "Value {text} is not a valid regularization penalty number, expected an int or float value."
            )
        }
        (Keras::Two, Some(v)) if !v.is_finite() => format!(
            "Value {text} is not a valid regularization penalty number, an infinite number or NaN are not valid values."
        ),
        _ => return Ok(()),
    };
    Err(value_error(name, core))
}

/// The penalty that `L1` or `L2` was given by its parameter's name or, in Keras 2, as `l`.
fn amount(bound: &Bound<'_>, name: &str) -> Arg {
    match bound.get("l") {
        Arg::Missing => bound.get(name),
        given => given,
    }
}

fn orthogonal(bound: &Bound<'_>) -> Infer<()> {
    check_amount(bound.keras, "factor", &bound.get("factor"))?;
    match bound.get("mode") {
        Arg::Str(mode) if !matches!(&*mode, "rows" | "columns") => {
            let text = "Invalid value for argument `mode`. Expected one of {\"rows\", \"columns\"}.";
            Err(value_error("mode", format!("{text} Received: mode={mode}")))
        }
        _ => Ok(()),
    }
}

/// Computes the penalty of a regularizer, by its public path and arguments.
///
/// # Errors
/// The regularizer is not modelled, or an op answers so.
pub fn penalty_of(runner: &mut dyn Runner, path: &str, settings: &Bound<'_>, x: &Arg) -> Infer<Arg> {
    let mut t = Tools::new(runner);
    let factor = |name: &str| number(&amount(settings, name)).unwrap_or(0.0);
    // Of integers, a share is cut off to one.
    let whole = crate::tools::dtype_of(x).is_some_and(|dtype| dtype.is_integer());
    let share = |by: f64| if whole { Arg::Int(by as i64) } else { Arg::Float(by) };
    let absolute = |t: &mut Tools<'_>, by: f64| {
        let sizes = t.abs(x)?;
        let sum = t.sum(&sizes, Arg::None)?;
        t.mul(&share(by), &sum)
    };
    let squared = |t: &mut Tools<'_>, by: f64| {
        let squares = t.square(x)?;
        let sum = t.sum(&squares, Arg::None)?;
        // Keras 2 calls a kernel that refuses integers.
        let by = if t.keras3() { share(by) } else { Arg::Float(by) };
        t.mul(&by, &sum)
    };
    match path.strip_prefix("keras.regularizers.").unwrap_or(path) {
        "L1" => absolute(&mut t, factor("l1")),
        "L2" => squared(&mut t, factor("l2")),
        "L1L2" | "l1_l2" => match (factor("l1"), factor("l2")) {
            (l1, 0.0) => absolute(&mut t, l1),
            (0.0, l2) => squared(&mut t, l2),
            (l1, l2) => {
                let (a, b) = (absolute(&mut t, l1)?, squared(&mut t, l2)?);
                t.add(&a, &b)
            }
        },
        "OrthogonalRegularizer" => {
            // The absolute cosines of all pairs of rows or columns, on average, but for each with itself.
            let rows = !matches!(settings.get("mode"), Arg::Str(mode) if &*mode == "columns");
            let flipped = t.call(["tf.transpose", "keras.ops.transpose"], &[x], &[])?;
            let (a, b) = if rows { (x, &flipped) } else { (&flipped, x) };
            let product = t.call(["tf.matmul", "keras.ops.matmul"], &[a, b], &[])?;
            let squares = t.square(a)?;
            let lengths = t.sum(&squares, Arg::Int(1))?;
            let lengths = t.sqrt(&lengths)?;
            let (down, across) = (t.expand_dims(&lengths, 1)?, t.expand_dims(&lengths, 0)?);
            let cosines = t.div(&product, &down)?;
            let cosines = t.div(&cosines, &across)?;
            let count = shape_of(&lengths).size().known().unwrap_or(0) as f64;
            let sizes = t.abs(&cosines)?;
            let sum = t.sum(&sizes, Arg::None)?;
            let others = t.sub(&sum, &Arg::Float(count))?;
            let half = t.mul(&Arg::Float(0.5 * factor("factor")), &others)?;
            t.div(&half, &Arg::Float((count * (count - 1.0) / 2.0).max(1.0)))
        }
        _ => Err(ops::Stop::Unknown("a regularizer that is not modelled")),
    }
}
