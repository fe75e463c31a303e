//! Abstract Python values.

use std::rc::Rc;

pub use binding::profile;
use diagnostics::Span;
use graph::NodeId;
use tensor::{DType, Data, Dim, Shape};

use crate::class::ClassId;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;

/// Which object a dtype is: they mean the same, and are written in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DTypeObject {
    /// TensorFlow's: `tf.float32`.
    TensorFlow,
    /// A class of NumPy's scalars: `np.float32`.
    Scalar,
    /// What an array has: `np.dtype("float32")`.
    NumPy,
    /// Which one is not known.
    Unknown,
}

/// What the interpreter knows of a Python object. Cheap to clone; mutable objects live on the heap.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`.
    None,
    /// A bool.
    Bool(bool),
    /// An int that fits 64 bits.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// `...`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// A plain value of which only the type is known: `float(loss)`, `len(unknown)`.
    Any(Plain),
    /// An int of which only what a dim says is known: `x.shape[0]`.
    Dim(Dim),
    /// An int that was drawn: `random.randint(0, 9)`.
    Drawn(Rc<Draw>),
    /// A tuple; with the class of a named tuple.
    Tuple(Rc<[Value]>),
    /// A list on the heap.
    List(ObjId),
    /// A dict on the heap.
    Dict(ObjId),
    /// A set on the heap.
    Set(ObjId),
    /// A slice: start, stop, step.
    Slice(Rc<[Value; 3]>),
    /// `range(start, stop, step)`.
    Range(i64, i64, i64),
    /// An iterator over known items, on the heap.
    Iterator(ObjId),
    /// A tensor, variable or array.
    Tensor(NodeId),
    /// A dtype, and which library's object it is.
    DType(DType, DTypeObject),
    /// A `TensorShape`.
    Shape(Shape),
    /// A function or lambda of the script.
    Function(FunctionId),
    /// A method bound to its object: a function of the script or a native one.
    Bound(Rc<Bound>),
    /// A native function.
    Native(&'static Native),
    /// A framework's function, by its public path.
    Api(Rc<str>),
    /// A framework's or library's module, by its public path.
    Module(Rc<str>),
    /// A module of the script's own project: its scope.
    Script(ObjId),
    /// A class.
    Class(ClassId),
    /// An instance of a class, on the heap.
    Instance(ObjId),
    /// `property`, `staticmethod`, `classmethod`, `functools.partial` and their like.
    Wrapped(Rc<Wrapped>),
    /// Nothing is known.
    Unknown(Reason),
}

/// A plain Python type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum Plain {
    Bool,
    Int,
    Float,
    Str,
}

/// What an int is drawn from. Each draw is an object of its own, so that two draws are told from one that is used
/// twice.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The values, each as likely as the others: distinct, in ascending order.
    pub values: Rc<Data>,
    /// The draw that this one was made of by adding to it or taking from it: it has the same places among its values.
    pub of: Option<Rc<Draw>>,
}

/// Names a function of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionId(pub u32);

/// A native function: its name, and the code.
#[derive(Debug)]
pub struct Native {
    /// The name in messages.
    pub name: &'static str,
    /// The code.
    pub call: NativeFn,
}

/// The code of a native function. Methods get their object as the first positional argument.
pub type NativeFn = for<'a> fn(&mut Interp<'a>, Args) -> Eval<Value>;

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub struct Args {
    /// Positional arguments.
    pub positional: Vec<Value>,
    /// Keyword arguments, in order.
    pub keywords: Vec<(Rc<str>, Value)>,
}

impl Args {
    /// Makes arguments of positional ones.
    pub fn of(positional: impl IntoIterator<Item = Value>) -> Args {
        Args { positional: positional.into_iter().collect(), keywords: Vec::new() }
    }

    /// Takes a keyword argument out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.keywords.iter().position(|(k, _)| &**k == name)?;
        Some(self.keywords.remove(at).1)
    }

    /// Returns the argument at a position or by its keyword.
    pub fn get(&self, at: usize, name: &str) -> Option<&Value> {
        self.positional.get(at).or_else(|| self.keyword(name))
    }

    /// Returns a keyword argument.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(k, _)| &**k == name).map(|(_, v)| v)
    }

    /// Puts an object in front, as a bound method does.
    pub fn with_self(mut self, object: Value) -> Args {
        self.positional.insert(0, object);
        self
    }
}

/// A method and its object.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The object.
    pub object: Value,
    /// The function.
    pub function: Value,
    /// The class that `super()` starts after, where the function is one of the script's.
    pub owner: Option<ClassId>,
}

/// A value that wraps a function.
#[derive(Clone, Debug)]
pub enum Wrapped {
    /// A property with its getter and setter.
    Property(Value, Option<Value>),
    /// A static method.
    Static(Value),
    /// A class method.
    ClassMethod(Value),
    /// `functools.partial`.
    Partial(Value, Args),
    /// `super()`: the object, and the class to start after.
    Super(Value, ClassId),
    /// A `tf.function`.
    Graph(Rc<Traced>),
    /// A `tf.custom_gradient`.
    CustomGradient(Value),
}

impl Wrapped {
    /// Returns the function of the script inside of a `tf.function` or custom gradient.
    pub fn function(&self) -> Option<&Value> {
        match self {
            Wrapped::Graph(traced) => Some(&traced.function),
            Wrapped::CustomGradient(function) => Some(function),
            _ => None,
        }
    }
}

/// A `tf.function`.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The function.
    pub function: Value,
    /// Whether AutoGraph rewrites it.
    pub autograph: bool,
    /// `input_signature`.
    pub signature: Option<Value>,
}

/// Why nothing is known of a value: the first cause.
#[derive(Clone, Debug)]
pub struct Reason(Rc<(String, Option<Span>)>);

impl Reason {
    /// Makes a reason.
    pub fn new(text: impl Into<String>, span: Option<Span>) -> Reason {
        Reason(Rc::new((text.into(), span)))
    }

    /// Returns a number that all clones of this reason have in common, as long as there is one.
    pub(crate) fn identity(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.0.0
    }

    /// Returns the place, if there is one.
    pub fn span(&self) -> Option<Span> {
        self.0.1
    }
}

impl Value {
    /// Makes an unknown value.
    pub fn unknown(text: impl Into<String>) -> Value {
        Value::Unknown(Reason::new(text, None))
    }

    /// Makes a string.
    pub fn str(text: &str) -> Value {
        Value::Str(text.into())
    }

    /// Makes a native method of an object, bound to it.
    pub(crate) fn bound(object: Value, method: &'static Native) -> Value {
        Value::Bound(Rc::new(Bound { object, function: Value::Native(method), owner: None }))
    }

    /// Makes an int that was drawn from these values, of which there is at least one.
    pub(crate) fn drawn(values: Rc<Data>) -> Value {
        match &*values {
            Data::Int(all) if all.len() == 1 => Value::Int(all[0]),
            _ => Value::Drawn(Rc::new(Draw { values, of: None })),
        }
    }

    /// Makes a tuple.
    pub fn tuple(items: impl IntoIterator<Item = Value>) -> Value {
        Value::Tuple(items.into_iter().collect())
    }

    /// Makes the Python value of a dim: an int, known or not, or `None` for a dim that is unknown to Keras.
    pub fn static_dim(dim: Dim) -> Value {
        match dim {
            Dim::Known(n) => Value::Int(n),
            Dim::Symbol(_) => Value::None,
            // Whether Keras has a number there cannot be told.
            Dim::Unknown => Value::Dim(Dim::Unknown),
        }
    }

    /// Tells whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// Tells whether it is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Returns the text of a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// Returns a known int (or bool).
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) | Value::Dim(Dim::Known(n)) => Some(*n),
            Value::Bool(b) => Some(i64::from(*b)),
            _ => None,
        }
    }
}
