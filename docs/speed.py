"""Trains the same scripts with Keras 3 on TensorFlow and with `kerascope run`, and prints the table of speed.md.

    python speed.py KERASCOPE [--only NAME] [--runs 5] [--into FILE]

This Python has to have Keras 3 and TensorFlow. Both run side by side, one after the other, on the same cores; times are
those of the processor, user and system, summed over threads. Each number is the median of the runs.

A step is measured in the steady state: for Keras within the process, by the time that a second `fit` of many epochs takes;
for kerascope by the difference between a run of many epochs and one of few, divided by the steps between them. The whole
process is a run of few epochs, from its start to its end. Memory is the largest resident set.

With `--into` the medians are kept in a file, so that the models can be measured one at a time.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HEAD = """
import sys
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

np.random.seed(0)
epochs = int(sys.argv[1])


def numbers(*shape):
    return np.random.normal(size=shape).astype("float32")

"""
FIT = """
model.fit(x, y, epochs=1, batch_size=batch, verbose=0)
model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0)
"""
# Each model with the steps of an epoch and the epochs of a long run.
MODELS = {
    "MLP 784-512-512-10, batch 256": (8, 10, """
x, y, batch = numbers(2048, 784), np.random.randint(0, 10, size=(2048,)), 256
model = keras.Sequential([
    keras.Input((784,)), layers.Dense(512, activation="relu"), layers.Dense(512, activation="relu"),
    layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
"""),
    "two Conv2D on 28x28, batch 32": (8, 5, """
x, y, batch = numbers(256, 28, 28, 1), np.random.randint(0, 10, size=(256,)), 32
model = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
    layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
"""),
    "LSTM(64) over 50 steps of 16, batch 32": (8, 5, """
x, y, batch = numbers(256, 50, 16), numbers(256, 1), 32
model = keras.Sequential([keras.Input((50, 16)), layers.LSTM(64), layers.Dense(1)])
model.compile("adam", "mse")
"""),
    "the article's weighted sum, batch 32": (32, 10, """
import tensorflow.keras.backend as K


def weighted_sum(embedded):
    weights = K.random_normal(shape=(K.int_shape(embedded)[2],), mean=0.0, stddev=1.0)
    return K.sum(embedded * weights, axis=2)


x, y, batch = numbers(1024, 10, 100), numbers(1024, 10), 32
sequence = keras.Input((10, 100))
model = keras.Model(sequence, layers.Lambda(weighted_sum)(sequence))
model.compile("adam", "mse")
"""),
    "the article's custom gradient, batch 32": (32, 10, """
@tf.custom_gradient
def round_straight_through(t):
    def grad(upstream):
        return upstream

    return tf.round(t), grad


x, y, batch = numbers(1024, 8), numbers(1024, 1), 32
features = keras.Input((8,))
hidden = layers.Dense(5, name="encoder")(features)
levels = layers.Lambda(round_straight_through)(hidden)
model = keras.Model(features, layers.Dense(1, name="head")(levels))
model.compile("adam", "mse")
"""),
}
# Prints what the second `fit` of a script takes.
HARNESS = """
import runpy, sys, time
import keras

fit, spent = keras.Model.fit, []


def timed(*args, **kwargs):
    before = time.process_time()
    result = fit(*args, **kwargs)
    spent.append(time.process_time() - before)
    return result


keras.Model.fit = timed
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print("spent", spent[-1])
"""


def run(command):
    """Returns what a process printed, its processor time in seconds and its memory in MB."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
    output, errors = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        sys.exit(f"{command}:\n{output}{errors}")
    return output, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(name, kerascope, folder, runs):
    steps, epochs, text = MODELS[name]
    script, harness = folder / "model.py", folder / "harness.py"
    script.write_text(HEAD + text + FIT)
    harness.write_text(HARNESS)
    seen = []
    for _ in range(runs):
        output, _, _ = run([sys.executable, harness, script, str(epochs)])
        keras_step = float(output.split("spent ")[1]) / (steps * epochs)
        _, keras_whole, keras_memory = run([sys.executable, script, "1"])
        _, whole, memory = run([kerascope, "run", "--keras", "3", script, "--", "1"])
        _, long, _ = run([kerascope, "run", "--keras", "3", script, "--", str(1 + epochs)])
        step = (long - whole) / (steps * epochs)
        seen.append((keras_step, step, keras_whole, whole, keras_memory, memory))
    return [statistics.median(column) for column in zip(*seen)]


def table(results):
    print("| model | step, ms: Keras | kerascope | ratio | process, s: Keras | kerascope | ratio | MB: Keras | kerascope "
          "| ratio |")
    print("| --- " * 10 + "|")
    for name, (keras_step, step, keras_whole, whole, keras_memory, memory) in results.items():
        print(f"| {name} | {1000 * keras_step:.2f} | {1000 * step:.2f} | {step / keras_step:.2f} | {keras_whole:.2f} "
              f"| {whole:.2f} | {whole / keras_whole:.3f} | {keras_memory:.0f} | {memory:.0f} "
              f"| {memory / keras_memory:.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kerascope")
    parser.add_argument("--only")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--into", type=pathlib.Path)
    given = parser.parse_args()
    results = json.loads(given.into.read_text()) if given.into and given.into.exists() else {}
    for name in MODELS:
        if not given.only or given.only in name:
            with tempfile.TemporaryDirectory() as folder:
                results[name] = measure(name, given.kerascope, pathlib.Path(folder), given.runs)
            if given.into:
                given.into.write_text(json.dumps(results))
    table(results)


main()
