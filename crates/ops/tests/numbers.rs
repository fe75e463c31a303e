//! What must hold of every kernel's numbers: values have the inferred spec, and gradients agree with finite
//! differences and with what the checker says of them.

#![allow(clippy::unwrap_used, reason = "a law that cannot be checked is a failed test")]

use std::collections::BTreeSet;

use array::Array;
use ops::kernels::conv::{self, Padding, Window};
use ops::kernels::reduce::Axes;
use ops::kernels::{index, join, layout, linalg, loss, nn, pointwise, reduce, shape, stride};
use ops::numeric::{Recorder, ValueId, Vjp, gradients, rows};
use ops::spec::{Cx, Reach, Slope, Tensor, Val, kernel, slope_of};
use ops::{Call, Flow, Infer, Keras, Mode, Surface, find_op};
use tensor::{DType, Dim};

/// Kernels whose gradient TensorFlow has and which is not written.
const MISSING: &[&str] = &[
    "Angle",
    "BesselI1",
    "BesselI1e",
    "Complex",
    "ComplexAbs",
    "CumulativeLogsumexp",
    "Igamma",
    "Igammac",
    "Imag",
    "MirrorPad",
    "NextAfter",
    "Real",
    "TensorScatterMax",
    "TensorScatterMin",
];

/// A kernel applied to inputs.
type Apply = Box<dyn Fn(&Cx<'_>, &[Tensor]) -> Infer<Tensor>>;

/// A call to differentiate: what it is, float inputs and how they are combined.
struct Sample {
    name: String,
    inputs: Vec<(Vec<usize>, Vec<f64>)>,
    apply: Apply,
}

/// Numbers between `low` and `high` that are all different.
fn spread(shape: &[usize], low: f64, high: f64) -> (Vec<usize>, Vec<f64>) {
    let count: usize = shape.iter().product();
    let values = (0..count).map(|k| low + (high - low) * (k as f64 * 0.618_033_988 + 0.371).fract());
    (shape.to_vec(), values.collect())
}

fn sample(
    name: &str,
    inputs: Vec<(Vec<usize>, Vec<f64>)>,
    apply: impl Fn(&Cx<'_>, &[Tensor]) -> Infer<Tensor> + 'static,
) -> Sample {
    Sample { name: name.to_owned(), inputs, apply: Box::new(apply) }
}

fn ints(values: &[i64]) -> Val {
    Val::T(Tensor::vector(values))
}

/// Element-wise kernels are all called alike.
fn elementwise() -> Vec<Sample> {
    let mut out = Vec::new();
    for row in rows() {
        let Some(kernel) = kernel(row.kernel) else { continue };
        let name = row.kernel;
        let count = kernel.inputs().filter(|i| !i.list).count();
        let plain = kernel.inputs().all(|i| matches!(i.name, "x" | "y" | "input" | "a" | "q" | "features"));
        match row.vjp {
            Vjp::One(_) if count == 1 && plain && !matches!(name, "Cast" | "LeakyRelu" | "Conj") => {
                let range = if name == "Acosh" { (1.2, 3.0) } else { (0.15, 0.9) };
                let x = spread(&[2, 3], range.0, range.1);
                out.push(sample(name, vec![x], move |cx, x| pointwise::unary(cx, name, &x[0])));
            }
            Vjp::All(_)
                if count == 2
                    && plain
                    && !matches!(name, "Polygamma" | "MatMul" | "BatchMatMul" | "BatchMatMulV2") =>
            {
                let range = if name == "Zeta" { (1.3, 2.9) } else { (0.4, 1.9) };
                let (x, y) = (spread(&[2, 1, 3], range.0, range.1), spread(&[4, 1], range.0 + 0.11, range.1));
                out.push(sample(name, vec![x, y], move |cx, x| pointwise::binary(cx, name, &x[0], &x[1])));
            }
            _ => {}
        }
    }
    let signs = || (vec![2, 2], vec![-1.2, 0.4, -0.3, 7.5]);
    for name in ["Abs", "Elu", "Relu", "Relu6", "Selu", "Softplus", "Softsign", "Square", "Tanh"] {
        out.push(sample(name, vec![signs()], move |cx, x| pointwise::unary(cx, name, &x[0])));
    }
    out.push(sample("LeakyRelu", vec![signs()], |cx, x| pointwise::leaky_relu(cx, &x[0], 0.3)));
    out.push(sample("Cast", vec![signs()], |cx, x| {
        let wide = pointwise::cast(cx, &x[0], Some(DType::Complex128))?;
        let same = pointwise::unary(cx, "Conj", wide)?;
        pointwise::cast(cx, same, Some(DType::Float64))
    }));
    out.push(sample("Polygamma", vec![spread(&[3], 0.5, 2.0)], |cx, x| {
        let order = cx.convert(&Val::from(2.0), Some(DType::Float64))?;
        pointwise::binary(cx, "Polygamma", order, &x[0])
    }));
    out
}

fn reductions() -> Vec<Sample> {
    let x = || spread(&[2, 3, 4], -1.0, 1.1);
    let mut out = Vec::new();
    for name in ["Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm"] {
        for (axes, keep) in [(&[1_i64][..], true), (&[0, 2], false), (&[-1], false)] {
            out.push(sample(name, vec![x()], move |cx, x| {
                reduce::reduce(cx, name, &x[0], &Axes::ints(axes), keep)
            }));
        }
    }
    for ways in [(false, false), (true, false), (false, true), (true, true)] {
        for name in ["Cumsum", "Cumprod"] {
            out.push(sample(name, vec![x()], move |cx, x| reduce::scan(cx, name, &x[0], Val::from(1), ways)));
        }
    }
    out.push(sample("TopKV2", vec![x()], |cx, x| {
        reduce::top_k(cx, &x[0], Val::from(2), DType::Int32).map(|(values, _)| values)
    }));
    out
}

fn matrices() -> Vec<Sample> {
    let mut out = Vec::new();
    for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
        let a = spread(if ta { &[3, 2] } else { &[2, 3] }, -1.0, 1.0);
        let b = spread(if tb { &[4, 3] } else { &[3, 4] }, -1.0, 1.0);
        out.push(sample("MatMul", vec![a.clone(), b.clone()], move |cx, x| {
            linalg::mat_mul(cx, (&x[0]).into(), (&x[1]).into(), ta, tb)
        }));
        let stack = |(shape, values): (Vec<usize>, Vec<f64>), n: usize| {
            let shape: Vec<usize> = [n, 1].into_iter().chain(shape).collect();
            (shape, values.iter().cycle().take(values.len() * n).copied().collect())
        };
        out.push(sample("BatchMatMulV2", vec![stack(a, 2), b], move |cx, x| {
            linalg::batch_mat_mul(cx, (&x[0]).into(), (&x[1]).into(), ta, tb)
        }));
    }
    out.push(sample("MatrixBandPart", vec![spread(&[2, 3, 3], -1.0, 1.0)], |cx, x| {
        linalg::band_part(cx, &x[0], Val::from(0), Val::from(1))
    }));
    for k in [-1, 0, 2] {
        out.push(sample("MatrixDiagV3", vec![spread(&[2, 3], -1.0, 1.0)], move |cx, x| {
            linalg::matrix_diag(cx, &x[0], k)
        }));
        out.push(sample("MatrixDiagPartV3", vec![spread(&[2, 4, 4], -1.0, 1.0)], move |cx, x| {
            linalg::matrix_diag_part(cx, &x[0], k)
        }));
    }
    out
}

fn layouts() -> Vec<Sample> {
    let x = || vec![spread(&[2, 3, 4], -1.0, 1.0)];
    let pads = || Val::T(Tensor::ints(vec![3, 2], DType::Int32, vec![0, 1, 2, 0, 1, 1]));
    vec![
        sample("BroadcastTo", vec![spread(&[3, 1], 0.0, 1.0)], |cx, x| {
            shape::broadcast_to(cx, &x[0], ints(&[2, 3, 4]))
        }),
        sample("EnsureShape", x(), |cx, x| shape::ensure_shape(cx, &x[0], &x[0].shape)),
        sample("ExpandDims", x(), |cx, x| shape::expand_dims(cx, &x[0], Val::from(1))),
        sample("Pad", x(), move |cx, x| layout::pad(cx, "Pad", &x[0], pads(), None)),
        sample("PadV2", [x(), vec![(vec![], vec![0.5])]].concat(), move |cx, x| {
            layout::pad(cx, "PadV2", &x[0], pads(), Some((&x[1]).into()))
        }),
        sample("Reshape", x(), |cx, x| shape::reshape(cx, &x[0], ints(&[4, -1]))),
        sample("ReverseV2", x(), |cx, x| layout::reverse(cx, &x[0], ints(&[0, 2]))),
        sample("Roll", x(), |cx, x| layout::roll(cx, &x[0], ints(&[1, -3]), ints(&[1, 2]))),
        sample("Squeeze", vec![spread(&[2, 1, 3, 1], 0.0, 1.0)], |cx, x| shape::squeeze(cx, &x[0], &[1])),
        sample("Tile", x(), |cx, x| layout::tile(cx, &x[0], ints(&[2, 1, 3]))),
        sample("Transpose", x(), |cx, x| layout::transpose(cx, &x[0], ints(&[2, 0, 1]))),
        sample("Fill", vec![(vec![], vec![0.7])], |cx, x| shape::fill(cx, ints(&[2, 2]), &x[0])),
    ]
}

fn picks() -> Vec<Sample> {
    let x = || spread(&[3, 4, 2], -1.0, 1.0);
    let at = |axis: i64, batch: i64| {
        move |cx: &Cx<'_>, x: &[Tensor]| {
            let indices = Tensor::ints(vec![3, 2], DType::Int32, vec![1, 0, 1, 1, 0, 1]);
            index::gather(cx, &x[0], Val::T(indices), Val::from(axis), batch)
        }
    };
    let rows = || Val::T(Tensor::ints(vec![3, 1], DType::Int32, vec![1, 1, 0]));
    let range = |start, stop, step| {
        let known = |n: Option<i64>| n.map(Dim::Known);
        stride::Pick::Range(stride::Bounds { start: known(start), stop: known(stop), step: known(step) })
    };
    let mut out = vec![
        sample("Slice", vec![x()], |cx, x| index::slice(cx, &x[0], ints(&[1, 0, 1]), ints(&[2, 3, -1]))),
        sample("StridedSlice", vec![x()], move |cx, x| {
            let picks =
                [range(None, None, Some(-2)), range(Some(1), None, Some(2)), stride::Pick::At(Dim::Known(1))];
            stride::strided_slice(cx, &x[0], &picks)
        }),
        sample("StridedSlice", vec![x()], move |cx, x| {
            stride::strided_slice(cx, &x[0], &[stride::Pick::NewAxis, range(Some(1), Some(3), None)])
        }),
        sample("GatherNd", vec![x()], move |cx, x| {
            let indices = Tensor::ints(vec![3, 2], DType::Int32, vec![2, 3, 0, 0, 2, 3]);
            index::gather_nd(cx, &x[0], Val::T(indices))
        }),
        sample("ScatterNd", vec![spread(&[3, 2], -1.0, 1.0)], move |cx, x| {
            index::scatter_nd(cx, rows(), (&x[0]).into(), ints(&[4, 2]))
        }),
        sample("SelectV2", vec![spread(&[2, 1], -1.0, 1.0), spread(&[3], -0.9, 1.2)], |cx, x| {
            let condition = pointwise::binary(cx, "Greater", &x[0], &x[1])?;
            index::select(cx, Val::T(condition), (&x[0]).into(), (&x[1]).into())
        }),
    ];
    for (axis, batch) in [(0, 0), (1, 0), (-1, 0), (1, 1), (2, 1)] {
        out.push(sample("GatherV2", vec![x()], at(axis, batch)));
    }
    for name in ["TensorScatterAdd", "TensorScatterSub"] {
        let inputs = vec![spread(&[4, 2], -1.0, 1.0), spread(&[3, 2], -1.0, 1.0)];
        out.push(sample(name, inputs, move |cx, x| {
            index::tensor_scatter(cx, name, (&x[0]).into(), rows(), (&x[1]).into())
        }));
    }
    out.push(sample(
        "TensorScatterUpdate",
        vec![spread(&[4, 2], -1.0, 1.0), spread(&[2, 2], -1.0, 1.0)],
        |cx, x| {
            let rows = Val::T(Tensor::ints(vec![2, 1], DType::Int32, vec![3, 1]));
            index::tensor_scatter(cx, "TensorScatterUpdate", (&x[0]).into(), rows, (&x[1]).into())
        },
    ));
    out
}

fn joins() -> Vec<Sample> {
    let parts = || vec![spread(&[2, 3], -1.0, 1.0), spread(&[2, 3], 0.0, 1.0)];
    let list = |x: &[Tensor]| Val::list(x.iter().cloned());
    // One part is not used: zeros arrive at it.
    let last = |parts: Infer<Vec<Tensor>>| parts.map(|parts| parts[parts.len() - 1].clone());
    vec![
        sample("AddN", parts(), move |cx, x| join::add_n(cx, list(x))),
        sample("ConcatV2", vec![spread(&[2, 3], -1.0, 1.0), spread(&[2, 1], 0.0, 1.0)], move |cx, x| {
            join::concat(cx, list(x), Val::from(-1))
        }),
        sample("Pack", parts(), move |cx, x| join::pack(cx, list(x), 1)),
        sample("Unpack", parts(), move |cx, x| last(join::unpack(cx, &x[0], 3, 1))),
        sample("Split", parts(), move |cx, x| last(join::split(cx, &x[0], 3, Val::from(1)))),
        sample("SplitV", parts(), move |cx, x| {
            last(join::split_v(cx, &x[0], ints(&[2, -1]), Val::from(1), 2))
        }),
    ]
}

fn nets() -> Vec<Sample> {
    let logits = || spread(&[3, 4], -1.0, 1.5);
    // TensorFlow's gradient is the derivative only where the labels of a row add up to one.
    let probabilities = || (vec![3, 4], [[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [0.25; 4]].concat());
    let along = |name: &'static str| {
        move |cx: &Cx<'_>, x: &[Tensor]| Ok(cx.node(name, [(&x[0]).into()])?.out(x[0].shape.clone()))
    };
    vec![
        sample("BiasAdd", vec![logits(), spread(&[4], 0.0, 1.0)], |cx, x| {
            nn::bias_add(cx, (&x[0]).into(), (&x[1]).into(), "NHWC")
        }),
        sample("BiasAdd", vec![spread(&[2, 3, 2], 0.0, 1.0), spread(&[3], 0.0, 1.0)], |cx, x| {
            nn::bias_add(cx, (&x[0]).into(), (&x[1]).into(), "NCHW")
        }),
        sample("Softmax", vec![logits()], along("Softmax")),
        sample("LogSoftmax", vec![logits()], along("LogSoftmax")),
        sample("SoftmaxCrossEntropyWithLogits", vec![logits(), probabilities()], |cx, x| {
            loss::softmax_cross_entropy(cx, (&x[0]).into(), (&x[1]).into())
        }),
        sample("SparseSoftmaxCrossEntropyWithLogits", vec![logits()], |cx, x| {
            loss::sparse_softmax_cross_entropy(cx, (&x[0]).into(), ints(&[1, 3, 0]))
        }),
    ]
}

fn convolutions() -> Vec<Sample> {
    let window = |stride: i64, dilation: i64, padding: Padding, first: bool| {
        let all = |n: i64| if first { vec![1, 1, n, n] } else { vec![1, n, n, 1] };
        Window { strides: all(stride), dilations: all(dilation), padding, first }
    };
    let filter = || spread(&[2, 3, 2, 2], -1.0, 1.0);
    let mut out = Vec::new();
    for (by, image) in [
        (window(1, 1, Padding::Same, false), [1, 4, 5, 2]),
        (window(2, 1, Padding::Valid, false), [2, 4, 5, 4]),
        (window(1, 2, Padding::Valid, true), [1, 2, 4, 5]),
        (window(1, 1, Padding::Explicit(vec![0, 0, 1, 0, 0, 2, 0, 0]), false), [1, 3, 3, 2]),
    ] {
        let inputs = vec![spread(&image, -1.0, 1.0), filter()];
        out.push(sample("Conv2D", inputs, move |cx, x| {
            conv::conv(cx, "Conv2D", (&x[0]).into(), (&x[1]).into(), &by)
        }));
    }
    let by = window(2, 1, Padding::Same, false);
    let images = vec![filter(), spread(&[1, 2, 3, 2], -1.0, 1.0)];
    let window = by.clone();
    out.push(sample("Conv2DBackpropInput", images, move |cx, x| {
        let sizes = ints(&[1, 4, 5, 2]);
        conv::transposed(cx, "Conv2DBackpropInput", sizes, (&x[0]).into(), (&x[1]).into(), &window)
    }));
    let filters = vec![spread(&[1, 4, 5, 2], -1.0, 1.0), spread(&[1, 2, 3, 2], -1.0, 1.0)];
    out.push(sample("Conv2DBackpropFilter", filters, move |cx, x| {
        let sizes = ints(&[2, 3, 2, 2]);
        conv::filter_gradient(cx, "Conv2DBackpropFilter", (&x[0]).into(), sizes, (&x[1]).into(), &by)
    }));
    let cube = Window { strides: vec![1; 5], dilations: vec![1; 5], padding: Padding::Same, first: false };
    let inputs = vec![spread(&[1, 2, 3, 2, 1], -1.0, 1.0), spread(&[2, 1, 2, 1, 2], -1.0, 1.0)];
    out.push(sample("Conv3D", inputs, move |cx, x| {
        conv::conv(cx, "Conv3D", (&x[0]).into(), (&x[1]).into(), &cube)
    }));
    out
}

fn samples() -> Vec<Sample> {
    let families =
        [elementwise(), reductions(), matrices(), layouts(), picks(), joins(), nets(), convolutions()];
    families.into_iter().flatten().collect()
}

/// Applies a sample to values, or, without them, to inputs that are not known.
fn run<R>(
    sample: &Sample,
    values: Option<&[Vec<f64>]>,
    look: impl FnOnce(&Cx<'_>, &Recorder, &[ValueId], Tensor) -> R,
) -> R {
    let recorder = Recorder::default();
    let call = Call {
        op: find_op("identity").unwrap(),
        path: "",
        surface: Surface::Tf,
        mode: Mode::Eager,
        keras: Keras::Three,
        args: &[],
        recorder: Some(&recorder),
    };
    let cx = Cx::detached(&call);
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
    let out = (sample.apply)(&cx, &tensors).unwrap_or_else(|stop| panic!("{}: {stop:?}", sample.name));
    look(&cx, &recorder, &ids, out)
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
        let sizes: Vec<usize> = out.shape.all_known().unwrap().iter().map(|n| *n as usize).collect();
        let seed = (0..sizes.iter().product()).map(weight).collect();
        let seed = recorder.tensor(recorder.constant(Array::floats(&sizes, DType::Float64, seed).unwrap()));
        let grads = gradients(cx, recorder, &[(out.value.unwrap(), Some(seed))], ids)
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
    const STEP: f64 = 1e-6;
    for sample in samples() {
        let at = values(&sample);
        for (input, (grad, _)) in gradient(&sample).into_iter().enumerate() {
            for element in 0..at[input].len() {
                let moved = |by: f64| {
                    let mut values = at.clone();
                    values[input][element] += by;
                    weighted(&sample, &values)
                };
                let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                let found = grad.as_ref().map_or(0.0, |grad| grad[element]);
                assert!(
                    (found - expected).abs() <= 1e-5 * (1.0 + expected.abs()) || grad.is_none(),
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
                Flow::Unknown => {}
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
            let array = out.value.and_then(|id| recorder.array(id)).unwrap();
            (array.shape().iter().map(|n| *n as i64).collect::<Vec<_>>(), array.dtype())
        });
        assert_eq!((traced.shape.all_known().unwrap(), traced.dtype.unwrap()), spec, "{}", sample.name);
    }
}

#[test]
fn every_gradient_is_sampled() {
    let sampled: BTreeSet<String> = samples().into_iter().map(|s| s.name).collect();
    // These are what others are called by, or need complex numbers.
    let alike = [
        "Conv3DBackpropFilterV2",
        "Conv3DBackpropInputV2",
        "Add",
        "BatchMatMul",
        "Div",
        "Inv",
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
