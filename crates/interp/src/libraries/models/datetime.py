"""datetime: dates, times and spans, as CPython's Lib/_pydatetime.py has them. The present time is known to a run only,
and is that of UTC."""

import time as _clock

MINYEAR, MAXYEAR = 1, 9999
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"]


def _leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year, month):
    return [31, 29 if _leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]


def _ordinal(year, month, day):
    """The days since the first day of year 1, which is 1."""
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    return days + sum(_month_days(year, earlier) for earlier in range(1, month)) + day


def _civil(ordinal):
    year = ordinal * 400 // 146097 + 1
    while _ordinal(year, 1, 1) > ordinal:
        year -= 1
    while _ordinal(year + 1, 1, 1) <= ordinal:
        year += 1
    rest, month = ordinal - _ordinal(year, 1, 1), 1
    while rest >= _month_days(year, month):
        rest, month = rest - _month_days(year, month), month + 1
    return year, month, rest + 1


class timedelta:
    def __init__(self, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        whole = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
        total = whole * 1000000 + milliseconds * 1000 + microseconds
        self._put(total if isinstance(total, int) else int(round(total)))

    def _put(self, total):
        self._total = total
        seconds, self.microseconds = total // 1000000, total % 1000000
        self.days, self.seconds = seconds // 86400, seconds % 86400

    def total_seconds(self):
        return self._total / 1000000

    def __repr__(self):
        parts = [f"{name}={value}" for name, value in [("days", self.days), ("seconds", self.seconds),
                                                      ("microseconds", self.microseconds)] if value]
        return f"datetime.timedelta({', '.join(parts) if parts else '0'})"

    def __str__(self):
        days = "" if not self.days else f"{self.days} day{'' if abs(self.days) == 1 else 's'}, "
        rest = f".{self.microseconds:06d}" if self.microseconds else ""
        return f"{days}{self.seconds // 3600}:{self.seconds // 60 % 60:02d}:{self.seconds % 60:02d}{rest}"

    def __add__(self, other):
        return _span(self._total + other._total) if isinstance(other, timedelta) else NotImplemented

    def __sub__(self, other):
        return _span(self._total - other._total) if isinstance(other, timedelta) else NotImplemented

    def __mul__(self, other):
        return _span(int(round(self._total * other)))

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._total / other._total if isinstance(other, timedelta) else _span(int(round(self._total / other)))

    def __floordiv__(self, other):
        return self._total // other._total if isinstance(other, timedelta) else _span(self._total // other)

    def __neg__(self):
        return _span(-self._total)

    def __abs__(self):
        return _span(abs(self._total))

    def __eq__(self, other):
        return isinstance(other, timedelta) and self._total == other._total

    def __lt__(self, other):
        return self._total < other._total

    def __le__(self, other):
        return self._total <= other._total

    def __gt__(self, other):
        return self._total > other._total

    def __ge__(self, other):
        return self._total >= other._total

    def __hash__(self):
        return hash(self._total)

    def __bool__(self):
        return self._total != 0


def _span(total):
    return timedelta(microseconds=total)


class _Zone:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return "datetime.timezone.utc"

    def __str__(self):
        return self._name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class timezone:
    utc = _Zone("UTC")

    def __init__(self, offset, name=None):
        self._offset, self._name = offset, name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


UTC = timezone.utc


class date:
    def __init__(self, year, month=None, day=None):
        _check(year, month, day)
        self.year, self.month, self.day = year, month, day

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_clock.time())

    @classmethod
    def fromtimestamp(cls, timestamp):
        if not is_known(timestamp):
            return unknown()
        return _day(719163 + int(timestamp // 86400))

    @classmethod
    def fromordinal(cls, n):
        return _day(n)

    @classmethod
    def fromisoformat(cls, text):
        return date(int(text[0:4]), int(text[5:7]), int(text[8:10]))

    def toordinal(self):
        return _ordinal(self.year, self.month, self.day)

    def weekday(self):
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        return self.weekday() + 1

    def isoformat(self):
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def strftime(self, format):
        return _written(self, format)

    def timetuple(self):
        return _Parts(self)

    def replace(self, year=None, month=None, day=None):
        return date(self.year if year is None else year, self.month if month is None else month,
                    self.day if day is None else day)

    def _moment(self):
        return self.toordinal() * 86400000000

    def _like(self, moment):
        return _day(moment // 86400000000)

    def __repr__(self):
        return f"datetime.date({self.year}, {self.month}, {self.day})"

    def __str__(self):
        return self.isoformat()

    def __format__(self, spec):
        return self.strftime(spec) if spec else str(self)

    def __add__(self, other):
        return self._like(self._moment() + other._total) if isinstance(other, timedelta) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return self._like(self._moment() - other._total)
        return _span(self._moment() - other._moment()) if isinstance(other, date) else NotImplemented

    def __eq__(self, other):
        return isinstance(other, date) and self._moment() == other._moment()

    def __lt__(self, other):
        return self._moment() < other._moment()

    def __le__(self, other):
        return self._moment() <= other._moment()

    def __gt__(self, other):
        return self._moment() > other._moment()

    def __ge__(self, other):
        return self._moment() >= other._moment()

    def __hash__(self):
        return hash(self._moment())

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def _day(ordinal):
    year, month, day = _civil(ordinal)
    return date(year, month, day)


class _Parts:
    """`moment.timetuple()`."""

    def __init__(self, moment):
        self.tm_year, self.tm_mon, self.tm_mday = moment.year, moment.month, moment.day
        whole = isinstance(moment, datetime)
        self.tm_hour, self.tm_min = (moment.hour, moment.minute) if whole else (0, 0)
        self.tm_sec, self.tm_wday = moment.second if whole else 0, moment.weekday()
        self.tm_yday = moment.toordinal() - _ordinal(moment.year, 1, 1) + 1

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


def _check(year, month, day):
    if not is_known((year, month, day)):
        return
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= _month_days(year, month):
        raise ValueError("day is out of range for month")


class time:
    def __init__(self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None):
        self.hour, self.minute, self.second, self.microsecond = hour, minute, second, microsecond

    def __str__(self):
        rest = f".{self.microsecond:06d}" if self.microsecond else ""
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{rest}"

    isoformat = __str__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown()


class datetime(date):
    def __init__(self, year, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None):
        _check(year, month, day)
        self.year, self.month, self.day, self.hour, self.minute = year, month, day, hour, minute
        self.second, self.microsecond, self.tzinfo = second, microsecond, tzinfo

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_clock.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(_clock.time())

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_clock.time())

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        if not is_known(timestamp):
            return unknown()
        return _moment_at(719163 * 86400000000 + int(round(timestamp * 1000000)), tz)

    utcfromtimestamp = fromtimestamp

    @classmethod
    def fromisoformat(cls, text):
        return datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M:%S" if len(text) > 10 else "%Y-%m-%d")

    @classmethod
    def combine(cls, date, time):
        return datetime(date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond)

    @classmethod
    def strptime(cls, date_string, format):
        return _read(date_string, format)

    def date(self):
        return _day(self.toordinal())

    def time(self):
        return time(self.hour, self.minute, self.second, self.microsecond)

    def timestamp(self):
        return (self._moment() - 719163 * 86400000000) / 1000000

    def isoformat(self, sep="T", timespec="auto"):
        rest = f".{self.microsecond:06d}" if self.microsecond else ""
        zone = "+00:00" if self.tzinfo is timezone.utc else ""
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}{sep}{self.hour:02d}:{self.minute:02d}:{self.second:02d}{rest}{zone}"

    def replace(self, year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, **rest):
        given = [(year, self.year), (month, self.month), (day, self.day), (hour, self.hour), (minute, self.minute),
                 (second, self.second), (microsecond, self.microsecond)]
        return datetime(*[old if new is None else new for new, old in given], rest.get("tzinfo", self.tzinfo))

    def _moment(self):
        seconds = self.toordinal() * 86400 + self.hour * 3600 + self.minute * 60 + self.second
        return seconds * 1000000 + self.microsecond

    def _like(self, moment):
        return _moment_at(moment, self.tzinfo)

    def __repr__(self):
        parts = [self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond]
        if not self.microsecond:
            parts = parts[:6] if self.second else parts[:5]
        zone = ", tzinfo=datetime.timezone.utc" if self.tzinfo is timezone.utc else ""
        return f"datetime.datetime({', '.join(str(part) for part in parts)}{zone})"

    def __str__(self):
        return self.isoformat(" ")


def _moment_at(moment, tz=None):
    year, month, day = _civil(moment // 86400000000)
    seconds, rest = moment // 1000000 % 86400, moment % 1000000
    return datetime(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, rest, tz)


def _written(moment, format):
    """`strftime`."""
    whole = isinstance(moment, datetime)
    hour, minute, second, part = (moment.hour, moment.minute, moment.second, moment.microsecond) if whole else (0, 0, 0, 0)
    out, at = "", 0
    while at < len(format):
        letter = format[at]
        at += 1
        if letter != "%" or at == len(format):
            out += letter
            continue
        letter = format[at]
        at += 1
        if letter == "Y":
            out += str(moment.year)
        elif letter in "mdHMSyI":
            out += f"{dict(m=moment.month, d=moment.day, H=hour, M=minute, S=second, y=moment.year % 100, I=(hour + 11) % 12 + 1)[letter]:02d}"
        elif letter == "f":
            out += f"{part:06d}"
        elif letter == "j":
            out += f"{moment.toordinal() - _ordinal(moment.year, 1, 1) + 1:03d}"
        elif letter in "Aa":
            name = _DAYS[moment.weekday()]
            out += name if letter == "A" else name[:3]
        elif letter in "Bbh":
            name = _MONTHS[moment.month - 1]
            out += name if letter == "B" else name[:3]
        elif letter == "p":
            out += "AM" if hour < 12 else "PM"
        elif letter in "FTDRXxc":
            longer = dict(F="%Y-%m-%d", T="%H:%M:%S", X="%H:%M:%S", D="%m/%d/%y", x="%m/%d/%y", R="%H:%M",
                          c=f"%a %b {moment.day:2d} %H:%M:%S %Y")
            out += _written(moment, longer[letter])
        elif letter == "w":
            out += str((moment.weekday() + 1) % 7)
        elif letter == "s":
            out += str(int(moment.timestamp()))
        elif letter == "%":
            out += "%"
        elif letter in "zZ":
            out += ""
        else:
            return unknown()
    return out


def _read(text, format):
    """`strptime` of numbers and names of months."""
    if not is_known(text) or not is_known(format):
        return unknown()
    refused = ValueError(f"time data {text!r} does not match format {format!r}")
    found, place, at = dict(Y=1900, m=1, d=1, H=0, M=0, S=0, f=0), 0, 0
    while at < len(format):
        letter = format[at]
        at += 1
        if letter != "%":
            if place >= len(text) or text[place] != letter:
                raise refused
            place += 1
            continue
        letter = format[at]
        at += 1
        if letter in "Bb":
            names = [name if letter == "B" else name[:3] for name in _MONTHS]
            fitting = [name for name in names if text[place:].lower().startswith(name.lower())]
            if not fitting:
                raise refused
            found["m"], place = names.index(fitting[0]) + 1, place + len(fitting[0])
            continue
        if letter not in "YmdHMSfy":
            return unknown()
        most, end = (4 if letter == "Y" else 6 if letter == "f" else 2), place
        while end < len(text) and end - place < most and text[end].isdigit():
            end += 1
        if end == place:
            raise refused
        number = int(text[place:end])
        if letter == "y":
            letter, number = "Y", number + (2000 if number < 69 else 1900)
        found[letter] = number * 10 ** (6 - (end - place)) if letter == "f" else number
        place = end
    if place < len(text):
        raise ValueError(f"unconverted data remains: {text[place:]}")
    return datetime(found["Y"], found["m"], found["d"], found["H"], found["M"], found["S"], found["f"])
