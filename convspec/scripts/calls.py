"""The calls that a law makes, recorded, so that a program can make them again."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from convspec.adapters.composed import NETWORK, with_networks
from convspec.adapters.opening import Adapter
from convspec.dtypes import raw
from convspec.spec.operations import OPERATIONS

Array = npt.NDArray[Any]

FORWARD, VJP, DOUBLE_VJP = "forward", "vjp", "double_vjp"


@dataclass(frozen=True)
class Stored:
    """An array as it was handed over: its values, and the bytes between neighbours of an axis."""

    values: Array
    strides: tuple[int, ...]

    @classmethod
    def of(cls, array: Any) -> Stored:
        """A copy of what an array holds now."""
        array = np.asarray(array)
        return cls(np.array(array, order="C"), array.strides)


@dataclass
class Call:
    """One call: which function, of which operation, with what; and what came of it.

    `inputs` are in call order, under the names of the operation's inputs; ``g`` is the cotangent
    of a gradient, ``u_x`` … those of second gradients (absent where None was given). `results`
    holds what was returned if that was arrays, `changed` the inputs that were changed by the
    call, `raised` the first line of an exception. A call without any of these was never finished.
    """

    which: str
    op: str
    inputs: dict[str, Stored]
    parameters: Mapping[str, Any]
    results: list[Array] | None = None
    changed: dict[str, Array] = field(default_factory=dict)
    raised: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the call came back, in whatever way."""
        return self.results is not None or self.raised is not None


def recording(adapter: Adapter, log: IO[bytes]) -> Adapter:
    """The adapter, with every call written to `log`: before it is made, and what came of it."""

    def record(which: str, op: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **parameters: Any) -> Any:
            arrays = _named(op, which, arguments)
            stored = {name: Stored.of(array) for name, array in arrays.items()}
            _write(log, Call(which, op, stored, parameters))
            try:
                returned = function(*arguments, **parameters)
            except BaseException as error:
                said = " ".join(str(error).split())[:200]
                _write(log, {"raised": f"{type(error).__name__}: {said}"})
                raise
            changed = {
                name: np.array(array, order="C")
                for name, array in arrays.items()
                if not np.array_equal(raw(array), raw(stored[name].values))
            }
            _write(log, {"results": _arrays(returned), "changed": changed})
            return returned

        return recorded

    functions = {
        op: record(FORWARD, op, function)
        for op, function in adapter.functions.items()
        if op != NETWORK
    }
    vjp = adapter.vjp and _dispatching(VJP, adapter.vjp, record)
    double_vjp = adapter.double_vjp and _dispatching(DOUBLE_VJP, adapter.double_vjp, record)
    whole, vjp, double_vjp, _ = with_networks(functions, vjp, double_vjp, adapter.claims)
    return replace(adapter, functions=whole, vjp=vjp, double_vjp=double_vjp)


def read(log: IO[bytes]) -> list[Call]:
    """The calls of a log; the last one is unfinished if the process died in it."""
    calls: list[Call] = []
    while True:
        try:
            entry = pickle.load(log)
        except (EOFError, pickle.UnpicklingError):
            return calls
        if isinstance(entry, Call):
            calls.append(entry)
        else:
            for name, value in entry.items():
                setattr(calls[-1], name, value)


def _dispatching(
    which: str, function: Callable[..., Any], record: Callable[..., Callable[..., Any]]
) -> Callable[..., Any]:
    def dispatch(op: str, *arguments: Any, **parameters: Any) -> Any:
        def bound(*given: Any, **keywords: Any) -> Any:
            return function(op, *given, **keywords)

        return record(which, op, bound)(*arguments, **parameters)

    return dispatch


def _named(op: str, which: str, arguments: Sequence[Any]) -> dict[str, Any]:
    names = OPERATIONS[op].inputs
    arrays = arguments if which == FORWARD else arguments[0]
    named = {n: a for n, a in zip(names, arrays, strict=False) if a is not None}
    if which != FORWARD:
        named["g"] = arguments[1]
    if which == DOUBLE_VJP:
        pairs = zip(names, arguments[2], strict=False)
        named |= {f"u_{name}": u for name, u in pairs if u is not None}
    return named


def _arrays(returned: Any) -> list[Array] | None:
    several = returned if isinstance(returned, (tuple, list)) else [returned]
    try:
        arrays = [np.array(entry, order="C") for entry in several]
    except Exception:  # whatever this is, it is no array; the law says so
        return None
    return None if any(array.dtype == object for array in arrays) else arrays


def _write(log: IO[bytes], entry: object) -> None:
    pickle.dump(entry, log, protocol=pickle.HIGHEST_PROTOCOL)
    log.flush()
