//! Methods of bytes.

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Plain, Value};

pub(crate) static BYTES: NativeClass = NativeClass {
    path: "builtins.bytes",
    state: || NativeState::Data(Value::None),
    methods: &[&[native("decode", decode), native("hex", hex)]],
    properties: &[],
};

fn decode(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first().map(|v| interp.plain(v)) {
        Some(Value::Bytes(bytes)) => std::str::from_utf8(&bytes).map_or(Value::Any(Plain::Str), Value::str),
        _ => Value::Any(Plain::Str),
    })
}

fn hex(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match args.positional.first().map(|v| interp.plain(v)) {
        Some(Value::Bytes(bytes)) => {
            Value::Str(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into())
        }
        _ => Value::Any(Plain::Str),
    })
}
