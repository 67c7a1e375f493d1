"""How arrays are handed over to a library whose channels come last, as views and as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

AS_IS, LAST, KERNEL, DEPTHWISE = "as-is", "channels-last", "kernel", "depthwise"
"""How an array is handed over: (N, C, …) as it is; (N, *spatial, C); a weight (O, I, *k) as
(*k, I, O); one of a depthwise convolution as (*k, channels, multiplier)."""


def channels_of(arrays: Mapping[str, Array]) -> int:
    """The channels of the first array; 0 where it has no such axis."""
    first = next(iter(arrays.values()))
    return first.shape[1] if first.ndim > 1 else 0


def handed(
    arrays: Mapping[str, Array], forms: Mapping[str, str], convert: Callable[[Array], Any]
) -> dict[str, Any]:
    """The arrays in their forms, by name, as the tensors that `convert` makes of them."""
    channels = channels_of(arrays)
    return {
        name: convert(formed(array, forms.get(name, ""), channels))
        for name, array in arrays.items()
    }


def formed(array: Array, form: str, channels: int) -> Array:
    """A view of the array in that form; of a depthwise weight a copy where strides ask for it."""
    if form not in (LAST, KERNEL, DEPTHWISE) or array.ndim < 2:
        return array
    if form == LAST:
        return np.moveaxis(array, 1, -1)
    turned = array.transpose((*range(2, array.ndim), 1, 0))
    if form == DEPTHWISE:
        return turned.reshape((*turned.shape[:-2], channels, -1))
    return turned


def unformed(array: Array, form: str) -> Array:
    """The inverse of `formed`, for a result, or a gradient of that shape."""
    if form not in (LAST, KERNEL, DEPTHWISE) or array.ndim < 2:
        return array
    if form == LAST:
        return np.moveaxis(array, -1, 1)
    if form == DEPTHWISE:
        array = array.reshape((*array.shape[:-2], 1, -1))
    rank = array.ndim - 2
    return array.transpose((rank + 1, rank, *range(rank)))


def form_text(name: str, form: str, channels: int = 0) -> str:
    """What a program writes to bring an array into a form."""
    if form == LAST:
        return f"np.moveaxis({name}, 1, -1)"
    if form == KERNEL:
        return f"np.transpose({name}, (*range(2, {name}.ndim), 1, 0))"
    if form == DEPTHWISE:
        turned = f"np.transpose({name}, (*range(2, {name}.ndim), 1, 0))"
        return f"{turned}.reshape(*{name}.shape[2:], {channels}, -1)"
    return name


def returned_text(text: str, form: str) -> str:
    """What a program writes to bring a result back into the order it has here."""
    if form == LAST:
        return f"np.moveaxis({text}, -1, 1)"
    if form == KERNEL:
        return f"np.moveaxis({text}, (-1, -2), (0, 1))"
    if form == DEPTHWISE:
        return f"np.moveaxis({text}, (-2, -1), (0, 1)).reshape(w.shape)"
    return text
