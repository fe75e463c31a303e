import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers

n = 400
ratings = pd.DataFrame({
    "userId": np.random.choice([3, 7, 11, 19, 23, 42], n),
    "movieId": np.random.choice([101, 205, 333, 478], n),
    "rating": np.random.choice([1.0, 2.0, 3.0, 4.0, 5.0], n),
})
user_ids = ratings["userId"].unique().tolist()
user2encoded = {x: i for i, x in enumerate(user_ids)}
movie_ids = ratings["movieId"].unique().tolist()
movie2encoded = {x: i for i, x in enumerate(movie_ids)}
ratings["user"] = ratings["userId"].map(user2encoded)
ratings["movie"] = ratings["movieId"].map(movie2encoded)
num_users, num_movies = len(user2encoded), len(movie2encoded)
ratings["rating"] = ratings["rating"].values.astype(np.float32)
min_rating, max_rating = min(ratings["rating"]), max(ratings["rating"])
print("Users: {}, Movies: {}".format(num_users, num_movies))

ratings = ratings.sample(frac=1, random_state=42)
x = ratings[["user", "movie"]].values
y = ratings["rating"].apply(lambda r: (r - min_rating) / (max_rating - min_rating)).values
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.1, random_state=1)


class RecommenderNet(keras.Model):
    def __init__(self, num_users, num_movies, embedding_size, **kwargs):
        super().__init__(**kwargs)
        self.user_embedding = layers.Embedding(num_users, embedding_size, embeddings_initializer="he_normal",
                                               embeddings_regularizer=keras.regularizers.l2(1e-6))
        self.user_bias = layers.Embedding(num_users, 1)
        self.movie_embedding = layers.Embedding(num_movies, embedding_size)
        self.movie_bias = layers.Embedding(num_movies, 1)

    def call(self, inputs):
        user_vector = self.user_embedding(inputs[:, 0])
        user_bias = self.user_bias(inputs[:, 0])
        movie_vector = self.movie_embedding(inputs[:, 1])
        movie_bias = self.movie_bias(inputs[:, 1])
        dot = tf.reduce_sum(user_vector * movie_vector, axis=1, keepdims=True)
        return tf.nn.sigmoid(dot + user_bias + movie_bias)


model = RecommenderNet(num_users, num_movies, 8)
model.compile(loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adam(learning_rate=0.001))
model.fit(x=x_train, y=y_train, batch_size=64, epochs=1, verbose=0, validation_data=(x_val, y_val))
movies_df = pd.DataFrame({"movie": [0, 1, 2]})
pairs = np.hstack(([[2]] * len(movies_df), movies_df.values))
print(model.predict(pairs[0], verbose=0).flatten().shape)
