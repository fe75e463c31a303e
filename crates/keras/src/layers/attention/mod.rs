//! Attention: of two or three sequences in a list, and of several heads.
//!
//! source: keras/src/layers/attention/*.py, tf_keras/src/layers/attention/*.py

mod dense;
mod heads;
mod multi_head;

use std::rc::Rc;

use ops::{Arg, Infer};
use tensor::{DType, Dim};

use crate::{CallArgs, Host, Layer};

/// Every kind of attention.
pub(super) static KINDS: [&[Layer]; 2] = [dense::LAYERS, multi_head::LAYERS];

/// Finds an argument by its name or its place: `#1` is the second positional one.
fn find(given: &[(Rc<str>, Arg)], name: &str, place: &str) -> Arg {
    let found = given.iter().find(|(n, _)| &**n == name || &**n == place);
    found.map_or(Arg::Missing, |(_, arg)| arg.clone())
}

/// Returns a flag of the call.
fn flag(given: &[(Rc<str>, Arg)], name: &str, place: &str) -> ops::Infer<bool> {
    crate::python::truth(&find(given, name, place))
}

/// Returns the further arguments: those of a call, or of the call that a layer is built for.
fn further(host: &dyn Host, args: Option<&CallArgs>) -> Vec<(Rc<str>, Arg)> {
    args.map_or_else(|| host.given(), |args| args.keywords.clone())
}

/// The mask that hides what comes after each query: `(1, queries, values)`.
///
/// # Errors
/// What the ops answer.
fn causal_mask(host: &mut dyn Host, query: &Arg, rows: Dim, columns: Dim) -> Infer<Arg> {
    band_mask(host, query, [rows, columns], [-1, 0])
}

/// The mask that hides what is further than so many steps before or behind a query; -1 is no bound.
///
/// # Errors
/// What the ops answer.
fn band_mask(host: &mut dyn Host, query: &Arg, sizes: [Dim; 2], bounds: [i64; 2]) -> Infer<Arg> {
    let [rows, columns] = sizes;
    let [before, behind] = bounds.map(Arg::Int);
    let shape = [Dim::Known(1), rows, columns].map(Arg::Dim);
    if host.computes() {
        let ones = host.api("tf.ones", &[Arg::List(shape.into())], &[("dtype", Arg::DType(DType::Bool))])?;
        return host.api("tf.linalg.band_part", &[ones, before, behind], &[]);
    }
    host.op(
        "encoded",
        &[("x", query.clone()), ("shape", Arg::List(shape.into())), ("dtype", Arg::DType(DType::Bool))],
    )
}
