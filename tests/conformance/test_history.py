"""What came before: an answer is that of the inputs as they are, however often and after what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from convspec.comparison import require_same
from convspec.contents import backwards
from convspec.dtypes import floating
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import BATCHED, EVERY, LINEAR, MAXIMA
from convspec.trial import Array, Trial, wide
from convspec.verdicts import InputChanged, NotRepeatable, ResultChanged

OFTEN = 16
"""Calls alike in one law: more than what tries a few kernels before it settles."""


@law("repeatable", EVERY, share=0.1)
def test_often(trial: Trial) -> None:
    """However often the same call is made, it gives the same answer."""
    first = trial.run().copy()
    for time in range(2, OFTEN + 1):
        require_same(NotRepeatable, f"call {time} gave another answer", trial.run(), first)


@law("repeatable", EVERY, share=0.5)
def test_changed_cells(trial: Trial) -> None:
    """Two cells exchanged in place, sum and ends as before: the answer is that of the new."""
    trial.run()
    for name, array in trial.inputs.items():
        if _exchange(array, trial.case[name].k, name == "labels"):
            trial.exact[name] = wide(array)
            y = trial.run()
            expected = trial.expected(**trial.exact)
            trial.require(y, expected, f"y after a change in {name}", summed=trial.exact)


@law("repeatable", BATCHED, share=0.5)
def test_calls_between(trial: Trial) -> None:
    """What other calls leave behind, of other sizes and other numbers, is not in the answer."""
    first = trial.run().copy()
    for name, given in _between(trial).items():
        trial.run(**given)
        what = f"after a call {name} the answer is another"
        require_same(NotRepeatable, what, trial.run(), first)


def _between(trial: Trial) -> Mapping[str, Mapping[str, Any]]:
    """Calls like the trial's, with what a workspace or a cache had better not keep."""
    x = trial.inputs["x"]
    special = trial.op in (*LINEAR, *MAXIMA, "relu") and floating(x.dtype)
    other = backwards(x)
    spoilt = np.full(x.shape, np.nan, x.dtype) if special else other
    return {
        "with NaN" if special else "with other contents": {"x": spoilt},
        "with twice the batch": {"x": np.concatenate([other, other])},
        "with one entry": {"x": other[:1].copy()},
    }


@law("inputs-unchanged", EVERY, share=0.25, gradient=True, narrow={"dtype": FLOATS})
def test_gradients_leave_inputs(trial: Trial) -> None:
    """Computing gradients writes nothing into the inputs or the cotangent."""
    before = {name: array.copy() for name, array in trial.inputs.items()}
    trial.gradients()
    for name, array in before.items():
        what = f"computing the gradients changed {name}"
        require_same(InputChanged, what, trial.inputs[name], array)


@law("repeatable", EVERY, share=0.5, gradient=True, narrow={"dtype": FLOATS})
def test_gradients_repeatable(trial: Trial) -> None:
    """The gradients are those of the arrays as they are now, whatever was computed before."""
    first = [array.copy() for array in trial.gradients()]
    for time in ("second", "third"):
        if time == "third":
            # What a forward call keeps for the gradient is for the gradient of that call.
            trial.run(**{trial.first: backwards(trial.inputs[trial.first])})
        for name, got, expected in zip(
            trial.case.op.inputs, trial.gradients(), first, strict=False
        ):
            what = f"the {time} call gave another d{name}"
            require_same(NotRepeatable, what, got, expected)
    for name, array in trial.inputs.items():
        if _exchange(array, trial.case[name].k, name == "labels"):
            trial.exact[name] = wide(array)
            trial.require_gradients(trial.gradients(), trial.expected_gradients())


@law("results-stay", EVERY, share=0.25, gradient=True, narrow={"dtype": FLOATS})
def test_gradients_stay(trial: Trial) -> None:
    """Gradients are the caller's: later calls leave them alone, and they share no memory."""
    gradients = trial.gradients()
    before = [array.copy() for array in gradients]
    others = trial.gradients(g=backwards(trial.inputs["g"]))
    for name, got, expected in zip(trial.case.op.inputs, gradients, before, strict=False):
        require_same(ResultChanged, f"a later call changed d{name}", got, expected)
    apart = [*gradients, *others]
    for i, array in enumerate(apart):
        if any(np.shares_memory(array, other) for other in apart[:i]):
            raise ResultChanged("two gradients share memory")


def _exchange(array: Array, k: int, labels: bool) -> bool:
    """Exchange two unlike cells in place, neither of them an end where others can be had.

    If all cells are alike, one of them is changed instead. False if nothing could be changed.
    """
    # An entry that is repeated along the first axis lies there once.
    once = array[:1] if array.ndim and array.strides[0] == 0 else array
    cells = once.reshape(-1)  # a copy, or not
    if not cells.size:
        return False
    inner = np.arange(1, cells.size - 1) if cells.size > 3 else np.arange(cells.size)
    one = int(inner[k * 37 % len(inner)])
    unlike = inner[cells[inner] != cells[one]]
    places = [np.unravel_index(one, once.shape)]
    if len(unlike):
        other = np.unravel_index(int(unlike[k % len(unlike)]), once.shape)
        once[places[0]], once[other] = once[other], once[places[0]]
        return True
    if labels:
        return False
    once[places[0]] += 1 if once[places[0]] <= 0 else -1
    return True
