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
