//! Preprocessing: numbers scaled, categories encoded, words looked up, images changed.
//!
//! What these compute is of no concern; shapes, dtypes and refused arguments are.
//!
//! source: keras/src/layers/preprocessing/**, tf_keras/src/layers/preprocessing/*.py

mod augmentation;
mod categories;
mod encoding;
mod images;
mod lookup;
mod pipeline;
mod scaling;
mod spectrogram;
mod stft;
mod text;

pub use text::standard_words;

use ops::{Arg, Infer, Operand, TensorKind};
use tensor::{Content, DType, Data, Dim, Shape, TensorSpec};

use crate::python::{text as shown, unknown, value_error};
use crate::tools::Tools;
use crate::{Host, Layer};

/// Every kind of preprocessing.
pub(super) static KINDS: [&[Layer]; 9] = [
    augmentation::LAYERS,
    categories::LAYERS,
    images::LAYERS,
    lookup::LAYERS,
    pipeline::LAYERS,
    scaling::LAYERS,
    spectrogram::LAYERS,
    stft::LAYERS,
    text::LAYERS,
];

/// What a layer makes of its input.
struct Made {
    dims: Vec<Dim>,
    dtype: DType,
}

/// Makes the result of a call by an op that only says what it makes.
fn result(host: &mut dyn Host, op: &'static str, x: Arg, made: Made) -> Infer<Arg> {
    detailed(host, op, x, made, Vec::new())
}

/// The same with what else the op has to know.
fn detailed(
    host: &mut dyn Host,
    op: &'static str,
    x: Arg,
    made: Made,
    details: Vec<(&'static str, Arg)>,
) -> Infer<Arg> {
    let shape = Arg::List(made.dims.into_iter().map(Arg::Dim).collect());
    let mut given = vec![("x", x), ("shape", shape), ("dtype", Arg::DType(made.dtype))];
    given.extend(details);
    host.op(op, &given)
}

/// The tensor that a layer makes of numbers or texts that are written in lists: `vectorize(["some words"])`.
///
/// source: keras/src/utils/tf_utils.py: ensure_tensor
fn written(host: &mut dyn Host, inputs: &Arg) -> Infer<Arg> {
    fn plain(items: &[Arg]) -> bool {
        items.iter().all(|item| {
            matches!(item, Arg::Str(_) | Arg::Int(_) | Arg::Float(_) | Arg::Bool(_))
                || item.items().is_some_and(plain)
        })
    }
    match inputs {
        Arg::List(items) | Arg::Tuple(items) if plain(items) => Tools::new(host).convert(inputs, None),
        _ => Ok(inputs.clone()),
    }
}

/// The elements of an input, where they are known.
fn elements(inputs: &Arg) -> Option<&Data> {
    match inputs {
        Arg::Tensor(Operand { content: Content::Array(array), .. }) => Some(&array.data),
        _ => None,
    }
}

/// What `tf.Assert` raises of tensors with values.
fn asserted<T>(problem: &str) -> Infer<T> {
    let core = format!(
        "Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true. Summarized data: b'{problem}'"
    );
    crate::python::raise(ops::Exc::InvalidArgumentError, "inputs", core)
}

/// Makes a result of no rank, as Keras 2 does of an input that has none: `Input(batch_shape=())`.
fn rankless(host: &mut dyn Host, op: &'static str, x: Arg, dtype: DType) -> Infer<Arg> {
    host.op(op, &[("x", x), ("shape", Arg::None), ("dtype", Arg::DType(dtype))])
}

/// What Keras 2 raises where it compares a rank that there is not.
fn no_rank<T>() -> Infer<T> {
    crate::python::no_rank("'>' not supported between instances of 'NoneType' and 'int'")
}

/// Makes what `compute_output_spec` returns.
fn spec(made: Made) -> Arg {
    let spec = TensorSpec::new(Shape::new(made.dims), made.dtype);
    Arg::Tensor(Operand::loose(spec, TensorKind::Keras))
}

/// Checks an argument that is one of several strings; gives it back.
fn one_of(host: &dyn Host, class: &str, param: &'static str, allowed: &[&str]) -> Infer<String> {
    let given = host.get(param);
    match &given {
        Arg::Str(s) if allowed.contains(&&**s) => return Ok(s.to_string()),
        Arg::Unknown | Arg::Missing => return unknown("a mode that is not known"),
        _ => {}
    }
    let list = allowed.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
    let received = shown(&given);
    value_error(
        param,
        if host.keras() == ops::Keras::Two {
            format!(
                "Unkown value for `{param}` argument of layer {class}. Allowed values are: or one of the following values: \
             ({list}). Received: {received}"
            )
        } else {
            format!(
                "Unknown value for `{param}` argument of {class}. Allowed values are: ({list}). Received: {param}={received}"
            )
        },
    )
}

/// Checks what a hash is salted with: an int, or two of them.
fn check_salt(salt: &Arg, class: &str, of: &str) -> Infer<()> {
    match salt {
        Arg::None | Arg::Missing | Arg::Int(_) | Arg::Bool(_) => Ok(()),
        Arg::Tuple(items) | Arg::List(items) if items.len() == 2 => Ok(()),
        Arg::Unknown => unknown("a salt that is not known"),
        _ => value_error(
            "salt",
            format!(
                "The `salt` argument for `{class}` can only be a tuple {of}, or a single integer. Received: salt={}.",
                shown(salt)
            ),
        ),
    }
}

/// Writes a tensor inside of a traced call as Keras 2 does: `Tensor("Placeholder:0", shape=(7, 2), dtype=float32)`.
pub(super) fn placeholder(x: &Operand) -> String {
    let (name, dtype) = (x.graph_name(), x.spec.dtype.map_or("float32", DType::name));
    match x.spec.shape.rank() {
        Some(_) => format!("Tensor(\"{name}\", shape={}, dtype={dtype})", x.spec.shape.tuple()),
        None => format!("Tensor(\"{name}\", dtype={dtype})"),
    }
}

/// Writes a list of tensors inside of a traced call.
fn placeholders(items: &[Arg]) -> String {
    let mut shown = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let Arg::Tensor(x) = item else { continue };
        let name = if i == 0 { "Placeholder:0".to_owned() } else { format!("Placeholder_{i}:0") };
        let dtype = x.spec.dtype.map_or("float32", DType::name);
        shown.push(format!("<tf.Tensor '{name}' shape={} dtype={dtype}>", x.spec.shape.tuple()));
    }
    format!("[{}]", shown.join(", "))
}

/// The dtype argument, where one was given.
fn given_dtype(host: &dyn Host) -> Infer<Option<DType>> {
    match host.get("dtype") {
        Arg::None | Arg::Missing => Ok(None),
        Arg::Str(s) => match DType::parse(&s) {
            Some(dtype) => Ok(Some(dtype)),
            None => unknown("a dtype policy"),
        },
        Arg::DType(dtype) => Ok(Some(dtype)),
        _ => unknown("a dtype that is not known"),
    }
}
