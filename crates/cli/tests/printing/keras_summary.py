from tensorflow import keras
from tensorflow.keras import layers
m = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu", name="conv"), layers.MaxPooling2D(name="pool"), layers.Flatten(name="flat"), layers.Dropout(0.5, name="drop"), layers.Dense(10, activation="softmax", name="probs")], name="cnn")
m.summary()
a = keras.Input((16,), name="left"); b = keras.Input((8,), name="right")
x = layers.Dense(8, name="proj")(a); y = layers.Concatenate(name="cat")([x, b]); z = layers.Dense(1, name="head")(y)
f = keras.Model([a, b], z, name="two_in")
f.summary()
f.summary(line_length=80)
f.compile("adam", "mse"); f.summary()
e = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(1000, 16, name="emb"), layers.Bidirectional(layers.LSTM(8, name="lstm"), name="bi"), layers.Dense(1, name="out")], name="text")
e.summary()
n = keras.Sequential([keras.Input((16,)), keras.Sequential([keras.Input((16,)), layers.Dense(4, name="i1"), layers.Dense(4, name="i2")], name="inner"), layers.Dense(1, name="o")], name="outer")
n.summary(expand_nested=True)
n.get_layer("inner").trainable = False
n.summary(show_trainable=True)
class M(keras.Model):
    def __init__(self):
        super().__init__(name="mine")
        self.d1 = layers.Dense(4, name="d1"); self.d2 = layers.Dense(2, name="d2")
    def call(self, x):
        return self.d2(self.d1(x))
k = M(); k.build((None, 3)); k.summary()
u = keras.Sequential([layers.Dense(3, name="u1"), layers.Dense(1, name="u2")], name="unbuilt")
u.build((None, 5)); u.summary()
lines = []
f.summary(print_fn=lambda s, **kw: lines.append(s))
print(len(lines)); print("\n".join(lines))
i = keras.Input((4, 4, 3), name="im"); c = layers.Conv2D(3, 1, name="c1")(i); s = layers.Add(name="sum")([i, c]); g = layers.GlobalAveragePooling2D(name="gap")(s)
t = keras.Model(i, [layers.Dense(2, name="p")(g), layers.Dense(3, name="q")(g)], name="multi"); t.summary()
big = keras.Sequential([keras.Input((1000,)), layers.Dense(4096, name="a_rather_long_layer_name_that_is_cut"), layers.BatchNormalization(name="bn"), layers.LSTM(2, name="r") if False else layers.Dense(1000, name="z")], name="big"); big.summary()
print(big.count_params(), m.count_params())
