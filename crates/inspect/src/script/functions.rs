//! Functions in a script, and the names that they find.

use bytecode::{Loaded, Object, Version};
use checker::Keras;
use formats::{Json, Stored};

use super::{Origin, Stop, View, Writer};
use crate::function::Function;
use crate::literal::{literal, quoted};

/// What Keras 3's module with the function loader has among its names.
const KERAS_3_SUPPLIES: &[&str] = &["binascii", "codecs", "marshal", "os", "python_types"];
/// Functions of that module.
const KERAS_3_OWN: &[&str] = &[
    "default",
    "func_dump",
    "func_load",
    "is_continuous_axis",
    "is_default",
    "pythonify_logs",
    "remove_by_id",
    "remove_long_seq",
    "removeprefix",
    "removesuffix",
    "to_list",
];
/// What tf_keras' module of the Lambda layer has among its names.
const TF_KERAS_SUPPLIES: &[&str] = &["np", "python_types", "sys", "textwrap", "tf", "warnings"];
/// Functions and classes of that module.
const TF_KERAS_OWN: &[&str] = &[
    "Lambda",
    "Layer",
    "generic_utils",
    "keras_export",
    "serialization_lib",
    "tf_inspect",
    "tf_logging",
    "tf_utils",
];

/// Tells whether a loader supplies a name.
pub(crate) fn supplied(name: &str, keras: Keras) -> bool {
    match keras {
        Keras::Three => KERAS_3_SUPPLIES.contains(&name) || KERAS_3_OWN.contains(&name),
        Keras::Two => TF_KERAS_SUPPLIES.contains(&name) || TF_KERAS_OWN.contains(&name),
    }
}

/// Returns the line that makes a global name known to the functions; nothing for one that a loader lacks.
pub(super) fn global(name: &str, view: View) -> Option<String> {
    if view.loads() && !supplied(name, view.keras()) {
        return None;
    }
    let module = match name {
        "tf" => "tensorflow",
        "np" => "numpy",
        "python_types" => "types",
        // Under Keras 3 only this one has the functions of the old backend.
        "K" => "tensorflow.keras.backend",
        "ops" => "keras.ops",
        "layers" => "keras.layers",
        "keras" | "numpy" | "tensorflow" => return None,
        "os" | "sys" | "math" | "codecs" | "binascii" | "marshal" | "warnings" | "textwrap" | "random"
        | "functools" | "itertools" | "operator" | "types" | "re" | "json" | "collections" | "copy"
        | "time" | "string" => name,
        // Anything else is the author's own, of which nothing is known.
        _ => return Some(format!("from training_script import {name}")),
    };
    Some(if module == name { format!("import {name}") } else { format!("import {module} as {name}") })
}

impl Writer<'_> {
    /// Defines a stored function before the layer that uses it, once, and returns its name.
    pub(super) fn function(&mut self, stored: &Stored, hint: &str) -> Result<String, Stop> {
        let Some(index) = self.functions.iter().position(|f| f.stored.stored == *stored) else {
            return Err(Stop::Unknown("a function that was not found".to_owned()));
        };
        if let Some(name) = self.defined.get(&index) {
            return Ok(name.clone());
        }
        let function = &self.functions[index];
        if let View::Loader { keras, safe, python, .. } = self.view {
            unmarshal(function, keras, safe, python)?;
        }
        let (Some(source), true) = (&function.source, function.complete) else {
            if self.view.loads() {
                return Err(Stop::Unknown(format!("the code of `{hint}` could not be turned into source")));
            }
            let name = self.variable(hint);
            self.line(format!("from training_script import {name}"));
            return Ok(name);
        };
        let name = self.define(function, source, index, hint);
        self.defined.insert(index, name.clone());
        Ok(name)
    }

    fn define(&mut self, function: &Function, source: &str, index: usize, hint: &str) -> String {
        let origin = Some(Origin::Function(index));
        let free = !function.closure.is_empty();
        let (name, body) = if function.is_lambda() {
            let name = self.variable(hint);
            let text = source.trim();
            let line = if free { format!("return {text}") } else { format!("{name} = {text}") };
            (name, line)
        } else {
            let name = self.variable(&function.name);
            let own = source.trim_end();
            // A second `def` of one name must not replace the first.
            let text = if name == function.name {
                own.to_owned()
            } else {
                own.replacen(&format!("def {}(", function.name), &format!("def {name}("), 1)
            };
            let text = if free { format!("{text}\nreturn {name}") } else { text };
            (name, text)
        };
        if !free {
            self.lines.extend(body.lines().map(|line| (line.to_owned(), origin.clone())));
            return name;
        }
        let maker = self.variable(&format!("make_{name}"));
        let names: Vec<&str> = function.closure.iter().map(|(name, _)| name.as_str()).collect();
        self.lines.push((format!("def {maker}({}):", names.join(", ")), origin.clone()));
        self.lines.extend(body.lines().map(|line| (format!("    {line}"), origin.clone())));
        let values: Vec<String> = self.closure_values(function);
        self.lines.push((format!("{name} = {maker}({})", values.join(", ")), origin));
        name
    }

    fn closure_values(&self, function: &Function) -> Vec<String> {
        let Stored::Code { closure, .. } = &function.stored.stored else { return Vec::new() };
        let loads = self.view.loads();
        let value = |(at, (_, text)): (usize, &(String, Option<String>))| match closure.items().get(at) {
            // No Keras turns arrays and functions in a closure back: they stay dictionaries.
            Some(value) if loads && value.text("class_name").is_some() => left_alone(value),
            Some(value) if loads && self.view.keras() == Keras::Three => literal(value),
            _ => text.clone().unwrap_or_else(|| "None".to_owned()),
        };
        function.closure.iter().enumerate().map(value).collect()
    }
}

/// A dictionary that a loader should have turned into an object. It computes as little as a text does, of which the
/// checker knows it.
pub(super) fn left_alone(value: &Json) -> String {
    quoted(&literal(value))
}

/// What happens until there is a function object: safe mode, `marshal.loads`, `FunctionType`.
fn unmarshal(function: &Function, keras: Keras, safe: bool, python: Version) -> Result<(), Stop> {
    let Stored::Code { defaults, closure, .. } = &function.stored.stored else { return Ok(()) };
    if safe {
        return Err(refused(keras, function));
    }
    let value = match bytecode::loads(&function.bytes, python) {
        Loaded::Object(value) => value,
        loaded => {
            let why = match function.versions.is_empty() {
                true => "what is stored for the function is not the bytecode of any Python".to_owned(),
                false => format!(
                    "the function is bytecode of Python {}, which Python {python} cannot read",
                    function.versions
                ),
            };
            return Err(match loaded {
                Loaded::Raises { exception, message } => Stop::raises(exception, message, why),
                _ => Stop::Unknown(why),
            });
        }
    };
    let Object::Code(code) = value else {
        let message = format!("'{}' object has no attribute 'co_name'", type_name(&value));
        return Err(Stop::raises("AttributeError", message, "what is stored for the function is no code"));
    };
    // Keras 3 hands a `Lambda`'s defaults on as the list that JSON has.
    let in_parts = matches!(function.stored.slot.as_str(), "function" | "output_shape");
    if keras == Keras::Three && in_parts && matches!(defaults, Json::List(_)) {
        let why = "Keras 3 does not turn the defaults of a Lambda's function back into a tuple";
        return Err(Stop::raises("TypeError", "arg 4 (defaults) must be None or tuple", why));
    }
    let (expected, found) = (code.freevars.len(), closure.items().len());
    if expected != found {
        let (exception, message) = if closure.is_null() {
            ("TypeError", "arg 5 (closure) must be tuple".to_owned())
        } else {
            ("ValueError", format!("{} requires closure of length {expected}, not {found}", code.name))
        };
        return Err(Stop::raises(
            exception,
            message,
            "the file has not the values of the function's free variables",
        ));
    }
    if !function.versions.contains(python) && !reads_alike(&code, function, python) {
        return Err(Stop::Unknown(format!(
            "the function is bytecode of Python {}: Python {python} takes it, but its instructions mean something \
             else there, which ends in SystemError, in a crash of the process, or in wrong results",
            function.versions
        )));
    }
    Ok(())
}

/// Tells whether all instructions mean the same in the Python that compiled the code and the one that runs it.
fn reads_alike(code: &bytecode::Code, function: &Function, python: Version) -> bool {
    let Some(written) = function.versions.iter().next_back() else { return false };
    code.all().iter().all(|code| {
        match (bytecode::instructions(code, written), bytecode::instructions(code, python)) {
            (Ok(a), Ok(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(&b)
                        .all(|(a, b)| a.opcode.name == b.opcode.name && a.arg == b.arg && a.end == b.end)
            }
            _ => false,
        }
    })
}

fn type_name(value: &Object) -> &'static str {
    match value {
        Object::None => "NoneType",
        Object::Bool(_) => "bool",
        Object::Ellipsis => "ellipsis",
        Object::StopIteration => "type",
        Object::Int(_) => "int",
        Object::Float(_) => "float",
        Object::Complex(..) => "complex",
        Object::Str(_) | Object::Surrogates(_) => "str",
        Object::Bytes(_) => "bytes",
        Object::Tuple(_) => "tuple",
        Object::List(_) => "list",
        Object::Set(_) => "set",
        Object::FrozenSet(_) => "frozenset",
        Object::Dict(_) => "dict",
        Object::Slice(_) => "slice",
        Object::Code(_) => "code",
    }
}

/// Safe mode's answer of Keras 3 to a Lambda.
pub(super) fn refused_lambda(slot: &str, place: &str) -> Stop {
    let message = "Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. This carries a \
         potential risk of arbitrary code execution and thus it is disallowed by default. If you trust the source \
         of the artifact, you can override this error by passing `safe_mode=False` to the loading function, or \
         calling `keras.config.enable_unsafe_deserialization().";
    Stop::raises(
        "ValueError",
        message,
        format!("safe mode refuses the bytecode in `{slot}` of layer '{place}'"),
    )
}

fn refused(keras: Keras, function: &Function) -> Stop {
    let (slot, place) = (&function.stored.slot, &function.stored.place);
    let message = match keras {
        Keras::Three if matches!(slot.as_str(), "function" | "output_shape") => {
            return refused_lambda(slot, place);
        }
        Keras::Three => {
            "Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code \
             execution and thus it is disallowed by default. If you trust the source of the artifact, you can override \
             this error by passing `safe_mode=False` to the loading function, or calling \
             `keras.config.enable_unsafe_deserialization()."
        }
        Keras::Two => {
            "Requested the deserialization of a Lambda layer with a Python `lambda` inside it. This carries a potential \
             risk of arbitrary code execution and thus it is disallowed by default. If you trust the source of the saved \
             model, you can pass `safe_mode=False` to the loading function in order to allow Lambda layer loading."
        }
    };
    Stop::raises(
        "ValueError",
        message,
        format!("safe mode refuses the bytecode in `{slot}` of layer '{place}'"),
    )
}
