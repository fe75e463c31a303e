"""pandas in a run: rows with their labels, statistics, and frames as text.

source: pandas/io/formats/format.py, pandas/io/formats/info.py, pandas/core/methods/describe.py
"""

import json

import numpy as np
import pandas as pd

ROWS, SHOWN, WIDTH = 60, 10, 80


def labels_of(owner):
    """The labels of rows: 0, 1, 2 where nothing else was said."""
    if owner._labels is None:
        return list(range(owner.shape[0]))
    labels = list(owner._labels)
    return labels if is_known(labels) and all(is_known(label) for label in labels) else unknown()


def picked(owner, rows):
    """Some rows by their places, with their labels."""
    rows = np.array(rows, dtype="int64")
    labels = labels_of(owner)
    if is_known(labels):
        labels = [labels[row] for row in rows.tolist()]
        labels = None if labels == list(range(len(labels))) else labels
    if isinstance(owner, pd.Series):
        return pd.Series(owner._values[rows], index=labels, name=owner.name)
    frame = pd.DataFrame({name: owner._data[name][rows] for name in owner._columns}, columns=owner._columns)
    frame._labels, frame._counted = labels, labels is None
    return frame


def transposed(frame):
    """`frame.T`: a column for each row; of columns of several kinds the values are objects."""
    labels, names = labels_of(frame), list(frame._columns)
    if not is_known(labels) or not names:
        return unknown()
    kinds = {kind_name(frame._data[name]) for name in names}
    columns = [frame._data[name].tolist() for name in names]
    rows = [[column[row] for column in columns] for row in range(len(labels))]
    if len(kinds) == 1 and kinds != {"str"}:
        data = {label: np.array(row, dtype=frame._data[names[0]].dtype) for label, row in zip(labels, rows)}
    elif kinds <= {"int64", "float64"}:
        data = {label: np.array(row, dtype="float64") for label, row in zip(labels, rows)}
    elif kinds == {"str"}:
        data = {label: np.array(row) for label, row in zip(labels, rows)}
    else:
        data = {label: np.array(row, dtype=object) for label, row in zip(labels, rows)}
    made = pd.DataFrame(data, columns=list(labels))
    made._counted, made._labels = False, names
    return made


def row_of(frame, row):
    """One row as a series under the columns' names."""
    names = list(frame._columns)
    kinds = {kind_name(frame._data[name]) for name in names}
    values = [frame._data[name].tolist()[row] for name in names]
    if kinds <= {"int64", "float64"}:
        values = np.array(values, dtype="float64" if "float64" in kinds else "int64")
    elif len(kinds) == 1 and kinds != {"str"}:
        values = np.array(values, dtype=frame._data[names[0]].dtype)
    else:
        values = np.array(values, dtype=object) if kinds != {"str"} else np.array(values)
    return pd.Series(values, index=names, name=labels_of(frame)[row])


def masked(owner, mask):
    told = mask.tolist()
    if not is_known(told):
        return owner._sample(unknown_size())
    return picked(owner, [row for row, yes in enumerate(told) if yes])


def compared(values, other, name):
    """A comparison of each element; texts and `None` are compared as Python does."""
    if isinstance(other, np.ndarray):
        other = other.tolist() if kind_name(values) == "str" else other
    if not isinstance(other, (str, list)) and other is not None:
        return {"eq": lambda: values == other, "ne": lambda: values != other, "lt": lambda: values < other,
                "le": lambda: values <= other, "gt": lambda: values > other, "ge": lambda: values >= other}[name]()
    tests = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
             "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}
    others = other if isinstance(other, list) else [other] * len(values)
    return np.array([bool(tests[name](a, b)) for a, b in zip(values.tolist(), others)], dtype=bool)


def is_missing(values):
    return np.array([value is None or value != value for value in values.tolist()], dtype=bool)


def filled(values, value):
    if not any(is_missing(values).tolist()):
        return values
    if isinstance(value, dict):
        return unknown()
    return np.array([value if item is None or item != item else item for item in values.tolist()], dtype=values.dtype)


def carried(values):
    """What is missing gets what stands before it."""
    made, last = [], None
    for value in values.tolist():
        last = last if (value is None or value != value) and last is not None else value
        made.append(last)
    return np.array(made, dtype=values.dtype)


def counts_of_pairs(index, columns, rownames, colnames):
    """`pd.crosstab(actual, predicted)`: how often each pair of values comes."""
    names, parts = [], []
    for values, given, name in ((index, rownames, "row_0"), (columns, colnames, "col_0")):
        own = values.name if isinstance(values, pd.Series) else None
        names.append(given[0] if given else name if own is None else own)
        parts.append(np.asarray(values).tolist())
    rows, heads = (sorted(distinct(np.array(part))) for part in parts)
    pairs = list(zip(*parts))
    data = {head: [sum(1 for pair in pairs if pair == (row, head)) for row in rows] for head in heads}
    made = pd.DataFrame(data, columns=heads)
    made._labels, made._counted, made._label, made._heading = rows, False, names[0], names[1]
    return made


def kind_name(values):
    """The name of a column's dtype."""
    if values.dtype == np.dtype(str):
        return "str"
    return "object" if values.dtype == np.dtype(object) else str(values.dtype)


def is_number(values):
    return kind_name(values) not in ("str", "object")


def known_numbers(values):
    """The values that are there, as floats."""
    return np.array([float(value) for value in values.tolist() if value is not None and value == value])


def statistics(values):
    there = known_numbers(values)
    if not len(there):
        return [0.0] + [float("nan")] * 7
    spread = float(there.std(ddof=1)) if len(there) > 1 else float("nan")
    quarters = [float(np.percentile(there, part)) for part in (25, 50, 75)]
    return [float(len(there)), float(there.mean()), spread, float(there.min())] + quarters + [float(there.max())]


STATISTICS = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]


def described(owner):
    if isinstance(owner, pd.Series):
        return pd.Series(statistics(owner._values), index=list(STATISTICS), name=owner.name) if is_number(owner._values) else unknown()
    names = [name for name in owner._columns if is_number(owner._data[name]) and kind_name(owner._data[name]) != "bool"]
    if not names:
        return unknown()
    frame = pd.DataFrame({name: np.array(statistics(owner._data[name])) for name in names}, columns=names)
    frame._labels, frame._counted = list(STATISTICS), False
    return frame


def reduced(owner, name, axis, numeric_only=False):
    """One number for each column: `frame.mean()`."""
    if axis not in (0, None, "index"):
        return unknown()
    functions = {"mean": lambda x: x.mean(), "std": lambda x: x.std(ddof=1), "var": lambda x: x.var(ddof=1),
                 "min": lambda x: x.min(), "max": lambda x: x.max(), "sum": lambda x: x.sum(),
                 "median": lambda x: np.median(x), "prod": lambda x: x.prod()}
    names = list(owner._columns)
    if name == "count":
        return pd.Series([len(values) - sum(is_missing(values).tolist()) for values in (owner._data[n] for n in names)], index=names)
    if name == "nunique":
        return pd.Series([len(distinct(owner._data[n])) for n in names], index=names)
    if numeric_only:
        names = [n for n in names if is_number(owner._data[n])]
    if name not in functions or not all(is_number(owner._data[n]) for n in names):
        return unknown()
    made = []
    for column in names:
        values = owner._data[column]
        whole = kind_name(values).startswith("int") and name in ("min", "max", "sum", "prod")
        whole = whole or (kind_name(values) == "bool" and name == "sum")
        number = functions[name](values.astype("int64") if whole else known_numbers(values))
        made.append(int(number) if whole else float(number))
    return pd.Series(made, index=names)


def distinct(values):
    """The different values in the order in which they come."""
    found = []
    for value in values.tolist():
        if value == value and value is not None and value not in found:
            found.append(value)
    return found


def counted(series, normalize=False, sort=True, ascending=False):
    values = series._values.tolist()
    found = [(value, sum(1 for other in values if other == value)) for value in distinct(series._values)]
    if sort:
        found = sorted(found, key=lambda pair: pair[1] if ascending else -pair[1])
    counts = [count / len(values) if normalize else count for _, count in found]
    made = pd.Series(counts, index=[value for value, _ in found], name="proportion" if normalize else "count")
    made._label = series.name
    return made


def grouped(groups, name, numeric_only=False, **kwargs):
    """`frame.groupby("city")["age"].mean()`."""
    frame, by = groups._frame, groups._by
    if not isinstance(by, str):
        return unknown()
    keys = sorted(distinct(frame._data[by]))
    column = groups._column
    names = [column] if isinstance(column, str) else [n for n in (frame._columns if column is None else column) if n != by]
    if kwargs:
        return unknown()
    if numeric_only:
        names = [n for n in names if is_number(frame._data[n])]
    if not all(is_number(frame._data[n]) for n in names) and name not in ("count", "size", "nunique"):
        return unknown()
    own = frame._data[by].tolist()
    rows = [[row for row, value in enumerate(own) if value == key] for key in keys]
    if name == "size":
        made = pd.Series([len(part) for part in rows], index=keys)
        made._label = by
        return made
    data = {n: [reduced(picked(frame[[n]], part), name, 0)._values.tolist()[0] for part in rows] for n in names}
    if isinstance(column, str):
        made = pd.Series(data[column], index=keys, name=column)
    else:
        made = pd.DataFrame(data, columns=names)
        made._labels, made._counted = keys, False
    made._label = by
    return made


def grouped_by_several(groups, func=None, **kwargs):
    """`frame.groupby("city")["rain"].agg(["min", "max"])`."""
    if isinstance(func, str) and not kwargs:
        return grouped(groups, func)
    column = groups._column
    if kwargs or not isinstance(func, list) or not isinstance(column, str) or not all(isinstance(f, str) for f in func):
        return unknown()
    made = pd.DataFrame({name: grouped(groups, name)._values for name in func}, columns=list(func))
    made._labels, made._counted, made._label = labels_of(grouped(groups, func[0])), False, groups._by
    return made


def json_text(columns):
    def written(value):
        if value is None or (isinstance(value, float) and value != value):
            return "null"
        return json.dumps(value if not isinstance(value, float) else float(f"{value:.10g}"), separators=(",", ":"))
    def inside(rows):
        return "{" + ",".join(f'"{label}":{written(value)}' for label, value in rows.items()) + "}"
    if any(isinstance(value, dict) for value in columns.values()):
        return "{" + ",".join(f'"{name}":{inside(rows)}' for name, rows in columns.items()) + "}"
    return inside(columns)


def correlations(frame):
    names = [name for name in frame._columns if is_number(frame._data[name])]
    if any(any(is_missing(frame._data[name]).tolist()) for name in names):
        pairs = {a: [_correlation(frame._data[a], frame._data[b]) for b in names] for a in names}
    else:
        matrix = np.corrcoef(np.stack([frame._data[name].astype("float64") for name in names]))
        pairs = {a: [float(x) for x in np.atleast_2d(matrix)[at].tolist()] for at, a in enumerate(names)}
    made = pd.DataFrame(pairs, columns=names)
    made._labels, made._counted = names, False
    return made


def _correlation(a, b):
    both = [(float(x), float(y)) for x, y in zip(a.tolist(), b.tolist()) if x == x and y == y]
    x, y = np.array([pair[0] for pair in both]), np.array([pair[1] for pair in both])
    return float(np.corrcoef(np.stack([x, y]))[0, 1])


def _floats(values):
    """Floats with as many digits as all of them need, up to six, or with exponents."""
    def written(exponent):
        texts = ["NaN" if x != x else (f"{x:.6e}" if exponent else f"{x:.6f}") for x in values]
        texts = [text.replace("inf", "inf") for text in texts]
        points = [text for text in texts if "." in text and "e" not in text]
        while points and all(text.endswith("0") for text in points):
            texts = [text[:-1] if "." in text and "e" not in text else text for text in texts]
            points = [text for text in texts if "." in text and "e" not in text]
        return [text + "0" if text.endswith(".") else text for text in texts]
    texts = written(False)
    sizes = [abs(x) for x in values if x == x]
    small = any(0 < size < 1e-6 for size in sizes)
    large = any(size > 1e6 for size in sizes) and max([len(text) + (text[0] != "-") for text in texts], default=0) > 12
    return written(True) if small or large else texts


def texts_of(values):
    """The elements of a column as text."""
    kind, items = kind_name(values), values.tolist()
    if kind.startswith("float"):
        return _floats(items)
    return ["NaN" if item is None or item != item else str(item) for item in items]


def series_text(series):
    labels, values = labels_of(series), series._values
    count, name = len(labels), kind_name(values)
    if not count:
        return f"Series([], {'' if series.name is None else f'Name: {series.name}, '}dtype: {name})"
    short = count > ROWS
    if short:
        half = SHOWN // 2
        rows = np.array(list(range(half)) + list(range(count - half, count)))
        labels, values = [labels[row] for row in rows.tolist()], values[rows]
    index, texts = [str(label) for label in labels], [" " + text for text in texts_of(values)]
    width = max(len(text) for text in texts)
    texts = [text.rjust(width) for text in texts]
    if short:
        dots = "..." if width > 3 else ".."
        texts.insert(half, dots.center(width))
        index.insert(half, "")
    left = max(len(label) for label in index)
    lines = [f"{label.ljust(left)}   {text}".rstrip() if not text.strip() else f"{label.ljust(left)}   {text}" for label, text in zip(index, texts)]
    if series._label is not None:
        lines.insert(0, str(series._label))
    end = "" if series.name is None else f"Name: {series.name}, "
    return "\n".join(lines) + "\n" + end + (f"Length: {count}, " if short else "") + f"dtype: {name}"


def frame_text(frame):
    names, labels = list(frame._columns), labels_of(frame)
    count = len(labels)
    if not count or not names:
        return f"Empty DataFrame\nColumns: [{', '.join(str(name) for name in names)}]\nIndex: [{', '.join(str(label) for label in labels)}]"
    short, half = count > ROWS, SHOWN // 2
    data = {name: frame._data[name] for name in names}
    if short:
        rows = np.array(list(range(half)) + list(range(count - half, count)))
        labels = [labels[row] for row in rows.tolist()]
        data = {name: values[rows] for name, values in data.items()}
    first = "" if frame._heading is None else str(frame._heading)
    head = [first] if frame._label is None else [first, str(frame._label)]
    index = head + [str(label) for label in labels]
    columns = [_justified([str(label) for label in index], True)]
    for name in names:
        lead = " " if is_number(data[name]) else ""
        cells = [lead + str(name)] + [""] * (len(head) - 1) + [" " + text for text in texts_of(data[name])]
        columns.append(_justified(cells, False))
    if short:
        for at, column in enumerate(columns):
            width = len(column[0])
            dots = ("..." if width > 3 else "..")
            column.insert(half + len(head), dots.ljust(width) if at == 0 else dots.rjust(width))
    sizes = [len(column[0]) for column in columns]
    extra, left = sum(sizes) + len(sizes) - 1 - WIDTH + 1, list(sizes)
    narrow = extra > 0 and sum(sizes) + len(sizes) - 1 > WIDTH
    if narrow:
        while extra > 0 and len(left) > 1:
            middle = round(len(left) / 2)
            extra -= left[middle] + 1
            left.pop(middle)
        fitted = max(len(left) - 1, 2)
        if fitted < len(names):
            side = fitted // 2
            columns = columns[:side + 1] + [[" ..."] * len(columns[0])] + columns[-side:]
        else:
            narrow = False
    lines = [" ".join(column[row] for column in columns) for row in range(len(columns[0]))]
    if short or narrow:
        lines += ["", f"[{count} rows x {len(names)} columns]"]
    return "\n".join(lines)


def _justified(cells, left):
    width = max(len(cell) for cell in cells)
    return [cell.ljust(width) if left else cell.rjust(width) for cell in cells]


def frame_info(frame):
    """`frame.info()`."""
    count, names = frame._rows, list(frame._columns)
    print("<class 'pandas.DataFrame'>")
    if frame._labels is None:
        print(f"RangeIndex: {count} entries, 0 to {count - 1}")
    else:
        labels = labels_of(frame)
        print(f"Index: {count} entries, {labels[0]} to {labels[-1]}")
    print(f"Data columns (total {len(names)} columns):")
    kinds = [kind_name(frame._data[name]) for name in names]
    there = [f"{count - sum(is_missing(frame._data[name]).tolist())} non-null" for name in names]
    table = [[" # ", *[f" {at} " for at in range(len(names))]], ["Column", *[str(name) for name in names]],
             ["Non-Null Count", *there], ["Dtype", *kinds]]
    widths = [max(len(cell) for cell in column) for column in table]
    widths[0] = max(widths[0], 3)
    lines = [[cell.ljust(width) for cell, width in zip(row, widths)] for row in zip(*table)]
    lines.insert(1, [("---" if at == 0 else "-" * len(column[0])).ljust(width) if at == 0 else ("-" * len(column[0])).ljust(width)
                     for at, (column, width) in enumerate(zip(table, widths))])
    for line in lines:
        print("  ".join([line[0] if len(line[0]) <= 3 else line[0], *line[1:]]))
    found = sorted(set(kinds))
    print("dtypes: " + ", ".join(f"{kind}({sum(1 for other in kinds if other == kind)})" for kind in found))
    sizes = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "float16": 2, "int32": 4, "float32": 4}
    size = sum(sizes.get(kind, 8) * count for kind in kinds) + (132 if frame._labels is None else 8 * count)
    units, at = ["bytes", "KB", "MB", "GB"], 0
    while size >= 1024 and at < 3:
        size, at = size / 1024, at + 1
    print(f"memory usage: {size:.1f}{'+' if 'object' in kinds else ''} {units[at]}")


class Strings:
    """The different texts of a column."""

    def __init__(self, items):
        self._items = items

    def __repr__(self):
        return f"<StringArray>\n{_listed(self._items)}\nLength: {len(self._items)}, dtype: str"

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __getitem__(self, key):
        return self._items[key]

    def __array__(self, dtype=None, copy=None):
        return np.array(self._items)

    def tolist(self):
        return list(self._items)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def _listed(items):
    return "[" + ", ".join(repr(item) for item in items) + "]"


def index_text(names):
    whole = all(isinstance(name, int) for name in names)
    if whole and names == list(range(len(names))) and names:
        return f"RangeIndex(start=0, stop={len(names)}, step=1)"
    kind = "int64" if whole and names else "str" if all(isinstance(name, str) for name in names) and names else "object"
    return f"Index({_listed(names)}, dtype='{kind}')"
