"""Texts in tensors, arrays and datasets, and what has no hash."""
import tensorflow as tf

words = tf.constant(["héllo", "abc"])
print(tf.strings.length(words), tf.strings.length(words, unit="UTF8_CHAR"))
print(tf.strings.substr(words, 1, 2, unit="UTF8_CHAR"))
array = tf.gather(["a", "b", "c"], [2, 0]).numpy()
print(array, repr(array), array.dtype, array[0], [word.decode() for word in array])
print(repr(tf.strings.strip(["\nTensorFlow", "  a library "]).numpy()))

dataset = tf.data.Dataset.from_tensor_slices((["a", "b"], [1, 2]))
for word, number in dataset.as_numpy_iterator():
    print(word, word.decode("utf-8"), number)
print(list(tf.data.Dataset.range(3).enumerate(start=5).as_numpy_iterator()))
rows = tf.data.Dataset.range(7).batch(4).rebatch(3, drop_remainder=True)
print([row.tolist() for row in rows.as_numpy_iterator()])

x, v = tf.constant(5), tf.Variable(1)
for made in (lambda: {x}, lambda: {x: 1}, lambda: set([x]), lambda: {v}, lambda: {1: [2], (3, 4): 5}):
    try:
        print(made())
    except TypeError as e:
        print("TypeError:", str(e)[:60])


@tf.function
def counted(n):
    made = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    for i in tf.range(n):
        v.assign_add(i)
        made = made.write(i, v)
    print("eager:", tf.executing_eagerly())
    return made.stack()


print(counted(5).numpy(), tf.executing_eagerly())
numbers = tf.TensorArray(tf.float32, size=2)
numbers = numbers.write(0, 10).write(1, 2.5)
print(numbers.stack())
for call in ("reshape", "tolist", "astype"):
    print(hasattr(x, call))
