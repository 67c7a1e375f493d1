"""Covering arrays: in the rows, in what is played of them, and in the cases made from them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations, islice, product
from typing import Any

import pytest

from convspec.adapters.opening import open_adapter
from convspec.covering import covering_rows, missing_triples
from convspec.search import playlist
from convspec.spaces import Space, space_for
from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.groups import EVERY, possible_ranks


def claims_of(name: str, op: str) -> OpClaims:
    return OpClaims() if name == "defaults" else open_adapter(name).claims.ops[op]


def space_of(name: str, op: str, rank: int) -> Space:
    if name == "torch":
        pytest.importorskip("torch")
    space = space_for(op, rank, claims_of(name, op))
    assert space is not None
    return space


def combined(space: Space) -> tuple[int, ...]:
    return tuple(f.combined for f in space.factors if f.combined)


@pytest.mark.parametrize(
    ("op", "rank"), [(op, rank) for op in EVERY for rank in possible_ranks(op)]
)
@pytest.mark.parametrize("declared", ["defaults", "numpy", "reference", "torch"])
def test_every_triple_of_levels_is_covered(declared: str, op: str, rank: int) -> None:
    levels = combined(space_of(declared, op, rank))
    rows = list(covering_rows(levels))
    assert missing_triples(levels, rows) == 0
    assert all(0 <= n < most for row in rows for n, most in zip(row, levels, strict=True))
    widest = sorted(levels)[-3:]
    # A greedy array is a small multiple of the product of the three widest factors.
    assert len(rows) <= 8 * widest[0] * widest[1] * widest[2], len(rows)


def test_missing_triples_counts() -> None:
    every = list(product(range(2), repeat=3))
    assert missing_triples((2, 2, 2), every) == 0
    assert missing_triples((2, 2, 2), every[1:]) == 1
    assert missing_triples((2, 2, 2, 2), []) == 4 * 8


def test_rows_do_not_depend_on_who_asked_before() -> None:
    levels = (3, 2, 3, 2, 3, 3, 2)
    whole = list(covering_rows(levels))
    first, second = covering_rows(levels), covering_rows(levels)
    assert list(islice(first, 5)) == whole[:5] == list(islice(second, 5))
    assert list(first) == list(second) == whole[5:]


@pytest.mark.parametrize("seed", range(8))
def test_random_levels_are_covered(seed: int) -> None:
    draw = random.Random(seed)
    levels = tuple(draw.randint(1, 5) for _ in range(draw.randint(3, 9)))
    rows = list(covering_rows(levels))
    assert missing_triples(levels, rows) == 0
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("levels", [(), (1,), (4,), (3, 2), (1, 1, 1), (1, 1, 4)])
def test_few_factors_are_covered_in_full(levels: tuple[int, ...]) -> None:
    rows = set(covering_rows(levels))
    assert rows >= set(product(*map(range, levels)))


@pytest.mark.parametrize(("op", "rank"), [("conv", 2), ("max_pool", 3), ("global_sum_pool", 2)])
def test_the_playlist_plays_every_covering_row(op: str, rank: int) -> None:
    space = space_of("defaults", op, rank)
    rows = list(covering_rows(combined(space)))
    places = [i for i, f in enumerate(space.factors) if f.combined]
    played = set()
    for row in islice(playlist(space, 5), 2 * len(rows)):
        levels = [space.factors[i].levels[row[i]] for i in places]
        played.add(tuple(map(str, levels)))
    for row in rows:
        meant = [
            space.factors[i].levels[space.factors[i].core[n]]
            for i, n in zip(places, row, strict=True)
        ]
        assert tuple(map(str, meant)) in played


def test_uniform_rows_are_uniform() -> None:
    """But for what makes a convolution pointwise, or padded at one end: some are, whatever was
    drawn."""
    space = space_of("defaults", "conv", 2)
    rows = list(islice(playlist(space, 1), 20_000))[8_000:]
    pointwise, one_sided = ("window", "low", "high"), ("padding", "stride", "dilation", "high")
    simplest = Counter((*pointwise, *one_sided))
    for place, (factor, size) in enumerate(zip(space.factors, space.sizes, strict=True)):
        seen = Counter(row[place] for row in rows)
        assert set(seen) == set(range(size))
        ways = simplest.get(factor.name.rstrip("012"), 0)
        made = len(rows) * ways / 9
        expected = (len(rows) - made) / size
        seen[0] -= int(made)
        assert max(seen.values()) < expected + 6 * expected**0.5
        assert min(seen.values()) > expected - 6 * expected**0.5


# What the rows say must also be what the cases say: trimming, limits on padding and named
# padding stand between the two.


def conv_classes(case: Case) -> dict[str, Any]:
    given = case.op.arguments()
    w = case["w"].shape
    found: dict[str, Any] = {
        "batch": min(case["x"].shape[0], 3), "groups": min(given["groups"], 3),
        "channels": min(w[1], 3), "filters": min(w[0] // given["groups"], 3), "bias": "b" in case,
    }  # fmt: skip
    return found | axis_classes(given, w[2:])


def pool_classes(case: Case) -> dict[str, Any]:
    given = case.op.arguments()
    found: dict[str, Any] = {
        "batch": min(case["x"].shape[0], 3), "channels": min(case["x"].shape[1], 3),
        "ceil": given["ceil_mode"], "count": given.get("count_include_pad"),
    }  # fmt: skip
    return found | axis_classes(given, given["window"])


def axis_classes(given: dict[str, Any], window: Sequence[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for i, size in enumerate(window):
        found[f"window{i}"] = min(size, 3)
        found[f"stride{i}"] = min(given["stride"][i], 3)
        found[f"dilation{i}"] = min(given["dilation"][i], 3)
        if not isinstance(given["padding"], str):
            found[f"low{i}"], found[f"high{i}"] = (min(p, 2) for p in given["padding"][i])
    return found


CLASSES: dict[str, Callable[[Case], dict[str, Any]]] = {
    "conv": conv_classes,
    "max_pool": pool_classes,
    "avg_pool": pool_classes,
}
LEVELS = {"window": 3, "stride": 3, "dilation": 3, "low": 3, "high": 3, "batch": 3, "groups": 3,
          "channels": 3, "filters": 3, "bias": 2, "ceil": 2}  # fmt: skip


def share_of_triples(op: str, rank: int) -> float:
    """The share of triples of parameter classes found in the cases of all covering rows."""
    space = space_of("defaults", op, rank)
    count = 2 * len(list(covering_rows(combined(space))))
    seen: dict[tuple[str, ...], set[tuple[Any, ...]]] = {}
    for row in islice(playlist(space, 0), count):
        found = CLASSES[op](space.case(row))
        found = {name: v for name, v in found.items() if v is not None}
        for names in combinations(sorted(found), 3):
            seen.setdefault(names, set()).add(tuple(found[name] for name in names))
    levels = LEVELS | {"count": 1 if op == "max_pool" else 2}
    possible = 0
    for names in seen:
        size = 1
        for name in names:
            size *= levels[name.rstrip("012")]
        possible += size
    return sum(map(len, seen.values())) / possible


@pytest.mark.parametrize(
    ("op", "rank"), [("conv", 1), ("conv", 2), ("conv", 3), ("max_pool", 2), ("avg_pool", 2)]
)
def test_the_cases_show_the_triples(op: str, rank: int) -> None:
    share = share_of_triples(op, rank)
    assert share >= 0.95, f"{share:.1%}"
