"""Predicates over cases: what they can say, what is missing, and what is said of a wrong one."""

from __future__ import annotations

import pickle
import random

import pytest

from convspec.adapters.opening import open_adapter
from convspec.law import all_laws
from convspec.plan import items
from convspec.predicates import FACTS, Facts, Predicate, PredicateError
from convspec.spec.case import Case
from convspec.trial import Trial

CONV = (
    "conv stride=2,1 padding=0:1,2:2 groups=2 x=3x4x5x7:float32:ramp@3"
    " w=6x2x3x2:float32:ints@7:reversed b=6:float32:ones@0"
)
POOL = "max_pool window=2,3 stride=3,2 dilation=1,2 ceil_mode=yes x=1x1x7x8:int8:zeros@0"
RELU = "relu x=2x3:float64:ints@0"


def facts(line: str) -> Facts:
    return Facts(Case.parse(line))


def holds(text: str, line: str) -> bool:
    return Predicate.parse(text).holds(Case.parse(line))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            CONV,
            {
                "op": "conv", "rank": 2, "dtype": "float32", "batch": 3, "channels": 4,
                "filters": 6, "groups": 2, "bias": True, "padding": "explicit", "size": (5, 7),
                "kernel": (3, 2), "window": (3, 2), "stride": (2, 1), "low": (0, 2),
                "high": (1, 2), "span": (3, 2), "padded": (6, 11), "outputs": (2, 10),
                "tail": (1, 0), "overhang": (0, 0), "taps": 6, "plane": 35, "gradient": False,
                "layouts": {"contiguous", "reversed"}, "w_layout": "reversed",
                "x_pattern": "ramp", "b_dtype": "float32", "g_layout": None, "mode": None,
            },
        ),
        (
            POOL,
            {
                "kernel": (2, 3), "span": (2, 5), "outputs": (3, 3), "overhang": (1, 1),
                "tail": (0, 0), "ceil_mode": True, "filters": None, "bias": None, "groups": None,
            },
        ),
        (RELU, {"rank": 0, "size": (), "kernel": None, "stride": None, "outputs": ()}),
        (
            "conv padding=same_lower x=1x1x6:float16:zeros@0 w=1x1x4:float16:zeros@0",
            {"padding": "same_lower", "low": (2,), "high": (1,), "outputs": (6,), "bias": False},
        ),
        (
            "conv_transpose stride=3 padding=1:0 output_padding=2 dilation=2 groups=2"
            " x=1x2x4:float32:zeros@0 w=2x3x2:float32:zeros@0 g=1x6x13:float32:ones@0",
            {"outputs": (13,), "filters": 6, "output_padding": (2,), "gradient": True},
        ),
        (
            "pad padding=-1:3 mode=reflect x=1x1x5:float32:zeros@0",
            {"low": (-1,), "high": (3,), "padded": (7,), "outputs": (7,), "mode": "reflect"},
        ),
        (
            "adaptive_avg_pool output_size=2,3 x=1x1x4x5:float32:zeros@0",
            {"output_size": (2, 3), "outputs": (2, 3), "padding": None},
        ),
        (
            "max_pool window=9 stride=0 x=1x1x5:float32:zeros@0",
            {"outputs": None, "tail": None, "span": (9,), "padded": (5,)},
        ),
    ],
)  # fmt: skip
def test_facts(line: str, expected: dict[str, object]) -> None:
    found = facts(line)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("any(stride >= kernel)", CONV, False),
        ("any(stride > kernel)", POOL, True),
        ("all(stride > 1)", POOL, True),
        ("groups >= 2 and stride[0] < kernel[0]", CONV, True),
        ("stride[-1] == 1", CONV, True),
        ("stride[2] == 1", CONV, False),
        ("stride[2] != 1", CONV, False),
        # Both on the same axis, which is not the same as each on some axis.
        ("any(low > 0 and stride > 1)", CONV, False),
        ("any(low > 0) and any(stride > 1)", CONV, True),
        ("any(1 < kernel <= 2)", CONV, True),
        ("any(low != high and bias)", CONV, True),
        ("any(low != high and not bias)", CONV, False),
        ("all(not stride > 2)", CONV, True),
        ("any(stride in (2, 3))", CONV, True),
        ("any((size + low + high - span) % stride != 0)", CONV, True),
        ("channels // groups == 2 and -groups < -1", CONV, True),
        ('dtype in ("float16", "float32") and "reversed" in layouts', CONV, True),
        ('"reversed" not in layouts', CONV, False),
        ("g_layout not in layouts", CONV, False),
        ("groups in (-1, 2)", CONV, True),
        ('x_layout == w_layout or w_pattern != "ints"', CONV, False),
        ("plane > 34.5", CONV, True),
        ("ceil_mode and not bias", POOL, True),
        # What is missing makes a comparison false, whichever way round it is.
        ('mode == "reflect" or mode != "reflect"', CONV, False),
        ("p < 3 or p >= 3 or p in (1,) or p not in (1,)", CONV, False),
        ("not p < 3", CONV, True),
        ("any(output_padding == 0) or all(output_padding == 0)", CONV, False),
        ("any(stride > 0) or all(size >= 0) or any(size >= 0)", RELU, False),
        ("op == \"relu\" and rank == 0", RELU, True),
        ("any(size % stride == 0)", "max_pool window=1 stride=0 x=1x1x5:float32:zeros@0", False),
        ("any(stride < 1)", "max_pool window=1 stride=0 x=1x1x5:float32:zeros@0", True),
    ],
)  # fmt: skip
def test_evaluation(text: str, line: str, expected: bool) -> None:
    assert holds(text, line) is expected


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  groups>=2 and(stride[0]>kernel[0]) ", "groups >= 2 and stride[0] > kernel[0]"),
        ("dtype=='float16'", 'dtype == "float16"'),
        ("(bias and ceil_mode) and groups > 1", "bias and ceil_mode and groups > 1"),
        ("bias and (ceil_mode or groups > 1)", "bias and (ceil_mode or groups > 1)"),
        ("op in ['conv', 'pad']", 'op in ("conv", "pad")'),
        ("any(stride\n  > kernel)", "any(stride > kernel)"),
        ("not (bias or ceil_mode)", "not (bias or ceil_mode)"),
    ],
)
def test_one_spelling(text: str, canonical: str) -> None:
    predicate = Predicate.parse(text)
    assert str(predicate) == canonical
    assert str(Predicate.parse(canonical)) == canonical
    assert predicate == Predicate.parse(canonical) and len({predicate, predicate}) == 1
    assert pickle.loads(pickle.dumps(predicate)) == predicate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty predicate"),
        ("any(strid > 1)", "column 5: unknown name strid; did you mean stride?"),
        ("  strde[0] > 1", "column 3: unknown name strde; did you mean stride?"),
        ("bias and stride > 1", "column 10: stride has a number per axis: write any(stride"),
        ('dtype == "flaot16"', 'dtype is never "flaot16"; did you mean float16?'),
        ('"channel_last" in layouts', "did you mean channels_last?"),
        ('dtype > "float16"', "cannot be compared"),
        ("dtype == 3", "dtype (a word) cannot be compared with 3 (a number)"),
        ("ceil_mode == True", "write ceil_mode, or not ceil_mode"),
        ("groups = 2", "column 8: = compares nothing; write =="),
        ("any(groups > 1)", "nothing in any(groups > 1) has a number per axis"),
        ("any(all(stride > 1))", "all(…) stands inside any(…)"),
        ("any(stride > 1, low > 1)", "takes one condition; join several"),
        ("any(stride)", "stride is no condition"),
        ("groups and bias", "groups is no condition"),
        ("stride[3] > 1", "an axis is 0, 1 or 2, or -1"),
        ("groups[0] > 1", "groups has no number per axis to index"),
        ("groups ** 2 > 1", "+ - * // %"),
        ("groups is 2", "== != < <= > >= and in"),
        ("dtype in (1, 2)", "expected words after in"),
        ("groups in ()", "empty list"),
        ("groups in (-rank,)", "-rank: expected numbers after in"),
        ("dtype in layout", "unknown name layout; did you mean layouts?"),
        ('"a" == "b"', "compared with no fact of words"),
        ("True", "it says nothing about a case"),
        ("1 < 2", "it says nothing about a case"),
        ("max(stride) > 1", "the only functions are any(…) and all(…)"),
        ("().__class__", "is nothing that a predicate may hold"),
        ("groups > 1 and", "cannot read it"),
        ("import os", "cannot read it"),
        ("groups > 1\0", "cannot read it"),
        ("größe > 1 and dtyp == 1", "unknown name größe"),
        ("bias and größe > 1 or größe", "column 10: unknown name größe"),
        ("not " * 100 + "bias", "inside one another"),
        ("(" * 400 + "bias" + ")" * 400, "cannot read it"),
        ("bias and " * 400 + "bias", "characters"),
        ("groups > " + "9" * 30, "expected a number"),
    ],
)
def test_errors(text: str, message: str) -> None:
    with pytest.raises(PredicateError) as caught:
        Predicate.parse(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_facts_of_every_case_that_is_drawn() -> None:
    """Invalid cases, too: a fact is there or missing, and never an error."""
    adapter, laws, draw = open_adapter("numpy"), all_laws(), random.Random(0)
    for item in items(laws.values(), adapter.claims, "quick"):
        law = laws[item.law]
        space = None if item.rank is None else law.space(item.op, item.rank, adapter.claims)
        if space is None:
            continue
        for _ in range(4):
            case = space.case([int(draw.random() * size) for size in space.sizes])
            found = Facts(case)
            seen = {name: found[name] for name in FACTS}
            assert seen["op"] == item.op
            for name, fact in FACTS.items():
                if fact.words and seen[name] is not None:
                    words = seen[name] if fact.kind == "words" else [seen[name]]
                    assert set(words) <= set(fact.words)
            if law.defective or law.gradient or law.narrow or adapter.claims.departing:
                continue
            shape = Trial(adapter, case).output_shape[2:]
            assert seen["outputs"] in (shape, None)
            assert seen["outputs"] == shape or item.op in ("network", "cross_entropy") or not shape
