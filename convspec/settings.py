"""What is set for the whole process, as far as arithmetic depends on it: read, kept, put back."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np


def settings() -> dict[str, Any]:
    """Each setting by what it is called in a sentence; equal values where nothing changed."""
    generator: Any = np.random.get_state()
    return {
        "the state of NumPy's random generator": (generator[1].tobytes(), *generator[2:]),
        "the state of Python's random generator": random.getstate(),
        "NumPy's handling of floating-point errors": np.geterr(),
        "the rounding mode": _rounding(),
        "the treatment of subnormal numbers": _subnormals(),
    }


def seed(number: int) -> None:
    """Seed the generators that are global."""
    np.random.seed(number)
    random.seed(number)


@contextlib.contextmanager
def kept_settings() -> Iterator[None]:
    """Put the random generators and NumPy's error handling back, whatever is done to them."""
    generator, other = np.random.get_state(), random.getstate()
    try:
        with np.errstate():
            yield
    finally:
        np.random.set_state(generator)
        random.setstate(other)


def _rounding() -> tuple[float, ...]:
    """1 and −1, each a little further on: by less, and by more, than half a unit."""
    half = np.array([1.0, -1.0, 1.0, -1.0])
    more = np.array([2.0**-54, -(2.0**-54), 3 * 2.0**-54, -3 * 2.0**-54])
    return tuple((half + more).tolist())


def _subnormals() -> tuple[float, ...]:
    """Made from a normal number, and read: either may be taken for 0."""
    least = np.array([np.finfo(np.float64).smallest_normal])
    made = least * 0.5
    tiny = np.array([5e-324])
    return float(made[0]), float((tiny * 1.0)[0])
