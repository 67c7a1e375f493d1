"""Networks: the reference's composition against plain loops and differences, claims, refusals."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.adapters.opening import adapt, open_adapter
from convspec.building.network import BITS, magnitude
from convspec.network_bounds import gradient_bounds, output_bound
from convspec.spaces import space_for
from convspec.spec.case import Case
from convspec.spec.network import HEADS, OUTPUTS, POOLS, layers
from convspec.trial import Trial

Array = npt.NDArray[Any]

REFERENCE = open_adapter("reference")
CLAIMS = REFERENCE.claims.ops["network"]


def cases(count: int, seed: int = 0, **narrow: tuple[Any, ...]) -> list[Case]:
    """Networks drawn uniformly, with cotangents, of one, two and three spatial axes."""
    draw, found = random.Random(seed), []
    for i in range(count):
        space = space_for("network", i % 3 + 1, CLAIMS, gradient=True, narrow=narrow)
        assert space is not None
        found.append(space.case([draw.randrange(n) for n in space.sizes]))
    return found


def forward(case: Case, arrays: dict[str, Array]) -> Array:
    """The network once more, spelt out."""
    p, rank = case.op.arguments(), case.rank
    once, none = (1,) * rank, ((0, 0),) * rank
    plain: dict[str, Any] = {"dilation": once, "groups": 1}
    b = [arrays.get(f"b{i}") for i in (1, 2, 3)]
    h = reference.conv(
        arrays["x"], arrays["w1"], b[0], stride=p["stride"], padding=p["padding"], **plain
    )
    h = np.maximum(h, 0)
    pooling = {"window": p["pool_window"], "stride": p["pool_stride"], "padding": none,
               "dilation": once, "ceil_mode": False}  # fmt: skip
    if p["pool"] == "max":
        h = reference.max_pool(h, **pooling)
    elif p["pool"] == "avg":
        h = reference.avg_pool(h, count_include_pad=True, **pooling)
    h = reference.conv(h, arrays["w2"], b[1], stride=once, padding=p["padding"], **plain)
    h = np.maximum(h, 0)
    spatial = tuple(range(2, h.ndim))
    if p["head"] == "conv_gap":
        h = np.einsum("nc...,kc->nk...", h, arrays["w3"].reshape(arrays["w3"].shape[:2]))
        z = h.mean(axis=spatial)
    else:
        rows = h.reshape(len(h), -1) if p["head"] == "dense" else h.mean(axis=spatial)
        z = rows @ arrays["w3"].T
    if b[2] is not None:
        z = z + b[2]
    if p["output"] == "logits":
        return z
    log = z - z.max(axis=1, keepdims=True)
    log = log - np.log(np.exp(log).sum(axis=1, keepdims=True))
    if p["output"] == "log_softmax":
        return log
    return np.array(-np.mean([log[n, n % log.shape[1]] for n in range(len(log))]))


def test_the_reference_composes_what_is_written() -> None:
    for case in cases(120):
        trial = Trial(REFERENCE, case)
        expected = forward(case, trial.exact)
        assert np.allclose(trial.expected(), expected, rtol=1e-12, atol=1e-12), case
        assert trial.expected().shape == trial.output_shape == case["g"].shape


@pytest.mark.parametrize("output", OUTPUTS)
def test_its_gradients_are_its_differences(output: str) -> None:
    """Real contents: no maximum ties, nothing is at the edge of the rectifier."""
    rng = np.random.default_rng(0)
    for case in cases(24, seed=1, output=(output,), dtype=("float64",)):
        p = case.op.arguments()
        arrays = [rng.normal(size=t.shape) for t in case.tensors if t.name != "g"]
        g = rng.normal(size=case["g"].shape)
        gradients = reference.vjp("network", arrays, g, **p)
        for i, array in enumerate(arrays):
            step = rng.normal(size=array.shape) * 1e-6
            up, down = ([*arrays[:i], array + s, *arrays[i + 1 :]] for s in (step, -step))
            rise = reference.network(*up, **p) - reference.network(*down, **p)
            slope, expected = float((rise * g).sum()), 2 * float((gradients[i] * step).sum())
            assert abs(slope - expected) <= 1e-5 * (abs(expected) + 1e-6), (case, i)


def test_its_second_gradients_are_differences_of_its_gradients() -> None:
    rng = np.random.default_rng(0)
    for case in cases(24, seed=2, output=("logits",), dtype=("float64",)):
        p = case.op.arguments()
        arrays = [rng.normal(size=t.shape) for t in case.tensors if t.name != "g"]
        g = rng.normal(size=case["g"].shape)
        held = [rng.normal(size=array.shape) for array in arrays]
        second = reference.double_vjp("network", arrays, g, held, **p)
        variables = [*arrays, g]
        for i, variable in enumerate(variables):
            step = rng.normal(size=variable.shape) * 1e-6
            sides = []
            for s in (step, -step):
                *moved, cotangent = [*variables[:i], variable + s, *variables[i + 1 :]]
                found = reference.vjp("network", moved, cotangent, **p)
                sides.append(sum(float((d * u).sum()) for d, u in zip(found, held, strict=True)))
            expected = 2 * float((second[i] * step).sum())
            assert abs(sides[0] - sides[1] - expected) <= 1e-5 * (abs(expected) + 1e-5), (case, i)


def test_contents_stay_exact_to_the_end() -> None:
    for case in cases(200, seed=3):
        assert magnitude(case, 1) <= 1 << BITS[case.dtype], case
        trial = Trial(REFERENCE, case)
        arrays = trial.expected_gradients() if case.op.arguments()["output"] == "logits" else ()
        # Multiples of a power of two that a significand of the dtype holds, with room.
        for array in (*arrays, *trial.inputs.values()):
            narrow = array.astype(case.dtype)
            assert (narrow == array).all(), case


def test_bounds_are_positive_and_small() -> None:
    for case in cases(40, seed=4, output=("log_softmax", "cross_entropy")):
        trial = Trial(REFERENCE, case)
        bounds = [output_bound(trial, {}), *gradient_bounds(trial)]
        exact = [trial.expected(), *trial.expected_gradients()]
        for bound, value in zip(bounds, exact, strict=True):
            assert bound.shape == value.shape
            assert (bound >= 0).all() and np.isfinite(bound).all()


def test_every_case_has_a_line_that_reads_back() -> None:
    for case in cases(30, seed=5):
        assert Case.parse(case.line) == case


def test_layers_follow_the_choices() -> None:
    shared: dict[str, Any] = {
        "stride": (1,), "padding": ((0, 0),), "pool_window": (2,), "pool_stride": (2,),
    }  # fmt: skip
    for pool in POOLS:
        for head in HEADS:
            made = layers(1, True, pool=pool, head=head, output="log_softmax", **shared)
            assert made[-1].op == "log_softmax"
            assert sum(layer.op == "conv" for layer in made) == (3 if head == "conv_gap" else 2)
            assert {n for layer in made for n in layer.weights} == {
                "w1", "w2", "w3", "b1", "b2", "b3",
            }  # fmt: skip
    with pytest.raises(ValueError, match="head must be one of"):
        layers(1, True, pool="max", head="none", output="logits", **shared)
    with pytest.raises(ValueError, match="4 arrays, or 7"):
        reference.network(np.ones((1, 1, 2)), pool="max", head="dense", output="logits", **shared)


def test_a_network_is_claimed_as_its_layers_are() -> None:
    parts = {name: getattr(reference, name) for name in ("conv", "relu", "dense", "max_pool")}
    adapter = adapt(SimpleNamespace(**parts))
    assert adapter.claims.ops["network"].networks == ("max", "none", "dense", "logits")
    assert not adapter.claims.ops["network"].gradient
    adapter = adapt(SimpleNamespace(**parts, vjp=reference.vjp, claims={"vjp": ["conv"]}))
    assert not adapter.claims.ops["network"].gradient
    adapter = adapt(SimpleNamespace(**parts, vjp=reference.vjp))
    assert adapter.claims.ops["network"].gradient
    for missing in ("conv", "relu", "dense"):
        rest = {name: f for name, f in parts.items() if name != missing}
        assert "network" not in adapt(SimpleNamespace(**rest)).functions
    bare = adapt(SimpleNamespace(**parts, claims={"conv": {"dtypes": ["float16"]}}))
    assert "network" not in bare.functions
    flat = adapt(SimpleNamespace(**parts, claims={"conv": {"ranks": [2]}}))
    assert flat.claims.ops["network"].ranks == (2,)
    keeps = adapt(
        SimpleNamespace(
            **parts, global_avg_pool=reference.global_avg_pool,
            claims={"dialect": {"global_pool.rank": "keep"}},
        )
    )  # fmt: skip
    assert "gap_dense" not in keeps.claims.ops["network"].networks


def test_an_adapter_cannot_bring_a_network_of_its_own() -> None:
    target = SimpleNamespace(relu=reference.relu, network=lambda *arrays: arrays[0])
    assert list(adapt(target).functions) == ["relu"]
