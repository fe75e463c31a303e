//! `trace`: tensors line by line, opened functions, layers, gradients.

mod support;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use support::Folder;

const SCRIPT: &str = r#"import keras
from keras import layers, ops
import tensorflow as tf

inputs = keras.Input((10, 8), name="seq")
x = layers.Dense(16, activation="relu")(inputs)

def pool(t):
    s = ops.mean(t, axis=1)
    r = tf.round(s)
    return ops.concatenate([r, r], axis=-1)

y = layers.Lambda(pool, name="pool")(x)
out = layers.Dense(1)(layers.Lambda(lambda t: t * 2.0)(y))
model = keras.Model(inputs, out)
model.compile("sgd", "mse")
model.fit(tf.random.normal((20, 10, 8)), tf.random.normal((20, 1)), epochs=1, verbose=0)
"#;

fn document(test: &str, arguments: &[&str]) -> Result<Value> {
    let folder = Folder::new(test)?;
    folder.write("model.py", SCRIPT)?;
    let mut all = vec!["trace", "--output-format", "json", "model.py"];
    all.extend_from_slice(arguments);
    let ran = folder.run(&all)?;
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    Ok(serde_json::from_str(&ran.stdout)?)
}

fn list<'a>(document: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    document[name].as_array().with_context(|| name.to_owned())
}

#[test]
fn lines_have_shapes_and_dtypes() -> Result<()> {
    let document = document("trace_lines", &[])?;
    let lines: Vec<(Value, Value)> = list(&document, "lines")?
        .iter()
        .map(|line| (line["line"].clone(), line["specs"][0]["text"].clone()))
        .collect();
    let expected = [
        (json!(5), json!("float32[None, 10, 8]")),
        (json!(6), json!("float32[None, 10, 16]")),
        (json!(13), json!("float32[None, 32]")),
        (json!(14), json!("float32[None, 1]")),
        // `fit` gives no tensor, but what it is called on are some.
        (json!(17), json!("float32[20, 10, 8]")),
        (json!(17), json!("float32[20, 1]")),
    ];
    assert_eq!(lines, expected);
    assert_eq!(document["lines"][0]["specs"][0]["shape"], json!([null, 10, 8]));
    assert_eq!(document["outcome"]["status"], "ok");
    Ok(())
}

#[test]
fn functions_are_opened_for_each_call() -> Result<()> {
    let document = document("trace_bodies", &["--lambda", "pool"])?;
    let bodies = list(&document, "bodies")?;
    assert!(bodies.iter().all(|body| body["layer"] == "pool" && body["class"] == "Lambda"));
    let built = bodies.iter().find(|body| body["called_on"][0] == 13).context("the symbolic call")?;
    let trained = bodies.iter().find(|body| body["called_on"] == json!([17])).context("the call in fit")?;
    let specs = |body: &Value| -> Vec<(Value, Value)> {
        let lines = body["lines"].as_array().into_iter().flatten();
        lines.map(|line| (line["text"].clone(), line["specs"][0]["text"].clone())).collect()
    };
    assert_eq!(specs(built)[0], (json!("ops.mean(t, axis=1)"), json!("float32[None, 16]")));
    assert_eq!(specs(trained)[2].1, "float32[20, 32]");
    assert!(list(&document, "models")?.is_empty());
    Ok(())
}

#[test]
fn layers_and_gradients_are_tables() -> Result<()> {
    let document = document("trace_tables", &[])?;
    let model = &document["models"][0];
    let layers: Vec<Value> = list(model, "layers")?
        .iter()
        .map(|row| {
            json!([
                row["name"],
                row["outputs"][0]["shape"],
                row["parameters"],
                row["connected_to"],
                row["line"]
            ])
        })
        .collect();
    let expected = [
        json!(["seq", [null, 10, 8], 0, [], 5]),
        json!(["dense", [null, 10, 16], 144, ["seq[0][0]"], 6]),
        json!(["pool", [null, 32], 0, ["dense[0][0]"], 13]),
        json!(["lambda", [null, 32], 0, ["pool[0][0]"], 14]),
        json!(["dense_1", [null, 1], 33, ["lambda[0][0]"], 14]),
    ];
    assert_eq!(layers, expected);
    assert_eq!((&model["trainable"], &model["non_trainable"]), (&json!(177), &json!(0)));
    let fit = &document["gradients"][0];
    assert_eq!((&fit["by"], &fit["line"]), (&json!("fit"), &json!(17)));
    let stopped = json!({"operation": "tf.round", "line": 10});
    assert_eq!(
        fit["variables"][0],
        json!({"name": "dense/kernel", "gradient": "none", "stopped_by": stopped})
    );
    assert_eq!(
        fit["variables"][2],
        json!({"name": "dense_1/kernel", "gradient": "flows", "stopped_by": null})
    );
    Ok(())
}

#[test]
fn people_see_the_source() -> Result<()> {
    let folder = Folder::new("trace_text")?;
    folder.write("model.py", SCRIPT)?;
    for columns in [60, 80, 160] {
        let output = folder.command(&["trace", "model.py"]).env("COLUMNS", columns.to_string()).output()?;
        let text = String::from_utf8(output.stdout)?;
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{text}");
        for part in
            ["-> float32[None, 10, 16]", "Lambda 'pool', called on line", "Model 'functional'", "tf.round"]
        {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    }
    let unknown = folder.run(&["trace", "--lambda", "pol", "model.py"])?;
    assert_eq!(unknown.exit, Some(2));
    assert!(unknown.stderr.contains("did you mean `pool`?"), "{}", unknown.stderr);
    folder.write("broken.py", "x = (\n")?;
    let broken = folder.run(&["trace", "broken.py"])?;
    assert!(broken.stdout.contains("The script ends on line 1 with SyntaxError"), "{}", broken.stdout);
    Ok(())
}
