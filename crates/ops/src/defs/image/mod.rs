//! Functions on images.

pub(super) mod resize;
