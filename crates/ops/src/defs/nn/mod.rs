//! Neural networks: convolutions, pooling, activations, normalization, losses.

pub(super) mod activate;
pub(super) mod attention;
pub(super) mod conv;
pub(super) mod conv_backend;
pub(super) mod conv_keras;
pub(super) mod conv_transpose;
pub(super) mod ctc;
pub(super) mod dropout;
pub(super) mod losses;
pub(super) mod normalize;
pub(super) mod pool;
pub(super) mod scaled;
pub(super) mod softmax;
pub(super) mod window;
