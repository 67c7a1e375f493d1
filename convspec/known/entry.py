"""One known failure: for whom, of which clauses, in which region, shown by which case, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from convspec.predicates import Facts, Predicate
from convspec.spec.case import Case

EVERY_VERSION = SpecifierSet()


@dataclass(frozen=True)
class Entry:
    """A region in which the failures of an implementation are known.

    `name` is the file and line it stands in. `adapters` and `clauses` are globs, `verdicts` those
    that are excused, `when` the region, `witness` a case in it that shows the failure. `sometimes`:
    it does so on some machines, or at some times only. A fault of the library has a name as a
    `finding`, the implementations that agree with us there, the versions it was tried on, and what
    is known of it `upstream`.
    """

    name: str
    adapters: tuple[str, ...]
    versions: SpecifierSet
    clauses: tuple[str, ...]
    verdicts: tuple[str, ...]
    when: Predicate
    witness: Case
    reason: str
    link: str = ""
    sometimes: bool = False
    finding: str = ""
    confirmed: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    upstream: str = ""

    def names(self, adapter: str) -> bool:
        """Whether the entry is about the adapter of that name; a file is known by its own name,
        too."""
        own = {adapter, PurePath(adapter.replace("\\", "/")).name}
        return any(fnmatchcase(name, glob) for name in own for glob in self.adapters)

    def about(self, version: str) -> bool | None:
        """Whether the entry is about that version of the library; None if it cannot be told."""
        if not self.versions:
            return True
        try:
            return self.versions.contains(Version(version), prereleases=True)
        except InvalidVersion:
            return None

    def covers(self, clause: str) -> bool:
        """Whether failures of that clause are meant."""
        return any(fnmatchcase(clause, glob) for glob in self.clauses)

    @property
    def clause(self) -> str:
        """The globs over clauses as one text."""
        return ", ".join(self.clauses)

    @property
    def deadly(self) -> bool:
        """Whether crashes or hangs are excused."""
        return not {"crashes", "times-out"}.isdisjoint(self.verdicts)


class Regions:
    """The entries that are about one implementation: what they excuse."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def of(self, clause: str) -> tuple[Entry, ...]:
        """The entries that are about a clause."""
        return tuple(entry for entry in self.entries if entry.covers(clause))

    @staticmethod
    def around(entries: Collection[Entry], case: Case) -> list[Entry]:
        """Those of `entries` in whose region the case lies."""
        facts = Facts(case)
        return [entry for entry in entries if entry.when.holds_for(facts)]

    @staticmethod
    def excusing(entries: Collection[Entry], case: Case, verdict: str) -> str | None:
        """The name of the entry among them that excuses a failure of a case; None if none does."""
        around = Regions.around(entries, case)
        return next((entry.name for entry in around if verdict in entry.verdicts), None)


@dataclass(frozen=True)
class Choice:
    """The entries of files, sorted by whether they are about an implementation.

    `unsure` are those for a range of versions, where the version of the library is not known.
    """

    regions: Regions
    unsure: tuple[Entry, ...]
    others: tuple[Entry, ...]


def choose(entries: Iterable[Entry], adapter: str, version: str) -> Choice:
    """The entries that are about an adapter and this version of the library behind it."""
    active: list[Entry] = []
    unsure: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        about = entry.about(version) if entry.names(adapter) else False
        (active if about else unsure if about is None else others).append(entry)
    return Choice(Regions(active), tuple(unsure), tuple(others))
