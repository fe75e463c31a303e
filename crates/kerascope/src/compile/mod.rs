//! What a model is trained with: optimizers, schedules, losses, metrics.

mod loss;
mod metric;
mod optimizer;

use std::cell::RefCell;

use keras::Bound;
use keras::training::LogNames;
use ops::{Arg, Infer, Keras, Stop};

use crate::engine::misfit;
use crate::error::{Error, Result};
use crate::host::Slots;
use crate::model::Model;
use crate::value::{Settings, Value};
use crate::weight::Weight;

pub(crate) use loss::{Given, total};
pub use loss::{Loss, Losses};
pub use metric::Metric;
pub(crate) use metric::{Entry, Measured, track};
pub use optimizer::{Optimizer, Schedule};

/// A class that holds settings, with those of its constructor.
#[derive(Clone, Debug)]
pub(crate) struct Configured {
    pub(super) class: String,
    pub(super) settings: Settings,
}

impl Configured {
    /// Makes an object of a class, as its constructor does without arguments.
    pub(crate) fn new(class: &str) -> Configured {
        Configured { class: class.to_owned(), settings: Settings::new() }
    }

    /// Gives an argument of the constructor.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Configured {
        self.settings.push((name.into(), value.into().0));
        self
    }

    /// Returns the name of its class.
    pub(crate) fn class(&self) -> &str {
        &self.class
    }

    /// Binds a constructor's arguments and lets the class check them.
    pub(crate) fn bind(&self, module: &str) -> Infer<Configured> {
        let path = format!("keras.{module}.{}", self.class);
        let unknown = Stop::Unknown("a class that is not modelled");
        let signature = binding::signature(Keras::Three, &path, None).ok_or(unknown)?;
        let name = format!("{}.__init__", self.class);
        let settings = binding::bound(&signature, &name, &[], &self.settings, Arg::clone).map_err(misfit)?;
        let bound = Configured { class: self.class.clone(), settings };
        if let Some(config) = keras::find_config(&path) {
            (config.init)(&bound.bound())?;
        }
        Ok(bound)
    }

    pub(crate) fn bound(&self) -> Bound<'_> {
        Bound { keras: Keras::Three, class: &self.class, args: &self.settings }
    }
}

/// What `compile` sets.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) optimizer: Optimizer,
    /// One for each output, or one for all.
    pub(crate) losses: Vec<Loss>,
    pub(crate) metrics: Vec<Entry>,
    /// The weights that training changes.
    pub(crate) trained: Vec<Weight>,
    /// The optimizer's variables.
    pub(crate) state: RefCell<Slots>,
    /// What is tracked over a round: those of the loss, then those of each output's loss where there are several,
    /// then those of each metric.
    pub(crate) tallies: RefCell<Vec<Slots>>,
}

impl Model {
    /// Sets what the model is trained with: one loss for all outputs, or one for each. Metrics, which are measured of
    /// each output, are named as Keras' `compile` takes them: `"accuracy"`, `"mae"`; [`Model::compile_with`] takes
    /// them with arguments.
    ///
    /// # Errors
    /// What Keras raises for arguments that it refuses; [`Error::Data`] where there are neither one loss nor as many as
    /// outputs; [`Error::Unknown`] for classes without a model.
    pub fn compile(
        &mut self,
        optimizer: &Optimizer,
        losses: impl Into<Losses>,
        metrics: &[&str],
    ) -> Result<()> {
        self.compile_with(optimizer, losses, metrics.iter().map(|name| Metric::new(name)))
    }

    /// Sets what the model is trained with, with metrics that have arguments, belong to one output, or count samples by
    /// their weights.
    ///
    /// ```
    /// use kerascope::{Layer, Metric, Optimizer, Sequential};
    ///
    /// # fn main() -> kerascope::Result<()> {
    /// let mut model = Sequential::new([4])
    ///     .then(Layer::new("Dense").with("units", 1).with("activation", "sigmoid"))?
    ///     .build()?;
    /// let metrics = [Metric::new("AUC").with("curve", "PR"), Metric::new("mae").weighted()];
    /// model.compile_with(&Optimizer::new("Adam"), "binary_crossentropy", metrics)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Model::compile`], and [`Error::Data`] for a metric of an output that is not there.
    pub fn compile_with(
        &mut self,
        optimizer: &Optimizer,
        losses: impl Into<Losses>,
        metrics: impl IntoIterator<Item = Metric>,
    ) -> Result<()> {
        let losses: Losses = losses.into();
        let names = self.output_names();
        let outputs = names.len();
        if losses.0.len() != 1 && losses.0.len() != outputs {
            let count = losses.0.len();
            return Err(Error::Data(format!("{count} losses for a model with {outputs} outputs")));
        }
        let metrics = metric::entries(metrics, &names)?;
        let tracked = 1 + if outputs == 1 { 0 } else { outputs } + metrics.len();
        self.compiled = Some(Compiled {
            optimizer: optimizer.bind()?,
            losses: losses.0.iter().map(Loss::bind).collect::<Infer<_>>()?,
            tallies: RefCell::new(vec![Slots::new(); tracked]),
            metrics,
            trained: self.trainable_weights(),
            state: RefCell::default(),
        });
        self.plans.borrow_mut().forget();
        Ok(())
    }

    /// Returns the optimizer's present learning rate; nothing where the model is not compiled or a schedule says it.
    pub fn learning_rate(&self) -> Option<f64> {
        let compiled = self.compiled.as_ref()?;
        compiled.optimizer.rate(&compiled.state.borrow())
    }

    /// Sets the optimizer's learning rate.
    ///
    /// # Errors
    /// [`Error::NotCompiled`]; [`Error::Unknown`] where a schedule says the rate.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<()> {
        let compiled = self.compiled.as_mut().ok_or(Error::NotCompiled)?;
        compiled.optimizer.set_rate(compiled.state.get_mut(), rate)
    }

    /// Returns the names of the outputs: those of the layers that make them.
    pub fn output_names(&self) -> Vec<String> {
        let layer = |symbol: &crate::Symbol| match symbol.call() {
            Some((call, _)) => call.layer.name().to_string(),
            None => "input".to_owned(),
        };
        self.network.outputs.iter().map(layer).collect()
    }

    /// Returns the names of what a round measures, in order; those of several outputs begin with the outputs' names.
    pub fn metrics_names(&self) -> Vec<String> {
        let Some(compiled) = &self.compiled else { return Vec::new() };
        let outputs = self.output_names();
        let mut names = vec!["loss".to_owned()];
        if outputs.len() > 1 {
            names.extend(outputs.iter().map(|output| format!("{output}_loss")));
        }
        let mut logs = LogNames::default();
        for entry in &compiled.metrics {
            let output = outputs.get(entry.output).filter(|_| outputs.len() > 1);
            let metric = &entry.metric;
            let log = logs.next(output.map(String::as_str), &metric.log_name(), metric.is_weighted());
            names.push(log.numbered());
        }
        names
    }
}
