"""Findings: what implementations get wrong, put together from the entries that record them.

A finding is recorded once, as the regions of `adapters/known/*.toml` that bear its name. Whatever
is told of findings, on pages, by ``convspec explain`` and in ``FINDINGS.md``, is told from here.
An entry without such a name is a limit, or a refusal that the library documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from convspec.adapters.backends import BACKENDS, Backend
from convspec.spec.case import Case
from convspec.spec.clauses import CLAUSES, Clause

from .entry import Entry
from .reading import BUILTIN, read_known

_ABOUT = {
    "low": "padding", "high": "padding", "blind": "empty-window", "outputs": "output",
    "x_layout": "layout", "w_layout": "layout", "layouts": "layout", "kernel": "kernel",
    "window": "window", "channels": "channels", "taps": "one-by-one",
}  # fmt: skip
"""A fact that a region speaks of → a word under which one would look for it, if another."""

FAILS = "fails"
"""What the second half of a line of `tried` begins with, where the version has the fault."""


@dataclass(frozen=True)
class Finding:
    """Something that a library gets wrong: one or several regions, with what is known of it.

    `file` is the one it is recorded in, which is called like an adapter. The first entry shows it
    best: its witness is the smallest case.
    """

    file: str
    short: str
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """``torch/avg-pool-3d``: names are the finding's own within a file."""
        return f"{self.file}/{self.short}"

    @property
    def case(self) -> Case:
        """The smallest case that shows it."""
        return self.entries[0].witness

    @property
    def adapter(self) -> str:
        """The adapter that the case is put to: the first that is named, without its wild cards."""
        named = re.split(r"[*?\[]", self.entries[0].adapters[0])[0].rstrip(":,")
        return named if named.partition(":")[0] in BACKENDS else self.file

    @property
    def backend(self) -> Backend | None:
        """The adapter's entry in the table of ours."""
        return BACKENDS.get(self.adapter.partition(":")[0])

    @property
    def does(self) -> str:
        """What is wrong: what the regions say, each once."""
        return "; ".join(dict.fromkeys(entry.reason for entry in self.entries))

    @property
    def sometimes(self) -> bool:
        """Whether it depends on the machine, or on chance."""
        return all(entry.sometimes for entry in self.entries)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """The independent implementations that agree with us there."""
        return self._all("confirmed")

    @property
    def tried(self) -> tuple[str, ...]:
        """The versions it was tried on, each with what came of it: ``2.13.0: fails``."""
        return self._all("tried")

    @property
    def upstream(self) -> tuple[str, ...]:
        """Where it is known upstream, or what was searched for."""
        said = (text for e in self.entries for text in (e.upstream, e.link) if text)
        return tuple(dict.fromkeys(said))

    @property
    def failing(self) -> tuple[str, ...]:
        """The versions that were seen to have the fault."""
        pairs = (line.partition(":") for line in self.tried)
        return tuple(version for version, _, said in pairs if said.strip().startswith(FAILS))

    @property
    def who(self) -> str:
        """The adapter, and the versions that have the fault: ``torch 2.13.0``."""
        return f"{self.adapter} {', '.join(self.failing)}".strip()

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The slugs of all clauses that some of its regions excuse."""
        return tuple(slug for slug in CLAUSES if any(e.covers(slug) for e in self.entries))

    @cached_property
    def ops(self) -> tuple[str, ...]:
        """The operations it is about; networks only where nothing else is."""
        ops = dict.fromkeys(slug.partition(".")[0] for slug in self.clauses)
        return tuple(op for op in ops if op != "network") or tuple(ops)

    @cached_property
    def words(self) -> frozenset[str]:
        """Words by which it is looked up: what its regions speak of, and how it fails."""
        words = {"gradient"} if "g" in self.case else set()
        for entry in self.entries:
            words |= {_ABOUT.get(name, name.replace("_", "-")) for name in entry.when.names}
            words |= {"crash"} if "crashes" in entry.verdicts else set()
            words |= set(re.findall(r'"([a-z0-9_]+)"', str(entry.when)))
        return frozenset(words)

    @property
    def script(self) -> str:
        """A program that shows it without us; empty if there is none."""
        path = script_path(self)
        return str(path.read_text("utf-8")) if path.is_file() else ""

    @property
    def broken(self) -> Clause | None:
        """The clause by which it is wrong: the one that the program names, or the first meant.

        Where there is no result, that is the definition: every clause is broken then.
        """
        op = self.case.op.name
        covered = [slug for slug in self.clauses if slug.startswith(f"{op}.")]
        named = re.search(r"^# .*, ([a-z_]+\.[a-z0-9-]+)$", self.script, re.MULTILINE)
        slugs = [named[1]] if named and named[1] in CLAUSES else []
        whole = f"{op}.{'gradient' if 'g' in self.case else 'definition'}"
        if whole in covered and not {"deviates", "accepts-invalid"} & set(self.entries[0].verdicts):
            slugs.insert(0, whole)
        return CLAUSES[next(iter([*slugs, *covered]))] if slugs or covered else None

    def about(self, clause: str) -> bool:
        """Whether it bears on a clause: one that is named, or whose name is among its words."""
        op, _, point = clause.partition(".")
        if op not in self.ops:
            return False
        globs = (glob for entry in self.entries for glob in entry.clauses)
        named = any(fnmatchcase(clause, glob) for glob in globs if not glob.endswith(".*"))
        return named or point in self.words

    def _all(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for e in self.entries for text in getattr(e, key)))


def grouped(entries: Iterable[Entry]) -> list[Finding]:
    """The findings among entries, in the order in which they are first named."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.finding:
            file = entry.name.rpartition(":")[0].rpartition("/")[2].removesuffix(".toml")
            found.setdefault((file, entry.finding), []).append(entry)
    return [Finding(file, short, tuple(same)) for (file, short), same in found.items()]


@cache
def findings() -> tuple[Finding, ...]:
    """Every finding that comes with us, by backend in the order of the table of adapters."""
    order = {name: at for at, name in enumerate(BACKENDS)}
    found = grouped(read_known([BUILTIN]))
    return tuple(sorted(found, key=lambda finding: order.get(finding.file, len(order))))


def findings_for(ops: tuple[str, ...], clause: str = "") -> list[Finding]:
    """Those about any of the operations, and about the clause if one is given."""
    return [
        finding
        for finding in findings()
        if set(ops) & set(finding.ops) and (not clause or finding.about(clause))
    ]


def script_path(finding: Finding) -> Any:
    """Where the finding's program is kept, if there is one."""
    folder = files("convspec.adapters").joinpath("known", "scripts")
    return folder.joinpath(finding.file, f"{finding.short}.py")
