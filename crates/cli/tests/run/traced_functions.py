import tensorflow as tf

@tf.function
def f(x, training=False):
    print("tracing", x)
    tf.print("running", x)
    if training:
        x = x * 2
    return x + 1

print(f(tf.constant(1)))
print(f(tf.constant(2)))
print(f(tf.constant([1.0, 2.0])))
print(f(tf.constant([1.0, 2.0]), training=True))
print(f(3))
print(f(3))
print(f(4))

@tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.float32)])
def g(x):
    print("g", x)
    total = tf.constant(0.0)
    for v in x:
        total += v
    return total

print(g(tf.constant([1.0, 2.0])))
print(g(tf.constant([1.0, 2.0, 3.0])))

@tf.function
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps

print(collatz(tf.constant(6)))
print(collatz(tf.constant(27)))

w = tf.Variable(2.0)

@tf.function
def step():
    print("trace step")
    with tf.GradientTape() as tape:
        loss = w ** 2
    w.assign_sub(0.1 * tape.gradient(loss, w))
    return loss

for i in range(3):
    print(i, step().numpy(), w.numpy())

class M(tf.Module):
    def __init__(self):
        self.a = tf.Variable(1.0, name="a")
    @tf.function
    def __call__(self, x):
        print("module trace")
        return self.a * x

m = M()
print(m(tf.constant(2.0)), m(tf.constant(3.0)))
@tf.function
def many(x):
    tf.print("shape", tf.shape(x), x, summarize=2)
    tf.print("v", x[0], sep="|")
    for i in tf.range(2):
        tf.print("i =", i)
    for i in range(2):
        print("py", i)
    return x
many(tf.range(6))
many(tf.range(6))
