//! Tensor operations: each one's names, spec rule, errors, gradient and evaluation in one declaration.
//!
//! An [`Op`] is a static struct of data and `fn` pointers. Its signature is not repeated here: the
//! public names it is reached by have recorded signatures (crate `names`), the interpreter binds a
//! call to them, and the op reads the bound arguments through typed [`Param`]s. Nothing here knows
//! Python's syntax, the interpreter's values or the source text.

mod arg;
mod call;
mod defs;
pub mod kernels;
mod mistake;
pub mod numeric;
pub mod numpy;
mod op;
pub mod params;
pub mod spec;

pub use arg::{Arg, CallableId, Operand, Out, Outputs, TensorKind};
pub use call::{Call, FromArg, Keras, Mode, Param, Risk, Surface};
pub use defs::{find_op, ops, ops_by_name};
pub use mistake::{Exc, Given, Infer, Misbound, Misfitting, Mistake, RaisedId, Stop, Violation};
pub use op::{Eval, Flow, Flows, Gradient, Op};
