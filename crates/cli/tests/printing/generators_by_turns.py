"""Generators and their users take turns: what is printed comes in Python's order."""

import contextlib
import itertools


def counted(n):
    print("counted begins")
    for i in range(n):
        print("about to yield", i)
        yield i
        print("back from", i)
    print("counted ends")
    return "done"


g = counted(3)
print(next(g))
print(next(g))
print(list(g))


def averager():
    total, count = 0.0, 0
    average = None
    while True:
        term = yield average
        total += term
        count += 1
        average = total / count


a = averager()
next(a)
print(a.send(10), a.send(30), a.send(5))


def delegating():
    result = yield from counted(2)
    print("got", result)
    yield from [7, 8]


for x in delegating():
    print("x", x)


def guarded():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("caught", e)
        yield 99
    else:
        print("not raised")
    finally:
        print("clean up")


g = guarded()
print(next(g))
print(g.throw(ValueError("inner")))
print(next(g, "end"))

for x in guarded():
    print("first", x)
    break

g = guarded()
next(g)
g.close()
print(next(g, "closed"))


def naturals():
    n = 0
    while True:
        if n % 2:
            print("odd")
            yield n
        elif n == 4:
            for k in range(2):
                yield -k
        else:
            yield n * 10
        n += 1


print(list(itertools.islice(naturals(), 8)))
for i, n in enumerate(naturals()):
    if i > 3:
        break
    print(i, n)
print([p for p in zip(counted(2), naturals())])


@contextlib.contextmanager
def section(name):
    print("enter", name)
    try:
        yield name.upper()
    except KeyError as e:
        print("swallowed", e)
    finally:
        print("leave", name)


with section("a") as s:
    print(s)
with section("b"):
    raise KeyError("k")


def within():
    with section("c") as c:
        yield c
        yield c + c
    yield "after"


for w in within():
    print(w)

state = {"lr": 1.0}


def follows():
    for step in range(3):
        yield step, state["lr"]


for step, lr in follows():
    print(step, lr)
    state["lr"] *= 0.5


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(list(tree(3)))


def matched(items):
    for item in items:
        match item:
            case int():
                yield "int"
            case [a, *rest]:
                yield a
                yield len(rest)
            case _:
                yield None


print(list(matched([1, [2, 3, 4], "x"])))


def returns():
    yield 1
    return 5


g = returns()
next(g)
try:
    next(g)
except StopIteration as stop:
    print("value", stop.value)

pipeline = (x * x for x in counted(3) if x != 1)
print(next(pipeline))
print(next(pipeline))
try:
    counted(1).send(3)
except TypeError as e:
    print(e)


def stops():
    yield next(iter([]))


try:
    list(stops())
except RuntimeError as e:
    print(e)
