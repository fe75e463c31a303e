"""scikit-learn: its data sets and generators of data, by their shapes."""

import numpy as np
import pandas as pd


class Bunch(dict):
    """A dict whose keys are attributes too."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)


def _data(rows, columns, target, return_X_y, as_frame, classes=None, labels=None, names=None):
    data = unknown_array((rows, columns))
    labels = unknown_array((rows,), dtype=target) if labels is None else labels
    whole = None
    if as_frame and names is None:
        data = labels = whole = unknown()
    elif as_frame:
        data, labels = pd.DataFrame(data, columns=names), pd.Series(labels, name="target")
        whole = data.assign(target=labels)
    if return_X_y:
        return data, labels
    targets = unknown_array((classes,), dtype=str) if classes else None
    return Bunch(data=data, target=labels, target_names=targets, feature_names=unknown() if names is None else names,
                 DESCR=str(unknown()), frame=whole)


def load_iris(*, return_X_y=False, as_frame=False):
    names = [f"{part} {side} (cm)" for part in ("sepal", "petal") for side in ("length", "width")]
    return _data(150, 4, "int64", return_X_y, as_frame, 3, np.repeat([0, 1, 2], 50), names)


def load_wine(*, return_X_y=False, as_frame=False):
    labels = np.array([0] * 59 + [1] * 71 + [2] * 48)
    names = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
             "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines",
             "proline"]
    return _data(178, 13, "int64", return_X_y, as_frame, 3, labels, names)


def load_breast_cancer(*, return_X_y=False, as_frame=False):
    parts = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
             "symmetry", "fractal dimension"]
    names = [f"mean {part}" for part in parts] + [f"{part} error" for part in parts] + [f"worst {part}" for part in parts]
    return _data(569, 30, "int64", return_X_y, as_frame, 2, names=names)


def load_diabetes(*, return_X_y=False, as_frame=False, scaled=True):
    names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
    return _data(442, 10, "float64", return_X_y, as_frame, names=names)


def fetch_california_housing(*, data_home=None, download_if_missing=True, return_X_y=False, as_frame=False, **kwargs):
    names = ["MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"]
    return _data(20640, 8, "float64", return_X_y, as_frame, names=names)


def load_digits(*, n_class=10, return_X_y=False, as_frame=False):
    rows = 1797 if n_class == 10 else unknown_size()
    found = _data(rows, 64, "int64", return_X_y, as_frame, n_class)
    if not return_X_y:
        found["images"] = unknown_array((rows, 8, 8))
    return found


def make_classification(n_samples=100, n_features=20, *, n_classes=2, weights=None, **kwargs):
    even = weights is None and is_known(n_samples) and is_known(n_classes)
    labels = np.random.randint(0, n_classes, n_samples) if even else unknown_array((n_samples,), dtype="int64")
    return unknown_array((n_samples, n_features)), labels


def make_regression(n_samples=100, n_features=100, *, n_informative=10, n_targets=1, coef=False, **kwargs):
    shape = (n_samples,) if n_targets == 1 else (n_samples, n_targets)
    if coef:
        return unknown_array((n_samples, n_features)), unknown_array(shape), unknown_array((n_features,))
    return unknown_array((n_samples, n_features)), unknown_array(shape)


def make_moons(n_samples=100, *, shuffle=True, noise=None, random_state=None):
    rows = sum(n_samples) if isinstance(n_samples, tuple) else n_samples
    return unknown_array((rows, 2)), np.random.randint(0, 2, rows) if is_known(rows) else unknown_array((rows,), dtype="int64")


def make_circles(n_samples=100, *, shuffle=True, noise=None, random_state=None, factor=0.8):
    return make_moons(n_samples)


def make_blobs(n_samples=100, n_features=2, *, centers=None, return_centers=False, **kwargs):
    rows = n_samples if isinstance(n_samples, int) else len(n_samples) and unknown_size()
    count = 3 if centers is None else centers
    if centers is not None and not isinstance(centers, int):
        n_features, count = np.asarray(centers).shape[1], len(centers)
    even = is_known(rows) and is_known(count)
    labels = np.random.randint(0, count, rows) if even else unknown_array((rows,), dtype="int64")
    return unknown_array((rows, n_features)), labels


def make_multilabel_classification(n_samples=100, n_features=20, *, n_classes=5, **kwargs):
    return unknown_array((n_samples, n_features)), unknown_array((n_samples, n_classes), dtype="int64")


def make_swiss_roll(n_samples=100, **kwargs):
    return unknown_array((n_samples, 3)), unknown_array((n_samples,))


make_s_curve = make_swiss_roll


def fetch_openml(*args, **kwargs):
    return unknown()


fetch_20newsgroups = fetch_olivetti_faces = fetch_lfw_people = fetch_openml
