//! Metrics: names, functions of both profiles in ops, `"accuracy"` by the shapes of the data.
//!
//! source: keras/src/metrics/*.py, tf_keras/src/metrics/*.py

mod accuracy;
mod classes;
mod confusion;
mod names;
mod signs;
mod tally;
mod update;

use ops::{Infer, Keras, Stop};
use tensor::{Dim, Shape};

use crate::Named;

pub use accuracy::{MetricFunction, find_metric_function};
pub(crate) use classes::CONFIGS;
pub use classes::{check_metric, kept, result_dtype};
pub use confusion::{Counting, check_counting, counting, result_shape};
pub use names::METRIC_NAMES;
pub use tally::{Batch, Tally, add_to_mean, check_averaging, mean, measured};
pub use update::{MetricCall, update_metric};

/// Finds the metric that a string means. `"accuracy"` and `"crossentropy"` need the shapes of labels and
/// predictions; without them the answer is unknown.
///
/// # Errors
/// Keras' `ValueError` for a name it does not know.
pub fn metric_named(keras: Keras, name: &str, data: Option<(&Shape, &Shape)>) -> Infer<Named> {
    let lower = name.to_lowercase();
    let accuracy = matches!(&*lower, "accuracy" | "acc");
    // Keras 3 resolves only accuracies by shape.
    let crossentropy = keras == Keras::Two && matches!(&*lower, "crossentropy" | "ce");
    if !accuracy && !crossentropy {
        return METRIC_NAMES.find(keras, name);
    }
    let (y_true, y_pred) = data.ok_or(Stop::Unknown("the data decides what the metric is"))?;
    let kind = kind_of(y_true, y_pred)?;
    Ok(match (keras, accuracy, kind) {
        (Keras::Two, true, Kind::Binary) => Named::Function("keras.metrics.binary_accuracy"),
        (Keras::Two, true, Kind::Sparse) => Named::Function("keras.metrics.sparse_categorical_accuracy"),
        (Keras::Two, true, Kind::Categorical) => Named::Function("keras.metrics.categorical_accuracy"),
        (Keras::Two, false, Kind::Binary) => Named::Function("keras.metrics.binary_crossentropy"),
        (Keras::Two, false, Kind::Sparse) => Named::Function("keras.metrics.sparse_categorical_crossentropy"),
        (Keras::Two, false, Kind::Categorical) => Named::Function("keras.metrics.categorical_crossentropy"),
        (Keras::Three, _, Kind::Binary) => Named::Class("keras.metrics.BinaryAccuracy"),
        (Keras::Three, _, Kind::Sparse) => Named::Class("keras.metrics.SparseCategoricalAccuracy"),
        (Keras::Three, _, Kind::Categorical) => Named::Class("keras.metrics.CategoricalAccuracy"),
    })
}

/// Finds the loss that Keras 3's `"crossentropy"` means for labels and predictions of these shapes.
///
/// # Errors
/// `Stop::Unknown` where a rank is not known.
pub fn crossentropy_for(y_true: &Shape, y_pred: &Shape) -> Infer<Named> {
    Ok(Named::Function(match kind_of(y_true, y_pred)? {
        Kind::Binary => "keras.losses.binary_crossentropy",
        Kind::Sparse => "keras.losses.sparse_categorical_crossentropy",
        Kind::Categorical => "keras.losses.categorical_crossentropy",
    }))
}

enum Kind {
    Binary,
    Sparse,
    Categorical,
}

/// Tells the kind of classification from the shapes, as both profiles do.
fn kind_of(y_true: &Shape, y_pred: &Shape) -> Infer<Kind> {
    let unknown = Stop::Unknown("data of unknown rank");
    let (Some(labels), Some(predictions)) = (y_true.rank(), y_pred.rank()) else { return Err(unknown) };
    let (Some(last_label), Some(last)) = (y_true.dim(-1), y_pred.dim(-1)) else {
        // `y_true.shape[-1]` of a scalar raises; data without a batch is not modelled.
        return Err(unknown);
    };
    if last == Dim::Known(1) {
        return Ok(Kind::Binary);
    }
    let many = last.known().is_some_and(|n| n > 1);
    if labels < predictions || (last_label == Dim::Known(1) && many) {
        return Ok(Kind::Sparse);
    }
    if last_label == Dim::Known(1) && !last.is_known() {
        return Err(Stop::Unknown("a number of classes that is not known"));
    }
    Ok(Kind::Categorical)
}
