//! Tensors and values inside an op's rule.

use std::rc::Rc;

use smallvec::SmallVec;
use tensor::{Content, DType, Dim, Shape, TensorSpec};

use crate::arg::PLACEHOLDER;
use crate::numeric::{Recorder, ValueId};
use crate::{Arg, Flow, Operand, Out, Outputs, TensorKind};

/// How gradients get from a tensor back to the operands of the call: the operand's number and the best way.
/// An operand that is not listed gets `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach(SmallVec<[(u16, Flow); 2]>);

impl Reach {
    /// The reach of the operand itself.
    pub fn of(operand: usize) -> Reach {
        Reach(SmallVec::from_slice(&[(operand as u16, Flow::Ok)]))
    }

    /// Adds another way back: the better one counts.
    pub fn join(&mut self, other: &Reach) {
        for &(operand, flow) in &other.0 {
            match self.0.iter_mut().find(|(o, _)| *o == operand) {
                Some((_, mine)) => *mine = flow.max(*mine),
                None => self.0.push((operand, flow)),
            }
        }
    }

    /// Weakens every way to at most `flow`, or leads it over what raises.
    #[must_use]
    pub fn at_most(mut self, flow: Flow) -> Reach {
        for (_, mine) in &mut self.0 {
            *mine = flow.then(*mine);
        }
        self.0.retain(|(_, mine)| *mine != Flow::None);
        self
    }

    /// Returns how the gradient gets to an operand.
    pub fn to(&self, operand: usize) -> Flow {
        self.0.iter().find(|(o, _)| usize::from(*o) == operand).map_or(Flow::None, |(_, flow)| *flow)
    }
}

/// A tensor inside a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The shape.
    pub shape: Shape,
    /// The dtype, if known.
    pub dtype: Option<DType>,
    /// Known elements.
    pub content: Content,
    /// What Python object it is.
    pub kind: TensorKind,
    /// How gradients get back to the call's operands.
    pub reach: Reach,
    /// Its value in the program that is recorded, if one is.
    pub value: Option<ValueId>,
    /// Its name in its graph, where that is known.
    pub name: Option<Rc<str>>,
}

impl Tensor {
    /// Makes a tensor that depends on no operand.
    pub fn new(shape: Shape, dtype: impl Into<Option<DType>>) -> Tensor {
        let (content, kind) = (Content::Unknown, TensorKind::Graph);
        Tensor { shape, dtype: dtype.into(), content, kind, reach: Reach::default(), value: None, name: None }
    }

    /// Makes an integer scalar.
    pub fn int(value: i64) -> Tensor {
        Tensor::ints(Vec::new(), DType::Int32, vec![value])
    }

    /// Makes an int32 vector.
    pub fn vector(values: &[i64]) -> Tensor {
        Tensor::ints(vec![values.len() as i64], DType::Int32, values.to_vec())
    }

    /// Makes a tensor of known integers.
    pub fn ints(shape: Vec<i64>, dtype: DType, values: Vec<i64>) -> Tensor {
        Tensor::new(Shape::known(&shape), dtype).with_content(Content::ints(shape, dtype, values))
    }

    /// Makes a tensor of known floats.
    pub fn floats(shape: Vec<i64>, dtype: DType, values: Vec<f64>) -> Tensor {
        Tensor::new(Shape::known(&shape), dtype).with_content(Content::floats(shape, dtype, values))
    }

    /// Makes an integer vector of dims, as `tf.shape` returns it.
    pub fn dims(dims: Vec<Dim>, dtype: DType) -> Tensor {
        let shape = vec![dims.len() as i64];
        Tensor::new(Shape::known(&shape), dtype).with_content(vector_of(dims, dtype))
    }

    /// Returns the tensor with known elements.
    #[must_use]
    pub fn with_content(mut self, content: Content) -> Tensor {
        self.content = normal(content, &self.shape, self.dtype);
        self
    }

    /// Returns the tensor with another static shape. Where it has another rank, the elements are no longer known: that
    /// takes a kernel.
    #[must_use]
    pub fn with_shape(mut self, shape: Shape) -> Tensor {
        if let (Some(have), Some(want)) = (self.shape.rank(), shape.rank())
            && have != want
        {
            (self.content, self.value) = (Content::Unknown, None);
        }
        self.shape = shape;
        self
    }

    /// Returns a tensor with the spec and the reach of this one but other elements, which are not known: what
    /// stands for something that is not composed of kernels.
    #[must_use]
    pub fn like(mut self) -> Tensor {
        (self.content, self.value, self.name) = (Content::Unknown, None, None);
        self
    }

    /// Returns the name that messages call a traced tensor by; a graph's first placeholder where it is not known.
    pub fn graph_name(&self) -> &str {
        self.name.as_deref().unwrap_or(PLACEHOLDER)
    }

    /// Returns the rank, if known.
    pub fn rank(&self) -> Option<usize> {
        self.shape.rank()
    }

    /// Returns the spec.
    pub fn spec(&self) -> TensorSpec {
        TensorSpec::new(self.shape.clone(), self.dtype)
    }

    /// Tells whether the tensor is TensorFlow's, not NumPy's.
    pub fn is_tf(&self) -> bool {
        self.kind != TensorKind::Numpy
    }

    /// Returns all integer elements, if the tensor can be evaluated. A slice of a shape that is known in part
    /// cannot, even where its own elements are known; it can still serve as a shape.
    pub fn int_values(&self) -> Option<Vec<i64>> {
        match &self.content {
            Content::Array(_) => self.content.dims()?.iter().map(|d| d.known()).collect(),
            _ => None,
        }
    }

    /// Returns the value of an integer scalar, if known.
    pub fn int_value(&self) -> Option<i64> {
        match (self.shape.rank(), self.int_values().as_deref()) {
            (Some(0), Some([n])) => Some(*n),
            _ => None,
        }
    }
}

/// An argument or a result: a tensor, a container of values, or another Python value.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// A tensor or array.
    T(Tensor),
    /// A list.
    List(Vec<Val>),
    /// A tuple.
    Tuple(Vec<Val>),
    /// A named tuple or dict that an op returns.
    Named(Vec<(&'static str, Val)>),
    /// Any other Python value; never a tensor, list or tuple.
    Py(Arg),
}

impl Val {
    /// Reads an argument; `next` is the number of the next operand.
    pub(crate) fn read(arg: &Arg, next: &mut usize, recorder: Option<&Recorder>) -> Val {
        match arg {
            Arg::Tensor(operand) => {
                *next += 1;
                Val::T(tensor_of(operand, *next - 1, recorder))
            }
            Arg::List(items) => Val::List(items.iter().map(|i| Val::read(i, next, recorder)).collect()),
            Arg::Tuple(items) => Val::Tuple(items.iter().map(|i| Val::read(i, next, recorder)).collect()),
            Arg::Slice(parts) => {
                // `x[:tf.shape(y)[0]]`: the tensors in a slice are operands too.
                parts.iter().for_each(|part| part.tensors(&mut |_| *next += 1));
                Val::Py(arg.clone())
            }
            Arg::Dict(items) => {
                items.iter().for_each(|(_, item)| item.tensors(&mut |_| *next += 1));
                Val::Py(arg.clone())
            }
            _ => Val::Py(arg.clone()),
        }
    }

    /// Returns the elements of a list or tuple.
    pub fn items(&self) -> Option<&[Val]> {
        match self {
            Val::List(items) | Val::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// Tells whether the value is Python's `None` or was not given.
    pub fn is_none(&self) -> bool {
        matches!(self, Val::Py(arg) if arg.is_none())
    }

    /// Returns a number that is written in the call: an int or a float.
    pub fn number(&self) -> Option<f64> {
        match self {
            Val::Py(Arg::Float(x)) => Some(*x),
            Val::Py(Arg::Int(n)) => Some(*n as f64),
            _ => None,
        }
    }

    /// Returns the tensor, if it is one.
    pub fn as_tensor(&self) -> Option<&Tensor> {
        if let Val::T(t) = self { Some(t) } else { None }
    }

    /// Tells whether a tensor of TensorFlow's or Keras' is in the value.
    pub fn has_tf_tensor(&self) -> bool {
        match self {
            Val::T(t) => t.is_tf(),
            Val::List(items) | Val::Tuple(items) => items.iter().any(Val::has_tf_tensor),
            Val::Named(items) => items.iter().any(|(_, v)| v.has_tf_tensor()),
            Val::Py(_) => false,
        }
    }

    /// Turns the value into an argument for [`Arg`]'s conversions (`Vec<i64>`, `Shape`).
    pub fn to_arg(&self) -> Arg {
        match self {
            Val::T(t) => Arg::Tensor(Operand {
                spec: t.spec(),
                content: t.content.clone(),
                kind: t.kind,
                node: None,
                name: t.name.clone(),
            }),
            Val::List(items) => Arg::List(items.iter().map(Val::to_arg).collect()),
            Val::Tuple(items) => Arg::Tuple(items.iter().map(Val::to_arg).collect()),
            Val::Named(items) => Arg::Dict(items.iter().map(|(k, v)| (Rc::from(*k), v.to_arg())).collect()),
            Val::Py(arg) => arg.clone(),
        }
    }

    /// Makes a list of tensors.
    pub fn list(tensors: impl IntoIterator<Item = Tensor>) -> Val {
        Val::List(tensors.into_iter().map(Val::T).collect())
    }

    /// Makes a tuple of tensors.
    pub fn tuple(tensors: impl IntoIterator<Item = Tensor>) -> Val {
        Val::Tuple(tensors.into_iter().map(Val::T).collect())
    }

    /// Makes a list of ints.
    pub fn ints(values: &[i64]) -> Val {
        Val::List(values.iter().map(|n| Val::from(*n)).collect())
    }

    /// Makes a Python tuple of a shape, as `x.shape` is under Keras 3.
    pub fn shape(shape: &Shape) -> Option<Val> {
        let dim = |d: &Dim| d.known().map_or(Val::Py(Arg::None), Val::from);
        shape.dims().map(|dims| Val::Tuple(dims.iter().map(dim).collect()))
    }

    /// Turns a result into the op's outputs; `operands` is how many tensors the call has.
    pub(super) fn into_outputs(self, operands: usize) -> Outputs {
        match self {
            Val::T(t) => {
                let differentiable = t.dtype.is_none_or(DType::is_differentiable);
                let flow = |o| if differentiable { t.reach.to(o) } else { Flow::None };
                let flows = (0..operands).map(flow).collect();
                let spec = t.spec();
                Outputs::Tensor(Out { spec, content: t.content, flows: Some(flows), value: t.value })
            }
            Val::List(items) => Outputs::List(items.into_iter().map(|v| v.into_outputs(operands)).collect()),
            Val::Tuple(items) => {
                Outputs::Tuple(items.into_iter().map(|v| v.into_outputs(operands)).collect())
            }
            Val::Named(items) => {
                Outputs::Named(items.into_iter().map(|(k, v)| (k, v.into_outputs(operands))).collect())
            }
            Val::Py(arg) => Outputs::Python(arg),
        }
    }
}

fn tensor_of(operand: &Operand, number: usize, recorder: Option<&Recorder>) -> Tensor {
    Tensor {
        shape: operand.spec.shape.clone(),
        dtype: operand.spec.dtype,
        content: normal(operand.content.clone(), &operand.spec.shape, operand.spec.dtype),
        kind: operand.kind,
        reach: Reach::of(number),
        value: recorder.and_then(|r| r.operand(number)),
        name: operand.name.clone(),
    }
}

/// Turns a scalar dim that is known into an array: an element of a shape can be evaluated.
fn normal(content: Content, shape: &Shape, dtype: Option<DType>) -> Content {
    match (&content, shape.rank(), dtype) {
        (Content::Dims(dims), Some(0), Some(dtype)) => match dims[..] {
            [Dim::Known(n)] => Content::ints(Vec::new(), dtype, vec![n]),
            _ => content,
        },
        _ => content,
    }
}

/// Makes the content of a vector of dims: an array where all are known.
pub(crate) fn vector_of(dims: Vec<Dim>, dtype: DType) -> Content {
    match dims.iter().map(|d| d.known()).collect::<Option<Vec<i64>>>() {
        Some(values) => Content::ints(vec![dims.len() as i64], dtype, values),
        None => Content::Dims(dims.into()),
    }
}

impl From<Tensor> for Val {
    fn from(tensor: Tensor) -> Val {
        Val::T(tensor)
    }
}
impl From<&Tensor> for Val {
    fn from(tensor: &Tensor) -> Val {
        Val::T(tensor.clone())
    }
}
impl From<&Val> for Val {
    fn from(val: &Val) -> Val {
        val.clone()
    }
}
impl From<i64> for Val {
    fn from(n: i64) -> Val {
        Val::Py(Arg::Int(n))
    }
}
impl From<f64> for Val {
    fn from(x: f64) -> Val {
        Val::Py(Arg::Float(x))
    }
}
impl From<bool> for Val {
    fn from(b: bool) -> Val {
        Val::Py(Arg::Bool(b))
    }
}
impl From<Dim> for Val {
    fn from(dim: Dim) -> Val {
        match dim {
            Dim::Known(n) => Val::Py(Arg::Int(n)),
            other => Val::Py(Arg::Dim(other)),
        }
    }
}
