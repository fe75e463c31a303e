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


def _check_names(X, columns):
    """Refuses names that a frame has not, and names of what is no frame."""
    names = [columns] if isinstance(columns, str) else columns
    if not isinstance(names, (list, tuple)) or not names or not all([isinstance(name, str) for name in names]):
        return
    if isinstance(X, np.ndarray):
        raise ValueError("Specifying the columns using strings is only supported for dataframes.")
    if isinstance(X, pd.DataFrame) and is_known(X.columns):
        missing = [name for name in names if name not in X.columns]
        if missing:
            raise ValueError(f"Some column names are not columns of the dataframe: {set(missing)}")


class ColumnTransformer:
    def __init__(self, transformers, *, remainder="drop", sparse_threshold=0.3, **kwargs):
        self.transformers, self.remainder = transformers, remainder
        self._fitted, self._fitted_to, self._width = False, None, unknown_size()

    def _note(self, X):
        self._fitted = True
        if isinstance(X, pd.DataFrame):
            self._fitted_to = list(X.columns)
        self._width = np.shape(X)[1] if len(np.shape(X)) == 2 else unknown_size()

    def _parts(self, X, method):
        parts, used = [], []
        for name, transformer, columns in self.transformers:
            if method == "fit_transform":
                _check_names(X, columns)
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
        self._note(X)
        return self

    def fit_transform(self, X, y=None):
        self._note(X)
        return self._parts(X, "fit_transform")

    def transform(self, X):
        if not self._fitted:
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(
                "This ColumnTransformer instance is not fitted yet. Call 'fit' with appropriate arguments before using "
                "this estimator."
            )
        self._check_again(X)
        return self._parts(X, "transform")

    def _check_again(self, X):
        """Refuses what has not the columns that were fitted."""
        if isinstance(X, pd.DataFrame) and isinstance(self._fitted_to, list):
            used = []
            for name, transformer, columns in self.transformers:
                if isinstance(columns, (str, list)) and transformer != "drop":
                    used += [columns] if isinstance(columns, str) else columns
            gone = [name for name in used if isinstance(name, str) and name not in X.columns]
            if gone and is_known(X.columns):
                raise ValueError(f"columns are missing: {set(gone)}")
        elif isinstance(X, np.ndarray) and X.ndim == 2:
            given, fitted = X.shape[1], self._width
            if is_known(given) and is_known(fitted) and given != fitted:
                raise ValueError(
                    f"X has {given} features, but ColumnTransformer is expecting {fitted} features as input."
                )
            for name, transformer, columns in self.transformers:
                _check_names(X, columns)

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
