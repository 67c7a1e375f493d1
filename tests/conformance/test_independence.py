"""What must not matter to what: batch entries, channels, filters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from convspec.comparison import require_shape
from convspec.law import law
from convspec.spec.groups import BATCHED, CHANNELWISE, WEIGHTED
from convspec.trial import Trial

SEVERAL = (2, 3, 4, 5, 8)


@law("batch", BATCHED, narrow={"batch": SEVERAL})
def test_batch_entries(trial: Trial) -> None:
    """Batch entries do not see each other: reversed in, reversed out; alone, the same."""
    _slices_apart(trial, axis=0)


@law("channels", CHANNELWISE, narrow={"channels": (*SEVERAL, 7, 9, 16, 17, 33)})
def test_channels_alone(trial: Trial) -> None:
    """Each channel is treated alone and like every other."""
    _slices_apart(trial, axis=1)


def _slices_apart(trial: Trial, axis: int) -> None:
    x, y = trial.inputs["x"], trial.run()
    require_shape(y, trial.output_shape, "y")
    turned = np.flip(trial.run(x=_backwards(x, axis)), axis)
    trial.require(turned, y, "y of the reversed x, turned back,", versus="the given order")
    one = (trial.case["x"].k + x.shape[axis] - 1) % x.shape[axis]
    part = (slice(None),) * axis + (slice(one, one + 1),)
    what = f"y of {('entry', 'channel')[axis]} {one} alone"
    alone = trial.run(x=x[part].copy())
    trial.require(alone, y[part], what, versus="among the others it", part=part)


@law(
    "filters",
    ("conv", "dense"),
    narrow={"groups": (1,), "filters": (*SEVERAL, 7, 9, 15, 16, 17, 31, 33)},
)
def test_filters_alone(trial: Trial) -> None:
    """Each filter makes one map by itself: permuted filters make permuted maps."""
    y, w, b = trial.run(), trial.inputs["w"], trial.inputs.get("b")
    require_shape(y, trial.output_shape, "y")
    turned = trial.run(w=_backwards(w, 0), b=None if b is None else _backwards(b, 0))
    what = "y of the reversed filters, turned back,"
    trial.require(np.flip(turned, 1), y, what, versus="the given order")
    one = (trial.case["w"].k + len(w) - 1) % len(w)
    alone = trial.run(w=w[one : one + 1].copy(), b=None if b is None else b[one : one + 1].copy())
    part = (slice(None), slice(one, one + 1))
    what = f"y of filter {one} alone"
    trial.require(alone, y[part], what, versus="among the others it", part=part)


@law("channel-order", WEIGHTED, narrow={"groups": (1,), "channels": (*SEVERAL, 7, 9, 16, 17, 33)})
def test_channel_order(trial: Trial) -> None:
    """Input channels permuted together with the kernel's leave the sum what it is."""
    summed = 0 if trial.op == "conv_transpose" else 1  # the axis of w that is summed over
    w = _backwards(trial.inputs["w"], summed)
    turned = trial.run(x=_backwards(trial.inputs["x"], 1), w=w)
    trial.require(turned, trial.run(), "y of the reversed channels", versus="the given order")


def _backwards(array: npt.NDArray[np.generic], axis: int) -> npt.NDArray[np.generic]:
    """The entries along an axis in reverse, in memory of their own."""
    return np.flip(array, axis).copy(order="C")
