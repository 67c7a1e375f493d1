"""Padding wider than the kernel, at one end.

Where it is, a gradient, or a transposed convolution, is a convolution that crops at that end and
pads at the other.
"""

from __future__ import annotations

from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import CONVOLUTIONS
from convspec.trial import Trial

WIDE = {
    "padding": ("explicit",), "stride": (1,), "dilation": (1,), "window": (2, 3), "low": (2, 3, 5),
    "high": (0, 1), "channels": (4, 8, 9), "filters": (4, 8, 9), "groups": (1, 2),
}  # fmt: skip


@law("definition", CONVOLUTIONS, narrow=WIDE)
def test_wide_padding(trial: Trial) -> None:
    """Padding wider than the kernel, at one end, changes nothing in what the result is."""
    trial.require(trial.run(), trial.expected())


@law("gradient", CONVOLUTIONS, gradient=True, narrow={**WIDE, "dtype": FLOATS})
def test_wide_padding_gradient(trial: Trial) -> None:
    """Padding wider than the kernel, at one end, changes nothing in what gradients are."""
    trial.require_gradients(trial.gradients(), trial.expected_gradients())
