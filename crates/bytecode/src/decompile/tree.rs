//! A small syntax tree of Python: what source is printed from.

use std::rc::Rc;

use crate::object::Object;
use crate::ops::{Binary, Collection, Comparison, Conversion, Name, Unary};

/// An expression, shared between the places that may still become its one place.
pub(crate) type Shared = Rc<Expr>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Name(Name),
    Constant(Object),
    Attribute(Shared, Name),
    Subscript(Shared, Shared),
    /// `a:b:c` in a subscript.
    Slice(Option<Shared>, Option<Shared>, Option<Shared>),
    Unary(Unary, Shared),
    Binary(Binary, Shared, Shared),
    /// `a < b <= c`.
    Compare(Shared, Vec<(Comparison, Shared)>),
    /// `a and b`, `a or b`.
    Bool {
        and: bool,
        parts: Vec<Shared>,
    },
    Conditional {
        test: Shared,
        yes: Shared,
        no: Shared,
    },
    Call(Shared, Vec<Argument>),
    Display(Collection, Vec<Shared>),
    /// A key that is missing stands for `**value`.
    Dict(Vec<(Option<Shared>, Shared)>),
    Starred(Shared),
    Lambda(Box<Lambda>),
    Comprehension(Box<Comprehension>),
    /// An f-string.
    Text(Vec<Piece>),
    /// `name := value`.
    Walrus(Name, Shared),
    Yield(Option<Shared>),
    YieldFrom(Shared),
    Await(Shared),
    /// A `def`, until it is bound to its name.
    Function(Box<Function>),
    /// A class, until it is bound to its name.
    Class(Box<Class>),
    /// `a += b`, until it is bound to `a`.
    InPlace(Binary, Shared, Shared),
    /// What is known of an exception's class: the test of an `except` clause.
    Caught(Shared),
    /// What `__exit__` says of an exception.
    Swallowed,
    /// What `assert` raises.
    AssertionError,
    /// A value that was computed before the statements that now stand before it.
    Held(usize),
    /// What the `match` of that number compares with its patterns.
    Subject(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    Positional(Shared),
    Star(Shared),
    Keyword(Name, Shared),
    Mapping(Shared),
}

/// A part of an f-string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Literal(Rc<str>),
    Value { value: Shared, conversion: Conversion, spec: Option<Vec<Piece>> },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: Rc<str>,
    pub(crate) default: Option<Default>,
    pub(crate) annotation: Option<Shared>,
}

/// A default value: code that made it, or the literal that the caller knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Default {
    Code(Shared),
    Literal(Rc<str>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parameters {
    pub(crate) positional_only: Vec<Parameter>,
    pub(crate) plain: Vec<Parameter>,
    pub(crate) star: Option<Parameter>,
    pub(crate) keyword_only: Vec<Parameter>,
    pub(crate) mapping: Option<Parameter>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lambda {
    pub(crate) parameters: Parameters,
    pub(crate) body: Shared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gathers {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comprehension {
    pub(crate) gathers: Gathers,
    pub(crate) element: Shared,
    /// The value of a dictionary's entry.
    pub(crate) value: Option<Shared>,
    pub(crate) clauses: Vec<Clause>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Clause {
    For { target: Shared, iterable: Shared, asynchronous: bool },
    If(Shared),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: Rc<str>,
    pub(crate) asynchronous: bool,
    pub(crate) decorators: Vec<Shared>,
    pub(crate) parameters: Parameters,
    pub(crate) returns: Option<Shared>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Class {
    pub(crate) name: Rc<str>,
    pub(crate) decorators: Vec<Shared>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Handler {
    /// The class; `None` for a bare `except:`.
    pub(crate) class: Option<Shared>,
    pub(crate) name: Option<Name>,
    pub(crate) body: Vec<Stmt>,
}

/// `case a | b if guard`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    /// The values that it is compared with; none for `_`.
    pub(crate) patterns: Vec<Shared>,
    pub(crate) guard: Option<Shared>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stmt {
    Expr(Shared),
    Assign(Vec<Shared>, Shared),
    Augment(Binary, Shared, Shared),
    Annotate(Shared, Shared, Option<Shared>),
    Delete(Vec<Shared>),
    Return(Option<Shared>),
    Raise(Option<Shared>, Option<Shared>),
    Assert(Shared, Option<Shared>),
    Import(Name, Option<Name>),
    /// Level, module, names.
    ImportFrom(usize, Name, Vec<(Name, Option<Name>)>),
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    If {
        test: Shared,
        yes: Vec<Stmt>,
        no: Vec<Stmt>,
    },
    While {
        test: Shared,
        body: Vec<Stmt>,
        no_break: Vec<Stmt>,
    },
    For {
        target: Shared,
        iterable: Shared,
        asynchronous: bool,
        body: Vec<Stmt>,
        no_break: Vec<Stmt>,
    },
    With {
        items: Vec<(Shared, Option<Shared>)>,
        asynchronous: bool,
        body: Vec<Stmt>,
    },
    Try {
        body: Vec<Stmt>,
        handlers: Vec<Handler>,
        no_exception: Vec<Stmt>,
        finally: Vec<Stmt>,
    },
    Break,
    Continue,
    Pass,
    Function(Box<Function>),
    Class(Box<Class>),
    /// An element of a comprehension, and the value of a dictionary's entry.
    Gather(Shared, Option<Shared>),
    /// The value that a `match` is about, until its cases are found.
    Subject(usize, Shared),
    Match {
        subject: Shared,
        cases: Vec<Case>,
    },
}

impl Expr {
    pub(crate) fn none() -> Shared {
        Rc::new(Expr::Constant(Object::None))
    }

    /// Tells whether it is the constant `None`.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Expr::Constant(Object::None))
    }
}
