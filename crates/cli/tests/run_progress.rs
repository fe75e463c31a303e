//! `run`: what Keras prints of models and trainings. The texts were recorded; only times differ.

mod support;

use anyhow::Result;
use support::{Folder, Ran};

fn run(test: &str, script: &str, keras: &str) -> Result<Ran> {
    let folder = Folder::new(test)?;
    folder.write("model.py", script)?;
    folder.run(&["run", "--keras", keras, "model.py"])
}

/// The text without colors, drawn-over bars and times.
fn settled(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain += before;
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain += rest;
    let mut out = String::new();
    for line in plain.lines() {
        let line = line.rsplit(['\r', '\u{8}']).next().unwrap_or_default().trim_end();
        let words: Vec<String> = line.split(' ').map(untimed).collect();
        out += &words.join(" ");
        out.push('\n');
    }
    out
}

/// `12ms/step` as `T/step`, `0s` as `T`.
fn untimed(word: &str) -> String {
    let (time, unit) = word.split_once('/').map_or((word, ""), |(time, unit)| (time, unit));
    let number = time.trim_end_matches(['m', 'u', 's']);
    let is_time = number.len() < time.len() && number.parse::<f64>().is_ok();
    match (is_time, unit) {
        (true, "") => "T".to_owned(),
        (true, unit) => format!("T/{unit}"),
        (false, _) => word.to_owned(),
    }
}

const TRAINING: &str = "\
import numpy as np
import keras

x = np.linspace(-1, 1, 40).reshape(20, 2).astype('float32')
y = x[:, :1] * 2
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer='ones')])
model.compile(keras.optimizers.SGD(0.01), 'mse', metrics=['mae'])
model.fit(x, y, epochs=2, batch_size=10, shuffle=False)
model.fit(x, y, batch_size=10, shuffle=False, validation_data=(x, y), verbose=2)
model.evaluate(x, y)
model.predict(x)
model.fit(x, y, verbose=0)
";

#[test]
fn shows_the_progress_of_keras_3() -> Result<()> {
    let ran = run("progress_3", TRAINING, "3")?;
    let bar = "━".repeat(20);
    let expected = format!(
        "\
Epoch 1/2
2/2 {bar} T T/step - loss: 0.0026 - mae: 0.0510
Epoch 2/2
2/2 {bar} T T/step - loss: 0.0024 - mae: 0.0490
2/2 - T - T/step - loss: 0.0022 - mae: 0.0471 - val_loss: 0.0021 - val_mae: 0.0454
1/1 {bar} T T/step - loss: 0.0021 - mae: 0.0454
1/1 {bar} T T/step
"
    );
    assert_eq!(settled(&ran.stdout), expected, "{}", ran.stderr);
    Ok(())
}

#[test]
fn shows_the_progress_of_keras_2() -> Result<()> {
    let ran = run("progress_2", TRAINING, "2")?;
    let bar = format!("[{}]", "=".repeat(30));
    let expected = format!(
        "\
Epoch 1/2
2/2 {bar} - T T/step - loss: 0.0026 - mae: 0.0510
Epoch 2/2
2/2 {bar} - T T/step - loss: 0.0024 - mae: 0.0490
2/2 - T - loss: 0.0022 - mae: 0.0471 - val_loss: 0.0021 - val_mae: 0.0454 - T/epoch - T/step
1/1 {bar} - T T/step - loss: 0.0021 - mae: 0.0454
1/1 {bar} - T T/step
"
    );
    assert_eq!(settled(&ran.stdout), expected, "{}", ran.stderr);
    Ok(())
}

const SUMMARY: &str = "\
import keras
from keras import layers

left = keras.Input((16,), name='left')
right = keras.Input((16,), name='right_input_with_a_rather_long_name')
shared = layers.Dense(8, name='shared')
joined = layers.concatenate([shared(left), shared(right)])
keras.Model([left, right], layers.Dense(1000)(joined), name='pair').summary()
";

#[test]
fn prints_summaries_as_keras_3_does() -> Result<()> {
    let expected = "\
Model: \"pair\"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ left (InputLayer)   │ (None, 16)        │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ right_input_with_a… │ (None, 16)        │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ shared (Dense)      │ (None, 8)         │        136 │ left[0][0],       │
│                     │                   │            │ right_input_with… │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ concatenate         │ (None, 16)        │          0 │ shared[0][0],     │
│ (Concatenate)       │                   │            │ shared[1][0]      │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 1000)      │     17,000 │ concatenate[0][0] │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 17,136 (66.94 KB)
 Trainable params: 17,136 (66.94 KB)
 Non-trainable params: 0 (0.00 B)
";
    let ran = run("summary_3", SUMMARY, "3")?;
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
    Ok(())
}

#[test]
fn prints_summaries_as_keras_2_does() -> Result<()> {
    let ran = run("summary_2", SUMMARY, "2")?;
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim_end).collect();
    let expected = [
        " shared (Dense)              (None, 8)                    136       ['left[0][0]',",
        "                                                                     'right_input_with_a_rather_lo",
        "                                                                    ng_name[0][0]']",
        "",
        " concatenate (Concatenate)   (None, 16)                   0         ['shared[0][0]',",
        "                                                                     'shared[1][0]']",
    ];
    assert!(lines.windows(expected.len()).any(|window| window == expected), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(&format!("Non-trainable params: 0 (0.00 Byte)\n{}\n", "_".repeat(98))));
    Ok(())
}

#[test]
fn prints_what_callbacks_say() -> Result<()> {
    let script = "\
import numpy as np
import keras

x = np.linspace(-1, 1, 40).reshape(20, 2).astype('float32')
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer='ones')])
model.compile(keras.optimizers.SGD(0.0), 'mse')
stop = keras.callbacks.EarlyStopping('loss', min_delta=0.1, patience=2, verbose=1, restore_best_weights=True)
model.fit(x, x[:, :1], epochs=9, verbose=0, callbacks=[stop])
model.compile(keras.optimizers.SGD(0.5), 'mse')
rate = keras.callbacks.LearningRateScheduler(lambda epoch: 0.25, verbose=1)
keep = keras.callbacks.ModelCheckpoint('{epoch}.keras', verbose=1)
model.fit(x, x[:, :1], epochs=1, verbose=0, callbacks=[rate, keep])
";
    let ran = run("callbacks", script, "3")?;
    let expected = "\
Epoch 3: early stopping
Restoring model weights from the end of the best epoch: 1.

Epoch 1: LearningRateScheduler setting learning rate to 0.25.

Epoch 1: saving model to 1.keras

Epoch 1: finished saving model to 1.keras
";
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
    Ok(())
}
