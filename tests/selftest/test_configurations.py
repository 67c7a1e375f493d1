"""Implementations that compile: many contents of few configurations, in runs and in shrinking."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import pytest

from convspec.adapters.opening import Adapter, adapt, open_adapter
from convspec.configurations import Grouping, configuration, is_configuration
from convspec.execute import Bench
from convspec.frugal import CONFIGURATIONS as TRIED
from convspec.frugal import DRAWS, shrink_frugally
from convspec.law import all_laws
from convspec.plan import Item, counts, grouping, items
from convspec.profiles import CONTENTS
from convspec.search import playlist, seed_of
from convspec.verdicts import Mismatch, WrongValue

Row = tuple[int, ...]


class Compiling:
    """NumPy's max_pool and pad, which note each program that a compiler would have to make."""

    name, version = "compiling", "1"
    claims: dict[str, Any] = {"compiled": True, "all": {"ranks": [2]}}  # noqa: RUF012

    def __init__(self) -> None:
        self.made: Counter[Any] = Counter()
        self._inner = open_adapter("numpy").functions

    def max_pool(self, x: Any, **given: Any) -> Any:
        return self._called("max_pool", x, given)

    def pad(self, x: Any, **given: Any) -> Any:
        return self._called("pad", x, given)

    def _called(self, op: str, x: Any, given: dict[str, Any]) -> Any:
        self.made[op, x.shape, str(x.dtype), tuple(sorted(given.items()))] += 1
        return self._inner[op](x, **given)


def compiling() -> tuple[Compiling, Adapter]:
    target = Compiling()
    return target, adapt(target)


def ran(adapter: Adapter, op: str, seed: int = 0) -> int:
    """Run all laws of an operation as in the quick profile; the cases."""
    bench, laws, cases = Bench(adapter, all_laws()), all_laws(), 0
    for item, count in counts(laws, adapter.claims, "quick").items():
        if item.op == op and item.rank is not None and not laws[item.law].defective:
            groups = grouping(laws, adapter.claims, "quick", seed, item)
            done = bench.run(laws[item.law], op, item.rank, count=count, seed=seed, grouping=groups)
            assert done.verdict in ("conforms", "vacuous"), done
            cases += done.cases
    return cases


@pytest.mark.parametrize("op", ["max_pool", "pad"])
def test_cases_are_many_times_the_programs(op: str) -> None:
    target, adapter = compiling()
    cases = ran(adapter, op)
    assert cases > 700
    assert len(target.made) < cases / 6


def test_the_rows_of_a_law_are_the_same_every_time() -> None:
    _, adapter = compiling()
    item = Item("definition", "max_pool", 2)
    space = all_laws()["definition"].space("max_pool", 2, adapter.claims)
    assert space is not None
    played = []
    for _ in range(2):
        groups = grouping(all_laws(), adapter.claims, "quick", 3, item)
        assert groups is not None and groups.contents == CONTENTS["quick"]
        played.append(list(islice(playlist(space, 5, groups), 100)))
    assert played[0] == played[1]
    distinct = {configuration(space.case(row)) for row in played[0]}
    assert len(set(played[0])) == 100 and len(distinct) <= -(-100 // groups.contents) + 1


def test_laws_of_an_operation_meet_the_same_configurations() -> None:
    _, adapter = compiling()
    laws = all_laws()
    met = []
    for name in ("definition", "output_dtype", "repeatable"):
        space = laws[name].space("max_pool", 2, adapter.claims)
        assert space is not None
        groups = Grouping(4, 6, shared=7)
        rows = islice(playlist(space, seed_of(name), groups), 4 * 6)
        met.append({configuration(space.case(row)) for row in rows})
    assert met[0] == met[1] == met[2] and len(met[0]) == 6


def test_covering_rows_choose_configurations() -> None:
    _, adapter = compiling()
    space = all_laws()["definition"].space("max_pool", 2, adapter.claims)
    assert space is not None
    rows = list(islice(playlist(space, 0, Grouping(1, 80, shared=0)), 80))
    places = [i for i, f in enumerate(space.factors) if f.name.startswith("stride")]
    pairs = {tuple(space.factors[i].levels[row[i]] for i in places) for row in rows}
    assert {(a, b) for a in (1, 2, 3) for b in (1, 2, 3)} <= pairs
    assert any(is_configuration(f.name) for f in space.factors)


def test_who_does_not_compile_gets_the_rows_of_ever() -> None:
    claims = open_adapter("numpy").claims
    assert not claims.compiled
    for item in items(all_laws().values(), claims, "smoke", ["relu"]):
        assert grouping(all_laws(), claims, "smoke", 0, item) is None
    assert counts(all_laws(), claims, "quick")[Item("definition", "conv", 2)] == 322


def test_invalid_cases_are_not_grouped() -> None:
    _, adapter = compiling()
    item = Item("rejects_invalid", "max_pool", 2)
    assert grouping(all_laws(), adapter.claims, "quick", 0, item) is None
    assert counts(all_laws(), adapter.claims, "quick")[item] >= 2 * CONTENTS["quick"]


def test_shrinking_finds_what_matters_in_few_configurations() -> None:
    sizes = (6,) * 30 + (64,)
    tried: list[Row] = []
    smallest: list[Row] = []

    def put(row: Row) -> None:
        tried.append(row)
        if row[3] >= 2 and row[17] >= 1 and row[30] % 2:
            smallest.append(row)
            raise WrongValue("three meet")

    row = (*(5 for _ in range(30)), 63)
    with pytest.raises(Mismatch):
        put(row)
    shrink_frugally(row, sizes, put, 0, seeds={30}, contents={30})
    assert smallest[-1] == (*(2 * (i == 3) + (i == 17) for i in range(30)), 1)
    assert len({row[:30] for row in tried}) <= TRIED + 1
    assert len(tried) < (DRAWS + 2) * (TRIED + 2)


def test_shrinking_stops_when_nothing_gets_simpler() -> None:
    tried: list[Row] = []

    def put(row: Row) -> None:
        tried.append(row)
        if row == (3, 3, 3, 3):
            raise WrongValue("only here")

    shrink_frugally((3, 3, 3, 3), (4,) * 4, put, 0, seeds=(), contents={3})
    assert len(tried) <= TRIED + 8
