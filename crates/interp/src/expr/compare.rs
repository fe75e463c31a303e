//! Comparisons.

use python::Ranged;
use python::ast::{self, CmpOp};
use tensor::DType;

use crate::heap::{ObjId, Object};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Plain, Value};

/// Compares any number from 0 to below 1 with a bound; nothing where it depends on the number.
fn compare_drawn(op: CmpOp, bound: &Value) -> Option<bool> {
    let bound = match bound {
        Value::Float(x) => *x,
        other => other.as_int()? as f64,
    };
    match op {
        CmpOp::Lt | CmpOp::LtE if bound >= 1.0 => Some(true),
        CmpOp::Gt | CmpOp::GtE if bound >= 1.0 => Some(false),
        CmpOp::LtE if bound < 0.0 => Some(false),
        CmpOp::Lt if bound <= 0.0 => Some(false),
        CmpOp::Gt if bound < 0.0 => Some(true),
        CmpOp::GtE if bound <= 0.0 => Some(true),
        _ => None,
    }
}

impl<'a> Interp<'a> {
    pub(super) fn eval_compare(&mut self, e: &'a ast::ExprCompare) -> Eval {
        let mut left = self.eval(&e.left)?;
        let span = python::span(e.left.range());
        // A method's call is known by the place of the method's name.
        let mut drawn = self.drawn.is_some_and(|call| call.end == span.end && call.start >= span.start)
            && matches!(self.plain_scalar(&left), Value::Any(Plain::Float));
        let mut result = Value::Bool(true);
        for (op, comparator) in e.ops.iter().zip(&e.comparators) {
            let right = self.eval(comparator)?;
            self.at(python::span(e.range()));
            // `random.random() <= epsilon` in the first steps, where epsilon is 1.
            let certain = if drawn { compare_drawn(*op, &self.plain_scalar(&right)) } else { None };
            result = match certain {
                Some(certain) => Value::Bool(certain),
                None => self.compare(*op, &left, &right)?,
            };
            drawn = false;
            if e.ops.len() > 1 && self.truth(&result)? == Some(false) {
                return Ok(result);
            }
            left = right;
        }
        Ok(result)
    }

    /// Applies a comparison.
    ///
    /// # Errors
    /// What Python or the framework raises for these operands.
    pub fn compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let bool_or_any = |b: Option<bool>| b.map_or(Value::Any(Plain::Bool), Value::Bool);
        Ok(match op {
            CmpOp::Is => bool_or_any(self.identical(left, right)),
            CmpOp::IsNot => bool_or_any(self.identical(left, right).map(|b| !b)),
            CmpOp::In => bool_or_any(self.contains(right, left)?),
            CmpOp::NotIn => bool_or_any(self.contains(right, left)?.map(|b| !b)),
            // Comparing something unknown may give an array: `(y > 0.5).astype("int")`.
            _ if left.is_unknown() || right.is_unknown() => {
                return Ok(if left.is_unknown() { left.clone() } else { right.clone() });
            }
            _ if matches!(left, Value::Tensor(_)) || matches!(right, Value::Tensor(_)) => {
                return match self.compared_by_library(op, left, right)? {
                    Some(result) => Ok(result),
                    None => self.tensor_compare(op, left, right),
                };
            }
            // `mask == 1` of something unknown may be an array.
            _ if left.is_unknown() => left.clone(),
            _ if right.is_unknown() => right.clone(),
            CmpOp::Eq | CmpOp::NotEq
                if matches!(left, Value::Instance(_)) || matches!(right, Value::Instance(_)) =>
            {
                return self.compare_objects(op, left, right);
            }
            CmpOp::Eq => bool_or_any(self.equal(left, right)?),
            CmpOp::NotEq => bool_or_any(self.equal(left, right)?.map(|b| !b)),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => return self.order(op, left, right),
        })
    }

    /// `==` and `!=` of objects, whose methods may give other things than a bool: `frame["sex"] == "male"`.
    fn compare_objects(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let name = if op == CmpOp::Eq { "__eq__" } else { "__ne__" };
        for (object, other) in [(left, right), (right, left)] {
            let Value::Instance(id) = object else { continue };
            if let Some(method) = self.own_method(*id, name) {
                let result = self.call(&method, Args::of([other.clone()]))?;
                if !matches!(result, Value::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        let equal = self.equal(left, right)?.map(|equal| equal == (op == CmpOp::Eq));
        Ok(equal.map_or(Value::Any(Plain::Bool), Value::Bool))
    }

    /// A comparison of a library's object with a tensor, where the object's class says how: a column with one of its
    /// values (`frame["id"] == frame["id"].iloc[0]`).
    fn compared_by_library(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let (Value::Instance(id), Value::Tensor(_)) = (left, right) else { return Ok(None) };
        let name = match op {
            CmpOp::Eq => "__eq__",
            CmpOp::NotEq => "__ne__",
            CmpOp::Lt => "__lt__",
            CmpOp::LtE => "__le__",
            CmpOp::Gt => "__gt__",
            CmpOp::GtE => "__ge__",
            _ => return Ok(None),
        };
        let Some(method) = self.own_method(*id, name) else { return Ok(None) };
        let result = self.call(&method, Args::of([right.clone()]))?;
        Ok(Some(result).filter(|result| !matches!(result, Value::NotImplemented)))
    }

    fn order(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        self.nested(Ok(Value::Any(Plain::Bool)), |interp| interp.order_inside(op, left, right))
    }

    fn order_inside(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let number = |v: &Value| match v {
            Value::Float(x) => Some(*x),
            _ => v.as_int().map(|n| n as f64),
        };
        let ordering = match (left, right) {
            (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
            (Value::Tuple(a), Value::Tuple(b)) => return self.order_items(op, &a.clone(), &b.clone()),
            (Value::List(a), Value::List(b)) => {
                let (Some(a), Some(b)) = (self.heap.list(*a).cloned(), self.heap.list(*b).cloned()) else {
                    return Ok(Value::Any(Plain::Bool));
                };
                return self.order_items(op, &a, &b);
            }
            (Value::Set(a), Value::Set(b)) => return Ok(self.order_sets(op, *a, *b)),
            (Value::Instance(id), other) | (other, Value::Instance(id))
                if self.data(*id).is_some() && self.own_method(*id, "__lt__").is_none() =>
            {
                let _ = other;
                let (left, right) = (self.plain(left), self.plain(right));
                return self.order(op, &left, &right);
            }
            _ => match (number(left), number(right)) {
                (Some(a), Some(b)) => match a.partial_cmp(&b) {
                    Some(ordering) => Some(ordering),
                    None => return Ok(Value::Bool(false)),
                },
                _ => None,
            },
        };
        if let Some(ordering) = ordering {
            return Ok(Value::Bool(match op {
                CmpOp::Lt => ordering.is_lt(),
                CmpOp::LtE => ordering.is_le(),
                CmpOp::Gt => ordering.is_gt(),
                _ => ordering.is_ge(),
            }));
        }
        let (method, reflected, sign) = match op {
            CmpOp::Lt => ("__lt__", "__gt__", "<"),
            CmpOp::LtE => ("__le__", "__ge__", "<="),
            CmpOp::Gt => ("__gt__", "__lt__", ">"),
            _ => ("__ge__", "__le__", ">="),
        };
        for (object, other, method) in [(left, right, method), (right, left, reflected)] {
            if let Value::Instance(_) = object
                && let Some(method) = self.find_attr(object, method)?
            {
                let result = self.call(&method, Args::of([other.clone()]))?;
                if !matches!(result, Value::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        let plain = |v: &Value| {
            matches!(
                v,
                Value::None
                    | Value::Str(_)
                    | Value::List(_)
                    | Value::Tuple(_)
                    | Value::Dict(_)
                    | Value::Function(_)
            ) || self.is_certain(v)
        };
        let numeric = |v: &Value| number(v).is_some() || matches!(v, Value::Any(Plain::Int | Plain::Float));
        if (plain(left) && (plain(right) || numeric(right))) || (numeric(left) && plain(right)) {
            let (a, b) = (self.type_name(left), self.type_name(right));
            let text = format!("'{sign}' not supported between instances of '{a}' and '{b}'");
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        Ok(Value::Any(Plain::Bool))
    }

    /// Compares the first items that differ, then the lengths.
    fn order_items(&mut self, op: CmpOp, a: &[Value], b: &[Value]) -> Eval {
        for (x, y) in a.iter().zip(b) {
            match self.same_or_equal(x, y)? {
                Some(true) => {}
                Some(false) => return self.order(op, x, y),
                None => return Ok(Value::Any(Plain::Bool)),
            }
        }
        self.order(op, &Value::Int(a.len() as i64), &Value::Int(b.len() as i64))
    }

    /// Subset and superset.
    fn order_sets(&self, op: CmpOp, a: ObjId, b: ObjId) -> Value {
        let (Object::Set(a), Object::Set(b)) = (self.heap.get(a), self.heap.get(b)) else {
            return Value::Any(Plain::Bool);
        };
        let within = a.keys().all(|k| b.contains_key(k));
        let around = b.keys().all(|k| a.contains_key(k));
        Value::Bool(match op {
            CmpOp::Lt => within && a.len() < b.len(),
            CmpOp::LtE => within,
            CmpOp::Gt => around && b.len() < a.len(),
            _ => around,
        })
    }

    /// Tells whether two values are the same object; nothing where it cannot be told.
    pub fn identical(&self, left: &Value, right: &Value) -> Option<bool> {
        use Value::{
            Any, Bool, Class, Dict, Function, Instance, Int, List, None as PyNone, Set, Str, Tensor, Unknown,
        };
        Some(match (left, right) {
            (Unknown(_), _) | (_, Unknown(_)) => return None,
            (PyNone, PyNone) => true,
            (PyNone, _) | (_, PyNone) => false,
            (Bool(a), Bool(b)) => a == b,
            (Bool(_), Any(Plain::Bool)) | (Any(Plain::Bool), Bool(_)) => return None,
            (List(a), List(b)) | (Dict(a), Dict(b)) | (Set(a), Set(b)) | (Instance(a), Instance(b)) => a == b,
            (Tensor(a), Tensor(b)) => a == b,
            (Function(a), Function(b)) => a == b,
            (Class(a), Class(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Value::Drawn(a), Value::Drawn(b)) if std::rc::Rc::ptr_eq(a, b) => true,
            (Value::Drawn(_), Int(_)) | (Int(_), Value::Drawn(_)) => return None,
            (Str(a), Str(b)) => a == b,
            (Value::DType(a, _), Value::DType(b, _)) => a == b,
            (Value::Api(a), Value::Api(b)) | (Value::Module(a), Value::Module(b)) => a == b,
            (a, b) => {
                if std::mem::discriminant(a) == std::mem::discriminant(b) {
                    return None;
                }
                false
            }
        })
    }

    /// Tells whether two values are equal; nothing where it cannot be told.
    ///
    /// # Errors
    /// What an `__eq__` of the script raises.
    pub fn equal(&mut self, left: &Value, right: &Value) -> Eval<Option<bool>> {
        self.nested(Ok(None), |interp| interp.equal_inside(left, right))
    }

    fn equal_inside(&mut self, left: &Value, right: &Value) -> Eval<Option<bool>> {
        for (object, other) in [(left, right), (right, left)] {
            if let Value::Instance(_) = object
                && let Some(method) = self.find_attr(object, "__eq__")?
            {
                let result = self.call(&method, Args::of([other.clone()]))?;
                if !matches!(result, Value::NotImplemented) {
                    return self.truth(&result);
                }
            }
        }
        Ok(match (left, right) {
            (Value::Unknown(_) | Value::Any(_), _) | (_, Value::Unknown(_) | Value::Any(_)) => {
                let none = left.is_none() || right.is_none();
                if none && !left.is_unknown() && !right.is_unknown() { Some(false) } else { None }
            }
            // `"foo" in [np.str_("foo")]`
            (Value::Tensor(id), _) | (_, Value::Tensor(id))
                if self.computes() && self.is_numpy_scalar(*id) =>
            {
                let Value::Tensor(equal) = self.tensor_compare(CmpOp::Eq, left, right)? else {
                    return Ok(self.identical(left, right));
                };
                let told = self.array_of_node(equal).and_then(|array| array.to_bools().ok());
                told.and_then(|told| if told.len() == 1 { told.first().copied() } else { None })
            }
            // Without numbers nobody knows what it is.
            (Value::Tensor(id), Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_))
            | (Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_), Value::Tensor(id))
                if self.is_numpy_scalar(*id) =>
            {
                None
            }
            (Value::Float(a), Value::Float(b)) => Some(a == b),
            (Value::Float(a), b) | (b, Value::Float(a)) => b.as_int().map(|b| *a == b as f64).or(Some(false)),
            (Value::Dim(a), Value::Dim(b)) if a == b && *a != tensor::Dim::Unknown => Some(true),
            (Value::Dim(tensor::Dim::Known(_)), _) | (_, Value::Dim(tensor::Dim::Known(_))) => {
                Some(left.as_int() == right.as_int())
            }
            (Value::Dim(_) | Value::Drawn(_), _) | (_, Value::Dim(_) | Value::Drawn(_)) => None,
            (Value::Tuple(a), Value::Tuple(b)) => self.equal_items(a, b)?,
            (Value::List(a), Value::List(b)) => match (self.heap.list(*a), self.heap.list(*b)) {
                (Some(a), Some(b)) => {
                    let (a, b) = (a.clone(), b.clone());
                    self.equal_items(&a, &b)?
                }
                _ => None,
            },
            (Value::Shape(_), _) | (_, Value::Shape(_)) => self.equal_shapes(left, right),
            (Value::Dict(a), Value::Dict(b)) => self.equal_dicts(*a, *b)?,
            (Value::Set(a), Value::Set(b)) => match (self.heap.get(*a), self.heap.get(*b)) {
                (Object::Set(a), Object::Set(b)) => {
                    Some(a.len() == b.len() && a.keys().all(|k| b.contains_key(k)))
                }
                _ => None,
            },
            (Value::Instance(id), other) | (other, Value::Instance(id)) if self.data(*id).is_some() => {
                let (data, other) = (self.data(*id).unwrap_or(Value::None), self.plain(other));
                self.equal(&data, &other)?
            }
            (Value::DType(dtype, object), other) | (other, Value::DType(dtype, object)) => {
                self.dtype_equals(*dtype, *object, other)
            }
            (Value::Slice(a), Value::Slice(b)) => self.equal_items(&a.to_vec(), &b.to_vec())?,
            (Value::Range(a, b, c), Value::Range(d, e, f)) => Some((a, b, c) == (d, e, f)),
            (Value::Bytes(a), Value::Bytes(b)) => Some(a == b),
            _ if left.as_int().is_some() && right.as_int().is_some() => Some(left.as_int() == right.as_int()),
            _ => self.identical(left, right),
        })
    }

    /// Tells whether a dtype is equal to another object: `x.dtype == bool`, `tf.float32 == "float32"`. NumPy and
    /// TensorFlow make a dtype of that object first; the classes of NumPy's scalars do not.
    ///
    /// source: numpy/_core/src/multiarray/descriptor.c (`arraydescr_richcompare`), tensorflow/python/framework/dtypes.py
    /// (`DType.__eq__`, `_PYTHON_TO_TF`)
    fn dtype_equals(&self, dtype: DType, object: DTypeObject, other: &Value) -> Option<bool> {
        let scalar = object == DTypeObject::Scalar;
        match other {
            Value::DType(other, _) => Some(dtype == *other),
            Value::Class(_) if object == DTypeObject::Unknown => None,
            Value::Str(name) => Some(!scalar && DType::parse(name) == Some(dtype)),
            Value::Class(class) if object == DTypeObject::TensorFlow => {
                let meant = match self.class(*class).path.as_deref() {
                    Some("builtins.bool") => Some(DType::Bool),
                    Some("builtins.float") => Some(DType::Float32),
                    Some("builtins.object") => Some(DType::String),
                    _ => None,
                };
                Some(meant == Some(dtype))
            }
            Value::Class(class) => match self.class_dtype(*class).map(|meant| meant == dtype) {
                // `np.dtype("U3") == str` does not hold, `np.dtype("U") == str` does; any other class means objects.
                Some(true) if dtype == DType::String && !scalar => None,
                None if dtype == DType::Object && !scalar => None,
                meant => Some(!scalar && meant == Some(true)),
            },
            // `np.dtype(None)`.
            Value::None => Some(object == DTypeObject::NumPy && dtype == DType::Float64),
            _ => self.identical(&Value::DType(dtype, object), other),
        }
    }

    fn equal_items(&mut self, a: &[Value], b: &[Value]) -> Eval<Option<bool>> {
        if a.len() != b.len() {
            return Ok(Some(false));
        }
        let mut all = Some(true);
        for (a, b) in a.iter().zip(b) {
            match self.same_or_equal(a, b)? {
                Some(false) => return Ok(Some(false)),
                None => all = None,
                Some(true) => {}
            }
        }
        Ok(all)
    }

    fn equal_dicts(&mut self, a: ObjId, b: ObjId) -> Eval<Option<bool>> {
        if a == b {
            return Ok(Some(true));
        }
        let (Some(a), Some(b)) = (self.heap.dict(a).cloned(), self.heap.dict(b).cloned()) else {
            return Ok(None);
        };
        if a.len() != b.len() {
            return Ok(Some(false));
        }
        let mut all = Some(true);
        for (key, (_, value)) in &a {
            let Some((_, other)) = b.get(key) else { return Ok(Some(false)) };
            match self.same_or_equal(value, other)? {
                Some(false) => return Ok(Some(false)),
                None => all = None,
                Some(true) => {}
            }
        }
        Ok(all)
    }

    /// `a is b or a == b`, which containers ask of their items.
    ///
    /// # Errors
    /// What an `__eq__` of the script raises.
    pub(crate) fn same_or_equal(&mut self, a: &Value, b: &Value) -> Eval<Option<bool>> {
        if self.identical(a, b) == Some(true) {
            return Ok(Some(true));
        }
        if matches!(a, Value::Tensor(_)) || matches!(b, Value::Tensor(_)) {
            let texts = [a, b].into_iter().any(|v| match v {
                Value::Tensor(id) => self.trace.node(*id).spec.dtype == Some(DType::String),
                _ => false,
            });
            let unlike = |v: &Value| v.is_none() || (!texts && matches!(v, Value::Str(_)));
            if unlike(a) || unlike(b) {
                return Ok(Some(false));
            }
            if texts {
                return self.equal(a, b);
            }
            // `x in [y]` compares the tensors, and a symbolic answer is no bool.
            let symbolic = |v: &Value| matches!(v, Value::Tensor(id) if self.trace.node(*id).kind == ops::TensorKind::Graph);
            if symbolic(a) || symbolic(b) {
                let equal = self.tensor_compare(CmpOp::Eq, a, b)?;
                return self.truth(&equal);
            }
            let counted = |v: &Value| match v {
                Value::Tensor(id) => self.array_of_node(*id).is_some(),
                other => matches!(other, Value::Bool(_) | Value::Int(_) | Value::Float(_)),
            };
            if self.computes() && counted(a) && counted(b) {
                // `list(array) == [1, 2]`
                let equal = self.tensor_compare(CmpOp::Eq, a, b)?;
                return self.truth(&equal);
            }
            return Ok(None);
        }
        self.equal(a, b)
    }

    fn equal_shapes(&self, left: &Value, right: &Value) -> Option<bool> {
        let known = |v: &Value| match v {
            Value::Shape(s) => s.all_known(),
            Value::Tuple(items) => items.iter().map(Value::as_int).collect(),
            Value::List(id) => self.heap.list(*id)?.iter().map(Value::as_int).collect(),
            _ => None,
        };
        Some(known(left)? == known(right)?)
    }

    pub(crate) fn contains(&mut self, container: &Value, item: &Value) -> Eval<Option<bool>> {
        match (container, item) {
            (Value::Tensor(id), _) if self.trace.node(*id).kind == ops::TensorKind::Graph => {
                let text = "argument of type 'SymbolicTensor' is not iterable";
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            (Value::None | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Function(_), _) => {
                let text = format!("argument of type '{}' is not iterable", self.type_name(container));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            (Value::Str(_), Value::Int(_) | Value::None | Value::List(_) | Value::Float(_)) => {
                let kind = self.type_name(item);
                let text = format!("'in <string>' requires string as left operand, not {kind}");
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            (Value::Str(text), Value::Str(part)) => return Ok(Some(text.contains(&**part))),
            (Value::Dict(id) | Value::Set(id), _) => return Ok(self.has_key(*id, item)),
            (Value::Tuple(_) | Value::List(_) | Value::Range(..), _) => {}
            (Value::Instance(_), _) => {
                if let Some(method) = self.find_attr(container, "__contains__")? {
                    let result = self.call(&method, Args::of([item.clone()]))?;
                    return self.truth(&result);
                }
                if self.find_attr(container, "__iter__")?.is_none() && !self.is_certain(container) {
                    return Ok(None);
                }
            }
            (Value::Iterator(_) | Value::Bytes(_) | Value::Shape(_), _) => {}
            // `(array == item).any()`.
            (Value::Tensor(id), _)
                if self.trace.node(*id).kind == ops::TensorKind::Numpy
                    && !self.object_items.contains_key(id) =>
            {
                let equal = self.tensor_compare(CmpOp::Eq, container, item)?;
                let Value::Tensor(equal) = equal else { return Ok(None) };
                let told = self.array_of_node(equal).and_then(|array| array.to_bools().ok());
                return Ok(told.map(|bools| bools.contains(&true)));
            }
            (Value::Class(id), _) => {
                let Some(members) = self.enum_members(*id) else { return Ok(None) };
                return Ok(Some(members.iter().any(|m| self.identical(m, item) == Some(true))));
            }
            _ => return Ok(None),
        }
        let (items, more) = self.iterate(container, 100_000)?;
        let mut found = if more { None } else { Some(false) };
        for one in items {
            match self.same_or_equal(&one, item)? {
                Some(true) => return Ok(Some(true)),
                None => found = None,
                Some(false) => {}
            }
        }
        Ok(found)
    }
}
