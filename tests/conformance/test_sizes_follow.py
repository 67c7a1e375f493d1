"""How sizes follow from stride and padding, layer upon layer."""

from __future__ import annotations

import numpy as np

from convspec.comparison import require_shape
from convspec.conformance.premises import PLAIN, allowed, plain
from convspec.law import law
from convspec.trial import Trial
from convspec.verdicts import AcceptedInvalid, Mismatch, Raised

LAYERS = 4


@law(
    "shrinks-away",
    ("conv",),
    share=0.25,
    narrow={**PLAIN, "stride": (1,), "outputs": (1, 2, 3, 4, 5)},
)
def test_shrinks_away(trial: Trial) -> None:
    """Unpadded layers take e − 1 cells each, and one for which too little is left is refused."""
    changes = {**plain(trial), "stride": (1,) * trial.case.rank, "groups": 1, "b": None}
    w = trial.inputs["w"][:1, :1].copy()
    x = trial.inputs["x"][:1, :1].copy()
    kernel, sizes = w.shape[2:], x.shape[2:]
    if not allowed(trial, x=x, w=w, **changes):
        return
    for _ in range(LAYERS):
        if any(n < k for n, k in zip(sizes, kernel, strict=True)):
            break
        sizes = tuple(n - k + 1 for n, k in zip(sizes, kernel, strict=True))
        require_shape(trial.run(x=x, w=w, **changes), (1, 1, *sizes), "the layer's y")
        # Sizes alone are at stake here, and values would grow from layer to layer.
        x = np.zeros((1, 1, *sizes), x.dtype)
    else:
        return
    try:
        y = trial.run(x=x, w=w, **changes)
    except Raised:
        return
    except Mismatch as mismatch:
        raise AcceptedInvalid(f"answered a kernel larger than its input: {mismatch}") from None
    raise AcceptedInvalid(
        f"answered a kernel {kernel} on an input {sizes} with shape {y.shape}", got=y
    )
