import tensorflow as tf
import numpy as np
import time

DTYPE = "float32"
tf.keras.backend.set_floatx(DTYPE)

pi = tf.constant(np.pi, dtype=DTYPE)
viscosity = 0.01 / pi


class PINN(tf.keras.Model):
    def __init__(self, lb, ub, num_hidden_layers=3, num_neurons=10, activation="tanh", **kwargs):
        super().__init__(**kwargs)
        self.lb, self.ub = lb, ub
        self.scale = tf.keras.layers.Lambda(lambda x: 2.0 * (x - lb) / (ub - lb) - 1.0)
        self.hidden = [tf.keras.layers.Dense(num_neurons, activation=activation) for _ in range(num_hidden_layers)]
        self.out = tf.keras.layers.Dense(1)

    def call(self, X):
        Z = self.scale(X)
        for layer in self.hidden:
            Z = layer(Z)
        return self.out(Z)


class Solver:
    def __init__(self, model, X_r):
        self.model = model
        self.t = X_r[:, 0:1]
        self.x = X_r[:, 1:2]
        self.hist = []

    def residual(self):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(self.t)
            tape.watch(self.x)
            u = self.model(tf.stack([self.t[:, 0], self.x[:, 0]], axis=1))
        u_x = tape.gradient(u, self.x)
        u_t = tape.gradient(u, self.t)
        u_xx = tape.gradient(u_x, self.x)
        del tape
        return u_t + u * u_x - viscosity * u_xx

    def loss(self, X, u):
        loss = tf.reduce_mean(tf.square(self.residual()))
        for i in range(len(X)):
            loss += tf.reduce_mean(tf.square(u[i] - self.model(X[i])))
        return loss

    def train(self, optimizer, X, u, n):
        @tf.function
        def step():
            with tf.GradientTape(persistent=True) as tape:
                loss = self.loss(X, u)
            g = tape.gradient(loss, self.model.trainable_variables)
            optimizer.apply_gradients(zip(g, self.model.trainable_variables))
            return loss

        for i in range(n):
            loss = step()
            self.hist.append(loss.numpy())


N_0, N_r = 20, 100
lb = tf.constant([0.0, -1.0], dtype=DTYPE)
ub = tf.constant([1.0, 1.0], dtype=DTYPE)
t_0 = tf.ones((N_0, 1), dtype=DTYPE) * lb[0]
x_0 = tf.random.uniform((N_0, 1), lb[1], ub[1], dtype=DTYPE)
X_0 = tf.concat([t_0, x_0], axis=1)
u_0 = -tf.sin(pi * x_0)
t_r = tf.random.uniform((N_r, 1), lb[0], ub[0], dtype=DTYPE)
x_r = tf.random.uniform((N_r, 1), lb[1], ub[1], dtype=DTYPE)
X_r = tf.concat([t_r, x_r], axis=1)

model = PINN(lb, ub)
model.build(input_shape=(None, 2))
solver = Solver(model, X_r)
lr = tf.keras.optimizers.schedules.PiecewiseConstantDecay([1000, 3000], [1e-2, 1e-3, 5e-4])
t0 = time.time()
solver.train(tf.keras.optimizers.Adam(learning_rate=lr), [X_0], [u_0], n=3)
print("Computation time: {} seconds".format(time.time() - t0))
print(len(solver.hist))
