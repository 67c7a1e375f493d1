"""The planted faults: each opens, is right in the ordinary case, and is wrong in some corner."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.adapters.errors import UnknownAdapter
from convspec.adapters.mutants import CAUSES, MUTANTS, Mutant, make
from convspec.adapters.opening import Adapter, open_adapter
from convspec.contents import backwards, filled, lay_out
from convspec.law import all_laws
from convspec.spaces import space_for
from convspec.spec.case import Case
from convspec.spec.groups import possible_ranks

CASES = 250
"""Cases per number of axes: a fault that shows in one of a hundred is missed once in 1900 runs."""

Array = npt.NDArray[Any]
Function = Callable[..., Any]

BETWEEN_CALLS = (
    "inputs_unchanged",
    "results_stay",
    "repeatable",
    "input_read_anew",
    "empty_batch",
    "rejects_invalid",
    "network_order",
    "network_size",
    "read_only_inputs",
    "shrinks_away",
    "written",
    "gradients_written",
    "outside",
    "outside_gradients",
    "page_border",
    "addresses",
    "settings",
    "deterministic",
    "often",
    "changed_cells",
    "calls_between",
    "gradients_leave_inputs",
    "gradients_repeatable",
    "gradients_stay",
)
"""Laws about how an operation is called; one answer to one valid call cannot show their faults."""

OWN_ARRAYS = (
    "special_values",
    "infinite_maximum",
    "zero_weight_of_infinity",
    "infinite_weight",
    "negative_zero",
    "subnormals",
    "layout_of_weights",
    "layout_of_cotangent",
    "telling_contents",
    "telling_gradients",
    "far_extents",
    "far_gradients",
    "mixed_numbers",
)
"""Laws that put in contents or layouts of their own, which no case has; only these show theirs."""

PATTERNS = {
    "rounding": ("normal",),
    "precision": ("normal",),
    "gradient_precision": ("normal",),
    "nan": ("nan",),
    "nan_index": ("nans",),
    "nan_gradient": ("nans",),
    "softmax_large": ("distinct",),
    "softmax_shift": ("distinct",),
    "impulse_response_max": ("floor",),
    "linear_in_input": ("distinct",),
    "linear_in_weight": ("distinct",),
    "power_of_two": ("normal",),
    "batch_split_real": ("normal",),
    "real_definition": ("normal",),
    "accumulator": ("large", "wide"),
    "gradient_accumulator": ("wide",),
    "overflow": ("large",),
}
"""Contents that show a fault where the usual ones do not, by the law that must find it."""

CORNERS = {
    "network_second_gradient": {"output": ("logits",)},
    "pixel_permutation": {"window": (1,), "stride": (1,), "low": (0,), "high": (0,)},
    "whole_input_kernel": {"low": (0,), "high": (0,), "outputs": (1,), "tail": (0,)},
    "matched_filter": {"window": (2,), "stride": (2,), "low": (0,), "high": (0,), "dilation": (1,)},
}
"""Parameters that seldom come together by chance, by the law that must find the fault."""

PLAIN = {
    "network": "x=1x1x6x6:float32:ints@1 w1=1x1x3x3:float32:ints@2 w2=1x1x2x2:float32:ints@3"
    " w3=2x1:float32:ints@4 g=1x2:float32:ints@5",
    "conv": "padding=1:1,1:1 x=1x2x6x6:float32:ints@1 w=2x2x2x3:float32:ints@2"
    " g=1x2x7x6:float32:ints@3",
    "pad": "padding=1:0,0:1 x=1x2x5x5:float32:ints@1 g=1x2x6x6:float32:ints@3",
    "max_pool": "window=2,2 stride=2,2 x=1x2x6x6:float32:distinct@1 g=1x2x3x3:float32:ints@3",
    "max_pool_with_indices": "window=2 stride=2 x=1x2x6:float32:distinct@1 g=1x2x3:float32:ints@3",
    "conv_transpose": "x=2x2x4x4:float32:ints@1 w=2x3x2x2:float32:ints@2 b=3:float32:ints@3"
    " g=2x3x5x5:float32:ints@4",
    "avg_pool": "window=2,2 stride=2,2 x=2x2x6x6:float64:positive@1 g=2x2x3x3:float64:ints@3",
    "global_avg_pool": "x=2x2x4x4:float32:ints@1 g=2x2:float32:ints@3",
    "global_max_pool": "x=1x2x2x2:float32:distinct@1 g=1x2:float32:ints@3",
    "global_sum_pool": "x=1x2x4x4:float32:ints@1 g=1x2:float32:ints@3",
    "lp_pool": "window=2,2 stride=2,2 x=1x2x4x4:float32:ints@1 g=1x2x2x2:float32:ints@3",
    "adaptive_avg_pool": "output_size=2,2 x=1x2x4x4:float32:ints@1 g=1x2x2x2:float32:ints@3",
    "adaptive_max_pool": "output_size=2,2 x=1x2x4x4:float32:distinct@1 g=1x2x2x2:float32:ints@3",
    "relu": "x=1x2x4x4:float32:normal@1 g=1x2x4x4:float32:ints@3",
    "dense": "x=2x3:float32:ints@1 w=4x3:float32:ints@2 b=4:float32:ints@3 g=2x4:float32:ints@4",
    "softmax": "x=2x4:float32:ints@1 g=2x4:float32:ints@3",
    "log_softmax": "x=1x4:float32:ints@1 g=1x4:float32:ints@3",
    "cross_entropy": "logits=1x4:float32:ints@1 labels=1:int64:labels@5 g=scalar:float32:ones@0",
}
"""Ordinary cases: small, square strides, nothing that does not divide."""


def inputs(case: Case) -> tuple[Array, ...]:
    plain = filled(case)
    return tuple(lay_out(plain[t.name], t.layout) for t in case.tensors if t.name != "g")


def others(case: Case) -> tuple[Array, ...]:
    """Inputs of the same shapes that an adapter may remember."""
    labels = [t.name == "labels" for t in case.tensors]
    return tuple(a if kept else -a for a, kept in zip(inputs(case), labels, strict=False))


def answers(
    function: Function, vjp: Function, case: Case, double_vjp: Function | None = None
) -> list[Array]:
    """Result and gradients of one case, or nothing where the implementation raises.

    With a `double_vjp`, the second gradients, too, held against the inputs backwards.
    """
    parameters, g = case.op.arguments(), filled(case)["g"]
    try:
        y = function(*inputs(case), **parameters)
        gradients = [*vjp(case.op.name, inputs(case), g, **parameters)]
        if double_vjp is not None:
            held = [backwards(a) for a in inputs(case)]
            for part in (held, [*(None for _ in held[1:]), held[-1]]):
                gradients += double_vjp(case.op.name, inputs(case), g, part, **parameters)
    except (ValueError, NotImplementedError):
        return []
    return [*(y if isinstance(y, tuple) else (y,)), *gradients]


def agrees(adapter: Adapter, case: Case, second: bool = False) -> bool:
    """Whether result and gradients are the reference's; the second ones, if asked for."""
    op = case.op.name
    assert adapter.vjp is not None
    got = answers(adapter.functions[op], adapter.vjp, case, adapter.double_vjp if second else None)
    right = answers(
        getattr(reference, op), reference.vjp, case, reference.double_vjp if second else None
    )
    assert right, f"the reference rejects {case}"
    return len(got) == len(right) and all(
        a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
        for a, b in zip(got, right, strict=True)
    )


def witnesses(mutant: Mutant, adapter: Adapter) -> Iterator[Case]:
    """Cases drawn uniformly, every other one with levels alike.

    Before each, what an adapter may remember is of another input.
    """
    patterns = PATTERNS.get(mutant.law)
    narrow = {"x.pattern": patterns, "w.pattern": patterns} if patterns else {}
    narrow |= CORNERS.get(mutant.law, {})
    rng = np.random.default_rng(0)
    alike = np.random.default_rng(1)
    for turn in range(CASES):
        for rank in possible_ranks(mutant.op):
            claims = adapter.claims.ops[mutant.op]
            space = space_for(mutant.op, rank, claims, narrow=narrow, gradient=True)
            assert space is not None
            row = [int(rng.integers(n)) for n in space.sizes]
            case = space.case(space.likened(row, alike.random()) if turn % 2 else row)
            with contextlib.suppress(NotImplementedError):
                adapter.functions[mutant.op](*others(case), **case.op.arguments())
            yield case


@pytest.mark.parametrize("name", MUTANTS)
def test_it_opens_and_has_one_operation(name: str) -> None:
    adapter, mutant = open_adapter(f"mutant:{name}"), MUTANTS[name]
    assert mutant.name == name
    if mutant.op != "network":  # which is made of others
        assert list(adapter.functions) == [mutant.op]
    assert mutant.op in adapter.functions
    assert adapter.claims.ops[mutant.op].gradient
    assert mutant.cause in CAUSES
    assert mutant.about.endswith(".") and mutant.about == " ".join(mutant.about.split())


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_right_in_the_ordinary_case(name: str) -> None:
    adapter = open_adapter(f"mutant:{name}")
    case = Case.parse(f"{MUTANTS[name].op} {PLAIN[MUTANTS[name].op]}")
    assert agrees(adapter, case), MUTANTS[name].about


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_wrong_in_a_corner(name: str) -> None:
    mutant, adapter = MUTANTS[name], open_adapter(f"mutant:{name}")
    if mutant.law in (*BETWEEN_CALLS, *OWN_ARRAYS):
        pytest.skip(f"it shows between calls or on other input than valid: {mutant.law}")
    second = "second_gradient" in mutant.law
    cases = witnesses(mutant, adapter)
    assert not all(agrees(adapter, case, second) for case in cases), mutant.about


def test_every_operation_cause_and_law_has_one() -> None:
    laws = all_laws()
    found = MUTANTS.values()
    assert {m.op for m in found} == {op for law in laws.values() for op in law.ops}
    assert {m.cause for m in found} == set(CAUSES)
    assert {m.law for m in found} == set(laws)
    assert all(m.op in laws[m.law].ops for m in found)


def test_state_belongs_to_one_adapter() -> None:
    x = np.arange(4.0).reshape(1, 1, 4)
    first, second = (make("global-sum-pool-reuses-its-buffer") for _ in range(2))
    kept = first.global_sum_pool(x)
    second.global_sum_pool(x + 1)
    assert kept.item() == 6
    first.global_sum_pool(x + 1)
    assert kept.item() == 10


@pytest.mark.parametrize("option", [None, "", "conv-pad-swapped"])
def test_an_unknown_fault_is_refused_in_one_line(option: str | None) -> None:
    with pytest.raises(UnknownAdapter) as raised:
        make(option)
    assert "\n" not in str(raised.value)
    if option:
        assert "conv-pads-swapped" in str(raised.value)
