# Optimizers that average gradients, and what a script attaches to variables by itself.
import numpy as np
from tensorflow import keras

if not hasattr(keras, "ops"):
    raise SystemExit("Keras 3 alone has these.")
ops = keras.ops


def show(name, call):
    try:
        print(name, call())
    except (ValueError, TypeError, AttributeError) as error:
        print(name, type(error).__name__, str(error).splitlines()[0])


def values(x):
    return [f"{number:.5f}" for number in ops.convert_to_numpy(x).ravel()]


# Three gradients make one step.
for optimizer in [keras.optimizers.SGD(1.0, gradient_accumulation_steps=3),
                  keras.optimizers.Adam(0.1, gradient_accumulation_steps=2, weight_decay=0.05),
                  keras.optimizers.SGD(0.5, clipnorm=0.1, gradient_accumulation_steps=2, use_ema=True)]:
    v = keras.Variable([[1.0, 2.0], [3.0, 4.0]])
    for step in range(4):
        optimizer.apply_gradients([(ops.ones((2, 2)) * (step + 1), v)])
        print(type(optimizer).__name__, int(optimizer.iterations), values(v))

v = keras.Variable([1.0, -2.0])
v.constraint = keras.constraints.NonNeg()
w = keras.Variable([1.0, 2.0])
w.overwrite_with_gradient = True
print(type(v.constraint).__name__, v.trainable, w.overwrite_with_gradient, v.overwrite_with_gradient)
keras.optimizers.SGD(0.5).apply([ops.ones((2,)), ops.array([7.0, 8.0])], [v, w])
print(values(v), values(w))
v.trainable = False
v.constraint = None
print(v.trainable, v.constraint)
show("constraint", lambda: setattr(v, "constraint", 3))
show("regularizer", lambda: setattr(v, "regularizer", "l2"))
show("overwrite", lambda: setattr(v, "overwrite_with_gradient", 1))
show("name", lambda: setattr(v, "name", "w"))

layer = keras.layers.Dense(1, kernel_regularizer="l2", kernel_constraint=keras.constraints.MaxNorm(2.0))
layer.build((None, 2))
print(type(layer.kernel.regularizer).__name__, type(layer.kernel.constraint).__name__, layer.bias.regularizer)

# A scaled loss, whose gradient is scaled back.
scaled = keras.optimizers.SGD(0.5, loss_scale_factor=4.0)
v = keras.Variable([1.0, 2.0])
print(float(scaled.scale_loss(ops.convert_to_tensor(3.0))))
scaled.apply([ops.ones((2,)) * 4.0], [v])
print(values(v))
alone = keras.optimizers.Adam(0.1)
alone.build([v])
alone.update_step(ops.ones((2,)), v, 0.5)
print(values(v), int(alone.iterations))
inner = keras.optimizers.SGD()
show("dynamic", lambda: keras.optimizers.LossScaleOptimizer(inner, dynamic=False))
show("decay", lambda: keras.optimizers.LossScaleOptimizer(inner, weight_decay=0.1))
show("other", lambda: keras.optimizers.LossScaleOptimizer(inner, steps=3))

# Losses by the sum of the weights, with a noise of their own.
y, p = ops.array([[1.0, 9.0], [2.0, 5.0]]), ops.array([[4.0, 8.0], [12.0, 3.0]])
for reduction in ["mean_with_sample_weight", "sum_over_batch_size", "sum"]:
    loss = keras.losses.MeanAbsoluteError(reduction=reduction)
    print(reduction, round(float(loss(y, p)), 5), round(float(loss(y, p, sample_weight=ops.array([1.2, 3.4]))), 5))
chances = ops.array([[0.7, 0.3], [0.2, 0.8]])
for q in [0.3, 0.9]:
    print(q, round(float(keras.losses.CategoricalGeneralizedCrossEntropy(q=q)(np.array([0, 1]), chances)), 5))

# Steps of single precision.
print(ops.arange(0.1, 1.1, 0.1).shape, values(ops.arange(0.1, 0.7, 0.2)), ops.convert_to_numpy(ops.arange(1.0, 0.1, -0.1)))

made = keras.initializers.get(np.eye(2, dtype="float32"))
print(values(made((2, 2))))
show("shape", lambda: made((3, 3)))
spread = keras.initializers.VarianceScaling(2.0, seed=1, input_axes=[0], output_axes=[1, 2])((400, 4, 2))
print(spread.shape, round(float(np.std(spread)), 2))

print(keras.DTypePolicy("mixed_float16") == keras.DTypePolicy("mixed_float16"), keras.DTypePolicy() == "float32")
show("policy", lambda: keras.dtype_policies.get(3))
show("backup", lambda: keras.callbacks.BackupAndRestore(""))
show("backup", lambda: keras.callbacks.BackupAndRestore("x", save_freq="batch"))
print(keras.callbacks.LambdaCallback(on_epoch_end=None, patience=3).patience)

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
show("build", lambda: model.build((3, 2)))
show("build", lambda: model.build((None, 2)))
model.compile(keras.optimizers.SGD(0.5), "mse")
clone = keras.models.clone_model(model)
print(clone.compiled, clone.loss, type(clone.optimizer).__name__, clone.optimizer is model.optimizer)
