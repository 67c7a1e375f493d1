"""A batch in parts, arrays that may not be written to, and layouts of what is not x."""

from __future__ import annotations

import numpy as np

from convspec.contents import lay_out
from convspec.law import law
from convspec.moves import run
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import BATCHED, CONVOLUTIONS, EVERY, MAPS
from convspec.trial import Array, Trial, wide

SEVERAL = (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33)
REAL = ("normal", "positive")


@law("batch-split", BATCHED, share=0.5, narrow={"batch": SEVERAL})
def test_batch_split(trial: Trial) -> None:
    """A batch cut in two gives the two parts of the result, wherever it is cut."""
    _split(trial)


@law(
    "batch-split",
    (*CONVOLUTIONS, "avg_pool", "global_avg_pool", "global_sum_pool"),
    share=0.25,
    narrow={"batch": SEVERAL, "x.pattern": REAL, "w.pattern": REAL, "dtype": FLOATS},
)
def test_batch_split_real(trial: Trial) -> None:
    """On real numbers, too, up to the rounding of either: no path for large batches is coarser."""
    _split(trial)


def _split(trial: Trial) -> None:
    x = trial.inputs["x"]
    if len(x) < 2:
        trial.nothing_to_test("the batch was cut to what a case may cost")
    cut = 1 + trial.case["x"].k % (len(x) - 1)
    parts = [run(trial, x=part.copy()) for part in (x[:cut], x[cut:])]
    trial.require(trial.run(), np.concatenate(parts), versus=f"the batch cut at {cut}")


@law("read-only", EVERY, share=0.25)
def test_read_only_inputs(trial: Trial) -> None:
    """Inputs that are marked read-only are taken as they are, and answered like any others."""
    y = trial.run().copy()
    for array in trial.inputs.values():
        array.flags.writeable = False
    trial.require(trial.run(), y, versus="writable arrays")


@law("layout", CONVOLUTIONS, share=0.5)
def test_layout_of_weights(trial: Trial) -> None:
    """The memory layout of weight and bias does not show in the result, either."""
    layouts = [name for name in trial.claims.layouts if name != "contiguous"]
    k = trial.case["w"].k
    plain: dict[str, Array] = {}
    laid: dict[str, Array] = {}
    for turn, name in enumerate(n for n in ("w", "b") if n in trial.inputs and layouts):
        layout = layouts[(k + turn) % len(layouts)]
        plain[name] = _repeated(trial.inputs[name], layout)
        laid[name] = lay_out(plain[name], layout)
    summed = {name: wide(array) for name, array in plain.items()}
    got, expected = trial.run(**laid), trial.run(**plain)
    trial.require(got, expected, versus="contiguous weights", summed=summed)


@law("layout", MAPS, share=0.25, gradient=True, narrow={"dtype": FLOATS})
def test_layout_of_cotangent(trial: Trial) -> None:
    """The memory layout of the cotangent does not show in the gradients."""
    layouts = [name for name in trial.claims.layouts if name != "contiguous"] or ["contiguous"]
    layout = layouts[trial.case["g"].k % len(layouts)]
    g = _repeated(trial.inputs["g"], layout)
    trial.exact["g"] = wide(g)
    trial.require_gradients(trial.gradients(g=lay_out(g, layout)), trial.expected_gradients())


def _repeated(array: Array, layout: str) -> Array:
    """Contents that the layout can hold, row-major: "broadcast" holds one entry, repeated."""
    array = np.array(array, order="C")
    return np.repeat(array[:1], len(array), axis=0) if layout == "broadcast" else array
