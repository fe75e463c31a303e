//! Rows of data: those of a batch, those that are held back, and what they weigh by their classes.

use array::{Array, Result, arg_extreme, gather};
use tensor::DType;

/// What Keras 3 says where samples have weights of their own and of their classes.
///
/// source: keras/src/trainers/data_adapters/data_adapter_utils.py
pub const BOTH_WEIGHTS: &str = "You cannot `class_weight` and `sample_weight` at the same time.";

/// Takes rows out of an array, in an order; those that follow each other are cut out as they are.
///
/// # Errors
/// A row is not there.
pub fn rows(array: &Array, order: &[usize]) -> Result<Array> {
    if let (Some(first), Some(last)) = (order.first(), order.last())
        && order.windows(2).all(|pair| matches!(pair, [a, b] if *b == a + 1))
    {
        return Ok(array.narrow(0, *first, last + 1)?.dense());
    }
    let at = Array::ints(&[order.len()], DType::Int64, order.iter().map(|row| *row as i64).collect())?;
    gather(array, &at, 0, 0)
}

/// Returns the first of the rows that `validation_split` holds back.
///
/// source: keras/src/trainers/data_adapters/array_slicing.py, tf_keras/src/engine/data_adapter.py:
/// train_validation_split
///
/// # Errors
/// The message of Keras' `ValueError` where one part would have no rows; `shown` is the share as Python writes it.
pub fn split_at(rows: i64, share: f64, shown: &str) -> std::result::Result<i64, String> {
    let at = (rows as f64 * (1.0 - share)).floor() as i64;
    if at != 0 && at != rows {
        return Ok(at);
    }
    Err(format!(
        "Training data contains {rows} samples, which is not sufficient to split it into a validation and training set \
         as specified by `validation_split={shown}`. Either provide more data, or a different value for the \
         `validation_split` argument."
    ))
}

/// Returns the weights of samples that `class_weight` gives to labels; nothing for labels of which these are not told.
/// The labels are classes or one-hot rows; a class without a weight counts once.
///
/// source: keras/src/trainers/data_adapters/data_adapter_utils.py: class_weight_to_sample_weights,
/// tf_keras/src/engine/data_adapter.py: _make_class_weight_map_fn
pub fn class_weights(labels: &Array, weights: &[(i64, f64)]) -> Option<Array> {
    let rows = labels.shape().first().copied()?;
    let columns = labels.shape().get(1).copied().unwrap_or(1);
    let classes = match labels.rank() > 1 && columns > 1 {
        true => arg_extreme(labels, 1, true, DType::Int64).ok()?,
        false => labels.clone(),
    };
    let classes = classes.cast(DType::Int64).ok()?.to_ints().ok()?;
    if classes.len() != rows {
        return None;
    }
    let weight = |class: &i64| weights.iter().find(|(known, _)| known == class).map_or(1.0, |(_, w)| *w);
    Array::floats(&[rows], DType::Float32, classes.iter().map(weight).collect()).ok()
}

/// Tells whether no label is beyond the classes that have weights, which a kernel would refuse to look up. The classes
/// of one-hot rows are as many as these are wide.
pub fn has_classes(labels: &Array, weights: &[(i64, f64)]) -> bool {
    if labels.shape().get(1).is_some_and(|columns| *columns != 1) {
        return true;
    }
    let most = weights.iter().map(|(class, _)| *class).max();
    let labels = labels.to_floats().ok();
    most.zip(labels).is_some_and(|(most, labels)| labels.iter().all(|label| *label <= most as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_their_order() {
        let array = Array::ints(&[4, 1], DType::Int64, vec![10, 11, 12, 13]).unwrap();
        let of = |order: &[usize]| rows(&array, order).unwrap().to_ints().unwrap();
        assert_eq!(of(&[1, 2]), [11, 12]);
        assert_eq!(of(&[3, 0]), [13, 10]);
        assert_eq!(of(&[2]), [12]);
        assert!(rows(&array, &[4]).is_err());
    }

    #[test]
    fn classes_weigh() {
        let weights = [(0, 0.5), (1, 2.0)];
        let labels = Array::ints(&[3, 1], DType::Int64, vec![1, 0, 1]).unwrap();
        assert_eq!(class_weights(&labels, &weights).unwrap().to_floats().unwrap(), [2.0, 0.5, 2.0]);
        let rows = Array::floats(&[2, 2], DType::Float32, vec![0.0, 1.0, 1.0, 0.0]).unwrap();
        assert_eq!(class_weights(&rows, &weights).unwrap().to_floats().unwrap(), [2.0, 0.5]);
        let strange = Array::ints(&[1], DType::Int64, vec![2]).unwrap();
        assert!(has_classes(&labels, &weights) && has_classes(&rows, &weights));
        assert!(!has_classes(&strange, &weights));
    }

    #[test]
    fn a_part_is_held_back() {
        assert_eq!(split_at(10, 0.25, "0.25"), Ok(7));
        assert!(split_at(1, 0.5, "0.5").is_err());
    }
}
