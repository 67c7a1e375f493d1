"""Counts that follow from the index relation: reads, multiply-accumulates, weights.

They are counts of the definition, not of an implementation, which may do with less (a fast
algorithm) or more (a padded one). A multiply-accumulate is one product that is added, whether
its cell is real or padding; biases are counted as weights, and not as work.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from .relation import Axis


def reads_per_cell(axes: Sequence[Axis]) -> tuple[int, ...]:
    """How many windows read each cell of one map, row-major (``conv.coverage``)."""
    return tuple(prod(counts) for counts in product(*(axis.coverage() for axis in axes)))


def unread(axis: Axis) -> tuple[int, ...]:
    """The positions along an axis that no window reads (``conv.unread``)."""
    return tuple(i for i, count in enumerate(axis.coverage()) if not count)


def shared(window: int, stride: int, dilation: int = 1) -> int:
    """The cells that two neighbouring windows both read along an axis (``conv.overlap``).

    Where the stride is no multiple of the dilation, dilated windows interleave and share none.
    """
    return max(0, window - stride // dilation) if stride % dilation == 0 else 0


def conv_parameters(
    channels: int, filters: int, kernel: Sequence[int], *, groups: int = 1, bias: bool = True
) -> int:
    """The weights and biases of a convolution, either way (``conv.parameter-count``)."""
    return filters * (channels // groups) * prod(kernel) + (filters if bias else 0)


def dense_parameters(inputs: int, outputs: int, *, bias: bool = True) -> int:
    """The weights and biases of a fully connected layer (``dense.parameter-count``)."""
    return inputs * outputs + (outputs if bias else 0)


def conv_work(
    channels: int, filters: int, kernel: Sequence[int], outputs: Sequence[int], *, groups: int = 1
) -> int:
    """The multiply-accumulates of a convolution for one image (``conv.work``)."""
    return filters * (channels // groups) * prod(kernel) * prod(outputs)


def dense_work(inputs: int, outputs: int) -> int:
    """The multiply-accumulates of a fully connected layer for one image (``dense.work``)."""
    return inputs * outputs


def pool_work(channels: int, window: Sequence[int], outputs: Sequence[int]) -> int:
    """The cells that a pool looks at for one image; it has no weights (``max_pool.work``)."""
    return channels * prod(window) * prod(outputs)
