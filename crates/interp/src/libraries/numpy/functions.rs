//! NumPy's functions that are no ops: they call back, print or compute nothing.

use super::print;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, DTypeObject, Native, Plain, Value};

/// `np.errstate`: a context manager that changes nothing here.
pub(super) static QUIET: NativeClass = NativeClass {
    path: "np.errstate",
    state: || NativeState::Plain,
    methods: &[&[native("__init__", nothing), native("__enter__", nothing), native("__exit__", nothing)]],
    properties: &[],
};

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = &[
    native("np.dtype", |interp, args| {
        let given = args.get(0, "dtype").cloned().unwrap_or(Value::None);
        Ok(match interp.dtype_of(&given) {
            Some(dtype) => Value::DType(dtype, DTypeObject::NumPy),
            None => interp.unknown("a dtype that is not known"),
        })
    }),
    native("np.set_printoptions", set_printing),
    native("np.seterr", nothing),
    native("np.get_printoptions", |interp, _| Ok(told_printing(interp))),
    native("np.array2string", text),
    native("np.array_str", text),
    native("np.array_repr", written),
    native("np.isscalar", |interp, args| {
        Ok(match args.positional.first() {
            Some(
                Value::Int(_)
                | Value::Float(_)
                | Value::Bool(_)
                | Value::Str(_)
                | Value::Any(_)
                | Value::Drawn(_),
            ) => Value::Bool(true),
            Some(Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::None) => Value::Bool(false),
            Some(Value::Tensor(id)) if interp.trace.node(*id).spec.shape.rank().is_some_and(|r| r > 0) => {
                Value::Bool(false)
            }
            _ => Value::Any(Plain::Bool),
        })
    }),
    native("np.fromfunction", from_function),
    native("np.fromiter", from_iter),
    native("np.apply_along_axis", along_axis),
    native("np.ndenumerate", |interp, _| Ok(interp.unknown("the items of `np.ndenumerate`"))),
    native("np.copyto", copy_to),
    native("np.fill_diagonal", fill_diagonal),
    native("np.ufunc.at", unbuffered),
    native("np.put", changed),
    native("np.put_along_axis", changed),
    native("np.place", changed),
    native("np.putmask", changed),
    native("np.ndarray.fill", |interp, args| {
        let value = args.get(1, "value").cloned().unwrap_or(Value::None);
        in_place(interp, &args, "np.full_like", &[value])
    }),
    native("np.ndarray.sort", |interp, args| {
        let axis = args.get(1, "axis").cloned().unwrap_or(Value::Int(-1));
        in_place(interp, &args, "np.sort", &[axis])
    }),
    native("np.ndarray.resize", resized),
    native("np.ndarray.partition", changed),
    native("np.ndarray.put", changed),
    native("np.ndarray.setflags", nothing),
    native("np.ndarray.tofile", nothing),
    native("np.ndarray.dump", nothing),
];

/// `x.resize(2, 3)`, `x.resize((2, 3))`: `x` itself gets the shape; what is new is zero.
fn resized(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [Value::Tensor(array), sizes @ ..] = &args.positional[..] else { return Ok(Value::None) };
    let shape = match sizes {
        [one] => one.clone(),
        several => Value::tuple(several.to_vec()),
    };
    let function = Value::Api("np.resize".into());
    let new = interp.call(&function, Args::of([Value::Tensor(*array), shape]))?;
    let old = interp.array_of_node(*array);
    interp.becomes(*array, &new);
    // `np.resize` repeats the elements.
    let node = interp.trace.node_mut(*array);
    node.content = tensor::Content::Unknown;
    let sizes = node.spec.shape.all_known();
    interp.lose_number(*array);
    if let Some(filled) = old.zip(sizes).and_then(|(old, sizes)| zero_filled(&old, &sizes)) {
        interp.keep_array(*array, filled);
    }
    Ok(Value::None)
}

/// The elements of an array in another shape, with zeros behind them.
fn zero_filled(old: &array::Array, sizes: &[i64]) -> Option<array::Array> {
    let sizes: Vec<usize> = sizes.iter().map(|n| usize::try_from(*n).ok()).collect::<Option<_>>()?;
    let count: usize = sizes.iter().product();
    let kept = old.reshape(&[old.len()]).ok()?.narrow(0, 0, count.min(old.len())).ok()?;
    let zeros = array::Array::zeros(&[count.saturating_sub(old.len())], old.dtype()).ok()?;
    array::concatenate(&[kept, zeros], 0).ok()?.reshape(&sizes).ok()
}

/// The most places at which an array is changed one after the other.
const MAX_PLACES: usize = 200_000;

/// `np.add.at(x, places, values)`: one place after the other, so that one that stands twice counts twice.
fn unbuffered(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let function = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
    let [array, places, values @ ..] = args.positional.as_slice() else { return Ok(Value::None) };
    if !interp.carries_out() {
        return changed(interp, args);
    }
    let (array, places, value) = (array.clone(), places.clone(), values.first().cloned());
    let places = match &places {
        Value::Tuple(parts) => {
            let mut columns = Vec::new();
            for part in parts.iter() {
                columns.push(interp.iterate(part, MAX_PLACES)?.0);
            }
            let count = columns.iter().map(Vec::len).min().unwrap_or(0);
            (0..count).map(|at| Value::tuple(columns.iter().map(|column| column[at].clone()))).collect()
        }
        Value::Int(_) => vec![places.clone()],
        several => interp.iterate(several, MAX_PLACES)?.0,
    };
    let values = match &value {
        Some(value @ (Value::List(_) | Value::Tuple(_))) => interp.iterate(value, MAX_PLACES)?.0,
        Some(Value::Tensor(id)) if interp.trace.node(*id).spec.shape.rank() != Some(0) => {
            interp.iterate(&Value::Tensor(*id), MAX_PLACES)?.0
        }
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    };
    for (at, place) in places.into_iter().enumerate() {
        let mut given = vec![interp.get_item(&array, &place)?];
        given.extend(values.get(if values.len() == 1 { 0 } else { at }).cloned());
        let new = interp.call(&function, Args::of(given))?;
        interp.set_item(&array, place, new)?;
    }
    Ok(Value::None)
}

fn nothing(_: &mut Interp<'_>, _: Args) -> Eval {
    Ok(Value::None)
}

/// Print options as a call's keywords change them; nothing where one is not followed.
fn printing(interp: &mut Interp<'_>, args: &Args) -> Option<print::Options> {
    let mut options = interp.print_options();
    for (name, value) in &args.keywords {
        let number = || value.as_int().and_then(|n| usize::try_from(n).ok());
        match (&**name, value) {
            (_, Value::None) | ("separator" | "linewidth" | "max_line_width", Value::Str(_)) => {}
            ("precision", _) => options.precision = number()?,
            ("threshold", Value::Float(x)) if x.is_infinite() => options.threshold = usize::MAX,
            ("threshold", _) => options.threshold = number()?,
            ("edgeitems", _) => options.edge = number()?,
            ("linewidth" | "max_line_width", Value::Float(x)) if x.is_infinite() => {
                options.width = usize::MAX / 4
            }
            ("linewidth" | "max_line_width", _) => options.width = number()?,
            ("suppress" | "suppress_small", Value::Bool(flag)) => options.suppress = *flag,
            ("sign", Value::Str(sign)) => options.plus = &**sign == "+",
            ("floatmode", Value::Str(mode)) => options.mode = print::FloatMode::of(mode)?,
            // What is as it is by default.
            ("nanstr" | "infstr", Value::Str(word)) if matches!(&**word, "nan" | "inf") => {}
            ("prefix", Value::Str(_)) => {}
            ("legacy", Value::Bool(false)) => {}
            _ => return None,
        }
    }
    Some(options)
}

/// `np.get_printoptions()`.
fn told_printing(interp: &mut Interp<'_>) -> Value {
    let options = interp.print_options();
    let number = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let pairs = [
        ("precision", number(options.precision)),
        ("threshold", number(options.threshold)),
        ("edgeitems", number(options.edge)),
        ("linewidth", number(options.width)),
        ("suppress", Value::Bool(options.suppress)),
        ("nanstr", Value::str("nan")),
        ("infstr", Value::str("inf")),
        ("sign", Value::str(if options.plus { "+" } else { "-" })),
        ("formatter", Value::None),
        ("legacy", Value::Bool(false)),
        ("floatmode", Value::str(options.mode.name())),
        ("override_repr", Value::None),
    ];
    interp.new_dict(pairs.map(|(name, value)| (Value::str(name), value)))
}

/// `np.set_printoptions(precision=3, suppress=True)`.
fn set_printing(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut options = printing(interp, &args);
    if let Some(precision) = args.positional.first() {
        let precision = precision.as_int().and_then(|n| usize::try_from(n).ok());
        options = options.zip(precision).map(|(options, precision)| print::Options { precision, ..options });
    }
    match options {
        Some(options) => {
            if let Some(numbers) = &mut interp.numbers {
                numbers.print = options;
            }
        }
        None => interp.needs(&Value::None, "how NumPy is told to print").map(drop)?,
    }
    Ok(Value::None)
}

/// `np.array2string(x, separator=", ")` and `np.array_str(x)`.
fn text(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unknown = Value::Any(Plain::Str);
    let (Some(Value::Tensor(id)), [_]) = (args.positional.first(), &args.positional[..]) else {
        return Ok(unknown);
    };
    let Some(array) = interp.array_of_node(*id).filter(|_| interp.computes()) else { return Ok(unknown) };
    let mut plain = args.clone();
    plain.keywords.retain(|(name, _)| &**name != "formatter");
    let Some(options) = printing(interp, &plain) else { return Ok(unknown) };
    let told = |name: &str, default: &str| match args.keyword(name) {
        Some(Value::Str(text)) => text.to_string(),
        _ => default.to_owned(),
    };
    let (separator, prefix) = (told("separator", " "), told("prefix", ""));
    let text = match args.keyword("formatter").cloned() {
        None | Some(Value::None) => print::behind(&array, &separator, &prefix, &options),
        Some(functions) => match words_of(interp, &array, &functions)? {
            Some(words) => print::worded(&words, &separator, &prefix, &options),
            None => None,
        },
    };
    Ok(text.map_or(unknown, |text| Value::str(&text)))
}

/// What the functions of `formatter=` make of each element; nothing where there is none for the dtype.
///
/// source: numpy/_core/arrayprint.py: _get_format_function, _get_formatdict
fn words_of(interp: &mut Interp<'_>, array: &array::Array, functions: &Value) -> Eval<Option<array::Array>> {
    let names: &[&str] = match array.dtype() {
        tensor::DType::Bool => &["bool", "all"],
        tensor::DType::String => &["numpystr", "str_kind", "all"],
        dtype if dtype.is_integer() => &["int", "int_kind", "all"],
        dtype if dtype.is_floating() => &["float", "float_kind", "all"],
        _ => return Ok(None),
    };
    let pairs = interp.pairs_of(functions).unwrap_or_default();
    let found = pairs.iter().rev().find(|(key, _)| matches!(key, Value::Str(key) if names.contains(&&**key)));
    let Some((_, function)) = found.cloned() else { return Ok(None) };
    let Ok(flat) = array.reshape(&[array.len()]) else { return Ok(None) };
    let mut words: Vec<std::sync::Arc<str>> = Vec::with_capacity(flat.len());
    let whole = interp.array_value(flat);
    for at in 0..array.len() {
        let item = interp.get_item(&whole, &Value::Int(i64::try_from(at).unwrap_or(i64::MAX)))?;
        match interp.call(&function, Args::of([item]))? {
            Value::Str(word) => words.push((&*word).into()),
            _ => return Ok(None),
        }
    }
    Ok(array::Array::texts(array.shape(), words).ok())
}

/// `np.array_repr(x)`.
fn written(interp: &mut Interp<'_>, args: Args) -> Eval {
    let options = interp.print_options();
    let array = match args.positional.first() {
        Some(Value::Tensor(id)) if interp.computes() && args.keywords.is_empty() => interp.array_of_node(*id),
        _ => None,
    };
    let text = array.and_then(|array| print::repr(&array, &options));
    Ok(text.map_or(Value::Any(Plain::Str), |text| Value::str(&text)))
}

/// A function that changes its first argument in ways that are not followed.
fn changed(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let Some(Value::Tensor(id)) = args.positional.first() {
        interp.array_changed(*id, tensor::Content::Unknown);
    }
    Ok(Value::None)
}

/// `np.fill_diagonal(a, value)` of a matrix and a number.
fn fill_diagonal(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = *id;
    let value = args.get(1, "val").map(|value| interp.plain_scalar(value));
    let value = match value {
        Some(Value::Int(n)) => Some(n as f64),
        Some(Value::Float(x)) => Some(x),
        _ => None,
    };
    let array = interp.array_of_node(id).filter(|_| interp.computes() && args.get(2, "wrap").is_none());
    let filled = array.zip(value).and_then(|(array, value)| {
        let [rows, columns] = *array.shape() else { return None };
        let on = (0..rows * columns).map(|at| at / columns == at % columns).collect();
        let on = array::Array::bools(&[rows, columns], on).ok()?;
        let value = array::Array::scalar(array.dtype(), value).ok()?;
        array::select(&on, &value, &array).ok()
    });
    match filled {
        Some(filled) => interp.array_written(id, Some(filled)),
        None => interp.array_changed(id, tensor::Content::Unknown),
    }
    Ok(Value::None)
}

/// A method that puts into an array what a function makes of it.
fn in_place(interp: &mut Interp<'_>, args: &Args, function: &str, more: &[Value]) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::None) };
    let id = *id;
    if !interp.computes() {
        interp.array_changed(id, tensor::Content::Unknown);
        return Ok(Value::None);
    }
    let all = std::iter::once(Value::Tensor(id)).chain(more.iter().cloned());
    let after = interp.call_api(&function.into(), Args::of(all))?;
    interp.array_takes(id, &after);
    Ok(Value::None)
}

fn copy_to(interp: &mut Interp<'_>, args: Args) -> Eval {
    if let (Some(target), Some(value)) = (args.get(0, "dst").cloned(), args.get(1, "src").cloned()) {
        interp.set_item(&target, Value::Ellipsis, value)?;
    }
    Ok(Value::None)
}

/// `np.fromfunction(f, shape)`: the function is called once with arrays of indices.
fn from_function(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let dtype = args.take("dtype").unwrap_or(Value::DType(tensor::DType::Float64, DTypeObject::Scalar));
    let (Some(function), Some(shape)) = (args.get(0, "function").cloned(), args.get(1, "shape").cloned())
    else {
        return Ok(interp.unknown("`np.fromfunction` without a shape"));
    };
    let grids = Args { positional: vec![shape], keywords: vec![("dtype".into(), dtype)] };
    let grids = interp.call_api(&"np.indices".into(), grids)?;
    if grids.is_unknown() {
        return Ok(grids);
    }
    let (items, more) = interp.iterate(&grids, 64)?;
    if more {
        return Ok(interp.unknown("`np.fromfunction` of a shape that is not known"));
    }
    interp.call(&function, Args::of(items))
}

fn from_iter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let dtype = args.get(1, "dtype").cloned().unwrap_or(Value::None);
    let Some(iterable) = args.get(0, "iter").cloned() else {
        return Ok(interp.unknown("`np.fromiter` without items"));
    };
    let (items, more) = interp.iterate(&iterable, 100_000)?;
    let count = args.get(2, "count").map_or(Some(-1), Value::as_int);
    let (Some(count), false) = (count, more) else {
        return Ok(interp.unknown("an array of an unknown number of items"));
    };
    let taken = usize::try_from(count).unwrap_or(items.len()).min(items.len());
    let list = interp.new_list(items[..taken].to_vec());
    let array = Args { positional: vec![list], keywords: vec![("dtype".into(), dtype)] };
    interp.call_api(&"np.array".into(), array)
}

/// `np.apply_along_axis(f, axis, x)`: the function gets a vector; what it gives stands in its place.
fn along_axis(interp: &mut Interp<'_>, args: Args) -> Eval {
    let unknown = "`np.apply_along_axis` of something that is not known";
    let [function, axis, array, ..] = &args.positional[..] else { return Ok(interp.unknown(unknown)) };
    let (function, axis) = (function.clone(), axis.as_int());
    let array = interp.call_api(&"np.asarray".into(), Args::of([array.clone()]))?;
    let (Value::Tensor(id), Some(axis)) = (&array, axis) else { return Ok(interp.unknown(unknown)) };
    let spec = interp.trace.node(*id).spec.clone();
    let (Some(dims), Some(size)) = (spec.shape.dims().map(<[_]>::to_vec), spec.shape.dim(axis)) else {
        return Ok(interp.unknown(unknown));
    };
    let at = usize::try_from(if axis < 0 { axis + dims.len() as i64 } else { axis }).unwrap_or(0);
    let vector = interp.new_array(tensor::Shape::new([size]), spec.dtype);
    let one = interp.call(&function, Args::of([vector]))?;
    let one = interp.call_api(&"np.asarray".into(), Args::of([one]))?;
    let Value::Tensor(one) = one else { return Ok(interp.unknown(unknown)) };
    let one = interp.trace.node(one).spec.clone();
    let Some(new) = one.shape.dims() else { return Ok(interp.unknown(unknown)) };
    let mut all = dims;
    all.splice(at..=at, new.iter().copied());
    Ok(interp.new_array(tensor::Shape::new(all), one.dtype))
}
