"""Where the entries of a TOML file stand: `tomllib` gives values without their lines.

The text is known to be valid TOML, which is what makes so short a scan a sound one: strings,
comments and brackets are told apart, and nothing else can hide a line's end.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Place:
    """A table: the line it begins in, counted from 1, and the lines of its keys."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def of(self, key: str) -> int:
        """The line of a key, or of the table where it has no such key."""
        return self.keys.get(key, self.line)


def places(text: str, name: str) -> tuple[Place, list[Place]]:
    """The place of the top level, and of every ``[[name]]`` in order. `text` is valid TOML."""
    top = Place(1)
    found: list[Place] = []
    table = top
    scan = _Scan(text.replace("\r\n", "\n"))
    while scan.next_statement():
        line = scan.line
        if not scan.at("["):
            table.keys.setdefault(scan.key()[0], line)
            scan.value()
            continue
        several = scan.at("[[")
        scan.skip(2 if several else 1)
        path = scan.key()
        scan.value()
        if several and path == [name]:
            table = Place(line)
            found.append(table)
        else:
            # [name.key] belongs to the last entry; any other table to the top level.
            inside = path[0] == name and path[1:] and found
            (found[-1] if inside else top).keys.setdefault(path[1 if inside else 0], line)
            table = Place(line)
    return top, found


_QUOTES = ('"""', "'''", '"', "'")


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def at(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def skip(self, count: int) -> None:
        self._at += count

    def next_statement(self) -> bool:
        """Go to the next key or table; False at the end of the text."""
        while self._at < len(self._text):
            if self.at("#"):
                self._comment()
            elif self._text[self._at].isspace():
                self._at += 1
            else:
                return True
        return False

    def key(self) -> list[str]:
        """Read a key, dotted or not, up to and with what ends it: ``=`` or ``]``."""
        parts = [""]
        while not (self.at("=") or self.at("]")):
            if self.at(".") or self._text[self._at] in " \t":
                if self.at("."):
                    parts.append("")
                self._at += 1
            elif self._text[self._at] in "\"'":
                parts[-1] += self._string()
            else:
                parts[-1] += self._text[self._at]
                self._at += 1
        self._at += 1
        return parts

    def value(self) -> None:
        """Go past a value, or past what closes a table's name, to the end of its line."""
        depth = 0
        while self._at < len(self._text):
            mark = self._text[self._at]
            if mark == "\n" and depth <= 0:
                return
            if mark == "#":
                self._comment()
            elif mark in "\"'":
                self._string()
            else:
                depth += (mark in "[{") - (mark in "]}")
                self._at += 1

    def _comment(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _string(self) -> str:
        opened = next(mark for mark in _QUOTES if self.at(mark))
        start = self._at = self._at + len(opened)
        while not self.at(opened):
            # A backslash takes the next character's meaning away, if the quotes are double ones.
            self._at += 2 if opened[0] == '"' and self.at("\\") else 1
        inner = self._text[start : self._at]
        self._at += len(opened)
        while len(opened) == 3 and self.at(opened[0]):  # quotes next to the closing ones
            self._at += 1
        return inner
