"""Trains the same scripts with Keras 3 on TensorFlow and with `kerascope run`, and prints a table of both in Markdown.

    python speed.py KERASCOPE [--only NAME] [--side both|keras|kerascope] [--runs 5] [--into FILE]

This Python has to have Keras 3 and TensorFlow. Both run side by side, one after the other, on the same cores; times are
those of the processor, user and system, summed over threads. Each number is the median of the runs.

A step is measured in the steady state: for Keras within the process, by the time that a second `fit` of many epochs takes;
for kerascope by the difference between a run of many epochs and one of few, divided by the steps between them. The whole
process is a run of few epochs, from its start to its end. Memory is the largest resident set.

With `--into` the medians are kept in a file, so that models and sides can be measured one at a time.
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


def measure_keras(name, folder):
    """Returns the seconds of a step, those of a whole process and its memory in MB."""
    steps, epochs, _ = MODELS[name]
    harness = folder / "harness.py"
    harness.write_text(HARNESS)
    output, _, _ = run([sys.executable, harness, folder / "model.py", str(epochs)])
    step = float(output.split("spent ")[1]) / (steps * epochs)
    _, whole, memory = run([sys.executable, folder / "model.py", "1"])
    return step, whole, memory


def measure_kerascope(name, folder, kerascope):
    """Returns the same of kerascope."""
    steps, epochs, _ = MODELS[name]
    command = [kerascope, "run", "--keras", "3", folder / "model.py", "--"]
    _, whole, memory = run([*command, "1"])
    _, long, _ = run([*command, str(1 + epochs)])
    return (long - whole) / (steps * epochs), whole, memory


def measure(name, given, folder):
    (folder / "model.py").write_text(HEAD + MODELS[name][2] + FIT)
    seen = {"keras": [], "kerascope": []}
    for _ in range(given.runs):
        if given.side != "kerascope":
            seen["keras"].append(measure_keras(name, folder))
        if given.side != "keras":
            seen["kerascope"].append(measure_kerascope(name, folder, given.kerascope))
    return {side: [statistics.median(column) for column in zip(*all)] for side, all in seen.items() if all}


def table(results):
    print("| model | step, ms: Keras | kerascope | ratio | process, s: Keras | kerascope | ratio | MB: Keras | kerascope "
          "| ratio |")
    print("| --- " * 10 + "|")
    for name, sides in results.items():
        if len(sides) == 2:
            (step, whole, memory), (own_step, own_whole, own_memory) = sides["keras"], sides["kerascope"]
            print(f"| {name} | {1000 * step:.2f} | {1000 * own_step:.2f} | {own_step / step:.2f} | {whole:.2f} "
                  f"| {own_whole:.2f} | {own_whole / whole:.3f} | {memory:.0f} | {own_memory:.0f} "
                  f"| {own_memory / memory:.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kerascope")
    parser.add_argument("--only")
    parser.add_argument("--side", choices=["both", "keras", "kerascope"], default="both")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--into", type=pathlib.Path)
    given = parser.parse_args()
    results = json.loads(given.into.read_text()) if given.into and given.into.exists() else {}
    for name in MODELS:
        if not given.only or given.only in name:
            with tempfile.TemporaryDirectory() as folder:
                results.setdefault(name, {}).update(measure(name, given, pathlib.Path(folder)))
            if given.into:
                given.into.write_text(json.dumps(results))
    table(results)


main()
