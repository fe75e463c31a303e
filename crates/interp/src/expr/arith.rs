//! Operators.

use python::Ranged;
use python::ast::{self, Operator, UnaryOp};
use tensor::Dim;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

/// The name of an operator's op, its method and its sign.
pub(crate) fn operator_name(op: Operator) -> (&'static str, &'static str, &'static str, &'static str) {
    match op {
        Operator::Add => ("add", "__add__", "__radd__", "+"),
        Operator::Sub => ("subtract", "__sub__", "__rsub__", "-"),
        Operator::Mult => ("multiply", "__mul__", "__rmul__", "*"),
        Operator::MatMult => ("matmul", "__matmul__", "__rmatmul__", "@"),
        Operator::Div => ("divide", "__truediv__", "__rtruediv__", "/"),
        Operator::Mod => ("mod", "__mod__", "__rmod__", "%"),
        Operator::Pow => ("pow", "__pow__", "__rpow__", "** or pow()"),
        Operator::LShift => ("left_shift", "__lshift__", "__rlshift__", "<<"),
        Operator::RShift => ("right_shift", "__rshift__", "__rrshift__", ">>"),
        Operator::BitOr => ("bitwise_or", "__or__", "__ror__", "|"),
        Operator::BitXor => ("bitwise_xor", "__xor__", "__rxor__", "^"),
        Operator::BitAnd => ("bitwise_and", "__and__", "__rand__", "&"),
        Operator::FloorDiv => ("floordiv", "__floordiv__", "__rfloordiv__", "//"),
    }
}

impl<'a> Interp<'a> {
    pub(super) fn eval_bin_op(&mut self, e: &'a ast::ExprBinOp) -> Eval {
        let left = self.eval(&e.left)?;
        let right = self.eval(&e.right)?;
        self.at(python::span(e.range()));
        let result = self.binary(e.op, &left, &right);
        if let Err(halt) = &result {
            self.note_operands(halt, &[(&*e.left, &left), (&*e.right, &right)]);
        }
        result
    }

    /// Applies an augmented assignment's operator: lists grow in place, variables raise as Keras says.
    pub(crate) fn in_place(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        if let (Value::List(id), Operator::Add) = (left, op) {
            let (items, more) = self.iterate(right, 1_000_000)?;
            self.spend(items.len())?;
            if more {
                self.lose(*id, "extended by something of unknown length");
            } else if let Some(list) = self.heap.list_mut(*id) {
                list.extend(items.iter().cloned());
            }
            items.iter().for_each(|item| self.adopt_into(*id, item));
            return Ok(left.clone());
        }
        if let Some(value) = self.array_in_place(op, left, right)? {
            return Ok(value);
        }
        let method = operator_name(op).1.replacen("__", "__i", 1);
        if let Value::Instance(_) = left
            && let Some(method) = self.find_attr(left, &method)?
        {
            let result = self.call(&method, Args::of([right.clone()]))?;
            if !matches!(result, Value::NotImplemented) {
                return Ok(result);
            }
        }
        let result = self.binary(op, left, right)?;
        // Sets and dicts change in place: `seen |= new`.
        if let (Value::Set(old), Value::Set(new)) | (Value::Dict(old), Value::Dict(new)) = (left, &result) {
            let object = self.heap.get(*new).clone();
            *self.heap.get_mut(*old) = object;
            return Ok(left.clone());
        }
        Ok(result)
    }

    /// Applies an augmented assignment's operator, with the sign that its errors show.
    pub(crate) fn augmented(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        let result = self.in_place(op, left, right);
        if let Err(crate::raise::Halt::Exception(id)) = &result
            && let Some(state) = self.exception_mut(*id)
        {
            let sign = operator_name(op).3;
            let (plain, shown) = (
                format!("unsupported operand type(s) for {sign}: "),
                format!("unsupported operand type(s) for {}=: ", sign.split(' ').next().unwrap_or(sign)),
            );
            if let Some(rest) = state.core.strip_prefix(&plain) {
                let text: std::rc::Rc<str> = format!("{shown}{rest}").into();
                state.core = text.clone();
                if let Some(instance) = self.heap.instance_mut(*id) {
                    instance.attrs.insert("args".into(), Value::tuple([Value::Str(text)]));
                }
            }
        }
        result
    }

    /// Applies a binary operator.
    ///
    /// # Errors
    /// What Python or the framework raises for these operands.
    pub fn binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        use Value::{Any, Bool, Float, Int};
        if let (Value::Str(text), Operator::Mod) = (left, op) {
            // A text formats whatever stands behind it, arrays too.
            return self.percent(&text.clone(), right);
        }
        if matches!(left, Value::Tensor(_)) || matches!(right, Value::Tensor(_)) {
            return self.tensor_binary(op, left, right);
        }
        if let Operator::Sub | Operator::BitAnd | Operator::BitOr | Operator::BitXor = op
            && (self.is_view(left) || self.is_view(right))
        {
            // `table.keys() - ["a"]`: a dict's views are sets to these, and take any iterable.
            let (left, right) = (self.view_as_set(left)?, self.view_as_set(right)?);
            return self.binary(op, &left, &right);
        }
        if let Some(drawn) = self.draw_with(op, left, right) {
            return Ok(drawn);
        }
        let plain = |v: &Value| match v {
            Bool(b) => Int(i64::from(*b)),
            Value::Dim(Dim::Known(n)) => Int(*n),
            Value::Drawn(_) => Value::Dim(Dim::Unknown),
            other => other.clone(),
        };
        match (plain(left), plain(right)) {
            (Int(a), Int(b)) => self.int_binary(op, a, b, matches!((left, right), (Bool(_), Bool(_)))),
            (Int(a), Float(b)) => self.float_binary(op, a as f64, b),
            (Float(a), Int(b)) => self.float_binary(op, a, b as f64),
            (Float(a), Float(b)) => self.float_binary(op, a, b),
            (Value::Dim(a), Int(b)) => Ok(dim_binary(op, a, Dim::Known(b))),
            (Int(a), Value::Dim(b)) => Ok(dim_binary(op, Dim::Known(a), b)),
            (Value::Dim(a), Value::Dim(b)) => Ok(dim_binary(op, a, b)),
            // `int(x.shape[1] * 0.5)` of a size that is not known.
            (Value::Dim(_), Float(_)) | (Float(_), Value::Dim(_)) => Ok(Any(Plain::Float)),
            (Any(kind), other) | (other, Any(kind))
                if is_number(&other) || matches!(other, Any(_) | Value::Dim(_)) =>
            {
                Ok(any_binary(op, kind, &other))
            }
            (Value::Unknown(reason), _) | (_, Value::Unknown(reason)) => Ok(Value::Unknown(reason)),
            _ => self.object_binary(op, left, right),
        }
    }

    fn int_binary(&mut self, op: Operator, a: i64, b: i64, bools: bool) -> Eval {
        let known = |n: Option<i64>| Ok(n.map_or(Value::Any(Plain::Int), Value::Int));
        match op {
            Operator::Add => known(a.checked_add(b)),
            Operator::Sub => known(a.checked_sub(b)),
            Operator::Mult => known(a.checked_mul(b)),
            Operator::Div | Operator::FloorDiv | Operator::Mod if b == 0 => {
                let text = match op {
                    Operator::Div => "division by zero",
                    Operator::FloorDiv => "integer division or modulo by zero",
                    _ => "integer modulo by zero",
                };
                Err(self.raise(ops::Exc::ZeroDivisionError, text))
            }
            Operator::Div => Ok(Value::Float(a as f64 / b as f64)),
            Operator::FloorDiv => known(floor_div(a, b)),
            Operator::Mod => known(floor_div(a, b).map(|q| a - q * b)),
            Operator::Pow if b < 0 => self.float_binary(op, a as f64, b as f64),
            Operator::Pow => known(u32::try_from(b).ok().and_then(|b| a.checked_pow(b))),
            Operator::LShift => {
                known(u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| a.checked_mul(1 << b)))
            }
            Operator::RShift => known(u32::try_from(b).ok().map(|b| a >> b.min(63))),
            Operator::BitAnd if bools => Ok(Value::Bool(a & b != 0)),
            Operator::BitOr if bools => Ok(Value::Bool(a | b != 0)),
            Operator::BitXor if bools => Ok(Value::Bool(a ^ b != 0)),
            Operator::BitAnd => known(Some(a & b)),
            Operator::BitOr => known(Some(a | b)),
            Operator::BitXor => known(Some(a ^ b)),
            Operator::MatMult => self.no_operator(op, &Value::Int(a), &Value::Int(b)),
        }
    }

    fn float_binary(&mut self, op: Operator, a: f64, b: f64) -> Eval {
        Ok(Value::Float(match op {
            Operator::Add => a + b,
            Operator::Sub => a - b,
            Operator::Mult => a * b,
            Operator::Div | Operator::FloorDiv | Operator::Mod if b == 0.0 => {
                let text = match op {
                    Operator::Div => "float division by zero",
                    Operator::FloorDiv => "float floor division by zero",
                    _ => "float modulo",
                };
                return Err(self.raise(ops::Exc::ZeroDivisionError, text));
            }
            Operator::Div => a / b,
            Operator::FloorDiv => (a / b).floor(),
            Operator::Mod => a - b * (a / b).floor(),
            Operator::Pow => a.powf(b),
            _ => return self.no_operator(op, &Value::Float(a), &Value::Float(b)),
        }))
    }

    /// Operators of containers, strings and instances.
    fn object_binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        if let Some(value) = self.sequence_binary(op, left, right)? {
            return Ok(value);
        }
        let (_, method, reflected, _) = operator_name(op);
        for (object, other, name) in [(left, right, method), (right, left, reflected)] {
            let Value::Instance(id) = object else { continue };
            let class = self.heap.instance(*id).map(|i| i.class);
            let Some(class) = class else { continue };
            if let Some((function, owner)) = self.class_attr(class, name) {
                let bound = self.bind_method(object.clone(), function, Some(owner));
                let result = self.call(&bound, Args::of([other.clone()]))?;
                if !matches!(result, Value::NotImplemented) {
                    return Ok(result);
                }
            } else if self.data(*id).is_none() && !self.is_certain_class(class) {
                return Ok(self.unknown("an operator of an object without a model"));
            }
        }
        let (plain_left, plain_right) = (self.plain(left), self.plain(right));
        let unwrapped = |v: &Value, plain: &Value| {
            matches!(v, Value::Instance(_)) && !matches!(plain, Value::Instance(_) | Value::None)
        };
        // An `IntEnum` member, a named tuple, a class that derives from `dict`.
        if unwrapped(left, &plain_left) || unwrapped(right, &plain_right) {
            return self.binary(op, &plain_left, &plain_right);
        }
        let known = |v: &Value| {
            matches!(
                v,
                Value::None
                    | Value::Bool(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Str(_)
                    | Value::Bytes(_)
                    | Value::Tuple(_)
                    | Value::List(_)
                    | Value::Dict(_)
                    | Value::Any(_)
                    | Value::Dim(_)
                    | Value::Drawn(_)
                    | Value::Function(_)
                    | Value::Class(_)
                    | Value::Iterator(_)
                    | Value::Set(_)
                    | Value::Range(..)
                    | Value::Slice(_)
                    | Value::Ellipsis
            ) || self.is_certain(v)
        };
        if known(left) && known(right) {
            return self.no_operator(op, left, right);
        }
        Ok(self.unknown("an operator of values without a model"))
    }

    /// Tells whether a value is `dict.keys()` or `dict.items()`.
    fn is_view(&self, value: &Value) -> bool {
        let Value::List(id) = value else { return false };
        matches!(self.kind_of(*id), Some("dict_keys" | "dict_items"))
    }

    fn view_as_set(&mut self, value: &Value) -> Eval {
        let Value::List(id) = value else { return Ok(value.clone()) };
        match self.heap.list(*id).cloned() {
            Some(items) => self.new_set(items),
            None => Ok(self.unknown("a view of a dict whose contents are not known")),
        }
    }

    pub(crate) fn no_operator(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        let (left_type, right_type) = (self.type_name(left), self.type_name(right));
        let sign = operator_name(op).3;
        let text = match (op, left) {
            (Operator::Add, Value::Str(_) | Value::Any(Plain::Str)) => {
                format!("can only concatenate str (not \"{right_type}\") to str")
            }
            (Operator::Add, Value::List(_)) => {
                format!("can only concatenate list (not \"{right_type}\") to list")
            }
            (Operator::Add, Value::Tuple(_)) => {
                format!("can only concatenate tuple (not \"{right_type}\") to tuple")
            }
            _ => format!("unsupported operand type(s) for {sign}: '{left_type}' and '{right_type}'"),
        };
        if left.is_none() || right.is_none() {
            let violation =
                ops::Violation { class: ops::Exc::TypeError, core: text, mistake: ops::Mistake::NoneValue };
            return Err(self.raise_violation(violation, sign.into(), Vec::new()));
        }
        Err(self.raise(ops::Exc::TypeError, text))
    }

    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Value) -> Eval {
        Ok(match (op, operand) {
            (_, Value::Tensor(_)) => return self.tensor_unary(op, operand),
            (UnaryOp::USub, Value::Float(x)) => Value::Float(-x),
            (UnaryOp::UAdd, Value::Int(_) | Value::Float(_) | Value::Dim(_) | Value::Drawn(_)) => {
                operand.clone()
            }
            (UnaryOp::Invert, Value::Int(n)) => Value::Int(!n),
            (UnaryOp::USub, Value::Dim(d)) => Value::Dim(d.map(|n| -n)),
            (_, Value::Any(Plain::Float)) => operand.clone(),
            (_, Value::Any(Plain::Int | Plain::Bool)) => Value::Any(Plain::Int),
            (UnaryOp::USub, _) if operand.as_int().is_some() => {
                operand.as_int().and_then(i64::checked_neg).map_or(Value::Any(Plain::Int), Value::Int)
            }
            (_, Value::Unknown(_)) => operand.clone(),
            (_, Value::None | Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_)) => {
                let sign = match op {
                    UnaryOp::USub => "-",
                    UnaryOp::UAdd => "+",
                    _ => "~",
                };
                let text = format!("bad operand type for unary {sign}: '{}'", self.type_name(operand));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            (_, Value::Instance(id)) if self.data(*id).is_some_and(|data| !data.is_none()) => {
                let data = self.plain(operand);
                return self.unary(op, &data);
            }
            _ => {
                let name = match op {
                    UnaryOp::USub => "__neg__",
                    UnaryOp::UAdd => "__pos__",
                    _ => "__invert__",
                };
                match self.find_attr(operand, name)? {
                    Some(method) => return self.call(&method, Args::default()),
                    None => self.unknown("an operator of a value without a model"),
                }
            }
        })
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Bool(_))
}

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let q = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
}

fn dim_binary(op: Operator, a: Dim, b: Dim) -> Value {
    Value::Dim(match op {
        Operator::Add => a.plus(b),
        Operator::Sub => a.map2(b, i64::checked_sub),
        Operator::Mult => a.times(b),
        Operator::FloorDiv => a.map2(b, |a, b| if b == 0 { None } else { floor_div(a, b) }),
        Operator::Div => return Value::Any(Plain::Float),
        _ => Dim::Unknown,
    })
}

fn any_binary(op: Operator, kind: Plain, other: &Value) -> Value {
    let float = |v: &Value| matches!(v, Value::Float(_) | Value::Any(Plain::Float));
    if kind == Plain::Str || matches!(other, Value::Any(Plain::Str)) {
        return match op {
            Operator::Add | Operator::Mult | Operator::Mod => Value::Any(Plain::Str),
            _ => Value::unknown("an operator of an unknown string"),
        };
    }
    if kind == Plain::Float || float(other) || op == Operator::Div {
        return Value::Any(Plain::Float);
    }
    Value::Any(Plain::Int)
}
