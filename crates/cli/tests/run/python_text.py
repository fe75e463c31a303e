import collections
import dataclasses
import enum
import functools
import itertools
import json
import math
import re
import textwrap
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple


@dataclasses.dataclass
class Config:
    units: int = 3
    name: str = "a"
    rates: list = dataclasses.field(default_factory=list)


class Mode(enum.Enum):
    TRAIN = 1
    TEST = "t"


Point = namedtuple("Point", "x y")
c = Config(rates=[0.1])
print(c, c == Config(rates=[0.1]), dataclasses.asdict(c), dataclasses.replace(c, units=5))
print(Mode.TRAIN, repr(Mode.TEST), Mode("t").name, list(Mode))
print(Counter("abracadabra"), Counter([1, 1, 2]).most_common(1), Counter(a=2) + Counter(a=1, b=1))
print(OrderedDict(a=1), defaultdict(int, {"a": 1}), deque([1, 2], maxlen=3), Point(1, y=2))
print(re.sub(r"(\w+)@(\w+)", r"\2 at \1", "me@home"), re.findall(r"\d+", "a1b22"), re.match(r"(?P<k>\w)", "xy").group("k"))
print(re.split(r"[,;]\s*", "a, b;c"), re.compile("a+").pattern)
print(f"{3.14159:.2f} {42:05d} {'x':>4}|{'y':<4}|{'z':^5}| {1e6:g} {255:x} {255:#b} {0.5:%} {1_000_000:,}")
print("{:>10} {!r} {0}".format("a", "b") if False else "{0:>5} {1!r}".format("a", "b"))
print("%s %r %5.2f %03d %x %e" % ("a", "b", 1.5, 7, 255, 12345.678))
print(json.dumps({"a": [1, 2.5, None, True], "b": {"c": "é"}}, indent=2, sort_keys=True))
print(list(itertools.chain([1], (2, 3))), list(itertools.product("ab", [1, 2])), list(zip("ab", range(2))))
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), math.sqrt(2), math.floor(-1.5), math.inf)
print({1, 2, 3}, frozenset([1]), (1,), [], {}, set(), b"bytes\x00", None, ...)
print(sorted({"b": 1, "a": 2}.items(), key=lambda kv: kv[1]), max("abc"), sum([0.1] * 3), round(2.5), round(1.2345, 2))
print(type(1), type("a"), type([]), type(None), type(c), type(print), type(lambda: 0), Config, len)
print(True + 1, bool([]), not 0, 3 > 2 > 1, [i**2 for i in range(4) if i % 2], {k: v for k, v in [("a", 1)]})
for i, (a, b) in enumerate(zip([1, 2], "ab"), start=1):
    print(i, a, b, sep="-", end=";\n")
try:
    {}["missing"]
except KeyError as error:
    print(type(error).__name__, error, repr(error), error.args)
try:
    int("x")
except ValueError as error:
    print(error)
print(dataclasses.fields(c)[0].name, isinstance(c, Config), hasattr(c, "units"), getattr(c, "none", 3))
