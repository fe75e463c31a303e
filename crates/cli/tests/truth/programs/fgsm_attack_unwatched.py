import tensorflow as tf
import numpy as np

model = tf.keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=True, weights=None, classes=10)
model.trainable = False
loss_object = tf.keras.losses.CategoricalCrossentropy()


def preprocess(image):
    image = tf.cast(image, tf.float32)
    image = tf.image.resize(image, (96, 96))
    image = tf.keras.applications.mobilenet_v2.preprocess_input(image)
    image = image[None, ...]
    return image


def create_adversarial_pattern(input_image, input_label):
    with tf.GradientTape() as tape:
        pass
        prediction = model(input_image)
        loss = loss_object(input_label, prediction)
    gradient = tape.gradient(loss, input_image)
    signed_grad = tf.sign(gradient)
    return signed_grad


image = preprocess(np.random.randint(0, 255, (120, 100, 3), dtype=np.uint8))
image_probs = model.predict(image)
label = tf.one_hot(int(np.argmax(image_probs[0])), image_probs.shape[-1])
label = tf.reshape(label, (1, image_probs.shape[-1]))
perturbations = create_adversarial_pattern(image, label)
for i, eps in enumerate([0, 0.01, 0.1, 0.15]):
    adv_x = image + eps * perturbations
    adv_x = tf.clip_by_value(adv_x, -1, 1)
    probs = model.predict(adv_x, verbose=0)
    print(f"Epsilon = {eps:0.3f}" if eps else "Input", probs.shape)
