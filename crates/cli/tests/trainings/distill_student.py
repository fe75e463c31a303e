import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def compile(self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn, self.distillation_loss_fn = student_loss_fn, distillation_loss_fn
        self.alpha, self.temperature = alpha, temperature
        self.seen = keras.metrics.Mean(name="total")

    def call(self, x):
        return self.student(x)

    def train_step(self, data):
        x, y = data
        soft = self.teacher(x, training=False)
        with tf.GradientTape() as tape:
            pred = self.student(x, training=True)
            hard_loss = self.student_loss_fn(y, pred)
            soft_loss = self.distillation_loss_fn(tf.nn.softmax(soft / self.temperature, axis=1), tf.nn.softmax(pred / self.temperature, axis=1)) * self.temperature ** 2
            loss = self.alpha * hard_loss + (1 - self.alpha) * soft_loss
        grads = tape.gradient(loss, self.student.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.student.trainable_variables))
        self.seen.update_state(loss)
        return {"total": self.seen.result(), "soft": soft_loss, "hard": hard_loss}


x = np.sin(np.arange(60) * 0.43).reshape(12, 5).astype("float32")
y = np.arange(12) % 3
teacher = keras.Sequential([layers.Input((5,)), layers.Dense(8, "relu"), layers.Dense(3)])
student = keras.Sequential([layers.Input((5,)), layers.Dense(3)])
fill(teacher, 0.9)
fill(student, 0.1)
d = Distiller(student, teacher)
d.compile(keras.optimizers.Adam(0.02), [], keras.losses.SparseCategoricalCrossentropy(from_logits=True), keras.losses.KLDivergence(), alpha=0.3, temperature=2)
history = d.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
prediction = student.predict(x[:4], verbose=0)
weights = student.get_weights()
