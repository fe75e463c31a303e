//! KerasTensors and their stand-ins: shapes in structures, placeholders of a traced call, outputs of a symbolic one.

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Keras, TensorKind};
use smallvec::SmallVec;
use tensor::{Content, Dim, Shape, TensorSpec};

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// What was settled when a symbolic call began: nothing if sizes of its inputs are not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled(Option<u64>);

impl Interp<'_> {
    /// The shapes of the tensors in a value, in its structure: what `build` gets.
    pub(crate) fn shape_structure(&mut self, value: &Value) -> Value {
        match value {
            Value::Tensor(id) => {
                let shape = self.trace.node(*id).spec.shape.clone();
                match self.keras {
                    // Keras 2 hands `build` a TensorShape.
                    Keras::Two => Value::Shape(shape),
                    Keras::Three => self.shape_tuple(&shape, false),
                }
            }
            Value::Tuple(items) => {
                let items: Vec<Value> = items.clone().iter().map(|v| self.shape_structure(v)).collect();
                if self.keras == Keras::Two { Value::tuple(items) } else { self.new_list(items) }
            }
            Value::List(list) => match self.heap.list(*list).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.shape_structure(v)).collect();
                    self.new_list(items)
                }
                None => self.unknown("the shapes of inputs that are not known"),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(pairs) => {
                    let pairs: Vec<_> =
                        pairs.into_iter().map(|(k, v)| (k, self.shape_structure(&v))).collect();
                    self.new_dict(pairs)
                }
                None => self.unknown("the shapes of inputs that are not known"),
            },
            _ => Value::None,
        }
    }

    /// Reads shapes from what `build` gets: one, or several in a structure.
    pub(crate) fn shapes_of(&mut self, value: &Value) -> Vec<Shape> {
        match value {
            Value::Shape(shape) => vec![shape.clone()],
            Value::Tuple(items)
                if items.iter().all(|v| !matches!(v, Value::Tuple(_) | Value::Shape(_) | Value::List(_))) =>
            {
                self.dims_of(value).map(|dims| vec![Shape::new(dims)]).unwrap_or_default()
            }
            Value::Tuple(items) => items.clone().iter().flat_map(|v| self.shapes_of(v)).collect(),
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                if items
                    .iter()
                    .all(|v| matches!(v, Value::Int(_) | Value::None | Value::Dim(_) | Value::Drawn(_)))
                {
                    return self.dims_of(value).map(|dims| vec![Shape::new(dims)]).unwrap_or_default();
                }
                items.iter().flat_map(|v| self.shapes_of(v)).collect()
            }
            Value::Dict(_) => {
                let pairs = self.pairs_of(value).unwrap_or_default();
                pairs.iter().flat_map(|(_, v)| self.shapes_of(v)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Replaces KerasTensors by tensors of a traced function with the same specs.
    pub(crate) fn placeholders(&mut self, args: &Args) -> Args {
        let positional = args.positional.iter().map(|v| self.placeholder(v)).collect();
        let keywords = args.keywords.iter().map(|(n, v)| (n.clone(), self.placeholder(v))).collect();
        Args { positional, keywords }
    }

    pub(crate) fn placeholder(&mut self, value: &Value) -> Value {
        self.map_tensors(value, &mut |interp, id| {
            let node = interp.trace.node(id);
            if node.kind != TensorKind::Keras {
                return id;
            }
            let (spec, span) = (node.spec.clone(), node.span);
            let inputs = SmallVec::from_slice(&[(id, ops::Flow::Ok)]);
            let content = Content::Unknown;
            let kind = TensorKind::Graph;
            let new = interp.trace.push(Node {
                source: Source::Input,
                kind,
                spec,
                content,
                inputs,
                span,
                scope: ScopeId(0),
            });
            if let Some(mask) = interp.masks.get(&id).cloned() {
                let mask = interp.placeholder(&mask);
                interp.masks.insert(new, mask);
            }
            new
        })
    }

    /// Applies a function to every tensor in a value and keeps the structure.
    pub fn map_tensors(&mut self, value: &Value, f: &mut dyn FnMut(&mut Self, NodeId) -> NodeId) -> Value {
        match value {
            Value::Tensor(id) => Value::Tensor(f(self, *id)),
            Value::Tuple(items) => {
                Value::Tuple(items.clone().iter().map(|v| self.map_tensors(v, f)).collect())
            }
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => {
                    let items = items.iter().map(|v| self.map_tensors(v, f)).collect();
                    self.new_list(items)
                }
                None => value.clone(),
            },
            Value::Dict(_) => match self.pairs_of(value) {
                Some(mut pairs) => {
                    // They are visited in the order in which `flat_tensors` lists them: that of the sorted keys.
                    let mut order: Vec<usize> = (0..pairs.len()).collect();
                    order.sort_by(|a, b| crate::interp::key_order(&pairs[*a].0, &pairs[*b].0));
                    for at in order {
                        let mapped = self.map_tensors(&pairs[at].1, f);
                        pairs[at].1 = mapped;
                    }
                    self.new_dict(pairs)
                }
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// Begins a symbolic call: what is settled before it, for [`Interp::keras_tensors_like`].
    pub(crate) fn begin_call(&self, args: &Args) -> Settled {
        let inputs = args.positional.iter().chain(args.keywords.iter().map(|(_, v)| v));
        let open = |node: &NodeId| {
            self.trace.node(*node).spec.shape.dims().is_none_or(|d| d.contains(&Dim::Unknown))
        };
        let known = !inputs.flat_map(|v| self.flat_tensors(v)).any(|node| open(&node));
        Settled(known.then(|| self.running.unsettled.get()))
    }

    /// Notes that a size which is merely not known to us goes into what is traced.
    pub(crate) fn unsettle(&self) {
        self.running.unsettled.set(self.running.unsettled.get() + 1);
    }

    /// Replaces traced tensors by KerasTensors with the same specs, the outputs of a symbolic call.
    pub(crate) fn keras_tensors_like(&mut self, value: &Value, before: Settled) -> Value {
        if self.keras == Keras::Two
            && let Some(dtype) = scalar_dtype(value)
        {
            // Keras 2 makes a KerasTensor of a plain number too: `Lambda(lambda t: t.shape[1])`.
            let spec = TensorSpec::new(Shape::scalar(), dtype);
            return Value::Tensor(self.keras_tensor(spec, &[]));
        }
        let settled = before.0 == Some(self.running.unsettled.get());
        self.map_tensors(value, &mut |interp, id| {
            let node = interp.trace.node(id);
            let mut spec = node.spec.clone();
            // What tracing leaves open is `None` to Keras, where nothing that went into it is merely not known here:
            // `def build(units): ... Dense(units)(x)`.
            if settled && let Some(dims) = spec.shape.dims().map(<[Dim]>::to_vec) {
                let dims = dims.into_iter().map(|d| if d == Dim::Unknown { interp.new_symbol() } else { d });
                spec.shape = dims.collect();
            }
            let new = interp.keras_tensor(spec, &[id]);
            if interp.has_no_rank(id) {
                interp.running.no_rank.insert(new);
            }
            new
        })
    }

    /// Tells whether a tensor truly has no rank, which is more than that we do not know it.
    pub(crate) fn has_no_rank(&self, node: NodeId) -> bool {
        let known = self.trace.node(node);
        known.spec.shape.rank().is_none()
            && (matches!(known.source, Source::Input) && known.kind == TensorKind::Keras
                || self.running.no_rank.contains(&node))
    }

    /// Raises what Keras 3 raises for a KerasTensor without a rank, if one would be made.
    pub(crate) fn check_ranks(&mut self, outputs: &Value) -> Eval<()> {
        let rankless = self.flat_tensors(outputs).into_iter().find(|node| self.has_no_rank(*node));
        let Some(node) = rankless.filter(|_| self.keras == Keras::Three) else { return Ok(()) };
        let core = "as_list() is not defined on an unknown TensorShape.".to_owned();
        let violation = ops::Violation { class: ops::Exc::ValueError, core, mistake: ops::Mistake::NoRank };
        Err(self.raise_violation(violation, "KerasTensor".into(), vec![("outputs".into(), node)]))
    }

    /// Makes a KerasTensor; what it was computed from is known where the call was traced.
    pub(crate) fn keras_tensor(&mut self, spec: TensorSpec, from: &[NodeId]) -> NodeId {
        let call = u32::try_from(self.keras_calls.len()).unwrap_or(u32::MAX);
        let span = self.here();
        let inputs = from.iter().map(|id| (*id, ops::Flow::Ok)).collect();
        let (kind, content) = (TensorKind::Keras, Content::Unknown);
        let node = self.trace.push(Node {
            source: Source::LayerCall(call),
            kind,
            spec,
            content,
            inputs,
            span,
            scope: ScopeId(0),
        });
        self.name_tensor(node);
        node
    }

    /// Names a KerasTensor as Keras 3 does: each that is made without a name takes the next.
    ///
    /// source: keras/src/backend/common/keras_tensor.py
    pub(crate) fn name_tensor(&mut self, node: NodeId) {
        if self.keras == Keras::Three && self.trace.node(node).kind == TensorKind::Keras {
            let name = self.unique_name("keras_tensor");
            self.running.tensor_names.insert(node, name);
        }
    }

    /// Makes KerasTensors of the layer's dtype for the shapes that `compute_output_shape` gives.
    pub(crate) fn keras_tensors_of_shape(&mut self, id: ObjId, shape: &Value) -> Eval {
        if !self.flat_tensors(shape).is_empty() {
            // `compute_output_spec` says the dtypes too.
            return Ok(self.map_tensors(shape, &mut |interp, node| {
                let spec = interp.trace.node(node).spec.clone();
                interp.keras_tensor(spec, &[])
            }));
        }
        let dtype = self.layer(id).map(|s| s.compute_dtype);
        if let Value::Tensor(node) = shape {
            // The rule says the dtype too: `Flatten` keeps its input's.
            let spec = self.trace.node(*node).spec.clone();
            return Ok(Value::Tensor(self.keras_tensor(spec, &[])));
        }
        let several = match shape {
            Value::List(list) => self.heap.list(*list).is_some_and(|l| {
                l.iter().any(|v| !matches!(v, Value::Int(_) | Value::None | Value::Dim(_) | Value::Drawn(_)))
            }),
            Value::Tuple(items) => items
                .iter()
                .any(|v| matches!(v, Value::Tuple(_) | Value::List(_) | Value::Shape(_) | Value::Tensor(_))),
            _ => false,
        };
        if several {
            let (items, _) = self.iterate(shape, 4096)?;
            let outputs =
                items.iter().map(|s| self.keras_tensors_of_shape(id, s)).collect::<Eval<Vec<_>>>()?;
            return Ok(match shape {
                Value::Tuple(_) => Value::tuple(outputs),
                _ => self.new_list(outputs),
            });
        }
        if let Some(pairs) = self.pairs_of(shape) {
            let made = pairs.into_iter().map(|(name, s)| Ok((name, self.keras_tensors_of_shape(id, &s)?)));
            let made = made.collect::<Eval<Vec<_>>>()?;
            return Ok(self.new_dict(made));
        }
        match self.dims_of(shape) {
            Some(dims) => {
                let spec = TensorSpec::new(Shape::new(dims), dtype);
                Ok(Value::Tensor(self.keras_tensor(spec, &[])))
            }
            None => {
                self.undecided("an output shape that is not known");
                Ok(self.unknown("an output shape that is not known"))
            }
        }
    }
}

/// Returns the dtype of the tensor that TensorFlow makes of a Python scalar.
fn scalar_dtype(value: &Value) -> Option<tensor::DType> {
    match value {
        Value::Int(_) => Some(tensor::DType::Int32),
        Value::Float(_) => Some(tensor::DType::Float32),
        Value::Bool(_) => Some(tensor::DType::Bool),
        _ => None,
    }
}

/// Tells whether an argument of a constructor is known as far as shapes go.
pub(super) fn is_certain(arg: &ops::Arg) -> bool {
    match arg {
        ops::Arg::Unknown | ops::Arg::Number(_) => false,
        ops::Arg::Dim(dim) => dim.is_known(),
        ops::Arg::Tuple(items) | ops::Arg::List(items) => items.iter().all(is_certain),
        ops::Arg::Dict(items) => items.iter().all(|(_, item)| is_certain(item)),
        _ => true,
    }
}
