//! What can be wrong with marshalled bytes.

use std::error::Error;
use std::fmt;

/// Why bytes are not a marshalled object, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarshalError {
    /// The byte, counted from 0, at which something else was expected.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The bytes end.
    Truncated {
        /// What was expected.
        expected: &'static str,
    },
    /// No type of object has this code.
    UnknownType(u8),
    /// There is an object of another type.
    WrongType {
        /// What was expected.
        expected: &'static str,
    },
    /// A length is negative or larger than the bytes that are left.
    Length {
        /// Whose length it is.
        of: &'static str,
        /// The length.
        length: i64,
    },
    /// It refers to an object that was not read before.
    Reference(u32),
    /// A number or text is not written as such.
    Malformed {
        /// What was expected.
        expected: &'static str,
    },
    /// It is nested deeper than is sensible.
    TooDeep,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: ", self.offset)?;
        match &self.problem {
            Problem::Truncated { expected } => write!(f, "expected {expected}, the data ends"),
            Problem::UnknownType(code) => {
                write!(f, "expected an object, found the unknown type code {code:#04x}")
            }
            Problem::WrongType { expected } => write!(f, "expected {expected}, found another object"),
            Problem::Length { of, length } => {
                write!(f, "expected {of}, found a length of {length}, which the data does not have")
            }
            Problem::Reference(index) => {
                write!(
                    f,
                    "expected an object, found a reference to object {index}, which was not read before"
                )
            }
            Problem::Malformed { expected } => write!(f, "expected {expected}, found malformed data"),
            Problem::TooDeep => write!(f, "objects are nested too deep"),
        }
    }
}

impl Error for MarshalError {}
