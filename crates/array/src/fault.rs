//! What arrays refuse.

use std::fmt;

use tensor::DType;

/// Why an operation on arrays has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The sizes do not fit; the text says which.
    Shape(String),
    /// The operation is not defined for the dtype.
    DType(DType),
    /// An index lies outside: the index and the size of the axis.
    Index(i64, usize),
    /// A result of so many elements is not made.
    TooLarge,
    /// The operation is not written.
    Unsupported(&'static str),
}

/// The result of an operation on arrays.
pub type Result<T> = std::result::Result<T, Fault>;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Shape(text) => write!(f, "{text}"),
            Fault::DType(dtype) => write!(f, "not defined for {dtype}"),
            Fault::Index(index, size) => write!(f, "index {index} is not in [0, {size})"),
            Fault::TooLarge => write!(f, "too many elements"),
            Fault::Unsupported(what) => write!(f, "{what} is not computed"),
        }
    }
}

impl std::error::Error for Fault {}
