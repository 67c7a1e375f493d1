"""The operations through ``torch.compile``, one program for each configuration.

``compile`` is its own backend, inductor, which writes C++ and needs a compiler for it;
``compile-eager`` is ``aot_eager``: traced, decomposed and differentiated ahead of time, but run by
the kernels of eager PyTorch. On two cores shared with others a fresh shape took inductor 10 to 16 s
(the first one 170 s) and ``aot_eager`` half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from shutil import which
from typing import Any

import torch

from .errors import AdapterError

COMPILERS = {"compile": "inductor", "compile-eager": "aot_eager"}
"""Options of the adapter, and the backends that they stand for."""

KEPT = 128
"""Programs that are kept; then all are thrown away, so that memory stays bounded."""


def compiled(forward: Mapping[str, Callable[..., Any]], compiler: str) -> dict[str, Any]:
    """`forward`, every function of it compiled when it is called with a new configuration.

    Raises AdapterError where inductor has no C++ compiler.
    """
    backend = COMPILERS[compiler]
    if backend == "inductor" and not any(map(which, ("g++", "clang++", "c++"))):
        raise AdapterError(
            "torch:compile needs a C++ compiler, and finds neither g++ nor clang++ nor c++;"
            " torch:compile-eager does without"
        )
    programs: dict[Any, Callable[..., Any]] = {}

    def run(op: str, *tensors: torch.Tensor, **params: Any) -> Any:
        kinds = tuple((t.shape, t.stride(), t.dtype, t.requires_grad) for t in tensors)
        key = (op, kinds, tuple(sorted((name, str(value)) for name, value in params.items())))
        if key not in programs:
            if len(programs) == KEPT:
                programs.clear()
                torch.compiler.reset()
            # A function of its own for each: the limit on recompiling one counts per function, and
            # past it PyTorch would silently go back to eager.
            programs[key] = torch.compile(
                _named(forward[op], params), backend=backend, dynamic=False
            )
        return programs[key](*tensors)

    return {op: partial(run, op) for op in forward}


def _named(function: Callable[..., Any], params: Mapping[str, Any]) -> Callable[..., Any]:
    """`function` with its parameters in code that no other call shares."""
    namespace: dict[str, Any] = {"function": function, "params": dict(params)}
    exec("def one(*tensors):\n    return function(*tensors, **params)\n", namespace)
    made: Callable[..., Any] = namespace["one"]
    return made
