"""Second gradients, which networks are trained with whose loss looks at gradients."""

from __future__ import annotations

import numpy as np

from convspec import dialect
from convspec.comparison import require_equal, require_within
from convspec.contents import backwards, exact_up_to
from convspec.law import law
from convspec.spec.dtypes import FLOATS, HALVES
from convspec.spec.groups import MEANS, TWICE, WEIGHTED
from convspec.trial import Array, Trial


@law("second-gradient", WEIGHTED, gradient=True, narrow={"dtype": FLOATS})
def test_second_gradient(trial: Trial) -> None:
    """The gradients of ⟨dx, u⟩ + ⟨dw, v⟩ + ⟨db, t⟩, and of its terms alone, are exact."""
    names = [name for name in trial.case.op.inputs if name in trial.case]
    held: list[Array | None] = [backwards(trial.inputs[name]) for name in names]
    _hold_to_the_reference(trial, names, held)
    # Libraries leave out what is not asked for: each term takes a path of its own.
    for i in range(len(names)):
        _hold_to_the_reference(trial, names, [u if i == j else None for j, u in enumerate(held)])


@law(
    "second-gradient",
    tuple(op for op in TWICE if op not in WEIGHTED),
    share=0.5,
    gradient=True,
    narrow={"dtype": FLOATS},
)
def test_second_gradient_of_one_input(trial: Trial) -> None:
    """The gradients of ⟨dx, u⟩ are 0 in x, and in g the map around x applied to u."""
    _hold_to_the_reference(trial, ["x"], [backwards(trial.inputs["x"])])


def _hold_to_the_reference(trial: Trial, names: list[str], held: list[Array | None]) -> None:
    """All second gradients are the reference's, but for rounding in what divides or is long."""
    got, expected = trial.second_gradients(held), trial.expected_second_gradients(held)
    short = trial.op in WEIGHTED and trial.case.dtype in HALVES
    totals = trial.totals_of_second_gradients(held) if short else None
    terms = [f"⟨d{name}, ·⟩" for name, u in zip(names, held, strict=True) if u is not None]
    for i, (name, a, b) in enumerate(zip((*names, "g"), got, expected, strict=True)):
        what = f"the gradient of {' + '.join(terms)} in {name}"
        split = dialect.splits_ties(trial.op, trial.adapter.claims)
        if name == "g" and (trial.op in MEANS or split):
            (u,) = (np.abs(u) for u in held if u is not None)
            most = np.full(b.shape, float(u.max(initial=0)))
            require_within(a, b, trial.gradient_precision.sum(most), what)
        elif totals and totals[i].max(initial=0) > exact_up_to(trial.case.dtype):
            # Each term is a sum of its own, rounded, and they are added: twice the error of one.
            require_within(a, b, 2 * trial.gradient_precision.sum(totals[i]), what)
        else:
            require_equal(a, b, what)
