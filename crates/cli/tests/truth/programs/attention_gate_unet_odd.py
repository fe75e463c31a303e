import numpy as np
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import (Activation, Add, BatchNormalization, Concatenate, Conv2D, Conv2DTranspose,
                                     Input, Lambda, MaxPooling2D, Multiply, UpSampling2D)
from tensorflow.keras.models import Model


def expend_as(tensor, rep, name):
    return Lambda(lambda x, repnum: K.repeat_elements(x, repnum, axis=3), arguments={"repnum": rep}, name="psi_up" + name)(tensor)


def conv_block(x, size, batch_norm=True):
    for _ in range(2):
        x = Conv2D(size, (3, 3), padding="same")(x)
        if batch_norm:
            x = BatchNormalization(axis=3)(x)
        x = Activation("relu")(x)
    return x


def attention_block(x, gating, inter_shape, name):
    shape_x = K.int_shape(x)
    shape_g = K.int_shape(gating)
    theta_x = Conv2D(inter_shape, (2, 2), strides=(2, 2), padding="same")(x)
    shape_theta_x = K.int_shape(theta_x)
    phi_g = Conv2D(inter_shape, (1, 1), padding="same")(gating)
    upsample_g = Conv2DTranspose(inter_shape, (3, 3), strides=(shape_theta_x[1] // shape_g[1], shape_theta_x[2] // shape_g[2]), padding="same")(phi_g)
    act_xg = Activation("relu")(Add()([upsample_g, theta_x]))
    psi = Conv2D(1, (1, 1), padding="same")(act_xg)
    sigmoid_xg = Activation("sigmoid")(psi)
    shape_sigmoid = K.int_shape(sigmoid_xg)
    upsample_psi = UpSampling2D(size=(shape_x[1] // shape_sigmoid[1], shape_x[2] // shape_sigmoid[2]))(sigmoid_xg)
    upsample_psi = expend_as(upsample_psi, shape_x[3], name)
    y = Multiply()([upsample_psi, x])
    result = Conv2D(shape_x[3], (1, 1), padding="same")(y)
    return BatchNormalization()(result)


def attention_unet(input_shape, filters=(4, 8, 16), classes=1):
    inputs = Input(input_shape)
    x, skips = inputs, []
    for f in filters[:-1]:
        x = conv_block(x, f)
        skips.append(x)
        x = MaxPooling2D((2, 2))(x)
    x = conv_block(x, filters[-1])
    for i, (skip, f) in enumerate(zip(reversed(skips), reversed(filters[:-1]))):
        gating = Conv2D(f, (1, 1), padding="same", activation="relu")(x)
        att = attention_block(skip, gating, f, str(i))
        up = UpSampling2D((2, 2))(x)
        x = Concatenate(axis=3)([up, att])
        x = conv_block(x, f)
    out = Conv2D(classes, (1, 1), activation="sigmoid")(x)
    return Model(inputs, out, name="attention_unet")


def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2.0 * intersection + 1.0) / (K.sum(y_true_f) + K.sum(y_pred_f) + 1.0)


def dice_loss(y_true, y_pred):
    return -dice_coef(y_true, y_pred)


model = attention_unet((30, 30, 1))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=dice_loss, metrics=[dice_coef])
images = np.random.rand(6, 32, 32, 1).astype("float32")
masks = (np.random.rand(6, 32, 32, 1) > 0.5).astype("float32")
model.fit(images, masks, batch_size=2, epochs=1, verbose=0)
print(model.evaluate(images, masks, verbose=0))
