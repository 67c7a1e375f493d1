"""Reports for others to read: one module per format, all of them made from reports alone.

A format is a function of the reports of one or more adapters; `Target` says where its text goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from convspec.report import Report


class Render(Protocol):
    """What every format's module offers as ``render``."""

    def __call__(self, reports: Sequence[Report]) -> str:
        """The whole text of one file about these runs."""


@dataclass(frozen=True)
class Target:
    """A format: the module with its `render`, and its file.

    `file` is a whole name where all adapters go into one file; where it is a suffix (``.json``),
    each adapter has a file of its own. None: it is printed.
    """

    module: str
    file: str | None

    @property
    def joint(self) -> bool:
        """Whether all adapters go into one file."""
        return self.file is not None and not self.file.startswith(".")

    def render(self, reports: Sequence[Report]) -> str:
        """The text; what it takes is imported now."""
        made: Render = import_module(self.module).render
        return made(reports)


TARGETS = {
    "html": Target("convspec.html", "report.html"),
    "json": Target("convspec.reports.plain", ".json"),
    "junit": Target("convspec.reports.junit", "junit.xml"),
    "md": Target("convspec.reports.markdown", "summary.md"),
    "github": Target("convspec.reports.github", None),
}
"""The formats that ``--report`` takes."""
