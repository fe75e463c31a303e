"""TimeDistributed CNN + LSTM with a Sequence that loads clips (K2 idiom)."""
import numpy as np
from tensorflow.keras.utils import Sequence, to_categorical
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import TimeDistributed, Conv2D, MaxPooling2D, Flatten, LSTM, Dense, Dropout
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau, ModelCheckpoint, LambdaCallback

SEQ, H, W, CLASSES = 5, 20, 20, ["walk", "run", "jump"]


class ClipSequence(Sequence):
    def __init__(self, paths, labels, batch_size=4, augment=False):
        super().__init__()
        self.paths, self.labels = list(paths), np.asarray(labels)
        self.batch_size, self.augment = batch_size, augment
        self.indices = np.arange(len(self.paths))

    def __len__(self):
        return len(self.paths) // self.batch_size

    def _load(self, path):
        clip = np.random.rand(SEQ, H, W, 3)
        return clip[:, :, ::-1] if self.augment else clip

    def __getitem__(self, idx):
        batch = self.indices[idx * self.batch_size:(idx + 1) * self.batch_size]
        X = np.stack([self._load(self.paths[i]) for i in batch])
        y = to_categorical(self.labels[batch], num_classes=len(CLASSES))
        return X, y

    def on_epoch_end(self):
        np.random.shuffle(self.indices)


def create_LRCN_model():
    model = Sequential()
    model.add(TimeDistributed(Conv2D(8, (3, 3), padding="same", activation="relu"), input_shape=(SEQ, H, W, 3)))
    model.add(TimeDistributed(MaxPooling2D((4, 4))))
    model.add(TimeDistributed(Dropout(0.25)))
    model.add(TimeDistributed(Flatten()))
    model.add(LSTM(16))
    model.add(Dense(len(CLASSES), activation="softmax"))
    return model


paths = ["clip_%03d.avi" % i for i in range(16)]
labels = [i % 3 for i in range(16)]
train_seq, val_seq = ClipSequence(paths[:12], labels[:12], augment=True), ClipSequence(paths[12:], labels[12:])
model = create_LRCN_model()
model.compile(loss="categorical_crossentropy", optimizer="Adam", metrics=["accuracy"])
log = []
model.fit(train_seq, validation_data=val_seq, epochs=2, verbose=0,
          callbacks=[EarlyStopping(monitor="val_loss", patience=1), ReduceLROnPlateau(), LambdaCallback(on_epoch_end=lambda e, logs: log.append(logs["acc"]))])
print(len(log), model.predict(val_seq, verbose=0).shape)
