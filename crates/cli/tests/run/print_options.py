import numpy as np
a = np.array([[1.23456789, 22.3456], [-0.00012345, 1000.0]])
print(a)
with np.printoptions(precision=2, suppress=True):
    print(a)
    print(repr(a))
np.set_printoptions(precision=3)
print(a, np.float64(1.23456789), [np.pi])
np.set_printoptions(suppress=True, linewidth=40)
print(np.arange(20) * 1.5)
np.set_printoptions(threshold=5, edgeitems=2)
print(np.arange(10))
