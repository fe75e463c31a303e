//! Random numbers from a seed, the same on every machine.
//!
//! They need not be those of TensorFlow or NumPy: what a script draws is not known before it runs.
//!
//! source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (SplitMix64)

use tensor::DType;

use crate::{Array, Result};

/// A stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

/// How numbers are distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Evenly from `low` up to, not including, `high`.
    Uniform {
        /// The least.
        low: f64,
        /// The bound.
        high: f64,
    },
    /// Normally.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        deviation: f64,
    },
    /// Normally, drawn again where they are more than two deviations from the mean.
    Truncated {
        /// The mean.
        mean: f64,
        /// The standard deviation before numbers are drawn again.
        deviation: f64,
    },
}

impl Random {
    /// Makes the stream of a seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// Returns the next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns an integer below `count`; 0 where that is 0.
    pub fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(count)) >> 64) as u64
    }

    /// Returns a number of mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        // 1 - unit is never 0, so the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Draws one number.
    pub fn draw(&mut self, distribution: Distribution) -> f64 {
        match distribution {
            Distribution::Uniform { low, high } => low + (high - low) * self.unit(),
            Distribution::Normal { mean, deviation } => mean + deviation * self.normal(),
            Distribution::Truncated { mean, deviation } => loop {
                let number = self.normal();
                if number.abs() < 2.0 {
                    return mean + deviation * number;
                }
            },
        }
    }

    /// Draws an array.
    ///
    /// # Errors
    /// There are too many elements, or the dtype is not numeric.
    pub fn array(&mut self, shape: &[usize], dtype: DType, distribution: Distribution) -> Result<Array> {
        let count = crate::array::count(shape)?;
        Array::floats(shape, dtype, (0..count).map(|_| self.draw(distribution)).collect())
    }

    /// Draws an order of the numbers below `count`, all orders being equally likely.
    pub fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap_or(at);
            order.swap(at, other);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::{Distribution, Random};
    use tensor::DType;

    #[test]
    fn moments_are_those_that_are_asked_for() {
        let moments = |distribution| {
            let mut random = Random::new(7);
            let numbers: Vec<f64> = (0..20_000).map(|_| random.draw(distribution)).collect();
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let square = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / numbers.len() as f64;
            (mean, square.sqrt())
        };
        let (mean, deviation) = moments(Distribution::Normal { mean: 3.0, deviation: 2.0 });
        assert!((mean - 3.0).abs() < 0.05 && (deviation - 2.0).abs() < 0.05);
        let (mean, deviation) = moments(Distribution::Uniform { low: -1.0, high: 1.0 });
        assert!(mean.abs() < 0.02 && (deviation - (1.0_f64 / 3.0).sqrt()).abs() < 0.02);
        // Cut at two deviations, the deviation is 0.8796 of what it was.
        let (mean, deviation) = moments(Distribution::Truncated { mean: 0.0, deviation: 1.0 });
        assert!(mean.abs() < 0.03 && (deviation - 0.8796).abs() < 0.02);
    }

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let draw = |seed| {
            let uniform = Distribution::Uniform { low: 0.0, high: 1.0 };
            Random::new(seed).array(&[4], DType::Float64, uniform).and_then(|a| a.to_floats()).ok()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn an_order_has_every_number_once() {
        let mut order = Random::new(3).order(100);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
