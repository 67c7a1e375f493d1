"""What a planted fault is, and the decorators that enter one into the catalogue.

The docstring of a faulty function is what the catalogue says about it, its name is the fault's.
Every adapter built from an entry is a fresh one, with a state of its own where it has any.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array
from convspec.spec.operations import OPERATIONS

from .triggers import TRIGGERS

Value = Any
"""A parameter of an operation; each function knows its own."""

Function = Callable[..., Any]
_F = TypeVar("_F", bound=Function)

CAUSES = (
    "pad side or index",
    "ceil mode and size rule",
    "special fast path",
    "average divisor",
    "dilation",
    "memory layout",
    "NaN and −∞",
    "empty tensors or kernel > input",
    "index overflow",
    "groups",
    "axis or attribute mix-up",
    "channel tail of a SIMD block",
    "uninitialised, cached or batch-blind state",
    "missing validation, out of bounds",
    "argmax and ties",
    "backward does not match forward",
    "negative padding",
    "low-precision accumulation",
)
"""The root causes of real faults in kernels, by how often they were counted."""


@dataclass(frozen=True)
class Mutant:
    """A planted fault. `law` names the law that must catch it when it is run alone.

    `build` makes a fresh adapter that has only the operation `op` (and its gradient), wrong as
    `about` says and right everywhere else.
    """

    name: str
    op: str
    cause: str
    law: str
    about: str
    build: Callable[[], SimpleNamespace]
    when: str = ""
    """The predicate over cases that says where it shows; empty if no conjunction does."""


MUTANTS: dict[str, Mutant] = {}
"""The catalogue: name → fault. Filled by importing the modules of this package."""


def mutant(
    op: str, *, cause: str, law: str, claims: Mapping[str, Value] | None = None
) -> Callable[[_F], _F]:
    """Enter a function that stands in for `op`. `claims` overrides what is claimed of it."""

    def enter(function: _F) -> _F:
        _enter(_slug(function), op, cause, law, function, lambda: {op: function}, claims)
        return function

    return enter


def gradient_mutant(
    op: str, *, cause: str, law: str, claims: Mapping[str, Value] | None = None
) -> Callable[[_F], _F]:
    """Enter a function (inputs, g, **parameters) → gradients that stands in for the vjp of `op`."""

    def enter(function: _F) -> _F:
        def vjp(name: str, inputs: Sequence[Array], g: Array, **p: Value) -> tuple[Array, ...]:
            if name != op:
                return reference.vjp(name, inputs, g, **p)
            gradients: tuple[Array, ...] = function(inputs, g, **p)
            return gradients

        _enter(_slug(function), op, cause, law, function, lambda: {"vjp": vjp}, claims)
        return function

    return enter


def second_gradient_mutant(op: str, *, cause: str, law: str) -> Callable[[_F], _F]:
    """Enter a function (inputs, g, held, **parameters) that stands in for the double_vjp of `op`.

    `held` are the cotangents of the gradients, None for one that is left out.
    """

    def enter(function: _F) -> _F:
        def double_vjp(
            name: str, inputs: Sequence[Array], g: Array, held: Sequence[Array | None], **p: Value
        ) -> tuple[Array, ...]:
            if name != op:
                return reference.double_vjp(name, inputs, g, held, **p)
            gradients: tuple[Array, ...] = function(inputs, g, held, **p)
            return gradients

        _enter(_slug(function), op, cause, law, function, lambda: {"double_vjp": double_vjp}, None)
        return function

    return enter


def network_mutant(*, cause: str, law: str) -> Callable[[_F], _F]:
    """Enter a function that turns the right functions of all operations into faulty ones.

    It is given them by name, `vjp` and `double_vjp` among them, and returns those it replaces.
    """

    def enter(function: _F) -> _F:
        def functions() -> dict[str, Function]:
            names = (*OPERATIONS, "vjp", "double_vjp")
            right: dict[str, Function] = {name: getattr(reference, name) for name in names}
            return {**right, **function(dict(right))}

        _enter(_slug(function), "network", cause, law, function, functions, None)
        return function

    return enter


def call_mutant(
    *, cause: str, laws: Mapping[str, str], claims: Mapping[str, Value] | None = None
) -> Callable[[_F], _F]:
    """Enter a function that turns a right operation into a faulty one, once for each of `laws`.

    `laws` maps an operation to the law that must catch the fault in it.
    """

    def enter(function: _F) -> _F:
        for op, law in laws.items():
            name = f"{op}_{function.__name__}".replace("_", "-")
            _enter(name, op, cause, law, function, _wrapping(op, function), claims)
        return function

    return enter


def gradient_call_mutant(
    op: str, *, cause: str, law: str
) -> Callable[[Callable[[Function], Function]], Callable[[Function], Function]]:
    """Enter a function that turns the right vjp into a faulty one, for the gradients of `op`.

    It is called once for each adapter, so that state of its own is that adapter's.
    """

    def enter(function: Callable[[Function], Function]) -> Callable[[Function], Function]:
        _enter(
            _slug(function), op, cause, law, function,
            lambda: {"vjp": function(reference.vjp)}, None,
        )  # fmt: skip
        return function

    return enter


def _wrapping(op: str, function: Function) -> Callable[[], dict[str, Function]]:
    return lambda: {op: function(getattr(reference, op))}


def _slug(function: Function) -> str:
    return function.__name__.replace("_", "-")


def _enter(
    name: str,
    op: str,
    cause: str,
    law: str,
    function: Function,
    functions: Callable[[], dict[str, Function]],
    claims: Mapping[str, Value] | None,
) -> None:
    if name in MUTANTS:
        raise ValueError(f"two planted faults are named {name}")
    if cause not in CAUSES:
        raise ValueError(f"{name}: {cause!r} is not one of the causes")
    claimed = {"all": {"dtypes": ["float32", "float64"], **(claims or {})}}

    def build() -> SimpleNamespace:
        parts = {"vjp": reference.vjp, **functions()}
        if op in OPERATIONS:
            parts.setdefault(op, getattr(reference, op))
        version = importlib.metadata.version("convspec")
        return SimpleNamespace(name=f"mutant:{name}", version=version, claims=claimed, **parts)

    about = " ".join((function.__doc__ or "").split())
    MUTANTS[name] = Mutant(name, op, cause, law, about, build, TRIGGERS.get(name, ""))


def cut(y: Array, shape: Sequence[int]) -> Array:
    """The leading part of `y` that has the given shape."""
    return np.ascontiguousarray(y[tuple(slice(n) for n in shape)])
