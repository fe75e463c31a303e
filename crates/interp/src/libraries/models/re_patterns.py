"""`re`: patterns on known texts. `find_all` answers with the spans of the matches, or with nothing that is known."""

I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
U = UNICODE = 32
X = VERBOSE = 64
A = ASCII = 256
NOFLAG = 0


class error(Exception):
    """A pattern that is none."""


class Match:
    def __init__(self, pattern, string, spans, names):
        self.re, self.string, self._spans, self._names = pattern, string, spans, names
        self.pos, self.endpos = 0, len(string)
        self.lastindex = max([number for number, span in enumerate(spans) if number and span], default=None)

    def _span(self, group):
        number = self._names.get(group) if isinstance(group, str) else group
        if number is None or number >= len(self._spans):
            raise IndexError("no such group")
        return self._spans[number]

    def _text(self, group, default=None):
        span = self._span(group)
        return default if span is None else self.string[span[0]:span[1]]

    def group(self, *groups):
        if len(groups) < 2:
            return self._text(groups[0] if groups else 0)
        return tuple(self._text(group) for group in groups)

    def __getitem__(self, group):
        return self._text(group)

    def groups(self, default=None):
        return tuple(self._text(number, default) for number in range(1, len(self._spans)))

    def groupdict(self, default=None):
        return {name: self._text(name, default) for name in self._names}

    def span(self, group=0):
        return self._span(group) or (-1, -1)

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def __bool__(self):
        return True

    def __repr__(self):
        return f"<re.Match object; span={self.span()}, match={self.group()!r}>"

    def expand(self, template):
        return _filled(template, self)


def _filled(template, match):
    """A replacement with the groups that it names."""
    if "\\" not in template:
        return template
    text, at = "", 0
    while at < len(template):
        letter = template[at]
        if letter != "\\" or at + 1 == len(template):
            text += letter
            at += 1
            continue
        name = template[at + 1]
        if name.isdigit():
            text += match.group(int(name)) or ""
        elif name == "g":
            end = template.index(">", at)
            name = template[at + 3:end]
            text += match.group(int(name) if name.isdigit() else name) or ""
            at = end - 1
        elif name in "nrt\\":
            text += {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[name]
        else:
            return unknown()
        at += 2
    return text


class Pattern:
    def __init__(self, pattern, flags=0):
        self.pattern, self.flags = pattern, flags

    def _matches(self, string, kind="search"):
        found = find_all(self.pattern, string, self.flags, kind)
        if not is_followed(found):
            return found
        spans, names = found
        return [Match(self, string, each, names) for each in spans]

    def _first(self, string, kind):
        matches = self._matches(string, kind)
        if not is_followed(matches):
            return matches
        return matches[0] if matches else None

    def search(self, string, *bounds):
        return unknown() if bounds else self._first(string, "search")

    def match(self, string, *bounds):
        return unknown() if bounds else self._first(string, "match")

    def fullmatch(self, string, *bounds):
        return unknown() if bounds else self._first(string, "fullmatch")

    def finditer(self, string):
        matches = self._matches(string)
        return iter(matches) if is_followed(matches) else some_texts(matches, True)

    def findall(self, string):
        matches = self._matches(string)
        if not is_followed(matches):
            return some_texts(matches)
        return [match.group(*range(min(1, len(match._spans) - 1), len(match._spans))) for match in matches]

    def split(self, string, maxsplit=0):
        matches = self._matches(string)
        if not is_followed(matches):
            return some_texts(matches)
        parts, at = [], 0
        for match in matches[:maxsplit] if maxsplit else matches:
            parts.append(string[at:match.start()])
            parts.extend(match.groups())
            at = match.end()
        return parts + [string[at:]]

    def subn(self, repl, string, count=0):
        matches = self._matches(string)
        if not is_followed(matches):
            return str(unknown()), unknown_size()
        text, at = "", 0
        matches = matches[:count] if count else matches
        for match in matches:
            text += string[at:match.start()] + (_filled(repl, match) if isinstance(repl, str) else repl(match))
            at = match.end()
        return text + string[at:], len(matches)

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]


def compile(pattern, flags=0):
    return pattern if isinstance(pattern, Pattern) else Pattern(pattern, flags)


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)


def escape(pattern):
    if not is_known(pattern):
        return str(unknown())
    return "".join("\\" + letter if letter in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f" else letter for letter in pattern)


def purge():
    return None
