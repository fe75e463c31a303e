//! Arguments to parameters, with the errors CPython gives when they do not fit.
//!
//! The checks run in CPython 3.11's order, since the first that fails decides the message.

use std::fmt;
use std::rc::Rc;

use crate::default::Default;
use crate::signature::{ParameterKind, Signature};

/// What a parameter got.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound<'a, T> {
    /// An argument.
    Given(T),
    /// The positional arguments left over for `*args`.
    VarArgs(Vec<T>),
    /// The named arguments left over for `**kwargs`.
    KwArgs(Vec<(Rc<str>, T)>),
    /// Nothing, so its default holds.
    Default(&'a Default),
}

impl<T> Bound<'_, T> {
    /// Returns the argument, if one was given.
    pub fn given(&self) -> Option<&T> {
        match self {
            Bound::Given(value) => Some(value),
            _ => None,
        }
    }
}

/// Why the arguments do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindErrorKind {
    /// Required parameters got nothing.
    Missing(Vec<Rc<str>>),
    /// No parameter has this name.
    Unexpected(Rc<str>),
    /// There are more positional arguments than places.
    TooManyPositional,
    /// A parameter got a positional and a named argument.
    Multiple(Rc<str>),
    /// Positional-only parameters were named.
    PositionalOnly(Vec<Rc<str>>),
}

/// Arguments that do not fit a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    /// The text of CPython's `TypeError`.
    pub message: String,
    /// The reason as data.
    pub kind: BindErrorKind,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BindError {}

/// Assigns arguments to the parameters of a signature, one result for each parameter in order.
///
/// `function_name` is the qualified name (`Dense.__init__`); a method's `self` is the first positional
/// argument, which CPython counts as given.
pub fn bind<'a, T: Clone>(
    signature: &'a Signature,
    function_name: &str,
    positional: &[T],
    keywords: &[(Rc<str>, T)],
) -> Result<Vec<Bound<'a, T>>, BindError> {
    let binder = Binder { signature, function_name };
    let mut slots: Vec<Option<T>> = vec![None; signature.params.len()];
    let mut left_over = positional;
    for (slot, parameter) in slots.iter_mut().zip(&signature.params) {
        let (ParameterKind::PositionalOnly | ParameterKind::Standard) = parameter.kind else { break };
        let Some((first, rest)) = left_over.split_first() else { break };
        *slot = Some(first.clone());
        left_over = rest;
    }
    let others = binder.bind_keywords(&mut slots, keywords)?;
    if !left_over.is_empty() && !binder.has(ParameterKind::VarArgs) {
        return Err(binder.too_many_positional(positional.len(), &slots));
    }
    binder.check_missing(&slots)?;
    let mut others = Some(others);
    let bound =
        slots.into_iter().zip(&signature.params).map(|(slot, parameter)| match (slot, &parameter.default) {
            (Some(value), _) => Bound::Given(value),
            (None, Some(default)) => Bound::Default(default),
            (None, None) if parameter.kind == ParameterKind::VarArgs => Bound::VarArgs(left_over.to_vec()),
            (None, None) => Bound::KwArgs(others.take().unwrap_or_default()),
        });
    Ok(bound.collect())
}

struct Binder<'a> {
    signature: &'a Signature,
    function_name: &'a str,
}

impl Binder<'_> {
    fn has(&self, kind: ParameterKind) -> bool {
        self.signature.params.iter().any(|parameter| parameter.kind == kind)
    }

    fn error(&self, kind: BindErrorKind, rest: &str) -> BindError {
        BindError { message: format!("{}() {rest}", self.function_name), kind }
    }

    /// Puts named arguments in their slots and returns those for `**kwargs`.
    fn bind_keywords<T: Clone>(
        &self,
        slots: &mut [Option<T>],
        keywords: &[(Rc<str>, T)],
    ) -> Result<Vec<(Rc<str>, T)>, BindError> {
        let mut others = Vec::new();
        for (name, value) in keywords {
            let nameable = |kind| matches!(kind, ParameterKind::Standard | ParameterKind::KeywordOnly);
            let mut pairs = self.signature.params.iter().zip(slots.iter_mut());
            match pairs.find(|(parameter, _)| parameter.name == *name && nameable(parameter.kind)) {
                Some((_, slot @ None)) => *slot = Some(value.clone()),
                Some((_, Some(_))) => {
                    let rest = format!("got multiple values for argument '{name}'");
                    return Err(self.error(BindErrorKind::Multiple(name.clone()), &rest));
                }
                None if self.has(ParameterKind::KwArgs) => others.push((name.clone(), value.clone())),
                None => return Err(self.unexpected(name, keywords)),
            }
        }
        Ok(others)
    }

    fn unexpected<T>(&self, name: &Rc<str>, keywords: &[(Rc<str>, T)]) -> BindError {
        let parameters = self.signature.params.iter();
        let named: Vec<Rc<str>> = parameters
            .filter(|parameter| parameter.kind == ParameterKind::PositionalOnly)
            .filter(|parameter| keywords.iter().any(|(keyword, _)| *keyword == parameter.name))
            .map(|parameter| parameter.name.clone())
            .collect();
        if named.is_empty() {
            let rest = format!("got an unexpected keyword argument '{name}'");
            return self.error(BindErrorKind::Unexpected(name.clone()), &rest);
        }
        let names = named.join(", ");
        let rest = format!("got some positional-only arguments passed as keyword arguments: '{names}'");
        self.error(BindErrorKind::PositionalOnly(named), &rest)
    }

    fn too_many_positional<T>(&self, given: usize, slots: &[Option<T>]) -> BindError {
        let positional = || {
            let kinds = [ParameterKind::PositionalOnly, ParameterKind::Standard];
            self.signature.params.iter().filter(move |parameter| kinds.contains(&parameter.kind))
        };
        let most = positional().count();
        let least = positional().filter(|parameter| parameter.default.is_none()).count();
        let (takes, plural) = if least < most {
            (format!("from {least} to {most}"), true)
        } else {
            (most.to_string(), most != 1)
        };
        let keyword_only = self.signature.params.iter().zip(slots);
        let named = keyword_only
            .filter(|(parameter, slot)| parameter.kind == ParameterKind::KeywordOnly && slot.is_some())
            .count();
        let s = |count| if count == 1 { "" } else { "s" };
        let also = match named {
            0 => String::new(),
            _ => format!(" positional argument{} (and {named} keyword-only argument{})", s(given), s(named)),
        };
        let were = if given == 1 && named == 0 { "was" } else { "were" };
        let plural = if plural { "s" } else { "" };
        let rest = format!("takes {takes} positional argument{plural} but {given}{also} {were} given");
        self.error(BindErrorKind::TooManyPositional, &rest)
    }

    fn check_missing<T>(&self, slots: &[Option<T>]) -> Result<(), BindError> {
        let missing = |wanted: fn(ParameterKind) -> bool| -> Vec<Rc<str>> {
            let pairs = self.signature.params.iter().zip(slots);
            pairs
                .filter(|(parameter, slot)| {
                    wanted(parameter.kind) && slot.is_none() && parameter.default.is_none()
                })
                .map(|(parameter, _)| parameter.name.clone())
                .collect()
        };
        let positional =
            missing(|kind| matches!(kind, ParameterKind::PositionalOnly | ParameterKind::Standard));
        if !positional.is_empty() {
            return Err(self.missing("positional", positional));
        }
        let keyword_only = missing(|kind| kind == ParameterKind::KeywordOnly);
        if !keyword_only.is_empty() {
            return Err(self.missing("keyword-only", keyword_only));
        }
        Ok(())
    }

    fn missing(&self, what: &str, names: Vec<Rc<str>>) -> BindError {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let list = match quoted.as_slice() {
            [first, second] => format!("{first} and {second}"),
            [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
            _ => quoted.concat(),
        };
        let s = if names.len() == 1 { "" } else { "s" };
        let rest = format!("missing {} required {what} argument{s}: {list}", names.len());
        self.error(BindErrorKind::Missing(names), &rest)
    }
}

#[cfg(test)]
mod tests;
