//! Indices encoded as vectors: one-hot, multi-hot, counts.
//!
//! source: keras/src/utils/numerical_utils.py: encode_categorical_inputs,
//! tf_keras/src/layers/preprocessing/preprocessing_utils.py

use ops::Infer;
use tensor::Dim;

use crate::python::value_error;

/// The modes that layers encode in.
pub(super) const MODES: &[&str] = &["int", "one_hot", "multi_hot", "count"];

/// Keras 2's `encode_categorical_inputs`: vectors of at most rank 2.
///
/// # Errors
/// `ValueError` for inputs of a higher rank.
pub(super) fn encoded2(dims: &[Dim], mode: &str, depth: Dim) -> Infer<Vec<Dim>> {
    if mode == "int" {
        return Ok(dims.to_vec());
    }
    let mut shape = dims.to_vec();
    if shape.is_empty() {
        shape.push(Dim::Known(1));
    }
    if mode == "one_hot" && shape.last() != Some(&Dim::Known(1)) {
        shape.push(Dim::Known(1));
    }
    if shape.len() > 2 {
        let (original, rank) = (crate::dims::text(dims), shape.len());
        return value_error(
            "inputs",
            format!(
                "When output_mode is not `'int'`, maximum supported output rank is 2. Received output_mode {mode} and input \
             shape {original}, which would result in output rank {rank}."
            ),
        );
    }
    Ok(if shape.len() == 1 { vec![depth] } else { vec![shape[0], depth] })
}

/// The usual shape in Keras 3: the last axis becomes the vector, or gets one behind it.
pub(super) fn encoded3(dims: &[Dim], mode: &str, depth: Dim) -> Vec<Dim> {
    let one = dims.last() == Some(&Dim::Known(1)) && dims.len() > 1;
    let keeps = mode == "one_hot" && !one;
    let head = if keeps || dims.is_empty() { dims } else { &dims[..dims.len() - 1] };
    head.iter().copied().chain([depth]).collect()
}
