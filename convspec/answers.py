"""What an implementation answers when it is called: arrays, or a `Mismatch` that says what else."""

from __future__ import annotations

import errno
import os
import traceback
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.verdicts import NotAnArray, OutOfMemory, Raised

Array = npt.NDArray[Any]


def call(function: Any, *arguments: Any, **parameters: Any) -> Any:
    """What the function returns. Raises `Raised` for whatever it raises, leaving included.

    Of this kind is `OutOfMemory`, which is no way to refuse a case of a few cells.
    """
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
            dlpack = hasattr(returned, "__dlpack__")
            returned = np.from_dlpack(returned) if dlpack else np.asarray(returned)
        except (TypeError, ValueError, RuntimeError, BufferError) as error:
            kind = type(returned).__name__
            raise NotAnArray(f"{what}, a {kind}, cannot be read as an array: {error}") from error
    array: Array = returned
    if array.dtype.kind not in "fiub":
        raise NotAnArray(f"{what} is an array of {array.dtype}, expected numbers")
    return array


def several_arrays(returned: Any, count: int) -> tuple[Array, ...]:
    """What was returned as so many arrays of numbers. Raises NotAnArray."""
    if not isinstance(returned, (tuple, list)):
        kind = type(returned).__name__
        raise NotAnArray(f"the result is a {kind}, expected a tuple of {count} arrays")
    if len(returned) != count:
        raise NotAnArray(f"the result has {len(returned)} entries, expected {count} arrays")
    return tuple(one_array(entry, f"result {i}") for i, entry in enumerate(returned))
