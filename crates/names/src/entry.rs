//! What is known of a name.

use crate::classes;

/// Which Keras the names `keras` and `tf.keras` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Keras 2, which is the package `tf_keras`.
    Keras2,
    /// Keras 3.
    Keras3,
}

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A module.
    Module,
    /// A class.
    Class,
    /// A function, or any other object that is called like one.
    Function,
    /// A value.
    Constant,
    /// A method; its signature begins with `self`.
    Method,
    /// A class method; its signature is without `cls`.
    ClassMethod,
    /// A static method.
    StaticMethod,
    /// A property of instances.
    Property,
    /// A value that methods of the class set on instances, `__init__` often but not always.
    Attribute,
}

/// A recorded name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where it is recorded: the path (`tf.keras.…` is recorded as `keras.…`), for a member its definition.
    pub path: &'a str,
    /// What it is.
    pub kind: Kind,
    /// The object itself as `module:qualname`; for a module its `__name__`; empty for a constant.
    ///
    /// Two names with the same definition are the same object: objects that share a qualified name, such as
    /// functions made in a function, have definitions that were made different.
    pub definition: &'a str,
    /// The text of `inspect.signature`, empty where there is none; for a constant its `repr`.
    pub signature: &'a str,
}

impl Entry<'static> {
    /// Returns the definitions of a class's direct base classes, without `object`.
    pub fn bases(&self) -> impl Iterator<Item = &'static str> {
        classes::bases(self.definition)
    }

    /// Returns the last part of the path.
    pub fn name(&self) -> &'static str {
        self.path.rsplit(['.', ':']).next().unwrap_or(self.path)
    }
}

/// Whether a name exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It exists.
    Exists(Entry<'static>),
    /// It does not exist: reading it raises `AttributeError`.
    Missing,
    /// It is a module that can be imported, but is no attribute of its package until something imports it.
    ImportOnly,
    /// Nothing is known: the recording left it out, or an object makes its attributes up.
    NotRecorded,
}

impl Existence {
    /// Returns the entry of a name that exists.
    pub fn entry(self) -> Option<Entry<'static>> {
        match self {
            Existence::Exists(entry) => Some(entry),
            _ => None,
        }
    }
}
