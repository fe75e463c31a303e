//! Laws over every public function that is an op or modelled in Python, called by its recorded signature.

use graph::{NodeId, Source};
use interp::raise::Halt;
use interp::value::{Args, Value};
use interp::{Alone, Interp, Options};
use ops::{Keras, TensorKind};
use python::{ParameterKind, Program};
use tensor::{DType, Dim, Shape, TensorSpec};

/// Shapes that functions of vectors, matrices, sequences and images take.
const SHAPES: [&[i64]; 5] = [&[], &[3], &[4, 4], &[2, 4, 4], &[2, 6, 6, 3]];

/// Every path of an op or of a model in Python under a profile, with the number of arguments that a call must have.
fn paths(keras: Keras) -> Vec<(&'static str, usize)> {
    let profile = interp::value::profile(keras);
    let apis = ops::ops().flat_map(|op| op.apis.iter().copied()).filter(|api| !api.starts_with("np."));
    // `keras.applications` makes whole networks, which takes too long here.
    let skipped = |path: &&str| path.starts_with("np.") || path.starts_with("keras.applications.");
    let modelled = interp::coverage::modelled_functions(keras).filter(move |path| !skipped(path));
    let required = |api: &'static str| {
        let (path, own) = match api.find('(') {
            Some(at) => (&api[..at], Some(&api[at..])),
            None => (api, None),
        };
        let signature = own.or_else(|| Some(names::lookup(profile, path)?.signature))?;
        let params = python::parse_signature(signature)?.params;
        let needed = |p: &&python::Parameter| {
            p.default.is_none() && !matches!(p.kind, ParameterKind::VarArgs | ParameterKind::KwArgs)
        };
        (!params.is_empty()).then(|| (path, params.iter().filter(needed).count().max(1)))
    };
    apis.chain(modelled).filter_map(required).filter(|(_, count)| *count <= 3).collect()
}

/// Arguments by their places; raw ops take them by their names alone.
fn args_of(path: &'static str, values: impl Iterator<Item = Value>) -> Args {
    if !path.starts_with("tf.raw_ops.") {
        return Args::of(values);
    }
    let signature = names::lookup(names::Profile::Keras3, path).map_or("", |entry| entry.signature);
    let params = python::parse_signature(signature).map(|s| s.params).unwrap_or_default();
    Args { keywords: params.iter().map(|p| p.name.clone()).zip(values).collect(), ..Args::default() }
}

/// What a call in a graph gives: the specs of its tensors, the exception's words, or nothing that is known.
enum Told {
    Specs(Vec<TensorSpec>),
    Raises(String),
    Nothing,
}

fn call(interp: &mut Interp<'_>, path: &'static str, shapes: &[Shape]) -> Told {
    let nodes: Vec<NodeId> = shapes
        .iter()
        .map(|shape| {
            let spec = TensorSpec::new(shape.clone(), DType::Float32);
            interp.trace.add(Source::Input, TensorKind::Graph, spec, diagnostics::Span::default())
        })
        .collect();
    let args = args_of(path, nodes.into_iter().map(Value::Tensor));
    match interp.call_api(&path.into(), args) {
        Ok(value) if value.is_unknown() => Told::Nothing,
        Ok(value) => {
            let tensors = interp.flat_tensors(&value);
            Told::Specs(tensors.into_iter().map(|n| interp.trace.node(n).spec.clone()).collect())
        }
        Err(Halt::Exception(id)) => {
            Told::Raises(interp.exception(id).map(|s| s.core.to_string()).unwrap_or_default())
        }
        Err(_) => Told::Nothing,
    }
}

/// Ways to know less of a shape.
fn forgotten(shape: &Shape) -> Vec<Shape> {
    let rank = shape.rank().unwrap_or(0);
    let mut out = vec![Shape::UNKNOWN, Shape::of_rank(rank)];
    out.extend((0..rank).map(|at| shape.with_dim(at, Dim::Unknown)));
    out
}

/// Tells whether a spec says nothing that another contradicts or does not say.
fn covers(part: &TensorSpec, full: &TensorSpec) -> bool {
    let dtypes = part.dtype.is_none() || part.dtype == full.dtype;
    let (Some(a), Some(b)) = (part.shape.dims(), full.shape.dims()) else {
        return dtypes && part.shape.rank().is_none();
    };
    dtypes && a.len() == b.len() && a.iter().zip(b).all(|(x, y)| !x.is_known() || x == y)
}

#[test]
fn knowing_less_never_raises_and_covers() {
    let program = Program::new("empty.py", python::parse(""));
    let (mut told, mut all, mut broken) = (0, 0, Vec::new());
    for keras in [Keras::Two, Keras::Three] {
        for (path, count) in paths(keras) {
            let mut interp = Interp::new(&program, &Alone, Options::new(keras));
            interp.run();
            interp.reopen();
            interp.graph_depth += 1;
            all += 1;
            let mut succeeds = false;
            for sizes in SHAPES {
                let full = vec![Shape::known(sizes); count];
                let Told::Specs(wanted) = call(&mut interp, path, &full) else { continue };
                succeeds = true;
                for at in 0..count {
                    for less in forgotten(&full[at]) {
                        let mut given = full.clone();
                        given[at] = less.clone();
                        let case = || format!("{path} under {keras:?} on {sizes:?}, argument {at} {less}");
                        match call(&mut interp, path, &given) {
                            Told::Raises(core) => broken.push(format!("{}: raises {core}", case())),
                            Told::Specs(specs) if specs.len() == wanted.len() => {
                                for (part, full) in specs.iter().zip(&wanted) {
                                    if !covers(part, full) {
                                        broken.push(format!("{}: {part} does not cover {full}", case()));
                                    }
                                }
                            }
                            Told::Specs(_) | Told::Nothing => {}
                        }
                    }
                }
            }
            told += usize::from(succeeds);
        }
    }
    assert!(told * 2 > all, "only {told} of {all} functions succeed on anything");
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

/// What raises whatever it is called with: calls that lack an argument which the signature does not ask for, and
/// kernels that no device has.
const REFUSE_ALWAYS: [&str; 16] = [
    "keras.utils.split_dataset",
    "tf.fftnd",
    "tf.hessians",
    "tf.ifftnd",
    "tf.io.parse_sequence_example",
    "tf.io.parse_single_sequence_example",
    "tf.irfftnd",
    "keras.tree.map_structure",
    "tf.nest.map_structure",
    "tf.rfftnd",
    "tf.signal.fftnd",
    "tf.signal.ifftnd",
    "tf.signal.irfftnd",
    "tf.signal.rfftnd",
    "tf.sparse.map_values",
    "tf.sparse.split",
];

#[test]
fn nothing_known_never_raises() {
    // Models in Python may recurse as deep as scripts may.
    let deep = std::thread::Builder::new().stack_size(512 << 20).spawn(call_with_nothing_known);
    deep.expect("a thread").join().expect("no function refuses what is not known");
}

fn call_with_nothing_known() {
    let program = Program::new("empty.py", python::parse(""));
    let (mut calls, mut broken) = (0, Vec::new());
    for keras in [Keras::Two, Keras::Three] {
        for (path, count) in paths(keras).into_iter().filter(|(path, _)| !REFUSE_ALWAYS.contains(path)) {
            for depth in [0, 1] {
                let mut interp = Interp::new(&program, &Alone, Options::new(keras));
                interp.run();
                interp.reopen();
                interp.graph_depth += depth;
                let unknown = (0..count).map(|_| Value::unknown("an argument"));
                if let Err(Halt::Exception(id)) = interp.call_api(&path.into(), args_of(path, unknown)) {
                    let core = interp.exception(id).map(|s| s.core.to_string()).unwrap_or_default();
                    broken.push(format!("{path} under {keras:?}: {core}"));
                }
                calls += 1;
            }
        }
    }
    assert!(calls > 1000, "{calls}");
    assert!(broken.is_empty(), "refuse what is not known:\n{}", broken.join("\n"));
}
