//! `keras.utils.Sequence` and `PyDataset`: classes of the script's own that give batches by index.

use crate::interp::Interp;
use crate::native::{NativeClass, NativeState, native};
use crate::raise::Eval;
use crate::value::{Args, Native, Plain, Value};

/// Keras 2's class, which Keras 3 keeps as another name.
pub(crate) static SEQUENCE: NativeClass = NativeClass {
    path: "keras.utils.Sequence",
    state: || NativeState::Plain,
    methods: &[METHODS],
    properties: &[PROPERTIES],
};

/// Keras 3's class.
pub(crate) static PY_DATASET: NativeClass = NativeClass {
    path: "keras.utils.PyDataset",
    state: || NativeState::Plain,
    methods: &[METHODS],
    properties: &[PROPERTIES],
};

static METHODS: &[Native] = &[
    native("__init__", |_, _| Ok(Value::None)),
    native("on_epoch_end", |_, _| Ok(Value::None)),
    native("on_epoch_begin", |_, _| Ok(Value::None)),
];

static PROPERTIES: &[Native] = &[
    native("workers", |_, _| Ok(Value::Any(Plain::Int))),
    native("use_multiprocessing", |_, _| Ok(Value::Any(Plain::Bool))),
    native("max_queue_size", |_, _| Ok(Value::Any(Plain::Int))),
    native("num_batches", num_batches),
];

fn num_batches(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(object) = args.positional.into_iter().next() else { return Ok(Value::None) };
    Ok(interp.call_method(&object, "__len__", Args::default())?.unwrap_or(Value::None))
}
