"""The smallest failing configuration as a case that ``convspec replay`` takes.

A proof's own calls are many arrays at once; a case is one. Cases with the same parameters are put
to the law of the failing part until one of them fails, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from convspec.adapters.opening import Adapter
from convspec.apart import asking
from convspec.building import output_shape
from convspec.comparison import require_equal
from convspec.spec.case import Case, Tensor
from convspec.spec.groups import WEIGHTED
from convspec.trial import Trial
from convspec.validity import is_valid
from convspec.verdicts import AcceptedInvalid, Mismatch, Raised

from .bounds import SAMPLE_CHANNELS, Configuration

SEEDS = 6
"""Integer contents that are tried."""


def witness(adapter: Adapter, it: Configuration, label: str, dtype: str) -> tuple[str, bool]:
    """The line of a case of this configuration, and whether that case was seen to fail."""
    backward = any(part in label.replace(",", " ").split() for part in ("dx", "dw", "db"))
    forward = not backward or "y" in label.replace(",", " ").split()
    first = None
    with asking(adapter) as ask:
        for case in _cases(it, dtype, forward, backward, adapter):
            first = first or case
            try:
                ask(_check, case)
            except Mismatch:
                return case.line, True
    assert first is not None
    return first.line, False


def _cases(
    it: Configuration, dtype: str, forward: bool, backward: bool, adapter: Adapter
) -> Iterator[Case]:
    for gradient in (*([False] * forward), *([True] * backward)):
        for pattern, k in _contents(it.op):
            for shapes in _shapes(it, gradient, adapter):
                tensors = [
                    Tensor(n, shape, dtype, pattern, k + i) for i, (n, shape) in enumerate(shapes)
                ]
                case = Case(it.operation, tuple(tensors))
                if gradient:
                    g = Tensor("g", output_shape(case), dtype, "ints", k + 3)
                    case = Case(it.operation, (*tensors, g))
                yield case


def _contents(op: str) -> Sequence[tuple[str, int]]:
    ints = [(pattern, k) for k in range(SEEDS) for pattern in ("ramp", "ints")]
    if "max_pool" in op:
        return [*ints, ("distinct", 0), ("distinct", 1), ("floor", 0), ("zeros", 0)]
    return [("ones", 0), *ints, ("eye", 0)]


def _shapes(
    it: Configuration, gradient: bool, adapter: Adapter
) -> Iterator[list[tuple[str, tuple[int, ...]]]]:
    fixed = it.fixed
    n = tuple([a.size for a in it.settings])
    if it.op not in WEIGHTED:
        yield [("x", (1, 1, *n))]
        yield [("x", (2, 3, *n))]
        return
    window = tuple([a.window for a in it.settings])
    plain = fixed.groups, fixed.per_group, fixed.filters
    for j, c, m in dict.fromkeys((plain, (1, *SAMPLE_CHANNELS) if it.rank > 1 else plain)):
        lead = (j * c, m) if it.op == "conv_transpose" else (j * m, c)
        without = [("x", (1, j * c, *n)), ("w", (*lead, *window))]
        yield without
        if True in adapter.claims.ops[it.op].bias:
            yield [*without, ("b", (j * m,))]


def _check(adapter: Adapter, case: Case) -> None:
    with np.errstate(all="ignore"):
        trial = Trial(adapter, case)
        if not is_valid(case):
            try:
                trial.run()
            except Raised:
                return
            raise AcceptedInvalid("answered")
        if "g" in case:
            trial.require_gradients(trial.gradients(), trial.expected_gradients())
            return
        y = trial.results()
        trial.require(y[0], trial.expected())
        if len(y) > 1:
            readable = ~np.broadcast_to(trial.empty_windows(), y[1].shape)
            expected = np.where(readable, trial.expected_indices(), -1)
            require_equal(np.where(readable, y[1], -1), expected, "indices")
