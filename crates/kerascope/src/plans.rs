//! Steps that are recorded once for the specs of a batch, and run for each.

use std::rc::Rc;

use array::Array;
use exec::{Stateful, Variables};
use keras::Attached;
use ops::numeric::spec_of;
use ops::{Arg, Exc, Mistake, Operand, Violation};
use tensor::{Dim, TensorSpec};

use crate::compile::{Measured, total, track};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::weight::Weight;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It changes the weights.
    Train,
    /// It measures.
    Test,
    /// It computes the output.
    Predict,
    /// It computes the loss and its gradients, as a tape around a call does that trains.
    Gradients,
    /// It changes the weights by gradients that are given.
    Apply,
}

/// What a step is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What it does.
    pub(crate) step: Step,
    /// Whether it stands for one that TensorFlow traced for batches of any size, as where the last is smaller.
    pub(crate) any_rows: bool,
}

impl Step {
    /// The step on a batch that stands alone, which is traced for its size.
    pub(crate) fn alone(self) -> Kind {
        Kind { step: self, any_rows: false }
    }
}

/// The steps that were recorded.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    known: Vec<(Key, Rc<Ready>)>,
}

/// What a step was recorded for.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    kind: Kind,
    specs: Vec<TensorSpec>,
    /// Which weights have a gradient, where gradients are given.
    present: Vec<bool>,
}

/// A step that is ready to run.
#[derive(Debug)]
pub(crate) struct Ready {
    program: Stateful<Weight>,
    /// Which weights a gradient arrives at, where gradients are asked for.
    pub(crate) present: Vec<bool>,
}

impl Plans {
    /// Forgets them: something else is to be trained with.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }
}

/// The weights of samples for an output: its own, or those for all.
fn weight_of(weights: &[Arg], output: usize) -> &Arg {
    weights.get(output).or(weights.first()).unwrap_or(&Arg::None)
}

/// The weights keep their own elements.
struct Own;

impl Variables<Weight> for Own {
    fn elements(&mut self, weight: &Weight) -> Option<Array> {
        weight.array().ok()
    }

    fn release(&mut self, weight: &Weight) {
        weight.release();
    }

    fn store(&mut self, weight: &Weight, elements: Array) {
        weight.store(elements);
    }
}

impl Ready {
    /// Runs the step: variables get their new values, what is asked for comes out.
    pub(crate) fn run(&self, batch: Vec<Array>) -> Result<Vec<Array>> {
        Ok(self.program.run(batch, &mut Own)?)
    }
}

impl Model {
    /// Carries a step out on a batch, inputs before labels: variables get their new values, what is asked for comes out.
    pub(crate) fn carry_out(&self, kind: Kind, batch: Vec<Array>) -> Result<Vec<Array>> {
        self.ready(kind, &batch, &[])?.run(batch)
    }

    /// Returns the step for such a batch, recording it at its first use.
    pub(crate) fn ready(&self, kind: Kind, batch: &[Array], present: &[bool]) -> Result<Rc<Ready>> {
        let key = Key { kind, specs: batch.iter().map(spec_of).collect(), present: present.to_vec() };
        let plans = self.plans.borrow();
        if let Some((_, ready)) = plans.known.iter().find(|(known, _)| *known == key) {
            return Ok(Rc::clone(ready));
        }
        drop(plans);
        let ready = Rc::new(self.record(&key)?);
        self.plans.borrow_mut().known.push((key, Rc::clone(&ready)));
        Ok(ready)
    }

    fn record(&self, key: &Key) -> Result<Ready> {
        let step = key.kind.step;
        let mut engine = Engine::recording(&self.draws);
        engine.training = matches!(step, Step::Train | Step::Gradients);
        let mut given = Vec::with_capacity(key.specs.len());
        let mut args = Vec::with_capacity(key.specs.len());
        for spec in &key.specs {
            let (arg, value) = engine.input(spec.clone());
            args.push(arg);
            given.extend(value);
        }
        let mut present = Vec::new();
        let outputs = if step == Step::Apply {
            let mut args = args.into_iter();
            let gradients = key.present.iter().map(|present| if *present { args.next() } else { None });
            self.apply(&mut engine, gradients.collect())?;
            Vec::new()
        } else {
            let inputs = self.network.inputs.len().min(args.len());
            let mut labels = args.split_off(inputs);
            let weights = labels.split_off(self.network.outputs.len().min(labels.len()));
            let made = self.network.forward(&mut engine, args, |_, _| {})?;
            match step {
                Step::Predict => made,
                Step::Gradients => {
                    let pairs = pairs_of(&labels, made)?;
                    let losses = self.losses_of(&mut engine, &pairs, &weights)?;
                    let total = self.total(&mut engine, &losses)?;
                    let gradients = self.gradients_of(&mut engine, &total)?;
                    present = gradients.iter().map(Option::is_some).collect();
                    std::iter::once(total).chain(gradients.into_iter().flatten()).collect()
                }
                Step::Train | Step::Test | Step::Apply => {
                    self.measure(&mut engine, key.kind, [&labels, &weights], made)?
                }
            }
        };
        let missing = Error::Unknown("a value that is not computed");
        let mut wanted = Vec::with_capacity(outputs.len());
        for output in &outputs {
            let Arg::Tensor(operand) = output else { return Err(missing) };
            wanted.push(engine.value_of(operand).ok_or(missing.clone())?);
        }
        let recording = engine.into_recording().ok_or(missing)?;
        Ok(Ready { program: recording.ready(&given, &wanted)?, present })
    }

    /// Computes the losses of a batch and the metrics, and makes a step of the optimizer where the step trains.
    fn measure(
        &self,
        engine: &mut Engine,
        kind: Kind,
        [labels, weights]: [&[Arg]; 2],
        outputs: Vec<Arg>,
    ) -> Result<Vec<Arg>> {
        let compiled = self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        let pairs = pairs_of(labels, outputs)?;
        let losses = self.losses_of(engine, &pairs, weights)?;
        let total = self.total(engine, &losses)?;
        let size = pairs.first().and_then(|(_, y_pred)| y_pred.spec.shape.dim(0)).and_then(Dim::known);
        let rows = size.ok_or(Error::Unknown("a batch of unknown size"))? as f64;
        if kind.step == Step::Train {
            let gradients = self.gradients_of(engine, &total)?;
            self.apply(engine, gradients)?;
        }
        let mut tallies = compiled.tallies.borrow_mut();
        let mut tallies = tallies.iter_mut();
        let mut logs = Vec::new();
        let several = if losses.len() == 1 { &[][..] } else { &losses[..] };
        // Those of single outputs count their batches alike where these may be of any size: `y_pred.shape[0]` is `None`.
        let each = if kind.any_rows { Arg::None } else { Arg::Float(rows) };
        let several = several.iter().map(|(loss, _)| (loss.clone(), each.clone()));
        for (loss, rows) in std::iter::once((total, Arg::Float(rows))).chain(several) {
            if let Some(slots) = tallies.next() {
                logs.push(track(engine, slots, loss, rows)?);
            }
        }
        for (entry, slots) in compiled.metrics.iter().zip(tallies) {
            let (y_true, y_pred) = pairs.get(entry.output).ok_or(Error::Unknown("a metric of no output"))?;
            let sample_weight = weight_of(weights, entry.output);
            let batch = Measured { y_true, y_pred, sample_weight };
            logs.push(entry.metric.update(engine, slots, &batch)?);
        }
        Ok(logs)
    }

    /// Computes the loss of each output, and returns it with its weight; the samples may have weights for each
    /// output, or the same for all.
    pub(crate) fn losses_of(
        &self,
        engine: &mut Engine,
        pairs: &[(Operand, Operand)],
        weights: &[Arg],
    ) -> Result<Vec<(Arg, f64)>> {
        let compiled = self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        let mut losses = Vec::with_capacity(pairs.len());
        for (at, ((y_true, y_pred), loss)) in pairs.iter().zip(compiled.losses.iter().cycle()).enumerate() {
            let weight = weight_of(weights, at).clone();
            let value = loss.compute(engine, Arg::Tensor(y_true.clone()), y_pred.clone(), weight);
            losses.push((value.map_err(|stop| engine.error(stop))?, loss.factor()));
        }
        Ok(losses)
    }

    /// Adds the losses, and what is added to them.
    fn total(&self, engine: &mut Engine, losses: &[(Arg, f64)]) -> Result<Arg> {
        let penalties = self.penalties(engine)?;
        Ok(total(engine, &[losses, &penalties].concat())?)
    }

    /// Computes what the regularizers of outputs, and of weights that are trained, add to the loss.
    fn penalties(&self, engine: &mut Engine) -> Result<Vec<(Arg, f64)>> {
        let mut penalties: Vec<(Arg, f64)> =
            engine.penalties.drain(..).map(|penalty| (penalty, 1.0)).collect();
        for weight in self.trainable_weights() {
            penalties.extend(engine.attached(Attached::Regularizer, &weight)?.map(|penalty| (penalty, 1.0)));
        }
        Ok(penalties)
    }

    /// Takes the gradients of the loss with respect to the weights that are trained.
    fn gradients_of(&self, engine: &mut Engine, loss: &Arg) -> Result<Vec<Option<Arg>>> {
        let Arg::Tensor(loss) = loss else { return Err(Error::Unknown("a loss that is no tensor")) };
        let weights = &self.compiled.as_ref().ok_or(Error::NotCompiled)?.trained;
        Ok(if weights.is_empty() { Vec::new() } else { engine.gradients(loss, weights)? })
    }

    /// Changes the weights that are trained by their gradients, as the optimizer and constraints say.
    fn apply(&self, engine: &mut Engine, gradients: Vec<Option<Arg>>) -> Result<()> {
        let compiled = self.compiled.as_ref().ok_or(Error::NotCompiled)?;
        let weights = &compiled.trained;
        if weights.is_empty() {
            // Keras warns, and goes on without a step.
            return Ok(());
        }
        let mut pairs = Vec::with_capacity(weights.len());
        for (at, (weight, gradient)) in weights.iter().zip(gradients).enumerate() {
            if let Some(gradient) = gradient {
                pairs.push((at, engine.read(weight), gradient, true));
            }
        }
        if pairs.is_empty() {
            let message = "No gradients provided for any variable.";
            return Err(Violation::stop(Exc::ValueError, message, Mistake::Other).into());
        }
        compiled.optimizer.step(engine, &mut compiled.state.borrow_mut(), &pairs)?;
        for weight in weights {
            if let Some(value) = engine.attached(Attached::Constraint, weight)? {
                let variable = engine.read(weight);
                engine.assign(&variable, &value)?;
            }
        }
        Ok(())
    }
}

/// Labels with the outputs that they are of.
fn pairs_of(labels: &[Arg], outputs: Vec<Arg>) -> Result<Vec<(Operand, Operand)>> {
    let pair = |(label, output): (&Arg, Arg)| match (label.clone(), output) {
        (Arg::Tensor(y_true), Arg::Tensor(y_pred)) => Ok((y_true, y_pred)),
        _ => Err(Error::Unknown("an output that is no tensor")),
    };
    labels.iter().zip(outputs).map(pair).collect()
}
