"""Regular expressions (CPython's `Lib/re/__init__.py`)."""

A = ASCII = 256
I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
X = VERBOSE = 64
U = UNICODE = 32
NOFLAG = 0


class error(Exception):
    """`re.error`; its class is called so in Python 3.11."""




class Match:
    def __init__(self, pattern, string, spans):
        self.re, self.string, self._spans = pattern, string, spans
        self.pos, self.endpos = 0, len(string)

    def _index(self, group):
        if isinstance(group, str):
            if group not in self.re.groupindex:
                raise IndexError("no such group")
            return self.re.groupindex[group]
        if group < 0 or group >= len(self._spans):
            raise IndexError("no such group")
        return group

    def span(self, group=0):
        return self._spans[self._index(group)]

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def _text(self, group, default=None):
        start, end = self.span(group)
        return default if start < 0 else self.string[start:end]

    def group(self, *groups):
        if not groups:
            return self._text(0)
        if len(groups) == 1:
            return self._text(groups[0])
        return tuple([self._text(group) for group in groups])

    def __getitem__(self, group):
        return self._text(group)

    def groups(self, default=None):
        return tuple([self._text(group, default) for group in range(1, len(self._spans))])

    def groupdict(self, default=None):
        return {name: self._text(group, default) for name, group in self.re.groupindex.items()}

    @property
    def lastindex(self):
        taken = [group for group in range(1, len(self._spans)) if self._spans[group][0] >= 0]
        return max(taken, key=lambda group: (self._spans[group][1], -group)) if taken else None

    def expand(self, template):
        return _expand(template, self)

    def __bool__(self):
        return True

    def __repr__(self):
        return f"<re.Match object; span={self.span()}, match={self.group()!r}>"


class Pattern:
    def __init__(self, pattern, flags):
        self.pattern = pattern
        self._given = flags
        parts = regex_parts(pattern, flags)
        if isinstance(parts, str):
            raise error(parts)
        self.groups, self.groupindex, self.flags = parts

    def _find(self, string, pos, mode, advances=False):
        spans = regex_find(self.pattern, self._given, string, pos, mode, advances)
        return None if spans is None else Match(self, string, spans)

    def search(self, string, pos=0, endpos=None):
        return self._find(_part(string, endpos), pos, "search")

    def match(self, string, pos=0, endpos=None):
        return self._find(_part(string, endpos), pos, "match")

    def fullmatch(self, string, pos=0, endpos=None):
        return self._find(_part(string, endpos), pos, "full")

    def finditer(self, string, pos=0, endpos=None):
        return iter(self._all(_part(string, endpos), pos))

    def _all(self, string, at=0):
        # Behind a match that took nothing, the next has to take something if it begins there too.
        found, advances = [], False
        while True:
            match = self._find(string, at, "search", advances)
            if match is None:
                return found
            found.append(match)
            advances = match.start() == match.end()
            at = match.end()

    def findall(self, string, pos=0, endpos=None):
        matches = self._all(_part(string, endpos), pos)
        if self.groups == 0:
            return [match.group() for match in matches]
        if self.groups == 1:
            return [match._text(1, "") for match in matches]
        return [match.groups("") for match in matches]

    def split(self, string, maxsplit=0):
        parts, last = [], 0
        matches = self._all(string)
        for match in matches[:maxsplit] if maxsplit else matches:
            parts.append(string[last:match.start()])
            parts.extend(match.groups())
            last = match.end()
        parts.append(string[last:])
        return parts

    def subn(self, repl, string, count=0):
        parts, last, done = [], 0, 0
        for match in self._all(string):
            if count and done >= count:
                break
            parts.append(string[last:match.start()])
            parts.append(repl(match) if callable(repl) else _expand(repl, match))
            last = match.end()
            done += 1
        parts.append(string[last:])
        return "".join(parts), done

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def __eq__(self, other):
        return isinstance(other, Pattern) and (self.pattern, self.flags) == (other.pattern, other.flags)

    def __hash__(self):
        return hash((self.pattern, self.flags))

    def __repr__(self):
        flags = [name for name, flag in (("IGNORECASE", I), ("MULTILINE", M), ("DOTALL", S), ("VERBOSE", X), ("ASCII", A))
                 if self.flags & flag]
        shown = f", {'|'.join(['re.' + name for name in flags])}" if flags else ""
        return f"re.compile({self.pattern!r}{shown})"


def _part(string, endpos):
    if not isinstance(string, str):
        if isinstance(string, bytes):
            raise TypeError("cannot use a string pattern on a bytes-like object")
        raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'")
    return string if endpos is None else string[:endpos]


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b", "\\": "\\"}


def _expand(template, match):
    if "\\" not in template:
        return template
    out, at = [], 0
    while at < len(template):
        char = template[at]
        at += 1
        if char != "\\" or at == len(template):
            out.append(char)
            continue
        char = template[at]
        at += 1
        if char == "g" and at < len(template) and template[at] == "<":
            end = template.index(">", at)
            name = template[at + 1:end]
            at = end + 1
            if not name.isdigit() and name not in match.re.groupindex:
                raise IndexError(f"unknown group name {name!r}")
            out.append(match._text(int(name) if name.isdigit() else name, ""))
        elif char == "0":
            out.append("\0")
        elif char.isdigit():
            number = char
            if at < len(template) and template[at].isdigit():
                number += template[at]
                at += 1
            if int(number) > match.re.groups:
                raise error(f"invalid group reference {int(number)} at position {at - len(number)}")
            out.append(match._text(int(number), ""))
        elif char in ESCAPES:
            out.append(ESCAPES[char])
        elif char.isalpha():
            raise error(f"bad escape \\{char} at position {at - 2}")
        else:
            out.append("\\" + char)
    return "".join(out)


def _pattern(pattern, flags=0):
    if isinstance(pattern, Pattern):
        if flags:
            raise ValueError("cannot process flags argument with a compiled pattern")
        return pattern
    return Pattern(pattern, int(flags))


def compile(pattern, flags=0):
    return _pattern(pattern, flags)


def search(pattern, string, flags=0):
    return _pattern(pattern, flags).search(string)


def match(pattern, string, flags=0):
    return _pattern(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return _pattern(pattern, flags).fullmatch(string)


def findall(pattern, string, flags=0):
    return _pattern(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    return _pattern(pattern, flags).finditer(string)


def split(pattern, string, maxsplit=0, flags=0):
    return _pattern(pattern, flags).split(string, maxsplit)


def sub(pattern, repl, string, count=0, flags=0):
    return _pattern(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return _pattern(pattern, flags).subn(repl, string, count)


SPECIAL = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"


def escape(pattern):
    return "".join(["\\" + char if char in SPECIAL else char for char in pattern])


def purge():
    return None
