import tensorflow as tf
s = tf.SparseTensor(indices=[[0, 1], [1, 0], [2, 3]], values=[1., 2., 3.], dense_shape=[3, 4])
print((s * 42.0).shape)
try:
    s + 42.0
except TypeError as ex:
    print(ex)
