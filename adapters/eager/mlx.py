"""MLX on the CPU, through ``mlx.core`` and ``mlx.nn``.

MLX has its channels last. So there is one shim, in front of every windowed function and behind it:
``mx.moveaxis``, which makes a view with other strides, such as MLX's kernels take (no copy is made
by us). Arrays of NumPy are copied by ``mx.array``, whatever strides they have. Every parameter that
MLX has is handed to MLX; asymmetric padding of a convolution goes to ``mx.conv_general``.

The log-sum-exp of one cell is refused, with an error: MLX 0.32 then writes outside its memory, and
nothing that comes after in the process could be trusted.

What MLX does not offer raises ValueError: named padding, ceil mode, dilated pools, averages that
leave the padding out, unequal padding of pools and of transposed convolutions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ml_dtypes
import mlx.core as mx
import mlx.nn as nn
import numpy as np
import numpy.typing as npt

from ..errors import option_words
from ..forwarding import forward
from .calling import Named, Noting, running
from .claims import mlx as claimed
from .mlx_functions import FORWARD

Array = npt.NDArray[Any]

_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
_CALL = running({"mx": mx, "nn": nn})


class MLX:
    """MLX's functions on its CPU device.

    It has a function for each operation, on NumPy's arrays, (N, C, *spatial), in and out; errors
    are MLX's own.
    """

    name = "mlx"
    version = mx.__version__

    def __init__(self) -> None:
        """Nothing is computed before the first call."""
        self.claims = claimed("")
        forward(self, FORWARD, self._run)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by ``mx.vjp``.

        One per input, but for labels, which have none.
        """
        function, given = _differentiable(op, inputs, params)
        _, gradients = mx.vjp(function, given, [_tensor(cotangent)])
        return [_array(d) for d in gradients]

    def double_vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array,
        cotangents: Sequence[Array | None], **params: Any,
    ) -> list[Array]:  # fmt: skip
        """The gradients of Σ⟨vjp_i, cotangents_i⟩, by ``mx.vjp`` of ``mx.vjp``.

        One per input, then that of the cotangent; a None among `cotangents` leaves its term out.
        """
        function, given = _differentiable(op, inputs, params)
        held = [(i, u) for i, u in enumerate(cotangents) if u is not None]

        def first(*leaves: Any) -> list[Any]:
            _, gradients = mx.vjp(function, list(leaves[:-1]), [leaves[-1]])
            return [gradients[i] for i, _ in held]

        if not held:
            return [np.zeros_like(array) for array in (*inputs, cotangent)]
        _, second = mx.vjp(first, [*given, _tensor(cotangent)], [_tensor(u) for _, u in held])
        return [_array(d) for d in second]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in MLX's own words: imports, and lines that set `results`."""
        of = [name for name in inputs if name != "g" and not name.startswith("u_")]
        lines = [f"{names[name]}_ = {_spelled(inputs[name], names[name])}" for name in of]
        noting = Noting()
        shapes = tuple(inputs[name].shape for name in of)
        tensors = [Named(f"{names[name]}_") for name in of]
        y = FORWARD[op](noting, shapes, *tensors, **parameters)
        if which == "forward":
            lines += [*noting.lines, f"results = [{y}]"]
        else:
            inner = [f"{names[name]}_" for name in of if name != "labels"]
            leaves = ", ".join(inner)
            lines += [f"def f({leaves}):", *(f"    {line}" for line in noting.lines)]
            lines += [f"    return {y}", f"g_ = {_spelled(inputs['g'], names['g'])}"]
            if which == "vjp":
                lines.append(f"_, results = mx.vjp(f, [{leaves}], [g_])")
            else:
                held = [i for i, name in enumerate(of) if f"u_{name}" in inputs]
                us = [_spelled(inputs[f"u_{of[i]}"], names[f"u_{of[i]}"]) for i in held]
                lines += [
                    f"def first({leaves}, g_):",
                    f"    _, gradients = mx.vjp(f, [{leaves}], [g_])",
                    f"    return [gradients[i] for i in {held}]",
                    f"_, results = mx.vjp(first, [{leaves}, g_], [{', '.join(us)}])",
                ]
        imports = ["import mlx.core as mx", "import mlx.nn as nn", "mx.set_default_device(mx.cpu)"]
        if any(array.dtype == _BFLOAT16 for array in inputs.values()):
            number = "np.array(one.view(mx.uint16)).view(ml_dtypes.bfloat16)"
            imports = ["import ml_dtypes", *imports]
        else:
            number = "np.array(one)"
        return imports, [*lines, f"results = [{number} for one in results]"]

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        _checked(op, arrays[0])
        shapes = tuple(array.shape for array in arrays)
        return _array(FORWARD[op](_CALL, shapes, *map(_tensor, arrays), **params))


def make(option: str | None) -> MLX:
    """MLX on the CPU. Raises UnknownAdapter for any option."""
    option_words("mlx", option)
    mx.set_default_device(mx.cpu)
    return MLX()


def _differentiable(
    op: str, inputs: Sequence[Array], params: Mapping[str, Any]
) -> tuple[Callable[..., Any], list[Any]]:
    """The operation as a function of what has a gradient, and that."""
    _checked(op, inputs[0])
    tensors = [_tensor(array) for array in inputs]
    constant = tensors[1:] if op == "cross_entropy" else []
    shapes = tuple(array.shape for array in inputs)

    def function(*leaves: Any) -> Any:
        return FORWARD[op](_CALL, shapes, *leaves, *constant, **params)

    return function, tensors[: len(tensors) - len(constant)]


def _checked(op: str, x: Array) -> None:
    """Raise where MLX has no such operation, or would write outside its memory."""
    flat = op in ("dense", "softmax", "log_softmax", "cross_entropy", "relu")
    if not (flat or 3 <= x.ndim <= 5):
        raise ValueError(f"MLX has 1, 2 or 3 spatial axes, not those of shape {x.shape}")
    axis = {"log_softmax": 1, "cross_entropy": -1}.get(op)
    if axis is not None and x.ndim > max(axis, 0) and x.shape[axis] == 1:
        raise RuntimeError(f"not run: MLX would leave its memory (one class, of {x.shape})")


def _tensor(array: Array) -> Any:
    """A copy as an array of MLX's."""
    if array.dtype == _BFLOAT16:
        return mx.array(array.view(np.uint16)).view(mx.bfloat16)
    return mx.array(array, dtype=getattr(mx, array.dtype.name))


def _array(tensor: Any) -> Array:
    if tensor.dtype == mx.bfloat16:
        return np.array(tensor.view(mx.uint16)).view(_BFLOAT16)
    return np.array(tensor)


def _spelled(array: Array, name: str) -> str:
    if array.dtype == _BFLOAT16:
        return f"mx.array({name}.view(np.uint16)).view(mx.bfloat16)"
    return f"mx.array({name}, dtype=mx.{array.dtype.name})"
