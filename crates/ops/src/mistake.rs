//! What an op answers when a call does not fit: a structured mistake and the framework's exception.

use tensor::Dim;

/// The exception classes that the frameworks raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum Exc {
    AssertionError,
    AttributeError,
    ImportError,
    IndexError,
    /// `tf.errors.InvalidArgumentError`.
    InvalidArgumentError,
    /// `tf.errors.UnimplementedError`.
    UnimplementedError,
    /// `tf.errors.NotFoundError`.
    NotFoundError,
    /// `tf.errors.FailedPreconditionError`.
    FailedPreconditionError,
    /// `tf.errors.InternalError`.
    InternalError,
    /// `tf.errors.OperatorNotAllowedInGraphError`.
    OperatorNotAllowedInGraphError,
    KeyError,
    LookupError,
    NameError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    /// NumPy's `AxisError`.
    AxisError,
    /// NumPy's error of a ufunc that takes or makes no such dtype.
    UFuncTypeError,
    /// NumPy's `LinAlgError`.
    LinAlgError,
}

impl Exc {
    /// Returns the class's `__name__`.
    pub fn name(self) -> &'static str {
        match self {
            Exc::AssertionError => "AssertionError",
            Exc::AttributeError => "AttributeError",
            Exc::ImportError => "ImportError",
            Exc::IndexError => "IndexError",
            Exc::InvalidArgumentError => "InvalidArgumentError",
            Exc::UnimplementedError => "UnimplementedError",
            Exc::NotFoundError => "NotFoundError",
            Exc::FailedPreconditionError => "FailedPreconditionError",
            Exc::InternalError => "InternalError",
            Exc::OperatorNotAllowedInGraphError => "OperatorNotAllowedInGraphError",
            Exc::KeyError => "KeyError",
            Exc::LookupError => "LookupError",
            Exc::NameError => "NameError",
            Exc::NotImplementedError => "NotImplementedError",
            Exc::OverflowError => "OverflowError",
            Exc::RuntimeError => "RuntimeError",
            Exc::TypeError => "TypeError",
            Exc::ValueError => "ValueError",
            Exc::ZeroDivisionError => "ZeroDivisionError",
            Exc::AxisError => "AxisError",
            Exc::UFuncTypeError => "UFuncTypeError",
            Exc::LinAlgError => "LinAlgError",
        }
    }
}

/// The kinds of mistake, for the rules to explain. Parameters are named as in the signature that was
/// called; the rules know the operands' specs and where they were made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Mistake {
    /// Two operands' dims cannot be broadcast; `from_end` 1 is the last axis.
    NotBroadcastable { left: Dim, right: Dim, from_end: usize },
    /// Two dims that must be equal are not: inner dims of a matmul, all but one axis of a concatenation.
    DimMismatch { left: Dim, right: Dim, what: &'static str },
    /// An operand's rank is not what the op takes.
    RankMismatch { param: &'static str, expected: String, got: usize },
    /// An axis lies outside the operand's rank.
    AxisOutOfRange { axis: i64, rank: usize },
    /// An index lies outside the axis.
    IndexOutOfRange { index: i64, axis: usize, size: i64 },
    /// A reshape to another number of elements.
    ReshapeSize { from: Dim, to: Dim },
    /// Operands of different dtypes, or a dtype the op does not take.
    DType { param: &'static str, got: String, expected: String },
    /// A value of the wrong Python type or out of its range.
    Argument { param: &'static str, problem: String },
    /// The call does not fit the function's signature.
    Signature { problem: String, misbound: Misbound },
    /// A key that a dict does not have, and those that it has, as Python writes them.
    MissingKey { key: String, keys: Vec<String> },
    /// A value is to be unpacked into another number of names than it has items; of too many only that they are more.
    Unpacking { names: usize, items: Option<usize> },
    /// A name that this version does not have.
    MissingName { name: String },
    /// A layer's input does not fit its input spec.
    LayerInput { layer: String, misfit: Misfitting },
    /// A model's outputs are computed from an Input that is not among its inputs; the layer that is called on it.
    Disconnected { layer: String },
    /// Data or labels that do not fit the model or the loss.
    Data { problem: String },
    /// Arrays that are handed over together have different numbers of samples.
    Cardinality,
    /// A model that was compiled with a loss is fitted without labels.
    NoLabels,
    /// A TensorFlow function on a KerasTensor under Keras 3.
    SymbolicInput { function: String },
    /// Python control flow on a symbolic tensor.
    PythonControlFlow,
    /// A convolution's or pooling's window is larger than what it slides over.
    WindowTooLarge,
    /// A weight would get a size that is not known.
    UnknownDim,
    /// A tensor of which not even the number of axes is known, where that is needed.
    NoRank,
    /// Python's `None` where a value is needed: a size that is not known.
    NoneValue,
    /// A tensor that is to be changed in place.
    ItemAssignment,
    /// Something that is no layer where a layer is needed.
    NotALayer,
    /// A layer is called on something that is no tensor; what that is.
    NotATensor { given: Given },
    /// A model's end is not a tensor that a layer made.
    NotFromLayer { end: &'static str },
    /// Two layers of a model have one name.
    DuplicateName { name: String },
    /// Gradients of a graph are asked for where there is none.
    NoGraph,
    /// A loss is added to a model that is made of KerasTensors.
    SymbolicLoss,
    /// A file's name has no ending that saving or loading knows.
    FileFormat { path: String, exported: bool },
    /// A KerasTensor that a Lambda's function finds outside of itself.
    CapturedTensor,
    /// A model that is asked for what it has only once it is built.
    NotBuilt,
    /// A layer or model that is used before Keras' own constructor has run; its class.
    NotInitialised { class: String },
    /// A `Sequential` of Keras 3 that is asked for what it gave when it was called, and was not called.
    NeverCalled,
    /// A variable or layer made in a function that is called again and again: a Lambda's, a `tf.function`.
    MadeInCall,
    /// A Lambda in a file that is to be loaded safely.
    UnsafeLambda { layer: String },
    /// A class or function in a file that loading does not know.
    Unregistered { class: String },
    /// A value of a layer that has no form in a file: the layer's name, where the value stands, its type.
    Unserialisable { layer: String, place: String, kind: String },
    /// A config that this Keras cannot read: the class, and the version that wrote it, where that can be told.
    ForeignConfig { class: String, writer: Option<u8> },
    /// A tape that is asked for gradients and has recorded nothing: it is used up, or was never entered.
    EmptyTape { used: bool },
    /// A name that every model has is given to an attribute of one.
    ReservedAttribute,
    /// Anything else; the message says it.
    Other,
}

/// In what way a call does not fit a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Misbound {
    /// No parameter has a name that the call gives.
    Unexpected(String),
    /// Parameters without a default get nothing.
    Missing(Vec<String>),
    /// A layer is called on nothing: `layer()`.
    NoInput,
    /// Anything else.
    Other,
}

/// In what way a tensor does not fit a layer's input spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Misfitting {
    /// Its rank is another one.
    Rank { want: usize, got: usize },
    /// Its rank is too low.
    LowRank { least: usize, got: usize },
    /// Its rank is too high.
    HighRank { most: usize, got: usize },
    /// Its size at an axis is not the one that the layer was built for.
    Size { axis: i64, size: i64 },
    /// Anything else, in words.
    Other(String),
}

/// What a layer is called on in place of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A layer: its result was meant.
    Layer,
    /// A function.
    Function,
    /// `None`: what a function gives that returns nothing.
    Nothing,
    /// A number, a text.
    Plain,
}

/// A call that does not fit, with what the framework raises.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The exception's class.
    pub class: Exc,
    /// The exception's message without the frameworks' wrapping.
    pub core: String,
    /// What is wrong, for the rules.
    pub mistake: Mistake,
}

/// What TensorFlow says of Python's control flow on a tensor that is traced, behind what was tried.
const NOT_IN_PYTHON: &str = "is not allowed. You can attempt the following resolutions to the problem: If you are \
    running in Graph mode, use Eager execution mode or decorate this function with @tf.function. If you are using \
    AutoGraph, you can try decorating this function with @tf.function. If that does not work, then you may be using an \
    unsupported feature or your source code may not be visible to AutoGraph. See \
    https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/autograph/g3doc/reference/limitations.md#access-to-source-code \
    for more information.";

impl Violation {
    /// Makes what TensorFlow raises for `if tensor:` where AutoGraph does not rewrite it.
    pub fn symbolic_bool() -> Violation {
        Violation::python_control_flow("Using a symbolic `tf.Tensor` as a Python `bool`")
    }

    /// Makes what TensorFlow raises for `for x in tensor:` there, and for unpacking a tensor.
    pub fn symbolic_iteration() -> Violation {
        Violation::python_control_flow("Iterating over a symbolic `tf.Tensor`")
    }

    /// Turns the violation into a stop.
    pub fn raised(self) -> Stop {
        Stop::Violation(Box::new(self))
    }

    fn python_control_flow(tried: &str) -> Violation {
        Violation {
            class: Exc::OperatorNotAllowedInGraphError,
            core: format!("{tried} {NOT_IN_PYTHON}"),
            mistake: Mistake::PythonControlFlow,
        }
    }

    /// Makes a stop of a violation, for use with `Err`.
    pub fn stop(class: Exc, core: impl Into<String>, mistake: Mistake) -> Stop {
        Violation { class, core: core.into(), mistake }.raised()
    }
}

/// Names an exception that the interpreter already raised inside a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaisedId(pub u32);

/// Why an inference gave no result.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// It cannot be told; the text says why, in a few words.
    Unknown(&'static str),
    /// The call raises.
    Violation(Box<Violation>),
    /// A function that was called back raised.
    Raised(RaisedId),
}

/// The result of an inference.
pub type Infer<T> = Result<T, Stop>;
