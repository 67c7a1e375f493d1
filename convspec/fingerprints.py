"""How precisely an implementation works, seen by a few calls for each operation and type.

Made of sums whose exact value is known and shows, whatever the order of summation, what numbers are
read as, what sums are kept in, and how results are stored:

- 1 + 2^−b comes back from a sum of one term as long as b bits are kept of what is read;
- 1, 2^−b and −1 in all their orders, with zeros between, add up to 2^−b as long as sums keep b
  bits; in every tree of additions some order has the 2^−b meet a ±1 first;
- 2^17 is too large for float16, which TF32 otherwise looks like;
- three quarters of a last place are rounded up, and cut off by those who do not round;
- the least subnormal times 1 stays, or is flushed to 0.

It judges nothing, the laws do that. Calls are made apart from the run, and may raise, die or hang.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import permutations
from math import log2
from typing import Any

import numpy as np

from convspec import reference
from convspec.adapters.opening import Adapter
from convspec.afterwards import Run
from convspec.apart import Ask, asking
from convspec.events import UNSUPPORTED, Fingerprint, LawFinished
from convspec.isolation import OurError
from convspec.numerics import UNIT_ROUNDOFF, Array
from convspec.spec.claims import OpClaims
from convspec.spec.dtypes import is_float
from convspec.spec.groups import (
    ADAPTIVE,
    CONVOLUTIONS,
    GLOBAL,
    LINEAR,
    MAXIMA,
    MEANS,
    POOLS,
    SOFTMAXES,
)
from convspec.verdicts import Crashed, Mismatch, TimedOut

LIMIT = 10.0
"""Seconds that the calls for one operation and type may take."""

IMAGES, FILTERS = 32, 32
"""Copies of every sum in one call: kernels take their blocks, and all must agree."""

LENGTHS = (4, 64)
"""Terms of the sums: a few, and so many that a kernel takes its blocks."""

SIGNIFICANDS = {53: "float64", 24: "float32", 11: "TF32", 8: "bfloat16", 4: "float8"}
"""Bits of a significand, the leading 1 among them, and whose they are."""

SUMS = tuple(op for op in LINEAR if op != "pad")
MOVED = ("pad", "relu", *MAXIMA)


def fingerprints_of_run(run: Run) -> Iterator[Fingerprint]:
    """The stage of a run: for every operation that laws were tried on; none of a replay."""
    if run.case is not None:
        return
    tried = {
        event.op
        for event in run.events
        if isinstance(event, LawFinished) and event.verdict != UNSUPPORTED
    }
    yield from fingerprints(run.bench.adapter, tried, run.bench.ask)


def fingerprints(
    adapter: Adapter, ops: Collection[str], ask: Ask | None = None
) -> Iterator[Fingerprint]:
    """One for every claimed operation among `ops` and every floating type it is claimed for.

    `ask` is how the implementation is asked if it is not open here.
    """
    if ask is None:
        with asking(adapter, LIMIT) as own:
            yield from fingerprints(adapter, ops, own)
        return
    for op, claims in adapter.claims.ops.items():
        for dtype in claims.dtypes if op in ops and op != "network" else ():
            if not is_float(dtype):
                continue
            try:
                found: dict[str, Any] = ask(measured, op, dtype)
            except (Crashed, TimedOut) as died:
                found = {"failed": died.message}
            except (Mismatch, OurError) as error:
                found = {"failed": str(error).strip().splitlines()[-1]}
            yield Fingerprint(op, dtype, described(op, dtype, found), found)


def measured(adapter: Adapter, op: str, dtype: str) -> dict[str, Any]:
    """`measures`, without warnings of what is meant to overflow."""
    with np.errstate(all="ignore"):
        return measures(adapter, op, dtype)


def measures(adapter: Adapter, op: str, dtype: str) -> dict[str, Any]:
    """What was seen. Bits count the leading 1; None where nothing could be seen.

    ``read`` and ``summed``: bits kept of inputs and of sums; ``weights``: of weights, if there are
    any; ``wide``: whether 2^17 is read; ``stored``: how results are rounded; ``subnormals``:
    whether they are kept; ``rms``: the root mean square of the errors of real numbers, in units
    of u.
    """
    probe = _Probe(adapter, op, dtype)
    found: dict[str, Any] = {"rms": probe.rms()}
    if op in (*SUMS, *MOVED):
        found["read"] = most_bits(own_bits(dtype), lambda b: probe.keeps(1 + 2.0**-b))
        found["subnormals"] = probe.keeps(probe.least)
        found["wide"] = dtype != "float16" and probe.keeps(2.0**17)
    if probe.weighted:
        found["weights"] = most_bits(own_bits(dtype), lambda b: probe.keeps(1.0, 1 + 2.0**-b))
    lengths = [n for n in LENGTHS if op in SUMS and probe.fits(n)]
    if lengths:
        # Of a sum that is 2^−b in the end as many bits show as the type has powers of two.
        most = 24 if dtype == "float16" else 53
        found["summed"] = min(
            most_bits(most, lambda b, n=n: probe.adds(2.0**-b, n)) for n in lengths
        )
        found["stored"] = probe.stored(lengths[0])
    return found


def own_bits(dtype: str) -> int:
    """The bits of a type's significand, the leading 1 among them."""
    return round(-log2(UNIT_ROUNDOFF[dtype]))


def most_bits(most: int, kept: Callable[..., bool]) -> int:
    """The bits of a significand, `most` at most: 1 and the greatest b up to which all are kept."""
    least, beyond = 0, most
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if kept(middle) else (least, middle)
    return least + 1


class _Probe:
    """Calls of one operation in one type: sums over a row of numbers."""

    def __init__(self, adapter: Adapter, op: str, dtype: str) -> None:
        self._function = adapter.functions[op]
        self._claims: OpClaims = adapter.claims.ops[op]
        self._op, self._dtype = op, np.dtype(dtype)
        self._rank = self._claims.ranks[0]
        self.weighted = op in (*CONVOLUTIONS, "dense")
        self.least = {"float64": 2.0**-1074, "float32": 2.0**-149, "float16": 2.0**-24}.get(
            dtype, 2.0**-133
        )

    def fits(self, terms: int) -> bool:
        """Whether a sum of so many terms is claimed."""
        low, high = self._claims.window
        return self._op not in POOLS or low <= terms <= high

    def keeps(self, value: float, weight: float = 1.0) -> bool:
        """Whether a sum of one product and nothing else is what it is."""
        terms = next((n for n in (16, 4, 3, 2) if self.fits(n)), 1)
        row = [value * self._scale(terms), *(0.0 for _ in range(terms - 1))]
        return self.sum(row, [weight] * terms) == value * weight

    def adds(self, small: float, terms: int) -> bool:
        """Whether 1, −1 and a small number add up to it in every order."""
        places = (0, terms // 2 - 1, terms - 1)
        for order in permutations((1.0, small, -1.0)):
            row = [0.0] * terms
            for place, value in zip(places, order, strict=True):
                row[place] = value * self._scale(terms)
            if self.sum(row) != small:
                return False
        return True

    def stored(self, terms: int) -> str:
        """How a sum between two numbers of the type is stored."""
        last = 2 * UNIT_ROUNDOFF[self._dtype.name]
        seen = []
        for sign in (1.0, -1.0):
            for part in (0.75, 0.25):
                row = [1.0, part * last, *(0.0 for _ in range(terms - 2))]
                scaled = [sign * value * self._scale(terms) for value in row]
                seen.append(sign * self.sum(scaled) > 1)
        if not any(seen):
            return "cut off"
        return "to nearest" if seen == [True, False, True, False] else "otherwise"

    def _scale(self, terms: int) -> int:
        """What a mean is to be multiplied by: a power of two, so that it stays exact."""
        return terms if self._op in MEANS else 1

    def sum(self, row: list[float], weights: list[float] | None = None) -> float:
        """The one number that the operation makes of a row; NaN if copies of it differ."""
        given = np.array(weights or [1.0] * len(row))
        arrays, parameters = self._call(np.tile(row, (IMAGES, 1)), np.tile(given, (FILTERS, 1)))
        result = self._answer(arrays, parameters).astype(np.float64).reshape(IMAGES, -1)
        if self._op in ("pad", "relu"):
            result = result[:, :1]
        return float(result[0, 0]) if (result == result[0, 0]).all() else float("nan")

    def rms(self) -> float | None:
        """The errors of sums of real numbers, in units of u·Σ|x||w|; of others, of u·|y|."""
        terms, draw = (64 if self.fits(64) else 4 if self.fits(4) else 1), np.random.RandomState(0)
        if not self.fits(terms):
            return None
        rows, weights = (draw.standard_normal((n, terms)) for n in (IMAGES, FILTERS))
        arrays, parameters = self._call(rows, weights)
        exact = [a.astype(np.float64) if is_float(str(a.dtype)) else a for a in arrays]
        got = self._answer(arrays, parameters).astype(np.float64)
        function = getattr(reference, self._op)
        right = _values(function(*exact, **parameters))
        size = np.abs(right)
        if self._op in SUMS:
            size = _values(function(*(np.abs(a) for a in exact), **parameters))
        kept = size > 0
        error = (got.reshape(right.shape) - right)[kept] / size[kept]
        rms = float(np.sqrt((error**2).mean())) / UNIT_ROUNDOFF[self._dtype.name]
        return float(f"{rms:.3g}") if rms < np.inf else None

    def _answer(self, arrays: list[Array], parameters: dict[str, Any]) -> Array:
        returned = self._function(*arrays, **parameters)
        return np.asarray(returned[0] if self._op == "max_pool_with_indices" else returned)

    def _call(self, rows: Array, weights: Array) -> tuple[list[Array], dict[str, Any]]:
        """The arrays and parameters of a call that sums every row, with every row of weights."""
        op, rank, (images, n) = self._op, self._rank, rows.shape
        flat, ones, none = (1,) * rank, (1,) * (rank - 1), ((0, 0),) * rank
        x, w = rows.astype(self._dtype), weights.astype(self._dtype)
        if op == "cross_entropy":
            return [x, np.zeros(images, np.int64)], {}
        if op == "dense":
            return [x, w], {}
        if op in SOFTMAXES or (op == "relu" and rank == 0):
            return [x], {}
        given: dict[str, Any] = {"stride": flat, "padding": none, "dilation": flat}
        if op in CONVOLUTIONS:
            transposed = op == "conv_transpose"
            w = np.ascontiguousarray(w.T) if transposed else w
            w = w.reshape(*w.shape, *flat)
            given |= {"groups": 1, **({"output_padding": (0,) * rank} if transposed else {})}
            return [x.reshape(images, n, *flat), w], given
        planes = x.reshape(images, 1, *ones, n)
        if op == "relu" or op in GLOBAL:
            return [planes], {}
        if op == "pad":
            return [planes], {"padding": none, "mode": self._claims.modes[0], "value": 0}
        if op in ADAPTIVE:
            return [planes], {"output_size": flat}
        given |= {"window": (*ones, n), "ceil_mode": self._claims.ceil_mode[0]}
        if op == "avg_pool":
            given["count_include_pad"] = self._claims.count_include_pad[0]
        if op == "lp_pool":
            given["p"] = 2 if 2 in self._claims.powers else self._claims.powers[0]
        return [planes], given


def _values(result: Any) -> Array:
    return np.asarray(result[0] if isinstance(result, tuple) else result, np.float64)


def described(op: str, dtype: str, found: dict[str, Any]) -> str:
    """The measures in words: ``TF32 in, float32 accumulate``."""
    if "failed" in found:
        return f"not seen: {found['failed']}"
    own, said = own_bits(dtype), []
    read, weights, summed = (found.get(name) for name in ("read", "weights", "summed"))
    if read is not None:
        whole = op in MOVED and read == own
        said.append("exact" if whole else f"{_type(read, dtype, found)} in")
    if weights is not None and weights != read:
        said.append(f"{_type(weights, dtype, found)} weights")
    if summed is not None:
        said.append(f"{_type(summed, dtype, found)} accumulate")
    if found.get("stored", "to nearest") != "to nearest":
        said.append(f"rounded {found['stored']}" if found["stored"] != "cut off" else "cut off")
    if found.get("subnormals") is False:
        said.append("subnormals flushed")
    if not said and found["rms"] is not None:
        said.append(f"errors of {found['rms']:.1g} u")
    return ", ".join(said) or "not seen"


def _type(bits: int, dtype: str, found: dict[str, Any]) -> str:
    """Whose significand has so many bits."""
    if bits == own_bits(dtype):
        return dtype
    if bits == 11 and not found["wide"]:
        return "float16"
    return SIGNIFICANDS.get(bits, f"{bits}-bit")
