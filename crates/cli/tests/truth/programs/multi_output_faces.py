import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Input, Conv2D, MaxPool2D, Flatten, Dense, Dropout, BatchNormalization
from tensorflow.keras.models import Model
from tensorflow.keras.utils import to_categorical

class UtkFaceGenerator:
    def __init__(self, n):
        self.age = np.random.randint(1, 90, n)
        self.gender = np.random.randint(0, 2, n)
        self.race = np.random.randint(0, 5, n)
        self.max_age = self.age.max()

    def generate(self, idx, batch_size=8, is_training=True):
        images, ages, races, genders = [], [], [], []
        while True:
            for i in idx:
                im = np.random.rand(48, 48, 3)
                ages.append(self.age[i] / self.max_age)
                races.append(to_categorical(self.race[i], 5))
                genders.append(to_categorical(self.gender[i], 2))
                images.append(im)
                if len(images) >= batch_size:
                    yield np.array(images), {'age_output': np.array(ages), 'race_output': np.array(races), 'gender_output': np.array(genders)}
                    images, ages, races, genders = [], [], [], []
            if not is_training:
                break

class MultiOutputModel:
    def make_default_hidden_layers(self, inputs):
        x = Conv2D(8, (3, 3), padding="same", activation='relu')(inputs)
        x = BatchNormalization(axis=-1)(x)
        x = MaxPool2D(pool_size=(3, 3))(x)
        x = Dropout(0.25)(x)
        return x

    def build_branch(self, inputs, units, name, activation):
        x = self.make_default_hidden_layers(inputs)
        x = Flatten()(x)
        x = Dense(16, activation='relu')(x)
        return Dense(units, activation=activation, name=name)(x)

    def assemble_full_model(self, width, height, num_races):
        inputs = Input(shape=(height, width, 3))
        age = self.build_branch(inputs, 1, 'age_output', 'linear')
        race = self.build_branch(inputs, num_races, 'race_output', 'softmax')
        gender = self.build_branch(inputs, 2, 'gender_output', 'sigmoid')
        return Model(inputs=inputs, outputs={'age_output': age, 'race_output': race, 'gender_output': gender}, name="face_net")

data = UtkFaceGenerator(32)
perm = np.random.permutation(32)
train_idx, valid_idx = perm[:24], perm[24:]
model = MultiOutputModel().assemble_full_model(48, 48, 5)
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3),
              loss={'age_output': 'mse', 'race_output': 'categorical_crossentropy', 'gender_output': 'binary_crossentropy'},
              loss_weights={'age_output': 4., 'race_output': 1.5, 'gender_output': 0.1},
              metrics={'age_output': 'mae', 'race_output': 'accuracy', 'gender_output': 'accuracy'})
train_gen = data.generate(train_idx, batch_size=8)
valid_gen = data.generate(valid_idx, batch_size=8)
history = model.fit(train_gen, steps_per_epoch=len(train_idx) // 8, epochs=1, validation_data=valid_gen, validation_steps=1, verbose=0)
print(len(history.history))
