//! The program: kernel applications in the order in which they were recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use array::Array;
use array::philox::Philox;
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

/// Where random kernels draw from: each application is a stream of its own. The same seed gives the same numbers
/// in the same order of applications.
#[derive(Debug, Default)]
pub struct Draws {
    seed: AtomicU64,
    made: AtomicU64,
}

impl Draws {
    /// Begins anew with a seed.
    pub fn reseed(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        self.made.store(0, Ordering::Relaxed);
    }

    /// Returns the next stream.
    pub(super) fn stream(&self) -> Philox {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let seed = self.seed.load(Ordering::Relaxed);
        let (key, counter) = Philox::scrambled([seed.cast_signed(), made.cast_signed()]);
        Philox::new(key, counter)
    }
}

/// Kernel applications, each after those it depends on.
#[derive(Clone, Debug, Default)]
pub struct Program {
    values: Vec<Value>,
    steps: Vec<Step>,
    draws: Arc<Draws>,
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

    /// Makes an empty program whose random kernels draw from there.
    pub(super) fn drawing(draws: &Arc<Draws>) -> Program {
        Program { draws: Arc::clone(draws), ..Program::default() }
    }

    /// Returns the same program in double precision: what it does with floats, it does with doubles. Nothing where a
    /// constant has no such elements.
    pub fn in_double(&self) -> Option<Program> {
        let wide = |dtype: DType| if dtype.is_floating() { DType::Float64 } else { dtype };
        let mut program = self.clone();
        for value in &mut program.values {
            value.spec.dtype = value.spec.dtype.map(wide);
            if let Some(array) = value.array.as_mut().filter(|array| array.dtype().is_floating()) {
                *array = array.cast(DType::Float64).ok()?;
            }
        }
        for (_, attr) in program.steps.iter_mut().flat_map(|step| &mut step.attrs) {
            if let Attr::Type(dtype) = attr {
                *dtype = wide(*dtype);
            }
        }
        Some(program)
    }

    /// Returns where random kernels draw from.
    pub fn draws(&self) -> &Arc<Draws> {
        &self.draws
    }

    /// Tells whether a value depends on numbers that are drawn.
    pub fn is_drawn(&self, id: ValueId) -> bool {
        let mut open = vec![id];
        let mut seen = vec![false; self.values.len()];
        while let Some(id) = open.pop() {
            let Some(seen) = seen.get_mut(id.0 as usize) else { continue };
            let known = std::mem::replace(seen, true);
            let Some(Source::Step(step, _)) = self.value(id).map(|v| v.source).filter(|_| !known) else {
                continue;
            };
            let Some(step) = self.step(step) else { continue };
            if step.draws() {
                return true;
            }
            open.extend_from_slice(&step.inputs);
        }
        false
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

    /// Returns a flag; false where it is not set.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.attr(name), Some(Attr::Bool(true)))
    }

    /// Returns an integer attribute.
    pub fn int(&self, name: &str) -> Option<i64> {
        if let Some(Attr::Int(n)) = self.attr(name) { Some(*n) } else { None }
    }

    /// Returns a float attribute.
    pub fn float(&self, name: &str) -> Option<f64> {
        if let Some(Attr::Float(x)) = self.attr(name) { Some(*x) } else { None }
    }

    /// Returns the integers of an attribute; none where it is not set.
    pub fn ints(&self, name: &str) -> &[i64] {
        if let Some(Attr::Ints(v)) = self.attr(name) { v } else { &[] }
    }

    /// Returns a word attribute; the empty one where it is not set.
    pub fn text(&self, name: &str) -> &str {
        if let Some(Attr::Text(text)) = self.attr(name) { text } else { "" }
    }

    /// Returns a type attribute, or its default.
    pub fn dtype(&self, name: &str) -> Option<DType> {
        match self.attr(name) {
            Some(Attr::Type(dtype)) => Some(*dtype),
            _ => self.kernel.default(name),
        }
    }

    /// Tells whether each application gives other numbers.
    pub fn draws(&self) -> bool {
        super::random::DRAWING.contains(&self.kernel.name)
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
