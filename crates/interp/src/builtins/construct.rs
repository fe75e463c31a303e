//! Calls of built-in types: `int("3")`, `list(xs)`, `type(x)`.

use std::rc::Rc;

use ops::Exc;
use tensor::{Content, Dim};

use crate::builtins::arguments::between;
use crate::heap::Object;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Plain, Value, Wrapped};

/// How many items a container is made of at most.
const ITEMS: usize = 1_000_000;

/// Makes an instance of a built-in type.
pub(super) fn construct(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval {
    let first = args.positional.first().map(|v| interp.plain(v));
    match (name, first) {
        ("bool", first) => match first {
            Some(_) => Ok(interp.truth(&args.positional[0])?.map_or(Value::Any(Plain::Bool), Value::Bool)),
            None => Ok(Value::Bool(false)),
        },
        ("int", None) => Ok(Value::Int(0)),
        ("int", Some(value)) => {
            let base = args.get(1, "base").cloned();
            to_int(interp, &value, base.as_ref())
        }
        ("float", None) => Ok(Value::Float(0.0)),
        ("float", Some(value)) => to_float(interp, &value),
        ("str", None) => Ok(Value::str("")),
        ("str", Some(Value::Bytes(bytes))) if args.positional.len() > 1 => {
            Ok(std::str::from_utf8(&bytes).map_or(Value::Any(Plain::Str), Value::str))
        }
        ("str", Some(_)) => {
            let text = interp.display(&args.positional[0])?;
            Ok(text.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
        }
        ("list", None) => Ok(interp.new_list(Vec::new())),
        ("list", Some(_)) => {
            between(interp, "list", args, 0, 1)?;
            let (items, more) = interp.iterate(&args.positional[0], ITEMS)?;
            if more { interp.some_list(&args.positional[0]) } else { Ok(interp.new_list(items)) }
        }
        ("tuple", None) => Ok(Value::tuple([])),
        ("tuple", Some(value)) => {
            between(interp, "tuple", args, 0, 1)?;
            if let Value::Tuple(_) = &value
                && !matches!(args.positional[0], Value::Instance(_))
            {
                return Ok(value);
            }
            let (items, more) = interp.iterate(&args.positional[0], ITEMS)?;
            Ok(match (more, value) {
                (false, _) => Value::tuple(items),
                (true, unknown @ Value::Unknown(_)) => unknown,
                (true, _) => interp.unknown("a tuple of unknown length"),
            })
        }
        ("set" | "frozenset", _) => set(interp, name, args),
        ("dict", _) => dict(interp, args),
        ("range", _) => range(interp, args),
        ("slice", _) => {
            between(interp, "slice", args, 1, 3)?;
            let mut parts = args.positional.iter().cloned();
            let parts = match args.positional.len() {
                1 => [Value::None, parts.next().unwrap_or(Value::None), Value::None],
                _ => [(); 3].map(|()| parts.next().unwrap_or(Value::None)),
            };
            Ok(Value::Slice(Rc::new(parts)))
        }
        ("property", _) => {
            let getter = args.get(0, "fget").cloned().unwrap_or(Value::None);
            Ok(Value::Wrapped(Rc::new(Wrapped::Property(getter, args.get(1, "fset").cloned()))))
        }
        ("staticmethod", Some(function)) => Ok(Value::Wrapped(Rc::new(Wrapped::Static(function)))),
        ("classmethod", Some(function)) => Ok(Value::Wrapped(Rc::new(Wrapped::ClassMethod(function)))),
        ("super", Some(Value::Class(class))) if args.positional.len() == 2 => {
            Ok(Value::Wrapped(Rc::new(Wrapped::Super(args.positional[1].clone(), class))))
        }
        ("type", Some(_)) if args.positional.len() == 1 => Ok(interp.class_of(&args.positional[0])),
        ("type", _) => super::objects::new_class(interp, args),
        ("object", None) => {
            let class = interp.builtin_class("object");
            Ok(Value::Instance(interp.new_instance(class)))
        }
        ("bytes", None) => Ok(Value::Bytes(Rc::from([]))),
        ("bytes", Some(Value::Str(text))) if args.positional.len() > 1 => {
            Ok(Value::Bytes(text.as_bytes().into()))
        }
        ("bytes", Some(value)) => {
            let items = match value {
                Value::List(_) | Value::Tuple(_) => interp.iterate(&value, ITEMS)?.0,
                _ => return Ok(interp.unknown("bytes that are not known")),
            };
            let bytes: Option<Vec<u8>> =
                items.iter().map(|v| v.as_int().and_then(|n| u8::try_from(n).ok())).collect();
            Ok(bytes.map_or_else(|| interp.unknown("bytes that are not known"), |b| Value::Bytes(b.into())))
        }
        ("complex", _) if interp.carries_out() => super::complex::made(interp, args),
        ("bytearray", Some(Value::Bytes(_))) if interp.carries_out() && args.positional.len() == 1 => {
            let class = interp.builtin_class("bytearray");
            let id = interp.new_instance(class);
            if let Some(instance) = interp.heap.instance_mut(id) {
                instance.native = crate::native::NativeState::Data(args.positional[0].clone());
            }
            Ok(Value::Instance(id))
        }
        _ => Ok(interp.unknown(format!("`{name}(…)` is not modelled"))),
    }
}

/// `set(items)` and `frozenset(items)`.
fn set(interp: &mut Interp<'_>, name: &str, args: &Args) -> Eval {
    between(interp, name, args, 0, 1)?;
    let given = args.positional.first();
    let draws = match given {
        Some(Value::Tensor(node)) => interp.sure_draws(*node),
        _ => None,
    };
    let set = match (given, draws) {
        (None, _) => interp.new_set(Vec::new())?,
        (Some(_), Some(values)) => interp.new_set(values)?,
        (Some(items), None) => match interp.iterate(items, ITEMS)? {
            (_, true) => Value::Set(interp.heap.add(Object::Lost("made of unknown items"))),
            (items, false) => interp.new_set(items)?,
        },
    };
    if let (Value::Set(id), "frozenset") = (&set, name) {
        interp.set_kind(*id, "frozenset");
    }
    Ok(set)
}

/// What the constructors take.
const INT_EXPECTS: &str = "int() argument must be a string, a bytes-like object or a real number";
const FLOAT_EXPECTS: &str = "float() argument must be a string or a real number";

/// What NumPy says of arrays that are to be one number.
pub(super) const AXES: &str = "only 0-dimensional arrays can be converted to Python scalars";

/// A tensor's only number, if it is known; an error for more than one, and for a tensor without data.
fn scalar(interp: &mut Interp<'_>, id: graph::NodeId, kind: &str, expects: &str) -> Eval<Option<f64>> {
    let node = interp.trace.node(id);
    match (node.kind, interp.keras) {
        (ops::TensorKind::Keras, ops::Keras::Three) => {
            let article = if kind == "int" { "an" } else { "a" };
            let text = format!(
                "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any actual \
                 numerical value. You cannot convert it to {article} {kind}."
            );
            return Err(interp.raise(Exc::ValueError, text));
        }
        (ops::TensorKind::Keras, ops::Keras::Two) => {
            return Err(not_a_number(interp, expects, &Value::Tensor(id)));
        }
        // AutoGraph turns it into a cast.
        (ops::TensorKind::Graph, _) if !interp.autograph() => {
            return Err(not_a_number(interp, expects, &Value::Tensor(id)));
        }
        _ => {}
    }
    let concrete =
        matches!(node.kind, ops::TensorKind::Numpy | ops::TensorKind::Eager | ops::TensorKind::Variable);
    let array = matches!(node.kind, ops::TensorKind::Numpy | ops::TensorKind::Eager);
    match (&node.content, node.spec.shape.size()) {
        // NumPy no longer takes the only number out of an array that has axes.
        (_, Dim::Known(1)) if array && node.spec.shape.rank().is_some_and(|rank| rank > 0) => {
            Err(interp.raise(Exc::TypeError, AXES))
        }
        (_, Dim::Known(n)) if n != 1 && concrete => Err(interp.raise(Exc::TypeError, AXES)),
        (Content::Array(array), Dim::Known(1)) => Ok(array.data.to_floats().and_then(|v| v.first().copied())),
        // A variable's content changes; its present number is known where a run computes it.
        _ if node.kind == ops::TensorKind::Variable && interp.computes() && interp.graph_depth == 0 => {
            let floats = interp.array_of_node(id).and_then(|array| array.to_floats().ok());
            Ok(floats.and_then(|v| v.first().copied()))
        }
        _ => Ok(None),
    }
}

fn to_int(interp: &mut Interp<'_>, value: &Value, base: Option<&Value>) -> Eval {
    let unknown = Value::Any(Plain::Int);
    Ok(match value {
        Value::Str(text) => {
            let base = match base {
                None => 10,
                Some(base) => match base.as_int().and_then(|b| u32::try_from(b).ok()) {
                    Some(base) if base == 0 || (2..=36).contains(&base) => base,
                    _ => return Ok(unknown),
                },
            };
            match parse_int(text, base) {
                Some(n) => n,
                None => {
                    let shown = interp.repr(value)?.unwrap_or_default();
                    let text = format!("invalid literal for int() with base {base}: {shown}");
                    return Err(interp.raise(Exc::ValueError, text));
                }
            }
        }
        Value::Float(x) if x.is_nan() => {
            return Err(interp.raise(Exc::ValueError, "cannot convert float NaN to integer"));
        }
        Value::Float(x) if x.is_infinite() => {
            return Err(interp.raise_named("OverflowError", "cannot convert float infinity to integer"));
        }
        Value::Float(x) => super::functions::exact_int(x.trunc()),
        Value::Dim(_) | Value::Drawn(_) if value.as_int().is_none() => value.clone(),
        Value::Any(_) | Value::Unknown(_) | Value::Bytes(_) => unknown,
        Value::Tensor(id) => match scalar(interp, *id, "int", INT_EXPECTS)? {
            Some(x) => super::functions::exact_int(x.trunc()),
            None => unknown,
        },
        Value::Instance(_) => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(method) = interp.find_attr(value, name)? {
                    return interp.call(&method, Args::default());
                }
            }
            if interp.is_certain(value) {
                return Err(not_a_number(interp, INT_EXPECTS, value));
            }
            unknown
        }
        _ => match value.as_int() {
            Some(n) => Value::Int(n),
            None => {
                let text = INT_EXPECTS;
                return Err(not_a_number(interp, text, value));
            }
        },
    })
}

fn not_a_number(interp: &mut Interp<'_>, text: &str, value: &Value) -> crate::raise::Halt {
    let text = format!("{text}, not '{}'", interp.type_name(value));
    interp.raise(Exc::TypeError, text)
}

/// Reads an int as Python does: spaces around, a sign, underscores between digits.
fn parse_int(text: &str, base: u32) -> Option<Value> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = |prefix: &str| lower.strip_prefix(prefix).map(|d| d.strip_prefix('_').unwrap_or(d));
    let (base, digits) = match base {
        0 => match (prefixed("0x"), prefixed("0o"), prefixed("0b")) {
            (Some(d), _, _) => (16, d),
            (_, Some(d), _) => (8, d),
            (_, _, Some(d)) => (2, d),
            _ => (10, &*lower),
        },
        16 => (16, prefixed("0x").unwrap_or(&lower)),
        8 => (8, prefixed("0o").unwrap_or(&lower)),
        2 => (2, prefixed("0b").unwrap_or(&lower)),
        _ => (base, &*lower),
    };
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let mut total: Option<i64> = Some(0);
    for c in digits.chars().filter(|c| *c != '_') {
        let digit = i64::from(c.to_digit(base)?);
        total = total
            .and_then(|t| t.checked_mul(i64::from(base)))
            .and_then(|t| if negative { t.checked_sub(digit) } else { t.checked_add(digit) });
    }
    Some(total.map_or(Value::Any(Plain::Int), Value::Int))
}

fn to_float(interp: &mut Interp<'_>, value: &Value) -> Eval {
    let unknown = Value::Any(Plain::Float);
    Ok(match value {
        Value::Float(_) => value.clone(),
        Value::Str(text) => match parse_float(text) {
            Some(x) => Value::Float(x),
            None => {
                let shown = interp.repr(value)?.unwrap_or_default();
                let text = format!("could not convert string to float: {shown}");
                return Err(interp.raise(Exc::ValueError, text));
            }
        },
        Value::Any(_) | Value::Unknown(_) | Value::Bytes(_) => unknown,
        Value::Dim(_) | Value::Drawn(_) if value.as_int().is_none() => unknown,
        Value::Tensor(id) => scalar(interp, *id, "float", FLOAT_EXPECTS)?.map_or(unknown, Value::Float),
        Value::Instance(_) => {
            for name in ["__float__", "__index__"] {
                if let Some(method) = interp.find_attr(value, name)? {
                    return interp.call(&method, Args::default());
                }
            }
            if interp.is_certain(value) {
                return Err(not_a_number(interp, FLOAT_EXPECTS, value));
            }
            unknown
        }
        _ => match value.as_int() {
            Some(n) => Value::Float(n as f64),
            None => {
                let text = FLOAT_EXPECTS;
                return Err(not_a_number(interp, text, value));
            }
        },
    })
}

/// Reads a float as Python does.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    let bare = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if text.len() - bare.len() > 1 {
        return None;
    }
    match &*bare {
        "inf" | "infinity" => {}
        "nan" => return Some(f64::NAN),
        _ if bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {}
        _ => return None,
    }
    if bare.starts_with('_') || bare.ends_with('_') || bare.contains("__") {
        return None;
    }
    text.replace('_', "").parse().ok()
}

fn dict(interp: &mut Interp<'_>, args: &Args) -> Eval {
    between(interp, "dict", args, 0, 1)?;
    let made = interp.new_dict([]);
    interp.update_dict(&made, args)?;
    Ok(made)
}

fn range(interp: &mut Interp<'_>, args: &Args) -> Eval {
    between(interp, "range", args, 1, 3)?;
    let mut bounds = Vec::with_capacity(3);
    for value in &args.positional {
        let plain = interp.plain_scalar(value);
        match plain.as_int() {
            Some(n) => bounds.push(n),
            None => match plain {
                Value::Float(_)
                | Value::Str(_)
                | Value::None
                | Value::List(_)
                | Value::Tuple(_)
                | Value::Any(Plain::Float | Plain::Str) => {
                    let kind = interp.type_name(value);
                    let text = format!("'{kind}' object cannot be interpreted as an integer");
                    return Err(interp.raise(Exc::TypeError, text));
                }
                Value::Drawn(draw) if args.positional.len() == 1 => return Ok(interp.range_to(draw)),
                // The length is not known, but the items are ints.
                _ => {
                    let range = interp.lost_list("a range whose bounds are not known");
                    if let Value::List(id) = range {
                        interp.set_kind(id, "range");
                    }
                    return Ok(range);
                }
            },
        }
    }
    match bounds.as_slice() {
        [stop] => Ok(Value::Range(0, *stop, 1)),
        [start, stop] => Ok(Value::Range(*start, *stop, 1)),
        [_, _, 0] => Err(interp.raise(Exc::ValueError, "range() arg 3 must not be zero")),
        [start, stop, step, ..] => Ok(Value::Range(*start, *stop, *step)),
        [] => Ok(Value::Range(0, 0, 1)),
    }
}
