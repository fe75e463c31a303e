//! Attributes and methods of `TensorShape` and of dtypes.

use ops::Exc;
use tensor::{DType, Dim, Shape};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Native, Plain, Value};

impl Interp<'_> {
    /// Reads an attribute of a `TensorShape`; nothing where there is none.
    pub(crate) fn shape_attr(&mut self, shape: &Shape, name: &str) -> Option<Value> {
        match name {
            "rank" | "ndims" => {
                return Some(match shape.rank() {
                    Some(rank) => Value::Int(rank as i64),
                    // Keras has no rank there, or we know none.
                    None => self.unknown("the rank of a shape that is not known"),
                });
            }
            "dims" => return Some(self.unknown("the `Dimension`s of a shape")),
            _ => {}
        }
        if let Some(method) = SHAPE_METHODS.iter().find(|m| m.name == name) {
            return Some(Value::bound(Value::Shape(shape.clone()), method));
        }
        self.unless_missing("tf.TensorShape", name)
    }

    /// Reads an attribute of a dtype, TensorFlow's or NumPy's; nothing where there is none.
    pub(crate) fn dtype_attr(&mut self, dtype: DType, object: DTypeObject, name: &str) -> Option<Value> {
        let numbers = dtype.is_integer() || dtype.is_floating() || dtype.is_complex();
        Some(match name {
            "name" | "__name__" => Value::str(dtype.name()),
            "is_floating" => Value::Bool(dtype.is_floating()),
            "is_integer" => Value::Bool(dtype.is_integer()),
            "is_complex" => Value::Bool(dtype.is_complex()),
            "is_bool" => Value::Bool(dtype == DType::Bool),
            "is_numeric" => Value::Bool(numbers),
            "is_quantized" => Value::Bool(false),
            "is_unsigned" => Value::Bool(dtype.is_integer() && dtype.name().starts_with('u')),
            "as_numpy_dtype" | "type" => Value::DType(dtype, DTypeObject::Scalar),
            "base_dtype" | "base" => Value::DType(dtype, object),
            "real_dtype" => {
                let real = match dtype {
                    DType::Complex64 => DType::Float32,
                    DType::Complex128 => DType::Float64,
                    other => other,
                };
                Value::DType(real, object)
            }
            "size" | "itemsize" => dtype.size().map_or(Value::Any(Plain::Int), |n| Value::Int(i64::from(n))),
            "kind" => Value::str(match dtype {
                DType::Bool => "b",
                DType::Object => "O",
                _ if dtype.is_unsigned() => "u",
                _ if dtype.is_integer() => "i",
                _ if dtype.is_floating() => "f",
                _ if dtype.is_complex() => "c",
                _ => return self.unless_missing("tf.DType", name),
            }),
            "is_compatible_with" => Value::bound(
                Value::DType(dtype, object),
                &Native { name: "is_compatible_with", call: dtype_is_compatible },
            ),
            _ => return self.unless_missing("tf.DType", name),
        })
    }

    /// An attribute without a model: unknown, unless the class is known not to have it.
    fn unless_missing(&mut self, class: &str, name: &str) -> Option<Value> {
        let profile = crate::value::profile(self.keras);
        match names::class_member(profile, class, name) {
            // NumPy's dtypes have names of their own.
            names::Existence::Missing if class == "tf.TensorShape" && !name.starts_with('_') => None,
            _ => Some(self.unknown(format!("`{class}.{name}` is not modelled"))),
        }
    }
}

static SHAPE_METHODS: &[Native] = &[
    Native { name: "__len__", call: |i, a| i.length(&Value::Shape(own(&a))) },
    Native { name: "as_list", call: as_list },
    Native { name: "num_elements", call: num_elements },
    Native { name: "is_fully_defined", call: is_fully_defined },
    Native { name: "is_compatible_with", call: is_compatible_with },
    Native { name: "assert_is_compatible_with", call: assert_is_compatible_with },
    Native {
        name: "assert_has_rank",
        call: |i, a| ranked(i, &a, "must have rank", |own, n| own == n).map(|_| Value::None),
    },
    Native { name: "with_rank", call: |i, a| ranked(i, &a, "must have rank", |own, n| own == n) },
    Native {
        name: "with_rank_at_least",
        call: |i, a| ranked(i, &a, "must have rank at least", |own, n| own >= n),
    },
    Native {
        name: "with_rank_at_most",
        call: |i, a| ranked(i, &a, "must have rank at most", |own, n| own <= n),
    },
    Native { name: "concatenate", call: concatenate },
    Native { name: "merge_with", call: merge_with },
];

fn own(args: &Args) -> Shape {
    match args.positional.first() {
        Some(Value::Shape(shape)) => shape.clone(),
        _ => Shape::UNKNOWN,
    }
}

/// The shape that an argument stands for.
fn given(interp: &mut Interp<'_>, args: &Args) -> Option<Shape> {
    match args.get(1, "other")?.clone() {
        Value::Shape(shape) => Some(shape),
        other => interp.dims_of(&other).map(Shape::new),
    }
}

/// `shape.as_list()`.
fn as_list(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = own(&args);
    let Some(dims) = shape.dims() else {
        return Ok(interp.unknown("the sizes of a shape of unknown rank"));
    };
    let items = dims.iter().map(|d| Value::static_dim(*d)).collect();
    Ok(interp.new_list(items))
}

fn num_elements(_: &mut Interp<'_>, args: Args) -> Eval {
    let shape = own(&args);
    Ok(match shape.all_known() {
        Some(sizes) => {
            sizes.iter().try_fold(1_i64, |n, d| n.checked_mul(*d)).map_or(Value::Any(Plain::Int), Value::Int)
        }
        // A size that is unknown to Keras makes the number `None`.
        None if shape.dims().is_some_and(|dims| dims.iter().any(|d| matches!(d, Dim::Symbol(_)))) => {
            Value::None
        }
        None => Value::unknown("the number of elements of a shape that is not known"),
    })
}

fn is_fully_defined(_: &mut Interp<'_>, args: Args) -> Eval {
    let shape = own(&args);
    Ok(match shape.dims() {
        Some(dims) if dims.iter().all(|d| d.is_known()) => Value::Bool(true),
        Some(dims) if dims.iter().any(|d| matches!(d, Dim::Symbol(_))) => Value::Bool(false),
        _ => Value::Any(Plain::Bool),
    })
}

fn is_compatible_with(interp: &mut Interp<'_>, args: Args) -> Eval {
    let other = given(interp, &args);
    Ok(match other {
        Some(other) if !own(&args).compatible(&other) => Value::Bool(false),
        Some(other) if other.all_known().is_some() && own(&args).all_known().is_some() => Value::Bool(true),
        _ => Value::Any(Plain::Bool),
    })
}

fn assert_is_compatible_with(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = own(&args);
    match given(interp, &args) {
        Some(other) if !shape.compatible(&other) => {
            let text = format!("Shapes {} and {} are incompatible", shape.tuple(), other.tuple());
            Err(interp.raise(Exc::ValueError, text))
        }
        _ => Ok(Value::None),
    }
}

/// `shape.with_rank(2)` and its like: the shape itself, or an error.
fn ranked(interp: &mut Interp<'_>, args: &Args, words: &str, fits: fn(i64, i64) -> bool) -> Eval {
    let shape = own(args);
    let rank = args.get(1, "rank").and_then(Value::as_int);
    match (shape.rank(), rank) {
        (Some(have), Some(want)) if !fits(have as i64, want) => {
            let text = format!("Shape {} {words} {want}", shape.tuple());
            Err(interp.raise(Exc::ValueError, text))
        }
        (Some(_), _) => Ok(Value::Shape(shape)),
        (None, _) => Ok(interp.unknown("a shape of unknown rank")),
    }
}

fn concatenate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let other = given(interp, &args);
    Ok(match (own(&args).dims(), other.as_ref().and_then(Shape::dims)) {
        (Some(a), Some(b)) => Value::Shape(a.iter().chain(b).copied().collect()),
        _ => Value::Shape(Shape::UNKNOWN),
    })
}

fn merge_with(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = own(&args);
    let Some(other) = given(interp, &args) else { return Ok(Value::Shape(shape)) };
    match shape.merge(&other) {
        Some(merged) => Ok(Value::Shape(merged)),
        None => {
            let text = format!("Shapes {} and {} are not compatible", shape.tuple(), other.tuple());
            Err(interp.raise(Exc::ValueError, text))
        }
    }
}

fn dtype_is_compatible(_: &mut Interp<'_>, args: Args) -> Eval {
    Ok(match (args.positional.first(), args.positional.get(1)) {
        (Some(Value::DType(a, _)), Some(Value::DType(b, _))) => Value::Bool(a == b),
        _ => Value::Any(Plain::Bool),
    })
}
