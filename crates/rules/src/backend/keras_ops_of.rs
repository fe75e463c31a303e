//! What stands in Keras 3 for the functions of Keras 2's backend.

/// What to write in place of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// A function that takes the same arguments: only the name changes.
    Same(&'static str),
    /// Something that is called in another way; how, in words.
    Other(&'static str),
}

use Instead::{Other, Same};

/// Returns what stands for `keras.backend.NAME`.
pub(super) fn instead(name: &str) -> Option<Instead> {
    if let Some(name) = SAME.iter().find(|known| **known == name) {
        return Some(Same(name));
    }
    OTHER.iter().find(|(known, _)| *known == name).map(|(_, text)| Other(text))
}

/// Functions that `keras.ops` has under the same name, with the same arguments in the same places.
const SAME: &[&str] = &[
    "abs",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "cast",
    "concatenate",
    "cos",
    "cumprod",
    "cumsum",
    "equal",
    "exp",
    "expand_dims",
    "eye",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "log",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "not_equal",
    "ones_like",
    "prod",
    "reshape",
    "round",
    "shape",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "stop_gradient",
    "sum",
    "tanh",
    "tile",
    "transpose",
    "var",
    "zeros_like",
    "elu",
    "hard_sigmoid",
    "ones",
    "zeros",
    "ndim",
];

/// Functions that are written otherwise.
const OTHER: &[(&str, &str)] = &[
    ("batch_dot", "`keras.ops.einsum(...)` or `keras.ops.matmul(x, y)`, which say which axes are summed"),
    ("batch_flatten", "`keras.ops.reshape(x, (keras.ops.shape(x)[0], -1))`, or a `Flatten` layer"),
    ("batch_normalization", "`keras.ops.batch_normalization(...)`"),
    ("batch_get_value", "`[keras.ops.convert_to_numpy(v) for v in variables]`"),
    ("batch_set_value", "`variable.assign(value)` for each"),
    ("bias_add", "`x + bias`"),
    ("binary_crossentropy", "`keras.ops.binary_crossentropy(target, output)`"),
    ("categorical_crossentropy", "`keras.ops.categorical_crossentropy(target, output)`"),
    ("clip", "`keras.ops.clip(x, x_min, x_max)`"),
    ("constant", "`keras.ops.convert_to_tensor(value)`"),
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
    ("gather", "`keras.ops.take(x, indices, axis=0)`"),
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
    ("one_hot", "`keras.ops.one_hot(x, num_classes)`"),
    ("ones", "`keras.ops.ones(shape)`"),
    ("permute_dimensions", "`keras.ops.transpose(x, axes=pattern)`"),
    ("placeholder", "`keras.Input(shape)`"),
    ("pool2d", "`keras.ops.max_pool(...)` or `keras.ops.average_pool(...)`"),
    ("pool3d", "`keras.ops.max_pool(...)` or `keras.ops.average_pool(...)`"),
    ("pow", "`keras.ops.power(x, a)`"),
    ("print_tensor", "`print(x)`, or `tf.print(x)` on TensorFlow"),
    ("random_bernoulli", "`keras.random.binomial(shape, 1, p)`"),
    ("random_binomial", "`keras.random.binomial(shape, 1, p)`"),
    ("random_normal", "`keras.random.normal(shape, mean, stddev)`"),
    (
        "random_normal_variable",
        "`self.add_weight(shape=..., initializer=\"random_normal\")` in a layer's `build`",
    ),
    ("random_uniform", "`keras.random.uniform(shape, minval, maxval)`"),
    (
        "random_uniform_variable",
        "`self.add_weight(shape=..., initializer=\"random_uniform\")` in a layer's `build`",
    ),
    ("relu", "`keras.ops.relu(x)`, or `keras.ops.leaky_relu`, `keras.ops.minimum` for its other arguments"),
    ("repeat", "`keras.ops.repeat(keras.ops.expand_dims(x, 1), n, axis=1)`, or a `RepeatVector` layer"),
    ("repeat_elements", "`keras.ops.repeat(x, n, axis=axis)`"),
    ("resize_images", "`keras.ops.image.resize(x, size)`"),
    ("reverse", "`keras.ops.flip(x, axis=axes)`"),
    ("rnn", "`keras.layers.RNN(cell)`"),
    ("separable_conv2d", "`keras.ops.separable_conv(...)`"),
    ("set_value", "`variable.assign(value)`"),
    ("set_learning_phase", "the argument `training` of `call`"),
    ("softmax", "`keras.ops.softmax(x, axis=-1)`"),
    ("sparse_categorical_crossentropy", "`keras.ops.sparse_categorical_crossentropy(target, output)`"),
    ("spatial_2d_padding", "`keras.ops.pad(x, ...)`, or a `ZeroPadding2D` layer"),
    ("switch", "`keras.ops.where(condition, x, y)`, or `keras.ops.cond` for one condition"),
    ("temporal_padding", "`keras.ops.pad(x, ...)`, or a `ZeroPadding1D` layer"),
    ("truncated_normal", "`keras.random.truncated_normal(shape, mean, stddev)`"),
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
        for name in SAME {
            let path = format!("keras.ops.{name}");
            assert!(names::lookup(names::Profile::Keras3, &path).is_some(), "{path}");
            let path = format!("keras.backend.{name}");
            assert!(names::lookup(names::Profile::Keras2, &path).is_some(), "{path}");
        }
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
}
