//! Comparisons.

use python::Ranged;
use python::ast::{self, CmpOp};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

impl<'a> Interp<'a> {
    pub(super) fn eval_compare(&mut self, e: &'a ast::ExprCompare) -> Eval {
        let mut left = self.eval(&e.left)?;
        let mut result = Value::Bool(true);
        for (op, comparator) in e.ops.iter().zip(&e.comparators) {
            let right = self.eval(comparator)?;
            self.at(python::span(e.range()));
            result = self.compare(*op, &left, &right)?;
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
            _ if matches!(left, Value::Tensor(_)) || matches!(right, Value::Tensor(_)) => {
                return self.tensor_compare(op, left, right);
            }
            CmpOp::Eq => bool_or_any(self.equal(left, right)?),
            CmpOp::NotEq => bool_or_any(self.equal(left, right)?.map(|b| !b)),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => return self.order(op, left, right),
        })
    }

    fn order(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        let number = |v: &Value| match v {
            Value::Float(x) => Some(*x),
            _ => v.as_int().map(|n| n as f64),
        };
        let ordering = match (left, right) {
            (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
            (Value::Tuple(_) | Value::List(_), Value::Tuple(_) | Value::List(_)) => {
                return Ok(Value::Any(Plain::Bool));
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
        let (method, sign) = match op {
            CmpOp::Lt => ("__lt__", "<"),
            CmpOp::LtE => ("__le__", "<="),
            CmpOp::Gt => ("__gt__", ">"),
            _ => ("__ge__", ">="),
        };
        if let Value::Instance(_) = left
            && let Some(method) = self.find_attr(left, method)?
        {
            return self.call(&method, Args::of([right.clone()]));
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
            )
        };
        let numeric = |v: &Value| number(v).is_some() || matches!(v, Value::Any(Plain::Int | Plain::Float));
        if (plain(left) && (plain(right) || numeric(right))) || (numeric(left) && plain(right)) {
            let (a, b) = (self.type_name(left), self.type_name(right));
            let text = format!("'{sign}' not supported between instances of '{a}' and '{b}'");
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        Ok(Value::Any(Plain::Bool))
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
            (Str(a), Str(b)) => a == b,
            (Value::DType(a), Value::DType(b)) => a == b,
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
        if let Value::Instance(_) = left
            && let Some(method) = self.find_attr(left, "__eq__")?
        {
            let result = self.call(&method, Args::of([right.clone()]))?;
            return self.truth(&result);
        }
        Ok(match (left, right) {
            (Value::Unknown(_) | Value::Any(_), _) | (_, Value::Unknown(_) | Value::Any(_)) => {
                let none = left.is_none() || right.is_none();
                if none && !left.is_unknown() && !right.is_unknown() { Some(false) } else { None }
            }
            (Value::Float(a), Value::Float(b)) => Some(a == b),
            (Value::Float(a), b) | (b, Value::Float(a)) => b.as_int().map(|b| *a == b as f64).or(Some(false)),
            (Value::Dim(a), Value::Dim(b)) if a == b && *a != tensor::Dim::Unknown => Some(true),
            (Value::Dim(tensor::Dim::Known(_)), _) | (_, Value::Dim(tensor::Dim::Known(_))) => {
                Some(left.as_int() == right.as_int())
            }
            (Value::Dim(_), _) | (_, Value::Dim(_)) => None,
            (Value::Tuple(a), Value::Tuple(b)) => self.equal_items(a, b)?,
            (Value::List(a), Value::List(b)) => match (self.heap.list(*a), self.heap.list(*b)) {
                (Some(a), Some(b)) => {
                    let (a, b) = (a.clone(), b.clone());
                    self.equal_items(&a, &b)?
                }
                _ => None,
            },
            (Value::Shape(_), _) | (_, Value::Shape(_)) => self.equal_shapes(left, right),
            (Value::DType(d), Value::Str(s)) | (Value::Str(s), Value::DType(d)) => {
                Some(tensor::DType::parse(s) == Some(*d))
            }
            (Value::Dict(a), Value::Dict(b)) => (a == b).then_some(true),
            (Value::Bytes(a), Value::Bytes(b)) => Some(a == b),
            _ if left.as_int().is_some() && right.as_int().is_some() => Some(left.as_int() == right.as_int()),
            _ => self.identical(left, right),
        })
    }

    fn equal_items(&mut self, a: &[Value], b: &[Value]) -> Eval<Option<bool>> {
        if a.len() != b.len() {
            return Ok(Some(false));
        }
        let mut all = Some(true);
        for (a, b) in a.iter().zip(b) {
            match self.equal(a, b)? {
                Some(false) => return Ok(Some(false)),
                None => all = None,
                Some(true) => {}
            }
        }
        Ok(all)
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

    fn contains(&mut self, container: &Value, item: &Value) -> Eval<Option<bool>> {
        match (container, item) {
            (Value::Str(text), Value::Str(part)) => return Ok(Some(text.contains(&**part))),
            (Value::Dict(id) | Value::Set(id), _) => return Ok(self.has_key(*id, item)),
            (Value::Tuple(_) | Value::List(_) | Value::Range(..), _) => {}
            (Value::Instance(_), _) => {
                if let Some(method) = self.find_attr(container, "__contains__")? {
                    let result = self.call(&method, Args::of([item.clone()]))?;
                    return self.truth(&result);
                }
                return Ok(None);
            }
            _ => return Ok(None),
        }
        let (items, more) = self.iterate(container, 100_000)?;
        let mut found = if more { None } else { Some(false) };
        for one in items {
            if matches!(one, Value::Tensor(_)) || matches!(item, Value::Tensor(_)) {
                match self.identical(&one, item) {
                    Some(true) => return Ok(Some(true)),
                    _ => found = None,
                }
                continue;
            }
            match self.equal(&one, item)? {
                Some(true) => return Ok(Some(true)),
                None => found = None,
                Some(false) => {}
            }
        }
        Ok(found)
    }
}
