from keras.models import Sequential, Model
from keras.layers import Dense, Input, Flatten, Embedding, Reshape, Dropout
from keras.layers import concatenate, dot, multiply
from keras import backend as K
from keras.callbacks import EarlyStopping, ModelCheckpoint
import numpy as np

n_users, n_items, dim = 30, 40, 6


def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true)))


def get_model(mf_dim, layers_):
    user_input = Input(shape=(1,), dtype="int32", name="user_input")
    item_input = Input(shape=(1,), dtype="int32", name="item_input")
    mf_user = Flatten()(Embedding(n_users, mf_dim, name="mf_user")(user_input))
    mf_item = Flatten()(Embedding(n_items, mf_dim, name="mf_item")(item_input))
    mlp_user = Flatten()(Embedding(n_users, layers_[0] // 2, name="mlp_user")(user_input))
    mlp_item = Flatten()(Embedding(n_items, layers_[0] // 2, name="mlp_item")(item_input))
    mf_vector = multiply([mf_user, mf_item])
    mlp_vector = concatenate([mlp_user, mlp_item])
    for idx in range(1, len(layers_)):
        mlp_vector = Dense(layers_[idx], activation="relu", name="layer%d" % idx)(mlp_vector)
    predict_vector = concatenate([mf_vector, mlp_vector])
    prediction = Dense(1, activation="sigmoid", kernel_initializer="lecun_uniform", name="prediction")(predict_vector)
    return Model(inputs=[user_input, item_input], outputs=prediction)


model = get_model(dim, [16, 8])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
users = np.random.randint(0, n_users, 50)
items = np.random.randint(0, n_items, 50)
labels = np.random.randint(0, 2, 50)
stop = EarlyStopping(monitor="val_loss", patience=2)
hist = model.fit([users, items], labels, batch_size=16, epochs=2, verbose=0, validation_split=0.2, callbacks=[stop])
emb = model.get_layer("mf_users").get_weights()[0]
norm = emb / np.linalg.norm(emb, axis=1, keepdims=True)
sims = norm.dot(norm[3])
print(emb.shape, np.argsort(-sims)[:3].shape, K.epsilon() > 0)
