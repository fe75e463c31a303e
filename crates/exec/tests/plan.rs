//! Plans against the same computation carried out at once.

#![allow(clippy::unwrap_used, reason = "a plan that cannot be made is a failed test")]

use array::Array;
use exec::{Plan, Unplanned};
use ops::kernels::{linalg, pointwise, reduce};
use ops::numeric::{Recorder, ValueId, gradients};
use ops::spec::{Cx, Tensor};
use ops::{Keras, Mode};
use tensor::{DType, Shape, TensorSpec};

fn with_cx<R>(recorder: &Recorder, run: impl FnOnce(&Cx<'_>) -> R) -> R {
    recorder.kernels(Mode::Graph, Keras::Three, run)
}

fn array(shape: &[usize]) -> Array {
    let count = shape.iter().product::<usize>();
    Array::floats(shape, DType::Float32, (0..count).map(|k| (k as f64 * 1.3).sin()).collect()).unwrap()
}

/// `mean((tanh(x @ w) * x)²)` and its gradient with respect to `w`.
fn loss_and_gradient(cx: &Cx<'_>, recorder: &Recorder, x: ValueId, w: ValueId) -> [ValueId; 2] {
    let (a, b) = (recorder.tensor(x), recorder.tensor(w));
    let product = linalg::mat_mul(cx, (&a).into(), (&b).into(), false, false).unwrap();
    let gated = pointwise::binary(cx, "Mul", pointwise::unary(cx, "Tanh", product).unwrap(), &a).unwrap();
    let square = pointwise::unary(cx, "Square", gated).unwrap();
    let loss = reduce::reduce(cx, "Mean", square, &reduce::Axes::All, false).unwrap();
    let loss = loss.value.unwrap();
    let grad: Vec<Option<Tensor>> = gradients(cx, recorder, &[(loss, None)], &[w]).unwrap();
    [loss, grad[0].as_ref().and_then(|g| g.value).unwrap()]
}

#[test]
fn a_plan_computes_what_eager_calls_do() {
    let (x, w) = (array(&[5, 3]), array(&[3, 3]));
    let eager = Recorder::default();
    let (xi, wi) = (eager.constant(x.clone()), eager.constant(w.clone()));
    let ids = with_cx(&eager, |cx| loss_and_gradient(cx, &eager, xi, wi));
    let expected: Vec<Vec<f64>> =
        ids.iter().map(|id| eager.array(*id).unwrap().to_floats().unwrap()).collect();

    let traced = Recorder::default();
    let spec = |shape: &[i64]| TensorSpec::new(Shape::known(shape), DType::Float32);
    let inputs = [traced.input(spec(&[5, 3])), traced.input(spec(&[3, 3]))];
    let outputs = with_cx(&traced, |cx| loss_and_gradient(cx, &traced, inputs[0], inputs[1]));
    let plan = traced.with_program(|program| Plan::new(program, &inputs, &outputs)).unwrap();
    for _ in 0..2 {
        let found = plan.run(vec![x.clone(), w.clone()]).unwrap();
        let found: Vec<Vec<f64>> = found.iter().map(|a| a.to_floats().unwrap()).collect();
        assert_eq!(found, expected);
    }
    // The arrays that were handed over are not written into while somebody else holds them.
    assert_eq!(x.to_floats().unwrap(), array(&[5, 3]).to_floats().unwrap());
}

#[test]
fn only_what_is_asked_for_is_computed() {
    let recorder = Recorder::default();
    let x = recorder.input(TensorSpec::new(Shape::known(&[2]), DType::Float32));
    let (y, z) = with_cx(&recorder, |cx| {
        let y = pointwise::unary(cx, "Exp", recorder.tensor(x)).unwrap();
        let z = pointwise::unary(cx, "Log", &y).unwrap();
        (y.value.unwrap(), z.value.unwrap())
    });
    let plan = |inputs: &[ValueId], outputs: &[ValueId]| {
        recorder.with_program(|program| Plan::new(program, inputs, outputs)).map(|plan| plan.len())
    };
    assert_eq!(plan(&[x], &[y]), Ok(1));
    // Both are element-wise, so they are carried out in one go.
    assert_eq!(plan(&[x], &[y, z]), Ok(1));
    assert_eq!(plan(&[y], &[z]), Ok(1));
    assert_eq!(plan(&[], &[z]), Err(Unplanned::Input(x)));
}

#[test]
fn constants_are_folded() {
    let recorder = Recorder::default();
    let x = recorder.input(TensorSpec::new(Shape::known(&[2]), DType::Float32));
    let out = with_cx(&recorder, |cx| {
        let two = pointwise::unary(
            cx,
            "Sqrt",
            Tensor::new(Shape::scalar(), DType::Float32).with_content(tensor::Content::floats(
                vec![],
                DType::Float32,
                vec![4.0],
            )),
        );
        pointwise::binary(cx, "Mul", recorder.tensor(x), two.unwrap()).unwrap().value.unwrap()
    });
    let plan = recorder.with_program(|program| Plan::new(program, &[x], &[out])).unwrap();
    assert_eq!(plan.len(), 1);
    let found = plan.run(vec![Array::floats(&[2], DType::Float32, vec![1.0, 3.0]).unwrap()]).unwrap();
    assert_eq!(found[0].to_floats().unwrap(), [2.0, 6.0]);
}

#[test]
fn chains_end_where_something_else_reads_them() {
    // relu(x * w + w) @ w, of which the sum is wanted too: one chain, the product of matrices, one more chain.
    let (x, w) = (array(&[3, 3]), array(&[3]));
    let made = |recorder: &Recorder, x: ValueId, w: ValueId| {
        with_cx(recorder, |cx| {
            let (x, w) = (recorder.tensor(x), recorder.tensor(w));
            let sum =
                pointwise::binary(cx, "AddV2", pointwise::binary(cx, "Mul", &x, &w).unwrap(), &w).unwrap();
            let relu = pointwise::unary(cx, "Relu", &sum).unwrap();
            let product = linalg::mat_mul(cx, (&relu).into(), (&x).into(), false, false).unwrap();
            let late = pointwise::binary(cx, "Sub", &sum, &relu).unwrap();
            let out =
                pointwise::unary(cx, "Tanh", pointwise::binary(cx, "Mul", &late, &product).unwrap()).unwrap();
            [sum.value.unwrap(), out.value.unwrap()]
        })
    };
    let eager = Recorder::default();
    let (known_x, known_w) = (eager.constant(x.clone()), eager.constant(w.clone()));
    let expected = made(&eager, known_x, known_w).map(|id| eager.array(id).unwrap().to_floats().unwrap());
    let traced = Recorder::default();
    let spec = |shape: &[i64]| TensorSpec::new(Shape::known(shape), DType::Float32);
    let inputs = [traced.input(spec(&[3, 3])), traced.input(spec(&[3]))];
    let outputs = made(&traced, inputs[0], inputs[1]);
    let plan = traced.with_program(|program| Plan::new(program, &inputs, &outputs)).unwrap();
    assert_eq!(plan.len(), 3);
    let found = plan.run(vec![x, w]).unwrap();
    assert_eq!([0, 1].map(|at| found[at].to_floats().unwrap()), expected);
}
