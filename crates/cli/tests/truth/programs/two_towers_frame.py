"""A recommender with two towers, inputs by name, and a frame of ratings."""
import itertools
import random

import numpy as np
import pandas as pd
from tensorflow import keras
from tensorflow.keras.layers import Concatenate, Dense, Dot, Embedding, Flatten, Input
from tensorflow.keras.models import Model

random.seed(3)
users, movies = [f"u{i}" for i in range(12)], [f"m{i}" for i in range(9)]
rows = [(u, m, random.randint(1, 5)) for u, m in itertools.product(users, movies) if random.random() < 2]
ratings = pd.DataFrame(rows, columns=["user", "movie", "rating"])
user_index = {name: i for i, name in enumerate(ratings["user"].unique())}
movie_index = {name: i for i, name in enumerate(ratings["movie"].unique())}
ratings["user_id"] = ratings["user"].map(user_index)
ratings["movie_id"] = ratings["movie"].map(movie_index)
print(len(ratings), ratings.columns.tolist())

user_in, movie_in = Input((1,), name="user"), Input((1,), name="movie")
user_vector = Flatten()(Embedding(len(user_index), 8)(user_in))
movie_vector = Flatten()(Embedding(len(movie_index), 8)(movie_in))
score = Dot(axes=1)([user_vector, movie_vector])
model = Model([user_in, movie_in], score)
model.compile("adam", "mse")
inputs = ratings[["user_id", "movie_id"]].values
model.fit(inputs, ratings["rating"].to_numpy("float32"), epochs=1, batch_size=36, verbose=0)
print(model.count_params())
