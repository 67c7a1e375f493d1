"""An implementation in shifts and sums: for every tap of the window, one strided slice.

It is written for these tests alone and shares no code with the reference or any adapter. Sums
are kept in float64 or int64, so that results are correct to the last rounding.
"""

from __future__ import annotations

from itertools import product
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FLOATS = ["float32", "float64", "float16"]
CLAIMS: dict[str, Any] = {
    "all": {"dtypes": [*FLOATS, "int32"]},
    "avg_pool": {"dtypes": FLOATS},
    "global_avg_pool": {"dtypes": FLOATS},
    "vjp": ["conv", "max_pool", "avg_pool", "pad", "global_sum_pool"],
}


def refuse_unless(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def wide(a: Array) -> Array:
    return a.astype(np.float64 if a.dtype.kind == "f" else np.int64)


def outputs(n: int, k: int, s: int, pad: tuple[int, int], d: int, ceil: bool = False) -> int:
    room = n + sum(pad) - d * (k - 1) - 1
    refuse_unless(room >= 0, "the window exceeds the padded input")
    out = room // s + 1
    if ceil:
        out = -(-room // s) + 1
        if (out - 1) * s >= n + pad[0]:
            out -= 1
    return out


def checked(x: Array, **axes: Any) -> int:
    rank = x.ndim - 2
    refuse_unless(rank >= 1 and min(x.shape[2:]) > 0, "x is not (N, C, *spatial)")
    for name, values in axes.items():
        refuse_unless(len(values) == rank, f"{name} has not one entry per axis")
        for value in values:
            if name == "padding":
                refuse_unless(min(value) >= 0, "padding is negative")
            else:
                refuse_unless(value >= 1, f"{name} is not positive")
    return rank


def surround(x: Array, padding: Any, over: list[int], value: Any) -> Array:
    """x between its padding, and beyond it as many cells as the last window hangs over."""
    around = [(lo, hi + more) for (lo, hi), more in zip(padding, over, strict=True)]
    return np.pad(x, [(0, 0), (0, 0), *around], constant_values=value)


def shift(taps: Any, out: Any, stride: Any, dilation: Any) -> tuple[Any, ...]:
    """The cells that tap `taps` of every window reads."""
    return (..., *(
        slice(t * d, t * d + s * (o - 1) + 1, s)
        for t, o, s, d in zip(taps, out, stride, dilation, strict=True)
    ))  # fmt: skip


def over(n: Any, k: Any, out: Any, stride: Any, padding: Any, dilation: Any) -> list[int]:
    return [
        max((o - 1) * s + d * (w - 1) + 1 - m - sum(p), 0)
        for m, w, o, s, p, d in zip(n, k, out, stride, padding, dilation, strict=True)
    ]


def conv(x: Array, w: Array, b: Array | None = None, *, stride: Any, padding: Any, dilation: Any,
         groups: int) -> Array:  # fmt: skip
    rank = checked(x, stride=stride, padding=padding, dilation=dilation)
    refuse_unless(w.ndim == x.ndim and w.dtype == x.dtype, "w does not fit x")
    refuse_unless(groups >= 1 and w.shape[0] % groups == 0, "groups do not divide the filters")
    refuse_unless(x.shape[1] == w.shape[1] * groups, "channels do not fit")
    refuse_unless(b is None or b.shape == w.shape[:1], "b does not fit w")
    k = w.shape[2:]
    steps = zip(x.shape[2:], k, stride, padding, dilation, strict=True)
    out = [outputs(*step) for step in steps]
    padded = surround(wide(x), padding, [0] * rank, 0)
    padded = padded.reshape(len(x), groups, w.shape[1], *padded.shape[2:])
    filters = wide(w).reshape(groups, -1, *w.shape[1:])
    y = np.zeros((len(x), groups, filters.shape[1], *out), padded.dtype)
    for taps in product(*map(range, k)):
        part = padded[shift(taps, out, stride, dilation)]
        y += np.einsum("ngc...,gfc->ngf...", part, filters[(..., *taps)])
    y = y.reshape(len(x), len(w), *out)
    if b is not None:
        y += b.reshape(-1, *(1,) * rank)
    return y.astype(x.dtype)


def plan(x: Array, window: Any, stride: Any, padding: Any, dilation: Any, ceil: bool) -> list[int]:
    checked(x, window=window, stride=stride, padding=padding, dilation=dilation)
    steps = zip(x.shape[2:], window, stride, padding, dilation, strict=True)
    return [outputs(*step, ceil) for step in steps]


def max_pool(x: Array, *, window: Any, stride: Any, padding: Any, dilation: Any,
             ceil_mode: bool) -> Array:  # fmt: skip
    out = plan(x, window, stride, padding, dilation, ceil_mode)
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    beyond = over(x.shape[2:], window, out, stride, padding, dilation)
    padded = surround(x, padding, beyond, least)
    y = np.full((*x.shape[:2], *out), least, x.dtype)
    for taps in product(*map(range, window)):
        y = np.maximum(y, padded[shift(taps, out, stride, dilation)])
    return y


def avg_pool(x: Array, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
             count_include_pad: bool) -> Array:  # fmt: skip
    refuse_unless(x.dtype.kind == "f", "a mean of integers")
    out = plan(x, window, stride, padding, dilation, ceil_mode)
    beyond = over(x.shape[2:], window, out, stride, padding, dilation)
    padded = surround(wide(x), padding, beyond, 0)
    total = np.zeros((*x.shape[:2], *out))
    count = counts(x, window, stride, padding, dilation, out, count_include_pad)
    for taps in product(*map(range, window)):
        total += padded[shift(taps, out, stride, dilation)]
    return (total / count).astype(x.dtype)


def counts(x: Array, window: Any, stride: Any, padding: Any, dilation: Any, out: Any,
           include: bool) -> Array:  # fmt: skip
    beyond = over(x.shape[2:], window, out, stride, padding, dilation)
    counted = surround(np.ones((1, 1, *x.shape[2:])), padding, [0] * len(out), float(include))
    counted = surround(counted, [(0, 0)] * len(out), beyond, 0)
    count = np.zeros((1, 1, *out))
    for taps in product(*map(range, window)):
        count += counted[shift(taps, out, stride, dilation)]
    refuse_unless(count.min(initial=1) > 0, "a window has no cell to count")
    return count


def sources(n: int, pair: tuple[int, int], mode: str) -> Array:
    """For every cell of the padded axis the input cell it copies, −1 for the constant."""
    low, high = pair
    first, stop = max(-low, 0), n - max(-high, 0)  # crops come first
    refuse_unless(stop > first or (stop == first and mode == "constant"), "nothing is left")
    m = stop - first
    place = np.arange(-max(low, 0), m + max(high, 0))
    most = max(low, high, 0)
    if mode == "constant":
        return np.where((place >= 0) & (place < m), place + first, -1)
    if mode == "replicate":
        return np.clip(place, 0, m - 1) + first
    if mode == "circular":
        refuse_unless(most <= m, "the pad exceeds the input")
        return place % m + first
    refuse_unless(most <= m - (mode == "reflect"), "the pad exceeds the input")
    if mode == "symmetric":
        folded = place % (2 * m)
        return np.minimum(folded, 2 * m - 1 - folded) + first
    folded = place % max(2 * m - 2, 1)
    return np.minimum(folded, 2 * m - 2 - folded) + first


def pad(x: Array, *, padding: Any, mode: str, value: float) -> Array:
    refuse_unless(len(padding) == x.ndim - 2, "padding has not one entry per axis")
    y = x.copy()
    for axis, pair in enumerate(padding, 2):
        source = sources(x.shape[axis], pair, mode)
        y = y.take(np.maximum(source, 0), axis)
        outside = (source < 0).reshape(-1, *(1,) * (x.ndim - 1 - axis))
        y = np.where(outside, np.asarray(value, x.dtype), y)
    return y


def global_sum_pool(x: Array) -> Array:
    refuse_unless(x.ndim > 2 and prod(x.shape[2:]) > 0, "the map is empty")
    return wide(x).sum(axis=tuple(range(2, x.ndim))).astype(x.dtype)


def global_avg_pool(x: Array) -> Array:
    refuse_unless(x.dtype.kind == "f", "a mean of integers")
    refuse_unless(x.ndim > 2 and prod(x.shape[2:]) > 0, "the map is empty")
    return wide(x).mean(axis=tuple(range(2, x.ndim))).astype(x.dtype)


def global_max_pool(x: Array) -> Array:
    refuse_unless(x.ndim > 2 and prod(x.shape[2:]) > 0, "the map is empty")
    return x.max(axis=tuple(range(2, x.ndim)))


def vjp(op: str, inputs: Any, cotangent: Array, **given: Any) -> tuple[Array, ...]:
    gradient = {"conv": conv_vjp, "max_pool": max_pool_vjp, "avg_pool": avg_pool_vjp,
                "pad": pad_vjp, "global_sum_pool": global_sum_pool_vjp}[op]  # fmt: skip
    found: tuple[Array, ...] = gradient(*inputs, g=wide(cotangent), **given)
    return tuple(d.astype(a.dtype) for d, a in zip(found, inputs, strict=True))


def inner(padded: Array, padding: Any, n: Any) -> Array:
    """The cells of x in an array of its padded size."""
    return padded[(..., *(slice(lo, lo + m) for (lo, _), m in zip(padding, n, strict=True)))]


def conv_vjp(x: Array, w: Array, b: Array | None = None, *, g: Array, stride: Any, padding: Any,
             dilation: Any, groups: int) -> tuple[Array, ...]:  # fmt: skip
    out, k = g.shape[2:], w.shape[2:]
    padded = surround(wide(x), padding, [0] * len(out), 0)
    padded = padded.reshape(len(x), groups, w.shape[1], *padded.shape[2:])
    filters = wide(w).reshape(groups, -1, *w.shape[1:])
    given = g.reshape(len(x), groups, len(w) // groups, *out)
    dx, dw = np.zeros_like(padded), np.zeros_like(filters)
    spatial = "xyz"[: len(out)]
    for taps in product(*map(range, k)):
        place = shift(taps, out, stride, dilation)
        dx[place] += np.einsum(f"ngf{spatial},gfc->ngc{spatial}", given, filters[(..., *taps)])
        dw[(..., *taps)] += np.einsum(f"ngf{spatial},ngc{spatial}->gfc", given, padded[place])
    dx = inner(dx.reshape(*x.shape[:2], *padded.shape[3:]), padding, x.shape[2:])
    gradients = [dx, dw.reshape(w.shape)]
    if b is not None:
        gradients.append(g.sum(axis=(0, *range(2, g.ndim))))
    return tuple(gradients)


def max_pool_vjp(x: Array, *, g: Array, window: Any, stride: Any, padding: Any, dilation: Any,
                 ceil_mode: bool) -> tuple[Array, ...]:  # fmt: skip
    given = {"window": window, "stride": stride, "padding": padding, "dilation": dilation}
    y = max_pool(x, ceil_mode=ceil_mode, **given)
    out = y.shape[2:]
    beyond = over(x.shape[2:], window, out, stride, padding, dilation)
    padded = surround(x, padding, beyond, -np.inf)
    real = surround(np.ones(x.shape, bool), padding, beyond, False)
    dx = np.zeros(padded.shape)
    left = np.ones(y.shape, bool)
    for taps in product(*map(range, window)):
        place = shift(taps, out, stride, dilation)
        is_nan = np.isnan(padded[place]) & np.isnan(y)
        mine = left & real[place] & ((padded[place] == y) | is_nan)
        dx[place] += np.where(mine, g, 0)
        left &= ~mine
    return (inner(dx, padding, x.shape[2:]),)


def avg_pool_vjp(x: Array, *, g: Array, window: Any, stride: Any, padding: Any, dilation: Any,
                 ceil_mode: bool, count_include_pad: bool) -> tuple[Array, ...]:  # fmt: skip
    out = g.shape[2:]
    beyond = over(x.shape[2:], window, out, stride, padding, dilation)
    dx = np.zeros(surround(x, padding, beyond, 0).shape)
    share = g / counts(x, window, stride, padding, dilation, out, count_include_pad)
    for taps in product(*map(range, window)):
        dx[shift(taps, out, stride, dilation)] += share
    return (inner(dx, padding, x.shape[2:]),)


def pad_vjp(x: Array, *, g: Array, padding: Any, mode: str, value: float) -> tuple[Array, ...]:
    dx = g
    for axis, pair in enumerate(padding, 2):
        source = sources(x.shape[axis], pair, mode)
        spread = np.zeros((x.shape[axis], len(source)))
        spread[source[source >= 0], np.flatnonzero(source >= 0)] = 1
        dx = np.moveaxis(np.tensordot(spread, dx, (1, axis)), 0, axis)
    return (dx,)


def global_sum_pool_vjp(x: Array, *, g: Array) -> tuple[Array, ...]:
    return (np.broadcast_to(g.reshape(*g.shape, *(1,) * (x.ndim - 2)), x.shape),)


OPERATIONS = (conv, pad, max_pool, avg_pool, global_avg_pool, global_max_pool, global_sum_pool)


def implementation(**other: Any) -> SimpleNamespace:
    """The honest implementation as an adapter, with some of its functions replaced."""
    functions = {f.__name__: f for f in OPERATIONS}
    return SimpleNamespace(**{"name": "honest", "claims": CLAIMS, **functions, "vjp": vjp, **other})
