//! What must hold of every kernel's numbers: values have the inferred spec, and gradients agree with finite
//! differences and with what the checker says of them.

#![allow(clippy::unwrap_used, reason = "a law that cannot be checked is a failed test")]

mod factors;
mod samples;
mod signals;
mod twice;

use std::collections::BTreeSet;

use array::Array;
use ops::kernels::pointwise;
use ops::numeric::{Recorder, ValueId, Vjp, gradients, rows};
use ops::spec::{Cx, Reach, Slope, Tensor, Val, kernel, slope_of};
use ops::{Flow, Keras, Mode};
use samples::{Sample, sample};
use tensor::{DType, Dim};

/// Kernels whose gradient TensorFlow has and which is not written.
const MISSING: &[&str] = &["MaxPool3DGradGrad"];

/// Applies a sample to values, or, without them, to inputs that are not known.
fn run<R>(
    sample: &Sample,
    values: Option<&[Vec<f64>]>,
    look: impl FnOnce(&Cx<'_>, &Recorder, &[ValueId], Tensor) -> R,
) -> R {
    let recorder = Recorder::default();
    let ids: Vec<ValueId> = (0..sample.inputs.len())
        .map(|i| {
            let shape = &sample.inputs[i].0;
            match values {
                Some(values) => {
                    recorder.constant(Array::floats(shape, DType::Float64, values[i].clone()).unwrap())
                }
                None => {
                    let dims = shape.iter().map(|n| Dim::Known(*n as i64)).collect();
                    recorder.input(tensor::TensorSpec::new(dims, DType::Float64))
                }
            }
        })
        .collect();
    let tensors: Vec<Tensor> = ids
        .iter()
        .enumerate()
        .map(|(i, id)| Tensor { reach: Reach::of(i), ..recorder.tensor(*id) })
        .collect();
    recorder.kernels(Mode::Eager, Keras::Three, |cx| {
        let out = (sample.apply)(cx, &tensors).unwrap_or_else(|stop| panic!("{}: {stop:?}", sample.name));
        look(cx, &recorder, &ids, out)
    })
}

/// All samples.
fn samples() -> Vec<Sample> {
    let families = [samples::samples(), factors::samples(), signals::samples()];
    families.into_iter().flatten().collect()
}

fn values(sample: &Sample) -> Vec<Vec<f64>> {
    sample.inputs.iter().map(|(_, values)| values.clone()).collect()
}

/// The weights by which the elements of a result are summed.
fn weight(at: usize) -> f64 {
    (at as f64 * 0.7 + 0.3).sin() + 0.2
}

fn weighted(sample: &Sample, values: &[Vec<f64>]) -> f64 {
    run(sample, Some(values), |_, recorder, _, out| {
        let array = out.value.and_then(|id| recorder.array(id));
        let array = array.unwrap_or_else(|| panic!("{}: {:?}", sample.name, recorder.missing()));
        array.to_floats().unwrap().iter().enumerate().map(|(at, v)| v * weight(at)).sum()
    })
}

/// The gradients of the weighted sum, and how far the checker says that they get.
fn gradient(sample: &Sample) -> Vec<(Option<Vec<f64>>, Flow)> {
    run(sample, Some(&values(sample)), |cx, recorder, ids, out| {
        let sizes = out.shape.all_known().unwrap_or_else(|| panic!("{}: {:?}", sample.name, out.shape));
        let sizes: Vec<usize> = sizes.iter().map(|n| *n as usize).collect();
        let seed = (0..sizes.iter().product()).map(weight).collect();
        let seed = recorder.tensor(recorder.constant(Array::floats(&sizes, DType::Float64, seed).unwrap()));
        let grads = gradients(
            cx,
            recorder,
            &[(out.value.unwrap_or_else(|| panic!("{}: {:?}", sample.name, recorder.missing())), Some(seed))],
            ids,
        )
        .unwrap_or_else(|stop| panic!("{}: {stop:?}", sample.name));
        let array = |grad: Tensor| {
            let array = grad.value.and_then(|id| recorder.array(id));
            array.unwrap_or_else(|| panic!("{}: {:?}", sample.name, recorder.missing())).to_floats().unwrap()
        };
        grads.into_iter().enumerate().map(|(i, grad)| (grad.map(array), out.reach.to(i))).collect()
    })
}

#[test]
fn kernels_are_listed_once_and_exist() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(kernel(row.kernel).is_some(), "{} is no kernel", row.kernel);
        assert!(seen.insert(row.kernel), "{} stands twice", row.kernel);
    }
}

#[test]
fn gradients_are_written_where_they_arrive() {
    let mut missing = Vec::new();
    for row in rows() {
        let kernel = kernel(row.kernel).unwrap();
        let floats =
            kernel.outputs().any(|o| !matches!(o.ty, ops::spec::Ty::Is(d) if !d.is_differentiable()));
        let arrives = floats && kernel.inputs().enumerate().any(|(i, _)| slope_of(&kernel, i) == Slope::Ok);
        match row.vjp {
            Vjp::Never => assert!(!arrives, "{}: a gradient arrives that is not written", row.kernel),
            Vjp::Missing if arrives => missing.push(row.kernel),
            Vjp::Missing => {}
            Vjp::One(_) | Vjp::All(_) => assert!(arrives, "{}: no gradient arrives", row.kernel),
        }
    }
    missing.sort_unstable();
    assert_eq!(missing, MISSING);
}

#[test]
fn gradients_agree_with_finite_differences() {
    for sample in samples() {
        // A kernel of single precision is linear between its kinks, so that a long step is as good.
        let (step, tolerance) = if sample.single { (1.0 / 128.0, 1e-4) } else { (1e-6, 1e-5) };
        let at = values(&sample);
        for (input, (grad, _)) in gradient(&sample).into_iter().enumerate() {
            for element in 0..at[input].len() {
                let moved = |by: f64| {
                    let mut values = at.clone();
                    values[input][element] += by;
                    weighted(&sample, &values)
                };
                let expected = (moved(step) - moved(-step)) / (2.0 * step);
                let found = grad.as_ref().map_or(0.0, |grad| grad[element]);
                assert!(
                    (found - expected).abs() <= tolerance * (1.0 + expected.abs()) || grad.is_none(),
                    "{}: input {input}, element {element}: {found} is not {expected}",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn gradients_arrive_where_the_checker_says() {
    for sample in samples() {
        for (input, (grad, flow)) in gradient(&sample).into_iter().enumerate() {
            match flow {
                Flow::None => assert!(grad.is_none(), "{}: input {input}", sample.name),
                Flow::Zero => assert!(grad.is_some_and(|g| g.iter().all(|v| *v == 0.0)), "{}", sample.name),
                Flow::Ok => assert!(grad.is_some(), "{}: input {input}", sample.name),
                Flow::Unknown | Flow::Raises(_) => {}
            }
        }
    }
}

#[test]
fn tracing_infers_what_is_computed() {
    for sample in samples() {
        let traced = run(&sample, None, |_, _, _, out| out);
        assert!(traced.value.is_some(), "{} is not recorded", sample.name);
        let spec = run(&sample, Some(&values(&sample)), |_, recorder, _, out| {
            let array = out.value.and_then(|id| recorder.array(id));
            let array = array.unwrap_or_else(|| panic!("{}: {:?}", sample.name, recorder.missing()));
            (array.shape().iter().map(|n| *n as i64).collect::<Vec<_>>(), array.dtype())
        });
        assert_eq!((traced.shape.all_known().unwrap(), traced.dtype.unwrap()), spec, "{}", sample.name);
    }
}

#[test]
fn every_gradient_is_sampled() {
    let sampled: BTreeSet<String> = samples().into_iter().map(|s| s.name).collect();
    // These are what others are called by, need complex numbers, or draw others each time.
    let alike = [
        "Conv3DBackpropFilterV2",
        "Conv3DBackpropInputV2",
        "Add",
        "BatchMatMul",
        "Div",
        "Inv",
        "RandomGamma",
        "Select",
        "Conj",
    ];
    for row in rows().filter(|row| matches!(row.vjp, Vjp::One(_) | Vjp::All(_))) {
        assert!(sampled.contains(row.kernel) || alike.contains(&row.kernel), "{} has no sample", row.kernel);
    }
}

#[test]
fn gradients_can_be_differentiated() {
    // d²/dx² of Σ x³ is 6x; of tanh it is -2 tanh (1 - tanh²).
    let x = [0.3, -0.8];
    let second = |kernel: &'static str| {
        let sample = sample(kernel, vec![(vec![2], x.to_vec())], |_, x| Ok(x[0].clone()));
        run(&sample, Some(&values(&sample)), |cx, recorder, ids, x| {
            let y = if kernel == "Pow" {
                let three = cx.convert(&Val::from(3.0), Some(DType::Float64)).unwrap();
                pointwise::binary(cx, "Pow", &x, three).unwrap()
            } else {
                pointwise::unary(cx, kernel, &x).unwrap()
            };
            let first = gradients(cx, recorder, &[(y.value.unwrap(), None)], ids).unwrap();
            let first = first[0].as_ref().and_then(|g| g.value).unwrap();
            let second = gradients(cx, recorder, &[(first, None)], ids).unwrap();
            recorder.array(second[0].as_ref().and_then(|g| g.value).unwrap()).unwrap().to_floats().unwrap()
        })
    };
    for (found, x) in second("Pow").into_iter().zip(x) {
        assert!((found - 6.0 * x).abs() < 1e-9, "{found}");
    }
    for (found, x) in second("Tanh").into_iter().zip(x) {
        assert!((found + 2.0 * x.tanh() * (1.0 - x.tanh().powi(2))).abs() < 1e-9, "{found}");
    }
}
