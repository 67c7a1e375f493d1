"""Slugs in docstrings: what a function says it defines is a clause that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convspec.spec.clauses import CLAUSES
from convspec.spec.dialects import DIALECT_POINTS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("spec", "reference", "adapters")

SLUG = re.compile(r"``([a-z_]+\.[a-z]+(?:-[a-z]+)*)``")
NO_SLUGS = {"convspec.adapters", "operation.point", "operation.name", "package.module"}
"""Other things with a point in them: a group of entry points, placeholders."""


HEADS = {slug.partition(".")[0] for slug in (*CLAUSES, *DIALECT_POINTS)}


def slugs(file: Path) -> set[str]:
    found = set(SLUG.findall(file.read_text(encoding="utf-8"))) - NO_SLUGS
    if file.is_relative_to(ROOT / "adapters"):  # which name functions of libraries, too
        found = {slug for slug in found if slug.partition(".")[0] in HEADS}
    return found


FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py") if slugs(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_slugs_in_docstrings_are_clauses(file: Path) -> None:
    unknown = slugs(file) - set(CLAUSES) - set(DIALECT_POINTS)
    assert not unknown, f"{file.relative_to(ROOT)}: no such clause"


def test_every_operation_of_the_reference_names_its_clause() -> None:
    found = set().union(*(slugs(file) for file in (ROOT / "reference").glob("*.py")))
    named = {slug.partition(".")[0] for slug in found}
    assert named >= {slug.partition(".")[0] for slug in CLAUSES}
