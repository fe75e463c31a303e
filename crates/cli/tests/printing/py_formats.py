import math
from collections import OrderedDict, defaultdict, Counter, namedtuple, deque
import pprint
import json
x = 1234.56789
print(f"{x:.2f} {x:10.3f}| {x:<12.1f}| {x:^12.1f}| {x:>+12.1f} {x:012.3f} {x:e} {x:.3e} {x:g} {x:.3g} {x:,.2f} {x:_.1f} {x:%} {0.256:.1%}")
n = 255
print(f"{n:d} {n:5d} {n:<5d}| {n:^7d}| {n:05d} {n:+d} {n:x} {n:#x} {n:X} {n:o} {n:#o} {n:b} {n:#010b} {n:,} {n * 1000000:_} {n:c} {n:e} {n:.1f}")
s = "text"
print(f"{s!r} {s:>10} {s:<10}| {s:^10}| {s:*^10} {s:.2} {s:10.3}| {s!s:>6} {s!a}")
print(f"{x=} {n=:>6} {s=} {s = } {x=:.1f} {1 + 1=}", f"{{literal}} {'nested'} {n:{'>'}{8}}", f"{None} {True} {True:d} {True:5}|")
print("%d %5d %-5d| %05d %+d %x %o %e %.2e %g %s %r %10s %-10s| %% %c %.3s %i" % (1, 2, 3, 4, 5, 255, 8, 12345.678, 0.00012, 1e-5, "s", "r", "right", "left", "c", "abcdef", 7))
print("{} {0!r}".format("a") if False else "{0} {1} {0}".format("a", 1), "{name:>8} {v[0]} {v[k]}".replace("{v[k]}", "").format(name="n", v=[1]), "{:>{w}}".format("x", w=5), "{:.{p}f}".format(math.pi, p=3))
print([1, 2.0, "a", None, True, (1,), {2}, {"k": [1]}], (), [], {}, set(), frozenset([1]), (1, 2), {"a": 1, "b": (2, 3)})
print(1e16, 1e15, 123456789.0, 1e-4, 1e-5, 0.1 + 0.2, float("inf"), -float("nan"), 1.0, 100.0, 1e22, 1e21, 3.0e-10, 5e-324, 1.7976931348623157e308)
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("tab\tnew\nline\\"), repr("é ☃ \x00 \u200b"), b"bytes\x00\xff", repr(b"it's"), bytearray(b"ab"))
print(1 + 2j, (1.5 - 0.5j) * 2, complex(0, 1), -1j, 1e10j, complex("nan"), abs(3 + 4j), (1 + 2j).conjugate())
P = namedtuple("P", "x y")
print(P(1, 2), OrderedDict(a=1, b=2), defaultdict(list, {"k": [1]}), Counter("abracadabra"), deque([1, 2], maxlen=3), Counter("aab").most_common(1))
print(range(5), range(1, 10, 2), list(range(3)), slice(1, 2), type(1), type("s"), int, len, type(None), type([]), Ellipsis, NotImplemented)
pprint.pprint({"layers": [{"name": f"dense_{i}", "units": 32 * i, "activation": "relu"} for i in range(1, 5)], "loss": "mse", "z": (1, 2)})
pprint.pprint(list(range(40)))
pprint.pprint({"b": 1, "a": {"deep": {"deeper": list(range(30))}}}, width=40)
pprint.pprint("a long text " * 12)
print(pprint.pformat([["x" * 20] * 5, {"k": "v" * 30, "q": "w" * 40}], indent=2))
print(json.dumps({"a": [1, 2.5, None, True], "b": {"c": "é"}}), json.dumps({"b": 1, "a": [1, {"c": 2}]}, indent=2, sort_keys=True), json.dumps([1e-7, 1e20, 10**20]))
print("a", "b", sep="-", end="!\n"); print(); print(*[1, 2, 3]); print(*"abc", sep=","); print("multi\nline", "\ttab")
print("=" * 20, "-" * 5 + ">", "{:=^30}".format(" title "), "x".center(9, "."), "7".zfill(3), "ab".ljust(5) + "|", "ab".rjust(5))
for i, (k, v) in enumerate({"loss": 0.25, "accuracy": 0.875}.items(), 1):
    print(f"{i:>2}. {k:<12} {v:8.4f} {v:>8.1%}")
print(f"{'epoch':>6} | {'loss':>10}\n{'-' * 6}-+-{'-' * 10}\n" + "\n".join(f"{e:6d} | {1 / (e + 1):10.4f}" for e in range(3)))
print(round(2.5), round(3.14159, 2), round(1234, -2), 7 // 2, -7 // 2, -7 % 3, 7 / 2, 2 ** -1, divmod(-7, 3), 10 ** 3, math.floor(-0.5), math.inf, math.pi, math.e)
print(hex(255), oct(8), bin(5), chr(97), ord("a"), ascii("é"), str(1.0), repr(1), bool([]), sorted([3, 1]), sum([0.1] * 3), min(1, 2), max("ab"), abs(-1), pow(2, 10))
