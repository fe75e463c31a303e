//! What layers that are random while training compute: dropout and noise.
//!
//! The numbers that are drawn follow from the script's seed and the order of the draws; they are not those of
//! TensorFlow. A step that is recorded draws anew each time it runs.
//!
//! source: keras/src/layers/regularization/*.py, tf_keras/src/layers/regularization/*.py

use ops::{Arg, Infer, Stop};
use tensor::DType;

use crate::Host;
use crate::dims;
use crate::tools::{Tools, dtype_of};

/// The parameters of the activation `selu`, whose mean and variance `AlphaDropout` keeps.
const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

/// Drops elements and scales the others; of noise that is `None` along an axis the input's size is taken.
///
/// # Errors
/// What TensorFlow raises for rates and dtypes that it does not take.
pub(super) fn drop_out(host: &mut dyn Host, x: Arg, rate: Arg, noise_shape: Arg) -> Infer<Arg> {
    if matches!(rate, Arg::Int(1) | Arg::Float(1.0)) && host.keras() == ops::Keras::Three {
        return Tools::new(host).mul(&x, &Arg::Float(0.0));
    }
    host.api("tf.nn.dropout", &[x], &[("rate", rate), ("noise_shape", noise_shape)])
}

/// Adds to the input, or multiplies it by, what is drawn; by the name of the op that tells its spec.
///
/// # Errors
/// The sizes or the strength are not known.
pub(super) fn noised(host: &mut dyn Host, op: &str, x: &Arg, strength: &Arg) -> Infer<Arg> {
    let strength =
        crate::config::number(strength).ok_or(Stop::Unknown("noise whose strength is not known"))?;
    match op {
        "layer_gaussian_noise" => {
            let noise = normal(host, x, 0.0, strength)?;
            Tools::new(host).add(x, &noise)
        }
        "layer_gaussian_dropout" => {
            let noise = normal(host, x, 1.0, (strength / (1.0 - strength)).sqrt())?;
            Tools::new(host).mul(x, &noise)
        }
        "layer_alpha_dropout" => alpha_dropout(host, x, strength),
        _ => Err(Stop::Unknown("noise of another kind")),
    }
}

/// Sets elements to the least that `selu` gives, then restores mean and variance.
fn alpha_dropout(host: &mut dyn Host, x: &Arg, rate: f64) -> Infer<Arg> {
    let least = -ALPHA * SCALE;
    let numbers = match host.get("noise_shape").items() {
        None => drawn(host, "tf.random.uniform", x, &[])?,
        Some(noise) => {
            let own = dims::of_input(x)?;
            let size = |(at, size): (usize, &Arg)| match size {
                Arg::None => own.get(at).copied().map(Arg::Dim),
                size => Some(size.clone()),
            };
            let sizes: Option<Vec<Arg>> = noise.iter().enumerate().map(size).collect();
            let sizes = sizes.ok_or(Stop::Unknown("a shape of noise of more axes than the input"))?;
            host.api("tf.random.uniform", &[Arg::List(sizes.into())], &[])?
        }
    };
    let dtype = dtype_of(x).unwrap_or(DType::Float32);
    let t = &mut Tools::new(host);
    let paths = ["tf.greater_equal", "keras.ops.greater_equal"];
    let kept = t.call(paths, &[&numbers, &Arg::Float(rate)], &[])?;
    let kept = t.cast(&kept, dtype)?;
    let factor = ((1.0 - rate) * (1.0 + rate * least * least)).powf(-0.5);
    let own = t.mul(x, &kept)?;
    let dropped = t.sub(&Arg::Float(1.0), &kept)?;
    let dropped = t.mul(&dropped, &Arg::Float(least))?;
    let both = t.add(&own, &dropped)?;
    let both = t.mul(&both, &Arg::Float(factor))?;
    t.add(&both, &Arg::Float(-factor * least * rate))
}

fn normal(host: &mut dyn Host, x: &Arg, mean: f64, deviation: f64) -> Infer<Arg> {
    drawn(host, "tf.random.normal", x, &[("mean", Arg::Float(mean)), ("stddev", Arg::Float(deviation))])
}

/// Draws numbers of the shape and dtype of a tensor.
fn drawn(host: &mut dyn Host, path: &'static str, x: &Arg, keywords: &[(&'static str, Arg)]) -> Infer<Arg> {
    let sizes = dims::of_input(x)?.iter().map(|dim| Arg::Dim(*dim)).collect();
    let dtype = ("dtype", Arg::DType(dtype_of(x).unwrap_or(DType::Float32)));
    let keywords: Vec<_> = keywords.iter().cloned().chain([dtype]).collect();
    host.api(path, &[Arg::List(sizes)], &keywords)
}
