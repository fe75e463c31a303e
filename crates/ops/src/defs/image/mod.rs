//! Functions on images.

pub(super) mod colour;
pub(super) mod keras;
pub(super) mod keras_warp;
pub(super) mod measure;
pub(super) mod place;
pub(super) mod resize;
pub(super) mod suppress;
