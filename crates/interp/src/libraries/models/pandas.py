"""pandas: series, and functions of series and frames."""

import numpy as np
import pandas as pd


class _Picker:
    """`df.iloc[...]` and `df.loc[...]`."""

    def __init__(self, owner, by_name):
        self.owner, self.by_name = owner, by_name

    def __getitem__(self, key):
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        owner = self.owner
        if isinstance(owner, Series):
            if is_carried_out():
                return _located(owner, key) if self.by_name else _placed(owner, key)
            if self.by_name and not isinstance(key, slice):
                return unknown()
            return owner._values[key] if _is_place(key) else Series(owner._values[key], name=owner.name)
        if not is_known(owner._columns):
            return unknown()
        if self.by_name:
            if isinstance(columns, str):
                picked = owner[columns]
            elif isinstance(columns, list):
                picked = owner[columns]
            elif isinstance(columns, slice) and columns.start is None and columns.stop is None:
                picked = owner
            else:
                return unknown()
            if isinstance(rows, slice) and rows.start is None and rows.stop is None:
                return picked
            if is_carried_out():
                return _located(picked, rows)
            if isinstance(owner._labels, list) and isinstance(rows, str) and rows in owner._labels:
                one = isinstance(picked, Series)
                return float(unknown()) if one else Series(picked.values[owner._labels.index(rows)], index=picked._columns)
            if _is_place(rows):
                there = owner._counted and not (isinstance(rows, int) and is_known(rows) and rows >= owner._rows)
                return _row(owner, columns, rows) if there and isinstance(columns, str) else unknown()
            if isinstance(rows, slice) and rows.step is None and owner._counted and is_known(owner._rows):
                return picked[_positions(rows, owner._rows)]
            if isinstance(rows, SomeLabels):
                return picked._sample(len(rows))
            return picked._sample(unknown_size())
        names = owner._columns[columns]
        if is_carried_out() and isinstance(names, list) and isinstance(rows, (slice, list)):
            return _rows(owner[names], rows)
        if isinstance(rows, int) and is_carried_out() and not isinstance(names, str):
            return row_of(owner[names], rows)
        if _is_place(rows):
            return _row(owner, names, rows)
        if isinstance(names, str):
            return Series(owner._data[names][rows], name=names)
        part = pd.DataFrame({name: owner._data[name][rows] for name in names}, columns=names)
        part._counted = owner._counted and isinstance(rows, slice) and not rows.start and rows.step is None
        if isinstance(owner._labels, DatetimeIndex):
            part._labels = owner._labels[rows]
        return part

    def __setitem__(self, key, value):
        rows, columns = key if isinstance(key, tuple) else (key, None)
        owner = self.owner
        if not is_carried_out():
            if not isinstance(value, (int, float, str)) or value != value:
                _leave_gaps(owner, columns)
            return None
        if isinstance(owner, pd.DataFrame) and not isinstance(columns, str):
            owner._lose()
            return None
        values = (owner._data[columns] if isinstance(owner, pd.DataFrame) else owner._values).copy()
        if self.by_name and isinstance(rows, slice) and owner._labels is None:
            rows = _positions(rows, owner.shape[0])
        elif isinstance(rows, Series):
            rows = rows._values
        elif self.by_name and owner._labels is not None:
            owner._lose()
            return None
        values[rows] = _plain(value)
        if isinstance(owner, pd.DataFrame):
            owner._data[columns] = values
        else:
            owner._values = values


def _leave_gaps(owner, columns):
    """Some values may be missing now: of one column, or of any."""
    if isinstance(owner, Series):
        owner._values = with_gaps(owner._values.copy(), unknown_size(), 0)
        return
    for name in [columns] if isinstance(columns, str) and columns in owner._data else owner._columns:
        owner._data[name] = with_gaps(owner._data[name].copy(), unknown_size(), 0)


def _is_place(key):
    return isinstance(key, int) or hasattr(key, "ndim") and key.ndim == 0


def _row(owner, names, place):
    """A value of a column, or a row."""
    if isinstance(names, str):
        return owner._data[names][place]
    return OneRow({name: owner._data[name][place] for name in names}, owner[names].values[place])


def _rows(owner, rows):
    """Rows by their places: a slice or a list."""
    return picked(owner, list(range(owner.shape[0]))[rows] if isinstance(rows, slice) else rows)


def _placed(series, key):
    return series._values[key] if isinstance(key, int) else _rows(series, key)


def _located(owner, key):
    """Rows by their labels."""
    labels = labels_of(owner)
    if not is_known(labels):
        return unknown()
    if isinstance(key, slice):
        start = 0 if key.start is None else labels.index(key.start) if key.start in labels else 0
        stop = labels.index(key.stop) + 1 if key.stop in labels else len(labels)
        return picked(owner, list(range(len(labels)))[start:stop])
    if isinstance(key, (Series, np.ndarray)) and "bool" in str(key.dtype):
        return masked(owner, np.asarray(key))
    if isinstance(key, list):
        return picked(owner, [labels.index(label) for label in key])
    if key not in labels:
        raise KeyError(key)
    row = labels.index(key)
    if isinstance(owner, Series):
        return owner._values[row]
    return owner.iloc[row]


def _positions(labels, rows):
    """The rows from one label to another, both included, where rows are labelled 0, 1, 2."""
    start = 0 if labels.start is None else labels.start
    stop = rows if labels.stop is None else labels.stop + 1
    return slice(max(start, 0), max(stop, 0))


class _Values:
    """What series and frames share."""

    def __array__(self, dtype=None, copy=None):
        return self.values

    def to_numpy(self, dtype=None, copy=False, **kwargs):
        return self.values if dtype is None else self.values.astype(dtype)

    def __len__(self):
        return self.shape[0]

    def copy(self, deep=True):
        return self._sample_all()

    def head(self, n=5):
        if is_carried_out():
            return _rows(self, slice(0, n))
        return self._sample(min(n, self.shape[0]))

    def tail(self, n=5):
        if is_carried_out():
            return _rows(self, slice(max(self.shape[0] - n, 0), None))
        return self._sample(min(n, self.shape[0]))

    def sample(self, n=None, frac=None, replace=False, weights=None, random_state=None, axis=None,
               ignore_index=False):
        if is_carried_out() and weights is None and axis in (None, 0) and not ignore_index:
            rows = self.shape[0]
            count = int(round(frac * rows)) if frac is not None else 1 if n is None else n
            generator = np.random if random_state is None else random_state
            if isinstance(random_state, int):
                generator = np.random.RandomState(random_state)
            return picked(self, generator.choice(rows, size=count, replace=replace).tolist())
        count = int(round(frac * self.shape[0])) if frac is not None else 1 if n is None else n
        part = self._sample(count)
        if isinstance(self, pd.DataFrame) and not replace and not ignore_index and axis in (None, 0):
            part._chain = self._lineage() and self._lineage() + [OneSample()]
        return part

    def dropna(self, axis=0, **kwargs):
        if is_carried_out() and axis == 0 and set(kwargs) <= {"inplace"}:
            columns = [self._values] if isinstance(self, Series) else self._data.values()
            gone = [is_missing(values).tolist() for values in columns]
            left = picked(self, [row for row in range(self.shape[0]) if not any(column[row] for column in gone)])
            return self._take(left) if kwargs.get("inplace") else left
        if axis not in (0, "index") or set(kwargs) - {"inplace", "subset"}:
            return self._drawn(unknown_size(), kwargs.get("inplace"))
        names = kwargs.get("subset")
        count = self._without_gaps([names] if isinstance(names, str) else names)
        left = self._sample(count)
        if names is None:
            for values in [left._values] if isinstance(left, Series) else left._data.values():
                with_gaps(values, 0, 0)
        return self._take(left) if kwargs.get("inplace") else left

    def _without_gaps(self, names):
        """How many rows have a value in each of these columns."""
        if isinstance(self, Series):
            columns = [self._values]
        else:
            columns = [self._data[name] for name in (self._columns if names is None else names)]
        gaps = [gaps_of(values) for values in columns]
        if not gaps or not is_known(gaps) or not is_known(self.shape[0]):
            return unknown_size()
        return max(self.shape[0] - max([above for above, _ in gaps]) - max([below for _, below in gaps]), 0)

    def drop_duplicates(self, *args, **kwargs):
        return self._drawn(unknown_size(), kwargs.get("inplace"))

    def fillna(self, *args, **kwargs):
        if is_carried_out() and not self._complete():
            value = args[0] if args else kwargs.get("value")
            if not isinstance(value, (int, float, str)):
                return self._changed(*args, **kwargs)
            made = self._each(lambda values: filled(values, value))
            return self._take(made) if kwargs.get("inplace") else made
        columns = [self._values] if isinstance(self, Series) else self._data.values()
        gaps = [gaps_of(values) for values in columns]
        if not any(is_known(own) and own != (0, 0) for own in gaps):
            return None if kwargs.get("inplace") else self
        value = args[0] if args else kwargs.get("value")
        left = 0 if isinstance(value, (int, float, str)) else unknown_size()
        made = self._each(lambda values: with_gaps(values.copy(), left, 0))
        if isinstance(self, pd.DataFrame):
            made = self._relabelled(made)
        return self._take(made) if kwargs.get("inplace") else made

    def _complete(self):
        columns = [self._values] if isinstance(self, Series) else self._data.values()
        return not any(x != x or x is None for values in columns for x in values.tolist())

    def _changed(self, *args, **kwargs):
        """The same rows and columns with other elements, of which only their kind is known."""
        if not is_carried_out():
            return self.fillna(*args, **kwargs)
        made = self._each(lambda values: unknown_array(values.shape, dtype=values.dtype))
        return self._take(made) if kwargs.get("inplace") else made

    interpolate = _changed

    def ffill(self, **kwargs):
        return self._moved(carried, kwargs)

    def bfill(self, **kwargs):
        return self._moved(lambda values: carried(values[::-1])[::-1], kwargs)

    def _moved(self, function, kwargs):
        if not is_carried_out() or set(kwargs) - {"inplace"}:
            return self._changed(**kwargs)
        made = self._each(function)
        return self._take(made) if kwargs.get("inplace") else made

    def clip(self, lower=None, upper=None, **kwargs):
        if not is_carried_out() or kwargs or any(not isinstance(bound, (int, float, type(None))) for bound in (lower, upper)):
            return self._changed()
        return self._each(lambda values: np.clip(values, lower, upper))

    def sort_index(self, *, ascending=True, inplace=False, **kwargs):
        labels = labels_of(self) if is_carried_out() and not kwargs else unknown()
        if not is_known(labels):
            return self._changed(inplace=inplace)
        rows = sorted(range(len(labels)), key=lambda row: labels[row], reverse=not ascending)
        made = picked(self, rows)
        made._label = self._label
        return self._take(made) if inplace else made

    def sort_values(self, by=None, *args, ascending=True, inplace=False, **kwargs):
        if not is_carried_out() or args:
            return self._changed(by, inplace=inplace)
        made = arranged(self, by, ascending)
        return self._take(made) if inplace else made

    def round(self, decimals=0, *args, **kwargs):
        if not is_carried_out() or not isinstance(decimals, int):
            return self._changed()
        return self._each(lambda values: np.round(values, decimals) if is_number(values) else values)

    def describe(self, *args, **kwargs):
        if args or kwargs:
            return unknown()
        return described(self) if is_carried_out() else _described(self)

    def _lose(self):
        """Nothing is known of the values any more."""
        if isinstance(self, Series):
            self._values = unknown_array(self._values.shape, dtype=self._values.dtype)
        else:
            self._data = {name: unknown_array(values.shape, dtype=values.dtype) for name, values in self._data.items()}

    def to_string(self, *args, **kwargs):
        if kwargs == {"index": False} and not args and is_carried_out() and isinstance(self, pd.DataFrame):
            return without_labels(self) if self._rows and self._columns else unknown()
        return str(self) if self.shape[0] <= 60 and not args and not kwargs else unknown()

    def reset_index(self, drop=False, inplace=False, **kwargs):
        if is_carried_out() and not drop:
            if set(kwargs) - {"name"}:
                return unknown()
            made = with_labels_as_column(self, kwargs.get("name"))
            if inplace and not is_known(made):
                self._lose()
                return None
            return self._take(made) if inplace else made
        if is_carried_out() and drop:
            made = picked(self, range(self.shape[0]))
            made._labels, made._counted = None, True
            return self._take(made) if inplace else made
        if inplace:
            return None
        return self if drop else unknown()

    def to_csv(self, path_or_buf=None, sep=",", **kwargs):
        if not is_carried_out():
            return None if path_or_buf is not None else unknown()
        if set(kwargs) - {"index", "header", "encoding"} or kwargs.get("header", True) not in (True, False):
            text = unknown()
        else:
            text = table_text(self, sep, kwargs.get("index", True), kwargs.get("header", True))
        if path_or_buf is None:
            return text
        if hasattr(path_or_buf, "write"):
            path_or_buf.write(text)
        else:
            with open(path_or_buf, "w") as file:
                file.write(text)
        return None

    def info(self, *args, **kwargs):
        if is_carried_out():
            frame_info(self) if isinstance(self, pd.DataFrame) else print(unknown())
        return None

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other):
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other):
        return self._with(other, lambda a, b: b / a)

    def __floordiv__(self, other):
        return self._with(other, lambda a, b: a // b)

    def __mod__(self, other):
        return self._with(other, lambda a, b: a % b)

    def __pow__(self, other):
        return self._with(other, lambda a, b: a**b)

    def _compared(self, other, name):
        if not is_carried_out():
            return self._with(other, _told)
        return self._with(other, lambda values, other: compared(values, other, name))

    def __eq__(self, other):
        return self._compared(other, "eq")

    def __ne__(self, other):
        return self._compared(other, "ne")

    def __lt__(self, other):
        return self._compared(other, "lt")

    def __le__(self, other):
        return self._compared(other, "le")

    def __gt__(self, other):
        return self._compared(other, "gt")

    def __ge__(self, other):
        return self._compared(other, "ge")

    def __and__(self, other):
        return self._with(other, lambda a, b: a & b)

    __rand__ = __and__

    def __or__(self, other):
        return self._with(other, lambda a, b: a | b)

    __ror__ = __or__

    def __neg__(self):
        return self._each(lambda values: -values)

    def __invert__(self):
        return self._each(lambda values: ~values)

    def __abs__(self):
        return self._each(np.abs)

    abs = __abs__

    def isnull(self):
        return self._each(lambda values: is_missing(values) if is_carried_out() else unknown_array(values.shape, dtype=bool))

    isna = isnull

    def notnull(self):
        return self._each(lambda values: ~is_missing(values) if is_carried_out() else unknown_array(values.shape, dtype=bool))

    notna = notnull

    def shift(self, periods=1, *args, fill_value=None, **kwargs):
        if not is_carried_out() or args or kwargs or not isinstance(periods, int):
            if args or kwargs or fill_value is not None:
                return self._each(lambda values: unknown_array(values.shape))
            return self._each(lambda values: _displaced(values, periods))
        return self._each(lambda values: moved(values, periods, fill_value))

    def diff(self, periods=1, *args, **kwargs):
        if not is_carried_out() or args or kwargs or not isinstance(periods, int):
            if args or kwargs:
                return self._each(lambda values: unknown_array(values.shape))
            return self._each(lambda values: values.astype("float64") - _displaced(values, periods))
        return self._each(lambda values: values - moved(values, periods))

    def pct_change(self, periods=1, *args, **kwargs):
        if not is_carried_out() or args or kwargs or not isinstance(periods, int):
            return self._each(lambda values: unknown_array(values.shape))
        return self._each(lambda values: values / moved(values, periods) - 1)

    def _running(self, function, *args, **kwargs):
        if args or kwargs or not is_carried_out():
            return self._each(lambda values: unknown_array(values.shape))
        return self._each(lambda values: running(values, function))

    def cumsum(self, *args, **kwargs):
        return self._running(lambda a, b: a + b, *args, **kwargs)

    def cumprod(self, *args, **kwargs):
        return self._running(lambda a, b: a * b, *args, **kwargs)

    def cummax(self, *args, **kwargs):
        return self._running(max, *args, **kwargs)

    def cummin(self, *args, **kwargs):
        return self._running(min, *args, **kwargs)

    def _drawn(self, count, inplace):
        """So many of the rows, in place or anew."""
        return self._take(self._sample(count)) if inplace else self._sample(count)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def _described(owner):
    """`describe()` of numbers: which rows and columns it has."""
    labels = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]
    if isinstance(owner, Series):
        return Series(unknown_array((8,)), index=labels, name=owner.name) if is_number(owner._values) else unknown()
    names = [name for name in owner._columns if is_number(owner._data[name]) and owner._data[name].dtype != np.bool_]
    if not names:
        return unknown()
    made = pd.DataFrame({name: unknown_array((8,)) for name in names}, columns=names)
    made._labels, made._counted = labels, False
    return made


def _displaced(values, periods):
    """Values that stand so many rows below where they stood, with the gaps that this leaves."""
    above, below = gaps_of(values)
    made = unknown_array(values.shape)
    if not isinstance(periods, int) or not is_known((above, below, periods)):
        return made
    return with_gaps(made, max(above + periods, 0), max(below - periods, 0))


def _there(values):
    """The values that are no gaps."""
    if is_carried_out() and "float" in str(values.dtype) and any(is_missing(values).tolist()):
        return known_numbers(values)
    return values


def _whole(function):  # A method that makes one number of a series.
    return lambda self, *args, **kwargs: function(self._values)


class Series(_Values):
    def __init__(self, data=None, index=None, dtype=None, name=None, **kwargs):
        if isinstance(data, dict):
            index = list(data) if index is None else index
            data = list(data.values())
        self._values, self.name, self._labels = np.asarray(gapped(data), dtype=dtype), name, index
        # What the labels are called.
        self._label = None

    def _keras_array(self):
        return np.expand_dims(self._values, -1)

    @property
    def values(self):
        # Texts are an array of pandas' own.
        if not is_carried_out() and self._values.dtype == np.dtype(str):
            return holding(self._values.copy(), "pandas texts")
        return self._values

    def __array__(self, dtype=None, copy=None):
        return self._values

    def to_numpy(self, dtype=None, copy=False, **kwargs):
        return self._values if dtype is None else self._values.astype(dtype)

    @property
    def shape(self):
        return self._values.shape

    @property
    def dtype(self):
        return self._values.dtype

    @property
    def ndim(self):
        return 1

    @property
    def size(self):
        return self._values.shape[0]

    @property
    def iloc(self):
        return _Picker(self, False)

    @property
    def loc(self):
        return _Picker(self, True)

    def _sample_all(self):
        return self._like(self._values) if is_carried_out() else Series(self._values, name=self.name)

    def _sample(self, count):
        return Series(some_of(self._values, count), name=self.name)

    def __getitem__(self, key):
        if isinstance(key, tuple):
            if any(part is None for part in key) and any(isinstance(part, slice) for part in key):
                raise ValueError(
                    "Multi-dimensional indexing (e.g. `obj[:, None]`) is no longer supported. Convert to a numpy array "
                    "before indexing instead."
                )
            return unknown()
        if is_carried_out():
            return _rows(self, key) if isinstance(key, slice) else _located(self, key)
        if isinstance(key, slice):
            return Series(self._values[key], name=self.name)
        if isinstance(key, (int, str)):
            return unknown()
        return self._sample(unknown_size())

    def __repr__(self):
        return series_text(self) if is_carried_out() else unknown()

    @property
    def index(self):
        return Index(labels_of(self)) if is_carried_out() else unknown()

    def isin(self, values):
        if not is_carried_out():
            return unknown()
        return self._like(np.array([value in list(values) for value in self.tolist()], dtype=bool))

    def quantile(self, q=0.5, **kwargs):
        return float(np.percentile(known_numbers(self._values), q * 100)) if is_carried_out() and isinstance(q, (int, float)) else unknown()

    def idxmax(self):
        return labels_of(self)[int(np.argmax(self._values))] if is_carried_out() else unknown()

    def idxmin(self):
        return labels_of(self)[int(np.argmin(self._values))] if is_carried_out() else unknown()

    def mode(self):
        if not is_carried_out():
            return unknown()
        found = counted(self)
        most = found._values.tolist()[0]
        return Series(sorted(value for value, n in zip(found._labels, found._values.tolist()) if n == most), name=self.name)

    def __contains__(self, label):
        return label in labels_of(self)

    def items(self):
        return list(zip(labels_of(self), self.tolist())) if is_carried_out() else unknown()

    def __setitem__(self, key, value):
        if not is_carried_out():
            return None
        labels, values, value = labels_of(self), self._values.copy(), _plain(value)
        if not is_known(labels) or not _holds(values, value):
            self._lose()
        elif isinstance(key, (Series, np.ndarray)) and "bool" in str(key.dtype):
            values[_plain(key)] = value
            self._values = values
        elif isinstance(key, slice) and self._labels is None:
            values[key] = value
            self._values = values
        elif isinstance(key, (int, str)) and key in labels:
            values[labels.index(key)] = value
            self._values = values
        else:
            self._lose()

    def __iter__(self):
        return iter(self._values)

    @property
    def cat(self):
        return _Categories(self)

    @property
    def dt(self):
        return _Dates(self._values, self.name)

    @property
    def str(self):
        return _Texts(self)

    def astype(self, dtype, **kwargs):
        if dtype == "category":
            return self
        return self._like(self._values.astype(dtype))

    def to_dict(self):
        return dict(zip(labels_of(self), self.tolist())) if is_carried_out() else unknown()

    def to_json(self, path_or_buf=None, **kwargs):
        if not is_carried_out() or path_or_buf is not None or kwargs:
            return None if path_or_buf is not None else unknown()
        return json_text(self.to_dict())

    def tolist(self):
        return self._values.tolist()

    to_list = tolist

    def unique(self):
        if is_carried_out() and is_known(self._values):
            found = distinct(self._values)
            return Strings(found) if kind_name(self._values) == "str" else np.array(found, dtype=self._values.dtype)
        return np.unique(self._values)

    def nunique(self, dropna=True):
        return len(np.unique(self._values))

    def map(self, function, na_action=None):
        if not is_carried_out() and (not is_known(self._values) or len(self._values) > 256):
            kinds = {type(value) for value in function.values()} if isinstance(function, dict) else set()
            if kinds in ({int}, {float}, {int, float}):
                # A value that is no key makes the others floats; numbers they are in any case.
                whole = unknown_array(self._values.shape, dtype="int64" if kinds == {int} else "float64")
                kinds = set(np.asarray(self._values))
                if not is_known(len(kinds)) or not all(value in function for value in kinds):
                    whole = with_gaps(whole, unknown_size(), 0)
                return Series(whole, name=self.name)
            return Series(_answers(self._values, function), name=self.name)
        if isinstance(function, dict):
            return self._like([function.get(value, float("nan")) for value in self.tolist()])
        return self._like([function(value) for value in self.tolist()]) if callable(function) else unknown()

    def apply(self, function, *args, **kwargs):
        return _unmapped(self) if args or kwargs else self.map(function)

    def replace(self, *args, **kwargs):
        if is_carried_out() and set(kwargs) <= {"inplace"} and (len(args) == 2 or isinstance(args[0], dict)):
            known = args[0] if len(args) == 1 else {args[0]: args[1]}
            made = self._like([known.get(value, value) for value in self.tolist()])
            return self._take(made) if kwargs.get("inplace") else made
        if kwargs.get("inplace"):
            self._take(_unmapped(self))
            return None
        return _unmapped(self)

    def value_counts(self, *args, **kwargs):
        if is_carried_out() and not args and set(kwargs) <= {"normalize", "sort", "ascending"}:
            return counted(self, **kwargs)
        return Series(unknown_array((len(np.unique(self._values)),), dtype="int64"))

    mean = _whole(lambda values: _there(values).mean())
    sum = _whole(lambda values: _there(values).sum())
    max = _whole(lambda values: _there(values).max())
    min = _whole(lambda values: _there(values).min())
    std = _whole(lambda values: _there(values).std(ddof=1))
    median = _whole(lambda values: np.median(_there(values)))
    var = _whole(lambda values: _there(values).var(ddof=1))

    def rolling(self, *args, **kwargs):
        window = args[0] if args else kwargs.get("window")
        return _Rolling(self, window, len(args) < 2 and set(kwargs) <= {"window"})

    def _each(self, function):
        return self._like(function(self._values))

    def _with(self, other, operation):
        return self._like(operation(self._values, _plain(other)))

    def _like(self, values):
        made = Series(values, index=self._labels, name=self.name)
        made._label = self._label
        return made

    def _take(self, other):
        self._values, self._labels = other._values, other._labels


class OneRow(Series):
    """`frame.iloc[i]`: a value of each column."""

    def __init__(self, parts, values):
        super().__init__(values, index=list(parts))
        self._parts = parts

    def __getitem__(self, key):
        if not isinstance(key, str) or not is_known(self._labels):
            return super().__getitem__(key)
        if key not in self._parts:
            raise KeyError(key)
        # Columns of different kinds keep them.
        mixed = "object" in str(self._values.dtype)
        return self._parts[key] if mixed else self._values[self._labels.index(key)]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name] if name in self._labels else unknown()


def _holds(values, value):
    """Whether a column keeps its dtype when it gets a value."""
    kind = kind_name(values)
    if kind.startswith("float"):
        return isinstance(value, (int, float))
    return kind.startswith("int") and isinstance(value, int) and not isinstance(value, bool)


def _told(values, other):
    """A comparison: bools of the common shape."""
    return unknown_array(values.shape, dtype=bool) if isinstance(other, (str, bool)) or other is None else values == other


def _plain(other):
    return other._values if isinstance(other, Series) else other


def _answers(values, function):
    """What a function makes of each of many values: an array of the kind of its answer to any of them."""
    kind = None
    if callable(function) and is_known(values.ndim) and is_known(values.shape[0]):
        answer = function(values[unknown_size()])
        kind = _answer_kind(answer)
    unknown()(function)
    return unknown_dtype(values) if kind is None else unknown_array(values.shape, dtype=kind)


def _answer_kind(answer):
    """The dtype of a column of such values, where it can be told."""
    if isinstance(answer, (np.ndarray, np.generic)):
        name = str(answer.dtype) if is_known(answer.ndim) and answer.ndim == 0 else unknown()
    else:
        name = type(answer).__name__
    if not is_known(name):
        return None
    if name.startswith("int"):
        return "int64"
    if name.startswith("float"):
        return "float64"
    return {"bool": bool, "str": str}.get(name)


def _unmapped(series):
    """A series of as many values of an unknown kind."""
    return Series(unknown_dtype(series._values), index=series._labels, name=series.name)


def _kind(dtype):
    """What columns are kept together: numbers, bools, or everything else, which makes an array of objects."""
    if dtype == np.bool_:
        return "bool"
    return "text" if dtype in (np.dtype(object), np.dtype(str)) else "number"


def to_numeric(arg, errors="raise", **kwargs):
    return Series(unknown_array((len(arg),))) if isinstance(arg, Series) else unknown()


def concat(objs, axis=0, **kwargs):
    objs = list(objs)
    if is_known(objs) and objs and all(isinstance(part, Series) for part in objs):
        if axis in (0, "index"):
            names = {part.name for part in objs}
            made = Series(np.concatenate([part._values for part in objs]), name=objs[0].name if len(names) == 1 else None)
            made._labels = together(objs, kwargs.get("ignore_index")) if is_carried_out() else None
            return made
        return pd.DataFrame({number if part.name is None else part.name: part for number, part in enumerate(objs)})
    if not is_known(objs) or not all(isinstance(part, pd.DataFrame) for part in objs):
        return unknown()
    if axis in (1, "columns"):
        own = labels_of(objs[0]) if is_carried_out() else None
        if is_carried_out() and not all(labels_of(part) == own for part in objs):
            return unknown()
        joined = pd.DataFrame()
        for part in objs:
            for name in part._columns:
                joined._put(Twin(name) if name in joined._columns else name, part._data[name])
        return objs[0]._relabelled(joined) if is_carried_out() else joined
    names = objs[0]._columns
    if any(part._columns != names for part in objs):
        return unknown()
    made = pd.DataFrame({name: np.concatenate([part._data[name] for part in objs]) for name in names}, columns=names)
    made._counted = bool(kwargs.get("ignore_index"))
    made._labels = together(objs, made._counted) if is_carried_out() else None
    return made


def get_dummies(data, prefix=None, prefix_sep="_", dummy_na=False, columns=None, sparse=False, drop_first=False,
                dtype=None):
    if isinstance(data, (np.ndarray, list)):
        if isinstance(data, np.ndarray) and is_known(data.ndim) and data.ndim > 1 and is_known(data.shape):
            raise ValueError(f"Data must be 1-dimensional, got ndarray of shape {data.shape} instead")
        data = Series(data)
    series = isinstance(data, Series)
    frame = pd.DataFrame({data.name: data}) if series else data
    if not isinstance(frame, pd.DataFrame) or dummy_na:
        return unknown()
    if columns is None:
        columns = [name for name in frame._columns if series or _kind(frame._data[name].dtype) == "text"]
    made = pd.DataFrame({name: frame._data[name] for name in frame._columns if name not in columns})
    for name in columns:
        values = frame._data[name]
        found = np.unique(values)
        if not is_known(found):
            return unknown()
        found = found.tolist()
        for value in found[1:] if drop_first else found:
            label = value if series and prefix is None else f"{name if prefix is None else prefix}{prefix_sep}{value}"
            column = [own == value for own in values.tolist()] if is_carried_out() else unknown_array(values.shape)
            made._put(label, np.asarray(column).astype(bool if dtype is None else dtype))
    if is_carried_out():
        made._labels, made._counted = data._labels, data._labels is None
    return made


def merge(left, right, how="inner", on=None, left_on=None, right_on=None, **kwargs):
    if not is_carried_out() or kwargs or left_on is not None or right_on is not None or how not in ("inner", "left"):
        return unknown()
    keys = [name for name in left._columns if name in right._columns] if on is None else [on] if isinstance(on, str) else on
    shared = [name for name in left._columns if name in right._columns and name not in keys]
    if shared:
        return unknown()
    other = [name for name in right._columns if name not in keys]
    theirs = list(zip(*[right._data[name].tolist() for name in keys]))
    pairs = [(row, place) for row, key in enumerate(zip(*[left._data[name].tolist() for name in keys]))
             for place, found in enumerate(theirs) if found == key]
    if how == "left":
        met = {row for row, _ in pairs}
        pairs = sorted(pairs + [(row, None) for row in range(left._rows) if row not in met], key=lambda pair: pair[0])
    rows, places = [row for row, _ in pairs], [place for _, place in pairs]
    data = {name: left._data[name][rows] for name in left._columns}
    if None in places:
        there = {name: right._data[name].tolist() for name in other}
        if not all(is_number(right._data[name]) for name in other):
            return unknown()
        data.update({n: [None if place is None else there[n][place] for place in places] for n in other})
    else:
        data.update({name: right._data[name][places] for name in other})
    return pd.DataFrame(data, columns=list(left._columns) + other)


def crosstab(index, columns, values=None, rownames=None, colnames=None, **kwargs):
    if not is_carried_out() or values is not None or set(kwargs) - {"normalize", "margins"} or any(kwargs.values()):
        return unknown()
    return counts_of_pairs(index, columns, rownames, colnames)


def cut(x, bins, right=True, labels=None, retbins=False, **kwargs):
    if retbins:
        return unknown()
    values = np.asarray(x)
    if labels is False:
        return unknown_array(values.shape, dtype="int64")
    # What lies in no interval is NaN, so of the labels only the number is sure.
    made = unknown_array(values.shape, dtype=object if labels is None else np.asarray(list(labels)).dtype)
    return Series(made, name=getattr(x, "name", None))


def qcut(x, q, labels=None, retbins=False, **kwargs):
    return cut(x, q, labels=labels, retbins=retbins)


def factorize(values, **kwargs):
    return unknown_array((len(values),), dtype="int64"), unknown()


def isnull(obj):
    return obj.isnull() if isinstance(obj, _Values) else unknown()


isna = isnull
