import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

stream = np.sin(np.arange(2 * 12) * 0.5).reshape(2, 12, 1).astype("float32")
target = np.roll(stream, -1, axis=1)
inputs = keras.Input(batch_shape=(2, 4, 1))
hidden = layers.LSTM(5, stateful=True, return_sequences=True, unit_forget_bias=True, recurrent_activation="hard_sigmoid")(inputs)
out = layers.TimeDistributed(layers.Dense(1))(hidden)
model = keras.Model(inputs, out)
for i, w in enumerate(model.trainable_variables):
    w.assign(0.2 * np.sin(1.3 * np.arange(np.prod(w.shape)).reshape(w.shape) + i))
model.compile(keras.optimizers.RMSprop(0.01), "mse")
trace = []
for epoch in range(3):
    for k in range(3):
        trace.append(model.train_on_batch(stream[:, 4 * k:4 * k + 4], target[:, 4 * k:4 * k + 4]))
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_states() if hasattr(layer, "reset_states") else layer.reset_state()
outputs = np.array(trace)
prediction = model.predict(stream[:, :4], batch_size=2, verbose=0)
weights = [w.numpy() for w in model.trainable_variables]
print("mean of the trace: %.5f" % np.mean(trace))
