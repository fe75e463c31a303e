from tensorflow import keras
from tensorflow.keras import layers
inp = keras.Input((8, 8, 3), name="image")
base = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same", name="c1"), layers.BatchNormalization(name="bn"), layers.ReLU(name="r"), layers.GlobalAveragePooling2D(name="gap")], name="backbone")
base.trainable = False
x = base(inp)
x = layers.Dense(5, name="fc")(x)
out = layers.Dense(2, activation="softmax", name="probs")(x)
model = keras.Model(inp, out, name="classifier")
model.summary()
model.summary(expand_nested=True)
model.summary(show_trainable=True)
model.summary(expand_nested=True, show_trainable=True, line_length=100)
model.compile("adam", "sparse_categorical_crossentropy")
model.summary()
a = keras.Input((10,), name="tokens")
e = layers.Embedding(50, 8, name="emb")(a)
l = layers.LSTM(6, name="lstm")(e)
s = layers.Dense(6, name="skip")(l)
m = layers.Add(name="add")([l, s])
m = layers.Dropout(0.1, name="drop")(m)
o1 = layers.Dense(1, name="o1")(m)
o2 = layers.Dense(3, name="o2")(m)
two = keras.Model(a, [o1, o2], name="two")
two.summary()
two.summary(line_length=120, positions=[0.3, 0.6, 0.7, 1.0])
lines = []
two.summary(print_fn=lambda s, **k: lines.append(s))
print(len(lines), lines[0].splitlines()[0])

class Sub(keras.Model):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.d1 = layers.Dense(4, name="d1")
        self.d2 = layers.Dense(1, name="d2")
    def call(self, x):
        return self.d2(self.d1(x))
s = Sub(name="sub")
try:
    s.summary()
except ValueError as e:
    print("ValueError", e)
s(keras.ops.ones((2, 3)) if hasattr(keras, "ops") else __import__("tensorflow").ones((2, 3)))
s.summary()
q = keras.Sequential(name="unbuilt")
q.add(layers.Dense(3, name="a"))
try:
    q.summary()
except ValueError as e:
    print("ValueError", e)
q.build((None, 2))
q.summary()
print(two.get_layer("lstm").weights[0].shape, [w.name for w in two.weights])
print(model.count_params(), len(model.trainable_weights), len(model.non_trainable_weights))
