import numpy as np
import tensorflow as tf

tf.random.set_seed(42)
NUM_SAMPLES, POS_ENCODE_DIMS, BATCH = 8, 4, 2
H = W = 16


def encode_position(x):
    positions = [x]
    for i in range(POS_ENCODE_DIMS):
        for fn in [tf.sin, tf.cos]:
            positions.append(fn(2.0 ** i * x))
    return tf.concat(positions, axis=-1)


def get_rays(height, width, focal, pose):
    i, j = tf.meshgrid(tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32), indexing="xy")
    transformed_i = (i - width * 0.5) / focal
    transformed_j = (j - height * 0.5) / focal
    directions = tf.stack([transformed_i, -transformed_j, -tf.ones_like(i)], axis=-1)
    camera_matrix = pose[:3, :3]
    height_width_focal = pose[:3, -1]
    transformed_dirs = directions[..., None, :]
    camera_dirs = transformed_dirs * camera_matrix
    ray_directions = tf.reduce_sum(camera_dirs, axis=-1)
    ray_origins = tf.broadcast_to(height_width_focal, tf.shape(ray_directions))
    return (ray_origins, ray_directions)


def render_flat_rays(ray_origins, ray_directions, near, far, num_samples, rand=False):
    t_vals = tf.linspace(near, far, num_samples)
    if rand:
        shape = list(ray_origins.shape[:-1]) + [num_samples]
        noise = tf.random.uniform(shape=shape) * (far - near) / num_samples
        t_vals = t_vals + noise
    rays = ray_origins[..., None, :] + (ray_directions[..., None, :] * t_vals[..., None])
    rays_flat = tf.reshape(rays, [-1, 3])
    rays_flat = encode_position(rays_flat)
    return (rays_flat, t_vals)


def map_fn(pose):
    ro, rd = get_rays(height=H, width=W, focal=20.0, pose=pose)
    return render_flat_rays(ro, rd, near=2.0, far=6.0, num_samples=NUM_SAMPLES, rand=True)


def get_nerf_model(num_layers, num_pos):
    inputs = tf.keras.Input(shape=(num_pos, 2 * 3 * POS_ENCODE_DIMS + 3))
    x = inputs
    for i in range(num_layers):
        x = tf.keras.layers.Dense(units=32, activation="relu")(x)
        if i % 4 == 0 and i > 0:
            x = tf.keras.layers.concatenate([x, inputs], axis=-1)
    outputs = tf.keras.layers.Dense(units=4)(x)
    return tf.keras.Model(inputs=inputs, outputs=outputs)


def render_rgb_depth(model, rays_flat, t_vals, rand=True, train=True):
    predictions = model(rays_flat) if train else model.predict(rays_flat)
    predictions = tf.reshape(predictions, shape=(BATCH, H, W, NUM_SAMPLES, 4))
    rgb = tf.sigmoid(predictions[..., :-1])
    sigma_a = tf.nn.relu(predictions[..., -1:])
    delta = t_vals[..., 1:] - t_vals[..., :-1]
    delta = tf.concat([delta, tf.broadcast_to([1e10], shape=(BATCH, H, W, 1))], axis=-1)
    alpha = 1.0 - tf.exp(-sigma_a * delta)
    exp_term = 1.0 - alpha
    transmittance = tf.math.cumprod(exp_term + 1e-10, axis=-1, exclusive=True)
    weights = alpha * transmittance
    rgb = tf.reduce_sum(weights[..., None] * rgb, axis=-2)
    depth_map = tf.reduce_sum(weights * t_vals, axis=-1)
    return (rgb, depth_map)


images = np.random.rand(4, H, W, 3).astype("float32")
poses = np.stack([np.eye(4)] * 4).astype("float32")
img_ds = tf.data.Dataset.from_tensor_slices(images)
pose_ds = tf.data.Dataset.from_tensor_slices(poses)
ray_ds = pose_ds.map(map_fn, num_parallel_calls=tf.data.AUTOTUNE)
train_ds = tf.data.Dataset.zip((img_ds, ray_ds)).shuffle(BATCH).batch(BATCH, drop_remainder=True, num_parallel_calls=tf.data.AUTOTUNE)


class NeRF(tf.keras.Model):
    def __init__(self, nerf_model):
        super().__init__()
        self.nerf_model = nerf_model

    def compile(self, optimizer, loss_fn):
        super().compile()
        self.optimizer = optimizer
        self.loss_fn = loss_fn
        self.loss_tracker = tf.keras.metrics.Mean(name="loss")
        self.psnr_metric = tf.keras.metrics.Mean(name="psnr")

    def train_step(self, inputs):
        (images, rays) = inputs
        (rays_flat, t_vals) = rays
        with tf.GradientTape() as tape:
            rgb, _ = render_rgb_depth(self.nerf_model, rays_flat, t_vals)
            loss = self.loss_fn(images, rgb)
        tv = self.nerf_model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, tv), tv))
        psnr = tf.image.psnr(images, rgb, max_val=1.0)
        self.loss_tracker.update_state(loss)
        self.psnr_metric.update_state(psnr)
        return {"loss": self.loss_tracker.result(), "psnr": self.psnr_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.psnr_metric]


model = NeRF(get_nerf_model(num_layers=6, num_pos=H * W * NUM_SAMPLES))
model.compile(optimizer=tf.keras.optimizers.Adam(), loss_fn=tf.keras.losses.MeanSquaredError())
model.fit(train_ds, epochs=1, steps_per_epoch=2)
