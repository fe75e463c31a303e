//! `tf.GradientTape`.

use std::ops::Range;

use graph::NodeId;

use crate::native::{NativeClass, NativeState};

/// What a tape has seen.
#[derive(Clone, Debug, Default)]
pub struct TapeState {
    /// The nodes recorded: ranges of ids.
    pub recorded: Vec<Range<u32>>,
    /// Where recording began, while it goes on.
    pub since: Option<u32>,
    /// Tensors that are watched beside trainable variables.
    pub watched: Vec<NodeId>,
    /// Whether `gradient` may be called again.
    pub persistent: bool,
    /// Whether trainable variables are watched without being asked for.
    pub watch_variables: bool,
    /// Whether `gradient` has been called.
    pub used: bool,
}

/// `tf.GradientTape`.
pub(crate) static TAPE: NativeClass = NativeClass {
    path: "tf.GradientTape",
    state: || NativeState::Tape(Box::default()),
    methods: &[],
    properties: &[],
};
