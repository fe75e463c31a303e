import tensorflow as tf
from tensorflow import keras

IN_DIM = 10
CLASSES = 3

classes = CLASSES
input_dim = IN_DIM
num_weights_to_generate = (classes * 5 + classes) + (5 * input_dim + 5)

main_network = keras.Sequential([
    keras.Input(shape=(input_dim,)),
    keras.layers.Dense(5, activation=tf.nn.relu),
    keras.layers.Dense(classes),
])

hypernetwork = keras.Sequential([
    keras.Input(shape=(input_dim,)),
    keras.layers.Dense(16, activation=tf.nn.relu),
    keras.layers.Dense(num_weights_to_generate, activation=tf.nn.sigmoid),
])


class HyperModel(keras.Model):
    def __init__(self, main, hyper):
        super().__init__()
        self.main = main
        self.hyper = hyper

    def call(self, x):
        weights_pred = self.hyper(tf.reduce_mean(x, axis=0, keepdims=True))
        layer_specs = []
        start = 0
        w0 = tf.reshape(weights_pred[:, start:start + input_dim * 5], (-1, input_dim, 6))
        start += input_dim * 5
        b0 = tf.reshape(weights_pred[:, start:start + 5], (5,))
        start += 5
        w1 = tf.reshape(weights_pred[:, start:start + 5 * classes], (5, classes))
        start += 5 * classes
        b1 = tf.reshape(weights_pred[:, start:start + classes], (classes,))
        h = tf.nn.relu(tf.linalg.matmul(x, w0) + b0)
        return tf.linalg.matmul(h, w1) + b1


opt = keras.optimizers.Adam(learning_rate=1e-4)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model = HyperModel(main_network, hypernetwork)
x = tf.random.uniform((32, input_dim))
y = tf.random.uniform((32,), 0, classes, tf.int64)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        preds = model(x)
        loss = loss_fn(y, preds)
    grads = tape.gradient(loss, model.hyper.trainable_weights)
    opt.apply_gradients(zip(grads, hypernetwork.trainable_weights))
    return loss


losses = []
for step in range(3):
    loss = train_step(x, y)
    losses.append(float(loss))
    if step % 2 == 0:
        print("Step:", step, "Loss:", sum(losses) / len(losses))
