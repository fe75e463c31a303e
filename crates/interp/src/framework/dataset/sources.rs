//! Where datasets come from.

use std::rc::Rc;

use ops::{Exc, TensorKind};
use tensor::{DType, Dim, Shape, TensorSpec};

use super::windows::Series;
use super::{Batch, Count, DatasetState, Draws, Recipe, Uneven};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Static methods: an instance they are called on comes first.
pub(super) static METHODS: &[Native] = &[
    native("from_tensor_slices", from_tensor_slices),
    native("from_tensors", from_tensors),
    native("from_generator", from_generator),
    native("range", range),
    native("random", random),
    native("zip", zip),
    native("list_files", strings),
    native("counter", counter),
    native("sample_from_datasets", chosen),
    native("choose_from_datasets", chosen_by),
    native("load", unknown),
];

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = &[
    native("tf.TensorShape", super::spec::tensor_shape),
    native("tf.data.TFRecordDataset", strings),
    native("tf.data.TextLineDataset", strings),
    native("tf.data.FixedLengthRecordDataset", strings),
    native("tf.data.experimental.cardinality", cardinality),
    native("keras.utils.timeseries_dataset_from_array", timeseries),
    native("keras.preprocessing.timeseries_dataset_from_array", timeseries),
    native("keras.utils.image_dataset_from_directory", images),
    native("keras.preprocessing.image_dataset_from_directory", images),
    native("keras.utils.text_dataset_from_directory", texts),
    native("keras.preprocessing.text_dataset_from_directory", texts),
];

/// Takes the instance away that a static method was called on.
fn loose(interp: &Interp<'_>, mut args: Args) -> Args {
    if args.positional.first().is_some_and(|v| interp.dataset(v).is_some()) && args.positional.len() > 1 {
        args.positional.remove(0);
    }
    args
}

fn unknown(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(interp.new_dataset(DatasetState::default()))
}

fn from_tensors(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let Some(data) = args.get(0, "tensors").cloned() else { return unknown(interp, args) };
    let data = interp.as_components(&data)?;
    let element = interp.map_specs(&data, TensorKind::Graph, &mut |_, spec| spec);
    let count = Count::Known(1);
    let recipe = interp.computes().then(|| Rc::new(Recipe::One(data)));
    Ok(interp.new_dataset(DatasetState {
        recipe,
        element,
        count,
        class: "_TensorDataset",
        ..DatasetState::default()
    }))
}

fn from_tensor_slices(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let Some(data) = args.get(0, "tensors").cloned() else { return unknown(interp, args) };
    let data = interp.as_components(&data)?;
    let mut rows = Dim::Unknown;
    for id in interp.flat_tensors(&data) {
        let shape = interp.trace.node(id).spec.shape.clone();
        if shape.rank() == Some(0) {
            let text = "Unbatching a tensor is only supported for rank >= 1";
            return Err(interp.raise(Exc::ValueError, text));
        }
        let own = shape.dim(0).unwrap_or(Dim::Unknown);
        match rows.merge(own) {
            Some(merged) => rows = merged,
            None => {
                let core = format!("Dimensions {rows} and {own} are not compatible");
                return Err(interp.bad_data(Exc::ValueError, core));
            }
        }
    }
    let element = interp.map_specs(&data, TensorKind::Graph, &mut |_, spec| rest(&spec));
    let count = rows.known().map_or(Count::Unknown, Count::Known);
    let class = "_TensorSliceDataset";
    let draws = interp.draws_of(&data);
    let recipe = interp.computes().then(|| Rc::new(Recipe::Rows(data)));
    Ok(interp.new_dataset(DatasetState { element, count, class, recipe, draws, ..DatasetState::default() }))
}

/// The spec of one row.
pub(super) fn rest(spec: &TensorSpec) -> TensorSpec {
    let shape = spec.shape.dims().map_or(Shape::UNKNOWN, |dims| dims.iter().skip(1).copied().collect());
    TensorSpec::new(shape, spec.dtype)
}

/// A dataset of scalars.
fn scalars(interp: &mut Interp<'_>, dtype: DType, count: Count, class: &'static str) -> Value {
    let element = interp.element_tensor(TensorSpec::new(Shape::scalar(), dtype), TensorKind::Graph, None);
    interp.new_dataset(DatasetState { element, count, class, ..DatasetState::default() })
}

fn range(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let numbers: Vec<Option<i64>> = args.positional.iter().map(|v| interp.plain_scalar(v).as_int()).collect();
    let dtype =
        args.keyword("output_type").cloned().and_then(|d| interp.dtype_of(&d)).unwrap_or(DType::Int64);
    let count = match numbers[..] {
        [Some(stop)] => Count::Known(stop.max(0)),
        [Some(start), Some(stop)] => Count::Known(stop.saturating_sub(start).max(0)),
        [Some(start), Some(stop), Some(step)] if step != 0 => {
            Count::Known(crate::stmt::range_len(start, stop, step))
        }
        _ => Count::Unknown,
    };
    let dataset = scalars(interp, dtype, count, "_RangeDataset");
    let bounds = match numbers[..] {
        [Some(stop)] => Some((0, stop, 1)),
        [Some(start), Some(stop)] => Some((start, stop, 1)),
        [Some(start), Some(stop), Some(step)] => Some((start, stop, step)),
        _ => None,
    };
    match (interp.dataset(&dataset), bounds) {
        (Some(state), Some((start, stop, step))) if interp.computes() && dtype == DType::Int64 => {
            let recipe = Some(Rc::new(Recipe::Range(start, stop, step)));
            Ok(interp.new_dataset(DatasetState { recipe, ..state }))
        }
        _ => Ok(dataset),
    }
}

fn random(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(scalars(interp, DType::Int64, Count::Infinite, "_RandomDataset"))
}

/// Lines, records, names of files.
fn strings(interp: &mut Interp<'_>, _: Args) -> Eval {
    Ok(scalars(interp, DType::String, Count::Unknown, "TFRecordDatasetV2"))
}

fn cardinality(interp: &mut Interp<'_>, args: Args) -> Eval {
    let dataset = args.get(0, "dataset").cloned().unwrap_or(Value::None);
    match interp.find_attr(&dataset, "cardinality")? {
        Some(method) => interp.call(&method, Args::default()),
        None => Ok(interp.unknown("the size of something that is no dataset")),
    }
}

/// `Dataset.zip((a, b))`, `Dataset.zip(a, b)`, `Dataset.zip({"a": a})`.
fn zip(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = match &args.positional[..] {
        [] => args.keyword("datasets").cloned().unwrap_or(Value::None),
        [one] => one.clone(),
        several => Value::tuple(several.iter().cloned()),
    };
    if let Value::List(_) = given {
        let text = "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` \
                    objects. Python `list` is not supported and you should use `tuple` instead.";
        return Err(interp.raise(Exc::TypeError, text));
    }
    let mut all = DatasetState { count: Count::Infinite, class: "_ZipDataset", ..DatasetState::default() };
    all.element = zipped(interp, &given, &mut all);
    all.sized = zipped_sizes(interp, &given);
    all.recipe = if interp.computes() { zipped_recipe(interp, &given).map(Rc::new) } else { None };
    Ok(interp.new_dataset(all))
}

/// How the elements of datasets side by side are made.
fn zipped_recipe(interp: &Interp<'_>, given: &Value) -> Option<Recipe> {
    let recipe = |part: &Value| match interp.dataset(part) {
        Some(state) => state.recipe,
        None => zipped_recipe(interp, part).map(Rc::new),
    };
    match given {
        Value::Tuple(parts) => parts.iter().map(recipe).collect::<Option<_>>().map(Recipe::Zip),
        Value::Dict(_) => {
            let pairs = interp.pairs_of(given)?;
            let parts = pairs.into_iter().map(|(key, part)| Some((key, recipe(&part)?)));
            parts.collect::<Option<_>>().map(Recipe::Named)
        }
        _ => None,
    }
}

/// The elements of datasets side by side with their sizes, where one of them has sizes that TensorFlow does not know.
fn zipped_sizes(interp: &mut Interp<'_>, given: &Value) -> Option<Value> {
    let Value::Tuple(parts) = given else { return interp.dataset(given)?.sized };
    let sized: Vec<Option<Value>> = parts.iter().map(|part| zipped_sizes(interp, part)).collect();
    if sized.iter().all(Option::is_none) {
        return None;
    }
    let mut items = Vec::with_capacity(parts.len());
    for (part, sized) in parts.iter().zip(sized) {
        items.push(match sized {
            Some(sized) => sized,
            None => interp.dataset(part)?.element,
        });
    }
    Some(Value::tuple(items))
}

/// The element of datasets side by side; what is known of the whole is added to `all`.
fn zipped(interp: &mut Interp<'_>, given: &Value, all: &mut DatasetState) -> Value {
    match given {
        Value::Tuple(items) => {
            let items: Vec<Value> = items.iter().map(|v| zipped(interp, v, all)).collect();
            Value::tuple(items)
        }
        Value::Dict(_) => {
            let pairs = interp.pairs_of(given).unwrap_or_default();
            let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k, zipped(interp, &v, all))).collect();
            interp.new_dict(pairs)
        }
        _ => match interp.dataset(given) {
            Some(state) => {
                let (first, before) = (all.draws.is_empty(), all.count);
                all.count = before.least(state.count);
                all.uneven =
                    all.uneven.take().or(state.uneven.filter(|uneven| matches!(uneven, Uneven::First(_))));
                let mut element = state.element;
                for batch in state.batches {
                    // Batches of as many elements have as many in each place.
                    let sized = batch.first.is_some() && batch.last.is_some() && batch.asked.is_some();
                    let alike = |own: &&Batch| {
                        (own.first, own.last, own.asked) == (batch.first, batch.last, batch.asked)
                    };
                    let same = all.batches.iter().find(alike).map(|own| own.symbol);
                    match same.filter(|_| sized && before == state.count) {
                        Some(symbol) => {
                            element = interp.map_specs(&element, TensorKind::Graph, &mut |_, spec| {
                                let dims = spec.shape.dims().map(<[Dim]>::to_vec);
                                let renamed = |dim| if dim == batch.symbol { symbol } else { dim };
                                let shape = dims.map(|dims| Shape::new(dims.into_iter().map(renamed)));
                                TensorSpec::new(shape.unwrap_or(Shape::UNKNOWN), spec.dtype)
                            });
                        }
                        None => all.batches.push(batch),
                    }
                }
                let draws = std::mem::take(&mut all.draws).beside(state.draws);
                // The longer of them is not read to its end.
                all.draws = match all.count.known().and_then(|count| usize::try_from(count).ok()) {
                    Some(count) if !first && before != state.count => draws.between(0, count),
                    _ if first || before == state.count => draws,
                    _ => Draws::default(),
                };
                element
            }
            None => {
                all.count = Count::Unknown;
                interp.unknown("a dataset that is not known")
            }
        },
    }
}

/// One of several datasets at a time.
fn chosen(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let datasets = args.get(0, "datasets").cloned().unwrap_or(Value::None);
    let (items, _) = interp.iterate(&datasets, 64)?;
    let first = items.first().and_then(|v| interp.dataset(v));
    let element = match first {
        Some(state) => interp.specs_apart(&state.element, &mut |_, spec| spec),
        None => interp.unknown("a dataset that is not known"),
    };
    Ok(interp.new_dataset(DatasetState {
        element,
        class: "_DirectedInterleaveDataset",
        ..DatasetState::default()
    }))
}

/// `choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=True)`.
fn chosen_by(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let made = chosen(interp, args.clone())?;
    let datasets = args.get(0, "datasets").cloned().unwrap_or(Value::None);
    let (items, _) = interp.iterate(&datasets, 64)?;
    let parts: Option<Vec<_>> = items.iter().map(|v| interp.dataset(v)?.recipe).collect();
    let choice = args.get(1, "choice_dataset").and_then(|v| interp.dataset(v)?.recipe);
    let stops = args.get(2, "stop_on_empty_dataset").cloned().unwrap_or(Value::Bool(true));
    let stops = interp.truth(&stops)?;
    match (interp.dataset(&made), parts, choice, stops) {
        (Some(state), Some(parts), Some(choice), Some(stops)) if interp.computes() => {
            let recipe = Some(Rc::new(Recipe::Chosen(parts, choice, stops)));
            Ok(interp.new_dataset(DatasetState { recipe, ..state }))
        }
        _ => Ok(made),
    }
}

/// `Dataset.counter(start=0, step=1)`: ints without end.
fn counter(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let number = |at, name, default| match args.get(at, name) {
        Some(value) => interp.plain_scalar(value).as_int(),
        None => Some(default),
    };
    let (start, step) = (number(0, "start", 0), number(1, "step", 1));
    let dtype = args.get(2, "dtype").cloned().and_then(|d| interp.dtype_of(&d)).unwrap_or(DType::Int64);
    let dataset = scalars(interp, dtype, Count::Infinite, "_CounterDataset");
    let (Some(state), Some(start), Some(step)) = (interp.dataset(&dataset), start, step) else {
        return Ok(dataset);
    };
    let reach = step.saturating_mul(i64::from(u32::MAX));
    let recipe = (interp.computes() && dtype == DType::Int64)
        .then(|| Rc::new(Recipe::Range(start, start.saturating_add(reach), step)));
    Ok(interp.new_dataset(DatasetState { recipe, ..state }))
}

/// `Dataset.from_generator(f, output_signature=…)` or with `output_types` and `output_shapes`.
fn from_generator(interp: &mut Interp<'_>, args: Args) -> Eval {
    let args = loose(interp, args);
    let generator = args.get(0, "generator").cloned().unwrap_or(Value::None);
    let signature = args.get(4, "output_signature").filter(|v| !v.is_none()).cloned();
    let types = args.get(1, "output_types").filter(|v| !v.is_none()).cloned();
    let shapes = args.get(2, "output_shapes").cloned().unwrap_or(Value::None);
    if let Value::Iterator(_) | Value::List(_) | Value::Tensor(_) = generator {
        return Err(interp.raise(Exc::TypeError, "`generator` must be a Python callable."));
    }
    let element = match (signature, types) {
        (Some(signature), _) => signature_element(interp, &signature),
        (None, Some(types)) => typed_element(interp, &types, &shapes),
        (None, None) => {
            let text = "To specify the output signature you need to provide either the `output_signature` argument \
                        or the `output_types` argument.";
            return Err(interp.raise(Exc::TypeError, text));
        }
    };
    let args = args.get(3, "args").filter(|v| !v.is_none()).cloned();
    let uneven = if args.is_none() { interp.misfit_yielded(&generator, &element)? } else { None };
    let given = match args {
        Some(given) => interp.as_generator_takes(&given)?,
        None => Some(Vec::new()),
    };
    let recipe = given.map(|given| Rc::new(Recipe::Generator(generator, given.into(), element.clone())));
    let state = DatasetState { element, class: "_FlatMapDataset", recipe, uneven, ..DatasetState::default() };
    Ok(interp.new_dataset(state))
}

impl Interp<'_> {
    /// The arguments of a generator: tensors are made of them, of which it gets the numbers.
    fn as_generator_takes(&mut self, given: &Value) -> Eval<Option<Vec<Value>>> {
        if !self.computes() {
            return Ok(None);
        }
        let (items, _) = self.iterate(given, 64)?;
        let mut taken = Vec::with_capacity(items.len());
        for item in items {
            let tensor = self.call_api(&"tf.convert_to_tensor".into(), Args::of([item]))?;
            let Some(number) = self.call_method(&tensor, "numpy", Args::default())? else { return Ok(None) };
            taken.push(number);
        }
        Ok(Some(taken))
    }
}

fn signature_element(interp: &mut Interp<'_>, signature: &Value) -> Value {
    if let Some(spec) = interp.tensor_spec(signature) {
        return interp.element_tensor(spec, TensorKind::Graph, None);
    }
    match signature {
        Value::Tuple(items) => {
            let items: Vec<Value> = items.iter().map(|v| signature_element(interp, v)).collect();
            Value::tuple(items)
        }
        Value::Dict(_) => {
            let pairs = interp.pairs_of(signature).unwrap_or_default();
            let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k, signature_element(interp, &v))).collect();
            interp.new_dict(pairs)
        }
        _ => interp.unknown("a signature that is not known"),
    }
}

fn typed_element(interp: &mut Interp<'_>, types: &Value, shapes: &Value) -> Value {
    interp.with_shapes(types, shapes, &mut |interp, types, shapes| match types {
        Value::List(id) => {
            let items = interp.heap.list(*id).cloned().unwrap_or_default();
            typed_element(interp, &Value::tuple(items), shapes)
        }
        _ => {
            let Some(dtype) = interp.dtype_of(types) else {
                return interp.unknown("a dtype that is not known");
            };
            let shape = match shapes {
                Value::None => Shape::UNKNOWN,
                other => interp.dims_of(other).map_or(Shape::UNKNOWN, Shape::new),
            };
            interp.element_tensor(TensorSpec::new(shape, dtype), TensorKind::Graph, None)
        }
    })
}

/// `timeseries_dataset_from_array(data, targets, sequence_length)`: batches of windows.
fn timeseries(interp: &mut Interp<'_>, args: Args) -> Eval {
    let names = ["data", "targets", "sequence_length", "sequence_stride", "sampling_rate", "batch_size"];
    let given: Vec<Value> =
        names.iter().enumerate().map(|(i, n)| args.get(i, n).cloned().unwrap_or(Value::None)).collect();
    let data = interp.as_components(&given[0])?;
    let targets = interp.as_components(&given[1])?;
    let batched = args.get(5, "batch_size").is_none_or(|b| !b.is_none());
    let number = |at: usize, default: i64| match &given[at] {
        Value::None => Some(default),
        other => other.as_int(),
    };
    let length = |interp: &Interp<'_>, v: &Value| {
        let first = interp.flat_tensors(v).first().copied()?;
        interp.trace.node(first).spec.shape.dim(0)?.known()
    };
    let starts = (|| {
        let (rows, steps, stride, rate) =
            (length(interp, &data)?, number(2, 0)?, number(3, 1)?, number(4, 1)?);
        let all = rows.checked_sub((steps - 1).checked_mul(rate)?)?;
        let all = if targets.is_none() { all } else { all.min(length(interp, &targets)?) };
        let plain = args.keyword("start_index").is_none() && args.keyword("end_index").is_none();
        (plain && stride > 0)
            .then(|| Count::Known(all.max(0).div_euclid(stride) + i64::from(all.max(0) % stride > 0)))
    })();
    let size = number(5, 128).filter(|n| *n > 0);
    let starts = starts.unwrap_or(Count::Unknown);
    let sizes = super::batches::sizes(interp, starts, size);
    // TensorFlow does not see how long a window is; each is.
    let steps = number(2, 0).filter(|n| *n >= 0);
    let window = Batch { symbol: interp.new_symbol(), first: steps, last: steps, asked: steps };
    let count = if batched { super::batches::batch_count(starts, size, Some(false)) } else { starts };
    let batch = batched.then_some(sizes.symbol);
    let windows = interp.map_specs(&data, TensorKind::Graph, &mut |_, spec| {
        let inner = spec.shape.dims().map(|d| d.iter().skip(1).copied().collect::<Vec<_>>());
        let shape = inner
            .map_or(Shape::UNKNOWN, |inner| batch.into_iter().chain([window.symbol]).chain(inner).collect());
        TensorSpec::new(shape, spec.dtype)
    });
    let element = if targets.is_none() {
        windows
    } else {
        let labels = interp.map_specs(&targets, TensorKind::Graph, &mut |_, spec| {
            let row = rest(&spec);
            let shape = row
                .shape
                .dims()
                .map_or(Shape::UNKNOWN, |d| batch.into_iter().chain(d.iter().copied()).collect());
            TensorSpec::new(shape, spec.dtype)
        });
        Value::tuple([windows, labels])
    };
    let batches = if batched { vec![sizes, window] } else { vec![window] };
    let class = "_PrefetchDataset";
    let shuffled = match args.get(6, "shuffle").cloned() {
        Some(value) => interp.truth(&value)?,
        None => Some(false),
    };
    let index = |name: &str| match args.keyword(name) {
        None | Some(Value::None) => Some(None),
        Some(value) => usize::try_from(value.as_int()?).ok().map(Some),
    };
    let size = |at: usize, default: i64| usize::try_from(number(at, default)?).ok().filter(|n| *n > 0);
    let asked = (|| {
        Some(Series {
            steps: size(2, 0)?,
            stride: size(3, 1)?,
            rate: size(4, 1)?,
            batch: if batched { Some(size(5, 128)?) } else { None },
            shuffled: shuffled?,
            start: index("start_index")?.unwrap_or(0),
            end: index("end_index")?,
        })
    })();
    let recipe = asked.and_then(|series| interp.series(&data, &targets, &series)).map(Rc::new);
    Ok(interp.new_dataset(DatasetState { element, count, batches, class, recipe, ..DatasetState::default() }))
}

/// Batches of what lies in a folder; with the labels that `label_mode` asks for. What the folders are called is an
/// attribute of this one object, which no dataset made of it has.
///
/// source: keras/src/utils/{image,text}_dataset_utils.py: `dataset.class_names = class_names`
fn from_directory(interp: &mut Interp<'_>, args: &Args, inputs: &[Dim], dtype: DType) -> Value {
    let batched = args.keyword("batch_size").is_none_or(|b| !b.is_none());
    let symbol = interp.new_symbol();
    let batch = || batched.then_some(symbol).into_iter();
    let shape: Shape = batch().chain(inputs.iter().copied()).collect();
    let x = interp.element_tensor(TensorSpec::new(shape, dtype), TensorKind::Graph, None);
    let mode = args.get(2, "label_mode").cloned().unwrap_or(Value::str("int"));
    let given = args.get(3, "class_names").filter(|names| !names.is_none()).cloned();
    let names = given.as_ref().and_then(|names| interp.children(names)).map(|all| all.len() as i64);
    let unlabelled = args.get(1, "labels").is_some_and(Value::is_none) || mode.is_none();
    let element = if unlabelled {
        x
    } else {
        let (rest, dtype) = match mode.as_str() {
            Some("int") => (None, DType::Int32),
            Some("binary") => (Some(Dim::Known(1)), DType::Float32),
            _ => (Some(names.as_ref().map_or(Dim::Unknown, |all| Dim::Known(*all))), DType::Float32),
        };
        let shape: Shape = batch().chain(rest).collect();
        let y = interp.element_tensor(TensorSpec::new(shape, dtype), TensorKind::Graph, None);
        Value::tuple([x, y])
    };
    let dataset = |interp: &mut Interp<'_>| {
        let class = "_PrefetchDataset";
        let made =
            interp.new_dataset(DatasetState { element: element.clone(), class, ..DatasetState::default() });
        let folders = given.clone().unwrap_or_else(|| interp.unknown("names of folders"));
        let files = interp.unknown("names of files");
        if let Value::Instance(id) = made
            && let Some(instance) = interp.heap.instance_mut(id)
        {
            instance.attrs.insert("class_names".into(), folders);
            instance.attrs.insert("file_paths".into(), files);
        }
        made
    };
    match args.keyword("subset").and_then(Value::as_str) {
        Some("both") => Value::tuple([dataset(interp), dataset(interp)]),
        _ => dataset(interp),
    }
}

fn images(interp: &mut Interp<'_>, args: Args) -> Eval {
    let size = args.get(6, "image_size").cloned();
    let dims = match size.and_then(|s| interp.dims_of(&s)).as_deref() {
        Some([height, width]) => [*height, *width],
        Some(_) => [Dim::Unknown; 2],
        None => [Dim::Known(256); 2],
    };
    let channels = match args.get(4, "color_mode").and_then(Value::as_str) {
        Some("grayscale") => 1,
        Some("rgba") => 4,
        _ => 3,
    };
    Ok(from_directory(interp, &args, &[dims[0], dims[1], Dim::Known(channels)], DType::Float32))
}

fn texts(interp: &mut Interp<'_>, args: Args) -> Eval {
    Ok(from_directory(interp, &args, &[], DType::String))
}
