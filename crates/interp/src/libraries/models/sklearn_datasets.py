"""scikit-learn: its data sets and generators of data: small tables and what is drawn as they are, the others by shape.

source: sklearn/datasets/_base.py, sklearn/datasets/_samples_generator.py, sklearn/utils/random.py
"""

import numpy as np
import pandas as pd


class Bunch(dict):
    """A dict whose keys are attributes too."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)


def _table(text, columns):
    """The numbers of a table that is written out."""
    if not is_carried_out():
        return None
    return np.array([float(word) for word in text.split()]).reshape((-1, columns))


def _data(rows, columns, target, return_X_y, as_frame, classes=None, labels=None, names=None, table=None, kinds=None):
    data = unknown_array((rows, columns)) if table is None else table
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
    if kinds is not None and is_carried_out():
        targets = np.array(kinds)
    names = unknown() if names is None else names
    if not classes:
        return Bunch(data=data, target=labels, frame=whole, DESCR=str(unknown()), feature_names=names)
    return Bunch(data=data, target=labels, frame=whole, target_names=targets, DESCR=str(unknown()), feature_names=names)


def _from_file(bunch, name):
    if isinstance(bunch, Bunch):
        bunch["filename"], bunch["data_module"] = name, "sklearn.datasets.data"
    return bunch


def load_iris(*, return_X_y=False, as_frame=False):
    names = [f"{part} {side} (cm)" for part in ("sepal", "petal") for side in ("length", "width")]
    made = _data(150, 4, "int64", return_X_y, as_frame, 3, np.repeat([0, 1, 2], 50), names, _table(IRIS, 4),
                 ["setosa", "versicolor", "virginica"])
    return _from_file(made, "iris.csv")


def load_wine(*, return_X_y=False, as_frame=False):
    labels = np.array([0] * 59 + [1] * 71 + [2] * 48)
    names = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
             "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines",
             "proline"]
    return _data(178, 13, "int64", return_X_y, as_frame, 3, labels, names, _table(WINE, 13),
                 ["class_0", "class_1", "class_2"])


def load_breast_cancer(*, return_X_y=False, as_frame=False):
    parts = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
             "symmetry", "fractal dimension"]
    names = [f"mean {part}" for part in parts] + [f"{part} error" for part in parts] + [f"worst {part}" for part in parts]
    return _from_file(_data(569, 30, "int64", return_X_y, as_frame, 2, names=names), "breast_cancer.csv")


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


def _generator(random_state):
    """`check_random_state`."""
    if random_state is None:
        return np.random
    return np.random.RandomState(random_state) if isinstance(random_state, int) else random_state


def _mixed(X, y, generator):
    """Rows and columns in another order, as `shuffle=True` asks for."""
    rows = np.arange(X.shape[0])
    generator.shuffle(rows)
    columns = np.arange(X.shape[1])
    X, y = X[rows], y[rows]
    generator.shuffle(columns)
    return X[:, columns], y, columns


def _places(count, most, generator):
    """So many different numbers below another: `sample_without_replacement`."""
    share = count / most
    if 0.2 < share < 0.99:
        return generator.permutation(most)[:count].tolist()
    if share <= 0.2:
        chosen = []
        for _ in range(count):
            number = int(generator.randint(most))
            while number in chosen:
                number = int(generator.randint(most))
            chosen.append(number)
        return chosen
    chosen = list(range(count))
    for number in range(count, most):
        place = int(generator.randint(0, number + 1))
        if place < count:
            chosen[place] = number
    return chosen


def _corners(count, dimensions, generator):
    """Different corners of a cube with sides from 0 to 1."""
    numbers = _places(count, 2**dimensions, generator)
    return np.array([[float(number >> bit & 1) for bit in range(dimensions - 1, -1, -1)] for number in numbers])


def make_classification(n_samples=100, n_features=20, *, n_informative=2, n_redundant=2, n_repeated=0, n_classes=2,
                        n_clusters_per_class=2, weights=None, flip_y=0.01, class_sep=1.0, hypercube=True, shift=0.0,
                        scale=1.0, shuffle=True, random_state=None, **kwargs):
    sizes = (n_samples, n_features, n_informative, n_redundant, n_repeated, n_classes, n_clusters_per_class)
    if is_known(sizes):
        if n_informative + n_redundant + n_repeated > n_features:
            raise ValueError("Number of informative, redundant and repeated features must sum to less than the number "
                             "of total features")
        if n_informative < np.log2(n_classes * n_clusters_per_class):
            raise ValueError(f"n_classes({n_classes}) * n_clusters_per_class({n_clusters_per_class}) must be smaller or "
                             f"equal 2**n_informative({n_informative})={2**n_informative}")
    even = weights is None and is_known(n_samples) and is_known(n_classes)
    plain = hypercube and shift is not None and scale is not None and n_informative <= 24 and not kwargs
    if not is_carried_out() or not even or not plain:
        labels = np.random.randint(0, n_classes, n_samples) if even else unknown_array((n_samples,), dtype="int64")
        if is_carried_out():
            labels = unknown_array((n_samples,), dtype="int64")
        return unknown_array((n_samples, n_features)), labels
    generator = _generator(random_state)
    clusters = n_classes * n_clusters_per_class
    rows = [int(n_samples * (1.0 / n_classes) / n_clusters_per_class) for _ in range(clusters)]
    for number in range(n_samples - sum(rows)):
        rows[number % clusters] += 1
    centers = _corners(clusters, n_informative, generator) * (2 * class_sep) - class_sep
    drawn = generator.standard_normal(size=(n_samples, n_informative))
    parts, labels, start = [], [], 0
    for cluster in range(clusters):
        mix = 2 * generator.uniform(size=(n_informative, n_informative)) - 1
        parts.append(np.dot(drawn[start : start + rows[cluster]], mix) + centers[cluster])
        labels += [cluster % n_classes] * rows[cluster]
        start += rows[cluster]
    columns = [np.concatenate(parts, axis=0)]
    if n_redundant:
        columns.append(np.dot(columns[0], 2 * generator.uniform(size=(n_informative, n_redundant)) - 1))
    known = n_informative + n_redundant
    if n_repeated:
        chosen = ((known - 1) * generator.uniform(size=n_repeated) + 0.5).astype("int64")
        columns.append(np.concatenate(columns, axis=1)[:, chosen])
    if n_features > known + n_repeated:
        columns.append(generator.standard_normal(size=(n_samples, n_features - known - n_repeated)))
    X, y = np.concatenate(columns, axis=1), np.array(labels)
    if flip_y >= 0.0:
        flipped = generator.uniform(size=n_samples) < flip_y
        count = int(flipped.sum())
        others = generator.randint(n_classes, size=count)
        y[flipped] = others
    X = (X + shift) * scale
    if shuffle:
        X, y, _ = _mixed(X, y, generator)
    return X, y


def make_regression(n_samples=100, n_features=100, *, n_informative=10, n_targets=1, bias=0.0, effective_rank=None,
                    tail_strength=0.5, noise=0.0, shuffle=True, coef=False, random_state=None):
    shape = (n_samples,) if n_targets == 1 else (n_samples, n_targets)
    if is_carried_out() and effective_rank is None:
        n_informative = min(n_features, n_informative)
        generator = _generator(random_state)
        X = generator.standard_normal(size=(n_samples, n_features))
        truth = np.zeros((n_features, n_targets))
        truth[:n_informative, :] = 100 * generator.uniform(size=(n_informative, n_targets))
        y = np.dot(X, truth) + bias
        if noise > 0.0:
            y = y + generator.normal(scale=noise, size=y.shape)
        if shuffle:
            X, y, columns = _mixed(X, y, generator)
            truth = truth[columns]
        y = np.squeeze(y)
        return (X, y, np.squeeze(truth)) if coef else (X, y)
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
