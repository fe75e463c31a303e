//! What is asked while a model trains: after each epoch, at the end.

use array::Array;
use keras::watch::{Plateau, Stopping, more_is_better};
use ops::Keras;

use crate::error::Result;
use crate::model::Model;

/// Whether training goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It does.
    Epoch,
    /// It ends with this epoch.
    Stop,
}

impl Next {
    /// It goes on where both say so.
    pub(crate) fn and(self, other: Next) -> Next {
        if self == Next::Stop { self } else { other }
    }
}

/// What was measured in an epoch.
#[derive(Clone, Copy, Debug)]
pub struct Epoch<'l> {
    /// Its number, from 0.
    pub number: usize,
    /// The numbers by name, in the order in which they were measured.
    pub logs: &'l [(String, f64)],
}

impl Epoch<'_> {
    /// Returns the number under a name: `loss`, `val_accuracy`.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.logs.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }
}

/// What was measured in an epoch until a batch had been trained on.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'l> {
    /// Its number within the epoch, from 0.
    pub number: usize,
    /// The numbers by name, in the order in which they were measured.
    pub logs: &'l [(String, f64)],
}

/// Something that is asked while a model trains. A closure is asked after each epoch:
///
/// ```
/// use kerascope::{Array, DType, Epoch, Fit, Layer, Model, Next, Optimizer, Sequential};
///
/// # fn main() -> kerascope::Result<()> {
/// let mut model = Sequential::new([2]).then(Layer::new("Dense").with("units", 1))?.build()?;
/// model.compile(&Optimizer::new("SGD"), "mse", &[])?;
/// let (x, y) = (Array::full(&[8, 2], DType::Float32, 1.0)?, Array::zeros(&[8, 1], DType::Float32)?);
///
/// let mut enough = |epoch: &Epoch<'_>, _: &mut Model| {
///     Ok(if epoch.number == 2 { Next::Stop } else { Next::Epoch })
/// };
/// let history = model.fit_with(&[&x], &y, &Fit::default().epochs(10), &mut [&mut enough])?;
/// assert_eq!(history.of("loss").len(), 3);
/// # Ok(())
/// # }
/// ```
pub trait Callback {
    /// Training begins.
    ///
    /// # Errors
    /// Training does not begin.
    fn train_begin(&mut self, model: &mut Model) -> Result<()> {
        let _ = model;
        Ok(())
    }

    /// An epoch begins: where a learning rate is set.
    ///
    /// # Errors
    /// Training ends with it.
    fn epoch_begin(&mut self, number: usize, model: &mut Model) -> Result<()> {
        let _ = (number, model);
        Ok(())
    }

    /// A batch has been trained on.
    ///
    /// # Errors
    /// Training ends with it.
    fn batch_end(&mut self, batch: &Batch<'_>, model: &mut Model) -> Result<Next> {
        let _ = (batch, model);
        Ok(Next::Epoch)
    }

    /// An epoch has ended, its validation included.
    ///
    /// # Errors
    /// Training ends with it.
    fn epoch_end(&mut self, epoch: &Epoch<'_>, model: &mut Model) -> Result<Next>;

    /// Training has ended.
    ///
    /// # Errors
    /// `fit` returns it.
    fn train_end(&mut self, model: &mut Model) -> Result<()> {
        let _ = model;
        Ok(())
    }
}

impl<F: FnMut(&Epoch<'_>, &mut Model) -> Result<Next>> Callback for F {
    fn epoch_end(&mut self, epoch: &Epoch<'_>, model: &mut Model) -> Result<Next> {
        self(epoch, model)
    }
}

/// `EarlyStopping`: training ends when a number has not become better for some epochs.
///
/// ```
/// let mut stopping = kerascope::EarlyStopping::new("val_loss").patience(3).restoring();
/// # let _ = &mut stopping as &mut dyn kerascope::Callback;
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    monitor: String,
    settings: Stopping,
    restores: bool,
    state: Stopping,
    kept: Option<Vec<Array>>,
}

impl EarlyStopping {
    /// Watches a number of the logs; whether more is better of it, its name says.
    pub fn new(monitor: &str) -> EarlyStopping {
        let settings = Stopping {
            more: more_is_better(Keras::Three, "auto", monitor),
            min_delta: 0.0,
            patience: 0,
            baseline: None,
            start: 0,
            best: None,
            wait: 0,
        };
        EarlyStopping {
            monitor: monitor.to_owned(),
            state: settings.clone(),
            settings,
            restores: false,
            kept: None,
        }
    }

    /// Sets after how many epochs without an improvement training ends.
    #[must_use]
    pub fn patience(mut self, epochs: u32) -> EarlyStopping {
        self.settings.patience = i64::from(epochs);
        self
    }

    /// Sets by how much at least the number has to become better.
    #[must_use]
    pub fn min_delta(mut self, delta: f64) -> EarlyStopping {
        self.settings.min_delta = delta.abs();
        self
    }

    /// Sets what the number has to be better than.
    #[must_use]
    pub fn baseline(mut self, baseline: f64) -> EarlyStopping {
        self.settings.baseline = Some(baseline);
        self
    }

    /// Sets the first epoch that counts, from 0: `start_from_epoch`.
    #[must_use]
    pub fn start_from_epoch(mut self, epoch: u32) -> EarlyStopping {
        self.settings.start = i64::from(epoch);
        self
    }

    /// Sets whether more is better, where the name does not say it.
    #[must_use]
    pub fn more_is_better(mut self, more: bool) -> EarlyStopping {
        self.settings.more = more;
        self
    }

    /// Gives the model the weights of the best epoch at the end: `restore_best_weights=True`.
    #[must_use]
    pub fn restoring(mut self) -> EarlyStopping {
        self.restores = true;
        self
    }

    /// Returns the best number that was seen.
    pub fn best(&self) -> Option<f64> {
        self.state.best
    }
}

impl Callback for EarlyStopping {
    fn train_begin(&mut self, _: &mut Model) -> Result<()> {
        self.state = self.settings.clone();
        self.kept = None;
        Ok(())
    }

    fn epoch_end(&mut self, epoch: &Epoch<'_>, model: &mut Model) -> Result<Next> {
        let Some(current) = epoch.get(&self.monitor) else { return Ok(Next::Epoch) };
        let number = i64::try_from(epoch.number).unwrap_or(i64::MAX);
        let seen = self.state.see(number, current);
        if self.restores && number >= self.state.start && (seen.best || self.kept.is_none()) {
            self.kept = Some(model.numbers()?);
        }
        Ok(if seen.stop { Next::Stop } else { Next::Epoch })
    }

    fn train_end(&mut self, model: &mut Model) -> Result<()> {
        match self.kept.take() {
            Some(numbers) => model.set_numbers(&numbers),
            None => Ok(()),
        }
    }
}

/// `ReduceLROnPlateau`: the learning rate falls when a number has not become better for some epochs.
///
/// ```
/// let mut reduce = kerascope::ReduceOnPlateau::new("loss").factor(0.5).patience(2);
/// # let _ = &mut reduce as &mut dyn kerascope::Callback;
/// ```
#[derive(Clone, Debug)]
pub struct ReduceOnPlateau {
    monitor: String,
    settings: Plateau,
    state: Plateau,
}

impl ReduceOnPlateau {
    /// Watches a number of the logs; whether more is better of it, its name says.
    pub fn new(monitor: &str) -> ReduceOnPlateau {
        let settings = Plateau {
            more: more_is_better(Keras::Three, "auto", monitor),
            min_delta: 1e-4,
            patience: 10,
            factor: 0.1,
            single: false,
            min_rate: 0.0,
            cooldown: 0,
            best: None,
            wait: 0,
            cooling: 0,
        };
        ReduceOnPlateau { monitor: monitor.to_owned(), state: settings.clone(), settings }
    }

    /// Sets what the rate is multiplied by.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> ReduceOnPlateau {
        self.settings.factor = factor;
        self
    }

    /// Sets after how many epochs without an improvement the rate falls.
    #[must_use]
    pub fn patience(mut self, epochs: u32) -> ReduceOnPlateau {
        self.settings.patience = i64::from(epochs);
        self
    }

    /// Sets by how much at least the number has to become better.
    #[must_use]
    pub fn min_delta(mut self, delta: f64) -> ReduceOnPlateau {
        self.settings.min_delta = delta.abs();
        self
    }

    /// Sets for how many epochs none counts after the rate fell.
    #[must_use]
    pub fn cooldown(mut self, epochs: u32) -> ReduceOnPlateau {
        self.settings.cooldown = i64::from(epochs);
        self
    }

    /// Sets what the rate does not fall below.
    #[must_use]
    pub fn min_rate(mut self, rate: f64) -> ReduceOnPlateau {
        self.settings.min_rate = rate;
        self
    }
}

impl Callback for ReduceOnPlateau {
    fn train_begin(&mut self, _: &mut Model) -> Result<()> {
        self.state = self.settings.clone();
        Ok(())
    }

    fn epoch_end(&mut self, epoch: &Epoch<'_>, model: &mut Model) -> Result<Next> {
        if let Some(current) = epoch.get(&self.monitor)
            && let Some(rate) = self.state.see(current, model.learning_rate())
        {
            model.set_learning_rate(rate)?;
        }
        Ok(Next::Epoch)
    }
}
