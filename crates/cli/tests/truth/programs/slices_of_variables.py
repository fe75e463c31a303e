import tensorflow as tf
v = tf.Variable([[1., 2., 3.], [4., 5., 6.]])
v[0, 1].assign(42)
v[:, 2].assign([0., 1.])
print(v.numpy())
v[0].assign_add([1., 1., 1.])
