import math
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

class DataGenerator(keras.utils.Sequence):
    'Generates data for Keras'
    def __init__(self, list_IDs, labels, batch_size=32, dim=(32, 32, 32), n_channels=1,
                 n_classes=10, shuffle=True):
        super().__init__()
        self.dim = dim
        self.batch_size = batch_size
        self.labels = labels
        self.list_IDs = list_IDs
        self.n_channels = n_channels
        self.n_classes = n_classes
        self.shuffle = shuffle
        self.on_epoch_end()

    def __len__(self):
        'Denotes the number of batches per epoch'
        return int(np.floor(len(self.list_IDs) / self.batch_size))

    def __getitem__(self, index):
        indexes = self.indexes[index*self.batch_size:(index+1)*self.batch_size]
        list_IDs_temp = [self.list_IDs[k] for k in indexes]
        X, y = self.__data_generation(list_IDs_temp)
        return X, y

    def on_epoch_end(self):
        self.indexes = np.arange(len(self.list_IDs))
        if self.shuffle == True:
            np.random.shuffle(self.indexes)

    def __data_generation(self, list_IDs_temp):
        X = np.empty((self.batch_size, *self.dim, self.n_channels))
        y = np.empty((self.batch_size), dtype=int)
        for i, ID in enumerate(list_IDs_temp):
            X[i,] = np.random.rand(*self.dim, self.n_channels)
            y[i] = self.labels[ID]
        return X, keras.utils.to_categorical(y, num_classes=self.n_classes)

params = {'dim': (8, 8, 8), 'batch_size': 4, 'n_classes': 6, 'n_channels': 1, 'shuffle': True}
partition = {'train': ['id-%d' % i for i in range(16)], 'validation': ['id-%d' % i for i in range(16, 24)]}
labels = {'id-%d' % i: i % 6 for i in range(24)}

training_generator = DataGenerator(partition['train'], labels, **params)
validation_generator = DataGenerator(partition['validation'], labels, **params)

model = keras.Sequential()
model.add(layers.Conv3D(4, kernel_size=3, activation='relu', input_shape=(*params['dim'], params['n_channels'])))
model.add(layers.MaxPooling3D())
model.add(layers.Flatten())
model.add(layers.Dense(params['n_classes'], activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='sgd')
model.fit(training_generator, validation_data=validation_generator, epochs=1, verbose=0)
print(model.evaluate(validation_generator, verbose=0) > 0)
