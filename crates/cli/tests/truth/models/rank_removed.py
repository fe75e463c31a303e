import tensorflow as tf
from tensorflow.keras import Input
from tensorflow.keras.layers import GRU, Conv1D, GlobalAveragePooling1D

x = Input((20, 4))
h = Conv1D(8, 3)(x)
h = GlobalAveragePooling1D()(h)
y = GRU(5)(h)
