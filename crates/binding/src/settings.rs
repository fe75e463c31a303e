//! Arguments bound to a signature: defaults included, `**kwargs` as a dict.

use std::fmt;
use std::rc::Rc;

use ops::{Arg, Exc, Misbound, Mistake, Violation};
use python::{BindError, BindErrorKind};

use crate::Arguments;

/// Arguments that do not fit a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The text of Python's `TypeError`.
    pub text: String,
    /// The reason as data.
    pub misbound: Misbound,
}

impl Misfit {
    /// Returns the exception.
    pub fn violation(self) -> Violation {
        let Misfit { text, misbound } = self;
        let mistake = Mistake::Signature { problem: text.clone(), misbound };
        Violation { class: Exc::TypeError, core: text, mistake }
    }
}

impl From<BindError> for Misfit {
    fn from(error: BindError) -> Misfit {
        Misfit { text: error.to_string(), misbound: misbound(&error.kind) }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Misfit {}

/// Binds a call to a signature: one argument for each parameter, in order. `to_arg` turns values into arguments.
///
/// # Errors
/// Python's `TypeError`, worded as the framework's functions word it.
pub fn bound<T: Clone>(
    signature: &python::Signature,
    name: &str,
    positional: &[T],
    keywords: &[(Rc<str>, T)],
    mut to_arg: impl FnMut(&T) -> Arg,
) -> Result<Arguments, Misfit> {
    let bound = python::bind(signature, name, positional, keywords).map_err(|error| Misfit {
        text: problem(&error, signature, name),
        misbound: misbound(&error.kind),
    })?;
    let mut out = Vec::with_capacity(bound.len());
    for (parameter, value) in signature.params.iter().zip(bound) {
        let arg = match value {
            python::Bound::Given(value) => to_arg(&value),
            python::Bound::VarArgs(values) => Arg::Tuple(values.iter().map(&mut to_arg).collect()),
            python::Bound::KwArgs(pairs) => {
                Arg::Dict(pairs.iter().map(|(name, value)| (name.clone(), to_arg(value))).collect())
            }
            python::Bound::Default(default) => default_arg(default),
        };
        out.push((parameter.name.clone(), arg));
    }
    Ok(out)
}

/// Words a binding error as functions written in C do, where the signature begins with a positional `self`.
fn problem(error: &BindError, signature: &python::Signature, name: &str) -> String {
    let native = signature.params.first().is_some_and(|p| &*p.name == "self") && !name.ends_with("__init__");
    match &error.kind {
        BindErrorKind::Unexpected(keyword) if native => {
            format!("'{keyword}' is an invalid keyword argument for {name}()")
        }
        _ => error.to_string(),
    }
}

/// Says as data why arguments do not fit a signature.
pub fn misbound(kind: &BindErrorKind) -> Misbound {
    match kind {
        BindErrorKind::Unexpected(name) => Misbound::Unexpected(name.to_string()),
        BindErrorKind::Missing(names) => {
            Misbound::Missing(names.iter().map(|name| name.to_string()).collect())
        }
        BindErrorKind::TooManyPositional | BindErrorKind::Multiple(_) | BindErrorKind::PositionalOnly(_) => {
            Misbound::Other
        }
    }
}

/// Converts a recorded default.
pub fn default_arg(default: &python::Default) -> Arg {
    match default {
        python::Default::None => Arg::None,
        python::Default::Bool(b) => Arg::Bool(*b),
        python::Default::Int(n) => Arg::Int(*n),
        python::Default::Float(x) => Arg::Float(*x),
        python::Default::Str(s) => Arg::Str(s.clone()),
        python::Default::Tuple(items) => Arg::Tuple(items.iter().map(default_arg).collect()),
        python::Default::List(items) => Arg::List(items.iter().map(default_arg).collect()),
        python::Default::DType(name) => tensor::DType::parse(name).map_or(Arg::Missing, Arg::DType),
        python::Default::Dict | python::Default::Other => Arg::Missing,
    }
}
