//! The inputs that functions are tried on.

use array::{Array, Distribution, Random, Result};
use exec::slopes::{Function, Seen};
use interp::framework::met::Recorded;
use tensor::{DType, TensorSpec};

/// What everything that is drawn depends on.
pub(super) const SEED: u64 = 0x6772_6164;
/// So many elements of an input are moved at a point.
const ELEMENTS: usize = 16;
/// So many different integers are drawn, which stand for indices.
const INDICES: u64 = 2;

/// The deviation of weights from their present numbers.
const NEAR: f64 = 0.05;

/// What the elements of an input are like at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Like {
    /// Drawn from a normal distribution.
    Normal,
    /// The same, positive.
    Positive,
    /// The same, negative.
    Negative,
    /// All zero: padding, dead units.
    Zeros,
    /// All one: ties.
    Ones,
    /// Thirty and more, of both signs.
    Large,
}

/// The points, in the order in which they are tried; the first are what data is usually like.
const POINTS: [Like; 8] = [
    Like::Normal,
    Like::Normal,
    Like::Normal,
    Like::Positive,
    Like::Negative,
    Like::Zeros,
    Like::Ones,
    Like::Large,
];

impl Like {
    /// Says it in words that go after "inputs that are".
    pub(super) fn words(self) -> &'static str {
        match self {
            Like::Normal => "normally distributed",
            Like::Positive => "positive",
            Like::Negative => "negative",
            Like::Zeros => "all zero",
            Like::Ones => "all one",
            Like::Large => "large, ±30 and more",
        }
    }

    /// Tells whether the point is what data is usually like.
    pub(super) fn is_usual(self) -> bool {
        self == Like::Normal
    }
}

/// A function at a point.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) like: Like,
    pub(super) point: Vec<Array>,
    pub(super) seen: Seen,
}

/// Tries a function at all points.
pub(super) fn look(function: &Function, recorded: &Recorded) -> std::result::Result<Vec<Look>, String> {
    let mut random = Random::new(SEED);
    let mut looks = Vec::with_capacity(POINTS.len());
    for like in POINTS {
        let inputs = recorded.inputs.iter().map(|input| match &input.weight {
            Some(weight) => near(weight, &mut random),
            None => elements(&input.spec, like, &mut random),
        });
        let point = inputs.collect::<Result<Vec<Array>>>().map_err(|fault| fault.to_string())?;
        let seen = function.look(&point, ELEMENTS).map_err(|failure| failure.to_string())?;
        looks.push(Look { like, point, seen });
    }
    Ok(looks)
}

/// Draws a weight near its present numbers: where it is all zeros or ones, the function may have a kink.
fn near(weight: &Array, random: &mut Random) -> Result<Array> {
    let moved = weight.to_floats()?.into_iter().map(|x| x + NEAR * random.normal()).collect();
    Array::floats(weight.shape(), DType::Float64, moved)
}

/// Draws an input. Integers are small, since most stand for indices.
fn elements(spec: &TensorSpec, like: Like, random: &mut Random) -> Result<Array> {
    let sizes = sizes(spec);
    let count: usize = sizes.iter().product();
    let dtype = spec.dtype.unwrap_or(DType::Float32);
    if dtype == DType::Bool {
        return Array::bools(&sizes, (0..count).map(|_| random.below(2) == 1).collect());
    }
    if dtype.is_integer() {
        return Array::ints(&sizes, dtype, (0..count).map(|_| random.below(INDICES) as i64).collect());
    }
    let mut draw = || {
        let x = random.normal();
        match like {
            Like::Normal => x,
            Like::Positive => x.abs(),
            Like::Negative => -x.abs(),
            Like::Zeros => 0.0,
            Like::Ones => 1.0,
            Like::Large => (30.0 + 10.0 * x.abs()).copysign(x),
        }
    };
    Array::floats(&sizes, DType::Float64, (0..count).map(|_| draw()).collect())
}

/// A factor for each element of an output, none of them near zero.
pub(super) fn direction(spec: &TensorSpec, at: usize) -> Result<Array> {
    let mut random = Random::new(SEED ^ (at as u64 + 1));
    let sizes = sizes(spec);
    let factors = random.array(&sizes, DType::Float64, Distribution::Uniform { low: 0.5, high: 1.5 })?;
    let signs = (0..factors.len()).map(|_| if random.below(2) == 0 { -1.0 } else { 1.0 });
    let values = factors.to_floats()?.into_iter().zip(signs).map(|(x, sign)| x * sign).collect();
    Array::floats(&sizes, DType::Float64, values)
}

/// An array in double precision, if it has floats.
pub(super) fn doubled(array: &Array) -> Result<Array> {
    if array.dtype().is_floating() { array.cast(DType::Float64) } else { Ok(array.clone()) }
}

fn sizes(spec: &TensorSpec) -> Vec<usize> {
    let known = spec.shape.all_known().unwrap_or_default();
    known.into_iter().map(|n| usize::try_from(n).unwrap_or(0)).collect()
}
