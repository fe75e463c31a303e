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
    return some_of(data if isinstance(data, np.ndarray) else np.asarray(data), count)


def _generator(random_state):
    """`check_random_state`."""
    if random_state is None:
        return np.random
    return np.random.RandomState(random_state) if isinstance(random_state, int) else random_state


def _rows_at(data, places):
    """The rows of arrays, frames and lists at these places."""
    if isinstance(data, (list, tuple, range)):
        return [data[place] for place in places.tolist()]
    return data.iloc[places.tolist()] if hasattr(data, "iloc") else np.asarray(data)[places]


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


def compute_class_weight(class_weight, *, classes, y, sample_weight=None):
    if is_carried_out() and sample_weight is None:
        labels, names = np.asarray(y).tolist(), np.asarray(classes).tolist()
        if class_weight is None:
            return np.ones(len(names))
        if class_weight == "balanced":
            if not set(names) <= set(labels):
                raise ValueError("classes should have valid labels that are in y")
            kinds = len(set(labels))
            return np.array([len(labels) / (kinds * labels.count(name)) for name in names])
        if isinstance(class_weight, dict):
            return np.array([float(class_weight.get(name, 1.0)) for name in names])
    return unknown_array((len(classes),))


def compute_sample_weight(class_weight, y, *, indices=None):
    labels = np.asarray(y)
    if is_carried_out() and indices is None and labels.ndim == 1 and isinstance(class_weight, (str, dict)):
        classes = np.unique(labels)
        weights = dict(zip(classes.tolist(), compute_class_weight(class_weight, classes=classes, y=labels).tolist()))
        return np.array([weights[label] for label in labels.tolist()])
    return unknown_array((_rows(y),))


def _score(y_true, y_pred, *args, **kwargs):
    _same_rows(y_true, y_pred)
    # One for each class or output: `average=None`, `multioutput="raw_values"`.
    if kwargs.get("average", "") is None or kwargs.get("multioutput") == "raw_values":
        return unknown_array((unknown_size(),))
    return float(unknown())


def _kind(y):
    """`type_of_target` of labels."""
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] > 1:
        return "multilabel-indicator"
    count = np.unique(y).shape[0]
    return "binary" if is_known(count) and count <= 2 else "multiclass"


def _refuse_numbers(y_true, y_pred):
    """`_check_targets`: what a network predicts are no classes."""
    _same_rows(y_true, y_pred)
    if is_prediction(y_pred):
        shape = np.asarray(y_pred).shape
        kind = "continuous-multioutput" if len(shape) == 2 and shape[1] != 1 else "continuous"
        kind = kind if len(shape) < 3 else "unknown"
        raise ValueError(f"Classification metrics can't handle a mix of {_kind(y_true)} and {kind} targets")


def _hits(y_true, y_pred, *args, **kwargs):
    """A score of classes."""
    _refuse_numbers(y_true, y_pred)
    return _score(y_true, y_pred, *args, **kwargs)


def _outputs(y):
    """The number of targets: `_check_reg_targets`."""
    y = np.asarray(y)
    if y.ndim > 2:
        raise ValueError(f"Found array with dim {y.ndim}, while dim <= 2 is required.")
    return y.shape[1] if y.ndim == 2 else 1


def _error(y_true, y_pred, *args, **kwargs):
    """A score of a regression."""
    _same_rows(y_true, y_pred)
    true, predicted = _outputs(y_true), _outputs(y_pred)
    if true != predicted:
        raise ValueError(f"y_true and y_pred have different number of output ({true}!={predicted})")
    return _score(y_true, y_pred, *args, **kwargs)


def _computed(formula):
    """A score of a regression with a formula, where numbers are computed."""

    def score(y_true, y_pred, *args, **kwargs):
        if is_carried_out() and not args and not kwargs:
            _error(y_true, y_pred)
            return formula(np.asarray(y_true), np.asarray(y_pred))
        return _error(y_true, y_pred, *args, **kwargs)

    return score


def _determination(y_true, y_pred):
    left = ((y_true - y_pred) ** 2).sum(axis=0)
    return np.mean(1 - left / ((y_true - y_true.mean(axis=0)) ** 2).sum(axis=0))


balanced_accuracy_score = fbeta_score = matthews_corrcoef = jaccard_score = hamming_loss = _hits
average_precision_score = max_error = _score
explained_variance_score = mean_absolute_percentage_error = mean_squared_log_error = median_absolute_error = _error

mean_squared_error = _computed(lambda y_true, y_pred: np.mean((_column(y_true) - _column(y_pred)) ** 2))
mean_absolute_error = _computed(lambda y_true, y_pred: np.mean(np.abs(_column(y_true) - _column(y_pred))))
root_mean_squared_error = _computed(
    lambda y_true, y_pred: np.mean(np.sqrt(np.mean((_column(y_true) - _column(y_pred)) ** 2, axis=0)))
)
r2_score = _computed(lambda y_true, y_pred: _determination(_column(y_true), _column(y_pred)))


def _column(y):
    return y.reshape(-1, 1) if y.ndim == 1 else y


def _labels(y):
    """Labels of one sample each, as Python's values; nothing for other targets."""
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y.reshape(-1)
    return y.tolist() if y.ndim == 1 and (y.dtype in (np.dtype(str), np.bool_) or "int" in str(y.dtype)) else None


def _counts(y_true, y_pred, labels=None):
    """The classes, and of each how often it is right, is said, and is there."""
    if labels is None:
        labels = sorted(set(y_true) | set(y_pred))
    right = [sum(1 for a, b in zip(y_true, y_pred) if a == b == name) for name in labels]
    return labels, right, [y_pred.count(name) for name in labels], [y_true.count(name) for name in labels]


def _over(part, whole, zero=0.0):
    return part / whole if whole else zero


def _measures(right, said, there, beta=1.0):
    precision, recall = _over(right, said), _over(right, there)
    return precision, recall, _over((1 + beta**2) * right, beta**2 * there + said)


def _classified(which):
    """Precision, recall or F1, by `average`."""
    def score(y_true, y_pred, *args, **kwargs):
        known = set(kwargs) <= {"average", "zero_division", "pos_label", "labels"} and not args
        if not is_carried_out() or not known or not kwargs.get("zero_division", 0) in (0, "warn"):
            return _hits(y_true, y_pred, *args, **kwargs)
        _refuse_numbers(y_true, y_pred)
        y_true, y_pred, average = _labels(y_true), _labels(y_pred), kwargs.get("average", "binary")
        if y_true is None or y_pred is None:
            return float(unknown())
        classes, right, said, there = _counts(y_true, y_pred, kwargs.get("labels"))
        if average == "binary":
            if len(set(y_true) | set(y_pred)) > 2:
                options = "[None, 'micro', 'macro', 'weighted']"
                raise ValueError("Target is multiclass but average='binary'. Please choose another average setting, one of "
                                 f"{options}.")
            wanted = kwargs.get("pos_label", 1)
            place = classes.index(wanted) if wanted in classes else None
            return 0.0 if place is None else float(_measures(right[place], said[place], there[place])[which])
        if average == "micro":
            return float(_measures(sum(right), sum(said), sum(there))[which])
        each = [_measures(*counts)[which] for counts in zip(right, said, there)]
        if average is None:
            return np.array(each)
        if average == "macro":
            return float(np.mean(np.array(each)))
        return float(np.average(np.array(each), weights=np.array(there)))

    return score


precision_score, recall_score, f1_score = _classified(0), _classified(1), _classified(2)


def roc_auc_score(y_true, y_score, **kwargs):
    _same_rows(y_true, y_score)
    told, scores = _labels(y_true), np.asarray(y_score)
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores.reshape(-1)
    if not is_carried_out() or kwargs or told is None or scores.ndim != 1 or len(set(told)) != 2:
        return _score(y_true, y_score, **kwargs)
    high, scores = max(told), scores.tolist()
    yes = [score for label, score in zip(told, scores) if label == high]
    no = [score for label, score in zip(told, scores) if label != high]
    # How often a positive one lies above a negative one.
    above = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in yes for b in no)
    return above / (len(yes) * len(no))


def accuracy_score(y_true, y_pred, *, normalize=True, sample_weight=None):
    _refuse_numbers(y_true, y_pred)
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if not is_carried_out() or sample_weight is not None:
        return float(unknown())
    kinds = {"binary" if _labels(y) is not None else "other" for y in (y_true, y_pred)}
    if kinds == {"binary"}:
        right = sum(1 for a, b in zip(_labels(y_true), _labels(y_pred)) if a == b)
        return right / len(y_true) if normalize else float(right)
    return float(unknown())


def precision_recall_fscore_support(y_true, y_pred, *, beta=1.0, labels=None, pos_label=1, average=None,
                                    sample_weight=None, zero_division="warn", **kwargs):
    _refuse_numbers(y_true, y_pred)
    y_true, y_pred = _labels(y_true), _labels(y_pred)
    plain = labels is None and sample_weight is None and beta == 1.0 and zero_division in ("warn", 0) and not kwargs
    if not is_carried_out() or not plain or y_true is None or y_pred is None or average == "samples":
        return unknown()
    classes, right, said, there = _counts(y_true, y_pred)
    rows = [_measures(*counts) for counts in zip(right, said, there)]
    columns = [np.array(column) for column in zip(*rows)]
    if average is None:
        return (*columns, np.array(there))
    if average == "macro":
        return (*[np.mean(column) for column in columns], None)
    if average == "weighted":
        return (*[np.average(column, weights=np.array(there)) for column in columns], None)
    if average == "micro":
        same = float(_over(sum(right), sum(there)))
        return (same, same, same, None)
    if pos_label not in list(classes):
        return unknown()
    at = list(classes).index(pos_label)
    return (*[column[at] for column in columns], None)


def classification_report(y_true, y_pred, *, labels=None, target_names=None, sample_weight=None, digits=2,
                          output_dict=False, zero_division="warn"):
    _refuse_numbers(y_true, y_pred)
    y_true, y_pred = _labels(y_true), _labels(y_pred)
    followed = is_carried_out() and labels is None and sample_weight is None and zero_division in ("warn", 0)
    if not followed or y_true is None or y_pred is None:
        return unknown() if output_dict else str(unknown())
    classes, right, said, there = _counts(y_true, y_pred)
    names = [str(name) for name in classes] if target_names is None else [str(name) for name in target_names]
    if len(names) != len(classes):
        raise ValueError(f"Number of classes, {len(classes)}, does not match size of target_names, {len(names)}. Try "
                         "specifying the labels parameter")
    rows = [_measures(*counts) for counts in zip(right, said, there)]
    total, accuracy = sum(there), _over(sum(right), sum(there))
    macro = [float(np.mean(np.array(column))) for column in zip(*rows)]
    weighted = [float(np.average(np.array(column), weights=np.array(there))) for column in zip(*rows)]
    if output_dict:
        heads = ["precision", "recall", "f1-score", "support"]
        told = {name: dict(zip(heads, list(map(float, row)) + [float(count)])) for name, row, count in zip(names, rows, there)}
        told["accuracy"] = accuracy
        told["macro avg"] = dict(zip(heads, macro + [float(total)]))
        told["weighted avg"] = dict(zip(heads, weighted + [float(total)]))
        return told
    width = max([len(name) for name in names] + [len("weighted avg"), digits])
    out = " " * width + " " + "".join(f" {head:>9}" for head in ("precision", "recall", "f1-score", "support")) + "\n\n"

    def line(name, row, count):
        return f"{name:>{width}} " + "".join(f" {value:>9.{digits}f}" for value in row) + f" {count:>9}\n"

    for name, row, count in zip(names, rows, there):
        out += line(name, row, count)
    out += f"\n{'accuracy':>{width}} " + f" {'':>9}" * 2 + f" {accuracy:>9.{digits}f} {total:>9}\n"
    return out + line("macro avg", macro, total) + line("weighted avg", weighted, total)


def confusion_matrix(y_true, y_pred, *, labels=None, sample_weight=None, normalize=None):
    _refuse_numbers(y_true, y_pred)
    if is_carried_out() and labels is None and sample_weight is None and normalize is None:
        told, guessed = _labels(y_true), _labels(y_pred)
        if told is not None and guessed is not None:
            classes = sorted(set(told) | set(guessed))
            pairs = list(zip(told, guessed))
            return np.array([[pairs.count((row, column)) for column in classes] for row in classes])
    if labels is None and is_known(y_true) and is_known(y_pred):
        labels = np.unique(np.concatenate([np.asarray(y_true), np.asarray(y_pred)]))
    size = unknown_size() if labels is None else len(labels)
    return unknown_array((size, size), dtype="int64" if normalize is None else "float64")


