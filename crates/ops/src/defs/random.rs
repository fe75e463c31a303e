//! Random numbers: `tf.random`, `keras.random`, `K.random_normal` and its kin.

use tensor::{DType, Dim, Shape};

use super::rule;
use crate::kernels::pointwise::{binary, cast};
use crate::kernels::random;
use crate::kernels::shape::{broadcast_to, shape_from};
use crate::spec::{Cx, Misfit, Tensor, Val, merge, repr, run, text_of, type_name};
use crate::{Arg, Infer, Mistake, Op, Param, Stop, Surface};

const SHAPE: Param<Arg> = Param::at(0, &["shape"]);
const MEAN: Param<Arg> = Param::named(&["mean"]);
const STDDEV: Param<Arg> = Param::named(&["stddev"]);
const LOW: Param<Arg> = Param::named(&["minval", "low"]);
const HIGH: Param<Arg> = Param::named(&["maxval", "high"]);
const DTYPE: Param<Arg> = Param::named(&["dtype", "output_dtype"]);
const ALPHA: Param<Arg> = Param::named(&["alpha"]);
const BETA: Param<Arg> = Param::named(&["beta"]);
const LAM: Param<Arg> = Param::named(&["lam"]);
const LOGITS: Param<Arg> = Param::at(0, &["logits"]);
const SAMPLES: Param<Arg> = Param::at(1, &["num_samples"]);
const VALUE: Param<Arg> = Param::at(0, &["value", "x"]);
const AXIS: Param<Arg> = Param::named(&["axis"]);

const SOURCE: &str =
    "tensorflow/python/ops/random_ops.py, stateless_random_ops.py, keras/src/random/random.py";

/// A row; the kernel makes numbers of mean 0 and deviation 1.
const fn row(
    name: &'static str,
    apis: &'static [&'static str],
    kernel: &'static str,
    infer: fn(&crate::Call<'_>) -> Infer<crate::Outputs>,
) -> Op {
    Op { kernel, ..rule(name, apis, infer, SOURCE) }
}

pub(super) static OPS: &[Op] = &[
    row(
        "random_normal",
        &[
            "tf.random.normal",
            "tf.random.stateless_normal",
            "keras.random.normal",
            "tf.keras.backend.random_normal",
        ],
        "RandomStandardNormal",
        |c| run(c, normal),
    ),
    row(
        "random_truncated_normal",
        &[
            "tf.random.truncated_normal",
            "tf.random.stateless_truncated_normal",
            "keras.random.truncated_normal",
            "tf.keras.backend.truncated_normal",
        ],
        "TruncatedNormal",
        |c| run(c, normal),
    ),
    row(
        "random_uniform",
        &[
            "tf.random.uniform",
            "tf.random.stateless_uniform",
            "keras.random.uniform",
            "tf.keras.backend.random_uniform",
        ],
        "",
        |c| run(c, uniform),
    ),
    row("random_randint", &["keras.random.randint"], "", |c| run(c, randint)),
    row("random_bernoulli", &["tf.keras.backend.random_bernoulli"], "", |c| run(c, bernoulli)),
    row("random_binomial", &["tf.keras.backend.random_binomial"], "", |c| run(c, bernoulli)),
    row("random_gamma", &["tf.random.gamma", "tf.random.stateless_gamma", "keras.random.gamma"], "", |c| {
        run(c, gamma)
    }),
    row("random_beta", &["keras.random.beta"], "", |c| run(c, of_shape)),
    row("keras_random_binomial", &["keras.random.binomial"], "", |c| run(c, of_shape)),
    row("random_poisson", &["tf.random.poisson", "tf.random.stateless_poisson"], "", |c| run(c, poisson)),
    row(
        "random_categorical",
        &["tf.random.categorical", "tf.random.stateless_categorical", "keras.random.categorical"],
        "Multinomial",
        |c| run(c, categorical),
    ),
    row(
        "random_shuffle",
        &["tf.random.shuffle", "tf.random.experimental.stateless_shuffle", "keras.random.shuffle"],
        "RandomShuffle",
        |c| run(c, shuffle),
    ),
];

/// The dtype that is asked for, or the default.
fn dtype(cx: &Cx<'_>, default: DType) -> Infer<DType> {
    match cx.known(DTYPE)? {
        v if v.is_none() => Ok(default),
        v => cx.dtype(v)?.ok_or(Stop::Unknown("a dtype that is not known")),
    }
}

/// Tells whether the function draws by a seed that it is given.
fn is_stateless(cx: &Cx<'_>) -> bool {
    cx.call.path.contains("stateless")
}

/// Checks the seed of a stateless function.
fn stateless_seed(cx: &Cx<'_>) -> Infer<()> {
    const SEED: Param<Arg> = Param::named(&["seed"]);
    if is_stateless(cx) { random::two_integers(cx, cx.known(SEED)?).map(drop) } else { Ok(()) }
}

/// A number that is given, or the default.
fn or(cx: &Cx<'_>, param: Param<Arg>, default: f64) -> Infer<Val> {
    Ok(match cx.known(param)? {
        v if v.is_none() => Val::from(default),
        other => other.clone(),
    })
}

/// The seed that the numbers follow from alone: two integers of a stateless function, one of a Keras function.
/// Otherwise they are drawn.
///
/// source: keras/src/random/seed_generator.py: draw_seed, keras/src/backend/tensorflow/random.py: _cast_seed
///
/// # Errors
/// Keras takes a seed of this type for none.
pub(super) fn seed(cx: &Cx<'_>) -> Infer<Option<Tensor>> {
    const SEED: Param<Arg> = Param::named(&["seed"]);
    let val = cx.val(SEED);
    if cx.surface() == Surface::KerasOps {
        return match val {
            Val::Py(Arg::Int(n)) => Ok(Some(Tensor::vector(&[n.rem_euclid(i64::from(i32::MAX) - 1), 0]))),
            Val::List(_) | Val::Tuple(_) | Val::Py(Arg::Float(_) | Arg::Str(_)) => {
                let text = format!(
                    "Argument `seed` must be either an integer or an instance of `SeedGenerator`. Received: seed={} (of type \
                     <class '{}'>)",
                    text_of(val),
                    type_name(val)
                );
                let problem = "is neither an int nor a SeedGenerator".to_owned();
                cx.value_error(text, Mistake::Argument { param: "seed", problem })
            }
            _ => Ok(None),
        };
    }
    if !cx.call.path.contains("stateless") || val.is_none() {
        return Ok(None);
    }
    Ok(cx.convert(val, None).ok().filter(|seed| seed.shape.compatible(&Shape::known(&[2]))))
}

fn normal(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Float32)?;
    let shape = random::shape_tensor(cx, cx.known(SHAPE)?)?;
    let mean = cx.convert(&or(cx, MEAN, 0.0)?, Some(dtype))?;
    let stddev = cx.convert(&or(cx, STDDEV, 1.0)?, Some(dtype))?;
    stateless_seed(cx)?;
    let numbers = random::numbers(cx, cx.call.op.kernel, Val::T(shape), dtype, seed(cx)?.as_ref())?;
    let scaled = binary(cx, "Mul", numbers, stddev)?;
    binary(cx, "AddV2", scaled, mean).map(Val::T)
}

/// While tracing, a result that is not known altogether is said to have the shape that was asked for, whatever the
/// parameters' shapes.
fn said_shape(cx: &Cx<'_>, wanted: &Shape, out: Tensor) -> Infer<Tensor> {
    if cx.eager() || cx.surface() != Surface::Tf || out.shape.all_known().is_some() {
        return Ok(out);
    }
    let shape = cx.fit("SetShape", merge::shapes(&out.shape, wanted))?;
    Ok(out.with_shape(shape))
}

/// The dtypes of `tf.random.uniform`.
const UNIFORM: [DType; 6] =
    [DType::Float16, DType::BFloat16, DType::Float32, DType::Float64, DType::Int32, DType::Int64];

fn uniform(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Float32)?;
    let keras = cx.surface() == Surface::KerasOps;
    if keras && !dtype.is_floating() {
        let text = format!(
            "`keras.random.uniform` requires a floating point `dtype`. Received: dtype={} ",
            shown_dtype(cx.known(DTYPE)?)
        );
        let (got, expected) = (dtype.to_string(), "a float".to_owned());
        return cx.value_error(text, Mistake::DType { param: "dtype", got, expected });
    }
    let (low, high) = (cx.known(LOW)?.clone(), cx.known(HIGH)?.clone());
    if [&low, &high].into_iter().any(|bound| matches!(bound, Val::Py(Arg::Str(_)))) {
        return Err(Stop::Unknown("a bound that is a text"));
    }
    between(cx, cx.known(SHAPE)?, &low, &high, dtype).map(Val::T)
}

fn shown_dtype(val: &Val) -> String {
    match val {
        Val::Py(Arg::Str(s)) => s.to_string(),
        Val::Py(Arg::DType(d)) => format!("<dtype: '{d}'>"),
        other => repr(other),
    }
}

/// `tf.random.uniform`.
pub(super) fn between(cx: &Cx<'_>, shape: &Val, low: &Val, high: &Val, dtype: DType) -> Infer<Tensor> {
    let mistake = |expected: &str| Mistake::DType {
        param: "dtype",
        got: dtype.to_string(),
        expected: expected.to_owned(),
    };
    if !UNIFORM.contains(&dtype) {
        let list = UNIFORM.map(|d| format!("tf.{d}")).join(", ");
        let text =
            format!("Argument `dtype` got invalid value <dtype: '{dtype}'>. Accepted dtypes are ({list}).");
        return cx.value_error(text, mistake("a float or int32 or int64"));
    }
    if *high == Val::Py(Arg::Missing) && dtype.is_integer() {
        return Err(Stop::Unknown("a bound that is not given"));
    }
    if low.is_none() && high.is_none() && dtype.is_integer() && is_stateless(cx) {
        // Every integer of the dtype.
        let shape = random::shape_tensor(cx, shape)?;
        stateless_seed(cx)?;
        let out = cx.fit("StatelessRandomUniformFullInt", shape_from(&shape))?;
        return Ok(Tensor::new(out, dtype));
    }
    if high.is_none() && dtype.is_integer() {
        return cx
            .value_error(format!("Must specify maxval for integer dtype tf.{dtype}"), mistake("a float"));
    }
    let shape = random::shape_tensor(cx, shape)?;
    stateless_seed(cx)?;
    let zero = low.is_none() || *low == Val::from(0);
    let one = high.is_none() || *high == Val::from(1);
    let low = if low.is_none() { Val::from(0) } else { low.clone() };
    let high = if high.is_none() { Val::from(1) } else { high.clone() };
    if dtype.is_integer() {
        let (low, high) = (cx.convert(&low, Some(dtype))?, cx.convert(&high, Some(dtype))?);
        return random::integers(cx, Val::T(shape), low, high, seed(cx)?.as_ref());
    }
    let numbers = random::numbers(cx, "RandomUniform", Val::T(shape), dtype, seed(cx)?.as_ref())?;
    if zero && one {
        return Ok(numbers);
    }
    let (low, high) = (cx.convert(&low, Some(dtype))?, cx.convert(&high, Some(dtype))?);
    let wanted = numbers.shape.clone();
    if zero {
        let out = binary(cx, "Mul", numbers, high)?;
        return said_shape(cx, &wanted, out);
    }
    let width = binary(cx, "Sub", high, &low)?;
    let scaled = binary(cx, "Mul", numbers, width)?;
    let out = binary(cx, "AddV2", scaled, low)?;
    said_shape(cx, &wanted, out)
}

fn randint(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Int32)?;
    if !dtype.is_integer() {
        let text = format!(
            "`keras.random.randint` requires an integer `dtype`. Received: dtype={} ",
            shown_dtype(cx.known(DTYPE)?)
        );
        let (got, expected) = (dtype.to_string(), "an int".to_owned());
        return cx.value_error(text, Mistake::DType { param: "dtype", got, expected });
    }
    let wide = if matches!(dtype, DType::Int32 | DType::Int64) { dtype } else { DType::Int64 };
    let (low, high) = (cx.known(LOW)?.clone(), cx.known(HIGH)?.clone());
    let out = between(cx, cx.known(SHAPE)?, &low, &high, wide)?;
    cast(cx, out, Some(dtype)).map(Val::T)
}

/// Ones with a probability, zeros else.
///
/// source: keras/src/legacy/backend.py: random_bernoulli
fn bernoulli(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Float32)?;
    if cx.surface() == Surface::Backend && dtype.is_integer() {
        // `tf.random.uniform(shape, dtype=dtype)` decides.
        let mistake =
            Mistake::DType { param: "dtype", got: dtype.to_string(), expected: "a float".to_owned() };
        return cx.value_error(format!("Must specify maxval for integer dtype tf.{dtype}"), mistake);
    }
    let shape = random::shape_tensor(cx, cx.known(SHAPE)?)?;
    let out = cx.fit("Fill", shape_from(&shape))?;
    if !dtype.is_floating() {
        return Ok(Val::T(Tensor::new(out, dtype)));
    }
    let numbers = random::numbers(cx, "RandomUniform", Val::T(shape), dtype, None)?;
    let hit = binary(cx, "LessEqual", numbers, or(cx, Param::named(&["p"]), 0.0)?)?;
    cast(cx, hit, Some(dtype)).map(Val::T)
}

/// Numbers of the shape that is asked for.
fn of_shape(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Float32)?;
    let shape = random::shape_tensor(cx, cx.known(SHAPE)?)?;
    random::integral_shape(cx, &shape)?;
    let out = cx.fit("Fill", shape_from(&shape))?;
    seed(cx)?;
    let mut out = Tensor::new(out, dtype);
    if cx.call.op.name == "random_beta" {
        // Quotients of what `StatelessRandomGammaV3` draws, which has slopes.
        for param in [ALPHA, BETA] {
            let parameter = cx.convert(cx.known(param)?, Some(dtype))?;
            if !cx.symbolic() {
                broadcast_to(cx, &parameter, &shape)?;
            }
            out.reach.join(&parameter.reach);
        }
    }
    Ok(Val::T(out))
}

/// The shape of the numbers followed by that of their parameter.
fn followed(cx: &Cx<'_>, shape: &Val, by: &Tensor) -> Infer<Shape> {
    let shape = cx.convert(shape, Some(DType::Int32))?;
    let own = match shape.rank() {
        Some(0) => return Err(Stop::Unknown("a shape that is a scalar")),
        _ => cx.fit("RandomGamma", shape_from(&shape))?,
    };
    let (Some(head), Some(tail)) = (own.dims(), by.shape.dims()) else { return Ok(Shape::UNKNOWN) };
    Ok(head.iter().chain(tail).copied().collect())
}

fn gamma(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, DType::Float32)?;
    let alpha = cx.convert(cx.known(ALPHA)?, Some(dtype))?;
    let keras = cx.surface() == Surface::KerasOps;
    if (is_stateless(cx) || keras) && !cx.eager() && !cx.symbolic() {
        // The parameters are broadcast with the shape, which is then said to be that of the result.
        let wanted = random::shape_tensor(cx, cx.known(SHAPE)?)?;
        random::integral_shape(cx, &wanted)?;
        if !keras {
            stateless_seed(cx)?;
        }
        let out = cx.fit("StatelessRandomGammaV3", shape_from(&wanted))?;
        return Ok(Val::T(Tensor { reach: alpha.reach, ..Tensor::new(out, dtype) }));
    }
    if is_stateless(cx) || keras {
        // The shape must end with that of `alpha`, which is broadcast to it.
        let wanted = random::shape_tensor(cx, cx.known(SHAPE)?)?;
        let beta = cx.convert(&or(cx, BETA, 1.0)?, Some(dtype))?;
        let out = broadcast_to(cx, alpha, wanted)?;
        let out = cx.node("RandomGamma", [Val::T(Tensor::vector(&[])), Val::T(out.clone())])?.out(out.shape);
        return binary(cx, "RealDiv", out, beta).map(Val::T);
    }
    let beta = cx.convert(&or(cx, BETA, 1.0)?, Some(dtype))?;
    let both = binary(cx, "AddV2", &alpha, &beta)?;
    let shape = followed(cx, cx.known(SHAPE)?, &both)?;
    let alpha = binary(cx, "AddV2", alpha, crate::kernels::pointwise::unary(cx, "ZerosLike", &beta)?)?;
    let wanted = cx.convert(cx.known(SHAPE)?, Some(DType::Int32))?;
    let numbers = cx.node("RandomGamma", [Val::T(wanted), Val::T(alpha)])?.out(shape);
    binary(cx, "RealDiv", numbers, beta).map(Val::T)
}

fn poisson(cx: &Cx<'_>) -> Infer<Val> {
    let dtype = dtype(cx, if is_stateless(cx) { DType::Int32 } else { DType::Float32 })?;
    let lam = cx.tensor(LAM)?;
    if is_stateless(cx) {
        let shape = random::shape_tensor(cx, cx.known(SHAPE)?)?;
        random::integral_shape(cx, &shape)?;
        stateless_seed(cx)?;
        let out = cx.fit("StatelessRandomPoisson", shape_from(&shape))?;
        return Ok(Val::T(Tensor::new(out, dtype)));
    }
    let shape = followed(cx, cx.known(SHAPE)?, &lam)?;
    let wanted = cx.convert(cx.known(SHAPE)?, Some(DType::Int32))?;
    let mut node = cx.node("RandomPoissonV2", [Val::T(wanted), Val::T(lam)])?;
    node.set("dtype", Some(dtype));
    Ok(Val::T(node.out(shape)))
}

fn categorical(cx: &Cx<'_>) -> Infer<Val> {
    let logits = cx.tensor(LOGITS)?;
    let samples = cx.known(SAMPLES)?.clone();
    let keras = cx.surface() == Surface::KerasOps;
    if keras {
        if let Some(rank) = logits.rank().filter(|r| *r != 2) {
            let text = format!(
                "`logits` should be a 2-D tensor with shape [batch_size, num_classes]. Received: logits={}",
                text_of(&Val::T(logits.clone()))
            );
            let mistake = Mistake::RankMismatch { param: "logits", expected: "2".to_owned(), got: rank };
            return cx.value_error(text, mistake);
        }
        let dtype = dtype(cx, DType::Int32)?;
        let out = random::multinomial(cx, Val::T(logits), samples, DType::Int64, seed(cx)?.as_ref())?;
        return cast(cx, out, Some(dtype)).map(Val::T);
    }
    let dtype = dtype(cx, DType::Int64)?;
    if !matches!(dtype, DType::Int32 | DType::Int64) {
        let text = format!(
            "Argument `dtype` got invalid value <dtype: '{dtype}'>. Accepted dtypes are (tf.int32, tf.int64)."
        );
        let (got, expected) = (dtype.to_string(), "int32 or int64".to_owned());
        return cx.value_error(text, Mistake::DType { param: "dtype", got, expected });
    }
    let out = random::multinomial(cx, Val::T(logits), samples, dtype, seed(cx)?.as_ref())?;
    stateless_seed(cx)?;
    Ok(Val::T(out))
}

fn shuffle(cx: &Cx<'_>) -> Infer<Val> {
    let x = cx.tensor(VALUE)?;
    if cx.surface() == Surface::KerasOps {
        let axis = match cx.known(AXIS)? {
            v if v.is_none() => 0,
            v => cx.int(v)?,
        };
        let Some(rank) = x.rank() else { return Ok(Val::T(x)) };
        if !(-(rank as i64)..rank as i64).contains(&axis) {
            let at = if axis < 0 { axis + rank as i64 } else { axis };
            let text = format!("slice index {at} of dimension 0 out of bounds.");
            let mistake = Mistake::AxisOutOfRange { axis, rank };
            return cx.refuse("StridedSlice", Misfit::new(text, mistake));
        }
        // The places that sort as many random numbers.
        let length = Tensor::dims(vec![x.shape.dim(axis).unwrap_or(Dim::Unknown)], DType::Int32);
        let keys = random::numbers(cx, "RandomUniform", Val::T(length), DType::Float32, seed(cx)?.as_ref())?;
        let keys = crate::kernels::pointwise::unary(cx, "Neg", keys)?;
        let all = Val::from(x.shape.dim(axis).unwrap_or(Dim::Unknown));
        let (_, order) = crate::kernels::reduce::top_k(cx, keys, all, DType::Int32)?;
        return crate::kernels::index::gather(cx, x, order, Val::from(axis), 0).map(Val::T);
    }
    if is_stateless(cx) {
        stateless_seed(cx)?;
        let reach = x.reach.clone().at_most(crate::Flow::unregistered("StatelessShuffle"));
        return Ok(Val::T(Tensor { reach, ..Tensor::new(x.shape, x.dtype) }));
    }
    let node = cx.node("RandomShuffle", [Val::T(x)])?;
    Ok(Val::T(node.out(node.x(0).shape.clone())))
}
