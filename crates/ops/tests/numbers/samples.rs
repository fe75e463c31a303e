//! Kernels applied to small inputs, for the laws.

use ops::kernels::conv::{self, Padding, Window};
use ops::kernels::einsum::Equation;
use ops::kernels::reduce::Axes;
use ops::kernels::{
    einsum, index, join, layout, linalg, loss, nn, pointwise, pool, reduce, segment, shape, stride,
};
use ops::numeric::{Vjp, rows};
use ops::spec::{Cx, Tensor, Val, kernel};
use ops::{Arg, Infer};
use tensor::{DType, Dim, Shape};

/// A kernel applied to inputs.
pub(crate) type Apply = Box<dyn Fn(&Cx<'_>, &[Tensor]) -> Infer<Tensor>>;

/// A call to differentiate: what it is, float inputs and how they are combined.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) inputs: Vec<(Vec<usize>, Vec<f64>)>,
    pub(crate) apply: Apply,
    /// Whether the kernel computes in single precision only.
    pub(crate) single: bool,
}

/// Numbers between `low` and `high` that are all different.
pub(crate) fn spread(shape: &[usize], low: f64, high: f64) -> (Vec<usize>, Vec<f64>) {
    let count: usize = shape.iter().product();
    let values = (0..count).map(|k| low + (high - low) * (k as f64 * 0.618_033_988 + 0.371).fract());
    (shape.to_vec(), values.collect())
}

pub(crate) fn sample(
    name: &str,
    inputs: Vec<(Vec<usize>, Vec<f64>)>,
    apply: impl Fn(&Cx<'_>, &[Tensor]) -> Infer<Tensor> + 'static,
) -> Sample {
    Sample { name: name.to_owned(), inputs, apply: Box::new(apply), single: false }
}

fn ints(values: &[i64]) -> Val {
    Val::T(Tensor::vector(values))
}

/// Kernels of one tensor that are not called like the element-wise ones.
const OWN: &[&str] = &[
    "Cast",
    "Cholesky",
    "Conj",
    "DepthToSpace",
    "FFT",
    "FFT2D",
    "FFT3D",
    "IFFT",
    "IFFT2D",
    "IFFT3D",
    "LeakyRelu",
    "MatrixDeterminant",
    "MatrixInverse",
    "SpaceToDepth",
];

/// Element-wise kernels are all called alike.
fn elementwise() -> Vec<Sample> {
    let mut out = Vec::new();
    for row in rows() {
        let Some(kernel) = kernel(row.kernel) else { continue };
        let real = kernel.allowed("T").is_none_or(|list| list.split(',').any(|dtype| dtype == "float64"));
        let name = row.kernel;
        let count = kernel.inputs().filter(|i| !i.list).count();
        let plain = kernel.inputs().all(|i| matches!(i.name, "x" | "y" | "input" | "a" | "q" | "features"));
        match row.vjp {
            Vjp::One(_) if count == 1 && plain && real && !OWN.contains(&name) => {
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
        // What the logarithm of an empty sum is, is no number to take differences of.
        let log = (!ways.0).then_some("CumulativeLogsumexp");
        for name in ["Cumsum", "Cumprod"].into_iter().chain(log) {
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
            linalg::matrix_diag(cx, &x[0], linalg::Diagonals::one(k))
        }));
        out.push(sample("MatrixDiagPartV3", vec![spread(&[2, 4, 4], -1.0, 1.0)], move |cx, x| {
            linalg::matrix_diag_part(cx, &x[0], linalg::Diagonals::one(k))
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
        sample("L2Loss", vec![logits()], |cx, x| {
            Ok(cx.node("L2Loss", [(&x[0]).into()])?.out(Shape::scalar()))
        }),
        sample("CheckNumerics", vec![logits()], along("CheckNumerics")),
        sample("Softmax", vec![logits()], along("Softmax")),
        sample("LogSoftmax", vec![logits()], along("LogSoftmax")),
        sample("SoftmaxCrossEntropyWithLogits", vec![logits(), probabilities()], |cx, x| {
            loss::softmax_cross_entropy(cx, (&x[0]).into(), (&x[1]).into())
        }),
        sample("SparseSoftmaxCrossEntropyWithLogits", vec![logits()], |cx, x| {
            loss::sparse_softmax_cross_entropy(cx, (&x[0]).into(), ints(&[1, 3, 0]))
        }),
        sample("CTCLoss", vec![spread(&[5, 2, 4], -1.0, 1.0)], |cx, x| {
            // The first has a label twice, the second one label in three times.
            let labels = Tensor::ints(vec![2, 2], DType::Int64, vec![1, 1, 2, 0]);
            loss::ctc(cx, (&x[0]).into(), Val::T(labels), ints(&[2, 1]), ints(&[5, 3]), None)
        }),
        sample("CTCLoss", vec![spread(&[5, 2, 4], -1.0, 1.0)], |cx, x| {
            // No label is the first class, as in `tf.nn.ctc_loss`.
            let labels = Tensor::ints(vec![2, 2], DType::Int64, vec![3, 3, 2, 1]);
            loss::ctc(cx, (&x[0]).into(), Val::T(labels), ints(&[2, 2]), ints(&[4, 5]), Some(0))
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
        conv::gradient(cx, "Conv2DBackpropFilter", [(&x[0]).into(), sizes, (&x[1]).into()], &by)
    }));
    let cube = Window { strides: vec![1; 5], dilations: vec![1; 5], padding: Padding::Same, first: false };
    let inputs = vec![spread(&[1, 2, 3, 2, 1], -1.0, 1.0), spread(&[2, 1, 2, 1, 2], -1.0, 1.0)];
    out.push(sample("Conv3D", inputs, move |cx, x| {
        conv::conv(cx, "Conv3D", (&x[0]).into(), (&x[1]).into(), &cube)
    }));
    out
}

fn pools() -> Vec<Sample> {
    let window = |stride: i64, padding: Padding, first: bool| {
        let all = |n: i64| if first { vec![1, 1, n, n] } else { vec![1, n, n, 1] };
        Window { strides: all(stride), dilations: vec![1; 4], padding, first }
    };
    let image = || spread(&[2, 4, 5, 3], -1.0, 1.0);
    let mut out = Vec::new();
    for kernel in ["MaxPool", "AvgPool"] {
        for (by, sizes) in [
            (window(2, Padding::Same, false), [1, 2, 3, 1]),
            (window(1, Padding::Valid, false), [1, 2, 2, 1]),
            (window(1, Padding::Same, true), [1, 1, 2, 2]),
        ] {
            out.push(sample(kernel, vec![image()], move |cx, x| {
                pool::pool(cx, kernel, (&x[0]).into(), &sizes, &by)
            }));
        }
    }
    out.push(sample("MaxPoolWithArgmax", vec![image()], move |cx, x| {
        let by = window(2, Padding::Valid, false);
        pool::with_argmax(cx, (&x[0]).into(), &[1, 2, 2, 1], &by, DType::Int64).map(|(values, _)| values)
    }));
    let cube = || Window { strides: vec![1; 5], dilations: vec![1; 5], padding: Padding::Same, first: false };
    for kernel in ["MaxPool3D", "AvgPool3D"] {
        let image = spread(&[1, 3, 2, 3, 1], -1.0, 1.0);
        let made = move |cx: &Cx<'_>, x: &[Tensor]| {
            let x = pointwise::cast(cx, &x[0], Some(DType::Float32))?;
            let made = pool::pool(cx, kernel, Val::T(x), &[1, 2, 2, 2, 1], &cube())?;
            pointwise::cast(cx, made, Some(DType::Float64))
        };
        out.push(Sample { single: true, ..sample(kernel, vec![image], made) });
    }
    let gradient = sample("MaxPool3DGrad", vec![spread(&[1, 3, 2, 3, 1], -1.0, 1.0)], move |cx, x| {
        let image = Tensor::new(Shape::known(&[1, 3, 2, 3, 1]), DType::Float32);
        let values = spread(&[1, 3, 2, 3, 1], -1.0, 1.0).1;
        let image = image.with_content(tensor::Content::floats(vec![1, 3, 2, 3, 1], DType::Float32, values));
        let largest = pool::pool(cx, "MaxPool3D", (&image).into(), &[1, 2, 2, 2, 1], &cube())?;
        let g = pointwise::cast(cx, &x[0], Some(DType::Float32))?;
        let (shape, inputs) = (image.shape.clone(), [(&image).into(), Val::T(largest), Val::T(g)]);
        let made = pool::gradient(cx, "MaxPool3DGrad", inputs, shape, &[1, 2, 2, 2, 1], &cube())?;
        pointwise::cast(cx, made, Some(DType::Float64))
    });
    out.push(Sample { single: true, ..gradient });
    for name in ["DepthToSpace", "SpaceToDepth"] {
        for first in [false, true] {
            let image = spread(if first { &[1, 4, 2, 4] } else { &[1, 2, 4, 4] }, -1.0, 1.0);
            out.push(sample(name, vec![image], move |cx, x| {
                pool::blocks(cx, name, (&x[0]).into(), 2, first)
            }));
        }
    }
    out
}

/// The gradients of pools, which are differentiated once more.
fn pool_gradients() -> Vec<Sample> {
    let by =
        || Window { strides: vec![1, 2, 2, 1], dilations: vec![1; 4], padding: Padding::Same, first: false };
    let (sizes, shape) = ([1, 2, 2, 1], Shape::known(&[1, 3, 4, 2]));
    let image = || {
        let (shape, values) = spread(&[1, 3, 4, 2], -1.0, 1.0);
        Tensor::new(Shape::known(&shape.iter().map(|n| *n as i64).collect::<Vec<_>>()), DType::Float64)
            .with_content(tensor::Content::floats(vec![1, 3, 4, 2], DType::Float64, values))
    };
    let grad = || spread(&[1, 2, 2, 2], -1.0, 1.0);
    let like = shape.clone();
    vec![
        sample("AvgPoolGrad", vec![grad()], move |cx, x| {
            let own = ints(&[1, 3, 4, 2]);
            pool::gradient(cx, "AvgPoolGrad", [own, (&x[0]).into()], shape.clone(), &sizes, &by())
        }),
        sample("AvgPool3DGrad", vec![spread(&[1, 2, 2, 1, 1], -1.0, 1.0)], move |cx, x| {
            let by =
                Window { strides: vec![1; 5], dilations: vec![1; 5], padding: Padding::Valid, first: false };
            let (own, shape) = (ints(&[1, 3, 2, 1, 1]), Shape::known(&[1, 3, 2, 1, 1]));
            pool::gradient(cx, "AvgPool3DGrad", [own, (&x[0]).into()], shape, &[1, 2, 1, 1, 1], &by)
        }),
        sample("MaxPoolGrad", vec![grad()], move |cx, x| {
            let largest = pool::pool(cx, "MaxPool", Val::T(image()), &sizes, &by())?;
            let inputs = [Val::T(image()), Val::T(largest), (&x[0]).into()];
            pool::gradient(cx, "MaxPoolGrad", inputs, like.clone(), &sizes, &by())
        }),
        sample("MaxPoolGradGrad", vec![spread(&[1, 3, 4, 2], -1.0, 1.0)], move |cx, x| {
            let largest = pool::pool(cx, "MaxPool", Val::T(image()), &sizes, &by())?;
            let made = largest.shape.clone();
            let inputs = [Val::T(image()), Val::T(largest), (&x[0]).into()];
            pool::gradient(cx, "MaxPoolGradGrad", inputs, made, &sizes, &by())
        }),
    ]
}

fn depthwise() -> Vec<Sample> {
    let by = |stride: i64| Window {
        strides: vec![1, stride, stride, 1],
        dilations: vec![1; 4],
        padding: Padding::Same,
        first: false,
    };
    let (image, filter) = (|| spread(&[1, 4, 3, 2], -1.0, 1.0), || spread(&[2, 2, 2, 2], -1.0, 1.0));
    let made = || spread(&[1, 2, 2, 4], -1.0, 1.0);
    vec![
        sample("DepthwiseConv2dNative", vec![image(), filter()], move |cx, x| {
            conv::depthwise(cx, (&x[0]).into(), (&x[1]).into(), &by(1))
        }),
        sample("DepthwiseConv2dNativeBackpropInput", vec![filter(), made()], move |cx, x| {
            let inputs = [ints(&[1, 4, 3, 2]), (&x[0]).into(), (&x[1]).into()];
            conv::gradient(cx, "DepthwiseConv2dNativeBackpropInput", inputs, &by(2))
        }),
        sample("DepthwiseConv2dNativeBackpropFilter", vec![image(), made()], move |cx, x| {
            let inputs = [(&x[0]).into(), ints(&[2, 2, 2, 2]), (&x[1]).into()];
            conv::gradient(cx, "DepthwiseConv2dNativeBackpropFilter", inputs, &by(2))
        }),
    ]
}

fn segments() -> Vec<Sample> {
    let rows = || spread(&[5, 2], -1.0, 1.0);
    let ids = |list: [i64; 5]| Val::T(Tensor::ints(vec![5], DType::Int32, list.to_vec()));
    let mut out = Vec::new();
    for name in ["SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd"] {
        out.push(sample(name, vec![rows()], move |cx, x| {
            segment::sorted(cx, name, (&x[0]).into(), ids([0, 0, 1, 3, 3]))
        }));
    }
    for name in ["UnsortedSegmentSum", "UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"] {
        out.push(sample(name, vec![rows()], move |cx, x| {
            segment::unsorted(cx, name, (&x[0]).into(), ids([2, 0, -1, 2, 1]), Val::from(3))
        }));
    }
    out
}

fn equations() -> Vec<Sample> {
    let mut out = Vec::new();
    for (text, shapes) in [
        ("ij,jk->ik", &[&[2, 3][..], &[3, 2]][..]),
        ("bij,bkj->kb", &[&[2, 3, 2], &[2, 2, 2]]),
        ("...ij,jk->...k", &[&[2, 2, 3], &[3, 2]]),
        ("...i,...i->...", &[&[2, 1, 3], &[4, 3]]),
        ("ij,k->i", &[&[2, 3], &[2]]),
        ("ijk->ki", &[&[2, 3, 2]]),
        ("ii->i", &[&[3, 3]]),
        ("iij->j", &[&[2, 2, 3]]),
    ] {
        let inputs = shapes.iter().map(|shape| spread(shape, -1.0, 1.0)).collect();
        out.push(sample("Einsum", inputs, move |cx, x| {
            einsum::einsum(cx, &Equation::parse(text), x.to_vec())
        }));
    }
    out
}

fn odds() -> Vec<Sample> {
    let pair = || vec![spread(&[3], -1.0, 1.0), spread(&[3], 0.2, 1.4)];
    let complex = |cx: &Cx<'_>, x: &[Tensor]| {
        let mut node = cx.node("Complex", [(&x[0]).into(), (&x[1]).into()])?;
        node.set("Tout", Some(DType::Complex128));
        let made = node.out(x[0].shape.clone());
        // A factor turns the numbers, so that both parts depend on both inputs.
        pointwise::binary(cx, "Mul", &made, &made)
    };
    let part = move |name: &'static str| {
        sample(name, pair(), move |cx, x| {
            let made = complex(cx, x)?;
            let mut node = cx.node(name, [Val::T(made)])?;
            node.set("Tout", Some(DType::Float64));
            Ok(node.out(x[0].shape.clone()))
        })
    };
    let mut out: Vec<Sample> = ["Real", "Imag", "Angle", "ComplexAbs"].into_iter().map(part).collect();
    out.push(sample("Complex", pair(), move |cx, x| {
        let mut node = cx.node("Real", [Val::T(complex(cx, x)?)])?;
        node.set("Tout", Some(DType::Float64));
        Ok(node.out(x[0].shape.clone()))
    }));
    for name in ["TensorScatterMax", "TensorScatterMin"] {
        let inputs = vec![spread(&[4, 2], -1.0, 1.0), spread(&[3, 2], -0.9, 1.1)];
        out.push(sample(name, inputs, move |cx, x| {
            let rows = Val::T(Tensor::ints(vec![3, 1], DType::Int32, vec![1, 1, 0]));
            index::tensor_scatter(cx, name, (&x[0]).into(), rows, (&x[1]).into())
        }));
    }
    for mode in ["REFLECT", "SYMMETRIC"] {
        let pads = || Tensor::ints(vec![2, 2], DType::Int32, vec![1, 2, 0, 1]);
        out.push(sample("MirrorPad", vec![spread(&[3, 2], -1.0, 1.0)], move |cx, x| {
            layout::pad(cx, "MirrorPad", &x[0], pads(), Some(Val::Py(Arg::Str(mode.into()))))
        }));
        out.push(sample("MirrorPadGrad", vec![spread(&[6, 3], -1.0, 1.0)], move |cx, x| {
            let mut node = cx.node("MirrorPadGrad", [(&x[0]).into(), Val::T(pads())])?;
            node.with("mode", mode);
            Ok(node.out(Shape::known(&[3, 2])))
        }));
    }
    out.push(sample("NextAfter", pair(), |cx, x| pointwise::binary(cx, "NextAfter", &x[0], &x[1])));
    for k in [0, 1] {
        let inputs = vec![spread(&[2, 2, 3], -1.0, 1.0), spread(&[2, 2], -1.0, 1.0)];
        out.push(sample("MatrixSetDiagV3", inputs, move |cx, x| {
            linalg::set_diag(cx, (&x[0]).into(), (&x[1]).into(), k)
        }));
    }
    out
}

pub(crate) fn samples() -> Vec<Sample> {
    let families = [
        elementwise(),
        reductions(),
        matrices(),
        layouts(),
        picks(),
        joins(),
        nets(),
        convolutions(),
        pools(),
        pool_gradients(),
        depthwise(),
        segments(),
        equations(),
        odds(),
    ];
    families.into_iter().flatten().collect()
}
