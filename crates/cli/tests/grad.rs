//! `grad`: analytic gradients against slopes, on functions that go wrong in each way.

mod support;

use anyhow::{Context, Result};
use serde_json::Value;

use support::{Folder, Ran};

fn ran(test: &str, script: &str, arguments: &[&str]) -> Result<Ran> {
    let folder = Folder::new(test)?;
    folder.write("model.py", script)?;
    let mut all = vec!["grad", "model.py"];
    all.extend_from_slice(arguments);
    folder.run(&all)
}

/// Tries the functions of a script, and returns the document and the exit code.
fn tried(test: &str, script: &str) -> Result<(Value, Option<i32>)> {
    let ran = ran(test, script, &["--output-format", "json"])?;
    let document: Value = serde_json::from_str(&ran.stdout).with_context(|| ran.stderr.clone())?;
    Ok((document, ran.exit))
}

fn function<'a>(document: &'a Value, name: &str) -> Result<&'a Value> {
    let functions = document["functions"].as_array().context("functions")?;
    functions.iter().find(|f| f["name"] == name).with_context(|| format!("{name} in {document:#}"))
}

fn names(function: &Value) -> Vec<&str> {
    function["findings"].as_array().into_iter().flatten().filter_map(|f| f["name"].as_str()).collect()
}

/// A model of one Lambda behind a layer with weights.
fn lambda(body: &str) -> String {
    format!(
        "import keras\nimport tensorflow as tf\nfrom keras import layers, ops\n\nx = keras.Input((4,))\n\
         h = layers.Dense(4)(x)\ny = layers.Lambda(lambda t: {body}, name='f')(h)\nkeras.Model(x, y)\n"
    )
}

#[test]
fn a_smooth_function_agrees() -> Result<()> {
    let (document, exit) =
        tried("grad_smooth", &lambda("ops.tanh(t) * ops.sum(t * t, axis=1, keepdims=True)"))?;
    let function = function(&document, "f")?;
    assert_eq!(function["inputs"][0]["gradient"], "agrees", "{function:#}");
    assert!(function["inputs"][0]["error"].as_f64().context("an error")? < 1e-6);
    assert_eq!((names(function), exit), (vec![], Some(0)));
    Ok(())
}

/// A layer of the script's own with two weights, of which `call` gives what `body` says.
fn layer(body: &str) -> String {
    format!(
        "import keras\nimport tensorflow as tf\nfrom keras import layers, ops\n\n\nclass Scale(layers.Layer):\n    \
         def build(self, shape):\n        self.scale = self.add_weight(shape=(4,), initializer='ones', name='scale')\n        \
         self.shift = self.add_weight(shape=(4,), initializer='zeros', name='shift')\n\n    \
         def call(self, x):\n        return {body}\n\n\nx = keras.Input((4,))\n\
         keras.Model(x, Scale(name='s')(x))\n"
    )
}

#[test]
fn weights_are_tried_as_inputs_are() -> Result<()> {
    let (document, exit) = tried("grad_weights", &layer("ops.sin(x * self.scale) + self.shift"))?;
    let s = function(&document, "s")?;
    let verdicts: Vec<(Option<&str>, Option<&str>)> = s["inputs"]
        .as_array()
        .context("inputs")?
        .iter()
        .map(|input| (input["name"].as_str(), input["gradient"].as_str()))
        .collect();
    let agrees = Some("agrees");
    assert_eq!(verdicts, [(Some("x"), agrees), (Some("s/scale"), agrees), (Some("s/shift"), agrees)]);
    assert_eq!((names(s), exit), (vec![], Some(0)));

    let (document, exit) = tried("grad_cut_weight", &layer("x * tf.round(self.scale) + self.shift"))?;
    let s = function(&document, "s")?;
    assert_eq!(s["inputs"][1]["gradient"], "none", "{s:#}");
    let message = s["findings"][0]["message"].as_str().context("a message")?;
    assert!(message.contains("`s/scale`") && message.contains("`round`"), "{message}");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn rounding_has_no_gradient() -> Result<()> {
    let (document, exit) = tried("grad_round", &lambda("tf.round(t)"))?;
    let function = function(&document, "f")?;
    assert_eq!(function["inputs"][0]["gradient"], "none", "{function:#}");
    assert!(names(function).contains(&"no-gradient"));
    let message = function["findings"][0]["message"].as_str().context("a message")?;
    assert!(message.contains("`round`"), "{message}");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn a_sign_has_zeros() -> Result<()> {
    let (document, exit) = tried("grad_sign", &lambda("tf.sign(t)"))?;
    let function = function(&document, "f")?;
    assert_eq!(function["inputs"][0]["gradient"], "zero", "{function:#}");
    assert!(names(function).contains(&"gradient-always-zero"));
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn a_norm_at_zero_is_nan() -> Result<()> {
    let (document, exit) =
        tried("grad_norm", &lambda("t / tf.sqrt(tf.reduce_sum(t * t, 1, keepdims=True))"))?;
    let function = function(&document, "f")?;
    assert!(names(function).contains(&"gradient-not-finite"), "{function:#}");
    let found = function["findings"].as_array().context("findings")?;
    let found = found.iter().find(|f| f["name"] == "gradient-not-finite").context("it")?;
    assert_eq!(found["input"]["elements"], "[0, 0, 0, 0, 0, 0, ...]");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn a_stopped_gradient_leaves_slopes() -> Result<()> {
    let (document, exit) = tried("grad_stop", &lambda("t * tf.stop_gradient(t)"))?;
    let function = function(&document, "f")?;
    assert_eq!(function["inputs"][0]["gradient"], "differs", "{function:#}");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn kinks_and_saturation_are_notes() -> Result<()> {
    let (document, exit) = tried("grad_kink", &lambda("ops.relu(t)"))?;
    assert_eq!(names(function(&document, "f")?), ["not-differentiable-here"]);
    assert_eq!(exit, Some(0));
    let (document, exit) = tried("grad_saturation", &lambda("ops.sigmoid(t * 10.0)"))?;
    assert_eq!(names(function(&document, "f")?), ["saturates"], "{document:#}");
    assert_eq!(exit, Some(0));
    Ok(())
}

const PARTS: &str = r#"import numpy as np
import keras
import tensorflow as tf
from keras import layers, ops


class Scale(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],), initializer="ones", name="w")

    def call(self, x):
        return ops.sin(x) * self.w


@tf.custom_gradient
def straight_through(t):
    return tf.round(t), lambda upstream: upstream


@tf.custom_gradient
def wrong(t):
    return t * t, lambda upstream: upstream * t


def own_loss(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


x = keras.Input((4,))
h = Scale(name="scale")(layers.Dense(3)(x))
h = layers.Lambda(lambda t: wrong(straight_through(t)), name="rounded")(h)
model = keras.Model(x, layers.Dense(1)(h))
model.compile("sgd", own_loss)
model.fit(np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), epochs=100000, verbose=0)
"#;

#[test]
fn layers_losses_and_custom_gradients_are_tried() -> Result<()> {
    let (document, exit) = tried("grad_parts", PARTS)?;
    let gradient = |name: &str, at: usize| -> Result<Value> {
        Ok(function(&document, name)?["inputs"][at]["gradient"].clone())
    };
    assert_eq!(gradient("scale", 0)?, "agrees", "{document:#}");
    assert_eq!(gradient("own_loss", 1)?, "agrees", "{document:#}");
    assert_eq!(gradient("wrong", 0)?, "differs", "{document:#}");
    let straight = function(&document, "straight_through")?;
    assert!(names(straight).contains(&"gradient-stands-in"), "{straight:#}");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn a_loss_that_is_only_compiled_is_tried_on_labels_like_the_output() -> Result<()> {
    let script = r#"
import keras
from keras import ops

def rooted(y_true, y_pred):
    return ops.mean(ops.sqrt(ops.abs(y_true - y_pred)))

x = keras.Input((4,))
model = keras.Model(x, keras.layers.Dense(3)(x))
model.compile("sgd", rooted)
"#;
    let (document, exit) = tried("grad_compiled", script)?;
    let rooted = function(&document, "rooted")?;
    assert!(names(rooted).contains(&"gradient-not-finite"), "{rooted:#}");
    assert_eq!(rooted["inputs"].as_array().map(Vec::len), Some(2), "{rooted:#}");
    assert_eq!(exit, Some(1));
    Ok(())
}

#[test]
fn text_fits_its_width() -> Result<()> {
    for (columns, colour) in [("80", "never"), ("160", "always")] {
        let folder = Folder::new(&format!("grad_text_{columns}"))?;
        folder.write("model.py", PARTS)?;
        let output =
            folder.command(&["grad", "--color", colour, "model.py"]).env("COLUMNS", columns).output()?;
        let text = String::from_utf8(output.stdout)?;
        assert!(text.contains("gradient-differs"), "{text}");
        let plain = !text.contains('\u{1b}');
        assert_eq!(plain, colour == "never");
        if plain {
            assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }
    Ok(())
}

#[test]
fn a_script_without_functions_says_so() -> Result<()> {
    let ran = ran("grad_nothing", "import keras\n\nkeras.Input((4,))\n", &[])?;
    assert!(ran.stdout.contains("is called"), "{}", ran.stdout);
    assert_eq!(ran.exit, Some(0));
    Ok(())
}
