//! Arguments and results of op and layer calls.

use std::rc::Rc;

use tensor::{Content, DType, Dim, Shape, TensorSpec};

use crate::numeric::ValueId;
use crate::{Flow, Flows};

/// What kind of Python object a tensor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TensorKind {
    /// Keras' tensor without data, the result of `Input` and of symbolic layer calls.
    Keras,
    /// A tensor inside a traced function: a Lambda's body, `fit`'s step.
    Graph,
    /// A TensorFlow tensor with data.
    Eager,
    /// A variable or a layer's weight.
    Variable,
    /// A NumPy array or scalar.
    Numpy,
}

/// What TensorFlow calls the placeholder of a function's first argument that has no name.
pub(crate) const PLACEHOLDER: &str = "Placeholder:0";

/// A tensor as an op sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// Shape and dtype.
    pub spec: TensorSpec,
    /// Known elements.
    pub content: Content,
    /// What Python object it is.
    pub kind: TensorKind,
    /// Its node in the trace; nothing for what was made outside of it.
    pub node: Option<u32>,
    /// Its name in its graph, where that is known: `x:0`.
    pub name: Option<Rc<str>>,
}

impl Operand {
    /// Makes an operand that stands in no trace, as tests and layers need it.
    pub fn loose(spec: TensorSpec, kind: TensorKind) -> Operand {
        Operand { spec, content: Content::Unknown, kind, node: None, name: None }
    }

    /// Returns the name that messages call a traced tensor by; a graph's first placeholder where it is not known.
    pub fn graph_name(&self) -> &str {
        self.name.as_deref().unwrap_or(PLACEHOLDER)
    }
}

/// Names a Python callable that the interpreter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallableId(pub u32);

/// An argument of an op or layer call: a Python value as far as ops need it.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Python's `None`.
    None,
    /// A bool.
    Bool(bool),
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// An int of which only what a dim says is known: `x.shape[0]` of a NumPy array.
    Dim(Dim),
    /// A float, int or bool of unknown value (`float(loss)`), or a text in a list; the dtype is that of its kind: int32,
    /// float32, bool, string.
    Number(DType),
    /// A string.
    Str(Rc<str>),
    /// A dtype object.
    DType(DType),
    /// `...`.
    Ellipsis,
    /// A slice: start, stop, step.
    Slice(Rc<[Arg; 3]>),
    /// A tensor or array.
    Tensor(Operand),
    /// A tuple.
    Tuple(Rc<[Arg]>),
    /// A list.
    List(Rc<[Arg]>),
    /// A `TensorShape` of which not all sizes are known; others are tuples.
    Shape(Shape),
    /// A dict with string keys, in order.
    Dict(Rc<[(Rc<str>, Arg)]>),
    /// A function or other callable.
    Callable(CallableId),
    /// Another object, by its class's name: an initializer, a regularizer.
    Object(Rc<str>),
    /// A default that the recorded signature does not spell out, or an argument not given.
    Missing,
    /// A value of which nothing is known.
    Unknown,
}

impl Arg {
    /// Returns the elements of a tuple or list.
    pub fn items(&self) -> Option<&[Arg]> {
        match self {
            Arg::Tuple(items) | Arg::List(items) => Some(items),
            _ => None,
        }
    }

    /// Tells whether the argument was not given or is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Arg::None | Arg::Missing)
    }

    /// Calls `visit` for every tensor in the argument, in order.
    pub fn tensors<'a>(&'a self, visit: &mut impl FnMut(&'a Operand)) {
        match self {
            Arg::Tensor(operand) => visit(operand),
            Arg::Tuple(items) | Arg::List(items) => items.iter().for_each(|i| i.tensors(visit)),
            Arg::Dict(items) => items.iter().for_each(|(_, i)| i.tensors(visit)),
            Arg::Slice(parts) => parts.iter().for_each(|i| i.tensors(visit)),
            _ => {}
        }
    }

    /// Makes a shape argument of dims.
    pub fn shape(shape: &Shape) -> Arg {
        shape.dims().map_or(Arg::Unknown, |dims| {
            Arg::Tuple(dims.iter().map(|d| d.known().map_or(Arg::None, Arg::Int)).collect())
        })
    }
}

/// One tensor that an op makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Out {
    /// Shape and dtype.
    pub spec: TensorSpec,
    /// Known elements.
    pub content: Content,
    /// How a gradient gets from this tensor to each of [`crate::Call::operands`]; nothing where the op's
    /// [`crate::Gradient`] says it for the whole call.
    pub flows: Option<Flows>,
    /// Its value in the program that is recorded, if one is.
    pub value: Option<ValueId>,
}

impl Out {
    /// Returns how a gradient gets from this tensor to an operand, by the flows of the whole call.
    pub fn flow(&self, flows: &Flows, operand: usize) -> Flow {
        match flows.get(operand) {
            _ if !self.spec.dtype.is_none_or(DType::is_differentiable) => Flow::None,
            Some(flow) => *flow,
            None => Flow::Unknown,
        }
    }
}

/// What an op returns.
#[derive(Clone, Debug, PartialEq)]
pub enum Outputs {
    /// A tensor.
    Tensor(Out),
    /// A list.
    List(Vec<Outputs>),
    /// A tuple.
    Tuple(Vec<Outputs>),
    /// A named tuple or dict, in order: `tf.nn.top_k`'s `values` and `indices`.
    Named(Vec<(&'static str, Outputs)>),
    /// A Python value that is no tensor: `K.int_shape(x)`, `K.ndim(x)`.
    Python(Arg),
}

impl Outputs {
    /// Makes a tensor result of unknown contents.
    pub fn tensor(shape: Shape, dtype: impl Into<Option<DType>>) -> Outputs {
        Outputs::with_content(shape, dtype, Content::Unknown)
    }

    /// Makes a tensor result.
    pub fn with_content(shape: Shape, dtype: impl Into<Option<DType>>, content: Content) -> Outputs {
        Outputs::Tensor(Out { spec: TensorSpec::new(shape, dtype), content, flows: None, value: None })
    }

    /// Returns the result as an argument, with a tensor of a caller's for each of its own. A named tuple becomes a
    /// plain one: it is read by position far more often than by name.
    pub fn as_arg(&self, tensor: &mut dyn FnMut(&Out) -> Arg) -> Arg {
        match self {
            Outputs::Tensor(out) => tensor(out),
            Outputs::List(items) => Arg::List(items.iter().map(|item| item.as_arg(tensor)).collect()),
            Outputs::Tuple(items) => Arg::Tuple(items.iter().map(|item| item.as_arg(tensor)).collect()),
            Outputs::Named(items) => Arg::Tuple(items.iter().map(|(_, item)| item.as_arg(tensor)).collect()),
            Outputs::Python(arg) => arg.clone(),
        }
    }

    /// Forgets what is known of the elements.
    #[must_use]
    pub fn without_content(self) -> Outputs {
        let each = |items: Vec<Outputs>| items.into_iter().map(Outputs::without_content).collect();
        match self {
            Outputs::Tensor(out) => Outputs::Tensor(Out { content: Content::Unknown, ..out }),
            Outputs::List(items) => Outputs::List(each(items)),
            Outputs::Tuple(items) => Outputs::Tuple(each(items)),
            Outputs::Named(items) => {
                Outputs::Named(items.into_iter().map(|(name, item)| (name, item.without_content())).collect())
            }
            Outputs::Python(arg) => Outputs::Python(arg),
        }
    }

    /// Calls `visit` for every tensor in the result, in order.
    pub fn tensors<'a>(&'a self, visit: &mut impl FnMut(&'a Out)) {
        match self {
            Outputs::Tensor(out) => visit(out),
            Outputs::List(items) | Outputs::Tuple(items) => items.iter().for_each(|i| i.tensors(visit)),
            Outputs::Named(items) => items.iter().for_each(|(_, i)| i.tensors(visit)),
            Outputs::Python(_) => {}
        }
    }
}
