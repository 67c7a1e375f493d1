"""The memory around the arrays of a call: what lies beside an input, and what is free.

A kernel that reads past the end of its input, or hands on cells that it never wrote, gives the
right answer as long as that memory happens to hold nothing harmful. Here it is made to hold what
shows: numbers that spoil any sum or maximum they get into, or a page that may not be read at all.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.adapters.byte_bounds import byte_bounds
from convspec.dtypes import floating

Array = npt.NDArray[Any]

LINE = 64
"""Bytes of a cache line, the widest alignment that a vector load asks for."""

MARGIN = 1024
"""Bytes of ours on either side of an array."""

PAGE = mmap.PAGESIZE

NOT_A_NUMBER, GREATEST = "nan", "greatest"
SENTINELS = (NOT_A_NUMBER, GREATEST)
"""What lies around an array: NaN (the least integer), or a number above all others."""


@dataclass(frozen=True)
class Framed:
    """An array amid memory of ours: the same values with the same strides.

    `memory` are all cells in their order, the array's and those around; those `outside` of the
    array were `before` the call what they have to be after it.
    """

    array: Array
    memory: Array
    outside: npt.NDArray[np.bool_]
    before: Array

    def written(self) -> int | None:
        """Where memory outside was written to, in cells from the array's lowest; else None."""
        # Compared as bits: NaN is what lies there, and has to be the same NaN.
        off = (_bits(self.memory) != _bits(self.before)) & self.outside
        if not off.any():
            return None
        return int(np.argmax(off)) - int(np.argmin(self.outside))


def framed(array: Array, sentinel: str, shift: int = 0) -> Framed:
    """The array in new memory, `shift` elements past the beginning of a cache line.

    What lies around it, and between its cells if its strides leave gaps, is the sentinel.
    """
    size = array.itemsize
    low, high = byte_bounds(array) if array.size else (0, 0)
    raw = np.empty(high - low + 2 * MARGIN + 2 * LINE + shift * size, np.uint8)
    first = MARGIN + -(raw.ctypes.data + MARGIN) % LINE + shift * size
    return _placed(array, raw, first, sentinel)


def at_page_border(array: Array, sentinel: str, high: bool, guarded: bool) -> Framed:
    """The array in pages of its own, its last byte (or its first) next to another page.

    `guarded`: the pages before and after may be neither read nor written, and the process that
    tries dies of it; where the system has no such pages they hold the sentinel, as they do if not.
    """
    low_end, high_end = byte_bounds(array) if array.size else (0, 0)
    extent = high_end - low_end
    inner = max(-(-extent // PAGE), 1) * PAGE
    raw = np.frombuffer(_pages(inner + 2 * PAGE), np.uint8)
    first = PAGE + (inner - extent if high else 0)
    guarded = guarded and can_guard()
    if not guarded:
        return _placed(array, raw, first, sentinel)
    found = _placed(array, raw[PAGE : PAGE + inner], first - PAGE, sentinel)
    for offset in (0, PAGE + inner):
        if _C.mprotect(ctypes.c_void_p(raw.ctypes.data + offset), ctypes.c_size_t(PAGE), 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    return found


def can_guard() -> bool:
    """Whether this system has pages that may not be touched."""
    return hasattr(_C, "mprotect") and hasattr(mmap, "MAP_ANONYMOUS")


def fill_free_memory(sizes: Iterable[int], byte: int) -> None:
    """Leave that byte in the memory which the next arrays of so many bytes are likely to get.

    Allocators hand out first what was freed last. A few blocks of each size, and of the sizes that
    aligned allocations of it make, are taken, filled and given back.
    """
    blocks = [
        np.full(size + extra, byte, np.uint8)
        for size in sizes
        for extra in (*range(0, 2 * LINE + 33, 16), *(0,) * _CACHED)
    ]
    del blocks


_CACHED = 9
"""Blocks of a size that make sure to pass NumPy's own cache of small ones, which holds 7."""

_C: Any = ctypes.CDLL(None, use_errno=True) if hasattr(mmap, "MAP_ANONYMOUS") else object()


def _pages(count: int) -> mmap.mmap:
    if not hasattr(mmap, "MAP_ANONYMOUS"):
        return mmap.mmap(-1, count)
    return mmap.mmap(-1, count, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def _placed(array: Array, raw: npt.NDArray[np.uint8], first: int, sentinel: str) -> Framed:
    """The array in `raw`, its lowest byte at `first`, a whole number of elements from the end."""
    size = array.itemsize
    begin = first % size
    memory = raw[begin : begin + (len(raw) - begin) // size * size].view(array.dtype)
    memory[...] = _sentinel(array.dtype, sentinel)
    start = first // size
    if array.size:
        start += (array.ctypes.data - byte_bounds(array)[0]) // size
    outside = np.ones(len(memory), bool)
    steps = tuple(stride // size for stride in array.strides)
    np.ndarray(array.shape, np.bool_, outside, start, steps)[...] = False
    view: Array = np.ndarray(array.shape, array.dtype, memory, start * size, array.strides)
    view[...] = array
    return Framed(view, memory, outside, memory.copy())


def _sentinel(dtype: np.dtype[Any], name: str) -> Any:
    if floating(dtype):
        # The greatest is not the type's: a sum with it shall stay a number.
        return np.nan if name == NOT_A_NUMBER else 2.0 ** (15 if dtype.itemsize == 2 else 100)
    limits = np.iinfo(dtype)
    return limits.min if name == NOT_A_NUMBER else limits.max


def _bits(array: Array) -> Array:
    return array.view(f"u{array.itemsize}")
