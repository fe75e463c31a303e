import numpy as np
from datetime import datetime, date, timedelta
from fractions import Fraction
from decimal import Decimal
print(np.array([1, "a", None, 2.5], dtype=object), repr(np.array([1, "a", None], dtype=object)))
o = np.empty(3, dtype=object)
print(o)
o[0] = [1, 2]; o[1] = "text"; o[2] = {"k": 1}
print(o, o.shape, o.dtype)
print(np.array([[1, 2], [3]], dtype=object), np.array([10**30, 1]), repr(np.array([2**70])))
print(np.datetime64("2024-01-15"), repr(np.datetime64("2024-01-15T10:30")), np.datetime64("2024", "Y"), np.timedelta64(5, "D"), repr(np.timedelta64(3, "h")))
d = np.arange("2024-01-01", "2024-01-05", dtype="datetime64[D]")
print(d, d.dtype, repr(d), d[1] - d[0], d + np.timedelta64(1, "D"))
print(np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"), d.astype(str), (d[-1] - d[0]).astype(int), d.astype("datetime64[M]"))
print(np.datetime64("2024-03-01") - np.datetime64("2024-02-01"), np.datetime64("2024-01-01") < np.datetime64("2024-06-01"))
s = np.array([("Ann", 30, 1.5), ("Bo", 25, 2.0)], dtype=[("name", "U10"), ("age", "i4"), ("w", "f8")])
print(s, s["name"], s["age"].mean(), s.dtype, s[0], s.dtype.names)
print(repr(s))
print(np.dtype("float32"), repr(np.dtype("int64")), np.dtype(bool), repr(np.dtype("U5")), np.dtype("<i2").name, np.float32, np.dtype("S3"), np.int64)
print(Fraction(1, 3) + Fraction(1, 6), repr(Fraction(2, 4)), Decimal("1.10") + Decimal("2"), repr(Decimal("0.5")))
print(10**40, 2**100 // 3, -(7**30), 0x1F, 0b101, 1_000_000, int("123456789" * 4), (10**25).bit_length(), divmod(10**20, 7), f"{10**15:,}")
print(datetime(2024, 1, 15, 10, 30), date(2024, 2, 29), timedelta(days=1, hours=2), repr(datetime(2024, 1, 1)), datetime(2024, 1, 1).strftime("%Y-%m-%d %H:%M"), date(2024, 3, 1) - date(2024, 2, 1))
print(np.ma.array([1, 2, 3], mask=[0, 1, 0]), np.ma.masked_less(np.array([1.0, -1.0]), 0))
print(np.array([b"abc"], dtype="S5"), np.bytes_(b"q"), np.str_("q"), np.void(b"ab"))
print(np.iinfo("int32"), np.iinfo(np.uint8).max)
print(np.finfo("float32"))
print(np.unique([3, 1, 1, 2], return_counts=True), np.where(np.array([0, 1, 1])), np.nonzero([[1, 0], [0, 2]]), np.unravel_index(5, (2, 3)))
print(np.histogram([1, 2, 1], bins=3), np.meshgrid([1, 2], [3, 4]), np.split(np.arange(6), 3), np.divmod(7, 3), np.ndenumerate)
print(list(np.ndindex(2, 2)), list(np.ndenumerate(np.array([5, 6]))), np.broadcast_shapes((2, 1), (3,)), np.shape([[1, 2]]))
