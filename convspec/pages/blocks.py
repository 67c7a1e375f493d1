"""The generated blocks by name, pages as they should be, and which are not up to date."""

from __future__ import annotations

from pathlib import Path

from . import contents, elsewhere
from .architectures import architectures
from .claims import claims
from .clauses import clause_list
from .constraints import refusals
from .figures import FIGURES, PICTURES, shown
from .layout import PAGES, Page
from .marked import filled
from .parameters import parameter_table
from .questions import questions


def block(page: Page, words: list[str]) -> str | None:
    """What stands in a block of a page. Raises ``ValueError`` for an unknown one."""
    match words:
        case ["clauses", heading]:
            return clause_list(page, heading)
        case ["parameters"]:
            return parameter_table(page.ops)
        case ["refusals"]:
            return refusals(page.ops)
        case ["differences"]:
            return elsewhere.differences(page.ops)
        case ["picture", *names]:
            return shown(names)
        case ["dialect-points", "held" | "front-end" as kind]:
            return elsewhere.all_points(kind == "held")
        case ["operations"]:
            return contents.operations()
        case ["clause-index"]:
            return contents.clause_index()
        case ["architectures"]:
            return architectures()
        case ["sections"]:
            return None  # The last to be filled: see below.
        case ["pages"]:
            return contents.others()
        case ["totals"]:
            return contents.totals()
        case ["claims"]:
            return claims()
        case ["questions"]:
            return questions()
    raise ValueError(f"{page.name}.md: no block is called {' '.join(words)!r}")


def as_it_should_be(page: Page, text: str) -> str:
    """The page's text with every block generated anew."""
    once = filled(text, lambda words: block(page, words))
    # Blocks may have sections, too.
    return filled(once, lambda words: contents.sections(once) if words == ["sections"] else None)


def wanted() -> dict[Path, str]:
    """Every generated or partly generated file, with what it should hold."""
    files = {p.file: as_it_should_be(p, p.file.read_text("utf-8")) for p in PAGES.values()}
    return files | {PICTURES / f"{name}.svg": figure.svg() for name, figure in FIGURES.items()}


def outdated() -> dict[Path, str]:
    """The files that are not as they should be, with what they should hold."""
    return {file: text for file, text in wanted().items() if _held(file) != text}


def strays() -> list[Path]:
    """Pictures that nothing makes."""
    return [f for f in PICTURES.glob("*") if f.stem not in FIGURES]


def _held(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None
