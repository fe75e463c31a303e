//! `fit`, `evaluate`, `predict`, and their like for one batch.

use array::{Array, Random};
use keras::training::{Passes, Steps};
use ops::Keras;
use tensor::DType;

use crate::callbacks::{Batch, Callback, Epoch, Next};
use crate::data::{Data, Given, Labels};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::options::{Fit, History};
use crate::plans::{Kind, Step};

/// Names with numbers.
type Logs = Vec<(String, f64)>;

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
        let (data, validation) = self.data_of(inputs, &labels.into(), how)?;
        let mut random = Random::new(how.seed);
        let mut history = History::default();
        let mut passes = Passes::default();
        let count = how.steps.unwrap_or(data.rows.div_ceil(how.batch_size));
        let steps = Steps { keras: Keras::Three, count, counted: true, repeats: 0 };
        for callback in callbacks.iter_mut() {
            callback.train_begin(self)?;
        }
        for number in how.first..how.epochs {
            for callback in callbacks.iter_mut() {
                callback.epoch_begin(number, self)?;
            }
            let mut begin = || Ok(Some(data.pass(how.batch_size, how.shuffle.then_some(&mut random))));
            let batches: Vec<Vec<usize>> = passes.epoch::<Error>(steps, &mut begin)?.unwrap_or_default();
            let kind = Kind { step: Step::Train, any_rows: data.is_uneven(how.batch_size) };
            let (mut logs, mut next) = self.train_round(kind, &data, &batches, callbacks)?;
            if let Some(validation) = validation.as_ref().filter(|_| (number + 1) % how.validation_freq == 0)
            {
                let size = how.validation_batch.unwrap_or(how.batch_size);
                let measured = self.test_round(validation, size, how.validation_steps)?;
                logs.extend(measured.into_iter().map(|(name, number)| (format!("val_{name}"), number)));
            }
            history.add(&logs);
            let epoch = Epoch { number, logs: &logs };
            for callback in callbacks.iter_mut() {
                next = next.and(callback.epoch_end(&epoch, self)?);
            }
            if next == Next::Stop {
                break;
            }
        }
        if let Some(compiled) = &self.compiled {
            compiled.optimizer.finalize(&compiled.state.borrow(), &compiled.trained)?;
        }
        for callback in callbacks.iter_mut() {
            callback.train_end(self)?;
        }
        Ok(history)
    }

    /// The data to train on, and that to validate with.
    fn data_of(&self, inputs: &[&Array], labels: &Labels<'_>, how: &Fit<'_>) -> Result<(Data, Option<Data>)> {
        let weights = how.weights.as_ref();
        let data = Data::new(self, &Given { inputs, labels: Some(labels), weights, classes: &how.classes })?;
        if let Some((inputs, labels)) = &how.validation {
            let weights = how.validation_weights.as_ref();
            let given = Given { inputs, labels: Some(labels), weights, classes: &[] };
            return Ok((data, Some(Data::new(self, &given)?)));
        }
        if how.validation_split == 0.0 {
            return Ok((data, None));
        }
        let (data, held) = data.split(how.validation_split)?;
        if how.classes.is_empty() {
            return Ok((data, Some(held)));
        }
        // Only what is trained on is weighed by its classes.
        let bare = Data::new(self, &Given::labelled(inputs, labels))?;
        Ok((data, Some(bare.split(how.validation_split)?.1)))
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
        let labels = labels.into();
        self.test_round(&Data::new(self, &Given::labelled(inputs, &labels))?, batch_size, None)
    }

    /// Measures the model on samples with weights: one array for all outputs, or one for each.
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn evaluate_weighted<'l, 'w>(
        &self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
        sample_weight: impl Into<Labels<'w>>,
        batch_size: usize,
    ) -> Result<Vec<(String, f64)>> {
        let (labels, weights) = (labels.into(), sample_weight.into());
        let given = Given { weights: Some(&weights), ..Given::labelled(inputs, &labels) };
        self.test_round(&Data::new(self, &given)?, batch_size, None)
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
        let data = Data::new(self, &Given::inputs(inputs))?;
        let mut parts: Vec<Vec<Array>> = vec![Vec::new(); self.network.outputs.len()];
        for rows in data.pass(batch_size, None) {
            let outputs = self.carry_out(Step::Predict.alone(), data.batch(&rows)?)?;
            parts.iter_mut().zip(outputs).for_each(|(part, output)| part.push(output));
        }
        parts.iter().map(|part| Ok(array::concatenate(part, 0)?)).collect()
    }

    /// Makes one step of training, and returns what was measured of the batch.
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn train_on_batch<'l>(
        &mut self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
    ) -> Result<Vec<(String, f64)>> {
        self.on_batch(Step::Train, inputs, &labels.into())
    }

    /// Measures the model on one batch.
    ///
    /// # Errors
    /// As [`Model::fit`].
    pub fn test_on_batch<'l>(
        &self,
        inputs: &[&Array],
        labels: impl Into<Labels<'l>>,
    ) -> Result<Vec<(String, f64)>> {
        self.on_batch(Step::Test, inputs, &labels.into())
    }

    fn on_batch(&self, step: Step, inputs: &[&Array], labels: &Labels<'_>) -> Result<Logs> {
        self.reset_metrics()?;
        let batch = Data::new(self, &Given::labelled(inputs, labels))?.whole();
        self.named(&self.carry_out(step.alone(), batch)?)
    }

    /// Begins to measure anew, as each epoch, evaluation and single batch does.
    fn reset_metrics(&self) -> Result<()> {
        let compiled = self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        for (_, weight, initial) in compiled.tallies.borrow().iter().flatten() {
            let sizes: Vec<usize> = weight.array()?.shape().to_vec();
            weight.store(Array::full(&sizes, weight.spec().dtype.unwrap_or(DType::Float32), *initial)?);
        }
        Ok(())
    }

    /// Trains on batches, asking callbacks after each; returns what was measured, and whether training goes on.
    fn train_round(
        &mut self,
        kind: Kind,
        data: &Data,
        batches: &[Vec<usize>],
        callbacks: &mut [&mut dyn Callback],
    ) -> Result<(Logs, Next)> {
        self.reset_metrics()?;
        let mut last = Vec::new();
        for (number, rows) in batches.iter().enumerate() {
            last = self.carry_out(kind, data.batch(rows)?)?;
            if callbacks.is_empty() {
                continue;
            }
            let logs = self.named(&last)?;
            let mut next = Next::Epoch;
            for callback in callbacks.iter_mut() {
                next = next.and(callback.batch_end(&Batch { number, logs: &logs }, self)?);
            }
            if next == Next::Stop {
                return Ok((logs, next));
            }
        }
        Ok((self.named(&last)?, Next::Epoch))
    }

    /// Measures the model on the first batches of data, or on all.
    fn test_round(&self, data: &Data, batch_size: usize, steps: Option<usize>) -> Result<Logs> {
        self.reset_metrics()?;
        let kind = Kind { step: Step::Test, any_rows: data.is_uneven(batch_size) };
        let mut last = Vec::new();
        for rows in data.pass(batch_size, None).iter().take(steps.unwrap_or(usize::MAX)) {
            last = self.carry_out(kind, data.batch(rows)?)?;
        }
        self.named(&last)
    }

    /// What a step measured, by name.
    fn named(&self, logs: &[Array]) -> Result<Logs> {
        self.metrics_names().into_iter().zip(logs).map(|(name, log)| Ok((name, log.to_float()?))).collect()
    }
}
