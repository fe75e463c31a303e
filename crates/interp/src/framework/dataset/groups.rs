//! Elements that are sorted into groups, or taken of several datasets in turn: `unique`, `group_by_window`,
//! `bucket_by_sequence_length`, `choose_from_datasets`.

use std::collections::BTreeMap;
use std::rc::Rc;

use ops::{Exc, TensorKind};
use tensor::{DType, Shape, TensorSpec};

use super::batches::own;
use super::recipe::{Grouping, MAX_ELEMENTS, Padding};
use super::{Count, DatasetState, Recipe};
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods.
pub(super) static METHODS: &[Native] = &[
    native("unique", unique),
    native("group_by_window", group_by_window),
    native("bucket_by_sequence_length", bucketed),
];

fn unique(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    let recipe = interp.made_by(&args, Recipe::Unique);
    let class = "_UniqueDataset";
    Ok(interp.new_dataset(DatasetState { class, count: Count::Unknown, recipe, ..state }))
}

/// `group_by_window(key_func, reduce_func, window_size, window_size_func)`: what a function makes of groups.
fn group_by_window(interp: &mut Interp<'_>, args: Args) -> Eval {
    let state = own(interp, &args);
    let given = |at, name| args.get(at, name).filter(|v| !v.is_none()).cloned();
    let (Some(key), Some(reduce)) = (given(1, "key_func"), given(2, "reduce_func")) else {
        return Ok(interp.new_dataset(DatasetState::default()));
    };
    let size = given(3, "window_size").or_else(|| given(4, "window_size_func"));
    let Some(size) = size.filter(|_| !interp.vague_element(&state.element)) else {
        return Ok(interp.new_dataset(DatasetState::default()));
    };
    let number = TensorSpec::new(Shape::scalar(), DType::Int64);
    let number = interp.element_tensor(number, TensorKind::Graph, None);
    let group = interp.new_dataset(DatasetState { count: Count::Unknown, ..state.clone() });
    let made = interp.on_specs(|interp| {
        interp.trace_element(&key, &state.element)?;
        interp.trace_element(&reduce, &Value::tuple([number, group]))
    })?;
    let mut inner = interp.dataset(&made).unwrap_or_default();
    inner.batches.iter_mut().for_each(|b| (b.first, b.last) = (None, None));
    let grouping = Grouping::By { key, reduce, size };
    let recipe = interp.made_by(&args, |outer| Recipe::Grouped(outer, Rc::new(grouping)));
    let (count, class) = (Count::Unknown, "_GroupByWindowDataset");
    Ok(interp.new_dataset(DatasetState { count, class, recipe, uneven: None, sized: None, ..inner }))
}

/// `bucket_by_sequence_length(element_length_func, bucket_boundaries, bucket_batch_sizes, …)`: padded batches of
/// elements whose lengths lie between the same bounds.
///
/// source: `tensorflow/python/data/ops/dataset_ops.py`, DatasetV2.bucket_by_sequence_length
fn bucketed(interp: &mut Interp<'_>, args: Args) -> Eval {
    let given = |at, name| args.get(at, name).filter(|v| !v.is_none()).cloned().unwrap_or(Value::None);
    let numbers = |interp: &mut Interp<'_>, given: &Value| -> Eval<Option<Vec<i64>>> {
        let (items, _) = interp.iterate(given, 4096)?;
        Ok(items.iter().map(|v| interp.plain_scalar(v).as_int()).collect())
    };
    let bounds = numbers(interp, &given(2, "bucket_boundaries"))?;
    let sizes = numbers(interp, &given(3, "bucket_batch_sizes"))?;
    let (Some(bounds), Some(sizes)) = (bounds, sizes) else {
        return Ok(interp.new_dataset(DatasetState::default()));
    };
    if sizes.len() != bounds.len() + 1 {
        let text = format!(
            "`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but `len(bucket_batch_sizes)={}` and \
             `len(bucket_boundaries)={}`.",
            sizes.len(),
            bounds.len()
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    let [flat, to_bound] = [(7, "no_padding"), (6, "pad_to_bucket_boundary")]
        .map(|(at, name)| args.get(at, name).cloned().unwrap_or(Value::Bool(false)));
    let (flat, to_bound) = (interp.truth(&flat)?, interp.truth(&to_bound)?);
    let drop = args.get(8, "drop_remainder").cloned().unwrap_or(Value::Bool(false));
    let drop = interp.truth(&drop)?;
    let own = args.positional.first().cloned().unwrap_or(Value::None);
    let (shapes, values) = (given(4, "padded_shapes"), given(5, "padding_values"));
    let size = Value::Int(sizes.first().copied().unwrap_or(1));
    // All batches have the spec of padded ones, of which no size is known.
    let keywords = vec![("padded_shapes".into(), shapes.clone()), ("padding_values".into(), values.clone())];
    let like = interp.find_attr(&own, if flat == Some(true) { "batch" } else { "padded_batch" })?;
    let Some(like) = like else { return Ok(interp.new_dataset(DatasetState::default())) };
    let keywords = if flat == Some(true) { Vec::new() } else { keywords };
    let made = interp.call(&like, Args { positional: vec![size], keywords })?;
    let mut state = interp.dataset(&made).unwrap_or_default();
    state.batches.iter_mut().for_each(|b| (b.first, b.last, b.asked) = (None, None, None));
    let sizes: Option<Vec<usize>> =
        sizes.iter().map(|n| usize::try_from(*n).ok().filter(|n| *n > 0)).collect();
    state.recipe = match (flat, to_bound, drop, sizes) {
        (Some(flat), Some(false), Some(drop), Some(sizes)) => {
            let padding = (!flat).then_some(Padding { shapes, values });
            let length = given(1, "element_length_func");
            let grouping = Grouping::Buckets { length, bounds, sizes, padding, drop };
            interp.made_by(&args, |outer| Recipe::Grouped(outer, Rc::new(grouping)))
        }
        _ => None,
    };
    let (count, class) = (Count::Unknown, "_GroupByWindowDataset");
    Ok(interp.new_dataset(DatasetState { count, class, uneven: None, sized: None, ..state }))
}

impl Interp<'_> {
    /// Each of another's elements once: the first of those that are equal.
    pub(super) fn unique_elements(&mut self, inner: &Recipe, limit: usize) -> Eval<Option<Vec<Value>>> {
        let Some(items) = self.elements_by(inner, MAX_ELEMENTS)? else { return Ok(None) };
        let (mut seen, mut out) = (rustc_hash::FxHashSet::default(), Vec::new());
        for item in items {
            let [node] = self.flat_tensors(&item)[..] else { return Ok(None) };
            let Some(array) = self.array_of_node(node) else { return Ok(None) };
            let elements = match array.to_texts() {
                Ok(texts) => texts.iter().map(|text| format!("{text:?} ")).collect::<String>(),
                Err(_) => match array.to_floats() {
                    Ok(numbers) => numbers.iter().map(|x| format!("{:x} ", x.to_bits())).collect(),
                    Err(_) => return Ok(None),
                },
            };
            if out.len() < limit && seen.insert((array.shape().to_vec(), elements)) {
                out.push(item);
            }
        }
        Ok(Some(out))
    }

    /// What is made of groups: of each once it is full, then of those that are left, by their keys.
    ///
    /// source: `tensorflow/core/kernels/data/experimental/group_by_window_dataset_op.cc`
    pub(super) fn grouped(
        &mut self,
        inner: &Recipe,
        grouping: &Grouping,
        limit: usize,
    ) -> Eval<Option<Vec<Value>>> {
        let Some(items) = self.elements_by(inner, MAX_ELEMENTS)? else { return Ok(None) };
        let mut groups: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
        let mut out = Vec::new();
        for item in items {
            let Some(key) = self.group_of(grouping, &item)? else { return Ok(None) };
            let Some(size) = self.size_of_group(grouping, key)? else { return Ok(None) };
            let group = groups.entry(key).or_default();
            group.push(item);
            if group.len() == size {
                let group = groups.remove(&key).unwrap_or_default();
                let Some(made) = self.made_of_group(grouping, key, group, size)? else { return Ok(None) };
                out.extend(made);
                if out.len() >= limit {
                    out.truncate(limit);
                    return Ok(Some(out));
                }
            }
        }
        for (key, group) in groups {
            let Some(size) = self.size_of_group(grouping, key)? else { return Ok(None) };
            let Some(made) = self.made_of_group(grouping, key, group, size)? else { return Ok(None) };
            out.extend(made);
        }
        out.truncate(limit);
        Ok(Some(out))
    }

    fn group_of(&mut self, grouping: &Grouping, item: &Value) -> Eval<Option<i64>> {
        match grouping {
            Grouping::By { key, .. } => {
                let key = self.on_element(key, item.clone())?;
                Ok(self.plain_scalar(&key).as_int())
            }
            Grouping::Buckets { length, bounds, .. } => {
                let length = self.on_element(length, item.clone())?;
                let length = self.plain_scalar(&length).as_int();
                Ok(length.map(|length| bounds.iter().filter(|bound| **bound <= length).count() as i64))
            }
        }
    }

    fn size_of_group(&mut self, grouping: &Grouping, key: i64) -> Eval<Option<usize>> {
        match grouping {
            Grouping::Buckets { sizes, .. } => {
                Ok(usize::try_from(key).ok().and_then(|at| sizes.get(at).copied()))
            }
            Grouping::By { size, .. } => {
                let size = if self.is_callable(size) {
                    let Some(key) = self.key_tensor(key) else { return Ok(None) };
                    self.call(size, Args::of([key]))?
                } else {
                    size.clone()
                };
                Ok(self.plain_scalar(&size).as_int().and_then(|n| usize::try_from(n).ok()))
            }
        }
    }

    fn key_tensor(&mut self, key: i64) -> Option<Value> {
        array::Array::ints(&[], DType::Int64, vec![key]).ok().map(|array| self.eager(array))
    }

    fn made_of_group(
        &mut self,
        grouping: &Grouping,
        key: i64,
        group: Vec<Value>,
        size: usize,
    ) -> Eval<Option<Vec<Value>>> {
        let count = group.len() as i64;
        let listed = Rc::new(Recipe::Listed(group.into()));
        match grouping {
            Grouping::Buckets { padding, drop, .. } => match padding {
                Some(padding) => {
                    self.elements_by(&Recipe::Padded(listed, size, *drop, padding.clone()), MAX_ELEMENTS)
                }
                None => self.elements_by(&Recipe::Batch(listed, size, *drop), MAX_ELEMENTS),
            },
            Grouping::By { reduce, .. } => {
                let Recipe::Listed(items) = &*listed else { return Ok(None) };
                let Some(first) = items.first().cloned() else { return Ok(None) };
                let element = self.map_specs(&first, TensorKind::Graph, &mut |_, spec| spec);
                let (recipe, count) = (Some(listed), Count::Known(count));
                let group = self.new_dataset(DatasetState { element, count, recipe, ..Default::default() });
                let Some(key) = self.key_tensor(key) else { return Ok(None) };
                let made = self.call(reduce, Args::of([key, group]))?;
                let Some(made) = self.dataset(&made) else { return Ok(None) };
                self.dataset_elements(&made, MAX_ELEMENTS)
            }
        }
    }

    /// Elements of several datasets, as another one's ints say; one that has ended ends all, or is passed over.
    ///
    /// source: `tensorflow/core/kernels/data/experimental/directed_interleave_dataset_op.cc`
    pub(super) fn chosen_elements(
        &mut self,
        parts: &[Rc<Recipe>],
        choice: &Recipe,
        stops: bool,
        limit: usize,
    ) -> Eval<Option<Vec<Value>>> {
        // How many choices are made before all has ended shows only when they are made.
        let mut asked = limit.min(64);
        loop {
            let Some(choices) = self.elements_by(choice, asked)? else { return Ok(None) };
            let numbers: Option<Vec<usize>> = choices
                .iter()
                .map(|c| self.plain_scalar(c).as_int().and_then(|n| usize::try_from(n).ok()))
                .collect();
            let Some(numbers) = numbers.filter(|n| n.iter().all(|n| *n < parts.len())) else {
                return Ok(None);
            };
            let mut open = Vec::with_capacity(parts.len());
            for (at, part) in parts.iter().enumerate() {
                let wanted = numbers.iter().filter(|n| **n == at).count();
                let Some(items) = self.elements_by(part, wanted)? else { return Ok(None) };
                open.push(items.into_iter());
            }
            let (mut out, mut ended) = (Vec::new(), choices.len() < asked);
            for number in numbers {
                match open.get_mut(number).and_then(Iterator::next) {
                    Some(item) => out.push(item),
                    None if stops => {
                        ended = true;
                        break;
                    }
                    None => {}
                }
            }
            if ended || out.len() >= limit || asked >= MAX_ELEMENTS {
                out.truncate(limit);
                return Ok(Some(out));
            }
            asked = asked.saturating_mul(4).min(MAX_ELEMENTS);
        }
    }
}
