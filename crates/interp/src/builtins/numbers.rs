//! Methods of ints and floats.

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

pub(crate) static INT: NativeClass = NativeClass {
    path: "builtins.int",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("bit_length", |interp, args| {
            Ok(match number(interp, &args).and_then(|v| v.as_int()) {
                Some(n) => Value::Int(i64::from(64 - n.unsigned_abs().leading_zeros())),
                None => Value::Any(Plain::Int),
            })
        }),
        native("bit_count", |interp, args| {
            Ok(match number(interp, &args).and_then(|v| v.as_int()) {
                Some(n) => Value::Int(i64::from(n.unsigned_abs().count_ones())),
                None => Value::Any(Plain::Int),
            })
        }),
        native("conjugate", same),
        native("as_integer_ratio", |interp, args| {
            let n = number(interp, &args).unwrap_or(Value::Any(Plain::Int));
            Ok(Value::tuple([n, Value::Int(1)]))
        }),
        native("is_integer", |_, _| Ok(Value::Bool(true))),
    ]],
    properties: &[&[
        native("real", same),
        native("imag", |_, _| Ok(Value::Int(0))),
        native("numerator", same),
        native("denominator", |_, _| Ok(Value::Int(1))),
    ]],
};

pub(crate) static FLOAT: NativeClass = NativeClass {
    path: "builtins.float",
    state: || NativeState::Data(Value::None),
    methods: &[&[
        native("is_integer", |interp, args| {
            Ok(match number(interp, &args) {
                Some(Value::Float(x)) => Value::Bool(x.is_finite() && x.fract() == 0.0),
                _ => Value::Any(Plain::Bool),
            })
        }),
        native("conjugate", same),
        native("hex", |_, _| Ok(Value::Any(Plain::Str))),
    ]],
    properties: &[&[native("real", same), native("imag", |_, _| Ok(Value::Float(0.0)))]],
};

fn number(interp: &Interp<'_>, args: &Args) -> Option<Value> {
    args.positional.first().map(|v| interp.plain(v))
}

fn same(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match number(interp, &args) {
        Some(Value::Bool(b)) => Value::Int(i64::from(b)),
        Some(value) => value,
        None => Value::None,
    })
}
