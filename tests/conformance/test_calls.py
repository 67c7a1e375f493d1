"""What a call does besides its result: nothing."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_same, require_shape
from convspec.contents import backwards
from convspec.law import law
from convspec.spec.case import LAYOUTS
from convspec.spec.groups import BATCHED, EVERY, REFUSING
from convspec.trial import Trial, wide
from convspec.verdicts import InputChanged, NotRepeatable, ResultChanged

STRIDED = tuple(name for name in LAYOUTS if name != "contiguous")


@law("inputs-unchanged", EVERY, share=0.5)
def test_inputs_unchanged(trial: Trial) -> None:
    """A call writes nothing into its inputs."""
    before = {name: array.copy() for name, array in trial.inputs.items()}
    trial.run()
    for name, array in before.items():
        require_same(InputChanged, f"the call changed {name}", trial.inputs[name], array)


@law("repeatable", EVERY, share=0.5)
def test_repeatable(trial: Trial) -> None:
    """The same call gives the same answer, and so does the next one."""
    first = trial.run().copy()
    for time in ("second", "third"):
        require_same(NotRepeatable, f"the {time} call gave another answer", trial.run(), first)


@law("results-stay", EVERY)
def test_results_stay(trial: Trial) -> None:
    """A result is the caller's: later calls and changes to the input leave it alone."""
    y = trial.run()
    before = y.copy()
    x = trial.inputs[trial.first]
    other = trial.run(**{trial.first: backwards(x)})
    require_same(ResultChanged, "a later call changed an earlier result", y, before)
    if np.shares_memory(y, other):
        raise ResultChanged("two results share memory")
    x += 1
    require_same(
        ResultChanged, "the result changes with the caller's input: it shares its memory", y, before
    )


@law("repeatable", EVERY, share=0.5)
def test_input_read_anew(trial: Trial) -> None:
    """A call reads its input: after a change in place the answer is that of the new values."""
    trial.run()
    for name, array in trial.inputs.items():
        # The same memory with other contents, as an application's buffer has from call to call.
        changed = backwards(array)
        fresh = trial.run(**{name: changed}).copy()
        if trial.case[name].layout != "broadcast":
            array[...] = changed
            what = f"y after {name} changed in place"
            summed = {n: wide(a) for n, a in trial.inputs.items()}
            versus = "the same values elsewhere"
            trial.require(trial.run(), fresh, what, versus=versus, summed=summed)


@law("layout", EVERY, share=2, narrow={"x.layout": STRIDED})
def test_layout_irrelevant(trial: Trial) -> None:
    """The memory layout of the inputs does not show in the result."""
    plain = {
        name: np.array(array, order="C") for name, array in trial.inputs.items() if name != "g"
    }
    trial.require(trial.run(), trial.run(**plain), versus="the contiguous input")


@law("empty-batch", BATCHED, share=0.25, narrow={"batch": (0,)})
def test_empty_batch(trial: Trial) -> None:
    """A batch of no entries is legal, and its result has none."""
    require_shape(trial.run(), trial.output_shape, "y")


@law("rejects-invalid", REFUSING, share=0.75, defective=True)
def test_rejects_invalid(trial: Trial) -> None:
    """Invalid parameters and shapes are refused with an error, not answered."""
    why = trial.refusal()
    if why:
        trial.require_refused(why)
        return
    # The adapter's dialect gives it a meaning, though maybe without a number in it.
    expected = trial.expected()
    if np.isfinite(expected).any():
        trial.require(trial.run(), expected)
    else:
        require_equal(trial.run(), expected, "y")
