//! Slopes of functions whose calculus is known.

#![allow(clippy::unwrap_used, reason = "a function that cannot be recorded is a failed test")]

use array::Array;
use exec::Plan;
use exec::slopes::{Function, Seen, Side, agrees};
use ops::kernels::pointwise;
use ops::numeric::{Draws, Recorder, gradients};
use ops::{Keras, Mode};
use tensor::{DType, Shape, TensorSpec};

/// Looks at an element-wise kernel at some numbers; it is recorded in single precision.
fn looked(kernel: &'static str, at: &[f64]) -> Seen {
    let recorder = Recorder::drawing(&std::sync::Arc::new(Draws::default()));
    let spec = TensorSpec::new(Shape::known(&[at.len() as i64]), DType::Float32);
    let (x, direction) = (recorder.input(spec.clone()), recorder.input(spec));
    let (y, gradient) = recorder.kernels(Mode::Graph, Keras::Three, |cx| {
        let y = pointwise::unary(cx, kernel, recorder.tensor(x)).unwrap().value.unwrap();
        let seed = Some(recorder.tensor(direction));
        let gradient = gradients(cx, &recorder, &[(y, seed)], &[x]).unwrap().remove(0);
        (y, gradient.and_then(|g| g.value))
    });
    let program = recorder.into_program().in_double().unwrap();
    let outputs: Vec<_> = std::iter::once(y).chain(gradient).collect();
    let doubles = |values: Vec<f64>| Array::floats(&[values.len()], DType::Float64, values).unwrap();
    let function = Function {
        values: Plan::new(&program, &[x], &[y]).unwrap(),
        gradients: Plan::new(&program, &[x, direction], &outputs).unwrap(),
        reached: vec![gradient.is_some()],
        directions: vec![doubles(vec![2.0; at.len()])],
        fixed: Vec::new(),
        seed: 1,
    };
    function.look(&[doubles(at.to_vec())], 10).unwrap()
}

#[test]
fn a_smooth_gradient_is_the_slope() {
    let seen = looked("Tanh", &[-1.5, 0.0, 0.3]);
    let gradient = seen.gradients[0].as_ref().unwrap();
    assert_eq!(seen.slopes.len(), 3);
    for slope in &seen.slopes {
        assert_eq!(slope.kind, Side::Smooth);
        assert!(agrees(gradient[slope.element], slope.numeric()));
    }
    // The direction is 2, the slope of tanh at 0 is 1.
    assert!((gradient[1] - 2.0).abs() < 1e-12);
}

#[test]
fn kinks_jumps_and_poles_are_told_apart() {
    let kinds = |kernel, at: &[f64]| looked(kernel, at).slopes.iter().map(|s| s.kind).collect::<Vec<_>>();
    assert_eq!(kinds("Relu", &[-1.0, 0.0, 1.0]), [Side::Smooth, Side::Kink, Side::Smooth]);
    assert_eq!(kinds("Floor", &[0.5, 1.0]), [Side::Smooth, Side::Jump]);
    assert_eq!(kinds("Sqrt", &[0.0]), [Side::Broken]);
    // Between 0 and a step of 1e-5 the slope of a logarithm halves.
    assert_eq!(kinds("Log", &[1.5e-5, 1.0]), [Side::Steep, Side::Smooth]);
    assert_eq!(looked("Relu", &[0.0]).slopes[0].sides.map(f64::round), [0.0, 2.0]);
}

#[test]
fn what_is_not_finite_is_seen() {
    assert!(!looked("Log", &[0.0]).finite);
    let seen = looked("Floor", &[0.5]);
    assert!(seen.finite && seen.gradients[0].is_none());
}
