//! The program: kernel applications in the order in which they were recorded.

use std::sync::Arc;

use array::Array;
use smallvec::SmallVec;
use tensor::{DType, TensorSpec};

use super::Row;
use crate::spec::Kernel;

/// Names a value of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

/// Names a step of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub u32);

/// An attribute of a kernel: what is fixed when it is applied (`keep_dims`, `strides`).
#[derive(Clone, Debug, PartialEq)]
pub enum Attr {
    /// A flag.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Integers.
    Ints(Arc<[i64]>),
    /// A word.
    Text(Arc<str>),
    /// A dtype.
    Type(DType),
}

impl From<bool> for Attr {
    fn from(value: bool) -> Attr {
        Attr::Bool(value)
    }
}
impl From<i64> for Attr {
    fn from(value: i64) -> Attr {
        Attr::Int(value)
    }
}
impl From<f64> for Attr {
    fn from(value: f64) -> Attr {
        Attr::Float(value)
    }
}
impl From<&[i64]> for Attr {
    fn from(value: &[i64]) -> Attr {
        Attr::Ints(value.into())
    }
}
impl From<&str> for Attr {
    fn from(value: &str) -> Attr {
        Attr::Text(value.into())
    }
}
impl From<DType> for Attr {
    fn from(value: DType) -> Attr {
        Attr::Type(value)
    }
}

/// A kernel's attributes by name; few, so they are searched in order.
pub type Attrs = SmallVec<[(&'static str, Attr); 3]>;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is handed to the program.
    Input,
    /// It is part of the program.
    Constant,
    /// An output of a step, by its number.
    Step(StepId, u16),
}

/// One value.
#[derive(Clone, Debug)]
pub struct Value {
    /// Shape and dtype, as far as they are known before the program runs.
    pub spec: TensorSpec,
    /// Where it comes from.
    pub source: Source,
    /// Its elements, where they are known before the program runs.
    pub array: Option<Array>,
}

/// One application of a kernel.
#[derive(Clone, Debug)]
pub struct Step {
    /// The kernel.
    pub kernel: Kernel,
    /// What it does with numbers, if that is written.
    pub row: Option<&'static Row>,
    /// Its attributes, type attributes among them.
    pub attrs: Attrs,
    /// All input tensors in order.
    pub inputs: SmallVec<[ValueId; 3]>,
    /// How many of them belong to each input: a list has any number.
    pub groups: SmallVec<[u16; 3]>,
    /// The outputs that are used.
    pub outputs: SmallVec<[Option<ValueId>; 1]>,
}

/// Kernel applications, each after those it depends on.
#[derive(Clone, Debug, Default)]
pub struct Program {
    values: Vec<Value>,
    steps: Vec<Step>,
}

impl Program {
    /// Returns a value. Ids come from this program, so there is one.
    pub fn value(&self, id: ValueId) -> Option<&Value> {
        self.values.get(id.0 as usize)
    }

    /// Returns a step.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.0 as usize)
    }

    /// Returns the steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the number of values; ids below it exist.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Tells whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Adds a value.
    pub(super) fn add(&mut self, value: Value) -> ValueId {
        self.values.push(value);
        ValueId(u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds a step.
    pub(super) fn push(&mut self, step: Step) -> StepId {
        self.steps.push(step);
        StepId(u32::try_from(self.steps.len() - 1).unwrap_or(u32::MAX))
    }

    /// Returns the value of a step's output, which is made if it is new.
    pub(super) fn output(
        &mut self,
        id: StepId,
        at: usize,
        spec: TensorSpec,
        array: Option<Array>,
    ) -> ValueId {
        if let Some(Some(known)) = self.step(id).and_then(|s| s.outputs.get(at)) {
            return *known;
        }
        let source = Source::Step(id, u16::try_from(at).unwrap_or(u16::MAX));
        let value = self.add(Value { spec, source, array });
        if let Some(step) = self.steps.get_mut(id.0 as usize) {
            if step.outputs.len() <= at {
                step.outputs.resize(at + 1, None);
            }
            step.outputs[at] = Some(value);
        }
        value
    }
}

impl Step {
    /// Returns an attribute.
    pub fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.iter().find(|(n, _)| *n == name).map(|(_, attr)| attr)
    }

    /// Returns which input a tensor belongs to.
    pub fn group_of(&self, tensor: usize) -> usize {
        let mut end = 0;
        self.groups
            .iter()
            .position(|count| {
                end += usize::from(*count);
                tensor < end
            })
            .unwrap_or(0)
    }
}
