"""NumPy's objects that count through places (`numpy/lib/_index_tricks_impl.py`), and functions of shapes and lines."""

import itertools

import numpy as np


class ndindex:
    def __init__(self, *shape):
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        self._places = itertools.product(*[range(int(size)) for size in sizes]) if is_carried_out() else unknown()

    def __iter__(self):
        return self._places if is_carried_out() else iter(unknown())

    def __next__(self):
        return next(self._places) if is_carried_out() else unknown()


class ndenumerate:
    def __init__(self, arr):
        self._array, self.iter = np.asarray(arr), unknown()
        shape = self._array.shape
        self._places = itertools.product(*[range(size) for size in shape]) if is_carried_out() else unknown()

    def __iter__(self):
        return self if is_carried_out() else iter(unknown())

    def __next__(self):
        if not is_carried_out():
            return unknown()
        place = next(self._places)
        return place, self._array[place]


def broadcast_shapes(*args):
    if not all(is_known(shape) for shape in args):
        return unknown()
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in args]
    rank = max([len(shape) for shape in shapes], default=0)
    sizes = [1] * rank
    for number, shape in enumerate(shapes):
        for axis, size in enumerate(shape, rank - len(shape)):
            if size != 1 and sizes[axis] not in (1, size):
                return unknown()
            sizes[axis] = size if sizes[axis] == 1 else sizes[axis]
    return tuple(sizes)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    if not is_carried_out() or dtype is not None or not all(isinstance(x, (int, float)) and x > 0 for x in (start, stop)):
        return unknown_array((num,)) if isinstance(start, (int, float)) else unknown()
    made = np.logspace(np.log10(start), np.log10(stop), num, endpoint=endpoint)
    if num > 0:
        made[0] = start
    if num > 1 and endpoint:
        made[-1] = stop
    return made
