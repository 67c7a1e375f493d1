"""A law is put to the cases it is about, whoever drew them, and to no others."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from convspec.adapters.opening import open_adapter
from convspec.fitting import features
from convspec.law import Law, all_laws
from convspec.spec.case import Case
from convspec.spec.groups import possible_ranks
from convspec.spec.operations import VOCABULARY
from convspec.trial import Trial
from convspec.verdicts import NothingToTest

LAWS = all_laws()
ADAPTER = open_adapter("reference")

LARGEST = 4000
"""Cells of a case that is put to all laws: larger ones say no more, and some have a million."""


def drawn(op: str, rows: int) -> Iterator[tuple[Law, Case]]:
    """Some cases of every law that an operation has."""
    draw = random.Random(op)
    for law in LAWS.values():
        for rank in possible_ranks(op):
            space = law.space(op, rank, ADAPTER.claims) if op in law.ops else None
            for _ in range(rows if space else 0):
                assert space is not None
                yield law, space.case([draw.randrange(n) for n in space.sizes])


@pytest.mark.parametrize("op", VOCABULARY)
def test_what_a_law_draws_it_takes_back(op: str) -> None:
    for law, case in drawn(op, 12):
        assert law.applies_to(case, not law.defective), f"{law.name}: {case}"


@pytest.mark.parametrize("op", VOCABULARY)
def test_a_law_raises_no_alarm_over_the_cases_of_another(op: str) -> None:
    tried = 0
    for law, case in drawn(op, 1):
        if case.cells > LARGEST:
            continue
        for other in LAWS.values():
            if not law.defective and other is not law and other.applies_to(case, True):
                tried += 1
                with np.errstate(all="ignore"), suppress(NothingToTest):
                    other.check(Trial(ADAPTER, case))
    assert tried


def test_features_are_read_off_a_case() -> None:
    found = features(
        Case.parse(
            "conv stride=2,1 padding=1:0,0:2 groups=2 x=3x4x6x5:float32:ints@1"
            " w=6x2x3x2:float32:ints@2:sliced"
        )
    )
    assert found["filters"] == (3,) and found["channels"] == (2,) and found["bias"] == (False,)
    assert found["low"] == (1, 0) and found["high"] == (0, 2) and found["window"] == (3, 2)
    assert list(found["outputs"]) == [3, 6] and list(found["tail"]) == [0, 0]
    assert found["w.layout"] == ("sliced",) and found["padding"] == ("explicit",)
