//! `fit`, `evaluate`, `predict`.

use array::{Array, Random};
use ops::numeric::shape_of;
use tensor::DType;

use crate::callbacks::{Callback, Epoch, Next};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::plans::{Kind, Step};

/// How a model is trained. The defaults are Keras': one epoch, batches of 32 samples, in a new order for each epoch.
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    epochs: usize,
    batch_size: usize,
    shuffle: bool,
    seed: u64,
    validation: Option<(Vec<&'a Array>, Labels<'a>)>,
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Fit { epochs: 1, batch_size: 32, shuffle: true, seed: 0, validation: None }
    }
}

impl<'a> Fit<'a> {
    /// Sets the number of epochs.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Fit<'a> {
        Fit { epochs, ..self }
    }

    /// Sets the number of samples in a batch; the last one of an epoch may be smaller.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Fit<'a> {
        Fit { batch_size: batch_size.max(1), ..self }
    }

    /// Takes the samples in their own order.
    #[must_use]
    pub fn in_order(self) -> Fit<'a> {
        Fit { shuffle: false, ..self }
    }

    /// Sets what the order of samples depends on.
    #[must_use]
    pub fn seed(self, seed: u64) -> Fit<'a> {
        Fit { seed, ..self }
    }

    /// Measures the model on other data after each epoch.
    #[must_use]
    pub fn validation(self, inputs: &[&'a Array], labels: impl Into<Labels<'a>>) -> Fit<'a> {
        Fit { validation: Some((inputs.to_vec(), labels.into())), ..self }
    }
}

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

/// What a training measured: a number for each epoch under each name (`loss`, `accuracy`, `val_loss`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    entries: Vec<(String, Vec<f64>)>,
}

impl History {
    /// Returns the numbers under a name; none where there is no such.
    pub fn of(&self, name: &str) -> &[f64] {
        self.entries.iter().find(|(n, _)| n == name).map_or(&[], |(_, numbers)| numbers)
    }

    /// Returns names and numbers, in the order in which they were measured.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.entries.iter().map(|(name, numbers)| (name.as_str(), numbers.as_slice()))
    }

    fn add(&mut self, logs: &[(String, f64)]) {
        for (name, number) in logs {
            match self.entries.iter_mut().find(|(n, _)| n == name) {
                Some((_, numbers)) => numbers.push(*number),
                None => self.entries.push((name.clone(), vec![*number])),
            }
        }
    }
}

impl Model {
    /// Trains the model.
    ///
    /// # Errors
    /// What Keras raises, met when the first batch of a size is traced; [`Error::NotCompiled`];
    /// [`Error::Data`] for arrays that do not belong together.
    pub fn fit<'l>(
        &mut self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
        how: &Fit<'_>,
    ) -> Result<History> {
        self.fit_with(inputs, labels, how, &mut [])
    }

    /// Trains the model, asking callbacks in their order.
    ///
    /// # Errors
    /// As [`Model::fit`], and what callbacks answer.
    pub fn fit_with<'l>(
        &mut self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
        how: &Fit<'_>,
        callbacks: &mut [&mut dyn Callback],
    ) -> Result<History> {
        let data = Data::new(self, inputs, Some(&labels.into()))?;
        let validation = match &how.validation {
            Some((inputs, labels)) => Some(Data::new(self, inputs, Some(labels))?),
            None => None,
        };
        let mut random = Random::new(how.seed);
        let mut history = History::default();
        for callback in callbacks.iter_mut() {
            callback.train_begin(self)?;
        }
        for number in 0..how.epochs {
            let order = how.shuffle.then(|| random.order(data.rows));
            let mut logs = self.round(Step::Train, &data, how.batch_size, order.as_deref())?;
            if let Some(validation) = &validation {
                let measured = self.round(Step::Test, validation, how.batch_size, None)?;
                logs.extend(measured.into_iter().map(|(name, number)| (format!("val_{name}"), number)));
            }
            history.add(&logs);
            let epoch = Epoch { number, logs: &logs };
            let mut stops = false;
            for callback in callbacks.iter_mut() {
                stops |= callback.epoch_end(&epoch, self)? == Next::Stop;
            }
            if stops {
                break;
            }
        }
        if let Some(compiled) = &self.compiled {
            compiled.optimizer.finalize(&compiled.state.borrow(), &self.trainable_weights())?;
        }
        for callback in callbacks.iter_mut() {
            callback.train_end(self)?;
        }
        Ok(history)
    }

    /// Measures the model: the loss and each metric, by name.
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn evaluate<'l>(
        &self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
        batch_size: usize,
    ) -> Result<Vec<(String, f64)>> {
        self.round(Step::Test, &Data::new(self, inputs, Some(&labels.into()))?, batch_size, None)
    }

    /// Computes the output of a model with one output.
    ///
    /// # Errors
    /// As [`Model::fit`]; [`Error::Data`] where there are several outputs.
    pub fn predict(&self, inputs: &[&Array], batch_size: usize) -> Result<Array> {
        match &self.predict_all(inputs, batch_size)?[..] {
            [output] => Ok(output.clone()),
            outputs => Err(Error::Data(format!("the model has {} outputs", outputs.len()))),
        }
    }

    /// Computes all outputs.
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn predict_all(&self, inputs: &[&Array], batch_size: usize) -> Result<Vec<Array>> {
        let data = Data::new(self, inputs, None)?;
        let mut parts: Vec<Vec<Array>> = vec![Vec::new(); self.network.outputs.len()];
        for batch in data.batches(batch_size, None) {
            let outputs = self.carry_out(Kind { step: Step::Predict, any_rows: false }, batch?)?;
            parts.iter_mut().zip(outputs).for_each(|(part, output)| part.push(output));
        }
        parts.iter().map(|part| Ok(array::concatenate(part, 0)?)).collect()
    }

    /// Goes through data once; returns what was measured.
    fn round(
        &self,
        step: Step,
        data: &Data,
        batch_size: usize,
        order: Option<&[usize]>,
    ) -> Result<Vec<(String, f64)>> {
        let compiled = self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        for (_, weight, initial) in compiled.tallies.borrow().iter().flatten() {
            let sizes: Vec<usize> = weight.array()?.shape().to_vec();
            weight.store(Array::full(&sizes, weight.spec().dtype.unwrap_or(DType::Float32), *initial)?);
        }
        let kind = Kind { step, any_rows: data.rows % batch_size.max(1) != 0 };
        let mut logs = Vec::new();
        for batch in data.batches(batch_size, order) {
            logs = self.carry_out(kind, batch?)?;
        }
        self.metrics_names().into_iter().zip(&logs).map(|(name, log)| Ok((name, log.to_float()?))).collect()
    }
}

/// Arrays with as many rows each, of the dtypes that the model takes.
#[derive(Debug)]
struct Data {
    /// The inputs, then the labels.
    arrays: Vec<Array>,
    rows: usize,
}

impl Data {
    fn new(model: &Model, inputs: &[&Array], labels: Option<&Labels<'_>>) -> Result<Data> {
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
        if let Some(Labels(labels)) = labels {
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

    /// Cuts the data in batches.
    fn batches<'d>(
        &'d self,
        size: usize,
        order: Option<&'d [usize]>,
    ) -> impl Iterator<Item = Result<Vec<Array>>> + 'd {
        let size = size.max(1);
        (0..self.rows).step_by(size).map(move |start| {
            let stop = self.rows.min(start + size);
            let taken: Option<Vec<i64>> = order.map(|order| {
                order.get(start..stop).unwrap_or_default().iter().map(|row| *row as i64).collect()
            });
            let mut batch = Vec::with_capacity(self.arrays.len());
            for array in &self.arrays {
                batch.push(match &taken {
                    Some(rows) => {
                        let rows = Array::ints(&[rows.len()], DType::Int64, rows.clone())?;
                        array::gather(array, &rows, 0, 0)?
                    }
                    None => array.narrow(0, start, stop)?,
                });
            }
            Ok(batch)
        })
    }
}
