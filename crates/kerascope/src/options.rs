//! How a model is trained, and what a training measured.

use array::Array;

use crate::data::Labels;

/// How a model is trained. The defaults are Keras': one epoch, batches of 32 samples, in a new order for each epoch.
///
/// ```
/// use kerascope::{Array, DType, Fit, Layer, Optimizer, Sequential};
///
/// # fn main() -> kerascope::Result<()> {
/// let mut model = Sequential::new([2]).then(Layer::new("Dense").with("units", 2))?.build()?;
/// model.compile(&Optimizer::new("Adam"), "sparse_categorical_crossentropy", &["accuracy"])?;
/// let (x, y) = (Array::full(&[8, 2], DType::Float32, 1.0)?, Array::zeros(&[8], DType::Int32)?);
///
/// let how = Fit::default().epochs(2).batch_size(4).validation_split(0.25).class_weight([(0, 1.0), (1, 3.0)]);
/// let history = model.fit(&[&x], &y, &how)?;
/// assert_eq!(history.of("val_loss").len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    pub(crate) epochs: usize,
    pub(crate) first: usize,
    pub(crate) batch_size: usize,
    pub(crate) steps: Option<usize>,
    pub(crate) shuffle: bool,
    pub(crate) seed: u64,
    pub(crate) weights: Option<Labels<'a>>,
    pub(crate) classes: Vec<(i64, f64)>,
    pub(crate) validation: Option<(Vec<&'a Array>, Labels<'a>)>,
    pub(crate) validation_weights: Option<Labels<'a>>,
    pub(crate) validation_split: f64,
    pub(crate) validation_batch: Option<usize>,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) validation_freq: usize,
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Fit {
            epochs: 1,
            first: 0,
            batch_size: 32,
            steps: None,
            shuffle: true,
            seed: 0,
            weights: None,
            classes: Vec::new(),
            validation: None,
            validation_weights: None,
            validation_split: 0.0,
            validation_batch: None,
            validation_steps: None,
            validation_freq: 1,
        }
    }
}

impl<'a> Fit<'a> {
    /// Sets the number of epochs.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Fit<'a> {
        Fit { epochs, ..self }
    }

    /// Begins with the epoch of this number, as a training does that goes on: `initial_epoch`. The number of epochs
    /// counts those before it.
    #[must_use]
    pub fn initial_epoch(self, epoch: usize) -> Fit<'a> {
        Fit { first: epoch, ..self }
    }

    /// Sets the number of samples in a batch; the last one of an epoch may be smaller.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Fit<'a> {
        Fit { batch_size: batch_size.max(1), ..self }
    }

    /// Ends an epoch after so many batches; the next one goes on with those that are left: `steps_per_epoch`.
    #[must_use]
    pub fn steps_per_epoch(self, steps: usize) -> Fit<'a> {
        Fit { steps: Some(steps.max(1)), ..self }
    }

    /// Takes the samples in their own order: `shuffle=False`.
    #[must_use]
    pub fn in_order(self) -> Fit<'a> {
        Fit { shuffle: false, ..self }
    }

    /// Sets what the order of samples depends on.
    #[must_use]
    pub fn seed(self, seed: u64) -> Fit<'a> {
        Fit { seed, ..self }
    }

    /// Weighs the loss of each sample, and the metrics that are [weighted](crate::Metric::weighted): one array for all
    /// outputs, or one for each.
    #[must_use]
    pub fn sample_weight(self, weights: impl Into<Labels<'a>>) -> Fit<'a> {
        Fit { weights: Some(weights.into()), ..self }
    }

    /// Weighs samples by their classes; one without a weight counts once.
    #[must_use]
    pub fn class_weight(self, weights: impl IntoIterator<Item = (i64, f64)>) -> Fit<'a> {
        Fit { classes: weights.into_iter().collect(), ..self }
    }

    /// Measures the model on other data after each epoch: `validation_data`.
    #[must_use]
    pub fn validation(self, inputs: &[&'a Array], labels: impl Into<Labels<'a>>) -> Fit<'a> {
        Fit { validation: Some((inputs.to_vec(), labels.into())), ..self }
    }

    /// Weighs the samples of the validation data.
    #[must_use]
    pub fn validation_weight(self, weights: impl Into<Labels<'a>>) -> Fit<'a> {
        Fit { validation_weights: Some(weights.into()), ..self }
    }

    /// Holds the last part of the data back, and measures the model on it after each epoch. Validation data that is given
    /// is taken instead.
    #[must_use]
    pub fn validation_split(self, share: f64) -> Fit<'a> {
        Fit { validation_split: share, ..self }
    }

    /// Sets the number of samples in a batch of the validation data, if it is another.
    #[must_use]
    pub fn validation_batch_size(self, batch_size: usize) -> Fit<'a> {
        Fit { validation_batch: Some(batch_size.max(1)), ..self }
    }

    /// Measures the model on so many batches of the validation data.
    #[must_use]
    pub fn validation_steps(self, steps: usize) -> Fit<'a> {
        Fit { validation_steps: Some(steps.max(1)), ..self }
    }

    /// Measures the model after each so manyth epoch.
    #[must_use]
    pub fn validation_freq(self, epochs: usize) -> Fit<'a> {
        Fit { validation_freq: epochs.max(1), ..self }
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

    pub(crate) fn add(&mut self, logs: &[(String, f64)]) {
        for (name, number) in logs {
            match self.entries.iter_mut().find(|(n, _)| n == name) {
                Some((_, numbers)) => numbers.push(*number),
                None => self.entries.push((name.clone(), vec![*number])),
            }
        }
    }
}
