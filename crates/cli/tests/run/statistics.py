"""Means, quantiles, histograms and correlations."""
import numpy as np
data = np.array([[1.5, 2.0, 3.5], [4.0, 5.5, 6.0], [7.0, 8.5, 9.0]])
print(data.mean(), data.std(), data.var())
print(np.median(data, axis=0), np.percentile(data, [25, 50, 75]))
print(np.quantile(data, 0.9, axis=1))
print(np.corrcoef(data.T))
print(np.cov(data))
print(np.histogram(data, bins=3))
print(np.digitize([1.0, 4.2, 9.5], [2, 4, 6, 8]))
print(np.argsort(-data[:, 0]), np.cumsum(data, axis=1))
z = (data - data.mean(axis=0)) / data.std(axis=0)
print(np.round(z, 3))
print(np.unique([3, 1, 2, 3, 1], return_counts=True))
