//! Elements with numbers that are made of several others: windows, padded batches, sums of all.

use std::rc::Rc;

use array::Array;
use graph::NodeId;
use ops::TensorKind;
use tensor::{DType, Dim};

use super::recipe::{Padding, Turns, Window};
use super::{Count, DatasetState, Recipe};
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

impl Interp<'_> {
    /// The elements that are made of several others, or of datasets within.
    pub(super) fn elements_of_several(&mut self, recipe: &Recipe, limit: usize) -> Eval<Option<Vec<Value>>> {
        match recipe {
            Recipe::While(inner, function) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let mut out = Vec::new();
                for item in items {
                    let holds = self.on_element(function, item.clone())?;
                    match self.truth(&holds)? {
                        Some(true) => out.push(item),
                        Some(false) => break,
                        None => return Ok(None),
                    }
                }
                Ok(Some(out))
            }
            Recipe::Listed(items) => Ok(Some(items.iter().take(limit).cloned().collect())),
            Recipe::Windows(inner, window) => self.windowed(inner, *window, limit),
            Recipe::Flat(inner, function) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let mut out = Vec::new();
                for item in items {
                    let made = self.on_element(function, item)?;
                    let Some(made) = self.dataset(&made) else { return Ok(None) };
                    let Some(more) = self.dataset_elements(&made, limit - out.len())? else {
                        return Ok(None);
                    };
                    out.extend(more);
                    if out.len() >= limit {
                        break;
                    }
                }
                Ok(Some(out))
            }
            Recipe::Padded(inner, size, drop, padding) => {
                let Some(items) = self.elements_by(inner, limit.saturating_mul(*size))? else {
                    return Ok(None);
                };
                let whole = items.chunks((*size).max(1)).filter(|part| !drop || part.len() == *size);
                Ok(whole.map(|part| self.padded_pile(part, padding)).collect())
            }
            Recipe::Named(parts) => {
                let mut columns = Vec::with_capacity(parts.len());
                for (key, part) in parts {
                    let Some(items) = self.elements_by(part, limit)? else { return Ok(None) };
                    columns.push((key, items));
                }
                let count = columns.iter().map(|(_, items)| items.len()).min().unwrap_or(0);
                let row = |interp: &mut Self, at: usize| {
                    let pairs: Vec<_> =
                        columns.iter().map(|(key, items)| ((*key).clone(), items[at].clone())).collect();
                    interp.new_dict(pairs)
                };
                Ok(Some((0..count).map(|at| row(self, at)).collect()))
            }
            Recipe::Unique(inner) => self.unique_elements(inner, limit),
            Recipe::Grouped(inner, grouping) => self.grouped(inner, grouping, limit),
            Recipe::Chosen(parts, choice, stops) => self.chosen_elements(parts, choice, *stops, limit),
            Recipe::Interleaved(inner, function, turns) => self.interleaved(inner, function, *turns, limit),
            Recipe::Shard(inner, apart, first) => {
                let needed = limit.saturating_mul(*apart).saturating_add(*first);
                let items = self.elements_by(inner, needed)?;
                Ok(items.map(|items| items.into_iter().skip(*first).step_by((*apart).max(1)).collect()))
            }
            Recipe::Scan(inner, start, function) => {
                let Some(items) = self.elements_by(inner, limit)? else { return Ok(None) };
                let (mut state, mut out) = (start.clone(), Vec::with_capacity(items.len()));
                for item in items {
                    let made = self.call(function, Args::of([state, item]))?;
                    let Value::Tuple(parts) = &made else { return Ok(None) };
                    let [next, element] = &**parts else { return Ok(None) };
                    out.push(self.as_element(element)?);
                    state = self.as_element(next)?;
                }
                Ok(Some(out))
            }
            _ => Ok(None),
        }
    }

    /// The elements of datasets that a function makes, of several in turn.
    ///
    /// A dataset that has ended leaves its place to the next one, which is opened when it is that place's turn again.
    ///
    /// source: `tensorflow/core/kernels/data/interleave_dataset_op.cc`
    fn interleaved(
        &mut self,
        inner: &Recipe,
        function: &Value,
        turns: Turns,
        limit: usize,
    ) -> Eval<Option<Vec<Value>>> {
        let Some(sources) = self.elements_by(inner, limit)? else { return Ok(None) };
        let mut sources = sources.into_iter();
        let mut open: Vec<Option<std::vec::IntoIter<Value>>> = vec![None; turns.cycle];
        let (mut out, mut place, mut taken, mut idle) = (Vec::new(), 0, 0, 0);
        while out.len() < limit && idle < turns.cycle {
            let next = open[place].as_mut().map(Iterator::next);
            match next {
                Some(Some(item)) => {
                    out.push(item);
                    (taken, idle) = (taken + 1, 0);
                    if taken < turns.block {
                        continue;
                    }
                }
                Some(None) => open[place] = None,
                None => match sources.next() {
                    Some(source) => {
                        let made = self.on_element(function, source)?;
                        let Some(made) = self.dataset(&made) else { return Ok(None) };
                        let Some(items) = self.dataset_elements(&made, limit)? else { return Ok(None) };
                        (open[place], idle) = (Some(items.into_iter()), 0);
                        continue;
                    }
                    None => idle += 1,
                },
            }
            (place, taken) = ((place + 1) % turns.cycle, 0);
        }
        Ok(Some(out))
    }

    /// The windows over the elements of a dataset.
    ///
    /// source: `tensorflow/core/kernels/data/window_dataset_op.cc`
    fn windowed(&mut self, inner: &Recipe, window: Window, limit: usize) -> Eval<Option<Vec<Value>>> {
        let reach = (window.size.saturating_sub(1)).saturating_mul(window.stride).saturating_add(1);
        let needed = limit.saturating_mul(window.shift).saturating_add(reach);
        let Some(items) = self.elements_by(inner, needed)? else { return Ok(None) };
        let mut out = Vec::new();
        let mut start = 0;
        while start < items.len() && out.len() < limit && window.shift > 0 {
            let picked: Vec<Value> =
                items[start..].iter().step_by(window.stride.max(1)).take(window.size).cloned().collect();
            if window.drop && picked.len() < window.size {
                break;
            }
            out.push(self.window_of(&picked));
            start += window.shift;
        }
        Ok(Some(out))
    }

    /// Elements as a dataset for each tensor in them.
    fn window_of(&mut self, items: &[Value]) -> Value {
        match items.first() {
            Some(Value::Tuple(parts)) => {
                let columns: Vec<Value> = (0..parts.len())
                    .map(|at| {
                        let column: Vec<Value> = items
                            .iter()
                            .filter_map(|item| match item {
                                Value::Tuple(parts) => parts.get(at).cloned(),
                                _ => None,
                            })
                            .collect();
                        self.window_of(&column)
                    })
                    .collect();
                Value::tuple(columns)
            }
            Some(first @ Value::Dict(_)) => {
                let keys: Vec<Value> =
                    self.pairs_of(first).unwrap_or_default().into_iter().map(|(key, _)| key).collect();
                let mut pairs = Vec::with_capacity(keys.len());
                for (at, key) in keys.into_iter().enumerate() {
                    let column: Vec<Value> = items
                        .iter()
                        .filter_map(|item| self.pairs_of(item)?.into_iter().nth(at))
                        .map(|(_, value)| value)
                        .collect();
                    pairs.push((key, self.window_of(&column)));
                }
                self.new_dict(pairs)
            }
            first => {
                let element = match first {
                    Some(first) => self.map_specs(first, TensorKind::Graph, &mut |_, spec| spec),
                    None => Value::unknown("an empty window"),
                };
                let count = i64::try_from(items.len()).map_or(Count::Unknown, Count::Known);
                let recipe = Some(Rc::new(Recipe::Listed(items.into())));
                let class = "_VariantDataset";
                self.new_dataset(DatasetState { element, count, class, recipe, ..DatasetState::default() })
            }
        }
    }

    /// Several elements as one, after each tensor was made as large as the largest of them or as a shape says.
    fn padded_pile(&mut self, items: &[Value], padding: &Padding) -> Option<Value> {
        let first = items.first()?.clone();
        let mut wanted: Vec<Option<Vec<Dim>>> = Vec::new();
        self.with_shapes(&first, &padding.shapes, &mut |interp, leaf, shapes| {
            wanted.push(if shapes.is_none() { None } else { interp.dims_of(shapes) });
            leaf.clone()
        });
        let mut filled: Vec<Value> = Vec::new();
        self.with_shapes(&first, &padding.values, &mut |_, leaf, value| {
            filled.push(value.clone());
            leaf.clone()
        });
        let columns: Vec<Vec<NodeId>> = items.iter().map(|item| self.flat_tensors(item)).collect();
        let mut at = 0;
        let mut stack = |interp: &Self| {
            let arrays: Option<Vec<Array>> =
                columns.iter().map(|column| interp.array_of_node(*column.get(at)?)).collect();
            let arrays = arrays?;
            let wanted = wanted.get(at).cloned().flatten();
            let filling = interp.filling(filled.get(at)?, arrays.first()?.dtype())?;
            at += 1;
            let rank = arrays.first()?.rank();
            let size = |axis: usize| {
                let largest = arrays.iter().filter_map(|a| a.shape().get(axis).copied()).max().unwrap_or(0);
                let asked = wanted.as_ref().and_then(|dims| dims.get(axis)?.known());
                asked.and_then(|n| usize::try_from(n).ok()).map_or(largest, |n| n.max(largest))
            };
            let sizes: Vec<usize> = (0..rank).map(size).collect();
            let parts: Option<Vec<Array>> = arrays
                .iter()
                .map(|array| {
                    let pads: Vec<(usize, usize)> =
                        sizes.iter().zip(array.shape()).map(|(size, own)| (0, size - own)).collect();
                    array::pad(array, &pads, &filling).ok()
                })
                .collect();
            array::stack(&parts?, 0).ok()
        };
        self.refilled(&first, &mut |interp| stack(interp))
    }

    /// What a padded batch is filled with: a value that was given, else what stands for nothing.
    fn filling(&self, given: &Value, dtype: DType) -> Option<Array> {
        match given {
            Value::None => nothing(dtype),
            Value::Int(n) => Array::ints(&[], DType::Int64, vec![*n]).ok()?.cast(dtype).ok(),
            Value::Float(x) => Array::floats(&[], DType::Float64, vec![*x]).ok()?.cast(dtype).ok(),
            Value::Str(text) => Array::texts(&[], vec![text.as_ref().into()]).ok(),
            Value::Tensor(node) => self.array_of_node(*node),
            _ => None,
        }
    }

    /// The windows over the rows of arrays, several at a time, as `timeseries_dataset_from_array` lays them out.
    ///
    /// source: `keras/src/utils/timeseries_dataset_utils.py`
    pub(super) fn series(&mut self, data: &Value, targets: &Value, series: &Series) -> Option<Recipe> {
        if !self.computes() {
            return None;
        }
        let of = |interp: &Self, value: &Value| match value {
            Value::Tensor(node) => {
                let array = interp.array_of_node(*node)?;
                let stop = series.end.unwrap_or(*array.shape().first()?);
                array.narrow(0, series.start, stop.min(*array.shape().first()?)).ok()
            }
            _ => None,
        };
        let rows = of(self, data)?;
        let labels = if targets.is_none() { None } else { Some(of(self, targets)?) };
        let reach = series.steps.checked_sub(1)?.checked_mul(series.rate)?;
        let mut count = rows.shape().first()?.saturating_sub(reach);
        if let Some(labels) = &labels {
            count = count.min(*labels.shape().first()?);
        }
        let mut starts: Vec<usize> = (0..count).step_by(series.stride.max(1)).collect();
        if series.shuffled {
            let order = self.numbers.as_mut()?.random.order(starts.len());
            starts = order.into_iter().filter_map(|at| starts.get(at).copied()).collect();
        }
        let mut items = Vec::new();
        for part in starts.chunks(series.batch.unwrap_or(1).max(1)) {
            let places: Vec<i64> = part
                .iter()
                .flat_map(|start| (0..series.steps).map(move |step| (start + step * series.rate) as i64))
                .collect();
            let firsts: Vec<i64> = part.iter().map(|start| *start as i64).collect();
            let (shape, short) = match series.batch {
                Some(_) => (vec![part.len(), series.steps], vec![part.len()]),
                None => (vec![series.steps], Vec::new()),
            };
            let window = self.picked(&rows, &shape, places)?;
            items.push(match &labels {
                Some(labels) => Value::tuple([window, self.picked(labels, &short, firsts)?]),
                None => window,
            });
        }
        Some(Recipe::Listed(items.into()))
    }

    fn picked(&mut self, rows: &Array, shape: &[usize], places: Vec<i64>) -> Option<Value> {
        let places = Array::ints(shape, DType::Int64, places).ok()?;
        Some(self.eager(array::gather(rows, &places, 0, 0).ok()?))
    }

    /// All elements of a dataset as one tensor: batches lie behind each other, vectors on each other, as
    /// `Normalization.adapt` takes them.
    ///
    /// # Errors
    /// What the functions raise that make the elements.
    pub(crate) fn whole_dataset(&mut self, state: &DatasetState) -> Eval<Option<Value>> {
        let Some(items) = self.dataset_elements(state, usize::MAX)? else { return Ok(None) };
        let arrays: Option<Vec<Array>> = items
            .iter()
            .map(|item| match item {
                Value::Tensor(node) => self.array_of_node(*node),
                _ => None,
            })
            .collect();
        let Some(arrays) = arrays else { return Ok(None) };
        let whole = match arrays.first().map(Array::rank) {
            Some(0 | 1) => array::stack(&arrays, 0),
            _ => array::concatenate(&arrays, 0),
        };
        Ok(whole.ok().map(|array| self.eager(array)))
    }

    /// A dataset's elements taken into a state one after the other.
    pub(super) fn reduced(&mut self, items: Vec<Value>, start: Value, function: &Value) -> Eval {
        let mut state = start;
        for item in items {
            let args = Args::of([state, item]);
            let next = self.call(function, args)?;
            state = self.as_element(&next)?;
        }
        Ok(state)
    }
}

/// The windows that `timeseries_dataset_from_array` is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series {
    /// `sequence_length`.
    pub steps: usize,
    /// `sequence_stride`.
    pub stride: usize,
    /// `sampling_rate`.
    pub rate: usize,
    /// `batch_size`.
    pub batch: Option<usize>,
    /// `shuffle`.
    pub shuffled: bool,
    /// `start_index`.
    pub start: usize,
    /// `end_index`.
    pub end: Option<usize>,
}

/// What a padded batch is filled with.
fn nothing(dtype: DType) -> Option<Array> {
    match dtype {
        DType::String => Array::texts(&[], vec!["".into()]).ok(),
        DType::Bool => Array::bools(&[], vec![false]).ok(),
        dtype if dtype.is_integer() => Array::ints(&[], dtype, vec![0]).ok(),
        dtype if dtype.is_floating() => Array::floats(&[], dtype, vec![0.0]).ok(),
        _ => None,
    }
}
