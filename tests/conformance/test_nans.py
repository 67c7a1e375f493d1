"""Of several NaN in a window, which one has the index and the gradient."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import MAX_POOLS
from convspec.trial import Array, Trial

SEVERAL = {"x.pattern": ("nans",), "dtype": FLOATS}


@law("nan-index", ("max_pool_with_indices",), narrow=SEVERAL)
def test_nan_index(trial: Trial) -> None:
    """The index points at the NaN that stands for its window."""
    _, indices = trial.results()
    expected = trial.expected_indices()
    require_shape(indices, expected.shape, "indices")
    told = _told(trial)
    require_equal(np.where(told, indices, -1), np.where(told, expected, -1), "indices")


@law("nan-gradient", MAX_POOLS, gradient=True, narrow={**SEVERAL, "g.pattern": ("ones", "ints")})
def test_nan_gradient(trial: Trial) -> None:
    """The gradient goes to the NaN that stands for its window."""
    if _told(trial).all():
        trial.require_gradients(trial.gradients(), trial.expected_gradients())


def _told(trial: Trial) -> Array:
    """True for each window of which it is said which cell is its maximum.

    It has a real cell and, where NaN is ignored, a number among them.
    """
    told = ~trial.empty_windows()
    if trial.adapter.claims.dialect["max_pool.nan"] == "ignored":
        numbers = np.isfinite(trial.exact["x"]).astype(np.float64)
        told = told & (trial.expected(x=numbers) > 0)
    return np.broadcast_to(told, trial.output_shape)
