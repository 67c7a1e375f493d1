"""Calls of the implementation on behalf of a proof: in small batches, timed, compared exactly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from convspec.adapters.opening import Adapter
from convspec.answers import call, one_array, several_arrays
from convspec.comparison import require_equal, require_shape, require_within
from convspec.events import ACCEPTS_INVALID
from convspec.numerics import error_bound
from convspec.verdicts import Mismatch, WrongDtype

Array = npt.NDArray[Any]

BATCH = 15
"""Entries of a batch in one call. Libraries pass larger ones to transforms (NNPACK from 16 on),
which are off by a rounding even on one-hot inputs, so that an exact comparison says nothing."""

SAMPLED = 4
"""Batch entries of the integer sample. The first two are put alone, too: what is remembered from
one call to the next shows when only contents change."""

GREATEST = 40
"""Of the integers: sums of products over any configuration of a bound stay exact in float32."""

_DRAWN = np.random.RandomState(0).choice(
    [*range(-GREATEST, 0), *range(1, GREATEST + 1)], size=1 << 17
)


def draws(shape: tuple[int, ...], seed: int, dtype: str) -> Array:
    """Integers from −40 to 40 but 0, the same for the same seed."""
    count = 1
    for n in shape:
        count *= n
    start = seed * 7919 % 65521
    if start + count > len(_DRAWN):
        return np.resize(_DRAWN[start:], count).astype(dtype).reshape(shape)
    return _DRAWN[start : start + count].astype(dtype).reshape(shape)


def _words(verdict: str, parts: list[str]) -> str:
    return verdict if verdict == ACCEPTS_INVALID else f"{verdict} {', '.join(parts)}"


class Calls:
    """One adapter, its calls and what has been found wrong in the configuration at hand.

    `spent` adds up seconds by what they went to. Parts of the result are named y, dx, dw, db.
    """

    def __init__(self, adapter: Adapter, dtype: str) -> None:
        self.adapter = adapter
        self.dtype = dtype
        self.spent: dict[str, float] = {}
        self._kind = np.dtype(dtype)
        self._accumulator = adapter.claims.accumulator(dtype)
        self._found: dict[str, Mismatch] = {}
        self._part = ""
        self._last = time.perf_counter()

    def charge(self, label: str) -> None:
        """The time since the last charge went to `label`."""
        now = time.perf_counter()
        self.spent[label] = self.spent.get(label, 0.0) + now - self._last
        self._last = now

    # Parts -------------------------------------------------------------------------------

    def part(self, name: str) -> Calls:
        """A context in which a Mismatch is noted as one of this part of the result."""
        self._part = name
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Mismatch):
            return False
        self._note(self._part, error)
        return True

    def _note(self, part: str, mismatch: Mismatch) -> None:
        # The first thing wrong with a part counts.
        self._found.setdefault(part, mismatch)

    def verdict(self) -> tuple[str, str]:
        """What was found wrong since the last time, in short and in words; "" if nothing."""
        if not self._found:
            return "", ""
        parts: dict[str, list[str]] = {}
        for part, mismatch in self._found.items():
            parts.setdefault(mismatch.verdict, []).append(part)
        first = next(iter(self._found.values())).message
        self._found.clear()
        return "; ".join(_words(*entry) for entry in parts.items()), first

    # Calls -------------------------------------------------------------------------------

    def forward(
        self, op: str, arrays: Sequence[Array], parameters: dict[str, Any], count: int = 1
    ) -> tuple[Array, ...]:
        """The `count` arrays that the implementation returns, called in blocks of the batch."""
        function = self.adapter.functions[op]
        x, *others = arrays
        found = []
        for first in range(0, len(x), BATCH):
            given = (x[first : first + BATCH].copy(), *[a.copy() for a in others])
            returned = self._call(function, *given, **parameters)
            found.append(
                several_arrays(returned, count) if count > 1 else (one_array(returned, "y"),)
            )
        return found[0] if len(found) == 1 else tuple(map(np.concatenate, zip(*found, strict=True)))

    def gradient(
        self, op: str, inputs: Sequence[Array], cotangent: Array, parameters: dict[str, Any]
    ) -> tuple[Array, ...]:
        """All gradients; that of x in blocks of the batch, those of others from the first block."""
        assert self.adapter.vjp is not None
        x, *others = inputs
        found = []
        for first in range(0, len(x), BATCH):
            block = slice(first, first + BATCH)
            given = (x[block].copy(), *[a.copy() for a in others])
            g = cotangent[block].copy()
            returned = self._call(self.adapter.vjp, op, given, g, **parameters)
            found.append(several_arrays(returned, len(inputs)))
        if len(found) == 1:
            return found[0]
        return (np.concatenate([gradients[0] for gradients in found]), *found[0][1:])

    def _call(self, function: Any, *arguments: Any, **parameters: Any) -> Any:
        self.charge("expected maps")
        try:
            return call(function, *arguments, **parameters)
        finally:
            self.charge("implementation")

    # Comparison --------------------------------------------------------------------------

    def equal(self, part: str, got: Array, expected: Array) -> None:
        """Note it under `part` unless `got` has the right type and is exactly `expected`."""
        self.charge("expected maps")
        if got.dtype != self._kind or got.shape != expected.shape or not (got == expected).all():
            with self.part(part):
                require_equal(got, expected, part)
                self._require_dtype(part, got)
        self.charge("comparison")

    def places(self, got: Array, expected: Array, meaningless: Array) -> None:
        """Note it under "indices" unless they are `expected`, but where there is nothing to say."""
        self.charge("expected maps")
        with self.part("indices"):
            require_shape(got, expected.shape, "indices")
            require_equal(
                np.where(meaningless, -1, got), np.where(meaningless, -1, expected), "indices"
            )
        self.charge("comparison")

    def near(self, part: str, got: Array, expected: Array, magnitude: Array, terms: int) -> None:
        """Note it under `part` unless `got` is `expected` up to the rounding of a correct result.

        `magnitude` is the sum of what was added up in absolute value, `terms` how many were.
        """
        self.charge("expected maps")
        bound = error_bound(magnitude, terms, self.dtype, self._accumulator)
        with self.part(part):
            require_within(got, expected, bound, part)
            self._require_dtype(part, got)
        self.charge("comparison")

    def _require_dtype(self, part: str, got: Array) -> None:
        if got.dtype != self._kind:
            raise WrongDtype(f"{part} has dtype {got.dtype}, expected {self.dtype}")
