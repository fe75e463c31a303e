//! The public paths of TensorFlow's composite tensors and of what is Python above its kernels.

use super::Paths;

/// Sparse tensors and the functions on them.
pub(super) const SPARSE: Paths = &[
    ("tf.SparseTensor", ""),
    ("tf.sparse.SparseTensor", ""),
    ("tf.IndexedSlices", ""),
    ("tf.sparse.add", ""),
    ("tf.sparse.bincount", "sparse_bincount"),
    ("tf.sparse.concat", ""),
    ("tf.sparse.cross", ""),
    ("tf.sparse.cross_hashed", ""),
    ("tf.sparse.expand_dims", ""),
    ("tf.sparse.eye", ""),
    ("tf.sparse.fill_empty_rows", ""),
    ("tf.sparse.from_dense", ""),
    ("tf.sparse.map_values", ""),
    ("tf.sparse.mask", ""),
    ("tf.sparse.maximum", ""),
    ("tf.sparse.minimum", "maximum"),
    ("tf.sparse.reduce_max", ""),
    ("tf.sparse.reduce_sum", ""),
    ("tf.sparse.reorder", ""),
    ("tf.sparse.reset_shape", ""),
    ("tf.sparse.reshape", ""),
    ("tf.sparse.retain", ""),
    ("tf.sparse.segment_mean", "segment_sum"),
    ("tf.sparse.segment_sqrt_n", "segment_sum"),
    ("tf.sparse.segment_sum", ""),
    ("tf.sparse.slice", ""),
    ("tf.sparse.softmax", ""),
    ("tf.sparse.sparse_dense_matmul", ""),
    ("tf.sparse.split", ""),
    ("tf.sparse.to_dense", ""),
    ("tf.sparse.to_indicator", ""),
    ("tf.sparse.transpose", ""),
    ("tf.sets.difference", "set_difference"),
    ("tf.sets.intersection", "set_operation"),
    ("tf.sets.size", "set_size"),
    ("tf.sets.union", "set_operation"),
    ("tf.edit_distance", ""),
    ("tf.io.serialize_sparse", ""),
    ("tf.io.serialize_many_sparse", ""),
    ("tf.io.deserialize_many_sparse", ""),
    ("tf.nn.ctc_beam_search_decoder", ""),
    ("tf.nn.ctc_greedy_decoder", ""),
    ("tf.nn.embedding_lookup_sparse", ""),
    ("tf.nn.safe_embedding_lookup_sparse", ""),
    ("keras.backend.ctc_label_dense_to_sparse", ""),
];

/// Ragged tensors, the functions on them, and functions of strings that make them.
pub(super) const RAGGED: Paths = &[
    ("tf.RaggedTensor", ""),
    ("tf.ragged.boolean_mask", ""),
    ("tf.ragged.constant", ""),
    ("tf.ragged.cross", ""),
    ("tf.ragged.cross_hashed", ""),
    ("tf.ragged.map_flat_values", ""),
    ("tf.ragged.range", "ragged_range"),
    ("tf.ragged.row_splits_to_segment_ids", ""),
    ("tf.ragged.segment_ids_to_row_splits", ""),
    ("tf.ragged.stack", "ragged_stack"),
    ("tf.ragged.stack_dynamic_partitions", ""),
    ("tf.strings.bytes_split", ""),
    ("tf.strings.ngrams", ""),
    ("tf.strings.split", "strings_split"),
    ("tf.strings.unicode_decode", ""),
    ("tf.strings.unicode_decode_with_offsets", ""),
    ("tf.strings.unicode_split", ""),
    ("tf.strings.unicode_split_with_offsets", ""),
];

/// Examples that are read from files.
pub(super) const EXAMPLES: Paths = &[
    ("tf.io.FixedLenFeature", ""),
    ("tf.io.FixedLenSequenceFeature", ""),
    ("tf.io.RaggedFeature", ""),
    ("tf.io.SparseFeature", ""),
    ("tf.io.VarLenFeature", ""),
    ("tf.io.parse_example", ""),
    ("tf.io.parse_sequence_example", ""),
    ("tf.io.parse_single_example", ""),
    ("tf.io.parse_single_sequence_example", ""),
];

/// Linear algebra that is Python above kernels.
pub(super) const LINALG: Paths = &[
    ("tf.linalg.banded_triangular_solve", ""),
    ("tf.linalg.eigh_tridiagonal", ""),
    ("tf.linalg.lu_matrix_inverse", ""),
    ("tf.linalg.lu_reconstruct", ""),
    ("tf.linalg.lu_solve", ""),
    ("tf.linalg.tridiagonal_matmul", ""),
    ("tf.linalg.tridiagonal_solve", ""),
];

/// Neural networks and images.
pub(super) const NN: Paths = &[
    ("tf.debugging.assert_shapes", ""),
    ("tf.image.ssim_multiscale", ""),
    ("tf.nn.atrous_conv2d_transpose", ""),
    ("tf.nn.batch_norm_with_global_normalization", ""),
    ("tf.nn.collapse_repeated", ""),
    ("tf.nn.compute_accidental_hits", ""),
    ("tf.nn.ctc_unique_labels", ""),
    ("tf.nn.fractional_avg_pool", ""),
    ("tf.nn.fractional_max_pool", ""),
    ("tf.nn.with_space_to_batch", ""),
    ("tf.required_space_to_batch_paddings", ""),
    ("tf.signal.inverse_stft_window_fn", ""),
];

/// Nested structures, and what is said of a graph.
pub(super) const STRUCTURES: Paths = &[
    ("tf.broadcast_static_shape", ""),
    ("tf.grad_pass_through", ""),
    ("tf.hessians", ""),
    ("tf.inside_function", ""),
    ("tf.is_symbolic_tensor", ""),
    ("tf.nest.assert_same_structure", ""),
    ("tf.nest.flatten", ""),
    ("tf.nest.is_nested", ""),
    ("tf.nest.map_structure", ""),
    ("tf.nest.pack_sequence_as", ""),
    ("tf.recompute_grad", ""),
];

/// What Keras' backend has beside its functions of tensors.
pub(super) const BACKEND: Paths = &[
    ("keras.backend.batch_set_value", ""),
    ("keras.backend.binary_focal_crossentropy", ""),
    ("keras.backend.categorical_focal_crossentropy", ""),
    ("keras.backend.get_uid", ""),
    ("keras.backend.is_float_dtype", ""),
    ("keras.backend.is_int_dtype", ""),
    ("keras.backend.manual_variable_initialization", "nothing"),
    ("keras.backend.moving_average_update", ""),
    ("keras.backend.normalize_batch_in_training", ""),
    ("keras.backend.random_normal_variable", ""),
    ("keras.backend.random_uniform_variable", ""),
    ("keras.backend.reset_uids", ""),
    ("keras.backend.result_type", ""),
    ("keras.backend.standardize_dtype", ""),
];
