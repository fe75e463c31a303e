"""Python's `pprint`: containers over several lines, each item below the other.

source: Lib/pprint.py
"""

import re
import sys


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
                 underscore_numbers=False):
        self._indent, self._width, self._compact, self._sorted = indent, width, compact, sort_dicts
        self._stream = stream
        self._plain = depth is None and not underscore_numbers

    def pprint(self, object):
        text = self.pformat(object) + "\n"
        (sys.stdout if self._stream is None else self._stream).write(text)

    def pformat(self, object):
        if not is_carried_out() or not self._plain:
            return str(unknown())
        return "".join(self._written(object, 0, 0))

    def isreadable(self, object):
        return bool(unknown())

    isrecursive = isreadable

    def _shown(self, object):
        """The text on one line."""
        kind = type(object)
        if kind is dict and object:
            return "{" + ", ".join(f"{self._shown(key)}: {self._shown(value)}" for key, value in self._items(object)) + "}"
        if kind is list:
            return "[" + ", ".join(self._shown(item) for item in object) + "]"
        if kind is tuple:
            comma = "," if len(object) == 1 else ""
            return "(" + ", ".join(self._shown(item) for item in object) + comma + ")"
        return repr(object)

    def _items(self, object):
        items = list(object.items())
        if not self._sorted:
            return items
        if all(isinstance(key, str) for key, value in items):
            return sorted(items, key=lambda pair: pair[0])
        return sorted(items, key=lambda pair: (str(type(pair[0])), id(pair[0]))) if len({type(key) for key, value in items}) > 1 else sorted(
            items, key=lambda pair: pair[0])

    def _written(self, object, column, allowance):
        text = self._shown(object)
        if len(text) <= self._width - column - allowance:
            return [text]
        kind = type(object)
        if kind is dict and object:
            return self._dict(object, column, allowance)
        if kind is list:
            return ["["] + self._sequence(object, column, allowance + 1) + ["]"]
        if kind is tuple:
            end = ",)" if len(object) == 1 else ")"
            return ["("] + self._sequence(object, column, allowance + len(end)) + [end]
        if kind is set and object:
            return ["{"] + self._sequence(sorted(object), column, allowance + 1) + ["}"]
        if kind is str and object:
            return self._text(object, column, allowance)
        return [text]

    def _dict(self, object, column, allowance):
        out = ["{"]
        if self._indent > 1:
            out.append((self._indent - 1) * " ")
        column, allowance = column + self._indent, allowance + 1
        items = self._items(object)
        for number, (key, value) in enumerate(items):
            last = number == len(items) - 1
            name = self._shown(key)
            out += [name, ": "]
            out += self._written(value, column + len(name) + 2, allowance if last else 1)
            if not last:
                out.append(",\n" + " " * column)
        return out + ["}"]

    def _sequence(self, items, column, allowance):
        out = []
        if self._indent > 1:
            out.append((self._indent - 1) * " ")
        column = column + self._indent
        items, between, line = list(items), "", ",\n" + " " * column
        width = room = self._width - column + 1
        for number, item in enumerate(items):
            last = number == len(items) - 1
            if last:
                room, width = room - allowance, width - allowance
            if self._compact:
                text = self._shown(item)
                size = len(text) + 2
                if room < size:
                    room = width
                    between = line if between else between
                if room >= size:
                    room -= size
                    out += [between, text]
                    between = ", "
                    continue
            out.append(between)
            between = line
            out += self._written(item, column, allowance if last else 1)
        return out

    def _text(self, text, column, allowance):
        parts, lines = [], text.splitlines(True)
        if not column:
            column, allowance = column + 1, allowance + 1
            outer = True
        else:
            outer = False
        most = self._width - column
        for number, line in enumerate(lines):
            shown = repr(line)
            room = most - allowance if number == len(lines) - 1 else most
            if len(shown) <= room:
                parts.append(shown)
                continue
            words = re.findall(r"\S*\s*", line)
            words = words[:-1] if words and not words[-1] else words
            current = ""
            for place, word in enumerate(words):
                own = most - allowance if place == len(words) - 1 and number == len(lines) - 1 else most
                if len(repr(current + word)) > own:
                    if current:
                        parts.append(repr(current))
                    current = word
                else:
                    current = current + word
            if current:
                parts.append(repr(current))
        if len(parts) == 1:
            return [parts[0]]
        joined = ("\n" + " " * column).join(parts)
        return ["(", joined, ")"] if outer else [joined]


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return PrettyPrinter(indent, width, depth, compact=compact, sort_dicts=sort_dicts,
                         underscore_numbers=underscore_numbers).pformat(object)


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
           underscore_numbers=False):
    PrettyPrinter(indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts,
                  underscore_numbers=underscore_numbers).pprint(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)
