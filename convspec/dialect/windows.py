"""Windows in a dialect: how many there are, and what of them counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convspec.spec.relation import Axis, axes, resolve_padding

Choices = Mapping[str, str]
"""Every held dialect point with the choice made there."""

_ROOMY = 1 << 40


def outputs(
    op: str,
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    parameters: Mapping[str, Any],
    choices: Choices,
) -> tuple[int, ...]:
    """The number of windows along each axis.

    Raises ValueError as :func:`convspec.spec.relation.axes` does, unless the dialect has a size for
    a window that exceeds the padded input.
    """
    given = {name: parameters[name] for name in ("stride", "padding", "dilation")}
    ceil = parameters.get("ceil_mode", False)
    refusal = None
    try:
        axes(sizes, window, **given, ceil=ceil)
    except ValueError as error:
        refusal = error
        # Where there is room enough, only another fault remains.
        axes(tuple(n + _ROOMY for n in sizes), window, **given, ceil=ceil)
    both = resolve_padding(given["padding"], sizes, window, given["stride"], given["dilation"])
    found = []
    for n, k, s, (low, high), d in zip(
        sizes, window, given["stride"], both, given["dilation"], strict=True
    ):
        room = n + low + high - d * (k - 1) - 1
        if room >= 0 and ceil and choices["pool.ceil-mode"] == "keep":
            found.append(-(-room // s) + 1)
        elif room >= 0 and ceil and choices["pool.ceil-mode"] == "drop-all":
            found.append(min(-(-room // s) + 1, -(-(n + low) // s)))
        elif room >= 0:
            found.append(Axis(n, k, s, low, high, d, ceil).out)
        elif ceil and choices["pool.ceil-window"] == "one" and -room < s:
            found.append(1)
        elif choices[f"{'conv' if op == 'conv' else 'pool'}.too-large-window"] == "empty":
            found.append(0)
        else:
            assert refusal is not None
            raise refusal
    return tuple(found)


def widened(
    sizes: tuple[int, ...],
    window: tuple[int, ...],
    parameters: Mapping[str, Any],
    counts: tuple[int, ...],
) -> tuple[Axis, ...]:
    """Axes in floor mode that have that many outputs each, at least one.

    Their high padding is what the last window needs, whatever padding was asked for.
    """
    stride, dilation = parameters["stride"], parameters["dilation"]
    both = resolve_padding(parameters["padding"], sizes, window, stride, dilation)
    built = []
    for n, k, s, (low, _), d, out in zip(
        sizes, window, stride, both, dilation, counts, strict=True
    ):
        high = (out - 1) * s + d * (k - 1) + 1 - n - low
        built.append(Axis(n, k, s, low, max(high, 0), d))
    return tuple(built)


def highs(
    sizes: tuple[int, ...], window: tuple[int, ...], parameters: Mapping[str, Any]
) -> tuple[int, ...]:
    """The high padding that was asked for, per axis."""
    both = resolve_padding(
        parameters["padding"], sizes, window, parameters["stride"], parameters["dilation"]
    )
    return tuple(high for _, high in both)


Counting = Callable[[Axis, int, int], tuple[int, ...]]
"""For each output of an axis, what of its window lies between two input positions."""


def taps(axis: Axis, first: int, stop: int) -> tuple[int, ...]:
    """The taps that read a cell of [first, stop)."""
    return tuple(sum(first <= c < stop for c in axis.cells(o)) for o in range(axis.out))


def extents(axis: Axis, first: int, stop: int) -> tuple[int, ...]:
    """The cells of [first, stop) from the first tap to the last, read or not."""
    starts = (axis.cells(o).start for o in range(axis.out))
    return tuple(max(min(start + axis.extent, stop) - max(start, first), 0) for start in starts)
