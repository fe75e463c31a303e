//! How floats are spread that were drawn: enough to tell how many of them are beyond a number.

use std::rc::Rc;

use crate::content::{Among, Content, Data};

/// A distribution about its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Each number between two as likely as the others: `np.random.rand`.
    Even(f64, f64),
    /// A bell of this middle and width, its standard deviation: `np.random.randn`, a sum of draws.
    Bell(f64, f64),
}

/// So many places of a distribution are looked at.
const PLACES: u32 = 2000;

/// Fewer than this share are not followed: how long the ends of a sum's bell are is not known.
const RARE: f64 = 0.02;

impl Spread {
    /// The middle, as likely to be exceeded as not.
    pub fn middle(self) -> f64 {
        match self {
            Spread::Even(low, high) => (low + high) / 2.0,
            Spread::Bell(middle, _) => middle,
        }
    }

    /// The standard deviation.
    pub fn width(self) -> f64 {
        match self {
            Spread::Even(low, high) => (high - low).abs() / 12.0_f64.sqrt(),
            Spread::Bell(_, width) => width,
        }
    }

    /// The spread after a change of scale and place: `draws * 2 - 1`; nothing where a function does another thing.
    pub fn through(self, f: impl Fn(f64) -> f64) -> Option<Spread> {
        let (start, slope) = (f(0.0), f(1.0) - f(0.0));
        let straight = [-3.0, -0.25, 0.5, 2.0, 7.0]
            .into_iter()
            .all(|x| (f(x) - start - slope * x).abs() <= 1e-9 * (1.0 + start.abs() + slope.abs()));
        if !straight || slope == 0.0 || !slope.is_finite() || !start.is_finite() {
            return None;
        }
        Some(match self {
            Spread::Even(low, high) if slope > 0.0 => Spread::Even(f(low), f(high)),
            Spread::Even(low, high) => Spread::Even(f(high), f(low)),
            Spread::Bell(middle, width) => Spread::Bell(f(middle), width * slope.abs()),
        })
    }

    /// The spread of the sum of two draws.
    #[must_use]
    pub fn plus(self, other: Spread) -> Spread {
        Spread::Bell(self.middle() + other.middle(), self.width().hypot(other.width()))
    }

    /// The spread of the sum of so many draws.
    #[must_use]
    pub fn times(self, count: f64) -> Spread {
        Spread::Bell(self.middle() * count, self.width() * count.sqrt())
    }

    /// What a condition on each draw is made of: truths of which both are not rare.
    pub fn meets(self, condition: impl Fn(f64) -> bool) -> Content {
        let met = (0..PLACES).filter(|at| condition(self.place((f64::from(*at) + 0.5) / f64::from(PLACES))));
        let share = met.count() as f64 / f64::from(PLACES);
        let rarer = share.min(1.0 - share);
        if rarer < RARE {
            return Content::Unknown;
        }
        let values = Rc::new(Data::Bool(vec![false, true]));
        if rarer > 0.499 {
            return Content::Drawn(values);
        }
        // As many fair draws as miss the rarer truth just as likely; the bell is not that exact.
        let rarer = if matches!(self, Spread::Bell(..)) { 0.8 * rarer } else { rarer };
        let least = -(1.0 - rarer).log2();
        let filling = Some(if share > 0.5 { 1.0 } else { 0.0 });
        Content::Among(Among { values, least, each: Each::Element, filling }.into())
    }

    /// The number that this share of draws is below.
    fn place(self, share: f64) -> f64 {
        match self {
            Spread::Even(low, high) => low + (high - low) * share,
            // The logistic curve is near enough to the bell's.
            Spread::Bell(middle, width) => middle + width * (share / (1.0 - share)).ln() / 1.702,
        }
    }
}

/// What a number of draws is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// The whole array.
    Array,
    /// Each row along the first axis.
    Row,
    /// Each element.
    Element,
}
