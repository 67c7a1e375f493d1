"""Which page an operation is on, and under which of its headings a clause stands."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from convspec.spec import clauses as themes
from convspec.spec.clauses import CLAUSES, Clause

FOLDER = Path(themes.__file__).resolve().parents[1]
"""Where the pages are: beside the modules of ``convspec.spec``."""

HEADINGS = ("Semantics", "Parameters", "Constraints", "Gradients", "Examples")
"""Every page of an operation has these sections, in this order."""


@dataclass(frozen=True)
class Page:
    """A page of the specification: its file, what it is about, the operations it defines."""

    name: str
    title: str
    ops: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.md"


_OPERATIONS = (
    Page("conv", "Convolution", ("conv",)),
    Page("conv_transpose", "Transposed convolution", ("conv_transpose",)),
    Page("pad", "Padding", ("pad",)),
    Page("max_pool", "Max pooling", ("max_pool", "max_pool_with_indices")),
    Page("avg_pool", "Average pooling", ("avg_pool",)),
    Page("lp_pool", "Lp pooling", ("lp_pool",)),
    Page("adaptive_pool", "Adaptive pooling", ("adaptive_avg_pool", "adaptive_max_pool")),
    Page("global_pool", "Global pooling",
         ("global_avg_pool", "global_max_pool", "global_sum_pool")),
    Page("relu", "The rectifier", ("relu",)),
    Page("dense", "The dense layer", ("dense",)),
    Page("softmax", "Softmax and its logarithm", ("softmax", "log_softmax")),
    Page("cross_entropy", "Cross-entropy", ("cross_entropy",)),
    Page("network", "Networks", ("network",)),
)  # fmt: skip


def _others() -> Iterator[Page]:
    """The pages that are about no operation: every other file, by its title."""
    known = {page.name for page in _OPERATIONS}
    for file in sorted(FOLDER.glob("*.md")):
        if file.stem not in known:
            title = file.read_text("utf-8").partition("\n")[0].removeprefix("# ")
            yield Page(file.stem, title)


PAGES: dict[str, Page] = {page.name: page for page in (*_OPERATIONS, *_others())}

PAGE_OF: dict[str, Page] = {op: page for page in _OPERATIONS for op in page.ops}
"""The page that defines an operation."""

_BY_WORD = {
    "gradient": "Gradients",
    "gradients": "Gradients",
    "adjoint": "Gradients",
    "tie": "Gradients",
    "rejects": "Constraints",
    "empty": "Constraints",
}
"""A word in a clause's name → its heading, whatever its theme."""

_BY_THEME = {"gradients": "Gradients", "calls": "Constraints"}
"""A module of clauses → their heading; those of any other stand under Semantics."""


@dataclass(frozen=True)
class Theme:
    """A module of clauses: its name and what its first line says it is about."""

    name: str
    about: str


@cache
def _themes() -> dict[str, Theme]:
    """The theme of every clause, by slug."""
    found: dict[str, Theme] = {}
    for module in pkgutil.walk_packages(themes.__path__, f"{themes.__name__}."):
        loaded = importlib.import_module(module.name)
        about = (loaded.__doc__ or "").strip().splitlines()[0].rstrip(".")
        theme = Theme(module.name.rpartition(".")[2], about)
        for point in getattr(loaded, "POINTS", ()):
            for clause in point.clauses():
                found.setdefault(clause.slug, theme)
    return found


def theme_of(clause: Clause) -> Theme:
    """The module a clause is written in."""
    return _themes().get(clause.slug, Theme("", "Further clauses"))


def heading_of(clause: Clause) -> str:
    """The heading a clause stands under."""
    words = clause.slug.partition(".")[2].split("-")
    by_word = next((_BY_WORD[word] for word in words if word in _BY_WORD), None)
    return by_word or _BY_THEME.get(theme_of(clause).name, "Semantics")


def clauses_of(page: Page, heading: str) -> list[Clause]:
    """The clauses of a page's operations that stand under a heading."""
    return [
        clause
        for clause in CLAUSES.values()
        if clause.slug.partition(".")[0] in page.ops and heading_of(clause) == heading
    ]
