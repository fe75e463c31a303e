//! `tf.TensorArray`: a list of tensors that loops write and read (`tensorflow/python/ops/tensor_array_ops.py`).

use std::collections::BTreeMap;

use graph::NodeId;
use ops::{Exc, Flow, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Native, Value};

/// What such a list keeps.
#[derive(Clone, Debug)]
pub struct ArrayState {
    /// The dtype of its elements, if known.
    dtype: Option<DType>,
    /// How many elements it has; unknown where it grows.
    size: Dim,
    /// The shape that each element must have.
    element: Shape,
    /// Whether the first element's shape is that of all.
    infers: bool,
    /// What has been written, for gradients.
    written: Vec<NodeId>,
    /// What was written where, as far as the places are known; nothing once one was not.
    placed: Option<BTreeMap<i64, NodeId>>,
}

/// The most elements whose places are kept.
const MAX_PLACED: usize = 1000;

/// More writes than this are not told apart: the last ones stand for all.
const MAX_WRITTEN: usize = 256;

pub(crate) static TENSOR_ARRAY: NativeClass = NativeClass {
    path: "tf.TensorArray",
    state: || {
        NativeState::TensorArray(Box::new(ArrayState {
            dtype: None,
            size: Dim::Unknown,
            element: Shape::UNKNOWN,
            placed: Some(BTreeMap::new()),
            infers: true,
            written: Vec::new(),
        }))
    },
    methods: &[METHODS],
    properties: &[PROPERTIES],
};

static METHODS: &[Native] = &[
    native("__init__", init),
    native("write", write),
    native("read", read),
    native("stack", stack),
    native("concat", concat),
    native("gather", gather),
    native("unstack", |i, a| fill(i, a, "value", 1)),
    native("scatter", |i, a| fill(i, a, "value", 2)),
    native("split", split),
    native("size", size),
    native("identity", |_, a| Ok(a.positional.into_iter().next().unwrap_or(Value::None))),
    native("close", |_, _| Ok(Value::None)),
];

static PROPERTIES: &[Native] = &[
    native("dtype", |i, a| {
        let dtype = this(i, &a).and_then(|(_, state)| state.dtype);
        Ok(dtype.map_or_else(
            || Value::unknown("a dtype that is not known"),
            |dtype| Value::DType(dtype, DTypeObject::TensorFlow),
        ))
    }),
    native("element_shape", |i, a| {
        Ok(Value::Shape(this(i, &a).map_or(Shape::UNKNOWN, |(_, state)| state.element)))
    }),
];

fn this(interp: &Interp<'_>, args: &Args) -> Option<(ObjId, ArrayState)> {
    let Some(Value::Instance(id)) = args.positional.first() else { return None };
    match &interp.heap.instance(*id)?.native {
        NativeState::TensorArray(state) => Some((*id, (**state).clone())),
        _ => None,
    }
}

fn keep(interp: &mut Interp<'_>, id: ObjId, state: ArrayState) {
    if let Some(instance) = interp.heap.instance_mut(id) {
        instance.native = NativeState::TensorArray(Box::new(state));
    }
}

fn init(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let dtype = args.get(0, "dtype").cloned().and_then(|d| interp.dtype_of(&d));
    let grows = match args.get(2, "dynamic_size").cloned() {
        Some(value) => interp.truth(&value)? != Some(false),
        None => false,
    };
    let count = args.get(1, "size").and_then(Value::as_int);
    let size = if grows { Dim::Unknown } else { count.map_or(Dim::Unknown, Dim::Known) };
    let infers = match args.get(7, "infer_shape").cloned() {
        Some(value) => interp.truth(&value)? != Some(false),
        None => true,
    };
    let element = match args.get(8, "element_shape").cloned() {
        Some(Value::Shape(shape)) => shape,
        Some(value) => interp.dims_of(&value).map_or(Shape::UNKNOWN, Shape::new),
        None => Shape::UNKNOWN,
    };
    keep(
        interp,
        id,
        ArrayState { dtype, size, element, infers, written: Vec::new(), placed: Some(BTreeMap::new()) },
    );
    Ok(Value::None)
}

impl ArrayState {
    /// Takes in an element of a shape.
    fn take(&mut self, interp: &mut Interp<'_>, shape: &Shape, node: NodeId) -> Eval<()> {
        let Some(merged) = self.element.merge(shape) else {
            let text = if interp.graph_depth > 0 {
                format!("Inconsistent shapes: saw {} but expected {}", shape.tuple(), self.element.tuple())
            } else {
                format!(
                    "Incompatible shape for value ({}), expected ({})",
                    shape.tuple(),
                    self.element.tuple()
                )
            };
            return Err(interp.raise(Exc::ValueError, text));
        };
        if self.infers {
            self.element = merged;
        }
        if self.written.len() < MAX_WRITTEN && !self.written.contains(&node) {
            self.written.push(node);
        }
        Ok(())
    }

    /// Makes a tensor of what was written.
    fn tensor(&self, interp: &mut Interp<'_>, shape: Shape) -> Value {
        let inputs: Vec<(NodeId, Flow)> = self.written.iter().map(|n| (*n, Flow::Ok)).collect();
        let spec = TensorSpec::new(shape, self.dtype);
        Value::Tensor(interp.opaque("elements of a TensorArray", spec, &inputs))
    }

    /// All elements in their order, where numbers are computed and every place was written.
    fn rows(&self, interp: &Interp<'_>) -> Option<Vec<Value>> {
        let placed = self.placed.as_ref().filter(|_| interp.computes())?;
        let whole = placed.keys().copied().eq(0..placed.len() as i64);
        let filled = self.size.known().is_none_or(|size| size == placed.len() as i64);
        (whole && filled && !placed.is_empty())
            .then(|| placed.values().map(|node| Value::Tensor(*node)).collect())
    }

    /// The shape of several elements behind each other.
    fn behind(&self, count: Dim) -> Shape {
        match self.element.dims() {
            Some(dims) => std::iter::once(count).chain(dims.iter().copied()).collect(),
            None => Shape::UNKNOWN,
        }
    }
}

/// `array.write(index, value)` returns the array.
fn write(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((id, mut state)) = this(interp, &args) else { return Ok(Value::None) };
    let value = args.get(2, "value").cloned().unwrap_or(Value::None);
    let value = interp.as_written(value, state.dtype)?;
    let Some(node) = interp.node_of_value(&value)? else {
        return Ok(interp.unknown("a TensorArray with an element that is not known"));
    };
    let spec = interp.trace.node(node).spec.clone();
    if let (0, Some(want), Some(have)) = (interp.graph_depth, state.dtype, spec.dtype)
        && want != have
        && matches!(value, Value::Tensor(_))
    {
        let text = format!("TensorArray dtype is {want} but Op is trying to write dtype {have}");
        return Err(interp.raise(Exc::InvalidArgumentError, text));
    }
    state.take(interp, &spec.shape, node)?;
    let place = args.get(1, "index").map(|index| interp.plain_scalar(index)).and_then(|index| index.as_int());
    match (place, &mut state.placed) {
        (Some(place), Some(placed)) if placed.len() < MAX_PLACED => drop(placed.insert(place, node)),
        _ => state.placed = None,
    }
    keep(interp, id, state);
    Ok(Value::Instance(id))
}

fn read(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((_, state)) = this(interp, &args) else { return Ok(Value::None) };
    let place = args.get(1, "index").map(|index| interp.plain_scalar(index)).and_then(|index| index.as_int());
    let node = place.and_then(|place| state.placed.as_ref()?.get(&place).copied());
    if let Some(node) = node.filter(|_| interp.computes()) {
        return Ok(Value::Tensor(node));
    }
    let shape = state.element.clone();
    Ok(state.tensor(interp, shape))
}

fn stack(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((_, state)) = this(interp, &args) else { return Ok(Value::None) };
    if let Some(rows) = state.rows(interp) {
        let rows = interp.new_list(rows);
        return interp.call_api(&"tf.stack".into(), Args::of([rows]));
    }
    let shape = state.behind(state.size);
    Ok(state.tensor(interp, shape))
}

fn concat(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((_, state)) = this(interp, &args) else { return Ok(Value::None) };
    let shape = match state.element.dims() {
        Some([_, rest @ ..]) => std::iter::once(Dim::Unknown).chain(rest.iter().copied()).collect(),
        _ => Shape::UNKNOWN,
    };
    Ok(state.tensor(interp, shape))
}

fn gather(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((_, state)) = this(interp, &args) else { return Ok(Value::None) };
    let indices = args.get(1, "indices").cloned().unwrap_or(Value::None);
    let count = match interp.node_of_value(&indices)? {
        Some(node) => interp.trace.node(node).spec.shape.dim(0).unwrap_or(Dim::Unknown),
        None => Dim::Unknown,
    };
    let shape = state.behind(count);
    Ok(state.tensor(interp, shape))
}

/// `array.unstack(value)` and `array.scatter(indices, value)`: an element for each row.
fn fill(interp: &mut Interp<'_>, args: Args, name: &str, at: usize) -> Eval {
    rows(interp, &args, name, at, |dims| dims.get(1..).map(|rest| rest.iter().copied().collect()))
}

/// `array.split(value, lengths)`: an element for each part.
fn split(interp: &mut Interp<'_>, args: Args) -> Eval {
    let lengths = args.get(2, "lengths").cloned().unwrap_or(Value::None);
    let lengths = interp.dims_of(&lengths).unwrap_or_default();
    let same = lengths.first().copied().filter(|first| lengths.iter().all(|l| l == first));
    let first = same.unwrap_or(Dim::Unknown);
    rows(interp, &args, "value", 1, |dims| {
        let rest = dims.get(1..)?;
        Some(std::iter::once(first).chain(rest.iter().copied()).collect())
    })
}

fn rows(
    interp: &mut Interp<'_>,
    args: &Args,
    name: &str,
    at: usize,
    element: impl FnOnce(&[Dim]) -> Option<Shape>,
) -> Eval {
    let Some((id, mut state)) = this(interp, args) else { return Ok(Value::None) };
    let value = args.get(at, name).cloned().unwrap_or(Value::None);
    let Some(node) = interp.node_of_value(&value)? else {
        return Ok(interp.unknown("a TensorArray with elements that are not known"));
    };
    let shape = interp.trace.node(node).spec.shape.clone();
    let element = shape.dims().and_then(element).unwrap_or(Shape::UNKNOWN);
    state.take(interp, &element, node)?;
    state.placed = None;
    keep(interp, id, state);
    Ok(Value::Instance(id))
}

fn size(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some((_, state)) = this(interp, &args) else { return Ok(Value::None) };
    let spec = TensorSpec::new(Shape::scalar(), DType::Int32);
    let node = interp.opaque("the size of a TensorArray", spec, &[]);
    if state.size.is_known() {
        interp.trace.node_mut(node).content = tensor::Content::Dims([state.size].into());
    }
    Ok(Value::Tensor(node))
}

impl Interp<'_> {
    /// What is written of a number or of a variable, which may change afterwards: `ta.write(i, v)`.
    fn as_written(&mut self, value: Value, dtype: Option<DType>) -> Eval {
        let variable =
            matches!(&value, Value::Tensor(node) if self.trace.node(*node).kind == TensorKind::Variable);
        let number = matches!(&value, Value::Int(_) | Value::Float(_) | Value::Bool(_));
        if !self.computes() || !(variable || number) {
            return Ok(value);
        }
        let mut args = Args::of([value]);
        if let Some(dtype) = dtype.filter(|_| number) {
            args.keywords.push(("dtype".into(), Value::DType(dtype, DTypeObject::TensorFlow)));
        }
        let path = if variable { "tf.identity" } else { "tf.convert_to_tensor" };
        self.call_api(&path.into(), args)
    }
}
