"""IREE on the CPU: a StableHLO program per call, compiled by LLVM for the shape at hand.

Convolutions, windows, padding per side and dilations are StableHLO's own (``convolution``,
``reduce_window``, ``pad``). A mean is a sum over windows, divided by the number of taps, or by the
sum over windows of ones; a transposed convolution is a convolution of the dilated input with the
kernel reversed; a bias is added. Arrays are handed on row-major, whatever their strides. Results
are copied, because views of what IREE's runtime returns do not keep its memory.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

import iree.compiler
import iree.runtime
import numpy as np
import numpy.typing as npt
from iree.compiler.api import Invocation, Output, Session, Source

from ..errors import option_words
from ..forwarding import forward
from .claims import iree as claims_of
from .iree_words import WRITERS, program, spelled
from .programs import Program, Programs, Shapes

Array = npt.NDArray[Any]

FLAGS = (
    "--iree-input-type=stablehlo", "--iree-hal-target-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host", "--iree-input-demote-f64-to-f32=false",
)  # fmt: skip
"""What the compiler is told: float64 becomes float32 unless one says otherwise."""

DRIVER = "local-sync"
"""Runs in the calling thread."""


class Iree:
    """IREE. Arrays are NumPy's, (N, C, *spatial), in and out; errors are IREE's own.

    It has a function for each operation that `iree_words` writes a program of.
    """

    name = "iree"
    version = importlib.metadata.version("iree-base-compiler")

    def __init__(self) -> None:
        self.claims = claims_of("")
        self._programs = Programs(self._made)
        self._config: Any = None
        self._session: Any = None
        forward(self, WRITERS, self._run)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in IREE's own words: imports, and lines that set `results`."""
        return spelled(op, inputs, names, parameters, FLAGS)

    def _run(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        main = self._programs.of(op, arrays, params)
        # A copy: of what IREE gives, a view (a slice, say) outlives the memory that it shows.
        return np.array(main(*map(np.ascontiguousarray, arrays)))

    def _made(
        self, op: str, shapes: Shapes, dtypes: Mapping[str, str], params: Mapping[str, Any]
    ) -> Program:
        text = program(op, shapes, dtypes, params)
        if self._config is None:
            self._config = iree.runtime.Config(DRIVER)
        context = iree.runtime.SystemContext(config=self._config)
        code = self._compiled(text)
        module = iree.runtime.VmModule.copy_buffer(self._config.vm_instance, code)
        context.add_vm_module(module)
        main: Program = context.modules.module["main"]
        return main

    def _compiled(self, text: str) -> bytes:
        """The code of a program. Raises CompilerToolError, with what the compiler has to say."""
        if self._session is None:
            session = Session()
            session.set_flags(*FLAGS)
            self._session = session
        with Invocation(self._session) as invocation:
            source = Source.wrap_buffer(self._session, text.encode())
            if invocation.parse_source(source) and invocation.execute():
                with Output.open_membuffer() as output:
                    invocation.output_vm_bytecode(output)
                    return bytes(output.map_memory())
        # In this process nothing is told but that it failed: the command tells why.
        code: bytes = iree.compiler.compile_str(text, extra_args=list(FLAGS))
        return code


def make(option: str | None) -> Iree:
    """IREE on the CPU. Raises UnknownAdapter for any option: there is none."""
    option_words("iree", option)
    return Iree()
