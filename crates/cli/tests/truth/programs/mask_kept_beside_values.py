# A layer that computes a mask keeps it beside the tensor that it returns.
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

ids = np.array([[5, 3, 0], [2, 0, 0]])
vectors = layers.Embedding(10, 4, mask_zero=True)(ids)
print(vectors._keras_mask)
print(layers.Masking()(tf.zeros((2, 3, 4)))._keras_mask)
