//! `tf.data` pipelines, by the spec of their elements.

use crate::value::Value;

/// What is known of a dataset.
#[derive(Clone, Debug)]
pub struct DatasetState {
    /// One element: tensors in the structure that iteration gives.
    pub element: Value,
    /// How many elements there are, if known.
    pub count: Option<i64>,
}

impl Default for DatasetState {
    fn default() -> Self {
        DatasetState { element: Value::unknown("the elements of a dataset"), count: None }
    }
}
