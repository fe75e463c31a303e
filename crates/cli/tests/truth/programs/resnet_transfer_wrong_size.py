import numpy as np
import tensorflow as tf
from tensorflow.keras.applications import ResNet50
from tensorflow.keras.applications.resnet50 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D, Flatten
from tensorflow.keras.models import Model
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau

num_classes = 4
images = np.random.randint(0, 255, (16, 64, 64, 3)).astype('float32')
labels = tf.keras.utils.to_categorical(np.random.randint(0, num_classes, 16), num_classes)
train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=20, width_shift_range=0.1, horizontal_flip=True)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train_generator = train_datagen.flow(images[:12], labels[:12], batch_size=4)
val_generator = test_datagen.flow(images[12:], labels[12:], batch_size=4, shuffle=False)

base_model = ResNet50(weights=None, include_top=False, input_shape=(28, 28, 3))
for layer in base_model.layers[:-10]:
    layer.trainable = False
x = base_model.output
x = GlobalAveragePooling2D()(x)
x = Dense(32, activation='relu')(x)
predictions = Dense(num_classes, activation='softmax')(x)
model = Model(inputs=base_model.input, outputs=predictions)
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=1e-4, momentum=0.9), loss='categorical_crossentropy', metrics=['accuracy'])
es = EarlyStopping(monitor='val_loss', patience=2)
lr = ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1)
model.fit(train_generator, steps_per_epoch=len(train_generator), epochs=1, validation_data=val_generator, callbacks=[es, lr], verbose=0)
pred = model.predict(val_generator, verbose=0)
print(np.argmax(pred, axis=1).shape)
