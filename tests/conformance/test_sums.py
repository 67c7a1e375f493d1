"""What sums are kept in, and what becomes of them: seen exactly, on whole numbers."""

from __future__ import annotations

from convspec.comparison import require_equal
from convspec.contents import scales_exactly
from convspec.law import law
from convspec.spec.dtypes import FLOATS, INTEGERS
from convspec.spec.groups import SUMMED_BACK, SUMMING
from convspec.trial import Array, Trial
from convspec.verdicts import WrongDtype

SCALED = {"x.pattern": ("large", "wide", "wide")}


@law("accumulator", SUMMING, share=2, narrow={**SCALED, "dtype": FLOATS})
def test_accumulator(trial: Trial) -> None:
    """Whole numbers that fill the accumulator claimed are summed exactly and rounded once."""
    if _holds(trial, gradient=False):
        _require(trial, trial.run(), trial.expected(), "y", gradient=False)


@law(
    "gradient-accumulator", SUMMED_BACK, share=2, gradient=True,
    narrow={**SCALED, "dtype": FLOATS},
)  # fmt: skip
def test_gradient_accumulator(trial: Trial) -> None:
    """Gradients that fill the accumulator claimed for them are exact but for one rounding."""
    if _holds(trial, gradient=True):
        got, expected = trial.gradients(), trial.expected_gradients()
        for i, name in enumerate(trial.case.op.inputs[: len(expected)]):
            _require(trial, got[i], expected[i], f"d{name}", gradient=True)


@law("overflow", SUMMING, narrow={"x.pattern": ("large",), "dtype": INTEGERS})
def test_overflow(trial: Trial) -> None:
    """Integer sums beyond their type wrap, saturate or are of a wider one, as is claimed."""
    got, expected = trial.run(), trial.stored(trial.expected())
    require_equal(got, expected, "y", "")
    if got.dtype != trial.result_dtype:
        raise WrongDtype(f"y has dtype {got.dtype}, expected {trial.result_dtype}")


def _holds(trial: Trial, gradient: bool) -> bool:
    """Whether the case's contents are exact in what the adapter says it keeps sums in."""
    wide = any(tensor.pattern == "wide" for tensor in trial.case.tensors)
    claimed = trial.claims.wider(trial.case.dtype, gradient)
    return scales_exactly(trial.case) and (claimed or not wide)


def _require(trial: Trial, got: Array, exact: Array, what: str, gradient: bool) -> None:
    kept = trial.claims.accumulator(trial.case.dtype, gradient)
    expected = trial.stored(exact)
    require_equal(got, expected, f"{what}, summed in {kept},")
