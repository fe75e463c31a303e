import numpy as np
import tensorflow as tf
import pprint
d = {"x": np.arange(3), "y": np.array([[1.0, 2.0], [3.0, 4.0]]), "t": tf.constant([1, 2]), "s": "str", "n": None}
print(d)
print([np.arange(3), np.zeros((2, 2))], (np.float32(1.5), np.array([True])), [np.array([1.0]), [np.array([2])]])
print([[np.array([[1, 2], [3, 4]]), 5], "x"], {"a": {"b": np.ones(2)}}, [(np.int64(1), np.array(2))])
pprint.pprint(d)
pprint.pprint([np.zeros((3, 3)), {"w": np.arange(30)}])
pprint.pprint({"weights": [np.ones((2, 2), "float32"), np.zeros(2, "float32")], "lr": np.float64(0.001), "shape": (None, 3)})
class A:
    def __repr__(self):
        return "A(1)"
    def __str__(self):
        return "an A"
    def __format__(self, spec):
        return f"<{spec}>"
a = A()
print(a, [a], {"k": a}, f"{a} {a!r} {a!s} {a:x}", "%s %r" % (a, a), "{}".format(a))
from dataclasses import dataclass, field
@dataclass
class C:
    name: str
    units: int = 3
    w: list = field(default_factory=list)
print(C("n"), [C("m", 4, [1.5])], C("n") == C("n"))
from enum import Enum
class E(Enum):
    RED = 1
    BLUE = "b"
print(E.RED, repr(E.BLUE), E.RED.name, E.BLUE.value, list(E), [E.RED])
print(list(zip([1, 2], "ab")), dict(zip("ab", [np.int32(1), 2.0])), list(enumerate("xy")), list(map(str, [1, 2])), sorted({"b": 1, "a": 2}.items()), {"a": 1}.keys(), {"a": 1}.values(), {"a": np.float32(1)}.items())
print(np.array([1, 2]).tolist(), np.array([[1.5]]).tolist(), np.float32(0.1).item(), np.array(3).item(), tf.constant(0.1).numpy().item(), np.array([0.1], "float32").tolist())
print(max(np.array([1, 3])), sum(np.array([1.5, 2.5])), min([np.float32(2), np.float32(1)]), sorted(np.array([3, 1, 2])), list(np.array([1.5, 2.5])), set(np.array([1]).tolist()), np.array([1, 2])[0], list(np.arange(3)))
print(tf.constant([1.0, 2.0]).shape, np.ones((2, 3)).shape, tuple(tf.ones((2, 3)).shape), list(tf.ones((2, 3)).shape), tf.ones((2, 3)).shape.as_list(), str(tf.ones((1,)).shape), f"{tf.ones((2, 3)).shape}", "%s" % (np.ones((2,)).shape,), len(np.ones((4, 2))), np.ones((2, 3)).T.shape, np.ones((2, 3)).size, np.ones((2, 3)).ndim)
print("shape:", np.zeros((5, 4, 3)).shape, "dtype:", np.zeros(1).dtype, "type:", type(np.zeros(1)), type(np.float32(1)), type(np.zeros(1).shape), type(np.zeros(1).dtype), type(tf.zeros(1).shape), type(tf.float32), type(5 / 2), type({}.keys()), type(lambda: 0), type(print), type(range(1)), type(x for x in []))
def f(a, b=2, *args, **kw): pass
print(f.__name__, f.__defaults__, f.__code__.co_varnames, (lambda: 0).__name__, A.__name__, A().__class__.__name__, __name__, A.__mro__, f.__doc__, int.__name__)
try: {}["k"]
except KeyError as e: print(e, repr(e), type(e).__name__, e.args)
try: int("x")
except ValueError as e: print(e, repr(e))
try: np.ones(2) + np.ones(3)
except ValueError as e: print(e)
try: np.ones((2, 3)) @ np.ones((2, 3))
except ValueError as e: print(e)
try: np.arange(6).reshape(4, 2)
except ValueError as e: print(e)
try: np.concatenate([np.ones((2, 2)), np.ones((3, 3))])
except ValueError as e: print(e)
try: np.arange(3)[5]
except IndexError as e: print(e)
try: None + 1
except TypeError as e: print(e)
try: [].x
except AttributeError as e: print(e)
try: "a" + 1
except TypeError as e: print(e)
try: [1, 2][7]
except IndexError as e: print(e)
try: f()
except TypeError as e: print(e)
import traceback, sys, warnings, logging
try: 1 / 0
except ZeroDivisionError: traceback.print_exc(file=sys.stdout)
print(sys.version_info[:2], sys.maxsize, np.__version__[:1], tf.__version__)
