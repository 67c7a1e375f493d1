"""Arrays as Python source."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.dtypes import raw

from .calls import Stored

Array = npt.NDArray[Any]

SMALL = 200
"""Cells up to which an array is written out as numbers."""

WIDTH = 92

LAID_OUT = '''
def laid_out(values, strides):
    """The same values with so many bytes from neighbour to neighbour along each axis."""
    ends = [(n - 1) * s for n, s in zip(values.shape, strides)]
    first = -sum(end for end in ends if end < 0)
    memory = np.zeros(first + sum(end for end in ends if end > 0) + values.itemsize, np.uint8)
    array = np.ndarray(values.shape, values.dtype, memory, first, strides)
    array[...] = values
    return array
'''
"""What a program defines if it needs `arranged`."""


def arranged(name: str, stored: Stored) -> list[str]:
    """The lines that make an array with the values and strides it was handed over with."""
    lines = literal(name, stored.values)
    if stored.strides != stored.values.strides and stored.values.size:
        lines.append(f"{name} = laid_out({name}, {stored.strides})")
    return lines


def literal(name: str, array: Array) -> list[str]:
    """The lines that make a row-major array: numbers if they are few, else packed."""
    dtype = str(array.dtype)
    if array.size <= SMALL:
        text = _numbers(name, array)
        if text is not None:
            return text
    packed = base64.b85encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 9)).decode()
    pieces = [packed[i : i + WIDTH - 6] for i in range(0, len(packed), WIDTH - 6)]
    return [
        f"{name} = np.frombuffer(zlib.decompress(base64.b85decode(",
        *(f'    "{piece}"' for piece in pieces),
        f')), "{dtype}").reshape({array.shape}).copy()',
    ]


def needs(lines: list[str]) -> list[str]:
    """The modules of the standard library that the lines use."""
    text = "\n".join(lines)
    return [module for module in ("base64", "zlib") if f"{module}." in text]


def _numbers(name: str, array: Array) -> list[str] | None:
    """As nested lists; None where that would not give the same bits."""
    dtype = str(array.dtype)
    start = f"{name} = np.array("
    if array.size == 0:
        return [f'{name} = np.zeros({array.shape}, "{dtype}")']
    same = array.ravel()[0]
    if array.size > 1 and (raw(array) == raw(np.full_like(array, same))).all():
        return [f'{name} = np.full({array.shape}, {_cell(same)}, "{dtype}")']
    text = np.array2string(
        array, separator=", ", max_line_width=WIDTH, threshold=SMALL + 1,
        prefix=start, formatter={"all": _cell},
    )  # fmt: skip
    with np.errstate(all="ignore"):
        again = np.array([float(_plain(cell)) for cell in array.ravel()]).astype(array.dtype)
    if array.dtype.kind in "iub":
        again = array.ravel()
    if not (raw(again) == raw(array.ravel())).all():
        return None
    return f'{start}{text}, "{dtype}")'.splitlines()


def _cell(value: Any) -> str:
    text = _plain(value)
    return text.replace("nan", "np.nan").replace("inf", "np.inf")


def _plain(value: Any) -> str:
    """The shortest decimal number that is this value in its type."""
    if np.asarray(value).dtype.kind in "iub":
        return str(int(value))
    text = str(value)
    return text.removesuffix(".0") if text not in ("-0.0",) else text
