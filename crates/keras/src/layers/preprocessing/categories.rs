//! `Discretization`, `CategoryEncoding`, `Hashing` and `HashedCrossing`.

use ops::{Arg, Exc, Infer, Keras, Mode};
use tensor::{DType, Data, Dim, TensorSpec};

use crate::dims;
use crate::layer::no_build;
use crate::python::{known_int, number, raise, text, truth, unknown, value_error};
use crate::tools::{Tools, rank_of};
use crate::{CallArgs, Host, Layer, Mask};

use super::encoding::{MODES, encoded2, encoded3};
use super::{
    Made, asserted, check_salt, elements, given_dtype, no_rank, one_of, rankless, result, spec, written,
};

const fn layer(
    name: &'static str,
    init: fn(&mut dyn Host) -> Infer<()>,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
    output_shape: fn(&mut dyn Host, &Arg) -> Infer<Arg>,
) -> Layer {
    let source =
        "keras/src/layers/preprocessing/{discretization,category_encoding,hashing,hashed_crossing}.py";
    Layer {
        name,
        init,
        build: no_build,
        call,
        output_shape: Some(output_shape),
        mask: Mask::Drops,
        source,
        ..Layer::BASE
    }
}

pub(super) static LAYERS: &[Layer] = &[
    layer("Discretization", init_bins, |h, a| on_tensor(h, a, discretize), |h, x| bins(h, x).map(spec)),
    layer("CategoryEncoding", init_tokens, |h, a| on_tensor(h, a, encode), |h, x| tokens(h, x).map(spec)),
    layer("Hashing", init_hash, |h, a| on_tensor(h, a, hash_to_bins), |h, x| hashed(h, x).map(spec)),
    layer(
        "HashedCrossing",
        init_crossing,
        |h, a| made(h, a, crossing_called),
        |h, x| crossed(h, x).map(spec),
    ),
];

/// Calls a layer on the tensor that it makes of its input.
fn on_tensor(
    host: &mut dyn Host,
    args: &CallArgs,
    call: fn(&mut dyn Host, &CallArgs) -> Infer<Arg>,
) -> Infer<Arg> {
    let inputs = written(host, &args.inputs)?;
    call(host, &CallArgs { inputs, ..args.clone() })
}

fn made(host: &mut dyn Host, args: &CallArgs, how: fn(&mut dyn Host, &Arg) -> Infer<Made>) -> Infer<Arg> {
    if host.unknown_rank() && args.inputs.items().is_none() {
        return of_no_rank(host, &args.inputs);
    }
    let made = how(host, &args.inputs)?;
    if truth(&host.get("sparse"))? {
        return unknown("a sparse result");
    }
    result(host, "encoded", args.inputs.clone(), made)
}

/// `Discretization`: how many of the boundaries that the constructor got are not above a number.
fn discretize(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    if host.keras() == Keras::Three && !has_bins(host) {
        let core = "You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` \
                    before you can start using the `Discretization` layer.";
        return value_error("bin_boundaries", core);
    }
    let spec = made(host, args, bins)?;
    let boundaries = host.get("bin_boundaries");
    let numbers =
        boundaries.items().and_then(|all| all.iter().map(crate::config::number).collect::<Option<Vec<_>>>());
    let (Arg::Tensor(made), true, Some(mut numbers)) = (&spec, host.computes(), numbers) else {
        return Ok(spec);
    };
    numbers.sort_by(f64::total_cmp);
    let depth = Arg::Int(numbers.len() as i64 + 1);
    let t = &mut Tools::new(host);
    let x = t.cast(&args.inputs, DType::Float32)?;
    let x = t.expand_dims(&x, -1)?;
    let limits = Arg::List(numbers.into_iter().map(Arg::Float).collect());
    let limits = t.convert(&limits, Some(DType::Float32))?;
    let above = t.call(["tf.greater_equal", "keras.ops.greater_equal"], &[&x, &limits], &[])?;
    let above = t.cast(&above, DType::Int64)?;
    let ids = t.sum(&above, Arg::Int(-1))?;
    in_mode(host, &ids, depth, &made.spec, None)
}

/// `CategoryEncoding`: indices as ones among zeros, alone, together, or counted.
fn encode(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let weights = args.keywords.iter().find(|(n, _)| matches!(&**n, "count_weights" | "#1"));
    let weights = weights.map(|(_, w)| w).filter(|w| !w.is_none());
    if let Some(weights) = weights
        && mode(host)? != "count"
    {
        let shown = match host.keras() {
            Keras::Two => "{count_weights}".to_owned(),
            Keras::Three => host.shown(weights),
        };
        let refusal = "`count_weights` is not used when `output_mode` is not `'count'`.";
        return value_error("count_weights", format!("{refusal} Received `count_weights={shown}`."));
    }
    let spec = made(host, args, tokens)?;
    if host.mode() == Mode::Eager {
        within_range(host, &args.inputs)?;
    }
    let (Arg::Tensor(made), true) = (&spec, host.computes()) else { return Ok(spec) };
    let depth = host.get("num_tokens");
    in_mode(host, &args.inputs, depth, &made.spec, weights)
}

/// Keras 2 refuses indices for which there is no place, Keras 3 counts none below zero.
fn within_range(host: &dyn Host, inputs: &Arg) -> Infer<()> {
    let (Some(numbers), Arg::Int(count)) =
        (elements(inputs).and_then(Data::to_floats), host.get("num_tokens"))
    else {
        return Ok(());
    };
    if numbers.iter().all(|n| (0.0..count as f64).contains(n)) {
        return Ok(());
    }
    if host.keras() == Keras::Three {
        let counts = matches!(&*mode(host)?, "multi_hot" | "count") && rank_of(inputs)? <= 2;
        let Some(below) = numbers.iter().find(|n| **n < 0.0).filter(|_| counts) else { return Ok(()) };
        let problem = format!("Input 'in' must be non-negative! Negative input value found: {below}");
        let core = format!("{} name:", ops::spec::on_values("DenseBincount", &problem));
        return raise(Exc::InvalidArgumentError, "inputs", core);
    }
    asserted(&format!("Input values must be in the range 0 <= values < num_tokens with num_tokens={count}"))
}

/// Indices as the layer's mode writes them: as they are, as ones among zeros, together, or counted by `weights`.
///
/// `made` is what is known of the result: its sizes, and its dtype.
fn in_mode(
    host: &mut dyn Host,
    ids: &Arg,
    depth: Arg,
    made: &TensorSpec,
    weights: Option<&Arg>,
) -> Infer<Arg> {
    let (Some(sizes), Some(dtype)) = (made.shape.all_known(), made.dtype) else { return unknown("sizes") };
    let mode = mode(host)?;
    let t = &mut Tools::new(host);
    if mode == "int" {
        return t.cast(ids, dtype);
    }
    let ids = t.cast(ids, DType::Int64)?;
    let scalar = rank_of(&ids)? == 0;
    let mut ones = t.runner().api("tf.one_hot", &[ids, depth], &[("dtype", Arg::DType(dtype))])?;
    if let Some(weights) = weights {
        let weights = t.cast(weights, dtype)?;
        if rank_of(&weights)? + 1 != rank_of(&ones)? {
            return unknown("weights of another rank than the indices");
        }
        let weights = t.expand_dims(&weights, -1)?;
        ones = t.mul(&ones, &weights)?;
    }
    let axis = [("axis", Arg::Int(-2))];
    let encoded = match mode.as_str() {
        "multi_hot" if !scalar => t.call(["tf.reduce_max", "keras.ops.max"], &[&ones], &axis)?,
        "count" if !scalar => t.call(["tf.reduce_sum", "keras.ops.sum"], &[&ones], &axis)?,
        _ => ones,
    };
    let sizes = Arg::List(sizes.into_iter().map(Arg::Int).collect());
    t.call(["tf.reshape", "keras.ops.reshape"], &[&encoded, &sizes], &[])
}

/// What Keras 2 makes of an input without a rank: indices of no rank either.
fn of_no_rank(host: &mut dyn Host, x: &Arg) -> Infer<Arg> {
    let mode = mode(host)?;
    if host.get("salt") != Arg::Missing {
        hashable(host, x)?;
    }
    if mode != "int" {
        return no_rank();
    }
    let dtype = dtype(host, &mode, DType::Int64)?;
    rankless(host, "encoded", x.clone(), dtype)
}

/// The mode, `"binary"` being an old name.
fn mode(host: &dyn Host) -> Infer<String> {
    match host.get("output_mode") {
        Arg::Str(s) if &*s == "binary" => Ok("multi_hot".to_owned()),
        Arg::Str(s) => Ok(s.to_string()),
        _ => unknown("a mode that is not known"),
    }
}

/// The dtype of the result: integers for indices, else the layer's.
fn dtype(host: &dyn Host, mode: &str, indices: DType) -> Infer<DType> {
    let given = given_dtype(host)?;
    Ok(match given {
        Some(dtype) if mode != "int" || dtype.is_integer() => dtype,
        _ if mode == "int" => indices,
        _ => host.compute_dtype(),
    })
}

fn not_sparse_ints(host: &dyn Host, mode: &str, problem: &str) -> Infer<()> {
    if mode == "int" && truth(&host.get("sparse"))? {
        return value_error("sparse", format!("{problem} Received: sparse=True and output_mode={mode}"));
    }
    Ok(())
}

fn init_bins(host: &mut dyn Host) -> Infer<()> {
    let mode = one_of(host, "Discretization", "output_mode", MODES)?;
    let three = host.keras() == Keras::Three;
    let may = "only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, or `'count'`.";
    let problem = if three {
        "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or `'count'`."
            .to_owned()
    } else {
        format!("`sparse` may {may}")
    };
    not_sparse_ints(host, &mode, &problem)?;
    let (bins, bounds) = (host.get("num_bins"), host.get("bin_boundaries"));
    let received = if three { "Received:" } else { "You passed" };
    let (n, b) = (text(&bins), text(&bounds));
    if number("num_bins", &bins, "<", "int")?.is_some_and(|n| n < 0.0) {
        let core = format!("`num_bins` must be greater than or equal to 0. {received} `num_bins={n}`");
        return value_error("num_bins", core);
    }
    if !bins.is_none() && !bounds.is_none() {
        let core = format!(
            "Both `num_bins` and `bin_boundaries` should not be set. {received} `num_bins={n}` and `bin_boundaries={b}`"
        );
        return value_error("num_bins", core);
    }
    if three && bins.is_none() && bounds.is_none() {
        return value_error("num_bins", "You need to set either `num_bins` or `bin_boundaries`.");
    }
    Ok(())
}

/// Whether a `Discretization` may know its bins: by its constructor, or by `adapt`.
fn has_bins(host: &dyn Host) -> bool {
    !host.get("bin_boundaries").is_none() || !host.get("#adapted").is_none()
}

/// How many bins there are.
fn depth(host: &dyn Host) -> Infer<Dim> {
    match host.get("bin_boundaries") {
        Arg::None | Arg::Missing if host.keras() == Keras::Three => {
            known_int(&host.get("num_bins")).map(Dim::Known)
        }
        Arg::Tuple(items) | Arg::List(items) => Ok(Dim::Known(items.len() as i64 + 1)),
        Arg::None | Arg::Missing if !has_bins(host) => Ok(Dim::Known(1)),
        // `adapt` finds them.
        _ => Ok(Dim::Unknown),
    }
}

fn bins(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let shape = dims::of_input(x)?;
    let mode = mode(host)?;
    if host.keras() == Keras::Two {
        let dims = encoded2(&shape, &mode, depth(host)?)?;
        return Ok(Made { dims, dtype: dtype(host, &mode, DType::Int64)? });
    }
    let depth = depth(host)?;
    let dims = match &*mode {
        "int" => shape,
        "one_hot" => encoded3(&shape, "one_hot", depth),
        // The second axis goes, which is the last one for most.
        _ if shape.len() >= 2 => {
            [shape[0]].into_iter().chain(shape[2..].iter().copied()).chain([depth]).collect()
        }
        _ => vec![depth],
    };
    let dtype = if mode == "int" { DType::Int32 } else { host.compute_dtype() };
    Ok(Made { dims, dtype })
}

fn init_tokens(host: &mut dyn Host) -> Infer<()> {
    let given = host.get("output_mode");
    let binary = matches!(&given, Arg::Str(s) if &**s == "binary");
    if !binary && host.keras() == Keras::Two {
        one_of(host, "CategoryEncoding", "output_mode", &["count", "one_hot", "multi_hot"])?;
    }
    let known = matches!(&given, Arg::Str(s) if matches!(&**s, "count" | "one_hot" | "multi_hot"));
    if !binary && !known {
        if given == Arg::Unknown {
            return unknown("a mode that is not known");
        }
        let shown = text(&given);
        return value_error("output_mode", format!("Unknown arg for output_mode: {shown}"));
    }
    let mut tokens = host.get("num_tokens");
    if let (true, old) = (host.keras() == Keras::Two, host.get("max_tokens"))
        && old != Arg::Missing
    {
        tokens = old;
        host.set("num_tokens", tokens.clone());
    }
    if tokens.is_none() {
        let core = "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the \
                    IntegerLookup layer instead.";
        return value_error("num_tokens", core);
    }
    let counted = matches!(tokens, Arg::Dim(_));
    if !counted && number("num_tokens", &tokens, "<", "int")?.is_some_and(|n| n < 1.0) {
        let shown = text(&tokens);
        return value_error(
            "num_tokens",
            format!("`num_tokens` must be >= 1. Received: num_tokens={shown}."),
        );
    }
    Ok(())
}

fn tokens(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let shape = dims::of_input(x)?;
    let mode = mode(host)?;
    let depth = match host.get("num_tokens") {
        Arg::Dim(depth) => depth,
        tokens => Dim::Known(known_int(&tokens)?),
    };
    let dims = match host.keras() {
        Keras::Two => encoded2(&shape, &mode, depth)?,
        Keras::Three if shape.is_empty() => vec![depth],
        Keras::Three => encoded3(&shape, &mode, depth),
    };
    Ok(Made { dims, dtype: host.compute_dtype() })
}

/// Keras 3's bins are of the dtype that was asked for, which has to be one of two.
fn integer_policy(host: &dyn Host) -> Infer<()> {
    let name = match host.get("dtype") {
        Arg::None | Arg::Missing => return Ok(()),
        Arg::Str(name) => name.to_string(),
        Arg::DType(dtype) => dtype.name().to_owned(),
        _ => return unknown("a dtype that is not known"),
    };
    if matches!(name.as_str(), "int32" | "int64") {
        return Ok(());
    }
    let shown = text(&host.get("dtype"));
    value_error(
        "dtype",
        format!(
            "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'in64'. Received: dtype={shown}"
        ),
    )
}

fn init_hash(host: &mut dyn Host) -> Infer<()> {
    let bins = host.get("num_bins");
    let shown = text(&bins);
    if bins.is_none() || number("num_bins", &bins, "<=", "int")?.is_some_and(|n| n <= 0.0) {
        return value_error(
            "num_bins",
            format!(
                "The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins={shown}."
            ),
        );
    }
    let given = host.get("output_mode");
    if host.keras() == Keras::Three && matches!(&given, Arg::Str(s) if &**s == "int") {
        integer_policy(host)?;
    }
    let mode = match host.keras() {
        Keras::Two => one_of(host, "Hashing", "output_mode", MODES)?,
        Keras::Three => match &given {
            Arg::Str(s) if MODES.contains(&&**s) => s.to_string(),
            Arg::Unknown => return unknown("a mode that is not known"),
            _ => {
                let shown = text(&given);
                return value_error(
                    "output_mode",
                    format!(
                        "Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', 'multi_hot', 'count'). \
                     Received: output_mode={shown}"
                    ),
                );
            }
        },
    };
    let may = "`sparse` may only be true if `output_mode` is `\"one_hot\"`, `\"multi_hot\"`, or `\"count\"`.";
    not_sparse_ints(host, &mode, may)?;
    check_salt(&host.get("salt"), "Hashing", "of size 2 integers")
}

/// `Hashing`: the bin of each value's text, of which the first is kept for a mask (`Hashing._hash_values_to_bins`).
fn hash_to_bins(host: &mut dyn Host, args: &CallArgs) -> Infer<Arg> {
    let spec = made(host, args, hash)?;
    let (Arg::Tensor(made), true) = (&spec, host.computes()) else { return Ok(spec) };
    let (mask, salt, depth) = (host.get("mask_value"), host.get("salt"), host.get("num_bins"));
    let bins = known_int(&depth)?;
    let t = &mut Tools::new(host);
    let given = t.convert(&args.inputs, None)?;
    let dtype = dims::tensor(&given)?.spec.dtype;
    let mut values = match dtype {
        Some(dtype) if dtype.is_floating() => t.cast(&given, DType::Int64)?,
        _ => given.clone(),
    };
    if dtype != Some(DType::String) {
        values = t.runner().api("tf.strings.as_string", &[values], &[])?;
    }
    let masked = !mask.is_none() && bins > 1;
    let free = Arg::Int(if masked { bins - 1 } else { bins });
    let mut ids = match salt {
        Arg::None | Arg::Missing => t.runner().api("tf.strings.to_hash_bucket_fast", &[values, free], &[])?,
        Arg::Int(_) | Arg::Bool(_) => {
            let key = Arg::List([salt.clone(), salt].into());
            t.runner().api("tf.strings.to_hash_bucket_strong", &[values, free, key], &[])?
        }
        key => t.runner().api("tf.strings.to_hash_bucket_strong", &[values, free, key], &[])?,
    };
    if masked {
        let hidden = t.runner().api("tf.equal", &[given, mask], &[])?;
        let zero = t.convert(&Arg::Int(0), Some(DType::Int64))?;
        let one = t.convert(&Arg::Int(1), Some(DType::Int64))?;
        let shifted = t.runner().api("tf.add", &[ids, one], &[])?;
        ids = t.runner().api("tf.where", &[hidden, zero, shifted], &[])?;
    }
    in_mode(host, &ids, depth, &made.spec, None)
}

/// What `call` makes, which in Keras 3 is not always what the spec says.
fn hash(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let spec = hashed(host, x)?;
    let (shape, mode) = (dims::of_input(x)?, mode(host)?);
    if host.keras() == Keras::Two || mode == "int" {
        return Ok(spec);
    }
    let depth = Dim::Known(known_int(&host.get("num_bins"))?);
    let dims = if shape.is_empty() { vec![depth] } else { encoded3(&shape, &mode, depth) };
    Ok(Made { dims, ..spec })
}

fn hashed(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let shape = dims::of_input(x)?;
    let mode = mode(host)?;
    let depth = Dim::Known(known_int(&host.get("num_bins"))?);
    let dtype = dtype(host, &mode, DType::Int64)?;
    if host.keras() == Keras::Three {
        let dims = match &*mode {
            "int" => shape,
            _ => shape[..shape.len().saturating_sub(1)].iter().copied().chain([depth]).collect(),
        };
        return Ok(Made { dims, dtype });
    }
    hashable(host, x)?;
    Ok(Made { dims: encoded2(&shape, &mode, depth)?, dtype })
}

/// Keras 2 hashes strings, and integers as strings.
fn hashable(host: &dyn Host, x: &Arg) -> Infer<()> {
    match dims::tensor(x)?.spec.dtype {
        Some(got) if got != DType::String && !got.is_integer() => {
            let salted = !host.get("salt").is_none();
            let op = if salted { "StringToHashBucketStrong" } else { "StringToHashBucketFast" };
            let core = format!(
                "Input 'input' of '{op}' Op has type {got} that does not match expected type of string."
            );
            raise(Exc::TypeError, "inputs", core)
        }
        _ => Ok(()),
    }
}

fn init_crossing(host: &mut dyn Host) -> Infer<()> {
    one_of(host, "HashedCrossing", "output_mode", &["int", "one_hot"]).map(|_| ())
}

/// What a call makes of the inputs, whose shapes Keras 3 looks at more closely than `compute_output_shape` does.
fn crossing_called(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let Some(items) = x.items().filter(|items| host.keras() == Keras::Three && items.len() > 1) else {
        return crossed(host, x);
    };
    dims::ranked(host)?;
    let shapes = items.iter().map(dims::of_input).collect::<Infer<Vec<_>>>()?;
    check_crossed(&shapes, items)?;
    let mode = mode(host)?;
    let depth = Dim::Known(known_int(&host.get("num_bins"))?);
    let first = &shapes[0];
    let dims = match &*mode {
        "int" => first.clone(),
        _ => first.iter().take(1).copied().chain([depth]).collect(),
    };
    let dtype = dtype(host, &mode, DType::Int64)?;
    Ok(Made { dims, dtype })
}

/// The shapes of two inputs or more.
fn crossed(host: &mut dyn Host, x: &Arg) -> Infer<Made> {
    let three = host.keras() == Keras::Three;
    let Some(items) = x.items() else {
        let Arg::Tensor(t) = x else { return unknown("inputs that are not known") };
        let shape = t.spec.shape.tuple();
        return value_error(
            "inputs",
            if three {
                format!("Expected as input a list/tuple of 2 tensors. Received input_shape={shape}")
            } else {
                let shown = super::placeholder(t);
                format!(
                    "`HashedCrossing` should be called on a list or tuple of inputs. Received: inputs={shown}"
                )
            },
        );
    };
    dims::ranked(host)?;
    let shapes = items.iter().map(dims::of_input).collect::<Infer<Vec<_>>>()?;
    let text = shapes.iter().map(|s| dims::text(s)).collect::<Vec<_>>().join(", ");
    let text = match x {
        Arg::Tuple(items) if items.len() == 1 => format!("({text},)"),
        Arg::Tuple(_) => format!("({text})"),
        _ => format!("[{text}]"),
    };
    let mode = mode(host)?;
    let depth = Dim::Known(known_int(&host.get("num_bins"))?);
    let dtype = dtype(host, &mode, DType::Int64)?;
    if three {
        let [a, b] = shapes.as_slice() else {
            let core = format!("Expected as input a list/tuple of 2 tensors. Received input_shape={text}");
            return value_error("inputs", core);
        };
        let (last, other) = (dims::at(a, -1)?, dims::at(b, -1)?);
        if last.known() != other.known() {
            let core = format!(
                "Expected the two input tensors to have identical shapes. Received input_shape={text}"
            );
            return value_error("inputs", core);
        }
        let dims = match &*mode {
            "int" => a.clone(),
            _ if last != Dim::Known(1) => a.iter().copied().chain([depth]).collect(),
            _ => a[..a.len() - 1].iter().copied().chain([depth]).collect(),
        };
        return Ok(Made { dims, dtype });
    }
    check_crossed(&shapes, items)?;
    // A reshape to `[-1]` or `[-1, 1]` forgets the batch.
    let mut crossed = shapes[0].clone();
    if let Some(batch) = crossed.first_mut() {
        *batch = dims::NONE;
    }
    let dims = encoded2(&crossed, &mode, depth)?;
    Ok(Made { dims, dtype })
}

fn check_crossed(shapes: &[Vec<Dim>], items: &[Arg]) -> Infer<()> {
    let text = super::placeholders(items);
    if shapes.len() < 2 {
        let core =
            format!("`HashedCrossing` should be called on at least two inputs. Received: inputs={text}");
        return value_error("inputs", core);
    }
    let first = &shapes[0];
    let problem = if first.len() > 2 || (first.len() == 2 && first[1] != Dim::Known(1)) {
        "have shape `[]`, `[batch_size]` or `[batch_size, 1]`"
    } else if shapes[1..]
        .iter()
        .any(|s| s.len() != first.len() || s.iter().zip(first).any(|(a, b)| a.known() != b.known()))
    {
        "have equal shape"
    } else if items.iter().any(|i| {
        dims::tensor(i).is_ok_and(|t| t.spec.dtype.is_some_and(|d| d != DType::String && !d.is_integer()))
    }) {
        "have an integer or string dtype"
    } else {
        return Ok(());
    };
    value_error("inputs", format!("All `HashedCrossing` inputs should {problem}. Received: inputs={text}"))
}
