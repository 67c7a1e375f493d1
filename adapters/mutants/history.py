"""Faults of what came before: caches, counters, workspaces and what forward keeps for backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import Function, Value, call_mutant, gradient_call_mutant, gradient_mutant

STATE = "uninitialised, cached or batch-blind state"


def _key(arrays: Sequence[Array | None], p: dict[str, Value]) -> str:
    shapes = [None if a is None else (a.shape, a.dtype.str, a.strides) for a in arrays]
    return f"{shapes} {sorted(p.items())}"


@call_mutant(
    cause=STATE,
    laws={"conv": "often", "max_pool": "often", "global_sum_pool": "often", "softmax": "often"},
)
def settles_after_ten_calls(right: Function) -> Function:
    """The eleventh call of a kind takes the kernel that was fastest, which skips the last cell."""
    calls: dict[str, int] = {}

    def call(*arrays: Array, **p: Value) -> Array:
        key = _key(arrays, p)
        calls[key] = calls.get(key, 0) + 1
        y: Array = right(*arrays, **p)
        if calls[key] > 10 and y.size > 1:
            y = y.copy()
            y.flat[-1] = y.flat[-2] + 1
        return y

    return call


@call_mutant(
    cause=STATE,
    laws={
        "conv": "changed_cells", "avg_pool": "changed_cells", "pad": "changed_cells",
        "dense": "changed_cells", "relu": "changed_cells",
    },
)  # fmt: skip
def remembers_by_checksum(right: Function) -> Function:
    """The last result is returned again for arrays that have the same sums and the same ends."""
    last: list[Any] = [None, None]

    def call(*arrays: Array, **p: Value) -> Array:
        ends = [(float(a.sum()), a.flat[0], a.flat[-1]) if a.size else 0 for a in arrays]
        key = f"{_key(arrays, p)} {ends}"
        if last[0] != key:
            last[:] = key, right(*arrays, **p)
        y: Array = last[1].copy()
        return y

    return call


@call_mutant(
    cause=STATE,
    laws={"conv": "changed_cells", "dense": "changed_cells", "conv_transpose": "changed_cells"},
)
def packs_weights_once(right: Function) -> Function:
    """Weights are packed once for each place in memory: what is written there later is not."""
    packed: dict[str, Array] = {}

    def call(x: Array, w: Array, *rest: Array, **p: Value) -> Value:
        key = f"{w.ctypes.data} {_key((x, w), p)} {w.flat[0] if w.size else 0}"
        if len(packed) == 4 and key not in packed:
            packed.clear()
        return right(x, packed.setdefault(key, w.copy()), *rest, **p)

    return call


@call_mutant(
    cause=STATE,
    laws={
        "conv": "calls_between", "avg_pool": "calls_between", "global_sum_pool": "calls_between",
        "dense": "calls_between",
    },
)  # fmt: skip
def workspace_multiplied_by_zero(right: Function) -> Function:
    """The workspace is cleared by multiplication with 0, which a NaN of an earlier call stands."""
    workspace: list[Any] = [None, 0.0]

    def call(*arrays: Array, **p: Value) -> Array:
        y: Array = right(*arrays, **p)
        kind = y.shape[1:], y.dtype
        left = workspace[1] * 0 if workspace[0] == kind and y.dtype.kind == "f" else 0
        workspace[:] = kind, float(y.sum())
        result: Array = (y + left).astype(y.dtype)
        return result

    return call


@call_mutant(
    cause=STATE,
    laws={"max_pool": "calls_between", "pad": "calls_between", "log_softmax": "calls_between"},
)
def keeps_the_longest_batch(right: Function) -> Function:
    """After a longer batch of the same maps, the last entry is that of the longer batch."""
    longest: dict[str, Array] = {}

    def call(x: Array, **p: Value) -> Array:
        key = f"{x.shape[1:]} {x.dtype} {sorted(p.items())}"
        y: Array = right(x, **p)
        before = longest.get(key)
        if before is not None and 0 < len(y) < len(before) and before.shape[1:] == y.shape[1:]:
            y = y.copy()
            y[-1] = before[-1] if (before[-1] == before[-1]).all() else y[-1]
            return y
        longest.clear()
        longest[key] = y.copy()
        return y

    return call


@gradient_mutant("relu", cause=STATE, law="gradients_leave_inputs")
def relu_backward_in_place(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """The cotangent is masked in place, and handed out as a copy."""
    (dx,) = reference.vjp("relu", inputs, g, **p)
    g *= inputs[0] > 0
    return (dx,)


@gradient_mutant("conv", cause=STATE, law="gradients_leave_inputs")
def conv_backward_scales_weight(inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
    """Where there is a bias, the weight is flipped in place on the way, and not flipped back."""
    result = reference.vjp("conv", inputs, g, **p)
    if len(inputs) > 2:
        w = inputs[1]
        w[...] = np.flip(w, tuple(range(2, w.ndim))).copy()
    return result


@gradient_call_mutant("conv", cause=STATE, law="gradients_repeatable")
def conv_backward_of_saved_input(right: Function) -> Function:
    """dw is made of the input that was saved when such a gradient was first asked for."""
    saved: dict[str, Array] = {}

    def vjp(name: str, inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
        if name != "conv":
            other: tuple[Array, ...] = right(name, inputs, g, **p)
            return other
        key = f"{inputs[0].ctypes.data} {_key(inputs, p)}"
        if key not in saved:
            saved.clear()
            saved[key] = inputs[0].copy()
        gradients = list(right(name, inputs, g, **p))
        gradients[1] = right(name, [saved[key], *inputs[1:]], g, **p)[1]
        return tuple(gradients)

    return vjp


@gradient_call_mutant("avg_pool", cause=STATE, law="gradients_repeatable")
def avg_pool_gradients_accumulate(right: Function) -> Function:
    """The gradient is added to the one before, where that was asked for with the same arrays."""
    last: list[Any] = [None, 0]

    def vjp(name: str, inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
        gradients: tuple[Array, ...] = right(name, inputs, g, **p)
        if name != "avg_pool":
            return gradients
        key = f"{inputs[0].ctypes.data} {g.ctypes.data} {_key([*inputs, g], p)}"
        dx = gradients[0] + (last[1] if last[0] == key else 0)
        last[:] = key, dx.copy()
        return (dx.astype(gradients[0].dtype),)

    return vjp


@gradient_call_mutant("dense", cause=STATE, law="gradients_stay")
def dense_gradients_in_one_buffer(right: Function) -> Function:
    """Gradients of the weight lie in one buffer for each shape, which later calls write to."""
    buffers: dict[Any, Array] = {}

    def vjp(name: str, inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
        gradients = list(right(name, inputs, g, **p))
        if name == "dense":
            dw = gradients[1]
            buffer = buffers.setdefault((dw.shape, dw.dtype), dw)
            buffer[...] = dw
            gradients[1] = buffer
        return tuple(gradients)

    return vjp
