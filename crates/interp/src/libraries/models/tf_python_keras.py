"""The copy of Keras that TensorFlow keeps for itself, `tensorflow.python.keras`: what is left of it makes and compiles
models, but whatever takes data asks for a class that TensorFlow no longer has. Of the rest nothing is known.

source: tensorflow/python/keras/engine/training.py, tensorflow/python/keras/engine/data_adapter.py,
tensorflow/python/keras/engine/sequential.py
"""

import tensorflow as tf


class Model:
    def __init__(self, *args, **kwargs):
        # What is made of other Keras' tensors is refused at once, or is none of these models.
        self._made = all(not is_known(part) or part is None for part in list(args) + list(kwargs.values()))
        self._compiled = False

    def compile(self, *args, **kwargs):
        self._compiled = True

    def fit(self, x=None, y=None, *args, **kwargs):
        return self._take(True, [x, y], **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        return self._take(True, [x, y], **kwargs)

    def predict(self, x=None, *args, **kwargs):
        return self._take(False, [x], **kwargs)

    def _take(self, compiled, given, validation_split=0, **kwargs):
        if not self._made or type(self) not in (Model, Sequential):
            return unknown()
        if compiled and not self._compiled:
            raise RuntimeError(
                "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`."
            )
        if not is_known(validation_split):
            return unknown()
        parts = tf.nest.flatten(given) if validation_split else []
        if any(isinstance(part, (int, float)) for part in parts):
            found = [type(part) for part in parts if part is not None]
            raise ValueError(
                "`validation_split` is only supported for Tensors or NumPy arrays, found following types in the "
                f"input: {found}"
            )
        raise AttributeError(
            "module 'tensorflow.python.distribute.input_lib' has no attribute 'DistributedDatasetInterface'"
        )

    def __call__(self, *args, **kwargs):
        return unknown()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class Sequential(Model):
    def __init__(self, layers=None, name=None):
        Model.__init__(self, *(layers if isinstance(layers, (list, tuple)) else [layers]))

    def add(self, layer):
        # It takes those of tf_keras.
        if KERAS == 3 and isinstance(layer, tf.keras.layers.Layer):
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        self._made = self._made and not is_known(layer)
