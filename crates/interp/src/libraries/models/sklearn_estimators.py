"""scikit-learn: estimators whose numbers are not repeated bit by bit: what they learn is known by its shape.

source: sklearn/base.py, sklearn/linear_model/_base.py, sklearn/ensemble/_forest.py, sklearn/cluster/_kmeans.py
"""

import numpy as np


class NotFittedError(ValueError, AttributeError):
    pass


def _table(X):
    given = X
    X = np.asarray(X)
    if is_known(X.ndim) and X.ndim != 2:
        found = "1D" if X.ndim == 1 else "scalar" if X.ndim == 0 else None
        text = f"Expected 2D array, got {found} array instead:\n{unknown()}"
        if found is None:
            text = f"Found array with dim {X.ndim}, while dim <= 2 is required by {unknown()}."
        raise of_rank(ValueError(text), given, 2)
    return X


class _Estimator:
    def __init__(self, *args, **kwargs):
        self._given = kwargs

    def get_params(self, deep=True):
        return unknown()

    def set_params(self, **params):
        self._given = {**self._given, **params}
        return self

    def _learn(self, X, y=None):
        X = _table(X)
        self.n_features_in_ = X.shape[1]
        if y is not None:
            rows = np.asarray(y).shape[0]
            if is_known(rows) and is_known(X.shape[0]) and rows != X.shape[0]:
                raise ValueError(f"Found input variables with inconsistent numbers of samples: {[X.shape[0], rows]}")
        return X

    def _check(self, X):
        if "n_features_in_" not in self.__dict__:
            name = type(self).__name__
            raise NotFittedError(
                f"This {name} instance is not fitted yet. Call 'fit' with appropriate arguments before using this estimator."
            )
        given = X
        X = _table(X)
        width = X.shape[1]
        if is_known(width) and is_known(self.n_features_in_) and width != self.n_features_in_:
            text = (
                f"X has {width} features, but {type(self).__name__} is expecting {self.n_features_in_} features as input"
            )
            raise of_columns(ValueError(text), given, width, self.n_features_in_)
        return X

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class _Predictor(_Estimator):
    def score(self, X, y, sample_weight=None):
        self._check(X)
        return float(unknown())

    @property
    def feature_importances_(self):
        return unknown_array((self.n_features_in_,))


class _Classifier(_Predictor):
    def fit(self, X, y, sample_weight=None, **kwargs):
        self._learn(X, y)
        self.classes_ = np.unique(np.asarray(y))
        return self

    def predict(self, X):
        return unknown_array((self._check(X).shape[0],), dtype=self.classes_.dtype)

    def predict_proba(self, X):
        return unknown_array((self._check(X).shape[0], self.classes_.shape[0]))

    predict_log_proba = predict_proba


class _Regressor(_Predictor):
    def fit(self, X, y, sample_weight=None, **kwargs):
        self._learn(X, y)
        self._targets = np.asarray(y).shape[1:]
        return self

    def predict(self, X):
        return unknown_array((self._check(X).shape[0], *self._targets))


class _Linear(_Regressor):
    @property
    def coef_(self):
        return unknown_array((*self._targets, self.n_features_in_))

    @property
    def intercept_(self):
        return unknown_array(self._targets) if self._targets else float(unknown())


class _LinearClassifier(_Classifier):
    def _rows(self):
        count = self.classes_.shape[0]
        return 1 if is_known(count) and count == 2 else count

    @property
    def coef_(self):
        return unknown_array((self._rows(), self.n_features_in_))

    @property
    def intercept_(self):
        return unknown_array((self._rows(),))


class LinearRegression(_Linear):
    pass


class Ridge(_Linear):
    pass


class Lasso(_Linear):
    pass


class ElasticNet(_Linear):
    pass


class LogisticRegression(_LinearClassifier):
    pass


class RandomForestClassifier(_Classifier):
    pass


class ExtraTreesClassifier(_Classifier):
    pass


class GradientBoostingClassifier(_Classifier):
    pass


class AdaBoostClassifier(_Classifier):
    pass


class DecisionTreeClassifier(_Classifier):
    pass


class KNeighborsClassifier(_Classifier):
    pass


class GaussianNB(_Classifier):
    pass


class MLPClassifier(_Classifier):
    pass


class RandomForestRegressor(_Regressor):
    pass


class ExtraTreesRegressor(_Regressor):
    pass


class GradientBoostingRegressor(_Regressor):
    pass


class AdaBoostRegressor(_Regressor):
    pass


class DecisionTreeRegressor(_Regressor):
    pass


class KNeighborsRegressor(_Regressor):
    pass


class MLPRegressor(_Regressor):
    pass


class SVR(_Regressor):
    pass


class KMeans(_Estimator):
    def __init__(self, n_clusters=8, **kwargs):
        self.n_clusters = n_clusters

    def fit(self, X, y=None, sample_weight=None):
        X = self._learn(X)
        self.labels_ = unknown_array((X.shape[0],), dtype="int32")
        self.cluster_centers_ = unknown_array((self.n_clusters, X.shape[1]))
        self.inertia_ = float(unknown())
        return self

    def predict(self, X):
        return unknown_array((self._check(X).shape[0],), dtype="int32")

    def fit_predict(self, X, y=None, sample_weight=None):
        return self.fit(X).labels_

    def transform(self, X):
        return unknown_array((self._check(X).shape[0], self.n_clusters))

    def fit_transform(self, X, y=None, sample_weight=None):
        return self.fit(X).transform(X)
