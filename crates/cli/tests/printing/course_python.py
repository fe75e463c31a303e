import math, random, collections, itertools, functools, datetime, os, sys, re, time, json, copy, string
from collections import Counter, defaultdict, OrderedDict, namedtuple, deque
print(Counter("banana"), Counter("banana").most_common(2), dict(Counter([1, 1, 2])), defaultdict(int, {"a": 1}), OrderedDict([("a", 1)]), deque([1, 2], maxlen=3))
P = namedtuple("P", "x y"); p = P(1, y=2); print(p, p.x, p._asdict(), p._replace(x=5), tuple(p))
print([x ** 2 for x in range(5) if x % 2], {k: v for k, v in zip("abc", range(3))}, {x % 3 for x in range(6)}, list(map(lambda v: v * 2, [1, 2])), sum(x for x in range(4)), any([0, 1]), all([]))
print(sorted([3, 1, 2], reverse=True), sorted(["bb", "a"], key=len), max([1, 5], default=0), min("hello"), list(reversed([1, 2])), list(enumerate("ab", 1)), list(zip([1, 2], [3, 4])), round(2.5), round(3.14159, 3), divmod(7, 3), abs(-2), pow(2, 5, 7))
print("{:>8}|{:<8}|{:^8}|{:08.3f}|{:+d}|{:x}|{:b}|{:,}|{:.2%}|{!r}".format("a", "b", "c", 3.14159, 5, 255, 5, 1234567, 0.1234, "q"))
name, acc = "model", 0.98765; print(f"{name:10s}|{acc:.2f}|{acc:10.3e}|{name!r:>10}|{acc=:.3f}|{len(name):03d}|{'x' * 3}|{[1, 2]}|{ {'a': 1} }")
print("a,b,,c".split(","), " x ".strip(), "abc".upper(), "Hello World".title(), "a-b".replace("-", "_"), "abc"[::-1], "abc".find("c"), "-".join(["1", "2"]), "abc".startswith("ab"), "x".zfill(3), "tEsT".swapcase(), "a\tb".expandtabs(4), "ab" in "cab", "1".isdigit(), "aXb".partition("X"), "line1\nline2".splitlines(), "%5.1f%%" % 12.345, "abc".center(7, "*"))
print(math.sqrt(2), math.pi, math.floor(-1.5), math.ceil(1.2), math.log(10), math.exp(1), math.factorial(5), math.gcd(12, 18), math.isclose(0.1 + 0.2, 0.3), math.inf, math.hypot(3, 4), math.comb(5, 2), math.log2(8), math.prod([2, 3]))
random.seed(3); print(random.random(), random.randint(1, 6), random.choice("abc"), random.sample(range(10), 3), random.uniform(0, 1), random.gauss(0, 1)); l = [1, 2, 3, 4]; random.shuffle(l); print(l)
print(list(itertools.product("ab", [1, 2])), list(itertools.combinations([1, 2, 3], 2)), list(itertools.permutations([1, 2])), list(itertools.chain([1], [2])), list(itertools.islice(itertools.count(5), 3)), list(itertools.accumulate([1, 2, 3])), [(k, list(g)) for k, g in itertools.groupby("aab")])
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), re.findall(r"\d+", "a1b22"), re.sub(r"\s+", " ", "a  b"), bool(re.match(r"^\w+@", "me@x")), re.search(r"(\w+)-(\w+)", "ab-cd").groups(), re.split("[,;]", "a,b;c"))
d = datetime.date(2024, 2, 29); print(d, d.year, d.weekday(), d + datetime.timedelta(days=1), d.isoformat(), d.strftime("%d/%m/%Y %A %b"), datetime.datetime(2024, 1, 2, 3, 4, 5), datetime.timedelta(seconds=3661), (datetime.date(2024, 3, 1) - d).days)
class Animal:
    count = 0
    def __init__(self, name):
        self.name = name; Animal.count += 1
    def speak(self): return f"{self.name} makes a sound"
    def __repr__(self): return f"{type(self).__name__}({self.name!r})"
    def __eq__(self, o): return self.name == o.name
    def __lt__(self, o): return self.name < o.name
    @property
    def upper(self): return self.name.upper()
    @staticmethod
    def make(): return Animal("m")
    @classmethod
    def of(cls, n): return cls(n)
class Dog(Animal):
    def speak(self): return super().speak() + "!"
a = Dog("rex"); print(a, a.speak(), a.upper, Animal.make(), Dog.of("b"), Animal.count, isinstance(a, Animal), sorted([a, Dog("abe")]), a == Dog("rex"), vars(a), hasattr(a, "x"), getattr(a, "x", 7), Dog.__mro__[1].__name__)
def gen(n):
    for i in range(n):
        yield i * i
print(list(gen(4)), next(gen(1)), sum(gen(5)), *gen(3), sep=" | ")
try:
    int("x")
except ValueError as e: print("error:", e, type(e).__name__)
finally: print("done")
try: raise KeyError("k")
except (KeyError, IndexError) as e: print(repr(e), e.args)
x = [1, [2, 3]]; y = copy.deepcopy(x); y[1].append(4); print(x, y, x is y, x[:], x + [5], x * 2, [*x, 9], {**{"a": 1}, "b": 2}, (1,) + (2, 3), x.index(1), len(x))
first, *rest = [1, 2, 3]; print(first, rest, 5 if rest else 6, not rest, 1 < 2 < 3, 7 // 2, -7 // 2, 7 % 3, 2 ** 0.5, 1e3, 10 / 4, 0.1 + 0.2, 1_000, 3.0, 1e-7, 1e16, 123456789.123)
s = {1, 2} | {3}; print(s, s & {2}, s - {1}, {1} <= s, frozenset([1]), 3 in s, len(s)); dd = {"a": 1}; dd.update(b=2); print(dd, dd.get("z", 0), dd.pop("a"), list(dd.items()), dd.setdefault("c", []), "b" in dd, {v: k for k, v in {"q": 1}.items()})
print(string.ascii_lowercase[:5], ord("a"), chr(98), hex(255), bin(5), oct(8), int("ff", 16), float("1.5"), bool(""), str(1.0), list("ab"), tuple([1]), type(1.0).__name__, callable(len), isinstance(1, (int, str)))
with open("f.txt", "w") as f: f.write("one\ntwo\n")
for n, line in enumerate(open("f.txt")): print(n, line.rstrip())
print(os.path.join("a", "b.txt"), os.path.splitext("x.tar.gz"), os.path.basename("/q/w.py"), json.dumps({"b": [1, None], "a": "é"}, sort_keys=True), json.loads('{"x": [1, 2.5]}'), end="\n--\n")
