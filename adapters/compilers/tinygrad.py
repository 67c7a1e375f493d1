"""tinygrad on the CPU: a method of ``Tensor`` per call, compiled by clang (see `clang`).

The methods are named after two axes and take any number of them. Arrays are handed on row-major,
whatever their strides.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import option_words
from ..forwarding import forward
from .claims import tinygrad as claims_of
from .clang import surroundings
from .tinygrad_words import NAMES, method, spelled

Array = npt.NDArray[Any]


os.environ.setdefault("DEV", "CPU")
os.environ.update(surroundings())

from tinygrad import Tensor, dtypes  # noqa: E402 - it reads the environment as it is imported


class Tinygrad:
    """tinygrad. Arrays are NumPy's, (N, C, *spatial), in and out; errors are tinygrad's own.

    It has a function for each of `tinygrad_words.NAMES`; `tinygrad_words.method` says what that
    calls.
    """

    name = "tinygrad"
    version = importlib.metadata.version("tinygrad")

    def __init__(self) -> None:
        self.claims = claims_of("")
        forward(self, NAMES, self._run)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, by ``Tensor.gradient``.

        One per input, but for labels, which have none.
        """
        tensors = [_tensor(array) for array in inputs]
        y = self._called("max_pool" if op.startswith("max_pool") else op, tensors, params)
        leaves = tensors[:1] if op == "cross_entropy" else tensors
        return [_array(one) for one in y.gradient(*leaves, gradient=_tensor(cotangent))]

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in tinygrad's own words: imports, and lines that set `results`."""
        return spelled(which, op, inputs, names, parameters)

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Any:
        y = self._called(op, [_tensor(array) for array in arrays], params)
        return tuple(map(_array, y)) if op == "max_pool_with_indices" else _array(y)

    def _called(self, op: str, tensors: Sequence[Any], params: Mapping[str, Any]) -> Any:
        first, *others = tensors
        name, keywords = method(op, first.ndim - 2, params)
        if op == "dense":
            others[0] = others[0].T
        return getattr(first, name)(*others, **keywords)


def _tensor(array: Array) -> Any:
    if str(array.dtype) == "bfloat16":
        bits = np.ascontiguousarray(array).view(np.uint16)
        return Tensor(bits).bitcast(dtypes.bfloat16)
    return Tensor(np.ascontiguousarray(array))


def _array(tensor: Any) -> Array:
    if tensor.dtype == dtypes.bfloat16:
        import ml_dtypes

        bits: Array = tensor.bitcast(dtypes.uint16).numpy()
        return bits.view(ml_dtypes.bfloat16)
    found: Array = tensor.numpy()
    return found


def make(option: str | None) -> Tinygrad:
    """tinygrad on the CPU. Raises UnknownAdapter for any option: there is none."""
    option_words("tinygrad", option)
    return Tinygrad()
