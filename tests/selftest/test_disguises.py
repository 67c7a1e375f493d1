"""Contents that invite a shortcut, and extents that nobody tries, made of ordinary cases."""

from __future__ import annotations

import random
from math import prod

import numpy as np
import pytest

from convspec.adapters.opening import open_adapter
from convspec.contents import amplitude, filled
from convspec.disguises import DISGUISES, MOST_WORK, disguised, grown
from convspec.law import all_laws
from convspec.spec.groups import EVERY, possible_ranks
from convspec.validity import is_valid

LAWS = all_laws()
CLAIMS = open_adapter("reference").claims


@pytest.mark.parametrize("name", DISGUISES)
def test_contents_keep_their_shape_type_and_size(name: str) -> None:
    for shape in ((2, 3, 4, 5), (3, 4), (5,), (1, 1, 1), (), (0, 2, 3)):
        for dtype in ("float32", "float16", "int8"):
            rng = np.random.RandomState(1)
            array = rng.randint(-4, 5, shape).astype(dtype)
            for k in range(6):
                made = disguised(array, name, k)
                assert made.shape == shape and made.dtype == dtype
                assert made.flags.c_contiguous and made.flags.writeable
                assert not np.shares_memory(made, array)
                # Sums of them are exact where those of the array are.
                assert np.abs(made).max(initial=0) <= np.abs(array).max(initial=0)
                assert (made * 8 == np.rint(made.astype(np.float64) * 8)).all()


def test_contents_are_what_they_are_called() -> None:
    array = np.random.RandomState(0).randint(-4, 5, (2, 3, 4, 5)).astype(np.float32)
    made = {name: disguised(array, name, 2) for name in DISGUISES}
    assert len(np.unique(made["constant"])) == 1
    assert np.array_equal(made["symmetric"], made["symmetric"][:, :, ::-1, ::-1])
    assert (made["alike"] == made["alike"][:, :1]).all()
    assert (np.ptp(made["flat"], axis=(2, 3)) == 0).all() and len(np.unique(made["flat"])) > 1
    assert 0 < np.count_nonzero(made["sparse"]) <= array.size // 5
    assert (~made["empty map"].any(axis=(0, 2, 3))).sum() == 1
    assert (np.diff(made["sorted"].ravel()) >= 0).all()
    assert (made["one sign"] >= 0).all()
    assert (made["halves"] != np.rint(made["halves"])).any()


@pytest.mark.parametrize("op", EVERY)
def test_grown_cases_are_valid_and_affordable(op: str) -> None:
    rng = random.Random(0)
    found = tried = 0
    for rank in possible_ranks(op):
        space = LAWS["far_extents"].space(op, rank, CLAIMS)
        assert space is not None
        for k in range(40):
            case = space.case([rng.randrange(n) for n in space.sizes])
            larger = grown(case, CLAIMS.ops[op], k)
            tried += 1
            if larger is None:
                continue
            found += 1
            assert is_valid(larger), larger.line
            assert larger.line != case.line
            assert prod(larger.tensors[0].shape) <= MOST_WORK
            arrays = filled(larger)
            assert amplitude(larger) >= 1 and set(arrays) == {t.name for t in case.tensors}
    assert found > tried // 2
