"""What the adapters on JAX share: arrays in and out, compiled calls, and gradients.

An adapter has one function per operation, of JAX arrays and of parameters that are fixed when it
is compiled; here they become functions of NumPy arrays. Every call is compiled by ``jax.jit`` as a
whole, as models are: one program for the result, one for its gradients. A call of a shape and
parameters seen before reuses its program.

JAX is switched to 64 bits in calls that have numbers of 64 bits, and in no others: without that
it would turn them into 32, and with it its defaults change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from ..errors import option_words
from ..forwarding import forward

Array = npt.NDArray[Any]
Function = Callable[..., Any]

OPTIONS = ("unoptimized",)
"""``unoptimized``: XLA compiles at optimization level 0."""

PROGRAMS = 128
"""Calls whose programs are kept."""


def begin(name: str, option: str | None, known: Sequence[str] = OPTIONS) -> tuple[str, ...]:
    """The words of an option, with JAX made ready: on the CPU, one thread for each operation.

    Raises UnknownAdapter for a word that is not `known`.
    """
    words = option_words(name, option, known)
    if "JAX_PLATFORMS" not in os.environ:
        jax.config.update("jax_platforms", "cpu")
    # The suite runs one process per core, and its tensors are small: threads of XLA's own would
    # only compete. It reads this when its first array is made.
    flags = os.environ.get("XLA_FLAGS", "")
    if "multi_thread_eigen" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    return words


class Calls:
    """An adapter made of functions of JAX arrays.

    Arrays are NumPy's, (N, C, *spatial), in and out; errors are those of JAX and its libraries.
    """

    def __init__(
        self, name: str, version: str, claims: Mapping[str, Any], functions: Mapping[str, Function],
        words: Sequence[str] = (), keywords: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        """`functions`: operation → function of JAX arrays, parameters as keywords.

        `words` are those of the option; `keywords`, by operation, what it adds to the parameters.
        """
        self.name = name
        self.version = version
        self.claims = dict(claims)
        self.functions = functions
        self.keywords = keywords or {}
        self.options: dict[str, Any] = {}
        if "unoptimized" in words:
            self.options["compiler_options"] = {"xla_backend_optimization_level": 0}
        self._program = lru_cache(PROGRAMS)(self._compiled)
        forward(self, functions, self._forward)

    def vjp(self, op: str, inputs: Sequence[Array], cotangent: Array, **params: Any) -> list[Array]:
        """The gradients of ⟨op(*inputs, **params), cotangent⟩, one per input, by ``jax.vjp``."""
        return self._call("vjp", op, (tuple(inputs), cotangent), params)

    def double_vjp(
        self, op: str, inputs: Sequence[Array], cotangent: Array,
        cotangents: Sequence[Array | None], **params: Any,
    ) -> list[Array]:  # fmt: skip
        """The gradients of Σ⟨vjp_i, cotangents_i⟩, by ``jax.vjp`` of ``jax.vjp``.

        One per input, then that of the cotangent; a None among `cotangents` leaves its term out.
        """
        arguments = (tuple(inputs), cotangent, tuple(cotangents))
        return self._call("double_vjp", op, arguments, params)

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in the library's own words: imports, and lines that set `results`."""
        from .words import spelled  # what only a failure needs

        whole = {**parameters, **self.keywords.get(op, {})}
        return spelled(self.functions[op], which, inputs, names, whole, self.options)

    def _forward(self, op: str, arrays: Sequence[Array], params: Mapping[str, Any]) -> Array:
        return self._call("forward", op, (tuple(arrays),), params)[0]

    def _call(
        self, which: str, op: str, arguments: tuple[Any, ...], params: Mapping[str, Any]
    ) -> list[Array]:
        wide = any(array.dtype.itemsize == 8 for array in jax.tree.leaves(arguments))
        with jax.enable_x64(wide):
            # NumPy's arrays are handed over as they are, strides and all: JAX copies what is not
            # dense.
            given = jax.tree.map(jax.device_put, arguments)
            found = self._program(which, op, tuple(sorted(params.items())))(*given)
            return [np.asarray(array) for array in found]

    def _compiled(self, which: str, op: str, params: tuple[tuple[str, Any], ...]) -> Function:
        function = partial(self.functions[op], **dict(params), **self.keywords.get(op, {}))
        compiled: Function = jax.jit(partial(_KINDS[which], function), **self.options)
        return compiled


def _result(function: Function, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return (function(*inputs),)


def _gradients(function: Function, inputs: tuple[Any, ...], g: Any) -> tuple[Any, ...]:
    _, pull = jax.vjp(function, *inputs)
    found: tuple[Any, ...] = pull(g)
    return found


def _second_gradients(
    function: Function, inputs: tuple[Any, ...], g: Any, held: tuple[Any, ...]
) -> tuple[Any, ...]:
    first, pull = jax.vjp(lambda inputs, g: _gradients(function, inputs, g), inputs, g)
    zeros = (jax.numpy.zeros_like(array) for array in first)
    u = tuple(zero if one is None else one for one, zero in zip(held, zeros, strict=True))
    dx, dg = pull(u)
    return (*dx, dg)


_KINDS: dict[str, Function] = {
    "forward": _result, "vjp": _gradients, "double_vjp": _second_gradients
}  # fmt: skip
