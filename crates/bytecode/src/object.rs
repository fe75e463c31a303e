//! Python objects as `marshal` stores them.

use std::sync::Arc;

use crate::integer::Integer;
use crate::version::{Version, Versions};

/// A constant. Containers are shared, as they are in the file, so that a small file can't become large.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// The exception class `StopIteration`, which `marshal` can store for its own reasons.
    StopIteration,
    /// A whole number of any size.
    Int(Integer),
    /// A float.
    Float(f64),
    /// A complex number: its real and its imaginary part.
    Complex(f64, f64),
    /// Text.
    Str(Arc<str>),
    /// Text with surrogates, which UTF-8 has no form for, as code points.
    Surrogates(Arc<[u32]>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A tuple.
    Tuple(Arc<[Object]>),
    /// A list.
    List(Arc<[Object]>),
    /// A set.
    Set(Arc<[Object]>),
    /// A frozen set.
    FrozenSet(Arc<[Object]>),
    /// A dictionary, in the order in which it was written.
    Dict(Arc<[(Object, Object)]>),
    /// `slice(start, stop, step)`, since 3.14.
    Slice(Arc<[Object; 3]>),
    /// A code object.
    Code(Arc<Code>),
}

impl Object {
    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Object::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the code of a code object.
    pub fn as_code(&self) -> Option<&Arc<Code>> {
        match self {
            Object::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Returns the elements of a tuple.
    pub fn as_tuple(&self) -> Option<&[Object]> {
        match self {
            Object::Tuple(elements) => Some(elements),
            _ => None,
        }
    }
}

/// How a release lays a code object out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// 3.6 and 3.7.
    Old,
    /// 3.8 to 3.10: with the number of positional-only parameters.
    Positional,
    /// 3.11 to 3.14: with a qualified name, one list for all kinds of locals, an exception table.
    Modern,
}

impl Layout {
    /// Returns the releases that write code objects so.
    pub fn versions(self) -> Versions {
        match self {
            Layout::Old => Versions::between(Version::V36, Version::V37),
            Layout::Positional => Versions::between(Version::V38, Version::V310),
            Layout::Modern => Versions::between(Version::V311, Version::V314),
        }
    }
}

/// A code object: a function, a class body or a module, with the fields that CPython's `co_…` have.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// How it was stored.
    pub layout: Layout,
    /// The number of positional parameters, those that are positional only included.
    pub argcount: u32,
    /// The number of parameters that are positional only.
    pub posonlyargcount: u32,
    /// The number of parameters that are keyword only.
    pub kwonlyargcount: u32,
    /// The greatest height of the stack.
    pub stacksize: u32,
    /// `CO_…` flags; see [`flags`].
    pub flags: u32,
    /// The instructions.
    pub code: Arc<[u8]>,
    /// The constants, code of inner functions included.
    pub consts: Vec<Object>,
    /// Names of globals and attributes.
    pub names: Vec<Arc<str>>,
    /// Parameters, then other local variables.
    pub varnames: Vec<Arc<str>>,
    /// Variables of functions around it.
    pub freevars: Vec<Arc<str>>,
    /// Its variables that inner functions use; some of them may be parameters.
    pub cellvars: Vec<Arc<str>>,
    /// All variables by the number that instructions have for them, since 3.11; empty before.
    pub localsplus: Vec<Arc<str>>,
    /// The file that it was compiled from.
    pub filename: Arc<str>,
    /// The function's name, `<lambda>` for a lambda.
    pub name: Arc<str>,
    /// The name with that of the classes and functions around it; empty before 3.11.
    pub qualname: Arc<str>,
    /// The line that it begins in.
    pub firstlineno: i32,
    /// Which instructions stand for which lines, in the release's own form.
    pub linetable: Arc<[u8]>,
    /// Which instructions are handled where; empty before 3.11.
    pub exceptiontable: Arc<[u8]>,
}

/// Bits of [`Code::flags`].
pub mod flags {
    /// It is a function: its variables have numbers, which those of classes and modules have not.
    pub const OPTIMIZED: u32 = 0x1;
    /// It has `*args`.
    pub const VARARGS: u32 = 0x4;
    /// It has `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x8;
    /// It is a generator.
    pub const GENERATOR: u32 = 0x20;
    /// It is an `async def`.
    pub const COROUTINE: u32 = 0x80;
    /// It is an `async def` with `yield` in it.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// Its first constant is a docstring; since 3.13.
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
}

impl Code {
    /// Returns how many of the local variables are parameters.
    pub fn parameters(&self) -> usize {
        let stars =
            [flags::VARARGS, flags::VARKEYWORDS].iter().filter(|flag| self.flags & **flag != 0).count();
        self.argcount as usize + self.kwonlyargcount as usize + stars
    }

    /// Tells whether it is a lambda and not a `def`.
    pub fn is_lambda(&self) -> bool {
        &*self.name == "<lambda>"
    }

    /// Returns the code objects in its constants: inner functions, classes, comprehensions.
    pub fn inner(&self) -> impl Iterator<Item = &Arc<Code>> {
        self.consts.iter().filter_map(Object::as_code)
    }

    /// Returns the code and all code in it, the outer first, each once however often it is shared.
    pub fn all(&self) -> Vec<&Code> {
        let mut found: Vec<&Code> = vec![self];
        let mut next = 0;
        let mut seen = std::collections::HashSet::new();
        while let Some(code) = found.get(next).copied() {
            found.extend(code.inner().filter(|inner| seen.insert(Arc::as_ptr(inner))).map(|inner| &**inner));
            next += 1;
        }
        found
    }
}
