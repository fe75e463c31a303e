//! Gradients of a recorded program, as `tf.GradientTape` takes them.
//!
//! source: tensorflow/c/eager/tape.h: GradientTape::ComputeGradient

use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::smallvec;
use tensor::DType;

use super::{Back, Grads, Recorder, Step, StepId, ValueId, Vjp, algebra};
use crate::spec::{Cx, Slope, Tensor, slope_of};
use crate::{Infer, Stop};

/// Takes the gradients of targets with respect to sources; each target comes with the gradient that arrives at
/// it, ones where there is none. `None` where there is no path, or where a kernel stops the gradient. The
/// computation is recorded where the program is.
///
/// # Errors
/// A kernel on the way has a gradient that is not written, or none is registered.
pub fn gradients(
    cx: &Cx<'_>,
    recorder: &Recorder,
    targets: &[(ValueId, Option<Tensor>)],
    sources: &[ValueId],
) -> Infer<Vec<Option<Tensor>>> {
    gradients_within(cx, recorder, targets, sources, std::slice::from_ref(&(0..u32::MAX)))
}

/// As [`gradients`], through these steps only: those that a tape has recorded.
///
/// # Errors
/// As [`gradients`].
pub fn gradients_within(
    cx: &Cx<'_>,
    recorder: &Recorder,
    targets: &[(ValueId, Option<Tensor>)],
    sources: &[ValueId],
    within: &[Range<u32>],
) -> Infer<Vec<Option<Tensor>>> {
    let (depends, steps) = recorder.with_program(|program| {
        let mut depends = vec![false; program.len()];
        sources
            .iter()
            .filter_map(|id| depends.get_mut(id.0 as usize).map(|slot| *slot = true))
            .for_each(drop);
        let mut steps: Vec<(StepId, Step)> = Vec::new();
        let first = within.iter().map(|range| range.start as usize).min().unwrap_or(0);
        for (at, step) in program.steps().iter().enumerate().skip(first) {
            if !within.iter().any(|range| (range.start as usize..range.end as usize).contains(&at)) {
                continue;
            }
            let on_path = (0..step.inputs.len()).any(|i| {
                let id = step.inputs[i].0 as usize;
                let float = program.value(step.inputs[i]).is_some_and(|v| differentiable(v.spec.dtype));
                float && depends.get(id).copied().unwrap_or(false)
            });
            if on_path {
                step.outputs.iter().flatten().for_each(|id| {
                    if let Some(slot) = depends.get_mut(id.0 as usize) {
                        *slot = true;
                    }
                });
                steps.push((StepId(u32::try_from(at).unwrap_or(u32::MAX)), step.clone()));
            }
        }
        (depends, steps)
    });
    let mut grads: FxHashMap<ValueId, Tensor> = FxHashMap::default();
    for (id, seed) in targets {
        let target = recorder.tensor(*id);
        if !differentiable(target.dtype) {
            continue;
        }
        let seed = match seed {
            Some(seed) => seed.clone(),
            None => algebra::ones_like(cx, &target)?,
        };
        arrive(cx, &mut grads, *id, seed)?;
    }
    for (_, step) in steps.iter().rev() {
        let arrived: Vec<Option<Tensor>> =
            step.outputs.iter().map(|id| id.and_then(|id| grads.get(&id).cloned())).collect();
        if arrived.iter().all(Option::is_none) {
            continue;
        }
        let back = back(cx, recorder, step, arrived, &depends)?;
        for (at, grad) in pass(&back)?.into_iter().enumerate() {
            if let (Some(grad), Some(id)) = (grad, step.inputs.get(at)) {
                arrive(cx, &mut grads, *id, grad)?;
            }
        }
    }
    Ok(sources.iter().map(|id| grads.get(id).cloned()).collect())
}

fn differentiable(dtype: Option<DType>) -> bool {
    dtype.is_none_or(DType::is_differentiable)
}

/// Adds a gradient to those that have arrived at a value.
fn arrive(cx: &Cx<'_>, grads: &mut FxHashMap<ValueId, Tensor>, id: ValueId, grad: Tensor) -> Infer<()> {
    let sum = match grads.get(&id) {
        Some(known) => algebra::add(cx, known, &grad)?,
        None => grad,
    };
    grads.insert(id, sum);
    Ok(())
}

/// Gathers what a step's gradient function reads.
fn back<'a>(
    cx: &'a Cx<'a>,
    recorder: &Recorder,
    step: &'a Step,
    grads: Vec<Option<Tensor>>,
    depends: &[bool],
) -> Infer<Back<'a>> {
    let inputs: Vec<Tensor> = step.inputs.iter().map(|id| recorder.tensor(*id)).collect();
    let wanted = (0..inputs.len())
        .map(|at| {
            let on_path = depends.get(step.inputs[at].0 as usize).copied().unwrap_or(false);
            on_path
                && differentiable(inputs[at].dtype)
                && slope_of(&step.kernel, step.group_of(at)) != Slope::None
        })
        .collect();
    let outputs = step.outputs.iter().map(|id| id.map(|id| recorder.tensor(id))).collect();
    Ok(Back { cx, step, inputs, outputs, grads, wanted })
}

/// Passes the gradients of a step's outputs to its inputs.
fn pass(back: &Back<'_>) -> Infer<Grads> {
    let none: Grads = smallvec![None; back.inputs.len()];
    if !back.wanted.contains(&true) {
        return Ok(none);
    }
    let slopes = (0..back.inputs.len()).map(|at| slope_of(&back.step.kernel, back.step.group_of(at)));
    if slopes.into_iter().all(|slope| slope == Slope::Zero) {
        let zeros = |at: usize| back.when(at, || algebra::zeros_like(back.cx, &back.inputs[at]));
        return (0..back.inputs.len()).map(zeros).collect();
    }
    match back.step.row.map(|row| row.vjp) {
        Some(Vjp::One(vjp)) => {
            let grad = vjp(back, back.grad(0)?.clone())?;
            let mut grads = none;
            grads[0] = Some(grad);
            Ok(grads)
        }
        Some(Vjp::All(vjp)) => vjp(back),
        Some(Vjp::Never) => Ok(none),
        Some(Vjp::Missing) | None => Err(Stop::Unknown("a kernel's gradient is not written")),
    }
}
