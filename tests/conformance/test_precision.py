"""The errors of long sums as a whole: their size, and the direction they lean in."""

from __future__ import annotations

from typing import Any

from convspec.law import law
from convspec.precision import Spread, gradient_spreads, measure, result_spread
from convspec.spec.clauses.precision import SUMS
from convspec.spec.dtypes import FLOATS
from convspec.trial import Array, Trial
from convspec.verdicts import Imprecise

DISTINCT = ("contiguous", "channels_last", "column_major", "sliced", "windowed", "offset", "loose")

LONG: dict[str, tuple[Any, ...]] = {
    "x.pattern": ("normal", "positive"),
    "w.pattern": ("normal",),
    "dtype": FLOATS,
    "x.layout": DISTINCT,
    "w.layout": DISTINCT,
}
"""All arrays get the pattern of x, and no cell stands for two."""


@law("precision", SUMS, share=0.5, scale="long", narrow=LONG)
def test_precision(trial: Trial) -> None:
    """Over long sums the errors of a result are as great, and lean as little, as roundings."""
    y, expected = trial.run(), trial.expected()
    trial.require(y, expected)
    if trial.algorithm is None:
        spread = result_spread(trial.case, trial.exact, trial.precision, trial.adapter.claims)
        _require_rounding(y, expected, spread, "y")


@law("gradient-precision", SUMS, share=0.5, scale="long", narrow=LONG, gradient=True)
def test_gradient_precision(trial: Trial) -> None:
    """Over long sums the errors of gradients are as great, and lean as little, as roundings."""
    got, expected = trial.gradients(), trial.expected_gradients()
    trial.require_gradients(got, expected)
    if trial.algorithm is None:
        case, claims = trial.case, trial.adapter.claims
        spreads = gradient_spreads(case, trial.exact, trial.gradient_precision, claims)
        for (name, spread), found, right in zip(spreads.items(), got, expected, strict=True):
            _require_rounding(found, right, spread, f"d{name}")


def _require_rounding(got: Array, expected: Array, spread: Spread, what: str) -> None:
    found = measure(got, expected, spread)
    if found is None or found.explained:
        return
    if found.size > found.size_limit:
        message = (
            f"the errors of {what} are {found.size:.3g} times what roundings are"
            f" (at most {found.size_limit:.3g}, over {got.size} cells)"
        )
    else:
        side = "away from" if found.drift > 0 else "toward"
        message = (
            f"the errors of {what} lean {side} 0 by {abs(found.drift):.3g} of what roundings are"
            f" (at most {found.drift_limit:.3g}, over {got.size} cells)"
        )
    raise Imprecise(message, expected=expected, got=got)
