//! The batches of one round through the data, with their numbers.

use array::Array;
use graph::NodeId;
use ops::{Keras, TensorKind};

use super::read_ahead::Reader;
use crate::framework::data::Arrays;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Value};

/// Where the batches of a round come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Arrays, cut in order or in an order that is drawn anew for each round.
    Arrays(Arrays),
    /// Something that is iterated anew for each round: a dataset.
    Iterable(Value),
    /// Something that is iterated on: a generator.
    Iterator(ObjId, Reader),
    /// Batches by index: a `Sequence`.
    Indexed(Value),
}

/// The most batches of one round.
const MAX_BATCHES: usize = 1_000_000;

impl Interp<'_> {
    /// The weights of samples that `class_weight` gives to labels.
    pub(crate) fn class_weight_numbers(&mut self, y: &Value, classes: &Value) -> Option<Array> {
        let Value::Tensor(node) = y else { return None };
        let labels = self.array_of_node(*node)?;
        keras::training::class_weights(&labels, &self.weights_of_classes(classes)?)
    }

    /// The classes with their weights, as numbers.
    fn weights_of_classes(&mut self, classes: &Value) -> Option<Vec<(i64, f64)>> {
        let mut weights = Vec::new();
        for (class, weight) in self.pairs_of(classes)? {
            let weight = match self.plain_scalar(&weight) {
                Value::Float(x) => x,
                value => value.as_int()? as f64,
            };
            weights.push((self.plain_scalar(&class).as_int()?, weight));
        }
        Some(weights)
    }

    /// Tells whether no label is beyond the classes.
    fn has_weights_for(&mut self, y: &Value, classes: &Value) -> bool {
        let Value::Tensor(node) = y else { return false };
        let known = self.array_of_node(*node).zip(self.weights_of_classes(classes));
        known.is_some_and(|(labels, weights)| keras::training::has_classes(&labels, &weights))
    }

    /// A batch with the weights of its samples that are those of their classes, in Keras 2 times those that it has;
    /// nothing where they are not known.
    ///
    /// # Errors
    /// `ValueError` where there are weights of samples already, in Keras 3.
    pub(super) fn weighed_by_class(&mut self, batch: &Value, classes: &Value) -> Eval<Option<Value>> {
        let Value::Tuple(items) = batch else { return Ok(None) };
        let (x, y, given) = match &**items {
            [x, y] => (x, y, None),
            [x, y, given] => (x, y, Some(given).filter(|v| !v.is_none())),
            _ => return Ok(None),
        };
        if given.is_some() && self.keras == Keras::Three {
            let core = keras::training::BOTH_WEIGHTS.to_owned();
            return Err(self.bad_data(ops::Exc::ValueError, core));
        }
        if !self.has_weights_for(y, classes) {
            return Ok(None);
        }
        let Some(mut weights) = self.class_weight_numbers(y, classes) else { return Ok(None) };
        if let Some(given) = given {
            let Value::Tensor(node) = given else { return Ok(None) };
            let own = self.array_of_node(*node).and_then(|own| own.cast(weights.dtype()).ok());
            let Some(own) = own.filter(|own| own.shape() == weights.shape()) else { return Ok(None) };
            match array::binary(array::Binary::Mul, weights, &own) {
                Ok(product) => weights = product,
                Err(_) => return Ok(None),
            }
        }
        let weights = self.eager(weights);
        Ok(Some(Value::tuple([x.clone(), y.clone(), weights])))
    }

    /// The batches of one round, each in the structure that a step gets; nothing where they are not known. `anew` tells
    /// whether each round has an iterator of its own, where it is something that is iterated on.
    pub(super) fn batches_of_round(
        &mut self,
        source: &mut Source,
        shuffled: bool,
        steps: Option<usize>,
        anew: bool,
    ) -> Eval<Option<Vec<Value>>> {
        let limit = steps.unwrap_or(MAX_BATCHES);
        match source {
            Source::Arrays(arrays) => Ok(self.cut(arrays, shuffled, limit)),
            Source::Iterable(dataset) => {
                let Some(state) = self.dataset(dataset) else { return Ok(None) };
                self.dataset_elements(&state, limit)
            }
            Source::Iterator(id, reader) => {
                let Some(items) = self.items_of_round(*id, reader, limit, anew)? else { return Ok(None) };
                self.as_batches(items).map(Some)
            }
            Source::Indexed(sequence) => {
                let count = self.call_method(sequence, "__len__", Args::default())?;
                let Some(count) = count.and_then(|c| c.as_int()) else { return Ok(None) };
                let count = usize::try_from(count).unwrap_or(0).min(limit);
                let mut items = Vec::new();
                for at in 0..count {
                    let item =
                        self.call_method(sequence, "__getitem__", Args::of([Value::Int(at as i64)]))?;
                    items.push(item.unwrap_or(Value::None));
                }
                self.as_batches(items).map(Some)
            }
        }
    }

    /// Turns lists into tuples, as batches that a script makes are read; Keras 2 makes arrays of floats its own.
    ///
    /// source: tf_keras/src/engine/data_adapter.py: GeneratorDataAdapter._standardize_batch
    fn as_batches(&mut self, items: Vec<Value>) -> Eval<Vec<Value>> {
        let two = self.keras == Keras::Two;
        let mut batches = Vec::with_capacity(items.len());
        for item in items {
            let batch = self.lists_to_tuples(&item);
            batches.push(self.map_tensors(&batch, &mut |interp, id| {
                let node = interp.trace.node(id);
                let (mut spec, kind) = (node.spec.clone(), node.kind);
                let floats = spec.dtype.is_some_and(|d| d.is_floating() && d != interp.floatx);
                if !two || kind != TensorKind::Numpy || !floats {
                    return id;
                }
                spec.dtype = Some(interp.floatx);
                interp.fresh(id, spec, kind)
            }));
        }
        Ok(batches)
    }

    fn cut(&mut self, arrays: &Arrays, shuffled: bool, limit: usize) -> Option<Vec<Value>> {
        let rows = usize::try_from(arrays.rows.known()?).ok()?;
        let size = usize::try_from(arrays.batch).ok()?.max(1);
        let order = match &mut self.numbers {
            Some(numbers) if shuffled => numbers.random.order(rows),
            _ => (0..rows).collect(),
        };
        let mut batches = Vec::new();
        for part in order.chunks(size).take(limit) {
            let mut whole = true;
            let count = tensor::Dim::Known(i64::try_from(part.len()).ok()?);
            let sources: Vec<NodeId> = [&arrays.x, &arrays.y, &arrays.weight]
                .into_iter()
                .flat_map(|v| self.flat_tensors(v))
                .collect();
            let batch = self.batch_of(arrays, count, TensorKind::Eager);
            let nodes = self.flat_tensors(&batch);
            for (source, node) in sources.into_iter().zip(nodes) {
                match self.array_of_node(source).and_then(|a| keras::training::rows(&a, part).ok()) {
                    Some(array) => self.set_array(node, array),
                    None => whole = false,
                }
            }
            if !whole {
                return None;
            }
            batches.push(batch);
        }
        Some(batches)
    }
}
