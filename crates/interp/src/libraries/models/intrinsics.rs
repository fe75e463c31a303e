//! Names that models have beside Python's own.

use std::rc::Rc;

use graph::Source;
use ops::spec::{Misfit, merge};
use ops::{Flow, Mistake, TensorKind};
use tensor::{Content, Dim, Shape, TensorSpec};

use crate::framework::evaluate::PREDICTION;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::{Eval, Halt};
use crate::value::{Args, Native, Value};

pub(super) static INTRINSICS: &[Native] = &[
    native("unknown", |interp, _| Ok(interp.unknown("what a library makes of data that is not known"))),
    native("unknown_size", |_, _| Ok(Value::Dim(Dim::Unknown))),
    native("is_known", is_known),
    native("is_tf_tensor", is_tf_tensor),
    native("is_prediction", is_prediction),
    native("unknown_dtype", unknown_dtype),
    native("unknown_array", unknown_array),
    native("padded_draws", padded_draws),
    native("list_of_draws", list_of_draws),
    native("with_words", with_words),
    native("some_of", some_of),
    native("shuffle_list", |interp, args| {
        if let Some(Value::List(id)) = args.positional.first() {
            interp.shuffle_list(*id)?;
        }
        Ok(Value::None)
    }),
    native("is_symbolic", |interp, args| {
        Ok(Value::Bool(args.positional.iter().any(|value| interp.is_symbolic(value))))
    }),
    native("is_traced", |interp, _| Ok(Value::Bool(interp.graph_depth > 0 || interp.is_as_if_traced()))),
    native("name_variables_within", |interp, args| {
        match args.positional.first() {
            Some(Value::Str(name)) => {
                interp.layer_scopes.push(name.clone());
                interp.name_scopes += 1;
            }
            _ => {
                interp.layer_scopes.pop();
                interp.name_scopes = interp.name_scopes.saturating_sub(1);
            }
        }
        Ok(Value::None)
    }),
    native("redirect_output", |interp, args| {
        match args.positional.first() {
            Some(Value::None) | None => drop(interp.redirected.pop()),
            Some(target) => interp.redirected.push(target.clone()),
        }
        Ok(Value::None)
    }),
    native("is_carried_out", |interp, _| Ok(Value::Bool(interp.carries_out()))),
    native("passing", |interp, args| {
        if let Some(Value::Str(path)) = args.positional.first() {
            interp.add_passing(path);
        }
        Ok(args.positional.into_iter().next().unwrap_or(Value::None))
    }),
    native("made", made),
    native("inputs_of", inputs_of),
    native("sizes_in", sizes_in),
    native("not_followed", |interp, args| {
        // What a library would change is not known from here on.
        if let Some(Value::Str(what)) = args.get(0, "what") {
            let what = what.to_string();
            interp.undecided(what);
        }
        Ok(Value::None)
    }),
    native("refuse", |interp, args| {
        let text = match args.get(0, "text") {
            Some(Value::Str(text)) => text.to_string(),
            _ => String::new(),
        };
        Err(refused(interp, Misfit::argument("input", text)))
    }),
    native("of_rank", of_rank),
    native("of_columns", of_columns),
    native("because", because),
    native("check_rank", |interp, args| ranked(interp, &args, merge::rank)),
    native("check_rank_at_least", |interp, args| {
        ranked(interp, &args, |shape, rank| merge::rank_at_least(shape, rank).map(|()| shape.clone()))
    }),
    native("check_rank_at_most", |interp, args| {
        ranked(interp, &args, |shape, rank| merge::rank_at_most(shape, rank).map(|()| shape.clone()))
    }),
    native("same_size", same_size),
    native("same_shape", same_shape),
];

/// Tells whether a value is known down to the items of its lists and dicts.
fn is_known(interp: &mut Interp<'_>, args: Args) -> Eval {
    fn known(interp: &Interp<'_>, value: &Value, depth: u32) -> bool {
        match value {
            Value::Unknown(_) | Value::Any(_) | Value::Drawn(_) => false,
            Value::Dim(dim) => dim.is_known(),
            Value::Tuple(items) => depth == 0 || items.iter().all(|v| known(interp, v, depth - 1)),
            Value::List(id) => interp
                .heap
                .list(*id)
                .is_some_and(|items| depth == 0 || items.iter().all(|v| known(interp, v, depth - 1))),
            Value::Dict(id) => interp.heap.dict(*id).is_some(),
            Value::Tensor(id) => !matches!(
                interp.trace.node(*id).content,
                Content::Unknown
                    | Content::Drawn(_)
                    | Content::Sample(_)
                    | Content::Among(_)
                    | Content::Spread(_)
            ),
            _ => true,
        }
    }
    Ok(Value::Bool(args.positional.first().is_some_and(|value| known(interp, value, 2))))
}

/// Tells whether an array is what a model has predicted, in whatever shape, but not rounded or compared with anything.
fn is_prediction(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else { return Ok(Value::Bool(false)) };
    let mut node = interp.trace.node(*id);
    for _ in 0..8 {
        match (node.source, &node.inputs[..]) {
            (Source::Op(op), [(input, _), ..])
                if matches!(op.name, "np.reshape" | "np.ravel" | "np.squeeze") =>
            {
                node = interp.trace.node(*input);
            }
            (source, _) => {
                let floats = node.spec.dtype.is_some_and(tensor::DType::is_floating);
                let predicted = matches!(source, Source::Opaque(what) if what == PREDICTION);
                return Ok(Value::Bool(floats && predicted && !interp.computes()));
            }
        }
    }
    Ok(Value::Bool(false))
}

/// An array of the same shape whose dtype is not known.
fn unknown_dtype(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = match args.positional.first() {
        Some(Value::Tensor(id)) => interp.trace.node(*id).spec.shape.clone(),
        _ => Shape::UNKNOWN,
    };
    Ok(interp.new_array(shape, None))
}

/// `unknown_array(shape, dtype)`: an array of which nobody knows the elements, not even where a script is carried out.
fn unknown_array(interp: &mut Interp<'_>, args: Args) -> Eval {
    let made = interp.numpy("empty", args)?;
    if let Value::Tensor(node) = &made {
        interp.lose_number(*node);
        if interp.carries_out() {
            interp.trace.node_mut(*node).content = Content::Unknown;
        }
    }
    Ok(made)
}

/// `with_words(table, columns)`: the table of objects, each row of which has a word that one of the columns has.
fn with_words(interp: &mut Interp<'_>, args: Args) -> Eval {
    let table = args.positional.first().cloned().unwrap_or(Value::None);
    let columns = args.positional.get(1).map(|columns| interp.flat_tensors(columns)).unwrap_or_default();
    let words = columns.into_iter().find_map(|column| match &interp.trace.node(column).content {
        Content::Drawn(values) if matches!(**values, tensor::Data::Str(_)) => Some(values.clone()),
        Content::Array(array) => match &array.data {
            tensor::Data::Str(all) => {
                let mut words = all.clone();
                words.sort_unstable();
                words.dedup();
                Some(tensor::Data::Str(words).into())
            }
            _ => None,
        },
        _ => None,
    });
    // Words of which some are numbers need not stand in every row.
    let all = words.filter(|words: &Rc<tensor::Data>| match &**words {
        tensor::Data::Str(words) => words.iter().all(|word| word.trim().parse::<f64>().is_err()),
        _ => false,
    });
    if let (Value::Tensor(node), Some(values), false) = (&table, all, interp.computes()) {
        let among = tensor::Among { values, least: 1.0, each: tensor::Each::Row, filling: None };
        interp.trace.node_mut(*node).content = Content::Among(among.into());
    }
    Ok(table)
}

/// `padded_draws(sequences, length, dtype, filling)`: the array of sequences that are padded or cut to one length, where the
/// length of one of them was drawn; otherwise `None`.
fn padded_draws(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [sequences, length, dtype, filling] = &args.positional[..] else { return Ok(Value::None) };
    let (items, more) = interp.iterate(sequences, 100_000)?;
    let drawn = |item: &Value| matches!(item, Value::List(id) if interp.items_of_list(*id).is_some());
    if more || !items.iter().any(drawn) {
        return Ok(Value::None);
    }
    let dtype = interp.dtype_of(dtype).or_else(|| interp.dtype_of_sequences(&items));
    let length = interp.plain_scalar(length).as_int();
    let rows = i64::try_from(items.len()).map_or(Dim::Unknown, Dim::Known);
    let shape = Shape::new([rows, length.map_or(Dim::Unknown, Dim::Known)]);
    let content = match interp.plain_scalar(filling) {
        Value::Float(filling) => interp.padded_draws(&items, length, filling),
        other => other.as_int().map_or(Content::Unknown, |n| interp.padded_draws(&items, length, n as f64)),
    };
    let array = interp.new_array(shape, dtype);
    if let (Value::Tensor(node), Some(dtype)) = (&array, dtype) {
        interp.trace.node_mut(*node).content = ops::spec::fold::cast(&content, dtype);
    }
    Ok(array)
}

/// `list_of_draws(values, lengths)`: a list of ints, each drawn from the values, whose length was drawn as well.
fn list_of_draws(interp: &mut Interp<'_>, args: Args) -> Eval {
    let ints = |interp: &Interp<'_>, at: usize| {
        let items = args.positional.get(at).and_then(|list| interp.children(list))?;
        let ints: Vec<i64> = items.iter().map(Value::as_int).collect::<Option<_>>()?;
        (!ints.is_empty()).then(|| Rc::new(tensor::Data::Int(ints)))
    };
    let (Some(values), Some(lengths)) = (ints(interp, 0), ints(interp, 1)) else {
        return Ok(interp.unknown("a list of draws from what is not known"));
    };
    match Value::drawn(lengths) {
        Value::Drawn(length) => {
            let list = interp.list_of_length(Some(length), &Value::drawn(values));
            Ok(list.unwrap_or_else(|| interp.unknown("a list of draws")))
        }
        length => {
            let count = length.as_int().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
            Ok(interp.new_list((0..count).map(|_| Value::drawn(values.clone())).collect()))
        }
    }
}

/// `some_of(array, count)`: so many of an array's rows, nobody knows which.
fn some_of(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else {
        return Ok(interp.unknown("some rows of what is no array"));
    };
    let node = interp.trace.node(*id);
    let (spec, content) = (node.spec.clone(), node.content.clone());
    let count = match args.positional.get(1) {
        Some(Value::Dim(dim)) => *dim,
        Some(value) => value.as_int().map_or(Dim::Unknown, Dim::Known),
        None => Dim::Unknown,
    };
    let shape = if spec.shape.rank().is_some_and(|rank| rank > 0) {
        spec.shape.with_dim(0, count)
    } else {
        Shape::UNKNOWN
    };
    let kind = interp.object_kind(*id);
    let made = interp.new_array(shape, spec.dtype);
    if let Value::Tensor(new) = &made {
        interp.trace.node_mut(*new).content = content.sampled();
        if let Some(kind) = kind {
            interp.object_kinds.insert(*new, kind);
        }
    }
    Ok(made)
}

fn is_tf_tensor(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(Value::Bool(match args.positional.first() {
        Some(Value::Tensor(id)) => interp.trace.node(*id).kind != TensorKind::Numpy,
        _ => false,
    }))
}

/// `made(dtype, shape, *inputs)`: a tensor of kernels that have no numbers here; gradients reach the inputs, but with
/// `slope=False`: then no gradient is registered, and asking for one raises.
fn made(interp: &mut Interp<'_>, args: Args) -> Eval {
    let sloping = !matches!(args.keyword("slope"), Some(Value::Bool(false)));
    let flow = if sloping { Flow::Ok } else { Flow::Unknown };
    let mut given = args.positional.into_iter();
    let (dtype, shape) = (given.next(), given.next());
    let dtype = dtype.and_then(|d| interp.dtype_of(&d));
    let shape = shape.map_or(Shape::UNKNOWN, |value| shape_of(interp, &value));
    let mut inputs = Vec::new();
    for value in given {
        inputs.extend(interp.node_of_value(&value)?.map(|node| (node, flow)));
    }
    let node = interp.opaque("a library's tensor", TensorSpec::new(shape, dtype), &inputs);
    Ok(Value::Tensor(node))
}

/// `inputs_of("DecodeGif", contents)`: the values as that kernel takes them, whose dtypes it checks before its shape
/// function looks at anything (`tensorflow/python/framework/op_def_library.py`).
fn inputs_of(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut given = args.positional.into_iter();
    let (Some(Value::Str(kernel)), Some(op)) = (given.next(), ops::find_op("kernel_inputs")) else {
        return Ok(interp.unknown("inputs of a kernel that is not known"));
    };
    let mut bound = Vec::new();
    for value in given {
        bound.push(("input".into(), interp.arg(&value)));
    }
    let answer = interp.infer_op(op, &kernel, ops::Surface::Tf, &bound);
    Ok(match interp.settle(answer, "", Vec::new)? {
        Ok(tensors) => interp.value_of(&tensors),
        Err(why) => interp.unknown(why),
    })
}

/// `sizes_in(tensor)`: the shape that an integer vector's contents give, as far as they are known
/// (`tensorflow/python/framework/tensor_util.py: constant_value_as_shape`).
fn sizes_in(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(Value::Tensor(id)) = args.positional.first() else {
        let shape = args.positional.first().map_or(Shape::UNKNOWN, |value| shape_of(interp, value));
        return Ok(Value::Shape(shape));
    };
    let node = interp.trace.node(*id);
    let rank = node.spec.shape.dim(0).and_then(Dim::known).and_then(|n| usize::try_from(n).ok());
    let shape = match (node.content.dims(), rank) {
        (Some(dims), _) => Shape::new(dims.to_vec()),
        (None, Some(rank)) if rank <= 64 => Shape::of_rank(rank),
        _ => Shape::UNKNOWN,
    };
    Ok(Value::Shape(shape))
}

/// The shape that a tensor has, or that a value says; `None` in a list is a size that nobody knows.
fn shape_of(interp: &mut Interp<'_>, value: &Value) -> Shape {
    let unknown = |d: Dim| if matches!(d, Dim::Symbol(_)) { Dim::Unknown } else { d };
    match value {
        Value::Tensor(id) => interp.trace.node(*id).spec.shape.clone(),
        Value::Shape(shape) => shape.clone(),
        other => match interp.dims_of(other) {
            Some(dims) => dims.into_iter().map(unknown).collect(),
            None => Shape::UNKNOWN,
        },
    }
}

/// Raises what a shape function refuses: `ValueError` while tracing, `InvalidArgumentError` on values.
fn refused(interp: &mut Interp<'_>, misfit: Misfit) -> Halt {
    let eager = interp.graph_depth == 0;
    let class = if eager { ops::Exc::InvalidArgumentError } else { ops::Exc::ValueError };
    let violation = ops::Violation { class, core: misfit.text, mistake: misfit.mistake };
    interp.raise_violation(violation, "".into(), Vec::new())
}

/// `raise of_rank(ValueError(text), X, 2)`: an exception that says of an array that it has not so many axes.
fn of_rank(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [error, array, expected] = &args.positional[..] else { return Ok(Value::None) };
    if let (Value::Tensor(node), Some(expected)) = (array, expected.as_int()) {
        let got = interp.trace.node(*node).spec.shape.rank().unwrap_or_default();
        let expected = expected.to_string();
        blame(interp, error, array, Mistake::RankMismatch { param: "X", expected, got });
    }
    Ok(error.clone())
}

/// `raise of_columns(ValueError(text), X, 2, 5)`: an exception that says of a table that it has other columns than the one
/// that was fitted to.
fn of_columns(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [error, array, count, fitted] = &args.positional[..] else { return Ok(Value::None) };
    let size = |value: &Value| value.as_int().map_or(Dim::Unknown, Dim::Known);
    let mistake = Mistake::DimMismatch { left: size(count), right: size(fitted), what: "fitted columns" };
    blame(interp, error, array, mistake);
    Ok(error.clone())
}

/// `raise because(ValueError(text), X, "it has 2 columns")`: an exception whose cause is what is said of an argument.
fn because(interp: &mut Interp<'_>, args: Args) -> Eval {
    let [error, array, problem] = &args.positional[..] else { return Ok(Value::None) };
    if let Value::Str(problem) = problem {
        blame(interp, error, array, Mistake::Argument { param: "X", problem: problem.to_string() });
    }
    Ok(error.clone())
}

/// Gives an exception its structured cause.
fn blame(interp: &mut Interp<'_>, error: &Value, array: &Value, mistake: Mistake) {
    let operands = match array {
        Value::Tensor(node) => vec![("X".into(), *node)],
        _ => Vec::new(),
    };
    if let Value::Instance(id) = error {
        interp.blame(*id, mistake, "an estimator", operands);
    }
}

/// `check_rank(x, 2)`: the shape of `x`, which must have that rank.
fn ranked(interp: &mut Interp<'_>, args: &Args, check: fn(&Shape, usize) -> Result<Shape, Misfit>) -> Eval {
    let shape = args.get(0, "x").cloned().map_or(Shape::UNKNOWN, |value| shape_of(interp, &value));
    let Some(rank) = args.get(1, "rank").and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()) else {
        return Ok(Value::Shape(shape));
    };
    check(&shape, rank).map(Value::Shape).map_err(|misfit| refused(interp, misfit))
}

/// `same_size(a, b)`: the size that both are; they must not be known to differ.
fn same_size(interp: &mut Interp<'_>, args: Args) -> Eval {
    let dim = |interp: &mut Interp<'_>, at: usize| match args.positional.get(at) {
        Some(Value::None) => interp.new_symbol(),
        Some(Value::Dim(dim)) => *dim,
        Some(value) => value.as_int().map_or(Dim::Unknown, Dim::Known),
        None => Dim::Unknown,
    };
    let (left, right) = (dim(interp, 0), dim(interp, 1));
    let merged = merge::dims(left, right, "two sizes").map_err(|misfit| refused(interp, misfit))?;
    Ok(Value::static_dim(merged))
}

/// `same_shape(a, b)`: what is known of a shape that both have.
fn same_shape(interp: &mut Interp<'_>, args: Args) -> Eval {
    let shape = |interp: &mut Interp<'_>, at: usize| {
        args.positional.get(at).cloned().map_or(Shape::UNKNOWN, |value| shape_of(interp, &value))
    };
    let (left, right) = (shape(interp, 0), shape(interp, 1));
    merge::shapes(&left, &right).map(Value::Shape).map_err(|misfit| refused(interp, misfit))
}
