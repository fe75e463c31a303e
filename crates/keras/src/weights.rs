//! What Keras says of a weight's shape before it makes the weight.
//!
//! source: keras/src/backend/common/variables.py, tf_keras/src/initializers/initializers.py

use ops::{Exc, Infer, Keras};
use tensor::Dim;

use crate::initializers::check_shape;
use crate::python::value_error;

/// Checks that a weight of a shape can be made by an initializer, whose public path it is; nothing where the
/// initializer is the script's own. `name` is the variable's path. Only a [`Dim::Symbol`] is surely a `None`.
///
/// # Errors
/// What Keras raises for a `None` in the shape and for a rank that the initializer does not make.
pub fn check_weight(keras: Keras, name: &str, shape: &[Dim], initializer: Option<&str>) -> Infer<()> {
    if let (Keras::Two, Some(n)) = (keras, shape.iter().filter_map(|d| d.known()).find(|n| *n < 0)) {
        // `tf.TensorShape(shape)`.
        return value_error("shape", format!("Dimension {n} must be >= 0"));
    }
    let is_none = |d: &Dim| matches!(d, Dim::Symbol(_));
    if !shape.iter().any(is_none) {
        return initializer.map_or(Ok(()), |path| check_shape(path, shape));
    }
    if keras == Keras::Three {
        let shown = crate::dims::text(shape);
        let problem = "Shapes used to initialize variables must be fully-defined (no `None` dimensions).";
        let core = format!("{problem} Received: shape={shown} for variable path='{name}'");
        return Err(ops::Violation::stop(Exc::ValueError, core, ops::Mistake::UnknownDim));
    }
    let class = initializer.and_then(|path| path.rsplit('.').next()).unwrap_or_default();
    let type_error =
        |problem: &str| Err(ops::Violation::stop(Exc::TypeError, problem, ops::Mistake::UnknownDim));
    match class {
        "Orthogonal" | "Identity" => {
            initializer.map_or(Ok(()), |path| check_shape(path, shape))?;
            if class == "Identity" {
                let (rows, columns) = (shape[0], shape[1]);
                return type_error(&format!(
                    "Arguments `num_rows` and `num_columns` must be positive integer values. Received: \
                     num_rows={rows}, num_columns={columns}"
                ));
            }
            match shape.split_last() {
                Some((_, rest)) if rest.iter().any(is_none) => {
                    type_error("unsupported operand type(s) for *=: 'int' and 'NoneType'")
                }
                _ => type_error("'>' not supported between instances of 'int' and 'NoneType'"),
            }
        }
        // These ask for the number of inputs and outputs.
        "GlorotNormal" | "GlorotUniform" | "HeNormal" | "HeUniform" | "LecunNormal" | "LecunUniform"
        | "VarianceScaling" => match shape {
            [_] | [_, _] => type_error(
                "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
            ),
            [receptive @ .., _, _] if receptive.iter().any(is_none) => {
                type_error("unsupported operand type(s) for *=: 'int' and 'NoneType'")
            }
            _ => type_error("unsupported operand type(s) for *: 'NoneType' and 'int'"),
        },
        "" => crate::python::unknown("a weight of unknown size, made by an initializer of the script's"),
        // TensorFlow converts the shape to a tensor.
        _ if shape.first().is_some_and(is_none) => value_error(
            "inputs",
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.",
        ),
        _ => value_error("inputs", "Can't convert Python sequence with mixed types to Tensor."),
    }
}
