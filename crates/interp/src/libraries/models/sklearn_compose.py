"""scikit-learn: transformers put together, by the columns that they give."""

import numpy as np
import pandas as pd


def _dense(X):
    return X.toarray() if hasattr(X, "toarray") else np.asarray(X)


def _picked(X, columns):
    """The columns that a transformer of a `ColumnTransformer` gets."""
    if isinstance(X, pd.DataFrame):
        if callable(columns):
            columns = columns(X)
        if isinstance(columns, (str, int)):
            return X[columns] if isinstance(columns, str) else X.iloc[:, columns]
        columns = list(columns)
        return X[columns] if not columns or isinstance(columns[0], str) else X.iloc[:, columns]
    return np.asarray(X)[:, columns]


class ColumnTransformer:
    def __init__(self, transformers, *, remainder="drop", sparse_threshold=0.3, **kwargs):
        self.transformers, self.remainder = transformers, remainder
        self._fitted = False

    def _parts(self, X, method):
        parts, used = [], []
        for name, transformer, columns in self.transformers:
            part = _picked(X, columns)
            used += [columns] if isinstance(columns, (str, int)) else list(part.columns if hasattr(part, "columns") else columns)
            if transformer == "drop":
                continue
            parts.append(_dense(part if transformer == "passthrough" else getattr(transformer, method)(part)))
        if self.remainder == "passthrough":
            if isinstance(X, pd.DataFrame):
                rest = [name for name in X.columns if name not in used]
            else:
                rest = [number for number in range(np.asarray(X).shape[1]) if number not in used]
            if rest:
                parts.append(_dense(_picked(X, rest)))
        elif self.remainder != "drop":
            return unknown()
        return np.concatenate(parts, axis=1)

    def fit(self, X, y=None):
        self._parts(X, "fit_transform")
        self._fitted = True
        return self

    def fit_transform(self, X, y=None):
        self._fitted = True
        return self._parts(X, "fit_transform")

    def transform(self, X):
        if not self._fitted:
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(
                "This ColumnTransformer instance is not fitted yet. Call 'fit' with appropriate arguments before using "
                "this estimator."
            )
        return self._parts(X, "transform")

    @property
    def named_transformers_(self):
        return {name: transformer for name, transformer, columns in self.transformers}

    def get_feature_names_out(self, input_features=None):
        return unknown()


def make_column_transformer(*transformers, **kwargs):
    return ColumnTransformer([(type(made).__name__.lower(), made, columns) for made, columns in transformers], **kwargs)


def make_column_selector(pattern=None, *, dtype_include=None, dtype_exclude=None):
    return lambda frame: list(frame.select_dtypes(include=dtype_include, exclude=dtype_exclude).columns)


class Pipeline:
    """Steps that hand their results on. The last one may be an estimator of any kind."""

    def __init__(self, steps, *, memory=None, verbose=False):
        self.steps = steps

    @property
    def named_steps(self):
        return dict(self.steps)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return Pipeline(self.steps[key], verbose=False)
        return self.named_steps[key] if isinstance(key, str) else self.steps[key][1]

    def _before(self, X, method):
        for name, step in self.steps[:-1]:
            if step != "passthrough" and step is not None:
                X = getattr(step, method)(X)
        return X

    def fit(self, X, y=None, **kwargs):
        X = self._before(X, "fit_transform")
        last = self.steps[-1][1]
        if last != "passthrough":
            last.fit(X, y)
        return self

    def fit_transform(self, X, y=None, **kwargs):
        X = self._before(X, "fit_transform")
        last = self.steps[-1][1]
        return X if last == "passthrough" else last.fit_transform(X)

    def transform(self, X):
        X = self._before(X, "transform")
        last = self.steps[-1][1]
        return X if last == "passthrough" else last.transform(X)

    def predict(self, X, **kwargs):
        return self.steps[-1][1].predict(self._before(X, "transform"))

    def inverse_transform(self, X):
        for name, step in reversed(self.steps):
            X = step.inverse_transform(X)
        return X


def make_pipeline(*steps, **kwargs):
    return Pipeline([(type(step).__name__.lower(), step) for step in steps])
