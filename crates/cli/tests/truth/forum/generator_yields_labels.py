import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, GlobalAveragePooling2D, Dense
from tensorflow.keras.utils import to_categorical

samples = [("img_%d.png" % i, i % 5) for i in range(40)]

def load(path):
    return np.random.randint(0, 256, (32, 32, 3)).astype("float32")

def batch_generator(samples, batch_size=8, shuffle=True):
    num_samples = len(samples)
    while True:
        if shuffle:
            np.random.shuffle(samples)
        for offset in range(0, num_samples, batch_size):
            batch = samples[offset:offset + batch_size]
            X, y = [], []
            for name, label in batch:
                X.append(load(name) / 255.0)
                y.append(int(label))
            yield np.array(X), to_categorical(y, num_classes=5)

train_generator = batch_generator(samples[:32])
val_generator = batch_generator(samples[32:], shuffle=False)
model = Sequential([
    Conv2D(8, 3, activation='relu', input_shape=(32, 32, 3)),
    GlobalAveragePooling2D(),
    Dense(5, activation='softmax'),
])
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(train_generator, steps_per_epoch=32 // 8, validation_data=val_generator, validation_steps=1, epochs=1, verbose=0)
