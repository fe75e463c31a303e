//! Input specs and their checks.

use ops::{Exc, Infer, Keras, Mistake, Violation};
use tensor::{DType, Dim, Shape};

/// What a layer expects of an input (`keras.layers.InputSpec`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputSpec {
    /// The exact rank.
    pub ndim: Option<usize>,
    /// The least rank.
    pub min_ndim: Option<usize>,
    /// The largest rank.
    pub max_ndim: Option<usize>,
    /// Sizes at axes, negative ones counted from the end.
    pub axes: Vec<(i64, i64)>,
    /// The shape, with unknown dims that fit anything.
    pub shape: Option<Shape>,
    /// The dtype.
    pub dtype: Option<DType>,
}

impl InputSpec {
    /// Expects an exact rank.
    pub fn rank(ndim: usize) -> InputSpec {
        InputSpec { ndim: Some(ndim), ..InputSpec::default() }
    }

    /// Expects at least a rank.
    pub fn at_least(min_ndim: usize) -> InputSpec {
        InputSpec { min_ndim: Some(min_ndim), ..InputSpec::default() }
    }

    /// Also expects a size at an axis.
    pub fn with_axis(mut self, axis: i64, size: i64) -> InputSpec {
        self.axes.push((axis, size));
        self
    }
}

/// Checks an input against its spec (`assert_input_compatibility` of both profiles). `index` counts
/// inputs, `layer` is the layer's name, `input` the KerasTensor's name in Keras 3's text.
///
/// # Errors
/// Keras' `ValueError`.
pub fn check_input(keras: Keras, layer: &str, index: usize, spec: &InputSpec, shape: &Shape) -> Infer<()> {
    let who = match keras {
        Keras::Two => format!("Input {index} of layer \"{layer}\" is incompatible with the layer: "),
        Keras::Three => {
            format!("Input {index} with name 'None' of layer '{layer}' is incompatible with the layer: ")
        }
    };
    let full = shape.tuple();
    let fail = |problem: String| {
        let mistake = Mistake::LayerInput { layer: layer.to_owned(), problem: problem.clone() };
        Err(Violation::stop(Exc::ValueError, format!("{who}{problem}"), mistake))
    };
    let Some(dims) = shape.dims() else { return Ok(()) };
    let rank = dims.len();
    if let Some(ndim) = spec.ndim.filter(|n| *n != rank) {
        return fail(format!("expected ndim={ndim}, found ndim={rank}. Full shape received: {full}"));
    }
    if let Some(max) = spec.max_ndim.filter(|n| rank > *n) {
        return fail(format!("expected max_ndim={max}, found ndim={rank}"));
    }
    if let Some(min) = spec.min_ndim.filter(|n| rank < *n) {
        return fail(format!("expected min_ndim={min}, found ndim={rank}. Full shape received: {full}"));
    }
    for &(axis, size) in &spec.axes {
        match shape.dim(axis) {
            Some(Dim::Known(n)) if n != size => {
                let received = match keras {
                    Keras::Two => format!("Full shape received: {full}"),
                    Keras::Three => format!("Full shape received: {full}"),
                };
                let value = format!(
                    "expected axis {axis} of input shape to have value {size}, but received input with shape {full}"
                );
                return fail(match keras {
                    Keras::Two => value,
                    Keras::Three => {
                        let _ = received;
                        value
                    }
                });
            }
            _ => {}
        }
    }
    if let Some(expected) = &spec.shape
        && let Some(wanted) = expected.dims()
    {
        let fits = wanted.len() == rank && wanted.iter().zip(dims).all(|(a, b)| a.compatible(*b));
        if !fits {
            return fail(format!("expected shape={}, found shape={full}", expected.tuple()));
        }
    }
    Ok(())
}
