"""A layer with numbers: its sizes step by step, its windows, its coverage, its divisors.

Lines of text, none longer than 80 columns. Every number comes from `spec.relation.Axis`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod

from .layers import Layer, kept_size
from .spec.relation import Axis

WIDTH = 76
"""Columns that a table may take; wider ones are told in words."""


def signed(number: int) -> str:
    """A number with a minus sign as wide as a digit."""
    return str(number).replace("-", "−")


def by_axis(given: Layer) -> Iterator[tuple[str, int, Axis]]:
    """Each different axis once, with its title: ``axis 0``, or ``axes 0 and 1`` if alike."""
    seen: dict[tuple[Axis, int], list[int]] = {}
    extra = given.output_padding or (0,) * len(given.axes)
    for index, (axis, more) in enumerate(zip(given.axes, extra, strict=True)):
        seen.setdefault((axis, more), []).append(index)
    for (axis, _), indices in seen.items():
        many = "axes" if len(indices) > 1 else "axis"
        *others, last = map(str, indices)
        named = f"{', '.join(others)} and {last}" if others else last
        yield f"{many} {named}", indices[0], axis


def size_steps(given: Layer, index: int) -> Iterator[str]:
    """The output size of one axis, step by step."""
    axis = given.axes[index]
    n, k, s, d, e = axis.size, axis.window, axis.stride, axis.dilation, axis.extent
    low, high = axis.low, axis.high
    yield f"effective window  e = d·(k − 1) + 1 = {d}·({k} − 1) + 1 = {e}"
    if given.transposed:
        more = given.output_padding[index]
        yield "output size  o = s·(n − 1) + e − p_lo − p_hi + output padding"
        yield f"               = {s}·({axis.out} − 1) + {e} − {low} − {high} + {more} = {n}"
        return
    if given.padding in ("same_upper", "same_lower"):
        out = -(-n // s)
        yield f"SAME asks for  o = ⌈n/s⌉ = ⌈{n}/{s}⌉ = {out}"
        yield "padding total  max((o − 1)·s + e − n, 0)"
        yield f"                 = max(({out} − 1)·{s} + {e} − {n}, 0) = {low + high}"
        end = "low" if given.padding == "same_lower" else "high"
        odd = f"; the odd cell at the {end} end" if (low + high) % 2 else ""
        yield f"its sides      p_lo = {low}, p_hi = {high}{odd}"
    room = axis.padded - e
    left, right = "⌈⌉" if axis.ceil else "⌊⌋"
    steps = -(-room // s) if axis.ceil else room // s
    yield f"output size  o = {left}(n + p_lo + p_hi − e)/s{right} + 1"
    yield (
        f"               = {left}({n} + {low} + {high} − {e})/{s}{right} + 1"
        f" = {left}{room}/{s}{right} + 1 = {steps} + 1 = {steps + 1}"
    )
    if axis.ceil:
        start, end_ = steps * s, low + n
        yield f"last window  starts at (o − 1)·s = {steps}·{s} = {start} of the padded input;"
        yield f"             input and low padding end at p_lo + n = {low} + {n} = {end_}:"
        if start < end_:
            yield f"             {start} < {end_}, so it is kept: o = {axis.out}"
        else:
            yield f"             {start} ≥ {end_}, so it would see none of them and is dropped:"
            yield f"             o = {steps + 1} − 1 = {axis.out}"


def strip(axis: Axis, transposed: bool = False) -> Iterator[str]:
    """The windows of one axis as rows over its cells, coverage below; in words where too wide."""
    first, stop = -axis.low, max(axis.size + axis.high, axis.reach - axis.low)
    counts = axis.coverage()
    verb, by = ("writes", "written by") if transposed else ("reads", "read by")
    wide = max(len(signed(first)), len(str(stop - 1)), len(str(max(counts, default=0)))) + 1
    head = max(len(f"o = {axis.out - 1}"), len(by)) + 1
    if axis.out > 16 or head + wide * (stop - first) > WIDTH:
        yield from _in_words(axis, verb)
        return
    letter = "i" if transposed else "o"
    yield "cell".ljust(head) + "".join(signed(i).rjust(wide) for i in range(first, stop))
    for o in range(axis.out):
        cells = axis.cells(o)
        marks = [_mark(axis, i, i in cells, transposed) for i in range(first, stop)]
        yield (f"{letter} = {o}".ljust(head) + "".join(m.rjust(wide) for m in marks)).rstrip()
    shown = "".join(str(count).rjust(wide) for count in counts)
    yield by.ljust(head) + " " * (wide * axis.low) + shown
    legend = [f"x {verb} a cell"]
    if any(len(axis.inside(o)) > len(axis.real(o)) for o in range(axis.out)):
        legend.append("c cropped away" if transposed else "p padding")
    if axis.overhang:
        legend.append("+ overhang, past the padding")
    yield f"({', '.join(legend)})"


def _mark(axis: Axis, cell: int, tapped: bool, transposed: bool) -> str:
    if not tapped:
        return "·" if 0 <= cell < axis.size else ""
    if 0 <= cell < axis.size:
        return "x"
    if cell >= axis.size + axis.high:
        return "+"
    return "c" if transposed else "p"


def _in_words(axis: Axis, verb: str) -> Iterator[str]:
    for o in dict.fromkeys((0, 1, axis.out - 1)):
        if not 0 <= o < axis.out:
            continue
        cells = axis.cells(o)
        step = f", every {axis.dilation}th" if axis.dilation > 3 else ""
        step = {2: ", every second", 3: ", every third"}.get(axis.dilation, step)
        real = axis.real(o)
        padded = f"; {axis.window - len(real)} outside" if len(real) < axis.window else ""
        yield f"o = {o} {verb} cells {signed(cells[0])} … {signed(cells[-1])}{step}{padded}"
    yield f"coverage, cell by cell: {runs(axis.coverage())}"


def runs(counts: Sequence[int]) -> str:
    """Counts along an axis with repetitions drawn together: 1, 2, 3 (220 times), 2, 1."""
    if not counts:
        return "none"
    drawn = [(value, len(list(same))) for value, same in groupby(counts)]
    if len(drawn) > 12:
        return f"between {min(counts)} and {max(counts)}"
    return ", ".join(str(v) if n == 1 else f"{v} ({n} times)" for v, n in drawn)


def overlap(axis: Axis) -> Iterator[str]:
    """How windows overlap, and what no window reads."""
    e, s = axis.extent, axis.stride
    shared = max(0, e - s)
    said = f"overlap of neighbours  max(0, e − s) = max(0, {e} − {s}) = {shared}"
    if axis.dilation > 1 and shared:
        said += "  (of extents: taps lie apart)"
    yield said
    unread = [i for i, count in enumerate(axis.coverage()) if not count]
    tail = max(axis.padded - axis.reach, 0)
    yield f"left over at the end   {tail} of the {axis.padded} cells of the padded input"
    if unread:
        few = ", ".join(map(str, unread[:12])) + (", …" if len(unread) > 12 else "")
        yield f"input cells unread     {len(unread)}: {few}"


def grid(rows: Sequence[int], columns: Sequence[int]) -> list[str] | None:
    """The products of two axes' counts as a table; None where it would not be looked at."""
    wide = len(str(max(rows, default=0) * max(columns, default=0))) + 2
    if not rows or not columns or len(rows) > 16 or wide * len(columns) > WIDTH:
        return None
    return ["".join(str(r * c).rjust(wide) for c in columns) for r in rows]


def per_cell(title: str, counts: Sequence[Sequence[int]]) -> Iterator[str]:
    """A table of products over one or two axes, in words for more or larger ones."""
    table = None
    if len(counts) == 2:
        table = grid(counts[0], counts[1])
    elif len(counts) == 1 and len(counts[0]) <= 16:
        table = grid((1,), counts[0])
    if table:
        yield f"{title}:"
        yield from table
    elif all(counts):
        least, most = prod(map(min, counts)), prod(map(max, counts))
        corner = prod(c[0] for c in counts)
        yield f"{title}: from {least} to {most}; the first corner {corner}"


def parting(given: Layer) -> Iterator[str]:
    """The nearest layer whose size depends on whether that last window is dropped."""
    a = given.axes[0]
    for more in range(1, a.window // 2 + 1):
        for n in range(a.size, a.size + a.stride + 1):
            if a.low + n + more < a.extent:
                continue
            near = Axis(n, a.window, a.stride, more, more, a.dilation, True)
            if kept_size(near) != near.out:
                yield f"input {n}, window {a.window}, stride {a.stride}, padding {more}:"
                yield f"the last window would start past the input; {near.out} with it dropped,"
                yield f"as here, {kept_size(near)} where it is kept"
                return
    near = Axis(5, 2, 2, 1, 1, 1, True)
    yield f"none with window {a.window}, stride {a.stride} and padding up to half the window;"
    yield "but input 5, window 2, stride 2, padding 1: the last window would start past"
    yield f"the input; {near.out} with it dropped, as here, {kept_size(near)} where it is kept"
