//! A program made ready to run.

use std::fmt;
use std::sync::Arc;

use array::fused::Chain;
use array::{Array, Fault};
use ops::numeric::{Applied, Arrays, Draws, Program, Source, Step, StepId, ValueId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::fuse::{Piece, fuse};

/// The place of a value while a plan runs.
type Slot = usize;

/// A program made ready to run: the steps that the outputs depend on, in order.
#[derive(Debug)]
pub struct Plan {
    steps: Vec<Planned>,
    constants: Vec<(Slot, Array)>,
    inputs: Vec<Option<Slot>>,
    outputs: Vec<Slot>,
    slots: usize,
    /// The number of steps before the late ones: chains that nothing else waits for, which come last.
    early: usize,
    draws: Arc<Draws>,
}

/// One piece of work with the places of its inputs and outputs.
#[derive(Debug)]
struct Planned {
    work: Work,
    /// The place of each input, and whether this is its last use.
    inputs: SmallVec<[(Slot, bool); 3]>,
    outputs: SmallVec<[Option<Slot>; 1]>,
}

/// What is carried out at once.
#[derive(Debug)]
enum Work {
    Step(Box<Step>),
    /// Element-wise steps, with the name of the last one's kernel.
    Chain(&'static str, Chain),
}

/// Why a program cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unplanned {
    /// A value is an input of the program and not among those that will be given.
    Input(ValueId),
    /// The numbers of this kernel are not written.
    Kernel(&'static str),
}

/// Why a run ended: the kernel that refused its inputs, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kernel; empty where there were too few inputs.
    pub kernel: &'static str,
    /// What it refused.
    pub fault: Fault,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kernel, self.fault)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// The failure of a value that is not there.
    pub(crate) fn missing() -> Failure {
        Failure { kernel: "", fault: Fault::Unsupported("a value that is not there") }
    }
}

impl Plan {
    /// Makes a program ready to compute these outputs from these inputs. A value that is known, or an output of
    /// a step, may be an input as well: what leads to it is then not computed.
    ///
    /// # Errors
    /// An input is not given, or a kernel's numbers are not written.
    pub fn new(program: &Program, inputs: &[ValueId], outputs: &[ValueId]) -> Result<Plan, Unplanned> {
        let needed = needed(program, inputs, outputs)?;
        let mut places: Vec<Option<Slot>> = vec![None; program.len()];
        let mut slots = 0;
        let mut place = |places: &mut Vec<Option<Slot>>, id: ValueId| {
            let slot = places.get_mut(id.0 as usize)?;
            *slot = slot.or_else(|| {
                slots += 1;
                Some(slots - 1)
            });
            *slot
        };
        let inputs: Vec<Option<Slot>> = inputs.iter().map(|id| place(&mut places, *id)).collect();
        let given = places.clone();
        let mut steps: Vec<Planned> = Vec::with_capacity(needed.len());
        for piece in fuse(program, &needed, outputs) {
            let (work, name, reads, made) = match piece {
                Piece::Step(id) => {
                    let Some(step) = program.step(id) else { continue };
                    let (reads, made) = (step.inputs.to_vec(), step.outputs.to_vec());
                    (Work::Step(Box::new(step.clone())), step.kernel.name, reads, made)
                }
                Piece::Chain { kernel, chain, inputs, outputs } => {
                    (Work::Chain(kernel, chain), kernel, inputs, outputs.into_iter().map(Some).collect())
                }
            };
            let read = |value: &ValueId| place(&mut places, *value).map(|slot| (slot, false));
            let inputs = reads.iter().map(read).collect::<Option<_>>().ok_or(Unplanned::Kernel(name))?;
            let outputs = made.iter().map(|o| o.and_then(|id| place(&mut places, id))).collect();
            steps.push(Planned { work, inputs, outputs });
        }
        let write = |id: &ValueId| place(&mut places, *id).ok_or(Unplanned::Input(*id));
        let wanted: Vec<Slot> = outputs.iter().map(write).collect::<Result<_, _>>()?;
        let known = |(at, slot): (usize, &Option<Slot>)| {
            let value = program.value(ValueId(u32::try_from(at).ok()?))?;
            let free = given[at].is_none();
            Some(((*slot)?, value.array.clone().filter(|_| free)?))
        };
        let constants: Vec<(Slot, Array)> = places.iter().enumerate().filter_map(known).collect();
        let early = put_off(&mut steps);
        mark_last_uses(&mut steps, &wanted, &constants);
        let draws = Arc::clone(program.draws());
        Ok(Plan { steps, constants, inputs, outputs: wanted, slots, early, draws })
    }

    /// Returns the number of pieces that are carried out: steps, and chains of element-wise ones.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Returns where random kernels draw from.
    pub fn draws(&self) -> &Draws {
        &self.draws
    }

    /// Tells whether there is nothing to compute.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Computes the outputs. An input that nobody else holds may be written into.
    ///
    /// # Errors
    /// A kernel refuses its inputs, or there are too few.
    pub fn run(&self, inputs: Vec<Array>) -> Result<Vec<Array>, Failure> {
        self.run_releasing(inputs, || {})
    }

    /// Computes the outputs, and says when nothing is left to do but chains of known shapes, which refuse nothing: the
    /// inputs that are let go of by then may be written into.
    ///
    /// # Errors
    /// As [`Plan::run`].
    pub(crate) fn run_releasing(
        &self,
        inputs: Vec<Array>,
        release: impl FnOnce(),
    ) -> Result<Vec<Array>, Failure> {
        let mut values: Vec<Option<Array>> = vec![None; self.slots];
        for (slot, array) in self.inputs.iter().zip(inputs) {
            if let Some(value) = slot.and_then(|slot| values.get_mut(slot)) {
                *value = Some(array);
            }
        }
        for (slot, array) in &self.constants {
            values[*slot] = Some(array.clone());
        }
        let mut release = Some(release);
        for (at, planned) in self.steps.iter().enumerate() {
            if at == self.early
                && let Some(release) = release.take()
            {
                release();
            }
            let read = |(slot, last): &(Slot, bool)| {
                let value = values.get_mut(*slot)?;
                if *last { value.take() } else { value.clone() }
            };
            let arrays: Vec<Array> =
                planned.inputs.iter().map(read).collect::<Option<_>>().ok_or_else(Failure::missing)?;
            let results = planned.work.carry_out(arrays, &self.draws)?;
            for (slot, array) in planned.outputs.iter().zip(results) {
                if let Some(value) = slot.and_then(|slot| values.get_mut(slot)) {
                    *value = Some(array);
                }
            }
        }
        self.outputs.iter().map(|slot| values[*slot].clone().ok_or_else(Failure::missing)).collect()
    }
}

impl Work {
    fn carry_out(&self, inputs: Vec<Array>, draws: &Draws) -> Result<Arrays, Failure> {
        let (kernel, results) = match self {
            Work::Step(step) => {
                let row = step.row.ok_or_else(Failure::missing)?;
                (step.kernel.name, (row.eval)(&mut Applied::new(step, inputs, draws)))
            }
            Work::Chain(kernel, chain) => (*kernel, chain.run(inputs).map(Arrays::from_vec)),
        };
        results.map_err(|fault| Failure { kernel, fault })
    }
}

/// Returns the steps that the outputs depend on, in order.
fn needed(program: &Program, inputs: &[ValueId], outputs: &[ValueId]) -> Result<Vec<StepId>, Unplanned> {
    let mut wanted = vec![false; program.steps().len()];
    let mut open: Vec<ValueId> = outputs.to_vec();
    while let Some(id) = open.pop() {
        let Some(value) = program.value(id) else { return Err(Unplanned::Input(id)) };
        if inputs.contains(&id) || value.array.is_some() {
            continue;
        }
        let Source::Step(step, _) = value.source else { return Err(Unplanned::Input(id)) };
        let at = step.0 as usize;
        if std::mem::replace(&mut wanted[at], true) {
            continue;
        }
        let Some(step) = program.step(step) else { return Err(Unplanned::Input(id)) };
        if step.row.is_none() {
            return Err(Unplanned::Kernel(step.kernel.name));
        }
        open.extend(step.inputs.iter().copied());
    }
    let steps = wanted.iter().enumerate().filter(|(_, wanted)| **wanted);
    Ok(steps.map(|(at, _)| StepId(u32::try_from(at).unwrap_or(u32::MAX))).collect())
}

/// Puts the chains that only chains wait for behind all other steps, and returns how many others there are.
///
/// An optimizer's updates are such chains. Once the others are done nothing can be refused any more, so that the
/// updates may be written over what they update.
fn put_off(steps: &mut Vec<Planned>) -> usize {
    let mut awaited: FxHashSet<Slot> = FxHashSet::default();
    let mut late = vec![false; steps.len()];
    for (planned, late) in steps.iter().zip(&mut late).rev() {
        let needed = planned.outputs.iter().flatten().any(|slot| awaited.contains(slot));
        *late = matches!(planned.work, Work::Chain(..)) && !needed;
        if !*late {
            awaited.extend(planned.inputs.iter().map(|(slot, _)| *slot));
        }
    }
    let (early, put_off): (Vec<_>, Vec<_>) =
        std::mem::take(steps).into_iter().zip(late).partition(|(_, late)| !late);
    let count = early.len();
    steps.extend(early.into_iter().chain(put_off).map(|(planned, _)| planned));
    count
}

/// Marks the last use of each value that is neither an output nor a constant.
fn mark_last_uses(steps: &mut [Planned], outputs: &[Slot], constants: &[(Slot, Array)]) {
    let mut used: Vec<Slot> = outputs.to_vec();
    used.extend(constants.iter().map(|(slot, _)| *slot));
    let mut seen: FxHashSet<Slot> = used.into_iter().collect();
    for planned in steps.iter_mut().rev() {
        for (slot, last) in planned.inputs.iter_mut().rev() {
            *last = seen.insert(*slot);
        }
    }
}
