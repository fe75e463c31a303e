//! Values and exceptions in the form of recorded facts.

use interp::Interp;
use interp::heap::ObjId;
use interp::record::Outcome;
use interp::value::{Plain, Value};
use ops::{FromArg, Operand, TensorKind};
use serde_json::{Value as Json, json};
use tensor::{Dim, Shape, TensorSpec};

/// `{"outputs": …}`, or `{"unknown": why}` where a part is not known.
pub(super) fn outputs(interp: &mut Interp<'_>, value: &Value) -> Json {
    answer(spec_of(interp, value, Form::Plain))
}

/// The same with the elements of small tensors, unless they are drawn.
pub(super) fn values(interp: &mut Interp<'_>, value: &Value, drawn: bool) -> Json {
    if without_sum(interp, value) {
        // The sum of the floats, of which gradients are asked, is a dense tensor's.
        let core = "Attempt to convert a value (...) with an unsupported type to a Tensor.";
        return json!({"exception": "ValueError", "core": core});
    }
    answer(spec_of(interp, value, if drawn { Form::Plain } else { Form::Values }))
}

/// Tells whether sparse tensors or specs of floats are among the outputs.
fn without_sum(interp: &mut Interp<'_>, value: &Value) -> bool {
    let parts = match value {
        Value::Tuple(list) => list.to_vec(),
        Value::List(id) => interp.heap.list(*id).cloned().unwrap_or_default().to_vec(),
        Value::Instance(_) => {
            let floats =
                matches!(interp.find_attr(value, "dtype"), Ok(Some(Value::DType(d, _))) if d.is_floating());
            return floats && matches!(&*interp.type_name(value), "SparseTensor" | "TensorSpec");
        }
        _ => return false,
    };
    parts.iter().any(|part| without_sum(interp, part))
}

/// What is told of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// What a traced function returns.
    Traced,
    /// Shapes and dtypes.
    Plain,
    /// The elements of small tensors too.
    Values,
}

/// The same for a traced function, which turns plain Python values into tensors.
pub(super) fn traced(interp: &mut Interp<'_>, value: &Value) -> Json {
    let class = match value {
        Value::DType(..) => "DType".to_owned(),
        Value::Tensor(id) if interp.trace.node(*id).kind == TensorKind::Keras => "KerasTensor".to_owned(),
        // A shape that is known altogether converts to a vector.
        Value::Shape(shape) if shape.all_known().is_none() => "TensorShape".to_owned(),
        Value::Function(_) => "function".to_owned(),
        // A composite: it is returned as it is.
        Value::Instance(_)
            if composite(interp, value).is_some() || interp.type_name(value).ends_with("Dataset") =>
        {
            return answer(spec_of(interp, value, Form::Plain));
        }
        // So is the array that a traced loop writes to.
        Value::Instance(_) if &*interp.type_name(value) == "TensorArray" => {
            return json!({"outputs": {"python": "TensorArray"}});
        }
        Value::Instance(_) => interp.type_name(value).to_string(),
        _ => return answer(spec_of(interp, value, Form::Traced)),
    };
    json!({
        "exception": "TypeError",
        "core": format!(
            "To be compatible with tf.function, Python functions must return zero or more Tensors or ExtensionTypes \
             or None values; in compilation of <function <lambda>>, found return value of type {class}, which is not \
             a Tensor or ExtensionType."
        ),
    })
}

fn answer(spec: Result<Json, String>) -> Json {
    match spec {
        Ok(spec) => json!({"outputs": spec}),
        Err(why) => json!({"unknown": why}),
    }
}

fn tensor_json(spec: &TensorSpec) -> Result<Json, String> {
    let dtype = spec.dtype.ok_or("a dtype is not known")?;
    let shape = match spec.shape.dims() {
        Some(dims) => json!(dims.iter().map(|d| d.known()).collect::<Vec<_>>()),
        None => json!("unknown rank"),
    };
    Ok(json!({"shape": shape, "dtype": dtype.name()}))
}

fn spec_of(interp: &mut Interp<'_>, value: &Value, form: Form) -> Result<Json, String> {
    let items = |interp: &mut Interp<'_>, items: &[Value]| -> Result<Json, String> {
        items.iter().map(|v| spec_of(interp, v, form)).collect::<Result<Vec<_>, _>>().map(Json::from)
    };
    if let Some(spec) = composite(interp, value) {
        let ragged = &*interp.type_name(value) == "RaggedTensor";
        if form == Form::Values && !ragged && spec.shape.all_known().is_none() {
            return Err("a shape that the elements decide".to_owned());
        }
        return tensor_json(&spec);
    }
    if let Some(spec) = specification(interp, value) {
        return Ok(spec);
    }
    match value {
        Value::Tensor(id) => {
            let spec = interp.trace.node(*id).spec.clone();
            // What is there has a size; the model lacks it where the elements decide.
            let there = !matches!(interp.trace.node(*id).kind, TensorKind::Keras | TensorKind::Graph);
            if (form == Form::Values || there) && spec.shape.all_known().is_none() {
                return Err("a shape that the elements decide".to_owned());
            }
            let mut json = tensor_json(&spec)?;
            if let Some(name) = text_dtype(interp, *id) {
                json["dtype"] = json!(name?);
            }
            if form == Form::Values
                && let Some(values) = super::numbers::values(interp, *id, &spec)?
            {
                json["values"] = values;
            }
            Ok(json)
        }
        Value::Tuple(list) => items(interp, list),
        Value::List(id) => match interp.heap.list(*id).cloned() {
            Some(list) => items(interp, &list),
            None => Err("a list is not known".to_owned()),
        },
        Value::Dict(_) => {
            let pairs = interp.pairs_of(value).ok_or("a dict is not known")?;
            let mut object = serde_json::Map::new();
            for (key, value) in pairs {
                let key = interp.display(&key).ok().flatten().unwrap_or_default();
                object.insert(key, spec_of(interp, &value, form)?);
            }
            Ok(Json::Object(object))
        }
        Value::Unknown(reason) => Err(reason.text().to_owned()),
        Value::None => Ok(json!({"python": null})),
        Value::Any(Plain::Str) if form == Form::Traced => Ok(json!({"shape": [], "dtype": "string"})),
        // A shape without sizes is a vector of none, of integers as others are.
        Value::Shape(shape) if form == Form::Traced && shape.rank() == Some(0) => {
            Ok(json!({"shape": [0], "dtype": "int32"}))
        }
        _ if form == Form::Traced => {
            let arg = interp.arg(value);
            let operand = Operand::from_arg(&arg).map_err(|_| "a value that is no tensor".to_owned())?;
            tensor_json(&operand.spec)
        }
        Value::Bool(b) => Ok(json!({"python": b})),
        Value::Int(n) => Ok(json!({"python": n})),
        Value::Float(x) => Ok(json!({"python": x})),
        Value::Str(s) => Ok(json!({"python": &**s})),
        Value::Dim(Dim::Symbol(_)) => Ok(json!({"python": null})),
        Value::Any(Plain::Bool | Plain::Int | Plain::Float | Plain::Str) | Value::Dim(_) => {
            Err("a value that is not known".to_owned())
        }
        Value::DType(..) => Ok(json!({"python": "DType"})),
        other => {
            let name = interp.type_name(other);
            Ok(json!({"python": &*name}))
        }
    }
}

/// The dtype of a text that is a scalar of NumPy's, which has its length: `str32`.
fn text_dtype(interp: &Interp<'_>, id: graph::NodeId) -> Option<Result<String, String>> {
    let node = interp.trace.node(id);
    let scalar = node.kind == TensorKind::Numpy && node.spec.shape.rank() == Some(0);
    if !scalar || node.spec.dtype != Some(tensor::DType::String) {
        return None;
    }
    Some(match &node.content {
        tensor::Content::Array(array) => match &array.data {
            tensor::Data::Str(words) => {
                Ok(format!("str{}", 32 * words.first().map_or(0, |word| word.chars().count())))
            }
            _ => Err("a text that is not known".to_owned()),
        },
        _ => Err("a text that is not known".to_owned()),
    })
}

/// An object that has a dtype and a shape of its own: an `InputSpec`, which may leave the shape open, a `TensorSpec`.
fn specification(interp: &mut Interp<'_>, value: &Value) -> Option<Json> {
    if !matches!(&*interp.type_name(value), "InputSpec" | "TensorSpec") {
        return None;
    }
    let dtype = match interp.find_attr(value, "dtype").ok().flatten()? {
        Value::Str(name) => name.to_string(),
        Value::None => "None".to_owned(),
        Value::DType(dtype, _) => dtype.name().to_owned(),
        _ => return None,
    };
    let shape = match interp.find_attr(value, "shape").ok().flatten()? {
        Value::None => json!("unknown rank"),
        Value::Shape(shape) => json!(shape.dims()?.iter().map(|d| d.known()).collect::<Vec<_>>()),
        Value::Tuple(sizes) => {
            sizes.iter().map(|size| size.as_int().map_or(Json::Null, Json::from)).collect()
        }
        _ => return None,
    };
    Some(json!({"shape": shape, "dtype": dtype}))
}

/// The spec of a composite tensor, whose class says how it is put together as TensorFlow's do.
fn composite(interp: &mut Interp<'_>, value: &Value) -> Option<TensorSpec> {
    if !matches!(value, Value::Instance(_)) {
        return None;
    }
    interp.find_attr(value, "_type_spec").ok().flatten().filter(|spec| !spec.is_unknown())?;
    let shape = match interp.find_attr(value, "shape").ok().flatten()? {
        Value::Shape(shape) => shape,
        _ => Shape::UNKNOWN,
    };
    match interp.find_attr(value, "dtype").ok().flatten()? {
        Value::DType(dtype, _) => Some(TensorSpec::new(shape, dtype)),
        _ => Some(TensorSpec::new(shape, None)),
    }
}

/// `{"exception", "core"}` of an exception.
pub(super) fn exception(interp: &Interp<'_>, id: ObjId) -> Json {
    let core = interp.exception(id).map(|s| s.core.to_string()).unwrap_or_default();
    let core: String = core.chars().take(300).collect();
    json!({"exception": &*interp.exception_name(id), "core": core})
}

/// What became of a script that did not reach its answer.
pub(super) fn failure(interp: &Interp<'_>) -> Json {
    match &interp.record.outcome {
        Outcome::Raises(raised) => {
            let core: String = raised.core.chars().take(300).collect();
            json!({"exception": raised.exception, "core": core})
        }
        Outcome::Unknown { why, .. } => json!({"unknown": why}),
        Outcome::Ok { .. } => json!({"unknown": "the script ended without an answer"}),
    }
}
