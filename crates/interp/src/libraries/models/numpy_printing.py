"""How NumPy prints for a while (`numpy/_core/arrayprint.py`)."""

import numpy as np


class printoptions:
    def __init__(self, **options):
        self._options = options

    def __enter__(self):
        self._before = np.get_printoptions()
        np.set_printoptions(**self._options)
        return np.get_printoptions()

    def __exit__(self, *raised):
        np.set_printoptions(**self._before)
        return False
