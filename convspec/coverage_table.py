"""How much of the declared space a run exercised, for a person to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from .console import indented
from .events import Covered


def coverage(out: Console, covered: Sequence[Covered], *, verbose: bool) -> None:
    """One line for the whole run; if `verbose`, a row per operation and number of axes."""
    if not covered:
        return
    out.print()
    if verbose:
        out.print(Text("Coverage of what is claimed: distinct configurations, classes of", "bold"))
        out.print(Text("parameters, their pairs and triples", "bold"))
        for line in _rows(covered):
            out.print(Text(line), no_wrap=True, overflow="ellipsis", crop=True)
        return
    least = min(covered, key=lambda one: _share(one.pairs))
    said = (
        f"Coverage of what is claimed: {sum(c.configurations for c in covered):,} distinct"
        f" configurations; classes {percent(classes(covered))}, pairs"
        f" {percent(total(c.pairs for c in covered))}, triples"
        f" {percent(total(c.triples for c in covered))}; least in {least.op} {axes(least)}"
        f" (pairs {percent(least.pairs)})"
    )
    indented(out, Text(said, "dim"), 0)


def classes(covered: Iterable[Covered]) -> tuple[int, int]:
    """Classes of parameters that a case had, and all there are."""
    counts = [n for one in covered for found in one.classes.values() for n in found.values()]
    return sum(n > 0 for n in counts), len(counts)


def total(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """All that was met, and all that is possible."""
    found = list(parts)
    return sum(met for met, _ in found), sum(possible for _, possible in found)


def percent(part: tuple[int, int]) -> str:
    """A share as a person writes it: never 100 % where something is missing."""
    met, possible = part
    if met >= possible:
        return "100 %"
    share = 100 * met / possible
    return f"{min(share, 99.9):.1f} %" if share > 99 else f"{share:.0f} %"


def axes(one: Covered) -> str:
    """2-D; nothing where there are no spatial axes."""
    return f"{one.rank}-D" if one.rank else "without axes"


def _rows(covered: Sequence[Covered]) -> Iterable[str]:
    wide = max(len(one.op) for one in covered)
    for one in covered:
        rank = f"{one.rank}-D" if one.rank else "   "
        yield (
            f"  {one.op.ljust(wide)} {rank}  {one.configurations:>7,}"
            f"  {percent(classes([one])):>6}  {percent(one.pairs):>6}  {percent(one.triples):>6}"
        )
        if one.missed:
            yield f"      not met: {'; '.join(one.missed)}"


def _share(part: tuple[int, int]) -> float:
    return part[0] / part[1] if part[1] else 1.0
