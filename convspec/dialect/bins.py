"""The bins of adaptive pools in a dialect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.reference.window import spatial
from convspec.spec.relation import adaptive_bins

from .windows import Choices


def has_no_output(x: npt.NDArray[Any], output_size: tuple[int, ...], choices: Choices) -> bool:
    """Whether the result has no cells, and the dialect allows it.

    Raises ValueError as :func:`convspec.spec.relation.adaptive_bins` does for another fault.
    """
    if choices["adaptive_pool.no-output"] == "reject" or 0 not in output_size:
        return False
    adaptive_bins(x.shape[2:], tuple(1 if n == 0 else n for n in output_size))
    return True


def along_axes(
    sizes: tuple[int, ...], output_size: tuple[int, ...], choices: Choices
) -> tuple[tuple[range, ...], ...]:
    """The bins along each axis: for every output the cells it reads.

    Raises ValueError as :func:`convspec.spec.relation.adaptive_bins` does.
    """
    found = adaptive_bins(sizes, output_size)
    axes = list(zip(sizes, output_size, strict=True))
    match choices["adaptive_pool.bins"]:
        case "disjoint":
            return tuple(
                tuple(
                    range(i * n // out, max((i + 1) * n // out, i * n // out + 1))
                    for i in range(out)
                )
                for n, out in axes
            )
        case "larger-first":
            if any(out > n for n, out in axes):
                raise ValueError(f"{output_size} bins of {sizes} cells: some would hold none")
            return tuple(
                tuple(
                    range(
                        i * (n // out) + min(i, n % out),
                        (i + 1) * (n // out) + min(i + 1, n % out),
                    )
                    for i in range(out)
                )
                for n, out in axes
            )
    return found


def bins(
    x: npt.NDArray[Any], output_size: tuple[int, ...], choices: Choices
) -> Iterator[tuple[Any, Any]]:
    """For every output its index, and that of its bin, in all images and channels.

    Raises ValueError as :func:`along_axes` does.
    """
    found = along_axes(x.shape[2:], output_size, choices)
    for o in np.ndindex(*output_size):
        cells = [found[axis][i] for axis, i in enumerate(o)]
        yield spatial(o), spatial([slice(one.start, one.stop) for one in cells])
