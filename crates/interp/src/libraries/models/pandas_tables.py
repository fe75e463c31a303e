"""pandas in a run: tables of groups, rows in order, frames as text in files.

source: pandas/core/reshape/pivot.py, pandas/core/groupby/generic.py, pandas/core/sorting.py, pandas/io/formats/csvs.py
"""

import numpy as np
import pandas as pd


def gapped(values):
    """What a column makes of a list: lists and dicts stay what they are, and `None` among numbers is NaN."""
    if not isinstance(values, (list, tuple)) or not is_known(len(values)) or len(values) > 4096:
        return values
    several = [isinstance(value, (list, tuple, dict, set)) for value in values[:64]]
    if is_known(several) and any(several):
        return boxed(list(values))
    if not is_known(values):
        return values
    there = [value for value in values if value is not None]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in there)
    if not there or len(there) == len(values) or not is_known(numbers) or not numbers:
        return values
    return [float("nan") if value is None else float(value) for value in values]


def arranged(owner, keys, ascending=True):
    """Rows in the order of one column's values, or of several; what is missing comes last."""
    names = [keys] if owner is None or isinstance(owner, pd.Series) or not isinstance(keys, (list, tuple)) else list(keys)
    up = list(ascending) if isinstance(ascending, (list, tuple)) else [ascending] * len(names)
    if len(up) != len(names):
        raise ValueError(f"Length of ascending ({len(up)}) != length of by ({len(names)})")
    rows = list(range(owner.shape[0]))
    for name, rising in reversed(list(zip(names, up))):
        if not isinstance(owner, pd.Series) and name not in owner._columns:
            raise KeyError(name)
        column = (owner._values if isinstance(owner, pd.Series) else owner._data[name]).tolist()
        there = [row for row in rows if column[row] is not None and column[row] == column[row]]
        gone = [row for row in rows if column[row] is None or column[row] != column[row]]
        rows = sorted(there, key=lambda row: column[row], reverse=not rising) + gone
    return picked(owner, rows)


def _number(values, name):
    """One number of some rows of a column; NaN of none."""
    if not len(values):
        return float("nan")
    made = reduced(pd.DataFrame({"x": values}), name, 0)
    return made.tolist()[0] if is_known(made) else unknown()


def _rows_by(columns):
    """The rows of each combination of values, which are sorted."""
    found = {}
    for row, key in enumerate(zip(*columns)):
        found.setdefault(key, []).append(row)
    return [(key, found[key]) for key in sorted(found)]


def pivoted(frame, index, columns, values, aggfunc="mean", fill_value=None):
    """`frame.pivot_table(index="city", columns="year", values="sales")`."""
    if not isinstance(index, str) or not (columns is None or isinstance(columns, str)):
        return unknown()
    if isinstance(aggfunc, dict):
        ways = dict(aggfunc)
    elif isinstance(aggfunc, str):
        taken = [name for name in (index, columns) if name is not None]
        rest = [name for name in frame._columns if name not in taken and is_number(frame._data[name])]
        asked = rest if values is None else [values] if isinstance(values, str) else list(values)
        ways = {name: aggfunc for name in asked}
    else:
        return unknown()
    if not all(isinstance(way, str) for way in ways.values()) or any(name not in frame._columns for name in ways):
        return unknown()
    own = frame._data[index].tolist()
    keys = sorted(distinct(frame._data[index]))
    if columns is None:
        parts = [[row for row, value in enumerate(own) if value == key] for key in keys]
        data = {name: [_number(frame._data[name][part], ways[name]) for part in parts] for name in sorted(ways)}
        return _labelled(pd.DataFrame(data, columns=sorted(ways)), keys, index)
    if len(ways) != 1 or isinstance(values, list):
        return unknown()
    [(name, way)] = list(ways.items())
    across = frame._data[columns].tolist()
    data, heads = {}, sorted(distinct(frame._data[columns]))
    for head in heads:
        cells = []
        for key in keys:
            part = [row for row in range(len(own)) if own[row] == key and across[row] == head]
            cells.append(_number(frame._data[name][part], way) if part else float("nan"))
        data[head] = cells
    return _table(data, heads, keys, index, columns, fill_value)


def _table(data, heads, keys, label, heading, fill_value):
    missing = any(cell != cell for cells in data.values() for cell in cells)
    if missing and fill_value is not None:
        data = {head: [fill_value if cell != cell else cell for cell in cells] for head, cells in data.items()}
    elif missing:
        data = {head: [float(cell) for cell in cells] for head, cells in data.items()}
    made = _labelled(pd.DataFrame(data, columns=heads), keys, label)
    made._heading = heading
    return made


def _labelled(frame, labels, label):
    frame._labels, frame._counted, frame._label = labels, False, label
    return frame


class ByTwo:
    """A number for each pair of two columns' values: `frame.groupby(["city", "year"])["sales"].sum()`."""

    def __init__(self, names, pairs, column):
        self._names, self._pairs, self._column = names, pairs, column

    def unstack(self, level=-1, fill_value=None):
        if level not in (-1, 1):
            return unknown()
        found = dict(self._pairs)
        keys, heads = (sorted({pair[at] for pair in found}) for at in (0, 1))
        data = {head: [found.get((key, head), float("nan")) for key in keys] for head in heads}
        return _table(data, heads, keys, self._names[0], self._names[1], fill_value)

    def reset_index(self, name=None):
        data = {own: [pair[at] for pair, _ in self._pairs] for at, own in enumerate(self._names)}
        data[self._column if name is None else name] = [number for _, number in self._pairs]
        return pd.DataFrame(data)

    def tolist(self):
        return [number for _, number in self._pairs]

    @property
    def values(self):
        return np.array(self.tolist())

    def __len__(self):
        return len(self._pairs)

    def __getitem__(self, key):
        found = dict(self._pairs)
        if isinstance(key, tuple) and len(key) == 2:
            if key not in found:
                raise KeyError(key)
            return found[key]
        return unknown()

    def __repr__(self):
        return unknown()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def by_two(groups, name):
    frame, by, column = groups._frame, list(groups._by), groups._column
    if len(by) != 2 or not (isinstance(column, str) or name == "size"):
        return unknown()
    rows = _rows_by([frame._data[own].tolist() for own in by])
    if name == "size":
        return ByTwo(by, [(key, len(part)) for key, part in rows], 0)
    if name not in ("count", "nunique") and not is_number(frame._data[column]):
        return unknown()
    return ByTwo(by, [(key, _number(frame._data[column][part], name)) for key, part in rows], column)


def number_of_groups(groups, name, **kwargs):
    """`frame.groupby("city")["sales"].sum()`, or by two columns."""
    if isinstance(groups._by, list) and len(groups._by) == 1:
        return unknown()
    return by_two(groups, name) if isinstance(groups._by, list) and not kwargs else grouped(groups, name, **kwargs)


def aggregated(groups, func=None, **named):
    """`frame.groupby("city").agg(...)`."""
    if isinstance(func, dict) or (func is None and named):
        return grouped_as_named(groups, func, named)
    return grouped_by_several(groups, func, **named)


def grouped_as_named(groups, func, named):
    """`frame.groupby("city").agg(total=("sales", "sum"))`, and `agg({"sales": "sum"})`."""
    if func is not None and named:
        return unknown()
    wanted = [(name, name, way) for name, way in func.items()] if isinstance(func, dict) else None
    if wanted is None:
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in named.values()):
            return unknown()
        wanted = [(name, pair[0], pair[1]) for name, pair in named.items()]
    if not isinstance(groups._by, str) or not all(isinstance(way, str) for _, _, way in wanted):
        return unknown()
    data, labels = {}, None
    for name, column, way in wanted:
        made = grouped(groups[column], way)
        if not is_known(made):
            return unknown()
        data[name], labels = made._values, labels_of(made)
    return _labelled(pd.DataFrame(data, columns=list(data)), labels, groups._by)


def with_labels_as_column(owner, name=None):
    """`frame.reset_index()`: the labels become the first column."""
    labels = labels_of(owner)
    if not is_known(labels):
        return unknown()
    first = "index" if owner._label is None else owner._label
    if isinstance(owner, pd.Series):
        column = name if name is not None else 0 if owner.name is None else owner.name
        return pd.DataFrame({first: labels, column: owner._values}, columns=[first, column])
    names = list(owner._columns)
    if first in names:
        return unknown()
    return pd.DataFrame({first: labels, **owner._data}, columns=[first] + names)


def together(objs, ignore):
    """Labels of rows one below the other."""
    labels = [labels_of(part) for part in objs]
    if ignore or not is_known(labels):
        return None
    joined = [label for own in labels for label in own]
    return None if joined == list(range(len(joined))) else joined


def without_labels(frame):
    """`frame.to_string(index=False)`."""
    columns = []
    for name in frame._columns:
        values = frame._data[name]
        cells = [(" " if is_number(values) else "") + str(name)] + texts_of(values)
        width = max(len(cell) for cell in cells)
        columns.append([cell.rjust(width) for cell in cells])
    lines = [" ".join(column[row] for column in columns) for row in range(len(columns[0]))]
    return "\n".join(lines)


def _field(value, sep):
    if value is None or value != value:
        return ""
    text = str(value)
    if sep in text or '"' in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def table_text(owner, sep=",", index=True, header=True):
    """What `to_csv` writes."""
    labels = labels_of(owner)
    if isinstance(owner, pd.Series):
        columns = {"0" if owner.name is None else owner.name: owner._values.tolist()}
    else:
        columns = {name: owner._data[name].tolist() for name in owner._columns}
    if not is_known(labels) or not is_known(list(columns.values())):
        return unknown()
    lines = []
    if header:
        first = [""] if owner._label is None else [str(owner._label)]
        lines.append(sep.join((first if index else []) + [_field(name, sep) for name in columns]))
    for row, label in enumerate(labels):
        fields = [_field(values[row], sep) for values in columns.values()]
        lines.append(sep.join(([_field(label, sep)] if index else []) + fields))
    return "\n".join(lines) + "\n"


def moved(values, by, fill=None):
    """Elements that stand some places later; what comes in is NaN."""
    items = values.tolist()
    gap = float("nan") if fill is None else fill
    count = min(abs(by), len(items))
    if kind_name(values) == "bool" or not is_number(values):
        return unknown_array(values.shape, dtype=object)
    made = [gap] * count + items[: len(items) - count] if by >= 0 else items[count:] + [gap] * count
    return np.array(made) if fill is not None or not count else np.array([float(item) for item in made])


def running(values, function):
    """What has been gathered up to each element; gaps stay gaps."""
    made, so_far = [], None
    for value in values.tolist():
        if value == value:
            so_far = value if so_far is None else function(so_far, value)
        made.append(so_far if value == value else value)
    return np.array(made, dtype=values.dtype)
