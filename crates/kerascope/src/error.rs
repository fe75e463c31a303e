//! What can go wrong, as values.

use std::fmt;

use ops::{Exc, Mistake, Stop};
use tensor::TensorSpec;

/// The result of what this crate does.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Keras would raise an exception.
    Raised(Box<Raised>),
    /// It cannot be told; the text says why, in a few words. Never a guess.
    Unknown(&'static str),
    /// Something is asked of a model that only [`crate::Model::compile`] makes possible.
    NotCompiled,
    /// An array does not have the shape or dtype that is needed; the text says which.
    Data(String),
    /// A file cannot be read or written, or is not what it should be; the text says which and why.
    File(String),
    /// A layer of a function or class that no file holds: a [`crate::Lambda`], a layer of the file's author. To load it,
    /// supply it by [`crate::Loader::function`]; to save a model with it, save its weights alone.
    Function {
        /// The layer's name.
        layer: String,
    },
    /// A model was compiled with a function or class of the file's author, which no file holds:
    /// [`crate::Loader::uncompiled`] leaves it out.
    Compiled {
        /// What is missing.
        what: String,
    },
    /// A kernel refused the numbers it was given, while a model ran.
    Failed(exec::Failure),
    /// The numbers of this kernel are not written: the model can be checked, but not run.
    NoNumbers(&'static str),
}

/// An exception that Keras would raise.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// The layer in which it is raised; empty outside of layers.
    pub layer: String,
    /// The exception's class.
    pub exception: Exc,
    /// Its message, without the frameworks' wrapping.
    pub message: String,
    /// What is wrong, as data: which axes, which sizes.
    pub mistake: Mistake,
    /// The function that refused its arguments, by its public path; empty where a layer did so itself.
    pub function: String,
    /// Its tensors, by the names of its parameters.
    pub operands: Vec<(String, TensorSpec)>,
    /// The exception that this one hides: Keras 3 swallows whatever the function of a `Lambda` raises while its output's
    /// shape is inferred.
    pub hidden: Option<Box<Raised>>,
}

impl Raised {
    /// Returns the exception at the bottom of it all.
    pub fn cause(&self) -> &Raised {
        self.hidden.as_deref().map_or(self, Raised::cause)
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.exception.name(), self.message)?;
        if !self.layer.is_empty() {
            write!(f, " (layer '{}')", self.layer)?;
        }
        match &self.hidden {
            Some(hidden) => write!(f, "; this hides {hidden}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Raised(raised) => raised.fmt(f),
            Error::Unknown(why) => write!(f, "it cannot be told: {why}"),
            Error::NotCompiled => f.write_str("the model has not been compiled"),
            Error::Data(what) | Error::File(what) => f.write_str(what),
            Error::Function { layer } => {
                write!(f, "no file holds what layer '{layer}' computes: `Loader::function` supplies it")
            }
            Error::Compiled { what } => {
                write!(
                    f,
                    "no file holds '{what}', which the model was compiled with: `Loader::uncompiled` leaves it out"
                )
            }
            Error::Failed(failure) => write!(f, "a kernel refused its inputs: {failure}"),
            Error::NoNumbers(kernel) => write!(f, "the numbers of `{kernel}` are not written"),
        }
    }
}

impl std::error::Error for Error {}

impl From<exec::Failure> for Error {
    fn from(failure: exec::Failure) -> Error {
        Error::Failed(failure)
    }
}

impl From<exec::Unplanned> for Error {
    fn from(unplanned: exec::Unplanned) -> Error {
        match unplanned {
            exec::Unplanned::Kernel(kernel) => Error::NoNumbers(kernel),
            exec::Unplanned::Input(_) => Error::Unknown("a value that is not computed"),
        }
    }
}

impl From<array::Fault> for Error {
    fn from(fault: array::Fault) -> Error {
        Error::Data(fault.to_string())
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Error {
        match stop {
            Stop::Violation(violation) => Error::Raised(Box::new(Raised {
                layer: String::new(),
                exception: violation.class,
                message: violation.core,
                mistake: violation.mistake,
                function: String::new(),
                operands: Vec::new(),
                hidden: None,
            })),
            Stop::Unknown(why) => Error::Unknown(why),
            // Only an interpreter calls back what raises by itself.
            Stop::Raised(_) => Error::Unknown("an exception of a function that is not known"),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        match error {
            Error::Raised(raised) => ops::Violation::stop(raised.exception, raised.message, raised.mistake),
            Error::Unknown(why) => Stop::Unknown(why),
            _ => Stop::Unknown("a function that failed"),
        }
    }
}
