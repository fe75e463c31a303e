//! What stands in Keras 3 for the functions of Keras 2's backend.

use crate::translate;

/// Returns what stands for `keras.backend.NAME`, as code or in words.
///
/// Functions that only have another name, or other names of their parameters, are those that `translate` knows.
pub(super) fn instead(name: &str) -> Option<String> {
    if let Some((_, text)) = OTHER.iter().find(|(known, _)| *known == name) {
        return Some((*text).to_owned());
    }
    let example = translate::example(&format!("keras.backend.{name}"))?;
    Some(format!("`{example}`"))
}

/// Functions that are written otherwise.
const OTHER: &[(&str, &str)] = &[
    ("batch_dot", "`keras.ops.einsum(...)` or `keras.ops.matmul(x, y)`, which say which axes are summed"),
    ("batch_flatten", "`keras.ops.reshape(x, (keras.ops.shape(x)[0], -1))`, or a `Flatten` layer"),
    ("batch_normalization", "`keras.ops.batch_normalization(...)`"),
    ("batch_get_value", "`[keras.ops.convert_to_numpy(v) for v in variables]`"),
    ("batch_set_value", "`variable.assign(value)` for each"),
    ("bias_add", "`x + bias`"),
    ("conv1d", "`keras.ops.conv(...)`"),
    ("conv2d", "`keras.ops.conv(...)`"),
    ("conv2d_transpose", "`keras.ops.conv_transpose(...)`"),
    ("conv3d", "`keras.ops.conv(...)`"),
    ("count_params", "`math.prod(x.shape)`"),
    ("ctc_batch_cost", "`keras.ops.ctc_loss(...)`"),
    ("ctc_decode", "`keras.ops.ctc_decode(...)`"),
    ("depthwise_conv2d", "`keras.ops.depthwise_conv(...)`"),
    (
        "dot",
        "`keras.ops.matmul(x, y)`, or `keras.ops.sum(x * w, axis=-1)` for a weighted sum over the last axis",
    ),
    ("dropout", "`keras.random.dropout(x, rate)`, or a `Dropout` layer"),
    ("dtype", "`keras.backend.standardize_dtype(x.dtype)`"),
    ("eval", "`keras.ops.convert_to_numpy(x)`"),
    ("flatten", "`keras.ops.reshape(x, (-1,))`"),
    ("foldl", "`keras.ops.scan(...)`"),
    ("foldr", "`keras.ops.scan(..., reverse=True)`"),
    ("function", "`keras.Model(inputs, outputs)`, called or with `predict`"),
    ("get_value", "`keras.ops.convert_to_numpy(x)`"),
    ("gradients", "`tf.GradientTape`"),
    ("in_test_phase", "the argument `training` of `call`"),
    ("in_top_k", "`keras.ops.in_top_k(targets, predictions, k)`"),
    ("in_train_phase", "the argument `training` of `call`: `x if training else alternative`"),
    ("int_shape", "`x.shape`"),
    ("is_keras_tensor", "`keras.utils.is_keras_tensor(x)`"),
    ("l2_normalize", "`keras.ops.normalize(x, axis=axis, order=2)`"),
    ("learning_phase", "the argument `training` of `call`"),
    ("map_fn", "`keras.ops.map(f, xs)` or `keras.ops.vectorized_map(f, xs)`"),
    ("moving_average_update", "`variable.assign(variable * momentum + value * (1 - momentum))`"),
    ("name_scope", "`keras.name_scope(name)`"),
    ("normalize_batch_in_training", "`keras.ops.moments(...)` and `keras.ops.batch_normalization(...)`"),
    ("placeholder", "`keras.Input(shape)`"),
    ("pool2d", "`keras.ops.max_pool(...)` or `keras.ops.average_pool(...)`"),
    ("pool3d", "`keras.ops.max_pool(...)` or `keras.ops.average_pool(...)`"),
    ("print_tensor", "`print(x)`, or `tf.print(x)` on TensorFlow"),
    ("random_bernoulli", "`keras.random.binomial(shape, 1, p)`"),
    ("random_binomial", "`keras.random.binomial(shape, 1, p)`"),
    (
        "random_normal_variable",
        "`self.add_weight(shape=..., initializer=\"random_normal\")` in a layer's `build`",
    ),
    (
        "random_uniform_variable",
        "`self.add_weight(shape=..., initializer=\"random_uniform\")` in a layer's `build`",
    ),
    ("relu", "`keras.ops.relu(x)`, or `keras.ops.leaky_relu`, `keras.ops.minimum` for its other arguments"),
    ("repeat", "`keras.ops.repeat(keras.ops.expand_dims(x, 1), n, axis=1)`, or a `RepeatVector` layer"),
    ("resize_images", "`keras.ops.image.resize(x, size)`"),
    ("rnn", "`keras.layers.RNN(cell)`"),
    ("separable_conv2d", "`keras.ops.separable_conv(...)`"),
    ("set_value", "`variable.assign(value)`"),
    ("set_learning_phase", "the argument `training` of `call`"),
    ("spatial_2d_padding", "`keras.ops.pad(x, ...)`, or a `ZeroPadding2D` layer"),
    ("switch", "`keras.ops.where(condition, x, y)`, or `keras.ops.cond` for one condition"),
    ("temporal_padding", "`keras.ops.pad(x, ...)`, or a `ZeroPadding1D` layer"),
    ("update", "`variable.assign(value)`"),
    ("update_add", "`variable.assign_add(value)`"),
    ("update_sub", "`variable.assign_sub(value)`"),
    ("variable", "`keras.Variable(value)`; for a weight, `self.add_weight(...)` in a layer's `build`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_exist_where_they_are_said_to() {
        for (name, text) in OTHER {
            let path = format!("keras.backend.{name}");
            assert!(names::lookup(names::Profile::Keras2, &path).is_some(), "{path}");
            for named in text.split('`').skip(1).step_by(2).flat_map(|code| code.split(['(', ' ', ','])) {
                if named.starts_with("keras.") && !named.ends_with('.') {
                    assert!(names::lookup(names::Profile::Keras3, named).is_some(), "{named}");
                }
            }
        }
    }

    #[test]
    fn functions_of_other_names_are_shown_as_calls() {
        assert_eq!(instead("clip").as_deref(), Some("`keras.ops.clip(x, x_min, x_max)`"));
        assert_eq!(instead("sum").as_deref(), Some("`keras.ops.sum(x)`"));
        assert_eq!(instead("int_shape").as_deref(), Some("`x.shape`"));
        assert_eq!(instead("no_such_function"), None);
    }
}
