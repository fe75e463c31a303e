"""scikit-learn: splits of data, shuffling, metrics, weights."""

import math

import numpy as np


def _rows(data):
    if isinstance(data, np.ndarray) or hasattr(data, "shape"):
        return data.shape[0]
    return len(data)


def _same_rows(*arrays):
    rows = [_rows(data) for data in arrays if data is not None]
    for count in rows:
        if is_known(count) and is_known(rows[0]) and count != rows[0]:
            raise ValueError(f"Found input variables with inconsistent numbers of samples: {rows}")
    return rows[0]


def _part(data, count):
    """So many rows, nobody knows which."""
    if isinstance(data, list):
        mixed = list(data)
        shuffle_list(mixed)
        return mixed[:count]
    if hasattr(data, "_sample"):
        return data._sample(count)
    return some_of(np.asarray(data), count)


def _generator(random_state):
    """`check_random_state`."""
    if random_state is None:
        return np.random
    return np.random.RandomState(random_state) if isinstance(random_state, int) else random_state


def _rows_at(data, places):
    """The rows of arrays, frames and lists at these places."""
    if isinstance(data, (list, tuple)):
        return [data[place] for place in places.tolist()]
    return data.iloc[places] if hasattr(data, "iloc") else np.asarray(data)[places]


def _shares(counts, total, generator):
    """How many of each class are drawn: as many as its share, and one more of those with the largest remainders."""
    exact = counts / counts.sum() * total
    whole = np.floor(exact)
    missing = int(total - whole.sum())
    rests = (exact - whole).tolist()
    drawn = [int(count) for count in whole.tolist()]
    for rest in sorted(set(rests), reverse=True):
        if missing <= 0:
            break
        places = np.array([place for place, own in enumerate(rests) if own == rest])
        count = min(len(places), missing)
        for place in generator.choice(places, size=count, replace=False).tolist():
            drawn[place] += 1
        missing -= count
    return drawn


def _stratified(y, train, test, generator):
    """`StratifiedShuffleSplit` with one split."""
    labels = [tuple(row) if isinstance(row, list) else row for row in y.tolist()]
    classes = sorted(set(labels))
    places = [[place for place, label in enumerate(labels) if label == found] for found in classes]
    counts = np.array([len(found) for found in places])
    if min(counts.tolist()) < 2:
        return unknown(), unknown()
    first = _shares(counts, train, generator)
    second = _shares(counts - np.array(first), test, generator)
    chosen, rest = [], []
    for found, count, more in zip(places, first, second):
        order = generator.permutation(len(found)).tolist()
        mixed = [found[place] for place in order]
        chosen += mixed[:count]
        rest += mixed[count : count + more]
    return generator.permutation(np.array(chosen)), generator.permutation(np.array(rest))


def _sizes(rows, test_size, train_size, default=0.25):
    if test_size is None and train_size is None:
        test_size = default
    if not is_known(rows):
        return unknown_size(), unknown_size()
    for name, size in (("test_size", test_size), ("train_size", train_size)):
        if isinstance(size, int) and not isinstance(size, bool) and (size >= rows or size <= 0):
            raise ValueError(
                f"{name}={size} should be either positive and smaller than the number of samples {rows} or a float in "
                "the (0, 1) range"
            )
        if isinstance(size, float) and (size <= 0 or size >= 1):
            raise ValueError(
                f"{name}={size} should be either positive and smaller than the number of samples {rows} or a float in "
                "the (0, 1) range"
            )
    test = math.ceil(test_size * rows) if isinstance(test_size, float) else test_size
    train = math.floor(train_size * rows) if isinstance(train_size, float) else train_size
    if test is None:
        test = rows - train
    if train is None:
        train = rows - test
    if train + test > rows:
        raise ValueError(
            f"The sum of train_size and test_size = {train + test}, should be smaller than the number of samples "
            f"{rows}. Reduce test_size and/or train_size."
        )
    if train == 0:
        raise ValueError(
            f"With n_samples={rows}, test_size={test_size} and train_size={train_size}, the resulting train set will "
            "be empty. Adjust any of the aforementioned parameters."
        )
    return train, test


def train_test_split(*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None):
    if not arrays:
        raise ValueError("At least one array required as input")
    rows = _same_rows(*arrays)
    train, test = _sizes(rows, test_size, train_size)
    parts = []
    if is_carried_out() and is_known(rows):
        if stratify is not None:
            places = _stratified(np.asarray(stratify), train, test, _generator(random_state))
        elif shuffle:
            order = _generator(random_state).permutation(rows)
            places = order[test : test + train], order[:test]
        else:
            places = np.arange(train), np.arange(train, train + test)
        return [_rows_at(data, some) for data in arrays for some in places]
    for data in arrays:
        parts.append(_part(data, train))
        parts.append(_part(data, test))
    return parts


class KFold:
    def __init__(self, n_splits=5, *, shuffle=False, random_state=None):
        self.n_splits, self.shuffle, self.random_state = n_splits, shuffle, random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits

    def split(self, X, y=None, groups=None):
        rows = _same_rows(X, y)
        if is_known(rows) and self.n_splits > rows:
            raise ValueError(
                f"Cannot have number of splits n_splits={self.n_splits} greater than the number of samples: "
                f"n_samples={rows}."
            )
        if is_carried_out() and is_known(rows):
            order = np.arange(rows)
            if self.shuffle:
                order = _generator(self.random_state).permutation(rows)
            start = 0
            for number in range(self.n_splits):
                stop = start + rows // self.n_splits + (1 if number < rows % self.n_splits else 0)
                yield np.sort(np.concatenate([order[:start], order[stop:]])), np.sort(order[start:stop])
                start = stop
            return
        for number in range(self.n_splits):
            test = rows // self.n_splits + (1 if number < rows % self.n_splits else 0)
            yield unknown_array((rows - test,), dtype="int64"), unknown_array((test,), dtype="int64")


def _folds_by_class(classes, count, shuffle, seed):
    """The fold of each row, so that each has its share of each class (`StratifiedKFold._make_test_folds`)."""
    found = []
    for value in classes:
        if value not in found:
            found.append(value)
    encoded = [found.index(value) for value in classes]
    ordered = sorted(encoded)
    shares = [[ordered[fold::count].count(number) for number in range(len(found))] for fold in range(count)]
    draws = _generator(seed) if shuffle else None
    folds = [0] * len(classes)
    for number in range(len(found)):
        own = [fold for fold in range(count) for _ in range(shares[fold][number])]
        if draws is not None:
            own = np.array(own)
            draws.shuffle(own)
            own = own.tolist()
        places = [row for row, value in enumerate(encoded) if value == number]
        for row, fold in zip(places, own):
            folds[row] = fold
    return folds


class StratifiedKFold(KFold):
    def split(self, X, y=None, groups=None):
        _same_rows(X, y)
        if is_carried_out() and type(self) is StratifiedKFold:
            classes = np.asarray(y).reshape(-1).tolist()
            folds = _folds_by_class(classes, self.n_splits, self.shuffle, self.random_state)
            for fold in range(self.n_splits):
                train = [row for row, other in enumerate(folds) if other != fold]
                yield np.array(train), np.array([row for row, other in enumerate(folds) if other == fold])
            return
        for _ in range(self.n_splits):
            yield unknown_array((unknown_size(),), dtype="int64"), unknown_array((unknown_size(),), dtype="int64")


class GroupKFold(StratifiedKFold):
    pass


class RepeatedKFold:
    def __init__(self, *, n_splits=5, n_repeats=10, random_state=None):
        self.n_splits, self.n_repeats = n_splits, n_repeats

    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits * self.n_repeats

    def split(self, X, y=None, groups=None):
        for _ in range(self.n_repeats):
            for train, test in KFold(self.n_splits).split(X, y):
                yield train, test


class TimeSeriesSplit:
    """Each part of the rows after those before it."""

    def __init__(self, n_splits=5, *, max_train_size=None, test_size=None, gap=0):
        self.n_splits, self._most, self._size, self._gap = n_splits, max_train_size, test_size, gap

    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits

    def split(self, X, y=None, groups=None):
        rows, folds = _same_rows(X, y), self.n_splits + 1
        if not is_known(rows):
            for _ in range(self.n_splits):
                yield unknown_array((unknown_size(),), dtype="int64"), unknown_array((unknown_size(),), dtype="int64")
            return
        size = rows // folds if self._size is None else self._size
        if folds > rows:
            raise ValueError(f"Cannot have number of folds={folds} greater than the number of samples={rows}.")
        if rows - self._gap - size * self.n_splits <= 0:
            raise ValueError(
                f"Too many splits={self.n_splits} for number of samples={rows} with test_size={size} and gap={self._gap}."
            )
        for start in range(rows - self.n_splits * size, rows, size):
            end = start - self._gap
            first = 0 if self._most is None else max(0, end - self._most)
            yield np.arange(first, end), np.arange(start, start + size)


class ShuffleSplit:
    def __init__(self, n_splits=10, *, test_size=None, train_size=None, random_state=None):
        self.n_splits, self.test_size, self.train_size = n_splits, test_size, train_size

    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits

    def split(self, X, y=None, groups=None):
        train, test = _sizes(_same_rows(X, y), self.test_size, self.train_size, 0.1)
        for _ in range(self.n_splits):
            yield unknown_array((train,), dtype="int64"), unknown_array((test,), dtype="int64")


class StratifiedShuffleSplit(ShuffleSplit):
    pass


def shuffle(*arrays, random_state=None, n_samples=None):
    rows = _same_rows(*arrays)
    mixed = [_part(data, rows if n_samples is None else n_samples) for data in arrays]
    return mixed[0] if len(mixed) == 1 else mixed


def resample(*arrays, replace=True, n_samples=None, random_state=None, stratify=None, sample_weight=None):
    rows = _same_rows(*arrays)
    if not replace and n_samples is not None and is_known(rows) and n_samples > rows:
        raise ValueError(f"Cannot sample {n_samples} out of arrays with dim {rows} when replace is False")
    drawn = [_part(data, rows if n_samples is None else n_samples) for data in arrays]
    return drawn[0] if len(drawn) == 1 else drawn


def compute_class_weight(class_weight, *, classes, y):
    return unknown_array((len(classes),))


def compute_sample_weight(class_weight, y, *, indices=None):
    return unknown_array((_rows(y),))


def _score(y_true, y_pred, *args, **kwargs):
    _same_rows(y_true, y_pred)
    # One for each class or output: `average=None`, `multioutput="raw_values"`.
    if kwargs.get("average", "") is None or kwargs.get("multioutput") == "raw_values":
        return unknown_array((unknown_size(),))
    return float(unknown())


def _computed(formula):
    """A score with a formula, where numbers are computed."""

    def score(y_true, y_pred, *args, **kwargs):
        if is_carried_out() and not args and not kwargs:
            _same_rows(y_true, y_pred)
            return formula(np.asarray(y_true), np.asarray(y_pred))
        return _score(y_true, y_pred, *args, **kwargs)

    return score


def _determination(y_true, y_pred):
    left = ((y_true - y_pred) ** 2).sum(axis=0)
    return np.mean(1 - left / ((y_true - y_true.mean(axis=0)) ** 2).sum(axis=0))


accuracy_score = balanced_accuracy_score = precision_score = recall_score = f1_score = fbeta_score = _score
roc_auc_score = average_precision_score = log_loss = cohen_kappa_score = matthews_corrcoef = jaccard_score = _score
mean_squared_error = mean_absolute_error = root_mean_squared_error = r2_score = explained_variance_score = _score
mean_absolute_percentage_error = mean_squared_log_error = median_absolute_error = max_error = hamming_loss = _score

mean_squared_error = _computed(lambda y_true, y_pred: np.mean((_column(y_true) - _column(y_pred)) ** 2))
mean_absolute_error = _computed(lambda y_true, y_pred: np.mean(np.abs(_column(y_true) - _column(y_pred))))
root_mean_squared_error = _computed(
    lambda y_true, y_pred: np.mean(np.sqrt(np.mean((_column(y_true) - _column(y_pred)) ** 2, axis=0)))
)
r2_score = _computed(lambda y_true, y_pred: _determination(_column(y_true), _column(y_pred)))


def _column(y):
    return y.reshape(-1, 1) if y.ndim == 1 else y


def classification_report(y_true, y_pred, *args, **kwargs):
    _same_rows(y_true, y_pred)
    return unknown() if kwargs.get("output_dict") else str(unknown())


def confusion_matrix(y_true, y_pred, *, labels=None, sample_weight=None, normalize=None):
    _same_rows(y_true, y_pred)
    if labels is None and is_known(y_true) and is_known(y_pred):
        labels = np.unique(np.concatenate([np.asarray(y_true), np.asarray(y_pred)]))
    size = unknown_size() if labels is None else len(labels)
    return unknown_array((size, size), dtype="int64" if normalize is None else "float64")


def roc_curve(y_true, y_score, **kwargs):
    return tuple(unknown_array((unknown_size(),)) for _ in range(3))


precision_recall_curve = roc_curve
