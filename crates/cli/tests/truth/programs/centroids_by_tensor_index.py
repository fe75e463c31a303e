import numpy as np
import tensorflow as tf
points = np.random.uniform(0, 10, (20, 2))
centroids = tf.slice(tf.random.shuffle(points), [0, 0], [3, -1])
def closest_centroids(points, centroids):
    distances = tf.reduce_sum(tf.square(tf.subtract(points, centroids[:, None])), 2)
    return tf.argmin(distances, 0)
def move(points, closest, centroids):
    return np.array([points[closest == k].mean(axis=0) for k in range(centroids.shape[0])])
for step in range(3):
    closest = closest_centroids(points, centroids)
    centroids = move(points, closest, centroids)
print(centroids.shape)
