//! Steps that change variables: where their new values are written, and what a failure leaves.

#![allow(clippy::unwrap_used, reason = "a step that cannot be made is a failed test")]

use std::collections::HashMap;

use array::Array;
use exec::{Recording, Stateful, Variables};
use ops::kernels::{index, pointwise, reduce};
use ops::numeric::Recorder;
use ops::{Keras, Mode};
use tensor::{DType, Shape, TensorSpec};

/// Variables by name; what was let go of before it got its new value.
#[derive(Default)]
struct Kept {
    arrays: HashMap<&'static str, Array>,
    released: Vec<&'static str>,
}

impl Variables<&'static str> for Kept {
    fn elements(&mut self, variable: &&'static str) -> Option<Array> {
        self.arrays.get(variable).cloned()
    }

    fn release(&mut self, variable: &&'static str) {
        self.arrays.remove(variable);
        self.released.push(variable);
    }

    fn store(&mut self, variable: &&'static str, elements: Array) {
        self.arrays.insert(variable, elements);
    }
}

fn spec(shape: &[i64], dtype: DType) -> TensorSpec {
    TensorSpec::new(Shape::known(shape), dtype)
}

/// `loss = sum(table[ids]); table = table - table * table`
fn step() -> Stateful<&'static str> {
    let recorder = Recorder::default();
    let (ids, table) = (recorder.input(spec(&[2], DType::Int32)), recorder.input(spec(&[3], DType::Float32)));
    let (loss, changed) = recorder.kernels(Mode::Graph, Keras::Three, |cx| {
        let (rows, old) = (recorder.tensor(ids), recorder.tensor(table));
        // The update is recorded before what may refuse its inputs, and is carried out behind it.
        let square = pointwise::binary(cx, "Mul", &old, &old).unwrap();
        let changed = pointwise::binary(cx, "Sub", &old, &square).unwrap();
        let taken = index::gather(cx, &old, &rows, 0, 0).unwrap();
        let loss = reduce::reduce(cx, "Sum", taken, &reduce::Axes::All, false).unwrap();
        (loss.value.unwrap(), changed.value.unwrap())
    });
    let recording = Recording {
        program: recorder.into_program(),
        read: vec![("table", table)],
        written: vec![("table", changed)],
    };
    recording.ready(&[ids], &[loss]).unwrap()
}

fn ids(ids: [i64; 2]) -> Vec<Array> {
    vec![Array::ints(&[2], DType::Int32, ids.to_vec()).unwrap()]
}

fn table() -> Array {
    Array::floats(&[3], DType::Float32, vec![0.5, 1.0, 2.0]).unwrap()
}

#[test]
fn a_variable_is_let_go_of_before_it_changes() {
    let (step, mut kept) = (step(), Kept::default());
    kept.arrays.insert("table", table());
    let found = step.run(ids([0, 2]), &mut kept).unwrap();
    assert_eq!(found[0].to_floats().unwrap(), [2.5]);
    assert_eq!(kept.released, ["table"]);
    assert_eq!(kept.arrays["table"].to_floats().unwrap(), [0.25, 0.0, -2.0]);
}

#[test]
fn whoever_holds_old_elements_keeps_them() {
    let (step, mut kept) = (step(), Kept::default());
    let held = table();
    kept.arrays.insert("table", held.clone());
    step.run(ids([0, 2]), &mut kept).unwrap();
    assert_eq!(held.to_floats(), table().to_floats());
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let (step, mut kept) = (step(), Kept::default());
    kept.arrays.insert("table", table());
    let failure = step.run(ids([0, 3]), &mut kept).unwrap_err();
    assert_eq!(failure.kernel, "GatherV2");
    assert!(kept.released.is_empty());
    assert_eq!(kept.arrays["table"].to_floats(), table().to_floats());
}
