"""Tables in text files (`Lib/csv.py`, `Modules/_csv.c`), for scripts that are carried out."""


def _fields(text, delimiter, quote):
    fields = []
    field = ""
    inside = False
    quoted = False
    i = 0
    while i < len(text):
        c = text[i]
        if inside:
            if c == quote and text[i + 1:i + 2] == quote:
                field += quote
                i += 1
            elif c == quote:
                inside = False
            else:
                field += c
        elif c == quote and field == "" and not quoted:
            inside = True
            quoted = True
        elif c == delimiter:
            fields.append(field)
            field = ""
            quoted = False
        else:
            field += c
        i += 1
    fields.append(field)
    return fields, inside


def _reader(csvfile, dialect="excel", delimiter=",", quotechar='"', **options):
    rows = []
    pending = ""
    if dialect == "excel-tab":
        delimiter = "\t"
    for line in csvfile:
        text = pending + line
        fields, open_quote = _fields(text.rstrip("\r\n"), delimiter, quotechar)
        if open_quote:
            pending = text
            continue
        pending = ""
        rows.append(fields if text.strip("\r\n") else [])
    return iter(rows)


class _writer:
    def __init__(self, csvfile, dialect="excel", delimiter=",", quotechar='"', lineterminator="\r\n", quoting=0, **options):
        self._file = csvfile
        self._delimiter = "\t" if dialect == "excel-tab" else delimiter
        self._quote = quotechar
        self._end = lineterminator
        self._all = quoting == 1

    def _field(self, value):
        if value is None:
            text = ""
        elif isinstance(value, float):
            text = repr(value)
        else:
            text = str(value)
        special = [self._delimiter, self._quote, "\r", "\n"]
        if self._all or any(c in text for c in special):
            text = self._quote + text.replace(self._quote, self._quote * 2) + self._quote
        return text

    def writerow(self, row):
        fields = [self._field(value) for value in row]
        if fields == [""]:
            fields = [self._quote * 2]
        return self._file.write(self._delimiter.join(fields) + self._end)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)


class _DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", **options):
        self._rows = _reader(f, dialect, **options)
        self._names = fieldnames
        self._restkey = restkey
        self._restval = restval

    @property
    def fieldnames(self):
        if self._names is None:
            self._names = next(self._rows, None)
        return self._names

    def __iter__(self):
        names = self.fieldnames
        found = []
        for row in self._rows:
            if row == []:
                continue
            one = dict(zip(names, row))
            if len(row) > len(names):
                one[self._restkey] = row[len(names):]
            for name in names[len(row):]:
                one[name] = self._restval
            found.append(one)
        return iter(found)


class _DictWriter:
    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", **options):
        self.fieldnames = fieldnames
        self.restval = restval
        self.extrasaction = extrasaction
        self.writer = _writer(f, dialect, **options)

    def writeheader(self):
        return self.writer.writerow(self.fieldnames)

    def writerow(self, rowdict):
        wrong = [name for name in rowdict if name not in self.fieldnames]
        if self.extrasaction == "raise" and wrong:
            shown = ", ".join([repr(name) for name in wrong])
            raise ValueError("dict contains fields not in fieldnames: " + shown)
        return self.writer.writerow([rowdict.get(name, self.restval) for name in self.fieldnames])

    def writerows(self, rowdicts):
        for row in rowdicts:
            self.writerow(row)
