"""ConvNeXt: convolutions of one channel each between dense layers, in four stages."""

from keras import Sequential, layers


class LayerScale(layers.Layer):
    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values, self.projection_dim = init_values, projection_dim

    def build(self, input_shape):
        self.gamma = self.add_weight(name="gamma" if KERAS == 2 else None, shape=(self.projection_dim,))

    def call(self, x):
        return x * self.gamma


def _norm(name):
    return layers.LayerNormalization(epsilon=1e-6, name=name)


def _block(x, width, name):
    new = layers.Conv2D(width, 7, padding="same", groups=width, name=name + "_depthwise_conv")(x)
    new = _norm(name + "_layernorm")(new)
    new = layers.Dense(4 * width, name=name + "_pointwise_conv_1")(new)
    new = layers.Activation("gelu", name=name + "_gelu")(new)
    new = layers.Dense(width, name=name + "_pointwise_conv_2")(new)
    new = LayerScale(1e-6, width, name=name + "_layer_scale")(new)
    return x + layers.Activation("linear", name=name + "_identity")(new)


def _normalized(x, name):
    means, deviations = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return layers.Normalization(
        mean=[255 * mean for mean in means],
        variance=[(255 * deviation) ** 2 for deviation in deviations],
        name=name + "_prestem_normalization",
    )(x)


def _convnext(depths, widths, name, include_preprocessing, include_top, weights, input_tensor, input_shape, pooling,
              classes, activation):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 224, 32)
    x = entry
    if include_preprocessing and x.shape[-1] == 3:
        x = _normalized(x, name)
    stem = [layers.Conv2D(widths[0], 4, strides=4, name=name + "_stem_conv"), _norm(name + "_stem_layernorm")]
    reductions = [Sequential(stem, name=name + "_stem")]
    for i, width in enumerate(widths[1:]):
        halved = layers.Conv2D(width, 2, strides=2, name=f"{name}_downsampling_conv_{i}")
        reductions.append(
            Sequential([_norm(f"{name}_downsampling_layernorm_{i}"), halved], name=f"{name}_downsampling_block_{i}")
        )
    for stage, (depth, width) in enumerate(zip(depths, widths)):
        x = reductions[stage](x)
        for number in range(depth):
            x = _block(x, width, f"{name}_stage_{stage}_block_{number}")
    if include_top:
        check_activation(activation, weights)
        x = layers.GlobalAveragePooling2D(name=name + "_head_gap")(x)
        x = _norm(name + "_head_layernorm")(x)
        x = layers.Dense(classes, activation=activation, name=name + "_head_dense")(x)
    else:
        x = layers.LayerNormalization(epsilon=1e-6)(pooled(x, pooling, named=False))
    return finished(entry, input_tensor, x, name)


def _constructor(depths, widths, usual):
    def construct2(model_name=usual, include_top=True, include_preprocessing=True, weights="imagenet",
                   input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation="softmax"):
        return _convnext(depths, widths, model_name, include_preprocessing, include_top, weights, input_tensor,
                         input_shape, pooling, classes, classifier_activation)

    def construct3(include_top=True, include_preprocessing=True, weights="imagenet", input_tensor=None,
                   input_shape=None, pooling=None, classes=1000, classifier_activation="softmax", name=usual):
        return _convnext(depths, widths, name, include_preprocessing, include_top, weights, input_tensor, input_shape,
                         pooling, classes, classifier_activation)

    return construct2 if KERAS == 2 else construct3


ConvNeXtTiny = _constructor((3, 3, 9, 3), (96, 192, 384, 768), "convnext_tiny")
ConvNeXtSmall = _constructor((3, 3, 27, 3), (96, 192, 384, 768), "convnext_small")
ConvNeXtBase = _constructor((3, 3, 27, 3), (128, 256, 512, 1024), "convnext_base")
ConvNeXtLarge = _constructor((3, 3, 27, 3), (192, 384, 768, 1536), "convnext_large")
ConvNeXtXLarge = _constructor((3, 3, 27, 3), (256, 512, 1024, 2048), "convnext_xlarge")
