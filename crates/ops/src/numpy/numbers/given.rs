//! The arguments of a call as arrays and plain numbers.

use std::fmt;
use std::rc::Rc;

use array::{Array, Fault, Result};
use tensor::DType;

use crate::numpy::promote;
use crate::{Arg, Op, Operand};

/// One call of a NumPy function, with its arguments' elements.
pub struct Given<'a> {
    /// The function.
    pub op: &'static Op,
    /// The public path that it was called by; empty for operators and methods.
    pub path: &'a str,
    /// The bound arguments.
    pub args: &'a [(Rc<str>, Arg)],
    /// The dtype of the first result, as its rule says.
    pub dtype: Option<DType>,
    /// Finds the elements of an operand.
    pub elements: &'a dyn Fn(&Operand) -> Option<Array>,
}

impl fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("op", &self.op.name).field("args", &self.args).finish_non_exhaustive()
    }
}

/// What is not known of a call.
pub(super) fn unknown() -> Fault {
    Fault::Unsupported("an argument that is not known")
}

impl Given<'_> {
    /// Returns the last part of the name that the function was called by.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Returns an argument by one of its names; nothing where it was not given.
    pub(super) fn arg(&self, names: &[&str]) -> Option<&Arg> {
        let found = self.args.iter().find(|(name, _)| names.contains(&&**name)).map(|(_, arg)| arg);
        found.filter(|arg| !matches!(arg, Arg::Missing | Arg::None))
    }

    /// Returns the first argument.
    pub(super) fn first(&self) -> Result<&Arg> {
        self.args.first().map(|(_, arg)| arg).ok_or_else(unknown)
    }

    /// Returns the first argument as an array.
    pub(super) fn x(&self) -> Result<Array> {
        self.array(self.first()?)
    }

    /// Returns an argument as an array.
    pub(super) fn named(&self, names: &[&str]) -> Result<Array> {
        self.array(self.arg(names).ok_or_else(unknown)?)
    }

    /// Returns an optional argument as an array.
    pub(super) fn maybe(&self, names: &[&str]) -> Result<Option<Array>> {
        self.arg(names).map(|arg| self.array(arg)).transpose()
    }

    /// Returns an argument as an integer.
    pub(super) fn int(&self, names: &[&str], default: i64) -> Result<i64> {
        match self.arg(names) {
            None => Ok(default),
            Some(arg) => self.array(arg)?.to_int(),
        }
    }

    /// Returns an argument as a float.
    pub(super) fn float(&self, names: &[&str], default: f64) -> Result<f64> {
        match self.arg(names) {
            None => Ok(default),
            Some(arg) => self.array(arg)?.to_float(),
        }
    }

    /// Returns a flag.
    pub(super) fn flag(&self, names: &[&str], default: bool) -> Result<bool> {
        match self.arg(names) {
            None => Ok(default),
            Some(Arg::Bool(flag)) => Ok(*flag),
            Some(Arg::Int(n)) => Ok(*n != 0),
            Some(_) => Err(unknown()),
        }
    }

    /// Returns the sizes that an argument states: one or a sequence.
    pub(super) fn sizes(&self, names: &[&str]) -> Result<Vec<i64>> {
        self.arg(names).map_or_else(|| Ok(Vec::new()), |arg| self.array(arg)?.to_ints())
    }

    /// Returns the marks of the axes that are meant, all where none is given.
    pub(super) fn axes(&self, rank: usize) -> Result<Vec<bool>> {
        let Some(arg) = self.arg(&["axis"]) else { return Ok(vec![true; rank]) };
        let mut marks = vec![false; rank];
        for axis in self.array(arg)?.to_ints()? {
            *marks.get_mut(place(axis, rank)).ok_or_else(unknown)? = true;
        }
        Ok(marks)
    }

    /// Returns one axis; nothing where none is given.
    pub(super) fn axis(&self, rank: usize) -> Result<Option<usize>> {
        let Some(arg) = self.arg(&["axis"]) else { return Ok(None) };
        let at = place(self.array(arg)?.to_int()?, rank);
        if at < rank { Ok(Some(at)) } else { Err(unknown()) }
    }

    /// Returns an array with the axis that is meant; where none is given, all its elements in a row.
    pub(super) fn along(&self, x: Array) -> Result<(Array, usize)> {
        match self.axis(x.rank())? {
            Some(axis) => Ok((x, axis)),
            None => Ok((x.reshape(&[x.len()])?, 0)),
        }
    }

    /// Makes an array of an argument: an array itself, a number, or nested sequences of them.
    pub(super) fn array(&self, arg: &Arg) -> Result<Array> {
        match arg {
            Arg::Bool(b) => Array::bools(&[], vec![*b]),
            Arg::Int(n) => Array::ints(&[], DType::Int64, vec![*n]),
            Arg::Float(x) => Array::scalar(DType::Float64, *x),
            Arg::Dim(dim) => Array::ints(&[], DType::Int64, vec![dim.known().ok_or_else(unknown)?]),
            Arg::Str(text) => Array::texts(&[], vec![(**text).into()]),
            Arg::Tensor(operand) => (self.elements)(operand).ok_or_else(unknown),
            Arg::Tuple(items) | Arg::List(items) => {
                let parts: Vec<Array> = items.iter().map(|item| self.array(item)).collect::<Result<_>>()?;
                stacked(parts)
            }
            _ => Err(unknown()),
        }
    }

    /// Returns the arrays of a sequence.
    pub(super) fn arrays(&self, arg: &Arg) -> Result<Vec<Array>> {
        match arg {
            Arg::Tuple(items) | Arg::List(items) => items.iter().map(|item| self.array(item)).collect(),
            other => rows(&self.array(other)?),
        }
    }
}

/// The arrays along the first axis.
pub(super) fn rows(x: &Array) -> Result<Vec<Array>> {
    let count = *x.shape().first().ok_or_else(unknown)?;
    (0..count).map(|i| x.narrow(0, i, i + 1)?.reshape(&x.shape()[1..])).collect()
}

/// Brings arrays to their common dtype.
pub(super) fn common(parts: Vec<Array>) -> Result<Vec<Array>> {
    let Some(first) = parts.first().map(Array::dtype) else { return Ok(parts) };
    let dtype = parts.iter().try_fold(first, |all, part| promote::in_list(all, part.dtype()));
    let dtype = dtype.ok_or_else(unknown)?;
    parts.into_iter().map(|part| part.cast(dtype)).collect()
}

/// Joins the items of a sequence along a new first axis.
fn stacked(parts: Vec<Array>) -> Result<Array> {
    if parts.is_empty() {
        return Array::zeros(&[0], DType::Float64);
    }
    array::stack(&common(parts)?, 0)
}

/// An array of at least so many axes: the new ones stand in front.
pub(super) fn at_least(x: &Array, rank: usize) -> Result<Array> {
    let new = vec![1; rank.saturating_sub(x.rank())];
    x.reshape(&[&new[..], x.shape()].concat())
}

/// Where an axis that may count from the end lies.
pub(super) fn place(axis: i64, rank: usize) -> usize {
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// Makes an array of floats of a dtype.
pub(super) fn of_floats(shape: &[usize], dtype: Option<DType>, values: Vec<f64>) -> Result<Array> {
    Array::floats(shape, dtype.unwrap_or(DType::Float64), values)
}

/// Returns real elements as floats; complex ones are not halved.
pub(super) fn floats(x: &Array) -> Result<Vec<f64>> {
    if x.dtype().is_complex() {
        return Err(unknown());
    }
    x.cast(DType::Float64)?.to_floats()
}
