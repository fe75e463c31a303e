"""Arguments of NumPy's functions that change elements and neither shape nor dtype."""
import numpy as np

x = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]])
mask = np.array([[True, False, True], [True, True, False]])
print(x.sum(where=mask), np.sum(x, axis=0, where=mask), np.sum([1, 2], initial=5))
print(np.max(x, axis=1, where=mask, initial=-1), np.min([[-50], [10]], axis=-1, initial=0))
print(np.mean(x, where=mask), np.std(x, axis=1, where=mask), np.var(x, where=mask, ddof=1))
print(np.all(x > 1, where=mask), np.any([[True], [False]], where=[[False], [True]]), np.prod(x, where=mask))
holes = np.array([[1.0, np.nan, 2.0], [np.nan, 4.0, 8.0]])
print(np.nansum(holes, axis=0), np.nanmean(holes), np.nanmax(holes, axis=1), np.nanmin(holes), np.nanprod(holes))
print(np.nanstd(holes), np.nanvar(holes, axis=1), np.nancumsum(holes), np.nancumprod(holes), np.nanargmax(holes, axis=1))
print(np.fmax([np.nan, 1.0, 3.0], [2.0, np.nan, 1.0]), np.fmin([np.nan, 1.0, 3.0], [2.0, np.nan, 1.0]))
print(np.ravel(x, order="F"), x.flatten("F"), np.arange(6).reshape((2, 3), order="F"))
print(np.average(x, axis=1, weights=[1.0, 2.0, 3.0]), np.average([1.0, 3.0], weights=[3.0, 1.0]))
try:
    np.average(x, weights=[1.0, 2.0, 3.0])
except TypeError as error:
    print(error)
print(np.histogram([1, 2, 1], bins=[0, 1, 2, 3]), np.logaddexp2(1.0, 3.0), np.nextafter(1.0, 2.0) - 1.0)
grown = np.array([[0, 1], [2, 3]])
grown.resize((2, 3), refcheck=False)
print(grown)
turned = np.arange(6)
turned.shape = (3, 2)
print(turned, turned.dtype == int, turned.dtype == float)
