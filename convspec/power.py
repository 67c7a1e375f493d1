"""What the tests of precision catch, and whom they accuse: measured on sums of float32 products.

Every entry of the table draws batches of sums and counts how many are outside what a correct sum
can give, by the bound of each cell, by the size of all errors, or by their direction. Seeds are
fixed: the table is the same everywhere that float32 is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from convspec.numerics import Array, Precision
from convspec.precision import measure, spread_of

CELLS = 128
"""Sums in a batch, each of numbers of its own."""

TERMS = (1, 10, 100, 1_000, 10_000, 100_000)

ROUNDED = Precision("float32", "float32", 0)

Sum = Callable[[Array, Array], Array]
"""From x and w, each (K, M) in float32, to the M sums of their products."""


def normal(draw: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Standard normal numbers."""
    return draw.standard_normal(shape), draw.standard_normal(shape)


def positive(draw: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Numbers from [0.5, 1.5)."""
    return draw.uniform(0.5, 1.5, shape), draw.uniform(0.5, 1.5, shape)


def heavy(draw: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Log-normal numbers of σ = 1.5 with drawn signs."""
    x, w = (draw.choice([-1.0, 1.0], shape) * draw.lognormal(0, 1.5, shape) for _ in range(2))
    return x, w


def cancelling(draw: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Terms that take each other away but for a thousandth."""
    x, w = draw.uniform(0.5, 1.5, shape), draw.uniform(0.5, 1.5, shape)
    half = shape[0] // 2
    x[half : 2 * half] = -x[:half] * (1 + 1e-3 * draw.standard_normal((half, shape[1])))
    w[half : 2 * half] = w[:half]
    return x, w


DATA = {"normal": normal, "positive": positive, "log-normal": heavy, "cancelling": cancelling}
SIGNED = ("normal", "log-normal")
"""Data whose signs are drawn."""


def sequential(x: Array, w: Array) -> Array:
    """One product after another."""
    return np.asarray(np.add.reduce(x * w, axis=0, dtype=np.float32))


def pairwise(x: Array, w: Array) -> Array:
    """Halves of halves."""
    parts = x * w
    while len(parts) > 1:
        rest = parts[len(parts) // 2 * 2 :]
        parts = np.concatenate([parts[0 : len(parts) // 2 * 2 : 2] + parts[1::2], rest])
    return np.asarray(parts[0])


def blocked(x: Array, w: Array) -> Array:
    """Blocks of 32, and then the blocks."""
    products = x * w
    starts = range(0, len(products), 32)
    sums = [np.add.reduce(products[i : i + 32], axis=0, dtype=np.float32) for i in starts]
    return np.asarray(np.add.reduce(np.array(sums), axis=0, dtype=np.float32))


def fused(x: Array, w: Array) -> Array:
    """Multiply and add with one rounding."""
    total = np.zeros(x.shape[1], np.float32)
    for a, b in zip(x.astype(np.float64), w.astype(np.float64), strict=True):
        total = (a * b + total).astype(np.float32)
    return total


HONEST: dict[str, Sum] = {
    "sequential": sequential, "pairwise": pairwise, "blocked": blocked, "FMA": fused,
}  # fmt: skip


def to_bits(array: Array, bits: int) -> Array:
    """float32 with a significand of so many bits, to nearest, ties to even."""
    less = 24 - bits
    whole = np.asarray(array, np.float32).view(np.uint32).astype(np.uint64)
    whole += (1 << less - 1) - 1 + (whole >> less & 1)
    return np.asarray((whole >> less << less).astype(np.uint32).view(np.float32))


def cut_to_bits(array: Array, bits: int) -> Array:
    """float32 with a significand of so many bits, the rest cut off."""
    less = 24 - bits
    whole = np.asarray(array, np.float32).view(np.uint32)
    return np.asarray((whole >> less << less).view(np.float32))


def _reading(change: Callable[[Array], Array]) -> Sum:
    return lambda x, w: sequential(change(x), change(w))


def _keeping(change: Callable[[Array], Array]) -> Sum:
    def summed(x: Array, w: Array) -> Array:
        total = np.zeros(x.shape[1], np.float32)
        for a, b in zip(x, w, strict=True):
            total = change(total + a * b)
        return total

    return summed


def _half(array: Array) -> Array:
    with np.errstate(over="ignore"):
        return array.astype(np.float16).astype(np.float32)


def _flushing(x: Array, w: Array) -> Array:
    products = x * w
    products[np.abs(products) < np.finfo(np.float32).tiny] = 0
    return np.asarray(np.add.reduce(products, axis=0, dtype=np.float32))


def _cutting(x: Array, w: Array) -> Array:
    """Every sum is cut off, and not rounded, to float32."""
    total = np.zeros(x.shape[1], np.float32)
    for a, b in zip(x.astype(np.float64), w.astype(np.float64), strict=True):
        total = (a * b + total).view(np.uint64)
        total = (total >> 29 << 29).view(np.float64).astype(np.float32)
    return total


DOWNGRADES: dict[str, Sum] = {
    "TF32 inputs": _reading(lambda a: to_bits(a, 11)),
    "TF32 inputs, cut off": _reading(lambda a: cut_to_bits(a, 11)),
    "bfloat16 inputs": _reading(lambda a: to_bits(a, 8)),
    "bfloat16 inputs, cut off": _reading(lambda a: cut_to_bits(a, 8)),
    "float16 inputs": _reading(_half),
    "bfloat16 accumulate": _keeping(lambda a: to_bits(a, 8)),
    "float16 accumulate": _keeping(_half),
    "sums cut off": _cutting,
    "a term lost": lambda x, w: sequential(x[1:], w[1:]) if len(x) > 1 else 0 * x[0],
    "flush to zero": _flushing,
}


@dataclass(frozen=True)
class Entry:
    """How many of `batches` were found outside, of one kind of data, sum and length."""

    data: str
    sum: str
    honest: bool
    terms: int
    batches: int
    outside: int
    by_cell: int
    by_size: int
    by_drift: int

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready document."""
        return asdict(self)


def table(most: int = TERMS[-1], batches: int = 20, seed: int = 0) -> Iterator[Entry]:
    """The entries, one after another. Batches of long sums are fewer."""
    for terms in (n for n in TERMS if n <= most):
        count = max(min(batches, batches * 1_000 // terms), 1)
        for data in DATA:
            for name, way in {**HONEST, **DOWNGRADES}.items():
                yield _entry(data, name, way, terms, count, seed)


def _entry(data: str, name: str, way: Sum, terms: int, batches: int, seed: int) -> Entry:
    by_cell = by_size = by_drift = outside = 0
    for batch in range(batches):
        draw = np.random.default_rng([seed, terms, batch, list(DATA).index(data)])
        x, w = (a.astype(np.float32) for a in DATA[data](draw, (terms, CELLS)))
        if name == "flush to zero":
            x, w = x * np.float32(2.0**-66), w * np.float32(2.0**-66)
        found = judged(way(x, w), x, w, signed=data in SIGNED)
        by_cell, by_size, by_drift = by_cell + found[0], by_size + found[1], by_drift + found[2]
        outside += any(found)
    honest = name in HONEST
    return Entry(data, name, honest, terms, batches, outside, by_cell, by_size, by_drift)


def judged(got: Array, x: Array, w: Array, *, signed: bool) -> tuple[bool, bool, bool]:
    """Whether sums are outside by the bound of a cell, by the size, and by the drift of errors."""
    products = x.astype(np.float64) * w.astype(np.float64)
    y, sizes, terms = products.sum(axis=0), np.abs(products).sum(axis=0), len(x)
    squares = (products**2).sum(axis=0) if signed else None
    bound = Precision("float32", "float32", terms).sum(sizes)
    error = got.astype(np.float64) - y
    cell = bool((~(np.abs(error) <= bound)).any())
    spread = spread_of(y, sizes, squares, terms, ROUNDED, independent=len(y), apart=len(y))
    seen = measure(got, y, spread)
    if seen is None:
        return cell, False, False
    return cell, seen.size > seen.size_limit, abs(seen.drift) > seen.drift_limit
