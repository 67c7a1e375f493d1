"""Faults that show, or show best, where layers meet: what one call leaves behind for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convspec.reference.constraints import Array

from .catalogue import Function, network_mutant

Functions = dict[str, Function]


@network_mutant(cause="uninitialised, cached or batch-blind state", law="network_gradient")
def network_relu_mask_of_last_call(right: Functions) -> Functions:
    """The rectifier's gradient masks by its last call's input, where that has the same shape."""
    last: list[Array] = []

    def relu(x: Array) -> Array:
        last[:] = [x]
        return right["relu"](x)  # type: ignore[no-any-return]

    def vjp(op: str, inputs: Sequence[Array], g: Array, **p: Any) -> Any:
        if op == "relu" and last and last[0].shape == inputs[0].shape:
            inputs = last
        return right["vjp"](op, inputs, g, **p)

    return {"relu": relu, "vjp": vjp}


@network_mutant(cause="uninitialised, cached or batch-blind state", law="network_gradient")
def network_weight_gradient_accumulates(right: Functions) -> Functions:
    """A weight's gradient is added to that of the call before it, if the shapes are the same."""
    kept: list[Array] = []

    def vjp(op: str, inputs: Sequence[Array], g: Array, **p: Any) -> Any:
        gradients = right["vjp"](op, inputs, g, **p)
        if op != "conv":
            return gradients
        dx, dw, *rest = gradients
        if kept and kept[0].shape == dw.shape:
            dw = dw + kept[0]
        kept[:] = [gradients[1]]
        return dx, dw, *rest

    return {"vjp": vjp}


@network_mutant(cause="uninitialised, cached or batch-blind state", law="network_order")
def network_max_pool_winners_of_last_call(right: Functions) -> Functions:
    """A max pool's gradient goes where the maxima of its last call were, if shapes are the same."""
    last: list[Array] = []

    def max_pool(x: Array, **p: Any) -> Array:
        last.append(x)
        return right["max_pool"](x, **p)  # type: ignore[no-any-return]

    def vjp(op: str, inputs: Sequence[Array], g: Array, **p: Any) -> Any:
        # In time for the first passes: only from the third on it looks at the one before the last.
        if op == "max_pool" and len(last) > 2 and last[-2].shape == inputs[0].shape:
            inputs = (last[-2],)
        return right["vjp"](op, inputs, g, **p)

    return {"max_pool": max_pool, "vjp": vjp}


@network_mutant(cause="backward does not match forward", law="network_gradient")
def network_relu_missing_in_gradient(right: Functions) -> Functions:
    """Of maps with more than one channel, the rectifier passes everything back."""

    def vjp(op: str, inputs: Sequence[Array], g: Array, **p: Any) -> Any:
        if op == "relu" and g.shape[1] > 1:
            return (g,)
        return right["vjp"](op, inputs, g, **p)

    return {"vjp": vjp}


@network_mutant(cause="axis or attribute mix-up", law="network_definition")
def network_flattened_channels_last(right: Functions) -> Functions:
    """The dense layer reads rows as if the channel, of which there are two, varied fastest."""

    def dense(x: Array, w: Array, *b: Array) -> Array:
        if x.shape[1] > 2 and x.shape[1] % 2 == 0:
            x = x.reshape(len(x), 2, -1).swapaxes(1, 2).reshape(x.shape)
        return right["dense"](x, w, *b)  # type: ignore[no-any-return]

    return {"dense": dense}


@network_mutant(cause="uninitialised, cached or batch-blind state", law="network_gradient")
def network_relu_reuses_its_buffer(right: Functions) -> Functions:
    """The rectifier returns one array for all results of a shape; the next call writes over it."""
    buffers: dict[tuple[Any, ...], Array] = {}

    def relu(x: Array) -> Array:
        buffer = buffers.setdefault((x.dtype.name, *x.shape), np.empty_like(x))
        buffer[...] = right["relu"](x)
        return buffer

    return {"relu": relu}


@network_mutant(cause="missing validation, out of bounds", law="network_size")
def network_dense_cuts_its_input(right: Functions) -> Functions:
    """A dense layer takes as many cells as it has weights for, and ignores the rest."""

    def dense(x: Array, w: Array, *b: Array) -> Array:
        return right["dense"](x[:, : w.shape[1]], w, *b)  # type: ignore[no-any-return]

    return {"dense": dense}


@network_mutant(cause="average divisor", law="network_size")
def network_gap_divides_as_at_first(right: Functions) -> Functions:
    """Global average pooling divides by the number of cells of the maps it saw first."""
    seen: list[int] = []

    def gap(x: Array) -> Array:
        cells = int(np.prod(x.shape[2:]))
        seen.append(cells)
        sums = right["global_sum_pool"](x)
        if len(seen) > 1 and seen[-2] < cells:
            cells = seen[-2]
        return np.asarray(sums / x.dtype.type(cells))

    return {"global_avg_pool": gap}


@network_mutant(cause="special fast path", law="network_heads")
def network_pointwise_conv_without_bias(right: Functions) -> Functions:
    """A convolution of 1×1 to a single map leaves its bias out."""

    def conv(x: Array, w: Array, *b: Array, **p: Any) -> Array:
        if w.shape[0] == 1 and all(k == 1 for k in w.shape[2:]):
            b = ()
        return right["conv"](x, w, *b, **p)  # type: ignore[no-any-return]

    return {"conv": conv}


@network_mutant(cause="backward does not match forward", law="network_second_gradient")
def network_second_gradient_of_input_lost(right: Functions) -> Functions:
    """The second gradient of a convolution says nothing about its input."""

    def double_vjp(op: str, inputs: Any, g: Array, held: Any, **p: Any) -> Any:
        found = right["double_vjp"](op, inputs, g, held, **p)
        return found if op != "conv" else (np.zeros_like(found[0]), *found[1:])

    return {"double_vjp": double_vjp}
