"""The search: repeatable, complete in its count, and its failures apart and small."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from convspec import shrinking
from convspec.configurations import Grouping
from convspec.search import Playlist, Search, playlist, search, seed_of
from convspec.spaces import Factor, Space, space_for
from convspec.spec.case import Case
from convspec.spec.claims import OpClaims
from convspec.spec.operations import Conv, GlobalSumPool
from convspec.verdicts import Mismatch, Raised, WrongShape, WrongValue

Row = tuple[int, ...]
Check = Callable[[Row], None]

WIDTH = 6


def a_space(width: int = WIDTH, levels: int = 5, combined: int = 3) -> Space:
    factors = tuple(
        Factor(f"f{i}", tuple(range(levels)), tuple(range(combined)), combined)
        for i in range(width)
    )
    return Space("global_sum_pool", 1, factors, lambda values: Case(GlobalSumPool(), ()))


def find(check: Check, count: int = 300, seed: int = 0, space: Space | None = None) -> Search:
    space = space or a_space()
    return search(Playlist(space, seed, count), space.sizes, check, seed)


def seen_by(check: Check, **wanted: Any) -> tuple[list[Row], Search]:
    rows: list[Row] = []

    def watched(row: Row) -> None:
        rows.append(row)
        check(row)

    return rows, find(watched, **wanted)


def passes(row: Row) -> None:
    pass


def three_meet(row: Row) -> None:
    if row[0] >= 2 and row[2] >= 1 and row[4] == 3:
        raise WrongValue("three meet")


@pytest.mark.parametrize("count", [1, 2, 10, 137, 400])
def test_all_rows_are_put_when_nothing_fails(count: int) -> None:
    rows, outcome = seen_by(passes, count=count)
    assert outcome.cases == len(rows) == count and not outcome.found
    assert rows == list(islice(playlist(a_space(), 0), count))
    assert rows[0] == (0,) * WIDTH


def test_a_seed_is_a_search() -> None:
    first, again = seen_by(three_meet, seed=3), seen_by(three_meet, seed=3)
    assert first[0] == again[0]
    assert first[1].cases == again[1].cases
    assert {k: (f.row, f.found_after) for k, f in first[1].found.items()} == {
        k: (f.row, f.found_after) for k, f in again[1].found.items()
    }
    assert seen_by(passes, seed=4)[0] != seen_by(passes, seed=3)[0]


def test_the_simplest_row_is_found() -> None:
    outcome = find(three_meet)
    (found,) = outcome.found.values()
    assert found.row == (2, 0, 1, 0, 3, 0)
    assert found.mismatch.message == "three meet"
    assert 1 <= found.found_after <= outcome.cases


@pytest.mark.parametrize("seed", range(5))
def test_sums_shrink_too(seed: int) -> None:
    def heavy(row: Row) -> None:
        if sum(row) >= 7:
            raise WrongValue("heavy")

    (found,) = find(heavy, seed=seed).found.values()
    assert sum(found.row) == 7
    assert found.row[0] == 0


def fails_in_many_ways(row: Row) -> None:
    if row[0] == 4:
        raise WrongShape("shape")
    if row[1] >= 3:
        raise WrongValue("value")
    if row[2] >= 2:
        try:
            raise ZeroDivisionError if row[3] else OverflowError
        except ArithmeticError as error:
            raise Raised("raised", place=(type(error).__name__, "kernel.py", row[3] > 0)) from error


def test_kinds_of_failure_are_told_apart() -> None:
    found = find(fails_in_many_ways).found
    assert {(key[0], f.row) for key, f in found.items()} == {
        ("WrongShape", (4, 0, 0, 0, 0, 0)),
        ("WrongValue", (0, 3, 0, 0, 0, 0)),
        ("Raised", (0, 0, 2, 0, 0, 0)),
        ("Raised", (0, 0, 2, 1, 0, 0)),
    }


def test_every_row_is_put_whatever_the_others_show() -> None:
    rows, outcome = seen_by(fails_in_many_ways, count=300)
    assert rows[:300] == list(islice(playlist(a_space(), 0), 300))
    assert outcome.cases == len(rows) > 300


def test_known_kinds_are_neither_kept_nor_shrunk() -> None:
    known = {("WrongValue",), ("WrongShape",)}
    space = a_space()
    rows = Playlist(space, 0, 300)
    outcome = search(rows, space.sizes, fails_in_many_ways, 0, known=known)
    assert {key[0] for key in outcome.found} == {"Raised"}


def test_what_turns_up_in_shrinking_is_shrunk_as_well() -> None:
    def nested(row: Row) -> None:
        if row[0] == 4 and row[1] >= 2:
            raise WrongValue("outer")
        if row[0] == 3 and row[1] == 4 and row[2] == 4 and row[3] == 4:
            raise WrongShape("inner")

    first = (4, 4, 4, 4, 0, 0)
    outcome = search([first], a_space().sizes, nested, 0)  # type: ignore[arg-type]
    assert {key[0]: f.row for key, f in outcome.found.items()}["WrongValue"] == (4, 2, 0, 0, 0, 0)


def test_our_own_errors_pass_through() -> None:
    def faulty(row: Row) -> None:
        if row[0] == 2:
            raise KeyError("a fault of a law")

    with pytest.raises(KeyError, match="a fault of a law"):
        find(faulty)


def test_our_own_errors_pass_through_next_to_failures() -> None:
    def both(row: Row) -> None:
        if row[0] == 2:
            raise ZeroDivisionError
        if row[1] == 2:
            raise WrongValue("value")

    with pytest.raises((ZeroDivisionError, BaseExceptionGroup)):
        find(both)


def test_interruption_passes_through() -> None:
    def interrupted(row: Row) -> None:
        if row[0] == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(interrupted)


def test_what_does_not_repeat_is_kept() -> None:
    failed = []

    def once(row: Row) -> None:
        if row[0] == 3 and not failed:
            failed.append(row)
            raise WrongValue("once")

    outcome = find(once)
    (found,) = outcome.found.values()
    assert found.row == failed[0]


def test_every_second_time_is_a_failure() -> None:
    calls = iter(range(10**6))

    def alternating(row: Row) -> None:
        if row[1] >= 2 and next(calls) % 2 == 0:
            raise WrongValue("now and then")

    assert find(alternating).found


def test_a_failure_everywhere_is_found_at_once() -> None:
    def always(row: Row) -> None:
        raise WrongValue("always")

    (found,) = find(always).found.values()
    assert found.found_after == 1 and found.row == (0,) * WIDTH


def test_a_failure_at_the_very_end_is_found() -> None:
    space = a_space(levels=50)
    last = seen_by(passes, count=200, space=space)[0][-1]

    def at_last(row: Row) -> None:
        if row == last:
            raise WrongValue("last")

    (found,) = find(at_last, count=200, space=space).found.values()
    assert found.row == last and found.found_after == 200


def test_coming_rows_are_those_that_come() -> None:
    space = a_space()
    rows = Playlist(space, 0, 100)
    played = list(islice(playlist(space, 0), 100))
    told: list[Row] = []
    drawn: list[Row] = []
    for _ in range(100):
        drawn.append(next(rows))
        told += rows.coming()
    assert drawn == played
    assert told == played[1:]
    assert rows.drawn == 100 and next(rows, None) is None


def test_one_search_after_another_is_as_if_alone() -> None:
    alone = seen_by(passes, seed=9)[0]
    find(three_meet, seed=1)
    assert seen_by(passes, seed=9)[0] == alone


def test_a_space_of_one_case() -> None:
    space = a_space(width=2, levels=1, combined=1)
    outcome = find(passes, count=20, space=space)
    assert outcome.cases >= 1

    def always(row: Row) -> None:
        raise WrongValue("always")

    (found,) = find(always, count=20, space=space).found.values()
    assert found.row == (0, 0)


def test_seeds_depend_on_every_part() -> None:
    seeds = {seed_of(a, b, c) for a in range(5) for b in ("conv", "pad") for c in (1, 2, 3)}
    assert len(seeds) == 30
    assert seed_of(0, "definition", "conv", 2) == 346188513


@pytest.fixture
def without_providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from hypothesis.internal.conjecture import providers

    monkeypatch.delattr(providers, "PrimitiveProvider")
    with pytest.warns(UserWarning, match="takes no row of ours"):
        registered = shrinking._register()
    assert not registered
    monkeypatch.setattr(shrinking, "_REGISTERED", False)
    yield


def test_without_providers_failures_still_shrink(without_providers: None) -> None:
    assert find(passes, count=50).cases == 50

    def easy(row: Row) -> None:
        if row[0] >= 2:
            raise WrongValue("easy")

    (found,) = find(easy).found.values()
    assert found.row == (2, 0, 0, 0, 0, 0)


def test_a_mismatch_says_its_kind() -> None:
    kinds = [c for c in vars(inspect.getmodule(Mismatch)).values()
             if isinstance(c, type) and issubclass(c, Mismatch)]  # fmt: skip
    assert len({c.kind for c in kinds}) == len(kinds)


def test_seeds_are_drawn_for_a_simpler_row() -> None:
    """Where one cell decides, a smaller array fails with another seed only."""

    def one_cell_decides(row: Row) -> None:
        if row[2] and row[5] == (row[0] + row[1] + row[2]) % 5:
            raise WrongValue("the seed is of this extent")

    space = a_space()
    rows = Playlist(space, 0, 300)
    (found,) = search(rows, space.sizes, one_cell_decides, 0, seeds={5}).found.values()
    assert found.row == (0, 0, 1, 0, 0, 1)
    assert found.first and found.first[0] > found.row


@pytest.mark.parametrize("grouping", [None, Grouping(1, 400, 0)])
def test_axes_that_are_alike_are_drawn_and_others(grouping: Grouping | None) -> None:
    """Drawn each on its own, padding was the same at all ends in one of 90 cases in 3-D."""
    space = space_for("conv", 3, OpClaims())
    assert space is not None
    rows = list(islice(playlist(space, 0, grouping), 400))
    ops = [op for op in (space.case(row).op for row in rows) if isinstance(op, Conv)]
    pads = [op.padding for op in ops if not isinstance(op.padding, str)]
    ends = sum(all(low == high for low, high in padding) for padding in pads)
    axes = sum(len({*zip(op.stride, op.dilation, strict=True)}) == 1 for op in ops)
    assert ends / len(pads) > 0.2 and axes / len(ops) > 0.1
    assert ends / len(pads) < 0.6 and axes / len(ops) < 0.4


def padded_at_one_end(op: Any) -> bool:
    """Whether a convolution has padding before the first cells alone, and neither stride nor
    dilation."""
    plain = max(op.stride) == max(op.dilation) == 1 and not isinstance(op.padding, str)
    return plain and any(low for low, _ in op.padding) and not any(high for _, high in op.padding)


@pytest.mark.parametrize("grouping", [None, Grouping(1, 400, 0)])
def test_what_networks_are_full_of_is_drawn(grouping: Grouping | None) -> None:
    """Pointwise convolutions with strides were one in 70, arrays all channels last one in 60, and
    plain ones padded at one end one in 1,000."""
    space = space_for("conv", 2, OpClaims())
    assert space is not None
    cases = [space.case(row) for row in islice(playlist(space, 0, grouping), 400)]
    pointwise = [
        max(case["w"].shape[2:]) == 1 and case.op.arguments()["padding"] == ((0, 0), (0, 0))
        for case in cases
    ]
    alike = [case["x"].layout == case["w"].layout != "contiguous" for case in cases]
    one_sided = [padded_at_one_end(case.op) for case in cases]
    assert 0.05 < sum(pointwise) / len(cases) < 0.2
    assert 0.1 < sum(alike) / len(cases) < 0.3
    assert 0.05 < sum(one_sided) / len(cases) < 0.2


def test_a_factor_with_levels_of_its_own_stays() -> None:
    space = space_for(
        "conv", 2, OpClaims(), narrow={"stride1": (2, 3), "high": (1,), "padding": ("explicit",)}
    )
    assert space is not None
    for row in islice(playlist(space, 0), 200):
        op = space.case(row).op
        assert isinstance(op, Conv) and op.stride[1] in (2, 3)
        assert not isinstance(op.padding, str) and all(high == 1 for _, high in op.padding)
