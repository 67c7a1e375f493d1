"""tinygrad on the CPU: a method of ``Tensor`` per call, compiled by clang for the shape at hand.

The methods are named after two axes and take any number of them. Where clang is not on the path,
that of the package ``ziglang`` is used; what is compiled is what tinygrad writes, either way.
Arrays are handed on row-major, whatever their strides.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import AdapterError, UnknownAdapter
from .claims import tinygrad as claims_of
from .tinygrad_words import method, spelled

Array = npt.NDArray[Any]


def _compiler() -> str:
    """The command that stands for clang. Raises AdapterError where there is none."""
    given = os.environ.get("CC", "clang")
    if shutil.which(given):
        return given
    found = importlib.util.find_spec("ziglang")
    if found is None or found.origin is None:
        raise AdapterError(f"tinygrad needs {given}, which is not there; or: pip install ziglang")
    zig = Path(found.origin).with_name("zig")
    # tinygrad runs one command without arguments of ours: a script of two lines stands for it.
    script = Path(tempfile.gettempdir(), f"convspec-zig-clang-{os.getuid()}", "clang")
    script.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = script.with_name(f"clang-{os.getpid()}")
    fresh.write_text(f'#!/bin/sh\nexec "{zig}" clang "$@"\n')
    fresh.chmod(0o700)
    fresh.replace(script)
    return str(script)


os.environ.setdefault("DEV", "CPU")
os.environ["CC"] = _compiler()

from tinygrad import Tensor, dtypes  # noqa: E402 - it reads the environment as it is imported


class Tinygrad:
    """tinygrad. Arrays are NumPy's, (N, C, *spatial), in and out; errors are tinygrad's own."""

    name = "tinygrad"
    version = importlib.metadata.version("tinygrad")

    def __init__(self) -> None:
        self.claims = claims_of("")

    def conv(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """``Tensor.conv2d``, of any number of axes."""
        return self._run("conv", (x, w) if b is None else (x, w, b), params)

    def conv_transpose(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """``Tensor.conv_transpose2d``, of any number of axes."""
        return self._run("conv_transpose", (x, w) if b is None else (x, w, b), params)

    def pad(self, x: Array, **params: Any) -> Array:
        """``Tensor.pad``."""
        return self._run("pad", (x,), params)

    def max_pool(self, x: Array, **params: Any) -> Array:
        """``Tensor.max_pool2d``, of any number of axes."""
        return self._run("max_pool", (x,), params)

    def max_pool_with_indices(self, x: Array, **params: Any) -> tuple[Array, Array]:
        """The same with ``return_indices``."""
        values, indices = self._called("max_pool_with_indices", [_tensor(x)], params)
        return _array(values), _array(indices)

    def avg_pool(self, x: Array, **params: Any) -> Array:
        """``Tensor.avg_pool2d``, of any number of axes."""
        return self._run("avg_pool", (x,), params)

    def global_avg_pool(self, x: Array) -> Array:
        """``Tensor.mean`` over the spatial axes."""
        return self._run("global_avg_pool", (x,), {})

    def global_max_pool(self, x: Array) -> Array:
        """``Tensor.max`` over the spatial axes."""
        return self._run("global_max_pool", (x,), {})

    def global_sum_pool(self, x: Array) -> Array:
        """``Tensor.sum`` over the spatial axes."""
        return self._run("global_sum_pool", (x,), {})

    def relu(self, x: Array) -> Array:
        """``Tensor.relu``."""
        return self._run("relu", (x,), {})

    def dense(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """``Tensor.linear``."""
        return self._run("dense", (x, w) if b is None else (x, w, b), {})

    def softmax(self, x: Array) -> Array:
        """``Tensor.softmax`` over the channels."""
        return self._run("softmax", (x,), {})

    def log_softmax(self, x: Array) -> Array:
        """``Tensor.log_softmax`` over the channels."""
        return self._run("log_softmax", (x,), {})

    def cross_entropy(self, logits: Array, labels: Array) -> Array:
        """``Tensor.cross_entropy``, the mean over the batch."""
        return self._run("cross_entropy", (logits, labels), {})

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

    def _run(self, op: str, arrays: Sequence[Array], params: dict[str, Any]) -> Array:
        return _array(self._called(op, [_tensor(array) for array in arrays], params))

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
    if option:
        raise UnknownAdapter(f"tinygrad has no option {option!r}")
    return Tinygrad()
