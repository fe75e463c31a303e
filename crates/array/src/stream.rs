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
            Stream::Generator(stream) => {
                let mut order: Vec<usize> = (0..count).collect();
                for at in (1..count).rev() {
                    // Arrays are shuffled by bits that are drawn until they fit.
                    let mask = u64::MAX >> (at as u64).leading_zeros();
                    let place = loop {
                        let bits =
                            if at <= u32::MAX as usize { u64::from(stream.bits()) } else { stream.wide() };
                        if bits & mask <= at as u64 {
                            break bits & mask;
                        }
                    };
                    order.swap(at, place as usize);
                }
                order
            }
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
            for at in (first.max(1)..size).rev() {
                all.swap(at, stream.below(at as u64) as usize);
            }
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
        for at in (1..picked.len()).rev() {
            picked.swap(at, stream.below(at as u64) as usize);
        }
        picked
    }
}
