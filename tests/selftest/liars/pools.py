"""Padding and pooling that is wrong in one corner."""

from __future__ import annotations

from typing import Any

import numpy as np

from .catalogue import lie
from .honest import (
    Array,
    avg_pool,
    global_avg_pool,
    global_max_pool,
    global_sum_pool,
    max_pool,
    max_pool_vjp,
    pad,
    vjp,
    wide,
)


@lie("max_pool.definition")
def padding_of_zeros(x: Array, **given: Any) -> Array:
    """The border is padded with zeros, which win over negative numbers."""
    zeros = np.pad(x, [(0, 0), (0, 0), *given["padding"]])
    return max_pool(zeros, **{**given, "padding": ((0, 0),) * (x.ndim - 2)})


@lie("max_pool.definition")
def integers_start_at_zero(x: Array, **given: Any) -> Array:
    y = max_pool(x, **given)
    return np.maximum(y, 0) if x.dtype.kind == "i" else y


@lie("max_pool.nan", kind="nan")
def a_nan_is_lost(x: Array, **given: Any) -> Array:
    return max_pool(np.where(np.isnan(x), -np.inf, x).astype(x.dtype), **given)


@lie("max_pool.output-size", kind="shape")
def a_window_in_the_padding(x: Array, **given: Any) -> Array:
    """Ceil mode keeps a last window that starts past input and low padding."""
    y = max_pool(x, **given)
    last = given["stride"][-1] * y.shape[-1]
    if given["ceil_mode"] and x.shape[-1] + given["padding"][-1][0] <= last:
        room = (
            x.shape[-1]
            + sum(given["padding"][-1])
            - given["dilation"][-1] * (given["window"][-1] - 1)
            - 1
        )
        if -(-room // given["stride"][-1]) + 1 > y.shape[-1]:
            y = np.concatenate([y, np.full_like(y[..., -1:], 0)], axis=-1)
    return y


@lie("max_pool.gradient")
def ties_all_get_it(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    """Every cell that equals the maximum of its window gets the gradient."""
    if op != "max_pool":
        return vjp(op, inputs, g, **given)
    (x,) = inputs
    spread = np.zeros(x.shape)
    for place in np.ndindex(x.shape[2:]):
        # The gradient of a cell is what it would get if it alone were a little greater.
        nudged = 2 * wide(x)
        nudged[(..., *place)] += 1
        (dx,) = max_pool_vjp(nudged, g=wide(g), **given)
        spread[(..., *place)] = dx[(..., *place)]
    return (spread.astype(x.dtype),)


@lie("max_pool.gradient")
def the_last_of_equals(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    if op != "max_pool" or inputs[0].ndim != 3:
        return vjp(op, inputs, g, **given)
    # Seen backwards the first is the last; what ceil mode adds at the end must stay there.
    ((low, _),), (x,) = given["padding"], inputs
    reach = (
        (g.shape[-1] - 1) * given["stride"][0] + given["dilation"][0] * (given["window"][0] - 1) + 1
    )
    over = reach - x.shape[-1] - low
    if over < 0:
        return vjp(op, inputs, g, **given)
    turned = {**given, "padding": ((over, low),), "ceil_mode": False}
    return (np.flip(vjp(op, (np.flip(x, -1),), np.flip(g, -1), **turned)[0], -1),)


@lie("avg_pool.definition")
def overhang_in_the_divisor(x: Array, **given: Any) -> Array:
    """Ceil mode divides by the whole window, also where it hangs over the end."""
    y = avg_pool(x, **given)
    if given["ceil_mode"] and given["count_include_pad"]:
        whole = avg_pool(np.ones_like(x), **given)
        y = np.where(whole == 1, y, y * 0.5).astype(x.dtype)
        reach = (
            (y.shape[-1] - 1) * given["stride"][-1]
            + given["dilation"][-1] * (given["window"][-1] - 1)
            + 1
        )
        if reach > x.shape[-1] + sum(given["padding"][-1]) and given["window"][-1] > 1:
            y[..., -1] *= 0.5
    return y


@lie("avg_pool.definition", rank=2)
def padding_counted(x: Array, **given: Any) -> Array:
    """Padding counts along the first axis, wanted or not, if there are two."""
    if x.ndim == 4 and not given["count_include_pad"]:
        low, high = given["padding"][0]
        x = np.pad(x, [(0, 0), (0, 0), (low, high), (0, 0)])
        given["padding"] = ((0, 0), given["padding"][1])
    return avg_pool(x, **given)


@lie("avg_pool.gradient")
def divided_by_the_whole_window(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    if op == "avg_pool":
        given["count_include_pad"] = True
    return vjp(op, inputs, g, **given)


@lie("pad.definition")
def reflection_of_everything(x: Array, **given: Any) -> Array:
    """The farthest reflection that is allowed repeats the edge."""
    y = pad(x, **given)
    low = given["padding"][-1][0]
    if given["mode"] == "reflect" and low > 1 and low == x.shape[-1] - 1:
        y[..., 0] = y[..., 1]
    return y


@lie("pad.definition")
def crops_come_last(x: Array, **given: Any) -> Array:
    """Amounts are padded first and cropped then, so that what was to be gone is mirrored."""
    kept = tuple(tuple(max(n, 0) for n in pair) for pair in given["padding"])
    crops = tuple(tuple(min(n, 0) for n in pair) for pair in given["padding"])
    if given["mode"] == "constant":
        return pad(x, **given)
    padded = pad(x, **{**given, "padding": kept})
    return pad(padded, padding=crops, mode="constant", value=0)


@lie("pad.definition")
def the_value_of_one_side(x: Array, **given: Any) -> Array:
    y = pad(x, **given)
    high = given["padding"][-1][1]
    if given["mode"] == "constant" and high > 0 and given["padding"][-1][0] > 0:
        y[..., -1] = 0
    return y


@lie("pad.results-stay", kind="result-changed")
def nothing_to_pad(x: Array, **given: Any) -> Array:
    """Without padding the input itself comes back."""
    return pad(x, **given) if any(map(any, given["padding"])) else x


@lie("pad.gradient", rank=2)
def corners_lost(op: str, inputs: Any, g: Array, **given: Any) -> Any:
    (dx, *others) = vjp(op, inputs, g, **given)
    if op == "pad" and given["mode"] == "replicate" and dx.ndim > 3:
        dx = dx.copy()
        dx[..., -1, -1] = g[..., -1, -1]
    return (dx, *others)


@lie("global_avg_pool.definition", rank=3)
def two_of_three_axes(x: Array) -> Array:
    y = global_avg_pool(x)
    return (wide(y) * x.shape[2]).astype(x.dtype) if x.ndim == 5 else y


@lie("global_max_pool.definition")
def greatest_from_zero(x: Array) -> Array:
    return np.maximum(global_max_pool(x), 0)


@lie("global_sum_pool.definition", cells=70)
def tail_of_sixteen(x: Array) -> Array:
    """A vector of 16 at a time, and the rest is lost."""
    flat = x.reshape(*x.shape[:2], -1)
    count = flat.shape[2]
    return global_sum_pool(flat[..., : count // 16 * 16] if count > 16 else flat)


@lie("global_sum_pool.output-size", kind="shape", rank=2)
def axes_kept(x: Array) -> Array:
    y = global_sum_pool(x)
    return y if x.ndim == 3 else y.reshape(*y.shape, *(1,) * (x.ndim - 2))
