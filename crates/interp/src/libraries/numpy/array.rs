//! Arrays as Python objects: attributes, methods, items, assignment in place.

use graph::{NodeId, Source};
use ops::{Arg, Exc, TensorKind};
use python::ast::Operator;
use tensor::{Content, DType, Data, Dim, Shape, TensorSpec};

use crate::expr::operator_name;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Bound, DTypeObject, Plain, Value};

/// Ops whose result shares its elements with their first operand.
const VIEWS: &[&str] = &[
    "np.getitem",
    "np.reshape",
    "np.ravel",
    "np.transpose",
    "np.matrix_transpose",
    "np.swapaxes",
    "np.moveaxis",
    "np.rollaxis",
    "np.squeeze",
    "np.expand_dims",
    "np.atleast_1d",
    "np.atleast_2d",
    "np.atleast_3d",
    "np.flip",
    "np.fliplr",
    "np.flipud",
    "np.rot90",
    "np.broadcast_to",
    "np.broadcast_arrays",
    "np.split",
    "np.array_split",
    "np.vsplit",
    "np.hsplit",
    "np.dsplit",
    "np.asarray",
    "np.diagonal",
    "np.real",
];

/// Ops that make an array even of rank 0; all others give a NumPy scalar then.
const MAKERS: &[&str] =
    &["np.array", "np.asarray", "np.zeros", "np.ones", "np.full", "np.empty", "np.reshape", "np.squeeze"];

/// What scalars have that arrays have not.
const OF_NUMBERS: [&str; 7] =
    ["as_integer_ratio", "bit_count", "denominator", "fromhex", "hex", "is_integer", "numerator"];

impl Interp<'_> {
    /// Makes an array of unknown elements.
    pub fn new_array(&mut self, shape: Shape, dtype: impl Into<Option<DType>>) -> Value {
        let span = self.here();
        let spec = TensorSpec::new(shape, dtype);
        Value::Tensor(self.trace.add(Source::Constant, TensorKind::Numpy, spec, span))
    }

    /// Tells whether a value is a NumPy scalar: what reductions and full indexing give.
    pub(crate) fn is_numpy_scalar(&self, id: NodeId) -> bool {
        !self.is_any_item(id) && self.is_scalar_of_numpy(id)
    }

    /// Tells whether this is an item of an array of objects, or of what is not known: a list, a text, or anything.
    pub(crate) fn is_any_item(&self, id: NodeId) -> bool {
        let node = self.trace.node(id);
        let any = matches!(node.spec.dtype, None | Some(DType::Object));
        any && node.spec.shape.rank() == Some(0) && self.is_scalar_of_numpy(id)
    }

    fn is_scalar_of_numpy(&self, id: NodeId) -> bool {
        let node = self.trace.node(id);
        if node.kind != TensorKind::Numpy || node.spec.shape.rank() != Some(0) {
            return false;
        }
        match (node.source, node.inputs.first()) {
            (Source::Op(op), _) if MAKERS.contains(&op.name) => false,
            (Source::Op(op), Some((from, _)))
                if matches!(op.name, "np.ndarray.astype" | "np.ndarray.copy") =>
            {
                self.is_scalar_of_numpy(*from)
            }
            _ => true,
        }
    }

    /// Returns the Python number that a known scalar tensor stands for, or the value as it is.
    pub fn plain_scalar(&self, value: &Value) -> Value {
        let Value::Tensor(id) = value else { return value.clone() };
        let node = self.trace.node(*id);
        if !matches!(node.kind, TensorKind::Numpy | TensorKind::Eager) || node.spec.shape.rank() != Some(0) {
            return value.clone();
        }
        let known = match &node.content {
            Content::Array(array) => match &array.data {
                Data::Bool(v) => v.first().map(|b| Value::Bool(*b)),
                Data::Int(v) => v.first().map(|n| Value::Int(*n)),
                Data::Float(v) => v.first().map(|x| Value::Float(*x)),
                Data::Str(v) => v.first().map(|s| Value::Str(s.clone())),
            },
            Content::Dims(dims) => dims.first().map(|d| Value::Dim(*d)),
            Content::Zeros if node.spec.dtype.is_some_and(DType::is_integer) => Some(Value::Int(0)),
            Content::Zeros if node.spec.dtype.is_some_and(DType::is_floating) => Some(Value::Float(0.0)),
            _ => None,
        };
        known.unwrap_or_else(|| match node.spec.dtype {
            Some(DType::Bool) => Value::Any(Plain::Bool),
            Some(d) if d.is_integer() => Value::Any(Plain::Int),
            Some(d) if d.is_floating() => Value::Any(Plain::Float),
            Some(DType::String) => Value::Any(Plain::Str),
            _ => value.clone(),
        })
    }

    /// The plain value inside of an instance, or the string that an array's scalar of text is: `np.str_` is a `str`.
    pub(crate) fn plain_text(&self, value: &Value) -> Value {
        match self.plain(value) {
            Value::Tensor(id) if self.trace.node(id).spec.dtype == Some(DType::String) => {
                self.plain_scalar(&Value::Tensor(id))
            }
            other => other,
        }
    }

    /// The string that a NumPy scalar of text is.
    pub(crate) fn scalar_text(&self, id: NodeId) -> Option<Value> {
        let text = self.trace.node(id).spec.dtype == Some(DType::String) && self.is_numpy_scalar(id);
        text.then(|| self.plain_scalar(&Value::Tensor(id)))
    }

    /// The values that are sure to occur in a vector of draws, in order.
    pub(crate) fn sure_draws(&self, id: NodeId) -> Option<Vec<Value>> {
        let node = self.trace.node(id);
        let count = node.spec.shape.dims().filter(|dims| dims.len() == 1)?.first()?.known();
        let values = node.content.surely(count)?;
        Some(match values {
            Data::Bool(v) => v.iter().map(|b| Value::Bool(*b)).collect(),
            Data::Int(v) => v.iter().map(|n| Value::Int(*n)).collect(),
            Data::Float(v) => v.iter().map(|x| Value::Float(*x)).collect(),
            Data::Str(v) => v.iter().map(|s| Value::Str(s.clone())).collect(),
        })
    }

    /// Reads an attribute of an array; nothing where there is none.
    pub(crate) fn array_attr(&mut self, id: NodeId, name: &str) -> Eval<Option<Value>> {
        let spec = self.trace.node(id).spec.clone();
        let array = Value::Tensor(id);
        if let Some(value) = self.complex_attr(&array, name) {
            return Ok(Some(value));
        }
        Ok(Some(match name {
            "strides" if self.computes() && !self.shown_roots.contains_key(&id) => {
                self.strides_of(&spec).unwrap_or_else(|| self.unknown("the strides of an array"))
            }
            "shape" => self.shape_tuple(&spec.shape, true),
            "dtype" => match spec.dtype {
                Some(dtype) => Value::DType(dtype, DTypeObject::NumPy),
                None => self.unknown("a dtype that is not known"),
            },
            "ndim" => spec.shape.rank().map_or(Value::Any(Plain::Int), |r| Value::Int(r as i64)),
            "size" => dim_value(spec.shape.size()),
            "itemsize" => {
                spec.dtype.and_then(DType::size).map_or(Value::Any(Plain::Int), |n| Value::Int(i64::from(n)))
            }
            "nbytes" => match spec.dtype.and_then(DType::size) {
                Some(n) => dim_value(spec.shape.size().times(Dim::Known(i64::from(n)))),
                None => Value::Any(Plain::Int),
            },
            "T" => return self.op_on("transpose", &[("a", array)]).map(Some),
            "mT" => return self.op_on("matrix_transpose", &[("x", array)]).map(Some),
            // Of the iterator that it is, `check` follows nothing: it has an index, and takes other ones than arrays.
            "flat" if !self.computes() => self.unknown("the elements of an array one by one"),
            "flat" => return self.op_on("ravel", &[("a", array)]).map(Some),
            "real" | "imag" => return self.op_on("real", &[("val", array)]).map(Some),
            _ => return self.array_method(id, name),
        }))
    }

    /// The bytes from one element to the next along each axis, of an array that shows no other.
    fn strides_of(&self, spec: &tensor::TensorSpec) -> Option<Value> {
        let (sizes, item) = (spec.shape.all_known()?, i64::from(spec.dtype?.size()?));
        let mut strides = vec![item; sizes.len()];
        for axis in (1..sizes.len()).rev() {
            strides[axis - 1] = strides[axis] * sizes[axis].max(1);
        }
        Some(Value::tuple(strides.into_iter().map(Value::Int)))
    }

    fn array_method(&mut self, id: NodeId, name: &str) -> Eval<Option<Value>> {
        let path = format!("np.ndarray.{name}");
        // for word in np.array(["a b"]): word.split()
        if let Some(text) = self.scalar_text(id)
            && let Some(method) = self.find_attr(&text, name)?
        {
            return Ok(Some(method));
        }
        let known =
            crate::native::find_function(&path).is_some() || binding::op_of_path(self.keras, &path).is_some();
        if name == "tolist" && self.object_items.contains_key(&id) {
            let given = Args::of([Value::Tensor(id)]);
            let function = Value::Native(&crate::framework::object_arrays::LISTED);
            return Ok(Some(Value::Wrapped(std::rc::Rc::new(crate::value::Wrapped::Partial(
                function, given,
            )))));
        }
        if known {
            let bound = Bound { object: Value::Tensor(id), function: Value::Api(path.into()), owner: None };
            return Ok(Some(Value::Bound(bound.into())));
        }
        let profile = crate::value::profile(self.keras);
        let missing =
            |class: &str| matches!(names::class_member(profile, class, name), names::Existence::Missing);
        let scalar = self.trace.node(id).spec.shape.rank().is_none_or(|r| r == 0);
        let spec = &self.trace.node(id).spec;
        let number = spec.shape.rank() == Some(0)
            && spec.dtype.is_some_and(|d| d.is_floating() || d.is_integer() || d == DType::Bool);
        // A scalar that is a number has what Python's numbers have as well.
        let unsure = scalar && if number { OF_NUMBERS.contains(&name) } else { !missing("np.float64") };
        Ok(match missing("np.ndarray") && !unsure || (name.starts_with('_') && !name.starts_with("__")) {
            true => None,
            false => Some(self.unknown(format!("`{name}` of an array is not modelled"))),
        })
    }

    /// Sets an attribute of an array: `x.shape = (2, 3)`, or `x.dtype = "int8"`, which reads the same bytes anew.
    pub(crate) fn array_set_attr(&mut self, id: NodeId, name: &str, value: &Value) -> Eval<()> {
        let new = match name {
            "shape" => self.op_on("reshape", &[("a", Value::Tensor(id)), ("shape", value.clone())])?,
            "dtype" => {
                let args = [("self", Value::Tensor(id)), ("dtype", value.clone())];
                self.op_on("ndarray.view", &args)?
            }
            _ => return Ok(()),
        };
        self.becomes(id, &new);
        Ok(())
    }

    /// Gives an array shape, dtype and elements of another: `x.shape = (2, 3)`.
    pub(crate) fn becomes(&mut self, id: NodeId, new: &Value) {
        let Value::Tensor(new) = *new else {
            let node = self.trace.node_mut(id);
            (node.spec, node.content) = (TensorSpec::default(), Content::Unknown);
            return self.lose_number(id);
        };
        let elements = self.array_of_node(new).filter(|_| self.computes());
        let (spec, content) = (self.trace.node(new).spec.clone(), self.trace.node(new).content.clone());
        let node = self.trace.node_mut(id);
        (node.spec, node.content) = (spec, content);
        match elements {
            Some(elements) => self.keep_array(id, elements),
            None => self.lose_number(id),
        }
    }

    /// Reads `x[index]` of an array.
    pub(crate) fn array_item(&mut self, id: NodeId, index: &Value) -> Eval {
        if let Some(text) = self.scalar_text(id) {
            return self.get_item(&text, index);
        }
        if self.is_any_item(id) {
            return Ok(self.unknown("an item of an object that is not known"));
        }
        let whole = matches!(index, Value::Ellipsis | Value::None)
            || matches!(index, Value::Tuple(items) if items.is_empty());
        if self.is_numpy_scalar(id) && !whole && !index.is_unknown() {
            return Err(self.raise(Exc::IndexError, "invalid index to scalar variable."));
        }
        if let Some(item) = self.object_item(&Value::Tensor(id), index)? {
            return Ok(item);
        }
        let dims = self.trace.node(id).spec.shape.dims().map(<[Dim]>::to_vec).unwrap_or_default();
        if let Some(index) = self.settled_spans(index, &dims) {
            let content = self.trace.node(id).content.independent().unwrap_or(Content::Unknown);
            let part = self.array_item(id, &index)?;
            if let Value::Tensor(part) = part {
                self.trace.node_mut(part).content = content;
            }
            return Ok(part);
        }
        let index = &self.drawn_index(index);
        // An eager tensor among the indices is an array like others: `points[closest == 1]`.
        let eager = |interp: &Self, node: NodeId| {
            matches!(interp.trace.node(node).kind, TensorKind::Eager | TensorKind::Variable)
        };
        let mut index = index.clone();
        if self.flat_tensors(&index).iter().any(|node| eager(self, *node)) {
            index = self.map_tensors(&index, &mut |interp, node| match eager(interp, node) {
                true => interp.stand_in(node, TensorKind::Numpy, Source::Opaque("a tensor as an index")),
                false => node,
            });
        }
        self.op_on("getitem", &[("x", Value::Tensor(id)), ("index", index)])
    }

    /// Writes `x[index] = value` of an array.
    pub(crate) fn array_set_item(&mut self, id: NodeId, index: &Value, value: &Value) -> Eval<()> {
        if self.is_numpy_scalar(id) {
            let text = format!("'{}' object does not support item assignment", self.tensor_type_name(id));
            return Err(self.raise(Exc::TypeError, text));
        }
        if self.is_any_item(id) {
            return Ok(());
        }
        let objects = self.objects_after(id, index, value);
        let index = self.drawn_index(index);
        let args = [("x", Value::Tensor(id)), ("index", index), ("value", value.clone())];
        let after = self.op_on("setitem", &args)?;
        if self.computes() {
            self.array_takes(id, &after);
            self.object_items.extend(objects.map(|items| (id, items)));
            return Ok(());
        }
        let content = match after {
            Value::Tensor(after) => self.trace.node(after).content.clone(),
            _ => Content::Unknown,
        };
        let whole = self.leaves_no_gap(value) && self.leaves_no_gap(&Value::Tensor(id));
        self.array_changed(id, content);
        if whole {
            let root = self.root_of(id);
            self.gaps.extend([(id, Some((0, 0))), (root, Some((0, 0)))]);
        }
        // In a branch that may not be taken the array may hold what it held before.
        self.object_items.extend(objects.filter(|_| !self.heap.is_branching()).map(|items| (id, items)));
        Ok(())
    }

    /// Says that an array's elements have changed; what shares them is no longer known.
    pub(crate) fn array_changed(&mut self, id: NodeId, content: Content) {
        if self.computes() {
            return self.array_written(id, None);
        }
        self.object_items.remove(&id);
        let root = self.root_of(id);
        self.note_gaps_written([id, root]);
        let related = self.array_views.get(&root).cloned().unwrap_or_default();
        for other in related.into_iter().chain([root]) {
            self.trace.node_mut(other).content = Content::Unknown;
        }
        // In a branch that may not be taken the old elements may stay.
        let known = if self.heap.is_branching() { Content::Unknown } else { content };
        self.trace.node_mut(id).content = known;
    }

    /// The array whose elements a view shows.
    fn root_of(&self, id: NodeId) -> NodeId {
        let mut at = id;
        for _ in 0..64 {
            let node = self.trace.node(at);
            match (node.source, node.inputs.first()) {
                (Source::Op(op), Some((base, _)))
                    if VIEWS.contains(&op.name) && self.trace.node(*base).kind == TensorKind::Numpy =>
                {
                    at = *base;
                }
                _ => break,
            }
        }
        at
    }

    /// Remembers that the results of an op show the elements of its operand.
    pub(crate) fn note_view(
        &mut self,
        op: &'static ops::Op,
        path: &str,
        args: &[(std::rc::Rc<str>, Arg)],
        result: &Value,
    ) {
        if !VIEWS.contains(&op.name) {
            return;
        }
        if self.computes() {
            return self.keep_view(op, path, args, result);
        }
        for id in self.flat_tensors(result) {
            if !matches!(self.trace.node(id).content, Content::Unknown) {
                let root = self.root_of(id);
                self.array_views.entry(root).or_default().push(id);
            }
        }
    }

    /// Stores an op's result in the array given as `out`, which is what the call returns.
    pub(crate) fn store_out(&mut self, args: &[(std::rc::Rc<str>, Arg)], result: Value) -> Value {
        let out = args.iter().find_map(|(name, arg)| match arg {
            Arg::Tensor(t) if &**name == "out" => t.node.map(NodeId),
            _ => None,
        });
        let Some(out) = out else { return result };
        if self.computes() {
            self.array_takes(out, &result);
            return Value::Tensor(out);
        }
        let content = match result {
            Value::Tensor(id) => {
                let dtype = self.trace.node(out).spec.dtype;
                let from = self.trace.node(id);
                if from.spec.dtype == dtype { from.content.clone() } else { Content::Unknown }
            }
            _ => Content::Unknown,
        };
        self.array_changed(out, content);
        Value::Tensor(out)
    }

    /// Applies an operator in place, `x += y`; nothing where Python makes a new object instead.
    pub(crate) fn array_in_place(
        &mut self,
        op: Operator,
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        let Value::Tensor(id) = left else { return Ok(None) };
        let foreign = self.flat_tensors(right).iter().any(|n| self.trace.node(*n).kind != TensorKind::Numpy);
        let node = self.trace.node(*id);
        if node.kind != TensorKind::Numpy
            || node.spec.shape.rank().is_none_or(|r| r == 0)
            || foreign
            || right.is_unknown()
            || matches!(right, Value::Instance(_))
            || op == Operator::MatMult
        {
            return Ok(None);
        }
        let name = operator_name(op).0;
        self.op_on(name, &[("x", left.clone()), ("y", right.clone()), ("out", left.clone())])?;
        Ok(Some(left.clone()))
    }

    /// Returns a function of NumPy by the name that operators and methods use for it.
    pub(crate) fn numpy_op(&self, name: &str) -> Option<&'static ops::Op> {
        let name = match name {
            "pow" => "power",
            "floordiv" => "floor_divide",
            "abs" => "absolute",
            "cast" => "ndarray.astype",
            other => other,
        };
        ops::find_op(&format!("np.{name}"))
    }

    /// Calls a function of NumPy on values.
    ///
    /// # Errors
    /// What the function raises.
    pub fn numpy(&mut self, function: &str, args: Args) -> Eval {
        self.call_api(&format!("np.{function}").into(), args)
    }
}

fn dim_value(dim: Dim) -> Value {
    match dim {
        Dim::Known(n) => Value::Int(n),
        other => Value::Dim(other),
    }
}
