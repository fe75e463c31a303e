"""pandas: frames of known columns and rows. What is read from files is not known."""

import collections

import numpy as np


class InvalidIndexError(Exception):
    pass


# Methods of earlier releases, which a column is unlikely to be called by.
GONE = (
    "append",
    "applymap",
    "as_matrix",
    "convert_objects",
    "from_csv",
    "get_dtype_counts",
    "get_value",
    "iteritems",
    "ix",
    "set_value",
)


def _object(dtype):
    """The type of an item of a column in an array of objects."""
    if dtype == np.bool_:
        return "bool"
    return "int" if "int" in str(dtype) else "float"


def _aligned(data):
    """The columns of a frame by rows: dicts are told by their labels, and so are series of several lengths, each of whose
    union counts."""
    labels = []
    for values in data.values():
        if isinstance(values, dict):
            labels.extend(label for label in values if label not in labels)
    if labels:
        data = {
            name: [values.get(label, np.nan) for label in labels] if isinstance(values, dict) else values
            for name, values in data.items()
        }
    lengths = {values.shape[0] for values in data.values() if isinstance(values, Series)}
    if len(lengths) < 2:
        return data
    union = unknown_size()
    return {name: values._sample(union) if isinstance(values, Series) else values for name, values in data.items()}


def _over_columns(name):
    """A method that makes one number of each column."""
    def method(self, axis=0, *args, **kwargs):
        if is_carried_out():
            return reduced(self, name, axis, kwargs.get("numeric_only"))
        made = self._a_number_each(axis)
        return made if name in ("std", "var", "median") else _unmapped(made)
    return method


class _Kinds(Series):
    """`frame.dtypes`."""

    def __repr__(self):
        width = max([len(str(name)) for name in self._labels], default=0)
        kinds = self._values.tolist()
        right = max([len(kind) for kind in kinds], default=0)
        lines = [f"{str(name).ljust(width)}    {kind.rjust(right)}" for name, kind in zip(self._labels, kinds)]
        return "\n".join(lines + ["dtype: object"])


def _are_rows(data, count):
    """Whether data is a list of rows, of which each column has a dtype of its own."""
    if not isinstance(data, list) or not is_known(len(data)) or not data:
        return False
    if not is_carried_out() and len(data) * count > 4096:
        return False
    lengths = [len(row) if isinstance(row, (tuple, list)) else -1 for row in data]
    return is_known(lengths) and all(length == count for length in lengths)


class DataFrame(_Values):
    def __init__(self, data=None, index=None, columns=None, dtype=None, copy=None):
        self._data, self._columns, self._label = {}, [], None
        # What the columns are called.
        self._heading = None
        # Whether the rows are labelled 0, 1, 2.
        self._counted, self._labels = index is None, index
        # Of which frames the rows are some, each at most once, where they were drawn.
        self._chain = None
        self._rows = 0 if index is None else len(index)
        if isinstance(data, DataFrame):
            data = data._data
        if isinstance(data, list) and data and all(isinstance(row, Series) for row in data):
            # Rows: their labels are the columns.
            columns = data[0]._labels if columns is None else columns
            data = np.stack([row._values for row in data])
        if isinstance(data, list) and data and isinstance(data[0], dict):
            data = {name: [row.get(name) for row in data] for name in data[0]}
        elif columns is not None and _are_rows(data, len(columns)):
            data = {name: [row[place] for row in data] for place, name in enumerate(columns)}
        if isinstance(data, dict):
            names = list(data) if columns is None else list(columns)
            data = _aligned(data)
            for name in names:
                self._put(name, data[name] if name in data else None)
        elif data is not None:
            matrix = np.asarray(data, dtype=dtype)
            if matrix.ndim == 1:
                matrix = matrix.reshape((-1, 1))
            count = matrix.shape[1]
            names = list(range(count)) if columns is None else list(columns)
            if len(names) == 1 and isinstance(names[0], (list, tuple, np.ndarray)):
                # `columns=[names]`: an index of one level, which frames show as they show the names.
                names = list(names[0])
            if is_known(count) and len(names) != count:
                raise ValueError(
                    f"Shape of passed values is {matrix.shape}, indices imply ({matrix.shape[0]}, {len(names)})"
                )
            for number, name in enumerate(names):
                self._put(name, matrix[:, number])
        elif columns is not None:
            # Columns of gaps, as long as the index.
            for name in columns:
                self._put(name, np.full((self._rows,), np.nan, dtype=object))

    def _put(self, name, values):
        if isinstance(values, DataFrame):
            values = values.values
        if isinstance(values, (int, float, str, bool)) or values is None:
            values = np.full((self._rows,), 0 if values is None else values)
        values = np.asarray(gapped(values))
        if is_known(values.ndim) and values.ndim == 0:
            values = np.full((self._rows,), values)
        if is_known(values.ndim) and values.ndim == 2 and values.shape[1] == 1:
            # What a scaler makes of one column.
            values = values.reshape(-1)
        elif is_known(values.ndim) and values.ndim > 1 and is_known(values.shape[1]):
            raise ValueError(f"Expected a 1D array, got an array with shape {values.shape}")
        if not self._columns:
            self._rows = values.shape[0]
        elif self._counted and is_known(self._rows) and self._rows == 0:
            # A frame without rows takes those of its first column; the others are gaps.
            self._rows = values.shape[0]
            for other in self._columns:
                self._data[other] = np.full((self._rows,), np.nan, dtype=object)
        elif is_known(self._rows) and is_known(values.shape[0]) and values.shape[0] != self._rows:
            raise ValueError(f"Length of values ({values.shape[0]}) does not match length of index ({self._rows})")
        if name not in self._columns:
            self._columns = self._columns + [name]
        self._data[name] = values

    def _keras_array(self):
        texts = [dtype for dtype in (self._data[name].dtype for name in self._columns) if _kind(dtype) == "text"]
        if KERAS == 3 and texts:
            # Keras asks each column for its dtype.
            return holding(self.values, "dtype object" if texts[0] == np.dtype(object) else "dtype str")
        return self.values

    @property
    def values(self):
        if not self._columns:
            return unknown_array((self._rows, 0), dtype=object)
        columns = [self._data[name] for name in self._columns]
        kinds = {_kind(values.dtype) for values in columns}
        if len(kinds) > 1 or kinds == {"text"}:
            mixed = unknown_array((self._rows, len(columns)), dtype=object)
            if is_carried_out() and self._rows:
                mixed = np.array([list(row) for row in zip(*[values.tolist() for values in columns])], dtype=object)
            mixed = with_words(mixed, columns)
            if all(is_known(gaps_of(values)) and gaps_of(values) == (0, 0) for values in columns):
                mixed = with_gaps(mixed, 0, 0)
            named = [_object(values.dtype) for values in columns if _kind(values.dtype) != "text"]
            return holding(mixed, named[0]) if named else mixed
        return np.stack(columns, axis=1)

    @property
    def columns(self):
        return Index(self._columns)

    @columns.setter
    def columns(self, names):
        names = list(names)
        if is_known(names) and len(names) != len(self._columns):
            raise ValueError(
                f"Length mismatch: Expected axis has {len(self._columns)} elements, new values have {len(names)} elements"
            )
        self._data = {new: self._data[old] for new, old in zip(names, self._columns)}
        self._columns = names

    @property
    def shape(self):
        return (self._rows, len(self._columns))

    @property
    def ndim(self):
        return 2

    @property
    def size(self):
        return self._rows * len(self._columns)

    @property
    def index(self):
        if is_carried_out() and isinstance(self._labels, list):
            return Index(self._labels)
        if self._labels is not None:
            return self._labels
        if self._chain is not None:
            return SomeLabels(self._chain, self._rows)
        return Index(list(range(self._rows))) if self._counted and is_known(self._rows) else unknown()

    @index.setter
    def index(self, labels):
        self._counted, self._labels, self._chain = False, labels, None

    @property
    def iloc(self):
        return _Picker(self, False)

    @property
    def loc(self):
        return _Picker(self, True)

    @property
    def T(self):
        if is_carried_out():
            return transposed(self)
        made = DataFrame(self.values.T, columns=list(self._labels) if isinstance(self._labels, list) else None)
        made._labels, made._counted = list(self._columns), False
        return made

    def transpose(self, *args, **kwargs):
        return self.T

    def _sample_all(self):
        return self._relabelled(DataFrame(self._data, columns=self._columns))

    def _sample(self, count):
        part = {name: some_of(values, count) for name, values in self._data.items()}
        part = DataFrame(part, columns=self._columns)
        part._counted, part._labels = False, None
        if isinstance(self._labels, DatetimeIndex):
            part._labels = DatetimeIndex(some_of(self._labels._values, count))
        return part

    def keys(self):
        return self.columns

    def items(self):
        return [(name, self[name]) for name in self._columns]

    def __contains__(self, name):
        return name in self._columns

    def __iter__(self):
        return iter(self._columns)

    def __getitem__(self, key):
        if isinstance(key, (str, int)):
            if any(isinstance(name, Twin) and name.name == key for name in self._columns):
                return unknown()
            if key not in self._columns:
                if any(isinstance(name, tuple) for name in self._columns):
                    # Columns in groups: `frame["public"]` of `("public", "hobby")`.
                    return unknown()
                raise KeyError(key)
            known = is_carried_out() or isinstance(self._labels, list)
            return Series(self._data[key], index=self._labels if known else None, name=key)
        if isinstance(key, tuple):
            if any(isinstance(part, slice) for part in key):
                raise InvalidIndexError(key)
            if key not in self._columns and all(isinstance(part, (str, int)) for part in key):
                raise KeyError(key)
            return unknown()
        if isinstance(key, Index):
            key = key._names
        if isinstance(key, list):
            missing = [name for name in key if name not in self._columns]
            if missing:
                if len(missing) == len(key):
                    raise KeyError(f"None of [Index({missing}, dtype='str')] are in the [columns]")
                raise KeyError(f"{missing} not in index")
            return self._relabelled(DataFrame({name: self._data[name] for name in key}, columns=key))
        if is_carried_out() and isinstance(key, (slice, Series)):
            return _rows(self, key) if isinstance(key, slice) else masked(self, key._values)
        if isinstance(key, slice):
            return _Picker(self, False)[key]
        if isinstance(key, np.ndarray) and key.ndim == 1 and "int" in str(key.dtype):
            # Positions, as `KFold.split` gives them, are no rows here.
            some = not is_known(key.shape[0]) or key.shape[0] > 0
            if some and self._columns and all(isinstance(name, str) for name in self._columns):
                raise KeyError(f"None of [Index({unknown()}, dtype='int64')] are in the [columns]")
        return self._sample(unknown_size())

    def __repr__(self):
        return frame_text(self) if is_carried_out() else unknown()

    @property
    def dtypes(self):
        if not is_carried_out():
            return unknown()
        return _Kinds([kind_name(self._data[name]) for name in self._columns], index=list(self._columns))

    def _relabelled(self, frame):
        frame._counted, frame._labels, frame._chain = self._counted, self._labels, self._chain
        return frame

    def __setitem__(self, key, value):
        if isinstance(key, (str, int)):
            self._put(key, value)
        elif isinstance(key, (list, Index)) and all(isinstance(name, (str, int)) for name in key):
            names = list(key)
            if not is_known(value):
                parts = unknown()
            elif isinstance(value, DataFrame):
                parts = [value._data[name] for name in value._columns]
            elif isinstance(value, np.ndarray) and is_known(value.ndim) and value.ndim == 2:
                parts = [value[:, at] for at in range(value.shape[1])] if is_known(value.shape[1]) else unknown()
            elif isinstance(value, (int, float, str)):
                parts = [value] * len(names)
            else:
                parts = unknown()
            if not is_known(parts):
                self._lose()
            elif len(parts) != len(names):
                raise ValueError("Columns must be same length as key")
            else:
                for name, part in zip(names, parts):
                    self._put(name, part)
        else:
            self._lose()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._columns:
            return self[name]
        if name in GONE:
            raise AttributeError(f"'DataFrame' object has no attribute '{name}'")
        return unknown()

    def drop(self, labels=None, *, axis=0, index=None, columns=None, level=None, inplace=False, errors="raise"):
        gone = columns if columns is not None else (labels if axis in (1, "columns") else None)
        if gone is None:
            if is_carried_out():
                gone = index if labels is None else labels
                gone = list(gone) if isinstance(gone, (list, tuple, Index)) else [gone]
                left = picked(self, [row for row, label in enumerate(labels_of(self)) if label not in gone])
                return self._take(left) if inplace else left
            return self._without(index if labels is None else labels, inplace)
        gone = [gone] if isinstance(gone, (str, int)) else list(gone)
        missing = [name for name in gone if name not in self._columns]
        if missing and errors == "raise":
            raise KeyError(f"{missing} not found in axis")
        names = [name for name in self._columns if (name.name if isinstance(name, Twin) else name) not in gone]
        if inplace:
            self._keep(names)
            return None
        return self._relabelled(DataFrame({name: self._data[name] for name in names}, columns=names))

    def _keep(self, names):
        self._data, self._columns = {name: self._data[name] for name in names}, names

    def _without(self, labels, inplace):
        """The rows that others leave: `test = df.drop(train.index)`."""
        own = self._lineage()
        if not own or not isinstance(labels, SomeLabels) or own[-1] not in labels.chain:
            return self._drawn(unknown_size(), inplace)
        left = self._sample(self._rows - len(labels))
        left._chain = own + [OneSample()]
        return self._take(left) if inplace else left

    def _lineage(self):
        """The frames that the rows are some of, by what tells labels apart: rows that are counted, by their number."""
        return [self._rows] if self._counted and is_known(self._rows) else self._chain

    def pop(self, name):
        series = self[name]
        self._keep([other for other in self._columns if other != name])
        return series

    def insert(self, loc, column, value, allow_duplicates=False):
        self._put(column, value)
        names = [name for name in self._columns if name != column]
        self._columns = names[:loc] + [column] + names[loc:]

    def rename(self, mapper=None, *, index=None, columns=None, axis=None, inplace=False, **kwargs):
        if index is not None and is_carried_out():
            return unknown()
        columns = mapper if columns is None and axis in (1, "columns") else columns
        if not isinstance(columns, dict):
            return None if inplace else self
        names = [columns.get(name, name) for name in self._columns]
        renamed = {columns.get(name, name): values for name, values in self._data.items()}
        if inplace:
            self._data, self._columns = renamed, names
            return None
        return self._relabelled(DataFrame(renamed, columns=names))

    def assign(self, **kwargs):
        frame = self._relabelled(DataFrame(self._data, columns=self._columns))
        for name, value in kwargs.items():
            frame._put(name, value(frame) if callable(value) else value)
        return frame

    def filter(self, items=None, like=None, regex=None, axis=None):
        if axis in (0, "index") or regex is not None:
            return unknown()
        return self[[name for name in self._columns if (like in name if items is None else name in items)]]

    def groupby(self, by=None, *args, **kwargs):
        return _Groups(self, by)

    def pivot(self, *, columns=None, index=None, values=None):
        if is_carried_out():
            whole = isinstance(values, str) and is_number(self._data[values])
            return pivoted(self, index, columns, values, "sum") if whole else unknown()
        return _pivoted(self, index, columns, values)

    def pivot_table(self, values=None, index=None, columns=None, aggfunc="mean", fill_value=None, **kwargs):
        if is_carried_out():
            return unknown() if kwargs else pivoted(self, index, columns, values, aggfunc, fill_value)
        return _pivoted(self, index, columns, values)

    def select_dtypes(self, include=None, exclude=None):
        if include not in ("number", ["number"], np.number) or exclude is not None:
            return unknown()
        return self[[name for name in self._columns if _kind(self._data[name].dtype) == "number"]]

    def set_index(self, keys, *args, inplace=False, **kwargs):
        if not isinstance(keys, str):
            return unknown()
        labels = self[keys].values
        if is_carried_out():
            left = self.drop(columns=keys)
            left._counted, left._labels, left._label = False, labels.tolist(), keys
            if inplace:
                self._take(left)
                self._label = keys
            return None if inplace else left
        left = self if inplace else self.copy()
        left.drop(columns=keys, inplace=True)
        left._counted, left._labels = False, DatetimeIndex(labels)
        return None if inplace else left

    def mean(self, axis=0, *args, **kwargs):
        if is_carried_out():
            return reduced(self, "mean", axis, kwargs.get("numeric_only"))
        return self._a_number_each(axis)

    def skew(self, axis=0, *args, **kwargs):
        return self._a_number_each(axis)

    def _a_number_each(self, axis):
        """A number of each row, or of each column, which is what they are found by."""
        if axis in (1, "columns"):
            return Series(unknown_array((self._rows,)))
        return Series(unknown_array((len(self._columns),)), index=list(self._columns))

    std = _over_columns("std")
    var = _over_columns("var")
    median = _over_columns("median")
    min = _over_columns("min")
    max = _over_columns("max")
    sum = _over_columns("sum")
    prod = _over_columns("prod")
    count = _over_columns("count")
    nunique = _over_columns("nunique")

    def corr(self, *args, **kwargs):
        if is_carried_out() and not args:
            return correlations(self)
        names = [name for name in self._columns if _kind(self._data[name].dtype) != "text"]
        return DataFrame(unknown_array((len(names), len(names))), columns=names)

    def cov(self, *args, **kwargs):
        names = [name for name in self._columns if _kind(self._data[name].dtype) != "text"]
        return DataFrame(unknown_array((len(names), len(names))), columns=names)

    def replace(self, *args, **kwargs):
        if not is_carried_out() or len(args) != 2 or kwargs:
            return unknown()
        return self._each(lambda values: Series(values).replace(*args)._values)

    def any(self, axis=0, **kwargs):
        return self._asked(axis, kwargs, any)

    def all(self, axis=0, **kwargs):
        return self._asked(axis, kwargs, all)

    def _asked(self, axis, kwargs, function):
        if not is_carried_out() or kwargs or axis not in (0, "index"):
            return unknown()
        told = [function(bool(value) for value in self._data[name].tolist()) for name in self._columns]
        return Series(np.array(told, dtype=bool), index=list(self._columns))

    def _each(self, function):
        made = DataFrame({name: function(self._data[name]) for name in self._columns}, columns=self._columns)
        return self._relabelled(made) if is_carried_out() else made

    def _with(self, other, operation):
        if is_carried_out() and isinstance(other, Series) and other._labels == self._columns:
            # `(frame - frame.mean()) / frame.std()`
            found = dict(zip(self._columns, other.tolist()))
            made = {name: operation(self._data[name], found[name]) for name in self._columns}
            return self._relabelled(DataFrame(made, columns=self._columns))
        if isinstance(other, (int, float)):
            return self._each(lambda values: operation(values, other))
        if isinstance(other, DataFrame) and other._columns == self._columns:
            both = {name: operation(self._data[name], other._data[name]) for name in self._columns}
            return DataFrame(both, columns=self._columns)
        if not isinstance(other, Series):
            return self._each(unknown_dtype)
        # Each column with the number of its name; a name that only one of the two has is a column without values.
        names, own = list(self._columns), other._labels if isinstance(other._labels, list) else self._columns
        if not all(is_number(values) or name not in own for name, values in self._data.items()):
            return self._each(unknown_dtype)
        if is_known(names + list(own)) and set(names) != set(own):
            names = sorted(set(names) | set(own)) if all(isinstance(name, str) for name in names + list(own)) else unknown()
        if not is_known(names):
            return unknown()
        made = {
            name: operation(self._data[name], unknown_array(())) if name in self._data and name in own
            else with_gaps(unknown_array((self._rows,), dtype=self._kind_left(name)), unknown_size(), 0)
            for name in names
        }
        return DataFrame(made, columns=names)

    def _kind_left(self, name):
        """The dtype of a column that an operation leaves without values."""
        return "float64" if name not in self._data or is_number(self._data[name]) else object

    def _like(self, values):
        return DataFrame(values, columns=self._columns)

    def _take(self, other):
        self._data, self._columns, self._rows = other._data, other._columns, other._rows
        self._counted, self._labels, self._chain = False, other._labels, other._chain

    def astype(self, dtype, **kwargs):
        if isinstance(dtype, dict) or dtype == "category":
            return unknown()
        made = {name: self._data[name].astype(dtype) for name in self._columns}
        return self._relabelled(DataFrame(made, columns=self._columns))

    def to_json(self, path_or_buf=None, *, orient=None, **kwargs):
        if not is_carried_out() or path_or_buf is not None or orient is not None or kwargs:
            return None if path_or_buf is not None else unknown()
        return json_text({name: dict(zip(labels_of(self), self._data[name].tolist())) for name in self._columns})

    def merge(self, right, **kwargs):
        return pd.merge(self, right, **kwargs) if is_carried_out() else unknown()

    def iterrows(self):
        if not is_carried_out():
            return unknown()
        return iter([(label, row_of(self, row)) for row, label in enumerate(labels_of(self))])

    def itertuples(self, index=True, name="Pandas"):
        if not is_carried_out() or not all(isinstance(name, str) for name in self._columns):
            return unknown()
        kind = collections.namedtuple(name, (["Index"] if index else []) + list(self._columns))
        rows = zip(*([labels_of(self)] if index else []), *[self._data[name].tolist() for name in self._columns])
        return iter([kind(*row) for row in rows])

    def apply(self, func, axis=0, **kwargs):
        if not is_carried_out() or kwargs or isinstance(func, str):
            return unknown()(func)
        if axis in (1, "columns"):
            return self._relabelled_series(pd.Series([func(row_of(self, row)) for row in range(self._rows)]))
        made = [func(self[name]) for name in self._columns]
        if any(isinstance(part, (Series, np.ndarray, list)) for part in made):
            return unknown()
        return pd.Series(made, index=list(self._columns))

    def _relabelled_series(self, series):
        series._labels = self._labels
        return series

    def agg(self, func, **kwargs):
        if not is_carried_out() or kwargs or not isinstance(func, (str, dict, list)):
            return unknown()
        if isinstance(func, str):
            return reduced(self, func, 0)
        if isinstance(func, dict):
            if not all(isinstance(name, str) for name in func.values()):
                return unknown()
            made = [float(reduced(self[[name]], how, 0).tolist()[0]) for name, how in func.items()]
            return pd.Series(made, index=list(func))
        rows = {name: [float(reduced(self[[name]], how, 0).tolist()[0]) for how in func] for name in self._columns}
        made = pd.DataFrame(rows, columns=list(self._columns))
        made._labels, made._counted = list(func), False
        return made

    aggregate = agg

    def nlargest(self, n, columns, keep="first"):
        return self.sort_values(columns, ascending=False).head(n) if is_carried_out() else self._sample(n)

    def nsmallest(self, n, columns, keep="first"):
        return self.sort_values(columns).head(n) if is_carried_out() else self._sample(n)

    @property
    def empty(self):
        return not self._columns or self._rows == 0

    @property
    def at(self):
        return _Picker(self, True)

    @property
    def iat(self):
        return _Picker(self, False)

    def duplicated(self, subset=None, keep="first"):
        if not is_carried_out() or keep != "first":
            return unknown()
        names = list(self._columns) if subset is None else [subset] if isinstance(subset, str) else list(subset)
        seen, told = [], []
        for row in zip(*[self._data[name].tolist() for name in names]):
            told.append(row in seen)
            seen.append(row)
        return self._relabelled_series(pd.Series(np.array(told, dtype=bool)))

    @classmethod
    def from_dict(cls, data, orient="columns", dtype=None, columns=None):
        return cls(data, dtype=dtype) if orient == "columns" and columns is None else unknown()

    @classmethod
    def from_records(cls, data, index=None, exclude=None, columns=None, coerce_float=False, nrows=None):
        return cls(data, columns=columns) if (index, exclude, nrows) == (None, None, None) else unknown()

    def to_dict(self, orient="dict", **kwargs):
        if orient == "list":
            return {name: self._data[name].tolist() for name in self._columns}
        if is_carried_out() and orient in ("dict", "records") and not kwargs:
            columns = {name: self._data[name].tolist() for name in self._columns}
            if orient == "dict":
                return {name: dict(zip(labels_of(self), values)) for name, values in columns.items()}
            return [{name: values[row] for name, values in columns.items()} for row in range(self._rows)]
        return unknown()

    def idxmax(self, axis=0, **kwargs):
        if not is_carried_out() or axis not in (0, "index"):
            return unknown()
        return Series([self[name].idxmax() for name in self._columns], index=list(self._columns))

    def idxmin(self, axis=0, **kwargs):
        if not is_carried_out() or axis not in (0, "index"):
            return unknown()
        return Series([self[name].idxmin() for name in self._columns], index=list(self._columns))
