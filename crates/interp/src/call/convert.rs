//! Between the interpreter's values and the arguments and results of ops.

use graph::{Node, NodeId, Source};
use ops::{Arg, Flows, Op, Out, TensorKind};
use smallvec::SmallVec;
use tensor::{DType, Dim};

use crate::class::ClassId;
use crate::heap::{Instance, Key, Object};
use crate::interp::Interp;
use crate::native::NativeState;
use crate::value::{DTypeObject, Plain, Value};

impl Interp<'_> {
    /// Converts a value to an op's argument.
    pub fn arg(&mut self, value: &Value) -> Arg {
        let open = match value {
            Value::Any(Plain::Int) | Value::Dim(Dim::Unknown) | Value::Drawn(_) | Value::Unknown(_) => true,
            Value::Tensor(id) => self.is_open_variable(*id),
            _ => false,
        };
        if open {
            self.unsettle();
        }
        self.nested(Arg::Unknown, |interp| interp.arg_inside(value))
    }

    /// A tensor, or in a layer that computes in another dtype than its variables have, what such a variable is read as:
    /// `self.kernel` in the `call` of `Own(dtype="mixed_float16")`.
    ///
    /// source: tf_keras/src/mixed_precision/autocast_variable.py, keras/src/backend/common/variables.py: AutocastScope
    fn read_as_computed(&mut self, id: NodeId) -> Arg {
        let operand = Arg::Tensor(self.trace.operand(id));
        let (Some(dtype), Some(variable)) = (self.running.autocast, self.variable_of(id)) else {
            return operand;
        };
        let own = self.trace.node(id).spec.dtype;
        let reads = own.is_some_and(|own| own.is_floating() && own != dtype);
        if !reads || !self.running.autocasting.contains(&variable) {
            return operand;
        }
        let keywords = [("dtype", Arg::DType(dtype))];
        keras::Runner::api(self, "tf.cast", std::slice::from_ref(&operand), &keywords).unwrap_or(operand)
    }

    /// Tells whether an object of a class may make a tensor of itself, where it is not there to be called: by a method,
    /// by what its unknown base has, or by a function that the script registered for it. Of pandas' frames and series
    /// (`_like`) it is known what they become.
    fn may_convert(&self, class: ClassId) -> bool {
        let has = |name: &str| self.class_attr(class, name).is_some();
        let own = self.class(class).path.is_none() && !has("_like");
        let converts = self.class(class).open
            || has("__tf_tensor__")
            || has("__array__")
            || self.mentions(&["register_tensor_conversion_function"]);
        own && converts && !has("__call__")
    }

    /// The same of an item of a list: texts that are not known are data there.
    fn item(&mut self, value: &Value) -> Arg {
        if matches!(value, Value::Any(Plain::Str)) { Arg::Number(DType::String) } else { self.arg(value) }
    }

    fn arg_inside(&mut self, value: &Value) -> Arg {
        match value {
            Value::None => Arg::None,
            Value::Bool(b) => Arg::Bool(*b),
            Value::Int(n) => Arg::Int(*n),
            Value::Float(x) => Arg::Float(*x),
            Value::Str(s) => Arg::Str(s.clone()),
            Value::Ellipsis => Arg::Ellipsis,
            Value::Any(Plain::Bool) => Arg::Number(DType::Bool),
            Value::Any(Plain::Int) | Value::Drawn(_) => Arg::Dim(Dim::Unknown),
            Value::Any(Plain::Float) => Arg::Number(DType::Float32),
            Value::Dim(d) => Arg::Dim(*d),
            Value::Tuple(items) => Arg::Tuple(items.iter().map(|v| self.item(v)).collect()),
            Value::List(id) => match self.heap.list(*id).cloned() {
                Some(items) => Arg::List(items.iter().map(|v| self.item(v)).collect()),
                None => match self.items_of_list(*id).filter(|_| self.kind_of(*id).is_none()) {
                    Some(array) => Arg::Tensor(self.trace.operand(array)),
                    None => Arg::Unknown,
                },
            },
            Value::Range(start, stop, step) => {
                let count = crate::stmt::range_len(*start, *stop, *step);
                if count > 4096 {
                    let spec = tensor::TensorSpec::new(tensor::Shape::known(&[count]), DType::Int64);
                    return Arg::Tensor(ops::Operand::loose(spec, TensorKind::Numpy));
                }
                Arg::List((0..count).map(|i| Arg::Int(start + i * step)).collect())
            }
            Value::Dict(id) => self.dict_arg(*id),
            Value::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let parts = [self.arg(start), self.arg(stop), self.arg(step)];
                Arg::Slice(parts.into())
            }
            Value::Tensor(id) => self.read_as_computed(*id),
            Value::DType(d, _) => Arg::DType(*d),
            Value::Shape(shape) if shape.rank().is_some() && shape.all_known().is_none() => {
                Arg::Shape(shape.clone())
            }
            Value::Shape(shape) => Arg::shape(shape),
            Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Api(_) | Value::Wrapped(_) => {
                Arg::Callable(self.callable(value.clone()))
            }
            Value::Class(id) => match self.class_dtype(*id) {
                Some(dtype) => Arg::DType(dtype),
                None => Arg::Callable(self.callable(value.clone())),
            },
            Value::Instance(id) => match self.heap.instance(*id) {
                // A named tuple, an `IntEnum` member: what they are beside their class.
                Some(Instance { native: NativeState::Data(data), .. }) if !data.is_none() => {
                    let data = data.clone();
                    self.arg(&data)
                }
                Some(Instance { class, .. }) if self.may_convert(*class) => Arg::Unknown,
                Some(_) => Arg::Callable(self.callable(value.clone())),
                None => Arg::Unknown,
            },
            Value::Iterator(_)
            | Value::Set(_)
            | Value::Bytes(_)
            | Value::NotImplemented
            | Value::Module(_)
            | Value::Script(_)
            | Value::Any(Plain::Str)
            | Value::Unknown(_) => Arg::Unknown,
        }
    }

    /// Tells whether a tensor is the value of a variable whose shape is not known: what is computed from it is not either.
    fn is_open_variable(&self, id: NodeId) -> bool {
        let node = self.trace.node(id);
        matches!(node.source, Source::Variable(_))
            && node.spec.shape.dims().is_none_or(|dims| dims.contains(&Dim::Unknown))
    }

    fn dict_arg(&mut self, id: crate::heap::ObjId) -> Arg {
        let Object::Dict(items) = self.heap.get(id) else { return Arg::Unknown };
        let pairs: Option<Vec<_>> = items
            .iter()
            .map(|(key, (_, value))| match key {
                Key::Str(name) => Some((name.clone(), value.clone())),
                _ => None,
            })
            .collect();
        match pairs {
            Some(pairs) => {
                Arg::Dict(pairs.iter().map(|(name, value)| (name.clone(), self.arg(value))).collect())
            }
            None => Arg::Unknown,
        }
    }

    /// Converts an argument back to a value; a tensor without a node gets one as a constant.
    pub fn value_of(&mut self, arg: &Arg) -> Value {
        match arg {
            Arg::None | Arg::Missing => Value::None,
            Arg::Bool(b) => Value::Bool(*b),
            Arg::Int(n) => Value::Int(*n),
            Arg::Float(x) => Value::Float(*x),
            Arg::Str(s) => Value::Str(s.clone()),
            Arg::Ellipsis => Value::Ellipsis,
            Arg::DType(d) => Value::DType(*d, DTypeObject::Unknown),
            Arg::Dim(Dim::Known(n)) => Value::Int(*n),
            Arg::Dim(d) => Value::Dim(*d),
            Arg::Number(d) => Value::Any(match d {
                DType::Bool => Plain::Bool,
                DType::String => Plain::Str,
                d if d.is_integer() => Plain::Int,
                _ => Plain::Float,
            }),
            Arg::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let parts = [self.value_of(start), self.value_of(stop), self.value_of(step)];
                Value::Slice(parts.into())
            }
            Arg::Shape(shape) => Value::Shape(shape.clone()),
            Arg::Tuple(items) => Value::Tuple(items.iter().map(|a| self.value_of(a)).collect()),
            Arg::List(items) => {
                let items = items.iter().map(|a| self.value_of(a)).collect();
                self.new_list(items)
            }
            Arg::Dict(items) => {
                let pairs: Vec<_> =
                    items.iter().map(|(k, v)| (Value::Str(k.clone()), self.value_of(v))).collect();
                self.new_dict(pairs)
            }
            Arg::Tensor(operand) => Value::Tensor(self.node_of(operand)),
            Arg::Callable(id) => self.callable_value(*id),
            Arg::Object(path) => self.object_of(path),
            Arg::Unknown => Value::unknown("a value that an op does not tell"),
        }
    }

    /// Makes an object of a framework's class that an op returns: `tf.Operation`.
    fn object_of(&mut self, path: &str) -> Value {
        match names::lookup(crate::value::profile(self.keras), path) {
            Some(entry) if entry.kind == names::Kind::Class => {
                let class = self.api_class(path, entry.definition);
                Value::Instance(self.new_instance(class))
            }
            _ => Value::unknown("a value that an op does not tell"),
        }
    }

    /// Returns the node of an operand; a loose one becomes a constant.
    pub fn node_of(&mut self, operand: &ops::Operand) -> NodeId {
        if let Some(node) = operand.node {
            return NodeId(node);
        }
        let span = self.here();
        let id = self.trace.add(Source::Constant, operand.kind, operand.spec.clone(), span);
        self.trace.node_mut(id).content = operand.content.clone();
        id
    }

    /// Makes the node of one of an op's results.
    pub(crate) fn result(
        &mut self,
        op: &'static Op,
        out: &Out,
        kind: TensorKind,
        inputs: &[NodeId],
        flows: &Flows,
    ) -> Arg {
        let zeros = self.other_factor_is_zero(op, inputs);
        let empty = out.spec.shape.size() == Dim::Known(0);
        let flow = |i: usize| {
            let flow = out.flow(flows, i);
            // Nothing comes back from a tensor without elements.
            if empty || zeros.get(i) == Some(&true) { flow.min(ops::Flow::Zero) } else { flow }
        };
        let inputs: SmallVec<_> = inputs.iter().enumerate().map(|(i, id)| (*id, flow(i))).collect();
        let zero = zeros.contains(&true) || self.sum_of_zeros(op, &inputs);
        let zero = zero && matches!(out.content, tensor::Content::Unknown);
        let id = self.trace.push(Node {
            source: Source::Op(op),
            kind,
            spec: out.spec.clone(),
            content: if zero { tensor::Content::Zeros } else { out.content.clone() },
            inputs,
            span: self.here(),
            scope: graph::ScopeId::default(),
        });
        self.keep_number(id, out);
        Arg::Tensor(self.trace.operand(id))
    }
}
