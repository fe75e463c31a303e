//! `operator`.

use std::rc::Rc;

use python::ast::{CmpOp, Operator};

use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Bound, Native, NativeFn, Value};

macro_rules! binary {
    ($name:literal, $op:ident) => {
        native(concat!("operator.", $name), {
            const CALL: NativeFn = |interp, args| match args.positional.as_slice() {
                [a, b] => interp.binary(Operator::$op, a, b),
                _ => Ok(Value::None),
            };
            CALL
        })
    };
}

macro_rules! comparison {
    ($name:literal, $op:ident) => {
        native(concat!("operator.", $name), {
            const CALL: NativeFn = |interp, args| match args.positional.as_slice() {
                [a, b] => interp.compare(CmpOp::$op, a, b),
                _ => Ok(Value::None),
            };
            CALL
        })
    };
}

pub(super) static FUNCTIONS: &[Native] = &[
    binary!("add", Add),
    binary!("sub", Sub),
    binary!("mul", Mult),
    binary!("truediv", Div),
    binary!("floordiv", FloorDiv),
    binary!("mod", Mod),
    binary!("pow", Pow),
    binary!("matmul", MatMult),
    binary!("and_", BitAnd),
    binary!("or_", BitOr),
    binary!("xor", BitXor),
    binary!("concat", Add),
    comparison!("eq", Eq),
    comparison!("ne", NotEq),
    comparison!("lt", Lt),
    comparison!("le", LtE),
    comparison!("gt", Gt),
    comparison!("ge", GtE),
    comparison!("is_", Is),
    comparison!("is_not", IsNot),
    native("operator.contains", |interp, args| match args.positional.as_slice() {
        [container, item] => interp.compare(CmpOp::In, item, container),
        _ => Ok(Value::None),
    }),
    native("operator.getitem", |interp, args| match args.positional.as_slice() {
        [object, index] => interp.get_item(object, index),
        _ => Ok(Value::None),
    }),
    native("operator.neg", |interp, args| match args.positional.first() {
        Some(value) => interp.binary(Operator::Mult, value, &Value::Int(-1)),
        None => Ok(Value::None),
    }),
    native("operator.itemgetter", |_, args| Ok(getter(&ITEMS, args))),
    native("operator.attrgetter", |_, args| Ok(getter(&ATTRIBUTES, args))),
    native("operator.methodcaller", |_, args| {
        let partial = crate::value::Wrapped::Partial(Value::Native(&METHOD), args);
        Ok(Value::Wrapped(Rc::new(partial)))
    }),
];

/// A function that remembers what it gets.
fn getter(function: &'static Native, args: Args) -> Value {
    let object = Value::tuple(args.positional);
    Value::Bound(Rc::new(Bound { object, function: Value::Native(function), owner: None }))
}

static ITEMS: Native = native("operator.itemgetter.get", |interp, args| {
    let [Value::Tuple(keys), object] = args.positional.as_slice() else { return Ok(Value::None) };
    let found = keys.iter().map(|key| interp.get_item(object, key)).collect::<Eval<Vec<_>>>()?;
    Ok(single(found))
});

static ATTRIBUTES: Native = native("operator.attrgetter.get", |interp, args| {
    let [Value::Tuple(names), object] = args.positional.as_slice() else { return Ok(Value::None) };
    let mut found = Vec::with_capacity(names.len());
    for name in names.iter() {
        let mut value = object.clone();
        for part in name.as_str().unwrap_or_default().split('.') {
            value = interp.get_attr(&value, part)?;
        }
        found.push(value);
    }
    Ok(single(found))
});

static METHOD: Native = native("operator.methodcaller.call", |interp, mut args: Args| {
    // The name came first, then its arguments, then the object at the call.
    let (Some(Value::Str(name)), Some(object)) = (args.positional.first().cloned(), args.positional.pop())
    else {
        return Ok(Value::None);
    };
    args.positional.remove(0);
    let method = interp.get_attr(&object, &name)?;
    interp.call(&method, args)
});

fn single(mut found: Vec<Value>) -> Value {
    if found.len() == 1 { found.remove(0) } else { Value::tuple(found) }
}
