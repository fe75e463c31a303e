"""Pictures and masks from two ImageDataGenerators with the same seed."""
import numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, UpSampling2D, concatenate

images = np.random.randint(0, 256, (20, 32, 32, 3)).astype("float32")
masks = (np.random.rand(20, 32, 32, 1) > 0.6).astype("float32")
args = dict(rotation_range=10, width_shift_range=0.1, height_shift_range=0.1, zoom_range=0.1, horizontal_flip=True, fill_mode="reflect")
image_gen = ImageDataGenerator(rescale=1.0 / 255, **args)
mask_gen = ImageDataGenerator(**args)
seed = 7
image_flow = image_gen.flow(images, batch_size=4, seed=seed)
mask_flow = mask_gen.flow(masks, batch_size=4, seed=seed)


def train_generator(image_flow, mask_flow):
    for image, mask in zip(image_flow, mask_flow):
        yield [image, (mask > 0.5).astype("float32")]


inp = Input((32, 32, 3))
c1 = Conv2D(8, 3, activation="relu", padding="same")(inp)
p1 = MaxPooling2D()(c1)
c2 = Conv2D(16, 3, activation="relu", padding="same")(p1)
u1 = concatenate([UpSampling2D()(c2), c1])
out = Conv2D(1, 1, activation="sigmoid")(u1)
model = Model(inp, out)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(train_generator(image_flow, mask_flow), steps_per_epoch=5, epochs=1, verbose=0)
x, m = next(train_generator(image_flow, mask_flow))
print(x.shape, m.shape, model.predict(x, verbose=0).shape)
