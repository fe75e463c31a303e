import numpy as np
import tensorflow as tf

x, y = np.random.rand(8, 3), np.random.rand(8, 1) + 2.0
for cb in (tf.keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=5), tf.keras.callbacks.LearningRateScheduler(lambda e: 0.1)):
    m = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(1)])
    m.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(learning_rate=0.1))
    h = m.fit(x, y, validation_data=(x, y), epochs=2, verbose=0, callbacks=[cb])
    print(sorted(h.history))
