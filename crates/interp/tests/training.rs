//! Trainings carried out with numbers. What they must give is what tf_keras 2.21 and Keras 3.15 gave for the same
//! scripts.

use interp::value::Value;
use interp::{Alone, Interp, Numbers, Options};
use ops::Keras;
use python::Program;

/// Runs a script under both profiles and compares the numbers of its `outputs`, a list of tensors, lists and
/// floats that are flattened.
fn outputs(source: &str, expected: &[f64]) {
    for keras in [Keras::Two, Keras::Three] {
        let program = Program::new("script.py", python::parse(source));
        let mut interp = Interp::new(&program, &Alone, Options::new(keras));
        interp.numbers = Some(Numbers::default());
        interp.run();
        let outputs = interp.global("outputs");
        let mut numbers = Vec::new();
        if let Some(outputs) = &outputs {
            flatten(&interp, outputs, &mut numbers);
        }
        assert_eq!(numbers.len(), expected.len(), "{keras:?}: {:?} {numbers:?}", interp.record.outcome);
        for (have, want) in numbers.iter().zip(expected) {
            assert!(
                (have - want).abs() <= 1e-4 * want.abs() + 1e-6,
                "{keras:?}: {numbers:?} for {expected:?}"
            );
        }
    }
}

fn flatten(interp: &Interp<'_>, value: &Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Tensor(node) => {
            let array = interp.array_of_node(*node);
            numbers.extend(array.and_then(|a| a.to_floats().ok()).unwrap_or_default());
        }
        Value::List(id) => {
            interp.heap.list(*id).into_iter().flatten().for_each(|v| flatten(interp, v, numbers));
        }
        Value::Tuple(items) => items.iter().for_each(|v| flatten(interp, v, numbers)),
        Value::Float(x) => numbers.push(*x),
        Value::Int(n) => numbers.push(*n as f64),
        _ => {}
    }
}

#[test]
fn fit_trains_as_keras_does() {
    outputs(
        r#"
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rows = tf.range(22.0)
x = tf.stack([tf.sin(rows * 0.7), tf.cos(rows * 0.3), rows / 22.0], axis=1)
y = tf.reshape(2.0 * x[:, 0] - 0.5 * x[:, 1] + x[:, 2] ** 2, (-1, 1))
model = keras.Sequential([keras.Input(shape=(3,)), layers.Dense(6, activation="relu"), layers.Dense(1)])
model.set_weights([
    tf.reshape(0.5 * tf.sin(tf.range(18.0)), (3, 6)),
    0.1 * tf.cos(tf.range(6.0)),
    tf.reshape(0.4 * tf.cos(tf.range(6.0)), (6, 1)),
    tf.zeros(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse", metrics=["mae"])
history = model.fit(x, y, epochs=4, batch_size=5, validation_split=0.25, shuffle=False, verbose=0).history
outputs = [history["loss"], history["val_mae"], model.predict(x[:4], verbose=0), model.get_weights()[1]]
"#,
        &[
            2.064726, 1.739191, 1.380447, 0.9804525, // loss
            1.395998, 1.232628, 1.034494, 0.8205727, // val_mae
            0.3113144, 0.7959499, 1.0538, 0.9908728, // prediction
            0.2907283, 0.338468, -0.0767786, 0.03917468, 0.1488638, 0.01858748,
        ],
    );
}

#[test]
fn a_tape_and_an_optimizer_train_step_by_step() {
    outputs(
        r#"
import tensorflow as tf
from tensorflow import keras

optimizer = keras.optimizers.SGD(learning_rate=0.05)
v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(v * v)
gradients = tape.gradient(loss, [v])
optimizer.apply_gradients(zip(gradients, [v]))
outputs = [loss, gradients, v.numpy(), optimizer.learning_rate.numpy(), optimizer.iterations.numpy()]
"#,
        &[5.0, 2.0, 4.0, 0.9, 1.8, 0.05, 1.0],
    );
}

#[test]
fn datasets_recurrence_and_custom_gradients_have_numbers() {
    outputs(
        r#"
import tensorflow as tf
from tensorflow import keras

@tf.custom_gradient
def doubled(v):
    def grad(upstream):
        return upstream * 10.0
    return v * 2.0, grad

v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    total = tf.reduce_sum(doubled(v) * 3.0)
pairs = tf.data.Dataset.range(5).map(lambda n: n * 2).batch(2)
cell = keras.layers.SimpleRNN(1, kernel_initializer="ones", recurrent_initializer="zeros", activation="linear")
outputs = [total, tape.gradient(total, v), list(pairs), cell(tf.ones((1, 3, 2)))]
"#,
        &[18.0, 30.0, 30.0, 0.0, 2.0, 4.0, 6.0, 8.0, 2.0],
    );
}

#[test]
fn callbacks_see_numbers_and_stop_a_training() {
    outputs(
        r#"
import tensorflow as tf
from tensorflow import keras

x = tf.reshape(tf.range(8.0), (8, 1)) / 8.0
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
seen = []
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
history = model.fit(x, x * 3.0, epochs=9, batch_size=4, shuffle=False, verbose=0, callbacks=[stop, note])
outputs = [history.history["loss"], seen, model.evaluate(x, x * 3.0, verbose=0)]
"#,
        &[1.09375, 1.09375, 1.09375, 0.0, 1.0, 2.0, 1.09375],
    );
}
