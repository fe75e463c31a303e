//! The Mersenne Twister and the draws of NumPy's `RandomState`, bit for bit.
//!
//! source: Matsumoto, Nishimura: Mersenne Twister (MT19937); numpy/random/src/legacy/legacy-distributions.c:
//! legacy_gauss; numpy/random/src/distributions/distributions.c: random_interval, random_bounded_uint64

use crate::stream::{masked, shuffle};

/// The length of the state.
const N: usize = 624;
/// The distance of the words that are combined.
const M: usize = 397;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Mersenne {
    state: Vec<u32>,
    at: usize,
    /// The second of two numbers that were drawn together.
    gauss: Option<f64>,
}

impl Default for Mersenne {
    fn default() -> Mersenne {
        Mersenne::new(&[0x6b65_7261])
    }
}

impl Mersenne {
    /// Makes the stream of `np.random.seed(n)` or `np.random.seed([n, m])`: a number alone is used as it is.
    pub fn new(seed: &[u32]) -> Mersenne {
        let mut stream = Mersenne { state: vec![0; N], at: N, gauss: None };
        match seed {
            [one] => stream.seed(*one),
            many => stream.seed_by(many),
        }
        stream
    }

    /// Makes the stream of Python's `random.seed(n)`, which mixes the words of a number even if it is one.
    pub fn of_words(words: &[u32]) -> Mersenne {
        let mut stream = Mersenne { state: vec![0; N], at: N, gauss: None };
        stream.seed_by(words);
        stream
    }

    fn seed(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..N {
            let last = self.state[i - 1];
            self.state[i] = 1_812_433_253_u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
        self.at = N;
    }

    fn seed_by(&mut self, keys: &[u32]) {
        self.seed(19_650_218);
        let (mut i, mut j) = (1, 0);
        let mixed = |state: &[u32], i: usize, factor: u32| {
            let last = state[i - 1];
            state[i] ^ (last ^ (last >> 30)).wrapping_mul(factor)
        };
        for _ in 0..N.max(keys.len()) {
            let key = keys.get(j).copied().unwrap_or(0);
            self.state[i] = mixed(&self.state, i, 1_664_525).wrapping_add(key).wrapping_add(j as u32);
            (i, j) = (i + 1, (j + 1) % keys.len().max(1));
            if i >= N {
                self.state[0] = self.state[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            self.state[i] = mixed(&self.state, i, 1_566_083_941).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                self.state[0] = self.state[N - 1];
                i = 1;
            }
        }
        self.state[0] = 0x8000_0000;
    }

    fn refill(&mut self) {
        for i in 0..N {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }

    /// Returns the next 32 bits.
    pub fn bits(&mut self) -> u32 {
        if self.at >= N {
            self.refill();
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// Returns the next number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        let (a, b) = (self.bits() >> 5, self.bits() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// Returns the next number of mean 0 and deviation 1: two at a time, by the polar method.
    pub fn normal(&mut self) -> f64 {
        if let Some(kept) = self.gauss.take() {
            return kept;
        }
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.gauss = Some(factor * x);
                return factor * y;
            }
        }
    }

    /// Returns an integer up to and including `range`: bits are drawn until they are in it.
    pub fn masked(&mut self, range: u64) -> u64 {
        match range {
            0 => 0,
            1..=0xffff_ffff => masked(range, || u64::from(self.bits())),
            _ => masked(range, || (u64::from(self.bits()) << 32) | u64::from(self.bits())),
        }
    }

    /// Returns an integer below `count` as Python's `random` does: as many bits as `count` has, until they are below.
    pub fn below(&mut self, count: u64) -> u64 {
        let length = 64 - count.leading_zeros();
        loop {
            let drawn = match length {
                0 => return 0,
                1..=32 => u64::from(self.bits() >> (32 - length)),
                _ => u64::from(self.bits()) | (u64::from(self.bits() >> (64 - length)) << 32),
            };
            if drawn < count {
                return drawn;
            }
        }
    }

    /// Returns the next number of mean 0 and deviation 1 as `random.gauss` does: two at a time, by the angle.
    pub fn gauss(&mut self) -> f64 {
        if let Some(kept) = self.gauss.take() {
            return kept;
        }
        let angle = self.unit() * std::f64::consts::TAU;
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        self.gauss = Some(angle.sin() * radius);
        angle.cos() * radius
    }

    /// Returns the numbers below `count` in the order that `np.random.shuffle` brings them into.
    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        shuffle(&mut order, 1, |at| self.masked(at));
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What NumPy 2 gives for `np.random.seed(0)`.
    #[test]
    fn draws_what_numpy_draws() {
        let mut stream = Mersenne::new(&[0]);
        let drawn: Vec<f64> = (0..3).map(|_| stream.unit()).collect();
        assert_eq!(drawn, [0.548_813_503_927_324_8, 0.715_189_366_372_419_5, 0.602_763_376_071_643_9]);
        let mut stream = Mersenne::new(&[0]);
        let drawn: Vec<f64> = (0..3).map(|_| stream.normal()).collect();
        assert_eq!(drawn, [1.764_052_345_967_664, 0.400_157_208_367_223_3, 0.978_737_984_105_739_2]);
        assert_eq!(Mersenne::new(&[0]).shuffled(10), [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
        let mut stream = Mersenne::new(&[0]);
        assert_eq!((0..6).map(|_| stream.masked(9)).collect::<Vec<_>>(), [5, 0, 3, 3, 7, 9]);
    }

    /// What Python gives for `random.seed(3)`: `randint(1, 10)`, `random()`.
    #[test]
    fn draws_what_python_draws() {
        let mut stream = Mersenne::of_words(&[3]);
        assert_eq!(stream.below(10) + 1, 4);
        assert_eq!(stream.unit(), 0.592_640_910_627_165_6);
    }
}
