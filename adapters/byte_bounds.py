"""Where the cells of an array lie in memory; NumPy 1 and 2 have that under different names."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt


def byte_bounds(array: npt.NDArray[Any]) -> tuple[int, int]:
    """The address of the first byte of an array's cells, and that after the last one."""
    low = high = int(array.ctypes.data)
    if not array.size:
        return low, high
    for extent, step in zip(array.shape, array.strides, strict=True):
        if step < 0:
            low += (extent - 1) * step
        else:
            high += (extent - 1) * step
    return low, high + array.itemsize
