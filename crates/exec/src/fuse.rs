//! Chains: element-wise steps that are carried out in one go.
//!
//! A step joins the chain of what it reads where both have one shape. A chain runs at the place of its last step, so
//! nothing joins it any more once another step has read from it.

use array::fused::{Chain, From, Link};
use ops::numeric::{Elementwise, Program, Step, StepId, ValueId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tensor::DType;

/// What a plan carries out: a step, or several of them in one go.
pub(crate) enum Piece {
    /// One step.
    Step(StepId),
    /// Several, with what they read and make.
    Chain { kernel: &'static str, chain: Chain, inputs: Vec<ValueId>, outputs: Vec<ValueId> },
}

/// The most steps of a chain: what is between them has to fit into the cache.
const MOST: usize = 64;

/// Steps that may become a chain.
struct Group {
    shape: Vec<i64>,
    members: Vec<StepId>,
    /// Whether nothing else has read from it.
    open: bool,
}

/// Gathers steps, which are in order, to chains. What is `kept` must come out of them.
pub(crate) fn fuse(program: &Program, steps: &[StepId], kept: &[ValueId]) -> Vec<Piece> {
    let groups = grouped(program, steps);
    let mut last: FxHashMap<StepId, &Group> = FxHashMap::default();
    let mut inside: FxHashMap<StepId, StepId> = FxHashMap::default();
    for group in groups.iter().filter(|group| group.members.len() > 1) {
        let Some(end) = group.members.last() else { continue };
        last.insert(*end, group);
        inside.extend(group.members.iter().map(|member| (*member, *end)));
    }
    let read = readers(program, steps);
    let wanted = |value: ValueId, end: StepId| {
        let outside = |reader: &StepId| inside.get(reader) != Some(&end);
        kept.contains(&value) || read.get(&value).is_some_and(|readers| readers.iter().any(outside))
    };
    let mut pieces = Vec::with_capacity(steps.len());
    for id in steps {
        match (last.get(id), inside.contains_key(id)) {
            (Some(group), _) => {
                let members = group.members.iter().filter_map(|member| program.step(*member));
                match chain(members, |value| wanted(value, *id)) {
                    Some(piece) => pieces.push(piece),
                    None => pieces.extend(group.members.iter().map(|member| Piece::Step(*member))),
                }
            }
            (None, true) => {}
            (None, false) => pieces.push(Piece::Step(*id)),
        }
    }
    pieces
}

/// Which steps read each value.
fn readers(program: &Program, steps: &[StepId]) -> FxHashMap<ValueId, SmallVec<[StepId; 2]>> {
    let mut readers: FxHashMap<ValueId, SmallVec<[StepId; 2]>> = FxHashMap::default();
    for id in steps {
        for value in program.step(*id).iter().flat_map(|step| &step.inputs) {
            readers.entry(*value).or_default().push(*id);
        }
    }
    readers
}

fn grouped(program: &Program, steps: &[StepId]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut of: FxHashMap<ValueId, usize> = FxHashMap::default();
    for id in steps {
        let Some(step) = program.step(*id) else { continue };
        let shape = fusable(program, step);
        let mut joined: Option<usize> = None;
        for value in &step.inputs {
            let Some(at) = of.get(value).copied() else { continue };
            if !groups[at].open || Some(&groups[at].shape) != shape.as_ref() {
                groups[at].open = false;
                continue;
            }
            match joined {
                Some(first) if first != at => {
                    let moved = std::mem::take(&mut groups[at].members);
                    groups[at].open = false;
                    for member in &moved {
                        let made = program.step(*member).and_then(made);
                        of.extend(made.map(|value| (value, first)));
                    }
                    groups[first].members.extend(moved);
                    groups[first].members.sort_unstable();
                }
                _ => joined = Some(at),
            }
        }
        let (Some(shape), Some(value)) = (shape, made(step)) else { continue };
        let at = joined.unwrap_or_else(|| {
            groups.push(Group { shape, members: Vec::new(), open: true });
            groups.len() - 1
        });
        groups[at].members.push(*id);
        groups[at].open = groups[at].members.len() < MOST;
        of.insert(value, at);
    }
    groups
}

/// The only value that an element-wise step makes.
fn made(step: &Step) -> Option<ValueId> {
    if let [made] = step.outputs[..] { made } else { None }
}

/// The shape of an element-wise step whose numbers a chain can compute.
fn fusable(program: &Program, step: &Step) -> Option<Vec<i64>> {
    let what = step.elementwise()?;
    let own = &program.value(made(step)?)?.spec;
    let marks = matches!(what, Elementwise::Compare(_));
    if own.dtype != Some(if marks { DType::Bool } else { DType::Float32 }) {
        return None;
    }
    for (at, value) in step.inputs.iter().enumerate() {
        let spec = &program.value(*value)?.spec;
        spec.shape.all_known()?;
        // What is chosen by, and what is cast, may be a comparison.
        let asked = matches!(what, Elementwise::Select) && at == 0 || step.kernel.name == "Cast";
        let fits = spec.dtype == Some(DType::Float32) || asked && spec.dtype == Some(DType::Bool);
        if !fits {
            return None;
        }
    }
    own.shape.all_known()
}

/// Makes a chain of steps, of which the values that are wanted come out.
fn chain<'s>(steps: impl Iterator<Item = &'s Step>, wanted: impl Fn(ValueId) -> bool) -> Option<Piece> {
    let mut chain = Chain::default();
    let mut inputs: Vec<ValueId> = Vec::new();
    let mut outputs = Vec::new();
    let mut kernel = "";
    let mut links: FxHashMap<ValueId, usize> = FxHashMap::default();
    for step in steps {
        let from: SmallVec<[From; 3]> = step
            .inputs
            .iter()
            .map(|value| match links.get(value) {
                Some(link) => From::Link(*link),
                None => From::Input(inputs.iter().position(|known| known == value).unwrap_or_else(|| {
                    inputs.push(*value);
                    inputs.len() - 1
                })),
            })
            .collect();
        let link = match (step.elementwise()?, &from[..]) {
            (Elementwise::Unary(f), [a]) => Link::Unary(f, *a),
            (Elementwise::Binary(f), [a, b]) => Link::Binary(f, *a, *b),
            (Elementwise::Compare(what), [a, b]) => Link::Compare(what, *a, *b),
            (Elementwise::Select, [c, a, b]) => Link::Select(*c, *a, *b),
            _ => return None,
        };
        let value = made(step)?;
        links.insert(value, chain.links.len());
        if wanted(value) {
            chain.outputs.push(chain.links.len());
            outputs.push(value);
        }
        chain.links.push(link);
        kernel = step.kernel.name;
    }
    Some(Piece::Chain { kernel, chain, inputs, outputs })
}
