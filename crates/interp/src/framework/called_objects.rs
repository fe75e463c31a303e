//! What initializers, regularizers and constraints do when a script calls them itself.
//!
//! source: keras/src/{initializers,regularizers,constraints}, tf_keras/src/{initializers,regularizers,constraints}.py

use ops::{Exc, Flow, TensorKind};
use tensor::{Content, DType, Shape, TensorSpec};

use crate::framework::layer_class::split_self;
use crate::interp::Interp;
use crate::native::native;
use crate::raise::Eval;
use crate::value::{Args, Native, Value};

/// Methods of `keras.initializers.Initializer`.
pub(crate) static INITIALIZER_METHODS: &[Native] = &[native("__call__", initialize)];
/// Methods of `keras.regularizers.Regularizer`.
pub(crate) static REGULARIZER_METHODS: &[Native] = &[native("__call__", regularize)];
/// Methods of `keras.constraints.Constraint`.
pub(crate) static CONSTRAINT_METHODS: &[Native] = &[native("__call__", constrain)];

/// `initializer(shape, dtype=None)`: a tensor of the shape.
fn initialize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    let shape = args.get(0, "shape").cloned().unwrap_or(Value::None);
    let Some(dims) = interp.dims_of(&shape) else {
        return Ok(interp.unknown("an initial value of a shape that is not known"));
    };
    let answer = keras::initializers::check_shape(&state.path, &dims);
    if interp.settle(answer, "initializer", Vec::new)?.is_err() {
        return Ok(interp.unknown("an initial value that is not known"));
    }
    let dtype = match args.get(1, "dtype").filter(|d| !d.is_none()).cloned() {
        Some(dtype) => interp.dtype_of(&dtype),
        None => Some(DType::Float32),
    };
    let value = state.args.iter().find(|(n, _)| &**n == "value").map(|(_, a)| a.clone());
    let fill = keras::initializers::fill(&state.path, &value.unwrap_or(ops::Arg::None));
    let spec = TensorSpec::new(Shape::new(dims), dtype);
    let node = interp.opaque("an initial value", spec.clone(), &[]);
    interp.initialise_drawn(node, id, &spec);
    if fill == Some(0.0) {
        interp.trace.node_mut(node).content = Content::Zeros;
    }
    Ok(Value::Tensor(node))
}

/// `regularizer(w)`: a scalar.
fn regularize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    let x = args.get(0, "x").or_else(|| args.keyword("inputs")).cloned().unwrap_or(Value::None);
    let Value::Tensor(node) = x else { return Ok(interp.unknown("a penalty of what is no tensor")) };
    if interp.computes() && interp.trace.node(node).kind != TensorKind::Keras {
        return called(interp, id, &x);
    }
    let spec = interp.trace.node(node).spec.clone();
    let orthogonal = &*state.path == "keras.regularizers.OrthogonalRegularizer";
    if orthogonal && spec.shape.rank().is_some_and(|rank| rank != 2) {
        let text = format!(
            "Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape == {}",
            spec.shape.tuple()
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    if interp.trace.node(node).kind == TensorKind::Keras || (orthogonal && spec.shape.all_known().is_none()) {
        return Ok(interp.unknown("a penalty of a symbolic tensor, or of one whose sizes are not known"));
    }
    let squares = interp.op_on("square", &[("x", x)])?;
    interp.op_on("sum", &[("x", squares), ("axis", Value::None)])
}

/// `constraint(w)`: a tensor of the same spec.
fn constrain(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    let w = args.get(0, "w").cloned().unwrap_or(Value::None);
    let Value::Tensor(node) = w else { return Ok(interp.unknown("a constraint of what is no tensor")) };
    if interp.trace.node(node).kind == TensorKind::Keras {
        return Ok(interp.unknown("a constraint of a symbolic tensor"));
    }
    if interp.computes() {
        return called(interp, id, &w);
    }
    if let Some((_, axis)) = state.args.iter().find(|(n, _)| &**n == "axis") {
        // The norm is taken along the axis.
        let axis = interp.value_of(axis);
        interp.op_on("sum", &[("x", w), ("axis", axis), ("keepdims", Value::Bool(true))])?;
    }
    let spec = interp.trace.node(node).spec.clone();
    Ok(Value::Tensor(interp.opaque("a constrained weight", spec, &[(node, Flow::Ok)])))
}

/// What a regularizer or constraint computes.
fn called(interp: &mut Interp<'_>, id: crate::heap::ObjId, x: &Value) -> Eval {
    let answer = interp.called_number(id, x);
    match interp.settle(answer, "call", Vec::new)? {
        Ok(arg) => Ok(interp.value_of(&arg)),
        Err(why) => Ok(interp.unknown(why)),
    }
}
