//! `run`: output, exit codes, tracebacks, what stops a run, results as JSON.

mod support;

use anyhow::Result;
use serde_json::json;
use support::{Folder, Ran};

fn run(test: &str, script: &str, arguments: &[&str]) -> Result<Ran> {
    let folder = Folder::new(test)?;
    folder.write("model.py", script)?;
    let mut all = vec!["run", "model.py"];
    all.extend(arguments);
    folder.run(&all)
}

#[test]
fn prints_what_the_script_prints() -> Result<()> {
    let script = "\
import sys
import tensorflow as tf

total = tf.reduce_sum(tf.constant([1.5, 2.0]))
if total > 3:
    print('total', float(total), [1, 'a'], sep=': ')
print(sys.argv[1:], file=sys.stderr)
sys.stdout.write('written\\n')
";
    let ran = run("run_prints", script, &["--", "--epochs", "3"])?;
    assert_eq!(ran.stdout, "total: 3.5: [1, 'a']\nwritten\n");
    assert_eq!(ran.stderr, "['--epochs', '3']\n");
    assert_eq!(ran.exit, Some(0));
    Ok(())
}

#[test]
fn ends_with_the_code_of_the_script() -> Result<()> {
    for (script, code, error) in [
        ("import sys\nsys.exit(3)\n", 3, ""),
        ("raise SystemExit\n", 0, ""),
        ("import sys\nsys.exit('no data')\n", 1, "no data\n"),
        ("import sys\ntry:\n    sys.exit(3)\nexcept SystemExit as e:\n    sys.exit(e.code + 1)\n", 4, ""),
    ] {
        let ran = run("run_exits", script, &[])?;
        assert_eq!((ran.exit, ran.stderr.as_str()), (Some(code), error), "{script}");
    }
    Ok(())
}

#[test]
fn shows_a_traceback_and_explains_it() -> Result<()> {
    let script = "\
import tensorflow as tf

def square(a):
    return tf.matmul(a, a)

print('before')
square(tf.ones((2, 3)))
print('after')
";
    let ran = run("run_raises", script, &[])?;
    assert_eq!((ran.exit, ran.stdout.as_str()), (Some(1), "before\n"));
    let traceback = "\
Traceback (most recent call last):
  File \"model.py\", line 7, in <module>
    square(tf.ones((2, 3)))
  File \"model.py\", line 4, in square
    return tf.matmul(a, a)
tensorflow.python.framework.errors_impl.InvalidArgumentError: ";
    assert!(ran.stderr.starts_with(traceback), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\nerror[incompatible-shapes]: `tf.matmul` cannot multiply"),
        "{}",
        ran.stderr
    );
    let refused = run("run_refused", "x = = 1\n", &[])?;
    assert_eq!(refused.exit, Some(1));
    assert!(
        refused.stderr.contains("  File \"model.py\", line 1") && refused.stderr.contains("SyntaxError: ")
    );
    Ok(())
}

#[test]
fn stops_where_something_unknown_decides() -> Result<()> {
    for (script, names) in [
        ("import requests\nprint('start')\nprint(requests.get('http://localhost').text)\n", "model.py:1: "),
        ("import mystery\nif mystery.flag():\n    print('yes')\n", "model.py:1: "),
        ("x = open('data.txt').read()\nprint(x)\n", "model.py:1: "),
    ] {
        let ran = run("run_stops", script, &[])?;
        assert_eq!(ran.exit, Some(125), "{script}: {}", ran.stderr);
        assert!(ran.stderr.contains(names) && ran.stderr.contains("cannot be carried out"), "{}", ran.stderr);
    }
    let endless = run("run_endless", "while True:\n    pass\n", &["--max-steps", "10000"])?;
    assert_eq!(endless.exit, Some(125));
    Ok(())
}

#[test]
fn leaves_numbers_as_json() -> Result<()> {
    let script = "\
import tensorflow as tf

print('not in the document')
prediction = tf.constant([[1.0, 2.5]])
gradients = [None, tf.constant([float('nan'), 1.0])]
outputs = {'a': 3, 'b': (tf.constant([True, False]),)}
history = {'loss': [0.5, 0.25]}
tf.matmul(prediction, prediction)
";
    let ran = run("run_json", script, &["--output-format", "json"])?;
    let document: serde_json::Value = serde_json::from_str(&ran.stdout)?;
    assert_eq!(document["prediction"], json!({"shape": [1, 2], "values": [1, 2.5]}));
    assert_eq!(document["gradients"], json!([null, {"shape": [2], "values": ["nan", 1]}]));
    assert_eq!(document["outputs"]["b"], json!([{"shape": [2], "values": [1, 0]}]));
    assert_eq!(document["outputs"]["a"], json!({"shape": [], "values": [3]}));
    assert_eq!(document["outcome"]["status"], "raises");
    assert_eq!(document["outcome"]["exception"], "InvalidArgumentError");
    assert_eq!(document["outcome"]["line"], 8);
    assert!(ran.stderr.starts_with("not in the document\n"), "{}", ran.stderr);
    Ok(())
}

/// What scripts print is what they really print; `run/README.md` says how that was recorded.
#[test]
fn prints_what_the_real_libraries_print() -> Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    let mut compared = 0;
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let Ok(expected) = std::fs::read_to_string(path.with_extension("out")) else { continue };
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let ran = run("run_recorded", &std::fs::read_to_string(&path)?, &[])?;
        assert_eq!(ran.stdout, expected, "{}: {}", path.display(), ran.stderr);
        compared += 1;
    }
    assert!(compared > 0, "the recorded scripts are there");
    Ok(())
}

#[test]
fn loads_what_the_script_saved_as_it_was_then() -> Result<()> {
    let script = "\
import numpy as np
from tensorflow import keras

x = np.arange(12.0).reshape(6, 2) / 10
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer='ones')])
model.compile(keras.optimizers.SGD(0.5), 'mse')
model.save_weights('first.weights.h5')
keep = keras.callbacks.ModelCheckpoint('best-{epoch:02d}.keras', monitor='loss', save_best_only=True)
history = model.fit(x, x[:, :1], epochs=3, verbose=0, shuffle=False, callbacks=[keep]).history['loss']
again = keras.models.load_model('best-%02d.keras' % (int(np.argmin(history)) + 1))
model.load_weights('first.weights.h5')
print(model.get_weights()[0].tolist(), again.get_weights()[0].tolist() == [[1.0], [1.0]])
print(again.evaluate(x, x[:, :1], verbose=0) < model.evaluate(x, x[:, :1], verbose=0))
";
    for keras in ["2", "3"] {
        let ran = run("run_saves", script, &["--keras", keras])?;
        assert_eq!(ran.stdout, "[[1.0], [1.0]] False\nTrue\n", "{}", ran.stderr);
    }
    Ok(())
}

#[test]
fn dropout_draws_anew_for_each_batch_and_alike_in_each_run() -> Result<()> {
    let script = "\
import numpy as np
from tensorflow import keras

x = np.ones((4, 2), 'float32')
drop = keras.layers.Dropout(0.5)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, kernel_initializer='ones'), drop])
model.add(keras.layers.Dense(1, kernel_initializer='ones'))
model.compile(keras.optimizers.SGD(0.0), 'mae')
losses = [model.train_on_batch(x, x[:, :1] * 0) for _ in range(3)]
print(len({float(loss) for loss in losses}), model.test_on_batch(x, x[:, :1] * 0))
print(sorted(set(drop(np.ones((9, 9)), training=True).numpy().ravel().tolist())), losses)
";
    for keras in ["2", "3"] {
        let (first, second) =
            (run("run_drops", script, &["--keras", keras])?, run("run_drops", script, &["--keras", keras])?);
        assert!(first.stdout.starts_with("3 128.0\n[0.0, 2.0] "), "{}{}", first.stdout, first.stderr);
        assert_eq!(first.stdout, second.stdout);
    }
    Ok(())
}

/// Both gave what is not so: no memory for a draw out of many, and states that begin with zeros at each call.
#[test]
fn stops_rather_than_guessing() -> Result<()> {
    let stateful = "\
import numpy as np
import keras
layer = keras.layers.ConvLSTM2D(2, 2, stateful=True)
x = np.ones((1, 2, 3, 3, 1), 'float32')
layer(x)
print(float(keras.ops.sum(layer(x))))
";
    for script in ["import numpy as np\nprint(np.random.choice(10**12, 3))\n", stateful] {
        let ran = run("run_guesses", script, &[])?;
        assert_eq!((ran.exit, ran.stdout.as_str()), (Some(125), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("this cannot be carried out"), "{}", ran.stderr);
    }
    Ok(())
}
