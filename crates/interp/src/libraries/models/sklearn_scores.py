"""scikit-learn: scores by thresholds and by agreement, grids of parameters.

source: sklearn/metrics/_ranking.py, sklearn/metrics/_classification.py, sklearn/model_selection/_search.py
"""

import itertools

import numpy as np


def _scored(y_true, y_score):
    """Labels as 0 and 1 with their scores; nothing where they are not known or there are other classes."""
    told, scores = _labels(y_true), np.asarray(y_score)
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores.reshape(-1)
    if not is_carried_out() or told is None or scores.ndim != 1 or not is_known(scores) or len(set(told)) > 2:
        return None
    if set(told) <= {0, 1} or set(told) <= {-1, 1}:
        return [1 if label == 1 else 0 for label in told], scores.tolist()
    return None


def _steps(y_true, y_score):
    """How many are wrong and right above each score, the highest first."""
    pairs = sorted(zip(y_true, y_score), key=lambda pair: -pair[1])
    wrong, right, thresholds = [], [], []
    for at, (label, score) in enumerate(pairs):
        if at and thresholds and thresholds[-1] == score:
            wrong[-1], right[-1] = wrong[-1] + 1 - label, right[-1] + label
        else:
            before = (wrong[-1], right[-1]) if wrong else (0, 0)
            wrong.append(before[0] + 1 - label)
            right.append(before[1] + label)
            thresholds.append(score)
    return wrong, right, thresholds


def roc_curve(y_true, y_score, *, pos_label=None, sample_weight=None, drop_intermediate=True):
    _same_rows(y_true, y_score)
    found = _scored(y_true, y_score) if pos_label is None and sample_weight is None else None
    if found is None:
        count = unknown_size()
        return tuple(unknown_array((count,)) for _ in range(3))
    wrong, right, thresholds = _steps(*found)
    if drop_intermediate and len(wrong) > 2:
        bends = [
            a[at + 1] - 2 * a[at] + a[at - 1] != 0 or b[at + 1] - 2 * b[at] + b[at - 1] != 0
            for a, b in [(wrong, right)] for at in range(1, len(wrong) - 1)
        ]
        kept = [at for at, bend in enumerate([True] + bends + [True]) if bend]
        wrong, right, thresholds = ([part[at] for at in kept] for part in (wrong, right, thresholds))
    wrong, right = np.array([0.0] + wrong), np.array([0.0] + right)
    if not wrong[-1] or not right[-1]:
        return tuple(unknown_array(wrong.shape) for _ in range(3))
    return wrong / wrong[-1], right / right[-1], np.array([float("inf")] + thresholds)


def precision_recall_curve(y_true, y_score=None, *, pos_label=None, sample_weight=None, drop_intermediate=False):
    found = _scored(y_true, y_score) if pos_label is None and sample_weight is None and not drop_intermediate else None
    if found is None or not any(found[0]):
        count = unknown_size()
        return unknown_array((count,)), unknown_array((count,)), unknown_array((unknown_size(),))
    wrong, right, thresholds = _steps(*found)
    precision = [b / (a + b) if a + b else 0.0 for a, b in zip(wrong, right)]
    recall = [b / right[-1] for b in right]
    return np.array(precision[::-1] + [1.0]), np.array(recall[::-1] + [0.0]), np.array(thresholds[::-1])


def auc(x, y):
    _same_rows(x, y)
    x, y = np.asarray(x), np.asarray(y)
    if is_known(x.shape[0]) and x.shape[0] < 2:
        raise ValueError(
            f"At least 2 points are needed to compute area under curve, but x.shape = {x.shape}"
        )
    if not is_carried_out() or not is_known(x) or not is_known(y):
        return float(unknown())
    steps = np.diff(x)
    direction = 1
    if (steps < 0).any():
        if not (steps <= 0).all():
            raise ValueError(f"x is neither increasing nor decreasing : {x}.")
        direction = -1
    return float(direction * np.trapezoid(y, x))


def cohen_kappa_score(y1, y2, *, labels=None, weights=None, sample_weight=None):
    if not is_carried_out() or labels is not None or weights is not None or sample_weight is not None:
        return _hits(y1, y2)
    table = confusion_matrix(y1, y2)
    if not is_known(table):
        return _hits(y1, y2)
    columns, rows = table.sum(axis=0), table.sum(axis=1)
    expected = np.outer(columns, rows) / columns.sum()
    others = 1 - np.eye(len(table))
    return float(1 - (others * table).sum() / (others * expected).sum())


def log_loss(y_true, y_pred, *, normalize=True, sample_weight=None, labels=None):
    _same_rows(y_true, y_pred)
    told, chances = _labels(y_true), np.asarray(y_pred)
    plain = normalize and sample_weight is None and labels is None and told is not None
    if not is_carried_out() or not plain or not is_known(chances) or chances.dtype != np.float64:
        return _score(y_true, y_pred)
    classes = sorted(set(told))
    if chances.ndim == 1 or chances.shape[1] == 1:
        chances = np.stack([1 - chances.reshape(-1), chances.reshape(-1)], axis=1)
    if len(classes) != chances.shape[1]:
        return _score(y_true, y_pred)
    least = np.finfo(np.float64).eps
    chances = np.clip(chances, least, 1 - least).tolist()
    return float(np.mean(np.array([-math.log(row[classes.index(label)]) for label, row in zip(told, chances)])))


class ParameterGrid:
    """Every combination of parameters, by their sorted names."""

    def __init__(self, param_grid):
        self.param_grid = [param_grid] if isinstance(param_grid, dict) else list(param_grid)

    def __iter__(self):
        for grid in self.param_grid:
            items = sorted(grid.items())
            if not items:
                yield {}
                continue
            names, values = [name for name, _ in items], [given for _, given in items]
            for chosen in itertools.product(*values):
                yield dict(zip(names, chosen))

    def __len__(self):
        total = 0
        for grid in self.param_grid:
            count = 1
            for values in grid.values():
                count *= len(values)
            total += count
        return total
