"""What ``convspec explain`` shows of numbers: sizes, windows, bins, and who would do otherwise."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from . import differences, worked
from .console import heading, indented, listing
from .elsewhere import facts_for
from .layers import WINDOWED, Layer, headline, kept_size, layer
from .lookup import Subject, points_for
from .problems import Problem
from .spec.dialects import HOW
from .spec.groups import ADAPTIVE
from .unwindowed import UNWINDOWED, Binned, Padded, bin_lines, pad_lines, unwindowed
from .unwindowed import headline as headline_of

USUAL = {
    "stride": "1", "padding": "0", "dilation": "1", "ceil": False, "groups": 1,
    "output_padding": "0", "output_size": None, "mode": None,
}  # fmt: skip
"""The numbers of the command as they are if nothing is said."""

OF_UNWINDOWED = ("padding", "output_size", "mode")
"""The numbers that operations without a window can have."""


def given_layer(
    about: Subject, sizes: str | None, window: str | None, drawn: bool, numbers: dict[str, Any]
) -> Layer | Binned | Padded | None:
    """The layer whose numbers were given; None if none were. Raises Problem for a wrong one."""
    if sizes is None and window is None and not drawn and numbers == USUAL:
        return None
    if len(about.ops) != 1 or about.topics or about.clauses or about.points:
        raise Problem(f"numbers go with one operation: {', '.join((*WINDOWED, *UNWINDOWED))}")
    op = about.ops[0]
    said = {name for name, value in numbers.items() if value != USUAL[name]}
    try:
        if op in UNWINDOWED:
            strange = (said - set(OF_UNWINDOWED)) | ({"kernel"} if window else set())
            if strange:
                raise Problem(f"{op} has no {' and no '.join(sorted(strange)).replace('_', ' ')}")
            if sizes is None:
                raise Problem(f"numbers of {op} need --input, such as --input 5x5")
            return unwindowed(op, sizes, **{name: numbers[name] for name in OF_UNWINDOWED})
        if op in WINDOWED and said & {"output_size", "mode"}:
            strange = said & {"output_size", "mode"}
            raise Problem(f"{op} has no {' and no '.join(sorted(strange)).replace('_', ' ')}")
        if op in WINDOWED and (sizes is None or window is None):
            raise Problem("numbers need --input and --kernel, such as --input 5x5 --kernel 3x3")
        own = {name: numbers[name] for name in USUAL if name not in ("output_size", "mode")}
        return layer(op, sizes or "", window or "", **own)
    except ValueError as error:
        raise Problem(str(error)) from None


def show_numbers(out: Console, given: Layer | Binned | Padded) -> None:
    """Worked numbers of any operation that has them."""
    if isinstance(given, Layer):
        show_layer(out, given)
        return
    indented(out, Text.assemble((given.op, "bold"), f"  {headline_of(given)}"), 0)
    for axis in range(len(given.sizes)):
        if isinstance(given, Padded):
            heading(out, f"Along axis {axis}")
            listing(out, pad_lines(given, axis))
        elif given.op in ADAPTIVE:
            heading(out, f"Bins along axis {axis}")
            listing(out, bin_lines(given, axis))
    if isinstance(given, Binned):
        heading(out, "Cells in each bin")
        counts = [[len(cells) for cells in along] for along in given.bins]
        listing(out, worked.per_cell("they are the divisors of a mean", counts))
    differences.show_briefly(out, points_for(given.op))


def show_layer(out: Console, given: Layer) -> None:
    """Worked numbers: sizes, windows, coverage, divisors, and who would give others."""
    indented(out, Text.assemble((given.op, "bold"), f"  {headline(given)}"), 0)
    for title, index, axis in worked.by_axis(given):
        heading(out, f"Size along {title}")
        listing(out, worked.size_steps(given, index))
        if given.small:
            heading(out, f"Windows along {title}")
            listing(out, worked.strip(axis, given.transposed))
            if not given.transposed:
                listing(out, ["", *worked.overlap(axis)])
    if given.small:
        _counts(out, given)
    if given.groups > 1:
        heading(out, "Groups")
        g = given.groups
        indented(out, Text(f"{g} blocks of channels, each by itself; sizes do not depend on it."))
        k = ", ".join(str(a.window) for a in given.axes)
        shape = f"(C, O/{g}, {k})" if given.transposed else f"(O, C/{g}, {k})"
        indented(out, Text(f"weight: {shape}; C and O are multiples of {g}"))
    told = [(f, said) for f in facts_for(given.op) if (said := f.here(given))]
    if told:
        heading(out, "Elsewhere")
        for fact, said in told:
            indented(out, Text(f"{fact.who}: {fact.does} ({HOW[fact.how]})"))
            indented(out, Text(f"→ {said}", "bold"), 4)
    if given.axes[0].ceil and all(kept_size(a) == a.out for a in given.axes):
        heading(out, "A layer for which ceil modes part")
        listing(out, worked.parting(given))


def _counts(out: Console, given: Layer) -> None:
    if len(given.axes) > 1:
        heading(out, "Coverage")
        by = "write" if given.transposed else "read"
        title = f"how many windows {by} each {'output' if given.transposed else 'input'} cell"
        listing(out, worked.per_cell(title, [a.coverage() for a in given.axes]))
    if given.op == "avg_pool":
        heading(out, "Divisors, output by output")
        real = [a.real_counts() for a in given.axes]
        inside = [a.inside_counts() for a in given.axes]
        if real == inside:
            listing(out, worked.per_cell("whether padding is counted or not", real))
            return
        listing(out, worked.per_cell("real cells only (count_include_pad=False)", real))
        listing(out, worked.per_cell("with padding (count_include_pad=True)", inside))
        if any(0 in counts for counts in real):
            indented(out, Text("0: a window without a real cell has no mean; it is refused."))
