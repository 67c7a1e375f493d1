"""Two arrays agree, or a `Mismatch` says where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.verdicts import Mismatch, WrongNaN, WrongShape, WrongValue

Array = npt.NDArray[Any]


def require_shape(got: Array, shape: tuple[int, ...], what: str, versus: str = "") -> None:
    """Raises WrongShape unless `got` has exactly that shape."""
    if got.shape != shape:
        right = f"but {versus} gives {_by(shape)}" if versus else f"expected {_by(shape)}"
        raise WrongShape(f"{what} has shape {_by(got.shape)}, {right}", got=got)


def require_equal(got: Array, expected: Array, what: str, versus: str = "") -> None:
    """Cell for cell the same number; NaN equals NaN. Raises WrongShape, WrongValue or WrongNaN.

    `versus` says where the expected numbers come from, if not from the definition.
    """
    if got.shape == expected.shape and (got == expected).all():
        return
    require_shape(got, expected.shape, what, versus)
    off = (got != expected) & ~((got != got) & (expected != expected))
    if off.any():
        _complain(got, expected, off, what, "", versus)


def require_same(kind: type[Mismatch], message: str, got: Array, expected: Array) -> None:
    """`got` is still, or again, `expected`. Raises `kind` with the message and the difference."""
    try:
        require_equal(got, expected, "cell ")
    except Mismatch as difference:
        raise kind(
            f"{message}: {difference.message}",
            expected=difference.expected,
            got=difference.got,
            worst=difference.worst,
        ) from None


def require_within(got: Array, expected: Array, bound: Array, what: str, versus: str = "") -> None:
    """|got − expected| ≤ bound in every cell; what is not finite must be equal."""
    require_shape(got, expected.shape, what, versus)
    require_shape(got, bound.shape, what)
    with np.errstate(invalid="ignore"):
        near = np.abs(got.astype(np.float64) - expected) <= bound
    same = (got == expected) | ((got != got) & (expected != expected))
    off = ~(near | same)
    if off.any():
        _complain(got, expected, off, what, " beyond every rounding", versus)


def _complain(got: Array, expected: Array, off: Array, what: str, how: str, versus: str) -> None:
    count = int(off.sum())
    # Where one side is NaN and the other is not there is no distance: it counts as infinite.
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    distance = np.where(off, np.where(np.isnan(distance), np.inf, distance), -1.0)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(distance)), got.shape))
    cell = f"[{', '.join(map(str, worst))}]" if worst else ""
    right = number(expected[worst])
    message = (
        f"{what}{cell} is {number(got[worst])}, "
        + (f"but {versus} gives {right}" if versus else f"expected {right}")
        + f" ({count} of {got.size} cells differ{how})"
    )
    kind = WrongNaN if np.isnan(got[worst]) != np.isnan(expected[worst]) else WrongValue
    raise kind(message, expected=expected, got=got, worst=worst)


def number(value: Any) -> str:
    """A cell's value as a person writes it: 3, −2.5, 0.3333333."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _by(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"
