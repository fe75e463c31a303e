//! Data handed to `fit`, `evaluate` and `predict`: what one batch of it is.

use graph::{Node, NodeId, ScopeId, Source};
use ops::{Exc, Keras, Mistake, TensorKind};
use smallvec::SmallVec;
use tensor::{Content, DType, Dim, Shape, TensorSpec};

use crate::builtins::EAGER;
use crate::framework::dataset::{Count, Draws, Uneven};
use crate::framework::later_batches::Unmade;
use crate::framework::yielded::Yields;
use crate::interp::Interp;
use crate::lazy::Pull;
use crate::native::NativeState;
use crate::raise::{Eval, Halt, Wording};
use crate::value::{Plain, Value};

/// Data as a model's methods take it.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// Arrays of equal length, cut into batches.
    Arrays(Arrays),
    /// Batches that come ready: from a dataset, generator or sequence. The dims that differ between
    /// batches are unknown.
    Batches {
        /// What the model's step is traced for.
        element: Value,
        /// The first batch.
        first: Value,
        /// Why not all batches can be made, if they cannot.
        unmade: Option<Unmade>,
        /// What the integers of all batches are drawn from, and how many rows these have at least.
        draws: Option<(Draws, i64)>,
        /// The number of rows in all of them.
        rows: Dim,
    },
    /// Nothing is known of it.
    Unknown,
}

/// Arrays of equal length.
#[derive(Clone, Debug)]
pub(crate) struct Arrays {
    /// The inputs.
    pub x: Value,
    /// The labels, or `None`.
    pub y: Value,
    /// The weights of samples, or `None`.
    pub weight: Value,
    /// The number of samples.
    pub rows: Dim,
    /// The size of a batch.
    pub batch: i64,
}

impl Arrays {
    /// The batch dim that a step is traced for: known where all batches are of one size.
    pub(crate) fn static_batch(&self) -> Option<i64> {
        let rows = self.rows.known()?;
        (rows > 0 && rows % self.batch == 0).then_some(self.batch)
    }

    /// The sizes of the batches that differ: a full one and the last, if it is smaller.
    pub(crate) fn sizes(&self) -> Vec<i64> {
        let Some(rows) = self.rows.known() else { return Vec::new() };
        let full = (rows >= self.batch).then_some(self.batch);
        let last = Some(rows % self.batch).filter(|n| *n > 0);
        full.into_iter().chain(last).collect()
    }

    /// The number of batches.
    pub(crate) fn count(&self) -> Option<i64> {
        self.rows.known().map(|rows| rows.div_euclid(self.batch) + i64::from(rows % self.batch > 0))
    }
}

/// What a method was given.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    /// Inputs, or what yields batches.
    pub x: Value,
    /// Labels.
    pub y: Value,
    /// Weights of samples.
    pub weight: Value,
    /// Weights of classes.
    pub class_weight: Value,
    /// `batch_size`.
    pub batch: Option<i64>,
    /// `steps_per_epoch` or `steps`.
    pub steps: Option<i64>,
}

impl Interp<'_> {
    /// Looks at data as the adapters of both profiles do.
    ///
    /// # Errors
    /// What they raise for data that they refuse.
    pub(crate) fn read_data(&mut self, feed: &Feed) -> Eval<Data> {
        self.check_positive("batch_size", feed.batch)?;
        let (x, y, weight) =
            (self.keras_array(&feed.x)?, self.keras_array(&feed.y)?, self.keras_array(&feed.weight)?);
        let feed = &Feed { x, y, weight, ..feed.clone() };
        if self.hides_unknown(&feed.x) || self.hides_unknown(&feed.y) || self.hides_unknown(&feed.weight) {
            return Ok(Data::Unknown);
        }
        if let Value::Instance(id) = &feed.x {
            let dataset = match self.heap.instance(*id).map(|i| &i.native) {
                Some(NativeState::Dataset(state)) => Some(state.clone()),
                _ => None,
            };
            if let Some(state) = dataset {
                self.refuse_labels(feed, "tf.data.Dataset", "dataset")?;
                if state.count == Count::Known(0) && self.keras == Keras::Two {
                    return Err(self.no_data());
                }
                return Ok(match state.element {
                    Value::Unknown(_) => Data::Unknown,
                    _ => {
                        let (element, first) = self.dataset_feed(&state);
                        let unmade = match &state.uneven {
                            Some(Uneven::Batches(text)) if feed.steps.is_none() => {
                                Some(Unmade::by_kernel(text.clone()))
                            }
                            Some(Uneven::First(text)) => Some(Unmade::by_kernel(text.clone())),
                            _ => None,
                        };
                        let rows = state.least_rows(feed.steps).filter(|_| state.draws.any());
                        let draws = rows.map(|rows| (state.draws.clone(), rows));
                        let rows = state.all_rows(feed.steps).map_or(Dim::Unknown, Dim::Known);
                        Data::Batches { first, element, unmade, draws, rows }
                    }
                });
            }
            return self.read_sequence(feed);
        }
        if let Value::Iterator(id) = feed.x {
            self.refuse_labels(feed, "generator", "python generator")?;
            let Some(first) = self.next_item(id)? else { return Err(self.no_batch()) };
            let first = self.check_yielded(first, Yields::Generator)?;
            let (mut asked, mut second) = (1, None);
            if self.asked_beforehand() > 1 && !self.carries_out() {
                (asked, second) = (2, self.next_item(id)?);
            }
            let next = |interp: &mut Self| match second {
                Some(second) => Ok(Some(second)),
                None => interp.next_item(id),
            };
            let draws = self.drawn_batches(&first, feed.steps, next)?;
            let more = |interp: &mut Self, _: i64| Ok(matches!(interp.pull(id)?, Pull::Item(_)));
            let unmade = self.raised_later(asked, feed.steps, more)?;
            return Ok(self.ready_batches(first, draws, unmade));
        }
        self.read_arrays(feed)
    }

    /// What a generator that has nothing to yield raises.
    fn no_batch(&mut self) -> Halt {
        match self.keras {
            Keras::Two => self.raise_named("StopIteration", ""),
            Keras::Three => {
                let core = "When passing a Python generator to a Keras model, the generator must yield at least one \
                            batch. Received an empty generator.";
                self.bad_data(Exc::ValueError, core.to_owned())
            }
        }
    }

    /// Labels beside something that yields them itself.
    fn refuse_labels(&mut self, feed: &Feed, what: &str, what2: &str) -> Eval<()> {
        let given = [(&feed.y, "y", "the targets"), (&feed.weight, "sample_weights", "the sample weights")];
        let Some((_, name, words)) = given.into_iter().find(|(v, _, _)| !v.is_none()) else { return Ok(()) };
        let core = match self.keras {
            Keras::Three => format!(
                "When providing `x` as a {what}, `{name}` should not be passed. Instead, {words} should be included as \
                 part of the {what}."
            ),
            Keras::Two => {
                let name = if name == "y" { "y" } else { "sample_weight" };
                format!("`{name}` argument is not supported when using {what2} as input.")
            }
        };
        Err(self.bad_data(Exc::ValueError, core))
    }

    /// `Sequence` and `PyDataset`: batches by index.
    fn read_sequence(&mut self, feed: &Feed) -> Eval<Data> {
        let Some(getter) = self.find_attr(&feed.x, "__getitem__")? else { return Ok(Data::Unknown) };
        self.refuse_labels(feed, "PyDataset", "`keras.utils.Sequence`")?;
        let first = self.call(&getter, crate::value::Args::of([Value::Int(0)]))?;
        let first = self.check_yielded(first, Yields::Sequence)?;
        let count = match self.find_attr(&feed.x, "__len__")? {
            Some(length) => self.call(&length, crate::value::Args::default())?.as_int(),
            None => None,
        };
        let last = |interp: &mut Self| {
            let at = crate::value::Args::of([Value::Int(count.unwrap_or(1) - 1)]);
            interp.call(&getter, at).map(Some)
        };
        let draws = self.drawn_batches(&first, count, last)?;
        let at = |interp: &mut Self, at: i64| {
            interp.call(&getter, crate::value::Args::of([Value::Int(at)])).map(|batch| !batch.is_unknown())
        };
        if self.asked_beforehand() > 1 && count.is_some_and(|count| count > 1) && !self.carries_out() {
            self.call(&getter, crate::value::Args::of([Value::Int(1)]))?;
        }
        let unmade = self.raised_later(self.asked_beforehand(), count, at)?;
        Ok(self.ready_batches(first, draws, unmade))
    }

    /// What the integers in all of so many batches are drawn from, where those of another one, which may be a short
    /// one, are drawn as those of the first are.
    fn drawn_batches(
        &mut self,
        first: &Value,
        count: Option<i64>,
        other: impl FnOnce(&mut Self) -> Eval<Option<Value>>,
    ) -> Eval<Option<(Draws, i64)>> {
        let draws = self.draws_of(first);
        let rows = self.flat_tensors(first).first().and_then(|n| self.trace.node(*n).spec.shape.dim(0));
        let (Some(count), Some(Dim::Known(rows)), true) = (count, rows, draws.any() && draws.is_alike())
        else {
            return Ok(None);
        };
        if count < 2 {
            return Ok(Some((draws, rows)));
        }
        let Some(other) = other(self)? else { return Ok(None) };
        let draws = draws.in_both(&self.draws_of(&other));
        let short = self.flat_tensors(&other).first().and_then(|n| self.trace.node(*n).spec.shape.dim(0));
        let short = short.and_then(Dim::known).unwrap_or(0);
        Ok(draws.any().then(|| (draws, rows.saturating_mul(count - 1).saturating_add(short))))
    }

    /// Batches by their first: the first axis, in Keras 2 every axis, may differ in others.
    fn ready_batches(&mut self, first: Value, draws: Option<(Draws, i64)>, unmade: Option<Unmade>) -> Data {
        if self.hides_unknown(&first) {
            return Data::Unknown;
        }
        let Some(first) = self.tensor_leaves(&first) else { return Data::Unknown };
        let batch = self.new_symbol();
        let all = self.keras == Keras::Two;
        // Keras 2 makes floats of arrays its own ones: `_standardize_batch` in tf_keras/src/engine/data_adapter.py.
        let spec_of = |interp: &Self, id: graph::NodeId| {
            let node = interp.trace.node(id);
            let mut spec = node.spec.clone();
            if all && node.kind == TensorKind::Numpy && spec.dtype.is_some_and(tensor::DType::is_floating) {
                spec.dtype = Some(interp.floatx);
            }
            spec
        };
        let element = self.map_tensors(&first, &mut |interp, id| {
            let mut spec = spec_of(interp, id);
            if let Some(dims) = spec.shape.dims().map(<[Dim]>::to_vec) {
                let dims = dims.iter().enumerate().map(|(i, d)| match i {
                    0 => batch,
                    _ if all => Dim::Unknown,
                    _ => *d,
                });
                spec.shape = Shape::new(dims);
            }
            interp.fresh(id, spec, TensorKind::Graph)
        });
        let first = self.map_tensors(&first, &mut |interp, id| {
            let (spec, content) = (spec_of(interp, id), interp.trace.node(id).content.clone());
            let new = interp.fresh(id, spec, TensorKind::Eager);
            // Integers may be ids and labels.
            if matches!(&content, Content::Array(array) if matches!(array.data, tensor::Data::Int(_))) {
                interp.trace.node_mut(new).content = content;
            }
            new
        });
        Data::Batches { element, first, unmade, draws, rows: Dim::Unknown }
    }

    fn no_data(&mut self) -> Halt {
        self.bad_data(Exc::ValueError, "Expected input data to be non-empty.".to_owned())
    }

    fn read_arrays(&mut self, feed: &Feed) -> Eval<Data> {
        let leaves = [&feed.x, &feed.y, &feed.weight];
        if leaves.iter().any(|v| !self.is_array_like(v)) {
            return self.refuse_data(feed);
        }
        self.check_leaves(feed)?;
        let (x, y, mut weight) = (self.as_data(&feed.x), self.as_data(&feed.y), self.as_data(&feed.weight));
        let sizes: Vec<Vec<Dim>> = [&x, &y, &weight].iter().map(|v| self.sizes_of(v)).collect();
        self.check_cardinality(&sizes)?;
        let known = sizes.iter().flatten().find(|d| d.is_known()).copied();
        let Some(rows) = known.or_else(|| sizes.iter().flatten().next().copied()) else {
            return Err(self.bad_data(Exc::KeyError, "'pop from an empty set'".to_owned()));
        };
        let batch = match (feed.batch, feed.steps, rows.known()) {
            (Some(batch), _, _) if batch > 0 => batch,
            (_, Some(steps), Some(rows)) if steps > 0 => rows.div_euclid(steps) + i64::from(rows % steps > 0),
            _ => 32,
        };
        if rows == Dim::Known(0) && self.keras == Keras::Two {
            return Err(self.no_data());
        }
        if self.keras == Keras::Three && !feed.class_weight.is_none() && !weight.is_none() {
            let core = "You cannot `class_weight` and `sample_weight` at the same time.".to_owned();
            return Err(self.bad_data(Exc::ValueError, core));
        }
        if self.weighs_classes(&feed.class_weight)? && weight.is_none() {
            weight = self.class_weights(&y, rows, &feed.class_weight)?;
        }
        Ok(Data::Arrays(Arrays { x, y, weight, rows, batch: batch.max(1) }))
    }

    /// Scalars among arrays, and arrays of strings.
    fn check_leaves(&mut self, feed: &Feed) -> Eval<()> {
        let mut nodes = Vec::new();
        for value in [&feed.x, &feed.y, &feed.weight] {
            nodes.extend(self.flat_tensors(value));
        }
        for node in nodes {
            let (kind, spec) = (self.trace.node(node).kind, self.trace.node(node).spec.clone());
            if kind != TensorKind::Numpy {
                continue;
            }
            if spec.shape.rank() == Some(0) {
                if self.keras == Keras::Three {
                    return Err(self.bad_data(Exc::IndexError, "tuple index out of range".to_owned()));
                }
                let (x, y) = (self.data_type_name(&feed.x), self.data_type_name(&feed.y));
                if let (Some(x), Some(y)) = (x, y) {
                    let core = format!("Failed to find data adapter that can handle input: {x}, {y}");
                    return Err(self.bad_data(Exc::ValueError, core));
                }
            }
            if spec.dtype == Some(DType::Object) {
                self.check_objects(node, spec.shape.rank())?;
            }
            let texts =
                self.object_kinds.get(&node).is_some_and(|kind| &**kind == super::object_arrays::TEXTS);
            if texts && spec.dtype == Some(DType::String) {
                // Its dtype is an object of pandas', which Keras 2 asks TensorFlow about.
                return Err(match self.keras {
                    Keras::Two => {
                        let core = "Cannot convert the argument `type_value`: <StringDtype(storage='python', \
                                    na_value=nan)> to a TensorFlow DType.";
                        self.bad_data(Exc::TypeError, core.to_owned())
                    }
                    Keras::Three => self.bad_data(Exc::ValueError, "Invalid dtype: object".to_owned()),
                });
            }
            if self.keras == Keras::Three && spec.dtype == Some(DType::String) {
                let width = match &self.trace.node(node).content {
                    Content::Array(array) => match &array.data {
                        tensor::Data::Str(items) => items.iter().map(|s| s.chars().count()).max(),
                        _ => None,
                    },
                    _ => None,
                };
                let width = width.map(|w| (w * 32).to_string()).unwrap_or_default();
                return Err(self.bad_data(Exc::ValueError, format!("Invalid dtype: str{width}")));
            }
        }
        Ok(())
    }

    /// Keras 2 takes no sizes and numbers of epochs below one.
    ///
    /// # Errors
    /// `ValueError`.
    pub(crate) fn check_positive(&mut self, name: &str, value: Option<i64>) -> Eval<()> {
        match value {
            Some(n) if n <= 0 && self.keras == Keras::Two => {
                let core = format!("Expected {name} to be positive. Received is {n}.");
                Err(self.bad_data(Exc::ValueError, core))
            }
            _ => Ok(()),
        }
    }

    /// Tells whether the leaves are arrays or tensors.
    fn is_array_like(&self, value: &Value) -> bool {
        match value {
            Value::None => true,
            Value::Tensor(id) => self.trace.node(*id).kind != TensorKind::Keras,
            Value::Tuple(items) => items.iter().all(|v| self.is_array_like(v)),
            Value::List(id) => {
                self.heap.list(*id).is_some_and(|items| items.iter().all(|v| self.is_array_like(v)))
            }
            Value::Dict(_) => {
                self.pairs_of(value).is_some_and(|pairs| pairs.iter().all(|(_, v)| self.is_array_like(v)))
            }
            _ => false,
        }
    }

    /// Converts arrays as the adapters do: floats to `float32`, lists to tuples.
    fn as_data(&mut self, value: &Value) -> Value {
        let three = self.keras == Keras::Three;
        let mapped = self.map_tensors(value, &mut |interp, id| {
            let node = interp.trace.node(id);
            let (mut spec, kind) = (node.spec.clone(), node.kind);
            let floating = spec.dtype.is_some_and(DType::is_floating);
            if floating && (three || kind == TensorKind::Numpy) {
                spec.dtype = Some(DType::Float32);
            }
            // Integers stay what they are: they may be ids.
            let content = if floating { Content::Unknown } else { node.content.clone() };
            let new = interp.fresh(id, spec, TensorKind::Numpy);
            interp.trace.node_mut(new).content = content;
            new
        });
        self.lists_to_tuples(&mapped)
    }

    pub(crate) fn lists_to_tuples(&mut self, value: &Value) -> Value {
        match value {
            Value::List(id) => {
                let items = self.heap.list(*id).cloned().unwrap_or_default();
                Value::tuple(items.iter().map(|v| self.lists_to_tuples(v)).collect::<Vec<_>>())
            }
            Value::Tuple(items) => {
                Value::tuple(items.iter().map(|v| self.lists_to_tuples(v)).collect::<Vec<_>>())
            }
            _ => value.clone(),
        }
    }

    /// A tensor with another spec that shares its elements' origin.
    pub(crate) fn fresh(&mut self, id: NodeId, spec: TensorSpec, kind: TensorKind) -> NodeId {
        let span = self.trace.node(id).span;
        let inputs = SmallVec::from_slice(&[(id, ops::Flow::None)]);
        let (source, content) = (Source::Constant, Content::Unknown);
        let array = if self.computes() { self.array_of_node(id) } else { None };
        let dtype = spec.dtype;
        let same = array.as_ref().is_some_and(|a| ops::numeric::shape_of(a) == spec.shape);
        let new =
            self.trace.push(Node { source, kind, spec, content, inputs, span, scope: ScopeId::default() });
        if let Some(array) = array.filter(|_| same)
            && let Some(array) = dtype.and_then(|d| array.cast(d).ok())
        {
            self.set_array(new, array);
        }
        new
    }

    /// Turns plain numbers and nested lists among the leaves into arrays; nothing where one is not known.
    fn tensor_leaves(&mut self, value: &Value) -> Option<Value> {
        match value {
            Value::Tuple(items) => {
                let items: Option<Vec<Value>> = items.iter().map(|v| self.tensor_leaves(v)).collect();
                Some(Value::tuple(items?))
            }
            Value::Tensor(_) | Value::None => Some(value.clone()),
            Value::List(_) if self.plain_spec(value, 0).is_some() => self.array_of(value),
            Value::List(id) => {
                let items = self.heap.list(*id)?.clone();
                let items: Option<Vec<Value>> = items.iter().map(|v| self.tensor_leaves(v)).collect();
                Some(Value::tuple(items?))
            }
            Value::Dict(_) => {
                let pairs = self.pairs_of(value)?;
                let mut out = Vec::new();
                for (key, v) in pairs {
                    out.push((key, self.tensor_leaves(&v)?));
                }
                Some(self.new_dict(out))
            }
            _ => self.array_of(value),
        }
    }

    fn array_of(&mut self, value: &Value) -> Option<Value> {
        let mut spec = self.plain_spec(value, 0)?;
        if spec.dtype == Some(DType::Int32) {
            spec.dtype = Some(DType::Int64);
        }
        let span = self.here();
        let dtype = spec.dtype;
        let node = self.trace.add(Source::Constant, TensorKind::Numpy, spec, span);
        if self.computes()
            && let Some(array) = self.numbers_of(value).and_then(|a| a.cast(dtype?).ok())
        {
            self.set_array(node, array);
        }
        Some(Value::Tensor(node))
    }

    fn sizes_of(&self, value: &Value) -> Vec<Dim> {
        let dim = |n: NodeId| self.trace.node(n).spec.shape.dim(0).unwrap_or(Dim::Unknown);
        self.flat_tensors(value).into_iter().map(dim).collect()
    }

    fn check_cardinality(&mut self, sizes: &[Vec<Dim>]) -> Eval<()> {
        let known: Vec<i64> = sizes.iter().flatten().filter_map(|d| d.known()).collect();
        if known.windows(2).all(|w| w[0] == w[1]) {
            return Ok(());
        }
        let text = "Make sure all arrays contain the same number of samples.";
        let mut lines = Vec::new();
        for (label, sizes) in ["x", "y", "sample_weight"].iter().zip(sizes) {
            if sizes.is_empty() {
                continue;
            }
            let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
            lines.push(match self.keras {
                Keras::Two => format!("\n  {label} sizes: {}", sizes.join(", ")),
                Keras::Three => format!("'{label}' sizes: {}\n", sizes.join(", ")),
            });
        }
        let core = match self.keras {
            Keras::Two => format!("Data cardinality is ambiguous:{}\n{text}", lines.concat()),
            Keras::Three => format!("Data cardinality is ambiguous. {text}{}", lines.concat().trim_end()),
        };
        // Keras 3's ends with a line of its own.
        let wording = Wording::Text(format!("{core}\n").into());
        let halt = self.bad_data_of(Exc::ValueError, core, Mistake::Cardinality);
        if let (Halt::Exception(id), Keras::Three) = (&halt, self.keras)
            && let Some(state) = self.exception_mut(*id)
        {
            state.wording = wording;
        }
        Err(halt)
    }

    /// Data that no adapter takes: plain lists in Keras 3.
    fn refuse_data(&mut self, feed: &Feed) -> Eval<Data> {
        if self.keras == Keras::Two {
            let (x_plain, y_plain) = (self.holds_scalars(&feed.x), self.holds_scalars(&feed.y));
            if x_plain && (feed.y.is_none() || y_plain) {
                let mut read = |value: &Value| match value {
                    Value::None => Ok(Value::None),
                    given => self.numpy("asarray", crate::value::Args::of([given.clone()])),
                };
                let (x, y) = (read(&feed.x)?, read(&feed.y)?);
                if [&x, &y].iter().any(|v| v.is_unknown()) {
                    return Ok(Data::Unknown);
                }
                return self.read_arrays(&Feed { x, y, ..feed.clone() });
            }
            let (x, y) = (self.data_type_name(&feed.x), self.data_type_name(&feed.y));
            let core = match (x, y) {
                (Some(x), Some(y)) => format!("Failed to find data adapter that can handle input: {x}, {y}"),
                _ => return Ok(Data::Unknown),
            };
            return Err(self.bad_data(Exc::ValueError, core));
        }
        let Some(type_name) = self.python_type(&feed.x) else { return Ok(Data::Unknown) };
        let shown = self.display(&feed.x)?.unwrap_or_default();
        let core = format!("Unrecognized data type: x={shown} (of type {type_name})");
        Err(self.bad_data(Exc::ValueError, core))
    }

    /// Tells whether Keras 2 makes an array of a value: of numbers and texts in lists, of which it looks at the first.
    ///
    /// source: tf_keras/src/engine/data_adapter.py: ListsOfScalarsDataAdapter
    fn holds_scalars(&self, value: &Value) -> bool {
        match value {
            Value::Int(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Any(_)
            | Value::Drawn(_) => true,
            Value::Tuple(items) => items.first().is_some_and(|first| self.holds_scalars(first)),
            Value::List(id) => {
                let first = self.heap.list(*id).and_then(|items| items.first());
                first.is_some_and(|first| self.holds_scalars(first))
            }
            _ => false,
        }
    }

    /// `str(type(x))` for what is known to be plain data.
    fn python_type(&self, value: &Value) -> Option<String> {
        let name = match value {
            Value::Tensor(id) if self.trace.node(*id).kind == TensorKind::Numpy => {
                let spec = &self.trace.node(*id).spec;
                match spec.dtype.filter(|_| spec.shape.rank() == Some(0)) {
                    Some(dtype) => return Some(format!("<class 'numpy.{}'>", dtype.name())),
                    None => "numpy.ndarray",
                }
            }
            Value::Tensor(id) if self.trace.node(*id).kind == TensorKind::Eager => EAGER,
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Dict(_) => "dict",
            Value::Int(_) | Value::Any(Plain::Int) | Value::Drawn(_) => "int",
            Value::Float(_) | Value::Any(Plain::Float) => "float",
            Value::Str(_) | Value::Any(Plain::Str) => "str",
            Value::None => "NoneType",
            Value::Range(..) => "range",
            _ => return None,
        };
        Some(format!("<class '{name}'>"))
    }

    /// Keras 2's description of data: of a list, the types of what is in it.
    fn data_type_name(&self, value: &Value) -> Option<String> {
        let items = match value {
            Value::List(id) => self.heap.list(*id)?.clone(),
            Value::Tuple(items) => items.to_vec(),
            Value::Dict(_) => return None,
            _ => return self.python_type(value),
        };
        let mut types: Vec<String> = Vec::new();
        for item in &items {
            let name = self.data_type_name(item)?;
            if !types.contains(&name) {
                types.push(name);
            }
        }
        // The order of a set of several is not known.
        if types.len() > 1 {
            return None;
        }
        let quoted: Vec<String> = types
            .iter()
            .map(|t| {
                let quote = if t.contains('\'') && t.contains('"') { '\'' } else { '"' };
                let text = if quote == '\'' { t.replace('\'', "\\'") } else { t.clone() };
                format!("{quote}{text}{quote}")
            })
            .collect();
        let set = if quoted.is_empty() { "set()".to_owned() } else { format!("{{{}}}", quoted.join(", ")) };
        Some(format!("({} containing values of types {set})", self.python_type(value)?))
    }

    pub(crate) fn bad_data(&mut self, class: Exc, core: String) -> Halt {
        let mistake = Mistake::Data { problem: core.clone() };
        self.bad_data_of(class, core, mistake)
    }

    pub(crate) fn bad_data_of(&mut self, class: Exc, core: String, mistake: Mistake) -> Halt {
        let violation = ops::Violation { class, core, mistake };
        self.raise_violation(violation, "fit".into(), Vec::new())
    }

    /// One batch of arrays in the structure that a step gets.
    pub(crate) fn batch_of(&mut self, arrays: &Arrays, rows: Dim, kind: TensorKind) -> Value {
        let mut cut = |value: &Value| {
            self.map_tensors(value, &mut |interp, id| {
                let mut spec = interp.trace.node(id).spec.clone();
                if spec.shape.rank().is_some_and(|r| r > 0) {
                    spec.shape = spec.shape.with_dim(0, rows);
                }
                interp.fresh(id, spec, kind)
            })
        };
        let (x, y, weight) = (cut(&arrays.x), cut(&arrays.y), cut(&arrays.weight));
        if kind == TensorKind::Graph {
            self.name_placeholders(&[&x, &y, &weight]);
        }
        match (&y, &weight) {
            (Value::None, Value::None) if !matches!(x, Value::Tuple(_)) => x,
            (Value::None, Value::None) => Value::tuple([x]),
            (_, Value::None) => Value::tuple([x, y]),
            _ => Value::tuple([x, y, weight]),
        }
    }

    /// Names the tensors of a batch as the graph of a step calls its placeholders.
    pub(crate) fn name_placeholders(&mut self, parts: &[&Value]) {
        let nodes: Vec<NodeId> = parts.iter().flat_map(|v| self.flat_tensors(v)).collect();
        for (i, node) in nodes.into_iter().enumerate() {
            let name = match (self.keras, i) {
                (Keras::Two, _) => format!("IteratorGetNext:{i}"),
                (Keras::Three, 0) => "data:0".to_owned(),
                (Keras::Three, _) => format!("data_{i}:0"),
            };
            self.trace.name(node, name);
        }
    }

    /// Splits what a step gets into inputs, labels and weights.
    pub(crate) fn unpack_data(&self, data: &Value) -> (Value, Value, Value) {
        let items = match data {
            Value::Tuple(items) => items.to_vec(),
            Value::List(id) => self.heap.list(*id).cloned().unwrap_or_default(),
            _ => return (data.clone(), Value::None, Value::None),
        };
        let get = |at: usize| items.get(at).cloned().unwrap_or(Value::None);
        (get(0), get(1), get(2))
    }

    /// Splits what a step gets, as Keras' own steps do.
    ///
    /// # Errors
    /// `ValueError` for more parts than three.
    ///
    /// source: keras/src/trainers/data_adapters/data_adapter_utils.py, tf_keras/src/engine/data_adapter.py:
    /// `unpack_x_y_sample_weight`
    pub(crate) fn parts_of_step(&mut self, data: &Value) -> Eval<(Value, Value, Value)> {
        let count = match data {
            Value::Tuple(items) => Some(items.len()),
            Value::List(id) => self.heap.list(*id).map(Vec::len),
            _ => None,
        };
        if count.is_some_and(|count| count > 3) {
            let shown = self.repr(data)?.unwrap_or_else(|| "…".to_owned());
            let core = format!(
                "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: {shown}"
            );
            return Err(self.bad_data(Exc::ValueError, core));
        }
        Ok(self.unpack_data(data))
    }
}
