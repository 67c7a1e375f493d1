"""The case: a value, one line, one JSON document, and no way to tell them apart."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convspec.spec.case import DTYPES, LAYOUTS, PATTERNS, Case, CaseError, Tensor
from convspec.spec.operations import NAMED_PADDINGS, OPERATIONS, PAD_MODES, Parameter, parameters

WHOLE = st.integers(-3, 40)
AXES = st.lists(WHOLE, max_size=4).map(tuple)
PAIRS = st.lists(st.tuples(WHOLE, WHOLE), max_size=4).map(tuple)
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6), st.floats(allow_nan=False),
    st.sampled_from([math.inf, -math.inf, 1e-30, 1e300, 0.1]),
)  # fmt: skip


def value_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    return {
        "axes": AXES, "pads": st.one_of(PAIRS, st.sampled_from(NAMED_PADDINGS)), "int": WHOLE,
        "bool": st.booleans(), "word": st.sampled_from([*PAD_MODES, "unheard-of"]),
        "number": NUMBERS,
    }[parameter.kind]  # fmt: skip


@st.composite
def tensors(draw: Any, name: str) -> Tensor:
    return Tensor(
        name, draw(st.lists(st.integers(0, 40), max_size=6).map(tuple)),
        draw(st.sampled_from(DTYPES)), draw(st.sampled_from(sorted(PATTERNS))),
        draw(st.integers(0, 10**6)), draw(st.sampled_from(sorted(LAYOUTS))),
    )  # fmt: skip


@st.composite
def cases(draw: Any) -> Case:
    kind = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
    op = kind(**{p.name: draw(value_of(p)) for p in parameters(kind)})
    names = [n for n in kind.inputs if n not in kind.optional or draw(st.booleans())]
    names += ["g"] if draw(st.booleans()) else []
    return Case(op, tuple(draw(tensors(name)) for name in names))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_line_value_and_document_are_one(case: Case) -> None:
    assert Case.parse(case.line) == case
    assert Case.parse(case.line).line == case.line == str(case)
    document = json.loads(json.dumps(case.to_json()))
    assert Case.from_json(document) == case
    assert Case.from_json(document).line == case.line
    assert len(case.line.splitlines()) == 1 and "  " not in case.line


@settings(max_examples=200, deadline=None)
@given(cases(), st.randoms())
def test_the_order_of_words_does_not_matter(case: Case, random: Any) -> None:
    first, *words = case.line.split()
    random.shuffle(words)
    assert Case.parse("  ".join([first, *words])).line == case.line


@settings(max_examples=200, deadline=None)
@given(cases(), cases())
def test_different_cases_have_different_lines(one: Case, other: Case) -> None:
    assert (one == other) == (one.line == other.line)
    tensor = one.tensors[0]
    assert (
        replace(one, tensors=(replace(tensor, k=tensor.k + 1), *one.tensors[1:])).line != one.line
    )


def pad(value: float) -> Case:
    op = OPERATIONS["pad"](padding=((1, 0),), mode="constant", value=value)  # type: ignore[call-arg]
    return Case(op, (Tensor("x", (1, 1, 2)),))


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e-30, -1e-30, 0.1, 5, -2, 2.0**70])
def test_numbers_come_back_to_the_bit(value: float) -> None:
    assert Case.parse(pad(value).line).op.arguments()["value"] == value


def test_not_a_number_comes_back() -> None:
    line = pad(math.nan).line
    assert math.isnan(Case.parse(line).op.arguments()["value"]) and Case.parse(line).line == line


def test_negative_zero_comes_back() -> None:
    assert math.copysign(1, Case.parse(pad(-0.0).line).op.arguments()["value"]) == -1


def test_equal_cases_have_one_line() -> None:
    assert pad(1) == pad(1.0) and pad(1).line == pad(1.0).line


def test_what_is_usual_is_left_unsaid() -> None:
    line = "conv x=1x2x5x5:float32:ramp@3 w=3x2x3x3:float32:ints@7"
    long = "conv stride=1,1 padding=0:0,0:0 dilation=1,1 groups=1" + line[4:].replace(
        "@3", "@3:contiguous"
    )
    assert Case.parse(long).line == line
    case = Case.parse(line)
    assert case.rank == 2 and case.cells == 50 + 54 and case.dtype == "float32"
    assert "w" in case and "b" not in case and case["x"].k == 3
    with pytest.raises(KeyError):
        case["b"]


X = "x=1x1x3:float32:ramp@0"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ["empty case"]),
        ("   ", ["empty case"]),
        ("convolve " + X, ["'convolve'", "conv"]),
        ("conv " + X, ["conv needs an array w"]),
        ("conv stride " + X, ["'stride'", "name=value"]),
        (f"max_pool {X}", ["max_pool needs window"]),
        (f"max_pool window=2 window=3 {X}", ["'window=3'", "twice"]),
        (f"max_pool window=2 {X} {X}", [X, "twice"]),
        (f"max_pool windw=2 {X}", ["'windw=2'", "window"]),
        (f"max_pool window=2 groups=2 {X}", ["'groups=2'", "no groups"]),
        (f"max_pool window=two {X}", ["'window=two'", "window=2,1"]),
        (f"max_pool window= {X}", ["'window='"]),
        (f"max_pool window=2, {X}", ["'window=2,'"]),
        (f"max_pool window=2.5 {X}", ["'window=2.5'"]),
        (f"max_pool window=2 padding=1 {X}", ["'padding=1'", "0:1"]),
        (f"max_pool window=2 padding=1:2:3 {X}", ["'padding=1:2:3'"]),
        (f"max_pool window=2 padding=same {X}", ["'padding=same'", "same_upper"]),
        (f"max_pool window=2 ceil_mode=maybe {X}", ["'ceil_mode=maybe'", "yes or no"]),
        (f"pad value=much {X}", ["'value=much'"]),
        ("max_pool window=2 x=1x1x3", ["'x=1x1x3'", "ramp@0"]),
        ("max_pool window=2 x=1x1xn:float32:ramp@0", ["1x1xn"]),
        ("max_pool window=2 x=1x1x3:float32:ramp", ["'x=1x1x3:float32:ramp'"]),
        ("max_pool window=2 x=1x1x3:float32:ramp@-1", ["ramp@-1"]),
        ("max_pool window=2 x=1x1x3:float8:ramp@0", ["x:", "'float8'", "bfloat16"]),
        ("max_pool window=2 x=1x1x3:float32:slope@0", ["'slope'", "ramp"]),
        ("max_pool window=2 x=1x1x3:float32:ramp@0:nchw", ["'nchw'", "channels_last"]),
        ("max_pool window=2 x=1x1x-3:float32:ramp@0", ["x:", "negative"]),
        (f"max_pool window=2 {X} q=1:float32:ones@0", ["'q=1:float32:ones@0'", "no q"]),
    ],
)
def test_a_broken_line_is_told_in_one(line: str, words: list[str]) -> None:
    with pytest.raises(CaseError) as caught:
        Case.parse(line)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert len(message.splitlines()) == 1


GOOD = Case.parse(f"max_pool window=2 {X}").to_json()


@pytest.mark.parametrize(
    "document",
    [
        None, [], "conv", {}, {"op": "conv"}, {**GOOD, "op": "convolve"}, {**GOOD, "params": None},
        {**GOOD, "params": {"windw": [2]}}, {**GOOD, "params": {}}, {**GOOD, "tensors": {}},
        {**GOOD, "tensors": {"x": {"shape": [1]}}}, {**GOOD, "tensors": [1]},
        {**GOOD, "tensors": {"x": {**GOOD["tensors"]["x"], "shape": ["a"]}}},
        {**GOOD, "tensors": {"x": {**GOOD["tensors"]["x"], "dtype": "float8"}}},
        {**GOOD, "tensors": {**GOOD["tensors"], "q": GOOD["tensors"]["x"]}},
        {**GOOD, "params": {"window": 2}},
        {**GOOD, "tensors": {"x": {**GOOD["tensors"]["x"], "k": -1}}},
    ],
)  # fmt: skip
def test_a_broken_document_is_told(document: Any) -> None:
    with pytest.raises(CaseError) as caught:
        assert Case.from_json(document).line
    assert len(str(caught.value).splitlines()) == 1
