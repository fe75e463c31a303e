//! Elements: the structure of specs in a dataset, and `tf.TensorSpec`.

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Exc, Flow, TensorKind};
use smallvec::SmallVec;
use tensor::{Content, DType, Dim, Shape, TensorSpec};

use super::{Batch, DatasetState};
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Plain, Value};

/// `tf.TensorSpec`: its attributes are what it was made of.
pub(super) const TENSOR_SPEC: NativeClass = NativeClass {
    path: "tf.TensorSpec",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", spec_init), native("__repr__", spec_repr), native("__str__", spec_repr)]],
    properties: &[],
};

fn spec_init(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Instance(id)) = args.positional.first().cloned() else { return Ok(Value::None) };
    let shape = args.get(1, "shape").cloned().unwrap_or(Value::None);
    let dtype =
        args.get(2, "dtype").cloned().unwrap_or(Value::DType(DType::Float32, DTypeObject::TensorFlow));
    let name = args.get(3, "name").cloned().unwrap_or(Value::None);
    let shape = interp.dims_of(&shape).map_or(Shape::UNKNOWN, Shape::new);
    let dtype = interp.dtype_of(&dtype).map_or(dtype, |dtype| Value::DType(dtype, DTypeObject::TensorFlow));
    if let Some(instance) = interp.heap.instance_mut(id) {
        instance.attrs.insert("shape".into(), Value::Shape(shape));
        instance.attrs.insert("dtype".into(), dtype);
        instance.attrs.insert("name".into(), name);
    }
    Ok(Value::None)
}

/// `tf.TensorShape([None, 4])`.
pub(super) fn tensor_shape(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.get(0, "dims") {
        None | Some(Value::None) => Value::Shape(Shape::UNKNOWN),
        Some(dims) => match interp.dims_of(&dims.clone()) {
            Some(dims) => Value::Shape(Shape::new(dims)),
            None => interp.unknown("a shape that is not known"),
        },
    })
}

fn spec_repr(interp: &mut Interp<'_>, args: Args) -> Eval {
    let spec = args.positional.first().and_then(|v| interp.tensor_spec(v));
    let name = match args.positional.first() {
        Some(Value::Instance(id)) => interp.heap.instance(*id).and_then(|i| i.attrs.get("name")).cloned(),
        _ => None,
    };
    let name = interp.repr(&name.unwrap_or(Value::None))?;
    Ok(match (spec, name) {
        (Some(TensorSpec { shape, dtype: Some(dtype) }), Some(name)) => {
            let shape = if shape.rank().is_none() { "<unknown>".to_owned() } else { shape.tuple() };
            Value::Str(format!("TensorSpec(shape={shape}, dtype=tf.{dtype}, name={name})").into())
        }
        _ => Value::Any(Plain::Str),
    })
}

impl Interp<'_> {
    /// The printed form of a dataset for tests: what an element is, and how many there are.
    pub(crate) fn shown_dataset(&mut self, value: &Value) -> Option<String> {
        let state = self.dataset(value)?;
        let element = self.revealed(&state.element);
        let count = match state.count {
            super::Count::Known(n) => n.to_string(),
            super::Count::Infinite => "endless".to_owned(),
            super::Count::Untold(_) | super::Count::Unknown => "?".to_owned(),
        };
        Some(format!("{}({element}, {count})", state.class))
    }

    /// Reads a `tf.TensorSpec`.
    pub(crate) fn tensor_spec(&self, value: &Value) -> Option<TensorSpec> {
        let Value::Instance(id) = value else { return None };
        let instance = self.heap.instance(*id)?;
        let path = self.class(instance.class).path.as_deref()?;
        if !path.ends_with("TensorSpec") {
            return None;
        }
        let shape = match instance.attrs.get("shape")? {
            Value::Shape(shape) => shape.clone(),
            _ => return None,
        };
        let dtype = match instance.attrs.get("dtype")? {
            Value::DType(dtype, _) => Some(*dtype),
            _ => None,
        };
        Some(TensorSpec::new(shape, dtype))
    }

    /// Makes a `tf.TensorSpec`.
    pub(super) fn new_tensor_spec(&mut self, spec: &TensorSpec) -> Value {
        let class = self.native_class("tf.TensorSpec");
        let id = self.new_instance(class);
        let dtype = spec.dtype.map_or_else(
            || Value::unknown("a dtype that is not known"),
            |dtype| Value::DType(dtype, DTypeObject::TensorFlow),
        );
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.attrs.insert("shape".into(), Value::Shape(spec.shape.clone()));
            instance.attrs.insert("dtype".into(), dtype);
            instance.attrs.insert("name".into(), Value::None);
        }
        Value::Instance(id)
    }

    /// A tensor of a dataset's element.
    pub(super) fn element_tensor(
        &mut self,
        spec: TensorSpec,
        kind: TensorKind,
        from: Option<NodeId>,
    ) -> Value {
        let span = self.here();
        let inputs: SmallVec<_> = from.into_iter().map(|id| (id, Flow::None)).collect();
        let source = if kind == TensorKind::Graph { Source::Input } else { Source::Constant };
        let (content, scope) = (Content::Unknown, ScopeId::default());
        Value::Tensor(self.trace.push(Node { source, kind, spec, content, inputs, span, scope }))
    }

    /// Rewrites the specs of all tensors in an element.
    pub(super) fn map_specs(
        &mut self,
        element: &Value,
        kind: TensorKind,
        f: &mut dyn FnMut(&mut Self, TensorSpec) -> TensorSpec,
    ) -> Value {
        self.rewritten(element, kind, true, f)
    }

    /// The same for an element whose rows are not those of one tensor: it comes of none.
    pub(super) fn specs_apart(
        &mut self,
        element: &Value,
        f: &mut dyn FnMut(&mut Self, TensorSpec) -> TensorSpec,
    ) -> Value {
        self.rewritten(element, TensorKind::Graph, false, f)
    }

    fn rewritten(
        &mut self,
        element: &Value,
        kind: TensorKind,
        linked: bool,
        f: &mut dyn FnMut(&mut Self, TensorSpec) -> TensorSpec,
    ) -> Value {
        self.map_tensors(element, &mut |interp, id| {
            let spec = interp.trace.node(id).spec.clone();
            let spec = f(interp, spec);
            match interp.element_tensor(spec, kind, linked.then_some(id)) {
                Value::Tensor(id) => id,
                _ => id,
            }
        })
    }

    /// Makes an element of the parts of a structure and the shapes at the same places, which are `None` where
    /// none is given: `padded_shapes={"a": [None]}`.
    pub(super) fn with_shapes(
        &mut self,
        structure: &Value,
        shapes: &Value,
        make: &mut dyn FnMut(&mut Self, &Value, &Value) -> Value,
    ) -> Value {
        match structure {
            Value::Tuple(items) => {
                let parts: Vec<Value> = match shapes {
                    Value::Tuple(parts) => parts.to_vec(),
                    Value::List(id) => self.heap.list(*id).cloned().unwrap_or_default(),
                    _ => Vec::new(),
                };
                let parts = parts.iter().chain(std::iter::repeat(&Value::None));
                let items: Vec<Value> =
                    items.iter().zip(parts).map(|(item, part)| self.with_shapes(item, part, make)).collect();
                Value::tuple(items)
            }
            Value::Dict(_) => {
                let shapes = self.pairs_of(shapes).unwrap_or_default();
                let mut out = Vec::new();
                for (key, item) in self.pairs_of(structure).unwrap_or_default() {
                    let own = shapes.iter().find(|(k, _)| k.as_str() == key.as_str()).map(|(_, s)| s);
                    let item = self.with_shapes(&item, own.unwrap_or(&Value::None), make);
                    out.push((key, item));
                }
                self.new_dict(out)
            }
            leaf => make(self, leaf, shapes),
        }
    }

    /// Copies an element as tensors of a kind, with the sizes that symbols stand for; without one, a symbol stays. A
    /// tensor that is there has all its sizes, one that a graph is traced for those that TensorFlow knows.
    pub(super) fn element_as(
        &mut self,
        state: &DatasetState,
        kind: TensorKind,
        size: &dyn Fn(&Batch) -> Option<Dim>,
    ) -> Value {
        let graph = kind == TensorKind::Graph;
        let element = state.sized.as_ref().filter(|_| !graph).unwrap_or(&state.element).clone();
        let sizes: Vec<(Dim, Dim)> =
            state.batches.iter().filter_map(|b| size(b).map(|n| (b.symbol, n))).collect();
        self.map_specs(&element, kind, &mut |_, spec| {
            let Some(dims) = spec.shape.dims() else { return spec };
            let real = |d: &Dim| sizes.iter().find(|(s, _)| s == d).map_or(*d, |(_, n)| *n);
            TensorSpec::new(dims.iter().map(real).collect(), spec.dtype)
        })
    }

    /// What a dataset makes of what a mapped function returns: a list is a tuple, one within is a tensor.
    ///
    /// # Errors
    /// What `tf.convert_to_tensor` raises.
    ///
    /// source: tensorflow/python/data/ops/structured_function.py
    pub(super) fn as_mapped(&mut self, value: &Value) -> Eval {
        match value {
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items: Vec<Value> = items.iter().map(|v| self.packed(v)).collect::<Eval<_>>()?;
                    Ok(Value::tuple(items))
                }
                None => self.as_element(value),
            },
            other => self.packed(other),
        }
    }

    fn packed(&mut self, value: &Value) -> Eval {
        match value {
            Value::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|v| self.packed(v)).collect::<Eval<_>>()?;
                Ok(Value::tuple(items))
            }
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let mut out = Vec::with_capacity(pairs.len());
                    for (key, v) in pairs {
                        out.push((key, self.packed(&v)?));
                    }
                    Ok(self.new_dict(out))
                }
                None => self.as_element(value),
            },
            Value::List(_) => {
                let plain = |v: &Value| {
                    matches!(v, Value::Tensor(_) | Value::Int(_) | Value::Float(_) | Value::Str(_))
                };
                let leaves = self.leaves(value);
                if leaves.is_empty() || !leaves.iter().all(plain) {
                    return self.as_element(value);
                }
                self.call_api(&"tf.convert_to_tensor".into(), Args::of([value.clone()]))
            }
            other => self.as_element(other),
        }
    }

    /// Converts what a function returned, or data, to an element: lists become tuples, numbers tensors.
    ///
    /// # Errors
    /// What `tf.convert_to_tensor` raises.
    pub(super) fn as_element(&mut self, value: &Value) -> Eval {
        Ok(match value {
            Value::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|v| self.as_element(v)).collect::<Eval<_>>()?;
                Value::tuple(items)
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items: Vec<Value> = items.iter().map(|v| self.as_element(v)).collect::<Eval<_>>()?;
                    Value::tuple(items)
                }
                None => self.unknown("a list whose contents are not known"),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let mut out = Vec::new();
                    for (key, v) in pairs {
                        out.push((key, self.as_element(&v)?));
                    }
                    self.new_dict(out)
                }
                None => self.unknown("a dict whose contents are not known"),
            },
            Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Str(_)
            | Value::Any(_)
            | Value::Dim(_)
            | Value::Drawn(_) => {
                if let Some(tensor) = self.component_numbers(value)? {
                    return Ok(tensor);
                }
                let dtype = match value {
                    Value::Bool(_) | Value::Any(Plain::Bool) => DType::Bool,
                    Value::Float(_) | Value::Any(Plain::Float) => DType::Float32,
                    Value::Str(_) | Value::Any(Plain::Str) => DType::String,
                    _ => DType::Int32,
                };
                self.element_tensor(TensorSpec::new(Shape::scalar(), dtype), TensorKind::Graph, None)
            }
            other => other.clone(),
        })
    }

    /// Converts data to tensors in its structure of tuples and dicts; a list is one tensor.
    ///
    /// # Errors
    /// What `tf.convert_to_tensor` raises.
    pub(super) fn as_components(&mut self, value: &Value) -> Eval {
        Ok(match value {
            Value::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|v| self.as_components(v)).collect::<Eval<_>>()?;
                Value::tuple(items)
            }
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let mut out = Vec::new();
                    for (key, v) in pairs {
                        out.push((key, self.as_components(&v)?));
                    }
                    self.new_dict(out)
                }
                None => self.unknown("a dict whose contents are not known"),
            },
            Value::Tensor(_) | Value::None | Value::Unknown(_) => value.clone(),
            Value::Instance(_) => match self.array_like(value.clone())? {
                Value::Instance(_) => self.unknown("data that is not known"),
                array => array,
            },
            _ => match self.component_spec(value)? {
                Some(spec) if self.computes() => match self.component_numbers(value)? {
                    Some(tensor) => tensor,
                    None => self.element_tensor(spec, TensorKind::Eager, None),
                },
                Some(spec) => self.listed(value, spec)?,
                None => self.unknown("data that is not known"),
            },
        })
    }

    /// A list or number as a tensor; integers, which labels and ids are, keep what is known of them.
    fn listed(&mut self, value: &Value, spec: TensorSpec) -> Eval {
        let integers = spec.dtype.is_some_and(|dtype| matches!(dtype, DType::Int32 | DType::Int64));
        let array = if integers { self.numpy("array", Args::of([value.clone()]))? } else { Value::None };
        let tensor = self.element_tensor(spec, TensorKind::Eager, None);
        if let (Value::Tensor(from), Value::Tensor(node)) = (array, &tensor) {
            self.trace.node_mut(*node).content = self.trace.node(from).content.clone();
        }
        Ok(tensor)
    }

    /// A list or number as a tensor with its numbers; nothing where none are computed.
    fn component_numbers(&mut self, value: &Value) -> Eval<Option<Value>> {
        if !self.computes()
            || matches!(value, Value::Any(_) | Value::Drawn(_) | Value::Dim(Dim::Unknown | Dim::Symbol(_)))
        {
            return Ok(None);
        }
        let value = match self.flat_tensors(value).is_empty() {
            true => value.clone(),
            false => self.numpy("array", Args::of([value.clone()]))?,
        };
        let tensor = self.call_api(&"tf.convert_to_tensor".into(), Args::of([value]))?;
        Ok(matches!(tensor, Value::Tensor(_)).then_some(tensor))
    }

    /// The spec of a list or number as a component.
    fn component_spec(&mut self, value: &Value) -> Eval<Option<TensorSpec>> {
        if let Some(spec) = self.plain_spec(value, 0) {
            return Ok(Some(spec));
        }
        // Lists of arrays are stacked.
        if self.flat_tensors(value).is_empty() {
            if self.is_ragged(value) {
                let text = "Can't convert non-rectangular Python sequence to Tensor.";
                return Err(self.raise(Exc::ValueError, text));
            }
            return Ok(None);
        }
        Ok(match self.numpy("array", Args::of([value.clone()]))? {
            Value::Tensor(id) => Some(self.trace.node(id).spec.clone()),
            _ => None,
        })
    }

    /// Tells whether a list certainly has lists of several lengths in it.
    fn is_ragged(&self, value: &Value) -> bool {
        let Value::List(id) = value else { return false };
        let Some(items) = self.heap.list(*id) else { return false };
        let lengths: Vec<Option<usize>> = items
            .iter()
            .map(|item| match item {
                Value::List(id) => self.heap.list(*id).map(Vec::len),
                Value::Tuple(items) => Some(items.len()),
                _ => None,
            })
            .collect();
        let known: Vec<usize> = lengths.iter().copied().flatten().collect();
        known.len() == lengths.len() && known.windows(2).any(|w| w[0] != w[1])
    }

    /// Tells whether something in an element is not known.
    pub(super) fn vague_element(&self, element: &Value) -> bool {
        match element {
            Value::Unknown(_) => true,
            Value::Tuple(items) => items.iter().any(|v| self.vague_element(v)),
            Value::Dict(_) => match self.pairs_of(element) {
                Some(pairs) => pairs.iter().any(|(_, v)| self.vague_element(v)),
                None => true,
            },
            _ => false,
        }
    }
}
