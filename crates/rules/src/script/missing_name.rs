//! Names that do not exist.

use diagnostics::{Applicability, Edit, Fix, Severity, Span};
use interp::value::profile;
use ops::{Exc, Keras, Mistake};

use super::renaming;
use crate::explain::is_class;
use crate::{Check, Explanation, Failure, Group, Rule};

/// Finds names that a module, a class or the script does not have.
pub(super) static MISSING_NAME: Rule = Rule {
    name: "missing-name",
    group: Group::Script,
    summary: "a name does not exist, or not in this version",
    severity: Severity::Error,
    page: include_str!("missing_name.md"),
    check: Check::Failure(check),
};

fn check(failure: &Failure<'_>) -> Option<Explanation> {
    let Mistake::MissingName { name } = failure.mistake()? else { return None };
    let owner = failure.op();
    if is_class(failure, Exc::NameError) {
        return Some(undefined(failure, name));
    }
    let module = failure.exception() == "ModuleNotFoundError";
    let (owner, name) = match name.rsplit_once('.') {
        Some((owner, last)) if module => (owner, last),
        _ => (owner, name.as_str()),
    };
    let keras = failure.interp.keras;
    let version = match keras {
        Keras::Two => "Keras 2",
        Keras::Three => "Keras 3",
    };
    let known = names::lookup(profile(keras), owner).is_some();
    let object = names::lookup(profile(keras), owner).is_none_or(|entry| entry.kind != names::Kind::Module);
    let what = match (module, object) {
        (true, _) => "module",
        (false, true) => "attribute",
        (false, false) => "name",
    };
    let shown = spelled(owner);
    let elsewhere = other_version(keras, owner, name);
    let message = if elsewhere {
        format!("`{shown}` of {version} has no {what} `{name}`")
    } else {
        format!("`{shown}` has no {what} `{name}`")
    };
    let mut explanation = Explanation::new(message).operands(failure);
    if elsewhere {
        explanation.notes.push(match keras {
            Keras::Three => "Keras 2 has it, Keras 3 has not".to_owned(),
            Keras::Two => "Keras 3 has it, Keras 2 has not".to_owned(),
        });
    }
    let meant = known.then(|| names::suggest(profile(keras), owner, name)).flatten();
    if let Some(help) = shape_attribute(keras, owner, name) {
        explanation.help.push(help.to_owned());
        explanation.fix = renaming::attribute_of_shape(failure, name);
    } else if let Some(moved) = moved(keras, owner, name) {
        explanation.help.push(format!("it is `{moved}` now"));
        explanation.fix = renaming::moved(failure, &moved);
    } else if let Some(meant) = meant {
        explanation.help.push(format!("there is `{shown}.{meant}`"));
        explanation.fix = spelling(failure, name, meant);
    }
    explanation.fix = explanation
        .fix
        .or_else(|| renaming::import(failure))
        .or_else(|| renaming::former_module(failure, name));
    if explanation.help.is_empty() && explanation.fix.is_none() && elsewhere {
        let help = match keras {
            Keras::Two => {
                "the script is written for Keras 3: `pip install keras`, without `TF_USE_LEGACY_KERAS`; in Keras 2, \
                 `tensorflow` and `keras.backend` have such functions"
            }
            Keras::Three => {
                "the script is written for Keras 2: `pip install tf_keras`, and `TF_USE_LEGACY_KERAS=1` in the environment"
            }
        };
        explanation.help.push(help.to_owned());
    }
    Some(explanation)
}

/// Attributes of shapes and sizes of former versions.
fn shape_attribute(keras: Keras, owner: &str, name: &str) -> Option<&'static str> {
    let layer = owner.starts_with("keras.layers.");
    Some(match (owner, name) {
        ("tuple", "as_list") => "a shape is a plain tuple in Keras 3: `list(x.shape)`",
        ("tuple", "rank" | "ndims") => "a shape is a plain tuple in Keras 3: `len(x.shape)`",
        ("tuple", "num_elements") => "a shape is a plain tuple in Keras 3: `math.prod(x.shape)`",
        ("int" | "NoneType", "value") => "sizes are ints since TensorFlow 2: `x.shape[1]`, without `.value`",
        (_, "output_shape") if keras == Keras::Three && layer => {
            "the shape of what a layer gives is `layer.output.shape`; of a call that is not made yet, \
             `layer.compute_output_shape(shape)`"
        }
        (_, "input_shape") if keras == Keras::Three && layer => {
            "the shape of what a layer gets is `layer.input.shape`"
        }
        (_, "lr") if owner.contains("optimizers") => "it is `learning_rate` now",
        (_, "get_shape") => "`x.shape` is the shape",
        ("list", "shape" | "dtype" | "ndim") => {
            "a layer called on a list hands its function the list: `a, b = x` gives the tensors"
        }
        _ => return None,
    })
}

/// `tf` and `np` are how the tables call TensorFlow and NumPy.
fn spelled(owner: &str) -> &str {
    match owner {
        "tf" => "tensorflow",
        "np" => "numpy",
        _ => owner,
    }
}

fn other_version(keras: Keras, owner: &str, name: &str) -> bool {
    let path = format!("{owner}.{name}");
    let other = match keras {
        Keras::Two => names::Profile::Keras3,
        Keras::Three => names::Profile::Keras2,
    };
    owner.contains("keras") && names::lookup(other, &path).is_some()
}

/// Names that stand elsewhere in this version: by hand where the last part changed, else by the last part.
fn moved(keras: Keras, owner: &str, name: &str) -> Option<String> {
    let profile = profile(keras);
    let candidates: &[&str] = match owner.rsplit('.').next().unwrap_or(owner) {
        "layers" | "preprocessing" | "experimental" => &["keras.layers", "keras.utils"],
        "utils" | "np_utils" | "generic_utils" => &["keras.utils", "keras.saving"],
        "keras" => &["keras.layers", "keras.models", "keras.utils", "keras.optimizers", "keras.saving"],
        "image" | "text" | "sequence" => &["keras.utils", "keras.preprocessing.image"],
        "tf" => &["tf.math", "tf.linalg", "tf.random", "tf.compat.v1"],
        _ => &[],
    };
    candidates
        .iter()
        .map(|module| format!("{module}.{name}"))
        .find(|path| names::lookup(profile, path).is_some())
}

fn undefined(failure: &Failure<'_>, name: &str) -> Explanation {
    let mut explanation = Explanation::new(format!("the name `{name}` is not defined here"));
    let library = match name {
        "tf" => "import tensorflow as tf",
        "np" => "import numpy as np",
        "keras" => "import keras",
        "K" => "from tensorflow.keras import backend as K",
        "layers" => "from keras import layers",
        "ops" => "from keras import ops",
        _ => return explanation,
    };
    explanation.help.push(format!("`{library}`"));
    explanation.mended(Some(renaming::imported(failure, library)))
}

/// Replaces the name where it is read.
fn spelling(failure: &Failure<'_>, name: &str, meant: &str) -> Option<Fix> {
    let span = failure.span();
    let text = failure.program().text(span);
    let at = text.rfind(name).filter(|at| text[*at..].len() == name.len())?;
    let span = Span::new(span.start + at as u32, span.end);
    Some(Fix {
        applicability: Applicability::Unsafe,
        title: format!("write `{meant}`"),
        edits: vec![Edit { span, content: meant.to_owned() }],
    })
}
