//! The arrays that a model is trained on, and their batches.

use array::{Array, Random};
use keras::training::{BOTH_WEIGHTS, class_weights, has_classes, rows, split_at};
use ops::numeric::shape_of;
use ops::{Exc, Mistake, Violation};
use tensor::DType;

use crate::error::{Error, Result};
use crate::model::Model;

/// The labels of a model: one array for each output.
#[derive(Clone, Debug)]
pub struct Labels<'a>(Vec<&'a Array>);

impl<'a> From<&'a Array> for Labels<'a> {
    fn from(labels: &'a Array) -> Labels<'a> {
        Labels(vec![labels])
    }
}

impl<'a, const N: usize> From<[&'a Array; N]> for Labels<'a> {
    fn from(labels: [&'a Array; N]) -> Labels<'a> {
        Labels(labels.into())
    }
}

impl<'a> From<&[&'a Array]> for Labels<'a> {
    fn from(labels: &[&'a Array]) -> Labels<'a> {
        Labels(labels.to_vec())
    }
}

/// What a model is trained or measured on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'g> {
    pub(crate) inputs: &'g [&'g Array],
    pub(crate) labels: Option<&'g Labels<'g>>,
    /// The weights of samples, for all outputs or for each.
    pub(crate) weights: Option<&'g Labels<'g>>,
    /// The weights of classes.
    pub(crate) classes: &'g [(i64, f64)],
}

/// Arrays with as many rows each, of the dtypes that the model takes.
#[derive(Debug)]
pub(crate) struct Data {
    /// The inputs, then the labels, then the weights of samples.
    arrays: Vec<Array>,
    pub(crate) rows: usize,
}

impl<'g> Given<'g> {
    /// Inputs alone, to predict of.
    pub(crate) fn inputs(inputs: &'g [&'g Array]) -> Given<'g> {
        Given { inputs, labels: None, weights: None, classes: &[] }
    }

    /// Inputs with labels.
    pub(crate) fn labelled(inputs: &'g [&'g Array], labels: &'g Labels<'g>) -> Given<'g> {
        Given { labels: Some(labels), ..Given::inputs(inputs) }
    }
}

impl Data {
    pub(crate) fn new(model: &Model, given: &Given<'_>) -> Result<Data> {
        let inputs = given.inputs;
        if inputs.len() != model.network.inputs.len() {
            let (want, got) = (model.network.inputs.len(), inputs.len());
            return Err(Error::Data(format!("the model has {want} inputs, but {got} arrays were given")));
        }
        let mut arrays = Vec::with_capacity(inputs.len() + 1);
        for (array, symbol) in inputs.iter().zip(&model.network.inputs) {
            let (given, wanted) = (shape_of(array), symbol.shape());
            if given.rank() != wanted.rank() || !given.compatible(wanted) {
                let (given, wanted) = (given.tuple(), wanted.tuple());
                return Err(Error::Data(format!("an input of shape {wanted} got an array of shape {given}")));
            }
            arrays.push(array.cast(symbol.spec().dtype.unwrap_or(DType::Float32))?);
        }
        if let Some(Labels(labels)) = given.labels {
            let (want, got) = (model.network.outputs.len(), labels.len());
            if want != got {
                return Err(Error::Data(format!(
                    "the model has {want} outputs, but {got} labels were given"
                )));
            }
            for labels in labels {
                // Keras computes in single precision.
                let single = labels.dtype() == DType::Float64;
                arrays.push(if single { labels.cast(DType::Float32)? } else { (*labels).clone() });
            }
            arrays.extend(given.sample_weights()?);
        }
        let rows = arrays.first().and_then(|array| array.shape().first()).copied().unwrap_or(0);
        if arrays.iter().any(|array| array.shape().first() != Some(&rows)) {
            return Err(Error::Data("the arrays have different numbers of samples".to_owned()));
        }
        if rows == 0 {
            return Err(Error::Data("there are no samples".to_owned()));
        }
        Ok(Data { arrays, rows })
    }

    /// Holds the last part of the data back.
    ///
    /// # Errors
    /// Keras' `ValueError` where one part would have no rows.
    pub(crate) fn split(self, share: f64) -> Result<(Data, Data)> {
        let all = i64::try_from(self.rows).unwrap_or(i64::MAX);
        let at = split_at(all, share, &format!("{share:?}")).map_err(refused)?;
        let at = usize::try_from(at).unwrap_or(0).min(self.rows);
        let part = |from: usize, to: usize| -> Result<Data> {
            let arrays = self.arrays.iter().map(|array| Ok(array.narrow(0, from, to)?.dense()));
            Ok(Data { arrays: arrays.collect::<Result<_>>()?, rows: to - from })
        };
        Ok((part(0, at)?, part(at, self.rows)?))
    }

    /// The rows of each batch of a pass, in their own order or in one that is drawn.
    pub(crate) fn pass(&self, size: usize, random: Option<&mut Random>) -> Vec<Vec<usize>> {
        let order = match random {
            Some(random) => random.order(self.rows),
            None => (0..self.rows).collect(),
        };
        order.chunks(size.max(1)).map(<[usize]>::to_vec).collect()
    }

    /// The arrays of a batch.
    pub(crate) fn batch(&self, order: &[usize]) -> Result<Vec<Array>> {
        self.arrays.iter().map(|array| Ok(rows(array, order)?)).collect()
    }

    /// All of it as one batch.
    pub(crate) fn whole(self) -> Vec<Array> {
        self.arrays
    }

    /// Tells whether batches of this size are of several sizes in the end.
    pub(crate) fn is_uneven(&self, size: usize) -> bool {
        !self.rows.is_multiple_of(size.max(1))
    }
}

impl Given<'_> {
    /// The weights of samples, those of their classes among them.
    fn sample_weights(&self) -> Result<Vec<Array>> {
        let of = |weights: &Labels<'_>| -> Result<Vec<Array>> {
            weights.0.iter().map(|weights| Ok(weights.cast(DType::Float32)?)).collect()
        };
        if self.classes.is_empty() {
            return self.weights.map_or(Ok(Vec::new()), of);
        }
        if self.weights.is_some() {
            return Err(refused(BOTH_WEIGHTS.to_owned()));
        }
        let labels = match self.labels {
            Some(Labels(labels)) if labels.len() == 1 => labels.first(),
            _ => None,
        };
        let only = "`class_weight` is only supported for Models with a single output.";
        let labels = labels.ok_or_else(|| refused(only.to_owned()))?;
        let strange = || Error::Data("a label without a weight of its class".to_owned());
        if !has_classes(labels, self.classes) {
            return Err(strange());
        }
        Ok(vec![class_weights(labels, self.classes).ok_or_else(strange)?])
    }
}

/// Keras' `ValueError` with a message.
fn refused(message: String) -> Error {
    Violation::stop(Exc::ValueError, message, Mistake::Other).into()
}
