"""What an implementation answers when it is called: arrays, or a `Mismatch` that says what else."""

from __future__ import annotations

import errno
import os
import traceback
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.dtypes import floating
from convspec.verdicts import NotAnArray, OutOfMemory, Raised

Array = npt.NDArray[Any]


_made = [0]


def calls_made() -> int:
    """How often implementations have been called in this process. A law in which the number stays
    the same has tested nothing."""
    return _made[0]


def call(function: Any, *arguments: Any, **parameters: Any) -> Any:
    """What the function returns. Raises `Raised` for whatever it raises, leaving included.

    Of this kind is `OutOfMemory`, which is no way to refuse a case of a few cells.
    """
    _made[0] += 1
    try:
        return function(*arguments, **parameters)
    except (Exception, SystemExit) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = " ".join(str(error).split())[:200]
        kind = type(error).__name__
        told = f"raised {kind}: {text}" if text else f"raised {kind}"
        lacking = _lacks_memory(error)
        raise (OutOfMemory if lacking else Raised)(
            f"ran out of memory: {told}" if lacking else told,
            details="".join(traceback.format_exception(error)[-3:]).rstrip(),
            place=(kind, where.filename, where.lineno),
        ) from error


def _lacks_memory(error: BaseException) -> bool:
    """Whether an exception says that an allocation failed; libraries have classes of their own."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    text = f"{type(error).__name__} {error}"
    return any(sign in text for sign in (*_NO_MEMORY, os.strerror(errno.ENOMEM)))


_NO_MEMORY = ("OutOfMemory", "bad_alloc", "can't allocate memory", "out of memory")


def one_array(returned: Any, what: str) -> Array:
    """What was returned as an array of numbers. Raises NotAnArray."""
    if not isinstance(returned, np.ndarray):
        if not any(
            hasattr(returned, a) for a in ("__array__", "__array_interface__", "__dlpack__")
        ):
            raise NotAnArray(f"{what} is a {type(returned).__name__}, expected an array")
        try:
            returned = _imported(returned)
        except (TypeError, ValueError, RuntimeError, BufferError) as error:
            kind = type(returned).__name__
            raise NotAnArray(f"{what}, a {kind}, cannot be read as an array: {error}") from error
    array: Array = returned
    if array.dtype.kind not in "fiub" and not floating(array.dtype):
        raise NotAnArray(f"{what} is an array of {array.dtype}, expected numbers")
    return array


def _imported(returned: Any) -> Any:
    """An array of another library's, without a copy where it can be had. Raises as NumPy does."""
    if not hasattr(returned, "__dlpack__"):
        return np.asarray(returned)
    try:
        return np.from_dlpack(returned)
    except (TypeError, ValueError, RuntimeError, BufferError):
        # NumPy takes no bfloat16 in this way; a library that knows ml_dtypes converts it.
        if not hasattr(returned, "__array__"):
            raise
        return np.asarray(returned)


def several_arrays(returned: Any, count: int) -> tuple[Array, ...]:
    """What was returned as so many arrays of numbers. Raises NotAnArray."""
    if not isinstance(returned, (tuple, list)):
        kind = type(returned).__name__
        raise NotAnArray(f"the result is a {kind}, expected a tuple of {count} arrays")
    if len(returned) != count:
        raise NotAnArray(f"the result has {len(returned)} entries, expected {count} arrays")
    return tuple(one_array(entry, f"result {i}") for i, entry in enumerate(returned))
