"""SciPy's sparse matrices (`scipy/sparse/{_base,_data,_construct,_extract}.py`), by the elements that they stand for.

Which of these are stored, and in what order, is not modelled; the classes are open, so what is not here is unknown."""

import numpy as np


class matrix:
    """NumPy's `matrix`, which sums of sparse matrices are: always of two axes."""

    def __init__(self, values):
        self._values = values

    def __array__(self, dtype=None, copy=None):
        return self._values if dtype is None else self._values.astype(dtype)

    @property
    def shape(self):
        return self._values.shape

    @property
    def dtype(self):
        return self._values.dtype

    @property
    def A(self):
        return self._values

    @property
    def A1(self):
        return self._values.ravel()

    @property
    def T(self):
        return matrix(self._values.T)

    def flatten(self):
        return matrix(self._values.reshape((1, -1)))

    ravel = flatten

    def tolist(self):
        return self._values.tolist()


def _dense(value):
    return value._values if isinstance(value, (_Sparse, matrix)) else np.asarray(value)


class _Sparse:
    ndim = 2
    __array_priority__ = 10.1
    _matrix = True

    def __init__(self, arg1, shape=None, dtype=None, copy=False, **kwargs):
        if isinstance(arg1, (_Sparse, matrix)):
            values = arg1._values
        elif isinstance(arg1, tuple) and len(arg1) == 2 and not isinstance(arg1[1], (tuple, list, np.ndarray)):
            values = np.zeros(arg1, dtype=dtype or np.float64)
        elif isinstance(arg1, tuple):
            if shape is None:
                shape = (unknown_size(), unknown_size())
            values = unknown_array(tuple(shape), dtype=dtype or np.asarray(arg1[0]).dtype)
        elif is_known(isinstance(arg1, np.ndarray)):
            values = np.asarray(arg1)
            if values.ndim < 2 and self._matrix:
                values = values.reshape((1, -1))
        else:
            values = unknown_array((unknown_size(), unknown_size()), dtype=dtype or np.float64)
        self._values = values if dtype is None else values.astype(dtype)

    def _like(self, values):
        return csr_matrix(values) if self._matrix else csr_array(values)

    @property
    def shape(self):
        return self._values.shape

    @property
    def dtype(self):
        return self._values.dtype

    @property
    def T(self):
        return self.transpose()

    @property
    def A(self):
        return self._values if self._matrix else unknown()

    def transpose(self, axes=None, copy=False):
        return self._like(self._values.T)

    def toarray(self, order=None, out=None):
        return self._values

    def todense(self, order=None, out=None):
        return matrix(self._values) if self._matrix else self._values

    def tocsr(self, copy=False):
        return self._like(self._values)

    tocsc = tocoo = tolil = todok = tobsr = todia = copy = tocsr

    def astype(self, dtype, casting="unsafe", copy=True):
        return self._like(self._values.astype(dtype))

    def dot(self, other):
        product = np.dot(self._values, _dense(other))
        return self._like(product) if isinstance(other, _Sparse) else product

    def __matmul__(self, other):
        return self.dot(other)

    def __mul__(self, other):
        if not self._matrix or not hasattr(other, "shape") or np.ndim(_dense(other)) == 0:
            return self._like(self._values * _dense(other))
        return self.dot(other)

    def __rmul__(self, other):
        return self._like(_dense(other) * self._values) if np.ndim(_dense(other)) == 0 else unknown()

    def multiply(self, other):
        return self._like(self._values * _dense(other))

    def maximum(self, other):
        return self._like(np.maximum(self._values, _dense(other)))

    minimum = maximum

    def _sum(self, values, other):
        if isinstance(other, _Sparse):
            return self._like(values)
        return matrix(values) if self._matrix else values

    def __add__(self, other):
        return self._sum(self._values + _dense(other), other)

    __radd__ = __add__

    def __sub__(self, other):
        return self._sum(self._values - _dense(other), other)

    def __truediv__(self, other):
        return self._like(self._values / _dense(other))

    def __neg__(self):
        return self._like(-self._values)

    def sum(self, axis=None, dtype=None, out=None):
        if axis is None:
            return self._values.sum()
        if self._matrix:
            return matrix(self._values.sum(axis=axis, keepdims=True))
        return self._values.sum(axis=axis)

    def mean(self, axis=None, dtype=None, out=None):
        if axis is None:
            return self._values.mean()
        if self._matrix:
            return matrix(self._values.mean(axis=axis, keepdims=True))
        return self._values.mean(axis=axis)

    def diagonal(self, k=0):
        return np.diagonal(self._values, k)

    def __getitem__(self, key):
        part = self._values[key]
        if np.ndim(part) == 2:
            return self._like(part)
        return self._like(part.reshape((1, -1))) if self._matrix and np.ndim(part) == 1 and not isinstance(key, tuple) else unknown()

    def __setitem__(self, key, value):
        self._values[key] = _dense(value)

    def _keras_array(self):
        # Sparse tensors, which only some layers take.
        return unknown()

    def __len__(self):
        raise TypeError("sparse array length is ambiguous; use getnnz() or shape[0]")


class csr_matrix(_Sparse):
    pass


class csc_matrix(_Sparse):
    pass


class coo_matrix(_Sparse):
    pass


class lil_matrix(_Sparse):
    pass


class dok_matrix(_Sparse):
    pass


class csr_array(_Sparse):
    _matrix = False


class csc_array(_Sparse):
    _matrix = False


class coo_array(_Sparse):
    _matrix = False


def issparse(x):
    return isinstance(x, _Sparse)


isspmatrix = issparse


def eye(m, n=None, k=0, dtype=float, format=None):
    return csr_matrix(np.eye(m, m if n is None else n, k, dtype=dtype))


def identity(n, dtype="d", format=None):
    return csr_matrix(np.eye(n, dtype=np.float64 if dtype == "d" else dtype))


def diags(diagonals, offsets=0, shape=None, format=None, dtype=None):
    values = _dense(diagonals)
    if isinstance(diagonals, (list, tuple)) or offsets != 0 or shape is not None:
        return csr_matrix(unknown_array(shape or (unknown_size(), unknown_size()), dtype=dtype or np.float64))
    return csr_matrix(np.diag(values.ravel()))


def random(m, n, density=0.01, format="coo", dtype=None, **kwargs):
    return csr_matrix(unknown_array((m, n), dtype=dtype or np.float64))


rand = random


def vstack(blocks, format=None, dtype=None):
    return csr_matrix(np.concatenate([_dense(block) for block in blocks], axis=0))


def hstack(blocks, format=None, dtype=None):
    return csr_matrix(np.concatenate([_dense(block) for block in blocks], axis=1))
