//! The public paths of the image classifiers in `keras.applications`.

use super::Paths;

/// How images are prepared, and what predictions mean.
pub(super) const COMMON: Paths = &[
    ("keras.applications.imagenet_utils.preprocess_input", ""),
    ("keras.applications.imagenet_utils.decode_predictions", ""),
    ("keras.applications.vgg16.preprocess_input", "preprocess_caffe"),
    ("keras.applications.vgg16.decode_predictions", ""),
    ("keras.applications.vgg19.preprocess_input", "preprocess_caffe"),
    ("keras.applications.vgg19.decode_predictions", ""),
    ("keras.applications.resnet.preprocess_input", "preprocess_caffe"),
    ("keras.applications.resnet.decode_predictions", ""),
    ("keras.applications.resnet50.preprocess_input", "preprocess_caffe"),
    ("keras.applications.resnet50.decode_predictions", ""),
    ("keras.applications.resnet_v2.preprocess_input", "preprocess_tf"),
    ("keras.applications.resnet_v2.decode_predictions", ""),
    ("keras.applications.mobilenet.preprocess_input", "preprocess_tf"),
    ("keras.applications.mobilenet.decode_predictions", ""),
    ("keras.applications.mobilenet_v2.preprocess_input", "preprocess_tf"),
    ("keras.applications.mobilenet_v2.decode_predictions", ""),
    ("keras.applications.mobilenet_v3.preprocess_input", "preprocess_nothing"),
    ("keras.applications.mobilenet_v3.decode_predictions", ""),
    ("keras.applications.densenet.preprocess_input", "preprocess_torch"),
    ("keras.applications.densenet.decode_predictions", ""),
    ("keras.applications.inception_v3.preprocess_input", "preprocess_tf"),
    ("keras.applications.inception_v3.decode_predictions", ""),
    ("keras.applications.xception.preprocess_input", "preprocess_tf"),
    ("keras.applications.xception.decode_predictions", ""),
    ("keras.applications.inception_resnet_v2.preprocess_input", "preprocess_tf"),
    ("keras.applications.inception_resnet_v2.decode_predictions", ""),
    ("keras.applications.nasnet.preprocess_input", "preprocess_tf"),
    ("keras.applications.nasnet.decode_predictions", ""),
    ("keras.applications.efficientnet.preprocess_input", "preprocess_nothing"),
    ("keras.applications.efficientnet.decode_predictions", ""),
    ("keras.applications.efficientnet_v2.preprocess_input", "preprocess_nothing"),
    ("keras.applications.efficientnet_v2.decode_predictions", ""),
    ("keras.applications.convnext.preprocess_input", "preprocess_nothing"),
    ("keras.applications.convnext.decode_predictions", ""),
];

pub(super) const VGG: Paths = &[
    ("keras.applications.VGG16", ""),
    ("keras.applications.vgg16.VGG16", ""),
    ("keras.applications.VGG19", ""),
    ("keras.applications.vgg19.VGG19", ""),
];

pub(super) const RESNET: Paths = &[
    ("keras.applications.ResNet50", ""),
    ("keras.applications.resnet.ResNet50", ""),
    ("keras.applications.ResNet101", ""),
    ("keras.applications.resnet.ResNet101", ""),
    ("keras.applications.ResNet152", ""),
    ("keras.applications.resnet.ResNet152", ""),
    ("keras.applications.resnet50.ResNet50", ""),
    ("keras.applications.ResNet50V2", ""),
    ("keras.applications.resnet_v2.ResNet50V2", ""),
    ("keras.applications.ResNet101V2", ""),
    ("keras.applications.resnet_v2.ResNet101V2", ""),
    ("keras.applications.ResNet152V2", ""),
    ("keras.applications.resnet_v2.ResNet152V2", ""),
];

pub(super) const MOBILENET: Paths = &[
    ("keras.applications.MobileNet", ""),
    ("keras.applications.mobilenet.MobileNet", ""),
    ("keras.applications.MobileNetV2", ""),
    ("keras.applications.mobilenet_v2.MobileNetV2", ""),
];

pub(super) const DENSENET: Paths = &[
    ("keras.applications.DenseNet121", ""),
    ("keras.applications.densenet.DenseNet121", ""),
    ("keras.applications.DenseNet169", ""),
    ("keras.applications.densenet.DenseNet169", ""),
    ("keras.applications.DenseNet201", ""),
    ("keras.applications.densenet.DenseNet201", ""),
];

pub(super) const INCEPTION: Paths = &[
    ("keras.applications.InceptionV3", ""),
    ("keras.applications.inception_v3.InceptionV3", ""),
    ("keras.applications.Xception", ""),
    ("keras.applications.xception.Xception", ""),
];

pub(super) const EFFICIENTNET: Paths = &[
    ("keras.applications.EfficientNetB0", ""),
    ("keras.applications.efficientnet.EfficientNetB0", ""),
    ("keras.applications.EfficientNetB1", ""),
    ("keras.applications.efficientnet.EfficientNetB1", ""),
    ("keras.applications.EfficientNetB2", ""),
    ("keras.applications.efficientnet.EfficientNetB2", ""),
    ("keras.applications.EfficientNetB3", ""),
    ("keras.applications.efficientnet.EfficientNetB3", ""),
    ("keras.applications.EfficientNetB4", ""),
    ("keras.applications.efficientnet.EfficientNetB4", ""),
    ("keras.applications.EfficientNetB5", ""),
    ("keras.applications.efficientnet.EfficientNetB5", ""),
    ("keras.applications.EfficientNetB6", ""),
    ("keras.applications.efficientnet.EfficientNetB6", ""),
    ("keras.applications.EfficientNetB7", ""),
    ("keras.applications.efficientnet.EfficientNetB7", ""),
];

pub(super) const MOBILENET_V3: Paths =
    &[("keras.applications.MobileNetV3Small", ""), ("keras.applications.MobileNetV3Large", "")];

pub(super) const EFFICIENTNET_V2: Paths = &[
    ("keras.applications.EfficientNetV2B0", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2B0", ""),
    ("keras.applications.EfficientNetV2B1", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2B1", ""),
    ("keras.applications.EfficientNetV2B2", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2B2", ""),
    ("keras.applications.EfficientNetV2B3", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2B3", ""),
    ("keras.applications.EfficientNetV2S", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2S", ""),
    ("keras.applications.EfficientNetV2M", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2M", ""),
    ("keras.applications.EfficientNetV2L", ""),
    ("keras.applications.efficientnet_v2.EfficientNetV2L", ""),
];

pub(super) const INCEPTION_RESNET: Paths = &[
    ("keras.applications.InceptionResNetV2", ""),
    ("keras.applications.inception_resnet_v2.InceptionResNetV2", ""),
];

pub(super) const CONVNEXT: Paths = &[
    ("keras.applications.ConvNeXtTiny", ""),
    ("keras.applications.convnext.ConvNeXtTiny", ""),
    ("keras.applications.ConvNeXtSmall", ""),
    ("keras.applications.convnext.ConvNeXtSmall", ""),
    ("keras.applications.ConvNeXtBase", ""),
    ("keras.applications.convnext.ConvNeXtBase", ""),
    ("keras.applications.ConvNeXtLarge", ""),
    ("keras.applications.convnext.ConvNeXtLarge", ""),
    ("keras.applications.ConvNeXtXLarge", ""),
    ("keras.applications.convnext.ConvNeXtXLarge", ""),
];
