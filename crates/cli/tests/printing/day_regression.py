import numpy as np
import tensorflow as tf
x = np.linspace(0, 1, 5, dtype=np.float32)
y = 2 * x + 1
w = tf.Variable(0.0, name="w"); b = tf.Variable(0.0, name="b")
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
for epoch in range(3):
    with tf.GradientTape() as tape:
        pred = w * x + b
        loss = tf.reduce_mean(tf.square(pred - y))
    grads = tape.gradient(loss, [w, b])
    opt.apply_gradients(zip(grads, [w, b]))
    print("Epoch", epoch, "loss", loss)
    print(f"Epoch {epoch}: loss={loss:.4f}, w={w.numpy():.4f}, b={b.numpy():.4f}")
    print("grads:", [g.numpy() for g in grads], grads)
print("w:", w)
print("prediction:", pred)
print("prediction:", pred.numpy())
print(opt.iterations, opt.learning_rate)
tf.print("final loss:", loss, "w:", w)
