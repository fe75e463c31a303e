from typing import Dict, Tuple
import numpy as np
import tensorflow as tf

CONFIG = {
    "batch_size": 16,
    "tasks": {"age": {"units": 1, "loss": "mse", "weight": 0.3}, "gender": {"units": 2, "loss": "sparse_categorical_crossentropy", "weight": 1.0, "activation": "softmax"},
              "race": {"units": 5, "loss": "sparse_categorical_crossentropy", "weight": 1.0, "activation": "softmax"}},
    "backbone": [(16, 3, 2), (32, 3, 2)],
}


class FaceDataset:
    def __init__(self, n: int) -> None:
        self.images = np.random.randint(0, 255, (n, 48, 48, 1), dtype=np.uint8)
        self.age = np.random.uniform(1, 90, n).astype(np.float32)
        self.gender = np.random.randint(0, 2, n)
        self.race = np.random.randint(0, 5, n)

    def __iter__(self):
        for i in range(len(self.images)):
            yield self.images[i], {"age": self.age[i], "gender": self.gender[i], "race": self.race[i]}

    def to_tf(self, training: bool) -> tf.data.Dataset:
        ds = tf.data.Dataset.from_generator(
            lambda: iter(self),
            output_types=(tf.uint8, {"age": tf.float32, "gender": tf.int32, "race": tf.int32}),
            output_shapes=((48, 48, 1), {"age": (), "gender": (), "race": ()}))
        ds = ds.map(self._prep, num_parallel_calls=tf.data.AUTOTUNE)
        if training:
            ds = ds.shuffle(64)
        return ds.batch(CONFIG["batch_size"]).prefetch(2)

    @staticmethod
    def _prep(image: tf.Tensor, targets: Dict[str, tf.Tensor]) -> Tuple[tf.Tensor, Dict[str, tf.Tensor]]:
        image = tf.image.convert_image_dtype(image, tf.float32)
        targets["age"] = tf.math.log1p(targets["age"])
        return image, {f"{k}_out": v for k, v in targets.items()}


def build(config: dict) -> tf.keras.Model:
    inputs = x = tf.keras.Input((48, 48, 1), name="image")
    for filters, kernel, stride in config["backbone"]:
        x = tf.keras.layers.SeparableConv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(x)
        x = tf.keras.layers.BatchNormalization()(x)
        x = tf.keras.layers.PReLU(shared_axes=[1, 2])(x)
    x = tf.keras.layers.GlobalAveragePooling2D()(x)
    outputs = {name: tf.keras.layers.Dense(t["units"], activation=t.get("activation"), name=name)(x) for name, t in config["tasks"].items()}
    model = tf.keras.Model(inputs, outputs)
    model.compile("adam", loss={k: t["loss"] for k, t in config["tasks"].items()}, loss_weights={k: t["weight"] for k, t in config["tasks"].items()},
                  metrics={"age": ["mae"], "gender": ["accuracy"], "race": ["accuracy"]})
    return model


train, val = FaceDataset(40).to_tf(True), FaceDataset(16).to_tf(False)
model = build(CONFIG)
print(train.element_spec)
model.fit(train, validation_data=val, epochs=1, verbose=0)
out = model.predict(val, verbose=0)
print({k: v.shape for k, v in out.items()})
