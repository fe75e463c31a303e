//! What a model is trained with: optimizers, schedules, losses, metrics.

use std::fmt;
use std::rc::Rc;

use array::Array;
use keras::losses::{LossCall, Weighting};
use keras::metrics::{Batch, MetricCall, Tally};
use keras::optimizers::Updates;
use keras::{Bound, Keeper, Named, Runner};
use ops::{Arg, Infer, Keras, Operand, Stop};
use tensor::DType;

use crate::engine::{Engine, misfit};
use crate::error::{Error, Result};
use crate::host::{Keep, Slots};
use crate::scope::Scope;
use crate::value::{Settings, Tensor, Value};

/// A class that holds settings, with those of its constructor.
#[derive(Clone, Debug)]
pub(crate) struct Configured {
    class: String,
    settings: Settings,
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

/// The name of the variable that an optimizer's learning rate is.
const RATE: &str = "learning_rate";

/// An optimizer: any of `keras.optimizers`.
///
/// ```
/// use kerascope::{Optimizer, Schedule};
///
/// let plain = Optimizer::new("SGD").with("learning_rate", 0.1).with("momentum", 0.9);
/// let decay = Schedule::new("ExponentialDecay")
///     .with("initial_learning_rate", 0.1)
///     .with("decay_steps", 100)
///     .with("decay_rate", 0.5);
/// let decaying = Optimizer::new("Adam").scheduled(decay);
/// # let _ = (plain, decaying);
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer {
    config: Configured,
    schedule: Option<Schedule>,
}

/// A learning rate that changes from step to step: any of `keras.optimizers.schedules`.
#[derive(Clone, Debug)]
pub struct Schedule {
    config: Configured,
}

impl Schedule {
    /// Makes a schedule of a class.
    pub fn new(class: &str) -> Schedule {
        Schedule { config: Configured::new(class) }
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Schedule {
        Schedule { config: self.config.with(name, value) }
    }
}

impl Optimizer {
    /// Makes an optimizer of a class.
    pub fn new(class: &str) -> Optimizer {
        Optimizer { config: Configured::new(class), schedule: None }
    }

    /// Gives an argument of the constructor.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Optimizer {
        Optimizer { config: self.config.with(name, value), ..self }
    }

    /// Gives it a learning rate that changes.
    #[must_use]
    pub fn scheduled(mut self, schedule: Schedule) -> Optimizer {
        self.schedule = Some(schedule);
        self
    }

    /// Checks the arguments.
    pub(crate) fn bind(&self) -> Infer<Optimizer> {
        let schedule = match &self.schedule {
            Some(schedule) => Some(Schedule { config: schedule.config.bind("optimizers.schedules")? }),
            None => None,
        };
        Ok(Optimizer { config: self.config.bind("optimizers")?, schedule })
    }

    /// Returns the present learning rate; nothing where a schedule says it.
    pub(crate) fn rate(&self, slots: &Slots) -> Option<f64> {
        if self.schedule.is_some() {
            return None;
        }
        match slots.iter().find(|(name, _, _)| name == RATE) {
            Some((_, weight, _)) => weight.array().ok()?.to_float().ok(),
            None => keras::number(&self.config.bound().get("learning_rate")),
        }
    }

    /// Sets the learning rate.
    pub(crate) fn set_rate(&mut self, slots: &mut Slots, rate: f64) -> Result<()> {
        if self.schedule.is_some() {
            return Err(Error::Unknown("a rate beside a schedule"));
        }
        let settings = &mut self.config.settings;
        settings.retain(|(name, _)| &**name != "learning_rate");
        settings.push(("learning_rate".into(), Arg::Float(rate)));
        match slots.iter().find(|(name, _, _)| name == RATE) {
            Some((_, weight, _)) => weight.assign(&Array::scalar(DType::Float32, rate)?),
            None => Ok(()),
        }
    }

    /// Makes a step.
    pub(crate) fn step(
        &self,
        engine: &mut Engine,
        slots: &mut Slots,
        pairs: &[(usize, Arg, Arg, bool)],
    ) -> Infer<()> {
        let mut keep = Keep { engine, slots };
        let iterations = keep.slot("iterations", &[], DType::Int64, 0.0)?;
        let rate = match &self.schedule {
            Some(Schedule { config }) => {
                let bound = config.bound();
                keras::optimizers::scheduled(&mut keep, bound.class, &bound, &iterations)?
            }
            None => {
                let rate = keras::number(&self.config.bound().get("learning_rate"));
                let unknown = Stop::Unknown("a learning rate that is no number");
                keep.slot(RATE, &[], DType::Float32, rate.ok_or(unknown)?)?
            }
        };
        let updates = Updates {
            class: &self.config.class,
            settings: self.config.bound(),
            rate,
            iterations: iterations.clone(),
            traced: true,
            pairs,
        };
        keras::optimizers::apply(&mut keep, &updates)?;
        let next = keep.api("keras.ops.add", &[iterations.clone(), Arg::Int(1)], &[])?;
        keep.assign(&iterations, &next)
    }
}

/// A loss: one of Keras', or a function of the program's own.
#[derive(Clone)]
pub struct Loss {
    kind: LossKind,
    weight: f64,
}

/// The losses of a model: one for all outputs, or one for each, in their order.
#[derive(Clone, Debug)]
pub struct Losses(pub(crate) Vec<Loss>);

impl<L: Into<Loss>> From<L> for Losses {
    fn from(loss: L) -> Losses {
        Losses(vec![loss.into()])
    }
}

impl<const N: usize> From<[Loss; N]> for Losses {
    fn from(losses: [Loss; N]) -> Losses {
        Losses(losses.into())
    }
}

impl From<Vec<Loss>> for Losses {
    fn from(losses: Vec<Loss>) -> Losses {
        Losses(losses)
    }
}

/// A loss of labels and predictions.
type LossFunction = dyn Fn(&mut Scope<'_>, &Tensor, &Tensor) -> Result<Tensor>;

#[derive(Clone)]
enum LossKind {
    /// A class or a function of `keras.losses`, by a name that `compile` takes.
    Named(Configured),
    Bound(&'static keras::losses::Loss, Configured),
    Function(Rc<LossFunction>),
}

impl fmt::Debug for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LossKind::Named(config) | LossKind::Bound(_, config) => f.write_str(&config.class),
            LossKind::Function(_) => f.write_str("a function"),
        }
    }
}

impl From<&str> for Loss {
    fn from(name: &str) -> Loss {
        Loss::new(name)
    }
}

impl Loss {
    /// Names a loss as `compile` takes it: `"mse"`, `"SparseCategoricalCrossentropy"`.
    pub fn new(name: &str) -> Loss {
        Loss::of(LossKind::Named(Configured::new(name)))
    }

    /// Makes a loss of a function of labels and predictions; what it returns is averaged.
    pub fn function(function: impl Fn(&mut Scope<'_>, &Tensor, &Tensor) -> Result<Tensor> + 'static) -> Loss {
        Loss::of(LossKind::Function(Rc::new(function)))
    }

    fn of(kind: LossKind) -> Loss {
        Loss { kind, weight: 1.0 }
    }

    /// Sets what it is multiplied by before the losses of several outputs are added: `loss_weights`.
    #[must_use]
    pub fn weight(self, weight: f64) -> Loss {
        Loss { weight, ..self }
    }

    /// Gives an argument of the class's constructor, such as `from_logits`. A function takes none.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Loss {
        if let LossKind::Named(config) = &mut self.kind {
            config.settings.push((name.into(), value.into().0));
        }
        self
    }

    pub(crate) fn bind(&self) -> Infer<Loss> {
        let LossKind::Named(config) = &self.kind else { return Ok(self.clone()) };
        let unknown = Stop::Unknown("a loss that is not modelled");
        let path = match keras::losses::loss_named(Keras::Three, &config.class)? {
            Named::Function(path) | Named::Class(path) => path,
            Named::Itself => return Err(unknown),
        };
        let loss = keras::losses::find_loss(path).ok_or(unknown)?;
        // A function by its name has the defaults of its class.
        let class = loss.class.rsplit('.').next().unwrap_or_default().to_owned();
        let bound = Configured { class, settings: config.settings.clone() }.bind("losses")?;
        Ok(Loss { kind: LossKind::Bound(loss, bound), weight: self.weight })
    }

    /// Computes the loss of a batch.
    pub(crate) fn compute(&self, engine: &mut Engine, labels: Arg, predictions: Operand) -> Infer<Arg> {
        let mask = predictions.node.and_then(|node| engine.masks.get(&graph::NodeId(node)).cloned());
        let mut weighting = Weighting { mask: mask.unwrap_or(Arg::None), ..Weighting::mean() };
        let predictions = Arg::Tensor(predictions);
        match &self.kind {
            LossKind::Named(_) => Err(Stop::Unknown("a loss that was not compiled")),
            LossKind::Bound(loss, config) => {
                let bound = config.bound();
                if let reduction @ Arg::Str(_) = bound.get("reduction") {
                    weighting.reduction = reduction;
                }
                keras::losses::call_loss(
                    engine,
                    LossCall::Known(loss, bound),
                    labels,
                    predictions,
                    &weighting,
                )
            }
            LossKind::Function(function) => {
                let (Arg::Tensor(y), Arg::Tensor(p)) = (labels, predictions) else {
                    return Err(Stop::Unknown("labels that are no tensor"));
                };
                let value = function(&mut Scope { engine, layer: None }, &Tensor(y), &Tensor(p))?;
                keras::losses::reduce(engine, Arg::Tensor(value.0), &weighting)
            }
        }
    }
}

/// Adds the losses of a model's outputs, each times its weight.
pub(crate) fn total(engine: &mut Engine, losses: &[(Arg, f64)]) -> Infer<Arg> {
    let mut sum: Option<Arg> = None;
    for (loss, weight) in losses {
        let part = match *weight {
            1.0 => loss.clone(),
            weight => engine.api("keras.ops.multiply", &[loss.clone(), Arg::Float(weight)], &[])?,
        };
        sum = Some(match sum {
            Some(sum) => engine.api("keras.ops.add", &[sum, part], &[])?,
            None => part,
        });
    }
    sum.ok_or(Stop::Unknown("a model without outputs"))
}

impl Loss {
    /// Returns what the loss is multiplied by.
    pub(crate) fn factor(&self) -> f64 {
        self.weight
    }
}

/// A metric, by a name that `compile` takes.
#[derive(Clone, Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
}

impl Metric {
    /// Adds a batch to what the metric keeps, and returns its present result.
    pub(crate) fn update(
        &self,
        engine: &mut Engine,
        slots: &mut Slots,
        y_true: &Operand,
        y_pred: &Operand,
    ) -> Infer<Arg> {
        let shapes = Some((&y_true.spec.shape, &y_pred.spec.shape));
        let unknown = Stop::Unknown("a metric that is not modelled");
        let path = match keras::metrics::metric_named(Keras::Three, &self.name, shapes)? {
            Named::Function(path) | Named::Class(path) => path,
            Named::Itself => return Err(unknown),
        };
        let class = path.rsplit('.').next().unwrap_or(path).to_owned();
        let config = Configured::new(&class);
        let config = if keras::is_class(path) { config.bind("metrics")? } else { config };
        let call = match (keras::metrics::find_metric_function(path), loss_of(path, &class)) {
            (Some(accuracy), _) => Some(MetricCall::Accuracy(accuracy, config.bound())),
            (None, Some(loss)) => Some(MetricCall::Loss(loss, config.bound())),
            (None, None) => None,
        };
        let (labels, predictions) = (Arg::Tensor(y_true.clone()), Arg::Tensor(y_pred.clone()));
        let mut keep = Keep { engine, slots };
        match call {
            Some(call) => {
                let none = Arg::None;
                let batch = keras::metrics::measured(&mut keep, call, labels, predictions, Arg::None, &none)?;
                keras::metrics::add_to_mean(&mut keep, batch)?;
                keras::metrics::mean(&mut keep)
            }
            None => {
                let tally = Tally { class: &class, settings: config.bound() };
                tally.update(&mut keep, labels, predictions, Arg::None)?;
                tally.result(&mut keep)
            }
        }
    }
}

fn loss_of(path: &str, class: &str) -> Option<&'static keras::losses::Loss> {
    keras::losses::find_loss(path).or_else(|| keras::losses::find_loss(&format!("keras.losses.{class}")))
}

/// Adds a loss to the mean of a round, weighed by the size of the batch, and returns the mean.
pub(crate) fn track(engine: &mut Engine, slots: &mut Slots, loss: Arg, rows: f64) -> Infer<Arg> {
    let mut keep = Keep { engine, slots };
    keras::metrics::add_to_mean(&mut keep, Batch { values: loss, weight: Arg::Float(rows) })?;
    keras::metrics::mean(&mut keep)
}
