//! Programs in which variables are inputs and their new values outputs: steps of training.

use array::Array;
use ops::numeric::{Program, ValueId};

use crate::{Failure, Plan, Unplanned};

/// What was recorded, to be run on other values of the variables. `V` names a variable.
#[derive(Debug)]
pub struct Recording<V> {
    /// The kernels.
    pub program: Program,
    /// The variables that are read, with the values that stand for them.
    pub read: Vec<(V, ValueId)>,
    /// The variables that are changed, with their new values.
    pub written: Vec<(V, ValueId)>,
}

/// What keeps the elements of variables.
pub trait Variables<V> {
    /// Returns a variable's elements; nothing where it has none.
    fn elements(&mut self, variable: &V) -> Option<Array>;

    /// Lets go of a variable's elements, since it is about to get others: they may be written over.
    fn release(&mut self, variable: &V);

    /// Gives a variable other elements.
    fn store(&mut self, variable: &V, elements: Array);
}

/// A recorded program that is ready to run on batches, changing variables.
#[derive(Debug)]
pub struct Stateful<V> {
    plan: Plan,
    read: Vec<V>,
    written: Vec<V>,
    outputs: usize,
}

impl<V> Recording<V> {
    /// Makes the program ready to compute these outputs, and the variables' new values, from these inputs.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn ready(self, inputs: &[ValueId], outputs: &[ValueId]) -> Result<Stateful<V>, Unplanned> {
        let (read, starts): (Vec<V>, Vec<ValueId>) = self.read.into_iter().unzip();
        let (written, ends): (Vec<V>, Vec<ValueId>) = self.written.into_iter().unzip();
        let plan = Plan::new(&self.program, &[inputs, &starts].concat(), &[outputs, &ends].concat())?;
        Ok(Stateful { plan, read, written, outputs: outputs.len() })
    }
}

impl<V> Stateful<V> {
    /// Runs the program on a batch and returns its outputs; variables get their new values once all
    /// of it has run that may refuse something.
    ///
    /// # Errors
    /// A kernel refuses its inputs, or a variable has no elements.
    pub fn run(&self, batch: Vec<Array>, variables: &mut impl Variables<V>) -> Result<Vec<Array>, Failure> {
        let mut inputs = batch;
        for variable in &self.read {
            inputs.push(variables.elements(variable).ok_or_else(Failure::missing)?);
        }
        let release = || self.written.iter().for_each(|variable| variables.release(variable));
        let mut results = self.plan.run_releasing(inputs, release)?;
        let changed = results.split_off(self.outputs.min(results.len()));
        for (variable, elements) in self.written.iter().zip(changed) {
            variables.store(variable, elements);
        }
        Ok(results)
    }
}
