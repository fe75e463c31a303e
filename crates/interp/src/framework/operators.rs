//! Operators on tensors and arrays.

use python::ast::{CmpOp, Operator, UnaryOp};

use crate::expr::operator_name;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

impl Interp<'_> {
    pub(crate) fn tensor_binary(&mut self, op: Operator, left: &Value, right: &Value) -> Eval {
        match (op, left) {
            // `"%d" % x.sum()` formats.
            (Operator::Mod, Value::Str(_) | Value::Any(Plain::Str)) => return Ok(Value::Any(Plain::Str)),
            // `[0] * np.max(y)` repeats; a tensor multiplies the list's elements.
            (Operator::Mult, Value::List(_) | Value::Tuple(_) | Value::Str(_)) if matches!(right, Value::Tensor(id) if self.trace.node(*id).kind == ops::TensorKind::Numpy) =>
            {
                let count = self.plain_scalar(right);
                if !matches!(count, Value::Tensor(_)) {
                    return self.binary(op, left, &count);
                }
            }
            _ => {}
        }
        if let Some(z) = self.complex_binary(op, left, right) {
            return Ok(z);
        }
        for (object, other, method) in
            [(left, right, operator_name(op).1), (right, left, operator_name(op).2)]
        {
            // An instance of the script's own class may define the operator.
            let Value::Instance(_) = object else { continue };
            let mut found = self.find_attr(object, method)?;
            // A tensor times a sparse one, which has no `__rmul__`: `math_ops._mul_dispatch`.
            if found.is_none() && op == Operator::Mult && self.is_composite_value(object) {
                found = self.find_attr(object, "__mul__")?;
            }
            if let Some(method) = found {
                return self.call(&method, crate::value::Args::of([other.clone()]));
            }
        }
        if let Some(unknown) = unknown_of(left, right) {
            return Ok(unknown);
        }
        let arrays = [left, right].into_iter().all(|v| match v {
            Value::Tensor(id) => self.trace.node(*id).kind == ops::TensorKind::Numpy,
            _ => true,
        });
        // Shifts are NumPy's alone.
        if matches!(op, Operator::LShift | Operator::RShift) && !arrays {
            return self.no_operator(op, left, right);
        }
        let symbolic = [left, right].into_iter().any(|v| match v {
            Value::Tensor(id) => self.trace.node(*id).kind == ops::TensorKind::Keras,
            _ => false,
        });
        let name = match op {
            // Keras 3's symbolic tensors take both sides as truth values: `(x > 0) & (x < 1)`.
            Operator::BitAnd if symbolic && self.keras == ops::Keras::Three => "logical_and",
            Operator::BitOr if symbolic && self.keras == ops::Keras::Three => "logical_or",
            Operator::BitXor if symbolic && self.keras == ops::Keras::Three => "logical_xor",
            _ => operator_name(op).0,
        };
        self.op_on(name, &[("x", left.clone()), ("y", right.clone())])
    }

    pub(crate) fn tensor_compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> Eval {
        if let Some(unknown) = unknown_of(left, right) {
            return Ok(unknown);
        }
        let name = match op {
            CmpOp::Eq => "equal",
            CmpOp::NotEq => "not_equal",
            CmpOp::Lt => "less",
            CmpOp::LtE => "less_equal",
            CmpOp::Gt => "greater",
            _ => "greater_equal",
        };
        let array =
            |v: &Value| matches!(v, Value::Tensor(id) if self.trace.node(*id).kind == ops::TensorKind::Numpy);
        let equality = matches!(op, CmpOp::Eq | CmpOp::NotEq);
        if equality && (left.is_none() || right.is_none()) && !array(left) && !array(right) {
            return Ok(Value::Bool(op == CmpOp::NotEq));
        }
        if op == CmpOp::Eq && self.is_plain_equality(left, right) {
            return Ok(self.identical(left, right).map_or(Value::Any(Plain::Bool), Value::Bool));
        }
        self.op_on(name, &[("x", left.clone()), ("y", right.clone())])
    }

    /// Whether `==` is Python's own: Keras 3's symbolic tensors define `!=` and no `==`.
    fn is_plain_equality(&self, left: &Value, right: &Value) -> bool {
        let symbolic =
            |v: &Value| matches!(v, Value::Tensor(id) if self.trace.node(*id).kind == ops::TensorKind::Keras);
        let plain = |v: &Value| symbolic(v) || !matches!(v, Value::Tensor(_) | Value::Instance(_));
        self.keras == ops::Keras::Three && (symbolic(left) || symbolic(right)) && plain(left) && plain(right)
    }

    pub(crate) fn tensor_unary(&mut self, op: UnaryOp, operand: &Value) -> Eval {
        if let Some(z) = self.complex_unary(op, operand) {
            return Ok(z);
        }
        let Value::Tensor(id) = operand else { return Ok(operand.clone()) };
        let node = self.trace.node(*id);
        let (array, dtype) = (node.kind == ops::TensorKind::Numpy, node.spec.dtype);
        let tensorflow = !array && (self.keras == ops::Keras::Two || node.kind != ops::TensorKind::Keras);
        let name = match op {
            UnaryOp::USub => "negative",
            // TensorFlow's tensors take it for the bits of integers; Keras' do not.
            UnaryOp::Invert if tensorflow && dtype != Some(tensor::DType::Bool) => "invert",
            UnaryOp::Invert => "logical_not",
            UnaryOp::UAdd if !array => {
                let text = format!("bad operand type for unary +: '{}'", self.tensor_type_name(*id));
                return Err(self.raise(ops::Exc::TypeError, text));
            }
            UnaryOp::UAdd | UnaryOp::Not => return Ok(operand.clone()),
        };
        self.op_on(name, &[("x", operand.clone())])
    }
}

fn unknown_of(left: &Value, right: &Value) -> Option<Value> {
    [left, right].into_iter().find(|v| v.is_unknown()).cloned()
}
