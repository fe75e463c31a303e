//! Functions on images.

pub(super) mod colour;
pub(super) mod measure;
pub(super) mod place;
pub(super) mod resize;
