//! `layer.adapt(data)`: what a preprocessing layer learns of data before a training.
//!
//! source: keras/src/layers/preprocessing/normalization.py, tf_keras/src/layers/preprocessing/normalization.py

use array::{Array, Binary, Reduction};
use ops::{Keras, TensorKind};
use tensor::DType;

use crate::framework::layer_class::split_self;
use crate::heap::ObjId;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of layers.
pub(crate) static METHODS: &[Native] = &[native("adapt", adapt)];

fn adapt(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let data = args.get(0, "data").cloned().unwrap_or(Value::None);
    let scales = interp.layer(id).is_some_and(|s| s.decl.is_some_and(|d| d.name == "Normalization"));
    if !interp.computes() {
        return Ok(interp.unknown("what a layer adapts to"));
    }
    let data = interp.array_like(data)?;
    let array = match &data {
        Value::Tensor(node) if scales => interp.array_of_node(*node),
        _ => None,
    };
    let done = match array {
        Some(array) => interp.adapt_scale(id, &data, &array)?,
        None => false,
    };
    if !done {
        interp.undecided("what a layer adapts to");
    }
    Ok(Value::None)
}

impl Interp<'_> {
    /// Gives a `Normalization` the mean and the variance of an array; tells whether it could.
    fn adapt_scale(&mut self, id: ObjId, data: &Value, array: &Array) -> Eval<bool> {
        if !self.layer(id).is_some_and(|s| s.built) {
            let shape = self.shape_structure(data);
            self.build_layer(id, shape)?;
        }
        let axis = self.layer(id).and_then(|s| {
            let own = s.config.iter().find(|(n, _)| &**n == "axis");
            own.map(|(_, axis)| axis.items().map_or_else(|| vec![axis.clone()], <[ops::Arg]>::to_vec))
        });
        let rank = array.rank() as i64;
        let mut gone = vec![true; array.rank()];
        for axis in axis.unwrap_or_default() {
            let ops::Arg::Int(axis) = axis else { continue };
            let at = usize::try_from(if axis < 0 { axis + rank } else { axis }).unwrap_or(usize::MAX);
            if let Some(slot) = gone.get_mut(at) {
                *slot = false;
            }
        }
        let Ok([mean, variance]) = moments(array, &gone) else { return Ok(false) };
        let reduced: usize = array.shape().iter().zip(&gone).filter(|(_, g)| **g).map(|(n, _)| *n).product();
        for (name, wide) in [("mean", Some(mean)), ("variance", Some(variance)), ("count", None)] {
            let weight = self.layer(id).and_then(|s| s.weights.iter().find(|w| &*w.name == name).cloned());
            let Some(weight) = weight else { return Ok(false) };
            let node = self.trace.variable(weight.variable).node;
            let sizes: Vec<usize> =
                array.shape().iter().zip(&gone).filter(|(_, g)| !**g).map(|(n, _)| *n).collect();
            let new = match &wide {
                Some(wide) => wide.cast(DType::Float32).and_then(|a| a.reshape(&sizes)),
                // Keras 2 counts what it has seen.
                None if self.keras == Keras::Two => Array::ints(&[], DType::Int64, vec![reduced as i64]),
                None => continue,
            };
            let Ok(new) = new else { return Ok(false) };
            self.forget_content(node);
            self.set_array(node, new);
            // The attribute of the weight's name is its number in the shape in which it is used.
            if let Some(Ok(wide)) = wide.map(|wide| wide.cast(DType::Float32)) {
                let spec = ops::numeric::spec_of(&wide);
                let span = self.here();
                let shown = self.trace.add(graph::Source::Constant, TensorKind::Eager, spec, span);
                self.set_array(shown, wide);
                self.set_own_attr(id, name, Value::Tensor(shown))?;
            }
        }
        Ok(true)
    }
}

/// The mean and the variance along axes, which stay with size 1.
fn moments(array: &Array, gone: &[bool]) -> array::Result<[Array; 2]> {
    let x = array.cast(DType::Float64)?;
    let mean = array::reduce(Reduction::Mean, &x, gone, true)?;
    let away = array::binary(Binary::Sub, x, &mean)?;
    let square = array::binary(Binary::Mul, away.clone(), &away)?;
    let variance = array::reduce(Reduction::Mean, &square, gone, true)?;
    Ok([mean, variance])
}
