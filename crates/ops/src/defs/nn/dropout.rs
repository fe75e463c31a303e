//! Dropout.

use tensor::{Content, DType, Dim, Shape};

use crate::defs::rule;
use crate::kernels::index::select;
use crate::kernels::pointwise::binary;
use crate::kernels::random;
use crate::params::X;
use crate::spec::{Cx, Tensor, Val, keras, repr, run, text_of};
use crate::{Arg, Exc, Infer, Mistake, Op, Param, Stop, Surface};

const RATE: Param<Arg> = Param::at(1, &["rate", "level"]);
const NOISE_SHAPE: Param<Arg> = Param::named(&["noise_shape"]);

pub(in crate::defs) static OPS: &[Op] = &[rule(
    "dropout",
    &[
        "tf.nn.dropout",
        "tf.nn.experimental.stateless_dropout",
        "tf.nn.experimental.general_dropout",
        "keras.random.dropout",
        "tf.keras.backend.dropout",
    ],
    |c| run(c, dropout),
    "tensorflow/python/ops/nn_ops.py: _dropout",
)];

fn dropout(cx: &Cx<'_>) -> Infer<Val> {
    if cx.symbolic() {
        // `keras.random.dropout` has no spec of its own: the tensor without data goes to TensorFlow.
        let x = cx.tensor(X)?;
        return Ok(Val::T(keras::spec(x.shape.clone(), x.dtype, &[&x])));
    }
    let rate = cx.known(RATE)?;
    let number = match rate {
        Val::Py(Arg::Float(r)) => Some(*r),
        Val::Py(Arg::Int(n)) => Some(*n as f64),
        Val::Py(Arg::Bool(b)) => Some(f64::from(u8::from(*b))),
        Val::Py(Arg::Number(_)) => None,
        Val::T(t) if t.rank().is_some_and(|rank| rank > 0) && t.is_tf() && cx.surface() == Surface::Tf => {
            let text = format!("Shape {} must have rank 0", t.shape.tuple());
            return cx.value_error(text.clone(), Mistake::Argument { param: "rate", problem: text });
        }
        Val::T(_) => return Err(Stop::Unknown("a rate that is a tensor")),
        Val::Py(Arg::Str(_) | Arg::None) | Val::List(_) | Val::Tuple(_)
            if cx.surface() != Surface::Backend =>
        {
            let text = format!("`rate` must be a scalar or scalar tensor. Received: rate={}", text_of(rate));
            let problem = "is no number".to_owned();
            return cx.value_error(text, Mistake::Argument { param: "rate", problem });
        }
        _ => return Err(Stop::Unknown("a rate that is not known")),
    };
    if number == Some(1.0) && cx.surface() == Surface::KerasOps {
        // `tf.zeros_like(inputs)`.
        let x = cx.tensor(X)?;
        return Ok(Val::T(Tensor::new(x.shape, x.dtype).with_content(Content::Zeros)));
    }
    if let Some(r) = number.filter(|r| !(0.0..1.0).contains(r)) {
        let shown = repr(rate);
        let text =
            format!("`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={shown}");
        let problem = format!("a rate of {r} is outside of [0, 1)");
        return cx.value_error(text, Mistake::Argument { param: "rate", problem });
    }
    let x = cx.tensor(X)?;
    if let Some(dtype) = x.dtype.filter(|d| !d.is_floating()) {
        let text = format!(
            "`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype=<dtype: '{dtype}'>"
        );
        let (got, expected) = (dtype.to_string(), "a float".to_owned());
        return cx.value_error(text, Mistake::DType { param: "x", got, expected });
    }
    if number == Some(0.0) {
        return Ok(Val::T(x));
    }
    // A rate that is not known scales by something.
    let scale = number.map_or(Val::Py(Arg::Number(DType::Float32)), |rate| Val::from(1.0 / (1.0 - rate)));
    let scaled = binary(cx, "Mul", &x, scale)?;
    let noise = noise_shape(cx, &x)?;
    let keep = kept(cx, &x, noise, rate)?;
    let zero = cx.convert(&Val::from(0), None)?;
    let zero = crate::kernels::pointwise::cast(cx, zero, x.dtype)?;
    let mut out = select(cx, Val::T(keep), Val::T(scaled), Val::T(zero))?;
    if x.content.is_zero() {
        out.content = Content::Zeros;
    }
    // Outside of eager execution the result has the operand's shape whatever the noise's.
    if cx.eager() {
        return Ok(Val::T(out));
    }
    match out.shape.merge(&x.shape) {
        Some(shape) => Ok(Val::T(out.with_shape(shape))),
        None => {
            let text = format!("Shapes {} and {} are not compatible", out.shape.tuple(), x.shape.tuple());
            cx.value_error(text.clone(), Mistake::Argument { param: "noise_shape", problem: text })
        }
    }
}

/// Which elements are kept.
fn kept(cx: &Cx<'_>, x: &Tensor, noise: Shape, rate: &Val) -> Infer<Tensor> {
    let (Some(dims), Some(dtype)) = (noise.dims(), x.dtype) else {
        return Ok(Tensor::new(noise, DType::Bool));
    };
    let shape = Tensor::dims(dims.to_vec(), DType::Int32);
    let seed = crate::defs::random::seed(cx)?;
    let numbers = random::numbers(cx, "RandomUniform", Val::T(shape), dtype, seed.as_ref())?;
    binary(cx, "GreaterEqual", numbers, rate).map(|keep| keep.with_shape(noise))
}

/// `_get_noise_shape`.
fn noise_shape(cx: &Cx<'_>, x: &Tensor) -> Infer<Shape> {
    let given = cx.known(NOISE_SHAPE)?;
    if given.is_none() {
        return Ok(x.shape.clone());
    }
    let noise = cx.shape(given)?;
    match (noise.dims(), x.shape.dims()) {
        (Some(n), Some(d)) if n.len() == d.len() => {
            let dim = |(n, d): (&Dim, &Dim)| if n.is_known() { *n } else { *d };
            Ok(n.iter().zip(d).map(dim).collect())
        }
        // What is not given is taken from the operand's axis of the same number, though the rest lies to the right.
        (Some(n), Some(d)) if cx.surface() == Surface::KerasOps && n.len() <= d.len() => {
            let dim = |(n, d): (&Dim, &Dim)| if n.is_known() { *n } else { *d };
            Ok(n.iter().zip(d).map(dim).collect())
        }
        (Some(dims), _) if cx.surface() != Surface::KerasOps && dims.iter().any(|d| !d.is_known()) => {
            // Handed on as it is, and no tensor can be made of it.
            let text = match cx.eager() {
                true => "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor."
                    .to_owned(),
                false => format!(
                    "Failed to convert elements of {} to Tensor. Consider casting elements to a supported type. See \
                     https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes.",
                    crate::spec::repr(given)
                ),
            };
            let class = if cx.eager() { Exc::ValueError } else { Exc::TypeError };
            let holds_none = |items: &[Val]| items.iter().any(|item| matches!(item, Val::Py(Arg::None)));
            if given.items().is_some_and(holds_none) {
                cx.raise(class, text, Mistake::NoneValue)
            } else {
                Ok(noise)
            }
        }
        _ => Ok(noise),
    }
}
