//! What is known of a tensor's elements.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use crate::spread::{Each, Spread};
use crate::{DType, Dim, Shape};

/// The largest array whose elements are kept; beyond it only the spec is.
pub const MAX_ELEMENTS: usize = 4096;

/// The chance that is left to what is said of random draws.
pub const UNSURE: f64 = 2e-3;

/// The most values of which draws are followed.
pub const MAX_DRAWN: i64 = 65_536;

/// What is known of a tensor's elements.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Content {
    /// Nothing.
    #[default]
    Unknown,
    /// Every element is zero, whatever the shape (`K.zeros_like(x)`).
    Zeros,
    /// An integer scalar or vector of which each element is known as far as a dim is: `tf.shape(x)[1:3]`.
    Dims(Rc<[Dim]>),
    /// The same of a shape as it was read off a tensor, of which TensorFlow evaluates single elements too while
    /// it traces: `tf.shape(x)[1]` is known, `tf.shape(x)[1:3][0]` is not.
    Shape(Rc<[Dim]>),
    /// All elements, in row-major order.
    Array(Rc<Array>),
    /// Independent draws from these values, each as likely as the others: distinct, in ascending order.
    Drawn(Rc<Data>),
    /// The elements of some of these rows, chosen at random, each at most once: what a random split leaves of an
    /// array. How many rows, and in which order they stand, the content does not say.
    Sample(Rc<Array>),
    /// Among the elements there are draws, nobody knows at which places: rows of several lengths that were padded, an
    /// array of a length that was drawn.
    Among(Rc<Among>),
    /// Independent draws of floats that are spread so.
    Spread(Spread),
}

/// Draws that are among the elements of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Among {
    /// The values that are drawn from, as [`Content::Drawn`] has them.
    pub values: Rc<Data>,
    /// So many independent draws there are at least.
    pub least: f64,
    /// In what there are so many.
    pub each: Each,
    /// What stands in all other places; without it every element is a draw.
    pub filling: Option<f64>,
}

impl Among {
    /// So many draws are surely in an array of this shape.
    fn count(&self, shape: &Shape) -> Option<f64> {
        let all = match self.each {
            Each::Array => 1,
            Each::Row => shape.dim(0)?.known()?,
            Each::Element => shape.size().known()?,
        };
        Some(self.least * all as f64)
    }
}

impl Content {
    /// Returns the elements as dims, where the content is integral and known at least in part.
    pub fn dims(&self) -> Option<Vec<Dim>> {
        match self {
            Content::Dims(dims) | Content::Shape(dims) => Some(dims.to_vec()),
            Content::Array(array) => match &array.data {
                Data::Int(v) => Some(v.iter().map(|&n| Dim::Known(n)).collect()),
                _ => None,
            },
            Content::Unknown
            | Content::Zeros
            | Content::Drawn(_)
            | Content::Sample(_)
            | Content::Among(_)
            | Content::Spread(_) => None,
        }
    }

    /// Returns what is known of some of the elements, in whatever order, where each is an independent draw.
    #[must_use]
    pub fn independent(&self) -> Option<Content> {
        match self {
            Content::Drawn(_) | Content::Spread(_) => Some(self.clone()),
            Content::Among(among) if among.each == Each::Element => Some(self.clone()),
            _ => None,
        }
    }

    /// Returns the truth of a single known element, as `if x:` takes it.
    pub fn truth(&self) -> Option<bool> {
        let Content::Array(array) = self else { return None };
        match &array.data {
            Data::Bool(v) => {
                if let [one] = v[..] {
                    Some(one)
                } else {
                    None
                }
            }
            Data::Int(v) => {
                if let [one] = v[..] {
                    Some(one != 0)
                } else {
                    None
                }
            }
            Data::Float(v) => {
                if let [one] = v[..] {
                    Some(one != 0.0)
                } else {
                    None
                }
            }
            Data::Str(_) => None,
        }
    }

    /// Tells whether every element is known to be zero.
    pub fn is_zero(&self) -> bool {
        match self {
            Content::Zeros => true,
            Content::Array(array) => match &array.data {
                Data::Float(v) => v.iter().all(|x| *x == 0.0),
                Data::Int(v) => v.iter().all(|x| *x == 0),
                Data::Bool(v) => v.iter().all(|x| !x),
                Data::Str(_) => false,
            },
            Content::Unknown
            | Content::Dims(_)
            | Content::Shape(_)
            | Content::Drawn(_)
            | Content::Sample(_)
            | Content::Among(_)
            | Content::Spread(_) => false,
        }
    }

    /// Returns the values that are sure to occur among so many draws: all that are drawn from, or none.
    ///
    /// "Sure" is a chance of less than one in five hundred that one of them is missing.
    pub fn surely(&self, count: Option<i64>) -> Option<&Data> {
        let Content::Drawn(values) = self else { return None };
        let (kinds, count) = (values.len() as f64, count? as f64);
        (kinds > 0.0 && kinds * (1.0 - 1.0 / kinds).powf(count) < UNSURE).then_some(values)
    }

    /// Returns the values of which surely so many different ones occur among so many draws.
    pub fn surely_so_many(&self, count: Option<i64>, different: i64) -> Option<&Data> {
        let Content::Drawn(values) = self else { return None };
        let (kinds, count, fewer) = (values.len() as f64, count? as f64, (different - 1) as f64);
        // All draws would be among one of the choices of so few values.
        let choices: f64 = (0..different - 1).map(|at| (kinds - at as f64) / (at + 1) as f64).product();
        (fewer < kinds && choices * (fewer / kinds).powf(count) < UNSURE).then_some(values)
    }

    /// Returns an integer that is drawn from and lies outside of `0..size`, if one is sure to be among the elements of
    /// an array of this shape.
    pub fn surely_outside(&self, size: i64, shape: &Shape) -> Option<i64> {
        let (outside, missed) = self.outside(&(0..size), shape)?;
        (missed < UNSURE).then_some(outside)
    }

    /// Returns an integer that is drawn from and lies outside of a range, with the chance that no such integer is among
    /// the elements of an array of this shape.
    pub fn outside(&self, range: &Range<i64>, shape: &Shape) -> Option<(i64, f64)> {
        if let Content::Sample(rows) = self {
            return rows.outside(range, shape.size().known()?);
        }
        let (values, count) = self.draws(shape)?;
        let Data::Int(values) = values else { return None };
        let mut outside = values.iter().copied().filter(|n| !range.contains(n));
        let first = outside.next()?;
        let within = 1.0 - (1 + outside.count()) as f64 / values.len() as f64;
        Some((first, within.powf(count)))
    }

    /// Returns a text that meets a condition, if one is sure to be among the elements of an array of this shape.
    pub fn surely_text(&self, shape: &Shape, condition: impl Fn(&str) -> bool) -> Option<Rc<str>> {
        let (values, count) = self.draws(shape)?;
        let Data::Str(values) = values else { return None };
        let mut meeting = values.iter().filter(|text| condition(text));
        let first = meeting.next()?;
        let others = 1.0 - (1 + meeting.count()) as f64 / values.len() as f64;
        (count > 0.0 && others.powf(count) < UNSURE).then(|| first.clone())
    }

    /// What is drawn from, and how many independent draws are among the elements of an array of this shape.
    fn draws(&self, shape: &Shape) -> Option<(&Data, f64)> {
        match self {
            Content::Drawn(values) => Some((values, shape.size().known()? as f64)),
            Content::Among(among) => Some((&among.values, among.count(shape)?)),
            _ => None,
        }
    }

    /// Returns what is known of a random choice among these rows: where each value is about as frequent as the
    /// others, as labels and categories are, they are like draws from the distinct ones.
    #[must_use]
    pub fn sampled(&self) -> Content {
        let array = match self {
            Content::Zeros | Content::Drawn(_) | Content::Sample(_) | Content::Spread(_) => {
                return self.clone();
            }
            Content::Among(among) if among.each != Each::Array => return self.clone(),
            Content::Array(array) => array,
            Content::Unknown | Content::Dims(_) | Content::Shape(_) | Content::Among(_) => {
                return Content::Unknown;
            }
        };
        let drawn = match &array.data {
            Data::Bool(values) => evenly(values).map(Data::Bool),
            Data::Int(values) => evenly(values).map(Data::Int),
            Data::Str(values) => evenly(values).map(Data::Str),
            Data::Float(_) => None,
        };
        match drawn {
            Some(values) => Content::Drawn(values.into()),
            None if matches!(array.data, Data::Int(_)) => Content::Sample(array.clone()),
            None => Content::Unknown,
        }
    }

    /// Makes the content of integers, or nothing where there are too many.
    pub fn ints(shape: Vec<i64>, dtype: DType, values: Vec<i64>) -> Content {
        Array::new(shape, dtype, Data::Int(values)).map_or(Content::Unknown, |a| Content::Array(Rc::new(a)))
    }

    /// Makes the content of floats, or nothing where there are too many.
    pub fn floats(shape: Vec<i64>, dtype: DType, values: Vec<f64>) -> Content {
        Array::new(shape, dtype, Data::Float(values)).map_or(Content::Unknown, |a| Content::Array(Rc::new(a)))
    }
}

/// The distinct values in order, if none is much rarer than the others.
fn evenly<T: Ord + Clone>(values: &[T]) -> Option<Vec<T>> {
    let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let rarest = counts.values().min()?;
    (2 * rarest * counts.len() >= values.len()).then(|| counts.keys().map(|value| (*value).clone()).collect())
}

/// Integers with the bounds that they lie between.
type Bounded = (i64, i64, Rc<Data>);

thread_local! {
    /// The integers that were drawn from last: a loop that draws one batch after another has them once.
    static LAST: RefCell<Option<Bounded>> = const { RefCell::new(None) };
}

/// The integers from a bound up to another, which is not one of them; nothing where there are none, or more than are
/// followed.
pub fn integers_between(low: i64, high: i64) -> Option<Rc<Data>> {
    if low >= high || high.saturating_sub(low) > MAX_DRAWN {
        return None;
    }
    LAST.with_borrow_mut(|last| match last {
        Some((from, to, values)) if (*from, *to) == (low, high) => Some(values.clone()),
        _ => {
            let values = Rc::new(Data::Int((low..high).collect()));
            *last = Some((low, high, values.clone()));
            Some(values)
        }
    })
}

/// Elements by kind; the dtype stands beside them.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Booleans.
    Bool(Vec<bool>),
    /// Integers of any width.
    Int(Vec<i64>),
    /// Real floats of any width.
    Float(Vec<f64>),
    /// Strings.
    Str(Vec<Rc<str>>),
}

impl Data {
    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        match self {
            Data::Bool(v) => v.len(),
            Data::Int(v) => v.len(),
            Data::Float(v) => v.len(),
            Data::Str(v) => v.len(),
        }
    }

    /// Tells whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the elements as floats; nothing for strings.
    pub fn to_floats(&self) -> Option<Vec<f64>> {
        match self {
            Data::Bool(v) => Some(v.iter().map(|b| f64::from(u8::from(*b))).collect()),
            Data::Int(v) => Some(v.iter().map(|n| *n as f64).collect()),
            Data::Float(v) => Some(v.clone()),
            Data::Str(_) => None,
        }
    }
}

/// A small array with all its elements, in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The sizes.
    pub shape: Vec<i64>,
    /// The dtype.
    pub dtype: DType,
    /// The elements; as many as the product of the sizes.
    pub data: Data,
}

impl Array {
    /// Makes an array; nothing where the count does not fit the shape or is over [`MAX_ELEMENTS`].
    pub fn new(shape: Vec<i64>, dtype: DType, data: Data) -> Option<Array> {
        let count = shape.iter().try_fold(1_i64, |n, d| n.checked_mul(*d))?;
        (count == i64::try_from(data.len()).ok()? && data.len() <= MAX_ELEMENTS).then_some(Array {
            shape,
            dtype,
            data,
        })
    }

    /// Returns the rows from one place up to another; nothing where there are not so many, or of a scalar.
    pub fn rows(&self, start: usize, stop: usize) -> Option<Array> {
        let (_, sample) = self.shape.split_first()?;
        let width = usize::try_from(sample.iter().product::<i64>()).ok()?;
        let range = start.checked_mul(width)?..stop.checked_mul(width)?;
        let data = match &self.data {
            Data::Bool(v) => Data::Bool(v.get(range)?.to_vec()),
            Data::Int(v) => Data::Int(v.get(range)?.to_vec()),
            Data::Float(v) => Data::Float(v.get(range)?.to_vec()),
            Data::Str(v) => Data::Str(v.get(range)?.to_vec()),
        };
        let rows = i64::try_from(stop.checked_sub(start)?).ok()?;
        let shape = std::iter::once(rows).chain(sample.iter().copied()).collect();
        Array::new(shape, self.dtype, data)
    }

    /// Returns an integer outside of a range, with the chance that none is in rows that are chosen at random and together
    /// have so many elements.
    fn outside(&self, range: &Range<i64>, count: i64) -> Option<(i64, f64)> {
        let Data::Int(values) = &self.data else { return None };
        let rows = usize::try_from(*self.shape.first()?).ok().filter(|rows| *rows > 0)?;
        let width = (values.len() / rows).max(1);
        let outside = |n: &&i64| !range.contains(*n);
        let first = values.iter().find(outside)?;
        let with = values.chunks(width).filter(|row| row.iter().any(|n| outside(&n))).count();
        let chosen = usize::try_from(count).ok()? / width;
        // The chance that none of those rows is among the chosen ones.
        let missed: f64 = (0..chosen.min(rows))
            .map(|at| rows.saturating_sub(with + at) as f64 / (rows - at) as f64)
            .product();
        Some((*first, missed))
    }
}
