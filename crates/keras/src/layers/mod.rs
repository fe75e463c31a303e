//! The table of layers: a file for each kind, two lines here for each file.

mod activations;
mod attention;
mod axes;
mod batch_norm;
mod concatenate;
mod conv;
mod conv_init;
mod dense;
mod depthwise;
mod dot;
mod dropout;
mod einsum_dense;
mod embedding;
mod locally_connected;
mod lora;
mod merging;
mod noise;
mod normalization;
mod numbers;
mod pooling;
mod preprocessing;
mod reshaping;
mod resizing;
mod rnn;
mod simple;
mod support;
mod windows;

pub use lora::enable_adapter;
pub use preprocessing::standard_words;

use crate::Layer;

/// Every kind. A kind that is not listed is dead code, which the compiler reports.
static KINDS: &[&[Layer]] = &[
    activations::LAYERS,
    batch_norm::LAYERS,
    concatenate::LAYERS,
    conv::LAYERS,
    dense::LAYERS,
    depthwise::LAYERS,
    dot::LAYERS,
    dropout::LAYERS,
    einsum_dense::LAYERS,
    embedding::LAYERS,
    locally_connected::LAYERS,
    merging::LAYERS,
    normalization::LAYERS,
    pooling::LAYERS,
    reshaping::LAYERS,
    resizing::LAYERS,
    simple::LAYERS,
];

/// The kinds that have a folder.
static FOLDERS: &[&[&[Layer]]] = &[&attention::KINDS, &preprocessing::KINDS, &rnn::KINDS];

/// Returns every layer.
pub fn layers() -> impl Iterator<Item = &'static Layer> {
    KINDS.iter().chain(FOLDERS.iter().copied().flatten()).copied().flatten()
}

/// The classes of Keras 3 that say that they are built once they are made.
const MADE_BUILT: &[&str] = &[
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "Identity",
    "LeakyReLU",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "ReLU",
    "Reshape",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "UnitNormalization",
];

/// Tells whether objects of a class say that they are built once they are made.
///
/// source: `self.built = True` and `_build_at_init` in the constructors under keras/src/layers
pub fn is_made_built(keras: ops::Keras, class: &str) -> bool {
    keras == ops::Keras::Three && MADE_BUILT.contains(&class)
}

/// Finds a layer by its class's name.
pub fn find_layer(name: &str) -> Option<&'static Layer> {
    layers().find(|l| l.name == name)
}
