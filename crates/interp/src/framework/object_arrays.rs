//! Arrays of objects: what is known of them besides their shape is the type of the first item that is no text, which
//! TensorFlow names when it refuses them.
//!
//! source: tensorflow/python/lib/core/ndarray_tensor.cc: EncodePyStringArray,
//! keras/src/trainers/data_adapters/array_slicing.py: convert_to_sliceable

use graph::NodeId;
use ops::{Arg, Exc, Keras, TensorKind};
use tensor::DType;

use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Native, Value};

/// So many arrays are looked at on the way back to the one whose items are known.
const MAX_WAY: usize = 64;

/// Begins the kind of an array that was made of a frame: the dtype of its first column that holds no numbers.
const COLUMN: &str = "dtype ";

/// `holding(array, kind)`: the array, which holds objects of that type besides texts.
pub(crate) static HOLDING: Native = native("holding", |interp, args| {
    let array = args.positional.first().cloned().unwrap_or(Value::None);
    if let (Value::Tensor(node), Some(Value::Str(kind))) = (&array, args.positional.get(1)) {
        interp.object_kinds.insert(*node, kind.clone());
    }
    Ok(array)
});

impl Interp<'_> {
    /// Remembers what an array of objects was made of: `np.array(sequences, dtype=object)`.
    pub(crate) fn note_objects(&mut self, path: &str, args: &[(std::rc::Rc<str>, Arg)], result: &Value) {
        let Value::Tensor(node) = result else { return };
        if self.trace.node(*node).spec.dtype != Some(DType::Object)
            || !matches!(path, "np.array" | "np.asarray")
        {
            return;
        }
        let depth = self.trace.node(*node).spec.shape.rank().unwrap_or(0);
        let kind = args.first().and_then(|(_, made)| first_object(made, depth));
        if let Some(kind) = kind {
            self.object_kinds.insert(*node, kind.into());
        }
    }

    /// The type of the first item of an array of objects that is no text, if it is known.
    pub(crate) fn object_kind(&self, node: NodeId) -> Option<std::rc::Rc<str>> {
        let mut at = node;
        for _ in 0..MAX_WAY {
            if let Some(kind) = self.object_kinds.get(&at) {
                return Some(kind.clone());
            }
            let known = self.trace.node(at);
            let objects = known.kind == TensorKind::Numpy && known.spec.dtype == Some(DType::Object);
            at = known.inputs.first().filter(|_| objects)?.0;
        }
        None
    }

    /// Refuses arrays of objects as data: mixed columns, lists of several lengths. A vector of them may be one of
    /// strings.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn check_objects(&mut self, node: NodeId, rank: Option<usize>) -> Eval<()> {
        let kind = self.object_kind(node);
        if rank.is_none_or(|rank| rank < 2) && kind.is_none() {
            self.undecided("an array of objects that are not known");
            return Ok(());
        }
        let core = match (self.keras, kind) {
            (Keras::Two, Some(kind)) => {
                format!("Failed to convert a NumPy array to a Tensor (Unsupported object type {kind}).")
            }
            (Keras::Two, None) => "Failed to convert a NumPy array to a Tensor".to_owned(),
            (Keras::Three, kind) => {
                let column = kind.as_deref().and_then(|kind| kind.strip_prefix(COLUMN));
                format!("Invalid dtype: {}", column.unwrap_or("object"))
            }
        };
        Err(self.bad_data(Exc::ValueError, core))
    }
}

/// The type of the first object that is no text, so many lists deep.
fn first_object(arg: &Arg, depth: usize) -> Option<&'static str> {
    match arg {
        Arg::List(items) | Arg::Tuple(items) if depth > 0 => {
            items.iter().find_map(|item| first_object(item, depth - 1))
        }
        Arg::List(_) => Some("list"),
        Arg::Tuple(_) => Some("tuple"),
        Arg::Dict(_) => Some("dict"),
        Arg::Bool(_) => Some("bool"),
        Arg::Int(_) | Arg::Dim(_) => Some("int"),
        Arg::Float(_) => Some("float"),
        Arg::None => Some("NoneType"),
        Arg::Tensor(_) => Some("numpy.ndarray"),
        _ => None,
    }
}
