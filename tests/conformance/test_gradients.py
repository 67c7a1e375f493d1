"""Gradients: exact on integers, adjoint to the forward map, honest at ties."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_equal, require_shape
from convspec.dialect import splits_ties
from convspec.law import law
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import EVERY, LINEAR, MAXIMA
from convspec.trial import Trial
from convspec.verdicts import WrongValue


@law("gradient", EVERY, share=4, gradient=True, narrow={"dtype": FLOATS})
def test_gradient(trial: Trial) -> None:
    """The gradient of ⟨f(x), g⟩ in each input is exactly the reference's."""
    trial.require_gradients(trial.gradients(), trial.expected_gradients())


@law("adjoint", LINEAR, gradient=True, narrow={"dtype": FLOATS, "bias": (False,), "value": (0,)})
def test_adjoint(trial: Trial) -> None:
    """⟨f(x), g⟩ = ⟨x, dx⟩, with a weight = ⟨w, dw⟩: the gradient is the adjoint of the map."""
    y = trial.run().astype(np.float64)
    g = trial.exact["g"]
    require_shape(y, g.shape, "y")
    if trial.op in trial.adapter.claims.departing and not np.isfinite(trial.expected()).all():
        return  # a dialect in which the mean of nothing is NaN
    forward = float((y * g).sum())
    slack = trial.inner_product_error()
    for name, gradient in zip(trial.case.op.inputs, trial.gradients(), strict=False):
        require_shape(gradient, trial.case[name].shape, f"d{name}")
        backward = float((trial.exact[name] * gradient.astype(np.float64)).sum())
        if not abs(forward - backward) <= slack:
            raise WrongValue(f"⟨f(x), g⟩ = {forward:g}, but ⟨{name}, d{name}⟩ = {backward:g}")


@law(
    "tie",
    MAXIMA,
    gradient=True,
    narrow={
        "dtype": FLOATS,
        "x.pattern": ("zeros", "ones", "impulse", "ramp"),
        "g.pattern": ("ones", "impulse"),
    },
)
def test_tie(trial: Trial) -> None:
    """At a tie the gradient is shared out among the maxima: nothing lost, added or led astray."""
    (dx,) = trial.gradients()
    require_shape(dx, trial.case["x"].shape, "dx")
    readable = ~trial.empty_windows() if trial.case.op.name != "global_max_pool" else True
    axes = tuple(range(2, trial.exact["x"].ndim))
    given = np.where(readable, trial.exact["g"], 0).reshape(*dx.shape[:2], -1).sum(axis=2)
    received = dx.astype(np.float64).sum(axis=axes)
    # Splitting in equal parts rounds once per part; whole shares add up exactly.
    slack = 2.0**-9 if splits_ties(trial.op, trial.adapter.claims) else 0.0
    off = np.abs(received - given) > slack * (1 + np.abs(given))
    if off.any():
        n, c = (int(i[0]) for i in np.nonzero(off))
        raise WrongValue(
            f"map ({n}, {c}) is given {given[n, c]:g} in all and passes on {received[n, c]:g}",
            expected=given, got=received, worst=(n, c),
        )  # fmt: skip
    astray = np.where(trial.reachable_maxima(), 0, dx)
    require_equal(astray, np.zeros_like(astray), "gradient outside the maxima")
