//! Instructions as all releases mean them: what the rest of the crate sees of bytecode.

use std::sync::Arc;

use crate::object::Object;

/// A name of a variable, an attribute or a module.
pub(crate) type Name = Arc<str>;

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// In the function.
    Local,
    /// In a cell that it shares with other functions.
    Cell,
    /// In the module.
    Global,
    /// In a class body or a module's top, then in the module, then built in.
    Named,
}

/// What a display or a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Collection {
    Tuple,
    List,
    Set,
}

/// When a branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum When {
    True,
    False,
    None,
    NotNone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unary {
    Plus,
    Minus,
    Invert,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Binary {
    Add,
    And,
    FloorDivide,
    LeftShift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    RightShift,
    Subtract,
    Divide,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    Is,
    IsNot,
}

/// How a value is turned into text in an f-string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Conversion {
    None,
    Str,
    Repr,
    Ascii,
}

/// Flags of a function being made: what is on the stack for it.
pub(crate) mod making {
    pub(crate) const DEFAULTS: u32 = 1;
    pub(crate) const KEYWORD_DEFAULTS: u32 = 2;
    pub(crate) const ANNOTATIONS: u32 = 4;
    pub(crate) const CLOSURE: u32 = 8;
    /// A function that makes the annotations, since 3.14.
    pub(crate) const ANNOTATE: u32 = 16;
}

/// An index into the list of lowered instructions.
pub(crate) type Label = usize;

/// What an instruction does. Numbers count from the top of the stack, which is 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Const(Object),
    Load(Scope, Name),
    Store(Scope, Name),
    Delete(Scope, Name),
    /// Pushes a variable, if it has a value, and clears it: what a comprehension inside of a function begins with.
    SaveAndClear(Name),
    /// Pushes a cell for an inner function.
    LoadCell(Name),
    BuildClass,
    /// Pushes the class that `assert` raises.
    AssertionError,
    /// Pushes the null that stands before or after a callable.
    Null,
    Attribute(Name),
    /// Pushes a method, and what stands for its null.
    Method(Name),
    /// `super().name`; pops `super`, the class and the instance. The method's null is pushed, too, if so.
    SuperAttribute {
        name: Name,
        method: bool,
        explicit: bool,
    },
    StoreAttribute(Name),
    DeleteAttribute(Name),
    Subscript,
    StoreSubscript,
    DeleteSubscript,
    SliceSubscript,
    StoreSlice,
    Slice(u32),
    Unary(Unary),
    Binary(Binary),
    InPlace(Binary),
    Compare(Comparison),
    Build(Collection, u32),
    BuildMap(u32),
    BuildConstKeyMap(u32),
    BuildText(u32),
    /// Joins iterables: `[*a, *b]`, to 3.8. A call's arguments if so.
    Unpack(Collection, u32),
    /// Joins mappings: `{**a, **b}`, to 3.8.
    UnpackMap(u32),
    /// Appends to the collection at that place.
    Append(Collection, u32),
    AppendEntry(u32),
    /// Since 3.9: joins an iterable to the collection at that place.
    Extend(Collection, u32),
    ExtendMap(u32),
    ListToTuple,
    Format(Conversion, bool),
    /// Marks a value as converted for [`Op::Format`], since 3.13.
    Convert(Conversion),
    Call {
        count: u32,
        null: bool,
        names: Option<Vec<Name>>,
    },
    /// A call with the tuple of names on the stack.
    CallKeywords {
        count: u32,
        null: bool,
    },
    /// A call with a tuple of arguments and, if so, a mapping.
    CallSpread {
        mapping: bool,
        null: bool,
    },
    MakeFunction(u32),
    FunctionAttribute(u32),
    Pop,
    Copy(u32),
    CopyTwo,
    Swap(u32),
    /// Moves the top below that many.
    Rotate(u32),
    UnpackSequence(u32),
    UnpackRest(u32, u32),
    Jump(Label),
    /// `continue` out of a `try`, to 3.7.
    ContinueLoop(Label),
    Branch(When, Label),
    /// Jumps with the value left on the stack, or pops it.
    BranchKeep(When, Label),
    Iterate,
    ForEach(Label),
    /// Ends a loop: drops what the release leaves of the iterator.
    EndFor,
    Return,
    Raise(u32),
    Reraise,
    Yield,
    YieldFrom,
    Await,
    AsyncIterate,
    AsyncNext,
    AsyncEnd,
    Import(Name),
    ImportFrom(Name),
    ImportStar,
    SetupFinally(Label),
    SetupExcept(Label),
    SetupWith(Label),
    SetupAsyncWith(Label),
    SetupLoop(Label),
    PopBlock,
    BreakLoop,
    PopExcept,
    EndFinally,
    BeginFinally,
    CallFinally(Label),
    PopFinally,
    WithCleanupStart,
    WithCleanupFinish,
    WithExceptStart,
    /// Enters a `with`: pushes what leaves it, if so a null, and what `__enter__` gave.
    BeforeWith {
        asynchronous: bool,
        null: bool,
    },
    PushException,
    /// Tells whether the exception is of the class on the stack; drops the exception unless it is kept.
    MatchException {
        keep: bool,
    },
    /// `STORE_ANNOTATION` and other annotations of a body that has a place for them.
    SetupAnnotations,
    MatchClass(u32),
    MatchMapping,
    MatchSequence,
    MatchKeys,
    Length,
    /// Does nothing, but has a line.
    Nop,
    /// Marks the start of a generator's body.
    GeneratorStart,
    /// A known instruction that no source is made of here.
    Unsupported(&'static str),
}

/// An instruction and where in the source it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Lowered {
    pub(crate) position: crate::decode::Position,
    pub(crate) op: Op,
}
