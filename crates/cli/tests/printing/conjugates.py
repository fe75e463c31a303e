import tensorflow as tf

x = tf.constant([[1 + 1j, 2 + 2j, 3 + 3j], [4 + 4j, 5 + 5j, 6 + 6j]])
print(tf.transpose(x, conjugate=True))
print(tf.transpose(x, perm=[1, 0]))
print(tf.math.sign(tf.constant([3 + 4j, 0j, -2 + 0j])))
print(tf.data.Dataset.range(3).repeat().filter(lambda n: True).cardinality())
print(tf.io.RaggedFeature.RowSplits("offsets").key)
