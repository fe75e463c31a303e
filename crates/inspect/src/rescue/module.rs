//! The module: each function as a `def` that is registered under its name.

use std::collections::BTreeSet;

use python::ast::{Expr, Stmt};
use python::{Ranged, span};

use crate::function::Function;
use crate::literal::quoted;
use crate::script::python_word;

/// The text of a module and the names in it.
pub(super) struct Written {
    pub(super) text: String,
    /// For each function its name in the module; nothing for one that the file only names.
    pub(super) names: Vec<Option<String>>,
}

/// Returns the line that imports a global name, for names whose meaning everybody agrees on.
pub(super) fn import(name: &str) -> Option<String> {
    Some(match name {
        "keras" | "numpy" | "tensorflow" | "math" | "os" | "sys" | "random" | "functools" | "itertools"
        | "operator" | "re" | "json" | "collections" | "copy" | "time" | "string" | "codecs" | "binascii"
        | "warnings" | "textwrap" => {
            format!("import {name}")
        }
        "tf" => "import tensorflow as tf".to_owned(),
        "np" => "import numpy as np".to_owned(),
        "ops" | "layers" => format!("from keras import {name}"),
        // Keras 3 has the functions of the old backend only there.
        "K" => "from tensorflow.keras import backend as K".to_owned(),
        "python_types" => "import types as python_types".to_owned(),
        _ => return None,
    })
}

/// Writes the module.
pub(super) fn write(functions: &[Function], module: &str, file: &str) -> Written {
    let mut imports: BTreeSet<String> = BTreeSet::from(["import keras".to_owned()]);
    let mut names: Vec<Option<String>> = Vec::new();
    let mut bodies = Vec::new();
    let mut taken = BTreeSet::new();
    for function in functions {
        let (true, Some(source)) = (function.has_code(), &function.source) else {
            names.push(None);
            continue;
        };
        imports
            .extend(function.globals.iter().chain(&function.closure_globals).filter_map(|name| import(name)));
        if function.closure.iter().any(|(_, value)| value.as_ref().is_some_and(|v| v.contains("numpy."))) {
            imports.insert("import numpy".to_owned());
        }
        let name = free_name(function, &mut taken);
        let definition = definition(source, &name);
        bodies.push(registered(function, &name, &definition, module));
        names.push(Some(name));
    }
    let masks =
        functions.iter().any(|f| f.has_code() && f.stored.slot == "mask" && f.stored.class == "Lambda");
    if masks {
        bodies.push(MASKED.replace("MODULE", module));
    }
    let imports = imports.into_iter().collect::<Vec<_>>().join("\n");
    let text = format!(
        "\"\"\"Functions of the layers of {file}, recovered from their bytecode.\n\nImport this module before the model \
         is loaded:\n\n    import keras\n    import {module}\n\n    model = keras.models.load_model(...)\n\"\"\"\n\n{imports}\n\n\n{}",
        bodies.join("\n\n")
    );
    Written { text, names }
}

/// A Lambda whose mask is a function. Keras 3 saves such a mask and never turns it back into a function.
const MASKED: &str = r#"@keras.saving.register_keras_serializable(package="MODULE", name="MaskedLambda")
class MaskedLambda(keras.layers.Lambda):
    """A `Lambda` whose `mask` is a function in this module."""

    @classmethod
    def from_config(cls, config, custom_objects=None, **kwargs):
        config["mask"] = keras.saving.deserialize_keras_object(config["mask"])
        return super().from_config(config, custom_objects=custom_objects, **kwargs)
"#;

/// A name that says where the function is from, and that no other has.
fn free_name(function: &Function, taken: &mut BTreeSet<String>) -> String {
    let base = if function.is_lambda() {
        let slot = function.stored.slot.replace('.', "_");
        let layer = &function.stored.layer;
        if slot == "function" { layer.clone() } else { format!("{layer}_{slot}") }
    } else {
        function.name.clone()
    };
    let mut name = identifier(&base);
    if function.globals.contains(&name) {
        name.push_str("_function");
    }
    let mut free = name.clone();
    let mut count = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}_{count}");
        count += 1;
    }
    free
}

/// A name of Python that means nothing else: `def as(x)` is no Python, `def keras(x)` would hide what the functions need.
fn identifier(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if import(&name).is_some() || python_word(&name) {
        name.push_str("_function");
    }
    name
}

/// The function as a `def` of a name.
fn definition(source: &str, name: &str) -> String {
    let parsed = python::parse(source);
    match parsed.body() {
        [Stmt::Expr(statement)] => {
            if let Expr::Lambda(lambda) = &*statement.value {
                let parameters = lambda.parameters.as_ref().map_or("", |p| parsed.text(span(p.range())));
                let body = parsed.text(span(lambda.body.range()));
                return format!("def {name}({parameters}):\n    return {body}\n");
            }
            format!("{name} = {}\n", source.trim())
        }
        [Stmt::FunctionDef(function)] => {
            let at = span(function.name.range());
            let (before, after) = (source.get(..at.start as usize), source.get(at.end as usize..));
            format!("{}{name}{}\n", before.unwrap_or("def "), after.unwrap_or("").trim_end())
        }
        _ => format!("{}\n", source.trim_end()),
    }
}

/// The definition with what registers it; one with free variables is made by a function that has them.
fn registered(function: &Function, name: &str, definition: &str, module: &str) -> String {
    let register = format!(
        "keras.saving.register_keras_serializable(package={}, name={})",
        quoted(module),
        quoted(name)
    );
    if function.closure.is_empty() {
        return format!("@{register}\n{definition}");
    }
    let indented: String = definition
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") })
        .collect();
    let names: Vec<&str> = function.closure.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<&str> =
        function.closure.iter().map(|(_, value)| value.as_deref().unwrap_or("None")).collect();
    format!(
        "def _make_{name}({}):\n{indented}\n    return {name}\n\n\n{name} = {register}(_make_{name}({}))\n",
        names.join(", "),
        values.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_no_words_of_python_for_names() {
        for (layer, name) in [
            ("as", "as_function"),
            ("print", "print_function"),
            ("keras", "keras_function"),
            ("math", "math_function"),
            ("3d", "_3d"),
            ("layer/1", "layer_1"),
        ] {
            assert_eq!(identifier(layer), name);
        }
    }

    #[test]
    fn turns_lambdas_into_definitions() {
        assert_eq!(definition("lambda x, k=2.0: x * k", "scale"), "def scale(x, k=2.0):\n    return x * k\n");
        assert_eq!(definition("lambda: 0", "zero"), "def zero():\n    return 0\n");
        assert_eq!(definition("def f(a):\n    return a\n", "g"), "def g(a):\n    return a\n");
    }
}
