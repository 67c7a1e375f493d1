"""What comes out: sizes, values, types."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import CONVOLUTIONS, EVERY, LINEAR, MAXIMA, ROUNDED
from convspec.trial import Trial
from convspec.verdicts import WrongDtype

ONE_HOT = {"x.pattern": ("eye",), "w.pattern": ("eye",), "bias": (False,), "value": (0,)}


@law("output-size", EVERY, share=0.5)
def test_output_size(trial: Trial) -> None:
    """The result has the shape the index relation gives."""
    require_shape(trial.run(), trial.output_shape, "y")


@law("definition", EVERY, share=8)
def test_definition(trial: Trial) -> None:
    """On integers every cell is exactly what the definition says, however it is summed."""
    trial.require(trial.run(), trial.expected())


@law(
    "impulse-response",
    tuple(op for op in LINEAR if op != "conv_transpose"),
    scale="tiny",
    narrow=ONE_HOT,
)
def test_impulse_response(trial: Trial) -> None:
    """All one-hot inputs against all one-hot filters give the complete map of a configuration."""
    trial.require(trial.run(), trial.expected())


@law(
    "impulse-response",
    ("conv_transpose",),
    scale="tiny",
    narrow={**ONE_HOT, "w.pattern": ("bank",)},
)
def test_impulse_response_transposed(trial: Trial) -> None:
    """All one-hot inputs against all one-hot kernels give the complete map of a configuration."""
    trial.require(trial.run(), trial.expected())


@law("impulse-response", MAXIMA, scale="tiny", narrow={"x.pattern": ("floor",)})
def test_impulse_response_max(trial: Trial) -> None:
    """All one-hot inputs over −∞ give the complete map of a configuration of max pooling."""
    require_equal(trial.run(), trial.expected(), "y")


@law("dtype", EVERY, share=0.5)
def test_output_dtype(trial: Trial) -> None:
    """The result has the element type of the input, or that claimed for sums of integers."""
    got, expected = trial.run().dtype, trial.result_dtype
    if got != expected:
        why = "as x has" if expected == trial.case.dtype else f"as claimed for {trial.case.dtype}"
        raise WrongDtype(f"y has dtype {got}, expected {expected} {why}")


@law(
    "rounding",
    (*CONVOLUTIONS, *ROUNDED, "global_sum_pool", "dense"),
    share=2,
    narrow={
        "x.pattern": ("positive", "normal"),
        "w.pattern": ("positive", "normal"),
        "dtype": FLOATS,
    },
)
def test_rounding(trial: Trial) -> None:
    """On real numbers no cell is further off than the rounding of a correct sum can take it."""
    trial.require(trial.run(), trial.expected())


@law(
    "nan",
    (*MAXIMA, "relu"),
    narrow={"x.pattern": ("nan",), "dtype": FLOATS},
)
def test_nan(trial: Trial) -> None:
    """A NaN reaches the windows that read it and no other."""
    require_equal(trial.run(), trial.expected(), "y")


@law("indices", ("max_pool_with_indices",), share=3)
def test_indices(trial: Trial) -> None:
    """Each index is the place, row-major in the unpadded plane, of its window's first maximum."""
    _, indices = trial.results()
    expected = trial.expected_indices()
    readable = ~np.broadcast_to(trial.empty_windows(), expected.shape)
    require_shape(indices, expected.shape, "indices")
    # A window wholly in padding has no maximum to point at.
    require_equal(np.where(readable, indices, -1), np.where(readable, expected, -1), "indices")
