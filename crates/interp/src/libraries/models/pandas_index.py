"""pandas: what frames and series have beside their values: labels, points in time, categories, texts."""

import numpy as np
import pandas as pd


class _Dates:
    """`series.dt`, and what an index of points in time has itself."""

    def __init__(self, values, name=None):
        self._values, self.name = values, name

    def _made(self, values):
        return pd.Series(values, name=self.name)

    def _number(self):
        return self._made(unknown_array(self._values.shape, dtype="int32"))

    @property
    def hour(self):
        return self._number()

    year = month = day = minute = second = microsecond = quarter = hour
    dayofweek = day_of_week = weekday = dayofyear = day_of_year = days_in_month = hour

    @property
    def is_month_start(self):
        return self._made(unknown_array(self._values.shape, dtype=bool))

    is_month_end = is_year_start = is_year_end = is_quarter_start = is_quarter_end = is_leap_year = is_month_start

    def day_name(self, locale=None):
        return self._made(unknown_array(self._values.shape, dtype=np.dtype(str)))

    month_name = day_name

    def total_seconds(self):
        return self._made(unknown_array(self._values.shape))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class OneSample:
    """Stands for the rows that were drawn once."""


class SomeLabels:
    """The labels of rows that were drawn: as many as there are rows, nobody knows which."""

    def __init__(self, chain, count):
        self.chain, self._count = chain, count

    def __len__(self):
        return self._count

    def __iter__(self):
        return iter(unknown())

    def __getitem__(self, key):
        return unknown()

    def __contains__(self, name):
        return unknown()

    def __array__(self, dtype=None, copy=None):
        return unknown_array((self._count,), dtype="int64")

    @property
    def values(self):
        return self.__array__()

    def to_numpy(self, *args, **kwargs):
        return self.__array__()

    def _other(self, other):
        return unknown()

    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = _other
    __radd__ = __rsub__ = __rmul__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _other

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class Twin:
    """The name of a column whose name another column has as well."""

    def __init__(self, name):
        self.name = name.name if isinstance(name, Twin) else name

    def __repr__(self):
        return repr(self.name)


class Index:
    def __init__(self, names):
        self._names = list(names)

    def __len__(self):
        return len(self._names)

    def __iter__(self):
        return iter(self._names)

    def __getitem__(self, key):
        if isinstance(key, int):
            return self._names[key]
        if isinstance(key, slice):
            return Index(self._names[key])
        if isinstance(key, list) and is_known(key) and all(isinstance(place, int) for place in key):
            return Index([self._names[place] for place in key])
        return unknown()

    def __contains__(self, name):
        return name in self._names

    def __repr__(self):
        return index_text(self._names) if is_carried_out() else unknown()

    def tolist(self):
        return list(self._names)

    to_list = tolist

    @property
    def values(self):
        return np.asarray(self._names)

    def to_numpy(self, dtype=None, copy=False, **kwargs):
        return np.array(self._names, dtype=dtype)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._names)

    def _each(self, function):
        """An operator on each label; others than numbers are not followed."""
        if not is_known(self._names) or not all(isinstance(name, (int, float)) for name in self._names):
            return unknown()
        return Index([function(name) for name in self._names])

    def __add__(self, other):
        return self._each(lambda name: name + other) if isinstance(other, (int, float)) else unknown()

    __radd__ = __add__

    def __sub__(self, other):
        return self._each(lambda name: name - other) if isinstance(other, (int, float)) else unknown()

    def __mul__(self, other):
        return self._each(lambda name: name * other) if isinstance(other, (int, float)) else unknown()

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._each(lambda name: name / other) if isinstance(other, (int, float)) else unknown()

    def __floordiv__(self, other):
        return self._each(lambda name: name // other) if isinstance(other, (int, float)) else unknown()

    def __mod__(self, other):
        return self._each(lambda name: name % other) if isinstance(other, (int, float)) else unknown()

    def __rsub__(self, other):
        return unknown()

    __rtruediv__ = __rfloordiv__ = __rmod__ = __pow__ = __and__ = __or__ = __xor__ = __neg__ = __rsub__
    __lt__ = __le__ = __gt__ = __ge__ = __rsub__

    def drop(self, labels, errors="raise"):
        gone = [labels] if isinstance(labels, str) else list(labels)
        return Index([name for name in self._names if name not in gone])

    def get_loc(self, name):
        if name not in self._names:
            raise KeyError(name)
        return self._names.index(name)

    def difference(self, other):
        return Index(sorted(name for name in self._names if name not in list(other)))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class DatetimeIndex(_Dates):
    """Labels of rows that are points in time, or other values that are not known."""

    def _made(self, values):
        return values

    @property
    def values(self):
        return self._values

    @property
    def shape(self):
        return self._values.shape

    @property
    def dtype(self):
        return unknown()

    @property
    def size(self):
        return self._values.shape[0]

    def __array__(self, dtype=None, copy=None):
        return self._values

    def __len__(self):
        return self._values.shape[0]

    def __iter__(self):
        for _ in range(self._values.shape[0]):
            yield unknown()

    def __getitem__(self, key):
        return unknown() if isinstance(key, int) else DatetimeIndex(self._values[key])

    def to_numpy(self, *args, **kwargs):
        return self._values

    def to_series(self, *args, **kwargs):
        return pd.Series(self._values)


class _Categories:
    """`series.cat`."""

    def __init__(self, series):
        self._series = series

    @property
    def codes(self):
        if is_carried_out():
            found = sorted(distinct(self._series._values))
            return pd.Series(np.array([found.index(value) for value in self._series.tolist()], dtype="int8"))
        return pd.Series(unknown_array(self._series._values.shape, dtype="int8"))

    def __getattr__(self, name):
        return unknown()


class Categorical:
    """`pd.Categorical(values)`: each value by the number of its kind; the kinds are in order."""

    def __init__(self, values, categories=None, ordered=None, dtype=None, copy=True):
        self._series, self._given = pd.Series(values), categories

    @property
    def codes(self):
        if self._given is not None:
            return unknown_array(self._series._values.shape, dtype="int8")
        return _Categories(self._series).codes._values

    @property
    def categories(self):
        return Index(np.unique(self._series._values) if self._given is None else self._given)

    def __len__(self):
        return len(self._series)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._series._values)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def _of_each_text(function):
    """A method that makes a text of each."""
    def method(self, *args, **kwargs):
        if not is_carried_out() or kwargs:
            return self._changed()
        return self._series._like([function(text, *args) for text in self._series.tolist()])
    return method


class _Texts:
    """`series.str`: what gives a text for each text."""

    def __init__(self, series):
        self._series = series

    def _changed(self, *args, **kwargs):
        return pd.Series(unknown_array(self._series.shape, dtype=np.dtype(str)), name=self._series.name)

    swapcase = casefold = _changed
    lower = _of_each_text(lambda text, *args: text.lower())
    upper = _of_each_text(lambda text, *args: text.upper())
    title = _of_each_text(lambda text, *args: text.title())
    capitalize = _of_each_text(lambda text, *args: text.capitalize())
    strip = _of_each_text(lambda text, *args: text.strip(*args))
    lstrip = _of_each_text(lambda text, *args: text.lstrip(*args))
    rstrip = _of_each_text(lambda text, *args: text.rstrip(*args))
    replace = slice = pad = zfill = center = ljust = rjust = slice_replace = _changed

    def _told(self, *args, **kwargs):
        return pd.Series(unknown_array(self._series.shape, dtype=bool), name=self._series.name)

    def extract(self, pat, flags=0, expand=True):
        if is_carried_out() or not isinstance(pat, str) or "[" in pat and "(" in pat[pat.index("[") : pat.rindex("]") + 1]:
            return unknown()
        plain = pat.replace("\\\\", "").replace("\\(", "").replace("(?:", "")
        if "(?" in plain:
            return unknown()
        groups = plain.count("(")
        if groups == 0:
            raise ValueError("pattern contains no capture groups")
        if groups == 1 and not expand:
            return self._changed()
        return pd.DataFrame({at: unknown_array(self._series.shape, dtype=np.dtype(str)) for at in range(groups)})

    def __getitem__(self, key):
        if not isinstance(key, (int, slice)):
            return unknown()
        if not is_carried_out():
            return self._changed()
        texts = self._series.tolist()
        short = isinstance(key, int) and any(not -len(text) <= key < len(text) for text in texts)
        return unknown() if short else self._series._like([text[key] for text in texts])

    contains = startswith = endswith = isdigit = isalpha = isnumeric = islower = isupper = match = fullmatch = _told

    def len(self):
        return pd.Series(unknown_array(self._series.shape, dtype="int64"), name=self._series.name)

    count = len

    def __getattr__(self, name):
        return unknown()


class _Rolling:
    """`series.rolling(7)`: its aggregates are as long as the series."""

    def __init__(self, series, window=None, plain=False):
        self._series, self._window, self._plain = series, window, plain

    def _made(self, name):
        if not is_carried_out():
            made = unknown_array(self._series.shape)
            above, below = gaps_of(self._series._values)
            if self._plain and isinstance(self._window, int) and is_known((above, below, self._window)):
                made = with_gaps(made, above + self._window - 1, below)
            return self._series._like(made)
        if not self._plain or not isinstance(self._window, int):
            return unknown()
        functions = {"mean": np.mean, "sum": np.sum, "min": np.min, "max": np.max, "median": np.median,
                     "std": lambda part: np.std(part, ddof=1), "var": lambda part: np.var(part, ddof=1)}
        values, width = [float(value) for value in self._series.tolist()], self._window
        made = [float("nan")] * min(width - 1, len(values))
        for end in range(width, len(values) + 1):
            part = values[end - width : end]
            whole = all(value == value for value in part)
            made.append(float(functions[name](np.array(part))) if whole else float("nan"))
        return self._series._like(np.array(made))

    def mean(self, *args, **kwargs):
        return self._made("mean")

    def sum(self, *args, **kwargs):
        return self._made("sum")

    def std(self, *args, **kwargs):
        return self._made("std") if not args and not kwargs else unknown()

    def var(self, *args, **kwargs):
        return self._made("var") if not args and not kwargs else unknown()

    def min(self, *args, **kwargs):
        return self._made("min")

    def max(self, *args, **kwargs):
        return self._made("max")

    def median(self, *args, **kwargs):
        return self._made("median")


def _of_each_group(name, dtype):
    """A method that makes one number of each group."""
    return lambda self, *args, **kwargs: number_of_groups(self, name, **kwargs) if is_carried_out() else self._of_groups(dtype)


class _Groups:
    """`frame.groupby("id")`, or some of its columns."""

    def __init__(self, frame, by, column=None):
        for name in [by] if isinstance(by, str) else by if isinstance(by, list) else []:
            if name not in frame._columns:
                raise KeyError(name)
        self._frame, self._by, self._column = frame, by, column

    def _found(self):
        return np.unique(self._frame._data[self._by]) if isinstance(self._by, str) else unknown()

    @property
    def ngroups(self):
        found = self._found()
        return len(found) if is_known(found) else unknown_size()

    def __len__(self):
        return self.ngroups

    def __getitem__(self, column):
        return _Groups(self._frame, self._by, column)

    def __iter__(self):
        found, frame = self._found(), self._frame
        part = frame if self._column is None else frame[self._column]
        if not is_known(found):
            for _ in unknown():
                yield unknown(), part._sample(unknown_size())
            return
        values = frame._data[self._by]
        for key in found.tolist():
            if is_known(values):
                rows = [at for at, value in enumerate(values.tolist()) if value == key]
                yield key, (part.iloc[rows] if self._column is None else pd.Series(part.values[rows], name=part.name))
            else:
                yield key, part._sample(unknown_size())

    def _of_groups(self, dtype):
        count = self.ngroups
        if isinstance(self._column, str):
            return pd.Series(unknown_array((count,), dtype=dtype), name=self._column)
        names = self._frame._columns if self._column is None else self._column
        names = [name for name in names if name != self._by]
        if not isinstance(self._by, str):
            return unknown()
        return pd.DataFrame({name: unknown_array((count,), dtype=dtype) for name in names}, columns=names)

    def quantile(self, *args, **kwargs):
        return self._of_groups("float64")

    mean = _of_each_group("mean", "float64")
    std = _of_each_group("std", "float64")
    var = _of_each_group("var", "float64")
    median = _of_each_group("median", "float64")
    count = _of_each_group("count", "int64")
    nunique = _of_each_group("nunique", "int64")

    def size(self):
        if is_carried_out():
            return number_of_groups(self, "size")
        return pd.Series(unknown_array((self.ngroups,), dtype="int64"))

    def transform(self, *args, **kwargs):
        return pd.Series(unknown_array((self._frame._rows,))) if isinstance(self._column, str) else unknown()

    shift = diff = pct_change = transform

    def apply(self, func, *args, **kwargs):
        """One answer of each group, where each is known and none is a table."""
        if not callable(func) or args or kwargs or not is_known(self._found()) or self.ngroups > 256:
            unknown()(func)
            return unknown()
        keys, answers = [], []
        for key, part in self:
            keys.append(key)
            answers.append(func(part if self._column is not None else part.drop(columns=self._by)))
        if any(isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)) for answer in answers):
            return unknown()
        return pd.Series(answers, index=keys)

    def cumcount(self, ascending=True):
        return pd.Series(unknown_array((self._frame._rows,), dtype="int64"))

    ngroup = cumcount

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if is_carried_out() and name in ("sum", "min", "max"):
            return lambda *args, **kwargs: number_of_groups(self, name, **kwargs)
        if is_carried_out() and name in ("agg", "aggregate"):
            return lambda *args, **kwargs: aggregated(self, *args, **kwargs)
        return unknown()


def _pivoted(frame, index, columns, values):
    """A table of one column's values by two others."""
    if not isinstance(index, str) or not isinstance(columns, str) or not isinstance(values, str):
        return unknown()
    rows, found = np.unique(frame[index].values), np.unique(frame[columns].values)
    if not is_known(rows) or not is_known(found):
        return unknown()
    frame = pd.DataFrame(unknown_array((len(rows), len(found))), columns=found.tolist())
    frame._counted, frame._labels = False, DatetimeIndex(rows)
    return frame


def date_range(start=None, end=None, periods=None, freq=None, **kwargs):
    return DatetimeIndex(unknown_array((unknown_size() if periods is None else periods,), dtype=object))


def to_datetime(arg, **kwargs):
    if isinstance(arg, pd.Series):
        return pd.Series(unknown_array((len(arg),), dtype=object), name=arg.name)
    return DatetimeIndex(unknown_array((len(arg),), dtype=object)) if isinstance(arg, (list, np.ndarray, DatetimeIndex)) else unknown()


def _typed(texts):
    """A column of a file: whole numbers, numbers, or texts."""
    try:
        if all(text.strip() not in ("", "NA", "NaN", "nan", "null") for text in texts):
            return np.array([int(text) for text in texts])
    except ValueError:
        pass
    try:
        return np.array([float("nan") if text.strip() in ("", "NA", "NaN", "nan", "null") else float(text) for text in texts])
    except ValueError:
        return np.array(texts)


def read_csv(filepath_or_buffer, sep=",", delimiter=None, header="infer", names=None, index_col=None, usecols=None,
             **options):
    """A table in memory, `pd.read_csv(io.StringIO(text))`; what is in files is not known."""
    plain = header == "infer" and index_col is None and usecols is None and not options
    if not plain or names is not None or not hasattr(filepath_or_buffer, "getvalue") or not is_known(filepath_or_buffer):
        return unknown()
    text = filepath_or_buffer.read()
    if not is_known(text) or '"' in text:
        return unknown()
    lines = [line.split(sep if delimiter is None else delimiter) for line in text.split("\n") if line.strip()]
    if not lines or any(len(line) != len(lines[0]) for line in lines):
        return unknown()
    return pd.DataFrame({name: _typed([line[at] for line in lines[1:]]) for at, name in enumerate(lines[0])})
