"""scikit-learn: scalers, encoders, decompositions, by the shapes that they give."""

import itertools
import math

import numpy as np
import pandas as pd


class NotFittedError(ValueError, AttributeError):
    pass


def _matrix(owner, X):
    if isinstance(X, list):
        # Rows of a table: `scaler.transform([frame.iloc[0]])`.
        X = [row.values if isinstance(row, pd.Series) else row for row in X]
    if is_carried_out() and isinstance(X, pd.DataFrame):
        # Numbers and booleans beside each other are floats.
        columns = _columns(X)
        if all(_counts(values) for values in columns) and len({str(values.dtype) for values in columns}) > 1:
            return np.stack([values.astype("float64") for values in columns], axis=1)
    given = X
    X = np.asarray(X)
    if X.ndim == 1:
        text = (
            "Expected 2D array, got 1D array instead:\narray=" + str(X) + ".\nReshape your data either using "
            "array.reshape(-1, 1) if your data has a single feature or array.reshape(1, -1) if it contains a single "
            "sample."
        )
        raise of_rank(ValueError(text), given, 2)
    if X.ndim > 2:
        by = f" by {type(owner).__name__}" if owner is not None else ""
        raise of_rank(ValueError(f"Found array with dim {X.ndim}, while dim <= 2 is required{by}."), given, 2)
    return X


def _counts(values):
    """Whether a column holds numbers or booleans."""
    return values.dtype not in (np.dtype(str), np.dtype(object))


def _columns(X):
    """A table's columns, each as the array that it is."""
    if isinstance(X, pd.DataFrame):
        return [X[name].values for name in X.columns]
    X = np.asarray(X)
    return [X[:, number] for number in range(X.shape[1])]


def _names_of(X):
    """A frame's columns, where all have texts for names (`sklearn/utils/validation.py: _get_feature_names`)."""
    names = list(X.columns) if isinstance(X, pd.DataFrame) else []
    return names if is_known(names) and names and all(isinstance(name, str) for name in names) else None


def _refuse_other_names(fitted, given):
    """What `_check_feature_names` says of columns that are others than those that were fitted to."""
    if fitted is None or given is None or fitted == given:
        return
    unseen = sorted(set(given) - set(fitted))
    missing = sorted(set(fitted) - set(given))
    text = "The feature names should match those that were passed during fit.\n"

    def listed(names):
        return "".join(f"- {name}\n" for name in names[:5]) + ("- ...\n" if len(names) > 5 else "")

    if unseen:
        text += "Feature names unseen at fit time:\n" + listed(unseen)
    if missing:
        text += "Feature names seen at fit time, yet now missing:\n" + listed(missing)
    if not unseen and not missing:
        text += "Feature names must be in the same order as they were in fit.\n"
    raise ValueError(text)


def _refuse_texts(X):
    """What `check_array` says of strings where it needs numbers."""
    columns = _columns(X) if isinstance(X, pd.DataFrame) else [np.asarray(X)]
    for values in columns:
        if values.dtype == np.dtype(object):
            values.astype("float64")
        if values.dtype == np.dtype(str):
            first = values.reshape(-1)[0]
            shown = repr(str(first)) if isinstance(X, pd.DataFrame) else f"np.str_({str(first)!r})"
            error = ValueError(f"could not convert string to float: {shown}")
            raise because(error, X, "it holds texts, which have to become numbers first")


def _float(dtype):
    return dtype if dtype in (np.float32, np.float64, np.float16) else np.float64


class _Transformer:
    """`fit` remembers the number of features, `transform` checks it."""

    n_features_in_ = None

    # What the features were called that it was fitted to, where they have names.
    _feature_names = None

    # Whether `transform` compares names with those.
    _names_count = True

    # Whether it takes numbers only.
    _numeric = True

    def fit(self, X, y=None, **kwargs):
        matrix = _matrix(self, X)
        if self._numeric:
            _refuse_texts(X)
        self.n_features_in_ = matrix.shape[1]
        self._feature_names = _names_of(X)
        self._columns_are(X)
        self._learn(matrix)
        return self

    def _columns_are(self, X):
        return None

    def _learn(self, X):
        return None

    def transform(self, X, **kwargs):
        if self.n_features_in_ is None:
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with appropriate arguments before "
                "using this estimator."
            )
        if self._names_count:
            _refuse_other_names(self._feature_names, _names_of(X))
        if self._numeric:
            _refuse_texts(X)
        self._given = X
        X = _matrix(self, X)
        count = X.shape[1]
        if is_known(count) and is_known(self.n_features_in_) and count != self.n_features_in_:
            error = ValueError(
                f"X has {count} features, but {type(self).__name__} is expecting {self.n_features_in_} features as "
                "input."
            )
            raise of_columns(error, self._given, count, self.n_features_in_)
        return self._apply(X)

    def _apply(self, X):
        if is_carried_out():
            return self._computed(X.astype(_float(X.dtype)))
        above, below = gaps_of(X)
        return with_gaps(unknown_array(X.shape, dtype=_float(X.dtype)), above, below)

    def _computed(self, X):
        """The elements, where they are computed; a class without a formula leaves them unknown."""
        return unknown_array(X.shape, dtype=X.dtype)

    _undone = _computed

    def fit_transform(self, X, y=None, **kwargs):
        return self.fit(X).transform(X)

    def inverse_transform(self, X):
        # The way back does not name the scaler.
        given = X
        X = _matrix(None, X)
        rows, count = X.shape
        features = self.n_features_in_
        # What was learnt of one feature fits any number of columns.
        if is_known(count) and is_known(features) and features not in (None, 1, count):
            text = f"operands could not be broadcast together with shapes ({rows},{count}) ({features},) "
            if count == 1:
                text = (
                    f"non-broadcastable output operand with shape ({rows},1) doesn't match the broadcast shape "
                    f"({rows},{features})"
                )
            raise of_columns(ValueError(text), given, count, features)
        if is_carried_out():
            return self._undone(X.astype(_float(X.dtype)))
        return unknown_array(X.shape, dtype=_float(X.dtype))

    def partial_fit(self, X, y=None):
        return self.fit(X)

    def get_params(self, deep=True):
        return unknown()

    def __repr__(self):
        return f"{type(self).__name__}({self._told()})" if is_carried_out() else unknown()

    def _told(self):
        return str(unknown())

    def set_params(self, **params):
        return self

    def get_feature_names_out(self, input_features=None):
        return unknown()


class StandardScaler(_Transformer):
    def __init__(self, *, copy=True, with_mean=True, with_std=True):
        self.with_mean, self.with_std = with_mean, with_std

    def _told(self):
        return ", ".join(f"{name}=False" for name in ("with_mean", "with_std") if not getattr(self, name))

    def _learn(self, X):
        if is_carried_out():
            X = X.astype("float64")
            self.mean_, self.var_ = X.mean(axis=0), X.var(axis=0)
            self.scale_ = np.where(self.var_ == 0.0, 1.0, np.sqrt(self.var_))
            return
        self.mean_ = self.scale_ = self.var_ = unknown_array((X.shape[1],))


    def _computed(self, X):
        X = X - self.mean_.astype(X.dtype) if self.with_mean else X
        return X / self.scale_.astype(X.dtype) if self.with_std else X

    def _undone(self, X):
        X = X * self.scale_.astype(X.dtype) if self.with_std else X
        return X + self.mean_.astype(X.dtype) if self.with_mean else X


class MinMaxScaler(_Transformer):
    def __init__(self, feature_range=(0, 1), *, copy=True, clip=False):
        self.feature_range = feature_range

    def _told(self):
        return "" if self.feature_range == (0, 1) else f"feature_range={self.feature_range}"

    def _computed(self, X):
        return X * self.scale_.astype(X.dtype) + self.min_.astype(X.dtype)

    def _undone(self, X):
        return (X - self.min_.astype(X.dtype)) / self.scale_.astype(X.dtype)

    def _learn(self, X):
        if is_carried_out():
            low, high = self.feature_range
            X = X.astype(_float(X.dtype))
            self.data_min_, self.data_max_ = X.min(axis=0), X.max(axis=0)
            self.data_range_ = self.data_max_ - self.data_min_
            self.scale_ = (high - low) / np.where(self.data_range_ == 0.0, 1.0, self.data_range_)
            self.min_ = low - self.data_min_ * self.scale_
            return
        self.min_ = self.scale_ = self.data_min_ = self.data_max_ = self.data_range_ = unknown_array((X.shape[1],))


class MaxAbsScaler(_Transformer):
    def __init__(self, *, copy=True, clip=False):
        pass


class RobustScaler(_Transformer):
    def __init__(self, **kwargs):
        pass


class Normalizer(_Transformer):
    def __init__(self, norm="l2", *, copy=True):
        self.n_features_in_ = unknown_size()


class QuantileTransformer(RobustScaler):
    pass


class PowerTransformer(_Transformer):
    def __init__(self, method="yeo-johnson", **kwargs):
        pass


class PolynomialFeatures(_Transformer):
    def __init__(self, degree=2, *, interaction_only=False, include_bias=True, order="C"):
        self._degree, self._plain, self._bias = degree, not interaction_only, include_bias

    def _apply(self, X):
        columns = unknown_size()
        if is_carried_out() and isinstance(self._degree, int):
            # Products of so many columns, from none to all of the degree.
            pick = itertools.combinations_with_replacement if self._plain else itertools.combinations
            made = [np.ones(X.shape[0])] if self._bias else []
            for degree in range(1, self._degree + 1):
                for chosen in pick(range(X.shape[1]), degree):
                    product = X[:, chosen[0]].astype("float64")
                    for column in chosen[1:]:
                        product = product * X[:, column]
                    made.append(product)
            return np.stack(made, axis=1)
        if isinstance(self._degree, int) and self._plain and is_known(X.shape[1]):
            columns = math.comb(X.shape[1] + self._degree, self._degree) - (0 if self._bias else 1)
        return unknown_array((X.shape[0], columns))


class KBinsDiscretizer(_Transformer):
    def __init__(self, n_bins=5, *, encode="onehot", **kwargs):
        self._ordinal, self._dense = encode == "ordinal", encode == "onehot-dense"

    def _apply(self, X):
        if self._ordinal:
            return unknown_array(X.shape, dtype=_float(X.dtype))
        shape = (X.shape[0], unknown_size())
        return unknown_array(shape) if self._dense else _Sparse(shape)


class FunctionTransformer(_Transformer):
    _names_count = False

    _numeric = False

    def __init__(self, func=None, *args, **kwargs):
        self._function, self.n_features_in_ = func, unknown_size()

    def _apply(self, X):
        return X if self._function is None else self._function(X)


class SimpleImputer(_Transformer):
    """Fills what is missing: with the mean, the median, the most frequent value or a constant of each column."""

    _numeric = False

    def __init__(self, *, missing_values=np.nan, strategy="mean", fill_value=None, **kwargs):
        self.strategy, self.fill_value = strategy, fill_value
        self._plain = not kwargs and isinstance(missing_values, float)

    def _columns_are(self, X):
        self.statistics_ = unknown()
        columns = _columns(X)
        if is_carried_out() and self._plain and all(_counts(values) for values in columns):
            self.statistics_ = np.array([self._filling(values.tolist()) for values in columns])

    def _filling(self, values):
        there = sorted(float(value) for value in values if value == value)
        if self.strategy == "constant":
            return 0 if self.fill_value is None else self.fill_value
        if not there:
            return float(unknown())
        if self.strategy == "mean":
            return float(np.mean(np.array(there)))
        if self.strategy == "median":
            return float(np.median(np.array(there)))
        return max(there, key=lambda value: (there.count(value), -value))

    def _computed(self, X):
        if not isinstance(self.statistics_, np.ndarray):
            return unknown_array(X.shape, dtype=X.dtype)
        return np.where(np.isnan(X), self.statistics_.astype(X.dtype), X)

    def _apply(self, X):
        if not is_carried_out() or not isinstance(self.statistics_, np.ndarray):
            return unknown_array(X.shape, dtype=_float(X.dtype))
        return self._computed(X.astype(_float(X.dtype)))


class KNNImputer(RobustScaler):
    pass


class OrdinalEncoder(_Transformer):
    _numeric = False

    def __init__(self, **kwargs):
        pass

    def _apply(self, X):
        return unknown_array(X.shape)


class _Sparse:
    """A sparse matrix, by its shape, and by its elements where they are known."""

    def __init__(self, shape, dense=None):
        self.shape, self.ndim = shape, 2
        self._dense = dense

    def toarray(self):
        return unknown_array(self.shape) if self._dense is None else self._dense

    todense = toarray


class OneHotEncoder(_Transformer):
    def __init__(self, *, categories="auto", drop=None, sparse_output=True, dtype=np.float64, handle_unknown="error",
                 min_frequency=None, max_categories=None, feature_name_combiner="concat"):
        self.sparse = sparse_output
        self.drop, self.dtype, self.handle_unknown = drop, dtype, handle_unknown

    _numeric = False

    def _columns_are(self, X):
        self.categories_ = unknown()
        self._columns = unknown_size()
        count = np.asarray(X).shape[1]
        if self.drop in (None, "first") and is_known(count) and count < 64:
            dropped = 0 if self.drop is None else 1
            self.categories_ = [np.unique(column) for column in _columns(X)]
            self._names = list(X.columns) if isinstance(X, pd.DataFrame) else [f"x{at}" for at in range(count)]
            self._columns = sum(len(found) - dropped for found in self.categories_)

    def get_feature_names_out(self, input_features=None):
        if not is_carried_out() or not is_known(self.categories_) or self.drop is not None:
            return unknown()
        names = self._names if input_features is None else list(input_features)
        found = [f"{name}_{value}" for name, values in zip(names, self.categories_) for value in values.tolist()]
        return np.array(found, dtype=object)

    def _apply(self, X):
        shape = (X.shape[0], self._columns)
        if is_carried_out() and self.drop in (None, "first") and isinstance(self.categories_, list):
            columns = _columns(self._given if isinstance(self._given, pd.DataFrame) else X)
            for number, (values, found) in enumerate(zip(columns, self.categories_)):
                unseen = [value for value in values.tolist() if value not in found.tolist()]
                if unseen and self.handle_unknown == "error":
                    raise ValueError(f"Found unknown categories {np.unique(np.array(unseen)).tolist()} in column {number} "
                                     "during transform")
            parts = [_told_apart(values, found, self.dtype) for values, found in zip(columns, self.categories_)]
            parts = parts if self.drop is None else [part[:, 1:] for part in parts]
            dense = np.concatenate(parts, axis=1)
            return _Sparse(shape, dense) if self.sparse else dense
        return _Sparse(shape) if self.sparse else unknown_array(shape, dtype=self.dtype)


def _told_apart(values, classes, dtype):
    """A column for each class, with ones where it is."""
    rows = [[1 if value == found else 0 for found in classes.tolist()] for value in values.tolist()]
    return np.array(rows, dtype=dtype)


def _vector(y):
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        return y.reshape(-1)
    if y.ndim > 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {y.shape} instead.")
    return y


class LabelEncoder:
    def __repr__(self):
        return "LabelEncoder()"

    def fit(self, y):
        y = _vector(y)
        self.classes_ = np.unique(y)
        return self

    def transform(self, y):
        if is_carried_out():
            places = {found: place for place, found in enumerate(self.classes_.tolist())}
            values = _vector(y).tolist()
            unseen = [value for value in values if value not in places]
            if unseen:
                raise ValueError(f"y contains previously unseen labels: {np.unique(np.array(unseen))}")
            return np.array([places[value] for value in values])
        return unknown_array(_vector(y).shape, dtype="int64")

    def fit_transform(self, y):
        y = _vector(y)
        if is_carried_out():
            return self.fit(y).transform(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        return numbers

    def inverse_transform(self, y):
        if is_carried_out():
            return self.classes_[np.asarray(y)]
        return unknown_array(np.asarray(y).shape, dtype=self.classes_.dtype)


class LabelBinarizer:
    def __init__(self, **kwargs):
        pass

    def fit(self, y):
        y = np.asarray(y)
        self.classes_ = np.unique(y)
        return self

    def transform(self, y):
        y, count = np.asarray(y), self.classes_.shape[0]
        if not is_known(count):
            return unknown_array((y.shape[0], unknown_size()), dtype="int64")
        if is_carried_out() and y.ndim == 1:
            told = _told_apart(y, self.classes_, "int64")
            return told[:, 1:] if count == 2 else told
        return unknown_array((y.shape[0], 1 if count <= 2 else count), dtype="int64")

    def fit_transform(self, y):
        return self.fit(y).transform(y)

    def inverse_transform(self, Y, threshold=None):
        return unknown_array((np.asarray(Y).shape[0],), dtype=self.classes_.dtype)


class MultiLabelBinarizer(LabelBinarizer):
    def fit(self, y):
        labels = [label for row in y for label in row] if is_known(y) else None
        self.classes_ = unknown_array((len(set(labels)) if is_known(labels) and labels else unknown_size(),), dtype=object)
        return self

    def transform(self, y):
        return unknown_array((len(y), self.classes_.shape[0]), dtype="int64")


def label_binarize(y, *, classes, neg_label=0, pos_label=1, sparse_output=False):
    return unknown_array((len(y), 1 if len(classes) <= 2 else len(classes)), dtype="int64")


def scale(X, **kwargs):
    X = np.asarray(X)
    return unknown_array(X.shape, dtype=_float(X.dtype))


normalize = minmax_scale = maxabs_scale = robust_scale = scale


class PCA(_Transformer):
    def __init__(self, n_components=None, **kwargs):
        self.n_components = n_components

    def _learn(self, X):
        count = self.n_components
        if count is None:
            count = min(X.shape[0], X.shape[1])
        elif not isinstance(count, int):
            count = unknown_size()
        elif is_known(X.shape) and count > min(X.shape[0], X.shape[1]):
            raise ValueError(
                f"n_components={count} must be between 0 and min(n_samples, n_features)={min(X.shape[0], X.shape[1])} "
                "with svd_solver='full'"
            )
        self.n_components_ = count
        self.components_ = unknown_array((count, X.shape[1]))
        self.explained_variance_ratio_ = self.explained_variance_ = unknown_array((count,))

    def _apply(self, X):
        return unknown_array((X.shape[0], self.n_components_), dtype=_float(X.dtype))

    def inverse_transform(self, X):
        return unknown_array((np.asarray(X).shape[0], self.n_features_in_))


class TruncatedSVD(PCA):
    def __init__(self, n_components=2, **kwargs):
        self.n_components = n_components


class TSNE:
    def __init__(self, n_components=2, **kwargs):
        self.n_components = n_components

    def fit_transform(self, X, y=None):
        return unknown_array((np.asarray(X).shape[0], self.n_components), dtype="float32")
