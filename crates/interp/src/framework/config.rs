//! Losses, metrics, optimizers, initializers and other objects that mostly hold their arguments.

use std::rc::Rc;

use ops::Arg;

/// What such an object keeps.
#[derive(Clone, Debug, Default)]
pub struct ConfigState {
    /// The constructor's arguments, defaults included.
    pub args: Vec<(Rc<str>, Arg)>,
}
