"""What a checker is unlikely to draw: telling contents, numbers between, extents far out."""

from __future__ import annotations

from dataclasses import replace

from convspec.building import output_shape
from convspec.comparison import require_equal
from convspec.dialect import resized
from convspec.disguises import DISGUISES, disguised, grown
from convspec.law import law
from convspec.spec.case import Case, Tensor
from convspec.spec.groups import EVERY, MAXIMA
from convspec.trial import Trial, wide

FLOATS = ("float32", "float64", "float16")
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
    names, told = list(DISGUISES), []
    for turn, tensor in enumerate(t for t in trial.case.tensors if t.name not in ("labels", "b")):
        name = names[(tensor.k + 4 * turn) % len(names)]
        array = disguised(trial.inputs[tensor.name], name, tensor.k // len(names))
        trial.inputs[tensor.name], trial.exact[tensor.name] = array, wide(array)
        told.append(f"{tensor.name} ({name})")
    return ", ".join(told)


@law("definition", EVERY, share=0.5, scale="tiny", narrow=SMALL)
def test_far_extents(trial: Trial) -> None:
    """Extents, windows and steps far beyond the usual change nothing in what the result is."""
    case = grown(trial.case, trial.claims, _seed(trial))
    if case is None:
        return
    far = Trial(trial.adapter, case)
    if far.meaningful():
        far.require(far.run(), far.expected(), f"y of {_shapes(case)}")


@law(
    "gradient",
    EVERY,
    share=0.25,
    scale="tiny",
    gradient=True,
    narrow={**SMALL, "dtype": FLOATS[:2]},
)
def test_far_gradients(trial: Trial) -> None:
    """Extents, windows and steps far beyond the usual change nothing in what gradients are."""
    case = grown(trial.case, trial.claims, _seed(trial))
    if case is None:
        return
    bare = Case(case.op, case.tensors[:-1])
    shape = resized(bare, trial.adapter.claims) or output_shape(bare)
    far = Trial(trial.adapter, Case(case.op, (*bare.tensors, replace(case["g"], shape=shape))))
    if far.meaningful():
        far.require_gradients(far.gradients(), far.expected_gradients())


def _seed(trial: Trial) -> int:
    return sum(tensor.k for tensor in trial.case.tensors)


def _shapes(case: Case) -> str:
    def shown(tensor: Tensor) -> str:
        return f"{tensor.name} {'×'.join(map(str, tensor.shape))}"

    given = {k: v for k, v in case.op.arguments().items() if k in ("stride", "dilation", "window")}
    return ", ".join([*map(shown, case.tensors), *(f"{k} {v}" for k, v in given.items())])
