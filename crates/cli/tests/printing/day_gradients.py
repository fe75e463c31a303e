import tensorflow as tf
from tensorflow import keras
x = tf.Variable([[1.0, 2.0]])
d = keras.layers.Dense(2, kernel_initializer="ones", name="d")
with tf.GradientTape() as t:
    y = tf.reduce_sum(d(x) ** 2)
g = t.gradient(y, d.trainable_variables)
print(g); print([v.shape for v in g]); print({v.name: gr.numpy().tolist() for v, gr in zip(d.trainable_variables, g)})
for v, gr in zip(d.trainable_variables, g):
    print(f"{v.name:20} {str(v.shape):10} grad norm = {tf.norm(gr):.4f}")
    print(v.name, tf.norm(gr).numpy(), tf.reduce_mean(gr), gr is None)
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        z = x ** 3
    g1 = t1.gradient(z, x)
print(g1, t2.gradient(g1, x))
with tf.GradientTape() as t:
    w = tf.Variable(1.0); c = tf.constant(2.0); q = tf.round(w) + c
print(t.gradient(q, [w, c]))
@tf.custom_gradient
def clip(v):
    def grad(dy):
        print("grad called", dy)
        return tf.clip_by_norm(dy, 0.5)
    return v, grad
with tf.GradientTape() as t:
    r = clip(x) * 3.0
print(t.gradient(r, x))
with tf.GradientTape() as t:
    t.watch(c); j = tf.stack([c, c * c])
print(t.jacobian(j, c)); print(tf.clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0)); print(tf.linalg.global_norm([tf.constant([3.0, 4.0])]))
opt = keras.optimizers.Adam(0.1); v = tf.Variable([1.0, 2.0], name="v"); opt.apply_gradients([(tf.constant([0.1, -0.2]), v)]); print(v, opt.iterations.numpy(), [a.shape for a in (opt.variables if not callable(opt.variables) else opt.variables())])
m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")]); m.compile("sgd", "mse")
with tf.GradientTape() as t:
    loss = m.compiled_loss(tf.ones((1, 1)), m(tf.ones((1, 2)))) if hasattr(m, "compiled_loss") else m.compute_loss(y=tf.ones((1, 1)), y_pred=m(tf.ones((1, 2))))
print(loss, t.gradient(loss, m.trainable_variables)[0].numpy().ravel())
print(keras.losses.MeanSquaredError()([[1.0]], [[0.0]]), keras.losses.sparse_categorical_crossentropy([1], [[0.1, 0.9]]), tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]), tf.keras.losses.kld([[0.5, 0.5]], [[0.5, 0.5]]), tf.losses.mse([1.0], [2.0]) if hasattr(tf, "losses") else "")
