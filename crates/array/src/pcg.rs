//! PCG64 and the draws of NumPy's `Generator`, bit for bit but for the last digits of normal numbers.
//!
//! source: O'Neill: PCG, XSL RR 128/64; numpy/random/bit_generator.pyx: SeedSequence;
//! numpy/random/src/distributions/distributions.c: random_standard_normal, random_bounded_uint64

use std::sync::LazyLock;

use crate::stream::{masked, shuffle};

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    /// The upper half of 64 bits of which the lower half was used.
    half: Option<u32>,
}

/// What NumPy makes of a seed before it seeds a generator.
struct SeedSequence {
    pool: [u32; 4],
}

impl SeedSequence {
    fn new(entropy: &[u32]) -> SeedSequence {
        let mut factor = 0x43b0_d7e5_u32;
        let mut hash = |value: u32| {
            let mut value = value ^ factor;
            factor = factor.wrapping_mul(0x931e_8875);
            value = value.wrapping_mul(factor);
            value ^ (value >> 16)
        };
        let mix = |x: u32, y: u32| {
            let mixed = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
            mixed ^ (mixed >> 16)
        };
        let mut pool = [0; 4];
        for (at, slot) in pool.iter_mut().enumerate() {
            *slot = hash(entropy.get(at).copied().unwrap_or(0));
        }
        for from in 0..4 {
            for to in (0..4).filter(|to| *to != from) {
                pool[to] = mix(pool[to], hash(pool[from]));
            }
        }
        for word in entropy.iter().skip(4) {
            for slot in &mut pool {
                *slot = mix(*slot, hash(*word));
            }
        }
        SeedSequence { pool }
    }

    /// Four numbers of 64 bits.
    fn state(&self) -> [u64; 4] {
        let mut factor = 0x8b51_f9dd_u32;
        let mut word = |at: usize| {
            let mut value = self.pool[at % 4] ^ factor;
            factor = factor.wrapping_mul(0x58f3_8ded);
            value = value.wrapping_mul(factor);
            u64::from(value ^ (value >> 16))
        };
        std::array::from_fn(|at| {
            let low = word(2 * at);
            low | (word(2 * at + 1) << 32)
        })
    }
}

/// The layers of the bell below which normal numbers are drawn: widths, the parts that lie wholly inside, heights.
struct Layers {
    widths: [f64; 256],
    inside: [u64; 256],
    heights: [f64; 256],
}

/// Where the tail begins.
const TAIL: f64 = 3.654_152_885_361_009;
/// The area of each layer.
const AREA: f64 = 0.004_928_673_233_974_655;

static LAYERS: LazyLock<Layers> = LazyLock::new(|| {
    let scale = (1_u64 << 52) as f64;
    let height = |x: f64| (-0.5 * x * x).exp();
    let mut out = Layers { widths: [0.0; 256], inside: [0; 256], heights: [0.0; 256] };
    let base = AREA / height(TAIL);
    (out.inside[0], out.widths[0], out.heights[0]) = ((TAIL / base * scale) as u64, base / scale, 1.0);
    (out.widths[255], out.heights[255]) = (TAIL / scale, height(TAIL));
    let mut outer = TAIL;
    for at in (1..255).rev() {
        let x = (-2.0 * (AREA / outer + height(outer)).ln()).sqrt();
        out.inside[at + 1] = (x / outer * scale) as u64;
        (out.widths[at], out.heights[at], outer) = (x / scale, height(x), x);
    }
    out
});

impl Pcg64 {
    /// Makes the stream of `np.random.default_rng(seed)`; the seed's words of 32 bits, the lowest first.
    pub fn new(seed: &[u32]) -> Pcg64 {
        let [high, low, inc_high, inc_low] = SeedSequence::new(seed).state();
        let wide = |high: u64, low: u64| (u128::from(high) << 64) | u128::from(low);
        let mut stream = Pcg64 { state: 0, increment: (wide(inc_high, inc_low) << 1) | 1, half: None };
        stream.step();
        stream.state = stream.state.wrapping_add(wide(high, low));
        stream.step();
        stream
    }

    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// Returns the next 64 bits.
    pub fn wide(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// Returns the next 32 bits.
    pub fn bits(&mut self) -> u32 {
        if let Some(half) = self.half.take() {
            return half;
        }
        let wide = self.wide();
        self.half = Some((wide >> 32) as u32);
        wide as u32
    }

    /// Returns the next number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.wide() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Returns an integer up to and including `range`, by Lemire's method.
    pub fn below(&mut self, range: u64) -> u64 {
        let Ok(narrow) = u32::try_from(range) else { return self.below_wide(range) };
        let Some(count) = narrow.checked_add(1) else { return u64::from(self.bits()) };
        if narrow == 0 {
            return 0;
        }
        let threshold = (u32::MAX - narrow) % count;
        loop {
            let product = u64::from(self.bits()) * u64::from(count);
            if product as u32 >= threshold {
                return product >> 32;
            }
        }
    }

    fn below_wide(&mut self, range: u64) -> u64 {
        let Some(count) = range.checked_add(1) else { return self.wide() };
        let threshold = (u64::MAX - range) % count;
        loop {
            let product = u128::from(self.wide()) * u128::from(count);
            if product as u64 >= threshold {
                return (product >> 64) as u64;
            }
        }
    }

    /// Returns the numbers below `count` in the order that `Generator.shuffle` brings an array into: by bits that are
    /// drawn until they fit.
    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        shuffle(&mut order, 1, |at| match at {
            ..=0xffff_ffff => masked(at, || u64::from(self.bits())),
            _ => masked(at, || self.wide()),
        });
        order
    }

    /// Returns the next number of mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        loop {
            let bits = self.wide();
            let (layer, sign, place) =
                ((bits & 0xff) as usize, (bits >> 8) & 1, (bits >> 9) & ((1 << 52) - 1));
            let x = place as f64 * LAYERS.widths[layer];
            let signed = if sign == 1 { -x } else { x };
            if place < LAYERS.inside[layer] {
                return signed;
            }
            if layer == 0 {
                loop {
                    let beyond = -(-self.unit()).ln_1p() / TAIL;
                    let height = -(-self.unit()).ln_1p();
                    if height + height > beyond * beyond {
                        let x = TAIL + beyond;
                        return if (place >> 8) & 1 == 1 { -x } else { x };
                    }
                }
            }
            let (low, high) = (LAYERS.heights[layer], LAYERS.heights[layer - 1]);
            if (high - low) * self.unit() + low < (-0.5 * x * x).exp() {
                return signed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What NumPy 2 gives for `np.random.default_rng(42)`.
    #[test]
    fn draws_what_numpy_draws() {
        let mut stream = Pcg64::new(&[42]);
        let drawn: Vec<f64> = (0..3).map(|_| stream.unit()).collect();
        let expected = [0.773_956_05, 0.438_878_44, 0.858_597_92];
        assert!(drawn.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-8), "{drawn:?}");
        assert_eq!((0..5).map(|_| stream.below(9)).collect::<Vec<_>>(), [0, 6, 2, 0, 5]);
        let normal: Vec<f64> = (0..4).map(|_| stream.normal()).collect();
        let expected = [0.127_840_4, -0.316_242_59, -0.016_801_16, -0.853_043_93];
        assert!(normal.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-8), "{normal:?}");
    }
}
