"""How often a layer's `call` is traced: where it is built by that, and where not."""

import keras, numpy as np
from keras import layers
class A(layers.Layer):
    def __init__(self):
        super().__init__(); self.d = layers.Dense(2)
    def call(self, x):
        print("A", x.shape); return self.d(x)
class B(layers.Layer):
    def build(self, s): self.w = self.add_weight(shape=(s[-1], 2)); print("build")
    def call(self, x):
        print("B", x.shape); return x @ self.w
class C(layers.Layer):
    def call(self, x):
        print("C", x.shape); return x * 2
class D(layers.Layer):
    def __init__(self):
        super().__init__(); self.a = A()
    def call(self, x):
        print("D", x.shape); return self.a(x)
class M(keras.Model):
    def __init__(self):
        super().__init__(); self.a = A(); self.d = layers.Dense(1)
    def call(self, x):
        print("M", x.shape); return self.d(self.a(x))
for cls in (A, B, C, D, M):
    print(cls.__name__, "symbolic"); i = keras.Input((3,)); l = cls(); l(i); print("again"); l(keras.Input((3,)))
    print("eager"); l = cls(); l(np.ones((2, 3), "float32")); print("again"); l(np.ones((2, 3), "float32"))
    print("sequential"); keras.Sequential([cls()])(np.ones((2, 3), "float32")); s = keras.Sequential([keras.Input((3,)), cls()]); print("fit"); s.compile("sgd", "mse"); s.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0); print("predict"); s.predict(np.ones((4, 3)), verbose=0)
