"""Conditional GAN on 8x8 digits (course exercise)."""
import numpy as np
from sklearn.datasets import load_digits
from tensorflow.keras.layers import (Input, Dense, Reshape, Flatten, Embedding, Multiply,
                                     LeakyReLU, BatchNormalization, Dropout)
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.optimizers import Adam


class CGAN:
    def __init__(self):
        self.img_rows = 8
        self.img_cols = 8
        self.channels = 1
        self.img_shape = (self.img_rows, self.img_cols, self.channels)
        self.num_classes = 10
        self.latent_dim = 16

        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss=["binary_crossentropy"],
                                   optimizer=Adam(0.0002, 0.5), metrics=["accuracy"])
        self.generator = self.build_generator()

        noise = Input(shape=(self.latent_dim,))
        label = Input(shape=(1,))
        img = self.generator([noise, label])
        self.discriminator.trainable = False
        valid = self.discriminator([img, label])
        self.combined = Model([noise, label], valid)
        self.combined.compile(loss=["binary_crossentropy"], optimizer=Adam(0.0002, 0.5))

    def build_generator(self):
        model = Sequential()
        model.add(Dense(32, input_dim=self.latent_dim))
        model.add(LeakyReLU(0.2))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Dense(np.prod(self.img_shape), activation="tanh"))
        model.add(Reshape(self.img_shape))

        noise = Input(shape=(self.latent_dim,))
        label = Input(shape=(1,), dtype="int32")
        label_embedding = Flatten()(Embedding(self.num_classes, self.latent_dim)(label))
        model_input = Multiply()([noise, label_embedding])
        return Model([noise, label], model(model_input))

    def build_discriminator(self):
        model = Sequential()
        model.add(Dense(32, input_dim=int(np.prod(self.img_shape))))
        model.add(LeakyReLU(0.2))
        model.add(Dropout(0.4))
        model.add(Dense(1, activation="sigmoid"))

        img = Input(shape=self.img_shape)
        label = Input(shape=(1,), dtype="int32")
        label_embedding = Flatten()(Embedding(self.num_classes, int(np.prod(self.img_shape)))(label))
        flat_img = Flatten()(img)
        return Model([img, label], model(Multiply()([flat_img, label_embedding])))

    def train(self, epochs, batch_size=16):
        X_train, y_train = load_digits(return_X_y=True)
        X_train = (X_train.reshape(-1, 8, 8).astype(np.float32) - 8) / 8
        X_train = np.expand_dims(X_train, axis=3)
        y_train = y_train.reshape(-1, 1)
        valid = np.ones((batch_size, 1))
        fake = np.zeros((batch_size, 1))
        for epoch in range(epochs):
            idx = np.random.randint(0, X_train.shape[0], batch_size)
            imgs, labels = X_train[idx], y_train[idx]
            noise = np.random.normal(0, 1, (batch_size, self.latent_dim))
            gen_imgs = self.generator.predict([noise, labels], verbose=0)
            d_loss_real = self.discriminator.train_on_batch([imgs, labels], valid)
            d_loss_fake = self.discriminator.train_on_batch([gen_imgs, labels], fake)
            d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
            sampled_labels = np.random.randint(0, 10, batch_size).reshape(-1, 1)
            g_loss = self.combined.train_on_batch([noise, sampled_labels], valid)
            print("%d [D loss: %f] [G loss: %s]" % (epoch, d_loss[0], g_loss))


if __name__ == "__main__":
    CGAN().train(epochs=2)
