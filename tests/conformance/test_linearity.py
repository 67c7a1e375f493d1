"""Linear maps: what fixes them, and what makes the impulse response a proof."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal
from convspec.contents import backwards
from convspec.law import law
from convspec.spec.dtypes import is_float
from convspec.spec.groups import LINEAR, MAXIMA, WEIGHTED
from convspec.trial import Trial, wide
from convspec.verdicts import WrongShape


@law("linear-in-input", LINEAR, narrow={"value": (0,), "bias": (False,)})
def test_linear_in_input(trial: Trial) -> None:
    """f(x − 2x′) = f(x) − 2 f(x′)."""
    _linear(trial, "x")


@law("linear-in-weight", WEIGHTED, narrow={"bias": (False,)})
def test_linear_in_weight(trial: Trial) -> None:
    """f(x, w − 2w′) = f(x, w) − 2 f(x, w′)."""
    _linear(trial, "w")


def _linear(trial: Trial, name: str) -> None:
    first = trial.inputs[name]
    second = backwards(first)
    # Twice an integer of the range and once another: three times the sum, still exact.
    mixed = first - 2 * second
    parts = trial.run(), trial.run(**{name: second})
    whole = trial.run(**{name: mixed})
    if parts[0].shape != parts[1].shape or parts[0].shape != whole.shape:
        raise WrongShape("the shape of the result depends on the values of the input", got=whole)
    expected = parts[0].astype(np.float64) - 2 * parts[1].astype(np.float64)
    if not is_float(trial.case.dtype):
        expected = parts[0] - 2 * parts[1]  # integers wrap, and wrap alike on both sides
    versus = f"f({name}) − 2f({name}′)"
    summed = {name: np.abs(wide(first)) + 2 * np.abs(wide(second))}
    trial.require(whole, expected, f"f({name} − 2{name}′)", versus=versus, summed=summed)


@law("affine-in-bias", WEIGHTED, narrow={"bias": (True,)}, bits=True)
def test_affine_in_bias(trial: Trial) -> None:
    """f(x, w, b) = f(x, w) + b, the bias of a map added to each of its cells."""
    without = trial.run(b=None)
    trial.require_shape(without)
    b = trial.exact["b"].reshape(1, -1, *(1,) * trial.case.rank)
    require_equal(trial.run(), without + b, "f(x, w, b)")


@law("max-linear", MAXIMA)
def test_max_linear(trial: Trial) -> None:
    """pool(max(x, x′)) = max(pool(x), pool(x′)), and pool(x + 1) = pool(x) + 1."""
    x = trial.inputs["x"]
    partner = backwards(x)
    y = trial.run()
    trial.require_shape(y)
    require_equal(
        trial.run(x=np.maximum(x, partner)), np.maximum(y, trial.run(x=partner)), "pool(max(x, x′))"
    )
    empty = (
        np.broadcast_to(trial.empty_windows(), y.shape) if y.ndim > 2 else np.zeros(y.shape, bool)
    )
    require_equal(trial.run(x=x + 1), np.where(empty, y, y + 1), "pool(x + 1)")
