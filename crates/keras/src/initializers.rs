//! Initializers by name.
//!
//! source: keras/src/initializers/__init__.py, tf_keras/src/initializers/__init__.py

use ops::spec::merge;
use ops::{Arg, Exc, Infer, Keras, Mistake, Violation};
use tensor::{DType, Dim, Shape};

use crate::config::{Bound, Config, anything, number, refused, shown, value_error};
use crate::family::{Family, both, keras2, keras3};

/// Every initializer.
pub static INITIALIZERS: Family = Family {
    noun: "initializer",
    identifier: ["initializer", "initializer"],
    hands_on: false,
    rows: &[
        both("keras.initializers.Constant", &["Constant", "constant"]),
        keras2("keras.initializers.Constant", &["ConstantV2"]),
        both("keras.initializers.GlorotNormal", &["glorot_normal", "GlorotNormal"]),
        keras2("keras.initializers.GlorotNormal", &["glorot_normalV2", "GlorotNormalV2"]),
        both("keras.initializers.GlorotUniform", &["glorot_uniform", "GlorotUniform"]),
        keras2("keras.initializers.GlorotUniform", &["glorot_uniformV2", "GlorotUniformV2"]),
        both("keras.initializers.HeNormal", &["he_normal", "HeNormal"]),
        keras2("keras.initializers.HeNormal", &["he_normalV2", "HeNormalV2"]),
        both("keras.initializers.HeUniform", &["he_uniform", "HeUniform"]),
        keras2("keras.initializers.HeUniform", &["he_uniformV2", "HeUniformV2"]),
        both("keras.initializers.Identity", &["Identity", "identity"]),
        keras3("keras.initializers.Identity", &["IdentityInitializer"]),
        keras2("keras.initializers.Identity", &["IdentityV2"]),
        both("keras.initializers.Initializer", &["Initializer", "initializer"]),
        both("keras.initializers.LecunNormal", &["lecun_normal", "LecunNormal"]),
        keras2("keras.initializers.LecunNormal", &["lecun_normalV2", "LecunNormalV2"]),
        both("keras.initializers.LecunUniform", &["lecun_uniform", "LecunUniform"]),
        keras2("keras.initializers.LecunUniform", &["lecun_uniformV2", "LecunUniformV2"]),
        both("keras.initializers.RandomNormal", &["normal", "random_normal", "RandomNormal"]),
        both("keras.initializers.Ones", &["one", "Ones", "ones"]),
        keras2("keras.initializers.Ones", &["OnesV2"]),
        both("keras.initializers.Orthogonal", &["Orthogonal", "orthogonal"]),
        keras3("keras.initializers.Orthogonal", &["OrthogonalInitializer"]),
        keras2("keras.initializers.Orthogonal", &["OrthogonalV2"]),
        both("keras.initializers.RandomUniform", &["random_uniform", "RandomUniform", "uniform"]),
        keras2("keras.initializers.RandomNormal", &["RandomNormalV2"]),
        keras2("keras.initializers.RandomUniform", &["RandomUniformV2"]),
        keras3("keras.initializers.STFT", &["STFT", "stft", "STFTInitializer"]),
        both("keras.initializers.TruncatedNormal", &["truncated_normal", "TruncatedNormal"]),
        keras2("keras.initializers.TruncatedNormal", &["TruncatedNormalV2"]),
        both("keras.initializers.VarianceScaling", &["variance_scaling", "VarianceScaling"]),
        keras2("keras.initializers.VarianceScaling", &["VarianceScalingV2"]),
        both("keras.initializers.Zeros", &["zero", "Zeros", "zeros"]),
        keras2("keras.initializers.Zeros", &["ZerosV2"]),
    ],
};

const SOURCE: &str =
    "keras/src/initializers/random_initializers.py, tf_keras/src/initializers/initializers.py";

pub(crate) static CONFIGS: &[Config] = &[
    config("keras.initializers.Constant", anything),
    config("keras.initializers.Zeros", anything),
    config("keras.initializers.Ones", anything),
    config("keras.initializers.Identity", anything),
    config("keras.initializers.RandomNormal", seeded),
    config("keras.initializers.RandomUniform", seeded),
    config("keras.initializers.TruncatedNormal", seeded),
    config("keras.initializers.VarianceScaling", variance_scaling),
    config("keras.initializers.GlorotNormal", seeded),
    config("keras.initializers.GlorotUniform", seeded),
    config("keras.initializers.HeNormal", seeded),
    config("keras.initializers.HeUniform", seeded),
    config("keras.initializers.LecunNormal", seeded),
    config("keras.initializers.LecunUniform", seeded),
    config("keras.initializers.Orthogonal", seeded),
];

const fn config(path: &'static str, init: fn(&Bound<'_>) -> Infer<()>) -> Config {
    Config { path, init, source: SOURCE }
}

/// Keras 3's random initializers take an int or a `SeedGenerator`.
fn seeded(bound: &Bound<'_>) -> Infer<()> {
    let seed = bound.get("seed");
    if bound.keras3() && matches!(seed, Arg::Float(_) | Arg::Str(_) | Arg::Tuple(_) | Arg::List(_)) {
        let text = "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer.";
        return Err(value_error("seed", format!("{text} Received: seed={}", shown(&seed))));
    }
    Ok(())
}

fn variance_scaling(bound: &Bound<'_>) -> Infer<()> {
    let scale = bound.get("scale");
    if matches!(scale, Arg::Str(_)) {
        crate::python::number("scale", &scale, "<=", "float")?;
    }
    if number(&scale).is_some_and(|s| s <= 0.0) {
        let text = shown(&scale);
        return Err(value_error(
            "scale",
            match bound.keras {
                Keras::Two => format!("`scale` must be positive float. Received: scale={text}."),
                Keras::Three => format!("Argument `scale` must be positive float. Received: scale={text}"),
            },
        ));
    }
    if let Arg::Str(mode) = bound.get("mode")
        && !matches!(&*mode, "fan_in" | "fan_out" | "fan_avg")
    {
        let modes = "{'fan_in', 'fan_out', 'fan_avg'}";
        return Err(value_error(
            "mode",
            match bound.keras {
                Keras::Two => format!("Invalid `mode` argument: {mode}. Please use one of the {modes}."),
                Keras::Three => format!("Invalid `mode` argument: {mode}. Please use one of {modes}"),
            },
        ));
    }
    if let Arg::Str(given) = bound.get("distribution") {
        let distribution = given.to_lowercase();
        if !matches!(&*distribution, "normal" | "uniform" | "truncated_normal" | "untruncated_normal") {
            let all = "{'uniform', 'truncated_normal', 'untruncated_normal'}";
            return Err(value_error(
                "distribution",
                match bound.keras {
                    Keras::Two => format!(
                        "Invalid `distribution` argument: {distribution}.Allowed distributions: {all}."
                    ),
                    Keras::Three => {
                        format!("Invalid `distribution` argument: {distribution}.Please use one of {all}")
                    }
                },
            ));
        }
    }
    seeded(bound)
}

/// Checks that an initializer makes weights of a shape: `Dense(2, bias_initializer="orthogonal")` fails.
///
/// # Errors
/// Keras' `ValueError` for ranks that it does not make.
pub fn check_shape(path: &str, shape: &[Dim]) -> Infer<()> {
    let rank = shape.len();
    let text = Shape::new(shape.iter().copied()).tuple();
    let core = match path {
        "keras.initializers.Orthogonal" if rank < 2 => {
            format!(
                "The tensor to initialize must be at least two-dimensional. Received: shape={text} of rank {rank}."
            )
        }
        "keras.initializers.Identity" if rank != 2 => format!(
            "Identity matrix initializer can only be used for 2D matrices. Received: shape={text} of rank {rank}."
        ),
        _ => return Ok(()),
    };
    Err(value_error("initializer", core))
}

/// Checks that numbers are spread over a weight: `Constant(matrix)` of one row too few fails.
///
/// # Errors
/// TensorFlow's: of the product with ones in Keras 3, of the number of elements in Keras 2.
pub fn check_constant(keras: Keras, value: &Arg, shape: &[Dim]) -> Infer<()> {
    let Some(array) = &crate::dims::of_numbers(value) else { return Ok(()) };
    let wanted = Shape::new(shape.iter().copied());
    let (Some(given), Some(known)) = (array.all_known(), wanted.all_known()) else { return Ok(()) };
    let mistake =
        Mistake::Argument { param: "value", problem: "the array has another shape than the weight".into() };
    match keras {
        Keras::Three if merge::broadcast(array, &wanted).is_err() => {
            let core = format!("Incompatible shapes: {} vs. {}", array.bracketed(), wanted.bracketed());
            Err(Violation::stop(Exc::InvalidArgumentError, core, mistake))
        }
        Keras::Two => {
            let (have, need) = (given.iter().product::<i64>(), known.iter().product::<i64>());
            if have == need || have == 1 {
                return Ok(());
            }
            let core = format!(
                "Eager execution of tf.constant with unsupported shape. Tensor … has {have} elements, but got `shape` \
                 `{}` with {need} elements).",
                wanted.tuple()
            );
            Err(Violation::stop(Exc::TypeError, core, mistake))
        }
        Keras::Three => Ok(()),
    }
}

/// Checks that an initializer makes a weight of a dtype that is no float.
///
/// # Errors
/// In Keras 2 that of `_assert_float_dtype`, in Keras 3 what TensorFlow says of floats that are made integers: a mean,
/// or bounds between which no integer is left.
///
/// source: keras/src/backend/tensorflow/random.py, tf_keras/src/initializers/initializers.py
pub fn check_number(path: &str, settings: &Bound<'_>, shape: &[Dim], dtype: DType) -> Infer<()> {
    if dtype.is_floating() || dtype.is_complex() {
        return Ok(());
    }
    let class = path.rsplit('.').next().unwrap_or_default();
    let no_whole = |value: f64| {
        let core =
            format!("Cannot convert {} to EagerTensor of dtype {dtype}", ops::spec::repr::float(value));
        Err(refused(Exc::TypeError, "dtype", core))
    };
    let whole = |name: &str| matches!(settings.get(name), Arg::Int(_) | Arg::Bool(_));
    if matches!(class, "Zeros" | "Ones" | "Constant") {
        return Ok(());
    }
    if settings.keras == Keras::Two {
        return match class {
            "RandomUniform" if whole("minval") && whole("maxval") => Ok(()),
            "RandomUniform" => no_whole(number(&settings.get("minval")).unwrap_or(-0.05)),
            _ => {
                let core = format!("Expected floating point type, got <dtype: '{dtype}'>.");
                Err(value_error("dtype", core))
            }
        };
    }
    if class == "Identity" {
        let gain = settings.get("gain");
        return if whole("gain") { Ok(()) } else { no_whole(number(&gain).unwrap_or(1.0)) };
    }
    let sizes: Option<Vec<usize>> =
        shape.iter().map(|d| d.known().and_then(|n| usize::try_from(n).ok())).collect();
    let drawn = match sizes {
        Some(sizes) if class != "Orthogonal" => crate::initial::distribution(path, settings, &sizes),
        Some(_) => Some(array::Distribution::Normal { mean: 0.0, deviation: 1.0 }),
        None => None,
    };
    match drawn {
        Some(array::Distribution::Uniform { low, high }) => {
            if !matches!(dtype, DType::Int32 | DType::Int64 | DType::UInt32 | DType::UInt64) {
                let core = format!(
                    "Argument `dtype` got invalid value <dtype: '{dtype}'>. Accepted dtypes are (tf.float16, tf.bfloat16, \
                     tf.float32, tf.float64, tf.int32, tf.int64, tf.uint32, tf.uint64)."
                );
                return Err(value_error("dtype", core));
            }
            let (low, high) = (low.trunc() as i64, high.trunc() as i64);
            if low < high {
                return Ok(());
            }
            let problem = format!("Need minval < maxval, got {low} >= {high}");
            let core = format!("{} name:", ops::spec::on_values("StatelessRandomUniformIntV2", &problem));
            Err(refused(Exc::InvalidArgumentError, "dtype", core))
        }
        Some(array::Distribution::Normal { mean, .. } | array::Distribution::Truncated { mean, .. }) => {
            no_whole(mean)
        }
        None => crate::python::unknown("numbers of a dtype that are drawn"),
    }
}

/// Returns the value that an initializer fills a weight with; nothing for random ones.
pub fn fill(path: &str, value: &Arg) -> Option<f64> {
    match path {
        "keras.initializers.Zeros" => Some(0.0),
        "keras.initializers.Ones" => Some(1.0),
        "keras.initializers.Constant" if value.is_none() => Some(0.0),
        "keras.initializers.Constant" => number(value),
        _ => None,
    }
}
