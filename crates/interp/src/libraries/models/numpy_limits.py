"""NumPy's limits of dtypes: `np.finfo` and `np.iinfo`."""

import numpy as np

_FLOATS = {
    "float16": (16, 9.765625e-04, 65504.0, 6.103515625e-05, 5.960464477539063e-08, 3),
    "float32": (32, 1.1920928955078125e-07, 3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45, 6),
    "float64": (64, 2.220446049250313e-16, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 15),
}


class finfo:
    def __init__(self, dtype):
        dtype = np.dtype(dtype)
        if dtype.name not in _FLOATS:
            raise ValueError(f"data type {dtype} not inexact")
        self.dtype = dtype
        bits, eps, largest, tiny, smallest, digits = _FLOATS[dtype.name]
        self.bits, self.precision, self.resolution = bits, digits, _scalar(10.0**-digits, dtype)
        self.eps, self.max, self.min = _scalar(eps, dtype), _scalar(largest, dtype), _scalar(-largest, dtype)
        self.tiny = self.smallest_normal = _scalar(tiny, dtype)
        self.smallest_subnormal = _scalar(smallest, dtype)


def _scalar(value, dtype):
    return np.array([value], dtype=dtype)[0]


class iinfo:
    def __init__(self, dtype):
        dtype = np.dtype(dtype)
        if dtype.kind not in "iu":
            raise ValueError(f"Invalid integer data type '{dtype.kind}'.")
        self.dtype, self.kind, self.bits = dtype, dtype.kind, 8 * dtype.itemsize
        half = 2 ** (self.bits - 1)
        self.min, self.max = (0, 2 * half - 1) if dtype.kind == "u" else (-half, half - 1)
