//! Gradients of gradients: they are recorded like anything else, so they agree with finite differences as well.

use std::collections::BTreeSet;

use array::Array;
use ops::Stop;
use ops::numeric::{Recorder, ValueId, gradients};
use ops::spec::{Cx, Tensor};
use tensor::DType;

use super::samples::Sample;
use super::{run, samples, values, weight};

/// Kernels whose gradient goes through a kernel that has no gradient that is written.
const MISSING: &[&str] = &["CTCLoss", "Igamma", "Igammac", "Svd"];

/// Kernels whose second derivative is not that of the numbers: TensorFlow gives the order of `zeta` no gradient, so
/// only what multiplies it is differentiated.
const OTHER: &[&str] = &["Zeta"];

/// Weights of the elements of a tensor.
fn seed(recorder: &Recorder, like: &Tensor) -> Tensor {
    let sizes: Vec<usize> = like.shape.all_known().unwrap().iter().map(|n| *n as usize).collect();
    let values = (0..sizes.iter().product()).map(weight).collect();
    recorder.tensor(recorder.constant(Array::floats(&sizes, DType::Float64, values).unwrap()))
}

/// The gradients of the weighted sum of a sample's outputs.
fn first(cx: &Cx<'_>, recorder: &Recorder, ids: &[ValueId], out: &Tensor) -> Result<Vec<Tensor>, Stop> {
    let target = (out.value.unwrap(), Some(seed(recorder, out)));
    Ok(gradients(cx, recorder, &[target], ids)?.into_iter().flatten().collect())
}

/// The weighted sum of all gradients.
fn number(sample: &Sample, at: &[Vec<f64>]) -> f64 {
    run(sample, Some(at), |cx, recorder, ids, out| {
        let grads = first(cx, recorder, ids, &out).unwrap_or_else(|stop| panic!("{}: {stop:?}", sample.name));
        let elements = grads.iter().flat_map(|grad| {
            let array = grad.value.and_then(|id| recorder.array(id)).unwrap();
            array
                .to_floats()
                .unwrap()
                .into_iter()
                .enumerate()
                .map(|(at, v)| v * weight(at))
                .collect::<Vec<_>>()
        });
        elements.sum()
    })
}

/// The gradients of that; nothing where one is not written.
fn second(sample: &Sample) -> Option<Vec<Option<Vec<f64>>>> {
    run(sample, Some(&values(sample)), |cx, recorder, ids, out| {
        let grads = first(cx, recorder, ids, &out).ok()?;
        let targets: Vec<_> =
            grads.iter().filter_map(|grad| Some((grad.value?, Some(seed(recorder, grad))))).collect();
        let grads = gradients(cx, recorder, &targets, ids).ok()?;
        let elements = |grad: Tensor| recorder.array(grad.value?)?.to_floats().ok();
        Some(grads.into_iter().map(|grad| grad.and_then(elements)).collect())
    })
}

/// Tells whether second gradients are the differences of the first.
fn agrees(sample: &Sample, second: &[Option<Vec<f64>>]) -> bool {
    let (step, tolerance) = (1e-6, 1e-4);
    let at = values(sample);
    (0..at.len()).all(|input| {
        (0..at[input].len()).all(|element| {
            let moved = |by: f64| {
                let mut values = at.clone();
                values[input][element] += by;
                number(sample, &values)
            };
            let expected = (moved(step) - moved(-step)) / (2.0 * step);
            let found = second[input].as_ref().map_or(0.0, |grad| grad[element]);
            (found - expected).abs() <= tolerance * (1.0 + expected.abs())
        })
    })
}

#[test]
fn gradients_of_gradients_agree_with_finite_differences() {
    let (mut missing, mut other) = (BTreeSet::new(), BTreeSet::new());
    // Differences of differences in single precision say nothing.
    for sample in samples().into_iter().filter(|sample| !sample.single) {
        match second(&sample) {
            None => _ = missing.insert(sample.name),
            Some(grads) if !agrees(&sample, &grads) => _ = other.insert(sample.name),
            Some(_) => {}
        }
    }
    let listed = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    assert_eq!((missing, other), (listed(MISSING), listed(OTHER)));
}
