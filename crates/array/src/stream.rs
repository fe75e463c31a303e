//! The streams that NumPy draws from: the legacy one, and that of `default_rng`.

use crate::{Mersenne, Pcg64};

/// A stream of random numbers, with the draws that differ between them.
#[derive(Clone, Debug)]
pub enum Stream {
    /// `np.random` and `RandomState`.
    Legacy(Mersenne),
    /// `Generator`.
    Generator(Pcg64),
}

impl Default for Stream {
    fn default() -> Stream {
        Stream::Legacy(Mersenne::default())
    }
}

impl Stream {
    /// Returns the next number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        match self {
            Stream::Legacy(stream) => stream.unit(),
            Stream::Generator(stream) => stream.unit(),
        }
    }

    /// Returns the next number of mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        match self {
            Stream::Legacy(stream) => stream.normal(),
            Stream::Generator(stream) => stream.normal(),
        }
    }

    /// Returns the next number of single precision from 0 up to, not including, 1.
    pub fn single(&mut self) -> f64 {
        f64::from(self.bits() >> 8) / 16_777_216.0
    }

    fn bits(&mut self) -> u32 {
        match self {
            Stream::Legacy(stream) => stream.bits(),
            Stream::Generator(stream) => stream.bits(),
        }
    }

    /// Begins to draw integers of so many bits.
    pub fn narrow(&mut self, bits: usize) -> Narrow<'_> {
        Narrow { stream: self, bits, kept: 0, left: 0 }
    }

    /// Returns an integer up to and including `range`, as the functions that draw integers do.
    pub fn below(&mut self, range: u64) -> u64 {
        match self {
            Stream::Legacy(stream) => stream.masked(range),
            Stream::Generator(stream) => stream.below(range),
        }
    }

    /// Returns the numbers below `count` in the order that `shuffle` brings an array into.
    pub fn shuffled(&mut self, count: usize) -> Vec<usize> {
        match self {
            Stream::Legacy(stream) => stream.shuffled(count),
            Stream::Generator(stream) => stream.shuffled(count),
        }
    }

    /// Returns `count` different numbers below `size`, as `choice(size, count, replace=False)` picks them.
    pub fn different(&mut self, size: usize, count: usize) -> Vec<usize> {
        let Stream::Generator(stream) = self else {
            return self.shuffled(size).into_iter().take(count).collect();
        };
        let first = size.saturating_sub(count);
        if size > 10_000 && count > size / 50 {
            let mut all: Vec<usize> = (0..size).collect();
            shuffle(&mut all, first, |at| stream.below(at));
            return all.split_off(first);
        }
        // Floyd's method, and then a shuffle.
        let mut taken = std::collections::HashSet::new();
        let mut picked: Vec<usize> = Vec::with_capacity(count);
        for last in first..size {
            let at = stream.below(last as u64) as usize;
            let at = if taken.insert(at) { at } else { last };
            taken.insert(at);
            picked.push(at);
        }
        shuffle(&mut picked, 1, |at| stream.below(at));
        picked
    }
}

/// Draws of integers, several of which have place in 32 bits.
///
/// source: numpy/random/src/distributions/distributions.c: random_bounded_uint8_fill
#[derive(Debug)]
pub struct Narrow<'a> {
    stream: &'a mut Stream,
    bits: usize,
    kept: u32,
    left: usize,
}

impl Narrow<'_> {
    /// Returns an integer up to and including `range`.
    pub fn below(&mut self, range: u64) -> u64 {
        if !matches!(self.bits, 8 | 16) || range == 0 {
            return self.stream.below(range);
        }
        let whole = (1_u64 << self.bits) - 1;
        if range >= whole {
            return self.next();
        }
        if matches!(self.stream, Stream::Legacy(_)) {
            return masked(range, || self.next());
        }
        let count = range + 1;
        let threshold = (whole - range) % count;
        loop {
            let product = self.next() * count;
            if product & whole >= threshold {
                return product >> self.bits;
            }
        }
    }

    /// The next 8 or 16 bits.
    fn next(&mut self) -> u64 {
        if self.left == 0 {
            (self.kept, self.left) = (self.stream.bits(), 32 / self.bits - 1);
        } else {
            self.kept >>= self.bits;
            self.left -= 1;
        }
        u64::from(self.kept) & ((1 << self.bits) - 1)
    }
}

/// Draws bits until those that count are up to and including `range`, which is not 0.
pub(crate) fn masked(range: u64, mut bits: impl FnMut() -> u64) -> u64 {
    let mask = u64::MAX >> range.leading_zeros();
    loop {
        let drawn = bits() & mask;
        if drawn <= range {
            return drawn;
        }
    }
}

/// Swaps each place, from the last down to `first`, with one that is drawn up to and including it.
pub(crate) fn shuffle(order: &mut [usize], first: usize, mut draw: impl FnMut(u64) -> u64) {
    for at in (first.max(1)..order.len()).rev() {
        order.swap(at, draw(at as u64) as usize);
    }
}
