//! Seeds of stateless random functions, their rarer distributions, and samplers of candidate classes.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::random::{integral_shape, shape_tensor, two_integers};
use crate::kernels::shape::shape_from;
use crate::spec::{Cx, Tensor, Val, merge, run};
use crate::{Arg, Call, Infer, Op, Outputs, Param, Stop};

const SEED: Param<Arg> = Param::at(0, &["seed"]);
const COUNT: Param<Arg> = Param::at(1, &["num"]);
const SHAPE: Param<Arg> = Param::at(0, &["shape"]);
const TYPE: Param<Option<DType>> = Param::named(&["output_dtype"]);
const CLASSES: Param<Arg> = Param::at(0, &["true_classes"]);
const NUM_TRUE: Param<i64> = Param::named(&["num_true"]);
const SAMPLED: Param<Arg> = Param::named(&["num_sampled"]);

const SOURCE: &str = "tensorflow/python/ops/stateless_random_ops.py";
const SAMPLERS: &str = "tensorflow/core/ops/candidate_sampling_ops.cc: CandidateSamplerShapeFn";

pub(super) static OPS: &[Op] = &[
    rule("stateless_fold_in", &["tf.random.fold_in"], |c| run(c, folded), SOURCE),
    rule("stateless_split", &["tf.random.split"], |c| run(c, split), SOURCE),
    rule("stateless_binomial", &["tf.random.stateless_binomial"], |c| run(c, binomial), SOURCE),
    rule(
        "stateless_parameterized_truncated_normal",
        &["tf.random.stateless_parameterized_truncated_normal"],
        |c| run(c, truncated),
        SOURCE,
    ),
    rule(
        "candidate_sampler",
        &[
            "tf.random.uniform_candidate_sampler",
            "tf.random.log_uniform_candidate_sampler",
            "tf.random.learned_unigram_candidate_sampler",
            "tf.random.fixed_unigram_candidate_sampler",
            "tf.random.all_candidate_sampler",
        ],
        candidates,
        SAMPLERS,
    ),
];

fn seed(cx: &Cx<'_>) -> Infer<Tensor> {
    two_integers(cx, cx.known(SEED)?)
}

/// `fold_in` packs a number that is drawn with the data, which must be a scalar too.
fn folded(cx: &Cx<'_>) -> Infer<Val> {
    const DATA: Param<Arg> = Param::at(1, &["data"]);
    seed(cx)?;
    let data = cx.convert(cx.known(DATA)?, None)?;
    let drawn = Tensor::new(Shape::scalar(), data.dtype);
    cx.fit("Pack", merge::shapes(&drawn.shape, &data.shape))?;
    Ok(Val::T(Tensor::new(Shape::known(&[2]), data.dtype)))
}

fn split(cx: &Cx<'_>) -> Infer<Val> {
    let seed = seed(cx)?;
    let count = match cx.known(COUNT)? {
        Val::Py(Arg::Missing) => Dim::Known(2),
        v => Dim::Known(cx.int(v)?),
    };
    Ok(Val::T(Tensor::new(Shape::new([count, Dim::Known(2)]), seed.dtype)))
}

fn shape(cx: &Cx<'_>) -> Infer<Shape> {
    let shape = shape_tensor(cx, cx.known(SHAPE)?)?;
    integral_shape(cx, &shape)?;
    cx.fit("StatelessRandom", shape_from(&shape))
}

fn binomial(cx: &Cx<'_>) -> Infer<Val> {
    Ok(Val::T(Tensor::new(shape(cx)?, cx.get(TYPE)?.unwrap_or(DType::Int32))))
}

/// The dtype is that of the parameters.
fn truncated(cx: &Cx<'_>) -> Infer<Val> {
    const MEANS: Param<Arg> = Param::named(&["means"]);
    let dtype = match cx.known(MEANS)? {
        Val::Py(Arg::Missing) => Some(DType::Float32),
        means => cx.convert(means, None)?.dtype,
    };
    Ok(Val::T(Tensor::new(shape(cx)?, dtype)))
}

/// The sampled classes, and how often the true ones and they are to be expected.
fn candidates(call: &Call<'_>) -> Infer<Outputs> {
    run(call, |cx| {
        let classes = match cx.known(CLASSES)? {
            given @ Val::T(_) => cx.convert(given, None)?,
            given => cx.convert(given, Some(DType::Int64))?,
        };
        if classes.dtype.is_some_and(|d| d != DType::Int64) {
            return Err(Stop::Unknown("classes of another dtype"));
        }
        let classes = cx.fit("CandidateSampler", merge::rank(&classes.shape, 2))?;
        let count = Dim::Known(cx.int(cx.known(SAMPLED)?)?);
        let rows = classes.dim(0).unwrap_or(Dim::Unknown);
        Ok(Val::tuple([
            Tensor::new(Shape::new([count]), DType::Int64),
            Tensor::new(Shape::new([rows, Dim::Known(cx.get(NUM_TRUE)?)]), DType::Float32),
            Tensor::new(Shape::new([count]), DType::Float32),
        ]))
    })
}
