//! The methods behind the operators of tensors: `x.__add__(y)`, `x.__getitem__(0)`.

use python::ast::{CmpOp, Operator, UnaryOp};

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of TensorFlow's tensors.
pub(super) static METHODS: &[Native] = &[
    native("__add__", |i, a| arithmetic(i, &a, Operator::Add, false)),
    native("__radd__", |i, a| arithmetic(i, &a, Operator::Add, true)),
    native("__sub__", |i, a| arithmetic(i, &a, Operator::Sub, false)),
    native("__rsub__", |i, a| arithmetic(i, &a, Operator::Sub, true)),
    native("__mul__", |i, a| arithmetic(i, &a, Operator::Mult, false)),
    native("__rmul__", |i, a| arithmetic(i, &a, Operator::Mult, true)),
    native("__matmul__", |i, a| arithmetic(i, &a, Operator::MatMult, false)),
    native("__rmatmul__", |i, a| arithmetic(i, &a, Operator::MatMult, true)),
    native("__truediv__", |i, a| arithmetic(i, &a, Operator::Div, false)),
    native("__rtruediv__", |i, a| arithmetic(i, &a, Operator::Div, true)),
    native("__floordiv__", |i, a| arithmetic(i, &a, Operator::FloorDiv, false)),
    native("__rfloordiv__", |i, a| arithmetic(i, &a, Operator::FloorDiv, true)),
    native("__mod__", |i, a| arithmetic(i, &a, Operator::Mod, false)),
    native("__rmod__", |i, a| arithmetic(i, &a, Operator::Mod, true)),
    native("__pow__", |i, a| arithmetic(i, &a, Operator::Pow, false)),
    native("__rpow__", |i, a| arithmetic(i, &a, Operator::Pow, true)),
    native("__and__", |i, a| arithmetic(i, &a, Operator::BitAnd, false)),
    native("__or__", |i, a| arithmetic(i, &a, Operator::BitOr, false)),
    native("__xor__", |i, a| arithmetic(i, &a, Operator::BitXor, false)),
    native("__eq__", |i, a| comparison(i, &a, CmpOp::Eq)),
    native("__ne__", |i, a| comparison(i, &a, CmpOp::NotEq)),
    native("__lt__", |i, a| comparison(i, &a, CmpOp::Lt)),
    native("__le__", |i, a| comparison(i, &a, CmpOp::LtE)),
    native("__gt__", |i, a| comparison(i, &a, CmpOp::Gt)),
    native("__ge__", |i, a| comparison(i, &a, CmpOp::GtE)),
    native("__neg__", |i, a| i.tensor_unary(UnaryOp::USub, &this(&a))),
    native("__invert__", |i, a| i.tensor_unary(UnaryOp::Invert, &this(&a))),
    native("__getitem__", |i, a| i.tensor_item(&this(&a), &other(&a))),
];

fn this(args: &Args) -> Value {
    args.positional.first().cloned().unwrap_or(Value::None)
}

fn other(args: &Args) -> Value {
    args.positional.get(1).cloned().unwrap_or(Value::None)
}

fn arithmetic(interp: &mut Interp<'_>, args: &Args, op: Operator, reflected: bool) -> Eval {
    if args.positional.len() != 2 {
        return Ok(interp.unknown("an operator's method with other arguments"));
    }
    let (left, right) = if reflected { (other(args), this(args)) } else { (this(args), other(args)) };
    interp.tensor_binary(op, &left, &right)
}

fn comparison(interp: &mut Interp<'_>, args: &Args, op: CmpOp) -> Eval {
    if args.positional.len() != 2 {
        return Ok(interp.unknown("an operator's method with other arguments"));
    }
    interp.tensor_compare(op, &this(args), &other(args))
}
