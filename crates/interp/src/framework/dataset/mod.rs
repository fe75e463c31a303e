//! `tf.data` pipelines, by the spec of their elements.
//!
//! A dataset is what one of its elements is, and how many there are. Sizes that differ between elements are
//! symbols in the element's spec: TensorFlow prints `None` for them. Of batches it is also known how large
//! the first and the last are, so that a loop over a dataset sees the sizes that it would see.

mod batches;
mod callbacks;
mod draws;
mod groups;
mod iterate;
mod recipe;
mod sources;
mod spec;
mod uneven;
mod windows;
mod yields;

use std::rc::Rc;

use tensor::Dim;

use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::{NativeClass, NativeState};
use crate::value::{Native, Value};
pub use draws::Draws;
pub use recipe::Recipe;
pub use uneven::Uneven;

/// What is known of a dataset.
#[derive(Clone, Debug)]
pub struct DatasetState {
    /// One element: tensors, or datasets (windows), in the structure that iteration gives.
    pub element: Value,
    /// The element with the sizes that all elements have, where TensorFlow does not know them: windows of one length
    /// that `flat_map` makes tensors of.
    pub sized: Option<Value>,
    /// How many elements there are.
    pub count: Count,
    /// The sizes behind symbols in the element's spec.
    pub batches: Vec<Batch>,
    /// The name of TensorFlow's class.
    pub class: &'static str,
    /// How the elements are made, where numbers are computed.
    pub recipe: Option<Rc<Recipe>>,
    /// Elements that are not of one size.
    pub uneven: Option<Uneven>,
    /// What the elements' integers are drawn from.
    pub draws: Draws,
}

/// A number of elements, as `cardinality()` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Known(i64),
    /// So many, which TensorFlow does not say: of datasets that a function makes.
    Untold(i64),
    /// Without end.
    Infinite,
    /// It cannot be told.
    Unknown,
}

/// The sizes of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The symbol in the element's spec.
    pub symbol: Dim,
    /// The size of the first batch.
    pub first: Option<i64>,
    /// The size of the last batch; nothing where any may be smaller.
    pub last: Option<i64>,
    /// The size that was asked for, which all but the last have.
    pub asked: Option<i64>,
}

impl Batch {
    /// The size of the first batch, if it is known.
    fn first(&self) -> Option<Dim> {
        self.first.map(Dim::Known)
    }

    /// The size of a batch that is not the last one.
    fn whole(&self) -> Option<Dim> {
        self.first.or(self.asked).map(Dim::Known)
    }
}

impl Default for DatasetState {
    fn default() -> Self {
        let element = Value::unknown("the elements of a dataset");
        DatasetState {
            element,
            sized: None,
            count: Count::Unknown,
            batches: Vec::new(),
            class: "DatasetV2",
            recipe: None,
            uneven: None,
            draws: Draws::default(),
        }
    }
}

impl Count {
    /// Returns how many are read, whether TensorFlow says so beforehand or not.
    pub fn read(self) -> Option<i64> {
        match self {
            Count::Known(n) | Count::Untold(n) => Some(n),
            Count::Infinite | Count::Unknown => None,
        }
    }

    /// The number that comes of this one, which is told as this one is.
    fn then(self, number: impl FnOnce(i64) -> i64) -> Count {
        match self {
            Count::Known(n) => Count::Known(number(n)),
            Count::Untold(n) => Count::Untold(number(n)),
            Count::Infinite | Count::Unknown => Count::Unknown,
        }
    }

    /// Returns the number, if it is known and TensorFlow says it.
    pub fn known(self) -> Option<i64> {
        if let Count::Known(n) = self { Some(n) } else { None }
    }

    /// The number of elements of datasets that are read side by side.
    fn least(self, other: Count) -> Count {
        match (self, other) {
            (Count::Infinite, c) | (c, Count::Infinite) => c,
            (Count::Known(a), Count::Known(b)) => Count::Known(a.min(b)),
            _ => Count::Unknown,
        }
    }

    /// The number that `cardinality()` shows.
    fn shown(self) -> i64 {
        match self {
            Count::Known(n) => n,
            Count::Infinite => -1,
            Count::Untold(_) | Count::Unknown => -2,
        }
    }
}

/// `tf.data.Dataset`.
pub(super) static DATASET: NativeClass = NativeClass {
    path: "tf.data.Dataset",
    state: || NativeState::Dataset(Box::default()),
    methods: &[sources::METHODS, batches::METHODS, callbacks::METHODS, groups::METHODS, iterate::METHODS],
    properties: &[iterate::PROPERTIES],
};

/// `tf.TensorSpec`.
pub(super) static TENSOR_SPEC: NativeClass = spec::TENSOR_SPEC;

/// Native functions.
pub(super) static FUNCTIONS: &[Native] = sources::FUNCTIONS;

impl Interp<'_> {
    /// Makes a dataset.
    pub(crate) fn new_dataset(&mut self, state: DatasetState) -> Value {
        let class = self.native_class("tf.data.Dataset");
        let id = self.new_instance(class);
        if let Some(instance) = self.heap.instance_mut(id) {
            instance.native = NativeState::Dataset(Box::new(state));
        }
        Value::Instance(id)
    }

    /// Returns what is known of a dataset.
    pub(crate) fn dataset(&self, value: &Value) -> Option<DatasetState> {
        let Value::Instance(id) = value else { return None };
        self.dataset_state(*id)
    }

    /// The name of a dataset's class.
    pub(crate) fn dataset_class(&self, id: ObjId) -> Option<&'static str> {
        match &self.heap.instance(id)?.native {
            NativeState::Dataset(state) if state.class != "DatasetV2" => Some(state.class),
            _ => None,
        }
    }

    fn dataset_state(&self, id: ObjId) -> Option<DatasetState> {
        match &self.heap.instance(id)?.native {
            NativeState::Dataset(state) => Some((**state).clone()),
            _ => None,
        }
    }
}
