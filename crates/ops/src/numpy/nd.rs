//! An array inside a rule.

use tensor::{Array, Content, DType, Data, Dim, Shape};

use crate::spec::fold;
use crate::{Operand, Outputs};

/// Whether a value's dtype yields to that of others: Python's numbers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// An array or one of NumPy's scalars.
    No,
    /// A Python int.
    Int,
    /// A Python float.
    Float,
}

/// An array, or a Python number on its way to become one.
#[derive(Clone, Debug, PartialEq)]
pub struct Nd {
    /// The shape.
    pub shape: Shape,
    /// The dtype, if known.
    pub dtype: Option<DType>,
    /// Known elements.
    pub content: Content,
    /// Whether it is a Python number.
    pub weak: Weak,
}

impl Nd {
    /// Makes an array of unknown elements.
    pub fn new(shape: Shape, dtype: impl Into<Option<DType>>) -> Nd {
        Nd { shape, dtype: dtype.into(), content: Content::Unknown, weak: Weak::No }
    }

    /// An array of which nothing is known.
    pub fn unknown() -> Nd {
        Nd::new(Shape::UNKNOWN, None)
    }

    /// Makes an array with all its elements, if they are few.
    pub fn of(shape: Vec<i64>, dtype: DType, data: Data) -> Nd {
        let known = Shape::known(&shape);
        let content =
            Array::new(shape, dtype, data).map_or(Content::Unknown, |array| Content::Array(array.into()));
        Nd { shape: known, dtype: Some(dtype), content, weak: Weak::No }
    }

    /// Makes an integer vector.
    pub fn ints(values: Vec<i64>) -> Nd {
        Nd::of(vec![values.len() as i64], DType::Int64, Data::Int(values))
    }

    /// Makes a Python number.
    pub fn scalar(dtype: DType, data: Option<Data>, weak: Weak) -> Nd {
        let mut nd = match data {
            Some(data) => Nd::of(Vec::new(), dtype, data),
            None => Nd::new(Shape::scalar(), dtype),
        };
        nd.weak = weak;
        nd
    }

    /// Reads an operand.
    pub fn from_operand(operand: &Operand) -> Nd {
        Nd {
            shape: operand.spec.shape.clone(),
            dtype: operand.spec.dtype,
            content: operand.content.clone(),
            weak: Weak::No,
        }
    }

    /// Returns the array with known elements.
    #[must_use]
    pub fn with_content(mut self, content: Content) -> Nd {
        self.content = content;
        self
    }

    /// Returns the rank, if known.
    pub fn rank(&self) -> Option<usize> {
        self.shape.rank()
    }

    /// Returns the dims, if the rank is known.
    pub fn dims(&self) -> Option<&[Dim]> {
        self.shape.dims()
    }

    /// Returns the elements where all are known.
    pub fn array(&self) -> Option<Array> {
        let sizes = self.shape.all_known()?;
        let array = fold::array(&self.content, &sizes, self.dtype?)?;
        (array.shape == sizes).then_some(array)
    }

    /// Returns all elements as integers, where they are known and integral.
    pub fn int_values(&self) -> Option<Vec<i64>> {
        match self.array()?.data {
            Data::Int(values) => Some(values),
            Data::Bool(values) => Some(values.into_iter().map(i64::from).collect()),
            Data::Float(_) | Data::Str(_) => None,
        }
    }

    /// Returns all elements as floats, where they are known numbers.
    pub fn floats(&self) -> Option<Vec<f64>> {
        self.array()?.data.to_floats()
    }

    /// Returns an array of the elements at these places of the flattened array, in another shape.
    ///
    /// The places are asked for only where the elements are known.
    #[must_use]
    pub fn picked(&self, shape: Shape, places: impl FnOnce(&[i64]) -> Option<Vec<usize>>) -> Nd {
        let content = self.picked_content(&shape, places).unwrap_or(match self.content {
            Content::Zeros => Content::Zeros,
            // Some of them are draws as well.
            ref other => other.independent().unwrap_or(Content::Unknown),
        });
        Nd { shape, dtype: self.dtype, content, weak: Weak::No }
    }

    fn picked_content(
        &self,
        shape: &Shape,
        places: impl FnOnce(&[i64]) -> Option<Vec<usize>>,
    ) -> Option<Content> {
        let sizes = shape.all_known()?;
        if sizes.iter().try_fold(1_i64, |n, d| n.checked_mul(*d))? > tensor::MAX_ELEMENTS as i64 {
            return None;
        }
        let array = match &self.content {
            Content::Array(_) | Content::Dims(_) => self.array()?,
            Content::Zeros
            | Content::Shape(_)
            | Content::Drawn(_)
            | Content::Sample(_)
            | Content::Among(_)
            | Content::Spread(_)
            | Content::Unknown => return None,
        };
        let places = places(&array.shape)?;
        let data = super::elements::pick(&array.data, &places)?;
        Some(Content::Array(Array::new(sizes, array.dtype, data)?.into()))
    }

    /// Casts the array.
    #[must_use]
    pub fn cast(&self, dtype: Option<DType>) -> Nd {
        let content = match dtype {
            Some(to) if self.dtype == Some(to) => self.content.clone(),
            Some(to) if to.is_integer() || to.is_floating() || to == DType::Bool => {
                fold::cast(&self.content, to)
            }
            _ => Content::Unknown,
        };
        Nd { shape: self.shape.clone(), dtype, content, weak: Weak::No }
    }

    /// Turns the array into an op's result.
    pub fn output(self) -> Outputs {
        Outputs::with_content(self.shape, self.dtype, self.content)
    }
}
