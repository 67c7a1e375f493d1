"""TVM: one Relax operator per call, built by LLVM for the shape at hand.

Every parameter that the operator has is handed to it, padding per side included. A bias is added by
``relax.op.add``, as TVM's own importers do: its convolutions have none. Arrays are copied into
TVM's memory, row-major, whatever their strides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# TVM reads it once: one thread per process, as elsewhere.
os.environ.setdefault("TVM_NUM_THREADS", "1")

import tvm
from tvm import relax

from ..errors import option_words
from ..forwarding import forward
from .claims import tvm as claims_of
from .programs import Program, Programs, Shapes
from .tvm_words import NAMES, resolved, spelled, steps

Array = npt.NDArray[Any]

TARGET = "llvm"


class Tvm:
    """TVM on the CPU. Arrays are NumPy's, (N, C, *spatial), in and out; errors are TVM's own.

    It has a function for each of `tvm_words.NAMES`; `tvm_words.steps` says what that calls.
    """

    name = "tvm"
    version = tvm.__version__

    def __init__(self) -> None:
        self.claims = claims_of("")
        self._programs = Programs(_compiled)
        forward(self, NAMES, self._run)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in TVM's own words: imports, and lines that set `results`."""
        return spelled(which, op, inputs, names, parameters)

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        program = self._programs.of(op, arrays, params)
        given = [tvm.runtime.tensor(np.ascontiguousarray(array)) for array in arrays]
        result: Array = program(*given).numpy()
        return result


def _compiled(
    op: str, shapes: Shapes, dtypes: Mapping[str, str], params: Mapping[str, Any]
) -> Program:
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
    main: Program = relax.VirtualMachine(executable, tvm.cpu())["main"]
    return main


def make(option: str | None) -> Tvm:
    """TVM on the CPU. Raises UnknownAdapter for any option: there is none."""
    option_words("tvm", option)
    return Tvm()
