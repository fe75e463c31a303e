//! Traced functions: `tf.function`, `tf.custom_gradient`, AutoGraph.

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[];

/// What TensorFlow says of `if tensor:` where AutoGraph does not rewrite it.
pub(crate) const NOT_A_BOOL: &str = "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. You can attempt \
    the following resolutions to the problem: If you are running in Graph mode, use Eager execution mode or decorate \
    this function with @tf.function. If you are using AutoGraph, you can try decorating this function with \
    @tf.function. If that does not work, then you may be using an unsupported feature or your source code may not be \
    visible to AutoGraph. See https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/autograph/g3doc/reference/limitations.md#access-to-source-code for more information.";

impl Interp<'_> {
    /// Tells whether AutoGraph rewrites the function being carried out.
    pub(crate) fn autograph(&self) -> bool {
        false
    }

    /// Calls a `tf.function`.
    pub(crate) fn call_graph(&mut self, function: &Value, args: Args) -> Eval {
        self.call(function, args)
    }

    /// Calls a `tf.custom_gradient`: its function gives the value and the gradient's function.
    pub(crate) fn call_custom_gradient(&mut self, function: &Value, args: Args) -> Eval {
        let result = self.call(function, args)?;
        Ok(match &result {
            Value::Tuple(items) if items.len() == 2 => items[0].clone(),
            _ => self.unknown("the value of a custom gradient"),
        })
    }
}
