"""Which rows a matrix has: adapters with their options, each with the environment it runs in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from convspec.adapters.backends import BACKENDS, Backend
from convspec.problems import Problem
from convspec.saving import file_name


@dataclass(frozen=True)
class Row:
    """One adapter as it is typed (``torch:no-mkldnn``), and the name of its environment."""

    adapter: str
    environment: str

    @property
    def backend(self) -> Backend:
        """What drives it."""
        return BACKENDS[self.adapter.partition(":")[0]]

    @property
    def option(self) -> str:
        """What stands behind the colon; empty if there is none."""
        return self.adapter.partition(":")[2]

    @property
    def stem(self) -> str:
        """What its files are called."""
        return file_name(self.adapter, "")


def every_row() -> list[Row]:
    """All rows, in the order of the table of adapters."""
    return [
        Row(f"{name}:{option}" if option else name, environment)
        for name, backend in BACKENDS.items()
        for option, environment in backend.runs.items()
    ]


def rows_for(names: Sequence[str]) -> list[Row]:
    """The rows that are asked for, in the order of the table; without names all of them.

    A name is a row, an adapter all of whose rows have options (``keras``), a glob over rows, or an
    adapter with an option that has no row. Raises Problem for what is none of these.
    """
    rows = every_row()
    if not names:
        return rows
    wanted: list[Row] = []
    for name in names:
        wanted += _rows_of(name.strip(), rows)
    own = {row.adapter for row in wanted}
    known = [row for row in rows if row.adapter in own]
    return list(dict.fromkeys([*known, *wanted]))


def _rows_of(name: str, rows: Sequence[Row]) -> list[Row]:
    found = [row for row in rows if row.adapter == name]
    found = found or [row for row in rows if fnmatchcase(row.adapter, name)]
    prefix, colon, option = name.partition(":")
    if not found and prefix in BACKENDS:
        own = [row for row in rows if row.adapter.partition(":")[0] == prefix]
        if own and not colon:
            return own
        if own and option:
            return [Row(name, own[0].environment)]
        raise Problem(f"{name} has no row in the matrix: convspec check {name}")
    if not found:
        names = [*dict.fromkeys([row.adapter for row in rows] + [*BACKENDS])]
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]!r}?" if near else "see convspec list adapters"
        raise Problem(f"unknown adapter {name!r}; {hint}")
    return found
