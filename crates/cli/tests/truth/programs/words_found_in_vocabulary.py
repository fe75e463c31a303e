# The words of a vocabulary are NumPy's strings, which are equal to Python's.
import tensorflow as tf

lines = "the cat sat on the mat\nthe dog sat by the door".split("\n")
vectorize = tf.keras.layers.TextVectorization()
vectorize.adapt(lines)
vocabulary = vectorize.get_vocabulary()
places = [vocabulary.index(word) for word in lines[0].split()]
model = tf.keras.Sequential([tf.keras.layers.Embedding(len(vocabulary), 3), tf.keras.layers.Dense(1)])
print(model(tf.constant([places])).shape, "cat" in vocabulary, vocabulary.count("the"))
