"""Networks composed of an implementation's own layers: where operations meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from convspec.comparison import require_equal, require_shape, require_within
from convspec.contents import backwards
from convspec.dialect import splits_ties
from convspec.law import law
from convspec.network_bounds import gradient_bounds, output_bound
from convspec.trial import Trial
from convspec.verdicts import AcceptedInvalid, Raised

NET = ("network",)


@law("definition", NET, share=2)
def test_network_definition(trial: Trial) -> None:
    """The logits are exactly those of the definition, what follows them within its rounding."""
    _require_output(trial, trial.run(), {})


@law("gradient", NET, share=3, gradient=True)
def test_network_gradient(trial: Trial) -> None:
    """The gradients in the input and every parameter are the reference's; of logits, exactly."""
    _require_gradients(trial)


@law("order", NET, gradient=True, narrow={"output": ("logits",)})
def test_network_order(trial: Trial) -> None:
    """The same gradients come out after the layers have been run on something else."""
    other = {"x": backwards(trial.inputs["x"]), "w1": backwards(trial.inputs["w1"])}
    first = trial.gradients()
    trial.run(**other)
    trial.gradients(**other)
    for name, a, b in zip(trial.case.op.inputs, trial.gradients(), first, strict=False):
        require_equal(a, b, f"d{name} the second time", "the first time")
    _require_gradients(trial)


@law("second-gradient", NET, gradient=True, narrow={"output": ("logits",)})
def test_network_second_gradient(trial: Trial) -> None:
    """The gradients of ⟨gradients, other arrays⟩ are exactly the reference's."""
    names = [name for name in trial.case.op.inputs if name in trial.case]
    held = [backwards(trial.inputs[name]) for name in names]
    got, expected = trial.second_gradients(held), trial.expected_second_gradients(held)
    for name, a, b in zip((*names, "g"), got, expected, strict=True):
        require_equal(a, b, f"the second gradient in {name}")


@law("size", NET, narrow={"output": ("logits",)})
def test_network_size(trial: Trial) -> None:
    """With GAP any input size gives as many classes, and the right ones; dense heads refuse it."""
    x = trial.inputs["x"]
    # Twice as many cells along each axis: more cells in the last maps, whatever the layers.
    larger = np.tile(x, (1, 1, *(2,) * (x.ndim - 2)))
    trial.run()
    if trial.parameters["head"] != "dense":
        got = trial.run(x=larger)
        require_shape(got, (x.shape[0], trial.case["w3"].shape[0]), "y of a larger input")
        _require_output(trial, got, {"x": larger.astype(np.float64)}, divides=True)
    elif not trial.meaningful(x=larger.astype(np.float64)):
        try:
            got = trial.run(x=larger)
        except Raised:
            return
        raise AcceptedInvalid("a dense head took maps of another size than its weights", got=got)


@law("heads", NET, narrow={"output": ("logits",), "head": ("gap_dense",)})
def test_network_heads(trial: Trial) -> None:
    """Global average pooling, then dense: the same as a 1×1 convolution, then the pooling."""
    w3 = trial.inputs["w3"]
    kernel = w3.reshape(*w3.shape, *(1,) * trial.case.rank)
    if "conv_gap" not in trial.claims.networks:
        return
    require_equal(
        trial.run(w3=kernel, head="conv_gap"), trial.run(), "y by a 1×1 convolution", "dense"
    )


def _require_output(
    trial: Trial, got: Any, changes: Mapping[str, Any], divides: bool = False
) -> None:
    """`got` is the output: the logits exactly, unless means divide by what is no power of two."""
    expected = trial.expected(**changes)
    if trial.parameters["output"] == "logits" and not divides:
        require_equal(got, expected, "y")
    else:
        require_within(got, expected, output_bound(trial, changes), "y")


def _require_gradients(trial: Trial) -> None:
    got, expected = trial.gradients(), trial.expected_gradients()
    names = [name for name in trial.case.op.inputs if name in trial.case]
    divided = splits_ties("max_pool", trial.adapter.claims)
    if trial.parameters["output"] == "logits" and not divided:
        for name, a, b in zip(names, got, expected, strict=True):
            require_equal(a, b, f"d{name}")
        return
    bounds = gradient_bounds(trial)
    for name, a, b, bound in zip(names, got, expected, bounds, strict=True):
        require_within(a, b, bound, f"d{name}")
