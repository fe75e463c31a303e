"""NumPy's Fourier transforms along one axis (`numpy/fft/{_pocketfft,_helper}.py`), by TensorFlow's kernels."""

import numpy as np
import tensorflow as tf


def _along(kernel, a, n, axis, dtype):
    a = np.asarray(a)
    if a.dtype.name in ("float32", "complex64"):
        # Single precision stays what it is.
        dtype = {"float64": "float32", "complex128": "complex64"}[dtype]
    a = np.moveaxis(a, axis, -1).astype(dtype)
    return np.moveaxis(kernel(a, n).numpy(), -1, axis)


def _fitted(a, n):
    if n is None or n == a.shape[-1]:
        return a
    if n < a.shape[-1]:
        return a[..., :n]
    return np.concatenate([a, np.zeros(a.shape[:-1] + (n - a.shape[-1],), a.dtype)], axis=-1)


def _plain(norm):
    if norm not in (None, "backward"):
        return unknown()


def fft(a, n=None, axis=-1, norm=None, out=None):
    _plain(norm)
    return _along(lambda x, n: tf.signal.fft(_fitted(x, n)), a, n, axis, "complex128")


def ifft(a, n=None, axis=-1, norm=None, out=None):
    _plain(norm)
    return _along(lambda x, n: tf.signal.ifft(_fitted(x, n)), a, n, axis, "complex128")


def rfft(a, n=None, axis=-1, norm=None, out=None):
    _plain(norm)
    return _along(lambda x, n: tf.signal.rfft(x, None if n is None else [n]), a, n, axis, "float64")


def irfft(a, n=None, axis=-1, norm=None, out=None):
    _plain(norm)
    return _along(lambda x, n: tf.signal.irfft(x, None if n is None else [n]), a, n, axis, "complex128")


def fft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    for axis in axes:
        a = fft(a, None if s is None else s[axes.index(axis)], axis)
    return a


def ifft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    for axis in axes:
        a = ifft(a, None if s is None else s[axes.index(axis)], axis)
    return a


def fftfreq(n, d=1.0, device=None):
    half = (n - 1) // 2 + 1
    return np.concatenate([np.arange(0, half), np.arange(-(n // 2), 0)]) * (1.0 / (n * d))


def rfftfreq(n, d=1.0, device=None):
    return np.arange(0, n // 2 + 1) * (1.0 / (n * d))


def _shift(x, axes, back):
    x = np.asarray(x)
    axes = range(x.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
    for axis in axes:
        size = x.shape[axis]
        x = np.roll(x, -(size // 2) if back else size // 2, axis)
    return x


def fftshift(x, axes=None):
    return _shift(x, axes, False)


def ifftshift(x, axes=None):
    return _shift(x, axes, True)
