import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model
from tensorflow.keras import backend as K

def conv_block(inputs, filters, dropout=0.0):
    c = Conv2D(filters, (3, 3), activation='relu', kernel_initializer='he_normal', padding='same')(inputs)
    if dropout > 0:
        c = Dropout(dropout)(c)
    c = Conv2D(filters, (3, 3), activation='relu', kernel_initializer='he_normal', padding='same')(c)
    return c

def get_unet(h, w, ch, n_classes=1, base=8):
    inputs = Input((h, w, ch))
    s = Lambda(lambda x: x / 255)(inputs)
    skips = []
    x = s
    for i in range(3):
        x = conv_block(x, base * 2 ** i, 0.1)
        skips.append(x)
        x = MaxPooling2D((2, 2))(x)
    x = conv_block(x, base * 8, 0.2)
    for i in reversed(range(3)):
        x = Conv2DTranspose(base * 2 ** i, (2, 2), strides=(2, 2), padding='same')(x)
        x = concatenate([x, skips[i]])
        x = conv_block(x, base * 2 ** i, 0.1)
    outputs = Conv2D(n_classes, (1, 1), activation='sigmoid')(x)
    return Model(inputs=[inputs], outputs=[outputs])

def dice_coef(y_true, y_pred, smooth=1):
    y_true_f = tf.reshape(tf.cast(y_true, tf.float32), [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    intersection = tf.reduce_sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)

def dice_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)

IMG_H, IMG_W, IMG_C = 64, 64, 3
X = np.zeros((12, IMG_H, IMG_W, IMG_C), dtype=np.uint8)
Y = np.zeros((12, IMG_H, IMG_W, 1), dtype=bool)
for n in range(12):
    X[n] = np.random.randint(0, 255, (IMG_H, IMG_W, IMG_C))
    mask = np.zeros((IMG_H, IMG_W, 1), dtype=bool)
    for _ in range(2):
        piece = np.expand_dims(np.random.rand(IMG_H, IMG_W) > 0.8, axis=-1)
        mask = np.maximum(mask, piece)
    Y[n] = mask
model = get_unet(IMG_H, IMG_W, IMG_C)
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=[dice_coef])
results = model.fit(X, Y, validation_split=0.25, batch_size=4, epochs=1, verbose=0)
preds = model.predict(X[:3], verbose=0)
preds_t = (preds > 0.5).astype(np.uint8)
print(preds_t.shape, sorted(results.history))
