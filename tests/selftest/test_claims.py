"""Claims: read from a plain dictionary, and every mistake named with its entry."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from convspec.adapters.opening import open_adapter
from convspec.spec.case import Case
from convspec.spec.claims import UNBOUNDED, OpClaims
from convspec.spec.claims_reading import ClaimsError, read_claims

OPS = ("conv", "max_pool", "pad")


def read(data: Any, ops: Any = OPS, vjp: bool = True) -> Any:
    return read_claims(data, ops, vjp)


def test_nothing_said_is_the_default() -> None:
    for said in (None, {}, {"all": {}, "conv": {}}):
        claims = read(said, vjp=False)
        assert claims.ops == {op: OpClaims() for op in OPS}
        assert claims.fork and not claims.accumulate


def test_what_is_said_of_the_process() -> None:
    assert (read({}).fork, read({}).compiled) == (True, False)
    said = read({"fork": False, "compiled": True})
    assert (said.fork, said.compiled) == (False, True)


def test_an_operation_overrides_all() -> None:
    claims = read({"all": {"ranks": [2], "dilation": [1, 1]}, "conv": {"dilation": [1, None]}})
    assert claims.ops["conv"].ranks == claims.ops["pad"].ranks == (2,)
    assert claims.ops["conv"].dilation == (1, UNBOUNDED)
    assert claims.ops["max_pool"].dilation == (1, 1)


def test_gradients_are_those_listed() -> None:
    assert {op for op, c in read({}).ops.items() if c.gradient} == set(OPS)
    assert {op for op, c in read({"vjp": ["conv"]}).ops.items() if c.gradient} == {"conv"}
    assert not any(c.gradient for c in read({"vjp": []}).ops.values())
    assert not any(c.gradient for c in read({}, vjp=False).ops.values())


def test_words_are_put_in_order() -> None:
    claims = read({"all": {"dtypes": {"float16", "float32"}, "ranks": [3, 1, 3]}})
    assert claims.ops["conv"].dtypes == ("float32", "float16")
    assert claims.ops["conv"].ranks == (1, 3)


def test_the_dialect_is_resolved() -> None:
    assert read({"dialect": {"max_pool.tie": "split"}}).dialect["max_pool.tie"] == "split"
    assert read({}).dialect["max_pool.tie"] == "first"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], ["claims must be a dictionary, not list"]),
        ({"al": {}}, ["claims['al']", "did you mean 'all'?"]),
        ({"cnov": {}}, ["claims['cnov']", "did you mean 'conv'?"]),
        ({"zzz": {}}, ["claims['zzz']", "known are"]),
        ({3: {}}, ["claims[3]"]),
        ({"avg_pool": {}}, ["claims['avg_pool']", "no function avg_pool"]),
        ({"all": []}, ["claims['all']", "expected a dictionary"]),
        ({"conv": {"dialation": [1, 1]}}, ["['conv']['dialation']", "did you mean 'dilation'?"]),
        ({"conv": {"gradient": True}}, ["claims['conv']['gradient']", "unknown"]),
        ({"conv": {"stride": 1}}, ["claims['conv']['stride']", "[least, greatest]"]),
        ({"conv": {"stride": [0, 1]}}, ["claims['conv']['stride']", "≥ 1"]),
        ({"conv": {"stride": [3, 2]}}, ["claims['conv']['stride']", "[3, 2]"]),
        ({"conv": {"stride": [1, 2.5]}}, ["claims['conv']['stride']"]),
        ({"conv": {"stride": [True, 2]}}, ["claims['conv']['stride']"]),
        ({"conv": {"padding": [-1, 2]}}, ["claims['conv']['padding']", "≥ 0"]),
        ({"all": {"ranks": 2}}, ["claims['all']['ranks']", "a list out of 1, 2, 3"]),
        ({"all": {"ranks": [4]}}, ["claims['all']['ranks']", "4 is not one of"]),
        ({"all": {"dtypes": "float32"}}, ["claims['all']['dtypes']", "expected a list"]),
        ({"all": {"dtypes": ["float8"]}}, ["claims['all']['dtypes']", "'float8'"]),
        ({"all": {"layouts": ["nchw"]}}, ["claims['all']['layouts']", "'nchw'", "channels_last"]),
        ({"pad": {"modes": ["edge"]}}, ["claims['pad']['modes']", "'edge'", "replicate"]),
        ({"max_pool": {"padding_limit": "half"}}, ["['max_pool']['padding_limit']", "half_window"]),
        ({"conv": {"named_stride": 0}}, ["claims['conv']['named_stride']", "≥ 1"]),
        ({"conv": {"empty_batch": 1}}, ["claims['conv']['empty_batch']", "True or False"]),
        ({"vjp": "conv"}, ["claims['vjp']", "a list"]),
        ({"vjp": ["avg_pool"]}, ["claims['vjp']", "'avg_pool'"]),
        ({"fork": "no"}, ["claims['fork']", "'no'"]),
        ({"compiled": 1}, ["claims['compiled']", "True or False", "1"]),
        ({"dialect": {"max_pool.ties": "first"}}, ["claims['dialect']", "max_pool.ties"]),
        ({"dialect": {"max_pool.tie": "both"}}, ["claims['dialect']", "'both'", "split"]),
        ({"dialect": ["first"]}, ["claims['dialect']"]),
        ({"accumulate": {"half": "float32"}}, ["claims['accumulate']", "float16"]),
        ({"accumulate": "float32"}, ["claims['accumulate']"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_entry(data: Any, words: list[str]) -> None:
    with pytest.raises(ClaimsError) as caught:
        read(data)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert len(message.splitlines()) == 1


def test_gradients_without_vjp_are_a_mistake() -> None:
    with pytest.raises(ClaimsError, match=r"claims\['vjp'\]: the adapter has no function vjp"):
        read({"vjp": ["conv"]}, vjp=False)


@pytest.mark.parametrize("name", ["numpy", "reference"])
def test_claims_are_json(name: str) -> None:
    document = json.loads(json.dumps(open_adapter(name).claims.to_json()))
    assert document["ops"]["conv"]["stride"] == [1, None]
    assert set(document) == {"ops", "dialect", "accumulate", "fork", "compiled"}
    assert document["compiled"] is False


@pytest.mark.parametrize(
    ("claims", "claimed"),
    [
        ({}, True),
        ({"ranks": [1]}, False),
        ({"dtypes": ["float64"]}, False),
        ({"stride": [1, 1]}, False),
        ({"window": [1, 2]}, False),
        ({"padding": [0, 0]}, False),
        ({"asymmetric_padding": False}, False),
        ({"padding_limit": "half_window"}, False),
        ({"padding_limit": "window"}, True),
        ({"ceil_mode": [True]}, False),
        ({"named_padding": ["valid"]}, True),
    ],
)
def test_whether_a_call_lies_inside_the_claims(claims: dict[str, Any], claimed: bool) -> None:
    ops = read_claims({"all": claims}, ["max_pool"], False).ops
    case = Case.parse("max_pool window=2,3 stride=1,2 padding=0:0,1:2 x=1x1x5x5:float32:ramp@0")
    assert ops["max_pool"].include(case.op, [np.zeros((1, 1, 5, 5), np.float32)]) is claimed
