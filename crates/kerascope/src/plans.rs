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
}

/// What a step is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What it does.
    pub(crate) step: Step,
    /// Whether it stands for one that TensorFlow traced for batches of any size, as where the last is smaller.
    pub(crate) any_rows: bool,
}

/// The steps that were recorded.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    known: Vec<(Kind, Vec<TensorSpec>, Rc<Stateful<Weight>>)>,
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

impl Model {
    /// Carries a step out on a batch, inputs before labels: variables get their new values, what is asked for comes out.
    pub(crate) fn carry_out(&self, kind: Kind, batch: Vec<Array>) -> Result<Vec<Array>> {
        let specs: Vec<TensorSpec> = batch.iter().map(spec_of).collect();
        Ok(self.ready(kind, &specs)?.run(batch, &mut Own)?)
    }

    /// Returns the step for a batch of these specs, recording it at its first use.
    fn ready(&self, kind: Kind, specs: &[TensorSpec]) -> Result<Rc<Stateful<Weight>>> {
        let plans = self.plans.borrow();
        let known = plans.known.iter().find(|(k, own, _)| *k == kind && own == specs);
        if let Some((_, _, ready)) = known {
            return Ok(Rc::clone(ready));
        }
        drop(plans);
        let ready = Rc::new(self.record(kind, specs)?);
        self.plans.borrow_mut().known.push((kind, specs.to_vec(), Rc::clone(&ready)));
        Ok(ready)
    }

    fn record(&self, kind: Kind, specs: &[TensorSpec]) -> Result<Stateful<Weight>> {
        let step = kind.step;
        let mut engine = Engine::recording(&self.draws);
        engine.training = step == Step::Train;
        let mut given = Vec::with_capacity(specs.len());
        let mut args = Vec::with_capacity(specs.len());
        for spec in specs {
            let (arg, value) = engine.input(spec.clone());
            args.push(arg);
            given.extend(value);
        }
        let inputs = self.network.inputs.len().min(args.len());
        let mut labels = args.split_off(inputs);
        let weights = labels.split_off(self.network.outputs.len().min(labels.len()));
        let made = self.network.forward(&mut engine, args, |_, _| {})?;
        let outputs = if step == Step::Predict {
            made
        } else {
            self.measure(&mut engine, kind, [&labels, &weights], made)?
        };
        let missing = Error::Unknown("a value that is not computed");
        let mut wanted = Vec::with_capacity(outputs.len());
        for output in &outputs {
            let Arg::Tensor(operand) = output else { return Err(missing) };
            wanted.push(engine.value_of(operand).ok_or(missing.clone())?);
        }
        let recording = engine.into_recording().ok_or(missing)?;
        Ok(recording.ready(&given, &wanted)?)
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
        let mut pairs = Vec::with_capacity(outputs.len());
        for (label, output) in labels.iter().zip(outputs) {
            let (Arg::Tensor(y_true), Arg::Tensor(y_pred)) = (label.clone(), output) else {
                return Err(Error::Unknown("an output that is no tensor"));
            };
            pairs.push((y_true, y_pred));
        }
        let losses = self.losses_of(engine, &pairs, weights)?;
        let penalties = self.penalties(engine)?;
        let total = total(engine, &[&losses[..], &penalties].concat())?;
        let size = pairs.first().and_then(|(_, y_pred)| y_pred.spec.shape.dim(0)).and_then(Dim::known);
        let rows = size.ok_or(Error::Unknown("a batch of unknown size"))? as f64;
        if kind.step == Step::Train {
            self.optimize(engine, &total)?;
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

    /// Computes what the regularizers of outputs, and of weights that are trained, add to the loss.
    fn penalties(&self, engine: &mut Engine) -> Result<Vec<(Arg, f64)>> {
        let mut penalties: Vec<(Arg, f64)> =
            engine.penalties.drain(..).map(|penalty| (penalty, 1.0)).collect();
        for weight in self.trainable_weights() {
            penalties.extend(engine.attached(Attached::Regularizer, &weight)?.map(|penalty| (penalty, 1.0)));
        }
        Ok(penalties)
    }

    fn optimize(&self, engine: &mut Engine, loss: &Arg) -> Result<()> {
        let (Some(compiled), Arg::Tensor(loss)) = (&self.compiled, loss) else {
            return Err(Error::NotCompiled);
        };
        let weights = self.trainable_weights();
        if weights.is_empty() {
            // Keras warns, and goes on without a step.
            return Ok(());
        }
        let gradients = engine.gradients(loss, &weights)?;
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
        for weight in &weights {
            if let Some(value) = engine.attached(Attached::Constraint, weight)? {
                let variable = engine.read(weight);
                engine.assign(&variable, &value)?;
            }
        }
        Ok(())
    }
}
