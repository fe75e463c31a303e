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

/// Native functions.
pub(crate) static FUNCTIONS: &[Native] = &[native("keras.regularizers.l1_l2", l1_l2)];

/// Keras 2's function `l1_l2(l1=0.01, l2=0.01)`, which makes an `L1L2`; in Keras 3 it is that class itself.
fn l1_l2(interp: &mut Interp<'_>, args: Args) -> Eval {
    let class = interp.native_class("keras.regularizers.L1L2");
    let object = Value::Instance(interp.new_instance(class));
    let args = if interp.keras == ops::Keras::Three {
        args
    } else {
        let given = |at: usize, name: &str| args.get(at, name).cloned().unwrap_or(Value::Float(0.01));
        let keywords = [(0, "l1"), (1, "l2")].map(|(at, name)| (name.into(), given(at, name)));
        Args { positional: Vec::new(), keywords: keywords.to_vec() }
    };
    interp.call_method(&object, "__init__", args)?;
    Ok(object)
}

/// Methods of `keras.initializers.Initializer`.
pub(crate) static INITIALIZER_METHODS: &[Native] = &[native("__call__", initialize), native("clone", clone)];
/// Methods of `keras.regularizers.Regularizer`.
pub(crate) static REGULARIZER_METHODS: &[Native] = &[native("__call__", regularize)];
/// Methods of `keras.constraints.Constraint`.
pub(crate) static CONSTRAINT_METHODS: &[Native] = &[native("__call__", constrain)];

/// Keras 3's `initializer.clone()`: another of the same config.
fn clone(interp: &mut Interp<'_>, args: Args) -> Eval {
    let Some(object @ Value::Instance(id)) = args.positional.first().cloned() else { return Ok(Value::None) };
    if interp.keras == ops::Keras::Two {
        let text = format!("'{}' object has no attribute 'clone'", interp.class_name(id));
        return Err(interp.raise(Exc::AttributeError, text));
    }
    let config = interp.call_method(&object, "get_config", Args::default())?.unwrap_or(Value::None);
    let class = interp.find_attr(&object, "__class__")?.unwrap_or(Value::None);
    let made = interp.call_method(&class, "from_config", Args::of([config]))?;
    Ok(made.unwrap_or(Value::None))
}

/// `initializer(shape, dtype=None)`: a tensor of the shape.
fn initialize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    if &*state.path == "keras.initializers.Initializer" {
        let text = "Initializer subclasses must implement the `__call__()` method.";
        return Err(interp.raise(Exc::NotImplementedError, text));
    }
    interp.check_initializer_call(&state.path, &args)?;
    let shape = args.get(0, "shape").cloned().unwrap_or(Value::None);
    let Some(dims) = interp.dims_of(&shape) else {
        return Ok(interp.unknown("an initial value of a shape that is not known"));
    };
    let fans = ["Glorot", "He", "Lecun", "VarianceScaling"];
    if let Value::Int(_) = shape
        && state.path.rsplit('.').next().is_some_and(|class| fans.iter().any(|name| class.starts_with(name)))
    {
        // `compute_fans` goes through the sizes.
        let text = match interp.keras {
            ops::Keras::Two => "object of type 'int' has no len()",
            ops::Keras::Three => "'int' object is not iterable",
        };
        return Err(interp.raise(Exc::TypeError, text));
    }
    let filled = matches!(state.path.rsplit('.').next(), Some("Zeros" | "Ones"));
    let none = |d: &tensor::Dim| matches!(d, tensor::Dim::Symbol(_));
    if filled && dims.iter().any(none) && dims.iter().any(|d| d.is_known()) {
        let text = "Can't convert Python sequence with mixed types to Tensor.";
        return Err(interp.raise(Exc::ValueError, text));
    }
    let answer = keras::initializers::check_shape(&state.path, &dims);
    if interp.settle(answer, "initializer", Vec::new)?.is_err() {
        return Ok(interp.unknown("an initial value that is not known"));
    }
    let dtype = match args.get(1, "dtype").filter(|d| !d.is_none()).cloned() {
        Some(dtype) => {
            interp.refuse_dtype_name(&dtype)?;
            interp.dtype_of(&dtype)
        }
        None => Some(DType::Float32),
    };
    if dtype == Some(DType::String) && interp.keras == ops::Keras::Two {
        let constant = matches!(state.path.rsplit('.').next(), Some("Zeros" | "Ones"));
        let wanted = if constant { "numeric or boolean dtype" } else { "floating point type" };
        let text = format!("Expected {wanted}, got <dtype: 'string'>.");
        return Err(interp.raise(Exc::ValueError, text));
    }
    if dtype == Some(DType::String) && state.path.ends_with(".Ones") {
        return Err(interp.raise(Exc::TypeError, "Cannot convert 1 to EagerTensor of dtype string"));
    }
    let class = state.path.rsplit('.').next().unwrap_or_default();
    if let Some(dtype) = dtype.filter(|dtype| *dtype != DType::String) {
        let settings = keras::Bound { keras: interp.keras, class, args: &state.args };
        let answer = keras::initializers::check_number(&state.path, &settings, &dims, dtype);
        if interp.settle(answer, "initializer", Vec::new)?.is_err() {
            return Ok(interp.unknown("an initial value that is not known"));
        }
    }
    if let Some(text) = text_for_number(&state) {
        let text = format!("Cannot convert '{text}' to EagerTensor of dtype float");
        return Err(interp.raise(Exc::TypeError, text));
    }
    let filled = ["Zeros", "Ones", "Constant"].contains(&class);
    if let Some(size) = dims.iter().filter_map(|d| d.known()).find(|n| *n < 0).filter(|_| filled) {
        let text = ops::spec::on_values("Fill", &format!("Dimension {size} must be >= 0"));
        return Err(interp.raise(Exc::InvalidArgumentError, text));
    }
    if let (ops::Keras::Two, Some(whole), Some((_, ops::Arg::Float(number)))) = (
        interp.keras,
        dtype.filter(|d| d.is_integer() || *d == DType::Bool),
        state.args.iter().find(|(name, _)| class == "Constant" && &**name == "value"),
    ) {
        // `tf.constant(0.5, dtype="int32")`
        let text = format!("Cannot convert {number:?} to EagerTensor of dtype {}", whole.name());
        return Err(interp.raise(Exc::TypeError, text));
    }
    if class == "Constant" && !dims.is_empty() {
        interp.refuse_constant(&state, &dims)?;
    }
    if draws_otherwise(&state, &dims) {
        return Ok(interp.unknown("an initial value that an odd argument decides"));
    }
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

/// A text that stands where an initializer makes a tensor of a number.
fn text_for_number(state: &super::config::ConfigState) -> Option<&str> {
    state.args.iter().find_map(|(name, arg)| match arg {
        ops::Arg::Str(text) if matches!(&**name, "mean" | "stddev" | "minval" | "maxval" | "gain") => {
            Some(&**text)
        }
        _ => None,
    })
}

/// Whether an initializer's answer hangs on more than its shape: texts for numbers, integers drawn, arrays filled in.
fn draws_otherwise(state: &super::config::ConfigState, dims: &[tensor::Dim]) -> bool {
    let odd = |(name, arg): &(std::rc::Rc<str>, ops::Arg)| match &**name {
        "mean" | "stddev" | "minval" | "maxval" | "gain" | "scale" => matches!(arg, ops::Arg::Str(_)),
        // A list of as many numbers fills a vector.
        "value" => match arg {
            ops::Arg::List(items) | ops::Arg::Tuple(items) => {
                let number = |arg: &ops::Arg| matches!(arg, ops::Arg::Int(_) | ops::Arg::Float(_));
                !items.iter().all(number) || dims != [tensor::Dim::Known(items.len() as i64)]
            }
            ops::Arg::Tensor(given) => given.spec.shape != Shape::new(dims.to_vec()),
            _ => !matches!(arg, ops::Arg::Int(_) | ops::Arg::Float(_) | ops::Arg::Bool(_) | ops::Arg::None),
        },
        _ => false,
    };
    state.path.ends_with(".STFT")
        || state.args.iter().any(odd)
        || dims.iter().any(|d| d.known().is_some_and(|n| n < 0))
}

impl Interp<'_> {
    /// What `tf.nn.l2_loss` says of integers.
    fn refuse_whole_weights(&mut self, dtype: DType) -> crate::raise::Halt {
        let name = dtype.name();
        if self.graph_depth > 0 {
            let text = format!(
                "Value passed to parameter 't' has DataType {name} not in list of allowed values: float16, bfloat16, \
                 float32, float64"
            );
            return self.raise(Exc::TypeError, text);
        }
        let text = format!(
            "Value for attr 'T' of {name} is not in the list of allowed values: half, bfloat16, float, double\n\t; NodeDef: \
             {{{{node L2Loss}}}}; Op<name=L2Loss; signature=t:T -> output:T; \
             attr=T:type,allowed=[DT_HALF, DT_BFLOAT16, DT_FLOAT, DT_DOUBLE]> [Op:L2Loss]"
        );
        self.raise(Exc::InvalidArgumentError, text)
    }

    /// Refuses a list of numbers that does not fill a shape: Keras 3 broadcasts it, Keras 2 counts it.
    ///
    /// source: keras/src/initializers/constant_initializers.py, tensorflow/python/framework/constant_op.py
    fn refuse_constant(&mut self, state: &super::config::ConfigState, dims: &[tensor::Dim]) -> Eval<()> {
        let given = state.args.iter().find(|(name, _)| &**name == "value").map(|(_, arg)| arg.clone());
        let Some(given) = given.filter(|arg| arg.items().is_some()) else { return Ok(()) };
        let given = self.value_of(&given);
        let shape = Shape::new(dims.to_vec());
        let (Some(own), Some(wanted)) = (self.plain_spec(&given, 0), shape.all_known()) else {
            return Ok(());
        };
        let Some(have) = own.shape.all_known() else { return Ok(()) };
        if self.keras == ops::Keras::Three && ops::spec::fold::broadcast(&have, &wanted).is_none() {
            let text = format!("Incompatible shapes: {} vs. {}", own.shape.bracketed(), shape.bracketed());
            let text = format!("{} name:", ops::spec::on_values("Mul", &text));
            return Err(self.raise(Exc::InvalidArgumentError, text));
        }
        let (count, all): (i64, i64) = (have.iter().product(), wanted.iter().product());
        if self.keras == ops::Keras::Two && count != all && count != 1 && self.graph_depth > 0 {
            let text = format!("Expected Tensor's shape: {}, but got {}.", shape.tuple(), own.shape.tuple());
            return Err(self.raise(Exc::TypeError, text));
        }
        if self.keras == ops::Keras::Two && count != all && count != 1 {
            let items = self.display(&given)?.unwrap_or_default();
            let shown = items.replace(',', "").replace(".0", ".");
            let text = format!(
                "Eager execution of tf.constant with unsupported shape. Tensor {shown} (converted from {items}) has {count} \
                 elements, but got `shape` {} with {all} elements).",
                shape.tuple()
            );
            return Err(self.raise(Exc::TypeError, text));
        }
        Ok(())
    }

    /// Refuses a dtype by a name that neither profile knows.
    fn refuse_dtype_name(&mut self, dtype: &Value) -> Eval<()> {
        let Value::Str(name) = dtype else { return Ok(()) };
        if DType::parse(name).is_some() || !name.chars().all(|c| c.is_ascii_alphabetic()) {
            return Ok(());
        }
        if matches!(&**name, "float" | "int" | "half" | "double" | "str" | "resource" | "variant") {
            return Ok(());
        }
        let (class, text) = match self.keras {
            ops::Keras::Two => (
                Exc::TypeError,
                format!("Cannot convert the argument `type_value`: '{name}' to a TensorFlow DType."),
            ),
            ops::Keras::Three => (Exc::ValueError, format!("Invalid dtype: {name}")),
        };
        Err(self.raise(class, text))
    }

    /// Binds an initializer's call to the recorded signature.
    fn check_initializer_call(&mut self, path: &str, args: &Args) -> Eval<()> {
        let profile = crate::value::profile(self.keras);
        let names::Existence::Exists(call) = names::class_member(profile, path, "__call__") else {
            return Ok(());
        };
        let Some(signature) = python::parse_signature(call.signature) else { return Ok(()) };
        let class = path.rsplit('.').next().unwrap_or(path);
        let placed = args.clone().with_self(Value::None);
        if let Err(error) =
            python::bind(&signature, &format!("{class}.__call__"), &placed.positional, &placed.keywords)
        {
            return Err(self.raise(Exc::TypeError, error.to_string()));
        }
        let known = |name: &str| {
            signature.params.iter().any(|p| &*p.name == name)
                || matches!(name, "partition_shape" | "partition_offset" | "layout")
        };
        let strange: Vec<String> =
            args.keywords.iter().filter(|(n, _)| !known(n)).map(|(n, _)| format!("'{n}'")).collect();
        if self.keras == ops::Keras::Two && !strange.is_empty() {
            let text = format!(
                "Unknown keyword arguments: [{}]. Allowed keyword arguments: ['partition_shape', 'partition_offset', \
                 'layout'].",
                strange.join(", ")
            );
            return Err(self.raise(Exc::TypeError, text));
        }
        Ok(())
    }
}

/// `regularizer(w)`: a scalar.
fn regularize(interp: &mut Interp<'_>, mut args: Args) -> Eval {
    let Some(id) = split_self(&mut args) else { return Ok(Value::None) };
    let state = interp.config(id).cloned().unwrap_or_default();
    if &*state.path == "keras.regularizers.Regularizer" {
        return Ok(Value::Float(0.0));
    }
    let x = args.get(0, "x").or_else(|| args.keyword("inputs")).cloned().unwrap_or(Value::None);
    let Value::Tensor(node) = x else { return Ok(interp.unknown("a penalty of what is no tensor")) };
    let spec = interp.trace.node(node).spec.clone();
    let orthogonal = &*state.path == "keras.regularizers.OrthogonalRegularizer";
    if orthogonal && spec.shape.rank().is_some_and(|rank| rank != 2) {
        let is = if interp.keras == ops::Keras::Two { " == " } else { "=" };
        let text = format!(
            "Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape{is}{}",
            spec.shape.tuple()
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    if interp.computes() && interp.trace.node(node).kind != TensorKind::Keras {
        return called(interp, id, &x);
    }
    if &*state.path == "keras.regularizers.L1L2"
        && interp.keras == ops::Keras::Two
        && let Some(dtype) = spec.dtype.filter(|d| d.is_integer())
    {
        // The sum begins with a constant of the weight's dtype.
        let text = format!("Expected {}, but got 0.0 of type 'float'.", dtype.name());
        return Err(interp.raise(Exc::TypeError, text));
    }
    if &*state.path == "keras.regularizers.L2"
        && interp.keras == ops::Keras::Two
        && let Some(dtype) = spec.dtype.filter(|d| d.is_integer())
    {
        return Err(interp.refuse_whole_weights(dtype));
    }
    if interp.trace.node(node).kind == TensorKind::Keras && !orthogonal {
        return called(interp, id, &x);
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
    let mut w = args.get(0, "w").cloned().unwrap_or(Value::None);
    let positive = state.path.ends_with(".NonNeg");
    if positive && matches!(w, Value::List(_) | Value::Tuple(_)) {
        w = interp.call_api(&"tf.convert_to_tensor".into(), Args::of([w]))?;
    }
    let Value::Tensor(node) = w else { return Ok(interp.unknown("a constraint of what is no tensor")) };
    if interp.trace.node(node).kind == TensorKind::Keras {
        return Ok(interp.unknown("a constraint of a symbolic tensor"));
    }
    if positive && interp.keras == ops::Keras::Two && interp.trace.node(node).kind == TensorKind::Eager {
        let integer = interp.trace.node(node).spec.dtype.filter(|d| d.is_integer());
        if let Some(dtype) = integer {
            let text = format!("Cannot convert 0.0 to EagerTensor of dtype {}", dtype.name());
            return Err(interp.raise(Exc::TypeError, text));
        }
    }
    let shape = &interp.trace.node(node).spec.shape;
    if state.path.ends_with(".RadialConstraint") && shape.rank().is_some_and(|rank| rank != 4) {
        let text = format!(
            "The weight tensor must have rank 4. Received weight tensor with shape: {}",
            shape.tuple()
        );
        return Err(interp.raise(Exc::ValueError, text));
    }
    let bound = |name: &str| matches!(name, "max_value" | "min_value" | "rate");
    let text = state.args.iter().find_map(|(name, arg)| match arg {
        ops::Arg::Str(text) if bound(name) => Some(text),
        _ => None,
    });
    if let (TensorKind::Eager, Some(text)) = (interp.trace.node(node).kind, text) {
        let text = format!("Cannot convert '{text}' to EagerTensor of dtype float");
        return Err(interp.raise(Exc::TypeError, text));
    }
    let floats = interp.trace.node(node).spec.dtype.is_none_or(|d| d.is_floating());
    if interp.computes() || !floats {
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
