//! Random numbers: the generator Philox 4x32-10 and the distributions that TensorFlow's kernels make of it.
//!
//! The same key and counter give the same numbers as TensorFlow on a CPU, so that its stateless functions are
//! repeated bit by bit. The only differences are those of `log`, `sin` and `cos` in the last place.
//!
//! source: tensorflow/core/lib/random/philox_random.h, random_distributions.h;
//! tensorflow/core/kernels/random_op_cpu.h

use tensor::DType;

use crate::array::count;
use crate::{Array, Fault, Result};

/// A stream of random bits: four words for each state of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Philox {
    key: [u32; 2],
    counter: [u32; 4],
}

impl Philox {
    /// Begins a stream at a key and a counter.
    pub fn new(key: u64, counter: [u64; 2]) -> Philox {
        let split = |word: u64| [word as u32, (word >> 32) as u32];
        let ([a, b], [c, d]) = (split(counter[0]), split(counter[1]));
        Philox { key: split(key), counter: [a, b, c, d] }
    }

    /// Scrambles two seeds into key and counter, as TensorFlow's stateless functions do.
    ///
    /// source: tensorflow/core/kernels/stateless_random_ops.cc: GenerateKey
    pub fn scrambled(seed: [i64; 2]) -> (u64, [u64; 2]) {
        let counter = seed.map(i64::cast_unsigned);
        let mix = Philox::new(0x0246_1e29_3ec8_f720, counter).words();
        let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        (join(mix[0], mix[1]), [0, join(mix[2], mix[3])])
    }

    /// Goes on by this many states of the counter.
    #[must_use]
    pub fn skipped(mut self, states: u64) -> Philox {
        let [a, b, c, d] = self.counter;
        let whole = u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64 | u128::from(d) << 96;
        let next = whole.wrapping_add(u128::from(states));
        self.counter = [next as u32, (next >> 32) as u32, (next >> 64) as u32, (next >> 96) as u32];
        self
    }

    /// Returns the next four words.
    pub fn words(&mut self) -> [u32; 4] {
        let (mut key, mut words) = (self.key, self.counter);
        for _ in 0..10 {
            let wide = |a: u32, b: u32| {
                let product = u64::from(a) * u64::from(b);
                (product as u32, (product >> 32) as u32)
            };
            let (low0, high0) = wide(0xD251_1F53, words[0]);
            let (low1, high1) = wide(0xCD9E_8D57, words[2]);
            words = [high1 ^ words[1] ^ key[0], low1, high0 ^ words[3] ^ key[1], low0];
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        *self = self.skipped(1);
        words
    }
}

/// Words one by one.
struct Words {
    from: Philox,
    group: [u32; 4],
    used: usize,
}

impl Words {
    fn new(from: Philox) -> Words {
        Words { from, group: [0; 4], used: 4 }
    }

    fn next(&mut self) -> u32 {
        if self.used == 4 {
            (self.group, self.used) = (self.from.words(), 0);
        }
        self.used += 1;
        self.group[self.used - 1]
    }
}

/// A number in [0, 1) of the bits of a mantissa.
fn single(word: u32) -> f32 {
    f32::from_bits(127 << 23 | word & 0x007f_ffff) - 1.0
}

fn double(low: u32, high: u32) -> f64 {
    let mantissa = u64::from(low & 0xf_ffff) << 32 | u64::from(high);
    f64::from_bits(1023 << 52 | mantissa) - 1.0
}

/// Two numbers of the normal distribution, of two uniform ones.
fn box_muller(a: u32, b: u32) -> [f32; 2] {
    let radius = (-2.0 * single(a).max(1e-7).ln()).sqrt();
    let (sin, cos) = (2.0 * std::f32::consts::PI * single(b)).sin_cos();
    [sin * radius, cos * radius]
}

fn box_muller_double(words: [u32; 4]) -> [f64; 2] {
    let radius = (-2.0 * double(words[0], words[1]).max(1e-7).ln()).sqrt();
    let (sin, cos) = (2.0 * std::f64::consts::PI * double(words[2], words[3])).sin_cos();
    [sin * radius, cos * radius]
}

/// Fills an array of floats by groups of words: four numbers of a group, or two of double precision.
fn filled(
    shape: &[usize],
    dtype: DType,
    from: Philox,
    four: impl Fn([u32; 4]) -> [f32; 4],
    two: impl Fn([u32; 4]) -> [f64; 2],
) -> Result<Array> {
    let (len, mut from) = (count(shape)?, from);
    match dtype {
        DType::Float64 => {
            let mut out: Vec<f64> = (0..len.div_ceil(2)).flat_map(|_| two(from.words())).collect();
            out.truncate(len);
            Array::new(shape, dtype, out)
        }
        d if d.is_floating() => {
            let mut out: Vec<f32> = (0..len.div_ceil(4)).flat_map(|_| four(from.words())).collect();
            out.truncate(len);
            Array::new(shape, dtype, out)
        }
        d => Err(Fault::DType(d)),
    }
}

/// Draws numbers that are spread evenly over [0, 1).
///
/// # Errors
/// The dtype is not one of floats.
pub fn uniform(shape: &[usize], dtype: DType, from: Philox) -> Result<Array> {
    // Half precision has fewer bits, which are the lowest of a word.
    let bits = match dtype {
        DType::Float16 => 10,
        DType::BFloat16 => 7,
        _ => 23,
    };
    let short = move |word: u32| single((word & ((1 << bits) - 1)) << (23 - bits));
    filled(shape, dtype, from, |w| w.map(short), |w| [double(w[0], w[1]), double(w[2], w[3])])
}

/// Draws numbers of the normal distribution of mean 0 and deviation 1.
///
/// # Errors
/// The dtype is not one of floats.
pub fn normal(shape: &[usize], dtype: DType, from: Philox) -> Result<Array> {
    let four = |w: [u32; 4]| {
        let ([a, b], [c, d]) = (box_muller(w[0], w[1]), box_muller(w[2], w[3]));
        [a, b, c, d]
    };
    filled(shape, dtype, from, four, box_muller_double)
}

/// Draws numbers of the normal distribution that are not further than 2 from the mean.
///
/// # Errors
/// The dtype is not one of floats.
pub fn truncated_normal(shape: &[usize], dtype: DType, from: Philox) -> Result<Array> {
    // Each group of results has 256 words for each of them at its disposal.
    let group = if dtype == DType::Float64 { 2 } else { 4 };
    let len = count(shape)?;
    let mut out = Vec::with_capacity(len + group);
    for number in 0..len.div_ceil(group) {
        let mut words = Words::new(from.skipped(number as u64 * group as u64 * 64));
        let end = (number + 1) * group;
        while out.len() < end {
            let pair = if dtype == DType::Float64 {
                box_muller_double(std::array::from_fn(|_| words.next()))
            } else {
                box_muller(words.next(), words.next()).map(f64::from)
            };
            out.extend(pair.into_iter().filter(|x| x.abs() < 2.0).take(end - out.len()));
        }
    }
    out.truncate(len);
    if dtype.is_floating() { Array::floats(shape, dtype, out) } else { Err(Fault::DType(dtype)) }
}

/// Draws integers from `low` on and below `high`.
///
/// # Errors
/// There are none in between, or the dtype is not one of integers.
pub fn integers(shape: &[usize], dtype: DType, low: i64, high: i64, from: Philox) -> Result<Array> {
    let range = high.wrapping_sub(low).cast_unsigned();
    if low >= high {
        return Err(Fault::Shape(format!("Need minval < maxval, got {low} >= {high}")));
    }
    bits(shape, dtype, from, |word| low.wrapping_add((word % range).cast_signed()))
}

/// Draws integers of all bits.
///
/// # Errors
/// The dtype is not one of integers.
pub fn full_integers(shape: &[usize], dtype: DType, from: Philox) -> Result<Array> {
    bits(shape, dtype, from, u64::cast_signed)
}

fn bits(shape: &[usize], dtype: DType, mut from: Philox, of: impl Fn(u64) -> i64) -> Result<Array> {
    let len = count(shape)?;
    let wide = matches!(dtype, DType::Int64 | DType::UInt64);
    let mut out = Vec::with_capacity(len + 4);
    while out.len() < len {
        let w = from.words().map(u64::from);
        if wide {
            out.extend([w[0] | w[1] << 32, w[2] | w[3] << 32].map(&of));
        } else {
            out.extend(w.map(&of));
        }
    }
    out.truncate(len);
    if dtype.is_integer() { Array::ints(shape, dtype, out) } else { Err(Fault::DType(dtype)) }
}

/// Draws classes for each row of logits.
///
/// # Errors
/// The logits are no matrix of floats.
pub fn categorical(logits: &Array, samples: usize, dtype: DType, from: Philox) -> Result<Array> {
    let &[rows, classes] = logits.shape() else { return Err(Fault::Shape("no matrix".to_owned())) };
    let mut words = Words::new(from);
    let values = logits.to_floats()?;
    let mut out = Vec::with_capacity(count(&[rows, samples])?);
    for row in values.chunks_exact(classes.max(1)).take(rows) {
        let top = row.iter().fold(f64::NEG_INFINITY, |top, v| if v.is_finite() { top.max(*v) } else { top });
        let mut sum = 0.0;
        let upto: Vec<f64> = row
            .iter()
            .map(|v| {
                sum += if v.is_finite() { (v - top).exp() } else { 0.0 };
                sum
            })
            .collect();
        for _ in 0..samples {
            let at = double(words.next(), words.next()) * sum;
            out.push(upto.partition_point(|end| *end <= at).min(classes.saturating_sub(1)) as i64);
        }
    }
    Array::ints(&[rows, samples], dtype, out)
}

/// Draws numbers of the gamma distribution of scale 1, one for each of the parameters.
///
/// # Errors
/// The parameters are not floats.
pub fn gamma(alpha: &Array, from: Philox) -> Result<Array> {
    let mut words = Words::new(from);
    let draw = |alpha: f64| {
        // Marsaglia and Tsang: a normal number is transformed and taken or refused.
        let boost = if alpha < 1.0 { double(words.next(), words.next()).powf(1.0 / alpha) } else { 1.0 };
        let d = if alpha < 1.0 { alpha + 1.0 } else { alpha } - 1.0 / 3.0;
        for _ in 0..10_000 {
            let [x, _] = box_muller_double(std::array::from_fn(|_| words.next()));
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            let u = 1.0 - double(words.next(), words.next());
            if v > 0.0 && u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * boost;
            }
        }
        d * boost
    };
    Array::floats(alpha.shape(), alpha.dtype(), alpha.to_floats()?.into_iter().map(draw).collect())
}

/// Draws numbers of the Poisson distribution, one for each of the rates.
///
/// # Errors
/// The rates are no numbers.
pub fn poisson(rates: &Array, dtype: DType, from: Philox) -> Result<Array> {
    let mut words = Words::new(from);
    let draw = |rate: f64| {
        if !rate.is_finite() || rate < 0.0 {
            return f64::NAN;
        }
        // In parts, since the exponential of a large rate is zero.
        let (mut rest, mut total) = (rate.min(1e6), 0.0);
        while rest > 0.0 {
            let part = rest.min(30.0);
            rest -= part;
            let (limit, mut product) = ((-part).exp(), 1.0 - double(words.next(), words.next()));
            while product > limit {
                total += 1.0;
                product *= 1.0 - double(words.next(), words.next());
            }
        }
        total
    };
    Array::floats(rates.shape(), dtype, rates.to_floats()?.into_iter().map(draw).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_is_the_published_generator() {
        // The known answers of Salmon et al. for zeros and for ones.
        assert_eq!(Philox::new(0, [0, 0]).words(), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = Philox::new(u64::MAX, [u64::MAX; 2]).words();
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let mut from = Philox::new(7, [u64::MAX, 0]);
        from.words();
        assert_eq!(from, Philox::new(7, [0, 1]));
    }

    #[test]
    fn distributions_have_their_moments() {
        let from = Philox::new(1, [0, 0]);
        let moments = |a: Array| {
            let v = a.to_floats().unwrap();
            let mean = v.iter().sum::<f64>() / v.len() as f64;
            (mean, v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / v.len() as f64)
        };
        let near = |(mean, variance): (f64, f64), m: f64, v: f64| {
            assert!((mean - m).abs() < 0.05 && (variance - v).abs() < 0.1, "{mean} {variance}");
        };
        for dtype in [DType::Float32, DType::Float64, DType::Float16] {
            near(moments(uniform(&[20_001], dtype, from).unwrap()), 0.5, 1.0 / 12.0);
            near(moments(normal(&[20_001], dtype, from).unwrap()), 0.0, 1.0);
            near(moments(truncated_normal(&[20_001], dtype, from).unwrap()), 0.0, 0.774);
        }
        let of = |x: f64| Array::full(&[20_000], DType::Float32, x).unwrap();
        near(moments(gamma(&of(0.5), from).unwrap()), 0.5, 0.5);
        near(moments(poisson(&of(2.0), DType::Float32, from).unwrap()), 2.0, 2.0);
        near(moments(integers(&[20_000], DType::Int32, -1, 2, from).unwrap()), 0.0, 2.0 / 3.0);
        let logits = Array::floats(&[1, 2], DType::Float32, vec![0.0, 0.0]).unwrap();
        near(moments(categorical(&logits, 20_000, DType::Int64, from).unwrap()), 0.5, 0.25);
    }
}
