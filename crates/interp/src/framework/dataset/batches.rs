//! Methods that count, cut and join elements without looking into them.

use ops::{Exc, TensorKind};
use tensor::{Dim, Shape, TensorSpec};

use super::recipe::Padding;
use super::sources::rest;
use super::{Batch, Count, DatasetState, Draws, Recipe, Uneven};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods.
pub(super) static METHODS: &[Native] = &[
    native("batch", batch),
    native("ragged_batch", ragged_batch),
    native("padded_batch", padded_batch),
    native("unbatch", unbatch),
    native("rebatch", rebatch),
    native("shuffle", shuffle),
    native("repeat", repeat),
    native("take", take),
    native("skip", skip),
    native("shard", shard),
    native("prefetch", |interp, args| renamed(interp, args, "_PrefetchDataset")),
    native("cache", |interp, args| renamed(interp, args, "CacheDataset")),
    native("with_options", |interp, args| renamed(interp, args, "_OptionsDataset")),
    native("snapshot", |interp, args| renamed(interp, args, "_SnapshotDataset")),
    native("ignore_errors", |interp, args| uncounted(interp, args, "_IgnoreErrorsDataset")),
    native("window", window),
    native("concatenate", concatenate),
    native("enumerate", enumerate),
    native("sparse_batch", unknown),
    native("save", |_, _| Ok(Value::None)),
];

/// The dataset that a method is called on.
pub(super) fn own(interp: &Interp<'_>, args: &Args) -> DatasetState {
    let state = args.positional.first().and_then(|v| interp.dataset(v)).unwrap_or_default();
    // How the new dataset is made its method says.
    let uneven = state.uneven.filter(|uneven| matches!(uneven, Uneven::First(_)));
    DatasetState { recipe: None, uneven, draws: Draws::default(), ..state }
}

/// What the integers of the dataset's elements are drawn from that a method is called on.
pub(super) fn draws(interp: &Interp<'_>, args: &Args) -> Draws {
    args.positional.first().and_then(|v| interp.dataset(v)).map(|state| state.draws).unwrap_or_default()
}

/// An int argument.
pub(super) fn int(interp: &Interp<'_>, args: &Args, at: usize, name: &str) -> Option<i64> {
    interp.plain_scalar(args.get(at, name)?).as_int()
}

fn flag(interp: &mut Interp<'_>, args: &Args, at: usize, name: &str) -> Eval<Option<bool>> {
    match args.get(at, name).cloned() {
        Some(value) => interp.truth(&value),
        None => Ok(Some(false)),
    }
}

fn unknown(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.new_dataset(DatasetState::default()))
}

/// The same elements in a dataset of another class.
fn renamed(interp: &mut Interp<'_>, args: Args, class: &'static str) -> Eval {
    let state = own(interp, &args);
    let (recipe, uneven, draws) = (interp.recipe_of(&args), interp.uneven(&args), draws(interp, &args));
    Ok(interp.new_dataset(DatasetState { class, recipe, uneven, draws, ..state }))
}

fn uncounted(interp: &mut Interp<'_>, args: Args, class: &'static str) -> Eval {
    let state = own(interp, &args);
    Ok(interp.new_dataset(DatasetState { class, count: Count::Unknown, ..state }))
}

/// A size has to be above zero.
fn positive(interp: &mut Interp<'_>, size: Option<i64>, kernel: &str, text: &str) -> Eval<()> {
    if size.is_none_or(|n| n > 0) {
        return Ok(());
    }
    let core = format!(
        "{{{{function_node __wrapped__{kernel}_device_/job:localhost/replica:0/task:0/device:CPU:0}}}} {text} [Op:{kernel}]"
    );
    Err(interp.bad_data(Exc::InvalidArgumentError, core))
}

/// What a size that is not kept constant is: its symbol, and how large the first and last batch are.
pub(super) fn sizes(interp: &mut Interp<'_>, count: Count, size: Option<i64>) -> Batch {
    let symbol = interp.new_symbol();
    let (first, last) = match (count, size) {
        (Count::Known(n) | Count::Untold(n), Some(size)) if n > 0 => {
            (Some(n.min(size)), Some(if n % size == 0 { size } else { n % size }))
        }
        (Count::Infinite, Some(size)) => (Some(size), Some(size)),
        _ => (None, None),
    };
    Batch { symbol, first, last, asked: size }
}

/// The number of batches.
pub(super) fn batch_count(count: Count, size: Option<i64>, drop: Option<bool>) -> Count {
    match (count, size, drop) {
        (Count::Infinite, ..) => Count::Infinite,
        (_, Some(size), Some(drop)) => count.then(|n| n / size + i64::from(!drop && n % size > 0)),
        _ => Count::Unknown,
    }
}

fn batch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let size = int(interp, &args, 1, "batch_size");
    let drop = flag(interp, &args, 2, "drop_remainder")?;
    if let Some(Value::Float(x)) = args.get(1, "batch_size") {
        let text = format!("Cannot convert {x} to EagerTensor of dtype int64");
        return Err(interp.raise(Exc::TypeError, text));
    }
    positive(interp, size, "BatchDatasetV2", "Batch size must be greater than zero.")?;
    let batch = sizes(interp, state.count, size);
    let first = if drop == Some(true) { size.map_or(Dim::Unknown, Dim::Known) } else { batch.symbol };
    state.element = stacked(interp, &state.element, &state.batches, first);
    state.sized = state.sized.map(|sized| stacked(interp, &sized, &state.batches, first));
    state.count = batch_count(state.count, size, drop);
    state.batches = vec![batch];
    state.class = "_BatchDataset";
    state.draws = draws(interp, &args).shuffled(false);
    // What `drop_remainder` drops may be the elements in question.
    if drop == Some(false) && size.is_some_and(|size| size > 1) {
        state.uneven = interp.uneven_batches(interp.uneven(&args));
    }
    if let (Some(size), Some(drop)) = (size.and_then(|n| usize::try_from(n).ok()), drop) {
        state.recipe = interp.made_by(&args, |inner| Recipe::Batch(inner, size, drop));
    }
    Ok(interp.new_dataset(state))
}

/// Puts an axis before each tensor of an element; sizes that differed before are unknown within.
fn stacked(interp: &mut Interp<'_>, element: &Value, inner: &[Batch], first: Dim) -> Value {
    if interp.dataset(element).is_some() {
        return interp.unknown("batches of datasets");
    }
    let inner: Vec<Dim> = inner.iter().map(|b| b.symbol).collect();
    interp.map_specs(element, TensorKind::Graph, &mut |_, spec| {
        let Some(dims) = spec.shape.dims() else { return spec };
        let dims = dims.iter().map(|d| if inner.contains(d) { Dim::Unknown } else { *d });
        TensorSpec::new(std::iter::once(first).chain(dims).collect(), spec.dtype)
    })
}

fn ragged_batch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    state.element = interp.unknown("a ragged batch");
    state.sized = None;
    state.count = Count::Unknown;
    Ok(interp.new_dataset(state))
}

fn padded_batch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let size = int(interp, &args, 1, "batch_size");
    let shapes = args.get(2, "padded_shapes").cloned().unwrap_or(Value::None);
    let drop = flag(interp, &args, 4, "drop_remainder")?;
    positive(interp, size, "PaddedBatchDatasetV2", "Batch size must be greater than zero.")?;
    let batch = sizes(interp, state.count, size);
    let first = if drop == Some(true) { size.map_or(Dim::Unknown, Dim::Known) } else { batch.symbol };
    let padded = padded(interp, &state.element, &shapes);
    state.element = stacked(interp, &padded, &[], first);
    state.sized = None;
    state.count = batch_count(state.count, size, drop);
    state.batches = vec![batch];
    state.class = "_PaddedBatchDataset";
    if let (Some(size), Some(drop)) = (size.and_then(|n| usize::try_from(n).ok()), drop) {
        let values = args.get(3, "padding_values").cloned().unwrap_or(Value::None);
        let padding = Padding { shapes, values };
        state.recipe = interp.made_by(&args, |inner| Recipe::Padded(inner, size, drop, padding));
    }
    Ok(interp.new_dataset(state))
}

/// An element with the shapes that it is padded to; a dim of `None` or -1 differs between batches.
fn padded(interp: &mut Interp<'_>, element: &Value, shapes: &Value) -> Value {
    interp.with_shapes(element, shapes, &mut |interp, part, shapes| match part {
        Value::Tensor(id) => {
            let spec = interp.trace.node(*id).spec.clone();
            let shape = if shapes.is_none() {
                Some(spec.shape.clone())
            } else {
                interp.dims_of(shapes).map(Shape::new)
            };
            let loosen = |d: &Dim| if d.known().is_some_and(|n| n >= 0) { *d } else { Dim::Unknown };
            let shape = match shape.as_ref().and_then(Shape::dims) {
                Some(dims) => dims.iter().map(loosen).collect(),
                None => Shape::UNKNOWN,
            };
            interp.element_tensor(TensorSpec::new(shape, spec.dtype), TensorKind::Graph, Some(*id))
        }
        other => other.clone(),
    })
}

fn unbatch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let mut rows = Dim::Unknown;
    for id in interp.flat_tensors(&state.element) {
        let shape = interp.trace.node(id).spec.shape.clone();
        if shape.rank() == Some(0) {
            let text = "Cannot unbatch an input with scalar components.";
            return Err(interp.raise(Exc::ValueError, text));
        }
        rows = rows.merge(shape.dim(0).unwrap_or(Dim::Unknown)).unwrap_or(Dim::Unknown);
    }
    state.element = interp.map_specs(&state.element.clone(), TensorKind::Graph, &mut |_, spec| rest(&spec));
    state.count = match (state.count, rows) {
        (Count::Known(n), Dim::Known(rows)) => Count::Known(n.saturating_mul(rows)),
        (Count::Infinite, _) => Count::Infinite,
        _ => Count::Unknown,
    };
    state.batches.clear();
    state.sized = None;
    state.class = "_UnbatchDataset";
    state.recipe = interp.made_by(&args, Recipe::Unbatch);
    Ok(interp.new_dataset(state))
}

fn rebatch(interp: &mut Interp<'_>, args: Args) -> Eval {
    let size = args.get(1, "batch_size").cloned().unwrap_or(Value::None);
    let dataset = unbatch(interp, Args::of(args.positional.first().cloned()))?;
    let drop = args.get(2, "drop_remainder").cloned().unwrap_or(Value::Bool(false));
    if matches!(size, Value::List(_) | Value::Tuple(_)) {
        return Ok(interp.unknown("batches of several sizes"));
    }
    batch(interp, Args::of([dataset, size, drop]))
}

fn shuffle(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let size = int(interp, &args, 1, "buffer_size");
    let text = "buffer_size must be greater than zero or UNKNOWN_CARDINALITY";
    positive(interp, size.filter(|n| *n != -2), "ShuffleDatasetV3", text)?;
    // Which batch is the smaller one is not known any more.
    for batch in &mut state.batches {
        if batch.first != batch.last {
            (batch.first, batch.last) = (None, None);
        }
    }
    state.class = "_ShuffleDataset";
    let whole = size.zip(state.count.known()).is_some_and(|(size, count)| size >= count);
    state.draws = draws(interp, &args).shuffled(whole);
    state.uneven = interp.uneven(&args);
    state.recipe = interp.made_by(&args, Recipe::Shuffle);
    Ok(interp.new_dataset(state))
}

fn repeat(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let times = args.get(1, "count").filter(|v| !v.is_none()).cloned();
    let times = times.map(|t| interp.plain_scalar(&t).as_int());
    state.recipe = match times {
        None | Some(Some(-1)) => interp.made_by(&args, |inner| Recipe::Repeat(inner, None)),
        Some(Some(n)) => {
            let times = usize::try_from(n).unwrap_or(0);
            interp.made_by(&args, |inner| Recipe::Repeat(inner, Some(times)))
        }
        Some(None) => None,
    };
    state.count = match (times, state.count) {
        (_, Count::Known(0)) => Count::Known(0),
        (None | Some(Some(-1)), _) => Count::Infinite,
        (Some(Some(times)), count @ (Count::Known(_) | Count::Untold(_))) => {
            count.then(|n| n.saturating_mul(times.max(0)))
        }
        (Some(_), Count::Infinite) => Count::Infinite,
        _ => Count::Unknown,
    };
    for batch in &mut state.batches {
        if batch.first != batch.last {
            batch.last = None;
        }
    }
    state.class = "_RepeatDataset";
    state.draws = draws(interp, &args).shuffled(false);
    Ok(interp.new_dataset(state))
}

fn take(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let before = state.count;
    state.count = match (int(interp, &args, 1, "count"), state.count) {
        (Some(n), _) if n < 0 => state.count,
        (Some(n), Count::Infinite) => Count::Known(n),
        (Some(n), count) => count.then(|have| have.min(n)),
        (None, _) => Count::Unknown,
    };
    if state.count != before {
        state.batches.iter_mut().for_each(|b| b.last = b.first);
    }
    state.class = "_TakeDataset";
    if let Some(n) = int(interp, &args, 1, "count") {
        let count = usize::try_from(n).unwrap_or(usize::MAX);
        state.draws = draws(interp, &args).between(0, count);
        state.recipe = interp.made_by(&args, |inner| Recipe::Take(inner, count));
    }
    Ok(interp.new_dataset(state))
}

fn skip(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    state.count = match (int(interp, &args, 1, "count"), state.count) {
        (Some(n), Count::Known(_)) if n < 0 => Count::Known(0),
        (_, Count::Infinite) => Count::Infinite,
        (Some(n), count) => count.then(|have| (have - n).max(0)),
        (None, _) => Count::Unknown,
    };
    if state.count.read() == Some(1) {
        state.batches.iter_mut().for_each(|b| b.first = b.last);
    }
    state.class = "_SkipDataset";
    if let Some(n) = int(interp, &args, 1, "count") {
        let count = usize::try_from(n).unwrap_or(usize::MAX);
        state.draws = draws(interp, &args).between(count, usize::MAX);
        state.recipe = interp.made_by(&args, |inner| Recipe::Skip(inner, count));
    }
    Ok(interp.new_dataset(state))
}

fn shard(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let (shards, index) = (int(interp, &args, 1, "num_shards"), int(interp, &args, 2, "index"));
    if let (Some(shards), Some(index)) = (shards, index)
        && let (Ok(apart), Ok(first)) = (usize::try_from(shards), usize::try_from(index))
        && first < apart
    {
        state.recipe = interp.made_by(&args, |inner| Recipe::Shard(inner, apart, first));
    }
    state.count = match (shards, index, state.count) {
        (Some(shards), Some(index), Count::Known(n)) if shards > 0 => {
            Count::Known(n / shards + i64::from(n % shards > index))
        }
        (_, _, Count::Infinite) => Count::Infinite,
        _ => Count::Unknown,
    };
    for batch in &mut state.batches {
        if batch.first != batch.last {
            (batch.first, batch.last) = (None, None);
        }
    }
    state.class = "_ShardDataset";
    state.draws = draws(interp, &args).some();
    Ok(interp.new_dataset(state))
}

/// Each element becomes a dataset of its own for every tensor in it.
fn window(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let size = int(interp, &args, 1, "size");
    let shift = match args.get(2, "shift") {
        Some(v) if !v.is_none() => interp.plain_scalar(v).as_int(),
        _ => size,
    };
    let stride = if args.get(3, "stride").is_some() { int(interp, &args, 3, "stride") } else { Some(1) };
    let drop = flag(interp, &args, 4, "drop_remainder")?;
    let inner = match (size, drop) {
        (Some(size), Some(true)) => Count::Known(size),
        _ => Count::Unknown,
    };
    let rows = state.count;
    state.count = match (rows, size, shift, stride, drop) {
        (Count::Known(n), Some(size), Some(shift), Some(stride), Some(true)) if shift > 0 => {
            let reach = (size - 1).saturating_mul(stride).saturating_add(1);
            Count::Known(if n < reach { 0 } else { (n - reach) / shift + 1 })
        }
        (Count::Known(n), _, Some(shift), _, Some(false)) if shift > 0 => {
            Count::Known(n / shift + i64::from(n % shift > 0))
        }
        (Count::Infinite, ..) => Count::Infinite,
        _ => Count::Unknown,
    };
    let short = match (size, shift, stride, drop) {
        (Some(size), Some(shift), Some(1), Some(false)) => super::uneven::short_windows(rows, size, shift),
        _ => None,
    };
    let element = state.element.clone();
    state.uneven = short.map(|lengths| {
        let two = lengths.map(|length| windows(interp, &state, &element, Count::Known(length)));
        Uneven::Elements(two.into())
    });
    state.element = windows(interp, &state, &element, inner);
    state.batches.clear();
    state.sized = None;
    state.class = "_WindowDataset";
    let count = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
    if let (Some(size), Some(shift), Some(stride), Some(drop)) =
        (count(size), count(shift), count(stride), drop)
    {
        let window = super::recipe::Window { size, shift, stride, drop };
        state.recipe = interp.made_by(&args, |inner| Recipe::Windows(inner, window));
    }
    Ok(interp.new_dataset(state))
}

fn windows(interp: &mut Interp<'_>, state: &DatasetState, element: &Value, count: Count) -> Value {
    match element {
        Value::Tuple(items) => {
            let items: Vec<Value> = items.iter().map(|v| windows(interp, state, v, count)).collect();
            Value::tuple(items)
        }
        Value::Dict(_) => {
            let pairs = interp.pairs_of(element).unwrap_or_default();
            let pairs: Vec<_> =
                pairs.into_iter().map(|(k, v)| (k, windows(interp, state, &v, count))).collect();
            interp.new_dict(pairs)
        }
        _ => {
            let batches = state.batches.iter().map(|b| Batch { first: None, last: None, ..*b }).collect();
            let element = element.clone();
            interp.new_dataset(DatasetState {
                element,
                count,
                batches,
                class: "_VariantDataset",
                ..DatasetState::default()
            })
        }
    }
}

fn concatenate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    let Some(other) = args.get(1, "dataset").and_then(|v| interp.dataset(v)) else {
        return unknown(interp, args);
    };
    let count = match (state.count, other.count) {
        (Count::Known(a), Count::Known(b)) => Count::Known(a.saturating_add(b)),
        (Count::Infinite, _) | (_, Count::Infinite) => Count::Infinite,
        _ => Count::Unknown,
    };
    let (ours, theirs) = (interp.flat_tensors(&state.element), interp.flat_tensors(&other.element));
    if ours.len() != theirs.len() {
        return unknown(interp, args);
    }
    let mut theirs = theirs.into_iter();
    let element = interp.specs_apart(&state.element.clone(), &mut |interp, spec| {
        match theirs.next().map(|id| interp.trace.node(id).spec.clone()) {
            // Both sizes are symbols of batches: they stay unknown.
            Some(other) => TensorSpec::new(spec.shape.join(&other.shape), spec.dtype),
            None => spec,
        }
    });
    let class = "_ConcatenateDataset";
    let recipe = other.recipe.and_then(|second| interp.made_by(&args, |first| Recipe::Then(first, second)));
    Ok(interp.new_dataset(DatasetState { element, count, class, recipe, ..DatasetState::default() }))
}

fn enumerate(interp: &mut Interp<'_>, args: Args) -> Eval {
    let mut state = own(interp, &args);
    let number = TensorSpec::new(Shape::scalar(), tensor::DType::Int64);
    let number = interp.element_tensor(number, TensorKind::Graph, None);
    state.sized = state.sized.map(|sized| Value::tuple([number.clone(), sized]));
    state.element = Value::tuple([number, state.element]);
    state.class = "_ZipDataset";
    state.draws = Draws::nothing(1).beside(draws(interp, &args));
    let start = if args.get(1, "start").is_none() { Some(0) } else { int(interp, &args, 1, "start") };
    state.recipe = start.and_then(|start| interp.made_by(&args, |inner| Recipe::Numbered(inner, start)));
    Ok(interp.new_dataset(state))
}
