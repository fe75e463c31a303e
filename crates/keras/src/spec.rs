//! Input specs and their checks.
//!
//! source: keras/src/layers/input_spec.py, tf_keras/src/engine/input_spec.py

use ops::{Exc, Infer, Keras, Misfitting, Mistake, Violation};
use tensor::{DType, Dim, Shape, TensorSpec};

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
    /// Whether a rank off by a last axis of size 1 passes: the inputs of a functional model.
    pub squeeze: bool,
    /// The input's name: the key of a functional model's dict of inputs.
    pub name: Option<std::rc::Rc<str>>,
    /// Whether `None` may stand for the input.
    pub optional: bool,
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

    /// Expects a shape.
    pub fn shaped(shape: Shape) -> InputSpec {
        InputSpec { ndim: shape.rank(), shape: Some(shape), ..InputSpec::default() }
    }

    /// Also expects a size at an axis.
    #[must_use]
    pub fn with_axis(mut self, axis: i64, size: i64) -> InputSpec {
        self.axes.push((axis, size));
        self
    }

    /// Also expects the size of a dim at an axis, where it is known.
    #[must_use]
    pub fn with_dim(self, axis: i64, dim: Dim) -> InputSpec {
        match dim {
            Dim::Known(size) => self.with_axis(axis, size),
            _ => self,
        }
    }
}

/// Checks an input's shape against its spec (`assert_input_compatibility` of both profiles). `index` counts
/// inputs, `layer` is the layer's name.
///
/// # Errors
/// Keras' `ValueError`.
pub fn check_input(keras: Keras, layer: &str, index: usize, spec: &InputSpec, shape: &Shape) -> Infer<()> {
    check_tensor(keras, layer, index, spec, &TensorSpec::new(shape.clone(), None))
}

/// Checks an input against its spec, its dtype included where it is known.
///
/// # Errors
/// Keras' `ValueError`.
pub fn check_tensor(
    keras: Keras,
    layer: &str,
    index: usize,
    spec: &InputSpec,
    input: &TensorSpec,
) -> Infer<()> {
    // Neither profile checks anything of an unknown rank.
    let Some(dims) = input.shape.dims() else { return Ok(()) };
    match problem(keras, spec, input, dims) {
        None => Ok(()),
        Some((problem, misfit)) => {
            let who = match keras {
                Keras::Two => format!("Input {index} of layer \"{layer}\" is incompatible with the layer: "),
                Keras::Three => {
                    let name = spec.name.as_deref().unwrap_or("None");
                    format!(
                        "Input {index} with name '{name}' of layer '{layer}' is incompatible with the layer: "
                    )
                }
            };
            let text = format!("{who}{problem}");
            Err(Violation::stop(
                Exc::ValueError,
                text,
                Mistake::LayerInput { layer: layer.to_owned(), misfit },
            ))
        }
    }
}

/// Words what is wrong with an input, in the order in which Keras looks.
fn problem(keras: Keras, spec: &InputSpec, input: &TensorSpec, dims: &[Dim]) -> Option<(String, Misfitting)> {
    let (rank, full) = (dims.len(), input.shape.tuple());
    if let Some(ndim) = spec.ndim.filter(|n| !spec.squeeze && *n != rank) {
        let misfit = Misfitting::Rank { want: ndim, got: rank };
        return Some((
            format!("expected ndim={ndim}, found ndim={rank}. Full shape received: {full}"),
            misfit,
        ));
    }
    if let Some(max) = spec.max_ndim.filter(|n| rank > *n) {
        let misfit = Misfitting::HighRank { most: max, got: rank };
        return Some((format!("expected max_ndim={max}, found ndim={rank}"), misfit));
    }
    if let Some(min) = spec.min_ndim.filter(|n| rank < *n) {
        let misfit = Misfitting::LowRank { least: min, got: rank };
        return Some((
            format!("expected min_ndim={min}, found ndim={rank}. Full shape received: {full}"),
            misfit,
        ));
    }
    if let (Some(want), Some(have)) = (spec.dtype, input.dtype)
        && want != have
    {
        let found = match keras {
            Keras::Two => format!("<dtype: '{have}'>"),
            Keras::Three => have.to_string(),
        };
        return Some(other(format!("expected dtype={want}, found dtype={found}")));
    }
    for &(axis, size) in &spec.axes {
        if let Some(Dim::Known(n)) = input.shape.dim(axis)
            && n != size
        {
            let text = format!(
                "expected axis {axis} of input shape to have value {size}, but received input with shape {full}"
            );
            return Some((text, Misfitting::Size { axis, size }));
        }
    }
    let expected = spec.shape.as_ref()?;
    let found = squeezed(spec, dims);
    let differs = squeezed(spec, expected.dims()?).iter().zip(found).any(|(a, b)| !a.compatible(*b));
    // Keras 3 shows the shape without the squeezed axis.
    let shown = match keras {
        Keras::Two => full,
        Keras::Three => crate::dims::text(found),
    };
    differs.then(|| other(format!("expected shape={}, found shape={shown}", expected.tuple())))
}

fn other(problem: String) -> (String, Misfitting) {
    (problem.clone(), Misfitting::Other(problem))
}

/// Leaves a last axis of size 1 out where the spec allows it.
fn squeezed<'a>(spec: &InputSpec, dims: &'a [Dim]) -> &'a [Dim] {
    match dims {
        [rest @ .., Dim::Known(1)] if spec.squeeze => rest,
        _ => dims,
    }
}

#[cfg(test)]
mod tests {
    use ops::Stop;

    use super::*;

    fn text(result: Infer<()>) -> String {
        match result {
            Err(Stop::Violation(v)) => v.core,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn words_both_profiles() {
        let (spec, shape) = (InputSpec::at_least(2), Shape::new([Dim::Unknown]));
        assert_eq!(
            text(check_input(Keras::Two, "dense", 0, &spec, &shape)),
            "Input 0 of layer \"dense\" is incompatible with the layer: expected min_ndim=2, found ndim=1. \
             Full shape received: (None,)"
        );
        let (spec, shape) = (InputSpec::at_least(2).with_axis(-1, 4), Shape::known(&[2, 3]));
        assert_eq!(
            text(check_input(Keras::Three, "dense", 0, &spec, &shape)),
            "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected axis -1 of input \
             shape to have value 4, but received input with shape (2, 3)"
        );
    }

    #[test]
    fn unknowns_fit() {
        let spec = InputSpec::rank(3).with_axis(-1, 4);
        assert!(check_input(Keras::Three, "conv1d", 0, &spec, &Shape::UNKNOWN).is_ok());
        assert!(check_input(Keras::Three, "conv1d", 0, &spec, &Shape::of_rank(3)).is_ok());
        let squeezes = InputSpec { squeeze: true, ..InputSpec::shaped(Shape::known(&[2, 5])) };
        assert!(check_input(Keras::Three, "functional", 0, &squeezes, &Shape::known(&[2, 5, 1])).is_ok());
    }
}
