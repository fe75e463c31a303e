import re
import io
import contextlib
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
def clean(run):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run()
    text = re.sub(r"\x1b\[[0-9;]*m|\x08|\r", "\n", out.getvalue())
    print("\n".join(re.sub(r"\d+(us|ms|s)(/\w+)?", "T", l) for l in text.split("\n") if l.strip()))
x = np.linspace(-1, 1, 16, dtype="float32").reshape(8, 2); y = x[:, :1] * 2
m = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros", name="d")])
m.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
clean(lambda: m.fit(x, y, epochs=2, batch_size=8, verbose=2, shuffle=False))
clean(lambda: m.fit(x, y, epochs=1, batch_size=8, verbose=2, shuffle=False, validation_data=(x, y)))
clean(lambda: m.evaluate(x, y, verbose=2))
clean(lambda: m.fit(x, y, epochs=2, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN(), keras.callbacks.EarlyStopping(monitor="val_loss", patience=1)]))
clean(lambda: m.fit(x, y, epochs=3, verbose=2, shuffle=False, batch_size=8, callbacks=[keras.callbacks.EarlyStopping(monitor="loss", min_delta=100, patience=1, verbose=1, restore_best_weights=True)]))
clean(lambda: m.fit(x, y, epochs=2, verbose=2, shuffle=False, batch_size=8, callbacks=[keras.callbacks.ModelCheckpoint("best.weights.h5" if True else "", save_weights_only=True, save_best_only=True, monitor="loss", verbose=1)]))
