//! Random draws: shape and dtype, never a value.

use tensor::{DType, Dim, Shape};

use super::{Nd, Np};
use crate::{Arg, Infer, Outputs};

/// Returns draws of a `size`; without one, as many as the parameters broadcast to, a Python number if none of
/// them is an array.
///
/// # Errors
/// What a bad size raises.
pub fn draws(np: &Np<'_>, size: &Arg, parameters: &[&Nd], dtype: DType) -> Infer<Outputs> {
    let shapes: Vec<&Shape> = parameters.iter().map(|p| &p.shape).collect();
    let own = np.broadcast(&shapes)?;
    if size.is_none() {
        return Ok(if own.rank() == Some(0) { number(dtype) } else { Nd::new(own, dtype).output() });
    }
    let shape = np.shape(size)?;
    if let (Some(sizes), Some(want)) = (shape.all_known(), own.all_known())
        && crate::spec::fold::broadcast(&want, &sizes).as_deref() != Some(&sizes)
    {
        let text = format!(
            "Output size {} is not compatible with broadcast dimensions of inputs {}.",
            Shape::known(&sizes).tuple(),
            own.tuple()
        );
        return np.value_error(text, super::cx::argument("size", "smaller than the parameters"));
    }
    Ok(Nd::new(shape, dtype).output())
}

/// A Python number of unknown value.
pub fn number(dtype: DType) -> Outputs {
    Outputs::Python(if dtype.is_integer() { Arg::Dim(Dim::Unknown) } else { Arg::Number(dtype) })
}
