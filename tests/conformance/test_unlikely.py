"""What a checker is unlikely to draw: telling contents, numbers between, extents far out."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import numpy as np

from convspec.building import output_shape
from convspec.comparison import require_equal
from convspec.contents import backwards
from convspec.dialect import resized
from convspec.disguises import DISGUISES, HALF, disguised, grown
from convspec.dtypes import floating
from convspec.law import law
from convspec.spec.case import Case, Tensor
from convspec.spec.claims import Claims
from convspec.spec.dtypes import FLOATS
from convspec.spec.groups import CONVOLUTIONS, EVERY, MAXIMA, ROUNDED
from convspec.trial import Array, Trial, wide

REAL = ("normal", "positive")
SOME = (1, 2, 3, 4, 5)
MIXED = {"x.pattern": ("ints",), "w.pattern": ("ints",), "g.pattern": ("ints",)}
SMALL = {**MIXED, "channels": SOME, "filters": SOME, "batch": (1, 2, 3)}


@law(
    "definition",
    (*MAXIMA, "pad", "relu"),
    share=0.5,
    narrow={"x.pattern": ("normal",), "dtype": FLOATS},
)
def test_real_definition(trial: Trial) -> None:
    """Real numbers that are only moved or chosen come out bit for bit."""
    require_equal(trial.run(), trial.expected(), "y")


@law(
    "rounding",
    (*CONVOLUTIONS, *ROUNDED, "global_sum_pool", "dense"),
    share=0.5,
    narrow={"x.pattern": REAL, "w.pattern": REAL, "dtype": FLOATS},
)
def test_mixed_numbers(trial: Trial) -> None:
    """Real numbers that come from no table, mixed of others, have a result as good as any."""
    for tensor in trial.case.tensors:
        if tensor.name != "labels":
            # Two weights of the case's own, so that no number here is that of another case.
            one, other = ((1 + crc32(f"{trial.case} {i}".encode()) % 997) / 1e3 for i in range(2))
            array = trial.inputs[tensor.name]
            mixed = (one * array.astype(np.float64) + other * backwards(array)).astype(array.dtype)
            _put(trial, tensor.name, mixed)
    expected = trial.expected(**trial.exact)
    trial.require(trial.run(), expected, "y of mixed numbers", summed=trial.exact)


@law("definition", EVERY, narrow=MIXED)
def test_telling_contents(trial: Trial) -> None:
    """Contents that invite a shortcut have the result that the definition gives."""
    what = _disguise(trial)
    # All arrays are named: what the case's own contents give may be known already.
    expected = trial.expected(**trial.exact)
    trial.require(trial.run(), expected, f"y of {what}", summed=trial.exact)


@law("gradient", EVERY, share=0.5, gradient=True, narrow={**MIXED, "dtype": FLOATS})
def test_telling_gradients(trial: Trial) -> None:
    """Contents that invite a shortcut have the gradients that the definition gives."""
    _disguise(trial)
    trial.require_gradients(trial.gradients(), trial.expected_gradients())


def _disguise(trial: Trial) -> str:
    """Put other contents into all arrays but labels; returns what they are."""
    names, told, unit = list(DISGUISES), [], 1.0
    for turn, tensor in enumerate(t for t in trial.case.tensors if t.name not in ("labels", "b")):
        name = names[(tensor.k + 4 * turn) % len(names)]
        _put(trial, tensor.name, disguised(trial.inputs[tensor.name], name, tensor.k // len(names)))
        told.append(f"{tensor.name} ({name})")
        unit *= HALF if name == "halves" and tensor.name != "g" else 1
    if "b" in trial.inputs and floating(trial.inputs["b"].dtype):
        _put(trial, "b", trial.inputs["b"] * trial.inputs["b"].dtype.type(unit))
    return ", ".join(told)


def _put(trial: Trial, name: str, array: Array) -> None:
    """Let an array of the case hold other values, for both sides of a comparison."""
    trial.inputs[name], trial.exact[name] = array, wide(array)


def _far(case: Case, claims: Claims) -> Case | None:
    seed = sum(tensor.k for tensor in case.tensors)
    return grown(case, claims.ops[case.op.name], seed)


def _far_backwards(case: Case, claims: Claims) -> Case | None:
    far = _far(case, claims)
    if far is None:
        return None
    bare = Case(far.op, far.tensors[:-1])
    shape = resized(bare, claims) or output_shape(bare)
    return Case(far.op, (*bare.tensors, replace(far["g"], shape=shape)))


def _trial_of(trial: Trial, case: Case | None) -> Trial:
    if case is None:
        trial.nothing_to_test("nothing larger is claimed, exact and affordable")
    far = Trial(trial.adapter, case)
    if not far.meaningful():
        trial.nothing_to_test("the dialect gives the larger case no meaning")
    return far


@law("definition", EVERY, share=0.5, scale="tiny", narrow=SMALL, becomes=_far)
def test_far_extents(trial: Trial) -> None:
    """Extents, windows and steps far beyond the usual change nothing in what the result is."""
    far = _trial_of(trial, _far(trial.case, trial.adapter.claims))
    far.require(far.run(), far.expected(), f"y of {_shapes(far.case)}")


@law(
    "gradient",
    EVERY,
    share=0.25,
    scale="tiny",
    gradient=True,
    narrow={**SMALL, "dtype": FLOATS[:2]},
    becomes=_far_backwards,
)
def test_far_gradients(trial: Trial) -> None:
    """Extents, windows and steps far beyond the usual change nothing in what gradients are."""
    far = _trial_of(trial, _far_backwards(trial.case, trial.adapter.claims))
    far.require_gradients(far.gradients(), far.expected_gradients())


def _shapes(case: Case) -> str:
    def shown(tensor: Tensor) -> str:
        return f"{tensor.name} {'×'.join(map(str, tensor.shape))}"

    given = {k: v for k, v in case.op.arguments().items() if k in ("stride", "dilation", "window")}
    return ", ".join([*map(shown, case.tensors), *(f"{k} {v}" for k, v in given.items())])
