"""The plan of a run: every operation that is claimed is tried, at each number of axes it has."""

from __future__ import annotations

import pytest

from convspec.adapters.opening import open_adapter
from convspec.law import all_laws
from convspec.plan import LEAST, counts, items
from convspec.spec.groups import EVERY, possible_ranks


@pytest.mark.parametrize("profile", ["quick", "smoke"])
def test_every_operation_is_planned(profile: str) -> None:
    claims = open_adapter("reference").claims
    plan = counts(all_laws(), claims, profile)
    for op in EVERY:
        ranks = {item.rank for item in plan if item.op == op and item.law == "definition"}
        assert ranks and ranks <= set(possible_ranks(op))
        assert profile == "smoke" or ranks == set(possible_ranks(op))
    assert min(plan.values()) >= LEAST[profile]


def test_what_is_not_claimed_has_one_item_of_no_rank() -> None:
    claims = open_adapter("mutant:conv-tf32-inputs").claims
    found = items(all_laws().values(), claims, "quick", ops=["dense", "pad"])
    assert {item.rank for item in found} == {None}
    assert len({(item.law, item.op) for item in found}) == len(found)
    assert not [item for item in counts(all_laws(), claims, "quick") if item.rank is None]
