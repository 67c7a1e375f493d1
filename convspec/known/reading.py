"""Reading a file of known failures, and saying everything that is wrong with it at once.

An entry is a table::

    [[known]]
    adapter = "torch*"               # glob over adapters' names, or a list of them
    versions = ">=2.4,<2.14"         # of the library behind it; left out: every one
    clause = "conv.*"                # glob over clauses, or a list of them
    verdict = "crashes"              # what is excused, or a list of that
    when = 'dtype == "float16" and any(stride > kernel)'
    witness = "conv stride=2 x=1x1x3:float16:ones@0 w=1x1x1:float16:ones@0"
    reason = "what is wrong"
    link = "https://…"               # may be left out
    sometimes = true                 # may be left out: it depends on the machine, or on chance

An entry of ours that is a fault of the library, and no limit of it, also has::

    finding = "float16-strides"      # its name; entries that share it are one finding
    confirmed = ["…", "…"]           # two independent implementations that agree with us there
    tried = ["2.13.0: fails", "2.4.1: passes"]
    upstream = "https://…"           # where it is known upstream, or what was searched for
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any
from zlib import crc32

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from convspec.events import FAILING
from convspec.predicates import Predicate, PredicateError
from convspec.spec.case import Case, CaseError
from convspec.spec.clauses import CLAUSES

from .entry import EVERY_VERSION, Choice, Entry, choose
from .places import Place, places
from .witness import why_no_witness

TABLE = "known"
REQUIRED = ("adapter", "clause", "verdict", "when", "witness", "reason")
FOUND = ("finding", "confirmed", "tried", "upstream")
OPTIONAL = ("versions", "link", "sometimes", *FOUND)
SEVERAL = ("adapter", "clause", "verdict", "confirmed", "tried")
"""Keys that take a text or a list of texts."""

BUILTIN = "builtin"
"""The name that stands for the files that come with us."""

MOST = 20
"""Mistakes that are told of one file."""


class KnownFileError(ValueError):
    """A file of known failures that cannot be used. `lines`: one for each mistake, with its
    place."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True)
class _Mistake:
    line: int
    text: str
    entry: int | None = None

    def __str__(self) -> str:
        where = "" if self.entry is None else f"entry {self.entry}: "
        return f"{self.line}: {where}{self.text}"


def read_known(names: Iterable[str]) -> list[Entry]:
    """The entries of files, in order; ``builtin`` stands for those that come with us.

    Raises KnownFileError with every mistake in all of them, 20 of each file at most.
    """
    entries: list[Entry] = []
    lines: list[str] = []
    for shown, path in _files(dict.fromkeys(names)):
        found, mistakes = _read(shown, path)
        entries += found
        mistakes.sort(key=lambda mistake: mistake.line)
        lines += [f"{shown}:{mistake}" if mistake.line else f"{shown}{str(mistake)[1:]}"
                  for mistake in mistakes[:MOST]]  # fmt: skip
        if mistakes[MOST:]:
            lines.append(f"{shown}: and {len(mistakes) - MOST} more mistakes")
    if lines:
        raise KnownFileError(lines)
    return entries


def known_of(names: Iterable[str], adapter: str, version: str) -> Choice:
    """The entries of files that are about an adapter and this version of its library.

    Raises as `read_known` does.
    """
    return choose(read_known(names), adapter, version)


def marks(names: Iterable[str]) -> dict[str, str]:
    """For each file a mark that tells its content from any other. Raises OSError."""
    return {shown: f"{crc32(path.read_bytes()):08x}" for shown, path in _files(names)}


def _files(names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        if name != BUILTIN:
            yield name, Path(name)
            continue
        folder = files("convspec.adapters").joinpath("known")
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.name.endswith(".toml"):
                yield f"{BUILTIN}/{path.name}", path


def _read(shown: str, path: Any) -> tuple[list[Entry], list[_Mistake]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return [], [_Mistake(0, f"cannot read it: {error.strerror or error}")]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return [], [_Mistake(line, "cannot read it: it is not UTF-8 text")]
    return read_text(shown, text)


def read_text(shown: str, text: str) -> tuple[list[Entry], list[_Mistake]]:
    """The entries of a text, and what is wrong with it. `shown` is the name of its file."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        said = str(error).removesuffix(at[0]) if at else str(error)
        return [], [_Mistake(line, f"not TOML: {said[:1].lower()}{said[1:]}")]
    except RecursionError:
        return [], [_Mistake(1, "not TOML: too many brackets inside one another")]
    top, tables = places(text, TABLE)
    mistakes = [
        _Mistake(top.of(key), f"unknown key {key!r}{_hint(key, [TABLE])}")
        for key in document
        if key != TABLE
    ]
    listed = document.get(TABLE, [])
    if not isinstance(listed, list):
        line = top.of(TABLE) if TABLE in top.keys else 1
        mistakes.append(_Mistake(line, "known is no list: an entry begins with [[known]]"))
        return [], mistakes
    if len(tables) != len(listed):  # written as known = [{…}, {…}]
        tables = [Place(top.of(TABLE)) for _ in listed]
    entries: list[Entry] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, (place, given) in enumerate(zip(tables, listed, strict=True), 1):
        reader = _EntryReader(place, number)
        entry = reader.read(f"{shown}:{place.line}", given)
        mistakes += reader.mistakes
        if entry is None:
            continue
        entries.append(entry)
        same = replace(entry, name="", witness=entries[0].witness, reason="", link="", finding="")
        key = tuple(vars(same).values())
        if key in seen:
            told = f"it says the same as entry {seen[key]}; keep one of them"
            mistakes.append(_Mistake(place.line, told, number))
        seen.setdefault(key, number)
    return entries, mistakes


class _EntryReader:
    """Reads one entry and notes what is wrong with each of its keys."""

    def __init__(self, place: Place, number: int) -> None:
        self._place = place
        self._number = number
        self.mistakes: list[_Mistake] = []

    def _wrong(self, key: str, message: str) -> None:
        line = self._place.of(key) if key else self._place.line
        self.mistakes.append(_Mistake(line, f"{key}: {message}" if key else message, self._number))

    def read(self, name: str, given: Any) -> Entry | None:
        """The entry; None if anything is wrong with it."""
        if not isinstance(given, Mapping):
            self._wrong("", f"an entry is a table, not {given!r:.40}")
            return None
        for key in given:
            if key not in (*REQUIRED, *OPTIONAL):
                self._wrong(key, f"unknown key{_hint(key, (*REQUIRED, *OPTIONAL))}")
        missing = [key for key in REQUIRED if key not in given]
        if missing:
            noun = "key" if len(missing) == 1 else "keys"
            self._wrong("", f"missing {noun} {', '.join(missing)}")
        texts = {key: self._texts(key, given[key]) for key in given if key in SEVERAL}
        plain = {
            key: self._text(key, given[key])
            for key in given
            if key in (*REQUIRED, *OPTIONAL) and key not in (*SEVERAL, "sometimes")
        }
        clauses = self._clauses(texts.get("clause"))
        self._verdicts(texts.get("verdict"))
        versions = self._versions(plain.get("versions"))
        when = self._when(plain.get("when"))
        witness = self._witness(plain.get("witness"))
        if plain.get("link") and not re.match(r"https?://\S+$", plain["link"] or ""):
            self._wrong("link", f"not an address: {plain['link']!r}; it begins with https://")
        if when and witness and not when.holds(witness):
            self._wrong("witness", f"it lies outside the region `{when}`")
        elif witness and clauses and (why := why_no_witness(witness, clauses)):
            self._wrong("witness", why)
        sometimes = given.get("sometimes", False)
        if not isinstance(sometimes, bool):
            self._wrong("sometimes", f"expected true or false, not {_shown(sometimes)}")
        if self.mistakes:
            return None
        assert when is not None and witness is not None
        return Entry(
            name=name, adapters=texts["adapter"], versions=versions, clauses=clauses,
            verdicts=tuple(v for v in FAILING if v in texts["verdict"]), when=when,
            witness=witness, reason=" ".join((plain["reason"] or "").split()),
            link=plain.get("link") or "", sometimes=sometimes,
            finding=plain.get("finding") or "", upstream=plain.get("upstream") or "",
            confirmed=texts.get("confirmed", ()), tried=texts.get("tried", ()),
        )  # fmt: skip

    def _text(self, key: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self._wrong(key, f"expected a text in quotes, not {_shown(value)}")
            return None
        if not value.strip():
            self._wrong(key, "it is empty")
            return None
        return value

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        if not values:
            self._wrong(key, "the list is empty")
        if not all(isinstance(one, str) for one in values):
            self._wrong(key, f"expected a text or a list of texts, not {_shown(value)}")
            return ()
        if not all(one.strip() for one in values):
            self._wrong(key, "it is empty")
            return ()
        return tuple(dict.fromkeys(values))

    def _clauses(self, globs: tuple[str, ...] | None) -> tuple[str, ...]:
        for glob in globs or ():
            if not any(fnmatchcase(slug, glob) for slug in CLAUSES):
                families = [f"{slug.partition('.')[0]}.*" for slug in CLAUSES]
                near = get_close_matches(glob, list(dict.fromkeys([*families, *CLAUSES])), 2)
                hint = f"; nearest are {', '.join(near)}" if near else ""
                self._wrong("clause", f"no clause matches {glob!r}{hint}")
                return ()
        return globs or ()

    def _verdicts(self, words: tuple[str, ...] | None) -> None:
        for word in words or ():
            if word not in FAILING:
                self._wrong("verdict", f"{word!r} excuses nothing{_hint(word, FAILING)}")

    def _versions(self, text: str | None) -> SpecifierSet:
        try:
            return SpecifierSet(text) if text else EVERY_VERSION
        except InvalidSpecifier:
            self._wrong("versions", f"{text!r} is no range of versions such as '>=2.4,<2.14'")
            return EVERY_VERSION

    def _when(self, text: str | None) -> Predicate | None:
        try:
            return Predicate.parse(text) if text else None
        except PredicateError as error:
            self._wrong("when", str(error))
            return None

    def _witness(self, line: str | None) -> Case | None:
        try:
            return Case.parse(line) if line else None
        except CaseError as error:
            self._wrong("witness", str(error))
            return None


def _shown(value: Any) -> str:
    return f"{value!r:.40}" if isinstance(value, (int, float, bool, str)) else type(value).__name__


def _hint(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(word, known, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(known)}" if known[1:] else f"; expected {known[0]}"
