//! Shapes and specs.

use std::fmt;

use smallvec::SmallVec;

use crate::{DType, Dim};

/// A tensor's shape: its dims in order, or nothing where the rank is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Shape(Option<SmallVec<[Dim; 4]>>);

impl Shape {
    /// The shape of which not even the rank is known.
    pub const UNKNOWN: Shape = Shape(None);

    /// Makes a shape of dims.
    pub fn new(dims: impl IntoIterator<Item = Dim>) -> Shape {
        Shape(Some(dims.into_iter().collect()))
    }

    /// Makes a fully known shape.
    pub fn known(dims: &[i64]) -> Shape {
        Shape::new(dims.iter().map(|&n| Dim::Known(n)))
    }

    /// Makes the shape of a scalar.
    pub fn scalar() -> Shape {
        Shape::new([])
    }

    /// Makes a shape of known rank whose dims are all unknown.
    pub fn of_rank(rank: usize) -> Shape {
        Shape::new(std::iter::repeat_n(Dim::Unknown, rank))
    }

    /// Returns the dims, or nothing where the rank is unknown.
    pub fn dims(&self) -> Option<&[Dim]> {
        self.0.as_deref()
    }

    /// Tells whether the rank is known and every size is: a number, or `None` as Keras says it.
    pub fn is_told(&self) -> bool {
        self.dims().is_some_and(|dims| !dims.contains(&Dim::Unknown))
    }

    /// Returns the number of axes, if known.
    pub fn rank(&self) -> Option<usize> {
        self.0.as_ref().map(SmallVec::len)
    }

    /// Returns the dim at `axis`, counted from the end when negative; nothing when there is none.
    pub fn dim(&self, axis: i64) -> Option<Dim> {
        let dims = self.dims()?;
        let at = if axis < 0 { axis + dims.len() as i64 } else { axis };
        usize::try_from(at).ok().and_then(|at| dims.get(at)).copied()
    }

    /// Returns the sizes when all are known.
    pub fn all_known(&self) -> Option<Vec<i64>> {
        self.dims()?.iter().map(|d| d.known()).collect()
    }

    /// Returns the number of elements: unknown when a dim is, unless another is zero.
    pub fn size(&self) -> Dim {
        self.dims().map_or(Dim::Unknown, |dims| dims.iter().fold(Dim::Known(1), |n, d| n.times(*d)))
    }

    /// Returns the shape with the dim at `axis` (not negative, within the rank) replaced.
    pub fn with_dim(&self, axis: usize, dim: Dim) -> Shape {
        let mut dims = self.clone();
        if let Some(slot) = dims.0.as_mut().and_then(|d| d.get_mut(axis)) {
            *slot = dim;
        }
        dims
    }

    /// Tells whether a tensor can have both shapes (`TensorShape.is_compatible_with`).
    pub fn compatible(&self, other: &Shape) -> bool {
        match (self.dims(), other.dims()) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.compatible(*b)),
            _ => true,
        }
    }

    /// Returns what both together say of one tensor, or nothing where they contradict.
    pub fn merge(&self, other: &Shape) -> Option<Shape> {
        match (self.dims(), other.dims()) {
            (Some(a), Some(b)) if a.len() == b.len() => a
                .iter()
                .zip(b)
                .map(|(a, b)| a.merge(*b))
                .collect::<Option<SmallVec<_>>>()
                .map(|d| Shape(Some(d))),
            (Some(_), Some(_)) => None,
            (Some(_), None) => Some(self.clone()),
            _ => Some(other.clone()),
        }
    }

    /// Returns what holds of a tensor that has the one shape or the other.
    pub fn join(&self, other: &Shape) -> Shape {
        match (self.dims(), other.dims()) {
            (Some(a), Some(b)) if a.len() == b.len() => Shape::new(a.iter().zip(b).map(|(a, b)| a.join(*b))),
            _ => Shape::UNKNOWN,
        }
    }

    /// Writes the shape as a Python tuple, `(None, 10)` or `(3,)`; `<unknown>` for an unknown rank.
    pub fn tuple(&self) -> String {
        match self.dims() {
            None => "<unknown>".to_owned(),
            Some([one]) => format!("({one},)"),
            Some(dims) => format!("({})", Joined(dims)),
        }
    }

    /// Writes the shape as TensorFlow's shape functions do, `[?,10]`; `<unknown>` for an unknown rank.
    pub fn bracketed(&self) -> String {
        let Some(dims) = self.dims() else { return "<unknown>".to_owned() };
        let dims: Vec<String> =
            dims.iter().map(|d| d.known().map_or("?".to_owned(), |n| n.to_string())).collect();
        format!("[{}]", dims.join(","))
    }
}

struct Joined<'a>(&'a [Dim]);

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, dim) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            dim.fmt(f)?;
        }
        Ok(())
    }
}

impl FromIterator<Dim> for Shape {
    fn from_iter<I: IntoIterator<Item = Dim>>(dims: I) -> Shape {
        Shape::new(dims)
    }
}

/// Writes `[None, 10]`, or `[...]` for an unknown rank.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dims() {
            None => f.write_str("[...]"),
            Some(dims) => write!(f, "[{}]", Joined(dims)),
        }
    }
}

/// What is known of a tensor before it has values: shape and dtype.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct TensorSpec {
    /// The shape.
    pub shape: Shape,
    /// The dtype, if known.
    pub dtype: Option<DType>,
}

impl TensorSpec {
    /// The spec of a tensor of which nothing is known.
    pub const UNKNOWN: TensorSpec = TensorSpec { shape: Shape::UNKNOWN, dtype: None };

    /// Makes a spec.
    pub fn new(shape: Shape, dtype: impl Into<Option<DType>>) -> TensorSpec {
        TensorSpec { shape, dtype: dtype.into() }
    }

    /// Returns what holds of a tensor that fits the one spec or the other.
    pub fn join(&self, other: &TensorSpec) -> TensorSpec {
        let dtype = if self.dtype == other.dtype { self.dtype } else { None };
        TensorSpec { shape: self.shape.join(&other.shape), dtype }
    }
}

/// Writes `float32[None, 10]`, with `?` for an unknown dtype.
impl fmt::Display for TensorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.dtype.map_or("?", DType::name), self.shape)
    }
}
