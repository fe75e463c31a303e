"""Windows that slide over an array (`numpy/lib/_stride_tricks_impl.py`), by their shapes; where a script is
carried out, a copy of the elements."""

import numpy as np


def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    x = np.asarray(x)
    if not is_known(x.ndim):
        return unknown()
    sizes = tuple(window_shape) if isinstance(window_shape, (tuple, list)) else (window_shape,)
    if axis is None:
        axes = tuple(range(x.ndim))
    else:
        axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if len(sizes) != len(axes):
        if axis is None:
            raise ValueError(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got "
                f"{len(sizes)} window_shape elements and `x.ndim` is {x.ndim}."
            )
        raise ValueError(
            f"Must provide matching length window_shape and axis; got {len(sizes)} window_shape elements and "
            f"{len(axes)} axes elements."
        )
    shape = list(x.shape)
    for at, size in zip(axes, sizes):
        if is_known(shape[at]) and shape[at] < size:
            raise ValueError("window shape cannot be larger than input array shape")
        shape[at] = shape[at] - size + 1
    if is_carried_out():
        for at, size in zip(axes, sizes):
            at = at % len(shape)
            places = np.arange(shape[at])[:, np.newaxis] + np.arange(size)
            x = np.moveaxis(np.take(x, places, axis=at), at + 1, -1)
        return x
    return unknown_array(tuple(shape) + sizes, dtype=x.dtype)
