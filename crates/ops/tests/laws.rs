//! What must hold of every op in the table.

use std::cell::RefCell;
use std::rc::Rc;

use ops::{Arg, Call, Keras, Mode, Op, Operand, Outputs, Stop, Surface, TensorKind, ops};
use tensor::{Content, DType, Dim, Shape, TensorSpec};

/// Names under which arguments are looked for; tensors come first.
const NAMES: [&str; 8] = ["x", "y", "z", "axis", "keepdims", "dtype", "shape", "name"];

const SURFACES: [Surface; 4] = [Surface::Tf, Surface::Backend, Surface::KerasOps, Surface::Numpy];
const MODES: [Mode; 3] = [Mode::Eager, Mode::Graph, Mode::Symbolic];

fn infer(op: &'static Op, surface: Surface, mode: Mode, args: &[(Rc<str>, Arg)]) -> Result<Outputs, Stop> {
    let call = Call {
        op,
        path: "",
        surface,
        mode,
        keras: Keras::Three,
        args,
        recorder: None,
        risk: RefCell::default(),
    };
    (op.infer)(&call)
}

fn named(values: impl IntoIterator<Item = Arg>) -> Vec<(Rc<str>, Arg)> {
    let values: Vec<Arg> = values.into_iter().collect();
    let rest = std::iter::repeat(Arg::None);
    NAMES.iter().zip(values.into_iter().chain(rest)).map(|(n, v)| (Rc::from(*n), v)).collect()
}

fn tensor(shape: Shape, dtype: DType) -> Arg {
    let (content, kind) = (Content::Unknown, TensorKind::Graph);
    Arg::Tensor(Operand { spec: TensorSpec::new(shape, dtype), content, kind, node: None, name: None })
}

/// Ops that scripts reach: those that only layers call are given arguments by names of their own.
fn public_ops() -> impl Iterator<Item = &'static Op> {
    ops().filter(|op| !op.apis.is_empty())
}

/// The surfaces that an op is reached by.
fn surfaces(op: &'static Op) -> impl Iterator<Item = Surface> {
    let has = |surface: Surface| {
        op.apis.iter().any(|path| match surface {
            Surface::Backend => path.starts_with("tf.keras."),
            Surface::Tf => path.starts_with("tf.") && !path.starts_with("tf.keras."),
            Surface::KerasOps => path.starts_with("keras."),
            Surface::Numpy => path.starts_with("np."),
        })
    };
    SURFACES.into_iter().filter(move |s| has(*s))
}

#[test]
fn names_are_unique() {
    let mut names: Vec<&str> = ops().map(|op| op.name).collect();
    names.sort_unstable();
    let twice: Vec<&str> = names.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn paths_are_unique() {
    let mut paths: Vec<&str> = ops().flat_map(|op| op.apis.iter().copied()).collect();
    paths.sort_unstable();
    let twice: Vec<&str> = paths.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn unknown_arguments_never_raise() {
    let args = named(std::iter::repeat_n(Arg::Unknown, NAMES.len()));
    for op in public_ops() {
        for surface in surfaces(op) {
            for mode in MODES {
                let result = infer(op, surface, mode, &args);
                let raised = matches!(result, Err(Stop::Violation(_) | Stop::Raised(_)));
                assert!(!raised, "{} on {surface:?} in {mode:?}: {result:?}", op.name);
            }
        }
    }
}

#[test]
fn unknown_tensors_never_raise() {
    let unknown = || Arg::Tensor(Operand::loose(TensorSpec::UNKNOWN, TensorKind::Graph));
    let args = named([unknown(), unknown(), unknown()]);
    for op in public_ops() {
        for surface in surfaces(op) {
            let result = infer(op, surface, Mode::Graph, &args);
            if let Err(Stop::Violation(v)) = &result {
                // A missing argument may be required, a list asked for: that is then what is refused.
                assert!(complains_of_kind(&v.core), "{} on {surface:?}: {result:?}", op.name);
            }
        }
    }
}

fn complains_of_kind(core: &str) -> bool {
    [
        "None",
        "scalar",
        "Expected list",
        "Expected string",
        "list type",
        "non-tensor",
        "SymbolicTensor",
        "SparseTensor",
        "eager execution",
        "graph function",
        "symbolic",
    ]
    .iter()
    .any(|w| core.contains(w))
}

/// Every way to forget one dim, the dtype or the rank of a shape.
fn forgotten(shape: &Shape) -> Vec<Shape> {
    let mut out = vec![Shape::UNKNOWN];
    if let Some(dims) = shape.dims() {
        out.extend((0..dims.len()).map(|i| shape.with_dim(i, Dim::Unknown)));
        out.push(Shape::of_rank(dims.len()));
    }
    out
}

#[test]
fn forgetting_dims_never_raises() {
    let shapes: [&[i64]; 6] = [&[], &[3], &[2, 3], &[3, 3], &[2, 3, 4], &[2, 3, 3, 4]];
    for op in public_ops() {
        for surface in surfaces(op).filter(|s| *s != Surface::Numpy) {
            for left in shapes {
                for right in shapes {
                    for axis in [Arg::None, Arg::Int(-1), Arg::Int(1)] {
                        monotone(op, surface, &Shape::known(left), &Shape::known(right), &axis);
                    }
                }
            }
        }
    }
}

fn monotone(op: &'static Op, surface: Surface, left: &Shape, right: &Shape, axis: &Arg) {
    let args = |l: &Shape, r: &Shape| {
        let mut args = named([tensor(l.clone(), DType::Float32), tensor(r.clone(), DType::Float32)]);
        args[3].1 = axis.clone();
        args
    };
    // TensorFlow merges sizes before it broadcasts them: of logits `[?, 3]` and labels `[1, 3]` it says one row.
    if op.name == "softmax_cross_entropy_with_logits" {
        return;
    }
    let Ok(full) = infer(op, surface, Mode::Graph, &args(left, right)) else { return };
    let lefts = forgotten(left).into_iter().map(|l| (l, right.clone()));
    let rights = forgotten(right).into_iter().map(|r| (left.clone(), r));
    for (l, r) in lefts.chain(rights) {
        match infer(op, surface, Mode::Graph, &args(&l, &r)) {
            Ok(part) => covers(op, &part, &full),
            Err(Stop::Unknown(_)) => {}
            Err(stop) => panic!("{} on {surface:?} {l} {r}: {stop:?}", op.name),
        }
    }
}

fn covers(op: &Op, part: &Outputs, full: &Outputs) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    part.tensors(&mut |out| a.push(out.spec.clone()));
    full.tensors(&mut |out| b.push(out.spec.clone()));
    for (a, b) in a.iter().zip(&b) {
        assert!(a.shape.compatible(&b.shape), "{}: {a} does not cover {b}", op.name);
    }
}
