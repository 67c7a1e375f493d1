"""TVM: one Relax operator per call, built by LLVM for the shape at hand.

Every parameter that the operator has is handed to it, padding per side included. A bias is added by
``relax.op.add``, as TVM's own importers do: its convolutions have none. Arrays are copied into
TVM's memory, row-major, whatever their strides.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# TVM reads it once: one thread per process, as elsewhere.
os.environ.setdefault("TVM_NUM_THREADS", "1")

import tvm
from tvm import relax

from convspec.spec.operations import OPERATIONS

from ..errors import UnknownAdapter
from ..recent import Recent
from . import KEPT
from .claims import tvm as claims_of
from .tvm_words import resolved, spelled, steps

Array = npt.NDArray[Any]

TARGET = "llvm"


class Tvm:
    """TVM on the CPU. Arrays are NumPy's, (N, C, *spatial), in and out; errors are TVM's own."""

    name = "tvm"
    version = tvm.__version__

    def __init__(self) -> None:
        self.claims = claims_of("")
        self._programs: Recent[Callable[..., Any]] = Recent(KEPT)

    def conv(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """``relax.op.nn.conv1d``, ``conv2d`` or ``conv3d``."""
        return self._run("conv", (x, w) if b is None else (x, w, b), params)

    def conv_transpose(self, x: Array, w: Array, b: Array | None = None, **params: Any) -> Array:
        """``relax.op.nn.conv1d_transpose``, ``conv2d_transpose`` or ``conv3d_transpose``."""
        return self._run("conv_transpose", (x, w) if b is None else (x, w, b), params)

    def pad(self, x: Array, **params: Any) -> Array:
        """``relax.op.nn.pad``."""
        return self._run("pad", (x,), params)

    def max_pool(self, x: Array, **params: Any) -> Array:
        """``relax.op.nn.max_pool1d``, ``max_pool2d`` or ``max_pool3d``."""
        return self._run("max_pool", (x,), params)

    def avg_pool(self, x: Array, **params: Any) -> Array:
        """``relax.op.nn.avg_pool1d``, ``avg_pool2d`` or ``avg_pool3d``."""
        return self._run("avg_pool", (x,), params)

    def adaptive_avg_pool(self, x: Array, **params: Any) -> Array:
        """``relax.op.nn.adaptive_avg_pool1d``, ``adaptive_avg_pool2d`` or ``…3d``."""
        return self._run("adaptive_avg_pool", (x,), params)

    def global_avg_pool(self, x: Array) -> Array:
        """``relax.op.mean`` over the spatial axes."""
        return self._run("global_avg_pool", (x,), {})

    def global_max_pool(self, x: Array) -> Array:
        """``relax.op.max`` over the spatial axes."""
        return self._run("global_max_pool", (x,), {})

    def global_sum_pool(self, x: Array) -> Array:
        """``relax.op.sum`` over the spatial axes."""
        return self._run("global_sum_pool", (x,), {})

    def relu(self, x: Array) -> Array:
        """``relax.op.nn.relu``."""
        return self._run("relu", (x,), {})

    def dense(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """``relax.op.linear``."""
        return self._run("dense", (x, w) if b is None else (x, w, b), {})

    def softmax(self, x: Array) -> Array:
        """``relax.op.nn.softmax`` over the channels."""
        return self._run("softmax", (x,), {})

    def log_softmax(self, x: Array) -> Array:
        """``relax.op.nn.log_softmax`` over the channels."""
        return self._run("log_softmax", (x,), {})

    def cross_entropy(self, logits: Array, labels: Array) -> Array:
        """``relax.op.nn.nll_loss`` of ``log_softmax``, the mean over the batch."""
        return self._run("cross_entropy", (logits, labels), {})

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in TVM's own words: imports, and lines that set `results`."""
        return spelled(which, op, inputs, names, parameters)

    def _run(self, op: str, arrays: Sequence[Array], params: dict[str, Any]) -> Array:
        names = OPERATIONS[op].inputs
        shapes = {name: array.shape for name, array in zip(names, arrays, strict=False)}
        dtypes = {name: str(array.dtype) for name, array in zip(names, arrays, strict=False)}
        key = op, *shapes.items(), *dtypes.items(), *sorted(params.items())
        program = self._programs.get(key, lambda: _compiled(op, shapes, dtypes, params))
        given = [tvm.runtime.tensor(np.ascontiguousarray(array)) for array in arrays]
        result: Array = program(*given).numpy()
        return result


def _compiled(
    op: str, shapes: Mapping[str, tuple[int, ...]], dtypes: Mapping[str, str],
    params: Mapping[str, Any],
) -> Callable[..., Any]:  # fmt: skip
    """A program for arrays of these shapes and types."""
    builder = relax.BlockBuilder()
    known = {name: relax.Var(name, relax.TensorType(shapes[name], dtypes[name])) for name in shapes}
    with builder.function("main", list(known.values())):
        with builder.dataflow():
            for step in steps(op, shapes, params):
                function = resolved(relax.op, step.function)
                made = function(*(known[name] for name in step.inputs), **step.keywords)
                known[step.result] = builder.emit(made)
            out = builder.emit_output(known["y"])
        builder.emit_func_output(out)
    executable = tvm.compile(builder.get(), target=TARGET)
    main: Callable[..., Any] = relax.VirtualMachine(executable, tvm.cpu())["main"]
    return main


def make(option: str | None) -> Tvm:
    """TVM on the CPU. Raises UnknownAdapter for any option: there is none."""
    if option:
        raise UnknownAdapter(f"tvm has no option {option!r}")
    return Tvm()
