"""Case spaces: every row is a valid case inside the claims, within the work allowed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from math import prod
from typing import Any

import pytest

from convspec.adapters.opening import open_adapter
from convspec.building import BUILDERS, CELLS, WORK, output_shape
from convspec.law import Law, all_laws
from convspec.search import playlist
from convspec.spaces import Space, space_for
from convspec.spec.case import Case
from convspec.spec.claims import Claims, OpClaims
from convspec.spec.claims_reading import read_claims
from convspec.spec.groups import EVERY, ROUNDED, possible_ranks
from convspec.spec.operations import VOCABULARY
from convspec.validity import is_valid

OPS = EVERY
NAMED = ["same_upper", "same_lower", "valid"]

DECLARED: dict[str, dict[str, Any]] = {
    "defaults": {},
    "torch-like": {
        "all": {
            "dtypes": ["float32", "float64", "int64"],
            "layouts": ["contiguous", "channels_last"],
            "asymmetric_padding": False,
            "padding_limit": "half_window",
        },
        "conv": {"named_padding": ["same_upper", "valid"], "named_stride": 1},
    },
    "everything": {
        "all": {
            "dtypes": ["float32", "float64", "float16", "int64", "int32", "int16", "int8"],
            "named_padding": NAMED,
        },
    },
    "limited": {
        "all": {
            "ranks": [2],
            "dtypes": ["float16", "int8"],
            "dilation": [1, 1],
            "groups": [1, 1],
            "window": [1, 3],
            "stride": [1, 2],
            "padding": [0, 1],
            "layouts": ["sliced"],
            "padding_limit": "window",
            "ceil_mode": [False],
            "count_include_pad": [False],
            "modes": ["reflect", "circular"],
            "bias": [True],
            "empty_batch": False,
        },
    },
    "odd": {
        "all": {
            "dtypes": ["float16"],
            "window": [2, 5],
            "stride": [2, 3],
            "dilation": [2, 4],
            "groups": [2, 4],
            "padding": [1, 2],
            "named_padding": ["same_lower"],
            "ceil_mode": [True],
            "count_include_pad": [False],
            "modes": ["constant"],
        },
    },
}


def claims_of(name: str) -> Claims:
    if name in ("numpy", "reference"):
        return open_adapter(name).claims
    declared = dict(DECLARED[name])
    # A mean of integers is not defined.
    floats = [d for d in declared.get("all", {}).get("dtypes", ["float32"]) if d[0] == "f"]
    for op in ROUNDED:
        declared[op] = {"dtypes": floats}
    return read_claims(declared, OPS, True)


def uniform(space: Space, count: int, seed: int = 0) -> Iterator[tuple[int, ...]]:
    draw = random.Random(seed)
    for _ in range(count):
        yield tuple(draw.randrange(size) for size in space.sizes)


def between(values: Any, bounds: tuple[int, int]) -> bool:
    return all(bounds[0] <= v <= bounds[1] for v in values)


def outside(case: Case, claims: OpClaims, law: Law | None = None) -> list[str]:
    """What of a valid case is not claimed; written from the claims' own words."""
    said: dict[str, bool] = {}
    given = case.op.arguments()
    said["rank"] = case.rank in claims.ranks
    numbers = [t for t in case.tensors if t.name != "labels"]
    said["dtype"] = all(t.dtype == case.dtype and t.dtype in claims.dtypes for t in numbers)
    layouts = {t.layout for t in case.tensors}
    # Row-major is what every adapter is called with now and then: by bias and cotangent.
    said["layout"] = layouts <= {*claims.layouts, "contiguous"}
    window = case["w"].shape[2:] if case.op.name == "conv" else given.get("window", ())
    said["window"] = between(window, claims.window)
    for name in ("stride", "dilation"):
        said[name] = between(given.get(name, ()), getattr(claims, name))
    if case.op.name == "conv":
        said["groups"] = between([given["groups"]], claims.groups)
        said["bias"] = ("b" in case) in claims.bias
    if "ceil_mode" in given:
        said["ceil_mode"] = given["ceil_mode"] in claims.ceil_mode
    if "count_include_pad" in given:
        said["count_include_pad"] = given["count_include_pad"] in claims.count_include_pad
    if "p" in given:
        said["power"] = given["p"] in claims.powers
    if case.op.name == "pad":
        said["mode"] = given["mode"] in claims.modes
    padding = given.get("padding", ())
    if isinstance(padding, str):
        said["named"] = padding in claims.named_padding
        said["named stride"] = max(given["stride"]) <= claims.named_stride
    else:
        amounts = [amount for pair in padding for amount in pair]
        said["padding"] = all(amount <= claims.padding[1] for amount in amounts)
        if not claims.asymmetric_padding:
            said["symmetric"] = all(low == high for low, high in padding)
        if "window" in given and claims.padding_limit != "none":
            most = [k // 2 if claims.padding_limit == "half_window" else k - 1 for k in window]
            said["limit"] = all(max(p) <= m for p, m in zip(padding, most, strict=True))
    if case.tensors[0].shape[0] == 0:
        said["empty batch"] = claims.empty_batch
    return [name for name, holds in said.items() if not holds]


def work(case: Case) -> int:
    """Multiply-accumulates of the forward map."""
    size = prod(output_shape(case))
    if case.op.name == "conv":
        return size * prod(case["w"].shape[1:])
    if case.op.name == "conv_transpose":
        return prod(case["x"].shape) * prod(case["w"].shape[1:])
    if case.op.name == "dense":
        return size * case["x"].shape[1]
    if case.op.name.startswith("adaptive"):
        # Along every axis, neighbouring bins may share a cell.
        shape = case["x"].shape
        outputs = case.op.arguments()["output_size"]
        return prod(shape[:2]) * prod(map(sum, zip(shape[2:], outputs, strict=True)))
    if not hasattr(case.op, "window"):
        return prod(case.tensors[0].shape)
    return size * prod(case.op.window)


def complaints(case: Case, claims: OpClaims) -> list[str]:
    found = outside(case, claims)
    if not is_valid(case):
        found.append("the reference refuses it")
    elif "g" in case and case["g"].shape != output_shape(case):
        found.append("the cotangent has another shape than the result")
    # The work of padding is counted in cells of the input, here in those of the result.
    if work(case) > 2 * max(WORK.values()):
        found.append(f"it costs {work(case)}")
    if "x" in case and prod(case["x"].shape) > CELLS:
        found.append(f"it has {prod(case['x'].shape)} cells")
    return found


def pairs() -> list[Any]:
    names = (*DECLARED, "numpy")
    return [pytest.param(name, op, id=f"{name}-{op}") for name in names for op in OPS]


@pytest.mark.parametrize(("declared", "op"), pairs())
def test_every_row_is_a_case(declared: str, op: str) -> None:
    claims = claims_of(declared).ops[op]
    for rank in claims.ranks:
        space = space_for(op, rank, claims)
        assert space is not None
        for row in uniform(space, 120):
            case = space.case(row)
            assert case.op.name == op and case.rank == rank
            assert not complaints(case, claims), f"{row}: {case}"


@pytest.mark.parametrize(("declared", "op"), pairs())
def test_every_row_of_every_law_is_a_case(declared: str, op: str) -> None:
    claims = claims_of(declared)
    for law in all_laws().values():
        if op not in law.ops:
            continue
        for rank in possible_ranks(op):
            space = law.space(op, rank, claims)
            if space is None:
                continue
            for row in uniform(space, 6, seed=rank):
                case = space.case(row)
                if law.defective:
                    assert not is_valid(case), f"{law.name} {row}: valid: {case}"
                else:
                    found = complaints(case, claims.ops[op])
                    assert not found, f"{law.name} {row}: {found}: {case}"
                    assert ("g" in case) == law.gradient


@pytest.mark.parametrize("op", OPS)
def test_a_row_is_its_case(op: str) -> None:
    claims = claims_of("everything").ops[op]
    for rank in possible_ranks(op):
        space, again = space_for(op, rank, claims), space_for(op, rank, claims)
        assert space is not None and again is not None
        for row in uniform(space, 30):
            case = space.case(row)
            assert case == space.case(row) == again.case(row)
            assert Case.parse(case.line) == case


@pytest.mark.parametrize("op", OPS)
def test_zeros_are_the_simplest_row(op: str) -> None:
    claims = claims_of("everything").ops[op]
    for rank in possible_ranks(op):
        space = space_for(op, rank, claims)
        assert space is not None
        simplest = space.case([0] * len(space.sizes))
        assert prod(simplest.tensors[0].shape) == 1
        assert {t.layout for t in simplest.tensors} == {"contiguous"}
        given = simplest.op.arguments()
        for name, value in given.items():
            plain: dict[str, Any] = {
                "padding": ((0, 0),) * rank, "groups": 1, "mode": "constant", "value": 0,
                "output_padding": (0,) * rank, "p": 1,
            }  # fmt: skip
            wanted = plain.get(name, False if name[0] == "c" else (1,) * rank)
            assert value == wanted, f"{name} is {value}"
        for row in uniform(space, 100):
            assert space.case(row).cells >= simplest.cells


@pytest.mark.parametrize("op", ROUNDED)
def test_means_of_integers_are_not_drawn(op: str) -> None:
    claims = read_claims(DECLARED["everything"], [op], False).ops[op]
    space = space_for(op, claims.ranks[-1], claims)
    assert space is not None
    for row in uniform(space, 60):
        assert is_valid(space.case(row)), space.case(row)


@pytest.mark.parametrize("law", ["definition", "impulse_response"])
def test_no_case_costs_more_than_it_may(law: str) -> None:
    claims = claims_of("defaults")
    space = all_laws()[law].space("conv", 3, claims)
    assert space is not None
    most = WORK[all_laws()[law].scale]
    assert max(work(space.case(row)) for row in uniform(space, 600)) <= most


def test_what_is_not_claimed_has_no_space() -> None:
    claims = read_claims({"vjp": []}, ["conv"], True)
    laws = all_laws()
    assert laws["gradient"].space("conv", 2, claims) is None
    assert laws["definition"].space("pad", 2, claims) is None
    narrow = read_claims({"all": {"ranks": [1], "groups": [1, 1], "bias": [False]}}, OPS, False)
    assert laws["definition"].space("conv", 2, narrow) is None
    assert laws["groups_are_blocks"].space("conv", 1, narrow) is None
    assert laws["affine_in_bias"].space("conv", 1, narrow) is None
    assert laws["named_padding"].space("conv", 1, narrow) is None
    integers = read_claims({"all": {"dtypes": ["int8"]}}, OPS, True)
    assert laws["rounding"].space("conv", 1, integers) is None
    assert laws["gradient"].space("conv", 1, integers) is None
    assert laws["definition"].space("conv", 1, integers) is not None


def test_narrow_is_kept_to() -> None:
    claims = claims_of("everything").ops["conv"]
    space = space_for(
        "conv", 2, claims, narrow={"dilation": (2, 3), "batch": (0,), "bias": (True,)}
    )
    assert space is not None
    for row in uniform(space, 200):
        case = space.case(row)
        assert set(case.op.arguments()["dilation"]) <= {2, 3}
        assert case["x"].shape[0] == 0 and "b" in case


def test_extents_reach_past_tiles() -> None:
    """Wide extents, many channels and odd counts are met, and not only in the cheap cases."""
    claims = claims_of("defaults").ops["conv"]
    space = space_for("conv", 2, claims)
    assert space is not None
    cases = [space.case(row) for row in uniform(space, 1500)]
    assert any(c["x"].shape[-1] > 33 for c in cases)
    assert any(c["x"].shape[2] > 33 for c in cases)
    assert any(c["x"].shape[1] > 32 for c in cases)
    assert any(c["w"].shape[0] > 32 for c in cases)
    assert any(c["w"].shape[1] % 2 and c["w"].shape[1] > 1 and c.op.arguments()["groups"] > 1
               for c in cases)  # fmt: skip
    assert any(c["x"].shape[0] > 3 for c in cases)
    differ = sum(len(set(c.op.arguments()["stride"])) > 1 for c in cases)
    assert differ > len(cases) / 3


def test_every_operation_of_the_laws_has_a_space() -> None:
    held = {op for law in all_laws().values() for op in law.ops}
    assert held == set(VOCABULARY) == set(BUILDERS)
    assert held - set(OPS) == {"network"}, "which is made of the others"


@pytest.mark.parametrize(
    ("op", "dtype"), [("conv", "bfloat16"), ("conv", "int8"), ("conv_transpose", "bfloat16")]
)
def test_sums_that_padding_lengthens_leave_the_window_alone(op: str, dtype: str) -> None:
    """What reads padding adds nothing to a sum, and what is cut has to be what is too much."""
    for gradient in (False, dtype == "bfloat16"):
        space = space_for(op, 3, OpClaims(dtypes=(dtype,)), gradient=gradient)
        assert space is not None
        cases = [space.case(row) for row in islice(playlist(space, 0), 300)]
        windows = [case["w"].shape[2:] for case in cases]
        wide = sum(sum(n > 1 for n in window) > 1 for window in windows)
        several = sum(case["w"].shape[1] > 1 for case in cases)
        assert wide / len(cases) > 0.4 and several / len(cases) > 0.3, (wide, several)
