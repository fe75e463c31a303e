//! Built-in functions on objects and numbers.

use crate::builtins::arguments::{between, one};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Plain, Value};

pub(super) static FUNCTIONS: &[Native] = &[
    native("builtins.len", len),
    native("builtins.print", super::output::print),
    native("builtins.repr", |interp, args| {
        one(interp, "repr", &args)?;
        text(interp, &args, Interp::repr)
    }),
    native("builtins.ascii", |interp, args| text(interp, &args, Interp::repr)),
    native("builtins.format", format),
    native("builtins.abs", abs),
    native("builtins.round", round),
    native("builtins.divmod", divmod),
    native("builtins.pow", pow),
    native("builtins.ord", ord),
    native("builtins.chr", chr),
    native("builtins.bin", |interp, args| radix(interp, &args, "#b")),
    native("builtins.oct", |interp, args| radix(interp, &args, "#o")),
    native("builtins.hex", |interp, args| radix(interp, &args, "#x")),
    native("builtins.hash", |interp, args| {
        one(interp, "hash", &args)?;
        interp.check_hashable(&args.positional[0])?;
        Ok(Value::Any(Plain::Int))
    }),
    native("builtins.id", |_, args| Ok(args.positional.first().map_or(Value::Any(Plain::Int), identity))),
    native("builtins.input", |_, _| Ok(Value::Any(Plain::Str))),
    native("builtins.exec", exec),
    native("builtins.eval", |interp, _| Ok(interp.unknown("`eval`"))),
    native("builtins.compile", |interp, _| Ok(interp.unknown("`compile`"))),
    native("builtins.__import__", |interp, args| match args.positional.first() {
        Some(Value::Str(name)) => {
            let root = name.split('.').next().unwrap_or(name).to_owned();
            interp.import_module(&root)
        }
        _ => Ok(interp.unknown("an import of a module that is not known")),
    }),
    native("builtins.breakpoint", |_, _| Ok(Value::None)),
    native("builtins.help", |_, _| Ok(Value::None)),
];

/// `exec(code, names)`: what runs is not read, so any name may have got a value.
fn exec(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unknown = interp.unknown("`exec`");
    let mut within_script = true;
    for names in args.positional.iter().skip(1) {
        if let Value::Dict(id) = names {
            interp.lose(*id, "the names of a code that `exec` runs");
            within_script = false;
        }
    }
    if within_script {
        interp.add_starred(&unknown);
    }
    Ok(Value::None)
}

/// `id(x)`: only its identity matters, and `hash` of the same object is the same.
fn identity(value: &Value) -> Value {
    match value {
        Value::List(id) | Value::Dict(id) | Value::Set(id) | Value::Instance(id) => {
            Value::Int(super::identity::address(*id))
        }
        _ => Value::Any(Plain::Int),
    }
}

fn len(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "len", &args)?;
    interp.length(&args.positional[0])
}

type Text<'a> = fn(&mut Interp<'a>, &Value) -> Eval<Option<String>>;

fn text<'a>(interp: &mut Interp<'a>, args: &Args, of: Text<'a>) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Any(Plain::Str)) };
    Ok(of(interp, value)?.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
}

fn format(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "format", &args, 1, 2)?;
    let spec = match args.positional.get(1) {
        None => "",
        Some(Value::Str(spec)) => spec,
        Some(_) => return Ok(Value::Any(Plain::Str)),
    };
    let text = interp.format(&args.positional[0], spec)?;
    Ok(text.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
}

fn abs(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "abs", &args)?;
    let value = interp.plain(&args.positional[0]);
    Ok(match &value {
        Value::Float(x) => Value::Float(x.abs()),
        Value::Any(Plain::Float | Plain::Int) | Value::Drawn(_) | Value::Unknown(_) => value,
        Value::Any(Plain::Bool) | Value::Dim(_) if value.as_int().is_none() => Value::Any(Plain::Int),
        Value::Tensor(id) if interp.python_complexes.contains(id) => {
            let z = interp.complex_of(&value).unwrap_or_default();
            Value::Float(z.re.hypot(z.im))
        }
        Value::Tensor(_) => return interp.op_on("abs", &[("x", value)]),
        Value::Instance(_) => match interp.find_attr(&value, "__abs__")? {
            Some(method) => return interp.call(&method, Args::default()),
            None if interp.is_certain(&value) => return bad_operand(interp, "abs()", &value),
            None => interp.unknown("`abs` of an object without a model"),
        },
        _ => match value.as_int() {
            Some(n) => n.checked_abs().map_or(Value::Any(Plain::Int), Value::Int),
            None => return bad_operand(interp, "abs()", &value),
        },
    })
}

fn bad_operand(interp: &mut Interp<'_>, what: &str, value: &Value) -> Eval {
    let text = format!("bad operand type for {what}: '{}'", interp.type_name(value));
    Err(interp.raise(ops::Exc::TypeError, text))
}

fn round(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(value) = args.get(0, "number") else {
        let text = "round() missing required argument 'number' (pos 1)";
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let value = interp.plain(value);
    let digits = args.get(1, "ndigits").cloned().unwrap_or(Value::None);
    Ok(match (&value, &digits) {
        (Value::Unknown(_), _) => value,
        (Value::Float(x), Value::None) => {
            let rounded = x.round_ties_even();
            if x.is_nan() {
                return Err(interp.raise(ops::Exc::ValueError, "cannot convert float NaN to integer"));
            }
            if x.is_infinite() {
                let text = "cannot convert float infinity to integer";
                return Err(interp.raise_named("OverflowError", text));
            }
            exact_int(rounded)
        }
        // Python rounds the exact decimal value, as formatting does.
        (Value::Float(x), _) => match digits.as_int() {
            Some(n) if (0..=300).contains(&n) => {
                let text = super::number_text::fixed(*x, n as usize);
                Value::Float(text.parse().unwrap_or(*x))
            }
            Some(n) if (-300..0).contains(&n) => {
                let scale = 10f64.powi(-n as i32);
                Value::Float((x / scale).round_ties_even() * scale)
            }
            _ => Value::Any(Plain::Float),
        },
        (Value::Any(Plain::Float), Value::None) => Value::Any(Plain::Int),
        (Value::Any(Plain::Float), _) => Value::Any(Plain::Float),
        (Value::Int(_) | Value::Bool(_) | Value::Dim(_) | Value::Drawn(_), Value::None) => {
            value.as_int().map_or(value, Value::Int)
        }
        (
            Value::Int(_)
            | Value::Bool(_)
            | Value::Dim(_)
            | Value::Drawn(_)
            | Value::Any(Plain::Int | Plain::Bool),
            _,
        ) => {
            match digits.as_int() {
                Some(n) if n >= 0 => value,
                // `round(1250, -2)`: halves to the even neighbour.
                Some(n) if n > -18 && value.as_int().is_some() => {
                    let scale = 10_i64.pow(n.unsigned_abs() as u32);
                    let whole = value.as_int().unwrap_or(0);
                    let (below, rest) = (whole.div_euclid(scale), whole.rem_euclid(scale));
                    let up = rest * 2 > scale || (rest * 2 == scale && below % 2 != 0);
                    (below + i64::from(up)).checked_mul(scale).map_or(Value::Any(Plain::Int), Value::Int)
                }
                _ => Value::Any(Plain::Int),
            }
        }
        // A NumPy number rounds to one of its type, or to a Python int.
        (Value::Tensor(id), _) if interp.computes() && interp.is_numpy_scalar(*id) => {
            if digits.is_none() {
                return match interp.plain_scalar(&value) {
                    plain @ (Value::Float(_) | Value::Int(_)) => round(interp, Args::of([plain])),
                    _ => Ok(interp.unknown("`round` of a number that is not known")),
                };
            }
            return interp.call_api(&"np.round".into(), Args::of([value, digits]));
        }
        (Value::Tensor(id), _)
            if digits.is_none()
                && !interp.running.numpy_behavior
                && matches!(interp.trace.node(*id).kind, ops::TensorKind::Graph | ops::TensorKind::Eager) =>
        {
            // `Tensor.__round__` is written for tensors that have NumPy's methods.
            let text = interp.missing_tensor_attr(*id, "astype");
            return Err(interp.raise(ops::Exc::AttributeError, text));
        }
        (Value::Tensor(_), _) => interp.unknown("`round` of a tensor"),
        (Value::Instance(_), _) => match interp.find_attr(&value, "__round__")? {
            Some(method) => {
                return interp.call(&method, Args::of([digits].into_iter().filter(|d| !d.is_none())));
            }
            None => interp.unknown("`round` of an object"),
        },
        _ => {
            let text = format!("type {} doesn't define __round__ method", interp.type_name(&value));
            return Err(interp.raise(ops::Exc::TypeError, text));
        }
    })
}

/// A float that is integral as an int.
pub(super) fn exact_int(x: f64) -> Value {
    if x.abs() < 9.2e18 { Value::Int(x as i64) } else { Value::Any(Plain::Int) }
}

fn divmod(interp: &mut Interp<'_>, args: Args) -> Eval {
    between(interp, "divmod", &args, 2, 2)?;
    let (a, b) = (&args.positional[0], &args.positional[1]);
    // Arrays have it, tensors do not.
    let tensor =
        |v: &Value| matches!(v, Value::Tensor(id) if interp.trace.node(*id).kind != ops::TensorKind::Numpy);
    if tensor(a) || tensor(b) {
        let (left, right) = (interp.type_name(a), interp.type_name(b));
        let text = format!("unsupported operand type(s) for divmod(): '{left}' and '{right}'");
        return Err(interp.raise(ops::Exc::TypeError, text));
    }
    if a.is_unknown() || b.is_unknown() {
        let part = if a.is_unknown() { a.clone() } else { b.clone() };
        return Ok(Value::tuple([part.clone(), part]));
    }
    let quotient = interp.binary(python::ast::Operator::FloorDiv, a, b)?;
    let rest = interp.binary(python::ast::Operator::Mod, a, b)?;
    Ok(Value::tuple([quotient, rest]))
}

fn pow(interp: &mut Interp<'_>, args: Args) -> Eval {
    let (Some(base), Some(exponent)) = (args.get(0, "base"), args.get(1, "exp")) else {
        let text = "pow() missing required argument 'exp' (pos 2)";
        return Err(interp.raise(ops::Exc::TypeError, text));
    };
    let power = interp.binary(python::ast::Operator::Pow, base, exponent)?;
    match args.get(2, "mod") {
        None | Some(Value::None) => Ok(power),
        Some(modulus) if !matches!(power, Value::Any(_)) => {
            interp.binary(python::ast::Operator::Mod, &power, modulus)
        }
        Some(_) => Ok(Value::Any(Plain::Int)),
    }
}

fn ord(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "ord", &args)?;
    let value = interp.plain_text(&args.positional[0]);
    match &value {
        Value::Str(text) => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Value::Int(i64::from(u32::from(c)))),
                _ => {
                    let found = text.chars().count();
                    let text = format!("ord() expected a character, but string of length {found} found");
                    Err(interp.raise(ops::Exc::TypeError, text))
                }
            }
        }
        Value::Any(Plain::Str) | Value::Unknown(_) | Value::Bytes(_) | Value::Instance(_) => {
            Ok(Value::Any(Plain::Int))
        }
        _ => {
            let kind = interp.type_name(&value);
            let text = format!("ord() expected string of length 1, but {kind} found");
            Err(interp.raise(ops::Exc::TypeError, text))
        }
    }
}

fn chr(interp: &mut Interp<'_>, args: Args) -> Eval {
    one(interp, "chr", &args)?;
    let value = &args.positional[0];
    match value.as_int() {
        Some(n) => {
            match u32::try_from(n).ok().filter(|n| *n <= 0x0010_ffff) {
                Some(n) => Ok(char::from_u32(n)
                    .map_or(Value::Any(Plain::Str), |c| Value::str(c.encode_utf8(&mut [0; 4])))),
                None => Err(interp.raise(ops::Exc::ValueError, "chr() arg not in range(0x110000)")),
            }
        }
        None => match value {
            Value::Str(_) | Value::Float(_) | Value::None | Value::List(_) | Value::Tuple(_) => {
                let kind = interp.type_name(value);
                let text = format!("'{kind}' object cannot be interpreted as an integer");
                Err(interp.raise(ops::Exc::TypeError, text))
            }
            _ => Ok(Value::Any(Plain::Str)),
        },
    }
}

fn radix(interp: &mut Interp<'_>, args: &Args, spec: &str) -> Eval {
    let Some(value) = args.positional.first() else { return Ok(Value::Any(Plain::Str)) };
    match value.as_int() {
        Some(n) => {
            let text = interp.format(&Value::Int(n), spec)?;
            Ok(text.map_or(Value::Any(Plain::Str), |text| Value::Str(text.into())))
        }
        None => Ok(Value::Any(Plain::Str)),
    }
}

impl Interp<'_> {
    /// `len(value)`.
    ///
    /// # Errors
    /// `TypeError` for what has no length, and what a `__len__` raises.
    pub fn length(&mut self, value: &Value) -> Eval {
        let known = |n: Option<usize>| {
            n.and_then(|n| i64::try_from(n).ok()).map_or(Value::Any(Plain::Int), Value::Int)
        };
        Ok(match value {
            Value::Str(text) => known(Some(text.chars().count())),
            Value::Bytes(bytes) => known(Some(bytes.len())),
            Value::Tuple(items) => known(Some(items.len())),
            Value::List(id) => match self.items_of_list(*id) {
                Some(array) => return self.tensor_length(array),
                None => known(self.heap.list(*id).map(Vec::len)),
            },
            Value::Dict(id) => known(self.heap.dict(*id).map(indexmap::IndexMap::len)),
            Value::Set(id) => known(match self.heap.get(*id) {
                crate::heap::Object::Set(items) => Some(items.len()),
                _ => None,
            }),
            Value::Range(start, stop, step) => Value::Int(crate::stmt::range_len(*start, *stop, *step)),
            Value::Shape(shape) => known(shape.rank()),
            Value::Tensor(id) => return self.tensor_length(*id),
            Value::Any(Plain::Str) | Value::Unknown(_) => Value::Any(Plain::Int),
            Value::Class(id) if self.enum_members(*id).is_some() => {
                known(self.enum_members(*id).map(|members| members.len()))
            }
            Value::Instance(id) => {
                let id = *id;
                if let Some(method) = self.find_attr(value, "__len__")? {
                    let length = self.call(&method, Args::default())?;
                    return self.refuse_length(&length).map_or(Ok(length), Err);
                }
                match self.data(id) {
                    Some(data) => return self.length(&data),
                    None if self.is_certain(value) => return Err(self.no_length(value)),
                    None => Value::Any(Plain::Int),
                }
            }
            Value::Wrapped(_) | Value::DType(..) => Value::Any(Plain::Int),
            _ => return Err(self.no_length(value)),
        })
    }

    fn no_length(&mut self, value: &Value) -> crate::raise::Halt {
        let text = format!("object of type '{}' has no len()", self.type_name(value));
        self.raise(ops::Exc::TypeError, text)
    }

    /// `len` of a tensor or array: its first dim.
    fn tensor_length(&mut self, id: graph::NodeId) -> Eval {
        if let Some(text) = self.scalar_text(id) {
            return self.length(&text);
        }
        if self.is_any_item(id) {
            return Ok(Value::Any(Plain::Int));
        }
        let node = self.trace.node(id);
        let (kind, shape) = (node.kind, node.spec.shape.clone());
        if shape.rank() == Some(0) && matches!(kind, ops::TensorKind::Numpy | ops::TensorKind::Eager) {
            let text = match kind {
                ops::TensorKind::Numpy => "len() of unsized object",
                _ => "Scalar tensor has no `len()`",
            };
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        if let Some(text) = self.symbolic_length(id) {
            return Err(self.raise(ops::Exc::TypeError, text));
        }
        if let Some(drawn) = self.drawn_length(id) {
            return Ok(drawn);
        }
        Ok(match (kind, shape.dim(0)) {
            (_, Some(tensor::Dim::Known(n))) => Value::Int(n),
            (ops::TensorKind::Numpy | ops::TensorKind::Eager, Some(dim)) => Value::Dim(dim),
            _ => Value::Any(Plain::Int),
        })
    }

    /// What `len` says of something else than a size: `return len(self.x) / self.batch_size`.
    fn refuse_length(&mut self, length: &Value) -> Option<Halt> {
        let (class, text) = match length {
            Value::Float(_) | Value::Any(Plain::Float) | Value::Str(_) | Value::None | Value::Tuple(_) => {
                let kind = self.type_name(length);
                (ops::Exc::TypeError, format!("'{kind}' object cannot be interpreted as an integer"))
            }
            Value::Int(n) if *n < 0 => (ops::Exc::ValueError, "__len__() should return >= 0".to_owned()),
            _ => return None,
        };
        Some(self.raise(class, text))
    }

    /// Words what a traced tensor's `__len__` raises.
    pub(crate) fn length_refused(&self, id: graph::NodeId) -> String {
        format!(
            "len is not well defined for a symbolic Tensor ({}). Please call `x.shape` rather than `len(x)` for shape \
             information.",
            self.graph_name(id)
        )
    }

    /// What `len` says of a tensor without data. AutoGraph turns it into `tf.shape(x)[0]`.
    pub(crate) fn symbolic_length(&self, id: graph::NodeId) -> Option<String> {
        match (self.trace.node(id).kind, self.keras) {
            (ops::TensorKind::Graph, _) if !self.autograph() => Some(self.length_refused(id)),
            (ops::TensorKind::Keras, ops::Keras::Three) => {
                Some("object of type 'KerasTensor' has no len()".to_owned())
            }
            (ops::TensorKind::Keras, ops::Keras::Two) => Some(
                "Keras symbolic inputs/outputs do not implement `__len__`. You may be trying to pass TF-Keras \
                 symbolic inputs/outputs to a TF API that does not register dispatching, preventing TF-Keras \
                 from automatically converting the API call to a lambda layer in the Functional Model. This \
                 error will also get raised if you try asserting a symbolic input/output directly."
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// Raises for a value that cannot be a dict's key.
    ///
    /// # Errors
    /// `TypeError: unhashable type: 'list'`.
    pub(crate) fn check_hashable(&mut self, value: &Value) -> Eval<()> {
        let bad = match value {
            Value::List(_) | Value::Dict(_) => true,
            Value::Set(id) => self.kind_of(*id) != Some("frozenset"),
            Value::Tensor(id) => match self.trace.node(*id).kind {
                ops::TensorKind::Numpy => self.trace.node(*id).spec.shape.rank().is_some_and(|r| r > 0),
                // `==` of TensorFlow's tensors compares elements, so they have no hash.
                ops::TensorKind::Graph | ops::TensorKind::Eager => {
                    let text = "Tensor is unhashable. Instead, use tensor.ref() as the key.";
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
                // So have TensorFlow's variables, which Keras 3 puts into its own.
                ops::TensorKind::Variable if !self.is_keras_variable(*id) => {
                    let text = "Variable is unhashable. Instead, use variable.ref() as the key.";
                    return Err(self.raise(ops::Exc::TypeError, text));
                }
                ops::TensorKind::Keras | ops::TensorKind::Variable => false,
            },
            Value::Tuple(items) => {
                for item in items.clone().iter() {
                    self.check_hashable(item)?;
                }
                false
            }
            _ => false,
        };
        if !bad {
            return Ok(());
        }
        let kind = match value {
            Value::Tensor(_) => "numpy.ndarray".into(),
            _ => self.type_name(value),
        };
        Err(self.raise(ops::Exc::TypeError, format!("unhashable type: '{kind}'")))
    }
}
