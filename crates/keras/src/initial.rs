//! The numbers that initializers make.
//!
//! source: keras/src/initializers/*_initializers.py, tf_keras/src/initializers/initializers.py

use array::philox::{self, Philox};
use array::{Array, Binary, Distribution, Random};
use ops::Arg;
use tensor::DType;

use crate::config::{Bound, number};

/// What is left of a normal distribution's deviation once it is cut at two deviations.
const CUT_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// Makes the first numbers of a weight by one of Keras' initializers, whose public path and arguments these are.
/// Random ones draw from the stream, or from one of their own where they have a seed. Nothing for an initializer
/// that is not modelled.
pub fn initial(
    path: &str,
    settings: &Bound<'_>,
    shape: &[usize],
    dtype: DType,
    random: &mut Random,
) -> Option<Array> {
    let float = |name: &str, default: f64| number(&settings.get(name)).unwrap_or(default);
    let mut own;
    let stream = match settings.get("seed") {
        Arg::Int(seed) => {
            own = Random::new(seed.cast_unsigned());
            &mut own
        }
        _ => random,
    };
    let filled = |value: f64| Array::full(shape, dtype, value).ok();
    match path.strip_prefix("keras.initializers.")? {
        "Zeros" => return filled(0.0),
        "Ones" => return filled(1.0),
        "Constant" => return filled(number(&settings.get("value")).or(settings_none(settings))?),
        "Identity" => return identity(shape, dtype, float("gain", 1.0)),
        "Orthogonal" => return orthogonal(shape, dtype, float("gain", 1.0), stream),
        _ => {}
    }
    let distribution = distribution(path, settings, shape)?;
    match settings.get("seed") {
        // `seed=[seed, 0]` of the stateless functions of `tf.random`: these numbers are TensorFlow's own.
        Arg::Int(seed) => stateless(shape, dtype, distribution, seed),
        _ => stream.array(shape, dtype, distribution).ok(),
    }
}

/// What a random initializer draws a weight of a shape from; nothing for other initializers.
pub(crate) fn distribution(path: &str, settings: &Bound<'_>, shape: &[usize]) -> Option<Distribution> {
    let float = |name: &str, default: f64| number(&settings.get(name)).unwrap_or(default);
    let fans = given_fans(shape, settings).unwrap_or_else(|| fans(shape));
    Some(match path.strip_prefix("keras.initializers.")? {
        "RandomNormal" => Distribution::Normal { mean: float("mean", 0.0), deviation: float("stddev", 0.05) },
        "TruncatedNormal" => {
            Distribution::Truncated { mean: float("mean", 0.0), deviation: float("stddev", 0.05) }
        }
        "RandomUniform" => Distribution::Uniform { low: float("minval", -0.05), high: float("maxval", 0.05) },
        "GlorotUniform" => scaled(fans, 1.0, "fan_avg", "uniform"),
        "GlorotNormal" => scaled(fans, 1.0, "fan_avg", "truncated_normal"),
        "HeUniform" => scaled(fans, 2.0, "fan_in", "uniform"),
        "HeNormal" => scaled(fans, 2.0, "fan_in", "truncated_normal"),
        "LecunUniform" => scaled(fans, 1.0, "fan_in", "uniform"),
        "LecunNormal" => scaled(fans, 1.0, "fan_in", "truncated_normal"),
        "VarianceScaling" => {
            let word = |name: &str, default: &str| match settings.get(name) {
                Arg::Str(s) => s.to_lowercase(),
                _ => default.to_owned(),
            };
            let distribution = word("distribution", "truncated_normal");
            scaled(fans, float("scale", 1.0), &word("mode", "fan_in"), &distribution)
        }
        _ => return None,
    })
}

fn stateless(shape: &[usize], dtype: DType, distribution: Distribution, seed: i64) -> Option<Array> {
    let (key, counter) = Philox::scrambled([seed, 0]);
    let from = Philox::new(key, counter);
    let (drawn, scale, offset) = match distribution {
        Distribution::Uniform { low, high } => (philox::uniform(shape, dtype, from), high - low, low),
        Distribution::Normal { mean, deviation } => (philox::normal(shape, dtype, from), deviation, mean),
        Distribution::Truncated { mean, deviation } => {
            (philox::truncated_normal(shape, dtype, from), deviation, mean)
        }
    };
    // Each step is rounded to the dtype, as the kernels do.
    let number = |value: f64| Array::full(&[], dtype, value).ok();
    let scaled = array::binary(Binary::Mul, drawn.ok()?, &number(scale)?).ok()?;
    array::binary(Binary::Add, scaled, &number(offset)?).ok()
}

/// The same numbers, but ones at some places of the last axis.
pub fn with_ones(array: &Array, places: &std::ops::Range<usize>) -> Option<Array> {
    let axis = array.rank().checked_sub(1)?;
    let size = *array.shape().last()?;
    let mut shape = array.shape().to_vec();
    *shape.last_mut()? = places.len();
    let ones = Array::full(&shape, array.dtype(), 1.0).ok()?;
    let parts = [array.narrow(axis, 0, places.start).ok()?, ones, array.narrow(axis, places.end, size).ok()?];
    array::concatenate(&parts, axis).ok()
}

/// `Constant()` without a value makes zeros.
fn settings_none(settings: &Bound<'_>) -> Option<f64> {
    settings.get("value").is_none().then_some(0.0)
}

/// The distribution of `VarianceScaling`.
fn scaled((inputs, outputs): (f64, f64), scale: f64, mode: &str, distribution: &str) -> Distribution {
    let fan = match mode {
        "fan_in" => inputs,
        "fan_out" => outputs,
        _ => (inputs + outputs) / 2.0,
    };
    let variance = scale / fan.max(1.0);
    match distribution {
        "uniform" => {
            let limit = (3.0 * variance).sqrt();
            Distribution::Uniform { low: -limit, high: limit }
        }
        "untruncated_normal" => Distribution::Normal { mean: 0.0, deviation: variance.sqrt() },
        _ => Distribution::Truncated { mean: 0.0, deviation: variance.sqrt() / CUT_DEVIATION },
    }
}

/// The number of inputs and outputs where the axes of both are given: `VarianceScaling(input_axes=[0], output_axes=[1])`.
fn given_fans(shape: &[usize], settings: &Bound<'_>) -> Option<(f64, f64)> {
    let product = |name: &str| {
        let axes = settings.get(name);
        axes.items()?.iter().try_fold(1.0, |product, axis| {
            let Arg::Int(axis) = axis else { return None };
            let at = if *axis < 0 { axis + shape.len() as i64 } else { *axis };
            Some(product * *shape.get(usize::try_from(at).ok()?)? as f64)
        })
    };
    Some((product("input_axes")?, product("output_axes")?))
}

/// The number of inputs and outputs of a weight: of a kernel of a convolution, times its window.
fn fans(shape: &[usize]) -> (f64, f64) {
    match shape {
        [] => (1.0, 1.0),
        [n] => (*n as f64, *n as f64),
        [window @ .., inputs, outputs] => {
            let window: f64 = window.iter().map(|n| *n as f64).product();
            (window * *inputs as f64, window * *outputs as f64)
        }
    }
}

fn identity(shape: &[usize], dtype: DType, gain: f64) -> Option<Array> {
    let [rows, columns] = *shape else { return None };
    let cell = |at: usize| if at / columns == at % columns { gain } else { 0.0 };
    Array::floats(shape, dtype, (0..rows.checked_mul(columns)?).map(cell).collect()).ok()
}

/// Orthonormal columns, or rows where there are fewer of those, of a random matrix.
fn orthogonal(shape: &[usize], dtype: DType, gain: f64, random: &mut Random) -> Option<Array> {
    let (last, rest) = shape.split_last()?;
    let rows = rest.iter().try_fold(1_usize, |n, size| n.checked_mul(*size)).filter(|_| !rest.is_empty())?;
    let (long, short) = (rows.max(*last), rows.min(*last));
    if long.checked_mul(short)? > array::MAX_LEN {
        return None;
    }
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(short);
    // Drawn row by row; what becomes orthogonal are the columns.
    let drawn: Vec<f64> = (0..long * short).map(|_| random.normal()).collect();
    while basis.len() < short {
        let column = basis.len();
        let mut vector: Vec<f64> = (0..long).map(|row| drawn[row * short + column]).collect();
        // Twice is enough to lose what rounding leaves of the others.
        for _ in 0..2 {
            for other in &basis {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
        }
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        if norm <= 1e-9 {
            return None;
        }
        vector.iter_mut().for_each(|x| *x /= norm);
        basis.push(vector);
    }
    let tall = rows >= *last;
    let cell = |at: usize| {
        let (row, column) = (at / last, at % last);
        gain * if tall { basis[column][row] } else { basis[row][column] }
    };
    Array::floats(shape, dtype, (0..rows * last).map(cell).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::initial;
    use crate::config::Bound;
    use array::Random;
    use ops::{Arg, Keras};
    use tensor::DType;

    fn numbers(path: &str, args: &[(&str, Arg)], shape: &[usize]) -> Vec<f64> {
        let args: Vec<_> = args.iter().map(|(n, a)| ((*n).into(), a.clone())).collect();
        let settings = Bound { keras: Keras::Three, class: "", args: &args };
        let array = initial(path, &settings, shape, DType::Float32, &mut Random::new(1));
        array.and_then(|a| a.to_floats().ok()).unwrap_or_default()
    }

    #[test]
    fn constants_fill() {
        assert_eq!(numbers("keras.initializers.Ones", &[], &[2]), [1.0, 1.0]);
        assert_eq!(numbers("keras.initializers.Constant", &[("value", Arg::Float(0.5))], &[2]), [0.5, 0.5]);
        let identity = numbers("keras.initializers.Identity", &[("gain", Arg::Float(2.0))], &[2, 3]);
        assert_eq!(identity, [2.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
    }

    #[test]
    fn glorot_keeps_within_its_limit() {
        let numbers = numbers("keras.initializers.GlorotUniform", &[], &[4, 8]);
        let limit = 0.5_f64.sqrt();
        assert!(numbers.len() == 32 && numbers.iter().all(|x| x.abs() <= limit));
        assert!(numbers.iter().any(|x| x.abs() > limit / 2.0));
    }

    #[test]
    fn orthogonal_columns_are_orthonormal() {
        let numbers = numbers("keras.initializers.Orthogonal", &[], &[5, 3]);
        for (a, b) in [(0, 0), (0, 1), (1, 2), (2, 2)] {
            let product: f64 = (0..5).map(|row| numbers[row * 3 + a] * numbers[row * 3 + b]).sum();
            assert!((product - f64::from(u8::from(a == b))).abs() < 1e-6);
        }
    }

    #[test]
    fn a_seed_gives_the_numbers_of_tensorflow() {
        let drawn = numbers("keras.initializers.GlorotUniform", &[("seed", Arg::Int(1))], &[2, 2]);
        let recorded = [0.927103, -0.098028, 0.245662, -0.263081];
        assert!(
            drawn.len() == 4 && drawn.iter().zip(recorded).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-6)
        );
    }

    #[test]
    fn a_seed_of_its_own_repeats() {
        let draw = |seed| numbers("keras.initializers.HeNormal", &[("seed", Arg::Int(seed))], &[3, 3]);
        assert_eq!(draw(5), draw(5));
        assert_ne!(draw(5), draw(6));
    }
}
