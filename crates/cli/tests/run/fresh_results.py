"""Results of metrics before their first batch, and losses whose formula is easily taken for another."""
import keras
import tensorflow as tf

print(float(keras.metrics.MeanIoU(num_classes=2).result()), float(keras.metrics.BinaryIoU().result()))
print(float(keras.metrics.IoU(num_classes=3, target_class_ids=[0]).result()))
labels, logits = tf.constant([1.0, 0.5, 0.0]), tf.constant([1.5, -0.1, -10.0])
loss = tf.nn.weighted_cross_entropy_with_logits(labels, logits, pos_weight=tf.constant(1.5))
print([round(float(v), 4) for v in loss], float(tf.math.erfinv(0.0)))
